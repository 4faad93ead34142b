//! Intake: posts that somebody asked the channel to share, before anything of them becomes a submission.
//!
//! One item for each post, under a hash of its address. Invariants: whatever is told twice is one item; of a post nothing
//! is kept but where it is, whose it is and who asked, and of a settled one not even that; nothing that was found in its
//! words is stored, nor why it was not taken. What a step costs does not grow with what is stored.
//!
//! An item waits in one lane of the due index after the other: `intake` until it is sorted into the line of whoever
//! asked, `line#SOURCE` there, `forget` when its post is gone, and `settled`, in which nobody looks.

mod admission;
mod lines;
mod list;
mod marks;

pub use admission::{Admission, Admitted, Ledger};
pub use list::{ListTimer, Listed, Listing, MOST_DAYS_LISTED, leads_list};
pub use marks::Overview;

use aws_sdk_dynamodb::types::AttributeValue;
use curation::{composition::PlatformName, ids::SubmissionId, time::Now};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    item::{DOCUMENT, Item, document, instant, key, number, string, text},
    transaction::{Change, Transaction},
};

/// How long an event is recognised when it comes again. Notifications are read again for up to 24 hours, and whoever
/// reads them asks for 48 at least; X repeats a webhook for minutes. The rest is for an outage over a weekend.
const EVENTS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a post waits, and how long it is known what became of one that was not taken.
pub(crate) const POSTS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What one source may ask for is counted in a day.
const ASKS_COUNTED: SignedDuration = SignedDuration::from_hours(24);
/// Seconds of the last moment of the year 9999: what was admitted is known until its submission is erased.
const NEVER: i64 = 253_402_300_799;

/// The lane of what has not been sorted.
const ARRIVED: &str = "intake";
/// The lane of posts that are gone.
const GONE: &str = "forget";
/// The lane of what nobody looks for.
const SETTLED: &str = "settled";
/// The sort key of a post's item.
const POST: &str = "post";

/// Which post: its platform and a hash of its address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PostKey(String);

impl PostKey {
    /// The post on `platform` whose canonical address has this hash.
    #[must_use]
    pub fn new(platform: &PlatformName, hash: &str) -> Self {
        Self(format!("{platform}#{hash}"))
    }

    /// The platform's name.
    #[must_use]
    pub fn platform(&self) -> &str {
        self.0.split('#').next().unwrap_or_default()
    }

    fn partition(&self) -> String {
        format!("p#{}", self.0)
    }

    fn of(item: &Item) -> Option<Self> {
        string(item, "pk")?.strip_prefix("p#").map(|key| Self(key.to_owned()))
    }
}

/// What is kept of a post while it waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Where it is.
    pub address: String,
    /// Its author's id on the platform, if it was told.
    pub author: Option<String>,
    /// A keyed hash of who asked first.
    pub source: String,
    /// When they did.
    pub received_at: Timestamp,
}

impl std::fmt::Debug for Wish {
    // An address leads to a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wish").field("received_at", &self.received_at).finish_non_exhaustive()
    }
}

/// Somebody asks for a post.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// A hash of what the event is recognised by; `None` for what is no event.
    pub event: Option<&'a str>,
    /// Which post.
    pub key: &'a PostKey,
    /// What to keep of it if nobody asked before.
    pub wish: &'a Wish,
    /// A keyed hash of who asks now.
    pub source: &'a str,
    /// The author asks.
    pub by_author: bool,
    /// How many posts this source may ask for in a day.
    pub daily_limit: u64,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It counts: the post waits, or one more voice asks for it, or what becomes of it is known already.
    Taken,
    /// The event was told before.
    Repeated,
    /// The source has asked for too much today. Nothing was written.
    OverLimit,
}

/// How far a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostState {
    /// Waits for its turn.
    Waiting,
    /// Is a submission.
    Admitted,
    /// Was not taken.
    Refused,
    /// Is not on its platform any more.
    Gone,
}

impl PostState {
    fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Admitted => "admitted",
            Self::Refused => "refused",
            Self::Gone => "gone",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Admitted, Self::Refused, Self::Gone]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// Why a post was not taken. What was in its words is no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is not for this channel, whatever the cause.
    NotTaken,
    /// Not everybody may read it.
    NotPublic,
    /// The channel's own.
    ByTheChannel,
    /// The same words wait, or were decided on, in another post.
    SameWords,
    /// It is known under another address, and waits there.
    OtherAddress,
}

