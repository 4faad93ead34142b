//! One text's ways through the channel, and what each step costs.

#![allow(clippy::unwrap_used)]

use curation::{
    audit::{self, Actor},
    roster::Duty,
    submission::{ReleaseTo, State},
    time::london,
};
use jiff::SignedDuration;
use tests::Channel;

const TEXT: &str = "A first session is often about getting to know each other. It is fine to ask questions.";
const CRISIS: &str = "I want to die.";
const PERSONAL: &str = "Write to me at someone.private@example.com about your therapy.";

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn from_a_strangers_proposal_to_a_published_post() {
    let channel = Channel::open().await;
    let id = channel.propose(TEXT).await;
    assert_eq!(channel.state(id).await, "in_review");
    let invited = channel.mailbox.review_paths();
    assert_eq!(invited.len(), 5);

    for (_, path) in &invited {
        let done = channel.vote(path, &[("decision", "approve")]).await;
        assert_eq!(done.status, 200, "{}", done.body);
    }
    assert_eq!(channel.state(id).await, "approved");

    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "published");
    let posts = channel.timeline.posts();
    let words = posts.iter().map(|post| post.text.as_str()).collect::<Vec<_>>().join(" ");
    assert!(words.starts_with(TEXT) && words.len() > TEXT.len(), "the words with their disclaimer");

    let submission = channel.load(id).await;
    let entries = channel.core.store.audit(id).await.unwrap();
    assert_eq!(audit::verify(id, &entries), Ok(submission.chain));
    let actions = entries.iter().map(|entry| entry.action.split(':').next().unwrap()).collect::<Vec<_>>();
    let ballots = ["ballot_cast"; 5];
    let expected =
        [&["received", "screened", "panel_drawn"][..], &ballots, &["approved", "publishing", "published"]]
            .concat();
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn each_step_costs_what_the_design_says() {
    let channel = Channel::open().await;
    let id = channel.propose_only(TEXT).await;
    assert_eq!(channel.calls.take(), "TransactWriteItems 1, UpdateItem 1", "an accepted submission");

    channel.settle().await;
    assert_eq!(
        channel.calls.take(),
        "DeleteItem 1, GetItem 7, Query 3, TransactWriteItems 1",
        "drawing a panel of five and mailing them"
    );

    let paths = channel.mailbox.review_paths();
    let person = channel.load(id).await.review.unwrap().seats[0].person;
    channel.calls.take();
    let holder = app::vote::Holder { submission: id, person, revision: 1, epoch: 0 };
    let ballot = app::vote::NewBallot {
        decision: curation::review::Decision::Approve,
        reason: None,
        suggestion: None,
        comment: None,
    };
    app::vote::cast(&channel.core, holder, &ballot).await.unwrap();
    assert_eq!(channel.calls.take(), "GetItem 1, TransactWriteItems 1", "a ballot");

    for (_, path) in paths {
        channel.vote(&path, &[("decision", "approve")]).await;
    }
    channel.settle().await;
    channel.calls.take();
    channel.publish().await.unwrap();
    assert_eq!(
        channel.calls.take(),
        "GetItem 2, Query 2, TransactWriteItems 2",
        "publishing one post: due, item, channel, words; taken; published"
    );
    channel.settle().await;
    channel.calls.take();
    channel.publish().await.unwrap();
    assert_eq!(channel.calls.take(), "Query 1", "a poll when nothing is due");
    for walk in ["the first", "the second"] {
        // A version of screening walks through what waits twice.
        channel.sweep().await;
        assert_eq!(channel.calls.take(), "GetItem 2, PutItem 1, Query 9", "{walk}");
        channel.pass(hours(1));
    }
    channel.sweep().await;
    assert_eq!(
        channel.calls.take(),
        "GetItem 2, Query 4",
        "a sweep when nothing is due: two marks, of the walk and of the helplines; four lanes"
    );
}

#[tokio::test]
async fn a_day_has_one_post_and_a_night_has_none() {
    let channel = Channel::open_with(24).await;
    for text in [TEXT, "Therapy takes time.", "You may ask your therapist about their training."] {
        channel.approved(text).await;
    }
    let mut days = Vec::new();
    for _ in 0..(4 * 24) {
        let before = channel.timeline.effects();
        channel.publish().await.unwrap();
        if channel.timeline.effects() > before {
            let here = london(channel.now().at);
            assert!((8..21).contains(&here.hour()), "{here}");
            days.push(here.date());
        }
        channel.pass(hours(1));
    }
    days.dedup();
    assert_eq!(days.len(), 3, "three posts on three days");
    assert_eq!(channel.timeline.effects(), 3);
}

