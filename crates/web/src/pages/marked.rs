//! A text with the places that screening found, cut so that a page can mark each.
//!
//! Invariant: the pieces put together are the text, whatever spans came in.

use std::collections::BTreeSet;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Worth a glance.
    Note,
    /// A careful therapist would want it changed.
    Caution,
    /// Must not appear in any form.
    Stop,
}

impl Severity {
    /// From screening's 1 to 3. What is out of range counts as the nearest.
    pub fn from_level(level: u8) -> Self {
        match level {
            0 | 1 => Self::Note,
            2 => Self::Caution,
            _ => Self::Stop,
        }
    }

    /// Its class in the style.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Caution => "caution",
            Self::Stop => "stop",
        }
    }

    /// One word for it, from the content.
    pub fn short(self) -> &'static str {
        &self.words().short
    }

    fn words(self) -> &'static content::SeverityWords {
        let severities = &content::screening().severities;
        match self {
            Self::Note => &severities.note,
            Self::Caution => &severities.caution,
            Self::Stop => &severities.stop,
        }
    }
}

/// One thing that screening found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Where it begins, in Unicode code points of the text.
    pub start: usize,
    /// Where it ends (exclusive), in Unicode code points.
    pub end: usize,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about: the category's name on the wire, such as `personal_data`.
    pub category: String,
    /// Why, in words that a person can read.
    pub reason: String,
    /// What could stand there instead.
    pub suggestion: Option<String>,
}

/// A finding with its number on the page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    /// From 1, in the order of the text.
    pub number: usize,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is about, in plain words.
    pub about: String,
    /// Why.
    pub reason: String,
    /// What could stand there instead.
    pub suggestion: Option<String>,
    /// Whether a place in the text is marked for it.
    pub has_place: bool,
}

/// The notes of one severity, under their heading.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Group<'a> {
    /// How much they weigh.
    pub severity: Severity,
    /// In words for whoever reads the page.
    pub heading: &'static str,
    /// In the order of the text.
    pub notes: Vec<&'a Note>,
}

/// A stretch of the text under the same findings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MarkedPiece {
    /// The words.
    pub text: String,
    /// Numbers of the notes that cover it; empty where nothing was found.
    pub notes: Vec<usize>,
    /// The notes that begin here, shown as tags.
    pub starts: Vec<Note>,
    /// The gravest of them.
    pub severity: Option<Severity>,
}

/// A text and what was found in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MarkedText {
    text: String,
    pieces: Vec<MarkedPiece>,
    notes: Vec<Note>,
    is_for_writer: bool,
}

impl MarkedText {
    /// Marks `findings` in `text`. Spans beyond the text are clamped to it; one that is empty then is listed but
    /// marks nothing.
    pub fn new(text: impl Into<String>, mut findings: Vec<Finding>) -> Self {
        let text = text.into();
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let last = bytes.len() - 1;
        for finding in &mut findings {
            finding.end = finding.end.min(last);
            finding.start = finding.start.min(finding.end);
        }
        findings.sort_by_key(|finding| (finding.start, finding.end));
        let notes: Vec<Note> = findings
            .iter()
            .enumerate()
            .map(|(at, finding)| Note {
                number: at + 1,
                severity: finding.severity,
                about: about(&finding.category),
                reason: finding.reason.clone(),
                suggestion: finding.suggestion.clone(),
                has_place: finding.start < finding.end,
            })
            .collect();
        let cuts: BTreeSet<usize> = findings
            .iter()
            .filter(|finding| finding.start < finding.end)
            .flat_map(|finding| [finding.start, finding.end])
            .chain([0, last])
            .collect();
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let pieces = cuts
            .windows(2)
            .map(|cut| {
                let (from, to) = (cut[0], cut[1]);
                let covers = |finding: &Finding| finding.start <= from && to <= finding.end;
                let covering: Vec<usize> = (0..findings.len()).filter(|at| covers(&findings[*at])).collect();
                MarkedPiece {
                    text: text[bytes[from]..bytes[to]].to_owned(),
                    starts: covering
                        .iter()
                        .filter(|at| findings[**at].start == from)
                        .map(|at| notes[*at].clone())
                        .collect(),
                    severity: covering.iter().map(|at| notes[*at].severity).max(),
                    notes: covering.iter().map(|at| notes[*at].number).collect(),
                }
            })
            .collect();
        Self { text, pieces, notes, is_for_writer: false }
    }

