//! The feed's entries: one to a key, the newest first, and gone when they are taken away.

use curation::ids::SubmissionId;
use jiff::Timestamp;
use store::{FeedEntry, InFeed};

use crate::harness::World;

fn entry(number: u64, text: &str) -> FeedEntry {
    FeedEntry {
        key: format!("3mexamplekey{number:02}"),
        submission: SubmissionId::new(number, [0; 10]),
        text: text.to_owned(),
        at: Timestamp::from_second(1_795_435_200).unwrap(),
    }
}

#[tokio::test]
async fn a_key_has_one_entry_and_a_repetition_finds_it() {
    let world = World::new().await;
    let first = entry(1, "Grief has no timetable.");
    world.calls.take();
    assert_eq!(world.store.put_in_feed(&first).await.unwrap(), InFeed::Entry(first.clone()));
    assert_eq!(world.calls.take(), "PutItem 1");
    let other = FeedEntry { text: "Other words.".to_owned(), ..first.clone() };
    assert_eq!(world.store.put_in_feed(&other).await.unwrap(), InFeed::Entry(first.clone()));
    assert_eq!(world.store.in_feed(&first.key).await.unwrap(), InFeed::Entry(first));
    assert_eq!(world.store.in_feed("never").await.unwrap(), InFeed::Nothing);
    assert!(!format!("{other:?}").contains("Other"));
}

#[tokio::test]
async fn the_newest_come_first_and_what_was_taken_away_is_passed_over() {
    let world = World::new().await;
    for number in 0..9 {
        world.store.put_in_feed(&entry(number, "Words.")).await.unwrap();
    }
    for number in [8, 7, 6, 4] {
        world.store.take_from_feed(&entry(number, "").key, entry(number, "").at).await.unwrap();
    }
    let keys = |most: usize| {
        let store = world.store.clone();
        async move { store.feed(most).await.unwrap().into_iter().map(|one| one.key).collect::<Vec<_>>() }
    };
    assert_eq!(keys(2).await, ["3mexamplekey05", "3mexamplekey03"]);
    assert_eq!(keys(50).await.len(), 5);
    assert_eq!(world.store.put_in_feed(&entry(8, "Words.")).await.unwrap(), InFeed::Gone);
    assert_eq!(keys(50).await.len(), 5, "it does not come back");
}

#[tokio::test]
async fn of_what_was_taken_away_no_word_is_left() {
    let world = World::new().await;
    world.store.put_in_feed(&entry(1, "Planted words.")).await.unwrap();
    world.store.take_from_feed(&entry(1, "").key, entry(1, "").at).await.unwrap();
    assert!(!world.holds("Planted").await);
}
