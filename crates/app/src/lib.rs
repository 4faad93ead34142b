//! Use cases: one function per step, given the store and the ports it needs.
//!
//! Invariant: a use case may die between any two of its effects. What it wrote by then is true, and what it had yet to
//! do is found again by a due time.

pub mod accept;
pub mod bounce;
mod channel_mail;
pub mod deadlines;
mod disclaimer;
pub mod feed;
pub mod fresh_link;
pub mod guidance;
pub mod intake;
pub mod invite;
pub mod note;
pub mod ports;
pub mod publish;
pub mod queue;
pub mod rescreen;
pub mod return_code;
pub mod roster;
pub mod schedule;
pub mod screen;
mod share;
pub mod submitter;
mod turn;
pub mod unsubscribe;
pub mod vote;

use std::sync::Arc;

use curation::{
    audit::Actor,
    composition::{Disclaimer, PlatformRules, Salt, Target, Uncomposable, commit, compose, compose_in_turn},
    policy::Tier,
    submission::{Revision, Step, Submission},
    time::Now,
    transitions::{InvalidTransition, Route, Verdict},
    words::Words,
};
use screening::{ENGINE, Outcome, Report, more_careful};
use store::{Check, Store, StoreError, Write};

use crate::ports::{Clock, Hint, Queue, QueueName, Randomness};

/// What every use case has.
#[derive(Clone)]
pub struct Core {
    /// What is remembered.
    pub store: Store,
    /// Where hints go.
    pub queue: Arc<dyn Queue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes.
    pub randomness: Arc<dyn Randomness>,
}

/// How often a step that lost a race is decided anew before its caller is told to come back.
const MOST_RACES: usize = 12;

/// Why a step was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepFailure {
    /// There is no such submission.
    #[error("no such submission")]
    Unknown,
    /// Its state does not allow it.
    #[error(transparent)]
    Invalid(#[from] InvalidTransition),
    /// The store did not do it. A later try may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Core {
    /// Hints, and does not mind if the hint is lost: what waits has a due time.
    pub(crate) async fn hint(&self, queue: QueueName, submission: &Submission) {
        let hint = Hint { submission: submission.id };
        if let Err(error) = self.queue.send(queue, hint).await {
            tracing::warn!(submission = %submission.id, queue = queue.as_str(), %error, "hint lost");
        }
    }

    /// Hints at whatever a step left to be done at once.
    pub(crate) async fn hint_after(&self, step: &Step) {
        use curation::submission::State;
        let submission = &step.submission;
        match submission.state {
            State::Received { .. } => self.hint(QueueName::Screening, submission).await,
            State::InReview { draw_at: Some(_), .. } => self.hint(QueueName::Invitations, submission).await,
            _ if !step.notices.is_empty() => self.hint(QueueName::Invitations, submission).await,
            _ => {}
        }
    }

    pub(crate) fn salt(&self) -> Salt {
        Salt(self.randomness.bytes())
    }

    /// Composes words into a revision. Beside a target there may be none.
    pub(crate) fn revision(
        &self,
        number: u32,
        words: Option<&Words>,
        target: Option<&Target>,
        rules: &[PlatformRules],
        now: Now,
    ) -> Result<Revision, Uncomposable> {
        let words = words.map_or("", Words::as_str);
        let about = target.map_or("", |target| target.post.as_str());
        let disclaimer = attached(disclaimer::chosen(number, words, about, now.today()));
        let composition = compose(words, &disclaimer, target, rules)?;
        Ok(Revision { number, composition, salt: self.salt(), at: now.at })
    }

    /// Composes words that appear again and again: once with each disclaimer.
    pub(crate) fn repeated_revision(
        &self,
        number: u32,
        words: &Words,
        rules: &[PlatformRules],
        now: Now,
    ) -> Result<Revision, Uncomposable> {
        let disclaimers = disclaimer::in_turn(number, words.as_str(), now.today());
        let disclaimers = disclaimers.into_iter().map(attached).collect::<Vec<_>>();
        // There is always a first.
        let (first, others) = disclaimers.split_at(1);
        let composition = compose_in_turn(words.as_str(), &first[0], others, rules)?;
        Ok(Revision { number, composition, salt: self.salt(), at: now.at })
    }

    /// Screens a revision and lets the submission take the route. What an `earlier` engine said still counts: the more
    /// careful report wins. A failure of screening holds it for another try.
    pub(crate) fn screen_now(
        &self,
        submission: Submission,
        revision: &Revision,
        earlier: Option<&Report>,
        now: Now,
    ) -> Result<(Step, Option<Report>), InvalidTransition> {
        let is_again = submission.waits_for_engine(ENGINE.0);
        match screening::screen_safely(&revision.composition.words) {
            Outcome::Failed if is_again => Ok((submission.screening_again_failed(now)?, None)),
            Outcome::Failed => Ok((submission.screening_failed(now)?, None)),
            Outcome::Screened(report) => {
                let report = earlier.map_or(report.clone(), |earlier| more_careful(earlier, &report));
                let verdict = verdict(&report, revision.salt);
                let step = match is_again {
                    true => submission.screened_again(&verdict, now)?,
                    false => submission.screened(&verdict, now)?,
                };
                Ok((step, Some(report)))
            }
        }
    }
}

/// A disclaimer as a post has it.
fn attached(one: &content::Disclaimer) -> Disclaimer {
    Disclaimer { id: one.id.clone(), version: one.version, text: one.text.clone() }
}

/// Whoever acts on the words of a submission that waits for new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reviser {
    /// Who, for the record.
    pub actor: Actor,
    /// The words are not the submitter's own: they will be asked.
    pub is_other: bool,
}

/// Writes a step. If it conceals or reveals the submission, everything that somebody wrote changes tables: as much as
/// fits goes with the step, the rest right after it. What a crash leaves behind is not read, since the state is read first.
pub(crate) async fn commit_moving(
    core: &Core,
    before: &Submission,
    step: &Step,
    mut writes: Vec<Write>,
    checks: &[Check],
    now: Now,
) -> Result<(), StoreError> {
    let mut written = match before.is_concealed() == step.submission.is_concealed() {
        true => vec![],
        false => core.store.written(before).await?,
    };
    for written in &mut written {
        // What was found anew takes the place of what moves: a transaction takes one write of an item.
        writes.retain(|write| match write {
            Write::Report(number, report) => !written.take_report(*number, report),
            _ => true,
        });
    }
    let rest = written.split_off(written.len().min(MOST_MOVED));
    writes.extend(written.into_iter().map(Write::Move));
    core.store.commit(before, step, writes, checks, now).await?;
    // The step is written: a caller who was told otherwise would do it again, and nobody would be told of it.
    if let Err(error) = core.store.move_written(&step.submission, rest).await {
        tracing::error!(submission = %before.id, %error, "some of what was written has not changed tables");
    }
    Ok(())
}

/// What moves in the step's own transaction, two of its hundred items each: all revisions and reports come first.
const MOST_MOVED: usize = 30;

fn verdict(report: &Report, salt: Salt) -> Verdict {
    Verdict {
        route: match report.route {
            screening::Route::Hold => Route::Hold,
            screening::Route::Redact => Route::Redact,
            screening::Route::Decline => Route::Decline,
            screening::Route::Review => Route::Review,
        },
        tier: match report.tier {
            screening::Tier::Standard => Tier::Standard,
            screening::Tier::Elevated => Tier::Elevated,
        },
        report: commit(report, salt),
        engine: ENGINE.0,
    }
}
