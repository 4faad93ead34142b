//! Ending mail by one click, as RFC 8058 has it: a GET and a form as it stands change nothing; the request of a mail
//! program, or a ticked box, ends mail and nothing else.

#![allow(clippy::unwrap_used)]

use curation::{ids::SubmissionId, roster::Therapist};
use jiff::SignedDuration;
use tests::{
    Channel, contents,
    html::{forms, links},
};

const TEXT: &str = "A first session is often about getting to know each other.";
const ONE_CLICK: &str = "List-Unsubscribe=One-Click";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Paths of the unsubscribing addresses of all mail to whom it may concern.
fn paths(channel: &Channel, to: &str) -> Vec<String> {
    let mails = channel.mailbox.all();
    let mails = mails.iter().filter(|mail| mail.to.starts_with(to));
    let links = mails.filter_map(|mail| mail.unsubscribe.clone());
    links.map(|link| link.strip_prefix(&channel.web.base_url).unwrap().to_owned()).collect()
}

async fn invited() -> (Channel, SubmissionId, Therapist, String) {
    let channel = Channel::open_with(6).await;
    let id = channel.propose(TEXT).await;
    let to = channel.mailbox.all()[0].to.clone();
    let therapist = channel.therapists.iter().find(|therapist| therapist.email == to).unwrap().clone();
    let path = paths(&channel, &to).remove(0);
    assert!(path.starts_with("/review/unsubscribe/v4.local."));
    (channel, id, therapist, path)
}

async fn is_unsubscribed(channel: &Channel, therapist: &Therapist) -> bool {
    channel.core.store.therapist(therapist.id).await.unwrap().unwrap().unsubscribed
}

/// A proposal with an address; its id and the unsubscribing path of the first mail about it.
async fn proposed_by(channel: &Channel, email: &str) -> (SubmissionId, String) {
    let mut body = tests::proposal(TEXT);
    body["email"] = email.into();
    let told = channel.post_json(&body).await.json();
    channel.settle().await;
    let id: SubmissionId = told["id"].as_str().unwrap().parse().unwrap();
    channel.all_vote("approve").await;
    let path = paths(channel, email).pop();
    (id, path.unwrap_or_default())
}

#[tokio::test]
async fn looking_changes_nothing() {
    let (channel, _, _, path) = invited().await;
    let (_, status) = proposed_by(&channel, "someone@example.net").await;
    let stored = contents(&channel).await;
    for path in [&path, &status] {
        for _ in 0..2 {
            assert_eq!(channel.head(path).await.status, 200);
            let page = channel.get(path).await;
            assert_eq!(page.status, 200);
            for link in links(&page.body).iter().filter(|link| link.starts_with('/')) {
                channel.get(link).await;
            }
        }
    }
    assert_eq!(contents(&channel).await, stored);
}

#[tokio::test]
async fn one_click_ends_invitations_and_leaves_what_is_open() {
    let (channel, id, therapist, path) = invited().await;
    let review = channel.mailbox.review_paths().remove(0).1;
    let answer = channel.post_raw(&path, &[FORM], ONE_CLICK).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("You get no more invitations"));
    assert!(answer.headers.get("set-cookie").is_none());
    assert!(is_unsubscribed(&channel, &therapist).await);

    // The review that was open still is, with its receipt; reminders and new invitations do not come.
    channel.mailbox.take();
    channel.propose(TEXT).await;
    channel.pass(SignedDuration::from_hours(25));
    channel.sweep().await;
    assert!(!channel.mailbox.all().is_empty(), "others are reminded");
    assert!(channel.mailbox.take().iter().all(|mail| mail.to != therapist.email));
    assert_eq!(channel.vote(&review, &[("decision", "approve")]).await.status, 200);
    channel.settle().await;
    assert_eq!(channel.core.store.ballots(id, 1).await.unwrap().len(), 1);
    let receipt = channel.mailbox.take().remove(0);
    assert_eq!((receipt.to.as_str(), receipt.unsubscribe), (therapist.email.as_str(), None));
}

