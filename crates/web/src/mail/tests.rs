//! Letters as their readers get them, and what must never be in one.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::pages::When;

const LINK: &str = "https://channel.example/review/v4.local.AbC_d-1";

fn when() -> When {
    When("2026-08-10T16:00:00Z".parse().unwrap())
}

fn all(reference: &str) -> Vec<(&'static str, bool, Letter)> {
    let (link, deadline) = (LINK.to_owned(), when());
    let reference = reference.to_owned();
    let mut letters = vec![
        (
            "invitation",
            true,
            Invitation { reference: reference.clone(), is_guidance: false, deadline, link: link.clone() }
                .letter(),
        ),
        ("reminder", true, Reminder { reference: reference.clone(), deadline, link: link.clone() }.letter()),
        (
            "receipt",
            true,
            BallotReceipt { reference: reference.clone(), until: deadline, link: link.clone() }.letter(),
        ),
        ("fresh", true, FreshLink { reference: reference.clone(), deadline, link: link.clone() }.letter()),
        ("notice", true, SubmitterNotice { reference: reference.clone(), status_url: link }.letter()),
    ];
    for reader in [HoldReader::Lead, HoldReader::Deputy, HoldReader::Coordinator] {
        letters.push((
            "hold",
            false,
            HoldAlert { reader, reference: reference.clone(), since: deadline }.letter(),
        ));
    }
    for kind in [
        AlertKind::PanelTooSmall,
        AlertKind::Stalled,
        AlertKind::TechnicalHold,
        AlertKind::NeedsAttention,
        AlertKind::PostRefused,
        AlertKind::Unfinished,
        AlertKind::PlatformAway,
        AlertKind::TargetChanged,
        AlertKind::Appeal,
        AlertKind::Undeliverable,
        AlertKind::HelplineStale,
        AlertKind::GuidanceLapsesSoon,
        AlertKind::GuidanceLapsed,
    ] {
        letters.push((
            "alert",
            false,
            CoordinatorAlert { kind, reference: Some(reference.clone()) }.letter(),
        ));
        letters.push(("alert", false, CoordinatorAlert { kind, reference: None }.letter()));
    }
    letters
}

#[test]
fn both_forms_say_the_same_and_hold_the_one_link() {
    for (name, has_link, letter) in all("01J8EXAMPLE") {
        let expected: Vec<String> = if has_link { vec![LINK.to_owned()] } else { Vec::new() };
        assert_eq!(links(&letter.text), expected, "{name}");
        assert_eq!(letter.html.contains(LINK), has_link, "{name}");
        assert_eq!(letter.html.contains("href="), has_link, "{name}");
        // Every line of the text form is in the HTML form as well.
        for line in letter.text.lines().filter(|line| !line.is_empty()) {
            let line = line.trim_end_matches(':').replace('\'', "&#39;");
            assert!(letter.html.contains(&line), "{name}: {line}");
        }
        assert!(letter.text.contains("Hello") && letter.text.ends_with('.'), "{name}");
    }
}

#[test]
fn the_html_form_has_one_heading_and_one_main_part_for_those_who_hear_it() {
    for (name, _, letter) in all("01J8EXAMPLE") {
        assert_eq!(letter.html.matches("<main").count(), 1, "{name}");
        assert_eq!(letter.html.matches("<h1").count(), 1, "{name}");
        assert!(letter.html.contains(&format!(">{}</h1>", letter.subject)), "{name}");
    }
}

#[test]
fn subjects_are_neutral_and_one_line() {
    for (name, _, letter) in all("01J8\r\nBcc: somebody@example.org") {
        assert!(!letter.subject.contains(['\r', '\n']), "{name}");
        let subject = letter.subject.to_lowercase();
        for word in
            ["therap", "health", "crisis", "suicid", "safeguard", "clientsconnect", "harm", "danger", "hold"]
        {
            assert!(!subject.contains(word), "{name}: {subject}");
        }
        assert!(letter.subject.chars().count() <= 80, "{name}");
    }
}

