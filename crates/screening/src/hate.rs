//! Hate and insult: who is meant, and whether the writer says it or stands against it.
//!
//! Invariant: a phrase of hate counts unless its surroundings show that it is denied, told of others, quoted to be
//! condemned, or not about a group; in doubt it counts. What is only quoted stays visible as a note. The work for each
//! match is bounded, whatever the length of the text.

use crate::finding::Severity;
use crate::lexicon::{Cue, Hit, Outcome, Rule};
use crate::scope::{Judged, Scope, Surroundings};

/// A denial or "people say that" counts this many words before a phrase: "I would never say that all of the ... are".
const DENIAL_REACH: usize = 7;
/// "They" means a group that was named at most so many words before: two short sentences.
const ANTECEDENT_REACH: usize = 30;
/// Condemnation of a quotation stands at most so many words from it.
const CONDEMNATION_REACH: usize = 30;
/// Words for a practice that stand so near make commerce a therapist's own.
const PRACTICE_REACH: usize = 25;
/// A quotation of hate is a sentence, and no sentence of hate is longer than this many bytes.
const LONGEST_QUOTATION: usize = 300;

/// Judges a match of a rule whose scope is one of this file's; `None` where it means nothing.
pub(crate) fn judge(rule: &Rule, around: &Surroundings) -> Option<Judged> {
    let judged =
        |severity, reason| Some(Judged { category: rule.category, kind: rule.kind, severity, reason });
    let note = |reason| judged(Severity::Note, reason);
    if is_of_something_else(rule.scope, around) {
        return None;
    }
    let denied = |cue| around.near_before(cue, DENIAL_REACH) && !is_taken_back(around, cue);
    match rule.scope {
        Scope::Slur => {
            if near(around, Cue::SlurHomonym, 4) {
                return None;
            }
            if around.near_before(Cue::SlurReclaimed, 4) || near(around, Cue::SlurReclaimed, 1) {
                return note("A word that is a slur unless the group itself uses it.");
            }
            if around.near_before(Cue::SlurMentioned, 5) || is_quoted(around) {
                return note("A slur is quoted or spoken of.");
            }
            return judged(rule.severity, rule.reason);
        }
        Scope::Explicit | Scope::Commerce => {
            if rule.scope == Scope::Commerce && near(around, Cue::Practice, PRACTICE_REACH) {
                return None;
            }
            let spoken_of = is_quoted(around)
                || around.near_before(Cue::RuledOut, DENIAL_REACH)
                || around.right_before(Cue::Considered)
                || around.right_before(Cue::Example);
            return if spoken_of { None } else { judged(rule.severity, rule.reason) };
        }
        Scope::Insult | Scope::InsultAlone => {
            if around.right_before(Cue::InsultIdle) || around.right_after(Cue::InsultAfter) {
                return None;
            }
            if rule.scope == Scope::InsultAlone && !is_a_sentence(around) {
                return None;
            }
            if is_quoted(around) || around.right_before(Cue::Example) || denied(Cue::InsultReported) {
                return note("An insult is quoted or spoken of.");
            }
            return judged(rule.severity, rule.reason);
        }
        Scope::HateThem | Scope::HateAlone if !means_a_group(around) => return None,
        Scope::HateAlone if !is_a_sentence(around) => return None,
        Scope::HateStart if !stands_alone(around) => return None,
        _ => {}
    }
    if near(around, Cue::HateEndorsed, CONDEMNATION_REACH) {
        return judged(rule.severity, rule.reason);
    }
    let condemned = !matches!(rule.scope, Scope::HateThem | Scope::HateAlone)
        && near(around, Cue::HateCondemned, CONDEMNATION_REACH);
    if is_quoted(around) || around.right_before(Cue::Example) || denied(Cue::HateDenied) || condemned {
        return note("Words of abuse are quoted, denied or told of others.");
    }
    judged(rule.severity, rule.reason)
}

/// "Attacks on women are ...", "I hate women's football", "I'm tired of women being blamed".
fn is_of_something_else(scope: Scope, around: &Surroundings) -> bool {
    let object = scope == Scope::HateSubject && around.right_before(Cue::HateAbout) && !starts_clause(around);
    let more = matches!(scope, Scope::Hate | Scope::HateStart) && around.right_after(Cue::HateAfter);
    object || more
}

fn starts_clause(around: &Surroundings) -> bool {
    around.text.tokens[around.start].after_break
}

/// The match is its sentence, or starts it where an order would.
fn stands_alone(around: &Surroundings) -> bool {
    let sentence = around.text.sentence(around.start);
    let starts = around.start == sentence.start || starts_clause(around);
    let group_first = around.of(Cue::HateGroup).any(|hit| hit.start == around.start);
    // "Women out", but not "women out there say".
    starts && (!group_first || around.end == sentence.end)
}

