//! A post that was shared, or was to be, is deleted by whoever posted it.
//!
//! Invariant: whatever shares it ends, at every stage, and what is on a platform is taken down. The record of who decided
//! what stays; the caller takes the post out of the words that are kept.

use crate::{
    audit::Actor,
    composition::Share,
    submission::{Afterwards, State, Step, Submission, waits},
    time::Now,
    transitions::InvalidTransition,
};

impl Submission {
    /// Ends it, with the reason that its target is gone. What is concealed is erased at once, since nobody may read it to
    /// take the post out. Of what has ended already only the record says so.
    #[must_use]
    pub fn target_is_gone(mut self, now: Now) -> Step {
        let soon = |due_at: Option<_>| if self.concealed { due_at.map(|_| now.at) } else { due_at };
        let state = match &self.state {
            State::Retracted { due_at } => State::Retracted { due_at: soon(*due_at) },
            State::Withdrawn { due_at } => State::Withdrawn { due_at: soon(*due_at) },
            State::Expired { due_at } => State::Expired { due_at: soon(*due_at) },
            State::Closed { due_at } => State::Closed { due_at: soon(*due_at) },
            // A publisher may be at work; and nobody has to look any more at what is taken down for a concern.
            State::Publishing { due_at } | State::Retracting { due_at, .. } => {
                State::Retracting { then: Afterwards::Retracted, due_at: *due_at }
            }
            State::Published { .. } | State::NeedsAttention { .. } => {
                State::Retracting { then: Afterwards::Retracted, due_at: now.at }
            }
            _ => State::Withdrawn { due_at: soon(self.erasure(now)) },
        };
        self.target_gone = true;
        self.look_at_target = None;
        self.ended = true;
        if !matches!(state, State::Retracting { .. }) {
            self.forget_shares();
        }
        self.enter(state, Actor::System, "withdrawn: target_gone", now)
    }

    /// From its publication on what it shares is looked at again.
    pub(super) fn watching_its_target(mut self, now: Now) -> Self {
        let shares = self.deliveries.iter().any(|delivery| delivery.shares.is_some());
        self.look_at_target = shares.then(|| now.after(waits::TARGET_AGAIN));
        self
    }

    /// What it shares was looked at and is what it was, or nobody could say: it is looked at again, the later the longer it
    /// has stood.
    ///
    /// # Errors
    /// Unless it is published.
    pub fn target_stands(mut self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Published { at } = self.state else {
            return self.refuse("looking at its target again");
        };
        let half = now.at.duration_since(at) / 2;
        let wait = half.clamp(waits::TARGET_AGAIN, waits::TARGET_AGAIN_AT_MOST);
        self.look_at_target = Some(now.after(wait));
        Ok(self.waiting(State::Published { at }))
    }

    /// Once nothing is left to take down, nothing says any more what was shared.
    pub(super) fn forget_shares(&mut self) {
        for delivery in &mut self.deliveries {
            if matches!(delivery.shares.take(), Some(Share::Boost(_))) {
                // A boost may have no name but that of what it passes on.
                delivery.post = None;
            }
        }
    }
}
