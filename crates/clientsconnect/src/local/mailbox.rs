//! The local mailbox: mails go to a file and to a page instead of out into the world.
//!
//! Invariant: what the page shows is what would have been sent, links included, and nothing leaves this machine.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::ports::{Clock, Mail, MailError, Mailer};
use async_trait::async_trait;
use curation::ids::SubmissionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::journal::{Journal, JournalError, Survives};

/// The mailbox's file in the data folder.
const FILE: &str = "mail.jsonl";

/// One mail as the mailbox keeps and shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReceivedMail {
    /// The recipient's address.
    pub(crate) to: String,
    /// The subject.
    pub(crate) subject: String,
    /// The plain text.
    pub(crate) text: String,
    /// The HTML.
    pub(crate) html: String,
    /// The `http` and `https` links of the plain text, in order.
    pub(crate) links: Vec<String>,
    /// When it came, in real time.
    pub(crate) at: Timestamp,
    /// The submission it is about; not there in what older versions received.
    #[serde(default)]
    pub(crate) submission: Option<SubmissionId>,
    /// Where a mail program's button for unsubscribing would post to.
    #[serde(default)]
    pub(crate) unsubscribe: Option<String>,
}

/// All mail of one data folder.
pub(crate) struct Mailbox {
    journal: Mutex<Journal<ReceivedMail>>,
    clock: Arc<dyn Clock>,
}

impl Mailbox {
    /// Opens the mailbox of the folder `data`.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(crate) fn open(data: &Path, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        // A lost mail is sent again or asked for again: it need not survive the power.
        let journal = Journal::open(&data.join(FILE), Survives::TheProcess)?;
        Ok(Self { journal: Mutex::new(journal), clock })
    }

    fn journal(&self) -> MutexGuard<'_, Journal<ReceivedMail>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the mails, oldest first.
    pub(crate) fn read<R>(&self, reader: impl FnOnce(&[ReceivedMail]) -> R) -> R {
        reader(self.journal().records())
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        // What a real service refuses for good is refused here too, so that the local mode shows the mistake.
        let unfit = |text: &str| text.is_empty() || text.contains(char::is_control);
        if unfit(&mail.to) || !mail.to.contains('@') {
            return Err(MailError::Refused("the address is malformed".to_owned()));
        }
        if unfit(&mail.subject) {
            return Err(MailError::Refused("the subject is malformed".to_owned()));
        }
        let received = ReceivedMail {
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            html: mail.html.clone(),
            links: links(&mail.text),
            at: self.clock.real_time(),
            submission: Some(mail.submission),
            unsubscribe: mail.unsubscribe.clone(),
        };
        self.journal().append(received).map_err(|error| MailError::Unavailable(error.to_string()))
    }
}

/// The `http` and `https` links in a plain text, in order. Punctuation that ends a sentence is not part of a link.
fn links(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
        .filter_map(|word| {
            let start = [word.find("https://"), word.find("http://")].into_iter().flatten().min()?;
            let link = word[start..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
            (!link.ends_with('/') || link.len() > "https://".len()).then(|| link.to_owned())
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::local::clock::tests::Hand;

    pub(crate) fn mail(to: &str, text: &str) -> Mail {
        Mail {
            to: to.to_owned(),
            subject: "Something waits for you".to_owned(),
            text: text.to_owned(),
            html: "<p>Hello</p>".to_owned(),
            submission: SUBMISSION.parse().unwrap(),
            unsubscribe: None,
        }
    }

    pub(crate) const SUBMISSION: &str = "01JD00000000000000000000AA";

    #[tokio::test]
    async fn mails_are_there_in_order_and_after_a_restart() {
        let (data, clock) = (tempfile::tempdir().unwrap(), Hand::clock("2026-11-23T12:00:00Z"));
        let mailbox = Mailbox::open(data.path(), Arc::clone(&clock)).unwrap();
        mailbox.send(&mail("ann@example.org", "See http://127.0.0.1:1/review/a.b-c_d.")).await.unwrap();
        mailbox.send(&mail("ben@example.org", "No link.")).await.unwrap();
        drop(mailbox);
        let mailbox = Mailbox::open(data.path(), Arc::clone(&clock)).unwrap();
        let shown = mailbox.read(|mails| serde_json::to_value(mails).unwrap());
        assert_eq!(
            shown[0],
            serde_json::json!({
                "to": "ann@example.org", "subject": "Something waits for you",
                "text": "See http://127.0.0.1:1/review/a.b-c_d.", "html": "<p>Hello</p>",
                "links": ["http://127.0.0.1:1/review/a.b-c_d"], "at": "2026-11-23T12:00:00Z",
                "submission": SUBMISSION, "unsubscribe": null,
            })
        );
        assert_eq!(shown[1]["links"], serde_json::json!([]));
    }

    #[tokio::test]
    async fn a_malformed_mail_is_refused_for_good_and_not_kept() {
        let (data, clock) = (tempfile::tempdir().unwrap(), Hand::clock("2026-11-23T12:00:00Z"));
        let mailbox = Mailbox::open(data.path(), Arc::clone(&clock)).unwrap();
        let two_lines = Mail { subject: "a\r\nBcc: b".to_owned(), ..mail("ann@example.org", "") };
        for bad in [mail("", "x"), mail("no address", "x"), mail("a@b\nc", "x"), two_lines] {
            assert!(matches!(mailbox.send(&bad).await, Err(MailError::Refused(_))));
        }
        assert_eq!(mailbox.read(<[_]>::len), 0);
    }

    #[test]
    fn links_keep_their_order_and_lose_their_full_stop() {
        let table: &[(&str, &[&str])] = &[
            ("", &[]),
            ("http:/ https: ftp://a", &[]),
            ("https:// alone", &[]),
            (
                "b https://b.example/x?y=1&z=2#f, a http://a.example/.",
                &["https://b.example/x?y=1&z=2#f", "http://a.example/"],
            ),
            (
                "(see <https://a.example/p>) \"http://b.example\"",
                &["https://a.example/p", "http://b.example"],
            ),
        ];
        for (text, expected) in table {
            assert_eq!(links(text), *expected, "{text}");
        }
    }
}
