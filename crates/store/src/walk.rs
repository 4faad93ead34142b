//! Walking through all that waits, once in a while and page by page: for what no due time can tell.
//!
//! Invariant: a walk reads keys and states alone, from the index of what waits. What was published and what is erased is
//! not in it.

use aws_sdk_dynamodb::types::AttributeValue;
use curation::ids::SubmissionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Store, StoreError,
    due::PUBLISH,
    item::{Item, number, string, text, with_document},
    schema::DUE_INDEX,
};

/// One partition of the index of what waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingLane {
    /// One of the [`crate::LANES`] of the deadlines.
    Work(u32),
    /// The publisher's.
    Publish,
}

impl WaitingLane {
    fn name(self) -> String {
        match self {
            Self::Work(number) => format!("work#{number}"),
            Self::Publish => PUBLISH.to_owned(),
        }
    }
}

/// Where a page of a lane ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pk: String,
    sk: String,
    due_at: String,
}

/// A page of what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Submissions and the names of the states in which the index has them: hints, to be read again.
    pub items: Vec<(SubmissionId, String)>,
    /// Where the next page begins; `None` at the end of the lane.
    pub next: Option<Place>,
}

/// How far the look for what a version of screening has yet to see has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreeningWalk {
    /// The version.
    pub engine: u32,
    /// Walks that are done.
    pub done: u32,
    /// Lanes that this walk has done.
    pub lane: usize,
    /// Where it is in the next one; `None` at its beginning.
    pub after: Option<Place>,
    /// When it may go on, in real time.
    pub not_before: Timestamp,
}

/// The walk's mark stands beside the index that it walks, where whoever keeps the deadlines may write already.
const MARK: (&str, &str) = ("walk", "screening");

impl Store {
    /// A page of a lane, whatever is due in it or not: one query.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn waiting(
        &self,
        lane: WaitingLane,
        after: Option<Place>,
        limit: i32,
    ) -> Result<Waiting, StoreError> {
        let lane = lane.name();
        let start = after.map(|place| {
            Item::from([
                ("pk".to_owned(), text(place.pk)),
                ("sk".to_owned(), text(place.sk)),
                ("due_at".to_owned(), AttributeValue::N(place.due_at)),
                ("lane".to_owned(), text(&lane)),
            ])
        });
        let page = self
            .client
            .query()
            .table_name(&self.tables.submissions)
            .index_name(DUE_INDEX)
            .key_condition_expression("lane = :lane")
            .expression_attribute_values(":lane", text(&lane))
            .set_exclusive_start_key(start)
            .limit(limit)
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        let next = page.last_evaluated_key().map(place).transpose()?;
        Ok(Waiting { items: page.items().iter().filter_map(submission).collect(), next })
    }

    /// How far the walk has come; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn screening_walk(&self) -> Result<Option<ScreeningWalk>, StoreError> {
        self.get(&self.tables.submissions, MARK.0, MARK.1, "walk").await
    }

    /// Remembers how far the walk has come. Two that walk at once do work twice and miss nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_screening_walk(&self, walk: &ScreeningWalk) -> Result<(), StoreError> {
        // A function of the version before, still at work, must not take the mark back.
        let answer = self
            .client
            .put_item()
            .table_name(&self.tables.submissions)
            .set_item(Some(marked(walk)?))
            .condition_expression("attribute_not_exists(pk) OR engine <= :engine")
            .expression_attribute_values(":engine", number(walk.engine))
            .send()
            .await;
        match answer.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
            Ok(_) => Ok(()),
            Err(error) if error.is_conditional_check_failed_exception() => Ok(()),
            Err(error) => Err(StoreError::from_engine(&error)),
        }
    }
}

fn marked(walk: &ScreeningWalk) -> Result<Item, StoreError> {
    let mut item = with_document(MARK.0, MARK.1, walk)?;
    item.insert("engine".to_owned(), number(walk.engine));
    Ok(item)
}

fn submission(item: &Item) -> Option<(SubmissionId, String)> {
    let id = string(item, "pk")?.strip_prefix("s#")?.parse().ok()?;
    (string(item, "sk")? == "state").then(|| string(item, "state").map(|state| (id, state.to_owned())))?
}

fn place(key: &Item) -> Result<Place, StoreError> {
    let part = |name: &str| string(key, name).map(str::to_owned).ok_or(StoreError::Unreadable("place"));
    let due_at = key.get("due_at").and_then(|value| value.as_n().ok()).cloned();
    Ok(Place { pk: part("pk")?, sk: part("sk")?, due_at: due_at.ok_or(StoreError::Unreadable("place"))? })
}
