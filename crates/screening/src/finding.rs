//! What screening can find, and where it found it.
//!
//! Invariant: the wire names here are the words of the screening specification; stored reports depend on them.

use serde::{Deserialize, Serialize};

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The author, or somebody they write about, may be at risk now.
    SelfHarmRisk,
    /// A threat or an intention to harm somebody.
    HarmToOthers,
    /// Abuse, neglect or exploitation of a child or an adult at risk is disclosed.
    Safeguarding,
    /// A datum that identifies the writer or anybody.
    PersonalData,
    /// Another person is named, or could be worked out, with something private about them.
    ThirdParty,
    /// The writer's own therapy or health is told in the first person.
    Disclosure,
    /// Words about suicide that media guidelines advise against.
    UnsafeSuicideContent,
    /// Advice that could hurt if followed.
    HarmfulAdvice,
    /// A therapist steps over a professional boundary.
    Boundary,
    /// Hate, harassment or stigmatising language.
    Abuse,
    /// Sexual content.
    Sexual,
    /// Commerce, scams, nonsense, repetition.
    Spam,
}

impl Category {
    /// Every category, in the order in which reports list them.
    pub const ALL: [Self; 12] = [
        Self::SelfHarmRisk,
        Self::HarmToOthers,
        Self::Safeguarding,
        Self::PersonalData,
        Self::ThirdParty,
        Self::Disclosure,
        Self::UnsafeSuicideContent,
        Self::HarmfulAdvice,
        Self::Boundary,
        Self::Abuse,
        Self::Sexual,
        Self::Spam,
    ];
}

/// The finer sort of a finding. One list for all categories: some words (`medication`, `diagnosis`) serve two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Risk: the writer. On the wire `self`, which Rust keeps for itself.
    #[serde(rename = "self")]
    Writer,
    /// Risk: somebody the writer writes about.
    OtherPerson,
    /// Safeguarding: a child.
    Child,
    /// Safeguarding: an adult at risk.
    Adult,
    /// Safeguarding: abuse at home or by a partner.
    Domestic,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A UK postcode.
    Postcode,
    /// A street address.
    Address,
    /// An NHS number.
    NhsNumber,
    /// A National Insurance number.
    Nino,
    /// A date of birth.
    DateOfBirth,
    /// A person's name.
    PersonName,
    /// An account name on a platform.
    Handle,
    /// A link that leads to a private person.
    Url,
    /// A payment card or a bank account.
    CardOrAccount,
    /// Third party: somebody's therapist or clinician.
    Therapist,
    /// Third party: family, partner, friend.
    Relative,
    /// Third party: a therapist's client.
    Client,
    /// Third party: a colleague, an employer, a workplace.
    Workplace,
    /// Third party: anybody else.
    Other,
    /// Disclosure: therapy.
    Therapy,
    /// Disclosure: the writer's diagnosis; advice: a diagnosis made of a stranger.
    Diagnosis,
    /// Disclosure: the writer's medication; advice: about medication.
    Medication,
    /// Disclosure: trauma, and past self-harm.
    Trauma,
    /// Suicide content: a method, a place, a quantity or a note.
    Method,
    /// Suicide content: wording that blames or praises.
    Language,
    /// Suicide content: presented as peaceful, painless or a solution.
    Glamorising,
    /// Suicide content: one simple cause.
    SingleCause,
    /// Suicide content: guesses about a death.
    Speculation,
    /// Advice: a cure is promised.
    CureClaim,
    /// Advice: to avoid professional help.
    AntiHelp,
    /// Advice: encourages disordered eating.
    ProEatingDisorder,
    /// Advice: a claim that the evidence contradicts.
    Misinformation,
    /// Boundary: advertises a practice.
    Advertising,
    /// Boundary: seeks clients or offers therapy.
    Solicitation,
    /// Boundary: asks for testimonials.
    Testimonial,
    /// Boundary: comments on a client.
    ClientComment,
    /// Boundary: comments on a public person's mental health.
    PublicFigure,
    /// Abuse: hate of a group.
    Hate,
    /// Abuse: of a person.
    Harassment,
    /// Abuse: stigmatising words about people with a condition.
    Stigma,
}

impl Kind {
    /// The wire name of a kind of personal data, as [`crate::redact`] shows it; `None` for all other kinds.
    pub(crate) fn datum(self) -> Option<&'static str> {
        Some(match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Postcode => "postcode",
            Self::Address => "address",
            Self::NhsNumber => "nhs_number",
            Self::Nino => "nino",
            Self::DateOfBirth => "date_of_birth",
            Self::PersonName => "person_name",
            Self::Handle => "handle",
            Self::Url => "url",
            Self::CardOrAccount => "card_or_account",
            _ => return None,
        })
    }
}

/// How grave a finding is: a number from 1 to 3 on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Severity {
    /// 1: worth a reviewer's glance.
    Note,
    /// 2: a careful therapist would want it changed.
    Caution,
    /// 3: must not appear in any form.
    Stop,
}

/// A severity outside 1 to 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a severity is 1, 2 or 3")]
pub struct InvalidSeverity;

impl From<Severity> for u8 {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Note => 1,
            Severity::Caution => 2,
            Severity::Stop => 3,
        }
    }
}

impl TryFrom<u8> for Severity {
    type Error = InvalidSeverity;

    fn try_from(number: u8) -> Result<Self, InvalidSeverity> {
        match number {
            1 => Ok(Self::Note),
            2 => Ok(Self::Caution),
            3 => Ok(Self::Stop),
            _ => Err(InvalidSeverity),
        }
    }
}

/// One thing found in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is about.
    pub category: Category,
    /// The finer sort, where the category has kinds.
    pub kind: Option<Kind>,
    /// How grave it is.
    pub severity: Severity,
    /// First character of the span in the original text, in Unicode code points.
    pub start: usize,
    /// One past the last character of the span, in Unicode code points.
    pub end: usize,
    /// Why, for a person to read. Never quotes the text.
    pub reason: String,
    /// What to write instead, where there is such a thing.
    pub suggestion: Option<String>,
}
