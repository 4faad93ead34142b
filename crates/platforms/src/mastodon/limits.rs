//! What a server accepts, as it says itself (<https://docs.joinmastodon.org/entities/Instance/>).
//!
//! Invariant: what a server does not say, or says absurdly, is what an unchanged Mastodon server does.

use std::{fmt, str::FromStr};

use serde_json::Value;

/// The longest post in characters, of an unchanged server (`StatusLengthValidator::MAX_CHARS`).
const LONGEST: usize = 500;
/// What an address counts, of an unchanged server (`StatusLengthValidator::URL_PLACEHOLDER_CHARS`).
const PER_URL: usize = 23;
/// Servers that allow more exist; nobody reads more in one post.
const LONGEST_OF_ALL: u64 = 100_000;
/// The version of the API that has quotes (<https://docs.joinmastodon.org/client/quotes/>).
const QUOTES_FROM_API: u64 = 7;
/// The version of Mastodon that has them, for servers that do not name the version of their API.
const QUOTES_FROM: (u64, u64) = (4, 5);

/// What one server accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest post, content warning and all, as [`curation::composition::Measure::Mastodon`] counts.
    pub longest: usize,
    /// What an address counts.
    pub per_url: usize,
    /// Whether a post may quote another.
    pub has_quotes: bool,
}

impl Default for Limits {
    /// Those of an unchanged server, and no quotes: not every server has them.
    fn default() -> Self {
        Self { longest: LONGEST, per_url: PER_URL, has_quotes: false }
    }
}

impl Limits {
    /// From the answer to `GET /api/v2/instance`.
    pub(super) fn read(instance: &Value) -> Self {
        let statuses = &instance["configuration"]["statuses"];
        let number = |name: &str, otherwise: usize| {
            let said = statuses[name].as_u64().filter(|number| (1..=LONGEST_OF_ALL).contains(number));
            said.and_then(|number| usize::try_from(number).ok()).unwrap_or(otherwise)
        };
        let has_quotes = match instance["api_versions"]["mastodon"].as_u64() {
            Some(api) => api >= QUOTES_FROM_API,
            None => version(instance["version"].as_str().unwrap_or_default())
                .is_some_and(|version| version >= QUOTES_FROM),
        };
        Self {
            longest: number("max_characters", LONGEST),
            per_url: number("characters_reserved_per_url", PER_URL),
            has_quotes,
        }
    }
}

impl fmt::Display for Limits {
    /// As configuration says it: `500:23`, and `500:23:quotes` if the server has them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { longest, per_url, has_quotes } = self;
        write!(f, "{longest}:{per_url}{}", if *has_quotes { ":quotes" } else { "" })
    }
}

/// A text does not say what a server accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no limits of a server, such as 500:23 or 500:23:quotes")]
pub struct NoLimits;

impl FromStr for Limits {
    type Err = NoLimits;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let mut number = || {
            let number = parts.next()?.parse::<u64>().ok().filter(|one| (1..=LONGEST_OF_ALL).contains(one));
            number.and_then(|number| usize::try_from(number).ok())
        };
        let (longest, per_url) = (number().ok_or(NoLimits)?, number().ok_or(NoLimits)?);
        let has_quotes = match (parts.next(), parts.next()) {
            (None, None) => false,
            (Some("quotes"), None) => true,
            _ => return Err(NoLimits),
        };
        Ok(Self { longest, per_url, has_quotes })
    }
}

/// The first two numbers of a version. What is compatible with Mastodon gives Mastodon's first and its own later.
fn version(text: &str) -> Option<(u64, u64)> {
    let mut numbers = text.split('.');
    let mut next = || numbers.next()?.parse().ok();
    Some((next()?, next()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_server_says_what_it_accepts() {
        let instance = |statuses: Value| json!({ "configuration": { "statuses": statuses } });
        let limits = |longest, per_url| Limits { longest, per_url, has_quotes: false };
        for (answer, expected) in [
            (json!({}), limits(500, 23)),
            (json!([]), limits(500, 23)),
            (
                instance(json!({ "max_characters": 5000, "characters_reserved_per_url": 30 })),
                limits(5000, 30),
            ),
            (instance(json!({ "max_characters": 0, "characters_reserved_per_url": -1 })), limits(500, 23)),
            (
                instance(json!({ "max_characters": "many", "characters_reserved_per_url": null })),
                limits(500, 23),
            ),
            (instance(json!({ "max_characters": 1_000_000_000 })), limits(500, 23)),
        ] {
            assert_eq!(Limits::read(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn limits_are_read_as_they_are_written() {
        for limits in [Limits::default(), Limits { longest: 5000, per_url: 30, has_quotes: true }] {
            assert_eq!(limits.to_string().parse(), Ok(limits));
        }
        assert_eq!(Limits::default().to_string(), "500:23");
    }

    #[test]
    fn quotes_are_known_by_the_version_of_the_api_and_else_by_that_of_the_server() {
        for (answer, has_quotes) in [
            (json!({ "version": "4.5.0", "api_versions": { "mastodon": 7 } }), true),
            (json!({ "version": "4.5.0-nightly.2025-07-11", "api_versions": { "mastodon": 6 } }), false),
            (json!({ "version": "4.4.1+fork", "api_versions": { "mastodon": 8 } }), true),
            (json!({ "version": "4.5.2" }), true),
            (json!({ "version": "10.0.0" }), true),
            (json!({ "version": "4.2.1" }), false),
            (json!({ "version": "2.7.2 (compatible; Example 9.9)" }), false),
            (json!({ "version": "new" }), false),
        ] {
            assert_eq!(Limits::read(&answer).has_quotes, has_quotes, "{answer}");
        }
    }
}
