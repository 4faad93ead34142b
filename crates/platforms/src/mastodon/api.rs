//! Calls to a Mastodon server, as <https://docs.joinmastodon.org/client/intro/> has them.
//!
//! Invariant: nothing of an answer's text is in an error.

use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use crate::http::{self, Counting, Server, Work};

/// A server counts 300 calls of an account in five minutes, 30 removals in 30 minutes (both in
/// <https://docs.joinmastodon.org/api/rate-limits/>) and 300 posts in three hours (`RateLimiter` of Mastodon).
const COUNTING: Counting = Counting {
    headers: &["x-ratelimit"],
    usual: Duration::from_secs(5 * 60),
    longest: Duration::from_secs(3 * 60 * 60),
};

/// Why a call did not succeed.
pub(super) type CallError = http::CallError<Refusal>;

/// An answer that is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// True if the answer has the form of a Mastodon server's errors
    /// (<https://docs.joinmastodon.org/entities/Error/>): something else may stand at the address.
    pub(super) is_of_api: bool,
}

/// What is asked of the server.
pub(super) struct Call<'a> {
    pub(super) work: Work,
    pub(super) method: Method,
    /// The parts of the path, not yet encoded.
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) body: Option<&'a Value>,
    pub(super) idempotency_key: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// A call that changes nothing.
    pub(super) fn get(path: &'a [&'a str]) -> Self {
        Self { work: Work::Reading, method: Method::GET, path, query: &[], body: None, idempotency_key: None }
    }

    /// A call that changes something.
    pub(super) fn of(work: Work, method: Method, path: &'a [&'a str]) -> Self {
        Self { work, method, ..Self::get(path) }
    }
}

/// One server.
pub(super) struct Api(Server);

impl Api {
    pub(super) fn new(server: String, longest_call: Duration) -> Self {
        Self(Server::new(server, COUNTING, longest_call))
    }

    /// The server's base address.
    pub(super) fn base(&self) -> Result<Url, CallError> {
        self.0.base()
    }

    /// Makes one call.
    pub(super) async fn send(&self, call: &Call<'_>, token: Option<&str>) -> Result<Value, CallError> {
        let call = http::Call {
            work: call.work,
            method: call.method.clone(),
            url: self.0.url(call.path, call.query)?,
            authorization: token.map(|token| format!("Bearer {token}")),
            idempotency_key: call.idempotency_key,
            body: call.body,
        };
        match self.0.call(call, refusal).await {
            // This API answers everything that it did with what it did it to.
            Ok(Value::Null) => Err(CallError::Lost("the answer is empty")),
            answer => answer,
        }
    }
}

fn refusal(status: u16, answer: &Value) -> Refusal {
    Refusal { status, is_of_api: answer["error"].is_string() }
}
