//! The deadlines' sweep: everything that waited too long is pushed on.
//!
//! Invariant: one due item's trouble does not keep another from being looked at.

use std::collections::BTreeSet;

use curation::{
    ids::SubmissionId,
    submission::{State, Step, Submission},
    time::Now,
    transitions::{InvalidTransition, Task},
};
use store::{Hit, LANES, StoreError};

use crate::{
    Core, MOST_RACES, StepFailure, channel_mail,
    ports::{Hint, QueueName},
    rescreen,
    vote::approvers_of,
};

/// Hits that one sweep reads in one lane: so many that mail which cannot be sent does not hide what is due behind it.
const MOST_HITS: i32 = 1_000;

/// Submissions that one sweep pushes on in one lane, and hints for mail that it sends: what a function has time for.
/// What is left is found by the next sweep.
const MOST_PUSHED: usize = 100;

/// Looks once at everything that is due, and at what a newer engine has to screen. When nothing is, that is one read and
/// one query per lane; one read more while helplines have to be looked up.
///
/// # Errors
/// [`StepFailure::Store`] if the index cannot be asked. Trouble with one item is logged, and the item stays due.
pub async fn sweep(core: &Core) -> Result<(), StepFailure> {
    // Trouble with it keeps nothing that is due from being looked at; the next sweep goes on with it.
    if let Err(error) = rescreen::walk(core).await {
        tracing::error!(%error, "what is to be screened again was not looked for");
    }
    if let Err(error) = channel_mail::remind_of_helplines(core).await {
        tracing::error!(%error, "nobody could be told of helplines that nobody checks");
    }
    for lane in 0..LANES {
        let mut mail = BTreeSet::new();
        let mut items = Vec::new();
        for hit in core.store.due_for_work(lane, core.clock.now().at, MOST_HITS).await? {
            match hit {
                Hit::Notices(id) => drop(mail.insert(id)),
                Hit::Submission(id) | Hit::WaitsForSlot(id) | Hit::Guidance(id) => items.push(id),
            }
        }
        for id in items.into_iter().take(MOST_PUSHED) {
            if let Err(error) = push_on(core, id).await {
                tracing::error!(submission = %id, %error, "a due item could not be pushed on");
            }
        }
        for id in mail.into_iter().take(MOST_PUSHED) {
            if let Err(error) = core.queue.send(QueueName::Invitations, Hint { submission: id }).await {
                tracing::error!(submission = %id, %error, "due mail could not be hinted at");
            }
        }
    }
    Ok(())
}

/// Does what one due item waits for.
///
/// # Errors
/// [`StepFailure`]; the item stays due.
pub async fn push_on(core: &Core, id: SubmissionId) -> Result<(), StepFailure> {
    let mut barred = BTreeSet::new();
    for _ in 0..MOST_RACES {
        let now = core.clock.now();
        let Some(before) = core.store.load(id).await? else { return Ok(()) };
        let task = before.task(now);
        let Some(step) = step(before.clone(), task, &barred, now).transpose()? else {
            return Ok(());
        };
        let written = if task == Task::Erase {
            core.store.erase(&before, &step, now).await
        } else {
            core.store.commit(&before, &step, vec![], &approvers_of(&step, &barred, now), now).await
        };
        match written {
            Ok(()) => {
                tracing::info!(submission = %id, state = step.submission.state.name(), ?task, "pushed on");
                hint(core, task, &step).await;
                return Ok(());
            }
            Err(StoreError::Conflict) => {}
            Err(StoreError::Barred(people)) => barred.extend(people),
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

fn step(
    before: Submission,
    task: Task,
    barred: &BTreeSet<curation::ids::PersonId>,
    now: Now,
) -> Option<Result<Step, InvalidTransition>> {
    Some(match task {
        Task::Nothing => return None,
        Task::Screen => before.screening_failed(now),
        Task::Escalate => before.escalate(now),
        Task::Draw => before.draw_hinted(now),
        Task::AssessReview => before.review_due(barred, now),
        Task::Expire => before.expire(now),
        Task::Close => before.close_decided(now),
        Task::Remind => before.remind_of_attention(now),
        Task::Erase => before.erase(now),
    })
}

async fn hint(core: &Core, task: Task, step: &Step) {
    // What is held because screening failed is screened again as well; `hint_after` knows only what was received.
    if task == Task::Screen && matches!(step.submission.state, State::Held { .. }) {
        core.hint(QueueName::Screening, &step.submission).await;
    }
    core.hint_after(step).await;
}
