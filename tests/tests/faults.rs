//! What happens when something does not work: lost hints, dead processes, refused mail, poison, missing tables.

#![allow(clippy::unwrap_used)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use app::ports::{MailError, QueueName};
use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use curation::{
    audit::Actor, composition::PlatformRules, ids::SubmissionId, roster::Duty, submission::DeliveryStatus,
};
use jiff::SignedDuration;
use lambda_runtime::{Context, LambdaEvent};
use platforms::{Intent, Platform, PlatformError, RemotePost};
use tests::{Channel, Timeline};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{
    Layer,
    layer::{Context as LayerContext, SubscriberExt},
};

const TEXT: &str = "A first session is often about getting to know each other.";

#[tokio::test]
async fn lost_hints_only_cost_time() {
    let channel = Channel::open().await;
    channel.lose_hints(true);
    let id = channel.propose(TEXT).await;
    assert_eq!((channel.state(id).await, channel.mailbox.all().len()), ("in_review", 0));
    channel.lose_hints(false);
    channel.sweep().await;
    assert_eq!(channel.mailbox.all().len(), 0, "not yet due");
    channel.pass(SignedDuration::from_mins(2));
    channel.sweep().await;
    assert_eq!(channel.mailbox.review_paths().len(), 5);
}

#[tokio::test]
async fn the_same_hint_many_times_invites_once() {
    let channel = Channel::open().await;
    let id = channel.propose(TEXT).await;
    let body = format!("{{\"submission\":\"{id}\"}}");
    let batch = (0..5).map(|number| (number.to_string(), body.clone())).collect::<Vec<_>>();
    for queue in [QueueName::Invitations, QueueName::Screening, QueueName::Invitations] {
        assert!(channel.deliver(queue, &batch).await.is_empty());
    }
    assert_eq!(channel.mailbox.all().len(), 5);
}

#[tokio::test]
async fn one_poisonous_message_fails_alone() {
    let channel = Channel::open().await;
    let id = channel.propose_only(TEXT).await;
    channel.forget_hints();
    let good = format!("{{\"submission\":\"{id}\"}}");
    let batch = [
        ("good", good.as_str()),
        ("poison", "{\"text\":1}"),
        ("stranger", "{\"submission\":\"01JD00000000000000000000AA\"}"),
    ]
    .map(|(id, body)| (id.to_owned(), body.to_owned()));
    let failed = channel.deliver(QueueName::Invitations, &batch).await;
    assert_eq!(failed, ["poison", "stranger"]);
    assert_eq!(channel.mailbox.review_paths().len(), 5, "the good one was done");
}

#[tokio::test]
async fn mail_that_is_down_goes_later_and_to_those_who_have_not_had_it() {
    let channel = Channel::open().await;
    channel.mailbox.fail(Some(MailError::Unavailable("down".to_owned())));
    let id = channel.propose(TEXT).await;
    assert_eq!(channel.load(id).await.review.unwrap().seats.len(), 5, "drawn, not yet told");
    channel.mailbox.fail(None);
    channel.pass(SignedDuration::from_mins(10));
    channel.sweep().await;
    assert_eq!(channel.mailbox.review_paths().len(), 5);
    channel.pass(SignedDuration::from_mins(200));
    channel.sweep().await;
    assert_eq!(channel.mailbox.all().len(), 5, "and not again");
}

#[tokio::test]
async fn a_mail_service_that_refuses_loses_no_item_and_tells_the_next_person() {
    let channel = Channel::open().await;
    channel.mailbox.fail(Some(MailError::Refused("no such mailbox".to_owned())));
    let id = channel.propose(TEXT).await;
    assert_eq!(channel.state(id).await, "in_review");
    channel.mailbox.fail(None);
    // Nobody could be told: they count as silent, and others are asked in time.
    channel.pass(SignedDuration::from_hours(72));
    channel.sweep().await;
    channel.sweep().await;
    assert!(!channel.mailbox.review_paths().is_empty());
}

#[tokio::test]
async fn a_platform_that_is_down_is_tried_again_and_posts_once() {
    // What was certainly not posted takes its turn again; what may have been is looked after at once.
    for (failure, afterwards) in [
        (PlatformError::Unavailable("down"), "approved"),
        (PlatformError::Ambiguous("no answer"), "published"),
    ] {
        let channel = Channel::open().await;
        let id = channel.approved(TEXT).await;
        channel.timeline.fail(Some(failure));
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, "publishing");
        channel.timeline.fail(None);
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, "publishing", "the lease holds");
        channel.pass(SignedDuration::from_mins(4));
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, afterwards);
        channel.pass(SignedDuration::from_mins(90));
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, "published");
        assert_eq!(channel.timeline.effects(), 1);
    }
}

