//! The world of the simulation: one item, its people, a clock, and a second account of what happened, kept in simpler
//! terms and by other means than the code under test.

pub(crate) mod calls;

use std::collections::{BTreeMap, BTreeSet};

use curation::{
    audit::{Entry, verify},
    composition::ContentHash,
    ids::{PersonId, SubmissionId},
    policy::{Policy, Tier},
    review::Decision,
    roster::Therapist,
    submission::{Hold, Kind, Lane, ReleaseTo, Revision, State, Step, Submission},
    time::Now,
    transitions::{NewSubmission, Task},
};
use proptest::prelude::*;

use crate::common::{monday, revision, therapist};

/// What happened, as somebody watching would tell it.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// The last ballot of each person on the present words.
    pub(crate) ballots: BTreeMap<PersonId, Decision>,
    /// Everybody who ever stepped back.
    pub(crate) stepped_back: BTreeSet<PersonId>,
    /// Everybody who ever wrote words.
    pub(crate) authors: BTreeSet<PersonId>,
    /// Contents that screening, or lead and deputy, let through to a panel.
    pub(crate) let_through: BTreeSet<ContentHash>,
    /// The policy when the present panel was seated.
    pub(crate) policy: Option<Policy>,
    /// A concern, or what screening found, that nobody has lifted.
    pub(crate) is_stopped: bool,
    /// The lead's release since then.
    pub(crate) release: Option<(PersonId, ReleaseTo, ContentHash)>,
    /// Withdrawn or closed.
    pub(crate) is_ended: bool,
    /// The submitter has still to agree to others' words.
    pub(crate) owes_yes: bool,
    /// Keys of posts, of all occurrences.
    pub(crate) keys: BTreeSet<(String, String)>,
    /// The last engine that looked at the present words.
    pub(crate) screened_by: Option<u32>,
    /// The highest tier that anybody asked for.
    pub(crate) tier: Option<Tier>,
}

/// One item and everything around it.
pub(crate) struct World {
    pub(crate) now: Now,
    pub(crate) policy: Policy,
    /// The present version of screening.
    pub(crate) engine: u32,
    pub(crate) therapists: Vec<Therapist>,
    pub(crate) submission: Submission,
    pub(crate) revision: Revision,
    pub(crate) entries: Vec<Entry>,
    pub(crate) account: Account,
    pub(crate) draws: u8,
    pub(crate) seen: Vec<&'static str>,
}

impl World {
    pub(crate) fn new(therapists: u8, is_fast: bool) -> Self {
        // A local run may be 3,600 times as fast, and then real waits are long ones in the domain.
        let now = Now { speed: if is_fast { 3_600 } else { 1 }, ..monday() };
        let revision = revision(1, now);
        let new = NewSubmission {
            id: SubmissionId::new(1, [1; 10]),
            kind: Kind::Text,
            role: None,
            may_contact: false,
        };
        let step = Submission::receive(new, &revision, now);
        Self {
            now,
            policy: Policy::DEFAULT,
            engine: 1,
            therapists: (0..therapists).map(therapist).collect(),
            submission: step.submission,
            revision,
            entries: step.entries,
            account: Account::default(),
            draws: 0,
            seen: vec![],
        }
    }

    /// Everybody who must not be counted at this moment.
    pub(crate) fn barred(&self) -> BTreeSet<PersonId> {
        self.therapists.iter().filter(|one| !one.in_good_standing(self.now)).map(|one| one.id).collect()
    }

    /// Whether the design's table calls the present ballots a quorum at this moment.
    pub(crate) fn has_quorum(&self) -> bool {
        let Some(policy) = self.account.policy else { return false };
        let (approvals, registers) = match self.submission.tier {
            Tier::Standard => (policy.standard.approvals.max(3), policy.standard.registers.max(2)),
            Tier::Elevated => (policy.elevated.approvals.max(4), policy.elevated.registers.max(2)),
        };
        let counts = |one: &&Therapist| {
            one.in_good_standing(self.now)
                && !self.account.authors.contains(&one.id)
                && !self.account.stepped_back.contains(&one.id)
        };
        let decided = |one: &Therapist| self.account.ballots.get(&one.id).copied();
        let approvers = self
            .therapists
            .iter()
            .filter(counts)
            .filter(|one| decided(one) == Some(Decision::Approve))
            .collect::<Vec<_>>();
        let objections = self
            .therapists
            .iter()
            .filter(counts)
            .filter(|one| decided(one).is_some_and(|decision| decision != Decision::Approve))
            .count();
        let from = approvers.iter().map(|one| &one.register).collect::<BTreeSet<_>>();
        approvers.len() >= approvals && from.len() >= registers && approvers.len() > objections
    }

    /// Takes over a step, as the store would: one write over the version that was read.
    pub(crate) fn commit(&mut self, step: Step) -> Result<(), TestCaseError> {
        prop_assert_eq!(step.submission.version, self.submission.version + 1);
        prop_assert!(step.submission.tier >= self.submission.tier, "the tier fell");
        prop_assert!(
            self.account.tier.is_none_or(|tier| step.submission.tier >= tier),
            "the tier is below what somebody asked for"
        );
        let was_approved = matches!(self.submission.state, State::Approved { .. });
        self.submission = step.submission;
        self.entries.extend(step.entries);
        if matches!(self.submission.state, State::Approved { .. }) && !was_approved {
            prop_assert!(self.has_quorum(), "approved without a quorum");
            prop_assert!(self.account.let_through.contains(&self.submission.content), "approved unscreened");
        }
        Ok(())
    }

