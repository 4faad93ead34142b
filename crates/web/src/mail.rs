//! The letters that the channel sends.
//!
//! Invariant: a letter holds a reference, times and at most one link. Its types have no field for words that somebody
//! submitted, for what was found in them, or for what anybody decided, so none can get into a mailbox. Subjects are
//! neutral and one line: a phone shows them on a locked screen.

mod letters;

#[cfg(test)]
mod tests;

pub use letters::{
    AlertKind, BallotReceipt, CoordinatorAlert, FreshLink, HoldAlert, HoldReader, Invitation, Reminder,
    SubmitterNotice,
};

/// A mail's content, the same in both forms.
#[derive(Clone, Eq, PartialEq)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// The whole letter as plain text.
    pub text: String,
    /// The whole letter as HTML.
    pub html: String,
}

impl std::fmt::Debug for Letter {
    // A letter holds a signed link, which must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Letter(..)")
    }
}

/// Every http and https address in a plain text, in order.
pub fn links(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
        .filter_map(|word| {
            let start = word.find("https://").into_iter().chain(word.find("http://")).min()?;
            let link = word[start..].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
            (!link.ends_with("//")).then(|| link.to_owned())
        })
        .collect()
}
