//! A small world in which anything may be called at any time: therapists lapse and come back, the clock jumps, policies
//! change, and legal and illegal calls arrive in any order. After each call the rules of the channel are checked against
//! a second, simpler account of what happened ([`world::Account`]).
//!
//! What counts as failure: see [`world::World::check`], and the assertions at each call in `world/calls.rs`.

#![allow(clippy::unwrap_used)]

mod common;
mod world;

use std::{cell::RefCell, collections::BTreeMap};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use world::{World, calls::Call};

/// How often a run has to see each of these, so that the rules were tested at all.
const SEEN: [(&str, usize); 26] = [
    ("received", 200),
    ("held", 200),
    ("needs_redaction", 30),
    // Rare, and seen in clusters: a floor near its usual count would fail by chance.
    ("declined", 3),
    ("in_review", 2_000),
    ("rewording", 20),
    ("rejected", 30),
    ("stalled", 10),
    ("approved", 200),
    ("publishing", 200),
    ("needs_attention", 10),
    ("published", 200),
    ("retracting", 200),
    ("retracted", 30),
    ("withdrawn", 30),
    ("expired", 10),
    ("closed", 30),
    ("publishable", 50),
    ("quorum lost", 10),
    ("released", 30),
    ("concern", 50),
    ("refused", 2_000),
    ("screened again", 100),
    ("screened before", 1),
    ("release honoured", 5),
    ("taken up", 1),
];

#[test]
fn no_sequence_of_calls_breaks_a_rule() {
    let seen = RefCell::new(BTreeMap::<&'static str, usize>::new());
    let config = Config { cases: 800, failure_persistence: None, ..Config::default() };
    let calls = prop::collection::vec(Call::any(), 1..100);
    let world = (8_u8..=14, any::<bool>());
    TestRunner::new(config)
        .run(&(world, calls), |((therapists, is_fast), calls)| {
            let mut world = World::new(therapists, is_fast);
            for call in &calls {
                world.make(call)?;
                world.check()?;
                for name in world.seen.drain(..) {
                    *seen.borrow_mut().entry(name).or_default() += 1;
                }
                *seen.borrow_mut().entry(world.submission.state.name()).or_default() += 1;
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    // With what is seen on an average run many times above these, they fail when something became unreachable.
    for (name, least) in SEEN {
        let count = seen.borrow().get(name).copied().unwrap_or_default();
        assert!(count >= least, "{name} was seen {count} times only: {:?}", seen.borrow());
    }
}
