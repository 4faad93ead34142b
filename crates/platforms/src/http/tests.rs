//! What each way in which a call can go wrong is called, and what never leaves this machine. The server here takes apart
//! what comes byte by byte, and answers or breaks off as a test says.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;

const COUNTING: Counting = Counting {
    headers: &["ratelimit"],
    usual: Duration::from_secs(300),
    longest: Duration::from_secs(3_600),
};
/// How long a call lasts in these tests: time enough for this machine, and little to wait for.
const SHORT: Duration = Duration::from_millis(300);

#[derive(Clone)]
enum End {
    /// These bytes, then the end of the connection.
    Says(Vec<u8>),
    /// Nothing, and the connection stays.
    Nothing,
}

/// A server that ends every connection in one way, with what it was asked.
struct Peer {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    async fn start(end: End) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                seen.lock().unwrap().push(request);
                match &end {
                    End::Says(bytes) => {
                        // Whoever asked may have gone in the middle of a large answer.
                        let _ = stream.write_all(bytes).await;
                    }
                    End::Nothing => open.push(stream),
                }
            }
        });
        Self { address, asked }
    }

    async fn saying(text: &str) -> Self {
        Self::start(End::Says(text.as_bytes().to_vec())).await
    }

    fn server(&self) -> Server {
        Server::new(format!("{}/", self.address), COUNTING, SHORT)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// A request with its body, which ends where its length says.
async fn request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    loop {
        let mut some = [0; 4096];
        let count = stream.read(&mut some).await.unwrap();
        text.push_str(std::str::from_utf8(&some[..count]).unwrap());
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if count == 0 || body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        assert!(count > 0, "a request was cut off");
    }
}

/// Status and body of an answer that is an error.
type Seen = (u16, Value);

async fn post(server: &Server) -> Result<Value, CallError<Seen>> {
    let body = json!({ "text": "An example." });
    let call = Call {
        work: Work::Posting,
        method: Method::POST,
        url: server.url(&["posts"], &[])?,
        authorization: Some("Bearer example".to_owned()),
        idempotency_key: Some("example-key"),
        body: Some(&body),
    };
    server.call(call, |status, answer| (status, answer.clone())).await
}

