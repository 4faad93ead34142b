//! One filled-in example of each page, in each of its shapes. The people and words are examples.

#![allow(clippy::unwrap_used)]

use super::*;

/// A page and how it is to be tested.
pub(super) struct Sample {
    /// File-name-like.
    pub(super) name: &'static str,
    pub(super) html: String,
    /// Whether it shows again what somebody had chosen, after a mistake.
    pub(super) keeps_choices: bool,
}

fn when(text: &str) -> When {
    // Unwrap safety: compiled for tests alone.
    When(text.parse().unwrap())
}

const WORDS: &str = "It can feel rude to tell your therapist that something they said jarred. Many therapists would like to know: talking about it is often where the work gets going. You could start with \"something has stayed with me since last time\".";
const DISCLAIMER: &str =
    "General information, not advice about you. We can't support individuals here. In danger: 999.";

/// All samples, with `text` added to every field that somebody fills in or that comes from stored text.
pub(super) fn samples_with(text: &str) -> Vec<Sample> {
    let with = |words: &str| format!("{words}{text}");
    let mut errors = Errors::none();
    errors.add("text", with("Enter your words, up to 2,000 characters"));
    errors.add("adult", with("Say that you are 18 or over"));
    let marked = |words: &str| {
        let words = with(words);
        MarkedText::new(
            words,
            vec![
                Finding {
                    start: 3,
                    end: 16,
                    severity: Severity::Note,
                    category: "unsafe_suicide_content".to_owned(),
                    reason: with("Could be read as blaming"),
                    suggestion: Some(with("it may feel hard")),
                },
                Finding {
                    start: 20,
                    end: 40,
                    severity: Severity::Caution,
                    category: "third_party".to_owned(),
                    reason: with("Tells of somebody else"),
                    suggestion: None,
                },
                Finding {
                    start: 34,
                    end: 60,
                    severity: Severity::Stop,
                    category: "personal_data".to_owned(),
                    reason: with("Example of a stop"),
                    suggestion: None,
                },
            ],
        )
    };
    let status = |state: &str| Status {
        errors: Errors::none(),
        reference: with("01J8EXAMPLE"),
        state: state.to_owned(),
        urgent: false,
        set_aside: false,
        dates: vec![
            Dated { label: with("Received"), when: when("2026-08-03T08:12:00Z") },
            Dated { label: "Please answer by".to_owned(), when: when("2026-08-17T08:12:00Z") },
        ],
        shared: None,
        words: Some(MarkedText::plain(with(WORDS))),
        action: with("/status/v4.local.example"),
        change: None,
        agree: None,
        appeal: None,
        withdraw: Some(Withdraw { form_token: with("seal") }),
    };
    let change = Change {
        text: with(WORDS),
        advice: vec![with("\"Rude\" may sting. Perhaps \"hard\"?"), with("Say that it is fine not to.")],
        form_token: with("seal"),
    };
    let composed = format!("{}\n\n{DISCLAIMER}", with(WORDS));
    let post = |platform: &str, parts: &[&str], sharing| Post {
        platforms: vec![platform.to_owned()],
        parts: parts.iter().map(|part| Part::new(part, DISCLAIMER)).collect(),
        sharing,
        content_note: None,
    };
    let shared = Shared {
        platform: "Bluesky".to_owned(),
        handle: with("example.org"),
        text: with("A thread on how to find a therapist whom you can talk to."),
        at: Some(when("2026-08-02T18:30:00Z")),
        page: with("https://bsky.app/profile/example.org/post/3mdexample222"),
        attachments: 2,
    };
    let review = Review {
        errors: Errors::none(),
        reference: with("01J8EXAMPLE"),
        action: with("/review/v4.local.example"),
        form_token: with("seal"),
        deadline: when("2026-08-10T16:00:00Z"),
        revision: 1,
        elevated: false,
        content_hash: format!("5f1c09a2b7d4{}", with("ee")),
        shared: None,
        posts: vec![
            post(&with("Local timeline"), &[&composed], Sharing::Nothing),
            post("Bluesky", &[&with(WORDS), DISCLAIMER], Sharing::Nothing),
        ],
        again: None,
        screened: MarkedText::plain(with(WORDS)),
        earlier: None,
        own: None,
        entered: Entered::default(),
        urgent: false,
    };
    let entered = Entered {
        decision: Some(Decision::Reword),
        suggestion: with("It can feel hard to say."),
        reword_reason: with("Rude may sting."),
        reject_reason: with("Left from before."),
        could_harm: true,
        note: with("I like the last sentence."),
    };
    let mut ballot_errors = Errors::none();
    ballot_errors.add("decision", with("Choose one"));
    ballot_errors.add("suggestion", with("Suggest words, or say below what should change"));
    let confirm = |decision| ReviewConfirm {
        errors: Errors::none(),
        reference: with("01J8EXAMPLE"),
        action: with("/review/v4.local.example"),
        form_token: with("seal"),
        entered: Entered { decision: Some(decision), ..entered.clone() },
        urgent: decision == Decision::Concern,
    };
    let thanks = ThankYou {
        reference: with("01J8EXAMPLE"),
        return_code: with("7K2M-9QXD-4HTV-P0RC"),
        status_url: with("/status/v4.local.example"),
        reading: Reading::Passed,
    };
    let mut samples = Vec::new();
    let mut add = |name, keeps_choices, html| samples.push(Sample { name, html, keeps_choices });
    add("submit", false, Submit::default().html());
    add(
        "submit-again",
        true,
        Submit {
            errors: errors.clone(),
            urgent: true,
            form_token: with("seal"),
            text: with(WORDS),
            link: with("https://bsky.app/profile/example.org/post/3mdexample222"),
            role: Some(Role::Client),
            email: with("sam@example.org"),
            contact: true,
            adult: false,
            consent_publish: true,
            consent_health: false,
        }
        .html(),
    );
    add("thank-you", false, thanks.html());
    let noticed =
        content::category("self_harm_risk").and_then(|words| words.noticed.clone()).into_iter().collect();
    for (name, reading) in [
        ("thank-you-unread", Reading::Unread),
        ("thank-you-urgent", Reading::SetAside(noticed)),
        ("thank-you-sent-back", Reading::ComesBack),
        ("thank-you-declined", Reading::Declined),
    ] {
        add(name, false, ThankYou { reading, ..thanks.clone() }.html());
    }
    add("thank-you-link", false, ThankYouLink {}.html());
    add("refused-minor", false, RefusedMinor {}.html());
    add("help", false, Help {}.html());
    add("status-entry", false, StatusEntry::default().html());
    add("status-entry-again", false, {
        let mut errors = Errors::none();
        errors.add("return_code", with("Check the code: it has 16 letters and digits"));
        StatusEntry { errors }.html()
    });
    add("status", false, status("in_review").html());
    add("status-redaction", false, {
        let words = Some(marked(WORDS).for_writer());
        Status { words, change: Some(change.clone()), ..status("needs_redaction") }.html()
    });
    add("status-held", false, {
        Status { words: None, urgent: true, set_aside: true, ..status("held") }.html()
    });
    add("status-declined", false, {
        let appeal = Some(Appeal { form_token: with("seal") });
        Status { appeal, ..status("declined") }.html()
    });
    add("status-declined-asked", false, status("declined").html());
    add("status-rewording", false, {
        let mut errors = Errors::none();
        errors.add("confirm", with("Tick the box if you want these words taken"));
        Status { errors, change: Some(change), urgent: true, ..status("rewording") }.html()
    });
    add("status-agree", false, {
        let difference = Difference::between(
            &with(WORDS),
            &with("It can feel hard to tell your therapist that it jarred."),
        );
        Status { agree: Some(Agree { difference, form_token: with("seal") }), ..status("approved") }.html()
    });
    add("status-shared", false, {
        Status { shared: Some(shared.clone()), words: None, ..status("in_review") }.html()
    });
    add("status-erased", false, {
        Status { words: None, withdraw: None, dates: Vec::new(), ..status("closed") }.html()
    });
    add("status-confirm", false, {
        StatusConfirm {
            errors: Errors::none(),
            reference: with("01J8EXAMPLE"),
            action: with("/status/v4.local.example"),
            form_token: with("seal"),
        }
        .html()
    });
    add("review", false, review.html());
    add(
        "review-findings",
        false,
        Review { screened: marked(WORDS), elevated: true, ..review.clone() }.html(),
    );
    add(
        "review-revised",
        false,
        Review {
            revision: 2,
            earlier: Some(Earlier {
                difference: Difference::between(&with("It is rude to tell your therapist"), &with(WORDS)),
                own: Some(Verdict::plain(Decision::Reword)),
            }),
            own: Some(OwnBallot {
                decision: Verdict { decision: Decision::Reject, could_harm: true },
                at: when("2026-08-04T19:30:00Z"),
                others: vec![
                    Other {
                        pseudonym: with("Heron"),
                        decision: Some(Verdict::plain(Decision::Approve)),
                        text: with("Clear and kind."),
                        at: when("2026-08-04T17:00:00Z"),
                    },
                    Other {
                        pseudonym: with("Wren"),
                        decision: None,
                        text: with("What about people who see somebody online?"),
                        at: when("2026-08-04T18:00:00Z"),
                    },
                ],
            }),
            ..review.clone()
        }
        .html(),
    );
    add(
        "review-again",
        true,
        Review { errors: ballot_errors, entered: entered.clone(), urgent: true, ..review.clone() }.html(),
    );
    add("review-guidance", false, {
        let endings = vec![with("In danger: 999. This is not about you."), with("Anyone can read replies.")];
        let posts = vec![post("Bluesky", &[&composed], Sharing::Nothing)];
        Review {
            again: Some(Again { every: 5, within_hours: 48, days: 365, endings }),
            posts,
            ..review.clone()
        }
        .html()
    });
    add("review-shared", false, {
        let posts = vec![post("Bluesky", &[&composed], Sharing::Quote)];
        Review { shared: Some(shared.clone()), posts, ..review.clone() }.html()
    });
    add("review-boosted", false, {
        let content_note = Some(with("grief"));
        let posts = vec![Post { content_note, ..post("Mastodon", &["", DISCLAIMER], Sharing::Boost) }];
        let shared = Shared { at: None, attachments: 1, platform: "Mastodon".to_owned(), ..shared };
        Review { shared: Some(shared), posts, screened: MarkedText::plain(String::new()), ..review }.html()
    });
    add("review-confirm-approve", false, confirm(Decision::Approve).html());
    add("review-confirm-reword", false, confirm(Decision::Reword).html());
    add("review-confirm-reject", false, confirm(Decision::Reject).html());
    add("review-confirm-concern", false, confirm(Decision::Concern).html());
    add("review-confirm-step-back", false, confirm(Decision::StepBack).html());
    for (name, kind) in [
        ("done-voted", DoneKind::Voted),
        ("done-stepped-back", DoneKind::SteppedBack),
        ("done-concern", DoneKind::ConcernRaised),
        ("done-words", DoneKind::WordsChanged),
        ("done-answered", DoneKind::Answered),
        ("done-appealed", DoneKind::Appealed),
        ("done-withdrawn", DoneKind::Withdrawn),
        ("done-left-alone", DoneKind::LeftAlone),
    ] {
        add(
            name,
            false,
            Done { reference: with("01J8EXAMPLE"), kind, back: Some(with("/back")), urgent: false }.html(),
        );
    }
    for (name, reason) in [
        ("closed", ClosedReason::ReviewClosed),
        ("closed-again", ClosedReason::ReviewClosed),
        ("closed-not-eligible", ClosedReason::NotEligible),
        ("closed-new-revision", ClosedReason::NewRevision),
    ] {
        let concern = (reason != ClosedReason::NewRevision).then(|| Concern {
            action: with("/review/v4.local.example"),
            form_token: with("seal"),
            unchosen: name == "closed-again",
        });
        add(
            name,
            false,
            Closed { reference: with("01J8EXAMPLE"), reason, concern, urgent: name == "closed-again" }.html(),
        );
    }
    for (name, subscriber, is_done) in [
        ("unsubscribe-therapist", Subscriber::Therapist, false),
        ("unsubscribe-therapist-done", Subscriber::Therapist, true),
        ("unsubscribe-submitter", Subscriber::Submitter, false),
        ("unsubscribe-submitter-done", Subscriber::Submitter, true),
    ] {
        let action = with("/review/unsubscribe/v4.local.example");
        let mut page = Unsubscribe { subscriber, is_done, action, errors: Errors::none() };
        add(name, false, page.html());
        if let (Subscriber::Therapist, Some(reminder)) = (subscriber, page.reminder()) {
            page.errors.add("confirm", reminder);
            add(if is_done { "unsubscribe-done-again" } else { "unsubscribe-again" }, false, page.html());
        }
    }
    add("dead-link", false, DeadLink { asked: false, urgent: false }.html());
    add("dead-link-asked", false, DeadLink { asked: true, urgent: false }.html());
    add(
        "problem",
        false,
        Problem { title: with("Something went wrong"), what_to_do: with("Try again.") }.html(),
    );
    add("problem-429", false, Problem::for_status(429).html());
    samples
}

/// All samples as people would see them.
pub(super) fn samples() -> Vec<Sample> {
    samples_with("")
}
