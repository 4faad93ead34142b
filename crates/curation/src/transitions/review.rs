//! Panels, ballots, closing.

use std::collections::BTreeSet;

use super::{InvalidTransition, commitment, intake::waiting_for_panel};
use crate::{
    audit::Actor,
    composition::ContentHash,
    ids::PersonId,
    panel::{Drawn, Seed},
    policy::{Policy, Tier},
    review::{Ballot, Closing, Decision, Review, Seat},
    roster::Duty,
    submission::{About, Afterwards, Kind, Notice, Recipient, State, Step, Submission, waits},
    time::{Now, after_working_days},
};

/// Why a ballot was not taken. Nothing has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// The review is over.
    #[error("the review is closed")]
    Closed,
    /// The ballot is about words that are no longer the current ones.
    #[error("the ballot is for another revision")]
    OtherRevision,
    /// The person is not on the panel, wrote some of the words, or stepped back.
    #[error("the person has no vote on this item")]
    NoVote,
}

impl Submission {
    /// Seats a panel, or more of it, and invites them. Too few for a first panel: the item waits, a coordinator is told.
    ///
    /// # Errors
    /// Unless the item is in review.
    pub fn panel_drawn(
        mut self,
        policy: &Policy,
        panel: &[Drawn],
        seed: Seed,
        now: Now,
    ) -> Result<Step, InvalidTransition> {
        let State::InReview { due_at, .. } = self.state else {
            return self.refuse("drawing a panel");
        };
        // Whoever drew may have read an older state: authors and those who stepped back get no seat here either.
        let mut excluded = self.excluded();
        let panel = panel.iter().filter(|drawn| excluded.insert(drawn.person)).cloned().collect::<Vec<_>>();
        let draw_again = now.after(waits::DRAW_AGAIN);
        let Some(review) = &mut self.review else {
            let review = Review::open(*policy, self.tier, &panel, now);
            if review.is_short(self.tier) {
                let state = State::InReview { draw_at: Some(draw_again), due_at: draw_again };
                return Ok(self.short(state, now));
            }
            let state = State::InReview { draw_at: None, due_at: review.next_look(self.tier, now) };
            self.review = Some(review);
            self.was_reviewed = true;
            return Ok(self.invited(state, &panel, seed, now));
        };
        review.seat(&panel, now);
        let is_short = review.is_short(self.tier);
        let draw_at = is_short.then_some(draw_again);
        if panel.is_empty() {
            let state = State::InReview { draw_at, due_at };
            return Ok(if is_short { self.short(state, now) } else { self.waiting(state) });
        }
        let state = State::InReview { draw_at, due_at: review.next_look(self.tier, now) };
        let step = self.invited(state, &panel, seed, now);
        Ok(if is_short {
            step.telling(Recipient::Duty(Duty::Coordinator), About::PanelTooSmall)
        } else {
            step
        })
    }

    fn short(self, state: State, now: Now) -> Step {
        self.enter(state, Actor::System, "panel_too_small", now)
            .telling(Recipient::Duty(Duty::Coordinator), About::PanelTooSmall)
    }

    fn invited(self, state: State, panel: &[Drawn], seed: Seed, now: Now) -> Step {
        let ids = panel.iter().map(|drawn| drawn.person.to_string()).collect::<Vec<_>>();
        let seed = data_encoding::HEXLOWER.encode(&seed.0);
        let action = format!("panel_drawn: {} by seed {seed}", ids.join(" "));
        let mut step = self.enter(state, Actor::System, action, now);
        step.notices.extend(
            panel
                .iter()
                .map(|drawn| Notice { to: Recipient::Person(drawn.person), about: About::Invitation }),
        );
        step
    }

    /// Everybody who must not be drawn for this item.
    #[must_use]
    pub fn excluded(&self) -> BTreeSet<PersonId> {
        let seated = self.review.iter().flat_map(|review| &review.seats).map(|seat| seat.person);
        self.authors.iter().chain(&self.stepped_back).copied().chain(seated).collect()
    }

