//! What every answer has, page or not, good or bad; and HEAD, which is GET without a body.

use tests::{Answer, Channel};

use crate::{FILLED, JSON, TEXT, assert_page, assert_problem, filled};

fn assert_dressed(answer: &Answer, what: &str) {
    for (name, value) in web::headers::security_headers() {
        assert_eq!(answer.header(name), value, "{what}");
    }
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.headers.get("set-cookie").is_none(), "{what}");
    let allowed = [
        "allow",
        "content-length",
        "content-type",
        "location",
        "retry-after",
        "content-security-policy",
        "referrer-policy",
        "cache-control",
        "x-robots-tag",
        "x-content-type-options",
        "x-frame-options",
        "cross-origin-opener-policy",
    ];
    for name in answer.headers.keys() {
        assert!(allowed.contains(&name.as_str()), "{what}: {name}");
    }
}

/// A status page and a review page.
async fn addresses(channel: &Channel) -> [String; 2] {
    let told = channel.post_json(&tests::proposal(TEXT)).await.json();
    channel.settle().await;
    let status = told["status_url"].as_str().unwrap().strip_prefix(&channel.web.base_url).unwrap().to_owned();
    [status, channel.mailbox.review_paths().remove(0).1]
}

#[tokio::test]
async fn every_answer_is_dressed() {
    let channel = Channel::open().await;
    let [status, review] = addresses(&channel).await;
    let json = |body: &str| channel.post_raw("/submissions", &[JSON], body.to_owned());
    let mut answers = vec![
        ("accepted", json(&tests::proposal(TEXT).to_string()).await, 202),
        ("thanked", channel.post_form("/submissions", &FILLED).await, 202),
        ("malformed", json("{").await, 400),
        ("refused", json("{}").await, 422),
        ("refused form", channel.post_form("/submissions", &[]).await, 422),
        ("under 18", channel.post_form("/submissions", &filled("adult", "")).await, 422),
        ("too large", json(&" ".repeat(20_000)).await, 413),
        ("no kind", channel.post_raw("/submissions", &[], "").await, 415),
        ("wrong method", channel.get("/submissions").await, 405),
        ("wrong method", channel.get("/review/fresh").await, 405),
        ("wrong method", channel.post_form("/help", &[]).await, 405),
        ("no page", channel.get("/none").await, 404),
        ("no page", channel.get("/%FF").await, 404),
        ("no page", channel.get("/submissions/").await, 404),
        ("dead link", channel.get("/review/none").await, 404),
        ("illegible link", channel.get("/review/%FF").await, 404),
        ("dead status", channel.get("/status/none").await, 404),
        ("unsealed", channel.post_form(&review, &[("decision", "approve")]).await, 422),
        ("unsealed", channel.post_form(&format!("{review}/confirm"), &[("decision", "approve")]).await, 422),
        ("malformed", channel.post_raw(&review, &[], "a=1&a=2").await, 400),
        ("too large", channel.post_raw(&review, &[], "a".repeat(20_000)).await, 413),
        ("unchosen", channel.post_form(&format!("{status}/withdraw"), &[]).await, 422),
        ("chosen", channel.post_form(&format!("{status}/withdraw"), &[("withdraw", "yes")]).await, 200),
        ("wrong code", channel.post_form("/status", &[("return_code", "1")]).await, 422),
        ("fresh link", channel.post_form("/review/fresh", &[("email", "x")]).await, 200),
    ];
    for path in ["/", "/help", "/status", "/health", &status, &review] {
        answers.push((path, channel.get(path).await, 200));
    }
    for (what, answer, expected) in answers {
        assert_eq!(answer.status, expected, "{what}");
        assert_dressed(&answer, what);
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let channel = Channel::open().await;
    let [status, review] = addresses(&channel).await;
    for path in
        ["/", "/help", "/status", "/health", &status, &review, "/review/none", "/status/none", "/none"]
    {
        let (head, get) = (channel.head(path).await, channel.get(path).await);
        assert_eq!(head.status, get.status, "{path}");
        assert_eq!(head.body, "", "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        assert_dressed(&head, path);
    }
    for path in ["/submissions", "/review/fresh"] {
        assert_eq!(channel.head(path).await.status, 405, "{path}");
    }
}

/// Programs read JSON also where the address or the method is wrong; people get a page.
#[tokio::test]
async fn a_wrong_address_or_method_is_answered_in_kind() {
    let channel = Channel::open_with(0).await;
    let body = tests::proposal(TEXT).to_string();
    for (path, status) in [("/submission", 404), ("/submissions/", 404), ("/help", 405), ("/health", 405)] {
        assert_problem(&channel.post_raw(path, &[JSON], body.clone()).await, status);
        let headers = [("accept", "application/problem+json, application/json")];
        assert_problem(&channel.post_raw(path, &headers, "").await, status);
        assert_page(&channel.post_form(path, &FILLED).await, status);
    }
    let wrong = channel.get("/submissions").await;
    assert_page(&wrong, 405);
    assert_eq!(wrong.header("allow"), "POST");
}

/// Words in an address or a header are not repeated in the answer either.
#[tokio::test]
async fn nothing_of_a_wrong_request_is_repeated() {
    const MARK: &str = "zebraquartz";
    let channel = Channel::open_with(0).await;
    let key = MARK.repeat(30);
    let body = tests::proposal(TEXT).to_string();
    for answer in [
        channel.get(&format!("/{MARK}")).await,
        channel.get(&format!("/?{MARK}={MARK}")).await,
        channel.get(&format!("/review/{MARK}")).await,
        channel.get(&format!("/status/{MARK}")).await,
        channel.post_form(&format!("/review/{MARK}/confirm"), &[(MARK, MARK)]).await,
        channel.post_form("/review/fresh", &[("email", MARK)]).await,
        channel.post_form("/status", &[("return_code", MARK)]).await,
        channel.post_raw("/submissions", &[("content-type", MARK), ("accept", MARK)], MARK).await,
        channel.post_raw("/submissions", &[JSON, ("idempotency-key", &key)], body).await,
        channel.post_raw("/submissions", &[JSON], MARK).await,
    ] {
        assert!(!answer.body.contains(MARK), "{}", answer.body);
        assert!(!format!("{:?}", answer.headers).contains(MARK));
    }
}
