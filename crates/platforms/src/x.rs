//! X: posts of the channel's account, over version 2 of its API, signed with four static keys.
//!
//! Invariant: X knows no key that would make a repetition safe, so nothing is sent twice, and an error calls a post
//! absent only if X refused it or was never reached. A refusal as a duplicate means that the words are there already:
//! whether as this very post, only the timeline can tell. No call goes out while X wants to be left alone, or, for
//! some minutes, with keys that it did not take.

mod look;
mod oauth;
mod post;
mod refusal;
#[cfg(test)]
mod tests;
mod timeline;

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use curation::composition::{Measure, PlatformName, PlatformRules, Seen, Share};
use jiff::Timestamp;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tokio::time::Instant;

use self::{
    look::{Shown, shown},
    oauth::{Keys, Once},
    post::{NewPost, id_in, id_of, is_id},
    refusal::{About, CallError, Refusal, refusal},
    timeline::{EXPANSIONS, FIELDS, MOST_PAGES, PAGE, Sought, TOLERANCE, look_through},
};
use crate::{
    Intent, Platform, PlatformError, RemotePost,
    http::{CALL, Call, Counting, Server, Work},
    intake::PostAddress,
    secret::Secret,
};

/// The longest post in weighted characters (`maxWeightedTweetLength` of twitter-text 3).
const LONGEST: usize = 280;
/// The longest post in bytes: links count 23, whatever their length (`MaxUtf8Length` in the source that X published).
const MOST_BYTES: usize = 5_708;
/// The longest thread. 2,000 characters fill 8 posts; the rest is room for cuts at the ends of sentences.
const MOST_PARTS: usize = 12;

/// X's number for a repost that is there already (the older API's list of errors).
const REPOSTED_ALREADY: &str = "327";
/// How often the latest version of a post is asked for: it may be edited meanwhile, which X allows five times.
const MOST_VERSIONS: usize = 3;
/// A post that an intent names cannot be one of X's.
const NO_ID: &str = "a post to follow or to share has no id of X's";

/// X counts in 15 minutes, and for account and app in a day too (<https://docs.x.com/x-api/fundamentals/rate-limits>).
const COUNTING: Counting = Counting {
    headers: &["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"],
    usual: Duration::from_secs(15 * 60),
    longest: Duration::from_secs(24 * 60 * 60),
};

/// Keys that X did not take are tried again after this: the fault may have been X's, or this machine's clock's.
const TRY_AGAIN: Duration = Duration::from_secs(5 * 60);

/// What X accepts: also for whoever composes words without having an account.
#[must_use]
pub fn rules() -> PlatformRules {
    PlatformRules {
        platform: PlatformName::new("x"),
        longest: LONGEST,
        measure: Measure::Weighted,
        most_bytes: MOST_BYTES,
        most_parts: MOST_PARTS,
        quotes: true,
        content_notes: false,
    }
}

/// Whose posts these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The API's base address, such as `https://api.x.com`. Without TLS only on this machine.
    pub base: String,
    /// The account's id: digits.
    pub user: String,
}

/// The four keys of OAuth 1.0a: two of the app, two of the account for which it acts, with the right to write.
pub struct Credentials {
    /// The app's key.
    pub consumer_key: Arc<dyn Secret>,
    /// The app's secret.
    pub consumer_secret: Arc<dyn Secret>,
    /// The account's token.
    pub access_token: Arc<dyn Secret>,
    /// The secret of the account's token.
    pub access_token_secret: Arc<dyn Secret>,
}

/// What makes one signature differ from every other.
pub trait Freshness: Send + Sync {
    /// The real time. X refuses signatures of another.
    fn now(&self) -> Timestamp;

    /// Unpredictable bytes, other ones each time.
    fn nonce(&self) -> [u8; 16];
}

/// The channel's account on X.
pub struct X {
    server: Server,
    user: String,
    credentials: Credentials,
    freshness: Arc<dyn Freshness>,
    /// The keys that X did not take, and when: for a while nothing is called with them.
    refused: Mutex<Option<(Keys, Instant)>>,
}

impl fmt::Debug for X {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("X").finish_non_exhaustive()
    }
}

impl X {
    /// Connects to nothing yet.
    #[must_use]
    pub fn new(account: Account, credentials: Credentials, freshness: Arc<dyn Freshness>) -> Self {
        Self::with_patience(account, credentials, freshness, CALL)
    }

