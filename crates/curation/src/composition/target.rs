//! Somebody else's post, which the channel shares with words of its own beside it.
//!
//! Invariant: a target is shared where it is and natively, never copied; elsewhere a post points to it at most; and only as
//! long as it is what reviewers saw ([`Target::still`]). It is not ours: no print holds anything of it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PlatformName;

/// What somebody else posted, as reviewers see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Where it is: the canonical form of its address.
    pub post: String,
    /// The platform that it is on.
    pub platform: PlatformName,
    /// Its author's id there, which is theirs for good: digits on X and Mastodon, the DID on Bluesky.
    pub author: String,
    /// The author's handle without `@`, as it was when the post was looked at.
    pub handle: String,
    /// The words.
    pub text: String,
    /// When it was posted, where the platform says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted_at: Option<Timestamp>,
    /// What tells this version of the post from a later one, where the platform has such: on X the id of the latest
    /// edit, on Bluesky the hash of the record (CID), on Mastodon the time of the last edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Pictures, videos, polls, previews of pages and posts quoted within it, which are not part of [`Target::text`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attachments: u32,
    /// False if its author lets nobody, or not the channel, quote it. It may be boosted all the same.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub quotable: bool,
    /// The sentence, with the address of its page, by which the channel's posts on other platforms point to it. None if
    /// its author did not ask for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Target(..)")
    }
}

fn yes() -> bool {
    true
}

// Serde hands over references.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_true(one: &bool) -> bool {
    *one
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Who may read a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visible {
    /// Everybody.
    Public,
    /// Not everybody, or its author asks that it be shown to few.
    Protected,
}

/// What a platform shows at a post's address at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // There is one at a time, for a moment.
pub enum Seen {
    /// The post as it is now.
    There(Target, Visible),
    /// There is none, or none that the channel may read.
    Gone,
}

/// Why a target is not what reviewers saw. A human decides what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Changed {
    /// It is no longer there.
    #[error("the post that it shares is gone")]
    Gone,
    /// Not everybody may read it any more.
    #[error("the post that it shares is no longer public")]
    Protected,
    /// Another account's post stands there.
    #[error("the post that it shares has another author")]
    Author,
    /// Its words, or what comes with them, are others.
    #[error("the post that it shares was edited")]
    Edited,
    /// Its author no longer lets the channel quote it.
    #[error("the author no longer lets the post be quoted")]
    NotQuotable,
}

impl Target {
    /// Whether the target is what `self` says, which is what reviewers saw. A new handle or display name of the same
    /// author changes nothing: the platform shows the present one.
    ///
    /// # Errors
    /// [`Changed`]: the gravest change.
    pub fn still(&self, seen: &Seen) -> Result<(), Changed> {
        let now = match seen {
            Seen::Gone => return Err(Changed::Gone),
            Seen::There(_, Visible::Protected) => return Err(Changed::Protected),
            Seen::There(now, Visible::Public) => now,
        };
        if self.author != now.author || self.platform != now.platform {
            return Err(Changed::Author);
        }
        let is_same = self.post == now.post
            && self.text == now.text
            && self.posted_at == now.posted_at
            && self.version == now.version
            && self.attachments == now.attachments;
        match is_same {
            false => Err(Changed::Edited),
            true if self.quotable && !now.quotable => Err(Changed::NotQuotable),
            true => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn target() -> Target {
        Target {
            post: "https://x.com/i/status/20".into(),
            platform: PlatformName::new("x"),
            author: "12".into(),
            handle: "an_example".into(),
            text: "Somebody's example.".into(),
            posted_at: Some("2026-11-23T12:00:00Z".parse().unwrap()),
            version: Some("20".into()),
            attachments: 0,
            quotable: true,
            pointer: None,
        }
    }

    fn now(change: impl FnOnce(&mut Target)) -> Seen {
        let mut target = target();
        change(&mut target);
        Seen::There(target, Visible::Public)
    }

    #[test]
    fn a_target_is_still_what_it_was_or_a_human_is_told_what_changed() {
        for (seen, expected) in [
            (now(|_| ()), Ok(())),
            (now(|target| target.handle = "renamed".into()), Ok(())),
            (Seen::Gone, Err(Changed::Gone)),
            (Seen::There(target(), Visible::Protected), Err(Changed::Protected)),
            (now(|target| target.author = "13".into()), Err(Changed::Author)),
            (now(|target| target.platform = PlatformName::new("other")), Err(Changed::Author)),
            (now(|target| target.text.push('!')), Err(Changed::Edited)),
            (now(|target| target.version = Some("21".into())), Err(Changed::Edited)),
            (now(|target| target.attachments = 1), Err(Changed::Edited)),
            (now(|target| target.post.push('1')), Err(Changed::Edited)),
            (now(|target| target.posted_at = None), Err(Changed::Edited)),
            (now(|target| target.quotable = false), Err(Changed::NotQuotable)),
        ] {
            assert_eq!(target().still(&seen), expected, "{expected:?}");
        }
        let pointed_to =
            Target { pointer: Some("A post on X: https://x.com/i/status/20".into()), ..target() };
        assert_eq!(pointed_to.still(&now(|_| ())), Ok(()), "the pointer is ours");
        let boosted = Target { quotable: false, ..target() };
        assert_eq!(boosted.still(&now(|_| ())), Ok(()), "what may be quoted now may be boosted as before");
    }

    #[test]
    fn nothing_of_somebody_elses_post_is_printed() {
        assert_eq!(format!("{:?}", Seen::There(target(), Visible::Public)), "There(Target(..), Public)");
    }

    #[test]
    fn a_target_is_read_back_as_it_was_written() {
        let bare = Target { posted_at: None, version: None, ..target() };
        for one in [target(), bare, Target { attachments: 2, quotable: false, ..target() }] {
            let written = serde_json::to_string(&one).unwrap();
            assert_eq!(serde_json::from_str::<Target>(&written).unwrap(), one);
        }
    }
}
