//! Which letter goes to whom: the mails of the use cases, in words and with a signed link.

use std::sync::Arc;

use app::{
    invite::{Addressee, Correspondence, LINKS_OUTLIVE},
    ports::Mail,
};
use curation::{
    ids::SubmissionId,
    roster::{Duty, Officer, Therapist},
    submission::{About, Attention, Kind, State, Submission},
    time::Now,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    links::{Keyring, Link, NO_REVISION, Purpose},
    mail::{
        AlertKind, BallotReceipt, CoordinatorAlert, FreshLink, HoldAlert, HoldReader, Invitation, Letter,
        Reminder, SubmitterNotice,
    },
    pages::When,
};

/// How long a link to a status page lives. The return code opens the page for as long as there is something to see.
pub const STATUS_LINKS_LIVE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What mail about the lead's list has in place of a reference.
const LIST: &str = "LIST";

/// How long a mail can be unsubscribed from: mail lies in mailboxes for long, and an old one must still end new ones.
pub const UNSUBSCRIBE_LINKS_LIVE: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Writes the letters of [`crate::mail`].
#[derive(Debug, Clone)]
pub struct Letters {
    /// Seals the links.
    pub keys: Arc<Keyring>,
    /// Where the pages are, without a slash at the end.
    pub base_url: String,
}

impl Correspondence for Letters {
    fn write(&self, to: &Addressee, about: About, submission: &Submission, now: Now) -> Option<Mail> {
        let letter = match to {
            Addressee::Therapist(therapist) => self.to_therapist(therapist, about, submission)?,
            Addressee::Officer(officer) => to_officer(officer.duty, about, submission)?,
            Addressee::Submitter { .. } => SubmitterNotice {
                reference: submission.id.reference(),
                status_url: status_url(&self.keys, &self.base_url, submission, now)?,
            }
            .letter(),
        };
        let Letter { subject, text, html } = letter;
        let unsubscribe = self.unsubscribe_url(to, about, submission, now);
        Some(Mail { to: to.email().to_owned(), subject, text, html, submission: submission.id, unsubscribe })
    }

    fn write_of_channel(&self, to: &Addressee, about: About) -> Option<Mail> {
        let kind = match (to, about) {
            (Addressee::Officer(_), About::HelplineStale) => AlertKind::HelplineStale,
            _ => return None,
        };
        let Letter { subject, text, html } = CoordinatorAlert { kind, reference: None }.letter();
        let submission = SubmissionId::CHANNEL;
        Some(Mail { to: to.email().to_owned(), subject, text, html, submission, unsubscribe: None })
    }

    fn of_list(&self, to: &Officer, since: Timestamp) -> Mail {
        let reader = reader(to.duty);
        let alert = HoldAlert { reader, reference: LIST.to_owned(), since: When(since) };
        let Letter { subject, text, html } = alert.letter();
        let submission = store::leads_list();
        Mail { to: to.email.clone(), subject, text, html, submission, unsubscribe: None }
    }
}

impl Letters {
    /// Where whoever gets this mail can end mail of its kind. An officer's mail is a duty; a receipt brings a strange
    /// ballot to light; a fresh link was asked for: these have none.
    fn unsubscribe_url(
        &self,
        to: &Addressee,
        about: About,
        submission: &Submission,
        now: Now,
    ) -> Option<String> {
        let (page, subject, person, epoch) = match to {
            Addressee::Therapist(therapist) if matches!(about, About::Invitation | About::Reminder) => {
                ("review", String::new(), therapist.id.to_string(), therapist.epoch)
            }
            Addressee::Submitter { .. } => ("status", submission.id.to_string(), String::new(), 0),
            Addressee::Therapist(_) | Addressee::Officer(_) => return None,
        };
        let link = Link {
            purpose: Purpose::Unsubscribe,
            subject,
            revision: NO_REVISION,
            person,
            epoch,
            expires_at: now.after(UNSUBSCRIBE_LINKS_LIVE),
        };
        let token = self.keys.seal(&link).ok()?;
        Some(format!("{}/{page}/unsubscribe/{}", self.base_url, token.as_str()))
    }

