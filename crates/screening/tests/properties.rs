//! What holds of every text: no panic, spans inside the text, nothing lost in showing, no softening by adding.
//!
//! Invariant: the texts are made of risky, harmless and hostile pieces, so that the rules fire often.

#[path = "../benches/texts/mod.rs"]
mod texts;

use proptest::prelude::*;
use screening::{Category, Report, Route, Tier, marked, more_careful, redact, route, screen};

const PIECES: &[&str] = &[
    "I want to die",
    "I am going to kill myself tonight",
    "my son says he wants to kill himself",
    "when I was young I wanted to die",
    "07700 900123",
    "sam.example@mail.example.com",
    "My therapist Dr Jane Example told me",
    "M1 1AE",
    "943 476 5919",
    "4111 1111 1111 1111",
    "@quiet_meadow_91",
    "My partner hits me",
    "he committed suicide",
    "Go kill yourself",
    "buy 1000 followers",
    "Stop taking your tablets",
    "I take sertraline",
    "if",
    "someone",
    "says",
    "never",
    "not",
    "the novel",
    "years ago",
    "tonight",
    "Asking about suicide helps",
    "\"",
    "'",
    ". ",
    "? ",
    "\n\n",
    "\n",
    " ",
    "\u{200b}",
    "\u{301}\u{301}",
    "🙂",
    "ﷺ",
    "\0",
    "\u{202e}",
    "É",
    "ﬁ",
    "…",
    "- Robin Sample, MBACP",
    "14 Orchard Lane",
    "help help help help help help help help help",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => proptest::sample::select(PIECES).prop_map(str::to_owned), 1 => any::<String>(), 1 => "[ -~]{0,20}"];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(" "))
}

/// Shapes that were made to be slow or awkward, several of them, cut anywhere.
fn hostile() -> impl Strategy<Value = String> {
    let piece = (proptest::sample::select(texts::SHAPES), 1..300_usize);
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| {
        pieces.into_iter().map(|((_, piece), characters)| texts::grown(piece, characters)).collect()
    })
}

/// Scraps of every script and sort of character, with the characters that join, mirror, reverse, hide or vary others.
fn awkward() -> impl Strategy<Value = String> {
    let marks = [
        '\u{300}',
        '\u{345}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{202e}',
        '\u{2066}',
        '\u{feff}',
        '\u{fe0f}',
        '\u{ad}',
        '\u{1f1ec}',
        '\u{1f3fd}',
        '\u{e0067}',
        '\u{fb03}',
        '\u{fdfa}',
        '\u{130}',
        '\u{df}',
        '\u{1e9e}',
        '\u{3a3}',
        '\u{ff41}',
        '\u{1d41a}',
        '\u{24d0}',
        '\u{2028}',
        '\u{85}',
        '\u{10ffff}',
        '\0',
        '@',
        '#',
        '.',
    ];
    let one = prop_oneof![
        3 => proptest::sample::select(marks.to_vec()),
        3 => any::<char>(),
        4 => proptest::char::range(' ', '~'),
    ];
    proptest::collection::vec(one, 0..80).prop_map(|characters| characters.into_iter().collect())
}

/// A text of any of these kinds.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => text(),
        2 => hostile(),
        2 => awkward(),
        1 => (text(), hostile(), awkward()).prop_map(|(a, b, c)| a + &b + &c),
        1 => (text(), any::<proptest::sample::Index>()).prop_map(|(text, at)| {
            let length = text.chars().count();
            text.chars().take(at.index(length + 1)).collect()
        }),
    ]
}

/// What is left of a redacted text after the labels at its start; `None` if there is none.
fn after_labels(redacted: &str) -> Option<&str> {
    let mut rest = redacted;
    while let Some((label, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        if label.is_empty() || !label.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            break;
        }
        rest = after;
    }
    (rest.len() < redacted.len()).then_some(rest)
}

