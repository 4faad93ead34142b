//! The rules: what words, in what circumstances, mean what.
//!
//! Invariant: no pattern repeats without a bound, so every match is short and finding them all is linear in the text
//! (a test reads every pattern and holds this).

pub(crate) mod conduct;
pub(crate) mod crisis_others;
pub(crate) mod disclosure;
pub(crate) mod pattern;
pub(crate) mod people;
pub(crate) mod scope;
pub(crate) mod self_harm;
pub(crate) mod suicide_content;

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::finding::{Category, Kind, Severity};
use crate::normalise::Normalised;
use scope::Scope;

/// One row of a rule table.
pub(crate) struct Rule {
    pub(crate) category: Category,
    pub(crate) kind: Option<Kind>,
    pub(crate) severity: Severity,
    /// What the words around a match may change.
    pub(crate) scope: Scope,
    /// For a person to read.
    pub(crate) reason: &'static str,
    pub(crate) suggestion: Option<&'static str>,
    /// Alternatives in the notation of [`pattern`]; each starts and ends with a letter or digit.
    pub(crate) patterns: &'static [&'static str],
}

/// Something found, in bytes of the normalised text.
pub(crate) struct Found {
    pub(crate) category: Category,
    pub(crate) kind: Option<Kind>,
    pub(crate) severity: Severity,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) reason: &'static str,
    pub(crate) suggestion: Option<&'static str>,
}

/// The rule tables, in no order that matters.
const TABLES: [&[Rule]; 5] =
    [self_harm::RULES, crisis_others::RULES, disclosure::RULES, suicide_content::RULES, conduct::RULES];

static COMPILED: LazyLock<Vec<(&'static Rule, Regex)>> = LazyLock::new(|| {
    TABLES.iter().flat_map(|table| table.iter()).map(|rule| (rule, pattern::any_of(rule.patterns))).collect()
});

/// Applies every table, then the detectors that are more than a table.
pub(crate) fn apply(text: &Normalised) -> Vec<Found> {
    let mut found = Vec::new();
    for (rule, regex) in COMPILED.iter() {
        for hit in regex.find_iter(&text.folded) {
            let Some(judged) = scope::judge(rule, text, hit.start(), hit.end()) else { continue };
            found.push(Found {
                category: judged.category,
                kind: judged.kind,
                severity: judged.severity,
                start: hit.start(),
                end: hit.end(),
                reason: judged.reason,
                suggestion: rule.suggestion,
            });
        }
    }
    crate::personal_data::find(text, &mut found);
    // Before other people's names are found: only the writer's own data make a disclosure identify them.
    disclosure::raise_where_identified(&mut found);
    people::find(text, &mut found);
    conduct::find_repetition(text, &mut found);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_is_bounded() {
        for (rule, _) in COMPILED.iter() {
            for source in rule.patterns {
                let expanded = pattern::expand(source);
                assert!(!expanded.contains('<'), "unknown word list in {source}");
                assert!(!expanded.contains(['*', '+']), "unbounded repetition in {source}");
                assert!(!expanded.contains(",}"), "unbounded repetition in {source}");
                let ends = |byte: Option<&u8>| {
                    byte.is_some_and(|b| b.is_ascii_alphanumeric() || b"()[]?}".contains(b))
                };
                assert!(ends(expanded.as_bytes().first()) && ends(expanded.as_bytes().last()), "{source}");
            }
        }
    }

    #[test]
    fn reasons_are_sentences_and_never_empty() {
        for (rule, _) in COMPILED.iter() {
            assert!(rule.reason.len() > 10 && rule.reason.ends_with('.'), "{}", rule.reason);
        }
    }
}
