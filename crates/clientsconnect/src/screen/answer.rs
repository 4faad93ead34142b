//! The answer to one line, as JSON.
//!
//! Invariant: the fields and their names are those of the screening specification; a text on which screening failed is
//! held and says so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use screening::{Category, Finding, Outcome, Report, Route, Tier};
use serde::Serialize;

use super::Tally;
use super::input::{Item, Line, item};

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    route: Route,
    tier: Tier,
    scores: Cow<'a, BTreeMap<Category, f64>>,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<String>,
    /// Why it is held although nothing was found: screening itself broke.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

#[derive(Serialize)]
struct Refused {
    /// Always null, also where an id could be read: nothing was screened under it.
    id: Option<String>,
    error: String,
}

/// Screens a line and writes the answer, with its line end, to the end of `answers`.
///
/// # Errors
/// The answer can't be written as JSON, which its types do not allow.
pub(super) fn answer(line: &Line, redact: bool, answers: &mut Vec<u8>) -> serde_json::Result<Tally> {
    let mut tally = Tally { lines: 1, ..Tally::default() };
    match item(line) {
        Ok(item) => {
            let outcome = screening::screen_safely(&item.text);
            tally.failed = u64::from(outcome == Outcome::Failed);
            serde_json::to_writer(&mut *answers, &answered(&item, &outcome, redact))?;
        }
        Err(refusal) => {
            tally.refused = 1;
            serde_json::to_writer(&mut *answers, &Refused { id: None, error: refusal.to_string() })?;
        }
    }
    answers.push(b'\n');
    Ok(tally)
}

fn answered<'a>(item: &'a Item, outcome: &'a Outcome, redact: bool) -> Answer<'a> {
    match outcome {
        Outcome::Screened(report) => {
            let Report { route, tier, findings, scores, .. } = report;
            Answer {
                id: &item.id,
                route: *route,
                tier: *tier,
                scores: Cow::Borrowed(scores),
                findings,
                redacted: redact.then(|| screening::redact(&item.text, report)),
                reason: None,
            }
        }
        // No redacted text: where the data are is not known.
        Outcome::Failed => Answer {
            id: &item.id,
            route: outcome.route(),
            tier: Tier::Elevated,
            scores: Cow::Owned(BTreeMap::new()),
            findings: &[],
            redacted: None,
            reason: Some("screening_failed"),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_failure_of_screening_holds_and_says_so() {
        let item = Item { id: "a".to_owned(), text: "sam@example.org".to_owned() };
        let answer: Value = serde_json::to_value(answered(&item, &Outcome::Failed, true)).unwrap();
        let expected = json!({
            "id": "a", "route": "hold", "tier": "elevated", "scores": {}, "findings": [], "reason": "screening_failed"
        });
        assert_eq!(answer, expected);
    }
}
