//! A fresh link for whoever holds a dead one: mailed to the address on the roster, and to no other.
//!
//! Invariant: the answer is the same whether or not the address is on the roster.

use curation::submission::{About, Notice, Recipient, State};
use jiff::SignedDuration;

use crate::{
    Core, StepFailure,
    accept::{Email, Source, digest},
    ports::QueueName,
};

/// Requests that one address may make in [`WINDOW`]: nobody's mailbox is flooded by somebody else.
const MOST_REQUESTS: u64 = 3;

/// The window in which requests are counted.
const WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Open reviews for which links are sent at once: more than a panel member ever has.
const MOST_REVIEWS: usize = 12;

/// Mails fresh links to this address's open reviews, if a therapist has it.
///
/// # Errors
/// [`StepFailure::Store`]: try again.
pub async fn request(core: &Core, email: &Email, source: &Source, secret: &[u8]) -> Result<(), StepFailure> {
    let now = core.clock.now();
    let asked = core.store.count(&format!("fresh-from#{}", source.bucket), WINDOW, now).await?;
    if asked > source.hourly_limit {
        return Ok(());
    }
    let bucket = digest(&[secret, email.as_str().as_bytes()]);
    if core.store.count(&format!("fresh#{bucket}"), WINDOW, now).await? > MOST_REQUESTS {
        return Ok(());
    }
    let roster = core.store.therapists().await?;
    let Some(therapist) =
        roster.iter().find(|therapist| therapist.active && therapist.email == email.as_str())
    else {
        return Ok(());
    };
    let mut asked = 0;
    for id in core.store.open_reviews(therapist.id).await? {
        let Some(submission) = core.store.load(id).await? else { continue };
        let seat = submission.review.as_ref().and_then(|review| review.seat_of(therapist.id));
        let is_open = matches!(submission.state, State::InReview { .. });
        if !is_open || seat.is_none_or(|seat| seat.stepped_back) {
            continue;
        }
        let notice = Notice { to: Recipient::Person(therapist.id), about: About::FreshLink };
        core.store.ask_for_mail(id, &format!("fresh-{}", therapist.id), notice, now).await?;
        core.hint(QueueName::Invitations, &submission).await;
        asked += 1;
        if asked == MOST_REVIEWS {
            break;
        }
    }
    Ok(())
}
