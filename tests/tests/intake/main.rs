//! What people tell the channel on X, from a signed webhook to a panel, or to its defined end.

#![allow(clippy::unwrap_used)]

mod burst;
mod collecting;
mod danger;
mod standing;
mod world;

use axum::http::Method;
use curation::{
    composition::Visible,
    policy::Tier,
    submission::{Kind, State},
};
use jiff::SignedDuration;
use platforms::intake::LARGEST_BODY;
use serde_json::{Value, json};
use store::PostState;
use world::{ASKER, AUTHOR, CHANNEL, World, created, deleted, hashtag, key, post, quoting, words};

const TEXT: &str = "A first session is often about getting to know each other. It is fine to ask questions.";
const OWN_THERAPY: &str =
    "My therapist told me yesterday in our session that my depression is getting better.";
const DANGER: &str = "I want to die.";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn the_handshake_is_answered_and_nothing_else_is_signed() {
    let world = World::open(8).await;
    let answer = world.request(Method::GET, "/webhooks/x?crc_token=abc", &[], vec![]).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["response_token"], world.signature(b"abc"));
    for query in ["", "?crc_token=", "?crc_token=%7B%7D", "?other=1", "?crc_token=a&crc_token=b"] {
        let answer = world.request(Method::GET, &format!("/webhooks/x{query}"), &[], vec![]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (400, "application/problem+json")
        );
    }
    assert_eq!(world.channel.calls.take(), "");
}

#[tokio::test]
async fn what_x_did_not_sign_is_refused_before_anything_is_read() {
    let world = World::open(8).await;
    let body = created("1", &hashtag("100", AUTHOR, TEXT)).to_string().into_bytes();
    let right = world.signature(&body);
    let other = world.signature(b"{}");
    let mut flipped = right.clone();
    flipped.replace_range(10..11, if &right[10..11] == "A" { "B" } else { "A" });
    for (signature, status) in [
        (None, 401),
        (Some(""), 401),
        (Some("sha256="), 401),
        (Some("sha1=abc"), 401),
        (Some(other.as_str()), 401),
        (Some(flipped.as_str()), 401),
    ] {
        let headers = signature.map(|value| ("x-twitter-webhooks-signature", value));
        let answer = world.request(Method::POST, "/webhooks/x", headers.as_slice(), body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{signature:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(!answer.body.contains("session"));
    }
    let large = vec![b' '; LARGEST_BODY + 1];
    assert_eq!(world.signed(large).await.status, 413);
    assert_eq!(world.channel.calls.take(), "");
    assert_eq!(world.channel.wakes(), 0);
    assert_eq!(world.signed(body).await.status, 200);
    assert_eq!(world.channel.calls.take(), "TransactWriteItems 1", "and the right one is believed");
}

#[tokio::test]
async fn signed_nonsense_is_answered_and_leaves_nothing() {
    let world = World::open(8).await;
    let mut deep = "[".repeat(200);
    deep.push_str(&"]".repeat(200));
    let half = |payload: Value| json!({"data": {"event_uuid": "9", "event_type": "post.mention.create", "payload": payload}});
    for body in [
        String::new(),
        "nonsense".to_owned(),
        "{".to_owned(),
        deep,
        "\u{0}".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        json!({"data": "text"}).to_string(),
        json!({"data": {"event_uuid": "1", "event_type": "post.unheard_of", "payload": {"id": "5"}}})
            .to_string(),
        json!({"data": {"event_uuid": "2", "event_type": "follow.create", "payload": {}}}).to_string(),
        json!({"for_user_id": "1", "favorite_events": [{"id": "a"}]}).to_string(),
        half(Value::Null).to_string(),
        half(json!({"id": "100"})).to_string(),
        half(json!({"id": "100", "text": "@ClientsConnect please share this"})).to_string(),
        half(json!({"author_id": AUTHOR, "text": "#clientsconnect"})).to_string(),
        half(json!({"id": {"a": 1}, "author_id": [], "text": 5})).to_string(),
    ] {
        let answer = world.signed(body.clone().into_bytes()).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, "{}"), "{body}");
    }
    assert_eq!(world.channel.calls.take(), "");
    assert_eq!(world.channel.wakes(), 0);
}

