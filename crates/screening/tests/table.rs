//! Rows of text with the route and the grave categories that they must get.
//!
//! Invariant: each row states every category that reaches severity 2 or 3, so a rule that fires too widely fails here as
//! surely as one that doesn't fire. All people, numbers and addresses are examples.

use std::collections::BTreeSet;

use screening::Category::{
    Abuse, Boundary, Disclosure, HarmToOthers, HarmfulAdvice, PersonalData, Safeguarding, SelfHarmRisk,
    Sexual, Spam, ThirdParty, UnsafeSuicideContent,
};
use screening::Route::{Decline, Hold, Redact, Review};
use screening::{Category, Route, Severity, screen};

type Row = (&'static str, Route, &'static [Category]);

const SELF_HARM: &[Row] = &[
    ("I want to die.", Hold, &[SelfHarmRisk]),
    ("i just wanna die", Hold, &[SelfHarmRisk]),
    ("Some days are fine. Today I want to kill myself.", Hold, &[SelfHarmRisk]),
    ("I am going to end my life tonight", Hold, &[SelfHarmRisk]),
    ("I\u{2019}m gonna kill myself", Hold, &[SelfHarmRisk]),
    ("I have decided to end it all.", Hold, &[SelfHarmRisk]),
    ("I've written goodbye letters to everyone I love.", Hold, &[SelfHarmRisk]),
    ("I have been saving up my tablets for weeks.", Hold, &[SelfHarmRisk]),
    ("I took an overdose an hour ago", Hold, &[Disclosure, SelfHarmRisk]),
    ("I tried to kill myself last night.", Hold, &[Disclosure, SelfHarmRisk]),
    ("I keep thinking about suicide and I can't switch it off", Hold, &[SelfHarmRisk]),
    ("I've been feeling really suicidal since the weekend", Hold, &[SelfHarmRisk]),
    ("I wish I was dead", Hold, &[SelfHarmRisk]),
    ("Every night I hope I don't wake up.", Hold, &[SelfHarmRisk]),
    ("I don't want to be alive anymore", Hold, &[SelfHarmRisk]),
    ("I dont want to be here any more", Hold, &[SelfHarmRisk]),
    ("My family would be better off without me.", Hold, &[SelfHarmRisk]),
    ("There is no point in living, there is nothing left to live for.", Hold, &[SelfHarmRisk]),
    ("I want to hurt myself again.", Hold, &[SelfHarmRisk]),
    ("I can't stop cutting myself", Hold, &[SelfHarmRisk]),
    ("I used to be fine but now I want to die", Hold, &[SelfHarmRisk]),
    ("Sometimes it feels as if killing myself is the only door left", Hold, &[SelfHarmRisk]),
    ("w\u{200b}ant is a word, and I w\u{200b}ant to d\u{200b}ie", Hold, &[SelfHarmRisk]),
    ("Ｉ ｗａｎｔ ｔｏ ｄｉｅ", Hold, &[SelfHarmRisk]),
    ("I want\nto kill\nmyself", Hold, &[SelfHarmRisk]),
    ("I w\u{0430}nt t\u{043e} di\u{0435}", Hold, &[SelfHarmRisk]),
    ("My son says he wants to kill himself and I am so frightened", Hold, &[SelfHarmRisk]),
    ("My best friend is suicidal and I can't reach her.", Hold, &[SelfHarmRisk]),
    ("my daughter texted me: 'I want to die'", Hold, &[SelfHarmRisk]),
    ("She told me she is going to end her life this weekend", Hold, &[SelfHarmRisk]),
    ("What is the easiest way to die", Hold, &[SelfHarmRisk, UnsafeSuicideContent]),
    ("What do I do? My husband keeps talking about ending his life.", Hold, &[SelfHarmRisk]),
    ("I can't even kill myself properly", Hold, &[SelfHarmRisk]),
    ("I just want to end it right now.", Hold, &[SelfHarmRisk]),
    ("I no longer want to be here", Hold, &[SelfHarmRisk]),
    ("I tried to take my own life on Sunday", Hold, &[Disclosure, SelfHarmRisk]),
    ("Tonight is my last night", Hold, &[SelfHarmRisk]),
    ("I just took a handful of pills", Hold, &[SelfHarmRisk]),
    ("I took two paracetamol for my headache", Review, &[]),
    ("I want to end it with my boyfriend, kindly", Review, &[]),
    ("After the film I want to die", Hold, &[SelfHarmRisk]),
    ("When people visit, my son says he wants to kill himself", Hold, &[SelfHarmRisk]),
    ("I tried to kill myself yesterday, as I did when I was young", Hold, &[Disclosure, SelfHarmRisk]),
    // The past, negation, education, figures of speech.
    ("Asking about suicide does not put the idea in their head.", Review, &[]),
    ("Asking somebody whether they feel suicidal doesn't plant the idea.", Review, &[]),
    ("Reach Samaritans on 116 123, at any hour.", Review, &[]),
    ("This essay is killing me", Review, &[]),
    ("How do I kill a process that hangs?", Review, &[]),
    ("When I was twenty I wanted to die. It passed, with time and with people.", Review, &[]),
    ("Years ago I used to feel suicidal.", Review, &[]),
    ("I am not going to kill myself, I only need some sleep.", Review, &[]),
    ("I would never kill myself.", Review, &[]),
    ("If someone says \"I want to die\", stay with them and listen.", Review, &[]),
    ("If a friend tells you they want to kill themselves, ask directly.", Review, &[]),
    ("People who want to die often want the pain to end.", Review, &[]),
    ("In the novel the hero decides that he wants to kill himself, and is found in time.", Review, &[]),
    ("I nearly died of embarrassment at the school play.", Review, &[]),
    ("I want to die laughing at this sketch.", Review, &[]),
    ("I am dying to see the new series.", Review, &[]),
    ("I'm thinking about suicide prevention training for our team.", Review, &[]),
    ("Suicide is never the answer to a bad night; people who are heard often feel differently.", Review, &[]),
    ("A good plan for the week can help when motivation is low.", Review, &[]),
    ("My battery died halfway through the call.", Review, &[]),
    ("I tried to kill myself when I was nineteen, and I am glad to be here.", Redact, &[Disclosure]),
    ("I used to self-harm at school.", Redact, &[Disclosure]),
];

