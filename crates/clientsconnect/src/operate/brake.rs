//! `clientsconnect brake`: the switch for one topic.

use std::collections::BTreeSet;

use app::{Core, queue::officer, schedule};
use clap::{Args, ValueEnum};
use curation::{
    audit::{self, Actor},
    ids::{PersonId, SubmissionId},
    roster::Officer,
    submission::{State, Submission},
};
use serde_json::json;

use super::{
    advice,
    connect::Place,
    print::{Shown, clean, table, when},
};

/// Stop everything about one topic, or let it go on; without a topic, show the topics and what was switched
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing about a braked topic is published; what is taken in, screened and reviewed goes on. A coordinator says what an
item is about with `clientsconnect queue topic`; an item without a topic is stopped by `clientsconnect pause` alone.
What is already published stays: `clientsconnect queue close` takes a post down.

Examples:
  clientsconnect brake                                            the topics, and the record of all switches
  clientsconnect brake suicide-and-self-harm on --as COORDINATOR
  clientsconnect brake suicide-and-self-harm off --as COORDINATOR

With --json: {topics: [{id, name, braked}], without_topic, record: {holds_together, entries}}. without_topic: how many
approved items no brake stops, where one was put on.")]
pub(crate) struct BrakeArgs {
    /// A topic from content/topics.toml
    #[arg(value_name = "TOPIC", requires = "position")]
    topic: Option<String>,
    /// Stop it, or let it go on
    #[arg(value_enum, value_name = "on|off", requires = "person")]
    position: Option<Position>,
    /// Who acts: an id from `clientsconnect roster list`
    #[arg(long = "as", value_name = "PERSON_ID")]
    person: Option<PersonId>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Where the brake is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Position {
    On,
    Off,
}

/// Turns the switch, if one is named, and shows all.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn run(core: &Core, args: BrakeArgs) -> anyhow::Result<Shown> {
    if let (Some(topic), Some(position), Some(person)) = (&args.topic, args.position, args.person) {
        let officer = officer(core, person).await.map_err(|error| advice::of_officer(&error))?;
        let is_on = position == Position::On;
        schedule::brake(core, &officer, topic, is_on).await.map_err(|error| advice::of_officer(&error))?;
    }
    let of_store = |error| advice::of_store(&error);
    let without_topic = match args.position {
        Some(Position::On) => {
            let items = core.store.list().await.map_err(of_store)?;
            let is_untold =
                |item: &&_| matches!(item, Submission { state: State::Approved { .. }, topic: None, .. });
            Some(items.iter().filter(is_untold).count())
        }
        _ => None,
    };
    let officers = core.store.officers().await.map_err(of_store)?;
    let switches = core.store.channel().await.map_err(of_store)?.switches;
    let entries = core.store.switched().await.map_err(of_store)?;
    let holds = audit::verify(SubmissionId::CHANNEL, &entries).is_ok_and(|head| head == switches.chain);
    let mut text = topics(&switches.braked);
    if let Some(number @ 1..) = without_topic {
        text.push_str(&format!(
            "Approved without a topic, so no brake stops them: {number}. `clientsconnect queue list --state approved` shows \
             which; `clientsconnect queue topic` gives them one.\n"
        ));
    }
    if switches.paused {
        text.push_str("The whole channel is paused: `clientsconnect resume` starts it again.\n");
    }
    for entry in &entries {
        text.push_str(&format!("{}  {}  by {}\n", when(entry.at), entry.action, who(&officers, entry.actor)));
    }
    if !holds {
        text.push_str("The record of the switches does not hold together.\n");
    }
    let topics = content::topics().iter().map(
        |topic| json!({ "id": topic.id, "name": topic.name, "braked": switches.braked.contains(&topic.id) }),
    );
    let json = json!({
        "topics": topics.collect::<Vec<_>>(),
        "without_topic": without_topic,
        "record": { "holds_together": holds, "entries": entries },
    });
    let mut shown = Shown::new(text, &json)?;
    shown.in_order = holds;
    Ok(shown)
}

/// Somebody who runs the channel, by name: the record of its switches is theirs.
fn who(officers: &[Officer], actor: Actor) -> String {
    let Actor::Person(person) = actor else { return "somebody who gave no name".to_owned() };
    let known = officers.iter().find(|officer| officer.id == person);
    known
        .map_or(person.to_string(), |officer| format!("{} ({})", clean(&officer.name), officer.duty.as_str()))
}

fn topics(braked: &BTreeSet<String>) -> String {
    let state = |id: &String| if braked.contains(id) { "stopped" } else { "goes on" }.to_owned();
    let mut rows = content::topics()
        .iter()
        .map(|topic| [topic.id.clone(), state(&topic.id), topic.name.clone()])
        .collect::<Vec<_>>();
    let gone = braked.iter().filter(|id| content::topic(id).is_none());
    rows.extend(gone.map(|id| [id.clone(), state(id), "not in the list any more".to_owned()]));
    table(["TOPIC", "STATE", "NAME"], &rows)
}
