//! A step is written whole or not at all, and only over what was read.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use curation::{
    audit::{Actor, ChainHead},
    cadence::{Appearance, Cadence, Slot},
    ids::SubmissionId,
    policy::Policy,
    review::Decision,
    roster::{Duty, Membership, Officer},
    submission::{ReleaseTo, Submission},
};
use store::{Check, StoreError, Switches, Write};

use crate::{
    harness::World,
    people::{
        Move, WORDS, ballot, invited, minutes_later, monday, nobody, people, person, report, revision,
        therapist,
    },
};

fn vote(before: &Submission, number: u8, decision: Decision) -> Move {
    let content = before.content.clone();
    let step = before.clone().cast(person(number), decision, &content, None, &nobody(), monday()).unwrap();
    Move {
        step,
        writes: vec![Write::Ballot(ballot(person(number), decision, &content, monday()))],
        checks: vec![Check::Standing(person(number), monday())],
    }
}

async fn write(world: &World, before: &Submission, one: &Move) -> Result<(), StoreError> {
    world.store.commit(before, &one.step, one.writes.clone(), &one.checks, monday()).await
}

/// One `commit` that must be refused, and leave everything as it was.
async fn refused(world: &World, before: &Submission, one: &Move) -> StoreError {
    let stored = world.everything().await;
    let error = write(world, before, one).await.unwrap_err();
    assert_eq!(world.everything().await, stored);
    error
}

#[tokio::test]
async fn a_vote_is_one_read_and_one_transaction_also_when_it_closes() {
    let world = World::new().await;
    world.roster(5).await;
    let seated = world.seated(1, 5).await;
    for number in 0..5 {
        world.calls.take();
        let before = world.store.load(seated.id).await.unwrap().unwrap();
        let mut one = vote(&before, number, Decision::Approve);
        if let Some(review) = &one.step.submission.review {
            // The voter is among the approvers: the same question twice.
            one.checks.extend(review.approvers().into_iter().map(|who| Check::Standing(who, monday())));
        }
        write(&world, &before, &one).await.unwrap();
        assert_eq!(world.calls.take(), "GetItem 1, TransactWriteItems 1");
    }
    let closed = world.store.load(seated.id).await.unwrap().unwrap();
    assert_eq!(closed.state.name(), "approved");
    assert_eq!(closed.version, 7);
    let ballots = world.store.ballots(seated.id, 1).await.unwrap();
    assert_eq!(ballots.iter().map(|one| one.person).collect::<Vec<_>>(), people(5));
    assert_eq!(ballots[0], ballot(person(0), Decision::Approve, &closed.content, monday()));
    let actions = world.verified(seated.id).await;
    assert_eq!(actions.last().unwrap(), "approved: 5 of 5 from 3 registers");
}

#[tokio::test]
async fn whoever_read_an_older_version_writes_nothing() {
    let world = World::new().await;
    world.roster(5).await;
    let seated = world.seated(1, 5).await;
    let (first, second) = (vote(&seated, 0, Decision::Approve), vote(&seated, 1, Decision::Approve));
    assert!(!second.step.entries.is_empty() && !second.step.notices.is_empty());
    write(&world, &seated, &first).await.unwrap();
    assert_eq!(refused(&world, &seated, &second).await, StoreError::Conflict);
    assert_eq!(refused(&world, &seated, &first).await, StoreError::Conflict);

    // A version that never was is no better.
    let mut ahead = seated.clone();
    ahead.version += 7;
    assert_eq!(refused(&world, &ahead, &second).await, StoreError::Conflict);
}

#[tokio::test]
async fn an_audit_entry_is_never_overwritten() {
    let world = World::new().await;
    world.roster(5).await;
    let seated = world.seated(1, 5).await;
    let first = vote(&seated, 0, Decision::Approve);
    write(&world, &seated, &first).await.unwrap();
    // The right version with a chain that forgot an entry.
    let mut forgetful = first.step.submission.clone();
    forgetful.chain = seated.chain.clone();
    let second = vote(&forgetful, 1, Decision::Approve);
    assert_eq!(refused(&world, &forgetful, &second).await, StoreError::Conflict);
    world.verified(seated.id).await;
}

