//! Judging what the tables say: who runs the channel, who reviews, what waits.
//!
//! Invariant: counts only; nobody's name or address, and no word of a submission.

use std::collections::BTreeSet;

use curation::{
    policy::{Thresholds, Tier},
    roster::{Duty, Officer, Therapist},
    submission::{Delivery, DeliveryStatus, Kind, Lane, State, Submission},
    time::Now,
};
use jiff::SignedDuration;
use store::{Store, StoreError, Switches};

use super::Finding;
use crate::{
    local::timeline,
    operate::{advice, item::DUTIES},
};

/// How long something may be overdue before the schedules are suspected: several rounds of the sweep of five minutes.
const OVERDUE: SignedDuration = SignedDuration::from_mins(20);

/// Everything that the tables say; and how many items have posts on a platform of the world outside, or may have.
pub(super) async fn all(channel: &str, store: &Store, now: Now) -> (Vec<Finding>, usize) {
    match look(channel, store, now).await {
        Ok(seen) => seen,
        Err(error) => {
            let what = format!("the tables cannot be read: {:#}", advice::of_store(&error));
            (vec![Finding::broken("roster and queue", what, "aws sts get-caller-identity")], 0)
        }
    }
}

async fn look(channel: &str, store: &Store, now: Now) -> Result<(Vec<Finding>, usize), StoreError> {
    let settings = store.channel().await?;
    let (therapists, officers) = (store.therapists().await?, store.officers().await?);
    let items = store.list().await?;
    let out_there = items.iter().filter(|item| is_out_there(item)).count();
    let findings = vec![
        people(channel, &officers),
        reviewers(channel, "reviewers", Tier::Standard, &settings.policy.standard, &therapists, now),
        reviewers(
            channel,
            "reviewers with more care",
            Tier::Elevated,
            &settings.policy.elevated,
            &therapists,
            now,
        ),
        running(channel, &settings.switches),
        sweeps(channel, &settings.switches, &items, now),
        waiting(channel, &items),
    ];
    Ok((findings, out_there))
}

/// Whether a post of it is, or may be, where the public sees it: as long as it is, somebody may want it taken down.
fn is_out_there(item: &Submission) -> bool {
    let has_posts = matches!(
        item.state,
        State::Published { .. }
            | State::Publishing { .. }
            | State::NeedsAttention { .. }
            | State::Retracting { .. }
    );
    // The timeline of a local channel is nobody else's to see.
    let local = timeline::rules().platform;
    let may_exist = |one: &&Delivery| {
        !matches!(one.status, DeliveryStatus::Pending | DeliveryStatus::Skipped | DeliveryStatus::Deleted)
    };
    let all = item.past.iter().chain(&item.deliveries);
    // Guidance is there while it waits for its next turn, too.
    (has_posts || !item.past.is_empty() || item.kind == Kind::Guidance)
        && all.filter(may_exist).any(|one| one.platform != local)
}

/// Whether there is somebody for each duty, and two mailboxes for what takes two people.
fn people(channel: &str, officers: &[Officer]) -> Finding {
    const CHECK: &str = "people";
    let add = |duty: &str| {
        format!(
            "clientsconnect roster add --officer {duty} --name \"NAME\" --email ADDRESS --tables {channel}"
        )
    };
    let with = |duty: Duty| officers.iter().filter(move |officer| officer.duty == duty && !officer.bouncing);
    let missing = DUTIES.into_iter().filter(|duty| with(*duty).next().is_none()).map(Duty::as_str);
    let missing = missing.collect::<Vec<_>>();
    if let Some(first) = missing.first() {
        if officers.iter().any(|officer| officer.bouncing && officer.duty.as_str() == *first) {
            let what = format!(
                "mail to the {first} comes back: once the mailbox works, say so with `roster resume`"
            );
            return Finding::to_do(CHECK, what, format!("clientsconnect roster list --tables {channel}"));
        }
        return Finding::to_do(CHECK, format!("there is no {}", missing.join(", no ")), add(first));
    }
    let are_two = with(Duty::Lead)
        .any(|lead| with(Duty::Deputy).any(|deputy| !lead.email.eq_ignore_ascii_case(&deputy.email)));
    if !are_two {
        let what = "lead and deputy have one mailbox, and a release takes two people with two";
        return Finding::to_do(CHECK, what, add("deputy"));
    }
    Finding::ok(CHECK, "there is a lead, a deputy with another mailbox, and a coordinator")
}

/// Whether a review of this tier could open: the smallest panel, from enough registers.
fn reviewers(
    channel: &str,
    check: &'static str,
    tier: Tier,
    thresholds: &Thresholds,
    therapists: &[Therapist],
    now: Now,
) -> Finding {
    // How often somebody was asked this week passes by itself.
    let eligible = therapists.iter().filter(|one| one.may_be_invited(now, usize::MAX)).collect::<Vec<_>>();
    let registers = eligible.iter().map(|one| &one.register).collect::<BTreeSet<_>>().len();
    let (needs, from) = (thresholds.smallest_panel(), thresholds.registers);
    let what = format!(
        "{} may be invited, from {registers} registers; a review with the {} quorum needs {needs}, from {from}",
        eligible.len(),
        tier.as_str()
    );
    if eligible.len() >= needs && registers >= from {
        return Finding::ok(check, what);
    }
    // Somebody who is there and cannot be asked may only need a look into the register.
    let next = match therapists.len() >= needs {
        true => format!("clientsconnect roster list --tables {channel}"),
        false => format!(
            "clientsconnect roster add --name \"NAME\" --email ADDRESS --register REGISTER --number NUMBER --membership full --checked-by \"YOUR NAME\" --tables {channel}"
        ),
    };
    Finding::to_do(check, what, next)
}

fn running(channel: &str, switches: &Switches) -> Finding {
    match switches.paused {
        false => Finding::ok("pause switch", "the channel runs"),
        true => Finding::to_do(
            "pause switch",
            "the channel is paused: nothing is published and nobody is invited",
            format!("clientsconnect resume --tables {channel}"),
        ),
    }
}

/// Whether what is due is done: if not, nothing calls the sweep, or it fails.
fn sweeps(channel: &str, switches: &Switches, items: &[Submission], now: Now) -> Finding {
    const CHECK: &str = "sweeps";
    // What waits for a slot is due at once, and a pause keeps panels from being drawn.
    let is_overdue = |item: &&Submission| {
        !switches.paused
            && item.due().is_some_and(|due| due.lane == Lane::Work && now.at.duration_since(due.at) > OVERDUE)
    };
    match items.iter().filter(is_overdue).count() {
        0 => Finding::ok(CHECK, "nothing is overdue"),
        number => Finding::broken(
            CHECK,
            format!("{number} should have gone on long ago, and nothing does it"),
            format!("aws logs tail {channel} --since 30m"),
        ),
    }
}

/// What waits for a human.
fn waiting(channel: &str, items: &[Submission]) -> Finding {
    const CHECK: &str = "queue";
    let waits = |item: &&Submission| DUTIES.into_iter().any(|duty| app::queue::waits_for(item, duty));
    match items.iter().filter(waits).count() {
        0 => Finding::ok(CHECK, "nothing waits for a human"),
        number => Finding::to_do(
            CHECK,
            format!("{number} waiting for a human"),
            format!("clientsconnect queue list --tables {channel}"),
        ),
    }
}

#[cfg(test)]
mod tests;
