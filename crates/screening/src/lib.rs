//! Screening: reads one text and answers with findings, scores and one route.
//!
//! Invariant: [`screen`] is a pure function of the text. It keeps nothing, knows no clock and no network, and a
//! failure inside it never lets a text through ([`screen_safely`]).
//!
//! Callers depend on the types of this page alone; the engine behind them may be replaced, and then [`ENGINE`] changes.

mod buckets;
mod engine;
mod finding;
mod hate;
mod lexicon;
mod model;
mod names;
mod normalise;
mod people;
mod personal_data;
mod report;
mod rules;
mod scope;
mod show;
mod spelling;
mod tokens;
#[doc(hidden)]
pub mod training;
mod voice;

pub use engine::{ENGINE, screen, screen_safely};
pub use finding::{Category, Finding, InvalidSeverity, Kind, Severity};
pub use report::{EngineVersion, Outcome, Report, Route, Tier, more_careful, route};
pub use show::{Segment, marked, redact};
