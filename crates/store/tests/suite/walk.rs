//! A walk through all that waits sees each item once, page by page, and remembers where it is.

use std::collections::BTreeSet;

use store::{LANES, ScreeningWalk, WaitingLane};

use crate::{
    harness::World,
    people::{minutes_later, monday, submission_id},
};

#[tokio::test]
async fn every_waiting_item_is_on_one_page_whenever_it_is_due() {
    let world = World::new().await;
    let mut expected = BTreeSet::new();
    for number in 0..14 {
        expected.insert((world.received(number).await.id, "received".to_owned()));
    }
    expected.insert((world.approved(14, minutes_later(90)).await.id, "approved".to_owned()));
    let mut found = Vec::new();
    for lane in (0..LANES).map(WaitingLane::Work).chain([WaitingLane::Publish]) {
        let mut after = None;
        loop {
            world.calls.take();
            let page = world.store.waiting(lane, after, 2).await.unwrap();
            assert_eq!(world.calls.take(), "Query 1");
            assert!(page.items.len() <= 2);
            found.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    assert_eq!(found.len(), expected.len(), "each once: {found:?}");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    assert!(expected.iter().any(|(id, _)| *id == submission_id(14)));
}

#[tokio::test]
async fn the_mark_is_remembered_and_an_older_version_does_not_take_it_back() {
    let world = World::new().await;
    assert_eq!(world.store.screening_walk().await.unwrap(), None);
    for number in 0..8 {
        world.received(number).await;
    }
    let lanes = (0..LANES).map(WaitingLane::Work);
    let mut place = None;
    for lane in lanes {
        place = place.or(world.store.waiting(lane, None, 1).await.unwrap().next);
    }
    assert!(place.is_some(), "eight items in four lanes: some lane has two");
    let newer = ScreeningWalk { engine: 7, done: 0, lane: 2, after: place, not_before: monday().at };
    world.store.mark_screening_walk(&newer).await.unwrap();
    assert_eq!(world.store.screening_walk().await.unwrap(), Some(newer.clone()));
    let older = ScreeningWalk { engine: 6, done: 2, lane: 0, after: None, not_before: monday().at };
    world.store.mark_screening_walk(&older).await.unwrap();
    assert_eq!(world.store.screening_walk().await.unwrap(), Some(newer));
}