#[tokio::test]
async fn a_ballot_of_somebody_without_standing_is_not_written() {
    let world = World::new().await;
    let mut paused = therapist(0);
    paused.active = false;
    let mut student = therapist(1);
    student.membership = Membership::Other;
    let mut lapsed = therapist(2);
    lapsed.checked_on = "2026-08-22".parse().unwrap();
    let mut just = therapist(3);
    just.checked_on = "2026-08-23".parse().unwrap();
    for one in [&paused, &student, &lapsed, &just] {
        world.store.put_therapist(one).await.unwrap();
    }
    let seated = world.seated(1, 6).await;
    // The fifth is on no roster at all.
    for number in [0, 1, 2, 4] {
        let one = vote(&seated, number, Decision::Approve);
        assert_eq!(refused(&world, &seated, &one).await, StoreError::Barred(vec![person(number)]));
    }
    let mut together = vote(&seated, 3, Decision::Approve);
    together.checks.extend([0, 1].map(|number| Check::Standing(person(number), monday())));
    assert_eq!(refused(&world, &seated, &together).await, StoreError::Barred(vec![person(0), person(1)]));
    write(&world, &seated, &vote(&seated, 3, Decision::Approve)).await.unwrap();
}

#[tokio::test]
async fn a_lost_race_outweighs_a_bar() {
    let world = World::new().await;
    let mut paused = therapist(1);
    paused.active = false;
    world.store.put_therapist(&paused).await.unwrap();
    world.store.put_therapist(&therapist(0)).await.unwrap();
    let seated = world.seated(1, 5).await;
    write(&world, &seated, &vote(&seated, 0, Decision::Approve)).await.unwrap();
    let late = vote(&seated, 1, Decision::Approve);
    assert_eq!(refused(&world, &seated, &late).await, StoreError::Conflict);
}

async fn switch(world: &World, turn: impl Fn(&mut Switches)) {
    let mut switches = world.store.channel().await.unwrap().switches;
    turn(&mut switches);
    let entry = switches.chain.of_channel(monday().at, Actor::System, "switched".to_owned());
    switches.version += 1;
    switches.chain = ChainHead { sequence: entry.sequence, hash: entry.hash() };
    world.store.set_switches(&switches, &entry).await.unwrap();
}

#[tokio::test]
async fn nothing_of_a_braked_topic_is_written_and_of_others_it_is() {
    let world = World::new().await;
    let seated = world.seated(1, 5).await;
    let about = |topic: &str| Move {
        step: seated.clone().draw_hinted(monday()).unwrap(),
        writes: vec![],
        checks: vec![Check::NotBraked(topic.to_owned())],
    };
    switch(&world, |switches| switches.braked.extend(["grief".to_owned()])).await;
    assert_eq!(refused(&world, &seated, &about("grief")).await, StoreError::Paused);
    switch(&world, |switches| switches.paused = true).await;
    assert_eq!(refused(&world, &seated, &about("endings")).await, StoreError::Paused);
    switch(&world, |switches| switches.paused = false).await;
    write(&world, &seated, &about("endings")).await.unwrap();
    switch(&world, |switches| switches.braked.clear()).await;
    let entries = world.store.switched().await.unwrap();
    let head = curation::audit::verify(SubmissionId::CHANNEL, &entries).unwrap();
    assert_eq!((head.sequence, head), (4, world.store.channel().await.unwrap().switches.chain));
}

#[tokio::test]
async fn nothing_that_asks_for_it_happens_while_the_channel_is_paused() {
    let world = World::new().await;
    let seated = world.seated(1, 5).await;
    let step = seated.clone().draw_hinted(monday()).unwrap();
    let one = Move { step, writes: vec![], checks: vec![Check::NotPaused] };
    switch(&world, |switches| switches.paused = true).await;
    assert!(world.store.channel().await.unwrap().switches.paused);
    assert_eq!(refused(&world, &seated, &one).await, StoreError::Paused);
    switch(&world, |switches| switches.paused = false).await;
    write(&world, &seated, &one).await.unwrap();
}

