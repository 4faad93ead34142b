//! One spelling for many: the text that rules match against, with a way back to the original.
//!
//! Invariant: the normalised text is pure ASCII and every byte of it knows the original character it came from, so a
//! span of bytes here is a span of code points there. Tricks of spelling (zero-width characters, full-width or
//! accented letters, look-alike letters of other scripts, curly quotes) don't survive it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Stands for a letter or digit that has no ASCII form. It counts as part of a word.
const FOREIGN_LETTER: u8 = b'_';
/// Stands for any other character without an ASCII form, such as an emoji.
const FOREIGN_SIGN: u8 = b'*';

/// A text as the rules see it.
pub(crate) struct Normalised {
    /// Lower case.
    pub(crate) folded: Vec<u8>,
    /// The same with its capitals, byte for byte as long: names need them.
    pub(crate) cased: Vec<u8>,
    /// For each byte the index of its original character, and one more entry: the number of characters.
    origin: Vec<usize>,
    /// Where sentences end, ascending; the last is the length.
    pub(crate) sentence_ends: Vec<usize>,
}

impl Normalised {
    pub(crate) fn new(text: &str) -> Self {
        let mut cased = Vec::with_capacity(text.len());
        let mut origin = Vec::with_capacity(text.len() + 1);
        let mut count = 0;
        // Lines broken so far in the current run of white space; `None` outside such a run.
        let mut breaks: Option<usize> = None;
        for (index, character) in text.chars().enumerate() {
            count = index + 1;
            if is_invisible(character) {
                continue;
            }
            if character.is_whitespace() {
                let so_far = breaks.unwrap_or_else(|| {
                    cased.push(b' ');
                    origin.push(index);
                    0
                }) + line_breaks(character);
                // A single line break may be a wrapped line; an empty line ends a sentence.
                if so_far >= 2
                    && let Some(last) = cased.last_mut()
                {
                    *last = b'\n';
                }
                breaks = Some(so_far);
                continue;
            }
            breaks = None;
            let before = cased.len();
            fold_into(&mut cased, character);
            origin.resize(origin.len() + (cased.len() - before), index);
        }
        origin.push(count);
        let folded = cased.to_ascii_lowercase();
        let sentence_ends = sentence_ends(&folded);
        Self { folded, cased, origin, sentence_ends }
    }

    /// The code points of the original that the bytes `start..end` came from, half-open. Invisible characters after the
    /// last one belong to it, so that nothing of it is left over when the span is taken out.
    pub(crate) fn span(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.origin[start];
        let last = self.origin[end.saturating_sub(1).max(start)];
        (first, self.origin[end].max(last + 1))
    }
}

fn line_breaks(character: char) -> usize {
    match character {
        '\n' | '\u{0085}' | '\u{2028}' => 1,
        '\u{2029}' => 2,
        _ => 0,
    }
}

