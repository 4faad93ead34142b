//! What a therapist reads and decides, and the page that asks once more.
//!
//! Invariant: what the others decided can only be given together with one's own ballot ([`OwnBallot`]).

use askama::Template;

use super::{Decision, Difference, Errors, MarkedText, Shared, Sharing, Verdict, When};

/// How many characters of the content hash a page shows: enough to compare two pages by eye.
const SHORT_HASH_CHARS: usize = 12;

/// One post of a thread, exactly as it would appear: `words` and then `disclaimer`, nothing between.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// Everything before the disclaimer, with the white space that separates them.
    pub words: String,
    /// The disclaimer, where this part carries it.
    pub disclaimer: String,
}

impl Part {
    /// Tells the disclaimer at the end of a rendered part from the words before it. No character is changed.
    pub fn new(rendered: &str, disclaimer: &str) -> Self {
        match rendered.strip_suffix(disclaimer) {
            Some(words) => Self { words: words.to_owned(), disclaimer: disclaimer.to_owned() },
            None => Self { words: rendered.to_owned(), disclaimer: String::new() },
        }
    }
}

/// The post or thread, as it would be on one platform or on several.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Post {
    /// The platforms' names, as people know them.
    pub platforms: Vec<String>,
    /// In order, as the publisher's own code rendered them.
    pub parts: Vec<Part>,
    /// What the first of them does with somebody else's post.
    pub sharing: Sharing,
    /// What the words are hidden behind until a reader asks for them.
    pub content_note: Option<String>,
}

impl Post {
    /// Puts together what is the same on several platforms, so that nobody reads it twice.
    pub fn grouped(posts: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for post in posts {
            let is_same = |group: &&mut Self| {
                (&group.parts, group.sharing, &group.content_note)
                    == (&post.parts, post.sharing, &post.content_note)
            };
            match groups.iter_mut().find(is_same) {
                Some(group) => group.platforms.extend(post.platforms),
                None => groups.push(post),
            }
        }
        groups
    }

    /// Where it would be, in words.
    pub fn where_to(&self) -> String {
        match &self.platforms[..] {
            [] => String::new(),
            [one] => one.clone(),
            [others @ .., last] => format!("{} and {last}", others.join(", ")),
        }
    }
}

/// What another therapist decided or wrote.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Other {
    /// Never a name.
    pub pseudonym: String,
    /// What they decided; `None` for a comment alone.
    pub decision: Option<Verdict>,
    /// Reason, suggestion or comment; may be empty.
    pub text: String,
    /// When.
    pub at: When,
}

/// One's own ballot, and with it what the others say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OwnBallot {
    /// What one decided.
    pub decision: Verdict,
    /// When.
    pub at: When,
    /// The others' ballots and comments, oldest first.
    pub others: Vec<Other>,
}

/// What the last revision was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Earlier {
    /// From the last revision's words to these.
    pub difference: Difference,
    /// What one decided then.
    pub own: Option<Verdict>,
}

/// That it would appear again and again, and what differs then.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Again {
    /// Every so-manieth post of the channel is guidance.
    pub every: u32,
    /// The longest time between two of guidance, in hours.
    pub within_hours: i64,
    /// For how many days one approval holds.
    pub days: i64,
    /// The disclaimers that take the place of the one shown, in turn.
    pub endings: Vec<String>,
}

/// What a therapist put into the form. [`Entered::default`] is the untouched form.
///
/// Sent by the form as `decision`, `suggestion`, `reword_reason`, `reject_reason`, `could_harm` (`true`) and `note`,
/// and again, hidden, by the page that asks for confirmation.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entered {
    /// `None` until somebody chooses: never preselected.
    pub decision: Option<Decision>,
    /// The words suggested with `reword`.
    pub suggestion: String,
    /// The reason given with `reword`.
    pub reword_reason: String,
    /// The reason given with `reject`.
    pub reject_reason: String,
    /// Whether a rejection says that the words could harm.
    pub could_harm: bool,
    /// A comment for the other therapists.
    pub note: String,
}

struct Labelled {
    label: &'static str,
    text: String,
}

impl Entered {
    fn keeps_reword(&self) -> bool {
        !self.suggestion.is_empty() || !self.reword_reason.is_empty()
    }

    fn keeps_reject(&self) -> bool {
        !self.reject_reason.is_empty() || self.could_harm
    }

