//! Platforms: where approved posts go, one trait and one file per platform, and what people tell the channel there.
//!
//! Invariant: an [`Intent`] is written down before the first call and never recomputed, so that a repeated call means
//! the same post.

pub mod accounts;
pub mod bluesky;
mod html;
mod http;
pub mod intake;
pub mod mastodon;
pub mod secret;
pub mod x;

use async_trait::async_trait;
use curation::{
    composition::{PlatformName, PlatformRules, Replies, Seen, Share},
    ids::SubmissionId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One post to be made: everything that a repetition must repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The submission whose words these are.
    pub submission: SubmissionId,
    /// The record's own key on the platform, made when the item was taken ([`curation::tid::Tid`]).
    pub key: String,
    /// Which post of the thread this is, from 0.
    pub part: usize,
    /// The exact text; empty once the words are concealed, and then nothing is posted any more.
    pub text: String,
    /// What the post is known by without its words ([`curation::composition::fingerprint`]).
    pub fingerprint: Option<String>,
    /// The first post of the thread, for every other.
    pub root: Option<RemotePost>,
    /// The post that this one follows in its thread.
    pub follows: Option<RemotePost>,
    /// What of somebody else's this post shares. A boost has no text.
    pub shares: Option<Share>,
    /// What the text is hidden behind, where the platform has such notes.
    pub content_note: Option<String>,
    /// Who may reply.
    pub replies: Replies,
    /// The post's own time, in real time, fixed with the intent.
    pub created_at: Timestamp,
}

/// A post's identity on its platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RemotePost(pub String);

/// What the name of a boost begins with where the platform gives boosts no name that takes them back: behind it is that of
/// the post that was boosted.
const BOOST: &str = "boost:";

impl RemotePost {
    /// The channel's boost of a post.
    pub(crate) fn boost_of(post: &str) -> Self {
        Self(format!("{BOOST}{post}"))
    }

    /// The post that was boosted, if this is a boost.
    pub(crate) fn boosted(&self) -> Option<Self> {
        self.0.trim().strip_prefix(BOOST).map(|post| Self(post.to_owned()))
    }
}

/// Why a call to a platform did not end in a post.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlatformError {
    /// This call definitely made no post, and a later try may. What an earlier call did is another question.
    #[error("the platform is unavailable: {0}")]
    Unavailable(&'static str),
    /// The platform definitely made no post, and never will make this one.
    #[error("the platform refused: {0}")]
    Refused(&'static str),
    /// Whether there is a post is unknown.
    #[error("the answer was lost: {0}")]
    Ambiguous(&'static str),
}

/// A place where posts are made and taken down.
#[async_trait]
pub trait Platform: Send + Sync {
    /// The platform's name.
    fn name(&self) -> PlatformName {
        self.rules().platform
    }

    /// What the platform accepts.
    fn rules(&self) -> PlatformRules;

    /// True if a repetition of the same [`Intent`] makes no second post, so that a lost answer may simply be repeated.
    /// Where it is false, a post whose answer was lost is looked for ([`Platform::find`]) and never sent again.
    fn repeats_safely(&self) -> bool;

    /// Makes the post, or finds that this very intent already made it.
    ///
    /// # Errors
    /// [`PlatformError`], which says whether a post may exist.
    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError>;

    /// Looks for the post that this intent may have made.
    ///
    /// # Errors
    /// [`PlatformError`] if the platform cannot be asked.
    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError>;

    /// Takes a post down. A post that is not there is taken down.
    ///
    /// # Errors
    /// [`PlatformError`], after which the post may still be there.
    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError>;

    /// Looks at somebody's post, named by the canonical form of its address, as everybody may see it now. Only the
    /// configured server is asked.
    ///
    /// # Errors
    /// [`PlatformError::Refused`] if posts cannot be read here or this is no post's address,
    /// [`PlatformError::Unavailable`] if the platform cannot be asked now.
    async fn look_at(&self, post: &str) -> Result<Seen, PlatformError> {
        let _ = post;
        Err(PlatformError::Refused("posts cannot be read here"))
    }

    /// True if the account with this id is the channel's own.
    async fn is_own(&self, author: &str) -> bool {
        let _ = author;
        false
    }

    /// What the channel is told here, where it has to ask for it.
    fn notifications(&self) -> Option<&dyn intake::Notifications> {
        None
    }
}
