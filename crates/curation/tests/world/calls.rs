//! The calls: each is made whatever the state, and checked against the account.

use curation::{
    audit::Actor,
    panel::{Seed, draw},
    policy::{Policy, Tier},
    review::Decision,
    roster::Duty,
    submission::{
        Afterwards, Attention, DeliveryStatus, Hold, Lane, ReleaseTo, State, Step, Submission, Told,
    },
    transitions::{InvalidTransition, NotPublishable, ReleaseError, Route},
};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::{World, swept};
use crate::common::{coordinator, deputy, hash, lead, revision, verdict_of};

/// Something that somebody does.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    /// [`World::next`].
    Advance(usize),
    Wait(u32),
    Sweep,
    Pause(usize),
    /// All who approve lapse together, and one of them comes back.
    PauseApprovers,
    Activate(usize),
    LookUp(usize),
    ForgetLookUp(usize),
    ChangePolicy,
    Screen(Route, Tier),
    ScreeningFails,
    /// A new version of screening.
    Upgrade,
    ScreenAgain(Route, Tier),
    ScreeningAgainFails,
    AwaitScreening,
    Appeal,
    TakeUp,
    Draw(usize),
    DrawAnybody(usize),
    HintDraw,
    Vote {
        who: usize,
        decision: Decision,
        is_current: bool,
    },
    LookAtReview,
    Revise {
        author: Option<usize>,
        changed: bool,
    },
    Release {
        person: usize,
        duty: Duty,
        to: ReleaseTo,
    },
    Close(Duty),
    Withdraw,
    Agree,
    Publish,
    LoseQuorum,
    Deliver(usize, DeliveryStatus),
    AskHuman(usize, Attention),
    Attest(bool),
    Renew,
    RetractAgain,
    EndRetraction,
    Expire,
    CloseDecided,
    Widen,
    Escalate,
    Remind,
    Erase,
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        12 => Just(Decision::Approve),
        4 => Just(Decision::Reword),
        2 => Just(Decision::Reject),
        1 => Just(Decision::RejectAsHarmful),
        1 => Just(Decision::Concern),
        2 => Just(Decision::StepBack),
    ]
}

fn duty() -> impl Strategy<Value = Duty> {
    prop_oneof![Just(Duty::Lead), Just(Duty::Deputy), Just(Duty::Coordinator)]
}

fn release_to() -> impl Strategy<Value = ReleaseTo> {
    prop_oneof![Just(ReleaseTo::Review), Just(ReleaseTo::Redaction)]
}

fn tier() -> impl Strategy<Value = Tier> {
    prop_oneof![4 => Just(Tier::Standard), 1 => Just(Tier::Elevated)]
}

fn route() -> impl Strategy<Value = Route> {
    prop_oneof![Just(Route::Review), Just(Route::Decline), Just(Route::Redact), Just(Route::Hold)]
}

fn status() -> impl Strategy<Value = DeliveryStatus> {
    prop_oneof![
        4 => Just(DeliveryStatus::Sent),
        1 => Just(DeliveryStatus::Pending),
        1 => Just(DeliveryStatus::Sending),
        1 => Just(DeliveryStatus::Ambiguous),
        1 => Just(DeliveryStatus::Absent),
        1 => Just(DeliveryStatus::Skipped),
        4 => Just(DeliveryStatus::Deleted),
    ]
}

