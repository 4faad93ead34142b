//! Facets: what in a post's text is a link, a hashtag or somebody's name, which a Bluesky post says beside its text.
//!
//! Invariant: places are counted in bytes of UTF-8 and lie between characters (`app.bsky.richtext.facet`). The text
//! itself is never changed, since it is what was approved.

use linkify::{LinkFinder, LinkKind};
use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

use crate::intake::address::bluesky_handle;

/// The longest hashtag, in graphemes (`app.bsky.richtext.facet#tag`), and so in bytes.
const LONGEST_TAG: usize = 64;
const MOST_TAG_BYTES: usize = 640;

/// A name in a text that may be an account's: its place in bytes with the sign, and the handle in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) handle: String,
}

/// A name in a text, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) did: String,
}

/// The names in a text: whole handles behind `@`, which begin a word or stand in brackets.
pub(super) fn names(text: &str) -> impl Iterator<Item = Name> {
    text.match_indices('@').filter_map(|(start, _)| {
        let before = text[..start].chars().next_back();
        let begins_word =
            before.is_none_or(|one| one.is_whitespace() || matches!(one, '(' | '[' | '"' | '“'));
        let rest = text.get(start + 1..)?;
        let is_of_handle = |one: char| one.is_ascii_alphanumeric() || matches!(one, '.' | '-');
        let ends = rest.find(|one| !is_of_handle(one)).unwrap_or(rest.len());
        let goes_on =
            rest[ends..].starts_with(|one: char| one.is_alphanumeric() || matches!(one, '@' | '_' | '/'));
        let handle = rest[..ends].trim_end_matches(['.', '-']);
        let name = bluesky_handle(handle).filter(|_| begins_word && !goes_on)?;
        Some(Name { start, end: start + 1 + handle.len(), handle: name })
    })
}

/// The facets of a text, first to last.
pub(super) fn facets(text: &str, mentions: &[Mention]) -> Vec<Value> {
    let links = links(text).map(|(start, uri)| {
        (start, start + uri.len(), json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }))
    });
    let tags = hashtags(text).map(|(start, tag)| {
        (start, start + 1 + tag.len(), json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }))
    });
    let people = mentions.iter().map(|mention| {
        let did = &mention.did;
        (mention.start, mention.end, json!({ "$type": "app.bsky.richtext.facet#mention", "did": did }))
    });
    let mut facets = links.chain(tags).chain(people).collect::<Vec<_>>();
    facets.sort_by_key(|(start, ..)| *start);
    // What runs into what came before it stays text: overlapping facets mean nothing.
    let mut free_from = 0;
    facets.retain(|(start, end, _)| {
        let is_free = *start >= free_from;
        if is_free {
            free_from = *end;
        }
        is_free
    });
    facets
        .into_iter()
        .map(|(start, end, feature)| {
            json!({ "index": { "byteStart": start, "byteEnd": end }, "features": [feature] })
        })
        .collect()
}

/// Complete addresses. A bare domain stays text: whether it is one is a guess.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let found = finder.links(text).map(|link| (link.start(), link.end())).collect::<Vec<_>>();
    found.into_iter().map(|(start, end)| (start, &text[start..end])).filter(|(_, uri)| {
        let scheme = uri.split("://").next().unwrap_or_default();
        scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
    })
}

/// Where a hashtag begins, and the tag without its sign. A tag begins a word and has a letter in it: `#1` is a number.
fn hashtags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('#').filter_map(|(start, _)| {
        let begins_word = text[..start].chars().next_back().is_none_or(char::is_whitespace);
        let rest = &text[start + 1..];
        let ends = rest.find(|one: char| !is_of_tag(one)).unwrap_or(rest.len());
        let tag = rest[..ends].trim_end_matches(|one: char| !one.is_alphanumeric());
        let is_tag = begins_word
            && tag.chars().any(char::is_alphabetic)
            && tag.len() <= MOST_TAG_BYTES
            && tag.graphemes(true).count() <= LONGEST_TAG;
        is_tag.then_some((start, tag))
    })
}

