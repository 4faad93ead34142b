//! What a post is known by when its words may not be read any more.
//!
//! Invariant: what a platform changes as it stores a text (composition of letters, characters without a form, white
//! space, links) changes no fingerprint.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

/// Bytes of the hash that are kept: enough to tell posts of one timeline apart.
const KEPT: usize = 16;

/// The fingerprint of a post with this text, salted with its delivery's key: 32 hexadecimal digits. `None` if nothing is
/// left of the text but links.
#[must_use]
pub fn fingerprint(text: &str, key: &str) -> Option<String> {
    let text = tidied(text);
    let mut hasher = Sha256::new();
    hasher.update(key);
    let mut is_empty = true;
    for word in text.split_whitespace().filter(|word| !may_be_link(word)) {
        is_empty = false;
        hasher.update([0]);
        hasher.update(word);
    }
    (!is_empty).then(|| data_encoding::HEXLOWER.encode(&hasher.finalize()[..KEPT]))
}

/// Platforms put addresses of their own in the place of links, and take words with a full stop inside for links.
fn may_be_link(word: &str) -> bool {
    word.contains("://") || word.trim_end_matches('.').contains('.')
}

/// Composed (NFC), and without what platforms take out of a text: control characters, marks of direction, and what is no
/// character.
#[must_use]
pub fn tidied(text: &str) -> String {
    let is_taken_out = |one: &char| {
        (one.is_ascii_control() && !matches!(one, '\n' | '\r'))
            || matches!(one, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2065}')
            || matches!(one, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
    };
    // Composed afterwards: what stood between a letter and its accent is gone.
    text.chars().filter(|one| !is_taken_out(one)).nfc().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_a_platform_changes_changes_no_fingerprint() {
        let sent = fingerprint("Cafe\u{301}s help.\n\nMore at example.org/more \u{200E}today", "k");
        let stored = fingerprint("Caf\u{e9}s help. More at https://t.co/abc today https://t.co/d", "k");
        assert_eq!(sent, stored);
        assert_eq!(sent.unwrap().len(), 2 * KEPT);
    }

    #[test]
    fn other_words_and_other_keys_have_other_fingerprints() {
        let all = [("One two", "k"), ("One twO", "k"), ("Onetwo", "k"), ("two One", "k"), ("One two", "l")];
        let all = all.map(|(text, key)| fingerprint(text, key).unwrap());
        for (at, one) in all.iter().enumerate() {
            assert!(!all[..at].contains(one), "{at}");
        }
        assert_eq!(fingerprint(" https://example.org \n", "k"), None);
    }
}
