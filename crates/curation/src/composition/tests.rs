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
        quotes: true,
        content_notes: false,
    }
}

fn disclaimer() -> Disclaimer {
    Disclaimer { id: "plain".into(), version: 1, text: "General information only.".into() }
}

fn parts(words: &str, longest: usize) -> Vec<String> {
    compose(words, &disclaimer(), None, &[rules(longest, 50)]).unwrap().renderings.remove(0).parts
}

#[test]
fn a_disclaimer_joins_the_last_post_at_the_exact_boundary() {
    assert_eq!(parts("abc", 30), ["abc\n\nGeneral information only."]);
    assert_eq!(parts("abcd", 30), ["abcd", "General information only."]);
}

#[test]
fn a_disclaimer_stands_beside_the_end_of_the_words_and_never_alone_if_that_can_be() {
    // 30 characters take the disclaimer and three more.
    assert_eq!(parts("abc def", 30), ["abc", "def\n\nGeneral information only."]);
    assert_eq!(parts("abc defg", 30), ["abc defg", "General information only."]);
    // Whole sentences first, as many as fit.
    let words = "One. Two of them. And three, that one is longer. Four.";
    assert_eq!(parts(words, 64)[1], "And three, that one is longer. Four.\n\nGeneral information only.");
    assert_eq!(parts(words, 38)[1..], ["is longer.", "Four.\n\nGeneral information only."]);
}

#[test]
fn a_family_emoji_is_one_character() {
    assert_eq!(parts(&"👩‍👩‍👧‍👦".repeat(28), 28).len(), 2);
    assert_eq!(parts(&"👩‍👩‍👧‍👦".repeat(30), 28).len(), 3);
}

#[test]
fn what_cannot_fit_names_the_excess() {
    let refused = compose(&"word ".repeat(40), &disclaimer(), None, &[rules(30, 3)]).unwrap_err();
    assert_eq!(refused.platform().as_str(), "local");
    assert!(refused.excess() > 0);
}

#[test]
fn the_hash_covers_every_part_and_the_salt() {
    let one = compose("One.", &disclaimer(), None, &[rules(300, 10)]).unwrap();
    let mut other = one.clone();
    other.renderings[0].parts[0].push('!');
    let salt = Salt([7; 16]);
    assert_eq!(commit(&one, salt), commit(&one.clone(), salt));
    assert_ne!(commit(&one, salt), commit(&other, salt));
    assert_ne!(commit(&one, salt), commit(&one, Salt([8; 16])));
}

#[test]
fn what_appears_again_reads_differently_each_time_and_all_of_it_is_approved() {
    let of = |text: &str| Disclaimer { id: text.into(), version: 1, text: text.into() };
    let others = [of("In danger: 999."), of("Not about you.")];
    let composed = compose_in_turn("One.", &disclaimer(), &others, &[rules(31, 10)]).unwrap();
    let texts = (0..5).map(|occurrence| composed.renderings_for(occurrence)[0].parts.join("|"));
    let general = "One.\n\nGeneral information only.";
    assert_eq!(
        texts.collect::<Vec<_>>(),
        [general, "One.\n\nIn danger: 999.", "One.\n\nNot about you.", general, "One.\n\nIn danger: 999."]
    );
    assert_eq!(composed.disclaimer_for(2), &others[1]);
    assert_eq!(composed.disclaimer_for(3), &disclaimer());
    let mut other = composed.clone();
    other.turns[1].renderings[0].parts[0].push('!');
    assert_ne!(commit(&composed, Salt([7; 16])), commit(&other, Salt([7; 16])));
    let written = serde_json::to_string(&composed).unwrap();
    assert_eq!(serde_json::from_str::<Composition>(&written).unwrap(), composed);
}

#[test]
fn what_appears_again_is_one_post_with_each_disclaimer() {
    let long = Disclaimer { text: "General information, no more.".into(), ..disclaimer() };
    let composed = |first: &Disclaimer, other: &Disclaimer| {
        compose_in_turn("One.", first, std::slice::from_ref(other), &[rules(31, 10)])
    };
    assert!(composed(&disclaimer(), &disclaimer()).is_ok());
    assert!(composed(&long, &disclaimer()).is_err());
    assert!(composed(&disclaimer(), &long).unwrap_err().excess() > 0);
}

