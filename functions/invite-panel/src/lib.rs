//! invite-panel: draws panels, and sends all mail, for what the queue `invitations` hints at.
//!
//! Invariant: one message is one step. A message that fails is reported alone and comes again; mail that went is not
//! sent by a repetition.

use app::{Core, invite::Post, ports::Hint};
use aws::batch::{Failures, each};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Error, LambdaEvent};

/// Draws the panel and sends the mail that each submission of the event waits for.
///
/// # Errors
/// Never: what fails is in the response and is told to `failures`.
pub async fn handle(
    core: &Core,
    post: Post<'_>,
    failures: &dyn Failures,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    Ok(each(event.payload, failures, |hint: Hint| app::invite::invite(core, post, hint.submission)).await)
}
