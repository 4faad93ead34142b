//! Ending mail: the address in a mail's `List-Unsubscribe` header, for a therapist and for a submitter.
//!
//! Invariants: a GET shows and changes nothing. A POST acts in two cases: if it is the one request of RFC 8058, which mail
//! programs send by themselves when somebody presses their button, and if somebody ticked the box of our own page. A form
//! that is sent as it stands says neither, so a gateway that submits what it finds ends nothing. There is no cookie and
//! no sealed form, as RFC 8058 wants it; what the address can do is kept small: it ends mail, and never touches a ballot.

mod one_click;

use app::{
    StepFailure,
    unsubscribe::{self, UnsubscribeError},
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use curation::ids::{PersonId, SubmissionId};

use super::{
    Token,
    answer::{page, problem_page, unavailable_page},
    intake,
};
use crate::{
    Web,
    links::{OpenedLink, Purpose},
    pages::{DeadLink, Errors, Subscriber, Unsubscribe},
};

/// What somebody wants of their mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    End,
    Resume,
}

impl Wish {
    /// What a body says; none if it says nothing clearly, as a form does that was sent as it stands.
    fn read(headers: &HeaderMap, body: &[u8]) -> Option<Self> {
        if one_click::asks(headers, body) {
            return Some(Self::End);
        }
        let form = intake::Form::parse(body).ok()?;
        match form.get("confirm") {
            Unsubscribe::END => Some(Self::End),
            Unsubscribe::RESUME => Some(Self::Resume),
            _ => None,
        }
    }
}

/// How things stand with a therapist's invitations.
pub(super) async fn therapist(State(web): State<Web>, Token(token): Token) -> Response {
    let Some((person, epoch)) = holder(&web, &token) else { return dead_link() };
    match unsubscribe::therapist(&web.core, person, epoch).await {
        Ok(therapist) => shown(&token, Subscriber::Therapist, therapist.unsubscribed),
        Err(error) => failed(&error),
    }
}

/// Ends a therapist's invitations; or, if that box of our own page was ticked, begins them again.
pub(super) async fn end_invitations(
    State(web): State<Web>,
    Token(token): Token,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some((person, epoch)) = holder(&web, &token) else { return dead_link() };
    let Ok(bytes) = intake::body(body).await else { return problem_page(StatusCode::PAYLOAD_TOO_LARGE) };
    let outcome = match Wish::read(&headers, &bytes) {
        Some(wish) => {
            let is_end = wish == Wish::End;
            let set = unsubscribe::set(&web.core, person, epoch, is_end).await;
            set.map(|()| shown(&token, Subscriber::Therapist, is_end))
        }
        None => {
            let therapist = unsubscribe::therapist(&web.core, person, epoch).await;
            therapist.map(|one| shown_again(&token, Subscriber::Therapist, one.unsubscribed))
        }
    };
    outcome.unwrap_or_else(|error| failed(&error))
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
pub(super) async fn end_news(
    State(web): State<Web>,
    Token(token): Token,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(id) = submission(&web, &token) else { return dead_link() };
    let Ok(bytes) = intake::body(body).await else { return problem_page(StatusCode::PAYLOAD_TOO_LARGE) };
    // What is forgotten cannot be brought back, so nothing else is understood here.
    if Wish::read(&headers, &bytes) != Some(Wish::End) {
        return match unsubscribe::gets_mail(&web.core, id).await {
            Ok(gets_mail) => shown_again(&token, Subscriber::Submitter, !gets_mail),
            Err(error) => failed(&error),
        };
    }
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
    page(StatusCode::OK, &unsubscribe_page(token, subscriber, is_done))
}

/// Nothing was ticked, so nothing changed.
fn shown_again(token: &str, subscriber: Subscriber, is_done: bool) -> Response {
    let mut again = unsubscribe_page(token, subscriber, is_done);
    let Some(reminder) = again.reminder() else { return page(StatusCode::OK, &again) };
    again.errors.add("confirm", reminder);
    page(StatusCode::UNPROCESSABLE_ENTITY, &again)
}

fn unsubscribe_page(token: &str, subscriber: Subscriber, is_done: bool) -> Unsubscribe {
    let place = match subscriber {
        Subscriber::Therapist => "review",
        Subscriber::Submitter => "status",
    };
    let action = format!("/{place}/unsubscribe/{token}");
    Unsubscribe { subscriber, is_done, action, errors: Errors::none() }
}

fn dead_link() -> Response {
    page(StatusCode::NOT_FOUND, &DeadLink::default())
}

fn failed(error: &UnsubscribeError) -> Response {
    match error {
        UnsubscribeError::DeadLink => dead_link(),
        UnsubscribeError::Store(error) => unavailable_page(error),
    }
}
