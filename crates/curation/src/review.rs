//! Review: seats, ballots, and when and how a review closes.
//!
//! Invariants: a person has one seat, a seat has one counting ballot; what is counted is asked of eligibility at that
//! moment (`barred`); nothing that a person does or fails to do lowers the quorum.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    composition::ContentHash,
    ids::PersonId,
    panel::Drawn,
    policy::{Policy, Thresholds, Tier},
    roster::Register,
    submission::waits,
    time::{Now, after_working_days, next_humane},
};

/// The least domain time between two looks at a review when a second thing was due at once.
const NEXT_SWEEP: SignedDuration = SignedDuration::from_secs(1);

/// What a therapist decides about one revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Publish these exact words.
    Approve,
    /// Not these words, but other words could be.
    Reword,
    /// Do not publish.
    Reject,
    /// Do not publish: it could harm. Raises the item to the elevated tier.
    RejectAsHarmful,
    /// A safeguarding concern: stops the item at once.
    Concern,
    /// "I shouldn't review this."
    StepBack,
}

impl Decision {
    /// The decision's name in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reword => "reword",
            Self::Reject => "reject",
            Self::RejectAsHarmful => "reject_as_harmful",
            Self::Concern => "concern",
            Self::StepBack => "step_back",
        }
    }
}

/// The counting ballot of one seat. Reasons and suggested words are kept apart from it, with the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    /// What was decided.
    pub decision: Decision,
    /// On exactly which content.
    pub content: ContentHash,
    /// When.
    pub at: Timestamp,
}

/// A seat on the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// Whose.
    pub person: PersonId,
    /// The register it counts for.
    pub register: Register,
    /// When the invitation was decided on.
    pub invited_at: Timestamp,
    /// The counting ballot.
    pub ballot: Option<Ballot>,
    /// The person said "I shouldn't review this".
    pub stepped_back: bool,
    /// The person had not voted when others were invited in their place. They may still vote.
    pub silent: bool,
}

impl Seat {
    fn is_awaited(&self) -> bool {
        !self.stepped_back && (!self.silent || self.ballot.is_some())
    }
}

/// How a review ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// A quorum approves.
    Approved,
    /// Enough reject.
    Rejected,
    /// Other words are wanted.
    Rewording,
    /// The deadline passed without any of these.
    Stalled,
}

/// The counted ballots of a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Approvals.
    pub approvals: usize,
    /// Different registers among those who approve.
    pub registers: usize,
    /// Rejects, of both kinds.
    pub rejects: usize,
    /// Requests to reword.
    pub rewords: usize,
    /// Seats from which a ballot may still be expected.
    pub awaited: usize,
    /// Every seat from which a ballot may be expected has one, and there is at least one.
    pub all_in: bool,
}

impl Tally {
    fn is_quorum(&self, thresholds: &Thresholds) -> bool {
        self.approvals >= thresholds.approvals
            && self.registers >= thresholds.registers
            && self.approvals > self.rejects + self.rewords
    }
}

/// One review of one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The policy in force when the panel was drawn: a later, weaker policy does not touch an open review.
    pub policy: Policy,
    /// When the panel was drawn.
    pub opened_at: Timestamp,
    /// When it ends.
    pub deadline: Timestamp,
    /// Everybody invited, in the order of invitation.
    pub seats: Vec<Seat>,
    /// The reminder went out.
    pub reminded: bool,
    /// The silent were passed over for others.
    pub topped_up: bool,
    /// Seats beyond the policy's target, by which a coordinator widened the panel.
    #[serde(default)]
    pub extra: usize,
}

impl Review {
    /// Opens a review for a panel drawn now.
    #[must_use]
    pub fn open(policy: Policy, tier: Tier, panel: &[Drawn], now: Now) -> Self {
        let days = policy.thresholds(tier).deadline_days;
        let mut review = Self {
            policy,
            opened_at: now.at,
            deadline: after_working_days(now.at, days),
            seats: vec![],
            reminded: false,
            topped_up: false,
            extra: 0,
        };
        review.seat(panel, now);
        review
    }

