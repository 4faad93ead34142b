//! Markup in every field is text and nothing else: on every page, in every mail, in JSON.

use tests::{Answer, Channel};

use crate::{FORM, JSON, filled};

/// Breaks out of text, of an attribute, of a text area and of a style sheet, if anything does.
const MARKUP: &str = "</textarea></style><script>alert(1)</script><img src=x onerror=alert(2)>\" onfocus=\"alert(3)\" x='{{ 7*7 }}'&lt;b&gt;";

fn assert_inert(answer: &Answer, what: &str) {
    if answer.header("content-type").starts_with("text/html") {
        assert_harmless(&answer.body, what);
    } else {
        assert!(answer.header("content-type").contains("json"), "{what}");
        assert!(!answer.body.contains("alert("), "{what}");
    }
}

/// No page of ours has a script or a picture, so that any is somebody else's; and one style sheet at most.
fn assert_harmless(page: &str, what: &str) {
    for forbidden in ["<script", "<img", "\" onfocus=", "</textarea></style>"] {
        assert!(!page.contains(forbidden), "{what}: {forbidden} in {page}");
    }
    assert!(page.matches("</style>").count() <= 1, "{what}");
}

#[tokio::test]
async fn in_every_field_of_the_form() {
    let channel = Channel::open().await;
    for name in ["text", "role", "email", "link", "question", "form_token", "adult", "contact", MARKUP] {
        let mut fields = filled(name, MARKUP);
        let answer = channel.post_form("/submissions", &fields).await;
        assert_inert(&answer, name);
        // Again with something wrong, so that what was entered is shown.
        fields.retain(|(known, _)| *known != "consent_health");
        let answer = channel.post_form("/submissions", &fields).await;
        assert_eq!(answer.status, 422, "{name}");
        assert_inert(&answer, name);
        if matches!(name, "text" | "email") {
            assert!(answer.body.contains("&lt;script&gt;"), "{name} is shown, escaped: {}", answer.body);
        }
    }
    let long = MARKUP.repeat(20);
    assert_inert(&channel.post_form("/submissions", &filled("text", &long)).await, "too long");
    let twice = format!("text={0}&text={0}", tests::percent(MARKUP));
    assert_inert(&channel.post_raw("/submissions", &[FORM], twice).await, "malformed");
}

#[tokio::test]
async fn in_every_field_of_the_api() {
    let channel = Channel::open_with(0).await;
    for name in ["text", "link", "question", "role", "email", "contact", "adult", "consent", MARKUP] {
        let mut body = tests::proposal("Words.");
        body[name] = MARKUP.into();
        assert_inert(&channel.post_json(&body).await, name);
    }
    let mut body = tests::proposal("Words.");
    body["consent"][MARKUP] = MARKUP.into();
    assert_inert(&channel.post_json(&body).await, "consent");
    assert_inert(&channel.post_raw("/submissions", &[JSON], MARKUP).await, "the body");
    let headers = [("content-type", MARKUP), ("accept", MARKUP)];
    assert_inert(&channel.post_raw("/submissions", &headers, MARKUP).await, "headers");
}

#[tokio::test]
async fn in_addresses() {
    let channel = Channel::open_with(0).await;
    let segment = tests::percent(MARKUP).replace('+', "%20");
    for path in [
        format!("/{segment}"),
        format!("/?{segment}"),
        format!("/status/{segment}"),
        format!("/review/{segment}"),
    ] {
        assert_inert(&channel.get(&path).await, &path);
        assert_inert(&channel.post_form(&path, &[("decision", MARKUP)]).await, &path);
    }
    for (path, name) in [("/status", "return_code"), ("/review/fresh", "email")] {
        assert_inert(&channel.post_form(path, &[(name, MARKUP)]).await, path);
    }
}

#[tokio::test]
async fn from_proposal_to_review_and_back() {
    let channel = Channel::open().await;
    let mut body = tests::proposal(MARKUP);
    body["email"] = "someone@example.net".into();
    let told = channel.post_json(&body).await.json();
    channel.settle().await;
    let id = told["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(channel.state(id).await, "in_review");
    let status = told["status_url"].as_str().unwrap().strip_prefix(&channel.web.base_url).unwrap().to_owned();
    let page = channel.get(&status).await;
    assert!(page.body.contains("&lt;script&gt;alert(1)"), "{}", page.body);
    assert_inert(&page, "status");

    for (_, path) in channel.mailbox.review_paths() {
        let page = channel.get(&path).await;
        assert!(page.body.contains("&lt;script&gt;alert(1)"));
        assert_inert(&page, "review");
        let seal = tests::field(&page.body, "form_token").unwrap();
        let fields = [
            ("form_token", seal.as_str()),
            ("decision", "reword"),
            ("suggestion", MARKUP),
            ("reword_reason", MARKUP),
            ("note", MARKUP),
        ];
        let confirmation = channel.post_form(&path, &fields).await;
        assert_eq!(confirmation.status, 200);
        assert_inert(&confirmation, "confirmation");
        for changed in [("decision", MARKUP), ("form_token", MARKUP), ("suggestion", "a\0")] {
            let mut fields = fields.to_vec();
            fields.retain(|(name, _)| *name != changed.0);
            fields.push(changed);
            let answer = channel.post_form(&path, &fields).await;
            assert_eq!(answer.status, 422);
            assert_inert(&answer, "refused decision");
        }
        let hidden = tests::hidden(&confirmation.body);
        let mut fields =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>();
        assert!(fields.contains(&("suggestion", MARKUP)), "whole again when it comes back");
        fields.push(("declaration", "yes"));
        let done = channel.post_form(&format!("{path}/confirm"), &fields).await;
        assert_eq!(done.status, 200);
        assert_inert(&done, "done");
        // With one's own ballot in, the others' remarks show.
        assert_inert(&channel.get(&path).await, "review again");
    }
    channel.settle().await;
    assert_eq!(channel.state(id).await, "rewording");
    let page = channel.get(&status).await;
    let shown = page.body.matches("&lt;script&gt;alert(1)").count();
    assert!(
        shown >= 2 + 2 * 5,
        "words twice or, if something is marked in them, oftener; ten pieces of advice"
    );
    assert_inert(&page, "advice");
    let refused = channel.post_form(&format!("{status}/words"), &[("text", MARKUP)]).await;
    assert_eq!(refused.status, 422);
    assert_inert(&refused, "refused words");

    let mails = channel.mailbox.all();
    assert!(mails.iter().any(|mail| mail.to == "someone@example.net"));
    for mail in mails {
        assert_harmless(&mail.html, "mail");
        for part in [&mail.subject, &mail.text, &mail.html] {
            assert!(!part.contains("alert("), "{part}");
        }
    }
}
