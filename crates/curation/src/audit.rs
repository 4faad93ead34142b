//! The audit record: one hash chain per submission, an entry per transition.
//!
//! Invariant: entries hold opaque ids and commitments, never text, so that erasing the text and its salts leaves a
//! chain that still verifies.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    composition::{ContentHash, canonical},
    ids::{PersonId, SubmissionId},
};

/// Who acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Whoever proposed the text.
    Submitter,
    /// Somebody on the roster.
    Person(PersonId),
    /// The program, by its own rules.
    System,
}

/// What an entry commits to without showing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commitment {
    /// What was committed to, such as `content` or `report`.
    pub what: String,
    /// The salted hash.
    pub hash: ContentHash,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The submission whose chain this is.
    pub submission: SubmissionId,
    /// 1 for the first.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What was done: a verb in the past and, where it needs one, its object, such as `ballot_cast: approve`.
    pub action: String,
    /// The state after it.
    pub state: String,
    /// The revision it concerns.
    pub revision: u32,
    /// What was seen or decided upon.
    pub commitments: Vec<Commitment>,
    /// The hash of the entry before; for the first, 64 zeros.
    pub previous: EntryHash,
}

/// The SHA-256 of an entry's canonical JSON (RFC 8785), in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryHash(String);

impl EntryHash {
    /// What the first entry follows.
    #[must_use]
    pub fn genesis() -> Self {
        Self("0".repeat(64))
    }
}

impl fmt::Display for EntryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The end of a chain, as the submission itself carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// The number of entries.
    pub sequence: u64,
    /// The hash of the last.
    pub hash: EntryHash,
}

impl Default for ChainHead {
    fn default() -> Self {
        Self { sequence: 0, hash: EntryHash::genesis() }
    }
}

impl Entry {
    /// The entry's hash.
    #[must_use]
    pub fn hash(&self) -> EntryHash {
        EntryHash(data_encoding::HEXLOWER.encode(&Sha256::digest(canonical(self))))
    }
}

impl ChainHead {
    /// The next entry of the channel's own record: of what is about no submission, such as its switches.
    #[must_use]
    pub fn of_channel(&self, at: Timestamp, actor: Actor, action: String) -> Entry {
        Entry {
            submission: SubmissionId::CHANNEL,
            sequence: self.sequence + 1,
            at,
            actor,
            action,
            state: "channel".to_owned(),
            revision: 0,
            commitments: vec![],
            previous: self.hash.clone(),
        }
    }
}

/// A chain that does not hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit record breaks at entry {0}")]
pub struct BrokenChain(pub u64);

/// Checks a whole chain and gives its head.
///
/// # Errors
/// [`BrokenChain`] names the first entry that does not follow from the one before.
pub fn verify(submission: SubmissionId, entries: &[Entry]) -> Result<ChainHead, BrokenChain> {
    entries.iter().try_fold(ChainHead::default(), |head, entry| {
        let follows = entry.submission == submission
            && entry.sequence == head.sequence + 1
            && entry.previous == head.hash;
        follows
            .then(|| ChainHead { sequence: entry.sequence, hash: entry.hash() })
            .ok_or(BrokenChain(head.sequence + 1))
    })
}
