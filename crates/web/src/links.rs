//! Signed links: who may open which page, until when, with no account and no password.
//!
//! A link is a PASETO v4.local token (encrypted and authenticated by the `pasetors` library) around a few claims.
//! The invariant: whatever is wrong with a token, the answer is one and the same [`DeadLink`], so that nobody learns
//! from a refusal whether a person, a submission or a key exists. What needs stored state (epoch, revision) is
//! compared in [`OpenedLink::still_valid`], the only way from an opened token to a [`Link`].

mod forms;
mod keyring;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use forms::{ChoiceDigest, FORM_LIFETIME, FormAction, FormSeal};
pub use keyring::{KEY_BYTES, KeyId, Keyring, KeyringError, key_text};

/// The longest token that is looked at, in bytes. Ours are under 400; mail programs break very long addresses, and a
/// stranger must not make us decode more than this.
pub const MAX_TOKEN_LEN: usize = 1_024;

/// The revision of a link that is not bound to one.
pub const NO_REVISION: u32 = 0;

/// Part of what authenticates every link; a change of the claims' meaning changes this, and ends all older links.
const LINK_DOMAIN: &str = "clientsconnect link v1";

/// What a link opens. A link of one purpose never opens a page of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// One revision's review page, for one therapist.
    Review,
    /// A submitter's status page.
    Status,
    /// A therapist's list of open reviews.
    Inbox,
    /// Signing in to a console.
    SignIn,
    /// Ending mail: a therapist's invitations, or mail about one submission.
    Unsubscribe,
}

impl Purpose {
    /// Every purpose, for tables and tests.
    pub const ALL: [Self; 5] = [Self::Review, Self::Status, Self::Inbox, Self::SignIn, Self::Unsubscribe];

    fn assertion(self) -> String {
        let name = match self {
            Self::Review => "review",
            Self::Status => "status",
            Self::Inbox => "inbox",
            Self::SignIn => "sign_in",
            Self::Unsubscribe => "unsubscribe",
        };
        format!("{LINK_DOMAIN} {name}")
    }
}

/// Why a link does not open, for every reason the same: there is nothing in it that a page could tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this link no longer works")]
pub struct DeadLink;

/// Why a token could not be made. A fault of ours or of the machine, never of a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The link lacks what its purpose needs, for example a review link without a person.
    #[error("the link lacks a subject, a person or a revision that its purpose needs")]
    Incomplete,
    /// The token would be longer than [`MAX_TOKEN_LEN`], so that it would never open.
    #[error("the token would be longer than {MAX_TOKEN_LEN} bytes")]
    TooLong,
    /// The expiry lies outside the calendar, or the claims could not be written.
    #[error("the claims cannot be written")]
    Claims,
    /// The library refused, for example because the system's random source failed.
    #[error("the token could not be encrypted")]
    Encryption,
}

/// A sealed token as it stands in an address or a form's hidden field.
///
/// It is as good as a password, so `Debug` hides it and there is no `Display`: only [`Token::as_str`] gives it out.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The text: letters, digits, `-`, `_` and `.`, which need no escaping in an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}

/// What a link says. Opaque ids only: never a name, an address or a word of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it opens.
    pub purpose: Purpose,
    /// The submission's id; empty where there is none.
    pub subject: String,
    /// The revision it is bound to, or [`NO_REVISION`].
    pub revision: u32,
    /// The person's opaque id; empty where there is none.
    pub person: String,
    /// The person's epoch when the link was made: raising the stored epoch revokes every older link.
    pub epoch: u32,
    /// The first moment at which the link no longer opens. Sealed in whole seconds, rounded down.
    pub expires_at: Timestamp,
}

