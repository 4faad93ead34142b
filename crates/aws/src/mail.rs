//! SES as [`Mailer`].

use app::ports::{Mail, MailError, Mailer};
use async_trait::async_trait;
use aws_sdk_sesv2::{
    Client,
    error::{BuildError, ProvideErrorMetadata},
    types::{Body, Content, Destination, EmailContent, Message},
};

/// Sends mail through SES, from one sender.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    from: String,
}

impl SesMailer {
    /// Sends from `from`, a verified identity.
    #[must_use]
    pub fn new(client: Client, from: String) -> Self {
        Self { client, from }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let refused = |error: BuildError| MailError::Refused(error.to_string());
        let content = |data: &str| Content::builder().data(data).charset("UTF-8").build();
        let body = Body::builder()
            .text(content(&mail.text).map_err(refused)?)
            .html(content(&mail.html).map_err(refused)?)
            .build();
        let message = Message::builder().subject(content(&mail.subject).map_err(refused)?).body(body).build();
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().simple(message).build())
            .send()
            .await;
        let Err(error) = sent.map_err(aws_sdk_sesv2::error::SdkError::into_service_error) else {
            return Ok(());
        };
        let code = error.code().unwrap_or("no answer").to_owned();
        // What SES says of this one mail is final; what it says of the account or itself passes.
        let is_final =
            error.is_bad_request_exception() || error.is_message_rejected() || error.is_not_found_exception();
        Err(if is_final { MailError::Refused(code) } else { MailError::Unavailable(code) })
    }
}
