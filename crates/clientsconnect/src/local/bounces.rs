//! Mail that comes back, in the local mode: a button at each mail of the mailbox stands for the mail systems of the world.
//!
//! Invariant: what the button sends is the event that EventBridge would bring to the queue `bounces`, and what follows
//! from it is decided by record-bounce.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use serde_json::{Value, json};

use super::{
    mailbox::{Mailbox, ReceivedMail},
    pages::only_this_machine,
    queue::LocalQueue,
};

#[derive(Clone)]
struct Parts {
    mailbox: Arc<Mailbox>,
    bounces: Arc<LocalQueue>,
}

/// `POST /_local/mail/{number}/bounce`: the mail with this number, from 0 for the oldest, came back.
pub(crate) fn router(mailbox: Arc<Mailbox>, bounces: Arc<LocalQueue>) -> Router {
    Router::new()
        .route("/_local/mail/{number}/bounce", post(bounce))
        .with_state(Parts { mailbox, bounces })
        .layer(middleware::from_fn(from_our_own_page))
        .layer(middleware::from_fn(only_this_machine))
}

/// Another site's page could send a form here, too. Browsers say where a request comes from; other programs may.
async fn from_our_own_page(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site").map(|site| site.to_str().unwrap_or_default());
    match site {
        None | Some("same-origin" | "none") => next.run(request).await,
        Some(_) => (StatusCode::FORBIDDEN, "Use the button on the mailbox's page.\n").into_response(),
    }
}

async fn bounce(State(parts): State<Parts>, Path(number): Path<usize>) -> Response {
    let Some(event) = parts.mailbox.read(|mails| mails.get(number).map(|mail| event(number, mail))) else {
        return (StatusCode::NOT_FOUND, "There is no mail with this number.\n").into_response();
    };
    match parts.bounces.send_raw(event.to_string()) {
        Ok(()) => Redirect::to("/_local/mail").into_response(),
        Err(error) => {
            tracing::error!(%error, "a bounce could not be sent");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// The event as the documentation of SES and EventBridge has it, with AWS's own example account.
fn event(number: usize, mail: &ReceivedMail) -> Value {
    let tags = mail.submission.map(|id| (aws::mail::SUBMISSION_TAG.to_owned(), json!([id])));
    json!({
        "version": "0",
        "id": format!("local-bounce-{number}"),
        "detail-type": "Email Bounced",
        "source": "aws.ses",
        "account": "123456789012",
        "time": mail.at.to_string(),
        "region": "local",
        "resources": ["arn:aws:ses:local:123456789012:configuration-set/local"],
        "detail": {
            "eventType": "Bounce",
            "bounce": {
                "feedbackId": format!("local-bounce-{number}"),
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{
                    "emailAddress": mail.to, "action": "failed", "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                }],
                "timestamp": mail.at.to_string(),
                "reportingMTA": "dsn; local",
            },
            "mail": {
                "timestamp": mail.at.to_string(),
                "messageId": format!("local-{number}"),
                "destination": [mail.to],
                "tags": tags.into_iter().collect::<serde_json::Map<_, _>>(),
            },
        },
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use app::{bounce::Kind, ports::Mailer};
    use axum::{body::Body, http::header::HOST};
    use record_bounce::SesEvent;
    use tower::ServiceExt;

    use super::*;
    use crate::local::{
        clock::tests::Hand,
        dead_letters::DeadLetters,
        mailbox::tests::{SUBMISSION, mail},
        queue::{LocalQueues, Reasons},
    };

    async fn bench() -> (Arc<Mailbox>, Arc<LocalQueue>, tempfile::TempDir) {
        let data = tempfile::tempdir().unwrap();
        let clock = Hand::clock("2026-11-23T12:00:00Z");
        let mailbox = Arc::new(Mailbox::open(data.path(), Arc::clone(&clock)).unwrap());
        let dead_letters = Arc::new(DeadLetters::open(data.path()).unwrap());
        let queues = LocalQueues::new(&dead_letters, &Reasons::default(), &clock);
        mailbox.send(&mail("ann@example.org", "Words")).await.unwrap();
        (mailbox, Arc::clone(queues.bounces()), data)
    }

    #[tokio::test]
    async fn the_event_is_one_that_record_bounce_reads() {
        let (mailbox, ..) = bench().await;
        let event = mailbox.read(|mails| event(0, &mails[0]).to_string());
        let event: SesEvent = serde_json::from_str(&event).unwrap();
        let bounce = event.bounce().unwrap();
        assert_eq!((bounce.kind, &bounce.addresses), (Kind::Permanent, &vec!["ann@example.org".to_owned()]));
        assert_eq!(bounce.submission, Some(SUBMISSION.parse().unwrap()));
    }

    #[tokio::test]
    async fn only_the_page_itself_can_let_a_mail_come_back() {
        let (mailbox, bounces, _data) = bench().await;
        let router = router(mailbox, Arc::clone(&bounces));
        let ask = async |number: usize, host: &str, site: Option<&str>| {
            let request = Request::post(format!("/_local/mail/{number}/bounce")).header(HOST, host);
            let request =
                site.into_iter().fold(request, |request, site| request.header("sec-fetch-site", site));
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
        };
        assert_eq!(ask(0, "evil.example", None).await, StatusCode::FORBIDDEN);
        assert_eq!(ask(0, "127.0.0.1", Some("cross-site")).await, StatusCode::FORBIDDEN);
        assert_eq!(ask(1, "127.0.0.1", None).await, StatusCode::NOT_FOUND);
        assert_eq!(bounces.depth(), 0);
        assert_eq!(ask(0, "127.0.0.1", Some("same-origin")).await, StatusCode::SEE_OTHER);
        assert_eq!(bounces.depth(), 1);
    }
}
