//! The dead letters of a deployed channel: messages on which a function failed so often that SQS set them aside.
//!
//! Invariants: a body is carried and never shown; sending back and deleting are two calls, so that whoever sends first
//! repeats a message if something dies in between, and never loses one.

use std::{fmt, time::Duration};

use app::ports::Hint;
use aws_sdk_sqs::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::{Message, MessageSystemAttributeName},
};
use curation::ids::SubmissionId;
use jiff::Timestamp;

/// The queues that functions read, by the ends of their names.
pub const QUEUES: [&str; 4] = ["screening", "invitations", "bounces", "intake"];

/// For how long a letter that is looked at is hidden from others: long enough to act on a page of them, short enough
/// for somebody who waits because another has just looked.
pub const HIDDEN_FOR: Duration = Duration::from_secs(30);

/// As many as SQS gives at a time.
const PAGE: i32 = 10;
/// A long poll, in seconds: it asks all of a queue's servers, where a short one asks some and may find nothing.
const POLL: i32 = 1;

/// The name of a channel's queue.
#[must_use]
pub fn queue_name(channel: &str, queue: &str) -> String {
    format!("{channel}-{queue}")
}

/// The name of the queue that takes what could not be processed from [`queue_name`].
#[must_use]
pub fn dead_letters_name(channel: &str, queue: &str) -> String {
    format!("{channel}-{queue}-dead-letters")
}

/// A call of SQS failed. Says which queue, and SQS's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue {queue} cannot be used: {reason}")]
pub struct Unusable {
    /// The queue's name.
    pub queue: String,
    /// SQS's code for it.
    pub reason: String,
}

impl Unusable {
    /// SQS's code for a queue that is not there.
    pub const MISSING: &str = "it does not exist";

    fn new<E: ProvideErrorMetadata>(queue: &str, error: SdkError<E>) -> Self {
        let code = error.code().unwrap_or("no answer");
        // Two protocols of SQS, two names for one thing.
        let is_missing = code.ends_with("QueueDoesNotExist") || code.ends_with("NonExistentQueue");
        Self { queue: queue.to_owned(), reason: if is_missing { Self::MISSING } else { code }.to_owned() }
    }
}

/// One dead letter, hidden from others for [`HIDDEN_FOR`].
#[derive(Clone)]
pub struct DeadLetter {
    /// SQS's id of the message.
    pub id: String,
    /// When it was first sent.
    pub sent_at: Option<Timestamp>,
    /// How often it was received, by functions and by people who look.
    pub received: u32,
    /// The submission that it names, if it is a hint.
    pub hint: Option<SubmissionId>,
    body: String,
    receipt: String,
}

impl fmt::Debug for DeadLetter {
    // A body that is no hint may be anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter").field("id", &self.id).finish_non_exhaustive()
    }
}

impl DeadLetter {
    /// A letter with this body that came from no queue: for tests of what acts on letters.
    #[must_use]
    pub fn new(id: &str, body: &str) -> Self {
        Self {
            id: id.to_owned(),
            sent_at: None,
            received: 0,
            hint: hint(body),
            body: body.to_owned(),
            receipt: String::new(),
        }
    }

    fn of(message: Message) -> Option<Self> {
        let attribute = |name| message.attributes.as_ref().and_then(|all| all.get(&name));
        let sent_at = attribute(MessageSystemAttributeName::SentTimestamp)
            .and_then(|millis| millis.parse().ok())
            .and_then(|millis| Timestamp::from_millisecond(millis).ok());
        let received = attribute(MessageSystemAttributeName::ApproximateReceiveCount)
            .and_then(|count| count.parse().ok())
            .unwrap_or_default();
        let body = message.body.unwrap_or_default();
        Some(Self {
            id: message.message_id?,
            sent_at,
            received,
            hint: hint(&body),
            body,
            receipt: message.receipt_handle?,
        })
    }
}

/// The submission that a message's body names, if it is a hint.
#[must_use]
pub fn hint(body: &str) -> Option<SubmissionId> {
    serde_json::from_str::<Hint>(body).ok().map(|hint| hint.submission)
}

/// The dead letters of one queue, and the way back to it.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: Client,
    source: Place,
    letters: Place,
}