    /// A text in which nothing was found.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Vec::new())
    }

    /// The same in words for whoever wrote the text, and not for a reviewer.
    #[must_use]
    pub fn for_writer(self) -> Self {
        Self { is_for_writer: true, ..self }
    }

    /// The text alone.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text in stretches.
    pub fn pieces(&self) -> &[MarkedPiece] {
        &self.pieces
    }

    /// True if there are no words.
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// What was found, numbered in the order of the text.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The same by severity, the gravest first; no group is empty.
    pub fn groups(&self) -> Vec<Group<'_>> {
        [Severity::Stop, Severity::Caution, Severity::Note]
            .into_iter()
            .map(|severity| Group {
                severity,
                heading: if self.is_for_writer {
                    &severity.words().writer
                } else {
                    &severity.words().reviewer
                },
                notes: self.notes.iter().filter(|note| note.severity == severity).collect(),
            })
            .filter(|group| !group.notes.is_empty())
            .collect()
    }
}

/// A category's plain name. A stored report may be older than the list, or newer.
fn about(category: &str) -> String {
    content::category(category).map_or_else(|| "Something to look at".to_owned(), |words| words.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finding(start: usize, end: usize, severity: Severity) -> Finding {
        let category = "personal_data".to_owned();
        Finding { start, end, severity, category, reason: "because".to_owned(), suggestion: None }
    }

    #[test]
    fn overlapping_findings_are_each_tagged_once_where_they_begin() {
        let marked =
            MarkedText::new("añb cd", vec![finding(2, 6, Severity::Stop), finding(0, 4, Severity::Note)]);
        let seen: Vec<(&str, Vec<usize>, usize)> =
            marked.pieces().iter().map(|p| (p.text.as_str(), p.notes.clone(), p.starts.len())).collect();
        assert_eq!(seen, [("añ", vec![1], 1), ("b ", vec![1, 2], 1), ("cd", vec![2], 0)]);
        let severities = marked.pieces().iter().map(|piece| piece.severity).collect::<Vec<_>>();
        assert_eq!(severities, [Some(Severity::Note), Some(Severity::Stop), Some(Severity::Stop)]);
    }

    #[test]
    fn the_gravest_comes_first_and_a_strange_category_has_a_name_too() {
        let mut findings = vec![finding(0, 2, Severity::Note), finding(9, 9, Severity::Stop)];
        findings[0].category = "not_known_yet".to_owned();
        let marked = MarkedText::new("abcd", findings);
        let groups = marked.groups();
        assert_eq!(groups.iter().map(|group| group.severity.word()).collect::<Vec<_>>(), ["stop", "note"]);
        assert!(!groups[0].notes[0].has_place && groups[1].notes[0].has_place);
        assert_eq!(groups[1].notes[0].about, "Something to look at");
        let writers = marked.clone().for_writer();
        assert_ne!(writers.groups()[0].heading, groups[0].heading);
    }

    #[test]
    fn a_text_without_findings_is_one_piece_and_an_empty_one_none() {
        assert_eq!(MarkedText::plain("abc").pieces().len(), 1);
        assert!(MarkedText::plain("").pieces().is_empty());
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(
            text in any::<String>(),
            spans in prop::collection::vec((0..60usize, 0..60usize), 0..8),
        ) {
            let count = spans.len();
            let marked = MarkedText::new(
                text.clone(),
                spans.into_iter().map(|(a, b)| finding(a, b, Severity::Caution)).collect(),
            );
            let whole: String = marked.pieces().iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(whole, text);
            prop_assert_eq!(marked.notes().len(), count);
        }
    }
}
