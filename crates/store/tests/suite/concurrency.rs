//! Fifty at once leave one consistent history.

use std::{collections::BTreeMap, future::Future, sync::Arc};

use curation::{
    audit,
    cadence::{Appearance, Slot},
    ids::{PersonId, SubmissionId},
    panel::{Drawn, Seed, draw},
    policy::Policy,
    review::Decision,
    roster::Therapist,
    submission::{DeliveryStatus, State, Step, Submission},
    transitions::Route,
};
use jiff::SignedDuration;
use store::{Check, StoreError, Write};
use tokio::task::JoinSet;

use crate::{
    harness::World,
    people::{
        Move, ballot, invited, minutes_later, monday, nobody, people, person, report, submission_id, verdict,
    },
};

const TASKS: usize = 50;

/// Runs the same thing fifty times at once; what each answers.
async fn fifty<T, F>(world: &Arc<World>, task: impl Fn(Arc<World>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        tasks.spawn(task(world.clone(), number));
    }
    tasks.join_all().await
}

fn standing(people: impl IntoIterator<Item = PersonId>) -> Vec<Check> {
    people.into_iter().map(|person| Check::Standing(person, monday())).collect()
}

fn approvers(submission: &Submission) -> Vec<Check> {
    standing(submission.review.iter().flat_map(|review| review.approvers()))
}

fn vote(before: Submission, person: PersonId, decision: Decision) -> Option<Move> {
    let content = before.content.clone();
    let step = before.cast(person, decision, &content, None, &nobody(), monday()).ok()?;
    let mut checks = standing([person]);
    if matches!(step.submission.state, State::Approved { .. }) {
        checks.extend(approvers(&step.submission));
    }
    Some(Move { step, writes: vec![Write::Ballot(ballot(person, decision, &content, monday()))], checks })
}

async fn invite(world: &World, before: Submission, seed: u8) -> Option<Move> {
    let roster = world.store.therapists().await.unwrap();
    let (policy, excluded) = (Policy::DEFAULT, before.excluded());
    let thresholds = policy.thresholds(before.tier);
    let drawn = draw(
        &roster,
        &excluded,
        &BTreeMap::new(),
        thresholds.panel,
        policy.weekly_invitations,
        Seed([seed; 16]),
        monday(),
    );
    if drawn.len() < thresholds.smallest_panel() {
        return None;
    }
    let step = before.panel_drawn(&policy, &drawn, Seed([seed; 16]), monday()).unwrap();
    Some(Move { step, writes: invitations(roster, &drawn), checks: vec![Check::NotPaused] })
}

fn invitations(roster: Vec<Therapist>, drawn: &[Drawn]) -> Vec<Write> {
    roster
        .into_iter()
        .filter(|one| drawn.iter().any(|drawn| drawn.person == one.id))
        .flat_map(|one| {
            let open = Write::OpenReview(one.id, minutes_later(24 * 60).at);
            [Write::Therapist(invited(one, monday())), open]
        })
        .collect()
}

async fn take(world: &World, before: Submission) -> Option<Move> {
    let channel = world.store.channel().await.unwrap();
    let Slot::Open(next) =
        channel.cadence.slot(before.id, Appearance::Curated, &channel.policy.rhythm, monday())
    else {
        return None;
    };
    let revision = world.store.revision(before.id, before.revision).await.unwrap().unwrap();
    before.publishable(&revision, 1, &nobody()).unwrap();
    let mut checks = approvers(&before);
    checks.push(Check::NotPaused);
    let step = before.take(&revision.composition.renderings, |_| true, monday().at, monday()).unwrap();
    Some(Move { step, writes: vec![Write::Cadence(next)], checks })
}

