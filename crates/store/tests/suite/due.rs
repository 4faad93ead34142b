//! What waits is found when it is due, once, and at a cost that does not grow with what is stored.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use curation::{
    ids::SubmissionId,
    roster::Duty,
    submission::{About, DeliveryStatus, Notice, Recipient, Submission},
    transitions::Route,
};
use jiff::Timestamp;
use store::{Hit, LANES};

use crate::{
    harness::{Item, World},
    people::{Example, WORDS, minutes_later, monday, revision, submission_id},
};

const PAGE: i32 = 1_000;

async fn work(world: &World, now: Timestamp) -> Vec<Hit> {
    let mut hits = Vec::new();
    for lane in 0..LANES {
        hits.extend(world.store.due_for_work(lane, now, PAGE).await.unwrap());
    }
    hits
}

async fn mail(world: &World, minutes: i64) -> Vec<SubmissionId> {
    let hits = work(world, minutes_later(minutes).at).await;
    let notices = hits.iter().filter_map(|hit| match hit {
        Hit::Notices(id) => Some(*id),
        Hit::Submission(_) | Hit::WaitsForSlot(_) | Hit::Guidance(_) => None,
    });
    notices.collect()
}

async fn to_publish(world: &World, minutes: i64) -> Vec<Hit> {
    world.store.due_to_publish(minutes_later(minutes).at).await.unwrap()
}

async fn published(world: &World, before: &Submission) -> Submission {
    let renderings = revision(1, WORDS).composition.renderings;
    let taken = before.clone().take(&renderings, |_| true, monday().at, monday()).unwrap();
    let taken = world.write(before, &taken).await;
    let sent = taken.clone().delivered(0, DeliveryStatus::Sent, Some("post-1".to_owned()), monday());
    world.write(&taken, &sent.unwrap()).await
}

#[tokio::test]
async fn each_waiting_item_is_in_one_lane_from_its_due_time_on() {
    let world = World::new().await;
    let mut ids = BTreeSet::new();
    for number in 0..16 {
        ids.insert(world.received(number).await.id);
    }
    assert_eq!(work(&world, minutes_later(2).after(-jiff::SignedDuration::from_millis(1))).await, []);
    let mut found = Vec::new();
    for lane in 0..LANES {
        world.calls.take();
        let hits = world.store.due_for_work(lane, minutes_later(2).at, PAGE).await.unwrap();
        assert_eq!(world.calls.take(), "Query 1");
        assert!(!hits.is_empty() && hits.len() < 16, "the lanes share the work");
        found.extend(hits);
    }
    assert_eq!(found.len(), 16);
    assert!(ids.iter().all(|id| found.contains(&Hit::Submission(*id))));
    assert_eq!(to_publish(&world, 2).await, []);
}

#[tokio::test]
async fn what_is_due_longest_comes_first() {
    let world = World::new().await;
    for (number, minutes) in [(1, 30), (2, 5), (3, 90)] {
        world.approved(number, minutes_later(minutes)).await;
    }
    let hits = |numbers: &[u32]| {
        numbers.iter().map(|number| Hit::WaitsForSlot(submission_id(*number))).collect::<Vec<_>>()
    };
    assert_eq!(to_publish(&world, 4).await, []);
    assert_eq!(to_publish(&world, 5).await, hits(&[2]));
    assert_eq!(to_publish(&world, 89).await, hits(&[2, 1]));
    assert_eq!(to_publish(&world, 90).await, hits(&[2, 1, 3]));
}

#[tokio::test]
async fn what_waits_for_nothing_is_not_in_the_index() {
    let world = World::new().await;
    let approved = world.approved(1, monday()).await;
    assert_eq!(to_publish(&world, 0).await, [Hit::WaitsForSlot(approved.id)]);
    let published = published(&world, &approved).await;
    assert_eq!(published.state.name(), "published");
    let withdrawn = world.received(2).await;
    let withdrawn = world.withdrawn(&withdrawn).await;
    let far = 5_000_000;
    let submissions =
        |hits: Vec<Hit>| hits.into_iter().filter(|hit| matches!(hit, Hit::Submission(_))).collect::<Vec<_>>();
    assert_eq!(to_publish(&world, far).await, []);
    let hits = submissions(work(&world, minutes_later(far).at).await);
    assert_eq!(hits, [Hit::Submission(withdrawn.id)], "it waits for its erasure");
    let step = withdrawn.clone().erase(monday()).unwrap();
    world.store.erase(&withdrawn, &step, monday()).await.unwrap();
    assert_eq!(submissions(work(&world, minutes_later(far).at).await), []);
}

