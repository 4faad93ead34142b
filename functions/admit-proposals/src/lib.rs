//! admit-proposals: makes submissions of what people asked for, in fair order and while the therapists have time; and
//! forgets posts that are gone.
//!
//! Invariant: neither a hint nor a schedule's event decides anything. Two runs at once, or one too many, admit nothing
//! twice.

use app::{
    Core,
    intake::{IntakeSecret, admit},
    publish::Platforms,
};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use curation::composition::PlatformRules;
use lambda_runtime::{Error, LambdaEvent};

/// Does what is to be done, whatever called: however many hints there are, it is the same work.
///
/// # Errors
/// When the store does not answer: hints come again, and the schedule too.
pub async fn handle<Any>(
    core: &Core,
    platforms: &Platforms,
    rules: &[PlatformRules],
    secret: &IntakeSecret,
    _event: LambdaEvent<Any>,
) -> Result<(), Error> {
    admit::run(core, platforms, rules, secret).await?;
    Ok(())
}

/// The same for hints from the queue `intake`.
///
/// # Errors
/// Those of [`handle`]: the whole batch comes again.
pub async fn handle_hints(
    core: &Core,
    platforms: &Platforms,
    rules: &[PlatformRules],
    secret: &IntakeSecret,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    handle(core, platforms, rules, secret, event).await?;
    Ok(SqsBatchResponse::default())
}
