//! `clientsconnect screen` as a process: exit status, standard error, pipes that close, a conversation.
//!
//! Invariant: the binary is the one that was built with these tests.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::{Value, json};

fn command(options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientsconnect"));
    command.arg("screen").args(options).env_remove("RUST_LOG").stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(options: &[&str], input: impl Into<Vec<u8>>) -> Output {
    let mut child = command(options).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.into();
    let writer = thread::spawn(move || {
        // A command that refuses its options reads nothing.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn answers(output: &Output) -> Vec<Value> {
    output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

#[test]
fn whoever_reads_the_answers_of_a_program_gets_them_and_nothing_else() {
    let input = "{\"id\": \"a1\", \"text\": \"Ring me on 07700 900123\"}\n{\"id\": \"a2\", \"text\": \"Birds sing.\"}\n";
    let output = run(&["--redact", "--jobs", "2"], input);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = answers(&output);
    assert_eq!((&answers[0]["id"], &answers[0]["route"]), (&"a1".into(), &"redact".into()));
    assert_eq!(answers[0]["redacted"], "Ring me on [phone]");
    assert_eq!((&answers[1]["id"], &answers[1]["route"]), (&"a2".into(), &"review".into()));
    assert_eq!(run(&[], "").status.code(), Some(0));
}

#[test]
fn one_bad_line_makes_the_exit_status_1_and_stops_nothing() {
    let mut input = json!({"id": "1", "text": "x".repeat(1024 * 1024)}).to_string().into_bytes();
    input.extend(b"\n\xff\n{\"id\": \"2\", \"text\": \"Birds sing.\"}\n{\"id\": \"3\", \"text\": null}");
    let output = run(&[], input);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty());
    let ids: Vec<Value> = answers(&output).into_iter().map(|answer| answer["id"].clone()).collect();
    assert_eq!(ids, [Value::Null, Value::Null, "2".into(), Value::Null]);
}

#[test]
fn a_text_is_explained_to_people() {
    let output = run(&["--explain"], "Ring me on 07700 900123\n");
    assert_eq!(output.status.code(), Some(0));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("  | Ring me on «1 07700 900123 1»\n"), "{shown}");
    // No terminal reads it.
    assert!(!shown.contains('\u{1b}'), "{shown}");
    assert_eq!(run(&["--explain"], "").status.code(), Some(1));
    assert_eq!(run(&["--explain", "--redact"], "").status.code(), Some(2));
    assert_eq!(run(&["--jobs", "0"], "").status.code(), Some(2));
}

#[test]
fn a_program_that_sends_one_line_and_waits_gets_its_answer() {
    let mut child = command(&[]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for id in ["1", "2"] {
        writeln!(stdin, "{}", json!({"id": id, "text": "Birds sing."})).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["id"], id);
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_who_leaves_ends_it_quietly() {
    let mut child = command(&[]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let line = json!({"id": "1", "text": "Birds sing."}).to_string() + "\n";
    stdin.write_all(line.as_bytes()).unwrap();
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    // It ends although more is to come: writing to it fails sooner or later, since nobody reads any more.
    let error = loop {
        if let Err(error) = stdin.write_all(line.as_bytes()) {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
