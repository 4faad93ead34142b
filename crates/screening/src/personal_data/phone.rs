//! Telephone numbers: British ones in every grouping, others behind a plus sign or the word for them.
//!
//! Invariant: a number is taken whole or not at all; digits that go on, dates, decimals, and numbers that the writer calls
//! something else are none. Those of organisations and helplines are none.

use super::cue::{Cue, cue, words_before};
use super::phone_plan::{self, Sort};
use super::scan::{Scan, before, end_of};
use super::{checks, public};
use crate::finding::Kind::Phone;

const REASON: &str = "A telephone number.";
/// No telephone number has more digits (ITU, E.164), and a nought and an area's brackets may be among them.
const MOST_DIGITS: usize = 17;

/// Numbers that begin with a plus sign, or with what is dialled for it and the country's own code.
pub(super) fn find_international(scan: &mut Scan<'_>) {
    for index in 0..scan.groups.len() {
        let start = scan.groups[index].start;
        if scan.folded[start..].starts_with(b"0044") && may_begin(scan, index) {
            if let Some(last) = national(scan, index) {
                put(scan, start, index, last);
            }
            continue;
        }
        if !matches!(before(scan.folded, start), Some(b'+' | b' ' | b'(')) {
            continue;
        }
        let back = scan.folded[..start].trim_ascii_end();
        let back = back.strip_suffix(b"(").unwrap_or(back);
        if back.last() == Some(&b'+') && start - back.len() <= 2 {
            let plus = back.len() - 1;
            if !before(scan.folded, plus).is_some_and(|byte| byte.is_ascii_alphanumeric())
                && let Some(last) = with_country(scan, index, 0)
            {
                put(scan, plus, index, last);
            }
        }
    }
}

/// All other numbers.
pub(super) fn find(scan: &mut Scan<'_>) {
    let mut index = 0;
    while index < scan.groups.len() {
        let run = scan.groups[index];
        let mut next = index + 1;
        if !scan.is_taken(run.start, run.end)
            && may_begin(scan, index)
            && let Some(last) = national(scan, index)
                .or_else(|| without_plus(scan, index))
                .or_else(|| in_brackets(scan, index))
                .or_else(|| named(scan, index))
            && put(scan, run.start, index, last)
        {
            next = last + 1;
        }
        index = next;
    }
}

/// Takes in the bracket before and the extension behind, and appends the number.
fn put(scan: &mut Scan<'_>, start: usize, index: usize, last: usize) -> bool {
    let end = scan.groups[last].end;
    let closed = scan.folded[scan.groups[index].start..end].contains(&b')');
    let opened = scan.folded[start..end].contains(&b'(');
    let start = match before(scan.folded, start) {
        Some(b'(') if closed && !opened => start - 1,
        _ => start,
    };
    let end = extension(scan, last).filter(|longer| !scan.is_taken(start, *longer)).unwrap_or(end);
    scan.put(Phone, REASON, start, end)
}

fn may_begin(scan: &Scan<'_>, index: usize) -> bool {
    let start = scan.groups[index].start;
    match before(scan.folded, start) {
        Some(byte) if byte.is_ascii_alphabetic() => {
            // "tel07700 900123"
            let word = &scan.folded[start.saturating_sub(6)..start];
            [&b"tel"[..], b"mob", b"mobile", b"phone"].iter().any(|name| word.ends_with(name))
        }
        Some(b'#' | b'_') => false,
        _ => !scan.joined_before(start),
    }
}

/// What may stand between two groups of one number.
fn joins(gap: &[u8]) -> bool {
    matches!(gap, b" " | b"-" | b"." | b")" | b"(" | b") " | b" (" | b")-" | b"-(" | b" - " | b").")
}

/// The digits from `index` on, group by group, as long as they may belong to one number.
fn runs(scan: &Scan<'_>, index: usize) -> Vec<(usize, usize)> {
    let mut total = 0;
    let mut runs = Vec::new();
    for last in index..scan.groups.len() {
        if last > index && !scan.gap(last - 1).is_some_and(joins) {
            break;
        }
        total += scan.groups[last].len();
        if total > MOST_DIGITS {
            break;
        }
        runs.push((last, total));
    }
    runs
}

fn digits(scan: &Scan<'_>, index: usize, last: usize) -> Vec<u8> {
    checks::digits(&scan.folded[scan.groups[index].start..scan.groups[last].end])
}

