//! The shapes of the files in `content/` and every rule they must keep.
//!
//! Compiled twice: into the library, and into `build.rs`, which refuses to build when a file breaks a rule. So what the
//! library reads at run time has already passed exactly these checks.

// Both the library and `build.rs` find these files from here.
#[path = "schema/guidance.rs"]
mod guidance;
#[path = "schema/opening.rs"]
mod opening;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation;

pub use guidance::{
    BANNED_IN_GUIDANCE, Guidance, MAX_GUIDANCE_GRAPHEMES, SEEN_BY, SOME_PEOPLE, SpeaksTo, Topic,
    check_guidance, names,
};
pub use opening::Opening;

/// The longest disclaimer, in graphemes: it shares a post of 280 to 500 characters with the words.
pub const MAX_DISCLAIMER_GRAPHEMES: usize = 200;

/// A helpline checked longer ago than this many days makes the coordinator look (design, Composition).
pub const ALERT_AFTER_DAYS: i32 = 30;

/// A helpline checked longer ago than this many days stops guidance that uses it (design, Composition).
pub const UNFIT_AFTER_DAYS: i32 = 180;

/// What a disclaimer must not say: links cost money on X and age badly; the rest would promise or deny too much.
pub const BANNED_IN_DISCLAIMERS: [&str; 6] =
    ["http", "www.", "assured", "guarantee", "no liability", "not liable"];

/// The states of a submission, as the design names them. Each needs a sentence in `states.toml`.
pub const STATES: [&str; 17] = [
    "received",
    "held",
    "needs_redaction",
    "declined",
    "rejected",
    "in_review",
    "rewording",
    "stalled",
    "approved",
    "publishing",
    "needs_attention",
    "published",
    "retracting",
    "retracted",
    "withdrawn",
    "expired",
    "closed",
];

/// The categories of screening, as its reports name them. Each needs words in `screening.toml`.
pub const CATEGORIES: [&str; 12] = [
    "self_harm_risk",
    "harm_to_others",
    "safeguarding",
    "personal_data",
    "third_party",
    "disclosure",
    "unsafe_suicide_content",
    "harmful_advice",
    "boundary",
    "abuse",
    "sexual",
    "spam",
];

/// Those that tell of danger: whoever wrote it is told what was noticed.
pub const DANGERS: [&str; 3] = ["self_harm_risk", "harm_to_others", "safeguarding"];

/// Why a content file was refused. Names the file and the entry, so that a non-programmer finds the place.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The file is no valid TOML, or a field is missing, misspelt or of the wrong type.
    #[error("content/{file}: {message}")]
    Malformed {
        /// File name within `content/`.
        file: &'static str,
        /// What the parser says, with line and column.
        message: String,
    },
    /// The file can be read but breaks a rule.
    #[error("content/{file}, {entry}: {rule}")]
    Rule {
        /// File name within `content/`.
        file: &'static str,
        /// Which entry.
        entry: String,
        /// The rule it breaks, in words.
        rule: &'static str,
    },
}

/// Whom a helpline is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anybody.
    Everyone,
    /// Adults.
    Adults,
    /// Young people, to an age that the note names.
    YoungPeople,
    /// Children.
    Children,
    /// People in one of the UK's nations, named in [`Helpline::nation`].
    Nation,
}

/// One place to turn to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Helpline {
    /// Who answers.
    pub name: String,
    /// What a person does, as they would read it: "Call 116 123".
    pub contact: String,
    /// The number alone (digits), where it can be called.
    pub call: Option<String>,
    /// The number alone (digits), where it can be texted.
    pub text_to: Option<String>,
    /// When somebody answers.
    pub hours: String,
    /// The same for machines; `None` where it is uncertain.
    pub open: Option<Opening>,
    /// The organisation's page.
    pub url: String,
    /// Whom it is for.
    pub audience: Audience,
    /// Which nation, where `audience` is [`Audience::Nation`].
    pub nation: Option<String>,
    /// Whether this is the emergency number.
    #[serde(default)]
    pub emergency: bool,
    /// One sentence that helps somebody choose.
    pub note: Option<String>,
    /// The day a person last checked the entry.
    #[serde(deserialize_with = "date")]
    pub verified_on: Date,
    /// Where it was checked.
    pub source: String,
}

