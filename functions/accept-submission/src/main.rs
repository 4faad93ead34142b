//! Wires accept-submission: besides where everything is, `PUBLIC_URL` (where the pages are), `LINK_KEYS_PARAMETER` (the SSM
//! parameter with the keys that sign links) and, if the usual number does not fit, `HOURLY_LIMIT` (how many proposals one
//! address may make an hour).

use std::sync::Arc;

use anyhow::Context;
use app::accept::HOURLY_LIMIT;
use aws::{configuration::Environment, keys, start};
use web::{Web, links::Keyring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    let base_url = environment.required("PUBLIC_URL").trim_end_matches('/').to_owned();
    let parameter = environment.required("LINK_KEYS_PARAMETER");
    let hourly_limit = environment.number("HOURLY_LIMIT", HOURLY_LIMIT);
    environment.complete()?;
    let sdk = start::sdk().await;
    let text = keys::read(&aws_sdk_ssm::Client::new(&sdk), &parameter).await?;
    let web = Web {
        core: surroundings.core(&sdk),
        rules: accept_submission::planned_rules(),
        keys: Arc::new(text.parse::<Keyring>().context("the keys cannot be read")?),
        base_url,
        hourly_limit,
        address_secret: keys::derived(keys::ADDRESSES, &text),
    };
    lambda_http::run(accept_submission::behind_gateway(web)).await.map_err(anyhow::Error::from_boxed)
}
