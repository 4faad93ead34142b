//! The function's own binary, started without configuration.
#![allow(clippy::unwrap_used)]

use std::process::Command;

/// What the function cannot start without.
const NEEDED: &[&str] = &[
    "TABLE_PREFIX",
    "SCREENING_QUEUE_URL",
    "INVITATIONS_QUEUE_URL",
    "INTAKE_QUEUE_URL",
    "LINK_KEYS_PARAMETER",
    "PLATFORMS",
];

fn said(set: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_admit-proposals"));
    command.env_clear().envs(set.iter().map(|name| match *name {
        "PLATFORMS" => (name, "bluesky"),
        _ => (name, "http://127.0.0.1:1/x"),
    }));
    let output = command.output().unwrap();
    assert!(!output.status.success());
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn every_missing_variable_is_named_at_once() {
    assert!(said(&[]).contains(&format!("set these environment variables: {}", NEEDED.join(", "))));
    for missing in NEEDED {
        let others = NEEDED.iter().filter(|name| *name != missing).copied().collect::<Vec<_>>();
        assert!(said(&others).contains(&format!("set these environment variables: {missing}")));
    }
}
