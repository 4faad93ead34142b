//! Showing a text together with its findings: redacted, or cut into marked segments.
//!
//! Invariant: spans count code points of the original text, and a span that doesn't fit the text (a report of another
//! text) is clamped, never a panic. Joining the segments gives the text back, character for character.

use crate::finding::Category;
use crate::report::Report;

/// A piece of a text and the findings that cover all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The piece, as it stands in the text; never empty.
    pub text: String,
    /// Indices into [`Report::findings`]; empty where nothing was found.
    pub findings: Vec<usize>,
}

/// The text with each personal datum replaced by its kind in square brackets, such as `[phone]`.
#[must_use]
pub fn redact(text: &str, report: &Report) -> String {
    let mut data: Vec<(usize, usize, &'static str)> = report
        .findings
        .iter()
        .filter(|finding| finding.category == Category::PersonalData && finding.start < finding.end)
        .map(|finding| {
            (
                finding.start,
                finding.end,
                finding.kind.and_then(|kind| kind.datum()).unwrap_or("personal_data"),
            )
        })
        .collect();
    // Of two that start together the longer names the whole.
    data.sort_by_key(|(start, end, _)| (*start, std::cmp::Reverse(*end)));
    let mut data = data.into_iter().peekable();
    let mut hidden_until = 0;
    let mut out = String::with_capacity(text.len());
    for (index, character) in text.chars().enumerate() {
        while let Some((start, end, label)) = data.next_if(|(start, _, _)| *start <= index) {
            if start >= hidden_until {
                out.push('[');
                out.push_str(label);
                out.push(']');
            }
            hidden_until = hidden_until.max(end);
        }
        if index >= hidden_until {
            out.push(character);
        }
    }
    out
}

/// The text cut wherever a finding starts or ends, with the findings that cover each piece.
#[must_use]
pub fn marked(text: &str, report: &Report) -> Vec<Segment> {
    let mut starts: Vec<(usize, usize)> = report
        .findings
        .iter()
        .enumerate()
        .filter(|(_, f)| f.start < f.end)
        .map(|(index, f)| (f.start, index))
        .collect();
    starts.sort_unstable();
    let mut starts = starts.into_iter().peekable();
    let mut open: Vec<usize> = Vec::new();
    let mut segments: Vec<Segment> = Vec::new();
    let mut piece = String::new();
    for (index, character) in text.chars().enumerate() {
        let closes = open.iter().any(|finding| report.findings[*finding].end <= index);
        let opens = starts.peek().is_some_and(|(start, _)| *start <= index);
        if closes || opens {
            if !piece.is_empty() {
                segments.push(Segment { text: std::mem::take(&mut piece), findings: open.clone() });
            }
            open.retain(|finding| report.findings[*finding].end > index);
            while let Some((_, finding)) = starts.next_if(|(start, _)| *start <= index) {
                open.push(finding);
            }
        }
        piece.push(character);
    }
    if !piece.is_empty() {
        segments.push(Segment { text: piece, findings: open });
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Finding, Kind, Severity};
    use crate::report::EngineVersion;

    fn datum(kind: Kind, start: usize, end: usize) -> Finding {
        Finding {
            category: Category::PersonalData,
            kind: Some(kind),
            severity: Severity::Caution,
            start,
            end,
            reason: String::new(),
            suggestion: None,
        }
    }

    fn report(findings: Vec<Finding>) -> Report {
        Report::new(EngineVersion(1), findings)
    }

    #[test]
    fn redaction_counts_code_points_and_merges_overlaps() {
        let text = "é🙂 abc def ghi";
        assert_eq!(redact(text, &report(vec![datum(Kind::Email, 3, 6)])), "é🙂 [email] def ghi");
        let overlapping = report(vec![datum(Kind::Phone, 3, 8), datum(Kind::Email, 5, 10)]);
        assert_eq!(redact(text, &overlapping), "é🙂 [phone] ghi");
        let touching = report(vec![datum(Kind::Phone, 3, 6), datum(Kind::Email, 6, 10)]);
        assert_eq!(redact(text, &touching), "é🙂 [phone][email] ghi");
    }

    #[test]
    fn spans_beyond_the_text_are_clamped() {
        let far = report(vec![datum(Kind::Phone, 2, 900), datum(Kind::Email, 700, 800)]);
        assert_eq!(redact("abcd", &far), "ab[phone]");
        assert_eq!(marked("abcd", &far).len(), 2);
        assert_eq!(redact("", &far), "");
        assert!(marked("", &far).is_empty());
    }

    #[test]
    fn segments_name_what_covers_them() {
        let text = "abcdef";
        let found = report(vec![datum(Kind::Phone, 1, 4), datum(Kind::Email, 3, 5)]);
        let segments = marked(text, &found);
        let shown: Vec<(&str, &[usize])> =
            segments.iter().map(|s| (s.text.as_str(), s.findings.as_slice())).collect();
        assert_eq!(shown, [("a", &[][..]), ("bc", &[0]), ("d", &[0, 1]), ("e", &[1]), ("f", &[])]);
    }
}