    /// The rules that hold at every moment.
    pub(crate) fn check(&self) -> Result<(), TestCaseError> {
        self.check_record()?;
        self.check_hold()?;
        self.check_ballots()?;
        self.check_waits()
    }

    fn check_record(&self) -> Result<(), TestCaseError> {
        let head = verify(self.submission.id, &self.entries);
        prop_assert_eq!(head.as_ref(), Ok(&self.submission.chain));
        Ok(())
    }

    /// What was stopped stays stopped and concealed until lead and deputy lift it; what ended does not come back.
    fn check_hold(&self) -> Result<(), TestCaseError> {
        let state = &self.submission.state;
        prop_assert_eq!(self.submission.is_concealed(), self.account.is_stopped);
        if self.account.is_stopped {
            let is_stopped = matches!(
                state,
                State::Held { hold: Hold::Crisis { .. }, .. }
                    | State::Retracting { .. }
                    | State::Closed { .. }
                    | State::Withdrawn { .. }
            );
            prop_assert!(is_stopped, "stopped, and {}", state.name());
        }
        if self.account.is_ended {
            let is_over = matches!(
                state,
                State::Retracting { .. }
                    | State::Retracted { .. }
                    | State::Withdrawn { .. }
                    | State::Closed { .. }
                    | State::Held { hold: Hold::Crisis { .. }, .. }
            );
            prop_assert!(is_over, "ended, and {}", state.name());
        }
        Ok(())
    }

    /// One seat and one counting ballot a person, on the present words, and no seat for authors or who stepped back.
    fn check_ballots(&self) -> Result<(), TestCaseError> {
        let Some(review) = &self.submission.review else { return Ok(()) };
        let people = review.seats.iter().map(|seat| seat.person).collect::<BTreeSet<_>>();
        prop_assert_eq!(people.len(), review.seats.len(), "two seats");
        prop_assert_eq!(Some(review.policy), self.account.policy, "the policy of an open review changed");
        for seat in &review.seats {
            prop_assert!(!self.account.authors.contains(&seat.person), "an author has a seat");
            if let Some(ballot) = &seat.ballot {
                prop_assert_eq!(&ballot.content, &self.submission.content);
                prop_assert_eq!(Some(&ballot.decision), self.account.ballots.get(&seat.person));
                prop_assert!(!self.account.stepped_back.contains(&seat.person));
            }
        }
        let tally = review.tally(&BTreeSet::new());
        prop_assert!(tally.approvals + tally.rejects + tally.rewords <= people.len());
        Ok(())
    }

    /// Every state that waits is due, and a sweep at that time comes to rest although nobody else does anything.
    fn check_waits(&self) -> Result<(), TestCaseError> {
        let waits = match &self.submission.state {
            State::Published { .. } => false,
            State::Retracted { due_at }
            | State::Withdrawn { due_at }
            | State::Expired { due_at }
            | State::Closed { due_at } => due_at.is_some(),
            _ => true,
        };
        prop_assert_eq!(self.submission.due().is_some(), waits);
        let Some(due) = self.submission.due().filter(|due| due.lane == Lane::Work) else { return Ok(()) };
        let now = Now { at: due.at.max(self.now.at), ..self.now };
        let mut one = self.submission.clone();
        let barred =
            self.therapists.iter().filter(|one| !one.in_good_standing(now)).map(|one| one.id).collect();
        // A panel to be drawn and ballots to be looked at may be due together.
        for _ in 0..2 {
            prop_assert_ne!(one.task(now), Task::Nothing, "due, and nothing to do");
            one = swept(one, &barred, now)?.submission;
            let rests = one.due().is_none_or(|due| due.lane == Lane::Publish || due.at > now.at);
            if rests {
                return Ok(());
            }
        }
        Err(TestCaseError::fail(format!("the sweep spins on {:?} at {}", one.state, now.at)))
    }
}

/// Does what the sweep does with a due item, the worst case of it: screening does not answer, no panel is drawn.
pub(crate) fn swept(one: Submission, barred: &BTreeSet<PersonId>, now: Now) -> Result<Step, TestCaseError> {
    let task = one.task(now);
    let step = match task {
        Task::Nothing => return Err(TestCaseError::fail("nothing to sweep")),
        Task::Screen => one.screening_failed(now),
        Task::Escalate => one.escalate(now),
        Task::Draw => one.draw_hinted(now),
        Task::AssessReview => one.review_due(barred, now),
        Task::Expire => one.expire(now),
        Task::Close => one.close_decided(now),
        Task::Remind => one.remind_of_attention(now),
        Task::Erase => one.erase(now),
    };
    step.map_err(|refusal| TestCaseError::fail(format!("{task:?}: {refusal}")))
}
