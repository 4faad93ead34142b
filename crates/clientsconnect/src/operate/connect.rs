//! Where a command works: on a local data folder, or on the tables of a deployed channel.
//!
//! Invariants: on a local folder the clock's speed is the folder's own, never changed by a command; and a folder that no
//! local mode has made is refused, so that a mistyped path makes no second, empty channel.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, anyhow, bail, ensure};
use app::{
    Core,
    ports::{Hint, Queue, QueueError, QueueName},
};
use async_trait::async_trait;
use aws::start::SystemFreshness;
use aws_config::{SdkConfig, timeout::TimeoutConfig};
use aws_sdk_ssm::error::ProvideErrorMetadata;
use curation::composition::PlatformRules;
use platforms::{
    Platform,
    accounts::{PLATFORMS, Plan, Value},
    secret::FixedSecret,
    x::Freshness,
};
use serde::Deserialize;
use store::{Store, Tables};

use crate::local::{accounts::Asked, clock::LocalClock, engine::Engine, run::store};

/// The data folder if none is named: the same as the local mode's.
const DATA: &str = ".data";

/// The end of the name of the parameter in which the template writes for which platforms words are composed.
pub(crate) const PLAN: &str = "platforms";

/// Long enough for a slow line, short enough for somebody who waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where to work and how to answer: the same for every command.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Place {
    /// Work on this local data folder, whether or not `clientsconnect local` is running on it [default: .data]
    #[arg(long, value_name = "DIR", global = true, conflicts_with = "tables")]
    pub(crate) data: Option<PathBuf>,
    /// Work on the AWS tables with this prefix; region, credentials and endpoint come from the usual AWS_ variables
    #[arg(long, value_name = "PREFIX", global = true, value_parser = prefix)]
    pub(crate) tables: Option<String>,
    /// Answer as JSON: field names are stable, times are in UTC
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// A prefix as DynamoDB takes it in a table's name.
pub(crate) fn prefix(text: &str) -> Result<String, &'static str> {
    let is_allowed = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.');
    match !text.is_empty() && text.len() <= 200 && text.chars().all(is_allowed) {
        true => Ok(text.to_owned()),
        false => Err("letters, digits, '-', '_' and '.' are allowed, 1 to 200 of them"),
    }
}

/// For what new words are composed here.
enum Composes {
    /// As the local mode that is started with the same environment.
    Locally(Asked),
    /// As the deployed functions, which are told the same.
    AsDeployed { parameters: aws_sdk_ssm::Client, prefix: String },
}

/// An open place.
pub(crate) struct Connection {
    /// What the use cases need.
    pub(crate) core: Core,
    composes: Composes,
    /// True if somebody is told at once that there is something to do; otherwise the next sweep finds it.
    pub(crate) hints: bool,
    engine: Option<Engine>,
}

impl Connection {
    /// Opens the place.
    ///
    /// # Errors
    /// In plain English, with what to do next.
    pub(crate) async fn open(place: &Place) -> anyhow::Result<Self> {
        match &place.tables {
            Some(prefix) => Self::aws(prefix).await,
            None => Self::local(data_folder(place.data.as_deref())?).await,
        }
    }

    async fn local(data: &Path) -> anyhow::Result<Self> {
        let asked = Asked::of_process()?;
        let engine = Engine::attach(data).await.context("the local tables cannot be opened")?;
        match Self::with_engine(engine, speed(data), data).await {
            Ok(connection) => Ok(Self { composes: Composes::Locally(asked), ..connection }),
            Err((engine, error)) => {
                // The first failure is the one to tell of.
                let _ = engine.shutdown().await;
                Err(error)
            }
        }
    }

    async fn with_engine(
        engine: Engine,
        speed: anyhow::Result<u32>,
        data: &Path,
    ) -> Result<Self, (Engine, anyhow::Error)> {
        let clock = match speed.and_then(|speed| Ok(LocalClock::open(data, speed)?)) {
            Ok(clock) => clock,
            Err(error) => return Err((engine, error)),
        };
        let store = store(&engine);
        if let Err(error) = store.create_tables().await {
            return Err((engine, super::advice::of_store(&error)));
        }
        let core = Core {
            store,
            queue: Arc::new(NoQueue),
            clock: Arc::new(clock),
            randomness: Arc::new(aws::start::SystemRandomness),
        };
        let composes = Composes::Locally(Asked::default());
        Ok(Self { core, composes, hints: false, engine: Some(engine) })
    }

