//! A newer engine looks at what an older one let through.

#![allow(clippy::unwrap_used)]

use app::ports::{Hint, QueueName};
use curation::{audit, ids::SubmissionId, roster::Duty, submission::ReleaseTo, transitions::Route};
use jiff::SignedDuration;
use screening::ENGINE;
use tests::Channel;

const TEXT: &str = "A first session is often about getting to know each other. It is fine to ask questions.";
const CRISIS: &str = "I want to die.";
const PERSONAL: &str = "Write to me at someone.private@example.com about your therapy.";

async fn screened_by(channel: &Channel, id: SubmissionId) -> u32 {
    channel.load(id).await.screened_by
}

/// The last word of the record on screening.
async fn last_screening(channel: &Channel, id: SubmissionId) -> String {
    let entries = channel.core.store.audit(id).await.unwrap();
    assert_eq!(audit::verify(id, &entries), Ok(channel.load(id).await.chain));
    entries.into_iter().rev().find(|entry| entry.action.starts_with("screened")).unwrap().action
}

#[tokio::test]
async fn after_an_upgrade_what_waits_is_screened_again_within_a_sweep() {
    let channel = Channel::open().await;
    let harmless = channel.reviewed_before_an_upgrade(TEXT).await;
    let personal = channel.reviewed_before_an_upgrade(PERSONAL).await;
    channel.mailbox.take();
    let danger = channel.reviewed_before_an_upgrade(CRISIS).await;
    let (_, link) = channel.mailbox.review_paths().remove(0);
    assert!(channel.get(&link).await.body.contains(CRISIS), "or this test shows nothing");
    channel.mailbox.take();

    channel.sweep().await;
    assert_eq!(channel.state(harmless).await, "in_review");
    assert_eq!(last_screening(&channel, harmless).await, "screened_again: review");
    assert_eq!(channel.state(personal).await, "needs_redaction");
    assert_eq!(channel.state(danger).await, "held");
    for id in [harmless, personal, danger] {
        assert_eq!(screened_by(&channel, id).await, ENGINE.0);
    }
    let told = channel.mailbox.take();
    let told = told.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>();
    assert!(told.contains(&"lead@example.org") && told.contains(&"coordinator@example.org"), "{told:?}");

    // What was found lies where the words lie, and the panel reads neither.
    let store = &channel.core.store;
    assert!(store.revision(danger, 1).await.unwrap().is_none());
    assert!(store.report(danger, 1).await.unwrap().is_none());
    let report = store.concealed_report(danger, 1).await.unwrap().unwrap();
    assert_eq!((report.route, report.engine), (screening::Route::Hold, ENGINE));
    assert_eq!(store.report(personal, 1).await.unwrap().unwrap().route, screening::Route::Redact);
    assert!(!channel.get(&link).await.body.contains(CRISIS));
}

#[tokio::test]
async fn each_item_is_screened_again_once_however_often_it_is_hinted_at() {
    let channel = Channel::open().await;
    let id = channel.reviewed_before_an_upgrade(TEXT).await;
    channel.sweep().await;
    let after = channel.load(id).await;
    let body = serde_json::to_string(&Hint { submission: id }).unwrap();
    for _ in 0..3 {
        assert!(
            channel.deliver(QueueName::Screening, &[("again".to_owned(), body.clone())]).await.is_empty()
        );
        channel.sweep().await;
    }
    assert_eq!(channel.load(id).await, after);
}

#[tokio::test]
async fn a_walk_that_fails_goes_on_where_it_was() {
    let channel = Channel::open().await;
    let ids = [
        channel.reviewed_before_an_upgrade(TEXT).await,
        channel.reviewed_before_an_upgrade(TEXT).await,
        channel.reviewed_before_an_upgrade(TEXT).await,
    ];
    channel.lose_hints(true);
    channel.sweep().await;
    assert_eq!(screened_by(&channel, ids[0]).await, 0);
    channel.lose_hints(false);
    channel.sweep().await;
    for id in ids {
        assert_eq!(screened_by(&channel, id).await, ENGINE.0);
    }
}

