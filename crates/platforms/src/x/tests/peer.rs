//! A server that behaves as X's API is documented to, with faults at will, for the tests.
//!
//! Invariant: every request is checked against the API's schemas and its signature, and a test in which one was wrong
//! fails when its server is dropped.

#![allow(clippy::unwrap_used)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use unicode_normalization::UnicodeNormalization;

use super::contract;
use crate::{
    secret::{FixedSecret, Secret},
    x::{Account, Credentials, Freshness, X},
};

/// The account.
pub(super) const USER: &str = "2244994945";
/// When it is.
pub(super) const NOW: &str = "2026-11-23T12:00:00Z";

/// What becomes of a request. Those marked with an effect do what was asked for before they go wrong.
#[derive(Debug, Clone)]
pub(super) enum Fate {
    /// Answered as X does.
    Served,
    /// This answer, and no effect.
    Refused(u16, Vec<(&'static str, String)>, String),
    /// The connection ends before anything is read.
    CutUnread,
    /// The connection ends after all was read: with an effect.
    CutServed,
    /// Half of the answer: with an effect.
    Half,
    /// What is no HTTP: with an effect.
    Garbled,
    /// Headers as they should be, and a body that is no JSON: with an effect.
    Nonsense,
    /// No answer at all: with an effect.
    Silent,
}

#[derive(Default)]
struct State {
    fates: VecDeque<Fate>,
    requests: Vec<String>,
    bodies: Vec<Value>,
    faults: Vec<String>,
    posts: Vec<Value>,
    others: Vec<Value>,
    /// Posts that the timeline does not show yet.
    hidden: usize,
    made: u64,
}

/// The server, and the clock of whoever calls it.
pub(super) struct Peer {
    state: Arc<Mutex<State>>,
    clock: Arc<Clock>,
    address: String,
    end: Arc<Notify>,
}

struct Clock {
    now: Mutex<Timestamp>,
    nonces: Mutex<u8>,
}

impl Freshness for Clock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn nonce(&self) -> [u8; 16] {
        let mut nonces = self.nonces.lock().unwrap();
        *nonces = nonces.wrapping_add(1);
        [*nonces; 16]
    }
}

impl Peer {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(Clock { now: Mutex::new(NOW.parse().unwrap()), nonces: Mutex::default() });
        let peer = Self { state: Arc::default(), clock, address, end: Arc::default() };
        let (state, clock, end) = (Arc::clone(&peer.state), Arc::clone(&peer.clock), Arc::clone(&peer.end));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&state), Arc::clone(&clock), Arc::clone(&end)));
            }
        });
        peer
    }

    /// An adapter for this server that waits for no answer longer than a moment.
    pub(super) fn x(&self) -> X {
        self.x_with(Arc::new(FixedSecret::new(" example-token\n".to_owned())))
    }

    pub(super) fn x_with(&self, access_token: Arc<dyn Secret>) -> X {
        let account = Account { base: self.address.clone(), user: USER.to_owned() };
        let freshness = Arc::clone(&self.clock) as Arc<dyn Freshness>;
        X::with_patience(account, credentials(access_token), freshness, Duration::from_millis(300))
    }

    /// What becomes of the next requests; all later ones are served.
    pub(super) fn fates(&self, fates: impl IntoIterator<Item = Fate>) {
        self.state.lock().unwrap().fates.extend(fates);
    }

    /// The requests since it was last asked, as method and path.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().requests)
    }

    /// The bodies of all requests that had one.
    pub(super) fn bodies(&self) -> Vec<Value> {
        self.state.lock().unwrap().bodies.clone()
    }

    /// The posts that are there.
    pub(super) fn posts(&self) -> Vec<Value> {
        self.state.lock().unwrap().posts.clone()
    }

    /// Puts a post there that nobody asked for.
    pub(super) fn put(&self, post: Value) {
        self.state.lock().unwrap().posts.push(post);
    }

    /// Lets somebody else post.
    pub(super) fn others_post(&self, post: Value) {
        self.state.lock().unwrap().others.push(post);
    }

    /// Makes the timeline leave the newest posts out.
    pub(super) fn hide(&self, newest: usize) {
        self.state.lock().unwrap().hidden = newest;
    }

    /// Moves the clock on, or back.
    pub(super) fn pass(&self, time: SignedDuration) {
        let mut now = self.clock.now.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.end.notify_waiters();
        if !std::thread::panicking() {
            assert_eq!(self.state.lock().unwrap().faults, Vec::<String>::new());
        }
    }
}

