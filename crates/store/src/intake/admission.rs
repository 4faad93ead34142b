//! Admission: a post that waited becomes a submission, in one transaction.
//!
//! Invariant: two admissions at once cannot count on the same therapists: each writes the ledger of what waits for a panel,
//! over the version that it read.

use curation::{
    ids::SubmissionId,
    submission::{Revision, Step},
    time::Now,
};
use jiff::SignedDuration;
use screening::Report;
use serde::{Deserialize, Serialize};

use super::{
    NEVER, POST, POSTS_KEPT, Post, PostState,
    lines::{SETS, served, settled, turn_partition},
};
use crate::{
    Store, StoreError, Write,
    item::{number, partition, text, with_document},
    transaction::Transaction,
};

/// What waits for a panel: posts that were admitted, and texts of the form for which there was no panel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Raised by each write.
    pub version: u64,
    /// The submissions.
    pub waiting: Vec<SubmissionId>,
}

/// Where the ledger is.
const LEDGER: (&str, &str) = ("intake", "ledger");

/// Everything that an admission writes.
pub struct Admission<'a> {
    /// The post, as it was read.
    pub post: &'a Post,
    /// The submission's first steps.
    pub step: &'a Step,
    /// What reviewers will see.
    pub revision: &'a Revision,
    /// What screening found in the channel's own words; never in those of the post.
    pub report: Option<&'a Report>,
    /// How it came, for whoever asks later.
    pub origin: &'a serde_json::Value,
    /// The ledger with this submission, over the version before.
    pub ledger: &'a Ledger,
    /// Keyed hashes of the post's words: a post that has one of them in common has the same words.
    pub words: &'a [String],
    /// A keyed hash of the author.
    pub author: &'a str,
    /// How many posts of one author are admitted in `author_window`.
    pub author_limit: u64,
    /// The window in which they are counted.
    pub author_window: SignedDuration,
}

/// What became of an admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It is a submission.
    Yes,
    /// Enough of this author's posts were admitted in this window. Nothing was written.
    AuthorWaits,
    /// The words of this place in [`Admission::words`] are known already. Nothing was written.
    SameWords(usize),
}

impl Store {
    /// The ledger, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ledger(&self) -> Result<Ledger, StoreError> {
        let ledger = self.get(&self.tables.submissions, LEDGER.0, LEDGER.1, "ledger").await?;
        Ok(ledger.unwrap_or_default())
    }

    /// Writes the ledger over the version before it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn keep_ledger(&self, ledger: &Ledger) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        self.add_ledger(&mut transaction, ledger)?;
        transaction.run(&self.client).await
    }

    pub(crate) fn add_ledger(
        &self,
        transaction: &mut Transaction,
        ledger: &Ledger,
    ) -> Result<(), StoreError> {
        let mut item = with_document(LEDGER.0, LEDGER.1, ledger)?;
        item.insert("version".to_owned(), number(ledger.version));
        transaction.put_over(&self.tables.submissions, item, ledger.version.saturating_sub(1))
    }

    /// Makes a submission of a post: one transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the post or the ledger changed since they were read: decide anew.
    pub async fn admit(&self, admission: &Admission<'_>, now: Now) -> Result<Admitted, StoreError> {
        let Admission { post, step, .. } = admission;
        let submission = &step.submission;
        let table = &self.tables.submissions;
        let mut transaction = Transaction::default();
        let sets = [&SETS[..], &["submission = :submission", "words = :words"]].concat();
        let change = settled(post, PostState::Admitted, NEVER, now)
            .with(":submission", text(submission.id.to_string()))
            .with(":words", text(admission.words.join(" ")))
            .adding(&sets);
        transaction.update(table, &post.key.partition(), POST, change)?;
        let author = transaction.len();
        let bucket = format!("author#{}", admission.author);
        let (window, most) = (admission.author_window, admission.author_limit);
        self.add_limit(&mut transaction, &bucket, window, most, now)?;
        let words = transaction.len();
        for hash in admission.words {
            let mut known = with_document(&format!("words#{hash}"), "words", &post.key.0)?;
            known.insert("expires_at".to_owned(), number(now.after(POSTS_KEPT).as_second()));
            transaction.put_over_expired(&self.tables.tokens, known, now.at.as_second())?;
        }
        let words = words..transaction.len();
        if let Some(wish) = &post.wish {
            transaction.update(table, &turn_partition(&wish.source), "turn", served(now))?;
        }
        self.add_ledger(&mut transaction, admission.ledger)?;
        self.add_step(&mut transaction, 0, step, now)?;
        self.add_write(&mut transaction, submission, Write::Revision(admission.revision.clone()))?;
        if let Some(report) = admission.report {
            let report = Write::Report(submission.revision, report.clone());
            self.add_write(&mut transaction, submission, report)?;
        }
        let mut origin = with_document(&partition(submission.id), "consent", admission.origin)?;
        origin.insert("post".to_owned(), text(post.key.partition()));
        transaction.put(table, origin)?;
        match transaction.run_or_tell(&self.client).await?.as_slice() {
            [] => Ok(Admitted::Yes),
            [place] if *place == author => Ok(Admitted::AuthorWaits),
            failed if failed.iter().all(|place| *place == author || words.contains(place)) => {
                let same = failed.iter().find_map(|place| place.checked_sub(words.start));
                Ok(Admitted::SameWords(same.unwrap_or_default()))
            }
            _ => Err(StoreError::Conflict),
        }
    }
}