#[derive(Debug, Clone)]
struct Place {
    name: String,
    url: String,
}

impl Place {
    async fn find(client: &Client, name: String) -> Result<Self, Unusable> {
        let found = client.get_queue_url().queue_name(&name).send().await;
        let found = found.map_err(|error| Unusable::new(&name, error))?;
        Ok(Self { url: found.queue_url.unwrap_or_default(), name })
    }
}

impl DeadLetters {
    /// Finds `queue`, one of [`QUEUES`], of `channel`.
    ///
    /// # Errors
    /// [`Unusable`], also if one of the two queues does not exist.
    pub async fn find(client: &Client, channel: &str, queue: &str) -> Result<Self, Unusable> {
        let source = Place::find(client, queue_name(channel, queue)).await?;
        let letters = Place::find(client, dead_letters_name(channel, queue)).await?;
        Ok(Self { client: client.clone(), source, letters })
    }

    /// Up to ten letters that nobody else is looking at; none when there are none.
    ///
    /// # Errors
    /// [`Unusable`].
    pub async fn receive(&self) -> Result<Vec<DeadLetter>, Unusable> {
        let answer = self
            .client
            .receive_message()
            .queue_url(&self.letters.url)
            .max_number_of_messages(PAGE)
            .wait_time_seconds(POLL)
            .visibility_timeout(i32::try_from(HIDDEN_FOR.as_secs()).unwrap_or(i32::MAX))
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .send()
            .await
            .map_err(|error| Unusable::new(&self.letters.name, error))?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(DeadLetter::of).collect())
    }

    /// Sends the letter to the queue that it came from, as it was. It is still a dead letter too.
    ///
    /// # Errors
    /// [`Unusable`]: whether it was sent is then unknown.
    pub async fn send(&self, letter: &DeadLetter) -> Result<(), Unusable> {
        let sent =
            self.client.send_message().queue_url(&self.source.url).message_body(&letter.body).send().await;
        sent.map(drop).map_err(|error| Unusable::new(&self.source.name, error))
    }

    /// Deletes the dead letter.
    ///
    /// # Errors
    /// [`Unusable`]: it may still be there.
    pub async fn delete(&self, letter: &DeadLetter) -> Result<(), Unusable> {
        let deleted = self
            .client
            .delete_message()
            .queue_url(&self.letters.url)
            .receipt_handle(&letter.receipt)
            .send()
            .await;
        deleted.map(drop).map_err(|error| Unusable::new(&self.letters.name, error))
    }

    /// Shows the letter to others again, now instead of after [`HIDDEN_FOR`].
    ///
    /// # Errors
    /// [`Unusable`]: it is shown again by itself then.
    pub async fn show_again(&self, letter: &DeadLetter) -> Result<(), Unusable> {
        let shown = self
            .client
            .change_message_visibility()
            .queue_url(&self.letters.url)
            .receipt_handle(&letter.receipt)
            .visibility_timeout(0)
            .send()
            .await;
        shown.map(drop).map_err(|error| Unusable::new(&self.letters.name, error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn letter(body: &str) -> DeadLetter {
        let message = Message::builder()
            .message_id("m-1")
            .receipt_handle("r-1")
            .body(body)
            .attributes(MessageSystemAttributeName::SentTimestamp, "1795435200000")
            .attributes(MessageSystemAttributeName::ApproximateReceiveCount, "6");
        DeadLetter::of(message.build()).unwrap()
    }

    #[test]
    fn a_letter_says_what_it_hints_at_and_nothing_else_of_its_body() {
        let hint = letter(r#"{"submission":"01JD00000000000000000000AA"}"#);
        assert_eq!(hint.hint, "01JD00000000000000000000AA".parse().ok());
        assert_eq!(hint.received, 6);
        assert_eq!(hint.sent_at, "2026-11-23T12:00:00Z".parse().ok());
        for other in ["", "planted words", r#"{"submission":"01JD00000000000000000000AA","text":"planted"}"#]
        {
            let letter = letter(other);
            assert_eq!(letter.hint, None);
            assert!(!format!("{letter:?}").contains("planted"));
        }
    }

    #[test]
    fn what_cannot_be_named_is_left_where_it_is() {
        assert!(DeadLetter::of(Message::builder().body("x").build()).is_none());
    }
}