const DANGER: &[Row] = &[
    ("I am going to kill him when he gets home", Hold, &[HarmToOthers]),
    ("I want to hurt my boss", Hold, &[HarmToOthers]),
    ("I keep having thoughts about hurting my baby", Hold, &[HarmToOthers]),
    ("He threatened to kill me if I leave.", Hold, &[HarmToOthers]),
    ("I'll stab him, I mean it", Hold, &[HarmToOthers]),
    ("I could kill my flatmate for eating the cake, haha", Review, &[]),
    ("We need to kill the stigma.", Review, &[]),
    ("My partner hits me when he drinks.", Hold, &[Safeguarding]),
    ("my dad is hitting me and my brother", Hold, &[Safeguarding]),
    ("My neighbour hits her little boy every evening.", Hold, &[Safeguarding]),
    ("A girl in my class told me that her stepdad touches her.", Hold, &[Safeguarding]),
    ("The man who abused me still works with children.", Hold, &[Safeguarding]),
    ("My uncle touches me when we are alone", Hold, &[Safeguarding]),
    ("When people come round my dad hits me", Hold, &[Safeguarding]),
    ("If someone is hitting their child, call the police.", Review, &[]),
    ("I think the carers are hitting my gran.", Hold, &[Safeguarding]),
    ("I'm being abused at home", Hold, &[Safeguarding]),
    ("My husband won't let me leave the house.", Hold, &[Safeguarding]),
    ("Her grandson takes her pension every month.", Hold, &[Safeguarding]),
    ("My stepdad used to hit me when I was a child.", Redact, &[Disclosure]),
    ("My father beat us when I was a child, years ago.", Redact, &[Disclosure]),
    ("I was abused as a child.", Redact, &[Disclosure]),
    ("Abuse is never the fault of the person who was abused.", Review, &[]),
    ("Exposure is one part of some therapies.", Review, &[]),
    ("The word trigger has an ordinary meaning too.", Review, &[]),
    ("Coercive control has been a crime in England and Wales since 2015.", Review, &[]),
];

