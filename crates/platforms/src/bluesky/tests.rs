//! What each answer of a server leads to, with a server that answers as a test says. A real one is asked in the
//! workspace's `tests/tests/bluesky.rs`.

#![allow(clippy::unwrap_used)]

mod lexicon;

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use curation::{
    composition::{Replies, Visible},
    ids::SubmissionId,
};
use tokio::net::TcpListener;

use super::*;
use crate::secret::{FixedSecret, SecretUnavailable};

const CREATE_SESSION: &str = "com.atproto.server.createSession";
const REFRESH_SESSION: &str = "com.atproto.server.refreshSession";
const GET_SESSION: &str = "com.atproto.server.getSession";
const APPLY_WRITES: &str = "com.atproto.repo.applyWrites";
const PUT_RECORD: &str = "com.atproto.repo.putRecord";
const GET_RECORD: &str = "com.atproto.repo.getRecord";
const DELETE_RECORD: &str = "com.atproto.repo.deleteRecord";
const DESCRIBE_REPO: &str = "com.atproto.repo.describeRepo";
const RESOLVE_HANDLE: &str = "com.atproto.identity.resolveHandle";
const GET_POSTS: &str = "app.bsky.feed.getPosts";

/// A server that gives the answers of a test, each once and the last for ever.
#[derive(Default)]
struct Script {
    answers: Mutex<HashMap<&'static str, VecDeque<(u16, Value)>>>,
    calls: Mutex<Vec<String>>,
    /// What was to be written.
    bodies: Mutex<Vec<Value>>,
}

