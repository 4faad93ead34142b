//! The weights file, read in place: a word list and the weights of the features.
//!
//! Invariant: whatever the bytes are, reading answers "unknown" rather than leave them; nothing is copied or built, so
//! the file is ready as soon as the program is.
//!
//! Layout, little-endian: `NAM2`; 25 transition weights (`i16`, from row to column); the hashes of the words
//! ([`Buckets`]) and 4 bytes for each; the hashes of the features and 5 bytes for each, a weight for every label.

use super::tagger::LABELS;
use crate::buckets::Buckets;

const MAGIC: &[u8; 4] = b"NAM2";
const WORD_BYTES: usize = 4;

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
    words: Buckets<'a>,
    known: &'a [u8],
    features: Buckets<'a>,
    weights: &'a [u8],
}

impl<'a> Knowledge<'a> {
    /// Reads the head of the file; `None` if it is none of ours.
    pub(crate) fn read(file: &'a [u8]) -> Option<Self> {
        let rest = file.strip_prefix(MAGIC)?;
        let (numbers, rest) = rest.split_at_checked(LABELS * LABELS * 2)?;
        let mut transitions = [[0; LABELS]; LABELS];
        for (cell, number) in transitions.iter_mut().flatten().zip(numbers.chunks_exact(2)) {
            *cell = i32::from(i16::from_le_bytes([number[0], number[1]]));
        }
        let (words, count, rest) = Buckets::read(rest)?;
        let (known, rest) = rest.split_at_checked(count * WORD_BYTES)?;
        let (features, count, rest) = Buckets::read(rest)?;
        let weights = rest.get(..count * LABELS)?;
        Some(Self { transitions, words, known, features, weights })
    }

    pub(crate) fn word(&self, hash: u32) -> Entry {
        let entry =
            self.words.find(hash).and_then(|at| self.known.get(at * WORD_BYTES..(at + 1) * WORD_BYTES));
        entry.map_or(Entry::default(), |entry| Entry {
            flags: u16::from_le_bytes([entry[0], entry[1]]) | 1 << 15,
            group: entry[2],
            group2: entry[3],
        })
    }

    /// Adds the weights of one feature to the scores of the labels.
    pub(crate) fn add(&self, feature: u32, scores: &mut [i32; LABELS]) {
        let found = self.features.find(feature);
        let Some(weights) = found.and_then(|at| self.weights.get(at * LABELS..(at + 1) * LABELS)) else {
            return;
        };
        for (score, weight) in scores.iter_mut().zip(weights) {
            *score += i32::from(weight.cast_signed());
        }
    }

    pub(crate) fn transition(&self, from: usize, to: usize) -> i32 {
        self.transitions[from][to]
    }
}
