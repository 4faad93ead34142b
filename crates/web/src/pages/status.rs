//! The submitter's own page, and the question before words are withdrawn.

use askama::Template;

use super::{Difference, Errors, MarkedText, Shared, When};

/// Something that happened, or will, on a day.
#[derive(Clone, Debug)]
pub struct Dated {
    /// What: "Received", "Please answer by".
    pub label: String,
    /// When.
    pub when: When,
}

/// A form for changing the words: `POST {action}/words` with `text`, `confirm` (`yes`) and `form_token`.
#[derive(Clone, Debug)]
pub struct Change {
    /// What is in the field: the words so far, or what was entered before a mistake.
    pub text: String,
    /// Reasons and suggestions of the therapists, one each.
    pub advice: Vec<String>,
    /// Seals the form.
    pub form_token: String,
}

/// The submitter's yes to changed words: `POST {action}/agree` with `answer` (`yes`, `no`) and `form_token`.
#[derive(Clone, Debug)]
pub struct Agree {
    /// From the submitter's words to the approved ones.
    pub difference: Difference,
    /// Seals the form.
    pub form_token: String,
}

/// The way from a machine's decision to a person: `POST {action}/appeal` with `appeal` (`yes`) and `form_token`.
#[derive(Clone, Debug)]
pub struct Appeal {
    /// Seals the form.
    pub form_token: String,
}

/// The way to withdraw: `POST {action}/withdraw` with `withdraw` (`yes`, `no`) and `form_token`.
#[derive(Clone, Debug)]
pub struct Withdraw {
    /// Seals the form.
    pub form_token: String,
}

/// The submitter's page.
#[derive(Clone, Debug, Template)]
#[template(path = "status.html")]
pub struct Status {
    /// What is wrong, by field.
    pub errors: Errors,
    /// The submission's id.
    pub reference: String,
    /// The state's name, such as `in_review`; the page shows its sentence.
    pub state: String,
    /// Whether signposting comes first.
    pub urgent: bool,
    /// Whether the words are the lead's alone.
    pub set_aside: bool,
    /// What happened and will, in order.
    pub dates: Vec<Dated>,
    /// Somebody else's post that would be shared; `None` once erased.
    pub shared: Option<Shared>,
    /// The submitter's words with what was found in them; `None` once erased, or where there are none.
    pub words: Option<MarkedText>,
    /// The page's own address, without a slash at its end.
    pub action: String,
    /// In `needs_redaction` and `rewording`.
    pub change: Option<Change>,
    /// In `approved`, when the words were changed by others.
    pub agree: Option<Agree>,
    /// In `declined`, until somebody asked for a person.
    pub appeal: Option<Appeal>,
    /// In every state that can be withdrawn.
    pub withdraw: Option<Withdraw>,
}

/// The question before withdrawing: `POST {action}/withdraw/confirm` with `confirm` (`yes`, a box to be ticked) and
/// `form_token`.
#[derive(Clone, Debug, Template)]
#[template(path = "status_confirm.html")]
pub struct StatusConfirm {
    /// What is wrong, by field.
    pub errors: Errors,
    /// The submission's id.
    pub reference: String,
    /// The status page's address.
    pub action: String,
    /// Seals the form.
    pub form_token: String,
}
