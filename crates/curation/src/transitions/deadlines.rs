//! What happens when nobody did anything in time.

use super::InvalidTransition;
use crate::{
    audit::Actor,
    roster::Duty,
    submission::{About, Afterwards, Hold, Lane, Recipient, State, Step, Submission, waits},
    time::Now,
};

/// What a due item needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// It is not due (any more).
    Nothing,
    /// To be screened.
    Screen,
    /// Somebody else to be told of a crisis item.
    Escalate,
    /// A panel, or more of it.
    Draw,
    /// Its ballots to be looked at.
    AssessReview,
    /// To expire.
    Expire,
    /// To be closed, since nobody appealed.
    Close,
    /// A coordinator to be told again.
    Remind,
    /// Its text to be erased.
    Erase,
}

impl Submission {
    /// What the deadlines' sweep has to do now.
    #[must_use]
    pub fn task(&self, now: Now) -> Task {
        let is_due = self.due().is_some_and(|due| due.lane == Lane::Work && due.at <= now.at);
        if !is_due {
            return Task::Nothing;
        }
        match &self.state {
            State::Received { .. } | State::Held { hold: Hold::Technical { .. }, .. } => Task::Screen,
            State::Held { hold: Hold::Crisis { .. }, .. } => Task::Escalate,
            // What may close a review comes before looking for more people to take part in it.
            State::InReview { due_at, .. } if self.review.is_some() && *due_at <= now.at => {
                Task::AssessReview
            }
            State::InReview { .. } => Task::Draw,
            State::NeedsRedaction { .. }
            | State::Rewording { .. }
            | State::Stalled { .. }
            | State::Approved { .. } => Task::Expire,
            State::Declined { .. } | State::Rejected { .. } => Task::Close,
            State::NeedsAttention { .. } => Task::Remind,
            State::Retracted { .. }
            | State::Withdrawn { .. }
            | State::Expired { .. }
            | State::Closed { .. } => Task::Erase,
            State::Publishing { .. } | State::Published { .. } | State::Retracting { .. } => Task::Nothing,
        }
    }

    /// Nobody came back in time.
    ///
    /// # Errors
    /// Unless the item waits for the submitter or a coordinator.
    pub fn expire(mut self, now: Now) -> Result<Step, InvalidTransition> {
        let may_expire = matches!(
            self.state,
            State::NeedsRedaction { .. }
                | State::Rewording { .. }
                | State::Stalled { .. }
                | State::Approved { awaits_submitter: true, .. }
        );
        if !may_expire {
            return self.refuse("expiring");
        }
        if self.is_up() {
            // Guidance whose approval was lost, and that nobody approved again: what appeared does not stay.
            self.recall();
            let state = State::Retracting { then: Afterwards::Retracted, due_at: now.at };
            return Ok(self.enter(state, Actor::System, "expired", now));
        }
        let due_at = self.erasure(now);
        Ok(self
            .enter(State::Expired { due_at }, Actor::System, "expired", now)
            .telling(Recipient::Submitter, About::Status))
    }

    /// The time to appeal is over.
    ///
    /// # Errors
    /// Unless it was declined or rejected.
    pub fn close_decided(self, now: Now) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Declined { .. } | State::Rejected { .. }) {
            return self.refuse("closing");
        }
        let due_at = self.erasure(now);
        Ok(self.enter(State::Closed { due_at }, Actor::System, "closed", now))
    }

    /// A publication still needs a human.
    ///
    /// # Errors
    /// Unless it does.
    pub fn remind_of_attention(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::NeedsAttention { why, .. } = self.state else {
            return self.refuse("reminding");
        };
        let due_at = now.after(waits::ATTENTION_AGAIN);
        Ok(self
            .waiting(State::NeedsAttention { why, due_at })
            .telling(Recipient::Duty(Duty::Coordinator), About::NeedsAttention))
    }

    /// The words, salts and reasons are gone; the chain stays.
    ///
    /// # Errors
    /// Unless the item has ended.
    pub fn erase(self, now: Now) -> Result<Step, InvalidTransition> {
        let state = match self.state {
            State::Retracted { .. } => State::Retracted { due_at: None },
            State::Withdrawn { .. } => State::Withdrawn { due_at: None },
            State::Expired { .. } => State::Expired { due_at: None },
            State::Closed { .. } => State::Closed { due_at: None },
            _ => return self.refuse("erasing"),
        };
        Ok(self.enter(state, Actor::System, "erased", now))
    }
}
