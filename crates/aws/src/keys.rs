//! The keys of signed links, from an SSM SecureString.

use aws_sdk_ssm::{Client, error::ProvideErrorMetadata};

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
