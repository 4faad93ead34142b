//! Collecting what people told the channel where nobody tells it by itself: the notifications of Bluesky and Mastodon.
//!
//! Invariant: how far they have been read is written down only after what was read is stored, so that a crash repeats and
//! never skips.

use std::sync::Arc;

use platforms::{
    Platform,
    intake::{Mark, NotRead},
};
use store::StoreError;

use super::{IntakeSecret, take_event, wake};
use crate::Core;

/// Pages of one platform that one run reads: some thousand notifications. The next run goes on.
const MOST_PAGES: usize = 25;

/// The channel's hashtag, without `#`.
pub const HASHTAG: &str = "clientsconnect";

/// Reads what is new on every platform that has notifications. One platform's trouble keeps no other from being read.
///
/// # Errors
/// [`StoreError`]: what was not stored is read again.
pub async fn run(
    core: &Core,
    platforms: &[Arc<dyn Platform>],
    secret: &IntakeSecret,
) -> Result<(), StoreError> {
    let mut failed = None;
    let mut has_work = false;
    for platform in platforms {
        match collect(core, &**platform, secret, &mut has_work).await {
            Ok(()) => {}
            Err(CollectError::Store(error)) => failed = Some(error),
            Err(CollectError::NotRead(error)) => {
                tracing::error!(platform = %platform.name(), %error, "notifications could not be read");
            }
        }
    }
    if has_work {
        wake(core).await;
    }
    failed.map_or(Ok(()), Err)
}

enum CollectError {
    Store(StoreError),
    NotRead(NotRead),
}

impl From<StoreError> for CollectError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn collect(
    core: &Core,
    platform: &dyn Platform,
    secret: &IntakeSecret,
    has_work: &mut bool,
) -> Result<(), CollectError> {
    let Some(notifications) = platform.notifications() else { return Ok(()) };
    let name = platform.name();
    let stored = core.store.read_up_to(name.as_str()).await?;
    let mut mark: Option<Mark> = match stored.map(serde_json::from_value) {
        Some(Ok(mark)) => Some(mark),
        // Rather everything again than nothing.
        Some(Err(_)) => {
            tracing::error!(platform = %name, "how far notifications were read cannot be read: beginning anew");
            None
        }
        None => None,
    };
    for _ in 0..MOST_PAGES {
        let now = core.clock.real_time();
        let batch = notifications.next(mark.as_ref(), HASHTAG, now).await.map_err(CollectError::NotRead)?;
        let (told, mut taken) = (batch.events.len(), 0);
        for event in &batch.events {
            let outcome = take_event(core, &batch.channel, secret, event).await?;
            taken += usize::from(outcome.is_to_be_worked_on());
        }
        *has_work |= taken > 0;
        if told + batch.unrecognised > 0 {
            tracing::info!(platform = %name, told, taken, unrecognised = batch.unrecognised, "collected");
        }
        if mark.as_ref() != Some(&batch.mark) {
            let written = serde_json::to_value(&batch.mark).map_err(|_| StoreError::Unreadable("mark"))?;
            core.store.mark_read_up_to(name.as_str(), &written).await?;
        }
        mark = Some(batch.mark);
        if !batch.goes_on {
            break;
        }
    }
    Ok(())
}
