//! A mail gateway's scanner: it follows every link and submits every form as it stands, and changes nothing by it.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use app::ports::Mail;
use curation::{submission::State, words::Words};
use jiff::SignedDuration;
use tests::{
    Answer, Channel, contents,
    html::{Form, forms, links},
};

const TEXT: &str = "A first session is often about getting to know each other.";
const CRISIS: &str = "I want to die.";
const PERSONAL: &str = "Write to me at someone.private@example.com about your therapy.";

/// What a scanner does with a form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Sends it as it stands.
    AsItStands,
    /// Ticks and chooses what is there, the last option of each, as no scanner should.
    TicksEverything,
}

struct Scanner<'a> {
    channel: &'a Channel,
    habit: Habit,
    todo: VecDeque<String>,
    seen: BTreeSet<String>,
    pages: usize,
    sent: BTreeMap<String, usize>,
}

impl<'a> Scanner<'a> {
    fn new(channel: &'a Channel, habit: Habit) -> Self {
        let (todo, seen, sent) = Default::default();
        Self { channel, habit, todo, seen, pages: 0, sent }
    }

    fn find(&mut self, link: &str) {
        let path = link.strip_prefix(&self.channel.web.base_url).unwrap_or(link);
        let path = path.split('#').next().unwrap();
        if path.starts_with('/') && self.seen.insert(path.to_owned()) {
            self.todo.push_back(path.to_owned());
        }
    }

    async fn run(&mut self) {
        loop {
            while let Some(path) = self.todo.pop_front() {
                let head = self.channel.head(&path).await;
                let page = self.channel.get(&path).await;
                assert_eq!(head.status, page.status, "{path}");
                self.read(&page).await;
            }
            self.open_mails();
            if self.todo.is_empty() {
                return;
            }
        }
    }

    fn open_mails(&mut self) {
        for mail in self.channel.mailbox.all() {
            for link in addresses(&mail).into_iter().chain(links(&mail.html)) {
                self.find(&link);
            }
        }
    }

    async fn read(&mut self, first: &Answer) {
        self.pages += 1;
        let mut answers = vec![(first.header("location").to_owned(), first.body.clone())];
        while let Some((location, body)) = answers.pop() {
            self.find(&location);
            for link in links(&body) {
                self.find(&link);
            }
            for form in forms(&body) {
                if let Some(answer) = self.submit(&form).await {
                    answers.push((answer.header("location").to_owned(), answer.body));
                }
            }
        }
    }

    /// Sends a form once: seals differ from page to page and make no other form of it.
    async fn submit(&mut self, form: &Form) -> Option<Answer> {
        // The action as an address too: some scanners only know GET.
        self.find(&form.action);
        let mut fields = form.fields.clone();
        if self.habit == Habit::TicksEverything {
            for (name, value) in &form.open {
                fields.retain(|(known, _)| known != name);
                fields.push((name.clone(), value.clone()));
            }
        }
        let unsealed = fields.iter().filter(|(name, _)| name != "form_token").collect::<Vec<_>>();
        if !self.seen.insert(format!("{} {unsealed:?}", form.action)) {
            return None;
        }
        let kind = form.action.split('/').filter(|part| part.len() < 20).collect::<Vec<_>>().join("/");
        *self.sent.entry(kind).or_default() += 1;
        let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>();
        Some(self.channel.post_form(&form.action, &fields).await)
    }
}

/// Every address in a mail, that in its header too.
fn addresses(mail: &Mail) -> Vec<String> {
    web::mail::links(&mail.text).into_iter().chain(mail.unsubscribe.clone()).collect()
}

/// Proposes words with an address; the way to their status page.
async fn propose(channel: &Channel, text: &str) -> (curation::ids::SubmissionId, String) {
    let mut body = tests::proposal(text);
    body["email"] = "someone@example.net".into();
    body["contact"] = true.into();
    let answer = channel.post_json(&body).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    channel.settle().await;
    let answer = answer.json();
    (answer["id"].as_str().unwrap().parse().unwrap(), answer["status_url"].as_str().unwrap().to_owned())
}

