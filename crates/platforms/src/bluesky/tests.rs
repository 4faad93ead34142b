//! What each answer of a server leads to, with a server that answers as a test says. A real one is asked in the
//! workspace's `tests/tests/bluesky.rs`.

#![allow(clippy::unwrap_used)]

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use curation::{composition::Replies, ids::SubmissionId};
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

/// A server that gives the answers of a test, each once and the last for ever.
#[derive(Default)]
struct Script {
    answers: Mutex<HashMap<&'static str, VecDeque<(u16, Value)>>>,
    calls: Mutex<Vec<String>>,
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

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

async fn answer(State(script): State<Arc<Script>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    let token = headers.get("authorization").map_or("", |token| token.to_str().unwrap());
    let call = format!("{} {token}", name.rsplit('.').next().unwrap());
    script.calls.lock().unwrap().push(call.trim().to_owned());
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
        replies: Replies::Nobody,
        created_at: "2026-11-23T12:00:00Z".parse().unwrap(),
    }
}

fn reply() -> Intent {
    let root = Some(RemotePost("at://did:plc:example/app.bsky.feed.post/3mdroot222222".to_owned()));
    Intent { part: 1, root: root.clone(), follows: root, ..intent() }
}

fn there(text: &str) -> Value {
    json!({ "uri": "at://x", "cid": "c", "value": { "text": text, "createdAt": "2026-11-23T12:00:00.000Z" } })
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
