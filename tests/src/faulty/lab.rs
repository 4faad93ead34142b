//! The channel in which one run after another takes place: approved once through the pages, each item then copied under
//! an id of its own, since a run is about what happens after.

use std::{collections::HashMap, sync::Arc, time::Duration};

use app::{Core, vote::Holder};
use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Config, Credentials, Region},
    types::{AttributeValue, PutRequest, WriteRequest},
};
use curation::{
    composition::Rendering,
    ids::{PersonId, SubmissionId},
    roster::Duty,
};
use platforms::{Platform, bluesky, mastodon, secret::FixedSecret, x};
use rand::{SeedableRng, rngs::StdRng};
use store::Store;
use tokio::sync::mpsc;

use super::{
    bluesky as bluesky_model,
    clocks::Clocks,
    fate::{self, Fate, GoOn},
    fault::Plan,
    mastodon as mastodon_model,
    peer::{Model, Peer},
    x as x_model,
};
use crate::Channel;

/// How long an adapter waits for an answer: far longer than a peer on this machine takes.
const PATIENCE: Duration = Duration::from_millis(250);
/// In the order of their names, as renderings are.
pub(super) const PLATFORMS: [&str; 3] = ["bluesky", "mastodon", "x"];
/// No two parts of an item are alike, however long its disclaimer is: a part that is there twice was made twice.
const SENTENCES: [&str; 6] = [
    "A first session is often about getting to know each other; \"small talk\" & silence are fine.",
    "A second session can be about what stayed in mind after the first; \"nothing much\" & pauses are fine.",
    "A third session may be the time to say what helps and what does not; \"I don't know\" & laughing are fine.",
    "A fourth session often finds a rhythm of its own; \"can we slow down\" & looking out of the window are fine.",
    "A fifth session might look back at the first four; \"this is new to me\" & taking notes are fine.",
    "A sixth session is a good moment to ask how many more there will be; \"let us see\" & changing plans are fine.",
];

/// An approved item as it is stored.
struct Template {
    id: SubmissionId,
    items: Vec<HashMap<String, AttributeValue>>,
    renderings: Vec<Rendering>,
    seat: PersonId,
}

/// What an item would become, and who may raise a concern about it.
pub(super) struct Item {
    pub(super) id: SubmissionId,
    pub(super) renderings: Vec<Rendering>,
    pub(super) holder: Holder,
}

/// The channel, its platforms, and what decides about the publisher's process.
pub struct Lab {
    pub(super) channel: Channel,
    /// What the publisher has.
    pub(super) core: Core,
    /// What people have, whatever becomes of the publisher.
    pub(super) people: Core,
    pub(super) clocks: Arc<Clocks>,
    pub(super) fate: Arc<Fate>,
    pub(super) reached: mpsc::UnboundedReceiver<GoOn>,
    pub(super) peers: [Arc<Peer>; 3],
    templates: Vec<Template>,
}

impl Lab {
    /// Opens a channel with three items that are one post, two and more on some platforms.
    pub async fn open() -> Self {
        let rules = [bluesky::rules(), mastodon::rules(mastodon::Limits::default()), x::rules()];
        assert!(rules.iter().map(|rules| rules.platform.as_str()).eq(PLATFORMS));
        let nowhere = [
            "http://127.0.0.1:1".to_owned(),
            "http://127.0.0.1:1".to_owned(),
            "http://127.0.0.1:1".to_owned(),
        ];
        let start = "2026-11-23T12:00:00Z".parse().unwrap();
        let clocks = Arc::new(Clocks::at(start));
        let channel = Channel::open_on_all(adapters(&nowhere, &clocks)).await;
        let (fate, reached) = Fate::new();
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-2"))
            .credentials_provider(Credentials::new("example", "example", None, None, "tests"))
            .endpoint_url(&channel.endpoint)
            .http_client(fate::http(&fate));
        let store = Store::new(Client::from_conf(config.build()), channel.tables.clone());
        let people = Core { clock: clocks.clone(), ..channel.core.clone() };
        let core = Core { store, ..people.clone() };
        let mut templates = Vec::new();
        for sentences in [1, 3, 6] {
            let id = channel.approved(&SENTENCES[..sentences].join(" ")).await;
            templates.push(Template::of(&channel, id).await);
        }
        let mut dice = StdRng::seed_from_u64(0);
        let mut peers = Vec::new();
        for model in models(&mut dice) {
            peers.push(Peer::start(Arc::clone(&clocks), Arc::clone(&fate), model).await);
        }
        let peers = peers.try_into().unwrap_or_else(|_| panic!("three platforms"));
        Self { channel, core, people, clocks, fate, reached, peers, templates }
    }

    /// The adapters as a process has them that has just been started.
    pub(super) fn adapters(&self) -> Vec<Arc<dyn Platform>> {
        adapters(&self.peers.each_ref().map(|peer| peer.address.clone()), &self.clocks)
    }

