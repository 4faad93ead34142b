//! Mastodon: posts of the channel's account on one server, over its REST API (<https://docs.joinmastodon.org/methods/>).
//!
//! Invariant: one intent, one post, whenever it is repeated. The server knows a repetition by its key, but for an hour
//! only and not if it failed while it posted; so the account's own timeline is looked at before every post, and again
//! after an answer that was lost. What is not found there and may still appear is called ambiguous.
//!
//! Nobody can be kept from replying here: Mastodon has no such control.

mod access;
mod account;
mod api;
mod limits;
mod look;
mod meaning;
mod notifications;
#[cfg(test)]
mod tests;
mod text;
mod timeline;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use curation::composition::{Measure, PlatformName, PlatformRules, Seen, Share};
use jiff::SignedDuration;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use self::{
    access::{Access, Accesses, id, is_id},
    api::{Api, Call, CallError, Refusal},
    look::seen,
    meaning::{Meaning, is_of_token, meaning, nothing_made, unanswered},
    timeline::{Beside, MOST_PAGES, MOST_SOURCES, PAGE, Search, Why, idempotency_key, is_source_of},
};
pub use self::{
    account::{Account, Visibility},
    limits::Limits,
};
use crate::{
    Intent, Platform, PlatformError, RemotePost,
    http::{CALL, Work},
    intake::{MastodonServer, PostAddress},
    secret::Secret,
};

/// For how long a server knows a repetition by its `Idempotency-Key`
/// (<https://docs.joinmastodon.org/methods/statuses/#create>).
pub const REMEMBERS_KEYS: SignedDuration = SignedDuration::from_hours(1);
/// The longest post in bytes. Mastodon has no such limit; 500 characters of any script fit, and towers of accents do not.
const MOST_BYTES: usize = 10_000;
/// The longest thread. 2,000 characters fill 4 posts; the rest is room for cuts at the ends of sentences.
const MOST_PARTS: usize = 8;
/// What a server of the given limits accepts: also for whoever composes words without having an account.
#[must_use]
pub fn rules(limits: Limits) -> PlatformRules {
    PlatformRules {
        platform: PlatformName::new("mastodon"),
        longest: limits.longest,
        measure: Measure::Mastodon { per_url: limits.per_url },
        most_bytes: MOST_BYTES,
        most_parts: MOST_PARTS,
        quotes: limits.has_quotes,
        content_notes: true,
    }
}

/// The channel's account on Mastodon.
pub struct Mastodon {
    account: Account,
    api: Api,
    accesses: Accesses,
    limits: RwLock<Option<Limits>>,
}

impl fmt::Debug for Mastodon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mastodon").finish_non_exhaustive()
    }
}

impl Mastodon {
    /// Connects to nothing yet. The token needs the scopes `read:accounts`, `read:notifications`, `read:statuses` and
    /// `write:statuses`.
    #[must_use]
    pub fn new(account: Account, token: Arc<dyn Secret>) -> Self {
        Self::with_patience(account, token, CALL)
    }

    /// As [`Mastodon::new`], with another patience: how long a call may take from its first to its last byte.
    #[must_use]
    pub fn with_patience(account: Account, token: Arc<dyn Secret>, patience: Duration) -> Self {
        let api = Api::new(account.server.clone(), patience);
        Self { account, api, accesses: Accesses::new(token), limits: RwLock::default() }
    }

    /// Asks whose the token is, and what the server accepts.
    ///
    /// # Errors
    /// [`PlatformError::Unavailable`] with the reason.
    pub async fn check(&self) -> Result<Limits, PlatformError> {
        self.accesses.current(&self.api).await.map_err(|error| nothing_made(&error))?;
        self.read_limits().await
    }

