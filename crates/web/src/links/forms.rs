//! Sealed forms: a hidden field that ties a form to the person, revision and version it was shown for.
//!
//! The invariant: a form counts only for exactly what its page showed. The seal is stateless: everything it is bound to
//! is authenticated as the token's implicit assertion and not sent, so the server has to expect the very same values
//! for it to open. A seal never opens as a link, nor a link as a seal.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::{DeadLink, Keyring, SealError, Token};

/// How long a form may stay open before it is sent. An evening's reading with interruptions fits; afterwards the page
/// is shown again with what was typed, under a fresh seal.
pub const FORM_LIFETIME: SignedDuration = SignedDuration::from_hours(2);

/// Part of what authenticates every form; differs from the domain of links.
const FORM_DOMAIN: &str = "clientsconnect form v1";

/// What sending a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FormAction {
    /// Casts, changes or undoes a ballot, or steps back.
    Ballot,
    /// The submitter changes words.
    Words,
    /// The submitter withdraws.
    Withdraw,
    /// The submitter answers changed words.
    Agree,
    /// The submitter asks for a person.
    Appeal,
}

/// A digest of the values chosen on a form, so that a confirmation page confirms those values and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChoiceDigest([u8; 32]);

impl ChoiceDigest {
    /// Digests names and values in the given order. Each is preceded by its length: moving a letter from one to the
    /// next gives another digest.
    #[must_use]
    pub fn of(fields: &[(&str, &str)]) -> Self {
        let mut hasher = Sha256::new();
        for part in fields.iter().flat_map(|(name, value)| [name, value]) {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        Self(hasher.finalize().into())
    }
}

impl Serialize for ChoiceDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// What a form is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormSeal {
    /// What sending it does.
    pub action: FormAction,
    /// The submission's id; empty where there is none.
    pub subject: String,
    /// The person's opaque id; empty where there is none.
    pub person: String,
    /// The revision that was shown, or [`super::NO_REVISION`].
    pub revision: u32,
    /// The version of the stored state that was shown.
    pub version: u64,
    /// On a confirmation page, what was chosen; nothing on the form before it.
    pub digest: Option<ChoiceDigest>,
}

impl FormSeal {
    fn assertion(&self) -> Result<String, serde_json::Error> {
        Ok(format!("{FORM_DOMAIN} {}", serde_json::to_string(self)?))
    }
}

/// All that is sent: when the form ends.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormClaims {
    #[serde(rename = "x")]
    expires_at: i64,
}

impl Keyring {
    /// Seals a form shown at `now`, for [`FORM_LIFETIME`].
    ///
    /// # Errors
    /// [`SealError`], where it cannot be written or encrypted.
    pub fn seal_form(&self, form: &FormSeal, now: Timestamp) -> Result<Token, SealError> {
        let expires_at = now.checked_add(FORM_LIFETIME).map_err(|_| SealError::Claims)?.as_second();
        let assertion = form.assertion().map_err(|_| SealError::Claims)?;
        self.seal_claims(&FormClaims { expires_at }, assertion.as_bytes())
    }

    /// Whether a form that came back was shown for exactly `expected` and is in time. The caller builds `expected`
    /// from its link, its stored state and the values sent, never from the form's own claims.
    ///
    /// # Errors
    /// [`DeadLink`], whatever the reason; the caller shows a fresh form with what was typed.
    pub fn check_form(&self, seal: &str, expected: &FormSeal, now: Timestamp) -> Result<(), DeadLink> {
        let assertion = expected.assertion().map_err(|_| DeadLink)?;
        let claims: FormClaims = self.open_claims(seal, assertion.as_bytes())?;
        if now.as_second() < claims.expires_at { Ok(()) } else { Err(DeadLink) }
    }
}
