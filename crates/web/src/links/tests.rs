//! What a link, a form seal and a return code must refuse, and that every refusal is the same.
#![allow(clippy::unwrap_used)]

mod forms;
mod keys;
mod opening;
mod tampering;

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;

use super::*;

const FIRST: [u8; KEY_BYTES] = *b"an example secret, only for test";
const SECOND: [u8; KEY_BYTES] = *b"a second example secret for test";
const THIRD: [u8; KEY_BYTES] = *b"a third example secret for tests";

fn entry(id: &str, secret: &[u8; KEY_BYTES]) -> String {
    key_text(&KeyId::new(id).unwrap(), secret).to_string()
}

/// The text of one or two keys, the current one first.
fn keyring(keys: &[(&str, [u8; KEY_BYTES])]) -> Keyring {
    keys.iter().map(|(id, secret)| entry(id, secret)).collect::<Vec<_>>().join(",").parse().unwrap()
}

fn keys() -> Keyring {
    keyring(&[("k1", FIRST), ("k0", SECOND)])
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

const NOW: i64 = 1_800_000_000;
const EXPIRY: i64 = NOW + 3_600;

fn review() -> Link {
    Link {
        purpose: Purpose::Review,
        subject: "01JEXAMPLEEXAMPLEEXAMPLE00".to_owned(),
        revision: 2,
        person: "01JPERSONPERSONPERSONPER00".to_owned(),
        epoch: 7,
        expires_at: at(EXPIRY),
    }
}

fn form() -> FormSeal {
    FormSeal {
        action: FormAction::Ballot,
        subject: review().subject,
        person: review().person,
        revision: 2,
        version: 11,
        digest: Some(ChoiceDigest::of(&[("decision", "approve"), ("declare", "yes")])),
    }
}

/// Asserts that a refusal is the one that every other refusal is.
#[track_caller]
fn assert_dead<T: fmt::Debug>(outcome: Result<T, DeadLink>, what: &str) {
    let dead = outcome.expect_err(what);
    assert_eq!((dead, dead.to_string().as_str()), (DeadLink, "this link no longer works"), "{what}");
}

#[track_caller]
fn assert_token_dead(keys: &Keyring, token: &str, what: &str) {
    assert_dead(keys.open(token, Purpose::Review, at(NOW)), what);
    assert_dead(keys.check_form(token, &form(), at(NOW)), what);
}

/// The message and the footer, decoded.
fn decoded(token: &str) -> (Vec<u8>, Vec<u8>) {
    let (message, footer) = token.strip_prefix("v4.local.").unwrap().split_once('.').unwrap();
    let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
    (decode(message), decode(footer))
}

fn encoded(message: &[u8], footer: &[u8]) -> String {
    format!("v4.local.{}.{}", BASE64URL_NOPAD.encode(message), BASE64URL_NOPAD.encode(footer))
}

/// One link's token and one form's token, since both must withstand the same changes.
fn samples() -> [Token; 2] {
    [keys().seal(&review()).unwrap(), keys().seal_form(&form(), at(NOW)).unwrap()]
}
