//! A Mastodon server as the channel meets it: it knows a repetition by its key for an hour, unless it failed while it
//! posted, and gives words back as HTML.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    peer::{Model, Post, Trouble},
    wire::{Answer, Request},
};

const ACCOUNT: &str = "109000000000000001";
pub(super) const TOKEN: &str = "example-token";
/// For how long a key is known.
const REMEMBERS: SignedDuration = SignedDuration::from_hours(1);

pub(super) struct Mastodon {
    posts: Vec<Post>,
    /// Which post, and until when it is known.
    keys: BTreeMap<String, (usize, Timestamp)>,
    /// By how many seconds the timeline is behind: it is read from a copy.
    behind: i64,
    page: usize,
    has_sources: bool,
}

impl Mastodon {
    pub(super) fn new(dice: &mut StdRng) -> Self {
        Self {
            posts: vec![],
            keys: BTreeMap::new(),
            behind: [0, 0, 0, 20][dice.random_range(0..4)],
            page: [40, 3][dice.random_range(0..2)],
            has_sources: dice.random_bool(0.8),
        }
    }

    fn make(&mut self, request: &Request, at: Timestamp, forgets: bool) -> Answer {
        let key = request.header("idempotency-key").to_owned();
        if let Some((place, _)) = self.keys.get(&key).filter(|(_, until)| at < *until) {
            let post = &self.posts[*place];
            return if post.is_up { Answer::json(200, &as_it_is_given(post)) } else { missing() };
        }
        let text = request.body["status"].as_str().unwrap_or_default().to_owned();
        if text.is_empty() {
            return Answer::json(422, &json!({ "error": "Validation failed: Text can't be blank" }));
        }
        let follows = request.body["in_reply_to_id"].as_str().map(str::to_owned);
        let parent = follows.as_ref().map(|id| self.posts.iter().find(|post| post.id == *id && post.is_up));
        let root = match parent {
            Some(None) => return missing(),
            Some(Some(parent)) => parent.root.clone().or(Some(parent.id.clone())),
            None => None,
        };
        let place = self.add(text, follows, root, at);
        if !forgets {
            self.keys.insert(key.clone(), (place, at + REMEMBERS));
        }
        self.posts[place].key = Some(key);
        Answer::json(200, &as_it_is_given(&self.posts[place]))
    }

    fn add(&mut self, text: String, follows: Option<String>, root: Option<String>, at: Timestamp) -> usize {
        let id = (116_000_000_000_000_000_u64 + self.posts.len() as u64).to_string();
        self.posts.push(Post {
            page: format!("http://127.0.0.1/@channel/{id}"),
            id,
            text,
            follows,
            root,
            at,
            shown_from: at + SignedDuration::from_secs(self.behind),
            is_up: true,
            key: None,
        });
        self.posts.len() - 1
    }

    fn timeline(&self, request: &Request, at: Timestamp) -> Answer {
        let number = |id: &str| id.parse::<u64>().unwrap_or_default();
        let below = request.query.get("max_id").map(|id| number(id));
        let is_shown = |post: &&Post| {
            post.is_up && post.shown_from <= at && below.is_none_or(|below| number(&post.id) < below)
        };
        let page = self.posts.iter().rev().filter(is_shown).take(self.page).map(as_it_is_given);
        Answer::json(200, &Value::Array(page.collect()))
    }
}

fn as_it_is_given(post: &Post) -> Value {
    let text = post.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let text = text.replace('"', "&quot;").replace('\'', "&#39;");
    let content = text.split("\n\n").map(|part| format!("<p>{}</p>", part.replace('\n', "<br />")));
    json!({
        "id": post.id,
        "created_at": format!("{:.3}", post.at),
        "in_reply_to_id": post.follows,
        "reblog": null,
        "url": post.page,
        "content": content.collect::<String>(),
    })
}

fn missing() -> Answer {
    Answer::json(404, &json!({ "error": "Record not found" }))
}

impl Model for Mastodon {
    fn carry_out(&mut self, request: &Request, at: Timestamp, forgets: bool) -> Answer {
        if request.path == "/api/v2/instance" {
            return Answer::json(200, &json!({ "version": "4.4.1" }));
        }
        if request.header("authorization") != format!("Bearer {TOKEN}") {
            return self.say(Trouble::Unauthorised, at);
        }
        let find = |id: &str| self.posts.iter().position(|post| post.id == id && post.is_up);
        match (request.method.as_str(), &request.parts()[2..]) {
            ("GET", ["accounts", "verify_credentials"]) => Answer::json(200, &json!({ "id": ACCOUNT })),
            ("GET", ["accounts", ACCOUNT, "statuses"]) => self.timeline(request, at),
            ("POST", ["statuses"]) => self.make(request, at, forgets),
            ("GET", ["statuses", id, "source"]) => match find(id).filter(|_| self.has_sources) {
                Some(place) => Answer::json(200, &json!({ "id": id, "text": self.posts[place].text })),
                None => missing(),
            },
            ("GET", ["statuses", id]) => {
                find(id).map_or_else(missing, |place| Answer::json(200, &as_it_is_given(&self.posts[place])))
            }
            ("DELETE", ["statuses", id]) => match find(id) {
                Some(place) => {
                    self.posts[place].is_up = false;
                    // What answers it stays, and answers nothing any more.
                    for post in self.posts.iter_mut().filter(|post| post.follows.as_deref() == Some(id)) {
                        post.follows = None;
                    }
                    Answer::json(200, &as_it_is_given(&self.posts[place]))
                }
                None => missing(),
            },
            _ => missing(),
        }
    }

    fn say(&mut self, trouble: Trouble, _: Timestamp) -> Answer {
        let error = |status: u16, text: &str| Answer::json(status, &json!({ "error": text }));
        match trouble {
            Trouble::TooMany(reset) => error(429, "Too many requests")
                .with("x-ratelimit-remaining", 0)
                .with("x-ratelimit-reset", format!("{reset:.6}")),
            Trouble::Unauthorised => error(401, "The access token is invalid"),
            Trouble::Duplicate | Trouble::Refused => error(422, "Validation failed"),
        }
    }

    fn posts(&self) -> &[Post] {
        &self.posts
    }

    fn remember(&mut self, parts: &[String], at: Timestamp) {
        let mut before: Option<(String, String)> = None;
        for part in parts {
            let (follows, root) = before.clone().map_or((None, None), |(id, root)| (Some(id), Some(root)));
            let place = self.add(part.clone(), follows, root, at);
            let id = self.posts[place].id.clone();
            before = Some((id.clone(), before.map_or(id, |(_, root)| root)));
        }
    }
}
