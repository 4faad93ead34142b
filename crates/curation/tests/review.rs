//! The design's table of review, row by row, for both tiers, each boundary to the second; and the reviews that once went
//! wrong.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::*;
use curation::{
    composition::Share,
    panel::Seed,
    policy::{Policy, Thresholds, Tier},
    review::Decision::{self, *},
    roster::Duty,
    submission::{About, Kind, Recipient, Step, Submission},
    time::Now,
    transitions::Task,
};
use jiff::SignedDuration;

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const TIERS: [Tier; 2] = [Tier::Standard, Tier::Elevated];

fn nobody() -> BTreeSet<curation::ids::PersonId> {
    BTreeSet::new()
}

fn before(now: Now) -> Now {
    later(now, -SECOND)
}

fn told(step: &Step, about: About) -> Vec<Recipient> {
    step.notices.iter().filter(|notice| notice.about == about).map(|notice| notice.to).collect()
}

/// The item after these ballots, an hour into its review: by therapists 0, 1, 2, ... in this order.
fn after_ballots(tier: Tier, ballots: &[Decision]) -> Item {
    let mut item = Item::in_review(tier, monday());
    for (n, decision) in (0..).zip(ballots) {
        item.votes(n, *decision, later(monday(), hours(1))).unwrap();
    }
    item
}

fn looked_at(mut item: Item, now: Now) -> &'static str {
    item.does(|one| one.review_due(&nobody(), now));
    item.state()
}

#[test]
fn the_default_policy_is_the_designs_table() {
    let table = |tier| {
        let Thresholds {
            approvals,
            registers,
            rejects,
            rewords,
            rewords_at_deadline,
            panel,
            open_hours,
            reminder_hours,
            top_up_hours,
            deadline_days,
        } = *Policy::DEFAULT.thresholds(tier);
        let hours = [open_hours, reminder_hours, top_up_hours, deadline_days];
        ([approvals, registers, rejects, rewords, rewords_at_deadline, panel], hours)
    };
    assert_eq!(table(Tier::Standard), ([3, 2, 2, 2, 1, 5], [24, 48, 72, 5]));
    assert_eq!(table(Tier::Elevated), ([4, 2, 2, 1, 1, 6], [48, 48, 72, 5]));
    assert_eq!(Policy::DEFAULT.standard.smallest_panel(), 4);
    assert_eq!(Policy::DEFAULT.elevated.smallest_panel(), 5);
}