impl Call {
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        let i = || 0_usize..10_000;
        let attention =
            prop_oneof![Just(Attention::Refused), Just(Attention::Ambiguous), Just(Attention::Unfinished)];
        prop_oneof![
            60 => i().prop_map(Self::Advance),
            25 => (i(), decision(), prop::bool::weighted(0.95))
                .prop_map(|(who, decision, is_current)| Self::Vote { who, decision, is_current }),
            8 => (0_u32..6_000).prop_map(Self::Wait),
            6 => Just(Self::Sweep),
            7 => prop_oneof![
                2 => i().prop_map(Self::Pause),
                4 => i().prop_map(Self::Activate),
                3 => i().prop_map(Self::LookUp),
                1 => i().prop_map(Self::ForgetLookUp),
                1 => Just(Self::ChangePolicy),
            ],
            4 => prop_oneof![
                (route(), tier()).prop_map(|(route, tier)| Self::Screen(route, tier)),
                Just(Self::ScreeningFails),
            ],
            8 => prop_oneof![
                4 => Just(Self::Upgrade),
                6 => (route(), tier()).prop_map(|(route, tier)| Self::ScreenAgain(route, tier)),
                1 => Just(Self::ScreeningAgainFails),
                1 => Just(Self::AwaitScreening),
                1 => Just(Self::Appeal),
                1 => Just(Self::TakeUp),
            ],
            5 => prop_oneof![
                (0_usize..7).prop_map(Self::Draw),
                i().prop_map(Self::DrawAnybody),
                Just(Self::HintDraw),
                Just(Self::LookAtReview),
                Just(Self::Widen),
                Just(Self::LoseQuorum),
            ],
            2 => (prop::option::of(i()), any::<bool>())
                .prop_map(|(author, changed)| Self::Revise { author, changed }),
            4 => (i(), duty(), release_to())
                .prop_map(|(person, duty, to)| Self::Release { person, duty, to }),
            1 => prop_oneof![duty().prop_map(Self::Close), Just(Self::Withdraw)],
            8 => prop_oneof![
                Just(Self::Agree),
                Just(Self::Publish),
                (i(), status()).prop_map(|(index, status)| Self::Deliver(index, status)),
                (i(), attention).prop_map(|(index, why)| Self::AskHuman(index, why)),
                any::<bool>().prop_map(Self::Attest),
                Just(Self::Renew),
                Just(Self::RetractAgain),
                Just(Self::EndRetraction),
            ],
            3 => prop_oneof![
                Just(Self::Expire),
                Just(Self::CloseDecided),
                Just(Self::Escalate),
                Just(Self::Remind),
                Just(Self::Erase),
            ],
        ]
    }
}

