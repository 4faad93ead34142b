//! Words: text that people may propose, parsed once at the edge.
//!
//! Invariant: whoever holds [`Words`] holds text that can be shown, measured and published as it stands.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest proposal, in characters: a long thread, and short enough to be weighed word by word by five volunteers.
pub const LONGEST: usize = 2_000;

/// More combining marks than this on one letter is no language's spelling; it hides text and breaks pages.
const MOST_MARKS: usize = 4;

/// Text fit to be published.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(String);

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words(..)")
    }
}

/// Why text cannot be proposed. Says what to do, never what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWords {
    /// Nothing in it.
    #[error("Write something first: this was empty.")]
    Empty,
    /// Beyond [`LONGEST`].
    #[error("Shorten it by {0} characters: {LONGEST} fit.")]
    TooLong(usize),
    /// Control characters, or characters that turn the reading direction around.
    #[error("Remove the invisible control characters: type the text, or paste it as plain text.")]
    Control,
    /// Piles of combining marks.
    #[error("Remove the piled-up accents: more than four on one letter cannot be read.")]
    Marks,
}

impl Words {
    /// Takes text as people type and paste it: line ends become line feeds, the ends are trimmed, Unicode is composed
    /// (NFC).
    ///
    /// # Errors
    /// [`InvalidWords`].
    pub fn parse(text: &str) -> Result<Self, InvalidWords> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        if text.chars().any(is_forbidden) {
            return Err(InvalidWords::Control);
        }
        let mut marks = 0;
        for one in text.chars() {
            marks = if is_combining_mark(one) { marks + 1 } else { 0 };
            if marks > MOST_MARKS {
                return Err(InvalidWords::Marks);
            }
        }
        let text = text.trim().nfc().collect::<String>();
        if !text.chars().any(|one| !one.is_whitespace() && !is_blank(one)) {
            return Err(InvalidWords::Empty);
        }
        match text.chars().count() {
            count if count > LONGEST => Err(InvalidWords::TooLong(count - LONGEST)),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Unicode's controls but for line feed and tab; the bidirectional embeddings, overrides and isolates (UAX #9), which
/// make a text read otherwise than it is stored; and what is no character at all.
fn is_forbidden(one: char) -> bool {
    (one.is_control() && one != '\n' && one != '\t')
        || matches!(one, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{E0000}'..='\u{E001F}')
}

/// Characters that show nothing: a text of these alone is empty.
fn is_blank(one: char) -> bool {
    matches!(one, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}' | '\u{3164}' | '\u{2800}')
        || is_combining_mark(one)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_is_taken_as_people_paste_it() {
        assert_eq!(Words::parse(" One\r\ntwo\rthree\t! ").unwrap().as_str(), "One\ntwo\nthree\t!");
        assert_eq!(Words::parse("cafe\u{301}").unwrap().as_str(), "café");
        assert_eq!(Words::parse("👩‍👩‍👧‍👦 and Tiếng Việt, עברית").map(|_| ()), Ok(()));
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        for (text, why) in [
            ("", InvalidWords::Empty),
            (" \n\t\u{200B} ", InvalidWords::Empty),
            ("a\0b", InvalidWords::Control),
            ("a\u{1b}[0m", InvalidWords::Control),
            ("abc\u{202E}def", InvalidWords::Control),
            ("abc\u{2067}def", InvalidWords::Control),
            ("a\u{301}\u{301}\u{301}\u{301}\u{301}", InvalidWords::Marks),
        ] {
            assert_eq!(Words::parse(text), Err(why));
        }
        assert_eq!(Words::parse(&"a\u{301}".repeat(8 * 1024)), Err(InvalidWords::TooLong(6_192)));
        assert_eq!(Words::parse(&"a".repeat(LONGEST + 3)), Err(InvalidWords::TooLong(3)));
        assert_eq!(Words::parse(&"é".repeat(LONGEST)).map(|_| ()), Ok(()));
    }
}
