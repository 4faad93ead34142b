//! Looking for a post on the account's own timeline, where nothing but what it says tells it from others.
//!
//! Invariant: a post is called absent only if everything was read among which it could be. What cannot be read or
//! compared is an error.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    access::id,
    api::CallError,
    text::{is_given_back_as, is_same},
};
use crate::Intent;

/// How far the server's clock may be behind that which gave the intent its time.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// How long after its intent a post may still have been made: by a publisher that tries for hours, then by a human's
/// decision. The same words may appear again after that.
const LATEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many posts a page has at most (<https://docs.joinmastodon.org/methods/accounts/#statuses>).
pub(super) const PAGE: &str = "40";
/// How many pages are read: 600 posts are more than the channel makes in [`LATEST`].
pub(super) const MOST_PAGES: usize = 15;
/// How many posts are compared by their source, each with a call of its own.
pub(super) const MOST_SOURCES: usize = 20;

/// A post that may be the one.
pub(super) struct Candidate {
    pub(super) id: String,
    content: String,
}

impl Candidate {
    /// True if it reads as the intent does.
    pub(super) fn says(&self, intent: &Intent) -> bool {
        is_given_back_as(&intent.text, &self.content)
    }
}

/// True if a post's source is what the intent says.
pub(super) fn is_source_of(source: &Value, intent: &Intent) -> bool {
    source["text"].as_str().is_some_and(|text| is_same(text, &intent.text))
}

/// The way back through a timeline.
pub(super) struct Search {
    /// The post that it answers, on this server.
    follows: Option<String>,
    from: Timestamp,
    until: Timestamp,
    pub(super) candidates: Vec<Candidate>,
}

impl Search {
    pub(super) fn new(intent: &Intent, follows: Option<String>) -> Self {
        let at = intent.created_at;
        Self {
            follows,
            from: at.saturating_sub(SKEW).unwrap_or(at),
            until: at.saturating_add(LATEST).unwrap_or(at),
            candidates: Vec::new(),
        }
    }

    /// Takes the candidates from a page, newest first; says from which post on to read, or that all is read.
    pub(super) fn read(&mut self, page: &Value) -> Result<Option<String>, CallError> {
        const NO_TIMELINE: CallError = CallError::Lost("the answer is no timeline");
        let mut last = None;
        for post in page.as_array().ok_or(NO_TIMELINE)? {
            let id = id(post).ok_or(NO_TIMELINE)?;
            let made_at =
                post["created_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).ok_or(NO_TIMELINE)?;
            if made_at < self.from {
                return Ok(None);
            }
            let is_boost = !post["reblog"].is_null();
            if !is_boost
                && made_at <= self.until
                && post["in_reply_to_id"].as_str() == self.follows.as_deref()
            {
                let content = post["content"].as_str().ok_or(NO_TIMELINE)?.to_owned();
                self.candidates.push(Candidate { id: id.clone(), content });
            }
            last = Some(id);
        }
        Ok(last)
    }

    /// The candidate of an intent whose words are not known any more: as the only answer of the channel to its own post.
    pub(super) fn without_words(self) -> Result<Option<String>, CallError> {
        let mut candidates = self.candidates;
        match (candidates.len(), &self.follows) {
            (0, _) => Ok(None),
            (1, Some(_)) => Ok(candidates.pop().map(|candidate| candidate.id)),
            _ => Err(CallError::Lost("the words are not known, and there are posts that it may be")),
        }
    }
}

/// What the server remembers the post by, for an hour. The record key is made once for each post of each appearance.
pub(super) fn idempotency_key(intent: &Intent) -> String {
    format!("clientsconnect-{}-{}-{}", intent.submission, intent.key, intent.part)
}
