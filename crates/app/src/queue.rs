//! What the people who run the channel do with single items: release, redact, close, widen, attest.
//!
//! Invariant: who may do it is asked of the roster each time; the two halves of a release are two people.

use curation::{
    audit::{Actor, Entry},
    composition::PlatformRules,
    ids::{PersonId, SubmissionId},
    roster::{Duty, Officer},
    submission::{Hold, ReleaseTo, Revision, State, Submission},
    transitions::{InvalidTransition, ReleaseError},
    words::{InvalidWords, Words},
};
use screening::Report;
use store::{BallotRecord, StoreError};

use crate::{
    Core, MOST_RACES, Reviser, StepFailure, commit_moving,
    note::{masked, shown},
    schedule::UnknownTopic,
    submitter::{ReviseError, revise, simple},
};

/// Why an officer's step was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfficerError {
    /// Nobody who runs the channel has this id.
    #[error("nobody who runs the channel has this id: `clientsconnect roster list` shows the ids")]
    Unknown,
    /// Somebody else's to do.
    #[error("this is for the {0} to do")]
    NotYours(&'static str),
    /// The safeguarding rules do not allow it.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The words cannot be used.
    #[error(transparent)]
    Words(#[from] InvalidWords),
    /// The words cannot be used.
    #[error(transparent)]
    Revise(#[from] ReviseError),
    /// That is no topic.
    #[error(transparent)]
    Topic(#[from] UnknownTopic),
    /// The same guidance is proposed already, under this reference.
    #[error("these words are proposed already, with the reference {0}")]
    ProposedAlready(String),
    /// Its state does not allow it, or the store did not do it.
    #[error(transparent)]
    Step(StepFailure),
}

impl From<StepFailure> for OfficerError {
    fn from(failure: StepFailure) -> Self {
        Self::Step(failure)
    }
}

impl From<StoreError> for OfficerError {
    fn from(error: StoreError) -> Self {
        Self::Step(error.into())
    }
}

impl From<InvalidTransition> for OfficerError {
    fn from(invalid: InvalidTransition) -> Self {
        Self::Step(invalid.into())
    }
}

/// An item as somebody with a duty may see it.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The item.
    pub submission: Submission,
    /// The words: none where this person may not read them.
    pub revision: Option<Revision>,
    /// What screening found.
    pub report: Option<Report>,
    /// The words with personal data masked: what a coordinator sees before they are changed.
    pub masked: Option<String>,
    /// The ballots on these words, with what was written beside them; none where the words are none.
    pub ballots: Vec<BallotRecord>,
    /// Where the submitter may be written to by somebody who is worried: for the lead and the deputy, if the submitter
    /// agreed to it.
    pub contact: Option<String>,
    /// The record.
    pub audit: Vec<Entry>,
}

/// Somebody who runs the channel.
///
/// # Errors
/// [`OfficerError::Unknown`].
pub async fn officer(core: &Core, id: PersonId) -> Result<Officer, OfficerError> {
    let officers = core.store.officers().await?;
    officers.into_iter().find(|officer| officer.id == id).ok_or(OfficerError::Unknown)
}

/// An item with what this officer may see: crisis words are for the lead and the deputy; words that need changing are
/// masked for a coordinator.
///
/// # Errors
/// [`OfficerError`].
pub async fn show(core: &Core, id: SubmissionId, officer: &Officer) -> Result<Detail, OfficerError> {
    let submission = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
    let is_safeguarding = matches!(officer.duty, Duty::Lead | Duty::Deputy);
    let number = submission.revision;
    let store = &core.store;
    // What was found in crisis words, or written about them, says what they are about.
    let (revision, report, ballots) = match submission.is_concealed() {
        true if !is_safeguarding => (None, None, vec![]),
        true => (
            store.concealed_revision(id, number).await?,
            store.concealed_report(id, number).await?,
            store.concealed_ballots(id, number).await?,
        ),
        false => (
            store.revision(id, number).await?,
            store.report(id, number).await?,
            store.ballots(id, number).await?,
        ),
    };
    // Before screening answered nobody knows what is in it; what it found to be private stays masked in every state.
    let is_private = match &report {
        None => true,
        Some(report) => report.route == screening::Route::Redact && !is_released(&submission),
    };
    let hides = is_private && !is_safeguarding;
    let hidden = match (&revision, &report) {
        (Some(revision), Some(report)) if hides => Some(masked(&revision.composition.words, report)),
        _ => None,
    };
    let revision = revision.filter(|_| !hides);
    let mut ballots = ballots;
    if !is_safeguarding {
        // What stood beside a concern comes back into the open table with a release.
        for ballot in &mut ballots {
            for note in [&mut ballot.reason, &mut ballot.suggestion, &mut ballot.comment] {
                *note = note.take().map(shown);
            }
        }
    }
    let contact = match is_safeguarding && submission.may_contact {
        true => store.contact(id).await?,
        false => None,
    };
    let audit = store.audit(id).await?;
    Ok(Detail { submission, revision, report, masked: hidden, ballots, contact, audit })
}

fn is_released(submission: &Submission) -> bool {
    submission
        .release
        .as_ref()
        .is_some_and(|release| release.deputy.is_some() && release.content == submission.content)
}

fn only_coordinator(officer: &Officer) -> Result<(), OfficerError> {
    match officer.duty {
        Duty::Coordinator => Ok(()),
        Duty::Lead | Duty::Deputy => Err(OfficerError::NotYours(Duty::Coordinator.as_str())),
    }
}

/// The lead releases an item held for safeguarding, or the deputy confirms it.
///
/// # Errors
/// [`OfficerError`].
pub async fn release(
    core: &Core,
    id: SubmissionId,
    officer: &Officer,
    to: ReleaseTo,
) -> Result<Submission, OfficerError> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
        let step = before.clone().release(officer.id, officer.duty, to, now)?;
        match commit_moving(core, &before, &step, vec![], &[], now).await {
            Ok(()) => {
                core.hint_after(&step).await;
                return Ok(step.submission);
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// A coordinator's words in place of those that need changing; without words, the present ones with personal data
/// masked. The submitter is asked before they are published.
///
/// # Errors
/// [`OfficerError`].
pub async fn redact(
    core: &Core,
    rules: &[PlatformRules],
    id: SubmissionId,
    officer: &Officer,
    words: Option<&str>,
) -> Result<Submission, OfficerError> {
    only_coordinator(officer)?;
    let submission = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
    let expected = submission.revision;
    let words = match words {
        Some(words) => Words::parse(words)?,
        None => {
            let revision = core.store.revision(id, expected).await?.ok_or(StepFailure::Unknown)?;
            let report = core.store.report(id, expected).await?;
            let words = revision.composition.words;
            Words::parse(&report.map_or(words.clone(), |report| screening::redact(&words, &report)))?
        }
    };
    let reviser = Reviser { actor: Actor::Person(officer.id), is_other: true };
    Ok(revise(core, rules, id, &words, reviser, expected).await?)
}

/// Ends an item; what is published is taken down.
///
/// # Errors
/// [`OfficerError`].
pub async fn close(core: &Core, id: SubmissionId, officer: &Officer) -> Result<Submission, OfficerError> {
    simple(core, id, |before, now| before.close(officer.id, officer.duty, now)).await
}

/// Widens the panel of a stalled item.
///
/// # Errors
/// [`OfficerError`].
pub async fn widen(core: &Core, id: SubmissionId, officer: &Officer) -> Result<Submission, OfficerError> {
    only_coordinator(officer)?;
    simple(core, id, |before, now| before.widen(officer.id, now)).await
}

/// Gives what a machine declined to the therapists, after its submitter asked for a person.
///
/// # Errors
/// [`OfficerError`].
pub async fn take_up(core: &Core, id: SubmissionId, officer: &Officer) -> Result<Submission, OfficerError> {
    only_coordinator(officer)?;
    simple(core, id, |before, now| before.take_up(officer.id, now)).await
}

/// Says whether a post is on its platform, where a publisher could not know.
///
/// # Errors
/// [`OfficerError`].
pub async fn attest(
    core: &Core,
    id: SubmissionId,
    officer: &Officer,
    post: Option<String>,
) -> Result<Submission, OfficerError> {
    only_coordinator(officer)?;
    let at = core.clock.real_time();
    simple(core, id, |before, now| before.attest(officer.id, post.clone(), at, now)).await
}

/// True if the item waits for somebody with this duty.
#[must_use]
pub fn waits_for(submission: &Submission, duty: Duty) -> bool {
    match &submission.state {
        State::Held { hold: Hold::Crisis { .. }, .. } => duty != Duty::Coordinator,
        // Nobody but a person can answer whoever asks for one.
        State::Declined { .. } => submission.appealed && duty == Duty::Coordinator,
        // Too few may be invited.
        State::InReview { .. } if submission.review.is_none() => duty == Duty::Coordinator,
        State::Held { hold: Hold::Technical { .. }, .. }
        | State::Retracting { .. }
        | State::NeedsRedaction { .. }
        | State::Rewording { .. }
        | State::Stalled { .. }
        | State::NeedsAttention { .. } => duty == Duty::Coordinator,
        _ => false,
    }
}
