//! Fails the build, with a message that names the file and the entry, when a content file breaks a rule.

#[path = "src/schema.rs"]
#[allow(dead_code, unreachable_pub, unused_imports)]
mod schema;

use std::fs;
use std::process::ExitCode;

const NAMES: [&str; 9] = [
    "helplines",
    "disclaimers",
    "registers",
    "consent",
    "states",
    "wording",
    "screening",
    "topics",
    "guidance",
];

fn main() -> ExitCode {
    let mut texts = Vec::new();
    for name in NAMES {
        let path = format!("{name}.toml");
        println!("cargo::rerun-if-changed={path}");
        match fs::read_to_string(&path) {
            Ok(text) => texts.push(text),
            Err(error) => return fail(&format!("content/{path}: {error}")),
        }
    }
    println!("cargo::rerun-if-changed=src/schema.rs");
    println!("cargo::rerun-if-changed=src/schema");
    let [helplines, disclaimers, registers, consent, states, wording, screening, topics, guidance] =
        texts.as_slice()
    else {
        return fail("content: a file is missing");
    };
    let files = schema::Files {
        helplines,
        disclaimers,
        registers,
        consent,
        states,
        wording,
        screening,
        topics,
        guidance,
    };
    match schema::check(files) {
        Ok(content) => {
            let due = schema::due_for_a_check(&content, today()).join(", ");
            if !due.is_empty() {
                println!(
                    "cargo::warning=content/helplines.toml: look up again what was last checked more than 30 days ago: {due}"
                );
            }
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error.to_string()),
    }
}

/// The day on which this is built. What is built does not depend on it: it only reminds whoever builds.
#[allow(clippy::disallowed_methods)]
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn fail(message: &str) -> ExitCode {
    for line in message.lines() {
        println!("cargo::error={line}");
    }
    ExitCode::FAILURE
}
