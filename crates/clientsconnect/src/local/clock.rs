//! The local clock and the machine's randomness: the one place of the local mode where the ambient ones are read.
//!
//! Invariant: domain time never runs backwards and passes while the process is stopped, so that a deadline that fell
//! into a stop, or into a crash, is due when the process comes back.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use app::ports::{Clock, Randomness};
use curation::time::Now;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::files;

/// The anchor's file in the data folder.
const FILE: &str = "clock.json";

/// The fastest domain clock. A week then passes in 0.6 s, which is less than a review takes to process: more would only
/// make every deadline fall before anybody can act.
pub(crate) const FASTEST: u32 = 1_000_000;

/// Reads real time.
type RealTime = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Why there is no local clock.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClockError {
    /// The anchor cannot be read or written.
    #[error("the clock's file clock.json cannot be read or written: {0}")]
    File(#[from] io::Error),
    /// The anchor is not one. A new anchor would let the domain time jump, so this is left to a human.
    #[error("the clock's file clock.json is damaged; remove it to start the clock at the present")]
    Damaged,
    /// The speed is not between 1 and [`FASTEST`].
    #[error("the speed must be between 1 and {FASTEST}")]
    Speed,
}

/// A moment at which real and domain time were known together, and how fast the domain has run since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchor {
    real: Timestamp,
    domain: Timestamp,
    speed: u32,
}

impl Anchor {
    fn domain_at(&self, real: Timestamp) -> Timestamp {
        // A machine whose clock is set back does not take the domain with it.
        let passed = real.duration_since(self.real).max(SignedDuration::ZERO);
        let speed = i32::try_from(self.speed).unwrap_or(i32::MAX);
        self.domain.saturating_add(passed.saturating_mul(speed)).unwrap_or(Timestamp::MAX)
    }
}

/// Domain time for one data folder.
pub(crate) struct LocalClock {
    anchor: Anchor,
    real: RealTime,
    latest: Mutex<Timestamp>,
}

impl LocalClock {
    /// Goes on with the clock of the folder `data`, or starts one at the present.
    ///
    /// With another speed than before, the domain time reached so far becomes a new anchor.
    ///
    /// # Errors
    /// [`ClockError`].
    pub(crate) fn open(data: &Path, speed: u32) -> Result<Self, ClockError> {
        // Somewhere real time has to come in: here, and everything else is handed a clock.
        #[allow(clippy::disallowed_methods)]
        Self::open_with(data, speed, Arc::new(Timestamp::now))
    }

    fn open_with(data: &Path, speed: u32, real: RealTime) -> Result<Self, ClockError> {
        if !(1..=FASTEST).contains(&speed) {
            return Err(ClockError::Speed);
        }
        let path = data.join(FILE);
        let now = real();
        let stored = files::read_if_there(&path)?
            .map(|content| serde_json::from_slice::<Anchor>(&content).map_err(|_| ClockError::Damaged))
            .transpose()?;
        let anchor = match stored {
            Some(anchor) if anchor.speed == speed => anchor,
            stored => {
                let domain = stored.map_or(now, |anchor| anchor.domain_at(now));
                let anchor = Anchor { real: now, domain, speed };
                let content = serde_json::to_vec(&anchor).map_err(io::Error::from)?;
                files::replace(&path, &content)?;
                anchor
            }
        };
        Ok(Self { anchor, real, latest: Mutex::new(anchor.domain) })
    }
}

impl Clock for LocalClock {
    fn now(&self) -> Now {
        let at = self.anchor.domain_at((self.real)());
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = at.max(*latest);
        Now { at: *latest, speed: self.anchor.speed }
    }

    fn real_time(&self) -> Timestamp {
        (self.real)()
    }
}

