//! What is asked of a server, and what its answers lead to. All people and posts are examples.

#![allow(clippy::unwrap_used)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::{bluesky::Account, intake::Unreadable, secret::FixedSecret};

const CHANNEL: &str = "did:plc:cccccccccccccccccccccccc";
const AUTHOR: &str = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";
const ASKED: &str = "reasons=mention&reasons=reply&reasons=quote&limit=50";

#[derive(Default)]
struct Script {
    /// Answers to the question for notifications, one after the other.
    answers: Mutex<VecDeque<(u16, Value)>>,
    /// What was asked for, with which token.
    asked: Mutex<Vec<String>>,
}

async fn start(answers: &[(u16, Value)]) -> (Arc<Script>, Bluesky) {
    let script =
        Arc::new(Script { answers: Mutex::new(answers.iter().cloned().collect()), ..Script::default() });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let service = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/xrpc/{name}", any(answer)).with_state(Arc::clone(&script));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let account = Account { service, identifier: "channel.example".to_owned() };
    (script, Bluesky::new(account, Arc::new(FixedSecret::new("example-password".to_owned()))))
}

async fn answer(
    State(script): State<Arc<Script>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let session = |token: &str| {
        let session = json!({
            "did": CHANNEL, "handle": "channel.example", "accessJwt": token, "refreshJwt": "refresh",
        });
        (StatusCode::OK, Json(session)).into_response()
    };
    match name.as_str() {
        "com.atproto.server.createSession" => session("first"),
        "com.atproto.server.refreshSession" => session("second"),
        "app.bsky.notification.listNotifications" => {
            let token = headers["authorization"].to_str().unwrap().replace("Bearer ", "");
            script.asked.lock().unwrap().push(format!("{token} {}", query.unwrap_or_default()));
            let (status, body) = script.answers.lock().unwrap().pop_front().unwrap();
            (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
        }
        other => panic!("nobody asks for {other}"),
    }
}

fn page(indexed_at: &str, cursor: Option<&str>) -> (u16, Value) {
    let notification = json!({
        "uri": format!("at://{AUTHOR}/app.bsky.feed.post/3mdexample222"), "reason": "reply",
        "author": {"did": AUTHOR, "handle": "someone.example"}, "indexedAt": indexed_at,
        "record": {"text": "Words.", "createdAt": indexed_at},
    });
    let mut page = json!({"notifications": [notification]});
    if let Some(cursor) = cursor {
        page["cursor"] = json!(cursor);
    }
    (200, page)
}

fn refused(code: &str) -> (u16, Value) {
    (400, json!({"error": code, "message": "A sentence."}))
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn asked(script: &Script) -> Vec<String> {
    std::mem::take(&mut *script.asked.lock().unwrap())
}

#[tokio::test]
async fn a_walk_begins_at_the_top_goes_by_the_cursor_and_ends_below_what_was_read() {
    let first = page("2026-11-23T11:00:00Z", Some("a b"));
    let last = page("2026-11-22T11:00:00Z", Some("c"));
    let (script, bluesky) = start(&[first, last, (200, json!({"notifications": []}))]).await;
    let first = bluesky.next(None, "clientsconnect", now()).await.unwrap();
    assert!(first.goes_on && first.events.len() == 1 && first.unrecognised == 0);
    assert_eq!((first.channel.id.as_str(), first.channel.hashtag.as_str()), (CHANNEL, "clientsconnect"));
    assert_eq!(first.channel.names, ["channel.example"]);
    let last = bluesky.next(Some(&first.mark), "clientsconnect", now()).await.unwrap();
    assert!(!last.goes_on);
    let empty = bluesky.next(Some(&last.mark), "clientsconnect", now()).await.unwrap();
    assert!(!empty.goes_on && empty.events.is_empty() && empty.mark == last.mark);
    let top = format!("first {ASKED}");
    assert_eq!(asked(&script), [top.clone(), format!("{top}&cursor=a+b"), top]);
}

#[tokio::test]
async fn a_session_that_has_expired_is_renewed_and_the_same_is_asked_again() {
    let (script, bluesky) = start(&[refused("ExpiredToken"), page("2026-11-23T11:00:00Z", None)]).await;
    let batch = bluesky.next(None, "clientsconnect", now()).await.unwrap();
    assert_eq!(batch.events.len(), 1);
    assert_eq!(asked(&script), [format!("first {ASKED}"), format!("second {ASKED}")]);
}

#[tokio::test]
async fn a_cursor_that_is_refused_begins_the_walk_anew_and_again_and_again_does_not_go_on() {
    let top = page("2026-11-23T11:00:00Z", Some("a"));
    let invalid = refused("InvalidRequest");
    let (script, bluesky) = start(&[top.clone(), invalid.clone(), top.clone(), invalid, top]).await;
    let walking = bluesky.next(None, "clientsconnect", now()).await.unwrap().mark;
    let anew = bluesky.next(Some(&walking), "clientsconnect", now()).await.unwrap();
    assert!(anew.goes_on && anew.events.is_empty());
    let walking = bluesky.next(Some(&anew.mark), "clientsconnect", now()).await.unwrap();
    assert!(walking.goes_on, "what is new is read");
    let stuck = bluesky.next(Some(&walking.mark), "clientsconnect", now()).await.unwrap();
    assert!(!stuck.goes_on && stuck.events.is_empty());
    let top = bluesky.next(Some(&stuck.mark), "clientsconnect", now()).await.unwrap();
    assert_eq!(top.events.len(), 1, "and in the next run again");
    let (top, below) = (format!("first {ASKED}"), format!("first {ASKED}&cursor=a"));
    assert_eq!(asked(&script), [top.clone(), below.clone(), top.clone(), below, top]);
}

#[tokio::test]
async fn what_is_no_page_moves_no_mark() {
    let walked = page("2026-11-23T11:00:00Z", Some("a"));
    for (answer, expected) in [
        ((503, json!({})), NotRead::Unavailable("the notifications cannot be read")),
        (refused("InvalidRequest"), NotRead::Unavailable("the notifications cannot be read")),
        ((200, json!({})), NotRead::Unreadable(Unreadable::OtherShape)),
    ] {
        let (_, bluesky) = start(&[answer]).await;
        assert_eq!(bluesky.next(None, "clientsconnect", now()).await, Err(expected));
    }
    let (_, bluesky) = start(&[walked.clone(), walked]).await;
    let mark = bluesky.next(None, "clientsconnect", now()).await.unwrap().mark;
    assert_eq!(bluesky.next(Some(&mark), "clientsconnect", now()).await, Err(NotRead::Stuck));
}
