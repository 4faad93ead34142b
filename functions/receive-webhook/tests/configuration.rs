//! The function's own binary, started without configuration.
#![allow(clippy::unwrap_used)]

use std::process::Command;

/// What the function cannot start without.
const NEEDED: &[&str] = &[
    "TABLE_PREFIX",
    "SCREENING_QUEUE_URL",
    "INVITATIONS_QUEUE_URL",
    "INTAKE_QUEUE_URL",
    "X_USER_ID",
    "X_CONSUMER_SECRET_PARAMETER",
];

fn said(set: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_receive-webhook"));
    command.env_clear().envs(set.iter().map(|name| (name, "http://127.0.0.1:1/x")));
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

#[test]
fn the_template_tells_its_name_and_watches_what_it_logs_of_wrong_signatures() {
    let template = include_str!("../../../template.yaml");
    assert!(template.contains("X_USERNAME: !Ref XUsername"));
    let watch = include_str!("../../../infra/watch.yaml");
    assert!(watch.contains(&format!("$.fields.message = \"{}\"", receive_webhook::REFUSED)));
}
