//! Each post once on each platform, and each taken down for good, whatever goes wrong: generated runs, of which each
//! follows from its seed.
//!
//! `FAULT_RUNS` is how many runs there are, `FAULT_SEED` the one seed to run again, with everything that happened.
//! `-- --nocapture` shows how they ended, by platform and by what went wrong there.

#![allow(clippy::unwrap_used)]

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use tests::faulty::{Lab, Tally};

/// As many as a minute has room for; `scripts/test faults` asks for 2,000.
const RUNS: u64 = 200;
/// Each in a channel of its own: while one waits for an answer, another works.
const WORKERS: usize = 4;
/// Runs in one channel, each of which takes a day or more: after three months its therapists would have to be looked up
/// again, and nothing of theirs would stand.
const RUNS_IN_A_CHANNEL: u64 = 25;
/// In how many of a hundred runs a human is not needed, at least, on each platform: a publisher that asks about everything
/// would never post twice either. Two in five are stopped on purpose, and X does not know its own words again.
const ALONE: usize = 35;
/// From how many runs on a share says something.
const ENOUGH_RUNS: usize = 100;
/// How many runs that went wrong are shown in full.
const MOST_SHOWN: usize = 3;

fn asked_for(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|number| number.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

#[test]
fn whatever_goes_wrong_each_post_is_there_once_or_a_human_knows() {
    let seeds = match asked_for("FAULT_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..asked_for("FAULT_RUNS").unwrap_or(RUNS),
    };
    let next = AtomicU64::new(seeds.start);
    let (all, wrong) = (Mutex::new(Tally::default()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS.min(seeds.clone().count()) {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    let (mut lab, mut tally) = (Lab::open().await, Tally::default());
                    for number in 1_u64.. {
                        let seed = next.fetch_add(1, Ordering::SeqCst);
                        if seed >= seeds.end {
                            break;
                        }
                        if let Err(what) = lab.run(seed, &mut tally).await {
                            wrong.lock().unwrap().push(what);
                        }
                        if number % RUNS_IN_A_CHANNEL == 0 {
                            lab = Lab::open().await;
                        }
                    }
                    all.lock().unwrap().merge(tally);
                });
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let all = all.into_inner().unwrap();
    println!("{all}");
    for what in wrong.iter().take(MOST_SHOWN) {
        println!("{what}\n");
    }
    let seeds = wrong.iter().map(|what| what.lines().next().unwrap()).collect::<Vec<_>>();
    assert!(
        all.runs() < ENOUGH_RUNS || all.least_alone() * 100 >= all.runs() * ALONE,
        "a human is asked too often"
    );
    assert!(wrong.is_empty(), "{} runs went wrong:\n{}", wrong.len(), seeds.join("\n"));
}