#[tokio::test]
async fn mail_that_was_not_sent_is_found_and_backs_off() {
    let world = World::new().await;
    let held = world.accept(&Example::screened(1, Route::Hold, monday())).await;
    assert_eq!(mail(&world, 1).await, []);
    assert_eq!(mail(&world, 2).await, [held.id]);
    let mut batch = world.store.notices(held.id).await.unwrap().remove(0);
    let lead = Notice { to: Recipient::Duty(Duty::Lead), about: About::SafeguardingHold };
    assert_eq!((batch.notices.as_slice(), batch.attempts), ([lead].as_slice(), 0));

    // 4, 8, ... and from the sixth try on 128 minutes after each.
    let mut at = 2;
    for (attempts, pause) in [(1, 4), (2, 8), (3, 16), (4, 32), (5, 64), (6, 128), (7, 128), (40, 128)] {
        batch.attempts = attempts;
        world.calls.take();
        world.store.notices_left(held.id, &batch, minutes_later(at)).await.unwrap();
        assert_eq!(world.calls.take(), "PutItem 1");
        assert_eq!(mail(&world, at + pause - 1).await, []);
        at += pause;
        assert_eq!(mail(&world, at).await, [held.id]);
    }
    assert_eq!(world.store.notices(held.id).await.unwrap(), [batch.clone()]);
    world.calls.take();
    world.store.notices_sent(held.id, &batch).await.unwrap();
    assert_eq!(world.calls.take(), "DeleteItem 1");
    assert_eq!(mail(&world, at).await, []);
    assert_eq!(world.store.notices(held.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_failure_that_is_reported_late_does_not_bring_sent_mail_back() {
    let world = World::new().await;
    let held = world.accept(&Example::screened(1, Route::Hold, monday())).await;
    let mut batch = world.store.notices(held.id).await.unwrap().remove(0);
    world.store.notices_sent(held.id, &batch).await.unwrap();
    batch.attempts = 1;
    world.store.notices_left(held.id, &batch, monday()).await.unwrap();
    assert_eq!(world.store.notices(held.id).await.unwrap(), []);
}

#[tokio::test]
async fn mail_of_no_step_is_asked_for_once_by_name() {
    let world = World::new().await;
    let seated = world.received(1).await;
    let fresh = Notice { to: Recipient::Submitter, about: About::FreshLink };
    for _ in 0..3 {
        world.store.ask_for_mail(seated.id, "fresh#somebody", fresh, monday()).await.unwrap();
    }
    let batches = world.store.notices(seated.id).await.unwrap();
    assert_eq!(batches.len(), 1);
    assert_eq!(
        (batches[0].notices.as_slice(), batches[0].sk.as_str()),
        ([fresh].as_slice(), "notice#fresh#somebody")
    );
    assert_eq!(mail(&world, 2).await, [seated.id]);
}

/// `count` stored items like `like`, of which the publisher has nothing to do: two in five wait for a time that is far
/// off, two in five are published, one in five waits for something else.
fn many(like: &Item, count: u32) -> Vec<Item> {
    let far = minutes_later(1_000_000).at.as_millisecond().to_string();
    (0..count)
        .map(|number| {
            let mut item = like.clone();
            let pk = format!("s#{}", submission_id(1_000 + number));
            item.insert("pk".to_owned(), AttributeValue::S(pk));
            let lane = match number % 5 {
                0 | 1 => Some("publish"),
                2 => Some("work#1"),
                _ => None,
            };
            match lane {
                Some(lane) => {
                    item.insert("lane".to_owned(), AttributeValue::S(lane.to_owned()));
                    item.insert("due_at".to_owned(), AttributeValue::N(far.clone()));
                }
                None => {
                    item.remove("lane");
                    item.remove("due_at");
                }
            }
            item
        })
        .collect()
}

#[tokio::test]
async fn the_publishers_poll_is_one_query_whatever_is_stored() {
    for count in [10, 10_000] {
        let world = World::new().await;
        let approved = world.approved(1, minutes_later(60)).await;
        let table = &world.tables.submissions;
        let key = (table.clone(), format!("s#{}", approved.id), "state".to_owned());
        let like = world.everything().await.remove(&key).unwrap();
        world.plant_many(table, many(&like, count)).await;
        world.calls.take();
        assert_eq!(world.store.due_to_publish(minutes_later(59).at).await.unwrap(), []);
        assert_eq!(world.calls.take(), "Query 1", "{count} stored");
        let found = world.store.due_to_publish(minutes_later(60).at).await.unwrap();
        assert_eq!(found, [Hit::WaitsForSlot(approved.id)]);
        assert_eq!(world.calls.take(), "Query 1", "{count} stored");
        let stored = world.store.list().await.unwrap().len();
        assert_eq!(stored, count as usize + 1, "all of it is there");
    }
}
