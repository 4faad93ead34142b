//! publish-scheduled: each minute, publishes what is due, takes over what got stuck, and takes down what must go.
//!
//! Invariant: an event carries nothing that decides anything. Two runs at once, or one too many, publish nothing twice.

use app::{
    Core,
    publish::{Platforms, poll},
};
use lambda_runtime::{Error, LambdaEvent};

/// Looks once at what is due. With no platform, approved items wait.
///
/// # Errors
/// When the store does not answer: the next run goes on.
pub async fn handle(
    core: &Core,
    platforms: &Platforms,
    _event: LambdaEvent<serde_json::Value>,
) -> Result<(), Error> {
    Ok(poll(core, platforms).await?)
}
