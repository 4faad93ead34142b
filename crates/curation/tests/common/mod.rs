//! What every test of this crate starts from: an example roster over three registers, example words, and one item taken
//! as far as a test needs it. Everything goes through the public transitions.

// Each test binary uses its own part of this.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeSet;

use curation::{
    audit::Entry,
    composition::{ContentHash, Disclaimer, Measure, PlatformName, PlatformRules, Salt, commit, compose},
    ids::{PersonId, SubmissionId},
    panel::{Drawn, Seed},
    policy::{Policy, Tier},
    review::Decision,
    roster::{Membership, Register, Therapist},
    submission::{Kind, Revision, State, Step, Submission},
    time::Now,
    transitions::{CastError, NewSubmission, Route, Verdict},
};
use jiff::{SignedDuration, Timestamp};

/// The engine that screens unless a test says otherwise.
pub(crate) const ENGINE: u32 = 1;

pub(crate) const REGISTERS: [&str; 3] = ["BACP", "UKCP", "NCPS"];

pub(crate) fn at(text: &str) -> Now {
    Now::real(text.parse().unwrap())
}

/// A Monday at noon, in winter: London shows what UTC shows.
pub(crate) fn monday() -> Now {
    at("2026-11-23T12:00:00Z")
}

pub(crate) fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

pub(crate) fn later(now: Now, duration: SignedDuration) -> Now {
    Now { at: now.after(duration), ..now }
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::new(1, [number; 10])
}

pub(crate) fn lead() -> PersonId {
    person(201)
}

pub(crate) fn deputy() -> PersonId {
    person(202)
}

pub(crate) fn coordinator() -> PersonId {
    person(203)
}

/// Therapist `number` of the example roster; its register goes round the three.
pub(crate) fn therapist(number: u8) -> Therapist {
    Therapist {
        id: person(number),
        name: format!("Example Therapist {number}"),
        email: format!("therapist{number}@example.org"),
        register: Register(REGISTERS[usize::from(number) % REGISTERS.len()].into()),
        register_number: format!("EX{number}"),
        membership: Membership::Full,
        checked_on: "2026-11-01".parse().unwrap(),
        checked_by: "example coordinator".into(),
        active: true,
        bouncing: false,
        unsubscribed: false,
        away_until: None,
        epoch: 0,
        invited: vec![],
        version: 1,
    }
}

pub(crate) fn seats(numbers: impl IntoIterator<Item = u8>) -> Vec<Drawn> {
    numbers.into_iter().map(|n| Drawn { person: person(n), register: therapist(n).register }).collect()
}

pub(crate) fn hash(number: u32) -> ContentHash {
    commit(&number, Salt([9; 16]))
}

pub(crate) fn platform(name: &str) -> PlatformRules {
    PlatformRules {
        platform: PlatformName::new(name),
        longest: 300,
        measure: Measure::Graphemes,
        most_bytes: 3_000,
        most_parts: 10,
        quotes: false,
        content_notes: false,
    }
}

pub(crate) fn revision(number: u32, now: Now) -> Revision {
    let disclaimer =
        Disclaimer { id: "example".into(), version: 1, text: "An example of a disclaimer.".into() };
    let words = format!("Example words, version {number}.");
    let composition = compose(&words, &disclaimer, None, &[platform("local"), platform("other")]).unwrap();
    let salt = Salt([u8::try_from(number % 251).unwrap(); 16]);
    Revision { number, composition, salt, at: now.at }
}

pub(crate) fn verdict(route: Route, tier: Tier) -> Verdict {
    verdict_of(ENGINE, route, tier)
}

/// What a version of screening says.
pub(crate) fn verdict_of(engine: u32, route: Route, tier: Tier) -> Verdict {
    Verdict { route, tier, report: hash(77), engine }
}

/// An item and its whole record.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) submission: Submission,
    pub(crate) entries: Vec<Entry>,
    pub(crate) revision: Revision,
}

