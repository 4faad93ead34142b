//! An engine, a store on it whose calls are counted, and a client that looks behind the store.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hasher, RandomState},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    client::Waiters,
    config::{
        BehaviorVersion, Config, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
        interceptors::BeforeTransmitInterceptorContextRef, retry::RetryConfig,
    },
    error::BoxError,
    types::{AttributeValue, PutRequest, WriteRequest},
};
use store::{Store, Tables};

/// Names another engine to run the tests on.
const ENDPOINT: &str = "CLIENTSCONNECT_DYNAMODB_ENDPOINT";

/// What one batch may write: the engine's limit.
const MOST_IN_A_BATCH: usize = 25;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// Everything stored, by table, partition and sort key.
pub(crate) type Everything = BTreeMap<(String, String, String), Item>;

/// Counts what goes over the wire, each attempt of each operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<BTreeMap<String, usize>>>);

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "calls"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target").unwrap_or("none");
        let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
        *self.0.lock().unwrap().entry(operation).or_default() += 1;
        Ok(())
    }
}

impl Calls {
    /// The calls since the last time this was asked, such as `GetItem 1, TransactWriteItems 1`.
    pub(crate) fn take(&self) -> String {
        let calls = std::mem::take(&mut *self.0.lock().unwrap());
        calls.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
    }
}

/// One test's engine and tables.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) calls: Calls,
    pub(crate) tables: Tables,
    pub(crate) raw: Client,
    pub(crate) endpoint: String,
}

impl World {
    /// Fresh tables.
    pub(crate) async fn new() -> Self {
        let endpoint = match std::env::var(ENDPOINT) {
            Ok(endpoint) => endpoint,
            Err(_) => embedded().await,
        };
        let calls = Calls::default();
        let raw = Client::from_conf(config(&endpoint).build());
        let counted = Client::from_conf(config(&endpoint).interceptor(calls.clone()).build());
        // Another engine keeps its tables from one run to the next.
        let prefix = format!("test-{:016x}", RandomState::new().build_hasher().finish());
        let tables = Tables::with_prefix(&prefix);
        let store = Store::new(counted, tables.clone());
        store.create_tables().await.unwrap();
        for table in names(&tables) {
            let exists = raw.wait_until_table_exists().table_name(table);
            exists.wait(Duration::from_secs(60)).await.unwrap();
        }
        calls.take();
        Self { store, calls, tables, raw, endpoint }
    }

    /// A store on tables that nobody created.
    pub(crate) fn without_tables(&self) -> Store {
        Store::new(self.raw.clone(), Tables::with_prefix("nowhere"))
    }

    /// All that is stored.
    pub(crate) async fn everything(&self) -> Everything {
        let mut all = Everything::new();
        for table in names(&self.tables) {
            let mut pages =
                self.raw.scan().table_name(table).consistent_read(true).into_paginator().items().send();
            while let Some(item) = pages.next().await {
                let item = item.unwrap();
                let part = |name: &str| item[name].as_s().unwrap().clone();
                all.insert((table.clone(), part("pk"), part("sk")), item);
            }
        }
        all
    }

    /// The sort keys of all that `table` holds, under whatever partition.
    pub(crate) async fn sort_keys(&self, table: &str) -> Vec<String> {
        let all = self.everything().await;
        all.into_keys().filter(|(name, ..)| name == table).map(|(_, _, sk)| sk).collect()
    }

    /// Whether any attribute of any item of `table` holds `text`.
    pub(crate) async fn table_holds(&self, table: &str, text: &str) -> bool {
        let all = self.everything().await;
        all.iter().any(|((name, ..), item)| name == table && item_holds(item, text))
    }

    /// Whether anything stored anywhere holds `text`.
    pub(crate) async fn holds(&self, text: &str) -> bool {
        self.everything().await.values().any(|item| item_holds(item, text))
    }

    /// Writes an item past the store.
    pub(crate) async fn plant(&self, table: &str, item: Item) {
        self.raw.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    }

    /// Writes many items past the store.
    pub(crate) async fn plant_many(&self, table: &str, items: Vec<Item>) {
        for chunk in items.chunks(MOST_IN_A_BATCH) {
            let put = |item: &Item| PutRequest::builder().set_item(Some(item.clone())).build().unwrap();
            let mut left =
                chunk.iter().map(|item| WriteRequest::builder().put_request(put(item)).build()).collect();
            loop {
                let answer = self.raw.batch_write_item().request_items(table, left).send().await.unwrap();
                let mut unprocessed = answer.unprocessed_items.unwrap_or_default();
                match unprocessed.remove(table) {
                    Some(rest) if !rest.is_empty() => left = rest,
                    _ => break,
                }
            }
        }
    }
}

fn item_holds(item: &Item, text: &str) -> bool {
    item.values().filter_map(|value| value.as_s().ok()).any(|value| value.contains(text))
}

fn names(tables: &Tables) -> [&String; 4] {
    [&tables.submissions, &tables.disclosures, &tables.settings, &tables.tokens]
}

/// Serves a fresh engine for as long as the test's runtime lives.
async fn embedded() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    format!("http://{address}")
}

/// The configuration of a client, with retries as in production.
pub(crate) fn config(endpoint: &str) -> aws_sdk_dynamodb::config::Builder {
    Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-2"))
        .credentials_provider(Credentials::new("example", "example", None, None, "tests"))
        .retry_config(RetryConfig::standard())
        .endpoint_url(endpoint)
}
