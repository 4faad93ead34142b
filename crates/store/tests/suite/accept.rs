//! What was accepted is there, all of it; what was refused left nothing.

use curation::{audit, transitions::Route};
use jiff::SignedDuration;
use store::{Answered, Proposal, Remembered, StoreError};

use crate::{
    harness::World,
    people::{Example, WORDS, monday, report, revision, submission_id},
};

fn remembered(number: u32, minutes: i64) -> Remembered {
    let answered = Answered { id: submission_id(number), return_code: format!("code-{number}") };
    let now = crate::people::minutes_later(minutes);
    Remembered::new("hash-of-key".to_owned(), "hash-of-body".to_owned(), answered, now)
}

#[tokio::test]
async fn an_accepted_proposal_is_one_call_and_comes_back_equal() {
    let world = World::new().await;
    let example = Example::screened(1, Route::Review, monday());
    let id = submission_id(1);
    let remembered = remembered(1, 0);
    let proposal = Proposal { remembered: Some(&remembered), ..example.proposal() };
    world.store.accept(&proposal, monday()).await.unwrap();
    assert_eq!(world.calls.take(), "TransactWriteItems 1");

    let store = &world.store;
    assert_eq!(store.load(id).await.unwrap().as_ref(), Some(&example.step.submission));
    assert_eq!(world.calls.take(), "GetItem 1");
    assert_eq!(store.revision(id, 1).await.unwrap(), Some(revision(1, WORDS)));
    assert_eq!(store.report(id, 1).await.unwrap(), Some(report()));
    assert_eq!(store.audit(id).await.unwrap(), example.step.entries);
    assert_eq!(store.contact(id).await.unwrap().as_deref(), Some("somebody@example.org"));
    assert_eq!(store.by_return_code(&example.return_code).await.unwrap(), Some(id));
    assert_eq!(store.remembered("hash-of-key", monday()).await.unwrap(), Some(remembered));
    assert_eq!(store.list().await.unwrap(), std::slice::from_ref(&example.step.submission));
    assert_eq!(audit::verify(id, &example.step.entries), Ok(example.step.submission.chain));
}

#[tokio::test]
async fn who_leaves_no_address_leaves_no_contact() {
    let world = World::new().await;
    let example = Example::received(1, monday());
    let proposal = Proposal { email: None, ..example.proposal() };
    world.store.accept(&proposal, monday()).await.unwrap();
    assert_eq!(world.store.contact(submission_id(1)).await.unwrap(), None);
    assert_eq!(world.store.report(submission_id(1), 1).await.unwrap(), None);
    assert_eq!(world.store.load(submission_id(2)).await.unwrap(), None);
    assert_eq!(world.store.by_return_code("hash-of-code-2").await.unwrap(), None);
}

#[tokio::test]
async fn a_repeated_id_writes_nothing() {
    let world = World::new().await;
    world.received(1).await;
    let before = world.everything().await;
    let mut again = Example::screened(1, Route::Review, monday());
    again.return_code = "another".to_owned();
    again.revision = revision(1, "Other words.");
    assert_eq!(world.store.accept(&again.proposal(), monday()).await, Err(StoreError::Conflict));
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn a_repeated_return_code_writes_nothing() {
    let world = World::new().await;
    let first = Example::received(1, monday());
    world.accept(&first).await;
    let before = world.everything().await;
    let second = Example { return_code: first.return_code, ..Example::received(2, monday()) };
    assert_eq!(world.store.accept(&second.proposal(), monday()).await, Err(StoreError::Conflict));
    assert_eq!(world.everything().await, before);
}

#[tokio::test]
async fn an_idempotency_key_serves_once_until_it_expires() {
    let world = World::new().await;
    let first = Example::received(1, monday());
    let key = remembered(1, 0);
    let proposal = Proposal { remembered: Some(&key), ..first.proposal() };
    world.store.accept(&proposal, monday()).await.unwrap();
    let before = world.everything().await;

    let second = Example::received(2, monday());
    let day = SignedDuration::from_hours(24);
    let just_before = curation::time::Now::real(monday().after(day - SignedDuration::from_secs(1)));
    let key = remembered(2, 0);
    let proposal = Proposal { remembered: Some(&key), ..second.proposal() };
    assert_eq!(world.store.accept(&proposal, just_before).await, Err(StoreError::Conflict));
    assert_eq!(world.everything().await, before);
    let still = world.store.remembered("hash-of-key", just_before).await.unwrap().unwrap();
    assert_eq!(still.answered.id, submission_id(1));

    let afterwards = curation::time::Now::real(monday().after(day));
    assert_eq!(world.store.remembered("hash-of-key", afterwards).await.unwrap(), None);
    let key = remembered(2, 24 * 60);
    let proposal = Proposal { remembered: Some(&key), ..second.proposal() };
    world.store.accept(&proposal, afterwards).await.unwrap();
    assert_eq!(world.store.remembered("hash-of-key", afterwards).await.unwrap(), Some(key));
    assert!(world.store.load(submission_id(2)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_disclosure_is_never_in_the_open_table() {
    let world = World::new().await;
    let held = world.accept(&Example::screened(1, Route::Hold, monday())).await;
    assert!(held.is_concealed());
    assert_eq!(world.store.revision(held.id, 1).await.unwrap(), None);
    assert_eq!(world.store.concealed_revision(held.id, 1).await.unwrap(), Some(revision(1, WORDS)));
    assert!(!world.table_holds(&world.tables.submissions, WORDS).await);
    assert!(world.table_holds(&world.tables.disclosures, WORDS).await);
}
