//! Pauses that a server asks for: how long no call of a kind is made.
//!
//! Invariant: a pause ends. It is never longer than the longest period in which a server counts calls, whatever the
//! headers say. Taking down is counted by itself, and is never held up by posting.
//!
//! The headers: <https://docs.joinmastodon.org/api/rate-limits/>. The time of the reset is compared with the time of
//! the same answer, so that this machine's clock does not matter.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{StatusCode, header::HeaderMap};
use tokio::time::Instant;

/// Without a time in the answer: the period in which a server counts 300 calls of an account.
const USUAL: Duration = Duration::from_secs(5 * 60);
/// The longest period in which a server counts anything: 300 posts in three hours (`RateLimiter` of Mastodon).
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// Kinds of calls that servers count apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// What changes nothing.
    Reading,
    /// Posts and boosts.
    Posting,
    /// Deleting posts and boosts: 30 in 30 minutes.
    Removing,
}

/// Until when no call of a kind is made.
#[derive(Default)]
pub(super) struct Pauses([Mutex<Option<Instant>>; 3]);

impl Pauses {
    fn of(&self, work: Work) -> &Mutex<Option<Instant>> {
        &self.0[work as usize]
    }

    pub(super) fn is_on(&self, work: Work) -> bool {
        let until = self.of(work).lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// Takes from an answer whether there is to be a pause.
    pub(super) fn learn(&self, work: Work, status: StatusCode, headers: &HeaderMap) {
        if let Some(pause) = pause(status, headers) {
            *self.of(work).lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + pause);
        }
    }
}

fn pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let are_too_many = status == StatusCode::TOO_MANY_REQUESTS;
    if !are_too_many && text("x-ratelimit-remaining") != Some("0") {
        return None;
    }
    let until_reset = || {
        let now = rfc2822::DateTimeParser::new().parse_timestamp(text("date")?).ok()?;
        Some(moment(text("x-ratelimit-reset")?)?.duration_since(now))
    };
    let retry_after = || Some(SignedDuration::from_secs(text("retry-after")?.parse::<u32>().ok()?.into()));
    let pause = until_reset().or_else(retry_after).map(|pause| pause.max(SignedDuration::ZERO));
    Some(pause.and_then(|pause| Duration::try_from(pause).ok()).unwrap_or(USUAL).min(LONGEST))
}

/// A time as Mastodon writes it, or in seconds since 1970 as other servers do.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Timestamp::from_second(text.parse().ok()?).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn seconds(status: u16, headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        pause(StatusCode::from_u16(status).unwrap(), &headers).map(|pause| pause.as_secs())
    }

    #[test]
    fn a_pause_lasts_until_the_reset_and_never_for_ever() {
        let date = ("date", "Mon, 23 Nov 2026 12:00:00 GMT");
        let reset = |value| ("x-ratelimit-reset", value);
        let none_left = ("x-ratelimit-remaining", "0");
        for (status, headers, expected) in [
            (200, vec![date], None),
            (200, vec![date, ("x-ratelimit-remaining", "1"), reset("2026-11-23T12:01:00.000000Z")], None),
            (200, vec![date, none_left, reset("2026-11-23T12:01:00.000000Z")], Some(60)),
            (429, vec![date, none_left, reset("2026-11-23T12:04:59.000000Z")], Some(299)),
            (429, vec![date, reset("1795435260")], Some(60)),
            (429, vec![date, reset("2026-11-23T11:59:00Z")], Some(0)),
            (429, vec![date, reset("2036-11-23T11:59:00Z")], Some(LONGEST.as_secs())),
            (429, vec![date, reset("soon")], Some(USUAL.as_secs())),
            (429, vec![reset("2026-11-23T12:01:00Z"), ("retry-after", "7")], Some(7)),
            (429, vec![("retry-after", "-7")], Some(USUAL.as_secs())),
            (429, vec![], Some(USUAL.as_secs())),
            (503, vec![date, reset("2026-11-23T12:01:00Z")], None),
        ] {
            assert_eq!(seconds(status, &headers), expected, "{status} {headers:?}");
        }
    }

    #[test]
    fn posting_too_much_does_not_hold_up_taking_down() {
        let pauses = Pauses::default();
        pauses.learn(Work::Posting, StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new());
        assert!(pauses.is_on(Work::Posting));
        assert!(!pauses.is_on(Work::Removing) && !pauses.is_on(Work::Reading));
    }
}
