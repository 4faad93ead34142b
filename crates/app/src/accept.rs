//! Accepting a proposal: counted, composed, screened and written, before anybody is told that it is in.
//!
//! Invariant: once [`propose`] answered `Ok`, the proposal is stored with a due time. Its calls: one update, one
//! transaction, one hint; a repetition with an idempotency key costs one read more.

use std::net::{IpAddr, Ipv6Addr};

use curation::{
    composition::{PlatformRules, Uncomposable},
    ids::SubmissionId,
    submission::{Kind, Role, Submission},
    transitions::NewSubmission,
    words::Words,
};
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use screening::{Category, Report, Route};
use sha2::{Digest, Sha256};
use store::{Answered, Proposal as StoredProposal, Remembered, StoreError};

use crate::{Core, return_code::ReturnCode};

/// The window in which the proposals of one source are counted.
pub const RATE_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Proposals that one source may make in [`RATE_WINDOW`] unless configured otherwise: far more than a person writes,
/// far fewer than would bury the volunteers.
pub const HOURLY_LIMIT: u64 = 20;

/// A proposal, parsed.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The words.
    pub words: Words,
    /// As whom.
    pub role: Option<Role>,
    /// Where to write to.
    pub email: Option<Email>,
    /// They agreed to be written to if somebody is worried.
    pub may_contact: bool,
}

/// An e-mail address, lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(..)")
    }
}

/// That is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Check the e-mail address: it should look like name@example.org.")]
pub struct InvalidEmail;

impl Email {
    /// Takes an address as people type it.
    ///
    /// # Errors
    /// [`InvalidEmail`] unless it is a bare address (RFC 5321) with a full domain.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim().to_lowercase();
        let options = email_address::Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        match email_address::EmailAddress::parse_with_options(&text, options) {
            Ok(_) if text.is_ascii() => Ok(Self(text)),
            _ => Err(InvalidEmail),
        }
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a request comes from, as far as limits need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// A hash of the address with a secret of the day: never the address.
    pub bucket: String,
    /// How many proposals it may make in [`RATE_WINDOW`].
    pub hourly_limit: u64,
}

impl Source {
    /// The source at `address`, told apart from others for one day: the day is part of the hash.
    #[must_use]
    pub fn new(secret: &[u8], address: &str, day: jiff::civil::Date, hourly_limit: u64) -> Self {
        let bucket = digest(&[secret, day.to_string().as_bytes(), network(address).as_bytes()]);
        Self { bucket, hourly_limit }
    }
}

/// What belongs to one caller: an IPv4 address; of an IPv6 address the first 64 bits, since a home has all the others.
fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)).to_string()
        }
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => address.to_owned(),
    }
}

/// A client's promise to repeat a request only with the same body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    key: String,
    body: String,
}

impl Idempotency {
    /// The promise that came with `key` and `body` from `address`. Keys are told apart by who sent them, so that strangers
    /// with the same simple key do not meet. Not by the day, as a [`Source`] is: a repetition after midnight is one.
    #[must_use]
    pub fn new(secret: &[u8], address: &str, key: &str, body: &[u8]) -> Self {
        let key = digest(&[secret, network(address).as_bytes(), key.as_bytes()]);
        // Keyed, like the addresses: a short text could be guessed from a plain hash of it.
        Self { key, body: digest(&[secret, body]) }
    }
}

/// What was accepted.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Its id.
    pub id: SubmissionId,
    /// With it anybody can come back to it.
    pub return_code: String,
    /// What screening made of it, for whoever wrote it.
    pub reading: Reading,
}

/// What screening made of words that were accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// They go to the therapists.
    Passed,
    /// They are held for the safeguarding lead: these dangers were noticed, each once.
    SetAside(Vec<Category>),
    /// Screening failed: nobody knows yet what is in them, and whoever wrote them may be in danger.
    Unread,
    /// They must be changed before anybody reads them.
    ComesBack,
    /// They go no further unless a person is asked for.
    Declined,
}

impl Reading {
    fn new(report: Option<&Report>) -> Self {
        match report.map(|report| report.route) {
            None => Self::Unread,
            Some(Route::Hold) => Self::SetAside(dangers(report)),
            Some(Route::Redact) => Self::ComesBack,
            Some(Route::Decline) => Self::Declined,
            Some(Route::Review) => Self::Passed,
        }
    }
}

