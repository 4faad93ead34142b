//! AWS: the queues, mail and secrets of the cloud, and what every function's `main` has in common.
//!
//! Invariant: nothing here decides what happens to a submission. Adapters translate, and say what failed without
//! personal data.

pub mod accounts;
pub mod batch;
pub mod configuration;
pub mod dead_letters;
pub mod keys;
pub mod mail;
pub mod pages;
pub mod queue;
pub mod secret;
pub mod start;
