//! Lines in, answers out: one thread reads, some screen, this one writes.
//!
//! Invariants: answers come in the order of the lines, whoever finishes first; what is read and not yet written is
//! bounded, whatever the length of the input; and an answer never waits for a line that has not come.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Context;

use super::Tally;
use super::answer::answer;
use super::input::{Line, Lines};
use super::progress::Progress;

/// Batches for each worker that may be read and not yet written: one at work, one that waits.
const BATCHES_AHEAD: usize = 2;

/// Lines that came together, and where their answers are waited for.
struct Batch {
    lines: Vec<Line>,
    done: SyncSender<Answers>,
}

/// The answers to a batch, as they will be written.
type Answers = serde_json::Result<(Vec<u8>, Tally)>;

/// Screens every line of `input` with `jobs` threads and answers on `output`.
///
/// # Errors
/// Reading or writing failed. A reader of the answers who left is no failure.
pub(super) fn run<R: Read + Send + 'static>(
    input: R,
    output: &mut dyn Write,
    redact: bool,
    jobs: usize,
    progress: &mut Progress<'_>,
) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    // The threads are not waited for: when this one returns, the reader may still be waiting for a line that never comes.
    for answers in start(input, redact, jobs) {
        let answers = answers.context("reading standard input")?;
        let (answers, more) = answers.recv().context("a thread that screens has stopped")??;
        match output.write_all(&answers).and_then(|()| output.flush()) {
            // Whoever pipes the answers into `head` has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(tally),
            written => written.context("writing standard output")?,
        }
        tally.add(more);
        progress.tell(tally);
    }
    Ok(tally)
}

/// Starts the reader and the workers; gives, in the order of the lines, where the answers to each batch will come.
fn start<R: Read + Send + 'static>(
    input: R,
    redact: bool,
    jobs: usize,
) -> Receiver<io::Result<Receiver<Answers>>> {
    let (to_writer, in_order) = sync_channel(jobs * BATCHES_AHEAD);
    let (to_workers, batches) = sync_channel(jobs);
    let batches = Arc::new(Mutex::new(batches));
    for _ in 0..jobs {
        let batches = Arc::clone(&batches);
        thread::spawn(move || work(&batches, redact));
    }
    thread::spawn(move || read(input, &to_writer, &to_workers));
    in_order
}

/// Reads until the input ends, or nobody waits for answers any more.
fn read<R: Read>(
    input: R,
    to_writer: &SyncSender<io::Result<Receiver<Answers>>>,
    to_workers: &SyncSender<Batch>,
) {
    let mut input = Lines::new(input);
    loop {
        match input.batch() {
            Ok(lines) if lines.is_empty() => return,
            Ok(lines) => {
                let (done, answers) = sync_channel(1);
                if to_writer.send(Ok(answers)).is_err() || to_workers.send(Batch { lines, done }).is_err() {
                    return;
                }
            }
            Err(error) => {
                // If nobody waits for it any more, nobody needs to know.
                let _ = to_writer.send(Err(error));
                return;
            }
        }
    }
}

fn work(batches: &Mutex<Receiver<Batch>>, redact: bool) {
    loop {
        let next = batches.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Batch { lines, done }) = next else { return };
        // Not sent: the writer has left.
        let _ = done.send(answer_all(&lines, redact));
    }
}

fn answer_all(lines: &[Line], redact: bool) -> Answers {
    let mut answers = Vec::new();
    let mut tally = Tally::default();
    for line in lines {
        tally.add(answer(line, redact, &mut answers)?);
    }
    Ok((answers, tally))
}
