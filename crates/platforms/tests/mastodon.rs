//! Publishing to a stand-in for Mastodon that others have written (`mastodon-mock` of the Python package index), with its
//! own faults and with answers that are lost on the way.
//!
//! What counts as failure: a post that is missing, doubled, otherwise worded or answers the wrong one; one that is left
//! after taking down; an error that denies a post which is there.

#![allow(clippy::unwrap_used)]

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::{IntoResponse, Response},
};
use curation::{
    composition::{Changed, Replies, Seen, Share, Visible},
    ids::SubmissionId,
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use platforms::{
    Intent, Platform, PlatformError, RemotePost,
    mastodon::{Account, Mastodon},
    secret::FixedSecret,
};
use reqwest::Client;
use serde_json::{Value, json};

/// The token of the account that the stand-in begins with.
const OURS: &str = "mock_token";

/// The stand-in, gone with the test.
struct Mock {
    address: String,
    http: Client,
    process: Child,
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Mock {
    /// Starts it with the Python that has it.
    fn start() -> Self {
        let python =
            std::env::var("MASTODON_MOCK").expect("MASTODON_MOCK names a Python that has mastodon-mock");
        // It cannot choose a port itself; if somebody else takes the one that was free, another is tried.
        for _ in 0..5 {
            let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
            let mut process = Command::new(&python)
                .args(["-m", "mastodon_mock", "serve", "--in-memory", "--host", "127.0.0.1", "--port"])
                .arg(port.to_string())
                .current_dir(std::env::temp_dir())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
            let is_up = lines.by_ref().map_while(Result::ok).any(|line| line.contains("Uvicorn running on"));
            // Whatever it says later is read, so that it never waits for a reader.
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
            let http = Client::builder().no_proxy().build().unwrap();
            let mock = Self { address: format!("http://127.0.0.1:{port}"), http, process };
            if is_up {
                return mock;
            }
        }
        panic!("mastodon-mock does not start");
    }

    fn mastodon(&self) -> Mastodon {
        mastodon(&self.address, OURS)
    }

    /// The stand-in's own time, to the second.
    async fn now(&self) -> Timestamp {
        let answer = self.http.get(format!("{}/api/v2/instance", self.address)).send().await.unwrap();
        let date = answer.headers()["date"].to_str().unwrap();
        rfc2822::DateTimeParser::new().parse_timestamp(date).unwrap()
    }

    async fn intent(&self, key: &str, text: &str) -> Intent {
        Intent {
            submission: SubmissionId::new(1, [0; 10]),
            key: key.to_owned(),
            part: 0,
            text: text.to_owned(),
            root: None,
            follows: None,
            shares: None,
            content_note: None,
            replies: Replies::Nobody,
            created_at: self.now().await,
        }
    }

    async fn ask(&self, method: Method, path: &str, token: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.address);
        let answer = self.http.request(method, url).bearer_auth(token).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// Our posts, oldest first.
    async fn posts(&self) -> Vec<Value> {
        let account = self.ask(Method::GET, "/api/v1/accounts/verify_credentials", OURS, json!({})).await;
        let path = format!("/api/v1/accounts/{}/statuses?limit=40", account["id"].as_str().unwrap());
        let posts = self.ask(Method::GET, &path, OURS, json!({})).await;
        posts.as_array().unwrap().iter().rev().cloned().collect()
    }

    /// A post of somebody else, and their token.
    async fn theirs(&self) -> (RemotePost, String) {
        let account =
            self.ask(Method::POST, "/api/v1/_mock/dev_user", OURS, json!({ "username": "grace" })).await;
        let token = account["access_token"].as_str().unwrap().to_owned();
        let post = self.ask(Method::POST, "/api/v1/statuses", &token, json!({ "status": "Theirs." })).await;
        (RemotePost(post["id"].as_str().unwrap().to_owned()), token)
    }

    /// The next request of a kind goes wrong.
    async fn fails(&self, method: &str, path: &str, effect: Value) {
        let rule =
            json!({ "match": { "methods": [method], "path_regex": path }, "effect": effect, "count": 1 });
        self.ask(Method::POST, "/api/v1/_mock/faults", OURS, rule).await;
    }
}

fn mastodon(address: &str, token: &str) -> Mastodon {
    Mastodon::new(Account::on(address), Arc::new(FixedSecret::new(token.to_owned())))
}

/// A wire to the stand-in, on which the answer to the next change is lost.
#[derive(Clone)]
struct Wire {
    to: String,
    http: Client,
    is_cut: Arc<Mutex<bool>>,
}

impl Wire {
    async fn before(mock: &Mock) -> (Self, String) {
        let wire = Self { to: mock.address.clone(), http: mock.http.clone(), is_cut: Arc::default() };
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(wire.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (wire, address)
    }

    fn cut(&self) {
        *self.is_cut.lock().unwrap() = true;
    }

    fn is_to_be_cut(&self, method: &Method) -> bool {
        *method != Method::GET && std::mem::take(&mut *self.is_cut.lock().unwrap())
    }
}

async fn pass(
    State(wire): State<Wire>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    headers.remove("host");
    let request = wire.http.request(method.clone(), format!("{}{uri}", wire.to));
    let answer = request.headers(headers).body(body).send().await.unwrap();
    let status = answer.status();
    let body = answer.bytes().await.unwrap();
    if wire.is_to_be_cut(&method) {
        panic!("the answer is lost here");
    }
    (status, body).into_response()
}

#[tokio::test]
#[ignore = "needs mastodon-mock: MASTODON_MOCK names a Python that has it"]
async fn a_thread_is_posted_once_as_it_was_written_and_taken_down() {
    let mock = Mock::start();
    let limits = mock.mastodon().check().await.unwrap();
    assert_eq!((limits.longest, limits.per_url), (500, 23));
    mock.theirs().await;
    let text = "Grief takes time 💙 & that's \"fine\" <3.\n\nSee https://example.org/a?b=1&c=2 or @grace.\n#grief שלום";
    let first = mock.intent("3mdexample222", text).await;
    let mut posts = Vec::new();
    // Each by a process of its own, each twice.
    for _ in 0..2 {
        posts.push(mock.mastodon().publish(&first).await.unwrap());
    }
    let second = Intent {
        key: "3mdexample223".to_owned(),
        part: 1,
        text: "General information.".to_owned(),
        root: Some(posts[0].clone()),
        follows: Some(posts[0].clone()),
        created_at: first.created_at + SignedDuration::from_millis(1),
        ..first.clone()
    };
    for _ in 0..2 {
        posts.push(mock.mastodon().publish(&second).await.unwrap());
    }
    assert_eq!((&posts[0], &posts[2]), (&posts[1], &posts[3]));
    let there = mock.posts().await;
    assert_eq!(there.len(), 2);
    let expected = [("public", Value::Null), ("unlisted", json!(posts[0].0))];
    for (post, (visibility, follows)) in there.iter().zip(expected) {
        assert_eq!((&post["visibility"], &post["in_reply_to_id"]), (&json!(visibility), &follows));
        assert_eq!(post["language"], "en");
    }
    let path = format!("/api/v1/statuses/{}/source", posts[0].0);
    assert_eq!(mock.ask(Method::GET, &path, OURS, json!({})).await["text"], text);
    assert_eq!(mock.mastodon().find(&first).await, Ok(Some(posts[0].clone())));
    assert_eq!(mock.mastodon().find(&second).await, Ok(Some(posts[2].clone())));
    for post in [&posts[2], &posts[0], &posts[0]] {
        mock.mastodon().delete(post).await.unwrap();
    }
    assert_eq!(mock.posts().await, Vec::<Value>::new());
    assert_eq!(mock.mastodon().find(&first).await, Ok(None));
}

#[tokio::test]
#[ignore = "needs mastodon-mock: MASTODON_MOCK names a Python that has it"]
async fn whatever_fails_once_there_is_one_post_at_the_end() {
    let mock = Mock::start();
    let calls = [
        ("GET", "verify_credentials$"),
        ("GET", "/accounts/[0-9]+/statuses$"),
        ("POST", "/api/v1/statuses$"),
    ];
    let effects = [
        json!({ "type": "status", "status": 500 }),
        json!({ "type": "status", "status": 503 }),
        json!({ "type": "status", "status": 401 }),
        json!({ "type": "ratelimit" }),
        json!({ "type": "malformed" }),
    ];
    let mut number = 0;
    for (method, path) in calls {
        for effect in &effects {
            number += 1;
            let text = format!("Number {number} of these.");
            let intent = mock.intent(&format!("3mdexample{number}"), &text).await;
            mock.fails(method, path, effect.clone()).await;
            let failed = mock.mastodon().publish(&intent).await;
            let is_ambiguous = matches!(failed, Err(PlatformError::Ambiguous(_)));
            let is_lost = effect["type"] == "malformed" || effect["status"].as_u64() >= Some(500);
            let expected = method == "POST" && is_lost;
            assert!(failed.is_err() && is_ambiguous == expected, "{method} {path} {effect}: {failed:?}");
            let made = mock.mastodon().publish(&intent).await.unwrap();
            let there = mock.posts().await;
            let same = there.iter().filter(|post| post["content"].as_str().unwrap().contains(&text));
            let same = same.map(|post| post["id"].as_str().unwrap()).collect::<Vec<_>>();
            assert_eq!(same, [made.0.as_str()], "{method} {path} {effect}");
        }
    }
}

#[tokio::test]
#[ignore = "needs mastodon-mock: MASTODON_MOCK names a Python that has it"]
async fn an_answer_that_is_lost_on_the_way_hides_no_post() {
    let mock = Mock::start();
    let (wire, address) = Wire::before(&mock).await;
    let intent = mock.intent("3mdexample222", "Words that arrive, unlike the answer.").await;
    wire.cut();
    let first = mastodon(&address, OURS).publish(&intent).await.unwrap();
    assert!(!*wire.is_cut.lock().unwrap());
    assert_eq!(mastodon(&address, OURS).publish(&intent).await, Ok(first.clone()));
    assert_eq!(mock.posts().await.len(), 1);
    wire.cut();
    let lost = mastodon(&address, OURS).delete(&first).await;
    assert!(matches!(lost, Err(PlatformError::Ambiguous(_))), "{lost:?}");
    mastodon(&address, OURS).delete(&first).await.unwrap();
    assert_eq!(mock.posts().await.len(), 0);
}

#[tokio::test]
#[ignore = "needs mastodon-mock: MASTODON_MOCK names a Python that has it"]
async fn what_the_server_refuses_is_refused_and_what_it_forbids_waits() {
    let mock = Mock::start();
    let fits = mock.intent("3mdexample222", &"x".repeat(500)).await;
    mock.mastodon().publish(&fits).await.unwrap();
    let too_long = mock.intent("3mdexample223", &"y".repeat(501)).await;
    let refused = mock.mastodon().publish(&too_long).await;
    assert!(matches!(refused, Err(PlatformError::Refused(_))), "{refused:?}");
    let wrong = mastodon(&mock.address, "wrong").publish(&fits).await;
    assert!(matches!(wrong, Err(PlatformError::Unavailable(_))), "{wrong:?}");
    let (theirs, token) = mock.theirs().await;
    let kept = mock.mastodon().delete(&theirs).await;
    assert!(matches!(kept, Err(PlatformError::Unavailable(_))), "{kept:?}");
    mastodon(&mock.address, &token).delete(&theirs).await.unwrap();
    assert_eq!(mock.posts().await.len(), 1);
}

#[tokio::test]
#[ignore = "needs mastodon-mock: MASTODON_MOCK names a Python that has it"]
async fn a_post_of_others_is_boosted_once_and_quoted_behind_a_warning() {
    let mock = Mock::start();
    let (theirs, _) = mock.theirs().await;
    let boosting =
        Intent { shares: Some(Share::Boost(theirs.0.clone())), ..mock.intent("3mdexample222", "").await };
    let boost = mock.mastodon().publish(&boosting).await.unwrap();
    assert_eq!(mock.mastodon().publish(&boosting).await, Ok(boost.clone()));
    assert_eq!(mock.mastodon().find(&boosting).await, Ok(Some(boost.clone())));
    assert_eq!(mock.posts().await.len(), 1);
    for _ in 0..2 {
        mock.mastodon().delete(&boost).await.unwrap();
        assert_eq!(mock.posts().await.len(), 0);
    }
    assert_eq!(mock.mastodon().find(&boosting).await, Ok(None));
    let quoting = Intent {
        shares: Some(Share::Quote(theirs.0.clone())),
        content_note: Some("On grief".to_owned()),
        ..mock.intent("3mdexample223", "General information.").await
    };
    let made = mock.mastodon().publish(&quoting).await.unwrap();
    assert_eq!(mock.mastodon().publish(&quoting).await, Ok(made.clone()));
    let there = mock.posts().await;
    assert_eq!(there.len(), 1);
    assert_eq!(there[0]["spoiler_text"], "On grief");
    assert_eq!(there[0]["quote"]["quoted_status"]["id"], json!(theirs.0));
    mock.mastodon().delete(&made).await.unwrap();
    assert_eq!(mock.posts().await.len(), 0);
}

#[tokio::test]
#[ignore = "needs mastodon-mock: MASTODON_MOCK names a Python that has it"]
async fn a_post_of_others_is_seen_as_it_is_and_what_changes_is_noticed() {
    let mock = Mock::start();
    let (theirs, token) = mock.theirs().await;
    let page = format!("{}/statuses/{}", mock.address, theirs.0);
    let Seen::There(target, Visible::Public) = mock.mastodon().look_at(&page).await.unwrap() else {
        panic!()
    };
    assert_eq!((target.text.as_str(), target.handle.as_str()), ("Theirs.", "grace"));
    assert_eq!(target.still(&mock.mastodon().look_at(&page).await.unwrap()), Ok(()));
    let path = format!("/api/v1/statuses/{}", theirs.0);
    mock.ask(Method::PUT, &path, &token, json!({ "status": "Edited." })).await;
    assert_eq!(target.still(&mock.mastodon().look_at(&page).await.unwrap()), Err(Changed::Edited));
    mock.ask(Method::DELETE, &path, &token, json!({})).await;
    assert_eq!(target.still(&mock.mastodon().look_at(&page).await.unwrap()), Err(Changed::Gone));
}
