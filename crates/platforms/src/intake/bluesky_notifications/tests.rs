//! Pages as the lexicon has them, half of them, and walks with crashes. All people and posts are examples.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::intake::{Ignored, Standing, Wanted, wanted};
use proptest::prelude::*;
use serde_json::json;

const CHANNEL: &str = "did:plc:cccccccccccccccccccccccc";
const AUTHOR: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER: &str = "did:plc:oooooooooooooooooooooooo";
const KEY: &str = "3mdexample222";

fn channel() -> Channel {
    Channel {
        id: CHANNEL.to_owned(),
        names: vec!["clientsconnect.example".to_owned()],
        hashtag: "clientsconnect".to_owned(),
    }
}

fn uri(did: &str) -> String {
    format!("at://{did}/app.bsky.feed.post/{KEY}")
}

fn notification(reason: &str, record: Value) -> Value {
    json!({
        "uri": uri(AUTHOR), "cid": "bafyexample", "isRead": false, "reason": reason, "record": record,
        "author": {"did": AUTHOR, "handle": "someone.example", "displayName": "An Example"},
        "indexedAt": "2026-11-23T12:00:00.000Z"
    })
}

fn record(text: &str) -> Value {
    json!({
        "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-23T11:59:58.123Z", "langs": ["en"],
        "facets": [{"index": {"byteStart": 0, "byteEnd": 5},
            "features": [{"$type": "app.bsky.richtext.facet#mention", "did": CHANNEL}]}]
    })
}

fn page_of(notifications: &[Value]) -> Page {
    read(json!({"notifications": notifications}).to_string().as_bytes(), &channel()).unwrap()
}

fn told(notification: Value) -> Told {
    let mut page = page_of(&[notification]);
    assert_eq!(page.unrecognised, 0);
    match page.events.remove(0).what {
        What::Post(told) => *told,
        other => panic!("not a post: {other:?}"),
    }
}

const ASKS: &str = "@clientsconnect.example please share this";

#[test]
fn a_mention_becomes_what_is_kept() {
    let told = told(notification("mention", record(ASKS)));
    assert_eq!(told.post, PostAddress::bluesky(AUTHOR, KEY).unwrap());
    assert_eq!((told.text.as_str(), told.handle.as_deref()), (ASKS, Some("someone.example")));
    assert_eq!(told.author, AUTHOR);
    assert_eq!(
        told.at,
        Some("2026-11-23T12:00:00Z".parse().unwrap()),
        "the network's time, not the author's"
    );
    assert!(told.mentions_channel && !told.has_hashtag && told.is_public);
    assert!(matches!(wanted(&told, &channel()), Wanted::Proposal(proposal)
        if proposal.standing == Standing::Author && proposal.target == told.post));
}

#[test]
fn whoever_answers_or_quotes_the_channel_speaks_to_it_without_naming_it() {
    for reason in REASONS {
        let mut plain = record("Words.");
        plain["facets"] = json!(null);
        assert!(told(notification(reason, plain)).mentions_channel, "{reason}");
    }
}

#[test]
fn replies_and_quotes_have_their_authors() {
    let mut reply = record(ASKS);
    reply["reply"] =
        json!({"root": {"uri": uri(CHANNEL), "cid": "b"}, "parent": {"uri": uri(OTHER), "cid": "b"}});
    let told_reply = told(notification("reply", reply));
    assert_eq!(told_reply.replies_to.clone().unwrap().author.as_deref(), Some(OTHER));
    assert!(matches!(wanted(&told_reply, &channel()), Wanted::Proposal(proposal)
        if proposal.standing == Standing::SomebodyElse && proposal.target_author.as_deref() == Some(OTHER)));

    for embed in [
        json!({"$type": "app.bsky.embed.record", "record": {"uri": uri(OTHER), "cid": "b"}}),
        json!({"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": uri(OTHER)}}, "media": {}}),
    ] {
        let mut quote = record(ASKS);
        quote["embed"] = embed;
        let told = told(notification("mention", quote));
        assert_eq!(told.quotes.unwrap().post, PostAddress::bluesky(OTHER, KEY));
    }
    let mut list = record(ASKS);
    list["embed"] = json!({"$type": "app.bsky.embed.record",
        "record": {"uri": format!("at://{OTHER}/app.bsky.graph.list/{KEY}")}});
    assert_eq!(told(notification("mention", list)).quotes, None);
}

