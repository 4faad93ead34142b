//! Structured personal data: shapes with check digits, prefixes and cues.
//!
//! Invariant: each byte of the text belongs to at most one datum; the kinds with the strictest check choose first. What
//! belongs to the public (helplines, organisations) is none.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::finding::{Category, Kind, Severity};
use crate::normalise::Normalised;
use crate::rules::{Found, checks, pattern};

/// Accounts and addresses of organisations that a post about mental health may well name.
const ORGANISATIONS: [&str; 34] = [
    "clientsconnect",
    "samaritans",
    "giveusashout",
    "shout",
    "papyrus",
    "calmzone",
    "thecalmzone",
    "childline",
    "nspcc",
    "mind",
    "mindcharity",
    "nhs",
    "nhsuk",
    "nhsengland",
    "ukcp",
    "bacp",
    "ncps",
    "bpc",
    "cosca",
    "babcp",
    "bps",
    "hcpc",
    "rethink",
    "youngminds",
    "youngmindsuk",
    "beat",
    "beatedsupport",
    "ocduk",
    "cruse",
    "crusesupport",
    "relate",
    "refuge",
    "womensaid",
    "mentalhealth",
];

/// What is read before the `@` of an address that belongs to an office, not to a person.
const OFFICES: [&str; 16] = [
    "info",
    "hello",
    "contact",
    "enquiries",
    "enquiry",
    "support",
    "help",
    "office",
    "admin",
    "press",
    "media",
    "privacy",
    "noreply",
    "team",
    "service",
    "feedback",
];

/// Tests a candidate: the text and the span of the match.
type Check = fn(&Normalised, usize, usize) -> bool;

struct Shape {
    kind: Kind,
    reason: &'static str,
    regex: Regex,
    /// The capture that holds the datum: 0 for the whole match.
    group: usize,
    /// Whether the shape needs the capitals of the text.
    cased: bool,
    check: Check,
}

const DATE: &str = r"(?:[0-3]?[0-9](?:st|nd|rd|th)?[ /.-](?:of )?(?:[01]?[0-9]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6})[ /.,-]{1,2}(?:19|20)?[0-9]{2}|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} [0-3]?[0-9](?:st|nd|rd|th)?,? (?:19|20)[0-9]{2})";
const STREET: &str = "Road|Rd|Street|Avenue|Ave|Lane|Ln|Close|Drive|Crescent|Terrace|Gardens|Grove|Court|Place|Square|Mews|Hill|Walk|Row|Parade|Way";

