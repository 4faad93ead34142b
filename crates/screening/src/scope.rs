//! Whose words, and when: negation, the past, reported speech, fiction and education change what a phrase means.
//!
//! Invariant: a scope looks at the sentence of the match and no further, and in doubt it keeps the graver reading. A cue
//! in another sentence never softens this one. The cues themselves are in `lexicon/cues.toml`.

use crate::finding::{Category, Kind, Severity};
use crate::lexicon::{Cue, Hit, Outcome, Rule};
use crate::tokens::{Sort, Text};

/// What the surroundings of a match may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nothing.
    Plain,
    /// A figure of speech or a denial: it finds nothing, and the model is told.
    Harmless,
    /// A present statement in the first person: reported speech changes whose it is.
    Own,
    /// A past statement in the first person: words for "recently" make it graver.
    OwnPast,
    /// Words about ending one's own life in no known sentence: grave unless negated or past.
    OwnMention,
    /// Grave words without a subject: they count where the sentence has an "I" or a "my".
    OwnNear,
    /// A statement whose "I" was left out: it counts only where it begins a sentence or a clause.
    OwnBare,
    /// A farewell, which may be to a job or before a holiday.
    Parting,
    /// A threat to somebody: games, jokes and stories lift it.
    Threat,
    /// A statement about somebody else: softer about nobody in particular.
    Other,
    /// Words about somebody else ending their life in no known sentence: grave unless negated or past.
    OtherMention,
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
    /// Abuse in the past tense: it goes on if a word says so, else it is a disclosure of trauma.
    UnlessOver,
    /// Abuse in a tense that could be either: past words turn it into a disclosure of trauma.
    Ongoing,
    /// Hate with the group in it.
    Hate,
    /// Hate that starts with the group it is about.
    HateSubject,
    /// Hate that is an order or a cry, at the start of a sentence.
    HateStart,
    /// Hate of "them", if they are a group.
    HateThem,
    /// Hate that is a sentence, after one that named a group.
    HateAlone,
    /// A slur on its own.
    Slur,
    /// An insult to a person.
    Insult,
    /// An insult that is a sentence.
    InsultAlone,
    /// Stigmatising words.
    Stigma,
    /// Sexual words.
    Explicit,
    /// Commerce, but not a therapist's own.
    Commerce,
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

/// The words that may stand between "said" and the words of a rule, and how many of them.
const SUBJECT: [&str; 12] =
    ["i", "im", "ive", "m", "am", "ve", "have", "d", "just", "really", "still", "sometimes"];
const LEAD: usize = 3;

/// An opening quotation mark counts this many words before a match.
const QUOTED_REACH: usize = 4;

/// What makes a finding graver is heard in other sentences too, this many words away.
const NEARBY: usize = 80;

/// The cues of one sentence, seen from one match.
pub(crate) struct Surroundings<'a> {
    pub(crate) text: &'a Text<'a>,
    /// The cues of the whole text.
    pub(crate) all: &'a [Hit],
    cues: &'a [Hit],
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Where the subject of the match begins: "I" and what belongs to it may stand before the words that a rule knows.
    lead: usize,
}

impl<'a> Surroundings<'a> {
    /// `cues` are those of the whole text, in the order of their starts.
    pub(crate) fn new(text: &'a Text<'a>, cues: &'a [Hit], start: usize, end: usize) -> Self {
        let sentence = text.sentence(start);
        let first = sentence.start.max(start.saturating_sub(EARSHOT));
        let last = sentence.end.min(end + EARSHOT);
        let from = cues.partition_point(|cue| cue.start < first);
        let to = cues.partition_point(|cue| cue.start < last);
        let mut lead = start;
        while lead > sentence.start && start - lead < LEAD && SUBJECT.contains(&text.form(lead - 1)) {
            lead -= 1;
        }
        Self { text, all: cues, cues: &cues[from..to], start, end, lead }
    }

