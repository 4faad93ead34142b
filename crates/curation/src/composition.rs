//! Composition: the exact posts that one revision becomes on each platform, and their content hash.
//!
//! Invariant: what is voted on is what is published. Reviewers see these renderings, the publisher sends these
//! renderings, and the hash that ballots are bound to covers every byte of them.

mod fingerprint;
pub mod mastodon;
mod note;
mod target;
#[cfg(test)]
mod tests;
mod turns;
mod weighted;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

pub use self::fingerprint::{fingerprint, tidied};
pub use self::target::{Changed, Seen, Target, Visible};
pub use self::turns::{Form, compose_in_turn};

/// A platform's name as stored and shown, such as `local` or `bluesky`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlatformName(String);

impl PlatformName {
    /// Names a platform. Names are configuration, not input.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlatformName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What one platform accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformRules {
    /// The platform.
    pub platform: PlatformName,
    /// The longest post, in what the platform counts.
    pub longest: usize,
    /// How the platform counts.
    pub measure: Measure,
    /// The longest post in bytes of UTF-8, where one character may take many.
    pub most_bytes: usize,
    /// The longest thread, in posts: nobody reads on for ever.
    pub most_parts: usize,
    /// Whether a post can quote another one. Where it cannot, the other is boosted and answered.
    pub quotes: bool,
    /// Whether a post can be hidden behind a note of what it is about. Elsewhere the note stands in front of the words.
    pub content_notes: bool,
}

impl PlatformRules {
    fn fits(&self, text: &str) -> bool {
        text.len() <= self.most_bytes && self.measure.of(text) <= self.longest
    }

    /// The bytes of the longest beginning that fits and ends between graphemes. None if not even one fits.
    fn fitting(&self, text: &str) -> usize {
        let ends = text.grapheme_indices(true).map(|(offset, grapheme)| offset + grapheme.len());
        ends.take_while(|end| self.fits(&text[..*end])).last().unwrap_or(0)
    }

    /// How many of the platform's characters have to go for the rest to fit.
    fn excess(&self, text: &str) -> usize {
        if self.fits(text) {
            return 0;
        }
        let fitting = self.measure.of(&text[..self.fitting(text)]);
        // What is too long in bytes alone is too long by something.
        self.measure.of(text).saturating_sub(fitting).max(1)
    }
}

/// How a platform measures the length of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Extended grapheme clusters (UAX #29), as Bluesky counts.
    Graphemes,
    /// The weighted length of twitter-text 3, as X counts: most letters are one, emoji and most other scripts two, a
    /// link is 23.
    Weighted,
    /// As Mastodon counts: grapheme clusters too, but each address as `per_url`, and of an account on another server its
    /// name alone.
    Mastodon {
        /// What the server counts for an address.
        per_url: usize,
    },
}

impl Measure {
    /// The length of `text`, in what the platform counts.
    #[must_use]
    pub fn of(self, text: &str) -> usize {
        match self {
            Self::Graphemes => text.graphemes(true).count(),
            Self::Weighted => weighted::length(text),
            Self::Mastodon { per_url } => mastodon::length(text, per_url),
        }
    }
}

/// A disclaimer of a given version, as it is attached to a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclaimer {
    /// Which of the channel's disclaimers.
    pub id: String,
    /// Its version, so that a changed wording is a changed content.
    pub version: u32,
    /// The words.
    pub text: String,
}

/// Who may answer a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replies {
    /// Nobody: the default, since a reply is where somebody discloses what they later regret.
    Nobody,
}

/// How a first part shares somebody else's post, which it names by the canonical form of its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// The part quotes it, so that readers see both together.
    Quote(String),
    /// The part has no words and passes it on; the part after it answers it.
    Boost(String),
}

/// The exact posts for one platform, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    /// The platform.
    pub platform: PlatformName,
    /// The texts, first to last; more than one is a thread. A boost has none.
    pub parts: Vec<String>,
    /// What the first part shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Share>,
    /// What every text is hidden behind until a reader asks for it, where the platform has such notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_note: Option<String>,
    /// Who may reply.
    pub replies: Replies,
}

/// Everything that would be published from one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    /// The words, as proposed or reworded: our own. Beside a target there may be none.
    pub words: String,
    /// The disclaimer that goes with them.
    pub disclaimer: Disclaimer,
    /// Somebody else's post that is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// One rendering per enabled platform, in the order of the platforms' names. A target without a pointer has one, on its
    /// own platform.
    pub renderings: Vec<Rendering>,
    /// The further forms of what appears again and again ([`compose_in_turn`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Form>,
}

/// Why a revision cannot be composed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Uncomposable {
    /// The words do not fit.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// The target is on a platform on which the channel does not post.
    #[error("the channel does not post on {0}")]
    NotThere(PlatformName),
}