/// Does whatever the state calls for until there is nothing left for this one to do; how often it wrote.
async fn work(world: &World, id: SubmissionId, number: usize) -> u64 {
    let me = person((number % 5) as u8);
    let (mut written, mut leased) = (0, false);
    loop {
        let before = world.store.load(id).await.unwrap().unwrap();
        let next = match &before.state {
            State::Received { .. } => {
                let step = before.clone().screened(&verdict(Route::Review), monday()).unwrap();
                Some(Move { step, writes: vec![Write::Report(1, report())], checks: vec![] })
            }
            State::InReview { .. } => match &before.review {
                None => invite(world, before.clone(), number as u8).await,
                Some(review) if review.seat_of(me).unwrap().ballot.is_none() => {
                    vote(before.clone(), me, Decision::Approve)
                }
                Some(_) => None,
            },
            State::Approved { .. } => take(world, before.clone()).await,
            State::Publishing { .. } if leased => {
                let post = Some(format!("post of task {number}"));
                let step = before.clone().delivered(0, DeliveryStatus::Sent, post, monday()).unwrap();
                Some(Move { step, writes: vec![], checks: vec![] })
            }
            _ => None,
        };
        let Some(Move { step, writes, checks }) = next else {
            return written;
        };
        match world.store.commit(&before, &step, writes, &checks, monday()).await {
            Ok(()) => {
                written += 1;
                leased |= matches!(step.submission.state, State::Publishing { .. });
            }
            Err(StoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_screen_invite_vote_and_publish_leave_one_history() {
    let world = Arc::new(World::new().await);
    world.roster(5).await;
    let id = world.received(1).await.id;
    let written = fifty(&world, |world, number| async move { work(&world, id, number).await }).await;

    let end = world.store.load(id).await.unwrap().unwrap();
    assert_eq!(end.state.name(), "published");
    // Accepted, screened, invited, five votes (of which the last closes), taken, delivered.
    assert_eq!(end.version, 10);
    assert_eq!(end.version, 1 + written.iter().sum::<u64>());
    let actions = world.verified(id).await;
    let count = |prefix: &str| actions.iter().filter(|action| action.starts_with(prefix)).count();
    for (prefix, times) in [
        ("received", 1),
        ("screened: review", 1),
        ("panel_drawn", 1),
        ("ballot_cast: approve", 5),
        ("approved", 1),
        ("publishing", 1),
        ("published", 1),
    ] {
        assert_eq!(count(prefix), times, "{prefix}");
    }
    assert_eq!(actions.len(), 11);
    let seats = &end.review.as_ref().unwrap().seats;
    assert_eq!(seats.iter().filter(|seat| seat.ballot.is_some()).count(), 5);
    let mut voters =
        world.store.ballots(id, 1).await.unwrap().iter().map(|one| one.person).collect::<Vec<_>>();
    voters.sort();
    assert_eq!(voters, people(5));
    let cadence = world.store.channel().await.unwrap().cadence;
    assert_eq!((cadence.count, cadence.version), (1, 1));
    assert!(end.deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Sent));
    for therapist in world.store.therapists().await.unwrap() {
        assert_eq!((therapist.invited.len(), therapist.version), (1, 2));
        assert_eq!(world.store.open_reviews(therapist.id).await.unwrap(), [id]);
    }
    // One batch of mail for each step that asked for some, and none of a step that was not written.
    let batches = world.store.notices(id).await.unwrap();
    assert_eq!(batches.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_ballots_of_ten_people_count_once_each_and_none_is_lost() {
    let world = Arc::new(World::new().await);
    world.roster(11).await;
    let seated = world.seated(1, 11).await;
    let id = seated.id;
    let decided = fifty(&world, |world, number| async move {
        // Each of ten people votes five times, at once, and changes their mind.
        let decision = if number % 3 == 0 { Decision::Reword } else { Decision::Approve };
        let me = person((number % 10) as u8);
        world.turn(id, |before| vote(before, me, decision)).await.unwrap().version
    })
    .await;

    let end = world.store.load(id).await.unwrap().unwrap();
    let mut versions = decided;
    versions.sort_unstable();
    assert!(versions.into_iter().eq(3..=52), "every write has a version of its own");
    assert_eq!(end.version, 52);
    assert_eq!(end.state.name(), "in_review", "the eleventh has not voted");
    let entries = world.store.audit(id).await.unwrap();
    assert_eq!(audit::verify(id, &entries), Ok(end.chain.clone()));
    let actions = world.verified(id).await;
    assert_eq!(actions.iter().filter(|action| action.starts_with("ballot_cast")).count(), TASKS);

    // The counted ballot of each is the last that the record has of them.
    let review = end.review.as_ref().unwrap();
    assert_eq!(review.tally(&nobody()).awaited, 11);
    for voter in people(10) {
        let counted = review.seat_of(voter).unwrap().ballot.as_ref().unwrap().decision;
        let mine = |entry: &&audit::Entry| entry.actor == audit::Actor::Person(voter);
        let last = entries.iter().rfind(mine).unwrap();
        assert_eq!(last.action, format!("ballot_cast: {}", counted.as_str()));
    }
    let tally = review.tally(&nobody());
    assert_eq!(tally.approvals + tally.rewords, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_publishers_share_one_slot_among_two_items() {
    let world = Arc::new(World::new().await);
    world.roster(5).await;
    let items = [world.approved(1, monday()).await, world.approved(2, monday()).await];
    let ids = [items[0].id, items[1].id];
    let written =
        fifty(&world, |world, number| async move { work(&world, ids[number % 2], number).await }).await;
    assert_eq!(written.iter().sum::<u64>(), 2, "taken once, delivered once");
    assert_eq!(written.iter().filter(|count| **count > 0).count(), 1, "by the same one");
    let mut names = Vec::new();
    for (id, before) in ids.into_iter().zip(&items) {
        let end = world.store.load(id).await.unwrap().unwrap();
        names.push(end.state.name());
        match end.state {
            State::Published { .. } => assert_eq!(end.version, before.version + 2),
            _ => assert_eq!(end, *before),
        }
        world.verified(id).await;
    }
    names.sort_unstable();
    assert_eq!(names, ["approved", "published"]);
    let cadence = world.store.channel().await.unwrap().cadence;
    assert_eq!((cadence.count, cadence.version), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_screen_one_is_heard() {
    let world = Arc::new(World::new().await);
    let id = world.received(1).await.id;
    let screened =
        |before: Submission| -> Option<Step> { before.screened(&verdict(Route::Review), monday()).ok() };
    let written = fifty(&world, |world, _| async move {
        world.turn(id, |before| Some(Move { step: screened(before)?, writes: vec![], checks: vec![] })).await
    })
    .await;
    assert_eq!(written.iter().flatten().count(), 1);
    assert_eq!(world.verified(id).await, ["received", "screened: review"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_who_accept_the_same_request_accept_it_once() {
    let world = Arc::new(World::new().await);
    let answers = fifty(&world, |world, number| async move {
        let example = crate::people::Example::received(number as u32, monday());
        let answered = store::Answered { id: submission_id(number as u32), return_code: "code".to_owned() };
        let key = store::Remembered::new("key".to_owned(), "body".to_owned(), answered, monday());
        let proposal = store::Proposal { remembered: Some(&key), ..example.proposal() };
        world.store.accept(&proposal, monday()).await
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer, Ok(()) | Err(StoreError::Conflict))));
    let stored = world.store.list().await.unwrap();
    let remembered = world.store.remembered("key", monday()).await.unwrap().unwrap();
    assert_eq!(stored.iter().map(|one| one.id).collect::<Vec<_>>(), [remembered.answered.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_uses_of_a_bucket_are_counted_one_by_one() {
    let world = Arc::new(World::new().await);
    let hour = SignedDuration::from_hours(1);
    let mut counts = fifty(&world, |world, _| async move {
        world.store.count("submit#example", hour, monday()).await.unwrap()
    })
    .await;
    counts.sort_unstable();
    assert!(counts.into_iter().eq(1..=50));
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_invitations_at_once_never_exceed_four_a_week() {
    let world = Arc::new(World::new().await);
    world.roster(5).await;
    for number in 0..TASKS {
        world.in_review(number as u32).await;
    }
    let seated = fifty(&world, |world, number| async move {
        loop {
            let before = world.store.load(submission_id(number as u32)).await.unwrap().unwrap();
            let Some(Move { step, writes, checks }) = invite(&world, before.clone(), number as u8).await
            else {
                return false;
            };
            match world.store.commit(&before, &step, writes, &checks, monday()).await {
                Ok(()) => return true,
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
    })
    .await;
    assert_eq!(seated.iter().filter(|seated| **seated).count(), Policy::DEFAULT.weekly_invitations);
    let mut seats = BTreeMap::<PersonId, usize>::new();
    for submission in world.store.list().await.unwrap() {
        for seat in submission.review.iter().flat_map(|review| &review.seats) {
            *seats.entry(seat.person).or_default() += 1;
        }
    }
    for therapist in world.store.therapists().await.unwrap() {
        assert_eq!(therapist.invited.len(), 4);
        assert_eq!(seats[&therapist.id], 4);
        assert_eq!(world.store.open_reviews(therapist.id).await.unwrap().len(), 4);
    }
}
