//! The channel's account, and how its posts appear.
//!
//! Invariant: what is not said is what fits the channel: everybody may read, and a thread does not fill timelines.

/// The language of everything that the channel says (ISO 639-1: Mastodon has no regions of English).
const LANGUAGE: &str = "en";

/// Who sees a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody, in all timelines.
    Public,
    /// Everybody, in no public timeline: so that a thread does not fill it.
    Unlisted,
    /// Followers alone.
    Private,
}

impl Visibility {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
        }
    }
}

/// Whose posts these are, and how they appear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The server's address, such as `https://mastodon.social`. Without TLS only on this machine.
    pub server: String,
    /// Who sees the first post of a thread.
    pub first: Visibility,
    /// Who sees the others.
    pub rest: Visibility,
    /// The language of the posts (ISO 639-1).
    pub language: String,
}

impl Account {
    /// The account on a server, with a public first post and the rest unlisted, in English.
    #[must_use]
    pub fn on(server: &str) -> Self {
        Self {
            server: server.to_owned(),
            first: Visibility::Public,
            rest: Visibility::Unlisted,
            language: LANGUAGE.to_owned(),
        }
    }
}
