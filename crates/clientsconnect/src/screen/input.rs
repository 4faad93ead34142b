//! From bytes to lines, and from a line to a text.
//!
//! Invariant: whatever comes, a line costs at most [`LINE_LIMIT`] of memory and is either an item or a [`Refusal`]; and a
//! refusal quotes nothing of it.

use std::io::{self, BufRead, BufReader, Read};

use serde::Deserialize;
use serde_json::value::RawValue;

/// The longest text that is screened, in bytes of UTF-8. The channel itself takes 16 KiB at most; sixteen times that is a
/// file that got here by mistake, and answering it would only bury what was found.
pub(super) const TEXT_LIMIT: usize = 256 * 1024;

/// A line with this many bytes is refused unread: a text within [`TEXT_LIMIT`] fits even with every character beyond
/// ASCII escaped (`\u00e9`), which makes it three times as long.
pub(super) const LINE_LIMIT: usize = 1024 * 1024;

/// What is read at once. It is also about what one worker gets, some two hundred posts.
const READ_AT_ONCE: usize = 64 * 1024;

/// One text to screen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) text: String,
}

/// Why a line, or a plain text, was not screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the line is empty")]
    Blank,
    #[error("the line is not UTF-8")]
    NotUtf8,
    #[error("the line is not a JSON object such as {{\"id\": \"a1\", \"text\": \"...\"}}")]
    NotAnObject,
    #[error("the JSON object does not end on its line: one object is one line")]
    Unfinished,
    #[error("the line is not valid JSON, at byte {0}")]
    NotJson(usize),
    #[error("\"id\" or \"text\" stands in the object more than once")]
    Twice,
    #[error("\"id\" is missing or null; it has to be a string")]
    NoId,
    #[error("\"id\" is not a string")]
    IdNotAString,
    #[error("\"text\" is missing or null; it has to be a string")]
    NoText,
    #[error("\"text\" is not a string")]
    TextNotAString,
    #[error(
        "\"id\" or \"text\" has an escape that is half a character (\\ud800 to \\udfff without its other half)"
    )]
    HalfACharacter,
    #[error("the text is empty: there is nothing to screen")]
    EmptyText,
    #[error("the text is longer than {} KiB: too long for a post, a proposal or a comment", TEXT_LIMIT / 1024)]
    LongText,
    #[error(
        "the line has {} KiB or more; a text may have at most {} KiB",
        LINE_LIMIT / 1024,
        TEXT_LIMIT / 1024
    )]
    LongLine,
}

/// A line as it was read, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    Read(Vec<u8>),
    /// It reached [`LINE_LIMIT`]: nothing of it was kept.
    TooLong,
}

/// The lines of an input.
pub(super) struct Lines<R> {
    input: BufReader<R>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input: BufReader::with_capacity(READ_AT_ONCE, input) }
    }

    /// The next line and those that have come with it: what is returned never waits for a line that is not there yet,
    /// so that somebody who sends one line and waits for its answer gets it. Empty at the end of the input.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn batch(&mut self) -> io::Result<Vec<Line>> {
        let mut lines: Vec<Line> = self.next()?.into_iter().collect();
        while self.input.buffer().contains(&b'\n') {
            lines.extend(self.next()?);
        }
        Ok(lines)
    }

    /// The next line; `None` at the end of the input.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        let mut line = Vec::new();
        let read = self.input.by_ref().take(LINE_LIMIT as u64).read_until(b'\n', &mut line)?;
        if line.pop_if(|last| *last == b'\n').is_none() && read == LINE_LIMIT {
            // The rest is thrown away piece by piece, so that it never fills the memory.
            self.input.skip_until(b'\n')?;
            return Ok(Some(Line::TooLong));
        }
        Ok((read > 0).then_some(Line::Read(line)))
    }

    /// All that is left, if that is at most `limit` bytes.
    ///
    /// # Errors
    /// Reading failed.
    pub(super) fn rest(&mut self, limit: usize) -> io::Result<Option<Vec<u8>>> {
        let mut rest = Vec::new();
        let read = self.input.by_ref().take(limit as u64 + 1).read_to_end(&mut rest)?;
        Ok((read <= limit).then_some(rest))
    }
}

/// The fields of a line, unread: a value of the wrong type is told apart from one that isn't there, and a null is as good
/// as none.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

