//! OAuth 1.0a with HMAC-SHA1, as a client with four static keys signs its requests (RFC 5849, section 3).
//!
//! Invariant: what is signed is what is sent. Parameters are read back from the very address to which the request goes,
//! and a body of JSON is no part of a signature (section 3.4.1.3.1). Nothing here prints a key.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, Url};
use sha1::Sha1;

/// All but letters, digits and these four is encoded (section 3.6).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The keys of an app and of the account for which it acts.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) consumer_key: String,
    pub(super) consumer_secret: String,
    pub(super) access_token: String,
    pub(super) access_token_secret: String,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// What no two signatures share (section 3.3).
pub(super) struct Once {
    /// Seconds since 1970.
    pub(super) timestamp: i64,
    /// Letters and digits.
    pub(super) nonce: String,
}

/// The value of the header `Authorization` for a request without a form.
pub(super) fn authorization(keys: &Keys, method: &Method, url: &Url, once: &Once) -> String {
    let timestamp = once.timestamp.to_string();
    let protocol = [
        ("oauth_consumer_key", keys.consumer_key.as_str()),
        ("oauth_nonce", &once.nonce),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", &timestamp),
        ("oauth_token", &keys.access_token),
        ("oauth_version", "1.0"),
    ];
    let signature = signature(keys, &base_string(method, url, &protocol));
    let fields = protocol.into_iter().chain([("oauth_signature", signature.as_str())]);
    let fields = fields.map(|(name, value)| format!("{name}=\"{}\"", encode(value)));
    format!("OAuth {}", fields.collect::<Vec<_>>().join(", "))
}

/// Section 3.4.1. `others` are the parameters that are not in the address.
fn base_string(method: &Method, url: &Url, others: &[(&str, &str)]) -> String {
    let of_url = url.query_pairs().map(|(name, value)| (encode(&name), encode(&value)));
    let others = others.iter().map(|(name, value)| (encode(name), encode(value)));
    let mut parameters = of_url.chain(others).collect::<Vec<_>>();
    // By their encoded bytes, names first (section 3.4.1.3.2).
    parameters.sort();
    let parameters = parameters.into_iter().map(|(name, value)| format!("{name}={value}"));
    let parameters = parameters.collect::<Vec<_>>().join("&");
    format!("{method}&{}&{}", encode(&base_address(url)), encode(&parameters))
}

