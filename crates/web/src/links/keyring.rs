//! The keys that seal links and forms: the current one, and the one before it while its links are still about.
//!
//! The invariant: a secret leaves this file only into the library that encrypts with it. It is never printed, not by
//! `Debug` and not by an error, and it is wiped from memory when dropped.

use std::fmt;
use std::str::FromStr;

use data_encoding::BASE64URL_NOPAD;
use pasetors::keys::SymmetricKey;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};
use pasetors::{Local, errors::Error as PasetoError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{DeadLink, MAX_TOKEN_LEN, SealError, Token};

/// The length of a secret, in bytes (PASETO v4.local takes 256-bit keys).
pub const KEY_BYTES: usize = 32;

/// The longest key id, in bytes: it stands in every token's footer.
const MAX_KEY_ID_LEN: usize = 16;

/// The public name of a key: 1 to 16 lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyId(String);

impl KeyId {
    /// Takes a name.
    ///
    /// # Errors
    /// [`KeyringError::KeyId`] (of entry 1) where it is empty, too long or has other characters.
    pub fn new(id: &str) -> Result<Self, KeyringError> {
        Self::at(id, 1)
    }

    fn at(id: &str, entry: usize) -> Result<Self, KeyringError> {
        let fits = (1..=MAX_KEY_ID_LEN).contains(&id.len());
        let plain = id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits && plain { Ok(Self(id.to_owned())) } else { Err(KeyringError::KeyId { entry }) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why the text of the keys cannot be used. Names the entry by its place, counted from 1, and quotes nothing: whoever
/// swaps a name and its secret must not find the secret in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// There is no key.
    #[error(
        "there is no link key; give one or two as `name:secret`, the current one first, with a comma between"
    )]
    Empty,
    /// There are more than two keys.
    #[error("there are more than two link keys; only the current and the previous one may be live")]
    TooMany,
    /// An entry has no colon.
    #[error("entry {entry} of the link keys is not of the form `name:secret`")]
    Shape {
        /// Its place, counted from 1.
        entry: usize,
    },
    /// A name is not 1 to 16 lower-case letters, digits and hyphens.
    #[error(
        "the name in entry {entry} of the link keys is not 1 to 16 lower-case letters, digits or hyphens"
    )]
    KeyId {
        /// Its place, counted from 1.
        entry: usize,
    },
    /// A secret is not 32 bytes in base64url.
    #[error("the secret in entry {entry} of the link keys is not 32 bytes in base64url without padding")]
    Secret {
        /// Its place, counted from 1.
        entry: usize,
    },
    /// Both entries have the same name or the same secret, so that a rotation would rotate nothing.
    #[error("the two link keys have the same name or the same secret")]
    Repeated,
}

/// One key and its name.
struct Key {
    id: KeyId,
    /// The library's type wipes itself when dropped.
    secret: SymmetricKey<V4>,
}

impl Key {
    fn new(id: KeyId, secret: &[u8], entry: usize) -> Result<Self, KeyringError> {
        // A secret of one repeated byte is a placeholder that somebody forgot to replace.
        let placeholder = secret.iter().all(|byte| Some(byte) == secret.first());
        if secret.len() != KEY_BYTES || placeholder {
            return Err(KeyringError::Secret { entry });
        }
        let secret = SymmetricKey::from(secret).map_err(|_| KeyringError::Secret { entry })?;
        Ok(Self { id, secret })
    }

    fn parse(text: &str, entry: usize) -> Result<Self, KeyringError> {
        let (id, secret) = text.trim().split_once(':').ok_or(KeyringError::Shape { entry })?;
        let id = KeyId::at(id, entry)?;
        let secret = BASE64URL_NOPAD
            .decode(secret.as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| KeyringError::Secret { entry })?;
        Self::new(id, &secret, entry)
    }
}

/// The live keys: the current one seals, both open.
///
/// To rotate, put a new key in front and drop the oldest; a link under a dropped key is dead.
pub struct Keyring {
    current: Key,
    previous: Option<Key>,
}

