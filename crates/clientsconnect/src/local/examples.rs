//! The people of a first run: example therapists from four registers, a lead, a deputy and a coordinator.
//!
//! Invariant: only examples are ever made or checked again here, and each can be told from a person: by its name, by its
//! number in the register, and by an address under example.org, which belongs to nobody (RFC 2606).

use app::{
    Core,
    roster::{NewTherapist, RosterError, add, add_officer, check},
};
use curation::roster::{Duty, Membership, Therapist};
use jiff::ToSpan;

/// Two from each of four registers: a panel of five or six then has three registers at the least.
const REGISTERS: [&str; 4] = ["BACP", "NCPS", "UKCP", "BABCP"];
/// How many therapists there are: at four invitations a week each, enough panels for a week of trying things out.
const THERAPISTS: usize = 24;
/// What every example's number in a register begins with.
const NUMBER: &str = "EXAMPLE-";
/// Who looked the examples up.
const CHECKED_BY: &str = "the local mode";
/// Examples are looked up again after this many days: well before a look of theirs no longer holds.
const CHECK_AFTER_DAYS: i32 = 28;

const OFFICERS: [(&str, &str, Duty); 3] = [
    ("Example Lead", "lead@example.org", Duty::Lead),
    ("Example Deputy", "deputy@example.org", Duty::Deputy),
    ("Example Coordinator", "coordinator@example.org", Duty::Coordinator),
];

/// What was done with the examples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Examples that were made.
    pub(crate) made: usize,
    /// Examples that were looked up again.
    pub(crate) checked: usize,
    /// Of these, those that no longer counted.
    pub(crate) lapsed: usize,
}

/// Makes the example people of a roster without others, also what a killed first run left undone, and looks the example
/// therapists up again who are due for it. People of flesh and blood are left alone.
///
/// # Errors
/// [`RosterError`].
pub(crate) async fn keep(core: &Core) -> Result<Kept, RosterError> {
    let mut kept = Kept::default();
    let therapists = core.store.therapists().await?;
    if therapists.iter().all(is_example) {
        kept.made += make_officers(core).await?;
        kept.made += make_therapists(core, &therapists).await?;
    }
    let now = core.clock.now();
    let due = now.today().saturating_sub(CHECK_AFTER_DAYS.days());
    for therapist in therapists.iter().filter(|one| is_example(one) && one.checked_on < due) {
        check(core, therapist.id, therapist.membership, CHECKED_BY.to_owned()).await?;
        kept.checked += 1;
        kept.lapsed += usize::from(therapist.checked_on < curation::roster::oldest_check(now));
    }
    Ok(kept)
}

fn is_example(therapist: &Therapist) -> bool {
    therapist.register_number.starts_with(NUMBER) && therapist.email.ends_with("@example.org")
}

async fn make_officers(core: &Core) -> Result<usize, RosterError> {
    let there = core.store.officers().await?;
    let mut made = 0;
    for (name, email, duty) in OFFICERS {
        if there.iter().all(|officer| officer.duty != duty) {
            add_officer(core, name.to_owned(), email, duty).await?;
            made += 1;
        }
    }
    Ok(made)
}

