//! The routes, and what every answer has in common.

mod answer;
mod intake;
mod public;
mod review;
mod status;

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::{Next, from_fn},
    response::Response,
    routing::{get, post},
};

use crate::{Web, headers::security_headers};

/// The longest body that is read, in bytes: 2,000 characters of any script, form-encoded, with the other fields.
pub const LONGEST_BODY: usize = 16 * 1024;

/// The caller's address, set by whoever owns the connection. Only ever hashed.
#[derive(Debug, Clone)]
pub struct SourceAddress(pub String);

/// What the public uses: form and API, help, status, health.
pub fn public(web: Web) -> Router {
    let router = Router::new()
        .route("/", get(public::form))
        .route("/submissions", post(public::propose))
        .route("/help", get(public::help))
        .route("/health", get(public::health))
        .route("/status", get(status::entry).post(status::enter))
        .route("/status/{token}", get(status::show))
        .route("/status/{token}/words", post(status::words))
        .route("/status/{token}/agree", post(status::agree))
        .route("/status/{token}/withdraw", post(status::withdraw))
        .route("/status/{token}/withdraw/confirm", post(status::withdraw_confirm));
    dressed(router).with_state(web)
}

/// What reviewers use.
pub fn review(web: Web) -> Router {
    let router = Router::new()
        .route("/review/fresh", post(review::fresh))
        .route("/review/{token}", get(review::show).post(review::choose))
        .route("/review/{token}/confirm", post(review::confirm));
    dressed(router).with_state(web)
}

/// Any path that is nobody's: for the router that all others are merged into.
pub async fn not_found() -> Response {
    answer::problem_page(StatusCode::NOT_FOUND)
}

/// Security headers and a log line for every answer of `router`, known path or not.
pub fn dressed<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .fallback(not_found)
        .method_not_allowed_fallback(|| async { answer::problem_page(StatusCode::METHOD_NOT_ALLOWED) })
        .layer(from_fn(dress))
}

async fn dress(request: Request, next: Next) -> Response {
    // The route, never the path: paths hold tokens.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let mut response = next.run(request).await;
    for (name, value) in security_headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    tracing::info!(%method, route = route.as_deref().unwrap_or("none"), status = response.status().as_u16(), "answered");
    response
}
