//! E-mail addresses, as they are and written out.
//!
//! Invariant: an office's address and a helpline's are none; "at" and "dot" alone make no address.

use super::public;
use super::scan::{Mark, Scan, before, end_of, one_of, start_of};
use crate::finding::Kind::Email;

/// The longest part before the `@` (RFC 5321, 4.5.3.1.1), and the longest host (4.5.3.1.2).
const LONGEST_LOCAL: usize = 64;
const LONGEST_HOST: usize = 255;
/// Hosts that need no "dot" to be known after a bare "at".
const MAIL_HOSTS: [&[u8]; 20] = [
    b"gmail",
    b"googlemail",
    b"hotmail",
    b"outlook",
    b"yahoo",
    b"ymail",
    b"icloud",
    b"me",
    b"live",
    b"msn",
    b"aol",
    b"btinternet",
    b"sky",
    b"talktalk",
    b"virginmedia",
    b"protonmail",
    b"proton",
    b"gmx",
    b"mail",
    b"nhs",
];
/// What an address that is written out ends with.
const ENDINGS: [&[u8]; 16] = [
    b"com", b"co", b"uk", b"org", b"net", b"me", b"io", b"ac", b"gov", b"nhs", b"info", b"eu", b"ie",
    b"scot", b"wales", b"biz",
];

pub(super) fn find(scan: &mut Scan<'_>) {
    // Read once, and only where an office's address names a practice.
    let mut alone: Option<bool> = None;
    for index in 0..scan.ats.len() {
        let at = scan.ats[index];
        if let Some((start, end, private)) = plain(scan.folded, at).or_else(|| spaced(scan.folded, at)) {
            let folded = scan.folded;
            let private = private
                || (public::is_practice(&folded[start..end])
                    && *alone.get_or_insert_with(|| speaks_of_own_practice(folded)));
            put(scan, "An e-mail address.", start, end, private);
        }
    }
    for index in 0..scan.marks.len() {
        if let (Mark::At, start, end) = scan.marks[index]
            && let Some((start, end, private)) = written_out(scan.folded, start, end)
        {
            put(scan, "An e-mail address, written out.", start, end, private);
        }
    }
}

/// A therapist on their own writes as "I": the address of such a practice is theirs.
fn speaks_of_own_practice(folded: &[u8]) -> bool {
    folded
        .split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'\''))
        .any(|word| one_of!(word; b"i" b"i'm" b"i've" b"i'll" b"me" b"my" b"mine"))
}

fn put(scan: &mut Scan<'_>, reason: &'static str, start: usize, end: usize, private: bool) {
    if private {
        scan.put(Email, reason, start, end);
    } else if !scan.is_taken(start, end) {
        scan.take(start, end);
    }
}

fn local_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._%+'-&=~!#$*/?^`{|}".contains(&byte)
}

/// Where the part before the sign at `end` starts, if there is one.
fn local(folded: &[u8], end: usize) -> Option<usize> {
    let mut start = start_of(folded, end, LONGEST_LOCAL, local_byte);
    // Brackets, quotes, and signs of a list are not part of it.
    while start < end && !(folded[start].is_ascii_alphanumeric() || folded[start] == b'_') {
        start += 1;
    }
    // "mailto:", "email=", "a/b@host": what comes after the sign is the address.
    if let Some(sign) = folded[start..end].iter().rposition(|byte| b"=/|?*".contains(byte)) {
        start += sign + 1;
    }
    let word = start < end && !b".'".contains(&folded[end - 1]);
    word.then_some(start)
}

