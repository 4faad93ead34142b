//! Publishing among faults: three platforms that model what matters of the real ones and go wrong in every way, a
//! publisher that dies, a clock that jumps, and one run of all that from one seed.
//!
//! What counts as failure is said in [`run`]. Invariant: everything in a run follows from its seed, and the platforms
//! have a clock of their own, which is always right.

mod bluesky;
mod clocks;
mod fate;
mod fault;
mod judge;
mod lab;
mod mastodon;
mod peer;
pub mod run;
mod tally;
mod wire;
mod x;

pub use lab::Lab;
pub use tally::Tally;
