//! The command as people type it, on tables in memory.

#![allow(clippy::unwrap_used)]

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use app::{
    accept::{HOURLY_LIMIT, Proposal, Source, propose},
    invite::{Addressee, Correspondence, Post, invite},
    ports::{Mail, MailError, Mailer, Randomness},
    vote::{Holder, NewBallot, cast},
};
use async_trait::async_trait;
use clap::{CommandFactory, Parser};
use curation::{
    audit::ChainHead,
    composition::PlatformName,
    ids::{PersonId, SubmissionId},
    review::Decision,
    roster::Officer,
    submission::{About, Attention, Delivery, DeliveryStatus, State, Step, Submission},
    time::Now,
    words::Words,
};
use jiff::Timestamp;
use serde_json::Value;

use super::*;
use crate::local::clock::tests::Hand;

/// The command as the real one has it: these among others.
#[derive(Debug, Parser)]
#[command(name = "clientsconnect")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Operate(Operate),
}

const FINE: &str = "Grief has no timetable, and asking for help is a strength.";
const WITH_A_NUMBER: &str = "Asking for help is a strength. Ring me on 07700 900123.";
const IN_DANGER: &str = "I want to die.";

struct Channel {
    connection: Connection,
    hand: Hand,
}

/// Carries no mail.
struct Nobody;

#[async_trait]
impl Mailer for Nobody {
    async fn send(&self, _: &Mail) -> Result<(), MailError> {
        Ok(())
    }
}

impl Correspondence for Nobody {
    fn write(&self, _: &Addressee, _: About, _: &Submission, _: Now) -> Option<Mail> {
        None
    }

    fn write_of_channel(&self, _: &Addressee, _: About) -> Option<Mail> {
        None
    }

