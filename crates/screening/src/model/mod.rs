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
use crate::rules::{Found, Lifted};
use crate::tokens::{Sort, Text};
use crate::voice;
use weights::{SHORT, WEIGHTS, Weights};

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
/// For a person to read, for each answer.
const REASONS: [&str; HEADS.len()] = [
    "Hurting oneself is spoken of.",
    "Taken together, the words here read as if somebody may be at risk now. No single phrase says so; please read the \
     whole text.",
    "The words here read like a threat or a wish to harm somebody. Please read the whole text.",
    "The words here read as if a child or an adult may be coming to harm. Please read the whole text.",
    "Something private seems to be told of another person.",
    "The writer seems to tell of their own therapy or health.",
    "The words here may break the guidance on how to speak of suicide.",
    "The words here read like advice that could do harm.",
    "The words here read as if a therapist stepped over a professional boundary.",
    "The words here read as abusive or as putting people down for who they are.",
    "The words here read as sexual.",
    "The words here read as advertising or as a scam.",
];
/// Endings that are taken off a word that isn't known, if a known word of at least [`LEAST_STEM`] letters is left.
const ENDINGS: [&str; 7] = ["s", "ed", "d", "ing", "in", "ly", "er"];
const LEAST_STEM: usize = 3;
/// By how much a sum must be above the threshold for each ground to doubt it: a general voice, or words that the rules
/// know and left alone.
const DOUBT: f32 = 1.5;
/// Of fewer known words the model makes no finding: it would guess.
const LEAST_KNOWN: usize = 6;

/// What the model says of one text.
pub(crate) struct Scores {
    answers: [f64; HEADS.len()],
    /// For each answer that should lead to a finding, the bytes of the sentence that speaks most for it.
    reached: Vec<(usize, Range<usize>)>,
}

impl Scores {
    /// The probability of a category; `None` for what the model didn't learn.
    pub(crate) fn of(&self, category: Category) -> Option<f64> {
        let answer = if category == Category::SelfHarmRisk {
            (1.0 - RISK_SHARE) * self.answers[ABOUT] + RISK_SHARE * self.answers[RISK]
        } else {
            self.answers[HEADS.iter().position(|head| *head == category)?]
        };
        // More digits would say nothing, and not every reader of JSON gives them back as they were.
        Some((answer * 1e6).round() / 1e6)
    }

    /// Adds what the model found.
    pub(crate) fn find(&self, found: &mut Vec<Found>) {
        for (head, span) in &self.reached {
            let category = HEADS[*head];
            found.push(Found {
                category,
                kind: None,
                severity: Severity::Caution,
                start: span.start,
                end: span.end,
                reason: REASONS[*head],
                suggestion: None,
            });
        }
    }
}

/// Scores a text. `found` is what the rules found in it, `lifted` what they knew and left alone.
///
/// A finding is made if the text reaches the threshold, or if it did so at the end of any of its sentences: what is added
/// to a text must not hide what it says.
pub(crate) fn score(text: &Text, found: &[Found], lifted: &[Lifted]) -> Scores {
    let weights = &*WEIGHTS;
    let ranges: Vec<Range<usize>> = reading::sentences(text).collect();
    let Read { rows, words, known: known_in } = read(weights, text, &ranges);
    let mut scores = Scores { answers: [0.0; HEADS.len()], reached: Vec::new() };
    if ranges.is_empty() {
        return scores;
    }
    let said = network::run(weights, &rows);
    let general = voice::general_to(text, &ranges);
    let (linear_strongest, linear_whole) = linear::run(weights, &words);
    for (head, category) in HEADS.iter().enumerate() {
        let gravest = found.iter().filter(|one| one.category == *category).map(|one| one.severity).max();
        // Where the rules know the words, and what is around them, the model has nothing to add; but in a long text words
        // that they judged harmless can stand beside others that no rule knows.
        let judged = |count| {
            gravest.is_some_and(|severity| head != RISK || severity > Severity::Note || count <= SHORT)
        };
        let by_rules = |severity| if gravest == Some(severity) { 1.0 } else { 0.0 };
        let last = &weights.last[head * (INPUTS + 1)..(head + 1) * (INPUTS + 1)];
        let (mut count, mut known, mut sum, mut reached) = (0, 0, 0.0, false);
        for (sentence, rows) in rows.iter().enumerate() {
            let at = sentence * HEADS.len() + head;
            count += rows.len();
            known += known_in[sentence];
            #[allow(clippy::cast_precision_loss)] // Counts of words are small.
            let inputs: [f32; INPUTS] = [
                said.strongest[at],
                said.whole[at],
                linear_strongest[at],
                linear_whole[at],
                by_rules(Severity::Note),
                by_rules(Severity::Caution),
                by_rules(Severity::Stop),
                (count as f32).ln_1p(),
            ];
            sum = inputs.iter().zip(last).map(|(input, weight)| input * weight).sum::<f32>() + last[INPUTS];
            let end = text.tokens[ranges[sentence].end - 1].end;
            let left_alone = lifted.iter().any(|one| one.category == *category && one.start < end);
            // Education and support speak of danger to whoever reads them.
            // In a short text those words are all there is; where danger is the question it may still be told beside them.
            let alone = left_alone && count <= SHORT;
            let doubts = u8::from(left_alone) + u8::from(alone) + u8::from(head == RISK && general[sentence]);
            let threshold = weights.threshold(head, count) + DOUBT * f32::from(doubts);
            let judged = judged(count) || (alone && head != RISK);
            reached |= known >= LEAST_KNOWN && !judged && sum >= threshold;
        }
        scores.answers[head] = 1.0 / (1.0 + f64::from(-sum).exp());
        if reached {
            let alone = |sentence: usize| said.alone[sentence * HEADS.len() + head];
            let most = (0..ranges.len()).max_by(|a, b| alone(*a).total_cmp(&alone(*b)));
            scores.reached.extend(
                most.map(|at| {
                    (head, text.tokens[ranges[at].start].start..text.tokens[ranges[at].end - 1].end)
                }),
            );
        }
    }
    scores
}

/// The sentences of a text, as both parts want them.
struct Read {
    rows: Vec<Vec<u16>>,
    words: Vec<Vec<linear::Word>>,
    /// How many words of each sentence are known; numbers, links and the like don't count.
    known: Vec<usize>,
}

fn read(weights: &Weights, text: &Text, sentences: &[Range<usize>]) -> Read {
    let count = sentences.len();
    let mut read = Read {
        rows: Vec::with_capacity(count),
        words: Vec::with_capacity(count),
        known: Vec::with_capacity(count),
    };
    for sentence in sentences {
        let mut rows: Vec<u16> = Vec::with_capacity(sentence.len() + 1);
        let mut words: Vec<linear::Word> = Vec::with_capacity(sentence.len() + 1);
        let mut known = 0;
        for token in sentence.clone() {
            let word = reading::word(text, token);
            let row = match weights.row(word.as_bytes()) {
                0 if text.tokens[token].sort == Sort::Word => {
                    ENDINGS.iter().find_map(|ending| stem(weights, word, ending)).unwrap_or(0)
                }
                row => row,
            };
            known += usize::from(row != 0 && text.tokens[token].sort == Sort::Word);
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
        read.known.push(known);
    }
    read
}

fn stem(weights: &Weights, word: &str, ending: &str) -> Option<u16> {
    let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= LEAST_STEM)?;
    Some(weights.row(stem.as_bytes())).filter(|row| *row != 0)
}

#[cfg(test)]
mod tests;
