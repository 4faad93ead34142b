//! The weights fit the code, and the answers are those of training.

#![allow(clippy::unwrap_used)]

use serde::Deserialize;

use super::*;
use crate::normalise::Normalised;
use crate::rules;

fn scored(text: &str) -> Scores {
    let normalised = Normalised::new(text);
    let text = Text::new(&normalised);
    let mut found = Vec::new();
    rules::find_phrases(&text, &mut found);
    score(&text, &found)
}

/// A sentence of our own with what training says of it: strongest sentence and whole text, for each answer.
#[derive(Deserialize)]
struct Golden {
    text: String,
    strongest: Vec<f32>,
    whole: Vec<f32>,
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
        let sentences: Vec<Vec<u16>> =
            reading::sentences(&text).map(|range| rows(weights, &text, &range)).collect();
        let said = network::run(weights, &sentences, RISK);
        for (ours, theirs) in said.strongest.iter().chain(&said.whole).zip(golden.strongest.iter().chain(&golden.whole)) {
            assert!((ours - theirs).abs() < 1e-3, "{}: {ours} is not {theirs}", golden.text);
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
        ("I keep thinking about ending my life.", "Asking about suicide doesn't put the idea in anybody's head."),
        ("Everybody would be better off without me.", "Everybody would be better off with a day's holiday."),
    ] {
        assert!(rank(graver) > rank(milder), "{graver} {} | {milder} {}", rank(graver), rank(milder));
    }
}

#[test]
fn a_text_without_words_scores_nothing() {
    for text in ["", "...", "\n\n", "*** !!!"] {
        let scores = scored(text);
        assert!(scores.held.is_none());
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
