//! `clientsconnect guidance`: what the channel itself says again and again.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use app::{guidance as steps, queue::officer};
use clap::{Args, Subcommand};
use curation::{ids::PersonId, submission::waits};
use serde_json::json;

use super::{
    advice,
    connect::{Connection, Place},
    item::{Line, waiting},
    print::{Shown, day, table, when},
    queue::read,
};

/// See the channel's guidance posts, and propose them to the therapists
#[derive(Debug, Args)]
#[command(after_help = "\
Guidance helps people who read and comment to stay safe. The drafts are in content/guidance.toml. Each is approved by
therapists like anything else, and then appears again and again: every fifth post, and at least every 48 hours. It
stops a year after it was approved, until it is approved again; coordinators are told.

Examples:
  clientsconnect guidance list
  clientsconnect guidance propose before-you-reply --as COORDINATOR
  clientsconnect guidance propose --text-file new.txt --topic endings --as COORDINATOR")]
pub(crate) struct GuidanceArgs {
    #[command(subcommand)]
    pub(crate) command: GuidanceCommand,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What to do with guidance.
#[derive(Debug, Subcommand)]
pub(crate) enum GuidanceCommand {
    /// List the drafts and what became of each
    #[command(after_help = "\
With --json: [{draft, version, text, item, last_at, approved_until}]; item as in `queue list --json`, or null; last_at: when
it last appeared, for 14 days.")]
    List,
    /// Propose a draft to the therapists, or other words
    #[command(after_help = "With --json: the item, as in `queue list --json`.")]
    Propose {
        /// A draft's short name, from `clientsconnect guidance list`
        #[arg(required_unless_present = "text_file", conflicts_with_all = ["text_file", "topic"])]
        draft: Option<String>,
        /// A file with the words, UTF-8; - for standard input
        #[arg(long, value_name = "FILE")]
        text_file: Option<PathBuf>,
        /// What they are about: a topic from `clientsconnect brake`
        #[arg(long)]
        topic: Option<String>,
        /// Who proposes: a coordinator's id from `clientsconnect roster list`
        #[arg(long = "as", value_name = "PERSON_ID")]
        person: PersonId,
    },
}

/// Does it.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn run(
    connection: &Connection,
    command: GuidanceCommand,
    stdin: &mut (dyn Read + Send),
) -> anyhow::Result<Shown> {
    match command {
        GuidanceCommand::List => list(connection).await,
        GuidanceCommand::Propose { draft, text_file, topic, person } => {
            let (words, topic) = words(draft.as_deref(), text_file.as_deref(), topic, stdin)?;
            let core = &connection.core;
            let officer = officer(core, person).await.map_err(|error| advice::of_officer(&error))?;
            let item = steps::propose(core, &connection.rules, &officer, &words, topic.as_deref())
                .await
                .map_err(|error| advice::of_officer(&error))?;
            let plain = format!(
                "Proposed.\n{} is now {}, and waits for {}.\n{}",
                item.id.reference(),
                item.state.name(),
                waiting(&item),
                connection.soon()
            );
            Shown::new(plain, &Line::of(&item))
        }
    }
}

fn words(
    draft: Option<&str>,
    file: Option<&Path>,
    topic: Option<String>,
    stdin: &mut (dyn Read + Send),
) -> anyhow::Result<(String, Option<String>)> {
    match (draft, file) {
        (Some(draft), _) => {
            let found = content::guidance().iter().find(|one| one.id == draft);
            let found = found.context("there is no such draft; `clientsconnect guidance list` shows them")?;
            Ok((found.text.clone(), found.topic.clone()))
        }
        (None, Some(file)) => Ok((read(file, stdin)?.trim().to_owned(), topic)),
        (None, None) => bail!("name a draft, or give the words with --text-file"),
    }
}

async fn list(connection: &Connection) -> anyhow::Result<Shown> {
    let all = steps::list(&connection.core).await.map_err(|error| advice::of_step(&error))?;
    let until = |one: &steps::Guidance| {
        let approved_at = one.item.as_ref()?.approved_at?;
        approved_at.saturating_add(waits::GUIDANCE_APPROVED).ok()
    };
    let rows = all
        .iter()
        .map(|one| {
            let dash = || "-".to_owned();
            [
                one.draft.map_or("(other words)".to_owned(), |draft| draft.id.clone()),
                one.item.as_ref().map_or("not proposed".to_owned(), |item| item.state.name().to_owned()),
                one.item.as_ref().map_or_else(dash, |item| item.id.reference()),
                one.last_at.map_or_else(dash, when),
                until(one).map_or_else(dash, |until| day(curation::time::london(until).date())),
            ]
        })
        .collect::<Vec<_>>();
    let json = all
        .iter()
        .map(|one| {
            json!({
                "draft": one.draft.map(|draft| &draft.id),
                "version": one.draft.map(|draft| draft.version),
                "text": one.draft.map(|draft| &draft.text),
                "item": one.item.as_ref().map(Line::of),
                "last_at": one.last_at,
                "approved_until": until(one),
            })
        })
        .collect::<Vec<_>>();
    Shown::new(table(["GUIDANCE", "STATE", "ITEM", "LAST APPEARED", "APPROVED UNTIL"], &rows), &json)
}
