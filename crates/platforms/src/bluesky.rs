//! Bluesky: posts in the channel's repository on a personal data server (PDS), over its XRPC interface.
//!
//! Invariant: one key, one post. The first post of a thread and the gate that keeps replies closed are created in one
//! commit, so there is no moment in which somebody could reply; the others are put under the key that was stored. After
//! any answer but success the repository is asked what is there, and only what cannot have been made is called so.

mod look;
mod notifications;
mod profile;
mod record;
mod richtext;
mod session;
#[cfg(test)]
mod tests;
mod xrpc;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use curation::composition::{Measure, PlatformName, PlatformRules, Seen, Share};
use serde_json::{Value, json};

use self::{
    record::{GATES, POSTS, REPOSTS, StrongRef, With, address},
    richtext::{Mention, names},
    session::{NotSignedIn, Session, Sessions},
    xrpc::{CallError, Refusal, Xrpc},
};
use crate::{Intent, Platform, PlatformError, RemotePost, http::CALL, intake::PostAddress, secret::Secret};

/// The longest post in graphemes, and in bytes (`app.bsky.feed.post`).
const LONGEST: usize = 300;
const MOST_BYTES: usize = 3_000;
/// The longest thread. 2,000 characters fill 7 posts; the rest is room for cuts at the ends of sentences.
const MOST_PARTS: usize = 12;
/// How many names of a post are looked up, each with a call of its own: a post that names more is not for them.
const MOST_MENTIONS: usize = 5;

/// What Bluesky accepts: also for whoever composes words without having an account.
#[must_use]
pub fn rules() -> PlatformRules {
    PlatformRules {
        platform: PlatformName::new("bluesky"),
        longest: LONGEST,
        measure: Measure::Graphemes,
        most_bytes: MOST_BYTES,
        most_parts: MOST_PARTS,
        quotes: true,
        content_notes: false,
    }
}

/// Whose posts these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The server's address, such as `https://bsky.social`. Without TLS only on this machine.
    pub service: String,
    /// The account's handle, or its DID.
    pub identifier: String,
}

/// The channel's account on Bluesky.
pub struct Bluesky {
    xrpc: Xrpc,
    sessions: Sessions,
}

impl fmt::Debug for Bluesky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bluesky").finish_non_exhaustive()
    }
}

/// A record that is there.
struct Found {
    at: StrongRef,
    value: Value,
}

/// Why a post was not made just now.
enum Failure {
    Call(CallError),
    /// What it was to follow or to share is not there.
    Orphaned,
}

impl Bluesky {
    /// Connects to nothing yet: the first call signs in. `password` is best an app password, which can do less and be
    /// revoked alone.
    #[must_use]
    pub fn new(account: Account, password: Arc<dyn Secret>) -> Self {
        Self::with_patience(account, password, CALL)
    }

    /// As [`Bluesky::new`], with another patience: how long a call may take from its first to its last byte.
    #[must_use]
    pub fn with_patience(account: Account, password: Arc<dyn Secret>, patience: Duration) -> Self {
        Self {
            xrpc: Xrpc::new(account.service, patience),
            sessions: Sessions::new(account.identifier, password),
        }
    }

    /// Signs in, and asks whether the account may post. Its profile says from then on that it is automated; if that
    /// cannot be written, the account may post all the same.
    ///
    /// # Errors
    /// [`PlatformError::Unavailable`] with the reason.
    pub async fn check(&self) -> Result<(), PlatformError> {
        let session = self.sign_in().await?;
        if !self.is_in_order(&session).await {
            return Err(PlatformError::Unavailable("the account is not active"));
        }
        if let Err(error) = self.mark_as_automated().await {
            tracing::warn!(%error, "the profile on Bluesky cannot be marked as automated: do so in its settings");
        }
        Ok(())
    }

    async fn sign_in(&self) -> Result<Session, PlatformError> {
        let signed_in = self.sessions.current(&self.xrpc).await;
        signed_in.map_err(|NotSignedIn(why)| PlatformError::Unavailable(why))
    }

    /// One call with the session; with a fresh one if that has expired, in which case the server did nothing.
    async fn procedure(&self, session: &Session, name: &str, body: &Value) -> Result<Value, CallError> {
        let first = self.xrpc.procedure(name, Some(body), Some(&session.access)).await;
        if !first.as_ref().is_err_and(is_of_session) {
            return first;
        }
        let session = self.sessions.renewed(&self.xrpc, session).await;
        let session = session.map_err(|NotSignedIn(why)| CallError::NotSent(why))?;
        self.xrpc.procedure(name, Some(body), Some(&session.access)).await
    }

