//! `clientsconnect queue`: single items, and what the lead, the deputy and coordinators do with them.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use app::{
    Core, queue as steps,
    schedule::{self, Wish},
};
use clap::{Args, Subcommand, ValueEnum, builder::PossibleValuesParser};
use curation::{
    cadence::Pin,
    ids::PersonId,
    roster::{Duty, Officer},
    submission::{ReleaseTo, State, Submission},
    time::on_wall,
    transitions::InvalidTransition,
};

use jiff::{Timestamp, civil::DateTime};

use super::{
    advice,
    connect::{Connection, Place},
    intake,
    item::{DUTIES, ItemName, Line, find, lines, waiting},
    print::{Shown, when},
    roster::DutyArg,
    show,
};

/// The largest file of words that is read, in bytes: many times what fits a post, so that the answer can say by how much
/// a text is too long, and small enough for any mistyped file name.
const LARGEST_FILE: u64 = 64 * 1024;

/// The states' names, as in the list.
const STATES: [&str; 17] = [
    "received",
    "held",
    "needs_redaction",
    "declined",
    "in_review",
    "rewording",
    "rejected",
    "stalled",
    "approved",
    "publishing",
    "needs_attention",
    "published",
    "retracting",
    "retracted",
    "withdrawn",
    "expired",
    "closed",
];

/// See what waits for a human, and do it
#[derive(Debug, Args)]
#[command(after_help = "\
An item is named by its reference, the six letters and digits that mails show, or by its whole id. --as says
who acts: an id from `clientsconnect roster list`. What a person may see and do follows from their duty, and
each step is written into the item's record. The command trusts whoever can reach the data folder or the tables.

What is held for the lead goes on only with two people: the lead releases it, then the deputy confirms the same.

Examples, with K7QX2M as the item:
  clientsconnect queue list                                    what waits for a human
  clientsconnect queue show K7QX2M --as COORDINATOR            its words, findings, ballots and record
  clientsconnect queue redact K7QX2M --as COORDINATOR          with personal details masked, to the panel
  clientsconnect queue redact K7QX2M --as COORDINATOR --text-file new.txt
  clientsconnect queue release K7QX2M --as LEAD --to review    the lead's half
  clientsconnect queue release K7QX2M --as DEPUTY --to review  the deputy's half")]
