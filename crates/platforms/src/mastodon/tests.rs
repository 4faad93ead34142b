//! What becomes of a post whatever a server does. A stand-in by other hands is asked in `tests/mastodon.rs`.

#![allow(clippy::unwrap_used)]

mod server;

use curation::{
    composition::{Replies, Visible, fingerprint},
    ids::SubmissionId,
};
use tokio::net::TcpListener;

use self::server::{Fault, Server, Step, TOKEN, error};
use super::*;
use crate::secret::{FixedSecret, SecretUnavailable};

fn intent() -> Intent {
    Intent {
        submission: SubmissionId::new(1, [0; 10]),
        key: "3mdexample222".to_owned(),
        fingerprint: None,
        part: 0,
        text: "An example & more.\n\nSee https://example.org now.".to_owned(),
        root: None,
        follows: None,
        shares: None,
        content_note: None,
        replies: Replies::Nobody,
        created_at: "2026-11-23T12:00:00Z".parse().unwrap(),
    }
}

fn reply_to(post: &RemotePost) -> Intent {
    let after = SignedDuration::from_millis(1);
    Intent {
        key: "3mdexample223".to_owned(),
        part: 1,
        text: "General information.".to_owned(),
        root: Some(post.clone()),
        follows: Some(post.clone()),
        created_at: intent().created_at + after,
        ..intent()
    }
}

fn post(id: &str) -> RemotePost {
    RemotePost(id.to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Posted,
    Unavailable,
    Refused,
    Ambiguous,
}

fn kind<T>(result: &Result<T, PlatformError>) -> Expected {
    match result {
        Ok(_) => Expected::Posted,
        Err(PlatformError::Unavailable(_)) => Expected::Unavailable,
        Err(PlatformError::Refused(_)) => Expected::Refused,
        Err(PlatformError::Ambiguous(_)) => Expected::Ambiguous,
    }
}

#[tokio::test]
async fn a_thread_is_public_once_in_english_and_in_order() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let first = mastodon.publish(&intent()).await.unwrap();
    let second = mastodon.publish(&reply_to(&first)).await.unwrap();
    assert_eq!((first.0.as_str(), second.0.as_str()), ("101", "102"));
    let bodies = server.world().posts.iter().map(|post| post.body.clone()).collect::<Vec<_>>();
    let expected = [
        json!({ "status": intent().text, "visibility": "public", "language": "en" }),
        json!({
            "status": "General information.", "visibility": "unlisted", "language": "en", "in_reply_to_id": "101",
        }),
    ];
    assert_eq!(bodies, expected);
    assert_eq!(server.world().keys.len(), 2, "each post has a key of its own");
    // The second look reads on, since its first page has nothing that is older than the post.
    let looks = [Step::Timeline, Step::Timeline];
    assert_eq!(
        server.calls(),
        [&[Step::Verify, Step::Timeline, Step::Post], &looks[..], &[Step::Post]].concat()
    );
}

#[tokio::test]
async fn a_repetition_finds_the_post_within_the_hour_and_after_it() {
    for passes in [SignedDuration::from_mins(3), SignedDuration::from_hours(30)] {
        for lag in [0, 1] {
            let server = Server::start().await;
            let first = server.mastodon().publish(&intent()).await.unwrap();
            server.world().pass(passes);
            // While the timeline lags behind, the server still knows the key.
            server.world().lag = if passes < REMEMBERS_KEYS { lag } else { 0 };
            assert_eq!(server.mastodon().publish(&intent()).await.unwrap(), first);
            assert_eq!(server.count(), 1);
        }
    }
}

