//! What SES tells, in the shapes in which it arrives: from EventBridge, from SNS, or bare.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html> has the fields; EventBridge
//! carries the same record as `detail`. Without event publishing `eventType` is called `notificationType`.
//!
//! Invariant: what is no such event is refused without a word of it; an event of another kind is none of our business.

use app::bounce::{Bounce, Kind};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// An event of SES, of which bounces and complaints matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SesEvent(Option<Bounce>);

impl SesEvent {
    /// The mail that came back, if it did.
    #[must_use]
    pub fn bounce(&self) -> Option<&Bounce> {
        self.0.as_ref()
    }
}

impl<'de> Deserialize<'de> for SesEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Value::deserialize(deserializer)?;
        let record = record(event).ok_or_else(|| D::Error::custom("no event of SES"))?;
        // Its own error would quote what it stumbled over.
        let record: Record =
            serde_json::from_value(record).map_err(|_| D::Error::custom("no record of SES"))?;
        record.read().map(Self).ok_or_else(|| D::Error::custom("a record of SES lacks a part"))
    }
}

/// Takes off what EventBridge or SNS put around a record.
fn record(mut event: Value) -> Option<Value> {
    if event.get("detail").is_some() {
        return (event["source"] == "aws.ses").then(|| event["detail"].take());
    }
    if event.get("Type").is_some() {
        return (event["Type"] == "Notification")
            .then(|| event["Message"].as_str().and_then(|message| serde_json::from_str(message).ok()))
            .flatten();
    }
    Some(event)
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "eventType", alias = "notificationType")]
    kind: String,
    bounce: Option<BounceRecord>,
    complaint: Option<ComplaintRecord>,
    mail: Option<MailRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BounceRecord {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ComplaintRecord {
    complained_recipients: Vec<Recipient>,
    complaint_feedback_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

#[derive(Deserialize)]
struct MailRecord {
    #[serde(default)]
    tags: Value,
}

impl Record {
    /// What came back, if anything did; `None` if the record lacks what its kind says it has.
    fn read(self) -> Option<Option<Bounce>> {
        let (kind, recipients) = match self.kind.as_str() {
            "Bounce" => {
                let BounceRecord { bounce_type, bounced_recipients } = self.bounce?;
                let kind = if bounce_type == "Permanent" { Kind::Permanent } else { Kind::Transient };
                (kind, bounced_recipients)
            }
            "Complaint" => {
                let ComplaintRecord { complained_recipients, complaint_feedback_type } = self.complaint?;
                // Somebody took a mail out of their junk folder, and their provider calls that feedback too.
                if complaint_feedback_type.as_deref() == Some("not-spam") {
                    return Some(None);
                }
                (Kind::Complaint, complained_recipients)
            }
            _ => return Some(None),
        };
        let addresses = recipients.iter().map(|recipient| address(&recipient.email_address)).collect();
        let tag = self.mail.and_then(|mail| mail.tags[aws::mail::SUBMISSION_TAG][0].as_str()?.parse().ok());
        Some(Some(Bounce { kind, addresses, submission: tag }))
    }
}

/// Other mail systems give addresses back as they like: `Name <address>`, or in capitals.
fn address(text: &str) -> String {
    let bare = text.rsplit_once('<').map_or(text, |(_, rest)| rest.trim_end().trim_end_matches('>'));
    bare.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    const ID: &str = "01JD00000000000000000000AA";

    fn bounce(kind: &str) -> Value {
        json!({
            "eventType": "Bounce",
            "bounce": {
                "bounceType": kind,
                "bounceSubType": "General",
                "bouncedRecipients": [{
                    "emailAddress": "Example Reader <Reader@Example.net>",
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 no such user",
                }],
                "timestamp": "2026-11-23T12:00:01.000Z",
                "feedbackId": "example-000000",
                "reportingMTA": "dsn; mta.example.com",
            },
            "mail": {
                "timestamp": "2026-11-23T12:00:00.000Z",
                "source": "channel@example.org",
                "messageId": "example-000001",
                "destination": ["reader@example.net"],
                "headersTruncated": false,
                "tags": { "ses:configuration-set": ["clientsconnect"], "submission": [ID] },
            },
        })
    }

    fn complaint(feedback: Option<&str>) -> Value {
        json!({
            "eventType": "Complaint",
            "complaint": {
                "complainedRecipients": [{ "emailAddress": "reader@example.net" }],
                "timestamp": "2026-11-23T12:00:01.000Z",
                "feedbackId": "example-000002",
                "complaintFeedbackType": feedback,
            },
            "mail": { "destination": ["reader@example.net"], "tags": { "submission": [ID] } },
        })
    }

    fn from_event_bridge(record: Value) -> Value {
        json!({
            "version": "0",
            "id": "00000000-0000-0000-0000-000000000000",
            "detail-type": "Email Bounced",
            "source": "aws.ses",
            "account": "123456789012",
            "time": "2026-11-23T12:00:01Z",
            "region": "eu-west-2",
            "resources": ["arn:aws:ses:eu-west-2:123456789012:configuration-set/clientsconnect"],
            "detail": record,
        })
    }

    fn from_sns(record: &Value) -> Value {
        json!({ "Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-2:123456789012:x", "Message": record.to_string() })
    }

    fn read(event: &Value) -> Option<Bounce> {
        serde_json::from_str::<SesEvent>(&event.to_string()).unwrap().0
    }

    fn expected(kind: Kind, submission: bool) -> Option<Bounce> {
        let submission = submission.then(|| ID.parse().unwrap());
        Some(Bounce { kind, addresses: vec!["reader@example.net".to_owned()], submission })
    }

    #[test]
    fn the_same_record_is_read_in_each_of_its_shapes() {
        for (record, kind) in [
            (bounce("Permanent"), Kind::Permanent),
            (bounce("Transient"), Kind::Transient),
            (bounce("Undetermined"), Kind::Transient),
            (complaint(None), Kind::Complaint),
            (complaint(Some("abuse")), Kind::Complaint),
        ] {
            for event in [from_event_bridge(record.clone()), from_sns(&record), record] {
                assert_eq!(read(&event), expected(kind, true), "{event}");
            }
        }
    }

    #[test]
    fn without_event_publishing_there_is_another_name_and_no_tag() {
        let mut record = bounce("Permanent");
        record["notificationType"] = record["eventType"].take();
        record.as_object_mut().unwrap().remove("eventType");
        record["mail"].as_object_mut().unwrap().remove("tags");
        assert_eq!(read(&from_sns(&record)), expected(Kind::Permanent, false));
    }

    #[test]
    fn what_is_no_bounce_is_none_of_our_business() {
        for record in [
            json!({ "eventType": "Delivery", "delivery": {}, "mail": {} }),
            json!({ "notificationType": "AmazonSnsSubscriptionSucceeded" }),
            complaint(Some("not-spam")),
        ] {
            assert_eq!(read(&from_event_bridge(record.clone())), None);
            assert_eq!(read(&from_sns(&record)), None);
        }
    }

    #[test]
    fn what_is_no_event_is_refused_without_a_word_of_it() {
        let mut foreign = from_event_bridge(bounce("Permanent"));
        foreign["source"] = "somebody.else".into();
        let mut lacking = bounce("Permanent");
        lacking["bounce"].take();
        let mut ill_typed = bounce("Permanent");
        ill_typed["bounce"]["bouncedRecipients"] = "reader@example.net".into();
        for event in [
            json!("reader@example.net"),
            json!({ "submission": ID }),
            json!({ "Type": "SubscriptionConfirmation", "Message": "reader@example.net" }),
            json!({ "Type": "Notification", "Message": "reader@example.net" }),
            from_event_bridge(json!("reader@example.net")),
            foreign,
            lacking,
            ill_typed,
        ] {
            let error = serde_json::from_str::<SesEvent>(&event.to_string()).unwrap_err().to_string();
            assert!(!error.contains("reader") && !error.contains("example"), "{error}");
        }
    }

    #[test]
    fn a_debug_print_has_no_address() {
        assert!(!format!("{:?}", read(&bounce("Permanent"))).contains("reader"));
    }
}
