//! Every change of a token is refused, and always in the same words.

use proptest::prelude::*;

use super::*;

#[test]
fn every_single_bit_change_of_the_text_is_refused() {
    for token in samples() {
        for place in 0..token.as_str().len() {
            for bit in 0..8 {
                let mut bytes = token.as_str().as_bytes().to_vec();
                bytes[place] ^= 1 << bit;
                let changed = String::from_utf8_lossy(&bytes);
                assert_token_dead(&keys(), &changed, &format!("bit {bit} of byte {place}"));
            }
        }
    }
}

#[test]
fn every_single_bit_change_of_the_decoded_bytes_is_refused() {
    for token in samples() {
        let (message, footer) = decoded(token.as_str());
        assert_eq!(encoded(&message, &footer), token.as_str(), "the test takes tokens apart rightly");
        for place in 0..message.len() + footer.len() {
            for bit in 0..8 {
                let (mut message, mut footer) = (message.clone(), footer.clone());
                match place.checked_sub(message.len()) {
                    None => message[place] ^= 1 << bit,
                    Some(place) => footer[place] ^= 1 << bit,
                }
                assert_token_dead(
                    &keys(),
                    &encoded(&message, &footer),
                    &format!("bit {bit} of byte {place}"),
                );
            }
        }
    }
}

#[test]
fn every_truncation_and_every_extension_is_refused() {
    for token in samples() {
        let text = token.as_str();
        for end in 0..text.len() {
            assert_token_dead(&keys(), &text[..end], &format!("the first {end} bytes"));
            assert_token_dead(&keys(), &text[text.len() - end..], &format!("the last {end} bytes"));
        }
        for more in ["A", "AA", "=", ".", ".a", " ", "\n", "\0", "/", "?x"] {
            assert_token_dead(&keys(), &format!("{text}{more}"), &format!("{more:?} after"));
            assert_token_dead(&keys(), &format!("{more}{text}"), &format!("{more:?} before"));
        }
    }
}

#[test]
fn an_unknown_absent_or_swapped_footer_is_refused() {
    for token in samples() {
        let (message, _) = decoded(token.as_str());
        for footer in [&b"k0"[..], b"k2", b"", b"K1", b"k1 ", b"\xff", b"{\"kid\":\"k1\"}"] {
            assert_token_dead(&keys(), &encoded(&message, footer), &format!("footer {footer:?}"));
        }
        let bare = token.as_str().rsplit_once('.').unwrap().0;
        assert_token_dead(&keys(), bare, "no footer");
    }
}

proptest! {
    #[test]
    fn no_text_opens_or_panics(text in "\\PC{0,1100}", tail in "[A-Za-z0-9_.=-]{0,300}") {
        for token in [text.clone(), format!("v4.local.{tail}"), format!("v4.local.{tail}.azE"), format!("v4.local.{text}")] {
            for purpose in Purpose::ALL {
                prop_assert_eq!(keys().open(&token, purpose, at(NOW)), Err(DeadLink));
            }
            prop_assert_eq!(keys().check_form(&token, &form(), at(NOW)), Err(DeadLink));
        }
    }
}
