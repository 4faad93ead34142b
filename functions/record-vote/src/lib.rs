//! record-vote: what reviewers use. The review behind a signed link, the ballot, a fresh link.
//!
//! Invariant: a GET changes nothing. A ballot takes two forms, of which a person fills in the second.

use axum::Router;
use web::Web;

/// The function's routes.
pub fn router(web: Web) -> Router {
    web::routes::review(web)
}
