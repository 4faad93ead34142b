//! The page behind the unsubscribing address of a mail.

use askama::Template;

/// Whose mail ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Subscriber {
    /// A therapist's invitations and reminders.
    Therapist,
    /// A submitter's news about one submission.
    Submitter,
}

/// How it stands, with the one button that changes it: `POST {action}` with `unsubscribe`, or for a therapist `resume`.
///
/// The one page whose form acts as it stands: RFC 8058 asks for an address at which a bare POST is enough.
#[derive(Clone, Debug, Template)]
#[template(path = "unsubscribe.html")]
pub struct Unsubscribe {
    /// Whose mail.
    pub subscriber: Subscriber,
    /// It has ended.
    pub is_done: bool,
    /// The page's own address.
    pub action: String,
}

impl Unsubscribe {
    fn title(&self) -> &'static str {
        match (self.subscriber, self.is_done) {
            (Subscriber::Therapist, false) => "No more invitations?",
            (Subscriber::Therapist, true) => "You get no more invitations",
            (Subscriber::Submitter, false) => "No more mails about this?",
            (Subscriber::Submitter, true) => "You get no more mails about this",
        }
    }

    fn sentence(&self) -> &'static str {
        match (self.subscriber, self.is_done) {
            (Subscriber::Therapist, false) => {
                "We then stop inviting you to reviews, and stop reminding you. What you were invited to stays open to you, and its links go on working."
            }
            (Subscriber::Therapist, true) => {
                "Thank you for all that you did. What you were invited to before stays open to you. You can change your mind here at any time."
            }
            (Subscriber::Submitter, false) => {
                "We then forget your address for what you sent us. If it needs other words or your yes, we can't ask you any more: your return code still shows how things stand."
            }
            (Subscriber::Submitter, true) => {
                "We have no address for what you sent us. Your return code still shows how things stand."
            }
        }
    }

    fn button(&self) -> Option<(&'static str, &'static str)> {
        match (self.subscriber, self.is_done) {
            (Subscriber::Therapist, false) => Some(("unsubscribe", "Stop the invitations")),
            (Subscriber::Therapist, true) => Some(("resume", "Invite me again")),
            (Subscriber::Submitter, false) => Some(("unsubscribe", "Stop the mails")),
            (Subscriber::Submitter, true) => None,
        }
    }
}
