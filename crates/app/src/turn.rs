//! Whose turn it is: what a coordinator pinned, guidance when it is due, then all else as it came.
//!
//! Invariants: what may not appear now, for its topic or for the hour, does not use up a slot; guidance whose hour is yet to
//! come today keeps it; and what is decided here is checked again by the transaction that takes an item: by the cadence's
//! version, and by [`Check::NotBraked`].

use curation::{
    cadence::{Appearance, Cadence, Pin, Slot},
    submission::{Revision, Step, Submission},
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
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn in_order(
    core: &Core,
    hits: Vec<Hit>,
    channel: &mut Channel,
    now: Now,
) -> Result<Vec<Hit>, StoreError> {
    drop_pins(core, &mut channel.cadence, now).await?;
    let cadence = &channel.cadence;
    let is_open = |what| cadence.is_open(what, &channel.policy.rhythm, now);
    let (curated_is_open, guidance_is_open) = (is_open(Appearance::Curated), is_open(Appearance::Guidance));
    let mut all = hits;
    all.retain(|hit| match hit {
        Hit::WaitsForSlot(_) => curated_is_open,
        Hit::Guidance(_) => guidance_is_open,
        Hit::Submission(_) | Hit::Notices(_) => true,
    });
    all.sort_by_cached_key(|hit| match hit {
        Hit::Submission(_) | Hit::Notices(_) => None,
        Hit::WaitsForSlot(id) => Some(cadence.turn(*id, Appearance::Curated)),
        Hit::Guidance(id) => Some(cadence.turn(*id, Appearance::Guidance)),
    });
    if is_kept_for_later(core, &all, channel, now).await? {
        all.retain(|hit| !matches!(hit, Hit::Guidance(_)));
    }
    Ok(all)
}

/// Whether the guidance in turn appears at a later hour of today: then no other takes its slot. Otherwise what is tied to
/// the evening would never appear, since others are fit when the window opens.
async fn is_kept_for_later(
    core: &Core,
    hits: &[Hit],
    channel: &Channel,
    now: Now,
) -> Result<bool, StoreError> {
    for hit in hits {
        let Hit::Guidance(id) = hit else { continue };
        let item = match core.store.load(*id).await {
            Ok(Some(item)) if !item.approval_is_old(now) && !is_braked(channel, &item) => item,
            // Not in turn: whoever looks at it says what is amiss.
            Ok(_) | Err(StoreError::Unreadable(_)) => continue,
            Err(error) => return Err(error),
        };
        let revision = match core.store.revision(*id, item.revision).await {
            Ok(Some(revision)) => revision,
            Ok(None) | Err(StoreError::Unreadable(_)) => continue,
            Err(error) => return Err(error),
        };
        let here = london(now.at).datetime();
        let closes = here.date().at(channel.policy.rhythm.closes.clamp(0, 23), 0, 0, 0);
        if let Some(at) = content::fit_from(&words(&item, &revision), here, closes) {
            return Ok(at > here);
        }
    }
    Ok(false)
}

/// Drops the pins for times to come of what waits for a slot no more, so that they keep nothing from appearing.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn drop_pins(core: &Core, cadence: &mut Cadence, now: Now) -> Result<(), StoreError> {
    for (id, pin) in cadence.pins.clone() {
        if !matches!(pin, Pin::At(at) if at > now.at) {
            continue;
        }
        let still_waits = match core.store.load(id).await {
            Ok(item) => item.is_some_and(|item| item.pin == Some(pin)),
            // What cannot be read cannot be taken either, and keeps nothing else from it.
            Err(StoreError::Unreadable(_)) => false,
            Err(error) => return Err(error),
        };
        if !still_waits {
            cadence.pins.remove(&id);
        }
    }
    Ok(())
}

/// The slot that is open for an item, if one is.
pub(crate) fn slot(channel: &Channel, item: &Submission, now: Now) -> Slot {
    channel.cadence.slot(item.id, item.appearance(), &channel.policy.rhythm, now)
}

/// Whether words may appear now as far as their topic and the hour go.
pub(crate) fn may_appear(channel: &Channel, item: &Submission, revision: &Revision, now: Now) -> bool {
    // What somebody proposed is theirs; what the channel itself says sends nobody to a line that is closed.
    let is_fit = || content::is_fit_to_appear(&words(item, revision), london(now.at).datetime());
    !is_braked(channel, item) && (item.appearance() == Appearance::Curated || is_fit())
}

fn is_braked(channel: &Channel, item: &Submission) -> bool {
    item.topic.as_ref().is_some_and(|topic| channel.switches.braked.contains(topic))
}

/// What readers would read.
fn words(item: &Submission, revision: &Revision) -> String {
    let composition = &revision.composition;
    format!("{}\n{}", composition.words, composition.disclaimer_for(item.occurrence()).text)
}

/// What must hold of the switches when an item is taken, or goes on.
pub(crate) fn switches(item: &Submission) -> Check {
    item.topic.clone().map_or(Check::NotPaused, Check::NotBraked)
}

/// What has to be said of guidance before it is taken: that it was approved too long ago, or nearly so, or that it takes
/// the place of an older approval. True if something was, and the next poll looks again.
pub(crate) async fn has_lapsed(core: &Core, item: &Submission, now: Now) -> Result<bool, StepFailure> {
    if let Some(old) = item.replaces
        && let Some(old) = core.store.load(old).await?
        && let Ok(step) = old.clone().give_way(now)
    {
        return written(core, &old, &step, now).await;
    }
    let step = match item.approval_is_old(now) {
        true => item.clone().lapse(now),
        false => item.clone().tell_of_lapse(now),
    };
    match step {
        Ok(step) => written(core, item, &step, now).await,
        Err(_) => Ok(false),
    }
}

async fn written(core: &Core, before: &Submission, step: &Step, now: Now) -> Result<bool, StepFailure> {
    match core.store.commit(before, step, vec![], &[], now).await {
        Ok(()) => {
            tracing::warn!(submission = %before.id, "guidance has to be approved again, or was");
            core.hint_after(step).await;
            Ok(true)
        }
        // Somebody else was first: the next poll looks again.
        Err(StoreError::Conflict) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
