//! The sparse index of what is due. A hit is a hint: it is read again, consistently, before anything is done.

use curation::{
    ids::SubmissionId,
    submission::{Due, Lane},
};
use jiff::Timestamp;

use crate::{
    Store, StoreError,
    item::{Item, instant, string, text},
    schema::DUE_INDEX,
};

/// The partitions of the deadlines' lane: enough to spread writes, few enough to ask each in one sweep.
pub const LANES: u32 = 4;

/// Something due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// The submission itself.
    Submission(SubmissionId),
    /// An approved submission, which waits for the cadence: there is no need to read it when there is no slot.
    WaitsForSlot(SubmissionId),
    /// Approved guidance, which waits for its turn.
    Guidance(SubmissionId),
    /// Mail of this submission that should have been sent.
    Notices(SubmissionId),
}

/// The publisher's partition.
pub(crate) const PUBLISH: &str = "publish";

pub(crate) fn lane_name(lane: Lane, id: SubmissionId) -> String {
    match lane {
        Lane::Publish => PUBLISH.to_owned(),
        // The random end of the id spreads evenly.
        Lane::Work => {
            let sum: u32 = id.to_string().bytes().map(u32::from).sum();
            format!("work#{}", sum % LANES)
        }
    }
}

pub(crate) fn mark_due(item: &mut Item, id: SubmissionId, due: Due) {
    item.insert("lane".to_owned(), text(lane_name(due.lane, id)));
    item.insert("due_at".to_owned(), instant(due.at));
}

impl Store {
    /// What the publisher should look at by `now`, the longest due first; one query.
    ///
    /// A whole page of keys, some ten thousand: what is to be taken down must not queue behind what waits for a slot.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn due_to_publish(&self, now: Timestamp) -> Result<Vec<Hit>, StoreError> {
        let hits = self.due_in(PUBLISH, now, None).await?;
        Ok(hits.iter().filter_map(hit).collect())
    }

    /// What the deadlines' sweep should look at by `now` in one of the [`LANES`]; one query.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn due_for_work(&self, lane: u32, now: Timestamp, limit: i32) -> Result<Vec<Hit>, StoreError> {
        let hits = self.due_in(&format!("work#{lane}"), now, Some(limit)).await?;
        Ok(hits.iter().filter_map(hit).collect())
    }

    async fn due_in(&self, lane: &str, now: Timestamp, limit: Option<i32>) -> Result<Vec<Item>, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.tables.submissions)
            .index_name(DUE_INDEX)
            .key_condition_expression("lane = :lane AND due_at <= :now")
            .expression_attribute_values(":lane", text(lane))
            .expression_attribute_values(":now", instant(now))
            .set_limit(limit)
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        Ok(page.items.unwrap_or_default())
    }
}

fn hit(item: &Item) -> Option<Hit> {
    let id = string(item, "pk")?.strip_prefix("s#")?.parse().ok()?;
    let is_for_publisher = string(item, "lane")? == PUBLISH;
    Some(match (string(item, "sk")?, string(item, "state")) {
        ("state", Some("approved")) if is_for_publisher => Hit::WaitsForSlot(id),
        ("state", Some("guidance")) if is_for_publisher => Hit::Guidance(id),
        ("state", _) => Hit::Submission(id),
        _ => Hit::Notices(id),
    })
}
