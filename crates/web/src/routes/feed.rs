//! `GET /feed.atom`: what was published.
//!
//! Invariants: reading changes nothing; however many read, the tables are asked once in [`KEPT`]; and what was taken down
//! is gone from answers within [`KEPT`] and from readers' caches within [`FRESH`].

use std::sync::{Arc, Mutex, PoisonError};

use app::Core;
use askama::Template;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::answer::unavailable_page;
use crate::pages::{Feed, FeedEntry};

/// Real time for which an answer is given again without asking the tables.
const KEPT: SignedDuration = SignedDuration::from_secs(60);

/// How long readers and what stands between may keep an answer: as short as a feed reader's patience allows, since
/// somebody may want their words taken down.
const FRESH: &str = "public, max-age=300";

/// Entries that are shown: more than two months of what is published at the usual pace.
const MOST: usize = 100;

/// What the routes of the log need.
#[derive(Clone)]
pub struct Published {
    core: Core,
    base_url: String,
    kept: Arc<Mutex<Option<(Timestamp, Shown)>>>,
}

/// A feed as it goes out.
#[derive(Clone)]
struct Shown {
    body: Arc<str>,
    tag: HeaderValue,
}

impl Published {
    /// What was published on the channel whose tables these are; `base_url` is where its pages are, without a slash at
    /// the end.
    #[must_use]
    pub fn new(core: Core, base_url: String) -> Self {
        Self { core, base_url, kept: Arc::default() }
    }

    async fn shown(&self) -> Result<Shown, store::StoreError> {
        let now = self.core.clock.real_time();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((at, shown)) = kept
            && now.duration_since(at).abs() < KEPT
        {
            return Ok(shown);
        }
        let entries = self.core.store.feed(MOST).await?;
        let wording = content::wording();
        let updated = entries.iter().map(|entry| entry.at).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let feed = Feed {
            base_url: &self.base_url,
            channel: &wording.channel,
            tagline: &wording.tagline,
            updated,
            entries: entries.iter().map(|entry| FeedEntry::new(&entry.key, &entry.text, entry.at)).collect(),
        };
        // A string written into a string cannot fail.
        let body = feed.render().unwrap_or_default();
        let tag = format!("\"{}\"", &HEXLOWER.encode(&Sha256::digest(body.as_bytes()))[..32]);
        let tag = HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""));
        let shown = Shown { body: body.into(), tag };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, shown.clone()));
        Ok(shown)
    }
}

pub(super) async fn feed(State(published): State<Published>, headers: HeaderMap) -> Response {
    let shown = match published.shown().await {
        Ok(shown) => shown,
        Err(error) => return unavailable_page(&error),
    };
    let tag = (header::ETAG, shown.tag.clone());
    let has_it = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).is_some_and(|tags| {
        let tags = tags.split(',').map(|tag| tag.trim().trim_start_matches("W/"));
        tags.into_iter().any(|tag| tag.as_bytes() == shown.tag.as_bytes())
    });
    if has_it {
        return (StatusCode::NOT_MODIFIED, [tag]).into_response();
    }
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/atom+xml; charset=utf-8"));
    ([kind, tag], shown.body.to_string()).into_response()
}

/// What everybody may read, everybody may keep for a while: unlike all pages, which hold what is somebody's own.
pub(super) async fn kept_by_readers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.headers().contains_key(header::ETAG) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(FRESH));
    }
    response
}
