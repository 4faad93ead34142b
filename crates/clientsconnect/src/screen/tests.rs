//! Whole runs over bytes: order, places of errors, any number of workers, what happens when reading or writing stops.
//!
//! Invariant: what is asserted holds for one worker and for many.

#![allow(clippy::unwrap_used)]

use std::io::{self, Cursor, Read, Write};
use std::time::Duration;

use serde_json::Value;

use super::input::{LINE_LIMIT, TEXT_LIMIT};
use super::*;

fn quiet() -> Progress<'static> {
    Progress::new(None, Box::new(|| Duration::ZERO))
}

/// The tally and the answers, the same whatever the number of workers.
fn screened(redact: bool, input: impl Into<Vec<u8>>) -> (Tally, Vec<Value>) {
    let input = input.into();
    let [one, three] = [1, 3].map(|jobs| {
        let mut out = Vec::new();
        let tally = stream::run(Cursor::new(input.clone()), &mut out, redact, jobs, &mut quiet()).unwrap();
        (tally, String::from_utf8(out).unwrap())
    });
    assert_eq!(one, three);
    (one.0, one.1.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn line(id: usize, text: &str) -> String {
    serde_json::json!({"id": id.to_string(), "text": text}).to_string() + "\n"
}

#[test]
fn answers_come_in_order_with_every_field() {
    let (tally, lines) = screened(
        false,
        "{\"id\": \"a1\", \"text\": \"Ring me on 07700 900123\"}\n{\"text\": \"I want to die.\", \"id\": \"a2\", \"label\": [1]}\r\n{\"id\":\"\",\"text\":\"Birds sing at dawn.\"}",
    );
    assert_eq!(tally, Tally { lines: 3, refused: 0, failed: 0 });
    assert!(tally.in_order());
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
    assert!(lines[0].get("redacted").is_none() && lines[0].get("reason").is_none());
    assert_eq!((&lines[1]["id"], &lines[1]["route"]), (&"a2".into(), &"hold".into()));
    assert_eq!((&lines[2]["id"], &lines[2]["route"]), (&"".into(), &"review".into()));
}

#[test]
fn redacted_text_is_added_on_request() {
    let (_, lines) = screened(true, "{\"id\": \"é\", \"text\": \"🙂 Ring 07700 900123, or M1 1AE.\"}\n");
    assert_eq!(lines[0]["redacted"], "🙂 Ring [phone], or [postcode].");
}

#[test]
fn a_line_that_is_no_such_object_is_refused_in_its_place_and_the_run_goes_on() {
    let secret = "Orchard";
    let bad: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        secret.into(),
        format!("{{\"id\": \"1\", \"text\": \"{secret}").into(),
        format!("{{\"id\": \"1\", \"text\": [\"{secret}\"]}}").into(),
        format!("{{\"id\": \"1\", \"text\": \"{secret}\\ud800\"}}").into(),
        format!("{{\"id\": \"1\", \"text\": {secret}}}").into(),
        format!("{{\"id\": {{\"{secret}\": 1}}, \"text\": \"a\"}}").into(),
        format!("{{\"id\": \"1\", \"{secret}\": \"a\"}}").into(),
        [secret.as_bytes(), b"\xff\xfe"].concat(),
        b"{\"id\": \"a\", \"text\": null}".to_vec(),
        b"{\"id\": \"a\", \"text\": \"\"}".to_vec(),
        line(0, &secret.repeat(TEXT_LIMIT / secret.len() + 1)).trim_end().into(),
        line(0, &"x".repeat(LINE_LIMIT)).trim_end().into(),
        vec![b' '; 3 * LINE_LIMIT],
    ];
    for bad in bad {
        let input = [line(1, "fine").as_bytes(), &bad, b"\n", line(2, "fine").as_bytes()].concat();
        let (tally, lines) = screened(false, input);
        let shown = String::from_utf8_lossy(&bad[..bad.len().min(60)]);
        assert_eq!(tally, Tally { lines: 3, refused: 1, failed: 0 }, "{shown}");
        assert!(!tally.in_order());
        assert_eq!((&lines[0]["id"], &lines[2]["id"]), (&"1".into(), &"2".into()), "{shown}");
        let refused = lines[1].as_object().unwrap();
        assert_eq!((refused.len(), &refused["id"]), (2, &Value::Null), "{shown}");
        assert!(!refused["error"].as_str().unwrap().contains(secret), "{shown}");
    }
}

#[test]
fn an_escaped_nul_is_text() {
    let (tally, lines) = screened(false, "{\"id\": \"a\", \"text\": \"I want to\\u0000 die\"}\n");
    assert!(tally.in_order());
    assert_eq!(lines[0]["route"], "hold");
}

#[test]
fn thousands_of_lines_of_any_length_keep_their_order() {
    let input: String =
        (0..3_000).map(|id| line(id, &"Birds sing at dawn. ".repeat(1 + id * 7 % 23))).collect();
    let (tally, lines) = screened(false, input);
    assert_eq!(tally, Tally { lines: 3_000, refused: 0, failed: 0 });
    for (id, line) in lines.iter().enumerate() {
        assert_eq!(line["id"].as_str(), Some(id.to_string().as_str()));
    }
    assert_eq!(screened(false, "").1, Vec::<Value>::new());
}

/// Gives one line, and the next only after what was answered has been seen.
struct Conversation {
    lines: Vec<String>,
    heard: std::sync::mpsc::Receiver<()>,
    said: bool,
}

impl Read for Conversation {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.said {
            // Never comes if an answer waits for the next line: then the test does not end, and fails by its time limit.
            self.heard.recv().map_err(io::Error::other)?;
        }
        self.said = true;
        let Some(line) = self.lines.pop() else { return Ok(0) };
        buffer[..line.len()].copy_from_slice(line.as_bytes());
        Ok(line.len())
    }
}

