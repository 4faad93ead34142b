//! How far notifications have been read, the channel's own secret for hashes, and what a coordinator sees of intake.
//!
//! Invariant: a mark is written only by whoever has stored what it covers.

use curation::time::Now;
use jiff::Timestamp;

use super::{POST, PostKey, PostState, Wish};
use crate::{
    Store, StoreError,
    item::{document, text, with_document},
};

/// What waits in intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The platform.
    pub platform: String,
    /// How many of its posts wait.
    pub count: usize,
    /// Since when the oldest does.
    pub oldest: Timestamp,
}

impl Store {
    /// How far a platform's notifications have been read, as its reader wrote it down.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_up_to(&self, platform: &str) -> Result<Option<serde_json::Value>, StoreError> {
        self.get(&self.tables.submissions, "walk", &format!("notifications#{platform}"), "mark").await
    }

    /// Remembers how far they have been read. Two readers at once read twice and miss nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_read_up_to(&self, platform: &str, mark: &serde_json::Value) -> Result<(), StoreError> {
        let item = with_document("walk", &format!("notifications#{platform}"), mark)?;
        self.put(&self.tables.submissions, item).await
    }

    /// What waits, by platform: for the coordinator's list, never for a function.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn intake_overview(&self, now: Now) -> Result<Vec<Overview>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.tables.submissions)
            .filter_expression("sk = :post AND #state = :waiting AND expires_at > :now")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":post", text(POST))
            .expression_attribute_values(":waiting", text(PostState::Waiting.name()))
            .expression_attribute_values(":now", crate::item::number(now.at.as_second()))
            .into_paginator()
            .send();
        let mut all: Vec<Overview> = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
            for item in page.items() {
                let (Some(key), wish) = (PostKey::of(item), document::<Option<Wish>>(item, "post")?) else {
                    continue;
                };
                let Some(wish) = wish else { continue };
                match all.iter_mut().find(|one| one.platform == key.platform()) {
                    Some(one) => {
                        one.count += 1;
                        one.oldest = one.oldest.min(wish.received_at);
                    }
                    None => all.push(Overview {
                        platform: key.platform().to_owned(),
                        count: 1,
                        oldest: wish.received_at,
                    }),
                }
            }
        }
        all.sort_by(|a, b| a.platform.cmp(&b.platform));
        Ok(all)
    }
}
