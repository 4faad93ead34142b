//! What a roster and a queue are called, on tables in memory.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use app::accept::{HOURLY_LIMIT, Proposal, Source, propose};
use curation::{
    composition::PlatformName,
    submission::{Afterwards, Attention, Step},
    words::Words,
};

use super::{super::Status, *};
use crate::{local::clock::tests::Hand, operate::connect::Connection};

const IN_DANGER: &str = "I want to die.";

struct Channel {
    connection: Connection,
    hand: Hand,
}

impl Channel {
    async fn new() -> Self {
        let hand = Hand::at("2026-11-23T12:00:00Z");
        let connection = Connection::in_memory(Arc::new(hand.clone())).await.unwrap();
        Self { connection, hand }
    }

    async fn officer(&self, duty: Duty, email: &str) {
        app::roster::add_officer(&self.connection.core, "Example Person".to_owned(), email, duty)
            .await
            .unwrap();
    }

    async fn therapist(&self, number: u8, register: &str) {
        let new = app::roster::NewTherapist {
            name: "Example Therapist".to_owned(),
            email: format!("therapist{number}@example.org"),
            register: register.to_owned(),
            register_number: "EX1".to_owned(),
            membership: curation::roster::Membership::Full,
            checked_on: None,
            checked_by: "Example Coordinator".to_owned(),
        };
        app::roster::add(&self.connection.core, new).await.unwrap();
    }

    /// The finding of this check, as a whole run of them has it.
    async fn finding(&self, check: &str) -> Finding {
        let core = &self.connection.core;
        let (findings, _) = all("example", &core.store, core.clock.now()).await;
        findings.into_iter().find(|finding| finding.check == check).unwrap()
    }

    async fn status(&self, check: &str) -> Status {
        self.finding(check).await.status
    }
}

#[tokio::test]
async fn each_duty_needs_somebody_and_a_release_two_mailboxes() {
    let channel = Channel::new().await;
    let none = channel.finding("people").await;
    assert_eq!(none.what, "there is no lead, no deputy, no coordinator");
    assert!(none.next.unwrap().starts_with("clientsconnect roster add --officer lead "));
    channel.officer(Duty::Lead, "one@example.org").await;
    channel.officer(Duty::Coordinator, "three@example.org").await;
    assert_eq!(channel.finding("people").await.what, "there is no deputy");
    channel.officer(Duty::Deputy, "two@example.org").await;
    assert_eq!(channel.status("people").await, Status::Ok);
    let store = &channel.connection.core.store;
    let officers = store.officers().await.unwrap();
    let lead = officers.into_iter().find(|officer| officer.duty == Duty::Lead).unwrap();
    store.put_officer(&Officer { bouncing: true, version: lead.version + 1, ..lead }).await.unwrap();
    let bouncing = channel.finding("people").await;
    assert!(bouncing.what.starts_with("mail to the lead comes back"), "{bouncing:?}");
    assert_eq!(bouncing.next.unwrap(), "clientsconnect roster list --tables example");
}

#[tokio::test]
async fn reviews_need_enough_people_from_enough_registers() {
    let channel = Channel::new().await;
    for number in 0..4 {
        channel.therapist(number, "BACP").await;
    }
    let finding = channel.finding("reviewers").await;
    assert_eq!(finding.status, Status::ToDo);
    assert!(finding.what.starts_with("4 may be invited, from 1 registers"), "{finding:?}");
    assert_eq!(finding.next.unwrap(), "clientsconnect roster list --tables example");
    channel.therapist(4, "UKCP").await;
    assert_eq!(channel.status("reviewers").await, Status::Ok);
    assert_eq!(channel.status("reviewers with more care").await, Status::Ok);
    // Nobody has been looked up for three months.
    channel.hand.set("2027-02-24T12:00:00Z");
    let lapsed = channel.finding("reviewers").await;
    assert!(lapsed.what.starts_with("0 may be invited"), "{lapsed:?}");
}

