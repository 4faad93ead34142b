//! Concerns, and the two people who may lift them.

use super::{
    InvalidTransition,
    intake::{held_for_lead, waiting_for_panel},
};
use crate::{
    audit::{Actor, Commitment},
    ids::PersonId,
    policy::Tier,
    roster::Duty,
    submission::{
        About, Afterwards, DeliveryStatus, Hold, Recipient, Release, ReleaseTo, State, Step, Submission,
        Told, waits,
    },
    time::Now,
};

/// Why a release did not happen. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// It is not held for the lead.
    #[error(transparent)]
    Invalid(#[from] InvalidTransition),
    /// Only the lead releases and only the deputy confirms.
    #[error("a release is made by the safeguarding lead and confirmed by the deputy")]
    NotYours,
    /// There is nothing to confirm, or something else was released.
    #[error("the lead has not released this item in this way")]
    NothingToConfirm,
}

impl Submission {
    /// A concern or a report: stops the item at once, at whatever stage. What is on a platform is taken down first.
    ///
    /// # Errors
    /// If it has already ended, is held, or never reached a panel.
    pub(super) fn stop(
        mut self,
        actor: Actor,
        action: String,
        commitments: Vec<Commitment>,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let state = match &self.state {
            // What appears again and again is on platforms while it waits for its next turn, or for a review of it.
            State::InReview { .. }
            | State::Stalled { .. }
            | State::NeedsRedaction { .. }
            | State::Rewording { .. }
            | State::Rejected { .. }
            | State::Approved { .. }
                if self.is_up() =>
            {
                State::Retracting { then: Afterwards::Held, due_at: now.at }
            }
            State::InReview { .. }
            | State::Stalled { .. }
            | State::NeedsRedaction { .. }
            | State::Rewording { .. }
            | State::Rejected { .. }
            | State::Approved { .. } => held_for_lead(now),
            State::Publishing { due_at } => State::Retracting { then: Afterwards::Held, due_at: *due_at },
            State::NeedsAttention { .. } | State::Published { .. } => {
                State::Retracting { then: Afterwards::Held, due_at: now.at }
            }
            State::Retracting { due_at, .. } => State::Retracting { then: Afterwards::Held, due_at: *due_at },
            _ => return self.refuse("raising a concern"),
        };
        self.conceal();
        if matches!(state, State::Retracting { .. }) {
            self.recall();
        }
        Ok(self
            .enter_with(state, actor, action, commitments, now)
            .telling(Recipient::Duty(Duty::Lead), About::SafeguardingHold))
    }

    /// True if a concern would stop it: it has reached a panel, is not held and has not ended.
    #[must_use]
    pub fn may_be_stopped(&self) -> bool {
        matches!(
            self.state,
            State::InReview { .. }
                | State::Stalled { .. }
                | State::NeedsRedaction { .. }
                | State::Rewording { .. }
                | State::Rejected { .. }
                | State::Approved { .. }
                | State::Publishing { .. }
                | State::NeedsAttention { .. }
                | State::Published { .. }
        )
    }

    /// From here the lead alone reads it. A release given before says nothing about what has just been found.
    pub(super) fn conceal(&mut self) {
        self.concealed = true;
        self.compared_with = None;
        self.release = None;
    }

    /// Where the lead and the deputy have released exactly the present content to, if they have.
    pub(super) fn confirmed_release(&self) -> Option<ReleaseTo> {
        let release = self.release.as_ref()?;
        (release.content == self.content && release.deputy.is_some()).then_some(release.to)
    }

    /// The lead releases exactly the present content; the deputy confirms, and only then it moves on.
    ///
    /// # Errors
    /// [`ReleaseError`]; nothing has changed then.
    pub fn release(
        mut self,
        person: PersonId,
        duty: Duty,
        to: ReleaseTo,
        now: Now,
    ) -> Result<Step, ReleaseError> {
        let State::Held { hold: Hold::Crisis { .. }, .. } = self.state else {
            return Ok(self.refuse("a release")?);
        };
        if self.ended {
            // Whoever withdrew it withdrew their consent: it can only be closed.
            return Ok(self.refuse("a release after a withdrawal")?);
        }
        let actor = Actor::Person(person);
        match duty {
            Duty::Lead => {
                self.release =
                    Some(Release { content: self.content.clone(), to, lead: person, deputy: None });
                let state = self.state.clone();
                Ok(self
                    .enter(state, actor, format!("released: {}", name(to)), now)
                    .telling(Recipient::Duty(Duty::Deputy), About::SafeguardingHold))
            }
            Duty::Deputy => {
                let release = self
                    .release
                    .as_mut()
                    .filter(|release| release.content == self.content && release.to == to)
                    .filter(|release| release.lead != person && release.deputy.is_none())
                    .ok_or(ReleaseError::NothingToConfirm)?;
                release.deputy = Some(person);
                self.concealed = false;
                self.review = None;
                self.deliveries = vec![];
                let state = match to {
                    ReleaseTo::Review => {
                        self.tier = Tier::Elevated;
                        waiting_for_panel(now)
                    }
                    ReleaseTo::Redaction => State::NeedsRedaction { due_at: now.after(waits::NEW_WORDS) },
                };
                let step = self.enter(state, actor, format!("release_confirmed: {}", name(to)), now);
                Ok(match to {
                    ReleaseTo::Review => step,
                    ReleaseTo::Redaction => step.telling(Recipient::Submitter, About::Redaction),
                })
            }
            Duty::Coordinator => Err(ReleaseError::NotYours),
        }
    }

