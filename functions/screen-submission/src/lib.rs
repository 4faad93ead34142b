//! screen-submission: screens what the queue `screening` hints at and what was not screened when it was accepted.
//!
//! Invariant: one message is one step. A message that fails is reported alone and comes again; a repeated one finds
//! nothing left to do.

use app::{Core, ports::Hint};
use aws::batch::{Failures, each};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Error, LambdaEvent};

/// Screens each submission that the event hints at.
///
/// # Errors
/// Never: what fails is in the response and is told to `failures`.
pub async fn handle(
    core: &Core,
    failures: &dyn Failures,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    Ok(each(event.payload, failures, |hint: Hint| app::screen::screen(core, hint.submission)).await)
}
