//! The records that the adapter writes, checked against the lexicons of `app.bsky`.
//!
//! Invariant: a schema's every word is understood or the check fails, so that nothing passes for not being looked at.
//! With `BLUESKY_LEXICONS`, which names a folder of lexicons as they are published, records are checked against those as
//! well, and the excerpt here is compared with them.

#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use unicode_segmentation::UnicodeSegmentation;

/// Facts from the lexicons: names, types and limits, without their prose.
fn excerpt() -> Value {
    let text = |format: &str| json!({ "type": "string", "format": format });
    let reference = |to: &str| json!({ "type": "ref", "ref": to });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties });
    json!({
        "app.bsky.feed.post": {
            "main": { "type": "record", "record": object(&["text", "createdAt"], json!({
                "text": { "type": "string", "maxLength": 3000, "maxGraphemes": 300 },
                "facets": { "type": "array", "items": reference("app.bsky.richtext.facet") },
                "reply": reference("#replyRef"),
                "embed": { "type": "union", "refs": ["app.bsky.embed.record"] },
                "langs": { "type": "array", "maxLength": 3, "items": text("language") },
                "createdAt": text("datetime"),
            })) },
            "replyRef": object(&["root", "parent"], json!({
                "root": reference("com.atproto.repo.strongRef"),
                "parent": reference("com.atproto.repo.strongRef"),
            })),
        },
        "app.bsky.feed.repost": {
            "main": { "type": "record", "record": object(&["subject", "createdAt"], json!({
                "subject": reference("com.atproto.repo.strongRef"),
                "createdAt": text("datetime"),
            })) },
        },
        "app.bsky.feed.threadgate": {
            "main": { "type": "record", "record": object(&["post", "createdAt"], json!({
                "post": text("at-uri"),
                "allow": { "type": "array", "maxLength": 5, "items": { "type": "union", "refs": [] } },
                "createdAt": text("datetime"),
            })) },
        },
        "app.bsky.richtext.facet": {
            "main": object(&["index", "features"], json!({
                "index": reference("#byteSlice"),
                "features": { "type": "array", "items": { "type": "union", "refs": ["#mention", "#link", "#tag"] } },
            })),
            "mention": object(&["did"], json!({ "did": text("did") })),
            "link": object(&["uri"], json!({ "uri": text("uri") })),
            "tag": object(&["tag"], json!({ "tag": { "type": "string", "maxLength": 640, "maxGraphemes": 64 } })),
            "byteSlice": object(&["byteStart", "byteEnd"], json!({
                "byteStart": { "type": "integer", "minimum": 0 },
                "byteEnd": { "type": "integer", "minimum": 0 },
            })),
        },
        "app.bsky.embed.record": {
            "main": object(&["record"], json!({ "record": reference("com.atproto.repo.strongRef") })),
        },
        "com.atproto.repo.strongRef": {
            "main": object(&["uri", "cid"], json!({ "uri": text("at-uri"), "cid": text("cid") })),
        },
        "com.atproto.label.defs": {
            "selfLabels": object(&["values"], json!({
                "values": { "type": "array", "maxLength": 10, "items": reference("#selfLabel") },
            })),
            "selfLabel": object(&["val"], json!({ "val": { "type": "string", "maxLength": 128 } })),
        },
        "app.bsky.actor.profile": {
            "main": { "type": "record", "record": object(&[], json!({
                "displayName": { "type": "string", "maxLength": 640, "maxGraphemes": 64 },
                "labels": { "type": "union", "refs": ["com.atproto.label.defs#selfLabels"] },
            })) },
        },
    })
}

/// The lexicons of the folder, by their names; what the folder has none of is as in the excerpt.
fn published() -> Option<Value> {
    let folder = std::env::var_os("BLUESKY_LEXICONS")?;
    let mut all = excerpt();
    for file in std::fs::read_dir(folder).unwrap() {
        let lexicon: Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        all[lexicon["id"].as_str().unwrap()] = lexicon["defs"].clone();
    }
    Some(all)
}

/// What is wrong with a record of this collection.
pub(super) fn faults(collection: &str, record: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    for lexicons in [Some(excerpt()), published()].into_iter().flatten() {
        let schema = &lexicons[collection]["main"]["record"];
        assert!(schema.is_object(), "no lexicon of {collection}");
        if record["$type"] != collection {
            faults.push(format!("{collection}: $type"));
        }
        check(&lexicons, collection, schema, record, collection, &mut faults);
    }
    faults
}

/// A definition, and the name of the lexicon that it is in.
fn definition<'a>(lexicons: &'a Value, within: &str, name: &str) -> (String, &'a Value) {
    let (lexicon, part) = name.split_once('#').unwrap_or((name, "main"));
    let lexicon = if lexicon.is_empty() { within } else { lexicon };
    (lexicon.to_owned(), &lexicons[lexicon][part])
}