fn with_cadence(before: &Submission, cadence: &Cadence, minutes: i64) -> Move {
    let Slot::Open(next) =
        cadence.slot(before.id, Appearance::Curated, &Policy::DEFAULT.rhythm, minutes_later(minutes))
    else {
        panic!("no slot");
    };
    let renderings = revision(1, WORDS).composition.renderings;
    let step = before.clone().take(&renderings, |_| true, monday().at, monday()).unwrap();
    Move { step, writes: vec![Write::Cadence(next)], checks: vec![Check::NotPaused] }
}

#[tokio::test]
async fn a_slot_is_taken_once() {
    let world = World::new().await;
    let (first, second) = (world.approved(1, monday()).await, world.approved(2, monday()).await);
    world.calls.take();
    let cadence = world.store.channel().await.unwrap().cadence;
    assert_eq!(world.calls.take(), "Query 1");
    assert_eq!(cadence, Cadence::default());
    write(&world, &first, &with_cadence(&first, &cadence, 0)).await.unwrap();
    assert_eq!(world.calls.take(), "TransactWriteItems 1");
    let other = with_cadence(&second, &cadence, 0);
    assert_eq!(refused(&world, &second, &other).await, StoreError::Conflict);
    let cadence = world.store.channel().await.unwrap().cadence;
    assert_eq!((cadence.count, cadence.version), (1, 1));
    let tomorrow = with_cadence(&second, &cadence, 24 * 60);
    write(&world, &second, &tomorrow).await.unwrap();
    let cadence = world.store.channel().await.unwrap().cadence;
    assert_eq!((cadence.count, cadence.version), (1, 2));
}

#[tokio::test]
async fn a_therapist_is_written_over_the_version_that_was_read() {
    let world = World::new().await;
    let (first, second) = (world.in_review(1).await, world.in_review(2).await);
    let one = therapist(0);
    world.store.put_therapist(&one).await.unwrap();
    assert_eq!(world.store.put_therapist(&one).await, Err(StoreError::Conflict));
    let invite = |before: &Submission| Move {
        step: before.clone().draw_hinted(monday()).unwrap(),
        writes: vec![
            Write::Therapist(invited(one.clone(), monday())),
            Write::OpenReview(one.id, minutes_later(60).at),
        ],
        checks: vec![],
    };
    write(&world, &first, &invite(&first)).await.unwrap();
    assert_eq!(refused(&world, &second, &invite(&second)).await, StoreError::Conflict);
    let stored = world.store.therapist(one.id).await.unwrap().unwrap();
    assert!(stored == invited(one.clone(), monday()));
    assert_eq!(world.store.open_reviews(one.id).await.unwrap(), [first.id]);

    // A coordinator who read the roster before the invitation loses too, and wins with what is there now.
    let mut pause = one.clone();
    (pause.active, pause.version) = (false, 2);
    assert_eq!(world.store.put_therapist(&pause).await, Err(StoreError::Conflict));
    pause.version = 3;
    world.store.put_therapist(&pause).await.unwrap();
    assert!(world.store.therapists().await.unwrap() == [pause]);
}

