//! The channel's accounts: which platforms there are, what each has to be told, and what words are composed for.
//!
//! Invariant: an account is told whole or not at all, and half of one is called so by the names of what is missing.
//! Whoever runs the process says where values come from; nothing here prints a secret.

mod listed;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use async_trait::async_trait;
use curation::composition::{PlatformName, PlatformRules};

pub use self::listed::PLATFORMS;
use crate::{
    Platform, PlatformError,
    secret::{Secret, SecretUnavailable},
    x::Freshness,
};

/// A platform on which the channel can have an account.
pub struct Listing {
    /// As it is stored and configured: [`curation::composition::PlatformName`].
    pub name: &'static str,
    /// As people call it.
    pub title: &'static str,
    /// What makes an account: first what is public, its server before its name.
    pub settings: &'static [Setting],
    /// What words are composed for, from what its [`Planned`] form says of limits; `None` if that says nothing sensible.
    rules: fn(limits: &str) -> Option<PlatformRules>,
    /// The account, which connects to nothing yet.
    connect: fn(&Told, &Arc<dyn Freshness>) -> Arc<dyn Account>,
}

/// A platform's name as people know it.
#[must_use]
pub fn title(platform: &PlatformName) -> &str {
    let name = platform.as_str();
    PLATFORMS.iter().find(|listing| listing.name == name).map_or(name, |listing| listing.title)
}

/// One thing that makes an account.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the environment.
    pub name: &'static str,
    /// Whether nobody else may know it.
    pub is_secret: bool,
    /// What it is unless somebody says otherwise.
    pub usual: Option<&'static str>,
    /// Where a person finds it.
    pub whence: &'static str,
}

impl Setting {
    /// The end of the name of the SSM parameter that holds it: `X_USER_ID` is in `/CHANNEL/x-user-id`.
    #[must_use]
    pub fn parameter(&self) -> String {
        self.name.to_ascii_lowercase().replace('_', "-")
    }
}

/// What a setting is.
pub enum Value {
    /// Something that may be shown.
    Plain(String),
    /// A secret, to be read when it is needed.
    Secret(Arc<dyn Secret>),
}

/// All that makes one account.
pub struct Told {
    plain: BTreeMap<&'static str, String>,
    secret: BTreeMap<&'static str, Arc<dyn Secret>>,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").field("plain", &self.plain).finish_non_exhaustive()
    }
}

impl fmt::Display for Told {
    /// What is public of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plain.values().map(String::as_str).collect::<Vec<_>>().join(", "))
    }
}

impl Told {
    fn plain(&self, name: &str) -> String {
        self.plain.get(name).cloned().unwrap_or_default()
    }

    fn secret(&self, name: &str) -> Arc<dyn Secret> {
        self.secret.get(name).map_or_else(|| Arc::new(NoSetting) as Arc<dyn Secret>, Arc::clone)
    }
}

/// In place of a secret that is no setting of the platform.
struct NoSetting;

#[async_trait]
impl Secret for NoSetting {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        Err(SecretUnavailable("nobody asked for it".to_owned()))
    }
}

/// An account that is told by half.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("half an account on {title}: {} is missing", missing.iter().map(|one| one.name).collect::<Vec<_>>().join(" and "))]
pub struct Half {
    /// The platform, as people call it.
    pub title: &'static str,
    /// What is missing.
    pub missing: Vec<&'static Setting>,
}

impl Listing {
    /// What makes the account, if there is one. A value is there or not; whether it is right, the platform tells.
    ///
    /// # Errors
    /// [`Half`] of an account.
    pub fn told(&self, look: impl Fn(&Setting) -> Option<Value>) -> Result<Option<Told>, Half> {
        let mut told = Told { plain: BTreeMap::new(), secret: BTreeMap::new() };
        let mut missing = Vec::new();
        let mut is_asked_for = false;
        for setting in self.settings {
            let value = look(setting);
            is_asked_for |= value.is_some() && setting.usual.is_none();
            match value.or_else(|| setting.usual.map(|usual| Value::Plain(usual.to_owned()))) {
                Some(Value::Plain(value)) => drop(told.plain.insert(setting.name, value)),
                Some(Value::Secret(secret)) => drop(told.secret.insert(setting.name, secret)),
                None => missing.push(setting),
            }
        }
        match (is_asked_for, missing.is_empty()) {
            (false, _) => Ok(None),
            (true, true) => Ok(Some(told)),
            (true, false) => Err(Half { title: self.title, missing }),
        }
    }

    /// The account. Connects to nothing yet.
    #[must_use]
    pub fn account(&self, told: &Told, freshness: &Arc<dyn Freshness>) -> Arc<dyn Account> {
        (self.connect)(told, freshness)
    }

    /// What words are composed for if the platform could not be asked.
    #[must_use]
    pub fn usual(&self) -> Planned {
        listed::usual(self.name)
    }
}

/// An account on a platform, which can be asked how it is.
#[async_trait]
pub trait Account: Platform {
    /// Asks the platform whose account this is, and whether it may post. Changes nothing there.
    ///
    /// # Errors
    /// [`PlatformError::Unavailable`] with the reason.
    async fn verify(&self) -> Result<(), PlatformError>;

    /// What words are to be composed for: asks a platform whose limits are its own server's.
    ///
    /// # Errors
    /// [`PlatformError::Unavailable`] with the reason.
    async fn planned(&self) -> Result<Planned, PlatformError>;
}

/// A platform and the limits for which words are composed there, as configuration says it: `x`, `mastodon:500:23`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    text: String,
    rules: PlatformRules,
}

impl Planned {
    /// What words are composed for.
    #[must_use]
    pub fn rules(&self) -> &PlatformRules {
        &self.rules
    }

    /// The limits, where the platform has some of its own: what stands behind its name.
    #[must_use]
    pub fn limits(&self) -> Option<&str> {
        self.text.split_once(':').map(|(_, limits)| limits)
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Planned {
    type Err = NotPlanned;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, limits) = match text.split_once(':') {
            Some((_, "")) => return Err(NotPlanned),
            Some(named) => named,
            None => (text, ""),
        };
        let listing = PLATFORMS.iter().find(|listing| listing.name == name).ok_or(NotPlanned)?;
        let rules = (listing.rules)(limits).ok_or(NotPlanned)?;
        Ok(Self { text: text.to_owned(), rules })
    }
}

/// What words are composed for, as configuration says it: `bluesky x mastodon:500:23`. Each platform once, and at least
/// one, since words that are composed for none would be approved for nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan(Vec<Planned>);

impl Plan {
    /// What words are composed for.
    #[must_use]
    pub fn rules(&self) -> Vec<PlatformRules> {
        self.0.iter().map(|planned| planned.rules.clone()).collect()
    }

    /// What is planned for one platform.
    #[must_use]
    pub fn of(&self, listing: &Listing) -> Option<&Planned> {
        self.0.iter().find(|planned| planned.rules.platform.as_str() == listing.name)
    }
}

impl FromStr for Plan {
    type Err = NotPlanned;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let planned = text.split_whitespace().map(str::parse::<Planned>).collect::<Result<Vec<_>, _>>()?;
        let names = planned.iter().map(|one| &one.rules.platform);
        let is_twice = |at: usize, name| names.clone().skip(at + 1).any(|other| other == name);
        let is_good = !planned.is_empty() && !names.clone().enumerate().any(|(at, name)| is_twice(at, name));
        if is_good { Ok(Self(planned)) } else { Err(NotPlanned) }
    }
}

/// What should say for which platforms words are composed says something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not platforms, each once, with limits where they have some, such as `bluesky x mastodon:500:23`")]
pub struct NotPlanned;