    /// Records a ballot, and closes the review if that closes it. `reason` commits to what was written with it.
    ///
    /// A concern is heard as long as the panel's links live: it stops an item that is long past its review, and whoever
    /// has a seat may raise it, also without standing or after stepping back. It counts for nothing but to stop.
    ///
    /// # Errors
    /// [`CastError`]; nothing has changed then.
    pub fn cast(
        mut self,
        person: PersonId,
        decision: Decision,
        content: &ContentHash,
        reason: Option<&ContentHash>,
        barred: &BTreeSet<PersonId>,
        now: Now,
    ) -> Result<Step, CastError> {
        let seat = self.review.as_ref().and_then(|review| review.seat_of(person));
        let has_vote = match decision {
            Decision::Concern => seat.is_some(),
            _ => {
                seat.is_some_and(|seat| !seat.stepped_back)
                    && !self.authors.contains(&person)
                    && !barred.contains(&person)
            }
        };
        if *content != self.content {
            return Err(CastError::OtherRevision);
        }
        if !has_vote {
            return Err(CastError::NoVote);
        }
        let actor = Actor::Person(person);
        let action = format!("ballot_cast: {}", decision.as_str());
        let commitments = reason.map(|reason| commitment("reason", reason)).into_iter().collect();
        if decision == Decision::Concern {
            let stopped = self.stop(actor, action, commitments, now).map_err(|_| CastError::Closed)?;
            return Ok(stopped.telling(Recipient::Person(person), About::Receipt));
        }
        let State::InReview { draw_at, .. } = self.state else {
            return Err(CastError::Closed);
        };
        let Some(review) = &mut self.review else {
            return Err(CastError::NoVote);
        };
        if let Some(seat) = review.seat_of_mut(person) {
            let ballot = Ballot { decision, content: content.clone(), at: now.at };
            seat.stepped_back = decision == Decision::StepBack;
            seat.ballot = (!seat.stepped_back).then_some(ballot);
        }
        let wants_more = matches!(decision, Decision::StepBack | Decision::RejectAsHarmful);
        if decision == Decision::StepBack {
            self.stepped_back.insert(person);
        }
        if decision == Decision::RejectAsHarmful {
            self.tier = Tier::Elevated;
        }
        let draw_at = if wants_more { Some(now.after_real(waits::HINT_AGAIN)) } else { draw_at };
        let state = State::InReview { draw_at, due_at: review.next_look(self.tier, now) };
        let closing = review.closing(self.tier, barred, now);
        let step = self
            .enter_with(state, actor, action, commitments, now)
            .telling(Recipient::Person(person), About::Receipt);
        match closing {
            None => Ok(step),
            Some(closing) => step.and_then(|submission| Ok(submission.close_review(closing, barred, now))),
        }
    }

    fn close_review(mut self, closing: Closing, barred: &BTreeSet<PersonId>, now: Now) -> Step {
        match closing {
            Closing::Approved => {
                // Of guidance there is no submitter but the channel itself.
                let awaits_submitter = self.words_changed && self.kind != Kind::Guidance;
                self.approved_at.get_or_insert(now.at);
                let due_at = if awaits_submitter { now.after(waits::SUBMITTERS_YES) } else { now.at };
                let tally = self.review.as_ref().map(|review| review.tally(barred)).unwrap_or_default();
                let action = format!(
                    "approved: {} of {} from {} registers",
                    tally.approvals, tally.awaited, tally.registers
                );
                self.enter(State::Approved { awaits_submitter, due_at }, Actor::System, action, now)
                    .telling(Recipient::Submitter, About::Status)
            }
            // What appeared before and is not approved any more does not stay.
            Closing::Rejected if self.is_up() => {
                self.recall();
                let state = State::Retracting { then: Afterwards::Retracted, due_at: now.at };
                self.enter(state, Actor::System, "rejected", now)
            }
            Closing::Rejected => self
                .enter(State::Rejected { due_at: now.after(waits::APPEAL) }, Actor::System, "rejected", now)
                .telling(Recipient::Submitter, About::Status),
            Closing::Rewording => {
                let state = State::Rewording { due_at: now.after(waits::NEW_WORDS) };
                self.enter(state, Actor::System, "rewording_asked", now)
                    .telling(Recipient::Submitter, About::Status)
                    .telling(Recipient::Duty(Duty::Coordinator), About::Redaction)
            }
            Closing::Stalled => {
                let due_at = after_working_days(now.at, waits::STALLED_DAYS);
                self.enter(State::Stalled { due_at }, Actor::System, "stalled", now)
                    .telling(Recipient::Duty(Duty::Coordinator), About::Stalled)
            }
        }
    }

    /// The review's due time came: closes it, passes over the silent, or reminds them.
    ///
    /// # Errors
    /// Unless a panel is at work.
    pub fn review_due(mut self, barred: &BTreeSet<PersonId>, now: Now) -> Result<Step, InvalidTransition> {
        let (State::InReview { draw_at, .. }, Some(review)) = (&self.state, &mut self.review) else {
            return self.refuse("looking at the ballots");
        };
        let draw_at = *draw_at;
        if let Some(closing) = review.closing(self.tier, barred, now) {
            return Ok(self.close_review(closing, barred, now));
        }
        if review.top_up_is_due(self.tier, now) {
            review.topped_up = true;
            for seat in &mut review.seats {
                seat.silent |= seat.ballot.is_none() && !seat.stepped_back;
            }
            let draw_at = Some(now.after_real(waits::HINT_AGAIN));
            let state = State::InReview { draw_at, due_at: review.next_look(self.tier, now) };
            return Ok(self.enter(state, Actor::System, "topped_up", now));
        }
        if review.reminder_is_due(self.tier, now) {
            review.reminded = true;
            let due_at = review.next_look(self.tier, now);
            let quiet = review.quiet().collect::<Vec<_>>();
            let state = State::InReview { draw_at, due_at };
            let step = self.enter(state, Actor::System, "reminded", now);
            return Ok(quiet
                .into_iter()
                .fold(step, |step, person| step.telling(Recipient::Person(person), About::Reminder)));
        }
        let due_at = review.next_look(self.tier, now);
        Ok(self.waiting(State::InReview { draw_at, due_at }))
    }

