//! How Mastodon counts the length of a post: in extended grapheme clusters, each address as if it had a fixed length, and
//! of an account on another server only its name.
//!
//! Invariant: never less than the server counts, since a post that is too long is refused after it was approved. Where
//! the server's rules depend on lists that change (which endings of domains there are), the greater number is taken.
//!
//! The rules: `StatusLengthValidator`, `Extractor`, `Account::MENTION_RE` and `config/initializers/twitter_regex.rb` of
//! Mastodon.

use unicode_segmentation::UnicodeSegmentation;

/// Endings of domains that have been on every list for many years, beside those of countries, which have two letters. An
/// address that ends in another one is counted in full if that is more.
const WELL_KNOWN: [&str; 8] = ["com", "org", "net", "edu", "gov", "int", "info", "biz"];
/// The longest part of a domain between two dots (RFC 1035).
const LONGEST_LABEL: usize = 63;

/// The length of `text` on a server that counts `per_url` characters for an address.
pub(super) fn length(text: &str, per_url: usize) -> usize {
    let mut counted = String::with_capacity(text.len());
    let mut urls = 0;
    let mut rest = 0;
    while let Some(offset) = text[rest..].find(['h', 'H', '@']) {
        let start = rest + offset;
        counted.push_str(&text[rest..start]);
        let before = text[..start].chars().next_back();
        if let Some(url) = url(&text[start..], before) {
            match url {
                Url::Certain(end) => rest = start + end,
                Url::Doubtful(end) => {
                    let in_full = text[start..start + end].graphemes(true).count();
                    urls += in_full.saturating_sub(per_url);
                    rest = start + end;
                }
            }
            // The server counts letters in its place, one of which stands here for what comes after to join.
            counted.push(PLACE);
            urls += per_url.saturating_sub(1);
        } else if let Some(mention) = mention(&text[start..], before) {
            counted.push_str(&text[start..start + mention.name]);
            rest = start + mention.whole;
        } else {
            let length = text[start..].chars().next().map_or(1, char::len_utf8);
            counted.push_str(&text[start..start + length]);
            rest = start + length;
        }
    }
    counted.push_str(&text[rest..]);
    counted.graphemes(true).count() + urls
}

/// Stands for an address while characters are counted.
const PLACE: char = 'x';

/// The text with every account named as Mastodon shows it: without its server.
#[must_use]
pub fn without_servers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = 0;
    while let Some(offset) = text[rest..].find('@') {
        let start = rest + offset;
        shown.push_str(&text[rest..start]);
        match mention(&text[start..], text[..start].chars().next_back()) {
            Some(mention) => {
                shown.push_str(&text[start..start + mention.name]);
                rest = start + mention.whole;
            }
            None => {
                shown.push('@');
                rest = start + 1;
            }
        }
    }
    shown.push_str(&text[rest..]);
    shown
}

/// An address at the beginning of a text, and where it ends.
enum Url {
    /// Every server takes it for one.
    Certain(usize),
    /// A server may take it for one, or count it in full.
    Doubtful(usize),
}

fn url(text: &str, before: Option<char>) -> Option<Url> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let whole = text.find(char::is_whitespace).unwrap_or(text.len());
    let begins_well =
        before.is_none_or(|one| one.is_ascii() && !one.is_ascii_alphanumeric() && !"@$#".contains(one));
    let after = &text[scheme.len()..whole];
    let host = after
        .find(|one: char| !(one.is_ascii_alphanumeric() || matches!(one, '.' | '-')))
        .unwrap_or(after.len());
    if !begins_well || !is_domain(&after[..host]) {
        return Some(Url::Doubtful(whole));
    }
    let mut end = host;
    if let Some(port) = after[end..].strip_prefix(':') {
        end += 1 + port.find(|one: char| !one.is_ascii_digit()).unwrap_or(port.len());
        // A colon without a number ends the address before it.
        if after[..end].ends_with(':') {
            end -= 1;
        }
    }
    if after[end..].starts_with('/') {
        let path = &after[end..];
        let stop = path.find(['<', '>', '(', ')', '?']).unwrap_or(path.len());
        let path = path[..stop].trim_end_matches(|one| "!*\"'「」;:=,.$%[]~&|@".contains(one));
        end += path.len();
    }
    if after[end..].starts_with('?') {
        let query = &after[end..];
        let stop = query
            .find(|one: char| !(one.is_ascii_alphanumeric() || "!?*'();:&=+$/%#[]-_.,~|@^".contains(one)));
        let query = query[..stop.unwrap_or(query.len())]
            .trim_end_matches(|one: char| !(one.is_ascii_alphanumeric() || "_&=#/-".contains(one)));
        end += query.len();
    }
    Some(Url::Certain(scheme.len() + end))
}

