//! What is taken, and taken once.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::Channel;

use crate::{
    FILLED, FORM, JSON, TEXT, assert_page, assert_problem, assert_support, count, fields, filled,
    proposal_with,
};

#[tokio::test]
async fn a_proposal_as_json() {
    let channel = Channel::open().await;
    let mut body = tests::proposal(TEXT);
    body["role"] = "client".into();
    body["email"] = "someone@example.net".into();
    body["contact"] = true.into();
    let answer = channel.post_json(&body).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json");
    let told = answer.json();
    assert_eq!(
        told.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id", "return_code", "status_url", "support"]
    );
    assert_eq!(assert_support(&told), "Emergency services");

    let id = told["id"].as_str().unwrap().parse().unwrap();
    let submission = channel.load(id).await;
    assert_eq!(submission.state.name(), "in_review");
    let email = channel.core.store.contact(id).await.unwrap();
    assert_eq!(email.as_deref(), Some("someone@example.net"));

    let status = told["status_url"].as_str().unwrap().strip_prefix(&channel.web.base_url).unwrap();
    let page = channel.get(status).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains(TEXT));

    let code = told["return_code"].as_str().unwrap();
    for typed in [code.to_owned(), code.to_lowercase(), code.replace('-', " ")] {
        let found = channel.post_form("/status", &[("return_code", &typed)]).await;
        assert_eq!(found.status, 303, "{}", found.body);
        assert!(channel.get(found.header("location")).await.body.contains(TEXT));
    }
}

#[tokio::test]
async fn a_proposal_as_a_form() {
    let channel = Channel::open().await;
    let fields =
        [&FILLED[..], &[("role", "therapist"), ("email", ""), ("unknown", "is left alone")]].concat();
    let answer = channel.post_form("/submissions", &fields).await;
    assert_page(&answer, 202);
    assert!(answer.body.contains("Thank you"));
    let links = tests::html::links(&answer.body);
    let status = links.iter().find(|link| link.starts_with("/status/")).unwrap();
    assert!(channel.get(status).await.body.contains(TEXT));
    let code = answer.body.split_once("class=\"code\" translate=\"no\">").unwrap().1;
    let found = channel.post_form("/status", &[("return_code", &code[..19])]).await;
    assert_eq!(found.status, 303, "{}", found.body);
}

#[tokio::test]
async fn all_that_the_contract_allows() {
    let channel = Channel::open_with(0).await;
    for body in [
        proposal_with("text", "é"),
        proposal_with("text", "a".repeat(2_000)),
        proposal_with("text", "ก ".repeat(1_000)),
        proposal_with("text", "One\r\ntwo\tthree."),
        proposal_with("text", format!("\n {} \n", "a".repeat(2_000))),
        proposal_with("role", "public"),
        proposal_with("role", "client"),
        proposal_with("role", "therapist"),
        proposal_with("role", Value::Null),
        proposal_with("email", Value::Null),
        proposal_with("email", ""),
        proposal_with("email", " Someone@Example.NET "),
        proposal_with("contact", false),
        proposal_with("link", Value::Null),
        proposal_with("question", Value::Null),
    ] {
        let answer = channel.post_json(&body).await;
        assert_eq!(answer.status, 202, "{body}: {}", answer.body);
    }
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        let body = tests::proposal(TEXT).to_string();
        let answer = channel.post_raw("/submissions", &[("content-type", content_type)], body).await;
        assert_eq!(answer.status, 202, "{content_type}");
    }
}

#[tokio::test]
async fn sixteen_kibibytes_and_not_a_byte_more() {
    const LIMIT: usize = 16 * 1024;
    let channel = Channel::open_with(0).await;
    let json = tests::proposal(TEXT).to_string();
    let form = tests::form_body(&FILLED) + "&more=";
    for (longer, accepted) in [(0, true), (1, false), (LIMIT, false)] {
        let json = json.clone() + &" ".repeat(LIMIT + longer - json.len());
        let answer = channel.post_raw("/submissions", &[JSON], json).await;
        let form = form.clone() + &"a".repeat(LIMIT + longer - form.len());
        let page = channel.post_raw("/submissions", &[FORM], form).await;
        if accepted {
            assert_eq!((answer.status.as_u16(), page.status.as_u16()), (202, 202));
        } else {
            assert_problem(&answer, 413);
            assert_page(&page, 413);
        }
    }
    assert_eq!(count(&channel).await, 2);
}

