//! A server that does what Mastodon's documentation says, and fails as a test says.
//!
//! Invariant: everything that reaches it is counted, and it forgets no post.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Uri},
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::{Account, Mastodon};
use crate::secret::FixedSecret;

pub(super) const TOKEN: &str = "example-token";
/// How long a call lasts in tests that let one hang.
const SHORT: Duration = Duration::from_millis(300);

/// What is asked of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Step {
    Verify,
    Instance,
    Timeline,
    Source,
    Show,
    Post,
    Delete,
    Boost,
    Unboost,
}

/// What goes wrong, once.
#[derive(Debug, Clone)]
pub(super) enum Fault {
    /// The connection ends before anything is done, or after it.
    Dies,
    DiesAfter,
    /// It is done, and half of the answer comes.
    HalfBody,
    /// It is done, and the answer is something else.
    Says(&'static str),
    /// It is done, but the server fails before it remembers the key.
    FailsAfter,
    /// No answer comes, before or after it is done.
    Hangs,
    HangsAfter,
    /// Nothing is done, and the answer says why.
    Answers(u16, Value, Vec<(&'static str, &'static str)>),
}

/// An answer of the API that is an error.
pub(super) fn error(status: u16) -> Fault {
    Fault::Answers(status, json!({ "error": "A sentence." }), vec![])
}

#[derive(Debug, Clone)]
pub(super) struct Post {
    pub(super) id: u64,
    pub(super) account: &'static str,
    pub(super) body: Value,
    pub(super) created_at: Timestamp,
    pub(super) is_boost: bool,
}

pub(super) struct World {
    pub(super) now: Timestamp,
    pub(super) token: String,
    pub(super) posts: Vec<Post>,
    pub(super) keys: HashMap<String, u64>,
    pub(super) faults: HashMap<Step, VecDeque<Fault>>,
    pub(super) calls: Vec<Step>,
    pub(super) instance: Value,
    /// The timeline lags behind by this many looks.
    pub(super) lag: usize,
    /// The server makes stars into emphasis, as some do.
    pub(super) has_markdown: bool,
    pub(super) has_sources: bool,
    last: u64,
}

pub(super) struct Server {
    world: Arc<Mutex<World>>,
    pub(super) address: String,
}

impl Server {
    pub(super) async fn start() -> Self {
        let world = Arc::new(Mutex::new(World {
            now: "2026-11-23T12:00:01Z".parse().unwrap(),
            token: TOKEN.to_owned(),
            posts: vec![],
            keys: HashMap::new(),
            faults: HashMap::new(),
            calls: vec![],
            instance: json!({ "version": "4.5.0", "api_versions": { "mastodon": 7 } }),
            lag: 0,
            has_markdown: false,
            has_sources: true,
            last: 100,
        }));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&world));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { world, address }
    }

    pub(super) fn mastodon(&self) -> Mastodon {
        let token = Arc::new(FixedSecret::new(TOKEN.to_owned()));
        Mastodon::new(Account::on(&self.address), token)
    }

    /// One that waits for an answer no longer than a test can.
    pub(super) fn hasty(&self) -> Mastodon {
        let token = Arc::new(FixedSecret::new(TOKEN.to_owned()));
        Mastodon::with_patience(Account::on(&self.address), token, SHORT)
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub(super) fn fails(&self, step: Step, fault: Fault) {
        self.world().faults.entry(step).or_default().push_back(fault);
    }

    pub(super) fn calls(&self) -> Vec<Step> {
        std::mem::take(&mut self.world().calls)
    }

    pub(super) fn count(&self) -> usize {
        self.world().posts.len()
    }
}

impl World {
    pub(super) fn add(&mut self, account: &'static str, body: Value, is_boost: bool) -> u64 {
        self.last += 1;
        self.posts.push(Post { id: self.last, account, body, created_at: self.now, is_boost });
        self.last
    }

    pub(super) fn pass(&mut self, time: SignedDuration) {
        self.now += time;
        if time > SignedDuration::from_hours(1) {
            self.keys.clear();
        }
    }

    fn entity(&self, post: &Post) -> Value {
        let of = json!(post.id.to_string());
        json!({
            "id": of,
            "created_at": format!("{:.3}", post.created_at),
            "in_reply_to_id": post.body["in_reply_to_id"],
            "content": self.markup(post.body["status"].as_str().unwrap_or_default()),
            "visibility": "public",
            "quote": match post.body["quoted_status_id"].as_str() {
                Some(id) => json!({ "state": "accepted", "quoted_status": { "id": id } }),
                None => Value::Null,
            },
            "reblogged": self.posts.iter().any(|boost| boost.body["of"] == of),
            "reblog": if post.is_boost { json!({ "id": "1" }) } else { Value::Null },
            "account": { "id": post.account, "acct": "an_example" },
        })
    }

    fn markup(&self, text: &str) -> String {
        let text = text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let text = if self.has_markdown { text.replace('*', "") } else { text };
        let words = text.split(' ').map(|word| match word.strip_prefix("https://") {
            Some(rest) => format!("<a href=\"{word}\"><span class=\"invisible\">https://</span><span class=\"\">{rest}</span><span class=\"invisible\"></span></a>"),
            None => word.to_owned(),
        });
        let text = words.collect::<Vec<_>>().join(" ");
        format!("<p>{}</p>", text.replace("\n\n", "</p><p>").replace('\n', "<br />"))
    }

