//! Numbers that the state gives to a person: NHS and National Insurance numbers.
//!
//! Invariant: a wrong check digit or prefix is no finding, unless the writer says that the number is theirs.

use super::checks;
use super::cue::{Cue, cue, is_own, words_before};
use super::scan::{Scan, before};
use crate::finding::Kind::{NhsNumber, Nino};

/// How the six digits of a National Insurance number are grouped.
const NINO_GROUPS: [&[usize]; 5] = [&[6], &[2, 2, 2], &[3, 3], &[2, 4], &[4, 2]];

pub(super) fn find(scan: &mut Scan<'_>) {
    for index in 0..scan.groups.len() {
        let run = scan.groups[index];
        if scan.is_taken(run.start, run.end) {
            continue;
        }
        if let Some(end) = nhs_number(scan, index) {
            scan.put(NhsNumber, "An NHS number.", run.start, end);
        } else if let Some((start, end)) = nino(scan, index) {
            scan.put(Nino, "A National Insurance number.", start, end);
        }
    }
}

fn nhs_number(scan: &Scan<'_>, index: usize) -> Option<usize> {
    let run = scan.groups[index];
    let whole = |last: &usize| scan.stands_alone(run.start, scan.groups[*last].end);
    let (last, spaced) = if run.len() == 10 {
        (index, false)
    } else if let Some(last) = scan.grouped(index, &[3, 3, 4], b" -.") {
        (last, true)
    } else {
        // A Scottish number begins with the date of birth and is often written so; or it is cut elsewhere by mistake.
        let last = [&[6, 4][..], &[3, 7], &[3, 3, 3], &[9], &[3, 3, 5]]
            .iter()
            .find_map(|lengths| scan.grouped(index, lengths, b" -"))?;
        let end = scan.groups[last].end;
        let digits = checks::digits(&scan.folded[run.start..end]);
        let named = cue(scan.folded, run.start) == Cue::Nhs && checks::nhs_number(&digits);
        let own = is_own(scan.folded, run.start, end, Cue::Nhs);
        return ((named || own) && whole(&last)).then_some(end);
    };
    let end = scan.groups[last].end;
    if !whole(&last) || joined_to_more(scan, index, last) {
        return None;
    }
    if is_own(scan.folded, run.start, end, Cue::Nhs) {
        return Some(end);
    }
    let digits = checks::digits(&scan.folded[run.start..end]);
    if !checks::nhs_number(&digits) {
        return None;
    }
    let given = match cue(scan.folded, run.start) {
        Cue::Nhs => true,
        Cue::Phone | Cue::Account | Cue::SortCode | Cue::NationalInsurance => false,
        // The check of a book's number is the same as of an NHS number, and one in eleven order numbers passes it.
        // Grouped as an NHS number is, a letter's reference is the patient's number.
        Cue::Thing => spaced && is_reference(scan.folded, run.start),
        Cue::None => spaced || digits[0] != 0 || begins_with_a_day(&digits),
    };
    given.then_some(end)
}

/// "Our ref", "patient id": what a clinic's letter calls a patient's number.
fn is_reference(folded: &[u8], at: usize) -> bool {
    words_before(folded, at)
        .take(3)
        .find(|(word, _)| !matches!(*word, b"no" | b"number" | b"is"))
        .is_some_and(|(word, _)| matches!(word, b"ref" | b"reference" | b"id" | b"hospital"))
}

/// Whether the groups go on as digits do that are no NHS number.
fn joined_to_more(scan: &Scan<'_>, index: usize, last: usize) -> bool {
    let plus = before(scan.folded, scan.groups[index].start).is_some_and(|byte| byte == b'+' || byte == b'#');
    let more = last > index
        && scan.gap(last).is_some_and(|gap| gap == b" ")
        && scan.groups.get(last + 1).is_some_and(|next| next.len() >= 3 && !scan.joined_after(next.end))
        && index > 0
        && scan.gap(index - 1).is_some_and(|gap| gap == b" ");
    plus || more
}

/// Scottish numbers begin with the date of birth, so some begin with a nought; no other NHS number does.
fn begins_with_a_day(digits: &[u8]) -> bool {
    let two = |at: usize| digits[at] * 10 + digits[at + 1];
    (1..=31).contains(&two(0)) && (1..=12).contains(&two(2))
}

fn nino(scan: &Scan<'_>, index: usize) -> Option<(usize, usize)> {
    let run = scan.groups[index];
    // Two letters, then perhaps a sign, then the digits.
    let apart = before(scan.folded, run.start).is_some_and(|byte| b" -.".contains(&byte));
    let start = run.start.checked_sub(2 + usize::from(apart))?;
    let prefix = &scan.folded[start..start + 2];
    if !prefix.iter().all(u8::is_ascii_lowercase)
        || before(scan.folded, start).is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return None;
    }
    let last = NINO_GROUPS.iter().find_map(|lengths| scan.grouped(index, lengths, b" -."))?;
    let digits_end = scan.groups[last].end;
    // The last letter, perhaps after a sign.
    let sign = scan.folded.get(digits_end).is_some_and(|byte| b" -.".contains(byte));
    let letter = digits_end + usize::from(sign);
    let stops =
        |at: usize| !scan.folded.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    // "a/c" behind a sort code is no letter of it.
    let suffix = scan.folded.get(letter).filter(|byte| {
        byte.is_ascii_lowercase() && stops(letter + 1) && !scan.folded[letter..].starts_with(b"a/c")
    });
    let end = if suffix.is_some() { letter + 1 } else { digits_end };
    if is_own(scan.folded, start, end, Cue::NationalInsurance) && stops(end) {
        return Some((start, end));
    }
    let named = cue(scan.folded, start);
    let right = checks::nino_prefix(prefix)
        && match suffix {
            Some(byte) => b"abcd".contains(byte),
            None => named == Cue::NationalInsurance && stops(digits_end),
        };
    // "at 12 34 56 a ..." is a sentence: apart from each other, small letters need the word.
    let small = (apart && !scan.is_upper(start, start + 2))
        || (sign && suffix.is_some() && !scan.is_upper(letter, end));
    let given = match named {
        Cue::NationalInsurance => true,
        Cue::Thing => is_reference(scan.folded, start) && !small,
        _ => !small,
    };
    (right && given).then_some((start, end))
}
