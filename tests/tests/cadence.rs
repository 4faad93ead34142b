//! When things appear: guidance again and again, what a coordinator pinned, and what a brake stops.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use app::{guidance, queue, queue::OfficerError, schedule, schedule::Wish, submitter::ReviseError};
use aws_sdk_dynamodb::types::AttributeValue;
use curation::{
    audit::{self, Actor},
    ids::SubmissionId,
    roster::{Duty, Officer},
    time::london,
};
use jiff::SignedDuration;
use platforms::PlatformError;
use tests::Channel;

const WORDS: &str = "A first session is often about getting to know each other.";
const OTHERS: &str = "Grief has no timetable, and nobody grieves in the right order.";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn coordinator(channel: &Channel) -> &Officer {
    channel.officer(Duty::Coordinator)
}

fn draft(id: &str) -> &'static content::Guidance {
    content::guidance().iter().find(|one| one.id == id).unwrap()
}

async fn propose(channel: &Channel, id: &str) -> Result<SubmissionId, OfficerError> {
    let (officer, draft) = (coordinator(channel), draft(id));
    let rules = &channel.web.rules;
    let item = guidance::propose(&channel.core, rules, officer, &draft.text, draft.topic.as_deref()).await?;
    channel.settle().await;
    Ok(item.id)
}

/// Guidance that therapists approved.
async fn approved(channel: &Channel, id: &str) -> SubmissionId {
    channel.mailbox.take();
    let id = propose(channel, id).await.unwrap();
    assert_eq!(channel.state(id).await, "in_review");
    channel.all_vote("approve").await;
    assert_eq!(channel.state(id).await, "approved");
    id
}

/// The ids of all that is on the timeline, in the order in which it was posted.
fn shown(channel: &Channel) -> Vec<SubmissionId> {
    let mut posts = channel.timeline.posts();
    posts.sort_by_key(|post| post.created_at);
    posts.iter().map(|post| post.submission).collect()
}

async fn after(channel: &Channel, wait: SignedDuration) -> Vec<SubmissionId> {
    channel.pass(wait);
    channel.publish().await.unwrap();
    channel.settle().await;
    shown(channel)
}

#[tokio::test]
async fn guidance_goes_through_the_same_quorum_and_appears_again_with_keys_of_its_own() {
    let channel = Channel::open().await;
    let id = approved(&channel, "feeling-stuck").await;
    let proposed = channel.core.store.audit(id).await.unwrap();
    assert_eq!(proposed[0].actor, Actor::Person(coordinator(&channel).id));
    assert!(matches!(propose(&channel, "feeling-stuck").await, Err(OfficerError::ProposedAlready(_))));
    assert_eq!(after(&channel, hours(0)).await, [id]);
    assert_eq!(channel.state(id).await, "approved", "it waits for its next turn");
    assert_eq!(after(&channel, hours(24)).await, [id], "not its turn yet");
    assert_eq!(after(&channel, hours(24)).await, [id, id], "the only one comes again within 48 hours");
    let keys = channel.timeline.posts().into_iter().map(|post| post.key).collect::<BTreeSet<_>>();
    assert_eq!(keys.len(), 2, "an occurrence has a key of its own");
    let item = channel.load(id).await;
    assert_eq!(audit::verify(id, &channel.core.store.audit(id).await.unwrap()), Ok(item.chain));
    let listed = guidance::list(&channel.core).await.unwrap();
    let line = listed.iter().find(|one| one.draft == Some(draft("feeling-stuck"))).unwrap();
    assert_eq!((line.item.as_ref().unwrap().id, line.last_at.is_some()), (id, true));
    assert_eq!(listed.len(), content::guidance().len());

    queue::close(&channel.core, id, coordinator(&channel)).await.unwrap();
    assert!(after(&channel, hours(0)).await.is_empty(), "all that ever appeared is taken down");
    assert_eq!(channel.state(id).await, "retracted");
}

#[tokio::test]
async fn guidance_ends_differently_each_time_and_reviewers_have_read_every_ending() {
    let channel = Channel::open().await;
    channel.mailbox.take();
    let id = propose(&channel, "feeling-stuck").await.unwrap();
    let (_, path) = channel.mailbox.review_paths().pop().unwrap();
    let page = channel.get(&path).await.body;
    channel.all_vote("approve").await;
    let words = &draft("feeling-stuck").text;
    let mut texts = Vec::new();
    for turn in 0..=content::disclaimers().len() {
        after(&channel, if turn == 0 { hours(0) } else { hours(48) }).await;
        let newest = channel.timeline.posts().into_iter().max_by_key(|post| post.created_at).unwrap();
        let ending = newest.text.strip_prefix(&format!("{words}\n\n")).unwrap().to_owned();
        assert!(page.contains(&ending.replace('\'', "&#39;")), "{ending}");
        texts.push(ending);
    }
    let first = texts.remove(0);
    assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len(), "each once: {texts:?}");
    assert_eq!(texts.last(), Some(&first), "and then again from the first");
    // All of them are found and taken down, also where a platform knows posts by their words.
    queue::close(&channel.core, id, coordinator(&channel)).await.unwrap();
    assert!(after(&channel, hours(0)).await.is_empty());
}