fn is_domain(host: &str) -> bool {
    let labels = host.split('.').collect::<Vec<_>>();
    let are_well_formed = labels.iter().all(|label| {
        (1..=LONGEST_LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    });
    let ending = labels.last().map(|ending| ending.to_ascii_lowercase()).unwrap_or_default();
    let is_known = WELL_KNOWN.contains(&ending.as_str())
        || ending.len() == 2 && ending.bytes().all(|byte| byte.is_ascii_lowercase());
    labels.len() >= 2 && are_well_formed && is_known
}

/// An account that is named with its server: how long its name is with the sign before it, and the whole.
struct Mention {
    name: usize,
    whole: usize,
}

fn mention(text: &str, before: Option<char>) -> Option<Mention> {
    let stands_alone = before
        .is_none_or(|one| one.is_ascii() && !one.is_ascii_alphanumeric() && !matches!(one, '=' | '/' | '_'));
    let account = text.strip_prefix('@').filter(|_| stands_alone)?;
    let name = 1 + words(account, |one| one.is_ascii_alphanumeric() || one == '_')?;
    let server = text[name..].strip_prefix('@')?;
    let whole = name + 1 + words(server, |one| one.is_alphanumeric() || one == '_')?;
    let after = &text[whole..];
    let goes_on = after.starts_with("://")
        || after.starts_with(|one: char| one == '@' || one == '＠' || !one.is_ascii() && one.is_alphabetic());
    (!goes_on).then_some(Mention { name, whole })
}

/// How long the text is that begins here and consists of words with dots and hyphens between them.
fn words(text: &str, is_of_word: impl Fn(char) -> bool) -> Option<usize> {
    let end = text.find(|one: char| !(is_of_word(one) || matches!(one, '.' | '-'))).unwrap_or(text.len());
    let length = text[..end].trim_end_matches(['.', '-']).len();
    (length > 0 && text.starts_with(&is_of_word)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PER_URL: usize = 23;

    #[test]
    fn characters_are_those_that_a_reader_sees() {
        for (text, expected) in [
            ("", 0),
            ("Grief takes time.", 17),
            ("👩‍👩‍👧‍👦", 1),
            ("e\u{301}", 1),
            ("🇬🇧🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", 2),
            ("שלום", 4),
            ("one\r\ntwo", 7),
            ("hH@ @", 5),
        ] {
            assert_eq!(length(text, PER_URL), expected, "{text}");
        }
    }

    #[test]
    fn an_address_has_a_fixed_length() {
        let long = format!("https://example.org/{}", "a".repeat(300));
        for (text, expected) in [
            ("https://example.org", 23),
            ("https://a.uk", 23),
            ("HTTPS://EXAMPLE.ORG", 23),
            (long.as_str(), 23),
            ("See https://example.org/path.", 4 + 23 + 1),
            ("(https://example.org/path)", 25),
            ("https://example.org:8080/ünï", 23),
            ("https://example.org: a colon", 23 + 9),
            ("https://example.org/?a=(b)&c=d!", 23 + 1),
            ("https://example.org/a_(b) on", 23 + 3 + 3),
            ("https://mastodon.example.org/@name/1", 23),
            ("https://example.org https://example.org", 47),
            ("http://e.uk\u{301}", 23),
            ("example.org", 11),
            ("ftp://example.org", 17),
            ("http hhttp", 10),
        ] {
            assert_eq!(length(text, PER_URL), expected, "{text}");
        }
        assert_eq!(length("a https://example.org b", 5), 9);
    }

    #[test]
    fn what_only_some_servers_take_for_an_address_counts_as_the_greater_of_both() {
        for (text, expected) in [
            ("https://example.charity/a-long-path-to-something", 48),
            ("https://x.invalid", 23),
            ("https://127.0.0.1:3000/", 23),
            ("https://", 23),
            ("#https://example.org/a-long-path-to-something", 45),
        ] {
            assert_eq!(length(text, PER_URL), expected, "{text}");
        }
    }

    #[test]
    fn of_an_account_elsewhere_only_its_name_counts() {
        for (text, expected) in [
            ("@name@server.example", 5),
            ("@name", 5),
            ("Ask @na.me@server.example.", 4 + 6 + 1),
            ("a@name@server.example", 21),
            ("somebody@server.example", 23),
            ("/@name@server.example", 21),
            ("@name@server.example@more", 25),
            ("@name@", 6),
            ("@@name@b", 3 + 3),
        ] {
            assert_eq!(length(text, PER_URL), expected, "{text}");
        }
        assert_eq!(
            without_servers("To @name@server.example, @b and c@d.example"),
            "To @name, @b and c@d.example"
        );
    }

    proptest! {
        #[test]
        fn nothing_breaks_and_nothing_counts_less_than_its_plain_parts(
            text in "(https?://|[a-z]{1,3}\\.(uk|org|zz9)|@|/|\\?|[a-cé👩\u{200D}\u{301}.:()# ]){0,30}"
        ) {
            let counted = length(&text, PER_URL);
            let plain = text.split_whitespace()
                .filter(|word| !word.to_ascii_lowercase().contains("http") && !word.contains('@'))
                .map(|word| word.graphemes(true).count())
                .sum::<usize>();
            prop_assert!(counted >= plain);
            prop_assert!(without_servers(&text).len() <= text.len());
        }
    }
}
