//! What is well-formed and not taken: every field at once, and nothing of it repeated or kept.

use serde_json::{Value, json};
use tests::{Channel, contents};

use crate::{
    FILLED, FORM, JSON, TEXT, assert_page, assert_problem, assert_support, count, fields, filled,
    proposal_with,
};

/// A word that no answer has by chance.
const MARK: &str = "zebraquartz";

fn piled(length: usize) -> String {
    format!("a{}", "\u{301}".repeat(length))
}

fn without(name: &str) -> Value {
    let mut body = tests::proposal(TEXT);
    body.as_object_mut().unwrap().remove(name);
    body
}

fn consent(value: Value) -> Value {
    proposal_with("consent", value)
}

fn instead_of_text(name: &str, value: impl Into<Value>) -> Value {
    let mut body = without("text");
    body[name] = value.into();
    body
}

fn refusals() -> Vec<(&'static str, Value, &'static [&'static str])> {
    let mut two = proposal_with("question", "Does therapy help?");
    two["email"] = Value::Null;
    vec![
        ("no words", without("text"), &["text"]),
        ("null", proposal_with("text", Value::Null), &["text"]),
        ("text and question", two, &["text"]),
        ("text and link", proposal_with("link", "https://bsky.app/profile/example.org/post/1"), &["text"]),
        ("text and an empty link", proposal_with("link", ""), &["text"]),
        ("empty", proposal_with("text", ""), &["text"]),
        ("white space", proposal_with("text", " \t\r\n\u{a0}\u{2003}\u{3000}"), &["text"]),
        ("nothing to see", proposal_with("text", "\u{200b}\u{feff}\u{2060}\u{ad}"), &["text"]),
        ("marks on nothing", proposal_with("text", "\u{301}"), &["text"]),
        ("2,001 characters", proposal_with("text", "a".repeat(2_001)), &["text"]),
        ("2,001 characters of four bytes", proposal_with("text", "\u{1f331}".repeat(2_001)), &["text"]),
        ("too long and twice wrong", proposal_with("text", "\0".repeat(2_001)), &["text"]),
        ("NUL", proposal_with("text", format!("{MARK}\0")), &["text"]),
        ("control", proposal_with("text", format!("{MARK}\u{1b}[31m")), &["text"]),
        ("C1 control", proposal_with("text", format!("{MARK}\u{9b}31m")), &["text"]),
        ("right-to-left override", proposal_with("text", format!("{MARK}\u{202e}")), &["text"]),
        ("isolate", proposal_with("text", format!("{MARK}\u{2066}")), &["text"]),
        ("embedding", proposal_with("text", format!("{MARK}\u{202a}")), &["text"]),
        ("tag characters", proposal_with("text", format!("{MARK}\u{e0001}")), &["text"]),
        ("piled marks", proposal_with("text", piled(5)), &["text"]),
        ("16 KiB of marks", proposal_with("text", piled(8_000)), &["text"]),
        ("many letters with a mark", proposal_with("text", "a\u{330}".repeat(5_000)), &["text"]),
        ("unknown role", proposal_with("role", MARK), &["role"]),
        ("empty role", proposal_with("role", ""), &["role"]),
        ("role in capitals", proposal_with("role", "Client"), &["role"]),
        ("no address", proposal_with("email", MARK), &["email"]),
        ("no domain", proposal_with("email", format!("{MARK}@")), &["email"]),
        ("no full domain", proposal_with("email", format!("{MARK}@localhost")), &["email"]),
        ("a literal", proposal_with("email", format!("{MARK}@[127.0.0.1]")), &["email"]),
        ("two addresses", proposal_with("email", "a@example.org, b@example.org"), &["email"]),
        ("a name with it", proposal_with("email", "Someone <a@example.org>"), &["email"]),
        ("a header in it", proposal_with("email", "a@example.org\r\nBcc: b@example.org"), &["email"]),
        ("NUL in it", proposal_with("email", "a\0@example.org"), &["email"]),
        (
            "an endless address",
            proposal_with("email", format!("{}@example.org", "a".repeat(5_000))),
            &["email"],
        ),
        ("contact without an address", proposal_with("contact", true), &["email"]),
        (
            "contact with a blank address",
            {
                let mut body = proposal_with("contact", true);
                body["email"] = "  ".into();
                body
            },
            &["email"],
        ),
        (
            "contact with a wrong address",
            {
                let mut body = proposal_with("contact", true);
                body["email"] = MARK.into();
                body
            },
            &["email"],
        ),
        ("no age", without("adult"), &["adult"]),
        ("no consent", without("consent"), &["consent.health", "consent.publish"]),
        ("null consent", consent(Value::Null), &["consent.health", "consent.publish"]),
        ("empty consent", consent(json!({})), &["consent.health", "consent.publish"]),
        ("no consent to publish", consent(json!({ "health": true })), &["consent.publish"]),
        ("no consent to health", consent(json!({ "publish": true })), &["consent.health"]),
        ("publish refused", consent(json!({ "publish": false, "health": true })), &["consent.publish"]),
        ("health refused", consent(json!({ "publish": true, "health": false })), &["consent.health"]),
        ("consent to more", consent(json!({ "publish": true, "health": true, MARK: true })), &["consent"]),
        ("an unknown field", proposal_with(MARK, MARK), &["body"]),
        ("another's field", proposal_with("form_token", MARK), &["body"]),
        ("text as a number", proposal_with("text", 5), &["text"]),
        ("text as a list", proposal_with("text", json!([MARK])), &["text"]),
        ("role as an object", proposal_with("role", json!({ MARK: 1 })), &["role"]),
        ("email as a list", proposal_with("email", json!([MARK])), &["email"]),
        (
            "email as a list, and contact",
            {
                let mut body = proposal_with("email", json!([MARK]));
                body["contact"] = true.into();
                body
            },
            &["email"],
        ),
        ("contact as text", proposal_with("contact", "true"), &["contact"]),
        ("adult as text", proposal_with("adult", "true"), &["adult"]),
        ("adult as a number", proposal_with("adult", 1), &["adult"]),
        ("consent as yes", consent(json!(true)), &["consent", "consent.health", "consent.publish"]),
        (
            "consent as a list",
            consent(json!(["publish", "health"])),
            &["consent", "consent.health", "consent.publish"],
        ),
        (
            "consent as text within",
            consent(json!({ "publish": "true", "health": true })),
            &["consent.publish"],
        ),
    ]
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let channel = Channel::open_with(0).await;
    let stored = contents(&channel).await;
    for (why, body, expected) in refusals() {
        let answer = channel.post_json(&body).await;
        let problem = assert_problem(&answer, 422);
        assert_eq!(fields(&problem), expected, "{why}: {}", answer.body);
        assert!(!answer.body.contains(MARK), "{why} is repeated: {}", answer.body);
        assert!(!format!("{:?}", answer.headers).contains(MARK), "{why}");
    }
    assert_eq!(contents(&channel).await, stored, "what is refused is not kept");
    assert_eq!(channel.calls.take(), "", "and asks nobody");
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let channel = Channel::open_with(0).await;
    let body = json!({
        "text": format!("{MARK}\0"), "role": MARK, "email": MARK, "contact": MARK, "adult": false,
        "consent": { "publish": false, "health": MARK, MARK: 1 }, MARK: MARK,
    });
    let answer = channel.post_json(&body).await;
    assert_eq!(
        fields(&assert_problem(&answer, 422)),
        ["adult", "body", "consent", "consent.health", "consent.publish", "contact", "email", "role", "text"]
    );
    assert!(!answer.body.contains(MARK));

    let form = [("text", "a\u{202e}b"), ("role", MARK), ("email", MARK), ("contact", "true")];
    let page = channel.post_form("/submissions", &form).await;
    assert_page(&page, 422);
    for field in ["text", "role", "email", "adult", "consent_publish", "consent_health"] {
        assert!(page.body.contains(&format!("<li><a href=\"#{field}\">")), "{field} is not listed");
    }
}

#[tokio::test]
async fn links_and_questions_are_not_possible_yet_and_nothing_is_fetched() {
    let channel = Channel::open_with(0).await;
    for link in [
        "https://bsky.app/profile/example.org/post/1",
        "https://mastodon.social/@example/1",
        "https://x.com/example/status/1",
        "https://unknown.example/post/1",
        "http://127.0.0.1:1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "https://example.org@127.0.0.1/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        "no link",
    ] {
        let answer = channel.post_json(&instead_of_text("link", link)).await;
        let problem = assert_problem(&answer, 422);
        assert_eq!(fields(&problem), ["link"]);
        assert!(link.is_empty() || !answer.body.contains(link));
    }
    // Whoever is asked to fetch it would be noticed.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let link = format!("http://{}/post/1", listener.local_addr().unwrap());
    assert_problem(&channel.post_json(&instead_of_text("link", link)).await, 422);
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);

    let answer = channel.post_json(&instead_of_text("question", "Does therapy help?")).await;
    let problem = assert_problem(&answer, 422);
    assert_eq!(fields(&problem), ["question"]);
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("not possible yet"));
    assert_eq!(channel.calls.take(), "");
}