/// Whether no digits and letters follow that would make it something longer.
fn ends_well(scan: &Scan<'_>, last: usize) -> bool {
    let end = scan.groups[last].end;
    !scan.joined_after(end) || extension(scan, last).is_some()
}

/// "020 7946 0123 ext 12", "x12", "020 7946 0123/4": where the number ends with it.
fn extension(scan: &Scan<'_>, last: usize) -> Option<usize> {
    let end = scan.groups[last].end;
    let next = scan.groups.get(last + 1)?;
    let gap = scan.folded.get(end..next.start).filter(|gap| gap.len() <= 13)?;
    let most = match gap {
        b"/" => 4,
        b"-" => 1,
        _ => {
            let words = gap.trim_ascii_start();
            let words = words.strip_prefix(b",").unwrap_or(words).trim_ascii_start();
            let words = words.strip_prefix(b"(").unwrap_or(words);
            let words = words.trim_ascii_end();
            let words = words.strip_suffix(b":").or_else(|| words.strip_suffix(b".")).unwrap_or(words);
            if !matches!(words, b"ext" | b"extn" | b"extension" | b"x") {
                return None;
            }
            5
        }
    };
    let whole = next.len() <= most
        && !scan.folded.get(next.end).is_some_and(|byte| byte.is_ascii_alphanumeric())
        && !scan.joined_after(next.end);
    whole.then_some(next.end)
}

/// A British number from its nought on.
fn national(scan: &Scan<'_>, index: usize) -> Option<usize> {
    let start = scan.groups[index].start;
    if scan.folded[start] != b'0' {
        return None;
    }
    let called = cue(scan.folded, start);
    if called == Cue::Thing {
        return None;
    }
    let runs = runs(scan, index);
    if scan.folded[start + 1..].starts_with(b"0") {
        let british = scan.folded[start..].starts_with(b"0044");
        // In the middle of other digits two noughts begin nothing.
        let apart = index == 0 || !scan.gap(index - 1).is_some_and(joins);
        return with_country(scan, index, 2)
            .filter(|last| british || called == Cue::Phone || (apart && *last > index));
    }
    let full = runs.iter().find(|(_, total)| *total == 11).map(|(last, _)| *last);
    let short = || {
        let last = runs.iter().find(|(_, total)| *total == 10).map(|(last, _)| *last)?;
        // Ten digits are an NHS number's as well.
        let goes_on = runs.len() > last - index + 1 && scan.gap(last) != Some(b" ");
        let like_nhs =
            scan.grouped(index, &[3, 3, 4], b" -.").is_some() && before(scan.folded, start) != Some(b'(');
        let plain = !matches!(called, Cue::Nhs | Cue::Account) && (!like_nhs || called == Cue::Phone);
        (plain && !goes_on && (scan.groups[index].len() >= 3 || called == Cue::Phone)).then_some(last)
    };
    [full, short()].into_iter().flatten().find(|last| {
        ends_well(scan, *last)
            && shaped_as_number(scan, index, *last, called)
            && private(scan, &digits(scan, index, *last), start)
    })
}

/// Dates and lists of small numbers begin with a nought as well.
fn shaped_as_number(scan: &Scan<'_>, index: usize, last: usize, called: Cue) -> bool {
    if last == index || scan.groups[index].len() >= 3 {
        return true;
    }
    let spaced = (index..last).all(|between| scan.gap(between) == Some(b" "));
    let bracketed = scan.gap(index).is_some_and(|gap| gap.contains(&b')'));
    called == Cue::Phone || spaced || bracketed
}

/// Whether a British number, with its nought, is anybody's own.
pub(super) fn private(scan: &Scan<'_>, digits: &[u8], start: usize) -> bool {
    let Some(sort) = digits.get(1..).and_then(phone_plan::sort) else { return false };
    if public::is_helpline(digits) {
        return false;
    }
    match sort {
        Sort::Line => true,
        Sort::Organisation => is_own_line(scan, start),
        Sort::Example => !is_public_line(scan, start),
    }
}

/// "ring me on", "my number is": said of a number that would otherwise be an organisation's.
fn is_own_line(scan: &Scan<'_>, start: usize) -> bool {
    words_before(scan.folded, start)
        .take(6)
        .any(|(word, _)| matches!(word, b"my" | b"me" | b"his" | b"him" | b"mobile"))
}

