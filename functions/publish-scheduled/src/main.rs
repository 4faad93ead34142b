//! Wires publish-scheduled: besides where everything is, each platform's account, or nothing. For Bluesky: `BLUESKY_SERVICE`,
//! `BLUESKY_IDENTIFIER` and `BLUESKY_PASSWORD_PARAMETER`, the SSM parameter with the password. A trial has none of them,
//! and no permission to read the password: what is approved waits.

use std::sync::Arc;

use app::feed::Feed;
use async_trait::async_trait;
use aws::{configuration::Environment, secret::Secret as Parameter, start};
use lambda_runtime::{LambdaEvent, service_fn};
use platforms::{
    Platform,
    bluesky::{Account, Bluesky},
    secret::{Secret, SecretUnavailable},
};

/// A password that SSM keeps.
struct Password(Parameter<String>);

#[async_trait]
impl Secret for Password {
    async fn read(&self) -> Result<String, SecretUnavailable> {
        let password = self.0.get().await.map_err(|error| SecretUnavailable(error.to_string()))?;
        Ok(String::clone(&password))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    let bluesky =
        environment.all_or_none(["BLUESKY_SERVICE", "BLUESKY_IDENTIFIER", "BLUESKY_PASSWORD_PARAMETER"]);
    environment.complete()?;
    let sdk = start::sdk().await;
    let core = &surroundings.core(&sdk);
    let bluesky = bluesky.map(|[service, identifier, parameter]| {
        let password = Parameter::new(aws_sdk_ssm::Client::new(&sdk), parameter, |text| Ok(text.to_owned()));
        Arc::new(Bluesky::new(Account { service, identifier }, Arc::new(Password(password))))
            as Arc<dyn Platform>
    });
    let mut platforms = bluesky.into_iter().collect::<Vec<_>>();
    if !platforms.is_empty() {
        // Beside an account: in a trial nothing appears anywhere.
        platforms.push(Arc::new(Feed::new(core.clone())));
    }
    let platforms = &platforms;
    let step = |event: LambdaEvent<_>| publish_scheduled::handle(core, platforms, event);
    lambda_runtime::run(service_fn(step)).await.map_err(anyhow::Error::from_boxed)
}
