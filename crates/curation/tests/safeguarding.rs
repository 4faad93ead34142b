//! What stops an item, who lifts that, and what outlives an ending. Each test is a way in which this once went wrong, or
//! could.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::*;
use curation::{
    audit::Actor,
    composition::{Disclaimer, compose},
    policy::Tier,
    review::Decision::{self, *},
    roster::Duty,
    submission::{About, Attention, Delivery, DeliveryStatus, ReleaseTo, State, waits},
    time::Now,
    transitions::{InvalidTransition, ReleaseError, Route},
};
use jiff::SignedDuration;

const NOTHING_TO_CONFIRM: Result<(), ReleaseError> = Err(ReleaseError::NothingToConfirm);

impl Item {
    fn released(
        &mut self,
        who: curation::ids::PersonId,
        duty: Duty,
        to: ReleaseTo,
    ) -> Result<(), ReleaseError> {
        self.tries(|one| one.release(who, duty, to, monday())).map(|_| ())
    }

    fn in_state(name: &str) -> Self {
        let now = monday();
        let mut item = Self::in_review(Tier::Standard, now);
        match name {
            "in_review" => {}
            "rewording" => {
                (0..2).for_each(|n| drop(item.votes(n, Reword, now).unwrap()));
                item.does(|one| one.review_due(&BTreeSet::new(), later(now, hours(24))));
            }
            "rejected" => (0..2).for_each(|n| drop(item.votes(n, Reject, now).unwrap())),
            "stalled" => item.does(|one| one.review_due(&BTreeSet::new(), at("2026-11-30T12:00:00Z"))),
            "approved" => item = Self::approved(now),
            "publishing" | "needs_attention" => {
                item = Self::approved(now);
                item.is_taken(now);
                if name == "needs_attention" {
                    let unknown = DeliveryStatus::Ambiguous;
                    item.does(|one| one.needs_attention(0, unknown, Attention::Ambiguous, now));
                }
            }
            _ => item = Self::published(now),
        }
        assert_eq!(item.state(), name);
        item
    }
}

#[test]
fn a_concern_stops_an_item_at_every_stage() {
    for (before, after) in [
        ("in_review", "held"),
        ("rewording", "held"),
        ("rejected", "held"),
        ("stalled", "held"),
        ("approved", "held"),
        ("publishing", "retracting"),
        ("needs_attention", "retracting"),
        ("published", "retracting"),
    ] {
        let mut item = Item::in_state(before);
        item.votes(4, Concern, monday()).unwrap();
        assert_eq!(item.state(), after, "from {before}");
        assert!(item.submission.is_concealed(), "from {before}");
        if after == "retracting" {
            item.is_taken_down(monday());
            assert_eq!(item.state(), "held");
        }
        assert!(item.submission.is_concealed());
    }
}

#[test]
fn a_concern_is_heard_from_whoever_has_a_seat_in_good_standing_or_not() {
    let mut lapsed = Item::in_review(Tier::Standard, monday());
    lapsed.votes_while(0, Concern, &BTreeSet::from([person(0)]), monday()).unwrap();
    assert_eq!(lapsed.state(), "held");
    let mut stepped_back = Item::in_review(Tier::Standard, monday());
    stepped_back.votes(0, StepBack, monday()).unwrap();
    stepped_back.votes(0, Concern, monday()).unwrap();
    assert_eq!(stepped_back.state(), "held");
    let mut stranger = Item::in_review(Tier::Standard, monday());
    assert!(stranger.votes(9, Concern, monday()).is_err());
}

#[test]
fn a_release_takes_the_lead_and_another_person_as_deputy() {
    let mut item = Item::in_state("approved");
    item.votes(4, Concern, monday()).unwrap();
    let to = ReleaseTo::Review;
    assert_eq!(item.released(deputy(), Duty::Deputy, to), NOTHING_TO_CONFIRM);
    assert_eq!(item.released(coordinator(), Duty::Coordinator, to), Err(ReleaseError::NotYours));
    item.released(lead(), Duty::Lead, to).unwrap();
    assert!(item.submission.is_concealed());
    assert_eq!(item.released(lead(), Duty::Deputy, to), NOTHING_TO_CONFIRM);
    assert_eq!(item.released(deputy(), Duty::Deputy, ReleaseTo::Redaction), NOTHING_TO_CONFIRM);
    item.released(deputy(), Duty::Deputy, to).unwrap();
    assert_eq!((item.state(), item.submission.tier), ("in_review", Tier::Elevated));
    assert!(item.submission.review.is_none() && !item.submission.is_concealed());
}

