//! Screening judged by texts that were written for it: therapy, education, danger and all that is near them.
//!
//! Invariant: `practice.jsonl` may be looked at while the engine is worked on, row by row. `aside.jsonl` may not: of it
//! this file tells only shares and counts, so that they say how the engine does on texts that nobody tuned it to.

#![allow(clippy::panic, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use screening::{Report, Route, screen};

#[path = "texts/rows.rs"]
mod rows;

use rows::{Row, rows};

/// Practice rows that the engine is known to get wrong, each a gap that is owned up to. One that comes right must be
/// taken off the list.
const KNOWN_GAPS: &[&str] = &[
    "abuse-021",
    "boundary-002",
    "boundary-003",
    "boundary-005",
    "boundary-008",
    "boundary-010",
    "boundary-012",
    "boundary-014",
    "boundary-018",
    "boundary-019",
    "boundary-022",
    "boundary-039",
    "crisis-other-014",
    "crisis-other-016",
    "crisis-other-018",
    "crisis-other-021",
    "crisis-self-008",
    "crisis-self-012",
    "crisis-self-017",
    "crisis-self-020",
    "crisis-self-024",
    "crisis-self-033",
    "crisis-self-035",
    "crisis-self-038",
    "crisis-self-044",
    "crisis-self-045",
    "crisis-self-048",
    "crisis-self-062",
    "disclosure-021",
    "distress-014",
    "distress-026",
    "distress-034",
    "distress-044",
    "education-005",
    "education-051",
    "education-062",
    "education-075",
    "education-100",
    "education-109",
    "education-111",
    "education-113",
    "education-131",
    "fiction-and-reported-007",
    "fiction-and-reported-009",
    "fiction-and-reported-012",
    "harm-to-others-006",
    "harmful-advice-002",
    "harmful-advice-009",
    "harmful-advice-036",
    "harmful-advice-040",
    "harmful-advice-041",
    "harmful-advice-048",
    "harmful-advice-050",
    "harmful-advice-051",
    "harmful-advice-053",
    "harmful-advice-058",
    "ordinary-040",
    "past-and-passive-006",
    "personal-data-017",
    "personal-data-028",
    "personal-data-039",
    "safeguarding-022",
    "spam-sexual-009",
    "third-party-002",
    "third-party-007",
    "third-party-016",
    "third-party-018",
    "third-party-027",
    "unsafe-content-010",
    "unsafe-content-011",
    "unsafe-content-014",
];

// The floors lie a little below what the engine of today reaches (docs/model-card.md), so that no change loses what was
// won. The aim is 0.95 of the routes, and 0.01 of the education held.

/// Least share of the texts set aside whose route and tier are right.
const ROUTE_RIGHT: f64 = 0.86;
/// Greatest share of the education set aside that is held: a channel about mental health must be able to say "suicide".
const EDUCATION_HELD: f64 = 0.07;
/// Least share of the dangers set aside that are held.
const DANGER_HELD: f64 = 0.86;
/// Greatest share of distress, figures of speech and fiction set aside that is held: none of it is a danger.
const HARMLESS_HELD: f64 = 0.05;
/// Least share of the texts set aside of which everything was found that must be, and nothing that mustn't.
const FINDINGS_RIGHT: f64 = 0.79;

/// Topics that talk of pain or death without anybody being at risk.
const HARMLESS: &[&str] = &["distress", "figurative", "fiction-and-reported", "ordinary"];

#[test]
fn every_row_agrees_with_itself_and_stands_once() {
    let all: Vec<Row> = rows("practice").into_iter().chain(rows("aside")).collect();
    let broken: Vec<_> = all.iter().filter_map(|row| Some((&row.id, row.inconsistency()?))).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let ids: BTreeSet<&str> = all.iter().map(|row| row.id.as_str()).collect();
    let texts: BTreeSet<&str> = all.iter().map(|row| row.text.as_str()).collect();
    assert_eq!((ids.len(), texts.len()), (all.len(), all.len()));
    // Both halves hold as many of each topic, so that the one foretells the other.
    let topics = |name| {
        rows(name).into_iter().fold(BTreeMap::<String, usize>::new(), |mut count, row| {
            *count.entry(row.topic).or_default() += 1;
            count
        })
    };
    assert_eq!(topics("practice"), topics("aside"));
}

#[test]
fn practice_texts_go_where_they_must_for_the_right_reasons() {
    let mut wrong = Vec::new();
    let mut stale = Vec::new();
    for row in rows("practice") {
        let report = screen(&row.text);
        let mut differs = row.findings_that_differ(&report);
        if !row.routed(&report) {
            let (is, due) = ((report.route, report.tier), (row.route, row.tier));
            differs.insert(0, format!("route {is:?} instead of {due:?}"));
        }
        match (differs.is_empty(), KNOWN_GAPS.contains(&row.id.as_str())) {
            (false, false) => wrong.push(format!("{} ({}): {}", row.id, row.why, differs.join("; "))),
            (true, true) => stale.push(row.id),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{} rows differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(stale.is_empty(), "no gaps any more: {stale:?}");
}

#[test]
fn the_texts_set_aside_reach_the_floors() {
    let judge = |row: Row| {
        let report = screen(&row.text);
        (row, report)
    };
    let judged: Vec<(Row, Report)> = rows("aside").into_iter().map(judge).collect();
    let share = |of: &dyn Fn(&Row) -> bool, good: &dyn Fn(&Row, &Report) -> bool| -> f64 {
        let chosen: Vec<_> = judged.iter().filter(|(row, _)| of(row)).collect();
        assert!(!chosen.is_empty());
        let good = chosen.iter().filter(|(row, report)| good(row, report)).count();
        // Some hundreds at most: exact as a float.
        f64::from(u32::try_from(good).unwrap_or(u32::MAX))
            / f64::from(u32::try_from(chosen.len()).unwrap_or(u32::MAX))
    };
    let held = |_: &Row, report: &Report| report.route == Route::Hold;
    let found = |row: &Row, report: &Report| row.findings_that_differ(report).is_empty();
    let topics: BTreeSet<&str> = judged.iter().map(|(row, _)| row.topic.as_str()).collect();
    println!("{:<22} route  findings  held", "topic");
    for topic in topics {
        let of = |row: &Row| row.topic == topic;
        let (routed, found, held) = (share(&of, &Row::routed), share(&of, &found), share(&of, &held));
        println!("{topic:<22} {routed:>5.2} {found:>9.2} {held:>5.2}");
    }
    let route_right = share(&|_| true, &Row::routed);
    let findings_right = share(&|_| true, &found);
    let education_held = share(&|row| row.topic == "education", &held);
    let danger_held = share(&|row| row.route == Route::Hold, &held);
    let harmless_held = share(&|row| HARMLESS.contains(&row.topic.as_str()), &held);
    println!(
        "route right {route_right:.3}, findings right {findings_right:.3}, education held {education_held:.3}, \
         danger held {danger_held:.3}, harmless held {harmless_held:.3}"
    );
    assert!(route_right >= ROUTE_RIGHT, "route right: {route_right:.3}");
    assert!(education_held <= EDUCATION_HELD, "education held: {education_held:.3}");
    assert!(danger_held >= DANGER_HELD, "danger held: {danger_held:.3}");
    assert!(harmless_held <= HARMLESS_HELD, "harmless held: {harmless_held:.3}");
    assert!(findings_right >= FINDINGS_RIGHT, "findings right: {findings_right:.3}");
}