impl World {
    /// Makes a call.
    pub(crate) fn make(&mut self, call: &Call) -> Result<(), TestCaseError> {
        let now = self.now;
        match call {
            Call::Advance(index) => match self.next(*index) {
                Some(next) => self.make(&next),
                None => Ok(()),
            },
            Call::Wait(minutes) => {
                self.now.at = now.after(SignedDuration::from_mins((*minutes).into()));
                Ok(())
            }
            Call::Sweep => self.sweep(),
            Call::Pause(index) => self.therapist(*index, |one, _| one.active = false),
            Call::PauseApprovers => {
                for one in &mut self.therapists {
                    one.active &= self.account.ballots.get(&one.id) != Some(&Decision::Approve);
                }
                self.therapist(usize::from(self.draws), |one, _| one.active = true)
            }
            Call::Activate(index) => self.therapist(*index, |one, _| one.active = true),
            Call::LookUp(index) => self.therapist(*index, |one, now| one.checked_on = now.today()),
            Call::ForgetLookUp(index) => self.therapist(*index, |one, now| {
                one.checked_on = now.today().saturating_sub(100.days());
            }),
            Call::ChangePolicy => {
                let mut careful = Policy { version: 2, ..Policy::DEFAULT };
                careful.standard.approvals = 4;
                careful.elevated.approvals = 5;
                let careful = careful.checked().unwrap();
                self.policy = if self.policy == careful { Policy::DEFAULT } else { careful };
                Ok(())
            }
            Call::Screen(route, tier) => self.screen(*route, *tier),
            Call::ScreeningFails => self.tries(|one| one.screening_failed(now)),
            Call::Upgrade => {
                self.engine += 1;
                Ok(())
            }
            Call::ScreenAgain(route, tier) => self.screen_again(*route, *tier),
            Call::ScreeningAgainFails => self.tries(|one| one.screening_again_failed(now)),
            Call::Appeal => self.tries(|one| one.appeal(now)),
            Call::TakeUp => {
                let was_asked = self.submission.appealed;
                if self.takes(|one| one.take_up(coordinator(), now))? {
                    prop_assert!(was_asked, "nobody asked for a person");
                    self.account.let_through.insert(self.submission.content.clone());
                    self.account.tier = Some(Tier::Elevated);
                    self.seen.push("taken up");
                }
                Ok(())
            }
            Call::AwaitScreening => self.tries(|one| one.awaits_screening(now)),
            Call::Draw(least) => self.draw(*least),
            Call::DrawAnybody(index) => self.draw_anybody(*index),
            Call::HintDraw => self.tries(|one| one.draw_hinted(now)),
            Call::Vote { who, decision, is_current } => self.vote(*who, *decision, *is_current),
            Call::LookAtReview => {
                let barred = self.barred();
                self.tries(|one| one.review_due(&barred, now))
            }
            Call::Revise { author, changed } => self.revise(*author, *changed),
            Call::Release { person, duty, to } => self.release(*person, *duty, *to),
            Call::Close(duty) => self.close(*duty),
            Call::Withdraw => {
                if self.takes(|one| one.withdraw(now))? {
                    self.account.is_ended = true;
                }
                Ok(())
            }
            Call::Agree => {
                if self.takes(|one| one.agree(now))? {
                    self.account.owes_yes = false;
                }
                Ok(())
            }
            Call::Publish => self.publish(),
            Call::LoseQuorum => self.lose_quorum(),
            Call::Deliver(index, status) => {
                let index = index % (self.submission.deliveries.len() + 1);
                let post = (*status == DeliveryStatus::Sent).then(|| "example-post".to_owned());
                self.tries(|one| one.delivered(index, *status, post, now))
            }
            Call::AskHuman(index, why) => {
                let index = index % (self.submission.deliveries.len() + 1);
                let status = match why {
                    Attention::Ambiguous => DeliveryStatus::Ambiguous,
                    Attention::Refused | Attention::Unfinished => DeliveryStatus::Pending,
                };
                self.tries(|one| one.needs_attention(index, status, *why, now))
            }
            Call::Attest(is_there) => {
                let post = is_there.then(|| "example-post".to_owned());
                self.tries(|one| one.attest(coordinator(), post, now.at, now))
            }
            Call::Renew => self.tries(|one| one.renew_lease(now)),
            Call::RetractAgain => self.tries(|one| one.retract_again(now)),
            Call::EndRetraction => self.end_retraction(),
            Call::Expire => self.tries(|one| one.expire(now)),
            Call::CloseDecided => self.tries(|one| one.close_decided(now)),
            Call::Widen => self.tries(|one| one.widen(coordinator(), now)),
            Call::Escalate => self.tries(|one| one.escalate(now)),
            Call::Remind => self.tries(|one| one.remind_of_attention(now)),
            Call::Erase => self.tries(|one| one.erase(now)),
        }
    }