impl Reason {
    /// The reason's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotTaken => "not_taken",
            Self::NotPublic => "not_public",
            Self::ByTheChannel => "by_the_channel",
            Self::SameWords => "same_words",
            Self::OtherAddress => "other_address",
        }
    }
}

/// A post's item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Which.
    pub key: PostKey,
    /// How far it is.
    pub state: PostState,
    /// What is kept while it waits.
    pub wish: Option<Wish>,
    /// Its author asked.
    pub by_author: bool,
    /// How often it was asked for.
    pub voices: u64,
    /// What it became.
    pub submission: Option<SubmissionId>,
    /// The address under which it waits, if that is another.
    pub moved_to: Option<PostKey>,
    pub(crate) version: u64,
    pub(crate) words: Option<String>,
}

impl Store {
    /// Writes down that somebody asks for a post, or that one more does: one transaction. One more if its author asks
    /// after it was refused to somebody else, or if what was known of it has expired.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if others ask for the same at this moment: ask again.
    pub async fn ask(&self, ask: &Ask<'_>, now: Now) -> Result<Asked, StoreError> {
        let asked = match self.ask_as(ask, folds_in(ask), now).await? {
            None if ask.by_author => self.ask_as(ask, looked_at_again(), now).await?,
            asked => asked,
        };
        let asked = match asked {
            None => self.ask_as(ask, begins_anew(ask), now).await?,
            asked => asked,
        };
        asked.ok_or(StoreError::Conflict)
    }

    /// One transaction; `None` if the post is not as the change has it.
    async fn ask_as(&self, ask: &Ask<'_>, change: Change, now: Now) -> Result<Option<Asked>, StoreError> {
        let json = serde_json::to_string(ask.wish).map_err(|_| StoreError::Unreadable("document"))?;
        let mut change = change
            .named("#document", DOCUMENT)
            .named("#state", "state")
            .with(":document", text(json))
            .with(":waiting", text(PostState::Waiting.name()))
            .with(":lane", text(ARRIVED))
            .with(":now", instant(now.at))
            .with(":seconds", number(now.at.as_second()))
            .with(":expires", number(now.after(POSTS_KEPT).as_second()))
            .with(":one", number(1));
        if ask.by_author {
            change = change.with(":yes", AttributeValue::Bool(true));
        }
        let mut transaction = Transaction::default();
        let (limit, post, event) = (0, 1, 2);
        self.add_limit(&mut transaction, &format!("ask#{}", ask.source), ASKS_COUNTED, ask.daily_limit, now)?;
        transaction.update(&self.tables.submissions, &ask.key.partition(), POST, change)?;
        self.add_event(&mut transaction, ask.event, now)?;
        Ok(match transaction.run_or_tell(&self.client).await?.as_slice() {
            [] => Some(Asked::Taken),
            failed if failed.contains(&event) => Some(Asked::Repeated),
            failed if failed.contains(&limit) => Some(Asked::OverLimit),
            failed if failed.contains(&post) => None,
            _ => return Err(StoreError::Conflict),
        })
    }