#[tokio::test]
async fn a_disclosure_of_danger_reaches_the_lead_alone() {
    let channel = Channel::open().await;
    let id = channel.propose(CRISIS).await;
    assert_eq!(channel.state(id).await, "held");
    let mails = channel.mailbox.take();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["lead@example.org"]);
    assert!(channel.core.store.revision(id, 1).await.unwrap().is_none(), "not in the open table");
    assert!(channel.core.store.concealed_revision(id, 1).await.unwrap().is_some());
    let coordinator = channel.officer(Duty::Coordinator);
    let seen = app::queue::show(&channel.core, id, coordinator).await.unwrap();
    assert!(seen.revision.is_none() && seen.report.is_none());

    // Nobody looks: the deputy is told after 12 hours, a coordinator after 24, and so on.
    for expected in ["deputy@example.org", "coordinator@example.org", "coordinator@example.org"] {
        channel.pass(hours(12));
        channel.sweep().await;
        let told = channel.mailbox.take();
        assert_eq!(told.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [expected]);
    }
}

#[tokio::test]
async fn what_was_not_screened_when_it_was_accepted_is_screened_later() {
    let channel = Channel::open().await;
    let harmless = channel.accepted_unscreened(TEXT).await;
    let danger = channel.accepted_unscreened(CRISIS).await;
    channel.sweep().await;
    assert_eq!(channel.state(harmless).await, "received", "not at once");

    channel.pass(hours(1));
    channel.sweep().await;
    assert_eq!(channel.state(harmless).await, "in_review");
    assert_eq!(channel.state(danger).await, "held");
    assert!(
        channel.core.store.revision(danger, 1).await.unwrap().is_none(),
        "the words are the lead's alone"
    );
}

#[tokio::test]
async fn a_hold_is_lifted_by_two_people_for_exactly_these_words() {
    let channel = Channel::open().await;
    let id = channel.propose(CRISIS).await;
    let [lead, deputy, coordinator] =
        [Duty::Lead, Duty::Deputy, Duty::Coordinator].map(|duty| channel.officer(duty).clone());
    let release = |officer| app::queue::release(&channel.core, id, officer, ReleaseTo::Review);
    assert!(release(&coordinator).await.is_err());
    assert!(release(&deputy).await.is_err(), "nothing to confirm yet");
    release(&lead).await.unwrap();
    assert_eq!(channel.state(id).await, "held", "one person is not enough");
    assert!(release(&lead).await.is_ok() && channel.state(id).await == "held");
    release(&deputy).await.unwrap();
    channel.settle().await;
    let submission = channel.load(id).await;
    assert_eq!((submission.state.name(), submission.tier.as_str()), ("in_review", "elevated"));
    assert_eq!(submission.review.unwrap().seats.len(), 6);
    assert!(channel.core.store.revision(id, 1).await.unwrap().is_some());
    assert!(channel.core.store.concealed_revision(id, 1).await.unwrap().is_none());
}

#[tokio::test]
async fn a_concern_stops_an_item_at_every_stage() {
    for stage in ["in_review", "approved", "published"] {
        let channel = Channel::open().await;
        let id = channel.propose(TEXT).await;
        let invited = channel.mailbox.review_paths();
        if stage != "in_review" {
            channel.all_vote("approve").await;
        }
        if stage == "published" {
            channel.publish().await.unwrap();
            channel.settle().await;
        }
        assert_eq!(channel.state(id).await, stage);
        channel.mailbox.take();
        let concern = [("decision", "concern"), ("note", "An example remark about the words.")];
        let answer = channel.vote(&invited[0].1, &concern).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        channel.settle().await;
        assert!(channel.core.store.revision(id, 1).await.unwrap().is_none(), "hidden at once");
        let told = channel.mailbox.all();
        assert!(told.iter().any(|mail| mail.to == "lead@example.org"));
        channel.publish().await.unwrap();
        channel.settle().await;
        assert_eq!(channel.state(id).await, "held");
        assert_eq!(channel.timeline.posts(), [], "taken down, or never put up");
        for (duty, remarks) in [(Duty::Lead, 1), (Duty::Coordinator, 0)] {
            let seen = app::queue::show(&channel.core, id, channel.officer(duty)).await.unwrap();
            let with_remark = seen.ballots.iter().filter(|ballot| ballot.comment.is_some());
            assert_eq!(with_remark.count(), remarks, "what was written is the lead's too");
        }
        assert_eq!(channel.timeline.effects(), u64::from(stage == "published"));
    }
}

