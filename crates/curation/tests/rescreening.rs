//! What a newer engine changes for an item that an older one screened.

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use curation::{
    panel::Seed,
    policy::{Policy, Tier},
    review::Decision::{Approve, Concern, Reword},
    roster::Duty,
    submission::{About, Notice, Recipient, ReleaseTo, Step},
    transitions::{InvalidTransition, NotPublishable, Route},
};

const NEWER: u32 = ENGINE + 1;

impl Item {
    /// A newer engine answers.
    fn is_seen_anew(&mut self, route: Route, tier: Tier) -> Step {
        self.tries(|one| one.screened_again(&verdict_of(NEWER, route, tier), monday())).unwrap()
    }

    /// In rewording, stalled, and so on.
    fn waiting(state: &str) -> Self {
        let mut item = match state {
            "needs_redaction" | "declined" => Self::received(monday()),
            "approved" => return Self::approved(monday()),
            _ => Self::in_review(Tier::Standard, monday()),
        };
        match state {
            "needs_redaction" => {
                item.does(|one| one.screened(&verdict(Route::Redact, Tier::Standard), monday()));
            }
            "declined" => item.does(|one| one.screened(&verdict(Route::Decline, Tier::Standard), monday())),
            "rewording" => (0..5).for_each(|n| drop(item.votes(n, Reword, monday()))),
            "rejected" => {
                (0..2).for_each(|n| drop(item.votes(n, curation::review::Decision::Reject, monday())));
            }
            "stalled" => {
                let end = later(monday(), hours(24 * 14));
                item.does(|one| one.review_due(&Default::default(), end));
            }
            _ => {}
        }
        assert_eq!(item.state(), state);
        item
    }
}

#[test]
fn each_state_and_route_leads_where_the_table_says() {
    use Route::{Decline, Hold, Redact, Review};
    use Tier::{Elevated, Standard};
    // (state before, route, tier, state after)
    let open = ["in_review", "stalled", "needs_redaction", "rewording", "declined", "rejected", "approved"];
    let mut table = Vec::new();
    for state in open {
        table.push((state, Hold, Elevated, "held"));
        table.push((state, Review, Standard, state));
        let sent_back = matches!(state, "in_review" | "stalled" | "rewording" | "approved");
        table.push((state, Redact, Elevated, if sent_back { "needs_redaction" } else { state }));
        let asked_again = if state == "approved" { "in_review" } else { state };
        table.push((state, Decline, Elevated, asked_again));
        table.push((state, Review, Elevated, asked_again));
    }
    for (before, route, tier, after) in table {
        let mut item = Item::waiting(before);
        item.is_seen_anew(route, tier);
        let case = format!("{before}, {route:?}, {tier:?}");
        assert_eq!(item.state(), after, "{case}");
        assert_eq!(item.submission.is_concealed(), route == Hold, "{case}");
        assert_eq!(item.submission.tier, tier, "{case}");
        assert_eq!(item.submission.screened_by, NEWER, "{case}");
        assert!(item.entries.last().unwrap().action.starts_with("screened_again: "), "{case}");
    }
}

#[test]
fn one_engine_looks_at_the_same_words_once() {
    let mut item = Item::waiting("in_review");
    let of = |engine| verdict_of(engine, Route::Hold, Tier::Elevated);
    let refused = InvalidTransition { state: "in_review", action: "screening again" };
    for engine in [0, ENGINE] {
        let again = item.tries(|one| one.screened_again(&of(engine), monday()));
        assert_eq!(again.map(|_| ()), Err(refused), "an engine that is not newer");
    }
    item.is_seen_anew(Route::Review, Tier::Standard);
    assert!(item.tries(|one| one.screened_again(&of(NEWER), monday())).is_err(), "a hint that came twice");
}

#[test]
fn what_is_published_held_or_over_is_left_alone() {
    let mut withdrawn = Item::waiting("in_review");
    withdrawn.does(|one| one.withdraw(monday()));
    let mut held = Item::waiting("in_review");
    held.votes(0, Concern, monday()).unwrap();
    let mut publishing = Item::waiting("approved");
    publishing.is_taken(monday());
    for item in [withdrawn, held, publishing, Item::published(monday()), Item::received(monday())] {
        assert!(!item.submission.waits_for_engine(NEWER), "{}", item.state());
    }
}

#[test]
fn danger_that_is_found_late_is_told_to_the_lead_and_to_nobody_else() {
    for state in ["in_review", "approved", "rewording"] {
        let step = Item::waiting(state).is_seen_anew(Route::Hold, Tier::Elevated);
        let lead = Notice { to: Recipient::Duty(Duty::Lead), about: About::SafeguardingHold };
        assert_eq!(step.notices, [lead], "{state}");
    }
}

#[test]
fn a_release_by_lead_and_deputy_is_honoured_for_exactly_these_words() {
    for to in [ReleaseTo::Review, ReleaseTo::Redaction] {
        let mut item = Item::received(monday());
        item.does(|one| one.screened(&verdict(Route::Hold, Tier::Elevated), monday()));
        item.does(|one| one.release(lead(), Duty::Lead, to, monday()));
        item.does(|one| one.release(deputy(), Duty::Deputy, to, monday()));
        let before = item.submission.state.clone();
        let mut again = item.clone();
        let step = again.is_seen_anew(Route::Hold, Tier::Elevated);
        assert_eq!(again.submission.state, before);
        assert!(!again.submission.is_concealed() && step.notices.is_empty());
        assert_eq!(again.entries.last().unwrap().action, "screened_again: released");

        // A concern since then takes the release back.
        if to == ReleaseTo::Review {
            item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(0..6), Seed([2; 16]), monday()));
            item.votes(0, Concern, monday()).unwrap();
            assert!(item.submission.release.is_none());
        }
    }
}

