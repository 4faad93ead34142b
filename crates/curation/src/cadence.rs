//! Cadence: when the next curated post may appear.
//!
//! Invariant: never outside the window, never two within the gap, never more than the daily count. A missed slot is
//! skipped, so that a channel that was down does not burst.

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};

use crate::{
    policy::Rhythm,
    time::{Now, next_in_window, on_wall},
};

/// What was last published, and how much today. One such item exists; it is advanced conditionally on its version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// When the last post was taken for publishing.
    pub last_at: Option<Timestamp>,
    /// The day in London that `count` counts.
    pub day: Option<Date>,
    /// Posts taken on that day.
    pub count: u32,
    /// Raised by each change.
    pub version: u64,
}

/// Whether a post may be taken now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// Now; afterwards the cadence is this.
    Open(Cadence),
    /// Not before this instant.
    NotBefore(Timestamp),
}

impl Cadence {
    /// Asks for a slot.
    #[must_use]
    pub fn slot(&self, rhythm: &Rhythm, now: Now) -> Slot {
        let earliest = self.earliest(rhythm, now);
        if earliest > now.at {
            return Slot::NotBefore(earliest);
        }
        let today = now.today();
        let count = if self.day == Some(today) { self.count } else { 0 };
        Slot::Open(Self {
            last_at: Some(now.at),
            day: Some(today),
            count: count + 1,
            version: self.version + 1,
        })
    }

    /// The cadence after an item that was taken today was given back unposted: it may be taken again today, after the gap.
    #[must_use]
    pub fn given_back(&self) -> Self {
        Self { count: self.count.saturating_sub(1), version: self.version + 1, ..self.clone() }
    }

    fn earliest(&self, rhythm: &Rhythm, now: Now) -> Timestamp {
        let gap = SignedDuration::from_mins(rhythm.gap_minutes.into());
        let mut at = now.at;
        if let Some(last) = self.last_at {
            at = at.max(last.saturating_add(gap).unwrap_or(Timestamp::MAX));
        }
        if let Some(day) = self.day
            && self.count >= rhythm.per_day
            && now.today() <= day
        {
            at = at.max(on_wall(day.saturating_add(1.day()), hour(rhythm.opens)));
        }
        next_in_window(at, hour(rhythm.opens), hour(rhythm.closes))
    }
}

fn hour(hour: i8) -> Time {
    Time::constant(hour.clamp(0, 23), 0, 0, 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{policy::Policy, time::london};
    use proptest::prelude::*;

    const RHYTHM: Rhythm = Policy::DEFAULT.rhythm;

    fn now(text: &str) -> Now {
        Now::real(text.parse().unwrap())
    }

    fn taken(cadence: &Cadence, at: &str) -> Cadence {
        match cadence.slot(&RHYTHM, now(at)) {
            Slot::Open(next) => next,
            Slot::NotBefore(at) => panic!("not before {at}"),
        }
    }

    fn refused(cadence: &Cadence, at: &str) -> String {
        match cadence.slot(&RHYTHM, now(at)) {
            Slot::Open(_) => panic!("open"),
            Slot::NotBefore(at) => at.to_string(),
        }
    }

    #[test]
    fn one_a_day_within_the_window() {
        let first = taken(&Cadence::default(), "2026-11-23T08:00:00Z");
        assert_eq!(refused(&first, "2026-11-23T12:00:00Z"), "2026-11-24T08:00:00Z");
        assert_eq!(refused(&Cadence::default(), "2026-11-23T21:00:00Z"), "2026-11-24T08:00:00Z");
        let second = taken(&first, "2026-11-24T08:00:00Z");
        assert_eq!((second.count, second.version), (1, 2));
    }

    #[test]
    fn what_was_given_back_may_be_taken_again_after_the_gap() {
        let given_back = taken(&Cadence::default(), "2026-11-23T10:00:00Z").given_back();
        assert_eq!(refused(&given_back, "2026-11-23T10:05:00Z"), "2026-11-23T11:30:00Z");
        assert_eq!(taken(&given_back, "2026-11-23T11:30:00Z").count, 1);
    }

    #[test]
    fn a_week_of_silence_does_not_burst() {
        let late = taken(&taken(&Cadence::default(), "2026-11-01T12:00:00Z"), "2026-11-09T12:00:00Z");
        assert_eq!(refused(&late, "2026-11-09T12:01:00Z"), "2026-11-10T08:00:00Z");
    }

    #[test]
    fn the_window_is_the_walls_on_the_days_the_clocks_change() {
        let spring = taken(&Cadence::default(), "2026-03-28T12:00:00Z");
        assert_eq!(refused(&spring, "2026-03-28T13:00:00Z"), "2026-03-29T07:00:00Z");
        let autumn = taken(&Cadence::default(), "2026-10-24T12:00:00Z");
        assert_eq!(refused(&autumn, "2026-10-24T13:00:00Z"), "2026-10-25T08:00:00Z");
    }

    proptest! {
        #[test]
        fn it_never_bursts_and_never_leaves_its_window(
            minutes in prop::collection::vec(0u32..600, 1..200),
            start in 0i64..(400 * 24 * 3600),
            per_day in 1u32..=6,
            gap_minutes in 30u32..240,
        ) {
            let rhythm = Rhythm { per_day, gap_minutes, ..RHYTHM };
            let mut cadence = Cadence::default();
            let mut at = Timestamp::from_second(1_760_000_000 + start).unwrap();
            let mut posts: Vec<Timestamp> = Vec::new();
            for step in minutes {
                at = at.saturating_add(SignedDuration::from_mins(step.into())).unwrap();
                match cadence.slot(&rhythm, Now::real(at)) {
                    Slot::Open(next) => { cadence = next; posts.push(at); }
                    Slot::NotBefore(later) => {
                        prop_assert!(later > at);
                        prop_assert!(matches!(cadence.slot(&rhythm, Now::real(later)), Slot::Open(_)));
                    }
                }
            }
            for post in &posts {
                let hour = london(*post).hour();
                prop_assert!((8..21).contains(&hour));
                let day = london(*post).date();
                let same_day = posts.iter().filter(|other| london(**other).date() == day).count();
                prop_assert!(same_day <= per_day as usize);
            }
            for pair in posts.windows(2) {
                prop_assert!(pair[1].duration_since(pair[0]) >= SignedDuration::from_mins(gap_minutes.into()));
            }
        }
    }
}
