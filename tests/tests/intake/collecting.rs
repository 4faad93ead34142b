//! Notifications: read page by page, and nothing skipped by a crash.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use platforms::intake::{
    Batch, Channel as Account, Mark, MastodonServer, NotRead, Notifications, PostAddress,
    mastodon_notifications,
};
use serde_json::{Value, json};

use crate::world::{World, X};

const SERVER: &str = "https://social.example";

/// A server's notifications, of which each page holds two.
#[derive(Default)]
struct Server {
    notifications: Mutex<Vec<Value>>,
    asked: Mutex<Vec<u64>>,
}

fn mention(number: u64) -> Value {
    json!({
        "id": number.to_string(),
        "type": "mention",
        "created_at": "2026-11-23T11:00:00Z",
        "status": {
            "id": (1_000 + number).to_string(),
            "created_at": "2026-11-23T11:00:00Z",
            "visibility": "public",
            "content": "<p>Grounding helps some people. <a>#clientsconnect</a></p>",
            "account": {"id": (50 + number).to_string(), "acct": "somebody"},
            "reblog": null,
        },
    })
}

struct Pages(Arc<Server>);

#[async_trait]
impl Notifications for Pages {
    async fn next(&self, mark: Option<&Mark>, hashtag: &str, now: Timestamp) -> Result<Batch, NotRead> {
        let mark = match mark {
            Some(Mark::Mastodon(mark)) => mark.clone(),
            _ => mastodon_notifications::Mark::starting(0),
        };
        self.0.asked.lock().unwrap().push(mark.min_id());
        let of = |one: &Value| one["id"].as_str().unwrap().parse::<u64>().unwrap();
        let all = self.0.notifications.lock().unwrap().clone();
        let page = all.into_iter().filter(|one| of(one) > mark.min_id()).take(2).collect::<Vec<_>>();
        let channel = Account {
            id: "1".to_owned(),
            names: vec!["ClientsConnect".to_owned()],
            hashtag: hashtag.to_owned(),
        };
        let server = MastodonServer::parse(SERVER).unwrap();
        let page =
            mastodon_notifications::read(Value::Array(page).to_string().as_bytes(), &channel, &server)?;
        let after = mark.after(&page, now).map_err(|_| NotRead::Stuck)?;
        Ok(Batch {
            channel,
            goes_on: !page.is_empty(),
            events: page.events,
            unrecognised: page.unrecognised,
            mark: Mark::Mastodon(after),
        })
    }
}

async fn waiting(world: &World) -> usize {
    let overview = world.channel.core.store.intake_overview(world.channel.now()).await.unwrap();
    overview.iter().map(|one| one.count).sum()
}

/// A server that repeats itself.
struct Same(Arc<Server>);
#[async_trait]
impl Notifications for Same {
    async fn next(&self, _: Option<&Mark>, _: &str, _: Timestamp) -> Result<Batch, NotRead> {
        self.0.asked.lock().unwrap().push(0);
        Err(NotRead::Stuck)
    }
}

#[tokio::test]
async fn what_is_read_is_stored_before_the_mark_moves() {
    let server = Arc::new(Server::default());
    server.notifications.lock().unwrap().extend((1..=5).map(mention));
    let x = X::telling(Arc::new(Pages(Arc::clone(&server))));
    let mut world = World::open_on(8, x).await;

    // The store is down: nothing is stored, and the mark stays.
    let core = world.channel.core.clone();
    world.channel.core.store =
        store::Store::new(world.channel.raw.clone(), store::Tables::with_prefix("nowhere"));
    assert!(world.channel.collect().await.is_err());
    world.channel.core = core;
    assert_eq!(waiting(&world).await, 0);

    world.channel.calls.take();
    world.channel.collect().await.unwrap();
    // A read, and for each of three pages its events and the mark.
    assert_eq!(world.channel.calls.take(), "GetItem 1, PutItem 3, TransactWriteItems 5");
    assert_eq!(waiting(&world).await, 5);
    assert_eq!(world.channel.wakes(), 1);
    assert_eq!(*server.asked.lock().unwrap(), [0, 2, 4, 5]);

    // Nothing new, and everything once more: no second item.
    world.channel.collect().await.unwrap();
    assert_eq!((waiting(&world).await, world.channel.wakes()), (5, 0));
    let mark = serde_json::to_value(Mark::Mastodon(mastodon_notifications::Mark::starting(0))).unwrap();
    world.channel.core.store.mark_read_up_to("x", &mark).await.unwrap();
    world.channel.collect().await.unwrap();
    assert_eq!((waiting(&world).await, world.channel.wakes()), (5, 0));
}

