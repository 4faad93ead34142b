//! The lead's list: addresses of posts at which a human should look, and nothing else.
//!
//! Invariants: an address stands where the lead and the deputy alone may read it, beside no reason; it goes 24 hours after
//! it was first shown to one of them, after 7 days at most, and at once when its post is deleted.

use curation::{
    ids::SubmissionId,
    roster::Duty,
    submission::{About, Notice, Recipient, Told},
    time::Now,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::PostKey;
use crate::{
    NoticeBatch, Store, StoreError,
    item::{Item, document, instant, number, string, with_document},
    submissions::notice_item,
    transaction::Transaction,
};

/// An address stays for so long after it was first shown.
const KEPT_ONCE_OPENED: SignedDuration = SignedDuration::from_hours(24);
/// An address stays for so many days at most.
pub const MOST_DAYS_LISTED: i64 = 7;
/// Until the deputy is told that something waits, and again until a coordinator is.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(12);
/// The partition of the list, in both tables.
const LIST: &str = "list";
/// The lane of its times.
const LANE: &str = "list";

/// The id under which mail about the list is kept: the list is nobody's submission, and its mail goes the way of all mail.
/// It is not [`SubmissionId::CHANNEL`], whose mail is written elsewhere, and no clock gives it.
#[must_use]
pub fn leads_list() -> SubmissionId {
    SubmissionId::new(0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
}

/// When an address of the list is due. It says nothing of which post it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListTimer {
    /// Since when it stands there.
    pub since: Timestamp,
    /// When it was first shown.
    pub opened_at: Option<Timestamp>,
    /// Who has been told that something waits.
    pub told: Told,
    /// Raised by each write.
    pub version: u64,
}

impl ListTimer {
    /// When it is forgotten.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let later = |at: Timestamp, by| at.saturating_add(by).unwrap_or(Timestamp::MAX);
        let latest = later(self.since, SignedDuration::from_hours(24 * MOST_DAYS_LISTED));
        self.opened_at.map_or(latest, |at| later(at, KEPT_ONCE_OPENED).min(latest))
    }

    fn due_at(&self) -> Timestamp {
        let escalates = match (self.opened_at, self.told) {
            (Some(_), _) | (_, Told::Coordinator) => None,
            (None, Told::Lead) => self.since.saturating_add(TOLD_AGAIN).ok(),
            (None, Told::Deputy) => self.since.saturating_add(TOLD_AGAIN.saturating_mul(2)).ok(),
        };
        escalates.unwrap_or(Timestamp::MAX).min(self.ends_at())
    }

    fn item(&self, sk: &str) -> Result<Item, StoreError> {
        let mut item = with_document(LIST, sk, self)?;
        item.insert("version".to_owned(), number(self.version));
        item.insert("lane".to_owned(), crate::item::text(LANE));
        item.insert("due_at".to_owned(), instant(self.due_at()));
        Ok(item)
    }
}

/// An address on the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where the post is.
    pub address: String,
    /// Since when it stands there.
    pub since: Timestamp,
    /// When it will be forgotten.
    pub ends_at: Timestamp,
}

impl std::fmt::Debug for Listed {
    // An address leads to a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listed").field("since", &self.since).finish_non_exhaustive()
    }
}

impl Store {
    /// Puts an address on the list, and asks for mail to the lead.
    pub(super) fn add_to_list(
        &self,
        transaction: &mut Transaction,
        post: &PostKey,
        address: &str,
        now: Now,
    ) -> Result<(), StoreError> {
        let timer = ListTimer { since: now.at, opened_at: None, told: Told::Lead, version: 1 };
        transaction.put(&self.tables.disclosures, with_document(LIST, &post.0, &address)?)?;
        transaction.put_new(&self.tables.submissions, timer.item(&post.0)?)?;
        transaction.put(&self.tables.submissions, notice(Duty::Lead, now)?)
    }

