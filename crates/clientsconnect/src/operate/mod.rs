//! `clientsconnect roster`, `queue`, `guidance`, `brake`, `pause`, `resume`, and for a deployed channel `dead-letters`, `doctor` and `keys`:
//! the command for whoever runs the channel.
//!
//! Invariant: nothing here decides. Each command is one use case of [`app`], with the words that a person needs around
//! it; and no error repeats a submission's text or anybody's address.

mod advice;
mod brake;
mod connect;
mod dead_letters;
mod doctor;
mod guidance;

mod intake;
mod item;
mod keys;
mod pause;
mod print;
mod queue;
mod roster;
mod show;

use std::io::{self, Read, Write};

use anyhow::Context;
use clap::Subcommand;

use connect::{Connection, Place};
use print::Shown;

/// What whoever runs the channel does.
#[derive(Debug, Subcommand)]
pub(crate) enum Operate {
    #[command(flatten)]
    OnTables(OnTables),
    DeadLetters(dead_letters::DeadLettersArgs),
    Doctor(doctor::DoctorArgs),
    Keys(keys::KeysArgs),
}

/// What is done on a channel's tables, local or deployed.
#[derive(Debug, Subcommand)]
pub(crate) enum OnTables {
    Roster(roster::RosterArgs),
    Queue(queue::QueueArgs),
    Guidance(guidance::GuidanceArgs),
    Brake(brake::BrakeArgs),
    Pause(pause::PauseArgs),
    Resume(pause::ResumeArgs),
}

impl OnTables {
    fn place(&self) -> &Place {
        match self {
            Self::Roster(args) => &args.place,
            Self::Queue(args) => &args.place,
            Self::Guidance(args) => &args.place,
            Self::Brake(args) => &args.place,
            Self::Pause(args) => &args.place,
            Self::Resume(args) => &args.place,
        }
    }
}

/// Does it and prints what came of it. False if what was printed is not in order: an audit record that does not hold
/// together, a message that was not found, a deployment that lacks something.
///
/// # Errors
/// In plain English, with what to do next: to be printed as it stands.
pub(crate) async fn run(operate: Operate) -> anyhow::Result<bool> {
    let (shown, as_json) = match operate {
        Operate::OnTables(command) => return on_tables(command).await,
        Operate::Keys(args) => {
            let (stdin, stdout, stderr) = (&mut io::stdin(), &mut io::stdout(), &mut io::stderr());
            return keys::run(&args, &aws::start::SystemRandomness, stdin, stdout, stderr).map(|()| true);
        }
        Operate::DeadLetters(args) => {
            let as_json = args.place.json;
            (dead_letters::run(args).await?, as_json)
        }
        Operate::Doctor(args) => (doctor::run(&args).await?, args.json),
    };
    print(&shown, as_json, &mut io::stdout().lock())?;
    Ok(shown.in_order)
}

async fn on_tables(command: OnTables) -> anyhow::Result<bool> {
    let place = command.place().clone();
    let connection = Connection::open(&place).await?;
    let answered = answer(&connection, command, &mut io::stdin()).await;
    let closed = connection.close().await;
    let shown = answered?;
    print(&shown, place.json, &mut io::stdout().lock())?;
    closed?;
    Ok(shown.in_order)
}

async fn answer(
    connection: &Connection,
    command: OnTables,
    stdin: &mut (dyn Read + Send),
) -> anyhow::Result<Shown> {
    match command {
        OnTables::Roster(args) => roster::run(&connection.core, args.command).await,
        OnTables::Queue(args) => queue::run(connection, args.command, stdin).await,
        OnTables::Guidance(args) => guidance::run(connection, args.command, stdin).await,
        OnTables::Brake(args) => brake::run(&connection.core, args).await,
        OnTables::Pause(args) => pause::run(&connection.core, args.person, true).await,
        OnTables::Resume(args) => pause::run(&connection.core, args.person, false).await,
    }
}

fn print(shown: &Shown, as_json: bool, stdout: &mut impl Write) -> anyhow::Result<()> {
    let text = match as_json {
        true => serde_json::to_string_pretty(&shown.json).context("the answer cannot be written as JSON")?,
        false => shown.plain.trim_end().to_owned(),
    };
    match writeln!(stdout, "{text}") {
        // Whoever pipes a list into `head` has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("the answer cannot be printed"),
    }
}

#[cfg(test)]
mod tests;