#[tokio::test]
async fn personal_detail_goes_back_before_anybody_reads_it() {
    let channel = Channel::open().await;
    let id = channel.propose(PERSONAL).await;
    assert_eq!(channel.state(id).await, "needs_redaction");
    assert_eq!(channel.mailbox.review_paths(), []);
    let coordinator = channel.officer(Duty::Coordinator).clone();
    let seen = app::queue::show(&channel.core, id, &coordinator).await.unwrap();
    assert!(seen.revision.is_none(), "a coordinator sees it masked");
    assert!(!seen.masked.unwrap().contains("someone.private"));

    // The coordinator masks it; the submitter is asked once it is approved; then it is published.
    app::queue::redact(&channel.core, &channel.web.rules, id, &coordinator, None).await.unwrap();
    channel.settle().await;
    assert_eq!(channel.state(id).await, "in_review");
    channel.all_vote("approve").await;
    assert!(matches!(channel.load(id).await.state, State::Approved { awaits_submitter: true, .. }));
    channel.publish().await.unwrap();
    assert_eq!(channel.timeline.effects(), 0, "not without the submitter's yes");
    app::submitter::agree(&channel.core, id).await.unwrap();
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "published");
}

#[tokio::test]
async fn reviewers_never_see_what_was_taken_out_before_they_were_asked() {
    let channel = Channel::open().await;
    let id = channel.propose(PERSONAL).await;
    let words = curation::words::Words::parse("It can help to write to your therapist.").unwrap();
    let reviser = app::Reviser { actor: audit::Actor::Submitter, is_other: false };
    app::submitter::revise(&channel.core, &channel.web.rules, id, &words, reviser, 1).await.unwrap();
    channel.settle().await;
    for (_, path) in channel.mailbox.review_paths() {
        let page = channel.get(&path).await.body;
        assert!(page.contains("It can help to write") && !page.contains("someone.private"));
    }
}

#[tokio::test]
async fn a_stalled_review_that_is_widened_asks_more_people() {
    let channel = Channel::open_with(16).await;
    let id = channel.propose(TEXT).await;
    for (number, (_, path)) in channel.mailbox.review_paths().iter().enumerate() {
        let decision = if number < 2 { "approve" } else { "reword" };
        let fields = if number == 4 {
            vec![("decision", "reject"), ("reject_reason", "An example reason.")]
        } else {
            vec![("decision", decision), ("reword_reason", "An example reason.")]
        };
        let fields = if number < 2 || number == 4 { fields } else { vec![("decision", "step_back")] };
        channel.vote(path, &fields).await;
    }
    channel.settle().await;
    channel.pass(hours(8 * 24));
    for _ in 0..3 {
        channel.sweep().await;
    }
    assert_eq!(channel.state(id).await, "stalled");
    channel.mailbox.take();
    let coordinator = channel.officer(Duty::Coordinator).clone();
    app::queue::widen(&channel.core, id, &coordinator).await.unwrap();
    channel.settle().await;
    assert!(channel.mailbox.review_paths().len() >= 2, "more people are asked");
}

#[tokio::test]
async fn a_new_revision_needs_new_ballots() {
    let channel = Channel::open_with(16).await;
    let id = channel.propose("Therapy always works.").await;
    for (_, path) in channel.mailbox.review_paths() {
        let fields = [("decision", "reword"), ("reword_reason", "Nobody can promise that.")];
        channel.vote(&path, &fields).await;
    }
    assert_eq!(channel.state(id).await, "rewording");
    let first = channel.mailbox.review_paths();
    channel.mailbox.take();
    let words = curation::words::Words::parse("Therapy often helps.").unwrap();
    let reviser = app::Reviser { actor: audit::Actor::Submitter, is_other: false };
    app::submitter::revise(&channel.core, &channel.web.rules, id, &words, reviser, 1).await.unwrap();
    channel.settle().await;
    let submission = channel.load(id).await;
    assert_eq!((submission.state.name(), submission.revision), ("in_review", 2));
    assert!(submission.review.unwrap().seats.iter().all(|seat| seat.ballot.is_none()));
    assert_eq!(channel.get(&first[0].1).await.status, 404, "a link to the old words is dead");
    channel.all_vote("approve").await;
    assert_eq!(channel.state(id).await, "approved");
}

#[tokio::test]
async fn who_lapses_before_publication_is_not_counted() {
    let channel = Channel::open().await;
    let id = channel.approved(TEXT).await;
    let approver = channel.load(id).await.review.unwrap().seats[0].person;
    // Five approved, three are needed: one lapse leaves a quorum.
    app::roster::pause(&channel.core, approver, true).await.unwrap();
    let review = channel.load(id).await.review.unwrap();
    for seat in &review.seats[1..3] {
        app::roster::pause(&channel.core, seat.person, true).await.unwrap();
    }
    channel.mailbox.take();
    channel.publish().await.unwrap();
    channel.settle().await;
    assert_eq!(channel.timeline.effects(), 0, "two approvals are no quorum");
    assert_eq!(channel.state(id).await, "in_review");
    assert!(channel.mailbox.all().iter().any(|mail| mail.to == "coordinator@example.org"));
    // Others are drawn in their place, and complete it.
    assert!(channel.mailbox.review_paths().len() >= 3);
    channel.all_vote("approve").await;
    channel.pass(hours(24));
    channel.sweep().await;
    channel.publish().await.unwrap();
    assert_eq!(channel.state(id).await, "published");
}

