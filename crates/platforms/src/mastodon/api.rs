//! Calls to a Mastodon server: HTTP with JSON, as <https://docs.joinmastodon.org/client/intro/> has it.
//!
//! Invariant: an error says whether the server may have acted. Nothing of a request or of an answer's text is in it. After
//! the server said that there were too many calls, none of that kind is made until the time that it named.

use std::{net::IpAddr, sync::OnceLock, time::Duration};

use reqwest::{Client, Method, StatusCode, Url, redirect::Policy};
use serde_json::Value;

use super::pauses::{Pauses, Work};

/// A server that is there accepts a connection within this.
const CONNECT: Duration = Duration::from_secs(3);
/// One call from first to last byte. A publication makes a handful of calls within the publisher's lease of minutes.
pub(super) const CALL: Duration = Duration::from_secs(10);
/// For how long a connection is used again: within one thread of posts, not after a function was asleep.
const IDLE: Duration = Duration::from_secs(5);
/// The largest answer that is read: a page of 40 posts, each with its account, its media and its card, is some 400 kB.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;

/// Why a call did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// The server has received nothing, or has done nothing for lack of permission.
    NotSent(&'static str),
    /// The server may have acted; the answer was lost.
    Lost(&'static str),
    /// The server answered with an error.
    Answered(Refusal),
}

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
pub(super) struct Api {
    server: String,
    longest_call: Duration,
    pauses: Pauses,
    /// Made at the first call: reading the roots of trust takes time that a start without a post should not pay.
    client: OnceLock<Client>,
}

impl Api {
    pub(super) fn new(server: String, longest_call: Duration) -> Self {
        Self { server, longest_call, pauses: Pauses::default(), client: OnceLock::new() }
    }

    /// The server's base address. Tokens go over TLS, or stay on this machine.
    pub(super) fn base(&self) -> Result<Url, CallError> {
        let url = Url::parse(self.server.trim().trim_end_matches('/'))
            .map_err(|_| CallError::NotSent("the server is no address"))?;
        let host = url.host_str().unwrap_or_default();
        let is_here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_here => Ok(url),
            _ => Err(CallError::NotSent("the server's address does not begin with https://")),
        }
    }

    /// Makes one call.
    pub(super) async fn send(&self, call: &Call<'_>, token: Option<&str>) -> Result<Value, CallError> {
        let mut url = self.base()?;
        url.path_segments_mut()
            .map_err(|()| CallError::NotSent("the server is no address"))?
            .pop_if_empty()
            .extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        if self.pauses.is_on(call.work) {
            return Err(CallError::NotSent("the server asked for a pause"));
        }
        let mut request = self.client()?.request(call.method.clone(), url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = call.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let mut response = request.send().await.map_err(|error| of_transport(&error))?;
        let status = response.status();
        self.pauses.learn(call.work, status, response.headers());
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
        let answer = serde_json::from_slice(&answer);
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
            .timeout(self.longest_call)
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

fn refusal(status: StatusCode, answer: &Value) -> Refusal {
    Refusal { status: status.as_u16(), is_of_api: answer["error"].is_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_do_not_cross_a_network_in_the_clear() {
        for (server, is_allowed) in [
            ("https://mastodon.example", true),
            ("https://mastodon.example/", true),
            ("http://127.0.0.1:3000", true),
            ("http://[::1]:3000", false),
            ("http://localhost:3000", true),
            ("http://mastodon.example", false),
            ("http://localhost.example", false),
            ("mastodon.example", false),
            ("mailto:somebody@mastodon.example", false),
            ("", false),
        ] {
            assert_eq!(Api::new(server.to_owned(), CALL).base().is_ok(), is_allowed, "{server}");
        }
    }
}