#[test]
fn a_character_larger_than_a_post_is_refused_and_not_cut() {
    let towering = format!("a{}", "\u{301}".repeat(2_000));
    let refused = compose(&towering, &disclaimer(), None, &[rules(30, 3)]).unwrap_err();
    assert_eq!(refused.excess(), 1);
    let among_others = format!("before {towering} after");
    assert_eq!(compose(&among_others, &disclaimer(), None, &[rules(30, 6)]).unwrap_err().excess(), 1);
}

const MASTODON: Measure = Measure::Mastodon { per_url: 23 };
const MEASURES: [Measure; 3] = [Measure::Graphemes, Measure::Weighted, MASTODON];

fn measured(measure: Measure, longest: usize, most_parts: usize) -> PlatformRules {
    PlatformRules { measure, ..rules(longest, most_parts) }
}

fn measured_parts(measure: Measure, words: &str) -> Vec<String> {
    compose(words, &disclaimer(), None, &[measured(measure, 280, 50)]).unwrap().renderings.remove(0).parts
}

#[test]
fn a_post_is_full_at_its_exact_boundary_however_it_is_measured() {
    let link = format!(" https://example.org/{}", "a".repeat(60));
    for (unit, graphemes, weighted, mastodon) in [
        ("a", 1, 1, 1),
        ("é", 1, 1, 1),
        ("e\u{301}", 1, 1, 1),
        ("x\u{323}\u{301}", 1, 3, 1),
        ("日", 1, 2, 1),
        ("ש", 1, 1, 1),
        ("ם\u{200F}", 2, 3, 2),
        ("عَ", 1, 2, 1),
        ("👩", 1, 2, 1),
        ("🙋🏽", 1, 2, 1),
        ("🇬🇧", 1, 2, 1),
        ("👩\u{200D}👩\u{200D}👧\u{200D}👦", 1, 2, 1),
        (" example.org", 12, 24, 12),
        (&link, 81, 24, 24),
        (" @name@server.example", 21, 21, 6),
    ] {
        for (measure, weight) in MEASURES.into_iter().zip([graphemes, weighted, mastodon]) {
            // The disclaimer and the empty line before it take 27 of 280. Letters fill up what units leave.
            let count = (253 - 1) / weight;
            let text = format!("{}{}", "a".repeat(253 - count * weight), unit.repeat(count));
            let full = measured_parts(measure, &text);
            assert_eq!(full.len(), 1, "{unit} {measure:?}");
            assert_eq!(measure.of(&full[0]), 280, "{unit} {measure:?}");
            assert_eq!(measured_parts(measure, &format!("a{text}")).len(), 2, "{unit} {measure:?}");
        }
    }
}

#[test]
fn a_long_word_is_cut_between_what_readers_see_as_characters() {
    let family = "👩\u{200D}👩\u{200D}👧\u{200D}👦";
    let scotland = "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}";
    for one in [family, scotland, "🇬🇧", "e\u{301}", "ם", "日"] {
        for (measure, weight) in MEASURES.into_iter().map(|measure| (measure, measure.of(one))) {
            let most = 280 / weight;
            let parts = measured_parts(measure, &one.repeat(most + 60));
            assert_eq!(parts, [one.repeat(most), format!("{}\n\nGeneral information only.", one.repeat(60))]);
        }
    }
}

#[test]
fn an_excess_is_told_in_what_the_platform_counts() {
    let excess = |measure: Measure, words: &str| {
        compose(words, &disclaimer(), None, &[measured(measure, 280, 1)]).unwrap_err().excess()
    };
    let link = format!("https://example.org/{}", "a".repeat(300));
    for (measure, full, last) in [
        (Measure::Graphemes, "日".repeat(280), 1),
        (Measure::Weighted, "日".repeat(140), 2),
        (MASTODON, format!("{} {link}", "日".repeat(280 - 24)), 23),
        (MASTODON, format!("{} @name@server.example", "日".repeat(280 - 6)), 5),
    ] {
        // The words fit and the disclaimer, 25, does not; then the words have one too many as well, and its word follows.
        assert_eq!(excess(measure, &full), 25, "{measure:?}");
        assert_eq!(excess(measure, &format!("日{full}")), last + 27, "{measure:?}");
    }
    let towering = format!("a{}", "\u{301}".repeat(2_000));
    assert!(excess(Measure::Weighted, &towering) > 1_000);
    for measure in MEASURES {
        let many_bytes = PlatformRules { most_bytes: 10, ..measured(measure, 280, 9) };
        assert!(compose("https://example.org", &disclaimer(), None, &[many_bytes]).unwrap_err().excess() > 0);
    }
}

