//! `--explain`: a text with its findings marked, for a person at a terminal.
//!
//! Invariant: colour only adds to what the words and numbers already say; and nothing in a text can drive the terminal or
//! hide from its reader: control, direction and zero-width characters are shown by their code points.

use std::fmt::Write as _;
use std::io::{self, Read, Write};

use anyhow::Context;
use screening::{Outcome, Report, Segment, Severity, marked};

use super::Tally;
use super::input::{Item, Line, Lines, Refusal, TEXT_LIMIT, item, plain};
use super::words;

/// Reads one plain text, or JSON lines if the first line is a JSON object, and explains what screening finds.
///
/// # Errors
/// Reading or writing failed. A reader who left is no failure.
pub(super) fn run(input: impl Read, output: &mut dyn Write, colour: bool) -> anyhow::Result<Tally> {
    let mut lines = Lines::new(input);
    let mut tally = Tally::default();
    let mut next = read(&mut lines)?.unwrap_or(Line::Read(Vec::new()));
    if !is_object(&next) {
        let text = whole(next, &mut lines)?;
        let explained = match text.as_deref().map_or(Err(Refusal::LongText), plain) {
            Ok(text) => explained(text, colour, &mut tally),
            Err(refusal) => refused(refusal, &mut tally),
        };
        say(output, &explained)?;
        return Ok(tally);
    }
    loop {
        let mut explained = match item(&next) {
            Ok(Item { id, text }) => format!("{}\n\n{}", visible(&id), explained(&text, colour, &mut tally)),
            Err(refusal) => refused(refusal, &mut tally),
        };
        let line = read(&mut lines)?;
        if line.is_some() {
            explained.push_str("\n----\n\n");
        }
        if !say(output, &explained)? {
            return Ok(tally);
        }
        let Some(line) = line else { return Ok(tally) };
        next = line;
    }
}

fn read(lines: &mut Lines<impl Read>) -> anyhow::Result<Option<Line>> {
    lines.next().context("reading standard input")
}

/// A line that begins JSON lines, be it with an object that is not as it has to be.
fn is_object(line: &Line) -> bool {
    match line {
        Line::Read(bytes) => {
            !matches!(
                item(line),
                Err(Refusal::Blank
                    | Refusal::NotUtf8
                    | Refusal::NotAnObject
                    | Refusal::Unfinished
                    | Refusal::NotJson(_))
            ) && !bytes.is_empty()
        }
        Line::TooLong => false,
    }
}

/// The first line and all that follows it; `None` if that is too long to be a text.
fn whole(first: Line, lines: &mut Lines<impl Read>) -> anyhow::Result<Option<Vec<u8>>> {
    let Line::Read(mut bytes) = first else { return Ok(None) };
    bytes.push(b'\n');
    let rest = lines.rest(TEXT_LIMIT).context("reading standard input")?;
    Ok(rest.map(|rest| {
        bytes.extend(rest);
        bytes
    }))
}

/// False if nobody reads any more.
fn say(output: &mut dyn Write, text: &str) -> anyhow::Result<bool> {
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true).context("writing standard output"),
    }
}

fn refused(refusal: Refusal, tally: &mut Tally) -> String {
    tally.lines += 1;
    tally.refused += 1;
    format!("Not screened: {refusal}.\n")
}

fn explained(text: &str, colour: bool, tally: &mut Tally) -> String {
    tally.lines += 1;
    match screening::screen_safely(text) {
        Outcome::Screened(report) => shown(text, &report, colour),
        Outcome::Failed => {
            tally.failed += 1;
            format!("Route: {}\n", words::FAILED)
        }
    }
}

