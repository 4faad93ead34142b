//! Proposing: the form, the API, and the help page.

use app::{
    accept::{Email, Idempotency, Proposal, Refused, Source, propose as accept, shows_risk},
    intake::{Taken, ask_by_link},
};
use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use curation::{submission::Role, words::Words};
use platforms::intake::PostAddress;
use serde_json::json;

use super::{
    SourceAddress,
    answer::{ProblemJson, STORE_RETRY, help as support, page, problem_page, retry_after},
    intake::{self, Media, Sent, Unreadable},
    review::category_name,
    shared::advice,
};
use crate::{
    Web,
    correspondence::status_link,
    pages::{Errors, Help, Reading, RefusedMinor, Role as PageRole, Submit, ThankYou, ThankYouLink},
};

/// The longest idempotency key, in characters: a UUID and then some.
const LONGEST_KEY: usize = 255;

const NOTHING_MAILED: &str = "Nobody is written to about a link: leave the address and its tick away.";
const NOT_YET_QUESTION: &str =
    "Asking a question for a general answer is not possible yet: send words to publish as text.";

pub(super) async fn form(State(web): State<Web>) -> Response {
    page(StatusCode::OK, &Submit { form_token: fresh_token(&web), ..Submit::default() })
}

fn fresh_token(web: &Web) -> String {
    data_encoding::HEXLOWER.encode(&web.core.randomness.bytes::<16>())
}

pub(super) async fn help() -> Response {
    page(StatusCode::OK, &Help {})
}

pub(super) async fn health() -> Response {
    let body = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") });
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

pub(super) async fn propose(
    State(web): State<Web>,
    source: Option<Extension<SourceAddress>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Some(media) = intake::media(&parts.headers) else {
        return refused_media(&parts.headers);
    };
    let bytes = match intake::body(body).await {
        Ok(bytes) => bytes,
        Err(_) => return too_large(media),
    };
    let read = match media {
        Media::Json => Sent::from_json(&bytes),
        Media::Form => Sent::from_form(&bytes),
    };
    let (sent, errors) = match read {
        Ok(read) => read,
        Err(Unreadable::TooLarge) => return too_large(media),
        Err(Unreadable::Malformed) => return malformed(&web, media, &bytes),
    };
    // An empty field of our own form is no text beside a link.
    let is_without_text = match media {
        Media::Json => sent.text.is_none(),
        Media::Form => sent.text.as_deref().is_none_or(|text| text.trim().is_empty()),
    };
    if sent.link.is_some() && is_without_text && sent.question.is_none() {
        return propose_link(&web, media, &sent, errors, source).await;
    }
    let (proposal, errors) = judge(&sent, errors);
    let Some(proposal) = proposal else {
        return refused(&web, media, &sent, errors);
    };
    let key = match idempotency_key(&parts.headers, &sent) {
        Ok(key) => key,
        Err(errors) => return refused(&web, media, &sent, errors),
    };
    let today = web.core.clock.now().today();
    let address = source.map(|Extension(SourceAddress(address))| address).unwrap_or_default();
    let source = Source::new(&web.address_secret, &address, today, web.hourly_limit);
    let idempotency = key.map(|key| Idempotency::new(&web.address_secret, &address, &key, &bytes));
    match accept(&web.core, &web.rules, &proposal, &source, idempotency.as_ref()).await {
        Ok(accepted) => {
            let now = web.core.clock.now();
            let Some(token) = status_link(&web.keys, accepted.id, now) else {
                // It is in, and the return code opens it: the answer must not be lost for want of a link.
                return thank(&web, media, &accepted, &format!("{}/status", web.base_url));
            };
            thank(&web, media, &accepted, &format!("{}/status/{token}", web.base_url))
        }
        Err(refusal) => not_accepted(&web, media, &sent, refusal),
    }
}

/// Somebody asks for a post by its link. It waits in intake with what others ask for; with it nothing of who asked is kept,
/// so there is nothing to come back to.
async fn propose_link(
    web: &Web,
    media: Media,
    sent: &Sent,
    errors: Errors,
    source: Option<Extension<SourceAddress>>,
) -> Response {
    let (address, errors) = judge_link(web, sent, errors);
    let Some(address) = address else {
        return refused(web, media, sent, errors);
    };
    let now = web.core.clock.now();
    let caller = source.map(|Extension(SourceAddress(address))| address).unwrap_or_default();
    let source = Source::new(&web.address_secret, &caller, now.today(), web.hourly_limit);
    match ask_by_link(&web.core, &address, &source.bucket).await {
        Ok(Taken::OverLimit) => {
            let retry_after = DAY - now.at.as_second().rem_euclid(DAY);
            not_accepted(web, media, sent, Refused::Limited { retry_after })
        }
        Ok(_) if media == Media::Form => page(StatusCode::ACCEPTED, &ThankYouLink {}),
        Ok(_) => {
            let body = json!({ "link": "waiting", "support": support() });
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::ACCEPTED, headers, body.to_string()).into_response()
        }
        Err(error) => not_accepted(web, media, sent, Refused::Store(error)),
    }
}