    fn label(&self) -> &'static str {
        self.decision
            .map_or("Nothing chosen", |decision| Verdict { decision, could_harm: self.could_harm }.label())
    }

    fn hint(&self) -> &'static str {
        self.decision.map_or("Please go back and choose.", Decision::hint)
    }

    /// Only what belongs to the decision: text left under another choice is neither shown nor sent.
    fn given(&self) -> Vec<Labelled> {
        self.counting().into_iter().filter(|(_, label, _)| !label.is_empty()).map(Labelled::shown).collect()
    }

    fn hidden(&self) -> Vec<Labelled> {
        self.counting().into_iter().map(Labelled::sent).collect()
    }

    /// Field, heading (empty: not shown as text) and value of all that counts.
    fn counting(&self) -> Vec<(&'static str, &'static str, String)> {
        let Some(decision) = self.decision else { return Vec::new() };
        let mut fields = vec![("decision", "", decision.value().to_owned())];
        match decision {
            Decision::Reword => {
                fields.push(("suggestion", "The words you suggest", self.suggestion.clone()));
                fields.push(("reword_reason", "What should change, and why", self.reword_reason.clone()));
            }
            Decision::Reject => {
                fields.push(("reject_reason", "Why not", self.reject_reason.clone()));
                if self.could_harm {
                    fields.push(("could_harm", "", "true".to_owned()));
                }
            }
            Decision::Approve | Decision::Concern | Decision::StepBack => {}
        }
        fields.push(("note", "Your comment for the other therapists", self.note.clone()));
        fields.retain(|(_, _, value)| !value.is_empty());
        fields
    }

    /// What has to be ticked. Somebody who knows the writer must still be able to step back or raise a concern, so
    /// those two ask for something that they can truthfully say.
    fn declaration(&self) -> &'static str {
        match self.decision {
            Some(Decision::StepBack) => "Yes, I step back from this one.",
            Some(Decision::Concern) => "Yes, I raise a safeguarding concern. Stop this now.",
            _ => &content::consent().declaration.text,
        }
    }
}

impl Labelled {
    fn shown((_, label, text): (&'static str, &'static str, String)) -> Self {
        Self { label, text }
    }

    fn sent((field, _, text): (&'static str, &'static str, String)) -> Self {
        Self { label: field, text }
    }
}

/// The page on which a therapist reads and decides: `POST {action}` with the fields of [`Entered`] and `form_token`.
#[derive(Clone, Debug, Template)]
#[template(path = "review.html")]
pub struct Review {
    /// What is wrong, by field.
    pub errors: Errors,
    /// The submission's id.
    pub reference: String,
    /// The page's own address, without a slash at its end.
    pub action: String,
    /// Seals the form.
    pub form_token: String,
    /// When the review closes.
    pub deadline: When,
    /// From 1.
    pub revision: u32,
    /// Whether the item is in the elevated tier.
    pub elevated: bool,
    /// The whole content hash; the page shows its beginning.
    pub content_hash: String,
    /// Somebody else's post that would be shared.
    pub shared: Option<Shared>,
    /// What would be posted, each with the platforms on which it would be the same.
    pub posts: Vec<Post>,
    /// Of guidance, which appears again and again.
    pub again: Option<Again>,
    /// The words with what screening found in them.
    pub screened: MarkedText,
    /// From the second revision on.
    pub earlier: Option<Earlier>,
    /// Once one has voted.
    pub own: Option<OwnBallot>,
    /// [`Entered::default`] on a GET; what was entered, after a mistake.
    pub entered: Entered,
    /// Whether what was entered sounds like danger: signposting then comes first.
    pub urgent: bool,
}

impl Review {
    fn short_hash(&self) -> String {
        self.content_hash.chars().take(SHORT_HASH_CHARS).collect()
    }
}

/// The page that asks once more: `POST {action}/confirm` with `declaration` (`yes`, a box to be ticked), `form_token`
/// and, hidden, what counts of [`Entered`].
#[derive(Clone, Debug, Template)]
#[template(path = "review_confirm.html")]
pub struct ReviewConfirm {
    /// What is wrong, by field.
    pub errors: Errors,
    /// The submission's id.
    pub reference: String,
    /// The review page's address.
    pub action: String,
    /// Seals the form and what was chosen.
    pub form_token: String,
    /// What was chosen.
    pub entered: Entered,
    /// Whether what was entered sounds like danger: signposting then comes first.
    pub urgent: bool,
}