/// How long ago a helpline was checked, and what follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Staleness {
    /// Checked within [`ALERT_AFTER_DAYS`].
    Fresh,
    /// Due for a check, or said to be checked on a day that is yet to come: the coordinator is told.
    Alert,
    /// Guidance that uses it stops. The help page still shows it.
    Unfit,
}

/// One sentence that goes out with a post.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Disclaimer {
    /// Short name, unique.
    pub id: String,
    /// Raised with every change of the text.
    pub version: u32,
    /// The sentence.
    pub text: String,
}

/// One register whose members may vote.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Its usual abbreviation, unique.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where a person looks a member up.
    pub url: String,
    /// Whether the law protects its titles.
    #[serde(default)]
    pub statutory: bool,
    /// The day this entry was last checked.
    #[serde(deserialize_with = "date")]
    pub checked_on: Date,
}

/// One text that people agree to, with the version that is stored beside the agreement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Changes with the text.
    pub version: String,
    /// The words agreed to.
    pub text: String,
}

/// Everything that somebody agrees to or declares.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// To publish the words.
    pub publish: Agreement,
    /// To process health data: explicit, and apart from the others (UK GDPR, Article 9).
    pub health: Agreement,
    /// To be written to if we are worried. Optional.
    pub contact: Agreement,
    /// To be of 18 or over.
    pub adult: Agreement,
    /// A therapist's declaration with each decision.
    pub declaration: Agreement,
}

/// A category of screening, in words for people.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CategoryWords {
    /// What people call it.
    pub name: String,
    /// What it means, as a sentence.
    pub means: String,
    /// What was noticed, as the end of [`ScreeningWords::noticed`]: for what tells of danger.
    pub noticed: Option<String>,
}

/// A severity, in words for people.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SeverityWords {
    /// One word, for a mark.
    pub short: String,
    /// To a therapist.
    pub reviewer: String,
    /// To whoever wrote the words.
    pub writer: String,
}

/// The three severities.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Severities {
    /// 1.
    pub note: SeverityWords,
    /// 2.
    pub caution: SeverityWords,
    /// 3.
    pub stop: SeverityWords,
}

/// What screening looks for and does: said plainly, wherever it matters to somebody.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ScreeningWords {
    /// That a machine reads first and people decide.
    pub reads_first: String,
    /// Above the marks, to a therapist.
    pub to_reviewer: String,
    /// Instead of marks, to a therapist.
    pub nothing_found: String,
    /// Above the marks, to whoever wrote the words.
    pub to_writer: String,
    /// The beginning of a sentence that each danger's `noticed` ends.
    pub noticed: String,
    /// That it can be wrong.
    pub noticed_unsure: String,
    /// What became of the words.
    pub set_aside: String,
    /// What comes next, in order.
    pub set_aside_next: Vec<String>,
    /// The same in short, on the status page.
    pub set_aside_status: String,
    /// That what somebody typed sounds like danger, above the helplines.
    pub urgent: String,
    /// That the words could not be looked at yet.
    pub unread: String,
    /// After sending: that words must be changed before anybody reads them.
    pub sent_back: String,
    /// What comes next then, in order.
    pub sent_back_next: Vec<String>,
    /// That a machine declined, and how a person looks.
    pub declined: String,
    /// What can come next then, in order.
    pub declined_next: Vec<String>,
    /// The severities.
    pub severities: Severities,
    /// The categories, by their names on the wire.
    pub categories: BTreeMap<String, CategoryWords>,
}

