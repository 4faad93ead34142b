//! What is composed, cut and refused, for every measure.

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

fn weighted(longest: usize, most_parts: usize) -> PlatformRules {
    PlatformRules { measure: Measure::Weighted, ..rules(longest, most_parts) }
}

fn weighted_parts(words: &str) -> Vec<String> {
    compose(words, &disclaimer(), &[weighted(280, 50)]).unwrap().renderings.remove(0).parts
}

#[test]
fn a_weighted_post_is_full_at_its_exact_boundary() {
    // The disclaimer and the empty line before it take 27 of 280.
    let link = format!("https://example.org/{}", "a".repeat(400));
    for (unit, weight) in [
        ("a", 1),
        ("é", 1),
        ("e\u{301}", 1),
        ("日", 2),
        ("ש", 1),
        ("👩", 2),
        ("🙋🏽", 2),
        ("🇬🇧", 2),
        ("👩\u{200D}👩\u{200D}👧\u{200D}👦", 2),
        ("x\u{323}\u{301}", 3),
        (" example.org", 24),
        (&format!(" {link}"), 24),
    ] {
        // As many as there is room for, and letters to fill up what is left.
        let count = 253 / weight;
        let text = format!("{}{}", "a".repeat(253 % weight), unit.repeat(count));
        assert_eq!(weighted_parts(&text).len(), 1, "{unit}");
        assert_eq!(weighted_parts(&format!("a{text}")).len(), 2, "{unit}");
    }
}

#[test]
fn a_long_word_is_cut_between_what_readers_see_as_characters() {
    let family = "👩\u{200D}👩\u{200D}👧\u{200D}👦";
    let parts = weighted_parts(&family.repeat(200));
    assert_eq!(parts[0], family.repeat(140));
    assert_eq!(parts[1], format!("{}\n\nGeneral information only.", family.repeat(60)));
    assert_eq!(weighted_parts(&"日".repeat(300))[0], "日".repeat(140));
}

#[test]
fn an_excess_is_told_in_what_the_platform_counts() {
    let excess = |words: &str| compose(words, &disclaimer(), &[weighted(280, 1)]).unwrap_err().excess;
    // The words fit and the disclaimer, 25, does not; then the words have one too many as well.
    assert_eq!(excess(&"日".repeat(140)), 25);
    assert_eq!(excess(&"日".repeat(141)), 2 + 27);
    let towering = format!("a{}", "\u{301}".repeat(2_000));
    assert!(excess(&towering) > 1_000);
    let many_bytes = PlatformRules { most_bytes: 10, ..weighted(280, 9) };
    assert!(compose("https://example.org", &disclaimer(), &[many_bytes]).unwrap_err().excess > 0);
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

    #[test]
    fn every_weighted_post_fits_and_no_word_is_lost(
        words in proptest::collection::vec(
            "(https?://)?(www\\.)?[a-z]{1,9}\\.(org|com|co\\.uk|zip|nothing)(/[a-z]{0,60})?[.,!]?|[a-zא-ת日本語éا👩][a-zא-ת日本語éا👩🏽🇬🇧\u{200D}\u{FE0F}\u{301}.!?]{0,40}",
            1..40,
        ),
        longest in 26usize..90,
        most_bytes in 100usize..400,
    ) {
        let words = words.join(" ");
        let rules = PlatformRules { most_bytes, ..weighted(longest, 5_000) };
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        match compose(&words, &disclaimer(), std::slice::from_ref(&rules)) {
            Ok(mut composed) => {
                let parts = composed.renderings.remove(0).parts;
                prop_assert!(parts.iter().all(|part| Measure::Weighted.of(part) <= longest && part.len() <= most_bytes));
                prop_assert_eq!(squeeze(&parts.concat()), squeeze(&words) + &squeeze(&disclaimer().text));
                // A word that fits is whole in one of the posts.
                for word in words.split_whitespace().filter(|word| rules.fits(word)) {
                    prop_assert!(parts.iter().any(|part| part.split_whitespace().any(|one| one == word)), "{}", word);
                }
            }
            Err(_) => prop_assert!(words.graphemes(true).any(|one| !rules.fits(one))),
        }
    }

    #[test]
    fn no_post_is_cut_too_early(words in "[a-zא-ת日éا👩🏽🇬🇧\u{301}]{1,250}", longest in 26usize..100) {
        for rules in [rules(longest, 5_000), weighted(longest, 5_000)] {
            let parts = split(&words, &rules);
            for two in parts.windows(2) {
                let next = two[1].graphemes(true).next().unwrap();
                let longer = format!("{}{next}", two[0]);
                prop_assert!(!rules.fits(&longer));
            }
        }
    }
}
