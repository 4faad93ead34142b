//! `clientsconnect pause` and `resume`: the switch for the whole channel.

use app::Core;
use serde_json::json;

use super::{advice, connect::Place, print::Shown};

/// Stop the channel: nothing is published and nobody is invited until `clientsconnect resume`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Submissions are still taken, screened and answered, and open reviews go on: a pause loses nothing.
Deadlines run on. What is already published stays; `clientsconnect queue close` takes a post down.

Examples:
  clientsconnect pause                    the local channel in .data
  clientsconnect pause --tables channel   the deployed one

With --json: {\"paused\": true}")]
pub(crate) struct PauseArgs {
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Start the channel again after `clientsconnect pause`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Missed slots are skipped, never made up for: posts come at their usual pace.

Example:
  clientsconnect resume

With --json: {\"paused\": false}")]
pub(crate) struct ResumeArgs {
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Turns the switch.
///
/// # Errors
/// The store did not do it.
pub(crate) async fn run(core: &Core, is_paused: bool) -> anyhow::Result<Shown> {
    app::roster::pause_channel(core, is_paused).await.map_err(|error| advice::of_roster(&error))?;
    let plain = match is_paused {
        true => {
            "The channel is paused: nothing is published and nobody is invited. `clientsconnect resume` starts it again.\n"
        }
        false => "The channel runs: posts and invitations go out again, at their usual pace.\n",
    };
    Shown::new(plain.to_owned(), &json!({ "paused": is_paused }))
}