/// The operating system's randomness.
pub(crate) struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        // Unwrap safety: without randomness no id, salt or link is safe, so stopping is the only right answer.
        #[allow(clippy::disallowed_methods, clippy::expect_used)]
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A real time that tests move by hand.
    #[derive(Clone)]
    pub(crate) struct Hand(Arc<Mutex<Timestamp>>);

    impl Hand {
        pub(crate) fn at(text: &str) -> Self {
            Self(Arc::new(Mutex::new(text.parse().unwrap())))
        }

        pub(crate) fn set(&self, text: &str) {
            *self.0.lock().unwrap() = text.parse().unwrap();
        }

        /// A clock that runs in both times at once.
        pub(crate) fn clock(text: &str) -> Arc<dyn Clock> {
            Arc::new(Self::at(text))
        }

        fn read(&self) -> RealTime {
            let hand = self.clone();
            Arc::new(move || *hand.0.lock().unwrap())
        }
    }

    impl Clock for Hand {
        fn now(&self) -> Now {
            Now::real(*self.0.lock().unwrap())
        }
    }

    fn shown(clock: &LocalClock) -> String {
        clock.now().at.to_string()
    }

    #[test]
    fn a_domain_hour_passes_in_a_real_second_also_while_stopped() {
        let (data, hand) = (tempfile::tempdir().unwrap(), Hand::at("2026-11-23T12:00:00Z"));
        let clock = LocalClock::open_with(data.path(), 3600, hand.read()).unwrap();
        assert_eq!(clock.now(), Now { at: "2026-11-23T12:00:00Z".parse().unwrap(), speed: 3600 });
        hand.set("2026-11-23T12:00:01.5Z");
        assert_eq!(shown(&clock), "2026-11-23T13:30:00Z");
        drop(clock);
        hand.set("2026-11-23T12:00:04Z");
        let clock = LocalClock::open_with(data.path(), 3600, hand.read()).unwrap();
        assert_eq!(shown(&clock), "2026-11-23T16:00:00Z");
    }

    #[test]
    fn another_speed_goes_on_from_the_time_reached() {
        let (data, hand) = (tempfile::tempdir().unwrap(), Hand::at("2026-11-23T12:00:00Z"));
        LocalClock::open_with(data.path(), 3600, hand.read()).unwrap();
        hand.set("2026-11-23T12:00:02Z");
        let clock = LocalClock::open_with(data.path(), 1, hand.read()).unwrap();
        assert_eq!(shown(&clock), "2026-11-23T14:00:00Z");
        hand.set("2026-11-23T12:00:12Z");
        assert_eq!(shown(&clock), "2026-11-23T14:00:10Z");
        let clock = LocalClock::open_with(data.path(), 60, hand.read()).unwrap();
        hand.set("2026-11-23T12:00:13Z");
        assert_eq!(shown(&clock), "2026-11-23T14:01:10Z");
    }

    #[test]
    fn a_machine_set_back_does_not_take_the_domain_with_it() {
        let (data, hand) = (tempfile::tempdir().unwrap(), Hand::at("2026-11-23T12:00:00Z"));
        let clock = LocalClock::open_with(data.path(), 1, hand.read()).unwrap();
        hand.set("2026-11-23T12:00:30Z");
        assert_eq!(shown(&clock), "2026-11-23T12:00:30Z");
        hand.set("2026-11-23T11:00:00Z");
        assert_eq!(shown(&clock), "2026-11-23T12:00:30Z");
    }

    #[test]
    fn real_time_stays_real_at_every_speed() {
        let (data, hand) = (tempfile::tempdir().unwrap(), Hand::at("2026-11-23T12:00:00Z"));
        let clock = LocalClock::open_with(data.path(), 3600, hand.read()).unwrap();
        hand.set("2026-11-23T12:00:02Z");
        assert_eq!(clock.real_time().to_string(), "2026-11-23T12:00:02Z");
    }

    #[test]
    fn a_damaged_anchor_and_an_impossible_speed_are_refused() {
        let (data, hand) = (tempfile::tempdir().unwrap(), Hand::at("2026-11-23T12:00:00Z"));
        for speed in [0, FASTEST + 1] {
            let refused = LocalClock::open_with(data.path(), speed, hand.read());
            assert!(matches!(refused, Err(ClockError::Speed)));
        }
        std::fs::write(data.path().join(FILE), b"{").unwrap();
        let refused = LocalClock::open_with(data.path(), 1, hand.read());
        assert!(matches!(refused, Err(ClockError::Damaged)));
    }

    #[test]
    fn the_fastest_clock_does_not_run_past_the_end_of_time() {
        let (data, hand) = (tempfile::tempdir().unwrap(), Hand::at("2026-11-23T12:00:00Z"));
        let clock = LocalClock::open_with(data.path(), FASTEST, hand.read()).unwrap();
        hand.set("2126-11-23T12:00:00Z");
        assert_eq!(clock.now().at, Timestamp::MAX);
    }

    #[test]
    fn the_randomness_is_not_the_same_twice() {
        let random: &dyn Randomness = &SystemRandomness;
        assert_ne!(random.bytes::<16>(), random.bytes::<16>());
    }
}
