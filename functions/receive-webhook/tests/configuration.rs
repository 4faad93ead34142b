//! The function's own binary, started without configuration.
#![allow(clippy::unwrap_used)]

#[path = "../../../tests/without_configuration.rs"]
mod without_configuration;

/// What the function cannot start without.
const NEEDED: &[&str] = &[
    "TABLE_PREFIX",
    "SCREENING_QUEUE_URL",
    "INVITATIONS_QUEUE_URL",
    "INTAKE_QUEUE_URL",
    "X_USER_ID",
    "X_CONSUMER_SECRET_PARAMETER",
];

#[test]
fn every_missing_variable_is_named_at_once() {
    without_configuration::names_what_is_missing(env!("CARGO_BIN_EXE_receive-webhook"), NEEDED);
}

#[test]
fn the_template_tells_its_name_and_watches_what_it_logs_of_wrong_signatures() {
    let template = include_str!("../../../template.yaml");
    assert!(template.contains("X_USERNAME: !Ref XUsername"));
    let watch = include_str!("../../../infra/watch.yaml");
    assert!(watch.contains(&format!("$.fields.message = \"{}\"", receive_webhook::REFUSED)));
}
