//! serve-log: what everybody may read of what was published. The feed.
//!
//! Invariant: it reads and never writes; its role lets it see what the feed shows and nothing else.

use axum::Router;
use web::routes::Published;

/// The function's routes.
pub fn router(published: Published) -> Router {
    web::routes::log(published)
}