#[tokio::test]
async fn a_signed_event_becomes_a_review_and_costs_what_the_design_says() {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, TEXT), Visible::Public);
    assert_eq!(world.tell(&created("1", &hashtag("100", AUTHOR, TEXT))).await, 200);
    assert_eq!(world.channel.calls.take(), "TransactWriteItems 1", "one event");
    assert_eq!(world.channel.wakes(), 1, "one hint");
    assert_eq!(world.tell(&created("1", &hashtag("100", AUTHOR, TEXT))).await, 200);
    assert_eq!((world.channel.calls.take().as_str(), world.channel.wakes()), ("TransactWriteItems 1", 0));
    // Somebody else asks for the same post: one more voice.
    assert_eq!(world.tell(&created("2", &quoting("101", "77", "100"))).await, 200);
    assert_eq!(world.channel.calls.take(), "TransactWriteItems 1");

    world.admit().await;
    let id = world.only_submission().await;
    let submission = world.channel.load(id).await;
    assert_eq!((submission.kind, submission.tier), (Kind::Repost, Tier::Elevated));
    assert!(matches!(submission.state, State::InReview { .. }));
    let revision = world.channel.core.store.revision(id, 1).await.unwrap().unwrap();
    let target = revision.composition.target.unwrap();
    assert_eq!((target.text.as_str(), target.author.as_str()), (TEXT, AUTHOR));
    let reviews = world.channel.mailbox.review_paths();
    assert_eq!(reviews.len(), 6, "the larger panel");
    let page = world.channel.get(&reviews[0].1).await;
    assert_eq!(page.status, 200);
    for shown in [
        "Should the channel share this post?",
        "Somebody else's words",
        TEXT,
        "href=\"https://x.com/i/status/100\"",
        "appears as a quote",
        &revision.composition.disclaimer.text.replace('\'', "&#39;"),
    ] {
        assert!(page.body.contains(shown), "{shown}");
    }
    assert_eq!(world.item("100").await.unwrap().voices, 2);
    assert_eq!(world.item("100").await.unwrap().wish, None);

    world.channel.calls.take();
    world.channel.admit().await;
    assert_eq!(world.channel.calls.take(), "GetItem 1, Query 4", "a run with nothing to do");
}

#[tokio::test]
async fn the_channels_own_posts_and_what_asks_for_nothing_are_left_alone() {
    let world = World::open(8).await;
    let mention = |id: &str, author: &str, text: &str| {
        let mut post = hashtag(id, author, text);
        post["text"] = json!(text);
        post
    };
    let mut protected = created("7", &hashtag("106", "13", TEXT));
    protected["data"]["includes"] = json!({"users": [{"id": "13", "username": "x", "protected": true}]});
    let mut repost = hashtag("107", "14", TEXT);
    repost["referenced_tweets"] = json!([{"type": "retweeted", "id": "50"}]);
    let mut old = hashtag("108", "15", TEXT);
    old["created_at"] = json!("2026-11-01T12:00:00Z");
    for event in [
        created("1", &hashtag("100", CHANNEL, TEXT)),
        created("2", &mention("101", CHANNEL, "@ClientsConnect please share this")),
        created("3", &quoting("102", CHANNEL, "50")),
        created("4", &mention("103", AUTHOR, "@ClientsConnect thank you")),
        created("5", &mention("104", AUTHOR, "nothing for anybody")),
        protected,
        created("8", &repost),
        created("9", &old),
    ] {
        assert_eq!(world.tell(&event).await, 200);
    }
    assert_eq!(world.channel.calls.take(), "");
    assert_eq!(world.channel.wakes(), 0);

    // Somebody asks for one of the channel's posts by its link alone: X tells only when it is looked at.
    world.shows(post("110", CHANNEL, TEXT), Visible::Public);
    world.tell(&created("10", &quoting("111", AUTHOR, "110"))).await;
    world.admit().await;
    assert_eq!(world.item("110").await.unwrap().state, PostState::Refused);
    assert!(world.submissions().await.is_empty());
}

