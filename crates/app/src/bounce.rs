//! Mail that came back: nobody is written to in vain, and nobody waits for somebody who was never reached.
//!
//! Invariants: an address leads to a person only by comparison with the roster and with the one submission that the mail
//! was about, and is never logged. Each effect is decided from what is stored, and the mark on the roster comes last: a
//! repeated event finds nothing left to do, and one that was cut off does the rest.

use std::collections::BTreeMap;

use curation::{
    ids::SubmissionId,
    roster::{Duty, Officer, Therapist},
    submission::{About, Hold, Notice, Recipient, State, Submission, Told},
};
use store::StoreError;

use crate::{
    Core, MOST_RACES, StepFailure,
    ports::QueueName,
    roster::{RosterError, change, mark_officer},
    unsubscribe::forget_address,
};

/// Open reviews that are looked after at once: more than a panel member ever has. The rest are topped up in time.
const MOST_REVIEWS: usize = 12;

/// Where a hint is due, in the end and once: two at the same time would send the same mail twice.
type Hinted = BTreeMap<SubmissionId, Submission>;

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It cannot be delivered, and another would not be either.
    Permanent,
    /// Its reader told their mail program that they don't want it.
    Complaint,
    /// It was not delivered this time. The next one may be.
    Transient,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Permanent => "permanent bounce",
            Self::Complaint => "complaint",
            Self::Transient => "transient bounce",
        }
    }
}

/// A mail that came back.
#[derive(Clone, PartialEq, Eq)]
pub struct Bounce {
    /// In which way.
    pub kind: Kind,
    /// The addresses at which it did.
    pub addresses: Vec<String>,
    /// What the mail was about, if it says so.
    pub submission: Option<SubmissionId>,
}

impl std::fmt::Debug for Bounce {
    // Addresses must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bounce")
            .field("kind", &self.kind)
            .field("submission", &self.submission)
            .finish_non_exhaustive()
    }
}

/// Draws the consequences of a mail that came back.
///
/// # Errors
/// [`StepFailure::Store`]: try again; what was done is not done twice.
pub async fn record(core: &Core, bounce: &Bounce) -> Result<(), StepFailure> {
    let about = bounce.submission.map(|id| id.to_string()).unwrap_or_default();
    tracing::info!(submission = about, kind = bounce.kind.as_str(), "a mail came back");
    // An id that no submission has says as little as none.
    let submission = match bounce.submission {
        Some(id) => core.store.load(id).await?,
        None => None,
    };
    if bounce.kind == Kind::Transient {
        return match submission {
            Some(submission) => not_this_time(core, bounce, &submission).await,
            None => Ok(()),
        };
    }
    let (therapists, officers) = (core.store.therapists().await?, core.store.officers().await?);
    let mut hinted = Hinted::new();
    for address in &bounce.addresses {
        let is_theirs = |email: &str| email.eq_ignore_ascii_case(address);
        for therapist in therapists.iter().filter(|therapist| is_theirs(&therapist.email)) {
            of_therapist(core, therapist, submission.as_ref(), &officers, &mut hinted).await?;
        }
        for officer in officers.iter().filter(|officer| is_theirs(&officer.email)) {
            of_officer(core, officer, submission.as_ref(), &officers, &mut hinted).await?;
        }
        if let Some(submission) = &submission
            && core.store.contact(submission.id).await?.is_some_and(|email| is_theirs(&email))
        {
            forget_address(core, submission.id).await?;
        }
    }
    for submission in hinted.values() {
        core.hint(QueueName::Invitations, submission).await;
    }
    Ok(())
}

/// A full mailbox, a server that was away, an absence notice: the next mail may arrive, so nobody is marked and nobody's
/// address is forgotten. But somebody in danger does not wait for it.
async fn not_this_time(core: &Core, bounce: &Bounce, submission: &Submission) -> Result<(), StepFailure> {
    let mut hinted = Hinted::new();
    for officer in core.store.officers().await? {
        if bounce.addresses.iter().any(|address| officer.email.eq_ignore_ascii_case(address)) {
            tell_next(core, officer.duty, submission.id, &mut hinted).await?;
        }
    }
    for submission in hinted.values() {
        core.hint(QueueName::Invitations, submission).await;
    }
    Ok(())
}

