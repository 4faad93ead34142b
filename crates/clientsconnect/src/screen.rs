//! `clientsconnect screen`: JSON lines in, JSON lines out, in the same order.
//!
//! Invariant: one line of output for each line of input, memory bounded by the longest line that is accepted, and no
//! error message quotes the text.

use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};

use anyhow::Context;
use screening::{Category, Finding, Outcome, Report, Route, Tier};
use serde::{Deserialize, Serialize};

/// The longest line read, in bytes: a megabyte of text with every character escaped (`\u0000`) still fits. It bounds the memory.
const MAX_LINE: u64 = 8 * 1024 * 1024;

/// Screens texts: one JSON object with "id" and "text" per line on standard input, one answer per line on standard output.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  echo '{\"id\": \"a1\", \"text\": \"Grief has no timetable.\"}' | clientsconnect screen\n\n\
    A line that is no such object gets {\"id\": null, \"error\": ...} in its place, the run goes on, and the exit status is 1."
)]
pub(crate) struct ScreenArgs {
    /// Add "redacted": the text with each personal datum replaced by its kind in square brackets.
    #[arg(long)]
    redact: bool,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    route: Route,
    tier: Tier,
    scores: &'a BTreeMap<Category, f64>,
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<String>,
}

/// Screening itself broke: the item is held, and nothing more can be said of it.
#[derive(Serialize)]
struct Held<'a> {
    id: &'a str,
    route: Route,
    tier: Tier,
    scores: BTreeMap<Category, f64>,
    findings: [Finding; 0],
    reason: &'static str,
}

#[derive(Serialize)]
struct Refused {
    id: Option<String>,
    error: &'static str,
}

/// Screens every line of `stdin` and answers on `stdout`; true if any line was refused.
///
/// # Errors
/// Reading or writing failed.
pub(crate) fn run(
    args: &ScreenArgs,
    mut stdin: impl BufRead,
    mut stdout: impl Write,
) -> anyhow::Result<bool> {
    let mut refused = false;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read =
            stdin.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).context("reading standard input")?;
        if read == 0 {
            break;
        }
        let whole = line.last() == Some(&b'\n') || (read as u64) < MAX_LINE;
        let parsed = if whole {
            parse(&line)
        } else {
            // The rest of the line is thrown away piece by piece, so that it never fills the memory.
            skip_line(&mut stdin).context("reading standard input")?;
            Err("the line is longer than 8 MiB")
        };
        match parsed {
            Ok(item) => answer(args, &item, &screening::screen_safely(&item.text), &mut stdout)?,
            Err(error) => {
                refused = true;
                write_line(&mut stdout, &Refused { id: None, error })?;
            }
        }
    }
    stdout.flush().context("writing standard output")?;
    Ok(refused)
}

fn answer(args: &ScreenArgs, item: &Line, outcome: &Outcome, stdout: &mut impl Write) -> anyhow::Result<()> {
    match outcome {
        Outcome::Screened(report) => {
            let Report { route, tier, findings, scores, .. } = report;
            let redacted = args.redact.then(|| screening::redact(&item.text, report));
            write_line(
                stdout,
                &Answer { id: &item.id, route: *route, tier: *tier, scores, findings, redacted },
            )
        }
        Outcome::Failed => write_line(
            stdout,
            &Held {
                id: &item.id,
                route: outcome.route(),
                tier: Tier::Elevated,
                scores: BTreeMap::new(),
                findings: [],
                reason: "screening_failed",
            },
        ),
    }
}

fn parse(line: &[u8]) -> Result<Line, &'static str> {
    // A byte-order mark is no part of the first object.
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8")?;
    // An array of two strings would be read as the two fields.
    if !text.trim_start().starts_with('{') {
        return Err("the line is not a JSON object");
    }
    serde_json::from_str(text).map_err(|error| {
        if error.is_data() {
            "the object needs \"id\" and \"text\", each once and both strings"
        } else {
            "the line is not valid JSON"
        }
    })
}

fn skip_line(stdin: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = stdin.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, done) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        stdin.consume(used);
        if done {
            return Ok(());
        }
    }
}

