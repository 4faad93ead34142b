//! Content notes: a first line that says what the words are about, so that a reader can choose not to read on.
//!
//! Invariant: nothing is taken for a note that leaves no words behind it.

/// What a note begins with, as people write it.
const BEGINNINGS: [&str; 6] = ["content note:", "content warning:", "trigger warning:", "cn:", "cw:", "tw:"];

/// The note without its beginning, and the words after it.
pub(super) fn split(words: &str) -> Option<(&str, &str)> {
    let (first, rest) = words.trim().split_once('\n')?;
    let is_begun = |beginning: &&&str| {
        first.get(..beginning.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(beginning))
    };
    let beginning = BEGINNINGS.iter().find(is_begun)?;
    let (note, rest) = (first[beginning.len()..].trim(), rest.trim());
    (!note.is_empty() && !rest.is_empty()).then_some((note, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_that_says_so_is_a_note_and_nothing_else_is() {
        for (words, expected) in [
            ("Content note: grief\n\nWords.", Some(("grief", "Words."))),
            (" cw: loss, hospital \nWords.\nMore.", Some(("loss, hospital", "Words.\nMore."))),
            ("TRIGGER WARNING:grief\nWords.", Some(("grief", "Words."))),
            ("Content note: grief", None),
            ("Content note:\nWords.", None),
            ("Content note: grief\n \n", None),
            ("Contents: grief\nWords.", None),
            ("Words.\nContent note: grief", None),
            ("é\nWords.", None),
            ("", None),
        ] {
            assert_eq!(split(words), expected, "{words}");
        }
    }
}
