//! Puts the local mode together: engine, tables, people, queues, schedules and web server around the functions'
//! handlers, and takes it apart again in order.
//!
//! Invariant: what the handlers receive are the events of the cloud. Stopping, or being killed, loses hints at most.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use app::{
    Core,
    feed::Feed,
    intake::IntakeSecret,
    invite::{Correspondence, Post},
    ports::{Clock, Mailer, QueueName},
};
use aws::keys::{ADDRESSES, INTAKE};
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use curation::composition::PlatformRules;
use platforms::Platform;
use store::{Store, Tables};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::JoinHandle,
    time::{interval, timeout},
};
use web::{Web, correspondence::Letters, links::Keyring, routes::Published};

use super::{
    accounts, bounces,
    clock::{LocalClock, SystemRandomness},
    dead_letters::DeadLetters,
    engine::Engine,
    examples, keys,
    mailbox::Mailbox,
    pages,
    queue::{Consumer, LocalQueues, Reasons},
    schedule::{ADMIT_PROPOSALS, COLLECT_MENTIONS, KEEP_DEADLINES, PUBLISH_SCHEDULED, Scheduled},
    serve::{Gateway, submissions},
    timeline::Timeline,
    webhook,
};

/// The prefix of the local tables.
const TABLES: &str = "local";
/// One call of the store: the engine answers in milliseconds, but waits in line behind others' transactions.
const STORE_TIME_OUT: Duration = Duration::from_secs(10);
/// How long each part may take to end when the process is told to stop. What is cut off is found again by its due time.
const LAST_STEPS: Duration = Duration::from_secs(3);
/// The domain time between two looks at whether example people are due for a check.
const LOOK_AT_EXAMPLES: Duration = Duration::from_secs(24 * 3600);
/// The least real time between two such looks.
const LOOK_AT_LEAST: Duration = Duration::from_secs(2);

/// What can be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Where everything is kept.
    pub(crate) data: PathBuf,
    /// The port on the loopback; 0 for a free one.
    pub(crate) port: u16,
    /// Domain seconds in a real second.
    pub(crate) speed: u32,
    /// Proposals that one address may make an hour.
    pub(crate) hourly_limit: u64,
    /// Where posts go besides the timeline.
    pub(crate) accounts: accounts::Asked,
    /// Whose webhook on X is answered.
    pub(crate) webhook: Option<webhook::Asked>,
}

/// A running local mode.
pub(crate) struct Local {
    engine: Engine,
    data: PathBuf,
    address: SocketAddr,
    clock: Arc<dyn Clock>,
    news: Vec<String>,
    shutdown: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// A store on the engine's tables.
pub(crate) fn store(engine: &Engine) -> Store {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(engine.endpoint())
        .region(Region::new("local"))
        // The engine checks no signatures, and the client wants some.
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .timeout_config(TimeoutConfig::builder().operation_timeout(STORE_TIME_OUT).build())
        .build();
    Store::new(aws_sdk_dynamodb::Client::from_conf(config), Tables::with_prefix(TABLES))
}

/// What the functions share.
struct Parts {
    core: Core,
    mailbox: Arc<Mailbox>,
    letters: Arc<Letters>,
    timeline: Arc<Timeline>,
    platforms: Arc<[Arc<dyn Platform>]>,
    /// What words are composed for.
    rules: Arc<[PlatformRules]>,
    reasons: Reasons,
    intake_secret: IntakeSecret,
}

impl Local {
    /// Starts everything.
    ///
    /// # Errors
    /// In plain English, with what to do next; nothing of it runs then.
    pub(crate) async fn start(settings: Settings) -> anyhow::Result<Self> {
        make_folder(&settings.data)
            .with_context(|| format!("the data folder {} cannot be made", settings.data.display()))?;
        let engine = Engine::start(&settings.data).await.with_context(|| {
            format!(
                "the local mode cannot start on {}: stop what runs there, or name another folder with --data",
                settings.data.display()
            )
        })?;
        let listener = listen(settings.port).await?;
        let address = listener.local_addr()?;
        let data = settings.data.clone();
        Self::start_on(engine, listener, settings)
            .await
            .with_context(|| format!("the channel in {} cannot start", data.display()))
            .inspect(|_| tracing::info!(%address, "started"))
    }