#[tokio::test]
async fn nobody_is_asked_about_their_own_words() {
    let channel = Channel::open().await;
    let mut body = tests::proposal(TEXT);
    let own = channel.therapists[0].email.to_uppercase();
    body["email"] = own.into();
    let answer = channel.post_json(&body).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    channel.settle().await;
    let invited = channel.mailbox.review_paths();
    assert_eq!(invited.len(), 5);
    assert!(invited.iter().all(|(to, _)| *to != channel.therapists[0].email));
}

#[tokio::test]
async fn the_silent_are_reminded_then_passed_over_and_at_last_it_stalls() {
    let channel = Channel::open().await;
    let id = channel.propose(TEXT).await;
    let invited = channel.mailbox.take();
    assert_eq!(invited.len(), 5);
    channel.pass(hours(48));
    channel.sweep().await;
    assert_eq!(channel.mailbox.take().len(), 5, "Wednesday noon: reminders");
    channel.pass(hours(24));
    channel.sweep().await;
    assert_eq!(channel.mailbox.review_paths().len(), 3, "the three who are left of eight");
    channel.mailbox.take();
    channel.pass(hours(4 * 24));
    channel.sweep().await;
    assert_eq!(channel.state(id).await, "stalled");
    assert!(channel.mailbox.take().iter().any(|mail| mail.to == "coordinator@example.org"));
    channel.pass(hours(7 * 24));
    channel.sweep().await;
    assert_eq!(channel.state(id).await, "expired");
    channel.pass(hours(90 * 24));
    channel.sweep().await;
    assert!(channel.core.store.revision(id, 1).await.unwrap().is_none(), "erased on its date");
    let submission = channel.load(id).await;
    let entries = channel.core.store.audit(id).await.unwrap();
    assert_eq!(audit::verify(id, &entries), Ok(submission.chain), "the record still verifies");
}

#[tokio::test]
async fn a_pause_stops_publishing_and_inviting_and_loses_nothing() {
    let channel = Channel::open_with(16).await;
    let approved = channel.approved(TEXT).await;
    app::roster::pause_channel(&channel.core, Actor::System, true).await.unwrap();
    let waiting = channel.propose("Therapy takes time.").await;
    channel.publish().await.unwrap();
    assert_eq!((channel.state(approved).await, channel.timeline.effects()), ("approved", 0));
    assert!(channel.load(waiting).await.review.is_none());
    app::roster::pause_channel(&channel.core, Actor::System, false).await.unwrap();
    channel.pass(hours(1));
    channel.sweep().await;
    channel.publish().await.unwrap();
    assert_eq!(channel.state(approved).await, "published");
    assert!(channel.load(waiting).await.review.is_some());
}

#[tokio::test]
async fn a_disclosure_that_is_withdrawn_stays_the_leads_until_it_is_erased() {
    let channel = Channel::open().await;
    let id = channel.propose(CRISIS).await;
    app::submitter::withdraw(&channel.core, id).await.unwrap();
    assert_eq!(channel.state(id).await, "held", "a withdrawal does not keep the lead from looking");
    assert!(channel.core.store.concealed_revision(id, 1).await.unwrap().is_some());
    let lead = channel.officer(Duty::Lead).clone();
    assert!(app::queue::release(&channel.core, id, &lead, ReleaseTo::Review).await.is_err());
    app::queue::close(&channel.core, id, &lead).await.unwrap();
    channel.pass(hours(30 * 24));
    channel.sweep().await;
    assert!(channel.core.store.concealed_revision(id, 1).await.unwrap().is_none());
    assert!(channel.core.store.concealed_report(id, 1).await.unwrap().is_none());
    let submission = channel.load(id).await;
    let entries = channel.core.store.audit(id).await.unwrap();
    assert_eq!(audit::verify(id, &entries), Ok(submission.chain));
}

#[tokio::test]
async fn the_lead_may_write_to_whoever_agreed_to_it_and_nobody_else_sees_the_address() {
    let channel = Channel::open().await;
    for may_contact in [true, false] {
        let mut body = tests::proposal(CRISIS);
        body["email"] = "somebody@example.org".into();
        body["contact"] = may_contact.into();
        let id = channel.post_json(&body).await.json()["id"].as_str().unwrap().parse().unwrap();
        for duty in [Duty::Lead, Duty::Deputy, Duty::Coordinator] {
            let seen = app::queue::show(&channel.core, id, channel.officer(duty)).await.unwrap();
            assert_eq!(seen.contact.is_some(), may_contact && duty != Duty::Coordinator);
        }
    }
}
