//! One platform's server: a model of what it does, behind a line on which everything goes wrong as a run's plan says.
//!
//! Invariant: what a model does, it does whole, at one moment of the right clock; faults are of the line alone.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

use super::{
    clocks::Clocks,
    fate::Fate,
    fault::{Deed, Fault, Plan},
    wire::{self, Answer, Request},
};

/// How long a caller in the model waits for an answer, as [`platforms`] does.
const CALL: SignedDuration = SignedDuration::from_secs(10);
/// How long a call may lie on its way: proxies give up after a minute.
const LONGEST_WAY: i64 = 60;

/// A post as its server knows it.
#[derive(Debug, Clone)]
pub(super) struct Post {
    /// As the platform names it.
    pub(super) id: String,
    /// The address of its page.
    pub(super) page: String,
    /// As it was sent.
    pub(super) text: String,
    pub(super) follows: Option<String>,
    pub(super) root: Option<String>,
    pub(super) at: Timestamp,
    /// When the account's timeline shows it.
    pub(super) shown_from: Timestamp,
    pub(super) is_up: bool,
    /// By which the server knows a repetition.
    pub(super) key: Option<String>,
}

/// What a platform says when it does not do what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    TooMany(Timestamp),
    Unauthorised,
    Duplicate,
    Refused,
}

/// What a platform does.
pub(super) trait Model: Send {
    /// Does what is asked. `forgets` says that something goes wrong right after the deed.
    fn carry_out(&mut self, request: &Request, at: Timestamp, forgets: bool) -> Answer;
    /// What it says in its own form; it may forget a token over it.
    fn say(&mut self, trouble: Trouble, at: Timestamp) -> Answer;
    /// Whether a post that arrives twice is made once.
    fn knows_a_repetition(&self) -> bool {
        true
    }
    /// All posts that were ever made, in order.
    fn posts(&self) -> &[Post];
    /// Posts of long ago that say the same.
    fn remember(&mut self, parts: &[String], at: Timestamp);
    /// What else is up that should be gone with the posts.
    fn is_littered(&self) -> bool {
        false
    }
}

/// What reaches the caller.
enum Reply {
    Whole(Answer),
    Half(Answer),
    Nothing,
    Silence,
}

struct State {
    model: Box<dyn Model>,
    plan: Plan,
    dice: StdRng,
    /// What is on its way for longer than its caller waits.
    late: Vec<(Timestamp, Request)>,
    faults: BTreeSet<&'static str>,
    journal: Vec<String>,
}

/// The server.
pub(super) struct Peer {
    pub(super) address: String,
    clocks: Arc<Clocks>,
    fate: Arc<Fate>,
    state: Mutex<State>,
}

impl Peer {
    pub(super) async fn start(clocks: Arc<Clocks>, fate: Arc<Fate>, model: Box<dyn Model>) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = State {
            model,
            plan: Plan::NONE,
            dice: StdRng::seed_from_u64(0),
            late: vec![],
            faults: BTreeSet::new(),
            journal: vec![],
        };
        let address = format!("http://{}", listener.local_addr().unwrap());
        let peer = Arc::new(Self { address, clocks, fate, state: Mutex::new(state) });
        let server = Arc::clone(&peer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(Arc::clone(&server), stream));
            }
        });
        peer
    }

    /// A new run.
    pub(super) fn begin(&self, model: Box<dyn Model>, plan: Plan, seed: u64) {
        let mut state = self.state.lock().unwrap();
        state.model = model;
        state.plan = plan;
        state.dice = StdRng::seed_from_u64(seed);
        state.late.clear();
        state.faults.clear();
        state.journal.clear();
    }

    /// The account said the same long ago.
    pub(super) fn remember(&self, parts: &[String], at: Timestamp) {
        self.state.lock().unwrap().model.remember(parts, at);
    }

    /// From now on nothing goes wrong any more.
    pub(super) fn calm(&self) {
        self.state.lock().unwrap().plan = Plan::NONE;
    }

    /// The posts that were made since, and whether anything else is up; what was late has arrived.
    pub(super) fn made_since(&self, since: Timestamp) -> (Vec<Post>, bool) {
        let mut state = self.state.lock().unwrap();
        state.catch_up(self.clocks.right());
        let posts = state.model.posts().iter().filter(|post| post.at >= since).cloned().collect();
        (posts, state.model.is_littered())
    }

    pub(super) fn faults(&self) -> BTreeSet<&'static str> {
        self.state.lock().unwrap().faults.clone()
    }

    /// What was asked and how it went, since the last look.
    pub(super) fn journal(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().journal)
    }

    fn serve(&self, request: &Request) -> Reply {
        let mut state = self.state.lock().unwrap();
        // A call takes its time, and what is late may arrive before it.
        self.clocks.pass(SignedDuration::from_millis(300));
        let at = self.clocks.right();
        state.catch_up(at);
        let state = &mut *state;
        let fault = state.plan.of(request, at, &mut state.dice);
        let name = if state.plan.is_away(at) { "away for a while" } else { fault.map_or("", Fault::name) };
        if !name.is_empty() {
            state.faults.insert(name);
        }
        let reply = state.reply(request, fault, at);
        if matches!(reply, Reply::Silence) {
            self.clocks.pass(CALL);
        }
        let said = match &reply {
            Reply::Whole(answer) | Reply::Half(answer) => answer.status.to_string(),
            Reply::Nothing | Reply::Silence => "nothing".to_owned(),
        };
        state.journal.push(format!("    {at:.0} {} {} -> {said} {name}", request.method, request.path));
        reply
    }
}

