//! Envelopes as X documents them, half of them, and nonsense. All people and posts are examples.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::intake::{Ignored, Standing, Wanted, wanted};
use proptest::prelude::*;
use serde_json::json;

const CHANNEL: &str = "1111111111111111111";
const AUTHOR: &str = "2222222222222222222";
const OTHER: &str = "3333333333333333333";

fn channel() -> Channel {
    Channel {
        id: CHANNEL.to_owned(),
        names: vec!["ClientsConnect".to_owned()],
        hashtag: "clientsconnect".to_owned(),
    }
}

fn read_json(document: &Value) -> Vec<Event> {
    read(document.to_string().as_bytes(), &channel()).unwrap()
}

/// The one event, without its id.
fn only(document: &Value) -> What {
    let mut events = read_json(document);
    assert_eq!(events.len(), 1);
    events.remove(0).what
}

fn told(document: &Value) -> Told {
    match only(document) {
        What::Post(told) => *told,
        other => panic!("not a post: {other:?}"),
    }
}

/// Changes one place of a document, adding it where it is not.
fn with(mut document: Value, place: &str, value: Value) -> Value {
    let (parent, key) = place.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    document
}

fn without(mut document: Value, place: &str) -> Value {
    let (parent, key) = place.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
    document
}

fn mention() -> Value {
    json!({"data": {
        "event_uuid": "2080765813578191303",
        "filter": {"user_id": CHANNEL},
        "event_type": "post.mention.create",
        "tag": "mentions",
        "payload": {
            "id": "2080765813578191303",
            "author_id": AUTHOR,
            "created_at": "2026-07-24T21:23:23.000Z",
            "conversation_id": "2080765813578191303",
            "display_text_range": [0, 40],
            "text": "Tea &amp; talk. @ClientsConnect please share",
            "entities": {"mentions": [{"start": 15, "end": 30, "username": "ClientsConnect", "id": CHANNEL}]},
            "public_metrics": {"like_count": 0},
            "lang": "en"
        },
        "includes": {"users": [
            {"id": CHANNEL, "username": "ClientsConnect", "protected": false},
            {"id": AUTHOR, "username": "OtherUser", "protected": false, "location": "Leeds", "name": "An Example"}
        ]}
    }})
}

/// The reply to `OTHER`'s post with the same words, in which X puts the names first.
fn reply() -> Value {
    let document = with(mention(), "/data/event_type", json!("post.reply.create"));
    let document = with(
        document,
        "/data/payload/referenced_tweets",
        json!([{"type": "replied_to", "id": "2080000000000000001"}]),
    );
    let document = with(document, "/data/payload/in_reply_to_user_id", json!(OTHER));
    let document = with(document, "/data/payload/text", json!("@other @ClientsConnect please share this"));
    with(document, "/data/payload/display_text_range", json!([7, 40]))
}

#[test]
fn a_mention_becomes_what_is_kept_and_no_more() {
    let told = told(&mention());
    assert_eq!(told.post, PostAddress::x("2080765813578191303").unwrap());
    assert_eq!(told.text, "Tea & talk. @ClientsConnect please share");
    assert_eq!(told.handle.as_deref(), Some("OtherUser"));
    assert_eq!(told.author, AUTHOR);
    assert_eq!(told.at, Some("2026-07-24T21:23:23Z".parse().unwrap()));
    assert!(told.mentions_channel && !told.has_hashtag && told.is_public);
    assert_eq!((&told.replies_to, &told.quotes), (&None, &None));
    assert!(matches!(wanted(&told, &channel()), Wanted::Proposal(proposal)
        if proposal.standing == Standing::Author && proposal.target == told.post));
    let printed = format!("{:?}", read_json(&mention()));
    for hidden in ["Tea", "OtherUser", "Leeds", AUTHOR, "2080765813578191303"] {
        assert!(!printed.contains(hidden), "{printed}");
    }
}

#[test]
fn a_post_that_begins_with_a_name_is_still_ones_own() {
    let document = with(mention(), "/data/payload/in_reply_to_user_id", json!(CHANNEL));
    let document = with(document, "/data/payload/text", json!("@ClientsConnect please share this"));
    let told = told(&document);
    assert_eq!(told.replies_to, None);
    assert!(matches!(wanted(&told, &channel()), Wanted::Proposal(_)));
}