    /// As [`X::new`], with another patience: how long a call may take from its first to its last byte.
    #[must_use]
    pub fn with_patience(
        account: Account,
        credentials: Credentials,
        freshness: Arc<dyn Freshness>,
        patience: Duration,
    ) -> Self {
        Self {
            server: Server::new(account.base, COUNTING, patience),
            user: account.user.trim().to_owned(),
            credentials,
            freshness,
            refused: Mutex::default(),
        }
    }

    /// Asks X whose keys these are.
    ///
    /// # Errors
    /// [`PlatformError::Unavailable`] with the reason.
    pub async fn check(&self) -> Result<(), PlatformError> {
        let url = self.server.url(&["2", "users", "me"], &[]).map_err(|error| unread(&error))?;
        let answer =
            self.call(Work::SigningIn, Method::GET, url, None).await.map_err(|error| unread(&error))?;
        match answer["data"]["id"].as_str() {
            Some(id) if id == self.user => Ok(()),
            Some(_) => Err(PlatformError::Unavailable("the keys are another account's")),
            None => Err(PlatformError::Unavailable("the base address is no X API")),
        }
    }

    /// One signed call, unless it is known to be in vain.
    async fn call(
        &self,
        work: Work,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<Value, CallError> {
        let keys = self.keys().await?;
        let is_refused = |(refused, at): &(Keys, Instant)| *refused == keys && at.elapsed() < TRY_AGAIN;
        if self.refused.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(is_refused) {
            return Err(CallError::NotSent(
                "X did not take these keys: they are tried again in five minutes",
            ));
        }
        let nonce = data_encoding::HEXLOWER.encode(&self.freshness.nonce());
        let once = Once { timestamp: self.freshness.now().as_second(), nonce };
        let authorization = Some(oauth::authorization(&keys, &method, &url, &once));
        let call = Call { work, method, url, authorization, idempotency_key: None, body };
        let answer = self.server.call(call, refusal).await;
        if matches!(answer, Err(CallError::Answered(Refusal { status: 401, .. }))) {
            tracing::error!(
                "X does not take the keys, or this machine's clock is wrong: nothing is posted there, and nothing taken down; the next try is in five minutes"
            );
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some((keys, Instant::now()));
        }
        answer
    }

    async fn keys(&self) -> Result<Keys, CallError> {
        let Credentials { consumer_key, consumer_secret, access_token, access_token_secret } =
            &self.credentials;
        Ok(Keys {
            consumer_key: key(consumer_key).await?,
            consumer_secret: key(consumer_secret).await?,
            access_token: key(access_token).await?,
            access_token_secret: key(access_token_secret).await?,
        })
    }

    /// The account's id, which becomes part of addresses.
    fn user(&self) -> Result<&str, CallError> {
        match is_id(&self.user) {
            true => Ok(&self.user),
            false => Err(CallError::NotSent("the account's id is no number")),
        }
    }

    /// Reposts the post with this id. X knows whether the account has done so, and does it once.
    async fn repost(&self, id: &str) -> Result<RemotePost, PlatformError> {
        let user = self.user().map_err(unmade)?;
        let url = self.server.url(&["2", "users", user, "retweets"], &[]).map_err(unmade)?;
        let body = json!({ "tweet_id": id });
        match self.call(Work::Posting, Method::POST, url, Some(&body)).await {
            Ok(answer) if answer["data"]["retweeted"] == true => Ok(RemotePost::boost_of(id)),
            Ok(_) => Err(PlatformError::Ambiguous("the answer does not say that the post is reposted")),
            Err(CallError::Answered(refusal)) if refusal.code == REPOSTED_ALREADY => {
                Ok(RemotePost::boost_of(id))
            }
            Err(CallError::Answered(refusal)) if is_gone(&refusal) => {
                Err(PlatformError::Refused("the post to share is not there"))
            }
            Err(error) => Err(unmade(error)),
        }
    }

    /// Takes a repost back. What is not reposted stays so.
    async fn undo_repost(&self, id: &str) -> Result<(), PlatformError> {
        let path = ["2", "users", self.user().map_err(|error| undeleted(&error))?, "retweets", id];
        let url = self.server.url(&path, &[]).map_err(|error| undeleted(&error))?;
        match self.call(Work::Removing, Method::DELETE, url, None).await {
            Ok(answer) if answer["data"]["retweeted"] == false => Ok(()),
            Ok(_) => Err(PlatformError::Unavailable("the answer does not say that the repost is undone")),
            // With the post its reposts are gone.
            Err(CallError::Answered(refusal)) if is_gone(&refusal) => Ok(()),
            Err(error) => Err(undeleted(&error)),
        }
    }

    /// Looks through the account's own timeline.
    async fn look_for(
        &self,
        sought: Sought<'_>,
        created_at: Timestamp,
    ) -> Result<Option<String>, PlatformError> {
        let (mut found, mut next) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let url = self.timeline(sought, created_at, next.as_deref()).map_err(|error| unread(&error))?;
            let answer = self.call(Work::Reading, Method::GET, url, None).await;
            let answer = answer.map_err(|error| unread(&error))?;
            let page = look_through(&answer, sought, created_at)
                .map_err(|timeline::Unreadable| PlatformError::Unavailable("the timeline cannot be read"))?;
            found.extend(page.found);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        if found.len() > 1 {
            tracing::error!("several posts on X are the one that is looked for");
        }
        match found.pop() {
            // The first that was made.
            Some(id) => Ok(Some(id)),
            None if next.is_some() => {
                Err(PlatformError::Unavailable("the timeline is too long to be looked through"))
            }
            None => Ok(None),
        }
    }

    /// The address of the account's own timeline, from shortly before this time on.
    fn timeline(
        &self,
        sought: Sought<'_>,
        created_at: Timestamp,
        next: Option<&str>,
    ) -> Result<Url, CallError> {
        let user = self.user()?;
        let from = created_at.checked_sub(TOLERANCE).unwrap_or(created_at);
        let from = format!("{from:.0}");
        let mut query = vec![
            ("max_results", PAGE),
            ("start_time", &from),
            ("post.fields", FIELDS),
            ("expansions", EXPANSIONS),
        ];
        query.extend(matches!(sought, Sought::Post { .. }).then_some(("exclude", "retweets")));
        query.extend(next.map(|next| ("pagination_token", next)));
        self.server.url(&["2", "users", user, "tweets"], &query)
    }
}

async fn key(secret: &Arc<dyn Secret>) -> Result<String, CallError> {
    let key = secret.read().await.map_err(|error| {
        tracing::error!(%error, "a key for X cannot be read: nothing is posted there");
        CallError::NotSent("a key cannot be read")
    })?;
    match key.trim() {
        "" => Err(CallError::NotSent("a key is empty")),
        key => Ok(key.to_owned()),
    }
}

#[async_trait]
impl Platform for X {
    async fn is_own(&self, author: &str) -> bool {
        self.user == author
    }

