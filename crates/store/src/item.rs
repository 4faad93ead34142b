//! Items: a key, a JSON document, and only those attributes that a condition or an index asks for.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use curation::ids::SubmissionId;
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::StoreError;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The attribute that holds the document.
pub(crate) const DOCUMENT: &str = "document";

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Instants in indexes are milliseconds: text of varying precision does not sort.
pub(crate) fn instant(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

pub(crate) fn key(pk: &str, sk: &str) -> Item {
    Item::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

pub(crate) fn partition(id: SubmissionId) -> String {
    format!("s#{id}")
}

pub(crate) fn contact_partition(id: SubmissionId) -> String {
    format!("contact#{id}")
}

pub(crate) fn with_document<T: Serialize>(pk: &str, sk: &str, document: &T) -> Result<Item, StoreError> {
    let json = serde_json::to_string(document).map_err(|_| StoreError::Unreadable("document"))?;
    let mut item = key(pk, sk);
    item.insert(DOCUMENT.to_owned(), text(json));
    Ok(item)
}

pub(crate) fn document<T: DeserializeOwned>(item: &Item, what: &'static str) -> Result<T, StoreError> {
    item.get(DOCUMENT)
        .and_then(|value| value.as_s().ok())
        .and_then(|json| serde_json::from_str(json).ok())
        .ok_or(StoreError::Unreadable(what))
}

pub(crate) fn string<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}
