//! Intake: what people tell the channel on platforms, read from what the platforms send, without any network.
//!
//! Invariants: whatever comes in has a defined end and nothing panics. Of a post only the fields of [`Told`] are kept;
//! nothing is inferred from it. No error and no debug print holds a word, a name or an address of anybody.

pub mod address;
mod asking;
pub mod bluesky_notifications;
mod json;
mod listening;
pub mod mastodon_notifications;
mod own_words;
#[cfg(test)]
mod tests;
mod wanted;
pub mod x_webhook;

use std::fmt;

use jiff::Timestamp;

pub use self::{
    address::{MastodonServer, NotAPost, PostAddress},
    listening::{Batch, Mark, NotRead, Notifications},
    wanted::{Ignored, Proposal, Standing, Wanted, wanted},
};

/// The largest body that is read, in bytes: a single event is some kilobytes, a page of notifications some hundred.
pub const LARGEST_BODY: usize = 1024 * 1024;

/// The longest text of a post that is read, in characters: what X is reported to allow its subscribers, far more than the
/// others do (a Mastodon server may allow more, and then its longest posts are not taken). Anything longer is no post.
pub const LONGEST_TEXT: usize = 25_000;

/// The channel as one platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The account's id on the platform: digits on X and Mastodon, the DID on Bluesky.
    pub id: String,
    /// Every way in which the account's name is written behind `@`. On Mastodon that is `Name` and `Name@server`.
    pub names: Vec<String>,
    /// The channel's hashtag, without `#`.
    pub hashtag: String,
}

/// What identifies an event, so that each is worked on once however often it is delivered. It holds the id of a
/// post, and on Bluesky its author's DID: store a hash of it, so that a deleted post is forgotten here as well.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(String);

impl EventId {
    /// The id, at most 700 bytes of printable ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `what` is part of it: a deletion is never taken for the repetition of a post, and something that could not be
    /// read never for that of something that could.
    fn new(platform: &str, what: &What, id: &str) -> Self {
        let kind = match what {
            What::Post(_) => "post",
            What::Deleted(_) => "deleted",
            What::Unknown => "unknown",
        };
        Self(format!("{platform}.{kind}.{id}"))
    }
}

/// On Bluesky it leads to a person: prints say the platform and the kind only.
impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.splitn(3, '.');
        let (platform, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        write!(f, "EventId({platform}.{kind}, ..)")
    }
}

/// Something that happened on a platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it is recognised by when it comes again.
    pub id: EventId,
    /// What happened.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody posted.
    Post(Box<Told>),
    /// A post is gone: it is forgotten everywhere.
    Deleted(PostAddress),
    /// Anything else: another kind of event, a bare repost, a post of which too little is told. Nothing to do.
    Unknown,
}

/// What is kept of somebody's post, for as long as it takes to decide. It cannot be serialised, so that it is not stored
/// by mistake.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// Where the post is, which also holds its id.
    pub post: PostAddress,
    /// The words. In a reply on X or Mastodon without the names in front, which the apps put there.
    pub text: String,
    /// The author's handle without `@`, where it is told.
    pub handle: Option<String>,
    /// The author's id on the platform: digits on X and Mastodon, the DID on Bluesky.
    pub author: String,
    /// When it was posted, as far as the platform itself says: of notifications, when the channel was notified.
    pub at: Option<Timestamp>,
    /// The post that this one answers.
    pub replies_to: Option<Other>,
    /// The post that this one quotes.
    pub quotes: Option<Other>,
    /// True if the platform or the words name the channel, or if it answers or quotes the channel: somebody speaks to it.
    pub mentions_channel: bool,
    /// True if it has the channel's hashtag.
    pub has_hashtag: bool,
    /// False if not everybody may read it. What is not told counts as private on Mastodon, where mentions include
    /// messages, and as public on X, which reposts nothing that is protected.
    pub is_public: bool,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").field("post", &self.post).finish_non_exhaustive()
    }
}

/// Another post that a post refers to. Both parts may be unknown.
#[derive(Clone, PartialEq, Eq)]
pub struct Other {
    /// Where it is.
    pub post: Option<PostAddress>,
    /// Its author's id.
    pub author: Option<String>,
}

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Other(..)")
    }
}

/// What came in cannot be read at all. Nothing of it is repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Beyond [`LARGEST_BODY`].
    #[error("it is larger than {LARGEST_BODY} bytes")]
    TooLarge,
    /// Not JSON, nested beyond 128 levels, or with a number that nothing holds.
    #[error("it is no JSON")]
    NotJson,
    /// JSON of another shape than the platform documents.
    #[error("it is not what the platform documents")]
    OtherShape,
}
