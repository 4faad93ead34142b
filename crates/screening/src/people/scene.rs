//! A text as the rules about people read it: tokens with what they can be, sentences, names, and who is spoken of.
//!
//! Invariant: every walk is bounded by [`REACH`] tokens, so the work per name or mention doesn't grow with the text.

use std::ops::Range;

use super::words::{classes, is};
use crate::names::Tagged;
use crate::names::features::style;
use crate::names::tokens::{Case, Token};
use crate::normalise::Normalised;

/// How many tokens on either side a rule looks at: a long spoken sentence.
pub(crate) const REACH: usize = 40;

pub(crate) struct Scene<'a> {
    pub(crate) text: &'a Normalised,
    pub(crate) tokens: Vec<Token>,
    pub(crate) classes: Vec<u32>,
    /// The sentence of each token.
    pub(crate) sentence: Vec<usize>,
    /// Names as ranges of tokens, in order.
    pub(crate) names: Vec<Range<usize>>,
    /// Most words are in capitals, so capitals tell nothing.
    pub(crate) shouted: bool,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(text: &'a Normalised, tagged: Tagged) -> Self {
        let classes =
            tagged.tokens.iter().map(|token| classes(&text.folded[token.start..token.end])).collect();
        let mut number = 0;
        let sentence = tagged
            .tokens
            .iter()
            .map(|token| {
                while text.sentence_ends.get(number).is_some_and(|end| *end <= token.start) {
                    number += 1;
                }
                number
            })
            .collect();
        let shouted = style(&tagged.tokens) == 3;
        Self { text, tokens: tagged.tokens, classes, sentence, names: tagged.names, shouted }
    }

    pub(crate) fn word(&self, at: usize) -> &[u8] {
        self.tokens.get(at).map_or(b"", |token| &self.text.folded[token.start..token.end])
    }

    pub(crate) fn class(&self, at: usize) -> u32 {
        self.classes.get(at).copied().unwrap_or(0)
    }

    pub(crate) fn is(&self, at: usize, class: u32) -> bool {
        self.class(at) & class != 0
    }

    /// Looks back from `at`, which may be the first token.
    pub(crate) fn before(&self, at: usize, steps: usize) -> &[u8] {
        at.checked_sub(steps).map_or(b"", |place| self.word(place))
    }

    /// Begins with a capital, as a name does.
    pub(crate) fn capital(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            self.text.cased[token.start].is_ascii_uppercase() && !matches!(token.case, Case::LettersAndDigits)
        })
    }

    /// The tokens of the sentence of `at` that are near it.
    pub(crate) fn near(&self, at: usize) -> Range<usize> {
        let here = self.sentence[at];
        let mut start = at;
        while start > 0 && at - start < REACH && self.sentence[start - 1] == here {
            start -= 1;
        }
        let mut end = at + 1;
        while end < self.tokens.len() && end - at < REACH && self.sentence[end] == here {
            end += 1;
        }
        start..end
    }

    /// Whether the sentence of `at` has a word of this class.
    pub(crate) fn sentence_has(&self, at: usize, class: u32) -> bool {
        self.near(at).any(|place| self.is(place, class))
    }

    /// The first private thing said of the person whose mention ends before `from`; `weak` counts words that are private
    /// only of somebody close. Who is spoken of changes with the pronouns on the way; the next sentence counts where it
    /// goes on about them.
    pub(crate) fn told_of(&self, mention: Range<usize>, weak: bool) -> Option<usize> {
        if mention.is_empty() || mention.end > self.tokens.len() {
            return None;
        }
        let last = mention.end - 1;
        // "abused by my uncle", "an affair with Sarah".
        if let Some(link) = mention.start.checked_sub(1)
            && matches!(self.word(link), b"with" | b"by" | b"of")
        {
            let from = link.saturating_sub(3);
            if let Some(place) = (from..link).rev().find(|place| {
                self.sentence[*place] == self.sentence[link]
                    && self.private_word(*place, weak)
                    && !self.is(*place, is::NEEDS_IN)
            }) {
                return Some(place);
            }
        }
        let here = self.sentence[last];
        let mut of_them = true;
        for place in mention.end..self.tokens.len().min(mention.end + REACH) {
            if self.sentence[place] != here {
                let goes_on = self.sentence[place] == here + 1;
                if self.sentence[place - 1] == here {
                    if !(goes_on && self.is(place, is::THIRD_PERSON)) {
                        return None;
                    }
                    of_them = true;
                } else if !goes_on {
                    return None;
                }
            }
            if self.is(place, is::THIRD_PERSON) {
                of_them = true;
            } else if self.is(place, is::FIRST_PERSON | is::SECOND_PERSON) {
                of_them = false;
            } else if of_them && self.private_word(place, weak) {
                return Some(place);
            }
        }
        None
    }

    fn private_word(&self, at: usize, weak: bool) -> bool {
        if !self.is(at, is::PRIVATE) || (!weak && self.is(at, is::WEAK)) {
            return false;
        }
        let negated = (1..=3)
            .any(|steps| matches!(self.before(at, steps), b"not" | b"never" | b"no" | b"'t" | b"without"));
        if negated {
            return false;
        }
        if self.is(at, is::NEEDS_IN) {
            return matches!(
                self.before(at, 1),
                b"in"
                    | b"into"
                    | b"on"
                    | b"having"
                    | b"has"
                    | b"had"
                    | b"to"
                    | b"started"
                    | b"needs"
                    | b"takes"
                    | b"taking"
                    | b"attempted"
                    | b"by"
                    | b"from"
                    | b"psychiatric"
            );
        }
        true
    }

    /// Whether a private word hangs on a verb of being or having: "has", "was diagnosed with".
    pub(crate) fn bound(&self, at: usize) -> bool {
        (1..=4).any(|steps| at.checked_sub(steps).is_some_and(|place| self.is(place, is::STATE)))
            || self.word(at).ends_with(b"ed")
            || self.word(at).ends_with(b"ing")
    }

    /// A place or workplace with a name, near `at`: "Oakfield surgery", "at Harrow Lane".
    pub(crate) fn named_place(&self, at: usize, institution: bool) -> bool {
        let near = self.near(at);
        near.clone().any(|place| {
            let proper = |place: usize| {
                near.contains(&place)
                    && self.capital(place)
                    && !self.tokens[place].first
                    && !self.is(place, is::TIME | is::NOT_A_PERSON | is::FIRST_PERSON)
                    && !self.in_name(place)
            };
            // Before such a word even what could be a name is one of a place: "Harlow branch".
            let named =
                |place: usize| self.capital(place) && !self.tokens[place].first && near.contains(&place);
            if self.is(place, is::PLACE) {
                return proper(place)
                    || (place > 0 && named(place - 1))
                    || (place > 1 && self.word(place - 1) == b"'s" && named(place - 2))
                    || (self.word(place + 1) == b"of" && proper(place + 2));
            }
            // After "in" even a word that could be a name is a place.
            !institution
                && (matches!(self.word(place), b"at" | b"from" | b"of") && proper(place + 1)
                    || self.word(place) == b"in"
                        && self.capital(place + 1)
                        && !self.is(place + 1, is::TIME | is::NOT_A_PERSON))
        })
    }

    pub(crate) fn in_name(&self, at: usize) -> bool {
        let index = self.names.partition_point(|name| name.end <= at);
        self.names.get(index).is_some_and(|name| name.start <= at)
    }

    /// The bytes of a range of tokens.
    pub(crate) fn bytes(&self, range: &Range<usize>) -> (usize, usize) {
        (self.tokens[range.start].start, self.tokens[range.end - 1].end)
    }
}
