//! From phrases to one automaton over words.
//!
//! Invariant: states are shared by content, so the automaton is as small for phrases that end alike as for one of them;
//! from each first word exactly one state follows, and edges with the same label are merged for the first few words, where
//! most phrases stop.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::phrase::{Item, Sequence};

/// The sort of a word that no phrase names. The numbers of the sorts are known to `src/lexicon.rs`.
pub(crate) const UNKNOWN: &str = "";
const SORTS: [&str; 5] = [UNKNOWN, "0", "@", "//", "@."];
/// States have numbers of sixteen bits, and the last of these means that there is none.
const MOST_STATES: usize = 0xffff;
/// While the automaton is made, states of no further use lie about; so many mean that a phrase has gone wild.
const MOST_DRAFTED: usize = 1_000_000;
/// Edges are merged for so many words of a phrase. Phrases that go on together this long are few, and merging on would
/// multiply their states.
const MERGED_WORDS: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Outcome {
    Rule(u16),
    Cue(u16),
}

/// What an edge takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Label {
    Word(u16),
    Class(u16),
    Any,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) edges: BTreeSet<(Label, usize)>,
    pub(crate) outcomes: BTreeSet<Outcome>,
}

/// The finished automaton. Words are numbered in the order of [`Automaton::words`].
pub(crate) struct Automaton {
    pub(crate) words: Vec<String>,
    pub(crate) classes: Vec<BTreeSet<u16>>,
    pub(crate) states: Vec<State>,
    /// For each word the state after it, where a phrase starts with it.
    pub(crate) starts: BTreeMap<u16, usize>,
}