/// The host that begins at `at`: where it ends.
fn host(folded: &[u8], at: usize) -> Option<usize> {
    let most = folded.len().min(at + LONGEST_HOST);
    let mut end =
        at + end_of(&folded[at..most], 0, |byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    while end > at && !folded[end - 1].is_ascii_alphanumeric() {
        end -= 1;
    }
    // Two dots in a row end it: "example.com...".
    if let Some(dots) = folded[at..end].windows(2).position(|pair| pair == b"..") {
        end = at + dots;
    }
    // A full stop without a space joins the next word to the address.
    loop {
        let name = &folded[at..end];
        let last_dot = name.iter().rposition(|byte| *byte == b'.')?;
        let known = psl::Psl::suffix(&psl::List, name).is_some_and(|suffix| suffix.is_known());
        if known || !name[..last_dot].contains(&b'.') {
            let last = &name[last_dot + 1..];
            let named =
                last.len() >= 2 && last.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
            return named.then_some(end);
        }
        end = at + last_dot;
    }
}

fn judged(local: &[u8], host: &[u8]) -> bool {
    !public::is_office(local) && !public::is_helpline_host(host)
}

fn plain(folded: &[u8], at: usize) -> Option<(usize, usize, bool)> {
    let start = local(folded, at)?;
    // "@name@host" is an account on a platform.
    if before(folded, start) == Some(b'@') {
        return None;
    }
    let end = host(folded, at + 1)?;
    Some((start, end, judged(&folded[start..at], &folded[at + 1..end])))
}

/// "name @ example.com", "name @example.com".
fn spaced(folded: &[u8], at: usize) -> Option<(usize, usize, bool)> {
    let local_end = folded[..at].trim_ascii_end().len();
    let host_start = at + 1 + usize::from(folded.get(at + 1) == Some(&b' '));
    if local_end == at {
        return None;
    }
    let start = local(folded, local_end)?;
    let end = host(folded, host_start)?;
    // Right behind the sign stands an account's name, but for the hosts that everybody knows.
    let name = folded[host_start..end].split(|byte| *byte == b'.').next().unwrap_or_default();
    if host_start == at + 1 && !MAIL_HOSTS.contains(&name) {
        return None;
    }
    Some((start, end, judged(&folded[start..local_end], &folded[host_start..end])))
}

/// Consumes one of the ways to write a sign as a word: in brackets, or between blanks. Answers whether it was bracketed.
fn word_sign(folded: &[u8], at: usize, word: &[u8]) -> Option<(usize, bool)> {
    let from = end_of(folded, at, |byte| byte == b' ');
    if let Some(open) = folded.get(from).filter(|byte| b"([{<".contains(byte)) {
        let inner = end_of(folded, from + 1, |byte| byte == b' ');
        let rest = folded[inner..].strip_prefix(word)?;
        let close = folded.len() - rest.len();
        let close = end_of(folded, close, |byte| byte == b' ');
        let expected = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            _ => b'>',
        };
        return (folded.get(close) == Some(&expected))
            .then(|| (end_of(folded, close + 1, |byte| byte == b' '), true));
    }
    let rest = folded.get(from..)?.strip_prefix(word)?;
    (from > at && rest.first() == Some(&b' ')).then(|| (folded.len() - rest.len() + 1, false))
}

/// "name at example dot com", "name [at] example [dot] co [dot] uk", "name at gmail.com".
fn written_out(folded: &[u8], at: usize, at_end: usize) -> Option<(usize, usize, bool)> {
    let bracket = before(folded, at).is_some_and(|byte| b"([{<".contains(&byte))
        || (at >= 2 && folded[at - 1] == b' ' && b"([{<".contains(&folded[at - 2]));
    let sign_start = if bracket { folded[..at].trim_ascii_end().len() - 1 } else { at };
    let local_end = folded[..sign_start].trim_ascii_end().len();
    if !bracket && local_end == sign_start {
        return None;
    }
    let (name_start, bracketed) = word_sign(folded, local_end, &folded[at..at_end])?;
    let mut start = local(folded, local_end)?;
    // "first dot last at ...": one name more.
    if let Some(rest) = folded[..start].strip_suffix(b" dot ")
        && let Some(first) = local(folded, rest.len())
    {
        start = first;
    }
    let name_end = end_of(folded, name_start, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let name = &folded[name_start..name_end];
    if name.is_empty() {
        return None;
    }
    // The endings, each behind a dot of some sort.
    let (mut end, mut dotted, mut endings) = (name_end, bracketed, 0);
    while endings < 3 {
        let (from, spelled) = match word_sign(folded, end, b"dot") {
            Some((from, _)) => (from, true),
            None if folded.get(end) == Some(&b'.') => (end + 1, false),
            None => break,
        };
        let until = end_of(folded, from, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let known = ENDINGS.contains(&&folded[from..until]);
        // Names may stand between: "mail dot example dot com".
        let named = until > from && word_sign(folded, until, b"dot").is_some();
        if !known && !named {
            break;
        }
        dotted |= spelled;
        endings += 1;
        end = until;
    }
    let ended = end > name_end && ENDINGS.iter().any(|ending| folded[..end].ends_with(ending));
    let telling = dotted || (MAIL_HOSTS.contains(&name) && folded[start..local_end].len() > 2);
    let local = &folded[start..local_end];
    let named = !one_of!(local;
        b"me" b"us" b"look" b"here" b"is" b"or" b"it" b"available" b"online" b"website" b"site"
        b"page" b"met")
        && !one_of!(name;
        b"the" b"a" b"an" b"my" b"our" b"your" b"this" b"that" b"his" b"her" b"its");
    (ended && telling && named).then(|| (start, end, judged(local, &folded[name_start..end])))
}