    /// What would come next if all went well, or well enough.
    fn next(&self, index: usize) -> Option<Call> {
        let deliveries = &self.submission.deliveries;
        let unsent = deliveries.iter().position(|one| one.status != DeliveryStatus::Sent);
        let undeleted = deliveries.iter().position(|one| one.status != DeliveryStatus::Deleted);
        if self.submission.waits_for_engine(self.engine) && !index.is_multiple_of(4) {
            return Some(Call::ScreenAgain(Route::Review, Tier::Standard));
        }
        Some(match &self.submission.state {
            State::Received { .. } | State::Held { hold: Hold::Technical { .. }, .. } => match index % 12 {
                0 | 1 => Call::Screen(Route::Redact, Tier::Standard),
                2 => Call::Screen(Route::Hold, Tier::Standard),
                3 => Call::ScreeningFails,
                _ => Call::Screen(Route::Review, Tier::Standard),
            },
            State::Held { hold: Hold::Crisis { told: Told::Coordinator }, .. } => Call::Close(Duty::Lead),
            State::Held { .. } => match &self.submission.release {
                None => Call::Release { person: 0, duty: Duty::Lead, to: ReleaseTo::Review },
                Some(release) => Call::Release { person: 1, duty: Duty::Deputy, to: release.to },
            },
            State::NeedsRedaction { .. } | State::Rewording { .. } => {
                let author = (index.is_multiple_of(3)).then_some(index / 6);
                Call::Revise { author, changed: index.is_multiple_of(2) }
            }
            State::InReview { draw_at: Some(_), .. } => Call::Draw(0),
            State::InReview { .. } if index.is_multiple_of(5) => Call::Sweep,
            State::InReview { .. } => {
                Call::Vote { who: index, decision: Decision::Approve, is_current: true }
            }
            State::Declined { .. } if self.submission.appealed => Call::TakeUp,
            State::Declined { .. } => Call::Appeal,
            State::Stalled { .. } => Call::Widen,
            State::Approved { awaits_submitter: true, .. } => Call::Agree,
            State::Approved { .. } if index.is_multiple_of(5) => Call::PauseApprovers,
            State::Approved { .. } => Call::Publish,
            State::Publishing { .. } if index.is_multiple_of(6) => {
                Call::AskHuman(index, Attention::Ambiguous)
            }
            State::Publishing { .. } => Call::Deliver(unsent?, DeliveryStatus::Sent),
            State::NeedsAttention { .. } => Call::Attest(true),
            State::Retracting { .. } => match undeleted {
                Some(place) => Call::Deliver(place, DeliveryStatus::Deleted),
                None => Call::EndRetraction,
            },
            State::Published { .. } if index.is_multiple_of(2) => {
                Call::Vote { who: index, decision: Decision::Concern, is_current: true }
            }
            _ => return None,
        })
    }

    /// Makes a transition and takes it over; `false` if it was refused, which must name the state it was in.
    fn takes(
        &mut self,
        transition: impl FnOnce(Submission) -> Result<Step, InvalidTransition>,
    ) -> Result<bool, TestCaseError> {
        match transition(self.submission.clone()) {
            Ok(step) => self.commit(step).map(|()| true),
            Err(refusal) => {
                prop_assert_eq!(refusal.state, self.submission.state.name());
                self.seen.push("refused");
                Ok(false)
            }
        }
    }

    fn tries(
        &mut self,
        transition: impl FnOnce(Submission) -> Result<Step, InvalidTransition>,
    ) -> Result<(), TestCaseError> {
        self.takes(transition).map(|_| ())
    }

    fn therapist(
        &mut self,
        index: usize,
        change: impl FnOnce(&mut curation::roster::Therapist, curation::time::Now),
    ) -> Result<(), TestCaseError> {
        let index = index % self.therapists.len();
        change(&mut self.therapists[index], self.now);
        Ok(())
    }

    /// The clock goes on to what is due next, and the sweep does it.
    fn sweep(&mut self) -> Result<(), TestCaseError> {
        let Some(due) = self.submission.due().filter(|due| due.lane == Lane::Work) else { return Ok(()) };
        self.now.at = self.now.at.max(due.at);
        let step = swept(self.submission.clone(), &self.barred(), self.now)?;
        self.commit(step)
    }