    /// Adds seats; nobody gets a second one.
    pub(crate) fn seat(&mut self, panel: &[Drawn], now: Now) {
        for drawn in panel {
            if self.seat_of(drawn.person).is_none() {
                self.seats.push(Seat {
                    person: drawn.person,
                    register: drawn.register.clone(),
                    invited_at: now.at,
                    ballot: None,
                    stepped_back: false,
                    silent: false,
                });
            }
        }
    }

    /// The seat of a person.
    #[must_use]
    pub fn seat_of(&self, person: PersonId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.person == person)
    }

    pub(crate) fn seat_of_mut(&mut self, person: PersonId) -> Option<&mut Seat> {
        self.seats.iter_mut().find(|seat| seat.person == person)
    }

    /// Those whose approval counts towards the quorum, if nobody is barred.
    #[must_use]
    pub fn approvers(&self) -> BTreeSet<PersonId> {
        self.seats
            .iter()
            .filter(|seat| !seat.stepped_back)
            .filter(|seat| seat.ballot.as_ref().is_some_and(|ballot| ballot.decision == Decision::Approve))
            .map(|seat| seat.person)
            .collect()
    }

    /// How many more should be invited to reach the target, and how the registers are seated so far. The seats of those
    /// who are `barred` at this moment are as good as empty.
    #[must_use]
    pub fn missing(&self, tier: Tier, barred: &BTreeSet<PersonId>) -> (usize, BTreeMap<Register, usize>) {
        let mut seated = BTreeMap::<Register, usize>::new();
        let awaited = self.seats.iter().filter(|seat| seat.is_awaited() && !barred.contains(&seat.person));
        let mut count = 0;
        for seat in awaited {
            count += 1;
            *seated.entry(seat.register.clone()).or_default() += 1;
        }
        ((self.policy.thresholds(tier).panel + self.extra).saturating_sub(count), seated)
    }

    /// Counts. The ballots of those who are `barred` at this moment do not count and are not waited for.
    #[must_use]
    pub fn tally(&self, barred: &BTreeSet<PersonId>) -> Tally {
        let mut tally = Tally { all_in: true, ..Tally::default() };
        let mut registers = BTreeSet::new();
        for seat in self.seats.iter().filter(|seat| seat.is_awaited() && !barred.contains(&seat.person)) {
            tally.awaited += 1;
            match seat.ballot.as_ref().map(|ballot| ballot.decision) {
                None => tally.all_in = false,
                Some(Decision::Approve) => {
                    tally.approvals += 1;
                    registers.insert(&seat.register);
                }
                Some(Decision::Reword) => tally.rewords += 1,
                Some(Decision::Reject | Decision::RejectAsHarmful) => tally.rejects += 1,
                // A concern ends the review before anything is counted; a step back is no awaited seat.
                Some(Decision::Concern | Decision::StepBack) => {}
            }
        }
        tally.registers = registers.len();
        tally.all_in &= tally.awaited > 0;
        tally
    }

    /// True if those who approve and are not `barred` at this moment are a quorum.
    #[must_use]
    pub fn has_quorum(&self, tier: Tier, barred: &BTreeSet<PersonId>) -> bool {
        self.tally(barred).is_quorum(self.policy.thresholds(tier))
    }

    /// How the review closes at this moment, if it does.
    #[must_use]
    pub fn closing(&self, tier: Tier, barred: &BTreeSet<PersonId>, now: Now) -> Option<Closing> {
        let thresholds = self.policy.thresholds(tier);
        let tally = self.tally(barred);
        let is_due = now.at >= self.deadline;
        let is_open_long_enough = now.at.duration_since(self.opened_at) >= thresholds.open();
        if tally.rejects >= thresholds.rejects {
            return Some(Closing::Rejected);
        }
        if tally.all_in || is_open_long_enough || is_due {
            if tally.is_quorum(thresholds) {
                return Some(Closing::Approved);
            }
            if tally.rewords >= thresholds.rewords {
                return Some(Closing::Rewording);
            }
        }
        match is_due {
            true if tally.rewords >= thresholds.rewords_at_deadline => Some(Closing::Rewording),
            true => Some(Closing::Stalled),
            false => None,
        }
    }

    /// When the review must next be looked at.
    #[must_use]
    pub fn due_at(&self, tier: Tier) -> Timestamp {
        let thresholds = self.policy.thresholds(tier);
        let tally = self.tally(&BTreeSet::new());
        let after = |duration| self.opened_at.saturating_add(duration).unwrap_or(Timestamp::MAX);
        let closes = tally.is_quorum(thresholds) || tally.rewords >= thresholds.rewords;
        [
            closes.then(|| after(thresholds.open())),
            (!self.reminded).then(|| next_humane(after(thresholds.reminder()))),
            (!self.topped_up).then(|| after(thresholds.top_up())),
        ]
        .into_iter()
        .flatten()
        .fold(self.deadline, Timestamp::min)
    }

    /// When the review is looked at next, having been looked at now: always later, so that no sweep spins on it.
    pub(crate) fn next_look(&self, tier: Tier, now: Now) -> Timestamp {
        let thresholds = self.policy.thresholds(tier);
        let tally = self.tally(&BTreeSet::new());
        let later = |at: Timestamp, otherwise| if at > now.at { at } else { otherwise };
        let after = |duration| self.opened_at.saturating_add(duration).unwrap_or(Timestamp::MAX);
        let closes = tally.is_quorum(thresholds) || tally.rewords >= thresholds.rewords;
        let next_sweep = now.after(NEXT_SWEEP);
        // A quorum that did not close has approvers who lapsed: they may have been looked up again by tomorrow.
        let open = later(after(thresholds.open()), now.after(waits::DRAW_AGAIN));
        // A sweep that came too late in the evening to remind does so in the morning.
        let reminder =
            later(next_humane(after(thresholds.reminder())), later(next_humane(now.at), next_sweep));
        let top_up = later(after(thresholds.top_up()), next_sweep);
        [closes.then_some(open), (!self.reminded).then_some(reminder), (!self.topped_up).then_some(top_up)]
            .into_iter()
            .flatten()
            .fold(later(self.deadline, next_sweep), Timestamp::min)
    }

    /// True if too few ballots, or from too few registers, may still be expected for a quorum with one absence.
    pub(crate) fn is_short(&self, tier: Tier) -> bool {
        let thresholds = self.policy.thresholds(tier);
        let (_, seated) = self.missing(tier, &BTreeSet::new());
        seated.values().sum::<usize>() < thresholds.smallest_panel() || seated.len() < thresholds.registers
    }

    /// Those who have neither voted nor stepped back.
    pub(crate) fn quiet(&self) -> impl Iterator<Item = PersonId> {
        self.seats.iter().filter(|seat| seat.ballot.is_none() && !seat.stepped_back).map(|seat| seat.person)
    }

    /// True if the silent should be passed over now.
    pub(crate) fn top_up_is_due(&self, tier: Tier, now: Now) -> bool {
        !self.topped_up && now.at.duration_since(self.opened_at) >= self.policy.thresholds(tier).top_up()
    }

    /// True if the reminder should go out now.
    pub(crate) fn reminder_is_due(&self, tier: Tier, now: Now) -> bool {
        let due = self.opened_at.saturating_add(self.policy.thresholds(tier).reminder());
        // A sweep that comes late must not send at night either.
        !self.reminded && due.is_ok_and(|due| next_humane(due) <= now.at) && next_humane(now.at) == now.at
    }
}