pub(crate) struct QueueArgs {
    #[command(subcommand)]
    pub(crate) command: QueueCommand,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// What to do with the queue.
#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// List what waits for a human, the most urgent first
    #[command(after_help = "\
With --json: [{id, reference, state, hold, tier, revision, topic, pin, received_at, due_at, waits_for}].
hold: crisis, technical or null. topic: from `clientsconnect brake`, or null. pin: {at}, {next} or null. waits_for: of lead, deputy, coordinator, those who should act.")]
    List {
        /// Only what waits for this duty
        #[arg(long = "for", value_name = "DUTY")]
        duty: Option<DutyArg>,
        /// Only items in this state, whether or not they wait for a human
        #[arg(long, conflicts_with_all = ["duty", "all"], value_parser = PossibleValuesParser::new(STATES))]
        state: Option<String>,
        /// Every item there is
        #[arg(long, conflicts_with = "duty")]
        all: bool,
    },
    /// Show what people asked for on platforms, or by a link, and waits for room on a panel
    #[command(after_help = "\
With --json: {waiting: [{platform, waiting, oldest}], listed}. listed counts the lead's list of addresses.")]
    Intake,
    /// Show the lead's list: addresses of posts at which a human should look, and nothing else
    #[command(after_help = "\
For the lead and the deputy. What is shown for the first time is forgotten 24 hours later.
With --json: [{address, since, forgotten_at}].")]
    Addresses {
        /// Who looks
        #[arg(long = "as", value_name = "PERSON_ID")]
        person: PersonId,
    },
    /// Show an item: where it stands and its record; with --as also the words that this person may read
    #[command(after_help = "\
The record is checked on the way: the exit status is 1 if it does not hold together.

With --json: the fields of `queue list --json`, and {role, concealed, ended, release, words, masked, contact, posts,
turns, findings, review, remarks, deliveries, record}. turns: how guidance ends the next times. words is null for whom they are not for; masked has personal
details masked. review: counts and seats; people are called reviewer 1, 2, ... in the order of invitation.
record: {holds_together, broken_at, entries}, each entry as it was hashed, so that anybody can verify it.")]
    Show {
        /// The item: reference or id
        item: ItemName,
        /// Who looks
        #[arg(long = "as", value_name = "PERSON_ID")]
        person: Option<PersonId>,
    },
    /// Release what is held for safeguarding: first the lead, then the deputy confirms
    #[command(after_help = RELEASE_HELP)]
    Release {
        #[command(flatten)]
        step: StepArgs,
        /// Where it goes; the deputy says the same as the lead
        #[arg(long, value_enum)]
        to: ToArg,
    },
    /// Put other words in place of those that need changing; without --text-file, the same with personal details masked
    #[command(after_help = "\
The new words are screened again, and the submitter is asked before they are published.
With --json: the item, as in `queue list --json`.")]
    Redact {
        #[command(flatten)]
        step: StepArgs,
        /// A file with the new words, UTF-8; - for standard input
        #[arg(long, value_name = "FILE")]
        text_file: Option<PathBuf>,
    },
    /// End an item for good; what is published of it is taken down
    #[command(after_help = "\
What is held for the lead is closed by the lead or the deputy, all else by a coordinator too.
With --json: the item, as in `queue list --json`.")]
    Close {
        #[command(flatten)]
        step: StepArgs,
    },
    /// Invite more reviewers to an item whose review stalled
    #[command(after_help = "With --json: the item, as in `queue list --json`.")]
    Widen {
        #[command(flatten)]
        step: StepArgs,
    },
    /// Give what a machine declined to the therapists, after its submitter asked for a person
    #[command(after_help = "\
Read it first: `clientsconnect queue show`. To leave it declined, close it. The larger quorum decides on it.
With --json: the item, as in `queue list --json`.")]
    TakeUp {
        #[command(flatten)]
        step: StepArgs,
    },
    /// Say whether a post is on its platform, where the publisher could not find out
    #[command(after_help = "\
Look at the channel's own page on the platform first. An absent post is posted again.
With --json: the item, as in `queue list --json`.")]
    Attest {
        #[command(flatten)]
        step: StepArgs,
        /// The post is there, and this is its id on the platform
        #[arg(long, value_name = "POST_ID", required_unless_present = "absent", conflicts_with = "absent")]
        post: Option<String>,
        /// The post is not there
        #[arg(long)]
        absent: bool,
    },
    /// Say when an approved item should appear
    #[command(after_help = "\
It appears in the first slot from then on. The channel's hours, the time between two posts and the number of posts a day
hold all the same, and nothing else is taken that would delay it.

  --at '2026-12-01 12:00'      on London's clocks
  --at 2026-12-01T12:00:00Z    the same, in UTC
  --next                       before all that is not pinned

With --json: the item, as in `queue list --json`.")]
    Pin {
        #[command(flatten)]
        step: StepArgs,
        /// From this time on
        #[arg(long, value_name = "TIME", value_parser = moment, required_unless_present = "next", conflicts_with = "next")]
        at: Option<Timestamp>,
        /// As the next
        #[arg(long)]
        next: bool,
    },
    /// Let a pinned item appear as it came
    #[command(after_help = "With --json: the item, as in `queue list --json`.")]
    Unpin {
        #[command(flatten)]
        step: StepArgs,
    },
    /// Say what an item is about, so that `clientsconnect brake` stops it with its topic
    #[command(after_help = "With --json: the item, as in `queue list --json`.")]
    Topic {
        #[command(flatten)]
        step: StepArgs,
        /// A topic from `clientsconnect brake`; none to take it back
        #[arg(value_name = "TOPIC")]
        topic: String,
    },
}

/// A time as people type it: with its zone, or on London's clocks.
fn moment(text: &str) -> Result<Timestamp, &'static str> {
    let on_clocks = |time: DateTime| on_wall(time.date(), time.time());
    text.parse::<Timestamp>()
        .or_else(|_| text.parse::<DateTime>().map(on_clocks))
        .map_err(|_| "a time such as '2026-12-01 12:00' (London) or 2026-12-01T12:00:00Z is needed")
}

const RELEASE_HELP: &str = "\
The release is bound to exactly these words: other words are screened and held anew.

  --to review      to the panel, with the larger quorum
  --to redaction   back for other words, by the submitter or a coordinator

With --json: the item, as in `queue list --json`.";

