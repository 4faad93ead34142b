//! SQS as [`Queue`].

use app::ports::{Hint, INTAKE_QUEUE, IntakeHint, Queue, QueueError, QueueName};
use async_trait::async_trait;
use aws_sdk_sqs::{Client, error::ProvideErrorMetadata};
use serde::Serialize;

/// Sends hints to SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    screening: String,
    invitations: String,
    /// Only those who hint at intake know it.
    intake: Option<String>,
}

impl SqsQueue {
    /// The queues at these addresses.
    #[must_use]
    pub fn new(client: Client, screening: String, invitations: String, intake: Option<String>) -> Self {
        Self { client, screening, invitations, intake }
    }

    async fn post(&self, queue: &'static str, url: &str, hint: &impl Serialize) -> Result<(), QueueError> {
        let failed = |reason: &str| QueueError { queue, reason: reason.to_owned() };
        let body = serde_json::to_string(hint).map_err(|_| failed("the hint cannot be written"))?;
        let sent = self.client.send_message().queue_url(url).message_body(body).send().await;
        sent.map_err(|error| failed(error.into_service_error().code().unwrap_or("no answer")))?;
        Ok(())
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: QueueName, hint: Hint) -> Result<(), QueueError> {
        let url = match queue {
            QueueName::Screening => &self.screening,
            QueueName::Invitations => &self.invitations,
        };
        self.post(queue.as_str(), url, &hint).await
    }

    async fn wake_intake(&self) -> Result<(), QueueError> {
        match &self.intake {
            Some(url) => self.post(INTAKE_QUEUE, url, &IntakeHint {}).await,
            None => Err(QueueError { queue: INTAKE_QUEUE, reason: "it is not configured".to_owned() }),
        }
    }
}
