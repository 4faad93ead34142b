//! The public feed, in Atom (RFC 4287).
//!
//! Invariants: what it gives out is well-formed whatever stands in a text; the same entries make the same bytes; and an entry
//! keeps its id for as long as it is there.

use askama::Template;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

/// The longest title, in graphemes: a line in a reader's list.
const LONGEST_TITLE: usize = 70;

/// What was published, the newest first.
#[derive(Template)]
#[template(path = "feed.xml")]
pub struct Feed<'a> {
    /// Where the pages are, without a slash at the end.
    pub base_url: &'a str,
    /// The channel's name.
    pub channel: &'a str,
    /// What it is, in a line.
    pub tagline: &'a str,
    /// When the newest entry was published; of an empty feed, the beginning of time.
    pub updated: Timestamp,
    /// The entries.
    pub entries: Vec<Entry>,
}

/// One entry, as it is shown.
pub struct Entry {
    id: String,
    title: String,
    at: Timestamp,
    paragraphs: Vec<Vec<String>>,
}

impl Entry {
    /// The entry of a post with this key and text.
    #[must_use]
    pub fn new(key: &str, text: &str, at: Timestamp) -> Self {
        let paragraphs = text.split("\n\n").map(|paragraph| paragraph.lines().map(printable).collect());
        Self { id: id(key), title: title(text), at, paragraphs: paragraphs.collect() }
    }
}

/// Without what XML 1.0 has no way to write, escaped or not.
fn printable(text: &str) -> String {
    let is_allowed = |one: &char| *one >= ' ' && !matches!(one, '\u{FFFE}' | '\u{FFFF}') || *one == '\t';
    text.chars().filter(is_allowed).collect()
}

/// A name that is nobody else's and says nothing, made of the key alone: a UUID of version 8 (RFC 9562).
fn id(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The beginning of a text, cut between words.
fn title(text: &str) -> String {
    let line = printable(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    if line.trim().is_empty() {
        // An entry has a title, whatever its text is.
        return "…".to_owned();
    }
    if line.graphemes(true).count() <= LONGEST_TITLE {
        return line;
    }
    let cut = line.graphemes(true).take(LONGEST_TITLE - 1).collect::<String>();
    // A single long word is cut where it must be.
    let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{words}…")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn feed(texts: &[&str]) -> String {
        let entries =
            texts.iter().enumerate().map(|(at_, text)| Entry::new(&format!("key{at_}"), text, at()));
        Feed {
            base_url: "https://channel.example",
            channel: "ClientsConnect",
            tagline: "Words about therapy",
            updated: at(),
            entries: entries.collect(),
        }
        .render()
        .unwrap()
    }

    #[test]
    fn an_entry_is_the_whole_text_with_its_disclaimer() {
        insta::assert_snapshot!(feed(&["Grief has no timetable.\nNone.\n\nIn danger: 999."]), @r#"
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">
          <id>https://channel.example/feed.atom</id>
          <title>ClientsConnect</title>
          <subtitle>Words about therapy</subtitle>
          <updated>2026-11-23T12:00:00Z</updated>
          <author><name>ClientsConnect</name></author>
          <link rel="self" type="application/atom+xml" href="https://channel.example/feed.atom"/>
          <link rel="alternate" type="text/html" href="https://channel.example/"/>
        <entry>
            <id>urn:uuid:a819408c-e501-8ca2-a09e-f59ac3d89f5f</id>
            <title>Grief has no timetable. None. In danger: 999.</title>
            <published>2026-11-23T12:00:00Z</published>
            <updated>2026-11-23T12:00:00Z</updated>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Grief has no timetable.<br/>None.</p><p>In danger: 999.</p></div></content>
          </entry>
        </feed>
        "#);
    }

    #[test]
    fn nothing_in_a_text_becomes_markup_or_breaks_the_feed() {
        let shown = feed(&["]]></div><script>&amp;\"'\u{0}\u{1b}\u{FFFF}"]);
        assert!(shown.contains("<p>]]&gt;&lt;/div&gt;&lt;script&gt;&amp;amp;&quot;&#39;</p>"), "{shown}");
        assert!(!shown.chars().any(|one| one.is_control() && one != '\n'));
    }

    #[test]
    fn a_title_is_cut_between_words_and_an_id_is_the_keys_alone() {
        assert_eq!(title("Short.\n\nWords."), "Short. Words.");
        let long = title(&"therapy ".repeat(30));
        assert!(long.ends_with("therapy…") && long.graphemes(true).count() <= LONGEST_TITLE, "{long}");
        assert_eq!(title(&"a".repeat(200)).graphemes(true).count(), LONGEST_TITLE);
        assert_eq!(id("key"), id("key"));
        assert_ne!(id("key"), id("kez"));
        assert!(id("key").starts_with("urn:uuid:") && id("key").len() == 45);
    }
}
