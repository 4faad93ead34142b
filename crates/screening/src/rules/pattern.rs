//! The notation of the rule tables: regular expressions over normalised text, with names for the word lists that many
//! rows share.
//!
//! Invariant: expansion is textual and total; a name that is not in the list stays visible and fails a test.

use regex::bytes::{Regex, RegexBuilder};

/// Word lists by name. Later entries may not use earlier ones, so one pass in order is enough: lists that use other
/// lists stand first.
const LISTS: &[(&str, &str)] = &[
    // Persons close to the writer, with up to two words between ("my little brother").
    ("<them>", "(?:he|she|(?:my|our) (?:[a-z'-]{1,15} ){0,2}<rel>)"),
    (
        "<someone>",
        "(?:him|her|them|someone|somebody|people|everyone|you|(?:my|our|his|her) (?:[a-z'-]{1,15} ){0,2}<rel>)",
    ),
    (
        "<rel>",
        "(?:son|daughter|child|children|kid|kids|baby|boy|girl|teenager|brother|sister|mum|mom|mam|mother|dad|father|stepdad|stepmum|\
         stepfather|stepmother|husband|wife|partner|boyfriend|girlfriend|friend|mate|flatmate|housemate|roommate|cousin|niece|nephew|\
         neighbour|neighbor|colleague|student|pupil|client|patient|ex|nan|gran|grandma|grandmother|grandad|grandfather|uncle|aunt|auntie|boss|\
         manager|carer|teacher|coach|family)",
    ),
    // How ending one's life is said. Detection needs the common verbs; nothing here says how.
    (
        "<killme>",
        "(?:kill my ?self|kill me self|end my (?:own )?life|take my (?:own )?life|end it all|end it (?:tonight|today|right now|now|soon|right here|for good|once and for all|within)|end my ?self|drop dead|od|end things for good|\
         unalive my ?self|hang my ?self|drown my ?self|shoot my ?self|commit suicide|die by suicide|top my ?self|off my ?self|do my ?self in|\
         overdose|kms|jump off (?:a|the) (?:bridge|roof|building|cliff)|jump in front of (?:a|the) (?:train|car|bus|lorry))",
    ),
    (
        "<killingme>",
        "(?:killing my ?self|ending my (?:own )?life|taking my (?:own )?life|ending it all|unaliving my ?self|hanging my ?self|\
         drowning my ?self|committing suicide|ending it (?:tonight|today|soon|for good)|overdosing|jumping off (?:a|the) (?:bridge|roof|building|cliff)|\
         jumping in front of (?:a|the) (?:train|car|bus|lorry))",
    ),
    (
        "<killself>",
        "(?:kill (?:him|her|them) ?(?:self|selves)|end (?:his|her|their) (?:own )?li(?:fe|ves)|take (?:his|her|their) own li(?:fe|ves)|end it all|\
         hang (?:him|her|them) ?self|commit suicide|die by suicide|overdose)",
    ),
    (
        "<killingself>",
        "(?:killing (?:him|her|them) ?self|ending (?:his|her|their) (?:own )?life|taking (?:his|her|their) own life|suicide|ending it all)",
    ),
    ("<pills>", "(?:pills|tablets|meds|medication|medicine|antidepressants|painkillers|paracetamol)"),
    // Words that may stand between without changing the meaning.
    (
        "<a>",
        "(?:(?:really|just|still|so|also|actually|honestly|seriously|truly|literally|only|always|often|sometimes|constantly|genuinely|\
         fucking|kinda|kind of|sort of|even|again|now|simply|probably|definitely|almost|seriously|currently|basically|very|quite|finally|\
         have to|need to|all the time) ){0,3}",
    ),
    ("<w>", "(?:[a-z0-9'-]{1,20} ){0,3}"),
    ("<im>", "(?:i'?m|i am)"),
    ("<ive>", "(?:i'?ve|i have)"),
    ("<ill>", "(?:i'?ll|i will|i shall)"),
    ("<dont>", "(?:don'?t|do not|no longer)"),
    ("<cant>", "(?:can'?t|cannot|can not)"),
    ("<end>", "(?:any ?more|any longer|like this|living)"),
    (
        "<drug>",
        "(?:sertraline|citalopram|escitalopram|fluoxetine|prozac|paroxetine|venlafaxine|mirtazapine|duloxetine|lithium|quetiapine|olanzapine|\
         aripiprazole|risperidone|clozapine|lamotrigine|diazepam|lorazepam|propranolol|pregabalin|amitriptyline|methylphenidate|elvanse|\
         antidepressants?|anti-depressants?|antipsychotics?|ssris?|beta blockers|mood stabilisers?|sleeping (?:pills|tablets))",
    ),
    (
        "<condition>",
        "(?:bipolar(?: disorder)?|bpd|borderline personality(?: disorder)?|eupd|c?-?ptsd|cptsd|ocd|schizophrenia|schizoaffective disorder|psychosis|\
         anorexia|bulimia|an eating disorder|binge eating disorder|adhd|autism|asperger'?s|dissociative identity disorder|did|dissociation|\
         (?:(?:severe|clinical|post-?natal|post-?partum|chronic|major) )?depression|(?:(?:severe|social|health|generalised|chronic) )?anxiety(?: disorder)?|\
         panic disorder|a personality disorder|cancer|dementia|hiv)",
    ),
    (
        "<clinician>",
        "(?:therapist|counsellor|counselor|psychotherapist|psychiatrist|psychologist|analyst|key ?worker|cpn|care co-?ordinator|support worker|social worker|gp|doctor|nurse)",
    ),
    (
        "<talker>",
        "(?:therapist|counsellor|counselor|psychotherapist|psychiatrist|psychologist|analyst|cpn|care co-?ordinator|key ?worker)",
    ),
];

/// The pattern with every named list written out.
pub(crate) fn expand(source: &str) -> String {
    LISTS.iter().fold(source.to_owned(), |text, (name, words)| text.replace(name, words))
}

/// A pattern as it stands, over ASCII bytes: the normalised text has no others, and byte matching is faster.
pub(crate) fn raw(source: &str) -> Regex {
    // Unwrap safety: every source is a constant of this crate, and a test compiles each of them.
    RegexBuilder::new(source)
        .unicode(false)
        .size_limit(64 << 20)
        .build()
        .expect("a constant pattern compiles")
}
