//! The page behind the unsubscribing address of a mail.

use askama::Template;

use super::Errors;

/// Whose mail ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Subscriber {
    /// A therapist's invitations and reminders.
    Therapist,
    /// A submitter's news about one submission.
    Submitter,
}

/// How it stands, with the one form that changes it: `POST {action}` with `confirm`, which is [`Unsubscribe::END`] or for
/// a therapist [`Unsubscribe::RESUME`], and which nobody ticks but its reader.
#[derive(Clone, Debug, Template)]
#[template(path = "unsubscribe.html")]
pub struct Unsubscribe {
    /// Whose mail.
    pub subscriber: Subscriber,
    /// It has ended.
    pub is_done: bool,
    /// The page's own address.
    pub action: String,
    /// What was not ticked.
    pub errors: Errors,
}

impl Unsubscribe {
    /// `confirm`, ticked to end mail.
    pub const END: &'static str = "end";
    /// `confirm`, ticked to get mail again.
    pub const RESUME: &'static str = "resume";

    /// What is said when the form came back as it stood; none if there is no form.
    #[must_use]
    pub fn reminder(&self) -> Option<&'static str> {
        match (self.subscriber, self.is_done) {
            (Subscriber::Therapist, true) => {
                Some("Nothing has changed. Tick the box if you want to be invited again.")
            }
            (_, false) => Some("Nothing has changed. Tick the box if you want us to stop."),
            (Subscriber::Submitter, true) => None,
        }
    }

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

    /// What ticking means, the words beside the box, and those on the button.
    fn choice(&self) -> Option<(&'static str, &'static str, &'static str)> {
        match (self.subscriber, self.is_done) {
            (Subscriber::Therapist, false) => {
                Some((Self::END, "Yes, stop inviting me", "Stop the invitations"))
            }
            (Subscriber::Therapist, true) => Some((Self::RESUME, "Yes, invite me again", "Invite me again")),
            (Subscriber::Submitter, false) => Some((Self::END, "Yes, stop mailing me", "Stop the mails")),
            (Subscriber::Submitter, true) => None,
        }
    }
}
