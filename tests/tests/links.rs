//! Signed links, from the mail to the ballot: one dead page for every reason, and forms that count only as they were
//! shown.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use curation::{ids::SubmissionId, review::Decision, roster::Membership, words::Words};
use jiff::{SignedDuration, Timestamp, ToSpan};
use tests::{Answer, Channel, contents, field, hidden};
use web::{
    Web,
    links::{KeyId, Keyring, Link, NO_REVISION, Purpose},
};

const TEXT: &str = "A first session is often about getting to know each other.";

/// A channel with one item in review, and a link from each invitation.
async fn invited() -> (Channel, SubmissionId, Vec<(String, String)>) {
    let channel = Channel::open().await;
    let id = channel.propose(TEXT).await;
    let paths = channel.mailbox.review_paths();
    assert_eq!(paths.len(), 5);
    (channel, id, paths)
}

fn token(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

/// Percent-encodes whatever is no plain part of an address.
fn segment(bytes: &[u8]) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let each = bytes
        .iter()
        .map(|byte| if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") });
    each.collect()
}

/// All that can be told apart of an answer.
fn seen(answer: &Answer) -> (u16, String, Vec<(String, String)>) {
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (answer.status.as_u16(), answer.body.clone(), headers.collect())
}

const BALLOT: [(&str, &str); 2] = [("decision", "approve"), ("declaration", "yes")];

/// Asserts that a token is as dead as one that never was, whatever is asked of it.
async fn assert_dead(channel: &Channel, token: &str, why: &str) {
    let never = channel.get("/review/never").await;
    assert_eq!(never.status, 404);
    assert!(never.body.contains("This link does not work"));
    let path = format!("/review/{token}");
    assert_eq!(seen(&channel.get(&path).await), seen(&never), "{why}");
    assert_eq!(seen(&channel.post_form(&path, &BALLOT).await), seen(&never), "{why}");
    if !token.is_empty() {
        let confirmed = channel.post_form(&format!("{path}/confirm"), &BALLOT).await;
        assert_eq!(seen(&confirmed), seen(&never), "{why}");
    }
}

const STATUS_STEPS: [(&str, (&str, &str)); 4] = [
    ("/words", ("confirm", "yes")),
    ("/agree", ("answer", "yes")),
    ("/withdraw", ("withdraw", "yes")),
    ("/withdraw/confirm", ("confirm", "yes")),
];

async fn assert_dead_status(channel: &Channel, token: &str, why: &str) {
    let never = channel.get("/status/never").await;
    assert_eq!(never.status, 404);
    assert_eq!(seen(&channel.get(&format!("/status/{token}")).await), seen(&never), "{why}");
    for (step, field) in STATUS_STEPS {
        let answer = channel.post_form(&format!("/status/{token}{step}"), &[field]).await;
        assert_eq!(seen(&answer), seen(&never), "{why}: {step}");
    }
}

#[tokio::test]
async fn every_truncation_is_dead() {
    let (channel, id, paths) = invited().await;
    let whole = token(&paths[0].1);
    for length in 0..whole.len() {
        assert_dead(&channel, &whole[..length], "cut at its end").await;
        if length > 0 {
            assert_dead(&channel, &whole[length..], "cut at its beginning").await;
        }
    }
    for longer in [format!("{whole}A"), format!("{whole}."), format!("{whole}%20"), whole.repeat(4)] {
        assert_dead(&channel, &longer, "with something added").await;
    }
    assert_eq!(channel.get(&paths[0].1).await.status, 200);
    assert!(channel.core.store.ballots(id, 1).await.unwrap().is_empty());
}

/// Two bits of every byte against every page; all eight against the first.
#[tokio::test]
async fn every_flipped_bit_is_dead() {
    let (channel, id, paths) = invited().await;
    let whole = token(&paths[0].1).as_bytes();
    let never = seen(&channel.get("/review/never").await);
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.to_vec();
            bytes[at] ^= 1 << bit;
            let flipped = segment(&bytes);
            let answer = channel.get(&format!("/review/{flipped}")).await;
            assert_eq!(seen(&answer), never, "byte {at}, bit {bit}");
            if bit == at % 8 || bit == 7 {
                assert_dead(&channel, &flipped, "a flipped bit").await;
            }
        }
    }
    assert!(channel.core.store.ballots(id, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_flipped_bit_kills_a_status_link_too() {
    let channel = Channel::open().await;
    let answer = channel.post_json(&tests::proposal(TEXT)).await.json();
    let whole = token(answer["status_url"].as_str().unwrap()).to_owned();
    assert_eq!(channel.get(&format!("/status/{whole}")).await.status, 200);
    let never = seen(&channel.get("/status/never").await);
    for at in 0..whole.len() {
        for bit in [at % 8, 7] {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            let flipped = segment(&bytes);
            assert_eq!(seen(&channel.get(&format!("/status/{flipped}")).await), never, "{at} {bit}");
        }
        let cut = channel.get(&format!("/status/{}", &whole[..at])).await;
        if at > 0 {
            assert_eq!(seen(&cut), never, "cut at {at}");
        }
    }
    assert_dead_status(&channel, &whole[1..], "cut at its beginning").await;
}

/// Links that nobody was ever sent, sealed with the channel's own key.
#[tokio::test]
async fn a_link_that_says_anything_else_is_dead() {
    let (channel, id, paths) = invited().await;
    let seats = channel.load(id).await.review.unwrap().seats;
    let outsider = channel.therapists.iter().find(|one| seats.iter().all(|seat| seat.person != one.id));
    let good = Link {
        purpose: Purpose::Review,
        subject: id.to_string(),
        revision: 1,
        person: seats[0].person.to_string(),
        epoch: 0,
        expires_at: channel.now().after(SignedDuration::from_hours(1)),
    };
    let sealed = |link: &Link| channel.web.keys.seal(link).unwrap().as_str().to_owned();
    assert_eq!(
        channel.get(&format!("/review/{}", sealed(&good))).await.status,
        200,
        "or all this shows nothing"
    );
    let other = |change: fn(&mut Link)| {
        let mut link = good.clone();
        change(&mut link);
        link
    };
    let mut of_an_outsider = good.clone();
    of_an_outsider.person = outsider.unwrap().id.to_string();
    let mut of_an_officer = good.clone();
    of_an_officer.person = channel.officers[0].id.to_string();
    for (why, link) in [
        ("somebody who was not invited", of_an_outsider),
        ("somebody who does not vote", of_an_officer),
        ("nobody", other(|link| link.person = "01JD00000000000000000000AA".to_owned())),
        ("no id", other(|link| link.person = "x".to_owned())),
        ("no such submission", other(|link| link.subject = "01JD00000000000000000000AA".to_owned())),
        ("no id of a submission", other(|link| link.subject = "x".to_owned())),
        ("a later revision", other(|link| link.revision = 2)),
        ("a later epoch", other(|link| link.epoch = 1)),
        ("an inbox", other(|link| link.purpose = Purpose::Inbox)),
        ("a console", other(|link| link.purpose = Purpose::SignIn)),
        (
            "a status page",
            other(|link| {
                link.purpose = Purpose::Status;
                link.revision = NO_REVISION;
            }),
        ),
        ("the past", other(|link| link.expires_at = Timestamp::from_second(1).unwrap())),
    ] {
        assert_dead(&channel, &sealed(&link), why).await;
    }

    let now = channel.now();
    let status = Link {
        purpose: Purpose::Status,
        subject: id.to_string(),
        revision: NO_REVISION,
        person: String::new(),
        epoch: 0,
        expires_at: now.after(SignedDuration::from_hours(1)),
    };
    assert_eq!(channel.get(&format!("/status/{}", sealed(&status))).await.status, 200);
    let other = |change: fn(&mut Link)| {
        let mut link = status.clone();
        change(&mut link);
        link
    };
    for (why, link) in [
        ("no such submission", other(|link| link.subject = "01JD00000000000000000000AA".to_owned())),
        ("a revision", other(|link| link.revision = 1)),
        ("an epoch", other(|link| link.epoch = 1)),
        ("the past", other(|link| link.expires_at = Timestamp::from_second(1).unwrap())),
    ] {
        assert_dead_status(&channel, &sealed(&link), why).await;
    }
    assert_dead_status(&channel, token(&paths[0].1), "a review link").await;
    assert_dead(&channel, &sealed(&status), "a status link").await;
    assert_eq!(channel.state(id).await, "in_review");
}

#[tokio::test]
async fn a_link_under_another_key_is_dead() {
    let (mut channel, _, paths) = invited().await;
    let whole = token(&paths[0].1).to_owned();
    let footer = whole.rsplit('.').next().unwrap();
    let renamed = whole.replace(&format!(".{footer}"), ".azI"); // "k2"
    assert_dead(&channel, &renamed, "an unknown key's name").await;
    assert_dead(&channel, whole.trim_end_matches(&format!(".{footer}")), "no key's name").await;

    let key = |first: u8| std::array::from_fn(|at| first.wrapping_add(u8::try_from(at).unwrap()));
    let text = |name: &str, first| web::links::key_text(&KeyId::new(name).unwrap(), &key(first)).to_string();
    for (keys, lives) in [
        (format!("{},{}", text("k2", 90), text("k1", 0)), true),
        (format!("{},{}", text("k3", 50), text("k2", 90)), false),
        (text("k1", 90), false),
    ] {
        let keys: Arc<Keyring> = Arc::new(keys.parse().unwrap());
        let web = Web { keys, ..channel.web.clone() };
        channel.router =
            accept_submission::router(web.clone()).merge(record_vote::router(web).reset_fallback());
        if lives {
            assert_eq!(channel.get(&paths[0].1).await.status, 200, "the previous key still opens");
        } else {
            assert_dead(&channel, &whole, "the key was removed").await;
        }
    }
}

#[tokio::test]
async fn a_link_dies_with_its_time() {
    let (channel, id, paths) = invited().await;
    let review = channel.load(id).await.review.unwrap();
    let second = SignedDuration::from_secs(1);
    let left = review.deadline.duration_since(channel.now().at) + SignedDuration::from_hours(24);
    channel.pass(left - second);
    assert_eq!(channel.get(&paths[0].1).await.status, 200, "a day of grace, to be told kindly");
    channel.pass(second);
    assert_dead(&channel, token(&paths[0].1), "expired").await;
}

#[tokio::test]
async fn a_pause_kills_every_link_of_a_person_for_good() {
    let (channel, id, paths) = invited().await;
    let (address, path) = &paths[0];
    let person = channel.therapists.iter().find(|one| one.email == *address).unwrap().id;
    let open = channel.get(path).await;
    app::roster::pause(&channel.core, person, true).await.unwrap();
    assert_dead(&channel, token(path), "paused").await;
    app::roster::pause(&channel.core, person, false).await.unwrap();
    assert_dead(&channel, token(path), "back, with a new epoch").await;
    // A page that stood open all the while.
    let seal = field(&open.body, "form_token").unwrap();
    let answer = channel.post_form(path, &[("form_token", &seal), ("decision", "approve")]).await;
    assert_eq!(answer.status, 404);
    assert_eq!(channel.get(&paths[1].1).await.status, 200, "others are not touched");
    assert!(channel.core.store.ballots(id, 1).await.unwrap().is_empty());

    assert_eq!(channel.post_form("/review/fresh", &[("email", address)]).await.status, 200);
    channel.settle().await;
    let (to, fresh) = channel.mailbox.review_paths().pop().unwrap();
    assert_eq!(to, *address);
    assert_eq!(channel.get(&fresh).await.status, 200);
}

#[tokio::test]
async fn a_link_to_older_words_is_dead() {
    let channel = Channel::open_with(16).await;
    let id = channel.propose("Therapy always works.").await;
    let first = channel.mailbox.review_paths();
    for (_, path) in &first {
        channel.vote(path, &[("decision", "reword"), ("reword_reason", "Nobody can promise that.")]).await;
    }
    assert_eq!(channel.state(id).await, "rewording");
    channel.mailbox.take();
    let words = Words::parse("Therapy often helps.").unwrap();
    let reviser = app::Reviser { actor: curation::audit::Actor::Submitter, is_other: false };
    app::submitter::revise(&channel.core, &channel.web.rules, id, &words, reviser, 1).await.unwrap();
    channel.settle().await;
    assert_eq!(channel.mailbox.review_paths().len(), 5);
    for (_, path) in &first {
        assert_dead(&channel, token(path), "the words changed").await;
    }
    assert!(channel.core.store.ballots(id, 2).await.unwrap().is_empty());
}

/// What a reviewer has in hand after choosing: the confirmation page's hidden fields.
async fn chosen(channel: &Channel, path: &str, decision: &str) -> Vec<(String, String)> {
    let page = channel.get(path).await;
    let seal = field(&page.body, "form_token").unwrap();
    let confirmation = channel.post_form(path, &[("form_token", &seal), ("decision", decision)]).await;
    assert_eq!(confirmation.status, 200, "{}", confirmation.body);
    hidden(&confirmation.body)
}

async fn confirm(channel: &Channel, path: &str, fields: &[(String, String)]) -> Answer {
    let mut fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>();
    fields.push(("declaration", "yes"));
    channel.post_form(&format!("{path}/confirm"), &fields).await
}

fn with(fields: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut fields = fields.to_vec();
    fields.retain(|(known, _)| known != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

/// The paths that were mailed to one address.
fn both<'a>(paths: &'a [(String, String)], address: &str) -> Vec<&'a str> {
    paths.iter().filter(|(to, _)| to == address).map(|(_, path)| path.as_str()).collect()
}

#[tokio::test]
async fn a_form_counts_only_for_what_its_page_showed() {
    let (channel, id, paths) = invited().await;
    let other = channel.propose("Some people need several tries to find a therapist.").await;
    // Two panels of five out of eight: somebody sits on both.
    let invitations = channel.mailbox.review_paths();
    let (address, mine) = paths.iter().find(|(to, _)| both(&invitations, to).len() == 2).unwrap();
    let elsewhere = both(&invitations, address)[1];
    let theirs = &paths.iter().find(|(to, _)| to != address).unwrap().1;
    let first_step = field(&channel.get(mine).await.body, "form_token").unwrap();
    let confirmed = chosen(&channel, mine, "approve").await;
    let stored = contents(&channel).await;

    // The first step, with a seal that is another's, of another step, or none.
    let of_their_page = field(&channel.get(theirs).await.body, "form_token").unwrap();
    let of_a_confirmation = confirmed.iter().find(|(name, _)| name == "form_token").unwrap().1.clone();
    let cut = first_step[..first_step.len() - 1].to_owned();
    for seal in ["", "x", &cut, token(mine), &of_their_page, &of_a_confirmation] {
        let answer = channel.post_form(mine, &[("form_token", seal), ("decision", "approve")]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("Your decision"), "the review again");
    }

    // The confirmation, for somebody else, with the first step's seal, or with other values than were shown.
    assert_eq!(confirm(&channel, theirs, &confirmed).await.status, 422);
    assert_eq!(confirm(&channel, elsewhere, &confirmed).await.status, 422, "another submission");
    for fields in [
        with(&confirmed, "form_token", &first_step),
        with(&confirmed, "form_token", ""),
        with(&confirmed, "decision", "reject"),
        with(&with(&confirmed, "decision", "reject"), "reject_reason", "An example."),
        with(&confirmed, "decision", "concern"),
        with(&confirmed, "decision", "step_back"),
        with(&confirmed, "decision", "APPROVE"),
        with(&confirmed, "note", "An example of a note that was not shown."),
    ] {
        let answer = confirm(&channel, mine, &fields).await;
        assert_eq!(answer.status, 422, "{fields:?}");
    }
    // Undeclared.
    let plain = confirmed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>();
    assert_eq!(channel.post_form(&format!("{mine}/confirm"), &plain).await.status, 422);
    assert_eq!(contents(&channel).await, stored, "none of this changed anything");

    assert_eq!(confirm(&channel, mine, &confirmed).await.status, 200, "as it was shown, it counts");
    let ballots = channel.core.store.ballots(id, 1).await.unwrap();
    assert_eq!(ballots.iter().map(|ballot| ballot.decision).collect::<Vec<_>>(), [Decision::Approve]);
    assert!(channel.core.store.ballots(other, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_confirmation_counts_once_and_never_over_a_newer_decision() {
    let (channel, id, paths) = invited().await;
    let path = &paths[0].1;
    let approval = chosen(&channel, path, "approve").await;
    assert_eq!(confirm(&channel, path, &approval).await.status, 200);
    let stored = contents(&channel).await;
    channel.pass(SignedDuration::from_mins(1));
    assert_eq!(confirm(&channel, path, &approval).await.status, 422, "sent again");
    assert_eq!(contents(&channel).await, stored);

    let fields = [("decision", "reject"), ("reject_reason", "An example of a reason.")];
    assert_eq!(channel.vote(path, &fields).await.status, 200, "a change of mind is welcome");
    channel.pass(SignedDuration::from_mins(1));
    assert_eq!(confirm(&channel, path, &approval).await.status, 422, "an old tab does not undo it");
    let seats = channel.load(id).await.review.unwrap().seats;
    let counting = seats.iter().filter_map(|seat| seat.ballot.as_ref()).map(|ballot| ballot.decision);
    assert_eq!(counting.collect::<Vec<_>>(), [Decision::Reject]);
}

#[tokio::test]
async fn a_form_that_stood_open_too_long_is_shown_again() {
    let (channel, id, paths) = invited().await;
    let path = &paths[0].1;
    let approval = chosen(&channel, path, "approve").await;
    channel.pass(web::links::FORM_LIFETIME);
    let answer = confirm(&channel, path, &approval).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("open for a while"));
    assert!(channel.core.store.ballots(id, 1).await.unwrap().is_empty());
}

/// Asserts that somebody with an open confirmation of an approval is told why it does not count, and that it doesn't.
async fn assert_uncounted(channel: &Channel, path: &str, approval: &[(String, String)], why: &str) {
    let stored = contents(channel).await;
    let page = channel.get(path).await;
    assert!(page.status == 200 || page.status == 409, "{why}: {}", page.status);
    assert!(page.body.contains(why), "{}", page.body);
    assert!(!page.body.contains(TEXT), "the words are for who decides on them");
    for answer in
        [confirm(channel, path, approval).await, channel.post_form(path, &[("decision", "approve")]).await]
    {
        assert_eq!(answer.status, 409, "{why}");
        assert!(answer.body.contains(why), "{}", answer.body);
    }
    assert_eq!(contents(channel).await, stored, "{why}");
}

#[tokio::test]
async fn a_vote_after_closing_does_not_count() {
    for (decision, closed) in [("approve", "approved"), ("reject", "rejected")] {
        let (channel, id, paths) = invited().await;
        let late = chosen(&channel, &paths[4].1, "approve").await;
        for (_, path) in &paths[..4] {
            channel.vote(path, &[("decision", decision), ("reject_reason", "An example.")]).await;
        }
        channel.pass(SignedDuration::from_hours(24));
        channel.sweep().await;
        assert_eq!(channel.state(id).await, closed);
        assert_uncounted(&channel, &paths[4].1, &late, "This review has closed").await;
    }
}

#[tokio::test]
async fn a_vote_of_who_lapsed_does_not_count() {
    let (channel, id, paths) = invited().await;
    for (at, (address, path)) in paths.iter().take(2).enumerate() {
        let approval = chosen(&channel, path, "approve").await;
        let mut therapist = channel.therapists.iter().find(|one| one.email == *address).unwrap().clone();
        therapist = channel.core.store.therapist(therapist.id).await.unwrap().unwrap();
        if at == 0 {
            therapist.checked_on = channel.now().today().checked_sub(3.months().days(1)).unwrap();
        } else {
            therapist.membership = Membership::Other;
        }
        therapist.version += 1;
        channel.core.store.put_therapist(&therapist).await.unwrap();
        assert_uncounted(&channel, path, &approval, "count a decision from you").await;
    }
    assert!(channel.core.store.ballots(id, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_vote_of_who_stepped_back_does_not_count() {
    let (channel, id, paths) = invited().await;
    let path = &paths[0].1;
    let approval = chosen(&channel, path, "approve").await;
    assert_eq!(channel.vote(path, &[("decision", "step_back")]).await.status, 200);
    channel.settle().await;
    assert_uncounted(&channel, path, &approval, "count a decision from you").await;
    let seats = channel.load(id).await.review.unwrap().seats;
    assert!(seats.iter().all(|seat| seat.ballot.is_none()));
}

#[tokio::test]
async fn asking_for_a_fresh_link_tells_nothing() {
    let (channel, _, paths) = invited().await;
    let (known, _) = &paths[0];
    let idle = channel.therapists.iter().find(|one| paths.iter().all(|(to, _)| *to != one.email)).unwrap();
    channel.mailbox.take();
    let asked = seen(&channel.post_form("/review/fresh", &[("email", known)]).await);
    assert_eq!(asked.0, 200);
    let long = "a".repeat(10_000);
    for address in [
        "stranger@example.com",
        &idle.email,
        "",
        "x",
        "a@b",
        "a@example.org, b@example.org",
        &long,
        "<script>",
    ] {
        let answer = channel.post_form("/review/fresh", &[("email", address)]).await;
        assert_eq!(seen(&answer), asked, "{address}");
    }
    assert_eq!(seen(&channel.post_form("/review/fresh", &[]).await), asked);
    channel.settle().await;
    let mails = channel.mailbox.take();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [known]);
}

#[tokio::test]
async fn a_fresh_link_works_and_comes_three_times_an_hour_at_most() {
    let (channel, id, paths) = invited().await;
    channel.mailbox.take();
    let shouted = paths[0].0.to_uppercase();
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(seen(&channel.post_form("/review/fresh", &[("email", &shouted)]).await));
        channel.settle().await;
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "the limit is not told either");
    let mails = channel.mailbox.review_paths();
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|(to, _)| *to == paths[0].0), "to the address as it is on the roster");
    assert_eq!(channel.vote(&mails[0].1, &[("decision", "approve")]).await.status, 200);
    assert_eq!(channel.core.store.ballots(id, 1).await.unwrap().len(), 1);

    channel.settle().await;
    channel.mailbox.take();
    channel.post_form("/review/fresh", &[("email", &paths[1].0)]).await;
    channel.settle().await;
    assert_eq!(channel.mailbox.review_paths().len(), 1, "others have their own three");
    channel.pass(SignedDuration::from_hours(1));
    channel.post_form("/review/fresh", &[("email", &paths[0].0)]).await;
    channel.settle().await;
    assert_eq!(channel.mailbox.review_paths().len(), 2);
}
