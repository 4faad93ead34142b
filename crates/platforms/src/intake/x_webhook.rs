//! X's webhooks: the handshake, the signature, and what an event tells.
//!
//! Invariants: nothing is read before its signature was found right over the very bytes that came. What the handshake
//! signs can never be taken for an event. An event that is only half told ends as [`What::Unknown`].
//!
//! Sources: <https://docs.x.com/x-api/webhooks/quickstart>, <https://docs.x.com/x-api/activity/event-payloads> and, for
//! the older envelope, the Account Activity API's data objects.

mod legacy;
mod signature;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::Value;

pub use self::signature::{NotSigned, SIGNATURE_HEADER, answer_challenge, check_signature};
use super::{
    Channel, Event, EventId, Other, PostAddress, Told, Unreadable, What, json,
    own_words::{has_hashtag, is_same_tag, names_anywhere, shown, without_leading_names},
};
use crate::html::unescaped;

/// The longest id of an event that is kept. X's have at most 20 characters; room for a UUID with its hyphens.
const LONGEST_EVENT_ID: usize = 64;

/// The most posts that one post refers to: it answers one and quotes one. More are not looked up, which would take the
/// square of their number.
const MOST_REFERENCES: usize = 4;

/// Kinds of events whose payload is a post.
const POSTS: [&str; 4] = ["post.create", "post.mention.create", "post.reply.create", "post.quote.create"];
const DELETED: &str = "post.delete";

/// Reads the events of one request whose signature was checked, in their order.
///
/// JSON that is no envelope, and events without anything to recognise them by, give no event.
///
/// # Errors
/// [`Unreadable`], for which X gets the same answer as for everything that it signed: it would only send it again.
pub fn read(body: &[u8], channel: &Channel) -> Result<Vec<Event>, Unreadable> {
    let document = json::document(body)?;
    let data = match &document["data"] {
        Value::Array(several) => several.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut events = data.iter().filter_map(|data| activity(data, channel)).collect::<Vec<_>>();
    events.extend(legacy::events(&document, channel));
    Ok(events)
}

/// An event of the X Activity API.
fn activity(data: &Value, channel: &Channel) -> Option<Event> {
    let kind = json::text(data, &["/event_type"]);
    let payload = &data["payload"];
    let what = match kind {
        Some(DELETED) => match json::number(payload, &["/id"]).and_then(|id| PostAddress::x(&id)) {
            Some(post) => What::Deleted(post),
            None => What::Unknown,
        },
        Some(kind) if POSTS.contains(&kind) => known(post(payload, kind, &data["includes"], channel)),
        _ => What::Unknown,
    };
    let id = event_id(&data["event_uuid"]).or_else(|| json::number(payload, &["/id"]))?;
    Some(Event { id: EventId::new("x", &what, &id), what })
}

fn known(told: Option<Told>) -> What {
    told.map_or(What::Unknown, |told| What::Post(Box::new(told)))
}

/// The id of an event: digits with or without a sign, whatever X's documents call it.
fn event_id(value: &Value) -> Option<String> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match value {
        Value::String(id) => {
            ((1..=LONGEST_EVENT_ID).contains(&id.len()) && id.bytes().all(is_part)).then(|| id.clone())
        }
        Value::Number(id) if id.is_i64() || id.is_u64() => Some(id.to_string()),
        _ => None,
    }
}

/// A post as version 2 of the API has it, under the names of both of its documents ("tweets" and "posts").
fn post(payload: &Value, kind: &str, includes: &Value, channel: &Channel) -> Option<Told> {
    let id = json::number(payload, &["/id"])?;
    let author = json::number(payload, &["/author_id"])?;
    let mut replies_to = None;
    let mut quotes = None;
    let references = json::items(payload, &["/referenced_tweets", "/referenced_posts"]);
    for reference in references.take(MOST_REFERENCES) {
        let place = match json::text(reference, &["/type"]) {
            Some("replied_to") => &mut replies_to,
            Some("quoted") => &mut quotes,
            // A repost has no words of its own.
            Some("retweeted") => return None,
            _ => continue,
        };
        let post = json::number(reference, &["/id"]).and_then(|id| PostAddress::x(&id));
        let author = post.as_ref().and_then(|post| author_of(post.id(), includes));
        place.get_or_insert(Other { post, author });
    }
    let answered = json::number(payload, &["/in_reply_to_user_id"]);
    match &mut replies_to {
        Some(Other { author: author @ None, .. }) => *author = answered,
        // A post that begins with a name is "in reply to" that account and answers no post, unless the event says so.
        None if kind == "post.reply.create" || is_within_a_conversation(&id, payload) => {
            replies_to = Some(Other { post: None, author: answered });
        }
        _ => {}
    }
    if kind == "post.quote.create" {
        quotes.get_or_insert(Other { post: None, author: None });
    }

    let places = ["/note_tweet/text", "/note_post/text", "/text"];
    let user = user(&author, includes);
    Some(tell(
        Parts {
            words: json::words(payload, &places)?,
            shown_from: json::number(payload, &["/display_text_range/0"]),
            handle: json::handle(user, &["/username"]).or_else(|| json::handle(payload, &["/username"])),
            at: json::text(payload, &["/created_at"]).and_then(|at| at.parse().ok()),
            mentions: ["/entities", "/note_tweet/entities", "/note_post/entities"]
                .iter()
                .filter_map(|place| payload.pointer(place))
                .collect(),
            post: PostAddress::x(&id)?,
            author,
            replies_to,
            quotes,
            is_public: user["protected"] != true,
            is_told_to_channel: kind != "post.create",
        },
        channel,
    ))
}