#[tokio::test]
async fn a_crash_between_two_events_of_a_page_repeats_the_page_and_stores_each_once() {
    for writes in 0..4 {
        let server = Arc::new(Server::default());
        server.notifications.lock().unwrap().extend((1..=3).map(mention));
        let x = X::telling(Arc::new(Pages(Arc::clone(&server))));
        let mut world = World::open_on(8, x).await;
        let core = world.channel.core.clone();
        // Two events, their mark, an event.
        world.channel.core.store = world.store_that_dies_after(writes).await;
        assert!(world.channel.collect().await.is_err());
        world.channel.core = core;
        let stored = [0, 1, 2, 2][writes];
        assert_eq!(waiting(&world).await, stored, "{writes} writes");
        let marked = world.channel.core.store.read_up_to("x").await.unwrap();
        assert_eq!(marked.is_some(), writes == 3, "{writes} writes");
        server.asked.lock().unwrap().clear();
        world.channel.wakes();
        world.channel.collect().await.unwrap();
        assert_eq!(waiting(&world).await, 3);
        assert_eq!(server.asked.lock().unwrap()[0], if writes == 3 { 2 } else { 0 }, "from the mark on");
        assert_eq!(world.channel.wakes(), 1);
        for number in 1_001..=1_003 {
            let server = MastodonServer::parse(SERVER).unwrap();
            let key = app::intake::key_of(&PostAddress::mastodon(&server, &number.to_string()).unwrap());
            let post = world.channel.core.store.post(&key, world.channel.now()).await.unwrap().unwrap();
            assert_eq!(post.voices, 1, "once");
        }
    }
}

#[tokio::test]
async fn a_platform_that_cannot_be_read_keeps_no_other_from_being_read() {
    let (stuck, server) = (Arc::new(Server::default()), Arc::new(Server::default()));
    server.notifications.lock().unwrap().push(mention(1));
    let world = World::open(8).await;
    let platforms: [Arc<dyn platforms::Platform>; 2] = [
        Arc::new(X::telling(Arc::new(Same(Arc::clone(&stuck))))),
        Arc::new(X::telling(Arc::new(Pages(Arc::clone(&server))))),
    ];
    let secret = app::intake::IntakeSecret([7; 32]);
    app::intake::collect::run(&world.channel.core, &platforms, &secret).await.unwrap();
    assert_eq!(stuck.asked.lock().unwrap().len(), 1);
    assert_eq!(waiting(&world).await, 1);
    assert_eq!(world.channel.wakes(), 1);
}

#[tokio::test]
async fn danger_in_a_notification_is_for_the_lead_alone() {
    let server = Arc::new(Server::default());
    let mut told = mention(1);
    told["status"]["content"] = json!("<p>@ClientsConnect I want to die.</p>");
    server.notifications.lock().unwrap().push(told);
    let x = X::telling(Arc::new(Pages(Arc::clone(&server))));
    let world = World::open_on(8, x).await;
    world.channel.collect().await.unwrap();
    assert_eq!(waiting(&world).await, 0);
    let listed = world.channel.core.store.open_list(world.channel.now()).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(!world.stored().await.contains("to die"));
}

#[tokio::test]
async fn a_server_that_repeats_itself_moves_nothing() {
    let server = Arc::new(Server::default());
    server.notifications.lock().unwrap().push(json!({"id": "nonsense", "type": "mention"}));
    let x = X::telling(Arc::new(Same(Arc::clone(&server))));
    let world = World::open_on(8, x).await;
    world.channel.collect().await.unwrap();
    assert_eq!(*server.asked.lock().unwrap(), [0]);
    assert_eq!(world.channel.core.store.read_up_to("x").await.unwrap(), None);
}