#[tokio::test]
async fn a_concern_takes_down_every_occurrence_before_the_lead_looks() {
    let channel = Channel::open().await;
    let id = approved(&channel, "endings").await;
    after(&channel, hours(0)).await;
    assert_eq!(after(&channel, hours(48)).await.len(), 2);
    let (_, path) = channel.mailbox.review_paths().pop().unwrap();
    channel.vote(&path, &[("decision", "concern"), ("note", "An example remark about the words.")]).await;
    assert_eq!(channel.state(id).await, "retracting");
    assert!(after(&channel, hours(0)).await.is_empty());
    assert_eq!(channel.state(id).await, "held");
}

#[tokio::test]
async fn two_take_turns_and_a_second_one_makes_guidance_no_rarer() {
    let channel = Channel::open().await;
    let first = approved(&channel, "endings").await;
    let second = approved(&channel, "registers").await;
    after(&channel, hours(0)).await;
    for _ in 0..3 {
        after(&channel, hours(48)).await;
    }
    assert_eq!(shown(&channel), [first, second, first, second]);
    // What a brake stops is not another one.
    let topic = draft("registers").topic.as_deref().unwrap();
    schedule::brake(&channel.core, coordinator(&channel), topic, true).await.unwrap();
    for _ in 0..3 {
        after(&channel, hours(48)).await;
    }
    assert_eq!(shown(&channel), [first, second, first, second, first, first, first]);
}

#[tokio::test]
async fn guidance_for_the_evening_appears_among_seven_others() {
    let channel = Channel::open_with(24).await;
    let mut others = Vec::new();
    let tied = approved(&channel, "in-the-evening").await;
    for one in content::guidance().iter().filter(|one| one.helplines.is_empty()).take(7) {
        others.push(approved(&channel, &one.id).await);
    }
    // Six weeks, hour by hour.
    let mut evenings = Vec::new();
    for _ in 0..42 * 24 {
        let before = channel.timeline.effects();
        channel.pass(hours(1));
        channel.publish().await.unwrap();
        if channel.timeline.effects() > before && shown(&channel).last() == Some(&tied) {
            evenings.push(london(channel.now().at).hour());
        }
    }
    let all = shown(&channel);
    assert!(evenings.len() >= 2 && evenings.iter().all(|hour| (17..21).contains(hour)), "{evenings:?}");
    assert!(all.len() >= 18, "one in about 48 hours: {}", all.len());
    assert!(others.iter().all(|other| all.contains(other)), "the others take their turns as well");
}

#[tokio::test]
async fn guidance_that_names_a_helpline_appears_while_it_answers() {
    let channel = Channel::open().await;
    let id = approved(&channel, "in-the-evening").await;
    assert!(after(&channel, hours(0)).await.is_empty(), "it is noon, and they answer from 17:00");
    assert_eq!(after(&channel, hours(5)).await, [id]);
}

#[tokio::test]
async fn a_year_after_its_approval_guidance_stops_and_a_coordinator_is_told() {
    let channel = Channel::open().await;
    let id = approved(&channel, "endings").await;
    assert_eq!(after(&channel, hours(0)).await, [id]);
    channel.mailbox.take();
    assert_eq!(after(&channel, hours(366 * 24)).await, [id], "what appeared stays");
    assert_eq!(channel.state(id).await, "published");
    assert!(was_told(&channel, "a year old"));
    let again = propose(&channel, "endings").await;
    assert!(again.is_ok(), "it can be proposed anew: {again:?}");
}

async fn look_up_all(channel: &Channel) {
    for therapist in channel.core.store.therapists().await.unwrap() {
        let by = "Example Coordinator".to_owned();
        app::roster::check(&channel.core, therapist.id, therapist.membership, by).await.unwrap();
    }
}

fn was_told(channel: &Channel, what: &str) -> bool {
    let mails = channel.mailbox.take();
    mails.iter().any(|mail| mail.to == "coordinator@example.org" && mail.text.contains(what))
}