static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let shape = |kind, reason, group, cased, source: &str, check| Shape {
        kind,
        reason,
        regex: pattern::raw(source),
        group,
        cased,
        check,
    };
    let always: Check = |_, _, _| true;
    vec![
        shape(
            Kind::Email,
            "An e-mail address.",
            0,
            false,
            r"\b[a-z0-9][a-z0-9._%+'-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}\b",
            private_email,
        ),
        shape(
            Kind::Email,
            "An e-mail address, written out.",
            0,
            false,
            r"\b[a-z0-9][a-z0-9._-]{1,40} ?(?:\[at\]|\(at\)|\{at\}| at ) ?[a-z0-9-]{1,40} ?(?:\[dot\]|\(dot\)|\{dot\}| dot |\.) ?(?:com|co\.uk|co dot uk|org|net|uk|me|io)\b",
            written_out,
        ),
        shape(
            Kind::Url,
            "A link that leads to a private person.",
            0,
            false,
            r"\b(?:https?://)?(?:[a-z0-9-]{1,20}\.){0,2}(?:linkedin\.com/in/|facebook\.com/|fb\.com/|fb\.me/|instagram\.com/|twitter\.com/|x\.com/|tiktok\.com/@|threads\.net/@|bsky\.app/profile/|wa\.me/|t\.me/|snapchat\.com/add/|linktr\.ee/|paypal\.me/|gofundme\.com/f/|reddit\.com/u(?:ser)?/|calendly\.com/)[a-z0-9][a-z0-9._/?=%@-]{0,120}",
            private_link,
        ),
        shape(
            Kind::CardOrAccount,
            "A payment card number.",
            0,
            false,
            r"\b[0-9](?:[ -]?[0-9]){12,18}\b",
            |t, s, e| checks::card(&checks::digits(&t.folded[s..e])),
        ),
        shape(
            Kind::CardOrAccount,
            "A bank account number.",
            0,
            false,
            r"\bgb[0-9]{2} ?[a-z]{4}(?: ?[0-9]{4}){3} ?[0-9]{2}\b",
            |t, s, e| checks::iban(&t.folded[s..e]),
        ),
        shape(
            Kind::CardOrAccount,
            "A sort code and an account number.",
            0,
            false,
            r"\b[0-9]{2}[ -][0-9]{2}[ -][0-9]{2}[ ,;/-]{1,3}(?:(?:and|account|acc|a/c|number|no|is)[ .:]{1,2}){0,4}[0-9]{8}\b",
            always,
        ),
        shape(
            Kind::CardOrAccount,
            "A sort code.",
            1,
            false,
            r"\bsort ?code(?: is| was)?[ :]{0,3}([0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2})\b",
            always,
        ),
        shape(
            Kind::CardOrAccount,
            "A bank account number.",
            1,
            false,
            r"\b(?:account|acc|a/c) ?(?:number|no|num)?\.?(?: is| was)?[ :]{0,3}([0-9]{8})\b",
            always,
        ),
        shape(
            Kind::NhsNumber,
            "An NHS number.",
            1,
            false,
            r"\bmy (?:own )?nhs (?:number|no\.?|num)(?: is|'s| was)?[ :]{0,3}([0-9](?:[ -]?[0-9]){8,9})\b",
            always,
        ),
        shape(
            Kind::NhsNumber,
            "An NHS number.",
            0,
            false,
            r"\b[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}\b",
            |t, s, e| checks::nhs_number(&checks::digits(&t.folded[s..e])),
        ),
        shape(
            Kind::Nino,
            "A National Insurance number.",
            1,
            false,
            r"\bmy (?:own )?(?:national insurance|ni) (?:number|no\.?|num)(?: is|'s| was)?[ :]{0,3}([a-z]{2}(?:[ -]?[0-9]{2}){3}[ -]?[a-z]?)\b",
            always,
        ),
        shape(
            Kind::Nino,
            "A National Insurance number.",
            0,
            false,
            r"\b[a-z]{2}(?:[ -]?[0-9]{2}){3}[ -]?[a-d]\b",
            |t, s, e| checks::nino(&t.folded[s..e]),
        ),
        shape(
            Kind::DateOfBirth,
            "A date of birth.",
            1,
            false,
            &format!(
                r"\b(?:(?:i|he|she|they|who|son|daughter|mum|dad|brother|sister|child)(?: was| were|'m| am)? born(?: on)?(?: the)?|dob|d\.o\.b|date of birth(?: is| was)?|birth ?date(?: is)?|birthday(?: is|'s)?)[ .:]{{1,3}}(?:the )?({DATE})\b"
            ),
            always,
        ),
        // Before the telephone numbers: a number that fails its check here may still look like one.
        shape(
            Kind::Phone,
            "A telephone number.",
            0,
            false,
            r"(?:\+ ?44|\b0044)[ .()-]{0,3}(?:\(?0\)?[ .-]{0,2})?[1-9](?:[ .()-]{0,2}[0-9]){8,9}\b",
            private_phone,
        ),
        shape(
            Kind::Phone,
            "A telephone number.",
            0,
            false,
            r"\b0\)?[ .-]?[1-9](?:[ .()-]{0,2}[0-9]){8,9}\b",
            private_phone,
        ),
        shape(
            Kind::Phone,
            "A telephone number.",
            0,
            false,
            r"(?:\+|\b00)[1-9](?:[ .()-]{0,2}[0-9]){7,13}\b",
            private_phone,
        ),
        shape(
            Kind::Phone,
            "A telephone number.",
            0,
            false,
            r"(?:\([2-9][0-9]{2}\) ?|\b[2-9][0-9]{2}[.-])[0-9]{3}[ .-][0-9]{4}\b",
            not_an_nhs_number,
        ),
        shape(
            Kind::Phone,
            "A telephone number.",
            1,
            false,
            r"\b(?:call|ring|text|phone|whatsapp|mobile|my number)(?: me)?(?: on| at| is|:){0,2} ([0-9](?:[ .-]?[0-9]){6,12})\b",
            private_phone,
        ),
        shape(
            Kind::Postcode,
            "A postcode.",
            0,
            true,
            r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}\b",
            public_places_aside,
        ),
        shape(
            Kind::Postcode,
            "A postcode.",
            0,
            false,
            r"\b[a-z]{1,2}[0-9][a-z0-9]? [0-9][abd-hjlnp-uw-z]{2}\b",
            public_places_aside,
        ),
        shape(
            Kind::Address,
            "A street address.",
            0,
            true,
            &format!(
                r"\b(?:(?:Flat|flat|Apartment|Unit) [0-9]{{1,4}}[A-Za-z]?,? )?[0-9]{{1,4}}[A-Za-z]?,? (?:[A-Z][A-Za-z'-]{{1,20}} ){{1,3}}(?:{STREET})\b"
            ),
            always,
        ),
        shape(
            Kind::Address,
            "A street address.",
            1,
            false,
            &format!(
                r"\b(?:(?:i|he|she|they|we) lives? (?:at|on|in)|address is|lives at|living at)[ :]((?:flat [0-9]{{1,4}},? )?[0-9]{{1,4}}[a-z]?,? (?:[a-z'-]{{2,20}} ){{1,3}}(?:{}))\b",
                STREET.to_lowercase()
            ),
            always,
        ),
        shape(
            Kind::Handle,
            "An account name.",
            1,
            false,
            r"(?:^|[^a-z0-9_.@/])(@[a-z0-9_][a-z0-9_.-]{1,30}(?:@[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){1,3})?)",
            private_handle,
        ),
        shape(
            Kind::Handle,
            "An account name.",
            0,
            false,
            r"\b[a-z0-9-]{2,40}\.bsky\.social\b",
            private_handle,
        ),
        shape(
            Kind::Handle,
            "An account name.",
            1,
            false,
            r"\b(?:my )?(?:insta(?:gram)?|snap(?:chat)?|discord|tiktok|twitter|telegram|kik|skype|facebook)(?: (?:handle|name|username|user|account|id|is|on|at))?(?: is|:) ([a-z0-9_.#]{0,29}[0-9_#][a-z0-9_.#]{0,29})",
            always,
        ),
        shape(
            Kind::PersonName,
            "A person's name.",
            1,
            true,
            r"\b(?:[Mm]y (?:full |real )?name(?: is|'s)|I am called|I'm called|[Tt]he name's) ([A-Z][a-z'-]{1,20}(?: [A-Z][a-zA-Z'-]{1,20}){0,3})\b",
            always,
        ),
        shape(
            Kind::PersonName,
            "A person's name.",
            1,
            true,
            r"\bI(?:'m| am) ([A-Z][a-z'-]{1,20} [A-Z][a-z'-]{1,20})(?:,| and | from | \(|\.|$)",
            person_shaped,
        ),
        shape(
            Kind::PersonName,
            "A byline: posts are unsigned.",
            1,
            true,
            r"(?:- ?|\b[Bb]y |\b[Ff]rom |\b[Rr]egards,? |^|\n|[.!?] )((?:(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.? )?[A-Z][a-z'-]{1,20} (?:[A-Z]\.? )?[A-Z][a-zA-Z'-]{1,20}),? (?:\(?(?:MBACP|UKCP|BACP|NCPS|MNCPS|BABCP|HCPC|BPC|FBACP|MUKCP|DClinPsy|PhD|MSc|PGDip)|(?:[a-z]{2,14} ){0,3}(?:therapist|counsellor|psychotherapist|psychologist))",
            person_shaped,
        ),
    ]
});

