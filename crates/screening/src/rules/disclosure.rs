//! The writer's own therapy or health, told in the first person.
//!
//! Invariant: distress alone is a note; therapy, a diagnosis, medication, treatment or trauma is a caution, however
//! cheerfully it is told; it is grave where the text also identifies the writer.

use crate::finding::Category::{Disclosure, PersonalData};
use crate::finding::Kind::{Diagnosis, Medication, Therapy, Trauma};
use crate::finding::Severity::{Caution, Note, Stop};
use crate::rules::scope::Scope;
use crate::rules::{Found, Rule};

const GENERAL: Option<&str> = Some("Say it in general, without your own history.");

pub(crate) const RULES: &[Rule] = &[
    Rule {
        category: Disclosure,
        kind: Some(Therapy),
        severity: Caution,
        scope: Scope::Plain,
        reason: "The writer tells of their own therapy.",
        suggestion: GENERAL,
        patterns: &[
            "my (?:new |old |last |current |amazing |lovely |previous |nhs |private |ex-?)?<talker> (?:says?|said|told|tells|asked|asks|thinks|thought|helped|helps|suggested|suggests|gave|made|makes|taught|cancelled|fell asleep|wants|wanted|recommended|pointed out|believes|explained|keeps|kept|ghosted|hugged|left|ended|has|was|is|never|always|and i|just|cried|laughed|raised|calls?|really|noticed)",
            "(?:i|<ive>|i'?d|<im>|we) (?:just |recently |finally )?(?:been |was |have been )?(?:told|tell|telling|saw|see|seen|seeing|had|met|emailed|asked|love|hate|trust|miss|left|sacked|fired|talked to|spoke to|cried with|discussed (?:this|it) with|spoken to) my (?:own |new )?<talker>",
            "in (?:my|our) (?:own |last |first |next |latest |weekly |recent )?(?:therapy|counselling|cbt|emdr|dbt|group therapy)(?: sessions?)?",
            "(?:in|during|after|before|at) my (?:last |first |next |latest |weekly )?(?:session|appointment with the (?:crisis team|cmht|psychiatrist))",
            "my (?:last|first|next|latest|second|third) (?:session|therapy|counselling)",
            "my own (?:therapy|therapist|counselling|recovery|treatment)",
            "(?:i|<ive>|<im>|i'?d) <a>(?:been |have been |was |had been )?(?:in|having|had|doing|started|starting|finished|finishing|quit|stopped|left|tried|through|attending|attended|on the waiting list for) <a>(?:my |some |nhs |weekly |private |online |trauma |group |couples )?(?:therapy|counselling|psychotherapy|cbt|emdr|dbt|rehab)",
            "(?:i|<ive>|<im>) <a>(?:been |have been |was )?(?:see|seeing|saw|started seeing|working with|worked with) (?:a|an|my|the|this) <w><talker>",
            "therapy (?:saved|changed|ruined|helped|transformed|has changed|has helped|has saved) (?:my life|me)",
            "(?:saved|helped|cured|fixed) me (?:in|through|with) (?:therapy|counselling)",
        ],
    },
    Rule {
        category: Disclosure,
        kind: Some(Therapy),
        severity: Note,
        scope: Scope::Plain,
        reason: "The writer mentions a therapist or a session as their own.",
        suggestion: None,
        patterns: &[
            "my <talker>",
            "<im> <a>(?:thinking (?:of|about)|considering) (?:starting |trying |having )?(?:therapy|counselling)",
        ],
    },
    Rule {
        category: Disclosure,
        kind: Some(Diagnosis),
        severity: Caution,
        scope: Scope::Plain,
        reason: "The writer tells of their own diagnosis or treatment.",
        suggestion: GENERAL,
        patterns: &[
            "(?:i|<ive>|<im>) <a>(?:was|been|got|have been|just been|been officially|being|am) <a>(?:diagnosed|misdiagnosed|sectioned|hospitali[sz]ed|admitted to (?:hospital|a psychiatric|the ward)|detained under)",
            "my <w>(?:diagnosis|eating disorder|psychosis|bipolar|bpd|ptsd|ocd|adhd|schizophrenia|anorexia|bulimia|section|breakdown|postnatal depression|depression|psychotic episode)",
            "(?:i|<ive>) <a>(?:have|got|had|live with|lived with|suffer from|suffer with|suffered from|struggle with|struggled with|been living with|battled|battle|recovered from|developed) <a>(?:my |with )?<condition>",
            "<im> <a>(?:bipolar|schizophrenic|anorexic|bulimic|autistic|an alcoholic|an addict|psychotic|clinically depressed|in recovery|a recovering (?:alcoholic|addict)|in (?:a|the) psychiatric (?:ward|hospital|unit)|under the (?:crisis team|cmht|mental health team))",
            "i had (?:a|my) (?:nervous |mental )?(?:breakdown|psychotic episode)",
            "as (?:someone|a person|somebody) (?:with|who has|living with|diagnosed with) <a><condition>",
        ],
    },
    Rule {
        category: Disclosure,
        kind: Some(Medication),
        severity: Caution,
        scope: Scope::Plain,
        reason: "The writer tells of their own medication.",
        suggestion: GENERAL,
        patterns: &[
            "(?:i|<ive>|<im>|i'?d) <a>(?:been |was |have been |went |came |coming |come |started |taking |went back )?(?:on|off|take|taking|took|takes|prescribed|started|starting|stopped|stopped taking|come off|weaning off|tapering) <w><drug>",
            "<im> (?:back )?on <w>(?:meds|medication|tablets for|pills for)",
            "my <w>(?:meds|medication|antidepressants?|anti-depressants|antipsychotics?|<drug>)",
            "<drug> (?:saved|helped|changed|ruined|made|has helped|gave) (?:me|my life)",
            "i (?:was|got|<a>am|<a>been) (?:put on|prescribed) <w>(?:medication|meds|<drug>)",
        ],
    },
    Rule {
        category: Disclosure,
        kind: Some(Trauma),
        severity: Caution,
        scope: Scope::Plain,
        reason: "The writer tells of their own trauma.",
        suggestion: GENERAL,
        patterns: &[
            "(?:i|<ive>) <a>(?:was|were|got|been|have been|had been) <a>(?:sexually |physically |emotionally |repeatedly )?(?:abused|raped|assaulted|molested|groomed|trafficked|neglected|beaten)(?: by| as| when| at| in| for)?",
            "my (?:own )?(?:childhood )?(?:abuse|rape|assault|abuser|rapist|trauma|childhood trauma)",
            "(?:i|<im>) <a>(?:survived|a survivor of|am a survivor of|surviving) <w>(?:abuse|rape|assault|violence|trafficking|incest)",
            "<them> <a>used to <a>(?:hit|beat|hurt|touch|abuse|rape|molest|punch|kick|slap|starve|threaten) (?:me|us)",
            "(?:he|she|they) (?:abused|raped|molested|groomed|beat) me",
            "i had (?:a )?(?:miscarriage|abortion|stillbirth)",
        ],
    },
    Rule {
        category: Disclosure,
        kind: None,
        severity: Note,
        scope: Scope::Plain,
        reason: "The writer tells how they feel.",
        suggestion: None,
        patterns: &[
            "(?:i|<ive>) <a>(?:had|have|get|got|having|been having|keep having) <w>(?:panic attacks?|flashbacks|nightmares|anxiety attacks?|meltdowns?)",
            "(?:i|<im>|<ive>|i'?ve been|i have been) <a>(?:feel|feeling|felt|been|been feeling|am|was)? ?<a>(?:so |very |really )?(?:depressed|anxious|lonely|overwhelmed|burnt out|numb|miserable|empty|struggling|crying)",
            "my (?:anxiety|grief|panic attacks?|burnout|low mood|mental health)",
        ],
    },
];

/// Raises disclosures where the text also holds a datum of the writer's own.
pub(crate) fn raise_where_identified(found: &mut [Found]) {
    let identified = found.iter().any(|found| found.category == PersonalData && found.severity >= Caution);
    if identified {
        for disclosure in
            found.iter_mut().filter(|found| found.category == Disclosure && found.severity == Caution)
        {
            disclosure.severity = Stop;
        }
    }
}