/// True if the conversation began with another post, of which this one is no edited version.
fn is_within_a_conversation(id: &str, payload: &Value) -> bool {
    let Some(first) = json::number(payload, &["/conversation_id"]) else { return false };
    let is_first = |version: &Value| version.as_str() == Some(first.as_str());
    first != id && !json::items(payload, &["/edit_history_tweet_ids", "/edit_history_post_ids"]).any(is_first)
}

/// The author as the included objects have it; some events wrap it once more.
fn user<'a>(id: &str, includes: &'a Value) -> &'a Value {
    json::items(includes, &["/users"])
        .map(|user| user.get("data").unwrap_or(user))
        .find(|user| json::number(user, &["/id"]).as_deref() == Some(id))
        .unwrap_or(&Value::Null)
}

fn author_of(id: &str, includes: &Value) -> Option<String> {
    json::items(includes, &["/tweets", "/posts"])
        .map(|post| post.get("data").unwrap_or(post))
        .find(|post| json::number(post, &["/id"]).as_deref() == Some(id))
        .and_then(|post| json::number(post, &["/author_id"]))
}

/// What both envelopes tell of a post.
struct Parts<'a> {
    post: PostAddress,
    author: String,
    words: &'a str,
    shown_from: Option<String>,
    handle: Option<String>,
    at: Option<Timestamp>,
    replies_to: Option<Other>,
    quotes: Option<Other>,
    mentions: Vec<&'a Value>,
    is_public: bool,
    /// The event says that it is about the channel.
    is_told_to_channel: bool,
}

fn tell(parts: Parts<'_>, channel: &Channel) -> Told {
    let is_named = |entity: &Value| {
        let is_id = json::number(entity, &["/id", "/id_str"]).is_some_and(|id| id == channel.id);
        let name = json::text(entity, &["/username", "/screen_name"]);
        is_id || name.is_some_and(|name| channel.names.iter().any(|one| one.eq_ignore_ascii_case(name)))
    };
    let is_tagged = |entity: &Value| {
        json::text(entity, &["/tag", "/text"]).is_some_and(|tag| is_same_tag(tag, &channel.hashtag))
    };
    let any = |places: &[&str], is_meant: &dyn Fn(&Value) -> bool| {
        parts.mentions.iter().any(|entities| json::items(entities, places).any(is_meant))
    };
    // Whoever answers or quotes the channel speaks to it, named or not.
    let mut others = parts.replies_to.iter().chain(&parts.quotes);
    let mentions_channel = parts.is_told_to_channel
        || others.any(|other| other.author.as_ref() == Some(&channel.id))
        || any(&["/mentions", "/user_mentions"], &is_named)
        || names_anywhere(parts.words, &channel.names);
    let has_hashtag = any(&["/hashtags"], &is_tagged) || has_hashtag(parts.words, &channel.hashtag);

    // X puts the names of those who are answered before the words, and says from where on it shows them.
    let from = parts.shown_from.and_then(|from| from.parse().ok()).filter(|from| *from > 0);
    let own = match (&parts.replies_to, from.and_then(|from| shown(parts.words, from))) {
        (None, _) => parts.words,
        (Some(_), Some(own)) => own,
        (Some(_), None) => without_leading_names(parts.words),
    };
    Told {
        text: unescaped(own),
        post: parts.post,
        handle: parts.handle,
        author: parts.author,
        at: parts.at,
        replies_to: parts.replies_to,
        quotes: parts.quotes,
        mentions_channel,
        has_hashtag,
        is_public: parts.is_public,
    }
}
