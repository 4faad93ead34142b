//! Writes the tables that `src/lexicon.rs` includes.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::RuleEntry;
use crate::automaton::{Automaton, Label, Outcome};

/// The source of the tables.
pub(crate) fn tables(
    rules: &[RuleEntry],
    cues: &[String],
    automaton: &Automaton,
    slips: &[String],
    no_slips: &[String],
) -> String {
    let mut out = String::new();
    write_words(&mut out, automaton, slips, no_slips).expect("writing to a string");
    write_automaton(&mut out, automaton).expect("writing to a string");
    write_rules(&mut out, rules, cues).expect("writing to a string");
    out
}

fn write_words(
    out: &mut String,
    automaton: &Automaton,
    slips: &[String],
    no_slips: &[String],
) -> std::fmt::Result {
    let words = &automaton.words;
    let mut numbers = phf_codegen::Map::new();
    for (number, word) in words.iter().enumerate().skip(5) {
        numbers.entry(word.as_str(), number.to_string());
    }
    writeln!(out, "static FORMS: [&str; {}] = {words:?};", words.len())?;
    writeln!(out, "static WORDS: phf::Map<&'static str, u16> = {};", numbers.build())?;

    // Every slip word with one letter left out, and as it is.
    let mut shorter: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for word in slips {
        let number = words.iter().position(|known| known == word).expect("slip words are words");
        for skipped in 0..=word.len() {
            let key: String = word
                .char_indices()
                .filter(|(index, _)| *index != skipped)
                .map(|(_, letter)| letter)
                .collect();
            let numbers = shorter.entry(key).or_default();
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
    }
    let mut keys = phf_codegen::Map::new();
    for (key, numbers) in &shorter {
        keys.entry(key.as_str(), format!("&{numbers:?}"));
    }
    writeln!(out, "static SLIPS: phf::Map<&'static str, &'static [u16]> = {};", keys.build())?;
    let mut none = phf_codegen::Set::new();
    let mut sorted: Vec<&str> = no_slips.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    for word in sorted {
        none.entry(word);
    }
    writeln!(out, "static NO_SLIPS: phf::Set<&'static str> = {};", none.build())
}

fn write_automaton(out: &mut String, automaton: &Automaton) -> std::fmt::Result {
    // Words and classes share sixteen bits.
    assert!(automaton.words.len() < 0x8000 && automaton.classes.len() < 0x7fff);
    let mut edges: Vec<(u16, usize)> = Vec::new();
    let mut outcomes: Vec<String> = Vec::new();
    let mut states = String::new();
    for state in &automaton.states {
        let (first_edge, first_outcome) = (edges.len(), outcomes.len());
        let labelled = |label: &Label| match label {
            Label::Word(word) => *word,
            Label::Class(class) => 0x8000 + class,
            Label::Any => 0xffff,
        };
        edges.extend(state.edges.iter().map(|(label, to)| (labelled(label), *to)));
        let words = state.edges.iter().filter(|(label, _)| matches!(label, Label::Word(_))).count();
        outcomes.extend(state.outcomes.iter().map(|outcome| match outcome {
            Outcome::Rule(rule) => format!("Outcome::Rule({rule})"),
            Outcome::Cue(cue) => format!("Outcome::Cue(Cue::ALL[{cue}])"),
        }));
        write!(
            states,
            "State{{edges:{first_edge},words:{words},others:{},outcomes:{first_outcome},ends:{}}},",
            state.edges.len() - words,
            state.outcomes.len()
        )?;
    }
    writeln!(out, "static STATES: [State; {}] = [{states}];", automaton.states.len())?;
    let labels: Vec<String> = edges.iter().map(|(label, _)| label.to_string()).collect();
    let targets: Vec<String> = edges.iter().map(|(_, to)| to.to_string()).collect();
    writeln!(out, "static LABELS: [u16; {}] = [{}];", labels.len(), labels.join(","))?;
    writeln!(out, "static TARGETS: [u16; {}] = [{}];", targets.len(), targets.join(","))?;
    writeln!(out, "static OUTCOMES: [Outcome; {}] = [{}];", outcomes.len(), outcomes.join(","))?;
    let starts: Vec<String> = (0..automaton.words.len())
        .map(|word| {
            let word = crate::short(word);
            automaton.starts.get(&word).map_or("u16::MAX".to_owned(), ToString::to_string)
        })
        .collect();
    writeln!(out, "static STARTS: [u16; {}] = [{}];", starts.len(), starts.join(","))?;

    let width = automaton.words.len().div_ceil(64);
    let mut bits = Vec::new();
    for class in &automaton.classes {
        let mut row = vec![0_u64; width];
        for word in class {
            row[usize::from(*word) / 64] |= 1 << (word % 64);
        }
        bits.extend(row.iter().map(|bits| format!("0x{bits:x}")));
    }
    writeln!(out, "const CLASS_WIDTH: usize = {width};")?;
    writeln!(out, "static CLASSES: [u64; {}] = [{}];", bits.len(), bits.join(","))
}

fn write_rules(out: &mut String, rules: &[RuleEntry], cues: &[String]) -> std::fmt::Result {
    writeln!(out, "pub(crate) static RULES: [Rule; {}] = [", rules.len())?;
    for rule in rules {
        let kind = rule.kind.as_deref().map_or("None".to_owned(), |kind| {
            format!("Some(Kind::{})", if kind == "self" { "Writer".to_owned() } else { camel(kind) })
        });
        let recent =
            rule.recent.map_or("None".to_owned(), |severity| format!("Some({})", severity_name(severity)));
        writeln!(
            out,
            "Rule{{category:Category::{},kind:{kind},severity:{},scope:Scope::{},recent:{recent},reason:{:?},suggestion:{:?}}},",
            camel(&rule.category),
            severity_name(rule.severity),
            camel(&rule.scope),
            rule.reason,
            rule.suggestion
        )?;
    }
    writeln!(out, "];")?;
    let names: Vec<String> = cues.iter().map(|name| camel(name)).collect();
    writeln!(out, "/// Words around a phrase that change what it means: the names of `lexicon/cues.toml`.")?;
    writeln!(out, "#[derive(Debug, Clone, Copy, PartialEq, Eq)]")?;
    writeln!(out, "pub(crate) enum Cue {{ {} }}", names.join(", "))?;
    let all: Vec<String> = names.iter().map(|name| format!("Cue::{name}")).collect();
    writeln!(out, "impl Cue {{ const ALL: [Self; {}] = [{}]; }}", all.len(), all.join(", "))
}

fn severity_name(severity: u8) -> &'static str {
    match severity {
        1 => "Severity::Note",
        2 => "Severity::Caution",
        3 => "Severity::Stop",
        _ => panic!("a severity is 1, 2 or 3"),
    }
}

fn camel(name: &str) -> String {
    name.split('_')
        .map(|part| {
            let (first, rest) = part.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect()
}
