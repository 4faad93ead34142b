//! Everything that is stored, as text: for tests that hold that nothing changed, or that something is nowhere.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::Channel;

/// Every item of every table but the rate counters, which count and hold nothing: by table and key.
pub async fn contents(channel: &Channel) -> BTreeMap<String, String> {
    let tables = &channel.tables;
    let mut contents = BTreeMap::new();
    for table in [&tables.submissions, &tables.disclosures, &tables.settings, &tables.tokens] {
        let mut pages = channel.raw.scan().table_name(table).into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let item = item.unwrap().into_iter().collect::<BTreeMap<_, _>>();
            let key = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).unwrap().clone();
            if key("pk").starts_with("rate#") {
                continue;
            }
            let attributes = item.iter().map(|(name, value)| format!("{name}={}", plain(value)));
            let attributes = attributes.collect::<Vec<_>>().join("\n");
            contents.insert(format!("{table} {} {}", key("pk"), key("sk")), attributes);
        }
    }
    contents
}

/// Documents are JSON in a string; everything else is short.
fn plain(value: &AttributeValue) -> String {
    value.as_s().cloned().unwrap_or_else(|_| format!("{value:?}"))
}
