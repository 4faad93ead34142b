//! Whose words, and when: negation, the past, reported speech, fiction and education change what a phrase means.
//!
//! Invariant: a scope only looks at a bounded window inside the sentence of the match, and in doubt it keeps the graver
//! reading. A cue in another sentence never softens this one.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::finding::{Category, Kind, Severity};
use crate::normalise::Normalised;
use crate::rules::{Rule, pattern};

/// What the surroundings of a match may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Nothing.
    Plain,
    /// A present statement in the first person: reported speech changes whose it is.
    Own,
    /// A past statement in the first person: words for "recently" make it as grave as this.
    OwnPast(Severity),
    /// Words about ending one's own life in no known sentence: grave unless negated or past.
    OwnMention,
    /// A statement about somebody else: softer about nobody in particular.
    Other,
    /// A past statement about somebody else.
    OtherPast(Severity),
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

struct Cues {
    negation: Regex,
    not_me: Regex,
    past: Regex,
    past_verb: Regex,
    just_now: Regex,
    recent: Regex,
    still: Regex,
    example: Regex,
    fiction: Regex,
    anybody: Regex,
    speaker: Regex,
    recited: Regex,
    personal: Regex,
    idiom_after: Regex,
    subject_after: Regex,
    ruled_out: Regex,
    considered: Regex,
    ruled_out_at_once: Regex,
}

