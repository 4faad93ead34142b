//! The rows of the test texts: what a person expects of screening, and how a report differs from it.
//!
//! Invariant: what is expected of a row is consistent in itself: its findings lead to its route and tier, with or
//! without those that it merely tolerates.

use std::fs;

use screening::{Category, Finding, Kind, Report, Route, Severity, Tier, route};
use serde::Deserialize;

/// One text and what is expected of it. The people, numbers and addresses in it are examples.
#[derive(Deserialize)]
pub(crate) struct Row {
    /// The topic and a number.
    pub(crate) id: String,
    /// What the text is a case of.
    pub(crate) topic: String,
    /// The text, as somebody might send it.
    pub(crate) text: String,
    /// Where it must go.
    pub(crate) route: Route,
    /// How much care the panel must take.
    pub(crate) tier: Tier,
    /// What must be found. A category that is listed neither here nor in `may` must not be found above severity 1.
    pub(crate) findings: Vec<Expected>,
    /// What may be found above severity 1 but needn't: the specification leaves room, and the route is the same.
    #[serde(default)]
    pub(crate) may: Vec<Tolerated>,
    /// Why it is a case worth having.
    pub(crate) why: String,
}

/// A finding that must be there.
#[derive(Deserialize)]
pub(crate) struct Expected {
    /// What it is about.
    pub(crate) category: Category,
    /// The finer sort; any will do where it isn't given.
    pub(crate) kind: Option<Kind>,
    /// Other kinds that are as right.
    #[serde(default)]
    pub(crate) or: Vec<Kind>,
    /// 1 to 3. Where it is 2 or 3, either counts as found: the route says whether the difference mattered.
    pub(crate) severity: Severity,
}

/// A finding that is as right as its absence.
#[derive(Deserialize)]
pub(crate) struct Tolerated {
    /// What it is about.
    pub(crate) category: Category,
    /// The finer sort; any where it isn't given.
    pub(crate) kind: Option<Kind>,
}

/// The rows of `tests/texts/<name>.jsonl`, in the order of the file.
///
/// # Panics
/// If the file can't be read or a line isn't a row.
pub(crate) fn rows(name: &str) -> Vec<Row> {
    let path = format!("{}/tests/texts/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let lines = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let parse = |(number, line)| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{name} line {}: {error}", number + 1))
    };
    lines.lines().enumerate().map(parse).collect()
}

impl Row {
    /// Whether a report sends the text where it must go, with the care it needs.
    pub(crate) fn routed(&self, report: &Report) -> bool {
        (report.route, report.tier) == (self.route, self.tier)
    }

    /// Everything that a report should have found and didn't, or found and shouldn't have. Never quotes the text.
    pub(crate) fn findings_that_differ(&self, report: &Report) -> Vec<String> {
        let missing = self.findings.iter().filter(|expected| {
            let least = expected.severity.min(Severity::Caution);
            !report.findings.iter().any(|finding| finding.severity >= least && expected.is(finding))
        });
        let missing = missing.map(|expected| {
            let kind = expected.kind.map(|kind| format!(" {kind:?}")).unwrap_or_default();
            format!("not found: {:?}{kind} {}", expected.category, u8::from(expected.severity))
        });
        let extra = report
            .findings
            .iter()
            .filter(|finding| finding.severity > Severity::Note && !self.allows(finding));
        let extra = extra.map(|finding| {
            let kind = finding.kind.map(|kind| format!(" {kind:?}")).unwrap_or_default();
            let severity = u8::from(finding.severity);
            format!("too much: {:?}{kind} {severity} at {}..{}", finding.category, finding.start, finding.end)
        });
        missing.chain(extra).collect()
    }

    /// Whether a finding above severity 1 belongs here. Of a category that is expected above 1 any kind does, since
    /// kinds shade into one another; a personal datum is of the kind it is.
    fn allows(&self, finding: &Finding) -> bool {
        self.may.iter().any(|may| {
            may.category == finding.category && may.kind.is_none_or(|kind| Some(kind) == finding.kind)
        }) || self.findings.iter().any(|expected| {
            expected.category == finding.category
                && expected.severity > Severity::Note
                && (finding.category != Category::PersonalData || expected.is(finding))
        })
    }

    /// What is wrong with the row itself, if anything.
    pub(crate) fn inconsistency(&self) -> Option<&'static str> {
        let bare = |category, kind, severity| Finding {
            category,
            kind,
            severity,
            start: 0,
            end: 1,
            reason: String::new(),
            suggestion: None,
        };
        let must: Vec<_> = self.findings.iter().map(|f| bare(f.category, f.kind, f.severity)).collect();
        let may = self.may.iter().map(|f| bare(f.category, f.kind, Severity::Caution));
        let all: Vec<_> = must.iter().cloned().chain(may).collect();
        let length = self.text.chars().count();
        if route(&must) != (self.route, self.tier) {
            Some("its findings lead elsewhere than its route")
        } else if route(&all) != (self.route, self.tier) {
            Some("what it tolerates would change its route")
        } else if !self.id.starts_with(&self.topic) || self.why.is_empty() {
            Some("it doesn't say what it is for")
        } else if !(MIN_LENGTH..=MAX_LENGTH).contains(&length) {
            Some("it is too short or too long for a post")
        } else {
            None
        }
    }
}

/// Shorter texts say too little to be judged.
const MIN_LENGTH: usize = 10;
/// Longer texts are no posts, even in a thread.
const MAX_LENGTH: usize = 1_000;

impl Expected {
    fn is(&self, finding: &Finding) -> bool {
        self.category == finding.category
            && self.kind.is_none_or(|kind| {
                finding.kind == Some(kind) || self.or.iter().any(|other| finding.kind == Some(*other))
            })
    }
}
