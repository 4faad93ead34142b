//! Recognising the same words in another post.
//!
//! Invariant: what is kept is a keyed hash, for 30 days, from which no words can be had.

use unicode_normalization::UnicodeNormalization;

use super::IntakeSecret;

/// Fewer words say too little to be somebody's text: two posts of "Please share!" are not the same.
const FEWEST_WORDS: usize = 5;

/// A keyed hash of the words, whatever their case, punctuation, names, tags and links; of the address where there are too
/// few of them.
pub(super) fn hash(secret: &IntakeSecret, text: &str, address: &str) -> String {
    let words = normalised(text);
    match words.len() {
        ..FEWEST_WORDS => secret.hash("address", &[address]),
        _ => secret.hash("words", &[&words.join(" ")]),
    }
}

fn normalised(text: &str) -> Vec<String> {
    text.split_whitespace()
        .filter(|word| !word.starts_with(['@', '#', '＠', '＃']) && !word.contains("://"))
        .map(|word| {
            let word = word.nfkc().flat_map(char::to_lowercase);
            word.filter(|one| one.is_alphanumeric()).collect::<String>()
        })
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: IntakeSecret = IntakeSecret([7; 32]);
    const TEXT: &str = "Grounding helps some people. It may help you, too!";

    #[test]
    fn the_same_words_are_recognised_in_another_dress() {
        let one = hash(&SECRET, TEXT, "a");
        for other in [
            "grounding HELPS some people — it may help you too",
            "@friend Grounding helps some people. It may help you, too! #therapy https://t.co/abc",
            "Ｇｒｏｕｎｄｉｎｇ helps some\n\npeople. It may help you, too… 🙏",
        ] {
            assert_eq!(hash(&SECRET, other, "b"), one, "{other}");
        }
        assert_ne!(hash(&SECRET, "Grounding helps some people. It may not help you.", "a"), one);
        assert_ne!(hash(&IntakeSecret([8; 32]), TEXT, "a"), one);
    }

    #[test]
    fn few_words_are_nobodys_text() {
        assert_ne!(hash(&SECRET, "Please share!", "a"), hash(&SECRET, "Please share!", "b"));
        assert_eq!(hash(&SECRET, "", "a"), hash(&SECRET, "🙏", "a"));
    }
}