#[tokio::test]
async fn a_repeated_request_is_one_submission() {
    let channel = Channel::open_with(0).await;
    let headers = [JSON, ("idempotency-key", "an-example-key")];
    let body = tests::proposal(TEXT).to_string();
    let first = channel.post_raw("/submissions", &headers, body.clone()).await;
    channel.pass(SignedDuration::from_mins(5));
    let second = channel.post_raw("/submissions", &headers, body.clone()).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (202, 202));
    for name in ["id", "return_code", "support"] {
        assert_eq!(first.json()[name], second.json()[name]);
    }
    let status = second.json()["status_url"].as_str().unwrap().to_owned();
    let status = status.strip_prefix(&channel.web.base_url).unwrap().to_owned();
    assert_eq!(channel.get(&status).await.status, 200);
    assert_eq!(count(&channel).await, 1);

    let other = tests::proposal("Other words.").to_string();
    let reused = channel.post_raw("/submissions", &headers, other.clone()).await;
    assert_problem(&reused, 409);
    assert_eq!(count(&channel).await, 1);
    assert_eq!(
        channel.post_raw("/submissions", &headers, body.clone()).await.json()["id"],
        first.json()["id"]
    );

    let headers = [JSON, ("idempotency-key", "another-example-key")];
    assert_eq!(channel.post_raw("/submissions", &headers, other).await.status, 202);
    assert_eq!(count(&channel).await, 2);
    for _ in 0..2 {
        assert_eq!(channel.post_raw("/submissions", &[JSON], body.clone()).await.status, 202);
    }
    assert_eq!(count(&channel).await, 4, "without a key each is its own");
}

#[tokio::test]
async fn a_repetition_after_midnight_is_one_too_and_a_key_is_free_after_a_day() {
    let channel = Channel::open_with(0).await;
    let before_midnight: Timestamp = "2026-11-23T23:59:50Z".parse().unwrap();
    channel.pass(before_midnight.duration_since(channel.now().at));
    let headers = [JSON, ("idempotency-key", "an-example-key")];
    let body = tests::proposal(TEXT).to_string();
    let first = channel.post_raw("/submissions", &headers, body.clone()).await.json();
    channel.pass(SignedDuration::from_secs(20));
    let second = channel.post_raw("/submissions", &headers, body.clone()).await.json();
    assert_eq!(first["id"], second["id"]);
    channel.pass(SignedDuration::from_hours(24));
    let third = channel.post_raw("/submissions", &headers, body).await.json();
    assert_ne!(first["id"], third["id"]);
    assert_eq!(count(&channel).await, 2);
}

#[tokio::test]
async fn a_form_sent_twice_is_one_submission() {
    let channel = Channel::open_with(0).await;
    let page = channel.get("/").await;
    let mark = tests::field(&page.body, "form_token").unwrap();
    let fields = filled("form_token", &mark);
    assert_page(&channel.post_form("/submissions", &fields).await, 202);
    assert_page(&channel.post_form("/submissions", &fields).await, 202);
    assert_eq!(count(&channel).await, 1);

    // Back in the browser, and changed: nothing is lost, nothing is overwritten.
    let mut changed = fields.clone();
    changed.retain(|(name, _)| *name != "text");
    changed.push(("text", "Changed words, as an example."));
    let answer = channel.post_form("/submissions", &changed).await;
    assert_page(&answer, 409);
    assert!(answer.body.contains("Changed words, as an example."));
    let fresh = tests::field(&answer.body, "form_token").unwrap();
    changed.retain(|(name, _)| *name != "form_token");
    changed.push(("form_token", &fresh));
    assert_page(&channel.post_form("/submissions", &changed).await, 202);
    assert_eq!(count(&channel).await, 2);
    assert_ne!(tests::field(&channel.get("/").await.body, "form_token").unwrap(), mark);
}

#[tokio::test]
async fn a_key_is_short_and_printable() {
    let channel = Channel::open_with(0).await;
    let body = tests::proposal(TEXT).to_string();
    for key in ["", "   ", "é", "a\tb\u{80}", &"k".repeat(256)] {
        let answer = channel.post_raw("/submissions", &[JSON, ("idempotency-key", key)], body.clone()).await;
        let problem = assert_problem(&answer, 422);
        assert_eq!(fields(&problem), ["Idempotency-Key"], "{key:?}");
    }
    assert_eq!(count(&channel).await, 0);
    let longest = "k".repeat(255);
    let answer = channel.post_raw("/submissions", &[JSON, ("idempotency-key", &longest)], body).await;
    assert_eq!(answer.status, 202);
}

#[tokio::test]
async fn health_tells_the_version() {
    let channel = Channel::open_with(0).await;
    let answer = channel.get("/health").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json(), json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }));
    assert_eq!(channel.calls.take(), "", "it asks nobody");
}
