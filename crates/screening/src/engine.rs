//! From a text to a report: normalise, apply the rules, ask the model, merge, route.
//!
//! Invariant: the same text gives the same report on every machine, and the work is linear in the length of the text.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::finding::Finding;
use crate::model;
use crate::normalise::Normalised;
use crate::report::{EngineVersion, Outcome, Report};
use crate::rules::{self, Applied, Found};
use crate::tokens::Text;

/// The version of this engine. It changes with every change of rules or weights that could change a report.
pub const ENGINE: EngineVersion = EngineVersion(3);

/// Screens one text. Callers that must not fail use [`screen_safely`].
#[must_use]
pub fn screen(text: &str) -> Report {
    let normalised = Normalised::new(text);
    let text = Text::new(&normalised);
    let Applied { mut found, lifted } = rules::apply(&text);
    let scores = model::score(&text, &found, &lifted);
    scores.find(&mut found);
    let findings = merged(found)
        .into_iter()
        .map(|found| {
            let (start, end) = normalised.span(found.start, found.end);
            Finding {
                category: found.category,
                kind: found.kind,
                severity: found.severity,
                start,
                end,
                reason: found.reason.to_owned(),
                suggestion: found.suggestion.map(str::to_owned),
            }
        })
        .collect();
    Report::new(ENGINE, findings).scored(|category| scores.of(category))
}

/// Screens one text; whatever goes wrong inside becomes [`Outcome::Failed`], which holds the item.
#[must_use]
pub fn screen_safely(text: &str) -> Outcome {
    safely(|| screen(text))
}

fn safely(screen: impl FnOnce() -> Report) -> Outcome {
    // Unwind safety: nothing is shared with the closure but the text, which it only reads.
    catch_unwind(AssertUnwindSafe(screen)).map_or(Outcome::Failed, Outcome::Screened)
}

/// Several rules often see the same words: of overlapping findings of one category and kind the gravest speaks, for the
/// span of them all.
fn merged(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (found.category, found.kind, found.start, found.end));
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match kept.last_mut() {
            Some(last)
                if last.category == next.category && last.kind == next.kind && next.start < last.end =>
            {
                last.end = last.end.max(next.end);
                if next.severity > last.severity {
                    last.severity = next.severity;
                    last.reason = next.reason;
                    last.suggestion = next.suggestion;
                }
            }
            _ => kept.push(next),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Route;

    #[test]
    fn a_panic_inside_screening_holds() {
        let outcome = safely(|| panic!("a test of what happens when a rule breaks"));
        assert_eq!(outcome, Outcome::Failed);
        assert_eq!(outcome.route(), Route::Hold);
        assert!(outcome.report().is_none());
    }

    #[test]
    fn overlapping_findings_become_one() {
        let report = screen("I am going to kill myself tonight.");
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        assert_eq!(report.engine, ENGINE);
    }
}
