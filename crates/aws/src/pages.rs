//! Pages behind API Gateway whose routes need a secret.
//!
//! Invariant: the secret is asked for only when a request is there, and what needs no secret is answered without it:
//! somebody who looks for help finds it whatever else is broken.

use axum::Router;
use lambda_http::{Error, Request, service_fn};
use tower::ServiceExt;

use crate::secret::Secret;

/// Answers requests with routes that need no secret. Does not end.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn serve_without_keys(router: Router) -> Result<(), Error> {
    let router = &router;
    let answer = async |request: Request| router.clone().oneshot(request).await;
    lambda_http::run(service_fn(answer)).await
}

/// Answers requests with the routes that were made of a secret; without it, with `otherwise`. Does not end.
///
/// # Errors
/// When the Lambda runtime cannot be reached.
pub async fn serve(routes: Secret<Router>, otherwise: Router) -> Result<(), Error> {
    let (routes, otherwise) = (&routes, &otherwise);
    let answer = async |request: Request| {
        let router = match routes.get().await {
            Ok(router) => Router::clone(&router),
            Err(error) => {
                tracing::error!(%error, "only help can be answered");
                otherwise.clone()
            }
        };
        router.oneshot(request).await
    };
    lambda_http::run(service_fn(answer)).await
}
