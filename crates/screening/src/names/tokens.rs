//! Cuts a normalised text into the tokens that the name tagger reads, each with what its features need.
//!
//! Invariant: tokens are in order, never overlap and never leave the text; cutting is one pass.

use super::knowledge::{Entry, Knowledge};

/// The writing of a token: which sort of characters it has and which of them are capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Case {
    Lower,
    Title,
    /// All capitals, two letters or more.
    Upper,
    Initial,
    /// Capitals inside, as in "McDonald" and "BigFan".
    Mixed,
    Digits,
    LettersAndDigits,
    Sign,
    Link,
}

/// One token.
pub(crate) struct Token {
    /// First byte in the normalised text.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
    pub(crate) case: Case,
    /// Hash of the lower-case word, every digit as 0.
    pub(crate) word: u32,
    /// Hash of the compressed shape ("Xx", "xd").
    pub(crate) shape: u32,
    /// What the word list knows of it.
    pub(crate) known: Entry,
    /// Stands directly after the token before it, without a space.
    pub(crate) joined: bool,
    /// First of its sentence.
    pub(crate) first: bool,
}

/// FNV-1a, 32 bits: the trainer computes the same for the words of its lists.
pub(crate) fn hash_word(word: impl IntoIterator<Item = u8>) -> u32 {
    word.into_iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(if byte.is_ascii_digit() { b'0' } else { byte })).wrapping_mul(0x0100_0193)
    })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Cuts the text. `cased` and `folded` are the two spellings of one normalised text, of the same length.
pub(crate) fn cut(cased: &[u8], folded: &[u8], knowledge: &Knowledge<'_>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(folded.len() / 4 + 1);
    let mut at = 0;
    while at < folded.len() {
        if folded[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let end = token_end(folded, at);
        let first = match tokens.last() {
            None => true,
            Some(last) => {
                matches!(folded[last.start], b'.' | b'!' | b'?')
                    || folded[last.end..at].contains(&b'\n')
                    || (matches!(folded[last.start], b'"') && last.first)
            }
        };
        let joined = tokens.last().is_some_and(|last| last.end == at);
        let case = case_of(&cased[at..end]);
        let word = hash_word(folded[at..end].iter().copied());
        tokens.push(Token {
            start: at,
            end,
            case,
            word,
            shape: shape_of(&cased[at..end]),
            known: knowledge.word(word),
            joined,
            first,
        });
        at = end;
    }
    tokens
}

/// Where the token that starts at `at` ends.
fn token_end(text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    if rest.starts_with(b"http://") || rest.starts_with(b"https://") || rest.starts_with(b"www.") {
        return at + rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    }
    // A clitic on its own: 's, n't come apart below, and tokenised text has them apart already.
    if rest[0] == b'\'' && rest.len() > 1 && rest[1].is_ascii_alphabetic() {
        let letters = rest[1..].iter().take_while(|byte| is_word(**byte)).count();
        if letters <= 2 && matches!(&rest[1..=letters], b"s" | b"m" | b"d" | b"ve" | b"re" | b"ll" | b"t") {
            return at + 1 + letters;
        }
        return at + 1;
    }
    if !is_word(rest[0]) {
        // A run of one sign is one token, so that "!!!!" costs what "!" costs.
        return at + rest.iter().take_while(|byte| **byte == rest[0]).count();
    }
    let mut end = at;
    loop {
        while end < text.len() && is_word(text[end]) {
            end += 1;
        }
        // An apostrophe or a hyphen between two letters stays inside (O'Brien, Anne-Marie), a clitic does not.
        let inside = end + 1 < text.len()
            && matches!(text[end], b'\'' | b'-')
            && text[end - 1].is_ascii_alphabetic()
            && text[end + 1].is_ascii_alphabetic();
        if !inside {
            return end;
        }
        if text[end] == b'\'' {
            let letters = text[end + 1..].iter().take_while(|byte| is_word(**byte)).count();
            if letters <= 2 && !matches!(&text[at..end], b"o" | b"d") {
                return end;
            }
        }
        end += 1;
    }
}

fn case_of(word: &[u8]) -> Case {
    if word.starts_with(b"http") && word.contains(&b'/') || word.starts_with(b"www.") {
        return Case::Link;
    }
    let upper = word.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let lower = word.iter().filter(|byte| byte.is_ascii_lowercase()).count();
    let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
    match (upper, lower, digits) {
        (0, 0, 0) => Case::Sign,
        (0, 0, _) => Case::Digits,
        (_, _, 1..) => Case::LettersAndDigits,
        (0, ..) => Case::Lower,
        (1, 0, _) => Case::Initial,
        (_, 0, _) => Case::Upper,
        (1, ..) if word[0].is_ascii_uppercase() => Case::Title,
        _ => Case::Mixed,
    }
}

/// "McDonald" is `XxXx`: at most two of a sort in a row, at most eight in all.
fn shape_of(word: &[u8]) -> u32 {
    let (mut last, mut run, mut length, mut hash) = (0_u8, 0, 0, 0x811c_9dc5_u32);
    for byte in word {
        let sort = match byte {
            b'A'..=b'Z' => b'X',
            b'a'..=b'z' => b'x',
            b'0'..=b'9' => b'd',
            other => *other,
        };
        run = if sort == last { run + 1 } else { 1 };
        last = sort;
        if run <= 2 && length < 8 {
            length += 1;
            hash = (hash ^ u32::from(sort)).wrapping_mul(0x0100_0193);
        }
    }
    hash
}