impl Link {
    /// Whether everything is there that the purpose cannot do without.
    fn is_complete(&self) -> bool {
        match self.purpose {
            Purpose::Review => {
                !self.subject.is_empty() && !self.person.is_empty() && self.revision != NO_REVISION
            }
            Purpose::Status => !self.subject.is_empty(),
            Purpose::Inbox | Purpose::SignIn => !self.person.is_empty(),
            Purpose::Unsubscribe => !self.subject.is_empty() || !self.person.is_empty(),
        }
    }
}

/// A token that is authentic, of the right purpose and in time, but not yet compared with what is stored.
///
/// It gives only what is needed to load that state; [`OpenedLink::still_valid`] turns it into a [`Link`], so that a
/// page cannot forget the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "compare it with the stored epoch and revision: `still_valid`"]
pub struct OpenedLink(Link);

impl OpenedLink {
    /// The submission whose state is to be loaded; empty where there is none.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The person whose epoch is to be loaded; empty where there is none.
    #[must_use]
    pub fn person(&self) -> &str {
        &self.0.person
    }

    /// The revision and the epoch that the link claims, for a step that compares them with what is stored in the very
    /// transaction that it writes.
    #[must_use]
    pub fn claimed(&self) -> (u32, u32) {
        (self.0.revision, self.0.epoch)
    }

    /// The link, if it was made in the current epoch and for the current revision. Pass [`NO_REVISION`] on pages
    /// that are not bound to a revision.
    ///
    /// # Errors
    /// [`DeadLink`] where either differs, also where a link comes from a later epoch or revision than the stored one.
    pub fn still_valid(self, current_epoch: u32, current_revision: u32) -> Result<Link, DeadLink> {
        if self.0.epoch == current_epoch && self.0.revision == current_revision {
            Ok(self.0)
        } else {
            Err(DeadLink)
        }
    }
}

/// The claims as they are sealed: one-letter names, since every byte lengthens an address in a mail.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    #[serde(rename = "p")]
    purpose: Purpose,
    #[serde(rename = "s")]
    subject: String,
    #[serde(rename = "r")]
    revision: u32,
    #[serde(rename = "w")]
    person: String,
    #[serde(rename = "e")]
    epoch: u32,
    #[serde(rename = "x")]
    expires_at: i64,
}

impl Keyring {
    /// Seals a link under the current key.
    ///
    /// # Errors
    /// [`SealError`], where the link lacks what its purpose needs, would be too long, or cannot be encrypted.
    pub fn seal(&self, link: &Link) -> Result<Token, SealError> {
        if !link.is_complete() {
            return Err(SealError::Incomplete);
        }
        let claims = Claims {
            purpose: link.purpose,
            subject: link.subject.clone(),
            revision: link.revision,
            person: link.person.clone(),
            epoch: link.epoch,
            expires_at: link.expires_at.as_second(),
        };
        self.seal_claims(&claims, link.purpose.assertion().as_bytes())
    }

    /// Opens a token that is authentic, of this purpose, and not expired at `now`.
    ///
    /// # Errors
    /// [`DeadLink`], whatever the reason.
    pub fn open(&self, token: &str, purpose: Purpose, now: Timestamp) -> Result<OpenedLink, DeadLink> {
        let link = self.authentic(token, purpose)?;
        if now < link.expires_at { Ok(OpenedLink(link)) } else { Err(DeadLink) }
    }

    /// Everything about a link that needs no clock.
    fn authentic(&self, token: &str, purpose: Purpose) -> Result<Link, DeadLink> {
        let claims: Claims = self.open_claims(token, purpose.assertion().as_bytes())?;
        let link = Link {
            purpose: claims.purpose,
            subject: claims.subject,
            revision: claims.revision,
            person: claims.person,
            epoch: claims.epoch,
            expires_at: Timestamp::from_second(claims.expires_at).map_err(|_| DeadLink)?,
        };
        // The assertion already binds the purpose; the claim is compared too, so that neither is trusted alone.
        if link.purpose == purpose && link.is_complete() { Ok(link) } else { Err(DeadLink) }
    }
}
