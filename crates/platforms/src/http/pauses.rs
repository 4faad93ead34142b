//! Pauses that a server asks for: how long no call of a kind is made.
//!
//! Invariant: a pause ends. It is never longer than the longest period in which the platform counts calls, whatever the
//! headers say. Taking down is paused by itself, and is never held up by posting.
//!
//! The time at which a server lets calls through again is compared with the time of the same answer, so that this
//! machine's clock does not matter.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::{StatusCode, header::HeaderMap};
use tokio::time::Instant;

/// Kinds of calls that platforms count apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Signing in, and asking whose a token is.
    SigningIn,
    /// What changes nothing.
    Reading,
    /// Posts and boosts.
    Posting,
    /// Taking posts and boosts down.
    Removing,
}

/// How a platform counts calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counting {
    /// What the names of its headers begin with, before `-remaining` and `-reset`; the usual one first.
    pub(crate) headers: &'static [&'static str],
    /// For how long it counts, where an answer does not say until when. Never zero.
    pub(crate) usual: Duration,
    /// The longest period in which it counts anything. What lies further ahead is a mistake, and `usual` is taken.
    pub(crate) longest: Duration,
}

impl Counting {
    /// The pause after an answer, if there is to be one: after one for too many calls, and after the last that is let
    /// through.
    fn pause(&self, status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let spent = |prefix: &&&str| text(&format!("{prefix}-remaining")) == Some("0");
        let spent = self.headers.iter().filter(spent).collect::<Vec<_>>();
        if status != StatusCode::TOO_MANY_REQUESTS && spent.is_empty() {
            return None;
        }
        let now = text("date").and_then(date);
        let reset = |prefix: &&str| Some(moment(text(&format!("{prefix}-reset"))?)?.duration_since(now?));
        let retry_after = || {
            let after = text("retry-after")?;
            let seconds = after.parse::<u32>().map(|seconds| SignedDuration::from_secs(seconds.into()));
            seconds.ok().or_else(|| Some(date(after)?.duration_since(now?)))
        };
        let stated = spent.into_iter().filter_map(reset).max();
        let stated = stated.or_else(|| self.headers.first().and_then(reset)).or_else(retry_after);
        let stated = stated.map(|pause| Duration::try_from(pause.max(SignedDuration::ZERO)));
        Some(stated.and_then(Result::ok).filter(|pause| *pause <= self.longest).unwrap_or(self.usual))
    }
}

/// A time as HTTP has it.
fn date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// A time as Mastodon writes it, or in seconds since 1970 as others do.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Timestamp::from_second(text.parse().ok()?).ok())
}

/// Until when no call of a kind is made.
#[derive(Default)]
pub(super) struct Pauses([Mutex<Option<Instant>>; 4]);

impl Pauses {
    fn of(&self, work: Work) -> &Mutex<Option<Instant>> {
        &self.0[work as usize]
    }

    pub(super) fn is_on(&self, work: Work) -> bool {
        let until = self.of(work).lock().unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }

    /// Takes from an answer whether there is to be a pause.
    pub(super) fn learn(&self, counting: &Counting, work: Work, status: StatusCode, headers: &HeaderMap) {
        if let Some(pause) = counting.pause(status, headers) {
            *self.of(work).lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + pause);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const USUAL: u64 = 300;
    const LONGEST: u64 = 86_400;
    const COUNTING: Counting = Counting {
        headers: &["x-ratelimit", "x-day"],
        usual: Duration::from_secs(USUAL),
        longest: Duration::from_secs(LONGEST),
    };

    fn seconds(status: u16, headers: &[(&'static str, &'static str)]) -> Option<u64> {
        let headers =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        COUNTING.pause(StatusCode::from_u16(status).unwrap(), &headers).map(|pause| pause.as_secs())
    }

    #[test]
    fn a_pause_lasts_until_the_reset_and_never_for_ever() {
        let date = ("date", "Mon, 23 Nov 2026 12:00:00 GMT");
        let reset = |value| ("x-ratelimit-reset", value);
        let none_left = ("x-ratelimit-remaining", "0");
        for (status, headers, expected) in [
            (200, vec![date], None),
            (200, vec![date, ("x-ratelimit-remaining", "1"), reset("2026-11-23T12:01:00.000000Z")], None),
            (503, vec![date, reset("2026-11-23T12:01:00Z")], None),
            // The last call that is let through.
            (200, vec![date, none_left, reset("2026-11-23T12:01:00.000000Z")], Some(60)),
            (200, vec![none_left], Some(USUAL)),
            (429, vec![date, none_left, reset("2026-11-23T12:04:59.000000Z")], Some(299)),
            (429, vec![date, reset("1795435260")], Some(60)),
            (429, vec![date, reset("2026-11-23T11:59:00Z")], Some(0)),
            // Of several periods, the one that ends last.
            (
                429,
                vec![
                    date,
                    none_left,
                    reset("1795435260"),
                    ("x-day-remaining", "0"),
                    ("x-day-reset", "1795438800"),
                ],
                Some(3_600),
            ),
            (
                429,
                vec![date, reset("1795435260"), ("x-day-remaining", "9"), ("x-day-reset", "1795438800")],
                Some(60),
            ),
            (429, vec![date, reset("2026-11-24T12:00:00Z")], Some(LONGEST)),
            (429, vec![date, reset("2026-11-24T12:00:01Z")], Some(USUAL)),
            (429, vec![date, reset("9223372036854775807")], Some(USUAL)),
            (429, vec![date, reset("soon")], Some(USUAL)),
            (429, vec![reset("2026-11-23T12:01:00Z")], Some(USUAL)),
            (429, vec![reset("2026-11-23T12:01:00Z"), ("retry-after", "7")], Some(7)),
            (429, vec![date, ("retry-after", "Mon, 23 Nov 2026 12:00:09 GMT")], Some(9)),
            (429, vec![("retry-after", "-7")], Some(USUAL)),
            (429, vec![], Some(USUAL)),
        ] {
            assert_eq!(seconds(status, &headers), expected, "{status} {headers:?}");
        }
    }

    #[test]
    fn posting_too_much_does_not_hold_up_taking_down() {
        let pauses = Pauses::default();
        pauses.learn(&COUNTING, Work::Posting, StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new());
        assert!(pauses.is_on(Work::Posting));
        for other in [Work::Removing, Work::Reading, Work::SigningIn] {
            assert!(!pauses.is_on(other), "{other:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_over_when_its_time_is() {
        let pauses = Pauses::default();
        pauses.learn(&COUNTING, Work::Posting, StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new());
        tokio::time::advance(Duration::from_secs(USUAL - 1)).await;
        assert!(pauses.is_on(Work::Posting));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!pauses.is_on(Work::Posting));
    }
}
