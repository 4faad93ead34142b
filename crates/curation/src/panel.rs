//! Drawing a panel: who is asked, reproducibly, from a recorded seed.
//!
//! Invariant: the same candidates and the same seed give the same panel in the same order, whatever the order in which
//! the candidates were read.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    ids::PersonId,
    roster::{Register, Therapist},
    time::Now,
};

/// 16 random bytes, recorded with the draw, that break ties between equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 16]);

/// Somebody drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Who.
    pub person: PersonId,
    /// The register that this seat counts for.
    pub register: Register,
}

/// Draws up to `seats` of `candidates` who may be invited now and are not in `excluded`.
///
/// One after the other: first from the register that has the fewest seats so far (`seated` counts those already there),
/// then who was invited least recently, then by the seed.
#[must_use]
pub fn draw(
    candidates: &[Therapist],
    excluded: &BTreeSet<PersonId>,
    seated: &BTreeMap<Register, usize>,
    seats: usize,
    weekly_invitations: usize,
    seed: Seed,
    now: Now,
) -> Vec<Drawn> {
    let mut left = candidates
        .iter()
        .filter(|one| one.may_be_invited(now, weekly_invitations) && !excluded.contains(&one.id))
        .map(|one| (one.invited.last().copied(), tie_break(seed, one.id), one))
        .collect::<Vec<_>>();
    left.sort_by_key(|(last, tie, _)| (*last, *tie));
    left.dedup_by_key(|(_, _, one)| one.id);
    let mut seated = seated.clone();
    let mut panel = Vec::new();
    while panel.len() < seats {
        // `min_by_key` keeps the first of equals, and `left` is in the order of who is due.
        let Some(position) = (0..left.len())
            .min_by_key(|position| seated.get(&left[*position].2.register).copied().unwrap_or_default())
        else {
            break;
        };
        let (_, _, one) = left.remove(position);
        *seated.entry(one.register.clone()).or_default() += 1;
        panel.push(Drawn { person: one.id, register: one.register.clone() });
    }
    panel
}

fn tie_break(seed: Seed, person: PersonId) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(seed.0);
    hasher.update(person.to_string());
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::tests::{monday, therapist};

    fn ids(panel: &[Drawn]) -> BTreeSet<PersonId> {
        panel.iter().map(|drawn| drawn.person).collect()
    }

    fn simple(candidates: &[Therapist], excluded: &BTreeSet<PersonId>, seed: u8) -> Vec<Drawn> {
        draw(candidates, excluded, &BTreeMap::new(), 5, 4, Seed([seed; 16]), monday())
    }

    fn roster() -> Vec<Therapist> {
        (0..12).map(|n| therapist(n, if n < 9 { "BACP" } else { "UKCP" })).collect()
    }

    #[test]
    fn a_draw_is_reproducible_and_does_not_depend_on_the_order_of_reading() {
        let mut candidates = roster();
        let first = simple(&candidates, &BTreeSet::new(), 1);
        candidates.reverse();
        assert_eq!(simple(&candidates, &BTreeSet::new(), 1), first);
        assert_ne!(simple(&candidates, &BTreeSet::new(), 2), first);
    }

    #[test]
    fn a_panel_is_spread_over_the_registers() {
        let panel = simple(&roster(), &BTreeSet::new(), 3);
        assert_eq!(panel.iter().filter(|drawn| drawn.register.0 == "UKCP").count(), 2);
    }

    #[test]
    fn who_was_invited_longest_ago_comes_first() {
        let mut candidates = (0..6).map(|n| therapist(n, "BACP")).collect::<Vec<_>>();
        candidates[2] = candidates[2].clone().invited_at(monday());
        let panel = simple(&candidates, &BTreeSet::new(), 1);
        assert!(!ids(&panel).contains(&candidates[2].id));
    }

    #[test]
    fn the_excluded_and_the_ineligible_are_never_drawn() {
        let mut candidates = roster();
        candidates[0].active = false;
        candidates[1].bouncing = true;
        let excluded = BTreeSet::from([candidates[2].id]);
        let panel = draw(&candidates, &excluded, &BTreeMap::new(), 50, 4, Seed([0; 16]), monday());
        assert_eq!(panel.len(), 9);
        assert!(candidates[..3].iter().all(|one| !ids(&panel).contains(&one.id)));
    }
}
