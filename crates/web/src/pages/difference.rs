//! The word-level difference between two revisions.

use similar::{ChangeTag, TextDiff};

/// A stretch of words and what became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    /// The words.
    pub text: String,
    tag: ChangeTag,
}

impl Piece {
    /// Whether only the newer text has it.
    pub fn is_added(&self) -> bool {
        self.tag == ChangeTag::Insert
    }

    /// Whether only the older text has it.
    pub fn is_removed(&self) -> bool {
        self.tag == ChangeTag::Delete
    }
}

/// What changed between two texts, in reading order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Difference {
    pieces: Vec<Piece>,
}

impl Difference {
    /// Compares word by word.
    pub fn between(older: &str, newer: &str) -> Self {
        let mut pieces: Vec<Piece> = Vec::new();
        for change in TextDiff::from_words(older, newer).iter_all_changes() {
            match pieces.last_mut() {
                Some(last) if last.tag == change.tag() => last.text.push_str(change.value()),
                _ => pieces.push(Piece { text: change.value().to_owned(), tag: change.tag() }),
            }
        }
        Self { pieces }
    }

    /// Neighbouring pieces never have the same fate.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_texts_can_be_read_off_the_difference() {
        let (older, newer) = ("Therapy cures most people.", "Therapy helps many people.");
        let difference = Difference::between(older, newer);
        let read = |skip: fn(&Piece) -> bool| -> String {
            difference.pieces().iter().filter(|piece| !skip(piece)).map(|piece| piece.text.as_str()).collect()
        };
        assert_eq!(read(Piece::is_added), older);
        assert_eq!(read(Piece::is_removed), newer);
        assert!(difference.pieces().iter().any(Piece::is_added));
    }
}