#[test]
fn an_earlier_release_does_not_lift_a_second_concern() {
    let mut item = Item::in_review(Tier::Standard, monday());
    item.votes(0, Concern, monday()).unwrap();
    item.released(lead(), Duty::Lead, ReleaseTo::Review).unwrap();
    item.released(deputy(), Duty::Deputy, ReleaseTo::Review).unwrap();
    let panel = seats(5..11);
    let seed = curation::panel::Seed([3; 16]);
    item.does(|one| one.panel_drawn(&curation::policy::Policy::DEFAULT, &panel, seed, monday()));
    item.votes(5, Concern, monday()).unwrap();
    assert_eq!(item.released(deputy(), Duty::Deputy, ReleaseTo::Review), NOTHING_TO_CONFIRM);
}

#[test]
fn a_release_is_bound_to_the_words_that_were_released() {
    let mut item = Item::received(monday());
    item.does(|one| one.screened(&verdict(Route::Hold, Tier::Standard), monday()));
    assert!(item.submission.is_concealed());
    item.released(lead(), Duty::Lead, ReleaseTo::Redaction).unwrap();
    item.released(deputy(), Duty::Deputy, ReleaseTo::Redaction).unwrap();
    assert_eq!(item.state(), "needs_redaction");
    let other = revision(2, monday());
    item.does(|one| one.revise(&other, Actor::Submitter, false, monday()));
    item.does(|one| one.screened(&verdict(Route::Hold, Tier::Standard), monday()));
    assert_eq!(item.state(), "held");
    assert_eq!(item.released(deputy(), Duty::Deputy, ReleaseTo::Redaction), NOTHING_TO_CONFIRM);
}

#[test]
fn what_was_withdrawn_is_never_brought_back() {
    let withdraw_first = |item: &mut Item| {
        item.does(|one| one.withdraw(monday()));
        item.votes(4, Concern, monday()).unwrap();
    };
    let concern_first = |item: &mut Item| {
        item.votes(4, Concern, monday()).unwrap();
        item.does(|one| one.withdraw(monday()));
    };
    let orders: [fn(&mut Item); 2] = [withdraw_first, concern_first];
    for order in orders {
        let mut item = Item::published(monday());
        order(&mut item);
        item.is_taken_down(monday());
        assert_eq!(item.state(), "held");
        assert!(matches!(
            item.released(lead(), Duty::Lead, ReleaseTo::Review),
            Err(ReleaseError::Invalid(InvalidTransition { state: "held", .. }))
        ));
        item.does(|one| one.close(lead(), Duty::Lead, monday()));
        assert_eq!(item.state(), "closed");
    }
}

#[test]
fn an_ending_reveals_nothing() {
    for withdraws in [true, false] {
        let mut item = Item::in_review(Tier::Standard, monday());
        item.votes(0, Concern, monday()).unwrap();
        let coordinators = item.tries(|one| one.close(coordinator(), Duty::Coordinator, monday()));
        assert_eq!(coordinators.map(|_| ()), Err(ReleaseError::NotYours));
        if withdraws {
            item.does(|one| one.withdraw(monday()));
        } else {
            item.does(|one| one.close(lead(), Duty::Lead, monday()));
        }
        assert!(item.submission.is_concealed(), "the coordinator's list would show it");
    }
}

#[test]
fn what_was_public_is_kept_as_long_as_complaints_are_taken() {
    let kept = |item: &Item, since: Now| item.due_at().duration_since(since.at);
    let mut item = Item::published(monday());
    item.votes(4, Concern, monday()).unwrap();
    item.is_taken_down(monday());
    item.does(|one| one.close(lead(), Duty::Lead, monday()));
    assert_eq!(kept(&item, monday()), waits::ERASE_PUBLISHED);
    let mut reviewed = Item::approved(monday());
    reviewed.does(|one| one.withdraw(monday()));
    assert_eq!(kept(&reviewed, monday()), waits::ERASE_REVIEWED);
    let mut unread = Item::received(monday());
    unread.does(|one| one.withdraw(monday()));
    assert_eq!(kept(&unread, monday()), waits::ERASE_UNREVIEWED);
}