    /// Mail to somebody on the panel does not arrive: another is asked in their place at once. They keep their seat, and
    /// what they decide counts should they find the review another way.
    ///
    /// # Errors
    /// Unless the item is in review and their ballot is still waited for.
    pub fn passed_over(mut self, person: PersonId, now: Now) -> Result<Step, InvalidTransition> {
        const ACTION: &str = "asking somebody else";
        let (State::InReview { .. }, Some(review)) = (&self.state, &mut self.review) else {
            return self.refuse(ACTION);
        };
        let is_awaited = |seat: &&mut Seat| seat.ballot.is_none() && !seat.stepped_back && !seat.silent;
        let Some(seat) = review.seat_of_mut(person).filter(is_awaited) else {
            return self.refuse(ACTION);
        };
        seat.silent = true;
        let state = State::InReview {
            draw_at: Some(now.after_real(waits::HINT_AGAIN)),
            due_at: review.next_look(self.tier, now),
        };
        Ok(self.enter(state, Actor::System, format!("passed_over: {person}"), now))
    }

    /// These therapists proposed it themselves: they are never asked to review it. Not for the record, which would tell
    /// who proposed what.
    #[must_use]
    pub fn proposed_by(mut self, people: impl IntoIterator<Item = PersonId>) -> Step {
        self.authors.extend(people);
        let state = self.state.clone();
        self.waiting(state)
    }

    /// A draw was hinted at; hint again later if nothing comes of it.
    ///
    /// # Errors
    /// Unless the item is in review.
    pub fn draw_hinted(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::InReview { due_at, .. } = self.state else {
            return self.refuse("drawing a panel");
        };
        let again = now.after_real(waits::HINT_AGAIN);
        let due_at = if self.review.is_none() { again } else { due_at };
        Ok(self.waiting(State::InReview { draw_at: Some(again), due_at }))
    }

    /// A coordinator widens the panel of a stalled item.
    ///
    /// # Errors
    /// Unless it is stalled.
    pub fn widen(mut self, coordinator: PersonId, now: Now) -> Result<Step, InvalidTransition> {
        if !matches!(self.state, State::Stalled { .. }) {
            return self.refuse("widening the panel");
        }
        let days = match &self.review {
            Some(review) => review.policy.thresholds(self.tier).deadline_days,
            None => return self.refuse("widening the panel"),
        };
        let mut state = waiting_for_panel(now);
        if let Some(review) = &mut self.review {
            // With every seat filled and no result, only more seats can bring one.
            let lacking = review.policy.thresholds(self.tier).approvals;
            let lacking = lacking.saturating_sub(review.tally(&BTreeSet::new()).approvals);
            review.extra += lacking + 1;
            review.reopen(now, days);
            state = State::InReview {
                draw_at: Some(now.after_real(waits::HINT_AGAIN)),
                due_at: review.next_look(self.tier, now),
            };
        }
        Ok(self.enter(state, Actor::Person(coordinator), "widened", now))
    }

    /// Approvers lost their standing before publication: the review reopens for others, with the same quorum.
    ///
    /// # Errors
    /// Unless the item is approved.
    pub fn quorum_lost(mut self, barred: &BTreeSet<PersonId>, now: Now) -> Result<Step, InvalidTransition> {
        let (State::Approved { .. }, Some(review)) = (&self.state, &mut self.review) else {
            return self.refuse("reopening the review");
        };
        let approves = |ballot: &mut Ballot| ballot.decision == Decision::Approve;
        for seat in review.seats.iter_mut().filter(|seat| barred.contains(&seat.person)) {
            // An objection is kept, in case whoever made it is looked up again.
            seat.ballot.take_if(approves);
        }
        let days = review.policy.thresholds(self.tier).deadline_days;
        review.reopen(now, days);
        let state = State::InReview {
            draw_at: Some(now.after_real(waits::HINT_AGAIN)),
            due_at: review.next_look(self.tier, now),
        };
        Ok(self
            .enter(state, Actor::System, "quorum_lost", now)
            .telling(Recipient::Duty(Duty::Coordinator), About::QuorumLost))
    }
}

impl Review {
    /// A new deadline; who has not voted is passed over, so that others are drawn.
    pub(super) fn reopen(&mut self, now: Now, days: u32) {
        self.opened_at = now.at;
        self.deadline = after_working_days(now.at, days);
        self.reminded = false;
        self.topped_up = false;
        for seat in &mut self.seats {
            seat.silent = seat.ballot.is_none() && !seat.stepped_back;
        }
    }
}
