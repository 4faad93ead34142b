//! Ending mail: a therapist who wants no more invitations, a submitter who wants no more news.
//!
//! Invariant: it ends mail and nothing else. No ballot, no seat and no review changes, so that a mail gateway that
//! follows an unsubscribing address by itself does no more harm than a silent mailbox would.

use curation::{
    ids::{PersonId, SubmissionId},
    roster::Therapist,
};
use store::StoreError;

use crate::{
    Core, MOST_RACES, StepFailure,
    invite::own,
    roster::{RosterError, change},
};

/// Why nothing ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsubscribeError {
    /// The link is for nobody whom we know, or from before their links were ended.
    #[error("the link is dead")]
    DeadLink,
    /// The store did not do it. A later try may succeed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The therapist whom a link of this epoch is for.
///
/// # Errors
/// [`UnsubscribeError`].
pub async fn therapist(core: &Core, person: PersonId, epoch: u32) -> Result<Therapist, UnsubscribeError> {
    let therapist = core.store.therapist(person).await?;
    therapist.filter(|therapist| therapist.epoch == epoch).ok_or(UnsubscribeError::DeadLink)
}

/// Invites the therapist no more, or again. What they were invited to stays open to them.
///
/// # Errors
/// [`UnsubscribeError`].
pub async fn set(
    core: &Core,
    person: PersonId,
    epoch: u32,
    is_unsubscribed: bool,
) -> Result<(), UnsubscribeError> {
    if therapist(core, person, epoch).await?.unsubscribed == is_unsubscribed {
        return Ok(());
    }
    match change(core, person, |therapist| therapist.unsubscribed = is_unsubscribed).await {
        Ok(_) => {
            tracing::info!(%person, is_unsubscribed, "a therapist changed whether they are invited");
            Ok(())
        }
        Err(RosterError::Store(error)) => Err(error.into()),
        Err(_) => Err(UnsubscribeError::DeadLink),
    }
}

/// True if there is such a submission, and whether its submitter would still be written to.
///
/// # Errors
/// [`UnsubscribeError`].
pub async fn gets_mail(core: &Core, id: SubmissionId) -> Result<bool, UnsubscribeError> {
    core.store.load(id).await?.ok_or(UnsubscribeError::DeadLink)?;
    Ok(core.store.contact(id).await?.is_some())
}

/// Forgets the submitter's address for this submission. Doing it again changes nothing.
///
/// # Errors
/// [`StepFailure`].
pub async fn forget_address(core: &Core, id: SubmissionId) -> Result<(), StepFailure> {
    if core.store.load(id).await?.is_none() {
        return Err(StepFailure::Unknown);
    }
    let Some(contact) = core.store.contact(id).await? else { return Ok(()) };
    // Nobody reviews their own words. What the address said about that has to stay when the address goes.
    let roster = core.store.therapists().await?;
    let authors = own(&roster, Some(&contact)).collect::<Vec<_>>();
    if !authors.is_empty() {
        remember_authors(core, id, &authors).await?;
    }
    core.store.forget_contact(id).await?;
    tracing::info!(submission = %id, "a submitter's address is forgotten");
    Ok(())
}

async fn remember_authors(core: &Core, id: SubmissionId, authors: &[PersonId]) -> Result<(), StepFailure> {
    for _ in 0..MOST_RACES {
        let before = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
        if authors.iter().all(|person| before.authors.contains(person)) {
            return Ok(());
        }
        let step = before.clone().proposed_by(authors.iter().copied());
        match core.store.commit(&before, &step, vec![], &[], core.clock.now()).await {
            Err(StoreError::Conflict) => {}
            written => return Ok(written?),
        }
    }
    Err(StoreError::Conflict.into())
}