#[test]
fn nobody_answers_a_crisis_item_and_others_are_told() {
    let mut item = Item::received(monday());
    item.does(|one| one.screened(&verdict(Route::Hold, Tier::Standard), monday()));
    let mut told = vec![];
    for half_days in 1..=3 {
        let now = later(monday(), hours(12 * half_days));
        assert_eq!(item.due_at(), now.at);
        let step = item.tries(|one| one.escalate(now)).unwrap();
        told.extend(step.notices.iter().map(|notice| notice.to));
    }
    let duty = curation::submission::Recipient::Duty;
    assert_eq!(told, [duty(Duty::Deputy), duty(Duty::Coordinator), duty(Duty::Coordinator)]);
}

#[test]
fn a_second_appearance_has_keys_of_its_own() {
    let keys = |item: &Item| item.submission.deliveries.iter().map(|one| one.key.clone()).collect::<Vec<_>>();
    let mut item = Item::published(monday());
    let first = keys(&item);
    item.votes(4, Concern, monday()).unwrap();
    item.is_taken_down(monday());
    item.released(lead(), Duty::Lead, ReleaseTo::Review).unwrap();
    item.released(deputy(), Duty::Deputy, ReleaseTo::Review).unwrap();
    let seed = curation::panel::Seed([4; 16]);
    let panel = seats(0..6);
    item.does(|one| one.panel_drawn(&curation::policy::Policy::DEFAULT, &panel, seed, monday()));
    (0..6).for_each(|n| drop(item.votes(n, Approve, monday()).unwrap()));
    item.is_taken(monday());
    assert!(
        keys(&item).iter().all(|key| !first.contains(key)),
        "or a platform would answer with the deleted post"
    );
}

#[test]
fn an_attested_post_is_recorded_and_the_last_one_ends_publishing() {
    let statuses = |item: &Item| item.submission.deliveries.iter().map(|one| one.status).collect::<Vec<_>>();
    for (status, why, afterwards) in [
        (DeliveryStatus::Ambiguous, Attention::Ambiguous, DeliveryStatus::Absent),
        (DeliveryStatus::Skipped, Attention::Refused, DeliveryStatus::Pending),
        (DeliveryStatus::Pending, Attention::Refused, DeliveryStatus::Pending),
    ] {
        let mut item = Item::in_state("publishing");
        item.does(|one| one.delivered(0, DeliveryStatus::Sent, Some("example-post-0".into()), monday()));
        item.does(|one| one.needs_attention(1, status, why, monday()));
        let mut absent = item.clone();
        absent.does(|one| one.attest(coordinator(), None, monday().at, monday()));
        assert_eq!(absent.state(), "publishing");
        assert_eq!(statuses(&absent), [DeliveryStatus::Sent, afterwards]);
        let key = |item: &Item| item.submission.deliveries[1].key.clone();
        assert_eq!(key(&absent), key(&item), "what may have been posted keeps its key");
        assert!(absent.tries(|one| one.put_back(monday())).is_err(), "half of it is there");
        item.does(|one| one.attest(coordinator(), Some("example-post-1".into()), monday().at, monday()));
        assert_eq!(item.state(), "published");
        assert_eq!(statuses(&item), [DeliveryStatus::Sent; 2]);
    }
}

#[test]
fn what_is_given_back_waits_a_quarter_of_an_hour_of_real_time_for_its_next_turn() {
    for speed in [1, 60] {
        let now = Now { speed, ..monday() };
        let mut item = Item::in_state("publishing");
        for index in 0..item.submission.deliveries.len() {
            item.does(|one| one.delivered(index, DeliveryStatus::Pending, None, now));
        }
        item.does(|one| one.put_back(now));
        assert_eq!(item.state(), "approved");
        assert_eq!(
            item.submission.due().unwrap().at,
            later(now, SignedDuration::from_mins(15 * i64::from(speed))).at
        );
        assert!(item.submission.deliveries.is_empty());
    }
}

#[test]
fn nothing_is_not_published() {
    let mut item = Item::approved(monday());
    let renderings = item.revision.composition.renderings.clone();
    assert!(item.tries(|one| one.take(&[], |_| true, monday().at, monday())).is_err());
    assert!(item.tries(|one| one.take(&renderings, |_| false, monday().at, monday())).is_err());
    assert_eq!(item.state(), "approved");
}

