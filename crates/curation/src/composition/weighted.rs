//! The weighted length of a text, as X counts it: version 3 of twitter-text
//! (<https://docs.x.com/fundamentals/counting-characters>).
//!
//! Invariant: of links and words that stand apart, where it cannot be known what X counts (a domain that only newer lists
//! know, an emoji that only newer tables know), the length given here is the longer one, so that a post that is measured
//! here as fitting is not refused there for its length. Links that run into each other or into other scripts without a
//! space may be measured otherwise than there.

use std::ops::RangeInclusive;

use emojis::EmojiVersion;
use unicode_normalization::UnicodeNormalization;

/// A link, whatever its own length: X puts its own short address in its place (`transformedURLLength`).
const LINK: usize = 23;
/// Characters of these ranges count once (`ranges`): Latin to Georgian, and the usual punctuation.
const LIGHT: [RangeInclusive<u32>; 4] = [0..=0x10FF, 0x2000..=0x200D, 0x2010..=0x201F, 0x2032..=0x2037];
/// All others count twice (`defaultWeight`), and so does an emoji of many characters (`emojiParsingEnabled`).
const HEAVY: usize = 2;
/// The longest emoji in characters, such as two people with skin tones who kiss.
const LONGEST_EMOJI: usize = 10;
/// The newest emoji that the published twitter-text takes for one. Sequences of later ones count by their characters.
const NEWEST_EMOJI: EmojiVersion = EmojiVersion::new(11, 0);
/// Top-level domains that are in every list, besides those of countries, which have two letters.
const OLD_DOMAINS: [&str; 13] =
    ["biz", "cat", "charity", "com", "edu", "gov", "info", "int", "london", "mil", "net", "org", "scot"];

/// The weighted length of a text.
pub(super) fn length(text: &str) -> usize {
    let text = text.nfc().collect::<String>();
    let (mut length, mut at) = (0, 0);
    for link in links(&text) {
        length += of_characters(&text[at..link.start]) + link.weight;
        at = link.end;
    }
    length + of_characters(&text[at..])
}

fn of_characters(text: &str) -> usize {
    let mut length = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(emoji) = first_emoji(rest) {
            length += HEAVY;
            rest = &rest[emoji..];
        } else {
            let is_light = LIGHT.iter().any(|range| range.contains(&u32::from(first)));
            length += if is_light { 1 } else { HEAVY };
            rest = &rest[first.len_utf8()..];
        }
    }
    length
}

/// The bytes of the emoji of several characters with which a text begins. One of a single character weighs what that
/// character weighs.
fn first_emoji(text: &str) -> Option<usize> {
    let second = text.chars().nth(1)?;
    // Variation selector, keycap, joiner, skin tones, letters of flags, tags.
    if !matches!(u32::from(second), 0xFE0F | 0x20E3 | 0x200D | 0x1F3FB..=0x1F3FF | 0x1F1E6..=0x1F1FF | 0xE0020..=0xE007F)
    {
        return None;
    }
    let ends = text.char_indices().map(|(start, one)| start + one.len_utf8()).take(LONGEST_EMOJI);
    let ends = ends.skip(1).collect::<Vec<_>>();
    ends.into_iter()
        .rev()
        .find(|end| emojis::get(&text[..*end]).is_some_and(|emoji| emoji.emoji_version() <= NEWEST_EMOJI))
}

struct Link {
    start: usize,
    end: usize,
    weight: usize,
}

/// What X takes for links, first to last: addresses with `http://` or `https://`, and bare domains.
fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::<Link>::new();
    // No link is without a dot, and most texts without a link are left here.
    let mut seen = 0;
    while let Some(dot) = text[seen..].find('.').map(|dot| seen + dot) {
        let free = links.last().map_or(0, |link| link.end);
        let reach = text[dot..].find(|one| !is_of_host(one)).map_or(text.len(), |at| dot + at);
        let link = link_around(text, free, dot, reach);
        seen = link.as_ref().map_or(reach, |link| link.end);
        links.extend(link);
    }
    links
}

