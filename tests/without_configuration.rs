//! Included by each function's `tests/configuration.rs`: a crate of its own would make each of these tests link whatever
//! else helps tests.

use std::process::Command;

/// Starts a function's own binary without each of the variables that it needs, and without all of them: it says which are
/// missing, and starts no further.
pub(crate) fn names_what_is_missing(binary: &str, needed: &[&str]) {
    let said = |set: &[&str]| {
        let values = set.iter().map(|name| match *name {
            "PLATFORMS" => (name, "bluesky"),
            _ => (name, "http://127.0.0.1:1/x"),
        });
        let output = Command::new(binary).env_clear().envs(values).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    assert!(said(&[]).contains(&format!("set these environment variables: {}", needed.join(", "))));
    for missing in needed {
        let others = needed.iter().filter(|name| *name != missing).copied().collect::<Vec<_>>();
        assert!(said(&others).contains(&format!("set these environment variables: {missing}")));
    }
}