impl State {
    fn catch_up(&mut self, now: Timestamp) {
        let (due, late) = std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now);
        self.late = late;
        let mut due: Vec<(Timestamp, Request)> = due;
        due.sort_by_key(|(at, _)| *at);
        for (at, request) in due {
            let answer = self.model.carry_out(&request, at, false);
            let (method, path) = (&request.method, &request.path);
            self.journal.push(format!("    {at:.0} late: {method} {path} -> {}", answer.status));
        }
    }

    fn reply(&mut self, request: &Request, fault: Option<Fault>, at: Timestamp) -> Reply {
        let Some(fault) = fault else { return Reply::Whole(self.model.carry_out(request, at, false)) };
        let deed = match fault {
            Fault::Cut(deed)
            | Fault::Silent(deed)
            | Fault::Garbled(deed)
            | Fault::Empty(deed)
            | Fault::Other(deed)
            | Fault::Failed(deed) => deed,
            Fault::Half | Fault::Twice => Deed::Done,
            Fault::TooMany | Fault::Unauthorised | Fault::Duplicate | Fault::Refused => Deed::Undone,
        };
        let done = match deed {
            Deed::Done => {
                let forgets = matches!(fault, Fault::Failed(_)) && self.dice.random_bool(0.5);
                Some(self.model.carry_out(request, at, forgets))
            }
            Deed::Later => {
                let arrives = at + SignedDuration::from_secs(self.dice.random_range(5..LONGEST_WAY));
                self.late.push((arrives, request.clone()));
                None
            }
            Deed::Undone => None,
        };
        let ok = |body: String| Reply::Whole(Answer { status: 200, headers: vec![], body });
        match (fault, done) {
            (Fault::Cut(_), _) => Reply::Nothing,
            (Fault::Half, Some(answer)) if !answer.body.is_empty() => Reply::Half(answer),
            (Fault::Silent(_), _) => Reply::Silence,
            (Fault::Garbled(_), _) => ok("<html><title>One moment</title></html>".to_owned()),
            (Fault::Empty(_), _) => ok(String::new()),
            (Fault::Other(_), _) => ok(json!({ "status": "ok" }).to_string()),
            (Fault::Failed(_), _) => {
                let status = [500, 502, 503, 504][self.dice.random_range(0..4)];
                let body =
                    ["{\"error\":\"InternalServerError\"}", "", "<html>"][self.dice.random_range(0..3)];
                Reply::Whole(Answer { status, headers: vec![], body: body.to_owned() })
            }
            // Where X does not know its own words again, nobody can help.
            (Fault::Twice, Some(answer)) if !self.model.knows_a_repetition() => Reply::Whole(answer),
            (Fault::Twice, _) => Reply::Whole(self.model.carry_out(request, at, false)),
            (Fault::TooMany, _) => {
                let reset = at + SignedDuration::from_secs(self.dice.random_range(1..900));
                Reply::Whole(self.model.say(Trouble::TooMany(reset), at))
            }
            (Fault::Unauthorised, _) => Reply::Whole(self.model.say(Trouble::Unauthorised, at)),
            (Fault::Duplicate, _) => Reply::Whole(self.model.say(Trouble::Duplicate, at)),
            (Fault::Refused, _) => Reply::Whole(self.model.say(Trouble::Refused, at)),
            (Fault::Half, _) => Reply::Nothing,
        }
    }
}

async fn converse(peer: Arc<Peer>, mut stream: TcpStream) {
    while let Some(request) = wire::read(&mut stream).await {
        let Some(number) = peer.fate.before().await else { return };
        let reply = peer.serve(&request);
        if !peer.fate.after(number).await {
            return;
        }
        let at = peer.clocks.right();
        let written = match reply {
            Reply::Whole(answer) => wire::write(&mut stream, &answer, at, false).await,
            Reply::Half(answer) => return drop(wire::write(&mut stream, &answer, at, true).await),
            Reply::Nothing => return,
            Reply::Silence => return wire::wait_for_the_end(&mut stream).await,
        };
        if written.is_err() {
            return;
        }
    }
}