impl Uncomposable {
    /// The platform for which it cannot be composed.
    #[must_use]
    pub fn platform(&self) -> &PlatformName {
        match self {
            Self::TooLong(TooLong { platform, .. }) | Self::NotThere(platform) => platform,
        }
    }

    /// How many of the platform's characters are too many; none if length is not why.
    #[must_use]
    pub fn excess(&self) -> usize {
        match self {
            Self::TooLong(too_long) => too_long.excess,
            Self::NotThere(_) => 0,
        }
    }
}

/// The words do not fit a platform, even as a thread.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("too long for {platform} by {excess} characters")]
pub struct TooLong {
    /// The platform that refused.
    pub platform: PlatformName,
    /// How many of the platform's characters are too many.
    pub excess: usize,
}

/// Composes `words`, a disclaimer and what is shared for each platform.
///
/// The disclaimer shares the last post with the end of the words, if its last word fits beside it: a post that is nothing
/// but a disclaimer would repeat word for word, which platforms refuse. A target is shared on its own platform; elsewhere
/// the words point to it, if its author asked for it. Words and disclaimer stand in the very post that quotes it, or that
/// answers it where it
/// can only be boosted, so that neither is seen without the other: they have to fit one post.
///
/// A first line such as "Content note: grief" is a content note: where the platform has such notes, it is no part of the
/// text, and the text is hidden behind it.
///
/// # Errors
/// [`Uncomposable`]: [`TooLong`] for the first platform whose longest thread is too short, with the excess.
pub fn compose(
    words: &str,
    disclaimer: &Disclaimer,
    target: Option<&Target>,
    platforms: &[PlatformRules],
) -> Result<Composition, Uncomposable> {
    let mut renderings = match target {
        None => platforms.iter().map(|rules| own(words, disclaimer, rules)).collect::<Result<Vec<_>, _>>()?,
        Some(target) => {
            if !platforms.iter().any(|rules| rules.platform == target.platform) {
                return Err(Uncomposable::NotThere(target.platform.clone()));
            }
            let mut renderings = Vec::new();
            for rules in platforms {
                if rules.platform == target.platform {
                    renderings.push(sharing(words, disclaimer, target, rules)?);
                } else if let Some(pointer) = &target.pointer {
                    renderings.push(own(&beside(words, pointer), disclaimer, rules)?);
                }
            }
            renderings
        }
    };
    renderings.sort_by(|a, b| a.platform.cmp(&b.platform));
    let (words, disclaimer, target) = (words.to_owned(), disclaimer.clone(), target.cloned());
    Ok(Composition { words, disclaimer, target, renderings, turns: vec![] })
}

fn own(words: &str, disclaimer: &Disclaimer, rules: &PlatformRules) -> Result<Rendering, TooLong> {
    let (content_note, words, rules) = behind_note(words, rules);
    let parts = render(words, &disclaimer.text, &rules)?;
    Ok(Rendering { platform: rules.platform, parts, shares: None, content_note, replies: Replies::Nobody })
}

/// Takes the content note out of the words where the platform has a place for it, and what it counts out of the length.
fn behind_note<'a>(words: &'a str, rules: &PlatformRules) -> (Option<String>, &'a str, PlatformRules) {
    match note::split(words).filter(|_| rules.content_notes) {
        None => (None, words, rules.clone()),
        Some((note, words)) => {
            let longest = rules.longest.saturating_sub(rules.measure.of(note));
            (Some(note.to_owned()), words, PlatformRules { longest, ..rules.clone() })
        }
    }
}

fn sharing(
    words: &str,
    disclaimer: &Disclaimer,
    target: &Target,
    rules: &PlatformRules,
) -> Result<Rendering, TooLong> {
    let (content_note, words, rules) = behind_note(words, rules);
    let post = beside(words, &disclaimer.text);
    match rules.excess(&post) {
        0 => {}
        excess => return Err(TooLong { platform: rules.platform, excess }),
    }
    let (parts, share) = match rules.quotes && target.quotable {
        true => (vec![post], Share::Quote(target.post.clone())),
        false => (vec![String::new(), post], Share::Boost(target.post.clone())),
    };
    let (platform, shares) = (rules.platform, Some(share));
    Ok(Rendering { platform, parts, shares, content_note, replies: Replies::Nobody })
}

/// Words, of which there may be none, and what stands below them.
fn beside(words: &str, below: &str) -> String {
    match words.trim() {
        "" => below.to_owned(),
        words => format!("{words}\n\n{below}"),
    }
}

