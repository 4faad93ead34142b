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

    /// Its word on the page: a mark is never told by colour alone.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Caution => "caution",
            Self::Stop => "stop",
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
    /// Why.
    pub reason: String,
    /// What could stand there instead.
    pub suggestion: Option<String>,
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
    /// Whether a note that covers it says "stop".
    pub stops: bool,
}

/// A text and what was found in it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MarkedText {
    text: String,
    pieces: Vec<MarkedPiece>,
    notes: Vec<Note>,
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
                reason: finding.reason.clone(),
                suggestion: finding.suggestion.clone(),
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
                    stops: covering.iter().any(|at| notes[*at].severity == Severity::Stop),
                    notes: covering.iter().map(|at| notes[*at].number).collect(),
                }
            })
            .collect();
        Self { text, pieces, notes }
    }

    /// A text in which nothing was found.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Vec::new())
    }

    /// The text alone.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text in stretches.
    pub fn pieces(&self) -> &[MarkedPiece] {
        &self.pieces
    }

    /// What was found, numbered in the order of the text.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finding(start: usize, end: usize, severity: Severity) -> Finding {
        Finding { start, end, severity, reason: "because".to_owned(), suggestion: None }
    }

    #[test]
    fn overlapping_findings_are_each_tagged_once_where_they_begin() {
        let marked =
            MarkedText::new("añb cd", vec![finding(2, 6, Severity::Stop), finding(0, 4, Severity::Note)]);
        let seen: Vec<(&str, Vec<usize>, usize)> =
            marked.pieces().iter().map(|p| (p.text.as_str(), p.notes.clone(), p.starts.len())).collect();
        assert_eq!(seen, [("añ", vec![1], 1), ("b ", vec![1, 2], 1), ("cd", vec![2], 0)]);
        assert!(!marked.pieces()[0].stops && marked.pieces()[1].stops);
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