/// The link whose host has this dot as its first, and which begins at `free` at the earliest. Its host ends at `reach` at
/// the latest.
fn link_around(text: &str, free: usize, dot: usize, reach: usize) -> Option<Link> {
    let host = free
        + text[free..dot]
            .rfind(|one| !is_of_host(one))
            .map_or(0, |at| at + text[free + at..].chars().next().map_or(0, char::len_utf8));
    let before = &text[free..host];
    // No host begins so, and what follows is none by itself; but after other scripts it may be.
    let is_joined = text[host..].starts_with(['-', '.']);
    if is_joined && before.chars().next_back().is_none_or(|one| one.is_ascii()) {
        return None;
    }
    let scheme = ["https://", "http://"].into_iter().find(|scheme| ends_with(before, scheme));
    let start = host - scheme.map_or(0, str::len);
    let preceding = text[..start].chars().next_back();
    let never =
        |one: char| one.is_ascii_alphanumeric() || matches!(one, '@' | '＠' | '$' | '#' | '＃' | '\u{FEFF}');
    if preceding.is_some_and(never)
        || (scheme.is_none() && preceding.is_some_and(|one| matches!(one, '-' | '.' | '/')))
    {
        return None;
    }
    let (host_end, domain) = known_host(text, host, reach)?;
    let after_port = end_of_port(text, host_end);
    // A bare domain goes on with a path alone.
    let goes_on = scheme.is_some() || text[after_port..].starts_with('/');
    let end = if goes_on { end_of_path(text, after_port) } else { host_end };
    let is_plain = !is_joined
        && text[start..host_end].is_ascii()
        && text[host..host_end].split('.').all(is_label)
        && preceding != Some('_');
    let is_old = domain.len() == 2 || OLD_DOMAINS.iter().any(|old| old.eq_ignore_ascii_case(domain));
    let characters = of_characters(&text[start..end]);
    let weight = match (is_plain, is_old) {
        (true, true) => LINK,
        // One link, or none.
        (true, false) => LINK.max(characters),
        // Where it begins and ends is not the same in all scripts.
        (false, _) => LINK + characters,
    };
    Some(Link { start, end, weight })
}

