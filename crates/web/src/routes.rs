//! The routes, and what every answer has in common.

mod answer;
mod feed;
mod intake;
mod public;
mod review;
mod shared;
mod status;
mod unsubscribe;

use std::convert::Infallible;

use std::panic::AssertUnwindSafe;

use axum::{
    Router,
    extract::{FromRequestParts, MatchedPath, Path, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use futures::FutureExt;

use crate::{Web, headers::security_headers};

pub use feed::Published;

/// The longest body that is read, in bytes, as the public API promises: 2,000 characters with the other fields, but for
/// the longest texts in scripts of three bytes a letter, which a form makes nine of; as JSON they fit.
pub const LONGEST_BODY: usize = 16 * 1024;

/// The caller's address, set by whoever owns the connection. Only ever hashed.
#[derive(Debug, Clone)]
pub struct SourceAddress(pub String);

/// The token of an address. One that is cut off altogether, or is no text at all, is as dead as any other: where it
/// cannot be read it is empty, and an empty token opens nothing.
struct Token(String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(path.map(|Path(token)| token).unwrap_or_default()))
    }
}

/// What the public uses: form and API, help, status, health.
pub fn public(web: Web) -> Router {
    let router = Router::new()
        .route("/", get(public::form))
        .route("/submissions", post(public::propose))
        .route("/help", get(public::help))
        .route("/health", get(public::health))
        .route("/status", get(status::entry).post(status::enter))
        .route("/status/", get(status::show))
        .route("/status/{token}", get(status::show))
        .route("/status/unsubscribe/", get(unsubscribe::submitter).post(unsubscribe::end_news))
        .route("/status/unsubscribe/{token}", get(unsubscribe::submitter).post(unsubscribe::end_news))
        .route("/status/{token}/words", post(status::words))
        .route("/status/{token}/agree", post(status::agree))
        .route("/status/{token}/appeal", post(status::appeal))
        .route("/status/{token}/withdraw", post(status::withdraw))
        .route("/status/{token}/withdraw/confirm", post(status::withdraw_confirm));
    dressed(router).with_state(web)
}

/// What reviewers use.
pub fn review(web: Web) -> Router {
    let router = Router::new()
        .route("/review/fresh", post(review::fresh))
        .route("/review/unsubscribe/", get(unsubscribe::therapist).post(unsubscribe::end_invitations))
        .route("/review/unsubscribe/{token}", get(unsubscribe::therapist).post(unsubscribe::end_invitations))
        .route("/review/", get(review::show).post(review::choose))
        .route("/review/{token}", get(review::show).post(review::choose))
        .route("/review/{token}/confirm", post(review::confirm));
    dressed(router).with_state(web)
}

/// What everybody may read of what was published.
pub fn log(published: Published) -> Router {
    let router = Router::new().route("/feed.atom", get(feed::feed));
    dressed(router).with_state(published).layer(from_fn(feed::kept_by_readers))
}

/// What is answered when the keys of signed links cannot be had: help and health, and the request to come back.
pub fn without_keys() -> Router {
    let router = Router::new()
        .route("/help", get(public::help))
        .route("/health", get(public::health))
        .fallback(async |headers: HeaderMap| {
            let detail = "This cannot be done just now. Please try again in a few minutes.";
            let response = answer::problem_for(&headers, StatusCode::SERVICE_UNAVAILABLE, detail);
            answer::retry_after(response, answer::KEYS_RETRY)
        });
    router.layer(from_fn(dress))
}

/// An error in problem JSON (RFC 9457), for machines alone.
#[must_use]
pub fn problem(status: StatusCode, detail: &str) -> Response {
    answer::ProblemJson::new(status, detail).into_response()
}

/// Any path that is nobody's: for the router that all others are merged into.
pub async fn not_found(headers: HeaderMap) -> Response {
    answer::problem_for(&headers, StatusCode::NOT_FOUND, "There is nothing at this address.")
}

async fn not_allowed(headers: HeaderMap) -> Response {
    let detail = "This address does not take this method: propose words with POST /submissions.";
    answer::problem_for(&headers, StatusCode::METHOD_NOT_ALLOWED, detail)
}

/// Security headers and a log line for every answer of `router`, known path or not.
pub fn dressed<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router.fallback(not_found).method_not_allowed_fallback(not_allowed).layer(from_fn(dress))
}

async fn dress(request: Request, next: Next) -> Response {
    // The route, never the path: paths hold tokens.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let headers = request.headers().clone();
    // Somebody in danger must not get an empty answer because of a mistake of ours. What it was about is not logged.
    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            let detail = "Something went wrong with us. Send it again, best with the same Idempotency-Key.";
            answer::problem_for(&headers, StatusCode::INTERNAL_SERVER_ERROR, detail)
        }
    };
    for (name, value) in security_headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    tracing::info!(%method, route = route.as_deref().unwrap_or("none"), status = response.status().as_u16(), "answered");
    response
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request as HttpRequest;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn without_keys_there_is_help_all_the_same() {
        for (path, status) in [("/help", 200), ("/health", 200), ("/", 503), ("/review/v4.local.x", 503)] {
            let request = HttpRequest::builder().uri(path).body(Body::empty()).unwrap_or_default();
            let response = without_keys().oneshot(request).await.unwrap_or_else(|never| match never {});
            assert_eq!(response.status().as_u16(), status, "{path}");
            assert!(response.headers().contains_key("content-security-policy"), "{path}");
            assert_eq!(response.headers().contains_key("retry-after"), status == 503, "{path}");
            let body = to_bytes(response.into_body(), 1 << 20).await.unwrap_or_default();
            assert!(path == "/health" || String::from_utf8_lossy(&body).contains("116 123"), "{path}");
        }
    }

    #[tokio::test]
    async fn a_panic_is_answered_with_help() {
        async fn broken() {
            panic!("a mistake");
        }
        let router = dressed(Router::new().route("/", get(broken))).with_state(());
        let response =
            router.oneshot(HttpRequest::new(Body::empty())).await.unwrap_or_else(|never| match never {});
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(response.headers().contains_key("content-security-policy"));
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap_or_default();
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains("116 123") && !body.contains("a mistake"));
    }
}
