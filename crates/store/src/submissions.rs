//! Submissions: one partition each, the aggregate at `state`, everything that belongs to it beside it.
//!
//! Invariant: [`Store::commit`] is the only way to change a submission, and writes the audit entries with the change.

use curation::{
    audit::Entry,
    cadence::Cadence,
    composition::{ContentHash, Salt},
    ids::{PersonId, SubmissionId},
    review::Decision,
    roster::Therapist,
    submission::{Due, Lane, Notice, Revision, Step, Submission},
    time::Now,
};
use jiff::Timestamp;
use screening::Report;
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    due::mark_due,
    intake::Ledger,
    item::{Item, contact_partition, document, key, number, partition, string, text, with_document},
    tokens::Remembered,
    transaction::{MOST_ITEMS, Transaction},
};

/// A ballot with what was written beside it: kept with the text, erased with the text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BallotRecord {
    /// Whose.
    pub person: PersonId,
    /// On which revision.
    pub revision: u32,
    /// On which content.
    pub content: ContentHash,
    /// What was decided.
    pub decision: Decision,
    /// Why, in the voter's words.
    pub reason: Option<String>,
    /// Other words, in the voter's words.
    pub suggestion: Option<String>,
    /// A remark to the other reviewers.
    pub comment: Option<String>,
    /// Which wording of the declaration the voter agreed to.
    pub declaration: String,
    /// What the audit entry's commitment is salted with.
    pub salt: Salt,
    /// When.
    pub at: Timestamp,
}

impl std::fmt::Debug for BallotRecord {
    // What a voter wrote must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BallotRecord").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// Everything that an accepted proposal writes.
pub struct Proposal<'a> {
    /// The first step, or the first two if screening answered.
    pub step: &'a Step,
    /// The words.
    pub revision: &'a Revision,
    /// What screening found, if it answered.
    pub report: Option<&'a Report>,
    /// Where to write to.
    pub email: Option<&'a str>,
    /// What was agreed to, in which wording, when.
    pub consent: &'a serde_json::Value,
    /// The hash of the return code.
    pub return_code: &'a str,
    /// What a repetition with the same idempotency key answers.
    pub remembered: Option<&'a Remembered>,
}

/// What else a step writes in its transaction.
#[derive(Debug, Clone)]
pub enum Write {
    /// Words.
    Revision(Revision),
    /// Something that somebody wrote changes tables, as the step conceals or reveals the submission.
    Move(Written),
    /// A report on a revision.
    Report(u32, Report),
    /// A ballot.
    Ballot(BallotRecord),
    /// The cadence, over the version before it.
    Cadence(Cadence),
    /// A therapist, over the version before it.
    Therapist(Therapist),
    /// A person has a seat, whose links live until then.
    OpenReview(PersonId, Timestamp),
    /// What waits for a panel, over the version before it.
    Ledger(Ledger),
}

/// Words, a report or a ballot as it is stored: what is concealed and revealed together.
#[derive(Clone)]
pub struct Written(Item);

impl std::fmt::Debug for Written {
    // What somebody wrote must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Written(..)")
    }
}

impl Written {
    /// If this is the report on that revision, puts this one in its place and says so.
    #[must_use]
    pub fn take_report(&mut self, number: u32, report: &Report) -> bool {
        let Self(item) = self;
        let is_it = string(item, "sk") == Some(report_key(number).as_str());
        if is_it
            && let Some(anew) =
                string(item, "pk").and_then(|pk| with_document(pk, &report_key(number), report).ok())
        {
            *item = anew;
            return true;
        }
        false
    }
}

/// The sort keys of what somebody wrote, or that says what it is about.
const WRITTEN: [&str; 3] = ["rev#", "screen#", "ballot#"];

/// What must hold at the moment of the write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The person is in good standing.
    Standing(PersonId, Now),
    /// The person is in good standing, and links of this epoch are alive.
    Voter(PersonId, u32, Now),
    /// The person's links of this epoch are alive.
    Epoch(PersonId, u32),
    /// The channel is not paused.
    NotPaused,
    /// The channel is not paused, and this topic is not braked.
    NotBraked(String),
}

/// Mail that one step asked for and that has not all been sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeBatch {
    /// The batch's place in the submission's partition.
    pub sk: String,
    /// The mail.
    pub notices: Vec<Notice>,
    /// Tries so far.
    pub attempts: u32,
}

