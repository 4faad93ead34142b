//! Mail that comes back: nobody is written to in vain, and nobody waits for somebody who was never reached.

#![allow(clippy::unwrap_used)]

use app::ports::Mail;
use curation::{
    ids::{PersonId, SubmissionId},
    roster::{Duty, Therapist},
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Channel, contents};

const TEXT: &str = "A first session is often about getting to know each other.";
const CRISIS: &str = "I want to die.";

fn bounce(to: &str, about: Option<SubmissionId>, kind: &str) -> Value {
    let tags = about.map(|id| json!({ "submission": [id] })).unwrap_or_default();
    json!({
        "detail-type": "Email Bounced",
        "source": "aws.ses",
        "detail": {
            "eventType": "Bounce",
            "bounce": { "bounceType": kind, "bouncedRecipients": [{ "emailAddress": to }] },
            "mail": { "tags": tags },
        },
    })
}

fn permanent(mail: &Mail) -> Value {
    bounce(&mail.to, Some(mail.submission), "Permanent")
}

fn complaint(mail: &Mail) -> Value {
    let message = json!({
        "eventType": "Complaint",
        "complaint": { "complainedRecipients": [{ "emailAddress": mail.to }] },
        "mail": { "tags": { "submission": [mail.submission] } },
    });
    json!({ "Type": "Notification", "Message": message.to_string() })
}

async fn therapist(channel: &Channel, id: PersonId) -> Therapist {
    channel.core.store.therapist(id).await.unwrap().unwrap()
}

fn to<'a>(mails: &'a [Mail], name: &str) -> Vec<&'a Mail> {
    mails.iter().filter(|mail| mail.to.starts_with(name)).collect()
}

/// One item in review, and the invitations that went out for it.
async fn invited() -> (Channel, SubmissionId, Vec<Mail>) {
    let channel = Channel::open().await;
    let id = channel.propose(TEXT).await;
    let mails = channel.mailbox.take();
    assert_eq!(mails.len(), 5);
    (channel, id, mails)
}

#[tokio::test]
async fn somebody_else_is_asked_at_once_in_the_place_of_whoever_was_not_reached() {
    for event in [permanent, complaint] {
        let (channel, id, invitations) = invited().await;
        let lost = &invitations[0];
        assert!(channel.came_back(&event(lost)).await.is_empty());
        let mails = channel.mailbox.take();
        let asked = to(&mails, "therapist");
        assert_eq!(asked.len(), 1, "one more");
        assert!(!invitations.iter().any(|mail| mail.to == asked[0].to));
        let told = to(&mails, "coordinator");
        assert_eq!(told.len(), 1);
        assert!(told[0].text.contains("came back") && !told[0].text.contains(&lost.to));
        let seat = channel.therapists.iter().find(|therapist| therapist.email == lost.to).unwrap();
        assert!(therapist(&channel, seat.id).await.bouncing);
        // Nobody else waits for them, and they still have their seat.
        let review = channel.load(id).await.review.unwrap();
        assert_eq!(review.seats.len(), 6);
        assert!(review.seat_of(seat.id).unwrap().silent);
        assert_eq!(audited(&channel, id, "passed_over").await, 1);
    }
}

async fn audited(channel: &Channel, id: SubmissionId, action: &str) -> usize {
    let audit = channel.core.store.audit(id).await.unwrap();
    audit.iter().filter(|entry| entry.action.starts_with(action)).count()
}

#[tokio::test]
async fn the_same_event_twice_does_nothing_twice() {
    let (channel, _, invitations) = invited().await;
    let crisis = channel.propose(CRISIS).await;
    let alert = channel.mailbox.take().remove(0);
    assert_eq!(alert.to, "lead@example.org");
    let events = [permanent(&invitations[0]), permanent(&alert)];
    for event in &events {
        channel.came_back(event).await;
    }
    assert_eq!(channel.mailbox.take().len(), 4, "another therapist, the deputy, the coordinator about each");
    assert_eq!(audited(&channel, crisis, "escalated").await, 1);
    let stored = contents(&channel).await;
    for event in &events {
        assert!(channel.came_back(event).await.is_empty());
    }
    assert_eq!(contents(&channel).await, stored);
    assert!(channel.mailbox.take().is_empty());
}

