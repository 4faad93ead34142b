//! Screening again what an older engine screened.
//!
//! Invariants: a newer engine makes an item's way more careful or leaves it as it is; it takes back no human decision but
//! by asking humans again, and a confirmed release of exactly this content is honoured.

use super::{
    InvalidTransition, commitment,
    intake::{Route, Verdict, back_off, held_for_lead},
};
use crate::{
    audit::Actor,
    roster::Duty,
    submission::{About, Afterwards, Hold, Recipient, State, Step, Submission, waits},
    time::Now,
};

impl Submission {
    /// True if an engine before `engine` screened the present words and what it said still decides something: published
    /// words are the past, and what the lead holds has the most careful route already.
    #[must_use]
    pub fn waits_for_engine(&self, engine: u32) -> bool {
        let is_open = matches!(
            self.state,
            State::InReview { .. }
                | State::Stalled { .. }
                | State::NeedsRedaction { .. }
                | State::Rewording { .. }
                | State::Declined { .. }
                | State::Rejected { .. }
                | State::Approved { .. }
        );
        is_open && self.screened_by < engine
    }

    /// A newer engine answered. Danger goes to the lead, from wherever the item is; words that people read or are to
    /// publish go back to be changed if they now tell too much; a tier that rises asks for more reviewers. Nothing is
    /// declined that people have begun to look at: they see what was found.
    ///
    /// # Errors
    /// Unless [`Submission::waits_for_engine`].
    pub fn screened_again(mut self, verdict: &Verdict, now: Now) -> Result<Step, InvalidTransition> {
        if !self.waits_for_engine(verdict.engine) {
            return self.refuse("screening again");
        }
        let is_raised = verdict.tier > self.tier;
        self.screened_by = verdict.engine;
        self.tier = self.tier.max(verdict.tier);
        let report = vec![commitment("report", &verdict.report)];
        if self.confirmed_release().is_some() {
            let state = self.state.clone();
            return Ok(self.enter_with(state, Actor::System, "screened_again: released", report, now));
        }
        // Words that only their writer has before them, or that nobody goes on with, have nowhere to go back to.
        let is_read = matches!(
            self.state,
            State::InReview { .. } | State::Stalled { .. } | State::Rewording { .. } | State::Approved { .. }
        );
        Ok(match verdict.route {
            Route::Hold => {
                self.conceal();
                let state = match self.is_up() {
                    // What appears again and again is taken down first.
                    true => {
                        self.recall();
                        State::Retracting { then: Afterwards::Held, due_at: now.at }
                    }
                    false => held_for_lead(now),
                };
                self.enter_with(state, Actor::System, "screened_again: hold", report, now)
                    .telling(Recipient::Duty(Duty::Lead), About::SafeguardingHold)
            }
            Route::Redact if is_read => {
                // No panel reads these words again, in a comparison with the next ones either.
                self.compared_with = None;
                let state = State::NeedsRedaction { due_at: now.after(waits::NEW_WORDS) };
                self.enter_with(state, Actor::System, "screened_again: redact", report, now)
                    .telling(Recipient::Submitter, About::Redaction)
                    .telling(Recipient::Duty(Duty::Coordinator), About::Redaction)
            }
            Route::Redact | Route::Decline | Route::Review => {
                let was_approved = matches!(self.state, State::Approved { .. });
                let state = if is_raised { self.raised(now) } else { self.state.clone() };
                let step = self.enter_with(state, Actor::System, "screened_again: review", report, now);
                // Whoever was told of the approval is told that it is open again.
                if was_approved && is_raised {
                    step.telling(Recipient::Submitter, About::Status)
                } else {
                    step
                }
            }
        })
    }

    /// Where an item goes on whose tier has risen: an open review has more seats, an approval by fewer than the tier asks
    /// for is open again. Ballots stay: they are about these very words.
    fn raised(&mut self, now: Now) -> State {
        let draw_at = Some(now.after_real(waits::HINT_AGAIN));
        match (&self.state, &mut self.review) {
            (State::InReview { .. }, Some(review)) => {
                State::InReview { draw_at, due_at: review.next_look(self.tier, now) }
            }
            (State::Approved { .. }, Some(review)) => {
                let days = review.policy.thresholds(self.tier).deadline_days;
                review.reopen(now, days);
                State::InReview { draw_at, due_at: review.next_look(self.tier, now) }
            }
            (state, _) => state.clone(),
        }
    }

    /// The newer engine failed on words that people read or are to publish: held until it works, and a coordinator is
    /// told. What they decided so far is kept.
    ///
    /// # Errors
    /// Unless it is in review, stalled or approved: elsewhere nothing goes on without other words.
    pub fn screening_again_failed(self, now: Now) -> Result<Step, InvalidTransition> {
        let goes_on =
            matches!(self.state, State::InReview { .. } | State::Stalled { .. } | State::Approved { .. });
        if !goes_on {
            return self.refuse("holding it because screening failed");
        }
        let attempts = waits::SCREENING_ATTEMPTS;
        let state = State::Held { hold: Hold::Technical { attempts }, due_at: back_off(attempts, now) };
        Ok(self
            .enter(state, Actor::System, "screening_failed", now)
            .telling(Recipient::Duty(Duty::Coordinator), About::TechnicalHold))
    }

    /// An approved item was about to be published and a newer engine has yet to look at it: its turn comes later.
    ///
    /// # Errors
    /// Unless it waits for a slot.
    pub fn awaits_screening(self, now: Now) -> Result<Step, InvalidTransition> {
        let State::Approved { awaits_submitter: false, .. } = self.state else {
            return self.refuse("waiting for screening");
        };
        let due_at = now.after_real(waits::TURN_AGAIN);
        Ok(self.waiting(State::Approved { awaits_submitter: false, due_at }))
    }
}
