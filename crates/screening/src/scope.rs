//! Whose words, and when: negation, the past, reported speech, fiction and education change what a phrase means.
//!
//! Invariant: a scope looks at the sentence of the match and no further, and in doubt it keeps the graver reading. A cue
//! in another sentence never softens this one. The cues themselves are in `lexicon/cues.toml`.

use crate::finding::{Category, Kind, Severity};
use crate::lexicon::{Cue, Hit, Outcome, Rule};
use crate::tokens::Text;

/// What the surroundings of a match may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nothing.
    Plain,
    /// A present statement in the first person: reported speech changes whose it is.
    Own,
    /// A past statement in the first person: words for "recently" make it graver.
    OwnPast,
    /// Words about ending one's own life in no known sentence: grave unless negated or past.
    OwnMention,
    /// A statement about somebody else: softer about nobody in particular.
    Other,
    /// A past statement about somebody else.
    OtherPast,
    /// The writer's own story: a note if it is asked, supposed, taught or a character's.
    Told,
    /// Advice, offers, claims: nothing if warned against, reported, weighed or qualified.
    Advice,
    /// A choice of words: a note if the words themselves are spoken of.
    Wording,
    /// A guess about a public person: nothing if they have spoken of it themselves.
    PublicFigure,
    /// No finding if negated, reported as an example, or only considered.
    Unless,
    /// A note if it is quoted as an example or ruled out in the same breath.
    Quoted,
    /// Abuse in a tense that could be either: past words turn it into a disclosure of trauma.
    Ongoing,
}

/// What a match turned out to be.
pub(crate) struct Judged {
    pub(crate) category: Category,
    pub(crate) kind: Option<Kind>,
    pub(crate) severity: Severity,
    pub(crate) reason: &'static str,
}

/// A negation counts this many words before a phrase, with no comma between.
const NEGATION_REACH: usize = 4;
/// Words that rule something out count further: "it is wrong to tell people that they should".
const RULED_OUT_REACH: usize = 6;

/// A supposition counts this many words before what is supposed: "what happens if I tell".
const SUPPOSED_REACH: usize = 1;

/// A cue further away than this many words is not heard: a spoken clause is shorter, and the work for each match doesn't
/// grow with the sentence.
const EARSHOT: usize = 40;

/// The cues of one sentence, seen from one match.
pub(crate) struct Surroundings<'a> {
    text: &'a Text<'a>,
    cues: &'a [Hit],
    start: usize,
    end: usize,
}

impl<'a> Surroundings<'a> {
    /// `cues` are those of the whole text, in the order of their starts.
    pub(crate) fn new(text: &'a Text<'a>, cues: &'a [Hit], start: usize, end: usize) -> Self {
        let sentence = text.sentence(start);
        let first = sentence.start.max(start.saturating_sub(EARSHOT));
        let last = sentence.end.min(end + EARSHOT);
        let from = cues.partition_point(|cue| cue.start < first);
        let to = cues.partition_point(|cue| cue.start < last);
        Self { text, cues: &cues[from..to], start, end }
    }

    fn of(&self, cue: Cue) -> impl Iterator<Item = &Hit> {
        self.cues.iter().filter(move |hit| hit.outcome == Outcome::Cue(cue))
    }

    /// Somewhere in the sentence before the match.
    fn before(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.end <= self.start)
    }

    /// Before the match, at most so many words away and without a comma between.
    fn near_before(&self, cue: Cue, words: usize) -> bool {
        self.of(cue).any(|hit| {
            hit.end <= self.start
                && self.start - hit.end <= words
                && !self.text.tokens[hit.end..self.start].iter().any(|token| token.after_break)
                && !(self.start > hit.end && self.text.tokens[self.start].after_break)
        })
    }

    /// Right before the match, whatever stands between.
    fn right_before(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.end == self.start)
    }

    /// Right after the match.
    fn right_after(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.start == self.end)
    }

    /// Anywhere in the sentence but across an end of the match.
    fn anywhere(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.end <= self.start || hit.start >= self.end)
    }

    /// Within the match itself.
    fn within(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.start >= self.start && hit.end <= self.end)
    }

    fn says(&self, cue: Cue) -> bool {
        self.anywhere(cue) || self.within(cue)
    }

    /// A word for these hours outweighs a word for the past; a vague "now" or "again" doesn't.
    fn recently(&self) -> bool {
        self.says(Cue::JustNow) || (self.says(Cue::Recent) && !self.anywhere(Cue::Past))
    }

    /// "When people visit, my father ..." is about somebody known.
    fn nobody_known(&self) -> bool {
        let general = self.before(Cue::Fiction) || self.before(Cue::Anybody);
        general && !self.before(Cue::Personal) && !self.within(Cue::Personal)
    }

    fn is_recited(&self) -> bool {
        self.before(Cue::Fiction)
            && self.of(Cue::Recited).any(|hit| hit.end <= self.start && self.start - hit.end <= 3)
    }
}

