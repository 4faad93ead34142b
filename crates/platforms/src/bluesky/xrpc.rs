//! Calls to a personal data server: HTTP with JSON, as <https://atproto.com/specs/xrpc> has it.
//!
//! Invariant: an error says whether the server may have acted. Nothing of a request or of an answer's text is in it.

use std::{fmt, net::IpAddr, sync::OnceLock, time::Duration};

use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, redirect::Policy};
use serde_json::Value;

/// A server that is there accepts a connection within this.
const CONNECT: Duration = Duration::from_secs(3);
/// One call from first to last byte. A publication makes a handful of calls within the publisher's lease of minutes.
const CALL: Duration = Duration::from_secs(10);
/// For how long a connection is used again: within one thread of posts, not after a function was asleep.
const IDLE: Duration = Duration::from_secs(5);
/// The largest answer that is read. A record of 3,000 bytes of text with its facets is a few kilobytes.
const LARGEST_ANSWER: usize = 256 * 1024;

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// The server has received nothing.
    NotSent(&'static str),
    /// The server may have acted; the answer was lost.
    Lost(&'static str),
    /// The server answered with an error.
    Answered(Refusal),
}

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
pub(super) struct Xrpc {
    service: String,
    /// Made at the first call: reading the roots of trust takes time that a start without a post should not pay.
    client: OnceLock<Client>,
}

impl Xrpc {
    pub(super) fn new(service: String) -> Self {
        Self { service, client: OnceLock::new() }
    }

    /// Asks for something.
    pub(super) async fn query(
        &self,
        name: &str,
        parameters: &[(&str, &str)],
        token: Option<&str>,
    ) -> Result<Value, CallError> {
        let mut url = self.url(name)?;
        url.query_pairs_mut().extend_pairs(parameters);
        self.call(Method::GET, url, token, |request| request).await
    }

    /// Has something done.
    pub(super) async fn procedure(
        &self,
        name: &str,
        body: Option<&Value>,
        token: Option<&str>,
    ) -> Result<Value, CallError> {
        let with_body = |request: RequestBuilder| match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.call(Method::POST, self.url(name)?, token, with_body).await
    }

    /// Passwords and tokens go over TLS, or stay on this machine.
    fn url(&self, name: &str) -> Result<Url, CallError> {
        let url = format!("{}/xrpc/{name}", self.service.trim().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|_| CallError::NotSent("the service is no address"))?;
        let host = url.host_str().unwrap_or_default();
        let is_here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_here => Ok(url),
            _ => Err(CallError::NotSent("the service's address does not begin with https://")),
        }
    }

    async fn call(
        &self,
        method: Method,
        url: Url,
        token: Option<&str>,
        finish: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Value, CallError> {
        let mut request = self.client()?.request(method, url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let mut response = finish(request).send().await.map_err(|error| of_transport(&error))?;
        let status = response.status();
        let mut answer = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if answer.len() + chunk.len() <= LARGEST_ANSWER => {
                    answer.extend_from_slice(&chunk)
                }
                Ok(None) => break,
                // The status alone says what was done.
                _ if !status.is_success() => break,
                Ok(Some(_)) => return Err(CallError::Lost("the answer is too large")),
                Err(_) => return Err(CallError::Lost("the answer was cut off")),
            }
        }
        let answer = if answer.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&answer) };
        if status.is_success() {
            return answer.map_err(|_| CallError::Lost("the answer is no JSON"));
        }
        Err(CallError::Answered(refusal(status, &answer.unwrap_or_default())))
    }

    fn client(&self) -> Result<&Client, CallError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .pool_idle_timeout(IDLE)
            // What is answered from elsewhere is not this server's.
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("clientsconnect/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| CallError::NotSent("no client for HTTPS can be made"))?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn of_transport(error: &reqwest::Error) -> CallError {
    if error.is_connect() {
        CallError::NotSent("the server cannot be reached")
    } else if error.is_builder() {
        CallError::NotSent("the request cannot be made")
    } else if error.is_timeout() {
        CallError::Lost("no answer in time")
    } else {
        CallError::Lost("the connection ended")
    }
}

/// An error's name is a word; anything else that stands in its place is not repeated in logs.
fn refusal(status: StatusCode, answer: &Value) -> Refusal {
    let code = answer["error"].as_str().filter(|code| {
        (1..=64).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    Refusal { status: status.as_u16(), code: code.unwrap_or("none").to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn passwords_do_not_cross_a_network_in_the_clear() {
        for (service, is_allowed) in [
            ("https://bsky.example", true),
            ("https://bsky.example/", true),
            ("http://127.0.0.1:2583", true),
            ("http://localhost:2583", true),
            ("http://bsky.example", false),
            ("http://localhost.example", false),
            ("bsky.example", false),
            ("", false),
        ] {
            let url = Xrpc::new(service.to_owned()).url("com.example.name");
            assert_eq!(url.is_ok(), is_allowed, "{service}");
        }
        let url = Xrpc::new("https://bsky.example/".to_owned()).url("com.example.name").unwrap();
        assert_eq!(url.as_str(), "https://bsky.example/xrpc/com.example.name");
    }

    #[test]
    fn an_errors_name_is_a_word() {
        let code = |answer: Value| refusal(StatusCode::BAD_REQUEST, &answer).code;
        assert_eq!(code(serde_json::json!({"error": "ExpiredToken"})), "ExpiredToken");
        for other in [serde_json::json!({"error": "a sentence"}), serde_json::json!([]), Value::Null] {
            assert_eq!(code(other), "none");
        }
    }
}
