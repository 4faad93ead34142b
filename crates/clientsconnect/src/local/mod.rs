//! The local mode: everything of the cloud in one process on the loopback, around the same handlers.
//!
//! Invariant: nothing here decides. It stands in for what surrounds the functions: clock, tables, queues, schedules,
//! mail and a platform.

// Until the command `local` puts the pieces together.
#![allow(dead_code)]

pub(crate) mod clock;
pub(crate) mod dead_letters;
pub(crate) mod engine;
mod files;
mod journal;
pub(crate) mod mailbox;
pub(crate) mod pages;
pub(crate) mod queue;
pub(crate) mod schedule;
pub(crate) mod timeline;
