//! Recognising the same words, or nearly the same, in another post.
//!
//! Invariant: what is kept are keyed hashes, for 30 days, from which no words can be had.

use unicode_normalization::UnicodeNormalization;

use super::IntakeSecret;

/// Fewer words say too little to be somebody's text: two posts of "Please share!" are not the same.
const FEWEST_WORDS: usize = 5;

/// From so many words on, texts that are nearly the same count as the same: in fewer, one word more is another text.
const FEWEST_TO_COMPARE: usize = 12;
/// What is compared of two texts: so many words in a row, each such row once.
const ROW: usize = 3;
/// Bands of [`IN_A_BAND`] min-hashes each, of which one in common is enough. Of two texts that share 70% of their rows of
/// words, as after a change of one word in twenty, 995 in 1,000 have one; of texts that share a tenth, as those about the
/// same thing do at most, 2 in 1,000 (1 - (1 - share^4)^20; Broder 1997, "On the resemblance and containment of
/// documents").
const BANDS: usize = 20;
const IN_A_BAND: usize = 4;

/// Keyed hashes of the words, whatever their case, punctuation, names, tags and links: texts of which one is the same are
/// the same, or nearly. Of the address where there are too few words.
pub(super) fn hashes(secret: &IntakeSecret, text: &str, address: &str) -> Vec<String> {
    let words = normalised(text);
    if words.len() < FEWEST_WORDS {
        return vec![secret.hash("address", &[address])];
    }
    let mut hashes = vec![secret.hash("words", &[&words.join(" ")])];
    if words.len() >= FEWEST_TO_COMPARE {
        hashes.extend(bands(secret, &words));
    }
    hashes
}

fn bands(secret: &IntakeSecret, words: &[String]) -> Vec<String> {
    let mut least = [u64::MAX; BANDS * IN_A_BAND];
    for row in words.windows(ROW) {
        let hash = secret.hash("row", &[&row.join(" ")]);
        let hash = u64::from_str_radix(&hash[..16], 16).unwrap_or_default();
        for (number, least) in (0..).zip(&mut least) {
            *least = mixed(hash, number).min(*least);
        }
    }
    // "It helps" and "it does not help" are two texts.
    let negations = words.iter().filter(|word| is_negation(word)).count().to_string();
    let band = |(number, band): (usize, &[u64])| {
        let parts =
            [number.to_string(), negations.clone()].into_iter().chain(band.iter().map(u64::to_string));
        secret.hash("band", &[&parts.collect::<Vec<_>>().join(" ")])
    };
    least.chunks_exact(IN_A_BAND).enumerate().map(band).collect()
}

/// Another order of all numbers for each `number` (the finalizer of SplitMix64).
fn mixed(hash: u64, number: u64) -> u64 {
    let mut mixed = hash.wrapping_add((number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn is_negation(word: &str) -> bool {
    matches!(word, "not" | "no" | "never" | "nothing" | "nobody" | "cannot" | "without")
        || CONTRACTED.contains(&word)
}

/// Negations as they are without their apostrophes.
const CONTRACTED: [&str; 12] = [
    "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "isnt", "shouldnt", "wasnt", "werent", "wont",
    "wouldnt",
];

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

    const LONG: &str = "Before a first session it can help to write down what you would like to talk about. \
        A short list is enough, and nobody minds if you read from it.";

    fn are_same(one: &str, other: &str) -> bool {
        let known = hashes(&SECRET, one, "a");
        hashes(&SECRET, other, "b").iter().any(|hash| known.contains(hash))
    }

    #[test]
    fn the_same_words_are_recognised_in_another_dress() {
        for other in [
            "grounding HELPS some people — it may help you too",
            "@friend Grounding helps some people. It may help you, too! #therapy https://t.co/abc",
            "Ｇｒｏｕｎｄｉｎｇ helps some\n\npeople. It may help you, too… 🙏",
        ] {
            assert!(are_same(TEXT, other), "{other}");
        }
        assert!(!are_same(TEXT, "Grounding helps some people. It may not help you."));
        let other = hashes(&IntakeSecret([8; 32]), LONG, "a");
        assert!(hashes(&SECRET, LONG, "a").iter().all(|hash| !other.contains(hash)));
    }

    #[test]
    fn nearly_the_same_words_are_the_same() {
        for (word, other) in [
            ("Before a first", "Ahead of a first"),
            ("short list", "small list"),
            ("write down", "note down"),
            ("nobody minds if you", "nobody minds when you"),
            (" and nobody", " nobody"),
            ("read from it.", "read from it. Pass it on!"),
            ("Before", "So true: before"),
        ] {
            assert!(LONG.contains(word), "{word}");
            assert!(are_same(LONG, &LONG.replace(word, other)), "{other}");
        }
        assert!(!are_same(LONG, &LONG.replace("can help", "does not help")), "which says the opposite");
        assert!(!are_same(TEXT, &TEXT.replace("some", "many")), "a short text is one word, and so another");
    }

    #[test]
    fn texts_about_the_same_thing_are_not_the_same() {
        let texts = [
            LONG,
            "A first session is often about getting to know each other, and it is fine to bring a list of questions.",
            "Some people write down what they would like to say before a session. Others like to see what comes up.",
            "You can ask your therapist how a first session goes, what it costs, and how to end if it does not fit.",
            "It can help to write down how you feel in the morning. A short note is enough, and nobody has to read it.",
            "What would you like to talk about? It is fine not to know before a first session with a therapist.",
        ];
        for (number, one) in texts.iter().enumerate() {
            for other in &texts[number + 1..] {
                assert!(!are_same(one, other), "{one} | {other}");
            }
        }
    }

    #[test]
    fn few_words_are_nobodys_text() {
        assert!(!are_same("Please share!", "Please share!"));
        assert_eq!(hashes(&SECRET, "", "a"), hashes(&SECRET, "🙏", "a"));
    }
}