#[tokio::test]
async fn guidance_that_is_approved_again_in_time_leaves_no_gap_and_appears_once() {
    let channel = Channel::open().await;
    let old = approved(&channel, "endings").await;
    after(&channel, hours(0)).await;
    channel.pass(hours(334 * 24));
    look_up_all(&channel).await;
    assert_eq!(after(&channel, hours(0)).await.len(), 2);
    assert!(!was_told(&channel, "eleven months old"));
    assert!(matches!(propose(&channel, "endings").await, Err(OfficerError::ProposedAlready(_))));
    after(&channel, hours(2 * 24)).await;
    assert!(was_told(&channel, "eleven months old"), "from day 335 on");
    after(&channel, hours(2 * 24)).await;
    assert!(!was_told(&channel, "eleven months old"), "once");
    let new = approved(&channel, "endings").await;
    let before = shown(&channel).len();
    for _ in 0..3 {
        after(&channel, hours(48)).await;
        channel.publish().await.unwrap();
    }
    assert_eq!(shown(&channel)[before..], [new, new, new]);
    assert_eq!(channel.state(old).await, "published", "what appeared stays");
}

#[tokio::test]
async fn words_of_a_coordinators_own_keep_the_rules_of_guidance_also_when_they_are_changed() {
    let channel = Channel::open().await;
    let (officer, rules) = (coordinator(&channel), &channel.web.rules);
    for bad in [
        "You should rest.",
        "Some people find it best to leave their partner.",
        "Rest is good.",
        "Some people find\nrest.",
    ] {
        let refused = guidance::propose(&channel.core, rules, officer, bad, None).await;
        assert!(matches!(refused, Err(OfficerError::Revise(ReviseError::Guidance(_)))), "{bad}: {refused:?}");
    }
    channel.mailbox.take();
    let id = propose(&channel, "endings").await.unwrap();
    for (_, path) in channel.mailbox.review_paths() {
        channel.vote(&path, &[("decision", "reword"), ("reword_reason", "An example reason.")]).await;
    }
    channel.settle().await;
    assert_eq!(channel.state(id).await, "rewording");
    let change = async |words| queue::redact(&channel.core, rules, id, officer, Some(words)).await;
    let refused = change("Some people find that it helps to quit therapy.").await;
    assert!(matches!(refused, Err(OfficerError::Revise(ReviseError::Guidance(_)))), "{refused:?}");
    change("Some people find that endings take time.").await.unwrap();
    let revision = channel.core.store.revision(id, 2).await.unwrap().unwrap();
    assert_eq!(revision.composition.turns.len() + 1, content::disclaimers().len());
}

#[tokio::test]
async fn guidance_comes_before_what_waits_when_it_is_its_turn_and_beyond_the_daily_count() {
    let channel = Channel::open().await;
    let words = channel.approved(WORDS).await;
    let id = approved(&channel, "endings").await;
    assert_eq!(after(&channel, hours(0)).await, [id]);
    assert_eq!(after(&channel, hours(2)).await, [id, words], "between two of guidance, what people proposed");
    assert_eq!(channel.core.store.channel().await.unwrap().cadence.since_guidance, 1);
}

#[tokio::test]
async fn what_a_coordinator_pins_comes_first_and_what_is_pinned_for_later_waits() {
    let channel = Channel::open().await;
    let first = channel.approved(WORDS).await;
    let second = channel.approved(OTHERS).await;
    let officer = coordinator(&channel);
    let at = channel.now().at.checked_add(hours(3)).unwrap();
    schedule::pin(&channel.core, second, officer, Wish::At(at)).await.unwrap();
    assert!(after(&channel, hours(0)).await.is_empty(), "one a day: another now would delay it");
    schedule::pin(&channel.core, second, officer, Wish::Whenever).await.unwrap();
    schedule::pin(&channel.core, second, officer, Wish::Next).await.unwrap();
    assert_eq!(after(&channel, hours(0)).await, [second]);
    assert_eq!(after(&channel, hours(24)).await, [second, first]);
    let actions = channel.core.store.audit(second).await.unwrap();
    let actions = actions.iter().map(|entry| entry.action.clone()).collect::<Vec<_>>();
    for wanted in [&format!("pinned: at {at}"), "unpinned", "pinned: next"] {
        assert!(actions.iter().any(|action| action == wanted), "{wanted} in {actions:?}");
    }
    let lead = channel.officer(Duty::Lead);
    assert!(matches!(
        schedule::pin(&channel.core, first, lead, Wish::Next).await,
        Err(OfficerError::NotYours(_))
    ));
    assert!(schedule::pin(&channel.core, first, officer, Wish::Next).await.is_err(), "it is published");
}

