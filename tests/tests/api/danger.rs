//! Somebody who may be in danger sees help at once, whatever else the answer says, and what is refused is not kept.

use serde_json::{Value, json};
use tests::{Answer, Channel, contents, form_body};

use crate::{
    FILLED, FORM, JSON, assert_page, assert_problem, assert_support, filled, help_is_first, proposal_with,
};

const CRISIS: &str = "I want to die.";

fn crisis_with(name: &str, value: impl Into<Value>) -> Value {
    let mut body = tests::proposal(CRISIS);
    body[name] = value.into();
    body
}

fn assert_helps(page: &Answer, status: u16, why: &str) {
    assert_page(page, status);
    assert!(help_is_first(page), "{why}: help comes after something to do");
}

fn with<'a>(fields: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = fields.iter().filter(|(known, _)| *known != name).copied();
    others.chain([(name, value)]).collect()
}

#[tokio::test]
async fn accepted_words_of_danger_are_answered_with_help_first() {
    let channel = Channel::open().await;
    let told = channel.post_json(&tests::proposal(CRISIS)).await;
    assert_eq!(told.status, 202);
    assert_support(&told.json());
    let page = channel.post_form("/submissions", &filled("text", CRISIS)).await;
    assert_helps(&page, 202, "thank you");
    let status = told.json()["status_url"].as_str().unwrap().to_owned();
    let status = channel.get(status.strip_prefix(&channel.web.base_url).unwrap()).await;
    assert_helps(&status, 200, "status");
    assert!(!status.body.contains(CRISIS), "the lead alone reads it");

    let calm = channel.post_form("/submissions", &FILLED).await;
    assert_page(&calm, 202);
    assert!(!help_is_first(&calm), "or this test shows nothing");
}

#[tokio::test]
async fn a_refused_form_shows_help_before_the_form_and_keeps_nothing() {
    let mut channel = Channel::open().await;
    let web = web::Web { hourly_limit: 1, ..channel.web.clone() };
    assert_page(&channel.post_form("/submissions", &filled("form_token", "taken")).await, 202);
    let stored = contents(&channel).await;
    let crisis = filled("text", CRISIS);
    let (long, marked) = (format!("{CRISIS} {}", "a".repeat(2_000)), format!("{CRISIS}\u{202e}"));
    let curly = "I don\u{2019}t want to live any more.";
    for (why, status, fields) in [
        ("no consent", 422, with(&crisis, "consent_publish", "")),
        ("no consent to health", 422, with(&crisis, "consent_health", "")),
        ("no consent and no age", 422, vec![("text", CRISIS)]),
        ("too long", 422, filled("text", &long)),
        ("an override in it", 422, filled("text", &marked)),
        ("as a question", 422, with(&filled("question", CRISIS), "text", "")),
        ("as a role", 422, filled("role", CRISIS)),
        ("as an address", 422, filled("email", CRISIS)),
        ("as a link", 422, filled("link", CRISIS)),
        ("other words under the same mark", 409, with(&crisis, "form_token", "taken")),
        ("a smartphone's apostrophe", 422, vec![("text", curly)]),
    ] {
        let page = channel.post_form("/submissions", &fields).await;
        assert_helps(&page, status, why);
    }
    for (why, body) in [
        ("a repeated field", format!("{}&text=More.", form_body(&crisis))),
        ("a byte that is no UTF-8", format!("{}&role=%FF", form_body(&crisis))),
        ("a byte that is no UTF-8 in the words", format!("text=%FF+{}", tests::percent(CRISIS))),
        ("percent signs for spaces", "text=I%20want%20to%20die.&text=".to_owned()),
        ("a repeated field, an apostrophe", format!("text={}&text=", tests::percent(curly))),
    ] {
        let page = channel.post_raw("/submissions", &[FORM], body).await;
        assert_helps(&page, 400, why);
        assert!(page.body.contains("<form"), "{why}: they can send it once more");
    }
    let large = form_body(&crisis) + "&more=" + &"a".repeat(16 * 1024);
    assert_helps(&channel.post_raw("/submissions", &[FORM], large).await, 413, "too large");
    let headers = [("content-type", "text/plain"), ("accept", "text/html")];
    assert_helps(&channel.post_raw("/submissions", &headers, CRISIS).await, 415, "plain text");
    let minor = channel.post_form("/submissions", &with(&crisis, "adult", "")).await;
    assert_helps(&minor, 422, "under 18");
    assert!(minor.body.find("Childline").unwrap() < minor.body.find("Samaritans").unwrap());

    channel.router = accept_submission::router(web);
    assert_helps(&channel.post_form("/submissions", &crisis).await, 429, "limited");
    assert_eq!(contents(&channel).await, stored, "nothing of it is kept");

    for table in [&channel.tables.submissions, &channel.tables.tokens] {
        channel.raw.delete_table().table_name(table).send().await.unwrap();
    }
    assert_helps(&channel.post_form("/submissions", &crisis).await, 503, "no tables");
}

