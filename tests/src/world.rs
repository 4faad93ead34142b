//! The channel of one test.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use app::{
    Core,
    feed::Feed,
    intake::IntakeSecret,
    invite::Post,
    ports::{Clock, Hint, INTAKE_QUEUE, Mail, MailError, Mailer, Queue, QueueError, QueueName, Randomness},
    roster::NewTherapist,
};
use async_trait::async_trait;
use aws::batch::LogFailures;
use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Config, Credentials, Region, retry::RetryConfig},
    types::AttributeValue,
};
use axum::{Router, http::Method};
use curation::{
    composition::{Disclaimer, Measure, PlatformName, PlatformRules, Salt, compose},
    ids::SubmissionId,
    policy::Tier,
    roster::{Duty, Membership, Officer, Therapist},
    submission::{Kind, Revision, Submission},
    time::Now,
    transitions::{NewSubmission, Route, Verdict},
};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Context, LambdaEvent};
use platforms::{Intent, PlatformError, RemotePost};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use screening::{EngineVersion, Report};
use store::{Proposal, Store, Tables};
use web::{
    Web,
    correspondence::Letters,
    links::{KeyId, Keyring},
    routes::Published,
};

use crate::{
    calls::Calls,
    http::{Answer, form_body, send},
};

/// Monday noon: within every window.
const START: &str = "2026-11-23T12:00:00Z";

use platforms::Platform;

pub(crate) struct ManualClock(pub(crate) AtomicU64);

impl Clock for ManualClock {
    fn now(&self) -> Now {
        let milliseconds = i64::try_from(self.0.load(Ordering::SeqCst)).unwrap();
        Now::real(Timestamp::from_millisecond(milliseconds).unwrap())
    }
}

pub(crate) struct Seeded(pub(crate) Mutex<StdRng>);

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill(bytes);
    }
}

#[derive(Default)]
struct Hints(Mutex<VecDeque<(QueueName, Hint)>>, AtomicBool, Calls, AtomicU64);

#[async_trait]
impl Queue for Hints {
    async fn send(&self, queue: QueueName, hint: Hint) -> Result<(), QueueError> {
        self.2.note("sqs:SendMessage", queue.as_str());
        if self.1.load(Ordering::SeqCst) {
            return Err(QueueError { queue: queue.as_str(), reason: "down".to_owned() });
        }
        self.0.lock().unwrap().push_back((queue, hint));
        Ok(())
    }

    async fn wake_intake(&self) -> Result<(), QueueError> {
        self.2.note("sqs:SendMessage", INTAKE_QUEUE);
        if self.1.load(Ordering::SeqCst) {
            return Err(QueueError { queue: INTAKE_QUEUE, reason: "down".to_owned() });
        }
        self.3.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// Keeps what was sent, and can refuse.
#[derive(Default)]
pub struct Mailbox {
    mails: Mutex<Vec<Mail>>,
    failure: Mutex<Option<MailError>>,
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        if let Some(error) = self.failure.lock().unwrap().clone() {
            return Err(error);
        }
        self.mails.lock().unwrap().push(mail.clone());
        Ok(())
    }
}

impl Mailbox {
    /// From now on every mail fails like this; `None` ends it.
    pub fn fail(&self, failure: Option<MailError>) {
        *self.failure.lock().unwrap() = failure;
    }

    pub fn all(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }

    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }

    /// Paths of the review links sent to each address, the newest last.
    pub fn review_paths(&self) -> Vec<(String, String)> {
        let mails = self.all();
        let links = mails
            .iter()
            .flat_map(|mail| web::mail::links(&mail.text).into_iter().map(|link| (mail.to.clone(), link)));
        links.filter_map(|(to, link)| Some((to, link[link.find("/review/")?..].to_owned()))).collect()
    }
}

/// A platform in memory, which keeps every effect.
#[derive(Default)]
pub struct Timeline {
    posts: Mutex<BTreeMap<String, Intent>>,
    effects: AtomicU64,
    failure: Mutex<Option<PlatformError>>,
    loses_answers: AtomicBool,
}

