//! The embedded model: how likely each category is, for a text and for its sentences.
//!
//! Invariants: the word tables are read where they lie in the program, and nothing is built at start but a few small
//! arrays. The model adds; it never takes a finding of the rules away.

mod linear;
mod network;
pub(crate) mod reading;
mod weights;

use std::ops::Range;

use crate::finding::{Category, Severity};
use crate::rules::Found;
use crate::tokens::{Sort, Text};
use weights::{WEIGHTS, Weights};

/// What the model answers, in the order of the weights file (`HEADS` in `tools/model/data.py`). Two answers are about
/// the first category: whether the text is about hurting oneself at all, and whether somebody may be at risk now.
const HEADS: [Category; 12] = [
    Category::SelfHarmRisk,
    Category::SelfHarmRisk,
    Category::HarmToOthers,
    Category::Safeguarding,
    Category::ThirdParty,
    Category::Disclosure,
    Category::UnsafeSuicideContent,
    Category::HarmfulAdvice,
    Category::Boundary,
    Category::Abuse,
    Category::Sexual,
    Category::Spam,
];
const ABOUT: usize = 0;
const RISK: usize = 1;
/// Inputs of the last step: the network's strongest sentence and whole text, the same of the linear part, a
/// finding of severity 1, 2 or 3 by the rules, length.
const INPUTS: usize = 8;
/// How much the answer about risk counts in the score of the first category: who may be at risk ranks above what is
/// only about it.
const RISK_SHARE: f64 = 0.5;
/// Endings that are taken off a word that isn't known, if a known word of at least [`LEAST_STEM`] letters is left.
const ENDINGS: [&str; 7] = ["s", "ed", "d", "ing", "in", "ly", "er"];
const LEAST_STEM: usize = 3;

/// For a person to read.
const REASON: &str = "Taken together, the words here read as if somebody may be at risk now. No single phrase says so; \
                      please read the whole text.";

/// What the model says of one text.
pub(crate) struct Scores {
    answers: [f64; HEADS.len()],
    /// The bytes of the sentence that speaks most of risk, if the text should be held.
    held: Option<Range<usize>>,
}

impl Scores {
    /// The probability of a category; `None` for what the model didn't learn.
    pub(crate) fn of(&self, category: Category) -> Option<f64> {
        if category == Category::SelfHarmRisk {
            return Some((1.0 - RISK_SHARE) * self.answers[ABOUT] + RISK_SHARE * self.answers[RISK]);
        }
        HEADS.iter().position(|head| *head == category).map(|head| self.answers[head])
    }

    /// Adds what the model found where no rule said as much.
    pub(crate) fn find(&self, found: &mut Vec<Found>) {
        let known = |found: &Found| {
            found.category == Category::SelfHarmRisk && found.severity >= Severity::Caution
        };
        let Some(span) = &self.held else { return };
        if found.iter().any(known) {
            return;
        }
        found.push(Found {
            category: Category::SelfHarmRisk,
            kind: None,
            severity: Severity::Caution,
            start: span.start,
            end: span.end,
            reason: REASON,
            suggestion: None,
        });
    }
}

/// Scores a text. `found` is what the rules found in it.
pub(crate) fn score(text: &Text, found: &[Found]) -> Scores {
    let weights = &*WEIGHTS;
    let ranges: Vec<Range<usize>> = reading::sentences(text).collect();
    let Read { rows, words: forms } = read(weights, text, &ranges);
    let words: usize = rows.iter().map(Vec::len).sum();
    if words == 0 {
        return Scores { answers: [0.0; HEADS.len()], held: None };
    }
    let said = network::run(weights, &rows, RISK);
    let (linear_strongest, linear_whole) = linear::run(weights, &forms);
    let mut answers = [0.0; HEADS.len()];
    for (head, answer) in answers.iter_mut().enumerate() {
        let gravest =
            found.iter().filter(|one| one.category == HEADS[head]).map(|one| one.severity).max();
        let by_rules = |severity| if gravest == Some(severity) { 1.0 } else { 0.0 };
        #[allow(clippy::cast_precision_loss)] // Counts of words are small.
        let inputs: [f32; INPUTS] = [
            said.strongest[head],
            said.whole[head],
            linear_strongest[head],
            linear_whole[head],
            by_rules(Severity::Note),
            by_rules(Severity::Caution),
            by_rules(Severity::Stop),
            (words as f32).ln_1p(),
        ];
        let last = &weights.last[head * (INPUTS + 1)..(head + 1) * (INPUTS + 1)];
        let sum = inputs.iter().zip(last).map(|(input, weight)| input * weight).sum::<f32>() + last[INPUTS];
        *answer = 1.0 / (1.0 + f64::from(-sum).exp());
    }
    let strongest = (0..ranges.len()).max_by(|a, b| said.risk[*a].total_cmp(&said.risk[*b]));
    let held = strongest
        .filter(|_| answers[RISK] >= f64::from(weights.threshold(words)))
        .map(|at| text.tokens[ranges[at].start].start..text.tokens[ranges[at].end - 1].end);
    Scores { answers, held }
}

/// The sentences of a text, as both parts want them.
struct Read {
    rows: Vec<Vec<u16>>,
    words: Vec<Vec<linear::Word>>,
}

fn read(weights: &Weights, text: &Text, sentences: &[Range<usize>]) -> Read {
    let mut read = Read { rows: Vec::with_capacity(sentences.len()), words: Vec::with_capacity(sentences.len()) };
    for sentence in sentences {
        let mut rows: Vec<u16> = Vec::with_capacity(sentence.len() + 1);
        let mut words: Vec<linear::Word> = Vec::with_capacity(sentence.len() + 1);
        for token in sentence.clone() {
            let word = reading::word(text, token);
            let row = match weights.row(word.as_bytes()) {
                0 if text.tokens[token].sort == Sort::Word => {
                    ENDINGS.iter().find_map(|ending| stem(weights, word, ending)).unwrap_or(0)
                }
                row => row,
            };
            rows.push(row);
            words.push(linear::Word::new(weights, word.as_bytes(), row));
        }
        if reading::is_question(text, sentence) {
            let word = reading::QUESTION.as_bytes();
            let row = weights.row(word);
            rows.push(row);
            words.push(linear::Word::new(weights, word, row));
        }
        read.rows.push(rows);
        read.words.push(words);
    }
    read
}

fn stem(weights: &Weights, word: &str, ending: &str) -> Option<u16> {
    let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= LEAST_STEM)?;
    Some(weights.row(stem.as_bytes())).filter(|row| *row != 0)
}

#[cfg(test)]
mod tests;