/// Finds every datum and appends it.
pub(crate) fn find(text: &Normalised, found: &mut Vec<Found>) {
    let mut taken = vec![false; text.folded.len()];
    for shape in SHAPES.iter() {
        let haystack = if shape.cased { &text.cased } else { &text.folded };
        for captures in shape.regex.captures_iter(haystack) {
            let Some(hit) = captures.get(shape.group) else { continue };
            let (start, end) = (hit.start(), hit.end());
            if taken[start..end].contains(&true) || !(shape.check)(text, start, end) {
                continue;
            }
            taken[start..end].fill(true);
            found.push(Found {
                category: Category::PersonalData,
                kind: Some(shape.kind),
                severity: Severity::Caution,
                start,
                end,
                reason: shape.reason,
                suggestion: Some("Leave it out: posts are public and permanent."),
            });
        }
    }
}

/// The digits of every helpline that `content` knows.
static HELPLINES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    content::helplines()
        .iter()
        .map(|line| checks::digits(line.contact.as_bytes()))
        .filter(|digits| digits.len() >= 7)
        .collect()
});

/// Hosts of the helplines, without `www.`.
static HELPLINE_HOSTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let host = |url: &str| {
        url.split("://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .map(|h| h.trim_start_matches("www.").to_owned())
    };
    content::helplines().iter().filter_map(|line| host(&line.url)).collect()
});

