//! What every function's `main` does first: the log, the configuration of the SDK, time and randomness.

use app::ports::{Clock, Randomness};
use aws_config::{BehaviorVersion, SdkConfig};
use curation::time::Now;

/// Structured logs on standard output, one JSON object a line. What is logged is ids and codes.
pub fn log() {
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_current_span(false)
        .init();
}

/// The SDK's configuration from the environment.
pub async fn sdk() -> SdkConfig {
    aws_config::load_defaults(BehaviorVersion::latest()).await
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // The one place where a deployed function reads the time.
    fn now(&self) -> Now {
        Now::real(jiff::Timestamp::now())
    }
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[allow(clippy::disallowed_methods)] // The one place where a deployed function draws randomness.
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Ids, salts and seeds without randomness would be worse than no function.
            tracing::error!("the system gives no randomness");
            std::process::abort();
        }
    }
}
