//! One pass over the text: where its digits, its signs and its telling words are, so that no family has to read it all.
//!
//! Invariant: everything here is linear in the text, and a text without digits, dots, `@` or telling words leaves nothing
//! for the families to do.

use crate::finding::{Category, Kind, Severity};
use crate::normalise::Normalised;
use crate::rules::Found;

/// Whether a word is one of these. A list of literals compiles to comparisons; nothing is built or searched.
macro_rules! one_of {
    ($word:expr; $($known:literal)+) => { matches!($word, $($known)|+) };
}
pub(super) use one_of;

/// A run of digits.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Group {
    pub(super) fn len(self) -> usize {
        self.end - self.start
    }
}

/// What a telling word may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// "at", in an address that is written out.
    At,
    /// "born".
    Born,
    /// "dob", "birth".
    Birth,
    /// "birthday".
    Birthday,
    /// A platform on which people have an account name.
    Platform,
    /// "name", "called", "name's".
    Name,
    /// "I'm", "am".
    Am,
    /// A profession or a therapist's letters.
    Profession,
    /// "box", of a post office.
    PostBox,
    /// "oh", "zero": a number that is spelled out.
    Nought,
    /// "cottage", "farm": a house that has a name.
    House,
}

/// The text, what the pass over it found, and what is taken so far.
pub(super) struct Scan<'a> {
    pub(super) folded: &'a [u8],
    pub(super) cased: &'a [u8],
    pub(super) groups: Vec<Group>,
    /// Telling words with their bytes.
    pub(super) marks: Vec<(Mark, usize, usize)>,
    /// Where `@` stands.
    pub(super) ats: Vec<usize>,
    /// Where a dot stands between two letters or digits.
    pub(super) dots: Vec<usize>,
    taken: Vec<bool>,
    found: &'a mut Vec<Found>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a Normalised, found: &'a mut Vec<Found>) -> Self {
        let folded = text.folded.as_slice();
        let mut scan = Scan {
            folded,
            cased: &text.cased,
            groups: Vec::new(),
            marks: Vec::new(),
            ats: Vec::new(),
            dots: Vec::new(),
            taken: Vec::new(),
            found,
        };
        let mut at = 0;
        while at < folded.len() {
            let start = at;
            match folded[at] {
                b'0'..=b'9' => {
                    at = end_of(folded, at, |byte| byte.is_ascii_digit());
                    scan.groups.push(Group { start, end: at });
                }
                b'a'..=b'z' => {
                    at = end_of(folded, at, |byte| byte.is_ascii_lowercase() || byte == b'\'');
                    if let Some(mark) = mark(&folded[start..at])
                        && before(folded, start).is_none_or(|byte| !byte.is_ascii_digit() && byte != b'_')
                    {
                        scan.marks.push((mark, start, at));
                    }
                }
                byte => {
                    at += 1;
                    let between = || {
                        before(folded, start).is_some_and(|byte| byte.is_ascii_alphanumeric())
                            && folded.get(at).is_some_and(u8::is_ascii_alphanumeric)
                    };
                    match byte {
                        b'@' => scan.ats.push(start),
                        b'.' if between() => scan.dots.push(start),
                        _ => {}
                    }
                }
            }
        }
        scan
    }

    /// Appends a datum, unless a byte of it is taken. Answers whether it did.
    pub(super) fn put(&mut self, kind: Kind, reason: &'static str, start: usize, end: usize) -> bool {
        if start >= end || self.is_taken(start, end) {
            return false;
        }
        self.take(start, end);
        self.found.push(Found {
            category: Category::PersonalData,
            kind: Some(kind),
            severity: Severity::Caution,
            start,
            end,
            reason,
            suggestion: Some("Leave it out: posts are public and permanent."),
        });
        true
    }

    /// Keeps bytes from being read as another datum.
    pub(super) fn take(&mut self, start: usize, end: usize) {
        self.taken.resize(self.folded.len(), false);
        self.taken[start..end].fill(true);
    }

    pub(super) fn is_taken(&self, start: usize, end: usize) -> bool {
        self.taken.get(start..end).is_some_and(|bytes| bytes.contains(&true))
    }

    /// What stands between a run of digits and the next.
    pub(super) fn gap(&self, index: usize) -> Option<&'a [u8]> {
        let next = self.groups.get(index + 1)?;
        Some(&self.folded[self.groups[index].end..next.start])
    }

    /// Whether the runs from `index` on have just these lengths, with one and the same single sign between them.
    /// Answers the index of the last.
    pub(super) fn grouped(&self, index: usize, lengths: &[usize], signs: &[u8]) -> Option<usize> {
        let last = index + lengths.len() - 1;
        let runs = self.groups.get(index..=last)?;
        if !runs.iter().zip(lengths).all(|(run, length)| run.len() == *length) {
            return None;
        }
        let mut sign = None;
        for between in index..last {
            let [byte] = self.gap(between)? else { return None };
            if !signs.contains(byte) || *sign.get_or_insert(*byte) != *byte {
                return None;
            }
        }
        Some(last)
    }

    /// Whether digits from `start` to `end` stand alone: no letter or digit touches them, no sign joins them to others.
    pub(super) fn stands_alone(&self, start: usize, end: usize) -> bool {
        !self.joined_before(start) && !self.joined_after(end)
    }

    pub(super) fn joined_before(&self, start: usize) -> bool {
        let Some(byte) = before(self.folded, start) else { return false };
        byte.is_ascii_alphanumeric()
            || byte == b'_'
            || (b"-./:".contains(&byte) && start >= 2 && self.folded[start - 2].is_ascii_digit())
    }

    pub(super) fn joined_after(&self, end: usize) -> bool {
        let Some(byte) = self.folded.get(end) else { return false };
        byte.is_ascii_alphanumeric()
            || *byte == b'_'
            || (b"-./:".contains(byte) && self.folded.get(end + 1).is_some_and(u8::is_ascii_digit))
    }

    /// The bytes between in their capitals.
    pub(super) fn is_upper(&self, start: usize, end: usize) -> bool {
        !self.cased[start..end].iter().any(u8::is_ascii_lowercase)
    }
}

