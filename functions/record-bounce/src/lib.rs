//! record-bounce: draws the consequences of mail that came back, as SES tells of it on the queue `bounces`.
//!
//! Invariant: one message is one step. A message that fails is reported alone and comes again; a repeated one finds
//! nothing left to do; and no failure quotes a message, which is full of addresses.

mod event;

use app::Core;
use aws::batch::{Failures, each};
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use lambda_runtime::{Error, LambdaEvent};

pub use event::SesEvent;

/// Records what came back in each event of the batch.
///
/// # Errors
/// Never: what fails is in the response and is told to `failures`.
pub async fn handle(
    core: &Core,
    failures: &dyn Failures,
    event: LambdaEvent<SqsEvent>,
) -> Result<SqsBatchResponse, Error> {
    let step = |event: SesEvent| async move {
        match event.bounce() {
            Some(bounce) => app::bounce::record(core, bounce).await,
            None => Ok(()),
        }
    };
    Ok(each(event.payload, failures, step).await)
}
