//! Sentences on therapy, health, advice, practices and deaths, with the finding that each must get or must not get.
//!
//! Invariant: a row without a finding has none above a note in these four categories, so a rule that hears a general
//! voice, a warning or a question as the thing itself fails here. All people and places are examples.

use screening::Category::{Boundary, Disclosure, HarmfulAdvice, UnsafeSuicideContent};
use screening::Kind::{
    Advertising, AntiHelp, ClientComment, CureClaim, Diagnosis, Glamorising, Language, Medication, Method,
    Misinformation, ProEatingDisorder, PublicFigure, SingleCause, Solicitation, Speculation, Testimonial,
    Therapy, Trauma,
};
use screening::{Category, Kind, Severity, screen};

const FOUND: &[(&str, Category, Kind, Severity)] = &[
    ("My counsellor retired and I feel lost without our Tuesdays", Disclosure, Therapy, Severity::Caution),
    ("We've been going to couples counselling since March", Disclosure, Therapy, Severity::Caution),
    ("been seeing a psych since year 9 tbh", Disclosure, Therapy, Severity::Caution),
    ("Counselling got me through my divorce", Disclosure, Therapy, Severity::Caution),
    ("I spent three weeks on a psychiatric ward", Disclosure, Therapy, Severity::Caution),
    ("They diagnosed me with bipolar two in January", Disclosure, Diagnosis, Severity::Caution),
    ("I have struggled with bulimia since I was fifteen", Disclosure, Diagnosis, Severity::Caution),
    ("I'm a recovering addict", Disclosure, Diagnosis, Severity::Caution),
    ("As a person with ADHD I'd like shorter threads", Disclosure, Diagnosis, Severity::Caution),
    ("I take 50mg sertraline and I am not ashamed of it", Disclosure, Medication, Severity::Caution),
    ("Lithium keeps me steady", Disclosure, Medication, Severity::Caution),
    ("My psychiatrist upped my dose again", Disclosure, Medication, Severity::Caution),
    ("I was groomed online when I was thirteen", Disclosure, Trauma, Severity::Caution),
    ("I'm a survivor of domestic abuse", Disclosure, Trauma, Severity::Caution),
    ("I was in an abusive marriage, I got away in 2010", Disclosure, Trauma, Severity::Caution),
    ("I attempted suicide at nineteen and I'm glad to be here", Disclosure, Trauma, Severity::Caution),
    ("He committed suicide last spring.", UnsafeSuicideContent, Language, Severity::Caution),
    ("a string of failed suicides at the barracks", UnsafeSuicideContent, Language, Severity::Caution),
    ("Suicide victims are mostly men", UnsafeSuicideContent, Language, Severity::Caution),
    ("She was found hanging in her cell", UnsafeSuicideContent, Method, Severity::Stop),
    ("Read the note she left her children", UnsafeSuicideContent, Method, Severity::Stop),
    ("He shot himself in the barn", UnsafeSuicideContent, Method, Severity::Caution),
    ("Suicide can be a rational and noble choice", UnsafeSuicideContent, Glamorising, Severity::Caution),
    ("There's a beauty in ending it all", UnsafeSuicideContent, Glamorising, Severity::Caution),
    (
        "The vet took his own life because of a bad review",
        UnsafeSuicideContent,
        SingleCause,
        Severity::Caution,
    ),
    ("Cyberbullies drove a young girl to suicide", UnsafeSuicideContent, SingleCause, Severity::Caution),
    ("Do you think it was suicide? Nobody says", UnsafeSuicideContent, Speculation, Severity::Caution),
    ("I think the boxer killed himself", UnsafeSuicideContent, Speculation, Severity::Caution),
    ("Just chuck your antidepressants, you'll feel alive", HarmfulAdvice, Medication, Severity::Stop),
    ("You should come off your meds before therapy", HarmfulAdvice, Medication, Severity::Stop),
    ("Take your mum's diazepam for the flight", HarmfulAdvice, Medication, Severity::Stop),
    ("Hypnotherapy cures anxiety, full stop", HarmfulAdvice, CureClaim, Severity::Caution),
    ("Say goodbye to your phobias with us", HarmfulAdvice, CureClaim, Severity::Caution),
    ("You're obviously bipolar love", HarmfulAdvice, Diagnosis, Severity::Caution),
    ("Sounds like your husband is a covert narcissist", HarmfulAdvice, Diagnosis, Severity::Caution),
    ("Therapists are con artists", HarmfulAdvice, AntiHelp, Severity::Caution),
    ("Don't tell your GP, they'll section you", HarmfulAdvice, AntiHelp, Severity::Caution),
    ("You don't need therapy, you need a pint", HarmfulAdvice, AntiHelp, Severity::Caution),
    ("Stay tiny, skip meals and be proud", HarmfulAdvice, ProEatingDisorder, Severity::Stop),
    ("ADHD is just an excuse for bad behaviour", HarmfulAdvice, Misinformation, Severity::Caution),
    ("Depression isn't real", HarmfulAdvice, Misinformation, Severity::Caution),
    ("I'm a counsellor in York and have two slots free", Boundary, Advertising, Severity::Caution),
    ("My practice in Bristol now offers EMDR", Boundary, Advertising, Severity::Caution),
    ("Message me if you want therapy", Boundary, Solicitation, Severity::Caution),
    ("I'd be glad to take you on", Boundary, Solicitation, Severity::Caution),
    ("Would past clients please leave me a Google review?", Boundary, Testimonial, Severity::Caution),
    ("One of my clients told me that she hates Christmas", Boundary, ClientComment, Severity::Caution),
    ("A patient of mine once cried for an hour", Boundary, ClientComment, Severity::Caution),
    ("The prime minister is a textbook narcissist", Boundary, PublicFigure, Severity::Caution),
    ("That presenter obviously has an eating disorder", Boundary, PublicFigure, Severity::Caution),
];

