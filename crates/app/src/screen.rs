//! Screening what was not screened when it was accepted.

use curation::{
    ids::SubmissionId,
    submission::{Hold, State},
};
use store::{StoreError, Write};

use crate::{Core, MOST_RACES, StepFailure, commit_moving};

/// Screens a submission that waits for it; any other is left alone.
///
/// # Errors
/// [`StepFailure::Store`]: try again.
pub async fn screen(core: &Core, id: SubmissionId) -> Result<(), StepFailure> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
        let waits =
            matches!(before.state, State::Received { .. } | State::Held { hold: Hold::Technical { .. }, .. });
        if !waits {
            return Ok(());
        }
        let Some(revision) = core.store.revision(id, before.revision).await? else {
            return Err(StoreError::Unreadable("revision").into());
        };
        let (step, report) = core.screen_now(before.clone(), &revision, now)?;
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
