//! Policy: the thresholds of review, versioned, above floors that are compiled in.
//!
//! Invariant: no stored policy goes below [`Policy::FLOOR`], so that nobody, by mistake or under pressure, can turn
//! review off.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// How carefully an item is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// The usual.
    Standard,
    /// More reviewers and more time: screening found something, or a reviewer said that it could harm.
    Elevated,
}

impl Tier {
    /// The tier's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Elevated => "elevated",
        }
    }
}

/// The thresholds of one tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Approvals that make a quorum.
    pub approvals: usize,
    /// From at least so many different registers.
    pub registers: usize,
    /// Rejects that close an item.
    pub rejects: usize,
    /// Requests to reword that open a rewording round when everybody has voted or the minimum time has passed.
    pub rewords: usize,
    /// The same at the deadline.
    pub rewords_at_deadline: usize,
    /// How many therapists are invited; a target.
    pub panel: usize,
    /// Hours for which a review stays open although a quorum is reached, unless every invited ballot is in.
    pub open_hours: u32,
    /// Hours until those who have not voted are reminded.
    pub reminder_hours: u32,
    /// Hours until others are invited in place of the silent.
    pub top_up_hours: u32,
    /// Working days until the review ends.
    pub deadline_days: u32,
}

impl Thresholds {
    /// The minimum open time.
    #[must_use]
    pub fn open(&self) -> SignedDuration {
        SignedDuration::from_hours(self.open_hours.into())
    }

    /// The time until the reminder.
    #[must_use]
    pub fn reminder(&self) -> SignedDuration {
        SignedDuration::from_hours(self.reminder_hours.into())
    }

    /// The time until the top-up.
    #[must_use]
    pub fn top_up(&self) -> SignedDuration {
        SignedDuration::from_hours(self.top_up_hours.into())
    }

    /// True if raising an item from `other` to these thresholds never makes an approval easier.
    fn is_as_careful_as(&self, other: &Self) -> bool {
        self.approvals >= other.approvals
            && self.registers >= other.registers
            && self.rejects <= other.rejects
            && self.rewords <= other.rewords
            && self.rewords_at_deadline <= other.rewords_at_deadline
            && self.panel >= other.panel
            && self.open_hours >= other.open_hours
    }

    /// The smallest panel with which a review may open: one more than the quorum, so that one absence does not stall it.
    #[must_use]
    pub fn smallest_panel(&self) -> usize {
        self.approvals + 1
    }
}

/// When curated posts appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Curated posts a day.
    pub per_day: u32,
    /// Minutes between two posts, at least.
    pub gap_minutes: u32,
    /// The hour of London's clocks at which the window opens.
    pub opens: i8,
    /// The hour at which it closes.
    pub closes: i8,
}

/// The whole policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Raised by each change.
    pub version: u32,
    /// For ordinary items.
    pub standard: Thresholds,
    /// For items that need more care.
    pub elevated: Thresholds,
    /// When posts appear.
    pub rhythm: Rhythm,
    /// Invitations that one therapist gets in seven days, at most: volunteers' evenings are scarce.
    pub weekly_invitations: usize,
}

