//! Mail about the channel itself and about no submission: what its coordinators have to look after.
//!
//! Invariants: it goes at least once and is asked for at most once in the time that whoever asks for it names; it holds
//! nobody's words.

use curation::{
    ids::SubmissionId,
    roster::Duty,
    submission::{About, Notice, Recipient},
};
use jiff::SignedDuration;

use crate::{
    Core, StepFailure,
    invite::{Addressee, Post},
    ports::{Hint, MailError, QueueName},
};

/// Real time between two mails about helplines that nobody checks.
const HELPLINES_AGAIN: SignedDuration = SignedDuration::from_hours(24);

/// Tells once a day, in the log and by mail to the coordinators, that helplines have to be looked up again. One read
/// while there are such, and nothing else until the day is over.
///
/// # Errors
/// [`StepFailure::Store`]; the next sweep tells.
pub(crate) async fn remind_of_helplines(core: &Core) -> Result<(), StepFailure> {
    let now = core.clock.now();
    let names = content::unchecked(now.today()).map(|line| line.name.as_str()).collect::<Vec<_>>();
    if names.is_empty() {
        return Ok(());
    }
    let notice = Notice { to: Recipient::Duty(Duty::Coordinator), about: About::HelplineStale };
    let real = core.clock.real_time();
    if core.store.tell_of_channel("helplines", notice, real, HELPLINES_AGAIN, now).await? {
        tracing::error!(
            helplines = names.join(", "),
            "helplines have not been checked for more than 30 days"
        );
        let hint = Hint { submission: SubmissionId::CHANNEL };
        if let Err(error) = core.queue.send(QueueName::Invitations, hint).await {
            tracing::warn!(%error, "hint lost");
        }
    }
    Ok(())
}

/// Sends what mail about the channel itself there is.
///
/// # Errors
/// [`StepFailure::Store`]: try again.
pub(crate) async fn send(core: &Core, post: Post<'_>) -> Result<(), StepFailure> {
    for mut batch in core.store.notices(SubmissionId::CHANNEL).await? {
        let now = core.clock.now();
        let officers = core.store.officers().await?;
        let mut left = Vec::new();
        for notice in &batch.notices {
            let mut is_heard = false;
            let mut is_done = true;
            for officer in &officers {
                if officer.bouncing || Recipient::Duty(officer.duty) != notice.to {
                    continue;
                }
                let Some(mail) =
                    post.correspondence.write_of_channel(&Addressee::Officer(officer.clone()), notice.about)
                else {
                    continue;
                };
                match post.mailer.send(&mail).await {
                    Ok(()) => is_heard = true,
                    Err(MailError::Unavailable(_)) => is_done = false,
                    Err(MailError::Refused(_)) => tracing::error!("a mail about the channel was refused"),
                }
            }
            if !is_heard || !is_done {
                tracing::warn!("a mail about the channel has to wait");
                left.push(*notice);
            }
        }
        if left.is_empty() {
            core.store.notices_sent(SubmissionId::CHANNEL, &batch).await?;
        } else {
            batch.notices = left;
            batch.attempts += 1;
            core.store.notices_left(SubmissionId::CHANNEL, &batch, now).await?;
        }
    }
    Ok(())
}