/// Section 3.4.1.2: without query and fragment. `Url` has small letters and leaves the usual ports out.
fn base_address(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// Section 3.4.2.
fn signature(keys: &Keys, base_string: &str) -> String {
    let key = format!("{}&{}", encode(&keys.consumer_secret), encode(&keys.access_token_secret));
    // Unwrap safety: HMAC takes keys of any length.
    #[allow(clippy::expect_used)]
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes any key");
    mac.update(base_string.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use serde_json::{Value, json};

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn characters_are_encoded_as_the_protocol_has_it() {
        for (text, expected) in [
            ("Ladies + Gentlemen", "Ladies%20%2B%20Gentlemen"),
            ("An encoded string!", "An%20encoded%20string%21"),
            ("Dogs, Cats & Mice", "Dogs%2C%20Cats%20%26%20Mice"),
            ("☃", "%E2%98%83"),
            ("👩", "%F0%9F%91%A9"),
            ("-._~*", "-._~%2A"),
            ("100%25", "100%2525"),
            ("", ""),
        ] {
            assert_eq!(encode(text), expected);
        }
    }

    /// The example of RFC 5849, section 3.4.1.1: parameters that repeat, are empty, or are encoded twice.
    #[test]
    fn the_base_string_is_that_of_the_standard() {
        let address = url("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b");
        let others = [
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
            ("c2", ""),
            ("a3", "2 q"),
        ];
        let expected = concat!(
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26",
            "c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26",
            "oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
        );
        assert_eq!(base_string(&Method::POST, &address, &others), expected);
    }

    /// The example of RFC 5849, section 1.2, with its published keys.
    #[test]
    fn the_signature_is_that_of_the_standard() {
        let keys = Keys {
            consumer_key: "dpf43f3p2l4k3l03".to_owned(),
            consumer_secret: "kd94hf93k423kf44".to_owned(),
            access_token: "nnch734d00sl2jdk".to_owned(),
            access_token_secret: "pfkkdhi9sl3r4s00".to_owned(),
        };
        let address = url("http://photos.example.net/photos?file=vacation.jpg&size=original");
        let others = [
            ("oauth_consumer_key", keys.consumer_key.as_str()),
            ("oauth_token", &keys.access_token),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131202"),
            ("oauth_nonce", "chapoH"),
        ];
        let base = base_string(&Method::GET, &address, &others);
        assert_eq!(signature(&keys, &base), "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    }

    /// The example of <https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature>, with its
    /// published keys.
    #[test]
    fn the_signature_is_that_of_the_platforms_example() {
        let keys = Keys {
            consumer_key: "xvz1evFS4wEEPTGEFPHBog".to_owned(),
            consumer_secret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw".to_owned(),
            access_token: "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb".to_owned(),
            access_token_secret: "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE".to_owned(),
        };
        let others = [
            ("status", "Hello Ladies + Gentlemen, a signed OAuth request!"),
            ("oauth_consumer_key", keys.consumer_key.as_str()),
            ("oauth_nonce", "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "1318622958"),
            ("oauth_token", &keys.access_token),
            ("oauth_version", "1.0"),
        ];
        for (host, expected) in [
            ("api.x.com", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="),
            ("api.twitter.com", "hCtSmYh+iHYCEqBWrE7C7hYmtUk="),
        ] {
            let address = url(&format!("https://{host}/1.1/statuses/update.json?include_entities=true"));
            let base = base_string(&Method::POST, &address, &others);
            assert_eq!(signature(&keys, &base), expected, "{host}");
        }
    }

    /// Signs what it reads, and answers with the headers, one a line.
    const OAUTHLIB: &str = r#"
import json, sys
from oauthlib.oauth1 import Client
for case in json.load(sys.stdin):
    client = Client(case["keys"][0], client_secret=case["keys"][1], resource_owner_key=case["keys"][2],
        resource_owner_secret=case["keys"][3], nonce=case["nonce"], timestamp=case["timestamp"])
    print(client.sign(case["url"], http_method=case["method"])[1]["Authorization"])
"#;

    fn fields(header: &str) -> Vec<String> {
        let mut fields =
            header.strip_prefix("OAuth ").unwrap().split(", ").map(str::to_owned).collect::<Vec<_>>();
        fields.sort();
        fields
    }

    /// Runs where `OAUTHLIB_PYTHON` names an interpreter that has oauthlib; `scripts/test` does.
    #[test]
    fn an_independent_implementation_signs_the_same() {
        let Some(python) = std::env::var_os("OAUTHLIB_PYTHON") else {
            eprintln!("OAUTHLIB_PYTHON is not set: not compared with oauthlib");
            return;
        };
        let texts = [
            "",
            "plain",
            "a b",
            "a+b",
            "100%",
            "%20",
            "%2525",
            "~",
            "*",
            "-._",
            "é",
            "e\u{301}",
            "日本",
            "👩‍👩‍👧‍👦",
            "שלום",
            "!'()",
            ":/?#[]@",
            "$&,;=",
            "\"<>\\^`{|}",
            "line\nbreak\ttab",
            "a=b&c=d",
        ];
        let keys = |text: &str| Keys {
            consumer_key: format!("key{text}"),
            consumer_secret: format!("secret{text}"),
            access_token: format!("token{text}"),
            access_token_secret: text.to_owned(),
        };
        let mut cases = Vec::new();
        for (number, text) in texts.into_iter().enumerate() {
            let mut plain = url("https://api.x.com/2/users/2244994945/tweets");
            let mut repeated = url("http://127.0.0.1:8123/2/tweets?already=en%20coded+too%2B");
            plain.query_pairs_mut().append_pair("q", text).append_pair("empty", "");
            repeated
                .query_pairs_mut()
                .append_pair("a", text)
                .append_pair("a", "b")
                .append_pair("a", text)
                .append_pair(text, "A");
            for (method, address) in
                [(Method::GET, plain), (Method::POST, repeated.clone()), (Method::DELETE, repeated)]
            {
                // Keys are what X makes them: oauthlib takes no key of other characters.
                let keys =
                    keys(if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) { text } else { "x" });
                let keys = Keys {
                    consumer_secret: format!("s-{text}"),
                    access_token_secret: text.to_owned(),
                    ..keys
                };
                cases.push((
                    keys,
                    method,
                    address,
                    Once { timestamp: 1_764_000_000, nonce: format!("nonce{number}") },
                ));
            }
        }
        let questions = cases.iter().map(|(keys, method, address, once)| {
            json!({
                "keys": [keys.consumer_key, keys.consumer_secret, keys.access_token, keys.access_token_secret],
                "method": method.as_str(), "url": address.as_str(), "nonce": once.nonce,
                "timestamp": once.timestamp.to_string(),
            })
        });
        let questions = Value::Array(questions.collect()).to_string();
        let mut child = Command::new(python)
            .args(["-c", OAUTHLIB])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(questions.as_bytes()).unwrap();
        let answer = child.wait_with_output().unwrap();
        assert!(answer.status.success());
        let answers = String::from_utf8(answer.stdout).unwrap();
        assert_eq!(answers.lines().count(), cases.len());
        for ((keys, method, address, once), theirs) in cases.iter().zip(answers.lines()) {
            assert_eq!(
                fields(&authorization(keys, method, address, once)),
                fields(theirs),
                "{method} {address}"
            );
        }
    }

    #[test]
    fn keys_are_never_printed() {
        let keys = Keys {
            consumer_key: "planted".to_owned(),
            consumer_secret: "planted".to_owned(),
            access_token: "planted".to_owned(),
            access_token_secret: "planted".to_owned(),
        };
        assert_eq!(format!("{keys:?}"), "Keys(..)");
    }
}