pub(crate) struct Builder {
    words: Vec<String>,
    numbers: HashMap<String, u16>,
    classes: Vec<BTreeSet<u16>>,
    class_numbers: HashMap<BTreeSet<u16>, u16>,
    states: Vec<State>,
    state_numbers: HashMap<State, usize>,
    roots: BTreeSet<usize>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let mut builder = Self {
            words: Vec::new(),
            numbers: HashMap::new(),
            classes: Vec::new(),
            class_numbers: HashMap::new(),
            states: Vec::new(),
            state_numbers: HashMap::new(),
            roots: BTreeSet::new(),
        };
        for sort in SORTS {
            builder.word(sort);
        }
        builder
    }

    pub(crate) fn word(&mut self, word: &str) -> u16 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = crate::short(self.words.len());
        self.words.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }

    /// Adds a phrase that ends in an outcome.
    pub(crate) fn add(&mut self, phrase: &Sequence, outcome: Outcome, source: &str) {
        let end = self.intern(State { edges: BTreeSet::new(), outcomes: [outcome].into() });
        let root = self.sequence(phrase, end);
        let state = &self.states[root];
        assert!(state.outcomes.is_empty(), "the phrase {source:?} may be empty");
        assert!(
            !state.edges.iter().any(|(label, _)| *label == Label::Any),
            "the phrase {source:?} starts with any word"
        );
        self.roots.insert(root);
    }

    /// Joins everything at the first words.
    pub(crate) fn finish(mut self) -> Automaton {
        let mut first: BTreeMap<u16, BTreeSet<usize>> = BTreeMap::new();
        for root in std::mem::take(&mut self.roots) {
            for (label, to) in self.states[root].edges.clone() {
                match label {
                    Label::Word(word) => {
                        first.entry(word).or_default().insert(to);
                    }
                    Label::Class(class) => {
                        for word in self.classes[usize::from(class)].clone() {
                            first.entry(word).or_default().insert(to);
                        }
                    }
                    Label::Any => {}
                }
            }
        }
        let mut merged = HashMap::new();
        let starts: BTreeMap<u16, usize> = first
            .into_iter()
            .map(|(word, states)| {
                let joined = self.join(&states);
                (word, self.merge_labels(joined, MERGED_WORDS, &mut merged))
            })
            .collect();
        self.without_unreached(starts)
    }

    fn without_unreached(self, starts: BTreeMap<u16, usize>) -> Automaton {
        let mut order: Vec<usize> = Vec::new();
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        let mut waiting: Vec<usize> = starts.values().rev().copied().collect();
        while let Some(state) = waiting.pop() {
            if numbers.contains_key(&state) {
                continue;
            }
            numbers.insert(state, order.len());
            order.push(state);
            waiting.extend(self.states[state].edges.iter().rev().map(|(_, to)| *to));
        }
        assert!(order.len() < MOST_STATES, "the lexicon has grown past {MOST_STATES} states");
        let states = order
            .iter()
            .map(|state| State {
                edges: self.states[*state].edges.iter().map(|(label, to)| (*label, numbers[to])).collect(),
                outcomes: self.states[*state].outcomes.clone(),
            })
            .collect();
        let starts = starts.into_iter().map(|(word, state)| (word, numbers[&state])).collect();
        Automaton { words: self.words, classes: self.classes, states, starts }
    }

    fn sequence(&mut self, items: &[Item], end: usize) -> usize {
        items.iter().rev().fold(end, |next, item| self.item(item, next))
    }

    fn item(&mut self, item: &Item, next: usize) -> usize {
        match item {
            Item::Word(word) => {
                let word = self.word(word);
                self.edge(Label::Word(word), next)
            }
            Item::Number => {
                let number = self.word("0");
                self.edge(Label::Word(number), next)
            }
            Item::Any(most) => (0..*most).fold(next, |so_far, _| {
                let longer = self.edge(Label::Any, so_far);
                self.join(&[longer, next].into())
            }),
            Item::Perhaps(item) => {
                let with = self.item(item, next);
                self.join(&[with, next].into())
            }
            Item::OneOf(alternatives) => {
                let mut class = BTreeSet::new();
                let mut states = BTreeSet::new();
                self.split(alternatives, &mut class, &mut states, next);
                match class.len() {
                    0 => {}
                    1 => {
                        let word = class.first().copied().expect("one word");
                        states.insert(self.edge(Label::Word(word), next));
                    }
                    _ => {
                        let class = self.class(class);
                        states.insert(self.edge(Label::Class(class), next));
                    }
                }
                self.join(&states)
            }
        }
    }

    /// Sorts alternatives into single words, which become one class, and longer ones.
    fn split(
        &mut self,
        alternatives: &[Sequence],
        class: &mut BTreeSet<u16>,
        states: &mut BTreeSet<usize>,
        next: usize,
    ) {
        for alternative in alternatives {
            match alternative.as_slice() {
                [Item::Word(word)] => {
                    class.insert(self.word(word));
                }
                [Item::Number] => {
                    class.insert(self.word("0"));
                }
                [Item::OneOf(inner)] => self.split(inner, class, states, next),
                longer => {
                    states.insert(self.sequence(longer, next));
                }
            }
        }
    }

    fn class(&mut self, words: BTreeSet<u16>) -> u16 {
        if let Some(number) = self.class_numbers.get(&words) {
            return *number;
        }
        let number = crate::short(self.classes.len());
        self.classes.push(words.clone());
        self.class_numbers.insert(words, number);
        number
    }

    fn edge(&mut self, label: Label, to: usize) -> usize {
        self.intern(State { edges: [(label, to)].into(), outcomes: BTreeSet::new() })
    }

    fn join(&mut self, states: &BTreeSet<usize>) -> usize {
        let mut joined = State::default();
        for state in states {
            joined.edges.extend(&self.states[*state].edges);
            joined.outcomes.extend(&self.states[*state].outcomes);
        }
        self.intern(joined)
    }

    /// One edge for each label, as many words down as `depth` says.
    fn merge_labels(
        &mut self,
        state: usize,
        depth: usize,
        merged: &mut HashMap<(usize, usize), usize>,
    ) -> usize {
        if depth == 0 {
            return state;
        }
        if let Some(done) = merged.get(&(state, depth)) {
            return *done;
        }
        let mut by_label: BTreeMap<Label, BTreeSet<usize>> = BTreeMap::new();
        for (label, to) in self.states[state].edges.clone() {
            by_label.entry(label).or_default().insert(to);
        }
        let outcomes = self.states[state].outcomes.clone();
        let edges = by_label
            .into_iter()
            .map(|(label, states)| {
                let joined = self.join(&states);
                (label, self.merge_labels(joined, depth - 1, merged))
            })
            .collect();
        let done = self.intern(State { edges, outcomes });
        merged.insert((state, depth), done);
        done
    }

    fn intern(&mut self, state: State) -> usize {
        if let Some(number) = self.state_numbers.get(&state) {
            return *number;
        }
        assert!(self.states.len() < MOST_DRAFTED, "the lexicon has grown past {MOST_DRAFTED} drafted states");
        let number = self.states.len();
        self.states.push(state.clone());
        self.state_numbers.insert(state, number);
        number
    }
}
