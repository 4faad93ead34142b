//! Voting: what a reviewer sees, and a ballot.
//!
//! Invariant: a ballot costs one consistent read and one transaction; whether its voter and, when it closes the review,
//! everybody who approved are in good standing is asked in that very transaction.

use std::collections::BTreeSet;

use curation::{
    composition::commit,
    ids::{PersonId, SubmissionId},
    review::Decision,
    submission::{Revision, State, Step, Submission},
    time::Now,
    transitions::CastError,
};
use screening::Report;
use store::{BallotRecord, Check, StoreError, Write};

use crate::{
    Core, MOST_RACES, commit_moving,
    note::{self, Unfit, shown},
};

/// Whoever holds a review link: what the link says, to be checked against what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The submission.
    pub submission: SubmissionId,
    /// The person.
    pub person: PersonId,
    /// The revision the link is for.
    pub revision: u32,
    /// The person's epoch when the link was made.
    pub epoch: u32,
}

/// What a good link opens.
#[derive(Debug, Clone)]
pub enum Opened {
    /// A review that goes on.
    Review(Box<ReviewView>),
    /// No vote (any more), for this reason; a concern may still stop the item.
    NoVote(Box<Submission>, ReviewError),
}

/// Why a reviewer cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// The link opens nothing: one answer for every reason.
    #[error("the link opens nothing")]
    DeadLink,
    /// The review is over.
    #[error("the review is closed")]
    Closed,
    /// The person cannot vote: lapsed, paused, or stepped back.
    #[error("the person has no vote at this moment")]
    NoVote,
    /// A note cannot be given to others as it stands.
    #[error(transparent)]
    Note(#[from] Unfit),
    /// The store did not do it. A later try may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a reviewer is shown.
#[derive(Debug, Clone)]
pub struct ReviewView {
    /// The item.
    pub submission: Submission,
    /// The words and the posts.
    pub revision: Revision,
    /// What screening found.
    pub report: Option<Report>,
    /// All ballots on this revision; empty until the reviewer's own is in.
    pub ballots: Vec<BallotRecord>,
    /// The words before these, and what the reviewer decided on them.
    pub earlier: Option<Earlier>,
}

/// The revision before, as one reviewer knew it.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// The words.
    pub words: String,
    /// The reviewer's own last ballot on them.
    pub own: Option<Decision>,
}

/// A ballot as it is cast.
#[derive(Debug, Clone)]
pub struct NewBallot {
    /// What.
    pub decision: Decision,
    /// Why.
    pub reason: Option<String>,
    /// Other words.
    pub suggestion: Option<String>,
    /// A remark to the other reviewers.
    pub comment: Option<String>,
}

/// The item behind a link, if the link is good.
///
/// # Errors
/// [`ReviewError::DeadLink`] for everything that is wrong with the link itself; [`ReviewError::Store`].
pub async fn open(core: &Core, holder: Holder) -> Result<Opened, ReviewError> {
    let now = core.clock.now();
    let submission = core.store.load(holder.submission).await?.ok_or(ReviewError::DeadLink)?;
    let therapist = core.store.therapist(holder.person).await?.ok_or(ReviewError::DeadLink)?;
    check_link(&submission, holder)?;
    if therapist.epoch != holder.epoch {
        return Err(ReviewError::DeadLink);
    }
    if !matches!(submission.state, State::InReview { .. }) {
        return Ok(Opened::NoVote(Box::new(submission), ReviewError::Closed));
    }
    let seat = submission.review.as_ref().and_then(|review| review.seat_of(holder.person));
    let Some(seat) = seat.filter(|seat| !seat.stepped_back && therapist.in_good_standing(now)) else {
        return Ok(Opened::NoVote(Box::new(submission), ReviewError::NoVote));
    };
    let has_voted = seat.ballot.is_some();
    let revision = core.store.revision(submission.id, submission.revision).await?;
    let revision = revision.ok_or(StoreError::Unreadable("revision"))?;
    let report = core.store.report(submission.id, submission.revision).await?;
    let mut ballots = match has_voted {
        true => core.store.ballots(submission.id, submission.revision).await?,
        false => vec![],
    };
    // Only what counts now: not what was changed since, and not what an earlier panel said of the same words.
    ballots.retain(|ballot| is_counting(&submission, ballot));
    for ballot in &mut ballots {
        for note in [&mut ballot.reason, &mut ballot.suggestion, &mut ballot.comment] {
            *note = note.take().map(shown);
        }
    }
    let earlier = earlier(core, &submission, holder.person).await?;
    Ok(Opened::Review(Box::new(ReviewView { submission, revision, report, ballots, earlier })))
}

