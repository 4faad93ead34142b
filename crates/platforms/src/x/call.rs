//! Signed calls to X's API, version 2: HTTP with JSON (<https://docs.x.com/x-api/fundamentals/response-codes-and-errors>).
//!
//! Invariant: an error says whether the server may have acted. Nothing of a request or of an answer's text is in it, and
//! nothing is ever sent twice.

use std::{fmt, net::IpAddr, sync::OnceLock, time::Duration};

use reqwest::{Client, Method, StatusCode, Url, header::HeaderMap, redirect::Policy, retry};
use serde_json::Value;

use super::oauth::{self, Keys, Once};

/// A server that is there accepts a connection within this.
const CONNECT: Duration = Duration::from_secs(3);
/// One call from first to last byte. A publication makes a handful of calls within the publisher's lease of minutes.
pub(super) const CALL: Duration = Duration::from_secs(10);
/// For how long a connection is used again: within one thread of posts, not after a function was asleep.
const IDLE: Duration = Duration::from_secs(5);
/// The largest answer that is read. A hundred posts with their links are a few hundred kilobytes.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;

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
    /// X's name for it, such as `invalid-request` or `187`; `none` if there is none.
    pub(super) code: String,
    /// What it is about, as far as its sentences tell.
    pub(super) about: About,
}

/// What an error is about. X says some of this in sentences alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// A post with these very words, which may be the one that is being made.
    Duplicate,
    /// The account, the app or what it may do: any post would be refused.
    Account,
    /// The request itself, as far as can be told.
    Request,
    /// The answer is none of X's errors.
    Unreadable,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.code)
    }
}

/// What was answered, with the headers, which tell of limits.
pub(super) struct Answer {
    pub(super) result: Result<Value, CallError>,
    pub(super) headers: HeaderMap,
}

impl From<CallError> for Answer {
    fn from(error: CallError) -> Self {
        Self { result: Err(error), headers: HeaderMap::new() }
    }
}

/// One server.
pub(super) struct Server {
    base: String,
    patience: Duration,
    /// Made at the first call: reading the roots of trust takes time that a start without a post should not pay.
    client: OnceLock<Client>,
}

impl Server {
    pub(super) fn new(base: String, patience: Duration) -> Self {
        Self { base, patience, client: OnceLock::new() }
    }

    /// The address of `path`. Tokens go over TLS, or stay on this machine.
    pub(super) fn url(&self, path: &str) -> Result<Url, CallError> {
        let url = format!("{}{path}", self.base.trim().trim_end_matches('/'));
        let url = Url::parse(&url).map_err(|_| CallError::NotSent("the base address is no address"))?;
        let host = url.host_str().unwrap_or_default();
        let is_here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_here => Ok(url),
            _ => Err(CallError::NotSent("the base address does not begin with https://")),
        }
    }

    /// Makes one call.
    pub(super) async fn call(
        &self,
        keys: &Keys,
        once: &Once,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Answer {
        let client = match self.client() {
            Ok(client) => client,
            Err(error) => return error.into(),
        };
        let authorization = oauth::authorization(keys, &method, &url, once);
        let mut request = client.request(method, url).header("authorization", authorization);
        if let Some(body) = body {
            request = request.json(body);
        }
        match request.send().await {
            Ok(response) => {
                let headers = response.headers().clone();
                Answer { result: read(response).await, headers }
            }
            Err(error) => of_transport(&error).into(),
        }
    }

    fn client(&self) -> Result<&Client, CallError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(self.patience)
            .pool_idle_timeout(IDLE)
            // What is answered from elsewhere is not this server's.
            .redirect(Policy::none())
            .retry(retry::never())
            .no_proxy()
            .user_agent(concat!("clientsconnect/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| CallError::NotSent("no client for HTTPS can be made"))?;
        Ok(self.client.get_or_init(|| client))
    }
}

async fn read(mut response: reqwest::Response) -> Result<Value, CallError> {
    let status = response.status();
    let mut answer = Vec::new();
    let whole = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if answer.len() + chunk.len() <= LARGEST_ANSWER => {
                answer.extend_from_slice(&chunk)
            }
            Ok(None) => break Ok(()),
            Ok(Some(_)) => break Err(CallError::Lost("the answer is too large")),
            Err(_) => break Err(CallError::Lost("the answer was cut off")),
        }
    };
    let answer = whole.and_then(|()| {
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice::<Value>(&answer).map_err(|_| CallError::Lost("the answer is no JSON"))
    });
    if status.is_success() {
        return answer;
    }
    Err(CallError::Answered(refusal(status, &answer.unwrap_or_default())))
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

