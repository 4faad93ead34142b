//! One transaction: puts, deletes and checks, and what it means when it is refused.

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, CancellationReason, ConditionCheck, Delete, Put, TransactWriteItem, Update},
};
use curation::{ids::PersonId, roster::oldest_check, time::Now};

use crate::{
    StoreError,
    item::{Item, key, number, text},
    schema::incomplete,
};

/// DynamoDB's limit.
pub(crate) const MOST_ITEMS: usize = 100;

/// What a refusal of one of a transaction's items means.
#[derive(Debug, Clone, Copy)]
enum Refusal {
    Conflict,
    Paused,
    Barred(PersonId),
}

/// A change of single attributes, as the engine's expressions have it.
pub(crate) struct Change {
    expression: String,
    condition: Option<String>,
    names: Vec<(&'static str, &'static str)>,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Change {
    pub(crate) fn new(expression: impl Into<String>) -> Self {
        Self { expression: expression.into(), condition: None, names: vec![], values: vec![] }
    }

    /// These attributes are set besides.
    pub(crate) fn adding(mut self, sets: &[&str]) -> Self {
        self.expression = format!("SET {} {}", sets.join(", "), self.expression);
        self
    }

    /// Only if this holds.
    pub(crate) fn when(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// What stands for a word that the engine keeps to itself.
    pub(crate) fn named(mut self, placeholder: &'static str, name: &'static str) -> Self {
        self.names.push((placeholder, name));
        self
    }

    pub(crate) fn with(mut self, placeholder: &'static str, value: AttributeValue) -> Self {
        self.values.push((placeholder, value));
        self
    }
}

/// A transaction under construction.
#[derive(Default)]
pub(crate) struct Transaction {
    items: Vec<TransactWriteItem>,
    refusals: Vec<Refusal>,
}

impl Transaction {
    fn push(&mut self, item: TransactWriteItem, refusal: Refusal) {
        self.items.push(item);
        self.refusals.push(refusal);
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Writes whatever is there.
    pub(crate) fn put(&mut self, table: &str, item: Item) -> Result<(), StoreError> {
        let put = Put::builder().table_name(table).set_item(Some(item)).build().map_err(incomplete)?;
        self.push(TransactWriteItem::builder().put(put).build(), Refusal::Conflict);
        Ok(())
    }

    /// Writes only if nothing is there.
    pub(crate) fn put_new(&mut self, table: &str, item: Item) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(incomplete)?;
        self.push(TransactWriteItem::builder().put(put).build(), Refusal::Conflict);
        Ok(())
    }

    /// Writes only if nothing is there that has not expired by `now` (in seconds since 1970).
    pub(crate) fn put_over_expired(&mut self, table: &str, item: Item, now: i64) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", number(now))
            .build()
            .map_err(incomplete)?;
        self.push(TransactWriteItem::builder().put(put).build(), Refusal::Conflict);
        Ok(())
    }

    /// Writes only over exactly this version; over nothing if it is 0.
    pub(crate) fn put_over(&mut self, table: &str, item: Item, version: u64) -> Result<(), StoreError> {
        if version == 0 {
            return self.put_new(table, item);
        }
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("version = :version")
            .expression_attribute_values(":version", number(version))
            .build()
            .map_err(incomplete)?;
        self.push(TransactWriteItem::builder().put(put).build(), Refusal::Conflict);
        Ok(())
    }

    /// Writes only over exactly this version; over nothing, or over what was stored before there were versions, if it is 0.
    pub(crate) fn put_over_unversioned(
        &mut self,
        table: &str,
        item: Item,
        version: u64,
    ) -> Result<(), StoreError> {
        if version > 0 {
            return self.put_over(table, item, version);
        }
        let put = Put::builder()
            .table_name(table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(version)")
            .build()
            .map_err(incomplete)?;
        self.push(TransactWriteItem::builder().put(put).build(), Refusal::Conflict);
        Ok(())
    }

    pub(crate) fn delete(&mut self, table: &str, pk: &str, sk: &str) -> Result<(), StoreError> {
        let delete =
            Delete::builder().table_name(table).set_key(Some(key(pk, sk))).build().map_err(incomplete)?;
        self.push(TransactWriteItem::builder().delete(delete).build(), Refusal::Conflict);
        Ok(())
    }

    /// Changes single attributes of an item, whether it is there or not.
    pub(crate) fn update(
        &mut self,
        table: &str,
        pk: &str,
        sk: &str,
        change: Change,
    ) -> Result<(), StoreError> {
        let mut update = Update::builder()
            .table_name(table)
            .set_key(Some(key(pk, sk)))
            .update_expression(change.expression)
            .set_condition_expression(change.condition);
        for (placeholder, name) in change.names {
            update = update.expression_attribute_names(placeholder, name);
        }
        for (placeholder, value) in change.values {
            update = update.expression_attribute_values(placeholder, value);
        }
        let update = update.build().map_err(incomplete)?;
        self.push(TransactWriteItem::builder().update(update).build(), Refusal::Conflict);
        Ok(())
    }

    /// Requires that a post is not known to be gone.
    pub(crate) fn check_not_gone(&mut self, table: &str, pk: &str) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key(pk, "post")))
            .condition_expression("attribute_not_exists(pk) OR #state <> :gone")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":gone", text("gone"))
            .build()
            .map_err(incomplete)?;
        self.push(TransactWriteItem::builder().condition_check(check).build(), Refusal::Conflict);
        Ok(())
    }

    /// Requires that something is there that has not expired by `now` (in seconds since 1970).
    pub(crate) fn check_not_expired(
        &mut self,
        table: &str,
        pk: &str,
        sk: &str,
        now: i64,
    ) -> Result<(), StoreError> {
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key(pk, sk)))
            .condition_expression("expires_at > :now")
            .expression_attribute_values(":now", number(now))
            .build()
            .map_err(incomplete)?;
        self.push(TransactWriteItem::builder().condition_check(check).build(), Refusal::Conflict);
        Ok(())
    }

    /// Requires the channel not to be paused at the moment of the write, and a topic, if one is given, not to be braked.
    pub(crate) fn check_not_paused(&mut self, table: &str, topic: Option<&str>) -> Result<(), StoreError> {
        let condition = match topic {
            None => "attribute_not_exists(pk) OR paused = :no",
            Some(_) => {
                "attribute_not_exists(pk) OR (paused = :no AND (attribute_not_exists(braked) OR NOT contains(braked, :topic)))"
            }
        };
        let check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key("channel", "switches")))
            .condition_expression(condition)
            .expression_attribute_values(":no", AttributeValue::Bool(false));
        let check = match topic {
            None => check,
            Some(topic) => check.expression_attribute_values(":topic", text(topic)),
        };
        let check = check.build().map_err(incomplete)?;
        self.push(TransactWriteItem::builder().condition_check(check).build(), Refusal::Paused);
        Ok(())
    }

    /// Requires, at the moment of the write, that somebody's links of `epoch` are alive, and that they are in good
    /// standing at `standing` ([`curation::roster::Therapist::in_good_standing`], as a condition).
    pub(crate) fn check_person(
        &mut self,
        table: &str,
        person: PersonId,
        epoch: Option<u32>,
        standing: Option<Now>,
    ) -> Result<(), StoreError> {
        let mut conditions = vec!["attribute_exists(pk)"];
        let mut check = ConditionCheck::builder()
            .table_name(table)
            .set_key(Some(key("roster", &format!("therapist#{person}"))));
        if let Some(epoch) = epoch {
            conditions.push("epoch = :epoch");
            check = check.expression_attribute_values(":epoch", number(epoch));
        }
        if let Some(now) = standing {
            conditions.push("active = :yes AND membership = :full AND checked_on >= :oldest");
            check = check
                .expression_attribute_values(":yes", AttributeValue::Bool(true))
                .expression_attribute_values(":full", text("full"))
                .expression_attribute_values(":oldest", text(oldest_check(now).to_string()));
        }
        let check = check.condition_expression(conditions.join(" AND ")).build().map_err(incomplete)?;
        self.push(TransactWriteItem::builder().condition_check(check).build(), Refusal::Barred(person));
        Ok(())
    }

    /// Carries it out: all of it or nothing.
    pub(crate) async fn run(self, client: &Client) -> Result<(), StoreError> {
        let (items, refusals) = (self.items, self.refusals);
        match written(items, client).await? {
            None => Ok(()),
            Some(reasons) => Err(refused(&reasons, &refusals)),
        }
    }

    /// Carries it out, all of it or nothing, and gives the places of the items whose conditions did not hold: none if it
    /// is written.
    pub(crate) async fn run_or_tell(self, client: &Client) -> Result<Vec<usize>, StoreError> {
        let Some(reasons) = written(self.items, client).await? else { return Ok(vec![]) };
        let code = |reason: &CancellationReason| reason.code().unwrap_or("None").to_owned();
        let codes = reasons.iter().map(code).collect::<Vec<_>>();
        match codes.iter().find(|code| !matches!(code.as_str(), "None" | "ConditionalCheckFailed")) {
            Some(code) if code == "TransactionConflict" => Err(StoreError::Conflict),
            Some(code) => Err(StoreError::Unavailable(code.clone())),
            None => {
                let failed = codes.iter().enumerate().filter(|(_, code)| *code == "ConditionalCheckFailed");
                let places = failed.map(|(place, _)| place).collect::<Vec<_>>();
                if places.is_empty() { Err(StoreError::Conflict) } else { Ok(places) }
            }
        }
    }
}