fn check(
    lexicons: &Value,
    within: &str,
    schema: &Value,
    value: &Value,
    place: &str,
    faults: &mut Vec<String>,
) {
    let nothing = Map::new();
    match schema["type"].as_str().unwrap() {
        "ref" => {
            let (within, schema) = definition(lexicons, within, schema["ref"].as_str().unwrap());
            return check(lexicons, &within, schema, value, place, faults);
        }
        "union" => {
            // As within one lexicon, or with its whole name.
            let name = value["$type"].as_str().unwrap_or_default();
            let refs = schema["refs"].as_array().unwrap().iter().filter_map(Value::as_str);
            let whole =
                |one: &str| if one.starts_with('#') { format!("{within}{one}") } else { one.to_owned() };
            match refs.map(whole).find(|one| one == name) {
                Some(one) => {
                    let (within, schema) = definition(lexicons, within, &one);
                    return check(lexicons, &within, schema, value, place, faults);
                }
                None => return faults.push(format!("{place}: {name} is not in the union")),
            }
        }
        _ => {}
    }
    let mut expect = |holds: bool, word: &str| {
        if !holds {
            faults.push(format!("{place}: {word}"));
        }
    };
    let text = value.as_str().unwrap_or_default();
    for (word, rule) in schema.as_object().unwrap() {
        let most = rule.as_u64().and_then(|most| usize::try_from(most).ok());
        match word.as_str() {
            "description" | "properties" | "items" | "default" | "knownValues" => {}
            "type" => expect(
                match rule.as_str().unwrap() {
                    "string" => value.is_string(),
                    "integer" => value.is_i64(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("an unknown type {other}"),
                },
                word,
            ),
            "required" => {
                let names = rule.as_array().unwrap().iter().filter_map(Value::as_str);
                names.for_each(|name| expect(value.get(name).is_some(), name));
            }
            "maxLength" => {
                let length = value.as_array().map_or(text.len(), Vec::len);
                expect(Some(length) <= most, word);
            }
            "maxGraphemes" => expect(Some(text.graphemes(true).count()) <= most, word),
            "minimum" => expect(value.as_i64() >= rule.as_i64(), word),
            "format" => expect(
                match rule.as_str().unwrap() {
                    "datetime" => text.parse::<Timestamp>().is_ok() && text.ends_with('Z'),
                    "language" => {
                        text.split('-').all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
                    }
                    "at-uri" => text.starts_with("at://did:"),
                    "uri" => reqwest::Url::parse(text).is_ok(),
                    "did" => text.starts_with("did:"),
                    "cid" => !text.is_empty(),
                    other => panic!("an unknown format {other}"),
                },
                word,
            ),
            other => panic!("an unknown word {other}"),
        }
    }
    let properties = schema["properties"].as_object().unwrap_or(&nothing);
    for (name, value) in value.as_object().unwrap_or(&nothing).iter().filter(|(name, _)| *name != "$type") {
        match properties.get(name) {
            Some(schema) => check(lexicons, within, schema, value, &format!("{place}.{name}"), faults),
            None => faults.push(format!("{place}: no {name}")),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        check(lexicons, within, &schema["items"], item, place, faults);
    }
}

/// Fails if a fact of the excerpt is not in what is published.
fn compare(ours: &Value, theirs: &Value, place: &str) {
    match (ours, theirs) {
        (Value::Object(ours), _) => {
            for (name, ours) in ours {
                compare(ours, &theirs[name], &format!("{place}/{name}"));
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.iter().for_each(|one| assert!(theirs.contains(one), "{place}: {one}"));
        }
        _ => assert_eq!(ours, theirs, "{place}"),
    }
}

#[test]
fn the_excerpt_says_what_the_published_lexicons_say() {
    match published() {
        Some(published) => compare(&excerpt(), &published, ""),
        None => eprintln!("BLUESKY_LEXICONS is not set: records are checked against the excerpt alone"),
    }
}

#[test]
fn a_wrong_record_is_seen() {
    let good = json!({ "$type": "app.bsky.feed.post", "text": "a", "createdAt": "2026-11-23T12:00:00.000Z" });
    assert_eq!(faults("app.bsky.feed.post", &good), Vec::<String>::new());
    let facet =
        |feature: Value| json!([{ "index": { "byteStart": 0, "byteEnd": 1 }, "features": [feature] }]);
    for (name, value) in [
        ("text", json!("x".repeat(301))),
        ("text", json!(1)),
        ("createdAt", json!("now")),
        ("langs", json!(["en", "de", "fr", "cy"])),
        ("facets", facet(json!({ "$type": "app.bsky.richtext.facet#link" }))),
        ("facets", facet(json!({ "$type": "app.bsky.richtext.facet#other" }))),
        ("facets", json!([{ "index": { "byteStart": -1, "byteEnd": 1 }, "features": [] }])),
        ("embed", json!({ "$type": "app.bsky.embed.record", "record": { "uri": "at://did:x/y/z" } })),
        ("reply", json!({ "root": {} })),
        ("other", json!(1)),
    ] {
        let mut wrong = good.clone();
        wrong[name] = value;
        assert_ne!(faults("app.bsky.feed.post", &wrong), Vec::<String>::new(), "{wrong}");
    }
    assert_ne!(faults("app.bsky.feed.repost", &good), Vec::<String>::new());
}