async fn of_therapist(
    core: &Core,
    therapist: &Therapist,
    submission: Option<&Submission>,
    officers: &[Officer],
    hinted: &mut Hinted,
) -> Result<(), StepFailure> {
    let mut about = submission.cloned();
    for id in core.store.open_reviews(therapist.id).await?.into_iter().take(MOST_REVIEWS) {
        let passed_over = pass_over(core, id, therapist, hinted).await?;
        about = about.or(passed_over);
    }
    if therapist.bouncing {
        return Ok(());
    }
    tell_coordinator(core, about.as_ref(), &therapist.id.to_string(), officers, hinted).await?;
    marked(change(core, therapist.id, |therapist| therapist.bouncing = true).await.map(drop))?;
    tracing::warn!(person = %therapist.id, "mail to a therapist comes back: they are not invited");
    Ok(())
}

/// Asks somebody else in the place of somebody who cannot be reached. The submission, if it is in review.
async fn pass_over(
    core: &Core,
    id: SubmissionId,
    therapist: &Therapist,
    hinted: &mut Hinted,
) -> Result<Option<Submission>, StepFailure> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let Some(before) = core.store.load(id).await? else { return Ok(None) };
        if !matches!(before.state, State::InReview { .. }) {
            return Ok(None);
        }
        let Ok(step) = before.clone().passed_over(therapist.id, now) else { return Ok(Some(before)) };
        match core.store.commit(&before, &step, vec![], &[], now).await {
            Ok(()) => {
                hinted.insert(id, step.submission.clone());
                return Ok(Some(step.submission));
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

async fn of_officer(
    core: &Core,
    officer: &Officer,
    submission: Option<&Submission>,
    officers: &[Officer],
    hinted: &mut Hinted,
) -> Result<(), StepFailure> {
    if let Some(submission) = submission {
        tell_next(core, officer.duty, submission.id, hinted).await?;
    }
    if officer.bouncing {
        return Ok(());
    }
    tell_coordinator(core, submission, &officer.id.to_string(), officers, hinted).await?;
    marked(mark_officer(core, officer.id, true).await.map(drop))?;
    let duty = officer.duty.as_str();
    tracing::error!(person = %officer.id, duty, "mail to somebody who runs the channel comes back");
    Ok(())
}

/// Somebody whose duty it is was not told that an item waits: the next duty is, as if the time to answer were over. An
/// item for which that has been done already waits for somebody who was told.
async fn tell_next(
    core: &Core,
    duty: Duty,
    id: SubmissionId,
    hinted: &mut Hinted,
) -> Result<(), StepFailure> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let Some(before) = core.store.load(id).await? else { return Ok(()) };
        let is_waiting_for = match &before.state {
            State::Held { hold: Hold::Crisis { told: Told::Lead }, .. } => duty == Duty::Lead,
            State::Held { hold: Hold::Crisis { told: Told::Deputy }, .. } => duty == Duty::Deputy,
            // It is taken down first, and the lead was told that it comes.
            State::Retracting { .. } if before.is_concealed() && duty == Duty::Lead => {
                let notice = Notice { to: Recipient::Duty(Duty::Deputy), about: About::SafeguardingHold };
                core.store.ask_for_mail(id, "undelivered-lead", notice, now).await?;
                hinted.insert(id, before);
                return Ok(());
            }
            _ => false,
        };
        if !is_waiting_for {
            return Ok(());
        }
        let Ok(step) = before.clone().escalate(now) else { return Ok(()) };
        match core.store.commit(&before, &step, vec![], &[], now).await {
            Ok(()) => {
                hinted.insert(id, step.submission);
                return Ok(());
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// Tells a coordinator that somebody's mailbox needs a look; `whose` keeps two people's apart.
async fn tell_coordinator(
    core: &Core,
    about: Option<&Submission>,
    whose: &str,
    officers: &[Officer],
    hinted: &mut Hinted,
) -> Result<(), StepFailure> {
    let is_reachable = |officer: &Officer| {
        officer.duty == Duty::Coordinator && !officer.bouncing && officer.id.to_string() != whose
    };
    let Some(submission) = about.filter(|_| officers.iter().any(is_reachable)) else {
        // Mail belongs to a submission, and needs a reader. The roster shows it all the same.
        tracing::error!(person = whose, "no coordinator could be told that mail to this person comes back");
        return Ok(());
    };
    let notice = Notice { to: Recipient::Duty(Duty::Coordinator), about: About::Undeliverable };
    let name = format!("undeliverable-{whose}");
    core.store.ask_for_mail(submission.id, &name, notice, core.clock.now()).await?;
    hinted.insert(submission.id, submission.clone());
    Ok(())
}

fn marked(result: Result<(), RosterError>) -> Result<(), StepFailure> {
    match result {
        Err(RosterError::Store(error)) => Err(error.into()),
        // Nobody is ever removed from the roster, and no field is checked here.
        _ => Ok(()),
    }
}
