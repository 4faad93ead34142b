//! A burst: 5,000 signed events, three in ten of them repetitions, in any order and many at a time.

use std::{collections::BTreeSet, time::Instant};

use futures::{StreamExt, stream};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use serde_json::Value;
use tokio::time::Duration;

use crate::world::{World, created, deleted, hashtag, quoting};

const EVENTS: usize = 5_000;
const REPEATED: usize = 1_500;
/// Requests at the same time.
const AT_ONCE: usize = 16;
/// X sends them within a minute.
const MINUTE: Duration = Duration::from_secs(60);

/// For how long X waits for an answer.
const X_WAITS: Duration = Duration::from_secs(10);

/// Distinct events: every eighth asks for a post of somebody else that others ask for too, every fiftieth is a deletion
/// of the post before it. And the posts that must wait in the end.
fn distinct() -> (Vec<Value>, BTreeSet<String>) {
    let mut events = Vec::new();
    let mut wanted = BTreeSet::new();
    for number in 0..(EVENTS - REPEATED) {
        let (event, id, author) =
            (format!("e{number}"), format!("{}", 100_000 + number), format!("{}", 20_000 + number));
        if number % 50 == 49 {
            let gone = format!("{}", 100_000 + number - 1);
            wanted.remove(&gone);
            events.push(deleted(&event, &gone));
        } else if number % 8 == 0 && number % 50 != 48 {
            let target = format!("{}", 900_000 + number % 400);
            events.push(created(&event, &quoting(&id, &author, &target)));
            wanted.insert(target);
        } else {
            events.push(created(&event, &hashtag(&id, &author, "Grounding helps some people.")));
            wanted.insert(id);
        }
    }
    (events, wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_events_with_repetitions_are_exactly_the_distinct_proposals() {
    let world = World::open(6).await;
    let (mut events, wanted) = distinct();
    let mut random = StdRng::seed_from_u64(5);
    let mut again = events.clone();
    again.shuffle(&mut random);
    events.extend(again.into_iter().take(REPEATED));
    events.shuffle(&mut random);
    assert_eq!(events.len(), EVENTS);

    let began = Instant::now();
    let world = &world;
    let slowest = stream::iter(events)
        .map(|event| async move {
            let began = Instant::now();
            assert_eq!(world.tell(&event).await, 200);
            began.elapsed()
        })
        .buffer_unordered(AT_ONCE)
        .fold(Duration::ZERO, |slowest, one| async move { slowest.max(one) })
        .await;
    let took = began.elapsed();
    let calls = world.channel.calls.take();
    println!(
        "{EVENTS} events, {REPEATED} of them repetitions: {} proposals, {took:.1?} in all, the slowest answer {slowest:.1?}; {calls}; {} hints",
        wanted.len(),
        world.channel.wakes(),
    );
    assert!(took < MINUTE, "{took:?}");
    assert!(slowest < X_WAITS, "{slowest:?}");

    let overview = world.channel.core.store.intake_overview(world.channel.now()).await.unwrap();
    assert_eq!(overview[0].count, wanted.len(), "exactly the distinct proposals");
    let mut found = 0;
    for id in &wanted {
        let item = world.item(id).await.unwrap();
        assert!(item.wish.is_some(), "{id}");
        found += 1;
    }
    assert_eq!(found, wanted.len());
}