    /// Writes down that a post is gone: where it was and whose it was are forgotten at once, the rest by
    /// [`Store::forgotten`]. One transaction. That it is gone is known even if nobody has asked for it yet. False if the
    /// event was told before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn post_gone(&self, event: Option<&str>, post: &PostKey, now: Now) -> Result<bool, StoreError> {
        let mut transaction = Transaction::default();
        let change = Change::new(
            "SET #document = :nothing, #state = :gone, lane = :lane, due_at = :now, expires_at = :expires REMOVE by_author, reason ADD version :one",
        )
        .named("#document", DOCUMENT)
        .named("#state", "state")
        .with(":nothing", text("null"))
        .with(":gone", text(PostState::Gone.name()))
        .with(":lane", text(GONE))
        .with(":now", instant(now.at))
        .with(":expires", number(now.after(POSTS_KEPT).as_second()))
        .with(":one", number(1));
        transaction.update(&self.tables.submissions, &post.partition(), POST, change)?;
        self.add_event(&mut transaction, event, now)?;
        Ok(transaction.run_or_tell(&self.client).await?.is_empty())
    }

    /// A post's item as it is now, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn post(&self, post: &PostKey, now: Now) -> Result<Option<Post>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key(&post.partition(), POST)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        let Some(item) = answer.item else { return Ok(None) };
        // The engine's own expiry is lazy.
        let expires_at = numeric(&item, "expires_at").unwrap_or(u64::MAX);
        let is_expired = i64::try_from(expires_at).is_ok_and(|at| at <= now.at.as_second());
        if is_expired && string(&item, "submission").is_none() {
            return Ok(None);
        }
        Ok(Some(Post {
            key: post.clone(),
            state: string(&item, "state").and_then(PostState::parse).ok_or(StoreError::Unreadable("post"))?,
            wish: document(&item, "post")?,
            by_author: item.contains_key("by_author"),
            voices: numeric(&item, "voices").unwrap_or_default(),
            submission: string(&item, "submission").and_then(|id| id.parse().ok()),
            moved_to: string(&item, "moved_to").map(|key| PostKey(key.to_owned())),
            version: numeric(&item, "version").unwrap_or_default(),
            words: string(&item, "words").map(str::to_owned),
        }))
    }

    /// Requires that `bucket` was used less than `most` times in the present window, and counts one use more.
    fn add_limit(
        &self,
        transaction: &mut Transaction,
        bucket: &str,
        window: SignedDuration,
        most: u64,
        now: Now,
    ) -> Result<(), StoreError> {
        let seconds = window.as_secs().max(1);
        let window = now.at.as_second().div_euclid(seconds);
        let change = Change::new("ADD uses :one SET expires_at = :expires")
            .when("attribute_not_exists(uses) OR uses < :most")
            .with(":one", number(1))
            .with(":most", number(most))
            .with(":expires", number((window + 2) * seconds));
        transaction.update(&self.tables.tokens, &format!("rate#{bucket}#{window}"), "count", change)
    }

    /// Requires that an event is new, and remembers it.
    fn add_event(
        &self,
        transaction: &mut Transaction,
        event: Option<&str>,
        now: Now,
    ) -> Result<(), StoreError> {
        let Some(event) = event else { return Ok(()) };
        let mut item = key(&format!("event#{event}"), "event");
        item.insert("expires_at".to_owned(), number(now.after(EVENTS_KEPT).as_second()));
        transaction.put_over_expired(&self.tables.tokens, item, now.at.as_second())
    }
}

/// Of a post that nothing stands in the way of: it waits, or one more voice asks for it.
fn folds_in(ask: &Ask<'_>) -> Change {
    let mut sets = vec![
        "#document = if_not_exists(#document, :document)",
        "#state = if_not_exists(#state, :waiting)",
        "lane = if_not_exists(lane, :lane)",
        "due_at = if_not_exists(due_at, :now)",
        "expires_at = if_not_exists(expires_at, :expires)",
    ];
    // What has expired is known no more, be it still there: the engine deletes it when it gets round to it.
    let mut live = "expires_at > :seconds OR attribute_exists(submission)".to_owned();
    if ask.by_author {
        sets.push("by_author = :yes");
        // What was refused because somebody else asked, or for words that another post had, is looked at again.
        live = format!(
            "({live}) AND (#state <> :refused OR (attribute_exists(by_author) AND NOT reason = :same))"
        );
    }
    let change = Change::new("ADD voices :one, version :one")
        .when(format!("attribute_not_exists(pk) OR ({live})"))
        .adding(&sets);
    if ask.by_author { of_refused(change) } else { change }
}

/// What makes a post wait from the beginning.
const WAITS: [&str; 5] =
    ["#document = :document", "#state = :waiting", "lane = :lane", "due_at = :now", "expires_at = :expires"];

/// The author asks for what was refused to somebody else, or for words that another post had: that may be gone by now.
fn looked_at_again() -> Change {
    let change = Change::new("REMOVE reason ADD voices :one, version :one").when(
        "#state = :refused AND expires_at > :seconds AND (attribute_not_exists(by_author) OR reason = :same)",
    );
    of_refused(change).adding(&[&WAITS[..], &["by_author = :yes"]].concat())
}

fn of_refused(change: Change) -> Change {
    change.with(":refused", text(PostState::Refused.name())).with(":same", text(Reason::SameWords.as_str()))
}

/// What was known of a post has expired.
fn begins_anew(ask: &Ask<'_>) -> Change {
    let (more, without) = match ask.by_author {
        true => (
            ["by_author = :yes", "voices = :one"].as_slice(),
            "REMOVE reason, words, moved_to ADD version :one",
        ),
        false => (["voices = :one"].as_slice(), "REMOVE by_author, reason, words, moved_to ADD version :one"),
    };
    Change::new(without)
        .when("expires_at <= :seconds AND attribute_not_exists(submission)")
        .adding(&[&WAITS[..], more].concat())
}

fn numeric(item: &Item, name: &str) -> Option<u64> {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|number| number.parse().ok())
}