/// Judges one match; `None` where the surroundings show that it means nothing.
pub(crate) fn judge(rule: &Rule, around: &Surroundings) -> Option<Judged> {
    let same =
        |severity| Some(Judged { category: rule.category, kind: rule.kind, severity, reason: rule.reason });
    let own = |severity: Severity| {
        if around.right_before(Cue::Speaker) {
            return Some(Judged {
                category: rule.category,
                kind: Some(Kind::OtherPerson),
                severity,
                reason: "Somebody the writer knows is reported to speak of ending their life.",
            });
        }
        let nobody =
            around.is_recited() || around.right_before(Cue::Example) || around.right_before(Cue::NotMe);
        same(if nobody { Severity::Note } else { severity })
    };
    let recent = rule.recent.unwrap_or(rule.severity);
    match rule.scope {
        Scope::Plain => same(rule.severity),
        Scope::Own => {
            if around.right_after(Cue::IdiomAfter) || around.right_after(Cue::SubjectAfter) {
                return None;
            }
            own(rule.severity)
        }
        Scope::OwnPast => {
            if around.right_after(Cue::IdiomAfter) {
                return None;
            }
            own(if around.recently() { recent } else { rule.severity })
        }
        Scope::OwnMention => {
            if around.right_after(Cue::IdiomAfter) || around.right_before(Cue::NotMe) {
                return same(Severity::Note);
            }
            let past = around.right_before(Cue::PastVerb) && !around.recently();
            let negated = around.near_before(Cue::Negation, NEGATION_REACH);
            own(if past || negated { Severity::Note } else { rule.severity })
        }
        Scope::Other => same(if around.nobody_known() { Severity::Note } else { rule.severity }),
        Scope::OtherPast => {
            same(if around.recently() && !around.nobody_known() { recent } else { rule.severity })
        }
        Scope::Told => {
            if around.right_after(Cue::DescribesAfter) {
                return None;
            }
            let not_told = around.near_before(Cue::Supposed, SUPPOSED_REACH)
                || around.right_before(Cue::OfAnother)
                || around.right_before(Cue::Example)
                || around.says(Cue::InAStory);
            same(if not_told { Severity::Note } else { rule.severity })
        }
        Scope::Advice => {
            let lifted = around.near_before(Cue::RuledOut, RULED_OUT_REACH)
                || around.right_before(Cue::Weighed)
                || around.right_before(Cue::Example)
                || around.right_after(Cue::QualifiedAfter);
            if lifted { None } else { same(rule.severity) }
        }
        Scope::Wording => {
            let spoken_of = around.right_before(Cue::WordsNamed)
                || around.right_before(Cue::Example)
                || around.right_after(Cue::QualifiedAfter);
            same(if spoken_of { Severity::Note } else { rule.severity })
        }
        Scope::PublicFigure => {
            let lifted = around.says(Cue::OwnAccount) || around.near_before(Cue::RuledOut, RULED_OUT_REACH);
            if lifted { None } else { same(rule.severity) }
        }
        Scope::Unless => {
            let lifted = around.near_before(Cue::RuledOut, RULED_OUT_REACH)
                || around.right_before(Cue::Considered)
                || around.right_before(Cue::Example);
            if lifted { None } else { same(rule.severity) }
        }
        Scope::Quoted => {
            let lifted = around.right_before(Cue::RuledOutAtOnce) || around.right_before(Cue::Example);
            same(if lifted { Severity::Note } else { rule.severity })
        }
        Scope::Ongoing => {
            if around.anywhere(Cue::Past) && !around.says(Cue::Still) {
                return Some(Judged {
                    category: Category::Disclosure,
                    kind: Some(Kind::Trauma),
                    severity: Severity::Caution,
                    reason: "The writer tells of abuse in their past.",
                });
            }
            same(if around.nobody_known() { Severity::Note } else { rule.severity })
        }
    }
}