#[tokio::test]
async fn every_kind_of_body_that_a_mail_program_sends_counts() {
    let multipart =
        "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    for (kind, body) in
        [("application/x-www-form-urlencoded", ONE_CLICK), ("multipart/form-data; boundary=b", multipart)]
    {
        let (channel, _, therapist, path) = invited().await;
        let (id, status) = proposed_by(&channel, "someone@example.net").await;
        for _ in 0..2 {
            for path in [&path, &status] {
                assert_eq!(
                    channel.post_raw(path, &[("content-type", kind)], body).await.status,
                    200,
                    "{kind}"
                );
            }
            assert!(is_unsubscribed(&channel, &therapist).await, "{kind}");
            assert_eq!(channel.core.store.contact(id).await.unwrap(), None);
        }
    }
}

/// What gateways send that submit whatever they find: nothing that says yes.
#[tokio::test]
async fn a_body_that_does_not_say_so_changes_nothing_and_shows_the_page_again() {
    let (channel, _, therapist, path) = invited().await;
    let (_, status) = proposed_by(&channel, "someone@example.net").await;
    let bodies = ["", "unsubscribe=yes", "resume=yes", "confirm=", "confirm=yes", "List-Unsubscribe=No"];
    let stored = contents(&channel).await;
    for path in [&path, &status] {
        for body in bodies {
            let answer = channel.post_raw(path, &[FORM], body).await;
            assert_eq!(answer.status, 422, "{body}");
            assert!(answer.body.contains("Nothing has changed. Tick the box if you want us to stop."));
            assert_eq!(forms(&answer.body)[0].action, *path, "{body}");
        }
        let bare = channel.post_raw(path, &[("content-type", "text/plain")], "").await;
        assert_eq!(bare.status, 422);
    }
    assert_eq!(contents(&channel).await, stored);

    // What is over is not begun again either, unless somebody says so.
    channel.post_raw(&path, &[FORM], ONE_CLICK).await;
    channel.post_raw(&status, &[FORM], ONE_CLICK).await;
    let stored = contents(&channel).await;
    for body in bodies {
        let answer = channel.post_raw(&path, &[FORM], body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.body.contains("Tick the box if you want to be invited again."));
        assert!(is_unsubscribed(&channel, &therapist).await);
        let answer = channel.post_raw(&status, &[FORM], body).await;
        assert!(answer.body.contains("You get no more mails about this"), "{body}");
    }
    assert_eq!(contents(&channel).await, stored);
}

#[tokio::test]
async fn the_page_and_a_coordinator_can_undo_it() {
    let (channel, _, therapist, path) = invited().await;
    for expected in [true, false, true] {
        let page = channel.get(&path).await;
        let form = forms(&page.body).remove(0);
        assert_eq!((form.action, form.fields), (path.clone(), vec![]), "nothing is ticked");
        assert!(page.body.contains(" required"));
        assert_eq!(form.open.len(), 1);
        let ticked = form.open.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let answer = channel.post_form(&path, &ticked.collect::<Vec<_>>()).await;
        assert_eq!(answer.status, 200);
        assert_eq!(is_unsubscribed(&channel, &therapist).await, expected);
    }
    assert!(!app::roster::pause(&channel.core, therapist.id, false).await.unwrap().unsubscribed);
}

/// The worst that a mail gateway does that presses the button of every mail.
#[tokio::test]
async fn a_gateway_that_presses_the_button_ends_mail_and_casts_no_vote() {
    let (channel, id, ..) = invited().await;
    for path in paths(&channel, "therapist") {
        channel.post_raw(&path, &[FORM], ONE_CLICK).await;
    }
    assert!(channel.core.store.ballots(id, 1).await.unwrap().is_empty());
    let review = channel.load(id).await.review.unwrap();
    assert!(review.seats.iter().all(|seat| !seat.stepped_back && !seat.silent && seat.ballot.is_none()));
    channel.all_vote("approve").await;
    assert_eq!(channel.state(id).await, "approved", "all of them could still vote");
}

#[tokio::test]
async fn a_submitter_who_ticks_the_box_is_forgotten_too() {
    let channel = Channel::open().await;
    let (id, path) = proposed_by(&channel, "someone@example.net").await;
    let form = forms(&channel.get(&path).await.body).remove(0);
    assert!(form.fields.is_empty());
    let ticked = form.open.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    assert_eq!(channel.post_form(&path, &ticked.collect::<Vec<_>>()).await.status, 200);
    assert_eq!(channel.core.store.contact(id).await.unwrap(), None);
    assert!(forms(&channel.get(&path).await.body).is_empty());
}

