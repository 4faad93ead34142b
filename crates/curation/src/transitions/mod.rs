//! Transitions: each consumes the submission, takes the time, and gives the next one or says why not.
//!
//! Invariant: every transition that changes what is true appends to the audit chain, in the same [`Step`].

mod deadlines;
mod forgetting;
mod intake;
mod publishing;
mod rescreening;
mod review;
mod safeguarding;
mod scheduling;

pub use deadlines::Task;
pub use intake::{NewSubmission, Route, Verdict};
pub use publishing::NotPublishable;
pub use review::CastError;
pub use safeguarding::ReleaseError;

use crate::{
    audit::{Actor, ChainHead, Commitment, Entry},
    composition::ContentHash,
    submission::{About, Notice, Recipient, State, Step, Submission, waits},
    time::Now,
};

/// A transition that the state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{action} is not possible while the item is {state}")]
pub struct InvalidTransition {
    /// The state it is in.
    pub state: &'static str,
    /// What was asked for.
    pub action: &'static str,
}

impl Step {
    fn new(submission: Submission) -> Self {
        Self { submission, entries: vec![], notices: vec![] }
    }

    /// Goes on with another transition, to be written together with this one: one write, so one version.
    ///
    /// # Errors
    /// Those of the next transition.
    pub fn and_then<E>(self, next: impl FnOnce(Submission) -> Result<Step, E>) -> Result<Step, E> {
        let Step { submission, mut entries, mut notices } = self;
        let version = submission.version;
        let mut step = next(submission)?;
        step.submission.version = version;
        entries.append(&mut step.entries);
        notices.append(&mut step.notices);
        Ok(Step { submission: step.submission, entries, notices })
    }

    fn telling(mut self, to: Recipient, about: About) -> Self {
        self.notices.push(Notice { to, about });
        self
    }
}

impl Submission {
    fn refuse<T>(&self, action: &'static str) -> Result<T, InvalidTransition> {
        Err(InvalidTransition { state: self.state.name(), action })
    }

    /// Enters `state` without a word in the record: for what only moves a due time.
    fn waiting(mut self, state: State) -> Step {
        self.version += 1;
        // What leaves the line loses the place that it was given in it.
        if !matches!(
            state,
            State::Approved { awaits_submitter: false, .. }
                | State::Publishing { .. }
                | State::NeedsAttention { .. }
        ) {
            self.pin = None;
        }
        self.state = state;
        Step::new(self)
    }

    /// Enters `state` and records it.
    fn enter(self, state: State, actor: Actor, action: impl Into<String>, now: Now) -> Step {
        self.enter_with(state, actor, action, vec![], now)
    }

    /// Enters `state` and records it with what was committed to, the content always among it.
    fn enter_with(
        self,
        state: State,
        actor: Actor,
        action: impl Into<String>,
        mut commitments: Vec<Commitment>,
        now: Now,
    ) -> Step {
        commitments.insert(0, commitment("content", &self.content));
        let mut step = self.waiting(state);
        let submission = &mut step.submission;
        let entry = Entry {
            submission: submission.id,
            sequence: submission.chain.sequence + 1,
            at: now.at,
            actor,
            action: action.into(),
            state: submission.state.name().to_owned(),
            revision: submission.revision,
            commitments,
            previous: submission.chain.hash.clone(),
        };
        submission.chain = ChainHead { sequence: entry.sequence, hash: entry.hash() };
        step.entries.push(entry);
        step
    }

    /// When an item that ends now is erased.
    fn erasure(&self, now: Now) -> Option<jiff::Timestamp> {
        let keep = match (self.was_published, self.was_reviewed) {
            (true, _) => waits::ERASE_PUBLISHED,
            (false, true) => waits::ERASE_REVIEWED,
            (false, false) => waits::ERASE_UNREVIEWED,
        };
        Some(now.after(keep))
    }
}

fn commitment(what: &str, hash: &ContentHash) -> Commitment {
    Commitment { what: what.to_owned(), hash: hash.clone() }
}
