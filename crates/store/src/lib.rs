//! The store: everything the system remembers, in DynamoDB, on every engine.
//!
//! Invariants: one step is one transaction, conditional on the version that was read, with its audit entries in it.
//! What a document holds is decided by the crates that own the types; this crate knows keys, conditions and indexes.

mod due;
mod feed;
mod intake;
mod item;
pub mod schema;
mod settings;
mod submissions;
mod tokens;
mod told;
mod transaction;
mod walk;

pub use due::{Hit, LANES};
pub use feed::{FeedEntry, InFeed};
pub use intake::{
    Admission, Admitted, Ask, Asked, Ledger, ListTimer, Listed, Listing, MOST_DAYS_LISTED, Overview, Post,
    PostKey, PostState, Reason, Wish, leads_list,
};
pub use settings::{Channel, Switches};
pub use submissions::{BallotRecord, Check, NoticeBatch, Proposal, Write, Written};
pub use tokens::{Answered, Remembered};
pub use walk::{Place, ScreeningWalk, Waiting, WaitingLane};

use std::sync::Arc;

use aws_sdk_dynamodb::{Client, error::ProvideErrorMetadata};
use curation::ids::PersonId;

/// The names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Submissions with all that belongs to them, but for crisis texts.
    pub submissions: String,
    /// Crisis texts.
    pub disclosures: String,
    /// Roster, policy, cadence, switches.
    pub settings: String,
    /// What expires: idempotency keys, rate counters; and return codes.
    pub tokens: String,
}

impl Tables {
    /// The tables of a channel, each named `prefix-what`.
    #[must_use]
    pub fn with_prefix(prefix: &str) -> Self {
        let name = |what: &str| format!("{prefix}-{what}");
        Self {
            submissions: name("submissions"),
            disclosures: name("disclosures"),
            settings: name("settings"),
            tokens: name("tokens"),
        }
    }
}

/// The one implementation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    tables: Arc<Tables>,
}

impl Store {
    /// A store on the tables that `client` reaches.
    #[must_use]
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables: Arc::new(tables) }
    }

    /// Creates the tables that do not exist: for the local mode and tests. Deployed, the template does.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn create_tables(&self) -> Result<(), StoreError> {
        schema::create(&self.client, &self.tables).await
    }
}

/// Why something could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first. Nothing was written: load again and decide again.
    #[error("changed by somebody else in the meantime")]
    Conflict,
    /// These people are not in good standing at this moment. Nothing was written.
    #[error("{} of those who count are not in good standing", .0.len())]
    Barred(Vec<PersonId>),
    /// The channel is paused. Nothing was written.
    #[error("the channel is paused")]
    Paused,
    /// The engine cannot be reached, a table is missing, or it is over its limit. Whether a write took effect is unknown.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// A stored document does not have the shape that this version writes.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
}

impl StoreError {
    /// Keeps the engine's error code, which names no key and no text.
    pub(crate) fn from_engine<E: ProvideErrorMetadata>(error: &E) -> Self {
        Self::Unavailable(error.code().unwrap_or("no answer").to_owned())
    }
}
