//! Regular expressions over normalised text.
//!
//! Invariant: every source is a constant of this crate.

use regex::bytes::{Regex, RegexBuilder};

/// A pattern as it stands, over ASCII bytes: the normalised text has no others, and byte matching is faster.
pub(crate) fn raw(source: &str) -> Regex {
    // Unwrap safety: every source is a constant of this crate, and a test compiles each of them.
    RegexBuilder::new(source)
        .unicode(false)
        .size_limit(64 << 20)
        .build()
        .expect("a constant pattern compiles")
}
