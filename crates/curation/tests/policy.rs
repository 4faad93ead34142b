//! No stored policy weakens review below what is compiled in, and the elevated tier is never the easier one.

use curation::policy::{Policy, Thresholds};
use proptest::prelude::*;

fn thresholds() -> impl Strategy<Value = Thresholds> {
    let counts = (0_usize..7, 0_usize..5, 0_usize..5, 0_usize..4, 0_usize..4, 2_usize..9);
    let times = (0_u32..60, 0_u32..60, 0_u32..90, prop_oneof![9 => 0_u32..10, 1 => any::<u32>()]);
    (counts, times).prop_map(|(counts, times)| {
        let (approvals, registers, rejects, rewords, rewords_at_deadline, panel) = counts;
        let (open_hours, reminder_hours, top_up_hours, deadline_days) = times;
        Thresholds {
            approvals,
            registers,
            rejects,
            rewords,
            rewords_at_deadline,
            panel,
            open_hours,
            reminder_hours,
            top_up_hours,
            deadline_days,
        }
    })
}

fn keeps_the_floor(one: &Thresholds) -> bool {
    one.approvals >= 3
        && one.registers >= 2
        && one.rejects >= 1
        && one.rewords >= 1
        && one.rewords_at_deadline >= 1
        && one.panel > one.approvals
        && one.open_hours >= 12
        && (2..=30).contains(&one.deadline_days)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_accepted_keeps_the_floor(one in thresholds(), two in thresholds(), is_mixed in any::<bool>()) {
        // Mixing in the default makes acceptance likely enough to be tested.
        let elevated = if is_mixed { Policy::DEFAULT.elevated } else { two };
        for policy in [
            Policy { standard: one, elevated, ..Policy::DEFAULT },
            Policy { elevated: one, ..Policy::DEFAULT },
        ] {
            if let Ok(policy) = policy.checked() {
                prop_assert!(keeps_the_floor(&policy.standard) && keeps_the_floor(&policy.elevated));
                prop_assert!(policy.elevated.approvals >= policy.standard.approvals);
                prop_assert!(policy.elevated.registers >= policy.standard.registers);
                prop_assert!(policy.elevated.rejects <= policy.standard.rejects);
                prop_assert!(policy.elevated.open_hours >= policy.standard.open_hours);
            }
        }
    }
}

#[test]
fn each_threshold_is_accepted_at_its_floor_and_refused_below_it() {
    type Set = fn(&mut Thresholds, u32);
    let sets: [(Set, u32); 8] = [
        (|one, to| one.approvals = to as usize, 3),
        (|one, to| one.registers = to as usize, 2),
        (|one, to| one.rejects = to as usize, 1),
        (|one, to| one.panel = to as usize, 4),
        (|one, to| one.open_hours = to, 12),
        (|one, to| one.reminder_hours = to, 12),
        (|one, to| one.top_up_hours = to, 24),
        (|one, to| one.deadline_days = to, 2),
    ];
    for (set, floor) in sets {
        // Both tiers alike, so that only the floor is asked about.
        let policy = |to| {
            let mut one = Policy::DEFAULT.standard;
            set(&mut one, to);
            Policy { standard: one, elevated: one, ..Policy::DEFAULT }
        };
        assert!(policy(floor).checked().is_ok(), "{floor}");
        assert!(policy(floor - 1).checked().is_err(), "{floor}");
    }
}

#[test]
fn raising_an_item_never_makes_an_approval_easier() {
    let weaken: [fn(&mut Policy); 6] = [
        |policy| policy.standard.registers = 3,
        |policy| policy.elevated.open_hours = 12,
        |policy| policy.standard.rejects = 1,
        |policy| policy.elevated.rewords = 3,
        |policy| policy.standard.approvals = 5,
        |policy| policy.standard.panel = 9,
    ];
    for weaken in weaken {
        let mut policy = Policy::DEFAULT;
        weaken(&mut policy);
        assert!(policy.checked().is_err(), "{policy:?}");
    }
}
