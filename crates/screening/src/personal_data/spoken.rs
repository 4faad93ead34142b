//! Telephone numbers that are spelled out: "oh seven seven double oh, nine hundred, ...".
//!
//! Invariant: only a run of number words that begins with a nought and makes the ten or eleven digits of a British number
//! is one; counting is none. Each run is read once.

use super::scan::{Mark, Scan, end_of};
use super::{checks, phone};
use crate::finding::Kind::Phone;

const REASON: &str = "A telephone number, written out in words.";
/// A British number with its nought has ten or eleven digits (Ofcom, National Telephone Numbering Plan).
const DIGITS: std::ops::RangeInclusive<usize> = 10..=11;
/// What is read at most, so that a page of number words stays cheap.
const LONGEST: usize = 120;

pub(super) fn find(scan: &mut Scan<'_>) {
    let mut read = 0;
    for index in 0..scan.marks.len() {
        let (mark, start, _) = scan.marks[index];
        if mark != Mark::Nought || start < read {
            continue;
        }
        let (digits, end) = spelled(&scan.folded[start..scan.folded.len().min(start + LONGEST)]);
        read = start + end;
        if DIGITS.contains(&digits.len()) && phone::private(scan, &digits, start) {
            scan.put(Phone, REASON, start, start + end);
        }
    }
}

/// The digits that the words from the start say, and where the last of them ends.
fn spelled(words: &[u8]) -> (Vec<u8>, usize) {
    let mut digits: Vec<u8> = Vec::new();
    let (mut at, mut end, mut times) = (0, 0, 1);
    while at < words.len() && digits.len() <= *DIGITS.end() {
        let until = end_of(words, at, |byte| byte.is_ascii_alphanumeric());
        let word = &words[at..until];
        match word {
            b"double" => times = 2,
            b"triple" | b"treble" => times = 3,
            b"hundred" => digits.extend([0; 2]),
            b"thousand" => digits.extend([0; 3]),
            b"and" if !digits.is_empty() => {}
            _ if !word.is_empty() && word.iter().all(u8::is_ascii_digit) => {
                digits.extend(checks::digits(word))
            }
            _ => {
                let Some(digit) = digit(word) else { break };
                digits.extend(std::iter::repeat_n(digit, times));
                times = 1;
            }
        }
        end = if word == b"and" { end } else { until };
        at = end_of(words, until, |byte| b" ,-.".contains(&byte));
        if at == until {
            break;
        }
    }
    (digits, end)
}

fn digit(word: &[u8]) -> Option<u8> {
    Some(match word {
        b"oh" | b"o" | b"zero" | b"nought" | b"naught" => 0,
        b"one" => 1,
        b"two" => 2,
        b"three" => 3,
        b"four" => 4,
        b"five" => 5,
        b"six" => 6,
        b"seven" => 7,
        b"eight" => 8,
        b"nine" => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_their_digits() {
        for (words, digits) in [
            ("oh seven seven double oh, nine hundred, two four six, after lunch", "07700900246"),
            ("zero-seven-seven-zero-zero nine zero zero one two three", "07700900123"),
            ("oh no, one more", "0"),
            ("o seven triple four 900 123", "07444900123"),
        ] {
            assert_eq!(spelled(words.as_bytes()).0, checks::digits(digits.as_bytes()), "{words}");
        }
    }
}
