//! Other people, named: somebody's therapist, relatives, colleagues, clients.
//!
//! Invariant: a name found here is reported twice, as a third party and as a name, so that redaction takes it out.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::finding::{Category, Kind, Severity};
use crate::normalise::Normalised;
use crate::rules::{Found, pattern};

const RELATIVES: &str = "son|daughter|child|brother|sister|mum|mom|mother|dad|father|stepdad|stepmum|stepfather|stepmother|husband|wife|partner|\
    boyfriend|girlfriend|friend|best friend|flatmate|housemate|cousin|niece|nephew|neighbour|ex|nan|gran|grandma|grandad|uncle|aunt|auntie|ex-husband|ex-wife";
const NAME: &str = r"((?:(?:Dr|Mr|Mrs|Ms|Miss|Prof)\.? )?[A-Z][a-z'-]{2,20}(?: [A-Z][a-zA-Z'-]{1,20}){0,2})";
/// What may stand between the role and the name.
const CALLED: &str = r"(?:,| is| was| is called| was called| called| named|,? whose name is|'s name is)?";

struct Role {
    kind: Kind,
    reason: &'static str,
    /// Where only the name is known the finding is a note, unless something private is told beside it.
    always_private: bool,
    regex: Regex,
}

static ROLES: LazyLock<Vec<Role>> = LazyLock::new(|| {
    let role = |kind, reason, always_private, who: &str| Role {
        kind,
        reason,
        always_private,
        regex: pattern::raw(&format!(r"\b(?:{who}){CALLED} {NAME}\b")),
    };
    vec![
        role(
            Kind::Therapist,
            "A therapist or clinician is named by somebody in their care.",
            true,
            r"(?:[Mm]y|[Oo]ur|[Hh]er|[Hh]is) (?:[a-z]{2,12} ){0,2}(?:therapist|counsellor|counselor|psychotherapist|psychiatrist|psychologist|analyst|CPN|GP|doctor|key ?worker|social worker|support worker|supervisor)",
        ),
        role(
            Kind::Therapist,
            "A therapist or clinician is named by somebody in their care.",
            true,
            r"(?:[Mm]y|[Ii]n|[Aa]) (?:[a-z]{2,12} ){0,2}(?:session|sessions|therapy|counselling|appointment) with|[Ii](?:'ve been| have been|'m|'ve| am) (?:seeing|in therapy with)",
        ),
        role(
            Kind::Client,
            "A therapist's client is named.",
            true,
            r"(?:[Mm]y|[Aa]|[Oo]ur|one of my|[Oo]ne of my) (?:[a-z]{2,12} ){0,2}(?:clients?|patients?)(?: of mine)?",
        ),
        role(
            Kind::Workplace,
            "A colleague is named.",
            false,
            r"(?:[Mm]y|[Oo]ur) (?:[a-z]{2,12} ){0,2}(?:colleague|boss|manager|line manager|employer|co-?worker|teacher|tutor|lecturer|head ?teacher)",
        ),
        role(
            Kind::Relative,
            "Somebody close to the writer is named.",
            false,
            &format!(r"(?:[Mm]y|[Oo]ur) (?:[a-z-]{{2,12}} ){{0,2}}(?:{RELATIVES})"),
        ),
    ]
});

/// Something that the named person would not want told.
static PRIVATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern::raw(&pattern::expand(
        r"\b(?:<condition>|depress(?:ed|ion)|anxious|anxiety|self-? ?harm[a-z]{0,3}|suicid(?:e|al)|overdosed?|addict(?:ed|ion)?|alcoholi(?:c|sm)|drink(?:s|ing)?|drunk|drugs?|rehab|sectioned|diagnos(?:is|ed)|medication|therapy|affair|cheat(?:s|ed|ing)|abus(?:e|es|ed|ive|ing)|hit|hits|hurt|hurts|raped|prison|arrested|pregnant|abortion|miscarriage|divorc(?:e|ed|ing)|debts?|gambl(?:es|ing)|gay|trans|hospital|breakdown|panic attacks?|died|dying|ill|illness|fired|sacked|bull(?:y|ies|ied|ying)|lied|cried|screams?|shouts?)\b",
    ))
});

/// Words with a capital that are no names.
const NOT_NAMES: [&str; 36] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "christmas",
    "easter",
    "nhs",
    "british",
    "english",
    "scottish",
    "welsh",
    "irish",
    "says",
    "said",
    "and",
    "the",
    "not",
    "but",
    "camhs",
    "samaritans",
    "zoom",
];

/// Finds named people and appends them.
pub(crate) fn find(text: &Normalised, found: &mut Vec<Found>) {
    for role in ROLES.iter() {
        for captures in role.regex.captures_iter(&text.cased) {
            let (Some(whole), Some(name)) = (captures.get(0), captures.get(1)) else { continue };
            let (start, end) = (name.start(), name.end());
            let first = text.folded[start..end].split(|byte| *byte == b' ').next().unwrap_or_default();
            if NOT_NAMES.iter().any(|word| word.as_bytes() == first) {
                continue;
            }
            let private = role.always_private
                || PRIVATE.is_match(text.before(whole.start()))
                || PRIVATE.is_match(text.after(end));
            let severity = if private { Severity::Caution } else { Severity::Note };
            found.push(Found {
                category: Category::ThirdParty,
                kind: Some(role.kind),
                severity,
                start: whole.start(),
                end,
                reason: role.reason,
                suggestion: Some("Leave out whatever would let somebody recognise them."),
            });
            found.push(Found {
                category: Category::PersonalData,
                kind: Some(Kind::PersonName),
                severity,
                start,
                end,
                reason: "A person's name.",
                suggestion: Some("Leave the name out."),
            });
        }
    }
}
