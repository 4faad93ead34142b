//! Conduct: professional boundaries, abuse, sexual content and spam.
//!
//! Invariant: only a plain attack, a plain scam or plain sexual solicitation is grave enough to close an item without
//! the panel.

use crate::finding::Category::{Abuse, Boundary, Sexual, Spam};
use crate::finding::Kind::{
    Advertising, ClientComment, Harassment, Hate, PublicFigure, Solicitation, Stigma, Testimonial,
};
use crate::finding::Severity;
use crate::finding::Severity::{Caution, Note, Stop};
use crate::normalise::Normalised;
use crate::rules::scope::Scope;
use crate::rules::{Found, Rule};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        category: Boundary,
        kind: Some(Advertising),
        severity: Caution,
        scope: Scope::Plain,
        reason: "A practice is advertised.",
        suggestion: Some("Leave out offers and prices; the registers' directories are the place."),
        patterns: &[
            "(?:book|book in|schedule|reserve) (?:a|your|an) (?:free )?(?:first |initial |introductory |discovery )?(?:sessions?|consultation|call|appointment|slot)(?: with (?:me|us))?",
            "i (?:currently |now )?(?:have|'ve got) (?:a few |some |two |three |one )?(?:spaces?|availability|slots?|vacancies|openings)(?: available| for| left| in)?",
            "(?:accepting|taking on|welcoming|open to) new (?:clients|patients)",
            "(?:<im>|i am) (?:a|an) (?:[a-z-]{2,20} ){0,4}(?:therapist|counsellor|psychotherapist|psychologist|coach) (?:offering|with availability|based in|in private practice|and i (?:offer|have))",
            "my (?:private )?practice",
            "(?:discount|half price|[0-9]{1,2} ?% off|special offer)(?: [a-z]{1,12}){0,4} (?:sessions?|therapy|counselling)",
            "[0-9]{2,3} (?:per|a|for a|an) (?:session|hour)",
        ],
    },
    Rule {
        category: Boundary,
        kind: Some(Solicitation),
        severity: Caution,
        scope: Scope::Plain,
        reason: "Therapy is offered, or clients are sought.",
        suggestion: None,
        patterns: &[
            "(?:dm|message|email|contact|inbox|pm|ring|call|text) me (?:for|to book|to arrange|if you (?:need|want|would like|'d like)|and i(?:'ll| can| will))(?: [a-z'-]{1,14}){0,4}",
            "i (?:can|could|will|'ll|'d love to) (?:offer|give) you (?:[a-z-]{1,12} ){0,3}(?:therapy|counselling|sessions?|support sessions?)",
            "(?:work|come and work|have therapy) with me",
        ],
    },
    Rule {
        category: Boundary,
        kind: Some(Testimonial),
        severity: Caution,
        scope: Scope::Unless,
        reason: "Registers advise therapists not to ask clients for testimonials.",
        suggestion: None,
        patterns: &[
            "(?:leave|write|share|post|give) (?:me |us )?(?:a |your )?(?:[a-z-]{1,12} ){0,2}(?:reviews?|testimonials?)(?: of| about| for)?",
            "(?:testimonials?|reviews?) from (?:my |our )?(?:happy |past |former )?clients",
        ],
    },
    Rule {
        category: Boundary,
        kind: Some(ClientComment),
        severity: Caution,
        scope: Scope::Plain,
        reason: "A therapist speaks of a client.",
        suggestion: Some("Speak of what people often find, not of one person."),
        patterns: &[
            "(?:one of my|a|this|my last|my first|my (?:[a-z-]{2,14} )?) ?(?:client|patient)s? (?:of mine )?(?:told me|said|says|came|cried|has|had|was|is|who|once|thinks|asked|refuses|refused|keeps)",
            "(?:one|some) of my (?:clients|patients)",
            "a (?:client|patient) of mine",
        ],
    },
    Rule {
        category: Boundary,
        kind: Some(ClientComment),
        severity: Note,
        scope: Scope::Plain,
        reason: "A therapist speaks of clients in general.",
        suggestion: None,
        patterns: &["(?:many of )?my (?:clients|patients)"],
    },
    Rule {
        category: Boundary,
        kind: Some(PublicFigure),
        severity: Caution,
        scope: Scope::Unless,
        reason: "A guess about a public person's mental health.",
        suggestion: None,
        patterns: &[
            "(?:the prime minister|the president|the king|the queen|prince [a-z]{3,12}|princess [a-z]{3,12}|that (?:actor|singer|politician|footballer|celebrity)|trump|musk|putin|kanye|britney) (?:is|has|must be|must have|seems|clearly (?:is|has)|obviously (?:is|has)) <a>(?:a |an |clearly |obviously |having a )?(?:narcissist(?:ic)?|psychopath|sociopath|bipolar|psychotic|mentally ill|breakdown|<condition>|depressed|delusional|autistic|manic)",
        ],
    },
    Rule {
        category: Abuse,
        kind: Some(Harassment),
        severity: Stop,
        scope: Scope::Quoted,
        reason: "Somebody is told to kill themselves or to die.",
        suggestion: None,
        patterns: &[
            "(?:go |just |please |you should |should |why don'?t you |you need to )(?:and )?(?:kill your ?self|kys|end your life|jump off a (?:bridge|cliff))",
            "kill your ?self(?: you| now| already| please)?",
            "kys",
            "(?:go and die|go die|you should die|you deserve to die|i hope (?:you|they|he|she) (?:die|dies|all die)|drop dead)",
        ],
    },
    Rule {
        category: Abuse,
        kind: Some(Harassment),
        severity: Caution,
        scope: Scope::Quoted,
        reason: "A personal attack.",
        suggestion: None,
        patterns: &[
            "(?:you'?re|you are|ur) (?:all |so |such |a |an |just |nothing but |absolutely )?(?:a |an )?(?:pathetic|worthless|disgusting|idiots?|stupid|morons?|scum|vile|waste of space|loser|trash)(?: and)?",
            "shut up (?:you|and)",
        ],
    },
    Rule {
        category: Abuse,
        kind: Some(Stigma),
        severity: Caution,
        scope: Scope::Unless,
        reason: "Stigmatising words about people with a condition.",
        suggestion: None,
        patterns: &[
            "(?:people|those|anyone|someone|men|women) (?:with|who have) <w>(?:<condition>|mental (?:illness|health (?:problems|issues))|personality disorders?) (?:is|are) <a>(?:all |just )?(?:dangerous|violent|crazy|mad|evil|attention[ -]seek(?:ing|ers)|manipulative|weak|lazy|toxic|liars|a burden|nuts|psycho)",
            "(?:schizophrenics|borderlines|depressives|addicts|bipolars|the mentally ill|mental patients|autistics) (?:are|should|shouldn'?t|need|always|just) <w>(?:dangerous|violent|crazy|mad|evil|locked up|attention|manipulative|weak|lazy|liars|be locked|be put|have children|nuts)",
            "(?:psychos|nutters|schizos|nutjobs|loonies|lunatics|mentalists)",
            "(?:lock them (?:all )?up|belong in (?:an asylum|a loony bin|the loony bin))",
        ],
    },
    Rule {
        category: Abuse,
        kind: Some(Hate),
        severity: Stop,
        scope: Scope::Quoted,
        reason: "An attack on people for who they are.",
        suggestion: None,
        patterns: &[
            "(?:all )?(?:gays|muslims|jews|immigrants|trans people|black people|asians|gypsies|travellers|disabled people|women|foreigners|christians|refugees|gay people|migrants) (?:should (?:all )?(?:die|be shot|be killed|be gassed|be deported|burn)|are (?:all )?(?:subhuman|vermin|scum|animals|filth|parasites|disgusting|a disease))",
            "(?:i hate|death to|kill) (?:all )?(?:the )?(?:gays|muslims|jews|immigrants|trans people|black people|asians|gypsies|disabled people|foreigners|refugees|migrants)",
        ],
    },
    Rule {
        category: Sexual,
        kind: None,
        severity: Stop,
        scope: Scope::Quoted,
        reason: "Sexual solicitation.",
        suggestion: None,
        patterns: &[
            "(?:send|trade|swap|selling|sell|buy my|want my) (?:me )?(?:your |some |my )?(?:nudes|dirty pics|sexy pics|naked (?:pics|pictures|photos))",
            "hot (?:singles|girls|milfs|teens|babes)",
            "(?:sex|porn|adult) (?:chat|cams?|videos?|site|dating)",
            "(?:looking for|up for|fancy) (?:a )?(?:hook-?up|casual sex|no strings sex|sexting)",
            "(?:<im>|so|feeling) (?:so )?horny",
        ],
    },
    Rule {
        category: Spam,
        kind: None,
        severity: Stop,
        scope: Scope::Quoted,
        reason: "Commerce or a scam that has nothing to do with the channel.",
        suggestion: None,
        patterns: &[
            "(?:buy|get|gain) (?:[a-z0-9,]{1,10} ){0,2}(?:real |cheap |instant )?(?:followers|likes|subscribers|backlinks)",
            "(?:earn|make|made) (?:up to )?(?:over )?[$\\x2a]? ?[0-9][0-9,.]{0,9}k? ?(?:pounds|dollars|gbp|usd)? ?(?:a|per|every|in a|each|in one) (?:day|week|month|hour)(?: from home| online)?",
            "(?:crypto|bitcoin|forex|binary options?|nft) (?:investment|trading|giveaway|signals?|profits?|expert|trader|broker|recovery)",
            "(?:invest|investing|trade) in (?:bitcoin|crypto|forex)(?: now| today)?",
            "click (?:here|the link|this link|below|my bio)(?: [a-z]{1,10}){0,2} to (?:win|claim|earn|get (?:your )?free|buy|order)",
            "(?:claim|get|win) (?:your|a) free (?:iphone|gift ?card|prize|voucher|money|trial)",
            "(?:work|earn) from home (?:and|today|now)(?: [a-z]{1,10}){0,3} (?:earn|money|cash|income|[0-9]{2,6})",
            "(?:online|best) casino",
            "(?:cheap|buy|order) (?:viagra|cialis|xanax|tramadol|weight loss pills|steroids)(?: online| now| without prescription)?",
            "(?:limited time|act now|order now|buy now)(?: [a-z]{1,10}){0,4} (?:offer|discount|sale|off|stocks? last)",
            "congratulations,? you(?:'ve| have) (?:won|been selected)",
            "(?:no credit check|payday|instant) loans?",
            "seo (?:services|agency|expert|packages)",
        ],
    },
];

/// So many times the same word in a row is nonsense. High enough for "no no no" and for a cry for help to pass with a
/// note; a run never closes an item by itself.
const REPEATS: usize = 8;

/// Finds runs of one repeated word. A run, not a share of the text, so that adding words never hides it.
pub(crate) fn find_repetition(text: &Normalised, found: &mut Vec<Found>) {
    let mut run: Option<(&[u8], usize, usize, usize)> = None;
    let mut at = 0;
    let mut close = |run: Option<(&[u8], usize, usize, usize)>| {
        if let Some((_, start, end, times)) = run
            && times >= REPEATS
        {
            found.push(Found {
                category: Spam,
                kind: None,
                severity: Severity::Caution,
                start,
                end,
                reason: "One word is repeated many times.",
                suggestion: None,
            });
        }
    };
    for word in text.folded.split(|byte| byte.is_ascii_whitespace()) {
        let (start, end) = (at, at + word.len());
        at = end + 1;
        if word.is_empty() {
            continue;
        }
        run = match run {
            Some((same, first, _, times)) if same == word => Some((same, first, end, times + 1)),
            other => {
                close(other);
                Some((word, start, end, 1))
            }
        };
    }
    close(run);
}