fn care(report: &Report) -> u8 {
    match (report.route, report.tier) {
        (Route::Hold, _) => 4,
        (Route::Redact, _) => 3,
        (Route::Decline, _) => 2,
        (Route::Review, Tier::Elevated) => 1,
        (Route::Review, Tier::Standard) => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_lie_inside_the_text_and_segments_give_it_back(text in any_text()) {
        let report = screen(&text);
        let length = text.chars().count();
        for finding in &report.findings {
            prop_assert!(finding.start < finding.end && finding.end <= length, "{finding:?} of {length}");
        }
        let segments = marked(&text, &report);
        prop_assert_eq!(segments.iter().map(|segment| segment.text.as_str()).collect::<String>(), text.clone());
        let mut at = 0;
        for segment in &segments {
            let end = at + segment.text.chars().count();
            for (index, finding) in report.findings.iter().enumerate() {
                prop_assert_eq!(segment.findings.contains(&index), finding.start <= at && end <= finding.end);
            }
            at = end;
        }
        prop_assert_eq!((report.route, report.tier), route(&report.findings));
        prop_assert!(report.scores.len() == 12 && report.scores.values().all(|score| (0.0..=1.0).contains(score)));
        prop_assert_eq!(screen(&text), report);
    }

    #[test]
    fn a_report_survives_its_wire_form(text in any_text()) {
        let report = screen(&text);
        let json = serde_json::to_string(&report).unwrap_or_default();
        prop_assert_eq!(serde_json::from_str::<Report>(&json).ok(), Some(report));
    }

    #[test]
    fn adding_a_neutral_sentence_never_makes_the_route_less_careful(
        text in text(),
        more in proptest::sample::select(&["The kettle is on the table.", "Birds sing at dawn.", "It takes two minutes to read a page."][..]),
        between in proptest::sample::select(&[". ", "\n\n", " "][..]),
    ) {
        // Without a full stop the two would be one sentence, and not a neutral one.
        let between = match between {
            // An ellipsis ends nothing, whatever follows it in the line.
            _ if text.trim_end().ends_with('…') || text.trim_end().ends_with("..") => "\n\n",
            " " if !text.ends_with(['.', '!', '?']) => ". ",
            between => between,
        };
        let alone = screen(&text);
        let longer = screen(&format!("{text}{between}{more}"));
        prop_assert!(care(&longer) >= care(&alone), "{:?} became {:?}", alone.findings, longer.findings);
        prop_assert_eq!(more_careful(&alone, &longer).route, longer.route);
    }

    #[test]
    fn redaction_leaves_no_datum(
        before in "[a-z ,.!\u{301}\u{200b}🙂é]{0,40}",
        datum in proptest::sample::select(&["sam.example@mail.example.com", "07700 900123", "4111 1111 1111 1111", "943 476 5919", "M1 1AE", "AB123456C"][..]),
        after in "[a-z ,.!\u{301}\u{200b}🙂é]{0,40}",
    ) {
        let text = format!("{before} {datum} {after}");
        let hidden = redact(&text, &screen(&text));
        prop_assert!(!hidden.contains(datum) && hidden.contains('['), "{hidden}");
    }

    #[test]
    fn redaction_hides_every_datum_and_nothing_else(text in any_text()) {
        let report = screen(&text);
        let is_datum = |index: &usize| report.findings[*index].category == Category::PersonalData;
        let redacted = redact(&text, &report);
        let mut rest = redacted.as_str();
        let mut hidden = false;
        for segment in marked(&text, &report) {
            if segment.findings.iter().any(is_datum) {
                hidden = true;
                continue;
            }
            if std::mem::take(&mut hidden) {
                rest = after_labels(rest).ok_or_else(|| TestCaseError::fail("a datum without a label"))?;
            }
            let after = rest.strip_prefix(segment.text.as_str());
            rest = after.ok_or_else(|| TestCaseError::fail("redaction changed what is no datum"))?;
        }
        if hidden {
            rest = after_labels(rest).unwrap_or(rest);
        }
        prop_assert_eq!(rest, "");
    }

    #[test]
    fn of_findings_of_one_kind_none_overlap(text in any_text()) {
        let report = screen(&text);
        for (index, one) in report.findings.iter().enumerate() {
            for other in &report.findings[index + 1..] {
                let same = (one.category, one.kind) == (other.category, other.kind);
                prop_assert!(!same || one.end <= other.start, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn nothing_makes_it_panic(text in any::<String>()) {
        let report = screen(&text);
        let _ = redact(&text, &report);
        prop_assert!(report.findings.iter().all(|finding| finding.end <= text.chars().count()));
    }
}

#[test]
fn combining_marks_and_a_megabyte_are_taken_in_one_go() {
    let marks = "\u{0301}".repeat(16 * 1024);
    assert_eq!(screen(&marks).findings, []);
    let hidden: String = "I want to die"
        .chars()
        .flat_map(|c| std::iter::once(c).chain(std::iter::repeat_n('\u{0301}', 1000)))
        .collect();
    assert_eq!(screen(&hidden).route, Route::Hold);
    // Every repetition is found once, whatever the length: findings grow with the text, not faster.
    let count = |times: usize| {
        let findings = screen(&"ring 07700 900123, ".repeat(times)).findings;
        findings.iter().filter(|finding| finding.category == Category::PersonalData).count()
    };
    assert_eq!(count(1), 1);
    assert_eq!(count(1_000), 1_000);
    let long = "a quiet word ".repeat(80_000);
    assert!(long.len() > 1_000_000);
    // A word said so often is like no text that the model learnt from; what it says of it matters little.
    assert!(screen(&long).findings.len() <= Category::ALL.len());
    let long = "I want to die ".repeat(20_000);
    assert_eq!(screen(&long).route, Route::Hold);
}