    async fn start_on(engine: Engine, listener: TcpListener, settings: Settings) -> anyhow::Result<Self> {
        let Settings { data, speed, hourly_limit, accounts, webhook, .. } = settings;
        let address = listener.local_addr()?;
        let base_url = format!("http://{address}");
        let clock: Arc<dyn Clock> = Arc::new(LocalClock::open(&data, speed)?);
        let dead_letters = Arc::new(DeadLetters::open(&data)?);
        let mailbox = Arc::new(Mailbox::open(&data, Arc::clone(&clock))?);
        let timeline = Arc::new(Timeline::open(&data, Arc::clone(&clock))?);
        let reasons = Reasons::default();
        let queues = Arc::new(LocalQueues::new(&dead_letters, &reasons, &clock));
        let core = Core {
            store: store(&engine),
            queue: queues.clone(),
            clock: Arc::clone(&clock),
            randomness: Arc::new(SystemRandomness),
        };
        core.store.create_tables().await?;
        let key_text = keys::open(&data, &SystemRandomness)?;
        let keyring = key_text.parse::<Keyring>().context("link-keys in the data folder cannot be used")?;
        let keyring = Arc::new(keyring);
        // Before anything is published or counted: whoever approved must be in good standing at that moment.
        let mut news = news_of(examples::keep(&core).await?);
        let mut platforms: Vec<Arc<dyn Platform>> = vec![timeline.clone(), Arc::new(Feed::new(core.clone()))];
        platforms.extend(accounts.platforms());
        let ((rules, of_rules), of_accounts) = tokio::join!(accounts.rules(), accounts.news());
        news.extend(of_accounts.into_iter().chain(of_rules));
        news.extend(webhook.as_ref().map(|webhook| webhook.news(&base_url)));

        let shutdown = watch::Sender::new(false);
        let letters = Arc::new(Letters { keys: Arc::clone(&keyring), base_url: base_url.clone() });
        let platforms = platforms.into();
        let intake_secret = IntakeSecret(aws::keys::derived(INTAKE, &key_text));
        let parts = Parts {
            core: core.clone(),
            mailbox,
            letters,
            timeline,
            platforms,
            rules: rules.clone().into(),
            reasons,
            intake_secret,
        };
        let mut tasks = vec![
            queues.queue(QueueName::Screening).start(parts.screen_submission(), shutdown.subscribe()),
            queues.queue(QueueName::Invitations).start(parts.invite_panel(), shutdown.subscribe()),
            queues.bounces().start(parts.record_bounce(), shutdown.subscribe()),
            queues.intake().start(parts.admit_hinted(), shutdown.subscribe()),
            COLLECT_MENTIONS.start(Arc::clone(&clock), parts.collect_mentions(), shutdown.subscribe()),
            ADMIT_PROPOSALS.start(Arc::clone(&clock), parts.admit_proposals(), shutdown.subscribe()),
            PUBLISH_SCHEDULED.start(Arc::clone(&clock), parts.publish_scheduled(), shutdown.subscribe()),
            KEEP_DEADLINES.start(Arc::clone(&clock), parts.keep_deadlines(), shutdown.subscribe()),
            tokio::spawn(keep_examples(core.clone(), speed, shutdown.subscribe())),
        ];
        let log = Published::new(core.clone(), base_url.clone());
        let web = Web {
            core: core.clone(),
            rules,
            keys: keyring,
            base_url,
            hourly_limit,
            address_secret: aws::keys::derived(ADDRESSES, &key_text),
            mastodon: accounts.mastodon_server(),
        };
        let bounces = bounces::router(Arc::clone(&parts.mailbox), Arc::clone(queues.bounces()));
        let receive_webhook = webhook.map(|webhook| webhook.router(core.clone()));
        let local = pages::router(parts.mailbox, parts.timeline, dead_letters)
            .merge(submissions(core))
            .merge(bounces);
        let gateway = Gateway {
            accept_submission: accept_submission::router(web.clone()),
            record_vote: record_vote::router(web),
            receive_webhook,
            serve_log: serve_log::router(log),
            local,
        };
        tasks.insert(0, tokio::spawn(serve(listener, gateway, shutdown.subscribe())));
        engine.announce(Some(address))?;
        Ok(Self { engine, data, address, clock, news, shutdown, tasks })
    }

    /// Where the pages are: the beginning of every address here.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where everything is kept.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The channel's clock.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// What the start did that somebody may want to know.
    pub(crate) fn news(&self) -> &[String] {
        &self.news
    }

    /// Takes no more requests, lets the steps in hand finish, and closes the tables.
    ///
    /// # Errors
    /// When the tables could not be closed in order.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.send_replace(true);
        for mut task in self.tasks {
            if timeout(LAST_STEPS, &mut task).await.is_err() {
                task.abort();
            }
        }
        self.engine.shutdown().await.context("the local tables could not be closed")
    }
}

impl Parts {
    fn screen_submission(&self) -> Consumer {
        let (core, reasons) = (self.core.clone(), self.reasons.clone());
        Arc::new(move |event| {
            let (core, reasons) = (core.clone(), reasons.clone());
            Box::pin(async move { screen_submission::handle(&core, &reasons, event).await })
        })
    }

