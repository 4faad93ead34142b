//! Counters count, window by window.

use jiff::SignedDuration;

use crate::{
    harness::World,
    people::{minutes_later, monday},
};

#[tokio::test]
async fn a_bucket_counts_within_its_window_alone() {
    let world = World::new().await;
    let hour = SignedDuration::from_hours(1);
    let count = async |bucket: &str, now| world.store.count(bucket, hour, now).await.unwrap();
    assert_eq!(count("submit#example", monday()).await, 1);
    assert_eq!(world.calls.take(), "UpdateItem 1");
    assert_eq!(count("submit#example", minutes_later(59)).await, 2);
    assert_eq!(count("submit#another", minutes_later(59)).await, 1);
    assert_eq!(count("submit#example", minutes_later(60)).await, 1);
    assert_eq!(count("submit#example", monday()).await, 3);
}
