//! Account names: behind an `@`, or behind the word for a platform.
//!
//! Invariant: the channel's own name and those of organisations are none; a word that merely follows a platform's name is
//! none either.

use super::public;
use super::scan::{Mark, Scan, before, end_of, one_of};
use crate::finding::Kind::Handle;

const REASON: &str = "An account name.";
/// The longest that a platform allows is below this.
const LONGEST: usize = 64;
/// What people write behind an `@` that means a place or everybody.
const NO_ACCOUNTS: [&[u8]; 16] = [
    b"home",
    b"work",
    b"school",
    b"uni",
    b"everyone",
    b"here",
    b"all",
    b"channel",
    b"the",
    b"my",
    b"me",
    b"lunch",
    b"night",
    b"noon",
    b"midnight",
    b"media",
];

pub(super) fn find(scan: &mut Scan<'_>) {
    for index in 0..scan.ats.len() {
        let at = scan.ats[index];
        if !scan.is_taken(at, at + 1)
            && let Some(end) = at_sign(scan.folded, at)
        {
            let name = first_part(&scan.folded[at + 1..end]);
            if !public::is_organisation(name) {
                scan.put(Handle, REASON, at, end);
            }
        }
    }
    for index in 0..scan.marks.len() {
        if let (Mark::Platform, start, end) = scan.marks[index]
            && let Some((start, end)) = on_platform(scan, start, end)
            && !public::is_organisation(&scan.folded[start..end])
        {
            scan.put(Handle, REASON, start, end);
        }
    }
    reddit(scan);
    numbered(scan);
}

fn first_part(name: &[u8]) -> &[u8] {
    name.split(|byte| b"@.".contains(byte)).next().unwrap_or_default()
}

fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)
}

/// Where a name that begins at `at` ends.
fn name_end(folded: &[u8], at: usize) -> usize {
    let most = folded.len().min(at + LONGEST);
    let mut end = at + end_of(&folded[at..most], 0, in_name);
    while end > at && b".-".contains(&folded[end - 1]) {
        end -= 1;
    }
    // A full stop without a space, or dots in a row.
    if let Some(dots) = folded[at..end].windows(2).position(|pair| pair == b"..") {
        end = at + dots;
    }
    end
}

fn at_sign(folded: &[u8], at: usize) -> Option<usize> {
    if before(folded, at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_.@/".contains(&byte)) {
        return None;
    }
    let mut end = name_end(folded, at + 1);
    let name = &folded[at + 1..end];
    let letters = name.iter().filter(|byte| byte.is_ascii_alphabetic() || **byte == b'_').count();
    let time = name.ends_with(b"am") || name.ends_with(b"pm");
    let rate = name.first().is_some_and(u8::is_ascii_digit) && (letters == 0 || (time && letters == 2));
    if name.len() < 2 || letters == 0 || rate || NO_ACCOUNTS.contains(&name) {
        return None;
    }
    // "@name@host".
    if folded.get(end) == Some(&b'@') {
        let host = name_end(folded, end + 1);
        if folded[end + 1..host].contains(&b'.') {
            end = host;
        }
    }
    Some(end)
}

