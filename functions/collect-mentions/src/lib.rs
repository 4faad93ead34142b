//! collect-mentions: every few minutes, reads what people told the channel on Bluesky and on Mastodon.
//!
//! Invariant: an event carries nothing that decides anything. Two runs at once, or one too many, read twice, store once
//! and skip nothing.

use app::{
    Core,
    intake::{IntakeSecret, collect},
    publish::Platforms,
};
use lambda_runtime::{Error, LambdaEvent};

/// Reads what is new on every platform that has notifications.
///
/// # Errors
/// When the store does not answer: the next run reads the same again. A platform's trouble is logged.
pub async fn handle(
    core: &Core,
    platforms: &Platforms,
    secret: &IntakeSecret,
    _event: LambdaEvent<serde_json::Value>,
) -> Result<(), Error> {
    Ok(collect::run(core, platforms, secret).await?)
}