#[test]
fn a_reply_that_asks_is_about_the_post_it_answers() {
    let told = told(&reply());
    assert_eq!(told.text, "@ClientsConnect please share this");
    assert!(told.mentions_channel);
    let Wanted::Proposal(proposal) = wanted(&told, &channel()) else { panic!("no proposal") };
    assert_eq!(proposal.target, PostAddress::x("2080000000000000001").unwrap());
    assert_eq!((proposal.target_author.as_deref(), proposal.standing), (Some(OTHER), Standing::SomebodyElse));
    assert_eq!(proposal.asked_by, AUTHOR);
}

#[test]
fn a_reply_that_names_the_channel_only_because_it_answers_does_not_ask() {
    let whole = with(reply(), "/data/payload/display_text_range", json!([23, 40]));
    let unknown = without(reply(), "/data/payload/display_text_range");
    let wrong = with(reply(), "/data/payload/display_text_range", json!([30, 40]));
    for document in [whole, unknown, wrong] {
        let told = told(&document);
        assert_eq!(told.text, "please share this");
        assert_eq!(wanted(&told, &channel()), Wanted::Ignored(Ignored::DoesNotAsk));
    }
    let to_us = with(reply(), "/data/payload/in_reply_to_user_id", json!(CHANNEL));
    assert_eq!(wanted(&told(&to_us), &channel()), Wanted::Ignored(Ignored::AboutTheChannel));
}

#[test]
fn a_quoted_post_has_its_author_where_x_includes_it() {
    for (references, posts) in [("referenced_tweets", "tweets"), ("referenced_posts", "posts")] {
        let mut document = with(mention(), "/data/event_type", json!("post.quote.create"));
        document["data"]["payload"][references] = json!([{"type": "quoted", "id": "50"}]);
        document["data"]["includes"][posts] = json!([{"id": "50", "author_id": OTHER, "text": "Quoted."}]);
        let told = told(&document);
        let quoted = told.quotes.clone().unwrap();
        assert_eq!((quoted.post, quoted.author.as_deref()), (PostAddress::x("50"), Some(OTHER)));
        assert!(
            matches!(wanted(&told, &channel()), Wanted::Proposal(proposal) if proposal.target.id() == "50")
        );
    }
}

#[test]
fn an_event_that_says_reply_or_quote_is_one_even_if_it_does_not_say_of_what() {
    for kind in ["post.reply.create", "post.quote.create"] {
        let told = told(&with(mention(), "/data/event_type", json!(kind)));
        assert_eq!(wanted(&told, &channel()), Wanted::Ignored(Ignored::Unclear), "{kind}");
    }
}

#[test]
fn whoever_answers_or_quotes_the_channel_speaks_to_it_without_naming_it() {
    let plain = with(mention(), "/data/payload/text", json!("Words."));
    let plain = with(plain, "/data/payload/entities", json!(null));
    let posted = with(plain.clone(), "/data/event_type", json!("post.create"));
    assert!(!told(&posted).mentions_channel);
    for kind in ["post.mention.create", "post.reply.create", "post.quote.create"] {
        assert!(told(&with(plain.clone(), "/data/event_type", json!(kind))).mentions_channel, "{kind}");
    }
    for kind in ["replied_to", "quoted"] {
        let document =
            with(posted.clone(), "/data/payload/referenced_tweets", json!([{"type": kind, "id": "50"}]));
        let of_channel = json!([{"id": "50", "author_id": CHANNEL}]);
        assert!(told(&with(document, "/data/includes/tweets", of_channel)).mentions_channel, "{kind}");
    }
    let mut older = legacy();
    let tweet = &mut older["tweet_create_events"][0];
    tweet["text"] = json!("Words.");
    tweet["entities"] = json!(null);
    tweet["in_reply_to_status_id_str"] = json!("50");
    tweet["in_reply_to_user_id_str"] = json!(CHANNEL);
    assert!(told(&older).mentions_channel);
}

