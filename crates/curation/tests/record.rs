//! The record of an item: any change to any field of any entry, and any entry dropped, moved or repeated, is found.

#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use curation::{
    audit::{Entry, verify},
    review::Decision::Concern,
    roster::Duty,
    submission::ReleaseTo,
};
use serde_json::Value;

/// A record with every kind of actor, from the proposal to a release.
fn item() -> Item {
    let mut item = Item::published(monday());
    let reason = hash(5);
    let content = item.submission.content.clone();
    let nobody = Default::default();
    item.does(|one| one.cast(person(0), Concern, &content, Some(&reason), &nobody, monday()));
    item.is_taken_down(monday());
    item.does(|one| one.release(lead(), Duty::Lead, ReleaseTo::Review, monday()));
    item.does(|one| one.release(deputy(), Duty::Deputy, ReleaseTo::Review, monday()));
    item.does(|one| one.withdraw(monday()));
    item.does(|one| one.erase(monday()));
    item
}

/// True if the record does not end where the item says that it ends.
fn is_found_out(item: &Item, entries: &[Entry]) -> bool {
    verify(item.submission.id, entries).as_ref() != Ok(&item.submission.chain)
}

/// Every way of changing one leaf of a value, or dropping one element of a list in it.
fn changes(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, field)| {
                changes(field).into_iter().map(move |changed| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), changed);
                    Value::Object(fields)
                })
            })
            .collect(),
        Value::Array(elements) => (0..elements.len())
            .flat_map(|place| {
                let shorter = [elements[..place].to_vec(), elements[place + 1..].to_vec()].concat();
                let changed = changes(&elements[place]).into_iter().map(move |changed| {
                    let mut elements = elements.clone();
                    elements[place] = changed;
                    Value::Array(elements)
                });
                changed.chain([Value::Array(shorter)])
            })
            .collect(),
        Value::Number(number) => vec![Value::from(number.as_u64().unwrap() + 1)],
        Value::String(text) => (0..text.len())
            .map(|place| {
                let other = if text.as_bytes()[place] == b'1' { "2" } else { "1" };
                Value::from(format!("{}{other}{}", &text[..place], &text[place + 1..]))
            })
            .collect(),
        Value::Bool(_) | Value::Null => vec![],
    }
}

#[test]
fn an_untouched_record_verifies_after_erasure() {
    let item = item();
    assert!(item.entries.len() > 12);
    assert!(!is_found_out(&item, &item.entries));
}

#[test]
fn every_change_of_every_field_of_every_entry_is_found() {
    let item = item();
    let mut tried = 0;
    for place in 0..item.entries.len() {
        for change in changes(&serde_json::to_value(&item.entries[place]).unwrap()) {
            // What is no entry any more is found by reading it.
            let Ok(entry) = serde_json::from_value::<Entry>(change) else { continue };
            if entry == item.entries[place] {
                continue;
            }
            let mut entries = item.entries.clone();
            entries[place] = entry;
            assert!(is_found_out(&item, &entries), "{:?}", entries[place]);
            tried += 1;
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[test]
fn every_dropped_moved_or_repeated_entry_is_found() {
    let item = item();
    for place in 0..item.entries.len() {
        let mut dropped = item.entries.clone();
        let entry = dropped.remove(place);
        assert!(is_found_out(&item, &dropped));
        for to in (0..=dropped.len()).filter(|to| *to != place) {
            let mut moved = dropped.clone();
            moved.insert(to, entry.clone());
            assert!(is_found_out(&item, &moved), "{place} to {to}");
        }
        for to in 0..=item.entries.len() {
            let mut repeated = item.entries.clone();
            repeated.insert(to, entry.clone());
            assert!(is_found_out(&item, &repeated), "{place} again at {to}");
        }
    }
}

#[test]
fn a_record_that_was_rewritten_from_some_entry_on_ends_elsewhere() {
    let item = item();
    for place in 0..item.entries.len() {
        let mut entries = item.entries.clone();
        entries[place].action = "nothing".into();
        for next in place + 1..entries.len() {
            entries[next].previous = entries[next - 1].hash();
        }
        assert!(verify(item.submission.id, &entries).is_ok(), "it does hold together");
        assert!(is_found_out(&item, &entries));
    }
}

#[test]
fn another_items_record_does_not_verify_as_this_ones() {
    let item = item();
    let other = curation::ids::SubmissionId::new(2, [2; 10]);
    assert_eq!(verify(other, &item.entries), Err(curation::audit::BrokenChain(1)));
}
