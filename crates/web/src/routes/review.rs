//! The reviewer's page, a ballot in two steps, and fresh links.

use app::{
    accept::{Email, Source, shows_risk},
    fresh_link,
    note::{self, Unfit},
    vote::{self, Holder, NewBallot, Opened, ReviewError, ReviewView},
};
use axum::{
    body::Body,
    extract::{Extension, State},
    http::StatusCode,
    response::Response,
};
use curation::{
    cadence::{GUIDANCE_EVERY, GUIDANCE_WITHIN},
    composition::Composition,
    review::{Decision, Seat},
    submission::{Kind, Submission, waits},
};
use screening::Report;

use super::{
    SourceAddress, Token,
    answer::{page, unavailable_page},
    intake::Form,
    public::form_of,
    shared::{known_as, shared, sharing},
};
use crate::{
    Web,
    links::{ChoiceDigest, FormAction, FormSeal, Purpose},
    pages::{
        self, Again, Closed, ClosedReason, Concern, DeadLink, Difference, Done, DoneKind, Earlier, Entered,
        Errors, Finding, MarkedText, Other, OwnBallot, Part, Post, ReviewConfirm, Severity, Verdict, When,
    },
};

/// The longest reason, suggestion or remark, in characters: as long as the longest proposal.
const LONGEST_NOTE: usize = curation::words::LONGEST;

pub(super) async fn show(State(web): State<Web>, Token(token): Token) -> Response {
    match open(&web, &token).await {
        Ok((holder, Opened::Review(view))) => {
            review_page(&web, &token, holder, &view, StatusCode::OK, Errors::none(), Entered::default())
        }
        Ok((holder, Opened::NoVote(submission, reason))) => {
            let refusal = Refusal { status: StatusCode::OK, unchosen: false, urgent: false };
            closed_page(&web, &token, holder, &submission, &reason, refusal)
        }
        Err(response) => response,
    }
}

/// The first step: what was chosen is shown again, to be confirmed. Nothing is stored.
pub(super) async fn choose(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    match sent(&web, &token, body, false).await {
        Ok(Sent { holder, submission, entered, .. }) => {
            confirm_page(&web, &token, holder, &submission, Errors::none(), entered)
        }
        Err(response) => response,
    }
}

/// The second step: declared and confirmed, the ballot is cast.
pub(super) async fn confirm(State(web): State<Web>, Token(token): Token, body: Body) -> Response {
    let Sent { holder, submission, entered, is_declared } = match sent(&web, &token, body, true).await {
        Ok(sent) => sent,
        Err(response) => return response,
    };
    if !is_declared {
        let mut errors = Errors::none();
        errors.add("declaration", "Tick the box to confirm.");
        return confirm_page(&web, &token, holder, &submission, errors, entered);
    }
    let Some(ballot) = ballot(&entered) else {
        return dead_link();
    };
    match vote::cast(&web.core, holder, &ballot).await {
        Ok(_) => {
            let kind = match ballot.decision {
                Decision::Concern => DoneKind::ConcernRaised,
                Decision::StepBack => DoneKind::SteppedBack,
                _ => DoneKind::Voted,
            };
            let back = (kind == DoneKind::Voted).then(|| address(&token));
            let urgent = sounds_urgent(&entered);
            page(StatusCode::OK, &Done { reference: submission.id.reference(), kind, back, urgent })
        }
        Err(ReviewError::DeadLink) => dead_link_for(&entered),
        Err(ReviewError::Store(error)) => unavailable_page(&error),
        // What was read before was fit for others: only a new engine could have come in between.
        Err(ReviewError::Note(error)) => unavailable_page(&error),
        Err(reason) => {
            let urgent = sounds_urgent(&entered);
            let refusal = Refusal { status: StatusCode::CONFLICT, unchosen: false, urgent };
            closed_page(&web, &token, holder, &submission, &reason, refusal)
        }
    }
}

/// A decision that came in whole, under a good seal, from somebody who may make it.
struct Sent {
    holder: Holder,
    submission: Submission,
    entered: Entered,
    is_declared: bool,
}

