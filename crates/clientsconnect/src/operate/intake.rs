//! `clientsconnect queue intake` and `queue addresses`: what waits before anything becomes a submission.
//!
//! Invariant: addresses are shown to the lead and the deputy alone, and showing them begins the day after which they are
//! forgotten. Everybody else sees numbers.

use anyhow::ensure;
use app::{Core, intake::open_list};
use curation::roster::{Duty, Officer};
use jiff::Timestamp;
use serde::Serialize;
use store::MOST_DAYS_LISTED;

use super::{
    advice,
    connect::Connection,
    print::{Shown, clean, table, when},
};

/// What waits of one platform. Field names are stable.
#[derive(Serialize)]
struct Line {
    platform: String,
    waiting: usize,
    oldest: Timestamp,
}

#[derive(Serialize)]
struct Intake {
    waiting: Vec<Line>,
    /// Addresses at which the lead should look.
    listed: usize,
}

#[derive(Serialize)]
struct Address {
    address: String,
    since: Timestamp,
    forgotten_at: Timestamp,
}

/// Shows what waits, in numbers.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn overview(core: &Core) -> anyhow::Result<Shown> {
    let store_error = |error| advice::of_store(&error);
    let waiting = core.store.intake_overview(core.clock.now()).await.map_err(store_error)?;
    let listed = core.store.list_length().await.map_err(store_error)?;
    let count = waiting.iter().map(|one| one.count).sum::<usize>();
    let rows = waiting
        .iter()
        .map(|one| [one.platform.clone(), one.count.to_string(), when(one.oldest)])
        .collect::<Vec<_>>();
    let mut plain = match count {
        0 => "No post waits for room on a panel.\n".to_owned(),
        _ => format!(
            "{count} posts wait for room on a panel, each source in turn.\n{}",
            table(["PLATFORM", "WAITING", "OLDEST"], &rows)
        ),
    };
    if listed > 0 {
        plain.push_str(&format!(
            "\nThe lead's list has {listed}: `clientsconnect queue addresses --as LEAD` shows where to look.\n"
        ));
    }
    let waiting = waiting.into_iter().map(|one| Line {
        platform: one.platform,
        waiting: one.count,
        oldest: one.oldest,
    });
    Shown::new(plain, &Intake { waiting: waiting.collect(), listed })
}

/// Shows the lead's list.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn addresses(connection: &Connection, officer: &Officer) -> anyhow::Result<Shown> {
    ensure!(
        matches!(officer.duty, Duty::Lead | Duty::Deputy),
        "the list is for the safeguarding lead and the deputy"
    );
    let platforms = connection.platforms_to_ask().await;
    let listed = open_list(&connection.core, &platforms).await.map_err(|error| advice::of_store(&error))?;
    let rows = listed
        .iter()
        .map(|one| [clean(&one.address), when(one.since), when(one.ends_at)])
        .collect::<Vec<_>>();
    let plain = match rows.as_slice() {
        [] => "Nothing is on the list.\n".to_owned(),
        rows => format!(
            "A human should look at these posts. Nothing else is kept of them; an address is forgotten a day after it \
             was first shown, after {MOST_DAYS_LISTED} days at most, and when its post is deleted.\n{}",
            table(["ADDRESS", "SINCE", "FORGOTTEN"], rows)
        ),
    };
    let json = listed
        .into_iter()
        .map(|one| Address { address: one.address, since: one.since, forgotten_at: one.ends_at })
        .collect::<Vec<_>>();
    Shown::new(plain, &json)
}
