//! The weights fit the code, and the answers are those of training.

#![allow(clippy::unwrap_used)]

use serde::Deserialize;

use super::*;
use crate::normalise::Normalised;
use crate::rules::{self, Applied};

fn scored(text: &str) -> Scores {
    let normalised = Normalised::new(text);
    let text = Text::new(&normalised);
    let Applied { found, lifted } = rules::apply(&text);
    score(&text, &found, &lifted)
}

/// A text of our own with what training says of it: the network's strongest sentence and whole text, then the same of the
/// linear part, each for every answer.
#[derive(Deserialize)]
struct Golden {
    text: String,
    parts: [Vec<f32>; 4],
}

#[test]
fn the_sizes_in_the_file_are_those_of_the_code() {
    let weights = &*WEIGHTS;
    assert_eq!(weights.heads, HEADS.len());
    assert_eq!(weights.inputs, INPUTS);
    assert_eq!(weights.row(b"unheardofwordofnolanguage"), 0);
    assert_ne!(weights.row(b"the"), 0);
}

#[test]
fn the_answers_are_those_of_training() {
    let weights = &*WEIGHTS;
    let mut seen = 0;
    for line in weights.golden.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let golden: Golden = serde_json::from_slice(line).unwrap();
        let normalised = Normalised::new(&golden.text);
        let text = Text::new(&normalised);
        let ranges: Vec<_> = reading::sentences(&text).collect();
        let read = read(weights, &text, &ranges);
        let said = network::run(weights, &read.rows);
        let (strongest, whole) = linear::run(weights, &read.words);
        for (ours, theirs) in [said.strongest, said.whole, strongest, whole].iter().zip(&golden.parts) {
            let ours = &ours[ours.len() - HEADS.len()..];
            assert_eq!(ours.len(), theirs.len());
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!((ours - theirs).abs() < 1e-3, "{}: {ours} is not {theirs}", golden.text);
            }
        }
        seen += 1;
    }
    assert!(seen >= 8, "only {seen} golden sentences");
}

#[test]
fn risk_ranks_above_what_only_resembles_it() {
    let rank = |text: &str| scored(text).of(Category::SelfHarmRisk).unwrap();
    for (graver, milder) in [
        ("I can't find a reason to be alive any more.", "I can't find a reason to renew my gym membership."),
        ("I want to die tonight.", "That cake is to die for."),
        ("I'm going to kill myself.", "How do I kill a process on Linux?"),
        (
            "I keep thinking about ending my life.",
            "Asking about suicide doesn't put the idea in anybody's head.",
        ),
        ("Everybody would be better off without me.", "Everybody would be better off with a day's holiday."),
    ] {
        assert!(rank(graver) > rank(milder), "{graver} {} | {milder} {}", rank(graver), rank(milder));
    }
}

#[test]
fn a_text_without_words_scores_nothing() {
    for text in ["", "...", "\n\n", "*** !!!"] {
        let scores = scored(text);
        assert!(scores.reached.is_empty());
        assert!(Category::ALL.iter().all(|category| scores.of(*category).unwrap_or(0.0) < 0.001), "{text:?}");
    }
}

#[test]
fn every_category_but_personal_data_has_a_score_between_nothing_and_certainty() {
    let scores = scored("Is it all right to talk about the weather for a whole session?");
    for category in Category::ALL {
        match scores.of(category) {
            Some(score) => assert!((0.0..=1.0).contains(&score), "{category:?} {score}"),
            None => assert_eq!(category, Category::PersonalData),
        }
    }
}
