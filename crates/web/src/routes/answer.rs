//! Answers: pages, problem JSON (RFC 9457), and the help that comes with both.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use content::Helpline;
use serde::Serialize;
use serde_json::json;

use crate::pages::{Errors, Page, Problem, support};

/// One place to turn to, as the public API gives it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Support {
    name: &'static str,
    contact: &'static str,
    hours: &'static str,
    url: &'static str,
}

impl From<&'static Helpline> for Support {
    fn from(line: &'static Helpline) -> Self {
        Self { name: &line.name, contact: &line.contact, hours: &line.hours, url: &line.url }
    }
}

/// The help that every answer of the public API carries.
pub(crate) fn help() -> Vec<Support> {
    support::everyone().into_iter().map(Support::from).collect()
}

/// The same with the lines for children first.
pub(crate) fn help_for_children() -> Vec<Support> {
    let children = support::for_children();
    let others = support::everyone().into_iter().filter(|line| !children.contains(line));
    children.iter().copied().chain(others).map(Support::from).collect()
}

pub(crate) fn page(status: StatusCode, page: &impl Page) -> Response {
    (status, Html(page.html())).into_response()
}

pub(crate) fn problem_page(status: StatusCode) -> Response {
    page(status, &Problem::for_status(status.as_u16()))
}

/// An error at the edge, in the kind that the caller reads: a page for who says nothing about it, as browsers and people
/// with a cut-off link do; problem JSON for who sends or asks for JSON.
pub(crate) fn problem_for(headers: &HeaderMap, status: StatusCode, detail: &str) -> Response {
    let says = |name, wanted| {
        let value = headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().contains(wanted))
    };
    let wants_page = says(header::ACCEPT, "text/html");
    let wants_json = says(header::ACCEPT, "json") || says(header::CONTENT_TYPE, "application/json");
    if wants_json && !wants_page {
        ProblemJson::new(status, detail).into_response()
    } else {
        problem_page(status)
    }
}

/// An error of the public API.
pub(crate) struct ProblemJson {
    pub(crate) status: StatusCode,
    pub(crate) detail: String,
    pub(crate) errors: Errors,
    pub(crate) for_children: bool,
}

impl ProblemJson {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Errors::none(), for_children: false }
    }
}

impl IntoResponse for ProblemJson {
    fn into_response(self) -> Response {
        let errors = self.errors.all().iter();
        let errors =
            errors.map(|error| json!({ "field": error.field, "detail": error.message })).collect::<Vec<_>>();
        let mut body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "support": if self.for_children { help_for_children() } else { help() },
        });
        if !errors.is_empty() {
            body["errors"] = errors.into();
        }
        let mut response = (self.status, body.to_string()).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

pub(crate) fn retry_after(mut response: Response, seconds: i64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

/// Seconds after which a failed store is worth another try.
pub(crate) const STORE_RETRY: i64 = 5;

/// Seconds after which keys that could not be had are worth another try.
pub(crate) const KEYS_RETRY: i64 = 60;

/// The store did not answer. The cause is for the log alone.
pub(crate) fn unavailable_page(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a request failed");
    retry_after(problem_page(StatusCode::SERVICE_UNAVAILABLE), STORE_RETRY)
}