/// Why it was not written, if it was not.
async fn written(
    items: Vec<TransactWriteItem>,
    client: &Client,
) -> Result<Option<Vec<CancellationReason>>, StoreError> {
    let answer = client.transact_write_items().set_transact_items(Some(items)).send().await;
    let Err(error) = answer.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) else {
        return Ok(None);
    };
    if error.is_transaction_in_progress_exception() || error.is_idempotent_parameter_mismatch_exception() {
        return Err(StoreError::Conflict);
    }
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        cancelled,
    ) = &error
    else {
        return Err(StoreError::from_engine(&error));
    };
    Ok(Some(cancelled.cancellation_reasons().to_vec()))
}

/// A conflict outweighs a bar: whoever lost the race must load again before asking who counts.
fn refused(reasons: &[CancellationReason], refusals: &[Refusal]) -> StoreError {
    let mut barred = Vec::new();
    let mut is_paused = false;
    let mut other = None;
    for (reason, refusal) in reasons.iter().zip(refusals) {
        match (reason.code().unwrap_or("None"), refusal) {
            ("None", _) => {}
            ("ConditionalCheckFailed", Refusal::Barred(person)) => barred.push(*person),
            ("ConditionalCheckFailed", Refusal::Paused) => is_paused = true,
            ("ConditionalCheckFailed" | "TransactionConflict", _) => return StoreError::Conflict,
            (code, _) => other = Some(code.to_owned()),
        }
    }
    match other {
        Some(code) => StoreError::Unavailable(code),
        None if is_paused => StoreError::Paused,
        None if barred.is_empty() => StoreError::Conflict,
        None => StoreError::Barred(barred),
    }
}
