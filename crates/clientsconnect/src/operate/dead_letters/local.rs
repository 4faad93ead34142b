//! The dead letters of a local data folder: what its journal tells.
//!
//! Invariant: the journal is read and never opened for writing, since a running local mode may be appending to it.

use std::path::Path;

use anyhow::Context;
use aws::dead_letters::hint;
use curation::ids::SubmissionId;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::about;
use crate::{
    local::dead_letters::{self, DeadLetter},
    operate::print::{Shown, clean, table, when},
};

/// A letter as shown. Field names are stable.
#[derive(Debug, Serialize)]
struct Line {
    queue: String,
    /// The local queues number nothing.
    id: Option<String>,
    given_up_at: Timestamp,
    reason: String,
    submission: Option<SubmissionId>,
    reference: Option<String>,
}

impl Line {
    fn of(letter: DeadLetter) -> Self {
        let submission = hint(&letter.body);
        Self {
            queue: letter.queue,
            id: None,
            given_up_at: letter.at,
            reason: letter.reason,
            submission,
            reference: submission.map(|id| id.reference()),
        }
    }
}

/// Lists them, the oldest first.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn list(data: &Path) -> anyhow::Result<Shown> {
    let letters = dead_letters::look(data).context("dead-letters.jsonl in the data folder cannot be read")?;
    let lines = letters.into_iter().map(Line::of).collect::<Vec<_>>();
    let rows = lines
        .iter()
        .map(|line| [clean(&line.queue), when(line.given_up_at), about(line.submission), clean(&line.reason)])
        .collect::<Vec<_>>();
    let plain = match rows.is_empty() {
        true => "There are no dead letters.\n".to_owned(),
        false => table(["QUEUE", "GIVEN UP", "WHAT", "WHY"], &rows),
    };
    Shown::new(plain, &lines)
}

/// Says that there is nothing to do.
///
/// # Errors
/// Never.
pub(super) fn retry() -> anyhow::Result<Shown> {
    let plain = "Nothing needs to be sent back here: the next sweep finds by itself what a hint was about.\n";
    Shown::new(plain.to_owned(), &json!({ "done": [], "not_found": [] }))
}
