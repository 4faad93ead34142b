//! A channel with an account on an X of the tests' own, and events as X sends them. All people and posts are examples.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Config, Credentials, Region, retry::RetryConfig},
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use curation::{
    composition::{PlatformName, PlatformRules, Seen, Target, Visible},
    ids::SubmissionId,
};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use platforms::{
    Intent, Platform, PlatformError, RemotePost,
    intake::{Notifications, PostAddress},
};
use receive_webhook::{Webhook, router};
use serde_json::{Value, json};
use sha2::Sha256;
use store::{Post, PostKey, Store, Tables};
use tests::{Answer, Channel, contents};

/// The channel's account.
pub(crate) const CHANNEL: &str = "1111";
/// Somebody who posts.
pub(crate) const AUTHOR: &str = "31415";
/// Somebody who asks for others' posts.
pub(crate) const ASKER: &str = "7777";
const SECRET: &str = "an example of a consumer secret";

/// X, as far as the channel sees it.
#[derive(Default)]
pub(crate) struct X {
    posts: Mutex<BTreeMap<String, (Target, Visible)>>,
    published: Mutex<BTreeMap<String, Intent>>,
    silent: AtomicBool,
    broken: Mutex<BTreeSet<String>>,
    looks: Mutex<Vec<String>>,
    pages: Option<Arc<dyn Notifications>>,
}

#[async_trait]
impl Platform for X {
    fn rules(&self) -> PlatformRules {
        platforms::x::rules()
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        self.published.lock().unwrap().insert(intent.key.clone(), intent.clone());
        Ok(RemotePost(intent.key.clone()))
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        let published = self.published.lock().unwrap();
        Ok(published.contains_key(&intent.key).then(|| RemotePost(intent.key.clone())))
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        self.published.lock().unwrap().remove(&post.0);
        Ok(())
    }

    async fn look_at(&self, post: &str) -> Result<Seen, PlatformError> {
        self.looks.lock().unwrap().push(post.to_owned());
        if self.silent.load(Ordering::SeqCst) || self.broken.lock().unwrap().contains(post) {
            return Err(PlatformError::Unavailable("as this test says"));
        }
        Ok(match self.posts.lock().unwrap().get(post) {
            Some((target, visible)) => Seen::There(target.clone(), *visible),
            None => Seen::Gone,
        })
    }

    async fn is_own(&self, author: &str) -> bool {
        author == CHANNEL
    }

    fn notifications(&self) -> Option<&dyn Notifications> {
        self.pages.as_deref()
    }
}

impl X {
    /// One that has notifications.
    pub(crate) fn telling(pages: Arc<dyn Notifications>) -> Self {
        Self { pages: Some(pages), ..Self::default() }
    }

    pub(crate) fn silent(&self, is_silent: bool) {
        self.silent.store(is_silent, Ordering::SeqCst);
    }

    /// From now on this post can never be looked at.
    pub(crate) fn breaks(&self, id: &str) {
        self.broken.lock().unwrap().insert(address(id));
    }

    /// How many looks there were since this was last asked.
    pub(crate) fn looks(&self) -> usize {
        std::mem::take(&mut *self.looks.lock().unwrap()).len()
    }

    pub(crate) fn published(&self) -> Vec<Intent> {
        self.published.lock().unwrap().values().cloned().collect()
    }
}

pub(crate) struct World {
    pub(crate) channel: Channel,
    pub(crate) x: Arc<X>,
    pub(crate) router: Router,
}

impl World {
    pub(crate) async fn open(therapists: usize) -> Self {
        Self::open_on(therapists, X::default()).await
    }

    pub(crate) async fn open_on(therapists: usize, x: X) -> Self {
        let x = Arc::new(x);
        let channel = Channel::open_with_on(therapists, x.clone()).await;
        let router = routes(&channel.core);
        Self { channel, x, router }
    }

    /// The post is on X, as everybody, or not, may read it.
    pub(crate) fn shows(&self, target: Target, visible: Visible) {
        self.x.posts.lock().unwrap().insert(target.post.clone(), (target, visible));
    }

    /// Its author deletes it, and nobody says so.
    pub(crate) fn loses(&self, id: &str) {
        self.x.posts.lock().unwrap().remove(&address(id));
    }

    /// A post that has another id by now is found under its first one as well.
    pub(crate) fn shows_at(&self, id: &str, target: Target) {
        self.x.posts.lock().unwrap().insert(address(id), (target, Visible::Public));
    }

    pub(crate) fn signature(&self, body: &[u8]) -> String {
        let mut code = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        code.update(body);
        format!("sha256={}", BASE64.encode(&code.finalize().into_bytes()))
    }

