//! What is found in a text: the phrases of the lexicon, and what the detectors see that are more than phrases.
//!
//! Invariant: every detector is linear in the text.

pub(crate) mod disclosure;
pub(crate) mod repetition;

use crate::finding::{Category, Kind, Severity};
use crate::lexicon::{self, Hit, Outcome};
use crate::normalise::Normalised;
use crate::people;
use crate::scope::{self, Surroundings};
use crate::tokens::Text;

/// Something found, in bytes of the normalised text.
pub(crate) struct Found {
    pub(crate) category: Category,
    pub(crate) kind: Option<Kind>,
    pub(crate) severity: Severity,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) reason: &'static str,
    pub(crate) suggestion: Option<&'static str>,
}

/// A phrase that was found, and means nothing where it stands.
pub(crate) struct Lifted {
    pub(crate) category: Category,
    /// Where it starts, in bytes of the normalised text.
    pub(crate) start: usize,
}

/// What the rules say of a text.
pub(crate) struct Applied {
    pub(crate) found: Vec<Found>,
    pub(crate) lifted: Vec<Lifted>,
}

/// Everything found in a text.
pub(crate) fn apply(text: &Text) -> Applied {
    let mut found = Vec::new();
    let lifted = find_phrases(text, &mut found);
    let normalised: &Normalised = text.normalised;
    crate::personal_data::find(normalised, &mut found);
    // Before other people's names are found: only the writer's own data make a disclosure identify them.
    disclosure::raise_where_identified(&mut found);
    if people::find(normalised, &mut found) {
        disclosure::raise_where_identified(&mut found);
    }
    repetition::find(normalised, &mut found);
    Applied { found, lifted }
}

fn find_phrases(text: &Text, found: &mut Vec<Found>) -> Vec<Lifted> {
    let mut lifted = Vec::new();
    let (hits, cues): (Vec<Hit>, Vec<Hit>) =
        lexicon::find(text).into_iter().partition(|hit| matches!(hit.outcome, Outcome::Rule(_)));
    for hit in hits {
        let Outcome::Rule(number) = hit.outcome else { continue };
        let rule = &lexicon::RULES[usize::from(number)];
        let around = Surroundings::new(text, &cues, hit.start, hit.end);
        let Some(judged) = scope::judge(rule, &around) else {
            lifted.push(Lifted { category: rule.category, start: text.tokens[hit.start].start });
            continue;
        };
        found.push(Found {
            category: judged.category,
            kind: judged.kind,
            severity: judged.severity,
            start: text.tokens[hit.start].start,
            end: text.tokens[hit.end - 1].end,
            reason: judged.reason,
            suggestion: rule.suggestion,
        });
    }
    lifted
}
