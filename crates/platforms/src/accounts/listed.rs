//! The platforms, each with one entry: what makes an account there, and how it is made.
//!
//! Invariant: an entry asks for no setting that it does not name.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Account, Listing, Planned, Setting};
use crate::{
    PlatformError,
    bluesky::{self, Bluesky},
    mastodon::{self, Limits, Mastodon},
    x::{self, X},
};

const fn plain(name: &'static str, whence: &'static str) -> Setting {
    Setting { name, is_secret: false, usual: None, whence }
}

const fn secret(name: &'static str, whence: &'static str) -> Setting {
    Setting { name, is_secret: true, usual: None, whence }
}

const BLUESKY_SERVICE: &str = "BLUESKY_SERVICE";
const BLUESKY_IDENTIFIER: &str = "BLUESKY_IDENTIFIER";
const BLUESKY_PASSWORD: &str = "BLUESKY_PASSWORD";
const X_API: &str = "X_API";
const X_USER_ID: &str = "X_USER_ID";
const X_CONSUMER_KEY: &str = "X_CONSUMER_KEY";
const X_CONSUMER_SECRET: &str = "X_CONSUMER_SECRET";
const X_ACCESS_TOKEN: &str = "X_ACCESS_TOKEN";
const X_ACCESS_TOKEN_SECRET: &str = "X_ACCESS_TOKEN_SECRET";
const MASTODON_SERVER: &str = "MASTODON_SERVER";
const MASTODON_ACCESS_TOKEN: &str = "MASTODON_ACCESS_TOKEN";

/// Where X shows an app's keys.
const X_KEYS: &str = "https://console.x.com, the app's keys and tokens, with the right to read and write";

/// All of them.
pub static PLATFORMS: &[Listing] = &[
    Listing {
        name: "bluesky",
        title: "Bluesky",
        settings: &[
            plain(BLUESKY_SERVICE, "the server that keeps the account, such as https://bsky.social"),
            plain(BLUESKY_IDENTIFIER, "the account's handle"),
            secret(BLUESKY_PASSWORD, "an app password: https://bsky.app/settings/app-passwords"),
        ],
        rules: |limits| limits.is_empty().then(bluesky::rules),
        connect: |told, _| {
            let account = bluesky::Account {
                service: told.plain(BLUESKY_SERVICE),
                identifier: told.plain(BLUESKY_IDENTIFIER),
            };
            Arc::new(Bluesky::new(account, told.secret(BLUESKY_PASSWORD)))
        },
    },
    Listing {
        name: "x",
        title: "X",
        settings: &[
            Setting { usual: Some("https://api.x.com"), ..plain(X_API, "the base address of X's API") },
            plain(X_USER_ID, "the account's id, in digits: the first part of its access token"),
            secret(X_CONSUMER_KEY, X_KEYS),
            secret(X_CONSUMER_SECRET, X_KEYS),
            secret(X_ACCESS_TOKEN, X_KEYS),
            secret(X_ACCESS_TOKEN_SECRET, X_KEYS),
        ],
        rules: |limits| limits.is_empty().then(x::rules),
        connect: |told, freshness| {
            let account = x::Account { base: told.plain(X_API), user: told.plain(X_USER_ID) };
            let credentials = x::Credentials {
                consumer_key: told.secret(X_CONSUMER_KEY),
                consumer_secret: told.secret(X_CONSUMER_SECRET),
                access_token: told.secret(X_ACCESS_TOKEN),
                access_token_secret: told.secret(X_ACCESS_TOKEN_SECRET),
            };
            Arc::new(X::new(account, credentials, Arc::clone(freshness)))
        },
    },
    Listing {
        name: "mastodon",
        title: "Mastodon",
        settings: &[
            plain(MASTODON_SERVER, "the server that keeps the account, such as https://mastodon.social"),
            secret(
                MASTODON_ACCESS_TOKEN,
                "the access token of an app with the scopes read and write: the account's settings, Development",
            ),
        ],
        rules: |limits| match limits {
            "" => Some(mastodon::rules(Limits::default())),
            limits => limits.parse().ok().map(mastodon::rules),
        },
        connect: |told, _| {
            let account = mastodon::Account::on(&told.plain(MASTODON_SERVER));
            Arc::new(Mastodon::new(account, told.secret(MASTODON_ACCESS_TOKEN)))
        },
    },
];

/// What words are composed for where nobody can be asked, or needs to be.
pub(super) fn usual(name: &str) -> Planned {
    // Unwrap safety: names are those of the entries, and each has usual limits; a test goes through them.
    #[allow(clippy::expect_used)]
    name.parse().expect("every platform has usual limits")
}

#[async_trait]
impl Account for Bluesky {
    async fn verify(&self) -> Result<(), PlatformError> {
        self.check().await
    }

    async fn planned(&self) -> Result<Planned, PlatformError> {
        Ok(usual("bluesky"))
    }
}

#[async_trait]
impl Account for X {
    async fn verify(&self) -> Result<(), PlatformError> {
        self.check().await
    }

    async fn planned(&self) -> Result<Planned, PlatformError> {
        Ok(usual("x"))
    }
}

#[async_trait]
impl Account for Mastodon {
    async fn verify(&self) -> Result<(), PlatformError> {
        self.check().await.map(drop)
    }

    async fn planned(&self) -> Result<Planned, PlatformError> {
        let limits = self.read_limits().await?;
        format!("mastodon:{limits}")
            .parse()
            .map_err(|_| PlatformError::Unavailable("the server's limits are none"))
    }
}