#[tokio::test]
async fn a_platform_that_refuses_asks_a_human() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.fail(Some(PlatformError::Refused("not like this")));
    channel.publish().await.unwrap();
    channel.settle().await;
    assert_eq!(channel.state(id).await, "needs_attention");
    assert!(channel.mailbox.all().iter().any(|mail| mail.to == "coordinator@example.org"));
    channel.timeline.fail(None);
    attested_absent(&channel, id).await;
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "approved", "it takes its turn again");
    channel.pass(SignedDuration::from_mins(90));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("published", 1));
}

/// A publisher that dies after the post was made and before that was written down.
#[tokio::test]
async fn a_publisher_that_dies_between_post_and_record_does_not_post_twice() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.fail(Some(PlatformError::Ambiguous("the process died here")));
    channel.publish().await.unwrap();
    channel.timeline.fail(None);
    let submission = channel.load(id).await;
    let revision = channel.core.store.revision(id, 1).await.unwrap().unwrap();
    let delivery = &submission.deliveries[0];
    let intent = platforms::Intent {
        submission: id,
        key: delivery.key.clone(),
        fingerprint: None,
        part: 0,
        text: revision.composition.renderings[0].parts[0].clone(),
        root: None,
        follows: None,
        shares: None,
        content_note: None,
        replies: curation::composition::Replies::Nobody,
        created_at: delivery.created_at,
    };
    platforms::Platform::publish(&*channel.timeline, &intent).await.unwrap();
    channel.pass(SignedDuration::from_mins(4));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("published", 1));
}

/// The answer was lost, the post is there, and then the platform is away for a while.
#[tokio::test]
async fn a_post_whose_answer_was_lost_is_not_made_anew_after_an_outage() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.lose_answers(true);
    channel.publish().await.unwrap();
    channel.timeline.lose_answers(false);
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("publishing", 1));
    channel.timeline.fail(Some(PlatformError::Unavailable("down")));
    for _ in 0..3 {
        channel.pass(SignedDuration::from_mins(4));
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, "publishing", "it does not take another turn");
    }
    channel.timeline.fail(None);
    channel.pass(SignedDuration::from_mins(4));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("published", 1));
}

#[tokio::test]
async fn a_missing_table_is_an_error_that_names_no_item() {
    let channel = Channel::open().await;
    let id = channel.propose(TEXT).await;
    channel.raw.delete_table().table_name(&channel.tables.submissions).send().await.unwrap();
    let body = format!("{{\"submission\":\"{id}\"}}");
    let failed = channel.deliver(QueueName::Invitations, &[("m".to_owned(), body)]).await;
    assert_eq!(failed, ["m"], "to be delivered again");
    let error = channel.publish().await.unwrap_err().to_string();
    assert!(error.contains("ResourceNotFoundException") && !error.contains(&id.to_string()), "{error}");
}

#[tokio::test]
async fn what_waits_for_a_platform_is_not_posted_once_its_approvers_have_lapsed() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.fail(Some(PlatformError::Unavailable("down")));
    channel.publish().await.unwrap();
    for therapist in &channel.therapists {
        app::roster::pause(&channel.core, therapist.id, true).await.unwrap();
    }
    channel.timeline.fail(None);
    for _ in 0..3 {
        channel.pass(SignedDuration::from_mins(90));
        channel.publish().await.unwrap();
    }
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("in_review", 0));
}

/// Ballots that were changed again and again leave more records than one transaction holds.
#[tokio::test]
async fn a_concern_stops_an_item_whatever_is_written_about_it() {
    let channel = Channel::open().await;
    let id = channel.propose(TEXT).await;
    let paths = channel.mailbox.review_paths();
    for round in 0..70 {
        channel.pass(SignedDuration::from_secs(1));
        let decision = if round % 2 == 0 { "approve" } else { "reword" };
        let fields = [("decision", decision), ("reword_reason", "An example reason.")];
        assert_eq!(channel.vote(&paths[0].1, &fields).await.status, 200);
    }
    assert_eq!(channel.vote(&paths[1].1, &[("decision", "concern")]).await.status, 200);
    assert_eq!(channel.state(id).await, "held");
    assert!(channel.core.store.ballots(id, 1).await.unwrap().is_empty());
    assert_eq!(channel.core.store.concealed_ballots(id, 1).await.unwrap().len(), 71);
}

