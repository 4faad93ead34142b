//! Names that the writer gives as their own: "my name is", "I'm ...", a byline.
//!
//! Invariant: a name is one to four capitalised words; schools of therapy, peoples and registers are none.

use super::scan::{Mark, Scan, before, one_of, start_of};
use crate::finding::Kind::PersonName;

const NAME: &str = "A person's name.";
const BYLINE: &str = "A byline: posts are unsigned.";
/// The longest part of a name that is looked at.
const LONGEST: usize = 24;

pub(super) fn find(scan: &mut Scan<'_>) {
    for index in 0..scan.marks.len() {
        let (mark, start, end) = scan.marks[index];
        match mark {
            Mark::Name => introduced(scan, start, end),
            Mark::Am => said_to_be(scan, start, end),
            Mark::Profession => byline(scan, start),
            _ => {}
        }
    }
}

/// The capitalised words from `at` on, at most `most`: where each ends.
fn names_from(scan: &Scan<'_>, at: usize, most: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut from = at;
    while ends.len() < most {
        let word = name_length(&scan.cased[from..]);
        if word < 2 {
            break;
        }
        ends.push(from + word);
        from += word;
        if scan.cased.get(from) != Some(&b' ') {
            break;
        }
        from += 1;
    }
    ends
}

fn name_length(bytes: &[u8]) -> usize {
    if !bytes.first().is_some_and(u8::is_ascii_uppercase) {
        return 0;
    }
    let part = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'-' || *byte == b'\'';
    let length = bytes.iter().take(LONGEST).take_while(|byte| part(byte)).count();
    let written_small = bytes[1..length].iter().any(u8::is_ascii_lowercase);
    // A contraction is the end of a name, and letters alone are an abbreviation.
    let length = if bytes[..length].ends_with(b"'s") { length - 2 } else { length };
    if written_small { length } else { 0 }
}

fn introduced(scan: &mut Scan<'_>, start: usize, end: usize) {
    let lead = &scan.folded[start.saturating_sub(16)..start];
    let at = match &scan.folded[start..end] {
        b"called" if lead.ends_with(b"i'm ") || lead.ends_with(b"i am ") => end + 1,
        b"name's" if lead.ends_with(b"my ") || lead.ends_with(b"the ") => end + 1,
        b"name" if [&b"my "[..], b"my full ", b"my real "].iter().any(|own| lead.ends_with(own)) => {
            let rest = &scan.folded[end..];
            match [&b" is "[..], b": "].iter().find(|is| rest.starts_with(is)) {
                Some(is) => end + is.len(),
                None => return,
            }
        }
        _ => return,
    };
    if at < scan.cased.len()
        && before(scan.folded, at) == Some(b' ')
        && let Some(last) = names_from(scan, at, 4).last().copied()
        && !has_no_name(&scan.folded[at..last])
    {
        scan.put(PersonName, NAME, at, last);
    }
}

/// "I'm Robin Sample, ...": two names, and then no noun.
fn said_to_be(scan: &mut Scan<'_>, start: usize, end: usize) {
    if &scan.folded[start..end] == b"am" && !scan.folded[..start].ends_with(b"i ")
        || scan.folded.get(end) != Some(&b' ')
    {
        return;
    }
    let [_, last] = names_from(scan, end + 1, 2)[..] else { return };
    let rest = &scan.folded[last..];
    let ends = rest.is_empty()
        || [&b","[..], b" and ", b" from ", b" (", b"."].iter().any(|next| rest.starts_with(next));
    if ends && !has_no_name(&scan.folded[end + 1..last]) {
        scan.put(PersonName, NAME, end + 1, last);
    }
}

/// "Robin Sample, MBACP", "- Dr Robin Sample, integrative counsellor".
fn byline(scan: &mut Scan<'_>, profession: usize) {
    let folded = scan.folded;
    // Back over the words that describe the profession, which have no capitals, and the sign.
    let mut at = profession;
    for _ in 0..4 {
        let Some(rest) = folded[..at].strip_suffix(b" ") else { break };
        let word = start_of(folded, rest.len(), 14, |byte| byte.is_ascii_lowercase() || byte == b'-');
        if word == rest.len()
            || scan.cased[word].is_ascii_uppercase()
            || matches!(&folded[word..rest.len()], b"is" | b"a" | b"an")
        {
            break;
        }
        at = word;
    }
    let end = folded[..at].trim_ascii_end();
    let end = end.strip_suffix(b"(").unwrap_or(end).trim_ascii_end();
    let end = end.strip_suffix(b",").unwrap_or(end).len();
    if end == at {
        return;
    }
    // Back over two names, perhaps an initial between them and a title before.
    let Some((last, _)) = word_back(scan, end) else { return };
    let Some(mut first) = last.checked_sub(1).filter(|at| folded[*at] == b' ') else { return };
    let initial = start_of(folded, first, 2, |byte| byte.is_ascii_lowercase() || byte == b'.');
    if initial > 0
        && first > initial
        && first - initial <= 2
        && scan.cased[initial].is_ascii_uppercase()
        && folded[initial - 1] == b' '
        && !matches!(&folded[initial..first], b"dr" | b"mr" | b"ms")
    {
        first = initial - 1;
    }
    let Some((mut start, _)) = word_back(scan, first) else { return };
    let bare = start;
    if let Some(rest) = folded[..start].strip_suffix(b" ") {
        let rest = rest.strip_suffix(b".").unwrap_or(rest);
        let title = start_of(folded, rest.len(), 5, |byte| byte.is_ascii_lowercase());
        if matches!(&folded[title..rest.len()], b"dr" | b"mr" | b"mrs" | b"ms" | b"miss" | b"prof") {
            start = title;
        }
    }
    let lead = &folded[..start];
    let begins = lead.is_empty()
        || [
            &b"-"[..],
            b"- ",
            b"by ",
            b"from ",
            b"regards ",
            b"regards, ",
            b"\n",
            b". ",
            b"! ",
            b"? ",
            b"wishes, ",
        ]
        .iter()
        .any(|sign| lead.ends_with(sign));
    if begins && !has_no_name(&folded[bare..end]) {
        scan.put(PersonName, BYLINE, start, end);
    }
}

/// The capitalised word that ends at `end`.
fn word_back(scan: &Scan<'_>, end: usize) -> Option<(usize, usize)> {
    let start =
        start_of(scan.folded, end, LONGEST, |byte| byte.is_ascii_lowercase() || b"'-".contains(&byte));
    (end - start >= 2 && name_length(&scan.cased[start..end]) == end - start).then_some((start, end))
}

/// Capitals also begin the names of schools of therapy, of peoples and of registers.
fn is_no_name(word: &[u8]) -> bool {
    one_of!(word;
        b"british" b"english" b"scottish" b"welsh" b"irish" b"london" b"gestalt" b"therapist"
        b"counsellor" b"registered" b"person" b"person-centred" b"centred" b"cognitive"
        b"behavioural" b"clinical" b"integrative" b"humanistic" b"the" b"this" b"my" b"our"
        b"your" b"mental" b"health" b"trauma" b"nhs" b"accredited" b"qualified" b"black" b"asian"
        b"white" b"christian" b"muslim" b"jewish" b"monday" b"friday" b"christmas" b"january"
        b"general" b"talking" b"couples" b"ask" b"find")
}

fn has_no_name(words: &[u8]) -> bool {
    words.split(|byte| *byte == b' ').any(is_no_name)
}
