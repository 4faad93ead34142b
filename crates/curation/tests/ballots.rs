//! Within a closing, the order in which ballots arrive decides nothing.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::*;
use curation::{
    policy::Tier,
    review::Decision::{self, *},
};
use proptest::{prelude::*, sample::Index};

/// What became of an item: its state, and the last decision of everybody that counted where somebody counted.
fn outcome(tier: Tier, ballots: &[(u8, Decision)]) -> &'static str {
    let mut item = Item::in_review(tier, monday());
    for (minute, (who, decision)) in (1..).zip(ballots) {
        let now = later(monday(), jiff::SignedDuration::from_mins(minute));
        // After a closing, what comes later is refused; a concern is heard all the same.
        let cast = item.votes(*who, *decision, now);
        assert!(*decision != Concern || cast.is_ok() || item.state() == "held");
    }
    // The open time of an item that was raised is the longer one.
    for open in [24, 48] {
        if item.state() == "in_review" {
            item.does(|one| one.review_due(&BTreeSet::new(), later(monday(), hours(open))));
        }
    }
    item.state()
}

fn decision() -> impl Strategy<Value = Decision> {
    prop_oneof![
        6 => Just(Approve),
        3 => Just(Reword),
        2 => Just(Reject),
        1 => Just(RejectAsHarmful),
        1 => Just(StepBack),
        1 => Just(Concern),
    ]
}

/// Takes one from any of the piles until all are empty: keeps the order within each pile.
fn interleaved<T: Copy>(piles: &[Vec<T>], picks: &[Index]) -> Vec<T> {
    let mut piles = piles
        .iter()
        .map(|pile| pile.iter().copied().collect())
        .collect::<Vec<std::collections::VecDeque<T>>>();
    let mut picks = picks.iter().cycle();
    let mut out = vec![];
    loop {
        piles.retain(|pile| !pile.is_empty());
        if piles.is_empty() {
            return out;
        }
        let pile = picks.next().unwrap().index(piles.len());
        out.extend(piles[pile].pop_front());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_outcome_does_not_depend_on_the_order_of_ballots(
        elevated in any::<bool>(),
        decisions in prop::collection::vec(decision(), 0..=6),
        picks in prop::collection::vec(any::<Index>(), 8),
    ) {
        let tier = if elevated { Tier::Elevated } else { Tier::Standard };
        let panel = if elevated { 6 } else { 5 };
        let ballots = (0..panel).zip(decisions).collect::<Vec<_>>();
        let piles = ballots.iter().map(|ballot| vec![*ballot]).collect::<Vec<_>>();
        let shuffled = interleaved(&piles, &picks);
        prop_assert_eq!(outcome(tier, &ballots), outcome(tier, &shuffled), "{:?}", shuffled);
    }

    /// One seat stays silent, so that only the open time closes. First thoughts that are not final are approvals and
    /// requests to reword: two rejects close at once, also if somebody would have thought better of it.
    #[test]
    fn the_outcome_depends_on_last_thoughts_only(
        thoughts in prop::collection::vec((decision(), prop::collection::vec(prop_oneof![Just(Approve), Just(Reword)], 0..3)), 0..=4),
        picks in prop::collection::vec(any::<Index>(), 12),
    ) {
        let last = (0..).zip(&thoughts).map(|(who, (last, _))| (who, *last)).collect::<Vec<(u8, _)>>();
        let piles = (0_u8..).zip(&thoughts).map(|(who, (last, first))| {
            first.iter().chain([last]).map(|decision| (who, *decision)).collect::<Vec<_>>()
        }).collect::<Vec<_>>();
        let all = interleaved(&piles, &picks);
        prop_assert_eq!(outcome(Tier::Standard, &last), outcome(Tier::Standard, &all), "{:?}", all);
    }
}

#[test]
fn every_order_of_a_mixed_set_with_a_concern_holds_the_item() {
    let set = [Reject, RejectAsHarmful, Approve, Concern];
    let mut orders = vec![vec![]];
    for n in 0..set.len() {
        orders = orders
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                (0..=n).map(move |place| {
                    let mut order = order.clone();
                    order.insert(place, n);
                    order
                })
            })
            .collect();
    }
    assert_eq!(orders.len(), 24);
    for order in orders {
        let ballots = (0..).zip(order.iter().map(|n| set[*n])).collect::<Vec<_>>();
        assert_eq!(outcome(Tier::Standard, &ballots), "held", "{ballots:?}");
    }
}
