//! Secrets: SSM SecureStrings, read when they are first needed and kept for a while.
//!
//! Invariant: a secret that was read once stays usable when SSM does not answer; and no error, log line or debug print
//! holds one.

use std::{fmt, sync::Arc, time::Duration};

use aws_sdk_ssm::{Client, error::ProvideErrorMetadata};
use tokio::{sync::Mutex, time::Instant};

/// How long a secret is used before it is read again: after so long a new one is in force everywhere. SSM allows 40
/// reads a second, so that even many instances of a function are far from it.
pub const KEPT_FOR: Duration = Duration::from_mins(5);

/// For how long nobody asks again when a secret was never had. A call that gets no answer takes seconds: were each
/// request to wait for one, a few visitors would keep every function of the account from running.
pub const REFUSED_FOR: Duration = Duration::from_secs(10);

/// The secret could not be had. Says which parameter, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the parameter {parameter} cannot be used: {reason}")]
pub struct NoSecret {
    /// The parameter's name.
    pub parameter: String,
    /// SSM's code for it, or what is wrong with its shape.
    pub reason: String,
}

type Make<T> = Box<dyn Fn(&str) -> Result<T, String> + Send + Sync>;

/// What a function makes of one SecureString, such as the keys that sign links.
pub struct Secret<T> {
    client: Client,
    parameter: String,
    make: Make<T>,
    kept: Mutex<Option<Kept<T>>>,
}

/// The last answer, and until when it counts.
struct Kept<T> {
    made: Result<Arc<T>, NoSecret>,
    until: Instant,
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("parameter", &self.parameter).finish_non_exhaustive()
    }
}

impl<T> Secret<T> {
    /// Reads nothing yet. What is wrong with the text must be told by `make` without quoting it.
    #[must_use]
    pub fn new(
        client: Client,
        parameter: String,
        make: impl Fn(&str) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        Self { client, parameter, make: Box::new(make), kept: Mutex::new(None) }
    }

    /// What was made of the secret, at most [`KEPT_FOR`] ago unless SSM does not answer.
    ///
    /// # Errors
    /// [`NoSecret`] if it was never had; the same one for [`REFUSED_FOR`].
    pub async fn get(&self) -> Result<Arc<T>, NoSecret> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.until) {
            return kept.made.clone();
        }
        let read = self.read().await.and_then(|text| {
            (self.make)(text.trim()).map_err(|reason| NoSecret { parameter: self.parameter.clone(), reason })
        });
        let (made, lasts) = match (read, kept.take().and_then(|old| old.made.ok())) {
            (Ok(made), _) => (Ok(Arc::new(made)), KEPT_FOR),
            (Err(error), Some(old)) => {
                // Links go on working.
                tracing::error!(%error, "a secret is used for longer than it should be");
                (Ok(old), KEPT_FOR)
            }
            (Err(error), None) => (Err(error), REFUSED_FOR),
        };
        *kept = Some(Kept { made: made.clone(), until: Instant::now() + lasts });
        made
    }

    async fn read(&self) -> Result<String, NoSecret> {
        let failed = |reason: &str| NoSecret { parameter: self.parameter.clone(), reason: reason.to_owned() };
        let answer = self.client.get_parameter().name(&self.parameter).with_decryption(true).send().await;
        let answer =
            answer.map_err(|error| failed(error.into_service_error().code().unwrap_or("no answer")))?;
        answer.parameter.and_then(|parameter| parameter.value).ok_or_else(|| failed("it has no value"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{
        Mutex as StdMutex,
        atomic::{AtomicUsize, Ordering},
    };

    use aws_sdk_ssm::config::{BehaviorVersion, Config, Credentials, Region, retry::RetryConfig};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A parameter store of one parameter, or of none.
    struct Ssm {
        value: StdMutex<Option<&'static str>>,
        asked: AtomicUsize,
    }

    impl Ssm {
        async fn start(value: &'static str) -> (Arc<Self>, Client) {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let endpoint = format!("http://{}", listener.local_addr().unwrap());
            let ssm = Arc::new(Self { value: StdMutex::new(Some(value)), asked: AtomicUsize::new(0) });
            tokio::spawn(Arc::clone(&ssm).serve(listener));
            let config = Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("local"))
                .credentials_provider(Credentials::new("test", "test", None, None, "test"))
                .retry_config(RetryConfig::disabled())
                .endpoint_url(endpoint)
                .build();
            (ssm, Client::from_conf(config))
        }

        async fn serve(self: Arc<Self>, listener: TcpListener) {
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                // The body holds one object, which nothing follows.
                while !request.ends_with(b"}") {
                    assert!(connection.read_buf(&mut request).await.unwrap() > 0);
                }
                self.asked.fetch_add(1, Ordering::SeqCst);
                let value = *self.value.lock().unwrap();
                let (status, body) = match value {
                    Some(value) => ("200 OK", format!(r#"{{"Parameter":{{"Value":"{value}"}}}}"#)),
                    None => ("400 Bad Request", r#"{"__type":"ParameterNotFound"}"#.to_owned()),
                };
                let answer = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                connection.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    }

    fn length(client: Client) -> Secret<usize> {
        Secret::new(client, "/channel/keys".to_owned(), |text| match text {
            "" => Err("it is empty".to_owned()),
            text => Ok(text.len()),
        })
    }

    #[tokio::test]
    async fn a_secret_is_read_once_in_five_minutes() {
        let (ssm, client) = Ssm::start("abc").await;
        let secret = length(client);
        assert_eq!(ssm.asked.load(Ordering::SeqCst), 0);
        for _ in 0..3 {
            assert_eq!(*secret.get().await.unwrap(), 3);
        }
        assert_eq!(ssm.asked.load(Ordering::SeqCst), 1);
        *ssm.value.lock().unwrap() = Some("abcd");
        secret.kept.lock().await.as_mut().unwrap().until = Instant::now();
        assert_eq!(*secret.get().await.unwrap(), 4);
    }

    #[tokio::test]
    async fn an_old_secret_is_better_than_none() {
        let (ssm, client) = Ssm::start("abc").await;
        let secret = length(client);
        secret.get().await.unwrap();
        *ssm.value.lock().unwrap() = None;
        secret.kept.lock().await.as_mut().unwrap().until = Instant::now();
        assert_eq!(*secret.get().await.unwrap(), 3);
        assert_eq!(ssm.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_secret_that_was_never_had_is_told_of_by_its_name() {
        let (ssm, client) = Ssm::start(" ").await;
        let secret = length(client);
        let error = secret.get().await.unwrap_err();
        assert_eq!(error.to_string(), "the parameter /channel/keys cannot be used: it is empty");
        *ssm.value.lock().unwrap() = None;
        assert_eq!(secret.get().await.unwrap_err(), error, "it is not asked for at every request");
        assert_eq!(ssm.asked.load(Ordering::SeqCst), 1);
        secret.kept.lock().await.as_mut().unwrap().until = Instant::now();
        let error = secret.get().await.unwrap_err();
        assert_eq!(error.to_string(), "the parameter /channel/keys cannot be used: ParameterNotFound");
        *ssm.value.lock().unwrap() = Some("abc");
        secret.kept.lock().await.as_mut().unwrap().until = Instant::now();
        assert_eq!(*secret.get().await.unwrap(), 3);
        assert_eq!(format!("{secret:?}"), r#"Secret { parameter: "/channel/keys", .. }"#);
    }
}
