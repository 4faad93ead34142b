//! What stands in the words of a post: hashtags, names, and the names in front of a reply.
//!
//! Invariant: the work is linear in the length of the text.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// True if the words have this hashtag: behind `#` at the start of a word, in any case and width, and not as the beginning
/// of a longer tag. What stands in a link is no hashtag.
pub(super) fn has_hashtag(text: &str, tag: &str) -> bool {
    let tag = folded(tag);
    let mut before = None;
    let mut in_link = false;
    let text = folded(text);
    for (at, one) in text.char_indices() {
        let rest = &text[at..];
        if one.is_whitespace() {
            in_link = false;
        } else if rest.starts_with("://") {
            in_link = true;
        }
        let begins = !in_link && one == '#' && !before.is_some_and(joins_a_tag);
        if begins
            && !tag.is_empty()
            && let Some(after) = rest[1..].strip_prefix(tag.as_str())
            && !after.starts_with(continues_a_tag)
        {
            return true;
        }
        before = Some(one);
    }
    false
}

/// True if two tags are the same, as the platforms compare them.
pub(super) fn is_same_tag(one: &str, other: &str) -> bool {
    !other.is_empty() && folded(one) == folded(other)
}

/// Compatibility forms (such as full-width letters) and letters in lower case.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// What may be within a hashtag (twitter-text's rules, which Bluesky and Mastodon are close to).
fn continues_a_tag(one: char) -> bool {
    one.is_alphanumeric()
        || is_combining_mark(one)
        || matches!(one, '_' | '\u{200C}' | '\u{200D}' | '\u{B7}' | '\u{30FB}')
}

/// What may not stand before the `#` of a hashtag: a word, a part of a link, an entity, another `#`.
fn joins_a_tag(one: char) -> bool {
    continues_a_tag(one) || matches!(one, '&' | '/' | '#')
}

/// True if one of the words is `@` and one of these names.
pub(super) fn names_anywhere(text: &str, names: &[String]) -> bool {
    text.split_whitespace().any(|word| is_name_of(bare(word), names))
}

/// True if the word is `@` and one of these names, in any case.
pub(super) fn is_name_of(word: &str, names: &[String]) -> bool {
    let Some(name) = word.strip_prefix('@').or_else(|| word.strip_prefix('＠')) else { return false };
    !name.is_empty() && names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// A word without the punctuation and the symbols around it.
pub(super) fn bare(word: &str) -> &str {
    let is_around = |one: char| !one.is_alphanumeric() && !matches!(one, '@' | '＠' | '#' | '＃' | '_');
    let word = word.trim_matches(is_around);
    // `@name's` is still the name.
    let of = word.starts_with(['@', '＠']).then(|| word.find(['\'', '’', ',', ':', '!', '?'])).flatten();
    of.map_or(word, |end| &word[..end])
}

/// The words of a reply without the names at its beginning, which are there because it is a reply.
pub(super) fn without_leading_names(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('@') {
        rest = rest.find(char::is_whitespace).map_or("", |end| rest[end..].trim_start());
    }
    rest
}

/// The words without what X's apps do not show of them: `shown_from` counts characters. Only names are ever left out.
pub(super) fn shown(text: &str, shown_from: usize) -> Option<&str> {
    let start = text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(shown_from)?;
    let (hidden, shown) = text.split_at(start);
    hidden.split_whitespace().all(|word| word.starts_with('@')).then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hashtag_is_a_whole_tag_in_any_case_and_width() {
        for text in [
            "#clientsconnect",
            "#ClientsConnect",
            "Words. #CLIENTSCONNECT!",
            "(#ClientsConnect)",
            "＃ＣｌｉｅｎｔｓＣｏｎｎｅｃｔ",
            "therapy,#clientsconnect",
            "#therapy #clientsconnect\u{1F49A}",
            "#ClientsConnect's",
            "\n#clientsconnect\n",
            "see https://example.org #clientsconnect",
        ] {
            assert!(has_hashtag(text, "ClientsConnect"), "{text}");
        }
        for text in [
            "",
            "clientsconnect",
            "# clientsconnect",
            "#clientsconnected",
            "#clientsconnect2",
            "#clientsconnect_uk",
            "#clientsconnect\u{301}",
            "#clientsconnect\u{200D}x",
            "#clientsconnectñ",
            "#clientsconnect東京",
            "##clientsconnect",
            "a#clientsconnect",
            "#my#clientsconnect",
            "&#clientsconnect",
            "/#clientsconnect",
            "https://example.org/page?#clientsconnect",
            "#clients connect",
            "#\u{FE0F}\u{20E3}clientsconnect",
            "#clients\u{200B}connect",
        ] {
            assert!(!has_hashtag(text, "ClientsConnect"), "{text}");
        }
        assert!(!has_hashtag("# #", ""));
    }

    #[test]
    fn names_are_whole_words() {
        let names = ["ClientsConnect".to_owned(), "ClientsConnect@social.example".to_owned()];
        for text in [
            "@ClientsConnect",
            "hello (@clientsconnect),",
            "ask @CLIENTSCONNECT!",
            "@ClientsConnect's posts",
            "@ClientsConnect@Social.Example hello",
        ] {
            assert!(names_anywhere(text, &names), "{text}");
        }
        for text in
            ["ClientsConnect", "@ClientsConnect2", "x@ClientsConnect", "@ClientsConnect@other.example", "@ "]
        {
            assert!(!names_anywhere(text, &names), "{text}");
        }
    }

    #[test]
    fn only_names_are_taken_from_the_front_of_a_reply() {
        assert_eq!(without_leading_names("@a @b@c.example  please @d"), "please @d");
        assert_eq!(without_leading_names("@a"), "");
        assert_eq!(without_leading_names("words @a"), "words @a");
        assert_eq!(shown("@a @b words", 6), Some("words"));
        assert_eq!(shown("é @b words", 5), None);
        assert_eq!(shown("@a", 2), Some(""));
        assert_eq!(shown("@a", 3), None);
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in "\\PC{0,80}", from in 0usize..90) {
            let names = ["ClientsConnect".to_owned()];
            let _ = (has_hashtag(&text, "ClientsConnect"), names_anywhere(&text, &names), shown(&text, from));
            let _ = without_leading_names(&text);
        }

        #[test]
        fn a_tag_is_found_wherever_white_space_surrounds_it(before in "[a-z .!]{0,20}", after in "[a-z .!]{0,20}") {
            let text = format!("{before} #cLIENTSconnect {after}");
            prop_assert!(has_hashtag(&text, "ClientsConnect"));
            let within = format!("{before} #clientsconnectX{after}");
            prop_assert!(!has_hashtag(&within, "ClientsConnect"));
        }
    }
}