#[test]
fn a_quote_or_a_reply_of_which_nothing_is_told_is_unclear() {
    for reason in ["quote", "reply"] {
        let told = told(notification(reason, record(ASKS)));
        assert_eq!(wanted(&told, &channel()), Wanted::Ignored(Ignored::Unclear), "{reason}");
    }
    for reply in [json!({}), json!({"parent": 1}), json!({"parent": {"uri": "at://x"}})] {
        let mut record = record(ASKS);
        record["reply"] = reply;
        let told = told(notification("mention", record));
        assert_eq!(wanted(&told, &channel()), Wanted::Ignored(Ignored::Unclear));
    }
}

#[test]
fn a_hashtag_may_be_in_the_words_in_a_facet_or_beside_them() {
    let of = |record: Value| told(notification("mention", record)).has_hashtag;
    assert!(of(record("Words #ClientsConnect")));
    assert!(!of(record("Words #ClientsConnect2")));
    let mut facet = record("Words");
    facet["facets"][0]["features"][0] =
        json!({"$type": "app.bsky.richtext.facet#tag", "tag": "ClientsConnect"});
    assert!(of(facet));
    let mut beside = record("Words");
    beside["tags"] = json!([1, "clientsCONNECT"]);
    assert!(of(beside));
}

#[test]
fn the_channels_own_posts_end_there() {
    let mut own = notification("quote", record("#clientsconnect"));
    own["uri"] = json!(uri(CHANNEL));
    own["author"]["did"] = json!(CHANNEL);
    assert_eq!(wanted(&told(own), &channel()), Wanted::Ignored(Ignored::ByTheChannel));
}

#[test]
fn what_is_half_told_is_unknown_or_counted() {
    for (place, value) in [
        ("record", json!(null)),
        ("record", json!({"text": 1})),
        ("author", json!({"did": OTHER})),
        ("author", json!({})),
    ] {
        let mut half = notification("mention", record(ASKS));
        half[place] = value;
        let page = page_of(&[half]);
        assert!(matches!(&page.events[..], [Event { what: What::Unknown, .. }]), "{place}");
    }
    for (place, value) in [
        ("uri", json!("at://someone.example/app.bsky.feed.post/3mdexample222")),
        ("uri", json!(format!("https://bsky.app/profile/{AUTHOR}/post/{KEY}"))),
        ("uri", json!(7)),
        ("reason", json!(null)),
    ] {
        let mut half = notification("mention", record(ASKS));
        half[place] = value;
        let page = page_of(&[half, json!(1)]);
        assert_eq!((page.events.len(), page.unrecognised), (0, 2), "{place}");
    }
    let like = page_of(&[notification("like", json!({}))]);
    assert_eq!((like.events.len(), like.unrecognised), (0, 0));
}

#[test]
fn what_is_no_page_leaves_the_mark_alone() {
    for body in [
        r#"{}"#,
        "[]",
        r#"{"notifications":{}}"#,
        r#"{"notifications":[],"cursor":1}"#,
        r#"{"notifications":[],"cursor":""}"#,
    ] {
        assert_eq!(read(body.as_bytes(), &channel()), Err(Unreadable::OtherShape), "{body}");
    }
    let long = json!({"notifications": [], "cursor": "c".repeat(1025)}).to_string();
    assert_eq!(read(long.as_bytes(), &channel()), Err(Unreadable::OtherShape));
    assert_eq!(read(b"<html>", &channel()), Err(Unreadable::NotJson));
}

fn at(hours: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 3_600 * hours).unwrap()
}

fn page(newest: Option<i64>, cursor: Option<&str>) -> Page {
    Page { events: Vec::new(), unrecognised: 0, newest: newest.map(at), cursor: cursor.map(str::to_owned) }
}

#[test]
fn a_walk_goes_down_to_a_day_below_the_last_one() {
    let mark = Mark::starting(at(0));
    let mark = mark.after(&page(Some(30), Some("a")), at(31)).unwrap();
    assert_eq!(mark.cursor(), Some("a"));
    let mark = mark.after(&page(Some(0), Some("b")), at(31)).unwrap();
    let mark = mark.after(&page(Some(-24), Some("c")), at(31)).unwrap();
    assert_eq!(mark.cursor(), Some("c"));
    let mark = mark.after(&page(Some(-25), Some("d")), at(31)).unwrap();
    assert_eq!(mark, Mark::starting(at(30)));
    let at_the_end = mark.after(&page(Some(40), None), at(41)).unwrap();
    assert_eq!(at_the_end, Mark::starting(at(40)));
}