#[test]
fn a_post_within_a_conversation_is_a_reply_and_an_edited_post_is_not() {
    let within = with(mention(), "/data/payload/conversation_id", json!("9"));
    assert_eq!(wanted(&told(&within), &channel()), Wanted::Ignored(Ignored::Unclear));
    for name in ["edit_history_tweet_ids", "edit_history_post_ids"] {
        let mut edited = within.clone();
        edited["data"]["payload"][name] = json!(["9", "2080765813578191303"]);
        assert_eq!(told(&edited).replies_to, None);
    }
}

#[test]
fn a_crowd_of_references_is_not_looked_up() {
    let mut references = vec![json!({"type": "quoted", "id": "50"}); 15_000];
    // Further up it would be a repost, which tells nothing.
    references.push(json!({"type": "retweeted", "id": "51"}));
    let crowded = with(mention(), "/data/payload/referenced_tweets", json!(references));
    assert_eq!(told(&crowded).quotes.unwrap().post, PostAddress::x("50"));
}

#[test]
fn a_hashtag_counts_from_the_words_or_from_what_x_found() {
    let text = |text: &str| with(mention(), "/data/payload/text", json!(text));
    assert!(told(&text("Words. #ClientsConnect")).has_hashtag);
    assert!(!told(&text("Words. #ClientsConnected")).has_hashtag);
    let found = with(text("Words."), "/data/payload/entities/hashtags", json!([{"tag": "CLIENTSCONNECT"}]));
    assert!(told(&found).has_hashtag);
    let other = with(text("Words."), "/data/payload/entities/hashtags", json!([{"tag": "clientsconnect2"}]));
    assert!(!told(&other).has_hashtag);
}

#[test]
fn the_long_form_of_a_post_counts() {
    for name in ["note_tweet", "note_post"] {
        let mut document = mention();
        document["data"]["payload"][name] = json!({
            "text": "Long words. #clientsconnect",
            "entities": {"hashtags": [{"tag": "clientsconnect"}]}
        });
        let told = told(&document);
        assert_eq!(told.text, "Long words. #clientsconnect");
        assert!(told.has_hashtag);
    }
}

#[test]
fn a_deleted_post_is_named() {
    let deleted = json!({"data": {
        "event_uuid": "-2781149976877970683", "event_type": "post.delete",
        "payload": {"id": "2080761269309813134", "author_id": AUTHOR},
        "includes": {"users": [{"data": {"id": AUTHOR, "username": "OtherUser"}}]}
    }});
    let events = read_json(&deleted);
    assert_eq!(events[0].id.as_str(), "x.deleted.-2781149976877970683");
    assert_eq!(events[0].what, What::Deleted(PostAddress::x("2080761269309813134").unwrap()));
    assert_eq!(only(&without(deleted, "/data/payload/id")), What::Unknown);
}

#[test]
fn a_deletion_is_never_taken_for_the_repetition_of_its_post() {
    let deleted = json!({"data": {"event_uuid": "7", "event_type": "post.delete", "payload": {"id": "7"}}});
    let posted = with(with(mention(), "/data/event_uuid", json!("7")), "/data/payload/id", json!("7"));
    assert_ne!(read_json(&deleted)[0].id, read_json(&posted)[0].id);
    let half = without(posted.clone(), "/data/payload/text");
    assert_ne!(read_json(&half)[0].id, read_json(&posted)[0].id);
    assert_eq!(read_json(&posted)[0].id, read_json(&posted)[0].id);
}

#[test]
fn a_post_of_the_channel_itself_ends_there() {
    let document = with(mention(), "/data/payload/author_id", json!(CHANNEL));
    let document = with(document, "/data/payload/text", json!("Words. #clientsconnect"));
    for kind in POSTS {
        let told = told(&with(document.clone(), "/data/event_type", json!(kind)));
        assert_eq!(wanted(&told, &channel()), Wanted::Ignored(Ignored::ByTheChannel), "{kind}");
    }
}

#[test]
fn a_protected_account_is_not_public() {
    assert!(!told(&with(mention(), "/data/includes/users/1/protected", json!(true))).is_public);
}