impl Keyring {
    /// A keyring of one key, from 32 random bytes that the caller drew.
    ///
    /// # Errors
    /// [`KeyringError::Secret`] where the bytes are a placeholder (one byte repeated).
    pub fn single(id: KeyId, secret: &[u8; KEY_BYTES]) -> Result<Self, KeyringError> {
        Ok(Self { current: Key::new(id, secret, 1)?, previous: None })
    }

    /// The names of the live keys, the current one first.
    #[must_use]
    pub fn key_ids(&self) -> Vec<&KeyId> {
        self.keys().map(|key| &key.id).collect()
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// Seals claims under the current key, bound to `assertion`, which is authenticated but not sent.
    pub(super) fn seal_claims<C: Serialize>(&self, claims: &C, assertion: &[u8]) -> Result<Token, SealError> {
        let payload = serde_json::to_vec(claims).map_err(|_| SealError::Claims)?;
        let token = self.encrypt(&payload, assertion).map_err(|_| SealError::Encryption)?;
        if token.len() > MAX_TOKEN_LEN {
            return Err(SealError::TooLong);
        }
        Ok(Token(token))
    }

    /// The library draws the nonce from the system's random source itself. Randomness is passed in everywhere else;
    /// here it decides nothing that a test or a replay would want to fix, and a nonce repeated by a caller's mistake
    /// would undo the encryption.
    pub(super) fn encrypt(&self, payload: &[u8], assertion: &[u8]) -> Result<String, PasetoError> {
        let footer = self.current.id.0.as_bytes();
        LocalToken::encrypt(&self.current.secret, payload, Some(footer), Some(assertion))
    }

    /// Opens claims that were sealed under a live key and bound to the same `assertion`.
    pub(super) fn open_claims<C: DeserializeOwned>(
        &self,
        token: &str,
        assertion: &[u8],
    ) -> Result<C, DeadLink> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(DeadLink);
        }
        let untrusted = UntrustedToken::<Local, V4>::try_from(token).map_err(|_| DeadLink)?;
        let footer = untrusted.untrusted_footer();
        // Names are public, so this comparison may tell by its time which key is meant.
        let key = self.keys().find(|key| key.id.0.as_bytes() == footer).ok_or(DeadLink)?;
        let trusted =
            LocalToken::decrypt(&key.secret, &untrusted, Some(key.id.0.as_bytes()), Some(assertion))
                .map_err(|_| DeadLink)?;
        serde_json::from_str(trusted.payload()).map_err(|_| DeadLink)
    }
}

impl FromStr for Keyring {
    type Err = KeyringError;

    /// Reads `name:secret` or `name:secret,name:secret`, the current key first; the secret is 32 bytes in base64url.
    fn from_str(text: &str) -> Result<Self, KeyringError> {
        if text.trim().is_empty() {
            return Err(KeyringError::Empty);
        }
        let mut entries = text.split(',');
        let current = Key::parse(entries.next().unwrap_or_default(), 1)?;
        let previous = entries.next().map(|entry| Key::parse(entry, 2)).transpose()?;
        if entries.next().is_some() {
            return Err(KeyringError::TooMany);
        }
        if previous.as_ref().is_some_and(|key| key.id == current.id || key.secret == current.secret) {
            return Err(KeyringError::Repeated);
        }
        Ok(Self { current, previous })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("keys", &self.key_ids()).finish_non_exhaustive()
    }
}

/// The text of one key as [`Keyring`] reads it, for whoever makes a key (the local mode on its first run). Wiped when
/// dropped; it belongs into a file or a parameter that only the functions can read.
#[must_use]
pub fn key_text(id: &KeyId, secret: &[u8; KEY_BYTES]) -> Zeroizing<String> {
    Zeroizing::new(format!("{}:{}", id.as_str(), BASE64URL_NOPAD.encode(secret)))
}
