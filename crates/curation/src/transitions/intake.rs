//! From a proposal, or new words, to the route that screening gives it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{InvalidTransition, commitment};
use crate::{
    audit::{Actor, ChainHead},
    composition::ContentHash,
    ids::{PersonId, SubmissionId},
    policy::Tier,
    roster::Duty,
    submission::{
        About, Hold, Kind, Recipient, ReleaseTo, Revision, Role, State, Step, Submission, Told, waits,
    },
    time::Now,
};

/// What a proposal brings with it besides its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubmission {
    /// Its id.
    pub id: SubmissionId,
    /// What it is.
    pub kind: Kind,
    /// As whom it is proposed.
    pub role: Option<Role>,
    /// The submitter agreed to be written to if somebody is worried.
    pub may_contact: bool,
}

/// Where screening sends an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// To the panel.
    Review,
    /// Nowhere, with a way to appeal.
    Decline,
    /// Back for other words.
    Redact,
    /// To the lead alone.
    Hold,
}

/// What screening says of the current revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Where to.
    pub route: Route,
    /// How carefully it is to be reviewed.
    pub tier: Tier,
    /// A commitment to the whole report.
    pub report: ContentHash,
    /// The version of the engine that answered; later ones have higher numbers.
    pub engine: u32,
}

impl Submission {
    /// A new submission, waiting for screening.
    #[must_use]
    pub fn receive(new: NewSubmission, revision: &Revision, now: Now) -> Step {
        Self::receive_from(Actor::Submitter, new, revision, now)
    }

    /// The same from somebody whom the channel knows: they never review it.
    #[must_use]
    pub fn receive_from(actor: Actor, new: NewSubmission, revision: &Revision, now: Now) -> Step {
        let fresh = Self {
            id: new.id,
            version: 0,
            state: State::Received { attempts: 0, due_at: now.at },
            tier: Tier::Standard,
            revision: revision.number,
            content: revision.content(),
            kind: new.kind,
            role: new.role,
            received_at: now.at,
            may_contact: new.may_contact,
            words_changed: false,
            authors: match actor {
                Actor::Person(person) => BTreeSet::from([person]),
                Actor::Submitter | Actor::System => BTreeSet::new(),
            },
            stepped_back: BTreeSet::new(),
            was_reviewed: false,
            was_published: false,
            concealed: false,
            ended: false,
            compared_with: None,
            screened_by: 0,
            appealed: false,
            target_gone: false,
            look_at_target: None,
            review: None,
            release: None,
            topic: None,
            approved_at: None,
            deliveries: vec![],
            past: vec![],
            pin: None,
            lapse_told_at: None,
            replaces: None,
            chain: ChainHead::default(),
        };
        fresh.enter(waiting_for_screening(now), actor, "received", now)
    }

