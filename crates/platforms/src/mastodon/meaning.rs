//! What an answer that is an error says of what was asked for.
//!
//! Invariant: nothing is called undone that may have been done.

use super::api::{CallError, Refusal};
use crate::PlatformError;

/// True if the server did nothing because it does not take the token.
pub(super) fn is_of_token(error: &CallError) -> bool {
    matches!(error, CallError::Answered(Refusal { status: 401, .. }))
}

/// What went wrong before a post was asked for.
pub(super) fn nothing_made(error: &CallError) -> PlatformError {
    match unanswered(error) {
        PlatformError::Ambiguous(why) | PlatformError::Refused(why) | PlatformError::Unavailable(why) => {
            PlatformError::Unavailable(why)
        }
    }
}

/// What a call means that is no post.
pub(super) fn unanswered(error: &CallError) -> PlatformError {
    match error {
        CallError::NotSent(why) => PlatformError::Unavailable(why),
        CallError::Lost(why) => PlatformError::Ambiguous(why),
        CallError::Answered(refusal) => {
            tracing::error!(status = refusal.status, "Mastodon refused a call");
            match meaning(*refusal) {
                Meaning::Unknown => PlatformError::Ambiguous("the server failed"),
                Meaning::Later(why) => PlatformError::Unavailable(why),
                Meaning::Never => PlatformError::Refused("the server does not do this"),
                Meaning::Missing => PlatformError::Refused("the post is not there"),
            }
        }
    }
}

/// What an answer that is an error says of what was asked for.
pub(super) enum Meaning {
    /// It may have been done.
    Unknown,
    /// It was not done; a later try may succeed.
    Later(&'static str),
    /// It was not done, and never will be.
    Never,
    /// It was not done: something that it needs is not there.
    Missing,
}

pub(super) fn meaning(refusal: Refusal) -> Meaning {
    match (refusal.status, refusal.is_of_api) {
        (429, _) => Meaning::Later("too many calls"),
        (401, _) => Meaning::Later("the access token is not accepted"),
        // A token without the scope, an account that is suspended or not confirmed.
        (403, _) => Meaning::Later("the account may not do this"),
        (404 | 410, true) => Meaning::Missing,
        // The last also from whatever stands before the server, and it is about the post all the same.
        (400 | 422, true) | (413, _) => Meaning::Never,
        (501 | 505, _) => Meaning::Later("the server is no Mastodon server"),
        // Among them 408 of whatever stands before the server.
        (408 | 500..=599, _) => Meaning::Unknown,
        // Redirections, and addresses at which there is no such server.
        _ => Meaning::Later("the server is no Mastodon server"),
    }
}
