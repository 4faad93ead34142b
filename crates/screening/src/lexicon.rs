//! The lexicon: the words and phrases of `lexicon/*.toml`, compiled by `build.rs`, and finding them in a text.
//!
//! Invariant: a phrase is bounded in length, so finding them all is linear in the text; nothing is built at start.

use crate::finding::{Category, Kind, Severity};
use crate::scope::Scope;
use crate::tokens::Text;

/// The number of a word that phrases know.
pub(crate) type WordId = u16;
/// A word that no phrase names.
pub(crate) const UNKNOWN: WordId = 0;
/// Any run of digits.
pub(crate) const NUMBER: WordId = 1;
/// An account name.
pub(crate) const HANDLE: WordId = 2;
/// A web address.
pub(crate) const LINK: WordId = 3;
/// An e-mail address.
pub(crate) const MAIL: WordId = 4;

/// What the phrases of one entry mean.
pub(crate) struct Rule {
    pub(crate) category: Category,
    pub(crate) kind: Option<Kind>,
    pub(crate) severity: Severity,
    /// What the words around a match may change.
    pub(crate) scope: Scope,
    /// The severity if it was just now.
    pub(crate) recent: Option<Severity>,
    /// For a person to read.
    pub(crate) reason: &'static str,
    pub(crate) suggestion: Option<&'static str>,
}

/// What a phrase leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An index into [`RULES`].
    Rule(u16),
    Cue(Cue),
}

/// A phrase found, in tokens, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) outcome: Outcome,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A state of the automaton: its edges (first those over words, sorted, then those over classes and any word) and what
/// ends here.
struct State {
    edges: u32,
    words: u16,
    others: u16,
    outcomes: u32,
    ends: u16,
}

/// Labels below are words, from here on classes; the last is any word.
const FIRST_CLASS: u16 = 0x8000;
const ANY: u16 = 0xffff;
/// In the place of a state: no phrase starts with this word.
const NO_STATE: u16 = 0xffff;

include!(concat!(env!("OUT_DIR"), "/lexicon.rs"));

/// The number of a word in its plain form, or [`UNKNOWN`].
pub(crate) fn word(form: &str) -> WordId {
    WORDS.get(form).copied().unwrap_or(UNKNOWN)
}

/// The plain form of a word.
pub(crate) fn form(word: WordId) -> &'static str {
    FORMS.get(usize::from(word)).copied().unwrap_or_default()
}

/// The words that lose one letter, or none, to become `key`.
pub(crate) fn slips(key: &str) -> &'static [WordId] {
    SLIPS.get(key).copied().unwrap_or_default()
}

/// Whether people write this for what it says, close as it is to a word that matters.
pub(crate) fn is_no_slip(form: &str) -> bool {
    NO_SLIPS.contains(form)
}

/// Finds every phrase: of those of one rule that start at one word the longest, of a cue each, since it matters where
/// it ends.
pub(crate) fn find(text: &Text) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    let (mut now, mut next) = (Vec::with_capacity(64), Vec::with_capacity(64));
    for sentence in &text.sentences {
        for start in sentence.clone() {
            let Some(&first) = STARTS.get(usize::from(text.tokens[start].id)) else { continue };
            if first == NO_STATE {
                continue;
            }
            let own = hits.len();
            now.clear();
            now.push(first);
            let mut at = start + 1;
            loop {
                for &state in &now {
                    keep_outcomes(&mut hits, own, &STATES[usize::from(state)], start, at);
                }
                if at >= sentence.end {
                    break;
                }
                next.clear();
                for &state in &now {
                    follow(&STATES[usize::from(state)], text.tokens[at].id, &mut next);
                }
                if next.is_empty() {
                    break;
                }
                if next.len() > 1 {
                    next.sort_unstable();
                    next.dedup();
                }
                std::mem::swap(&mut now, &mut next);
                at += 1;
            }
        }
    }
    hits
}

fn keep_outcomes(hits: &mut Vec<Hit>, own: usize, state: &State, start: usize, end: usize) {
    let first = state.outcomes as usize;
    for &outcome in &OUTCOMES[first..first + usize::from(state.ends)] {
        let shorter = hits[own..].iter_mut().find(|hit| hit.outcome == outcome);
        match (outcome, shorter) {
            (Outcome::Rule(_), Some(hit)) => hit.end = end,
            _ => hits.push(Hit { outcome, start, end }),
        }
    }
}

fn follow(state: &State, word: WordId, next: &mut Vec<u16>) {
    let first = state.edges as usize;
    let words = first..first + usize::from(state.words);
    let labels = &LABELS[words.clone()];
    let found = labels.partition_point(|label| *label < word);
    for edge in found..labels.iter().skip(found).take_while(|label| **label == word).count() + found {
        next.push(TARGETS[words.start + edge]);
    }
    for edge in words.end..words.end + usize::from(state.others) {
        let label = LABELS[edge];
        if label == ANY || is_in_class(label - FIRST_CLASS, word) {
            next.push(TARGETS[edge]);
        }
    }
}

fn is_in_class(class: u16, word: WordId) -> bool {
    let bits = CLASSES[usize::from(class) * CLASS_WIDTH + usize::from(word) / 64];
    bits >> (word % 64) & 1 == 1
}
