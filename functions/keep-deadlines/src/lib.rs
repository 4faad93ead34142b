//! keep-deadlines: every five minutes, pushes on whatever waited too long: lost hints, reminders, closings, expiries,
//! erasures.
//!
//! Invariant: an event carries nothing that decides anything. Two runs at once, or one too many, do nothing twice.

use app::{Core, deadlines::sweep};
use lambda_runtime::{Error, LambdaEvent};

/// Looks once at everything that is due.
///
/// # Errors
/// When the index cannot be asked: the next run goes on. One item's trouble is logged and keeps no other waiting.
pub async fn handle(core: &Core, _event: LambdaEvent<serde_json::Value>) -> Result<(), Error> {
    Ok(sweep(core).await?)
}
