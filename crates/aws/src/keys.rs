//! The keys of signed links, from an SSM SecureString.

use aws_sdk_ssm::{Client, error::ProvideErrorMetadata};
use sha2::{Digest, Sha256};

/// The keys could not be had. Says which parameter, never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the parameter {parameter} cannot be read: {reason}")]
pub struct NoKeys {
    /// The parameter's name.
    pub parameter: String,
    /// SSM's code for it.
    pub reason: String,
}

/// Reads a SecureString.
///
/// # Errors
/// [`NoKeys`].
pub async fn read(client: &Client, parameter: &str) -> Result<String, NoKeys> {
    let failed = |reason: &str| NoKeys { parameter: parameter.to_owned(), reason: reason.to_owned() };
    let answer = client.get_parameter().name(parameter).with_decryption(true).send().await;
    let answer = answer.map_err(|error| failed(error.into_service_error().code().unwrap_or("no answer")))?;
    answer.parameter.and_then(|parameter| parameter.value).ok_or_else(|| failed("it has no value"))
}

/// A secret for another purpose, derived from the text of the keys, so that a channel has one secret to keep. It
/// changes when the keys do.
///
/// The keys are uniformly random, so a hash with the purpose in front gives away neither them nor another purpose's secret.
#[must_use]
pub fn derived(purpose: &str, keys: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in ["clientsconnect derived secret v1", purpose, keys.trim()] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// What [`derived`] is asked for by whoever counts requests of one address without keeping the address.
pub const ADDRESSES: &str = "addresses";

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn a_derived_secret_depends_on_purpose_and_keys_and_on_nothing_else() {
        let secret = derived("a", "k1:x");
        assert_eq!(derived("a", "k1:x\n"), secret);
        for other in [derived("b", "k1:x"), derived("a", "k1:y"), derived("ak", "1:x")] {
            assert_ne!(other, secret);
        }
    }
}
