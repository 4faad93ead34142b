//! An item of the queue: finding it by what a person types, and saying in a line where it stands.

use app::{Core, queue::waits_for};
use curation::{
    cadence::Pin,
    ids::SubmissionId,
    policy::Tier,
    roster::Duty,
    submission::{Attention, Hold, State, Submission},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    advice,
    print::{table, when},
};

/// The length of an id in full.
const WHOLE: usize = 26;
/// The length of the reference that mails and pages show.
const REFERENCE: usize = 6;

/// Everybody who may have to act.
pub(crate) const DUTIES: [Duty; 3] = [Duty::Lead, Duty::Deputy, Duty::Coordinator];

/// An id or a reference, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ItemName {
    /// The id.
    Whole(SubmissionId),
    /// The six characters that people see.
    Reference(String),
}

impl std::str::FromStr for ItemName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_uppercase();
        match text.len() {
            WHOLE => text.parse().map(Self::Whole).map_err(|_| "that is not an item's id"),
            REFERENCE if text.chars().all(|one| one.is_ascii_alphanumeric()) => Ok(Self::Reference(text)),
            _ => Err("an item is named by its reference (6 letters and digits) or its whole id (26)"),
        }
    }
}

/// The item that a name means.
///
/// # Errors
/// If there is none, or a reference means several.
pub(crate) async fn find(core: &Core, name: &ItemName) -> anyhow::Result<Submission> {
    let reference = match name {
        ItemName::Whole(id) => {
            let item = core.store.load(*id).await.map_err(|error| advice::of_store(&error))?;
            return item.ok_or_else(advice::unknown_item);
        }
        ItemName::Reference(reference) => reference,
    };
    let mut found = core.store.list().await.map_err(|error| advice::of_store(&error))?;
    found.retain(|item| item.id.reference() == *reference);
    match found.len() {
        0 => Err(advice::unknown_item()),
        1 => Ok(found.remove(0)),
        _ => {
            let ids = found.iter().map(|item| item.id.to_string()).collect::<Vec<_>>();
            anyhow::bail!("{reference} means several items; give the whole id: {}", ids.join(", "))
        }
    }
}

/// Where an item stands, without a word of it. Field names are stable.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    id: SubmissionId,
    reference: String,
    state: &'static str,
    /// `crisis` or `technical` while it is held.
    hold: Option<&'static str>,
    tier: Tier,
    revision: u32,
    /// What it is about, if a coordinator said so: an id from `content/topics.toml`.
    topic: Option<String>,
    /// When a coordinator wants it to appear.
    pin: Option<Pin>,
    received_at: Timestamp,
    /// When the next thing happens if nobody does anything.
    due_at: Option<Timestamp>,
    /// The duties of those who should act: `lead`, `deputy`, `coordinator`.
    waits_for: Vec<&'static str>,
}

impl Line {
    /// Where `item` stands.
    pub(crate) fn of(item: &Submission) -> Self {
        Self {
            id: item.id,
            reference: item.id.reference(),
            state: item.state.name(),
            hold: match &item.state {
                State::Held { hold: Hold::Crisis { .. }, .. } => Some("crisis"),
                State::Held { hold: Hold::Technical { .. }, .. } => Some("technical"),
                _ => None,
            },
            tier: item.tier,
            revision: item.revision,
            topic: item.topic.clone(),
            pin: item.pin,
            received_at: item.received_at,
            due_at: item.due().map(|due| due.at),
            waits_for: DUTIES.into_iter().filter(|duty| waits_for(item, *duty)).map(Duty::as_str).collect(),
        }
    }
}

/// Items as a table, and what to say when there are none.
pub(crate) fn lines(items: &[Submission], none: &str) -> String {
    if items.is_empty() {
        return format!("{none}\n");
    }
    let rows = items
        .iter()
        .map(|item| {
            [
                item.id.reference(),
                item.state.name().to_owned(),
                tier(item.tier).to_owned(),
                item.due().map_or("-".to_owned(), |due| when(due.at)),
                item.topic.clone().unwrap_or("-".to_owned()),
                format!("{}{}", waiting(item), pinned(item)),
                item.id.to_string(),
            ]
        })
        .collect::<Vec<_>>();
    table(["ITEM", "STATE", "TIER", "DUE", "TOPIC", "WAITS FOR", "ID"], &rows)
}

/// What a coordinator said about when it appears, to stand behind what it waits for.
pub(crate) fn pinned(item: &Submission) -> String {
    match item.pin {
        Some(Pin::At(at)) => format!(", pinned: from {} on", when(at)),
        Some(Pin::Next(_)) => ", pinned: next".to_owned(),
        None => String::new(),
    }
}

/// The tier's name.
pub(crate) fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Standard => "standard",
        Tier::Elevated => "elevated",
    }
}

/// What an item waits for, in words.
pub(crate) fn waiting(item: &Submission) -> &'static str {
    match &item.state {
        State::Received { .. } => "screening",
        State::Held { hold: Hold::Crisis { .. }, .. } => match &item.release {
            _ if item.ended => "the lead, to close it",
            Some(release) if release.deputy.is_none() => "the deputy, to confirm the release",
            _ => "the lead",
        },
        State::Held { hold: Hold::Technical { .. }, .. } => "screening to work again",
        State::NeedsRedaction { .. } => "the submitter or a coordinator, for other words",
        State::Declined { .. } if item.appealed => "a coordinator, to take it up or close it",
        State::Declined { .. } | State::Rejected { .. } => "nobody: it closes",
        State::InReview { .. } if item.review.is_none() => "a panel",
        State::InReview { .. } => "ballots",
        State::Rewording { .. } => "the submitter or a coordinator, for other words",
        State::Stalled { .. } => "a coordinator, to widen the panel",
        State::Approved { awaits_submitter: true, .. } => "the submitter's yes",
        State::Approved { .. } => "a slot",
        State::Publishing { .. } => "the platforms",
        State::NeedsAttention { why: Attention::Refused, .. } => "a coordinator: a platform refused the post",
        State::NeedsAttention { why: Attention::Ambiguous, .. } => "a coordinator: is the post there?",
        State::NeedsAttention { why: Attention::Unfinished, .. } => "a coordinator: half a thread is there",
        State::Retracting { .. } => "the platforms, to take it down",
        State::Published { .. } if item.look_at_target.is_some() => "the next look at what it shares",
        State::Published { .. } => "nothing",
        State::Retracted { due_at }
        | State::Withdrawn { due_at }
        | State::Expired { due_at }
        | State::Closed { due_at } => match due_at {
            Some(_) => "its erasure",
            None => "nothing: it is erased",
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_item_is_named_by_reference_or_id_in_either_case() {
        assert_eq!("0000aa".parse(), Ok(ItemName::Reference("0000AA".to_owned())));
        let id = "01jd00000000000000000000aa".parse::<ItemName>().unwrap();
        assert_eq!(id, ItemName::Whole("01JD00000000000000000000AA".parse().unwrap()));
        for bad in ["", "0000A", "0000AAA", "0000-A", "01JD00000000000000000000A!", "ééé"] {
            assert!(bad.parse::<ItemName>().is_err(), "{bad}");
        }
    }
}