/// True if this is the counting ballot of a seat.
pub(crate) fn is_counting(submission: &Submission, record: &BallotRecord) -> bool {
    let seat = submission.review.as_ref().and_then(|review| review.seat_of(record.person));
    seat.and_then(|seat| seat.ballot.as_ref()).is_some_and(|ballot| ballot.at == record.at)
}

async fn earlier(
    core: &Core,
    submission: &Submission,
    person: PersonId,
) -> Result<Option<Earlier>, StoreError> {
    let Some(number) = submission.compared_with else {
        return Ok(None);
    };
    let Some(revision) = core.store.revision(submission.id, number).await? else {
        return Ok(None);
    };
    // An older engine let these words through to a panel; what the present one would not is compared with by nobody.
    let is_released = submission.release.as_ref().is_some_and(|one| one.content == revision.content());
    let route = screening::screen_safely(&revision.composition.words).route();
    if !is_released && matches!(route, screening::Route::Hold | screening::Route::Redact) {
        return Ok(None);
    }
    let ballots = core.store.ballots(submission.id, number).await?;
    let own = ballots.iter().rev().find(|ballot| ballot.person == person).map(|ballot| ballot.decision);
    Ok(Some(Earlier { words: revision.composition.words, own }))
}

/// A link is dead when it is for other words, or for somebody who was never invited.
fn check_link(submission: &Submission, holder: Holder) -> Result<(), ReviewError> {
    let seat = submission.review.as_ref().and_then(|review| review.seat_of(holder.person));
    if submission.revision != holder.revision || seat.is_none() {
        return Err(ReviewError::DeadLink);
    }
    Ok(())
}

/// Casts or changes a ballot.
///
/// # Errors
/// [`ReviewError`]; nothing has changed then, unless it is [`ReviewError::Store`].
pub async fn cast(core: &Core, holder: Holder, ballot: &NewBallot) -> Result<Submission, ReviewError> {
    if ballot.decision != Decision::Concern {
        for text in [&ballot.reason, &ballot.suggestion, &ballot.comment].into_iter().flatten() {
            note::check(text)?;
        }
    }
    let mut barred = BTreeSet::new();
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(holder.submission).await?.ok_or(ReviewError::DeadLink)?;
        check_link(&before, holder)?;
        let record = BallotRecord {
            person: holder.person,
            revision: before.revision,
            content: before.content.clone(),
            decision: ballot.decision,
            reason: ballot.reason.clone(),
            suggestion: ballot.suggestion.clone(),
            comment: ballot.comment.clone(),
            declaration: content::consent().declaration.version.clone(),
            salt: core.salt(),
            at: now.at,
        };
        let reason = commit(&record, record.salt);
        let content = before.content.clone();
        let step = before
            .clone()
            .cast(holder.person, ballot.decision, &content, Some(&reason), &barred, now)
            .map_err(|error| match error {
                CastError::Closed => ReviewError::Closed,
                CastError::OtherRevision => ReviewError::DeadLink,
                CastError::NoVote => ReviewError::NoVote,
            })?;
        let writes = vec![Write::Ballot(record)];
        let mut checks = vec![Check::Voter(holder.person, holder.epoch, now)];
        if ballot.decision == Decision::Concern {
            // A lapse does not silence a concern, a dead link does.
            checks = vec![Check::Epoch(holder.person, holder.epoch)];
        }
        let mut approvers = approvers_of(&step, &barred, now);
        // One transaction takes one check of an item, and the voter's says more.
        approvers.retain(|check| !matches!(check, Check::Standing(person, _) if *person == holder.person));
        checks.extend(approvers);
        match commit_moving(core, &before, &step, writes, &checks, now).await {
            Ok(()) => {
                let state = step.submission.state.name();
                tracing::info!(submission = %before.id, person = %holder.person, state, "ballot recorded");
                core.hint_after(&step).await;
                return Ok(step.submission);
            }
            Err(StoreError::Conflict) => {}
            Err(StoreError::Barred(people)) if people.contains(&holder.person) => {
                let therapist = core.store.therapist(holder.person).await?;
                let is_alive = therapist.is_some_and(|therapist| therapist.epoch == holder.epoch);
                return Err(if is_alive { ReviewError::NoVote } else { ReviewError::DeadLink });
            }
            Err(StoreError::Barred(people)) => barred.extend(people),
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// The checks that an approval rests on: that everybody it counts is in good standing at the moment of the write.
pub(crate) fn approvers_of(step: &Step, barred: &BTreeSet<PersonId>, now: Now) -> Vec<Check> {
    let is_approval = matches!(step.submission.state, State::Approved { .. });
    let review = step.submission.review.as_ref().filter(|_| is_approval);
    let counted = review.map(|review| review.approvers()).unwrap_or_default();
    counted.difference(barred).map(|person| Check::Standing(*person, now)).collect()
}