const PERSONAL: &[Row] = &[
    ("Write to sam.example@mail.example.com", Redact, &[PersonalData]),
    ("sam (at) example (dot) com is where I am", Redact, &[PersonalData]),
    ("Ring me on 07700 900123", Redact, &[PersonalData]),
    ("My number is 07700900123.", Redact, &[PersonalData]),
    ("call +44 (0)7700 900 123", Redact, &[PersonalData]),
    ("Call 020 7946 0958 after six", Redact, &[PersonalData]),
    ("+33 1 99 00 12 34 is her number", Redact, &[PersonalData]),
    ("(212) 555-0187", Redact, &[PersonalData]),
    ("０７７００ ９００１２３", Redact, &[PersonalData]),
    ("07700\u{200b}900\u{200b}123", Redact, &[PersonalData]),
    ("We meet near M1 1AE", Redact, &[PersonalData]),
    ("I live at 14 Orchard Lane", Redact, &[PersonalData]),
    ("Flat 3, 12 Acacia Avenue", Redact, &[PersonalData]),
    ("NHS number 943 476 5919", Redact, &[PersonalData]),
    ("My NHS number is 943 476 5918", Redact, &[PersonalData]),
    ("AB 12 34 56 C", Redact, &[PersonalData]),
    ("My national insurance number is QQ123456C", Redact, &[PersonalData]),
    ("date of birth 3/5/1984", Redact, &[PersonalData]),
    ("I was born on 3 May 1984", Redact, &[PersonalData]),
    ("Card 4111 1111 1111 1111", Redact, &[PersonalData]),
    ("sort code 12-34-56, account number 12345678", Redact, &[PersonalData]),
    ("GB82 WEST 1234 5698 7654 32", Redact, &[PersonalData]),
    ("Ask @quiet_meadow_91 about it", Redact, &[PersonalData]),
    ("https://www.facebook.com/example.person.91", Redact, &[PersonalData]),
    ("My name is Robin Sample", Redact, &[PersonalData]),
    ("Be kind to yourself today. Robin Sample, MBACP", Redact, &[PersonalData]),
    ("NHS number 943 476 5918 is only a made-up one", Review, &[]),
    ("The code GB123456A is not given out", Review, &[]),
    ("Order 4111 1111 1111 1112 has arrived", Review, &[]),
    ("Call PAPYRUS on 0800 068 4141 or Childline on 0800 1111.", Review, &[]),
    ("CALM answers on 0800 58 58 58 in the evening.", Review, &[]),
    ("Mail jo@samaritans.org if writing is easier", Review, &[]),
    ("Thank you @ClientsConnect and @samaritans", Review, &[]),
    ("https://www.example.com/books/anxiety", Review, &[]),
    ("Samaritans' page is https://www.samaritans.org/how-we-can-help/", Review, &[]),
    ("About 1 in 4 people each year, in 2019 and again in 2023.", Review, &[]),
    ("It was 2024-05-01 at 10:30, and 3 people came.", Review, &[]),
    ("Take a walk down the street for 10 minutes", Review, &[]),
    ("Write to your MP at SW1A 0AA", Review, &[]),
];

