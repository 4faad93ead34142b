//! Cards and bank accounts.
//!
//! Invariant: a card and an IBAN carry a valid check; a sort code and an account number carry the word for them or each
//! other. Order numbers of the same lengths stay unmarked.

use super::checks;
use super::cue::{Cue, cue};
use super::scan::{Scan, before, end_of};
use crate::finding::Kind::CardOrAccount;

/// How cards are grouped: most, American Express, Diners, the long ones, and in one piece.
const CARD_GROUPS: [&[usize]; 6] =
    [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[4, 4, 4, 1], &[4, 4, 4]];
/// Letters and digits of the longest IBAN.
const LONGEST_IBAN: usize = 34;

pub(super) fn find(scan: &mut Scan<'_>) {
    for index in 0..scan.groups.len() {
        let run = scan.groups[index];
        if scan.is_taken(run.start, run.end) {
            continue;
        }
        if let Some((start, end)) = iban(scan, index) {
            scan.put(CardOrAccount, "A bank account number.", start, end);
        } else if let Some(end) = card(scan, index) {
            scan.put(CardOrAccount, "A payment card number.", run.start, end);
        } else if let Some((code_end, account)) = sort_code(scan, index) {
            let together = account
                .is_some_and(|(start, _)| !scan.folded[code_end..start].iter().any(u8::is_ascii_alphabetic));
            match account {
                Some((_, end)) if together => {
                    scan.put(CardOrAccount, "A sort code and an account number.", run.start, end);
                }
                Some((start, end)) => {
                    scan.put(CardOrAccount, "A sort code.", run.start, code_end);
                    scan.put(CardOrAccount, "A bank account number.", start, end);
                }
                None => {
                    scan.put(CardOrAccount, "A sort code.", run.start, code_end);
                }
            }
        } else if let Some(last) =
            scan.grouped(index, &[8], b"").or_else(|| scan.grouped(index, &[4, 4], b" -"))
        {
            let end = scan.groups[last].end;
            if scan.stands_alone(run.start, end) && cue(scan.folded, run.start) == Cue::Account {
                scan.put(CardOrAccount, "A bank account number.", run.start, end);
            }
        }
    }
}

fn card(scan: &Scan<'_>, index: usize) -> Option<usize> {
    let run = scan.groups[index];
    let last = if (12..=19).contains(&run.len()) {
        index
    } else {
        // The check digit decides between groupings of which one begins the other.
        CARD_GROUPS
            .iter()
            .filter_map(|lengths| scan.grouped(index, lengths, b" -."))
            .find(|last| checks::card(&checks::digits(&scan.folded[run.start..scan.groups[*last].end])))?
    };
    let end = scan.groups[last].end;
    let valid = scan.stands_alone(run.start, end)
        && checks::card(&checks::digits(&scan.folded[run.start..end]))
        && cue(scan.folded, run.start) != Cue::Thing;
    valid.then_some(end)
}

/// The country's letters stand right before the two check digits.
fn iban(scan: &Scan<'_>, index: usize) -> Option<(usize, usize)> {
    let run = scan.groups[index];
    let start = run.start.checked_sub(2)?;
    if run.len() < 2 || before(scan.folded, start).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let length = checks::iban_length(&scan.folded[start..run.start])?;
    let mut compact = Vec::with_capacity(LONGEST_IBAN);
    let mut at = start;
    while compact.len() < length {
        match scan.folded.get(at)? {
            byte if byte.is_ascii_alphanumeric() => compact.push(*byte),
            b' ' | b'-' if scan.folded[at - 1].is_ascii_alphanumeric() => {}
            _ => return None,
        }
        at += 1;
    }
    let whole = !scan.folded.get(at).is_some_and(u8::is_ascii_alphanumeric);
    (whole && checks::iban(&compact)).then_some((start, at))
}

/// Where the code ends, and the account number that follows it.
#[allow(clippy::type_complexity)]
fn sort_code(scan: &Scan<'_>, index: usize) -> Option<(usize, Option<(usize, usize)>)> {
    let last = scan
        .grouped(index, &[2, 2, 2], b" -")
        .or_else(|| scan.grouped(index, &[6], b""))
        .filter(|last| scan.stands_alone(scan.groups[index].start, scan.groups[*last].end))?;
    let end = scan.groups[last].end;
    let account = scan
        .groups
        .get(last + 1)
        .filter(|next| next.len() == 8 && next.start - end <= 32)
        .filter(|next| !scan.joined_after(next.end) && only_account_words(&scan.folded[end..next.start]));
    let named = cue(scan.folded, scan.groups[index].start) == Cue::SortCode;
    // Six digits in one piece are too many things to be a sort code without the word.
    let telling = named || (account.is_some() && last > index);
    telling.then(|| (end, account.map(|next| (next.start, next.end))))
}

/// Whether nothing but the name of an account number stands between a sort code and a number.
fn only_account_words(between: &[u8]) -> bool {
    let mut at = 0;
    while at < between.len() {
        if between[at].is_ascii_alphabetic() {
            let end = end_of(between, at, |byte| byte.is_ascii_alphabetic());
            let word = &between[at..end];
            let known: [&[u8]; 14] = [
                b"and", b"account", b"acc", b"acct", b"a", b"c", b"number", b"no", b"num", b"is", b"an",
                b"my", b"the", b"bank",
            ];
            if !known.contains(&word) {
                return false;
            }
            at = end;
        } else if b" .,:;-/&|".contains(&between[at]) {
            at += 1;
        } else {
            return false;
        }
    }
    true
}
