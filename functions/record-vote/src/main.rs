//! Wires record-vote: besides where everything is, `PUBLIC_URL` (where the pages are), `LINK_KEYS_PARAMETER` (the SSM
//! parameter with the keys that sign links).

use std::sync::Arc;

use app::accept::HOURLY_LIMIT;
use aws::{configuration::Environment, keys, pages, secret::Secret, start};
use web::{Web, links::Keyring};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    let base_url = environment.required("PUBLIC_URL").trim_end_matches('/').to_owned();
    let parameter = environment.required("LINK_KEYS_PARAMETER");
    environment.complete()?;
    let sdk = start::sdk().await;
    let core = surroundings.core(&sdk);
    let routes = Secret::new(aws_sdk_ssm::Client::new(&sdk), parameter, move |text| {
        Ok(record_vote::router(Web {
            core: core.clone(),
            // Reviewers decide on words as they were composed; nothing is composed here.
            rules: vec![],
            keys: Arc::new(text.parse::<Keyring>().map_err(|error| error.to_string())?),
            base_url: base_url.clone(),
            hourly_limit: HOURLY_LIMIT,
            address_secret: keys::derived(keys::ADDRESSES, text),
            mastodon: None,
        }))
    });
    pages::serve(routes, web::routes::without_keys()).await.map_err(anyhow::Error::from_boxed)
}