    fn of_list(&self, to: &Officer, _: Timestamp) -> Mail {
        Mail {
            to: to.email.clone(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            submission: store::leads_list(),
            unsubscribe: None,
        }
    }
}

/// Something new each time, but for its end: so every submission gets the same reference.
struct SameReferences(AtomicU8);

impl Randomness for SameReferences {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
        bytes[0] = self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Channel {
    async fn new() -> Self {
        let hand = Hand::at("2026-11-23T12:00:00Z");
        let connection = Connection::in_memory(Arc::new(hand.clone())).await.unwrap();
        Self { connection, hand }
    }

    async fn type_with(&self, line: &[&str], stdin: &str) -> anyhow::Result<Shown> {
        let line = std::iter::once(&"clientsconnect").chain(line);
        let Command::Operate(Operate::OnTables(command)) = Cli::try_parse_from(line)?.command else {
            panic!("a command on tables");
        };
        answer(&self.connection, command, &mut stdin.as_bytes()).await
    }

    async fn says(&self, line: &[&str]) -> Shown {
        self.type_with(line, "").await.unwrap()
    }

    async fn refuses(&self, line: &[&str]) -> String {
        format!("{:#}", self.type_with(line, "").await.unwrap_err())
    }

    async fn officer(&self, duty: &str) -> String {
        let email = format!("{duty}@example.org");
        let shown = self
            .says(&["roster", "add", "--officer", duty, "--name", "Example Person", "--email", &email])
            .await;
        shown.json["id"].as_str().unwrap().to_owned()
    }

    async fn therapist(&self, number: u8, register: &str) -> String {
        let email = format!("therapist{number}@example.org");
        let line =
            ["roster", "add", "--name", "Example Therapist", "--email", &email, "--register", register];
        let more = ["--number", "EX1", "--membership", "full", "--checked-by", "Example Coordinator"];
        let shown = self.says(&[&line[..], &more].concat()).await;
        shown.json["id"].as_str().unwrap().to_owned()
    }

    async fn proposed(&self, words: &str) -> SubmissionId {
        let proposal =
            Proposal { words: Words::parse(words).unwrap(), role: None, email: None, may_contact: false };
        let source = Source { bucket: "example".to_owned(), hourly_limit: HOURLY_LIMIT };
        let rules = self.connection.rules().await.unwrap();
        propose(&self.connection.core, &rules, &proposal, &source, None).await.unwrap().id
    }

    async fn load(&self, id: SubmissionId) -> Submission {
        self.connection.core.store.load(id).await.unwrap().unwrap()
    }

    /// Writes over an item what no use case would.
    async fn tamper(&self, id: SubmissionId, change: impl FnOnce(&mut Submission)) {
        let before = self.load(id).await;
        let mut submission = before.clone();
        change(&mut submission);
        submission.version += 1;
        let step = Step { submission, entries: vec![], notices: vec![] };
        let now = self.connection.core.clock.now();
        self.connection.core.store.commit(&before, &step, vec![], &[], now).await.unwrap();
    }

    /// An item with a panel of five drawn from six.
    async fn in_review(&self) -> SubmissionId {
        for (number, register) in (1..).zip(["UKCP", "NCPS", "BACP", "UKCP", "NCPS", "BACP"]) {
            self.therapist(number, register).await;
        }
        let id = self.proposed(FINE).await;
        let post = Post { mailer: &Nobody, correspondence: &Nobody };
        invite(&self.connection.core, post, id).await.unwrap();
        id
    }

    async fn votes(&self, id: SubmissionId, seat: usize, decision: Decision, reason: &str) {
        let submission = self.load(id).await;
        let person = submission.review.as_ref().unwrap().seats[seat].person;
        let holder = Holder { submission: id, person, revision: submission.revision, epoch: 0 };
        let reason = Some(reason.to_owned());
        let ballot = NewBallot { decision, reason, suggestion: None, comment: None };
        cast(&self.connection.core, holder, &ballot).await.unwrap();
    }
}

fn references(shown: &Shown) -> Vec<&str> {
    shown.json.as_array().unwrap().iter().map(|line| line["reference"].as_str().unwrap()).collect()
}

#[test]
fn the_arguments_are_consistent() {
    Cli::command().debug_assert();
}

#[tokio::test]
async fn a_roster_is_kept_by_hand() {
    let channel = Channel::new().await;
    let id = channel.therapist(1, "ukcp").await;
    let lead = channel.officer("lead").await;

    let shown = channel.says(&["roster", "list"]).await;
    assert!(shown.plain.starts_with("Therapists: 1, of whom 1 may review today."), "{}", shown.plain);
    assert!(shown.plain.contains("May review until 23 Feb 2027."), "{}", shown.plain);
    assert!(!shown.plain.contains('@'), "addresses are for programs that ask for them: {}", shown.plain);
    let one = &shown.json["therapists"][0];
    assert_eq!((&one["register"], &one["standing"]), (&"UKCP".into(), &"good".into()));
    assert_eq!((&one["checked_on"], &one["holds_until"]), (&"2026-11-23".into(), &"2027-02-23".into()));
    assert_eq!(shown.json["officers"][0]["duty"], "lead");

    assert_eq!(channel.says(&["roster", "pause", &id]).await.json["standing"], "paused");
    assert_eq!(channel.says(&["roster", "resume", &id]).await.json["standing"], "good");
    let store = &channel.connection.core.store;
    let mut therapist = store.therapist(id.parse().unwrap()).await.unwrap().unwrap();
    (therapist.bouncing, therapist.unsubscribed) = (true, true);
    therapist.version += 1;
    store.put_therapist(&therapist).await.unwrap();
    let mut officer = store.officers().await.unwrap().remove(0);
    officer.bouncing = true;
    officer.version += 1;
    store.put_officer(&officer).await.unwrap();
    let shown = channel.says(&["roster", "list"]).await;
    assert!(shown.plain.contains("mail to them comes back; not invited, since they unsubscribed."));
    assert!(shown.plain.contains("lead; mail to them comes back, and goes to others"));
    for (id, of) in [(&id, "therapists"), (&lead, "officers")] {
        assert_eq!(shown.json[of][0]["bouncing"], true);
        assert_eq!(channel.says(&["roster", "resume", id]).await.json["bouncing"], false);
    }
    channel.hand.set("2027-02-24T12:00:00Z");
    assert_eq!(channel.says(&["roster", "list"]).await.json["therapists"][0]["standing"], "lapsed");
    let check = ["roster", "check", &id, "--checked-by", "Example Coordinator", "--membership"];
    let shown = channel.says(&[&check[..], &["other"]].concat()).await;
    assert_eq!(shown.json["standing"], "not_full");
    let shown = channel.says(&[&check[..], &["full"]].concat()).await;
    assert_eq!((&shown.json["standing"], &shown.json["checked_on"]), (&"good".into(), &"2027-02-24".into()));
}

#[tokio::test]
async fn the_channel_pauses_and_goes_on() {
    let channel = Channel::new().await;
    let coordinator = channel.officer("coordinator").await;
    for (line, paused) in [
        (&["pause"][..], true),
        (&["pause", "--as", &coordinator], true),
        (&["resume", "--as", &coordinator], false),
    ] {
        let shown = channel.says(line).await;
        assert_eq!(shown.json["paused"], paused);
        let stored = channel.connection.core.store.channel().await.unwrap();
        assert_eq!(stored.switches.paused, paused);
    }
    let nobody = channel.refuses(&["pause", "--as", "01M832RCGJ24X33Z1VBC5EARYS"]).await;
    assert!(nobody.contains("nobody who runs the channel"), "{nobody}");
    let shown = channel.says(&["brake"]).await.plain;
    assert!(shown.contains("paused  by somebody who gave no name"), "{shown}");
    assert!(shown.contains("resumed  by Example"), "{shown}");
}

#[tokio::test]
async fn topics_and_pins_are_seen_and_a_brake_says_what_it_does_not_stop() {
    let channel = Channel::new().await;
    let coordinator = channel.officer("coordinator").await;
    let id = channel.in_review().await;
    let other = channel.proposed(FINE).await;
    for id in [id, other] {
        channel
            .tamper(id, |item| {
                item.state = State::Approved { awaits_submitter: false, due_at: item.received_at };
            })
            .await;
    }
    let (name, on) = (id.to_string(), ["--as", coordinator.as_str()]);
    channel.says(&[&["queue", "topic", &name, "grief"][..], &on].concat()).await;
    channel.says(&[&["queue", "pin", &name, "--at", "2026-11-24 12:00"][..], &on].concat()).await;
    let listed = channel.says(&["queue", "list", "--all"]).await;
    let line = listed.plain.lines().find(|line| line.contains(&name)).unwrap();
    assert!(
        line.contains("grief") && line.contains("a slot, pinned: from Tue 24 Nov 2026, 12:00 on"),
        "{line}"
    );
    let shown = channel.says(&["queue", "show", &name]).await;
    assert!(shown.plain.contains("About grief: Grief\n"), "{}", shown.plain);
    assert!(shown.plain.contains("pinned: from Tue 24 Nov 2026, 12:00 on"), "{}", shown.plain);
    assert_eq!(
        (&shown.json["topic"], &shown.json["pin"]["at"]),
        (&"grief".into(), &"2026-11-24T12:00:00Z".into())
    );
    let name = other.to_string();
    let shown = channel.says(&[&["queue", "pin", &name, "--at", "2026-11-24 13:00"][..], &on].concat()).await;
    assert!(shown.plain.contains("It appears on Wed 25 Nov 2026, 08:00 at the earliest"), "{}", shown.plain);
    let shown = channel.says(&[&["brake", "grief", "on"][..], &on].concat()).await;
    assert_eq!(shown.json["without_topic"], 1);
    assert!(shown.plain.contains("no brake stops them: 1."), "{}", shown.plain);
    assert_eq!(channel.says(&["brake"]).await.json["without_topic"], Value::Null);
}

#[tokio::test]
async fn what_is_held_needs_the_lead_and_then_the_deputy() {
    let channel = Channel::new().await;
    let (lead, deputy) = (channel.officer("lead").await, channel.officer("deputy").await);
    let coordinator = channel.officer("coordinator").await;
    let id = channel.proposed(IN_DANGER).await;
    let reference = id.reference();
    let name = reference.as_str();

    assert_eq!(references(&channel.says(&["queue", "list", "--for", "lead"]).await), [name]);
    assert!(references(&channel.says(&["queue", "list", "--for", "coordinator"]).await).is_empty());
    let listed = channel.says(&["queue", "list"]).await;
    assert_eq!((&listed.json[0]["state"], &listed.json[0]["hold"]), (&"held".into(), &"crisis".into()));
    assert_eq!(listed.json[0]["waits_for"], serde_json::json!(["lead", "deputy"]));

    for line in [&["queue", "show", name][..], &["queue", "show", name, "--as", &coordinator]] {
        let shown = channel.says(line).await;
        assert!(!shown.plain.contains(IN_DANGER) && !shown.json.to_string().contains(IN_DANGER));
        assert_eq!((&shown.json["words"], &shown.json["findings"]), (&Value::Null, &Value::Null));
        assert_eq!(shown.json["posts"], serde_json::json!([]));
        assert!(shown.in_order && shown.plain.contains("The record holds together: 2 entries"));
    }
    let shown = channel.says(&["queue", "show", name, "--as", &lead]).await;
    assert!(shown.plain.contains("  | I want to die.\n"), "{}", shown.plain);
    assert_eq!(shown.json["findings"][0]["category"], "self_harm_risk");

    let release =
        |who: &str, to: &str| ["queue", "release", name, "--as", who, "--to", to].map(str::to_owned).to_vec();
    let refuses = async |who: &str, to: &str| {
        let line = release(who, to);
        channel.refuses(&line.iter().map(String::as_str).collect::<Vec<_>>()).await
    };
    let says = async |who: &str, to: &str| {
        let line = release(who, to);
        channel.says(&line.iter().map(String::as_str).collect::<Vec<_>>()).await
    };
    assert!(refuses(&coordinator, "review").await.contains("for the safeguarding lead and the deputy"));
    assert!(refuses(&deputy, "review").await.contains("the lead has not released these words in this way"));
    let shown = says(&lead, "review").await;
    assert_eq!(shown.json["state"], "held");
    assert!(shown.plain.contains("waits for the deputy, to confirm the release"), "{}", shown.plain);
    assert!(
        refuses(&deputy, "redaction").await.contains("the lead has not released these words in this way")
    );
    let shown = says(&deputy, "review").await;
    assert_eq!((&shown.json["state"], &shown.json["tier"]), (&"in_review".into(), &"elevated".into()));
    assert!(shown.plain.contains("next sweep"));
    assert!(refuses(&lead, "review").await.contains("not possible while the item is in_review"));

    let shown = channel.says(&["queue", "show", name, "--as", &coordinator]).await;
    assert!(shown.plain.contains("Released to review by lead and deputy"), "{}", shown.plain);
    assert_eq!(shown.json["words"], IN_DANGER);
}

#[tokio::test]
async fn words_are_masked_or_replaced_by_a_coordinator() {
    let channel = Channel::new().await;
    let coordinator = channel.officer("coordinator").await;
    let lead = channel.officer("lead").await;
    for words in [None, Some("Asking for help is a strength. There are helplines.\n")] {
        let id = channel.proposed(WITH_A_NUMBER).await.to_string();
        let shown = channel.says(&["queue", "show", &id, "--as", &coordinator]).await;
        assert_eq!(shown.json["state"], "needs_redaction");
        assert!(!shown.json.to_string().contains("900123"), "{}", shown.json);
        assert!(shown.plain.contains("\u{2588}\u{2588}"), "{}", shown.plain);
        let line = ["queue", "redact", &id, "--as", &coordinator];
        let shown = match words {
            None => {
                let refused = channel.refuses(&["queue", "redact", &id, "--as", &lead]).await;
                assert!(refused.contains("--text-file"), "{refused}");
                channel.says(&line).await
            }
            Some(words) => {
                channel.type_with(&[&line[..], &["--text-file", "-"]].concat(), words).await.unwrap()
            }
        };
        assert_eq!((&shown.json["state"], &shown.json["revision"]), (&"in_review".into(), &2.into()));
        let shown = channel.says(&["queue", "show", &id, "--as", &coordinator]).await;
        assert!(!shown.json["words"].as_str().unwrap().contains("900123"));
        let refused = channel.refuses(&line).await;
        assert!(
            refused.contains("changing the words is not possible while the item is in_review"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_review_is_shown_by_numbers_and_what_reviewers_wrote_with_the_words() {
    let channel = Channel::new().await;
    let coordinator = channel.officer("coordinator").await;
    let id = channel.in_review().await;
    channel.votes(id, 0, Decision::Approve, "Kind and clear.").await;
    channel.votes(id, 2, Decision::Reject, "Too short.").await;
    let whole = id.to_string();
    let shown = channel.says(&["queue", "show", &whole, "--as", &coordinator]).await;
    for expected in [
        "Review: 1 approval from 1 register, 1 reject, 0 rewords; 5 seats; ends Mon 30 Nov 2026, 12:00",
        "reviewer 1 wrote, with approve, Mon 23 Nov 2026, 12:00\n  | Kind and clear.",
        "reviewer 3 wrote, with reject",
        "reviewer 3  in_review    ballot_cast: reject",
        "panel_drawn: reviewer 1 reviewer 2 reviewer 3 reviewer 4 reviewer 5 by seed",
    ] {
        assert!(shown.plain.contains(expected), "{expected}\n{}", shown.plain);
    }
    assert!(!shown.plain.contains("Example Therapist") && !shown.plain.contains('@'));
    assert_eq!(shown.json["review"]["seats"][0]["decision"], "approve");
    let without = channel.says(&["queue", "show", &whole]).await;
    assert!(!without.plain.contains("Kind and clear.") && without.json["remarks"] == serde_json::json!([]));

    // A reviewer who was paused is not counted; a concern takes the words from all but the lead and the deputy.
    let person = channel.load(id).await.review.unwrap().seats[0].person.to_string();
    channel.says(&["roster", "pause", &person]).await;
    let shown = channel.says(&["queue", "show", &whole, "--as", &coordinator]).await;
    assert_eq!(
        (&shown.json["review"]["approvals"], &shown.json["review"]["awaited"]),
        (&0.into(), &4.into())
    );
    channel.votes(id, 1, Decision::Concern, "This worries me.").await;
    let shown = channel.says(&["queue", "show", &whole, "--as", &coordinator]).await;
    assert!(!shown.plain.contains("This worries me.") && !shown.plain.contains("Grief"), "{}", shown.plain);
    assert!(shown.plain.contains("For the safeguarding lead and the deputy only."));
    let lead = channel.officer("lead").await;
    let shown = channel.says(&["queue", "show", &whole, "--as", &lead]).await;
    assert!(shown.plain.contains("  | Grief") && shown.json["concealed"] == true, "{}", shown.plain);
}

#[tokio::test]
async fn a_stalled_review_is_widened_and_an_item_closed() {
    let channel = Channel::new().await;
    let coordinator = channel.officer("coordinator").await;
    let id = channel.in_review().await;
    channel.hand.set("2026-12-01T12:00:00Z");
    app::deadlines::push_on(&channel.connection.core, id).await.unwrap();
    let listed = channel.says(&["queue", "list", "--for", "coordinator"]).await;
    assert!(listed.plain.contains("a coordinator, to widen the panel"), "{}", listed.plain);
    let whole = id.to_string();
    let shown = channel.says(&["queue", "widen", &whole, "--as", &coordinator]).await;
    assert_eq!(shown.json["state"], "in_review");
    assert!(channel.refuses(&["queue", "widen", &whole, "--as", &coordinator]).await.contains("in_review"));
    let shown = channel.says(&["queue", "close", &whole, "--as", &coordinator]).await;
    assert_eq!(shown.json["state"], "closed");
    assert!(references(&channel.says(&["queue", "list"]).await).is_empty());
    assert_eq!(references(&channel.says(&["queue", "list", "--state", "closed"]).await), [id.reference()]);
    assert_eq!(references(&channel.says(&["queue", "list", "--all"]).await), [id.reference()]);
}

#[tokio::test]
async fn a_post_is_attested() {
    let channel = Channel::new().await;
    let coordinator = channel.officer("coordinator").await;
    let due_at = "2026-11-24T12:00:00Z".parse().unwrap();
    for (answer, state) in [(&["--post", "at://example/1"][..], "published"), (&["--absent"], "publishing")] {
        let id = channel.proposed(FINE).await;
        let whole = id.to_string();
        let line = [&["queue", "attest", &whole, "--as", &coordinator][..], answer].concat();
        assert!(channel.refuses(&line).await.contains("attesting a post is not possible"));
        channel
            .tamper(id, |item| {
                item.state = State::NeedsAttention { why: Attention::Ambiguous, due_at };
                item.deliveries = vec![Delivery {
                    platform: PlatformName::new("local"),
                    part: 0,
                    key: "example-0".to_owned(),
                    created_at: item.received_at,
                    begun_at: None,
                    looks: 0,
                    tried_since: None,
                    is_told: false,
                    fingerprint: None,
                    shares: None,
                    status: DeliveryStatus::Ambiguous,
                    post: None,
                }];
            })
            .await;
        let listed = channel.says(&["queue", "list"]).await;
        assert!(listed.plain.contains("a coordinator: is the post there?"), "{}", listed.plain);
        assert_eq!(channel.says(&line).await.json["state"], state);
        let shown = channel.says(&["queue", "show", &whole]).await;
        assert!(shown.in_order && shown.plain.contains("attested"), "{}", shown.plain);
    }
}

#[tokio::test]
async fn a_record_that_was_cut_or_changed_is_told_of_loudly() {
    let channel = Channel::new().await;
    let id = channel.proposed(FINE).await;
    let head = channel.load(id).await.chain;
    let missing = head.sequence + 1;
    channel.tamper(id, |item| item.chain = ChainHead { sequence: missing, ..head.clone() }).await;
    let cut = channel.says(&["queue", "show", &id.to_string()]).await;
    assert!(!cut.in_order && cut.plain.contains("THE RECORD DOES NOT HOLD TOGETHER"), "{}", cut.plain);
    assert_eq!(cut.json["record"]["broken_at"], missing);
    channel
        .tamper(id, |item| item.chain = ChainHead { sequence: head.sequence, ..ChainHead::default() })
        .await;
    let changed = channel.says(&["queue", "show", &id.to_string()]).await;
    assert_eq!((changed.in_order, &changed.json["record"]["broken_at"]), (false, &head.sequence.into()));
}

#[tokio::test]
async fn a_reference_that_means_several_items_is_not_guessed() {
    let mut channel = Channel::new().await;
    channel.connection.core.randomness = Arc::new(SameReferences(AtomicU8::new(0)));
    let first = channel.proposed(FINE).await;
    channel.hand.set("2026-11-23T12:00:01Z");
    let second = channel.proposed(FINE).await;
    assert_eq!(first.reference(), second.reference());
    let refused = channel.refuses(&["queue", "show", &first.reference()]).await;
    assert!(refused.contains(&first.to_string()) && refused.contains(&second.to_string()), "{refused}");
    assert_eq!(channel.says(&["queue", "show", &first.to_string()]).await.json["id"], first.to_string());
}

#[tokio::test]
async fn refusals_say_what_to_do_next() {
    let channel = Channel::new().await;
    let coordinator = channel.officer("coordinator").await;
    let held = channel.proposed(IN_DANGER).await.to_string();
    let redacting = channel.proposed(WITH_A_NUMBER).await.to_string();
    let nobody = PersonId::new(1, [1; 10]).to_string();
    let nothing = SubmissionId::new(1, [1; 10]).to_string();
    channel.therapist(1, "UKCP").await;
    let add = |register: &'static str, email: &'static str, more: &[&'static str]| {
        let line = ["roster", "add", "--name", "Example", "--email", email, "--register", register];
        [&line[..], &["--number", "1", "--membership", "full", "--checked-by", "Example"], more].concat()
    };
    let table: &[(Vec<&str>, &str)] = &[
        (add("NOSUCH", "a@example.org", &[]), "known are UKCP, NCPS, BACP"),
        (add("UKCP", "nonsense", &[]), "Check the e-mail address"),
        (add("UKCP", "THERAPIST1@example.org", &[]), "`clientsconnect roster list` shows who"),
        (add("UKCP", "a@example.org", &["--checked-on", "2026-11-24"]), "cannot lie in the future"),
        (
            vec!["roster", "add", "--officer", "lead", "--name", " ", "--email", "a@example.org"],
            "the name is empty or longer than 120 characters",
        ),
        (vec!["roster", "pause", &nobody], "`clientsconnect roster list` shows the ids"),
        (vec!["queue", "show", &nothing], "`clientsconnect queue list --all` shows every item"),
        (vec!["queue", "show", "ZZZZZZ"], "`clientsconnect queue list --all` shows every item"),
        (vec!["queue", "show", &held, "--as", &nobody], "`clientsconnect roster list` shows the ids"),
        (vec!["queue", "close", &held, "--as", &coordinator], "for the safeguarding lead and the deputy"),
        (vec!["queue", "widen", &held, "--as", &coordinator], "not possible while the item is held"),
        (vec!["queue", "redact", &held, "--as", &coordinator], "not possible while the item is held"),
        (
            vec!["queue", "redact", &redacting, "--as", &coordinator, "--text-file", "/nowhere"],
            "cannot be opened",
        ),
        (vec!["queue", "redact", &redacting, "--as", &coordinator, "--text-file", "-"], "this was empty"),
    ];
    for (line, expected) in table {
        let refused = channel.refuses(line).await;
        assert!(refused.contains(expected), "{line:?}\n{refused}");
        let says_too_much = ["a@example", "therapist1@", "nonsense", IN_DANGER, "900123"]
            .iter()
            .any(|text| refused.contains(text));
        assert!(!says_too_much, "{line:?}\n{refused}");
    }
    // The refusals changed nothing.
    assert_eq!(channel.says(&["roster", "list"]).await.json["therapists"].as_array().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_meant_is_a_usage_error() {
    let id = "01JD00000000000000000000AA";
    let table: &[&[&str]] = &[
        &["roster"],
        &["roster", "pause", "nonsense"],
        &["roster", "check", id, "--membership", "perhaps", "--checked-by", "Example"],
        &["roster", "add", "--name", "Example", "--email", "a@example.org"],
        &["roster", "add", "--name", "Example", "--email", "a@example.org", "--officer", "king"],
        &[
            "roster",
            "add",
            "--name",
            "E",
            "--email",
            "a@example.org",
            "--officer",
            "lead",
            "--register",
            "UKCP",
        ],
        &["roster", "add", "--name", "Example", "--checked-on", "23/11/2026"],
        &["queue", "list", "--state", "lost"],
        &["queue", "list", "--state", "held", "--for", "lead"],
        &["queue", "show", "K7QX2"],
        &["queue", "release", id, "--to", "review"],
        &["queue", "release", id, "--as", id],
        &["queue", "release", id, "--as", id, "--to", "the-public"],
        &["queue", "attest", id, "--as", id],
        &["queue", "attest", id, "--as", id, "--post", "1", "--absent"],
        &["pause", "--data", "a", "--tables", "b"],
        &["queue", "list", "--tables", "not a prefix"],
        &["dead-letters", "discard", "--tables", "example"],
        &["dead-letters", "list", "--data", "a", "--tables", "b"],
        &["doctor", "--aws", "--tables", "not a prefix"],
        &["keys"],
    ];
    for line in table {
        let refused = Cli::try_parse_from(std::iter::once(&"clientsconnect").chain(*line)).unwrap_err();
        assert_eq!(refused.exit_code(), 2, "{line:?}\n{refused}");
    }
}

#[test]
fn every_group_teaches() {
    for path in ["roster", "queue", "guidance", "brake", "pause", "resume", "dead-letters", "doctor", "keys"]
    {
        insta::assert_snapshot!(format!("help_{path}"), help(&[path]));
    }
    insta::assert_snapshot!("help_queue_release", help(&["queue", "release"]));
}

fn help(path: &[&str]) -> String {
    let line = std::iter::once(&"clientsconnect").chain(path).chain(&["--help"]);
    Cli::try_parse_from(line).unwrap_err().to_string()
}

#[tokio::test]
async fn the_command_works_beside_a_running_local_mode_and_without_one() {
    let data = tempfile::tempdir().unwrap();
    let engine = crate::local::engine::Engine::start(data.path()).await.unwrap();
    let folder = data.path().to_str().unwrap();
    let typed = |line: &[&str]| {
        let line = [&["clientsconnect"][..], line, &["--data", folder, "--json"]].concat();
        match Cli::try_parse_from(line).unwrap().command {
            Command::Operate(Operate::OnTables(command)) => command,
            other => panic!("{other:?} works on no tables"),
        }
    };
    assert!(on_tables(typed(&["pause"])).await.unwrap());
    engine.shutdown().await.unwrap();
    assert!(on_tables(typed(&["roster", "list"])).await.unwrap());
    let connection = Connection::open(typed(&["pause"]).place()).await.unwrap();
    assert!(connection.core.store.channel().await.unwrap().switches.paused);
    connection.close().await.unwrap();
}