pub(super) fn credentials(access_token: Arc<dyn Secret>) -> Credentials {
    let secret = |text: &str| Arc::new(FixedSecret::new(text.to_owned())) as Arc<dyn Secret>;
    Credentials {
        consumer_key: secret("example-key"),
        consumer_secret: secret("example-secret"),
        access_token,
        access_token_secret: secret("example-token-secret"),
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>, clock: Arc<Clock>, end: Arc<Notify>) {
    let fate = state.lock().unwrap().fates.pop_front().unwrap_or(Fate::Served);
    if matches!(fate, Fate::CutUnread) {
        return;
    }
    let (head, body) = read(&mut stream).await;
    let mut line = head.lines().next().unwrap().split(' ');
    let (method, address) = (line.next().unwrap(), line.next().unwrap());
    let (status, answer) = {
        let mut state = state.lock().unwrap();
        state.requests.push(format!("{method} {}", address.split('?').next().unwrap()));
        state.bodies.extend(serde_json::from_str::<Value>(&body));
        state.faults.extend(contract::faults(method, address, &body));
        if !["oauth_consumer_key=\"example-key\"", "oauth_signature=\"", "oauth_version=\"1.0\""]
            .iter()
            .all(|part| head.contains(part))
        {
            state.faults.push("no signature".to_owned());
        }
        match &fate {
            Fate::Refused(..) => (0, Value::Null),
            _ => state.answer(method, address, &body, clock.now()),
        }
    };
    let answer = answer.to_string();
    let whole = |status: u16, headers: &[(&str, String)], body: &str| {
        let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<String>();
        format!(
            "HTTP/1.1 {status} Example\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            body.len()
        )
    };
    let bytes = match fate {
        Fate::Served => whole(status, &[], &answer),
        Fate::Refused(status, headers, body) => whole(status, &headers, &body),
        Fate::Half => {
            let answer = whole(status, &[], &answer);
            answer[..answer.len() - 12].to_owned()
        }
        Fate::Garbled => "garbage, and no HTTP\r\n\r\n".to_owned(),
        Fate::Nonsense => whole(status, &[], "<html>"),
        Fate::CutUnread | Fate::CutServed => return,
        Fate::Silent => return end.notified().await,
    };
    // Whoever called may be gone.
    let _ = stream.write_all(bytes.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> (String, String) {
    let mut bytes = Vec::new();
    loop {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await.unwrap();
        bytes.extend_from_slice(&some[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned)
            });
            if body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                return (head.to_owned(), body.to_owned());
            }
        }
        assert!(count > 0, "a request was cut off");
    }
}

impl State {
    fn answer(&mut self, method: &str, address: &str, body: &str, now: Timestamp) -> (u16, Value) {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        match (method, path.split('/').skip(2).collect::<Vec<_>>().as_slice()) {
            ("POST", ["tweets"]) => self.create(&serde_json::from_str(body).unwrap(), now),
            ("DELETE", ["tweets", id]) => {
                let before = self.posts.len();
                self.posts.retain(|post| post["id"] != *id);
                if self.posts.len() < before {
                    (200, json!({ "data": { "deleted": true } }))
                } else {
                    (
                        404,
                        json!({ "type": "https://api.x.com/2/problems/resource-not-found", "title": "Not Found Error" }),
                    )
                }
            }
            ("GET", ["users", "me"]) => {
                (200, json!({ "data": { "id": USER, "name": "Example", "username": "example" } }))
            }
            ("GET", ["users", USER, "tweets"]) => (200, self.timeline(query)),
            ("GET", ["tweets", id]) => (200, self.show(id)),
            ("POST", ["users", USER, "retweets"]) => self.repost(&serde_json::from_str(body).unwrap(), now),
            ("DELETE", ["users", USER, "retweets", id]) => {
                self.posts
                    .retain(|post| post["referenced_posts"] != json!([{ "type": "retweeted", "id": id }]));
                (200, json!({ "data": { "retweeted": false } }))
            }
            _ => (404, Value::Null),
        }
    }

    /// Of the posts of others, which know their author.
    fn show(&self, id: &str) -> Value {
        match self.others.iter().find(|post| post["id"] == id) {
            Some(post) => json!({
                "data": post,
                "includes": { "users": [{ "id": post["author_id"], "username": "an_example", "protected": false }] },
            }),
            None => json!({ "errors": [{ "type": "https://api.x.com/2/problems/resource-not-found" }] }),
        }
    }

