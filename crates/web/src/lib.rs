//! To be written.
pub mod links;
