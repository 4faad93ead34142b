//! What a command answers: plain text for people, JSON for programs.
//!
//! Invariant: both are made from the same values, and plain text carries no control characters to a terminal.

use curation::time::london;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::Value;

/// An answer in both forms.
#[derive(Debug)]
pub(crate) struct Shown {
    /// For people.
    pub(crate) plain: String,
    /// For programs: stable field names, times in UTC (RFC 3339).
    pub(crate) json: Value,
    /// False if something that was shown is not as it must be.
    pub(crate) in_order: bool,
}

impl Shown {
    /// An answer with nothing to worry about.
    ///
    /// # Errors
    /// If `json` is no JSON, which the types here do not allow.
    pub(crate) fn new(plain: String, json: &impl Serialize) -> anyhow::Result<Self> {
        Ok(Self { plain, json: serde_json::to_value(json)?, in_order: true })
    }
}

/// Rows under headings, each column as wide as its widest cell.
pub(crate) fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let headings = headings.map(str::to_owned);
    let all = || std::iter::once(&headings).chain(rows);
    let widths = std::array::from_fn::<_, N, _>(|column| {
        all().map(|row| row[column].chars().count()).max().unwrap_or_default()
    });
    let mut text = String::new();
    for row in all() {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A moment on London's clocks.
pub(crate) fn when(at: Timestamp) -> String {
    london(at).strftime("%a %-d %b %Y, %H:%M").to_string()
}

/// A day.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// Text that others wrote, each line behind a bar, so that nobody takes it for the command's own words.
pub(crate) fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", format!("  | {}", clean(line)).trim_end())).collect()
}

/// Without control characters: on a terminal they could hide or rewrite what is shown.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["é".to_owned(), "1".to_owned()], ["longer".to_owned(), String::new()]];
        assert_eq!(table(["A", "B"], &rows), "A       B\né       1\nlonger\n");
    }

    #[test]
    fn moments_are_shown_on_londons_clocks_in_winter_and_summer() {
        assert_eq!(when("2026-11-23T12:05:00Z".parse().unwrap()), "Mon 23 Nov 2026, 12:05");
        assert_eq!(when("2026-07-01T12:05:00Z".parse().unwrap()), "Wed 1 Jul 2026, 13:05");
    }

    #[test]
    fn what_others_wrote_cannot_drive_the_terminal() {
        assert_eq!(quoted("one\u{1b}[2J\ntwo"), "  | one [2J\n  | two\n");
    }
}