#[test]
fn each_row_closes_as_the_table_says() {
    // Tier, ballots; the state at once, at the minimum open time, at the deadline.
    type Row<'a> = (Tier, &'a [Decision], [&'static str; 3]);
    const OPEN: &str = "in_review";
    let rows: &[Row] = &[
        (Tier::Standard, &[], [OPEN, OPEN, "stalled"]),
        (Tier::Standard, &[Approve; 2], [OPEN, OPEN, "stalled"]),
        (Tier::Standard, &[Approve; 3], [OPEN, "approved", "approved"]),
        (Tier::Standard, &[Approve; 5], ["approved", "approved", "approved"]),
        (Tier::Standard, &[Approve, Approve, Approve, Reword, Reword], ["approved"; 3]),
        (Tier::Standard, &[Approve, Approve, Approve, Reject, Reword], ["approved"; 3]),
        (Tier::Standard, &[Approve, Approve, Reword, Approve], [OPEN, "approved", "approved"]),
        (Tier::Standard, &[Approve, Approve, Reword], [OPEN, OPEN, "rewording"]),
        (Tier::Standard, &[Reword], [OPEN, OPEN, "rewording"]),
        (Tier::Standard, &[Reword; 2], [OPEN, "rewording", "rewording"]),
        (Tier::Standard, &[Approve, Approve, Reword, Reword, Reword], ["rewording"; 3]),
        (Tier::Standard, &[Reject], [OPEN, OPEN, "stalled"]),
        (Tier::Standard, &[Reject; 2], ["rejected"; 3]),
        (Tier::Standard, &[Approve, Approve, Approve, Reject, Reject], ["rejected"; 3]),
        (Tier::Standard, &[Reject, RejectAsHarmful], ["rejected"; 3]),
        (Tier::Standard, &[RejectAsHarmful, Approve, Approve, Approve], [OPEN, OPEN, "stalled"]),
        (Tier::Standard, &[RejectAsHarmful, Approve, Approve, Approve, Approve], ["approved"; 3]),
        (Tier::Standard, &[StepBack; 5], [OPEN, OPEN, "stalled"]),
        (Tier::Standard, &[StepBack, StepBack, StepBack, Approve, Approve], [OPEN, OPEN, "stalled"]),
        (Tier::Standard, &[Concern], ["held"; 3]),
        (Tier::Elevated, &[Approve; 3], [OPEN, OPEN, "stalled"]),
        (Tier::Elevated, &[Approve; 4], [OPEN, "approved", "approved"]),
        (Tier::Elevated, &[Approve; 6], ["approved"; 3]),
        (Tier::Elevated, &[Approve, Approve, Approve, Approve, Reword], [OPEN, "approved", "approved"]),
        (Tier::Elevated, &[Approve, Approve, Approve, Reword], [OPEN, "rewording", "rewording"]),
        (Tier::Elevated, &[Approve, Approve, Approve, Reword, Reword, Reword], ["rewording"; 3]),
        (Tier::Elevated, &[Reword], [OPEN, "rewording", "rewording"]),
        (Tier::Elevated, &[Reject], [OPEN, OPEN, "stalled"]),
        (Tier::Elevated, &[Reject; 2], ["rejected"; 3]),
        (Tier::Elevated, &[Concern], ["held"; 3]),
    ];
    for (tier, ballots, expected) in rows {
        let item = after_ballots(*tier, ballots);
        let open = later(monday(), Policy::DEFAULT.thresholds(*tier).open());
        let deadline = at("2026-11-30T12:00:00Z");
        let name = format!("{tier:?} {ballots:?}");
        assert_eq!(item.state(), expected[0], "at once: {name}");
        if expected[0] == OPEN {
            assert_eq!(looked_at(item.clone(), before(open)), OPEN, "a second before the open time: {name}");
            assert_eq!(looked_at(item.clone(), open), expected[1], "at the open time: {name}");
        }
        if expected[1] == OPEN {
            let just = looked_at(item.clone(), before(deadline));
            assert_eq!(just, OPEN, "a second before the deadline: {name}");
            assert_eq!(looked_at(item, deadline), expected[2], "at the deadline: {name}");
        }
    }
}

#[test]
fn approvals_must_outnumber_all_objections_together() {
    // Three against one reject and two requests to reword, in a panel that was widened by one.
    let mut item = Item::in_review(Tier::Standard, monday());
    item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats([5]), Seed([2; 16]), monday()));
    for (n, decision) in (0..).zip([Approve, Approve, Approve, Reject, Reword, Reword]) {
        item.votes(n, decision, monday()).unwrap();
    }
    assert_eq!(item.state(), "rewording");
}

#[test]
fn a_quorum_needs_two_registers() {
    // Therapists 0, 3, 6 and 9 are of one register, 1 of another.
    let mut item = Item::received(monday());
    let route = verdict(curation::transitions::Route::Review, Tier::Standard);
    item.does(|one| one.screened(&route, monday()));
    let panel = seats([0, 3, 6, 9, 1]);
    item.does(|one| one.panel_drawn(&Policy::DEFAULT, &panel, Seed([1; 16]), monday()));
    for n in [0, 3, 6, 9] {
        item.votes(n, Approve, monday()).unwrap();
    }
    let open = later(monday(), hours(24));
    assert_eq!(looked_at(item.clone(), open), "in_review");
    item.votes(1, Approve, open).unwrap();
    assert_eq!(item.state(), "approved");
}

#[test]
fn the_last_ballot_of_a_person_is_the_one_that_counts() {
    let mut item = after_ballots(Tier::Standard, &[Approve, Approve, Approve]);
    let now = later(monday(), hours(2));
    item.votes(0, Reword, now).unwrap();
    assert_eq!(looked_at(item.clone(), later(monday(), hours(24))), "in_review");
    item.votes(0, Approve, now).unwrap();
    assert_eq!(looked_at(item, later(monday(), hours(24))), "approved");
}