/// Why a proposal was not accepted. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too many from this source; again after so many seconds.
    #[error("too many proposals in a short time")]
    Limited {
        /// Seconds until the next may be made.
        retry_after: i64,
    },
    /// It fits no thread on a platform.
    #[error(transparent)]
    Uncomposable(#[from] Uncomposable),
    /// The idempotency key was used with another body.
    #[error("the idempotency key was used for something else")]
    KeyReused,
    /// The store did not take it: try again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Accepts a proposal.
///
/// # Errors
/// [`Refused`]; unless it is [`Refused::Store`], it is certain that nothing was kept.
pub async fn propose(
    core: &Core,
    rules: &[PlatformRules],
    proposal: &Proposal,
    source: &Source,
    idempotency: Option<&Idempotency>,
) -> Result<Accepted, Refused> {
    let now = core.clock.now();
    let uses = core.store.count(&format!("propose#{}", source.bucket), RATE_WINDOW, now).await?;
    if uses > source.hourly_limit {
        if let Some(ours) = idempotency {
            // A repetition of what was accepted is answered as it was, whatever came in between.
            let theirs = core.store.remembered(&ours.key, now).await?;
            if let Some(theirs) = theirs.filter(|theirs| theirs.body == ours.body) {
                let outcome = screening::screen_safely(proposal.words.as_str());
                return Ok(repeated(theirs, Reading::new(outcome.report())));
            }
        }
        return Err(Refused::Limited { retry_after: seconds_left(now.at, RATE_WINDOW) });
    }
    let revision = core.revision(1, Some(&proposal.words), None, rules, now)?;
    let milliseconds = u64::try_from(now.at.as_millisecond()).unwrap_or_default();
    let new = NewSubmission {
        id: SubmissionId::new(milliseconds, core.randomness.bytes()),
        kind: Kind::Text,
        role: proposal.role,
        may_contact: proposal.may_contact,
    };
    let return_code = ReturnCode::from_bytes(core.randomness.bytes());
    let answered = Answered { id: new.id, return_code: return_code.to_string() };
    let remembered = idempotency.map(|idempotency| {
        Remembered::new(idempotency.key.clone(), idempotency.body.clone(), answered.clone(), now)
    });
    let mut report = None;
    let step = Submission::receive(new, &revision, now)
        .and_then(|received| {
            let (step, found) = core.screen_now(received, &revision, None, now)?;
            report = found;
            Ok(step)
        })
        .map_err(|_: curation::transitions::InvalidTransition| StoreError::Conflict)?;
    let wording = content::consent();
    let consent = serde_json::json!({
        "at": now.at,
        "publish": wording.publish.version,
        "health": wording.health.version,
        "adult": wording.adult.version,
        "contact": proposal.may_contact.then_some(&wording.contact.version),
    });
    let stored = StoredProposal {
        step: &step,
        revision: &revision,
        report: report.as_ref(),
        email: proposal.email.as_ref().map(Email::as_str),
        consent: &consent,
        return_code: &return_code.hash(),
        remembered: remembered.as_ref(),
    };
    let reading = Reading::new(report.as_ref());
    match (core.store.accept(&stored, now).await, &remembered) {
        (Ok(()), _) => {
            tracing::info!(submission = %answered.id, state = step.submission.state.name(), "accepted");
            core.hint_after(&step).await;
            let Answered { id, return_code } = answered;
            Ok(Accepted { id, return_code, reading })
        }
        (Err(StoreError::Conflict), Some(ours)) => match core.store.remembered(&ours.key, now).await? {
            Some(theirs) if theirs.body == ours.body => Ok(repeated(theirs, reading)),
            Some(_) => Err(Refused::KeyReused),
            None => Err(Refused::Store(StoreError::Conflict)),
        },
        (Err(error), _) => Err(error.into()),
    }
}

fn repeated(theirs: Remembered, reading: Reading) -> Accepted {
    let Answered { id, return_code } = theirs.answered;
    Accepted { id, return_code, reading }
}

/// The dangers for which screening holds a text, each once.
fn dangers(report: Option<&Report>) -> Vec<Category> {
    let held_for = [Category::SelfHarmRisk, Category::HarmToOthers, Category::Safeguarding];
    let is_found = |category: &Category| {
        report
            .into_iter()
            .flat_map(|report| &report.findings)
            .any(|finding| finding.category == *category && finding.severity >= screening::Severity::Caution)
    };
    held_for.into_iter().filter(is_found).collect()
}

/// True if a text that is not kept shows that its writer may be in danger.
#[must_use]
pub fn shows_risk(text: &str) -> bool {
    screening::screen_safely(text).route() == Route::Hold
}

fn seconds_left(at: Timestamp, window: SignedDuration) -> i64 {
    window.as_secs() - at.as_second().rem_euclid(window.as_secs())
}

/// SHA-256 over length-prefixed parts, in hexadecimal.
pub(crate) fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    HEXLOWER.encode(&hasher.finalize())
}
