//! Publishing to a real Bluesky server, and being killed at every single effect of it.
//!
//! What counts as failure: a part of a thread that is missing, doubled, out of order or answers the wrong post; a thread
//! without its gate; a submission that does not end where it should; a post that is left after taking down.

#![allow(clippy::unwrap_used)]

use std::{os::unix::process::ExitStatusExt, sync::Arc};

use async_trait::async_trait;
use curation::{
    composition::{Changed, PlatformRules, Replies, Seen, Share, Visible},
    ids::SubmissionId,
    roster::Duty,
    submission::DeliveryStatus,
};
use jiff::SignedDuration;
use lambda_runtime::{Context, LambdaEvent};
use platforms::{
    Intent, Platform, PlatformError, RemotePost,
    bluesky::{Account, Bluesky},
    secret::FixedSecret,
};
use serde_json::{Value, json};
use tests::{
    Channel,
    kill::{Border, Point, Side},
    peer::Pds,
    publisher,
};

const POSTS: &str = "app.bsky.feed.post";
const GATES: &str = "app.bsky.feed.threadgate";
const SHORT: &str = "A first session is often about getting to know each other.";
/// What [`Pds::register`] gives every account.
const PASSWORD: &str = "example-password";

/// Words that fill two posts, so that the disclaimer is a third.
fn long() -> String {
    [SHORT; 10].join(" ")
}

fn with_password(account: &Account, password: &str) -> Arc<Bluesky> {
    Arc::new(Bluesky::new(account.clone(), Arc::new(FixedSecret::new(password.to_owned()))))
}

fn intent(key: &str, text: &str) -> Intent {
    Intent {
        submission: SubmissionId::new(1, [0; 10]),
        key: key.to_owned(),
        fingerprint: None,
        part: 0,
        text: text.to_owned(),
        root: None,
        follows: None,
        shares: None,
        content_note: None,
        replies: Replies::Nobody,
        created_at: "2026-11-23T12:00:00.123456789Z".parse().unwrap(),
    }
}