    /// The cues of one sort in the sentence of the match.
    pub(crate) fn of(&self, cue: Cue) -> impl Iterator<Item = &Hit> {
        self.cues.iter().filter(move |hit| hit.outcome == Outcome::Cue(cue))
    }

    /// Somewhere in the sentence before the match.
    fn before(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.end <= self.start)
    }

    /// Before the match, at most so many words away and without a comma between.
    pub(crate) fn near_before(&self, cue: Cue, words: usize) -> bool {
        self.of(cue).any(|hit| {
            hit.end <= self.start
                && self.start - hit.end <= words
                && !self.text.tokens[hit.end..self.start].iter().any(|token| token.after_break)
                && !(self.start > hit.end && self.text.tokens[self.start].after_break)
        })
    }

    /// Right before the match, whatever stands between.
    pub(crate) fn right_before(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.end == self.start)
    }

    /// Right before the match or its subject.
    fn right_before_subject(&self, cue: Cue) -> bool {
        self.of(cue).any(|hit| hit.end == self.start || hit.end == self.lead)
    }

    /// Right before the match, and not in the perfect: "I have had thoughts" is about today.
    fn after_past_verb(&self) -> bool {
        self.of(Cue::PastVerb).any(|hit| {
            hit.end == self.start && (hit.start == 0 || !is_perfect(self.text.form(hit.start - 1)))
        })
    }

    /// Words in quotation marks, where the sentence speaks of whoever may say them.
    fn is_quoted_as_an_example(&self) -> bool {
        self.is_quoted()
            && (self.says(Cue::Anybody) || self.before(Cue::Fiction) || self.anywhere(Cue::Taught))
    }

    fn is_quoted(&self) -> bool {
        let bytes = &self.text.normalised.folded;
        let is_mark = |at: usize| matches!(bytes.get(at), Some(b'"' | b'\''));
        let in_word = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
        let first = self.text.sentence(self.start).start.max(self.lead.saturating_sub(QUOTED_REACH));
        let mut open = false;
        for token in &self.text.tokens[first..=self.lead] {
            // An apostrophe has letters on both sides.
            open |= token.start > 0
                && is_mark(token.start - 1)
                && (token.start == 1 || !in_word(token.start - 2));
            // The last of these words belongs to what is quoted.
            open &= token.start == self.text.tokens[self.lead].start
                || !is_mark(token.end)
                || in_word(token.end + 1);
        }
        open
    }

    /// Right after the match.
    pub(crate) fn right_after(&self, cue: Cue) -> bool {
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
        // "Five years ago today" was no more today than any other day five years ago.
        let today = |hit: &Hit| hit.start == 0 || self.text.form(hit.start - 1) != "ago";
        let apart = |hit: &Hit| {
            hit.end <= self.start || hit.start >= self.end || (hit.start >= self.start && hit.end <= self.end)
        };
        self.of(Cue::JustNow).any(|hit| apart(hit) && today(hit))
            || (self.says(Cue::Recent) && self.of(Cue::Past).next().is_none())
    }

    /// A wish or a thought told in the simple past, and nothing beside it that speaks of today.
    fn is_a_past_wish(&self) -> bool {
        /// What may stand between "I" and the verb.
        const BETWEEN: [&str; 8] = ["d", "just", "really", "only", "honestly", "did", "truly", "sometimes"];
        const WISHED: [&str; 6] = ["wanted", "wished", "hoped", "longed", "didnt", "not"];
        const THOUGHTS: [&str; 5] = ["suicidal", "thoughts", "urges", "ideation", "suicide"];
        if self.recently() || self.is_still_so() || self.text.form(self.lead) != "i" {
            return false;
        }
        let words = |from: usize| (from..self.end).map(|token| self.text.form(token));
        let mut after =
            (self.lead + 1..self.end).skip_while(|token| BETWEEN.contains(&self.text.form(*token)));
        after.next().is_some_and(|verb| {
            let form = self.text.form(verb);
            WISHED.contains(&form) || (form == "had" && words(verb).any(|word| THOUGHTS.contains(&word)))
        })
    }

    /// What the writer wanted or thought once, and says so.
    fn is_told_as_past(&self) -> bool {
        if self.is_perfect() {
            return self.says(Cue::InThePast);
        }
        let once = self.of(Cue::Past).next().is_some() || self.of(Cue::Lasted).next().is_some();
        let thought = self.is_in_the_past_tense()
            || self.right_before_subject(Cue::ThoughtThen)
            || self.goes_with_a_past_verb();
        (once && thought && !self.recently() && !self.is_still_so()) || self.is_a_past_wish()
    }

    /// "I lay there wishing": the verb before tells the time.
    fn goes_with_a_past_verb(&self) -> bool {
        const GOING_WITH: [&str; 5] = ["wishing", "wanting", "hoping", "praying", "thinking"];
        let used_to = |hit: &Hit| hit.end <= self.start && self.text.form(hit.start) == "used";
        GOING_WITH.contains(&self.text.form(self.start))
            && (self.of(Cue::Past).any(used_to) || self.after_past_verb())
    }

    /// A word for today; "every day" and "always" can be past, like their verb.
    fn is_still_so(&self) -> bool {
        const OFTEN: [&str; 3] = ["every", "always", "regularly"];
        self.of(Cue::Still).any(|hit| !OFTEN.contains(&self.text.form(hit.start)))
    }

    /// Near by, in whichever sentence, the writer says that what was over has begun again.
    fn is_back_again(&self) -> bool {
        let from = self.all.partition_point(|cue| cue.start + NEARBY < self.start);
        self.all[from..]
            .iter()
            .take_while(|cue| cue.start < self.end + NEARBY)
            .any(|cue| cue.outcome == Outcome::Cue(Cue::BackAgain))
    }

    /// "After I had tried" ends there; "after I had tried a bath" is about something else.
    fn is_something_tried(&self) -> bool {
        self.text.form(self.end - 1) == "tried"
            && self.end < self.text.sentence(self.start).end
            && !self.text.tokens[self.end].after_break
    }

    /// "I have wanted": it began in the past.
    fn is_perfect(&self) -> bool {
        (self.lead..self.end.min(self.lead + 3)).any(|token| is_perfect(self.text.form(token)))
    }

    /// Told as past, with no word for today.
    fn is_over(&self) -> bool {
        self.of(Cue::Past).next().is_some() && !self.recently() && !self.says(Cue::Still)
    }

    /// "When people visit, my father ..." is about somebody known.
    fn nobody_known(&self) -> bool {
        // "If a friend" runs into a match that starts with "a friend", "somebody who" starts where the match does.
        let general = self.before(Cue::Fiction) || self.of(Cue::Anybody).any(|hit| hit.start <= self.start);
        general && !self.before(Cue::Personal) && !self.within(Cue::Personal)
    }

    /// The phrase begins its sentence or a clause of it.
    fn begins(&self) -> bool {
        /// What joins clauses whose subject is left out.
        const JOINING: [&str; 14] = [
            "and", "but", "so", "cos", "because", "still", "just", "idk", "lol", "tbh", "ngl", "fr", "yeah",
            "again",
        ];
        let sentence = self.text.sentence(self.start);
        // A number in the place of a first word numbers a list, or stands for "I".
        let numbered =
            self.start == sentence.start + 1 && self.text.tokens[sentence.start].sort == Sort::Number;
        numbered
            || self.start == sentence.start
            || self.text.tokens[self.start].after_break
            || JOINING.contains(&self.text.form(self.start - 1))
    }

    /// "Live with him", "end it with him".
    fn is_about_a_home(&self) -> bool {
        const ENDS: [&str; 4] = ["live", "living", "it", "things"];
        ENDS.contains(&self.text.form(self.end - 1)) && self.right_after(Cue::LivingAfter)
    }

    /// What follows shows that the words mean something else.
    fn is_turned(&self) -> bool {
        self.right_after(Cue::IdiomAfter) || self.is_about_a_home() || self.is_a_groan()
    }

    /// "I want to die lol": a laugh after the words that are most often only a groan.
    fn is_a_groan(&self) -> bool {
        const GROANS: [&str; 3] = ["die", "kms", "now"];
        GROANS.contains(&self.text.form(self.end - 1)) && self.right_after(Cue::Laughing)
    }

    /// The match itself speaks in the past.
    fn is_in_the_past_tense(&self) -> bool {
        const VERBS: [&str; 33] = [
            "was",
            "were",
            "had",
            "wanted",
            "felt",
            "thought",
            "wished",
            "got",
            "cut",
            "took",
            "tried",
            "kept",
            "hurt",
            "burned",
            "burnt",
            "scratched",
            "hit",
            "harmed",
            "starved",
            "hoped",
            "used",
            "threatened",
            "didnt",
            "couldnt",
            "lost",
            "planned",
            "meant",
            "intended",
            "asked",
            "begged",
            "prayed",
            "deserved",
            "longed",
        ];
        /// "I wish it had worked" is a wish of today.
        const WISHES: [&str; 8] = ["wish", "wishing", "want", "hope", "hoping", "pray", "wanna", "praying"];
        if self.is_perfect() {
            return false;
        }
        (self.start..self.end)
            .map(|token| self.text.form(token))
            .find(|form| VERBS.contains(form) || WISHES.contains(form))
            .is_some_and(|form| VERBS.contains(&form))
    }

    fn is_ones_own(&self) -> bool {
        self.says(Cue::FirstPerson)
    }

    fn is_recited(&self) -> bool {
        self.before(Cue::Fiction)
            && self.of(Cue::Recited).any(|hit| hit.end <= self.start && self.start - hit.end <= 3)
    }
}