#[tokio::test]
async fn under_18_is_told_kindly_with_childline_first() {
    let channel = Channel::open_with(0).await;
    let mut bodies = vec![proposal_with("adult", false)];
    bodies.push(without("adult"));
    bodies.push(json!({ "text": "", "adult": false }));
    for body in bodies {
        let problem = assert_problem(&channel.post_json(&body).await, 422);
        assert_eq!(assert_support(&problem), "Childline");
        assert!(problem["detail"].as_str().unwrap().contains("18 and over"));
        assert!(fields(&problem).contains(&"adult".to_owned()));
    }
    let other = assert_problem(&channel.post_json(&without("consent")).await, 422);
    assert_eq!(assert_support(&other), "Emergency services", "everybody else sees 999 first");

    let page = channel.post_form("/submissions", &filled("adult", "")).await;
    assert_page(&page, 422);
    let at = |name: &str| page.body.find(name).unwrap();
    assert!(at("Childline") < at("Emergency services"));
    assert!(!page.body.contains("getting to know"), "not kept, and not shown again");
    assert_eq!(count(&channel).await, 0);
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_entered() {
    let channel = Channel::open_with(0).await;
    let entered = [
        ("text", TEXT),
        ("role", "client"),
        ("email", "someone@example"),
        ("contact", "true"),
        ("adult", "true"),
        ("consent_publish", "true"),
    ];
    let page = channel.post_form("/submissions", &entered).await;
    assert_page(&page, 422);
    let form = tests::html::forms(&page.body).remove(0);
    for (name, value) in entered {
        assert!(form.fields.contains(&(name.to_owned(), value.to_owned())), "{name}: {:?}", form.fields);
    }
    assert!(form.open.iter().any(|(name, _)| name == "consent_health"));
}

#[tokio::test]
async fn too_many_are_asked_to_wait() {
    let mut channel = Channel::open_with(0).await;
    let web = web::Web { hourly_limit: 2, ..channel.web.clone() };
    channel.router = accept_submission::router(web);
    for _ in 0..2 {
        assert_eq!(channel.post_json(&tests::proposal(TEXT)).await.status, 202);
    }
    let stored = contents(&channel).await;
    channel.pass(jiff::SignedDuration::from_mins(20));
    let answer = channel.post_json(&tests::proposal(MARK)).await;
    assert_problem(&answer, 429);
    assert!(!answer.body.contains(MARK));
    let wait = answer.header("retry-after").parse::<i64>().unwrap();
    assert_eq!(wait, 40 * 60, "until the hour is over");
    let page = channel.post_form("/submissions", &FILLED).await;
    assert_page(&page, 429);
    assert_eq!(page.header("retry-after"), "2400");
    assert!(page.body.contains(TEXT), "what was entered is kept on the page");
    assert_eq!(contents(&channel).await, stored);

    channel.pass(jiff::SignedDuration::from_secs(wait));
    assert_eq!(channel.post_json(&tests::proposal(TEXT)).await.status, 202);
}

#[tokio::test]
async fn words_that_fit_no_thread_are_refused_with_the_excess() {
    let mut channel = Channel::open_with(0).await;
    let mut web = channel.web.clone();
    web.rules[0].most_parts = 2;
    channel.router = accept_submission::router(web);
    let words = "Some words. ".repeat(100);
    let problem = assert_problem(&channel.post_json(&proposal_with("text", words.clone())).await, 422);
    assert_eq!(fields(&problem), ["text"]);
    assert!(problem["errors"][0]["detail"].as_str().unwrap().contains("Shorten it by about"));
    let page = channel.post_raw("/submissions", &[FORM], tests::form_body(&filled("text", &words))).await;
    assert_page(&page, 422);
    assert_eq!(count(&channel).await, 0);
    assert_eq!(
        channel.post_raw("/submissions", &[JSON], tests::proposal(TEXT).to_string()).await.status,
        202
    );
}

#[tokio::test]
async fn return_codes_cannot_be_tried_for_ever() {
    let channel = Channel::open_with(0).await;
    let told = channel.post_json(&tests::proposal(TEXT)).await.json();
    for code in ["", MARK, "0000", &"0".repeat(17), &"0".repeat(5_000)] {
        let page = channel.post_form("/status", &[("return_code", code)]).await;
        assert_eq!(page.status, 422);
        assert!(!page.body.contains(MARK));
    }
    let mut statuses = Vec::new();
    for _ in 0..60 {
        let page = channel.post_form("/status", &[("return_code", "0000-0000-0000-0000")]).await;
        statuses.push(page.status.as_u16());
        if page.status == 429 {
            assert_eq!(page.header("retry-after"), "3600");
        }
    }
    assert_eq!((statuses[0], statuses[59]), (422, 429));
    let right = [("return_code", told["return_code"].as_str().unwrap())];
    assert_eq!(channel.post_form("/status", &right).await.status, 429, "nor is the right one told apart");
    channel.pass(jiff::SignedDuration::from_hours(1));
    assert_eq!(channel.post_form("/status", &right).await.status, 303);
}