#[tokio::test]
async fn whoever_is_not_reached_is_not_invited_until_a_coordinator_says_that_the_mailbox_works() {
    let channel = Channel::open_with(6).await;
    let lost = channel.therapists[0].clone();
    channel.came_back(&bounce(&lost.email.to_uppercase(), None, "Permanent")).await;
    for _ in 0..3 {
        channel.propose(TEXT).await;
    }
    assert!(to(&channel.mailbox.take(), "therapist0").is_empty());
    let back = app::roster::pause(&channel.core, lost.id, false).await.unwrap();
    assert!(!back.bouncing && back.active && back.epoch == lost.epoch);
    channel.propose(TEXT).await;
    assert!(!to(&channel.mailbox.take(), "therapist0").is_empty(), "least recently invited, so the first");
}

#[tokio::test]
async fn a_bounce_that_passes_or_that_is_for_nobody_changes_nothing() {
    let (channel, id, invitations) = invited().await;
    let stored = contents(&channel).await;
    for event in [
        bounce(&invitations[0].to, Some(id), "Transient"),
        bounce(&invitations[0].to, Some(id), "Undetermined"),
        bounce("stranger@example.net", Some(id), "Permanent"),
        bounce("stranger@example.net", None, "Permanent"),
        bounce("stranger@example.net", Some("01JD00000000000000000000AA".parse().unwrap()), "Permanent"),
    ] {
        assert!(channel.came_back(&event).await.is_empty());
    }
    assert_eq!(contents(&channel).await, stored);
    assert!(channel.mailbox.take().is_empty());
}

#[tokio::test]
async fn what_is_no_event_fails_alone_and_comes_again() {
    let channel = Channel::open().await;
    assert_eq!(channel.came_back(&json!({ "submission": "x" })).await, ["bounce"]);
}

#[tokio::test]
async fn the_leads_bounce_tells_the_deputy_at_once_and_the_deputys_the_coordinator() {
    let channel = Channel::open().await;
    let id = channel.propose(CRISIS).await;
    let alert = channel.mailbox.take().remove(0);
    assert_eq!(alert.to, "lead@example.org");
    channel.came_back(&permanent(&alert)).await;
    let mails = channel.mailbox.take();
    let deputy = to(&mails, "deputy");
    assert_eq!(deputy.len(), 1);
    assert!(deputy[0].subject.contains(&id.reference()));
    assert_eq!(to(&mails, "coordinator").len(), 1, "that somebody's mailbox needs a look");
    assert_eq!(mails.len(), 2);

    channel.came_back(&permanent(deputy[0])).await;
    let mails = channel.mailbox.take();
    assert!(mails.iter().all(|mail| mail.to == "coordinator@example.org"));
    assert!(mails.iter().any(|mail| mail.text.contains("reach one of them in person")));
    assert!(mails.iter().any(|mail| mail.text.contains("came back")));

    // The next item goes past both of them, at once.
    channel.propose(CRISIS).await;
    let mails = channel.mailbox.take();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["coordinator@example.org"]);

    // Until their mailboxes work again.
    for duty in [Duty::Lead, Duty::Deputy] {
        let officer = app::roster::resume_officer(&channel.core, channel.officer(duty).id).await.unwrap();
        assert!(!officer.bouncing);
    }
    channel.propose(CRISIS).await;
    assert_eq!(channel.mailbox.take()[0].to, "lead@example.org");
}