#[test]
fn the_first_post_on_a_platform_that_is_switched_on_is_begun_with_the_taking() {
    let mut item = Item::approved(monday());
    let renderings = item.revision.composition.renderings.clone();
    item.does(|one| one.take(&renderings, |name| name.as_str() == "other", monday().at, monday()));
    let begun = |one: &&Delivery| one.status == DeliveryStatus::Sending && one.begun_at.is_some();
    let begun = item.submission.deliveries.iter().filter(begun).collect::<Vec<_>>();
    assert!(matches!(begun[..], [one] if one.platform.as_str() == "other" && one.part == 0));
}

#[test]
fn what_one_publisher_has_begun_no_other_begins() {
    let mut item = Item::in_state("publishing");
    item.does(|one| one.begun(1, monday().at, monday()));
    let before = item.submission.clone();
    assert!(item.tries(|one| one.begun(1, monday().at, monday())).is_err());
    assert_eq!(item.submission, before);
    item.does(|one| one.delivered(1, DeliveryStatus::Pending, None, monday()));
    item.does(|one| one.begun(1, monday().at, monday()));
}

#[test]
fn a_refusal_stays_until_a_human_has_it_tried_again() {
    let mut item = Item::in_state("publishing");
    assert!(item.tries(|one| one.refused(1)).is_err(), "it was not begun");
    item.does(|one| one.refused(0));
    let first = &item.submission.deliveries[0];
    assert!(first.status == DeliveryStatus::Skipped && first.fingerprint.is_some());
    assert_eq!(item.state(), "publishing", "the others go on");
    item.does(|one| one.needs_attention(0, DeliveryStatus::Skipped, Attention::Refused, monday()));
    item.does(|one| one.attest(coordinator(), None, monday().at, monday()));
    assert_eq!(item.submission.deliveries[0].status, DeliveryStatus::Pending);
    assert!(item.submission.deliveries.iter().all(|one| one.tried_since == Some(monday().at)));
}

#[test]
fn a_coordinator_is_told_once_that_a_post_waits_for_its_platform() {
    let mut item = Item::in_state("publishing");
    let mut told = 0;
    for _ in 0..3 {
        let step = item.submission.clone().waits_for_platform(1, monday()).unwrap();
        told += step.notices.iter().filter(|notice| notice.about == About::PlatformAway).count();
        item.submission = step.submission;
        let due = item.submission.due().unwrap().at;
        assert_eq!(due, later(monday(), SignedDuration::from_mins(15)).at);
    }
    assert_eq!((told, item.state()), (1, "publishing"));
}

#[test]
fn a_retraction_ends_only_when_every_post_is_gone() {
    let mut item = Item::published(monday());
    item.does(|one| one.close(coordinator(), Duty::Coordinator, monday()));
    item.does(|one| one.delivered(0, DeliveryStatus::Deleted, None, monday()));
    assert!(item.tries(|one| one.retracted(monday())).is_err());
    item.does(|one| one.delivered(1, DeliveryStatus::Deleted, None, monday()));
    item.does(|one| one.retracted(monday()));
    assert!(matches!(item.submission.state, State::Retracted { .. }));
}

#[test]
fn a_step_of_two_transitions_is_one_write() {
    let mut item = Item::in_review(Tier::Standard, monday());
    for n in 0..5 {
        let before = item.submission.version;
        let step = item.votes(n, Approve, monday()).unwrap();
        assert_eq!(step.submission.version, before + 1);
        assert_eq!(step.entries.len(), if n == 4 { 2 } else { 1 });
    }
}

#[test]
fn a_disclaimer_longer_than_a_post_is_refused_with_the_excess() {
    let disclaimer = Disclaimer { id: "example".into(), version: 1, text: "x".repeat(305) };
    assert_eq!(compose("Example.", &disclaimer, None, &[platform("local")]).unwrap_err().excess(), 5);
}

#[test]
fn each_delivery_of_an_occurrence_has_its_own_key_on_its_platform() {
    let item = Item::in_state("publishing");
    let mut keys = BTreeMap::<_, BTreeSet<_>>::new();
    for Delivery { platform, key, .. } in &item.submission.deliveries {
        assert!(keys.entry(platform.clone()).or_default().insert(key.clone()));
    }
    assert_eq!(keys.len(), 2);
}

#[test]
fn every_ballot_after_a_concern_is_refused() {
    let mut item = Item::in_review(Tier::Standard, monday());
    item.votes(0, Concern, monday()).unwrap();
    for decision in [Approve, Reword, Reject, RejectAsHarmful, Decision::Concern, StepBack] {
        let refused = item.votes(1, decision, monday()).map(|_| ());
        assert_eq!(refused, Err(curation::transitions::CastError::Closed));
    }
}
