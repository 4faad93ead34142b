//! A personal data server as the channel meets it: sessions that end, records under keys, commits that are whole.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    peer::{Model, Post, Trouble},
    wire::{Answer, Request},
};

pub(super) const DID: &str = "did:plc:examplechannel";
pub(super) const PASSWORD: &str = "example-password";
const POSTS: &str = "app.bsky.feed.post";
/// For how long an access token is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(2);

pub(super) struct Bluesky {
    /// Posts by their key, with the record.
    records: BTreeMap<String, (usize, Value)>,
    gates: BTreeMap<String, Value>,
    posts: Vec<Post>,
    tokens: u32,
    access: Option<(String, Timestamp)>,
    refresh: Option<String>,
    dice: StdRng,
}

impl Bluesky {
    pub(super) fn new(dice: &mut StdRng) -> Self {
        Self {
            records: BTreeMap::new(),
            gates: BTreeMap::new(),
            posts: vec![],
            tokens: 0,
            access: None,
            refresh: None,
            dice: StdRng::seed_from_u64(dice.random()),
        }
    }

    fn session(&mut self, at: Timestamp) -> Answer {
        self.tokens += 1;
        let (access, refresh) = (format!("access-{}", self.tokens), format!("refresh-{}", self.tokens));
        let body =
            json!({ "did": DID, "handle": "channel.example", "accessJwt": access, "refreshJwt": refresh });
        self.access = Some((access, at + GOOD_FOR));
        self.refresh = Some(refresh);
        Answer::json(200, &body)
    }

    fn has_access(&self, request: &Request, at: Timestamp) -> bool {
        let is_of = |(token, until): &(String, Timestamp)| {
            request.header("authorization") == format!("Bearer {token}") && at < *until
        };
        self.access.as_ref().is_some_and(is_of)
    }

    fn put(&mut self, key: &str, record: &Value, at: Timestamp) -> Value {
        let uri = format!("at://{DID}/{POSTS}/{key}");
        let place = match self.records.get(key) {
            Some((place, _)) => *place,
            None => {
                let reference = |name: &str| record["reply"][name]["uri"].as_str().map(str::to_owned);
                self.posts.push(Post {
                    id: uri.clone(),
                    page: format!("https://bsky.app/profile/channel.example/post/{key}"),
                    text: record["text"].as_str().unwrap_or_default().to_owned(),
                    follows: reference("parent"),
                    root: reference("root"),
                    at,
                    shown_from: at,
                    is_up: true,
                    key: Some(key.to_owned()),
                });
                self.posts.len() - 1
            }
        };
        self.records.insert(key.to_owned(), (place, record.clone()));
        reference(key)
    }

    /// All or nothing.
    fn commit(&mut self, body: &Value, at: Timestamp) -> Answer {
        let writes = body["writes"].as_array().cloned().unwrap_or_default();
        let key = |write: &Value| write["rkey"].as_str().unwrap_or_default().to_owned();
        let is_post = |write: &Value| write["collection"] == POSTS;
        let is_taken = writes.iter().any(|write| match is_post(write) {
            true => self.records.contains_key(&key(write)),
            false => self.gates.contains_key(&key(write)),
        });
        if writes.is_empty() || is_taken {
            // Servers differ.
            let (status, name) =
                [(400, "InvalidRequest"), (500, "InternalServerError")][self.dice.random_range(0..2)];
            return error(status, name);
        }
        let mut results = vec![];
        for write in &writes {
            if is_post(write) {
                results.push(self.put(&key(write), &write["value"], at));
            } else {
                self.gates.insert(key(write), write["value"].clone());
                results.push(reference(&key(write)));
            }
        }
        Answer::json(200, &json!({ "commit": commit(), "results": results }))
    }

    fn delete(&mut self, body: &Value) -> Answer {
        let key = body["rkey"].as_str().unwrap_or_default();
        let was_there = if body["collection"] == POSTS {
            let place = self.records.remove(key).map(|(place, _)| place);
            if let Some(place) = place {
                self.posts[place].is_up = false;
            }
            place.is_some()
        } else {
            self.gates.remove(key).is_some()
        };
        Answer::json(200, &if was_there { json!({ "commit": commit() }) } else { json!({}) })
    }
}

fn commit() -> Value {
    json!({ "cid": "bafyexample", "rev": "3mdexample222" })
}

fn reference(key: &str) -> Value {
    json!({ "uri": format!("at://{DID}/{POSTS}/{key}"), "cid": format!("bafy{key}") })
}

fn error(status: u16, name: &str) -> Answer {
    Answer::json(status, &json!({ "error": name, "message": "A sentence." }))
}

impl Model for Bluesky {
    fn carry_out(&mut self, request: &Request, at: Timestamp, _: bool) -> Answer {
        let name = request.path.rsplit('.').next().unwrap_or_default();
        match name {
            "createSession" if request.body["password"] == PASSWORD => return self.session(at),
            "createSession" => return error(401, "AuthenticationRequired"),
            "refreshSession" => {
                let is_good = self
                    .refresh
                    .as_ref()
                    .is_some_and(|token| request.header("authorization") == format!("Bearer {token}"));
                return if is_good { self.session(at) } else { error(400, "ExpiredToken") };
            }
            "getRecord" => {
                let key = request.query.get("rkey").map_or("", String::as_str);
                let is_of_posts = request.query.get("collection").is_some_and(|name| name == POSTS);
                let of_posts = self.records.get(key).map(|(_, record)| record);
                let found = if is_of_posts { of_posts } else { self.gates.get(key) };
                return found.map_or(error(400, "RecordNotFound"), |record| {
                    let mut body = reference(key);
                    body["value"] = record.clone();
                    Answer::json(200, &body)
                });
            }
            _ => {}
        }
        if !self.has_access(request, at) {
            return error(400, "ExpiredToken");
        }
        match name {
            "getSession" => Answer::json(200, &json!({ "did": DID, "active": true })),
            "applyWrites" => self.commit(&request.body, at),
            "putRecord" => {
                let key = request.body["rkey"].as_str().unwrap_or_default().to_owned();
                Answer::json(200, &self.put(&key, &request.body["record"], at))
            }
            "deleteRecord" => self.delete(&request.body),
            _ => error(501, "MethodNotImplemented"),
        }
    }

    fn say(&mut self, trouble: Trouble, _: Timestamp) -> Answer {
        match trouble {
            Trouble::TooMany(reset) => error(429, "RateLimitExceeded")
                .with("ratelimit-remaining", 0)
                .with("ratelimit-reset", reset.as_second()),
            Trouble::Unauthorised => {
                self.access = None;
                if self.dice.random_bool(0.3) {
                    self.refresh = None;
                }
                error(400, "ExpiredToken")
            }
            Trouble::Duplicate | Trouble::Refused => error(400, "InvalidRequest"),
        }
    }

    fn posts(&self) -> &[Post] {
        &self.posts
    }

    fn remember(&mut self, parts: &[String], at: Timestamp) {
        for (number, part) in parts.iter().enumerate() {
            self.put(&format!("3mdearlier{number:03}"), &json!({ "text": part }), at);
        }
    }

    fn is_littered(&self) -> bool {
        !self.gates.is_empty()
    }
}
