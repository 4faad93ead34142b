//! X as the channel meets it: signatures of the right time, posts that the timeline may show later, words that may not
//! be said twice.

use curation::composition::tidied;
use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    peer::{Model, Post, Trouble},
    wire::{Answer, Request},
};

pub(super) const USER: &str = "2244994945";
/// How far a signature's time may be from the right one.
const SKEW: i64 = 300;
/// For how long X refuses the same words.
const REFUSES_AGAIN: SignedDuration = SignedDuration::from_hours(12);

pub(super) struct X {
    posts: Vec<Post>,
    /// Most of the time X knows words that it has.
    knows_duplicates: bool,
    /// By how many seconds the timeline may be behind.
    most_behind: i64,
    page: usize,
    dice: StdRng,
}

impl X {
    pub(super) fn new(dice: &mut StdRng) -> Self {
        Self {
            posts: vec![],
            knows_duplicates: dice.random_range(0..100) < 85,
            most_behind: [0, 0, 20, 840][dice.random_range(0..4)],
            page: [100, 4][dice.random_range(0..2)],
            dice: StdRng::seed_from_u64(dice.random()),
        }
    }

    fn make(&mut self, body: &Value, at: Timestamp) -> Answer {
        let text = body["text"].as_str().unwrap_or_default().to_owned();
        let follows = body["reply"]["in_reply_to_tweet_id"].as_str().map(str::to_owned);
        if text.is_empty() || (follows.is_none() && body["reply_settings"] != "mentionedUsers") {
            return self.say(Trouble::Refused, at);
        }
        let parent = follows.as_ref().map(|id| self.posts.iter().find(|post| post.id == *id && post.is_up));
        let root = match parent {
            Some(None) => {
                let detail = "You attempted to reply to a Post that is deleted or not visible to you.";
                return problem(403, "about:blank", detail);
            }
            Some(Some(parent)) => parent.root.clone().or(Some(parent.id.clone())),
            None => None,
        };
        let is_again = |post: &&Post| post.is_up && post.text == text && post.at + REFUSES_AGAIN > at;
        if self.knows_duplicates && self.posts.iter().any(|post| is_again(&post)) {
            return self.say(Trouble::Duplicate, at);
        }
        let behind = self.dice.random_range(0..=self.most_behind);
        let id = self.add(text.clone(), follows, root, at, behind);
        Answer::json(201, &json!({ "data": { "id": id, "text": text } }))
    }

    fn add(
        &mut self,
        text: String,
        follows: Option<String>,
        root: Option<String>,
        at: Timestamp,
        behind: i64,
    ) -> String {
        let id = (1_990_000_000_000_000_000_u64 + self.posts.len() as u64).to_string();
        self.posts.push(Post {
            page: format!("https://x.com/channel/status/{id}"),
            id: id.clone(),
            text,
            follows,
            root,
            at,
            shown_from: at + SignedDuration::from_secs(behind),
            is_up: true,
            key: None,
        });
        id
    }

    fn timeline(&self, request: &Request, at: Timestamp) -> Answer {
        let start = request.query.get("start_time").and_then(|start| start.parse::<Timestamp>().ok());
        if start.is_some_and(|start| start > at - SignedDuration::from_secs(10)) {
            return problem(
                400,
                "https://api.x.com/2/problems/invalid-request",
                "'start_time' must be earlier",
            );
        }
        let skipped =
            request.query.get("pagination_token").map_or(0, |token| token.parse::<usize>().unwrap());
        let is_shown =
            |post: &&Post| post.is_up && post.shown_from <= at && start.is_none_or(|start| post.at >= start);
        let shown = self.posts.iter().rev().filter(is_shown).collect::<Vec<_>>();
        let page =
            shown.iter().skip(skipped).take(self.page).map(|post| as_x_has_it(post)).collect::<Vec<_>>();
        let mut meta = json!({ "result_count": page.len() });
        if skipped + page.len() < shown.len() {
            meta["next_token"] = json!((skipped + page.len()).to_string());
        }
        if page.is_empty() {
            return Answer::json(200, &json!({ "meta": meta }));
        }
        Answer::json(200, &json!({ "data": page, "meta": meta }))
    }
}

/// X takes nothing that is signed for another time.
fn is_signed(request: &Request, at: Timestamp) -> bool {
    let rest = request.header("authorization").split_once("oauth_timestamp=\"");
    let time = rest.and_then(|(_, rest)| rest.split('"').next()?.parse::<i64>().ok());
    time.is_some_and(|time| (time - at.as_second()).abs() <= SKEW)
}

/// Composed, with what HTML needs escaped, at a whole second.
fn as_x_has_it(post: &Post) -> Value {
    let text = tidied(&post.text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut one = json!({
        "id": post.id,
        "text": text,
        "created_at": format!("{:.0}", post.at).replace('Z', ".000Z"),
        "conversation_id": post.root.as_ref().unwrap_or(&post.id),
    });
    if let Some(follows) = &post.follows {
        one["referenced_posts"] = json!([{ "type": "replied_to", "id": follows }]);
    }
    one
}

fn problem(status: u16, kind: &str, detail: &str) -> Answer {
    Answer::json(status, &json!({ "type": kind, "title": "A title", "status": status, "detail": detail }))
}

impl Model for X {
    fn carry_out(&mut self, request: &Request, at: Timestamp, _: bool) -> Answer {
        if !is_signed(request, at) {
            return self.say(Trouble::Unauthorised, at);
        }
        match (request.method.as_str(), &request.parts()[..]) {
            ("POST", ["2", "tweets"]) => self.make(&request.body, at),
            ("GET", ["2", "users", USER, "tweets"]) => self.timeline(request, at),
            ("DELETE", ["2", "tweets", id]) => {
                match self.posts.iter_mut().find(|post| post.id == *id && post.is_up) {
                    Some(post) => {
                        post.is_up = false;
                        Answer::json(200, &json!({ "data": { "deleted": true } }))
                    }
                    None => problem(
                        404,
                        "https://api.x.com/2/problems/resource-not-found",
                        "There is no such post",
                    ),
                }
            }
            _ => problem(404, "about:blank", "There is no such address"),
        }
    }

    fn say(&mut self, trouble: Trouble, _: Timestamp) -> Answer {
        match trouble {
            Trouble::TooMany(reset) => problem(429, "about:blank", "Too Many Requests")
                .with("x-rate-limit-remaining", 0)
                .with("x-rate-limit-reset", reset.as_second()),
            Trouble::Unauthorised => problem(401, "about:blank", "Unauthorized"),
            Trouble::Duplicate => {
                problem(403, "about:blank", "You are not allowed to create a Tweet with duplicate content.")
            }
            Trouble::Refused => {
                problem(400, "https://api.x.com/2/problems/invalid-request", "Something is wrong with this")
            }
        }
    }

    fn knows_a_repetition(&self) -> bool {
        self.knows_duplicates
    }

    fn posts(&self) -> &[Post] {
        &self.posts
    }

    fn remember(&mut self, parts: &[String], at: Timestamp) {
        let mut root = None;
        let mut follows = None;
        for part in parts {
            let id = self.add(part.clone(), follows.take(), root.clone(), at, 0);
            root.get_or_insert(id.clone());
            follows = Some(id);
        }
    }
}
