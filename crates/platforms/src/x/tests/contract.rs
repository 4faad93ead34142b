//! X's API as far as the adapter uses it, and a check of requests against it.
//!
//! Invariant: a schema's every word is understood or the check fails, so that nothing passes for not being looked at.
//! With `X_OPENAPI`, which names X's OpenAPI document, requests are checked against that as well, and the excerpt here
//! is compared with it.

#![allow(clippy::unwrap_used)]

use serde_json::{Map, Value, json};

/// Facts from X's OpenAPI document, version 2.167: names, types, patterns and values, without its prose.
fn excerpt() -> Value {
    let id = json!({ "type": "string", "pattern": "^[0-9]{1,19}$" });
    let text = |values: &[&str]| json!({ "type": "string", "enum": values });
    let list = |items: Value| json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": items });
    let query = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let path_id = json!({ "name": "id", "in": "path", "required": true, "schema": id });
    json!({
        "paths": {
            "/2/tweets": { "post": { "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "text": { "type": "string" },
                        "quote_tweet_id": id,
                        "reply": {
                            "type": "object",
                            "additionalProperties": false,
                            "required": ["in_reply_to_tweet_id"],
                            "properties": { "in_reply_to_tweet_id": id },
                        },
                        "reply_settings": text(&["following", "mentionedUsers", "subscribers", "verified"]),
                    },
                } } },
            } } },
            "/2/tweets/{id}": {
                "delete": { "parameters": [path_id] },
                "get": { "parameters": [
                    path_id,
                    query("post.fields", list(text(&["attachments", "created_at", "entities", "id", "note_post", "text"]))),
                    query("expansions", list(text(&["author_id", "edit_history_post_ids", "referenced_posts"]))),
                    query("user.fields", list(text(&["id", "protected", "username"]))),
                ] },
            },
            "/2/users/{id}/retweets": { "post": {
                "parameters": [path_id],
                "requestBody": { "required": true, "content": { "application/json": { "schema": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["tweet_id"],
                    "properties": { "tweet_id": id },
                } } } },
            } },
            "/2/users/{id}/retweets/{source_tweet_id}": { "delete": { "parameters": [
                path_id,
                { "name": "source_tweet_id", "in": "path", "required": true, "schema": id },
            ] } },
            "/2/users/me": { "get": { "parameters": [] } },
            "/2/users/{id}/tweets": { "get": { "parameters": [
                path_id,
                query("max_results", json!({ "type": "integer", "minimum": 5, "maximum": 100 })),
                query("pagination_token", json!({ "type": "string", "minLength": 1 })),
                query("start_time", json!({ "type": "string", "format": "date-time" })),
                query("exclude", list(text(&["replies", "retweets"]))),
                query("post.fields", list(text(&["conversation_id", "created_at", "entities", "id", "note_post", "text"]))),
                query("expansions", list(text(&["referenced_posts"]))),
            ] } },
        },
    })
}

fn published() -> Option<Value> {
    let file = std::env::var_os("X_OPENAPI")?;
    Some(serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
}

/// What is wrong with a request, by the excerpt and by the published document.
pub(super) fn faults(method: &str, address: &str, body: &str) -> Vec<String> {
    let mut faults = faults_by(&excerpt(), method, address, body);
    if let Some(published) = published() {
        faults.extend(faults_by(&published, method, address, body));
    }
    faults
}

fn faults_by(document: &Value, method: &str, address: &str, body: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let Some((template, ids)) = template(document, path) else { return vec![format!("no path {path}")] };
    let operation = &document["paths"][&template][method.to_ascii_lowercase()];
    if operation.is_null() {
        return vec![format!("no {method} of {template}")];
    }
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    let parameters = parameters.iter().map(|parameter| resolved(document, parameter)).collect::<Vec<_>>();
    let given = reqwest::Url::parse(&format!("http://x?{query}")).unwrap();
    let mut given = given.query_pairs().into_owned().collect::<Vec<_>>();
    given.retain(|(name, _)| !name.is_empty());
    for (place, (name, value)) in
        given.into_iter().map(|one| ("query", one)).chain(ids.into_iter().map(|one| ("path", one)))
    {
        let Some(known) = parameters.iter().find(|one| one["name"] == name.as_str() && one["in"] == place)
        else {
            faults.push(format!("no parameter {name}"));
            continue;
        };
        let schema = resolved(document, &known["schema"]);
        let value = match schema["type"].as_str() {
            Some("integer") => value.parse::<i64>().map_or(Value::Null, Value::from),
            Some("array") => Value::Array(value.split(',').map(Value::from).collect()),
            _ => Value::from(value),
        };
        check(document, schema, &value, &name, &mut faults);
    }
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    match (schema.is_null(), body.is_empty()) {
        (true, true) => {}
        (false, false) => match serde_json::from_str(body) {
            Ok(body) => check(document, schema, &body, "body", &mut faults),
            Err(_) => faults.push("the body is no JSON".to_owned()),
        },
        _ => faults.push("a body too many or too few".to_owned()),
    }
    faults
}

/// The path as the document has it, and the ids in it with their names.
fn template(document: &Value, path: &str) -> Option<(String, Vec<(String, String)>)> {
    let paths = document["paths"].as_object().unwrap();
    if paths.contains_key(path) {
        return Some((path.to_owned(), vec![]));
    }
    let mut parts = path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let mut ids = Vec::new();
    for (place, name) in [(3, "id"), (5, "source_tweet_id")] {
        if let Some(part) = parts.get_mut(place) {
            ids.push((name.to_owned(), std::mem::replace(part, format!("{{{name}}}"))));
        }
    }
    let template = parts.join("/");
    paths.contains_key(&template).then_some((template, ids))
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(place) => resolved(document, document.pointer(place.strip_prefix('#').unwrap()).unwrap()),
        None => schema,
    }
}

