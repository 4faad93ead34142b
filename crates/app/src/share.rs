//! Looking at what an item shares: before it appears, and from then on.
//!
//! Invariant: nothing is shared that is not what reviewers saw, and nothing stays shared that its author took back or
//! changed. Platforms tell of the channel's own deletions alone, so others' are looked for.

use curation::{
    composition::{Seen, Target},
    submission::{Revision, Submission},
    time::Now,
};
use platforms::{PlatformError, intake::PostAddress};

use crate::{
    Core, StepFailure,
    intake::{forget, key_of},
    publish::Platforms,
};

/// Looks at what the revision shares, once more before it is shared. If it is not what reviewers saw, a human decides; if
/// nobody can say, it takes its turn later.
pub(crate) async fn is_as_seen(
    core: &Core,
    platforms: &Platforms,
    before: &Submission,
    revision: &Revision,
    now: Now,
) -> Result<bool, StepFailure> {
    let Some(target) = &revision.composition.target else { return Ok(true) };
    let step = match seen(platforms, target).await.map(|seen| target.still(&seen)) {
        Ok(Ok(())) => return Ok(true),
        Ok(Err(changed)) => {
            tracing::warn!(submission = %before.id, %changed, "not shared");
            before.clone().target_changed(now)?
        }
        Err(error) => {
            tracing::error!(submission = %before.id, %error, "what is to be shared cannot be looked at");
            before.clone().waits_for_target(now)?
        }
    };
    core.store.commit(before, &step, vec![], &[], now).await?;
    core.hint_after(&step).await;
    Ok(false)
}

/// Looks again at what a published item shares. If it is not what reviewers saw, all that shares it or points to it is taken
/// down, and nothing of it is kept.
pub(crate) async fn look_again(
    core: &Core,
    platforms: &Platforms,
    before: Submission,
    now: Now,
) -> Result<(), StepFailure> {
    let revision = core.store.revision(before.id, before.revision).await?;
    if let Some(target) = revision.and_then(|revision| revision.composition.target) {
        match seen(platforms, &target).await.map(|seen| target.still(&seen)) {
            Ok(Ok(())) => {}
            Ok(Err(changed)) => {
                tracing::warn!(submission = %before.id, %changed, "shared no longer");
                return take_back(core, &before, target, now).await;
            }
            Err(error) => {
                tracing::warn!(submission = %before.id, %error, "what is shared cannot be looked at");
            }
        }
    }
    let step = before.clone().target_stands(now)?;
    Ok(core.store.commit(&before, &step, vec![], &[], now).await?)
}

async fn seen(platforms: &Platforms, target: &Target) -> Result<Seen, PlatformError> {
    match platforms.iter().find(|platform| platform.name() == target.platform) {
        Some(platform) => platform.look_at(&target.post).await,
        None => Err(PlatformError::Unavailable("the platform is switched off")),
    }
}

/// First what is kept of it elsewhere is marked: whatever happens after that, it is found and forgotten.
async fn take_back(core: &Core, before: &Submission, target: Target, now: Now) -> Result<(), StepFailure> {
    if let Ok(address) = PostAddress::try_from(target.post) {
        core.store.post_gone(None, &key_of(&address), now).await?;
    }
    forget::pull(core, before.id).await
}
