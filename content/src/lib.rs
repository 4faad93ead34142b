//! The words that the channel's people may edit: helplines, disclaimers, registers, consent, states, page wording.
//!
//! The files lie beside this crate as TOML. They are compiled in, parsed once, and were checked by `build.rs` with the
//! code of [`schema`], so a build that exists has content that keeps its rules.

pub mod schema;

use std::sync::LazyLock;

pub use schema::{
    Agreement, Audience, CategoryWords, Consent, Content, ContentError, Disclaimer, Files, Helpline,
    Register, ScreeningWords, SeverityWords, Staleness, Wording, stale,
};

const FILES: Files<'static> = Files {
    helplines: include_str!("../helplines.toml"),
    disclaimers: include_str!("../disclaimers.toml"),
    registers: include_str!("../registers.toml"),
    consent: include_str!("../consent.toml"),
    states: include_str!("../states.toml"),
    wording: include_str!("../wording.toml"),
    screening: include_str!("../screening.toml"),
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

/// The sentences that go out with posts, in the order in which they take turns.
pub fn disclaimers() -> &'static [Disclaimer] {
    &CONTENT.disclaimers
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
            (date(2026, 7, 1), Staleness::Fresh),
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
        }
        let disclaimer = |text: &str| format!("[[disclaimer]]\nid = \"x\"\nversion = 1\ntext = \"{text}\"\n");
        let long = disclaimer(&format!("In danger: 999. {}", "a".repeat(200)));
        let cases: [(&str, Break); 13] = [
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
        for text in [long, disclaimer("See https://example.org, or 999."), disclaimer("A guarantee. 999.")] {
            let files = Broken { disclaimers: text, ..whole() };
            assert!(check(&files).unwrap_err().to_string().contains("disclaimer \"x\""));
        }
    }
}