/// Seconds of a day, in which the links of one source are counted.
const DAY: i64 = 24 * 60 * 60;

fn judge_link(web: &Web, sent: &Sent, mut errors: Errors) -> (Option<PostAddress>, Errors) {
    let link = sent.link.as_deref().unwrap_or_default().trim();
    let mut address = None;
    if !errors.has("link") {
        match PostAddress::parse(link, web.mastodon.as_ref()) {
            Ok(parsed) if web.rules.iter().any(|rules| rules.platform == parsed.platform()) => {
                address = Some(parsed);
            }
            Ok(_) => errors.add("link", "The channel does not post on that platform."),
            Err(error) => errors.add("link", error.to_string()),
        }
    }
    let has_address = sent.email.as_deref().is_some_and(|email| !email.trim().is_empty());
    if (has_address || sent.contact) && !errors.has("email") {
        errors.add("email", NOTHING_MAILED);
    }
    if sent.role.as_deref().is_some_and(|role| PageRole::from_value(role).is_none()) {
        errors.add("role", "Choose public, client or therapist, or leave it open.");
    }
    if sent.adult != Some(true) && !errors.has("adult") {
        errors.add("adult", "You have to be 18 or over to propose words.");
    }
    let address = address.filter(|_| errors.is_empty());
    (address, errors)
}

/// Takes a proposal apart. Lists everything that is wrong with it at once.
fn judge(sent: &Sent, mut errors: Errors) -> (Option<Proposal>, Errors) {
    let given = [&sent.text, &sent.link, &sent.question].iter().filter(|field| field.is_some()).count();
    let mut words = None;
    if ["text", "link", "question"].iter().any(|name| errors.has(name)) {
        // What has the wrong type has its line already, and is not there to be counted.
    } else if given != 1 {
        errors.add(
            "text",
            match given {
                0 => "Write words, or give the link to a post.",
                _ => "Send words or a link, each by itself.",
            },
        );
    } else if sent.link.is_some() {
        // It came alone, and went to `propose_link`, unless a field beside it could not be read.
        errors.add("link", "Send a link alone, without text or question.");
    } else if sent.question.is_some() {
        errors.add("question", NOT_YET_QUESTION);
    } else {
        match Words::parse(sent.text.as_deref().unwrap_or_default()) {
            Ok(parsed) => words = Some(parsed),
            Err(error) => errors.add("text", error.to_string()),
        }
    }
    let role = match sent.role.as_deref().map(PageRole::from_value) {
        None => None,
        Some(Some(role)) => Some(match role {
            PageRole::Public => Role::Public,
            PageRole::Client => Role::Client,
            PageRole::Therapist => Role::Therapist,
        }),
        Some(None) => {
            errors.add("role", "Choose public, client or therapist, or leave it open.");
            None
        }
    };
    let email = match sent.email.as_deref().filter(|email| !email.trim().is_empty()).map(Email::parse) {
        None => None,
        Some(Ok(email)) => Some(email),
        Some(Err(error)) => {
            errors.add("email", error.to_string());
            None
        }
    };
    if sent.contact && email.is_none() && !errors.has("email") {
        errors.add("email", "Leave an address if we may write to you, or take that tick away.");
    }
    if sent.adult != Some(true) && !errors.has("adult") {
        errors.add("adult", "You have to be 18 or over to propose words.");
    }
    if !sent.publish && !errors.has("consent.publish") {
        errors.add("consent_publish", "Without your agreement we cannot publish your words.");
    }
    if !sent.health && !errors.has("consent.health") {
        errors.add("consent_health", "Without your agreement we cannot read words about health.");
    }
    let proposal = words.filter(|_| errors.is_empty()).map(|words| Proposal {
        words,
        role,
        email,
        may_contact: sent.contact,
    });
    (proposal, errors)
}

