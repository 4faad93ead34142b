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
    pub(crate) classes: Vec<u64>,
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

    pub(crate) fn class(&self, at: usize) -> u64 {
        self.classes.get(at).copied().unwrap_or(0)
    }

    pub(crate) fn is(&self, at: usize, class: u64) -> bool {
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
    pub(crate) fn sentence_has(&self, at: usize, class: u64) -> bool {
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
                // "killing herself"
                if self.private_phrase(place) {
                    return Some(place);
                }
            } else if self.speaks_of_others(mention.end, place) {
                of_them = false;
            } else if of_them && self.private_word(place, weak) {
                return Some(place);
            }
        }
        None
    }

    /// A subject that takes over from the person mentioned: "I", "you", "we". "whom I see", "the man I visit" and "told
    /// us" don't.
    fn speaks_of_others(&self, mention_end: usize, at: usize) -> bool {
        if !self.is(at, is::FIRST_PERSON | is::SECOND_PERSON)
            || matches!(self.word(at), b"us" | b"our" | b"ours" | b"mine" | b"your")
        {
            return false;
        }
        let relative = at <= mention_end + 1 || matches!(self.before(at, 1), b"whom" | b"who" | b"that");
        // "drove me to hospital", "helped me through cancer": what follows "me" is the writer's.
        let aside = match self.word(at) {
            b"i" | b"we" => relative,
            b"me" | b"my" | b"myself" => {
                !matches!(self.word(at + 1), b"to" | b"through" | b"with" | b"when" | b"during" | b"after")
            }
            _ => false,
        };
        !aside
    }

    /// Whether a private word hangs on a verb of being or having: "has", "was diagnosed with".
    pub(crate) fn bound(&self, at: usize) -> bool {
        self.private_phrase(at)
            || (1..=4).any(|steps| at.checked_sub(steps).is_some_and(|place| self.is(place, is::STATE)))
            || (self.word(at).ends_with(b"s")
                && at > 0
                && (self.is(at - 1, is::THIRD_PERSON) || self.in_name(at - 1)))
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
                    && (!self.in_name(place) || self.houses(place))
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
                && (matches!(self.word(place), b"at" | b"from" | b"of")
                    && (proper(place + 1) || self.word(place + 1) == b"the" && proper(place + 2))
                    || self.word(place) == b"in" && {
                        let place = place + 1 + usize::from(self.word(place + 1) == b"the");
                        self.capital(place) && !self.is(place, is::TIME | is::NOT_A_PERSON)
                    })
        })
    }

    /// "King Alfred's", "Morley's": with nothing owned behind it a place by the name of a person.
    fn houses(&self, at: usize) -> bool {
        let index = self.names.partition_point(|name| name.end <= at);
        self.names.get(index).is_some_and(|name| {
            self.word(name.end) == b"'s"
                && (self.is(name.end + 1, is::STATE | is::PLACE)
                    || self.tokens.get(name.end + 1).is_none_or(|token| token.case == Case::Sign))
        })
    }

    /// A place that is one to those who live there: "our village", "the primary in our town", "number 14".
    pub(crate) fn local_place(&self, at: usize) -> bool {
        let near = self.near(at);
        near.clone().any(|place| {
            let owned = |most: usize, the: bool| {
                (1..=most).any(|steps| {
                    let word = self.before(place, steps);
                    matches!(word, b"our" | b"this" | b"village") || (the && matches!(word, b"the" | b"my"))
                })
            };
            (self.is(place, is::AREA) && owned(2, true) && self.word(place + 1) != b"hall")
                || (self.is(place, is::PLACE) && owned(2, false))
                || (matches!(self.word(place), b"team" | b"choir" | b"group" | b"band" | b"depot")
                    && owned(2, false))
                || (matches!(self.word(place), b"number" | b"flat" | b"no")
                    && matches!(self.before(place, 1), b"at" | b"in" | b"from")
                    && self.tokens.get(place + 1).is_some_and(|token| token.case == Case::Digits))
                || (self.word(place) == b"house" && self.before(place, 1) == b"corner")
        })
    }

    /// A day or a year by which an event is known.
    pub(crate) fn dated(&self, at: usize) -> bool {
        self.near(at).any(|place| {
            self.is(place, is::TIME) && self.capital(place)
                || (self.tokens[place].case == Case::Digits
                    && self.tokens[place].end - self.tokens[place].start == 4)
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
