//! What `tools/train` needs to see of a text. No part of the interface that callers rely on.
//!
//! Invariant: it gives what the model is given, from the same functions.

use serde::Serialize;

use crate::finding::{Category, Severity};
use crate::model::reading;
use crate::normalise::Normalised;
use crate::rules;
use crate::tokens::Text;

/// A text as the model reads it.
#[derive(Debug, Serialize)]
pub struct Reading {
    /// Sentences of words.
    pub sentences: Vec<Vec<String>>,
    /// What the rules found.
    pub found: Vec<(Category, Severity)>,
}

/// Reads a text.
#[must_use]
pub fn read(text: &str) -> Reading {
    let normalised = Normalised::new(text);
    let text = Text::new(&normalised);
    let sentences = reading::sentences(&text)
        .map(|sentence| {
            let question = reading::is_question(&text, &sentence);
            let mut words: Vec<String> =
                sentence.map(|token| reading::word(&text, token).to_owned()).collect();
            if question {
                words.push(reading::QUESTION.to_owned());
            }
            words
        })
        .collect();
    let found = rules::apply(&text).found.into_iter().map(|found| (found.category, found.severity)).collect();
    Reading { sentences, found }
}
