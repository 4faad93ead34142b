//! What `app.bsky.notification.listNotifications` tells, and how far it has been read.
//!
//! Invariant: a mark moves only over what was worked on, so that after a crash things come twice and never not at all.
//!
//! Bluesky lists from the newest to the oldest, and its cursor leads backwards only. So a *walk* goes from the top down to
//! what was there before, which may take many calls and several runs:
//!
//! 1. Load the [`Mark`]; ask with [`Mark::cursor`], [`REASONS`] and at most [`MOST_PER_PAGE`].
//! 2. [`read`] the page. Work on its events until each is stored or known not to be wanted.
//! 3. Only then store [`Mark::after`] that page. If [`Mark::is_walking`], go on with 1, now or in the next run.
//!
//! A crash before 3 repeats the page. Its events have the same ids, which are to be remembered for [`REMEMBERED`].

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Channel, Event, EventId, Other, PostAddress, Told, Unreadable, What,
    address::is_did,
    json,
    own_words::{has_hashtag, is_same_tag},
};

/// The `reasons` to ask for. A hashtag without a name notifies nobody.
pub const REASONS: [&str; 3] = ["mention", "reply", "quote"];
/// The `limit` to ask for: the lexicon's default; it allows 100.
pub const MOST_PER_PAGE: usize = 50;

/// How far below the last walk's top the next one goes. Bluesky sorts by the earlier of its own time and the time that
/// the author's device wrote into the post (`sortAt` in its open source, the lesser of `createdAt` and `indexedAt`), so
/// that a post made offline, or on a device whose clock is slow, arrives further down. A day covers a wrong date; a post
/// dated back further is not found.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// For how long the ids of events must be remembered at least: longer than anything is read again.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
/// The longest cursor that is kept. Bluesky's are times, or a time and a hash.
const LONGEST_CURSOR: usize = 1024;

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it tells, oldest first.
    pub events: Vec<Event>,
    /// How many notifications could not be recognised at all: to be counted, since somebody may have to look.
    pub unrecognised: usize,
    newest: Option<Timestamp>,
    cursor: Option<String>,
}

/// Reads one page.
///
/// # Errors
/// [`Unreadable`]: the mark stays where it is.
pub fn read(body: &[u8], channel: &Channel) -> Result<Page, Unreadable> {
    let document = json::document(body)?;
    let notifications = document["notifications"].as_array().ok_or(Unreadable::OtherShape)?;
    let cursor = match &document["cursor"] {
        Value::Null => None,
        Value::String(cursor) if (1..=LONGEST_CURSOR).contains(&cursor.len()) => Some(cursor.clone()),
        _ => return Err(Unreadable::OtherShape),
    };
    let mut page = Page { events: Vec::new(), unrecognised: 0, newest: None, cursor };
    for notification in notifications.iter().rev() {
        page.newest = page.newest.max(time(notification, "/indexedAt"));
        match json::text(notification, &["/reason"]) {
            Some(reason) if REASONS.contains(&reason) => match event(notification, reason, channel) {
                Some(event) => page.events.push(event),
                None => page.unrecognised += 1,
            },
            Some(_) => {}
            None => page.unrecognised += 1,
        }
    }
    Ok(page)
}

fn event(notification: &Value, reason: &str, channel: &Channel) -> Option<Event> {
    let post = json::text(notification, &["/uri"]).and_then(address)?;
    let id = format!("{}/{}", post.owner()?, post.id());
    let what = match post_of(notification, reason, post, channel) {
        Some(told) => What::Post(Box::new(told)),
        None => What::Unknown,
    };
    Some(Event { id: EventId::new("bluesky", &what, &id), what })
}