proptest! {
    #[test]
    fn every_post_keeps_to_characters_and_bytes(
        words in "[ -~]{0,60}[a-c \u{301}\u{1F469}\u{200D}]{1,200}", longest in 26usize..80, most_bytes in 26usize..200
    ) {
        let rules = PlatformRules { most_bytes, ..rules(longest, 500) };
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        match compose(&words, &disclaimer(), None, std::slice::from_ref(&rules)) {
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
    fn every_post_fits_and_no_word_is_lost_or_torn_however_it_is_measured(
        words in proptest::collection::vec(
            "(https?://)?(www\\.)?[a-z]{1,9}\\.(org|com|co\\.uk|zip|nothing)(/[a-z]{0,60})?[.,!]?|@[a-z]{1,5}(@[a-z]{1,9}\\.example)?|[a-zא-ת日本語éا👩][a-zא-ת日本語éا👩🏽🇬🇧\u{200D}\u{200F}\u{FE0F}\u{301}@.!?]{0,40}",
            1..40,
        ),
        longest in 26usize..90,
        most_bytes in 100usize..400,
    ) {
        let words = words.join(" ");
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        for measure in MEASURES {
            let rules = PlatformRules { most_bytes, ..measured(measure, longest, 5_000) };
            match compose(&words, &disclaimer(), None, std::slice::from_ref(&rules)) {
                Ok(mut composed) => {
                    let parts = composed.renderings.remove(0).parts;
                    prop_assert!(parts.iter().all(|part| measure.of(part) <= longest && part.len() <= most_bytes));
                    prop_assert_eq!(squeeze(&parts.concat()), squeeze(&words) + &squeeze(&disclaimer().text));
                    // A word that fits is whole in one of the posts.
                    for word in words.split_whitespace().filter(|word| rules.fits(word)) {
                        prop_assert!(parts.iter().any(|part| part.split_whitespace().any(|one| one == word)), "{} {:?}", word, measure);
                    }
                }
                Err(_) => prop_assert!(words.graphemes(true).any(|one| !rules.fits(one))),
            }
        }
    }

    #[test]
    fn no_post_is_cut_too_early(words in "[a-zא-ת日éا👩🏽🇬🇧\u{301}]{1,250}", longest in 26usize..100) {
        for measure in MEASURES {
            let rules = measured(measure, longest, 5_000);
            let parts = split(&words, &rules);
            for two in parts.windows(2) {
                let next = two[1].graphemes(true).next().unwrap();
                let longer = format!("{}{next}", two[0]);
                prop_assert!(!rules.fits(&longer));
            }
        }
    }
}

fn target(quotable: bool) -> Target {
    Target {
        post: "https://x.com/i/status/20".into(),
        platform: PlatformName::new("x"),
        author: "12".into(),
        handle: "an_example".into(),
        text: "Somebody's example.".into(),
        posted_at: None,
        version: None,
        attachments: 0,
        quotable,
        pointer: None,
    }
}

fn on(platform: &str, quotes: bool) -> PlatformRules {
    PlatformRules { platform: PlatformName::new(platform), quotes, ..rules(60, 10) }
}

#[test]
fn elsewhere_words_point_to_a_target_whose_author_asked_for_it() {
    let pointer = "A post on X: https://x.com/i/status/20";
    let asked_for = Target { pointer: Some(pointer.into()), ..target(true) };
    let platforms = [on("bluesky", true), on("x", true)];
    for words in ["", "Worth a read."] {
        let composed = compose(words, &disclaimer(), Some(&asked_for), &platforms).unwrap();
        let [elsewhere, there] = &composed.renderings[..] else { panic!("{words}") };
        assert_eq!(there.shares, Some(Share::Quote("https://x.com/i/status/20".into())));
        assert!(!there.parts[0].contains("A post on X"));
        assert_eq!((elsewhere.platform.as_str(), &elsewhere.shares), ("bluesky", &None));
        let whole = elsewhere.parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(whole, format!("{words} {pointer} General information only.").trim_start());
        assert!(!whole.contains("Somebody's example."), "never copied");
    }
}

#[test]
fn a_target_is_shared_on_its_own_platform_alone_and_never_copied() {
    let platforms = [on("bluesky", true), on("x", true), on("local", false)];
    for words in ["", "Worth a read."] {
        let composed = compose(words, &disclaimer(), Some(&target(true)), &platforms).unwrap();
        let [rendering] = &composed.renderings[..] else { panic!("{words}") };
        assert_eq!(rendering.platform.as_str(), "x");
        assert_eq!(rendering.shares, Some(Share::Quote("https://x.com/i/status/20".into())));
        let beside = if words.is_empty() { String::new() } else { format!("{words}\n\n") };
        assert_eq!(rendering.parts, [format!("{beside}General information only.")]);
        assert_eq!((composed.words.as_str(), composed.target), (words, Some(target(true))));
    }
}

#[test]
fn what_cannot_be_quoted_is_boosted_and_answered_with_the_disclaimer() {
    for (quotes, quotable) in [(false, true), (true, false)] {
        let composed =
            compose("Worth a read.", &disclaimer(), Some(&target(quotable)), &[on("x", quotes)]).unwrap();
        let [rendering] = &composed.renderings[..] else { panic!() };
        assert_eq!(rendering.shares, Some(Share::Boost("https://x.com/i/status/20".into())));
        assert_eq!(rendering.parts, ["", "Worth a read.\n\nGeneral information only."]);
    }
}

#[test]
fn words_beside_a_target_fit_one_post_or_are_refused() {
    // The disclaimer and the empty line before it take 27 of 60.
    let composed =
        |length: usize| compose(&"a".repeat(length), &disclaimer(), Some(&target(true)), &[on("x", true)]);
    assert_eq!(composed(33).unwrap().renderings[0].parts.len(), 1);
    assert_eq!(composed(35).unwrap_err().excess(), 2);
}

#[test]
fn a_target_where_the_channel_does_not_post_is_refused() {
    let refused = compose("", &disclaimer(), Some(&target(true)), &[on("bluesky", true)]).unwrap_err();
    assert_eq!(refused, Uncomposable::NotThere(PlatformName::new("x")));
}

#[test]
fn what_was_approved_before_targets_existed_has_the_same_hash() {
    let composed = compose("One.", &disclaimer(), None, &[rules(300, 10)]).unwrap();
    let written = serde_json::json!({
        "words": "One.",
        "disclaimer": { "id": "plain", "version": 1, "text": "General information only." },
        "renderings": [
            { "platform": "local", "parts": ["One.\n\nGeneral information only."], "replies": "nobody" }
        ],
    });
    let read = serde_json::from_value::<Composition>(written.clone()).unwrap();
    assert_eq!(read, composed);
    assert_eq!(commit(&composed, Salt([7; 16])), commit(&written, Salt([7; 16])));
}

#[test]
fn the_hash_covers_the_target_as_reviewers_saw_it() {
    let composed = |target: &Target| {
        commit(&compose("", &disclaimer(), Some(target), &[on("x", true)]).unwrap(), Salt([7; 16]))
    };
    let edited = Target { text: "Something else.".into(), ..target(true) };
    assert_ne!(composed(&target(true)), composed(&edited));
}

#[test]
fn a_content_note_hides_the_words_where_it_can_and_stands_in_front_of_them_elsewhere() {
    let words = "Content note: grief\n\nWords.";
    let with = PlatformRules { content_notes: true, ..on("x", true) };
    let rendered = |rules: &PlatformRules, target: Option<&Target>| {
        compose(words, &disclaimer(), target, std::slice::from_ref(rules)).unwrap().renderings.remove(0)
    };
    let target = target(true);
    for target in [None, Some(&target)] {
        let hidden = rendered(&with, target);
        assert_eq!(hidden.content_note.as_deref(), Some("grief"));
        assert_eq!(hidden.parts, ["Words.\n\nGeneral information only."]);
        let shown = rendered(&on("x", true), target);
        assert_eq!(shown.content_note, None);
        assert_eq!(shown.parts, ["Content note: grief\n\nWords.\n\nGeneral information only."]);
    }
}

#[test]
fn a_content_note_counts_with_every_text_that_it_hides() {
    // The disclaimer and the empty line before it take 27 of 60, the note 5.
    let with = PlatformRules { content_notes: true, ..on("local", false) };
    let parts = |length: usize| {
        let words = format!("CN: grief\n{}", "a".repeat(length));
        compose(&words, &disclaimer(), None, std::slice::from_ref(&with)).unwrap().renderings.remove(0).parts
    };
    assert_eq!((parts(28).len(), parts(29).len()), (1, 2));
    assert!(parts(200).iter().all(|part| part.len() <= 55));
}
