//! Whether a post on a server says what was written: servers give posts back as HTML.
//!
//! Invariant: two texts are the same if they differ in nothing but white space and the servers of mentioned accounts,
//! which Mastodon does not show. Everything else that it adds is markup, and goes.
//!
//! The markup: `TextFormatter` of Mastodon makes paragraphs, breaks, and links whose text is that of the address in
//! three pieces, of a tag or of an account; and before a quoting post a paragraph of its own for older servers.

use curation::composition::mastodon::without_servers;

use crate::html;

/// True if a post that was written as `written` is given back as `html`.
pub(super) fn is_given_back_as(written: &str, html: &str) -> bool {
    is_same(written, &html::words(html, true))
}

/// True if both texts read the same.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let words = |text: &str| {
        let text = without_servers(text);
        let words =
            text.split(|one: char| one.is_whitespace() || one.is_control()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    words(one) == words(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_mastodon_makes_of_a_text_is_the_same_text() {
        for (written, html) in [
            ("An example.", "<p>An example.</p>"),
            ("One.\nTwo.\n\n\nThree. ", "<p>One.<br />Two.</p><p>Three.</p>"),
            ("a < b & \"c\" > 'd'", "<p>a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;</p>"),
            ("&amp; stays", "<p>&amp;amp; stays</p>"),
            (
                "See https://www.example.org/a-path-that-is-longer-than-that?a=1&b=2.",
                "<p>See <a href=\"https://www.example.org/a-path-that-is-longer-than-that?a=1&amp;b=2\" target=\"_blank\" rel=\"nofollow noopener\"><span class=\"invisible\">https://www.</span><span class=\"ellipsis\">example.org/a-path-that-is-lon</span><span class=\"invisible\">ger-than-that?a=1&amp;b=2</span></a>.</p>",
            ),
            (
                "#grief and @name@server.example",
                "<p><a href=\"https://server.example/tags/grief\" class=\"mention hashtag\" rel=\"tag\">#<span>grief</span></a> and <span class=\"h-card\"><a href=\"https://server.example/@name\" class=\"u-url mention\">@<span>name</span></a></span></p>",
            ),
            (
                "Our view.",
                "<p class=\"quote-inline\">RE: <a href=\"https://server.example/@name/1\">server.example/@name/1</a></p><p>Our view.</p>",
            ),
            ("👩‍👩‍👧‍👦 שלום e\u{301}", "<p>👩‍👩‍👧‍👦 שלום e\u{301}</p>"),
            ("& alone &; and &#x110000; and &nosuch;", "& alone &; and &#x110000; and &nosuch;"),
        ] {
            assert!(is_given_back_as(written, html), "{written}");
        }
    }

    #[test]
    fn other_words_are_not_the_same_text() {
        for (written, html) in [
            ("An example.", "<p>An example</p>"),
            ("An example.", "<p>An example. And more.</p>"),
            ("Some words", "<p>Somewords</p>"),
            ("#grief", "<p>grief</p>"),
            ("Our view.", "<p class=\"quote-inline\">Our view.</p>"),
            ("Our view.", "<p class=\"quote-inline\">Our view."),
            ("an example.", "<p>An example.</p>"),
        ] {
            assert!(!is_given_back_as(written, html), "{written}");
        }
    }

    proptest! {
        #[test]
        fn any_text_survives_what_a_server_makes_of_it(text in "[ -~é👩\u{200D}\u{301}\n]{0,80}") {
            let escaped = text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
                .replace('"', "&quot;").replace('\'', "&#39;");
            let html = format!("<p>{}</p>", escaped.replace("\n\n", "</p><p>").replace('\n', "<br />"));
            prop_assert!(is_given_back_as(&text, &html));
        }
    }
}
