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
        // The name is in the message, encoded as headers are. Here a comma or a letter beyond ASCII in it would be a bad
        // request, and so the end of every mail.
        let (_, sender) = mime::name_and_address(&self.from);
        let sent = self
            .client
            .send_email()
            .from_email_address(sender)
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
        tracing::warn!(code, is_final, "SES did not take a mail");
        if is_final { MailError::Refused(code) } else { MailError::Unavailable(code) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use aws_sdk_sesv2::{
        config::{BehaviorVersion, Config, Credentials, Region, retry::RetryConfig},
        types::error::{BadRequestException, LimitExceededException, MessageRejected, NotFoundException},
    };
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    const FROM: &str = "Exämple, of words <Channel@example.org>";

    fn mailer() -> SesMailer {
        mailer_at("http://127.0.0.1:1")
    }

    fn mailer_at(endpoint: &str) -> SesMailer {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("local"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .endpoint_url(endpoint)
            .build();
        SesMailer::new(Client::from_conf(config), FROM.to_owned(), Some("channel".to_owned()))
    }

    fn mail() -> Mail {
        Mail {
            to: "reader@example.net".to_owned(),
            subject: "Something waits".to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            submission: "01JD00000000000000000000AA".parse().unwrap(),
            unsubscribe: None,
        }
    }

    /// Answers one request, and gives its body.
    async fn ses(listener: TcpListener, answer: String) -> serde_json::Value {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        // The body holds one object, which nothing follows.
        while !request.ends_with(b"}") {
            assert!(connection.read_buf(&mut request).await.unwrap() > 0);
        }
        connection.write_all(answer.as_bytes()).await.unwrap();
        let request = String::from_utf8(request).unwrap();
        serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    #[tokio::test]
    async fn a_mail_says_what_it_is_about_and_where_its_events_go() {
        for (status, body, is_sent) in
            [("200 OK", "{\"MessageId\":\"x\"}", true), ("404 Not Found", "{\"message\":\"no set\"}", false)]
        {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let mailer = mailer_at(&format!("http://{}", listener.local_addr().unwrap()));
            let answer = format!(
                "HTTP/1.1 {status}\r\nx-amzn-errortype: NotFoundException\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let mail = mail();
            let (sent, asked) = tokio::join!(mailer.send(&mail), ses(listener, answer));
            let expected = Err(MailError::Unavailable("NotFoundException".to_owned()));
            assert_eq!(sent, if is_sent { Ok(()) } else { expected });
            assert_eq!(asked["ConfigurationSetName"], "channel");
            assert_eq!(asked["FromEmailAddress"], "Channel@example.org");
            assert_eq!(asked["Destination"], serde_json::json!({ "ToAddresses": ["reader@example.net"] }));
            let tag = serde_json::json!({ "Name": "submission", "Value": "01JD00000000000000000000AA" });
            assert_eq!(asked["EmailTags"], serde_json::json!([tag]));
            assert!(asked["Content"]["Raw"]["Data"].as_str().unwrap().len() > 200);
        }
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
