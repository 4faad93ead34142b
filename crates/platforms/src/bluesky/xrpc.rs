//! Calls to a personal data server, as <https://atproto.com/specs/xrpc> has them.
//!
//! Invariant: nothing of an answer's text is in an error but the protocol's name for it.

use std::{fmt, time::Duration};

use reqwest::Method;
use serde_json::Value;

use crate::http::{self, Call, Counting, Server, Work};

/// Calls are counted in five minutes, sign-ins and writes in a day too
/// (<https://docs.bsky.app/docs/advanced-guides/rate-limits>).
const COUNTING: Counting = Counting {
    headers: &["ratelimit"],
    usual: Duration::from_secs(5 * 60),
    longest: Duration::from_secs(24 * 60 * 60),
};

/// Why a call did not succeed.
pub(super) type CallError = http::CallError<Refusal>;

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// The protocol's name for it, such as `ExpiredToken`; `none` if there is none.
    pub(super) code: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

/// One server.
pub(super) struct Xrpc(Server);

impl Xrpc {
    pub(super) fn new(service: String, patience: Duration) -> Self {
        Self(Server::new(service, COUNTING, patience))
    }

    /// Asks for something.
    pub(super) async fn query(
        &self,
        name: &str,
        parameters: &[(&str, &str)],
        token: Option<&str>,
    ) -> Result<Value, CallError> {
        self.call(Work::Reading, Method::GET, name, parameters, None, token).await
    }

    /// Has something done.
    pub(super) async fn procedure(
        &self,
        name: &str,
        body: Option<&Value>,
        token: Option<&str>,
    ) -> Result<Value, CallError> {
        let work = match name {
            "com.atproto.repo.deleteRecord" => Work::Removing,
            name if name.starts_with("com.atproto.server.") => Work::SigningIn,
            _ => Work::Posting,
        };
        self.call(work, Method::POST, name, &[], body, token).await
    }

    async fn call(
        &self,
        work: Work,
        method: Method,
        name: &str,
        parameters: &[(&str, &str)],
        body: Option<&Value>,
        token: Option<&str>,
    ) -> Result<Value, CallError> {
        let url = self.0.url(&["xrpc", name], parameters)?;
        let authorization = token.map(|token| format!("Bearer {token}"));
        let call = Call { work, method, url, authorization, idempotency_key: None, body };
        self.0.call(call, refusal).await
    }
}

/// An error's name is a word; anything else that stands in its place is not repeated in logs.
fn refusal(status: u16, answer: &Value) -> Refusal {
    let code = answer["error"].as_str().filter(|code| {
        (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    Refusal { status, code: code.unwrap_or("none").to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errors_name_is_a_word() {
        let code = |answer: Value| refusal(400, &answer).code;
        assert_eq!(code(serde_json::json!({"error": "ExpiredToken"})), "ExpiredToken");
        for other in [serde_json::json!({"error": "a sentence"}), serde_json::json!([]), Value::Null] {
            assert_eq!(code(other), "none");
        }
    }
}