#[tokio::test]
async fn a_calm_form_that_is_refused_shows_help_too_after_the_form() {
    let channel = Channel::open_with(0).await;
    for (fields, status) in [(filled("consent_publish", ""), 422), (filled("role", "unknown"), 422)] {
        let page = channel.post_form("/submissions", &fields).await;
        assert_page(&page, status);
        assert!(!help_is_first(&page));
    }
}

#[tokio::test]
async fn every_refusal_of_the_api_carries_help_and_keeps_nothing() {
    let mut channel = Channel::open().await;
    let headers = [JSON, ("idempotency-key", "taken")];
    let first = tests::proposal("Other words.").to_string();
    assert_eq!(channel.post_raw("/submissions", &headers, first).await.status, 202);
    let stored = contents(&channel).await;
    for body in [
        crisis_with("adult", false),
        crisis_with("consent", json!({})),
        crisis_with("text", format!("{CRISIS}\0")),
        crisis_with("text", format!("{CRISIS} {}", "a".repeat(2_000))),
        crisis_with("role", CRISIS),
        crisis_with("more", CRISIS),
        proposal_with("question", CRISIS),
    ] {
        let answer = channel.post_json(&body).await;
        assert_problem(&answer, 422);
        assert!(!answer.body.contains("want to die"));
    }
    let whole = tests::proposal(CRISIS).to_string();
    let large = whole.clone() + &" ".repeat(16 * 1024);
    for (status, headers, body) in [
        (400, vec![JSON], whole[..whole.len() - 1].to_owned()),
        (409, headers.to_vec(), whole.clone()),
        (413, vec![JSON], large),
        (415, vec![("content-type", "text/plain")], whole.clone()),
    ] {
        assert_problem(&channel.post_raw("/submissions", &headers, body).await, status);
    }
    channel.router = accept_submission::router(web::Web { hourly_limit: 0, ..channel.web.clone() });
    assert_problem(&channel.post_json(&tests::proposal(CRISIS)).await, 429);
    assert_eq!(contents(&channel).await, stored);
}

#[tokio::test]
async fn changed_words_that_are_refused_show_help_first() {
    let channel = Channel::open().await;
    let told =
        channel.post_json(&tests::proposal("Write to me at someone.private@example.com.")).await.json();
    let status = told["status_url"].as_str().unwrap().strip_prefix(&channel.web.base_url).unwrap().to_owned();
    let page = channel.get(&status).await;
    let form =
        tests::html::forms(&page.body).into_iter().find(|form| form.action.ends_with("/words")).unwrap();
    let seal = form.fields.iter().find(|(name, _)| name == "form_token").unwrap().1.clone();
    let stored = contents(&channel).await;
    let unticked = channel.post_form(&form.action, &[("form_token", &seal), ("text", CRISIS)]).await;
    assert_helps(&unticked, 422, "not ticked");
    let fields = [("form_token", "stale"), ("text", CRISIS), ("confirm", "yes")];
    assert_helps(&channel.post_form(&form.action, &fields).await, 422, "a stale form");
    assert_eq!(contents(&channel).await, stored);
    let fields = [("form_token", seal.as_str()), ("text", CRISIS), ("confirm", "yes")];
    let taken = channel.post_form(&form.action, &fields).await;
    assert_helps(&taken, 200, "taken");
    assert!(!taken.body.contains(CRISIS));
    let id = told["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(channel.state(id).await, "held");
    for revision in [1, 2] {
        let open = channel.core.store.revision(id, revision).await.unwrap();
        assert!(open.is_none(), "revision {revision} is the lead's alone");
    }
}