#[tokio::test]
async fn a_post_that_stays_unknown_for_hours_is_a_humans_to_look_for() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.fail(Some(PlatformError::Ambiguous("no answer")));
    channel.publish().await.unwrap();
    channel.pass(SignedDuration::from_hours(7));
    channel.publish().await.unwrap();
    channel.settle().await;
    assert_eq!(channel.state(id).await, "needs_attention");
    assert!(channel.mailbox.all().iter().any(|mail| mail.to == "coordinator@example.org"));
}

/// Whoever looked overlooked it. The platform does not: the post has the key that it had.
#[tokio::test]
async fn a_post_that_a_human_overlooked_is_not_made_a_second_time() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.lose_answers(true);
    channel.publish().await.unwrap();
    let key = channel.load(id).await.deliveries[0].key.clone();
    channel.pass(SignedDuration::from_hours(7));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("needs_attention", 1));
    channel.timeline.lose_answers(false);
    attested_absent(&channel, id).await;
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("published", 1));
    assert_eq!(channel.load(id).await.deliveries[0].key, key);
}

async fn attested_absent(channel: &Channel, id: SubmissionId) {
    let coordinator = channel.officer(Duty::Coordinator).clone();
    app::queue::attest(&channel.core, id, &coordinator, None).await.unwrap();
}

/// An item whose only post a human attests to be absent, on a platform that answers again.
async fn absent() -> (Channel, SubmissionId) {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.fail(Some(PlatformError::Ambiguous("no answer")));
    channel.publish().await.unwrap();
    channel.pass(SignedDuration::from_hours(7));
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "needs_attention");
    attested_absent(&channel, id).await;
    channel.timeline.fail(None);
    (channel, id)
}

#[tokio::test]
async fn what_a_human_attests_to_be_absent_is_asked_about_again_before_it_is_posted() {
    let (channel, id) = absent().await;
    app::roster::pause_channel(&channel.core, Actor::System, true).await.unwrap();
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("publishing", 0));
    app::roster::pause_channel(&channel.core, Actor::System, false).await.unwrap();
    for therapist in &channel.therapists {
        app::roster::pause(&channel.core, therapist.id, true).await.unwrap();
    }
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("needs_attention", 0));
    for therapist in &channel.therapists {
        app::roster::pause(&channel.core, therapist.id, false).await.unwrap();
    }
    attested_absent(&channel, id).await;
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("published", 1));
}

#[tokio::test]
async fn what_a_human_overlooked_is_taken_down_all_the_same() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.lose_answers(true);
    channel.publish().await.unwrap();
    channel.pass(SignedDuration::from_hours(7));
    channel.publish().await.unwrap();
    attested_absent(&channel, id).await;
    app::queue::close(&channel.core, id, channel.officer(Duty::Coordinator)).await.unwrap();
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.posts()), ("retracted", vec![]));
}

/// Knows no key: what is repeated is another post.
struct Forgetful(Timeline);

#[async_trait]
impl Platform for Forgetful {
    fn rules(&self) -> PlatformRules {
        self.0.rules()
    }

    fn repeats_safely(&self) -> bool {
        false
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        self.0.publish(intent).await
    }

    async fn find(&self, _: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        Ok(None)
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        self.0.delete(post).await
    }
}

#[tokio::test]
async fn where_no_platform_knows_a_key_what_is_absent_takes_its_turn_again() {
    let platform = Arc::new(Forgetful(Timeline::default()));
    let channel = Channel::open_on(Arc::clone(&platform) as Arc<dyn Platform>).await;
    let id = channel.approved(TEXT).await;
    platform.0.fail(Some(PlatformError::Ambiguous("no answer")));
    channel.publish().await.unwrap();
    for _ in 0..6 {
        assert_eq!(channel.state(id).await, "publishing", "it may still appear");
        channel.pass(SignedDuration::from_mins(4));
        channel.publish().await.unwrap();
    }
    channel.pass(SignedDuration::from_mins(4));
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "needs_attention", "nobody but a human can know");
    platform.0.fail(None);
    attested_absent(&channel, id).await;
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, platform.0.effects()), ("approved", 0));
    channel.pass(SignedDuration::from_mins(90));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, platform.0.effects()), ("published", 1));
}