#[tokio::test]
async fn a_pin_is_there_again_when_a_post_was_given_back() {
    let channel = Channel::open().await;
    let first = channel.approved(WORDS).await;
    let second = channel.approved(OTHERS).await;
    schedule::pin(&channel.core, second, coordinator(&channel), Wish::Next).await.unwrap();
    let pin = channel.load(second).await.pin;
    assert!(pin.is_some());
    channel.timeline.fail(Some(PlatformError::Unavailable("away")));
    assert!(after(&channel, hours(0)).await.is_empty());
    assert_eq!(channel.state(second).await, "publishing");
    channel.pass(SignedDuration::from_mins(5));
    channel.publish().await.unwrap();
    assert_eq!((channel.state(second).await, channel.load(second).await.pin), ("approved", pin));
    channel.timeline.fail(None);
    assert_eq!(after(&channel, hours(3)).await, [second], "and not what came before it");
    assert_eq!(channel.load(second).await.pin, None);
    assert_eq!(after(&channel, hours(24)).await, [second, first]);
}

#[tokio::test]
async fn what_is_pinned_and_then_withdrawn_keeps_nothing_waiting() {
    let channel = Channel::open().await;
    let first = channel.approved(WORDS).await;
    let second = channel.approved(OTHERS).await;
    let officer = coordinator(&channel);
    let at = channel.now().at.checked_add(hours(3)).unwrap();
    let (_, expected) = schedule::pin(&channel.core, second, officer, Wish::At(at)).await.unwrap();
    assert_eq!(expected, Some(at));
    let later = at.checked_add(hours(2)).unwrap();
    let (_, expected) = schedule::pin(&channel.core, first, officer, Wish::At(later)).await.unwrap();
    assert_eq!(london(expected.unwrap()).date(), london(at).date().tomorrow().unwrap(), "that day is full");
    schedule::pin(&channel.core, first, officer, Wish::Whenever).await.unwrap();
    assert!(after(&channel, hours(0)).await.is_empty(), "it would delay the other");
    queue::close(&channel.core, second, officer).await.unwrap();
    assert_eq!(after(&channel, hours(0)).await, [first]);
}

#[tokio::test]
async fn what_is_pinned_and_cannot_be_read_keeps_nothing_waiting() {
    let channel = Channel::open().await;
    let first = channel.approved(WORDS).await;
    let second = channel.approved(OTHERS).await;
    let at = channel.now().at.checked_add(hours(3)).unwrap();
    schedule::pin(&channel.core, second, coordinator(&channel), Wish::At(at)).await.unwrap();
    let table = &channel.tables.submissions;
    let stored = channel.raw.scan().table_name(table).send().await.unwrap().items.unwrap_or_default();
    let key = (AttributeValue::S(format!("s#{second}")), AttributeValue::S("state".to_owned()));
    let mut item = stored.into_iter().find(|item| (&item["pk"], &item["sk"]) == (&key.0, &key.1)).unwrap();
    item.insert("document".to_owned(), AttributeValue::S("{}".to_owned()));
    channel.raw.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
    assert_eq!(after(&channel, hours(0)).await, [first]);
}

#[tokio::test]
async fn a_brake_stops_its_topic_and_no_other() {
    let channel = Channel::open().await;
    let grief = channel.approved(OTHERS).await;
    let other = channel.approved(WORDS).await;
    let officer = coordinator(&channel);
    schedule::set_topic(&channel.core, grief, officer, Some("grief")).await.unwrap();
    assert!(schedule::set_topic(&channel.core, other, officer, Some("nonsense")).await.is_err());
    schedule::brake(&channel.core, officer, "grief", true).await.unwrap();
    assert_eq!(after(&channel, hours(0)).await, [other], "it does not use up the slot either");
    assert_eq!(after(&channel, hours(24)).await, [other]);
    schedule::brake(&channel.core, officer, "grief", false).await.unwrap();
    assert_eq!(after(&channel, hours(0)).await, [other, grief]);
    let record = channel.core.store.switched().await.unwrap();
    let head = audit::verify(SubmissionId::CHANNEL, &record).unwrap();
    assert_eq!(head, channel.core.store.channel().await.unwrap().switches.chain);
    let actions = record.iter().map(|entry| (entry.action.as_str(), entry.actor)).collect::<Vec<_>>();
    let by = Actor::Person(officer.id);
    assert_eq!(actions, [("brake_on: grief", by), ("brake_off: grief", by)]);
    let item = channel.core.store.audit(grief).await.unwrap();
    assert!(item.iter().any(|entry| entry.action == "topic_set: grief" && entry.actor == by));
}
