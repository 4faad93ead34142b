//! Dates of birth: a date, and a word before or behind it that makes it one.
//!
//! Invariant: an appointment's date beside a date of birth stays a date; what has no calendar day is none.

use super::scan::{Group, Mark, Scan, before, end_of, one_of};
use crate::finding::Kind::DateOfBirth;

/// How far behind its word a date may begin: "was born in a small place on ...".
const REACH: usize = 64;
/// How far before its word a date may end.
const REACH_BACK: usize = 24;
/// Who was born before is a person of history.
const EARLIEST: u32 = 1910;

pub(super) fn find(scan: &mut Scan<'_>) {
    for index in 0..scan.marks.len() {
        let (mark, start, end) = scan.marks[index];
        let exact = match mark {
            Mark::Birth | Mark::Birthday => true,
            Mark::Born => false,
            _ => continue,
        };
        if exact && !names_a_day(scan.folded, mark, start, end) || !exact && no_person(scan.folded, start) {
            continue;
        }
        let hit = forward(scan.folded, mark, end).or_else(|| backward(scan, mark, start));
        put(scan, hit);
    }
    // "d.o.b." and "(b. ...)": too short to be words.
    for index in 0..scan.groups.len() {
        let Group { start, .. } = scan.groups[index];
        let lead = &scan.folded[start.saturating_sub(12)..start];
        let short = lead.strip_suffix(b" ").unwrap_or(lead);
        if short.ends_with(b"(b.") || short.ends_with(b"(b") {
            put(scan, date(scan.folded, start, Reading::Whole).map(|end| (start, end)));
        }
    }
    for index in 0..scan.dots.len() {
        let dot = scan.dots[index];
        if dot > 0 && scan.folded[dot - 1..].starts_with(b"d.o.b") {
            let end = dot + 4;
            let hit = forward(scan.folded, Mark::Birth, end).or_else(|| backward(scan, Mark::Birth, dot - 1));
            put(scan, hit);
        }
    }
}

fn put(scan: &mut Scan<'_>, hit: Option<(usize, usize)>) {
    if let Some((start, end)) = hit {
        scan.put(DateOfBirth, "A date of birth.", start, end);
    }
}

/// "birth" alone is a birth; with "date of" before it, or a sign behind it, it is a day.
fn names_a_day(folded: &[u8], mark: Mark, start: usize, end: usize) -> bool {
    let word = &folded[start..end];
    if mark == Mark::Birthday || word != b"birth" {
        return true;
    }
    let after = folded[end..].trim_ascii_start();
    folded[..start].ends_with(b"date of ")
        || folded[..start].ends_with(b"date-of-")
        || after.starts_with(b":")
        || after.starts_with(b"date")
}

/// An institution or an idea is born as well, and so is a character again.
fn no_person(folded: &[u8], start: usize) -> bool {
    super::cue::words_before(folded, start).take(3).any(|(word, _)| {
        matches!(
            word,
            b"nhs"
                | b"idea"
                | b"service"
                | b"charity"
                | b"movement"
                | b"campaign"
                | b"project"
                | b"organisation"
                | b"company"
                | b"network"
                | b"channel"
                | b"group"
                | b"tradition"
                | b"plan"
        )
    })
}

/// How much of a date is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Day, month and year.
    Whole,
    /// Digits in one piece will do as well.
    Pieced,
    /// Day and month will do.
    Yearless,
}

/// The first date behind the word, if only words that lead to it stand between.
fn forward(folded: &[u8], mark: Mark, end: usize) -> Option<(usize, usize)> {
    let reading = match mark {
        Mark::Birth => Reading::Pieced,
        Mark::Birthday => Reading::Yearless,
        _ => Reading::Whole,
    };
    let mut at = end;
    let mut previous: &[u8] = b"";
    while at < folded.len().min(end + REACH) {
        let byte = folded[at];
        if byte.is_ascii_alphanumeric() {
            // "born in a small place on ...": the day itself follows a word that leads to it.
            let led = mark != Mark::Born || previous.is_empty() || leads(previous);
            if led && let Some(until) = date(folded, at, reading) {
                return Some((at, until));
            }
            let until = end_of(folded, at, |byte| byte.is_ascii_alphanumeric() || byte == b'\'');
            previous = &folded[at..until];
            if mark != Mark::Born && !leads(previous) {
                return None;
            }
            at = until;
        } else if b"!?;".contains(&byte) || (mark == Mark::Born && ends_sentence(&folded[at..])) {
            return None;
        } else {
            at += 1;
        }
    }
    None
}