fn is_of_tag(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '_' | '-' | '\'' | '’')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// Each facet as the text that it covers and what it means.
    fn found(text: &str) -> Vec<(String, String)> {
        let facets = facets(text, &[]).into_iter().map(|facet| {
            let at = |name: &str| usize::try_from(facet["index"][name].as_u64().unwrap()).unwrap();
            let feature = &facet["features"][0];
            let value = feature["uri"].as_str().or(feature["tag"].as_str()).unwrap().to_owned();
            (text[at("byteStart")..at("byteEnd")].to_owned(), value)
        });
        facets.collect()
    }

    #[test]
    fn links_and_hashtags_are_found_where_they_are() {
        let both = |covered: &str, means: &str| (covered.to_owned(), means.to_owned());
        let same = |covered: &str| both(covered, covered);
        for (text, expected) in [
            ("No more than words.", vec![]),
            ("See https://example.org.", vec![same("https://example.org")]),
            ("(https://example.org/a_(b))", vec![same("https://example.org/a_(b)")]),
            ("Täglich 👩‍👩‍👧‍👦 https://example.org/ünï, ja", vec![same("https://example.org/ünï")]),
            ("ftp://example.org example.org somebody@example.org", vec![]),
            ("#clientsconnect", vec![both("#clientsconnect", "clientsconnect")]),
            (
                "Grief 💙 #grief, #self-care!\n#Therapy2",
                vec![both("#grief", "grief"), both("#self-care", "self-care"), both("#Therapy2", "Therapy2")],
            ),
            ("We are #1, a#b, # and ##", vec![]),
            (
                "https://example.org/#part #part",
                vec![same("https://example.org/#part"), both("#part", "part")],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn names_of_accounts_are_found_where_they_are() {
        for (text, expected) in [
            ("Ask @Name.bsky.social, or (@other.example).", &["Name.bsky.social", "other.example"][..]),
            ("💙 @a-b.example\n@c.example!", &["a-b.example", "c.example"]),
            ("\"@a.example\" and “@b.example”", &["a.example", "b.example"]),
            (
                "somebody@example.org @alone @1.2 @.example @a.example@elsewhere @a.example/path @é.example",
                &[],
            ),
            ("@", &[]),
        ] {
            let found = names(text).collect::<Vec<_>>();
            let covered = found.iter().map(|name| &text[name.start + 1..name.end]).collect::<Vec<_>>();
            assert_eq!(covered, expected, "{text}");
            let handles = found.iter().map(|name| name.handle.clone());
            assert!(handles.eq(expected.iter().map(|handle| handle.to_lowercase())), "{text}");
        }
    }

    #[test]
    fn a_mention_is_a_facet_among_the_others() {
        let text = "💙 @a.example #grief";
        let name = names(text).next().unwrap();
        let did = "did:plc:example".to_owned();
        let facets = facets(text, &[Mention { start: name.start, end: name.end, did }]);
        let expected = json!({
            "index": { "byteStart": 5, "byteEnd": 15 },
            "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": "did:plc:example" }],
        });
        assert_eq!((facets.len(), &facets[0]), (2, &expected));
    }

    #[test]
    fn a_tag_longer_than_a_platform_takes_stays_text() {
        assert_eq!(found(&format!("#{}", "é".repeat(64))).len(), 1);
        assert_eq!(found(&format!("#{}", "é".repeat(65))).len(), 0);
    }

    proptest! {
        #[test]
        fn every_name_lies_between_characters(text in "(@|a\\.b|[a-c.é👩\u{200D}/ (-]){0,40}") {
            for name in names(&text) {
                prop_assert!(text.get(name.start..name.end).is_some_and(|name| name.starts_with('@')));
            }
        }

        #[test]
        fn every_facet_lies_between_characters_and_none_overlap(text in "(#|https://e|[a-c.é👩\u{200D}#/ ]){0,40}") {
            let mut last = 0;
            for facet in facets(&text, &[]) {
                let at = |name: &str| usize::try_from(facet["index"][name].as_u64().unwrap()).unwrap();
                prop_assert!(last <= at("byteStart") && at("byteStart") < at("byteEnd"));
                prop_assert!(text.get(at("byteStart")..at("byteEnd")).is_some());
                last = at("byteEnd");
            }
        }
    }
}