fn ends_with(text: &str, ending: &str) -> bool {
    let start = text.len().checked_sub(ending.len());
    start.and_then(|start| text.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

fn is_of_host(one: char) -> bool {
    one.is_alphanumeric() || matches!(one, '-' | '.') || matches!(u32::from(one), 0x300..=0x36F)
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

/// The end of the longest host from `host` on that ends in a domain that exists, and that domain.
fn known_host(text: &str, host: usize, reach: usize) -> Option<(usize, &str)> {
    let mut end = reach;
    while let Some(dot) = text[host..end].rfind('.').filter(|dot| *dot > 0) {
        let label = &text[host + dot + 1..end];
        // A domain of Latin letters ends where they end.
        let domain =
            label.find(|one: char| !one.is_ascii()).filter(|at| *at > 0).map_or(label, |at| &label[..at]);
        let is_followed = text[end..].starts_with(['@', '+']) && domain == label;
        let is_known = domain.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
            || psl::Psl::suffix(&psl::List, domain.to_lowercase().as_bytes())
                .is_some_and(|suffix| suffix.is_known());
        if is_known && !is_followed {
            return Some((host + dot + 1 + domain.len(), domain));
        }
        end = host + dot;
    }
    None
}

fn end_of_port(text: &str, host_end: usize) -> usize {
    let Some(rest) = text[host_end..].strip_prefix(':') else { return host_end };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 { host_end } else { host_end + 1 + digits }
}

/// Path and query, which end before the punctuation of the sentence.
fn end_of_path(text: &str, mut end: usize) -> usize {
    if text[end..].starts_with('/') {
        end = reach(text, end + 1, "!*';:=+,.$/%#[]-_~@|&", "+-=_#/");
    }
    if text[end..].starts_with('?') {
        let query = reach(text, end + 1, "!?*'@();:&=+$/%#[]-_.,~|", "-_&=#/");
        end = if query > end + 1 { query } else { end };
    }
    end
}

/// How far a link goes on from `from` with letters, digits, pairs of brackets and what else may stand in it, if it ends
/// with a letter, a digit, a bracket or what else it may end with.
fn reach(text: &str, from: usize, may_stand: &str, may_end: &str) -> usize {
    let is_one_of = |one: u8, others: &str| one.is_ascii_alphanumeric() || others.as_bytes().contains(&one);
    let stands = |at: usize| text.as_bytes().get(at).is_some_and(|one| is_one_of(*one, may_stand));
    let (mut at, mut end) = (from, from);
    loop {
        if stands(at) {
            if is_one_of(text.as_bytes()[at], may_end) {
                end = at + 1;
            }
            at += 1;
        } else if text[at..].starts_with('(') {
            let closing = (at + 1..).find(|one| !stands(*one)).filter(|one| *one > at + 1);
            match closing.filter(|one| text[*one..].starts_with(')')) {
                Some(closing) => (at, end) = (closing + 1, closing + 1),
                None => return end,
            }
        } else {
            return end;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_those_of_twitter_text() {
        for (text, expected) in [
            ("", 0),
            ("An example.", 11),
            ("cafe\u{301}", 4),
            ("“Täglich”: 3 × 4 – ‰", 21),
            ("日本語", 6),
            ("שלום עולם", 9),
            ("مرحبا", 5),
            ("©", 1),
            ("©\u{FE0F}", 2),
            ("1\u{FE0F}\u{20E3}", 2),
            ("☎", 2),
            ("👾", 2),
            ("🙋🏽", 2),
            ("👨‍🎤", 2),
            ("👨‍👩‍👧‍👦", 2),
            ("🇬🇧", 2),
            ("🇬🇧🇬", 4),
            ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 2),
            // No emoji, and no end of one either.
            ("👩\u{200D}", 3),
            ("a\u{200D}👩", 4),
            // Newer than the published tables.
            ("🧑\u{200D}🧑\u{200D}🧒", 8),
        ] {
            assert_eq!(length(text), expected, "{text}");
        }
    }

    #[test]
    fn a_link_is_as_long_as_any_other() {
        let long = "a".repeat(300);
        for (text, expected) in [
            ("https://example.org", 23),
            ("HTTP://EXAMPLE.ORG/", 23),
            (&format!("https://example.org/{long}?q={long}#x"), 23),
            ("http://example.org:8080/a", 23),
            ("example.org", 23),
            ("www.example.co.uk/a/b", 23),
            ("See example.org/x.", 4 + 23 + 1),
            ("(example.org), https://example.org!", 1 + 23 + 3 + 23 + 1),
            ("https://example.org/a_(b)", 23),
            ("(https://example.org/a)", 25),
            ("example.org/a?b", 23),
            ("example.org/a.?b", 23 + 3),
            ("example.org example.com", 23 + 1 + 23),
            // Not links.
            ("x@example.org", 13),
            ("-example.org", 12),
            ("xhttps://example.org", 20),
            ("e.g. this.", 10),
            ("file.notadomain", 15),
            ("The end.Then", 12),
            ("#example.org", 12),
        ] {
            assert_eq!(length(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_sure_is_counted_as_longer() {
        // Perhaps 23, perhaps as it stands.
        assert_eq!(length("https://example.zip/a-long-path-to-a-page"), 41);
        assert_eq!(length("a.zip"), 23);
        assert!(length("你好example.com") >= 27);
        assert!(length("https://exämple.de/ü") >= 23);
    }

    proptest! {
        #[test]
        fn composed_or_not_a_text_has_one_length(text in "[a-c\u{e9}\u{300}-\u{304}\u{1100}-\u{1112}\u{1161}-\u{1170} .]{0,40}") {
            prop_assert_eq!(length(&text), length(&text.nfd().collect::<String>()));
        }

        #[test]
        fn lengths_of_words_add_up(words in proptest::collection::vec(
            "(https?://)?([a-z👩🏽\u{200D}日\u{301}é@/#_-]{0,6}\\.?){1,3}(org|uk|zip|com/a)?[.,!)?]?", 1..6
        )) {
            let sum = words.iter().map(|word| length(word)).sum::<usize>();
            prop_assert_eq!(length(&words.join(" ")), sum + words.len() - 1);
        }

        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,60}") {
            prop_assert!(length(&text) <= 30 * text.chars().count());
        }
    }
}
