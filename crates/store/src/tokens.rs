//! What is remembered for a while: idempotency keys, rate counters; and the return codes.
//!
//! Invariant: expiry is checked here, since the engine's own expiry is lazy.

use aws_sdk_dynamodb::types::ReturnValue;
use curation::{ids::SubmissionId, time::Now};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    item::{Item, document, key, number, with_document},
};

/// How long a repetition of a request with the same idempotency key answers the same: longer than any client retries.
pub(crate) const IDEMPOTENCY_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// What an idempotency key was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// A hash of the key and of who sent it.
    pub key: String,
    /// A hash of the body.
    pub body: String,
    /// What was answered.
    pub answered: Answered,
    /// When the key may be used for something else.
    pub expires_at: Timestamp,
}

/// What an accepted proposal answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The id.
    pub id: SubmissionId,
    /// The return code. Whoever can read this table could do all that the code allows.
    pub return_code: String,
}

impl std::fmt::Debug for Answered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answered").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Remembered {
    /// What a request with this key, just answered, is remembered by.
    #[must_use]
    pub fn new(key: String, body: String, answered: Answered, now: Now) -> Self {
        Self { key, body, answered, expires_at: now.after(IDEMPOTENCY_LASTS) }
    }

    pub(crate) fn item(&self) -> Result<Item, StoreError> {
        let mut item = with_document(&format!("idempotency#{}", self.key), "request", self)?;
        item.insert("expires_at".to_owned(), number(self.expires_at.as_second()));
        Ok(item)
    }
}

impl Store {
    pub(crate) fn return_code_item(&self, hash: &str, id: SubmissionId) -> Result<Item, StoreError> {
        with_document(&format!("return#{hash}"), "submission", &id)
    }

    /// What this key was used for, if it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remembered(&self, hash: &str, now: Now) -> Result<Option<Remembered>, StoreError> {
        let pk = format!("idempotency#{hash}");
        let remembered: Option<Remembered> =
            self.get(&self.tables.tokens, &pk, "request", "idempotency key").await?;
        Ok(remembered.filter(|remembered| remembered.expires_at > now.at))
    }

    /// Whose return code has this hash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn by_return_code(&self, hash: &str) -> Result<Option<SubmissionId>, StoreError> {
        self.get(&self.tables.tokens, &format!("return#{hash}"), "submission", "return code").await
    }

    /// Counts one use of `bucket` in the present window and gives the count: one update.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count(&self, bucket: &str, window: SignedDuration, now: Now) -> Result<u64, StoreError> {
        let seconds = window.as_secs().max(1);
        let number_of_window = now.at.as_second().div_euclid(seconds);
        let answer = self
            .client
            .update_item()
            .table_name(&self.tables.tokens)
            .set_key(Some(key(&format!("rate#{bucket}#{number_of_window}"), "count")))
            .update_expression("ADD uses :one SET expires_at = :expires")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":expires", number((number_of_window + 2) * seconds))
            .return_values(ReturnValue::UpdatedNew)
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        answer
            .attributes()
            .and_then(|item| item.get("uses"))
            .and_then(|value| value.as_n().ok())
            .and_then(|uses| uses.parse().ok())
            .ok_or(StoreError::Unreadable("counter"))
    }

    /// Where a person has, or had, a seat: a hint, to be read again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_reviews(
        &self,
        person: curation::ids::PersonId,
    ) -> Result<Vec<SubmissionId>, StoreError> {
        let items = self.all_under(&self.tables.submissions, &format!("person#{person}"), "").await?;
        items.iter().map(|item| document(item, "open review")).collect()
    }
}
