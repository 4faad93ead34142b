//! Nothing about anybody's health is kept: no platform's guess, no profile, no guess of our own, and words of a post only
//! while it is decided upon. All people and posts are examples.
//!
//! A new field or variant breaks the build here, so that somebody asks whether it may be kept.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::*;

/// What platforms and profiles tell of people beside the words of a post. It may come out nowhere.
const PLANTED: &str = "planted-diagnosis";
const WORDS: &str = "Tea helps me. @ClientsConnect please share this";

fn channel() -> Channel {
    Channel {
        id: "1".to_owned(),
        names: vec!["ClientsConnect".to_owned()],
        hashtag: "clientsconnect".to_owned(),
    }
}

fn server() -> MastodonServer {
    MastodonServer::parse("https://social.example").unwrap()
}

/// Everything that an event holds, beside the words.
fn held(event: &Event) -> Vec<String> {
    let Event { id, what } = event;
    let mut held = vec![id.as_str().to_owned()];
    match what {
        What::Post(told) => {
            let Told {
                post,
                text,
                handle,
                author,
                at,
                replies_to,
                quotes,
                mentions_channel: _,
                has_hashtag: _,
                is_public: _,
            } = &**told;
            assert_eq!(text, WORDS);
            held.extend([post.to_string(), author.clone()]);
            held.extend(handle.clone());
            held.extend(at.map(|at| at.to_string()));
            for other in [replies_to, quotes].into_iter().flatten() {
                held.extend(of_other(other));
            }
        }
        What::Deleted(post) => held.push(post.to_string()),
        What::Unknown => {}
    }
    held
}

fn of_other(Other { post, author }: &Other) -> Vec<String> {
    post.iter().map(PostAddress::to_string).chain(author.clone()).collect()
}

/// Everything that outlives the decision about an event.
fn outlives(event: &Event) -> Vec<String> {
    let What::Post(told) = &event.what else { return Vec::new() };
    match wanted(told, &channel()) {
        Wanted::Proposal(Proposal { target, target_author, asked_by, standing, also_shows }) => {
            let mut all = vec![target.to_string(), asked_by];
            all.extend(target_author);
            all.extend(also_shows.iter().flat_map(of_other));
            match standing {
                Standing::Author | Standing::SomebodyElse => all,
            }
        }
        Wanted::Ignored(reason) => match reason {
            Ignored::ByTheChannel
            | Ignored::NotPublic
            | Ignored::NotForUs
            | Ignored::DoesNotAsk
            | Ignored::AboutTheChannel
            | Ignored::PartOfAConversation
            | Ignored::Unclear => Vec::new(),
        },
    }
}

/// What platforms tell of people, of posts and of pictures, under the names under which they do.
const TOLD_BESIDE: [&str; 20] = [
    "alt",
    "bio",
    "context_annotations",
    "description",
    "display_name",
    "displayName",
    "entities",
    "fields",
    "filtered",
    "geo",
    "label",
    "labels",
    "location",
    "media_attachments",
    "name",
    "note",
    "poll",
    "source",
    "tag",
    "viewer",
];

/// Puts what is planted under these names, wherever there is none of that name yet.
fn plant(value: &mut Value, planted: &Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(|one| plant(one, planted));
            for name in TOLD_BESIDE {
                object.entry(name).or_insert(planted.clone());
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| plant(one, planted)),
        _ => {}
    }
}

fn read_everywhere() -> Vec<(Vec<Event>, String)> {
    let list = json!([{ "domain": { "name": PLANTED }, "val": PLANTED, "normalized_text": PLANTED, "text": PLANTED }]);
    [json!(PLANTED), list].iter().flat_map(read_with).collect()
}