fn idempotency_key(headers: &HeaderMap, sent: &Sent) -> Result<Option<String>, Errors> {
    let refuse = || {
        let mut errors = Errors::none();
        errors.add("Idempotency-Key", format!("Use 1 to {LONGEST_KEY} printable ASCII characters."));
        errors
    };
    match headers.get("idempotency-key") {
        None => Ok(sent.form_token.clone().filter(|token| token.len() <= LONGEST_KEY)),
        Some(value) => {
            let key = value.to_str().map_err(|_| refuse())?.trim();
            if key.is_empty() || key.len() > LONGEST_KEY { Err(refuse()) } else { Ok(Some(key.to_owned())) }
        }
    }
}

fn thank(web: &Web, media: Media, accepted: &app::accept::Accepted, status_url: &str) -> Response {
    match media {
        Media::Json => {
            let body = json!({
                "id": accepted.id,
                "status_url": status_url,
                "return_code": accepted.return_code,
                "support": support(),
            });
            let headers = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::ACCEPTED, headers, body.to_string()).into_response()
        }
        Media::Form => page(
            StatusCode::ACCEPTED,
            &ThankYou {
                reference: accepted.id.reference(),
                return_code: accepted.return_code.clone(),
                status_url: status_url.trim_start_matches(&web.base_url).to_owned(),
                reading: told(&accepted.reading),
            },
        ),
    }
}

/// What was made of the words, in those of the page.
fn told(reading: &app::accept::Reading) -> Reading {
    use app::accept::Reading as Ours;
    match reading {
        Ours::Passed => Reading::Passed,
        Ours::SetAside(dangers) => {
            Reading::SetAside(dangers.iter().filter_map(|danger| noticed(*danger)).collect())
        }
        Ours::Unread => Reading::Unread,
        Ours::ComesBack => Reading::ComesBack,
        Ours::Declined => Reading::Declined,
    }
}

/// A danger, as the end of a sentence.
fn noticed(danger: screening::Category) -> Option<String> {
    content::category(&category_name(danger)).and_then(|words| words.noticed.clone())
}