const PEOPLE: &[Row] = &[
    ("My therapist Dr Jane Example is wonderful", Redact, &[Disclosure, PersonalData, ThirdParty]),
    ("My brother Tom was sectioned in spring", Redact, &[PersonalData, ThirdParty]),
    ("My client Alex told me about a dream", Redact, &[PersonalData, ThirdParty]),
    ("My sister Anna bakes bread", Review, &[]),
    ("My therapist told me to breathe out slowly", Redact, &[Disclosure]),
    ("In my last session yesterday I cried.", Redact, &[Disclosure]),
    ("I was diagnosed with bipolar disorder in June", Redact, &[Disclosure]),
    ("I was sectioned twice and I'm proud of coming through", Redact, &[Disclosure]),
    ("I take sertraline and it helps!", Redact, &[Disclosure]),
    ("I am on antidepressants", Redact, &[Disclosure]),
    ("I have PTSD.", Redact, &[Disclosure]),
    ("I started therapy in January and love it", Redact, &[Disclosure]),
    ("I have depression, mail me at sam.example@mail.example.com", Redact, &[Disclosure, PersonalData]),
    ("I had a panic attack, it was awful", Review, &[]),
    ("I feel so lonely these days", Review, &[]),
    ("What happens in a first session of therapy?", Review, &[]),
    ("Therapy can feel worse before it feels better, and you may say so.", Review, &[]),
    ("You can always ask a therapist about their training.", Review, &[]),
    ("Sertraline is one of several medicines that a GP may offer.", Review, &[]),
    ("People with bipolar disorder can live full lives.", Review, &[]),
];

const CONTENT: &[Row] = &[
    ("He committed suicide in 1970", Review, &[UnsafeSuicideContent]),
    ("a failed suicide attempt", Review, &[UnsafeSuicideContent]),
    ("She found a peaceful way out", Review, &[UnsafeSuicideContent]),
    ("He died by suicide because he lost his job", Review, &[UnsafeSuicideContent]),
    ("It must have been planned; he must have killed himself", Review, &[UnsafeSuicideContent]),
    ("He died by suicide last year, and we miss him", Review, &[]),
    ("Stop taking your antidepressants, you will feel alive", Review, &[HarmfulAdvice]),
    ("Double your dose if it does not work", Review, &[HarmfulAdvice]),
    ("Don't stop taking your medication without talking to your GP", Review, &[]),
    ("Before you stop taking your tablets, speak to a pharmacist", Review, &[]),
    ("Breathwork cures depression", Review, &[HarmfulAdvice]),
    ("No therapy cures depression overnight", Review, &[]),
    ("Your ex is a narcissist", Review, &[HarmfulAdvice]),
    ("Therapy is a scam", Review, &[HarmfulAdvice]),
    ("Never trust a therapist", Review, &[HarmfulAdvice]),
    ("Depression is just laziness", Review, &[HarmfulAdvice]),
    ("It is a myth that depression is just laziness", Review, &[]),
    ("thinspo for the summer", Review, &[HarmfulAdvice]),
    ("Book a free consultation with me today", Review, &[Boundary]),
    ("I have availability for new clients", Review, &[Boundary]),
    ("One of my clients cried this week", Review, &[Boundary]),
    ("Please leave me a review", Review, &[Boundary]),
    (
        "Counsellor in Leeds, ring me on 07700 900123, accepting new clients",
        Redact,
        &[Boundary, PersonalData],
    ),
    ("Go kill yourself", Decline, &[Abuse]),
    ("nobody likes you, kys", Decline, &[Abuse]),
    ("People with schizophrenia are dangerous", Review, &[Abuse]),
    ("People with schizophrenia are not dangerous", Review, &[]),
    ("You are pathetic", Review, &[Abuse]),
    ("Please don't kill yourself over one exam", Review, &[]),
    ("Never say \"kill yourself\" to anybody, not even as a joke", Review, &[]),
    ("If you feel better, stop taking your tablets", Review, &[HarmfulAdvice]),
    ("If you want to stop taking your tablets, ask first", Review, &[]),
    ("If you need money, click here to win", Decline, &[Spam]),
    ("If you need support, book a session with me", Review, &[Boundary]),
    ("Send nudes", Decline, &[Sexual]),
    ("Buy 1000 followers now, cheap", Decline, &[Spam]),
    ("Earn £500 a day from home", Decline, &[Spam]),
    ("Click here to claim your free iphone", Decline, &[Spam]),
    ("buy buy buy buy buy buy buy buy buy", Review, &[Spam]),
];