    /// Begins a run: new platforms, and an approved item for which there is a slot.
    pub(super) async fn begin(&mut self, seed: u64, dice: &mut StdRng, which: usize) -> Item {
        let now = self.clocks.right();
        for (number, model) in (0..).zip(models(dice)) {
            self.peers[number].begin(model, Plan::drawn(dice, now), seed + 1_000_000 * number as u64);
        }
        self.clocks.set_right();
        self.fate.set(None);
        while self.reached.try_recv().is_ok() {}
        self.channel.forget_hints();
        self.free_slot().await;
        let template = &self.templates[which];
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&seed.to_be_bytes());
        let id = SubmissionId::new(now.as_millisecond().unsigned_abs(), bytes);
        let mut writes = Vec::new();
        for item in &template.items {
            let item = item.iter().map(|(name, value)| {
                let value = match value {
                    AttributeValue::S(text) => {
                        AttributeValue::S(text.replace(&template.id.to_string(), &id.to_string()))
                    }
                    value => value.clone(),
                };
                (name.clone(), value)
            });
            let put = PutRequest::builder().set_item(Some(item.collect())).build().unwrap();
            writes.push(WriteRequest::builder().put_request(put).build());
        }
        let table = &self.channel.tables.submissions;
        self.channel.raw.batch_write_item().request_items(table, writes).send().await.unwrap();
        let therapist = self.channel.therapists.iter().find(|one| one.id == template.seat).unwrap();
        let holder = Holder { submission: id, person: template.seat, revision: 1, epoch: therapist.epoch };
        Item { id, renderings: template.renderings.clone(), holder }
    }

    /// As if nothing had been posted for days.
    pub(super) async fn free_slot(&self) {
        let key = |name: &str| AttributeValue::S(name.to_owned());
        let deletion = self.channel.raw.delete_item().table_name(&self.channel.tables.settings);
        deletion.key("pk", key("channel")).key("sk", key("cadence")).send().await.unwrap();
    }

    /// Nothing finds it by its due time any more.
    pub(super) async fn put_out_of_lane(&self, id: SubmissionId) {
        out_of_lane(&self.channel, id).await;
    }

    /// Whether mail about this was asked for.
    pub(super) async fn has_told(&self, id: SubmissionId, about: &str) -> bool {
        let mail = self
            .channel
            .raw
            .query()
            .table_name(&self.channel.tables.submissions)
            .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
            .expression_attribute_values(":pk", AttributeValue::S(format!("s#{id}")))
            .expression_attribute_values(":sk", AttributeValue::S("notice#".to_owned()))
            .send()
            .await
            .unwrap();
        let documents = mail.items().iter().filter_map(|item| item["document"].as_s().ok());
        documents.into_iter().any(|document| document.contains(&format!("\"{about}\"")))
    }

    pub(super) fn coordinator(&self) -> &curation::roster::Officer {
        self.channel.officer(Duty::Coordinator)
    }
}

impl Template {
    async fn of(channel: &Channel, id: SubmissionId) -> Self {
        let stored = channel
            .raw
            .query()
            .table_name(&channel.tables.submissions)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(format!("s#{id}")))
            .send()
            .await
            .unwrap();
        let is_needed = |item: &HashMap<String, AttributeValue>| {
            let sk = item["sk"].as_s().unwrap();
            ["state", "rev#", "screen#", "ballot#"].iter().any(|prefix| sk.starts_with(prefix))
        };
        let submission = channel.load(id).await;
        let revision = channel.core.store.revision(id, 1).await.unwrap().unwrap();
        // It waits in no lane: its copies do.
        out_of_lane(channel, id).await;
        Self {
            id,
            items: stored.items().iter().filter(|item| is_needed(item)).cloned().collect(),
            renderings: revision.composition.renderings,
            seat: submission.review.unwrap().seats[0].person,
        }
    }
}

async fn out_of_lane(channel: &Channel, id: SubmissionId) {
    let state = AttributeValue::S("state".to_owned());
    let update = channel.raw.update_item().table_name(&channel.tables.submissions);
    let update = update.key("pk", AttributeValue::S(format!("s#{id}"))).key("sk", state);
    update.update_expression("REMOVE lane").send().await.unwrap();
}

fn models(dice: &mut StdRng) -> [Box<dyn Model>; 3] {
    [
        Box::new(bluesky_model::Bluesky::new(dice)),
        Box::new(mastodon_model::Mastodon::new(dice)),
        Box::new(x_model::X::new(dice)),
    ]
}

fn adapters(addresses: &[String; 3], clocks: &Arc<Clocks>) -> Vec<Arc<dyn Platform>> {
    let secret = |text: &str| Arc::new(FixedSecret::new(text.to_owned()));
    let [on_bluesky, on_mastodon, on_x] = addresses;
    let account = bluesky::Account { service: on_bluesky.clone(), identifier: "channel.example".to_owned() };
    let bluesky = bluesky::Bluesky::with_patience(account, secret(bluesky_model::PASSWORD), PATIENCE);
    let account = mastodon::Account::on(on_mastodon);
    let mastodon = mastodon::Mastodon::with_patience(account, secret(mastodon_model::TOKEN), PATIENCE);
    let account = x::Account { base: on_x.clone(), user: x_model::USER.to_owned() };
    let credentials = x::Credentials {
        consumer_key: secret("example-key"),
        consumer_secret: secret("example-secret"),
        access_token: secret("example-token"),
        access_token_secret: secret("example-token-secret"),
    };
    let x = x::X::with_patience(account, credentials, clocks.clone(), PATIENCE);
    vec![Arc::new(bluesky), Arc::new(mastodon), Arc::new(x)]
}
