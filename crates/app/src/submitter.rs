//! The submitter's own steps: looking, changing words, agreeing, withdrawing.

use curation::{
    composition::{PlatformRules, Target, Uncomposable},
    ids::SubmissionId,
    review::Decision,
    submission::{Kind, Revision, State, Step, Submission},
    time::Now,
    transitions::InvalidTransition,
    words::Words,
};
use screening::Report;
use store::{BallotRecord, StoreError, Write};

use crate::{
    Core, MOST_RACES, Reviser, StepFailure, commit_moving, guidance, note::shown, vote::is_counting,
};

/// What the submitter sees.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The item.
    pub submission: Submission,
    /// The present words, unless the lead alone may read them or they are erased.
    pub revision: Option<Revision>,
    /// What screening found, where the words are to be changed.
    pub report: Option<Report>,
    /// What reviewers wrote, where they asked for other words.
    pub advice: Vec<String>,
    /// The submitter's own words, where others changed them and now ask.
    pub own_words: Option<String>,
}

/// Where a submission stands.
///
/// # Errors
/// [`StepFailure::Unknown`], [`StepFailure::Store`].
pub async fn look(core: &Core, id: SubmissionId) -> Result<Standing, StepFailure> {
    let submission = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
    let revision = match submission.is_concealed() {
        true => None,
        false => core.store.revision(id, submission.revision).await?,
    };
    let report = match submission.state {
        State::NeedsRedaction { .. } => core.store.report(id, submission.revision).await?,
        _ => None,
    };
    let mut advice = Vec::new();
    // What was sent back from its review for what it tells keeps what reviewers wished for besides.
    if matches!(submission.state, State::Rewording { .. } | State::NeedsRedaction { .. }) {
        for ballot in core.store.ballots(id, submission.revision).await? {
            // What reviewers said to each other is not for the submitter.
            if ballot.decision == Decision::Reword && is_counting(&submission, &ballot) {
                advice.extend(ballot.reason.into_iter().chain(ballot.suggestion).map(shown));
            }
        }
    }
    let own_words = match submission.state {
        State::Approved { awaits_submitter: true, .. } => {
            core.store.revision(id, 1).await?.map(|revision| revision.composition.words)
        }
        _ => None,
    };
    Ok(Standing { submission, revision, report, advice, own_words })
}

/// Takes it back, at whatever stage; what is published is taken down.
///
/// # Errors
/// [`StepFailure::Invalid`] if it has ended already.
pub async fn withdraw(core: &Core, id: SubmissionId) -> Result<Submission, StepFailure> {
    simple(core, id, |before, now| before.withdraw(now)).await
}

/// Asks for a person after a machine declined it.
///
/// # Errors
/// [`StepFailure::Invalid`] unless it is declined and nobody has asked before.
pub async fn appeal(core: &Core, id: SubmissionId) -> Result<Submission, StepFailure> {
    simple(core, id, |before, now| before.appeal(now)).await
}

/// Agrees to words that others changed.
///
/// # Errors
/// [`StepFailure::Invalid`] unless that is what it waits for.
pub async fn agree(core: &Core, id: SubmissionId) -> Result<Submission, StepFailure> {
    simple(core, id, |before, now| before.agree(now)).await
}

/// Why new words were not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviseError {
    /// They fit no thread on a platform, or what they stand beside is where the channel no longer posts.
    #[error(transparent)]
    Uncomposable(#[from] Uncomposable),
    /// They cannot be guidance.
    #[error("guidance cannot say this: {0}")]
    Guidance(&'static str),
    /// They are not waited for, or could not be written.
    #[error(transparent)]
    Step(#[from] StepFailure),
}

/// New words in place of the revision `expected`, screened at once. Whoever suggested exactly these words becomes an
/// author of them.
///
/// # Errors
/// [`ReviseError`]; unless it is a failure of the store, nothing has changed.
pub async fn revise(
    core: &Core,
    rules: &[PlatformRules],
    id: SubmissionId,
    words: &Words,
    reviser: Reviser,
    expected: u32,
) -> Result<Submission, ReviseError> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(id).await.map_err(StepFailure::from)?.ok_or(StepFailure::Unknown)?;
        if before.revision != expected {
            let (state, action) = (before.state.name(), "changing words that have changed since");
            return Err(StepFailure::from(InvalidTransition { state, action }).into());
        }
        let number = before.revision + 1;
        let revision = match before.kind {
            Kind::Guidance => core.repeated_revision(number, guidance::fit(words)?, rules, now)?,
            Kind::Text | Kind::Repost => {
                let target = shared(core, &before).await?;
                core.revision(number, Some(words), target.as_ref(), rules, now)?
            }
        };
        let mut credited = before.clone();
        if matches!(before.state, State::Rewording { .. }) {
            let ballots = core.store.ballots(id, before.revision).await.map_err(StepFailure::from)?;
            let suggested = |ballot: &BallotRecord| {
                let suggestion = ballot.suggestion.as_deref().map(Words::parse);
                suggestion.is_some_and(|suggestion| suggestion.as_ref() == Ok(words))
            };
            credited
                .authors
                .extend(ballots.iter().filter(|ballot| suggested(ballot)).map(|ballot| ballot.person));
        }
        let mut report = None;
        let step = credited
            .revise(&revision, reviser.actor, reviser.is_other, now)
            .and_then(|step| {
                step.and_then(|received| {
                    let (step, found) = core.screen_now(received, &revision, None, now)?;
                    report = found;
                    Ok(step)
                })
            })
            .map_err(StepFailure::from)?;
        let mut writes = vec![Write::Revision(revision)];
        writes.extend(report.map(|report| Write::Report(number, report)));
        match commit_moving(core, &before, &step, writes, &[], now).await {
            Ok(()) => {
                tracing::info!(submission = %id, state = step.submission.state.name(), "revised");
                core.hint_after(&step).await;
                return Ok(step.submission);
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(StepFailure::from(error).into()),
        }
    }
    Err(StepFailure::from(StoreError::Conflict).into())
}

/// What is shared stays the same: new words are our own.
async fn shared(core: &Core, before: &Submission) -> Result<Option<Target>, StepFailure> {
    match before.kind {
        Kind::Repost => {
            let revision = core.store.revision(before.id, before.revision).await?;
            Ok(revision.ok_or(StoreError::Unreadable("revision"))?.composition.target)
        }
        Kind::Text | Kind::Guidance => Ok(None),
    }
}

/// One transition, written, decided anew when a race was lost.
pub(crate) async fn simple<E, F>(
    core: &Core,
    id: SubmissionId,
    transition: impl Fn(Submission, Now) -> Result<Step, E>,
) -> Result<Submission, F>
where
    F: From<E> + From<StepFailure>,
{
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(id).await.map_err(StepFailure::from)?.ok_or(StepFailure::Unknown)?;
        let step = transition(before.clone(), now)?;
        match core.store.commit(&before, &step, vec![], &[], now).await {
            Ok(()) => {
                core.hint_after(&step).await;
                return Ok(step.submission);
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(StepFailure::from(error).into()),
        }
    }
    Err(StepFailure::from(StoreError::Conflict).into())
}
