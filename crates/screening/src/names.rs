//! Person names in informal text: a small tagger whose weights are part of the program.
//!
//! Invariant: names are whole tokens, in order, and never overlap; the work is linear in the text. What a name means
//! where it stands is judged in `people`.

pub(crate) mod features;
pub(crate) mod knowledge;
pub(crate) mod tagger;
pub(crate) mod tokens;

use std::ops::Range;
use std::sync::LazyLock;

use crate::normalise::Normalised;
use knowledge::Knowledge;
use tokens::Token;

static FILE: &[u8] = include_bytes!("../models/names.bin");

// Unwrap safety: the file is part of the program, and a test reads it.
#[allow(clippy::expect_used)]
static KNOWLEDGE: LazyLock<Knowledge<'static>> =
    LazyLock::new(|| Knowledge::read(FILE).expect("the names model can be read"));

/// A text cut for the tagger, and the names in it as ranges of tokens.
pub(crate) struct Tagged {
    pub(crate) tokens: Vec<Token>,
    pub(crate) names: Vec<Range<usize>>,
}

/// Cuts the text and finds the names in it.
pub(crate) fn find(text: &Normalised) -> Tagged {
    let knowledge = &*KNOWLEDGE;
    let tokens = tokens::cut(&text.cased, &text.folded, knowledge);
    let labels = tagger::tag(&text.folded, &text.cased, &tokens, knowledge);
    let mut names: Vec<Range<usize>> = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        match (*label, names.last_mut()) {
            (tagger::CONTINUES, Some(last)) if last.end == at => last.end = at + 1,
            (tagger::BEGINS | tagger::CONTINUES, _) => names.push(at..at + 1),
            _ => {}
        }
    }
    // "@name" and "#name" written as one are an account and a topic, which are other findings.
    names.retain(|name| {
        let next_joined = tokens.get(name.end).is_some_and(|token| token.joined);
        let sign = text.folded[tokens[name.start].start];
        let behind_sign =
            name.start > 0 && tokens[name.start].joined && text.folded[tokens[name.start - 1].start] == b'@';
        // "at the Willow Rooms" is a house.
        let word = |steps: usize| {
            name.start
                .checked_sub(steps)
                .map_or(&b""[..], |at| &text.folded[tokens[at].start..tokens[at].end])
        };
        let house = word(1) == b"the" && word(2) == b"at";
        !(behind_sign || house || sign == b'@' && next_joined)
    });
    Tagged { tokens, names }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn names(text: &str) -> Vec<String> {
        let normalised = Normalised::new(text);
        let tagged = find(&normalised);
        tagged
            .names
            .iter()
            .map(|name| {
                let bytes =
                    &normalised.cased[tagged.tokens[name.start].start..tagged.tokens[name.end - 1].end];
                String::from_utf8(bytes.to_vec()).unwrap()
            })
            .collect()
    }

    #[test]
    fn the_weights_of_the_program_can_be_read_and_are_small() {
        assert!(Knowledge::read(FILE).is_some());
        assert!(FILE.len() <= 800_000, "{} bytes", FILE.len());
        assert!(Knowledge::read(&FILE[..FILE.len() / 2]).is_none());
        assert!(Knowledge::read(b"NAM2").is_none());
    }

    #[test]
    fn names_are_found_whole() {
        for (text, expected) in [
            ("Yesterday Rachel Greene came round with cake", vec!["Rachel Greene"]),
            ("I spoke to Siobhan O'Connor about it.", vec!["Siobhan O'Connor"]),
            ("It was lovely to see Priya again", vec!["Priya"]),
            ("Grief has no timetable.", vec![]),
            ("Try to sleep, eat and go outside once a day.", vec![]),
            ("Samaritans answer at any hour in London and Leeds.", vec![]),
            ("We met at the Willow Rooms", vec![]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn an_account_name_is_not_a_name_here() {
        assert!(names("thanks @rachelgreene for this").is_empty());
    }

    #[test]
    fn texts_without_words_are_no_trouble() {
        for text in [
            "",
            " ",
            "@",
            "@ ",
            "''''",
            "-",
            "o'",
            "___",
            "\u{1f642}\u{1f642}",
            "www.",
            "http://",
            "a-",
            "a'-b",
        ] {
            assert!(names(text).len() <= 1, "{text:?}");
        }
    }
}
