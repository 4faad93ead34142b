//! Pages as Mastodon documents them, half of them, and reading with crashes. All people and posts are examples.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::intake::{Ignored, Standing, Wanted, wanted};
use proptest::prelude::*;
use serde_json::json;

const CHANNEL: &str = "14715";
const AUTHOR: &str = "971724";
const OTHER: &str = "555";

fn channel() -> Channel {
    Channel {
        id: CHANNEL.to_owned(),
        names: vec!["ClientsConnect".to_owned(), "ClientsConnect@social.example".to_owned()],
        hashtag: "clientsconnect".to_owned(),
    }
}

fn server() -> MastodonServer {
    MastodonServer::parse("https://social.example").unwrap()
}

const NAME: &str = "<span class=\"h-card\"><a href=\"https://social.example/@ClientsConnect\" class=\"u-url mention\">@<span>ClientsConnect</span></a></span>";

fn mention(words: &str) -> Value {
    json!({
        "id": "34975861", "type": "mention", "created_at": "2026-11-23T12:00:01.064Z",
        "account": {"id": AUTHOR, "acct": "someone@elsewhere.example"},
        "status": {
            "id": "103186126728896492", "created_at": "2026-11-23T12:00:00.940Z",
            "in_reply_to_id": null, "in_reply_to_account_id": null, "reblog": null, "quote": null,
            "visibility": "public", "spoiler_text": "", "content": format!("<p>{NAME} {words}</p>"),
            "account": {"id": AUTHOR, "acct": "someone@elsewhere.example", "display_name": "An Example"},
            "mentions": [{"id": CHANNEL, "acct": "ClientsConnect"}], "tags": []
        }
    })
}

fn page_of(notifications: &[Value]) -> Page {
    read(json!(notifications).to_string().as_bytes(), &channel(), &server()).unwrap()
}

fn told(notification: Value) -> Told {
    let mut page = page_of(&[notification]);
    assert_eq!(page.unrecognised, 0);
    match page.events.remove(0).what {
        What::Post(told) => *told,
        other => panic!("not a post: {other:?}"),
    }
}

fn with(mut notification: Value, key: &str, value: Value) -> Value {
    notification["status"][key] = value;
    notification
}

#[test]
fn a_mention_becomes_what_is_kept() {
    let told = told(mention("please share &lt;this&gt;"));
    assert_eq!(told.post, PostAddress::mastodon(&server(), "103186126728896492").unwrap());
    assert_eq!(told.text, "@ClientsConnect please share <this>");
    assert_eq!((told.author.as_str(), told.handle.as_deref()), (AUTHOR, Some("someone@elsewhere.example")));
    assert_eq!(told.at, Some("2026-11-23T12:00:01.064Z".parse().unwrap()), "when the channel was notified");
    assert!(told.mentions_channel && !told.has_hashtag && told.is_public);
}

#[test]
fn asking_for_ones_own_post_is_a_proposal() {
    let told = told(mention("please share this"));
    assert!(matches!(wanted(&told, &channel()), Wanted::Proposal(proposal)
        if proposal.standing == Standing::Author && proposal.target == told.post));
}

#[test]
fn only_what_everybody_may_read_is_public() {
    for (visibility, is_public) in [
        (json!("public"), true),
        (json!("unlisted"), true),
        (json!("private"), false),
        (json!("direct"), false),
        (json!("limited"), false),
        (json!(null), false),
    ] {
        let told = told(with(mention("please share this"), "visibility", visibility));
        assert_eq!(told.is_public, is_public);
        assert_eq!(wanted(&told, &channel()) == Wanted::Ignored(Ignored::NotPublic), !is_public);
    }
}

#[test]
fn the_names_in_front_of_a_reply_do_not_ask() {
    let reply = with(mention("please share this"), "in_reply_to_id", json!("7"));
    let reply = with(reply, "in_reply_to_account_id", json!(OTHER));
    let told_reply = told(reply.clone());
    assert_eq!(told_reply.text, "please share this");
    assert_eq!(wanted(&told_reply, &channel()), Wanted::Ignored(Ignored::DoesNotAsk));
    let asks = told(with(reply, "content", json!(format!("<p>@other please share this, {NAME}</p>"))));
    assert!(matches!(wanted(&asks, &channel()), Wanted::Proposal(proposal)
        if proposal.standing == Standing::SomebodyElse
            && proposal.target == PostAddress::mastodon(&server(), "7").unwrap()
            && proposal.target_author.as_deref() == Some(OTHER)));
}

#[test]
fn a_quoted_post_counts_once_its_author_has_agreed() {
    let quote = |state: &str| json!({"state": state, "quoted_status": {"id": "8", "account": {"id": OTHER}, "content": "Quoted."}});
    let accepted = told(with(mention("please share this"), "quote", quote("accepted")));
    assert!(
        matches!(wanted(&accepted, &channel()), Wanted::Proposal(proposal) if proposal.target.id() == "8")
    );
    for state in ["pending", "revoked", "deleted", "new"] {
        let told = told(with(mention("please share this"), "quote", quote(state)));
        assert_eq!(wanted(&told, &channel()), Wanted::Ignored(Ignored::Unclear), "{state}");
    }
    let shallow =
        with(mention("please share this"), "quote", json!({"state": "accepted", "quoted_status_id": "8"}));
    let shallow = told(shallow);
    assert!(matches!(wanted(&shallow, &channel()), Wanted::Proposal(proposal)
        if proposal.standing == Standing::SomebodyElse && proposal.target_author.is_none()));
}

