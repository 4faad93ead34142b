//! From a slot to posts, and when posts need a human.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::InvalidTransition;
use crate::{
    audit::Actor,
    composition::{PlatformName, Rendering, fingerprint},
    ids::PersonId,
    roster::Duty,
    submission::{
        About, Attention, Delivery, DeliveryStatus, Kind, Recipient, Revision, State, Step, Submission, waits,
    },
    tid::Tid,
    time::Now,
};

/// Why something may not be published now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPublishable {
    /// It does not wait for a slot.
    #[error("it does not wait for a slot")]
    NotApproved,
    /// What would be posted is not what was approved.
    #[error("the content is not the one that was approved")]
    OtherContent,
    /// An older engine screened it: a newer one must look first ([`Submission::screened_again`]).
    #[error("it is to be screened again first")]
    ScreenedBefore,
    /// Approvers have lost their standing: the review must reopen ([`Submission::quorum_lost`]).
    #[error("too few of those who approved it are eligible now")]
    QuorumLost,
}

impl Submission {
    /// Whether exactly this revision may be posted at this moment, `engine` being the present version of screening and
    /// `barred` those who must not be counted now.
    ///
    /// # Errors
    /// [`NotPublishable`] says why not.
    pub fn publishable(
        &self,
        revision: &Revision,
        engine: u32,
        barred: &BTreeSet<PersonId>,
    ) -> Result<(), NotPublishable> {
        if !matches!(self.state, State::Approved { awaits_submitter: false, .. }) {
            return Err(NotPublishable::NotApproved);
        }
        if revision.number != self.revision || revision.content() != self.content {
            return Err(NotPublishable::OtherContent);
        }
        if self.screened_by < engine {
            return Err(NotPublishable::ScreenedBefore);
        }
        let stands = self.review.as_ref().is_some_and(|review| review.has_quorum(self.tier, barred));
        if stands { Ok(()) } else { Err(NotPublishable::QuorumLost) }
    }

