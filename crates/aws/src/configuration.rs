//! Configuration: read from the environment once, at the start, and complete or refused.

use std::{fmt, str::FromStr};

/// Every variable that is missing or cannot be read, so that one deployment mends them all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incomplete(Vec<String>);

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "set these environment variables: {}", self.0.join(", "))
    }
}

impl std::error::Error for Incomplete {}

type Read = Box<dyn Fn(&str) -> Option<String>>;

/// Collects what a function asks of its environment.
///
/// ```
/// let values = [("TABLE_PREFIX", "channel"), ("QUEUE_URL", "")];
/// let mut environment = aws::configuration::Environment::of(move |name| {
///     values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
/// });
/// assert_eq!(environment.required("TABLE_PREFIX"), "channel");
/// environment.required("QUEUE_URL");
/// assert_eq!(environment.readable::<u8>("TABLE_PREFIX", "a number"), None);
/// let missing = environment.complete().unwrap_err();
/// assert_eq!(missing.to_string(), "set these environment variables: QUEUE_URL, TABLE_PREFIX (a number)");
/// ```
pub struct Environment {
    read: Read,
    missing: Vec<String>,
}

impl Environment {
    /// The process's own.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// Any other.
    #[must_use]
    pub fn of(read: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self { read: Box::new(read), missing: vec![] }
    }

    /// A variable that must be there; empty until [`Environment::complete`] refuses if it is not.
    pub fn required(&mut self, name: &str) -> String {
        match (self.read)(name).filter(|value| !value.trim().is_empty()) {
            Some(value) => value,
            None => {
                self.missing.push(name.to_owned());
                String::new()
            }
        }
    }

    /// A variable that must be there and be read as something; `like` says in words as what.
    pub fn readable<T: FromStr>(&mut self, name: &str, like: &str) -> Option<T> {
        let value = self.required(name);
        let read = value.trim().parse().ok();
        if !value.is_empty() && read.is_none() {
            self.missing.push(format!("{name} ({like})"));
        }
        read
    }

    /// A variable that may be there.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.read)(name).filter(|value| !value.trim().is_empty())
    }

    /// A number that may be there.
    pub fn number(&mut self, name: &str, default: u64) -> u64 {
        match (self.read)(name).filter(|value| !value.trim().is_empty()) {
            None => default,
            Some(value) => value.trim().parse().unwrap_or_else(|_| {
                self.missing.push(format!("{name} (a whole number)"));
                default
            }),
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`Incomplete`] names every variable that is missing.
    pub fn complete(self) -> Result<(), Incomplete> {
        if self.missing.is_empty() { Ok(()) } else { Err(Incomplete(self.missing)) }
    }
}