/// "my insta is name", "snap: name", "on discord as name".
fn on_platform(scan: &Scan<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let folded = scan.folded;
    let own = {
        let lead = &folded[start.saturating_sub(24)..start];
        [
            &b"my "[..],
            b"add me on ",
            b"follow me on ",
            b"find me on ",
            b"message me on ",
            b"dm me on ",
            b"his ",
            b"her ",
            b"i'm on ",
            b"am on ",
            b"their ",
            b"my new ",
        ]
        .iter()
        .any(|own| lead.ends_with(own))
    };
    let (mut at, mut named, mut told) =
        (end, matches!(&folded[start..end], b"username" | b"handle" | b"gamertag"), false);
    for _ in 0..4 {
        let from = end_of(folded, at, |byte| byte == b' ');
        if folded.get(from).is_some_and(|byte| b":=-".contains(byte)) && (from > at || folded[from] != b'-') {
            told = true;
            at = end_of(folded, from + 1, |byte| byte == b' ');
            break;
        }
        let until = end_of(folded, from, |byte| byte.is_ascii_alphabetic());
        match &folded[from..until] {
            b"handle" | b"name" | b"username" | b"user" | b"id" | b"tag" => named = true,
            b"is" | b"as" | b"under" => {
                told = true;
                at = until;
                // "snap is: name"
                at = end_of(folded, at, |byte| byte == b':');
                at = end_of(folded, at, |byte| byte == b' ');
                break;
            }
            b"account" => {}
            _ => {
                at = from;
                break;
            }
        }
        at = until;
    }
    let quoted = folded.get(at).is_some_and(|byte| b"\"'".contains(byte));
    let at = at + usize::from(quoted);
    let until = name_end(folded, at);
    let mut end = until;
    if folded.get(end) == Some(&b'#') {
        end = end_of(folded, end + 1, |byte| byte.is_ascii_digit());
    }
    let name = &folded[at..until];
    if !(3..=30).contains(&name.len()) || !name.iter().any(u8::is_ascii_alphabetic) {
        return None;
    }
    let unlike_a_word = name.iter().any(|byte| byte.is_ascii_digit() || *byte == b'_')
        || (name.contains(&b'.') && !name.starts_with(b"www."))
        || end > until;
    let ordinal = name[0].is_ascii_digit();
    let told_plainly = told && (own || named) && name.len() >= 5 && !is_ordinary(name);
    let given = (unlike_a_word && !ordinal && (told || own || named)) || told_plainly;
    (given && !scan.is_taken(at, end)).then_some((at, end))
}

/// Words that say something of an account rather than name it.
fn is_ordinary(word: &[u8]) -> bool {
    let ending = [&b"ing"[..], b"ed", b"ly"].iter().any(|ending| word.ends_with(ending));
    let known = one_of!(word;
        b"about" b"active" b"again" b"always" b"annoying" b"anonymous" b"awful" b"bad" b"below"
        b"better" b"broken" b"busy" b"complete" b"deleted" b"different" b"down" b"dead" b"empty"
        b"full" b"gone" b"great" b"hacked" b"public" b"private" b"really" b"secret" b"still"
        b"there" b"where" b"which" b"quite" b"toxic" b"horrible" b"lovely" b"banned" b"blocked"
        b"making" b"never" b"pretty" b"somewhere" b"hidden" b"nothing" b"something" b"their"
        b"these" b"terrible");
    ending || known || word.contains(&b'-')
}

/// "u/name", "/u/name".
fn reddit(scan: &mut Scan<'_>) {
    let folded = scan.folded;
    let mut from = 0;
    while let Some(slash) = folded[from..].iter().position(|byte| *byte == b'/').map(|place| from + place) {
        from = slash + 1;
        if slash == 0 || folded[slash - 1] != b'u' {
            continue;
        }
        let start = slash - 1;
        let start = if before(folded, start) == Some(b'/') { start - 1 } else { start };
        if before(folded, start).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_./:".contains(&byte)) {
            continue;
        }
        let end = name_end(folded, slash + 1);
        if end - slash > 3 && !matches!(&folded[slash + 1..end], b"know" | b"see" | b"are") {
            scan.put(Handle, REASON, start, end);
        }
    }
}

/// "name#1234".
fn numbered(scan: &mut Scan<'_>) {
    for index in 0..scan.groups.len() {
        let run = scan.groups[index];
        if run.len() != 4 || before(scan.folded, run.start) != Some(b'#') || scan.joined_after(run.end) {
            continue;
        }
        let start = super::scan::start_of(scan.folded, run.start - 1, 32, in_name);
        let name = &scan.folded[start..run.start - 1];
        if name.len() >= 3
            && name.iter().any(u8::is_ascii_alphabetic)
            && !matches!(name, b"order" | b"ref" | b"case" | b"ticket" | b"issue")
        {
            scan.put(Handle, REASON, start, run.end);
        }
    }
}
