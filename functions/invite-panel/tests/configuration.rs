//! The function's own binary, started without configuration.
#![allow(clippy::unwrap_used)]

#[path = "../../../tests/without_configuration.rs"]
mod without_configuration;

/// What the function cannot start without.
const NEEDED: &[&str] = &[
    "TABLE_PREFIX",
    "SCREENING_QUEUE_URL",
    "INVITATIONS_QUEUE_URL",
    "MAIL_FROM",
    "PUBLIC_URL",
    "LINK_KEYS_PARAMETER",
];

#[test]
fn every_missing_variable_is_named_at_once() {
    without_configuration::names_what_is_missing(env!("CARGO_BIN_EXE_invite-panel"), NEEDED);
}