/// The repository holds exactly what was approved: each part once, in order, and the gate once.
async fn holds_the_thread(pds: &Pds, did: &str, channel: &Channel, id: SubmissionId, parts: usize) {
    let submission = channel.load(id).await;
    let revision = channel.core.store.revision(id, submission.revision).await.unwrap().unwrap();
    let approved = &revision.composition.renderings[0].parts;
    assert_eq!(approved.len(), parts);
    let posts = pds.records(did, POSTS).await;
    let texts = posts.iter().map(|post| post["value"]["text"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(texts, *approved);
    let reference = |post: &Value| json!({ "uri": post["uri"], "cid": post["cid"] });
    for (index, post) in posts.iter().enumerate() {
        let delivery = &submission.deliveries[index];
        assert_eq!(delivery.status, DeliveryStatus::Sent);
        assert_eq!(delivery.post.as_deref(), post["uri"].as_str());
        assert!(post["uri"].as_str().unwrap().ends_with(&delivery.key));
        let expected = match index.checked_sub(1) {
            None => Value::Null,
            Some(before) => json!({ "root": reference(&posts[0]), "parent": reference(&posts[before]) }),
        };
        assert_eq!(post["value"]["reply"], expected);
    }
    let times = posts.iter().map(|post| post["value"]["createdAt"].as_str().unwrap()).collect::<Vec<_>>();
    assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
    let gates = pds.records(did, GATES).await;
    assert_eq!(gates.len(), 1);
    assert_eq!(gates[0]["value"]["post"], posts[0]["uri"]);
    assert_eq!(gates[0]["value"]["allow"], json!([]));
}

async fn holds_nothing(pds: &Pds, did: &str) {
    for collection in [POSTS, GATES] {
        assert_eq!(pds.records(did, collection).await, Vec::<Value>::new());
    }
}

/// Lets the publisher run until the submission is where it should be.
async fn comes_to(channel: &Channel, id: SubmissionId, state: &str) {
    for _ in 0..8 {
        // Past the lease; and past the time between two posts, if it has to take its turn again.
        channel.pass(SignedDuration::from_mins(if channel.state(id).await == "approved" { 90 } else { 16 }));
        channel.publish().await.unwrap();
        if channel.state(id).await == state {
            return;
        }
    }
    panic!("it stays {}", channel.state(id).await);
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn a_post_has_its_links_its_language_and_a_closed_gate_and_is_made_once() {
    let pds = Pds::start().await;
    let bluesky = pds.bluesky(&pds.account.service);
    bluesky.check().await.unwrap();
    let text = "Grief takes time 💙 https://example.org/ünï?q=(a). #grief #clientsconnect";
    let first = bluesky.publish(&intent("3mdabcdefgh22", text)).await.unwrap();
    // A repetition by the same process, and by one that knows nothing of the first.
    assert_eq!(bluesky.publish(&intent("3mdabcdefgh22", text)).await.unwrap(), first);
    let another = pds.bluesky(&pds.account.service);
    assert_eq!(another.publish(&intent("3mdabcdefgh22", text)).await.unwrap(), first);
    assert_eq!(another.find(&intent("3mdabcdefgh22", "")).await.unwrap(), Some(first.clone()));
    let posts = pds.records(&pds.did, POSTS).await;
    assert_eq!(posts.len(), 1);
    let facet = |start: usize, end: usize, feature: Value| json!({ "index": { "byteStart": start, "byteEnd": end }, "features": [feature] });
    let link = text.find("https").unwrap();
    let link_ends = text.find(". #").unwrap();
    let grief = text.find("#grief").unwrap();
    let channel = text.find("#clientsconnect").unwrap();
    let expected = json!({
        "$type": POSTS,
        "text": text,
        "langs": ["en-GB"],
        "createdAt": "2026-11-23T12:00:00.123Z",
        "facets": [
            facet(link, link_ends, json!({ "$type": "app.bsky.richtext.facet#link", "uri": &text[link..link_ends] })),
            facet(grief, grief + 6, json!({ "$type": "app.bsky.richtext.facet#tag", "tag": "grief" })),
            facet(channel, text.len(), json!({ "$type": "app.bsky.richtext.facet#tag", "tag": "clientsconnect" })),
        ],
    });
    assert_eq!(posts[0]["value"], expected);
    assert_eq!(RemotePost(posts[0]["uri"].as_str().unwrap().to_owned()), first);
    let gates = pds.records(&pds.did, GATES).await;
    assert_eq!((gates.len(), &gates[0]["value"]["allow"]), (1, &json!([])));
    // The same key with other words is another post's, and what is too long is refused for good.
    let refused = another.publish(&intent("3mdabcdefgh22", "Other words.")).await;
    assert!(matches!(refused, Err(platforms::PlatformError::Refused(_))), "{refused:?}");
    let refused = another.publish(&intent("3mdabcdefgh23", &"x".repeat(301))).await;
    assert!(matches!(refused, Err(platforms::PlatformError::Refused(_))), "{refused:?}");
    for name in [first, RemotePost("https://bsky.app/profile/channel.test/post/3mdabcdefgh22".to_owned())] {
        bluesky.delete(&name).await.unwrap();
        holds_nothing(&pds, &pds.did).await;
    }
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn a_post_that_fits_is_one_and_longer_words_are_a_thread_and_both_can_be_taken_down() {
    let pds = Pds::start().await;
    for (name, words, parts) in [("short", SHORT.to_owned(), 1), ("long", long(), 3)] {
        let (account, did) = pds.register(name).await;
        let channel = Channel::open_on(with_password(&account, PASSWORD)).await;
        let id = channel.approved(&words).await;
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, "published");
        holds_the_thread(&pds, &did, &channel, id, parts).await;
        app::queue::close(&channel.core, id, channel.officer(Duty::Coordinator)).await.unwrap();
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, "retracted");
        holds_nothing(&pds, &did).await;
    }
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn an_expired_access_token_is_refreshed_without_signing_in_again() {
    let pds = Pds::start().await;
    let border = Border::new(None).with_access_token(&pds.expired);
    let bluesky = pds.bluesky(&border.before(&pds.account.service).await);
    for key in ["3mdabcdefgh22", "3mdabcdefgh23"] {
        bluesky.publish(&intent(key, SHORT)).await.unwrap();
    }
    assert_eq!(
        border.seen(),
        ["createSession", "applyWrites", "refreshSession", "applyWrites", "applyWrites"]
    );
    assert_eq!(pds.records(&pds.did, POSTS).await.len(), 2);
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn a_wrong_password_leaves_the_item_waiting_and_is_tried_once() {
    let pds = Pds::start().await;
    let border = Border::new(None);
    let service = border.before(&pds.account.service).await;
    let wrong = with_password(&Account { service, ..pds.account.clone() }, "wrong");
    let channel = Channel::open_on(wrong).await;
    let id = channel.approved(SHORT).await;
    for _ in 0..3 {
        channel.publish().await.unwrap();
        channel.pass(SignedDuration::from_mins(4));
        channel.publish().await.unwrap();
        assert_eq!(channel.state(id).await, "approved", "it waits for its turn, and for no human");
        channel.pass(SignedDuration::from_mins(90));
    }
    assert_eq!(border.seen(), ["createSession"]);
    holds_nothing(&pds, &pds.did).await;
    let right: Arc<dyn Platform> = with_password(&pds.account, &pds.password);
    let event = LambdaEvent::new(json!({}), Context::default());
    publish_scheduled::handle(&channel.core, &[right], event).await.unwrap();
    assert_eq!(channel.state(id).await, "published");
    holds_the_thread(&pds, &pds.did, &channel, id, 1).await;
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn somebodys_post_is_seen_quoted_and_reposted_and_what_becomes_of_it_is_noticed() {
    const REPOSTS: &str = "app.bsky.feed.repost";
    let pds = Pds::start().await;
    let (account, their_did) = pds.register("somebody").await;
    let them = with_password(&account, PASSWORD);
    let theirs = them.publish(&intent("3mdtheirs2222", "Theirs 💙.")).await.unwrap();
    let bluesky = pds.bluesky(&pds.account.service);

    let page = "https://bsky.app/profile/somebody.test/post/3mdtheirs2222";
    let Seen::There(target, Visible::Public) = bluesky.look_at(page).await.unwrap() else { panic!() };
    assert_eq!((&target.post, &target.author), (&theirs.0, &their_did));
    assert_eq!((target.handle.as_str(), target.text.as_str()), ("somebody.test", "Theirs 💙."));
    let shown = pds.records(&their_did, POSTS).await.remove(0);
    assert_eq!(target.version.as_deref(), shown["cid"].as_str());
    let their_ref = json!({ "uri": shown["uri"], "cid": shown["cid"] });

    let quoting = Intent {
        shares: Some(Share::Quote(target.post.clone())),
        ..intent("3mdabcdefgh22", "By @somebody.test, whom nobody@example.org and @no.test are not.")
    };
    let boosting = Intent { shares: Some(Share::Boost(target.post.clone())), ..intent("3mdabcdefgh23", "") };
    let beside = Intent {
        part: 1,
        root: Some(theirs.clone()),
        follows: Some(theirs.clone()),
        ..intent("3mdabcdefgh24", SHORT)
    };
    let mut made = Vec::new();
    for intent in [&quoting, &boosting, &beside] {
        let first = bluesky.publish(intent).await.unwrap();
        let again = pds.bluesky(&pds.account.service);
        assert_eq!(again.publish(intent).await, Ok(first.clone()));
        assert_eq!(again.find(intent).await, Ok(Some(first.clone())));
        made.push(first);
    }
    let posts = pds.records(&pds.did, POSTS).await;
    assert_eq!(posts.len(), 2);
    let embed = json!({ "$type": "app.bsky.embed.record", "record": their_ref });
    assert_eq!(posts[0]["value"]["embed"], embed);
    let mention = json!([{
        "index": { "byteStart": 3, "byteEnd": 17 },
        "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": their_did }],
    }]);
    assert_eq!(posts[0]["value"]["facets"], mention);
    assert_eq!(posts[1]["value"]["reply"], json!({ "root": their_ref, "parent": their_ref }));
    let reposts = pds.records(&pds.did, REPOSTS).await;
    assert_eq!((reposts.len(), &reposts[0]["value"]["subject"]), (1, &their_ref));

    for post in made.iter().rev() {
        bluesky.delete(post).await.unwrap();
        assert_eq!(pds.records(&their_did, POSTS).await.len(), 1, "theirs stays");
    }
    holds_nothing(&pds, &pds.did).await;
    assert_eq!(pds.records(&pds.did, REPOSTS).await.len(), 0);

    assert_eq!(target.still(&bluesky.look_at(&target.post).await.unwrap()), Ok(()));
    let edited = json!({ "$type": POSTS, "text": "Edited.", "createdAt": "2026-11-23T12:00:00.123Z" });
    pds.put(&account, POSTS, "3mdtheirs2222", &edited).await;
    assert_eq!(target.still(&bluesky.look_at(&target.post).await.unwrap()), Err(Changed::Edited));
    them.delete(&theirs).await.unwrap();
    assert_eq!(target.still(&bluesky.look_at(&target.post).await.unwrap()), Err(Changed::Gone));
    let refused = bluesky.publish(&quoting).await;
    assert!(matches!(refused, Err(PlatformError::Refused(_))), "{refused:?}");
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn the_profile_says_that_the_account_is_automated_and_keeps_what_else_it_says() {
    const PROFILES: &str = "app.bsky.actor.profile";
    let pds = Pds::start().await;
    for (name, before) in [
        ("bare", None),
        (
            "full",
            Some(json!({ "$type": PROFILES, "displayName": "An example", "description": "Two\nlines." })),
        ),
    ] {
        let (account, did) = pds.register(name).await;
        if let Some(before) = &before {
            pds.put(&account, PROFILES, "self", before).await;
        }
        let bluesky = with_password(&account, PASSWORD);
        assert_eq!(bluesky.mark_as_automated().await, Ok(true));
        assert_eq!(bluesky.mark_as_automated().await, Ok(false));
        bluesky.check().await.unwrap();
        let mut expected = before.unwrap_or(json!({ "$type": PROFILES }));
        let values = json!([{ "val": "bot" }]);
        expected["labels"] = json!({ "$type": "com.atproto.label.defs#selfLabels", "values": values });
        let profiles = pds.records(&did, PROFILES).await;
        assert_eq!((profiles.len(), &profiles[0]["value"]), (1, &expected));
    }
}

/// Makes every post, and never says so.
struct Mute(Arc<Bluesky>);

#[async_trait]
impl Platform for Mute {
    fn rules(&self) -> PlatformRules {
        self.0.rules()
    }

    fn repeats_safely(&self) -> bool {
        self.0.repeats_safely()
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        self.0.publish(intent).await?;
        Err(PlatformError::Ambiguous("no answer"))
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        self.0.find(intent).await
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        self.0.delete(post).await
    }
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn a_post_that_a_human_overlooked_is_known_by_its_key_and_made_once() {
    let pds = Pds::start().await;
    let bluesky = with_password(&pds.account, &pds.password);
    let channel = Channel::open_on(Arc::clone(&bluesky) as Arc<dyn Platform>).await;
    let id = channel.approved(SHORT).await;
    let mute: [Arc<dyn Platform>; 1] = [Arc::new(Mute(bluesky))];
    for _ in 0..2 {
        let event = LambdaEvent::new(json!({}), Context::default());
        publish_scheduled::handle(&channel.core, &mute, event).await.unwrap();
        channel.pass(SignedDuration::from_hours(7));
    }
    assert_eq!(channel.state(id).await, "needs_attention");
    app::queue::attest(&channel.core, id, channel.officer(Duty::Coordinator), None).await.unwrap();
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "published");
    holds_the_thread(&pds, &pds.did, &channel, id, 1).await;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    Publishing,
    TakingDown,
}

/// Kills the publisher at every effect of its work in turn, each time with a channel and a repository of their own; then
/// time passes, another publisher runs, and all must be as if nobody had died.
async fn survives_every_death(work: Work, side: Side) {
    let pds = Pds::start().await;
    for number in 1.. {
        let (account, did) = pds.register(&format!("killed-{number}")).await;
        let channel = Channel::open_on(with_password(&account, PASSWORD)).await;
        let id = channel.approved(&long()).await;
        if work == Work::TakingDown {
            channel.publish().await.unwrap();
            holds_the_thread(&pds, &did, &channel, id, 3).await;
            app::queue::close(&channel.core, id, channel.officer(Duty::Coordinator)).await.unwrap();
        }
        let border = Border::new(Some(Point { number, side }));
        let store = border.before(&channel.endpoint).await;
        let service = border.before(&account.service).await;
        let command = publisher::command(
            env!("CARGO_BIN_EXE_publisher"),
            &store,
            channel.now().at.as_millisecond(),
            &Account { service, ..account },
            PASSWORD,
        );
        let status = border.run(command).await;
        let is_over = status.success();
        let expected = if work == Work::Publishing { "published" } else { "retracted" };
        if !is_over {
            assert_eq!(status.signal(), Some(9), "killed, and not ended in another way");
            assert_eq!(border.seen().len(), number);
            if channel.state(id).await != expected {
                comes_to(&channel, id, expected).await;
            }
        }
        assert_eq!(channel.state(id).await, expected, "{work:?} {side:?} {number}");
        match work {
            Work::Publishing => holds_the_thread(&pds, &did, &channel, id, 3).await,
            Work::TakingDown => holds_nothing(&pds, &did).await,
        }
        if is_over {
            let seen = border.seen();
            println!("{work:?}: killed {side:?} each of {} effects: {}", seen.len(), seen.join(", "));
            assert_eq!(number, seen.len() + 1, "every effect had its turn");
            for call in
                if work == Work::Publishing { ["applyWrites", "putRecord"] } else { ["deleteRecord"; 2] }
            {
                assert!(seen.iter().any(|one| one == call));
            }
            return;
        }
    }
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn killed_before_any_effect_a_publisher_loses_nothing_and_doubles_nothing() {
    survives_every_death(Work::Publishing, Side::Before).await;
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn killed_after_any_effect_a_publisher_loses_nothing_and_doubles_nothing() {
    survives_every_death(Work::Publishing, Side::After).await;
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn killed_before_any_effect_of_taking_down_nothing_stays_up() {
    survives_every_death(Work::TakingDown, Side::Before).await;
}

#[tokio::test]
#[ignore = "needs a PDS: scripts/test bluesky"]
async fn killed_after_any_effect_of_taking_down_nothing_stays_up() {
    survives_every_death(Work::TakingDown, Side::After).await;
}