    /// Takes the item for publishing: fixes every delivery's intent, and leases it. The first post on a platform that
    /// `is_on` is begun with it. `created_at` is real time.
    ///
    /// Each part's key is a [`Tid`] a microsecond after the one before, each part's own time a millisecond later: so that
    /// a thread is in order wherever its posts are listed, by key or by time.
    ///
    /// # Errors
    /// Unless it is approved and waits for a slot, and there is something to post now. Ask [`Submission::publishable`]
    /// first.
    pub fn take(
        mut self,
        renderings: &[Rendering],
        is_on: impl Fn(&PlatformName) -> bool,
        created_at: Timestamp,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: false, .. } = self.state else {
            return self.refuse("publishing");
        };
        // The place in the record tells a second appearance of the same words from the first, which was taken down.
        let digits = self.content.as_str().get(..CLOCK_DIGITS).unwrap_or_default();
        let clock = u64::from_str_radix(digits, 16).unwrap_or_default().wrapping_add(self.chain.sequence);
        self.keep_posts();
        self.deliveries = renderings
            .iter()
            .flat_map(|rendering| {
                rendering.parts.iter().enumerate().map(move |(part, text)| (rendering, part, text))
            })
            .map(|(rendering, part, text)| {
                let number = i64::try_from(part).unwrap_or_default();
                let key_at = created_at.saturating_add(SignedDuration::from_micros(number));
                let part_at = created_at.saturating_add(SignedDuration::from_millis(number));
                let key = Tid::new(key_at.unwrap_or(created_at), clock).to_string();
                Delivery {
                    platform: rendering.platform.clone(),
                    part,
                    created_at: part_at.unwrap_or(created_at),
                    shares: rendering.shares.clone().filter(|_| part == 0),
                    status: DeliveryStatus::Pending,
                    begun_at: None,
                    tried_since: None,
                    is_told: false,
                    looks: 0,
                    fingerprint: fingerprint(text, &key),
                    key,
                    post: None,
                }
            })
            .collect();
        let Some(first) = self.deliveries.iter_mut().find(|delivery| is_on(&delivery.platform)) else {
            return self.refuse("publishing nothing");
        };
        first.status = DeliveryStatus::Sending;
        first.begun_at = Some(created_at);
        Ok(self.enter(leased(now), Actor::System, "publishing", now))
    }

    /// What it was to share is not what reviewers saw: a human decides what becomes of it.
    ///
    /// # Errors
    /// Unless it waits for a slot.
    pub fn target_changed(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: false, .. } = self.state else {
            return self.refuse("sending back a changed target");
        };
        let state = State::Rewording { due_at: now.after(waits::NEW_WORDS) };
        Ok(self
            .enter(state, Actor::System, "target_changed", now)
            .telling(Recipient::Duty(Duty::Coordinator), About::TargetChanged))
    }

    /// The target could not be looked at just now: its turn comes later.
    ///
    /// # Errors
    /// Unless it waits for a slot.
    pub fn waits_for_target(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: false, .. } = self.state else {
            return self.refuse("waiting for its target");
        };
        let due_at = now.after_real(waits::TURN_AGAIN);
        Ok(self.waiting(State::Approved { awaits_submitter: false, due_at }))
    }

    /// The submitter agrees to words that others changed.
    ///
    /// # Errors
    /// Unless that is what the item waits for.
    pub fn agree(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: true, .. } = self.state else {
            return self.refuse("agreeing to changed words");
        };
        let state = State::Approved { awaits_submitter: false, due_at: now.at };
        Ok(self.enter(state, Actor::Submitter, "agreed", now))
    }

    /// Renews the lease: of a publisher at work, or taken over from one that vanished.
    ///
    /// # Errors
    /// Unless it is being posted or taken down.
    pub fn renew_lease(self, now: Now) -> Result<Step, InvalidTransition> {
        let state = match self.state {
            State::Publishing { .. } => leased(now),
            State::Retracting { then, .. } => {
                State::Retracting { then, due_at: now.after_real(waits::LEASE) }
            }
            _ => return self.refuse("a lease"),
        };
        Ok(self.waiting(state))
    }

    /// Gives an item back of which nothing is on a platform: after [`waits::TURN_AGAIN`] it waits for a slot again. Its next
    /// posts have other keys, so what a human attests to be absent is given back only where a platform knows no
    /// repetition by its key anyway: that is the caller's to know.
    ///
    /// # Errors
    /// Unless it is being posted, and nothing of it was begun or all that was is absent.
    pub fn put_back(mut self, now: Now) -> Result<Step, InvalidTransition> {
        let is_nothing = |status| matches!(status, DeliveryStatus::Pending | DeliveryStatus::Absent);
        let is_untouched = self.deliveries.iter().all(|delivery| is_nothing(delivery.status));
        if !matches!(self.state, State::Publishing { .. }) || !is_untouched {
            return self.refuse("putting back");
        }
        self.deliveries = vec![];
        let state = State::Approved { awaits_submitter: false, due_at: now.after_real(waits::TURN_AGAIN) };
        Ok(self.enter(state, Actor::System, "put_back", now))
    }

    /// Records that a post is about to be made: from now on there may be one. `at` is real time.
    ///
    /// # Errors
    /// As [`Submission::delivered`]; and if another publisher has begun it, which it is then left to.
    pub fn begun(self, index: usize, at: Timestamp, now: Now) -> Result<Step, InvalidTransition> {
        let is_free =
            |delivery: &Delivery| matches!(delivery.status, DeliveryStatus::Pending | DeliveryStatus::Absent);
        if !self.deliveries.get(index).is_some_and(is_free) {
            return self.refuse("beginning what is begun");
        }
        let mut step = self.delivered(index, DeliveryStatus::Sending, None, now)?;
        if let Some(delivery) = step.submission.deliveries.get_mut(index) {
            delivery.begun_at = Some(at);
            delivery.looks = 0;
        }
        Ok(step)
    }

    /// Records that a platform refused a post: there is none, and a human is asked once nothing else goes on by itself.
    ///
    /// # Errors
    /// Unless it is being posted or taken down, and the post was begun.
    pub fn refused(mut self, index: usize) -> Result<Step, InvalidTransition> {
        let is_at_work = matches!(self.state, State::Publishing { .. } | State::Retracting { .. });
        let begun = self.deliveries.get_mut(index).filter(|one| one.status == DeliveryStatus::Sending);
        let Some(delivery) = begun.filter(|_| is_at_work) else {
            return self.refuse("recording a refusal");
        };
        // What it is known by stays: a human may have it tried again.
        delivery.status = DeliveryStatus::Skipped;
        let state = self.state.clone();
        Ok(self.waiting(state))
    }

    /// What is not posted yet waits for its platform, which takes nothing now: it is tried again after
    /// [`waits::TURN_AGAIN`], for as long as that lasts, and a coordinator is told once.
    ///
    /// # Errors
    /// Unless it is being posted.
    pub fn waits_for_platform(mut self, index: usize, now: Now) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Publishing { .. }) {
            return self.refuse("waiting for a platform");
        }
        let is_news =
            self.deliveries.get_mut(index).is_some_and(|one| !std::mem::replace(&mut one.is_told, true));
        let step = self.waiting(State::Publishing { due_at: now.after_real(waits::TURN_AGAIN) });
        Ok(match is_news {
            true => step.telling(Recipient::Duty(Duty::Coordinator), About::PlatformAway),
            false => step,
        })
    }

    /// Records that a post was looked for and not found.
    ///
    /// # Errors
    /// Unless it is being posted or taken down.
    pub fn missed(mut self, index: usize) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Publishing { .. } | State::Retracting { .. }) {
            return self.refuse("looking for a post");
        }
        if let Some(delivery) = self.deliveries.get_mut(index) {
            delivery.looks = delivery.looks.saturating_add(1);
        }
        let state = self.state.clone();
        Ok(self.waiting(state))
    }

    /// Records how far one delivery is, and ends publishing when all are sent.
    ///
    /// # Errors
    /// Unless it is being posted or taken down: a post made while a concern arrived is recorded, to be taken down.
    pub fn delivered(
        mut self,
        index: usize,
        status: DeliveryStatus,
        post: Option<String>,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let state = match self.state {
            State::Publishing { .. } => leased(now),
            State::Retracting { then, due_at } => State::Retracting { then, due_at },
            _ => return self.refuse("recording a post"),
        };
        let is_settled = self.deliveries.get(index).is_none_or(|delivery| {
            matches!(
                delivery.status,
                DeliveryStatus::Sent | DeliveryStatus::Deleted | DeliveryStatus::Skipped
            )
        });
        if is_settled && !matches!(status, DeliveryStatus::Deleted | DeliveryStatus::Skipped) {
            // A publisher whose lease ran out must not begin again what another has recorded since.
            return self.refuse("recording what is settled");
        }
        if let Some(delivery) = self.deliveries.get_mut(index) {
            self.was_published |= status == DeliveryStatus::Sent || post.is_some();
            delivery.status = status;
            delivery.post = post.or_else(|| delivery.post.take());
            if matches!(status, DeliveryStatus::Deleted | DeliveryStatus::Skipped) {
                delivery.fingerprint = None;
            }
        }
        let is_sent = self.deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Sent);
        if is_sent && matches!(state, State::Publishing { .. }) {
            let state = self.after_publishing(now);
            return Ok(self
                .watching_its_target(now)
                .enter(state, Actor::System, "published", now)
                .telling(Recipient::Submitter, About::Status));
        }
        Ok(self.waiting(state))
    }

    /// Guidance waits for its next turn: the same approval holds.
    fn after_publishing(&self, now: Now) -> State {
        match self.kind {
            Kind::Guidance => State::Approved { awaits_submitter: false, due_at: now.at },
            Kind::Text | Kind::Repost => State::Published { at: now.at },
        }
    }

    /// What was posted is remembered beside what is to be posted next.
    pub(super) fn keep_posts(&mut self) {
        let done = std::mem::take(&mut self.deliveries);
        self.past.extend(done.into_iter().filter(|delivery| delivery.status == DeliveryStatus::Sent));
    }

    /// All that was ever posted is to be taken down.
    pub(super) fn recall(&mut self) {
        // At the end: a publisher at work knows the present posts by their places.
        self.deliveries.append(&mut self.past);
    }

    /// A delivery cannot go on without a human.
    ///
    /// # Errors
    /// Unless it is being posted.
    pub fn needs_attention(
        mut self,
        index: usize,
        status: DeliveryStatus,
        why: Attention,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Publishing { .. }) {
            return self.refuse("asking a human");
        }
        if let Some(delivery) = self.deliveries.get_mut(index) {
            // A post that may exist is treated as one that does.
            self.was_published |= status == DeliveryStatus::Ambiguous;
            delivery.status = status;
        }
        Ok(self.await_human(why, now))
    }

    fn await_human(self, why: Attention, now: Now) -> Step {
        let state = State::NeedsAttention { why, due_at: now.after(waits::ATTENTION_AGAIN) };
        self.enter(state, Actor::System, "needs_attention", now)
            .telling(Recipient::Duty(Duty::Coordinator), About::NeedsAttention)
    }

    /// A coordinator saw the post on the platform (`Some`), or attests that it is not there (`None`): publishing goes on,
    /// or ends if that was the last. What may have been begun stays so, with its key; what a platform refused was not.
    /// `at` is real time: from then on it is tried for as long as at first.
    ///
    /// # Errors
    /// Unless a human was asked about a publication.
    pub fn attest(
        mut self,
        coordinator: PersonId,
        post: Option<String>,
        at: Timestamp,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::NeedsAttention { .. }) {
            return self.refuse("attesting a post");
        }
        // What a human was asked about comes first, then what else was begun.
        let rank = |delivery: &Delivery| match delivery.status {
            DeliveryStatus::Ambiguous | DeliveryStatus::Skipped => Some(0),
            DeliveryStatus::Sending | DeliveryStatus::Absent | DeliveryStatus::Deleted => Some(1),
            DeliveryStatus::Pending => Some(2),
            DeliveryStatus::Sent => None,
        };
        let ranked = self.deliveries.iter().enumerate();
        let ranked = ranked.filter_map(|(index, delivery)| rank(delivery).map(|rank| (rank, index)));
        let asked = ranked.min().map(|(_, index)| index);
        let action = if post.is_some() { "attested: present" } else { "attested: absent" };
        if let Some(delivery) = asked.and_then(|index| self.deliveries.get_mut(index)) {
            self.was_published |= post.is_some();
            delivery.status = match (&post, delivery.status) {
                (Some(_), _) => DeliveryStatus::Sent,
                (None, DeliveryStatus::Skipped | DeliveryStatus::Pending) => DeliveryStatus::Pending,
                (None, _) => DeliveryStatus::Absent,
            };
            delivery.post = post;
        }
        for delivery in &mut self.deliveries {
            delivery.tried_since = Some(at);
        }
        let actor = Actor::Person(coordinator);
        if self.deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Sent) {
            let state = self.after_publishing(now);
            let step = self.watching_its_target(now).enter(state, actor, action, now);
            return Ok(step.telling(Recipient::Submitter, About::Status));
        }
        Ok(self.enter(State::Publishing { due_at: now.at }, actor, action, now))
    }

    /// Posts could not be taken down just now.
    ///
    /// # Errors
    /// Unless it is being taken down.
    pub fn retract_again(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Retracting { then, .. } = self.state else {
            return self.refuse("retracting");
        };
        // Somebody may be harmed, or took their consent back: as long as it is there, every failure tells a human.
        let due_at = now.after_real(waits::RETRACT_AGAIN);
        Ok(self
            .waiting(State::Retracting { then, due_at })
            .telling(Recipient::Duty(Duty::Coordinator), About::StillUp))
    }
}

/// Digits of the content hash that hold at least the ten bits that tell clocks apart in a key.
const CLOCK_DIGITS: usize = 4;

fn leased(now: Now) -> State {
    State::Publishing { due_at: now.after_real(waits::LEASE) }
}