static CUES: LazyLock<Cues> = LazyLock::new(|| Cues {
    // Within a few words before the match. "Can't" is no negation here: it tells of trying.
    negation: pattern::raw(
        r"\b(?:not|no|never|without|nor|neither|(?:do|does|did|wo|would|is|are|was|were|has|have|had|should|could)n'?t|avoid|stop|stops|stopped|instead of|rather than|against|myth)(?: [a-z'-]{1,14}){0,4}[ '\x22]{0,3}$",
    ),
    not_me: pattern::raw(
        r"\b(?:told|tells|telling|tell|asked|wants?|wanted|encouraged|dared) me (?:to|i should)(?: go)? $",
    ),
    past: pattern::raw(&pattern::expand(
        r"\b(?:used to|years ago|months ago|a (?:year|decade) ago|last year|back then|in the past|in my (?:teens|twenties|thirties|childhood|youth|past)|when (?:i|he|she|we) was|when we were|as a (?:child|kid|teenager|teen|young)|growing up|my childhood|at the time|long ago|in (?:19|20)[0-9]{2}|once|my late|before (?:he|she) died|until i (?:left|got out|escaped))\b",
    )),
    past_verb: pattern::raw(
        r"\b(?:wanted|tried|attempted|used|was going|was about|planned|had thought|thought|had|considered|came close|survived|was close) ?(?:to|of|about|thoughts of|urges to)?(?: [a-z'-]{1,14}){0,2} $",
    ),
    just_now: pattern::raw(
        r"\b(?:tonight|today|yesterday|last night|this (?:morning|evening|afternoon|week|weekend)|(?:on |last )(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: night)?|[0-9]{1,2} (?:days|hours|minutes) ago|(?:a|one) week ago|(?:an|one|two|three|few) hours? ago|minutes ago|just now)\b",
    ),
    recent: pattern::raw(
        r"\b(?:now|this month|earlier|just|again|lately|recently|these days|(?:two|three|few|couple of) days ago|last week)\b",
    ),
    still: pattern::raw(
        r"\b(?:still|keeps?|again|now|every (?:day|night|week|time)|tonight|yesterday|last night|today|this (?:morning|week))\b",
    ),
    // An utterance of nobody in particular, right before the match.
    example: pattern::raw(
        r"\b(?:(?:someone|somebody|anyone|anybody|people|others|many|who|clients?|patients?|a (?:friend|person|child|teenager|young person|loved one|colleague|client|patient|caller|pupil)|they|phrases?|statements?|words|comments?|remarks?|lines?|lyrics?|messages?|posts?|thoughts?|myth|idea|question|hearing|asking|ask|searching|searched)(?: [a-z'-]{1,14}){0,4} )?(?:says?|said|saying|such as|hear|hears|hearing|like this|tells? (?:you|us|me)(?: that)?|things like|reads?|for example|e\.g\.)(?: that| things like| something like)?[ ,:'\x22(-]{1,4}$",
    ),
    fiction: pattern::raw(
        r"\b(?:the (?:novel|book|film|movie|play|song|lyrics?|story|series|episode|character|hero|heroine|protagonist|narrator|poem)|(?:a|this|his|her|that) (?:character|novel|film|play|protagonist)|hamlet|ophelia|romeo|juliet)\b",
    ),
    // A statement about whoever it may be.
    anybody: pattern::raw(
        r"\b(?:(?:if|when|whenever|whether|suppose|imagine)(?: [a-z'-]{1,14}){0,2} (?:someone|somebody|anyone|people|a (?:friend|person|child|teenager|client|loved one|colleague|young person)|your [a-z]{2,12}|you)|(?:someone|somebody|anyone|anybody|people|a person|those|anyone) (?:who|that|you)|asking (?:someone|somebody|about|a person|people|directly)|ask (?:them|someone|somebody|directly|about)|(?:signs|myth|research|studies|evidence|statistics?|prevention|training) )\b",
    ),
    recited: pattern::raw(
        r"\b(?:says?|said|sings?|sang|whispers?|whispered|writes?|wrote|thinks?|line|verse|chorus)(?: that)?[ ,:'\x22-]{1,4}$",
    ),
    personal: pattern::raw(r"\b(?:my|me|us|our)\b"),
    speaker: pattern::raw(&pattern::expand(
        r"\b(?:my|our|his|her|he|she)(?: [a-z'-]{1,14}){0,3} (?:says?|said|saying|keeps saying|texted|messaged|wrote|told me|tells me|posted|screams|shouts|shouted|sent me a (?:text|message) saying)(?: me)?(?: that| things like)?[ ,:'\x22-]{1,4}$",
    )),
    idiom_after: pattern::raw(
        r"^(?: a little| a bit)?(?: (?:of|from|with) (?:laugh|embarrass|cringe|cringing|shame|boredom|hunger|thirst|heat|curiosity|excitement|happiness|joy|cuteness|second-?hand)| laughing| trying| for (?:this|that|those|these|a|some)\b| happy\b| on the inside| in the foot| on this hill| on that hill| hard\b| my hair| myself laughing)",
    ),
    subject_after: pattern::raw(
        r"^(?: |-)(?:prevention|awareness|research|bereavement|statistics|loss|training|survivors?|intervention|first aid|risk assessment|policy|helplines?|charit(?:y|ies)|in (?:literature|film|fiction|history|the media)|reporting)\b",
    ),
    // No comma and no colon between: "no more misery, stop ..." rules nothing out.
    ruled_out: pattern::raw(
        r"\b(?:not|no|never|no-?one|nobody|without|cannot|[a-z]{2,6}n'?t|avoid|avoiding|myth|instead of|rather than|wrong|dangerous|harmful|unsafe|risky|false|beware|claims?|claiming|promis(?:e|es|ing)|tells? (?:you|me) to|told (?:you|me) to)(?: [a-z'-]{1,14}){0,5}[ '\x22(]{1,3}$",
    ),
    considered: pattern::raw(
        r"\b(?:if|before|when|whether|should|can|thinking of|thinking about|considering|want to|wanting to|safe to|how to safely|help(?:s|ed)? (?:you|people))(?: (?:you|i|we|people|they|to|want|wish|plan|decide|choose|are|of|about|just|suddenly|thinking|considering|need)){0,5} $",
    ),
    ruled_out_at_once: pattern::raw(
        r"\b(?:don'?t|do not|never|not|without|if you|to|beware of|avoid|no|against|reported|reporting)[ '\x22]{1,3}$",
    ),
});

