//! Wires receive-webhook: besides where everything is, `INTAKE_QUEUE_URL` (who is hinted that something waits),
//! `X_USER_ID` (the channel's account on X), `X_CONSUMER_SECRET_PARAMETER` (the SSM parameter with the app's secret) and, if
//! it has another name than the channel, `X_USERNAME`.

use aws::{configuration::Environment, pages, secret::Secret, start};
use receive_webhook::{Webhook, router, without_secret};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment).with_intake(&mut environment);
    let account = environment.required("X_USER_ID");
    let parameter = environment.required("X_CONSUMER_SECRET_PARAMETER");
    let name = environment.optional("X_USERNAME").unwrap_or_else(|| app::intake::CHANNEL_NAME.to_owned());
    environment.complete()?;
    let sdk = start::sdk().await;
    let core = surroundings.core(&sdk);
    let routes = Secret::new(aws_sdk_ssm::Client::new(&sdk), parameter, move |secret| {
        if secret.is_empty() {
            return Err("it is empty".to_owned());
        }
        Ok(router(Webhook::new(core.clone(), account.clone(), name.clone(), secret)))
    });
    pages::serve(routes, without_secret()).await.map_err(anyhow::Error::from_boxed)
}
