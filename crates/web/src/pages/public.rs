//! Pages for whoever proposes words: the form, what follows, help, and the way back with a return code.

use askama::Template;

use super::{Errors, Role};

/// The form for proposing words or a post: `POST /submissions` with `text` or `link`, `role`, `email`, `contact`, `adult`,
/// `consent_publish`, `consent_health` (ticks send `true`) and, where given, `form_token`.
///
/// [`Submit::default`] is the empty form. After a refusal it is shown again with what was entered and what is wrong,
/// so that nobody types anything twice; ticks that somebody made stay made (WCAG 2.2, 3.3.7).
#[derive(Clone, Debug, Default, Template)]
#[template(path = "submit.html")]
pub struct Submit {
    /// What is wrong, by field.
    pub errors: Errors,
    /// Whether what was entered sounds like danger: signposting then comes first.
    pub urgent: bool,
    /// Makes a repeated send of this form one submission; left out of the form where empty.
    pub form_token: String,
    /// The words, as entered.
    pub text: String,
    /// The link to a post, as entered.
    pub link: String,
    /// As chosen.
    pub role: Option<Role>,
    /// As entered.
    pub email: String,
    /// As ticked.
    pub contact: bool,
    /// As ticked.
    pub adult: bool,
    /// As ticked.
    pub consent_publish: bool,
    /// As ticked.
    pub consent_health: bool,
}

struct AgreementBox {
    field: &'static str,
    text: &'static str,
    ticked: bool,
}

impl Submit {
    fn agreements(&self) -> [AgreementBox; 3] {
        let consent = content::consent();
        [
            AgreementBox { field: "adult", text: &consent.adult.text, ticked: self.adult },
            AgreementBox {
                field: "consent_publish",
                text: &consent.publish.text,
                ticked: self.consent_publish,
            },
            AgreementBox { field: "consent_health", text: &consent.health.text, ticked: self.consent_health },
        ]
    }
}

/// The page after words were accepted. The only page that ever shows the return code.
#[derive(Clone, Debug, Template)]
#[template(path = "thank_you.html")]
pub struct ThankYou {
    /// The submission's id.
    pub reference: String,
    /// In groups of four.
    pub return_code: String,
    /// The submitter's own page.
    pub status_url: String,
    /// What a machine made of the words.
    pub reading: Reading,
}

/// What a machine made of words that were sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reading {
    /// They go to the therapists.
    Passed,
    /// They sound like danger: what was noticed, each as the end of a sentence.
    SetAside(Vec<String>),
    /// They could not be screened.
    Unread,
    /// They must be changed before anybody reads them.
    ComesBack,
    /// They were declined.
    Declined,
}

impl ThankYou {
    /// Whoever wrote them may be in danger: signposting comes first.
    fn is_urgent(&self) -> bool {
        matches!(self.reading, Reading::SetAside(_) | Reading::Unread)
    }

    /// What the page is called.
    fn heading(&self) -> &'static str {
        match self.reading {
            Reading::ComesBack => "Thank you. Please change some words",
            _ => "Thank you. We have your words",
        }
    }

    /// What comes next.
    fn steps(&self) -> &'static [String] {
        let screening = content::screening();
        match self.reading {
            Reading::Passed | Reading::Unread => &content::wording().what_next,
            Reading::SetAside(_) => &screening.set_aside_next,
            Reading::ComesBack => &screening.sent_back_next,
            Reading::Declined => &screening.declined_next,
        }
    }
}

/// The page after a link to somebody's post was taken. It belongs to nobody who sent it, so there is no way back to it.
#[derive(Clone, Copy, Debug, Default, Template)]
#[template(path = "thank_you_link.html")]
pub struct ThankYouLink {}

/// The refusal for people under 18: kind, with Childline first.
#[derive(Clone, Copy, Debug, Default, Template)]
#[template(path = "refused_minor.html")]
pub struct RefusedMinor {}

/// All helplines.
#[derive(Clone, Copy, Debug, Default, Template)]
#[template(path = "help.html")]
pub struct Help {}

/// The form for a return code: `POST /status` with `return_code`. A code that was entered is never shown again.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "status_entry.html")]
pub struct StatusEntry {
    /// What is wrong, by field.
    pub errors: Errors,
}
