//! Whose turn it is: what a coordinator pinned, guidance when it is due, then all else as it came.
//!
//! Invariants: what may not appear now, for its topic or for the hour, does not use up a slot; and what is decided here is
//! checked again by the transaction that takes an item: by the cadence's version, and by [`Check::NotBraked`].

use curation::{
    cadence::{Appearance, Slot},
    submission::{Revision, State, Submission},
    time::{Now, london},
};
use store::{Channel, Check, Hit, StoreError};

use crate::{Core, StepFailure};

/// Whether any post may be taken now.
pub(crate) fn is_open(channel: &Channel, now: Now) -> bool {
    let is_open = |what| channel.cadence.is_open(what, &channel.policy.rhythm, now);
    !channel.switches.paused && (is_open(Appearance::Curated) || is_open(Appearance::Guidance))
}

/// The hits in the order in which they are looked at: what is under way and what is to be taken down does not wait behind
/// what waits for a slot; of that, only what may have one now.
pub(crate) fn in_order(hits: Vec<Hit>, channel: &Channel, now: Now) -> Vec<Hit> {
    let guidance = hits.iter().filter(|hit| matches!(hit, Hit::Guidance(_))).count();
    let cadence = &channel.cadence;
    let is_open = |what| cadence.is_open(what, &channel.policy.rhythm, now);
    let (curated_is_open, guidance_is_open) = (is_open(Appearance::Curated), is_open(Appearance::Guidance));
    let mut all = hits;
    all.retain(|hit| match hit {
        Hit::WaitsForSlot(_) => curated_is_open,
        Hit::Guidance(id) => guidance_is_open && cadence.may_repeat(*id, guidance > 1, now),
        Hit::Submission(_) | Hit::Notices(_) => true,
    });
    all.sort_by_cached_key(|hit| match hit {
        Hit::Submission(_) | Hit::Notices(_) => None,
        Hit::WaitsForSlot(id) => Some(cadence.turn(*id, Appearance::Curated)),
        Hit::Guidance(id) => Some(cadence.turn(*id, Appearance::Guidance)),
    });
    all
}

/// The slot that is open for an item, if one is.
pub(crate) fn slot(channel: &Channel, item: &Submission, now: Now) -> Slot {
    channel.cadence.slot(item.id, item.appearance(), &channel.policy.rhythm, now)
}

/// Whether words may appear now as far as their topic and the hour go.
pub(crate) fn may_appear(channel: &Channel, item: &Submission, revision: &Revision, now: Now) -> bool {
    if item.topic.as_ref().is_some_and(|topic| channel.switches.braked.contains(topic)) {
        return false;
    }
    // What somebody proposed is theirs; what the channel itself says sends nobody to a line that is closed.
    let composition = &revision.composition;
    let disclaimer = composition.disclaimer_for(item.occurrence());
    let words = format!("{}\n{}", composition.words, disclaimer.text);
    item.appearance() == Appearance::Curated || content::is_fit_to_appear(&words, london(now.at).datetime())
}

/// What must hold of the switches when an item is taken, or goes on.
pub(crate) fn switches(item: &Submission) -> Check {
    item.topic.clone().map_or(Check::NotPaused, Check::NotBraked)
}

/// Ends guidance that was approved too long ago, and tells a coordinator. True if it was.
pub(crate) async fn has_lapsed(core: &Core, item: &Submission, now: Now) -> Result<bool, StepFailure> {
    let waits = matches!(item.state, State::Approved { awaits_submitter: false, .. });
    if !waits || !item.approval_is_old(now) {
        return Ok(false);
    }
    let step = item.clone().lapse(now)?;
    match core.store.commit(item, &step, vec![], &[], now).await {
        Ok(()) => {
            tracing::warn!(submission = %item.id, "guidance has to be approved again");
            core.hint_after(&step).await;
            Ok(true)
        }
        // Somebody else was first: the next poll looks again.
        Err(StoreError::Conflict) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