/// Which item, and who acts.
#[derive(Debug, Args)]
pub(crate) struct StepArgs {
    /// The item: reference or id
    item: ItemName,
    /// Who acts: an id from `clientsconnect roster list`
    #[arg(long = "as", value_name = "PERSON_ID")]
    person: PersonId,
}

/// Where a release goes, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ToArg {
    /// To the panel, with the larger quorum
    Review,
    /// Back for other words
    Redaction,
}

impl From<ToArg> for ReleaseTo {
    fn from(to: ToArg) -> Self {
        match to {
            ToArg::Review => Self::Review,
            ToArg::Redaction => Self::Redaction,
        }
    }
}

/// Does it.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn run(
    connection: &Connection,
    command: QueueCommand,
    stdin: &mut (dyn Read + Send),
) -> anyhow::Result<Shown> {
    let core = &connection.core;
    match command {
        QueueCommand::List { duty, state, all } => list(core, duty, state.as_deref(), all).await,
        QueueCommand::Intake => intake::overview(core).await,
        QueueCommand::Addresses { person } => {
            intake::addresses(connection, &officer(core, person).await?).await
        }
        QueueCommand::Show { item, person } => {
            let item = find(core, &item).await?;
            let officer = match person {
                Some(person) => Some(officer(core, person).await?),
                None => None,
            };
            show::run(core, item, officer.as_ref()).await
        }
        QueueCommand::Release { step, to } => release(connection, &step, to.into()).await,
        QueueCommand::Redact { step, text_file } => {
            redact(connection, &step, text_file.as_deref(), stdin).await
        }
        QueueCommand::Close { step } => {
            let (item, officer) = both(core, &step).await?;
            after(connection, "Closed.", steps::close(core, item.id, &officer).await)
        }
        QueueCommand::Widen { step } => {
            let (item, officer) = both(core, &step).await?;
            after(
                connection,
                "Widened: more reviewers are invited.",
                steps::widen(core, item.id, &officer).await,
            )
        }
        QueueCommand::TakeUp { step } => {
            let (item, officer) = both(core, &step).await?;
            after(
                connection,
                "Taken up: therapists are invited, and decide.",
                steps::take_up(core, item.id, &officer).await,
            )
        }
        QueueCommand::Attest { step, post, absent: _ } => {
            let (item, officer) = both(core, &step).await?;
            let what =
                if post.is_some() { "Noted: the post is there." } else { "Noted: the post is not there." };
            after(connection, what, steps::attest(core, item.id, &officer, post).await)
        }
        QueueCommand::Pin { step, at, next: _ } => {
            let (item, officer) = both(core, &step).await?;
            let wish = at.map_or(Wish::Next, Wish::At);
            pin(connection, "Pinned.", schedule::pin(core, item.id, &officer, wish).await)
        }
        QueueCommand::Unpin { step } => {
            let (item, officer) = both(core, &step).await?;
            pin(connection, "Unpinned.", schedule::pin(core, item.id, &officer, Wish::Whenever).await)
        }
        QueueCommand::Topic { step, topic } => {
            let (item, officer) = both(core, &step).await?;
            let topic = Some(topic.as_str()).filter(|topic| *topic != "none");
            after(connection, "Noted.", schedule::set_topic(core, item.id, &officer, topic).await)
        }
    }
}

/// Says also when something pinned to a time appears later than that, since nothing else does.
fn pin(
    connection: &Connection,
    what: &str,
    result: Result<(Submission, Option<Timestamp>), steps::OfficerError>,
) -> anyhow::Result<Shown> {
    let (item, expected) = result.map_err(|error| advice::of_officer(&error))?;
    let later = match (item.pin, expected) {
        (Some(Pin::At(at)), Some(expected)) if expected > at => format!(
            "{what} It appears on {} at the earliest: the channel's hours, or other pins, leave no slot before.",
            when(expected)
        ),
        _ => what.to_owned(),
    };
    after(connection, &later, Ok(item))
}

async fn list(core: &Core, duty: Option<DutyArg>, state: Option<&str>, all: bool) -> anyhow::Result<Shown> {
    let mut items = core.store.list().await.map_err(|error| advice::of_store(&error))?;
    let waits = |item: &Submission, duty: Duty| steps::waits_for(item, duty);
    items.retain(|item| match (state, duty) {
        _ if all => true,
        (Some(state), _) => item.state.name() == state,
        (None, Some(duty)) => waits(item, duty.into()),
        (None, None) => DUTIES.into_iter().any(|duty| waits(item, duty)),
    });
    items.sort_by_key(|item| (item.due().map_or(jiff::Timestamp::MAX, |due| due.at), item.id));
    let none = match (all, state) {
        (false, None) => "Nothing waits for a human.",
        _ => "There are no such items.",
    };
    let json = items.iter().map(Line::of).collect::<Vec<_>>();
    Shown::new(lines(&items, none), &json)
}

