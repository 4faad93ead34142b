//! The web server of the local mode: sends each request to the function whose route it is, as the gateway does in the
//! cloud.
//!
//! Invariant: it listens on the loopback only, and a request that makes a handler panic ends that request alone.

use std::net::SocketAddr;

use app::Core;
use axum::{
    Json, Router,
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use curation::{ids::SubmissionId, policy::Tier};
use futures::FutureExt;
use serde::Serialize;
use tower::ServiceExt;
use web::routes::SourceAddress;

use super::pages::only_this_machine;

/// Who answers what.
#[derive(Clone)]
pub(crate) struct Gateway {
    /// accept-submission: everything that is nobody else's.
    pub(crate) accept_submission: Router,
    /// record-vote: `/review/`.
    pub(crate) record_vote: Router,
    /// receive-webhook: `/webhooks/`, where there is an account that has one.
    pub(crate) receive_webhook: Option<Router>,
    /// serve-log: `/feed.atom`.
    pub(crate) serve_log: Router,
    /// The local pages: `/_local/`.
    pub(crate) local: Router,
}

impl Gateway {
    /// The service for connections that tell their peer's address.
    pub(crate) fn router(self) -> Router {
        Router::new().fallback(pass_on).with_state(self)
    }
}

async fn pass_on(
    State(gateway): State<Gateway>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
) -> Response {
    request.extensions_mut().insert(SourceAddress(peer.ip().to_string()));
    let function = match request.uri().path().split('/').nth(1) {
        Some("review") => gateway.record_vote,
        Some("feed.atom") => gateway.serve_log,
        Some("_local") => gateway.local,
        Some("webhooks") => gateway.receive_webhook.unwrap_or(gateway.accept_submission),
        _ => gateway.accept_submission,
    };
    match std::panic::AssertUnwindSafe(function.oneshot(request)).catch_unwind().await {
        Ok(Ok(response)) => response,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// One submission as `/_local/submissions.json` lists it.
#[derive(Debug, Serialize)]
struct Listed {
    id: SubmissionId,
    state: &'static str,
    revision: u32,
    tier: Tier,
}

/// `/_local/submissions.json`: every submission, oldest first.
pub(crate) fn submissions(core: Core) -> Router {
    Router::new()
        .route("/_local/submissions.json", get(list))
        .layer(middleware::from_fn(only_this_machine))
        .with_state(core)
}

async fn list(State(core): State<Core>) -> Response {
    match core.store.list().await {
        Ok(mut submissions) => {
            submissions.sort_by_key(|submission| submission.id);
            let listed = submissions.iter().map(|submission| Listed {
                id: submission.id,
                state: submission.state.name(),
                revision: submission.revision,
                tier: submission.tier,
            });
            Json(listed.collect::<Vec<_>>()).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the submissions cannot be listed");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::{body::Body, body::to_bytes, extract::Extension};

    use super::*;

    async fn ask(router: Router, path: &str) -> (StatusCode, String) {
        let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let peer: SocketAddr = "127.0.0.1:5000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = router.oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn each_path_goes_to_its_function_and_a_panic_is_one_requests_own() {
        let named = |name: &'static str| {
            Router::new().fallback(
                move |Extension(SourceAddress(from)): Extension<SourceAddress>| async move {
                    assert_ne!(name, "record-vote", "expected by this test");
                    format!("{name} for {from}")
                },
            )
        };
        let router = Gateway {
            accept_submission: named("accept-submission"),
            record_vote: named("record-vote"),
            receive_webhook: None,
            serve_log: named("serve-log"),
            local: named("local"),
        }
        .router();
        for path in ["/", "/submissions", "/reviews", "/_locals", "//review/x"] {
            let answer = ask(router.clone(), path).await;
            assert_eq!(answer, (StatusCode::OK, "accept-submission for 127.0.0.1".to_owned()), "{path}");
        }
        assert_eq!(ask(router.clone(), "/feed.atom").await.1, "serve-log for 127.0.0.1");
        assert_eq!(ask(router.clone(), "/_local/mail").await.1, "local for 127.0.0.1");
        assert_eq!(ask(router.clone(), "/review/x").await.0, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(ask(router, "/_local/").await.0, StatusCode::OK);
    }
}