#[tokio::test]
async fn a_post_that_tells_of_its_authors_therapy_is_taken_from_its_author_alone() {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, OWN_THERAPY), Visible::Public);
    world.tell(&created("1", &quoting("101", ASKER, "100"))).await;
    world.admit().await;
    assert_eq!(world.item("100").await.unwrap().state, PostState::Refused);
    assert!(world.submissions().await.is_empty());
    let stored = world.stored().await;
    for word in ["our session", "depression", "status/100", AUTHOR] {
        assert!(!stored.contains(word), "{word}");
    }
    // Its author asks, and it is looked at anew.
    world.tell(&created("2", &hashtag("100", AUTHOR, OWN_THERAPY))).await;
    world.admit().await;
    let submission = world.channel.load(world.only_submission().await).await;
    assert_eq!(submission.kind, Kind::Repost);
    // Nothing of what was found in it is kept: it looks like any other.
    assert_eq!(submission.tier, Tier::Elevated);
    let report = world.channel.core.store.report(submission.id, 1).await.unwrap().unwrap();
    assert!(report.findings.is_empty());
}

#[tokio::test]
async fn a_mention_that_quotes_a_held_item_changes_nothing_about_it() {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, TEXT), Visible::Public);
    world.tell(&created("1", &hashtag("100", AUTHOR, TEXT))).await;
    world.admit().await;
    let id = world.only_submission().await;
    let (_, path) = world.channel.mailbox.review_paths()[0].clone();
    world.channel.vote(&path, &[("decision", "concern"), ("reason", "Somebody may be harmed.")]).await;
    let held = world.channel.load(id).await;
    assert!(matches!(held.state, State::Held { .. }) && held.is_concealed());

    // It asks for the held post: a voice, and no second item.
    world.tell(&created("2", &quoting("101", ASKER, "100"))).await;
    // It would show the held post within itself: nobody can screen that.
    let mut shows = hashtag("102", "77", TEXT);
    shows["referenced_tweets"] = json!([{"type": "quoted", "id": "100"}]);
    world.channel.calls.take();
    world.tell(&created("3", &shows)).await;
    assert_eq!(world.channel.calls.take(), "");
    world.admit().await;
    assert_eq!(world.channel.load(id).await, held);
    assert_eq!(world.submissions().await, [id]);
    assert_eq!(world.item("100").await.unwrap().voices, 2);
    assert!(world.item("102").await.is_none());
}

#[tokio::test]
async fn a_deletion_that_comes_first_is_remembered() {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, TEXT), Visible::Public);
    world.tell(&deleted("1", "100")).await;
    assert_eq!(world.channel.calls.take(), "TransactWriteItems 1");
    world.tell(&created("2", &hashtag("100", AUTHOR, TEXT))).await;
    world.admit().await;
    assert!(world.submissions().await.is_empty());
    assert!(!world.stored().await.contains("status/100"));
}

#[tokio::test]
async fn an_edited_post_is_forgotten_when_it_is_deleted_under_its_first_id() {
    for stage in ["waiting", "in review"] {
        let world = World::open(8).await;
        let edited = post("101", AUTHOR, TEXT);
        world.shows_at("100", edited.clone());
        world.tell(&created("1", &hashtag("100", AUTHOR, TEXT))).await;
        world.channel.admit().await;
        assert_eq!(world.item("100").await.unwrap().state, PostState::Refused);
        assert_eq!(world.item("101").await.unwrap().state, PostState::Waiting);
        if stage == "in review" {
            world.shows(edited, Visible::Public);
            world.admit().await;
            assert_eq!(world.item("101").await.unwrap().state, PostState::Admitted);
        }
        world.tell(&deleted("2", "100")).await;
        world.admit().await;
        assert_eq!(world.item("101").await.unwrap().state, PostState::Gone, "{stage}");
        assert!(!world.stored().await.contains("status/101"), "{stage}");
    }
}

