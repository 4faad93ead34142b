//! What `GET /api/v1/notifications?types[]=mention` tells, and how far it has been read.
//!
//! Invariant: a mark moves only over what was worked on and has settled, so that after a crash things come twice and never
//! not at all.
//!
//! With `min_id` Mastodon gives the notifications that follow an id immediately, so reading goes forwards:
//!
//! 1. Load the [`Mark`]; ask with `min_id` = [`Mark::min_id`] and `limit` = [`MOST_PER_PAGE`].
//! 2. [`read`] the page. Work on its events until each is stored or known not to be wanted.
//! 3. Only then store [`Mark::after`] that page. Unless [`Page::is_empty`], go on with 1.
//!
//! A crash before 3 repeats the page. Its events have the same ids, which are to be remembered for [`REMEMBERED`].
//! Ids are handed out before a notification can be seen, so one may show up below another that was read already: what is
//! younger than [`SETTLED`] is worked on at once, and read again until it is old enough.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Channel, Event, EventId, MastodonServer, Other, PostAddress, Told, Unreadable, What, json,
    own_words::{has_hashtag, is_same_tag, without_leading_names},
};
use crate::html;

/// The `limit` to ask for: the default since Mastodon 4.1, which allows 80. A page stays well below what is read.
pub const MOST_PER_PAGE: usize = 40;
/// The age from which on no notification with a lower id is expected to show up. Transactions of a server take seconds;
/// the rest is for clocks that differ.
pub const SETTLED: SignedDuration = SignedDuration::from_mins(10);
/// For how long the ids of events must be remembered at least: longer than anything is read again.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(48);
/// The longest content of a post in HTML, in bytes: one that has the most characters, each in four bytes, with as much
/// again for links. What is longer is not read.
const LONGEST_HTML: usize = 8 * super::LONGEST_TEXT;

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it tells, oldest first.
    pub events: Vec<Event>,
    /// How many notifications could not be recognised at all: to be counted, since somebody may have to look.
    pub unrecognised: usize,
    length: usize,
    newest: Option<u64>,
    /// Ids and times, where both are told.
    seen: Vec<(u64, Timestamp)>,
}

