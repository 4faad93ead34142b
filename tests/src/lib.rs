//! A whole channel in one test: the real handlers around the embedded engine, and a clock, a mailbox, a platform and
//! queues that a test can hold in its hand.
//!
//! Invariant: nothing here decides. Hints become real Lambda events, requests go through the real routers.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, missing_docs)]

mod calls;
mod contents;
pub mod faulty;
pub mod html;
mod http;
pub mod kill;
pub mod peer;
pub mod publisher;
mod world;

pub use calls::Calls;
pub use contents::contents;
pub use http::{Answer, field, form_body, hidden, percent};
pub use world::{Channel, Mailbox, Timeline, proposal};
