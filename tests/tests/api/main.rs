//! The public API and the form: what they take, what they refuse, and what every answer carries.

#![allow(clippy::unwrap_used)]

mod accepted;
mod danger;
mod every_answer;
mod logs;
mod malformed;
mod markup;
mod refused;
mod unavailable;

use serde_json::Value;
use tests::{Answer, Channel};

pub(crate) const TEXT: &str = "A first session is often about getting to know each other.";

pub(crate) const JSON: (&str, &str) = ("content-type", "application/json");
pub(crate) const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The form, filled in so that it is accepted.
pub(crate) const FILLED: [(&str, &str); 4] =
    [("text", TEXT), ("adult", "true"), ("consent_publish", "true"), ("consent_health", "true")];

/// The filled form with one field changed or added.
pub(crate) fn filled<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = FILLED.into_iter().filter(|(known, _)| *known != name);
    others.chain([(name, value)]).collect()
}

/// A proposal with one member changed or added.
pub(crate) fn proposal_with(name: &str, value: impl Into<Value>) -> Value {
    let mut body = tests::proposal(TEXT);
    body[name] = value.into();
    body
}

/// Asserts that help is there as the contract has it; the name of whoever comes first.
pub(crate) fn assert_support(body: &Value) -> String {
    let lines = body["support"].as_array().unwrap();
    assert!(lines.len() >= 4, "{body}");
    for line in lines {
        let line = line.as_object().unwrap();
        assert_eq!(line.keys().collect::<Vec<_>>(), ["contact", "hours", "name", "url"]);
        assert!(line.values().all(|value| !value.as_str().unwrap().is_empty()));
        assert!(line["url"].as_str().unwrap().starts_with("https://"));
    }
    assert!(lines.iter().any(|line| line["contact"] == "Call 999"));
    lines[0]["name"].as_str().unwrap().to_owned()
}

/// Asserts a problem of RFC 9457 with help.
pub(crate) fn assert_problem(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body = answer.json();
    assert_eq!(body["type"], "about:blank");
    assert_eq!(body["title"], answer.status.canonical_reason().unwrap());
    assert_eq!(body["status"], status);
    assert!(!body["detail"].as_str().unwrap().is_empty());
    assert_support(&body);
    assert_eq!(body.get("errors").is_some(), status == 422);
    body
}

/// The fields that a 422 lists, in order of their names.
pub(crate) fn fields(problem: &Value) -> Vec<String> {
    let mut fields = Vec::new();
    for error in problem["errors"].as_array().unwrap() {
        assert_eq!(error.as_object().unwrap().keys().collect::<Vec<_>>(), ["detail", "field"]);
        assert!(!error["detail"].as_str().unwrap().is_empty());
        fields.push(error["field"].as_str().unwrap().to_owned());
    }
    fields.sort();
    fields
}

/// Asserts a page with the support block.
pub(crate) fn assert_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.body.contains("id=\"support\""), "no help: {}", answer.body);
    assert!(answer.body.contains("Call 999"));
}

/// True if help comes before anything to fill in or to keep.
pub(crate) fn help_is_first(answer: &Answer) -> bool {
    let at = |what: &str| answer.body.find(what);
    let help = at("id=\"support\"").unwrap();
    [at("<form"), at("class=\"code\"")].into_iter().flatten().all(|other| help < other)
}

/// How many submissions there are.
pub(crate) async fn count(channel: &Channel) -> usize {
    channel.core.store.list().await.unwrap().len()
}
