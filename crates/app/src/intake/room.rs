//! What waits for a panel, and what room there is besides.
//!
//! Invariant: what found no panel keeps its place before every post that was not admitted yet: its seats count as taken,
//! and it is tried again as soon as there are seats for it.

use curation::{
    ids::SubmissionId,
    policy::Policy,
    roster::Therapist,
    submission::{State, Submission, waits},
    time::Now,
};
use jiff::SignedDuration;
use store::{Ledger, StoreError, Write};

use super::Capacity;
use crate::{
    Core, StepFailure,
    ports::{Hint, QueueName},
};

/// Until a panel is drawn again for what found none, at the earliest: somebody whom only this text may not be put to is
/// counted here and not drawn, and coordinators are told of each try.
const TRY_AGAIN: SignedDuration = SignedDuration::from_hours(6);

/// The ledger of what waits, and the capacity that is left. The ledger is read first: a panel that is drawn meanwhile then
/// counts twice, and never not at all. Whatever there are seats for is hinted.
pub(super) async fn room(core: &Core, policy: &Policy) -> Result<(Ledger, Capacity), StepFailure> {
    let stored = core.store.ledger().await?;
    let waiting = waiting(core, &stored).await?;
    let roster = core.store.therapists().await?;
    let now = core.clock.now();
    invite_again(core, policy, &roster, &waiting, now).await;
    let capacity = Capacity::of(&roster, policy, waiting.len(), now);
    let still = Ledger { version: stored.version, waiting: waiting.iter().map(|one| one.id).collect() };
    Ok((tidied(core, &stored, still).await?, capacity))
}

/// What has no panel yet and needs one.
async fn waiting(core: &Core, ledger: &Ledger) -> Result<Vec<Submission>, StepFailure> {
    let mut waiting = Vec::new();
    for id in &ledger.waiting {
        let waits = |submission: &Submission| {
            submission.review.is_none()
                && matches!(submission.state, State::Received { .. } | State::InReview { .. })
        };
        waiting.extend(core.store.load(*id).await?.filter(waits));
    }
    Ok(waiting)
}

/// Takes out of the stored ledger what waits no longer, unless somebody else writes there.
async fn tidied(core: &Core, stored: &Ledger, still: Ledger) -> Result<Ledger, StepFailure> {
    if still == *stored {
        return Ok(still);
    }
    let next = Ledger { version: stored.version + 1, ..still.clone() };
    match core.store.keep_ledger(&next).await {
        Ok(()) => Ok(next),
        Err(StoreError::Conflict) => Ok(still),
        Err(error) => Err(error.into()),
    }
}

/// Hints what waits and could have a panel now, who waited longest first.
async fn invite_again(core: &Core, policy: &Policy, roster: &[Therapist], waiting: &[Submission], now: Now) {
    let mut capacity = Capacity::of(roster, policy, 0, now);
    for submission in waiting {
        if !capacity.has_room() {
            return;
        }
        capacity.promise();
        let State::InReview { draw_at: Some(draw_at), .. } = submission.state else { continue };
        let tried_at = draw_at.saturating_sub(waits::DRAW_AGAIN).unwrap_or(draw_at);
        if now.at.duration_since(tried_at) < TRY_AGAIN {
            continue;
        }
        let hint = Hint { submission: submission.id };
        if let Err(error) = core.queue.send(QueueName::Invitations, hint).await {
            tracing::warn!(submission = %submission.id, %error, "hint lost");
        }
    }
}

/// What is to be written with a step that found no panel for a submission: the ledger that keeps its seats.
pub(crate) async fn keeps_seats(core: &Core, id: SubmissionId) -> Result<Option<Write>, StoreError> {
    let mut ledger = core.store.ledger().await?;
    if ledger.waiting.contains(&id) {
        return Ok(None);
    }
    ledger.version += 1;
    ledger.waiting.push(id);
    Ok(Some(Write::Ledger(ledger)))
}
