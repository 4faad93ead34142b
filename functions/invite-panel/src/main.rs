//! Wires invite-panel: besides where everything is, `MAIL_FROM` (the sender, verified with SES), `PUBLIC_URL` (where
//! links lead) and `LINK_KEYS_PARAMETER` (the SSM parameter with the keys that sign them).

use std::sync::Arc;

use anyhow::Context;
use app::invite::Post;
use aws::{batch::LogFailures, configuration::Environment, keys, mail::SesMailer, start};
use lambda_runtime::{LambdaEvent, service_fn};
use web::{correspondence::Letters, links::Keyring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    let from = environment.required("MAIL_FROM");
    let base_url = environment.required("PUBLIC_URL").trim_end_matches('/').to_owned();
    let parameter = environment.required("LINK_KEYS_PARAMETER");
    environment.complete()?;
    let sdk = start::sdk().await;
    let core = &surroundings.core(&sdk);
    let text = keys::read(&aws_sdk_ssm::Client::new(&sdk), &parameter).await?;
    let keys = text.parse::<Keyring>().context("the keys cannot be read")?;
    let letters = Letters { keys: Arc::new(keys), base_url };
    let mailer = SesMailer::new(aws_sdk_sesv2::Client::new(&sdk), from);
    let post = Post { mailer: &mailer, correspondence: &letters };
    let step = |event: LambdaEvent<_>| invite_panel::handle(core, post, &LogFailures, event);
    lambda_runtime::run(service_fn(step)).await.map_err(anyhow::Error::from_boxed)
}