fn with_length(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn each_answer_says_what_may_have_been_done_and_nothing_is_sent_twice() {
    let answered = |status, body: Value| Err(CallError::Answered((status, body)));
    let too_large = format!("\"{}\"", "a".repeat(LARGEST_ANSWER));
    let largest = format!("\"{}\"", "a".repeat(LARGEST_ANSWER - 2));
    for (answer, expected) in [
        (with_length("200 OK", r#"{"id":"1"}"#), Ok(json!({ "id": "1" }))),
        (with_length("204 No Content", ""), Ok(Value::Null)),
        (with_length("200 OK", &largest), Ok(json!("a".repeat(LARGEST_ANSWER - 2)))),
        (with_length("200 OK", &too_large), Err(CallError::Lost("the answer is too large"))),
        (with_length("200 OK", "<html>"), Err(CallError::Lost("the answer is no JSON"))),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{\"id\"".to_owned(),
            Err(CallError::Lost("the answer was cut off")),
        ),
        ("HTTP/1.1 200 OK\r\ncontent-le".to_owned(), Err(CallError::Lost("the connection ended"))),
        ("no HTTP\r\n\r\n".to_owned(), Err(CallError::Lost("the connection ended"))),
        (String::new(), Err(CallError::Lost("the connection ended"))),
        (with_length("422 Unprocessable", r#"{"error":"x"}"#), answered(422, json!({ "error": "x" }))),
        (with_length("503 Unavailable", "<html>"), answered(503, Value::Null)),
        (with_length("500 Failed", &too_large), answered(500, Value::Null)),
        // Of an error the status is enough, even if the rest was lost.
        ("HTTP/1.1 400 Bad\r\ncontent-length: 9\r\n\r\n{".to_owned(), answered(400, Value::Null)),
    ] {
        let peer = Peer::saying(&answer).await;
        let result = post(&peer.server()).await;
        assert!(result == expected, "{:?}", answer.get(..60).unwrap_or(&answer));
        assert_eq!(peer.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_may_have_acted() {
    let peer = Peer::start(End::Nothing).await;
    assert_eq!(post(&peer.server()).await, Err(CallError::Lost("no answer in time")));
    assert_eq!(peer.asked().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_has_received_nothing() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let server = Server::new(address, COUNTING, SHORT);
    assert_eq!(post(&server).await, Err(CallError::NotSent("the server cannot be reached")));
}

#[tokio::test]
async fn nobody_is_sent_on_to_another_server() {
    let elsewhere = Peer::saying(&with_length("200 OK", "{}")).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let address = &elsewhere.address;
        let peer =
            Peer::saying(&format!("HTTP/1.1 {status}\r\nlocation: {address}\r\ncontent-length: 0\r\n\r\n"))
                .await;
        let number = status[..3].parse().unwrap();
        assert_eq!(post(&peer.server()).await, Err(CallError::Answered((number, Value::Null))));
    }
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn after_too_many_calls_none_of_their_kind_is_made_before_the_time_that_was_named() {
    let paused = Err(CallError::NotSent("the server asked for a pause"));
    let headers = "date: Mon, 23 Nov 2026 12:00:00 GMT\r\nratelimit-reset: ";
    for (reset, is_paused) in [("1795435260", true), ("1795435200", false)] {
        let answer = format!("HTTP/1.1 429 Too Many\r\n{headers}{reset}\r\ncontent-length: 0\r\n\r\n");
        let peer = Peer::saying(&answer).await;
        let server = peer.server();
        let refused = Err(CallError::Answered((429, Value::Null)));
        assert_eq!(post(&server).await, refused);
        assert_eq!(post(&server).await, if is_paused { paused.clone() } else { refused.clone() });
        assert_eq!(peer.asked().len(), if is_paused { 1 } else { 2 });
        let call = Call {
            work: Work::Removing,
            method: Method::DELETE,
            url: server.url::<Seen>(&["posts", "1"], &[]).unwrap(),
            authorization: None,
            idempotency_key: None,
            body: None,
        };
        assert_eq!(server.call(call, |status, answer| (status, answer.clone())).await, refused);
    }
}

#[tokio::test]
async fn a_request_says_what_it_was_given() {
    let peer = Peer::saying(&with_length("200 OK", "{}")).await;
    post(&peer.server()).await.unwrap();
    let asked = peer.asked().concat();
    assert!(asked.starts_with("POST /posts HTTP/1.1\r\n"), "{asked}");
    assert!(asked.ends_with("\r\n\r\n{\"text\":\"An example.\"}"), "{asked}");
    for header in
        ["authorization: Bearer example", "idempotency-key: example-key", "user-agent: clientsconnect/"]
    {
        assert!(asked.contains(&format!("\r\n{header}")), "{asked}");
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_hold_is_not_sent() {
    let peer = Peer::saying(&with_length("200 OK", "{}")).await;
    let server = peer.server();
    let call = Call {
        work: Work::SigningIn,
        method: Method::GET,
        url: server.url::<Seen>(&[], &[]).unwrap(),
        authorization: Some("Bearer planted\nwords".to_owned()),
        idempotency_key: None,
        body: None,
    };
    let error = server.call(call, |status, answer| (status, answer.clone())).await.unwrap_err();
    assert_eq!(error, CallError::NotSent("a token has characters that no token has"));
    assert_eq!(peer.asked(), Vec::<String>::new());
}

#[test]
fn secrets_do_not_cross_a_network_in_the_clear() {
    for (base, is_allowed) in [
        ("https://server.example", true),
        (" https://server.example/\n", true),
        ("http://127.0.0.1:3000", true),
        ("http://[::1]:3000", true),
        ("http://localhost:3000", true),
        ("http://server.example", false),
        ("http://localhost.example", false),
        ("http://127.0.0.1.example", false),
        ("http://128.0.0.1", false),
        ("server.example", false),
        ("mailto:somebody@server.example", false),
        ("", false),
    ] {
        let server = Server::new(base.to_owned(), COUNTING, CALL);
        assert_eq!(server.url::<Seen>(&["path"], &[]).is_ok(), is_allowed, "{base}");
    }
}

#[test]
fn what_is_asked_for_cannot_lead_elsewhere() {
    let url = |base: &str, path: &[&str], query: &[(&str, &str)]| {
        Server::new(base.to_owned(), COUNTING, CALL).url::<Seen>(path, query).unwrap().to_string()
    };
    assert_eq!(
        url("https://a.example/", &["xrpc", "com.example.name"], &[]),
        "https://a.example/xrpc/com.example.name"
    );
    assert_eq!(
        url("https://a.example/api//", &["2", "x"], &[("q", "a&b=ü")]),
        "https://a.example/api/2/x?q=a%26b%3D%C3%BC"
    );
    assert_eq!(
        url("https://a.example", &["a/b", "//c.example", "?d"], &[]),
        "https://a.example/a%2Fb/%2F%2Fc.example/%3Fd"
    );
    assert_eq!(url("https://a.example/?q#f", &["a"], &[]), "https://a.example/a");
}