    /// What the server accepts: as it said when it was last asked, else the usual.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits.read().unwrap_or_else(PoisonError::into_inner).unwrap_or_default()
    }

    /// Asks the server what it accepts, and keeps it.
    ///
    /// # Errors
    /// [`PlatformError::Unavailable`] with the reason.
    pub async fn read_limits(&self) -> Result<Limits, PlatformError> {
        let answer = self.api.send(&Call::get(&["api", "v2", "instance"]), None).await;
        let limits = Limits::read(&answer.map_err(|error| nothing_made(&error))?);
        *self.limits.write().unwrap_or_else(PoisonError::into_inner) = Some(limits);
        Ok(limits)
    }

    /// Makes a post, or finds that this very intent already made it.
    async fn post(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        if intent.text.trim().is_empty() {
            return Err(PlatformError::Refused("the post is empty"));
        }
        let beside = self.beside(intent)?;
        if beside.quotes.is_some() {
            self.has_quotes().await?;
        }
        match self.look(intent, beside.clone(), Why::ToPost).await {
            Ok(Some(post)) => return Ok(post),
            Ok(None) => {}
            Err(error) => return Err(nothing_made(&error)),
        }
        let mut body = json!({
            "status": intent.text,
            "visibility": if intent.part == 0 { self.account.first } else { self.account.rest }.name(),
            "language": self.account.language,
        });
        let named = [
            ("in_reply_to_id", beside.follows.as_deref()),
            ("spoiler_text", intent.content_note.as_deref()),
            ("quoted_status_id", beside.quotes.as_deref()),
        ];
        for (name, value) in named {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        let key = idempotency_key(intent);
        let call = Call {
            body: Some(&body),
            idempotency_key: Some(&key),
            ..Call::of(Work::Posting, Method::POST, &["api", "v1", "statuses"])
        };
        match self.call(&call).await {
            Ok(answer) => match id(&answer) {
                Some(id) => Ok(RemotePost(id)),
                None => self.look_again(intent, beside, "the answer is no post").await,
            },
            Err(CallError::NotSent(why)) => Err(PlatformError::Unavailable(why)),
            Err(CallError::Lost(why)) => self.look_again(intent, beside, why).await,
            Err(CallError::Answered(refusal)) => {
                tracing::error!(status = refusal.status, "Mastodon refused a post");
                match meaning(refusal) {
                    Meaning::Unknown => self.look_again(intent, beside, "the server failed").await,
                    Meaning::Later(why) => Err(PlatformError::Unavailable(why)),
                    Meaning::Never => Err(PlatformError::Refused("the server does not take this post")),
                    // The timeline was there: what is missing is what the post answers or quotes, or the post itself,
                    // which the server remembers by its key and somebody took down.
                    Meaning::Missing => Err(PlatformError::Refused(
                        "the post to follow is not there, or this post was taken down",
                    )),
                }
            }
        }
    }

    /// Boosts somebody's post. A repetition finds the boost that is there.
    async fn boost(&self, post: &str) -> Result<RemotePost, PlatformError> {
        let boosted = self.id_in(post)?;
        let body = json!({ "visibility": self.account.first.name() });
        let path = ["api", "v1", "statuses", &boosted, "reblog"];
        let call = Call { body: Some(&body), ..Call::of(Work::Posting, Method::POST, &path) };
        let answer = self.call(&call).await.map_err(|error| unanswered(&error))?;
        id(&answer)
            .map(|_| RemotePost::boost_of(&boosted))
            .ok_or(PlatformError::Ambiguous("the answer is no post"))
    }

    /// Whether the account boosts this post. With a post its boosts are gone.
    async fn boosted(&self, post: &str) -> Result<Option<RemotePost>, PlatformError> {
        let boosted = self.id_in(post)?;
        let path = ["api", "v1", "statuses", &boosted];
        let is_boosted = match self.call(&Call::get(&path)).await {
            Err(CallError::Answered(Refusal { status: 404 | 410, is_of_api: true })) => Some(false),
            answer => answer.map_err(|error| unanswered(&error))?["reblogged"].as_bool(),
        };
        match is_boosted {
            Some(is_boosted) => Ok(is_boosted.then(|| RemotePost::boost_of(&boosted))),
            None => Err(PlatformError::Ambiguous("the answer does not say whether the post is boosted")),
        }
    }

    /// Takes back the boost of a post. What is not boosted stays so.
    async fn unboost(&self, boosted: &RemotePost) -> Result<(), PlatformError> {
        let id = self.id_of(boosted)?;
        let path = ["api", "v1", "statuses", &id, "unreblog"];
        match self.call(&Call::of(Work::Removing, Method::POST, &path)).await {
            // With the post its boosts are gone.
            Ok(_) | Err(CallError::Answered(Refusal { status: 404, is_of_api: true })) => Ok(()),
            Err(error) => Err(unanswered(&error)),
        }
    }

    /// The post's id on this server: from the id alone, or from the address of its page there, as a human would copy it.
    fn id_of(&self, post: &RemotePost) -> Result<String, PlatformError> {
        self.id_in(&post.0)
    }

    /// The id in such a name.
    fn id_in(&self, name: &str) -> Result<String, PlatformError> {
        let name = name.trim();
        let id = match Url::parse(name) {
            Ok(page) => {
                let is_here = self.api.base().is_ok_and(|base| base.host_str() == page.host_str());
                let mut parts = page.path_segments().into_iter().flatten().filter(|part| !part.is_empty());
                parts.next_back().filter(|_| is_here).map(str::to_owned)
            }
            Err(_) => Some(name.to_owned()),
        };
        id.filter(|id| is_id(id))
            .ok_or(PlatformError::Refused("the post is not named as this server names posts"))
    }

    fn beside(&self, intent: &Intent) -> Result<Beside, PlatformError> {
        let follows = match &intent.follows {
            // Made or looked for as the first of a thread, it would be another post.
            None if intent.part > 0 => {
                return Err(PlatformError::Refused("what the post follows is not known"));
            }
            follows => follows.as_ref().map(|post| self.id_of(post)).transpose()?,
        };
        let quotes = match &intent.shares {
            Some(Share::Quote(quoted)) => Some(self.id_in(quoted)?),
            Some(Share::Boost(_)) | None => None,
        };
        Ok(Beside { follows, quotes })
    }

    /// A server without quotes would make the post without the quoted one.
    async fn has_quotes(&self) -> Result<(), PlatformError> {
        let known = *self.limits.read().unwrap_or_else(PoisonError::into_inner);
        let limits = match known {
            Some(limits) => limits,
            None => self.read_limits().await?,
        };
        match limits.has_quotes {
            true => Ok(()),
            false => Err(PlatformError::Refused("the server has no quotes")),
        }
    }

    /// One call with the token; with another one if the server no longer takes it, in which case it did nothing.
    async fn call(&self, call: &Call<'_>) -> Result<Value, CallError> {
        let access = self.accesses.current(&self.api).await?;
        let first = self.api.send(call, Some(&access.token)).await;
        if !first.as_ref().is_err_and(is_of_token) {
            return first;
        }
        let access = self.accesses.renewed(&self.api, &access).await?;
        self.api.send(call, Some(&access.token)).await
    }

    /// A page of the account's own timeline, newest first.
    async fn page(&self, older_than: Option<&str>) -> Result<Value, CallError> {
        let access = self.accesses.current(&self.api).await?;
        let first = self.page_of(&access, older_than).await;
        if !first.as_ref().is_err_and(is_of_token) {
            return first;
        }
        let access = self.accesses.renewed(&self.api, &access).await?;
        self.page_of(&access, older_than).await
    }

    async fn page_of(&self, access: &Access, older_than: Option<&str>) -> Result<Value, CallError> {
        let mut query = vec![("limit", PAGE), ("exclude_reblogs", "true")];
        query.extend(older_than.map(|id| ("max_id", id)));
        let path = ["api", "v1", "accounts", &access.account, "statuses"];
        self.api.send(&Call { query: &query, ..Call::get(&path) }, Some(&access.token)).await
    }

    /// Looks for the post that this intent made.
    async fn look(&self, intent: &Intent, beside: Beside, why: Why) -> Result<Option<RemotePost>, CallError> {
        let mut search = Search::new(intent, beside, why);
        let mut older_than = None;
        for number in 1.. {
            older_than = search.read(&self.page(older_than.as_deref()).await?)?;
            if older_than.is_none() {
                break;
            }
            if number == MOST_PAGES {
                return Err(CallError::Lost("there are too many posts to look through"));
            }
        }
        if intent.text.trim().is_empty() && intent.fingerprint.is_none() {
            return Ok(search.without_words()?.map(RemotePost));
        }
        // Oldest first: the same words may have appeared again since.
        if let Some(found) = search.candidates.iter().rev().find(|candidate| candidate.says(intent)) {
            return Ok(Some(RemotePost(found.id.clone())));
        }
        // A server may make other markup of a text, but gives its source as it was written. Of orphans the markup is enough:
        // most of them begin a thread, and each source is a call.
        search.candidates.retain(|candidate| !candidate.is_orphan);
        if search.candidates.len() > MOST_SOURCES {
            return Err(CallError::Lost("there are too many posts to compare"));
        }
        let mut has_sources = true;
        for candidate in search.candidates.iter().rev() {
            let path = ["api", "v1", "statuses", &candidate.id, "source"];
            match self.call(&Call::get(&path)).await {
                Ok(source) => match is_source_of(&source, intent) {
                    Some(true) => return Ok(Some(RemotePost(candidate.id.clone()))),
                    Some(false) => {}
                    None => return Err(CallError::Lost("the answer is no source")),
                },
                // Older servers have none.
                Err(CallError::Answered(Refusal { status: 404, .. })) => has_sources = false,
                Err(error) => return Err(error),
            }
        }
        match intent.text.trim().is_empty() && !has_sources {
            // By its markup alone a fingerprint may be missed.
            true => Ok(search.without_words()?.map(RemotePost)),
            false => Ok(None),
        }
    }

    /// What an answer that was lost means, after a look at what is there. What is not there may still appear.
    async fn look_again(
        &self,
        intent: &Intent,
        beside: Beside,
        why: &'static str,
    ) -> Result<RemotePost, PlatformError> {
        match self.look(intent, beside, Why::ToPost).await {
            Ok(Some(post)) => Ok(post),
            Ok(None) | Err(_) => Err(PlatformError::Ambiguous(why)),
        }
    }

    /// Whether what cannot be deleted is another account's, for which servers say that it is not there.
    async fn is_gone(&self, id: &str) -> Result<(), PlatformError> {
        match self.call(&Call::get(&["api", "v1", "statuses", id])).await {
            Err(CallError::Answered(Refusal { status: 404 | 410, is_of_api: true })) => Ok(()),
            // A human named the boost by what it boosts.
            Ok(shown) if shown["reblogged"] == true => self.unboost(&RemotePost(id.to_owned())).await,
            Ok(_) => {
                tracing::error!(
                    "a post to take down is still there: if it is another account's, use the token of the account that made it"
                );
                Err(PlatformError::Unavailable("the post is still there"))
            }
            Err(error) => Err(unanswered(&error)),
        }
    }
}