impl Store {
    /// Writes an accepted proposal: one transaction, whatever it holds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id or the idempotency key is already there.
    pub async fn accept(&self, proposal: &Proposal<'_>, now: Now) -> Result<(), StoreError> {
        let submission = &proposal.step.submission;
        let mut transaction = Transaction::default();
        self.add_step(&mut transaction, 0, proposal.step, now)?;
        let mut writes = vec![Write::Revision(proposal.revision.clone())];
        writes.extend(proposal.report.map(|report| Write::Report(submission.revision, report.clone())));
        for write in writes {
            self.add_write(&mut transaction, submission, write)?;
        }
        let mut origin = with_document(&partition(submission.id), "consent", proposal.consent)?;
        origin.insert("return_code".to_owned(), text(proposal.return_code));
        transaction.put(&self.tables.submissions, origin)?;
        if let Some(email) = proposal.email {
            let contact = with_document(&contact_partition(submission.id), "email", &email)?;
            transaction.put(&self.tables.submissions, contact)?;
        }
        transaction
            .put_new(&self.tables.tokens, self.return_code_item(proposal.return_code, submission.id)?)?;
        if let Some(remembered) = proposal.remembered {
            transaction.put_over_expired(&self.tables.tokens, remembered.item()?, now.at.as_second())?;
        }
        transaction.run(&self.client).await
    }