fn is_public_line(scan: &Scan<'_>, start: usize) -> bool {
    words_before(scan.folded, start).take(8).any(|(word, _)| {
        matches!(
            word,
            b"helpline"
                | b"hotline"
                | b"infoline"
                | b"freephone"
                | b"charity"
                | b"samaritans"
                | b"switchboard"
                | b"line"
        )
    })
}

/// A country code and what follows; `skip` noughts stand before it.
fn with_country(scan: &Scan<'_>, index: usize, skip: usize) -> Option<usize> {
    let runs = runs(scan, index);
    let all = digits(scan, index, runs.last()?.0);
    let start = scan.groups[index].start;
    if all.get(skip).is_none_or(|first| *first == 0) {
        return None;
    }
    let british = all.get(skip..skip + 2) == Some(&[4, 4]);
    let mut fallback = None;
    for (last, total) in runs {
        if !british {
            let (least, most) = phone_plan::international_length(&all[skip..]);
            if (least..=most).contains(&(total - skip.min(total))) && ends_well(scan, last) {
                fallback = Some(last);
            }
            continue;
        }
        let Some(national) = all.get(skip + 2..total) else { continue };
        let national = national.strip_prefix(&[0]).unwrap_or(national);
        if national.len() > 10 {
            break;
        }
        let with_nought = [&[0], national].concat();
        if national.len() >= 9 && ends_well(scan, last) && private(scan, &with_nought, start) {
            fallback = Some(last);
        }
    }
    fallback
}

/// "447700900123", as messengers show it.
fn without_plus(scan: &Scan<'_>, index: usize) -> Option<usize> {
    let start = scan.groups[index].start;
    if !scan.folded[start..].starts_with(b"44") || cue(scan.folded, start) == Cue::Thing {
        return None;
    }
    let (last, _) = runs(scan, index).into_iter().find(|(_, total)| *total == 12)?;
    let digits = digits(scan, index, last);
    let mobile = digits[2] == 7 && digits[3] != 0;
    let named = cue(scan.folded, start) == Cue::Phone && phone_plan::sort(&digits[2..]).is_some();
    ((mobile || named) && ends_well(scan, last)).then_some(last)
}

/// "(212) 555-0187".
fn in_brackets(scan: &Scan<'_>, index: usize) -> Option<usize> {
    let last = index + 2;
    let runs = scan.groups.get(index..=last)?;
    let lengths = runs.iter().map(|run| run.len()).eq([3, 3, 4]);
    let gaps = matches!(scan.gap(index)?, b") " | b")" | b")-")
        && matches!(scan.gap(index + 1)?, b"-" | b" " | b".");
    let bracket = before(scan.folded, runs[0].start) == Some(b'(');
    let begins = scan.folded[runs[0].start] >= b'2' && scan.folded[runs[1].start] >= b'2';
    (lengths && gaps && bracket && begins && ends_well(scan, last)).then_some(last)
}

/// A number that only the word for it makes a telephone number: "ring me on 496 0123".
fn named(scan: &Scan<'_>, index: usize) -> Option<usize> {
    let start = scan.groups[index].start;
    if scan.groups[index].len() < 3
        || before(scan.folded, start).is_some_and(|byte| b"*$".contains(&byte))
        || cue(scan.folded, start) != Cue::Phone
    {
        return None;
    }
    let (last, total) = runs(scan, index)
        .into_iter()
        .rfind(|(last, total)| (7..=13).contains(total) && ends_well(scan, *last))?;
    // Times, dates and amounts have shorter groups.
    let long_groups = (index..=last).all(|run| scan.groups[run].len() >= 3);
    let digits = digits(scan, index, last);
    if matches!(digits[..2], [0, 0 | 3 | 5 | 8]) {
        return None;
    }
    let unit = end_of(scan.folded, scan.groups[last].end, |byte| b" %".contains(&byte));
    let counted =
        [&b"people"[..], b"times", b"words", b"minutes", b"%", b"miles", b"steps"].iter().any(|noun| {
            scan.folded[unit..].starts_with(noun) || scan.folded[scan.groups[last].end..].starts_with(noun)
        });
    (long_groups && total >= 7 && !counted && !public::is_helpline(&digits)).then_some(last)
}