/// One post on each platform, with all that platforms tell beside it; and what is stored of having read it.
fn read_with(planted: &Value) -> Vec<(Vec<Event>, String)> {
    let mut x = json!({ "data": {
        "event_uuid": "90", "event_type": "post.mention.create",
        "payload": {
            "id": "90", "author_id": "2", "created_at": "2026-11-23T12:00:00.000Z", "text": WORDS,
            "referenced_tweets": [{ "type": "quoted", "id": "80" }],
            "attachments": {}, "geo": {}, "public_metrics": {},
            "entities": { "mentions": [{ "id": "1" }], "annotations": [{ "type": "Other", "normalized_text": PLANTED }] },
        },
        "includes": {
            "users": [{ "id": "2", "username": "someone", "public_metrics": {} }],
            "tweets": [{ "id": "80", "author_id": "3", "text": PLANTED }],
            "media": [{ "alt_text": PLANTED }],
        },
    } });
    let mut legacy = json!({ "for_user_id": "1", "tweet_create_events": [{
        "id_str": "91", "text": WORDS, "created_at": "Mon Nov 23 12:00:00 +0000 2026",
        "user": { "id_str": "2", "screen_name": "someone" },
        "quoted_status_id_str": "80", "quoted_status": { "id_str": "80", "text": PLANTED, "user": { "id_str": "3" } },
    }] });
    let (did, other) = ("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "did:plc:oooooooooooooooooooooooo");
    let mut bluesky = json!({ "notifications": [{
        "uri": format!("at://{did}/app.bsky.feed.post/3mdexample222"), "cid": "bafyexample", "reason": "mention",
        "author": { "did": did, "handle": "someone.example" }, "indexedAt": "2026-11-23T12:00:00.000Z",
        "record": {
            "$type": "app.bsky.feed.post", "text": WORDS, "createdAt": "2026-11-23T12:00:00.000Z",
            "labels": { "values": [{ "val": PLANTED }] }, "tags": [PLANTED],
            "embed": {
                "$type": "app.bsky.embed.recordWithMedia",
                "record": { "record": { "uri": format!("at://{other}/app.bsky.feed.post/3mdexample222"), "cid": "b" } },
                "media": { "images": [{ "alt": PLANTED }] },
            },
        },
    }] });
    let mut mastodon = json!([{
        "id": "7", "type": "mention", "created_at": "2026-11-23T12:00:00.000Z", "account": { "id": "2" },
        "status": {
            "id": "92", "created_at": "2026-11-23T12:00:00.000Z", "visibility": "public", "content": format!("<p>{WORDS}</p>"),
            "account": { "id": "2", "acct": "someone" }, "tags": [{ "name": PLANTED }], "card": { "title": PLANTED },
            "quote": { "state": "accepted", "quoted_status": { "id": "80", "content": PLANTED, "account": { "id": "3" } } },
        },
    }]);
    for document in [&mut x, &mut legacy, &mut bluesky, &mut mastodon] {
        plant(document, planted);
    }
    let now = "2026-11-23T13:00:00Z".parse().unwrap();
    let of_bluesky = bluesky_notifications::read(bluesky.to_string().as_bytes(), &channel()).unwrap();
    let bluesky_mark = bluesky_notifications::Mark::starting(now).after(&of_bluesky, now).unwrap();
    let of_mastodon =
        mastodon_notifications::read(mastodon.to_string().as_bytes(), &channel(), &server()).unwrap();
    let mastodon_mark = mastodon_notifications::Mark::starting(0).after(&of_mastodon, now).unwrap();
    vec![
        (x_webhook::read(x.to_string().as_bytes(), &channel()).unwrap(), String::new()),
        (x_webhook::read(legacy.to_string().as_bytes(), &channel()).unwrap(), String::new()),
        (of_bluesky.events, serde_json::to_string(&bluesky_mark).unwrap()),
        (of_mastodon.events, serde_json::to_string(&mastodon_mark).unwrap()),
    ]
}

#[test]
fn what_platforms_tell_of_people_beside_their_words_is_read_by_nobody() {
    for (events, mark) in read_everywhere() {
        assert_eq!(events.len(), 1);
        let held = held(&events[0]);
        // With the post that it quotes, so that what is told of that one was looked at too.
        assert!(held.iter().any(|one| one.contains("80") || one.contains("did:plc:oooo")), "{held:?}");
        for one in held.iter().chain([&mark]) {
            assert!(!one.contains(PLANTED), "{one}");
        }
    }
}

#[test]
fn the_words_end_with_the_decision() {
    for (events, mark) in read_everywhere() {
        let outlives = outlives(&events[0]);
        assert!(!outlives.is_empty());
        let printed = format!(
            "{events:?} {:?}",
            match &events[0].what {
                What::Post(told) => wanted(told, &channel()),
                other => panic!("not a post: {other:?}"),
            }
        );
        for one in outlives.iter().chain([&mark, &printed]) {
            assert!(!one.contains("Tea") && !one.contains("share this"), "{one}");
        }
    }
}

/// Compiles for types alone that cannot be serialised: for the others both implementations fit.
trait NeverStored<How> {
    fn is_never_stored() {}
}
struct AsItIs;
struct Serialised;
impl<T> NeverStored<AsItIs> for T {}
impl<T: Serialize> NeverStored<Serialised> for T {}

#[test]
fn nothing_that_holds_words_or_whom_they_are_about_can_be_stored_by_mistake() {
    Told::is_never_stored();
    Other::is_never_stored();
    What::is_never_stored();
    Event::is_never_stored();
    EventId::is_never_stored();
    Proposal::is_never_stored();
    Wanted::is_never_stored();
    Ignored::is_never_stored();
    bluesky_notifications::Page::is_never_stored();
    mastodon_notifications::Page::is_never_stored();
}

#[test]
fn this_crate_cannot_ask_what_a_text_says_of_its_author() {
    let manifest = include_str!("../../Cargo.toml");
    assert!(manifest.contains("curation.workspace = true"));
    assert!(!manifest.contains("screening"), "findings would be within reach of intake");
}

fn told(text: &str, replies_to: Option<Other>, quotes: Option<Other>, has_hashtag: bool) -> Told {
    Told {
        post: PostAddress::x("100").unwrap(),
        text: text.to_owned(),
        handle: None,
        author: "2".to_owned(),
        at: None,
        replies_to,
        quotes,
        mentions_channel: text.contains('@'),
        has_hashtag,
        is_public: true,
    }
}

proptest! {
    #[test]
    fn what_people_say_of_their_health_decides_nothing(
        says in prop_oneof![
            Just("I have been in therapy for a year."), Just("My depression is bad today."), Just("I feel hopeless."),
            Just("Diagnosed with PTSD."), Just("My meds make me tired."), Just("I want to die."), Just("I am well."),
        ],
        asks in prop_oneof![
            Just("@ClientsConnect please share this"), Just("@ClientsConnect please share my post"), Just("@ClientsConnect thank you"),
            Just("Nothing in particular."),
        ],
        is_before: bool, has_hashtag: bool,
        replied_to in proptest::option::of("[123]"), quoted in proptest::option::of("[123]"),
    ) {
        let other = |author: Option<String>| author.map(|author| Other { post: PostAddress::x("50"), author: Some(author) });
        let (replied_to, quoted) = (other(replied_to), other(quoted));
        let with = if is_before { format!("{says}\n{asks}") } else { format!("{asks}\n{says}") };
        let decided = |text: &str| wanted(&told(text, replied_to.clone(), quoted.clone(), has_hashtag), &channel());
        prop_assert_eq!(decided(&with), decided(asks));
    }
}
