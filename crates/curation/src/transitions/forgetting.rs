//! A post that was shared, or was to be, is deleted by whoever posted it.
//!
//! Invariant: whatever shares it ends, at every stage, and what is on a platform is taken down. The record of who decided
//! what stays; the caller takes the post out of the words that are kept.

use crate::{
    audit::Actor,
    composition::Share,
    submission::{Afterwards, State, Step, Submission},
    time::Now,
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
        self.ended = true;
        if !matches!(state, State::Retracting { .. }) {
            self.forget_shares();
        }
        self.enter(state, Actor::System, "withdrawn: target_gone", now)
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
