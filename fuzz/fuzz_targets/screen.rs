//! Any bytes as a text: what must hold of every report.
//!
//! Invariant: it checks what `crates/screening/tests/properties.rs` checks, on inputs that a fuzzer finds by looking at
//! which code they reach.

#![no_main]

use libfuzzer_sys::fuzz_target;
use screening::{Category, marked, redact, route, screen};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let report = screen(&text);
    let length = text.chars().count();
    for finding in &report.findings {
        assert!(finding.start < finding.end && finding.end <= length, "a span outside the text");
    }
    assert_eq!((report.route, report.tier), route(&report.findings));
    assert_eq!(report.scores.len(), Category::ALL.len());
    assert!(report.scores.values().all(|score| (0.0..=1.0).contains(score)));
    let joined: String = marked(&text, &report).into_iter().map(|segment| segment.text).collect();
    assert_eq!(joined, text, "the segments are not the text");
    let data = report.findings.iter().any(|finding| finding.category == Category::PersonalData);
    assert_eq!(redact(&text, &report) != text, data, "redaction hides data, and nothing else");
    assert_eq!(screen(&text), report, "the same text, another report");
});