    fn rules(&self) -> PlatformRules {
        rules()
    }

    fn repeats_safely(&self) -> bool {
        false
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        if let Some(Share::Boost(post)) = &intent.shares {
            return self.repost(id_in(post).ok_or(PlatformError::Refused(NO_ID))?).await;
        }
        let post = NewPost::of(intent).ok_or(PlatformError::Refused(NO_ID))?;
        let url = self.server.url(&["2", "tweets"], &[]).map_err(unmade)?;
        let answer = self.call(Work::Posting, Method::POST, url, Some(&post.body())).await;
        let answer = answer.map_err(unmade)?;
        match answer["data"]["id"].as_str().filter(|id| is_id(id)) {
            Some(id) => Ok(RemotePost(id.to_owned())),
            None => Err(PlatformError::Ambiguous("the answer names no post")),
        }
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        if let Some(Share::Boost(post)) = &intent.shares {
            let id = id_in(post).ok_or(PlatformError::Unavailable(NO_ID))?;
            let found = self.look_for(Sought::Repost(id), intent.created_at).await?;
            return Ok(found.map(|_| RemotePost::boost_of(id)));
        }
        if intent.text.trim().is_empty() && intent.fingerprint.is_none() {
            return Err(PlatformError::Unavailable("without its words a post cannot be looked for"));
        }
        let post = NewPost::of(intent).ok_or(PlatformError::Unavailable(NO_ID))?;
        let found = self.look_for(Sought::of(intent, post), intent.created_at).await?;
        Ok(found.map(RemotePost))
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        if let Some(post) = post.boosted() {
            let id = id_of(&post).ok_or(PlatformError::Refused("the post has no id of X's"))?;
            return self.undo_repost(id).await;
        }
        let id = id_of(post).ok_or(PlatformError::Refused("the post has no id of X's"))?;
        let url = self.server.url(&["2", "tweets", id], &[]).map_err(|error| undeleted(&error))?;
        match self.call(Work::Removing, Method::DELETE, url, None).await {
            Ok(answer) if answer["data"]["deleted"] == true => Ok(()),
            // Nothing at all may be anybody's answer. If the post is gone, the next try is told so.
            Ok(_) => Err(PlatformError::Unavailable("the answer does not say that the post is deleted")),
            Err(CallError::Answered(refusal)) if is_gone(&refusal) => Ok(()),
            Err(error) => Err(undeleted(&error)),
        }
    }

