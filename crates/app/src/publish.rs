//! Publishing: taking the next approved item when the cadence allows, posting it, taking posts down.
//!
//! Invariant: every call to a platform is preceded by a stored intent and followed by a stored result. Whoever takes
//! over after a crash repeats only what a platform takes as a repetition.

use std::{collections::BTreeSet, sync::Arc};

use curation::{
    cadence::Slot,
    composition::{PlatformName, Replies, Share},
    submission::{Attention, Delivery, DeliveryStatus, Revision, State, Step, Submission},
    time::Now,
    transitions::NotPublishable,
};
use jiff::SignedDuration;
use platforms::{Intent, Platform, PlatformError, RemotePost};
use screening::ENGINE;
use store::{Channel, Check, Hit, StoreError, Write};

use crate::{Core, MOST_RACES, StepFailure, ports::QueueName, share, turn};

/// The platforms that are switched on.
pub type Platforms = [Arc<dyn Platform>];

/// Looks once at what is due for publishing. When nothing is, that is one query.
///
/// # Errors
/// [`StepFailure::Store`]: the next poll goes on.
pub async fn poll(core: &Core, platforms: &Platforms) -> Result<(), StepFailure> {
    let mut slots = Slots::Unknown;
    let mut hits = core.store.due_to_publish(core.clock.now().at).await?;
    // What is to be taken down does not wait behind what waits for a slot.
    let waits = |hit: &Hit| matches!(hit, Hit::WaitsForSlot(_) | Hit::Guidance(_));
    hits.sort_by_key(waits);
    if !platforms.is_empty() && hits.last().is_some_and(waits) {
        slots.may_be_open(core, core.clock.now()).await?;
        if let Slots::Open(channel) = &mut slots {
            hits = turn::in_order(core, hits, channel, core.clock.now()).await?;
        }
    }
    for hit in hits {
        let now = core.clock.now();
        let id = match hit {
            // As in a trial: what is approved waits, and nothing is amiss.
            hit if waits(&hit) && platforms.is_empty() => continue,
            hit if waits(&hit) && !slots.may_be_open(core, now).await? => continue,
            Hit::WaitsForSlot(id) | Hit::Guidance(id) | Hit::Submission(id) => id,
            Hit::Notices(_) => continue,
        };
        let before = match core.store.load(id).await {
            Ok(Some(before)) => before,
            Ok(None) => continue,
            Err(StoreError::Unreadable(what)) => {
                tracing::error!(submission = %id, what, "a due item cannot be read");
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        if before.due().is_none_or(|due| due.at > now.at) {
            continue;
        }
        let outcome = match before.state {
            State::Approved { awaits_submitter: false, .. } => {
                match std::mem::replace(&mut slots, Slots::Closed) {
                    Slots::Open(channel) => match take(core, platforms, before, &channel, now).await {
                        // What could not be taken has not used the slot.
                        Ok(None) => {
                            slots = Slots::Open(channel);
                            Ok(())
                        }
                        Ok(Some((taken, revision))) => deliver(core, platforms, taken, &revision, true).await,
                        Err(error) => Err(error),
                    },
                    Slots::Unknown | Slots::Closed => Ok(()),
                }
            }
            State::Publishing { .. } => resume(core, platforms, before, now).await,
            State::Retracting { .. } => take_down(core, platforms, before, now).await,
            State::Published { .. } => share::look_again(core, platforms, before, now).await,
            _ => Ok(()),
        };
        match outcome {
            Ok(()) | Err(StepFailure::Store(StoreError::Conflict | StoreError::Paused)) => {}
            // One item's trouble does not keep another from being taken down.
            Err(error) => tracing::error!(submission = %id, %error, "a due item could not be published"),
        }
    }
    Ok(())
}

/// Whether this poll may take an item.
enum Slots {
    Unknown,
    Open(Box<Channel>),
    Closed,
}

impl Slots {
    /// Asks the settings, once a poll.
    async fn may_be_open(&mut self, core: &Core, now: Now) -> Result<bool, StoreError> {
        if matches!(self, Self::Unknown) {
            let channel = core.store.channel().await?;
            *self = if turn::is_open(&channel, now) { Self::Open(Box::new(channel)) } else { Self::Closed };
        }
        Ok(matches!(self, Self::Open(_)))
    }
}

/// Takes an approved item: slot, lease and intents in one transaction, in which everybody who approved it is in good
/// standing. `None` if it may not be published now.
async fn take(
    core: &Core,
    platforms: &Platforms,
    before: Submission,
    channel: &Channel,
    now: Now,
) -> Result<Option<(Submission, Revision)>, StepFailure> {
    if turn::has_lapsed(core, &before, now).await? {
        return Ok(None);
    }
    let Slot::Open(cadence) = turn::slot(channel, &before, now) else {
        return Ok(None);
    };
    let Some(revision) = core.store.revision(before.id, before.revision).await? else {
        return Err(StoreError::Unreadable("revision").into());
    };
    if !turn::may_appear(channel, &before, &revision, now) {
        return Ok(None);
    }
    if !share::is_as_seen(core, platforms, &before, &revision, now).await? {
        return Ok(None);
    }
    let is_on = |name: &PlatformName| platforms.iter().any(|platform| platform.name() == *name);
    let renderings = revision.composition.renderings_for(before.occurrence());
    let is_enabled = renderings.iter().any(|rendering| is_on(&rendering.platform));
    let mut barred = BTreeSet::new();
    loop {
        match before.publishable(&revision, ENGINE.0, &barred) {
            Ok(()) if is_enabled => {}
            Err(NotPublishable::QuorumLost) => {
                let step = before.clone().quorum_lost(&barred, now)?;
                core.store.commit(&before, &step, vec![], &[], now).await?;
                tracing::warn!(submission = %before.id, "quorum lost before publication");
                core.hint_after(&step).await;
                return Ok(None);
            }
            Err(NotPublishable::ScreenedBefore) => {
                let step = before.clone().awaits_screening(now)?;
                core.store.commit(&before, &step, vec![], &[], now).await?;
                tracing::info!(submission = %before.id, "to be screened again before it is published");
                core.hint(QueueName::Screening, &step.submission).await;
                return Ok(None);
            }
            refused => {
                let reason = refused
                    .err()
                    .map_or("its platforms are switched off".to_owned(), |error| error.to_string());
                tracing::error!(submission = %before.id, reason, "approved content cannot be published");
                return Ok(None);
            }
        }
        let step = before.clone().take(renderings, is_on, core.clock.real_time(), now)?;
        let approvers = before.review.as_ref().map(|review| review.approvers()).unwrap_or_default();
        let mut checks = vec![turn::switches(&before)];
        checks.extend(approvers.difference(&barred).map(|person| Check::Standing(*person, now)));
        let writes = vec![Write::Cadence(cadence.clone())];
        match core.store.commit(&before, &step, writes, &checks, now).await {
            Ok(()) => {
                tracing::info!(submission = %before.id, "publishing");
                return Ok(Some((step.submission, revision)));
            }
            Err(StoreError::Barred(people)) => barred.extend(people),
            Err(error) => return Err(error.into()),
        }
    }
}

/// How long a post of which nobody knows whether it exists, or the rest of a thread, is tried before a human is asked, in
/// real time: an outage of a platform seldom lasts longer. After as long a coordinator is told of a platform that takes
/// nothing.
const PATIENCE: SignedDuration = SignedDuration::from_hours(6);

fn has_waited_long(core: &Core, delivery: &Delivery) -> bool {
    let since = delivery.tried_since.unwrap_or(delivery.created_at);
    core.clock.real_time().duration_since(since) > PATIENCE
}

/// Takes over from a publisher that vanished, or from a platform that was away: under the same conditions as whoever
/// took the item.
async fn resume(core: &Core, platforms: &Platforms, before: Submission, now: Now) -> Result<(), StepFailure> {
    let Some(revision) = core.store.revision(before.id, before.revision).await? else {
        return Err(StoreError::Unreadable("revision").into());
    };
    let first =
        |wanted: fn(DeliveryStatus) -> bool| before.deliveries.iter().position(|one| wanted(one.status));
    let unknown = first(|status| status == DeliveryStatus::Sending);
    let index = unknown.or_else(|| first(|status| status != DeliveryStatus::Sent)).unwrap_or_default();
    if revision.content() != before.content {
        return ask_human(core, before, index, Attention::Ambiguous).await;
    }
    if !before.deliveries.iter().any(|delivery| is_begun(platforms, delivery)) {
        // Nothing is on a platform yet: it takes its turn again, and with it all that is asked then.
        let step = before.clone().put_back(now)?;
        let cadence =
            core.store.channel().await?.cadence.given_back(before.id, before.appearance(), before.pin);
        return Ok(core.store.commit(&before, &step, vec![Write::Cadence(cadence)], &[], now).await?);
    }
    let step = before.clone().renew_lease(now)?;
    let approvers = before.review.as_ref().map(|review| review.approvers()).unwrap_or_default();
    let mut checks = vec![turn::switches(&before)];
    checks.extend(approvers.into_iter().map(|person| Check::Standing(person, now)));
    match core.store.commit(&before, &step, vec![], &checks, now).await {
        Ok(()) => {}
        // Half a thread, and not everybody who approved it would be counted now: a human decides.
        Err(StoreError::Barred(_)) => return ask_human(core, before, index, Attention::Ambiguous).await,
        Err(error) => return Err(error.into()),
    }
    deliver(core, platforms, step.submission, &revision, false).await
}

/// What came of one platform's posts in one poll.
enum Turn {
    /// All are made, or nothing is to be made now.
    Done,
    /// A later poll goes on.
    Later,
    /// Nothing is there, and the platform takes nothing: from this delivery on it waits.
    Away(usize),
    /// A human has to look at this delivery.
    Human(usize, Attention),
}

/// Posts what is not yet posted: on each platform as far as it goes, whatever the others do. `is_just_taken` says that
/// what is being sent was never sent before: then a platform that made no post now has none.
async fn deliver(
    core: &Core,
    platforms: &Platforms,
    mut submission: Submission,
    revision: &Revision,
    is_just_taken: bool,
) -> Result<(), StepFailure> {
    let mut turns = Vec::new();
    for platform in platforms {
        let (after, turn) = post_on(core, &**platform, submission, revision, is_just_taken).await?;
        submission = after;
        turns.push(turn);
        if !matches!(submission.state, State::Publishing { .. }) {
            break;
        }
    }
    turns.extend(switched_off(core, platforms, &submission));
    match submission.state {
        State::Publishing { .. } => what_is_left(core, submission, &turns).await,
        State::Published { .. } => {
            tracing::info!(submission = %submission.id, "published");
            Ok(())
        }
        // A concern or a withdrawal came in between, and nothing more is posted.
        _ => Ok(()),
    }
}

/// Asks a human, unless something still goes on by itself: everything waits for a human's answer. What neither needs is
/// left to a later poll, when the lease ends.
async fn what_is_left(core: &Core, submission: Submission, turns: &[Turn]) -> Result<(), StepFailure> {
    let goes_on = turns.iter().any(|turn| matches!(turn, Turn::Later | Turn::Away(_)));
    let has_waited = |index: usize| has_waited_long(core, &submission.deliveries[index]);
    for turn in turns {
        match *turn {
            Turn::Human(index, why) if !goes_on || has_waited(index) => {
                return ask_human(core, submission, index, why).await;
            }
            _ => {}
        }
    }
    let away = turns.iter().find_map(|turn| match turn {
        Turn::Away(index) if has_waited(*index) => Some(*index),
        _ => None,
    });
    if let Some(index) = away.filter(|_| !turns.iter().any(|turn| matches!(turn, Turn::Later))) {
        apply(core, submission, |submission, now| submission.waits_for_platform(index, now)).await?;
    }
    Ok(())
}

/// What becomes of what is to be made on platforms that are switched off.
fn switched_off(core: &Core, platforms: &Platforms, submission: &Submission) -> Vec<Turn> {
    let mut turns = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, delivery) in submission.deliveries.iter().enumerate() {
        let is_left = delivery.status != DeliveryStatus::Sent && platform_of(platforms, delivery).is_none();
        if is_left && seen.insert(&delivery.platform) {
            let platform = &delivery.platform;
            tracing::error!(submission = %submission.id, %platform, "a publication waits for a platform that is switched off");
            turns.push(match delivery.status {
                DeliveryStatus::Pending => without_platform(core, submission, index),
                _ => given_up_after_long(core, delivery, Turn::Human(index, Attention::Ambiguous)),
            });
        }
    }
    turns
}

/// What becomes of a post that was not made because its platform takes nothing now. The disclaimer comes last, and half a
/// thread is without it: after a while a human decides whether that stays.
fn without_platform(core: &Core, submission: &Submission, index: usize) -> Turn {
    let delivery = &submission.deliveries[index];
    let is_there = |one: &Delivery| one.platform == delivery.platform && one.status == DeliveryStatus::Sent;
    match submission.deliveries.iter().any(is_there) {
        true => given_up_after_long(core, delivery, Turn::Human(index, Attention::Unfinished)),
        false => Turn::Away(index),
    }
}

/// Posts on one platform, part by part, until something is in the way.
async fn post_on(
    core: &Core,
    platform: &dyn Platform,
    mut submission: Submission,
    revision: &Revision,
    is_just_taken: bool,
) -> Result<(Submission, Turn), StepFailure> {
    let name = platform.name();
    for index in 0..submission.deliveries.len() {
        let Delivery { platform: on, status, .. } = &submission.deliveries[index];
        if *on != name {
            continue;
        }
        let mut is_first_try = is_just_taken;
        match status {
            DeliveryStatus::Pending | DeliveryStatus::Absent => {
                // A human may have overlooked what the platform would recognise.
                is_first_try = *status == DeliveryStatus::Pending || !platform.repeats_safely();
                let at = core.clock.real_time();
                let begun = apply(core, submission, |submission, now| submission.begun(index, at, now)).await;
                submission = match begun {
                    // Another publisher began it meanwhile.
                    Err(StepFailure::Invalid(_)) => return Err(StoreError::Conflict.into()),
                    begun => begun?,
                };
            }
            // What was being sent when another publisher vanished, or the answer was lost, may be there already.
            DeliveryStatus::Sending if !is_just_taken && !platform.repeats_safely() => {
                match platform.find(&intent(&submission, Some(revision), index)).await {
                    Ok(Some(post)) => {
                        submission =
                            record(core, submission, index, DeliveryStatus::Sent, Some(post)).await?;
                        continue;
                    }
                    Ok(None) if !may_still_appear(core, platform, &submission.deliveries[index]) => {
                        return Ok((submission, Turn::Human(index, Attention::Ambiguous)));
                    }
                    Ok(None) => {
                        submission =
                            apply(core, submission, |submission, _| submission.missed(index)).await?;
                        return Ok((submission, Turn::Later));
                    }
                    Err(error) => {
                        tracing::warn!(submission = %submission.id, index, %error, "a platform cannot be asked");
                        let human = Turn::Human(index, Attention::Ambiguous);
                        let turn = given_up_after_long(core, &submission.deliveries[index], human);
                        return Ok((submission, turn));
                    }
                }
            }
            DeliveryStatus::Sending => {}
            DeliveryStatus::Sent => continue,
            DeliveryStatus::Skipped => return Ok((submission, Turn::Human(index, Attention::Refused))),
            // A human was asked about it, and what follows it waits for the answer.
            _ => return Ok((submission, Turn::Human(index, Attention::Ambiguous))),
        }
        if !matches!(submission.state, State::Publishing { .. }) {
            return Ok((submission, Turn::Done));
        }
        match platform.publish(&intent(&submission, Some(revision), index)).await {
            Ok(post) => {
                submission = record(core, submission, index, DeliveryStatus::Sent, Some(post)).await?;
            }
            Err(PlatformError::Unavailable(why)) => {
                tracing::warn!(submission = %submission.id, index, why, "a platform is unavailable");
                if is_first_try {
                    // Definitely no post.
                    submission = record(core, submission, index, DeliveryStatus::Pending, None).await?;
                }
                let turn = match submission.deliveries[index].status {
                    DeliveryStatus::Pending => without_platform(core, &submission, index),
                    // An earlier call may have made it.
                    _ => {
                        let human = Turn::Human(index, Attention::Ambiguous);
                        given_up_after_long(core, &submission.deliveries[index], human)
                    }
                };
                return Ok((submission, turn));
            }
            Err(PlatformError::Refused(_)) => {
                submission = apply(core, submission, |submission, _| submission.refused(index)).await?;
                return Ok((submission, Turn::Human(index, Attention::Refused)));
            }
            // Repeated where that is safe, looked for where it is not: by the next poll.
            Err(PlatformError::Ambiguous(why)) => {
                tracing::warn!(submission = %submission.id, index, why, "a platform's answer was lost");
                let turn = match platform.repeats_safely() {
                    true => {
                        let human = Turn::Human(index, Attention::Ambiguous);
                        given_up_after_long(core, &submission.deliveries[index], human)
                    }
                    false => Turn::Later,
                };
                return Ok((submission, turn));
            }
        }
    }
    Ok((submission, Turn::Done))
}

/// For how long a post that was sent may appear on the platform's own timeline, in real time (no platform names a
/// bound; a timeline that is a quarter of an hour behind would be an outage).
const MAY_APPEAR: SignedDuration = SignedDuration::from_mins(15);
/// How often a post is looked for in vain before it is looked for the last time: each look is a lease after the one
/// before, so that no clock that jumps makes a quarter of an hour out of nothing.
const MOST_MISSES: u32 = 6;
/// The same where a post is listed as soon as it is made: but a call may still be on its way.
const MOST_MISSES_OF_KEYS: u32 = 1;

/// Whether a post that is not found now may be found later.
fn may_still_appear(core: &Core, platform: &dyn Platform, delivery: &Delivery) -> bool {
    if platform.repeats_safely() {
        return delivery.looks < MOST_MISSES_OF_KEYS;
    }
    let since = delivery.begun_at.unwrap_or(delivery.created_at);
    delivery.looks < MOST_MISSES || core.clock.real_time().duration_since(since) < MAY_APPEAR
}

fn given_up_after_long(core: &Core, delivery: &Delivery, human: Turn) -> Turn {
    if has_waited_long(core, delivery) { human } else { Turn::Later }
}

async fn take_down(
    core: &Core,
    platforms: &Platforms,
    before: Submission,
    now: Now,
) -> Result<(), StepFailure> {
    // After a concern the words are the lead's alone: what to take down is known by its key and its post.
    let revision = core.store.revision(before.id, before.revision).await?;
    let step = before.clone().renew_lease(now)?;
    core.store.commit(&before, &step, vec![], &[], now).await?;
    let mut submission = step.submission;
    let (mut is_up, mut may_appear) = (false, false);
    for index in (0..submission.deliveries.len()).rev() {
        let delivery = submission.deliveries[index].clone();
        match delivery.status {
            DeliveryStatus::Deleted | DeliveryStatus::Skipped => continue,
            DeliveryStatus::Pending => {
                submission = record(core, submission, index, DeliveryStatus::Skipped, None).await?;
                continue;
            }
            _ => {}
        }
        // One platform that is away keeps nothing up on the others.
        let Some(platform) = platform_of(platforms, &delivery) else {
            is_up = true;
            continue;
        };
        let post = match delivery.status {
            DeliveryStatus::Sent => delivery.post.clone().map(RemotePost),
            _ => match platform.find(&intent(&submission, revision.as_ref(), index)).await {
                Ok(None) if may_still_appear(core, &**platform, &delivery) => {
                    submission = apply(core, submission, |submission, _| submission.missed(index)).await?;
                    may_appear = true;
                    continue;
                }
                Ok(None) => None,
                Ok(Some(post)) => {
                    // Known by its name from here on: what is left half done is done to its end, whatever is found then.
                    let found = Some(post.clone());
                    submission = record(core, submission, index, DeliveryStatus::Sent, found).await?;
                    Some(post)
                }
                Err(error) => {
                    tracing::warn!(submission = %submission.id, index, %error, "a platform cannot be asked");
                    is_up = true;
                    continue;
                }
            },
        };
        let status = match &post {
            None => DeliveryStatus::Skipped,
            Some(post) => match platform.delete(post).await {
                Ok(()) => DeliveryStatus::Deleted,
                Err(error) => {
                    tracing::warn!(submission = %submission.id, index, %error, "a post is still up");
                    is_up = true;
                    continue;
                }
            },
        };
        submission = record(core, submission, index, status, None).await?;
    }
    if is_up {
        return retract_again(core, submission).await;
    }
    if may_appear {
        // The lease ends, and the next poll looks again.
        return Ok(());
    }
    apply(core, submission, |submission, now| submission.retracted(now)).await?;
    Ok(())
}

async fn retract_again(core: &Core, submission: Submission) -> Result<(), StepFailure> {
    tracing::error!(submission = %submission.id, "a post could not be taken down");
    apply(core, submission, |submission, now| submission.retract_again(now)).await?;
    Ok(())
}

async fn ask_human(
    core: &Core,
    submission: Submission,
    index: usize,
    why: Attention,
) -> Result<(), StepFailure> {
    tracing::error!(submission = %submission.id, index, "a publication needs a human");
    let status = match why {
        Attention::Refused => DeliveryStatus::Skipped,
        Attention::Ambiguous => DeliveryStatus::Ambiguous,
        Attention::Unfinished => DeliveryStatus::Pending,
    };
    apply(core, submission, |submission, now| submission.needs_attention(index, status, why, now)).await?;
    Ok(())
}

async fn record(
    core: &Core,
    submission: Submission,
    index: usize,
    status: DeliveryStatus,
    post: Option<RemotePost>,
) -> Result<Submission, StepFailure> {
    apply(core, submission, |submission, now| {
        submission.delivered(index, status, post.as_ref().map(|post| post.0.clone()), now)
    })
    .await
}

/// Writes a transition; if somebody else wrote meanwhile, decides it anew on what is there now.
async fn apply(
    core: &Core,
    mut before: Submission,
    transition: impl Fn(Submission, Now) -> Result<Step, curation::transitions::InvalidTransition>,
) -> Result<Submission, StepFailure> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let step = transition(before.clone(), now)?;
        match core.store.commit(&before, &step, vec![], &[], now).await {
            Ok(()) => {
                core.hint_after(&step).await;
                return Ok(step.submission);
            }
            Err(StoreError::Conflict) => {
                before = core.store.load(before.id).await?.ok_or(StepFailure::Unknown)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Whether a platform may hold a post under this delivery's key, or would know it again. Where a human attests that there
/// is none, and no key tells a repetition from another post, nothing was begun.
fn is_begun(platforms: &Platforms, delivery: &Delivery) -> bool {
    match delivery.status {
        DeliveryStatus::Pending => false,
        DeliveryStatus::Absent => {
            platform_of(platforms, delivery).is_none_or(|platform| platform.repeats_safely())
        }
        _ => true,
    }
}

fn platform_of<'a>(platforms: &'a Platforms, delivery: &Delivery) -> Option<&'a Arc<dyn Platform>> {
    platforms.iter().find(|platform| platform.name() == delivery.platform)
}

fn intent(submission: &Submission, revision: Option<&Revision>, index: usize) -> Intent {
    let delivery = &submission.deliveries[index];
    let rendering = revision.and_then(|revision| revision.composition.rendering_of(delivery));
    let post = |part: usize| {
        let same_thread = |other: &&Delivery| other.platform == delivery.platform && other.part == part;
        submission.deliveries.iter().find(same_thread)?.post.clone().map(RemotePost)
    };
    // The words beside a boost answer what was boosted: a boost itself cannot be answered.
    let boosted = submission.deliveries.iter().find_map(|first| match &first.shares {
        Some(Share::Boost(post)) if first.platform == delivery.platform => Some(RemotePost(post.clone())),
        _ => None,
    });
    let answered = boosted.filter(|_| delivery.part == 1);
    Intent {
        submission: submission.id,
        key: delivery.key.clone(),
        fingerprint: delivery.fingerprint.clone(),
        part: delivery.part,
        text: rendering.and_then(|rendering| rendering.parts.get(delivery.part)).cloned().unwrap_or_default(),
        root: answered.clone().or(if delivery.part == 0 { None } else { post(0) }),
        follows: answered.or(delivery.part.checked_sub(1).and_then(post)),
        shares: delivery.shares.clone(),
        content_note: rendering.and_then(|rendering| rendering.content_note.clone()),
        replies: rendering.map_or(Replies::Nobody, |rendering| rendering.replies),
        created_at: delivery.created_at,
    }
}
