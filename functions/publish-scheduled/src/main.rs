//! Wires publish-scheduled.
//!
//! The platforms of the world outside come with their own adapters, which this version does not have yet. So the list of
//! platforms is empty: what is approved waits, and the log says so. The local mode publishes to its own timeline.

use aws::{configuration::Environment, start};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    environment.complete()?;
    let core = &surroundings.core(&start::sdk().await);
    let step = |event: LambdaEvent<_>| publish_scheduled::handle(core, &[], event);
    lambda_runtime::run(service_fn(step)).await.map_err(anyhow::Error::from_boxed)
}
