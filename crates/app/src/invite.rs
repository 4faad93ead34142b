//! Drawing panels, and sending all mail.
//!
//! Invariant: mail goes at least once. A batch of notices is deleted only after all of it was sent; a crash in between
//! sends some of it twice, which costs a volunteer a glance and loses nobody an invitation.

use curation::{
    ids::SubmissionId,
    panel::{Seed, draw},
    policy::Policy,
    roster::{Duty, Officer, Therapist},
    submission::{About, Notice, Recipient, State, Submission},
    time::Now,
};
use jiff::{SignedDuration, Timestamp};
use store::{Check, StoreError, Write, leads_list};

use crate::{
    Core, MOST_RACES, StepFailure,
    ports::{Mail, MailError, Mailer},
};

/// How long a review's links live beyond its deadline, so that who comes late is told kindly.
pub const LINKS_OUTLIVE: SignedDuration = SignedDuration::from_hours(24);

/// Somebody to be written to.
#[derive(Debug, Clone)]
pub enum Addressee {
    /// A therapist on the roster.
    Therapist(Therapist),
    /// Somebody who runs the channel.
    Officer(Officer),
    /// Whoever proposed it.
    Submitter {
        /// Their address.
        email: String,
    },
}

impl Addressee {
    /// The address.
    #[must_use]
    pub fn email(&self) -> &str {
        match self {
            Self::Therapist(therapist) => &therapist.email,
            Self::Officer(officer) => &officer.email,
            Self::Submitter { email } => email,
        }
    }
}

/// Writes mail: a reference, a deadline, a link, and never a word of a submission.
pub trait Correspondence: Send + Sync {
    /// The mail, or `None` if it has lost its meaning by now.
    fn write(&self, to: &Addressee, about: About, submission: &Submission, now: Now) -> Option<Mail>;

    /// The same about the channel itself, and about no submission.
    fn write_of_channel(&self, to: &Addressee, about: About) -> Option<Mail>;

    /// The mail that something stands on the lead's list, since then: it says neither what nor where.
    fn of_list(&self, to: &Officer, since: Timestamp) -> Mail;
}

/// What invite-panel needs besides the core.
#[derive(Clone, Copy)]
pub struct Post<'a> {
    /// Who carries mail.
    pub mailer: &'a dyn Mailer,
    /// Who writes it.
    pub correspondence: &'a dyn Correspondence,
}

/// Draws a panel if the submission waits for one, and sends what mail it waits for.
///
/// # Errors
/// [`StepFailure::Store`]: try again.
pub async fn invite(core: &Core, post: Post<'_>, id: SubmissionId) -> Result<(), StepFailure> {
    if id == SubmissionId::CHANNEL {
        return crate::channel_mail::send(core, post).await;
    }
    if id == leads_list() {
        return send_of_list(core, post).await;
    }
    let submission = draw_panel(core, id).await?;
    send_notices(core, post, &submission).await
}

/// Sends the mail that something stands on the lead's list. Somebody who has looked by now gets none.
async fn send_of_list(core: &Core, post: Post<'_>) -> Result<(), StepFailure> {
    let officers = core.store.officers().await?;
    for mut batch in core.store.notices(leads_list()).await? {
        let now = core.clock.now();
        let mut is_done = true;
        if let Some(since) = core.store.list_waits_since().await? {
            for notice in &batch.notices {
                let Recipient::Duty(duty) = notice.to else { continue };
                let is_told = |officer: &&Officer| officer.duty == duty && !officer.bouncing;
                for officer in officers.iter().filter(is_told) {
                    match post.mailer.send(&post.correspondence.of_list(officer, since)).await {
                        Ok(()) => {}
                        Err(MailError::Unavailable(_)) => is_done = false,
                        Err(MailError::Refused(_)) => tracing::error!("a mail was refused"),
                    }
                }
            }
        }
        if is_done {
            core.store.notices_sent(leads_list(), &batch).await?;
        } else {
            batch.attempts += 1;
            core.store.notices_left(leads_list(), &batch, now).await?;
        }
    }
    Ok(())
}

