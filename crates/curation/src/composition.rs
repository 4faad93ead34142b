//! Composition: the exact posts that one revision becomes on each platform, and their content hash.
//!
//! Invariant: what is voted on is what is published. Reviewers see these renderings, the publisher sends these
//! renderings, and the hash that ballots are bound to covers every byte of them.

pub mod mastodon;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

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
}

impl PlatformRules {
    fn fits(&self, text: &str) -> bool {
        text.len() <= self.most_bytes && self.measure.of(text) <= self.longest
    }

    /// How many of the platform's characters have to go for the rest to fit.
    fn excess(&self, text: &str) -> usize {
        let fitting = text
            .grapheme_indices(true)
            .take(self.longest)
            .take_while(|(offset, grapheme)| offset + grapheme.len() <= self.most_bytes)
            .count();
        self.measure.of(text) - fitting
    }
}

/// How a platform measures the length of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Extended grapheme clusters (UAX #29), as Bluesky counts.
    Graphemes,
    /// As Mastodon counts: the same, but each address as `per_url`, and of an account on another server its name alone.
    Mastodon {
        /// What the server counts for an address.
        per_url: usize,
    },
}

impl Measure {
    fn of(self, text: &str) -> usize {
        match self {
            Self::Graphemes => text.graphemes(true).count(),
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

/// The exact posts for one platform, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    /// The platform.
    pub platform: PlatformName,
    /// The texts, first to last; more than one is a thread.
    pub parts: Vec<String>,
    /// Who may reply.
    pub replies: Replies,
}

/// Everything that would be published from one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composition {
    /// The words, as proposed or reworded.
    pub words: String,
    /// The disclaimer that goes with them.
    pub disclaimer: Disclaimer,
    /// One rendering per enabled platform, in the order of the platforms' names.
    pub renderings: Vec<Rendering>,
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

/// Composes `words` and a disclaimer for each platform.
///
/// The disclaimer shares the last post where it fits and is a post of its own where it does not.
///
/// # Errors
/// [`TooLong`] for the first platform whose longest thread is too short, with the excess.
pub fn compose(
    words: &str,
    disclaimer: &Disclaimer,
    platforms: &[PlatformRules],
) -> Result<Composition, TooLong> {
    let mut renderings = platforms
        .iter()
        .map(|rules| {
            render(words, &disclaimer.text, rules).map(|parts| Rendering {
                platform: rules.platform.clone(),
                parts,
                replies: Replies::Nobody,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    renderings.sort_by(|a, b| a.platform.cmp(&b.platform));
    Ok(Composition { words: words.to_owned(), disclaimer: disclaimer.clone(), renderings })
}

fn render(words: &str, disclaimer: &str, rules: &PlatformRules) -> Result<Vec<String>, TooLong> {
    let mut parts = split(words, rules);
    match parts.last_mut() {
        Some(last) if rules.fits(&format!("{last}\n\n{disclaimer}")) => {
            last.push_str("\n\n");
            last.push_str(disclaimer);
        }
        _ => parts.push(disclaimer.to_owned()),
    }
    let beyond = parts.iter().skip(rules.most_parts).map(|part| rules.measure.of(part)).sum::<usize>();
    // Words are cut, a disclaimer is not; and nothing cuts one character that is larger than a post.
    let over = parts.iter().take(rules.most_parts).map(|part| rules.excess(part)).sum::<usize>();
    let excess = beyond + over;
    if excess > 0 || parts.len() > rules.most_parts {
        return Err(TooLong { platform: rules.platform.clone(), excess });
    }
    Ok(parts)
}

/// Cuts at white space, preferring the end of a sentence in the second half of a post; a longer word is cut between
/// graphemes. Only the white space at the cuts is dropped.
fn split(words: &str, rules: &PlatformRules) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = words.trim();
    while !rules.fits(rest) {
        // A part takes at least one character, or cutting would never end.
        let mut fitting = rest.graphemes(true).next().map_or(rest.len(), str::len);
        let (mut space, mut sentence) = (None, None);
        let mut previous = "";
        for (count, (offset, grapheme)) in rest.grapheme_indices(true).enumerate() {
            if count > rules.longest || offset > rules.most_bytes {
                break;
            }
            if grapheme.chars().all(char::is_whitespace) {
                space = Some(offset);
                if matches!(previous, "." | "!" | "?" | "…") && count > rules.longest / 2 {
                    sentence = Some(offset);
                }
            }
            let end = offset + grapheme.len();
            if count < rules.longest && end <= rules.most_bytes {
                fitting = fitting.max(end);
            }
            previous = grapheme;
        }
        let cut = sentence.or(space).filter(|cut| *cut > 0).unwrap_or(fitting);
        parts.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn rules(longest: usize, most_parts: usize) -> PlatformRules {
        PlatformRules {
            platform: PlatformName::new("local"),
            longest,
            measure: Measure::Graphemes,
            most_bytes: 100 * longest,
            most_parts,
        }
    }

    fn disclaimer() -> Disclaimer {
        Disclaimer { id: "plain".into(), version: 1, text: "General information only.".into() }
    }

    fn parts(words: &str, longest: usize) -> Vec<String> {
        compose(words, &disclaimer(), &[rules(longest, 50)]).unwrap().renderings.remove(0).parts
    }

    #[test]
    fn a_disclaimer_joins_the_last_post_at_the_exact_boundary() {
        assert_eq!(parts("abc", 30), ["abc\n\nGeneral information only."]);
        assert_eq!(parts("abcd", 30), ["abcd", "General information only."]);
    }

    #[test]
    fn a_family_emoji_is_one_character() {
        assert_eq!(parts(&"👩‍👩‍👧‍👦".repeat(28), 28).len(), 2);
        assert_eq!(parts(&"👩‍👩‍👧‍👦".repeat(30), 28).len(), 3);
    }

    #[test]
    fn what_cannot_fit_names_the_excess() {
        let refused = compose(&"word ".repeat(40), &disclaimer(), &[rules(30, 3)]).unwrap_err();
        assert_eq!(refused.platform.as_str(), "local");
        assert!(refused.excess > 0);
    }

    #[test]
    fn the_hash_covers_every_part_and_the_salt() {
        let one = compose("One.", &disclaimer(), &[rules(300, 10)]).unwrap();
        let mut other = one.clone();
        other.renderings[0].parts[0].push('!');
        let salt = Salt([7; 16]);
        assert_eq!(commit(&one, salt), commit(&one.clone(), salt));
        assert_ne!(commit(&one, salt), commit(&other, salt));
        assert_ne!(commit(&one, salt), commit(&one, Salt([8; 16])));
    }

    #[test]
    fn a_character_larger_than_a_post_is_refused_and_not_cut() {
        let towering = format!("a{}", "\u{301}".repeat(2_000));
        let refused = compose(&towering, &disclaimer(), &[rules(30, 3)]).unwrap_err();
        assert_eq!(refused.excess, 1);
        let among_others = format!("before {towering} after");
        assert_eq!(compose(&among_others, &disclaimer(), &[rules(30, 6)]).unwrap_err().excess, 1);
    }

    proptest! {
        #[test]
        fn every_post_keeps_to_characters_and_bytes(
            words in "[ -~]{0,60}[a-c \u{301}\u{1F469}\u{200D}]{1,200}", longest in 26usize..80, most_bytes in 26usize..200
        ) {
            let rules = PlatformRules { most_bytes, ..rules(longest, 500) };
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            match compose(&words, &disclaimer(), std::slice::from_ref(&rules)) {
                Ok(mut composed) => {
                    let parts = composed.renderings.remove(0).parts;
                    prop_assert!(parts.iter().all(|part| part.graphemes(true).count() <= longest && part.len() <= most_bytes));
                    prop_assert_eq!(squeeze(&parts.concat()), squeeze(&words) + &squeeze(&disclaimer().text));
                }
                // Only a single character may be larger than a post.
                Err(_) => prop_assert!(words.graphemes(true).any(|one| one.len() > most_bytes)),
            }
        }

        #[test]
        fn every_post_fits_and_no_word_is_lost(words in "[ -~\u{e9}\u{1F469}\u{200D}\n]{1,400}", longest in 26usize..80) {
            let parts = parts(&words, longest);
            let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert!(parts.iter().all(|part| part.graphemes(true).count() <= longest));
            prop_assert_eq!(squeeze(&parts.concat()), squeeze(&words) + &squeeze(&disclaimer().text));
        }
    }
}
