//! The style that every page carries, and the headers that go with every answer.
//!
//! Invariant: the content security policy allows nothing but exactly [`STYLE`], by its hash. No script, no picture, no
//! frame, no request to anywhere else: a page can only be read, and its forms go to where it came from.

use std::sync::LazyLock;

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// The one style sheet. Pages put it between `<style>` and `</style>` with nothing added, or the hash does not match.
pub const STYLE: &str = include_str!("../templates/style.css");

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(&Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

/// The `Content-Security-Policy` of every page.
pub fn content_security_policy() -> &'static str {
    &POLICY
}

/// Name and value of each header that every answer carries, page or not.
///
/// Links hold tokens and pages hold drafts, so nothing is stored, indexed or told to the next site.
pub fn security_headers() -> [(&'static str, &'static str); 7] {
    [
        ("content-security-policy", content_security_policy()),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_policy_allows_nothing_but_the_style_and_our_own_forms() {
        let policy = content_security_policy();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        for forbidden in ["unsafe", "script-src", "http:", "https:", "*"] {
            assert!(!policy.contains(forbidden), "{forbidden}");
        }
        assert!(policy.contains("frame-ancestors 'none'"));
    }

    #[test]
    fn every_header_is_valid_http() {
        for (name, value) in security_headers() {
            assert!(http::HeaderName::from_static(name).as_str() == name);
            http::HeaderValue::from_str(value).unwrap();
        }
    }

    #[test]
    fn the_style_loads_nothing_and_closes_no_tag() {
        for forbidden in ["url(", "@import", "</", "<"] {
            assert!(!STYLE.contains(forbidden), "{forbidden}");
        }
    }
}
