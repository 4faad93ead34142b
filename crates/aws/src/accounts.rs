//! The channel's accounts on platforms, as a function's environment tells them. What is public is in the variable of its
//! name; of a secret, `NAME_PARAMETER` says which SSM SecureString has it.
//!
//! Invariant: an account that is told by half, or whose secret is missing, switches off its own platform and no other,
//! and is logged as an error, which alarms somebody. Nothing that waits for it is lost.

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::SdkConfig;
use platforms::{
    accounts::{Account, Half, PLATFORMS, Setting, Value},
    secret::{Secret, SecretUnavailable},
    x::Freshness,
};

use crate::{configuration::Environment, secret::Secret as Parameter, start::SystemFreshness};

/// A secret that SSM keeps.
struct Kept(Parameter<String>);

#[async_trait]
impl Secret for Kept {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        let secret = self.0.get().await.map_err(|error| SecretUnavailable(error.to_string()))?;
        Ok(String::clone(&secret))
    }
}

/// The variable that tells a setting.
fn variable(setting: &Setting) -> String {
    if setting.is_secret { format!("{}_PARAMETER", setting.name) } else { setting.name.to_owned() }
}

/// Every account that the environment tells. A trial's tells none.
#[must_use]
pub fn of(environment: &Environment, sdk: &SdkConfig) -> Vec<Arc<dyn Account>> {
    let freshness: Arc<dyn Freshness> = Arc::new(SystemFreshness);
    let mut accounts = Vec::new();
    for listing in PLATFORMS {
        let told = listing.told(|setting| {
            let value = environment.optional(&variable(setting))?;
            Some(match setting.is_secret {
                false => Value::Plain(value),
                true => {
                    let parameter = Parameter::new(aws_sdk_ssm::Client::new(sdk), value, |text| {
                        // Characters that no header can have would fail each call with less of a reason.
                        match text.is_empty() || text.chars().any(|one| one.is_control()) {
                            true => Err("it is empty, or more than one line".to_owned()),
                            false => Ok(text.to_owned()),
                        }
                    });
                    Value::Secret(Arc::new(Kept(parameter)))
                }
            })
        });
        match told {
            Ok(told) => accounts.extend(told.map(|told| listing.account(&told, &freshness))),
            Err(Half { title, missing }) => {
                let missing = missing.into_iter().map(variable).collect::<Vec<_>>().join(", ");
                tracing::error!(platform = title, missing, "half an account: the platform is switched off");
            }
        }
    }
    accounts
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use aws_config::BehaviorVersion;

    use super::*;

    const WHOLE: [(&str, &str); 11] = [
        ("BLUESKY_SERVICE", "https://bsky.example"),
        ("BLUESKY_IDENTIFIER", "channel.example"),
        ("BLUESKY_PASSWORD_PARAMETER", "/example/bluesky-password"),
        ("X_USER_ID", "42"),
        ("X_API", "https://api.x.example"),
        ("X_CONSUMER_KEY_PARAMETER", "/example/x-consumer-key"),
        ("X_CONSUMER_SECRET_PARAMETER", "/example/x-consumer-secret"),
        ("X_ACCESS_TOKEN_PARAMETER", "/example/x-access-token"),
        ("X_ACCESS_TOKEN_SECRET_PARAMETER", "/example/x-access-token-secret"),
        ("MASTODON_SERVER", "https://mastodon.example"),
        ("MASTODON_ACCESS_TOKEN_PARAMETER", "/example/mastodon-access-token"),
    ];

    fn names(left_out: &[&str]) -> Vec<String> {
        let values =
            WHOLE.into_iter().filter(|(name, _)| !left_out.contains(name)).collect::<BTreeMap<_, _>>();
        let environment = Environment::of(move |name| values.get(name).map(|value| (*value).to_owned()));
        let sdk = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        of(&environment, &sdk).iter().map(|account| account.name().to_string()).collect()
    }

    #[test]
    fn half_an_account_switches_off_its_own_platform_and_no_other() {
        assert_eq!(names(&[]), ["bluesky", "x", "mastodon"]);
        assert_eq!(names(&["X_API"]), ["bluesky", "x", "mastodon"]);
        for (missing, others) in [
            ("BLUESKY_PASSWORD_PARAMETER", ["x", "mastodon"]),
            ("X_CONSUMER_SECRET_PARAMETER", ["bluesky", "mastodon"]),
            ("X_USER_ID", ["bluesky", "mastodon"]),
            ("MASTODON_SERVER", ["bluesky", "x"]),
        ] {
            assert_eq!(names(&[missing]), others, "{missing}");
        }
        assert!(names(&WHOLE.map(|(name, _)| name)).is_empty());
    }
}
