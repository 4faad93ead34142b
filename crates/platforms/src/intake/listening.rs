//! Reading notifications from a platform, page by page.
//!
//! Invariant: whoever reads stores a batch's mark only after the batch's events are stored.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Channel, Event, Unreadable, bluesky_notifications, mastodon_notifications};

/// How far a platform's notifications have been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// On Bluesky.
    Bluesky(bluesky_notifications::Mark),
    /// On Mastodon.
    Mastodon(mastodon_notifications::Mark),
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Who the channel is there.
    pub channel: Channel,
    /// What it tells, oldest first.
    pub events: Vec<Event>,
    /// How many notifications could not be recognised at all.
    pub unrecognised: usize,
    /// The mark once all of it is stored.
    pub mark: Mark,
    /// True if there may be more.
    pub goes_on: bool,
}

/// Why nothing was read. The mark stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// The platform cannot be asked now.
    #[error("the platform cannot be asked: {0}")]
    Unavailable(&'static str),
    /// What it answered cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The server repeats itself: somebody has to look.
    #[error("the server's pages do not go on")]
    Stuck,
}

/// A platform that keeps what the channel was told until it asks.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// Reads the page behind `mark`; the first ever without one. `hashtag` is the channel's, `now` the real time.
    ///
    /// # Errors
    /// [`NotRead`].
    async fn next(&self, mark: Option<&Mark>, hashtag: &str, now: Timestamp) -> Result<Batch, NotRead>;
}
