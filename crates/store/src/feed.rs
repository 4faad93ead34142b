//! What the public feed shows: an entry for each post, as it stands.
//!
//! Invariants: one key, one entry, whose words never change; what was taken from the feed keeps its key for a while, so that
//! a late repetition does not bring it back, and keeps no words.

use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;
use curation::ids::SubmissionId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    item::{Item, document, key, number, text, with_document},
};

/// The feed's partition. Keys sort by time, as the publisher makes them.
const FEED: &str = "feed";

/// Marks the key of what was taken away.
const GONE: &str = "gone";

/// How long a key stays taken: many times what any call for the same post can be late.
const KEPT_KEY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One post in the feed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedEntry {
    /// Its key, by which entries sort.
    pub key: String,
    /// Whose words these are.
    pub submission: SubmissionId,
    /// The whole text.
    pub text: String,
    /// When it was posted, in real time.
    pub at: Timestamp,
}

impl fmt::Debug for FeedEntry {
    // Words must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeedEntry").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What stands under a key of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InFeed {
    /// An entry.
    Entry(FeedEntry),
    /// What stood there was taken away.
    Gone,
    /// Nothing, ever.
    Nothing,
}

impl Store {
    /// Puts an entry into the feed, or finds what stands under its key already. One write; one read more if something does.
    ///
    /// # Errors
    /// [`StoreError`]; whether a write took effect is unknown after [`StoreError::Unavailable`].
    pub async fn put_in_feed(&self, entry: &FeedEntry) -> Result<InFeed, StoreError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.tables.submissions)
            .set_item(Some(with_document(FEED, &entry.key, entry)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match answer.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
            Ok(_) => Ok(InFeed::Entry(entry.clone())),
            Err(error) if error.is_conditional_check_failed_exception() => self.in_feed(&entry.key).await,
            Err(error) => Err(StoreError::from_engine(&error)),
        }
    }

    /// What stands under a key: one consistent read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn in_feed(&self, under: &str) -> Result<InFeed, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key(FEED, under)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        match answer.item() {
            None => Ok(InFeed::Nothing),
            Some(item) if item.contains_key(GONE) => Ok(InFeed::Gone),
            Some(item) => document(item, "feed entry").map(InFeed::Entry),
        }
    }

    /// Takes an entry from the feed, whether or not it is there: of its words nothing is left. One write.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_from_feed(&self, under: &str, real: Timestamp) -> Result<(), StoreError> {
        let until = real.saturating_add(KEPT_KEY).unwrap_or(Timestamp::MAX);
        let mut item = key(FEED, under);
        item.insert(GONE.to_owned(), AttributeValue::Bool(true));
        item.insert("expires_at".to_owned(), number(until.as_second()));
        self.put(&self.tables.submissions, item).await
    }

    /// The newest entries, the newest first: one consistent query, so that what was taken away is not shown again. A page is
    /// asked for at a time, and more than one is read only behind a long row of what was taken away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn feed(&self, most: usize) -> Result<Vec<FeedEntry>, StoreError> {
        let mut entries = Vec::new();
        let mut start: Option<Item> = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.tables.submissions)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", text(FEED))
                .scan_index_forward(false)
                .consistent_read(true)
                .limit(i32::try_from(most).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
            let shown = page.items().iter().filter(|item| !item.contains_key(GONE));
            for item in shown.take(most - entries.len()) {
                entries.push(document(item, "feed entry")?);
            }
            start = page.last_evaluated_key;
            if start.is_none() || entries.len() >= most {
                return Ok(entries);
            }
        }
    }
}
