//! Cadence: when the next post may appear, and which.
//!
//! Invariants: never outside the window, never two within the gap, never more curated posts than the daily count; nothing is
//! taken that would delay what a coordinator gave a time. A missed slot is skipped, so that a channel that was down does
//! not burst.

use std::collections::BTreeMap;

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
};
use serde::{Deserialize, Serialize};

use crate::{
    ids::SubmissionId,
    policy::Rhythm,
    time::{Now, next_in_window, on_wall},
};

/// Guidance is every so-manieth post (design, Publishing).
pub const GUIDANCE_EVERY: u32 = 5;

/// At the longest after so long guidance appears again, if the window allows, and the helplines that it names answer.
pub const GUIDANCE_WITHIN: SignedDuration = SignedDuration::from_hours(48);

/// Guidance that appeared within this time comes after all that did not; of that, what appeared the longest ago is first.
pub const SAME_GUIDANCE_AFTER: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What the publisher may be late: it looks each minute.
const LATE: SignedDuration = SignedDuration::from_mins(10);

/// Time after which a pin that nothing came of is forgotten.
const PIN_FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What was last published, how much today, and what a coordinator wants next. One such item exists; it is advanced
/// conditionally on its version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// When the last post was taken for publishing.
    pub last_at: Option<Timestamp>,
    /// The day in London that `count` counts.
    pub day: Option<Date>,
    /// Curated posts taken on that day.
    pub count: u32,
    /// Raised by each change.
    pub version: u64,
    /// Curated posts since guidance was last taken.
    #[serde(default)]
    pub since_guidance: u32,
    /// When guidance was last taken.
    #[serde(default)]
    pub guidance_at: Option<Timestamp>,
    /// When each guidance was last taken, for as long as that keeps it from appearing again.
    #[serde(default)]
    pub guidance: BTreeMap<SubmissionId, Timestamp>,
    /// What a coordinator gave a time or the next place.
    #[serde(default)]
    pub pins: BTreeMap<SubmissionId, Pin>,
}

/// When a coordinator wants an approved item to appear. The window, the gap and the daily count hold all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pin {
    /// In the first slot from this time on, and not before it.
    At(Timestamp),
    /// Before all that was not pinned, in the order in which it was: since this time.
    Next(Timestamp),
}

impl Pin {
    fn time(self) -> Timestamp {
        match self {
            Self::At(at) | Self::Next(at) => at,
        }
    }
}

