//! Compiles the lexicon (`lexicon/*.toml`) into static tables, so that nothing is built when a process starts.
//!
//! Invariant: the tables are a function of those files alone, in an order that doesn't depend on the machine.

#[path = "build/automaton.rs"]
mod automaton;
#[path = "build/emit.rs"]
mod emit;
#[path = "build/phrase.rs"]
mod phrase;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Deserialize;

/// One file of the lexicon; each section may be missing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    /// Words that phrases share, by name.
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    rule: Vec<RuleEntry>,
    #[serde(default)]
    cue: Vec<CueEntry>,
    /// Words that are recognised with one slip of the pen.
    #[serde(default)]
    slips: Vec<String>,
    /// Words that look like a slip and are none.
    #[serde(default)]
    no_slips: Vec<String>,
    /// Words without a phrase, known so that runs of letters can be taken apart into them.
    #[serde(default)]
    plain: Vec<String>,
}

/// A rule: what its phrases mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleEntry {
    pub(crate) category: String,
    pub(crate) kind: Option<String>,
    pub(crate) severity: u8,
    #[serde(default = "plain")]
    pub(crate) scope: String,
    /// The severity where the words around say that it was just now.
    pub(crate) recent: Option<u8>,
    pub(crate) reason: String,
    pub(crate) suggestion: Option<String>,
    phrases: Vec<String>,
}

fn plain() -> String {
    "plain".to_owned()
}

/// Words around a phrase that change what it means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueEntry {
    name: String,
    phrases: Vec<String>,
}

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=lexicon");
    let mut files: Vec<PathBuf> = fs::read_dir("lexicon")
        .expect("the folder of the lexicon is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let pages: Vec<(PathBuf, Page)> = files.into_iter().map(|path| (path.clone(), read(&path))).collect();

    let mut lists = phrase::Lists::new();
    for (path, page) in &pages {
        for (name, entries) in &page.lists {
            let before = lists.insert(name.clone(), entries.clone());
            assert!(before.is_none(), "{}: the list {name} exists already", path.display());
        }
    }
    let mut builder = automaton::Builder::new();
    let mut rules = Vec::new();
    let mut cues: Vec<String> = Vec::new();
    let (mut slips, mut no_slips) = (Vec::new(), Vec::new());
    for (path, page) in pages {
        let add = |builder: &mut automaton::Builder, outcome, phrases: &[String]| {
            assert!(!phrases.is_empty(), "{}: a rule without phrases", path.display());
            for source in phrases {
                let parsed = phrase::parse(source, &lists);
                let parsed =
                    parsed.unwrap_or_else(|error| panic!("{}: {error} in {source:?}", path.display()));
                builder.add(&parsed, outcome, source);
            }
        };
        for rule in page.rule {
            add(&mut builder, automaton::Outcome::Rule(short(rules.len())), &rule.phrases);
            rules.push(rule);
        }
        for cue in page.cue {
            let number = cues.iter().position(|name| *name == cue.name).unwrap_or_else(|| {
                cues.push(cue.name.clone());
                cues.len() - 1
            });
            add(&mut builder, automaton::Outcome::Cue(short(number)), &cue.phrases);
        }
        for word in page.plain.iter().chain(&page.slips) {
            builder.word(word);
        }
        slips.extend(page.slips);
        no_slips.extend(page.no_slips);
    }
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo names the folder for output"));
    let tables = emit::tables(&rules, &cues, &builder.finish(), &slips, &no_slips);
    fs::write(out.join("lexicon.rs"), tables).expect("the folder for output can be written");
}

fn read(path: &Path) -> Page {
    let text = fs::read_to_string(path).expect("a file of the lexicon can be read");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn short(number: usize) -> u16 {
    u16::try_from(number).expect("fewer than 65,536 of anything")
}
