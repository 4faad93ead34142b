//! The weights file, read in place: a word list and the weights of the features.
//!
//! Invariant: whatever the bytes are, reading answers "unknown" rather than leave them; nothing is copied or built, so
//! the file is ready as soon as the program is.
//!
//! Layout, little-endian: `NAM1`, the number of words, the number of features, the step of the weights in thousandths
//! (three `u32`); 25 transition weights (`i16`, from row to column); the directory of the words (4,097 `u32`); the words
//! (6 bytes each), sorted by hash; 65,536 slots of 7 bytes for the features, each at the first free slot from the one
//! that the lower half of its hash names. The check of an entry is never 0, which marks a free slot.

use super::tagger::LABELS;

/// A directory has one place for each value of a hash's highest bits.
const DIRECTORY_BITS: u32 = 12;
const DIRECTORY_BYTES: usize = ((1 << DIRECTORY_BITS) + 1) * 4;
const WORD_BYTES: usize = 6;
const FEATURE_BYTES: usize = 7;
/// A power of two well above the number of features, so that a look-up reads one or two slots.
const SLOTS: usize = 1 << 16;
/// No feature stands further from its own slot; the trainer keeps to it.
const LONGEST_PROBE: usize = 64;
const HEADER_BYTES: usize = 16 + LABELS * LABELS * 2;

/// What the word list knows of a word. The default knows nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Two bits each, from the lowest: first name, surname, ordinary word, usually capitalised, like a name by its
    /// use; then one bit each: place, organisation, title, relation; and the highest: the word is in the list.
    pub(crate) flags: u16,
    /// One of 255 groups of words that are used alike, the upper five bits being the wider group; 0 for unknown.
    pub(crate) group: u8,
    /// A second grouping, by the words that stand beside it in posts; 0 for unknown.
    pub(crate) group2: u8,
}

impl Entry {
    pub(crate) fn first_name(self) -> u16 {
        self.flags & 3
    }
    pub(crate) fn surname(self) -> u16 {
        self.flags >> 2 & 3
    }
    pub(crate) fn ordinary(self) -> u16 {
        self.flags >> 4 & 3
    }
}

/// The file.
#[derive(Clone, Copy)]
pub(crate) struct Knowledge<'a> {
    transitions: [[i32; LABELS]; LABELS],
    words: Table<'a>,
    /// The slots of the features.
    features: &'a [u8],
}

/// Entries sorted by hash behind a directory: a look-up reads two places of the directory and about ten entries.
#[derive(Clone, Copy)]
struct Table<'a> {
    directory: &'a [u8],
    entries: &'a [u8],
    size: usize,
}

impl<'a> Table<'a> {
    fn find(&self, hash: u32) -> Option<&'a [u8]> {
        let place = (hash >> (32 - DIRECTORY_BITS)) as usize * 4;
        let from = u32_at(self.directory, place)? as usize;
        let to = u32_at(self.directory, place + 4)? as usize;
        let (low, high) = (hash as u8, (hash >> 8) as u8);
        self.entries
            .get(from * self.size..to * self.size)?
            .chunks_exact(self.size)
            .find(|entry| entry[0] == low && entry[1] == high)
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

impl<'a> Knowledge<'a> {
    /// Reads the head of the file; `None` if it is none of ours.
    pub(crate) fn read(file: &'a [u8]) -> Option<Self> {
        if !file.starts_with(b"NAM1") {
            return None;
        }
        let words = u32_at(file, 4)? as usize;
        let mut transitions = [[0; LABELS]; LABELS];
        for (index, cell) in transitions.iter_mut().flatten().enumerate() {
            let at = 16 + index * 2;
            *cell = i32::from(i16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?));
        }
        let (directory, rest) = file.get(HEADER_BYTES..)?.split_at_checked(DIRECTORY_BYTES)?;
        let (entries, rest) = rest.split_at_checked(words * WORD_BYTES)?;
        let features = rest.get(..SLOTS * FEATURE_BYTES)?;
        Some(Self { transitions, words: Table { directory, entries, size: WORD_BYTES }, features })
    }

    pub(crate) fn word(&self, hash: u32) -> Entry {
        self.words.find(hash).map_or(Entry::default(), |entry| Entry {
            flags: u16::from_le_bytes([entry[2], entry[3]]) | 1 << 15,
            group: entry[4],
            group2: entry[5],
        })
    }

    /// Adds the weights of one feature to the scores of the labels.
    pub(crate) fn add(&self, feature: u32, scores: &mut [i32; LABELS]) {
        let check = ((feature >> 16) as u16).max(1);
        let home = feature as usize & (SLOTS - 1);
        for step in 0..LONGEST_PROBE {
            let at = ((home + step) & (SLOTS - 1)) * FEATURE_BYTES;
            let slot = &self.features[at..at + FEATURE_BYTES];
            let found = u16::from_le_bytes([slot[0], slot[1]]);
            if found == check {
                for (score, weight) in scores.iter_mut().zip(&slot[2..]) {
                    *score += i32::from(*weight as i8);
                }
                return;
            }
            if found == 0 {
                return;
            }
        }
    }

    pub(crate) fn transition(&self, from: usize, to: usize) -> i32 {
        self.transitions[from][to]
    }
}
