//! Danger to somebody else: threats, and abuse of a child, of an adult at risk or at home.
//!
//! Invariant: abuse that goes on, or whose author can still reach those at risk, is safeguarding; abuse that is over is
//! the writer's own history.

use crate::finding::Category::{HarmToOthers, Safeguarding};
use crate::finding::Kind::{Adult, Child, Domestic};
use crate::finding::Severity::{Caution, Note, Stop};
use crate::rules::Rule;
use crate::rules::scope::Scope;

pub(crate) const RULES: &[Rule] = &[
    Rule {
        category: HarmToOthers,
        kind: None,
        severity: Stop,
        scope: Scope::Plain,
        reason: "The writer says that they will harm somebody.",
        suggestion: None,
        patterns: &[
            "(?:<im>|i was) <a>(?:going to|gonna|about to|planning to|ready to) <a>(?:kill|stab|shoot|strangle|murder|hurt|poison|beat up|attack|burn) <someone>",
            "<ill> <a>(?:kill|stab|shoot|strangle|murder|hurt|attack) <someone>",
            "i (?:plan|intend|have a plan|have decided) to (?:kill|stab|shoot|strangle|murder|hurt|poison|attack) <someone>",
            "i (?:have|<a>got|bought) (?:a|the) (?:knife|gun) (?:and|to|for) <w>(?:kill|stab|shoot|use it on|hurt|him|her|them)",
            "(?:he|she|they)(?:'s|'re| is| are) (?:dead|going to die) (?:tonight|tomorrow|when i (?:see|find|get))",
        ],
    },
    Rule {
        category: HarmToOthers,
        kind: None,
        severity: Caution,
        scope: Scope::Plain,
        reason: "The writer speaks of wanting to harm somebody, or of a threat.",
        suggestion: None,
        patterns: &[
            "i <a>(?:want|wanna|need|long|feel like|have the urge|am tempted) (?:to )?<a>(?:kill|killing|stab|stabbing|shoot|strangle|strangling|murder|hurt|hurting|poison|attack|hit) <someone>",
            "(?:i|<ive>) <a>(?:have|had|having|keep having|get|been having) <w>(?:thoughts|urges|fantasies|images) (?:of|about|to) (?:hurt|hurting|harming|killing|stabbing|attacking|strangling|kill|harm) <someone>",
            "(?:thoughts|fantasies|urges) (?:of|about) (?:hurting|harming|killing|stabbing|strangling) (?:my (?:baby|child|children|kids|partner|wife|husband|mum|dad|family)|him|her|people|others|someone)",
            "(?:i|<im>) <a>(?:think about|fantasise about|thinking about|dream of|fantasising about) (?:killing|stabbing|hurting|strangling|murdering|poisoning) <someone>",
            "(?:threatens?|threatened|threatening|keeps threatening|has threatened) to (?:kill|stab|shoot|hurt|strangle|burn) (?:me|us|him|her|them|my|the|our)",
            "(?:he|she|my (?:husband|partner|boyfriend|ex|wife|girlfriend)) (?:said|says|told me) (?:that )?(?:he|she)(?:'ll|'s| will| is|'d)? <a>(?:going to )?(?:kill|stab|shoot|strangle|hurt) (?:me|us|him|her|them|the kids)",
            "(?:my (?:husband|partner|boyfriend|ex|stepdad)) (?:will|is going to|would) (?:kill|hurt) me",
        ],
    },
    Rule {
        category: HarmToOthers,
        kind: None,
        severity: Note,
        scope: Scope::Plain,
        reason: "Strong words that are probably a figure of speech.",
        suggestion: None,
        patterns: &["i could (?:just )?(?:kill|strangle|murder) <someone>"],
    },
    Rule {
        category: Safeguarding,
        kind: Some(Domestic),
        severity: Caution,
        scope: Scope::Ongoing,
        reason: "The writer may be living with abuse.",
        suggestion: None,
        patterns: &[
            "<them> <a>(?:hits|beats|hurts|punches|kicks|slaps|chokes|strangles|rapes|abuses|threatens|hit|punched|kicked|slapped|choked|strangled|beat) (?:me|us)",
            "<them> (?:is|'s|keeps|has been|started|has started) <a>(?:hitting|beating|hurting|punching|abusing|raping|threatening|strangling|choking|slapping|stalking|controlling) (?:me|us)",
            "(?:<im>|i am|i'?ve been|we'?re|we are) <a>(?:being) <a>(?:abused|beaten|hit|hurt|raped|trafficked|exploited|stalked|blackmailed|threatened|groomed|controlled|touched)",
            "<im> <a>in an abusive (?:relationship|marriage|home)",
            "(?:<im>|i'?m too|<im> too) <a>(?:scared|afraid|frightened|terrified) (?:of|to go home|to leave|that) ?<w>(?:my (?:husband|partner|boyfriend|dad|stepdad|wife|girlfriend)|him because|he'?ll (?:hit|hurt|find))",
            "<them> (?:won'?t let me|doesn'?t let me|<dont> let me|stops me from|locks me) <w>(?:leave|out|see (?:my|anyone)|in (?:the|my)|go out|have (?:any )?money|use my phone|in)",
            "<them> (?:forces|forced|makes|is forcing) me (?:to have sex|into sex|to marry|to sleep with)",
            "<them> (?:controls|takes) (?:all )?my (?:money|wages|phone|benefits)",
        ],
    },
    Rule {
        category: Safeguarding,
        kind: Some(Child),
        severity: Caution,
        scope: Scope::Ongoing,
        reason: "A child may be at risk.",
        suggestion: None,
        patterns: &[
            "(?:my |the |her |his |a )?(?:[a-z'-]{1,15} ){0,2}(?:dad|stepdad|father|stepfather|mum|mother|stepmum|uncle|aunt|grandad|brother|teacher|coach|neighbour|neighbor|babysitter|parents?|ex|partner|husband|he|she|they|who) (?:is |are |keeps? |has been |'s )?<a>(?:hits|hit|hitting|beats?|beating|hurts?|hurting|slaps?|slapping|punch(?:es|ing)?|starves?|starving|neglects?|neglecting|abuses?|abusing|molests?|molesting|touches|touching|grooms?|grooming|locks?|shakes?|shaking|burns?) (?:his|her|their|the|my|our|a|this) <w>(?:child|children|kid|kids|son|daughter|baby|toddler|boy|girl|boys|girls|grandchildren|niece|nephew|little (?:brother|sister)|brother|sister)",
            "(?:my |the )?(?:[a-z'-]{1,15} ){0,2}(?:dad|stepdad|father|stepfather|uncle|grandad|brother|teacher|coach|neighbour|babysitter|cousin|mum'?s boyfriend) <a>(?:touches|molests|rapes|grooms|comes into my room|makes me (?:touch|undress)|sends me (?:sexual|nude|naked))(?: me)?",
            "(?:a|one) (?:child|pupil|boy|girl|student|little girl|little boy)(?: [a-z'-]{1,15}){0,5} (?:told me|says|said|disclosed)(?: [a-z'-]{1,15}){0,8} (?:hits?|hurts?|touch(?:es|ed)|beats?|abus(?:es|ed)|locked|starv(?:es|ed))",
            "(?:child|kid|kids|children|baby|toddler|girl|boy) (?:next door|down the road|in my (?:class|street|building)) (?:is|are|has|have|keeps?|always|with) <w>(?:bruises|bruised|screaming|hungry|alone|being|locked|left|beaten|hit|starving|filthy)",
            "(?:he|she|they|who) (?:still|now|also) (?:works?|volunteers?|coaches|teaches|lives?|has (?:contact|access)|sees?|babysits?|looks after)(?: [a-z'-]{1,15}){0,3} (?:children|kids|child|grandchildren|young people|teenagers|girls|boys|nieces?|nephews?|school|vulnerable)",
            "(?:abused|raped|molested|groomed) me(?: [a-z'-]{1,15}){0,6} (?:still|now) (?:works?|teaches|coaches|has|sees|lives|looks)",
            "<im> (?:only )?(?:[89]|1[0-7]|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen) (?:years old )?and (?:my|he|an older|a man|this man|she)(?: [a-z'-]{1,15}){0,4} (?:touches|hits|hurts|asks? (?:me )?for (?:pictures|photos|nudes)|wants (?:pictures|photos|nudes)|makes me|sends me|touched)",
            "(?:adult|man|guy|he)(?: [a-z'-]{1,15}){0,3} (?:asked|asks|keeps asking|is asking) (?:my )?(?:[0-9]{1,2}[ -]year[ -]old|daughter|son|child)(?: [a-z'-]{1,15}){0,3} for (?:nudes|pictures|photos)",
        ],
    },
    Rule {
        category: Safeguarding,
        kind: Some(Adult),
        severity: Caution,
        scope: Scope::Ongoing,
        reason: "An adult at risk may be abused or neglected.",
        suggestion: None,
        patterns: &[
            "(?:carers?|staff|care home|nurses?|support workers?|nephew|son|daughter|grandson|neighbour|he|she|they)(?: [a-z'-]{1,15}){0,6} (?:hits?|hitting|slaps?|slapping|takes?|taking|steals?|stealing|shouts?|shouting|leaves?|leaving|starves?|neglects?|neglecting|restrains?|locks?|ties?|hurts?|hurting)(?: [a-z'-]{1,15}){0,3} (?:my|our|her|his|their|the) (?:gran|nan|grandma|grandad|mum|mother|dad|father|disabled (?:son|daughter|brother|sister)|pension|residents?|elderly [a-z]{3,12}|savings|aunt|uncle)",
            "(?:my|our) (?:gran|nan|grandma|grandad|mum|mother|dad|father|aunt|uncle|disabled [a-z]{3,12}) (?:is being|is|has been|keeps being|gets) <a>(?:abused|hit|hurt|slapped|neglected|starved|robbed|exploited|locked in|left in)",
            "(?:care home|ward|hospital|supported living)(?: [a-z'-]{1,15}){0,6} (?:bruises|unfed|hit|slapped|sitting in (?:her|his|their) own|abused|neglected)",
            "(?:taking|takes|stealing|steals) (?:my|her|his|their) (?:gran'?s |nan'?s |mum'?s |dad'?s )?(?:pension|benefits|savings)",
        ],
    },
];
