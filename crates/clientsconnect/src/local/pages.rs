//! The pages under `/_local/`: what in the world would be mailboxes, a social platform and an operator's console.
//!
//! Invariant: these pages only show; what a mail's button does is in [`super::bounces`]. They answer this machine alone:
//! mails hold signed links, so a request that came under another host's name (a page elsewhere whose name was pointed at
//! this machine) is refused.

use std::sync::Arc;

use askama::Template;
use axum::{
    Json, Router,
    extract::{Query, Request, State},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use curation::time::london;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    dead_letters::{DeadLetter, DeadLetters},
    mailbox::{Mailbox, ReceivedMail},
    timeline::{Thread, Timeline},
};

/// The most mails, threads or dead letters on one page: more is slow to draw, and older ones are in the JSON.
const NEWEST: usize = 200;

/// No script, nothing from elsewhere. Mails bring inline styles of their own, so styles may be inline.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; \
                      base-uri 'self'; frame-ancestors 'none'";

/// What the pages show.
#[derive(Clone)]
struct Shown {
    mailbox: Arc<Mailbox>,
    timeline: Arc<Timeline>,
    dead_letters: Arc<DeadLetters>,
}

/// The pages.
pub(crate) fn router(
    mailbox: Arc<Mailbox>,
    timeline: Arc<Timeline>,
    dead_letters: Arc<DeadLetters>,
) -> Router {
    Router::new()
        .route("/_local", get(index))
        .route("/_local/", get(index))
        .route("/_local/mail", get(mail))
        .route("/_local/mail.json", get(mail_json))
        .route("/_local/timeline", get(timeline_page))
        .route("/_local/timeline.json", get(timeline_json))
        .route("/_local/dead-letters", get(dead_letters_page))
        .route("/_local/dead-letters.json", get(dead_letters_json))
        .with_state(Shown { mailbox, timeline, dead_letters })
        .layer(middleware::from_fn(only_this_machine))
}

/// Refuses foreign host names, and adds the headers that every page has.
pub(crate) async fn only_this_machine(request: Request, next: Next) -> Response {
    // A request without a host comes from no browser.
    let host = request.headers().get(HOST).map(|host| host.to_str().unwrap_or_default());
    let mut response = if host.is_none_or(is_this_machine) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "These pages answer to 127.0.0.1 and localhost only.\n").into_response()
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a local page cannot be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// An instant as people read it.
fn shown(at: &Timestamp) -> String {
    london(*at).strftime("%a %-d %b %Y, %H:%M:%S").to_string()
}

/// The newest records first, and how many older ones are left out.
fn newest<T: Clone>(records: &[T]) -> (Vec<T>, usize) {
    let left_out = records.len().saturating_sub(NEWEST);
    (records[left_out..].iter().rev().cloned().collect(), left_out)
}

#[derive(Template)]
#[template(path = "local/index.html")]
struct IndexPage {
    mails: usize,
    threads: usize,
    dead_letters: usize,
}

async fn index(State(shown): State<Shown>) -> Response {
    page(&IndexPage {
        mails: shown.mailbox.read(<[_]>::len),
        threads: shown.timeline.threads().len(),
        dead_letters: shown.dead_letters.read(<[_]>::len),
    })
}

#[derive(Template)]
#[template(path = "local/mail.html")]
struct MailPage {
    /// Each with its number in the mailbox.
    mails: Vec<(usize, ReceivedMail)>,
    left_out: usize,
}

async fn mail(State(shown): State<Shown>) -> Response {
    let (mails, left_out) = shown.mailbox.read(newest);
    let last = left_out + mails.len();
    let mails = mails.into_iter().enumerate().map(|(place, mail)| (last - 1 - place, mail)).collect();
    page(&MailPage { mails, left_out })
}

/// Where a list of JSON begins.
#[derive(Deserialize)]
struct From {
    /// How many of the oldest records to leave out, so that a poll need not read everything again.
    #[serde(default)]
    after: usize,
}

