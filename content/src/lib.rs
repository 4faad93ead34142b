//! The words that the channel's people may edit: helplines, disclaimers, registers, consent, states, page wording.
//!
//! The files lie beside this crate as TOML. They are compiled in, parsed once, and were checked by `build.rs` with the
//! code of [`schema`], so a build that exists has content that keeps its rules.

pub mod schema;

use std::sync::LazyLock;

use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};

pub use schema::{
    Agreement, Audience, CategoryWords, Consent, Content, ContentError, Disclaimer, Files, Guidance,
    Helpline, Opening, Register, ScreeningWords, SeverityWords, SpeaksTo, Staleness, Topic, Wording, names,
    stale,
};

const FILES: Files<'static> = Files {
    helplines: include_str!("../helplines.toml"),
    disclaimers: include_str!("../disclaimers.toml"),
    registers: include_str!("../registers.toml"),
    consent: include_str!("../consent.toml"),
    states: include_str!("../states.toml"),
    wording: include_str!("../wording.toml"),
    screening: include_str!("../screening.toml"),
    topics: include_str!("../topics.toml"),
    guidance: include_str!("../guidance.toml"),
};

static CONTENT: LazyLock<Content> = LazyLock::new(|| match schema::check(FILES) {
    Ok(content) => content,
    // Cannot happen: build.rs ran the same check over the same bytes and would have failed the build.
    Err(error) => panic!("{error}"),
});

/// Where somebody can turn, the emergency number first.
pub fn helplines() -> &'static [Helpline] {
    &CONTENT.helplines
}

/// The sentences that go out with posts, in the order in which they take turns with what appears again and again.
pub fn disclaimers() -> &'static [Disclaimer] {
    &CONTENT.disclaimers
}

/// What posts can be about.
pub fn topics() -> &'static [Topic] {
    &CONTENT.topics
}

/// The topic with this id.
pub fn topic(id: &str) -> Option<&'static Topic> {
    topics().iter().find(|topic| topic.id == id)
}

/// Whether words may be guidance, as far as the rules of `guidance.toml` go.
///
/// # Errors
/// The rule that they break, in words.
pub fn check_guidance(text: &str) -> Result<(), &'static str> {
    schema::check_guidance(text, helplines())
}

/// Guidance as drafted: therapists have yet to approve it.
pub fn guidance() -> &'static [Guidance] {
    &CONTENT.guidance
}

/// The helplines that nobody has checked for [`schema::ALERT_AFTER_DAYS`] or longer.
pub fn unchecked(today: Date) -> impl Iterator<Item = &'static Helpline> {
    helplines().iter().filter(move |line| stale(line, today) != Staleness::Fresh)
}

/// Whether words that appear when London's clocks show `at` send nobody astray: each helpline that they name answers then,
/// and was checked within [`schema::UNFIT_AFTER_DAYS`]. The emergency number does neither close nor change.
pub fn is_fit_to_appear(words: &str, at: DateTime) -> bool {
    named(words).iter().all(|line| answers(line, at))
}

/// The first minute, from `from` on and before `until`, in which words are fit to appear.
pub fn fit_from(words: &str, from: DateTime, until: DateTime) -> Option<DateTime> {
    let named = named(words);
    let minutes = std::iter::successors(Some(from), |at| at.checked_add(1.minute()).ok());
    minutes.take_while(|at| *at < until).find(|at| named.iter().all(|line| answers(line, *at)))
}

fn named(words: &str) -> Vec<&'static Helpline> {
    helplines().iter().filter(|line| !line.emergency && names(words, line)).collect()
}

fn answers(line: &Helpline, at: DateTime) -> bool {
    stale(line, at.date()) != Staleness::Unfit && line.open.as_ref().is_some_and(|open| open.is_open(at))
}

/// The registers whose members may vote.
pub fn registers() -> &'static [Register] {
    &CONTENT.registers
}

/// The register with this code, compared without regard to case.
pub fn register(code: &str) -> Option<&'static Register> {
    registers().iter().find(|register| register.code.eq_ignore_ascii_case(code))
}

/// What people agree to and declare, with versions.
pub fn consent() -> &'static Consent {
    &CONTENT.consent
}

/// Page and mail wording.
pub fn wording() -> &'static Wording {
    &CONTENT.wording
}

/// What screening looks for and does, in words for people.
pub fn screening() -> &'static ScreeningWords {
    &CONTENT.screening
}

/// A category of screening by its name on the wire, such as `self_harm_risk`; `None` for a name that is none.
pub fn category(name: &str) -> Option<&'static CategoryWords> {
    screening().categories.get(name)
}

