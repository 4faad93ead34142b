//! The web: pages, forms, signed links, the public API, and the words of mails.
//!
//! Invariants: a GET or HEAD changes nothing; every answer carries the security headers; whatever is wrong with a link,
//! the page is the same; where somebody may be in danger, help comes with the answer, whatever else the answer says.

pub mod correspondence;
pub mod headers;
pub mod links;
pub mod mail;
pub mod pages;
pub mod routes;

use std::sync::Arc;

use app::Core;
use curation::composition::PlatformRules;
use platforms::intake::MastodonServer;

/// What the routes need.
#[derive(Clone)]
pub struct Web {
    /// The use cases' own.
    pub core: Core,
    /// The platforms that words are composed for.
    pub rules: Vec<PlatformRules>,
    /// Seals links and forms.
    pub keys: Arc<links::Keyring>,
    /// Where these pages are, without a slash at the end.
    pub base_url: String,
    /// How many proposals one source may make an hour.
    pub hourly_limit: u64,
    /// Keeps addresses of callers from being guessed from their counters.
    pub address_secret: [u8; 32],
    /// The Mastodon server of the channel's account: posts there, and on no other, can be proposed by their link.
    pub mastodon: Option<MastodonServer>,
}