#[async_trait]
impl Platform for Timeline {
    fn rules(&self) -> PlatformRules {
        PlatformRules {
            platform: PlatformName::new("local"),
            longest: 300,
            measure: Measure::Graphemes,
            most_bytes: 3_000,
            most_parts: 12,
            quotes: false,
            content_notes: false,
        }
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        if let Some(error) = self.failure.lock().unwrap().clone() {
            return Err(error);
        }
        let key = format!("{}/{}", intent.submission, intent.key);
        if self.posts.lock().unwrap().insert(key.clone(), intent.clone()).is_none() {
            self.effects.fetch_add(1, Ordering::SeqCst);
        }
        if self.loses_answers.load(Ordering::SeqCst) {
            return Err(PlatformError::Ambiguous("no answer"));
        }
        Ok(RemotePost(key))
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        let key = format!("{}/{}", intent.submission, intent.key);
        Ok(self.posts.lock().unwrap().contains_key(&key).then_some(RemotePost(key)))
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        self.posts.lock().unwrap().remove(&post.0);
        Ok(())
    }
}

impl Timeline {
    pub fn fail(&self, failure: Option<PlatformError>) {
        *self.failure.lock().unwrap() = failure;
    }

    /// From now on posts are made and nobody is told, or no longer.
    pub fn lose_answers(&self, is_lost: bool) {
        self.loses_answers.store(is_lost, Ordering::SeqCst);
    }

    pub fn posts(&self) -> Vec<Intent> {
        self.posts.lock().unwrap().values().cloned().collect()
    }

    /// How many posts were ever made.
    pub fn effects(&self) -> u64 {
        self.effects.load(Ordering::SeqCst)
    }
}

/// A channel with eight therapists from four registers, a lead, a deputy and a coordinator; all examples.
pub struct Channel {
    pub core: Core,
    pub calls: Calls,
    pub mailbox: Arc<Mailbox>,
    pub timeline: Arc<Timeline>,
    pub therapists: Vec<Therapist>,
    pub officers: Vec<Officer>,
    pub router: Router,
    pub web: Web,
    /// A client that looks behind the store.
    pub raw: Client,
    /// Where the engine listens.
    pub endpoint: String,
    pub tables: Tables,
    clock: Arc<ManualClock>,
    hints: Arc<Hints>,
    letters: Letters,
    platforms: Vec<Arc<dyn Platform>>,
    log: Router,
}

impl Channel {
    pub async fn open() -> Self {
        Self::open_with(8).await
    }

    pub async fn open_with(therapists: usize) -> Self {
        Self::build(therapists, vec![]).await
    }

    /// A channel that posts to this platform, and not to the timeline.
    pub async fn open_on(platform: Arc<dyn Platform>) -> Self {
        Self::open_with_on(8, platform).await
    }

    /// The same with so many therapists.
    pub async fn open_with_on(therapists: usize, platform: Arc<dyn Platform>) -> Self {
        Self::build(therapists, vec![platform]).await
    }

    /// A channel that posts to these platforms, and not to the timeline.
    pub async fn open_on_all(platforms: Vec<Arc<dyn Platform>>) -> Self {
        Self::build(8, platforms).await
    }

    /// A channel that posts to the timeline and to its feed.
    pub async fn open_with_feed() -> Self {
        let mut channel = Self::open().await;
        channel.platforms.push(Arc::new(Feed::new(channel.core.clone())));
        channel.web.rules.push(app::feed::rules());
        channel.router = accept_submission::router(channel.web.clone()).merge(review_routes(&channel.web));
        channel
    }