impl Item {
    pub(crate) fn received(now: Now) -> Self {
        let revision = revision(1, now);
        let new = NewSubmission {
            id: SubmissionId::new(1, [1; 10]),
            kind: Kind::Text,
            role: None,
            may_contact: false,
        };
        let step = Submission::receive(new, &revision, now);
        Self { submission: step.submission, entries: step.entries, revision }
    }

    /// In review at `tier` by therapists 0 to 4 (two each of BACP and UKCP, one of NCPS), or 0 to 5.
    pub(crate) fn in_review(tier: Tier, now: Now) -> Self {
        let size = u8::try_from(Policy::DEFAULT.thresholds(tier).panel).unwrap();
        let mut item = Self::received(now);
        item.does(|one| one.screened(&verdict(Route::Review, tier), now));
        item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(0..size), Seed([1; 16]), now));
        assert_eq!(item.state(), "in_review");
        item
    }

    /// Approved at the standard tier by therapists 0 to 4, all of them.
    pub(crate) fn approved(now: Now) -> Self {
        let mut item = Self::in_review(Tier::Standard, now);
        for n in 0..5 {
            item.votes(n, Decision::Approve, now).unwrap();
        }
        assert_eq!(item.state(), "approved");
        item
    }

    /// Published, an hour later.
    pub(crate) fn published(now: Now) -> Self {
        let mut item = Self::approved(now);
        item.is_taken(later(now, hours(1)));
        item.is_delivered(later(now, hours(1)));
        assert_eq!(item.state(), "published");
        item
    }

    pub(crate) fn is_taken(&mut self, now: Now) {
        let renderings = self.revision.composition.renderings.clone();
        self.does(|one| one.take(&renderings, |_| true, now.at, now));
    }

    pub(crate) fn is_delivered(&mut self, now: Now) {
        for index in 0..self.submission.deliveries.len() {
            let status = curation::submission::DeliveryStatus::Sent;
            self.does(|one| one.delivered(index, status, Some(format!("example-post-{index}")), now));
        }
    }

    pub(crate) fn is_taken_down(&mut self, now: Now) {
        for index in 0..self.submission.deliveries.len() {
            let status = curation::submission::DeliveryStatus::Deleted;
            self.does(|one| one.delivered(index, status, None, now));
        }
        self.does(|one| one.retracted(now));
    }

    /// Makes a legal step.
    pub(crate) fn does<E: std::fmt::Debug>(
        &mut self,
        transition: impl FnOnce(Submission) -> Result<Step, E>,
    ) {
        self.tries(transition).unwrap();
    }

    /// Makes a step, or learns why not.
    pub(crate) fn tries<E>(
        &mut self,
        transition: impl FnOnce(Submission) -> Result<Step, E>,
    ) -> Result<Step, E> {
        let step = transition(self.submission.clone())?;
        self.submission = step.submission.clone();
        self.entries.extend(step.entries.iter().cloned());
        Ok(step)
    }

    pub(crate) fn votes(&mut self, number: u8, decision: Decision, now: Now) -> Result<Step, CastError> {
        self.votes_while(number, decision, &BTreeSet::new(), now)
    }

    pub(crate) fn votes_while(
        &mut self,
        number: u8,
        decision: Decision,
        barred: &BTreeSet<PersonId>,
        now: Now,
    ) -> Result<Step, CastError> {
        let content = self.submission.content.clone();
        self.tries(|one| one.cast(person(number), decision, &content, None, barred, now))
    }

    pub(crate) fn state(&self) -> &'static str {
        self.submission.state.name()
    }

    pub(crate) fn due_at(&self) -> Timestamp {
        self.submission.due().unwrap().at
    }

    pub(crate) fn draw_at(&self) -> Option<Timestamp> {
        match self.submission.state {
            State::InReview { draw_at, .. } => draw_at,
            _ => None,
        }
    }
}