async fn mail_json(State(shown): State<Shown>, Query(from): Query<From>) -> Json<Vec<ReceivedMail>> {
    Json(shown.mailbox.read(|mails| mails.iter().skip(from.after).cloned().collect()))
}

#[derive(Template)]
#[template(path = "local/timeline.html")]
struct TimelinePage {
    threads: Vec<Thread>,
    left_out: usize,
}

async fn timeline_page(State(shown): State<Shown>) -> Response {
    let (threads, left_out) = newest(&shown.timeline.threads());
    page(&TimelinePage { threads, left_out })
}

async fn timeline_json(State(shown): State<Shown>) -> Json<Vec<Thread>> {
    Json(shown.timeline.threads())
}

#[derive(Template)]
#[template(path = "local/dead_letters.html")]
struct DeadLettersPage {
    letters: Vec<DeadLetter>,
    left_out: usize,
}

async fn dead_letters_page(State(shown): State<Shown>) -> Response {
    let (letters, left_out) = shown.dead_letters.read(newest);
    page(&DeadLettersPage { letters, left_out })
}

async fn dead_letters_json(State(shown): State<Shown>) -> Json<Vec<DeadLetter>> {
    Json(shown.dead_letters.read(<[_]>::to_vec))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use app::ports::{Mail, Mailer};
    use axum::{body::Body, http::Method};
    use http_body_util::BodyExt;
    use platforms::Platform;
    use tower::ServiceExt;

    use super::*;
    use crate::local::{
        clock::tests::Hand,
        mailbox::tests::mail,
        timeline::tests::{intent, open},
    };

    struct Bench {
        mailbox: Arc<Mailbox>,
        timeline: Arc<Timeline>,
        dead_letters: Arc<DeadLetters>,
        _data: tempfile::TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let data = tempfile::tempdir().unwrap();
            let clock = Hand::clock("2026-11-23T12:00:00Z");
            Self {
                mailbox: Arc::new(Mailbox::open(data.path(), clock).unwrap()),
                timeline: Arc::new(open(data.path())),
                dead_letters: Arc::new(DeadLetters::open(data.path()).unwrap()),
                _data: data,
            }
        }

        async fn ask(&self, method: Method, host: &str, path: &str) -> (StatusCode, Response<()>, String) {
            let router =
                router(Arc::clone(&self.mailbox), Arc::clone(&self.timeline), Arc::clone(&self.dead_letters));
            let request = Request::builder().method(method).uri(path).header(HOST, host);
            let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            (parts.status, Response::from_parts(parts, ()), body)
        }

        async fn get(&self, path: &str) -> String {
            let (status, _, body) = self.ask(Method::GET, "127.0.0.1:8080", path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            body
        }
    }

    const PAGES: [&str; 4] = ["/_local/", "/_local/mail", "/_local/timeline", "/_local/dead-letters"];
    const LISTS: [&str; 3] = ["/_local/mail.json", "/_local/timeline.json", "/_local/dead-letters.json"];

    #[tokio::test]
    async fn every_page_is_safe_to_open_empty_or_hostile() {
        let bench = Bench::new();
        for path in PAGES.into_iter().chain(LISTS) {
            bench.get(path).await;
        }
        let hostile = "<script>alert(1)</script>\" onload=\"alert(2)";
        let post = Mail {
            to: format!("a@b {hostile}"),
            subject: hostile.to_owned(),
            text: hostile.to_owned(),
            html: hostile.to_owned(),
            unsubscribe: Some(hostile.to_owned()),
            ..mail("ann@example.org", "")
        };
        bench.mailbox.send(&post).await.unwrap();
        bench.timeline.publish(&intent(1, 0, hostile)).await.unwrap();
        bench
            .dead_letters
            .bury(DeadLetter {
                queue: "screening".to_owned(),
                body: hostile.to_owned(),
                reason: hostile.to_owned(),
                at: "2026-11-23T12:00:00Z".parse().unwrap(),
            })
            .unwrap();
        for path in PAGES {
            let (_, response, body) = bench.ask(Method::GET, "localhost", path).await;
            assert!(!body.contains("<script") && !body.contains("onload=\""), "{path}: {body}");
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
            assert!(
                response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().contains("default-src 'none'")
            );
        }
    }

    #[tokio::test]
    async fn a_request_under_a_foreign_name_is_refused() {
        let bench = Bench::new();
        bench.mailbox.send(&mail("ann@example.org", "http://127.0.0.1:1/secret")).await.unwrap();
        for host in ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", "", "[::2]:80"] {
            for path in PAGES.into_iter().chain(LISTS) {
                let (status, _, body) = bench.ask(Method::GET, host, path).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{host} {path}");
                assert!(!body.contains("secret"));
            }
        }
        for host in ["127.0.0.1", "127.0.0.1:80", "localhost:1", "[::1]", "[::1]:80"] {
            assert_eq!(bench.ask(Method::GET, host, PAGES[1]).await.0, StatusCode::OK, "{host}");
        }
    }

    #[tokio::test]
    async fn the_pages_only_show() {
        let bench = Bench::new();
        for path in PAGES.into_iter().chain(LISTS) {
            let (status, ..) = bench.ask(Method::POST, "localhost", path).await;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }

    #[tokio::test]
    async fn the_lists_have_exactly_the_promised_fields() {
        let bench = Bench::new();
        bench.mailbox.send(&mail("ann@example.org", "http://127.0.0.1:1/a")).await.unwrap();
        bench.mailbox.send(&mail("ben@example.org", "")).await.unwrap();
        bench.timeline.publish(&intent(1, 0, "One.")).await.unwrap();
        let keys = |list: &str| -> Vec<Vec<String>> {
            let list: Vec<serde_json::Map<_, _>> = serde_json::from_str(list).unwrap();
            list.into_iter()
                .map(|item| {
                    let mut keys: Vec<String> = item.into_iter().map(|(key, _)| key).collect();
                    keys.sort();
                    keys
                })
                .collect()
        };
        let mails = bench.get("/_local/mail.json").await;
        assert_eq!(
            keys(&mails),
            vec![["at", "html", "links", "subject", "submission", "text", "to", "unsubscribe"]; 2]
        );
        let later = bench.get("/_local/mail.json?after=1").await;
        assert!(later.contains("ben@example.org") && !later.contains("ann@example.org"));
        let timeline = bench.get("/_local/timeline.json").await;
        assert_eq!(keys(&timeline), [["at", "parts", "submission"]]);
    }

    #[tokio::test]
    async fn the_mailbox_shows_the_newest_two_hundred_with_links_to_follow() {
        let bench = Bench::new();
        for number in 0..=NEWEST {
            let text = format!("http://127.0.0.1:1/link-{number:03}");
            bench.mailbox.send(&mail("ann@example.org", &text)).await.unwrap();
        }
        let body = bench.get("/_local/mail").await;
        assert_eq!(body.matches("<iframe").count(), NEWEST);
        assert!(!body.contains("link-000"));
        let place =
            |number: usize| body.find(&format!("<a href=\"http://127.0.0.1:1/link-{number:03}\"")).unwrap();
        assert!(place(NEWEST) < place(NEWEST - 1) && place(2) < place(1));
    }

    #[tokio::test]
    async fn a_thread_is_shown_as_one() {
        let bench = Bench::new();
        for (part, text) in ["First part.", "Second part."].into_iter().enumerate() {
            bench.timeline.publish(&intent(1, part, text)).await.unwrap();
        }
        let body = bench.get("/_local/timeline").await;
        assert_eq!(body.matches("<article").count(), 1);
        assert!(body.find("First part.").unwrap() < body.find("Second part.").unwrap());
    }
}