#[test]
fn the_sweep_is_due_at_each_boundary_and_not_a_second_earlier() {
    for tier in TIERS {
        let mut item = Item::in_review(tier, monday());
        // Wednesday noon: the reminder. Thursday noon: the top-up. Monday noon: the deadline.
        for (due, outcome) in [
            ("2026-11-25T12:00:00Z", "reminded"),
            ("2026-11-26T12:00:00Z", "topped_up"),
            ("2026-11-30T12:00:00Z", "stalled"),
        ] {
            let due = at(due);
            assert_eq!(item.due_at(), due.at, "{outcome}");
            assert_eq!(item.submission.task(before(due)), Task::Nothing);
            assert_eq!(item.submission.task(due), Task::AssessReview);
            let entries = item.entries.len();
            let mut early = item.clone();
            early.does(|one| one.review_due(&nobody(), before(due)));
            assert_eq!(early.entries.len(), entries, "{outcome} came a second early");
            item.does(|one| one.review_due(&nobody(), due));
            assert_eq!(item.entries.last().unwrap().action, outcome);
            if outcome == "topped_up" {
                assert_eq!(item.submission.task(later(due, SignedDuration::from_mins(2))), Task::Draw);
                item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(10..15), Seed([2; 16]), due));
            }
        }
    }
}

#[test]
fn a_quorum_is_due_at_the_minimum_open_time() {
    for (tier, approvals) in [(Tier::Standard, 3), (Tier::Elevated, 4)] {
        let item = after_ballots(tier, &[Approve; 4][..approvals]);
        assert_eq!(item.due_at(), monday().after(Policy::DEFAULT.thresholds(tier).open()));
    }
}

#[test]
fn reminders_keep_to_humane_hours() {
    for (opened, reminded) in [
        ("2026-11-23T08:59:59Z", "2026-11-25T09:00:00Z"), // not before nine
        ("2026-11-23T17:59:59Z", "2026-11-25T17:59:59Z"), // the last second of the day
        ("2026-11-23T18:00:00Z", "2026-11-26T09:00:00Z"), // in the evening: the next morning
        ("2026-07-06T08:30:00Z", "2026-07-08T08:30:00Z"), // British Summer Time
        ("2026-07-06T17:30:00Z", "2026-07-09T08:00:00Z"),
    ] {
        let mut item = Item::in_review(Tier::Standard, at(opened));
        assert_eq!(item.due_at(), at(reminded).at, "opened {opened}");
        item.votes(0, Approve, at(opened)).unwrap();
        let step = item.tries(|one| one.review_due(&nobody(), at(reminded))).unwrap();
        let quiet = [1, 2, 3, 4].map(|n| Recipient::Person(person(n)));
        assert_eq!(told(&step, About::Reminder), quiet, "only who has not voted");
        let again = item.tries(|one| one.review_due(&nobody(), at(reminded))).unwrap();
        assert_eq!(told(&again, About::Reminder), [], "once");
    }
}

#[test]
fn a_reminder_that_falls_on_a_saturday_goes_out_on_monday_after_the_top_up_of_sunday() {
    let mut item = Item::in_review(Tier::Standard, at("2026-11-19T12:00:00Z"));
    let sunday = at("2026-11-22T12:00:00Z");
    assert_eq!(item.due_at(), sunday.at);
    item.does(|one| one.review_due(&nobody(), sunday));
    item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(10..15), Seed([2; 16]), sunday));
    let monday = at("2026-11-23T09:00:00Z");
    assert_eq!(item.due_at(), monday.at);
    let step = item.tries(|one| one.review_due(&nobody(), monday)).unwrap();
    assert_eq!(told(&step, About::Reminder).len(), 10);
}

#[test]
fn a_sweep_that_comes_late_in_the_evening_reminds_in_the_morning() {
    let mut item = Item::in_review(Tier::Standard, at("2026-11-23T17:59:30Z"));
    let late = at("2026-11-25T18:00:10Z");
    let step = item.tries(|one| one.review_due(&nobody(), late)).unwrap();
    assert_eq!(told(&step, About::Reminder), []);
    assert_eq!(item.due_at(), at("2026-11-26T09:00:00Z").at);
    let step = item.tries(|one| one.review_due(&nobody(), at("2026-11-26T09:00:00Z"))).unwrap();
    assert_eq!(told(&step, About::Reminder).len(), 5);
}

