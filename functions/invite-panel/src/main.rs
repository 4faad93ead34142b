//! Wires invite-panel: besides where everything is, `MAIL_FROM` (the sender, verified with SES), `PUBLIC_URL` (where
//! links lead), `LINK_KEYS_PARAMETER` (the SSM parameter with the keys that sign them) and, so that what comes back is
//! heard of, `MAIL_CONFIGURATION_SET` (of SES).

use std::sync::Arc;

use app::invite::Post;
use aws::{batch::LogFailures, configuration::Environment, mail::SesMailer, secret::Secret, start};
use lambda_runtime::{LambdaEvent, service_fn};
use web::{correspondence::Letters, links::Keyring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    let from = environment.required("MAIL_FROM");
    let configuration_set = environment.optional("MAIL_CONFIGURATION_SET");
    let base_url = environment.required("PUBLIC_URL").trim_end_matches('/').to_owned();
    let parameter = environment.required("LINK_KEYS_PARAMETER");
    environment.complete()?;
    let sdk = start::sdk().await;
    let core = &surroundings.core(&sdk);
    let mailer = &SesMailer::new(aws_sdk_sesv2::Client::new(&sdk), from, configuration_set);
    let letters = &Secret::new(aws_sdk_ssm::Client::new(&sdk), parameter, move |text| {
        let keys = text.parse::<Keyring>().map_err(|error| error.to_string())?;
        Ok(Letters { keys: Arc::new(keys), base_url: base_url.clone() })
    });
    let step = async |event: LambdaEvent<_>| {
        // Without keys there is no link to send: the whole batch comes again.
        let letters = letters.get().await?;
        let post = Post { mailer, correspondence: &*letters };
        invite_panel::handle(core, post, &LogFailures, event).await
    };
    lambda_runtime::run(service_fn(step)).await.map_err(anyhow::Error::from_boxed)
}