    /// The submission as it is now, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(&self, id: SubmissionId) -> Result<Option<Submission>, StoreError> {
        self.get(&self.tables.submissions, &partition(id), "state", "submission").await
    }

    /// Writes a step over `before`: the aggregate, its audit entries, its mail, and `writes`; all or nothing, and only
    /// if nobody wrote since `before` was read and every check holds.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::Barred`]: nothing was written.
    pub async fn commit(
        &self,
        before: &Submission,
        step: &Step,
        writes: Vec<Write>,
        checks: &[Check],
        now: Now,
    ) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        self.add_step(&mut transaction, before.version, step, now)?;
        for write in writes {
            self.add_write(&mut transaction, &step.submission, write)?;
        }
        for (place, check) in checks.iter().enumerate() {
            // The engine refuses two looks at one item, and who votes is asked about again when their vote closes.
            if checks[..place].contains(check) {
                continue;
            }
            match check {
                Check::Standing(person, at) => {
                    transaction.check_person(&self.tables.settings, *person, None, Some(*at))?;
                }
                Check::Voter(person, epoch, at) => {
                    transaction.check_person(&self.tables.settings, *person, Some(*epoch), Some(*at))?;
                }
                Check::Epoch(person, epoch) => {
                    transaction.check_person(&self.tables.settings, *person, Some(*epoch), None)?;
                }
                Check::NotPaused => transaction.check_not_paused(&self.tables.settings, None)?,
                Check::NotBraked(topic) => {
                    transaction.check_not_paused(&self.tables.settings, Some(topic))?;
                }
            }
        }
        transaction.run(&self.client).await
    }

    pub(crate) fn add_step(
        &self,
        transaction: &mut Transaction,
        version: u64,
        step: &Step,
        now: Now,
    ) -> Result<(), StoreError> {
        let submission = &step.submission;
        let pk = partition(submission.id);
        let table = &self.tables.submissions;
        let mut item = with_document(&pk, "state", submission)?;
        item.insert("version".to_owned(), number(submission.version));
        item.insert("state".to_owned(), text(submission.found_as()));
        if let Some(due) = submission.due() {
            mark_due(&mut item, submission.id, due);
        }
        transaction.put_over(table, item, version)?;
        for entry in &step.entries {
            transaction
                .put_new(table, with_document(&pk, &format!("audit#{:06}", entry.sequence), entry)?)?;
        }
        if !step.notices.is_empty() {
            let batch = NoticeBatch {
                sk: format!("notice#{:08}", submission.version),
                notices: step.notices.clone(),
                attempts: 0,
            };
            transaction.put(table, notice_item(submission.id, &batch, now)?)?;
        }
        Ok(())
    }

    pub(crate) fn add_write(
        &self,
        transaction: &mut Transaction,
        after: &Submission,
        write: Write,
    ) -> Result<(), StoreError> {
        let pk = partition(after.id);
        let (here, other) = self.written_tables(after.is_concealed());
        match write {
            Write::Revision(revision) => {
                transaction.put(here, with_document(&pk, &revision_key(revision.number), &revision)?)
            }
            Write::Report(number, report) => {
                transaction.put(here, with_document(&pk, &report_key(number), &report)?)
            }
            Write::Ballot(ballot) => {
                let sk = format!("{}{:08}#{}", ballots_key(ballot.revision), after.version, ballot.person);
                transaction.put(here, with_document(&pk, &sk, &ballot)?)
            }
            Write::Move(Written(item)) => {
                let sk = string(&item, "sk").unwrap_or_default().to_owned();
                transaction.delete(other, &pk, &sk)?;
                transaction.put(here, item)
            }
            Write::Cadence(cadence) => {
                let before = cadence.version.saturating_sub(1);
                let mut item = with_document("channel", "cadence", &cadence)?;
                item.insert("version".to_owned(), number(cadence.version));
                transaction.put_over(&self.tables.settings, item, before)
            }
            Write::OpenReview(person, until) => {
                let mut item = with_document(&format!("person#{person}"), &pk, &after.id)?;
                item.insert("expires_at".to_owned(), number(until.as_second()));
                transaction.put(&self.tables.submissions, item)
            }
            Write::Ledger(ledger) => self.add_ledger(transaction, &ledger),
            Write::Therapist(therapist) => {
                let before = therapist.version.saturating_sub(1);
                transaction.put_over(
                    &self.tables.settings,
                    crate::settings::therapist_item(&therapist)?,
                    before,
                )
            }
        }
    }

    /// Where what somebody wrote belongs, and where it does not: crisis texts are in a table of their own, which the
    /// lead's function alone may read.
    fn written_tables(&self, is_concealed: bool) -> (&String, &String) {
        let (open, concealed) = (&self.tables.submissions, &self.tables.disclosures);
        if is_concealed { (concealed, open) } else { (open, concealed) }
    }

    /// Everything that somebody wrote for a submission, from the table where it is until a step conceals or reveals it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn written(&self, submission: &Submission) -> Result<Vec<Written>, StoreError> {
        let (here, _) = self.written_tables(submission.is_concealed());
        let mut written = Vec::new();
        for prefix in WRITTEN {
            written.extend(
                self.all_under(here, &partition(submission.id), prefix).await?.into_iter().map(Written),
            );
        }
        Ok(written)
    }

    /// Moves what did not fit into the step that concealed or revealed a submission to where it belongs since.
    ///
    /// # Errors
    /// [`StoreError`]; what was moved by then stays moved.
    pub async fn move_written(&self, after: &Submission, written: Vec<Written>) -> Result<(), StoreError> {
        let mut transaction = Transaction::default();
        for one in written {
            self.add_write(&mut transaction, after, Write::Move(one))?;
            if transaction.len() >= MOST_ITEMS {
                std::mem::take(&mut transaction).run(&self.client).await?;
            }
        }
        if transaction.len() > 0 {
            transaction.run(&self.client).await?;
        }
        Ok(())
    }

    /// The words of a revision, from the open table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revision(&self, id: SubmissionId, number: u32) -> Result<Option<Revision>, StoreError> {
        self.get(&self.tables.submissions, &partition(id), &revision_key(number), "revision").await
    }

    /// The words of a concealed revision: only the lead's function may read that table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn concealed_revision(
        &self,
        id: SubmissionId,
        number: u32,
    ) -> Result<Option<Revision>, StoreError> {
        self.get(&self.tables.disclosures, &partition(id), &revision_key(number), "revision").await
    }

    /// What screening found in a revision, from the open table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn report(&self, id: SubmissionId, number: u32) -> Result<Option<Report>, StoreError> {
        self.get(&self.tables.submissions, &partition(id), &report_key(number), "report").await
    }

    /// What screening found in a concealed revision: only the lead's function may read that table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn concealed_report(
        &self,
        id: SubmissionId,
        number: u32,
    ) -> Result<Option<Report>, StoreError> {
        self.get(&self.tables.disclosures, &partition(id), &report_key(number), "report").await
    }

    /// All ballots on a revision, in the order in which they were cast, from the open table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ballots(&self, id: SubmissionId, revision: u32) -> Result<Vec<BallotRecord>, StoreError> {
        self.ballots_in(&self.tables.submissions, id, revision).await
    }

    /// All ballots on a concealed revision: only the lead's function may read that table.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn concealed_ballots(
        &self,
        id: SubmissionId,
        revision: u32,
    ) -> Result<Vec<BallotRecord>, StoreError> {
        self.ballots_in(&self.tables.disclosures, id, revision).await
    }

    async fn ballots_in(
        &self,
        table: &str,
        id: SubmissionId,
        revision: u32,
    ) -> Result<Vec<BallotRecord>, StoreError> {
        let items = self.all_under(table, &partition(id), &ballots_key(revision)).await?;
        items.iter().map(|item| document(item, "ballot")).collect()
    }

    /// The whole audit chain, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit(&self, id: SubmissionId) -> Result<Vec<Entry>, StoreError> {
        let items = self.all_under(&self.tables.submissions, &partition(id), "audit#").await?;
        items.iter().map(|item| document(item, "audit entry")).collect()
    }

    /// Where the submitter may be written to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contact(&self, id: SubmissionId) -> Result<Option<String>, StoreError> {
        self.get(&self.tables.submissions, &contact_partition(id), "email", "contact").await
    }

    /// Forgets where the submitter may be written to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_contact(&self, id: SubmissionId) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key(&contact_partition(id), "email")))
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        Ok(())
    }

    /// Mail that is still to be sent, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices(&self, id: SubmissionId) -> Result<Vec<NoticeBatch>, StoreError> {
        let items = self.all_under(&self.tables.submissions, &partition(id), "notice#").await?;
        items.iter().map(|item| document(item, "notice")).collect()
    }

    /// Asks for mail that belongs to no step, such as a fresh link. Asking again for the same `name` replaces it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask_for_mail(
        &self,
        id: SubmissionId,
        name: &str,
        notice: Notice,
        now: Now,
    ) -> Result<(), StoreError> {
        let batch = NoticeBatch { sk: format!("notice#{name}"), notices: vec![notice], attempts: 0 };
        self.put(&self.tables.submissions, notice_item(id, &batch, now)?).await
    }

    /// All of a batch is sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices_sent(&self, id: SubmissionId, batch: &NoticeBatch) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key(&partition(id), &batch.sk)))
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        Ok(())
    }

    /// Some of a batch could not be sent: what is left of it is tried again later, with a back-off. A batch that is gone
    /// stays gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices_left(
        &self,
        id: SubmissionId,
        batch: &NoticeBatch,
        now: Now,
    ) -> Result<(), StoreError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.tables.submissions)
            .set_item(Some(notice_item(id, batch, now)?))
            .condition_expression("attribute_exists(pk)")
            .send()
            .await;
        match answer.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
            Ok(_) => Ok(()),
            // Somebody else has sent it, or it was erased.
            Err(error) if error.is_conditional_check_failed_exception() => Ok(()),
            Err(error) => Err(StoreError::from_engine(&error)),
        }
    }

    /// Erases all text of an ended item: words, reports, ballots' reasons, contact; and marks it erased. The chain stays.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if somebody wrote meanwhile: what is gone by then was to go.
    pub async fn erase(&self, before: &Submission, step: &Step, now: Now) -> Result<(), StoreError> {
        let pk = partition(before.id);
        let contact = contact_partition(before.id);
        let mut doomed = vec![(&self.tables.submissions, contact, "email".to_owned())];
        for (table, prefix) in [
            (&self.tables.submissions, "rev#"),
            (&self.tables.submissions, "screen#"),
            (&self.tables.submissions, "ballot#"),
            (&self.tables.submissions, "notice#"),
            (&self.tables.submissions, "consent"),
            (&self.tables.disclosures, "rev#"),
            (&self.tables.disclosures, "screen#"),
            (&self.tables.disclosures, "ballot#"),
        ] {
            // Whoever erases does not read: the function's role allows no other attributes.
            let attributes = if prefix == "consent" { "sk, return_code, post" } else { "sk, return_code" };
            for item in self.part_under(table, &pk, prefix, Some(attributes)).await? {
                if let Some(code) = string(&item, "return_code") {
                    doomed.push((&self.tables.tokens, format!("return#{code}"), "submission".to_owned()));
                }
                // What somebody asked for leads to this submission for as long as there is something to lead to.
                if let Some(post) = string(&item, "post") {
                    doomed.push((&self.tables.submissions, post.to_owned(), "post".to_owned()));
                }
                doomed.extend(string(&item, "sk").map(|sk| (table, pk.clone(), sk.to_owned())));
            }
        }
        // Texts go first and the mark last, so that a crash in between leaves the item due and the rest is found again.
        let mut transaction = Transaction::default();
        for (table, pk, sk) in &doomed {
            transaction.delete(table, pk, sk)?;
            if transaction.len() == MOST_ITEMS {
                std::mem::take(&mut transaction).run(&self.client).await?;
            }
        }
        if transaction.len() > 0 {
            transaction.run(&self.client).await?;
        }
        self.commit(before, step, vec![], &[], now).await
    }

    /// All submissions, one page after the other: for the coordinator's list, never for a function.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self) -> Result<Vec<Submission>, StoreError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.tables.submissions)
            .filter_expression("sk = :state")
            .expression_attribute_values(":state", text("state"))
            .into_paginator()
            .send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
            for item in page.items() {
                all.push(document(item, "submission")?);
            }
        }
        Ok(all)
    }
}

fn revision_key(number: u32) -> String {
    format!("rev#{number:04}")
}

fn report_key(number: u32) -> String {
    format!("screen#{number:04}")
}

fn ballots_key(revision: u32) -> String {
    format!("ballot#{revision:04}#")
}

pub(crate) fn notice_item(id: SubmissionId, batch: &NoticeBatch, now: Now) -> Result<Item, StoreError> {
    let mut item = with_document(&partition(id), &batch.sk, batch)?;
    let at = now.after_real(NOTICE_AGAIN.saturating_mul(1 << batch.attempts.min(MOST_DOUBLINGS)));
    mark_due(&mut item, id, Due { lane: Lane::Work, at });
    Ok(item)
}

/// Real time until mail that was asked for is hinted at again; doubled by each try.
const NOTICE_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_mins(2);

/// Up to about two hours between tries: long enough for an outage, short enough for a deadline.
const MOST_DOUBLINGS: u32 = 6;
