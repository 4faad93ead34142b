//! Bluesky beside the timeline, for who asks for it in the environment.
//!
//! Invariant: all of it or nothing. Half an account is refused at the start, so that nobody believes that posts appear
//! where they do not.

use std::{fmt, sync::Arc};

use anyhow::bail;
use curation::composition::PlatformRules;
use platforms::{
    bluesky::{self, Account, Bluesky},
    secret::FixedSecret,
};

use super::timeline;

const SERVICE: &str = "BLUESKY_SERVICE";
const IDENTIFIER: &str = "BLUESKY_IDENTIFIER";
const PASSWORD: &str = "BLUESKY_PASSWORD";

/// An account that was asked for.
#[derive(Clone)]
pub(crate) struct Asked {
    account: Account,
    password: String,
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Asked {
    /// The account of the process's environment, if it names one.
    ///
    /// # Errors
    /// If it names a part of one; says what is missing.
    pub(crate) fn of_process() -> anyhow::Result<Option<Self>> {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(read: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<Self>> {
        let names = [SERVICE, IDENTIFIER, PASSWORD];
        let values = names
            .map(|name| read(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()));
        match values {
            [None, None, None] => Ok(None),
            [Some(service), Some(identifier), Some(password)] => {
                Ok(Some(Self { account: Account { service, identifier }, password }))
            }
            values => {
                let missing = names.into_iter().zip(values).filter(|(_, value)| value.is_none());
                let missing = missing.map(|(name, _)| name).collect::<Vec<_>>().join(" and ");
                bail!(
                    "to publish to Bluesky, set {missing} too; to publish to the timeline alone, unset all of {SERVICE}, {IDENTIFIER} and {PASSWORD}"
                )
            }
        }
    }

    /// The platform.
    pub(crate) fn platform(&self) -> Bluesky {
        Bluesky::new(self.account.clone(), Arc::new(FixedSecret::new(self.password.clone())))
    }

    /// What whoever starts the channel should know.
    pub(crate) fn news(&self) -> String {
        let Account { service, identifier } = &self.account;
        format!(
            "Posts appear on the timeline and on Bluesky, as {identifier} at {service}: what is approved here is public."
        )
    }
}

/// What words are composed for here: the timeline and the feed, and Bluesky if it is asked for.
pub(crate) fn rules(asked: Option<&Asked>) -> Vec<PlatformRules> {
    let mut rules = vec![timeline::rules(), app::feed::rules()];
    rules.extend(asked.map(|_| bluesky::rules()));
    rules
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(values: &[(&str, &str)]) -> anyhow::Result<Option<Asked>> {
        Asked::of(|name| values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn half_an_account_is_refused_by_the_names_of_what_is_missing() {
        assert!(asked(&[]).unwrap().is_none());
        assert!(asked(&[(SERVICE, " "), (PASSWORD, "")]).unwrap().is_none());
        let refused = asked(&[(SERVICE, "https://bsky.example"), (PASSWORD, "")]).err().unwrap().to_string();
        assert!(refused.contains("set BLUESKY_IDENTIFIER and BLUESKY_PASSWORD too"), "{refused}");
        let refused = asked(&[(PASSWORD, "hunter2")]).err().unwrap().to_string();
        assert!(refused.contains("set BLUESKY_SERVICE and BLUESKY_IDENTIFIER too"), "{refused}");
        assert!(!refused.contains("hunter2"));
    }

    #[test]
    fn a_whole_account_adds_a_platform_and_its_password_is_not_told() {
        let whole =
            [(SERVICE, "https://bsky.example"), (IDENTIFIER, "channel.example"), (PASSWORD, "hunter2")];
        let asked = asked(&whole).unwrap().unwrap();
        let names = |asked| rules(asked).into_iter().map(|one| one.platform.to_string()).collect::<Vec<_>>();
        assert_eq!(names(Some(&asked)), ["local", "feed", "bluesky"]);
        assert_eq!(names(None), ["local", "feed"]);
        assert!(asked.news().contains("channel.example"));
        assert!(!asked.news().contains("hunter2") && !format!("{asked:?}").contains("hunter2"));
    }
}