#[test]
fn what_is_half_told_is_unknown() {
    for place in ["/data/payload/id", "/data/payload/author_id", "/data/payload/text", "/data/payload"] {
        assert_eq!(only(&without(mention(), place)), What::Unknown, "{place}");
        for wrong in [json!(null), json!({}), json!([1]), json!(true), json!(-1), json!(1.5), json!("")] {
            let document = with(mention(), place, wrong.clone());
            // An empty text is a post with pictures only.
            if (place, &wrong) != ("/data/payload/text", &json!("")) {
                assert_eq!(only(&document), What::Unknown, "{place} {wrong}");
            }
        }
    }
    for kind in [json!("post.like"), json!("post.repost.create"), json!(null), json!(1)] {
        assert_eq!(only(&with(mention(), "/data/event_type", kind)), What::Unknown);
    }
    let repost =
        with(mention(), "/data/payload/referenced_tweets", json!([{"type": "retweeted", "id": "5"}]));
    assert_eq!(only(&repost), What::Unknown);
    let long = with(mention(), "/data/payload/text", json!("a".repeat(25_001)));
    assert_eq!(only(&long), What::Unknown);
}

#[test]
fn what_may_be_missing_is_missing() {
    for place in
        ["/data/includes", "/data/payload/created_at", "/data/payload/entities", "/data/filter", "/data/tag"]
    {
        let told = told(&without(mention(), place));
        assert!(told.mentions_channel, "{place}");
    }
    for (place, wrong) in [
        ("/data/payload/created_at", json!("yesterday")),
        ("/data/payload/created_at", json!(1e300)),
        ("/data/includes/users/1/username", json!("<b>")),
        ("/data/payload/display_text_range", json!([u64::MAX, -1])),
        ("/data/payload/entities/mentions", json!([null, 1, {"id": {}}])),
    ] {
        told(&with(mention(), place, wrong));
    }
}

#[test]
fn an_event_without_an_id_is_known_by_its_post_or_not_at_all() {
    let document = without(mention(), "/data/event_uuid");
    assert_eq!(read_json(&document)[0].id.as_str(), "x.post.2080765813578191303");
    assert!(read_json(&without(document, "/data/payload/id")).is_empty());
    for id in [json!(""), json!("a b"), json!("x".repeat(65)), json!(1.5), json!({})] {
        let id = read_json(&with(mention(), "/data/event_uuid", id)).remove(0).id;
        assert_eq!(id.as_str(), "x.post.2080765813578191303");
    }
    let number = with(mention(), "/data/event_uuid", json!(-5));
    assert_eq!(read_json(&number)[0].id.as_str(), "x.post.-5");
}

fn legacy() -> Value {
    json!({"for_user_id": CHANNEL, "user_has_blocked": false, "tweet_create_events": [{
        "created_at": "Fri Jul 24 21:23:23 +0000 2026",
        "id": 2_080_765_813_578_191_303_u64,
        "id_str": "2080765813578191303",
        "text": "Tea &amp; talk. @ClientsConnect please share",
        "user": {"id_str": AUTHOR, "screen_name": "OtherUser", "protected": false},
        "in_reply_to_status_id": null,
        "is_quote_status": false,
        "entities": {"user_mentions": [{"id_str": CHANNEL, "screen_name": "ClientsConnect"}], "hashtags": []}
    }]})
}

#[test]
fn both_envelopes_tell_the_same_of_the_same_post() {
    assert_eq!(told(&legacy()), told(&mention()));
    let mut older = legacy();
    let tweet = &mut older["tweet_create_events"][0];
    tweet["in_reply_to_status_id_str"] = json!("2080000000000000001");
    tweet["in_reply_to_user_id_str"] = json!(OTHER);
    tweet["text"] = json!("@other @Cli…");
    tweet["extended_tweet"] =
        json!({"full_text": "@other @ClientsConnect please share this", "display_text_range": [7, 40]});
    assert_eq!(told(&older), told(&reply()));
}

