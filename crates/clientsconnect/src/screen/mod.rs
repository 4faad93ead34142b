//! `clientsconnect screen`: what screening says of texts, for programs (JSON lines) and for people (`--explain`).
//!
//! Invariant: what is read is bounded, so is the memory; one answer for each line, in the order of the lines; no error
//! message quotes a text; and whoever stops reading the answers ends the run quietly.

mod answer;
mod explain;
mod input;
mod progress;
mod stream;
mod words;

use std::io::{self, IsTerminal};
use std::num::NonZeroUsize;
use std::time::Instant;

use progress::Progress;

/// Says what screening finds in texts: one JSON object with "id" and "text" per line on standard input, one answer per line on standard output.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  echo '{\"id\": \"a1\", \"text\": \"Grief has no timetable.\"}' | clientsconnect screen
  clientsconnect screen --redact < texts.jsonl > answers.jsonl
  clientsconnect screen --explain < text.txt

A line that is no such object, or whose text is empty or longer than 256 KiB, gets
{\"id\": null, \"error\": ...} in its place, the run goes on, and the exit status is 1.
It is 1 too if screening failed on a text, which is then held:
{\"id\": ..., \"route\": \"hold\", \"reason\": \"screening_failed\", ...}.")]
pub(crate) struct ScreenArgs {
    /// Add "redacted": the text with each personal datum replaced by its kind in square brackets.
    #[arg(long)]
    redact: bool,
    /// Show people what was found and where. Standard input is one plain text, or JSON lines if the first line is a JSON object.
    #[arg(long, conflicts_with_all = ["redact", "jobs"])]
    explain: bool,
    /// How many texts are screened at the same time; usually as many as there are processors.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

/// What a run came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    /// Lines answered, with a report or with an error.
    lines: u64,
    /// Lines that were no such object.
    refused: u64,
    /// Texts that are held because screening failed on them.
    failed: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.lines += other.lines;
        self.refused += other.refused;
        self.failed += other.failed;
    }

    fn in_order(self) -> bool {
        self.refused == 0 && self.failed == 0
    }
}

/// Screens what comes on standard input; false if a line was refused or screening failed on one.
///
/// # Errors
/// Reading or writing failed. A reader of the answers who left is no failure.
pub(crate) fn run(args: &ScreenArgs) -> anyhow::Result<bool> {
    let (stdin, mut stdout, mut stderr) = (io::stdin(), io::stdout(), io::stderr());
    if stdin.is_terminal() {
        let what = if args.explain { "a text" } else { "JSON lines" };
        eprintln!("Reading {what} from the terminal; Ctrl-D on a line of its own ends it.");
    }
    if args.explain {
        let colour = stdout.is_terminal() && wants_colour(|name| std::env::var(name).ok());
        return explain::run(stdin.lock(), &mut stdout, colour).map(Tally::in_order);
    }
    // Among answers on the same terminal, or under somebody's typing, a progress line would only be in the way.
    let shown = stderr.is_terminal() && !stdout.is_terminal() && !stdin.is_terminal();
    let begun = Instant::now();
    let mut progress =
        Progress::new(if shown { Some(&mut stderr) } else { None }, Box::new(move || begun.elapsed()));
    let jobs = args.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let tally = stream::run(stdin, &mut stdout, args.redact, jobs, &mut progress)?;
    progress.end(tally);
    Ok(tally.in_order())
}

/// Colour is wanted on a terminal that can show it, unless its user says otherwise (<https://no-color.org>).
fn wants_colour(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("NO_COLOR").is_none_or(|value| value.is_empty())
        && variable("TERM").is_none_or(|terminal| terminal != "dumb")
}

#[cfg(test)]
mod tests;