    /// New words, in answer to a request for them. `words_changed` says that they are not the submitter's own.
    ///
    /// # Errors
    /// Unless the item waits for new words.
    pub fn revise(
        mut self,
        revision: &Revision,
        actor: Actor,
        words_changed: bool,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::NeedsRedaction { .. } | State::Rewording { .. }) {
            return self.refuse("changing the words");
        }
        if let Actor::Person(person) = actor {
            self.authors.insert(person);
        }
        // Words that were changed before anybody reviewed them had something in them that no reviewer should read.
        if matches!(self.state, State::Rewording { .. }) {
            self.compared_with = Some(self.revision);
        }
        self.revision = revision.number;
        self.content = revision.content();
        self.screened_by = 0;
        self.words_changed = words_changed;
        self.review = None;
        self.approved_at = None;
        self.keep_posts();
        Ok(self.enter(waiting_for_screening(now), actor, "revised", now))
    }

    /// Screening answered. A confirmed release of exactly this content is honoured.
    ///
    /// # Errors
    /// Unless the item waits for screening.
    pub fn screened(mut self, verdict: &Verdict, now: Now) -> Result<Step, InvalidTransition> {
        let waits_for_screening =
            matches!(self.state, State::Received { .. } | State::Held { hold: Hold::Technical { .. }, .. });
        if !waits_for_screening {
            return self.refuse("screening");
        }
        self.tier = self.tier.max(verdict.tier);
        self.screened_by = verdict.engine;
        let mut route = verdict.route;
        if let Some(to) = self.confirmed_release() {
            (route, self.tier) = match to {
                ReleaseTo::Review => (Route::Review, Tier::Elevated),
                ReleaseTo::Redaction => (Route::Redact, self.tier),
            };
        }
        if route == Route::Decline && self.review.is_some() {
            // Held in the middle of its review: no machine ends what people have begun.
            route = Route::Review;
        }
        let report = vec![commitment("report", &verdict.report)];
        Ok(match route {
            Route::Review => {
                let state = match &mut self.review {
                    None => waiting_for_panel(now),
                    // Held in the middle of its review: that goes on, with the ballots that are in.
                    Some(review) => {
                        let days = review.policy.thresholds(self.tier).deadline_days;
                        review.reopen(now, days);
                        let draw_at = Some(now.after_real(waits::HINT_AGAIN));
                        State::InReview { draw_at, due_at: review.next_look(self.tier, now) }
                    }
                };
                self.enter_with(state, Actor::System, "screened: review", report, now)
            }
            Route::Decline => {
                let state = State::Declined { due_at: now.after(waits::APPEAL) };
                self.enter_with(state, Actor::System, "screened: decline", report, now)
                    .telling(Recipient::Submitter, About::Status)
            }
            Route::Redact => {
                let state = State::NeedsRedaction { due_at: now.after(waits::NEW_WORDS) };
                self.enter_with(state, Actor::System, "screened: redact", report, now)
                    .telling(Recipient::Submitter, About::Redaction)
                    .telling(Recipient::Duty(Duty::Coordinator), About::Redaction)
            }
            Route::Hold => {
                self.conceal();
                let state = held_for_lead(now);
                self.enter_with(state, Actor::System, "screened: hold", report, now)
                    .telling(Recipient::Duty(Duty::Lead), About::SafeguardingHold)
            }
        })
    }

    /// Whoever proposed what a machine declined asks for a person (UK GDPR, Article 22: a decision that no human took can
    /// be looked at by one). A coordinator is told, and has as long as there was to ask.
    ///
    /// # Errors
    /// Unless it is declined and nobody has asked before.
    pub fn appeal(mut self, now: Now) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Declined { .. }) || self.appealed {
            return self.refuse("asking for a person");
        }
        self.appealed = true;
        let state = State::Declined { due_at: now.after(waits::APPEAL) };
        Ok(self
            .enter(state, Actor::Submitter, "appealed", now)
            .telling(Recipient::Duty(Duty::Coordinator), About::Appeal))
    }

    /// A coordinator gives what a machine declined to the panel, at the elevated tier: therapists decide.
    ///
    /// # Errors
    /// Unless it is declined and its submitter asked for a person.
    pub fn take_up(mut self, coordinator: PersonId, now: Now) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Declined { .. }) || !self.appealed {
            return self.refuse("taking it up");
        }
        self.tier = Tier::Elevated;
        Ok(self
            .enter(waiting_for_panel(now), Actor::Person(coordinator), "taken_up", now)
            .telling(Recipient::Submitter, About::Status))
    }

    /// Screening failed, or did not answer in time. After [`waits::SCREENING_ATTEMPTS`] a coordinator is told.
    ///
    /// # Errors
    /// Unless the item waits for screening.
    pub fn screening_failed(self, now: Now) -> Result<Step, InvalidTransition> {
        let (attempts, was_received) = match self.state {
            State::Received { attempts, .. } => (attempts + 1, true),
            State::Held { hold: Hold::Technical { attempts }, .. } => (attempts + 1, false),
            _ => return self.refuse("screening"),
        };
        let due_at = back_off(attempts, now);
        if attempts < waits::SCREENING_ATTEMPTS {
            return Ok(self.waiting(State::Received { attempts, due_at }));
        }
        let state = State::Held { hold: Hold::Technical { attempts }, due_at };
        Ok(if was_received {
            self.enter(state, Actor::System, "screening_failed", now)
                .telling(Recipient::Duty(Duty::Coordinator), About::TechnicalHold)
        } else {
            self.waiting(state)
        })
    }
}

fn waiting_for_screening(now: Now) -> State {
    State::Received { attempts: 0, due_at: now.after_real(waits::HINT_AGAIN) }
}

pub(super) fn waiting_for_panel(now: Now) -> State {
    let due_at = now.after_real(waits::HINT_AGAIN);
    State::InReview { draw_at: Some(due_at), due_at }
}

pub(super) fn held_for_lead(now: Now) -> State {
    State::Held { hold: Hold::Crisis { told: Told::Lead }, due_at: now.after(waits::ESCALATION) }
}

/// Doubles from [`waits::HINT_AGAIN`] up to [`waits::LONGEST_BACK_OFF`], in real time.
pub(super) fn back_off(attempts: u32, now: Now) -> Timestamp {
    let factor = 2_i32.saturating_pow(attempts.min(16));
    let pause: SignedDuration = waits::HINT_AGAIN.saturating_mul(factor);
    now.after_real(pause.min(waits::LONGEST_BACK_OFF))
}
