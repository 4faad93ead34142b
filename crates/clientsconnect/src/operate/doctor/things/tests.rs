//! What each state of a deployment is called, and what is next.

#![allow(clippy::unwrap_used)]

use web::links::KeyringError;

use super::{super::Status, *};

fn next(finding: &Finding) -> &str {
    finding.next.as_deref().unwrap_or_default()
}

fn code() -> NoAnswer {
    NoAnswer::Code("AccessDeniedException".to_owned())
}

#[test]
fn without_an_answer_it_says_what_keeps_it() {
    let table = [
        (NoAnswer::Credentials, "there are no credentials"),
        (NoAnswer::Connection, "cannot be reached"),
        (code(), "AccessDeniedException"),
    ];
    for (no, expected) in table {
        let finding = no_answer(&no);
        assert_eq!(finding.status, Status::Broken);
        assert!(finding.what.contains(expected) && finding.next.is_some(), "{finding:?}");
    }
}

#[test]
fn keys_are_missing_open_broken_or_live() {
    let table = [
        (LinkKeys::Missing, Status::ToDo, "--type SecureString --value \"$(clientsconnect keys new)\""),
        (LinkKeys::NotSecret, Status::Broken, "aws ssm delete-parameter --name /example/link-keys && "),
        (LinkKeys::Unseen(code()), Status::Broken, "aws sts get-caller-identity"),
        (LinkKeys::Unusable(KeyringError::TooMany), Status::Broken, "--overwrite --value"),
        (LinkKeys::Live(1), Status::Ok, ""),
        (LinkKeys::Live(2), Status::Ok, ""),
    ];
    for (keys, status, expected) in table {
        let finding = link_keys("example", &keys);
        assert_eq!(finding.status, status, "{finding:?}");
        assert!(next(&finding).contains(expected), "{finding:?}");
    }
}

#[test]
fn a_table_needs_its_index_recovery_protection_and_expiry() {
    let whole = Table {
        indexes: vec!["due".to_owned()],
        is_protected: true,
        recovers: true,
        expires_by: Some("expires_at".to_owned()),
    };
    let [submissions, disclosures, ..] = &TABLES;
    let judged = |needs: &TableNeeds, table: Table| table_of(needs, Ok(Some(table)));
    assert_eq!(judged(submissions, whole.clone()).status, Status::Ok);
    let plain = Table { indexes: vec![], expires_by: None, ..whole.clone() };
    assert_eq!(judged(disclosures, plain.clone()).status, Status::Ok);

    let without_index = judged(submissions, Table { indexes: vec![], ..whole.clone() });
    assert_eq!((without_index.status, next(&without_index)), (Status::Broken, DEPLOY));
    for (lacking, expected) in [
        (
            Table { recovers: false, ..whole.clone() },
            "update-continuous-backups --table-name example-submissions",
        ),
        (Table { is_protected: false, ..whole.clone() }, "--deletion-protection-enabled"),
        (Table { expires_by: Some("other".to_owned()), ..whole.clone() }, "AttributeName=expires_at"),
        (Table { expires_by: None, ..whole.clone() }, "AttributeName=expires_at"),
    ] {
        let finding = judged(submissions, lacking);
        assert_eq!(finding.status, Status::ToDo);
        assert!(next(&finding).contains(expected), "{finding:?}");
    }
    let bare = Table { is_protected: false, recovers: false, ..plain };
    let finding = judged(disclosures, bare);
    assert_eq!(next(&finding).matches(" && ").count(), 1, "both are mended in one line: {finding:?}");
    assert_eq!(table_of(submissions, Ok(None)).status, Status::Broken);
    assert!(table_of(submissions, Err(code())).what.contains("AccessDeniedException"));
}

fn table_of(needs: &TableNeeds, seen: Result<Option<Table>, NoAnswer>) -> Finding {
    table("example", needs, &seen)
}

#[test]
fn a_queue_needs_a_place_for_what_fails_and_that_to_be_empty() {
    let whole = QueuePair {
        waiting: Some(3),
        redrives_to: Some("arn:aws:sqs:eu-west-2:123456789012:example-screening-dead-letters".to_owned()),
        letters: Some(0),
    };
    let judged = |pair: QueuePair| queue("example", "screening", &Ok(pair));
    assert_eq!(judged(whole.clone()).status, Status::Ok);
    for broken in [
        QueuePair::default(),
        QueuePair { letters: None, ..whole.clone() },
        QueuePair { redrives_to: None, ..whole.clone() },
        QueuePair {
            redrives_to: Some("arn:aws:sqs:eu-west-2:123456789012:other".to_owned()),
            ..whole.clone()
        },
    ] {
        let finding = judged(broken);
        assert_eq!((finding.status, next(&finding)), (Status::Broken, DEPLOY));
    }
    let finding = judged(QueuePair { letters: Some(2), ..whole });
    assert_eq!(finding.status, Status::ToDo);
    assert_eq!(next(&finding), "clientsconnect dead-letters list --tables example");
}

