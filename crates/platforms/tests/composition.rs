//! One text for all platforms, by the rules of each: what reviewers see is what each of them takes.
//!
//! What counts as failure: a post that is longer than its platform allows, or one that was cut although it was not.

#![allow(clippy::unwrap_used)]

use curation::composition::{Composition, Disclaimer, PlatformRules, Uncomposable, compose};
use platforms::{
    bluesky,
    mastodon::{self, Limits},
    x,
};

const DISCLAIMER: &str = "General information, not advice about you.";

fn rules() -> [PlatformRules; 3] {
    [x::rules(), mastodon::rules(Limits::default()), bluesky::rules()]
}

fn composed(words: &str) -> Composition {
    let disclaimer = Disclaimer { id: "example".to_owned(), version: 1, text: DISCLAIMER.to_owned() };
    let composed = compose(words, &disclaimer, None, &rules()).unwrap();
    for rendering in &composed.renderings {
        let rules = rules().into_iter().find(|rules| rules.platform == rendering.platform).unwrap();
        for part in &rendering.parts {
            assert!(rules.measure.of(part) <= rules.longest && part.len() <= rules.most_bytes, "{part}");
        }
    }
    composed
}

/// How many posts a text becomes on Bluesky, Mastodon and X.
fn posts(words: &str) -> [usize; 3] {
    let composed = composed(words);
    let count = |name: &str| {
        let rendering = composed.renderings.iter().find(|rendering| rendering.platform.as_str() == name);
        rendering.unwrap().parts.len()
    };
    [count("bluesky"), count("mastodon"), count("x")]
}

#[test]
fn a_text_fills_one_post_of_each_platform_at_another_length() {
    // The disclaimer and the empty line before it.
    let tail = DISCLAIMER.len() + 2;
    let link = format!(" https://example.org/{}", "a".repeat(40));
    for (unit, weights) in [
        ("a", [1, 1, 1]),
        ("e\u{301}", [1, 1, 1]),
        ("ש", [1, 1, 1]),
        ("日", [1, 1, 2]),
        ("🙋🏽", [1, 1, 2]),
        ("🇬🇧", [1, 1, 2]),
        (&link, [61, 24, 24]),
        (" @name@server.example", [21, 6, 21]),
    ] {
        for (platform, (longest, weight)) in [300, 500, 280].into_iter().zip(weights).enumerate() {
            let room = longest - tail;
            let count = (room - 1) / weight;
            let text = format!("{}{}", "a".repeat(room - count * weight), unit.repeat(count));
            assert_eq!(posts(&text)[platform], 1, "{unit} {longest}");
            assert_eq!(posts(&format!("a{text}"))[platform], 2, "{unit} {longest}");
        }
    }
}

#[test]
fn families_are_never_torn_apart_where_bytes_run_out_before_characters() {
    let family = "👩\u{200D}👩\u{200D}👧\u{200D}👦";
    let composed = composed(&family.repeat(130));
    for (rendering, first) in composed.renderings.iter().zip([120, 130, 130]) {
        let whole = rendering.parts[0].split("\n\n").next().unwrap();
        assert_eq!(whole, family.repeat(first), "{}", rendering.platform);
    }
}

#[test]
fn a_long_text_becomes_a_thread_of_whole_sentences_everywhere() {
    let words =
        "Grounding helps some people. שלום. See https://example.org/a-page, and be kind to 👩🏽‍🦳. ".repeat(22);
    let composed = composed(&words);
    let names = composed.renderings.iter().map(|rendering| rendering.platform.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["bluesky", "mastodon", "x"]);
    for rendering in &composed.renderings {
        let (last, others) = rendering.parts.split_last().unwrap();
        assert!(last.ends_with(DISCLAIMER));
        assert!(others.iter().all(|part| part.ends_with('.')), "{:?}", rendering.parts);
        assert_eq!(
            rendering.parts.join(" ").split_whitespace().count(),
            words.split_whitespace().count() + 6
        );
    }
}

#[test]
fn a_text_that_is_too_long_for_one_platform_names_it() {
    let disclaimer = Disclaimer { id: "example".to_owned(), version: 1, text: DISCLAIMER.to_owned() };
    // As long as a thread can be on X and not on the others.
    let words = "日".repeat(140 * 12);
    let refused = compose(&words, &disclaimer, None, &rules()).unwrap_err();
    let Uncomposable::TooLong(refused) = refused else { panic!("{refused}") };
    assert_eq!((refused.platform.as_str(), refused.excess), ("x", DISCLAIMER.len()));
}
