//! Secrets of platforms: where a password comes from is the business of whoever runs the process.
//!
//! Invariant: nothing here prints a secret.

use std::fmt;

use async_trait::async_trait;

/// A secret cannot be read now. Says why in a word, without any part of the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret cannot be read: {0}")]
pub struct SecretUnavailable(pub String);

/// A secret that is read when it is needed, so that a changed one is in force without a restart.
#[async_trait]
pub trait Secret: Send + Sync {
    /// Reads it.
    ///
    /// # Errors
    /// [`SecretUnavailable`]: a later try may succeed.
    async fn read(&self) -> Result<String, SecretUnavailable>;
}

/// A secret that is known from the start.
pub struct FixedSecret(String);

impl FixedSecret {
    /// Keeps `secret`.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for FixedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FixedSecret(..)")
    }
}

#[async_trait]
impl Secret for FixedSecret {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        Ok(self.0.clone())
    }
}