#[test]
fn working_days_of_the_deadline_skip_the_weekend_and_follow_the_wall() {
    for (opened, deadline) in [
        ("2026-11-23T12:00:00Z", "2026-11-30T12:00:00Z"),
        ("2026-11-28T12:00:00Z", "2026-12-04T12:00:00Z"), // opened on a Saturday
        ("2026-10-22T12:00:00Z", "2026-10-29T13:00:00Z"), // over the end of summer time
    ] {
        let item = Item::in_review(Tier::Standard, at(opened));
        assert_eq!(item.submission.review.unwrap().deadline, at(deadline).at);
    }
}

#[test]
fn a_lapsed_approver_does_not_count_and_the_review_fails_closed() {
    let mut item = after_ballots(Tier::Standard, &[Approve; 3]);
    let barred = BTreeSet::from([person(0)]);
    let open = later(monday(), hours(24));
    item.does(|one| one.review_due(&barred, open));
    assert_eq!(item.state(), "in_review");
    assert!(item.due_at() > open.at, "or the sweep would spin");
    item.does(|one| one.review_due(&barred, at("2026-11-30T12:00:00Z")));
    assert_eq!(item.state(), "stalled");
}

#[test]
fn a_ballot_is_refused_from_who_has_no_vote() {
    let mut item = Item::in_review(Tier::Standard, monday());
    let no_vote = Err(curation::transitions::CastError::NoVote);
    assert_eq!(item.votes(9, Approve, monday()).map(|_| ()), no_vote, "no seat");
    let barred = BTreeSet::from([person(0)]);
    assert_eq!(item.votes_while(0, Approve, &barred, monday()).map(|_| ()), no_vote, "lapsed");
    item.votes(1, StepBack, monday()).unwrap();
    assert_eq!(item.votes(1, Approve, monday()).map(|_| ()), no_vote, "stepped back");
}

#[test]
fn who_wrote_the_words_or_stepped_back_gets_no_seat_even_if_drawn() {
    let mut item = Item::in_review(Tier::Standard, monday());
    item.votes(1, StepBack, monday()).unwrap();
    for n in [2, 3] {
        item.votes(n, Reword, monday()).unwrap();
    }
    item.does(|one| one.review_due(&nobody(), later(monday(), hours(24))));
    let second = revision(2, monday());
    let author = curation::audit::Actor::Person(person(2));
    item.does(|one| one.revise(&second, author, true, monday()));
    let route = verdict(curation::transitions::Route::Review, Tier::Standard);
    item.does(|one| one.screened(&route, monday()));
    item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(0..7), Seed([1; 16]), monday()));
    let seated = item.submission.review.unwrap().seats.iter().map(|seat| seat.person).collect::<Vec<_>>();
    assert_eq!(seated, [0, 3, 4, 5, 6].map(person));
}

#[test]
fn a_panel_that_cannot_make_a_quorum_is_not_seated_and_a_coordinator_is_told() {
    let route = verdict(curation::transitions::Route::Review, Tier::Standard);
    let hopeless = [
        seats([]),
        seats([0, 1, 2]),
        seats([0, 0, 0, 1]),     // three of these are one person
        seats([0, 3, 6, 9, 12]), // one register
    ];
    for panel in hopeless {
        let mut item = Item::received(monday());
        item.does(|one| one.screened(&route, monday()));
        let draw = |one: curation::submission::Submission| {
            one.panel_drawn(&Policy::DEFAULT, &panel, Seed([1; 16]), monday())
        };
        let step = item.tries(draw).unwrap();
        assert_eq!(told(&step, About::PanelTooSmall), [Recipient::Duty(Duty::Coordinator)]);
        assert_eq!(told(&step, About::Invitation), []);
        assert!(item.submission.review.is_none());
        assert_eq!(item.due_at(), monday().after(hours(24)));
    }
}

