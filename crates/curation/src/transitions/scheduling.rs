//! What a coordinator says about when an item appears, and when guidance ends.
//!
//! Invariant: nothing here approves anything: it moves a due time, names a topic, or stops what appears again and again.

use jiff::SignedDuration;

use super::InvalidTransition;
use crate::{
    audit::Actor,
    cadence::{Appearance, Pin},
    ids::PersonId,
    roster::Duty,
    submission::{About, Delivery, DeliveryStatus, Kind, Recipient, State, Step, Submission, waits},
    time::Now,
};

impl Submission {
    /// As what it asks for a slot.
    #[must_use]
    pub fn appearance(&self) -> Appearance {
        match self.kind {
            Kind::Guidance => Appearance::Guidance,
            Kind::Text | Kind::Repost => Appearance::Curated,
        }
    }

    /// How often what waits for a slot has appeared before, and still stands.
    #[must_use]
    pub fn occurrence(&self) -> usize {
        let is_first = |one: &&Delivery| one.part == 0 && one.status == DeliveryStatus::Sent;
        let mut firsts = self.past.iter().chain(&self.deliveries).filter(is_first).peekable();
        let platform = firsts.peek().map(|one| one.platform.clone());
        firsts.filter(|one| Some(&one.platform) == platform.as_ref()).count()
    }

    /// A coordinator gives an approved item a time, or the next place, or neither. What is written beside it is the
    /// cadence with the same pin ([`crate::cadence::Cadence::pinned`]).
    ///
    /// # Errors
    /// Unless it waits for a slot. Guidance takes its turn by itself.
    pub fn pin(
        mut self,
        coordinator: PersonId,
        pin: Option<Pin>,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: false, .. } = self.state else {
            return self.refuse("pinning");
        };
        if self.kind == Kind::Guidance {
            return self.refuse("pinning guidance");
        }
        let (due_at, action) = match pin {
            Some(Pin::At(at)) => (at.max(now.at), format!("pinned: at {at}")),
            Some(Pin::Next(_)) => (now.at, "pinned: next".to_owned()),
            None => (now.at, "unpinned".to_owned()),
        };
        self.pin = pin;
        let state = State::Approved { awaits_submitter: false, due_at };
        Ok(self.enter(state, Actor::Person(coordinator), action, now))
    }

    /// A coordinator says what an item is about, so that a brake on that topic stops it too.
    ///
    /// # Errors
    /// If it has ended, or its words are the lead's alone.
    pub fn set_topic(
        mut self,
        coordinator: PersonId,
        topic: Option<&str>,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let has_ended = matches!(
            self.state,
            State::Retracted { .. } | State::Withdrawn { .. } | State::Expired { .. } | State::Closed { .. }
        );
        if has_ended || self.is_concealed() {
            return self.refuse("setting a topic");
        }
        self.topic = topic.map(str::to_owned);
        let action = format!("topic_set: {}", topic.unwrap_or("none"));
        let state = self.state.clone();
        Ok(self.enter(state, Actor::Person(coordinator), action, now))
    }

    /// Whether guidance was approved so long ago that it has to be approved again before it appears.
    #[must_use]
    pub fn approval_is_old(&self, now: Now) -> bool {
        self.kind == Kind::Guidance && self.is_approved_for(waits::GUIDANCE_APPROVED, now) != Some(false)
    }

    /// Whether guidance was approved so long ago that the same words may be proposed again.
    #[must_use]
    pub fn approval_ends_soon(&self, now: Now) -> bool {
        self.kind == Kind::Guidance && self.is_approved_for(waits::GUIDANCE_AGAIN, now) == Some(true)
    }

    fn is_approved_for(&self, time: SignedDuration, now: Now) -> Option<bool> {
        self.approved_at.map(|at| now.at.duration_since(at) >= time)
    }

    /// A coordinator is told, once for each approval, that it ends soon.
    ///
    /// # Errors
    /// Unless that is so, and nobody was told.
    pub fn tell_of_lapse(mut self, now: Now) -> Result<Step, InvalidTransition> {
        let waits = matches!(self.state, State::Approved { awaits_submitter: false, .. });
        if !waits || !self.approval_ends_soon(now) || self.lapse_told_at > self.approved_at {
            return self.refuse("telling of an approval's end");
        }
        self.lapse_told_at = Some(now.at);
        let state = self.state.clone();
        Ok(self.waiting(state).telling(Recipient::Duty(Duty::Coordinator), About::GuidanceLapsesSoon))
    }

    /// Guidance has appeared for as long as one approval lasts: it stops, and a coordinator is told. What has appeared
    /// stays.
    ///
    /// # Errors
    /// Unless it is guidance that waits for a slot and was approved so long ago.
    pub fn lapse(self, now: Now) -> Result<Step, InvalidTransition> {
        if !self.approval_is_old(now) {
            return self.refuse("ending guidance");
        }
        let step = self.retire("approval_lapsed", now)?;
        Ok(step.telling(Recipient::Duty(Duty::Coordinator), About::GuidanceLapsed))
    }

    /// The same words, approved anew, are about to appear: these stop. What has appeared stays.
    ///
    /// # Errors
    /// Unless it is guidance that waits for a slot.
    pub fn give_way(self, now: Now) -> Result<Step, InvalidTransition> {
        self.retire("replaced", now)
    }

    fn retire(self, action: &str, now: Now) -> Result<Step, InvalidTransition> {
        let waits = matches!(self.state, State::Approved { awaits_submitter: false, .. });
        if !waits || self.kind != Kind::Guidance {
            return self.refuse("ending guidance");
        }
        let state = match self.is_up() {
            true => State::Published { at: now.at },
            false => State::Expired { due_at: self.erasure(now) },
        };
        Ok(self.enter(state, Actor::System, action, now))
    }
}
