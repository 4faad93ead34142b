//! SES as [`Mailer`].
//!
//! Invariant: what SES says of this one mail is final; what it says of the account, the sender or itself passes, so that a
//! channel that is set up wrongly loses no mail.

mod mime;

use app::ports::{Mail, MailError, Mailer};
use async_trait::async_trait;
use aws_sdk_sesv2::{
    Client,
    error::{BuildError, ProvideErrorMetadata},
    operation::send_email::SendEmailError,
    primitives::Blob,
    types::{Destination, EmailContent, MessageTag, RawMessage},
};

/// The tag by which a mail that comes back says what it was about: the submission's id. SES allows letters, digits, `_`
/// and `-`, and gives it back in the event.
pub const SUBMISSION_TAG: &str = "submission";

/// Sends mail through SES, from one sender.
#[derive(Debug, Clone)]
pub struct SesMailer {
    client: Client,
    from: String,
    configuration_set: Option<String>,
}

impl SesMailer {
    /// Sends from `from`, a verified identity, as `address` or `Name <address>`. The events of what becomes of a mail go
    /// where the configuration set sends them: without one, what comes back is not heard of.
    #[must_use]
    pub fn new(client: Client, from: String, configuration_set: Option<String>) -> Self {
        Self { client, from, configuration_set }
    }
}

#[async_trait]
impl Mailer for SesMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let refused = |error: BuildError| MailError::Refused(error.to_string());
        let message = mime::written(&self.from, mail)?;
        let raw = RawMessage::builder().data(Blob::new(message)).build().map_err(refused)?;
        let tag = MessageTag::builder().name(SUBMISSION_TAG).value(mail.submission.to_string());
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().raw(raw).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .email_tags(tag.build().map_err(refused)?)
            .send()
            .await;
        match sent.map_err(aws_sdk_sesv2::error::SdkError::into_service_error) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.meant(&error)),
        }
    }
}

impl SesMailer {
    fn meant(&self, error: &SendEmailError) -> MailError {
        let code = error.code().unwrap_or("no answer").to_owned();
        // SES rejects a mail also because of its sender, and only says so in words: "Email address is not verified. The
        // following identities failed the check in region EU-WEST-2: ...".
        let (_, sender) = mime::name_and_address(&self.from);
        let is_final = match error {
            SendEmailError::BadRequestException(_) => true,
            SendEmailError::MessageRejected(rejected) => {
                let says = rejected.message().unwrap_or_default().to_ascii_lowercase();
                !says.contains(&sender.to_ascii_lowercase())
            }
            _ => false,
        };
        if is_final { MailError::Refused(code) } else { MailError::Unavailable(code) }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::types::error::{
        BadRequestException, LimitExceededException, MessageRejected, NotFoundException,
    };

    use super::*;

    fn mailer() -> SesMailer {
        let config = aws_sdk_sesv2::Config::builder()
            .behavior_version(aws_sdk_sesv2::config::BehaviorVersion::latest())
            .build();
        SesMailer::new(Client::from_conf(config), "Example <Channel@example.org>".to_owned(), None)
    }

    #[test]
    fn a_channel_that_is_set_up_wrongly_loses_no_mail() {
        let rejected = |message: &str| {
            SendEmailError::MessageRejected(MessageRejected::builder().message(message).build())
        };
        let table = [
            (SendEmailError::BadRequestException(BadRequestException::builder().build()), true),
            (rejected("Email address is not verified: reader@example.net"), true),
            (rejected("Email address is not verified: channel@EXAMPLE.org"), false),
            (SendEmailError::NotFoundException(NotFoundException::builder().build()), false),
            (SendEmailError::LimitExceededException(LimitExceededException::builder().build()), false),
            (SendEmailError::unhandled("no answer"), false),
        ];
        for (error, is_final) in table {
            let meant = mailer().meant(&error);
            assert_eq!(matches!(meant, MailError::Refused(_)), is_final, "{error:?}");
            assert!(!meant.to_string().contains("example"), "{meant}");
        }
    }
}
