//! Who speaks: somebody of themselves or of somebody they know, or a general voice, as in education and support.
//!
//! Invariant: in doubt somebody speaks. A text without any person in it ("can't go on, goodbye") is never a general voice.

use std::ops::Range;

use crate::tokens::{Sort, Text};

/// The writer, or somebody the writer knows.
const SOMEBODY: [&str; 14] =
    ["i", "me", "my", "mine", "myself", "im", "ive", "he", "she", "him", "her", "himself", "herself", "our"];
/// Whoever it may be.
const ANYBODY: [&str; 21] = [
    "you",
    "your",
    "yourself",
    "people",
    "someone",
    "somebody",
    "anyone",
    "anybody",
    "they",
    "them",
    "their",
    "many",
    "clients",
    "therapists",
    "person",
    "child",
    "adults",
    "men",
    "women",
    "us",
    "we",
];

/// For each range of tokens, in order: whether the text up to its end speaks of whoever it may be and, outside quotation
/// marks, of nobody in particular. What is added after an end never changes what was said up to it.
pub(crate) fn general_to(text: &Text, ranges: &[Range<usize>]) -> Vec<bool> {
    let (mut anybody, mut somebody) = (false, false);
    let (mut quoted, mut seen) = (false, 0);
    let mut general = Vec::with_capacity(ranges.len());
    for range in ranges {
        for index in range.clone() {
            let token = &text.tokens[index];
            let marks =
                text.normalised.folded[seen..token.start].iter().filter(|byte| **byte == b'"').count();
            seen = token.end;
            quoted ^= marks % 2 == 1;
            if !quoted && token.sort == Sort::Word {
                let form = text.form(index);
                somebody |= SOMEBODY.contains(&form);
                anybody |= ANYBODY.contains(&form);
            }
        }
        general.push(anybody && !somebody);
    }
    general
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::Normalised;

    #[test]
    fn a_general_voice_speaks_of_anybody_and_of_nobody_in_particular() {
        for (text, general) in [
            ("If a friend says \u{201c}I want to die\u{201d}, you can stay with them.", true),
            ("Many people who survive are glad.", true),
            ("I think that people should know", false),
            ("My sister told people", false),
            ("can't go on, goodbye everyone x", false),
            ("can't go on", false),
            ("\"People leave\", I wrote.", false),
        ] {
            let normalised = Normalised::new(text);
            let text = Text::new(&normalised);
            assert_eq!(general_to(&text, &text.sentences).last(), Some(&general));
        }
    }
}