#[tokio::test]
async fn each_fault_while_posting_is_called_what_it_is_and_repeating_makes_one_post() {
    use Expected::{Ambiguous, Posted, Unavailable};
    for (fault, expected) in [
        (Fault::Dies, Ambiguous),
        (Fault::DiesAfter, Posted),
        (Fault::HalfBody, Posted),
        (Fault::Says("<!DOCTYPE html>"), Posted),
        (Fault::Says("{}"), Posted),
        (Fault::Says(r#"{"id":"../../1"}"#), Posted),
        (Fault::FailsAfter, Posted),
        (Fault::Hangs, Ambiguous),
        (Fault::HangsAfter, Posted),
        (error(500), Ambiguous),
        (error(503), Ambiguous),
        (error(429), Unavailable),
    ] {
        let server = Server::start().await;
        server.fails(Step::Post, fault.clone());
        let result = server.hasty().publish(&intent()).await;
        assert_eq!(kind(&result), expected, "{fault:?}: {result:?}");
        assert_eq!(server.count(), usize::from(expected == Posted), "{fault:?}");
        server.hasty().publish(&intent()).await.unwrap();
        assert_eq!(server.count(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn what_was_posted_and_is_not_seen_yet_is_ambiguous_and_is_found_later() {
    for fault in [Fault::DiesAfter, Fault::HalfBody, Fault::Says("[]"), Fault::FailsAfter, Fault::HangsAfter]
    {
        let server = Server::start().await;
        server.fails(Step::Post, fault.clone());
        server.world().lag = 2;
        assert_eq!(kind(&server.hasty().publish(&intent()).await), Expected::Ambiguous, "{fault:?}");
        assert_eq!(server.mastodon().publish(&intent()).await, Ok(post("101")), "{fault:?}");
        assert_eq!(server.count(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn any_two_faults_in_any_calls_make_one_post_and_no_error_denies_one() {
    let faults = [Fault::Dies, Fault::DiesAfter, Fault::Says("no"), Fault::FailsAfter, error(429)];
    let steps = [Step::Verify, Step::Timeline, Step::Post];
    let places = steps
        .iter()
        .flat_map(|step| faults.iter().map(move |fault| (*step, fault.clone())))
        .collect::<Vec<_>>();
    for (number, one) in places.iter().enumerate() {
        for other in &places[number..] {
            let server = Server::start().await;
            for (step, fault) in [one, other] {
                server.fails(*step, fault.clone());
            }
            let mut is_made = false;
            for _ in 0..5 {
                // Each time a process that knows nothing of the one before.
                let was_there = server.count() > 0;
                match server.mastodon().publish(&intent()).await {
                    Ok(_) => {
                        is_made = true;
                        break;
                    }
                    // This call made none; an earlier one may have.
                    Err(PlatformError::Unavailable(_)) => {
                        assert_eq!(server.count() > 0, was_there, "{one:?} {other:?}")
                    }
                    Err(PlatformError::Refused(why)) => panic!("{one:?} {other:?}: {why}"),
                    Err(PlatformError::Ambiguous(_)) => {}
                }
            }
            assert!(is_made, "{one:?} {other:?}");
            assert_eq!(server.count(), 1, "{one:?} {other:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_says_whether_a_later_try_may_succeed() {
    use Expected::{Ambiguous, Refused, Unavailable};
    let page = |status| Fault::Answers(status, json!("<html>"), vec![]);
    for (answer, expected) in [
        (error(400), Refused),
        (error(422), Refused),
        (page(413), Refused),
        (error(404), Refused),
        (page(404), Unavailable),
        (page(422), Unavailable),
        (error(403), Unavailable),
        (page(403), Unavailable),
        (page(307), Unavailable),
        (page(405), Unavailable),
        (error(501), Unavailable),
        (page(408), Ambiguous),
        (error(504), Ambiguous),
        (page(522), Ambiguous),
    ] {
        let server = Server::start().await;
        server.fails(Step::Post, answer.clone());
        assert_eq!(kind(&server.mastodon().publish(&intent()).await), expected, "{answer:?}");
        assert_eq!(server.count(), 0);
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_has_made_no_post() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mastodon = Mastodon::new(Account::on(&address), Arc::new(FixedSecret::new(TOKEN.to_owned())));
    assert_eq!(kind(&mastodon.publish(&intent()).await), Expected::Unavailable);
    assert!(mastodon.check().await.is_err() && mastodon.find(&intent()).await.is_err());
}

#[tokio::test]
async fn a_server_that_hangs_up_at_once_has_made_no_post() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            drop(listener.accept().await.unwrap());
        }
    });
    let mastodon = Mastodon::new(Account::on(&address), Arc::new(FixedSecret::new(TOKEN.to_owned())));
    // It never came to the call that makes one.
    assert_eq!(kind(&mastodon.publish(&intent()).await), Expected::Unavailable);
}

#[tokio::test]
async fn after_too_many_posts_none_is_tried_before_the_reset_and_taking_down_goes_on() {
    let date = ("date", "Mon, 23 Nov 2026 12:00:00 GMT");
    for (headers, is_paused) in [
        (vec![date, ("x-ratelimit-reset", "2026-11-23T12:05:00.000000Z")], true),
        (vec![], true),
        (vec![date, ("x-ratelimit-reset", "2026-11-23T12:00:00.000000Z")], false),
    ] {
        let server = Server::start().await;
        let mastodon = server.mastodon();
        server.fails(Step::Post, Fault::Answers(429, json!({ "error": "Too many requests" }), headers));
        assert_eq!(kind(&mastodon.publish(&intent()).await), Expected::Unavailable);
        server.calls();
        let again = mastodon.publish(&intent()).await;
        let expected = if is_paused { Expected::Unavailable } else { Expected::Posted };
        assert_eq!(kind(&again), expected);
        assert_eq!(server.calls().contains(&Step::Post), !is_paused);
        let id = server.world().add("7", json!({ "status": "Another." }), false);
        mastodon.delete(&post(&id.to_string())).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_that_is_turned_down_is_not_sent_again() {
    let server = Server::start().await;
    server.world().token = "another-token".to_owned();
    let mastodon = server.mastodon();
    for _ in 0..3 {
        assert_eq!(kind(&mastodon.publish(&intent()).await), Expected::Unavailable);
    }
    assert!(mastodon.check().await.is_err() && mastodon.delete(&post("1")).await.is_err());
    assert_eq!(server.calls(), [Step::Verify]);
}

#[tokio::test]
async fn a_token_that_is_withdrawn_while_in_use_makes_no_post() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    mastodon.check().await.unwrap();
    server.fails(Step::Post, error(401));
    assert_eq!(kind(&mastodon.publish(&intent()).await), Expected::Unavailable);
    assert_eq!(server.count(), 0);
}

/// A secret that somebody changes.
struct Changing(std::sync::Mutex<String>);

#[async_trait]
impl Secret for Changing {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        match self.0.lock().unwrap().clone() {
            none if none.is_empty() => Err(SecretUnavailable("ParameterNotFound".to_owned())),
            token => Ok(token),
        }
    }
}

#[tokio::test]
async fn a_changed_token_is_in_force_at_once_and_none_asks_nobody() {
    let server = Server::start().await;
    let secret = Arc::new(Changing(String::new().into()));
    let mastodon = Mastodon::new(Account::on(&server.address), Arc::clone(&secret) as Arc<dyn Secret>);
    assert_eq!(kind(&mastodon.publish(&intent()).await), Expected::Unavailable);
    assert_eq!(server.calls(), []);
    // With the line break that an editor left.
    *secret.0.lock().unwrap() = format!("{TOKEN}\n");
    let first = mastodon.publish(&intent()).await.unwrap();
    server.world().token = "another-token".to_owned();
    *secret.0.lock().unwrap() = "another-token".to_owned();
    mastodon.publish(&reply_to(&first)).await.unwrap();
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn only_the_post_of_this_intent_is_found() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let words = || json!({ "status": intent().text });
    let mut same_words_elsewhere = words();
    same_words_elsewhere["in_reply_to_id"] = json!("99");
    {
        let mut world = server.world();
        world.now = "2026-11-22T12:00:00Z".parse().unwrap();
        world.add("7", words(), false);
        world.now = "2026-11-23T12:00:01Z".parse().unwrap();
        world.add("7", same_words_elsewhere, false);
        world.add("7", words(), true);
        world.add("7", json!({ "status": "An example & more." }), false);
        world.add("8", words(), false);
    }
    assert_eq!(mastodon.find(&intent()).await, Ok(None));
    let long_before = Intent { created_at: "2026-11-10T12:00:00Z".parse().unwrap(), ..intent() };
    assert_eq!(mastodon.find(&long_before).await, Ok(None), "these are later appearances of the same words");
    let first = mastodon.publish(&intent()).await.unwrap();
    server.world().pass(SignedDuration::from_hours(24));
    let again = server.world().add("7", words(), false);
    assert_eq!(mastodon.find(&intent()).await, Ok(Some(first)));
    let later = Intent { created_at: "2026-11-24T12:00:00Z".parse().unwrap(), ..intent() };
    assert_eq!(mastodon.find(&later).await, Ok(Some(post(&again.to_string()))));
}

#[tokio::test]
async fn a_post_far_back_is_found_and_an_endless_timeline_is_no_answer() {
    let server = Server::start().await;
    let first = server.mastodon().publish(&intent()).await.unwrap();
    for number in 0..500 {
        server.world().add("7", json!({ "status": format!("Number {number}.") }), number % 2 == 0);
    }
    assert_eq!(server.mastodon().find(&intent()).await, Ok(Some(first)));
    for number in 500..700 {
        server.world().add("7", json!({ "status": format!("Number {number}.") }), true);
    }
    assert_eq!(kind(&server.mastodon().find(&intent()).await), Expected::Ambiguous);
    assert_eq!(kind(&server.mastodon().publish(&intent()).await), Expected::Unavailable);
}

#[tokio::test]
async fn a_server_with_other_markup_is_asked_for_the_source() {
    let server = Server::start().await;
    server.world().has_markdown = true;
    let starred = Intent { text: "Some *people* find.".to_owned(), ..intent() };
    let first = server.mastodon().publish(&starred).await.unwrap();
    server.world().keys.clear();
    assert_eq!(server.mastodon().publish(&starred).await, Ok(first));
    server.world().has_sources = false;
    assert_eq!(server.mastodon().find(&starred).await, Ok(None));
    server.fails(Step::Source, error(500));
    assert_eq!(kind(&server.mastodon().find(&starred).await), Expected::Ambiguous);
}

#[tokio::test]
async fn without_its_words_a_post_is_found_only_where_it_can_be_no_other() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let wordless = |intent: Intent| Intent { text: String::new(), ..intent };
    assert_eq!(mastodon.find(&wordless(intent())).await, Ok(None));
    let first = mastodon.publish(&intent()).await.unwrap();
    assert_eq!(kind(&mastodon.find(&wordless(intent())).await), Expected::Ambiguous);
    assert_eq!(mastodon.find(&wordless(reply_to(&first))).await, Ok(None));
    let second = mastodon.publish(&reply_to(&first)).await.unwrap();
    assert_eq!(mastodon.find(&wordless(reply_to(&first))).await, Ok(Some(second)));
    server.world().add("7", json!({ "status": "Another.", "in_reply_to_id": first.0 }), false);
    assert_eq!(kind(&mastodon.find(&wordless(reply_to(&first))).await), Expected::Ambiguous);
    assert_eq!(kind(&mastodon.publish(&wordless(intent())).await), Expected::Refused);
}

/// A concern conceals the words, and what may be there has to be found all the same.
#[tokio::test]
async fn a_post_whose_words_are_concealed_is_known_by_its_fingerprint() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let concealed = |intent: Intent| Intent {
        fingerprint: fingerprint(&intent.text, &intent.key),
        text: String::new(),
        ..intent
    };
    server.world().add("7", json!({ "status": "Another." }), false);
    assert_eq!(mastodon.find(&concealed(intent())).await, Ok(None));
    let first = mastodon.publish(&intent()).await.unwrap();
    let second = mastodon.publish(&reply_to(&first)).await.unwrap();
    assert_eq!(mastodon.find(&concealed(intent())).await, Ok(Some(first.clone())));
    assert_eq!(mastodon.find(&concealed(reply_to(&first))).await, Ok(Some(second)));
}

/// Servers forget what a post answers when that is taken down.
#[tokio::test]
async fn a_post_of_a_thread_is_found_after_the_one_before_it_was_taken_down() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let first = mastodon.publish(&intent()).await.unwrap();
    let orphan = server.world().add("7", json!({ "status": reply_to(&first).text }), false).to_string();
    mastodon.delete(&first).await.unwrap();
    assert_eq!(mastodon.find(&reply_to(&first)).await, Ok(Some(post(&orphan))));
    let concealed = Intent {
        fingerprint: fingerprint(&reply_to(&first).text, &reply_to(&first).key),
        text: String::new(),
        ..reply_to(&first)
    };
    assert_eq!(mastodon.find(&concealed).await, Ok(Some(post(&orphan))));
}

#[tokio::test]
async fn a_post_of_a_thread_is_nothing_without_what_it_follows() {
    let server = Server::start().await;
    let lost = Intent { part: 1, ..intent() };
    assert_eq!(kind(&server.mastodon().publish(&lost).await), Expected::Refused);
    assert_eq!(kind(&server.mastodon().find(&lost).await), Expected::Refused);
    let elsewhere = Intent { follows: Some(post("https://elsewhere.example/@channel/1")), ..lost };
    assert_eq!(kind(&server.mastodon().publish(&elsewhere).await), Expected::Refused);
    assert_eq!(server.calls(), []);
}

#[tokio::test]
async fn a_timeline_that_is_none_hides_every_post() {
    for answer in ["{}", "[{}]", r#"[{"id":"1","created_at":"soon"}]"#, r#"[{"id":1}]"#, ""] {
        let server = Server::start().await;
        server.fails(Step::Timeline, Fault::Says(answer));
        assert_eq!(kind(&server.mastodon().find(&intent()).await), Expected::Ambiguous, "{answer}");
    }
}

#[tokio::test]
async fn a_post_is_deleted_by_its_id_or_its_page_and_what_is_gone_is_deleted() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    for name in [
        "101".to_owned(),
        format!("{}/@channel/102", server.address),
        format!(" {}/@channel/103/?x#y ", server.address),
    ] {
        let intent = Intent { key: name.clone(), text: format!("Words for {name}"), ..intent() };
        mastodon.publish(&intent).await.unwrap();
        mastodon.delete(&RemotePost(name.clone())).await.unwrap();
        assert_eq!(server.count(), 0, "{name}");
        mastodon.delete(&RemotePost(name)).await.unwrap();
    }
    for name in
        ["", "../accounts", "https://elsewhere.example/@channel/101", "at://did:plc:example/x/y", "1 0"]
    {
        assert_eq!(kind(&mastodon.delete(&post(name)).await), Expected::Refused, "{name}");
    }
}

#[tokio::test]
async fn a_post_that_may_still_be_up_is_not_called_deleted() {
    let server = Server::start().await;
    let other = server.world().add("8", json!({ "status": "Theirs." }), false).to_string();
    assert_eq!(kind(&server.mastodon().delete(&post(&other)).await), Expected::Unavailable);
    for (fault, expected) in [
        (error(500), Expected::Ambiguous),
        (Fault::Dies, Expected::Ambiguous),
        (Fault::DiesAfter, Expected::Ambiguous),
        (error(429), Expected::Unavailable),
        (error(403), Expected::Unavailable),
        (Fault::Answers(404, json!("<html>"), vec![]), Expected::Unavailable),
        (Fault::Answers(200, json!({ "status": "ok" }), vec![]), Expected::Unavailable),
    ] {
        let id = server.world().add("7", json!({ "status": "Ours." }), false).to_string();
        server.fails(Step::Delete, fault.clone());
        assert_eq!(kind(&server.mastodon().delete(&post(&id)).await), expected, "{fault:?}");
        server.mastodon().delete(&post(&id)).await.unwrap();
    }
    assert_eq!(server.count(), 1, "that of the other account");
    server.fails(Step::Delete, error(404));
    server.fails(Step::Show, error(503));
    assert_eq!(kind(&server.mastodon().delete(&post("999")).await), Expected::Ambiguous);
}

#[tokio::test]
async fn a_post_that_was_taken_down_stays_down_when_an_old_repetition_arrives() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let first = mastodon.publish(&intent()).await.unwrap();
    mastodon.delete(&first).await.unwrap();
    assert_eq!(kind(&mastodon.publish(&intent()).await), Expected::Refused);
    assert_eq!(kind(&mastodon.publish(&reply_to(&first)).await), Expected::Refused);
    assert_eq!(server.count(), 0);
}

fn boosting(post: &RemotePost) -> Intent {
    Intent { shares: Some(Share::Boost(post.0.clone())), text: String::new(), ..intent() }
}

#[tokio::test]
async fn a_boost_is_made_once_found_and_taken_back() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let theirs = post(&server.world().add("8", json!({ "status": "Theirs." }), false).to_string());
    let page = RemotePost(format!("{}/statuses/{}", server.address, theirs.0));
    server.fails(Step::Boost, Fault::Dies);
    assert_eq!(kind(&mastodon.publish(&boosting(&theirs)).await), Expected::Ambiguous);
    assert_eq!(mastodon.find(&boosting(&theirs)).await, Ok(None));
    server.fails(Step::Boost, Fault::DiesAfter);
    assert_eq!(kind(&mastodon.publish(&boosting(&theirs)).await), Expected::Ambiguous);
    let boost = mastodon.find(&boosting(&page)).await.unwrap().unwrap();
    assert_eq!((mastodon.publish(&boosting(&page)).await, server.count()), (Ok(boost.clone()), 2));
    for _ in 0..2 {
        mastodon.delete(&boost).await.unwrap();
        assert_eq!((server.count(), mastodon.find(&boosting(&theirs)).await), (1, Ok(None)));
    }
    assert_eq!(kind(&mastodon.publish(&boosting(&post("999"))).await), Expected::Refused);
    assert_eq!(mastodon.find(&boosting(&post("999"))).await, Ok(None));
    mastodon.delete(&RemotePost::boost_of("999")).await.unwrap();
    server.fails(Step::Unboost, error(500));
    assert_eq!(kind(&mastodon.delete(&boost).await), Expected::Ambiguous);
    server.fails(Step::Show, Fault::Says("{}"));
    assert_eq!(kind(&mastodon.find(&boosting(&theirs)).await), Expected::Ambiguous);
}

#[tokio::test]
async fn a_boost_that_a_human_named_by_what_it_boosts_is_taken_back() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let theirs = post(&server.world().add("8", json!({ "status": "Theirs." }), false).to_string());
    mastodon.publish(&boosting(&theirs)).await.unwrap();
    mastodon.delete(&theirs).await.unwrap();
    assert_eq!(server.count(), 1, "theirs stays");
    assert_eq!(kind(&mastodon.delete(&theirs).await), Expected::Unavailable);
}

#[tokio::test]
async fn the_words_beside_a_boost_answer_what_is_boosted() {
    let server = Server::start().await;
    let theirs = post(&server.world().add("8", json!({ "status": "Theirs." }), false).to_string());
    let page = RemotePost(format!("{}/statuses/{}", server.address, theirs.0));
    let beside = server.mastodon().publish(&reply_to(&page)).await.unwrap();
    assert_eq!(server.world().posts[1].body["in_reply_to_id"], theirs.0.as_str());
    assert_eq!(server.mastodon().find(&reply_to(&page)).await, Ok(Some(beside)));
}

#[tokio::test]
async fn a_quote_is_made_only_where_the_server_has_quotes() {
    let quoting = Intent {
        content_note: Some("On grief".to_owned()),
        shares: Some(Share::Quote("42".to_owned())),
        ..intent()
    };
    let server = Server::start().await;
    server.mastodon().publish(&quoting).await.unwrap();
    let body = server.world().posts[0].body.clone();
    assert_eq!((&body["quoted_status_id"], &body["spoiler_text"]), (&json!("42"), &json!("On grief")));
    let old = Server::start().await;
    old.world().instance = json!({ "version": "4.4.3", "api_versions": { "mastodon": 6 } });
    assert_eq!(kind(&old.mastodon().publish(&quoting).await), Expected::Refused);
    old.fails(Step::Instance, error(500));
    assert_eq!(kind(&old.mastodon().publish(&quoting).await), Expected::Unavailable);
    assert_eq!(old.count(), 0);
}

/// Beside a quote there may be no words of ours: then the text is a disclaimer, which others have too.
#[tokio::test]
async fn a_quote_is_no_other_quote_with_the_same_words() {
    let server = Server::start().await;
    let quoting = |id: &str, key: &str| Intent {
        shares: Some(Share::Quote(id.to_owned())),
        key: key.to_owned(),
        ..intent()
    };
    let first = server.mastodon().publish(&quoting("42", "3mdfirst22222")).await.unwrap();
    let second = server.mastodon().publish(&quoting("43", "3mdsecond2222")).await.unwrap();
    let alone = server.mastodon().publish(&Intent { key: "3mdalone22222".into(), ..intent() }).await.unwrap();
    assert_eq!(server.count(), 3);
    for (intent, made) in
        [(quoting("42", "3mdfirst22222"), first), (quoting("43", "3mdsecond2222"), second), (intent(), alone)]
    {
        assert_eq!(server.mastodon().find(&intent).await, Ok(Some(made.clone())));
        server.world().pass(SignedDuration::from_hours(2));
        assert_eq!(server.mastodon().publish(&intent).await, Ok(made), "what is there is not made again");
    }
    assert_eq!(server.count(), 3);
}

/// Only what is to be taken down may have lost what it answers.
#[tokio::test]
async fn a_post_that_answers_nothing_is_not_the_next_of_a_thread() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let first = mastodon.publish(&intent()).await.unwrap();
    server.world().add("7", json!({ "status": reply_to(&first).text }), false);
    mastodon.publish(&reply_to(&first)).await.unwrap();
    assert_eq!(server.count(), 3);
    assert_eq!(server.world().posts[2].body["in_reply_to_id"], first.0.as_str());
}

#[tokio::test]
async fn somebodys_post_is_looked_at_on_this_server_alone() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    let id = server.world().add("8", json!({ "status": "Theirs." }), false);
    let page = format!("{}/@an_example/{id}", server.address);
    let Seen::There(target, Visible::Public) = mastodon.look_at(&page).await.unwrap() else { panic!() };
    assert_eq!((target.text.as_str(), target.author.as_str()), ("Theirs.", "8"));
    assert_eq!(target.post, format!("{}/statuses/{id}", server.address));
    assert_eq!(target.still(&mastodon.look_at(&target.post).await.unwrap()), Ok(()));
    assert_eq!(mastodon.look_at(&format!("{}/statuses/999", server.address)).await, Ok(Seen::Gone));
    server.calls();
    for elsewhere in ["https://elsewhere.example/statuses/1", "1", "https://x.com/i/status/1", ""] {
        assert_eq!(kind(&mastodon.look_at(elsewhere).await), Expected::Refused, "{elsewhere}");
    }
    assert_eq!(server.calls(), []);
    for fault in [
        error(500),
        error(401),
        Fault::Says("{}"),
        Fault::Dies,
        Fault::Answers(404, json!("<html>"), vec![]),
        Fault::Answers(302, Value::Null, vec![("location", "https://elsewhere.example")]),
    ] {
        server.fails(Step::Show, fault.clone());
        assert_eq!(kind(&server.mastodon().look_at(&page).await), Expected::Unavailable, "{fault:?}");
    }
}

#[tokio::test]
async fn the_limits_are_the_usual_ones_until_the_server_was_asked() {
    let server = Server::start().await;
    server.world().instance = json!({
        "version": "4.5.0", "api_versions": { "mastodon": 7 },
        "configuration": { "statuses": { "max_characters": 1000, "characters_reserved_per_url": 30 } },
    });
    let mastodon = server.mastodon();
    assert_eq!(Platform::rules(&mastodon), rules(Limits::default()));
    assert_eq!((mastodon.limits().longest, mastodon.limits().per_url), (500, 23));
    let limits = Limits { longest: 1000, per_url: 30, has_quotes: true };
    assert_eq!(mastodon.check().await, Ok(limits));
    assert_eq!((mastodon.limits(), Platform::rules(&mastodon).longest), (limits, 1000));
    for fault in [error(500), Fault::Dies, Fault::Says("no")] {
        server.fails(Step::Instance, fault);
        assert_eq!(kind(&mastodon.read_limits().await), Expected::Unavailable);
        assert_eq!(mastodon.limits(), limits, "what was read stays");
    }
}

#[test]
fn a_key_is_of_one_part_of_one_appearance() {
    let key = idempotency_key(&intent());
    assert_eq!(key, idempotency_key(&Intent { text: String::new(), ..intent() }));
    assert!(key.bytes().all(|byte| byte.is_ascii_graphic()), "{key}");
    for other in [
        Intent { part: 1, ..intent() },
        Intent { key: "3mdexample223".to_owned(), ..intent() },
        Intent { submission: SubmissionId::new(2, [0; 10]), ..intent() },
    ] {
        assert_ne!(key, idempotency_key(&other));
    }
}

#[tokio::test]
async fn nothing_secret_and_no_words_are_in_what_is_printed() {
    let server = Server::start().await;
    let mastodon = server.mastodon();
    assert_eq!(format!("{mastodon:?}"), "Mastodon { .. }");
    for fault in [error(422), error(403), error(500), Fault::Dies, Fault::Says("no")] {
        server.fails(Step::Post, fault);
        if let Err(error) = mastodon.publish(&intent()).await {
            let printed = format!("{error} {error:?}");
            assert!(!printed.contains(TOKEN) && !printed.contains("example"), "{printed}");
        }
    }
}