/// A policy that would weaken review below what is compiled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is outside what this program allows")]
pub struct OutOfBounds(pub &'static str);

impl Policy {
    /// The policy of a new channel.
    pub const DEFAULT: Self = Self {
        version: 1,
        standard: Thresholds {
            approvals: 3,
            registers: 2,
            rejects: 2,
            rewords: 2,
            rewords_at_deadline: 1,
            panel: 5,
            open_hours: 24,
            reminder_hours: 48,
            top_up_hours: 72,
            deadline_days: 5,
        },
        elevated: Thresholds {
            approvals: 4,
            registers: 2,
            rejects: 2,
            rewords: 1,
            rewords_at_deadline: 1,
            panel: 6,
            open_hours: 48,
            reminder_hours: 48,
            top_up_hours: 72,
            deadline_days: 5,
        },
        rhythm: Rhythm { per_day: 1, gap_minutes: 90, opens: 8, closes: 21 },
        weekly_invitations: 4,
    };

    /// What no stored policy may fall below: "several therapists" means three, from two registers, with time to object.
    pub const FLOOR: Thresholds = Thresholds {
        approvals: 3,
        registers: 2,
        rejects: 1,
        rewords: 1,
        rewords_at_deadline: 1,
        panel: 4,
        open_hours: 12,
        reminder_hours: 12,
        top_up_hours: 24,
        deadline_days: 2,
    };

    /// The longest time that any policy may leave a review open, in working days: a proposal deserves an answer.
    pub const LONGEST_DEADLINE: u32 = 30;

    /// The most curated posts a day that any policy may set.
    pub const MOST_PER_DAY: u32 = 6;

    /// The shortest gap between two posts that any policy may set, in minutes.
    pub const SHORTEST_GAP: u32 = 30;

    /// The thresholds of a tier.
    #[must_use]
    pub fn thresholds(&self, tier: Tier) -> &Thresholds {
        match tier {
            Tier::Standard => &self.standard,
            Tier::Elevated => &self.elevated,
        }
    }

    /// The policy, if it keeps to what is compiled in.
    ///
    /// # Errors
    /// [`OutOfBounds`] names the first threshold that does not.
    pub fn checked(self) -> Result<Self, OutOfBounds> {
        let floor = &Self::FLOOR;
        for tier in [&self.standard, &self.elevated] {
            let rules = [
                (tier.approvals >= floor.approvals, "the number of approvals"),
                (tier.registers >= floor.registers, "the number of registers"),
                ((1..=self.standard.approvals).contains(&tier.rejects), "the number of rejects"),
                (tier.rewords >= tier.rewords_at_deadline, "the number of rewords"),
                (tier.rewords_at_deadline >= 1, "the number of rewords at the deadline"),
                (tier.panel >= tier.smallest_panel(), "the size of the panel"),
                (tier.open_hours >= floor.open_hours, "the minimum open time"),
                (tier.reminder_hours >= floor.reminder_hours, "the time until the reminder"),
                (tier.top_up_hours >= floor.top_up_hours, "the time until the top-up"),
                (
                    (floor.deadline_days..=Self::LONGEST_DEADLINE).contains(&tier.deadline_days),
                    "the deadline",
                ),
            ];
            if let Some((_, name)) = rules.iter().find(|(kept, _)| !kept) {
                return Err(OutOfBounds(name));
            }
        }
        let rhythm = &self.rhythm;
        let rules = [
            (self.elevated.is_as_careful_as(&self.standard), "the elevated tier"),
            ((1..=Self::MOST_PER_DAY).contains(&rhythm.per_day), "the number of posts a day"),
            (rhythm.gap_minutes >= Self::SHORTEST_GAP, "the gap between posts"),
            (0 <= rhythm.opens && rhythm.opens < rhythm.closes && rhythm.closes <= 23, "the opening hours"),
            (self.weekly_invitations >= 1, "the invitations a week"),
        ];
        match rules.iter().find(|(kept, _)| !kept) {
            Some((_, name)) => Err(OutOfBounds(name)),
            None => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_keeps_its_own_rules() {
        assert_eq!(Policy::DEFAULT.checked(), Ok(Policy::DEFAULT));
    }

    #[test]
    fn no_policy_falls_below_the_floor() {
        let weaken: [fn(&mut Policy); 8] = [
            |policy| policy.standard.approvals = 2,
            |policy| policy.elevated.registers = 1,
            |policy| policy.standard.panel = 3,
            |policy| policy.standard.open_hours = 0,
            |policy| policy.standard.rejects = 9,
            |policy| policy.rhythm.per_day = 7,
            |policy| policy.rhythm.gap_minutes = 5,
            |policy| policy.rhythm.closes = 24,
        ];
        for weaken in weaken {
            let mut policy = Policy::DEFAULT;
            weaken(&mut policy);
            assert!(policy.checked().is_err());
        }
    }
}