/// Tells when an answer has come.
struct Listener(std::sync::mpsc::Sender<()>, Vec<u8>);

impl Write for Listener {
    fn write(&mut self, answer: &[u8]) -> io::Result<usize> {
        self.1.extend(answer);
        Ok(answer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.send(()).map_err(io::Error::other)
    }
}

#[test]
fn an_answer_does_not_wait_for_the_next_line() {
    for jobs in [1, 4] {
        let (tell, heard) = std::sync::mpsc::channel();
        let lines = (0..3).map(|id| line(id, "fine")).collect();
        let mut listener = Listener(tell, Vec::new());
        let tally =
            stream::run(Conversation { lines, heard, said: false }, &mut listener, false, jobs, &mut quiet())
                .unwrap();
        assert_eq!(tally.lines, 3);
    }
}

struct Fails(io::ErrorKind);

impl Write for Fails {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Fails {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
}

#[test]
fn a_reader_who_left_ends_the_run_quietly_and_a_full_disk_does_not() {
    // Endless: it ends because nobody reads the answers.
    let endless = || io::repeat(b'\n');
    let left = stream::run(endless(), &mut Fails(io::ErrorKind::BrokenPipe), false, 2, &mut quiet());
    assert_eq!(left.unwrap(), Tally::default());
    let full = stream::run(endless(), &mut Fails(io::ErrorKind::StorageFull), false, 2, &mut quiet());
    assert_eq!(full.unwrap_err().to_string(), "writing standard output");
    let left = explain::run(Cursor::new("a text"), &mut Fails(io::ErrorKind::BrokenPipe), false);
    assert_eq!(left.unwrap().lines, 1);
}

#[test]
fn what_came_before_reading_failed_is_answered() {
    let mut out = Vec::new();
    let input = Cursor::new(line(1, "fine")).chain(Fails(io::ErrorKind::TimedOut));
    let failed = stream::run(input, &mut out, false, 2, &mut quiet()).unwrap_err();
    assert_eq!(failed.to_string(), "reading standard input");
    assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1);
}

#[test]
fn colour_can_be_declined() {
    let with = |no_color: Option<&'static str>, term: Option<&'static str>| {
        wants_colour(|name| if name == "NO_COLOR" { no_color } else { term }.map(str::to_owned))
    };
    assert!(with(None, Some("xterm-256color")) && with(Some(""), None));
    assert!(!with(Some("1"), Some("xterm")) && !with(None, Some("dumb")));
}