fn post_of(notification: &Value, reason: &str, post: PostAddress, channel: &Channel) -> Option<Told> {
    let author = json::text(notification, &["/author/did"]).filter(|did| is_did(did))?;
    // A record says nothing for somebody else.
    if post.owner() != Some(author) {
        return None;
    }
    let record = &notification["record"];
    let words = json::words(record, &["/text"])?;
    let refers = |place: &str| {
        let reference = record.pointer(place).filter(|reference| !reference.is_null())?;
        let post = json::text(reference, &["/uri"]).and_then(address);
        Some(Other { author: post.as_ref().and_then(PostAddress::owner).map(str::to_owned), post })
    };
    let replies_to = record["reply"].is_object().then(|| refers("/reply/parent").unwrap_or(UNKNOWN));
    let replies_to = replies_to.or_else(|| (reason == "reply").then_some(UNKNOWN));
    let quotes = match json::text(record, &["/embed/$type"]) {
        // Feeds, lists and starter packs are embedded in the same way, and are nobody's words.
        Some("app.bsky.embed.record") => refers("/embed/record").filter(is_post),
        Some("app.bsky.embed.recordWithMedia") => refers("/embed/record/record").filter(is_post),
        _ => None,
    };
    let quotes = quotes.or_else(|| (reason == "quote").then_some(UNKNOWN));

    let has_feature = |is_meant: &dyn Fn(&Value) -> bool| {
        json::items(record, &["/facets"]).any(|facet| json::items(facet, &["/features"]).any(is_meant))
    };
    let is_tag = |tag: Option<&str>| tag.is_some_and(|tag| is_same_tag(tag, &channel.hashtag));
    let has_hashtag = has_hashtag(words, &channel.hashtag)
        || has_feature(&|feature| is_tag(json::text(feature, &["/tag"])))
        || json::items(record, &["/tags"]).any(|tag| is_tag(tag.as_str()));
    Some(Told {
        text: words.to_owned(),
        // What the network shows for an account whose handle is not its own.
        handle: json::handle(notification, &["/author/handle"]).filter(|handle| handle != "handle.invalid"),
        author: author.to_owned(),
        // What is in the record is whatever its author's device wrote there.
        at: time(notification, "/indexedAt"),
        replies_to,
        quotes,
        // Nothing else makes a notification with one of [`REASONS`]: an answer or a quote is told to the channel as well.
        mentions_channel: true,
        has_hashtag,
        is_public: true,
        post,
    })
}

/// Another post of which nothing is told.
const UNKNOWN: Other = Other { post: None, author: None };

fn is_post(other: &Other) -> bool {
    other.post.is_some()
}

/// A post's address by its DID, which stays its author's for ever.
fn address(uri: &str) -> Option<PostAddress> {
    PostAddress::parse(uri, None).ok().filter(|post| uri.starts_with("at://") && post.is_settled())
}

fn time(value: &Value, place: &str) -> Option<Timestamp> {
    json::text(value, &[place]).and_then(|at| at.parse().ok())
}

/// How far the notifications have been read: the one thing to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What is older was worked on, except for what arrived late.
    done: Timestamp,
    /// A walk that has not come down to there yet.
    walk: Option<Walk>,
    /// The server refused a cursor since a walk last came to its end.
    #[serde(default)]
    refused: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Walk {
    /// The newest notification when it began.
    top: Timestamp,
    /// Where it goes on.
    cursor: String,
}

/// The server repeats itself: its next page would be this one. The mark stays where it is, and somebody has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server's pages do not go on")]
pub struct Stuck;

impl Mark {
    /// A beginning: of what is older only the last day is read.
    #[must_use]
    pub fn starting(at: Timestamp) -> Self {
        Self { done: at, walk: None, refused: false }
    }

    /// The `cursor` to ask with.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.walk.as_ref().map(|walk| walk.cursor.as_str())
    }

    /// True if the walk is not at its end: another page is to be asked for.
    #[must_use]
    pub fn is_walking(&self) -> bool {
        self.walk.is_some()
    }

    /// The mark once every event of this page was worked on, which was asked for with [`Mark::cursor`] at `now` (real time).
    ///
    /// # Errors
    /// [`Stuck`].
    pub fn after(&self, page: &Page, now: Timestamp) -> Result<Self, Stuck> {
        // A time in the future would hide what comes until then.
        let newest = page.newest.map_or(self.done, |newest| newest.min(now));
        let top = self.walk.as_ref().map_or(newest, |walk| walk.top);
        let floor = self.done.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
        // The whole page: what is sorted by one time may show another.
        let is_below = page.newest.is_some_and(|newest| newest < floor);
        match &page.cursor {
            Some(cursor) if !is_below => {
                if self.cursor() == Some(cursor) {
                    return Err(Stuck);
                }
                Ok(Self { walk: Some(Walk { top, cursor: cursor.clone() }), ..self.clone() })
            }
            _ => Ok(Self::starting(self.done.max(top))),
        }
    }

    /// The mark after the server refused the cursor: the walk begins again, down to where it was to go.
    #[must_use]
    pub fn from_the_top(&self) -> Self {
        Self { done: self.done, walk: None, refused: true }
    }

    /// True if this walk began again already: beginning again does not help, and somebody has to look.
    #[must_use]
    pub fn began_again(&self) -> bool {
        self.refused
    }
}
