//! What is shared and stands: its author may still take it back, and no platform says so.

use curation::{composition::Visible, submission::State};

use crate::{
    TEXT, hours,
    world::{AUTHOR, World, created, hashtag, post},
};

/// A channel that shares post 100.
async fn sharing() -> World {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, TEXT), Visible::Public);
    world.tell(&created("1", &hashtag("100", AUTHOR, TEXT))).await;
    world.admit().await;
    world.channel.all_vote("approve").await;
    world.channel.publish().await.unwrap();
    assert_eq!(world.x.published().len(), 1);
    world
}

async fn half_a_day_later(world: &World) -> State {
    world.channel.pass(hours(12));
    // The first poll looks, the second takes down what is to be taken down.
    for _ in 0..2 {
        world.channel.publish().await.unwrap();
    }
    world.channel.load(world.only_submission().await).await.state
}

#[tokio::test]
async fn what_its_author_takes_back_or_changes_is_shared_no_longer() {
    let edited = post("100", AUTHOR, "Something else by now.");
    for what in ["deleted", "edited", "protected", "of another author"] {
        let world = sharing().await;
        match what {
            "edited" => world.shows(edited.clone(), Visible::Public),
            "protected" => world.shows(post("100", AUTHOR, TEXT), Visible::Protected),
            "of another author" => world.shows(post("100", "27182", TEXT), Visible::Public),
            _ => world.loses("100"),
        }
        let state = half_a_day_later(&world).await;
        assert_eq!(state.name(), "retracted", "{what}");
        assert!(world.x.published().is_empty(), "{what}");
        world.admit().await;
        let stored = world.stored().await;
        for word in ["getting to know", "status/100", "somebody31415"] {
            assert!(!stored.contains(word), "{what}: {word}");
        }
    }
}

#[tokio::test]
async fn what_stands_is_looked_at_ever_more_seldom_and_a_silent_platform_changes_nothing() {
    let world = sharing().await;
    let id = world.only_submission().await;
    let mut looks = Vec::new();
    for is_silent in [false, true, false, false, false] {
        let due = world.channel.load(id).await.due().unwrap().at;
        looks.push(due);
        world.channel.pass(due.duration_since(world.channel.now().at));
        world.x.silent(is_silent);
        world.channel.publish().await.unwrap();
        assert_eq!(world.channel.state(id).await, "published");
    }
    let waits = looks.windows(2).map(|two| two[1].duration_since(two[0]).as_hours()).collect::<Vec<_>>();
    assert!(waits.is_sorted() && waits[0] == 12 && waits[3] > 12, "{waits:?}");
    assert_eq!(world.x.published().len(), 1);
}