    fn screen(&mut self, route: Route, tier: Tier) -> Result<(), TestCaseError> {
        let (now, verdict) = (self.now, verdict_of(self.engine, route, tier));
        if self.takes(|one| one.screened(&verdict, now))? {
            self.account.screened_by = Some(self.engine);
            self.account.tier = self.account.tier.max(Some(tier));
            match &self.submission.state {
                State::InReview { .. } => {
                    self.account.let_through.insert(self.submission.content.clone());
                }
                State::Held { .. } => {
                    self.account.is_stopped = true;
                    self.account.release = None;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// As screen-submission does after an upgrade, with the more careful of two reports.
    fn screen_again(&mut self, route: Route, tier: Tier) -> Result<(), TestCaseError> {
        let (now, was) = (self.now, self.submission.clone());
        let verdict = verdict_of(self.engine, route, tier);
        let is_released = was
            .release
            .as_ref()
            .is_some_and(|release| release.deputy.is_some() && release.content == was.content);
        if !self.takes(|one| one.screened_again(&verdict, now))? {
            prop_assert!(!was.waits_for_engine(self.engine), "left unscreened while {}", was.state.name());
            return Ok(());
        }
        self.seen.push("screened again");
        prop_assert!(self.account.screened_by < Some(self.engine), "screened twice by one engine");
        self.account.screened_by = Some(self.engine);
        self.account.tier = self.account.tier.max(Some(tier));
        let (before, after) = (was.state.name(), self.submission.state.name());
        match route {
            _ if is_released => {
                prop_assert_eq!(before, after, "lead and deputy had released exactly this");
                self.seen.push("release honoured");
            }
            Route::Hold => {
                prop_assert_eq!(after, "held");
                self.account.is_stopped = true;
                self.account.release = None;
            }
            Route::Redact => {
                let stays = matches!(before, "needs_redaction" | "declined" | "rejected");
                prop_assert_eq!(after, if stays { before } else { "needs_redaction" });
            }
            Route::Decline | Route::Review if before == "approved" && self.submission.tier > was.tier => {
                prop_assert_eq!(after, "in_review", "approved by too few for its tier");
            }
            Route::Decline | Route::Review => prop_assert_eq!(before, after),
        }
        Ok(())
    }

    /// As invite-panel does: as many as are missing, at least `least`.
    fn draw(&mut self, least: usize) -> Result<(), TestCaseError> {
        let (missing, seated) = match &self.submission.review {
            Some(review) => review.missing(self.submission.tier, &Default::default()),
            None => (self.policy.thresholds(self.submission.tier).panel, Default::default()),
        };
        self.draws = self.draws.wrapping_add(1);
        let seed = Seed([self.draws; 16]);
        let (excluded, now) = (self.submission.excluded(), self.now);
        let weekly = self.policy.weekly_invitations;
        let panel = draw(&self.therapists, &excluded, &seated, missing.max(least), weekly, seed, now);
        self.seat(&panel, seed)
    }

    /// A draw that somebody got wrong: anybody, twice, whoever wrote the words or stepped back.
    fn draw_anybody(&mut self, index: usize) -> Result<(), TestCaseError> {
        let count = self.therapists.len();
        let panel = (0..index % 9)
            .map(|n| &self.therapists[(index / 9 + n * n) % count])
            .map(|one| curation::panel::Drawn { person: one.id, register: one.register.clone() })
            .collect::<Vec<_>>();
        self.seat(&panel, Seed([0; 16]))
    }

    fn seat(&mut self, panel: &[curation::panel::Drawn], seed: Seed) -> Result<(), TestCaseError> {
        let (policy, now) = (self.policy, self.now);
        let had_panel = self.submission.review.is_some();
        if self.takes(|one| one.panel_drawn(&policy, panel, seed, now))?
            && !had_panel
            && self.submission.review.is_some()
        {
            self.account.policy = Some(policy);
            self.account.ballots.clear();
        }
        Ok(())
    }

    fn vote(&mut self, who: usize, decision: Decision, is_current: bool) -> Result<(), TestCaseError> {
        // Mostly somebody who was asked, the quiet ones first; sometimes anybody.
        let seats = self.submission.review.iter().flat_map(|review| &review.seats).collect::<Vec<_>>();
        let quiet =
            seats.iter().filter(|seat| seat.ballot.is_none() && !seat.stepped_back).collect::<Vec<_>>();
        let person = match (who % 8, seats.is_empty(), quiet.is_empty()) {
            (0, _, _) | (_, true, _) => self.therapists[who / 8 % self.therapists.len()].id,
            (1, _, _) | (_, _, true) => seats[who / 8 % seats.len()].person,
            _ => quiet[who / 8 % quiet.len()].person,
        };
        let has_seat = seats.iter().any(|seat| seat.person == person);
        let content = if is_current { self.submission.content.clone() } else { hash(1) };
        let (barred, now, was) = (self.barred(), self.now, self.submission.state.name());
        let cast = self.submission.clone().cast(person, decision, &content, None, &barred, now);
        let Ok(step) = cast else {
            let must_be_heard = decision == Decision::Concern && has_seat && is_current;
            let may_be_refused = matches!(was, "held" | "retracted" | "withdrawn" | "expired" | "closed");
            prop_assert!(!must_be_heard || may_be_refused, "a concern was refused while {}", was);
            self.seen.push("refused");
            return Ok(());
        };
        prop_assert!(is_current && has_seat, "a ballot from nobody, or on other words");
        if decision == Decision::Concern {
            self.account.is_stopped = true;
            self.account.release = None;
            self.seen.push("concern");
            return self.commit(step);
        }
        prop_assert!(
            was == "in_review" && !barred.contains(&person),
            "a ballot after closing, or of a lapsed one"
        );
        prop_assert!(!self.account.authors.contains(&person), "a ballot of an author");
        prop_assert!(!self.account.stepped_back.contains(&person), "a ballot after stepping back");
        if decision == Decision::StepBack {
            self.account.ballots.remove(&person);
            self.account.stepped_back.insert(person);
        } else {
            self.account.ballots.insert(person, decision);
        }
        if decision == Decision::RejectAsHarmful {
            self.account.tier = Some(Tier::Elevated);
        }
        self.commit(step)
    }

    fn revise(&mut self, author: Option<usize>, changed: bool) -> Result<(), TestCaseError> {
        let author = author.map(|index| self.therapists[index % self.therapists.len()].id);
        let actor = author.map_or(Actor::Submitter, Actor::Person);
        let (next, now) = (revision(self.submission.revision + 1, self.now), self.now);
        if self.takes(|one| one.revise(&next, actor, changed, now))? {
            self.revision = next;
            self.account.screened_by = None;
            self.account.ballots.clear();
            self.account.policy = None;
            self.account.owes_yes = changed;
            self.account.authors.extend(author);
        }
        Ok(())
    }

    fn release(&mut self, person: usize, duty: Duty, to: ReleaseTo) -> Result<(), TestCaseError> {
        let person = [lead(), deputy(), coordinator()][person % 3];
        let content = self.submission.content.clone();
        let step = match self.submission.clone().release(person, duty, to, self.now) {
            Ok(step) => step,
            Err(error) => {
                if let ReleaseError::Invalid(refusal) = error {
                    prop_assert_eq!(refusal.state, self.submission.state.name());
                }
                self.seen.push("refused");
                return Ok(());
            }
        };
        prop_assert!(self.account.is_stopped && !self.account.is_ended);
        match duty {
            Duty::Coordinator => return Err(TestCaseError::fail("a coordinator released")),
            Duty::Lead => self.account.release = Some((person, to, content)),
            Duty::Deputy => {
                let release = self.account.release.take();
                let is_confirmed =
                    release.is_some_and(|(lead, what, on)| lead != person && what == to && on == content);
                prop_assert!(is_confirmed, "released by one person, or not what the lead released");
                self.account.is_stopped = false;
                self.account.ballots.clear();
                self.account.policy = None;
                if to == ReleaseTo::Review {
                    self.account.let_through.insert(content);
                    self.account.tier = Some(Tier::Elevated);
                }
                self.seen.push("released");
            }
        }
        self.commit(step)
    }

    fn close(&mut self, duty: Duty) -> Result<(), TestCaseError> {
        match self.submission.clone().close(lead(), duty, self.now) {
            Ok(step) => {
                prop_assert!(duty != Duty::Coordinator || !self.account.is_stopped);
                self.account.is_ended = true;
                self.commit(step)
            }
            Err(error) => {
                if let ReleaseError::Invalid(refusal) = error {
                    prop_assert_eq!(refusal.state, self.submission.state.name());
                }
                Ok(())
            }
        }
    }

    /// As publish-scheduled does: asks whether this may be posted now, and only then takes it.
    fn publish(&mut self) -> Result<(), TestCaseError> {
        let (barred, now) = (self.barred(), self.now);
        let mut other = self.revision.clone();
        other.salt.0[0] ^= 1;
        prop_assert!(self.submission.publishable(&other, self.engine, &barred).is_err(), "other content");
        match self.submission.publishable(&self.revision, self.engine, &barred) {
            Err(NotPublishable::QuorumLost) => {
                self.seen.push("quorum lost");
                prop_assert!(!self.has_quorum(), "a quorum that stands was not seen");
                self.lose_quorum()
            }
            Err(NotPublishable::ScreenedBefore) => {
                self.seen.push("screened before");
                prop_assert!(self.account.screened_by < Some(self.engine));
                self.tries(|one| one.awaits_screening(now))
            }
            Err(NotPublishable::OtherContent) => Err(TestCaseError::fail("the present content is not known")),
            Err(NotPublishable::NotApproved) => {
                let renderings = self.revision.composition.renderings.clone();
                prop_assert!(
                    !self.takes(|one| one.take(&renderings, |_| true, now.at, now))?,
                    "taken unapproved"
                );
                Ok(())
            }
            Ok(()) => {
                self.seen.push("publishable");
                prop_assert!(self.has_quorum(), "publishable without a quorum");
                prop_assert_eq!(self.account.screened_by, Some(self.engine), "an old engine's word");
                prop_assert!(self.account.let_through.contains(&self.revision.content()), "unscreened");
                prop_assert!(!self.account.is_stopped && !self.account.is_ended && !self.account.owes_yes);
                let renderings = self.revision.composition.renderings.clone();
                self.tries(|one| one.take(&renderings, |_| true, now.at, now))?;
                prop_assert_eq!(self.submission.state.name(), "publishing");
                for delivery in &self.submission.deliveries {
                    let key = (delivery.platform.to_string(), delivery.key.clone());
                    prop_assert!(self.account.keys.insert(key), "two posts under one key");
                }
                Ok(())
            }
        }
    }

    fn lose_quorum(&mut self) -> Result<(), TestCaseError> {
        let (barred, now) = (self.barred(), self.now);
        if self.takes(|one| one.quorum_lost(&barred, now))? {
            self.account
                .ballots
                .retain(|person, decision| !(barred.contains(person) && *decision == Decision::Approve));
        }
        Ok(())
    }

    fn end_retraction(&mut self) -> Result<(), TestCaseError> {
        let (now, was) = (self.now, self.submission.clone());
        if self.takes(|one| one.retracted(now))? {
            let is_gone = |status| matches!(status, DeliveryStatus::Deleted | DeliveryStatus::Skipped);
            prop_assert!(was.deliveries.iter().all(|one| is_gone(one.status)), "a post is still there");
            let State::Retracting { then, .. } = was.state else {
                return Err(TestCaseError::fail("retracted what was not being taken down"));
            };
            let expected = if then == Afterwards::Held { "held" } else { "retracted" };
            prop_assert_eq!(self.submission.state.name(), expected);
        }
        Ok(())
    }
}
