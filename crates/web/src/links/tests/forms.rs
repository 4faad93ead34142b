//! A form counts only for what its page showed, and is never taken for a link.

use super::*;

#[test]
fn a_form_seal_is_no_link_and_a_link_no_form_seal() {
    let [link, seal] = samples();
    assert!(keys().open(link.as_str(), Purpose::Review, at(NOW)).is_ok());
    assert!(keys().check_form(seal.as_str(), &form(), at(NOW)).is_ok());
    assert_dead(keys().check_form(link.as_str(), &form(), at(NOW)), "a link as a form");
    for purpose in Purpose::ALL {
        assert_dead(keys().open(seal.as_str(), purpose, at(NOW)), "a form as a link");
    }
}

#[test]
fn a_form_counts_only_for_exactly_what_was_shown() {
    let seal = keys().seal_form(&form(), at(NOW)).unwrap();
    assert!(keys().check_form(seal.as_str(), &form(), at(NOW)).is_ok());
    let other_choice = ChoiceDigest::of(&[("decision", "reject"), ("declare", "yes")]);
    let table = [
        ("another action", FormSeal { action: FormAction::Withdraw, ..form() }),
        ("another submission", FormSeal { subject: "01JOTHER".to_owned(), ..form() }),
        ("another person", FormSeal { person: "01JOTHER".to_owned(), ..form() }),
        ("nobody", FormSeal { person: String::new(), ..form() }),
        ("another revision", FormSeal { revision: 3, ..form() }),
        ("another version", FormSeal { version: 12, ..form() }),
        ("other values", FormSeal { digest: Some(other_choice), ..form() }),
        ("the form before the confirmation", FormSeal { digest: None, ..form() }),
        ("subject and person swapped", FormSeal { subject: form().person, person: form().subject, ..form() }),
    ];
    for (what, expected) in table {
        assert_dead(keys().check_form(seal.as_str(), &expected, at(NOW)), what);
        let sealed = keys().seal_form(&expected, at(NOW)).unwrap();
        assert!(keys().check_form(sealed.as_str(), &expected, at(NOW)).is_ok(), "{what} is sealable itself");
        assert_dead(keys().check_form(sealed.as_str(), &form(), at(NOW)), what);
    }
}

#[test]
fn a_form_ends_exactly_after_its_lifetime() {
    let seal = keys().seal_form(&form(), at(NOW)).unwrap();
    let end = NOW + FORM_LIFETIME.as_secs();
    assert!(keys().check_form(seal.as_str(), &form(), at(end - 1)).is_ok());
    assert_dead(keys().check_form(seal.as_str(), &form(), at(end)), "at its end");
    assert_eq!(keys().seal_form(&form(), Timestamp::MAX), Err(SealError::Claims));
}

#[test]
fn a_choice_digest_keeps_names_values_and_their_order_apart() {
    let table: [&[(&str, &str)]; 7] = [
        &[],
        &[("", "")],
        &[("a", "bc")],
        &[("ab", "c")],
        &[("a", "b"), ("c", "")],
        &[("c", ""), ("a", "b")],
        &[("a", "b"), ("c", ""), ("", "")],
    ];
    for (place, one) in table.iter().enumerate() {
        for other in &table[..place] {
            assert_ne!(ChoiceDigest::of(one), ChoiceDigest::of(other), "{one:?} and {other:?}");
        }
        assert_eq!(ChoiceDigest::of(one), ChoiceDigest::of(one));
    }
}