fn ends_sentence(rest: &[u8]) -> bool {
    rest.starts_with(b"\n") || rest.starts_with(b". ")
}

fn leads(word: &[u8]) -> bool {
    one_of!(word;
        b"is" b"was" b"of" b"on" b"the" b"a" b"as" b"date" b"given" b"recorded" b"my" b"his"
        b"her" b"their" b"which" b"being" b"dd" b"mm" b"yyyy" b"yy" b"patient" b"patient's"
        b"client" b"birth" b"dob" b"born" b"confirmed" b"stated" b"s" b"falls" b"it's" b"it"
        b"this" b"year" b"d" b"o" b"b" b"to" b"be" b"monday" b"tuesday" b"wednesday" b"thursday"
        b"friday" b"saturday" b"sunday" b"mon" b"tue" b"tues" b"wed" b"thu" b"thurs" b"fri" b"sat"
        b"sun" b"and" b"has" b"details" b"listed" b"documented" b"noted" b"file" b"verified"
        b"registered")
}

/// "3 May 1984 is my birthday", "03/05/1984 (dob)".
fn backward(scan: &Scan<'_>, mark: Mark, start: usize) -> Option<(usize, usize)> {
    if mark == Mark::Born {
        return None;
    }
    let folded = scan.folded;
    let reading = if mark == Mark::Birthday { Reading::Yearless } else { Reading::Whole };
    let from = start.saturating_sub(REACH);
    let first = scan.groups.partition_point(|run| run.start < from);
    let runs = scan.groups[first..].iter().take_while(|run| run.start < start);
    for run in runs {
        let mut begins = run.start;
        // "May 3 1984": the month stands before.
        if let Some(rest) = folded[..begins].strip_suffix(b" ") {
            let word = super::scan::start_of(folded, rest.len(), 9, |byte| byte.is_ascii_lowercase());
            if month_name(&folded[word..rest.len()]).is_some() && date(folded, word, reading).is_some() {
                begins = word;
            }
        }
        if before(folded, begins).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
            continue;
        }
        if let Some(end) = date(folded, begins, reading)
            && end <= start
            && start - end <= REACH_BACK
        {
            let between = &folded[end..start];
            let bracket = matches!(between, b" (" | b"(" | b" [" | b" - " | b", " | b", (");
            let said =
                between.split(|byte| b" ,.".contains(byte)).filter(|word| !word.is_empty()).all(|word| {
                    matches!(
                        word,
                        b"is" | b"was" | b"my" | b"his" | b"her" | b"their" | b"date" | b"of" | b"-"
                    )
                }) && between.starts_with(b" ")
                    && between.windows(2).any(|pair| pair == b"is" || pair == b"as" || pair == b"my");
            if bracket || said {
                return Some((begins, end));
            }
        }
    }
    None
}

/// The date that begins at `at`, in any of the ways in which it is written here: where it ends.
fn date(folded: &[u8], at: usize, reading: Reading) -> Option<usize> {
    let end = if folded[at].is_ascii_digit() {
        from_digits(folded, at, reading)
    } else {
        from_month(folded, at, reading)
    }?;
    let on = folded.get(end);
    let time = on == Some(&b't') && folded.get(end + 1).is_some_and(u8::is_ascii_digit);
    let stops = time || !on.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let goes_on =
        on.is_some_and(|byte| b"/-".contains(byte)) && folded.get(end + 1).is_some_and(u8::is_ascii_digit);
    (stops && !goes_on).then_some(end)
}

/// A number of at most `most` digits, and where it ends.
fn number(folded: &[u8], at: usize, most: usize) -> Option<(u32, usize)> {
    let end = end_of(folded, at, |byte| byte.is_ascii_digit());
    let value = (1..=most)
        .contains(&(end - at))
        .then(|| folded[at..end].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))?;
    Some((value, end))
}

