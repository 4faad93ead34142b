//! The answer of screening, and the one rule that turns findings into a route.
//!
//! Invariant: the route is a function of the findings alone. Scores never take part, so no score can cancel a rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{Category, Finding, Severity};

/// Which engine made a report. A stored report of another version is screened again before it is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EngineVersion(pub u32);

/// Where an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// The crisis lane: the safeguarding lead only.
    Hold,
    /// Back to the submitter with the spans marked.
    Redact,
    /// Closed with the reason and a way to appeal.
    Decline,
    /// The panel decides.
    Review,
}

/// How much care the panel takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The usual quorum.
    Standard,
    /// The larger quorum.
    Elevated,
}

/// What screening says of one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The engine that made this report.
    pub engine: EngineVersion,
    /// Where the item goes.
    pub route: Route,
    /// How much care the panel takes, if the item reaches one.
    pub tier: Tier,
    /// What was found, in the order of the text.
    pub findings: Vec<Finding>,
    /// For each of the twelve categories a number from 0 to 1: the model's probability, which knows of the findings.
    /// For `personal_data`, which no model learnt, it follows from the gravest finding and is good for ranking alone.
    pub scores: BTreeMap<Category, f64>,
}

/// The result of an attempt at screening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The text was screened.
    Screened(Report),
    /// Screening broke. The item is held for a technical reason and screened again later.
    Failed,
}

impl Outcome {
    /// Where the item goes: a failure holds.
    #[must_use]
    pub fn route(&self) -> Route {
        match self {
            Self::Screened(report) => report.route,
            Self::Failed => Route::Hold,
        }
    }

    /// The report, unless screening failed.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Screened(report) => Some(report),
            Self::Failed => None,
        }
    }
}

/// The route and tier that the findings call for: the first that holds of hold, redact, decline, else review.
#[must_use]
pub fn route(findings: &[Finding]) -> (Route, Tier) {
    let any = |categories: &[Category], least: Severity| {
        findings.iter().any(|finding| finding.severity >= least && categories.contains(&finding.category))
    };
    let route = if any(
        &[Category::SelfHarmRisk, Category::HarmToOthers, Category::Safeguarding],
        Severity::Caution,
    ) {
        Route::Hold
    } else if any(&[Category::PersonalData, Category::ThirdParty, Category::Disclosure], Severity::Caution) {
        Route::Redact
    } else if any(&[Category::Spam, Category::Abuse, Category::Sexual], Severity::Stop) {
        Route::Decline
    } else {
        Route::Review
    };
    let elevated = any(&Category::ALL, Severity::Caution) || any(&[Category::SelfHarmRisk], Severity::Note);
    (route, if elevated { Tier::Elevated } else { Tier::Standard })
}

impl Report {
    /// A report made of findings: routed, scored, in the order of the text.
    pub(crate) fn new(engine: EngineVersion, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| (finding.start, finding.end, finding.category, finding.kind));
        let (route, tier) = route(&findings);
        let scores = Category::ALL.iter().map(|category| (*category, score(&findings, *category))).collect();
        Self { engine, route, tier, findings, scores }
    }

    /// The same with the probabilities of a model, for the categories that it knows.
    #[must_use]
    pub(crate) fn scored(mut self, probability: impl Fn(Category) -> Option<f64>) -> Self {
        for (category, score) in &mut self.scores {
            *score = probability(*category).unwrap_or(*score);
        }
        self
    }

    /// Rank among reports: hold, redact, decline, elevated review, standard review, from the most careful down.
    fn care(&self) -> u8 {
        match (self.route, self.tier) {
            (Route::Hold, _) => 4,
            (Route::Redact, _) => 3,
            (Route::Decline, _) => 2,
            (Route::Review, Tier::Elevated) => 1,
            (Route::Review, Tier::Standard) => 0,
        }
    }
}

/// The more careful of two reports: hold, redact, decline, elevated review, standard review. Of two equally careful
/// ones the first, unless the second found more.
#[must_use]
pub fn more_careful(a: &Report, b: &Report) -> Report {
    let second = (b.care(), b.findings.len()) > (a.care(), a.findings.len());
    if second { b.clone() } else { a.clone() }
}

