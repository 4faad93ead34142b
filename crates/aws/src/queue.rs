//! SQS as [`Queue`].

use app::ports::{Hint, Queue, QueueError, QueueName};
use async_trait::async_trait;
use aws_sdk_sqs::{Client, error::ProvideErrorMetadata};

/// Sends hints to SQS.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    screening: String,
    invitations: String,
}

impl SqsQueue {
    /// The queues at these addresses.
    #[must_use]
    pub fn new(client: Client, screening: String, invitations: String) -> Self {
        Self { client, screening, invitations }
    }
}

#[async_trait]
impl Queue for SqsQueue {
    async fn send(&self, queue: QueueName, hint: Hint) -> Result<(), QueueError> {
        let url = match queue {
            QueueName::Screening => &self.screening,
            QueueName::Invitations => &self.invitations,
        };
        let failed = |reason: &str| QueueError { queue: queue.as_str(), reason: reason.to_owned() };
        let body = serde_json::to_string(&hint).map_err(|_| failed("the hint cannot be written"))?;
        let sent = self.client.send_message().queue_url(url).message_body(body).send().await;
        sent.map_err(|error| failed(error.into_service_error().code().unwrap_or("no answer")))?;
        Ok(())
    }
}
