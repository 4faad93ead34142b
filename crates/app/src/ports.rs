//! Ports: what the use cases ask of the world besides the store.
//!
//! Invariant: a queue carries hints only. Losing, repeating or reordering one loses nothing, since every state that
//! waits is found again by its due time.

use async_trait::async_trait;
use curation::{ids::SubmissionId, time::Now};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Domain time.
pub trait Clock: Send + Sync {
    /// The present.
    fn now(&self) -> Now;

    /// The present of the real world, for what leaves the domain: a post's own time.
    fn real_time(&self) -> Timestamp {
        self.now().at
    }
}

/// Unpredictable bytes.
pub trait Randomness: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Randomness + '_ {
    /// `N` unpredictable bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// The queues between functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QueueName {
    /// To screen-submission.
    Screening,
    /// To invite-panel, which also sends all mail.
    Invitations,
}

impl QueueName {
    /// The queue's name as configured and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Screening => "screening",
            Self::Invitations => "invitations",
        }
    }
}

/// The body of every queue message: which submission to look at, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// The submission.
    pub submission: SubmissionId,
}

/// The body of a message that something may wait in intake.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeHint {}

/// The name of the queue of such messages.
pub const INTAKE_QUEUE: &str = "intake";

/// A queue did not take a hint. The sweep will find the item all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue {queue} did not take the hint: {reason}")]
pub struct QueueError {
    /// The queue's name.
    pub queue: &'static str,
    /// A code or class of error, without personal data.
    pub reason: String,
}

/// Sends hints.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Hints that `hint.submission` may be ready for its next step.
    ///
    /// # Errors
    /// [`QueueError`] when the queue cannot be reached.
    async fn send(&self, queue: QueueName, hint: Hint) -> Result<(), QueueError>;

    /// Hints that something may wait in intake. A queue that carries no such hints loses nothing: the next scheduled run
    /// finds it.
    ///
    /// # Errors
    /// [`QueueError`] when the queue cannot be reached.
    async fn wake_intake(&self) -> Result<(), QueueError> {
        Ok(())
    }
}

/// One mail, ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// The subject: neutral, without line breaks.
    pub subject: String,
    /// The whole mail as plain text.
    pub text: String,
    /// The whole mail as HTML.
    pub html: String,
    /// The submission it is about, so that a mail that comes back says so too.
    pub submission: SubmissionId,
    /// Where its reader can end mail of this kind, by one click of their mail program: an absolute address that says
    /// all by itself. `None` for mail that is somebody's duty or that they asked for.
    pub unsubscribe: Option<String>,
}

impl std::fmt::Debug for Mail {
    // Addresses and links must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(..)")
    }
}

/// Why a mail did not go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The service refuses this mail for good, for instance a malformed address.
    #[error("the mail service refused: {0}")]
    Refused(String),
    /// The service cannot be reached or is over its limit: try again later.
    #[error("the mail service is unavailable: {0}")]
    Unavailable(String),
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends one mail.
    ///
    /// # Errors
    /// [`MailError`], which says whether to try again.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}
