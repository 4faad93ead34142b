//! What a link says, for which page, until when; and which links are not made at all.

use proptest::prelude::*;

use super::*;

#[test]
fn a_link_says_what_was_sealed() {
    for purpose in Purpose::ALL {
        let link = Link { purpose, ..review() };
        let token = keys().seal(&link).unwrap();
        let opened = keys().open(token.as_str(), purpose, at(NOW)).unwrap();
        assert_eq!((opened.subject(), opened.person()), (link.subject.as_str(), link.person.as_str()));
        assert_eq!(opened.still_valid(7, 2).unwrap(), link);
    }
}

#[test]
fn a_token_is_short_and_needs_no_escaping() {
    for token in samples() {
        assert!(token.as_str().len() < 400, "{}", token.as_str().len());
        assert!(token.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)));
    }
}

#[test]
fn the_same_link_sealed_twice_gives_two_tokens() {
    assert_ne!(keys().seal(&review()).unwrap(), keys().seal(&review()).unwrap());
}

#[test]
fn a_link_of_one_purpose_opens_no_other() {
    for sealed in Purpose::ALL {
        let token = keys().seal(&Link { purpose: sealed, ..review() }).unwrap();
        for asked in Purpose::ALL {
            let outcome = keys().open(token.as_str(), asked, at(NOW));
            if sealed == asked {
                assert!(outcome.is_ok());
            } else {
                assert_dead(outcome, &format!("{sealed:?} as {asked:?}"));
            }
        }
    }
}

#[test]
fn the_claimed_purpose_counts_even_under_the_assertion_of_another() {
    let payload = |purpose| format!(r#"{{"p":"{purpose}","s":"a","r":1,"w":"b","e":0,"x":{EXPIRY}}}"#);
    let assertion = Purpose::Review.assertion();
    let seal = |payload: String| keys().encrypt(payload.as_bytes(), assertion.as_bytes()).unwrap();
    assert!(keys().open(&seal(payload("review")), Purpose::Review, at(NOW)).is_ok());
    assert_token_dead(&keys(), &seal(payload("inbox")), "claims an inbox");
}

#[test]
fn authentic_but_unusable_claims_are_refused() {
    let assertion = Purpose::Review.assertion();
    let table = [
        ("not JSON", "x".to_owned()),
        ("an unknown field", format!(r#"{{"p":"review","s":"a","r":1,"w":"b","e":0,"x":{EXPIRY},"y":1}}"#)),
        ("a missing field", format!(r#"{{"p":"review","s":"a","r":1,"w":"b","x":{EXPIRY}}}"#)),
        ("a repeated field", format!(r#"{{"p":"review","s":"a","r":1,"r":2,"w":"b","e":0,"x":{EXPIRY}}}"#)),
        ("a review of no revision", format!(r#"{{"p":"review","s":"a","r":0,"w":"b","e":0,"x":{EXPIRY}}}"#)),
        ("a review by nobody", format!(r#"{{"p":"review","s":"a","r":1,"w":"","e":0,"x":{EXPIRY}}}"#)),
        (
            "an expiry beyond the calendar",
            format!(r#"{{"p":"review","s":"a","r":1,"w":"b","e":0,"x":{}}}"#, i64::MAX),
        ),
    ];
    for (what, payload) in table {
        let token = keys().encrypt(payload.as_bytes(), assertion.as_bytes()).unwrap();
        assert_token_dead(&keys(), &token, what);
    }
}

#[test]
fn a_link_ends_exactly_at_its_expiry() {
    let token = keys().seal(&review()).unwrap();
    let open = |now| keys().open(token.as_str(), Purpose::Review, now);
    let just_before = at(EXPIRY).checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
    assert!(open(at(EXPIRY - 1)).is_ok());
    assert!(open(just_before).is_ok());
    assert_dead(open(at(EXPIRY)), "at the expiry");
    assert_dead(open(at(EXPIRY + 1)), "after the expiry");
    assert_dead(open(Timestamp::MAX), "at the end of time");
}

#[test]
fn another_epoch_or_revision_is_refused_alike() {
    let token = keys().seal(&review()).unwrap();
    let table =
        [(7, 2, true), (8, 2, false), (6, 2, false), (7, 1, false), (7, 3, false), (7, NO_REVISION, false)];
    for (epoch, revision, valid) in table {
        let outcome =
            keys().open(token.as_str(), Purpose::Review, at(NOW)).unwrap().still_valid(epoch, revision);
        if valid {
            assert!(outcome.is_ok());
        } else {
            assert_dead(outcome, &format!("epoch {epoch}, revision {revision}"));
        }
    }
}

#[test]
fn a_link_that_lacks_what_its_purpose_needs_is_not_sealed() {
    let none = Link { subject: String::new(), person: String::new(), revision: NO_REVISION, ..review() };
    let table = [
        (Link { person: String::new(), ..review() }, false),
        (Link { subject: String::new(), ..review() }, false),
        (Link { revision: NO_REVISION, ..review() }, false),
        (Link { purpose: Purpose::Status, ..none.clone() }, false),
        (Link { purpose: Purpose::Status, subject: review().subject, ..none.clone() }, true),
        (Link { purpose: Purpose::Inbox, ..none.clone() }, false),
        (Link { purpose: Purpose::Inbox, person: review().person, ..none.clone() }, true),
        (Link { purpose: Purpose::SignIn, ..none.clone() }, false),
        (Link { purpose: Purpose::SignIn, person: review().person, ..none }, true),
    ];
    for (link, complete) in table {
        assert_eq!(keys().seal(&link).err(), (!complete).then_some(SealError::Incomplete), "{link:?}");
    }
}

#[test]
fn an_overlong_token_is_neither_made_nor_read() {
    let long = Link { subject: "x".repeat(MAX_TOKEN_LEN), ..review() };
    assert_eq!(keys().seal(&long), Err(SealError::TooLong));

    // The same token opens when padded with white space up to the limit, and not one step beyond it.
    let assertion = Purpose::Review.assertion();
    let claims = format!(r#"{{"p":"review","s":"a","r":1,"w":"b","e":0,"x":{EXPIRY}}}"#);
    let lengths = (0..MAX_TOKEN_LEN).map(|padding| {
        let payload = format!("{claims}{}", " ".repeat(padding));
        let token = keys().encrypt(payload.as_bytes(), assertion.as_bytes()).unwrap();
        let opens = keys().open(&token, Purpose::Review, at(NOW)).is_ok();
        assert_eq!(opens, token.len() <= MAX_TOKEN_LEN, "{} bytes", token.len());
        token.len()
    });
    assert!(lengths.max().unwrap() > MAX_TOKEN_LEN);
}

proptest! {
    #[test]
    fn any_link_survives_the_journey(
        purpose in prop::sample::select(Purpose::ALL.to_vec()),
        subject in "[0-9A-Z]{1,40}",
        person in "\\PC{1,40}",
        revision in 1_u32..,
        epoch: u32,
        left in 1_i64..10_000_000,
    ) {
        let link = Link { purpose, subject, revision, person, epoch, expires_at: at(NOW + left) };
        let token = keys().seal(&link).unwrap();
        let opened = keys().open(token.as_str(), purpose, at(NOW)).unwrap();
        prop_assert_eq!(opened.clone().still_valid(epoch, revision), Ok(link));
        prop_assert_eq!(opened.still_valid(epoch.wrapping_add(1), revision), Err(DeadLink));
        prop_assert_eq!(keys().open(token.as_str(), purpose, at(NOW + left)), Err(DeadLink));
    }
}
