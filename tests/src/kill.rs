//! Killing a process at one exact moment: everything that it does to the world goes through here, is counted, and at
//! the chosen effect the process is killed with SIGKILL, before the effect or between the effect and its answer.

use std::{
    io::Read,
    process::{Child, Command, ExitStatus},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use http_body_util::BodyExt;
use reqwest::Client;

/// On which side of an effect the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

/// Where the process is killed: at which effect, counted from 1, and on which side of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    pub number: usize,
    pub side: Side,
}

/// What lies between a process and the world.
#[derive(Clone)]
pub struct Border {
    point: Option<Point>,
    count: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<String>>>,
    victim: Arc<Mutex<Option<Child>>>,
    /// What signing in gives instead of its access token.
    access_token: Option<String>,
    http: Client,
}

impl Border {
    /// Counts, and kills at `point` if there is one.
    pub fn new(point: Option<Point>) -> Self {
        Self {
            point,
            count: Arc::default(),
            seen: Arc::default(),
            victim: Arc::default(),
            access_token: None,
            http: Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Puts another access token in the place of the one that signing in gives.
    pub fn with_access_token(mut self, token: &str) -> Self {
        self.access_token = Some(token.to_owned());
        self
    }

    /// An address at which everything is passed on to `target`, and counted.
    pub async fn before(&self, target: &str) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state((self.clone(), target.to_owned()));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        address
    }

    /// What crossed the border, in order: an operation of DynamoDB, or the last word of a call of Bluesky's.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Runs a process until it ends or is killed.
    pub async fn run(&self, mut command: Command) -> ExitStatus {
        let mut child = command.spawn().unwrap();
        let mut output = child.stdout.take().unwrap();
        *self.victim.lock().unwrap() = Some(child);
        let victim = Arc::clone(&self.victim);
        let ended = tokio::task::spawn_blocking(move || {
            // The output ends when the process does.
            output.read_to_end(&mut Vec::new()).unwrap();
            victim.lock().unwrap().as_mut().unwrap().wait().unwrap()
        });
        ended.await.unwrap()
    }

    fn kill(&self) {
        let mut victim = self.victim.lock().unwrap();
        let child = victim.as_mut().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn is_at(&self, number: usize, side: Side) -> bool {
        self.point == Some(Point { number, side })
    }
}

async fn pass(State((border, target)): State<(Border, String)>, request: Request) -> Response {
    let number = border.count.fetch_add(1, Ordering::SeqCst) + 1;
    let (parts, body) = request.into_parts();
    let name = parts.headers.get("x-amz-target").map(|name| name.to_str().unwrap());
    let name = name.unwrap_or(parts.uri.path()).to_owned();
    border.seen.lock().unwrap().push(name.rsplit('.').next().unwrap().to_owned());
    if border.is_at(number, Side::Before) {
        border.kill();
        return answer(StatusCode::SERVICE_UNAVAILABLE, "", Bytes::new());
    }
    let url = format!("{target}{}", parts.uri.path_and_query().unwrap());
    let mut passed_on = border.http.request(parts.method, url);
    for (name, value) in &parts.headers {
        if !["host", "content-length", "transfer-encoding", "connection"].contains(&name.as_str()) {
            passed_on = passed_on.header(name, value);
        }
    }
    let body = body.collect().await.unwrap().to_bytes();
    let response = passed_on.body(body).send().await.unwrap();
    let status = response.status();
    let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let mut bytes = response.bytes().await.unwrap();
    if border.is_at(number, Side::After) {
        border.kill();
    }
    if let Some(token) = &border.access_token
        && name.ends_with("createSession")
    {
        let mut session: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        session["accessJwt"] = token.as_str().into();
        bytes = session.to_string().into();
    }
    answer(status, kind.as_deref().unwrap_or_default(), bytes)
}

fn answer(status: StatusCode, kind: &str, body: Bytes) -> Response {
    Response::builder().status(status).header("content-type", kind).body(Body::from(body)).unwrap()
}