async fn sent(web: &Web, token: &str, body: Body, is_confirmation: bool) -> Result<Sent, Response> {
    let opened = open(web, token).await;
    let fields = form_of(body).await?;
    let (entered, mut errors) = read(&fields);
    let (holder, opened) = opened.map_err(|refusal| match refusal.status() {
        StatusCode::NOT_FOUND => dead_link_for(&entered),
        _ => refusal,
    })?;
    let chosen = is_confirmation.then(|| digest(&entered));
    let is_sealed = |submission: &Submission| is_sealed(web, &form(holder, submission, chosen), &fields);
    let submission = match opened {
        Opened::Review(view) => {
            if errors.is_empty() && !is_sealed(&view.submission) {
                errors.add("decision", STALE_FORM);
            }
            if !errors.is_empty() {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Err(review_page(web, token, holder, &view, status, errors, entered));
            }
            view.submission
        }
        Opened::NoVote(submission, reason) => {
            let is_concern = entered.decision == Some(pages::Decision::Concern);
            if !is_concern || !submission.may_be_stopped() || !is_sealed(&submission) {
                // A concern under an old seal is asked for again, never dropped in silence.
                let unchosen = entered.decision.is_none() || is_concern;
                let urgent = sounds_urgent(&entered);
                let refusal = Refusal { status: StatusCode::CONFLICT, unchosen, urgent };
                return Err(closed_page(web, token, holder, &submission, &reason, refusal));
            }
            *submission
        }
    };
    Ok(Sent { holder, submission, entered, is_declared: fields.is("declaration", "yes") })
}

/// How the page for what is not taken is shown.
struct Refusal {
    status: StatusCode,
    unchosen: bool,
    urgent: bool,
}

fn closed_page(
    web: &Web,
    token: &str,
    holder: Holder,
    submission: &Submission,
    reason: &ReviewError,
    Refusal { status, unchosen, urgent }: Refusal,
) -> Response {
    let may_stop = submission.may_be_stopped();
    let concern = may_stop.then(|| Concern {
        action: address(token),
        form_token: seal(web, &form(holder, submission, None)),
        unchosen,
    });
    let reason = match reason {
        ReviewError::NoVote => ClosedReason::NotEligible,
        _ => ClosedReason::ReviewClosed,
    };
    page(status, &Closed { reference: submission.id.reference(), reason, concern, urgent })
}

/// Mails fresh links to an address on the roster. The answer never tells whether it is there.
pub(super) async fn fresh(
    State(web): State<Web>,
    source: Option<Extension<SourceAddress>>,
    body: Body,
) -> Response {
    let fields = match form_of(body).await {
        Ok(fields) => fields,
        Err(response) => return response,
    };
    let address = source.map(|Extension(SourceAddress(address))| address).unwrap_or_default();
    let today = web.core.clock.now().today();
    let source = Source::new(&web.address_secret, &address, today, web.hourly_limit);
    if let Ok(email) = Email::parse(fields.get("email"))
        && let Err(error) = fresh_link::request(&web.core, &email, &source, &web.address_secret).await
    {
        return unavailable_page(&error);
    }
    page(StatusCode::OK, &DeadLink { asked: true, urgent: shows_risk(fields.get("email")) })
}

const STALE_FORM: &str =
    "This page was open for a while. Look again at what you chose, and send it once more.";

fn address(token: &str) -> String {
    format!("/review/{token}")
}

fn dead_link() -> Response {
    page(StatusCode::NOT_FOUND, &DeadLink::default())
}

/// The same page, with help first if that is what was sent to it calls for.
fn dead_link_for(entered: &Entered) -> Response {
    page(StatusCode::NOT_FOUND, &DeadLink { asked: false, urgent: sounds_urgent(entered) })
}

/// Whether anything that was entered sounds like danger, also what does not belong to the decision.
fn sounds_urgent(entered: &Entered) -> bool {
    let Entered { suggestion, reword_reason, reject_reason, note, .. } = entered;
    [suggestion, reword_reason, reject_reason, note].into_iter().any(|text| shows_risk(text))
}

