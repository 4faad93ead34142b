//! Wires accept-submission: besides where everything is, `PUBLIC_URL` (where the pages are), `LINK_KEYS_PARAMETER` (the SSM
//! parameter with the keys that sign links), `PLATFORMS` (what words are composed for, whether or not anything is posted
//! there yet: so reviewers see posts as they will appear, and what is approved waits for each until it is switched on),
//! `INTAKE_QUEUE_URL` (who is hinted that a post waits), `MASTODON_SERVER` (whose posts can be proposed by their link)
//! and, if the usual number does not fit, `HOURLY_LIMIT` (how many proposals one address may make an hour).

use std::sync::Arc;

use app::accept::HOURLY_LIMIT;
use aws::{configuration::Environment, keys, pages, secret::Secret, start};
use platforms::intake::MastodonServer;
use web::{Web, links::Keyring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment).with_intake(&mut environment);
    let base_url = environment.required("PUBLIC_URL").trim_end_matches('/').to_owned();
    let parameter = environment.required("LINK_KEYS_PARAMETER");
    let hourly_limit = environment.number("HOURLY_LIMIT", HOURLY_LIMIT);
    let rules = start::rules(&mut environment);
    let mastodon = environment.optional("MASTODON_SERVER").and_then(|server| MastodonServer::parse(&server));
    environment.complete()?;
    let sdk = start::sdk().await;
    let core = surroundings.core(&sdk);
    let routes = Secret::new(aws_sdk_ssm::Client::new(&sdk), parameter, move |text| {
        Ok(accept_submission::behind_gateway(Web {
            core: core.clone(),
            rules: rules.clone(),
            keys: Arc::new(text.parse::<Keyring>().map_err(|error| error.to_string())?),
            base_url: base_url.clone(),
            hourly_limit,
            address_secret: keys::derived(keys::ADDRESSES, text),
            mastodon: mastodon.clone(),
        }))
    });
    pages::serve(routes, web::routes::without_keys()).await.map_err(anyhow::Error::from_boxed)
}