#[test]
fn the_older_envelope_tells_of_quotes_reposts_and_deletions() {
    let mut document = legacy();
    document["tweet_create_events"][0]["quoted_status_id_str"] = json!("50");
    document["tweet_create_events"][0]["quoted_status"] = json!({"user": {"id_str": OTHER}});
    let quoted = told(&document).quotes.unwrap();
    assert_eq!((quoted.post, quoted.author.as_deref()), (PostAddress::x("50"), Some(OTHER)));
    document["tweet_create_events"][0]["retweeted_status"] = json!({"id_str": "51"});
    assert_eq!(only(&document), What::Unknown);
    let deleted = json!({"for_user_id": CHANNEL, "tweet_delete_events": [
        {"status": {"id": "601430178305220608", "user_id": AUTHOR}, "timestamp_ms": "1432228155593"}, {}, null
    ]});
    assert_eq!(only(&deleted), What::Deleted(PostAddress::x("601430178305220608").unwrap()));
    let several = json!({"tweet_create_events": [legacy()["tweet_create_events"][0], 1, {"id": 9}]});
    let whats = read_json(&several).into_iter().map(|event| event.what).collect::<Vec<_>>();
    assert!(matches!(whats[..], [What::Post(_), What::Unknown]));
}

#[test]
fn what_is_no_envelope_gives_no_event_or_an_error() {
    for body in [
        "{}",
        "[]",
        "null",
        "1",
        "\"a\"",
        r#"{"data":null}"#,
        r#"{"data":[[],1]}"#,
        r#"{"favorite_events":[{}]}"#,
    ] {
        assert_eq!(read(body.as_bytes(), &channel()), Ok(Vec::new()), "{body}");
    }
    let deep = "[".repeat(10_000);
    for body in ["", "{", "no", r#"{"a":1e999}"#, r#"{"a":"\ud800"}"#, deep.as_str()] {
        assert_eq!(read(body.as_bytes(), &channel()), Err(Unreadable::NotJson), "{body:.20}");
    }
    assert_eq!(read(b"\"\xff\"", &channel()), Err(Unreadable::NotJson));
}

#[test]
fn of_keys_that_occur_twice_the_last_counts() {
    let body = r#"{"data":{"event_uuid":"1","event_uuid":"2","event_type":"post.delete","payload":{"id":"5","id":"6"}}}"#;
    let events = read(body.as_bytes(), &channel()).unwrap();
    assert_eq!(events[0].id.as_str(), "x.deleted.2");
    assert_eq!(events[0].what, What::Deleted(PostAddress::x("6").unwrap()));
}

#[test]
fn a_mebibyte_is_read_and_one_byte_more_is_not() {
    let mut body = mention().to_string().into_bytes();
    body.resize(crate::intake::LARGEST_BODY, b' ');
    assert_eq!(read(&body, &channel()).unwrap().len(), 1);
    body.push(b' ');
    assert_eq!(read(&body, &channel()), Err(Unreadable::TooLarge));
    let numbers = format!("[{}0]", "0,".repeat(500_000));
    assert_eq!(read(numbers.as_bytes(), &channel()), Ok(Vec::new()));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{1,25}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let keys = "(id|text|data|type|username|mentions|hashtags|users|0|user|status)";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(keys, inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

const PLACES: [&str; 20] = [
    "/data/event_uuid",
    "/data/event_type",
    "/data/payload",
    "/data/includes",
    "/data/payload/id",
    "/data/payload/author_id",
    "/data/payload/text",
    "/data/payload/note_tweet",
    "/data/payload/created_at",
    "/data/payload/entities",
    "/data/payload/entities/mentions",
    "/data/payload/display_text_range",
    "/data/payload/referenced_tweets",
    "/data/payload/in_reply_to_user_id",
    "/data/includes/users",
    "/data/includes/tweets",
    "/tweet_create_events",
    "/tweet_create_events/0/user",
    "/tweet_create_events/0/entities",
    "/tweet_delete_events",
];

proptest! {
    #[test]
    fn any_bytes_have_an_answer(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&body, &channel());
    }

    #[test]
    fn any_document_in_any_place_has_an_answer(
        place in proptest::sample::select(PLACES.to_vec()), value in any_json(), is_reply in any::<bool>(),
    ) {
        let mut document = if is_reply { reply() } else { mention() };
        document["tweet_create_events"] = legacy()["tweet_create_events"].clone();
        let (parent, key) = place.rsplit_once('/').unwrap();
        if let Some(Value::Object(parent)) = document.pointer_mut(parent) {
            parent.insert(key.to_owned(), value);
        }
        for event in read_json(&document) {
            prop_assert!(event.id.as_str().len() <= 700 && event.id.as_str().is_ascii());
            if let What::Post(told) = event.what {
                let _ = wanted(&told, &channel());
            }
        }
    }
}