fn holder(web: &Web, token: &str) -> Option<Holder> {
    let opened = web.keys.open(token, Purpose::Review, web.core.clock.now().at).ok()?;
    let (revision, epoch) = opened.claimed();
    let submission = opened.subject().parse().ok()?;
    let person = opened.person().parse().ok()?;
    Some(Holder { submission, person, revision, epoch })
}

async fn open(web: &Web, token: &str) -> Result<(Holder, Opened), Response> {
    let Some(holder) = holder(web, token) else {
        return Err(dead_link());
    };
    match vote::open(&web.core, holder).await {
        Ok(opened) => Ok((holder, opened)),
        Err(ReviewError::Store(error)) => Err(unavailable_page(&error)),
        Err(_) => Err(dead_link()),
    }
}

/// What a form of this page is bound to: the person, the revision, and the person's own ballot so far, so that an old
/// confirmation does not undo a newer decision.
fn form(holder: Holder, submission: &Submission, digest: Option<ChoiceDigest>) -> FormSeal {
    let ballot = seat(holder, submission).and_then(|seat| seat.ballot.as_ref());
    let version = ballot.map_or(0, |ballot| ballot.at.as_millisecond().unsigned_abs());
    FormSeal {
        action: FormAction::Ballot,
        subject: holder.submission.to_string(),
        person: holder.person.to_string(),
        revision: holder.revision,
        version,
        digest,
    }
}

fn seal(web: &Web, form: &FormSeal) -> String {
    let sealed = web.keys.seal_form(form, web.core.clock.real_time());
    sealed.map(|token| token.as_str().to_owned()).unwrap_or_default()
}

fn is_sealed(web: &Web, expected: &FormSeal, fields: &Form) -> bool {
    web.keys.check_form(fields.get("form_token"), expected, web.core.clock.real_time()).is_ok()
}

fn seat(holder: Holder, submission: &Submission) -> Option<&Seat> {
    submission.review.as_ref()?.seat_of(holder.person)
}

/// Reads what was entered, and says what is missing.
fn read(fields: &Form) -> (Entered, Errors) {
    let entered = Entered {
        decision: pages::Decision::from_value(fields.get("decision")),
        suggestion: fields.get("suggestion").trim().to_owned(),
        reword_reason: fields.get("reword_reason").trim().to_owned(),
        reject_reason: fields.get("reject_reason").trim().to_owned(),
        could_harm: fields.is("could_harm", "true"),
        note: fields.get("note").trim().to_owned(),
    };
    let mut errors = Errors::none();
    match entered.decision {
        None => errors.add("decision", "Choose what you decide."),
        Some(pages::Decision::Reword)
            if entered.suggestion.is_empty() && entered.reword_reason.is_empty() =>
        {
            errors.add("suggestion", "Suggest other words, or say what should change.");
        }
        Some(pages::Decision::Reject) if entered.reject_reason.is_empty() => {
            errors.add("reject_reason", "Say why, so that others can weigh it.");
        }
        Some(_) => {}
    }
    for (field, text) in fields_of(&entered) {
        if text.chars().count() > LONGEST_NOTE {
            errors.add(field, format!("Shorten it: {LONGEST_NOTE} characters fit."));
        } else if text.chars().any(|one| one.is_control() && !matches!(one, '\n' | '\r' | '\t')) {
            errors.add(field, "Remove the invisible control characters.");
        } else if is_for_others(entered.decision, field)
            && let Err(unfit) = note::check(text)
        {
            errors.add(field, advice(&unfit));
        }
    }
    (entered, errors)
}

