//! Curation: what may happen to a proposal, who decides, and when. Pure: no clock, no randomness, no network.
//!
//! Invariant: this crate alone decides whether something may be published. Everything around it reads, asks, writes.

pub mod audit;
pub mod cadence;
pub mod composition;
pub mod ids;
pub mod panel;
pub mod policy;
pub mod review;
pub mod roster;
pub mod submission;
pub mod tid;
pub mod time;
pub mod transitions;
pub mod words;
