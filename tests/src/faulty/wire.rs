//! HTTP/1.1 over a bare connection, so that it can be cut anywhere.

use std::collections::BTreeMap;

use jiff::Timestamp;
use reqwest::Url;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What was asked.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    /// Names in small letters.
    headers: BTreeMap<String, String>,
    /// A null if there is none.
    pub(super) body: Value,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The parts of the path.
    pub(super) fn parts(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// True for a call that changes something.
    pub(super) fn is_write(&self) -> bool {
        self.method != "GET"
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: vec![], body: body.to_string() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn bytes(&self, at: Timestamp) -> Vec<u8> {
        let date = at.strftime("%a, %d %b %Y %H:%M:%S GMT");
        let length = self.body.len();
        let mut head = format!(
            "HTTP/1.1 {} Said\r\ncontent-type: application/json\r\ndate: {date}\r\ncontent-length: {length}\r\n",
            self.status
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        format!("{head}\r\n{}", self.body).into_bytes()
    }
}

/// The next request; none if the connection ended.
pub(super) async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut read = Vec::new();
    let ends = loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        more(stream, &mut read).await?;
    };
    let head = String::from_utf8(read[..ends].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let method = first.next()?.to_owned();
    let url = Url::parse(&format!("http://peer.example{}", first.next()?)).unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let headers = headers.collect::<BTreeMap<_, _>>();
    let length = headers.get("content-length").map_or(0, |length| length.parse::<usize>().unwrap());
    while read.len() < ends + length {
        more(stream, &mut read).await?;
    }
    Some(Request {
        method,
        path: url.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        headers,
        body: serde_json::from_slice(&read[ends..ends + length]).unwrap_or_default(),
    })
}

async fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    let mut chunk = [0; 4096];
    match stream.read(&mut chunk).await {
        Ok(0) | Err(_) => None,
        Ok(count) => {
            read.extend_from_slice(&chunk[..count]);
            Some(())
        }
    }
}

/// Sends an answer, or its first half.
pub(super) async fn write(
    stream: &mut TcpStream,
    answer: &Answer,
    at: Timestamp,
    is_half: bool,
) -> std::io::Result<()> {
    let bytes = answer.bytes(at);
    let kept = if is_half { bytes.len() - answer.body.len().div_ceil(2) } else { bytes.len() };
    stream.write_all(&bytes[..kept]).await
}

/// Says nothing until the other side has had enough.
pub(super) async fn wait_for_the_end(stream: &mut TcpStream) {
    while more(stream, &mut Vec::new()).await.is_some() {}
}
