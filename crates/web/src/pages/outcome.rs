//! Pages at the end of something: done, closed, a dead link, a problem.

use askama::Template;

/// What was done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DoneKind {
    /// A ballot was recorded and can still be changed.
    Voted,
    /// A therapist stepped back.
    SteppedBack,
    /// A concern stopped the item.
    ConcernRaised,
    /// The submitter sent changed words.
    WordsChanged,
    /// The submitter answered to changed words.
    Answered,
    /// The submitter asked for a person.
    Appealed,
    /// The submitter withdrew.
    Withdrawn,
    /// The submitter chose to leave things as they are.
    LeftAlone,
}

impl DoneKind {
    /// Whether the page is for somebody who proposed words, and so carries the support block.
    pub fn is_submitters(self) -> bool {
        matches!(
            self,
            Self::WordsChanged | Self::Answered | Self::Appealed | Self::Withdrawn | Self::LeftAlone
        )
    }
}

/// Thanks, and what can still be done.
#[derive(Clone, Debug, Template)]
#[template(path = "done.html")]
pub struct Done {
    /// The submission's id.
    pub reference: String,
    /// What was done.
    pub kind: DoneKind,
    /// Where it can be changed or looked at again.
    pub back: Option<String>,
    /// Whether what was sent sounds like danger: signposting then comes first.
    pub urgent: bool,
}

impl Done {
    fn title(&self) -> &'static str {
        match self.kind {
            DoneKind::Voted => "Thank you. Your decision is recorded",
            DoneKind::SteppedBack => "Thank you. You have stepped back",
            DoneKind::ConcernRaised => "Thank you. This is stopped",
            DoneKind::WordsChanged => "Thank you. We have your changed words",
            DoneKind::Answered => "Thank you. We have your answer",
            DoneKind::Appealed => "Thank you. A person will look",
            DoneKind::Withdrawn => "Your words are withdrawn",
            DoneKind::LeftAlone => "Nothing has changed",
        }
    }

    fn sentence(&self) -> &'static str {
        match self.kind {
            DoneKind::Voted => {
                "Until the review closes you can change it: open the review again with the same link. We are also mailing you a receipt with that link."
            }
            DoneKind::SteppedBack => "Somebody else is asked instead. Nobody needs to know why.",
            DoneKind::ConcernRaised => {
                "Nothing more happens with it until the safeguarding lead has looked. They are being told now."
            }
            DoneKind::WordsChanged => "We check them again, and then the therapists read them.",
            DoneKind::Answered => "Your page shows what happens next.",
            DoneKind::Appealed => "A coordinator has been told. Your page shows what happens next.",
            DoneKind::Withdrawn => {
                "They are not going to be published. If they were, we are taking them down."
            }
            DoneKind::LeftAlone => "Your words stay with us as they were.",
        }
    }

    fn back_label(&self) -> &'static str {
        match self.kind {
            DoneKind::Voted => "See the review and what others say",
            DoneKind::SteppedBack | DoneKind::ConcernRaised => "Back to the review",
            DoneKind::WordsChanged
            | DoneKind::Answered
            | DoneKind::Appealed
            | DoneKind::Withdrawn
            | DoneKind::LeftAlone => "See how things stand",
        }
    }
}

/// Why a decision is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClosedReason {
    /// The review has closed.
    ReviewClosed,
    /// The therapist is not eligible at this moment.
    NotEligible,
    /// The words changed: a new revision has its own invitation.
    NewRevision,
}

impl ClosedReason {
    fn title(self) -> &'static str {
        match self {
            Self::ReviewClosed => "This review has closed",
            Self::NotEligible => "We can't count a decision from you at the moment",
            Self::NewRevision => "The words have changed since",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::ReviewClosed => {
                "Enough decisions were in, or the time was up. A decision that was made in time counts; nothing was recorded just now."
            }
            Self::NotEligible => {
                "Your entry on our roster needs a look first, often because a check in your register is due. The coordinator can put that right. Nothing was recorded just now."
            }
            Self::NewRevision => {
                "Decisions belong to the exact words, so this one was not recorded. If you are asked about the new words, an invitation comes by mail."
            }
        }
    }
}

/// A decision that came too late, or from somebody who may not vote now.
#[derive(Clone, Debug, Template)]
#[template(path = "closed.html")]
pub struct Closed {
    /// The submission's id.
    pub reference: String,
    /// Why.
    pub reason: ClosedReason,
    /// Where a concern can still be raised, if it can: `POST {action}` with `decision` (`concern`) and `form_token`.
    pub concern: Option<Concern>,
    /// Whether what was sent sounds like danger: signposting then comes first.
    pub urgent: bool,
}

impl Closed {
    fn is_unchosen(&self) -> bool {
        self.concern.as_ref().is_some_and(|concern| concern.unchosen)
    }
}

/// The form with which a reviewer stops an item long after its review.
#[derive(Clone, Debug)]
pub struct Concern {
    /// The review page's address.
    pub action: String,
    /// Seals the form.
    pub form_token: String,
    /// It was sent without a choice.
    pub unchosen: bool,
}

/// The one page for every link that does not work, whatever the reason: `POST /review/fresh` with `email`.
#[derive(Clone, Copy, Debug, Default, Template)]
#[template(path = "dead_link.html")]
pub struct DeadLink {
    /// Whether a fresh link was just asked for. The page is the same whether or not the address is known.
    pub asked: bool,
    /// Whether what was sent to it sounds like danger: signposting then comes first.
    pub urgent: bool,
}

/// Something went wrong; what to do; and where to turn, whatever it was.
#[derive(Clone, Debug, Template)]
#[template(path = "problem.html")]
pub struct Problem {
    /// In a few words, without blame.
    pub title: String,
    /// What the reader can do now.
    pub what_to_do: String,
}

impl Problem {
    /// The words for an HTTP status that the edge answers with.
    pub fn for_status(status: u16) -> Self {
        let (title, what_to_do) = match status {
            400 => ("We could not read that", "Please go back, reload the page and try again."),
            403 => ("This form is no longer valid", "Please go back, reload the page and send it again."),
            404 => ("There is no page here", "Perhaps the address was cut off. You can start from the form."),
            405 | 415 => ("That can't be done here", "Please use the form on our page."),
            409 => (
                "Something changed in the meantime",
                "Please go back, reload the page and look at it again. Nothing was recorded just now.",
            ),
            413 => ("That is too long for us", "Please go back and shorten it to 2,000 characters."),
            429 => (
                "A little too fast for us",
                "Please wait a few minutes and send it again. We have not kept what you sent.",
            ),
            503 => (
                "We are having a pause",
                "Please come back in a few minutes and send it again. Twice is not a problem.",
            ),
            _ => ("Something went wrong with us", "It is not your fault. Please try again in a few minutes."),
        };
        Self { title: title.to_owned(), what_to_do: what_to_do.to_owned() }
    }
}