fn from_digits(folded: &[u8], at: usize, reading: Reading) -> Option<usize> {
    let (first, mut end) = number(folded, at, 8)?;
    match end - at {
        4 => {
            // 1984-05-03, 1984/05/03.
            let sign = *folded.get(end).filter(|byte| b"-/.".contains(byte))?;
            let (month, month_end) = number(folded, end + 1, 2)?;
            let day = folded
                .get(month_end)
                .filter(|byte| **byte == sign)
                .and_then(|_| number(folded, month_end + 1, 2));
            let (day, day_end) = day?;
            (is_year(first) && is_day(day, month)).then_some(day_end)
        }
        8 if reading == Reading::Pieced => (is_day(first / 1_000_000, first / 10_000 % 100)
            && is_year(first % 10_000)
            || is_year(first / 10_000) && is_day(first % 100, first / 100 % 100))
        .then_some(end),
        6 if reading == Reading::Pieced => is_day(first / 10_000, first / 100 % 100).then_some(end),
        1 | 2 => {
            if [&b"st"[..], b"nd", b"rd", b"th"].iter().any(|ending| folded[end..].starts_with(ending)) {
                end += 2;
            }
            let (month_at, sign) = separated(folded, end)?;
            let month_at = if folded[month_at..].starts_with(b"of ") { month_at + 3 } else { month_at };
            let (month, month_end, named) = match number(folded, month_at, 2) {
                Some((month, month_end)) => (month, month_end, false),
                None => {
                    let until = end_of(folded, month_at, |byte| byte.is_ascii_lowercase());
                    (month_name(&folded[month_at..until])?, until, true)
                }
            };
            // Days and months change places where Americans write.
            if !is_day(first, month) && (named || !is_day(month, first)) {
                return None;
            }
            let with_year = separated(folded, month_end)
                .filter(|(_, again)| named || *again == sign)
                .and_then(|(year_at, _)| year(folded, year_at));
            with_year.or((reading == Reading::Yearless && named).then_some(month_end))
        }
        _ => None,
    }
}

/// May 3, 1984.
fn from_month(folded: &[u8], at: usize, reading: Reading) -> Option<usize> {
    let end = end_of(folded, at, |byte| byte.is_ascii_lowercase());
    let month = month_name(&folded[at..end])?;
    let (day_at, _) = separated(folded, end)?;
    let day_at = if folded[day_at..].starts_with(b"the ") { day_at + 4 } else { day_at };
    let (day, mut day_end) = number(folded, day_at, 2)?;
    if !is_day(day, month) {
        return None;
    }
    if [&b"st"[..], b"nd", b"rd", b"th"].iter().any(|ending| folded[day_end..].starts_with(ending)) {
        day_end += 2;
    }
    let with_year = separated(folded, day_end).and_then(|(year_at, _)| year(folded, year_at));
    with_year.or((reading == Reading::Yearless).then_some(day_end))
}

/// Skips what stands between the parts of a date: where the next begins, and the sign.
fn separated(folded: &[u8], at: usize) -> Option<(usize, u8)> {
    let next = end_of(folded, at, |byte| b" /.-,'|\\".contains(&byte));
    let signs = &folded[at..next];
    let sign = signs.iter().copied().find(|byte| *byte != b' ').or(signs.first().copied())?;
    (signs.len() <= 3 && next < folded.len()).then_some((next, sign))
}

/// A year of four digits, or of two.
fn year(folded: &[u8], at: usize) -> Option<usize> {
    let (value, end) = number(folded, at, 4)?;
    match end - at {
        4 => is_year(value).then_some(end),
        2 => Some(end),
        _ => None,
    }
}

fn is_year(value: u32) -> bool {
    (EARLIEST..2100).contains(&value)
}

fn is_day(day: u32, month: u32) -> bool {
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

pub(super) fn is_month(word: &[u8]) -> bool {
    month_name(word).is_some()
}

fn month_name(word: &[u8]) -> Option<u32> {
    Some(match word {
        b"jan" | b"january" => 1,
        b"feb" | b"febuary" | b"february" => 2,
        b"mar" | b"march" => 3,
        b"apr" | b"april" => 4,
        b"may" => 5,
        b"jun" | b"june" => 6,
        b"jul" | b"july" => 7,
        b"aug" | b"august" => 8,
        b"sep" | b"sept" | b"september" => 9,
        b"oct" | b"october" => 10,
        b"nov" | b"november" => 11,
        b"dec" | b"december" => 12,
        _ => return None,
    })
}
