//! The records that a post becomes, as the lexicons of `app.bsky` have them.
//!
//! Invariant: a record is made from its intent and from nothing else that changes, so that a repetition is the same to
//! the byte.

use curation::composition::{Replies, Share};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::richtext::{Mention, facets};
use crate::{Intent, RemotePost};

/// The collection of posts.
pub(super) const POSTS: &str = "app.bsky.feed.post";
/// The collection of reposts.
pub(super) const REPOSTS: &str = "app.bsky.feed.repost";
/// The collection of gates, which say who may reply. A gate has the key of its post.
pub(super) const GATES: &str = "app.bsky.feed.threadgate";
/// The language of everything that the channel says.
const LANGUAGE: &str = "en-GB";

/// A record's address together with the hash of its content (`com.atproto.repo.strongRef`).
#[derive(Clone)]
pub(super) struct StrongRef {
    uri: String,
    cid: String,
}

impl StrongRef {
    /// From an answer that has both.
    pub(super) fn read(answer: &Value) -> Option<Self> {
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        Some(Self { uri: text("uri")?, cid: text("cid")? })
    }

    /// The hash.
    pub(super) fn cid(&self) -> &str {
        &self.cid
    }

    fn json(&self) -> Value {
        json!({ "uri": self.uri, "cid": self.cid })
    }
}

/// What a post has that was looked up for it.
#[derive(Default)]
pub(super) struct With {
    /// The accounts that its text names.
    pub(super) mentions: Vec<Mention>,
    /// The post that it quotes.
    pub(super) quoted: Option<StrongRef>,
}

/// A record's address.
pub(super) fn address(did: &str, collection: &str, key: &str) -> RemotePost {
    RemotePost(format!("at://{did}/{collection}/{key}"))
}

/// The body of the one commit that makes a thread's first post and closes it for replies.
pub(super) fn first(did: &str, intent: &Intent, with: &With) -> Value {
    let create = |collection: &str, value: Value| {
        json!({
            "$type": "com.atproto.repo.applyWrites#create",
            "collection": collection,
            "rkey": intent.key,
            "value": value,
        })
    };
    let mut writes = vec![create(POSTS, post(intent, with))];
    match intent.replies {
        Replies::Nobody => {
            let gate = json!({
                "$type": GATES,
                "post": address(did, POSTS, &intent.key),
                "allow": [],
                "createdAt": time(intent.created_at),
            });
            writes.push(create(GATES, gate));
        }
    }
    json!({ "repo": did, "validate": true, "writes": writes })
}

/// The body that puts a later post of a thread under its key.
pub(super) fn following(
    did: &str,
    intent: &Intent,
    with: &With,
    root: &StrongRef,
    parent: &StrongRef,
) -> Value {
    let mut record = post(intent, with);
    record["reply"] = json!({ "root": root.json(), "parent": parent.json() });
    json!({ "repo": did, "collection": POSTS, "rkey": intent.key, "validate": true, "record": record })
}

/// The body that puts a repost under its key.
pub(super) fn repost(did: &str, intent: &Intent, theirs: &StrongRef) -> Value {
    let record = json!({ "$type": REPOSTS, "subject": theirs.json(), "createdAt": time(intent.created_at) });
    json!({ "repo": did, "collection": REPOSTS, "rkey": intent.key, "validate": true, "record": record })
}

/// True if this record is the one that the intent makes.
pub(super) fn is_of(record: &Value, intent: &Intent) -> bool {
    let is_same = match &intent.shares {
        Some(Share::Boost(post)) => record["subject"]["uri"] == post.as_str(),
        Some(Share::Quote(_)) | None => record["text"] == intent.text.as_str(),
    };
    is_same && record["createdAt"] == time(intent.created_at).as_str()
}

fn post(intent: &Intent, with: &With) -> Value {
    let mut record = json!({
        "$type": POSTS,
        "text": intent.text,
        "langs": [LANGUAGE],
        "createdAt": time(intent.created_at),
    });
    let facets = facets(&intent.text, &with.mentions);
    if !facets.is_empty() {
        record["facets"] = Value::Array(facets);
    }
    if let Some(quoted) = &with.quoted {
        record["embed"] = json!({ "$type": "app.bsky.embed.record", "record": quoted.json() });
    }
    record
}

/// A time as the protocol prefers it: in UTC, to the millisecond (<https://atproto.com/specs/lexicon#datetime>).
fn time(at: Timestamp) -> String {
    let milliseconds = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    format!("{milliseconds:.3}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_have_three_digits_of_a_second() {
        for (at, written) in [
            ("2026-11-23T12:00:00Z", "2026-11-23T12:00:00.000Z"),
            ("2026-11-23T12:00:00.001999999Z", "2026-11-23T12:00:00.001Z"),
        ] {
            assert_eq!(time(at.parse().unwrap()), written);
        }
    }
}
