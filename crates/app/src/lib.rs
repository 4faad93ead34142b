//! Use cases: one function per step.
pub mod ports;
