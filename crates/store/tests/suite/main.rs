//! The store on a real engine: the embedded one, or, by `CLIENTSCONNECT_DYNAMODB_ENDPOINT`, any other.
//!
//! Every test has tables of its own, and looks past the store, with a second client, at what was really written.

#![allow(clippy::unwrap_used)]

mod accept;
mod commit;
mod concurrency;
mod due;
mod erase;
mod failures;
mod feed;
mod harness;
mod intake;
mod people;
mod tokens;
mod walk;