    /// Asks for something with the session, or with a fresh one.
    async fn query(
        &self,
        session: &Session,
        name: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Value, CallError> {
        let first = self.xrpc.query(name, parameters, Some(&session.access)).await;
        if !first.as_ref().is_err_and(is_of_session) {
            return first;
        }
        let session = self.sessions.renewed(&self.xrpc, session).await;
        let session = session.map_err(|NotSignedIn(why)| CallError::NotSent(why))?;
        self.xrpc.query(name, parameters, Some(&session.access)).await
    }

    async fn record_of(&self, owner: &str, collection: &str, key: &str) -> Result<Option<Found>, CallError> {
        let place = [("repo", owner), ("collection", collection), ("rkey", key)];
        // Anybody may read a repository: no token, so none that has expired.
        match self.xrpc.query("com.atproto.repo.getRecord", &place, None).await {
            Ok(answer) => match StrongRef::read(&answer) {
                Some(at) => Ok(Some(Found { at, value: answer["value"].clone() })),
                None => Err(CallError::Lost("the answer is no record")),
            },
            Err(CallError::Answered(refusal)) if refusal.code == "RecordNotFound" => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn write(&self, session: &Session, intent: &Intent) -> Result<(), Failure> {
        let mut with = With::default();
        match &intent.shares {
            None => {}
            Some(Share::Quote(post)) => with.quoted = Some(self.shared(session, post).await?.at),
            Some(Share::Boost(post)) => {
                let theirs = self.shared(session, post).await?;
                let body = record::repost(&session.did, intent, &theirs.at);
                let written = self.procedure(session, "com.atproto.repo.putRecord", &body).await;
                return is_written(written);
            }
        }
        with.mentions = self.mentions(session, &intent.text).await?;
        let Some(follows) = &intent.follows else {
            let body = record::first(&session.did, intent, &with);
            let written = self.procedure(session, "com.atproto.repo.applyWrites", &body).await;
            return is_written(written);
        };
        let (root, parent) = match owner_of(follows) {
            Some(owner) if owner != session.did => self.shared(session, &follows.0).await?.thread(),
            _ => {
                let parent = self.followed(session, follows).await?;
                let root = match &intent.root {
                    Some(root) if root != follows => self.followed(session, root).await?,
                    _ => parent.clone(),
                };
                (root, parent)
            }
        };
        let body = record::following(&session.did, intent, &with, &root, &parent);
        let written = self.procedure(session, "com.atproto.repo.putRecord", &body).await;
        is_written(written)
    }

    async fn followed(&self, session: &Session, post: &RemotePost) -> Result<StrongRef, Failure> {
        match self.record_of(&session.did, POSTS, key_of(post)).await {
            Ok(Some(found)) => Ok(found.at),
            Ok(None) => Err(Failure::Orphaned),
            // Nothing was written.
            Err(_) => Err(Failure::Call(CallError::NotSent("the post to follow cannot be read"))),
        }
    }

    async fn shared(&self, session: &Session, post: &str) -> Result<look::Post, Failure> {
        let address = PostAddress::parse(post, None).ok().filter(|address| address.owner().is_some());
        match self.somebodys(session, &address.ok_or(Failure::Orphaned)?).await {
            Ok(post) => post.ok_or(Failure::Orphaned),
            // Nothing was written.
            Err(_) => Err(Failure::Call(CallError::NotSent("the post to share cannot be read"))),
        }
    }

    /// The accounts that a text names. A name that is nobody's stays text.
    async fn mentions(&self, session: &Session, text: &str) -> Result<Vec<Mention>, Failure> {
        let mut mentions = Vec::new();
        for name in names(text).take(MOST_MENTIONS) {
            let did = self.resolved(session, &name.handle).await;
            // Left out now and not at a repetition, they would make it another record.
            let did = did
                .map_err(|_| Failure::Call(CallError::NotSent("a name in the words cannot be looked up")))?;
            mentions.extend(did.map(|did| Mention { start: name.start, end: name.end, did }));
        }
        Ok(mentions)
    }

    /// What an attempt that failed means, after a look at what is there.
    async fn judge(
        &self,
        session: &Session,
        intent: &Intent,
        failure: Failure,
    ) -> Result<RemotePost, PlatformError> {
        if let Failure::Call(CallError::NotSent(why)) = failure {
            return Err(PlatformError::Unavailable(why));
        }
        let there = self.record_of(&session.did, collection(intent), &intent.key).await;
        match (&there, &failure) {
            (Ok(Some(found)), _) => {
                return if record::is_of(&found.value, intent) {
                    Ok(address(&session.did, collection(intent), &intent.key))
                } else {
                    Err(PlatformError::Refused("another post has this key"))
                };
            }
            (_, Failure::Call(CallError::Lost(why))) => return Err(PlatformError::Ambiguous(why)),
            (_, Failure::Call(CallError::Answered(refusal))) => match meaning(refusal) {
                Meaning::Unknown => return Err(PlatformError::Ambiguous("the server failed")),
                Meaning::Later(why) => {
                    tracing::error!(%refusal, why, "Bluesky takes no posts now");
                    return Err(PlatformError::Unavailable(why));
                }
                Meaning::Never => tracing::error!(%refusal, "Bluesky refused a post"),
            },
            (_, Failure::Call(CallError::NotSent(_)) | Failure::Orphaned) => {}
        }
        if there.is_err() {
            return Err(PlatformError::Ambiguous("what is there cannot be read"));
        }
        if matches!(failure, Failure::Orphaned) {
            return Err(PlatformError::Refused("the post to follow or to share is not there"));
        }
        // An account that is gone or suspended refuses everything, which is not about this post.
        if self.is_in_order(session).await {
            Err(PlatformError::Refused("the server does not take this post"))
        } else {
            tracing::error!(
                "the account on Bluesky is not active, or cannot be asked about: nothing is posted"
            );
            Err(PlatformError::Unavailable("the account is not active"))
        }
    }

    async fn is_in_order(&self, session: &Session) -> bool {
        let name = "com.atproto.server.getSession";
        let mut answer = self.xrpc.query(name, &[], Some(&session.access)).await;
        if answer.as_ref().is_err_and(is_of_session)
            && let Ok(session) = self.sessions.renewed(&self.xrpc, session).await
        {
            answer = self.xrpc.query(name, &[], Some(&session.access)).await;
        }
        // Servers say so only when it is not the case.
        answer.is_ok_and(|answer| answer["active"] != false)
    }
}

#[async_trait]
impl Platform for Bluesky {
    fn rules(&self) -> PlatformRules {
        rules()
    }

    async fn is_own(&self, author: &str) -> bool {
        self.sign_in().await.is_ok_and(|session| session.did == author)
    }

    fn notifications(&self) -> Option<&dyn crate::intake::Notifications> {
        Some(self)
    }

    fn repeats_safely(&self) -> bool {
        true
    }

    async fn publish(&self, intent: &Intent) -> Result<RemotePost, PlatformError> {
        let session = self.sign_in().await?;
        match self.write(&session, intent).await {
            Ok(()) => Ok(address(&session.did, collection(intent), &intent.key)),
            Err(failure) => self.judge(&session, intent, failure).await,
        }
    }

    async fn find(&self, intent: &Intent) -> Result<Option<RemotePost>, PlatformError> {
        let session = self.sign_in().await?;
        match self.record_of(&session.did, collection(intent), &intent.key).await {
            Ok(found) => Ok(found.map(|_| address(&session.did, collection(intent), &intent.key))),
            Err(error) => Err(unanswered(&error)),
        }
    }

    async fn delete(&self, post: &RemotePost) -> Result<(), PlatformError> {
        let session = self.sign_in().await?;
        // In another repository there is nothing under this key, and deleting nothing succeeds: a post that is still up
        // would be called taken down.
        if owner_of(post).is_some_and(|owner| owner != session.did) {
            tracing::error!("a post to take down is another account's: sign in as the account that made it");
            return Err(PlatformError::Unavailable("the post is another account's"));
        }
        // The words first. Deleting what is not there succeeds.
        let collections = if is_repost(post) { &[REPOSTS][..] } else { &[POSTS, GATES] };
        for collection in collections {
            let body = json!({ "repo": session.did, "collection": collection, "rkey": key_of(post) });
            let deleted = self.procedure(&session, "com.atproto.repo.deleteRecord", &body).await;
            let answer = deleted.map_err(|error| unanswered(&error))?;
            // Where nothing was there, nothing is committed; but an answer without a commit may be anybody's.
            if !answer["commit"].is_object() {
                match self.record_of(&session.did, collection, key_of(post)).await {
                    Ok(None) => {}
                    Ok(Some(_)) => return Err(PlatformError::Unavailable("the record is still there")),
                    Err(error) => return Err(unanswered(&error)),
                }
            }
        }
        Ok(())
    }

    async fn look_at(&self, post: &str) -> Result<Seen, PlatformError> {
        let address = PostAddress::parse(post, None).ok().filter(|address| address.owner().is_some());
        let address = address.ok_or(PlatformError::Refused("this is no post on Bluesky"))?;
        let session = self.sign_in().await?;
        self.seen(&session, &address).await.map_err(|error| match unanswered(&error) {
            // Nothing was to be done, so nothing can have been.
            PlatformError::Unavailable(why) | PlatformError::Refused(why) | PlatformError::Ambiguous(why) => {
                PlatformError::Unavailable(why)
            }
        })
    }
}

/// That a record was written is said by an answer that names a commit or the record. Older servers say nothing, and what
/// stands before a server may say anything: then the repository is asked.
fn is_written(answer: Result<Value, CallError>) -> Result<(), Failure> {
    match answer {
        Ok(answer) if answer["commit"].is_object() || answer["uri"].is_string() => Ok(()),
        Ok(_) => Err(Failure::Call(CallError::Lost("the answer names no record"))),
        Err(error) => Err(Failure::Call(error)),
    }
}

/// Where the record of an intent is.
fn collection(intent: &Intent) -> &'static str {
    match &intent.shares {
        Some(Share::Boost(_)) => REPOSTS,
        Some(Share::Quote(_)) | None => POSTS,
    }
}

fn is_repost(post: &RemotePost) -> bool {
    post.0.split('/').any(|part| part == REPOSTS)
}

/// The record's key in any of the forms in which a post is named: its `at://` address, that of its page, the key alone.
fn key_of(post: &RemotePost) -> &str {
    let name = post.0.trim().trim_end_matches('/');
    let name = name.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    name.rsplit('/').next().unwrap_or_default()
}

/// Whose post it is, where its name says so for good: a DID is an account's for ever, a handle may pass to another.
fn owner_of(post: &RemotePost) -> Option<&str> {
    post.0.trim().split('/').find(|part| part.starts_with("did:"))
}

/// What a call means that makes no post.
fn unanswered(error: &CallError) -> PlatformError {
    match error {
        CallError::NotSent(why) => PlatformError::Unavailable(why),
        CallError::Lost(why) => PlatformError::Ambiguous(why),
        CallError::Answered(refusal) => {
            tracing::error!(%refusal, "Bluesky refused a call");
            match meaning(refusal) {
                Meaning::Unknown => PlatformError::Ambiguous("the server failed"),
                Meaning::Later(why) => PlatformError::Unavailable(why),
                Meaning::Never => PlatformError::Refused("the server does not do this"),
            }
        }
    }
}

/// True if the server did nothing because the access token is no longer good.
fn is_of_session(error: &CallError) -> bool {
    matches!(error, CallError::Answered(Refusal { status: 400 | 401, code })
        if matches!(code.as_str(), "ExpiredToken" | "InvalidToken" | "AuthenticationRequired" | "AuthMissing"))
}

/// What an answer that is an error says of the post.
enum Meaning {
    /// It may have been made.
    Unknown,
    /// It was not made; a later try may succeed.
    Later(&'static str),
    /// It was not made, and this one never will be.
    Never,
}

fn meaning(refusal: &Refusal) -> Meaning {
    match (refusal.status, refusal.code.as_str()) {
        (429, _) => Meaning::Later("too many calls"),
        (400, code) if code.starts_with("Account") || code.starts_with("Repo") => {
            Meaning::Later("the account is not active")
        }
        (400 | 401 | 403, "ExpiredToken" | "InvalidToken") | (401 | 403, _) => {
            Meaning::Later("the session is not accepted")
        }
        (400 | 413 | 422, _) => Meaning::Never,
        (501, _) => Meaning::Later("the service is no Bluesky server"),
        (500..=599, _) => Meaning::Unknown,
        // Redirections, and addresses at which there is no such server.
        _ => Meaning::Later("the service is no Bluesky server"),
    }
}