/// Characters that a reader doesn't see: they would only hide a phrase.
fn is_invisible(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || is_combining_mark(character)
        || matches!(character,
            '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Emoji that stand for a word in this field. A skull is not among them: it mostly means laughter.
const TELLING_EMOJI: [(char, &str); 9] = [
    ('🔫', "gun"),
    ('🔪', "knife"),
    ('🗡', "knife"),
    ('💊', "pills"),
    ('🩸', "blood"),
    ('⚰', "coffin"),
    ('🪦', "grave"),
    ('🪢', "rope"),
    ('🖕', "fuck you"),
];

/// Appends the ASCII form of one visible character: at least one byte, so that every character keeps a place.
fn fold_into(out: &mut Vec<u8>, character: char) {
    if character.is_ascii() {
        out.push(character as u8);
        return;
    }
    if let Some(alike) = look_alike(character) {
        out.push(alike);
        return;
    }
    if let Some((_, word)) = TELLING_EMOJI.iter().find(|(emoji, _)| *emoji == character) {
        out.push(b' ');
        out.extend_from_slice(word.as_bytes());
        out.push(b' ');
        return;
    }
    let before = out.len();
    for part in std::iter::once(character).nfkd() {
        if is_combining_mark(part) {
            continue;
        }
        out.push(match look_alike(part) {
            Some(alike) => alike,
            None if part.is_ascii_graphic() => part as u8,
            None if part.is_whitespace() => b' ',
            None if part.is_alphanumeric() => FOREIGN_LETTER,
            None => FOREIGN_SIGN,
        });
    }
    if out.len() == before {
        out.push(FOREIGN_SIGN);
    }
}

/// Quotes and dashes in their plain form, and letters of other scripts that look like Latin ones.
fn look_alike(character: char) -> Option<u8> {
    Some(match character {
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | '´' | 'ˈ' => b'\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => b'"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => b'-',
        'а' | 'α' => b'a',
        'А' | 'Α' => b'A',
        'В' | 'Β' => b'B',
        'с' => b'c',
        'С' => b'C',
        'ԁ' => b'd',
        'е' | 'ε' => b'e',
        'Е' | 'Ε' => b'E',
        'һ' => b'h',
        'Н' | 'Η' => b'H',
        'і' | 'ı' | 'ι' => b'i',
        'І' | 'Ι' => b'I',
        'ј' => b'j',
        'к' | 'κ' => b'k',
        'К' | 'Κ' => b'K',
        'ӏ' | 'ǀ' => b'l',
        'М' | 'Μ' => b'M',
        'Ν' => b'N',
        'о' | 'ο' => b'o',
        'О' | 'Ο' => b'O',
        'р' | 'ρ' => b'p',
        'Р' | 'Ρ' => b'P',
        'ѕ' => b's',
        'Ѕ' => b'S',
        'т' | 'τ' => b't',
        'Т' | 'Τ' => b'T',
        'υ' => b'u',
        'ѵ' | 'ν' => b'v',
        'ԝ' => b'w',
        'х' => b'x',
        'Х' | 'Χ' => b'X',
        'у' => b'y',
        'У' | 'Υ' => b'Y',
        _ => return None,
    })
}

/// Words after which a full stop doesn't end a sentence.
const ABBREVIATIONS: [&[u8]; 9] = [b"dr", b"mr", b"mrs", b"ms", b"prof", b"st", b"e.g", b"i.e", b"d.o.b"];

fn sentence_ends(folded: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    for (at, byte) in folded.iter().enumerate() {
        // A closing quotation mark or bracket belongs to the sentence before it; one look ahead is enough.
        let closing = usize::from(folded.get(at + 1).is_some_and(|next| b"\"')".contains(next)));
        let next_is_space = folded.get(at + 1 + closing).is_none_or(u8::is_ascii_whitespace);
        let ends_here = match byte {
            b'\n' => true,
            b'!' | b'?' => next_is_space,
            // Dots in a row trail off, they don't end.
            b'.' => {
                next_is_space
                    && folded.get(at.wrapping_sub(1)) != Some(&b'.')
                    && !after_abbreviation(&folded[..at])
            }
            _ => false,
        };
        if ends_here {
            ends.push(at + 1 + if *byte == b'\n' { 0 } else { closing });
        }
    }
    if ends.last() != Some(&folded.len()) {
        ends.push(folded.len());
    }
    ends
}

fn after_abbreviation(before: &[u8]) -> bool {
    ABBREVIATIONS.iter().any(|word| {
        before
            .strip_suffix(*word)
            .is_some_and(|rest| rest.last().is_none_or(|byte| !byte.is_ascii_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn folded(text: &str) -> String {
        String::from_utf8(Normalised::new(text).folded).unwrap()
    }

    #[test]
    fn spellings_that_look_alike_become_one() {
        for (text, expected) in [
            ("I\u{2019}m  fine", "i'm fine"),
            ("w\u{200b}a\u{00ad}n\u{2060}t", "want"),
            ("ＷＡＮＴ", "want"),
            ("wänt w\u{0061}\u{0308}nt", "want want"),
            ("𝔴𝔞𝔫𝔱", "want"),
            ("w\u{0430}nt", "want"),
            ("a\tb\nc", "a b c"),
            ("a\r\n\r\nb", "a\nb"),
            ("a\0b\u{202e}c", "abc"),
            ("日本 🙂", "__ *"),
            ("my 💊.", "my  pills ."),
            ("e\u{301}\u{301}\u{301}", "e"),
        ] {
            assert_eq!(folded(text), expected, "{text:?}");
        }
    }

    #[test]
    fn spans_lead_back_to_the_original() {
        let text = "🙂 I\u{200b} wa\u{308}n\u{200b}t\u{301} tea";
        let normalised = Normalised::new(text);
        let at = folded(text).find("want").unwrap();
        let (start, end) = normalised.span(at, at + 4);
        let cut: String = text.chars().skip(start).take(end - start).collect();
        assert_eq!(cut, "wa\u{308}n\u{200b}t\u{301}");
        // One character that becomes three.
        let normalised = Normalised::new("x…y");
        assert_eq!(normalised.span(1, 2), (1, 2));
        assert_eq!(normalised.span(1, 4), (1, 2));
        assert_eq!(normalised.span(0, 5), (0, 3));
    }

    #[test]
    fn the_work_is_bounded_by_the_length_of_the_text() {
        assert!(Normalised::new(&"\u{0301}".repeat(8192)).folded.is_empty());
        // The character with the longest decomposition has 18 parts.
        assert_eq!(Normalised::new(&"\u{fdfa}".repeat(100)).folded.len(), 1800);
        assert_eq!(Normalised::new(&" ".repeat(100_000)).folded.len(), 1);
    }
}
