//! What every function's `main` does first: the log, the configuration of the SDK, time and randomness.
//!
//! Invariant: whatever a call to AWS does, it ends before its function is ended from outside, so that a failure is
//! reported with its reason.

use std::{sync::Arc, time::Duration};

use app::{
    Core,
    ports::{Clock, Randomness},
};
use aws_config::{BehaviorVersion, SdkConfig, timeout::TimeoutConfig};
use curation::{composition::PlatformRules, time::Now};
use platforms::{accounts::Plan, x::Freshness};
use store::{Store, Tables};
use tracing_subscriber::EnvFilter;

use crate::{configuration::Environment, queue::SqsQueue};

/// Until a connection stands. AWS is in the same region: what takes longer is lost.
const CONNECT: Duration = Duration::from_secs(1);
/// One try of one call. DynamoDB answers in milliseconds; a throttled transaction may take a second.
const ATTEMPT: Duration = Duration::from_secs(3);
/// One call with all its tries: less than the shortest time-out of a function (10 s).
const OPERATION: Duration = Duration::from_secs(8);

/// Structured logs on standard output, one JSON object a line. What is logged is ids and codes.
pub fn log() {
    tracing_subscriber::fmt().json().with_env_filter(filter("info")).with_current_span(false).init();
    say_where_not_what();
}

/// What is logged: what `RUST_LOG` says, or else `usual`; but never what goes over the wire, which the SDK's own crates
/// would log at their finest levels.
#[must_use]
pub fn filter(usual: &str) -> EnvFilter {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let wire = [
        "aws_smithy_runtime",
        "aws_smithy_http_client",
        "aws_sdk_dynamodb",
        "aws_sdk_sqs",
        "aws_sdk_sesv2",
        "aws_sdk_ssm",
        "hyper",
        "hyper_util",
        "lambda_runtime",
        "lambda_http",
        "dynoxide",
    ];
    wire.iter()
        .filter_map(|target| format!("{target}=warn").parse().ok())
        .fold(filter, EnvFilter::add_directive)
}

/// From now on a panic is logged with its place in the code. Its message is not: it could quote what somebody wrote.
pub fn say_where_not_what() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

/// The SDK's configuration from the environment, with time-outs.
pub async fn sdk() -> SdkConfig {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).load().await
}

/// What the environment says of the parts that every function has: `TABLE_PREFIX`, `SCREENING_QUEUE_URL` and
/// `INVITATIONS_QUEUE_URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    table_prefix: String,
    screening: String,
    invitations: String,
    intake: Option<String>,
}

impl Surroundings {
    /// Reads them; [`Environment::complete`] tells what was missing.
    pub fn read(environment: &mut Environment) -> Self {
        Self {
            table_prefix: environment.required("TABLE_PREFIX"),
            screening: environment.required("SCREENING_QUEUE_URL"),
            invitations: environment.required("INVITATIONS_QUEUE_URL"),
            intake: None,
        }
    }

    /// The same with `INTAKE_QUEUE_URL`, for functions that hint at intake.
    #[must_use]
    pub fn with_intake(self, environment: &mut Environment) -> Self {
        Self { intake: Some(environment.required("INTAKE_QUEUE_URL")), ..self }
    }

    /// The core of every use case, on AWS. Connects when it is first used.
    #[must_use]
    pub fn core(self, sdk: &SdkConfig) -> Core {
        let store = Store::new(aws_sdk_dynamodb::Client::new(sdk), Tables::with_prefix(&self.table_prefix));
        let queue =
            SqsQueue::new(aws_sdk_sqs::Client::new(sdk), self.screening, self.invitations, self.intake);
        Core {
            store,
            queue: Arc::new(queue),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
        }
    }
}

/// What words are composed for: the platforms of `PLATFORMS`, and the public feed.
pub fn rules(environment: &mut Environment) -> Vec<PlatformRules> {
    let plan = environment.readable::<Plan>("PLATFORMS", "such as `bluesky x mastodon:500:23`");
    let mut rules = plan.map(|plan| plan.rules()).unwrap_or_default();
    rules.push(app::feed::rules());
    rules
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

/// What makes signatures differ: the machine's clock and randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemFreshness;

impl Freshness for SystemFreshness {
    fn now(&self) -> jiff::Timestamp {
        SystemClock.now().at
    }

    fn nonce(&self) -> [u8; 16] {
        let mut nonce = [0; 16];
        SystemRandomness.fill(&mut nonce);
        nonce
    }
}