/// Sentences of the pages and mails that a coordinator may change.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// The channel's name.
    pub channel: String,
    /// What it is, in a line.
    pub tagline: String,
    /// Where "Leave this page" goes.
    pub leave_url: String,
    /// That nobody watches the pages around the clock.
    pub not_watched: String,
    /// What the form is for.
    pub submit_intro: String,
    /// What to bear in mind when writing.
    pub submit_advice: Vec<String>,
    /// What happens after sending, in order.
    pub what_next: Vec<String>,
    /// What stands before the address where a post of somebody who asked for it is pointed to from another platform, with
    /// `{platform}` for its own.
    pub elsewhere: String,
    /// What happens after a link was sent, in order.
    pub link_next: Vec<String>,
}

/// The files' texts, in the order in which [`check`] takes them.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// `helplines.toml`
    pub helplines: &'a str,
    /// `disclaimers.toml`
    pub disclaimers: &'a str,
    /// `registers.toml`
    pub registers: &'a str,
    /// `consent.toml`
    pub consent: &'a str,
    /// `states.toml`
    pub states: &'a str,
    /// `wording.toml`
    pub wording: &'a str,
    /// `screening.toml`
    pub screening: &'a str,
    /// `topics.toml`
    pub topics: &'a str,
    /// `guidance.toml`
    pub guidance: &'a str,
}

/// All content, checked.
#[derive(Clone, Debug)]
pub struct Content {
    /// In the order in which people see them.
    pub helplines: Vec<Helpline>,
    /// In the order in which they take turns.
    pub disclaimers: Vec<Disclaimer>,
    /// In the order of the file.
    pub registers: Vec<Register>,
    /// The agreements.
    pub consent: Consent,
    /// State to sentence, and `unknown`.
    pub states: BTreeMap<String, String>,
    /// Page and mail wording.
    pub wording: Wording,
    /// What screening looks for and does.
    pub screening: ScreeningWords,
    /// What posts can be about.
    pub topics: Vec<Topic>,
    /// Guidance, in the order of the file.
    pub guidance: Vec<Guidance>,
}

/// Reads and checks every file.
///
/// # Errors
/// [`ContentError`] for the first file and entry that breaks a rule.
pub fn check(files: Files<'_>) -> Result<Content, ContentError> {
    let helplines = helplines(files.helplines)?;
    let topics = guidance::topics(files.topics)?;
    let guidance = guidance::guidance(files.guidance, &topics, &helplines)?;
    Ok(Content {
        helplines,
        disclaimers: disclaimers(files.disclaimers)?,
        registers: registers(files.registers)?,
        consent: consent(files.consent)?,
        states: states(files.states)?,
        wording: wording(files.wording)?,
        screening: screening(files.screening)?,
        topics,
        guidance,
    })
}

/// How fresh a helpline's entry is on a given day. A day in the future is a slip that would hide the entry's age for as
/// long; tomorrow may be today elsewhere.
pub fn stale(helpline: &Helpline, today: Date) -> Staleness {
    let days = helpline.verified_on.duration_until(today).as_hours() / 24;
    if days > i64::from(UNFIT_AFTER_DAYS) {
        Staleness::Unfit
    } else if days > i64::from(ALERT_AFTER_DAYS) || days < -1 {
        Staleness::Alert
    } else {
        Staleness::Fresh
    }
}

/// The helplines that are due for a check on a given day, by name.
pub fn due_for_a_check(content: &Content, today: Date) -> Vec<&str> {
    let due = content.helplines.iter().filter(|line| stale(line, today) != Staleness::Fresh);
    due.map(|line| line.name.as_str()).collect()
}

