//! Guidance: what the channel itself says again and again. Proposed by a coordinator, approved by therapists like all else.
//!
//! Invariant: that it is the channel's own opens no shorter way: it is screened, reviewed and bound to its content hash as
//! any proposal, and nobody approves what they proposed.

use curation::{
    audit::Actor,
    composition::PlatformRules,
    ids::SubmissionId,
    roster::{Duty, Officer},
    submission::{Kind, Submission},
    transitions::{InvalidTransition, NewSubmission},
    words::Words,
};
use jiff::Timestamp;
use store::Proposal;

use crate::{
    Core, StepFailure, queue::OfficerError, return_code::ReturnCode, schedule::UnknownTopic,
    submitter::ReviseError,
};

/// Guidance, drafted and proposed.
#[derive(Debug, Clone)]
pub struct Guidance {
    /// The draft's short name; `None` for words that are no draft, or not any more.
    pub draft: Option<&'static content::Guidance>,
    /// The item, if it was proposed.
    pub item: Option<Submission>,
    /// When it last appeared, as far back as that matters.
    pub last_at: Option<Timestamp>,
}

/// Proposes a draft, or other words, as guidance.
///
/// # Errors
/// [`OfficerError`]: also if it was proposed already, and has not ended.
pub async fn propose(
    core: &Core,
    rules: &[PlatformRules],
    officer: &Officer,
    words: &str,
    topic: Option<&str>,
) -> Result<Submission, OfficerError> {
    if officer.duty != Duty::Coordinator {
        return Err(OfficerError::NotYours(Duty::Coordinator.as_str()));
    }
    if topic.is_some_and(|topic| content::topic(topic).is_none()) {
        return Err(UnknownTopic.into());
    }
    let words = Words::parse(words)?;
    fit(&words)?;
    let now = core.clock.now();
    let mut replaces = None;
    for one in all(core).await? {
        let is_same = one.words.as_deref() == Some(words.as_str());
        if !is_same || has_ended(&one.item) {
            continue;
        }
        if !one.item.approval_ends_soon(now) {
            return Err(OfficerError::ProposedAlready(one.item.id.reference()));
        }
        replaces = Some(one.item.id);
    }
    let revision = core.repeated_revision(1, &words, rules, now).map_err(ReviseError::from)?;
    let milliseconds = u64::try_from(now.at.as_millisecond()).unwrap_or_default();
    let new = NewSubmission {
        id: SubmissionId::new(milliseconds, core.randomness.bytes()),
        kind: Kind::Guidance,
        role: None,
        may_contact: false,
    };
    let mut report = None;
    let actor = Actor::Person(officer.id);
    let step = Submission::receive_from(actor, new, &revision, now).and_then(|mut received| {
        received.topic = topic.map(str::to_owned);
        received.replaces = replaces;
        let (step, found) = core.screen_now(received, &revision, None, now)?;
        report = found;
        Ok::<_, InvalidTransition>(step)
    })?;
    let stored = Proposal {
        step: &step,
        revision: &revision,
        report: report.as_ref(),
        email: None,
        consent: &serde_json::json!({ "at": now.at, "proposed_by": officer.id }),
        // Nobody gets it: the channel's own words need no way back to them.
        return_code: &ReturnCode::from_bytes(core.randomness.bytes()).hash(),
        remembered: None,
    };
    core.store.accept(&stored, now).await?;
    tracing::info!(submission = %step.submission.id, "guidance proposed");
    core.hint_after(&step).await;
    Ok(step.submission)
}

/// Words that keep the rules of `content/guidance.toml`, wherever they come from.
pub(crate) fn fit(words: &Words) -> Result<&Words, ReviseError> {
    content::check_guidance(words.as_str()).map(|()| words).map_err(ReviseError::Guidance)
}

/// Every draft with what became of it, and guidance that is no draft any more.
///
/// # Errors
/// [`StepFailure::Store`].
pub async fn list(core: &Core) -> Result<Vec<Guidance>, StepFailure> {
    let cadence = core.store.channel().await?.cadence;
    let mut proposed = all(core).await?;
    let last_at = |item: &Submission| cadence.guidance.get(&item.id).copied();
    let mut shown = Vec::new();
    for draft in content::guidance() {
        let (its, others) = proposed.into_iter().partition(|one| one.words.as_deref() == Some(&draft.text));
        proposed = others;
        let newest = Vec::into_iter(its).max_by_key(|one: &Proposed| one.item.id).map(|one| one.item);
        let last = newest.as_ref().and_then(last_at);
        shown.push(Guidance { draft: Some(draft), item: newest, last_at: last });
    }
    shown.extend(proposed.into_iter().map(|one| Guidance {
        draft: None,
        last_at: last_at(&one.item),
        item: Some(one.item),
    }));
    Ok(shown)
}

struct Proposed {
    item: Submission,
    words: Option<String>,
}

/// All guidance that was ever proposed: for a person's command, never for a function.
async fn all(core: &Core) -> Result<Vec<Proposed>, StepFailure> {
    let mut all = Vec::new();
    for item in core.store.list().await? {
        if item.kind == Kind::Guidance {
            let revision = core.store.revision(item.id, item.revision).await?;
            all.push(Proposed { item, words: revision.map(|revision| revision.composition.words) });
        }
    }
    Ok(all)
}

/// Whether nothing goes on with it.
fn has_ended(item: &Submission) -> bool {
    matches!(
        item.state.name(),
        "rejected" | "declined" | "retracted" | "withdrawn" | "expired" | "closed" | "published"
    )
}
