//! Screening what was not screened when it was accepted, and what an older engine screened.

use curation::{
    ids::SubmissionId,
    submission::{Hold, State},
};
use screening::ENGINE;
use store::{StoreError, Write};

use crate::{Core, MOST_RACES, StepFailure, commit_moving};

/// Screens a submission that waits for it; any other is left alone.
///
/// # Errors
/// [`StepFailure::Store`]: try again. [`StepFailure::Invalid`] if a newer engine fails on words with which nothing goes on
/// without other ones: somebody has to look at the engine.
pub async fn screen(core: &Core, id: SubmissionId) -> Result<(), StepFailure> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
        let is_first = matches!(before.state, State::Received { .. });
        let is_held = matches!(before.state, State::Held { hold: Hold::Technical { .. }, .. });
        if !is_first && !is_held && !before.waits_for_engine(ENGINE.0) {
            return Ok(());
        }
        let Some(revision) = core.store.revision(id, before.revision).await? else {
            return Err(StoreError::Unreadable("revision").into());
        };
        let earlier = match is_first {
            true => None,
            false => core.store.report(id, before.revision).await?,
        };
        let (step, report) = core.screen_now(before.clone(), &revision, earlier.as_ref(), now)?;
        let mut writes = Vec::new();
        writes.extend(report.map(|report| Write::Report(revision.number, report)));
        match commit_moving(core, &before, &step, writes, &[], now).await {
            Ok(()) => {
                tracing::info!(submission = %id, state = step.submission.state.name(), "screened");
                core.hint_after(&step).await;
                return Ok(());
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}
