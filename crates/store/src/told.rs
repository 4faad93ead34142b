//! What the channel's own people are told about the channel itself, and when they were.
//!
//! Invariant: that somebody is told, and that they are not told again for a while, is one transaction.

use curation::{ids::SubmissionId, submission::Notice, time::Now};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Store, StoreError,
    item::{number, with_document},
    submissions::{NoticeBatch, notice_item},
    transaction::Transaction,
};

/// The partition of what was told. It stands where whoever keeps the deadlines may write already.
const TOLD: &str = "told";

impl Store {
    /// Asks for mail about the channel itself, unless the same was asked for within `again_after` before `real`, a real
    /// time. True if it was asked for now. One read; and one transaction if it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell_of_channel(
        &self,
        what: &str,
        notice: Notice,
        real: Timestamp,
        again_after: SignedDuration,
        now: Now,
    ) -> Result<bool, StoreError> {
        let told: Option<Timestamp> = self.get(&self.tables.submissions, TOLD, what, "told").await?;
        let until = |told: Timestamp| told.saturating_add(again_after).unwrap_or(Timestamp::MAX);
        if told.is_some_and(|told| real < until(told)) {
            return Ok(false);
        }
        let mut mark = with_document(TOLD, what, &real)?;
        mark.insert("expires_at".to_owned(), number(until(real).as_second()));
        let batch = NoticeBatch { sk: format!("notice#{what}"), notices: vec![notice], attempts: 0 };
        let mut transaction = Transaction::default();
        transaction.put_over_expired(&self.tables.submissions, mark, real.as_second())?;
        transaction.put(&self.tables.submissions, notice_item(SubmissionId::CHANNEL, &batch, now)?)?;
        match transaction.run(&self.client).await {
            Ok(()) => Ok(true),
            // Another sweep was first.
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
