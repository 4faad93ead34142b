//! Finding what a newer engine has to look at.
//!
//! Invariants: a version of screening walks through what waits twice and never again; a walk that dies goes on from its
//! mark, and what it hints at twice is screened once. It only makes things prompt: nothing is published that the present
//! engine has not screened, whether or not a walk came by ([`crate::publish`]).

use jiff::{SignedDuration, Timestamp};
use screening::ENGINE;
use store::{LANES, ScreeningWalk, StoreError, WaitingLane};

use crate::{
    Core,
    ports::{Hint, QueueName},
};

/// Entries of the index in one page: a query reads them in some milliseconds.
const PAGE: i32 = 250;

/// Hints after which a walk rests until the next sweep: a function has time for them, and screening is not flooded.
const MOST_HINTS: usize = 250;

/// Pages after which it rests too: most of what waits may wait for its erasure only, and is passed over.
const MOST_PAGES: usize = 10;

/// Walks of one version. What changes lanes or due times between two pages can slip past a walk, and while a channel is
/// upgraded a function of the old version may still take something in: the second finds both.
const WALKS: u32 = 2;

/// Real time from the end of a walk to the next: longer than any upgrade takes.
const NEXT_WALK: SignedDuration = SignedDuration::from_hours(1);

/// Goes on with the walk of the present engine: one read when there is none to do.
///
/// # Errors
/// [`StoreError`], or [`StoreError::Unavailable`] when the queue takes no hints: the next sweep goes on from the mark.
pub(crate) async fn walk(core: &Core) -> Result<(), StoreError> {
    let now = core.clock.real_time();
    let stored = core.store.screening_walk().await?;
    let mut walk = match stored {
        // An older function still runs beside the newer ones.
        Some(walk) if walk.engine > ENGINE.0 => return Ok(()),
        Some(walk) if walk.engine == ENGINE.0 => walk,
        Some(_) | None => begun(now),
    };
    if walk.done >= WALKS || walk.not_before > now {
        return Ok(());
    }
    let (mut hints, mut pages) = (0, 0);
    while walk.done < WALKS && walk.not_before <= now && hints < MOST_HINTS && pages < MOST_PAGES {
        let lane = lanes().nth(walk.lane);
        let Some(lane) = lane else {
            walk = ScreeningWalk {
                lane: 0,
                done: walk.done + 1,
                not_before: now.saturating_add(NEXT_WALK).unwrap_or(now),
                ..walk
            };
            continue;
        };
        let page = core.store.waiting(lane, walk.after.take(), PAGE).await?;
        for (id, state) in &page.items {
            // The state in the index may be an old one: what has been screened since is left alone.
            if MAY_WAIT.contains(&state.as_str()) {
                core.queue
                    .send(QueueName::Screening, Hint { submission: *id })
                    .await
                    .map_err(|error| StoreError::Unavailable(error.reason))?;
                hints += 1;
            }
        }
        pages += 1;
        walk.lane += usize::from(page.next.is_none());
        walk.after = page.next;
    }
    core.store.mark_screening_walk(&walk).await?;
    tracing::info!(engine = walk.engine, done = walk.done, hints, "looked for what is to be screened again");
    Ok(())
}

fn begun(now: Timestamp) -> ScreeningWalk {
    ScreeningWalk { engine: ENGINE.0, done: 0, lane: 0, after: None, not_before: now }
}

/// What is reviewed moves on to the publisher's lane: that one comes last.
fn lanes() -> impl Iterator<Item = WaitingLane> {
    (0..LANES).map(WaitingLane::Work).chain([WaitingLane::Publish])
}

/// The states in which an item may wait for a newer engine ([`curation::submission::Submission::waits_for_engine`]).
const MAY_WAIT: [&str; 8] =
    ["in_review", "stalled", "needs_redaction", "rewording", "declined", "rejected", "approved", "guidance"];
