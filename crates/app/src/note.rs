//! What reviewers write beside a ballot: screened before it is stored, and again before it is shown.
//!
//! Invariant: no note that tells of danger or of somebody's private life reaches a panel or a submitter. Beside a concern
//! anything may stand: the lead alone reads it.

use screening::{Category, Outcome, Report, Route, Severity, screen_safely};

/// What stands in place of a note that is not to be shown.
pub const NOT_SHOWN: &str = "Not shown: a machine stopped these words.";

/// How many reasons somebody is told at once: enough to know what to change.
const MOST_REASONS: usize = 3;

/// Why a note is not taken as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It sounds as if somebody could be in danger: that is for the lead.
    #[error("a note tells of danger")]
    Danger,
    /// It tells who somebody is, or something private; the reasons, for a person to read.
    #[error("a note tells of somebody's private life")]
    Private(Vec<String>),
    /// It could hurt whoever reads it; the reasons, for a person to read.
    #[error("a note could hurt whoever reads it")]
    Hurtful(Vec<String>),
    /// Screening failed.
    #[error("a note could not be screened")]
    Unscreened,
}

/// Whether a note may be stored, for others to read.
///
/// # Errors
/// [`Unfit`].
pub fn check(note: &str) -> Result<(), Unfit> {
    let Outcome::Screened(report) = screen_safely(note) else {
        return Err(Unfit::Unscreened);
    };
    match report.route {
        Route::Review => Ok(()),
        Route::Hold => Err(Unfit::Danger),
        Route::Redact => Err(Unfit::Private(reasons(&report, is_private))),
        Route::Decline => Err(Unfit::Hurtful(reasons(&report, |category| !is_private(category)))),
    }
}

/// A stored note as others may read it: private detail is blacked out, and what tells of danger is not shown. What was
/// stored before notes were screened, or by an older engine, is caught here.
#[must_use]
pub fn shown(note: String) -> String {
    match screen_safely(&note) {
        Outcome::Screened(report) => match report.route {
            Route::Review => note,
            Route::Redact => masked(&note, &report),
            Route::Hold | Route::Decline => NOT_SHOWN.to_owned(),
        },
        Outcome::Failed => NOT_SHOWN.to_owned(),
    }
}

/// The words with everything blacked out for which they have to be changed.
pub(crate) fn masked(words: &str, report: &Report) -> String {
    let spans = report.findings.iter().filter(|finding| is_private(finding.category));
    let mut hidden = vec![false; words.chars().count()];
    for finding in spans {
        hidden.iter_mut().take(finding.end).skip(finding.start).for_each(|one| *one = true);
    }
    let shown = words.chars().zip(hidden);
    shown.map(|(one, is_hidden)| if is_hidden && !one.is_whitespace() { '\u{2588}' } else { one }).collect()
}

fn is_private(category: Category) -> bool {
    matches!(category, Category::PersonalData | Category::ThirdParty | Category::Disclosure)
}

/// Why, the first few, each once: reasons never quote the text.
fn reasons(report: &Report, counts: impl Fn(Category) -> bool) -> Vec<String> {
    let mut reasons = Vec::new();
    let grave = report.findings.iter().filter(|finding| finding.severity >= Severity::Caution);
    for finding in grave.filter(|finding| counts(finding.category)) {
        if !reasons.contains(&finding.reason) && reasons.len() < MOST_REASONS {
            reasons.push(finding.reason.clone());
        }
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_taken_or_refused_by_its_route() {
        assert_eq!(check("Clear and kind. I would say it is fine to ask."), Ok(()));
        assert_eq!(check("I want to die."), Err(Unfit::Danger));
        let private = check("Ask at someone.private@example.com about it.");
        assert!(matches!(private, Err(Unfit::Private(reasons)) if reasons.len() == 1));
    }

    #[test]
    fn what_is_stored_is_shown_masked_or_not_at_all() {
        let kind = "Clear and kind.";
        assert_eq!(shown(kind.to_owned()), kind);
        assert_eq!(shown("I want to die.".to_owned()), NOT_SHOWN);
        let masked = shown("Ask at someone.private@example.com about it.".to_owned());
        assert!(!masked.contains("private") && masked.contains('\u{2588}') && masked.ends_with("about it."));
    }
}