fn is_perfect(form: &str) -> bool {
    matches!(form, "ve" | "have" | "ive")
}

/// Judges one match; `None` where the surroundings show that it means nothing.
pub(crate) fn judge(rule: &Rule, around: &Surroundings) -> Option<Judged> {
    let same =
        |severity| Some(Judged { category: rule.category, kind: rule.kind, severity, reason: rule.reason });
    let own = |severity: Severity| {
        if around.right_before_subject(Cue::Speaker) && !around.is_quoted_as_an_example() {
            return Some(Judged {
                category: rule.category,
                kind: Some(Kind::OtherPerson),
                severity,
                reason: "Somebody the writer knows is reported to speak of ending their life.",
            });
        }
        let nobody = around.is_recited()
            || around.right_before_subject(Cue::Example)
            || around.right_before(Cue::NotMe)
            || around.right_before_subject(Cue::NotSo)
            || around.is_quoted_as_an_example();
        let judged = if nobody { Severity::Note } else { severity };
        let back = rule.severity > judged && around.is_back_again();
        same(if back { rule.severity } else { judged })
    };
    let recent = rule.recent.unwrap_or(rule.severity);
    match rule.scope {
        Scope::Plain => same(rule.severity),
        Scope::Harmless => None,
        Scope::Own => {
            if around.is_turned() || around.right_after(Cue::SubjectAfter) {
                return None;
            }
            // An intention is past only where a word says so.
            let over = if rule.severity == Severity::Stop {
                around.is_over() && around.is_in_the_past_tense()
            } else {
                around.is_told_as_past()
            };
            own(if over { Severity::Note } else { rule.severity })
        }
        Scope::OwnPast => {
            if around.is_turned() || around.is_something_tried() {
                return None;
            }
            let severity = if around.recently() {
                recent
            } else if around.is_back_again() {
                rule.severity.max(Severity::Caution)
            } else {
                rule.severity
            };
            own(severity)
        }
        Scope::OwnMention => {
            if around.is_turned() || around.right_before(Cue::NotMe) {
                return same(Severity::Note);
            }
            let past = around.after_past_verb() && !around.recently();
            let negated = around.near_before(Cue::Negation, NEGATION_REACH);
            own(if past || negated || around.is_over() { Severity::Note } else { rule.severity })
        }
        Scope::OwnNear | Scope::OwnBare => {
            let mine = if rule.scope == Scope::OwnNear { around.is_ones_own() } else { around.begins() };
            if !mine || around.is_turned() || around.right_after(Cue::SubjectAfter) {
                return None;
            }
            let past = around.after_past_verb() && !around.recently();
            let lifted = past
                || (around.is_over() && (rule.severity == Severity::Stop || !around.is_perfect()))
                || (rule.severity < Severity::Stop && around.is_told_as_past())
                || around.nobody_known()
                || around.near_before(Cue::Negation, NEGATION_REACH);
            own(if lifted { Severity::Note } else { rule.severity })
        }
        Scope::Parting => {
            if around.is_turned() || around.says(Cue::Leave) {
                return None;
            }
            own(rule.severity)
        }
        Scope::Threat => {
            let negated = around.near_before(Cue::Negation, NEGATION_REACH) && !around.anywhere(Cue::NoBut);
            let is_play = around.anywhere(Cue::Play) && !around.anywhere(Cue::InEarnest);
            if negated || around.is_turned() || is_play {
                return None;
            }
            let nobody = around.is_recited()
                || around.before(Cue::Fiction)
                || around.right_before(Cue::Example)
                || around.right_before(Cue::NotSo);
            let feared = around.right_before(Cue::Afraid);
            same(match (nobody, feared) {
                (true, _) => Severity::Note,
                (false, true) => rule.severity.min(Severity::Caution),
                (false, false) => rule.severity,
            })
        }
        Scope::Other => {
            let lifted = around.nobody_known()
                || (around.is_over() && around.is_in_the_past_tense())
                || (around.right_before(Cue::AskedWhether) && !around.says(Cue::Still))
                || around.right_before(Cue::NotSo);
            same(if lifted { Severity::Note } else { rule.severity })
        }
        Scope::OtherMention => {
            if around.right_after(Cue::IdiomAfter) || around.right_after(Cue::SubjectAfter) {
                return None;
            }
            let past = around.right_before(Cue::PastVerb) || around.of(Cue::Past).next().is_some();
            let lifted = (past && !around.recently())
                || around.nobody_known()
                || around.before(Cue::Fiction)
                || around.right_before(Cue::MadeTo)
                || around.near_before(Cue::Negation, NEGATION_REACH);
            same(if lifted { Severity::Note } else { rule.severity })
        }
        Scope::OtherPast => {
            same(if around.recently() && !around.nobody_known() { recent } else { rule.severity })
        }
        Scope::Told => {
            if around.right_after(Cue::DescribesAfter)
                || around.right_after(Cue::PracticeAfter)
                || around.is_something_tried()
            {
                return None;
            }
            let not_told = around.near_before(Cue::Supposed, SUPPOSED_REACH)
                || around.is_about_a_home()
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
        Scope::Hate
        | Scope::HateSubject
        | Scope::HateStart
        | Scope::HateThem
        | Scope::HateAlone
        | Scope::Slur
        | Scope::Insult
        | Scope::InsultAlone
        | Scope::Stigma
        | Scope::Explicit
        | Scope::Commerce => crate::hate::judge(rule, around),
        Scope::UnlessOver => {
            if around.right_after(Cue::PushAfter) {
                return None;
            }
            let lately = around.recently() || around.says(Cue::Still);
            if lately && !around.nobody_known() {
                return same(rule.severity);
            }
            Some(Judged {
                category: Category::Disclosure,
                kind: Some(Kind::Trauma),
                severity: if around.nobody_known() { Severity::Note } else { Severity::Caution },
                reason: "The writer tells of violence against them.",
            })
        }
        Scope::Ongoing => {
            if around.right_after(Cue::PushAfter) {
                return None;
            }
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
