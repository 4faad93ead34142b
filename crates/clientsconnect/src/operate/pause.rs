//! `clientsconnect pause` and `resume`: the switch for the whole channel.

use app::{Core, queue::officer};
use curation::{audit::Actor, ids::PersonId};
use serde_json::json;

use super::{advice, connect::Place, print::Shown};

/// Stop the channel: nothing is published and nobody is invited until `clientsconnect resume`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Submissions are still taken, screened and answered, and open reviews go on: a pause loses nothing.
Deadlines run on. What is already published stays; `clientsconnect queue close` takes a post down.

Without --as it works as well, since it may have to be quick; the record then says nobody's name.
`clientsconnect brake` shows who paused the channel and when.

Examples:
  clientsconnect pause --as COORDINATOR                    the local channel in .data
  clientsconnect pause --as COORDINATOR --tables channel   the deployed one

With --json: {\"paused\": true}")]
pub(crate) struct PauseArgs {
    /// Who acts: an id from `clientsconnect roster list`
    #[arg(long = "as", value_name = "PERSON_ID")]
    pub(crate) person: Option<PersonId>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Start the channel again after `clientsconnect pause`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Missed slots are skipped, never made up for: posts come at their usual pace.

Example:
  clientsconnect resume --as COORDINATOR

With --json: {\"paused\": false}")]
pub(crate) struct ResumeArgs {
    /// Who acts: an id from `clientsconnect roster list`
    #[arg(long = "as", value_name = "PERSON_ID")]
    pub(crate) person: Option<PersonId>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Turns the switch, in the name of whoever runs the channel, if one is given.
///
/// # Errors
/// Nobody has this id, or the store did not do it.
pub(crate) async fn run(core: &Core, person: Option<PersonId>, is_paused: bool) -> anyhow::Result<Shown> {
    let actor = match person {
        Some(person) => {
            Actor::Person(officer(core, person).await.map_err(|error| advice::of_officer(&error))?.id)
        }
        None => Actor::System,
    };
    app::roster::pause_channel(core, actor, is_paused).await.map_err(|error| advice::of_roster(&error))?;
    let plain = match is_paused {
        true => {
            "The channel is paused: nothing is published and nobody is invited. `clientsconnect resume` starts it again.\n"
        }
        false => "The channel runs: posts and invitations go out again, at their usual pace.\n",
    };
    Shown::new(plain.to_owned(), &json!({ "paused": is_paused }))
}