#[test]
fn no_letter_says_what_was_decided_and_nothing_is_loaded_from_elsewhere() {
    for (name, _, letter) in all("01J8EXAMPLE") {
        for word in ["approve", "reject", "<img", "<script", "<link", "url("] {
            assert!(!letter.html.to_lowercase().contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn what_is_filled_in_cannot_become_markup() {
    for (name, _, letter) in all("<script>x</script>\u{202E}") {
        assert!(!letter.html.contains("<script") && !letter.html.contains('\u{202E}'), "{name}");
    }
}

#[test]
fn debug_prints_no_link() {
    let letter = FreshLink { reference: "r".to_owned(), deadline: when(), link: LINK.to_owned() }.letter();
    assert_eq!(format!("{letter:?}"), "Letter(..)");
}

#[test]
fn links_are_found_as_a_reader_would() {
    for (text, expected) in [
        ("", vec![]),
        (
            "see https://a.example/b, then (http://c.example).",
            vec!["https://a.example/b", "http://c.example"],
        ),
        (
            "<https://a.example/x?y=1&z=2>\nhttps://b.example",
            vec!["https://a.example/x?y=1&z=2", "https://b.example"],
        ),
        ("https:// alone, ftp://a.example, é", vec![]),
    ] {
        assert_eq!(links(text), expected);
    }
}

#[test]
fn an_invitation_to_guidance_says_that_it_would_appear_again_and_again() {
    let reference = "01J8EXAMPLE".to_owned();
    let invitation = Invitation { reference, is_guidance: true, deadline: when(), link: LINK.to_owned() };
    let letter = invitation.letter();
    for form in [letter.text, letter.html] {
        assert!(form.contains("again and again for a year"), "{form}");
    }
}

#[test]
fn an_invitation_reads_as_a_person_would_write_it() {
    let letter = Invitation {
        reference: "01J8EXAMPLE".to_owned(),
        is_guidance: false,
        deadline: when(),
        link: LINK.to_owned(),
    }
    .letter();
    insta::assert_snapshot!(letter.text, @"
    Hello,

    Would you review something for the channel? Its reference is 01J8EXAMPLE.

    Please decide by Monday 10 August 2026, 17:00 (UK time). It usually takes a few minutes.

    If you shouldn't or can't review this one, the page lets you step back without a reason, and somebody else is asked.

    Open the review:
    https://channel.example/review/v4.local.AbC_d-1

    ClientsConnect

    The link is yours alone: please don't pass it on. You get this because you review for the channel. Please don't reply with anything about a client.
    ");
    insta::assert_snapshot!(letter.subject, @"A review for you, reference 01J8EXAMPLE");
}

#[test]
fn a_notice_tells_its_reader_where_to_turn() {
    let letter =
        SubmitterNotice { reference: "01J8EXAMPLE".to_owned(), status_url: LINK.to_owned() }.letter();
    insta::assert_snapshot!(letter.text, @"
    Hello,

    Something has changed with what you sent us. Its reference is 01J8EXAMPLE.

    Your page says how things stand, and whether there is something for you to do.

    See how things stand:
    https://channel.example/review/v4.local.AbC_d-1

    ClientsConnect

    The link is yours alone: whoever has it can see and withdraw what you sent. Nobody watches this mailbox. If you are in danger now, call 999. To talk to somebody, day or night: Samaritans, 116 123.
    ");
}

#[test]
fn a_hold_alert_says_nothing_but_that_something_waits() {
    let letter =
        HoldAlert { reader: HoldReader::Lead, reference: "01J8EXAMPLE".to_owned(), since: when() }.letter();
    insta::assert_snapshot!(letter.text, @"
    Hello,

    Something has been waiting for the safeguarding lead since Monday 10 August 2026, 17:00 (UK time). Its reference is 01J8EXAMPLE.

    Please look at it as soon as you can, with `clientsconnect queue list`, or `clientsconnect queue addresses` where the reference is LIST. If nobody has by then, your deputy is told after 12 hours.

    ClientsConnect

    This mail says no more on purpose. Please don't forward it.
    ");
}
