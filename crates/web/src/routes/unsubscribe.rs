//! Ending mail: the address in a mail's `List-Unsubscribe` header, for a therapist and for a submitter.
//!
//! Invariants: a GET shows and changes nothing. A POST acts whatever its body is, without a cookie, a sealed form or a
//! confirmation: mail programs send it by themselves when somebody presses their button, and RFC 8058 (section 3.2) lets
//! them send `List-Unsubscribe=One-Click` and nothing else. So the address alone says all, and what it can do is kept
//! small: it ends mail, and never touches a ballot.

use app::{
    StepFailure,
    unsubscribe::{self, UnsubscribeError},
};
use axum::{body::Body, extract::State, http::StatusCode, response::Response};
use curation::ids::{PersonId, SubmissionId};

use super::{
    Token,
    answer::{page, problem_page, unavailable_page},
    intake,
};
use crate::{
    Web,
    links::{OpenedLink, Purpose},
    pages::{DeadLink, Subscriber, Unsubscribe},
};

/// How things stand with a therapist's invitations.
pub(super) async fn therapist(State(web): State<Web>, Token(token): Token) -> Response {
    let Some((person, epoch)) = holder(&web, &token) else { return dead_link() };
    match unsubscribe::therapist(&web.core, person, epoch).await {
        Ok(therapist) => shown(&token, Subscriber::Therapist, therapist.unsubscribed),
        Err(error) => failed(&error),
    }
}

/// Ends a therapist's invitations; or, if our own page's button says so, begins them again.
pub(super) async fn end_invitations(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    let Some((person, epoch)) = holder(&web, &token) else { return dead_link() };
    let Ok(bytes) = intake::body(body).await else { return problem_page(StatusCode::PAYLOAD_TOO_LARGE) };
    // A body of any other kind, such as the multipart one of RFC 8058, is no such form and means the end.
    let resumes = intake::Form::parse(&bytes).is_ok_and(|form| form.is("resume", "yes"));
    match unsubscribe::set(&web.core, person, epoch, !resumes).await {
        Ok(()) => shown(&token, Subscriber::Therapist, !resumes),
        Err(error) => failed(&error),
    }
}

/// How things stand with mail about one submission.
pub(super) async fn submitter(State(web): State<Web>, Token(token): Token) -> Response {
    let Some(id) = submission(&web, &token) else { return dead_link() };
    match unsubscribe::gets_mail(&web.core, id).await {
        Ok(gets_mail) => shown(&token, Subscriber::Submitter, !gets_mail),
        Err(error) => failed(&error),
    }
}

/// Forgets the submitter's address for this submission.
pub(super) async fn end_news(State(web): State<Web>, Token(token): Token) -> Response {
    let Some(id) = submission(&web, &token) else { return dead_link() };
    match unsubscribe::forget_address(&web.core, id).await {
        Ok(()) => shown(&token, Subscriber::Submitter, true),
        Err(StepFailure::Store(error)) => unavailable_page(&error),
        Err(_) => dead_link(),
    }
}

fn opened(web: &Web, token: &str) -> Option<OpenedLink> {
    web.keys.open(token, Purpose::Unsubscribe, web.core.clock.now().at).ok()
}

/// A therapist's link names a person alone.
fn holder(web: &Web, token: &str) -> Option<(PersonId, u32)> {
    let opened = opened(web, token)?;
    let (_, epoch) = opened.claimed();
    opened.subject().is_empty().then_some((opened.person().parse().ok()?, epoch))
}

/// A submitter's link names a submission alone.
fn submission(web: &Web, token: &str) -> Option<SubmissionId> {
    let opened = opened(web, token)?;
    if !opened.person().is_empty() {
        return None;
    }
    opened.subject().parse().ok()
}

fn shown(token: &str, subscriber: Subscriber, is_done: bool) -> Response {
    let place = match subscriber {
        Subscriber::Therapist => "review",
        Subscriber::Submitter => "status",
    };
    let action = format!("/{place}/unsubscribe/{token}");
    page(StatusCode::OK, &Unsubscribe { subscriber, is_done, action })
}

fn dead_link() -> Response {
    page(StatusCode::NOT_FOUND, &DeadLink { asked: false })
}

fn failed(error: &UnsubscribeError) -> Response {
    match error {
        UnsubscribeError::DeadLink => dead_link(),
        UnsubscribeError::Store(error) => unavailable_page(error),
    }
}
