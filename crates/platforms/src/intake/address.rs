//! Addresses of posts, parsed strictly: which post somebody means, and nothing that anybody could be led to by it.
//!
//! Invariant: an address names one post on X, on Bluesky or on the configured Mastodon server. What is asked for later
//! is made from its parts and never from the text that came in, so no other host is ever contacted.

#[cfg(test)]
mod tests;

use std::fmt;

use curation::composition::PlatformName;
use serde::{Deserialize, Serialize};
use url::Url;

/// The longest text that is looked at, in bytes. On Bluesky, with the longest `did:web`, an address has 305.
const LONGEST: usize = 512;
/// Ids of X and of Mastodon are positive 64-bit integers with a sign (`^[0-9]{1,19}$` in X's OpenAPI document).
const MOST_DIGITS: usize = 19;
/// The longest handle on X. New ones have 15 characters; X's own matching of names allows 20 (twitter-text).
const LONGEST_X_HANDLE: usize = 20;
/// The longest name of an account elsewhere: other software uses whole domain names (RFC 1035).
const LONGEST_NAME: usize = 253;
/// Characters of a `did:plc` behind its prefix: 120 bits of a hash in base32 (the did:plc specification).
const PLC_LENGTH: usize = 24;
/// Characters of a record key that is a timestamp, as all keys of posts are (<https://atproto.com/specs/tid>).
const TID_LENGTH: usize = 13;
/// The longest value that X's apps add to a link when somebody shares it (`s`, `t`). They are dropped.
const LONGEST_SHARE_MARK: usize = 64;

/// Hosts on which X shows posts.
const X_HOSTS: [&str; 6] =
    ["x.com", "www.x.com", "mobile.x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com"];
/// The host on which Bluesky's own app shows posts.
const BLUESKY_HOST: &str = "bsky.app";
/// The collection of posts on Bluesky.
const BLUESKY_POSTS: &str = "app.bsky.feed.post";

/// Why a text is not the address of a post. Says what to do and repeats nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPost {
    /// Beyond what any address of a post has.
    #[error("This is longer than the address of a post. Copy the link to one post.")]
    TooLong,
    /// Neither `https://` nor `at://`.
    #[error("The address of a post begins with https://.")]
    NotHttps,
    /// Another site, a port, a user name in front of the host.
    #[error("Only posts on X, on Bluesky and on the channel's own Mastodon server can be taken.")]
    OtherSite,
    /// A page of the platform that is no post, or something behind the address of one.
    #[error(
        "This is not the address of one post, or something stands behind it. Copy the link to the post itself."
    )]
    OtherPage,
}

/// The Mastodon server whose account the channel has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MastodonServer(String);

impl MastodonServer {
    /// Takes a base address such as `https://social.example`. Without TLS and with a port only on this machine.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST)?;
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_safe = match url.scheme() {
            "https" => is_here || url.port().is_none(),
            "http" => is_here,
            _ => false,
        };
        // Nothing but scheme, host and port, written as they are.
        let origin = url.origin().ascii_serialization();
        (is_safe && origin.eq_ignore_ascii_case(text)).then_some(Self(origin))
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0
    }
}

/// Where a post is. Two addresses of one post are equal, except on Bluesky, where one may have the author's handle and
/// the other the DID: [`PostAddress::is_settled`] tells.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PostAddress(Place);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    X { id: String },
    Bluesky { owner: String, key: String },
    Mastodon { origin: String, id: String },
}