impl Page {
    /// True if there was nothing more.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// Reads one page of the configured server.
///
/// # Errors
/// [`Unreadable`]: the mark stays where it is.
pub fn read(body: &[u8], channel: &Channel, server: &MastodonServer) -> Result<Page, Unreadable> {
    let document = json::document(body)?;
    let mut notifications = document
        .as_array()
        .ok_or(Unreadable::OtherShape)?
        .iter()
        .map(|notification| (number(notification), notification))
        .collect::<Vec<_>>();
    notifications.sort_by_key(|(id, _)| *id);
    let mut page = Page {
        events: Vec::new(),
        unrecognised: 0,
        length: notifications.len(),
        newest: notifications.last().and_then(|(id, _)| *id),
        seen: Vec::new(),
    };
    for (id, notification) in notifications {
        if let (Some(id), Some(at)) = (id, time(notification)) {
            page.seen.push((id, at));
        }
        match json::text(notification, &["/type"]) {
            Some("mention") => match event(notification, channel, server) {
                Some(event) => page.events.push(event),
                None => page.unrecognised += 1,
            },
            Some(_) => {}
            None => page.unrecognised += 1,
        }
    }
    Ok(page)
}

fn number(notification: &Value) -> Option<u64> {
    json::number(notification, &["/id"]).and_then(|id| id.parse().ok())
}

fn time(value: &Value) -> Option<Timestamp> {
    json::text(value, &["/created_at"]).and_then(|at| at.parse().ok())
}

fn event(notification: &Value, channel: &Channel, server: &MastodonServer) -> Option<Event> {
    let status = &notification["status"];
    let id = json::number(status, &["/id"])?;
    // A status from another server has the time that that server wrote there.
    let at = time(notification).or_else(|| time(status));
    let what = match post(status, &id, at, channel, server) {
        Some(told) => What::Post(Box::new(told)),
        None => What::Unknown,
    };
    Some(Event { id: EventId::new("mastodon", &what, &id), what })
}

fn post(
    status: &Value,
    id: &str,
    at: Option<Timestamp>,
    channel: &Channel,
    server: &MastodonServer,
) -> Option<Told> {
    // A boost has no words of its own.
    if !status["reblog"].is_null() {
        return None;
    }
    let here = |id: String| PostAddress::mastodon(server, &id);
    let replies_to = (!status["in_reply_to_id"].is_null()).then(|| Other {
        post: json::number(status, &["/in_reply_to_id"]).and_then(here),
        author: json::number(status, &["/in_reply_to_account_id"]),
    });
    // Without its post if the quoted author has not agreed to it, or no longer does.
    let quotes = (!status["quote"].is_null()).then(|| Other {
        post: json::number(status, &["/quote/quoted_status/id", "/quote/quoted_status_id"])
            .filter(|_| json::text(status, &["/quote/state"]) == Some("accepted"))
            .and_then(here),
        author: json::number(status, &["/quote/quoted_status/account/id"]),
    });

    let html = json::text(status, &["/content"]).filter(|html| html.len() <= LONGEST_HTML)?;
    let words = html::words(html, quotes.is_some());
    // The warning in front is the author's as well.
    let warning = json::words(status, &["/spoiler_text"]).unwrap_or_default();
    let has_hashtag = has_hashtag(&words, &channel.hashtag)
        || has_hashtag(warning, &channel.hashtag)
        || json::items(status, &["/tags"])
            .filter_map(|tag| json::text(tag, &["/name"]))
            .any(|tag| is_same_tag(tag, &channel.hashtag));
    let own = if replies_to.is_some() { without_leading_names(&words) } else { &words };
    let text = if warning.is_empty() { own.to_owned() } else { format!("{warning}\n\n{own}") };
    if text.chars().count() > super::LONGEST_TEXT {
        return None;
    }
    Some(Told {
        post: here(id.to_owned())?,
        text,
        handle: json::handle(status, &["/account/acct"]),
        author: json::number(status, &["/account/id"])?,
        at,
        replies_to,
        quotes,
        // Nothing else makes a notification of this type.
        mentions_channel: true,
        has_hashtag,
        is_public: matches!(json::text(status, &["/visibility"]), Some("public" | "unlisted")),
    })
}

/// How far the notifications have been read: the one thing to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Everything up to this id was worked on.
    settled: u64,
    /// How far this run has read. After a crash it begins at what has settled.
    #[serde(skip)]
    read: u64,
}

/// The server gives what it gave before, whatever it is asked for. The mark stays where it is, and somebody has to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server's pages do not go on")]
pub struct Stuck;

impl Mark {
    /// A beginning: what follows this id is read, and with 0 everything that there ever was.
    #[must_use]
    pub fn starting(after: u64) -> Self {
        Self { settled: after, read: 0 }
    }

    /// The `min_id` to ask with.
    #[must_use]
    pub fn min_id(&self) -> u64 {
        self.settled.max(self.read)
    }

    /// The mark once every event of this page was worked on, which was asked for with [`Mark::min_id`] at `now` (real time).
    ///
    /// # Errors
    /// [`Stuck`].
    pub fn after(&self, page: &Page, now: Timestamp) -> Result<Self, Stuck> {
        if page.is_empty() {
            return Ok(self.clone());
        }
        let read = page.newest.filter(|newest| *newest > self.min_id()).ok_or(Stuck)?;
        let settled_at = now.saturating_sub(SETTLED).unwrap_or(Timestamp::MIN);
        let settled = page.seen.iter().filter(|(_, at)| *at <= settled_at).map(|(id, _)| *id).max();
        Ok(Self { settled: self.settled.max(settled.unwrap_or_default()), read })
    }
}