    /// Nobody has answered a crisis item: the deputy is told, then a coordinator, again and again.
    ///
    /// # Errors
    /// Unless it is held for the lead.
    pub fn escalate(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Held { hold: Hold::Crisis { told }, .. } = &self.state else {
            return self.refuse("an escalation");
        };
        let (told, duty) = match told {
            Told::Lead => (Told::Deputy, Duty::Deputy),
            Told::Deputy | Told::Coordinator => (Told::Coordinator, Duty::Coordinator),
        };
        let state = State::Held { hold: Hold::Crisis { told }, due_at: now.after(waits::ESCALATION) };
        Ok(self
            .enter(state, Actor::System, format!("escalated: {}", duty.as_str()), now)
            .telling(Recipient::Duty(duty), About::SafeguardingHold))
    }

    /// Ends an item. What is held for the lead is ended by the lead or the deputy; all else by a coordinator too.
    /// What is on a platform is taken down.
    ///
    /// # Errors
    /// [`ReleaseError`] if it has ended already, or is not this person's to end.
    pub fn close(self, person: PersonId, duty: Duty, now: Now) -> Result<Step, ReleaseError> {
        if duty == Duty::Coordinator && self.is_concealed() {
            return Err(ReleaseError::NotYours);
        }
        let erase_at = self.erasure(now);
        Ok(self.end(Actor::Person(person), "closed", State::Closed { due_at: erase_at }, now)?)
    }

    /// The submitter takes it back.
    ///
    /// # Errors
    /// If it has ended already.
    pub fn withdraw(self, now: Now) -> Result<Step, InvalidTransition> {
        let erase_at = self.erasure(now);
        self.end(Actor::Submitter, "withdrawn", State::Withdrawn { due_at: erase_at }, now)
    }

    fn end(
        mut self,
        actor: Actor,
        action: &'static str,
        ended: State,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let state = match &self.state {
            State::Publishing { due_at } => {
                State::Retracting { then: Afterwards::Retracted, due_at: *due_at }
            }
            State::Published { .. } | State::NeedsAttention { .. } => {
                State::Retracting { then: Afterwards::Retracted, due_at: now.at }
            }
            // The lead still looks at what was disclosed; nothing brings it back.
            State::Held { hold: Hold::Crisis { .. }, .. } if actor == Actor::Submitter => {
                if self.ended {
                    return self.refuse(action);
                }
                self.state.clone()
            }
            // A concern is already taking it down: afterwards the lead looks at it, and nothing brings it back.
            State::Retracting { then: Afterwards::Held, .. } if !self.ended => self.state.clone(),
            State::Retracting { .. }
            | State::Retracted { .. }
            | State::Withdrawn { .. }
            | State::Expired { .. }
            | State::Closed { .. } => return self.refuse(action),
            _ if self.is_up() => State::Retracting { then: Afterwards::Retracted, due_at: now.at },
            _ => ended,
        };
        if matches!(state, State::Retracting { .. }) {
            self.recall();
        }
        self.ended = true;
        Ok(self.enter(state, actor, action, now))
    }

    /// Every post is taken down.
    ///
    /// # Errors
    /// Unless the item is being taken down and nothing of it is left.
    pub fn retracted(mut self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Retracting { then, .. } = self.state else {
            return self.refuse("ending a retraction");
        };
        let is_gone = |status| matches!(status, DeliveryStatus::Deleted | DeliveryStatus::Skipped);
        if !self.deliveries.iter().all(|delivery| is_gone(delivery.status)) {
            return self.refuse("ending a retraction");
        }
        if self.target_gone {
            self.forget_shares();
        }
        let state = match then {
            Afterwards::Held => held_for_lead(now),
            // What the lead alone could read of a post that is gone goes with it.
            Afterwards::Retracted if self.target_gone && self.concealed => {
                State::Retracted { due_at: Some(now.at) }
            }
            Afterwards::Retracted => State::Retracted { due_at: Some(now.after(waits::ERASE_PUBLISHED)) },
        };
        Ok(self.enter(state, Actor::System, "retracted", now).telling(Recipient::Submitter, About::Status))
    }
}

fn name(to: ReleaseTo) -> &'static str {
    match to {
        ReleaseTo::Review => "review",
        ReleaseTo::Redaction => "redaction",
    }
}