impl PostAddress {
    /// Reads an address as people copy it:
    ///
    /// - `https://x.com/NAME/status/ID`, also with `i` or `i/web` as the name, on `twitter.com`, `www.` and `mobile.`,
    ///   and with the marks that X's apps add when sharing;
    /// - `https://bsky.app/profile/HANDLE-OR-DID/post/KEY` and `at://HANDLE-OR-DID/app.bsky.feed.post/KEY`;
    /// - on the configured server `/@name/ID`, `/@name@elsewhere/ID`, `/users/name/statuses/ID`,
    ///   `/ap/users/NUMBER/statuses/ID` and `/statuses/ID`.
    ///
    /// # Errors
    /// [`NotAPost`] for everything else.
    pub fn parse(text: &str, mastodon: Option<&MastodonServer>) -> Result<Self, NotAPost> {
        if text.len() > LONGEST {
            return Err(NotAPost::TooLong);
        }
        if let Some(rest) = text.strip_prefix("at://") {
            return match rest.split('/').collect::<Vec<_>>()[..] {
                [owner, BLUESKY_POSTS, key] => Self::bluesky(owner, key),
                _ => None,
            }
            .ok_or(NotAPost::OtherPage);
        }
        let is_ours = mastodon.filter(|server| starts_with_ignoring_case(text, server.origin()));
        if !starts_with_ignoring_case(text, "https://") && is_ours.is_none() {
            return Err(NotAPost::NotHttps);
        }
        let url = Url::parse(text).map_err(|_| NotAPost::OtherSite)?;
        // What the parser would tidy up (white space, backslashes, `..`, a default port, an empty user name, letters of
        // other scripts) was not copied from a platform.
        if !url.as_str().eq_ignore_ascii_case(text) {
            return Err(NotAPost::OtherPage);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAPost::OtherSite);
        }
        let path = url.path().split('/').skip(1).collect::<Vec<_>>();
        let bare = url.query().is_none() && url.fragment().is_none();
        let origin = url.origin().ascii_serialization();
        let host = url.host_str().filter(|_| url.scheme() == "https" && url.port().is_none());
        let found = match host {
            _ if mastodon.is_some_and(|server| server.origin() == origin) => {
                bare.then(|| mastodon_id(&path)).flatten().and_then(|id| Self::on_mastodon(&origin, id))
            }
            Some(host) if X_HOSTS.contains(&host) => {
                has_share_marks_only(&url).then(|| x_id(&path)).flatten().and_then(Self::x)
            }
            Some(BLUESKY_HOST) => match path[..] {
                ["profile", owner, "post", key] if bare => Self::bluesky(owner, key),
                _ => None,
            },
            _ => return Err(NotAPost::OtherSite),
        };
        found.ok_or(NotAPost::OtherPage)
    }

    /// The post on X with this id.
    #[must_use]
    pub fn x(id: &str) -> Option<Self> {
        is_number(id).then(|| Self(Place::X { id: id.to_owned() }))
    }

    /// The post on Bluesky in the repository of this handle or DID, under this key.
    #[must_use]
    pub fn bluesky(owner: &str, key: &str) -> Option<Self> {
        let owner = if is_did(owner) { owner.to_owned() } else { bluesky_handle(owner)? };
        is_tid(key).then(|| Self(Place::Bluesky { owner, key: key.to_owned() }))
    }

    /// The post that the configured server knows by this id.
    #[must_use]
    pub fn mastodon(server: &MastodonServer, id: &str) -> Option<Self> {
        Self::on_mastodon(server.origin(), id)
    }

    fn on_mastodon(origin: &str, id: &str) -> Option<Self> {
        is_number(id).then(|| Self(Place::Mastodon { origin: origin.to_owned(), id: id.to_owned() }))
    }

    /// The platform.
    #[must_use]
    pub fn platform(&self) -> PlatformName {
        PlatformName::new(match self.0 {
            Place::X { .. } => "x",
            Place::Bluesky { .. } => "bluesky",
            Place::Mastodon { .. } => "mastodon",
        })
    }

    /// The post's id on X or on the Mastodon server; its record's key on Bluesky, unique only with the owner.
    #[must_use]
    pub fn id(&self) -> &str {
        match &self.0 {
            Place::X { id } | Place::Mastodon { id, .. } => id,
            Place::Bluesky { key, .. } => key,
        }
    }

    /// On Bluesky whose repository the post is in: a DID, or a handle that still has to be resolved to one.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        match &self.0 {
            Place::Bluesky { owner, .. } => Some(owner),
            _ => None,
        }
    }

    /// False if it has a handle, which may pass to somebody else: resolve it before comparing or storing.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.owner().is_none_or(is_did)
    }

    /// The address of the page that shows the post, for people.
    #[must_use]
    pub fn page(&self) -> String {
        match &self.0 {
            Place::Bluesky { owner, key } => format!("https://{BLUESKY_HOST}/profile/{owner}/post/{key}"),
            _ => self.to_string(),
        }
    }
}

