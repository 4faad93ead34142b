//! The engine over real HTTP, with a second process that is killed.
#![allow(clippy::unwrap_used)]
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    },
};
use serde_json::json;

use super::*;

const TABLE: &str = "numbers";
/// Tells the test below which folder to run on, when it is a process of its own.
const CHILD_FOLDER: &str = "CLIENTSCONNECT_TEST_CHILD_FOLDER";

fn client(engine: &Engine) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(engine.endpoint())
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .build();
    Client::from_conf(config)
}

async fn create_table(client: &Client) {
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build().unwrap();
    let attribute = AttributeDefinition::builder()
        .attribute_name("pk")
        .attribute_type(ScalarAttributeType::S)
        .build()
        .unwrap();
    client
        .create_table()
        .table_name(TABLE)
        .key_schema(key)
        .attribute_definitions(attribute)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
}

async fn put(client: &Client, pk: &str) {
    client.put_item().table_name(TABLE).item("pk", AttributeValue::S(pk.to_owned())).send().await.unwrap();
}

async fn is_there(client: &Client, pk: &str) -> bool {
    let got = client
        .get_item()
        .table_name(TABLE)
        .key("pk", AttributeValue::S(pk.to_owned()))
        .consistent_read(true)
        .send()
        .await
        .unwrap();
    got.item.is_some()
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let engine = Engine::start(data.path()).await.unwrap();
    assert!(engine.endpoint().starts_with("http://127.0.0.1:"));
    let client_before = client(&engine);
    create_table(&client_before).await;
    put(&client_before, "one").await;
    engine.shutdown().await.unwrap();
    assert_eq!(read_reach(data.path()), None);

    let engine = Engine::start(data.path()).await.unwrap();
    let client = client(&engine);
    assert!(is_there(&client, "one").await);
    assert!(!is_there(&client, "two").await);
}

#[tokio::test]
async fn a_second_opening_of_the_folder_talks_to_the_first() {
    let data = tempfile::tempdir().unwrap();
    let first = Engine::start(data.path()).await.unwrap();
    first.announce(Some("127.0.0.1:4000".parse().unwrap())).unwrap();
    let second = Engine::attach(data.path()).await.unwrap();
    assert!(first.is_own() && !second.is_own());
    assert_eq!(first.endpoint(), second.endpoint());
    // The one who only talks to it does not take it away.
    second.shutdown().await.unwrap();
    create_table(&client(&first)).await;
    first.shutdown().await.unwrap();
    let third = Engine::attach(data.path()).await.unwrap();
    assert!(third.is_own());
}

#[tokio::test]
async fn a_folder_in_use_is_refused_with_the_address_of_who_uses_it() {
    let data = tempfile::tempdir().unwrap();
    let first = Engine::start(data.path()).await.unwrap();
    first.announce(Some("127.0.0.1:4000".parse().unwrap())).unwrap();
    tokio::time::pause();
    let refused = Engine::start(data.path()).await.err().unwrap();
    let expected = format!(
        "another process is using this data folder (process {}, http://127.0.0.1:4000/)",
        std::process::id()
    );
    assert_eq!(refused.to_string(), expected);
}

#[tokio::test]
async fn a_local_json_left_by_a_killed_process_misleads_nobody() {
    let data = tempfile::tempdir().unwrap();
    let left = Reach { dynamodb: "127.0.0.1:9".parse().unwrap(), web: None, pid: 1 };
    std::fs::write(data.path().join(REACH), serde_json::to_vec(&left).unwrap()).unwrap();
    let engine = Engine::attach(data.path()).await.unwrap();
    assert!(engine.is_own());
    assert_eq!(format!("http://{}", read_reach(data.path()).unwrap().dynamodb), engine.endpoint());
}

/// Shows why two engines must not open one file: the answers to a client token live in one engine's memory.
#[test]
fn two_engines_on_one_file_would_run_a_repeated_transaction_twice() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join(TABLES);
    let (first, second) = (super::open(&path).unwrap(), super::open(&path).unwrap());
    first
        .create_table(
            serde_json::from_value(json!({
                "TableName": TABLE,
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
            }))
            .unwrap(),
        )
        .unwrap();
    let add_one = |engine: &Database, token: &str| {
        let update = json!({
            "TableName": TABLE, "Key": {"pk": {"S": "count"}},
            "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}},
        });
        let request = json!({"TransactItems": [{"Update": update}], "ClientRequestToken": token});
        engine.transact_write_items(serde_json::from_value(request).unwrap()).unwrap();
    };
    let count = || {
        let get = json!({"TableName": TABLE, "Key": {"pk": {"S": "count"}}});
        let got = first.get_item(serde_json::from_value(get).unwrap()).unwrap();
        serde_json::to_value(got).unwrap()["Item"]["n"]["N"].clone()
    };
    add_one(&first, "same");
    add_one(&first, "same");
    assert_eq!(count(), json!("1"), "one engine knows its tokens");
    add_one(&second, "same");
    assert_eq!(count(), json!("2"), "another engine does not");
}

/// The other process of the next test: it runs the engine and says each write that was answered.
#[tokio::test]
#[ignore = "started by the next test, as a process of its own"]
async fn the_process_that_is_killed() {
    let data = PathBuf::from(std::env::var_os(CHILD_FOLDER).unwrap());
    let engine = Engine::start(&data).await.unwrap();
    let client = client(&engine);
    create_table(&client).await;
    for number in 0.. {
        put(&client, &number.to_string()).await;
        writeln!(std::io::stdout(), "\nanswered {number}").unwrap();
    }
}

/// Ends its process, whatever happens to the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // Fails only if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn another_process_is_talked_to_while_it_runs_and_loses_nothing_when_killed() {
    let data = tempfile::tempdir().unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "local::engine::tests::the_process_that_is_killed", "--ignored", "--nocapture"])
        .env(CHILD_FOLDER, data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Killed(child);
    let mut answered = BufReader::new(child.0.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("answered ").map(str::to_owned));
    let first = answered.next().unwrap();

    let attached = Engine::attach(data.path()).await.unwrap();
    assert!(!attached.is_own());
    let attached_client = client(&attached);
    assert!(is_there(&attached_client, &first).await);
    put(&attached_client, "from the other process").await;

    let mut last = first;
    for _ in 0..50 {
        last = answered.next().unwrap();
    }
    child.0.kill().unwrap();
    last = answered.last().unwrap_or(last);
    drop(child);

    let engine = Engine::start(data.path()).await.unwrap();
    let client = client(&engine);
    assert!(is_there(&client, "from the other process").await);
    for number in 0..=last.parse::<u32>().unwrap() {
        assert!(is_there(&client, &number.to_string()).await, "{number} was answered and is lost");
    }
}