#[tokio::test]
async fn deletions_of_many_are_forgotten_in_one_run_and_one_that_fails_stops_none() {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, TEXT), Visible::Public);
    world.tell(&created("1", &hashtag("100", AUTHOR, TEXT))).await;
    world.admit().await;
    let id = world.only_submission().await;
    world.channel.damage(id).await;
    world.tell(&deleted("100", "100")).await;
    for number in 1_000..1_130 {
        world.tell(&deleted(&number.to_string(), &number.to_string())).await;
    }
    world.channel.admit().await;
    let store = &world.channel.core.store;
    assert!(store.gone(world.channel.now(), 10).await.unwrap().is_empty());
    world.channel.pass(SignedDuration::from_mins(15));
    assert_eq!(store.gone(world.channel.now(), 10).await.unwrap(), [key("100")]);
}

#[tokio::test]
async fn a_deletion_pulls_what_was_to_share_the_post_at_every_stage() {
    for stage in ["waiting", "in review", "approved", "published", "held"] {
        let world = World::open(8).await;
        world.shows(post("100", AUTHOR, TEXT), Visible::Public);
        world.tell(&created("1", &hashtag("100", AUTHOR, TEXT))).await;
        if stage != "waiting" {
            world.admit().await;
        }
        match stage {
            "approved" => world.channel.all_vote("approve").await,
            "published" => {
                world.channel.all_vote("approve").await;
                world.channel.publish().await.unwrap();
                assert_eq!(world.x.published().len(), 1);
            }
            "held" => {
                let (_, path) = world.channel.mailbox.review_paths()[0].clone();
                world.channel.vote(&path, &[("decision", "concern"), ("reason", "Harm.")]).await;
            }
            _ => {}
        }
        world.tell(&deleted("2", "100")).await;
        world.admit().await;
        if stage == "waiting" {
            assert!(world.submissions().await.is_empty());
        } else {
            let id = world.only_submission().await;
            world.channel.publish().await.unwrap();
            world.channel.sweep().await;
            let submission = world.channel.load(id).await;
            let expected = if stage == "published" { "retracted" } else { "withdrawn" };
            assert_eq!(submission.state.name(), expected, "{stage}");
            assert!(submission.target_gone && submission.ended);
            let actions = world.channel.core.store.audit(id).await.unwrap();
            assert!(actions.iter().any(|entry| entry.action == "withdrawn: target_gone"), "{stage}");
        }
        assert!(world.x.published().is_empty(), "{stage}: it is taken down");
        let stored = world.stored().await;
        for word in ["getting to know", "status/100", AUTHOR, "somebody31415"] {
            assert!(!stored.contains(word), "{stage}: {word}");
        }
        world.channel.calls.take();
        world.tell(&deleted("3", "100")).await;
        world.admit().await;
        assert!(world.x.published().is_empty());
    }
}

