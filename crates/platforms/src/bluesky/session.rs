//! The session with a personal data server: signed in once, refreshed when its access token has expired.
//!
//! Invariant: at most one sign-in in five minutes reaches the server. It allows 30 in five minutes and 300 a day
//! (<https://docs.bsky.app/docs/advanced-guides/rate-limits>): one in five minutes is 288 a day at worst.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};

use super::xrpc::{CallError, Refusal, Xrpc};
use crate::secret::Secret;

/// The time between two sign-ins.
const SIGN_IN_AGAIN: Duration = Duration::from_secs(5 * 60);

/// Nobody is signed in, so nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotSignedIn(pub(super) &'static str);

/// What a session consists of.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Session {
    /// The account's permanent name, which is its repository's too.
    pub(super) did: String,
    /// The account's name for people, if the server tells it.
    pub(super) handle: Option<String>,
    /// Good for hours.
    pub(super) access: String,
    /// Good for months, and once.
    refresh: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("did", &self.did).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Held {
    session: Option<Session>,
    sign_in_from: Option<Instant>,
}

/// Whoever signs in, and the session while there is one.
pub(super) struct Sessions {
    identifier: String,
    password: Arc<dyn Secret>,
    // Held while signing in: others wait and use the same session.
    held: Mutex<Held>,
}

impl Sessions {
    pub(super) fn new(identifier: String, password: Arc<dyn Secret>) -> Self {
        Self { identifier, password, held: Mutex::default() }
    }

    /// The present session; signs in if there is none.
    pub(super) async fn current(&self, xrpc: &Xrpc) -> Result<Session, NotSignedIn> {
        let mut held = self.held.lock().await;
        match &held.session {
            Some(session) => Ok(session.clone()),
            None => self.sign_in(xrpc, &mut held).await,
        }
    }

    /// Another session than `expired`, which the server no longer takes.
    pub(super) async fn renewed(&self, xrpc: &Xrpc, expired: &Session) -> Result<Session, NotSignedIn> {
        let mut held = self.held.lock().await;
        if let Some(session) = held.session.as_ref().filter(|session| *session != expired) {
            // Somebody else was quicker.
            return Ok(session.clone());
        }
        let answer = xrpc.procedure("com.atproto.server.refreshSession", None, Some(&expired.refresh)).await;
        match answer.map(|answer| session(&answer)) {
            Ok(Some(session)) => {
                held.session = Some(session.clone());
                Ok(session)
            }
            Err(CallError::Answered(Refusal { status: 400 | 401, .. })) | Ok(None) => {
                held.session = None;
                self.sign_in(xrpc, &mut held).await
            }
            Err(_) => Err(NotSignedIn("the session cannot be refreshed now")),
        }
    }

    async fn sign_in(&self, xrpc: &Xrpc, held: &mut Held) -> Result<Session, NotSignedIn> {
        if held.sign_in_from.is_some_and(|from| Instant::now() < from) {
            return Err(NotSignedIn("signed in, or tried to, less than five minutes ago"));
        }
        let password = self.password.read().await.map_err(|error| {
            tracing::error!(%error, "the password for Bluesky cannot be read: nothing is posted");
            NotSignedIn("the password cannot be read")
        })?;
        let body = json!({ "identifier": self.identifier, "password": password.trim() });
        let answer = xrpc.procedure("com.atproto.server.createSession", Some(&body), None).await;
        if !matches!(answer, Err(CallError::NotSent(_))) {
            held.sign_in_from = Some(Instant::now() + SIGN_IN_AGAIN);
        }
        match answer.map(|answer| session(&answer)) {
            Ok(Some(session)) => {
                held.session = Some(session.clone());
                Ok(session)
            }
            Ok(None) => {
                tracing::error!("the service answers as no Bluesky server does: is its address right?");
                Err(NotSignedIn("the service is no Bluesky server"))
            }
            Err(CallError::Answered(refusal)) => {
                if matches!(refusal.status, 400 | 401) {
                    tracing::error!(
                        %refusal,
                        "Bluesky refused the sign-in, so nothing is posted: check the account's name, make a new app password in its settings and store that; the next try is in five minutes"
                    );
                } else {
                    tracing::error!(%refusal, "Bluesky let nobody sign in; the next try is in five minutes");
                }
                Err(NotSignedIn("the sign-in was refused"))
            }
            Err(CallError::NotSent(why) | CallError::Lost(why)) => {
                tracing::warn!(why, "signing in to Bluesky did not work");
                Err(NotSignedIn(why))
            }
        }
    }
}

fn session(answer: &Value) -> Option<Session> {
    let text = |name: &str| answer[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Session {
        did: text("did")?,
        handle: text("handle"),
        access: text("accessJwt")?,
        refresh: text("refreshJwt")?,
    })
}
