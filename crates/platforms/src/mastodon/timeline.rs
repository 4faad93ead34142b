//! Looking for a post on the account's own timeline, where nothing but what it says tells it from others.
//!
//! Invariant: a post is called absent only if everything was read among which it could be. What cannot be read or
//! compared is an error.

use curation::composition::fingerprint;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    access::id,
    api::CallError,
    text::{is_given_back_as, is_same},
};
use crate::{Intent, html};

/// How far the server's clock may be behind that which gave the intent its time, which may have jumped. Far less than the
/// time between two publications of the same words.
const SKEW: SignedDuration = SignedDuration::from_hours(6);
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
    /// It answers nothing, and did so once: servers forget what a post answers when that is taken down.
    pub(super) is_orphan: bool,
}

/// What a post quotes.
enum Quoted {
    Nothing,
    /// Something that the server does not name: the quote waits for its author, or is refused.
    Unnamed,
    This(String),
}

impl Quoted {
    /// By a post's `quote` (<https://docs.joinmastodon.org/entities/Quote/>).
    fn of(post: &Value) -> Self {
        let quote = &post["quote"];
        let named =
            id(&quote["quoted_status"]).or_else(|| quote["quoted_status_id"].as_str().map(str::to_owned));
        match named {
            Some(id) => Self::This(id),
            None if quote.is_null() => Self::Nothing,
            None => Self::Unnamed,
        }
    }

    /// True if this may be the post that is to quote `sought`.
    fn may_be(&self, sought: Option<&str>) -> bool {
        match (self, sought) {
            (Self::This(id), Some(sought)) => id == sought,
            (Self::Unnamed, Some(_)) | (Self::Nothing, None) => true,
            (Self::This(_) | Self::Unnamed, None) | (Self::Nothing, Some(_)) => false,
        }
    }
}

/// Why a post is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It is to be there once.
    ToPost,
    /// It is to be gone, even if what it answered is gone before it.
    ToTakeDown,
}

/// What a post is beside its words.
#[derive(Clone)]
pub(super) struct Beside {
    /// The post that it answers, on this server.
    pub(super) follows: Option<String>,
    /// The post that it quotes, on this server.
    pub(super) quotes: Option<String>,
}

impl Candidate {
    /// True if it reads as the intent does.
    pub(super) fn says(&self, intent: &Intent) -> bool {
        match intent.text.trim().is_empty() {
            true => is_known(&html::words(&self.content, true), intent),
            false => is_given_back_as(&intent.text, &self.content),
        }
    }
}

/// True if a post's source is what the intent says; none if it is no source.
pub(super) fn is_source_of(source: &Value, intent: &Intent) -> Option<bool> {
    let text = source["text"].as_str()?;
    Some(match intent.text.trim().is_empty() {
        true => is_known(text, intent),
        false => is_same(text, &intent.text),
    })
}

/// True if words that are concealed are known to be these.
fn is_known(text: &str, intent: &Intent) -> bool {
    intent.fingerprint.is_some() && fingerprint(text, &intent.key) == intent.fingerprint
}

/// The way back through a timeline.
pub(super) struct Search {
    beside: Beside,
    why: Why,
    from: Timestamp,
    until: Timestamp,
    pub(super) candidates: Vec<Candidate>,
}

impl Search {
    pub(super) fn new(intent: &Intent, beside: Beside, why: Why) -> Self {
        let at = intent.created_at;
        Self {
            beside,
            why,
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
            let answers = post["in_reply_to_id"].as_str();
            let follows = self.beside.follows.as_deref();
            let is_orphan = self.why == Why::ToTakeDown && answers.is_none() && follows.is_some();
            let is_beside_the_same =
                (is_orphan || answers == follows) && Quoted::of(post).may_be(self.beside.quotes.as_deref());
            if !is_boost && made_at <= self.until && is_beside_the_same {
                let content = post["content"].as_str().ok_or(NO_TIMELINE)?.to_owned();
                self.candidates.push(Candidate { id: id.clone(), content, is_orphan });
            }
            last = Some(id);
        }
        Ok(last)
    }

    /// The candidate of an intent of which nothing is known that it says: as the only answer of the channel to its own post.
    pub(super) fn without_words(self) -> Result<Option<String>, CallError> {
        let mut candidates = self.candidates;
        candidates.retain(|candidate| !candidate.is_orphan);
        match (candidates.len(), &self.beside.follows) {
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