async fn release(connection: &Connection, step: &StepArgs, to: ReleaseTo) -> anyhow::Result<Shown> {
    let core = &connection.core;
    let (item, officer) = both(core, step).await?;
    let released = steps::release(core, item.id, &officer, to).await;
    let what = match officer.duty {
        Duty::Deputy => "Confirmed: it goes on.",
        _ => "Released. It goes on once the deputy confirms the same, with `clientsconnect queue release`.",
    };
    after(connection, what, released)
}

async fn redact(
    connection: &Connection,
    step: &StepArgs,
    file: Option<&Path>,
    stdin: &mut (dyn Read + Send),
) -> anyhow::Result<Shown> {
    let core = &connection.core;
    let words = file.map(|file| read(file, stdin)).transpose()?;
    let (item, officer) = both(core, step).await?;
    if words.is_none() {
        check_masking(core, &item, &officer).await?;
    }
    let redacted = steps::redact(core, &connection.rules().await?, item.id, &officer, words.as_deref()).await;
    after(connection, "The new words are in, and screened.", redacted)
}

/// Without new words, masking is all that would happen: where it would change nothing, that is said instead.
async fn check_masking(core: &Core, item: &Submission, officer: &Officer) -> anyhow::Result<()> {
    match item.state {
        State::NeedsRedaction { .. } => {
            let detail =
                steps::show(core, item.id, officer).await.map_err(|error| advice::of_officer(&error))?;
            ensure!(
                detail.masked.is_some(),
                "to mask and nothing else is for a coordinator; or give the new words with --text-file"
            );
            Ok(())
        }
        State::Rewording { .. } => {
            bail!("the reviewers asked for other words: give them with --text-file")
        }
        _ => {
            let invalid = InvalidTransition { state: item.state.name(), action: "changing the words" };
            Err(advice::of_step(&invalid.into()))
        }
    }
}

pub(super) fn read(file: &Path, stdin: &mut (dyn Read + Send)) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        stdin.take(LARGEST_FILE + 1).read_to_end(&mut bytes).context("standard input cannot be read")?;
    } else {
        let opened = File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
        opened
            .take(LARGEST_FILE + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("{} cannot be read", file.display()))?;
    }
    ensure!(
        bytes.len() as u64 <= LARGEST_FILE,
        "the new words are longer than 64 KiB: is it the right file?"
    );
    let text =
        String::from_utf8(bytes).ok().context("the new words are not UTF-8: save them as plain text")?;
    // A byte-order mark is no part of the words.
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

async fn officer(core: &Core, person: PersonId) -> anyhow::Result<Officer> {
    steps::officer(core, person).await.map_err(|error| advice::of_officer(&error))
}

async fn both(core: &Core, step: &StepArgs) -> anyhow::Result<(Submission, Officer)> {
    Ok((find(core, &step.item).await?, officer(core, step.person).await?))
}

fn after(
    connection: &Connection,
    what: &str,
    result: Result<Submission, steps::OfficerError>,
) -> anyhow::Result<Shown> {
    let item = result.map_err(|error| advice::of_officer(&error))?;
    let plain = format!(
        "{what}\n{} is now {}, and waits for {}.\n{}",
        item.id.reference(),
        item.state.name(),
        waiting(&item),
        if matches!(item.state, State::Closed { .. }) { "" } else { connection.soon() }
    );
    Shown::new(plain, &Line::of(&item))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_are_read_as_they_are_and_never_quoted_when_refused() {
        let read = |bytes: &[u8]| read(Path::new("-"), &mut &*bytes).map_err(|error| format!("{error:#}"));
        assert_eq!(read("\u{feff}Grief has no timetable.".as_bytes()).unwrap(), "Grief has no timetable.");
        let latin = read(b"caf\xe9").unwrap_err();
        assert!(latin.contains("UTF-8") && !latin.contains("caf"));
        assert!(read(&vec![b'a'; 64 * 1024]).is_ok());
        assert!(read(&vec![b'a'; 64 * 1024 + 1]).unwrap_err().contains("longer than 64 KiB"));
    }
}