#[test]
fn a_panel_that_shrank_too_far_alerts_and_is_drawn_again() {
    let mut item = Item::in_review(Tier::Standard, monday());
    for n in 0..4 {
        item.votes(n, StepBack, monday()).unwrap();
    }
    assert!(item.draw_at().is_some(), "a step back draws the next");
    let draw = |one: curation::submission::Submission| {
        one.panel_drawn(&Policy::DEFAULT, &seats([7]), Seed([2; 16]), monday())
    };
    let step = item.tries(draw).unwrap();
    assert_eq!(told(&step, About::Invitation), [Recipient::Person(person(7))]);
    assert_eq!(told(&step, About::PanelTooSmall), [Recipient::Duty(Duty::Coordinator)]);
    assert_eq!(item.draw_at(), Some(monday().after(hours(24))));
    item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(8..12), Seed([3; 16]), monday()));
    assert_eq!(item.draw_at(), None);
}

#[test]
fn a_reject_as_harmful_raises_the_tier_for_good_and_draws_more() {
    let mut item = after_ballots(Tier::Standard, &[RejectAsHarmful]);
    assert_eq!(item.submission.tier, Tier::Elevated);
    assert!(item.draw_at().is_some());
    item.votes(0, Approve, monday()).unwrap();
    assert_eq!(item.submission.tier, Tier::Elevated);
}

#[test]
fn losing_the_quorum_reopens_the_review_with_the_same_quorum_and_keeps_objections() {
    let mut item = after_ballots(Tier::Standard, &[Approve, Approve, Approve, Reword, Approve]);
    let now = later(monday(), hours(2));
    let barred = BTreeSet::from([person(0), person(1), person(3)]);
    let lost = item.submission.publishable(&item.revision, ENGINE, &barred);
    assert_eq!(lost, Err(curation::transitions::NotPublishable::QuorumLost));
    item.does(|one| one.quorum_lost(&barred, now));
    assert_eq!((item.state(), item.submission.tier), ("in_review", Tier::Standard));
    let tally = item.submission.review.as_ref().unwrap().tally(&nobody());
    assert_eq!((tally.approvals, tally.rewords), (2, 1));
    item.does(|one| one.panel_drawn(&Policy::DEFAULT, &seats(8..10), Seed([3; 16]), now));
    item.votes_while(8, Approve, &barred, now).unwrap();
    item.votes_while(9, Approve, &barred, now).unwrap();
    assert_eq!(item.state(), "approved");
}

#[test]
fn only_the_approved_revision_is_publishable() {
    let item = Item::approved(monday());
    assert_eq!(item.submission.publishable(&item.revision, ENGINE, &nobody()), Ok(()));
    let mut other = item.revision.clone();
    other.composition.renderings[0].parts[0].push('!');
    let refused = Err(curation::transitions::NotPublishable::OtherContent);
    assert_eq!(item.submission.publishable(&other, ENGINE, &nobody()), refused);
}

#[test]
fn the_first_part_of_a_thread_carries_what_it_shares_to_its_delivery() {
    let mut item = Item::approved(monday());
    let share = Share::Boost("https://social.example/statuses/1".to_owned());
    let mut renderings = item.revision.composition.renderings.clone();
    renderings.truncate(1);
    renderings[0].parts = vec![String::new(), "An example.".to_owned()];
    renderings[0].shares = Some(share.clone());
    item.does(|one| one.take(&renderings, |_| true, monday().at, monday()));
    let shares = item.submission.deliveries.iter().map(|one| one.shares.clone()).collect::<Vec<_>>();
    assert_eq!(shares, [Some(share), None]);
    let stored = serde_json::to_string(&item.submission).unwrap();
    assert_eq!(serde_json::from_str::<Submission>(&stored).unwrap(), item.submission);
}

#[test]
fn what_was_stored_before_there_were_kinds_is_text_of_our_own() {
    let item = Item::approved(monday());
    let mut stored = serde_json::to_value(&item.submission).unwrap();
    stored.as_object_mut().unwrap().remove("kind");
    let read = serde_json::from_value::<Submission>(stored).unwrap();
    assert_eq!((read.kind, read), (Kind::Text, item.submission));
}