#[tokio::test]
async fn what_an_older_function_takes_in_behind_the_first_walk_is_found_by_the_second() {
    let channel = Channel::open().await;
    channel.sweep().await;
    let late = channel.reviewed_before_an_upgrade(CRISIS).await;
    channel.sweep().await;
    assert_eq!(channel.state(late).await, "in_review", "the first walk is over");
    channel.pass(SignedDuration::from_hours(1));
    channel.sweep().await;
    assert_eq!(channel.state(late).await, "held");
}

#[tokio::test]
async fn nothing_is_published_on_the_word_of_an_older_engine() {
    let channel = Channel::open().await;
    let id = channel.reviewed_before_an_upgrade(TEXT).await;
    channel.all_vote("approve").await;
    assert_eq!((channel.state(id).await, screened_by(&channel, id).await), ("approved", 0));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("approved", 0));
    channel.settle().await;
    assert_eq!(screened_by(&channel, id).await, ENGINE.0);
    channel.pass(SignedDuration::from_mins(15));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.posts().len()), ("published", 1));
}

#[tokio::test]
async fn an_approved_text_that_now_tells_of_danger_never_appears() {
    let channel = Channel::open().await;
    let id = channel.reviewed_before_an_upgrade(CRISIS).await;
    channel.all_vote("approve").await;
    channel.publish().await.unwrap();
    channel.settle().await;
    assert_eq!(channel.state(id).await, "held");
    channel.pass(SignedDuration::from_hours(24));
    channel.publish().await.unwrap();
    assert_eq!(channel.timeline.effects(), 0);
}

#[tokio::test]
async fn what_lead_and_deputy_released_stays_released() {
    let channel = Channel::open().await;
    let id = channel.accepted_before_an_upgrade(CRISIS, Route::Hold).await;
    for duty in [Duty::Lead, Duty::Deputy] {
        app::queue::release(&channel.core, id, channel.officer(duty), ReleaseTo::Review).await.unwrap();
    }
    channel.sweep().await;
    assert_eq!(channel.state(id).await, "in_review");
    assert_eq!(last_screening(&channel, id).await, "screened_again: released");
    assert_eq!(screened_by(&channel, id).await, ENGINE.0);
}

#[tokio::test]
async fn what_a_machine_declined_is_looked_at_by_a_person_who_is_asked_for() {
    let channel = Channel::open().await;
    let id = channel.accepted_before_an_upgrade(TEXT, Route::Decline).await;
    let status = web::correspondence::status_url(
        &channel.web.keys,
        &channel.web.base_url,
        &channel.load(id).await,
        channel.now(),
    );
    let status = status.unwrap().replace(&channel.web.base_url, "");
    let page = channel.get(&status).await;
    assert!(page.body.contains("A machine declined your words, not a person."));
    let token = |page: &tests::Answer| {
        let form = page.body.split("/appeal\"").nth(1).unwrap();
        tests::field(form, "form_token").unwrap()
    };
    let sealed = token(&page);
    let address = format!("{status}/appeal");
    let unticked = channel.post_form(&address, &[("form_token", &sealed)]).await;
    assert_eq!(unticked.status, 422);
    assert!(!channel.load(id).await.appealed);
    let coordinator = channel.officer(Duty::Coordinator).clone();
    assert!(app::queue::take_up(&channel.core, id, &coordinator).await.is_err(), "nobody asked");

    let fields = [("form_token", sealed.as_str()), ("appeal", "yes")];
    assert_eq!(channel.post_form(&address, &fields).await.status, 200);
    channel.settle().await;
    let told = channel.mailbox.take();
    assert_eq!(told.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["coordinator@example.org"]);
    assert!(app::queue::waits_for(&channel.load(id).await, Duty::Coordinator));
    assert!(!channel.get(&status).await.body.contains("name=\"appeal\""), "once");
    let lead = channel.officer(Duty::Lead).clone();
    assert!(app::queue::take_up(&channel.core, id, &lead).await.is_err());
    app::queue::take_up(&channel.core, id, &coordinator).await.unwrap();
    channel.settle().await;
    let submission = channel.load(id).await;
    assert_eq!((submission.state.name(), submission.tier.as_str()), ("in_review", "elevated"));
}