/// The byte before `at`.
pub(super) fn before(bytes: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).map(|index| bytes[index])
}

/// Where the bytes from `at` on stop being of a sort.
pub(super) fn end_of(bytes: &[u8], at: usize, sort: impl Fn(u8) -> bool) -> usize {
    bytes[at..].iter().position(|byte| !sort(*byte)).map_or(bytes.len(), |length| at + length)
}

/// Where the bytes of a sort that end at `at` begin, at most `most` before it.
pub(super) fn start_of(bytes: &[u8], at: usize, most: usize, sort: impl Fn(u8) -> bool) -> usize {
    let from = at.saturating_sub(most);
    bytes[from..at].iter().rposition(|byte| !sort(*byte)).map_or(from, |place| from + place + 1)
}

fn mark(word: &[u8]) -> Option<Mark> {
    // By length first: nearly all words of a text end here.
    if !(2..=16).contains(&word.len()) {
        return None;
    }
    Some(match word {
        b"at" => Mark::At,
        b"born" => Mark::Born,
        b"dob" | b"birth" | b"birthdate" => Mark::Birth,
        b"birthday" | b"bday" | b"birthday's" => Mark::Birthday,
        b"insta" | b"instagram" | b"ig" | b"snap" | b"snapchat" | b"discord" | b"tiktok" | b"twitter"
        | b"telegram" | b"kik" | b"skype" | b"facebook" | b"fb" | b"reddit" | b"threads" | b"bluesky"
        | b"mastodon" | b"tumblr" | b"wechat" | b"steam" | b"psn" | b"xbox" | b"gamertag" | b"twitch"
        | b"youtube" | b"linkedin" | b"username" | b"handle" | b"pinterest" => Mark::Platform,
        b"name" | b"called" | b"name's" => Mark::Name,
        b"i'm" | b"am" => Mark::Am,
        b"mbacp" | b"ukcp" | b"bacp" | b"ncps" | b"mncps" | b"babcp" | b"hcpc" | b"bpc" | b"fbacp"
        | b"mukcp" | b"dclinpsy" | b"phd" | b"msc" | b"pgdip" | b"therapist" | b"counsellor"
        | b"psychotherapist" | b"psychologist" => Mark::Profession,
        b"box" => Mark::PostBox,
        b"oh" | b"zero" | b"nought" => Mark::Nought,
        b"cottage" | b"farm" | b"lodge" | b"house" | b"barn" | b"villa" | b"grange" | b"manor"
        | b"bungalow" | b"farmhouse" => Mark::House,
        _ => return None,
    })
}
