//! Calls to a platform's server: HTTP with JSON.
//!
//! Invariant: a request goes out at most once, to the configured server and to no other; an error says whether the server
//! may have acted, and holds nothing of a request or of an answer's text. After a server said that there were too many
//! calls, none of that kind is made until the time that it named.

mod pauses;
#[cfg(test)]
mod tests;

use std::{sync::OnceLock, time::Duration};

use reqwest::{
    Client, Method, Response, Url,
    header::{AUTHORIZATION, HeaderValue},
    redirect::Policy,
    retry,
};
use serde_json::Value;
use url::Host;

use self::pauses::Pauses;
pub(crate) use self::pauses::{Counting, Work};

/// One call from first to last byte. A publication makes a handful of calls within the publisher's lease of minutes.
pub(crate) const CALL: Duration = Duration::from_secs(10);
/// A server that is there accepts a connection within this.
const CONNECT: Duration = Duration::from_secs(3);
/// For how long a connection is used again: within one thread of posts, not after a function was asleep.
const IDLE: Duration = Duration::from_secs(5);
/// The largest answer that is read: a page of posts, each with its links, its account and its media, is some hundred kB.
const LARGEST_ANSWER: usize = 2 * 1024 * 1024;

/// Why a call did not succeed. What an answer that is an error says, each platform reads in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallError<Refusal> {
    /// The server has received nothing, or has done nothing for lack of permission.
    NotSent(&'static str),
    /// The server may have acted; the answer was lost.
    Lost(&'static str),
    /// The server answered with an error.
    Answered(Refusal),
}

/// What is asked of a server.
pub(crate) struct Call<'a> {
    pub(crate) work: Work,
    pub(crate) method: Method,
    /// Made by [`Server::url`].
    pub(crate) url: Url,
    /// The value of the header of this name.
    pub(crate) authorization: Option<String>,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) body: Option<&'a Value>,
}

/// One server.
pub(crate) struct Server {
    base: String,
    longest_call: Duration,
    counting: Counting,
    pauses: Pauses,
    /// Made at the first call: reading the roots of trust takes time that a start without a post should not pay.
    client: OnceLock<Client>,
}

impl Server {
    /// Connects to nothing yet. `base` is an address, to which paths are added.
    pub(crate) fn new(base: String, counting: Counting, longest_call: Duration) -> Self {
        Self { base, longest_call, counting, pauses: Pauses::default(), client: OnceLock::new() }
    }

    /// The base address. Passwords and tokens go over TLS, or stay on this machine.
    pub(crate) fn base<R>(&self) -> Result<Url, CallError<R>> {
        let url = Url::parse(self.base.trim().trim_end_matches('/'))
            .map_err(|_| CallError::NotSent("the server's address cannot be read"))?;
        let is_here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_here => Ok(url),
            _ => Err(CallError::NotSent("the server's address does not begin with https://")),
        }
    }

    /// An address on the server. Parts of the path and parameters are given as they are, not yet encoded.
    pub(crate) fn url<R>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, CallError<R>> {
        let mut url = self.base()?;
        url.path_segments_mut()
            .map_err(|()| CallError::NotSent("the server's address cannot be read"))?
            .pop_if_empty()
            .extend(path);
        url.set_query(None);
        url.set_fragment(None);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// Makes a call, once. An empty answer is a null. `refusal` reads an answer that is an error, from its status and its
    /// body, or a null for a body that cannot be read.
    pub(crate) async fn call<R>(
        &self,
        call: Call<'_>,
        refusal: impl FnOnce(u16, &Value) -> R,
    ) -> Result<Value, CallError<R>> {
        if self.pauses.is_on(call.work) {
            return Err(CallError::NotSent("the server asked for a pause"));
        }
        let mut request = self.client()?.request(call.method, call.url);
        if let Some(authorization) = call.authorization {
            let mut value = HeaderValue::try_from(authorization)
                .map_err(|_| CallError::NotSent("a token has characters that no token has"))?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(key) = call.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|error| of_transport(&error))?;
        let status = response.status();
        self.pauses.learn(&self.counting, call.work, status, response.headers());
        let answer = read(response).await;
        if status.is_success() {
            return answer.map_err(CallError::Lost);
        }
        // The status alone says what was done.
        Err(CallError::Answered(refusal(status.as_u16(), &answer.unwrap_or_default())))
    }

    fn client<R>(&self) -> Result<&Client, CallError<R>> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(self.longest_call)
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

/// The body of an answer, or why it cannot be read.
async fn read(mut response: Response) -> Result<Value, &'static str> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| "the answer was cut off")? {
        if answer.len() + chunk.len() > LARGEST_ANSWER {
            return Err("the answer is too large");
        }
        answer.extend_from_slice(&chunk);
    }
    if answer.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&answer).map_err(|_| "the answer is no JSON")
}

fn of_transport<R>(error: &reqwest::Error) -> CallError<R> {
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
