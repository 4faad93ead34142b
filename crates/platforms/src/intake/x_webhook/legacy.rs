//! The older envelope, of the Account Activity API: posts as version 1.1 of X's API has them.
//!
//! Invariant: it gives the same [`Told`](crate::intake::Told) as the newer one for the same post.

use jiff::{Timestamp, fmt::strtime};
use serde_json::Value;

use super::{Parts, known, tell};
use crate::intake::{Channel, Event, EventId, Other, PostAddress, Told, What, json};

/// How that API writes the time: `Wed Oct 10 20:19:24 +0000 2018`.
const TIME: &str = "%a %b %d %H:%M:%S %z %Y";

/// What was posted, then what was deleted. There are no ids of events: a post's own id recognises it.
pub(super) fn events(document: &Value, channel: &Channel) -> Vec<Event> {
    let created = json::items(document, &["/tweet_create_events"]).filter_map(|tweet| {
        let what = known(post(tweet, channel));
        let id = json::number(tweet, &["/id_str", "/id"])?;
        Some(Event { id: EventId::new("x", &what, &id), what })
    });
    let deleted = json::items(document, &["/tweet_delete_events"]).filter_map(|event| {
        let id = json::number(event, &["/status/id", "/status/id_str"])?;
        let what = What::Deleted(PostAddress::x(&id)?);
        Some(Event { id: EventId::new("x", &what, &id), what })
    });
    created.chain(deleted).collect()
}

fn post(tweet: &Value, channel: &Channel) -> Option<Told> {
    // A repost has no words of its own.
    if !tweet["retweeted_status"].is_null() {
        return None;
    }
    let id = json::number(tweet, &["/id_str", "/id"])?;
    let user = &tweet["user"];
    let answered = json::number(tweet, &["/in_reply_to_status_id_str", "/in_reply_to_status_id"]);
    let replies_to = answered.map(|answered| Other {
        post: PostAddress::x(&answered),
        author: json::number(tweet, &["/in_reply_to_user_id_str", "/in_reply_to_user_id"]),
    });
    let quoted =
        json::number(tweet, &["/quoted_status_id_str", "/quoted_status_id", "/quoted_status/id_str"]);
    let quotes = (quoted.is_some() || tweet["is_quote_status"] == true).then(|| Other {
        post: quoted.and_then(|quoted| PostAddress::x(&quoted)),
        author: json::number(tweet, &["/quoted_status/user/id_str", "/quoted_status/user/id"]),
    });
    let extended = &tweet["extended_tweet"];
    let words = json::words(tweet, &["/extended_tweet/full_text", "/full_text", "/text"])?;
    let shown_from = if extended.is_object() { extended } else { tweet };
    Some(tell(
        Parts {
            post: PostAddress::x(&id)?,
            author: json::number(user, &["/id_str", "/id"])?,
            words,
            shown_from: json::number(shown_from, &["/display_text_range/0"]),
            handle: json::handle(user, &["/screen_name"]),
            at: json::text(tweet, &["/created_at"]).and_then(time),
            replies_to,
            quotes,
            mentions: vec![&tweet["entities"], &extended["entities"]],
            is_public: user["protected"] != true,
            is_told_to_channel: false,
        },
        channel,
    ))
}

fn time(text: &str) -> Option<Timestamp> {
    strtime::parse(TIME, text).and_then(|time| time.to_timestamp()).ok()
}
