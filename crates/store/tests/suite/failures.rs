//! What is missing or broken is said with a code, and with no word of anybody's.

use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_dynamodb::{
    Client,
    config::{
        ConfigBag, Intercept, RuntimeComponents, http::HttpResponse,
        interceptors::BeforeDeserializationInterceptorContextMut, retry::RetryConfig,
    },
    error::BoxError,
    types::AttributeValue,
};
use curation::policy::Policy;
use jiff::SignedDuration;
use store::{Store, StoreError, Tables};

use crate::{
    harness::{Item, World, config},
    people::{Example, monday, submission_id, therapist},
};

fn document(pk: &str, sk: &str, document: &str) -> Item {
    [("pk", pk), ("sk", sk), ("document", document)]
        .map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())))
        .into()
}

#[tokio::test]
async fn a_missing_table_is_named_by_its_code_alone() {
    let world = World::new().await;
    let store = world.without_tables();
    let example = Example::received(1, monday());
    let submission = example.step.submission.clone();
    let hour = SignedDuration::from_hours(1);
    let errors = [
        store.load(submission.id).await.unwrap_err(),
        store.audit(submission.id).await.unwrap_err(),
        store.accept(&example.proposal(), monday()).await.unwrap_err(),
        store.commit(&submission, &example.step, vec![], &[], monday()).await.unwrap_err(),
        store.due_to_publish(monday().at).await.unwrap_err(),
        store.count("submit#example", hour, monday()).await.unwrap_err(),
        store.channel().await.unwrap_err(),
        store.put_therapist(&therapist(1)).await.unwrap_err(),
        store.list().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error, StoreError::Unavailable("ResourceNotFoundException".to_owned()));
        assert_eq!(error.to_string(), "the store is unavailable: ResourceNotFoundException");
    }
}

#[tokio::test]
async fn an_engine_that_does_not_answer_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    // Whoever connects is hung up on.
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let client = Client::from_conf(config(&endpoint).retry_config(RetryConfig::disabled()).build());
    let store = Store::new(client, Tables::with_prefix("nowhere"));
    let error = store.load(submission_id(1)).await.unwrap_err();
    assert_eq!(error, StoreError::Unavailable("no answer".to_owned()));
    let example = Example::received(1, monday());
    let error = store.accept(&example.proposal(), monday()).await.unwrap_err();
    assert_eq!(error, StoreError::Unavailable("no answer".to_owned()));
}

#[tokio::test]
async fn a_document_of_another_shape_is_unreadable_and_stays_unsaid() {
    let world = World::new().await;
    let pk = format!("s#{}", submission_id(1));
    for (sk, what) in [("state", "submission"), ("rev#0001", "revision"), ("audit#000001", "audit entry")] {
        let table = &world.tables.submissions;
        for content in ["some private words", r#"{"words": "some private words"}"#] {
            world.plant(table, document(&pk, sk, content)).await;
            let error = match sk {
                "state" => world.store.load(submission_id(1)).await.unwrap_err(),
                "rev#0001" => world.store.revision(submission_id(1), 1).await.unwrap_err(),
                _ => world.store.audit(submission_id(1)).await.unwrap_err(),
            };
            assert_eq!(error, StoreError::Unreadable(what));
            assert_eq!(error.to_string(), format!("a stored {what} cannot be read"));
        }
    }
}

#[tokio::test]
async fn an_item_without_a_document_is_unreadable() {
    let world = World::new().await;
    let mut item = document(&format!("s#{}", submission_id(1)), "state", "");
    item.remove("document");
    world.plant(&world.tables.submissions, item).await;
    let error = world.store.load(submission_id(1)).await.unwrap_err();
    assert_eq!(error, StoreError::Unreadable("submission"));
}

#[tokio::test]
async fn a_stored_policy_below_the_floor_stops_everything_that_asks_for_it() {
    let world = World::new().await;
    assert_eq!(world.store.channel().await.unwrap().policy, Policy::DEFAULT);
    let mut stricter = Policy::DEFAULT;
    stricter.version = 2;
    stricter.elevated.approvals = 5;
    let mut weaker = Policy::DEFAULT;
    weaker.standard.approvals = 2;
    let table = &world.tables.settings;
    let plant = |policy: &Policy| document("channel", "policy", &serde_json::to_string(policy).unwrap());
    world.plant(table, plant(&stricter)).await;
    assert_eq!(world.store.channel().await.unwrap().policy, stricter);
    world.plant(table, plant(&weaker)).await;
    assert_eq!(world.store.channel().await, Err(StoreError::Unreadable("policy")));
}

/// Turns the first answer into a failure of the service, after the engine did what it was asked.
#[derive(Debug, Default)]
struct LosesTheFirstAnswer(AtomicBool);

impl Intercept for LosesTheFirstAnswer {
    fn name(&self) -> &'static str {
        "loses the first answer"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if !self.0.swap(true, Ordering::SeqCst) {
            *context.response_mut() = HttpResponse::new(500_u16.try_into()?, "{}".into());
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_step_whose_answer_was_lost_is_written_once_and_not_mistaken_for_a_lost_race() {
    let world = World::new().await;
    let before = world.received(1).await;
    let lossy =
        config(&world.endpoint).interceptor(LosesTheFirstAnswer::default()).interceptor(world.calls.clone());
    let store = Store::new(Client::from_conf(lossy.build()), world.tables.clone());
    let step = before.clone().withdraw(monday()).unwrap();
    world.calls.take();
    store.commit(&before, &step, vec![], &[], monday()).await.unwrap();
    assert_eq!(world.calls.take(), "TransactWriteItems 2");
    assert_eq!(store.load(before.id).await.unwrap(), Some(step.submission));
    assert_eq!(world.verified(before.id).await, ["received", "withdrawn"]);
}