/// Reads an error in either of X's forms: a problem with a `type`, or a list of errors with numbers. Their sentences are
/// looked at and not kept.
fn refusal(status: StatusCode, answer: &Value) -> Refusal {
    let first = &answer["errors"][0];
    let kind = answer["type"].as_str().or(first["type"].as_str()).and_then(|kind| kind.rsplit('/').next());
    let number = first["code"].as_u64().or(answer["code"].as_u64()).map(|number| number.to_string());
    let code = kind.map(str::to_owned).filter(|kind| is_word(kind)).or(number);
    let texts = ["title", "detail", "message", "reason"].into_iter();
    let texts = texts.flat_map(|name| [answer[name].as_str(), first[name].as_str()]).flatten();
    let texts = texts.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| texts.contains(part));
    let code = code.unwrap_or_else(|| "none".to_owned());
    let about = if has(&["duplicate"]) || code == "187" {
        About::Duplicate
    } else if has(&[
        "your account",
        "account is temporarily locked",
        "app permissions",
        "access level",
        "not enrolled",
        "credits",
    ]) || is_of_account(&code)
    {
        About::Account
    } else if code == "none" && texts.is_empty() {
        About::Unreadable
    } else {
        About::Request
    };
    Refusal { status: status.as_u16(), code, about }
}

/// X's names and numbers (<https://developer.x.com/en/support/x-api/error-troubleshooting>) for what is not about one post:
/// the app's permissions and plan; an account that is suspended (64) or locked (326); no right to write (261, 453).
fn is_of_account(code: &str) -> bool {
    matches!(
        code,
        "oauth1-permissions"
            | "client-forbidden"
            | "unsupported-authentication"
            | "usage-capped"
            | "client-not-enrolled"
            | "64"
            | "261"
            | "326"
            | "453"
    )
}

/// An error's name is a word; anything else that stands in its place is not repeated in logs.
fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_do_not_cross_a_network_in_the_clear() {
        for (base, is_allowed) in [
            ("https://api.example", true),
            ("https://api.example/", true),
            ("http://127.0.0.1:2583", true),
            ("http://localhost:2583", true),
            ("http://api.example", false),
            ("http://localhost.example", false),
            ("api.example", false),
            ("", false),
        ] {
            assert_eq!(Server::new(base.to_owned(), CALL).url("/2/tweets").is_ok(), is_allowed, "{base}");
        }
    }

    #[test]
    fn errors_are_read_in_all_their_forms() {
        let duplicate = "You are not allowed to create a Tweet with duplicate content.";
        for (answer, code, about) in [
            (
                json!({ "type": "about:blank", "title": "Forbidden", "detail": duplicate }),
                "about:blank",
                About::Duplicate,
            ),
            (
                json!({ "errors": [{ "code": 187, "message": "Status is a duplicate." }] }),
                "187",
                About::Duplicate,
            ),
            (
                json!({ "type": "https://api.x.com/2/problems/invalid-request", "title": "Invalid Request" }),
                "invalid-request",
                About::Request,
            ),
            (
                json!({ "type": "https://api.x.com/2/problems/oauth1-permissions" }),
                "oauth1-permissions",
                About::Account,
            ),
            (json!({ "errors": [{ "code": 64, "message": "A sentence." }] }), "64", About::Account),
            (json!({ "code": 32, "message": "A sentence." }), "32", About::Request),
            (json!({ "detail": "Your account is suspended." }), "none", About::Account),
            (json!({ "detail": "You have been blocked by somebody." }), "none", About::Request),
            (json!({ "type": "a sentence with words of somebody" }), "none", About::Unreadable),
            (json!([]), "none", About::Unreadable),
            (Value::Null, "none", About::Unreadable),
        ] {
            let read = refusal(StatusCode::FORBIDDEN, &answer);
            assert_eq!((read.code.as_str(), read.about), (code, about), "{answer}");
        }
    }
}
