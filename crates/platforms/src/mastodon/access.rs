//! The account: its access token, and who it is to the server.
//!
//! Invariant: a token that the server has turned down is not sent again until another one is stored, and whose posts are
//! read is always whose token reads them.

use std::sync::Arc;

use reqwest::Method;
use serde_json::Value;
use tokio::{sync::Mutex, time::Instant};

use super::api::{Api, Call, CallError, Refusal};
use crate::{http::Work, secret::Secret};

/// A token that was turned down is tried again after this: the server may have been mistaken, or set up anew.
const TRY_AGAIN: std::time::Duration = std::time::Duration::from_secs(5 * 60);

/// A token that the server takes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) token: String,
    /// The account's id on the server.
    pub(super) account: String,
    /// Its name there, without the server's.
    pub(super) name: String,
}

#[derive(Default)]
struct Held {
    access: Option<Access>,
    turned_down: Option<(String, Instant)>,
}

/// The token's keeper.
pub(super) struct Accesses {
    token: Arc<dyn Secret>,
    // Held while the server is asked: others wait and use the same answer.
    held: Mutex<Held>,
}

impl Accesses {
    pub(super) fn new(token: Arc<dyn Secret>) -> Self {
        Self { token, held: Mutex::default() }
    }

    /// The present access; asks the server whose it is if that is not known.
    pub(super) async fn current(&self, api: &Api) -> Result<Access, CallError> {
        let mut held = self.held.lock().await;
        match &held.access {
            Some(access) => Ok(access.clone()),
            None => self.read(api, &mut held).await,
        }
    }

    /// Another access than `refused`, which the server no longer takes.
    pub(super) async fn renewed(&self, api: &Api, refused: &Access) -> Result<Access, CallError> {
        let mut held = self.held.lock().await;
        if let Some(access) = held.access.as_ref().filter(|access| *access != refused) {
            // Somebody else was quicker.
            return Ok(access.clone());
        }
        held.access = None;
        held.turned_down = Some((refused.token.clone(), Instant::now()));
        self.read(api, &mut held).await
    }

    /// Makes nothing, so whatever goes wrong has made no post.
    async fn read(&self, api: &Api, held: &mut Held) -> Result<Access, CallError> {
        let token = self.token.read().await.map_err(|error| {
            tracing::error!(%error, "the access token for Mastodon cannot be read: nothing is posted");
            CallError::NotSent("the access token cannot be read")
        })?;
        let token = token.trim().to_owned();
        let is_turned_down =
            held.turned_down.as_ref().is_some_and(|(other, at)| *other == token && at.elapsed() < TRY_AGAIN);
        if is_turned_down {
            tracing::error!(
                "Mastodon does not take the access token, so nothing is posted: make a new one in the account's settings under Development and store that"
            );
            return Err(CallError::NotSent("the access token is not accepted"));
        }
        let path = ["api", "v1", "accounts", "verify_credentials"];
        let call = Call::of(Work::SigningIn, Method::GET, &path);
        match api.send(&call, Some(&token)).await {
            Ok(answer) => match id(&answer) {
                Some(account) => {
                    let name = answer["username"].as_str().unwrap_or_default().to_owned();
                    let access = Access { token, account, name };
                    held.access = Some(access.clone());
                    Ok(access)
                }
                None => {
                    tracing::error!("the server answers as no Mastodon server does: is its address right?");
                    Err(CallError::NotSent("the server is no Mastodon server"))
                }
            },
            Err(CallError::Answered(Refusal { status: status @ (401 | 403), .. })) => {
                tracing::error!(
                    status,
                    "Mastodon does not take the access token, or the account is not active, so nothing is posted: look at the account; the next try is in five minutes"
                );
                held.turned_down = Some((token, Instant::now()));
                Err(CallError::NotSent("the access token is not accepted"))
            }
            Err(CallError::Answered(Refusal { status, .. })) => {
                tracing::warn!(status, "Mastodon does not say whose the access token is");
                Err(CallError::NotSent("the server does not say whose the access token is"))
            }
            Err(CallError::NotSent(why) | CallError::Lost(why)) => Err(CallError::NotSent(why)),
        }
    }
}

/// An entity's id, which is never more than a word: it becomes part of addresses.
pub(super) fn id(entity: &Value) -> Option<String> {
    entity["id"].as_str().filter(|id| is_id(id)).map(str::to_owned)
}

/// True for what servers name posts and accounts by.
pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