fn is_a_sentence(around: &Surroundings) -> bool {
    let sentence = around.text.sentence(around.start);
    around.start == sentence.start && around.end == sentence.end
}

/// Whether a group was the last that was named before (or, if nobody was, is named right after) a pronoun.
fn means_a_group(around: &Surroundings) -> bool {
    let who = |hit: &&Hit| {
        matches!(hit.outcome, Outcome::Cue(Cue::HateGroup))
            || matches!(hit.outcome, Outcome::Cue(Cue::HateOther))
    };
    let from = around.start.saturating_sub(ANTECEDENT_REACH);
    let before = around.all.partition_point(|hit| hit.start < around.start);
    let last = around.all[..before].iter().rev().take_while(|hit| hit.start >= from).find(who);
    let meant = last.or_else(|| {
        let end = around.end + ANTECEDENT_REACH / 3;
        around.all[before..].iter().take_while(|hit| hit.start < end).find(who)
    });
    meant.is_some_and(|hit| {
        hit.outcome == Outcome::Cue(Cue::HateGroup) && !stands_in_quotation(around, hit.start, hit.end)
    })
}

/// A cue in earshot, in whatever sentence.
fn near(around: &Surroundings, cue: Cue, words: usize) -> bool {
    let from = around.all.partition_point(|hit| hit.start < around.start.saturating_sub(words));
    around.all[from..]
        .iter()
        .take_while(|hit| hit.start <= around.end + words)
        .any(|hit| hit.outcome == Outcome::Cue(cue) && (hit.end <= around.start || hit.start >= around.end))
}

/// "No, they are ..." is an answer, and "I don't hate them but ..." is taken back.
fn is_taken_back(around: &Surroundings, cue: Cue) -> bool {
    let last = around.of(cue).filter(|hit| hit.end <= around.start).map(|hit| hit.end).max();
    let Some(last) = last else { return false };
    (last..around.start)
        .any(|token| matches!(around.text.form(token), "but" | "though" | "however" | "except"))
}

/// Whether the match stands within quotation marks and something stands outside of them.
fn is_quoted(around: &Surroundings) -> bool {
    stands_in_quotation(around, around.start, around.end)
}

fn stands_in_quotation(around: &Surroundings, first: usize, end: usize) -> bool {
    let bytes = around.text.normalised.folded.as_slice();
    let (start, end) = (around.text.tokens[first].start, around.text.tokens[end - 1].end);
    let is_mark = |at: usize| matches!(bytes.get(at), Some(b'"' | b'\''));
    let is_letter =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    let from = start.saturating_sub(LONGEST_QUOTATION);
    let opening = (from..start).rev().find(|at| {
        // An apostrophe within a word is no mark.
        is_mark(*at) && !(is_letter(at.checked_sub(1)) && is_letter(Some(at + 1)))
    });
    let Some(opening) = opening else { return false };
    if is_letter(opening.checked_sub(1)) || bytes.get(opening + 1).is_none_or(u8::is_ascii_whitespace) {
        return false;
    }
    let to = bytes.len().min(end + LONGEST_QUOTATION);
    let closing = (end..to).find(|at| bytes[*at] == bytes[opening] && !is_letter(Some(at + 1)));
    let Some(closing) = closing else { return false };
    let tokens = &around.text.tokens;
    let before = tokens.partition_point(|token| token.start < opening);
    let after = tokens.len() - tokens.partition_point(|token| token.start < closing);
    before + after >= 2
}

#[cfg(test)]
mod tests {
    use crate::{Category, Kind, screen};

    fn severity(text: &str) -> u8 {
        let report = screen(text);
        let hate = report
            .findings
            .iter()
            .filter(|finding| finding.category == Category::Abuse && finding.kind == Some(Kind::Hate));
        hate.map(|finding| u8::from(finding.severity)).max().unwrap_or(0)
    }

    #[test]
    fn a_pronoun_means_the_group_that_was_named_last() {
        assert_eq!(severity("Immigrants again. They are vermin."), 3);
        assert_eq!(severity("Immigrants meet racists every day. They are vermin."), 0);
        assert_eq!(severity("The printer and its cables. They are vermin."), 0);
    }

    #[test]
    fn quotation_and_denial_leave_a_note_and_agreement_does_not() {
        assert_eq!(severity("\"Women are vermin\" was painted on our wall."), 1);
        assert_eq!(severity("I would never say that women are vermin."), 1);
        assert_eq!(severity("They say that women are vermin and I agree."), 3);
    }

    #[test]
    fn a_preposition_before_the_group_makes_something_else_the_subject() {
        assert!(severity("Attacks on women are disgusting.") < 2);
        assert!(severity("I hate women's football.") < 2);
    }
}