fn write_line(stdout: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *stdout, value).context("writing standard output")?;
    stdout.write_all(b"\n").context("writing standard output")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{BufReader, Cursor};

    use serde_json::Value;

    use super::*;

    fn screened(redact: bool, input: &[u8]) -> (bool, Vec<Value>) {
        let mut out = Vec::new();
        let refused = run(&ScreenArgs { redact }, Cursor::new(input), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        (refused, text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    #[test]
    fn answers_come_in_order_with_every_field() {
        let (refused, lines) = screened(
            false,
            b"{\"id\": \"a1\", \"text\": \"Ring me on 07700 900123\"}\n{\"text\": \"I want to die.\", \"id\": \"a2\", \"label\": [1]}\r\n{\"id\":\"\",\"text\":\"\"}",
        );
        assert!(!refused);
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0]["id"], "a1");
        assert_eq!(lines[0]["route"], "redact");
        assert_eq!(lines[0]["tier"], "elevated");
        assert_eq!(lines[0]["scores"].as_object().unwrap().len(), 12);
        let finding = &lines[0]["findings"][0];
        assert_eq!((&finding["category"], &finding["kind"]), (&"personal_data".into(), &"phone".into()));
        assert_eq!(
            (&finding["severity"], &finding["start"], &finding["end"]),
            (&2.into(), &11.into(), &23.into())
        );
        assert!(finding["reason"].is_string());
        assert!(lines[0].get("redacted").is_none());
        assert_eq!((&lines[1]["id"], &lines[1]["route"]), (&"a2".into(), &"hold".into()));
        assert_eq!((&lines[2]["id"], &lines[2]["route"]), (&"".into(), &"review".into()));
    }

    #[test]
    fn redacted_text_is_added_on_request() {
        let (_, lines) =
            screened(true, "{\"id\": \"é\", \"text\": \"🙂 Ring 07700 900123, or M1 1AE.\"}\n".as_bytes());
        assert_eq!(lines[0]["redacted"], "🙂 Ring [phone], or [postcode].");
    }

    #[test]
    fn a_line_that_is_no_such_object_is_refused_in_its_place() {
        let bad: &[&[u8]] = &[
            b"",
            b"   ",
            b"not json",
            b"{",
            b"[\"a\", \"b\"]",
            b"\"text\"",
            b"null",
            b"{\"id\": \"a\"}",
            b"{\"text\": \"a\"}",
            b"{\"id\": 7, \"text\": \"a\"}",
            b"{\"id\": null, \"text\": \"a\"}",
            b"{\"id\": \"a\", \"text\": null}",
            b"{\"id\": \"a\", \"text\": \"b\", \"text\": \"c\"}",
            b"{\"id\": \"a\", \"text\": \"b\"} {}",
            b"{\"id\": \"a\", \"text\": \"\\ud800\"}",
            b"{\"id\": \"a\", \"text\": \"\xff\xfe\"}",
            b"{\"id\": \"a\", \"text\": \"\xed\xa0\x80\"}",
            b"{\"id\": \"a\", \"text\": \"a\0b\"}",
        ];
        for line in bad {
            let input =
                [&b"{\"id\":\"1\",\"text\":\"fine\"}\n"[..], line, b"\n{\"id\":\"2\",\"text\":\"fine\"}\n"]
                    .concat();
            let (refused, lines) = screened(false, &input);
            let shown = String::from_utf8_lossy(line);
            assert!(refused, "{shown}");
            assert_eq!(lines.len(), 3, "{shown}");
            assert_eq!((&lines[0]["id"], &lines[2]["id"]), (&"1".into(), &"2".into()), "{shown}");
            assert_eq!(lines[1]["id"], Value::Null, "{shown}");
            assert!(lines[1].get("id").is_some() && lines[1]["error"].is_string(), "{shown}");
        }
    }

    #[test]
    fn an_escaped_nul_is_text_and_deep_nesting_is_refused_or_ignored_but_never_fatal() {
        let (refused, lines) = screened(false, b"{\"id\": \"a\", \"text\": \"I want to\\u0000 die\"}\n");
        assert!(!refused);
        assert_eq!(lines[0]["route"], "hold");
        let deep = format!("{{\"id\": {}1{}, \"text\": \"a\"}}\n", "[".repeat(10_000), "]".repeat(10_000));
        let (refused, lines) = screened(false, deep.as_bytes());
        assert!(refused && lines.len() == 1);
    }

    #[test]
    fn a_line_beyond_the_limit_is_refused_and_the_next_is_read() {
        let long = std::iter::repeat_n(b'x', usize::try_from(MAX_LINE).unwrap() + 100);
        let input: Vec<u8> = long.chain(b"\n{\"id\":\"2\",\"text\":\"fine\"}\n".iter().copied()).collect();
        let mut out = Vec::new();
        let refused =
            run(&ScreenArgs { redact: false }, BufReader::with_capacity(64, Cursor::new(input)), &mut out)
                .unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(refused);
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[0]["id"], &lines[1]["id"]), (&Value::Null, &"2".into()));
    }

    #[test]
    fn a_failure_of_screening_holds() {
        let item = Line { id: "a".to_owned(), text: String::new() };
        let mut out = Vec::new();
        answer(&ScreenArgs { redact: true }, &item, &Outcome::Failed, &mut out).unwrap();
        let line: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!((&line["route"], &line["reason"]), (&"hold".into(), &"screening_failed".into()));
    }
}