/// What somebody reads about their submission in this state (the design's name of it, such as `in_review`).
/// A state that has no sentence gets a neutral one.
pub fn state_sentence(state: &str) -> &'static str {
    let states = &CONTENT.states;
    states.get(state).or_else(|| states.get("unknown")).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_files_keep_their_rules_and_the_emergency_number_is_first() {
        assert!(helplines()[0].emergency);
        assert!(
            helplines()
                .iter()
                .any(|line| line.name == "Samaritans" && line.call.as_deref() == Some("116123"))
        );
        assert!(disclaimers().len() >= 3);
        assert_eq!(register("ukcp").unwrap().code, "UKCP");
    }

    #[test]
    fn shipped_disclaimers_leave_room_for_words() {
        for disclaimer in disclaimers() {
            assert!(disclaimer.text.chars().count() < 120, "{} is long", disclaimer.id);
        }
    }

    #[test]
    fn words_that_name_a_helpline_appear_only_while_it_answers_and_is_checked() {
        let words = "CALM answers: 0800 58 58 58.";
        let evening = date(2026, 8, 3).at(17, 0, 0, 0);
        assert!(is_fit_to_appear(words, evening));
        assert!(!is_fit_to_appear(words, date(2026, 8, 3).at(16, 59, 0, 0)));
        assert!(!is_fit_to_appear(words, date(2036, 8, 3).at(17, 0, 0, 0)), "not checked for years");
        assert!(!is_fit_to_appear("0800 132 737", evening), "nobody knows when they answer");
        assert!(is_fit_to_appear("In danger: 999.", date(2036, 8, 3).at(3, 0, 0, 0)));
        // However stale the entries are, the help page shows them all.
        assert_eq!(unchecked(date(2036, 1, 1)).count(), helplines().len());
    }

    #[test]
    fn the_first_minute_in_which_a_helpline_answers_is_found_if_there_is_one_in_time() {
        let words = "CALM answers: 0800 58 58 58.";
        let day = |hour, minute| date(2026, 8, 3).at(hour, minute, 30, 0);
        assert_eq!(fit_from(words, day(8, 0), day(21, 0)), Some(day(17, 0)));
        assert_eq!(fit_from(words, day(18, 5), day(21, 0)), Some(day(18, 5)));
        assert_eq!(fit_from(words, day(8, 0), day(17, 0)), None);
        assert_eq!(fit_from("An example.", day(8, 0), day(21, 0)), Some(day(8, 0)));
        assert_eq!(fit_from("0800 132 737", day(8, 0), day(21, 0)), None, "nobody knows when they answer");
    }

    #[test]
    fn guidance_is_enough_for_a_month_and_speaks_to_those_who_reply() {
        // Every other day, and never twice within 14 days.
        assert!(guidance().len() >= 7);
        assert!(guidance().iter().any(|one| one.to == SpeaksTo::Commenters));
        assert!(topic("grief").is_some() && topic("nonsense").is_none());
    }

    #[test]
    fn words_that_are_no_draft_keep_the_same_rules() {
        assert_eq!(check_guidance("Some people find that a walk helps."), Ok(()));
        assert_eq!(check_guidance("Some people find that Samaritans listen: 116 123."), Ok(()));
        for bad in [
            "Some people find that a walk helps.\nAnd rest.",
            "Some people find that it helps to leave their partner.",
            "Some people find C.A.L.L. Mental Health Helpline good.",
            "Some people find it good to call 01632 960001.",
            "A walk helps.",
            "",
        ] {
            assert!(check_guidance(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_state_without_a_sentence_gets_a_neutral_one() {
        assert!(state_sentence("in_review").contains("therapists"));
        assert_eq!(state_sentence("nonsense"), state_sentence("unknown"));
        assert!(!state_sentence("nonsense").is_empty());
    }

    #[test]
    fn a_helpline_grows_stale_after_thirty_and_unfit_after_a_hundred_and_eighty_days() {
        let mut line = helplines()[0].clone();
        line.verified_on = date(2026, 8, 1);
        for (today, expected) in [
            (date(2026, 7, 1), Staleness::Alert),
            (date(2026, 7, 30), Staleness::Alert),
            (date(2026, 7, 31), Staleness::Fresh),
            (date(2026, 8, 1), Staleness::Fresh),
            (date(2026, 8, 31), Staleness::Fresh),
            (date(2026, 9, 1), Staleness::Alert),
            (date(2027, 1, 28), Staleness::Alert),
            (date(2027, 1, 29), Staleness::Unfit),
            (date(2036, 1, 1), Staleness::Unfit),
        ] {
            assert_eq!(stale(&line, today), expected, "{today}");
        }
    }

    /// Each change must fail the check with a message that names the file and what is wrong.
    #[test]
    fn a_broken_file_is_refused_by_name() {
        type Break = fn(&mut Broken);
        struct Broken {
            helplines: String,
            disclaimers: String,
            registers: String,
            consent: String,
            states: String,
            wording: String,
            screening: String,
            topics: String,
            guidance: String,
        }
        let disclaimer = |text: &str| format!("[[disclaimer]]\nid = \"x\"\nversion = 1\ntext = \"{text}\"\n");
        let long = disclaimer(&format!("In danger: 999. {}", "a".repeat(200)));
        let cases: [(&str, Break); 14] = [
            ("helplines.toml", |f| f.helplines = f.helplines.replacen("verified_on = 2026-08-01", "", 1)),
            ("helplines.toml", |f| {
                f.helplines = f.helplines.replacen("source = \"https", "source = \"ftp", 1)
            }),
            ("helplines.toml", |f| f.helplines = f.helplines.replacen("emergency = true", "", 1)),
            ("verified_on", |f| f.helplines = f.helplines.replacen("2026-08-01", "2026-08-01T10:00:00", 1)),
            ("assured", |f| f.disclaimers = f.disclaimers.replacen("General", "Quality assured", 1)),
            ("must name 999", |f| f.disclaimers = f.disclaimers.replacen("In danger: 999.", "", 1)),
            ("registers.toml", |f| f.registers = f.registers.replacen("\"NCPS\"", "\"UKCP\"", 1)),
            ("consent.toml", |f| f.consent = f.consent.replacen("[health]", "[wealth]", 1)),
            ("\"held\"", |f| f.states = f.states.replacen("held =", "#", 1)),
            ("wording.toml", |f| {
                f.wording = f.wording.replacen("leave_url = \"https", "leave_url = \"http", 1)
            }),
            ("{platform}", |f| f.wording = f.wording.replacen("{platform}, shared", "X, shared", 1)),
            ("\"spam\"", |f| {
                f.screening = f.screening.replacen("[categories.spam]", "[categories.spams]", 1)
            }),
            ("\"safeguarding\"", |f| {
                let at = f.screening.rfind("noticed = ").unwrap_or_default();
                f.screening.replace_range(at..at + "noticed = ".len(), "means = ");
                f.screening = f.screening.replacen(
                    "means = \"A child or an adult may be at risk of abuse, neglect",
                    "# \"",
                    1,
                );
            }),
            ("[severities.stop]", |f| {
                f.screening = f.screening.replacen("writer = \"Please leave this out\"", "writer = \"\"", 1)
            }),
        ];
        let check = |f: &Broken| {
            schema::check(Files {
                helplines: &f.helplines,
                disclaimers: &f.disclaimers,
                registers: &f.registers,
                consent: &f.consent,
                states: &f.states,
                wording: &f.wording,
                screening: &f.screening,
                topics: &f.topics,
                guidance: &f.guidance,
            })
        };
        let whole = || Broken {
            helplines: FILES.helplines.into(),
            disclaimers: FILES.disclaimers.into(),
            registers: FILES.registers.into(),
            consent: FILES.consent.into(),
            states: FILES.states.into(),
            wording: FILES.wording.into(),
            screening: FILES.screening.into(),
            topics: FILES.topics.into(),
            guidance: FILES.guidance.into(),
        };
        for (names, breaks) in cases {
            let mut files = whole();
            breaks(&mut files);
            let message = match check(&files) {
                Ok(_) => panic!("a file that breaks the rule on {names} was accepted"),
                Err(error) => error.to_string(),
            };
            assert!(message.contains(names), "{names} is not in: {message}");
        }
        let guidance = |text: &str, to: &str, more: &str| {
            let commenters = "[[guidance]]\nid = \"a\"\nversion = 1\nto = \"commenters\"\ntext = \"Your therapist, family or employer may see this, some people find.\"\n";
            format!(
                "{commenters}[[guidance]]\nid = \"x\"\nversion = 1\nto = \"{to}\"\n{more}\ntext = \"{text}\"\n"
            )
        };
        let everybody = |text: &str| guidance(text, "everybody", "");
        for (rule, text) in [
            ("tells somebody", everybody("You should tell them.")),
            ("tells somebody", everybody("Some people stop seeing their therapist.")),
            ("tells somebody", everybody("Some people confront whoever hurt them.")),
            ("tells somebody", everybody("See https://example.org.")),
            ("tells somebody", everybody("You can’t know.")),
            ("tells somebody", everybody("Some people find it right to walk out on their partner.")),
            ("some people find", everybody("It is good to rest.")),
            ("180", everybody(&"a".repeat(181))),
            ("one line", everybody(" Some people rest.")),
            ("to commenters", guidance("Some people find it good to keep things private.", "commenters", "")),
            ("no such topic", guidance("Some people rest.", "everybody", "topic = \"x\"")),
            (
                "no such helpline",
                guidance("Some people rest.", "everybody", "helplines = [\"Example line\"]"),
            ),
            (
                "uncertain",
                guidance("0800 132 737", "everybody", "helplines = [\"C.A.L.L. Mental Health Helpline\"]"),
            ),
            ("does not give", guidance("Some people rest.", "everybody", "helplines = [\"CALM\"]")),
            ("not in its list", everybody("Some people call Samaritans.")),
            ("not in its list", everybody("Some people call 116 123.")),
            ("none of its helplines'", everybody("Some people call 01632 960001.")),
        ] {
            let message = check(&Broken { guidance: text, ..whole() }).unwrap_err().to_string();
            assert!(message.contains(rule) && message.contains("guidance \"x\""), "{rule}: {message}");
        }
        for text in [
            long,
            disclaimer("See https://example.org, or 999."),
            disclaimer("A guarantee. 999."),
            disclaimer("You should rest. In danger: 999."),
            disclaimer("Leave a therapist who is late. In danger: 999."),
        ] {
            let files = Broken { disclaimers: text, ..whole() };
            assert!(check(&files).unwrap_err().to_string().contains("disclaimer \"x\""));
        }
    }
}
