//! The notation of the lexicon's phrases.
//!
//! | written | means |
//! |---|---|
//! | `word` | that word; a hyphen parts two words, apostrophes as in `src/tokens.rs` (`don't` is `dont`, `I'm` is `i m`) |
//! | `therapist[s]` | that word, or with one of these endings (`help[s\|ed]`) |
//! | `(a\|b c\|d)` | one of several |
//! | `<name>` | one of the list of that name |
//! | `x?` | `x` or nothing, for a word, a group or a list |
//! | `~` | up to three words of the list `fillers` ("really", "just", ...) |
//! | `...`, `...5` | up to three (five) words, whichever |
//! | `0` | a number |
//!
//! Invariant: every phrase is bounded in length, so that matching is linear in the text.

use std::collections::BTreeMap;

pub(crate) type Lists = BTreeMap<String, Vec<String>>;
pub(crate) type Sequence = Vec<Item>;

#[derive(Debug, Clone)]
pub(crate) enum Item {
    Word(String),
    Number,
    /// Up to so many words of any sort.
    Any(u8),
    OneOf(Vec<Sequence>),
    Perhaps(Box<Item>),
}

/// Reads one phrase.
pub(crate) fn parse(source: &str, lists: &Lists) -> Result<Sequence, String> {
    let mut parser = Parser { rest: source, lists };
    let sequence = parser.sequence()?;
    if parser.rest.is_empty() { Ok(sequence) } else { Err(format!("what is {:?}", parser.rest)) }
}

struct Parser<'a> {
    rest: &'a str,
    lists: &'a Lists,
}

impl Parser<'_> {
    fn sequence(&mut self) -> Result<Sequence, String> {
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches([' ', '-', '\n']);
            let Some(first) = self.rest.chars().next() else { break };
            let item = match first {
                ')' | '|' => break,
                '(' => {
                    self.rest = &self.rest[1..];
                    let alternatives = self.alternatives()?;
                    self.rest = self.rest.strip_prefix(')').ok_or("a bracket is not closed")?;
                    Item::OneOf(alternatives)
                }
                '<' => {
                    let (name, rest) = self.rest[1..].split_once('>').ok_or("a list's name has no end")?;
                    self.rest = rest;
                    self.list(name)?
                }
                '~' => {
                    self.rest = &self.rest[1..];
                    let filler = Item::Perhaps(Box::new(self.list("fillers")?));
                    items.extend([filler.clone(), filler.clone()]);
                    filler
                }
                '.' => {
                    self.rest = self.rest.strip_prefix("...").ok_or("a gap is three dots")?;
                    let digits =
                        self.rest.len() - self.rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                    let (number, rest) = self.rest.split_at(digits);
                    self.rest = rest;
                    Item::Any(if number.is_empty() {
                        3
                    } else {
                        number.parse().map_err(|_| "too wide a gap")?
                    })
                }
                _ => self.word()?,
            };
            items.push(if let Some(rest) = self.rest.strip_prefix('?') {
                self.rest = rest;
                Item::Perhaps(Box::new(item))
            } else {
                item
            });
        }
        Ok(items)
    }

    fn alternatives(&mut self) -> Result<Vec<Sequence>, String> {
        let mut alternatives = vec![self.sequence()?];
        while let Some(rest) = self.rest.strip_prefix('|') {
            self.rest = rest;
            alternatives.push(self.sequence()?);
        }
        Ok(alternatives)
    }

    fn list(&self, name: &str) -> Result<Item, String> {
        let entries = self.lists.get(name).ok_or_else(|| format!("there is no list {name}"))?;
        entries.iter().map(|entry| parse(entry, self.lists)).collect::<Result<_, _>>().map(Item::OneOf)
    }

    fn word(&mut self) -> Result<Item, String> {
        let length =
            self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '\'').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        if word.is_empty() || word != word.to_ascii_lowercase() {
            return Err(format!("a word is lower case and ASCII, at {:?}", self.rest));
        }
        self.rest = rest;
        if rest.strip_prefix('(').is_some_and(|inner| inner.starts_with(|c: char| c.is_ascii_alphanumeric()))
        {
            return Err(format!(
                "a bracket right after {word:?} would be a word of its own: endings stand in []"
            ));
        }
        if let Some(rest) = rest.strip_prefix('[') {
            let (endings, rest) = rest.split_once(']').ok_or("endings have no end")?;
            self.rest = rest;
            let plain = std::iter::once(String::new()).chain(endings.split('|').map(str::to_owned));
            return Ok(Item::OneOf(plain.map(|ending| words(&format!("{word}{ending}"))).collect()));
        }
        let mut words = words(word);
        Ok(if words.len() == 1 { words.remove(0) } else { Item::OneOf(vec![words]) })
    }
}

/// The tokens of one written word.
fn words(written: &str) -> Sequence {
    /// What an apostrophe parts from its word; the same as in `src/tokens.rs`.
    const PARTED: [&str; 6] = ["s", "m", "re", "ll", "d", "ve"];
    let word = |text: &str| {
        let plain: String = text.chars().filter(|c| *c != '\'').collect();
        if plain.bytes().all(|byte| byte.is_ascii_digit()) { Item::Number } else { Item::Word(plain) }
    };
    match written.rsplit_once('\'') {
        Some(("", ending)) => vec![word(ending)],
        Some((before, ending)) if PARTED.contains(&ending) => vec![word(before), word(ending)],
        _ => vec![word(written)],
    }
}
