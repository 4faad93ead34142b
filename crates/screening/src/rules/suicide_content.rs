//! Words about suicide that media guidelines advise against, and advice that could hurt.
//!
//! Invariant: the tables name wordings to change; they explain no method. Sources: Samaritans' media guidelines; NICE on
//! stopping antidepressants.

use crate::finding::Category::{HarmfulAdvice, SelfHarmRisk, UnsafeSuicideContent};
use crate::finding::Kind::{
    AntiHelp, CureClaim, Diagnosis, Glamorising, Language, Medication, Method, Misinformation,
    ProEatingDisorder, SingleCause, Speculation, Writer,
};
use crate::finding::Severity::{Caution, Note, Stop};
use crate::rules::Rule;
use crate::rules::scope::Scope;

const SEEKING: &[&str] = &[
    "(?:best|easiest|quickest|fastest|most effective|painless|least painful|peaceful|sure) (?:ways?|methods?) (?:to|of) <a>(?:die|dying|<killme>|<killingme>|kill yourself|killing yourself|end (?:your|my) life|end it|commit suicide)",
    "how (?:do i|can i|could i|would i|should i|to) <a>(?:kill my ?self|end my (?:own )?life|overdose|make it look like an accident)",
    "how (?:to|do you|can you) <a>(?:kill yourself|end your (?:own )?life|commit suicide)",
    "how many <w><w>(?:does it take|would it take|will it take|do i need|would i need|should i take|can i take|it takes|you need) (?:to )?(?:die|overdose|kill (?:me|you)|end it|not wake up)",
    "(?:what|which|how many|how much) <w>(?:<pills> )?(?:will|would|can|could) <a>(?:kill me|kill you|kill a person|do the job|end (?:me|it|my life))",
    "(?:suicide|self-? ?harm) methods?",
];

