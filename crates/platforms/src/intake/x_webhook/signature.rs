//! The shared secret of the webhook: answering X's challenge, and knowing X by its signature.
//!
//! Invariant: the handshake signs no text that could be the body of an event. It answers anybody, with the same key and
//! the same function as signatures of events, so without a bound on tokens it would sign whatever somebody sends.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that carries the signature of a request.
pub const SIGNATURE_HEADER: &str = "x-twitter-webhooks-signature";
/// What precedes the code in both directions.
const PREFIX: &str = "sha256=";
/// The longest token that is answered. X documents neither length nor alphabet; its examples have some 40 characters. The
/// bound keeps the work small, and it is the alphabet that keeps the handshake from signing events.
const LONGEST_TOKEN: usize = 1024;

/// Nothing may be signed or believed. Says why, and nothing of the secret or of what came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The consumer secret is empty, and everybody knows the empty secret.
    #[error("the consumer secret is empty")]
    NoSecret,
    /// The token is none that X would send.
    #[error("the token is not one of X's")]
    BadToken,
    /// There is no signature, or it is no SHA-256 code in base64.
    #[error("the signature is missing or malformed")]
    Missing,
    /// The signature is another's, or the body was changed.
    #[error("the signature is wrong")]
    Wrong,
}

/// The `response_token` for a `crc_token`.
///
/// # Errors
/// [`NotSigned`]: answer 400, which X takes for a passing failure.
pub fn answer_challenge(token: &str, secret: &str) -> Result<String, NotSigned> {
    // Without a brace or a quotation mark it is no JSON that holds anything.
    let is_part = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=')
    };
    if !(1..=LONGEST_TOKEN).contains(&token.len()) || !token.bytes().all(is_part) {
        return Err(NotSigned::BadToken);
    }
    let code = code(token.as_bytes(), secret)?.finalize().into_bytes();
    Ok(format!("{PREFIX}{}", BASE64.encode(&code)))
}

/// Checks the value of [`SIGNATURE_HEADER`] over the body as it came, in constant time.
///
/// # Errors
/// [`NotSigned`]: nothing of the body may be believed.
pub fn check_signature(body: &[u8], header: Option<&str>, secret: &str) -> Result<(), NotSigned> {
    let expected = code(body, secret)?;
    let signature = header.and_then(|header| header.strip_prefix(PREFIX)).ok_or(NotSigned::Missing)?;
    let signature = BASE64.decode(signature.as_bytes()).map_err(|_| NotSigned::Missing)?;
    if signature.len() != expected_length() {
        return Err(NotSigned::Missing);
    }
    // Compares in constant time (crate `ctutils`, through `digest`).
    expected.verify_slice(&signature).map_err(|_| NotSigned::Wrong)
}

fn expected_length() -> usize {
    <Hmac<Sha256> as hmac::digest::OutputSizeUser>::output_size()
}

