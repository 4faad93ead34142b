//! Whoever posted what is shared deletes it: whatever shares it ends, and the record says so.

#![allow(clippy::unwrap_used)]

mod common;

use std::convert::Infallible;

use common::*;
use curation::{
    composition::Share,
    policy::Tier,
    review::Decision::Concern,
    submission::{Afterwards, DeliveryStatus, State, waits},
};

const POST: &str = "https://x.com/i/status/100";

impl Item {
    fn loses_its_target(&mut self) {
        self.does(|one| Ok::<_, Infallible>(one.target_is_gone(monday())));
    }

    fn withdrawn_until(&self) -> Option<jiff::Timestamp> {
        let State::Withdrawn { due_at } = self.submission.state else { panic!("{}", self.state()) };
        due_at
    }
}

#[test]
fn what_waits_is_withdrawn_and_kept_as_long_as_anything_that_is() {
    for mut item in
        [Item::received(monday()), Item::in_review(Tier::Standard, monday()), Item::approved(monday())]
    {
        let expected =
            if item.submission.was_reviewed { waits::ERASE_REVIEWED } else { waits::ERASE_UNREVIEWED };
        item.loses_its_target();
        assert_eq!(item.withdrawn_until(), Some(monday().after(expected)));
        assert!(item.submission.target_gone && item.submission.ended);
    }
}

#[test]
fn what_the_lead_alone_may_read_is_erased_at_once() {
    let mut item = Item::in_review(Tier::Standard, monday());
    item.votes(0, Concern, monday()).unwrap();
    assert!(item.submission.is_concealed());
    item.loses_its_target();
    assert_eq!(item.withdrawn_until(), Some(monday().at));
}

#[test]
fn what_is_published_is_taken_down_and_no_longer_says_what_it_shared() {
    for concern in [false, true] {
        let mut item = Item::published(monday());
        item.submission.deliveries[0].shares = Some(Share::Boost(POST.to_owned()));
        if concern {
            item.votes(0, Concern, monday()).unwrap();
        }
        item.loses_its_target();
        assert!(matches!(item.submission.state, State::Retracting { then: Afterwards::Retracted, .. }));
        assert!(item.submission.deliveries[0].shares.is_some(), "what is to be taken down must be known");
        for index in 0..item.submission.deliveries.len() {
            item.does(|one| one.delivered(index, DeliveryStatus::Deleted, None, monday()));
        }
        item.does(|one| one.retracted(monday()));
        let State::Retracted { due_at } = item.submission.state else { panic!("{}", item.state()) };
        let kept = if concern { monday().at } else { monday().after(waits::ERASE_PUBLISHED) };
        assert_eq!(due_at, Some(kept));
        assert!(item.submission.deliveries.iter().all(|one| one.shares.is_none()));
        assert_eq!(item.submission.deliveries[0].post, None);
    }
}

#[test]
fn what_has_ended_stays_as_it_ended() {
    let mut item = Item::in_review(Tier::Standard, monday());
    item.does(|one| one.withdraw(monday()));
    let before = item.submission.state.clone();
    item.loses_its_target();
    assert_eq!(item.submission.state, before);
    assert!(item.submission.target_gone);
}
