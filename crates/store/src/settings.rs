//! Settings: the roster, the policy, the cadence, the switches, the open reviews of a person.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, Select};
use curation::{
    audit::{ChainHead, Entry},
    cadence::Cadence,
    ids::PersonId,
    policy::Policy,
    roster::{Membership, Officer, Therapist},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Store, StoreError,
    item::{Item, document, key, number, string, text, with_document},
    transaction::Transaction,
};

/// The partition of the channel's own record: not among what the publisher reads at each slot.
const RECORD: &str = "record";

/// What a coordinator can stop.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switches {
    /// Nothing is published, and nobody is invited.
    pub paused: bool,
    /// Topics of which nothing is published.
    #[serde(default)]
    pub braked: BTreeSet<String>,
    /// Raised by each change.
    #[serde(default)]
    pub version: u64,
    /// The end of the record of what was switched.
    #[serde(default)]
    pub chain: ChainHead,
}

/// What the publisher asks of the settings, read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The policy in force.
    pub policy: Policy,
    /// What was last published.
    pub cadence: Cadence,
    /// What is stopped.
    pub switches: Switches,
}

impl Store {
    /// Policy, cadence and switches: one query.
    ///
    /// # Errors
    /// [`StoreError`]; a stored policy below the compiled floors is [`StoreError::Unreadable`], so that it fails closed.
    pub async fn channel(&self) -> Result<Channel, StoreError> {
        let mut channel =
            Channel { policy: Policy::DEFAULT, cadence: Cadence::default(), switches: Switches::default() };
        for item in self.all_under(&self.tables.settings, "channel", "").await? {
            match string(&item, "sk") {
                Some("policy") => {
                    let policy: Policy = document(&item, "policy")?;
                    channel.policy = policy.checked().map_err(|_| StoreError::Unreadable("policy"))?;
                }
                Some("cadence") => channel.cadence = document(&item, "cadence")?,
                Some("switches") => channel.switches = document(&item, "switches")?,
                _ => {}
            }
        }
        Ok(channel)
    }

    /// Turns switches, with the entry of the record that says so: one transaction, over exactly the version before.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if somebody else turned one meanwhile.
    pub async fn set_switches(&self, switches: &Switches, entry: &Entry) -> Result<(), StoreError> {
        let mut item = with_document("channel", "switches", switches)?;
        item.insert("paused".to_owned(), AttributeValue::Bool(switches.paused));
        item.insert("version".to_owned(), number(switches.version));
        if !switches.braked.is_empty() {
            item.insert("braked".to_owned(), AttributeValue::Ss(switches.braked.iter().cloned().collect()));
        }
        let mut transaction = Transaction::default();
        let before = switches.version.saturating_sub(1);
        transaction.put_over_unversioned(&self.tables.settings, item, before)?;
        let sk = format!("audit#{:06}", entry.sequence);
        transaction.put_new(&self.tables.settings, with_document(RECORD, &sk, entry)?)?;
        transaction.run(&self.client).await
    }

    /// The record of what was switched, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn switched(&self) -> Result<Vec<Entry>, StoreError> {
        let items = self.all_under(&self.tables.settings, RECORD, "audit#").await?;
        items.iter().map(|item| document(item, "audit entry")).collect()
    }

    /// All therapists.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn therapists(&self) -> Result<Vec<Therapist>, StoreError> {
        let items = self.all_under(&self.tables.settings, "roster", "therapist#").await?;
        items.iter().map(|item| document(item, "therapist")).collect()
    }

    /// One therapist, read consistently.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn therapist(&self, id: PersonId) -> Result<Option<Therapist>, StoreError> {
        self.get(&self.tables.settings, "roster", &format!("therapist#{id}"), "therapist").await
    }

    /// Writes a therapist over the version before; over nothing if the version is 1.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if somebody wrote meanwhile.
    pub async fn put_therapist(&self, therapist: &Therapist) -> Result<(), StoreError> {
        self.put_person(therapist_item(therapist)?, therapist.version, "attribute_not_exists(pk)").await
    }

    async fn put_person(&self, item: Item, version: u64, first: &str) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&self.tables.settings).set_item(Some(item));
        let request = match version {
            0 | 1 => request.condition_expression(first),
            version => request
                .condition_expression("version = :version")
                .expression_attribute_values(":version", number(version - 1)),
        };
        match request.send().await.map_err(aws_sdk_dynamodb::error::SdkError::into_service_error) {
            Ok(_) => Ok(()),
            Err(error) if error.is_conditional_check_failed_exception() => Err(StoreError::Conflict),
            Err(error) => Err(StoreError::from_engine(&error)),
        }
    }

    /// Everybody who runs the channel.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn officers(&self) -> Result<Vec<Officer>, StoreError> {
        let items = self.all_under(&self.tables.settings, "roster", "officer#").await?;
        items.iter().map(|item| document(item, "officer")).collect()
    }

    /// Writes somebody who runs the channel over the version before; over nothing, or over what was stored before there
    /// were versions, if the version is 1.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if somebody wrote meanwhile.
    pub async fn put_officer(&self, officer: &Officer) -> Result<(), StoreError> {
        let mut item = with_document("roster", &format!("officer#{}", officer.id), officer)?;
        item.insert("version".to_owned(), number(officer.version));
        self.put_person(item, officer.version, "attribute_not_exists(version)").await
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        table: &str,
        pk: &str,
        sk: &str,
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(table)
            .set_key(Some(key(pk, sk)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        answer.item().map(|item| document(item, what)).transpose()
    }

    pub(crate) async fn put(&self, table: &str, item: Item) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(table)
            .set_item(Some(item))
            .send()
            .await
            .map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
        Ok(())
    }

    /// Every item of a partition whose sort key starts with `prefix`, in order, read consistently.
    pub(crate) async fn all_under(
        &self,
        table: &str,
        pk: &str,
        prefix: &str,
    ) -> Result<Vec<Item>, StoreError> {
        self.part_under(table, pk, prefix, None).await
    }

    /// The same, with only these attributes of each item, separated by commas.
    pub(crate) async fn part_under(
        &self,
        table: &str,
        pk: &str,
        prefix: &str,
        attributes: Option<&str>,
    ) -> Result<Vec<Item>, StoreError> {
        let mut request = self
            .client
            .query()
            .table_name(table)
            .consistent_read(true)
            .set_select(attributes.map(|_| Select::SpecificAttributes))
            .set_projection_expression(attributes.map(str::to_owned))
            .expression_attribute_values(":pk", text(pk));
        request = if prefix.is_empty() {
            request.key_condition_expression("pk = :pk")
        } else {
            request
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", text(prefix))
        };
        let mut pages = request.into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| StoreError::from_engine(&error.into_service_error()))?;
            items.extend(page.items.unwrap_or_default());
        }
        Ok(items)
    }
}

/// A therapist with the attributes that standing is checked by.
pub(crate) fn therapist_item(therapist: &Therapist) -> Result<Item, StoreError> {
    let mut item = with_document("roster", &format!("therapist#{}", therapist.id), therapist)?;
    let membership = match therapist.membership {
        Membership::Full => "full",
        Membership::Other => "other",
    };
    item.insert("active".to_owned(), AttributeValue::Bool(therapist.active));
    item.insert("membership".to_owned(), text(membership));
    item.insert("checked_on".to_owned(), text(therapist.checked_on.to_string()));
    item.insert("epoch".to_owned(), number(therapist.epoch));
    item.insert("version".to_owned(), number(therapist.version));
    Ok(item)
}