fn helplines(text: &str) -> Result<Vec<Helpline>, ContentError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        helpline: Vec<Helpline>,
    }
    const FILE: &str = "helplines.toml";
    let all = read::<File>(FILE, text)?.helpline;
    for line in &all {
        let rule = |rule| refuse(FILE, format!("helpline \"{}\"", line.name), rule);
        if [&line.name, &line.contact, &line.hours].iter().any(|field| field.trim().is_empty()) {
            return rule("name, contact and hours must not be empty");
        }
        if !line.url.starts_with("https://") || !line.source.starts_with("https://") {
            return rule("url and source must start with https://");
        }
        if line.call.is_none() && line.text_to.is_none() {
            return rule("needs a number in call or text_to");
        }
        let digits = |number: &Option<String>| number.iter().all(|n| n.bytes().all(|b| b.is_ascii_digit()));
        if !digits(&line.call) || !digits(&line.text_to) {
            return rule("call and text_to hold digits only");
        }
        if (line.audience == Audience::Nation) != line.nation.is_some() {
            return rule("name the nation exactly when audience is \"nation\"");
        }
        if line.emergency && line.call.as_deref() != Some("999") {
            return rule("only 999 is the emergency number");
        }
    }
    // Somebody in danger reads the first line and perhaps no other.
    if !all.first().is_some_and(|line| line.emergency) {
        return refuse(FILE, "first entry".to_owned(), "must be the emergency number");
    }
    if !all.iter().any(|line| line.audience == Audience::Children) {
        return refuse(
            FILE,
            "the list".to_owned(),
            "needs a helpline for children: a refusal for age shows it first",
        );
    }
    Ok(all)
}

fn disclaimers(text: &str) -> Result<Vec<Disclaimer>, ContentError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        disclaimer: Vec<Disclaimer>,
    }
    const FILE: &str = "disclaimers.toml";
    let all = read::<File>(FILE, text)?.disclaimer;
    if all.is_empty() {
        return refuse(FILE, "the list".to_owned(), "needs at least one disclaimer");
    }
    for (at, one) in all.iter().enumerate() {
        let rule = |rule| refuse(FILE, format!("disclaimer \"{}\"", one.id), rule);
        let lower = one.text.to_lowercase();
        if one.text.graphemes(true).count() > MAX_DISCLAIMER_GRAPHEMES {
            return rule("longer than 200 characters");
        }
        if BANNED_IN_DISCLAIMERS.iter().any(|banned| lower.contains(banned)) {
            return rule("has a link, or says assured, guarantee, no liability or not liable");
        }
        if guidance::tells_what_to_do(&one.text) {
            return rule("tells somebody what to do");
        }
        if !one.text.contains("999") {
            return rule("must name 999");
        }
        if one.text.chars().any(char::is_control) {
            return rule("must be one line");
        }
        if all[..at].iter().any(|earlier| earlier.id == one.id) {
            return rule("two disclaimers have this id");
        }
    }
    Ok(all)
}

fn registers(text: &str) -> Result<Vec<Register>, ContentError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        register: Vec<Register>,
    }
    const FILE: &str = "registers.toml";
    let all = read::<File>(FILE, text)?.register;
    for (at, one) in all.iter().enumerate() {
        let rule = |rule| refuse(FILE, format!("register \"{}\"", one.code), rule);
        if one.code.is_empty() || !one.code.bytes().all(|b| b.is_ascii_uppercase()) {
            return rule("code is capital letters");
        }
        if one.name.trim().is_empty() || !one.url.starts_with("https://") {
            return rule("needs a name, and a url that starts with https://");
        }
        if all[..at].iter().any(|earlier| earlier.code == one.code) {
            return rule("two registers have this code");
        }
    }
    // The default policy asks for approvals from two registers.
    if all.len() < 2 {
        return refuse(FILE, "the list".to_owned(), "needs at least two registers");
    }
    Ok(all)
}

fn consent(text: &str) -> Result<Consent, ContentError> {
    const FILE: &str = "consent.toml";
    let all = read::<Consent>(FILE, text)?;
    let parts = [
        ("publish", &all.publish),
        ("health", &all.health),
        ("contact", &all.contact),
        ("adult", &all.adult),
        ("declaration", &all.declaration),
    ];
    for (name, agreement) in parts {
        if agreement.version.trim().is_empty() || agreement.text.trim().is_empty() {
            return refuse(FILE, format!("[{name}]"), "needs a version and a text");
        }
    }
    Ok(all)
}