#[tokio::test]
async fn a_viral_thread_does_not_bury_six_volunteers() {
    let world = World::open(6).await;
    // One account asks for ten posts, two others for one each, later.
    for number in 0..10 {
        let id = format!("1{number}0");
        world.shows(post(&id, &format!("9{number}"), &words(number)), Visible::Public);
        world.tell(&created(&format!("a{number}"), &quoting(&format!("5{number}0"), "1000", &id))).await;
        world.channel.pass(SignedDuration::from_mins(1));
    }
    for (number, (id, asker)) in [("700", "2000"), ("800", "3000")].into_iter().enumerate() {
        world.shows(post(id, &format!("{asker}7"), &words(20 + number)), Visible::Public);
        world.tell(&created(&format!("b{id}"), &quoting(&format!("{id}1"), asker, id))).await;
        world.channel.pass(SignedDuration::from_mins(1));
    }
    // A thousand others ask for the first post: voices.
    for number in 0..200 {
        let (id, asker) = (format!("9{number:04}"), format!("77{number:04}"));
        world.tell(&created(&format!("c{number}"), &quoting(&id, &asker, "100"))).await;
    }
    world.admit().await;
    let admitted = world.submissions().await.len();
    assert_eq!(admitted, 4, "four panels of six a week, and no more");
    let states = async |id: &str| world.item(id).await.unwrap().state;
    for id in ["100", "700", "800", "110"] {
        assert_eq!(states(id).await, PostState::Admitted, "{id}: each source in turn, the oldest first");
    }
    let overview = world.channel.core.store.intake_overview(world.channel.now()).await.unwrap();
    assert_eq!((overview[0].platform.as_str(), overview[0].count), ("x", 8));
    for _ in 0..3 {
        world.admit().await;
    }
    assert_eq!(world.submissions().await.len(), 4);
    for therapist in world.channel.core.store.therapists().await.unwrap() {
        assert!(therapist.invited.len() <= 4);
    }
    world.channel.pass(hours(7 * 24));
    world.admit().await;
    assert_eq!(world.submissions().await.len(), 8, "and the rest the week after");
}

#[tokio::test]
async fn what_came_by_the_form_and_found_no_panel_comes_before_posts() {
    let world = World::open(6).await;
    let asks = async |numbers: std::ops::Range<usize>| {
        for number in numbers {
            let (id, author) = (format!("1{number:02}0"), format!("9{number}"));
            world.shows(post(&id, &author, &words(number)), Visible::Public);
            world.tell(&created(&id, &hashtag(&id, &author, &words(number)))).await;
        }
    };
    asks(0..4).await;
    world.admit().await;
    assert_eq!(world.submissions().await.len(), 4, "nobody has time for more this week");
    let id = world.channel.propose(TEXT).await;
    let form = async || world.channel.load(id).await;
    assert!(form().await.review.is_none());

    asks(4..10).await;
    for _ in 0..4 {
        world.channel.pass(hours(1));
        world.admit().await;
    }
    assert!(form().await.review.is_none() && world.submissions().await.len() == 5);
    // The week has gone by. No sweep finds that the text is due.
    world.channel.pass(hours(7 * 24));
    world.admit().await;
    assert!(form().await.review.is_some());
    assert_eq!(world.submissions().await.len(), 5 + 3, "its seats are not given to a post");
    assert!(world.channel.core.store.ledger().await.unwrap().waiting.is_empty());
    world.channel.pass(hours(1));
    world.channel.calls.take();
    world.channel.admit().await;
    assert!(!world.channel.calls.take().contains("TransactWriteItems"), "nothing is hinted again");
}

#[tokio::test]
async fn the_same_words_and_one_author_take_one_place() {
    let world = World::open(24).await;
    let slogans = ["100", "200", "300"];
    for (number, id) in slogans.iter().enumerate() {
        let text = format!("{TEXT} #clientsconnect https://t.co/{number}");
        world.shows(post(id, &format!("4{number}"), &text), Visible::Public);
        world.tell(&created(id, &hashtag(id, &format!("4{number}"), &text))).await;
        world.channel.pass(SignedDuration::from_mins(1));
    }
    world.admit().await;
    assert_eq!(world.submissions().await.len(), 1);
    assert_eq!(world.item("100").await.unwrap().voices, 3, "the others are voices for the first");

    // One author, many askers: two a week.
    for number in 0..4 {
        let (id, text) = (format!("6{number}0"), words(number));
        world.shows(post(&id, "55", &text), Visible::Public);
        world.tell(&created(&id, &quoting(&format!("{id}1"), &format!("88{number}"), &id))).await;
    }
    world.admit().await;
    assert_eq!(world.submissions().await.len(), 3);
    world.channel.pass(hours(7 * 24));
    world.admit().await;
    assert_eq!(world.submissions().await.len(), 5);
}