#[test]
fn an_approval_by_three_is_open_again_when_the_tier_rises_and_its_ballots_stay() {
    let mut item = Item::in_review(Tier::Standard, monday());
    for n in 0..3 {
        item.votes(n, Approve, monday()).unwrap();
    }
    let day = later(monday(), hours(25));
    item.does(|one| one.review_due(&Default::default(), day));
    assert_eq!(item.state(), "approved");
    item.is_seen_anew(Route::Review, Tier::Elevated);
    assert_eq!(item.state(), "in_review");
    assert!(item.draw_at().is_some(), "more are asked");
    assert_eq!(item.submission.review.as_ref().unwrap().approvers().len(), 3);
    item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(5..8), Seed([2; 16]), monday()));
    item.votes(5, Approve, monday()).unwrap();
    assert_eq!(item.state(), "in_review", "four are a quorum, and two more are asked");
    let days = later(monday(), hours(49));
    item.does(|one| one.review_due(&Default::default(), days));
    assert_eq!(item.state(), "approved");
}

#[test]
fn an_open_review_whose_tier_rises_needs_the_larger_quorum() {
    let mut item = Item::in_review(Tier::Standard, monday());
    item.is_seen_anew(Route::Decline, Tier::Elevated);
    assert!(item.draw_at().is_some(), "one more seat");
    for n in 0..3 {
        item.votes(n, Approve, monday()).unwrap();
    }
    let days = later(monday(), hours(72));
    item.does(|one| one.review_due(&Default::default(), days));
    assert_eq!(item.state(), "in_review", "three were enough before");
    item.votes(3, Approve, days).unwrap();
    assert_eq!(item.state(), "approved");
}

#[test]
fn an_approved_item_is_not_published_before_the_present_engine_has_seen_it() {
    let nobody = Default::default();
    let mut item = Item::approved(monday());
    let asked = |item: &Item| item.submission.publishable(&item.revision, NEWER, &nobody);
    assert_eq!(asked(&item), Err(NotPublishable::ScreenedBefore));
    item.does(|one| one.awaits_screening(monday()));
    assert!(item.due_at() > monday().at, "others take their turn meanwhile");
    item.is_seen_anew(Route::Review, Tier::Standard);
    assert_eq!(asked(&item), Ok(()));
}

#[test]
fn a_newer_engine_that_fails_holds_what_goes_on_and_gives_it_back_with_its_ballots() {
    for state in ["in_review", "stalled", "approved"] {
        let mut item = Item::waiting(state);
        let ballots = item.submission.review.as_ref().unwrap().approvers();
        let step = item.tries(|one| one.screening_again_failed(monday())).unwrap();
        assert_eq!(item.state(), "held");
        assert!(!item.submission.is_concealed(), "no crisis text for the lead");
        let coordinator = Notice { to: Recipient::Duty(Duty::Coordinator), about: About::TechnicalHold };
        assert_eq!(step.notices, [coordinator]);
        // It works again, and no machine declines what people have begun to look at.
        let answer = verdict_of(NEWER, Route::Decline, Tier::Elevated);
        item.does(|one| one.screened(&answer, later(monday(), hours(24 * 30))));
        assert_eq!((item.state(), item.submission.tier), ("in_review", Tier::Elevated), "{state}");
        assert_eq!(item.submission.review.as_ref().unwrap().approvers(), ballots);
    }
    for state in ["needs_redaction", "rewording", "declined", "rejected"] {
        assert!(Item::waiting(state).tries(|one| one.screening_again_failed(monday())).is_err(), "{state}");
    }
}

#[test]
fn a_reviewer_of_words_that_went_back_may_still_raise_a_concern() {
    let mut item = Item::waiting("in_review");
    item.is_seen_anew(Route::Redact, Tier::Elevated);
    item.votes(0, Concern, monday()).unwrap();
    assert_eq!(item.state(), "held");
}

#[test]
fn what_a_machine_declined_a_person_can_give_to_the_therapists_if_somebody_asks() {
    let mut item = Item::waiting("declined");
    assert!(item.tries(|one| one.take_up(coordinator(), monday())).is_err(), "nobody asked");
    let day = later(monday(), hours(24 * 20));
    let step = item.tries(|one| one.appeal(day)).unwrap();
    let told = Notice { to: Recipient::Duty(Duty::Coordinator), about: About::Appeal };
    assert_eq!((item.state(), step.notices), ("declined", vec![told]));
    assert_eq!(item.due_at(), later(day, curation::submission::waits::APPEAL).at);
    assert!(item.tries(|one| one.appeal(day)).is_err(), "once");
    item.does(|one| one.take_up(coordinator(), day));
    assert_eq!((item.state(), item.submission.tier), ("in_review", Tier::Elevated));
    let mut rejected = Item::waiting("rejected");
    assert!(rejected.tries(|one| one.appeal(day)).is_err(), "people decided that");
}
