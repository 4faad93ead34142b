//! Wires serve-log: besides where everything is, `PUBLIC_URL` (where the pages are).

use aws::{configuration::Environment, pages, start};
use web::routes::Published;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    start::log();
    let mut environment = Environment::of_process();
    let surroundings = start::Surroundings::read(&mut environment);
    let base_url = environment.required("PUBLIC_URL").trim_end_matches('/').to_owned();
    environment.complete()?;
    let core = surroundings.core(&start::sdk().await);
    let router = serve_log::router(Published::new(core, base_url));
    pages::serve_without_keys(router).await.map_err(anyhow::Error::from_boxed)
}
