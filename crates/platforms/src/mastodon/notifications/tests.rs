//! What is asked of a server, and what its answers lead to. All people and posts are examples.

#![allow(clippy::unwrap_used)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::{
    intake::Unreadable,
    mastodon::Account,
    secret::{Secret, SecretUnavailable},
};

/// Notifications, by their ids, and who may read them.
struct World {
    token: String,
    ids: Vec<u64>,
    /// Answers instead of a page.
    instead: VecDeque<(u16, Value)>,
    asked: Vec<String>,
}

/// The token as it is stored, which somebody may replace.
struct Stored(Mutex<VecDeque<&'static str>>);

#[async_trait]
impl Secret for Stored {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        let mut stored = self.0.lock().unwrap();
        let token = if stored.len() > 1 { stored.pop_front() } else { stored.front().copied() };
        Ok(token.unwrap().to_owned())
    }
}

async fn start(ids: &[u64], tokens: &[&'static str]) -> (Arc<Mutex<World>>, Mastodon) {
    let world = World {
        token: tokens.last().unwrap().to_string(),
        ids: ids.to_vec(),
        instead: VecDeque::new(),
        asked: Vec::new(),
    };
    let world = Arc::new(Mutex::new(world));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/api/v1/accounts/verify_credentials", get(verify))
        .route("/api/v1/notifications", get(notifications))
        .with_state(Arc::clone(&world));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let stored = Arc::new(Stored(Mutex::new(tokens.iter().copied().collect())));
    (world, Mastodon::new(Account::on(&server), stored))
}

/// The server tells anybody whose a token is, and takes only the present one for more.
async fn verify() -> Json<Value> {
    Json(json!({"id": "7", "username": "channel"}))
}

async fn notifications(
    State(world): State<Arc<Mutex<World>>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let mut world = world.lock().unwrap();
    let query = query.unwrap_or_default();
    world.asked.push(query.clone());
    if headers["authorization"] != format!("Bearer {}", world.token) {
        let error = Json(json!({"error": "The access token is invalid"}));
        return (StatusCode::UNAUTHORIZED, error).into_response();
    }
    if let Some((status, body)) = world.instead.pop_front() {
        return (StatusCode::from_u16(status).unwrap(), Json(body)).into_response();
    }
    let behind = query.split('&').find_map(|one| one.strip_prefix("min_id=")?.parse::<u64>().ok()).unwrap();
    let mut page = world.ids.iter().filter(|id| **id > behind).take(2).collect::<Vec<_>>();
    page.reverse();
    let page = page.into_iter().map(|id| {
        json!({
            "id": id.to_string(), "type": "mention", "created_at": "2026-11-23T11:00:00Z",
            "status": {
                "id": (1_000 + id).to_string(), "created_at": "2026-11-23T11:00:00Z", "visibility": "public",
                "content": "<p>Words.</p>", "account": {"id": "50", "acct": "someone"}, "reblog": null,
            },
        })
    });
    Json(page.collect::<Value>()).into_response()
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn asked(behind: u64) -> String {
    format!("types%5B%5D=mention&limit=40&min_id={behind}")
}

#[tokio::test]
async fn notifications_are_read_from_the_first_on_page_by_page_until_there_are_none() {
    let (world, mastodon) = start(&[5, 6, 9], &["token"]).await;
    let first = mastodon.next(None, "clientsconnect", now()).await.unwrap();
    assert!(first.goes_on && first.events.len() == 2 && first.unrecognised == 0);
    let server = mastodon.account.server.replace("http://", "");
    assert_eq!(first.channel.id, "7");
    assert_eq!(first.channel.names, [format!("channel@{server}"), "channel".to_owned()]);
    let second = mastodon.next(Some(&first.mark), "clientsconnect", now()).await.unwrap();
    assert!(second.goes_on && second.events.len() == 1);
    let last = mastodon.next(Some(&second.mark), "clientsconnect", now()).await.unwrap();
    assert!(!last.goes_on && last.events.is_empty() && last.mark == second.mark);
    assert_eq!(world.lock().unwrap().asked, [asked(0), asked(6), asked(9)]);
}

#[tokio::test]
async fn another_token_is_read_when_the_server_takes_the_first_no_more() {
    let (world, mastodon) = start(&[5], &["old", "new"]).await;
    let batch = mastodon.next(None, "clientsconnect", now()).await.unwrap();
    assert_eq!(batch.events.len(), 1);
    assert_eq!(world.lock().unwrap().asked, [asked(0), asked(0)]);
}

#[tokio::test]
async fn what_is_no_page_moves_no_mark() {
    let unavailable =
        NotRead::Unavailable("the notifications cannot be read: the token needs read:notifications");
    let again = json!([{"id": "5", "type": "mention"}]);
    for (answer, expected) in [
        ((503, json!({"error": "A sentence."})), unavailable),
        ((403, json!({"error": "This action is outside the authorized scopes"})), unavailable),
        ((200, json!({})), NotRead::Unreadable(Unreadable::OtherShape)),
        ((200, again), NotRead::Stuck),
    ] {
        let (world, mastodon) = start(&[5], &["token"]).await;
        let mark = mastodon.next(None, "clientsconnect", now()).await.unwrap().mark;
        world.lock().unwrap().instead.push_back(answer);
        assert_eq!(mastodon.next(Some(&mark), "clientsconnect", now()).await, Err(expected));
    }
}