    fn invite_panel(&self) -> Consumer {
        let (core, reasons) = (self.core.clone(), self.reasons.clone());
        let mailer: Arc<dyn Mailer> = self.mailbox.clone();
        let letters: Arc<dyn Correspondence> = self.letters.clone();
        Arc::new(move |event| {
            let (core, reasons) = (core.clone(), reasons.clone());
            let (mailer, letters) = (Arc::clone(&mailer), Arc::clone(&letters));
            Box::pin(async move {
                let post = Post { mailer: &*mailer, correspondence: &*letters };
                invite_panel::handle(&core, post, &reasons, event).await
            })
        })
    }

    fn record_bounce(&self) -> Consumer {
        let (core, reasons) = (self.core.clone(), self.reasons.clone());
        Arc::new(move |event| {
            let (core, reasons) = (core.clone(), reasons.clone());
            Box::pin(async move { record_bounce::handle(&core, &reasons, event).await })
        })
    }

    fn publish_scheduled(&self) -> Scheduled {
        let (core, platforms) = (self.core.clone(), Arc::clone(&self.platforms));
        Arc::new(move |event| {
            let (core, platforms) = (core.clone(), Arc::clone(&platforms));
            Box::pin(async move { publish_scheduled::handle(&core, &platforms, event).await })
        })
    }

    fn collect_mentions(&self) -> Scheduled {
        let (core, platforms) = (self.core.clone(), Arc::clone(&self.platforms));
        let secret = self.intake_secret;
        Arc::new(move |event| {
            let (core, platforms) = (core.clone(), Arc::clone(&platforms));
            Box::pin(async move { collect_mentions::handle(&core, &platforms, &secret, event).await })
        })
    }

    fn admit_proposals(&self) -> Scheduled {
        let (core, platforms) = (self.core.clone(), Arc::clone(&self.platforms));
        let (rules, secret) = (Arc::clone(&self.rules), self.intake_secret);
        Arc::new(move |event| {
            let (core, platforms, rules) = (core.clone(), Arc::clone(&platforms), Arc::clone(&rules));
            Box::pin(async move { admit_proposals::handle(&core, &platforms, &rules, &secret, event).await })
        })
    }

    fn admit_hinted(&self) -> Consumer {
        let (core, platforms) = (self.core.clone(), Arc::clone(&self.platforms));
        let (rules, secret) = (Arc::clone(&self.rules), self.intake_secret);
        Arc::new(move |event| {
            let (core, platforms, rules) = (core.clone(), Arc::clone(&platforms), Arc::clone(&rules));
            Box::pin(
                async move { admit_proposals::handle_hints(&core, &platforms, &rules, &secret, event).await },
            )
        })
    }

    fn keep_deadlines(&self) -> Scheduled {
        let core = self.core.clone();
        Arc::new(move |event| {
            let core = core.clone();
            Box::pin(async move { keep_deadlines::handle(&core, event).await })
        })
    }
}

/// The data folder holds keys and addresses: what is made here is its owner's alone.
fn make_folder(data: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data)
}

async fn listen(port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is in use: choose another with --port, or --port 0 for any that is free")
        }
        Err(error) => Err(error).with_context(|| format!("port {port} of this machine cannot be used")),
    }
}

async fn serve(listener: TcpListener, gateway: Gateway, mut shutdown: watch::Receiver<bool>) {
    let service = gateway.router().into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        // A sender that is gone stops it as well.
        let _ = shutdown.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the web server stopped");
    }
}

/// Keeps the example people checked for as long as the local mode runs.
async fn keep_examples(core: Core, speed: u32, mut shutdown: watch::Receiver<bool>) {
    let mut looks = interval((LOOK_AT_EXAMPLES / speed.max(1)).max(LOOK_AT_LEAST));
    while !*shutdown.borrow() {
        tokio::select! {
            _ = looks.tick() => {}
            _ = shutdown.changed() => return,
        }
        match examples::keep(&core).await {
            Ok(kept) if kept.checked > 0 => {
                tracing::info!(checked = kept.checked, "example therapists checked again");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the example therapists could not be checked again"),
        }
    }
}

fn news_of(kept: examples::Kept) -> Vec<String> {
    let mut news = Vec::new();
    if kept.made > 0 {
        news.push(format!("The roster has {} more people now, all of them examples.", kept.made));
    }
    if kept.lapsed > 0 {
        news.push(format!(
            "The register check of {} example therapists had lapsed, as it does after three months of the channel's time. They were checked again.",
            kept.lapsed
        ));
    }
    news
}