#[tokio::test]
async fn what_is_on_a_platform_of_the_world_outside_is_counted() {
    let channel = Channel::new().await;
    let proposal = Proposal {
        words: Words::parse("A first session is often about getting to know each other.").unwrap(),
        role: None,
        email: None,
        may_contact: false,
    };
    let source = Source { bucket: "example".to_owned(), hourly_limit: HOURLY_LIMIT };
    let (core, rules) = (&channel.connection.core, &channel.connection.rules().await.unwrap());
    propose(core, rules, &proposal, &source, None).await.unwrap();
    let mut item = core.store.list().await.unwrap().remove(0);
    let now = core.clock.now();
    let (at, due_at) = (now.at, now.at);
    let delivery = |platform: &str, status| Delivery {
        platform: PlatformName::new(platform),
        part: 0,
        key: "3mdabcdefgh22".to_owned(),
        created_at: at,
        begun_at: None,
        looks: 0,
        tried_since: None,
        is_told: false,
        fingerprint: None,
        shares: None,
        status,
        post: None,
    };
    let attention = State::NeedsAttention { why: Attention::Ambiguous, due_at };
    let retracting = State::Retracting { then: Afterwards::Retracted, due_at };
    for (state, platform, status, expected) in [
        (State::Published { at }, "bluesky", DeliveryStatus::Sent, true),
        (State::Published { at }, "local", DeliveryStatus::Sent, false),
        (State::Publishing { due_at }, "bluesky", DeliveryStatus::Sending, true),
        (State::Publishing { due_at }, "bluesky", DeliveryStatus::Pending, false),
        (attention, "bluesky", DeliveryStatus::Ambiguous, true),
        (retracting.clone(), "bluesky", DeliveryStatus::Sent, true),
        (retracting, "bluesky", DeliveryStatus::Deleted, false),
        (State::Retracted { due_at: None }, "bluesky", DeliveryStatus::Deleted, false),
    ] {
        item.state = state;
        item.deliveries = vec![delivery("local", DeliveryStatus::Pending), delivery(platform, status)];
        assert_eq!(is_out_there(&item), expected, "{:?}", item.state);
        let before = core.store.load(item.id).await.unwrap().unwrap();
        item.version = before.version + 1;
        let step = Step { submission: item.clone(), entries: vec![], notices: vec![] };
        core.store.commit(&before, &step, vec![], &[], now).await.unwrap();
        assert_eq!(all("example", &core.store, now).await.1, usize::from(expected), "{:?}", item.state);
    }
}

#[tokio::test]
async fn a_pause_is_told_of() {
    let channel = Channel::new().await;
    assert_eq!(channel.status("pause switch").await, Status::Ok);
    app::roster::pause_channel(&channel.connection.core, curation::audit::Actor::System, true).await.unwrap();
    let finding = channel.finding("pause switch").await;
    assert_eq!(finding.next.unwrap(), "clientsconnect resume --tables example");
}

#[tokio::test]
async fn what_waits_is_counted_and_what_nothing_drives_on_is_told_of() {
    let channel = Channel::new().await;
    assert_eq!(channel.status("queue").await, Status::Ok);
    let proposal =
        Proposal { words: Words::parse(IN_DANGER).unwrap(), role: None, email: None, may_contact: false };
    let source = Source { bucket: "example".to_owned(), hourly_limit: HOURLY_LIMIT };
    let (core, rules) = (&channel.connection.core, &channel.connection.rules().await.unwrap());
    propose(core, rules, &proposal, &source, None).await.unwrap();

    let finding = channel.finding("queue").await;
    assert_eq!((finding.status, finding.what.as_str()), (Status::ToDo, "1 waiting for a human"));
    assert_eq!(channel.status("sweeps").await, Status::Ok);
    // Twelve hours on the deputy should have been told, and the next date set.
    channel.hand.set("2026-11-24T00:25:00Z");
    assert_eq!(channel.status("sweeps").await, Status::Broken);
}
