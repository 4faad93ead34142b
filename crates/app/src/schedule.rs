//! What a coordinator does about when items appear: pins, topics, the brake on a topic.
//!
//! Invariant: each is written into a record together with what it changes: a pin and a topic into the item's, a brake into
//! the channel's.

use std::collections::BTreeSet;

use curation::{
    audit::Actor,
    cadence::Pin,
    ids::SubmissionId,
    roster::{Duty, Officer},
    submission::Submission,
};
use jiff::Timestamp;
use store::{StoreError, Write};

use crate::{
    Core, MOST_RACES, StepFailure, queue::OfficerError, roster::turn_switch, submitter::simple, turn,
};

/// When a coordinator wants an item to appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// In the first slot from this time on.
    At(Timestamp),
    /// Before all that is not pinned.
    Next,
    /// As it came.
    Whenever,
}

/// That is no topic of the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such topic: content/topics.toml lists them")]
pub struct UnknownTopic;

fn only_coordinator(officer: &Officer) -> Result<(), OfficerError> {
    match officer.duty {
        Duty::Coordinator => Ok(()),
        Duty::Lead | Duty::Deputy => Err(OfficerError::NotYours(Duty::Coordinator.as_str())),
    }
}

/// Gives an approved item a time or the next place, or takes it back. The window, the gap and the daily count of the
/// cadence hold all the same, and so do earlier pins: with the item comes when what is pinned to a time appears at the
/// earliest.
///
/// # Errors
/// [`OfficerError`].
pub async fn pin(
    core: &Core,
    id: SubmissionId,
    officer: &Officer,
    wish: Wish,
) -> Result<(Submission, Option<Timestamp>), OfficerError> {
    only_coordinator(officer)?;
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
        let pin = match wish {
            Wish::At(at) => Some(Pin::At(at)),
            Wish::Next => Some(Pin::Next(now.at)),
            Wish::Whenever => None,
        };
        let step = before.clone().pin(officer.id, pin, now)?;
        let mut channel = core.store.channel().await?;
        turn::drop_pins(core, &mut channel.cadence, now).await?;
        let cadence = channel.cadence.pinned(id, pin, now);
        let expected = cadence.expected(id, &channel.policy.rhythm, now);
        match core.store.commit(&before, &step, vec![Write::Cadence(cadence)], &[], now).await {
            Ok(()) => return Ok((step.submission, expected)),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Says what an item is about; `None` takes it back.
///
/// # Errors
/// [`OfficerError`].
pub async fn set_topic(
    core: &Core,
    id: SubmissionId,
    officer: &Officer,
    topic: Option<&str>,
) -> Result<Submission, OfficerError> {
    only_coordinator(officer)?;
    if topic.is_some_and(|topic| content::topic(topic).is_none()) {
        return Err(UnknownTopic.into());
    }
    simple(core, id, |before, now| before.set_topic(officer.id, topic, now)).await
}

/// Stops everything about a topic, or lets it go on. Gives the topics that are stopped now.
///
/// # Errors
/// [`OfficerError`].
pub async fn brake(
    core: &Core,
    officer: &Officer,
    topic: &str,
    is_on: bool,
) -> Result<BTreeSet<String>, OfficerError> {
    only_coordinator(officer)?;
    // What is stopped can be let go also when its topic is gone from the list.
    if is_on && content::topic(topic).is_none() {
        return Err(UnknownTopic.into());
    }
    let action = format!("brake_{}: {topic}", if is_on { "on" } else { "off" });
    let switches = turn_switch(core, Actor::Person(officer.id), &action, |switches| {
        if is_on {
            switches.braked.insert(topic.to_owned());
        } else {
            switches.braked.remove(topic);
        }
    })
    .await?;
    Ok(switches.braked)
}
