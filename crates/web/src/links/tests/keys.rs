//! Reading and rotating keys; nothing secret is printed.

use app::return_code::ReturnCode;
use proptest::prelude::*;

use super::*;

#[test]
fn a_rotated_key_still_opens_and_a_removed_one_does_not() {
    let before = keyring(&[("k1", FIRST)]);
    let token = before.seal(&review()).unwrap();
    let seal = before.seal_form(&form(), at(NOW)).unwrap();

    let rotated = keyring(&[("k2", THIRD), ("k1", FIRST)]);
    assert!(rotated.open(token.as_str(), Purpose::Review, at(NOW)).is_ok());
    assert!(rotated.check_form(seal.as_str(), &form(), at(NOW)).is_ok());
    let fresh = rotated.seal(&review()).unwrap();
    assert_eq!(decoded(fresh.as_str()).1, b"k2", "the current key seals");

    let removed = keyring(&[("k3", SECOND), ("k2", THIRD)]);
    assert_token_dead(&removed, token.as_str(), "a removed key's link");
    assert_token_dead(&removed, seal.as_str(), "a removed key's form");
    assert_token_dead(&keyring(&[("k1", SECOND)]), token.as_str(), "the name reused for another secret");
    assert_token_dead(&keyring(&[("k9", FIRST)]), token.as_str(), "the secret under another name");
}

#[test]
fn the_text_of_the_keys_is_read_or_refused_with_a_reason() {
    let (one, two, three) = (entry("k1", &FIRST), entry("k0", &SECOND), entry("k2", &THIRD));
    let secret = BASE64URL_NOPAD.encode(&FIRST);
    assert_eq!(keyring(&[("k1", FIRST)]).key_ids(), [&KeyId::new("k1").unwrap()]);
    assert_eq!(format!(" {one} , {two}\n").parse::<Keyring>().unwrap().key_ids().len(), 2);
    let table = [
        (String::new(), KeyringError::Empty),
        (" \n".to_owned(), KeyringError::Empty),
        (format!("{one},{two},{three}"), KeyringError::TooMany),
        (format!("{one},"), KeyringError::Shape { entry: 2 }),
        (format!(",{one}"), KeyringError::Shape { entry: 1 }),
        (secret.clone(), KeyringError::Shape { entry: 1 }),
        (format!("{secret}:k1"), KeyringError::KeyId { entry: 1 }),
        (format!("{one},:{secret}"), KeyringError::KeyId { entry: 2 }),
        (format!("K1:{secret}"), KeyringError::KeyId { entry: 1 }),
        (format!("{}:{secret}", "k".repeat(17)), KeyringError::KeyId { entry: 1 }),
        (format!("k1:{secret}="), KeyringError::Secret { entry: 1 }),
        (format!("{one},k0:{}", &secret[1..]), KeyringError::Secret { entry: 2 }),
        ("k1:".to_owned(), KeyringError::Secret { entry: 1 }),
        (format!("k1:{}", BASE64URL_NOPAD.encode(&[0; KEY_BYTES])), KeyringError::Secret { entry: 1 }),
        (format!("{one},k1:{}", BASE64URL_NOPAD.encode(&SECOND)), KeyringError::Repeated),
        (format!("{one},k0:{secret}"), KeyringError::Repeated),
    ];
    for (text, expected) in table {
        let error = text.parse::<Keyring>().unwrap_err();
        assert_eq!(error, expected);
        assert!(!format!("{error} {error:?}").contains(&secret[1..9]), "{error} tells nothing");
    }
}

#[test]
fn a_placeholder_secret_is_refused_however_it_arrives() {
    let id = KeyId::new("k1").unwrap();
    assert!(Keyring::single(id.clone(), &[b'x'; KEY_BYTES]).is_err());
    let ring = Keyring::single(id, &FIRST).unwrap();
    let token = ring.seal(&review()).unwrap();
    assert!(keyring(&[("k1", FIRST)]).open(token.as_str(), Purpose::Review, at(NOW)).is_ok());
}

#[test]
fn nothing_secret_is_printed() {
    let token = keys().seal(&review()).unwrap();
    let code = ReturnCode::from_bytes(*b"0123456789");
    let printed = format!("{:?} {token:?} {code:?} {:#?}", keys(), keys());
    assert!(printed.contains("k1") && printed.contains("k0"), "names are public: {printed}");
    let secrets = [
        BASE64URL_NOPAD.encode(&FIRST),
        BASE64URL_NOPAD.encode(&SECOND),
        format!("{FIRST:?}").trim_matches(['[', ']']).to_owned(),
        String::from_utf8(FIRST.to_vec()).unwrap(),
        token.as_str().to_owned(),
        token.as_str()[9..40].to_owned(),
        code.to_string(),
        code.hash(),
    ];
    for secret in secrets {
        assert!(!printed.contains(&secret), "{printed}");
    }
}

proptest! {
    #[test]
    fn no_text_of_keys_panics_or_is_quoted(text in "[a-z0-9:,_=-]{0,120}|\\PC{0,60}") {
        if let Err(error) = text.parse::<Keyring>() {
            prop_assert!(text.trim().len() < 12 || !error.to_string().contains(text.trim()));
        }
    }
}
