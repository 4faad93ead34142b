//! A real Bluesky server on this machine, started for one test and gone with it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, Command, Stdio},
    sync::Arc,
};

use platforms::{
    bluesky::{Account, Bluesky},
    secret::FixedSecret,
};
use reqwest::Client;
use serde_json::{Value, json};

/// The server, with one account that has an app password.
pub struct Pds {
    pub account: Account,
    pub password: String,
    pub did: String,
    /// An access token of the account that expired long ago.
    pub expired: String,
    http: Client,
    process: Child,
    // Closed, it ends the process, also when this one is killed.
    stdin: Option<ChildStdin>,
}

impl Drop for Pds {
    fn drop(&mut self) {
        // It removes its files and ends.
        drop(self.stdin.take());
        drop(self.process.wait());
    }
}

impl Pds {
    /// Starts it.
    pub async fn start() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/peers");
        assert!(
            std::path::Path::new(folder).join("node_modules").is_dir(),
            "the server's packages are missing: run `scripts/test bluesky`, which installs them"
        );
        let started = tokio::task::spawn_blocking(move || {
            let mut process = Command::new("node")
                .arg("pds.mjs")
                .current_dir(folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("node can be started");
            let mut line = String::new();
            BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
            (process, line)
        });
        let (mut process, line) = started.await.unwrap();
        let told: Value = serde_json::from_str(&line).expect("the server says where it is");
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        Self {
            account: Account { service: text("service"), identifier: text("identifier") },
            password: text("password"),
            did: text("did"),
            expired: text("expired"),
            http: Client::builder().no_proxy().build().unwrap(),
            stdin: process.stdin.take(),
            process,
        }
    }

    /// The first account, over this server or over an address in front of it.
    pub fn bluesky(&self, service: &str) -> Bluesky {
        let account = Account { service: service.to_owned(), ..self.account.clone() };
        Bluesky::new(account, Arc::new(FixedSecret::new(self.password.clone())))
    }

    /// Another account, whose password is `example-password`; its name and its DID.
    pub async fn register(&self, name: &str) -> (Account, String) {
        let identifier = format!("{name}.test");
        let body = json!({
            "handle": identifier, "email": format!("{name}@example.org"), "password": "example-password",
        });
        let url = format!("{}/xrpc/com.atproto.server.createAccount", self.account.service);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        let did = answer["did"].as_str().unwrap().to_owned();
        (Account { service: self.account.service.clone(), identifier }, did)
    }

    /// Writes a record of an account that [`Pds::register`] made, over whatever is there.
    pub async fn put(&self, account: &Account, collection: &str, key: &str, record: &Value) {
        let session = json!({ "identifier": account.identifier, "password": "example-password" });
        let url = |name: &str| format!("{}/xrpc/{name}", self.account.service);
        let answer = self.http.post(url("com.atproto.server.createSession")).json(&session).send().await;
        let session: Value = answer.unwrap().json().await.unwrap();
        let body = json!({ "repo": session["did"], "collection": collection, "rkey": key, "record": record });
        let request = self.http.post(url("com.atproto.repo.putRecord")).json(&body);
        let answer = request.bearer_auth(session["accessJwt"].as_str().unwrap()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// All records of a collection such as `app.bsky.feed.post`, in the order of their keys.
    pub async fn records(&self, did: &str, collection: &str) -> Vec<Value> {
        let url = format!(
            "{}/xrpc/com.atproto.repo.listRecords?repo={did}&collection={collection}&limit=100&reverse=true",
            self.account.service
        );
        let answer: Value = self.http.get(url).send().await.unwrap().json().await.unwrap();
        answer["records"].as_array().unwrap().clone()
    }
}