    fn to_therapist(&self, therapist: &Therapist, about: About, submission: &Submission) -> Option<Letter> {
        let review = submission.review.as_ref()?;
        let seat = review.seat_of(therapist.id)?;
        let is_open = matches!(submission.state, State::InReview { .. }) && !seat.stepped_back;
        let reference = submission.id.reference();
        let deadline = When(review.deadline);
        let link = || {
            let link = Link {
                purpose: Purpose::Review,
                subject: submission.id.to_string(),
                revision: submission.revision,
                person: therapist.id.to_string(),
                epoch: therapist.epoch,
                expires_at: review.deadline.saturating_add(LINKS_OUTLIVE).ok()?,
            };
            let token = self.keys.seal(&link).ok()?;
            Some(format!("{}/review/{}", self.base_url, token.as_str()))
        };
        match about {
            // An invitation to what is over would waste an evening.
            About::Invitation if is_open => {
                let is_guidance = submission.kind == Kind::Guidance;
                Some(Invitation { reference, is_guidance, deadline, link: link()? }.letter())
            }
            About::Reminder if is_open && seat.ballot.is_none() => {
                Some(Reminder { reference, deadline, link: link()? }.letter())
            }
            About::FreshLink if is_open => Some(FreshLink { reference, deadline, link: link()? }.letter()),
            // Also when it has closed: one that they did not cast must come to light.
            About::Receipt => Some(BallotReceipt { reference, until: deadline, link: link()? }.letter()),
            _ => None,
        }
    }
}

fn reader(duty: Duty) -> HoldReader {
    match duty {
        Duty::Lead => HoldReader::Lead,
        Duty::Deputy => HoldReader::Deputy,
        Duty::Coordinator => HoldReader::Coordinator,
    }
}

fn to_officer(duty: Duty, about: About, submission: &Submission) -> Option<Letter> {
    let reference = submission.id.reference();
    let kind = match about {
        About::SafeguardingHold => {
            let reader = reader(duty);
            let since = When(submission.received_at);
            return submission.is_concealed().then(|| HoldAlert { reader, reference, since }.letter());
        }
        About::PanelTooSmall => AlertKind::PanelTooSmall,
        About::Stalled => AlertKind::Stalled,
        About::TechnicalHold => AlertKind::TechnicalHold,
        About::NeedsAttention => match submission.state {
            State::NeedsAttention { why: Attention::Refused, .. } => AlertKind::PostRefused,
            State::NeedsAttention { why: Attention::Unfinished, .. } => AlertKind::Unfinished,
            _ => AlertKind::NeedsAttention,
        },
        About::PlatformAway => AlertKind::PlatformAway,
        About::StillUp => AlertKind::StillUp,
        About::QuorumLost => AlertKind::QuorumLost,
        About::TargetChanged => AlertKind::TargetChanged,
        About::Redaction => AlertKind::WordsNeeded,
        About::Appeal => AlertKind::Appeal,
        About::Undeliverable => AlertKind::Undeliverable,
        About::GuidanceLapsesSoon => AlertKind::GuidanceLapsesSoon,
        About::GuidanceLapsed => AlertKind::GuidanceLapsed,
        About::Invitation
        | About::Reminder
        | About::Receipt
        | About::FreshLink
        | About::Status
        | About::HelplineStale => {
            return None;
        }
    };
    Some(CoordinatorAlert { kind, reference: Some(reference) }.letter())
}

/// A signed link to a submission's status page, or `None` if the machine cannot seal one.
#[must_use]
pub fn status_url(keys: &Keyring, base_url: &str, submission: &Submission, now: Now) -> Option<String> {
    status_link(keys, submission.id, now).map(|token| format!("{base_url}/status/{token}"))
}

/// The token of such a link.
pub(crate) fn status_link(keys: &Keyring, id: curation::ids::SubmissionId, now: Now) -> Option<String> {
    let link = Link {
        purpose: Purpose::Status,
        subject: id.to_string(),
        revision: NO_REVISION,
        person: String::new(),
        epoch: 0,
        expires_at: now.after(STATUS_LINKS_LIVE),
    };
    keys.seal(&link).ok().map(|token| token.as_str().to_owned())
}
