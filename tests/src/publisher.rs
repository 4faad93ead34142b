//! One run of publish-scheduled as a process of its own, so that a test can kill it: the real handler, the real store,
//! the real adapter for Bluesky.
//!
//! Invariant: everything that it does goes over the two addresses that it is given.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex, atomic::AtomicU64},
};

use app::{
    Core,
    ports::{Hint, Queue, QueueError, QueueName},
};
use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Config, Credentials, Region},
};
use lambda_runtime::{Context, LambdaEvent};
use platforms::{
    Platform,
    bluesky::{Account, Bluesky},
    secret::FixedSecret,
};
use rand::{SeedableRng, rngs::StdRng};
use store::{Store, Tables};

use crate::world::{ManualClock, Seeded};

/// What a run is told, each in an environment variable of its own.
const STORE: &str = "PUBLISHER_STORE";
const MILLISECONDS: &str = "PUBLISHER_MILLISECONDS";
const SERVICE: &str = "PUBLISHER_SERVICE";
const IDENTIFIER: &str = "PUBLISHER_IDENTIFIER";
const PASSWORD: &str = "PUBLISHER_PASSWORD";

struct NobodyListens;

#[async_trait]
impl Queue for NobodyListens {
    async fn send(&self, _: QueueName, _: Hint) -> Result<(), QueueError> {
        Ok(())
    }
}

/// How to start a run of `program` at the channel's time `milliseconds`, on the engine at `store` and the account.
pub fn command(program: &str, store: &str, milliseconds: i64, account: &Account, password: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env(STORE, store)
        .env(MILLISECONDS, milliseconds.to_string())
        .env(SERVICE, &account.service)
        .env(IDENTIFIER, &account.identifier)
        .env(PASSWORD, password)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// One run, as the environment says.
pub async fn run() {
    let told = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(Credentials::new("example", "example", None, None, "tests"))
        .endpoint_url(told(STORE));
    let core = Core {
        store: Store::new(Client::from_conf(config.build()), Tables::with_prefix("test")),
        queue: Arc::new(NobodyListens),
        clock: Arc::new(ManualClock(AtomicU64::new(told(MILLISECONDS).parse().unwrap()))),
        randomness: Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(8)))),
    };
    let account = Account { service: told(SERVICE), identifier: told(IDENTIFIER) };
    let bluesky: Arc<dyn Platform> =
        Arc::new(Bluesky::new(account, Arc::new(FixedSecret::new(told(PASSWORD)))));
    let event = LambdaEvent::new(serde_json::json!({}), Context::default());
    publish_scheduled::handle(&core, &[bluesky], event).await.unwrap();
}
