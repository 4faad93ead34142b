//! Example people, proposals, and the way of a proposal up to a state. All of it is made up.

use std::collections::{BTreeMap, BTreeSet};

use curation::{
    audit,
    composition::{Composition, ContentHash, Disclaimer, PlatformName, Rendering, Replies, Salt, commit},
    ids::{PersonId, SubmissionId},
    panel::{Drawn, Seed},
    policy::{Policy, Tier},
    review::Decision,
    roster::{Membership, Register, Therapist},
    submission::{Kind, Revision, State, Step, Submission},
    time::Now,
    transitions::{NewSubmission, Route, Verdict},
};
use screening::{EngineVersion, Report};
use store::{BallotRecord, Check, Proposal, StoreError, Write};

use crate::harness::World;

/// A Monday noon, within the channel's hours.
pub(crate) fn monday() -> Now {
    Now::real("2026-11-23T12:00:00Z".parse().unwrap())
}

/// Monday noon and so many minutes.
pub(crate) fn minutes_later(minutes: i64) -> Now {
    Now::real(monday().after(jiff::SignedDuration::from_mins(minutes)))
}

pub(crate) fn submission_id(number: u32) -> SubmissionId {
    let [a, b, c, d] = number.to_be_bytes();
    SubmissionId::new(1_763_900_000_000, [0, 0, 0, 0, 0, 0, a, b, c, d])
}

pub(crate) fn person(number: u8) -> PersonId {
    PersonId::new(1, [number; 10])
}

pub(crate) fn people(count: u8) -> Vec<PersonId> {
    (0..count).map(person).collect()
}

pub(crate) fn register(number: u8) -> Register {
    Register(["BACP", "UKCP", "NCPS"][usize::from(number % 3)].to_owned())
}

pub(crate) fn therapist(number: u8) -> Therapist {
    Therapist {
        id: person(number),
        name: format!("Example Therapist {number}"),
        email: format!("therapist{number}@example.org"),
        register: register(number),
        register_number: format!("EX{number}"),
        membership: Membership::Full,
        checked_on: "2026-11-01".parse().unwrap(),
        checked_by: "example coordinator".to_owned(),
        active: true,
        bouncing: false,
        unsubscribed: false,
        away_until: None,
        epoch: 0,
        invited: vec![],
        version: 1,
    }
}

/// The next version of a therapist, invited now.
pub(crate) fn invited(therapist: Therapist, now: Now) -> Therapist {
    let version = therapist.version + 1;
    Therapist { version, ..therapist.invited_at(now) }
}

pub(crate) fn panel(count: u8) -> Vec<Drawn> {
    (0..count).map(|number| Drawn { person: person(number), register: register(number) }).collect()
}

pub(crate) const WORDS: &str = "It is fine to ask a therapist how they work.";

pub(crate) fn salt() -> Salt {
    Salt([0xA5; 16])
}

pub(crate) fn revision(number: u32, words: &str) -> Revision {
    let disclaimer =
        Disclaimer { id: "plain".to_owned(), version: 1, text: "General information.".to_owned() };
    let rendering = Rendering {
        platform: PlatformName::new("local"),
        parts: vec![format!("{words}\n\n{}", disclaimer.text)],
        shares: None,
        content_note: None,
        replies: Replies::Nobody,
    };
    let words = words.to_owned();
    let composition =
        Composition { words, disclaimer, target: None, renderings: vec![rendering], turns: vec![] };
    Revision { number, composition, salt: salt(), at: monday().at }
}

pub(crate) fn report() -> Report {
    Report {
        engine: EngineVersion(1),
        route: screening::Route::Review,
        tier: screening::Tier::Standard,
        findings: vec![],
        scores: BTreeMap::from([(screening::Category::Spam, 0.02)]),
    }
}

pub(crate) fn verdict(route: Route) -> Verdict {
    Verdict { route, tier: Tier::Standard, report: commit(&report(), salt()), engine: 1 }
}

pub(crate) fn nobody() -> BTreeSet<PersonId> {
    BTreeSet::new()
}

pub(crate) fn ballot(person: PersonId, decision: Decision, content: &ContentHash, now: Now) -> BallotRecord {
    BallotRecord {
        person,
        revision: 1,
        content: content.clone(),
        decision,
        reason: Some("An example reason in a voter's words.".to_owned()),
        suggestion: None,
        comment: Some("An example comment.".to_owned()),
        declaration: "v1".to_owned(),
        salt: salt(),
        at: now.at,
    }
}