fn render(words: &str, disclaimer: &str, rules: &PlatformRules) -> Result<Vec<String>, TooLong> {
    let mut parts = split(words, rules);
    let last = parts.pop().unwrap_or_default();
    if rules.fits(&beside(&last, disclaimer)) {
        parts.push(beside(&last, disclaimer));
        return within(parts, rules);
    }
    parts.extend([last, disclaimer.to_owned()]);
    let mut parts = within(parts, rules)?;
    // As many posts, cut elsewhere.
    let end = parts.len().saturating_sub(2);
    if let Some(cut) = end_beside(&parts[end], disclaimer, rules) {
        parts[end + 1] = beside(&parts[end][cut..], disclaimer);
        parts[end] = parts[end][..cut].trim_end().to_owned();
    }
    Ok(parts)
}

/// The parts, if there are not too many of them and each fits.
fn within(parts: Vec<String>, rules: &PlatformRules) -> Result<Vec<String>, TooLong> {
    let beyond = parts.iter().skip(rules.most_parts).map(|part| rules.measure.of(part)).sum::<usize>();
    // Words are cut, a disclaimer is not; and nothing cuts one character that is larger than a post.
    let over = parts.iter().take(rules.most_parts).map(|part| rules.excess(part)).sum::<usize>();
    let excess = beyond + over;
    if excess > 0 || parts.len() > rules.most_parts {
        return Err(TooLong { platform: rules.platform.clone(), excess });
    }
    Ok(parts)
}

/// Where the end of a last part begins that fits one post with the disclaimer: the most of its sentences, else the most of
/// its words. None if not even its last word fits.
fn end_beside(last: &str, disclaimer: &str, rules: &PlatformRules) -> Option<usize> {
    let fits = |cut: &usize| rules.fits(&beside(&last[*cut..], disclaimer));
    let begins = |(offset, one): (usize, char)| {
        (!one.is_whitespace() && last[..offset].ends_with(char::is_whitespace)).then_some(offset)
    };
    let words = last.char_indices().filter_map(begins).collect::<Vec<_>>();
    let is_sentence = |offset: &usize| last[..*offset].trim_end().ends_with(SENTENCES_END);
    let sentences = words.iter().copied().filter(is_sentence);
    sentences.chain(words.iter().copied()).find(fits)
}

/// What a sentence ends with.
const SENTENCES_END: [char; 4] = ['.', '!', '?', '…'];

/// Cuts into parts that fit. Only the white space at the cuts is dropped.
fn split(words: &str, rules: &PlatformRules) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = words.trim();
    while !rules.fits(rest) {
        let cut = first_cut(rest, rules);
        parts.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
}

/// Where a text that does not fit is cut first: at white space, preferring the end of a sentence in the second half of a
/// post; a longer word is cut between graphemes.
///
/// Lengths are measured anew for each beginning, since they need not add up: half a link is longer than a whole one.
/// Between words they do add up, so the first beginning that is too long ends the search.
fn first_cut(text: &str, rules: &PlatformRules) -> usize {
    let is_space = |grapheme: &str| grapheme.chars().all(char::is_whitespace);
    let (mut space, mut sentence) = (None, None);
    let mut previous = "";
    for (offset, grapheme) in text.grapheme_indices(true) {
        if is_space(grapheme) && !is_space(previous) {
            let beginning = &text[..offset];
            if !rules.fits(beginning) {
                break;
            }
            space = Some(offset);
            if previous.ends_with(SENTENCES_END) && rules.measure.of(beginning) > rules.longest / 2 {
                sentence = Some(offset);
            }
        }
        previous = grapheme;
    }
    sentence.or(space).filter(|cut| *cut > 0).unwrap_or_else(|| {
        // A part takes at least one character, or cutting would never end.
        let one = text.graphemes(true).next().map_or(text.len(), str::len);
        rules.fitting(text).max(one)
    })
}

/// 16 random bytes that keep a short text from being guessed from its hash. Erased with the text.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt(pub [u8; 16]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        data_encoding::HEXLOWER.encode(&salt.0)
    }
}

impl TryFrom<String> for Salt {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or("a salt is 32 hexadecimal digits")
    }
}

/// A salted SHA-256, in lower-case hexadecimal: what ballots, releases and audit entries are bound to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentHash(String);

impl ContentHash {
    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Commits to a value: SHA-256 over the salt and the value's canonical JSON (RFC 8785).
#[must_use]
pub fn commit<T: Serialize>(value: &T, salt: Salt) -> ContentHash {
    let mut hasher = Sha256::new();
    hasher.update(salt.0);
    hasher.update(canonical(value));
    ContentHash(data_encoding::HEXLOWER.encode(&hasher.finalize()))
}

/// A value's canonical JSON (RFC 8785).
pub(crate) fn canonical<T: Serialize>(value: &T) -> Vec<u8> {
    // Unwrap safety: only own types with string keys and finite numbers are passed, which always serialise.
    #[allow(clippy::expect_used)]
    serde_json_canonicalizer::to_vec(value).expect("own types serialise")
}