const NEUTRAL: &[Row] = &[
    ("", Review, &[]),
    ("   \n\n\t ", Review, &[]),
    ("It is all right to change therapist if it isn't working for you.", Review, &[]),
    ("You don't have to forgive anybody to get better.", Review, &[]),
    ("Rest is not a reward that has to be earned.", Review, &[]),
    ("A therapist should tell you what they charge before you begin.", Review, &[]),
    ("Grief has no timetable.", Review, &[]),
    ("How do I know whether my feelings in therapy are normal?", Review, &[]),
    ("Boundaries protect the work, and you can ask about them.", Review, &[]),
    ("心の健康 は 大切 です 🙂", Review, &[]),
    ("<script>alert('hello')</script>", Review, &[]),
];

#[test]
fn every_row_gets_its_route_and_its_categories() {
    let rows: Vec<&Row> =
        [SELF_HARM, DANGER, PERSONAL, PEOPLE, CONTENT, NEUTRAL].into_iter().flatten().collect();
    assert!(rows.len() >= 120, "{} rows", rows.len());
    let mut wrong = Vec::new();
    for (text, route, categories) in rows {
        let report = screen(text);
        // What the model adds without changing the route (it names no kind) is a glance for a reviewer; the tables are about
        // what must be found.
        let grave: BTreeSet<Category> = report
            .findings
            .iter()
            .filter(|finding| finding.severity >= Severity::Caution)
            .filter(|finding| finding.kind.is_some() || categories.contains(&finding.category))
            .map(|finding| finding.category)
            .collect();
        let expected: BTreeSet<Category> = categories.iter().copied().collect();
        if report.route != *route || grave != expected {
            let found: Vec<_> =
                report.findings.iter().map(|f| (f.category, f.kind, f.severity, f.start, f.end)).collect();
            wrong.push(format!(
                "{text:?}\n  expected {route:?} {expected:?}\n  got {:?} {found:?}",
                report.route
            ));
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn severities_within_a_category_follow_the_specification() {
    for (text, category, severity) in [
        ("I want to die.", SelfHarmRisk, Severity::Caution),
        ("I am going to kill myself tonight.", SelfHarmRisk, Severity::Stop),
        ("I tried to kill myself last night.", SelfHarmRisk, Severity::Stop),
        ("I took an overdose an hour ago.", SelfHarmRisk, Severity::Stop),
        ("When I was twenty I wanted to die.", SelfHarmRisk, Severity::Note),
        ("I tried to kill myself when I was nineteen.", SelfHarmRisk, Severity::Note),
        ("I tried to kill myself when I was nineteen.", Disclosure, Severity::Caution),
        ("I had a panic attack.", Disclosure, Severity::Note),
        ("I have depression, mail me at sam.example@mail.example.com", Disclosure, Severity::Stop),
        ("Go kill yourself", Abuse, Severity::Stop),
        ("He committed suicide", UnsafeSuicideContent, Severity::Caution),
        ("I am going to kill him", HarmToOthers, Severity::Stop),
    ] {
        let gravest =
            screen(text).findings.iter().filter(|f| f.category == category).map(|f| f.severity).max();
        assert_eq!(gravest, Some(severity), "{text} {category:?}");
    }
}

#[test]
fn a_suggestion_comes_with_the_language_of_suicide() {
    let report = screen("He committed suicide");
    let language = report
        .findings
        .iter()
        .find(|f| f.suggestion.as_deref().is_some_and(|s| s.contains("died by suicide")));
    assert_eq!(language.map(|f| (f.start, f.end)), Some((3, 20)));
}