/// The canonical form, which [`PostAddress::parse`] reads back.
impl fmt::Display for PostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::X { id } => write!(f, "https://x.com/i/status/{id}"),
            Place::Bluesky { owner, key } => write!(f, "at://{owner}/{BLUESKY_POSTS}/{key}"),
            Place::Mastodon { origin, id } => write!(f, "{origin}/statuses/{id}"),
        }
    }
}

/// An address leads to a person: prints only say which platform it is on.
impl fmt::Debug for PostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostAddress({}, ..)", self.platform())
    }
}

impl From<PostAddress> for String {
    fn from(address: PostAddress) -> Self {
        address.to_string()
    }
}

/// Reads the canonical form as it was stored, whichever Mastodon server was configured then. What people send goes through
/// [`PostAddress::parse`] alone.
impl TryFrom<String> for PostAddress {
    type Error = NotAPost;

    fn try_from(text: String) -> Result<Self, NotAPost> {
        let origin = text.match_indices('/').nth(2).and_then(|(end, _)| text.get(..end));
        let server = origin.and_then(MastodonServer::parse);
        let server = server.filter(|_| text.contains("/statuses/"));
        Self::parse(&text, server.as_ref())
    }
}

/// True for the digits of a positive 64-bit integer with a sign, without leading zeros.
pub(super) fn is_number(text: &str) -> bool {
    (1..=MOST_DIGITS).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<i64>().is_ok()
}

/// True for identifiers of the two kinds that Bluesky uses (<https://atproto.com/specs/did>).
pub(super) fn is_did(text: &str) -> bool {
    if let Some(name) = text.strip_prefix("did:plc:") {
        return name.len() == PLC_LENGTH
            && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
    }
    text.strip_prefix("did:web:").is_some_and(|name| bluesky_handle(name).as_deref() == Some(name))
}

/// A handle in lower case: a domain name whose last label does not begin with a digit
/// (<https://atproto.com/specs/handle>).
pub(crate) fn bluesky_handle(text: &str) -> Option<String> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = text.rsplit('.').next()?;
    let is_handle = text.len() <= LONGEST_NAME
        && text.contains('.')
        && text.split('.').all(is_label)
        && last.starts_with(|one: char| one.is_ascii_alphabetic())
        // What the network shows for an account whose handle is not its own.
        && !last.eq_ignore_ascii_case("invalid");
    is_handle.then(|| text.to_ascii_lowercase())
}

fn is_tid(text: &str) -> bool {
    let is_digit = |byte| matches!(byte, b'2'..=b'7' | b'a'..=b'z');
    // The highest bit is zero.
    text.len() == TID_LENGTH
        && text.bytes().all(is_digit)
        && text.starts_with(|first| matches!(first, '2'..='7' | 'a'..='j'))
}

fn x_id<'a>(path: &[&'a str]) -> Option<&'a str> {
    let is_handle = |name: &str| {
        (1..=LONGEST_X_HANDLE).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    match *path {
        ["i", "web", "status", id] => Some(id),
        [name, "status" | "statuses", id] if is_handle(name) => Some(id),
        _ => None,
    }
}

fn has_share_marks_only(url: &Url) -> bool {
    let is_mark = |pair: &str| {
        let value = pair.strip_prefix("s=").or_else(|| pair.strip_prefix("t="));
        value.is_some_and(|value| {
            (1..=LONGEST_SHARE_MARK).contains(&value.len())
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        })
    };
    url.fragment().is_none() && url.query().is_none_or(|query| query.split('&').all(is_mark))
}

/// The id in the forms of `config/routes.rb` of Mastodon 4.
fn mastodon_id<'a>(path: &[&'a str]) -> Option<&'a str> {
    match *path {
        ["statuses", id] => Some(id),
        ["users", name, "statuses", id] if is_mastodon_name(name) => Some(id),
        ["ap", "users", number, "statuses", id] if is_number(number) => Some(id),
        [account, id] => {
            let account = account.strip_prefix('@')?;
            let (name, elsewhere) = account.split_once('@').unwrap_or((account, "other.example"));
            (is_mastodon_name(name) && bluesky_handle(elsewhere).is_some()).then_some(id)
        }
        _ => None,
    }
}

fn is_mastodon_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let is_outer = |one: char| one.is_ascii_alphanumeric() || one == '_';
    (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(is_inner)
        && name.starts_with(is_outer)
        && name.ends_with(is_outer)
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(start))
}
