//! How long X wants to be left alone, as its headers tell (<https://docs.x.com/x-api/fundamentals/rate-limits>).
//!
//! Invariant: no call goes to an endpoint before the time that X gave for it, and no time that X or a broken clock gives
//! silences an endpoint for longer than [`LONGEST`].

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;

/// The length of X's usual windows, for an answer that says that there were too many calls and not until when.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// X's longest windows are those of a day. What lies further ahead is a mistake, and the usual window is taken.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// A time that has passed means a clock that is not X's: wait at least this long.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);
/// The windows: of the endpoint, then those of a day, for account and app.
const WINDOWS: [&str; 3] = ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"];

/// What is called. Each has a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    Create,
    Delete,
    Timeline,
    Me,
}

/// Until when each endpoint is not to be called.
#[derive(Default)]
pub(super) struct Limits {
    until: Mutex<[Option<Timestamp>; 4]>,
}

impl Limits {
    /// True if a call may be made.
    pub(super) fn allow(&self, endpoint: Endpoint, now: Timestamp) -> bool {
        let until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        // A time too far ahead was noted by a clock that has jumped since.
        until[endpoint as usize].is_none_or(|until| until <= now || until.duration_since(now) > LONGEST)
    }

    /// Takes note of an answer. `is_refused` says that it was one for too many calls.
    pub(super) fn note(&self, endpoint: Endpoint, headers: &HeaderMap, is_refused: bool, now: Timestamp) {
        let number = |name: String| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let spent = WINDOWS.iter().filter(|window| number(format!("{window}-remaining")) == Some(0));
        let resets = spent.filter_map(|window| number(format!("{window}-reset"))).collect::<Vec<_>>();
        let stated = resets
            .into_iter()
            .max()
            .or_else(|| number("x-rate-limit-reset".to_owned()).filter(|_| is_refused));
        let stated = stated.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let wait = match stated.map(|until| until.duration_since(now)) {
            Some(wait) if wait > LONGEST => WINDOW,
            Some(wait) => wait.max(SHORTEST),
            None if is_refused => WINDOW,
            None => return,
        };
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until[endpoint as usize] = now.checked_add(wait).ok();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const NOW: i64 = 1_764_000_000;

    /// For how many seconds an endpoint is left alone after these headers.
    fn wait(headers: &[(&'static str, &str)], is_refused: bool) -> i64 {
        let now = Timestamp::from_second(NOW).unwrap();
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        let limits = Limits::default();
        limits.note(Endpoint::Create, &headers.collect(), is_refused, now);
        assert!(limits.allow(Endpoint::Delete, now));
        let allowed =
            |seconds: &i64| limits.allow(Endpoint::Create, Timestamp::from_second(NOW + seconds).unwrap());
        (0..=100_000).find(allowed).unwrap()
    }

    #[test]
    fn an_endpoint_is_left_alone_until_the_time_that_was_given_within_bounds() {
        let at = |seconds: i64| (NOW + seconds).to_string();
        assert_eq!(wait(&[], false), 0);
        assert_eq!(wait(&[], true), 900);
        assert_eq!(wait(&[("x-rate-limit-reset", &at(300))], true), 300);
        assert_eq!(wait(&[("x-rate-limit-reset", &at(300)), ("x-rate-limit-remaining", "7")], false), 0);
        // The last call that was allowed.
        assert_eq!(wait(&[("x-rate-limit-reset", &at(300)), ("x-rate-limit-remaining", "0")], false), 300);
        let day = ("x-user-limit-24hour-reset", at(80_000));
        let day = [("x-rate-limit-reset", at(300)), day, ("x-user-limit-24hour-remaining", "0".to_owned())];
        assert_eq!(wait(&day.each_ref().map(|(name, value)| (*name, value.as_str())), true), 80_000);
        assert_eq!(wait(&[("x-rate-limit-reset", &at(-5))], true), 60);
        assert_eq!(wait(&[("x-rate-limit-reset", &at(86_401))], true), 900);
        for nonsense in ["", "soon", "-1", "9223372036854775807"] {
            assert!(wait(&[("x-rate-limit-reset", nonsense)], true) <= 900, "{nonsense}");
        }
    }

    #[test]
    fn a_clock_that_jumps_back_does_not_silence_an_endpoint() {
        let limits = Limits::default();
        limits.note(Endpoint::Create, &HeaderMap::new(), true, Timestamp::from_second(NOW).unwrap());
        assert!(limits.allow(Endpoint::Create, Timestamp::from_second(NOW - 90_000).unwrap()));
    }
}
