//! Somebody else's post, as reviewers and whoever proposed it see it: as it is, and plainly not ours.

use super::When;

/// A post that would be shared.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Shared {
    /// The platform's name, as people know it.
    pub platform: String,
    /// The author's handle, without `@`.
    pub handle: String,
    /// The words.
    pub text: String,
    /// When it was posted, where that is known.
    pub at: Option<When>,
    /// The page that shows it.
    pub page: String,
    /// How many pictures, videos, polls and quoted posts come with it.
    pub attachments: u32,
}

/// How the first post on a platform shares somebody else's.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Sharing {
    /// It does not.
    #[default]
    Nothing,
    /// It quotes it.
    Quote,
    /// It has no words and passes it on; the next one answers it.
    Boost,
}

impl Sharing {
    pub(super) fn quotes(self) -> bool {
        self == Self::Quote
    }

    pub(super) fn boosts(self) -> bool {
        self == Self::Boost
    }
}
