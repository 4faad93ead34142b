//! How runs ended, by platform and by what went wrong there.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::lab::PLATFORMS;

/// How a run ended on one platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    /// All parts are there once; nobody had to look.
    Once,
    /// All parts are there once; a coordinator was asked about this platform.
    OnceAfterAHuman,
    /// A coordinator was told, and has not answered.
    WaitsForAHuman,
    /// Its platform is switched off: nothing is there, and nothing is lost.
    WaitsForPlatform,
    /// What was there is gone.
    TakenDown,
    /// It was stopped before anything was there.
    NeverThere,
}

impl Ending {
    const ALL: [Self; 6] = [
        Self::Once,
        Self::OnceAfterAHuman,
        Self::WaitsForAHuman,
        Self::WaitsForPlatform,
        Self::TakenDown,
        Self::NeverThere,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::OnceAfterAHuman => "once, asked",
            Self::WaitsForAHuman => "human waits",
            Self::WaitsForPlatform => "switched off",
            Self::TakenDown => "taken down",
            Self::NeverThere => "never there",
        }
    }
}

/// The line of a platform that counts every run.
const ALL_RUNS: &str = "all runs";

/// Counts.
#[derive(Debug, Default)]
pub struct Tally {
    counts: BTreeMap<(usize, String, Ending), usize>,
    pub(super) runs: usize,
    pub(super) polls: usize,
    pub(super) deaths: usize,
    pub(super) calls: usize,
}

impl Tally {
    pub(super) fn add(&mut self, platform: usize, faults: &BTreeSet<&'static str>, ending: Ending) {
        let all = [ALL_RUNS].into_iter().chain(faults.is_empty().then_some("no fault"));
        for fault in all.chain(faults.iter().copied()) {
            *self.counts.entry((platform, fault.to_owned(), ending)).or_default() += 1;
        }
    }

    /// Takes in another's counts.
    pub fn merge(&mut self, other: Self) {
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
        self.runs += other.runs;
        self.polls += other.polls;
        self.deaths += other.deaths;
        self.calls += other.calls;
    }

    /// How many runs it counts.
    pub fn runs(&self) -> usize {
        self.runs
    }

    /// In how many of them all was there once, on the platform on which that was seldomest, without anybody's help.
    pub fn least_alone(&self) -> usize {
        let alone = |number| self.counts.get(&(number, ALL_RUNS.to_owned(), Ending::Once)).copied();
        (0..PLATFORMS.len()).filter_map(alone).min().unwrap_or_default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} runs, {} polls, {} calls to platforms, {} deaths of the publisher",
            self.runs, self.polls, self.calls, self.deaths
        )?;
        for (number, platform) in PLATFORMS.iter().enumerate() {
            let faults = self.counts.keys().filter(|(on, ..)| *on == number).map(|(_, fault, _)| fault);
            write!(f, "\n{platform:32}")?;
            for ending in Ending::ALL {
                write!(f, "{:>13}", ending.name())?;
            }
            for fault in faults.collect::<BTreeSet<_>>() {
                write!(f, "\n  {fault:30}")?;
                for ending in Ending::ALL {
                    let count =
                        self.counts.get(&(number, fault.clone(), ending)).copied().unwrap_or_default();
                    write!(f, "{count:>13}")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
