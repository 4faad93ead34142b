//! A text as the model reads it: sentences of words.
//!
//! Invariant: training sees exactly this. `tools/train` asks the `reading` example for it and never cuts a text itself.

use std::ops::Range;

use crate::tokens::{Sort, Text};

/// People who write in distress often write without full stops; a longer run of words is read in pieces, so that one
/// strong phrase isn't lost among many others.
const LONGEST_SENTENCE: usize = 40;

/// Stands for a question mark at the end of a sentence.
pub(crate) const QUESTION: &str = "?";

/// Ranges of tokens: the sentences, the long ones in pieces.
pub(crate) fn sentences(text: &Text) -> impl Iterator<Item = Range<usize>> {
    text.sentences.iter().cloned().flat_map(|sentence| {
        let end = sentence.end;
        sentence.step_by(LONGEST_SENTENCE).map(move |start| start..(start + LONGEST_SENTENCE).min(end))
    })
}

/// The word that a token counts as. What identifies somebody or something counts only by its sort.
pub(crate) fn word<'a>(text: &'a Text, token: usize) -> &'a str {
    match text.tokens[token].sort {
        Sort::Word => text.form(token),
        Sort::Number => "<number>",
        Sort::Handle => "<handle>",
        Sort::Link => "<link>",
        Sort::Mail => "<mail>",
    }
}

/// Whether a question mark follows the last word of these tokens.
pub(crate) fn is_question(text: &Text, sentence: &Range<usize>) -> bool {
    let Some(last) = sentence.clone().last() else { return false };
    let bytes = &text.normalised.folded;
    let next = text.tokens.get(last + 1).map_or(bytes.len(), |token| token.start);
    bytes[text.tokens[last].end.min(next)..next].contains(&b'?')
}