    async fn aws(prefix: &str) -> anyhow::Result<Self> {
        let sdk = sdk().await?;
        let url = |name: &str| std::env::var(name).ok().filter(|url| !url.trim().is_empty());
        let queue: Option<Arc<dyn Queue>> = match (url("SCREENING_QUEUE_URL"), url("INVITATIONS_QUEUE_URL")) {
            (Some(screening), Some(invitations)) => Some(Arc::new(aws::queue::SqsQueue::new(
                aws_sdk_sqs::Client::new(&sdk),
                screening,
                invitations,
                url("INTAKE_QUEUE_URL"),
            ))),
            _ => None,
        };
        let hints = queue.is_some();
        let core = Core {
            store: Store::new(aws_sdk_dynamodb::Client::new(&sdk), Tables::with_prefix(prefix)),
            queue: queue.unwrap_or_else(|| Arc::new(NoQueue)),
            clock: Arc::new(aws::start::SystemClock),
            randomness: Arc::new(aws::start::SystemRandomness),
        };
        let parameters = aws_sdk_ssm::Client::new(&sdk);
        let composes = Composes::AsDeployed { parameters, prefix: prefix.to_owned() };
        Ok(Self { core, composes, hints, engine: None })
    }

    /// What new words are composed for. Asked for when there are some: it takes calls.
    ///
    /// # Errors
    /// If the deployed functions' cannot be read, with what to do next.
    pub(crate) async fn rules(&self) -> anyhow::Result<Vec<PlatformRules>> {
        let (parameters, prefix) = match &self.composes {
            Composes::Locally(asked) => {
                let (rules, news) = asked.rules().await;
                news.into_iter().for_each(|line| tracing::warn!("{line}"));
                return Ok(rules);
            }
            Composes::AsDeployed { parameters, prefix } => (parameters, prefix),
        };
        let name = format!("/{prefix}/{PLAN}");
        let answer = parameters.get_parameter().name(&name).send().await;
        let answer = answer.map_err(|error| {
            let why = error.code().unwrap_or("no answer").to_owned();
            anyhow!("for which platforms words are composed stands in the parameter {name}, which cannot be read ({why}): `clientsconnect doctor --aws --tables {prefix}` says what is next")
        })?;
        let plan = answer.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
        let plan = plan.parse::<Plan>().with_context(|| {
            format!("the parameter {name} is not as the template writes it: deploy again")
        })?;
        Ok(plan.rules().into_iter().chain([app::feed::rules()]).collect())
    }

    /// The platforms that do not tell of deleted posts by themselves, to be asked whether a post is still there. Those that
    /// cannot be asked are left out.
    pub(crate) async fn platforms_to_ask(&self) -> Vec<Arc<dyn Platform>> {
        let mut platforms = match &self.composes {
            Composes::Locally(asked) => asked.platforms().collect(),
            Composes::AsDeployed { parameters, prefix } => deployed(parameters, prefix).await,
        };
        platforms.retain(|platform| platform.notifications().is_some());
        platforms
    }

    /// Gives the place free.
    ///
    /// # Errors
    /// If the local tables could not be closed in order.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        match self.engine {
            Some(engine) => engine.shutdown().await.context("the local tables could not be closed"),
            None => Ok(()),
        }
    }

    /// What happens to a hint, in words; nothing to say where it arrives.
    pub(crate) fn soon(&self) -> &'static str {
        if self.hints { "" } else { "The next sweep goes on with it: allow a few minutes.\n" }
    }

    #[cfg(test)]
    pub(crate) async fn in_memory(clock: Arc<dyn app::ports::Clock>) -> anyhow::Result<Self> {
        let engine = Engine::memory().await?;
        let store = store(&engine);
        store.create_tables().await?;
        let core = Core {
            store,
            queue: Arc::new(NoQueue),
            clock,
            randomness: Arc::new(aws::start::SystemRandomness),
        };
        let composes = Composes::Locally(Asked::default());
        Ok(Self { core, composes, hints: false, engine: Some(engine) })
    }
}

/// The deployed channel's accounts that can be read.
async fn deployed(parameters: &aws_sdk_ssm::Client, prefix: &str) -> Vec<Arc<dyn Platform>> {
    let freshness: Arc<dyn Freshness> = Arc::new(SystemFreshness);
    let mut accounts = Vec::new();
    for listing in PLATFORMS {
        let mut values = BTreeMap::new();
        for setting in listing.settings {
            let name = format!("/{prefix}/{}", setting.parameter());
            let answer = parameters.get_parameter().name(name).with_decryption(true).send().await;
            let value = answer.ok().and_then(|answer| answer.parameter?.value);
            values.extend(value.filter(|value| !value.is_empty()).map(|value| (setting.name, value)));
        }
        let told = listing.told(|setting| {
            let value = values.get(setting.name)?.clone();
            Some(match setting.is_secret {
                true => Value::Secret(Arc::new(FixedSecret::new(value))),
                false => Value::Plain(value),
            })
        });
        let account = told.ok().flatten().map(|told| listing.account(&told, &freshness));
        accounts.extend(account.map(|account| account as Arc<dyn Platform>));
    }
    accounts
}