    fn act(&mut self, step: Step, id: &str, uri: &Uri, headers: &HeaderMap, body: &Value) -> (u16, Value) {
        let missing = (404, json!({ "error": "Record not found" }));
        let number = id.parse::<u64>().unwrap_or_default();
        let found = self.posts.iter().position(|post| post.id == number);
        if !matches!(step, Step::Instance)
            && headers.get("authorization").map(|value| value.to_str().unwrap())
                != Some(&format!("Bearer {}", self.token))
        {
            return (401, json!({ "error": "The access token is invalid" }));
        }
        match step {
            Step::Instance => (200, self.instance.clone()),
            Step::Verify => (200, json!({ "id": "7", "acct": "channel" })),
            Step::Timeline => {
                assert_eq!(id, "7");
                let query = uri.query().unwrap_or_default();
                let older_than =
                    query.split('&').find_map(|one| one.strip_prefix("max_id=")?.parse::<u64>().ok());
                let hidden = if self.lag > 0 { 1 } else { 0 };
                self.lag = self.lag.saturating_sub(1);
                let posts = self.posts.iter().rev().skip(hidden);
                let posts =
                    posts.filter(|post| post.account == "7" && older_than.is_none_or(|id| post.id < id));
                (200, posts.take(40).map(|post| self.entity(post)).collect())
            }
            Step::Source if !self.has_sources => missing,
            Step::Source => {
                found.map_or(missing, |at| (200, json!({ "text": self.posts[at].body["status"] })))
            }
            Step::Show => found.map_or(missing, |at| (200, self.entity(&self.posts[at]))),
            Step::Post => {
                let key = headers["idempotency-key"].to_str().unwrap().to_owned();
                if let Some(id) = self.keys.get(&key) {
                    let known = self.posts.iter().find(|post| post.id == *id);
                    return known.map_or(missing, |post| (200, self.entity(post)));
                }
                let follows = body["in_reply_to_id"].as_str();
                if follows.is_some_and(|id| !self.posts.iter().any(|post| post.id.to_string() == id)) {
                    return missing;
                }
                let id = self.add("7", body.clone(), false);
                self.keys.insert(key, id);
                (200, self.entity(&self.posts[self.posts.len() - 1]))
            }
            Step::Delete => match found.filter(|at| self.posts[*at].account == "7") {
                Some(at) => {
                    let post = self.posts.remove(at);
                    (200, self.entity(&post))
                }
                None => missing,
            },
            Step::Boost => match found {
                None => missing,
                Some(_) => {
                    let is_of_it = |post: &&Post| post.is_boost && post.body["of"] == id;
                    let there = self.posts.iter().find(is_of_it).map(|post| post.id);
                    let boost = there.unwrap_or_else(|| self.add("7", json!({ "of": id }), true));
                    (200, json!({ "id": boost.to_string(), "reblog": { "id": id } }))
                }
            },
            Step::Unboost => {
                self.posts.retain(|post| !(post.is_boost && post.body["of"] == id));
                found.map_or(missing, |_| (200, json!({ "id": id })))
            }
        }
    }
}

fn step<'a>(method: &Method, path: &[&'a str]) -> (Step, &'a str) {
    match (method.as_str(), path) {
        ("GET", ["api", "v2", "instance"]) => (Step::Instance, ""),
        ("GET", ["api", "v1", "accounts", "verify_credentials"]) => (Step::Verify, ""),
        ("GET", ["api", "v1", "accounts", id, "statuses"]) => (Step::Timeline, id),
        ("GET", ["api", "v1", "statuses", id, "source"]) => (Step::Source, id),
        ("GET", ["api", "v1", "statuses", id]) => (Step::Show, id),
        ("POST", ["api", "v1", "statuses"]) => (Step::Post, ""),
        ("DELETE", ["api", "v1", "statuses", id]) => (Step::Delete, id),
        ("POST", ["api", "v1", "statuses", id, "reblog"]) => (Step::Boost, id),
        ("POST", ["api", "v1", "statuses", id, "unreblog"]) => (Step::Unboost, id),
        other => panic!("nobody asks {other:?} of a server"),
    }
}

fn reply(status: u16, body: impl Into<Body>) -> Response {
    Response::builder().status(status).body(body.into()).unwrap()
}

async fn answer(
    State(world): State<Arc<Mutex<World>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Infallible> {
    let path = uri.path().split('/').skip(1).collect::<Vec<_>>();
    let (step, id) = step(&method, &path);
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let fault = {
        let mut world = world.lock().unwrap();
        world.calls.push(step);
        world.faults.get_mut(&step).and_then(VecDeque::pop_front)
    };
    let act = || world.lock().unwrap().act(step, id, &uri, &headers, &body);
    Ok(match fault {
        None => {
            let (status, answer) = act();
            reply(status, answer.to_string())
        }
        Some(Fault::Dies) => panic!("the server dies before it did anything"),
        Some(Fault::DiesAfter) => {
            act();
            panic!("the server dies after it did what was asked")
        }
        Some(Fault::HalfBody) => {
            let answer = act().1.to_string();
            let half = answer[..answer.len() / 2].to_owned();
            let pieces = [Ok(half), Err(io::Error::other("cut off"))];
            reply(200, Body::from_stream(futures::stream::iter(pieces)))
        }
        Some(Fault::Says(answer)) => {
            act();
            reply(200, answer)
        }
        Some(Fault::FailsAfter) => {
            act();
            world.lock().unwrap().keys.clear();
            reply(500, json!({ "error": "We're sorry" }).to_string())
        }
        Some(Fault::Hangs) => std::future::pending().await,
        Some(Fault::HangsAfter) => {
            act();
            std::future::pending().await
        }
        Some(Fault::Answers(status, answer, headers)) => {
            let mut reply = reply(status, answer.to_string());
            for (name, value) in headers {
                reply.headers_mut().insert(name, value.parse().unwrap());
            }
            reply
        }
    })
}