    /// Puts the address of a post on the list that nobody is to review, and asks for mail to the lead: one transaction.
    /// False if the event was told before, or the post stands there already or is gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_post(
        &self,
        event: &str,
        post: &PostKey,
        address: &str,
        now: Now,
    ) -> Result<bool, StoreError> {
        let mut transaction = Transaction::default();
        self.add_to_list(&mut transaction, post, address, now)?;
        self.add_event(&mut transaction, Some(event), now)?;
        transaction.check_not_gone(&self.tables.submissions, &post.partition())?;
        Ok(transaction.run_or_tell(&self.client).await?.is_empty())
    }

    pub(super) fn take_off_list_in(
        &self,
        transaction: &mut Transaction,
        post: &PostKey,
    ) -> Result<(), StoreError> {
        transaction.delete(&self.tables.disclosures, LIST, &post.0)?;
        transaction.delete(&self.tables.submissions, LIST, &post.0)
    }

    /// Since when something stands on the list that nobody has looked at: one query. The oldest counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_waits_since(&self) -> Result<Option<Timestamp>, StoreError> {
        let timers = self.list_timers().await?;
        Ok(timers
            .into_iter()
            .filter(|(_, timer)| timer.opened_at.is_none())
            .map(|(_, timer)| timer.since)
            .min())
    }

    async fn list_timers(&self) -> Result<Vec<(PostKey, ListTimer)>, StoreError> {
        let items = self.all_under(&self.tables.submissions, LIST, "").await?;
        items
            .iter()
            .map(|item| {
                let key = string(item, "sk").unwrap_or_default().to_owned();
                Ok((PostKey(key), document(item, "list")?))
            })
            .collect()
    }

    /// The list, for the lead or the deputy; what is shown for the first time is forgotten 24 hours later. Only whoever may
    /// read crisis texts may do this.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_list(&self, now: Now) -> Result<Vec<Listed>, StoreError> {
        let mut listed = Vec::new();
        for (key, timer) in self.list_timers().await? {
            if timer.ends_at() <= now.at {
                continue;
            }
            let address = self.get(&self.tables.disclosures, LIST, &key.0, "list").await?;
            let Some(address) = address else { continue };
            let opened_at = Some(timer.opened_at.unwrap_or(now.at));
            let opened = ListTimer { opened_at, version: timer.version + 1, ..timer.clone() };
            if timer.opened_at.is_none() {
                let mut transaction = Transaction::default();
                transaction.put_over(&self.tables.submissions, opened.item(&key.0)?, timer.version)?;
                match transaction.run(&self.client).await {
                    // It was deleted, or somebody else opened it.
                    Err(StoreError::Conflict) | Ok(()) => {}
                    Err(error) => return Err(error),
                }
            }
            listed.push(Listed { address, since: timer.since, ends_at: opened.ends_at() });
        }
        listed.sort_by_key(|one| one.since);
        Ok(listed)
    }

    /// Does what is due on the list: tells the next, or forgets. Says whether somebody is to be told. One query when nothing
    /// is due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_list(&self, now: Now, limit: i32) -> Result<bool, StoreError> {
        let mut tells = false;
        for hit in self.in_lane(LANE, Some(now.at), limit).await? {
            let Some(sk) = string(&hit, "sk") else { continue };
            let timer: Option<ListTimer> = self.get(&self.tables.submissions, LIST, sk, "list").await?;
            let Some(timer) = timer.filter(|timer| timer.due_at() <= now.at) else { continue };
            let mut transaction = Transaction::default();
            if timer.ends_at() <= now.at {
                self.take_off_list_in(&mut transaction, &PostKey(sk.to_owned()))?;
            } else {
                let (told, duty) = match timer.told {
                    Told::Lead => (Told::Deputy, Duty::Deputy),
                    Told::Deputy | Told::Coordinator => (Told::Coordinator, Duty::Coordinator),
                };
                let next = ListTimer { told, version: timer.version + 1, ..timer.clone() };
                transaction.put_over(&self.tables.submissions, next.item(sk)?, timer.version)?;
                transaction.put(&self.tables.submissions, notice(duty, now)?)?;
                tells = true;
            }
            match transaction.run(&self.client).await {
                Ok(()) | Err(StoreError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(tells)
    }

    /// True if the address of a post stands on the list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_listed(&self, post: &PostKey) -> Result<bool, StoreError> {
        let timer: Option<ListTimer> = self.get(&self.tables.submissions, LIST, &post.0, "list").await?;
        Ok(timer.is_some())
    }

    /// How many addresses stand on the list, and since when the oldest does: for whoever may not read them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_length(&self) -> Result<usize, StoreError> {
        Ok(self.list_timers().await?.len())
    }
}

/// Mail to whoever has this duty. What was asked for and not sent yet is not asked for twice.
fn notice(duty: Duty, now: Now) -> Result<Item, StoreError> {
    let notices = vec![Notice { to: Recipient::Duty(duty), about: About::SafeguardingHold }];
    let batch = NoticeBatch { sk: format!("notice#list-{}", duty.as_str()), notices, attempts: 0 };
    notice_item(leads_list(), &batch, now)
}