    fn repost(&mut self, body: &Value, now: Timestamp) -> (u16, Value) {
        let of = json!([{ "type": "retweeted", "id": body["tweet_id"] }]);
        if !self.others.iter().any(|post| post["id"] == body["tweet_id"]) {
            return (404, json!({ "type": "https://api.x.com/2/problems/resource-not-found" }));
        }
        if !self.posts.iter().any(|post| post["referenced_posts"] == of) {
            self.made += 1;
            let id = (1_990_000_000_000_000_000 + self.made).to_string();
            self.posts.push(json!({ "id": id, "text": "RT @an_example: Theirs.", "created_at": format!("{now:.0}"), "referenced_posts": of }));
        }
        (200, json!({ "data": { "retweeted": true } }))
    }

    fn create(&mut self, body: &Value, now: Timestamp) -> (u16, Value) {
        let (mut text, urls) = stored(body["text"].as_str().unwrap());
        let quoted = &body["quote_tweet_id"];
        if quoted.is_string() {
            text.push_str(" https://t.co/Quoted");
        }
        let replied_to = &body["reply"]["in_reply_to_tweet_id"];
        if self.posts.iter().any(|post| post["text"] == text.as_str()) {
            let detail = "You are not allowed to create a Tweet with duplicate content.";
            return (
                403,
                json!({ "type": "about:blank", "title": "Forbidden", "status": 403, "detail": detail }),
            );
        }
        self.made += 1;
        let id = (1_990_000_000_000_000_000 + self.made).to_string();
        let mut post =
            json!({ "id": id, "text": text, "created_at": format!("{now:.0}"), "conversation_id": id });
        if !urls.is_empty() {
            post["entities"] = json!({ "urls": urls });
        }
        if replied_to.is_string() {
            let parent = self.posts.iter().find(|post| post["id"] == *replied_to).unwrap();
            post["conversation_id"] = parent["conversation_id"].clone();
            post["referenced_posts"] = json!([{ "type": "replied_to", "id": replied_to }]);
        }
        if quoted.is_string() {
            post["referenced_posts"] = json!([{ "type": "quoted", "id": quoted }]);
        }
        self.posts.push(post);
        (201, json!({ "data": { "id": id, "text": text } }))
    }

    /// Pages of two posts, to be sure that somebody turns them.
    fn timeline(&self, query: &str) -> Value {
        let url = reqwest::Url::parse(&format!("http://x?{query}")).unwrap();
        let given =
            |name: &str| url.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned());
        let from = given("start_time").unwrap().parse::<Timestamp>().unwrap();
        let skipped = given("pagination_token").map_or(0, |token| token.parse::<usize>().unwrap());
        let without_reposts = given("exclude").is_some();
        let is_repost = |post: &Value| post["referenced_posts"][0]["type"] == "retweeted";
        let shown = self.posts.iter().rev().skip(self.hidden);
        let shown = shown.filter(|post| !without_reposts || !is_repost(post));
        let shown =
            shown.filter(|post| post["created_at"].as_str().unwrap().parse::<Timestamp>().unwrap() >= from);
        let shown = shown.cloned().collect::<Vec<_>>();
        let page = shown.iter().skip(skipped).take(2).cloned().collect::<Vec<_>>();
        let mut answer = json!({ "meta": { "result_count": page.len() } });
        if shown.len() > skipped + 2 {
            answer["meta"]["next_token"] = json!((skipped + 2).to_string());
        }
        if !page.is_empty() {
            answer["data"] = Value::Array(page);
        }
        answer
    }
}

/// A text as X stores it: composed, without what it takes out, links shortened, three characters escaped.
pub(super) fn stored(text: &str) -> (String, Vec<Value>) {
    let text = text
        .trim()
        .nfc()
        .filter(|one| !matches!(one, '\t' | '\u{200E}' | '\u{200F}' | '\u{FEFF}'))
        .collect::<String>();
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("\r\n", "\n");
    let mut finder = linkify::LinkFinder::new();
    finder.kinds(&[linkify::LinkKind::Url]).url_must_have_scheme(false);
    let (mut stored, mut urls, mut at) = (String::new(), Vec::new(), 0);
    for link in finder.links(&text) {
        let short = format!("https://t.co/Example{}", urls.len());
        let typed = link.as_str().replace("&amp;", "&");
        let scheme = if typed.contains("://") { "" } else { "https://" };
        urls.push(json!({ "start": 0, "end": 23, "url": short, "expanded_url": format!("{scheme}{typed}") }));
        stored.push_str(&text[at..link.start()]);
        stored.push_str(&short);
        at = link.end();
    }
    stored.push_str(&text[at..]);
    (stored, urls)
}