/// A full mailbox, or an absence notice, which SES reports in the same way.
#[tokio::test]
async fn a_leads_alert_that_is_not_delivered_this_time_tells_the_deputy_at_once_and_marks_nobody() {
    let channel = Channel::open().await;
    let id = channel.propose(CRISIS).await;
    let alert = channel.mailbox.take().remove(0);
    let event = bounce(&alert.to, Some(id), "Transient");
    for expected in [&["deputy@example.org"][..], &[]] {
        assert!(channel.came_back(&event).await.is_empty());
        let mails = channel.mailbox.take();
        assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), expected);
    }
    // Nobody but a coordinator is left, and learns that something waits.
    channel.came_back(&bounce("deputy@example.org", Some(id), "Transient")).await;
    let mails = channel.mailbox.take();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["coordinator@example.org"]);
    assert!(channel.core.store.officers().await.unwrap().iter().all(|officer| !officer.bouncing));
    // The next one is tried at the lead again.
    channel.propose(CRISIS).await;
    assert_eq!(channel.mailbox.take()[0].to, "lead@example.org");
}

/// Two items were on their way to a mailbox that was gone, before anybody knew.
#[tokio::test]
async fn every_alert_that_comes_back_goes_to_the_deputy() {
    let channel = Channel::open().await;
    channel.propose(CRISIS).await;
    channel.propose(CRISIS).await;
    let alerts = channel.mailbox.take();
    assert_eq!(alerts.len(), 2);
    for alert in &alerts {
        channel.came_back(&permanent(alert)).await;
    }
    let mails = channel.mailbox.take();
    let about = to(&mails, "deputy").iter().map(|mail| mail.submission).collect::<Vec<_>>();
    assert_eq!(about, alerts.iter().map(|mail| mail.submission).collect::<Vec<_>>());
    assert_eq!(to(&mails, "coordinator").len(), 1);
}

#[tokio::test]
async fn a_concern_about_what_is_published_reaches_the_deputy_too() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.publish().await.unwrap();
    let (_, path) = channel.mailbox.review_paths().remove(0);
    channel.mailbox.take();
    channel.vote(&path, &[("decision", "concern")]).await;
    channel.settle().await;
    assert_eq!(channel.state(id).await, "retracting");
    let mails = channel.mailbox.take();
    channel.came_back(&permanent(to(&mails, "lead")[0])).await;
    assert_eq!(to(&channel.mailbox.take(), "deputy").len(), 1);
}

#[tokio::test]
async fn without_a_coordinator_who_can_be_reached_mail_waits_for_one() {
    let channel = Channel::open().await;
    let coordinator = channel.officer(Duty::Coordinator).clone();
    channel.came_back(&bounce(&coordinator.email, None, "Permanent")).await;
    let id = channel.propose("Write to me at someone.private@example.com about your therapy.").await;
    assert_eq!(channel.state(id).await, "needs_redaction");
    assert!(to(&channel.mailbox.take(), "coordinator").is_empty());
    app::roster::resume_officer(&channel.core, coordinator.id).await.unwrap();
    channel.pass(SignedDuration::from_hours(3));
    channel.sweep().await;
    assert_eq!(to(&channel.mailbox.take(), "coordinator").len(), 1);
}

#[tokio::test]
async fn a_submitters_address_is_forgotten_where_it_was_left_and_nowhere_else() {
    let channel = Channel::open().await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let mut body = tests::proposal(TEXT);
        body["email"] = "someone@example.net".into();
        let told = channel.post_json(&body).await.json();
        ids.push(told["id"].as_str().unwrap().parse::<SubmissionId>().unwrap());
    }
    channel.settle().await;
    channel.came_back(&bounce("Example <Someone@Example.net>", Some(ids[0]), "Permanent")).await;
    assert_eq!(channel.core.store.contact(ids[0]).await.unwrap(), None);
    assert!(channel.core.store.contact(ids[1]).await.unwrap().is_some());
    channel.mailbox.take();
    app::submitter::withdraw(&channel.core, ids[0]).await.unwrap();
    channel.settle().await;
    assert!(to(&channel.mailbox.take(), "someone").is_empty());
}