/// A proposal as an accepting function would have it.
pub(crate) struct Example {
    pub(crate) step: Step,
    pub(crate) revision: Revision,
    pub(crate) report: Option<Report>,
    pub(crate) consent: serde_json::Value,
    pub(crate) return_code: String,
}

impl Example {
    /// Not screened yet.
    pub(crate) fn received(number: u32, now: Now) -> Self {
        let revision = revision(1, WORDS);
        let new =
            NewSubmission { id: submission_id(number), kind: Kind::Text, role: None, may_contact: true };
        Self {
            step: Submission::receive(new, &revision, now),
            revision,
            report: None,
            consent: serde_json::json!({"publish": "v1", "health": "v1"}),
            return_code: format!("hash-of-code-{number}"),
        }
    }

    /// Screened as it came in.
    pub(crate) fn screened(number: u32, route: Route, now: Now) -> Self {
        let received = Self::received(number, now);
        let step = received.step.and_then(|submission| submission.screened(&verdict(route), now)).unwrap();
        Self { step, report: Some(report()), ..received }
    }

    pub(crate) fn proposal(&self) -> Proposal<'_> {
        Proposal {
            step: &self.step,
            revision: &self.revision,
            report: self.report.as_ref(),
            email: Some("somebody@example.org"),
            consent: &self.consent,
            return_code: &self.return_code,
            remembered: None,
        }
    }
}

/// What somebody decided to write.
pub(crate) struct Move {
    pub(crate) step: Step,
    pub(crate) writes: Vec<Write>,
    pub(crate) checks: Vec<Check>,
}

impl World {
    pub(crate) async fn accept(&self, example: &Example) -> Submission {
        self.store.accept(&example.proposal(), monday()).await.unwrap();
        example.step.submission.clone()
    }

    pub(crate) async fn received(&self, number: u32) -> Submission {
        self.accept(&Example::received(number, monday())).await
    }

    pub(crate) async fn in_review(&self, number: u32) -> Submission {
        self.accept(&Example::screened(number, Route::Review, monday())).await
    }

    /// Writes a step with nothing beside it.
    pub(crate) async fn write(&self, before: &Submission, step: &Step) -> Submission {
        self.store.commit(before, step, vec![], &[], monday()).await.unwrap();
        step.submission.clone()
    }

    /// In review, with the first `seats` people on the panel.
    pub(crate) async fn seated(&self, number: u32, seats: u8) -> Submission {
        let before = self.in_review(number).await;
        let drawn = before.clone().panel_drawn(&Policy::DEFAULT, &panel(seats), Seed([1; 16]), monday());
        self.write(&before, &drawn.unwrap()).await
    }

    /// Approved by all of a panel of five at this time.
    pub(crate) async fn approved(&self, number: u32, now: Now) -> Submission {
        let mut submission = self.seated(number, 5).await;
        for person in people(5) {
            let content = submission.content.clone();
            let step =
                submission.clone().cast(person, Decision::Approve, &content, None, &nobody(), now).unwrap();
            submission = self.write(&submission, &step).await;
        }
        assert!(matches!(submission.state, State::Approved { awaits_submitter: false, .. }));
        submission
    }

    pub(crate) async fn withdrawn(&self, before: &Submission) -> Submission {
        self.write(before, &before.clone().withdraw(monday()).unwrap()).await
    }

    /// Stores so many therapists in good standing.
    pub(crate) async fn roster(&self, count: u8) {
        for number in 0..count {
            self.store.put_therapist(&therapist(number)).await.unwrap();
        }
    }

    /// Loads, decides and writes, again after each lost race; `None` once there is nothing left to do.
    pub(crate) async fn turn(
        &self,
        id: SubmissionId,
        decide: impl Fn(Submission) -> Option<Move>,
    ) -> Option<Submission> {
        loop {
            let before = self.store.load(id).await.unwrap().unwrap();
            let Move { step, writes, checks } = decide(before.clone())?;
            match self.store.commit(&before, &step, writes, &checks, monday()).await {
                Ok(()) => return Some(step.submission),
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Checks that the stored audit record is whole and ends where the submission says it does; gives its actions.
    pub(crate) async fn verified(&self, id: SubmissionId) -> Vec<String> {
        let entries = self.store.audit(id).await.unwrap();
        let submission = self.store.load(id).await.unwrap().unwrap();
        assert_eq!(audit::verify(id, &entries), Ok(submission.chain));
        let numbers = entries.iter().map(|entry| entry.sequence);
        assert!(numbers.eq(1..=entries.len() as u64));
        entries.into_iter().map(|entry| entry.action).collect()
    }
}
