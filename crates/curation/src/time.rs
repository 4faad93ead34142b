//! The domain's time: an instant, how fast it runs, and the channel's local calendar.
//!
//! Invariant: nothing here reads a clock. A [`Now`] is always handed in.

use jiff::{
    SignedDuration, Timestamp, ToSpan, Zoned,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// The channel keeps British office hours; the zone is compiled in, so that no machine's database is needed.
static LONDON: TimeZone = jiff::tz::get!("Europe/London");

/// An instant in domain time, and how many domain seconds pass in one real second (1 except in a sped-up local run).
///
/// Deadlines for people are domain durations. Leases, back-offs and time-outs guard against real crashes of real
/// processes: they are real durations, expressed on the domain's axis by [`Now::after_real`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// The instant.
    pub at: Timestamp,
    /// Domain seconds per real second, at least 1.
    pub speed: u32,
}

impl Now {
    /// An instant in a domain that runs at real speed.
    #[must_use]
    pub fn real(at: Timestamp) -> Self {
        Self { at, speed: 1 }
    }

    /// The domain instant at which `duration` of domain time will have passed.
    #[must_use]
    pub fn after(self, duration: SignedDuration) -> Timestamp {
        self.at.saturating_add(duration).unwrap_or(Timestamp::MAX)
    }

    /// The domain instant at which `duration` of real time will have passed.
    #[must_use]
    pub fn after_real(self, duration: SignedDuration) -> Timestamp {
        let speed = i32::try_from(self.speed.max(1)).unwrap_or(i32::MAX);
        self.after(duration.saturating_mul(speed))
    }

    /// Today's date in London.
    #[must_use]
    pub fn today(self) -> Date {
        london(self.at).date()
    }
}

/// The wall-clock time in London at an instant.
#[must_use]
pub fn london(at: Timestamp) -> Zoned {
    at.to_zoned(LONDON.clone())
}

/// The first instant at or after `at` that lies in the daily window `[opens, closes)` of London's clocks.
///
/// On the two days a year when the clocks change, the window is still the one on the wall.
#[must_use]
pub fn next_in_window(at: Timestamp, opens: Time, closes: Time) -> Timestamp {
    let here = london(at);
    if here.time() < opens {
        on_wall(here.date(), opens)
    } else if here.time() < closes {
        at
    } else {
        on_wall(here.date().saturating_add(1.day()), opens)
    }
}

/// The instant at which London's clocks show `time` on `date`. In the hour that spring skips, the instant after the gap.
#[must_use]
pub fn on_wall(date: Date, time: Time) -> Timestamp {
    date.to_datetime(time).to_zoned(LONDON.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// True from Monday to Friday.
#[must_use]
pub fn is_working_day(date: Date) -> bool {
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The same wall-clock time `days` working days (Monday to Friday) later.
#[must_use]
pub fn after_working_days(at: Timestamp, days: u32) -> Timestamp {
    let here = london(at);
    let mut date = here.date();
    let mut left = days;
    while left > 0 {
        date = date.saturating_add(1.day());
        if is_working_day(date) {
            left -= 1;
        }
    }
    on_wall(date, here.time())
}

/// The first instant at or after `at` at which a volunteer may be reminded: a working day, between 09:00 and 18:00.
#[must_use]
pub fn next_humane(at: Timestamp) -> Timestamp {
    let mut at = next_in_window(at, Time::constant(9, 0, 0, 0), Time::constant(18, 0, 0, 0));
    while !is_working_day(london(at).date()) {
        at = on_wall(london(at).date().saturating_add(1.day()), Time::constant(9, 0, 0, 0));
    }
    at
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::time;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_window_follows_the_wall_on_both_days_the_clocks_change() {
        let window = |text| next_in_window(at(text), time(8, 0, 0, 0), time(21, 0, 0, 0));
        // 29 March 2026: clocks go forward at 01:00 UTC. 25 October 2026: back at 01:00 UTC.
        assert_eq!(window("2026-03-28T07:59:00Z"), at("2026-03-28T08:00:00Z"));
        assert_eq!(window("2026-03-29T00:30:00Z"), at("2026-03-29T07:00:00Z"));
        assert_eq!(window("2026-03-29T20:00:00Z"), at("2026-03-30T07:00:00Z"));
        assert_eq!(window("2026-10-24T20:00:00Z"), at("2026-10-25T08:00:00Z"));
        assert_eq!(window("2026-10-25T20:59:00Z"), at("2026-10-25T20:59:00Z"));
        assert_eq!(window("2026-10-25T21:00:00Z"), at("2026-10-26T08:00:00Z"));
    }

    #[test]
    fn working_days_skip_weekends_and_keep_the_wall_time() {
        assert_eq!(after_working_days(at("2026-11-20T15:00:00Z"), 5), at("2026-11-27T15:00:00Z"));
        // Friday to Monday over the change to winter time.
        assert_eq!(after_working_days(at("2026-10-23T09:30:00Z"), 1), at("2026-10-26T10:30:00Z"));
    }

    #[test]
    fn nobody_is_reminded_at_night_or_at_a_weekend() {
        assert_eq!(next_humane(at("2026-11-20T19:00:00Z")), at("2026-11-23T09:00:00Z"));
        assert_eq!(next_humane(at("2026-11-22T11:00:00Z")), at("2026-11-23T09:00:00Z"));
        assert_eq!(next_humane(at("2026-11-23T03:00:00Z")), at("2026-11-23T09:00:00Z"));
        assert_eq!(next_humane(at("2026-11-23T12:00:00Z")), at("2026-11-23T12:00:00Z"));
    }

    #[test]
    fn real_durations_stretch_with_the_speed() {
        let now = Now { at: at("2026-11-23T12:00:00Z"), speed: 3600 };
        assert_eq!(now.after_real(SignedDuration::from_secs(2)), at("2026-11-23T14:00:00Z"));
        assert_eq!(now.after(SignedDuration::from_secs(2)), at("2026-11-23T12:00:02Z"));
    }
}