async fn draw_panel(core: &Core, id: SubmissionId) -> Result<Submission, StepFailure> {
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let before = core.store.load(id).await?.ok_or(StepFailure::Unknown)?;
        let State::InReview { draw_at: Some(_), .. } = before.state else {
            return Ok(before);
        };
        let channel = core.store.channel().await?;
        if channel.switches.paused {
            return Ok(before);
        }
        let roster = core.store.therapists().await?;
        let (step, mut writes) = drawn(core, &before, &channel.policy, &roster, now).await?;
        if step.submission.review.is_none() {
            writes.extend(crate::intake::room::keeps_seats(core, id).await?);
        }
        match core.store.commit(&before, &step, writes, &[Check::NotPaused], now).await {
            Ok(()) => {
                tracing::info!(submission = %id, invited = step.notices.len(), "panel drawn");
                return Ok(step.submission);
            }
            Err(StoreError::Paused) => return Ok(before),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

async fn drawn(
    core: &Core,
    before: &Submission,
    policy: &Policy,
    roster: &[Therapist],
    now: Now,
) -> Result<(curation::submission::Step, Vec<Write>), StepFailure> {
    let contact = core.store.contact(before.id).await?;
    let mut excluded = before.excluded();
    excluded.extend(own(roster, contact.as_deref()));
    if !before.authors.is_empty() {
        // Somebody who runs the channel and changed the words may be on the roster too, under another id.
        let officers = core.store.officers().await?;
        for officer in officers.iter().filter(|officer| before.authors.contains(&officer.id)) {
            excluded.extend(own(roster, Some(&officer.email)));
        }
    }
    let (seats, seated) = match &before.review {
        Some(review) => {
            let is_barred = |therapist: &&Therapist| !therapist.in_good_standing(now);
            let barred = roster.iter().filter(is_barred).map(|therapist| therapist.id).collect();
            review.missing(before.tier, &barred)
        }
        None => (policy.thresholds(before.tier).panel, Default::default()),
    };
    let seed = Seed(core.randomness.bytes());
    let panel = draw(roster, &excluded, &seated, seats, policy.weekly_invitations, seed, now);
    let step = before.clone().panel_drawn(policy, &panel, seed, now)?;
    let Some(review) = &step.submission.review else {
        return Ok((step, vec![]));
    };
    let until = review.deadline.saturating_add(LINKS_OUTLIVE).unwrap_or(review.deadline);
    let writes = roster
        .iter()
        .filter(|therapist| panel.iter().any(|drawn| drawn.person == therapist.id))
        .flat_map(|therapist| {
            let mut invited = therapist.clone().invited_at(now);
            invited.version += 1;
            [Write::Therapist(invited), Write::OpenReview(therapist.id, until)]
        })
        .collect();
    Ok((step, writes))
}

/// Therapists whose address the submitter left: nobody is asked about their own words.
pub(crate) fn own<'a>(
    roster: &'a [Therapist],
    contact: Option<&'a str>,
) -> impl Iterator<Item = curation::ids::PersonId> + 'a {
    roster
        .iter()
        .filter(move |therapist| contact.is_some_and(|email| therapist.email.eq_ignore_ascii_case(email)))
        .map(|therapist| therapist.id)
}

async fn send_notices(core: &Core, post: Post<'_>, submission: &Submission) -> Result<(), StepFailure> {
    for mut batch in core.store.notices(submission.id).await? {
        let now = core.clock.now();
        let mut left = Vec::new();
        for notice in &batch.notices {
            if !send(core, post, submission, *notice, now).await? {
                left.push(*notice);
            }
        }
        if left.is_empty() {
            core.store.notices_sent(submission.id, &batch).await?;
        } else {
            batch.notices = left;
            batch.attempts += 1;
            core.store.notices_left(submission.id, &batch, now).await?;
        }
    }
    Ok(())
}

/// True if nothing of the notice is left to do.
async fn send(
    core: &Core,
    post: Post<'_>,
    submission: &Submission,
    notice: Notice,
    now: Now,
) -> Result<bool, StepFailure> {
    let mut to = notice.to;
    loop {
        let addressees = addressees(core, submission, Notice { to, ..notice }).await?;
        let (mut is_done, mut is_heard) = (true, false);
        for addressee in &addressees {
            let Some(mail) = post.correspondence.write(addressee, notice.about, submission, now) else {
                // It has lost its meaning by now.
                is_heard = true;
                continue;
            };
            match post.mailer.send(&mail).await {
                Ok(()) => is_heard = true,
                Err(MailError::Unavailable(_)) => {
                    tracing::warn!(submission = %submission.id, "a mail has to wait");
                    is_done = false;
                }
                Err(MailError::Refused(_)) => {
                    tracing::error!(submission = %submission.id, "a mail was refused");
                }
            }
        }
        let Recipient::Duty(duty) = to else {
            return Ok(is_done);
        };
        if is_heard || !is_done {
            return Ok(is_done);
        }
        // Nobody may wait for a lead who is not there, or whose mailbox is gone: the next is told, and it is tried again.
        tracing::error!(submission = %submission.id, duty = duty.as_str(), "nobody with this duty could be told");
        to = match duty {
            Duty::Lead => Recipient::Duty(Duty::Deputy),
            Duty::Deputy => Recipient::Duty(Duty::Coordinator),
            Duty::Coordinator => return Ok(false),
        };
    }
}

async fn addressees(
    core: &Core,
    submission: &Submission,
    notice: Notice,
) -> Result<Vec<Addressee>, StepFailure> {
    Ok(match notice.to {
        Recipient::Person(person) => {
            let therapist = core.store.therapist(person).await?;
            // Whoever unsubscribed gets receipts and the links that they ask for, and is asked for nothing more.
            let is_asking = matches!(notice.about, About::Invitation | About::Reminder);
            therapist
                .filter(|therapist| therapist.active && !therapist.bouncing)
                .filter(|therapist| !(is_asking && therapist.unsubscribed))
                .map(Addressee::Therapist)
                .into_iter()
                .collect()
        }
        Recipient::Duty(duty) => {
            let officers = core.store.officers().await?;
            officers
                .into_iter()
                .filter(|officer| officer.duty == duty && !officer.bouncing)
                .map(Addressee::Officer)
                .collect()
        }
        Recipient::Submitter => {
            let contact = core.store.contact(submission.id).await?;
            contact.map(|email| Addressee::Submitter { email }).into_iter().collect()
        }
    })
}
