//! How values become page text.
//!
//! Invariant: nothing that somebody typed can become markup, or reorder or hide what stands around it. A therapist
//! approves what they see, so invisible direction controls are made visible.

use std::fmt::{self, Write};

use askama::filters::Escaper;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

static LONDON: TimeZone = jiff::tz::get!("Europe/London");

/// The escaper of every `.html` and `.xml` template (see `askama.toml`).
#[derive(Clone, Copy, Debug, Default)]
pub struct PageText;

impl Escaper for PageText {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> fmt::Result {
        let mut clean_from = 0;
        for (at, c) in string.char_indices() {
            let replaced = match c {
                '<' => Some("&lt;"),
                '>' => Some("&gt;"),
                '&' => Some("&amp;"),
                '"' => Some("&quot;"),
                '\'' => Some("&#39;"),
                _ if is_deceptive(c) => None,
                _ => continue,
            };
            dest.write_str(&string[clean_from..at])?;
            match replaced {
                Some(entity) => dest.write_str(entity)?,
                None => write!(dest, "[U+{:04X}]", u32::from(c))?,
            }
            clean_from = at + c.len_utf8();
        }
        dest.write_str(&string[clean_from..])
    }
}

/// Controls that browsers drop or that change the order of what is read (Unicode TR 9: embeddings, overrides,
/// isolates). Marks that only hint a direction, and joiners that emoji and many scripts need, are left alone.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Text put back into a field for its writer to change: deceptive characters are dropped there, since marking them
/// would put the marks into the words.
pub fn kept(text: &str) -> String {
    text.chars().filter(|c| !is_deceptive(*c)).collect()
}

/// A moment as people in the UK read it: `Tuesday 4 August 2026, 17:00`, Europe/London.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct When(pub Timestamp);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.to_zoned(LONDON.clone()).strftime("%A %-d %B %Y, %H:%M"))
    }
}

/// A day as people in the UK read it: `1 August 2026`.
pub fn day(date: &Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        PageText.write_escaped_str(&mut out, text).unwrap();
        out
    }

    #[test]
    fn markup_becomes_text_and_direction_controls_become_visible() {
        for (given, shown) in [
            ("plain, é, 日本", "plain, é, 日本"),
            ("<script>\"&'", "&lt;script&gt;&quot;&amp;&#39;"),
            ("a\u{202E}b\u{2069}", "a[U+202E]b[U+2069]"),
            ("nul\0bell\u{7}", "nul[U+0000]bell[U+0007]"),
            ("two\nlines\tand a tab", "two\nlines\tand a tab"),
            ("👩\u{200D}⚕️ joined, \u{200F}שלום", "👩\u{200D}⚕️ joined, \u{200F}שלום"),
        ] {
            assert_eq!(escaped(given), shown);
        }
    }

    #[test]
    fn kept_text_loses_only_what_deceives() {
        assert_eq!(kept("a\u{202E}b\0\nc<"), "ab\nc<");
    }

    #[test]
    fn times_are_told_in_uk_time_on_both_sides_of_the_clock_change() {
        let when = |text: &str| When(text.parse().unwrap()).to_string();
        assert_eq!(when("2026-08-04T16:00:00Z"), "Tuesday 4 August 2026, 17:00");
        assert_eq!(when("2026-12-01T09:05:00Z"), "Tuesday 1 December 2026, 09:05");
        assert_eq!(day(&jiff::civil::date(2026, 8, 1)), "1 August 2026");
    }
}