/// Judges one match; `None` where the surroundings show that it means nothing.
pub(crate) fn judge(rule: &Rule, text: &Normalised, start: usize, end: usize) -> Option<Judged> {
    let cues = &*CUES;
    let (before, after) = (text.before(start), text.after(end));
    let same =
        |severity| Some(Judged { category: rule.category, kind: rule.kind, severity, reason: rule.reason });
    let own = |severity: Severity| {
        if cues.speaker.is_match(before) {
            return Some(Judged {
                category: rule.category,
                kind: Some(Kind::OtherPerson),
                severity,
                reason: "Somebody the writer knows is reported to speak of ending their life.",
            });
        }
        let recited = cues.fiction.is_match(before) && cues.recited.is_match(before);
        let nobody = recited || cues.example.is_match(before) || cues.not_me.is_match(before);
        same(if nobody { Severity::Note } else { severity })
    };
    let matched = &text.folded[start..end];
    // "When people visit, my father ..." is about somebody known.
    let nobody_known = || {
        let general = cues.fiction.is_match(before) || cues.anybody.is_match(before);
        general && !cues.personal.is_match(before) && !cues.personal.is_match(matched)
    };
    let in_the_past = || cues.past.is_match(before) || cues.past.is_match(after);
    let says = |cue: &Regex| cue.is_match(before) || cue.is_match(matched) || cue.is_match(after);
    // A word for these hours outweighs a word for the past; a vague "now" or "again" doesn't.
    let recently = || says(&cues.just_now) || (says(&cues.recent) && !in_the_past());
    match rule.scope {
        Scope::Plain => same(rule.severity),
        Scope::Own => {
            if cues.idiom_after.is_match(after) || cues.subject_after.is_match(after) {
                return None;
            }
            own(rule.severity)
        }
        Scope::OwnPast(grave) => {
            if cues.idiom_after.is_match(after) {
                return None;
            }
            own(if recently() { grave } else { rule.severity })
        }
        Scope::OwnMention => {
            if cues.idiom_after.is_match(after) || cues.not_me.is_match(before) {
                return same(Severity::Note);
            }
            let past = cues.past_verb.is_match(before) && !recently();
            own(if past || cues.negation.is_match(before) { Severity::Note } else { rule.severity })
        }
        Scope::Other => same(if nobody_known() { Severity::Note } else { rule.severity }),
        Scope::OtherPast(grave) => same(if recently() && !nobody_known() { grave } else { rule.severity }),
        Scope::Unless => {
            let lifted = cues.ruled_out.is_match(before)
                || cues.considered.is_match(before)
                || cues.example.is_match(before);
            if lifted { None } else { same(rule.severity) }
        }
        Scope::Quoted => {
            let lifted = cues.ruled_out_at_once.is_match(before) || cues.example.is_match(before);
            same(if lifted { Severity::Note } else { rule.severity })
        }
        Scope::Ongoing => {
            if in_the_past() && !says(&cues.still) {
                return Some(Judged {
                    category: Category::Disclosure,
                    kind: Some(Kind::Trauma),
                    severity: Severity::Caution,
                    reason: "The writer tells of abuse in their past.",
                });
            }
            same(if nobody_known() { Severity::Note } else { rule.severity })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_compile_and_are_anchored_to_the_match() {
        assert!(CUES.negation.is_match(b"i would never "));
        assert!(!CUES.negation.is_match(b"i can't sleep, i eat nothing, all day i sit here and i "));
        assert!(CUES.example.is_match(b"if someone says \""));
        assert!(!CUES.example.is_match(b"people say i look well but "));
        assert!(CUES.speaker.is_match(b"my daughter texted me: '"));
        assert!(!CUES.speaker.is_match(b"my daughter said hello and "));
    }
}
