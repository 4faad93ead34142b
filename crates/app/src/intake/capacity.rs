//! How much the therapists can take: what waits goes to a panel only while there are free seats for it.
//!
//! Invariant: nobody is asked more often than the policy says, however much comes in. Seats of what was admitted and has
//! no panel yet count as taken.

use curation::{
    policy::{Policy, Tier},
    roster::Therapist,
    time::Now,
};

/// The tier of every post of somebody else. Nothing may be kept of what screening found in it, so each is reviewed as if
/// something had been found.
pub(super) const TIER: Tier = Tier::Elevated;

/// Free invitations, and what is promised of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// How often each reachable therapist may still be invited this week.
    free: Vec<usize>,
    /// Reachable therapists, busy or not.
    reachable: usize,
    /// Panels that are still to be drawn.
    promised: usize,
    seats: usize,
    fewest_seats: usize,
}

impl Capacity {
    /// The capacity at this moment, with so many panels still to be drawn.
    #[must_use]
    pub fn of(roster: &[Therapist], policy: &Policy, promised: usize, now: Now) -> Self {
        let weekly = policy.weekly_invitations;
        let reachable = roster.iter().filter(|therapist| therapist.may_be_invited(now, usize::MAX));
        // Somebody invited n times may be invited at every limit above n.
        let free = reachable
            .map(|therapist| (1..=weekly).filter(|limit| therapist.may_be_invited(now, *limit)).count())
            .collect::<Vec<_>>();
        let thresholds = policy.thresholds(TIER);
        Self {
            reachable: free.len(),
            free,
            promised,
            seats: thresholds.panel,
            fewest_seats: thresholds.smallest_panel(),
        }
    }

    /// True if one panel more can be drawn, each of different people, besides those that are promised.
    #[must_use]
    pub fn has_room(&self) -> bool {
        let seats = self.seats.min(self.reachable);
        let panels = self.promised + 1;
        let available = self.free.iter().map(|free| (*free).min(panels)).sum::<usize>();
        seats >= self.fewest_seats && available >= panels * seats
    }

    /// One panel more is promised.
    pub fn promise(&mut self) {
        self.promised += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use curation::{
        ids::PersonId,
        roster::{Membership, Register},
    };

    use super::*;

    fn now() -> Now {
        Now::real("2026-11-23T12:00:00Z".parse().unwrap())
    }

    fn therapist(number: u8, invited: usize) -> Therapist {
        Therapist {
            id: PersonId::new(1, [number; 10]),
            name: "Example Therapist".to_owned(),
            email: format!("therapist{number}@example.org"),
            register: Register("BACP".to_owned()),
            register_number: "EX1".to_owned(),
            membership: Membership::Full,
            checked_on: "2026-11-01".parse().unwrap(),
            checked_by: "example coordinator".to_owned(),
            active: true,
            bouncing: false,
            unsubscribed: false,
            away_until: None,
            epoch: 0,
            invited: vec![now().at; invited],
            version: 1,
        }
    }

    fn panels(roster: &[Therapist], promised: usize) -> usize {
        let mut capacity = Capacity::of(roster, &Policy::DEFAULT, promised, now());
        let mut panels = 0;
        while capacity.has_room() {
            capacity.promise();
            panels += 1;
        }
        panels
    }

    fn roster(count: u8, invited: usize) -> Vec<Therapist> {
        (0..count).map(|number| therapist(number, invited)).collect()
    }

    #[test]
    fn six_volunteers_get_four_panels_a_week_and_no_more() {
        assert_eq!(panels(&roster(6, 0), 0), 4);
        assert_eq!(panels(&roster(6, 0), 3), 1, "what is promised counts");
        assert_eq!(panels(&roster(6, 3), 0), 1);
        assert_eq!(panels(&roster(6, 4), 0), 0);
        assert_eq!(panels(&roster(12, 0), 0), 8);
    }

    #[test]
    fn one_with_much_time_is_not_a_panel() {
        let mut few = roster(5, 4);
        few.push(therapist(9, 0));
        assert_eq!(panels(&few, 0), 0);
        assert_eq!(panels(&roster(4, 0), 0), 0, "fewer than the smallest panel");
        assert_eq!(panels(&roster(5, 0), 0), 4, "the smallest panel");
    }

    #[test]
    fn who_cannot_be_invited_has_no_seat() {
        let mut roster = roster(6, 0);
        roster[0].active = false;
        roster[1].bouncing = true;
        assert_eq!(panels(&roster, 0), 0);
    }
}