/// The text with each finding between `«` and `»` with its number, the findings by their numbers, and the route.
fn shown(text: &str, report: &Report, colour: bool) -> String {
    let mut out = String::from("  | ");
    let segments = marked(text, report);
    let mut open: &[usize] = &[];
    for Segment { text, findings } in &segments {
        close(&mut out, open, findings);
        for finding in findings.iter().filter(|finding| !open.contains(finding)) {
            let _ = write!(out, "«{} ", finding + 1);
        }
        let gravest = findings.iter().map(|finding| report.findings[*finding].severity).max();
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                out.push_str("\n  | ");
            }
            out.push_str(&painted(&visible(line), gravest.filter(|_| colour)));
        }
        open = findings;
    }
    close(&mut out, open, &[]);
    out.push_str("\n\n");
    for (index, finding) in report.findings.iter().enumerate() {
        let _ = writeln!(
            out,
            "{}. {}\n   {}\n   Why: {}",
            index + 1,
            capital(&words::about(finding)),
            painted(&capital(words::severity(finding)), colour.then_some(finding.severity)),
            visible(&finding.reason)
        );
        if let Some(suggestion) = &finding.suggestion {
            let _ = writeln!(out, "   Better: {}", visible(suggestion));
        }
        out.push('\n');
    }
    if report.findings.is_empty() {
        out.push_str("Nothing was found, which does not mean that there is nothing.\n\n");
    }
    let _ = writeln!(out, "Route: {}", words::route(report));
    out
}

/// Ends the findings that were open and do not cover what comes next.
fn close(out: &mut String, open: &[usize], next: &[usize]) {
    for finding in open.iter().rev().filter(|finding| !next.contains(finding)) {
        let _ = write!(out, " {}»", finding + 1);
    }
}

fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// In the colour of a severity, if there is one. Bold tells on any background.
fn painted(text: &str, severity: Option<Severity>) -> String {
    let code = match severity {
        _ if text.is_empty() => return String::new(),
        None => return text.to_owned(),
        Some(Severity::Note) => "36",
        Some(Severity::Caution) => "1;33",
        Some(Severity::Stop) => "1;31",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

/// The text with what a terminal would obey or not show replaced by code points, such as `<U+200B>`. A joiner stays: it
/// holds emoji together.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '\t' => out.push(' '),
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e007f}' => {
                let _ = write!(out, "<U+{:04X}>", u32::from(one));
            }
            one if one.is_control() => {
                let _ = write!(out, "<U+{:04X}>", u32::from(one));
            }
            one => out.push(one),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use screening::{Category, EngineVersion, Finding, Kind, Route, Tier};

    use super::*;

    fn finding(
        category: Category,
        kind: Option<Kind>,
        severity: Severity,
        start: usize,
        end: usize,
    ) -> Finding {
        Finding { category, kind, severity, start, end, reason: "A reason.".to_owned(), suggestion: None }
    }

    fn report(route: Route, tier: Tier, findings: Vec<Finding>) -> Report {
        Report { engine: EngineVersion(1), route, tier, findings, scores: std::collections::BTreeMap::new() }
    }

    fn explain(input: &[u8]) -> (Tally, String) {
        let mut out = Vec::new();
        let tally = run(input, &mut out, false).unwrap();
        (tally, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_text_is_shown_with_its_findings_marked_and_explained() {
        let mut person = finding(Category::ThirdParty, Some(Kind::Relative), Severity::Caution, 0, 14);
        person.suggestion = Some("Say \"somebody\".".to_owned());
        let name = finding(Category::PersonalData, Some(Kind::PersonName), Severity::Stop, 10, 14);
        let across = finding(Category::Spam, None, Severity::Note, 12, 21);
        let report = report(Route::Redact, Tier::Elevated, vec![person, name, across]);
        insta::assert_snapshot!(shown("My sister Jane\nis happy.", &report, false), @r#"
          | «1 My sister «2 Ja«3 ne 2» 1»
          | is hap 3»py.

        1. Somebody else's private life (relative)
           Caution: a careful therapist would want it changed
           Why: A reason.
           Better: Say "somebody".

        2. Personal detail (a person's name)
           Stop: it must not appear in any form
           Why: A reason.

        3. Advertising or spam
           Note: worth a glance
           Why: A reason.

        Route: redact. It goes back to its writer with the places marked, and nobody on the panel reads it until it is reworded.
        "#);
    }

    #[test]
    fn colour_adds_and_changes_no_word() {
        let found = finding(Category::Abuse, None, Severity::Stop, 2, 5);
        let report = report(Route::Decline, Tier::Elevated, vec![found]);
        let coloured = shown("a bcd e", &report, true);
        assert!(coloured.contains("«1 \u{1b}[1;31mbcd\u{1b}[0m 1»"), "{coloured}");
        let bare = coloured.replace("\u{1b}[1;31m", "").replace("\u{1b}[0m", "");
        assert_eq!(bare, shown("a bcd e", &report, false));
    }

    #[test]
    fn nothing_in_a_text_drives_the_terminal_or_hides() {
        assert_eq!(
            visible("a\u{1b}[2Jb\u{202e}c\u{200b}d\te\u{e0041}"),
            "a<U+001B>[2Jb<U+202E>c<U+200B>d e<U+E0041>"
        );
        assert_eq!(visible("👩\u{200d}⚕️ café"), "👩\u{200d}⚕️ café");
    }

    #[test]
    fn standard_input_is_one_plain_text() {
        let (tally, out) = explain("First line.\r\n\nRing 07700 900123 {\"id\"}\n".as_bytes());
        assert_eq!(tally, Tally { lines: 1, refused: 0, failed: 0 });
        assert!(out.starts_with("  | First line."), "{out}");
        assert!(out.contains("| Ring «1 07700 900123 1» {"), "{out}");
        assert!(out.contains("Personal detail (phone)") && out.contains("Route: redact."), "{out}");
        assert!(explain(b"Birds sing in the morning.").1.contains("Nothing was found"));
        assert!(explain(b"{curly} is no JSON\n").1.contains("| {curly}"));
    }

    #[test]
    fn it_is_json_lines_if_the_first_line_is_an_object() {
        let (tally, out) = explain(
            b"{\"id\": \"a\\u001b1\", \"text\": \"I want to die.\"}\nnot json\n{\"id\": \"a2\", \"text\": \"Birds sing.\"}",
        );
        assert_eq!(tally, Tally { lines: 3, refused: 1, failed: 0 });
        let parts: Vec<&str> = out.split("\n----\n\n").collect();
        assert_eq!(parts.len(), 3, "{out}");
        assert!(parts[0].starts_with("a<U+001B>1\n\n  | ") && parts[0].contains("Route: hold."), "{out}");
        assert!(parts[1].starts_with("Not screened: the line is not a JSON object"), "{out}");
        assert!(parts[2].starts_with("a2\n") && parts[2].ends_with("usual quorum.\n"), "{out}");
        let (tally, out) = explain(b"{\"id\": \"a\"}\n");
        assert_eq!(
            (tally.refused, out.as_str()),
            (1, "Not screened: \"text\" is missing or null; it has to be a string.\n")
        );
    }

    #[test]
    fn a_plain_text_that_cannot_be_screened_is_refused() {
        let long = "a b ".repeat(TEXT_LIMIT / 4) + "c";
        for (input, why) in [
            (&b""[..], "the text is empty"),
            (b"\n\r\n", "the text is empty"),
            (b"\xff\xfe", "not UTF-8"),
            (b"one\n\xff\n", "not UTF-8"),
            (long.as_bytes(), "longer than 256 KiB"),
            (long.repeat(5).as_bytes(), "longer than 256 KiB"),
            ("a\n".repeat(TEXT_LIMIT).as_bytes(), "longer than 256 KiB"),
        ] {
            let (tally, out) = explain(input);
            assert_eq!(tally.refused, 1, "{why}");
            assert!(out.starts_with("Not screened: ") && out.contains(why), "{out}");
        }
    }
}