/// The data folder that is meant: `data`, or the usual one.
///
/// # Errors
/// If the local mode has made nothing there.
pub(crate) fn data_folder(data: Option<&Path>) -> anyhow::Result<&Path> {
    let data = data.unwrap_or(Path::new(DATA));
    let shown = data.display();
    ensure!(
        data.is_dir(),
        "{shown} is not a folder: start `clientsconnect local` there once, or name another with --data"
    );
    ensure!(
        data.join("dynamodb.sqlite").is_file(),
        "{shown} is not a data folder of the local mode: start `clientsconnect local --data {shown}` once, or name another with --data"
    );
    Ok(data)
}

/// The SDK's configuration from the usual `AWS_` variables and files, with a person's patience.
///
/// # Errors
/// If no region is known.
pub(crate) async fn sdk() -> anyhow::Result<SdkConfig> {
    // A person's line is slower than a function's, whose time-outs the configuration has.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(PATIENCE / 4)
        .operation_attempt_timeout(PATIENCE / 2)
        .operation_timeout(PATIENCE)
        .build();
    let sdk = aws::start::sdk().await.into_builder().timeout_config(timeouts).build();
    if sdk.region().is_none() {
        bail!("no AWS region is known: set AWS_REGION, or AWS_PROFILE to a profile that has one");
    }
    Ok(sdk)
}

/// The speed at which the folder's clock runs: opened at another speed, the clock would change under the local mode.
fn speed(data: &Path) -> anyhow::Result<u32> {
    #[derive(Deserialize)]
    struct Speed {
        speed: u32,
    }
    match std::fs::read(data.join("clock.json")) {
        Ok(content) => {
            let Speed { speed } = serde_json::from_slice(&content)
                .context("the clock's file clock.json in the data folder is damaged; remove it to start the clock at the present")?;
            Ok(speed)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(1),
        Err(error) => Err(error).context("the clock's file clock.json in the data folder cannot be read"),
    }
}

/// Where nobody listens: a hint is dropped, and the sweep finds by its due time what it was about.
struct NoQueue;

#[async_trait]
impl Queue for NoQueue {
    async fn send(&self, _: QueueName, _: Hint) -> Result<(), QueueError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(data: &Path) -> Place {
        Place { data: Some(data.to_owned()), tables: None, json: false }
    }

    async fn refusal(data: &Path) -> String {
        format!("{:#}", Connection::open(&at(data)).await.err().unwrap())
    }

    #[tokio::test]
    async fn what_is_no_data_folder_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        assert!(refusal(&missing).await.contains("is not a folder"));
        assert!(!missing.exists());
        assert!(refusal(folder.path()).await.contains("is not a data folder of the local mode"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        assert!(refusal(&file).await.contains("is not a folder"));
    }

    #[tokio::test]
    async fn a_command_keeps_the_speed_of_the_folders_clock() {
        let data = tempfile::tempdir().unwrap();
        Engine::start(data.path()).await.unwrap().shutdown().await.unwrap();
        LocalClock::open(data.path(), 3600).unwrap();
        let anchor = std::fs::read(data.path().join("clock.json")).unwrap();
        let connection = Connection::open(&at(data.path())).await.unwrap();
        assert_eq!(connection.core.clock.now().speed, 3600);
        connection.close().await.unwrap();
        assert_eq!(std::fs::read(data.path().join("clock.json")).unwrap(), anchor);
    }

    #[tokio::test]
    async fn a_damaged_clock_is_told_of_and_the_folder_is_given_free() {
        let data = tempfile::tempdir().unwrap();
        Engine::start(data.path()).await.unwrap().shutdown().await.unwrap();
        std::fs::write(data.path().join("clock.json"), b"{").unwrap();
        assert!(refusal(data.path()).await.contains("remove it to start the clock at the present"));
        Engine::start(data.path()).await.unwrap().shutdown().await.unwrap();
    }

    #[test]
    fn a_prefix_is_one_that_a_table_can_have() {
        assert_eq!(prefix("channel-1.test_a"), Ok("channel-1.test_a".to_owned()));
        for bad in ["", "a b", "é", "a/b", &"a".repeat(201)] {
            assert!(prefix(bad).is_err(), "{bad}");
        }
    }
}