/// Each turn writes two entries into the record, and a wrong password lasts for many turns.
#[tokio::test]
async fn what_a_platform_does_not_take_waits_a_while_for_its_next_turn_even_if_there_is_a_slot() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    channel.timeline.fail(Some(PlatformError::Unavailable("the sign-in was refused")));
    channel.publish().await.unwrap();
    channel.pass(SignedDuration::from_mins(4));
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "approved");
    let written = channel.core.store.audit(id).await.unwrap().len();
    // As if nothing had been posted for days.
    let settings = channel.raw.delete_item().table_name(&channel.tables.settings);
    let key = |name: &str| AttributeValue::S(name.to_owned());
    settings.key("pk", key("channel")).key("sk", key("cadence")).send().await.unwrap();
    for _ in 0..14 {
        channel.publish().await.unwrap();
        channel.pass(SignedDuration::from_mins(1));
    }
    assert_eq!(channel.core.store.audit(id).await.unwrap().len(), written);
    channel.timeline.fail(None);
    channel.pass(SignedDuration::from_mins(1));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, channel.timeline.effects()), ("published", 1));
}

/// Takes the first post of a thread and no other.
struct TakesOne(Arc<Timeline>);

#[async_trait]
impl Platform for TakesOne {
    fn rules(&self) -> PlatformRules {
        self.0.rules()
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        match intent.part {
            0 => self.0.publish(intent).await,
            _ => Err(PlatformError::Unavailable("too many calls")),
        }
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        self.0.find(intent).await
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        self.0.delete(post).await
    }
}

#[tokio::test]
async fn half_a_thread_that_gets_no_further_for_hours_is_a_humans_to_decide_about() {
    let platform = Arc::new(TakesOne(Arc::default()));
    let channel = Channel::open_on(Arc::clone(&platform) as Arc<dyn Platform>).await;
    let id = channel.approved(&[TEXT; 10].join(" ")).await;
    channel.publish().await.unwrap();
    for _ in 0..5 {
        channel.pass(SignedDuration::from_hours(1));
        channel.publish().await.unwrap();
    }
    assert_eq!((channel.state(id).await, platform.0.effects()), ("publishing", 1));
    channel.pass(SignedDuration::from_hours(2));
    channel.publish().await.unwrap();
    channel.settle().await;
    assert_eq!(channel.state(id).await, "needs_attention");
    assert!(channel.mailbox.all().iter().any(|mail| mail.to == "coordinator@example.org"));
    // Taken down, or tried again: whoever says that the rest is absent has it tried for as long as before.
    attested_absent(&channel, id).await;
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, platform.0.effects()), ("publishing", 1));
    channel.pass(SignedDuration::from_hours(7));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(id).await, platform.0.effects()), ("needs_attention", 1));
}

/// Counts what is logged as an error.
#[derive(Clone, Default)]
struct Errors(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Errors {
    fn on_event(&self, event: &Event<'_>, _: LayerContext<'_, S>) {
        if *event.metadata().level() == Level::ERROR {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[tokio::test]
async fn half_a_thread_on_a_platform_that_is_switched_off_is_a_humans_to_decide_about() {
    let platform = Arc::new(TakesOne(Arc::default()));
    let timeline = Arc::clone(&platform.0);
    let channel = Channel::open_on(platform).await;
    let id = channel.approved(&[TEXT; 10].join(" ")).await;
    channel.publish().await.unwrap();
    let with = async |platforms: &[Arc<dyn Platform>]| {
        let event = LambdaEvent::new(serde_json::json!({}), Context::default());
        publish_scheduled::handle(&channel.core, platforms, event).await.unwrap();
    };
    let errors = Errors::default();
    let logs = tracing::subscriber::set_default(tracing_subscriber::registry().with(errors.clone()));
    for looks in 1..=5 {
        channel.pass(SignedDuration::from_hours(1));
        with(&[]).await;
        assert_eq!(errors.0.load(Ordering::SeqCst), looks, "each look says so");
        let submission = channel.load(id).await;
        let statuses = submission.deliveries.iter().map(|one| one.status).collect::<Vec<_>>();
        assert_eq!(statuses[..2], [DeliveryStatus::Sent, DeliveryStatus::Pending], "nothing was begun");
        assert_eq!(submission.state.name(), "publishing");
    }
    drop(logs);
    channel.pass(SignedDuration::from_hours(2));
    with(&[]).await;
    channel.settle().await;
    assert_eq!(channel.state(id).await, "needs_attention");
    assert!(channel.mailbox.all().iter().any(|mail| mail.to == "coordinator@example.org"));
    // Once it is on again, the rest follows under the same root.
    attested_absent(&channel, id).await;
    with(&[Arc::clone(&timeline) as Arc<dyn Platform>]).await;
    let posts = timeline.posts();
    assert_eq!((channel.state(id).await, posts.len()), ("published", 3));
    assert!(posts[1..].iter().all(|post| post.root.is_some()));
}