impl Script {
    async fn start(answers: &[(&'static str, u16, Value)]) -> (Arc<Self>, Bluesky) {
        let script = Arc::new(Self::default());
        for tokens in ["first", "second"] {
            script.answer(CREATE_SESSION, 200, session(tokens));
        }
        script.answer(GET_SESSION, 200, json!({ "did": "did:plc:example", "active": true }));
        for (name, status, body) in answers {
            script.answer(name, *status, body.clone());
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let service = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/xrpc/{name}", any(answer)).with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let account = Account { service, identifier: "channel.example".to_owned() };
        (script, Bluesky::new(account, Arc::new(FixedSecret::new("example-password".to_owned()))))
    }

    fn answer(&self, name: &'static str, status: u16, body: Value) {
        self.answers.lock().unwrap().entry(name).or_default().push_back((status, body));
    }

    fn bodies(&self) -> Vec<Value> {
        std::mem::take(&mut *self.bodies.lock().unwrap())
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

async fn answer(
    State(script): State<Arc<Script>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let token = headers.get("authorization").map_or("", |token| token.to_str().unwrap());
    let call = format!("{} {token}", name.rsplit('.').next().unwrap());
    script.calls.lock().unwrap().push(call.trim().to_owned());
    if name.starts_with("com.atproto.repo.") {
        let body = serde_json::from_slice::<Value>(&body);
        let writes = body.iter().flat_map(|body| match body["writes"].as_array() {
            Some(writes) => writes.iter().map(|one| (&one["collection"], &one["value"])).collect(),
            None => vec![(&body["collection"], &body["record"])],
        });
        for (collection, record) in writes.filter(|(_, record)| record.is_object()) {
            // There is no answer then, and the test fails for want of one.
            assert_eq!(lexicon::faults(collection.as_str().unwrap(), record), Vec::<String>::new());
        }
        script.bodies.lock().unwrap().extend(body);
    }
    let scripted = script
        .answers
        .lock()
        .unwrap()
        .get_mut(name.as_str())
        .map(|queue| if queue.len() > 1 { queue.pop_front().unwrap() } else { queue[0].clone() });
    // A server that dies in the middle of a call ends the connection without an answer.
    let (status, body) = scripted.unwrap_or_else(|| panic!("the server has no answer to {name}"));
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn session(tokens: &str) -> Value {
    json!({ "did": "did:plc:example", "accessJwt": tokens, "refreshJwt": format!("refresh-{tokens}") })
}

fn error(name: &str) -> Value {
    json!({ "error": name, "message": "A sentence." })
}

fn intent() -> Intent {
    Intent {
        submission: SubmissionId::new(1, [0; 10]),
        key: "3mdexample222".to_owned(),
        part: 0,
        text: "An example.".to_owned(),
        root: None,
        follows: None,
        shares: None,
        content_note: None,
        replies: Replies::Nobody,
        created_at: "2026-11-23T12:00:00Z".parse().unwrap(),
    }
}

fn reply() -> Intent {
    let root = Some(RemotePost("at://did:plc:example/app.bsky.feed.post/3mdroot222222".to_owned()));
    Intent { part: 1, root: root.clone(), follows: root, ..intent() }
}

fn there(text: &str) -> Value {
    json!({ "uri": "at://did:plc:example/app.bsky.feed.post/3mdroot222222", "cid": "c", "value": { "text": text, "createdAt": "2026-11-23T12:00:00.000Z" } })
}

fn post() -> RemotePost {
    RemotePost("at://did:plc:example/app.bsky.feed.post/3mdexample222".to_owned())
}

#[derive(Debug, PartialEq)]
enum Expected {
    Posted,
    Unavailable,
    Refused,
    Ambiguous,
}

fn kind(result: &Result<RemotePost, PlatformError>) -> Expected {
    match result {
        Ok(found) => {
            assert_eq!(*found, post());
            Expected::Posted
        }
        Err(PlatformError::Unavailable(_)) => Expected::Unavailable,
        Err(PlatformError::Refused(_)) => Expected::Refused,
        Err(PlatformError::Ambiguous(_)) => Expected::Ambiguous,
    }
}

#[tokio::test]
async fn an_answer_means_what_is_there_afterwards() {
    use Expected::{Ambiguous, Posted, Refused, Unavailable};
    let absent = (400, error("RecordNotFound"));
    let mine = (200, there("An example."));
    let other = (200, there("Something else."));
    let silent = (503, Value::Null);
    for (written, looked_up, expected) in [
        ((200, json!({})), &silent, Posted),
        // A repetition: servers differ in how they say that the key is taken.
        ((500, error("InternalServerError")), &mine, Posted),
        ((400, error("InvalidRequest")), &mine, Posted),
        ((429, error("RateLimitExceeded")), &mine, Posted),
        ((500, error("InternalServerError")), &other, Refused),
        ((500, error("InternalServerError")), &absent, Ambiguous),
        ((502, error("UpstreamFailure")), &silent, Ambiguous),
        ((429, error("RateLimitExceeded")), &absent, Unavailable),
        ((429, Value::Null), &silent, Unavailable),
        ((400, error("InvalidRequest")), &absent, Refused),
        ((413, Value::Null), &absent, Refused),
        ((400, error("InvalidRequest")), &silent, Ambiguous),
        ((400, error("AccountTakedown")), &absent, Unavailable),
        ((403, error("Forbidden")), &absent, Unavailable),
        ((404, Value::Null), &absent, Unavailable),
        ((307, Value::Null), &absent, Unavailable),
        ((501, error("MethodNotImplemented")), &absent, Unavailable),
    ] {
        let (_script, bluesky) = Script::start(&[
            (APPLY_WRITES, written.0, written.1.clone()),
            (GET_RECORD, looked_up.0, looked_up.1.clone()),
        ])
        .await;
        let result = bluesky.publish(&intent()).await;
        assert_eq!(kind(&result), expected, "{written:?}, then {looked_up:?}: {result:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_has_made_no_post() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let service = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let account = Account { service, identifier: "channel.example".to_owned() };
    let bluesky = Bluesky::new(account, Arc::new(FixedSecret::new("example-password".to_owned())));
    assert_eq!(kind(&bluesky.publish(&intent()).await), Expected::Unavailable);
}

#[tokio::test]
async fn an_answer_that_never_comes_may_hide_a_post() {
    let (script, bluesky) = Script::start(&[(GET_RECORD, 400, error("RecordNotFound"))]).await;
    // There is no answer to the write, so the server dies in the middle of it.
    assert_eq!(kind(&bluesky.publish(&intent()).await), Expected::Ambiguous);
    assert_eq!(script.calls(), ["createSession", "applyWrites Bearer first", "getRecord"]);
}

#[tokio::test]
async fn after_too_many_calls_no_post_is_tried_and_taking_down_goes_on() {
    let (script, bluesky) = Script::start(&[
        (APPLY_WRITES, 429, error("RateLimitExceeded")),
        (GET_RECORD, 400, error("RecordNotFound")),
        (DELETE_RECORD, 200, json!({})),
    ])
    .await;
    for _ in 0..3 {
        assert_eq!(kind(&bluesky.publish(&intent()).await), Expected::Unavailable);
    }
    assert_eq!(script.calls(), ["createSession", "applyWrites Bearer first", "getRecord"]);
    assert_eq!(bluesky.delete(&post()).await, Ok(()));
}

#[tokio::test]
async fn an_account_that_is_gone_refuses_everything_and_no_post_in_particular() {
    for account in [(400, error("AccountDeactivated")), (200, json!({ "active": false })), (503, Value::Null)]
    {
        let (script, bluesky) = Script::start(&[
            (APPLY_WRITES, 400, error("InvalidRequest")),
            (GET_RECORD, 400, error("RecordNotFound")),
        ])
        .await;
        script.answers.lock().unwrap().insert(GET_SESSION, VecDeque::from([account]));
        assert_eq!(kind(&bluesky.publish(&intent()).await), Expected::Unavailable);
        assert!(bluesky.check().await.is_err());
    }
}

#[tokio::test]
async fn a_post_whose_thread_is_gone_is_refused_unless_it_is_there_already() {
    for (own, expected) in [
        ((400, error("RecordNotFound")), Expected::Refused),
        ((200, there("An example.")), Expected::Posted),
        ((503, Value::Null), Expected::Ambiguous),
    ] {
        let (_script, bluesky) =
            Script::start(&[(GET_RECORD, 400, error("RecordNotFound")), (GET_RECORD, own.0, own.1)]).await;
        assert_eq!(kind(&bluesky.publish(&reply()).await), expected);
    }
    let (_script, bluesky) = Script::start(&[(GET_RECORD, 503, Value::Null)]).await;
    assert_eq!(kind(&bluesky.publish(&reply()).await), Expected::Unavailable);
    let (_script, bluesky) =
        Script::start(&[(GET_RECORD, 200, there("First.")), (PUT_RECORD, 200, json!({}))]).await;
    assert_eq!(kind(&bluesky.publish(&reply()).await), Expected::Posted);
}

#[tokio::test]
async fn one_session_serves_many_calls_and_is_refreshed_when_it_has_expired() {
    let (script, bluesky) = Script::start(&[
        (APPLY_WRITES, 200, json!({})),
        (APPLY_WRITES, 400, error("ExpiredToken")),
        (APPLY_WRITES, 200, json!({})),
        (REFRESH_SESSION, 200, session("renewed")),
    ])
    .await;
    for _ in 0..3 {
        assert_eq!(kind(&bluesky.publish(&intent()).await), Expected::Posted);
    }
    let expected = [
        "createSession",
        "applyWrites Bearer first",
        "applyWrites Bearer first",
        "refreshSession Bearer refresh-first",
        "applyWrites Bearer renewed",
        "applyWrites Bearer renewed",
    ];
    assert_eq!(script.calls(), expected);
}

#[tokio::test]
async fn a_session_that_cannot_be_refreshed_is_not_signed_in_anew_within_five_minutes() {
    let (script, bluesky) = Script::start(&[
        (APPLY_WRITES, 401, error("ExpiredToken")),
        (REFRESH_SESSION, 400, error("ExpiredToken")),
    ])
    .await;
    for _ in 0..3 {
        assert_eq!(kind(&bluesky.publish(&intent()).await), Expected::Unavailable);
    }
    let calls = script.calls();
    assert_eq!(calls.iter().filter(|call| *call == "createSession").count(), 1, "{calls:?}");
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_in_five_minutes() {
    for refusal in
        [(401, error("AuthenticationRequired")), (429, error("RateLimitExceeded")), (200, json!({}))]
    {
        let (script, bluesky) = Script::start(&[]).await;
        script.answers.lock().unwrap().insert(CREATE_SESSION, VecDeque::from([refusal]));
        for _ in 0..3 {
            assert_eq!(kind(&bluesky.publish(&intent()).await), Expected::Unavailable);
        }
        assert!(bluesky.check().await.is_err() && bluesky.find(&intent()).await.is_err());
        assert_eq!(script.calls(), ["createSession"]);
    }
}

struct NoSecret;

#[async_trait]
impl Secret for NoSecret {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        Err(SecretUnavailable("ParameterNotFound".to_owned()))
    }
}

#[tokio::test]
async fn a_password_that_cannot_be_read_asks_nobody() {
    let account = Account { service: "https://bsky.invalid".to_owned(), identifier: String::new() };
    let bluesky = Bluesky::new(account, Arc::new(NoSecret));
    assert_eq!(bluesky.check().await, Err(PlatformError::Unavailable("the password cannot be read")));
}

#[tokio::test]
async fn a_post_is_found_by_its_key_and_deleted_with_its_gate() {
    let (script, bluesky) = Script::start(&[
        (GET_RECORD, 200, there("Whatever it says.")),
        (GET_RECORD, 400, error("RecordNotFound")),
        (DELETE_RECORD, 200, json!({})),
    ])
    .await;
    assert_eq!(bluesky.find(&intent()).await, Ok(Some(post())));
    assert_eq!(bluesky.find(&intent()).await, Ok(None));
    bluesky.delete(&post()).await.unwrap();
    assert_eq!(script.calls().iter().filter(|call| call.starts_with("deleteRecord")).count(), 2);
    script.answers.lock().unwrap().insert(DELETE_RECORD, VecDeque::from([(500, Value::Null)]));
    assert!(bluesky.delete(&post()).await.is_err());
}

#[tokio::test]
async fn a_post_of_another_account_is_not_called_deleted() {
    let (script, bluesky) = Script::start(&[(DELETE_RECORD, 200, json!({}))]).await;
    for name in [
        "at://did:plc:former/app.bsky.feed.post/3mdexample222",
        "https://bsky.app/profile/did:plc:former/post/3mdexample222",
    ] {
        let deleted = bluesky.delete(&RemotePost(name.to_owned())).await;
        assert_eq!(deleted, Err(PlatformError::Unavailable("the post is another account's")));
    }
    assert_eq!(script.calls(), ["createSession"]);
    for name in [
        "at://did:plc:example/app.bsky.feed.post/3mdexample222",
        "https://bsky.app/profile/did:plc:example/post/3mdexample222",
        "https://bsky.app/profile/channel.example/post/3mdexample222",
        "3mdexample222",
    ] {
        assert_eq!(bluesky.delete(&RemotePost(name.to_owned())).await, Ok(()));
    }
}

#[test]
fn a_posts_name_ends_in_its_key() {
    for name in [
        "at://did:plc:example/app.bsky.feed.post/3mdexample222",
        "https://bsky.app/profile/channel.example/post/3mdexample222",
        "https://bsky.app/profile/channel.example/post/3mdexample222/?ref=x#y",
        " 3mdexample222 ",
    ] {
        assert_eq!(key_of(&RemotePost(name.to_owned())), "3mdexample222");
    }
}

#[test]
fn nothing_secret_is_in_a_debug_print() {
    let account = Account { service: "https://bsky.example".to_owned(), identifier: "name".to_owned() };
    let password = FixedSecret::new("hunter2".to_owned());
    assert!(!format!("{password:?}").contains("hunter2"));
    assert_eq!(format!("{:?}", Bluesky::new(account, Arc::new(password))), "Bluesky { .. }");
}

const THEIRS: &str = "at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3mdtheirs2222";

/// Somebody's post as an application shows it.
fn view() -> Value {
    json!({
        "uri": THEIRS,
        "cid": "their-cid",
        "author": { "did": "did:plc:abcdefghijklmnopqrstuvwx", "handle": "an.example", "labels": [] },
        "record": { "text": "Theirs.", "createdAt": "2026-11-23T12:00:00.000Z" },
        "viewer": { "embeddingDisabled": false },
    })
}

fn posts(views: &[Value]) -> Value {
    json!({ "posts": views })
}

fn their_ref() -> Value {
    json!({ "uri": THEIRS, "cid": "their-cid" })
}

fn sharing(share: Share) -> Intent {
    let text = if matches!(share, Share::Quote(_)) { "An example." } else { "" };
    Intent { shares: Some(share), text: text.to_owned(), ..intent() }
}

#[tokio::test]
async fn a_quote_embeds_the_post_in_the_version_that_is_there() {
    let (script, bluesky) =
        Script::start(&[(GET_POSTS, 200, posts(&[view()])), (APPLY_WRITES, 200, json!({}))]).await;
    assert_eq!(kind(&bluesky.publish(&sharing(Share::Quote(THEIRS.to_owned()))).await), Expected::Posted);
    assert_eq!(script.calls(), ["createSession", "getPosts Bearer first", "applyWrites Bearer first"]);
    let bodies = script.bodies();
    let expected = json!({
        "$type": POSTS,
        "text": "An example.",
        "langs": ["en-GB"],
        "createdAt": "2026-11-23T12:00:00.000Z",
        "embed": { "$type": "app.bsky.embed.record", "record": their_ref() },
    });
    assert_eq!(bodies[0]["writes"][0]["value"], expected);
    assert_eq!(bodies[0]["writes"][1]["collection"], GATES, "and nobody can reply to it");
}

#[tokio::test]
async fn what_is_to_be_shared_and_is_not_there_is_refused_and_what_cannot_be_read_waits() {
    for (shown, expected) in [
        ((200, posts(&[])), Expected::Refused),
        ((503, Value::Null), Expected::Unavailable),
        ((200, json!({})), Expected::Unavailable),
        ((429, error("RateLimitExceeded")), Expected::Unavailable),
    ] {
        for share in [Share::Quote(THEIRS.to_owned()), Share::Boost(THEIRS.to_owned())] {
            let (_script, bluesky) = Script::start(&[
                (GET_POSTS, shown.0, shown.1.clone()),
                (GET_RECORD, 400, error("RecordNotFound")),
            ])
            .await;
            assert_eq!(kind(&bluesky.publish(&sharing(share)).await), expected, "{shown:?}");
        }
    }
}

#[tokio::test]
async fn a_repost_is_a_record_under_its_own_key_and_is_deleted_alone() {
    let boost = sharing(Share::Boost(THEIRS.to_owned()));
    let there = json!({
        "uri": "at://x", "cid": "c",
        "value": { "subject": their_ref(), "createdAt": "2026-11-23T12:00:00.000Z" },
    });
    let (script, bluesky) = Script::start(&[
        (GET_POSTS, 200, posts(&[view()])),
        (PUT_RECORD, 200, json!({})),
        (PUT_RECORD, 500, error("InternalServerError")),
        (GET_RECORD, 200, there),
        (DELETE_RECORD, 200, json!({})),
    ])
    .await;
    let repost = bluesky.publish(&boost).await.unwrap();
    assert_eq!(repost.0, "at://did:plc:example/app.bsky.feed.repost/3mdexample222");
    let body = script.bodies().remove(0);
    assert_eq!((&body["collection"], &body["rkey"]), (&json!(REPOSTS), &json!("3mdexample222")));
    let record = json!({ "$type": REPOSTS, "subject": their_ref(), "createdAt": "2026-11-23T12:00:00.000Z" });
    assert_eq!(body["record"], record);
    // A repetition whose answer is lost.
    assert_eq!(bluesky.publish(&boost).await, Ok(repost.clone()));
    assert_eq!(bluesky.find(&boost).await, Ok(Some(repost.clone())));
    script.bodies();
    bluesky.delete(&repost).await.unwrap();
    let deleted = script.bodies();
    assert_eq!(deleted.len(), 1);
    assert_eq!((&deleted[0]["collection"], &deleted[0]["rkey"]), (&json!(REPOSTS), &json!("3mdexample222")));
}

#[tokio::test]
async fn the_words_beside_a_repost_answer_somebodys_post_in_its_thread() {
    let mut reply = view();
    let root = json!({ "uri": "at://did:plc:zzz/app.bsky.feed.post/3mdroot222222", "cid": "root-cid" });
    reply["record"]["reply"] = json!({ "root": root, "parent": root });
    for (shown, expected_root) in [(view(), their_ref()), (reply, root)] {
        let (script, bluesky) =
            Script::start(&[(GET_POSTS, 200, posts(&[shown])), (PUT_RECORD, 200, json!({}))]).await;
        let theirs = Some(RemotePost(THEIRS.to_owned()));
        let intent = Intent { part: 1, root: theirs.clone(), follows: theirs, ..intent() };
        assert_eq!(kind(&bluesky.publish(&intent).await), Expected::Posted);
        let expected = json!({ "root": expected_root, "parent": their_ref() });
        assert_eq!(script.bodies()[0]["record"]["reply"], expected);
    }
}

#[tokio::test]
async fn somebodys_post_is_seen_as_the_network_shows_it() {
    let mut signed_in = view();
    signed_in["author"]["labels"] = json!([{ "val": "!no-unauthenticated" }]);
    let mut was_signed_in = view();
    was_signed_in["author"]["labels"] = json!([{ "val": "!no-unauthenticated", "neg": true }]);
    let mut closed = view();
    closed["viewer"]["embeddingDisabled"] = json!(true);
    for (shown, visible, quotable) in [
        (view(), Visible::Public, true),
        (signed_in, Visible::Protected, true),
        (was_signed_in, Visible::Public, true),
        (closed, Visible::Public, false),
    ] {
        let (_script, bluesky) = Script::start(&[(GET_POSTS, 200, posts(&[shown]))]).await;
        let Seen::There(target, seen) = bluesky.look_at(THEIRS).await.unwrap() else { panic!() };
        assert_eq!((seen, target.quotable), (visible, quotable));
        assert_eq!((target.handle.as_str(), target.text.as_str()), ("an.example", "Theirs."));
        assert_eq!((target.post.as_str(), target.version.as_deref()), (THEIRS, Some("their-cid")));
        assert_eq!(target.author, "did:plc:abcdefghijklmnopqrstuvwx");
    }
}

#[tokio::test]
async fn a_handle_is_resolved_by_the_server_and_the_post_is_named_for_good() {
    let (script, bluesky) = Script::start(&[
        (RESOLVE_HANDLE, 200, json!({ "did": "did:plc:abcdefghijklmnopqrstuvwx" })),
        (RESOLVE_HANDLE, 400, error("InvalidRequest")),
        (GET_POSTS, 200, posts(&[view()])),
    ])
    .await;
    let page = "https://bsky.app/profile/an.example/post/3mdtheirs2222";
    let Seen::There(target, _) = bluesky.look_at(page).await.unwrap() else { panic!() };
    assert_eq!(target.post, THEIRS);
    assert_eq!(bluesky.look_at(page).await, Ok(Seen::Gone), "nobody has this handle any more");
    let calls = script.calls();
    let names = calls.iter().map(|call| call.split(' ').next().unwrap()).collect::<Vec<_>>();
    assert_eq!(names, ["createSession", "resolveHandle", "getPosts", "resolveHandle"]);
}

#[tokio::test]
async fn a_server_without_an_application_shows_what_is_its_own() {
    let record = json!({ "uri": THEIRS, "cid": "their-cid", "value": { "text": "Theirs." } });
    let (_script, bluesky) = Script::start(&[
        (GET_POSTS, 400, error("InvalidRequest")),
        (GET_RECORD, 200, record),
        (GET_RECORD, 400, error("RecordNotFound")),
        (DESCRIBE_REPO, 200, json!({ "handle": "an.example" })),
    ])
    .await;
    let Seen::There(target, Visible::Public) = bluesky.look_at(THEIRS).await.unwrap() else { panic!() };
    assert_eq!(
        (target.handle.as_str(), target.text.as_str(), target.posted_at),
        ("an.example", "Theirs.", None)
    );
    assert_eq!(bluesky.look_at(THEIRS).await, Ok(Seen::Gone));
}

#[tokio::test]
async fn an_authors_wishes_are_found_in_the_repository_where_no_application_answers() {
    let found = |value: Value| json!({ "uri": THEIRS, "cid": "their-cid", "value": value });
    let profile = json!({ "labels": { "values": [{ "val": "!no-unauthenticated" }] } });
    let gate = json!({ "embeddingRules": [{ "$type": "app.bsky.feed.postgate#disableRule" }] });
    let (_script, bluesky) = Script::start(&[
        (GET_POSTS, 502, error("UpstreamFailure")),
        (DESCRIBE_REPO, 200, json!({ "handle": "an.example" })),
        (GET_RECORD, 200, found(json!({ "text": "Theirs." }))),
        (GET_RECORD, 200, found(profile)),
        (GET_RECORD, 200, found(gate)),
        (GET_RECORD, 502, error("UpstreamFailure")),
    ])
    .await;
    let Seen::There(target, Visible::Protected) = bluesky.look_at(THEIRS).await.unwrap() else { panic!() };
    assert!(!target.quotable);
    assert!(matches!(bluesky.look_at(THEIRS).await, Err(PlatformError::Unavailable(_))));
}

#[tokio::test]
async fn what_is_no_post_on_bluesky_or_cannot_be_read_is_no_absence() {
    let (script, bluesky) = Script::start(&[(GET_POSTS, 200, posts(&[]))]).await;
    for post in
        ["3mdtheirs2222", "https://x.com/i/status/20", "at://did:plc:short/app.bsky.feed.post/3mdtheirs2222"]
    {
        assert!(matches!(bluesky.look_at(post).await, Err(PlatformError::Refused(_))), "{post}");
    }
    assert_eq!(script.calls(), Vec::<String>::new());
    assert_eq!(bluesky.look_at(THEIRS).await, Ok(Seen::Gone));
    for (status, body) in [(500, Value::Null), (302, Value::Null), (200, json!({})), (429, Value::Null)] {
        let (_script, bluesky) = Script::start(&[(GET_POSTS, status, body)]).await;
        assert!(matches!(bluesky.look_at(THEIRS).await, Err(PlatformError::Unavailable(_))), "{status}");
    }
}

#[tokio::test]
async fn names_in_the_words_are_looked_up_and_those_of_nobody_stay_text() {
    let (script, bluesky) = Script::start(&[
        (RESOLVE_HANDLE, 200, json!({ "did": "did:plc:abcdefghijklmnopqrstuvwx" })),
        (RESOLVE_HANDLE, 400, error("InvalidRequest")),
        (RESOLVE_HANDLE, 503, Value::Null),
        (APPLY_WRITES, 200, json!({})),
    ])
    .await;
    let naming = Intent { text: "By @an.example and @nobody.example".to_owned(), ..intent() };
    assert_eq!(kind(&bluesky.publish(&naming).await), Expected::Posted);
    let facets = script.bodies()[0]["writes"][0]["value"]["facets"].clone();
    let expected = json!([{
        "index": { "byteStart": 3, "byteEnd": 14 },
        "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": "did:plc:abcdefghijklmnopqrstuvwx" }],
    }]);
    assert_eq!(facets, expected);
    assert_eq!(kind(&bluesky.publish(&naming).await), Expected::Unavailable, "it is never made without them");
    assert!(script.bodies().is_empty());
}

#[tokio::test]
async fn the_profile_is_marked_once_and_only_as_it_was_read() {
    let profile = json!({ "uri": "at://x", "cid": "c", "value": { "$type": "app.bsky.actor.profile", "displayName": "An example" } });
    let (script, bluesky) = Script::start(&[
        (GET_RECORD, 200, profile),
        (PUT_RECORD, 200, json!({})),
        (PUT_RECORD, 400, error("InvalidSwap")),
    ])
    .await;
    assert_eq!(bluesky.mark_as_automated().await, Ok(true));
    let body = script.bodies().remove(0);
    assert_eq!((&body["rkey"], &body["swapRecord"]), (&json!("self"), &json!("c")));
    assert_eq!(body["record"]["displayName"], "An example");
    assert_eq!(body["record"]["labels"]["values"], json!([{ "val": "bot" }]));
    assert!(matches!(bluesky.mark_as_automated().await, Err(PlatformError::Unavailable(_))));
    assert_eq!(bluesky.check().await, Ok(()), "the account may post all the same");
}