async fn make_therapists(core: &Core, there: &[Therapist]) -> Result<usize, RosterError> {
    let mut made = 0;
    for index in 0..THERAPISTS {
        let number = index + 1;
        let email = format!("therapist{number}@example.org");
        if there.iter().any(|therapist| therapist.email == email) {
            continue;
        }
        let new = NewTherapist {
            name: format!("Example Therapist {number}"),
            email,
            register: REGISTERS[index % REGISTERS.len()].to_owned(),
            register_number: format!("{NUMBER}{number}"),
            membership: Membership::Full,
            checked_on: None,
            checked_by: CHECKED_BY.to_owned(),
        };
        add(core, new).await?;
        made += 1;
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{collections::BTreeSet, sync::Arc};

    use app::ports::{Hint, Queue, QueueError, QueueName};

    use super::*;
    use crate::local::{
        clock::{SystemRandomness, tests::Hand},
        engine::Engine,
        run::store,
    };

    struct Nowhere;

    #[async_trait::async_trait]
    impl Queue for Nowhere {
        async fn send(&self, _: QueueName, _: Hint) -> Result<(), QueueError> {
            Ok(())
        }
    }

    async fn channel() -> (Core, Hand, Engine) {
        let (engine, hand) = (Engine::memory().await.unwrap(), Hand::at("2026-11-23T12:00:00Z"));
        let store = store(&engine);
        store.create_tables().await.unwrap();
        let clock = Arc::new(hand.clone());
        (
            Core { store, queue: Arc::new(Nowhere), clock, randomness: Arc::new(SystemRandomness) },
            hand,
            engine,
        )
    }

    async fn standing(core: &Core) -> usize {
        let now = core.clock.now();
        core.store.therapists().await.unwrap().iter().filter(|one| one.in_good_standing(now)).count()
    }

    #[tokio::test]
    async fn a_first_run_has_enough_people_for_every_panel_and_a_second_adds_none() {
        let (core, _, _engine) = channel().await;
        assert_eq!(keep(&core).await.unwrap(), Kept { made: THERAPISTS + 3, ..Kept::default() });
        assert_eq!(keep(&core).await.unwrap(), Kept::default());
        let therapists = core.store.therapists().await.unwrap();
        assert!(therapists.iter().all(|one| is_example(one) && one.name.starts_with("Example ")));
        let registers = therapists.iter().map(|one| one.register.0.clone()).collect::<BTreeSet<_>>();
        assert_eq!((standing(&core).await, registers.len()), (THERAPISTS, REGISTERS.len()));
        let duties = core.store.officers().await.unwrap().iter().map(|one| one.duty).collect::<BTreeSet<_>>();
        assert_eq!(duties, BTreeSet::from([Duty::Lead, Duty::Deputy, Duty::Coordinator]));
    }

    #[tokio::test]
    async fn a_first_run_that_was_killed_is_completed() {
        let (core, _, _engine) = channel().await;
        add_officer(&core, OFFICERS[0].0.to_owned(), OFFICERS[0].1, OFFICERS[0].2).await.unwrap();
        make_therapists(&core, &[]).await.unwrap();
        assert_eq!(keep(&core).await.unwrap().made, 2);
        assert_eq!(core.store.officers().await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn examples_are_looked_up_again_each_month_and_say_if_they_had_lapsed() {
        let (core, hand, _engine) = channel().await;
        keep(&core).await.unwrap();
        hand.set("2026-12-20T12:00:00Z");
        assert_eq!(keep(&core).await.unwrap(), Kept::default());
        hand.set("2026-12-23T12:00:00Z");
        assert_eq!(keep(&core).await.unwrap(), Kept { checked: THERAPISTS, ..Kept::default() });
        hand.set("2027-06-23T12:00:00Z");
        assert_eq!(standing(&core).await, 0);
        let kept = keep(&core).await.unwrap();
        assert_eq!(kept, Kept { made: 0, checked: THERAPISTS, lapsed: THERAPISTS });
        assert_eq!(standing(&core).await, THERAPISTS);
    }

    #[tokio::test]
    async fn people_are_left_alone() {
        let (core, hand, _engine) = channel().await;
        let person = NewTherapist {
            name: "Example of a person".to_owned(),
            email: "ann@example.com".to_owned(),
            register: "BACP".to_owned(),
            register_number: "12345".to_owned(),
            membership: Membership::Full,
            checked_on: None,
            checked_by: "a coordinator".to_owned(),
        };
        add(&core, person).await.unwrap();
        hand.set("2027-06-23T12:00:00Z");
        assert_eq!(keep(&core).await.unwrap(), Kept::default());
        assert_eq!((core.store.therapists().await.unwrap().len(), standing(&core).await), (1, 0));
        assert_eq!(core.store.officers().await.unwrap().len(), 0);
    }
}
