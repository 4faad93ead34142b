//! Erasure takes every word and leaves a record that verifies.

use curation::{
    ids::SubmissionId,
    review::Decision,
    submission::{State, Submission},
};
use store::{StoreError, Write};

use crate::{
    harness::World,
    people::{Example, WORDS, ballot, minutes_later, monday, person, revision, submission_id},
};

/// What only the erased item holds: words, a voter's reason, the address, the salt, the return code.
const TEXTS: [&str; 6] = [
    WORDS,
    "An example reason in a voter's words.",
    "An example comment.",
    "somebody@example.org",
    "a5a5a5a5a5a5a5a5",
    "hash-of-code-1",
];

/// Withdrawn, after two revisions' worth of texts and so many ballots on each of two occasions.
async fn withdrawn(world: &World, ballots: u8) -> Submission {
    let mut submission = world.seated(1, 5).await;
    for occasion in 0..2_u32 {
        let step = submission.clone().draw_hinted(monday()).unwrap();
        let now = minutes_later(i64::from(occasion));
        let mut writes = (0..ballots)
            .map(|number| ballot(person(number), Decision::Approve, &submission.content, now))
            .map(Write::Ballot)
            .collect::<Vec<_>>();
        writes.push(Write::Revision(revision(occasion + 2, WORDS)));
        world.store.commit(&submission, &step, writes, &[], monday()).await.unwrap();
        submission = step.submission;
    }
    world.withdrawn(&submission).await
}

async fn assert_erased(world: &World, id: SubmissionId) {
    for text in TEXTS {
        assert!(!world.holds(text).await, "{text}");
    }
    let erased = world.store.load(id).await.unwrap().unwrap();
    assert_eq!(erased.state, State::Withdrawn { due_at: None });
    assert_eq!(erased.due(), None);
    assert_eq!(world.verified(id).await.last().unwrap(), "erased");
    let left = world.sort_keys(&world.tables.submissions).await;
    assert!(left.iter().all(|sk| sk == "state" || sk.starts_with("audit#")), "{left:?}");
    assert!(world.sort_keys(&world.tables.disclosures).await.is_empty());
    assert_eq!(world.store.by_return_code("hash-of-code-1").await.unwrap(), None);
}

#[tokio::test]
async fn every_text_goes_and_the_record_still_verifies() {
    let world = World::new().await;
    let before = withdrawn(&world, 5).await;
    for text in TEXTS {
        assert!(world.holds(text).await, "{text}");
    }
    let record = world.store.audit(before.id).await.unwrap();
    let step = before.clone().erase(monday()).unwrap();
    world.calls.take();
    world.store.erase(&before, &step, monday()).await.unwrap();
    assert_eq!(world.calls.take(), "Query 8, TransactWriteItems 2");
    assert_erased(&world, before.id).await;
    let after = world.store.audit(before.id).await.unwrap();
    assert_eq!(after[..record.len()], record);
    assert_eq!(after.len(), record.len() + 1);
}

#[tokio::test]
async fn more_texts_than_one_transaction_holds_go_too() {
    let world = World::new().await;
    let before = withdrawn(&world, 60).await;
    assert_eq!(world.store.ballots(before.id, 1).await.unwrap().len(), 120);
    let step = before.clone().erase(monday()).unwrap();
    world.calls.take();
    world.store.erase(&before, &step, monday()).await.unwrap();
    assert_eq!(world.calls.take(), "Query 8, TransactWriteItems 3");
    assert_erased(&world, before.id).await;
}

#[tokio::test]
async fn an_erasure_that_died_before_its_mark_is_finished_by_the_next() {
    let world = World::new().await;
    let before = withdrawn(&world, 5).await;
    // With a version that never was the texts go and the mark fails: what a crash in between leaves.
    let mut elsewhere = before.clone();
    elsewhere.version += 7;
    let step = elsewhere.clone().erase(monday()).unwrap();
    assert_eq!(world.store.erase(&elsewhere, &step, monday()).await, Err(StoreError::Conflict));
    let found = world.store.load(before.id).await.unwrap().unwrap();
    assert_eq!(found, before);
    assert!(found.due().is_some(), "it is still due");
    assert!(!world.holds(WORDS).await);

    let step = found.clone().erase(monday()).unwrap();
    world.store.erase(&found, &step, monday()).await.unwrap();
    assert_erased(&world, before.id).await;
}

#[tokio::test]
async fn a_neighbour_keeps_what_is_theirs() {
    let world = World::new().await;
    let before = withdrawn(&world, 1).await;
    world.accept(&Example::received(2, monday())).await;
    let step = before.clone().erase(monday()).unwrap();
    world.store.erase(&before, &step, monday()).await.unwrap();
    let other = submission_id(2);
    assert_eq!(world.store.revision(other, 1).await.unwrap(), Some(revision(1, WORDS)));
    assert_eq!(world.store.contact(other).await.unwrap().as_deref(), Some("somebody@example.org"));
    assert_eq!(world.store.by_return_code("hash-of-code-2").await.unwrap(), Some(other));
}
