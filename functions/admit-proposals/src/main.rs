//! Wires admit-proposals: besides where everything is, `INTAKE_QUEUE_URL` (who is hinted that something waits),
//! `LINK_KEYS_PARAMETER` (of which what keys hashes is derived), `PLATFORMS` (what words are composed for) and each platform's
//! account, or nothing ([`aws::accounts`]).

use std::sync::Arc;

use app::intake::IntakeSecret;
use aws::{accounts, configuration::Environment, keys, secret::Secret, start};
use lambda_runtime::{LambdaEvent, service_fn};
use platforms::Platform;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment).with_intake(&mut environment);
    let parameter = environment.required("LINK_KEYS_PARAMETER");
    let rules = start::rules(&mut environment);
    environment.complete()?;
    let rules = &rules;
    let sdk = start::sdk().await;
    let accounts = accounts::of(&Environment::of_process(), &sdk);
    let core = &surroundings.core(&sdk);
    let platforms = &accounts.into_iter().map(|account| account as Arc<dyn Platform>).collect::<Vec<_>>();
    let secret = &Secret::new(aws_sdk_ssm::Client::new(&sdk), parameter, |text| {
        Ok(IntakeSecret(keys::derived(keys::INTAKE, text)))
    });
    let step = async |event: LambdaEvent<serde_json::Value>| {
        let secret = secret.get().await?;
        admit_proposals::handle(core, platforms, rules, &secret, event).await
    };
    lambda_runtime::run(service_fn(step)).await.map_err(anyhow::Error::from_boxed)
}