const NOT_FOUND: &[&str] = &[
    "If you have been diagnosed with ADHD, you may be entitled to support at work.",
    "Some people take medication for years and others never do.",
    "Your therapist may ask about your childhood.",
    "What happens if I tell my therapist that I missed our session?",
    "People who live with schizophrenia can and do work.",
    "He said on the radio that he had been in therapy for years.",
    "Coming off antidepressants: what the guidance says",
    "As therapists we have supervision every month.",
    "I had a lovely session in the gym",
    "I work as a counsellor in a school",
    "My therapist training starts in September",
    "In the play my favourite character takes lithium.",
    "Please don't say committed suicide, say died by suicide.",
    "\"Suicide bid\" is a phrase that we avoid.",
    "Suicide rarely has a single cause.",
    "The inquest concluded that she died by suicide.",
    "Nobody dies by suicide because of one thing.",
    "Reporting on suicide: leave out the method and the note.",
    "He jumped off the swing and cut his knee",
    "Never stop your medication without talking to your doctor.",
    "If a therapist promises a cure, be wary.",
    "Your doctor may suggest that you reduce your dose slowly.",
    "\"Just stop taking your tablets\" is the worst advice I have read.",
    "It is a myth that talking about suicide puts the idea in somebody's head.",
    "You don't need a referral from your GP to see a counsellor.",
    "Do you have social anxiety or are you shy? Only an assessment can tell.",
    "Don't skip your appointment just because you feel better.",
    "How to choose a therapist: ask about training and fees.",
    "The singer has spoken openly about her bipolar disorder.",
    "Clients often worry about crying in a session.",
    "Our shop has 20% off candles this week",
    "We have two spaces left on the minibus",
    "In her book the psychologist argues that emotions are made.",
];

#[test]
fn what_is_told_promised_offered_or_guessed_is_found_with_its_kind() {
    let mut wrong = Vec::new();
    for (text, category, kind, severity) in FOUND {
        let findings = screen(text).findings;
        let found = findings
            .iter()
            .filter(|f| f.category == *category && f.kind == Some(*kind))
            .max_by_key(|f| f.severity);
        if found.map(|f| f.severity) != Some(*severity) {
            let got: Vec<_> = findings.iter().map(|f| (f.category, f.kind, f.severity)).collect();
            wrong.push(format!("{text:?}: {category:?} {kind:?} {severity:?}, got {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn education_warnings_and_questions_are_left_alone() {
    let mut wrong = Vec::new();
    for text in NOT_FOUND {
        let grave: Vec<_> = screen(text)
            .findings
            .into_iter()
            .filter(|f| [Boundary, Disclosure, HarmfulAdvice, UnsafeSuicideContent].contains(&f.category))
            .filter(|f| f.severity >= Severity::Caution)
            .map(|f| (f.category, f.kind, f.start, f.end))
            .collect();
        if !grave.is_empty() {
            wrong.push(format!("{text:?}: {grave:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn wording_comes_with_a_better_wording() {
    for text in
        ["He committed suicide", "a failed suicide attempt", "Hypnotherapy cures anxiety", "Bin your meds"]
    {
        assert!(screen(text).findings.iter().any(|f| f.suggestion.is_some()), "{text}");
    }
}