#[tokio::test]
async fn the_voice_of_an_author_does_not_die_with_the_post_that_had_the_same_words() {
    let world = World::open(24).await;
    for id in ["100", "200"] {
        world.shows(post(id, &format!("4{id}"), TEXT), Visible::Public);
        world.tell(&created(id, &hashtag(id, &format!("4{id}"), TEXT))).await;
        world.channel.pass(SignedDuration::from_mins(1));
    }
    world.admit().await;
    assert_eq!(world.item("200").await.unwrap().state, PostState::Refused);
    // While the first is there, the second is one more voice for it, however often its author asks.
    world.tell(&created("201", &hashtag("200", "4200", TEXT))).await;
    world.admit().await;
    assert_eq!(world.item("200").await.unwrap().state, PostState::Refused);
    assert_eq!(world.item("100").await.unwrap().voices, 3);
    world.tell(&deleted("3", "100")).await;
    world.admit().await;
    world.tell(&created("202", &hashtag("200", "4200", TEXT))).await;
    world.admit().await;
    assert_eq!(world.item("200").await.unwrap().state, PostState::Admitted);
}

#[tokio::test]
async fn what_is_not_public_is_gone_or_cannot_be_asked_has_its_end() {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, TEXT), Visible::Protected);
    for id in ["100", "200", "300"] {
        world.tell(&created(id, &quoting(&format!("{id}1"), &format!("7{id}"), id))).await;
    }
    world.shows(post("300", "13", TEXT), Visible::Public);
    world.x.silent(true);
    world.admit().await;
    assert_eq!(world.item("100").await.unwrap().state, PostState::Waiting, "nothing is lost");
    world.x.silent(false);
    world.channel.pass(SignedDuration::from_mins(16));
    world.admit().await;
    let states = async |id: &str| world.item(id).await.unwrap().state;
    assert_eq!(states("100").await, PostState::Refused);
    assert_eq!(states("200").await, PostState::Refused);
    assert_eq!(states("300").await, PostState::Admitted);
}

#[tokio::test]
async fn a_post_that_can_never_be_looked_at_keeps_no_other_waiting() {
    let world = World::open(8).await;
    for (number, id) in ["100", "200", "300"].iter().enumerate() {
        world.tell(&created(id, &quoting(&format!("{id}1"), &format!("7{number}"), id))).await;
        world.channel.pass(SignedDuration::from_mins(1));
    }
    for id in ["100", "200"] {
        world.x.breaks(id);
    }
    world.shows(post("300", "13", TEXT), Visible::Public);
    world.admit().await;
    assert_eq!(world.item("300").await.unwrap().state, PostState::Admitted);
    // A quarter of its age: some thirty looks in its month, and not 2,880.
    world.x.looks();
    for _ in 0..(24 * 12) {
        world.channel.pass(SignedDuration::from_mins(5));
        world.channel.admit().await;
    }
    let looks = world.x.looks();
    assert!((20..60).contains(&looks), "{looks} looks at two posts in a day");

    // Three in a row are the platform's trouble: the others wait for the next run.
    let world = World::open(8).await;
    world.x.silent(true);
    for number in 0..9 {
        let id = format!("1{number}0");
        world.tell(&created(&id, &quoting(&format!("{id}1"), &format!("7{number}"), &id))).await;
    }
    world.channel.admit().await;
    assert_eq!(world.x.looks(), 3);
}

