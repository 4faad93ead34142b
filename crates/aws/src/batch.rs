//! SQS batches: each message succeeds or fails alone.
//!
//! Invariant: a message that panics, cannot be read or fails is reported as that message's failure, and no other's.

use std::{future::Future, panic::AssertUnwindSafe};

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use futures::FutureExt;
use serde::de::DeserializeOwned;

/// Who is told of failures, besides the queue.
pub trait Failures: Send + Sync {
    /// A message failed, for a reason without personal data.
    fn failed(&self, message_id: &str, reason: &str);
}

/// Tells the log.
#[derive(Debug, Clone, Copy)]
pub struct LogFailures;

impl Failures for LogFailures {
    fn failed(&self, message_id: &str, reason: &str) {
        tracing::error!(message_id, reason, "message failed");
    }
}

/// Runs `step` for what each message says, in JSON, and answers which messages failed.
pub async fn each<M, F, Step, E>(event: SqsEvent, failures: &dyn Failures, step: F) -> SqsBatchResponse
where
    M: DeserializeOwned,
    F: Fn(M) -> Step,
    Step: Future<Output = Result<(), E>>,
    E: std::fmt::Display,
{
    let mut response = SqsBatchResponse::default();
    for message in event.records {
        // Without an id a failure could not be named: an empty one fails the whole batch, which loses nothing.
        let id = message.message_id.unwrap_or_default();
        let outcome = match message.body.as_deref().map(serde_json::from_str::<M>) {
            Some(Ok(said)) => match AssertUnwindSafe(step(said)).catch_unwind().await {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "the step panicked".to_owned(),
            },
            // What it says instead could be anything, and is not repeated.
            Some(Err(_)) | None => "the message cannot be read".to_owned(),
        };
        failures.failed(&id, &outcome);
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        response.batch_item_failures.push(failure);
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use app::ports::Hint;
    use aws_lambda_events::event::sqs::SqsMessage;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);

    impl Failures for Told {
        fn failed(&self, message_id: &str, reason: &str) {
            self.0.lock().unwrap().push(format!("{message_id}: {reason}"));
        }
    }

    fn message(id: &str, body: &str) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = Some(id.to_owned());
        message.body = Some(body.to_owned());
        message
    }

    #[tokio::test]
    async fn one_poisonous_message_fails_alone() {
        let good = r#"{"submission":"01JD00000000000000000000AA"}"#;
        let failing = r#"{"submission":"01JD00000000000000000000BB"}"#;
        let panicking = r#"{"submission":"01JD00000000000000000000CC"}"#;
        let mut event = SqsEvent::default();
        event.records = vec![
            message("1", good),
            message("2", "not a hint"),
            message("3", panicking),
            message("4", r#"{"submission":"01JD00000000000000000000AA","text":"words"}"#),
            message("5", failing),
            message("6", good),
        ];
        let told = Told::default();
        let response = each(event, &told, |hint: Hint| async move {
            match hint.submission.to_string().as_str() {
                "01JD00000000000000000000AA" => Ok(()),
                "01JD00000000000000000000BB" => Err("the store is unavailable"),
                _ => panic!("poison"),
            }
        })
        .await;
        let failed = response
            .batch_item_failures
            .iter()
            .map(|failure| failure.item_identifier.as_str())
            .collect::<Vec<_>>();
        assert_eq!(failed, ["2", "3", "4", "5"]);
        assert_eq!(
            *told.0.lock().unwrap(),
            [
                "2: the message cannot be read",
                "3: the step panicked",
                "4: the message cannot be read",
                "5: the store is unavailable",
            ]
        );
    }
}