    async fn look_at(&self, post: &str) -> Result<Seen, PlatformError> {
        let address = PostAddress::parse(post, None).ok().filter(|address| address.platform() == self.name());
        let mut id = address.ok_or(PlatformError::Refused("this is no post on X"))?.id().to_owned();
        for _ in 0..MOST_VERSIONS {
            let url =
                self.server.url(&["2", "tweets", &id], &look::FIELDS).map_err(|error| unread(&error))?;
            let answer = match self.call(Work::Reading, Method::GET, url, None).await {
                Err(CallError::Answered(refusal)) if is_gone(&refusal) => return Ok(Seen::Gone),
                answer => answer.map_err(|error| unread(&error))?,
            };
            match shown(&answer, &id) {
                Ok(Shown::Seen(seen)) => return Ok(seen),
                Ok(Shown::EditedInto(latest)) => id = latest,
                Ok(Shown::Repost) => return Err(PlatformError::Refused("a repost has no words of its own")),
                Ok(Shown::TooLong) => return Err(PlatformError::Refused("the post is too long to be shown")),
                Err(look::Unreadable) => {
                    return Err(PlatformError::Unavailable("the answer is no post"));
                }
            }
        }
        Err(PlatformError::Unavailable("the post is being edited"))
    }
}

/// True if X says that there is no such post. Any other server may have nothing at this address.
fn is_gone(refusal: &Refusal) -> bool {
    // 34 and 144 are the older numbers for it.
    refusal.status == 404 && matches!(refusal.code.as_str(), "resource-not-found" | "34" | "144")
}

/// What an error of the call that makes a post means.
fn unmade(error: CallError) -> PlatformError {
    let refusal = match error {
        CallError::NotSent(why) => return PlatformError::Unavailable(why),
        CallError::Lost(why) => return PlatformError::Ambiguous(why),
        CallError::Answered(refusal) => refusal,
    };
    tracing::error!(%refusal, "X made no post, or does not say so");
    match (refusal.status, refusal.about) {
        (_, About::Duplicate) => PlatformError::Ambiguous("X has these very words already"),
        // Duplicates are refused so: it may have been one.
        (403, About::Unreadable) => PlatformError::Ambiguous("X refused, and why cannot be read"),
        (500 | 502..=599 | 408 | 409 | 423 | 425 | 499, _) => PlatformError::Ambiguous("X failed"),
        (400 | 413 | 422, About::Request | About::Unreadable) | (403, About::Request) => {
            PlatformError::Refused("X does not take this post")
        }
        (status, about) => PlatformError::Unavailable(later(status, about)),
    }
}

/// What an error of a call that changes nothing means.
fn unread(error: &CallError) -> PlatformError {
    match error {
        CallError::NotSent(why) | CallError::Lost(why) => PlatformError::Unavailable(why),
        CallError::Answered(refusal) => {
            tracing::error!(%refusal, "X does not show what was asked for");
            PlatformError::Unavailable(later(refusal.status, refusal.about))
        }
    }
}

/// What an error of the call that takes a post down means.
fn undeleted(error: &CallError) -> PlatformError {
    match error {
        CallError::Lost(why) => PlatformError::Ambiguous(why),
        CallError::Answered(Refusal { status: 403, about: About::Request | About::Unreadable, .. }) => {
            tracing::error!("X does not let this account take the post down: is it another account's?");
            PlatformError::Unavailable("the post is another account's, or cannot be taken down")
        }
        CallError::NotSent(_) | CallError::Answered(_) => unread(error),
    }
}

/// Why a later try may do better.
fn later(status: u16, about: About) -> &'static str {
    match (status, about) {
        (429, _) => "too many calls",
        (401, _) => "X does not take the keys",
        (402, _) => "the account has no credit left",
        (_, About::Account) => "the account or its app may not do this now",
        (403, _) => "X does not allow this",
        (400, _) => "X does not take this request",
        (500..=599, _) => "X failed",
        // Redirections, and addresses at which there is no such server.
        _ => "the base address is no X API",
    }
}