/// The item that a line holds.
///
/// # Errors
/// It holds none, or a text that can't be screened.
pub(super) fn item(line: &Line) -> Result<Item, Refusal> {
    let Line::Read(line) = line else { return Err(Refusal::LongLine) };
    let line = std::str::from_utf8(without_mark(line)).map_err(|_| Refusal::NotUtf8)?.trim_ascii();
    if line.is_empty() {
        return Err(Refusal::Blank);
    }
    // An array of two strings would be read as the two fields.
    if !line.starts_with('{') {
        return Err(Refusal::NotAnObject);
    }
    let fields: Fields<'_> = serde_json::from_str(line).map_err(|error| match error.classify() {
        // Any value will do for either field, so that this is all that can be wrong with an object.
        serde_json::error::Category::Data => Refusal::Twice,
        serde_json::error::Category::Eof => Refusal::Unfinished,
        _ => Refusal::NotJson(error.column()),
    })?;
    let id = string(fields.id, Refusal::NoId, Refusal::IdNotAString)?;
    let text = string(fields.text, Refusal::NoText, Refusal::TextNotAString)?;
    bounded(&text)?;
    Ok(Item { id, text })
}

/// The plain text that bytes hold, without the line ends after it.
///
/// # Errors
/// It is not UTF-8, empty, or too long.
pub(super) fn plain(bytes: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(without_mark(bytes)).map_err(|_| Refusal::NotUtf8)?;
    let text = text.trim_end_matches(['\r', '\n']);
    bounded(text)?;
    Ok(text)
}

fn bounded(text: &str) -> Result<(), Refusal> {
    match text.len() {
        0 => Err(Refusal::EmptyText),
        length if length > TEXT_LIMIT => Err(Refusal::LongText),
        _ => Ok(()),
    }
}

fn string(value: Option<&RawValue>, missing: Refusal, other: Refusal) -> Result<String, Refusal> {
    let value = value.ok_or(missing)?.get();
    if !value.starts_with('"') {
        return Err(other);
    }
    // It is a well-formed string: only what its escapes stand for has not been looked at yet.
    serde_json::from_str(value).map_err(|_| Refusal::HalfACharacter)
}

