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

use super::{Post, PostKey, Reason};
use crate::{
    NoticeBatch, Store, StoreError,
    item::{Item, document, instant, key, number, string, with_document},
    submissions::notice_item,
    transaction::Transaction,
};

/// An address stays for so long after it was first shown.
const KEPT_ONCE_OPENED: SignedDuration = SignedDuration::from_hours(24);
/// An address stays for so many days at most.
pub const MOST_DAYS_LISTED: i64 = 7;
/// Until the deputy is told that something waits, and again until a coordinator is.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(12);
/// The lead is told once in so long that something waits, however much does.
const TELLS_ONCE_IN: SignedDuration = SignedDuration::from_hours(1);
/// The partition of who was told what.
const TOLD_OF: &str = "told";
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

/// What became of an address for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It stands there, and mail to the lead is asked for.
    Told,
    /// It stands there, and the lead has been told within the hour that something does, and has not looked since.
    Added,
    /// It stood there, or its event was told before, or its post is gone. Nothing was added.
    Known,
}

/// The place of an address's times in a transaction of [`Store::list_with`], and that of the check who was told.
const TIMER: usize = 1;
const TOLD: usize = 2;

impl Store {
    /// Puts an address on the list together with what `more` adds, and asks for mail to the lead unless they were just
    /// told: one transaction, or two. Otherwise gives the places of what did not hold.
    async fn list_with(
        &self,
        post: &PostKey,
        address: &str,
        now: Now,
        more: impl Fn(&mut Transaction) -> Result<(), StoreError>,
    ) -> Result<Result<Listing, Vec<usize>>, StoreError> {
        let timer = ListTimer { since: now.at, opened_at: None, told: Told::Lead, version: 1 };
        for is_told in [true, false] {
            let mut transaction = Transaction::default();
            transaction.put(&self.tables.disclosures, with_document(LIST, &post.0, &address)?)?;
            transaction.put_new(&self.tables.submissions, timer.item(&post.0)?)?;
            self.add_notice(&mut transaction, Duty::Lead, is_told, now)?;
            more(&mut transaction)?;
            match transaction.run_or_tell(&self.client).await? {
                failed if failed.is_empty() => {
                    return Ok(Ok(if is_told { Listing::Told } else { Listing::Added }));
                }
                failed if failed == [TOLD] => {}
                failed => return Ok(Err(failed)),
            }
        }
        Err(StoreError::Conflict)
    }

    /// Asks for mail to whoever has this duty, on the condition that they were not told within [`TELLS_ONCE_IN`]; or, if
    /// they are not to be told, on the condition that they were. Whoever opens the list is told of the next address again.
    fn add_notice(
        &self,
        transaction: &mut Transaction,
        duty: Duty,
        is_told: bool,
        now: Now,
    ) -> Result<(), StoreError> {
        let (table, sk) = (&self.tables.submissions, told_key(duty));
        if !is_told {
            return transaction.check_not_expired(table, TOLD_OF, &sk, now.at.as_second());
        }
        let mut told = key(TOLD_OF, &sk);
        told.insert("expires_at".to_owned(), number(now.after(TELLS_ONCE_IN).as_second()));
        transaction.put_over_expired(table, told, now.at.as_second())?;
        transaction.put(table, notice(duty, now)?)
    }

    /// Puts the address of a post on the list that nobody is to review.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_post(
        &self,
        event: &str,
        post: &PostKey,
        address: &str,
        now: Now,
    ) -> Result<Listing, StoreError> {
        let more = |transaction: &mut Transaction| {
            self.add_event(transaction, Some(event), now)?;
            transaction.check_not_gone(&self.tables.submissions, &post.partition())
        };
        Ok(self.list_with(post, address, now, more).await?.unwrap_or(Listing::Known))
    }

    /// A post that waited is not taken, and its address is put on the list: where it was and whose it was are forgotten
    /// everywhere else.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if it changed since it was read.
    pub async fn refuse_and_list(&self, post: &Post, now: Now) -> Result<Listing, StoreError> {
        let address = post.wish.as_ref().map_or("", |wish| wish.address.as_str());
        let more = |transaction: &mut Transaction| self.add_refusal(transaction, post, Reason::NotTaken, now);
        match self.list_with(&post.key, address, now, more).await? {
            Ok(listing) => Ok(listing),
            Err(failed) if failed.contains(&TIMER) => {
                self.refuse(post, Reason::NotTaken, now).await?;
                Ok(Listing::Known)
            }
            Err(_) => Err(StoreError::Conflict),
        }
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
        // Before the list is read: whatever is added after that is told of again.
        for duty in [Duty::Lead, Duty::Deputy, Duty::Coordinator] {
            let mut told = key(TOLD_OF, &told_key(duty));
            told.insert("expires_at".to_owned(), number(now.at.as_second()));
            self.put(&self.tables.submissions, told).await?;
        }
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
            if timer.ends_at() <= now.at {
                let mut transaction = Transaction::default();
                self.take_off_list_in(&mut transaction, &PostKey(sk.to_owned()))?;
                match transaction.run(&self.client).await {
                    Ok(()) | Err(StoreError::Conflict) => continue,
                    Err(error) => return Err(error),
                }
            }
            let (told, duty) = match timer.told {
                Told::Lead => (Told::Deputy, Duty::Deputy),
                Told::Deputy | Told::Coordinator => (Told::Coordinator, Duty::Coordinator),
            };
            let next = ListTimer { told, version: timer.version + 1, ..timer.clone() };
            for is_told in [true, false] {
                let mut transaction = Transaction::default();
                transaction.put_over(&self.tables.submissions, next.item(sk)?, timer.version)?;
                let place = transaction.len();
                self.add_notice(&mut transaction, duty, is_told, now)?;
                match transaction.run_or_tell(&self.client).await {
                    Ok(failed) if failed == [place] => {}
                    Ok(failed) => {
                        tells |= is_told && failed.is_empty();
                        break;
                    }
                    // Somebody else writes there: the next run sees what came of it.
                    Err(StoreError::Conflict) => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(tells)
    }

    /// How many addresses stand on the list: for whoever may not read them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_length(&self) -> Result<usize, StoreError> {
        Ok(self.list_timers().await?.len())
    }
}

/// The sort key of when whoever has this duty was told of the list.
fn told_key(duty: Duty) -> String {
    format!("list-{}", duty.as_str())
}

/// Mail to whoever has this duty. What was asked for and not sent yet is not asked for twice.
fn notice(duty: Duty, now: Now) -> Result<Item, StoreError> {
    let notices = vec![Notice { to: Recipient::Duty(duty), about: About::SafeguardingHold }];
    let batch = NoticeBatch { sk: format!("notice#list-{}", duty.as_str()), notices, attempts: 0 };
    notice_item(leads_list(), &batch, now)
}
