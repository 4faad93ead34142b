//! Wires record-bounce: `TABLE_PREFIX`, `SCREENING_QUEUE_URL` and `INVITATIONS_QUEUE_URL` say where everything is.

use aws::{batch::LogFailures, configuration::Environment, start};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    environment.complete()?;
    let core = &surroundings.core(&start::sdk().await);
    let step = |event: LambdaEvent<_>| record_bounce::handle(core, &LogFailures, event);
    lambda_runtime::run(service_fn(step)).await.map_err(anyhow::Error::from_boxed)
}