/// Monotone in the gravest severity; the steps leave room at both ends because rules are never certain.
fn score(findings: &[Finding], category: Category) -> f64 {
    let gravest =
        findings.iter().filter(|finding| finding.category == category).map(|finding| finding.severity).max();
    match gravest {
        None => 0.02,
        Some(Severity::Note) => 0.35,
        Some(Severity::Caution) => 0.75,
        Some(Severity::Stop) => 0.95,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn finding(category: Category, severity: u8) -> Finding {
        Finding {
            category,
            kind: None,
            severity: Severity::try_from(severity).unwrap(),
            start: 0,
            end: 1,
            reason: String::new(),
            suggestion: None,
        }
    }

    #[test]
    fn routes_follow_the_table() {
        use Category as C;
        type Row = (&'static [(Category, u8)], Route, Tier);
        let table: &[Row] = &[
            (&[], Route::Review, Tier::Standard),
            (&[(C::SelfHarmRisk, 1)], Route::Review, Tier::Elevated),
            (&[(C::SelfHarmRisk, 2)], Route::Hold, Tier::Elevated),
            (&[(C::HarmToOthers, 1)], Route::Review, Tier::Standard),
            (&[(C::HarmToOthers, 2)], Route::Hold, Tier::Elevated),
            (&[(C::Safeguarding, 3)], Route::Hold, Tier::Elevated),
            (&[(C::PersonalData, 1)], Route::Review, Tier::Standard),
            (&[(C::PersonalData, 2)], Route::Redact, Tier::Elevated),
            (&[(C::ThirdParty, 2)], Route::Redact, Tier::Elevated),
            (&[(C::Disclosure, 3)], Route::Redact, Tier::Elevated),
            (&[(C::PersonalData, 2), (C::SelfHarmRisk, 2)], Route::Hold, Tier::Elevated),
            (&[(C::Disclosure, 2), (C::Abuse, 3)], Route::Redact, Tier::Elevated),
            (&[(C::Spam, 2)], Route::Review, Tier::Elevated),
            (&[(C::Spam, 3)], Route::Decline, Tier::Elevated),
            (&[(C::Abuse, 3)], Route::Decline, Tier::Elevated),
            (&[(C::Sexual, 3)], Route::Decline, Tier::Elevated),
            (&[(C::HarmfulAdvice, 3)], Route::Review, Tier::Elevated),
            (&[(C::UnsafeSuicideContent, 3), (C::Boundary, 3)], Route::Review, Tier::Elevated),
            (&[(C::Boundary, 1)], Route::Review, Tier::Standard),
        ];
        for (findings, expected, tier) in table {
            let findings: Vec<_> =
                findings.iter().map(|(category, severity)| finding(*category, *severity)).collect();
            assert_eq!(route(&findings), (*expected, *tier), "{findings:?}");
        }
    }

    #[test]
    fn the_more_careful_report_wins_either_way_round() {
        let engine = EngineVersion(1);
        let ladder: Vec<Report> = [
            vec![],
            vec![finding(Category::Boundary, 2)],
            vec![finding(Category::Spam, 3)],
            vec![finding(Category::Disclosure, 2)],
            vec![finding(Category::Safeguarding, 2)],
        ]
        .into_iter()
        .map(|findings| Report::new(engine, findings))
        .collect();
        for (low, a) in ladder.iter().enumerate() {
            for (high, b) in ladder.iter().enumerate().skip(low) {
                assert_eq!(more_careful(a, b).route, ladder[high].route);
                assert_eq!(more_careful(b, a), more_careful(a, b));
            }
        }
    }

    #[test]
    fn scores_rise_with_severity_and_cover_every_category() {
        let scores: Vec<f64> = (0..=3_u8)
            .map(|severity| {
                let findings = if severity == 0 { vec![] } else { vec![finding(Category::Spam, severity)] };
                let report = Report::new(EngineVersion(1), findings);
                assert_eq!(report.scores.len(), Category::ALL.len());
                report.scores[&Category::Spam]
            })
            .collect();
        assert!(scores.windows(2).all(|pair| pair[0] < pair[1]), "{scores:?}");
    }

    #[test]
    fn the_wire_names_are_those_of_the_specification() {
        let mut one = finding(Category::SelfHarmRisk, 2);
        one.kind = Some(crate::Kind::Writer);
        let json = serde_json::to_value(Report::new(EngineVersion(7), vec![one])).unwrap();
        assert_eq!(json["engine"], 7);
        assert_eq!(json["route"], "hold");
        assert_eq!(json["tier"], "elevated");
        assert_eq!(json["findings"][0]["category"], "self_harm_risk");
        assert_eq!(json["findings"][0]["kind"], "self");
        assert_eq!(json["findings"][0]["severity"], 2);
        assert!(json["scores"]["unsafe_suicide_content"].is_number());
        let back: Report = serde_json::from_value(json).unwrap();
        assert_eq!(back.findings.len(), 1);
        assert!(serde_json::from_str::<Severity>("4").is_err());
        assert!(serde_json::from_str::<Severity>("0").is_err());
    }
}