#[test]
fn a_mark_neither_goes_back_nor_into_the_future() {
    let mark = Mark::starting(at(10));
    assert_eq!(mark.after(&page(None, None), at(20)).unwrap(), mark);
    assert_eq!(mark.after(&page(Some(5), None), at(20)).unwrap(), mark);
    assert_eq!(mark.after(&page(Some(1_000), None), at(20)).unwrap(), Mark::starting(at(20)));
}

#[test]
fn a_server_that_repeats_itself_is_noticed() {
    let mark = Mark::starting(at(0)).after(&page(Some(1), Some("a")), at(2)).unwrap();
    assert_eq!(mark.after(&page(Some(1), Some("a")), at(2)), Err(Stuck));
    let again = mark.from_the_top();
    assert!(again.began_again() && again.cursor().is_none());
    let again = again.after(&page(Some(1), Some("b")), at(2)).unwrap();
    assert!(again.began_again() && again.is_walking());
    assert_eq!(again.after(&page(Some(-30), None), at(2)).unwrap(), Mark::starting(at(1)));
    let stored = serde_json::to_string(&mark).unwrap();
    assert_eq!(serde_json::from_str::<Mark>(&stored).unwrap(), mark);
}

/// A server as the lexicon describes it: newest first, the cursor is where the next page begins.
fn serve(posts: &[(i64, i64)], now: i64, cursor: Option<&str>, size: usize) -> (Vec<i64>, Page) {
    // (when it arrives, which time it is sorted by), in hours; the time is also its id here.
    let mut there =
        posts.iter().filter(|(arrives, _)| *arrives <= now).map(|(_, sorted)| *sorted).collect::<Vec<_>>();
    there.sort_unstable_by(|a, b| b.cmp(a));
    let before = cursor.map_or(i64::MAX, |cursor| cursor.parse().unwrap());
    let listed = there.into_iter().filter(|sorted| *sorted < before).take(size).collect::<Vec<_>>();
    let cursor = listed.last().map(i64::to_string);
    let page = page(listed.first().copied(), cursor.as_deref());
    (listed, page)
}

proptest! {
    #[test]
    fn nothing_is_skipped_whatever_crashes_and_arrives_late(
        posts in proptest::collection::btree_map(0i64..200, 0i64..23, 0..40),
        crashes in proptest::collection::vec(any::<bool>(), 400), size in 1usize..6, calls in 1usize..5,
    ) {
        // Sorted by `sorted`, and arriving up to 22 hours later.
        let posts = posts.into_iter().map(|(sorted, late)| (sorted + late, sorted)).collect::<Vec<_>>();
        let mut seen = std::collections::BTreeSet::new();
        let mut stored = Mark::starting(at(0));
        let mut crashes = crashes.into_iter();
        for now in 0..600 {
            for _ in 0..calls {
                let (listed, page) = serve(&posts, now, stored.cursor(), size);
                seen.extend(listed);
                if crashes.next().unwrap_or(false) {
                    break;
                }
                stored = stored.after(&page, at(now)).unwrap();
                if !stored.is_walking() {
                    break;
                }
            }
        }
        for (_, sorted) in posts {
            prop_assert!(seen.contains(&sorted), "{} was skipped", sorted);
        }
    }

    #[test]
    fn any_bytes_have_an_answer(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&body, &channel());
    }

    #[test]
    fn any_part_of_any_type_has_an_answer(
        place in "(uri|author|reason|record|indexedAt)", inner in "(text|reply|embed|facets|tags|createdAt|did|handle)",
        value in prop_oneof![Just(json!(null)), Just(json!([[1], {"features": [1]}])), Just(json!({"parent": []})),
            Just(json!({"$type": "app.bsky.embed.record", "record": "x"})), Just(json!(1e300)), "\\PC{0,9}".prop_map(Value::from)],
    ) {
        let mut whole = notification("mention", record(ASKS));
        whole[&place] = value.clone();
        let mut part = notification("mention", record(ASKS));
        part["record"][&inner] = value.clone();
        part["author"][&inner] = value;
        for event in page_of(&[whole, part]).events {
            if let What::Post(told) = event.what {
                let _ = wanted(&told, &channel());
            }
        }
    }
}