#[test]
fn a_hashtag_may_be_in_the_words_in_the_warning_or_in_the_list() {
    assert!(told(mention("#<span>ClientsConnect</span>")).has_hashtag);
    assert!(!told(mention("#<span>ClientsConnected</span>")).has_hashtag);
    let listed = with(mention("words"), "tags", json!([{"name": "clientsconnect", "url": "x"}]));
    assert!(told(listed).has_hashtag);
    let warned = told(with(mention("words"), "spoiler_text", json!("Grief #clientsconnect")));
    assert!(warned.has_hashtag);
    assert_eq!(warned.text, "Grief #clientsconnect\n\n@ClientsConnect words");
}

#[test]
fn what_is_half_told_is_unknown_or_counted() {
    for (key, value) in [
        ("content", json!(null)),
        ("content", json!(1)),
        ("content", json!("a".repeat(25_001))),
        ("content", json!("&".repeat(200_001))),
        ("account", json!({"acct": "a"})),
        ("account", json!({"id": "not a number"})),
        ("reblog", json!({"id": "1"})),
    ] {
        let page = page_of(&[with(mention("words"), key, value)]);
        assert!(matches!(&page.events[..], [Event { what: What::Unknown, .. }]), "{key}");
    }
    let without_status = json!({"id": "1", "type": "mention", "status": null});
    let page = page_of(&[without_status, json!(1), json!({"id": "2", "type": "follow"})]);
    assert_eq!((page.events.len(), page.unrecognised), (0, 2));
}

#[test]
fn what_is_no_page_leaves_the_mark_alone() {
    for body in ["{}", "null", r#"{"error":"The access token is invalid"}"#] {
        assert_eq!(read(body.as_bytes(), &channel(), &server()), Err(Unreadable::OtherShape), "{body}");
    }
    assert_eq!(read(b"<html>", &channel(), &server()), Err(Unreadable::NotJson));
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn page(seen: &[(u64, i64)]) -> Page {
    Page {
        events: Vec::new(),
        unrecognised: 0,
        length: seen.len(),
        newest: seen.iter().map(|(id, _)| *id).max(),
        seen: seen.iter().map(|(id, seconds)| (*id, at(*seconds))).collect(),
    }
}

#[test]
fn a_mark_settles_only_on_what_is_old_enough() {
    let mark = Mark::starting(5);
    assert_eq!(mark.min_id(), 5);
    let mark = mark.after(&page(&[(6, 0), (7, 100), (9, 900)]), at(1_000)).unwrap();
    assert_eq!(mark.min_id(), 9);
    let stored = serde_json::to_string(&mark).unwrap();
    assert_eq!(serde_json::from_str::<Mark>(&stored).unwrap().min_id(), 7);
    let later = mark.after(&page(&[]), at(2_000)).unwrap();
    assert_eq!(later, mark);
}

#[test]
fn a_server_that_repeats_itself_is_noticed() {
    let mark = Mark::starting(5).after(&page(&[(6, 0)]), at(0)).unwrap();
    assert_eq!(mark.after(&page(&[(6, 0)]), at(0)), Err(Stuck));
    assert_eq!(mark.after(&page_of(&[json!({"type": "mention"})]), at(0)), Err(Stuck));
}

proptest! {
    #[test]
    fn nothing_is_skipped_whatever_crashes_and_shows_up_late(
        delays in proptest::collection::vec(0i64..540, 0..60),
        crashes in proptest::collection::vec(any::<bool>(), 600), size in 1usize..8, calls in 1usize..5,
    ) {
        // Ids in the order in which they are handed out, half a minute apart, seen up to nine minutes later.
        let posts = delays.iter().zip(1u64..).map(|(delay, id)| {
            let made = 30 * i64::try_from(id).unwrap();
            (id, made, made + delay)
        }).collect::<Vec<_>>();
        let mut seen = std::collections::BTreeSet::new();
        let mut stored = "{\"settled\":0}".to_owned();
        let mut crashes = crashes.into_iter();
        for now in (0..6_000).step_by(60) {
            let mut mark = serde_json::from_str::<Mark>(&stored).unwrap();
            // What is younger than ten minutes may take all the calls of a run, so a run is long enough for that.
            for _ in 0..calls + 40 {
                let there = posts.iter().filter(|(id, _, shown)| *shown <= now && *id > mark.min_id());
                let listed = there.take(size).map(|(id, made, _)| (*id, *made)).collect::<Vec<_>>();
                seen.extend(listed.iter().map(|(id, _)| *id));
                // However often it crashed, at last it does not.
                if now < 4_800 && crashes.next().unwrap_or(false) {
                    break;
                }
                mark = mark.after(&page(&listed), at(now)).unwrap();
                stored = serde_json::to_string(&mark).unwrap();
                if listed.is_empty() {
                    break;
                }
            }
        }
        prop_assert_eq!(seen.len(), posts.len());
    }

    #[test]
    fn any_bytes_have_an_answer(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&body, &channel(), &server());
    }

    #[test]
    fn any_part_of_any_type_has_an_answer(
        key in "(id|content|account|quote|tags|mentions|visibility|spoiler_text|created_at|in_reply_to_id|reblog)",
        value in prop_oneof![Just(json!(null)), Just(json!([1, {"name": 1}])), Just(json!({"state": "accepted"})),
            Just(json!(1e300)), Just(json!(u64::MAX)), "(<|>|p|&#x|;|quote-inline|@a| ){0,20}".prop_map(Value::from)],
    ) {
        for event in page_of(&[with(mention("words"), &key, value)]).events {
            if let What::Post(told) = event.what {
                let _ = wanted(&told, &channel());
            }
        }
    }
}
