//! What people can choose on the forms, with the words beside each choice and its value on the wire.

/// Who a submitter is, if they say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// A member of the public.
    Public,
    /// Somebody in therapy, now or before.
    Client,
    /// A therapist.
    Therapist,
}

impl Role {
    /// In the order of the form.
    pub const ALL: [Self; 3] = [Self::Public, Self::Client, Self::Therapist];

    /// The value in the form and in the public API.
    pub fn value(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Client => "client",
            Self::Therapist => "therapist",
        }
    }

    /// The role with this value.
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.value() == value)
    }

    /// What stands beside the radio button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Public => "A member of the public",
            Self::Client => "Somebody who is or was in therapy",
            Self::Therapist => "A therapist or counsellor",
        }
    }
}

/// What a therapist can decide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decision {
    /// Publish these exact words.
    Approve,
    /// Not these words, but others could work.
    Reword,
    /// Do not publish.
    Reject,
    /// A safeguarding concern.
    Concern,
    /// Not for this therapist to review.
    StepBack,
}

impl Decision {
    /// In the order of the form.
    pub const CHOICES: [Self; 5] = [Self::Approve, Self::Reword, Self::Reject, Self::Concern, Self::StepBack];

    /// The value in the form.
    pub fn value(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reword => "reword",
            Self::Reject => "reject",
            Self::Concern => "concern",
            Self::StepBack => "step_back",
        }
    }

    /// The decision with this value.
    pub fn from_value(value: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|decision| decision.value() == value)
    }

    /// What stands beside the radio button, and names the decision elsewhere.
    pub fn label(self) -> &'static str {
        match self {
            Self::Approve => "Approve",
            Self::Reword => "Ask for other words",
            Self::Reject => "Reject",
            Self::Concern => "Raise a safeguarding concern",
            Self::StepBack => "Step back",
        }
    }

    /// What it means.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Approve => "Publish exactly this post.",
            Self::Reword => "Not like this, but with other words it could help.",
            Self::Reject => "This should not be published.",
            Self::Concern => {
                "Somebody may be in danger. This stops the post at once, and the safeguarding lead looks at it."
            }
            Self::StepBack => {
                "I shouldn't review this. You don't have to say why, and somebody else is asked."
            }
        }
    }

    /// Whether other words are asked for.
    pub fn is_reword(self) -> bool {
        self == Self::Reword
    }

    /// Whether it is a plain rejection.
    pub fn is_reject(self) -> bool {
        self == Self::Reject
    }
}

/// A decision as it counts, with what tells two kinds of rejection apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// What was decided.
    pub decision: Decision,
    /// Whether a rejection says that the words could harm.
    pub could_harm: bool,
}

impl Verdict {
    /// A decision that says nothing about harm.
    pub fn plain(decision: Decision) -> Self {
        Self { decision, could_harm: false }
    }

    /// The verdict in words.
    pub fn label(self) -> &'static str {
        match self {
            Self { decision: Decision::Reject, could_harm: true } => "Reject, it could harm",
            Self { decision, .. } => decision.label(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_the_choice_they_name() {
        for role in Role::ALL {
            assert_eq!(Role::from_value(role.value()), Some(role));
        }
        for decision in Decision::CHOICES {
            assert_eq!(Decision::from_value(decision.value()), Some(decision));
        }
        assert_eq!(Decision::from_value("Approve"), None);
        assert_eq!(Role::from_value(""), None);
    }
}
