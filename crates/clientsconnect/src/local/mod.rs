//! The local mode: everything of the cloud in one process on the loopback, around the same handlers.
//!
//! Invariant: nothing here decides. It stands in for what surrounds the functions: clock, tables, queues, schedules,
//! mail and a platform.

pub(crate) mod accounts;
mod bounces;
pub(crate) mod clock;
pub(crate) mod dead_letters;
mod demo;
pub(crate) mod engine;
mod examples;
mod files;
mod journal;
mod keys;
pub(crate) mod mailbox;
pub(crate) mod pages;
pub(crate) mod queue;
pub(crate) mod run;
pub(crate) mod schedule;
mod serve;
pub(crate) mod timeline;
mod webhook;

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::say;
use run::{Local, Settings};

/// The data folder if none is named.
const DATA: &str = ".data";
/// The port if none is named.
const PORT: u16 = 8080;
/// The demonstration's speed: a domain hour in a second, so that the next publishing slot is at most half a minute away.
const DEMO_SPEED: u32 = 3600;

/// Proposals that one address may make an hour here, where everybody has the same: what a deployed channel allows one
/// caller ([`app::accept::HOURLY_LIMIT`]) would be used up by trying things out.
const LOCAL_HOURLY_LIMIT: u64 = 10_000;

/// Run the whole channel on this machine: no account, no container, no network. Ctrl-C stops it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    clientsconnect local                 the channel on http://127.0.0.1:8080, kept in .data\n  \
    clientsconnect local --speed 3600    an hour passes in a second, so deadlines and publishing times come soon\n  \
    clientsconnect local --demo          one text through everything, step by step, in a folder of its own\n\n\
    What you do is kept in the data folder and is there again after a restart. Only this machine can reach the pages.\n\n\
    With all settings of an account in the environment, posts go there too:\n  \
    BLUESKY_SERVICE, BLUESKY_IDENTIFIER, BLUESKY_PASSWORD\n  \
    MASTODON_SERVER, MASTODON_ACCESS_TOKEN\n  \
    X_USER_ID, X_CONSUMER_KEY, X_CONSUMER_SECRET, X_ACCESS_TOKEN, X_ACCESS_TOKEN_SECRET")]
pub(crate) struct LocalArgs {
    /// The port on 127.0.0.1; 0 takes a free one [default: 8080; with --demo a free one]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// The folder in which everything is kept [default: .data; with --demo a fresh one, removed afterwards]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many seconds of the channel's time pass in a second, 1 to 1000000 [default: 1; with --demo 3600]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(clock::FASTEST)))]
    speed: Option<u32>,
    /// How many proposals one address may make an hour
    #[arg(long, value_name = "N", default_value_t = LOCAL_HOURLY_LIMIT)]
    hourly_limit: u64,
    /// Take one text from the form to the timeline as its people would, print each step, and end
    #[arg(long)]
    demo: bool,
    /// The text that the demonstration proposes, instead of an example
    #[arg(long, value_name = "TEXT", requires = "demo")]
    text: Option<String>,
}

impl LocalArgs {
    /// What is logged unless RUST_LOG says otherwise: each step with its ids; in the demonstration only what went wrong.
    /// The engine warns of every condition that did not hold, which is how races are decided.
    pub(crate) fn usual_log(&self) -> &'static str {
        if self.demo { "error" } else { "warn,app=info,clientsconnect=info,web=info,dynoxide=error" }
    }
}

/// Runs the local mode until it is told to stop, or the demonstration to its end.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn run(args: LocalArgs) -> anyhow::Result<()> {
    if args.demo { run_demo(args).await } else { run_channel(args).await }
}

async fn run_channel(args: LocalArgs) -> anyhow::Result<()> {
    let stop = stop_asked()?;
    let local = Local::start(Settings {
        data: args.data.unwrap_or_else(|| PathBuf::from(DATA)),
        port: args.port.unwrap_or(PORT),
        speed: args.speed.unwrap_or(1),
        hourly_limit: args.hourly_limit,
        accounts: accounts::Asked::of_process()?,
        webhook: webhook::Asked::of_process(),
    })
    .await?;
    let address = local.address();
    say::line(&format!(
        "The channel runs, for this machine only, on {address}\n\n  \
         {address}/                  propose words, as anybody would\n  \
         {address}/_local/mail       read everybody's mail: open a review's link there to vote\n  \
         {address}/_local/timeline   see what was published\n\n\
         Kept in {}. Ctrl-C stops it.",
        local.data().display()
    ));
    for line in local.news() {
        say::line(line);
    }
    stop.await;
    say::line("Stopping.");
    local.stop().await
}

async fn run_demo(args: LocalArgs) -> anyhow::Result<()> {
    let stop = stop_asked()?;
    let fresh = match &args.data {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("no temporary folder can be made: name one with --data")?),
    };
    let data =
        args.data.as_deref().or(fresh.as_ref().map(tempfile::TempDir::path)).unwrap_or(Path::new(DATA));
    let local = Local::start(Settings {
        data: data.to_owned(),
        port: args.port.unwrap_or(0),
        speed: args.speed.unwrap_or(DEMO_SPEED),
        hourly_limit: args.hourly_limit,
        // A demonstration is not for the public.
        accounts: accounts::Asked::default(),
        webhook: None,
    })
    .await?;
    say::line(&format!("The channel runs, for this machine only, on {}", local.address()));
    for line in local.news() {
        say::line(line);
    }
    let walked = tokio::select! {
        walked = demo::walk(&local, args.text.as_deref()) => walked,
        () = stop => Err(anyhow::anyhow!("stopped before the end")),
    };
    let stopped = local.stop().await;
    walked?;
    stopped
}

/// Resolves when the process is asked to end: Ctrl-C, or SIGTERM.
fn stop_asked() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let what = "this process cannot listen for Ctrl-C";
    let mut interrupted = signal(SignalKind::interrupt()).context(what)?;
    let mut terminated = signal(SignalKind::terminate()).context(what)?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}