/// What kind of post asks for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appearance {
    /// What somebody proposed: counted by the day.
    Curated,
    /// Guidance of the channel's own: beyond the daily count, and only when it is its turn.
    Guidance,
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
    /// Asks for a slot for an item.
    #[must_use]
    pub fn slot(&self, id: SubmissionId, what: Appearance, rhythm: &Rhythm, now: Now) -> Slot {
        let mut earliest = self.earliest(what, rhythm, now);
        if let Some(Pin::At(at)) = self.pins.get(&id) {
            earliest = earliest.max(*at);
        }
        if earliest > now.at {
            return Slot::NotBefore(earliest);
        }
        let next = self.taken(id, what, now);
        match self.delayed_by(&next, id, rhythm, now) {
            Some(at) => Slot::NotBefore(at),
            None => Slot::Open(next),
        }
    }

    /// Whether a post of this kind may be taken now, as far as that does not depend on which.
    #[must_use]
    pub fn is_open(&self, what: Appearance, rhythm: &Rhythm, now: Now) -> bool {
        self.earliest(what, rhythm, now) <= now.at
    }

    /// The order in which what waits for a slot takes its turn, for sorting: what a coordinator wants first, then the
    /// guidance whose last appearance is the longest ago, then all else as it came.
    #[must_use]
    pub fn turn(&self, id: SubmissionId, what: Appearance) -> impl Ord + use<> {
        let pin = self.pins.get(&id).map(|pin| (matches!(pin, Pin::Next(_)), pin.time()));
        let last = self.guidance.get(&id).copied();
        (pin.is_none(), pin, what == Appearance::Curated, last)
    }

    /// With this pin, or without any.
    #[must_use]
    pub fn pinned(&self, id: SubmissionId, pin: Option<Pin>, now: Now) -> Self {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.forget(now);
        match pin {
            Some(pin) => next.pins.insert(id, pin),
            None => next.pins.remove(&id),
        };
        next
    }

    /// The cadence after an item that was taken today was given back unposted: it may be taken again today, after the gap,
    /// and has the pin that it had.
    #[must_use]
    pub fn given_back(&self, id: SubmissionId, what: Appearance, pin: Option<Pin>) -> Self {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.pins.extend(pin.map(|pin| (id, pin)));
        match what {
            Appearance::Curated => {
                next.count = next.count.saturating_sub(1);
                next.since_guidance = next.since_guidance.saturating_sub(1);
            }
            Appearance::Guidance => {
                next.guidance.remove(&id);
                next.guidance_at = None;
            }
        }
        next
    }

    fn taken(&self, id: SubmissionId, what: Appearance, now: Now) -> Self {
        let today = now.today();
        let mut next = Self { last_at: Some(now.at), version: self.version + 1, ..self.clone() };
        next.forget(now);
        next.pins.remove(&id);
        if next.day != Some(today) {
            (next.day, next.count) = (Some(today), 0);
        }
        match what {
            Appearance::Curated => {
                next.count += 1;
                next.since_guidance = next.since_guidance.saturating_add(1);
            }
            Appearance::Guidance => {
                next.since_guidance = 0;
                next.guidance_at = Some(now.at);
                next.guidance.insert(id, now.at);
            }
        }
        next
    }

    /// Drops what has no effect any more, so that the item stays small.
    fn forget(&mut self, now: Now) {
        self.guidance.retain(|_, last| now.at.duration_since(*last) < SAME_GUIDANCE_AFTER);
        self.pins.retain(|_, pin| now.at.duration_since(pin.time()) < PIN_FORGOTTEN_AFTER);
    }

    /// When what is pinned to a time appears, if nothing but pins is taken until then: not before its time, and later if the
    /// window, the gap or the daily count say so.
    #[must_use]
    pub fn expected(&self, id: SubmissionId, rhythm: &Rhythm, now: Now) -> Option<Timestamp> {
        let mut pins = self.pins.iter().collect::<Vec<_>>();
        pins.sort_by_key(|(_, pin)| **pin);
        let mut cadence = self.clone();
        for (pinned, pin) in pins {
            let Pin::At(at) = *pin else { continue };
            let at = cadence.earliest(Appearance::Curated, rhythm, Now { at: at.max(now.at), ..now });
            if *pinned == id {
                return Some(at);
            }
            cadence = cadence.taken(*pinned, Appearance::Curated, Now { at, ..now });
        }
        None
    }

    /// The time of the pin to come, if any, that could not be kept after `next`.
    fn delayed_by(&self, next: &Self, id: SubmissionId, rhythm: &Rhythm, now: Now) -> Option<Timestamp> {
        if let Some(Pin::At(_)) = self.pins.get(&id) {
            // Its own time has come, and those of others come after it.
            return None;
        }
        let to_come = self.pins.values().filter_map(|pin| match pin {
            Pin::At(at) if *at > now.at => Some(*at),
            Pin::At(_) | Pin::Next(_) => None,
        });
        // What is pinned is curated: guidance takes its turn by itself.
        let first = |cadence: &Self, at| cadence.earliest(Appearance::Curated, rhythm, Now { at, ..now });
        to_come.filter(|at| first(next, *at) > first(self, *at)).min()
    }

    fn earliest(&self, what: Appearance, rhythm: &Rhythm, now: Now) -> Timestamp {
        let gap = SignedDuration::from_mins(rhythm.gap_minutes.into());
        let after = |at: Timestamp, wait: SignedDuration| at.saturating_add(wait).unwrap_or(Timestamp::MAX);
        let mut at = now.at;
        if let Some(last) = self.last_at {
            at = at.max(after(last, gap));
        }
        match what {
            Appearance::Curated => {
                if let Some(day) = self.day
                    && self.count >= rhythm.per_day
                    && now.today() <= day
                {
                    at = at.max(on_wall(day.saturating_add(1.day()), hour(rhythm.opens)));
                }
            }
            Appearance::Guidance if self.since_guidance + 1 >= GUIDANCE_EVERY => {}
            // Early enough that a post just before it, and a late look, do not make it too late.
            Appearance::Guidance => {
                if let Some(last) = self.guidance_at {
                    at = at.max(after(last, GUIDANCE_WITHIN - gap - LATE));
                }
            }
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

    fn id(number: u64) -> SubmissionId {
        SubmissionId::new(number, [0; 10])
    }

    fn asked(cadence: &Cadence, number: u64, what: Appearance, at: &str) -> Slot {
        cadence.slot(id(number), what, &RHYTHM, now(at))
    }

    fn taken(cadence: &Cadence, at: &str) -> Cadence {
        match asked(cadence, 1, Appearance::Curated, at) {
            Slot::Open(next) => next,
            Slot::NotBefore(at) => panic!("not before {at}"),
        }
    }

    fn refused(cadence: &Cadence, at: &str) -> String {
        match asked(cadence, 1, Appearance::Curated, at) {
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
        let given_back =
            taken(&Cadence::default(), "2026-11-23T10:00:00Z").given_back(id(1), Appearance::Curated, None);
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

    #[test]
    fn guidance_is_beyond_the_daily_count_and_comes_every_fifth_post_or_within_two_days() {
        let guided = |cadence: &Cadence, number, at| match asked(cadence, number, Appearance::Guidance, at) {
            Slot::Open(next) => Ok(next),
            Slot::NotBefore(at) => Err(at.to_string()),
        };
        let first =
            guided(&taken(&Cadence::default(), "2026-11-23T08:00:00Z"), 7, "2026-11-23T09:30:00Z").unwrap();
        assert_eq!((first.count, first.since_guidance), (1, 0));
        // 48 h less the gap and ten minutes, and then the window opens.
        assert_eq!(guided(&first, 8, "2026-11-23T12:00:00Z"), Err("2026-11-25T08:00:00Z".to_owned()));
        let mut cadence = first;
        for day in 24..28 {
            assert!(!cadence.is_open(Appearance::Guidance, &RHYTHM, now("2026-11-23T12:00:00Z")));
            cadence.guidance_at = Some("2026-11-27T20:00:00Z".parse().unwrap());
            cadence = taken(&cadence, &format!("2026-11-{day}T12:00:00Z"));
        }
        assert!(
            guided(&cadence, 8, "2026-11-27T13:30:00Z").is_ok(),
            "four since the last: the fifth is guidance"
        );
    }

    #[test]
    fn guidance_that_appeared_the_longest_ago_is_first_and_what_did_not_for_a_fortnight_before_it() {
        let cadence = Cadence {
            guidance: BTreeMap::from([
                (id(1), "2026-11-20T12:00:00Z".parse().unwrap()),
                (id(2), "2026-11-12T12:00:00Z".parse().unwrap()),
                (id(3), "2026-11-01T12:00:00Z".parse().unwrap()),
            ]),
            ..Cadence::default()
        };
        let after = taken(&cadence, "2026-11-23T12:00:00Z");
        let mut order = vec![1, 2, 3, 4];
        order.sort_by_key(|number| after.turn(id(*number), Appearance::Guidance));
        assert_eq!(order, [3, 4, 2, 1], "of those that did not appear for a fortnight, as they came");
    }

    #[test]
    fn two_pins_on_one_day_are_kept_in_their_order_and_what_is_full_is_said() {
        let early = now("2026-11-23T09:00:00Z");
        let pin = |text: &str| Some(Pin::At(text.parse().unwrap()));
        let pinned = Cadence::default().pinned(id(1), pin("2026-11-23T12:00:00Z"), early).pinned(
            id(2),
            pin("2026-11-23T15:00:00Z"),
            early,
        );
        let expected = |number| pinned.expected(id(number), &RHYTHM, early).unwrap().to_string();
        assert_eq!(expected(1), "2026-11-23T12:00:00Z");
        assert_eq!(expected(2), "2026-11-24T08:00:00Z", "one a day");
        assert_eq!(pinned.expected(id(3), &RHYTHM, early), None);
        let after = taken(&pinned, "2026-11-23T12:00:00Z");
        let Slot::NotBefore(at) = asked(&after, 2, Appearance::Curated, "2026-11-23T15:00:00Z") else {
            panic!("two on one day")
        };
        assert_eq!(at.to_string(), "2026-11-24T08:00:00Z");
        assert!(matches!(asked(&after, 2, Appearance::Curated, "2026-11-24T08:00:00Z"), Slot::Open(_)));
        // What has no pin delays neither.
        let Slot::NotBefore(at) = asked(&pinned, 3, Appearance::Curated, "2026-11-23T09:00:00Z") else {
            panic!("it would delay the first")
        };
        assert_eq!(at.to_string(), "2026-11-23T12:00:00Z");
    }

    #[test]
    fn what_was_given_back_has_its_pin_again() {
        let pin = Pin::At("2026-11-23T12:00:00Z".parse().unwrap());
        let pinned = Cadence::default().pinned(id(1), Some(pin), now("2026-11-23T09:00:00Z"));
        let after = taken(&pinned, "2026-11-23T12:00:00Z");
        assert!(after.pins.is_empty());
        let given_back = after.given_back(id(1), Appearance::Curated, Some(pin));
        assert_eq!(given_back.pins, pinned.pins);
        assert!(after.given_back(id(1), Appearance::Curated, None).pins.is_empty());
    }

    #[test]
    fn what_is_pinned_comes_first_and_nothing_is_taken_that_would_delay_it() {
        let noon = now("2026-11-23T09:00:00Z");
        let pinned =
            Cadence::default().pinned(id(2), Some(Pin::At("2026-11-23T12:00:00Z".parse().unwrap())), noon);
        let not_before = |number, at| match asked(&pinned, number, Appearance::Curated, at) {
            Slot::Open(_) => None,
            Slot::NotBefore(at) => Some(at.to_string()),
        };
        assert_eq!(not_before(1, "2026-11-23T09:00:00Z").as_deref(), Some("2026-11-23T12:00:00Z"));
        assert_eq!(not_before(2, "2026-11-23T09:00:00Z").as_deref(), Some("2026-11-23T12:00:00Z"));
        assert_eq!(not_before(2, "2026-11-23T12:00:00Z"), None);
        // A slot of the day before delays nothing.
        assert_eq!(not_before(1, "2026-11-22T12:00:00Z"), None);
        let Slot::Open(after) = asked(&pinned, 2, Appearance::Curated, "2026-11-23T12:00:00Z") else {
            panic!()
        };
        assert!(after.pins.is_empty());
        let next = pinned.pinned(id(3), Some(Pin::Next(noon.at)), noon);
        let mut order = vec![1, 2, 3];
        order.sort_by_key(|number| next.turn(id(*number), Appearance::Curated));
        assert_eq!(order, [2, 3, 1]);
        assert!(next.pinned(id(2), None, noon).pinned(id(3), None, noon).pins.is_empty());
    }

    #[test]
    fn what_was_stored_before_there_was_guidance_is_read() {
        let old = r#"{"last_at":null,"day":null,"count":0,"version":3}"#;
        assert_eq!(serde_json::from_str::<Cadence>(old).unwrap().version, 3);
        let full =
            Cadence { guidance: BTreeMap::from([(id(1), Timestamp::UNIX_EPOCH)]), ..Cadence::default() };
        assert_eq!(serde_json::from_str::<Cadence>(&serde_json::to_string(&full).unwrap()).unwrap(), full);
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
                match cadence.slot(id(1), Appearance::Curated, &rhythm, Now::real(at)) {
                    Slot::Open(next) => { cadence = next; posts.push(at); }
                    Slot::NotBefore(later) => {
                        prop_assert!(later > at);
                        let then = cadence.slot(id(1), Appearance::Curated, &rhythm, Now::real(later));
                        prop_assert!(matches!(then, Slot::Open(_)));
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
