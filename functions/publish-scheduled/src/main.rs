//! Wires publish-scheduled: besides where everything is, each platform's account, or nothing ([`aws::accounts`]). A trial
//! has none of them, and no permission to read a secret: what is approved waits.

use std::sync::Arc;

use aws::{accounts, configuration::Environment, start};
use lambda_runtime::{LambdaEvent, service_fn};
use platforms::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    environment.complete()?;
    let sdk = start::sdk().await;
    let accounts = accounts::of(&Environment::of_process(), &sdk);
    let core = &surroundings.core(&sdk);
    let platforms = &accounts.into_iter().map(|account| account as Arc<dyn Platform>).collect::<Vec<_>>();
    let step = |event: LambdaEvent<_>| publish_scheduled::handle(core, platforms, event);
    lambda_runtime::run(service_fn(step)).await.map_err(anyhow::Error::from_boxed)
}