fn private_phone(text: &Normalised, start: usize, end: usize) -> bool {
    let mut digits = checks::digits(&text.folded[start..end]);
    if text.folded[start] == b'+' {
        if let Some(national) = digits.strip_prefix(&[4, 4]) {
            let national = national.strip_prefix(&[0]).unwrap_or(national);
            digits = [&[0], national].concat();
        }
    } else if let Some(national) = digits.strip_prefix(&[0, 0, 4, 4]) {
        let national = national.strip_prefix(&[0]).unwrap_or(national);
        digits = [&[0], national].concat();
    }
    // Freephone, shared-cost and the 03 range are given to organisations (Ofcom, National Telephone Numbering Plan).
    let organisation = digits.starts_with(&[0, 3]) || digits.starts_with(&[0, 8]);
    !organisation && !HELPLINES.contains(&digits) && not_an_nhs_number(text, start, end)
}

/// An NHS number with a wrong check digit is not a telephone number either, where the writer calls it one.
fn not_an_nhs_number(text: &Normalised, start: usize, _end: usize) -> bool {
    let before = text.before(start);
    !before[before.len().saturating_sub(30)..].windows(4).any(|word| word == b"nhs ")
}

fn private_email(text: &Normalised, start: usize, end: usize) -> bool {
    let address = String::from_utf8_lossy(&text.folded[start..end]).into_owned();
    let Some((local, host)) = address.split_once('@') else { return true };
    let ours = HELPLINE_HOSTS.iter().any(|known| host == known || host.ends_with(&format!(".{known}")));
    !ours && !OFFICES.contains(&local)
}

/// "at" and "dot" are ordinary words; without brackets only "name at host dot com" counts.
fn written_out(text: &Normalised, start: usize, end: usize) -> bool {
    let span = &text.folded[start..end];
    let dotted = span.windows(5).any(|part| part == b" dot ");
    dotted || span.iter().any(|byte| b"[({".contains(byte))
}

fn private_link(text: &Normalised, start: usize, end: usize) -> bool {
    let link = String::from_utf8_lossy(&text.folded[start..end]).into_owned();
    // "x.com/" also ends the names of other hosts.
    let host_starts_here = start == 0
        || !(text.folded[start - 1].is_ascii_alphanumeric() || b".-_".contains(&text.folded[start - 1]));
    host_starts_here && !link.split(['/', '@', '.']).any(|part| ORGANISATIONS.contains(&part))
}

fn private_handle(text: &Normalised, start: usize, end: usize) -> bool {
    let handle = String::from_utf8_lossy(&text.folded[start..end]).into_owned();
    let name = handle.trim_start_matches('@').split(['@', '.']).next().unwrap_or_default().replace('_', "");
    !ORGANISATIONS.contains(&name.as_str())
}

fn public_places_aside(text: &Normalised, start: usize, end: usize) -> bool {
    let span = &text.folded[start..end];
    let compact: Vec<u8> = span.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    // Parliament, the Palace and Downing Street, where people are told to write to.
    let public: [&[u8]; 3] = [b"sw1a0aa", b"sw1a1aa", b"sw1a2aa"];
    checks::postcode(span) && !public.contains(&compact.as_slice())
}

/// Capitals also begin the names of schools of therapy, of peoples and of registers.
fn person_shaped(text: &Normalised, start: usize, end: usize) -> bool {
    const NOT_NAMES: [&str; 44] = [
        "british",
        "english",
        "scottish",
        "welsh",
        "irish",
        "london",
        "gestalt",
        "therapist",
        "counsellor",
        "registered",
        "person",
        "centred",
        "cognitive",
        "behavioural",
        "clinical",
        "integrative",
        "humanistic",
        "a",
        "the",
        "this",
        "my",
        "our",
        "your",
        "mental",
        "health",
        "trauma",
        "nhs",
        "accredited",
        "qualified",
        "black",
        "asian",
        "white",
        "christian",
        "muslim",
        "jewish",
        "monday",
        "friday",
        "christmas",
        "january",
        "general",
        "talking",
        "couples",
        "ask",
        "find",
    ];
    let span = String::from_utf8_lossy(&text.folded[start..end]).into_owned();
    !span.split(' ').any(|word| NOT_NAMES.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_bounded_and_the_helplines_are_known() {
        for shape in SHAPES.iter() {
            let source = shape.regex.as_str().replace("\\+", "").replace("%+'", "");
            assert!(!source.contains(['*', '+']) && !source.contains(",}"), "{source}");
        }
        assert!(HELPLINES.len() >= 5);
        assert!(HELPLINE_HOSTS.iter().any(|host| host == "samaritans.org"), "{:?}", *HELPLINE_HOSTS);
    }
}