#[async_trait]
impl Platform for Mastodon {
    async fn is_own(&self, author: &str) -> bool {
        self.accesses.current(&self.api).await.is_ok_and(|access| access.account == author)
    }

    fn notifications(&self) -> Option<&dyn crate::intake::Notifications> {
        Some(self)
    }

    fn rules(&self) -> PlatformRules {
        rules(self.limits())
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        match &intent.shares {
            Some(Share::Boost(post)) => self.boost(post).await,
            Some(Share::Quote(_)) | None => self.post(intent).await,
        }
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        if let Some(Share::Boost(post)) = &intent.shares {
            return self.boosted(post).await;
        }
        self.look(intent, self.beside(intent)?, Why::ToTakeDown).await.map_err(|error| unanswered(&error))
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        if let Some(boosted) = post.boosted() {
            return self.unboost(&boosted).await;
        }
        let id = self.id_of(post)?;
        match self.call(&Call::of(Work::Removing, Method::DELETE, &["api", "v1", "statuses", &id])).await {
            // It answers with the post that it took down.
            Ok(answer) if answer["id"] == id.as_str() => Ok(()),
            Ok(_) | Err(CallError::Answered(Refusal { status: 404, is_of_api: true })) => {
                self.is_gone(&id).await
            }
            // The server took the post down before it said anything; if not, the next try does.
            Err(error) => Err(unanswered(&error)),
        }
    }

    async fn look_at(&self, post: &str) -> Result<Seen, PlatformError> {
        let server = MastodonServer::parse(&self.account.server);
        let address = PostAddress::parse(post, server.as_ref()).ok();
        let address = address.filter(|address| address.platform() == self.name());
        let address = address.ok_or(PlatformError::Refused("this is no post on the channel's server"))?;
        match self.call(&Call::get(&["api", "v1", "statuses", address.id()])).await {
            Err(CallError::Answered(Refusal { status: 404 | 410, is_of_api: true })) => Ok(Seen::Gone),
            answer => seen(&answer.map_err(|error| nothing_made(&error))?, &address),
        }
    }
}