fn fields_of(entered: &Entered) -> [(&'static str, &str); 4] {
    [
        ("suggestion", &entered.suggestion),
        ("reword_reason", &entered.reword_reason),
        ("reject_reason", &entered.reject_reason),
        ("note", &entered.note),
    ]
}

/// Whether other therapists, or the submitter, will read this field. Beside a concern the lead alone does.
fn is_for_others(decision: Option<pages::Decision>, field: &str) -> bool {
    match (decision, field) {
        (None | Some(pages::Decision::Concern), _) => false,
        (Some(decision), "suggestion" | "reword_reason") => decision.is_reword(),
        (Some(decision), "reject_reason") => decision.is_reject(),
        _ => true,
    }
}

/// What to do about a note that cannot be given to others.
fn advice(unfit: &Unfit) -> String {
    let because = |reasons: &[String]| match reasons {
        [] => String::new(),
        reasons => format!(" What a machine noticed, and it can be wrong: {}", sentences(reasons)),
    };
    match unfit {
        Unfit::Danger => "This sounds as if somebody could be in danger. If you think so too, choose the safeguarding concern: then the lead alone reads what you write. If a machine is wrong here, please say it in other words.".to_owned(),
        Unfit::Private(reasons) => format!(
            "Please say this without personal detail: other people read it.{}",
            because(reasons)
        ),
        Unfit::Hurtful(reasons) => {
            format!("Please say this in other words: other people read it.{}", because(reasons))
        }
        Unfit::Unscreened => {
            "We could not check this just now. Please send it again in a minute, or leave it out.".to_owned()
        }
    }
}

/// Reasons as they come, each ended like a sentence.
fn sentences(reasons: &[String]) -> String {
    let ended = reasons.iter().map(|reason| match reason.ends_with(['.', '!', '?']) {
        true => reason.clone(),
        false => format!("{reason}."),
    });
    ended.collect::<Vec<_>>().join(" ")
}

fn digest(entered: &Entered) -> ChoiceDigest {
    let decision = entered.decision.map_or("", pages::Decision::value);
    let normal = |text: &str| text.replace("\r\n", "\n");
    let (is_reword, is_reject) = (
        entered.decision == Some(pages::Decision::Reword),
        entered.decision == Some(pages::Decision::Reject),
    );
    let kept = |is_kept: bool, text: &str| if is_kept { normal(text) } else { String::new() };
    ChoiceDigest::of(&[
        ("decision", decision),
        ("suggestion", &kept(is_reword, &entered.suggestion)),
        ("reword_reason", &kept(is_reword, &entered.reword_reason)),
        ("reject_reason", &kept(is_reject, &entered.reject_reason)),
        ("could_harm", if is_reject && entered.could_harm { "true" } else { "" }),
        ("note", &normal(&entered.note)),
    ])
}

fn ballot(entered: &Entered) -> Option<NewBallot> {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (decision, reason, suggestion) = match entered.decision? {
        pages::Decision::Approve => (Decision::Approve, None, None),
        pages::Decision::Reword => {
            (Decision::Reword, text(&entered.reword_reason), text(&entered.suggestion))
        }
        pages::Decision::Reject if entered.could_harm => {
            (Decision::RejectAsHarmful, text(&entered.reject_reason), None)
        }
        pages::Decision::Reject => (Decision::Reject, text(&entered.reject_reason), None),
        pages::Decision::Concern => (Decision::Concern, None, None),
        pages::Decision::StepBack => (Decision::StepBack, None, None),
    };
    Some(NewBallot { decision, reason, suggestion, comment: text(&entered.note) })
}

fn verdict(decision: Decision) -> Verdict {
    let plain = match decision {
        Decision::Approve => pages::Decision::Approve,
        Decision::Reword => pages::Decision::Reword,
        Decision::Reject | Decision::RejectAsHarmful => pages::Decision::Reject,
        Decision::Concern => pages::Decision::Concern,
        Decision::StepBack => pages::Decision::StepBack,
    };
    Verdict { decision: plain, could_harm: decision == Decision::RejectAsHarmful }
}

fn confirm_page(
    web: &Web,
    token: &str,
    holder: Holder,
    submission: &Submission,
    errors: Errors,
    entered: Entered,
) -> Response {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form_token = seal(web, &form(holder, submission, Some(digest(&entered))));
    let reference = submission.id.reference();
    let urgent = sounds_urgent(&entered);
    page(status, &ReviewConfirm { errors, reference, action: address(token), form_token, entered, urgent })
}

fn review_page(
    web: &Web,
    token: &str,
    holder: Holder,
    view: &ReviewView,
    status: StatusCode,
    errors: Errors,
    entered: Entered,
) -> Response {
    let ReviewView { submission, revision, report, .. } = view;
    let composition = &revision.composition;
    let words = composition.words.clone();
    let screened = match report {
        Some(report) => MarkedText::new(words, findings(report)),
        None => MarkedText::plain(words),
    };
    let deadline = submission.review.as_ref().map_or(submission.received_at, |review| review.deadline);
    // The post that shares, first: what the others point to.
    let (sharing_first, others): (Vec<_>, Vec<_>) =
        composition.renderings.iter().partition(|rendering| rendering.shares.is_some());
    let posts = sharing_first.into_iter().chain(others).map(|rendering| Post {
        platforms: vec![known_as(&rendering.platform)],
        parts: rendering.parts.iter().map(|part| Part::new(part, &composition.disclaimer.text)).collect(),
        sharing: sharing(rendering.shares.as_ref()),
        content_note: rendering.content_note.clone(),
    });
    let earlier = view.earlier.as_ref().map(|earlier| Earlier {
        difference: Difference::between(&earlier.words, &composition.words),
        own: earlier.own.map(verdict),
    });
    page(
        status,
        &pages::Review {
            errors,
            reference: submission.id.reference(),
            action: address(token),
            form_token: seal(web, &form(holder, submission, None)),
            deadline: When(deadline),
            revision: submission.revision,
            elevated: submission.tier == curation::policy::Tier::Elevated,
            content_hash: submission.content.to_string(),
            shared: composition.target.as_ref().map(shared),
            posts: Post::grouped(posts),
            again: (submission.kind == Kind::Guidance).then(|| again(composition)),
            screened,
            earlier,
            own: own(holder, view),
            urgent: sounds_urgent(&entered),
            entered,
        },
    )
}

fn again(composition: &Composition) -> Again {
    let others = composition.turns.iter().map(|form| form.disclaimer.text.clone());
    Again {
        every: GUIDANCE_EVERY,
        within_hours: GUIDANCE_WITHIN.as_hours(),
        days: waits::GUIDANCE_APPROVED.as_hours() / 24,
        endings: others.collect(),
    }
}

/// One's own ballot, and with it those of the others, by the number of their seat.
fn own(holder: Holder, view: &ReviewView) -> Option<OwnBallot> {
    let own = seat(holder, &view.submission)?.ballot.as_ref()?;
    let seats = &view.submission.review.as_ref()?.seats;
    let others = view.ballots.iter().filter(|ballot| ballot.person != holder.person).map(|ballot| {
        let number = seats.iter().position(|seat| seat.person == ballot.person).unwrap_or_default() + 1;
        let texts = [&ballot.reason, &ballot.suggestion, &ballot.comment];
        Other {
            pseudonym: format!("Reviewer {number}"),
            decision: Some(verdict(ballot.decision)),
            text: texts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n\n"),
            at: When(ballot.at),
        }
    });
    Some(OwnBallot { decision: verdict(own.decision), at: When(own.at), others: others.collect() })
}

/// A category's name on the wire, by which its words are found.
pub(super) fn category_name(category: screening::Category) -> String {
    // A unit variant is a string on the wire.
    serde_json::to_value(category).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What screening found, as the pages mark it.
pub(super) fn findings(report: &Report) -> Vec<Finding> {
    let findings = report.findings.iter().map(|finding| Finding {
        start: finding.start,
        end: finding.end,
        category: category_name(finding.category),
        severity: match finding.severity {
            screening::Severity::Note => Severity::from_level(1),
            screening::Severity::Caution => Severity::from_level(2),
            screening::Severity::Stop => Severity::from_level(3),
        },
        reason: finding.reason.clone(),
        suggestion: finding.suggestion.clone(),
    });
    findings.collect()
}
