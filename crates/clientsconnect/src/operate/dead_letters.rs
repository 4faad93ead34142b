//! `clientsconnect dead-letters`: messages that no function could process.
//!
//! Invariants: a letter is sent back before it is deleted, so that a repetition is the worst that can happen; and of a
//! body nothing is shown but the submission that it hints at.

mod local;

use std::collections::BTreeSet;

use anyhow::bail;
use async_trait::async_trait;
use aws::dead_letters::{DeadLetter, DeadLetters, QUEUES, Unusable};
use clap::{Args, Subcommand};
use curation::ids::SubmissionId;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{
    connect::{self, Place},
    print::{Shown, table, when},
};

/// Pages of ten that one command reads of a queue: a thousand letters are more than anybody looks through, and an end
/// should the queue show the same ones again and again.
const MOST_PAGES: usize = 100;

/// See what no function could process, and send it back or discard it
#[derive(Debug, Args)]
#[command(after_help = "\
A message on which a function failed five times is set aside as a dead letter. Most are hints, which only say which
submission to look at: the sweep finds that submission again by itself, and a hint that comes twice does no harm.
Mend the reason first (the function's log has it), then send them back.

Examples:
  clientsconnect dead-letters list --tables clientsconnect
  clientsconnect dead-letters retry --tables clientsconnect               all of them
  clientsconnect dead-letters retry --tables clientsconnect MESSAGE-ID    this one
  clientsconnect dead-letters discard --tables clientsconnect MESSAGE-ID  this one, for good")]
pub(crate) struct DeadLettersArgs {
    #[command(subcommand)]
    command: DeadLettersCommand,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What to do with them.
#[derive(Debug, Subcommand)]
enum DeadLettersCommand {
    /// List them, by queue, the oldest first
    #[command(after_help = "\
Looking counts as receiving, and hides a letter from others for up to half a minute.

With --json: [{queue, id, sent_at, received, submission, reference}]; submission is null for what is no hint. On a
local folder instead of sent_at and received: given_up_at, reason, and id is null.")]
    List,
    /// Send them back to the queue that they came from: these, or all
    #[command(after_help = "With --json: {done: [{queue, id}], not_found: [id]}.")]
    Retry {
        /// Which: as `dead-letters list` shows
        #[arg(value_name = "MESSAGE-ID")]
        ids: Vec<String>,
    },
    /// Delete these for good
    #[command(after_help = "\
A hint can go: the sweep finds what it was about. What is no hint is then lost.

With --json: {done: [{queue, id}], not_found: [id]}.")]
    Discard {
        /// Which: as `dead-letters list` shows
        #[arg(value_name = "MESSAGE-ID", required = true)]
        ids: Vec<String>,
    },
}

/// Does it.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn run(args: DeadLettersArgs) -> anyhow::Result<Shown> {
    let Some(channel) = &args.place.tables else {
        let data = connect::data_folder(args.place.data.as_deref())?;
        return match args.command {
            DeadLettersCommand::List => local::list(data),
            DeadLettersCommand::Retry { .. } => local::retry(),
            DeadLettersCommand::Discard { .. } => bail!(
                "on a local data folder there is nothing to discard: dead-letters.jsonl only tells what happened"
            ),
        };
    };
    let client = aws_sdk_sqs::Client::new(&connect::sdk().await?);
    let mut drawers = Vec::new();
    for queue in QUEUES {
        let letters = DeadLetters::find(&client, channel, queue).await.map_err(|error| advice(&error))?;
        drawers.push((queue, letters));
    }
    match args.command {
        DeadLettersCommand::List => list(&drawers).await,
        DeadLettersCommand::Retry { ids } => {
            each(&drawers, &ids, Fate::SentBack).await?.shown(Fate::SentBack)
        }
        DeadLettersCommand::Discard { ids } => {
            each(&drawers, &ids, Fate::Discarded).await?.shown(Fate::Discarded)
        }
    }
}

/// The dead letters of one queue.
#[async_trait]
trait Drawer: Sync {
    async fn receive(&self) -> Result<Vec<DeadLetter>, Unusable>;
    async fn send(&self, letter: &DeadLetter) -> Result<(), Unusable>;
    async fn delete(&self, letter: &DeadLetter) -> Result<(), Unusable>;
    async fn show_again(&self, letter: &DeadLetter);
}

#[async_trait]
impl Drawer for DeadLetters {
    async fn receive(&self) -> Result<Vec<DeadLetter>, Unusable> {
        Self::receive(self).await
    }

    async fn send(&self, letter: &DeadLetter) -> Result<(), Unusable> {
        Self::send(self, letter).await
    }

    async fn delete(&self, letter: &DeadLetter) -> Result<(), Unusable> {
        Self::delete(self, letter).await
    }

    async fn show_again(&self, letter: &DeadLetter) {
        // What is not shown again now is shown in half a minute.
        let _ = Self::show_again(self, letter).await;
    }
}

fn advice(error: &Unusable) -> anyhow::Error {
    let next = match error.reason.as_str() {
        Unusable::MISSING => {
            "check the name after --tables and the region; `sam deploy` makes what is missing"
        }
        _ => "check the region and the credentials, and try again",
    };
    anyhow::anyhow!("{error}; {next}")
}

/// A letter as shown. Field names are stable.
#[derive(Debug, Serialize)]
struct Line {
    queue: &'static str,
    id: String,
    sent_at: Option<Timestamp>,
    received: u32,
    submission: Option<SubmissionId>,
    reference: Option<String>,
}

/// What a body is, in words.
fn about(hint: Option<SubmissionId>) -> String {
    hint.map_or_else(|| "not a hint".to_owned(), |id| format!("hint at {}", id.reference()))
}

async fn list<D: Drawer>(drawers: &[(&'static str, D)]) -> anyhow::Result<Shown> {
    let mut lines = Vec::new();
    for (queue, drawer) in drawers {
        let mut letters = Vec::new();
        let mut failure = None;
        let mut seen = BTreeSet::new();
        for _ in 0..MOST_PAGES {
            match drawer.receive().await {
                Ok(page) => {
                    let before = letters.len();
                    letters.extend(page.into_iter().filter(|letter| seen.insert(letter.id.clone())));
                    if letters.len() == before {
                        break;
                    }
                }
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        for letter in &letters {
            drawer.show_again(letter).await;
        }
        if let Some(error) = failure {
            return Err(advice(&error));
        }
        letters.sort_by_key(|letter| letter.sent_at);
        lines.extend(letters.into_iter().map(|letter| Line {
            queue,
            id: letter.id,
            sent_at: letter.sent_at,
            received: letter.received,
            submission: letter.hint,
            reference: letter.hint.map(|id| id.reference()),
        }));
    }
    let rows = lines
        .iter()
        .map(|line| {
            [
                line.queue.to_owned(),
                line.id.clone(),
                line.sent_at.map_or_else(|| "-".to_owned(), when),
                if line.received == 1 { "once".to_owned() } else { format!("{} times", line.received) },
                about(line.submission),
            ]
        })
        .collect::<Vec<_>>();
    let plain = match rows.is_empty() {
        true => "There are no dead letters.\n".to_owned(),
        false => table(["QUEUE", "MESSAGE", "SENT", "RECEIVED", "WHAT"], &rows),
    };
    Shown::new(plain, &lines)
}

/// What becomes of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    SentBack,
    Discarded,
}

/// What was done.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    done: Vec<Done>,
    not_found: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Done {
    queue: &'static str,
    id: String,
}

impl Outcome {
    fn shown(&self, fate: Fate) -> anyhow::Result<Shown> {
        let mut plain = match (self.done.len(), fate) {
            (0, _) if self.not_found.is_empty() => "There are no dead letters.\n".to_owned(),
            (0, _) => String::new(),
            (1, Fate::SentBack) => "1 message went back to its queue.\n".to_owned(),
            (number, Fate::SentBack) => format!("{number} messages went back to their queues.\n"),
            (1, Fate::Discarded) => "1 message is discarded.\n".to_owned(),
            (number, Fate::Discarded) => format!("{number} messages are discarded.\n"),
        };
        for id in &self.not_found {
            plain.push_str(&format!("Not found: {id}\n"));
        }
        if !self.not_found.is_empty() {
            plain.push_str(
                "It may be gone, or somebody is looking at it: `clientsconnect dead-letters list` in half a minute says.\n",
            );
        }
        let mut shown = Shown::new(plain, &json!(self))?;
        shown.in_order = self.not_found.is_empty();
        Ok(shown)
    }
}

/// Does it to the letters with these ids, or to all if there are none, page by page: so each is acted upon while it is
/// hidden from others.
async fn each<D: Drawer>(
    drawers: &[(&'static str, D)],
    ids: &[String],
    fate: Fate,
) -> anyhow::Result<Outcome> {
    let mut wanted = ids.iter().cloned().collect::<BTreeSet<_>>();
    let mut outcome = Outcome::default();
    for (queue, drawer) in drawers {
        let mut others = Vec::new();
        let done = some(drawer, &mut wanted, ids.is_empty(), fate, &mut others).await;
        for letter in &others {
            drawer.show_again(letter).await;
        }
        match done {
            (done, None) => outcome.done.extend(done.into_iter().map(|id| Done { queue, id })),
            (done, Some(error)) => {
                let number = outcome.done.len() + done.len();
                bail!(
                    "{:#}; {number} were done before that: repeat the command for the rest",
                    advice(&error)
                );
            }
        }
        if wanted.is_empty() && !ids.is_empty() {
            break;
        }
    }
    outcome.not_found = wanted.into_iter().collect();
    Ok(outcome)
}

/// The same for one queue: what was done until it ended or failed. What was looked at and left goes to `others`.
async fn some<D: Drawer>(
    drawer: &D,
    wanted: &mut BTreeSet<String>,
    all: bool,
    fate: Fate,
    others: &mut Vec<DeadLetter>,
) -> (Vec<String>, Option<Unusable>) {
    let (mut done, mut seen) = (Vec::new(), BTreeSet::new());
    for _ in 0..MOST_PAGES {
        let page = match drawer.receive().await {
            Ok(page) => page,
            Err(error) => return (done, Some(error)),
        };
        let page = page.into_iter().filter(|letter| seen.insert(letter.id.clone())).collect::<Vec<_>>();
        if page.is_empty() {
            break;
        }
        for letter in page {
            if !all && !wanted.contains(&letter.id) {
                others.push(letter);
                continue;
            }
            if let Err(error) = act(drawer, &letter, fate).await {
                return (done, Some(error));
            }
            wanted.remove(&letter.id);
            done.push(letter.id);
        }
        if wanted.is_empty() && !all {
            break;
        }
    }
    (done, None)
}

async fn act<D: Drawer>(drawer: &D, letter: &DeadLetter, fate: Fate) -> Result<(), Unusable> {
    if fate == Fate::SentBack {
        drawer.send(letter).await?;
    }
    drawer.delete(letter).await
}

#[cfg(test)]
mod tests;
