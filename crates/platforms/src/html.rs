//! Words out of HTML, in which Mastodon gives posts back, and out of what X writes for three characters.
//!
//! Invariant: every text has an answer, and the work is linear in its length.

/// `&amp;` and the like as what they stand for.
pub(crate) fn unescaped(text: &str) -> String {
    html_escape::decode_html_entities(text).into_owned()
}

/// The words of a post that is told as HTML: Mastodon sends a small set of elements that is already cleaned. Paragraphs,
/// lines and list items become lines. Of a post that quotes, the line that repeats the address of the quoted post is left
/// out, as Mastodon's own pages do.
pub(crate) fn words(html: &str, quotes: bool) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    // The element that is left out, and how many of its name are open within it.
    let mut left_out: Option<(&str, usize)> = None;
    while let Some(start) = rest.find('<') {
        if left_out.is_none() {
            text.push_str(&rest[..start]);
        }
        let Some(end) = rest[start..].find('>') else {
            // No element: what follows is not shown by a browser either.
            rest = "";
            break;
        };
        let inside = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        let is_end = inside.starts_with('/');
        let name_end = |text: &str| text.find(|one: char| !one.is_ascii_alphanumeric()).unwrap_or(text.len());
        let inside = inside.trim_start_matches('/');
        let name = &inside[..name_end(inside)];
        match &mut left_out {
            Some((element, open)) if name == *element => {
                if is_end {
                    *open -= 1;
                } else {
                    *open += 1;
                }
                if *open == 0 {
                    left_out = None;
                }
                continue;
            }
            Some(_) => continue,
            None if quotes && !is_end && inside.contains("quote-inline") && matches!(name, "p" | "span") => {
                left_out = Some((name, 1));
                continue;
            }
            None => {}
        }
        match (name, is_end) {
            ("p", true) => text.push_str("\n\n"),
            ("br", _) | ("div" | "li" | "blockquote" | "pre", true) => text.push('\n'),
            // Whatever was not ended before it.
            ("p" | "div" | "li" | "blockquote" | "pre", false)
                if !text.is_empty() && !text.ends_with('\n') =>
            {
                text.push('\n');
            }
            _ => {}
        }
    }
    if left_out.is_none() {
        text.push_str(rest);
    }
    unescaped(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_come_out_of_html_as_they_are_read() {
        for (html, expected) in [
            ("<p>One &amp; two</p><p>Three<br />four</p>", "One & two\n\nThree\nfour"),
            (
                "<p><span class=\"h-card\"><a href=\"https://s.example/@c\" class=\"u-url mention\">@<span>c</span></a></span> hi</p>",
                "@c hi",
            ),
            (
                "<a href=\"x\" class=\"mention hashtag\" rel=\"tag\">#<span>ClientsConnect</span></a>",
                "#ClientsConnect",
            ),
            (
                "<p class=\"quote-inline\">RE: <a href=\"https://s.example/@a/1\">s.example/@a/1</a></p><p>Mine</p>",
                "Mine",
            ),
            ("<p>Mine<span class=\"quote-inline\"><br/><span>RE:</span> x</span></p>", "Mine"),
            ("One<p>two</p>three<br>four<ul><li>five</li><li>six", "One\ntwo\n\nthree\nfour\nfive\nsix"),
            ("a < b", "a"),
            ("& alone &; and &#x110000; and &nosuch;", "& alone &; and &#x110000; and &nosuch;"),
            ("&#39;&quot;&#x27;&nbsp;.", "'\"'\u{A0}."),
            ("&lt;p&gt;", "<p>"),
            ("&amp;lt;", "&lt;"),
            ("", ""),
        ] {
            assert_eq!(words(html, true), expected, "{html}");
        }
        let hidden = "<p class=\"quote-inline\">Words.</p>";
        assert_eq!(words(hidden, false), "Words.");
    }

    proptest! {
        #[test]
        fn any_html_has_an_answer(html in "(<|>|/|p|br|span| class=\"quote-inline\"|&amp;|&#|;|é|x|👩| ){0,60}") {
            words(&html, true);
        }
    }
}