fn refused_media(headers: &HeaderMap) -> Response {
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if wants_page {
        return problem_page(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let detail = "Send application/json or application/x-www-form-urlencoded.";
    ProblemJson::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into_response()
}

fn too_large(media: Media) -> Response {
    match media {
        Media::Json => ProblemJson::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Send at most 16 KiB: 2,000 characters of text fit in it.",
        )
        .into_response(),
        Media::Form => problem_page(StatusCode::PAYLOAD_TOO_LARGE),
    }
}

fn malformed(web: &Web, media: Media, bytes: &[u8]) -> Response {
    match media {
        Media::Json => ProblemJson::new(
            StatusCode::BAD_REQUEST,
            "Send one JSON object in UTF-8, with each name at most once.",
        )
        .into_response(),
        // Whoever wrote it may be in danger all the same; the page that says so first is the form itself.
        Media::Form if shows_risk(&intake::legible(bytes)) => {
            let mut errors = Errors::none();
            errors.add("text", "We could not read that form. Please send your words once more.");
            page(
                StatusCode::BAD_REQUEST,
                &Submit { errors, urgent: true, form_token: fresh_token(web), ..Submit::default() },
            )
        }
        Media::Form => problem_page(StatusCode::BAD_REQUEST),
    }
}

fn refused(web: &Web, media: Media, sent: &Sent, errors: Errors) -> Response {
    let is_age_alone = errors.all().len() == 1 && errors.has("adult");
    match media {
        Media::Json => ProblemJson {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            detail: if errors.has("adult") {
                "This channel takes words from people of 18 and over. If you are younger, there are people who would like to hear from you: they are first in the list."
            } else {
                "Nothing was kept. Mend what is listed and send it again."
            }
            .to_owned(),
            for_children: errors.has("adult"),
            errors: api_names(errors),
        }
        .into_response(),
        Media::Form if is_age_alone => page(StatusCode::UNPROCESSABLE_ENTITY, &RefusedMinor {}),
        Media::Form => page(StatusCode::UNPROCESSABLE_ENTITY, &entered(web, sent, errors)),
    }
}

/// The form's fields under the API's names.
fn api_names(errors: Errors) -> Errors {
    let mut renamed = Errors::none();
    for error in errors.all() {
        let name = match error.field.as_str() {
            "consent_publish" => "consent.publish",
            "consent_health" => "consent.health",
            other => other,
        };
        renamed.add(name, error.message.clone());
    }
    renamed
}

/// The form with everything that was entered, so that nobody types twice.
fn entered(web: &Web, sent: &Sent, errors: Errors) -> Submit {
    Submit {
        errors,
        urgent: shows_risk(&sent.words()),
        form_token: fresh_token(web),
        text: sent.text.clone().unwrap_or_default(),
        link: sent.link.clone().unwrap_or_default(),
        role: sent.role.as_deref().and_then(PageRole::from_value),
        email: sent.email.clone().unwrap_or_default(),
        contact: sent.contact,
        adult: sent.adult == Some(true),
        consent_publish: sent.publish,
        consent_health: sent.health,
    }
}

fn not_accepted(web: &Web, media: Media, sent: &Sent, refusal: Refused) -> Response {
    let field = |name: &str, message: String| {
        let mut errors = Errors::none();
        errors.add(name, message);
        errors
    };
    match refusal {
        Refused::Uncomposable(why) => refused(web, media, sent, field("text", advice(&why))),
        Refused::Limited { retry_after: seconds } => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let minutes = (seconds + 59) / 60;
            let message =
                format!("Too many proposals came from your network. Try again in {minutes} minutes.");
            let response = match media {
                Media::Json => ProblemJson::new(status, message).into_response(),
                Media::Form => page(status, &entered(web, sent, field("text", message))),
            };
            retry_after(response, seconds)
        }
        Refused::KeyReused => {
            let message =
                "This was sent before with other words. Open the form anew, or use a new Idempotency-Key.";
            match media {
                Media::Json => ProblemJson::new(StatusCode::CONFLICT, message).into_response(),
                Media::Form => {
                    page(StatusCode::CONFLICT, &entered(web, sent, field("text", message.to_owned())))
                }
            }
        }
        Refused::Store(error) => match media {
            Media::Json => {
                tracing::error!(%error, "a proposal was not stored");
                let message =
                    "We cannot take it just now. Send it again, best with the same Idempotency-Key.";
                let response = ProblemJson::new(StatusCode::SERVICE_UNAVAILABLE, message).into_response();
                retry_after(response, STORE_RETRY)
            }
            Media::Form => {
                tracing::error!(%error, "a proposal was not stored");
                let message =
                    "We cannot take it just now. Your words are still here: send them again in a minute.";
                let mut form = entered(web, sent, field("text", message.to_owned()));
                // The same mark, in case it was stored after all.
                form.form_token = sent.form_token.clone().unwrap_or(form.form_token);
                retry_after(page(StatusCode::SERVICE_UNAVAILABLE, &form), STORE_RETRY)
            }
        },
    }
}

/// The fields of one of our own forms, or the page that says what is wrong with it.
pub(super) async fn form_of(body: Body) -> Result<intake::Form, Response> {
    match intake::body(body).await.and_then(|bytes| intake::Form::parse(&bytes)) {
        Ok(form) => Ok(form),
        Err(Unreadable::TooLarge) => Err(problem_page(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(Unreadable::Malformed) => Err(problem_page(StatusCode::BAD_REQUEST)),
    }
}
