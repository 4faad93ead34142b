//! Postcodes, with and without their space, in capitals or not.
//!
//! Invariant: the area exists, the last two letters are ones that Royal Mail uses; small letters need more than the shape.

use super::checks;
use super::cue::{Cue, cue, words_before};
use super::scan::{Scan, before, end_of, start_of};
use crate::finding::Kind::Postcode;

/// Parliament, the Palace and Downing Street, where people are told to write to.
const PUBLIC: [&[u8]; 3] = [b"sw1a0aa", b"sw1a1aa", b"sw1a2aa"];

pub(super) fn find(scan: &mut Scan<'_>) {
    for index in 0..scan.groups.len() {
        let digits = scan.groups[index].start;
        let start = start_of(scan.folded, digits, 5, |byte| byte.is_ascii_lowercase());
        if before(scan.folded, start).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let area = &scan.folded[start..digits];
        let end = match area {
            b"bfpo" => None,
            [_] | [_, _] if checks::postcode_area(area) => shape(scan, start, digits),
            _ => None,
        };
        if let Some(end) = end {
            let compact: Vec<u8> =
                scan.folded[start..end].iter().copied().filter(u8::is_ascii_alphanumeric).collect();
            if !PUBLIC.contains(&compact.as_slice()) {
                scan.put(Postcode, "A postcode.", start, end);
            }
        }
    }
}

fn shape(scan: &Scan<'_>, start: usize, digits: usize) -> Option<usize> {
    let folded = scan.folded;
    let after_digits = end_of(folded, digits, |byte| byte.is_ascii_digit());
    let count = after_digits - digits;
    let letter = folded.get(after_digits).is_some_and(u8::is_ascii_lowercase);
    let gap = |at: usize| folded.get(at) == Some(&b' ');
    // Where the second half begins.
    let inward = match count {
        1 if letter && gap(after_digits + 1) => after_digits + 2,
        1 | 2 if gap(after_digits) => after_digits + 1,
        1 if letter => after_digits + 1,
        2 | 3 => after_digits - 1,
        _ => return None,
    };
    let end = inward + 3;
    let half = folded.get(inward..end)?;
    let letters = half[1..].iter().all(|byte| byte.is_ascii_lowercase() && !b"cikmov".contains(byte));
    if !half[0].is_ascii_digit()
        || !letters
        || folded.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    {
        return None;
    }
    let spaced = folded[inward - 1] == b' ';
    let named = || leads(folded, start);
    // Without capitals "b12 3rd" is a vitamin and a day; a spaced one with nothing odd is a postcode all the same.
    let ordinal = matches!(&half[1..], b"st" | b"nd" | b"rd" | b"th");
    let given = match (scan.is_upper(start, end), spaced) {
        (true, true) => !(ordinal && cue(folded, start) == Cue::Thing),
        (true, false) => cue(folded, start) != Cue::Thing,
        (false, true) => !ordinal || named(),
        (false, false) => named(),
    };
    given.then_some(end)
}

/// "my postcode is", "I live in": said of what would otherwise be anything.
fn leads(folded: &[u8], start: usize) -> bool {
    words_before(folded, start).take(5).any(|(word, _)| {
        matches!(
            word,
            b"postcode"
                | b"post"
                | b"live"
                | b"lives"
                | b"living"
                | b"address"
                | b"near"
                | b"zip"
                | b"moved"
                | b"located"
                | b"based"
                | b"road"
                | b"street"
                | b"lane"
                | b"avenue"
                | b"close"
        )
    })
}