pub(crate) const RULES: &[Rule] = &[
    Rule {
        category: UnsafeSuicideContent,
        kind: Some(Language),
        severity: Caution,
        scope: Scope::Plain,
        reason: "\"Commit\" comes from the time when suicide was a crime; it hurts the bereaved.",
        suggestion: Some("died by suicide, or took their own life"),
        patterns: &["commit(?:s|ted|ting)? suicide", "committal of suicide"],
    },
    Rule {
        category: UnsafeSuicideContent,
        kind: Some(Language),
        severity: Caution,
        scope: Scope::Plain,
        reason: "An attempt neither succeeds nor fails; these words make death sound like an achievement.",
        suggestion: Some("suicide attempt, or died by suicide"),
        patterns: &[
            "(?:successful|unsuccessful|failed|completed) suicides?(?: attempts?)?",
            "suicide (?:epidemic|craze|pact)",
        ],
    },
    Rule {
        category: UnsafeSuicideContent,
        kind: Some(Method),
        severity: Stop,
        scope: Scope::Unless,
        reason: "A way, a place or a quantity is asked for or described.",
        suggestion: None,
        patterns: SEEKING,
    },
    Rule {
        category: SelfHarmRisk,
        kind: Some(Writer),
        severity: Caution,
        scope: Scope::Unless,
        reason: "Asking how may mean that somebody is at risk.",
        suggestion: None,
        patterns: SEEKING,
    },
    Rule {
        category: UnsafeSuicideContent,
        kind: Some(Method),
        severity: Caution,
        scope: Scope::Plain,
        reason: "The contents of a note, or a method, are told.",
        suggestion: Some("Leave out how it happened and what was written."),
        patterns: &[
            "suicide note (?:said|read|says|reads|explained)",
            "(?:died|killed (?:him|her|them)sel(?:f|ves)|took (?:his|her|their) own li(?:fe|ves)) by (?:hanging|jumping|overdosing|an overdose|drowning|shooting|taking)",
        ],
    },
    Rule {
        category: UnsafeSuicideContent,
        kind: Some(Glamorising),
        severity: Caution,
        scope: Scope::Unless,
        reason: "Suicide is presented as peaceful, brave or a solution.",
        suggestion: None,
        patterns: &[
            "(?:painless|peaceful|easy|beautiful|dignified) (?:way out|suicide|exit)",
            "suicide (?:is|was|can be|seems|feels like) (?:a |an |the |his |her |their )?(?:only |best |good |real )?(?:solution|answer|way out|release|beautiful|brave|peaceful|painless|option)",
            "(?:finally|now) (?:at peace|free|free from pain) (?:after|since) <w>(?:suicide|taking (?:his|her|their))",
        ],
    },
    Rule {
        category: UnsafeSuicideContent,
        kind: Some(SingleCause),
        severity: Caution,
        scope: Scope::Unless,
        reason: "Suicide is never explained by one cause.",
        suggestion: Some("Say that suicide is complex and seldom has a single cause."),
        patterns: &[
            "(?:killed (?:him|her|them)sel(?:f|ves)|died by suicide|took (?:his|her|their) own li(?:fe|ves)|committed suicide) (?:because|due to|over|as a result)",
            "suicides? (?:is|was|are|were) (?:simply |just |always )?(?:caused by|the result of|down to|because of)",
            "(?:drove|driven) (?:him|her|them) to suicide",
        ],
    },
    Rule {
        category: UnsafeSuicideContent,
        kind: Some(Speculation),
        severity: Caution,
        scope: Scope::Plain,
        reason: "A guess about a death.",
        suggestion: None,
        patterns: &[
            "(?:must|might|may|could|probably|obviously) (?:have |has )?(?:killed (?:him|her|them)sel(?:f|ves)|taken (?:his|her|their) own li(?:fe|ves)|died by suicide|committed suicide)",
            "(?:i bet|i reckon|sounds like|looks like|i'?m sure|surely) (?:it was|it's|he|she|that was) <w>(?:suicide|killed (?:him|her)self)",
        ],
    },
    Rule {
        category: HarmfulAdvice,
        kind: Some(Medication),
        severity: Stop,
        scope: Scope::Unless,
        reason: "Stopping or changing medication without a prescriber can do serious harm.",
        suggestion: Some("Talk to your GP or pharmacist before you change anything about your medication."),
        patterns: &[
            "(?:stop|quit|ditch|bin|flush|dump|drop|skip|get off|come off|throw away|throw out) (?:taking )?(?:all )?(?:of )?(?:your|the|those|these|their) <w>(?:<pills>|<drug>|meds|drugs|doses?)",
            "(?:double|increase|raise|lower|halve|reduce|cut|skip|change) (?:your|the) (?:own )?(?:dose|dosage|medication|meds|<drug>)",
            "stop (?:taking )?<drug>",
            "(?:you|people) (?:<dont>|never) <a>need (?:any )?(?:meds|medication|<drug>)",
            "(?:throw|flush|bin|get rid of) (?:your|the|those) <w><pills>",
        ],
    },
    Rule {
        category: HarmfulAdvice,
        kind: Some(CureClaim),
        severity: Caution,
        scope: Scope::Unless,
        reason: "No treatment can promise a cure.",
        suggestion: Some("Many people find that it helps."),
        patterns: &[
            "(?:cures?|cured|curing|heals?|eliminates?|gets rid of) (?:your |all |any |my |their )?(?:<condition>|trauma|addiction|panic attacks|mental illness)",
            "(?:guaranteed?|instant|permanent|complete|100 ?%) (?:to )?(?:cures?|recovery|results|relief|healing)",
            "(?:never|not) (?:feel|be|have) (?:anxious|depressed|anxiety|depression|panic) (?:again|ever again)",
        ],
    },
    Rule {
        category: HarmfulAdvice,
        kind: Some(Diagnosis),
        severity: Caution,
        scope: Scope::Unless,
        reason: "Nobody can be diagnosed from a post.",
        suggestion: None,
        patterns: &[
            "(?:you|he|she|they|your (?:ex|boss|partner|husband|wife|mum|mother|dad|father|boyfriend|girlfriend))(?:'re|'s| are| is| have| has|'ve got)? <a>(?:clearly |obviously |definitely |probably |textbook )(?:have |has |got |a |an |are |is )?(?:a |an )?(?:<condition>|narcissists?|narcissistic|sociopaths?|psychopaths?|psychotic|autistic|borderline|bipolar|schizophrenic|delusional)",
            "(?:your|my|his|her) (?:ex|boss|partner|husband|wife|mother|mum|father|dad|boyfriend|girlfriend) is a (?:narcissist|sociopath|psychopath)",
        ],
    },
    Rule {
        category: HarmfulAdvice,
        kind: Some(AntiHelp),
        severity: Caution,
        scope: Scope::Unless,
        reason: "Discourages people from seeking help.",
        suggestion: None,
        patterns: &[
            "(?:therapy|therapists|counselling|counsellors|psychiatry|psychiatrists|psychotherapy) (?:is|are) <a>(?:all )?(?:a |an |the |just )?(?:scam|useless|waste of (?:time|money)|con|joke|for (?:the )?weak|pointless|rubbish|only after your money|frauds?|a racket)",
            "(?:you|people|they) (?:<dont>|never) need (?:a |any )?(?:therapy|therapists?|counselling|professional help|doctors?|help from)",
        ],
    },
    Rule {
        category: HarmfulAdvice,
        kind: Some(AntiHelp),
        severity: Caution,
        scope: Scope::Plain,
        reason: "Discourages people from seeking help.",
        suggestion: None,
        patterns: &[
            "(?:<dont>|never|avoid|stay away from|no point) (?:ever )?(?:go(?:ing)? to|see(?:ing)?|trust(?:ing)?|tell(?:ing)?|talk(?:ing)? to|ring(?:ing)?|call(?:ing)?|bother with|waste (?:your )?(?:time|money) on) (?:a |an |your |the |any )?(?:doctors?|gps?|therapists?|therapy|psychiatrists?|counsellors?|counselling|samaritans|helplines?|crisis (?:team|line)|professionals?)",
            "(?:confront|face|stand up to|hit back at) your (?:abuser|rapist|attacker)",
        ],
    },
    Rule {
        category: HarmfulAdvice,
        kind: Some(ProEatingDisorder),
        severity: Stop,
        scope: Scope::Unless,
        reason: "Encourages disordered eating.",
        suggestion: None,
        patterns: &[
            "thinspo(?:ration)?",
            "pro-?ana",
            "pro-?mia",
            "(?:tips|tricks|how|ways) (?:to|for) (?:purge|purging|starve yourself|hide (?:your )?(?:purging|not eating|starving))",
            "nothing tastes as good as",
        ],
    },
    Rule {
        category: HarmfulAdvice,
        kind: Some(Misinformation),
        severity: Caution,
        scope: Scope::Unless,
        reason: "The evidence contradicts this.",
        suggestion: None,
        patterns: &[
            "(?:depression|anxiety|adhd|ptsd|mental illness|trauma|addiction) (?:isn'?t|is not) (?:real|a real (?:thing|illness)|an illness)",
            "(?:depression|anxiety|adhd|mental illness|addiction) is (?:just |only |all |simply )?(?:a choice|laziness|in your head|made up|attention seeking|weakness|a myth|a fad)",
            "vaccines? cause(?:s)? autism",
            "(?:talking|asking) about suicide (?:gives|puts|plants|makes)(?: [a-z']{1,12}){0,4}",
            "just (?:snap out of it|cheer up|man up|get over it|think positive)",
        ],
    },
    Rule {
        category: UnsafeSuicideContent,
        kind: None,
        severity: Note,
        scope: Scope::Plain,
        reason: "Suicide or self-harm is spoken of: check tone and signposting.",
        suggestion: None,
        patterns: &["suicid(?:e|es|al|ality)", "self-? ?harm(?:s|ed|ing)?"],
    },
];