#[tokio::test]
async fn a_submitter_is_forgotten_for_this_submission() {
    let channel = Channel::open().await;
    let (id, path) = proposed_by(&channel, "someone@example.net").await;
    assert!(path.starts_with("/status/unsubscribe/v4.local."));
    for _ in 0..2 {
        let answer = channel.post_raw(&path, &[FORM], ONE_CLICK).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains("You get no more mails about this"));
        assert_eq!(channel.core.store.contact(id).await.unwrap(), None);
        assert_eq!(channel.get(&path).await.status, 200);
    }
}

/// What the address said has to outlive it: nobody is asked about their own words.
#[tokio::test]
async fn a_therapist_who_is_forgotten_as_a_submitter_is_still_not_asked_about_their_own_words() {
    let channel = Channel::open_with(6).await;
    channel.lose_hints(true);
    let author = channel.therapists[0].clone();
    let mut body = tests::proposal(TEXT);
    body["email"] = author.email.clone().into();
    let told = channel.post_json(&body).await.json();
    let id: SubmissionId = told["id"].as_str().unwrap().parse().unwrap();
    app::unsubscribe::forget_address(&channel.core, id).await.unwrap();
    assert_eq!(channel.core.store.contact(id).await.unwrap(), None);
    channel.lose_hints(false);
    channel.pass(SignedDuration::from_mins(3));
    channel.sweep().await;
    let review = channel.load(id).await.review.unwrap();
    assert_eq!(review.seats.len(), 5);
    assert!(review.seat_of(author.id).is_none());
}

#[tokio::test]
async fn a_dead_or_foreign_link_has_the_one_page_and_does_nothing() {
    let (channel, _, therapist, path) = invited().await;
    let (_, status) = proposed_by(&channel, "someone@example.net").await;
    let review = channel.mailbox.review_paths().remove(0).1;
    let dead = channel.get("/review/never").await;
    let token = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let stored = contents(&channel).await;
    for path in [
        "/review/unsubscribe/".to_owned(),
        "/status/unsubscribe/".to_owned(),
        "/review/unsubscribe/never".to_owned(),
        "/status/unsubscribe/never".to_owned(),
        format!("/review/unsubscribe/{}", token(&review)),
        format!("/review/unsubscribe/{}", token(&status)),
        format!("/status/unsubscribe/{}", token(&path)),
        format!("/review/{}", token(&path)),
    ] {
        let (got, posted) = (channel.get(&path).await, channel.post_raw(&path, &[FORM], ONE_CLICK).await);
        assert_eq!((got.status.as_u16(), &got.body), (404, &dead.body), "{path}");
        assert_eq!((posted.status.as_u16(), &posted.body), (404, &dead.body), "{path}");
    }
    assert_eq!(contents(&channel).await, stored);

    // A pause ends every link of a therapist, and a year ends this one.
    app::roster::pause(&channel.core, therapist.id, true).await.unwrap();
    assert_eq!(channel.post_raw(&path, &[FORM], ONE_CLICK).await.status, 404);
    channel.pass(web::correspondence::UNSUBSCRIBE_LINKS_LIVE);
    assert_eq!(channel.get(&status).await.status, 404);
}

#[tokio::test]
async fn mail_that_is_a_duty_or_was_asked_for_has_no_such_address() {
    let channel = Channel::open().await;
    channel.propose("I want to die.").await;
    channel.propose(TEXT).await;
    channel.mailbox.take().iter().for_each(|mail| {
        let is_officers = !mail.to.starts_with("therapist");
        assert_eq!(mail.unsubscribe.is_none(), is_officers, "{}", mail.subject);
    });
    channel.post_form("/review/fresh", &[("email", "therapist0@example.org")]).await;
    channel.post_form("/review/fresh", &[("email", "therapist1@example.org")]).await;
    channel.settle().await;
    let fresh = channel.mailbox.take();
    assert!(!fresh.is_empty() && fresh.iter().all(|mail| mail.unsubscribe.is_none()));
}
