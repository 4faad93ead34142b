//! The public feed: what was published, as a platform of the channel's own.
//!
//! Invariants: one intent, one entry, however often it is repeated; what was taken down is in no feed any more, and does
//! not come back. Nobody can reply to it, so nobody has to be kept from replying.

use async_trait::async_trait;
use curation::composition::{Measure, PlatformName, PlatformRules};
use platforms::{Intent, Platform, PlatformError, RemotePost};
use store::{FeedEntry, InFeed, StoreError};

use crate::Core;

/// The longest entry in graphemes: the longest proposal with any disclaimer.
const LONGEST: usize = 2_400;
/// The longest entry in bytes: as many characters as that of four bytes each.
const MOST_BYTES: usize = 4 * LONGEST;

/// The feed.
#[derive(Clone)]
pub struct Feed(Core);

impl Feed {
    /// The feed of the channel whose tables these are.
    #[must_use]
    pub fn new(core: Core) -> Self {
        Self(core)
    }
}

/// What the feed accepts: also for whoever composes words without having it.
#[must_use]
pub fn rules() -> PlatformRules {
    PlatformRules {
        platform: PlatformName::new("feed"),
        longest: LONGEST,
        measure: Measure::Graphemes,
        most_bytes: MOST_BYTES,
        // A reader shows each entry by itself, and half of a text without its disclaimer is none.
        most_parts: 1,
        quotes: false,
        content_notes: false,
    }
}

#[async_trait]
impl Platform for Feed {
    fn rules(&self) -> PlatformRules {
        rules()
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        let entry = entry(intent);
        if entry.key.is_empty() || entry.text.trim().is_empty() || intent.part > 0 {
            return Err(PlatformError::Refused("nothing that the feed could show"));
        }
        match self.0.store.put_in_feed(&entry).await {
            Ok(InFeed::Entry(there)) if there == entry => Ok(RemotePost(entry.key)),
            Ok(InFeed::Entry(_)) => Err(PlatformError::Refused("another entry has this key")),
            Ok(InFeed::Gone) => Err(PlatformError::Refused("it was taken down")),
            // Put, and taken out of the tables before it was looked at: nobody does that.
            Ok(InFeed::Nothing) => Err(PlatformError::Ambiguous("the entry vanished")),
            Err(error) => Err(lost(&error)),
        }
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        match self.0.store.in_feed(&intent.key).await {
            Ok(InFeed::Entry(there)) => Ok(Some(RemotePost(there.key))),
            Ok(InFeed::Gone | InFeed::Nothing) => Ok(None),
            Err(_) => Err(PlatformError::Unavailable("the tables")),
        }
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        let taken = self.0.store.take_from_feed(&post.0, self.0.clock.real_time()).await;
        taken.map_err(|_| PlatformError::Unavailable("the tables"))
    }
}

fn entry(intent: &Intent) -> FeedEntry {
    FeedEntry {
        key: intent.key.clone(),
        submission: intent.submission,
        text: intent.text.clone(),
        at: intent.created_at,
    }
}

/// After an error of the tables an entry may be there; since repeating is safe, that is no more than a delay.
fn lost(_: &StoreError) -> PlatformError {
    PlatformError::Ambiguous("the tables")
}