    pub(crate) async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        self.channel.webhook(&self.router, method, path, headers, body).await
    }

    pub(crate) async fn signed(&self, body: Vec<u8>) -> Answer {
        let signature = self.signature(&body);
        let headers = [("x-twitter-webhooks-signature", signature.as_str())];
        self.request(Method::POST, "/webhooks/x", &headers, body).await
    }

    pub(crate) async fn tell(&self, event: &Value) -> StatusCode {
        self.signed(event.to_string().into_bytes()).await.status
    }

    /// Runs of admit-proposals until one finds nothing to do; it takes no time.
    pub(crate) async fn admit(&self) {
        self.channel.admit().await;
        self.channel.admit().await;
    }

    pub(crate) async fn item(&self, id: &str) -> Option<Post> {
        self.channel.core.store.post(&key(id), self.channel.now()).await.unwrap()
    }

    pub(crate) async fn submissions(&self) -> Vec<SubmissionId> {
        let mut ids =
            self.channel.core.store.list().await.unwrap().iter().map(|one| one.id).collect::<Vec<_>>();
        ids.sort();
        ids
    }

    pub(crate) async fn only_submission(&self) -> SubmissionId {
        let ids = self.submissions().await;
        assert_eq!(ids.len(), 1);
        ids[0]
    }

    /// Everything that is stored, as one text.
    pub(crate) async fn stored(&self) -> String {
        contents(&self.channel).await.into_iter().map(|(key, item)| format!("{key}\n{item}\n")).collect()
    }

    /// The routes on tables that nobody created.
    pub(crate) fn with_broken_store(&self) -> Router {
        let mut core = self.channel.core.clone();
        core.store = Store::new(client(&self.channel.endpoint), Tables::with_prefix("nowhere"));
        routes(&core)
    }

    /// The store, which dies after so many writes.
    pub(crate) async fn store_that_dies_after(&self, writes: usize) -> Store {
        let left = Arc::new(AtomicUsize::new(writes));
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass_on).with_state((left, self.channel.endpoint.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Store::new(client(&address), self.channel.tables.clone())
    }
}

/// Passes a request on to the engine, while writes are left.
async fn pass_on(
    State((left, endpoint)): State<(Arc<AtomicUsize>, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let target = headers["x-amz-target"].to_str().unwrap().to_owned();
    let is_write = target.ends_with("TransactWriteItems") || target.ends_with("PutItem");
    let take = |left: usize| left.checked_sub(1);
    if is_write && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let mut request = reqwest::Client::builder().no_proxy().build().unwrap().post(endpoint).body(body);
    for (name, value) in headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length") {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let kind = [("content-type", "application/x-amz-json-1.0")];
    (status, kind, answer.bytes().await.unwrap()).into_response()
}

/// A client that tries once.
fn client(endpoint: &str) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(Credentials::new("example", "example", None, None, "tests"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(endpoint)
        .build();
    Client::from_conf(config)
}

fn routes(core: &app::Core) -> Router {
    router(Webhook::new(core.clone(), CHANNEL.to_owned(), "ClientsConnect".to_owned(), SECRET))
}

pub(crate) fn address(id: &str) -> String {
    format!("https://x.com/i/status/{id}")
}

pub(crate) fn key(id: &str) -> PostKey {
    app::intake::key_of(&PostAddress::x(id).unwrap())
}

/// Words that no other number has, in an order that no other has.
pub(crate) fn words(number: usize) -> String {
    const WORDS: [&str; 31] = [
        "breathing",
        "garden",
        "tea",
        "walking",
        "morning",
        "music",
        "letter",
        "question",
        "session",
        "quiet",
        "window",
        "evening",
        "paper",
        "rest",
        "listening",
        "painting",
        "reading",
        "river",
        "bread",
        "slowly",
        "softly",
        "bench",
        "sunlight",
        "autumn",
        "kitchen",
        "blanket",
        "writing",
        "swimming",
        "colours",
        "stairs",
        "weather",
    ];
    let word = |at: usize| WORDS[(number * 7 + at * at * (number % 30 + 1)) % WORDS.len()];
    format!("Number {number} is about {}.", (1..=14).map(word).collect::<Vec<_>>().join(" "))
}

/// A post on X as it is seen there.
pub(crate) fn post(id: &str, author: &str, text: &str) -> Target {
    Target {
        post: address(id),
        platform: PlatformName::new("x"),
        author: author.to_owned(),
        handle: format!("somebody{author}"),
        text: text.to_owned(),
        posted_at: None,
        version: None,
        attachments: 0,
        quotable: true,
        pointer: None,
    }
}

/// Somebody's own post with the channel's hashtag.
pub(crate) fn hashtag(id: &str, author: &str, text: &str) -> Value {
    json!({
        "id": id,
        "author_id": author,
        "text": format!("{text} #clientsconnect"),
        "created_at": "2026-11-23T11:59:00Z",
    })
}

/// Somebody quotes a post and asks the channel to share it.
pub(crate) fn quoting(id: &str, author: &str, quoted: &str) -> Value {
    json!({
        "id": id,
        "author_id": author,
        "text": "@ClientsConnect please share this",
        "created_at": "2026-11-23T11:59:00Z",
        "referenced_tweets": [{"type": "quoted", "id": quoted}],
    })
}

/// The event that tells of a post.
pub(crate) fn created(event: &str, payload: &Value) -> Value {
    json!({"data": {
        "event_uuid": event,
        "event_type": "post.mention.create",
        "filter": {"user_id": CHANNEL},
        "tag": "mentions",
        "payload": payload,
    }})
}

/// The event that tells that a post is gone.
pub(crate) fn deleted(event: &str, id: &str) -> Value {
    json!({"data": {"event_uuid": event, "event_type": "post.delete", "payload": {"id": id}}})
}
