//! receive-webhook: what X tells the channel, at `/webhooks/x`. The handshake, the signature, and each event once.
//!
//! Invariants: nothing of a body is parsed before its signature was found right over the very bytes that came, in constant
//! time. What X signed is answered 200, whatever it says, since X gives up webhooks that fail; only what could not be
//! stored is answered otherwise, so that X sends it again. A request costs one transaction for each event and one hint.

use std::{collections::BTreeMap, sync::Arc};

use app::{
    Core,
    intake::{IntakeSecret, Taken, take_event, wake},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{StreamExt, stream};
use platforms::intake::{
    Channel, Event, LARGEST_BODY,
    x_webhook::{SIGNATURE_HEADER, answer_challenge, check_signature, read},
};
use serde::Deserialize;
use serde_json::json;
use web::routes::{dressed, problem};

/// Events of one request that are written at the same time: a request has few, and the store answers in milliseconds.
const AT_ONCE: usize = 8;

/// What is logged of a signature that was refused.
pub const REFUSED: &str = "the signature of a webhook was refused";

/// Where X sends its events.
pub const PATH: &str = "/webhooks/x";

/// What the function needs.
#[derive(Clone)]
pub struct Webhook {
    /// The core of every use case.
    pub core: Core,
    /// Who the channel is on X.
    pub channel: Channel,
    /// The app's secret, which signs.
    pub consumer_secret: String,
    /// What keys the hashes of who asked.
    pub secret: IntakeSecret,
}

impl Webhook {
    /// The webhook of the account with this id and this name, whose app has this secret.
    #[must_use]
    pub fn new(core: Core, account: String, name: String, consumer_secret: &str) -> Self {
        Self {
            core,
            channel: Channel {
                id: account,
                names: vec![name],
                hashtag: app::intake::collect::HASHTAG.to_owned(),
            },
            consumer_secret: consumer_secret.to_owned(),
            secret: IntakeSecret(aws::keys::derived(aws::keys::INTAKE, consumer_secret)),
        }
    }
}

/// The function's routes.
pub fn router(webhook: Webhook) -> Router {
    dressed(Router::new().route(PATH, get(challenge).post(receive))).with_state(webhook)
}

/// What is answered when the secret cannot be had: X comes again.
pub fn without_secret() -> Router {
    let unavailable =
        async || problem(StatusCode::SERVICE_UNAVAILABLE, "The signature cannot be checked just now.");
    dressed(Router::new().route(PATH, get(unavailable).post(unavailable))).with_state(())
}

#[derive(Deserialize)]
struct Challenge {
    crc_token: Option<String>,
}

async fn challenge(
    State(webhook): State<Webhook>,
    query: Result<Query<Challenge>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let token = query.ok().and_then(|Query(challenge)| challenge.crc_token).unwrap_or_default();
    match answer_challenge(&token, &webhook.consumer_secret) {
        Ok(answer) => answered(&json!({ "response_token": answer })),
        Err(error) => {
            tracing::warn!(%error, "a challenge was not answered");
            problem(StatusCode::BAD_REQUEST, "Send a crc_token, as X does.")
        }
    }
}

async fn receive(State(webhook): State<Webhook>, headers: HeaderMap, body: Body) -> Response {
    let signature = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    if signature.is_none() {
        return problem(StatusCode::UNAUTHORIZED, "The request is not signed.");
    }
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 1 MiB, or was cut off.");
    };
    if let Err(error) = check_signature(&body, signature, &webhook.consumer_secret) {
        // An alarm counts these by their words (`infra/watch.yaml`).
        tracing::warn!(%error, "{REFUSED}");
        return problem(StatusCode::UNAUTHORIZED, "The signature is missing or wrong.");
    }
    let events = match read(&body, &webhook.channel) {
        Ok(events) => events,
        Err(error) => {
            // X signed it: sent again, it would be the same.
            tracing::warn!(%error, unreadable = 1, "a signed webhook says nothing");
            vec![]
        }
    };
    take(Arc::new(webhook), events).await
}

async fn take(webhook: Arc<Webhook>, events: Vec<Event>) -> Response {
    let told = events.len();
    let taken = stream::iter(events).map(|event| {
        let webhook = Arc::clone(&webhook);
        async move { take_event(&webhook.core, &webhook.channel, &webhook.secret, &event).await }
    });
    let taken = taken.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
    if taken.iter().flatten().any(|taken| taken.is_to_be_worked_on()) {
        wake(&webhook.core).await;
    }
    let mut counts = BTreeMap::new();
    for outcome in taken.iter().flatten() {
        *counts.entry(Taken::as_str(*outcome)).or_insert(0) += 1;
    }
    let failed = taken.iter().find_map(|taken| taken.as_ref().err());
    if let Some(error) = failed {
        tracing::error!(%error, events = told, ?counts, "events could not be stored");
        return problem(StatusCode::SERVICE_UNAVAILABLE, "Not all of it could be stored. Send it again.");
    }
    tracing::info!(events = told, ?counts, "received");
    answered(&json!({}))
}

fn answered(body: &serde_json::Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