fn code(message: &[u8], secret: &str) -> Result<Hmac<Sha256>, NotSigned> {
    if secret.trim().is_empty() {
        return Err(NotSigned::NoSecret);
    }
    let mut code = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| NotSigned::NoSecret)?;
    code.update(message);
    Ok(code)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::intake::{Channel, x_webhook};
    use proptest::prelude::*;

    const SECRET: &str = "an example of a consumer secret";

    fn channel() -> Channel {
        Channel { id: "1".to_owned(), names: Vec::new(), hashtag: "clientsconnect".to_owned() }
    }

    fn signed(body: &[u8]) -> String {
        format!("{PREFIX}{}", BASE64.encode(&code(body, SECRET).unwrap().finalize().into_bytes()))
    }

    #[test]
    fn the_challenge_is_answered_as_the_standard_computes_it() {
        // RFC 4231, test case 2.
        let code = code(b"what do ya want for nothing?", "Jefe").unwrap().finalize().into_bytes();
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(data_encoding::HEXLOWER.encode(&code), expected);
        // Computed with Python's hmac and base64.
        assert_eq!(
            answer_challenge("9b4507b3-9040-4669-9ca3-6b94edb50553", "secret").unwrap(),
            "sha256=CCaF7JoinKrx7/LQHWSmMC3gluNLvmLge86rnkkUiTg="
        );
    }

    #[test]
    fn only_tokens_as_x_sends_them_are_answered() {
        for token in ["a", "MDRhYzBkNTE=", &"a".repeat(LONGEST_TOKEN)] {
            assert!(answer_challenge(token, SECRET).is_ok(), "{token}");
        }
        for token in ["", "{}", "a b", "\"a\"", "é", "a\n", "[1]", &"a".repeat(LONGEST_TOKEN + 1)] {
            assert_eq!(answer_challenge(token, SECRET), Err(NotSigned::BadToken), "{token}");
        }
    }

    #[test]
    fn a_token_that_is_an_event_is_not_signed() {
        let event = r#"{"data":{"event_uuid":"1","event_type":"post.delete","payload":{"id":"5"}}}"#;
        assert!(event.len() <= LONGEST_TOKEN);
        assert_eq!(x_webhook::read(event.as_bytes(), &channel()).unwrap().len(), 1);
        assert_eq!(answer_challenge(event, SECRET), Err(NotSigned::BadToken));
    }

    #[test]
    fn a_signature_is_right_only_over_the_same_bytes_with_the_same_secret() {
        let body = br#"{"data":{}}"#;
        let header = signed(body);
        assert_eq!(check_signature(body, Some(&header), SECRET), Ok(()));
        assert_eq!(check_signature(br#"{"data": {}}"#, Some(&header), SECRET), Err(NotSigned::Wrong));
        assert_eq!(check_signature(body, Some(&header), "another"), Err(NotSigned::Wrong));
        for secret in ["", " \n"] {
            assert_eq!(check_signature(body, Some(&header), secret), Err(NotSigned::NoSecret));
            assert_eq!(answer_challenge("a", secret), Err(NotSigned::NoSecret));
        }
    }

    #[test]
    fn what_is_no_signature_is_called_missing() {
        let body = b"{}";
        let right = signed(body);
        let without = right.strip_prefix(PREFIX).unwrap();
        let short = format!("{PREFIX}{}", BASE64.encode(b"short"));
        for header in [
            None,
            Some(""),
            Some(PREFIX),
            Some(without),
            Some("sha1=abc"),
            Some("sha256=%%%"),
            Some(short.as_str()),
            Some(&right[..right.len() - 1]),
        ] {
            assert_eq!(check_signature(body, header, SECRET), Err(NotSigned::Missing), "{header:?}");
        }
        let spaced = format!("{right} ");
        assert_eq!(check_signature(body, Some(&spaced), SECRET), Err(NotSigned::Missing));
    }

    proptest! {
        #[test]
        fn no_answer_to_a_challenge_signs_an_event(token in "[ -~]{1,128}") {
            if let Ok(answer) = answer_challenge(&token, SECRET) {
                prop_assert_eq!(check_signature(token.as_bytes(), Some(&answer), SECRET), Ok(()));
                let events = x_webhook::read(token.as_bytes(), &channel()).unwrap_or_default();
                prop_assert!(events.is_empty());
            }
        }

        #[test]
        fn any_change_of_a_signature_is_found(
            body in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..32, bit in 0u8..8,
        ) {
            let mut bytes = code(&body, SECRET).unwrap().finalize().into_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            let header = format!("{PREFIX}{}", BASE64.encode(&bytes));
            prop_assert_eq!(check_signature(&body, Some(&header), SECRET), Err(NotSigned::Wrong));
        }

        #[test]
        fn any_header_has_an_answer(header in "\\PC{0,60}") {
            let checked = check_signature(b"{}", Some(&header), SECRET);
            prop_assert!(checked.is_err());
        }
    }
}