#[test]
fn mail_needs_an_account_that_sends_to_anybody() {
    let judged = |is_in_sandbox, may_send| {
        mail_account("eu-west-2", &Ok(MailAccount { is_in_sandbox, may_send })).status
    };
    assert_eq!(judged(false, true), Status::Ok);
    assert_eq!(judged(true, true), Status::ToDo);
    assert_eq!(judged(true, false), Status::Broken);
    assert_eq!(mail_account("eu-west-2", &Err(code())).status, Status::Broken);
}

#[test]
fn a_sender_is_known_by_its_address_its_domain_or_one_above() {
    let table = [
        ("channel@example.org", &["channel@example.org", "example.org"][..]),
        (
            "The Channel <Channel@mail.example.org>",
            &["channel@mail.example.org", "mail.example.org", "example.org"],
        ),
        ("nobody", &["nobody"]),
    ];
    for (from, expected) in table {
        assert_eq!(possible_identities(from), expected, "{from}");
    }
}

#[test]
fn a_sender_must_be_verified_and_sign() {
    let identity = |name: &str, is_verified, signs| Identity { name: name.to_owned(), is_verified, signs };
    let judged =
        |seen: &[Identity]| sender("eu-west-2", "The Channel <channel@example.org>", &Ok(seen.to_vec()));
    assert_eq!(judged(&[identity("example.org", true, true)]).status, Status::Ok);
    let both = [identity("channel@example.org", true, false), identity("example.org", true, true)];
    assert_eq!(judged(&both).status, Status::Ok);

    let unsigned = judged(&[identity("channel@example.org", true, false)]);
    assert_eq!(unsigned.status, Status::ToDo);
    assert!(next(&unsigned).ends_with("#/identities/channel@example.org"), "{unsigned:?}");
    let waiting = judged(&[identity("example.org", false, false)]);
    assert!(
        waiting.what.contains("is not verified yet") && next(&waiting).contains("console.aws.amazon.com")
    );
    let unknown = judged(&[]);
    assert_eq!(next(&unknown), "aws sesv2 create-email-identity --email-identity example.org");
    assert!(!unknown.what.contains("The Channel"));
}

#[test]
fn bounces_and_complaints_must_both_come_back() {
    let judged = |events| mail_events("example", &Ok(events)).status;
    assert_eq!(judged(Some(MailEvents { bounces: true, complaints: true })), Status::Ok);
    assert_eq!(judged(Some(MailEvents { bounces: true, complaints: false })), Status::Broken);
    assert_eq!(judged(None), Status::Broken);
}

#[test]
fn the_pages_answer_in_the_version_of_the_command() {
    let page = |status, version: Option<&str>| Ok(Page { status, version: version.map(str::to_owned) });
    let judged = |seen| health("example", "https://example.org/", &seen);
    assert_eq!(judged(page(200, Some(env!("CARGO_PKG_VERSION")))).status, Status::Ok);
    let older = judged(page(200, Some("0.0.1")));
    assert_eq!((older.status, next(&older)), (Status::ToDo, DEPLOY));
    for seen in [page(200, None), page(500, None), Err(NoAnswer::Connection)] {
        let finding = judged(seen);
        assert_eq!(finding.status, Status::Broken);
        assert!(finding.what.contains("https://example.org/health"), "{finding:?}");
        assert!(next(&finding).starts_with("aws logs tail example "), "{finding:?}");
    }
    assert_eq!(help("example", "https://example.org", &page(200, None)).status, Status::Ok);
    assert_eq!(help("example", "https://example.org", &page(404, None)).status, Status::Broken);
    assert_eq!(help("example", "https://example.org", &Err(NoAnswer::Connection)).status, Status::Broken);
}

#[test]
fn what_is_no_address_of_pages_is_not_asked() {
    for good in ["https://example.org", "http://127.0.0.1:8080", "https://a.example.org/stage"] {
        assert!(is_page_address(good), "{good}");
    }
    for bad in
        ["", "example.org", "ftp://example.org", "https://a b", &format!("https://{}", "a".repeat(200))]
    {
        assert!(!is_page_address(bad), "{bad}");
    }
}
