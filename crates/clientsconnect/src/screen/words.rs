//! The words of screening for people who have not read its specification.
//!
//! Invariant: every category, severity and route has words, categories those of the pages; a kind without words of its own
//! is shown by its wire name.

use screening::{Category, Finding, Kind, Report, Route, Severity, Tier};

/// What a finding is about, such as "personal detail (phone)".
pub(super) fn about(finding: &Finding) -> String {
    let category = category(finding.category);
    match finding.kind {
        Some(kind) => format!("{category} ({})", self::kind(kind)),
        None => category,
    }
}

/// The name that the pages use too.
fn category(category: Category) -> String {
    let name = wire_name(category);
    content::category(&name).map_or(name, |words| words.name.to_lowercase())
}

fn kind(kind: Kind) -> String {
    let words = match kind {
        Kind::Writer => "the writer",
        Kind::OtherPerson => "somebody else",
        Kind::Adult => "an adult at risk",
        Kind::Child => "a child",
        Kind::Domestic => "at home or by a partner",
        Kind::Email => "e-mail address",
        Kind::NhsNumber => "NHS number",
        Kind::Nino => "National Insurance number",
        Kind::PersonName => "a person's name",
        Kind::Handle => "account name",
        Kind::Url => "link",
        Kind::CardOrAccount => "card or account number",
        Kind::AntiHelp => "avoiding help",
        Kind::ProEatingDisorder => "encouraging disordered eating",
        Kind::ClientComment => "about a client",
        Kind::PublicFigure => "about a public person",
        other => return wire_name(other).replace('_', " "),
    };
    words.to_owned()
}

fn wire_name(word: impl serde::Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// How grave a finding is, in the sense that its category gives the three steps.
pub(super) fn severity(finding: &Finding) -> &'static str {
    match (finding.category, finding.severity) {
        (Category::SelfHarmRisk, Severity::Note) => "note: in the past, or a passive wish",
        (Category::SelfHarmRisk, Severity::Caution) => "caution: thoughts of it now",
        (Category::SelfHarmRisk, Severity::Stop) => "stop: intent, a plan, means or an attempt",
        (Category::HarmToOthers | Category::Safeguarding, Severity::Caution) => {
            "caution: the safeguarding lead has to see it"
        }
        (Category::HarmToOthers | Category::Safeguarding, Severity::Stop) => {
            "stop: the safeguarding lead has to see it at once"
        }
        (_, Severity::Note) => "note: worth a glance",
        (_, Severity::Caution) => "caution: a careful therapist would want it changed",
        (_, Severity::Stop) => "stop: it must not appear in any form",
    }
}

/// Where the text goes, and what follows.
pub(super) fn route(report: &Report) -> &'static str {
    match (report.route, report.tier) {
        (Route::Hold, _) => {
            "hold. Only the safeguarding lead sees it; its writer is shown at once who can help."
        }
        (Route::Redact, _) => {
            "redact. It goes back to its writer with the places marked, and nobody on the panel reads it until it is reworded."
        }
        (Route::Decline, _) => "decline. It is closed with the reason and a way to appeal to a person.",
        (Route::Review, Tier::Elevated) => "review, elevated. The panel decides, with its larger quorum.",
        (Route::Review, Tier::Standard) => "review, standard. The panel decides, with its usual quorum.",
    }
}

/// What is said where screening itself broke.
pub(super) const FAILED: &str =
    "hold. Screening failed on this text (screening_failed); it is held until it can be screened.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_without_words_of_its_own_is_shown_by_its_name() {
        assert_eq!(kind(Kind::DateOfBirth), "date of birth");
        assert_eq!(kind(Kind::Writer), "the writer");
        assert_eq!(kind(Kind::SingleCause), "single cause");
    }
}