fn states(text: &str) -> Result<BTreeMap<String, String>, ContentError> {
    const FILE: &str = "states.toml";
    let all = read::<BTreeMap<String, String>>(FILE, text)?;
    for state in STATES.iter().chain(["unknown"].iter()) {
        if all.get(*state).is_none_or(|sentence| sentence.trim().is_empty()) {
            return refuse(FILE, format!("state \"{state}\""), "has no sentence");
        }
    }
    for state in all.keys() {
        if state != "unknown" && !STATES.contains(&state.as_str()) {
            return refuse(FILE, format!("state \"{state}\""), "is no state of the design");
        }
    }
    Ok(all)
}

fn wording(text: &str) -> Result<Wording, ContentError> {
    const FILE: &str = "wording.toml";
    let all = read::<Wording>(FILE, text)?;
    if !all.leave_url.starts_with("https://") {
        return refuse(FILE, "leave_url".to_owned(), "must start with https://");
    }
    // Mail subjects hold the channel's name.
    if all.channel.trim().is_empty() || all.channel.chars().any(char::is_control) {
        return refuse(FILE, "channel".to_owned(), "must be one line");
    }
    if all.submit_advice.is_empty() || all.what_next.is_empty() {
        return refuse(FILE, "submit_advice and what_next".to_owned(), "must not be empty");
    }
    if all.link_next.is_empty() {
        return refuse(FILE, "link_next".to_owned(), "must not be empty");
    }
    if !all.elsewhere.contains("{platform}") {
        return refuse(FILE, "elsewhere".to_owned(), "must name the platform: {platform}");
    }
    Ok(all)
}

fn screening(text: &str) -> Result<ScreeningWords, ContentError> {
    const FILE: &str = "screening.toml";
    let all = read::<ScreeningWords>(FILE, text)?;
    for name in CATEGORIES {
        let is_danger = DANGERS.contains(&name);
        let is_told =
            |words: &CategoryWords| words.noticed.as_ref().is_some_and(|one| !one.trim().is_empty());
        let is_whole = |words: &&CategoryWords| {
            !words.name.trim().is_empty() && !words.means.trim().is_empty() && is_told(words) == is_danger
        };
        if all.categories.get(name).filter(is_whole).is_none() {
            let rule = "needs name and means, and noticed if it tells of danger";
            return refuse(FILE, format!("category \"{name}\""), rule);
        }
    }
    for name in all.categories.keys() {
        if !CATEGORIES.contains(&name.as_str()) {
            return refuse(FILE, format!("category \"{name}\""), "is no category of screening");
        }
    }
    let Severities { note, caution, stop } = &all.severities;
    for (name, words) in [("note", note), ("caution", caution), ("stop", stop)] {
        if [&words.short, &words.reviewer, &words.writer].iter().any(|one| one.trim().is_empty()) {
            return refuse(FILE, format!("[severities.{name}]"), "needs short, reviewer and writer");
        }
    }
    for (name, steps) in [
        ("set_aside_next", &all.set_aside_next),
        ("sent_back_next", &all.sent_back_next),
        ("declined_next", &all.declined_next),
    ] {
        if steps.is_empty() {
            return refuse(FILE, name.to_owned(), "must not be empty");
        }
    }
    Ok(all)
}

fn read<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<T, ContentError> {
    toml::from_str(text).map_err(|error| ContentError::Malformed { file, message: error.to_string() })
}

fn refuse<T>(file: &'static str, entry: String, rule: &'static str) -> Result<T, ContentError> {
    Err(ContentError::Rule { file, entry, rule })
}

/// TOML dates (2026-08-01, unquoted) as civil dates.
fn date<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?;
    let wrong = || serde::de::Error::custom("a date such as 2026-08-01, without a time, is needed");
    // A time would be dropped silently by the parser below.
    if written.time.is_some() {
        return Err(wrong());
    }
    written.to_string().parse().map_err(|_| wrong())
}