#[tokio::test]
async fn whoever_runs_the_channel_is_written_over_the_version_that_was_read() {
    let world = World::new().await;
    let mut one = Officer {
        id: person(1),
        name: "Example Lead".to_owned(),
        email: "lead@example.org".to_owned(),
        duty: Duty::Lead,
        bouncing: false,
        version: 1,
    };
    world.store.put_officer(&one).await.unwrap();
    assert_eq!(world.store.put_officer(&one).await, Err(StoreError::Conflict));
    (one.bouncing, one.version) = (true, 2);
    world.store.put_officer(&one).await.unwrap();
    let late = Officer { bouncing: false, ..one.clone() };
    assert_eq!(world.store.put_officer(&late).await, Err(StoreError::Conflict));
    assert!(world.store.officers().await.unwrap() == [one.clone()]);

    // One from before there were versions is changed too, and by one of two.
    let key = |name: &str| AttributeValue::S(name.to_owned());
    let stored = r#"{"id":"ID","name":"Example Lead","email":"lead@example.org","duty":"lead"}"#;
    let put = world.raw.put_item().table_name(&world.tables.settings);
    put.item("pk", key("roster"))
        .item("sk", key(&format!("officer#{}", one.id)))
        .item("document", key(&stored.replace("ID", &one.id.to_string())))
        .send()
        .await
        .unwrap();
    let mut old = world.store.officers().await.unwrap().remove(0);
    assert_eq!((old.version, old.bouncing), (0, false));
    (old.bouncing, old.version) = (true, 1);
    world.store.put_officer(&old).await.unwrap();
    assert_eq!(world.store.put_officer(&old).await, Err(StoreError::Conflict));
    assert!(world.store.officers().await.unwrap() == [old]);
}

#[tokio::test]
async fn a_long_history_verifies() {
    let world = World::new().await;
    world.roster(5).await;
    let mut submission = world.seated(1, 5).await;
    for round in 0..40_u8 {
        let decision = if round % 2 == 0 { Decision::Approve } else { Decision::Reword };
        let one = vote(&submission, round % 4, decision);
        write(&world, &submission, &one).await.unwrap();
        submission = one.step.submission;
    }
    assert_eq!(submission.version, 42);
    assert_eq!(world.verified(submission.id).await.len(), 43);
    assert_eq!(world.store.load(submission.id).await.unwrap(), Some(submission));
}

#[tokio::test]
async fn a_concern_moves_the_words_to_the_lead_and_a_release_moves_them_back() {
    let world = World::new().await;
    let seated = world.seated(1, 5).await;
    let (open, lead) = (&world.tables.submissions, &world.tables.disclosures);
    assert!(world.table_holds(open, WORDS).await && !world.table_holds(lead, WORDS).await);

    let mut concern = vote(&seated, 0, Decision::Concern);
    let written = world.store.written(&seated).await.unwrap();
    concern.writes = written.into_iter().map(Write::Move).collect();
    concern.checks = vec![];
    write(&world, &seated, &concern).await.unwrap();
    assert!(!world.table_holds(open, WORDS).await && world.table_holds(lead, WORDS).await);
    assert_eq!(world.store.revision(seated.id, 1).await.unwrap(), None);
    assert_eq!(world.store.concealed_revision(seated.id, 1).await.unwrap(), Some(revision(1, WORDS)));

    let held = concern.step.submission;
    let step = held.clone().release(person(90), Duty::Lead, ReleaseTo::Review, monday()).unwrap();
    let held = world.write(&held, &step).await;
    assert!(!world.table_holds(open, WORDS).await);
    let step = held.clone().release(person(91), Duty::Deputy, ReleaseTo::Review, monday()).unwrap();
    let written = world.store.written(&held).await.unwrap();
    let writes = written.into_iter().map(Write::Move).collect();
    world.store.commit(&held, &step, writes, &[], monday()).await.unwrap();
    assert!(world.table_holds(open, WORDS).await && !world.table_holds(lead, WORDS).await);
    world.verified(seated.id).await;
}

#[tokio::test]
async fn the_latest_report_of_a_revision_is_the_one_that_is_kept() {
    let world = World::new().await;
    let before = world.in_review(1).await;
    let mut newer = report();
    newer.engine = screening::EngineVersion(2);
    let step = before.clone().draw_hinted(monday()).unwrap();
    let writes = vec![Write::Report(1, newer.clone())];
    world.store.commit(&before, &step, writes, &[], monday()).await.unwrap();
    assert_eq!(world.store.report(before.id, 1).await.unwrap(), Some(newer));
    assert_eq!(step.submission.excluded(), BTreeSet::new());
}