    async fn build(therapists: usize, mut platforms: Vec<Arc<dyn Platform>>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
        let calls = Calls::default();
        let config = || {
            Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-west-2"))
                .credentials_provider(Credentials::new("example", "example", None, None, "tests"))
                .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(5)))
                .endpoint_url(&endpoint)
        };
        let tables = Tables::with_prefix("test");
        let counted = Client::from_conf(config().interceptor(calls.clone()).build());
        let store = Store::new(counted, tables.clone());
        store.create_tables().await.unwrap();
        let start: Timestamp = START.parse().unwrap();
        let clock = Arc::new(ManualClock(AtomicU64::new(start.as_millisecond().unsigned_abs())));
        let hints =
            Arc::new(Hints(Mutex::default(), AtomicBool::default(), calls.clone(), AtomicU64::new(0)));
        let core = Core {
            store,
            queue: hints.clone(),
            clock: clock.clone(),
            randomness: Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(7)))),
        };
        let raw = Client::from_conf(config().build());
        let told = [("pk", "told"), ("sk", "helplines"), ("document", "\"9999-01-01T00:00:00Z\"")];
        let told = told.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
        // Helplines' dates grow old with the days, and only one walk is about that: `forget_that_helplines_were_told`.
        raw.put_item().table_name(&tables.submissions).set_item(Some(told.into())).send().await.unwrap();
        let timeline = Arc::new(Timeline::default());
        if platforms.is_empty() {
            platforms.push(timeline.clone());
        }
        let key = std::array::from_fn(|at| u8::try_from(at).unwrap());
        let keys = Arc::new(Keyring::single(KeyId::new("k1").unwrap(), &key).unwrap());
        let base_url = "https://channel.example".to_owned();
        let letters = Letters { keys: keys.clone(), base_url: base_url.clone() };
        let web = Web {
            core: core.clone(),
            rules: platforms.iter().map(|platform| platform.rules()).collect(),
            keys,
            base_url,
            hourly_limit: 50,
            address_secret: [9; 32],
            mastodon: None,
        };
        let router = accept_submission::router(web.clone()).merge(review_routes(&web));
        let log = serve_log::router(Published::new(core.clone(), web.base_url.clone()));
        let mut channel = Self {
            raw,
            endpoint: endpoint.clone(),
            core,
            calls,
            mailbox: Arc::default(),
            platforms,
            timeline,
            therapists: vec![],
            officers: vec![],
            router,
            web,
            tables,
            clock,
            hints,
            letters,
            log,
        };
        channel.people(therapists).await;
        channel.calls.take();
        channel
    }

    async fn people(&mut self, therapists: usize) {
        for number in 0..therapists {
            let new = NewTherapist {
                name: format!("Example Therapist {number}"),
                email: format!("therapist{number}@example.org"),
                register: ["BACP", "UKCP", "NCPS", "BPC"][number % 4].to_owned(),
                register_number: format!("EX{number}"),
                membership: Membership::Full,
                checked_on: None,
                checked_by: "Example Coordinator".to_owned(),
            };
            self.therapists.push(app::roster::add(&self.core, new).await.unwrap());
        }
        for duty in [Duty::Lead, Duty::Deputy, Duty::Coordinator] {
            let name = format!("Example {}", duty.as_str());
            let email = format!("{}@example.org", duty.as_str());
            self.officers.push(app::roster::add_officer(&self.core, name, &email, duty).await.unwrap());
        }
    }

    pub fn officer(&self, duty: Duty) -> &Officer {
        self.officers.iter().find(|officer| officer.duty == duty).unwrap()
    }

    pub fn now(&self) -> Now {
        self.clock.now()
    }

    /// Lets domain time pass, without anything happening in it.
    pub fn pass(&self, duration: SignedDuration) {
        let milliseconds = u64::try_from(duration.as_millis()).unwrap();
        self.clock.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// From now on hints are lost, or no longer.
    pub fn lose_hints(&self, is_down: bool) {
        self.hints.1.store(is_down, Ordering::SeqCst);
    }

    /// What is stored of a submission cannot be read any more.
    pub async fn damage(&self, id: SubmissionId) {
        let key = [("pk", format!("s#{id}")), ("sk", "state".to_owned())];
        let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value)));
        self.raw
            .update_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key.into()))
            .update_expression("SET document = :damaged")
            .expression_attribute_values(":damaged", AttributeValue::S("{".to_owned()))
            .send()
            .await
            .unwrap();
    }

    /// The next sweep may tell of helplines that nobody checks: nothing before does.
    pub async fn forget_that_helplines_were_told(&self) {
        let key = [("pk", "told"), ("sk", "helplines")];
        let key = key.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
        self.raw
            .delete_item()
            .table_name(&self.tables.submissions)
            .set_key(Some(key.into()))
            .send()
            .await
            .unwrap();
    }

    /// Hints of submissions, or of the lead's list, that nobody has taken yet.
    pub fn hints(&self) -> usize {
        self.hints.0.lock().unwrap().len()
    }

    pub fn forget_hints(&self) {
        self.hints.0.lock().unwrap().clear();
    }

    /// Delivers every hint, as real SQS events to the real handlers, until there is none. Failures are returned.
    pub async fn settle(&self) -> Vec<String> {
        let mut failed = Vec::new();
        for number in 0..10_000 {
            let Some((queue, hint)) = self.hints.0.lock().unwrap().pop_front() else {
                return failed;
            };
            let body = serde_json::to_string(&hint).unwrap();
            failed.extend(self.deliver(queue, &[(format!("m{number}"), body)]).await);
        }
        panic!("the hints never end");
    }

    /// One batch to a queue's handler; the ids of the messages that failed.
    pub async fn deliver(&self, queue: QueueName, messages: &[(String, String)]) -> Vec<String> {
        let mut event = SqsEvent::default();
        for (id, body) in messages {
            let mut message = SqsMessage::default();
            message.message_id = Some(id.clone());
            message.body = Some(body.clone());
            event.records.push(message);
        }
        let event = LambdaEvent::new(event, Context::default());
        let response = match queue {
            QueueName::Screening => {
                let step = screen_submission::handle(&self.core, &LogFailures, event);
                self.calls.of("screen-submission", step).await
            }
            QueueName::Invitations => {
                let post = Post { mailer: &*self.mailbox, correspondence: &self.letters };
                let step = invite_panel::handle(&self.core, post, &LogFailures, event);
                self.calls.of("invite-panel", step).await
            }
        };
        response.unwrap().batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    /// SES tells of a mail that came back: one event to record-bounce, and what follows from it. The ids of failures.
    pub async fn came_back(&self, event: &serde_json::Value) -> Vec<String> {
        let mut message = SqsMessage::default();
        message.message_id = Some("bounce".to_owned());
        message.body = Some(event.to_string());
        let mut batch = SqsEvent::default();
        batch.records = vec![message];
        let event = LambdaEvent::new(batch, Context::default());
        let step = record_bounce::handle(&self.core, &LogFailures, event);
        let response = self.calls.of("record-bounce", step).await.unwrap();
        let failed = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier);
        failed.chain(self.settle().await).collect()
    }

    /// One tick of the publisher.
    pub async fn publish(&self) -> Result<(), lambda_runtime::Error> {
        let step = publish_scheduled::handle(&self.core, &self.platforms, tick());
        self.calls.of("publish-scheduled", step).await
    }

    /// One tick of the deadlines, and what follows from it.
    pub async fn sweep(&self) {
        self.calls.of("keep-deadlines", keep_deadlines::handle(&self.core, tick())).await.unwrap();
        self.settle().await;
    }

    /// One run of admit-proposals, and what follows from it.
    pub async fn admit(&self) {
        let step = admit_proposals::handle(&self.core, &self.platforms, &self.web.rules, &SECRET, tick());
        self.calls.of("admit-proposals", step).await.unwrap();
        self.settle().await;
    }

    /// One run of collect-mentions.
    pub async fn collect(&self) -> Result<(), lambda_runtime::Error> {
        let step = collect_mentions::handle(&self.core, &self.platforms, &SECRET, tick());
        self.calls.of("collect-mentions", step).await
    }

    /// Hints at intake since the last look.
    pub fn wakes(&self) -> u64 {
        self.hints.3.swap(0, Ordering::SeqCst)
    }

    /// A request to receive-webhook.
    pub async fn webhook(
        &self,
        router: &Router,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        self.calls.of("receive-webhook", send(router, method, path, headers, body)).await
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        // As the template routes them.
        let (function, router) = match path {
            "/feed.atom" => ("serve-log", &self.log),
            path if path.starts_with("/review") => ("record-vote", &self.router),
            _ => ("accept-submission", &self.router),
        };
        self.calls.of(function, send(router, method, path, headers, body)).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], vec![]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, vec![]).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        self.send(Method::HEAD, path, &[], vec![]).await
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &headers, form_body(fields).into_bytes()).await
    }

    pub async fn post_raw(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Answer {
        self.send(Method::POST, path, headers, body.into()).await
    }

    pub async fn post_json(&self, body: &serde_json::Value) -> Answer {
        self.post_raw("/submissions", &[("content-type", "application/json")], body.to_string()).await
    }

    /// Proposes words as the public does, through the API; what follows from it has happened when this returns.
    pub async fn propose(&self, text: &str) -> SubmissionId {
        let id = self.propose_only(text).await;
        self.settle().await;
        id
    }

    /// Proposes words, and leaves the hints undelivered.
    pub async fn propose_only(&self, text: &str) -> SubmissionId {
        let answer = self.post_json(&proposal(text)).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        answer.json()["id"].as_str().unwrap().parse().unwrap()
    }

    /// Words that were accepted while screening did not work, as accept-submission leaves them.
    pub async fn accepted_unscreened(&self, text: &str) -> SubmissionId {
        self.accepted(text, None).await
    }

    async fn accepted(&self, text: &str, screened: Option<Route>) -> SubmissionId {
        let now = self.now();
        let disclaimer = Disclaimer { id: "plain".into(), version: 1, text: "General information.".into() };
        let composition = compose(text, &disclaimer, None, &self.web.rules).unwrap();
        let revision = Revision { number: 1, composition, salt: Salt([3; 16]), at: now.at };
        let id = SubmissionId::new(now.at.as_millisecond().unsigned_abs(), self.core.randomness.bytes());
        let new = NewSubmission { id, kind: Kind::Text, role: None, may_contact: false };
        let received = Submission::receive(new, &revision, now);
        let (step, report) = match screened {
            None => (received.and_then(|received| received.screening_failed(now)), None),
            Some(route) => {
                let report = Report { engine: EngineVersion(0), findings: vec![], ..screening::screen("") };
                let commitment = curation::composition::commit(&report, revision.salt);
                let verdict = Verdict { route, tier: Tier::Standard, report: commitment, engine: 0 };
                (received.and_then(|received| received.screened(&verdict, now)), Some(report))
            }
        };
        let step = step.unwrap();
        let proposal = Proposal {
            step: &step,
            revision: &revision,
            report: report.as_ref(),
            email: None,
            consent: &serde_json::json!({}),
            return_code: &id.to_string(),
            remembered: None,
        };
        self.core.store.accept(&proposal, now).await.unwrap();
        id
    }

    /// Words that an older engine let through to review, and a panel invited to them.
    pub async fn reviewed_before_an_upgrade(&self, text: &str) -> SubmissionId {
        let id = self.accepted_before_an_upgrade(text, Route::Review).await;
        let body = serde_json::to_string(&Hint { submission: id }).unwrap();
        self.deliver(QueueName::Invitations, &[("upgrade".to_owned(), body)]).await;
        id
    }

    /// Words to which an older engine gave this route, having found nothing in them.
    pub async fn accepted_before_an_upgrade(&self, text: &str, route: Route) -> SubmissionId {
        self.accepted(text, Some(route)).await
    }

    pub async fn load(&self, id: SubmissionId) -> Submission {
        self.core.store.load(id).await.unwrap().unwrap()
    }

    pub async fn state(&self, id: SubmissionId) -> &'static str {
        self.load(id).await.state.name()
    }

    /// Votes through the pages: a choice, then its confirmation. The confirming page's answer.
    pub async fn vote(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        let Some(token) = crate::field(&page.body, "form_token") else {
            return page;
        };
        let mut chosen = vec![("form_token", token.as_str())];
        chosen.extend(fields);
        let confirmation = self.post_form(path, &chosen).await;
        if confirmation.status != 200 {
            return confirmation;
        }
        let hidden = crate::hidden(&confirmation.body);
        let mut confirmed =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>();
        confirmed.push(("declaration", "yes"));
        self.post_form(&format!("{path}/confirm"), &confirmed).await
    }

    /// Everybody invited since the mailbox was last emptied decides the same.
    pub async fn all_vote(&self, decision: &str) {
        for (_, path) in self.mailbox.review_paths() {
            self.vote(&path, &[("decision", decision)]).await;
        }
        self.settle().await;
    }

    /// From words to an approval.
    pub async fn approved(&self, text: &str) -> SubmissionId {
        self.mailbox.take();
        let id = self.propose(text).await;
        self.all_vote("approve").await;
        assert_eq!(self.state(id).await, "approved");
        id
    }
}

/// A complete proposal, as the public API takes it.
pub fn proposal(text: &str) -> serde_json::Value {
    serde_json::json!({
        "text": text,
        "adult": true,
        "consent": { "publish": true, "health": true },
    })
}

fn review_routes(web: &Web) -> Router {
    // A router has one fallback: the other's is the channel's.
    record_vote::router(web.clone()).reset_fallback()
}

/// What keys the hashes of intake.
const SECRET: IntakeSecret = IntakeSecret([3; 32]);

fn tick() -> LambdaEvent<serde_json::Value> {
    LambdaEvent::new(serde_json::json!({}), Context::default())
}
