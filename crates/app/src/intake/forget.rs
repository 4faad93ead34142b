//! A post that was deleted: nothing of it stays, and nothing that shares it.
//!
//! Invariant: the mark that something is left to forget goes last, so that a crash in between is found again.

use curation::{composition::Target, submission::Revision};
use jiff::SignedDuration;
use store::{Post, PostKey, PostState, StoreError, Write};

use crate::{Core, MOST_RACES, StepFailure};

/// Posts that are asked for at once.
const MOST_AT_ONCE: i32 = 100;
/// How often one run asks: what a function has time for. What is left is found by the next.
const MOST_ROUNDS: usize = 5;
/// Real time until a post that could not be forgotten is tried again: it keeps no other waiting.
const TRY_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// Forgets every post that is gone.
///
/// # Errors
/// [`StepFailure::Store`]: what is left is found again.
pub(super) async fn run(core: &Core) -> Result<usize, StepFailure> {
    let mut forgotten = 0;
    for _ in 0..MOST_ROUNDS {
        let keys = core.store.gone(core.clock.now(), MOST_AT_ONCE).await?;
        for key in &keys {
            forgotten += usize::from(forget_one(core, key).await?);
        }
        if i32::try_from(keys.len()).is_ok_and(|found| found < MOST_AT_ONCE) {
            break;
        }
    }
    Ok(forgotten)
}

async fn forget_one(core: &Core, key: &PostKey) -> Result<bool, StepFailure> {
    let now = core.clock.now();
    let Some(post) = core.store.post(key, now).await? else {
        core.store.drop_expired(key, now).await?;
        return Ok(false);
    };
    if post.state != PostState::Gone {
        return Ok(false);
    }
    let Err(error) = forget(core, &post).await else { return Ok(true) };
    tracing::error!(%error, "a post that is gone could not be forgotten");
    match core.store.forget_later(&post, now.after_real(TRY_AGAIN)).await {
        Ok(()) | Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn forget(core: &Core, post: &Post) -> Result<(), StepFailure> {
    if let Some(id) = post.submission {
        pull(core, id).await?;
    }
    // X names an edited post by the id that it had first, and it waits under its last.
    if let Some(other) = &post.moved_to {
        core.store.post_gone(None, other, core.clock.now()).await?;
    }
    match core.store.forgotten(post, core.clock.now()).await {
        // It changed meanwhile: still in its lane, it is looked at again.
        Err(StoreError::Conflict) => Ok(()),
        done => Ok(done?),
    }
}

/// Pulls whatever shares the post, and takes the post out of what is kept of it.
pub(crate) async fn pull(core: &Core, id: curation::ids::SubmissionId) -> Result<(), StepFailure> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let Some(before) = core.store.load(id).await? else { return Ok(()) };
        if before.target_gone {
            return Ok(());
        }
        let step = before.clone().target_is_gone(now);
        let mut writes = Vec::new();
        // What is concealed nobody reads here: it is erased at once instead.
        if !before.is_concealed() {
            for number in 1..=before.revision {
                if let Some(revision) = core.store.revision(id, number).await? {
                    writes.push(Write::Revision(without_target(revision)));
                }
            }
        }
        match core.store.commit(&before, &step, writes, &[], now).await {
            Ok(()) => {
                tracing::info!(submission = %id, state = step.submission.state.name(), "its target is gone");
                core.hint_after(&step).await;
                return Ok(());
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// The revision without anything of the post: our own words stay, which the record is about.
fn without_target(mut revision: Revision) -> Revision {
    revision.composition.target = revision.composition.target.take().map(|target| Target {
        post: String::new(),
        author: String::new(),
        handle: String::new(),
        text: String::new(),
        posted_at: None,
        version: None,
        pointer: None,
        ..target
    });
    // Elsewhere the words that would have appeared point to it.
    let platform = revision.composition.target.as_ref().map(|target| target.platform.clone());
    revision.composition.renderings.retain(|one| Some(&one.platform) == platform.as_ref());
    for rendering in &mut revision.composition.renderings {
        rendering.shares = None;
    }
    revision
}
