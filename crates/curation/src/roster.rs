//! The roster: therapists and the few people who run the channel, and who may be invited, vote and be counted.
//!
//! Invariant: standing is a question of a moment. It is asked when inviting, voting, closing and publishing, and never
//! remembered.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{ids::PersonId, time::Now};

/// How long a look into the public register holds, in months: memberships lapse and are suspended.
pub const CHECK_HOLDS_MONTHS: i32 = 3;

/// The period over which invitations are counted.
pub const INVITATION_PERIOD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A register's short name, such as `BACP`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Register(pub String);

/// A therapist's membership of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// Full, accredited or registered.
    Full,
    /// A student, trainee, affiliate or retired member: does not vote.
    Other,
}

/// A volunteer who reviews.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Therapist {
    /// Opaque; what links and records carry.
    pub id: PersonId,
    /// For coordinators only; never public.
    pub name: String,
    /// Where links go; lower case.
    pub email: String,
    /// The register that a human looked the therapist up in.
    pub register: Register,
    /// The number there, as its register writes it.
    pub register_number: String,
    /// The kind of membership found there.
    pub membership: Membership,
    /// The day on which a human last looked.
    pub checked_on: Date,
    /// Who looked.
    pub checked_by: String,
    /// False while a coordinator has paused this person.
    pub active: bool,
    /// True since mail to the address came back.
    pub bouncing: bool,
    /// True since this person asked, through the unsubscribing of their mail program, to be invited no more. What they
    /// were invited to stays open to them.
    #[serde(default)]
    pub unsubscribed: bool,
    /// Not to be invited up to and including this day.
    pub away_until: Option<Date>,
    /// Raised to revoke every link this person holds.
    pub epoch: u32,
    /// When this person was last invited, newest last; no more than the last seven days matter.
    pub invited: Vec<Timestamp>,
    /// Raised by each change.
    pub version: u64,
}

impl std::fmt::Debug for Therapist {
    // Names and addresses must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Therapist").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Therapist {
    /// May vote and be counted: active, a full member, and looked up within [`CHECK_HOLDS_MONTHS`].
    #[must_use]
    pub fn in_good_standing(&self, now: Now) -> bool {
        self.active && self.membership == Membership::Full && self.checked_on >= oldest_check(now)
    }

    /// May be invited: in good standing, reachable, willing, not away, and not yet invited too often this week.
    #[must_use]
    pub fn may_be_invited(&self, now: Now, weekly_invitations: usize) -> bool {
        self.in_good_standing(now)
            && !self.bouncing
            && !self.unsubscribed
            && self.away_until.is_none_or(|day| day < now.today())
            && self.invited_this_week(now) < weekly_invitations
    }

    /// This therapist, invited now; what is older than a week is forgotten.
    #[must_use]
    pub fn invited_at(mut self, now: Now) -> Self {
        self.invited.retain(|at| is_this_week(*at, now));
        self.invited.push(now.at);
        self
    }

    fn invited_this_week(&self, now: Now) -> usize {
        self.invited.iter().filter(|at| is_this_week(**at, now)).count()
    }
}

fn is_this_week(at: Timestamp, now: Now) -> bool {
    now.at.duration_since(at) < INVITATION_PERIOD
}

/// The earliest day of a look into the register that still holds.
#[must_use]
pub fn oldest_check(now: Now) -> Date {
    now.today().saturating_sub(CHECK_HOLDS_MONTHS.months())
}

/// What somebody who runs the channel does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Runs the channel; sees no crisis text.
    Coordinator,
    /// The safeguarding lead: reads crisis disclosures.
    Lead,
    /// The lead's deputy: confirms what the lead releases.
    Deputy,
}

impl Duty {
    /// The duty's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coordinator => "coordinator",
            Self::Lead => "lead",
            Self::Deputy => "deputy",
        }
    }
}

/// Somebody who runs the channel.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// Opaque.
    pub id: PersonId,
    /// For the channel's own people only.
    pub name: String,
    /// Where alerts go; lower case.
    pub email: String,
    /// What this person does.
    pub duty: Duty,
    /// True since mail to the address came back: mail for this duty goes to others, or to the next duty.
    #[serde(default)]
    pub bouncing: bool,
    /// Raised by each change; 0 for what was stored before there were versions.
    #[serde(default)]
    pub version: u64,
}

impl std::fmt::Debug for Officer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Officer").field("id", &self.id).field("duty", &self.duty).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    pub(crate) fn therapist(number: u8, register: &str) -> Therapist {
        Therapist {
            id: PersonId::new(1, [number; 10]),
            name: format!("Example Therapist {number}"),
            email: format!("therapist{number}@example.org"),
            register: Register(register.into()),
            register_number: format!("EX{number}"),
            membership: Membership::Full,
            checked_on: "2026-11-01".parse().unwrap(),
            checked_by: "example coordinator".into(),
            active: true,
            bouncing: false,
            unsubscribed: false,
            away_until: None,
            epoch: 0,
            invited: vec![],
            version: 1,
        }
    }

    pub(crate) fn monday() -> Now {
        Now::real("2026-11-23T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn standing_ends_with_each_of_its_reasons() {
        let good = therapist(1, "BACP");
        assert!(good.in_good_standing(monday()) && good.may_be_invited(monday(), 4));
        let paused = Therapist { active: false, ..good.clone() };
        let student = Therapist { membership: Membership::Other, ..good.clone() };
        let lapsed = Therapist { checked_on: "2026-08-22".parse().unwrap(), ..good.clone() };
        for one in [paused, student, lapsed] {
            assert!(!one.in_good_standing(monday()) && !one.may_be_invited(monday(), 4));
        }
        let just = Therapist { checked_on: "2026-08-23".parse().unwrap(), ..good.clone() };
        assert!(just.in_good_standing(monday()));
        let bouncing = Therapist { bouncing: true, ..good.clone() };
        let unsubscribed = Therapist { unsubscribed: true, ..good.clone() };
        let away = Therapist { away_until: Some("2026-11-23".parse().unwrap()), ..good.clone() };
        for one in [bouncing, unsubscribed, away] {
            assert!(one.in_good_standing(monday()) && !one.may_be_invited(monday(), 4));
        }
        let back = Therapist { away_until: Some("2026-11-22".parse().unwrap()), ..good };
        assert!(back.may_be_invited(monday(), 4));
    }

    #[test]
    fn the_fifth_invitation_of_a_week_waits() {
        let mut one = therapist(1, "BACP");
        for _ in 0..4 {
            assert!(one.may_be_invited(monday(), 4));
            one = one.invited_at(monday());
        }
        assert!(!one.may_be_invited(monday(), 4));
        let next_week = Now::real(monday().after(INVITATION_PERIOD));
        assert!(one.may_be_invited(next_week, 4));
        assert_eq!(one.invited_at(next_week).invited.len(), 1);
    }
}