#[tokio::test]
async fn a_link_waits_with_what_others_ask_for() {
    let world = World::open(8).await;
    world.shows(post("100", AUTHOR, TEXT), Visible::Public);
    let body = json!({"link": "https://twitter.com/somebody/status/100?s=20", "adult": true});
    let answer = world.channel.post_json(&body).await;
    assert_eq!((answer.status.as_u16(), answer.json()["link"].as_str()), (202, Some("waiting")));
    assert_eq!(
        world.channel.calls.take(),
        "GetItem 1, TransactWriteItems 2",
        "the name of a line, and the wish"
    );
    assert_eq!(world.channel.wakes(), 1);
    let item = world.item("100").await.unwrap();
    assert!(!item.by_author && item.voices == 1);
    let stored = world.stored().await;
    assert!(!stored.contains("192.0.2.7") && !stored.contains("twitter.com"));
    let line = item.wish.unwrap().source;
    let ask = async |id: &str| {
        let link = format!("https://x.com/a/status/{id}");
        world.channel.post_json(&json!({"link": link, "adult": true})).await;
        world.item(id).await.unwrap().wish.unwrap().source
    };
    assert_eq!(ask("120").await, line, "one line for whoever asks from there today");
    world.admit().await;
    assert_eq!(world.channel.load(world.only_submission().await).await.kind, Kind::Repost);

    // The same by the form, whose field for words is left empty.
    let form = |link: &'static str, text: &'static str| {
        [("text", text), ("link", link), ("adult", "true"), ("email", ""), ("form_token", "t")]
    };
    world.shows(post("101", "13", TEXT), Visible::Public);
    let answer = world.channel.post_form("/submissions", &form("https://x.com/a/status/101", "")).await;
    assert_eq!(answer.status, 202);
    assert!(answer.body.contains("Thank you. We have the link") && !answer.body.contains("return code:"));
    assert_eq!(world.item("101").await.unwrap().voices, 1);
    for (link, text) in [("https://x.com/a", ""), ("https://x.com/a/status/102", TEXT)] {
        let answer = world.channel.post_form("/submissions", &form(link, text)).await;
        assert_eq!(answer.status, 422, "{link}");
        assert!(answer.body.contains(&format!("value=\"{link}\"")), "it is not to be typed again");
    }

    let refused = |extra: Value| {
        let mut body = json!({"link": "https://x.com/a/status/1", "adult": true});
        for (name, value) in extra.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    for (body, field) in [
        (refused(json!({"link": "https://x.com.example.org/a/status/1"})), "link"),
        (refused(json!({"link": "https://bsky.app/profile/a.example/post/3jzfcijpj2z2a"})), "link"),
        (refused(json!({"adult": false})), "adult"),
        (refused(json!({"email": "somebody@example.org"})), "email"),
        (refused(json!({"contact": true})), "email"),
        (refused(json!({"text": "words"})), "text"),
    ] {
        let answer = world.channel.post_json(&body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["errors"][0]["field"].as_str()),
            (422, Some(field))
        );
    }
    let before = world.channel.calls.take();
    for _ in 0..60 {
        world.channel.post_json(&json!({"link": "https://x.com/a/status/7", "adult": true})).await;
    }
    let limited = world.channel.post_json(&json!({"link": "https://x.com/a/status/8", "adult": true})).await;
    assert_eq!(limited.status, 429, "{before}");
    assert!(world.item("8").await.is_none());
    world.channel.pass(hours(48));
    assert_ne!(ask("121").await, line, "and nothing leads to it later");
}

#[tokio::test]
async fn what_could_not_be_stored_is_sent_again_by_x() {
    let world = World::open(8).await;
    let broken = world.with_broken_store();
    let body = created("1", &hashtag("100", AUTHOR, TEXT)).to_string().into_bytes();
    let signature = world.signature(&body);
    let headers = [("x-twitter-webhooks-signature", signature.as_str())];
    let answer = world.channel.webhook(&broken, Method::POST, "/webhooks/x", &headers, body.clone()).await;
    assert_eq!(answer.status, 503);
    assert_eq!(world.signed(body).await.status, 200);
    assert!(world.item("100").await.is_some());
    assert_eq!(key("100"), world.item("100").await.unwrap().key);
}