/// A byte-order mark, as some editors begin a file with, is no part of what is in it.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn of(line: &[u8]) -> Result<Item, Refusal> {
        item(&Line::Read(line.to_vec()))
    }

    #[test]
    fn a_line_that_is_no_such_object_is_refused_for_what_is_wrong_with_it() {
        let table: &[(&[u8], Refusal)] = &[
            (b"", Refusal::Blank),
            (b" \t\r", Refusal::Blank),
            (b"\xef\xbb\xbf", Refusal::Blank),
            (b"not json", Refusal::NotAnObject),
            (b"[\"a\", \"b\"]", Refusal::NotAnObject),
            (b"\"text\"", Refusal::NotAnObject),
            (b"null", Refusal::NotAnObject),
            (b"{", Refusal::Unfinished),
            (b"{\"id\": \"a\", \"text\": \"b", Refusal::Unfinished),
            (b"{'id': 'a'}", Refusal::NotJson(2)),
            (b"{\"id\": \"a\", \"text\": \"b\"} {}", Refusal::NotJson(26)),
            (b"{\"id\": \"a\", \"text\": \"a\0b\"}", Refusal::NotJson(22)),
            (b"{\"id\": \"a\", \"text\": \"\\x41\"}", Refusal::NotJson(23)),
            (b"{\"id\": \"a\", \"text\": \"\\ud8\"}", Refusal::NotJson(27)),
            (b"{}", Refusal::NoId),
            (b"{\"text\": \"a\"}", Refusal::NoId),
            (b"{\"id\": null, \"text\": \"a\"}", Refusal::NoId),
            (b"{\"id\": 7, \"text\": \"a\"}", Refusal::IdNotAString),
            (b"{\"id\": \"a\"}", Refusal::NoText),
            (b"{\"id\": \"a\", \"text\": null}", Refusal::NoText),
            (b"{\"id\": \"a\", \"Text\": \"b\"}", Refusal::NoText),
            (b"{\"id\": \"a\", \"text\": 7}", Refusal::TextNotAString),
            (b"{\"id\": \"a\", \"text\": [\"b\"]}", Refusal::TextNotAString),
            (b"{\"id\": \"a\", \"text\": {\"text\": \"b\"}}", Refusal::TextNotAString),
            (b"{\"id\": \"a\", \"text\": \"b\", \"text\": \"c\"}", Refusal::Twice),
            (b"{\"id\": \"a\", \"text\": \"\"}", Refusal::EmptyText),
            (b"{\"id\": \"a\", \"text\": \"\\ud800\"}", Refusal::HalfACharacter),
            (b"{\"id\": \"a\", \"text\": \"\\udc00 b\"}", Refusal::HalfACharacter),
            (b"{\"id\": \"a\", \"text\": \"\\ud83d\\u0041\"}", Refusal::HalfACharacter),
            (b"{\"id\": \"\\ud83d\", \"text\": \"b\"}", Refusal::HalfACharacter),
            (b"{\"id\": \"a\", \"text\": \"\xff\xfe\"}", Refusal::NotUtf8),
            (b"{\"id\": \"a\", \"text\": \"\xed\xa0\x80\"}", Refusal::NotUtf8),
        ];
        for (line, refusal) in table {
            assert_eq!(of(line), Err(*refusal), "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn whatever_else_an_object_holds_is_passed_over() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        let lines = [
            "\u{feff}{\"id\":\"1\",\"text\":\"b\"}\r".to_owned(),
            "  {\"text\": \"b\", \"label\": [1, {\"id\": 2}], \"id\": \"1\", \"other\": \"\\ud800\"}"
                .to_owned(),
            format!("{{\"label\": {deep}, \"id\": \"1\", \"text\": \"\\u0062\"}}"),
        ];
        for line in lines {
            assert_eq!(of(line.as_bytes()), Ok(Item { id: "1".to_owned(), text: "b".to_owned() }));
        }
        assert_eq!(of(b"{\"id\": \"\", \"text\": \"\\ud83d\\ude42\\u0000\"}").unwrap().text, "\u{1f642}\0");
    }

    #[test]
    fn a_text_at_the_limit_is_taken_however_it_is_escaped_and_one_beyond_is_not() {
        for (character, escaped) in [("a", "a"), ("é", "\\u00e9"), ("\u{1f642}", "\\ud83d\\ude42")] {
            let count = TEXT_LIMIT / character.len();
            let line = |count| format!("{{\"id\": \"1\", \"text\": \"{}\"}}", escaped.repeat(count));
            assert!(line(count).len() < LINE_LIMIT);
            assert_eq!(of(line(count).as_bytes()).unwrap().text.len(), TEXT_LIMIT);
            assert_eq!(of(line(count + 1).as_bytes()), Err(Refusal::LongText));
        }
        assert_eq!(plain(&vec![b'a'; TEXT_LIMIT + 1]), Err(Refusal::LongText));
    }

    #[test]
    fn a_line_at_the_limit_is_thrown_away_and_the_next_is_read() {
        for extra in [0, 1, 3 * READ_AT_ONCE] {
            let mut input = vec![b'x'; LINE_LIMIT + extra];
            input.extend(b"\nnext\n");
            let mut lines = Lines::new(input.as_slice());
            assert_eq!(lines.next().unwrap(), Some(Line::TooLong));
            assert_eq!(lines.next().unwrap(), Some(Line::Read(b"next".to_vec())));
            assert_eq!(lines.next().unwrap(), None);
        }
        let mut input = vec![b'x'; LINE_LIMIT - 1];
        input.push(b'\n');
        let mut lines = Lines::new(input.as_slice());
        assert!(matches!(lines.next().unwrap(), Some(Line::Read(line)) if line.len() == LINE_LIMIT - 1));
        assert_eq!(item(&Line::TooLong), Err(Refusal::LongLine));
    }

    #[test]
    fn lines_come_in_batches_of_what_is_there() {
        // Gives what it has in the pieces in which it came.
        let pieces =
            io::Cursor::new(b"one\ntwo\nthr".to_vec()).chain(io::Cursor::new(b"ee\n\nlast".to_vec()));
        let mut lines = Lines::new(pieces);
        let read = |bytes: &[u8]| Line::Read(bytes.to_vec());
        assert_eq!(lines.batch().unwrap(), [read(b"one"), read(b"two")]);
        assert_eq!(lines.batch().unwrap(), [read(b"three"), read(b"")]);
        assert_eq!(lines.batch().unwrap(), [read(b"last")]);
        assert_eq!(lines.batch().unwrap(), []);
    }
}
