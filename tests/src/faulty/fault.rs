//! What goes wrong with a call, and how often.

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, rngs::StdRng};

use super::wire::Request;

/// Whether what was asked for is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    Undone,
    Done,
    /// Long after the caller has gone.
    Later,
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// The connection ends without an answer.
    Cut(Deed),
    /// The answer ends in its middle.
    Half,
    /// No answer for longer than the caller waits.
    Silent(Deed),
    /// A page of HTML that says 200.
    Garbled(Deed),
    /// Nothing that says 200.
    Empty(Deed),
    /// JSON of another shape that says 200.
    Other(Deed),
    /// A server error.
    Failed(Deed),
    /// What lies between repeats the call; the second answer arrives.
    Twice,
    TooMany,
    /// The token has expired, or is said to be bad.
    Unauthorised,
    /// These words are said to be there already.
    Duplicate,
    /// The platform does not take this.
    Refused,
}

impl Fault {
    pub(super) const ALL: [Self; 20] = [
        Self::Cut(Deed::Undone),
        Self::Cut(Deed::Done),
        Self::Half,
        Self::Silent(Deed::Undone),
        Self::Silent(Deed::Done),
        Self::Silent(Deed::Later),
        Self::Cut(Deed::Later),
        Self::Garbled(Deed::Undone),
        Self::Garbled(Deed::Done),
        Self::Empty(Deed::Undone),
        Self::Empty(Deed::Done),
        Self::Other(Deed::Undone),
        Self::Other(Deed::Done),
        Self::Failed(Deed::Undone),
        Self::Failed(Deed::Done),
        Self::Twice,
        Self::TooMany,
        Self::Unauthorised,
        Self::Duplicate,
        Self::Refused,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Cut(Deed::Undone) => "cut before it was read",
            Self::Cut(Deed::Done) => "cut after it was done",
            Self::Cut(Deed::Later) => "cut, and done later",
            Self::Half => "half an answer",
            Self::Silent(Deed::Undone) => "no answer in time, not done",
            Self::Silent(Deed::Done) => "no answer in time, done",
            Self::Silent(Deed::Later) => "no answer in time, done later",
            Self::Garbled(Deed::Undone) => "200 with HTML, not done",
            Self::Garbled(_) => "200 with HTML, done",
            Self::Empty(Deed::Undone) => "200 with nothing, not done",
            Self::Empty(_) => "200 with nothing, done",
            Self::Other(Deed::Undone) => "200 with other JSON, not done",
            Self::Other(_) => "200 with other JSON, done",
            Self::Failed(Deed::Undone) => "server error, not done",
            Self::Failed(_) => "server error, done",
            Self::Twice => "carried out twice",
            Self::TooMany => "429 with a reset time",
            Self::Unauthorised => "expired token",
            Self::Duplicate => "403 duplicate, untrue",
            Self::Refused => "refused",
        }
    }
}

/// What one platform does to the calls of one run.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// How many calls in a hundred go wrong.
    pub(super) percent: u32,
    pub(super) kinds: Vec<Fault>,
    /// From when to when it is away, and how that shows.
    pub(super) away: Option<(Timestamp, Timestamp, Fault)>,
}

impl Plan {
    pub(super) const NONE: Self = Self { percent: 0, kinds: vec![], away: None };

    pub(super) fn drawn(dice: &mut StdRng, now: Timestamp) -> Self {
        let percent = [0, 4, 12, 30, 60][dice.random_range(0..5)];
        let kinds = match dice.random_range(0..3) {
            0 => Fault::ALL.to_vec(),
            _ => (0..2).map(|_| Fault::ALL[dice.random_range(0..Fault::ALL.len())]).collect(),
        };
        let away = (dice.random_range(0..100) < 15).then(|| {
            let from = now + SignedDuration::from_mins(dice.random_range(0..20));
            let until = from + SignedDuration::from_mins([5, 40, 180, 500][dice.random_range(0..4)]);
            let how = [Fault::Cut(Deed::Undone), Fault::Failed(Deed::Undone), Fault::TooMany];
            (from, until, how[dice.random_range(0..3)])
        });
        Self { percent, kinds, away }
    }

    pub(super) fn is_away(&self, now: Timestamp) -> bool {
        self.away.is_some_and(|(from, until, _)| (from..until).contains(&now))
    }

    /// What goes wrong with this call, if anything does.
    pub(super) fn of(&self, request: &Request, now: Timestamp, dice: &mut StdRng) -> Option<Fault> {
        if let Some((_, _, how)) = self.away.filter(|_| self.is_away(now)) {
            return Some(how);
        }
        if self.kinds.is_empty() || dice.random_range(0..100) >= self.percent {
            return None;
        }
        let fault = self.kinds[dice.random_range(0..self.kinds.len())];
        // Of what changes nothing none of these can be said.
        let is_fitting = match fault {
            Fault::Twice | Fault::Refused | Fault::Duplicate => request.is_write(),
            Fault::Cut(Deed::Later) | Fault::Silent(Deed::Later) => request.is_write(),
            _ => true,
        };
        is_fitting.then_some(fault)
    }
}
