//! Danger that somebody tells the channel of: for the lead alone, who gets an address and nothing else.

use std::sync::Arc;

use curation::{composition::Visible, roster::Duty};
use jiff::SignedDuration;
use platforms::Platform;
use serde_json::json;
use store::PostState;

use crate::{
    DANGER, hours,
    world::{ASKER, AUTHOR, World, created, deleted, hashtag, post, quoting},
};

#[tokio::test]
async fn danger_is_for_the_lead_alone_who_gets_an_address_and_nothing_else() {
    let world = World::open(8).await;
    // Told to the channel; asking for nothing.
    let mut mention = hashtag("100", AUTHOR, "");
    mention["text"] = json!(format!("@ClientsConnect {DANGER}"));
    world.tell(&created("1", &mention)).await;
    assert_eq!(world.channel.calls.take(), "TransactWriteItems 1");
    assert_eq!((world.channel.hints(), world.channel.wakes()), (1, 0), "one send");
    // Found when it is looked at.
    world.shows(post("200", "13", DANGER), Visible::Public);
    world.tell(&created("2", &quoting("201", ASKER, "200"))).await;
    world.admit().await;
    assert!(world.submissions().await.is_empty());
    assert!(world.x.published().is_empty(), "nobody is answered");

    let mails = world.channel.mailbox.all();
    let lead = world.channel.officer(Duty::Lead);
    assert!(!mails.is_empty() && mails.iter().all(|mail| mail.to == lead.email));
    for mail in &mails {
        let text = format!("{}{}{}", mail.subject, mail.text, mail.html);
        assert!(text.contains("Something waits") && !text.contains("status/") && !text.contains(DANGER));
    }
    let stored = world.stored().await;
    assert!(!stored.contains("to die") && !stored.contains("self_harm"));
    let item = world.item("200").await.unwrap();
    assert_eq!((item.state, item.wish), (PostState::Refused, None), "as if it were for any other reason");

    let listed = world.channel.core.store.open_list(world.channel.now()).await.unwrap();
    let mut addresses = listed.iter().map(|one| one.address.as_str()).collect::<Vec<_>>();
    addresses.sort_unstable();
    assert_eq!(addresses, ["https://x.com/i/status/100", "https://x.com/i/status/200"]);
    world.tell(&deleted("3", "100")).await;
    world.admit().await;
    let listed = world.channel.core.store.open_list(world.channel.now()).await.unwrap();
    assert_eq!(listed.len(), 1, "at once when it is deleted");
    world.channel.pass(hours(24));
    world.admit().await;
    let stored = world.stored().await;
    assert!(!stored.contains("status/"), "a day after it was shown");
}

#[tokio::test]
async fn danger_is_heard_in_an_answer_or_a_quote_that_does_not_name_the_channel() {
    for (id, kind, relation) in [("100", "reply", "replied_to"), ("200", "quote", "quoted")] {
        let world = World::open(8).await;
        let mut answer = hashtag(id, AUTHOR, "");
        answer["text"] = json!(DANGER);
        answer["referenced_tweets"] = json!([{"type": relation, "id": "50"}]);
        let mut event = created(id, &answer);
        event["data"]["event_type"] = json!(format!("post.{kind}.create"));
        assert_eq!(world.tell(&event).await, 200);
        let listed = world.channel.core.store.open_list(world.channel.now()).await.unwrap();
        assert_eq!(listed.len(), 1, "{kind}");
        assert!(world.item(id).await.is_none());
    }
}

#[tokio::test]
async fn a_flood_of_danger_is_one_mail_an_hour_and_every_address() {
    let world = World::open(8).await;
    for number in 0..30 {
        let mut mention = hashtag(&format!("1{number:02}"), &format!("7{number}"), "");
        mention["text"] = json!(format!("@ClientsConnect {DANGER}"));
        world.tell(&created(&format!("e{number}"), &mention)).await;
        world.channel.settle().await;
        world.channel.pass(SignedDuration::from_mins(1));
    }
    assert_eq!(world.channel.mailbox.take().len(), 1);
    let listed = world.channel.core.store.open_list(world.channel.now()).await.unwrap();
    assert_eq!(listed.len(), 30);
    // The lead has looked: whatever comes now is new to them.
    let mut mention = hashtag("500", AUTHOR, "");
    mention["text"] = json!(format!("@ClientsConnect {DANGER}"));
    world.tell(&created("500", &mention)).await;
    world.channel.settle().await;
    assert_eq!(world.channel.mailbox.take().len(), 1);
}

#[tokio::test]
async fn a_listed_post_that_its_platform_shows_no_more_is_forgotten_when_the_list_is_opened() {
    let world = World::open(8).await;
    for id in ["100", "200", "300"] {
        let mut mention = hashtag(id, AUTHOR, "");
        mention["text"] = json!(format!("@ClientsConnect {DANGER}"));
        world.tell(&created(id, &mention)).await;
    }
    world.shows(post("200", AUTHOR, DANGER), Visible::Public);
    world.x.breaks("300");
    let x: Arc<dyn Platform> = world.x.clone();
    let listed = app::intake::open_list(&world.channel.core, &[x]).await.unwrap();
    let addresses = listed.iter().map(|one| one.address.as_str()).collect::<Vec<_>>();
    assert_eq!(addresses.len(), 2);
    assert!(addresses.iter().all(|address| !address.ends_with("100")), "nothing is there");
    assert_eq!(world.channel.wakes(), 1, "and it is forgotten at once");
    world.admit().await;
    assert!(!world.stored().await.contains("status/100"));
    assert!(world.stored().await.contains("status/300"), "what cannot be asked stays");
}

#[tokio::test]
async fn danger_is_heard_beside_the_hashtag_in_a_conversation_with_others() {
    let world = World::open(8).await;
    let mut answer = hashtag("100", AUTHOR, DANGER);
    answer["referenced_tweets"] = json!([{"type": "replied_to", "id": "50"}]);
    let mut event = created("1", &answer);
    event["data"]["event_type"] = json!("post.create");
    assert_eq!(world.tell(&event).await, 200);
    assert_eq!(world.channel.core.store.open_list(world.channel.now()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn danger_has_no_age() {
    let world = World::open(8).await;
    let mut mention = hashtag("100", AUTHOR, "");
    mention["text"] = json!(format!("@ClientsConnect {DANGER}"));
    mention["created_at"] = json!("2026-10-01T12:00:00Z");
    world.tell(&created("1", &mention)).await;
    assert_eq!(world.channel.core.store.open_list(world.channel.now()).await.unwrap().len(), 1);
}