fn check(document: &Value, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    let schema = resolved(document, schema);
    let nothing = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&nothing);
    let mut expect = |holds: bool, word: &str| {
        if !holds {
            faults.push(format!("{place}: {word}"));
        }
    };
    for (word, rule) in schema.as_object().unwrap() {
        match word.as_str() {
            "description" | "default" | "example" | "properties" | "items" => {}
            "type" => expect(
                match rule.as_str().unwrap() {
                    "string" => value.is_string(),
                    "integer" => value.is_i64(),
                    "boolean" => value.is_boolean(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("an unknown type {other}"),
                },
                word,
            ),
            "enum" => expect(rule.as_array().unwrap().contains(value), word),
            "pattern" => {
                assert_eq!(rule, "^[0-9]{1,19}$", "an unknown pattern");
                expect(value.as_str().is_some_and(crate::x::is_id), word);
            }
            "format" => match rule.as_str().unwrap() {
                "date-time" => {
                    expect(value.as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()), word);
                }
                "int32" => expect(value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()), word),
                other => panic!("an unknown format {other}"),
            },
            "minimum" => expect(value.as_i64() >= rule.as_i64(), word),
            "maximum" => expect(value.as_i64() <= rule.as_i64(), word),
            "minLength" => {
                expect(value.as_str().map(|text| text.chars().count() as u64) >= rule.as_u64(), word)
            }
            "minItems" => expect(value.as_array().map(|list| list.len() as u64) >= rule.as_u64(), word),
            "uniqueItems" => {
                let list = value.as_array().unwrap();
                expect(list.iter().enumerate().all(|(at, one)| !list[..at].contains(one)), word);
            }
            "required" => {
                expect(
                    rule.as_array().unwrap().iter().all(|name| !value[name.as_str().unwrap()].is_null()),
                    word,
                );
            }
            "additionalProperties" => {
                assert_eq!(rule, false);
                expect(
                    value
                        .as_object()
                        .is_some_and(|value| value.keys().all(|name| properties.contains_key(name))),
                    word,
                );
            }
            other => panic!("an unknown word {other}"),
        }
    }
    for (name, schema) in properties {
        if let Some(value) = value.get(name) {
            check(document, schema, value, &format!("{place}.{name}"), faults);
        }
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema["items"].is_object()) {
        check(document, &schema["items"], item, place, faults);
    }
}

/// Fails if a fact of the excerpt is not in the document. Values that the adapter does not use may be missing in it.
fn compare(document: &Value, ours: &Value, theirs: &Value, place: &str) {
    let theirs = resolved(document, theirs);
    match (ours, theirs) {
        (Value::Object(ours), _) => {
            for (name, ours) in ours {
                assert!(!theirs[name].is_null(), "{place}/{name}");
                compare(document, ours, &theirs[name], &format!("{place}/{name}"));
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            for (number, ours) in ours.iter().enumerate() {
                let same = theirs.iter().map(|theirs| resolved(document, theirs)).find(
                    |theirs| match &ours["name"] {
                        Value::Null => *theirs == ours,
                        name => theirs["name"] == *name,
                    },
                );
                compare(document, ours, same.unwrap_or(&Value::Null), &format!("{place}/{number}"));
            }
        }
        _ => assert_eq!(ours, theirs, "{place}"),
    }
}

#[test]
fn the_excerpt_says_what_the_published_document_says() {
    match published() {
        Some(published) => compare(&published, &excerpt(), &published, ""),
        None => eprintln!("X_OPENAPI is not set: requests are checked against the excerpt alone"),
    }
}

#[test]
fn a_wrong_request_is_seen() {
    let create = |body: Value| faults("POST", "/2/tweets", &body.to_string());
    assert!(create(json!({ "text": "a", "reply_settings": "mentionedUsers" })).is_empty());
    for wrong in [
        json!({ "text": 1 }),
        json!({ "text": "a", "reply_settings": "nobody" }),
        json!({ "text": "a", "reply": {} }),
        json!({ "text": "a", "reply": { "in_reply_to_tweet_id": "x" } }),
        json!({ "text": "a", "quote_tweet_id": 20 }),
        json!({ "text": "a", "other": 1 }),
        json!([]),
    ] {
        assert!(!create(wrong.clone()).is_empty(), "{wrong}");
    }
    for (method, address) in [
        ("POST", "/2/tweets"),
        ("PUT", "/2/tweets/20"),
        ("DELETE", "/2/tweets/x"),
        ("GET", "/2/tweets/20?post.fields=edit_history_post_ids"),
        ("POST", "/2/users/1/retweets"),
        ("DELETE", "/2/users/1/retweets/x"),
        ("DELETE", "/2/users/1/retweets"),
        ("GET", "/2/users/1/tweets?max_results=4"),
        ("GET", "/2/users/1/tweets?exclude=others"),
        ("GET", "/2/users/1/tweets?start_time=now"),
        ("GET", "/2/users/1/tweets?tweet.fields=id"),
    ] {
        assert!(!faults(method, address, "").is_empty(), "{method} {address}");
    }
}
