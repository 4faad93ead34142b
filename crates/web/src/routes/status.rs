//! The submitter's own page: how things stand, other words, yes or no to changed words, withdrawing.

use app::{
    Reviser, StepFailure,
    accept::{Source, shows_risk},
    return_code::ReturnCode,
    submitter::{self, ReviseError, Standing},
};
use axum::{
    body::Body,
    extract::{Extension, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use curation::{
    audit::Actor,
    ids::SubmissionId,
    submission::{Hold, State as Stage, Submission},
    words::Words,
};
use jiff::SignedDuration;

use super::{
    SourceAddress, Token,
    answer::{page, retry_after, unavailable_page},
    public::form_of,
    review::findings,
    shared::{advice, shared},
};
use crate::{
    Web,
    correspondence::status_link,
    links::{DeadLink, FormAction, FormSeal, NO_REVISION, Purpose},
    pages::{
        self, Agree, Appeal, Change, Dated, Difference, Done, DoneKind, Errors, MarkedText, StatusConfirm,
        StatusEntry, When, Withdraw,
    },
};

/// Return codes that one source may try in [`TRIES_WINDOW`]: people mistype, guessing 80 bits takes longer than that.
const MOST_TRIES: u64 = 20;

/// The window in which tries are counted.
const TRIES_WINDOW: SignedDuration = SignedDuration::from_hours(1);

pub(super) async fn entry() -> Response {
    page(StatusCode::OK, &StatusEntry::default())
}

/// Looks a return code up. It changes nothing but a counter, and is a POST so that codes stay out of addresses.
pub(super) async fn enter(
    State(web): State<Web>,
    source: Option<Extension<SourceAddress>>,
    body: Body,
) -> Response {
    let form = match form_of(body).await {
        Ok(form) => form,
        Err(response) => return response,
    };
    let wrong = |status, message: &str| {
        let mut errors = Errors::none();
        errors.add("return_code", message);
        page(status, &StatusEntry { errors })
    };
    let Ok(code) = form.get("return_code").parse::<ReturnCode>() else {
        return wrong(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Enter the code you were given: 16 letters and digits.",
        );
    };
    let now = web.core.clock.now();
    let address = source.map(|Extension(SourceAddress(address))| address).unwrap_or_default();
    let source = Source::new(&web.address_secret, &address, now.today(), MOST_TRIES);
    match web.core.store.count(&format!("code#{}", source.bucket), TRIES_WINDOW, now).await {
        Ok(tries) if tries > MOST_TRIES.max(web.hourly_limit) => {
            let response =
                wrong(StatusCode::TOO_MANY_REQUESTS, "That were many tries. Come back in an hour.");
            return retry_after(response, TRIES_WINDOW.as_secs());
        }
        Ok(_) => {}
        Err(error) => return unavailable_page(&error),
    }
    match web.core.store.by_return_code(&code.hash()).await {
        Ok(Some(id)) => match status_link(&web.keys, id, now) {
            Some(token) => Redirect::to(&format!("/status/{token}")).into_response(),
            None => unavailable_page(&DeadLink),
        },
        Ok(None) => wrong(
            StatusCode::UNPROCESSABLE_ENTITY,
            "We know no such code. Check it letter by letter. What is erased has no code any more.",
        ),
        Err(error) => unavailable_page(&error),
    }
}

/// A status link that opened, and what stands behind it.
struct Opened {
    id: SubmissionId,
    action: String,
    standing: Standing,
}

async fn open(web: &Web, token: &str) -> Result<Opened, Response> {
    let dead = || {
        let mut errors = Errors::none();
        errors.add("return_code", "That link no longer works. Your return code still does.");
        page(StatusCode::NOT_FOUND, &StatusEntry { errors })
    };
    let opened = web.keys.open(token, Purpose::Status, web.core.clock.now().at).map_err(|_| dead())?;
    let link = opened.still_valid(0, NO_REVISION).map_err(|_| dead())?;
    let id = link.subject.parse::<SubmissionId>().map_err(|_| dead())?;
    match submitter::look(&web.core, id).await {
        Ok(standing) => Ok(Opened { id, action: format!("/status/{token}"), standing }),
        Err(StepFailure::Unknown) => Err(dead()),
        Err(error) => Err(unavailable_page(&error)),
    }
}

pub(super) async fn show(State(web): State<Web>, Token(token): Token) -> Response {
    match open(&web, &token).await {
        Ok(opened) => status_page(&web, &opened, StatusCode::OK, Errors::none(), None),
        Err(response) => response,
    }
}

fn status_page(
    web: &Web,
    opened: &Opened,
    status: StatusCode,
    errors: Errors,
    typed: Option<String>,
) -> Response {
    let Standing { submission, revision, report, advice, own_words } = &opened.standing;
    let words = revision.as_ref().map(|revision| revision.composition.words.clone());
    let shown = words.clone().filter(|words| !words.is_empty());
    let marked = shown.map(|words| match report {
        Some(report) => MarkedText::new(words, findings(report)).for_writer(),
        None => MarkedText::plain(words),
    });
    let sounds_urgent = typed.as_deref().is_some_and(shows_risk);
    let waits_for_words = matches!(submission.state, Stage::NeedsRedaction { .. } | Stage::Rewording { .. });
    let change = waits_for_words.then(|| Change {
        text: typed.or(words.clone()).unwrap_or_default(),
        advice: advice.clone(),
        form_token: seal(web, FormAction::Words, submission),
    });
    let agree = own_words.as_ref().map(|own| Agree {
        difference: Difference::between(own, words.as_deref().unwrap_or_default()),
        form_token: seal(web, FormAction::Agree, submission),
    });
    let may_appeal = matches!(submission.state, Stage::Declined { .. }) && !submission.appealed;
    let appeal = may_appeal.then(|| Appeal { form_token: seal(web, FormAction::Appeal, submission) });
    let withdraw = may_withdraw(submission)
        .then(|| Withdraw { form_token: seal(web, FormAction::Withdraw, submission) });
    page(
        status,
        &pages::Status {
            errors,
            reference: submission.id.reference(),
            // What was withdrawn while the lead looks at it is withdrawn for whoever proposed it.
            state: if submission.ended { "withdrawn" } else { submission.state.name() }.to_owned(),
            urgent: submission.is_concealed() || sounds_urgent,
            set_aside: matches!(submission.state, Stage::Held { hold: Hold::Crisis { .. }, .. })
                && !submission.ended,
            dates: dates(submission),
            shared: revision.as_ref().and_then(|revision| revision.composition.target.as_ref()).map(shared),
            words: marked,
            action: opened.action.clone(),
            change,
            agree,
            appeal,
            withdraw,
        },
    )
}

fn dates(submission: &Submission) -> Vec<Dated> {
    let dated = |label: &str, when| Dated { label: label.to_owned(), when: When(when) };
    let mut dates = vec![dated("Received", submission.received_at)];
    match &submission.state {
        Stage::InReview { .. } => {
            dates.extend(submission.review.as_ref().map(|review| dated("Review ends by", review.deadline)));
        }
        Stage::NeedsRedaction { due_at }
        | Stage::Rewording { due_at }
        | Stage::Approved { awaits_submitter: true, due_at } => {
            dates.push(dated("Please answer by", *due_at))
        }
        Stage::Declined { due_at } if !submission.appealed => {
            dates.push(dated("Ask for a person by", *due_at));
        }
        Stage::Published { at } => dates.push(dated("Published", *at)),
        Stage::Withdrawn { due_at: Some(at) }
        | Stage::Expired { due_at: Some(at) }
        | Stage::Closed { due_at: Some(at) }
        | Stage::Retracted { due_at: Some(at) } => dates.push(dated("Erased on", *at)),
        _ => {}
    }
    dates
}

fn may_withdraw(submission: &Submission) -> bool {
    !submission.ended
        && !matches!(
            submission.state,
            Stage::Retracting { .. }
                | Stage::Retracted { .. }
                | Stage::Withdrawn { .. }
                | Stage::Expired { .. }
                | Stage::Closed { .. }
        )
}

/// What a form of this page is bound to: an answer to words is bound to the version that showed them.
fn form(action: FormAction, submission: &Submission) -> FormSeal {
    let is_about_words = matches!(action, FormAction::Words | FormAction::Agree);
    FormSeal {
        action,
        subject: submission.id.to_string(),
        person: String::new(),
        revision: submission.revision,
        version: if is_about_words { submission.version } else { 0 },
        digest: None,
    }
}

fn seal(web: &Web, action: FormAction, submission: &Submission) -> String {
    let sealed = web.keys.seal_form(&form(action, submission), web.core.clock.real_time());
    sealed.map(|token| token.as_str().to_owned()).unwrap_or_default()
}

fn is_sealed(web: &Web, action: FormAction, submission: &Submission, token: &str) -> bool {
    web.keys.check_form(token, &form(action, submission), web.core.clock.real_time()).is_ok()
}

const STALE_FORM: &str =
    "This page was open for a while and things have moved on. Look again, and send it once more.";

pub(super) async fn words(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    let (opened, fields) = match (open(&web, &token).await, form_of(body).await) {
        (Ok(opened), Ok(fields)) => (opened, fields),
        (Err(response), _) | (_, Err(response)) => return response,
    };
    let submission = &opened.standing.submission;
    let text = fields.get("text");
    let mut errors = Errors::none();
    if !fields.is("confirm", "yes") {
        errors.add("confirm", "Tick the box if these words are to take the place of the earlier ones.");
    }
    let words = Words::parse(text);
    if let Err(error) = &words {
        errors.add("text", error.to_string());
    }
    if errors.is_empty() && !is_sealed(&web, FormAction::Words, submission, fields.get("form_token")) {
        errors.add("text", STALE_FORM);
    }
    let (true, Ok(words)) = (errors.is_empty(), words) else {
        return status_page(&web, &opened, StatusCode::UNPROCESSABLE_ENTITY, errors, Some(text.to_owned()));
    };
    let reviser = Reviser { actor: Actor::Submitter, is_other: false };
    match submitter::revise(&web.core, &web.rules, opened.id, &words, reviser, submission.revision).await {
        Ok(after) if after.is_concealed() => show(State(web), Token(token)).await,
        Ok(_) => done(&opened, DoneKind::WordsChanged),
        Err(ReviseError::Uncomposable(why)) => {
            errors.add("text", advice(&why));
            status_page(&web, &opened, StatusCode::UNPROCESSABLE_ENTITY, errors, Some(text.to_owned()))
        }
        Err(ReviseError::Guidance(why)) => {
            errors.add("text", why.to_owned());
            status_page(&web, &opened, StatusCode::UNPROCESSABLE_ENTITY, errors, Some(text.to_owned()))
        }
        Err(ReviseError::Step(failure)) => failed(&web, &token, failure).await,
    }
}

pub(super) async fn agree(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    let (opened, fields) = match (open(&web, &token).await, form_of(body).await) {
        (Ok(opened), Ok(fields)) => (opened, fields),
        (Err(response), _) | (_, Err(response)) => return response,
    };
    let mut errors = Errors::none();
    if !is_sealed(&web, FormAction::Agree, &opened.standing.submission, fields.get("form_token")) {
        errors.add("answer", STALE_FORM);
    }
    let outcome = match fields.get("answer") {
        _ if !errors.is_empty() => None,
        "yes" => Some(submitter::agree(&web.core, opened.id).await),
        // That is a withdrawal: asked once more, like any other.
        "no" => return confirm_page(&web, &opened, Errors::none()),
        _ => {
            errors.add("answer", "Choose yes or no.");
            None
        }
    };
    match outcome {
        None => status_page(&web, &opened, StatusCode::UNPROCESSABLE_ENTITY, errors, None),
        Some(Ok(_)) => done(&opened, DoneKind::Answered),
        Some(Err(failure)) => failed(&web, &token, failure).await,
    }
}

pub(super) async fn appeal(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    let (opened, fields) = match (open(&web, &token).await, form_of(body).await) {
        (Ok(opened), Ok(fields)) => (opened, fields),
        (Err(response), _) | (_, Err(response)) => return response,
    };
    let mut errors = Errors::none();
    if !fields.is("appeal", "yes") {
        errors.add("appeal", "Tick the box if a person should look at your words.");
    } else if !is_sealed(&web, FormAction::Appeal, &opened.standing.submission, fields.get("form_token")) {
        errors.add("appeal", STALE_FORM);
    }
    if !errors.is_empty() {
        return status_page(&web, &opened, StatusCode::UNPROCESSABLE_ENTITY, errors, None);
    }
    match submitter::appeal(&web.core, opened.id).await {
        Ok(_) => done(&opened, DoneKind::Appealed),
        Err(failure) => failed(&web, &token, failure).await,
    }
}

pub(super) async fn withdraw(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    let (opened, fields) = match (open(&web, &token).await, form_of(body).await) {
        (Ok(opened), Ok(fields)) => (opened, fields),
        (Err(response), _) | (_, Err(response)) => return response,
    };
    match fields.get("withdraw") {
        "yes" => confirm_page(&web, &opened, Errors::none()),
        "no" => done(&opened, DoneKind::LeftAlone),
        _ => {
            let mut errors = Errors::none();
            errors.add("withdraw", "Choose whether to withdraw or to leave them.");
            status_page(&web, &opened, StatusCode::UNPROCESSABLE_ENTITY, errors, None)
        }
    }
}

fn confirm_page(web: &Web, opened: &Opened, errors: Errors) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let submission = &opened.standing.submission;
    page(
        status,
        &StatusConfirm {
            errors,
            reference: submission.id.reference(),
            action: opened.action.clone(),
            form_token: seal(web, FormAction::Withdraw, submission),
        },
    )
}

pub(super) async fn withdraw_confirm(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    let (opened, fields) = match (open(&web, &token).await, form_of(body).await) {
        (Ok(opened), Ok(fields)) => (opened, fields),
        (Err(response), _) | (_, Err(response)) => return response,
    };
    let mut errors = Errors::none();
    if !fields.is("confirm", "yes") {
        errors.add("confirm", "Tick the box to withdraw your words.");
    } else if !is_sealed(&web, FormAction::Withdraw, &opened.standing.submission, fields.get("form_token")) {
        errors.add("confirm", STALE_FORM);
    }
    if !errors.is_empty() {
        return confirm_page(&web, &opened, errors);
    }
    match submitter::withdraw(&web.core, opened.id).await {
        Ok(_) => done(&opened, DoneKind::Withdrawn),
        Err(failure) => failed(&web, &token, failure).await,
    }
}

fn done(opened: &Opened, kind: DoneKind) -> Response {
    let reference = opened.id.reference();
    page(StatusCode::OK, &Done { reference, kind, back: Some(opened.action.clone()), urgent: false })
}

/// What is no longer possible is best explained by how things stand now.
async fn failed(web: &Web, token: &str, failure: StepFailure) -> Response {
    match failure {
        StepFailure::Store(error) => unavailable_page(&error),
        StepFailure::Unknown | StepFailure::Invalid(_) => match open(web, token).await {
            Ok(opened) => status_page(web, &opened, StatusCode::CONFLICT, Errors::none(), None),
            Err(response) => response,
        },
    }
}