/// A channel with an item at every stage at which somebody could do something, and the links to it.
async fn busy() -> (Channel, Vec<String>) {
    let channel = Channel::open_with(16).await;
    let mut known = Vec::new();
    let mut is_at = Vec::new();

    let (published, status) = propose(&channel, TEXT).await;
    channel.all_vote("approve").await;
    channel.publish().await.unwrap();
    is_at.push((published, "published"));
    known.push(status);
    known.extend(channel.mailbox.take().iter().flat_map(addresses));

    let (rewording, status) = propose(&channel, "Therapy always works.").await;
    for (_, path) in channel.mailbox.review_paths() {
        let fields = [("decision", "reword"), ("reword_reason", "Nobody can promise that.")];
        channel.vote(&path, &fields).await;
    }
    channel.settle().await;
    is_at.push((rewording, "rewording"));
    known.push(status);
    known.extend(channel.mailbox.take().iter().flat_map(addresses));

    let (agreeing, status) = propose(&channel, PERSONAL).await;
    let coordinator = channel.officer(curation::roster::Duty::Coordinator).clone();
    app::queue::redact(&channel.core, &channel.web.rules, agreeing, &coordinator, None).await.unwrap();
    channel.settle().await;
    channel.all_vote("approve").await;
    assert!(matches!(channel.load(agreeing).await.state, State::Approved { awaits_submitter: true, .. }));
    is_at.push((agreeing, "approved"));
    known.push(status);

    let (redacting, status) = propose(&channel, PERSONAL).await;
    is_at.push((redacting, "needs_redaction"));
    known.push(status);
    let (held, status) = propose(&channel, CRISIS).await;
    is_at.push((held, "held"));
    known.push(status);

    let (in_review, status) = propose(&channel, "Some people need several tries to find a therapist.").await;
    let (_, voter) = channel.mailbox.review_paths().pop().unwrap();
    channel.vote(&voter, &[("decision", "approve"), ("note", "An example of a remark.")]).await;
    channel.settle().await;
    is_at.push((in_review, "in_review"));
    known.push(status);

    // A second revision, with what was decided on the first.
    let (second, status) = propose(&channel, "Therapy always helps.").await;
    for (_, path) in channel.mailbox.review_paths().iter().rev().take(5) {
        channel.vote(path, &[("decision", "reword"), ("suggestion", "Therapy often helps.")]).await;
    }
    let words = Words::parse("Therapy often helps.").unwrap();
    let reviser = app::Reviser { actor: curation::audit::Actor::Submitter, is_other: false };
    app::submitter::revise(&channel.core, &channel.web.rules, second, &words, reviser, 1).await.unwrap();
    channel.settle().await;
    is_at.push((second, "in_review"));
    known.push(status);

    for (id, state) in is_at {
        assert_eq!(channel.state(id).await, state);
    }
    known.extend(["/", "/help", "/status", "/health", "/review/none", "/status/none"].map(str::to_owned));
    (channel, known)
}

#[tokio::test]
async fn a_scanner_changes_nothing() {
    let (channel, known) = busy().await;
    let (stored, mails) = (contents(&channel).await, channel.mailbox.all().len());
    let (posts, effects) = (channel.timeline.posts(), channel.timeline.effects());
    let mut scanner = Scanner::new(&channel, Habit::AsItStands);
    for link in &known {
        scanner.find(link);
    }
    scanner.run().await;
    assert_eq!(channel.settle().await, Vec::<String>::new());

    assert!(scanner.pages > 30, "{}", scanner.pages);
    for kind in [
        "/submissions",
        "/status",
        "/status/withdraw",
        "/status/words",
        "/status/agree",
        "/status/unsubscribe",
        "/review",
        "/review/fresh",
        "/review/unsubscribe",
    ] {
        assert!(scanner.sent.contains_key(kind), "{kind} was not tried: {:?}", scanner.sent);
    }
    assert!(!scanner.sent.keys().any(|kind| kind.ends_with("confirm")), "{:?}", scanner.sent);

    let after = contents(&channel).await;
    let changed = after.iter().filter(|(key, item)| stored.get(*key) != Some(item)).map(|(key, _)| key);
    assert_eq!(changed.collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(after.len(), stored.len(), "and nothing went away");
    assert_eq!(channel.mailbox.all().len(), mails);
    assert_eq!((channel.timeline.posts(), channel.timeline.effects()), (posts, effects));
}

/// The test above can fail: whoever ticks and chooses does change things.
#[tokio::test]
async fn somebody_who_decides_changes_things() {
    let (channel, known) = busy().await;
    channel.pass(SignedDuration::from_mins(1));
    let stored = contents(&channel).await;
    let mut scanner = Scanner::new(&channel, Habit::TicksEverything);
    // Votes first: what is withdrawn cannot be voted on.
    scanner.open_mails();
    for link in &known {
        scanner.find(link);
    }
    scanner.run().await;
    for kind in ["/status/withdraw/confirm", "/review/confirm", "/review/unsubscribe", "/status/unsubscribe"]
    {
        assert!(scanner.sent.contains_key(kind), "{:?}", scanner.sent);
    }
    assert_ne!(contents(&channel).await, stored);
    let all = channel.core.store.list().await.unwrap();
    assert!(all.iter().any(|submission| submission.state.name() == "withdrawn"), "withdrawn by ticking");
}
