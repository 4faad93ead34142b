//! Rows of sentences with the third party and the gravest name that each must give. All people are examples.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::finding::Kind::{Client, Other, Relative, Therapist, Workplace};

/// A text, its gravest third party with the severity, and the severity of its gravest name (0 for none).
type Row = (&'static str, Option<(Kind, u8)>, u8);

const OWN_NAMES: &[Row] = &[
    ("My name is Robin Sample", None, 2),
    ("my name is oliver", None, 2),
    ("Hi, I'm Charlotte and I am new here", None, 2),
    ("I am Oliver Sample, and I write about grief", None, 2),
    ("I'm called Amelia", None, 2),
    ("Call me Oliver", None, 2),
    ("Oliver here, with a thought for the week", None, 2),
    ("Be kind to yourself today. Robin Sample, MBACP", None, 2),
    ("Robin Sample (UKCP) writes about endings", None, 2),
    ("Robin Sample, psychotherapist, writes about endings", None, 2),
    ("Rest is not a reward.\n\nOliver", None, 2),
    ("Rest is not a reward. - Amelia", None, 2),
    ("Thank you for listening. Love, Amelia", None, 2),
    ("Best wishes, Oliver Sample", None, 2),
    ("Kind regards, Amelia Sample", None, 2),
    ("Written by Oliver Sample", None, 2),
    ("Hello, Oliver Sample here from Wigan", None, 2),
    ("Please credit me, Oliver Sample: it was hard", None, 2),
    ("Rest is no reward. Dr Oliver Field, UKCP registered psychotherapist", None, 2),
    ("I'm Christian and therapy never asked about it", None, 0),
    ("I'm British, I queue", None, 0),
    ("I'm so tired today", None, 0),
    ("I am Autistic and proud", None, 0),
    ("\"What is most personal is most universal.\" - Rogers", None, 1),
];

const NAMED: &[Row] = &[
    ("My therapist Dr Jane Example is wonderful", Some((Therapist, 2)), 2),
    ("my therapist, Sarah, fell asleep", Some((Therapist, 2)), 2),
    ("My counsellor is called Priya", Some((Therapist, 2)), 2),
    ("I had a session with Priya on Thursday", Some((Therapist, 2)), 2),
    ("I am in therapy with Oliver Sample", Some((Therapist, 2)), 2),
    ("My key worker Dawn Sample never rings back", Some((Therapist, 2)), 2),
    ("My social worker Amelia helped us", Some((Therapist, 2)), 2),
    ("My brother Tom was sectioned in spring", Some((Relative, 2)), 2),
    ("My sister Anna has bipolar disorder", Some((Relative, 2)), 2),
    ("My sister is called Anna. She has an eating disorder.", Some((Relative, 2)), 2),
    ("My dad Peter drinks too much", Some((Relative, 2)), 2),
    ("Our son Oliver was diagnosed with autism", Some((Relative, 2)), 2),
    ("My ex Daniel cheated for years", Some((Relative, 2)), 2),
    ("My best friend Emily had a breakdown", Some((Relative, 2)), 2),
    ("abused by my uncle Peter", Some((Relative, 2)), 2),
    ("My husband Daniel told me he is depressed", Some((Relative, 2)), 2),
    ("My sister Anna bakes bread", Some((Relative, 1)), 1),
    ("My friend Emily lent me a book", Some((Relative, 1)), 1),
    ("My sister Anna drove me when I was depressed", Some((Relative, 1)), 1),
    ("My boss Karen Sample had an affair", Some((Workplace, 2)), 2),
    ("My manager Peter is an alcoholic", Some((Workplace, 2)), 2),
    ("My colleague Emily was diagnosed with cancer", Some((Workplace, 2)), 2),
    ("My line manager Peter likes tea", Some((Workplace, 1)), 1),
    ("My neighbour Peter was arrested", Some((Other, 2)), 2),
    ("My tutor Emily Sample has depression", Some((Other, 2)), 2),
    ("My client Alex told me about a dream", Some((Client, 2)), 2),
    ("One of my clients, Emily, wept", Some((Client, 2)), 2),
    ("A client of mine called Peter lost his job", Some((Client, 2)), 2),
    ("Mrs Sample next door has dementia", Some((Other, 2)), 2),
    ("Mr Sample has been sectioned", Some((Other, 2)), 2),
    ("Dr Sample was late again", None, 2),
    ("Sarah Whitfield has bipolar disorder", Some((Other, 2)), 2),
    ("Rachel is having an affair", Some((Other, 2)), 2),
    ("I had lunch with Rachel", None, 1),
    ("Rachel made me laugh today", None, 1),
    ("Thank you Rachel Greene for the cake", None, 1),
];

const NEAR: &[Row] = &[
    ("Carys, my oldest friend, is in rehab again", Some((Relative, 2)), 2),
    ("Oliver, my husband, can't have children", Some((Relative, 2)), 2),
    ("My wife Sarah lost the baby", Some((Relative, 2)), 2),
    ("My mate Oliver is off his meds", Some((Relative, 2)), 2),
    ("Old Mr Sample at the corner house has dementia", Some((Other, 2)), 2),
    ("Josie from my running club is having an affair", Some((Other, 2)), 2),
    ("Amelia in accounts told me she thinks about killing herself", Some((Other, 2)), 2),
    ("Dr Sample, who I see for trauma therapy, forgets what I say", Some((Therapist, 2)), 2),
    ("I see Dr Sample at the Larches and he's late", Some((Therapist, 2)), 2),
    ("I went to a man called Oliver Sample for a year", Some((Therapist, 2)), 2),
    ("Oliver Sample, counsellor in Wigan, shouted at me", Some((Therapist, 2)), 2),
    ("Shout out to Amelia Sample, who got me through my breakdown", Some((Therapist, 2)), 2),
    ("Amara lives with OCD and tells us so with her consent", None, 1),
    ("Dame Amelia Sample was slurring on the sofa", None, 1),
    ("King George VI had a stammer", None, 1),
    ("The Papageno effect protects people who are suicidal", None, 0),
    ("Therapy with Oliver, five minutes from the station", None, 1),
    ("I'm white and my therapist is Black", None, 1),
];

const SINGLED_OUT: &[Row] = &[
    ("The head teacher of the primary in our village is drinking again", Some((Other, 2)), 0),
    ("The vicar who married us at St Sample's has a gambling problem", Some((Other, 2)), 0),
    ("The lifeguard at our village pool is recovering from bulimia", Some((Other, 2)), 0),
    ("The night porter at the Grand in Wigan has PTSD", Some((Other, 2)), 0),
    ("The organist who played for us in June has dementia", Some((Other, 2)), 0),
    ("That lad who works in the chip shop in Wigan is HIV positive", Some((Other, 2)), 0),
    ("The bloke in flat 12 hears voices", Some((Other, 2)), 0),
    ("My cousin, the only vet in Wigan, has bulimia", Some((Relative, 2)), 0),
    ("My brother, who was the goalkeeper for our town, has been sectioned", Some((Relative, 2)), 0),
    ("My counsellor at the Willow Rooms told my mum everything", Some((Therapist, 2)), 0),
    ("The psychologist I see at the Market Street surgery turns up drunk", Some((Therapist, 2)), 0),
    ("My four o'clock last Tuesday was a councillor with debts", Some((Client, 2)), 0),
    ("A boy I see at St Sample's primary drew his dad", Some((Client, 2)), 0),
    ("My therapist in Manchester is kind", None, 0),
    ("Our vicar gave a talk on depression in March", None, 0),
    ("Our teacher in Wigan taught us about OCD", None, 0),
    ("The man who wrote the poem had depression", None, 0),
    ("The coach who taught me to breathe saved me a lot of worry", None, 0),
    ("The nurse at your surgery can refer you for counselling", None, 0),
    ("The GP at our practice explained that anxiety is common", None, 0),
    ("The report quotes a patient: \"Nobody asked me if I was suicidal\"", None, 0),
];

const KNOWN: &[Row] = &[
    ("Stephen Fry has spoken about his bipolar disorder", None, 1),
    ("Freud was depressed at times, his letters say", None, 1),
    ("Carl Rogers wrote that acceptance comes first", None, 1),
    ("Bowlby's attachment theory is about safety", None, 1),
    ("According to Winnicott, good enough is enough", None, 1),
    ("The author Emily Sample wrote about her depression", None, 1),
    ("The singer Emily Sample has cancelled her tour with depression", None, 1),
    ("In the novel, Anna has depression", None, 1),
    ("Imagine Rachel, who has anxiety and a new job", None, 1),
    ("Try the workbook Feeling Lighter by Dr. Emily Sample", None, 1),
    ("Groups such as NAMI help people who are depressed", None, 0),
    ("Parkinson's disease changes moods", None, 0),
    ("He lives with Asperger's", None, 0),
    ("Samaritans have been there since 1953", None, 0),
    ("Mind has depression leaflets", None, 0),
    ("Shout is a text line", None, 0),
    ("CALM is for anybody", None, 0),
    ("May is hard and so is December", None, 0),
    ("CBT, EMDR and Gestalt are ways of working", None, 0),
];

const UNNAMED: &[Row] = &[
    ("My sister has depression", Some((Relative, 1)), 0),
    ("my little brother was sectioned", Some((Relative, 1)), 0),
    ("Our daughter is anorexic", Some((Relative, 1)), 0),
    ("My mum told me she was raped", Some((Relative, 1)), 0),
    ("Her husband is an alcoholic", Some((Relative, 1)), 0),
    ("my boss is having an affair", Some((Workplace, 1)), 0),
    ("My boss bullies everyone", Some((Workplace, 1)), 0),
    ("I had an affair with my boss", Some((Workplace, 1)), 0),
    ("My therapist is going through a divorce", Some((Therapist, 1)), 0),
    ("My neighbour is bipolar", Some((Other, 1)), 0),
    ("My sister came. She has schizophrenia.", Some((Relative, 1)), 0),
    ("My sister, who teaches at Oakfield Primary School, has bipolar", Some((Relative, 2)), 0),
    ("My boss at Harrow Lane is an alcoholic", Some((Workplace, 2)), 0),
    ("My manager at Tesco in Leeds had a breakdown", Some((Workplace, 2)), 0),
    ("My therapist at the Larch Centre is going through a divorce", Some((Therapist, 2)), 0),
    ("The only physio at Oakfield surgery had a breakdown last March", Some((Therapist, 2)), 0),
    ("The head teacher of Oakfield School was sectioned", Some((Other, 2)), 0),
    ("The vicar at St Anne's is an alcoholic", Some((Other, 2)), 0),
    ("Our receptionist had a miscarriage in March", Some((Other, 2)), 0),
    ("Our vicar has been having an affair since Easter", Some((Other, 2)), 0),
    ("The only dentist in Wigan is bipolar", Some((Other, 2)), 0),
    ("My only colleague at the Harlow branch overdosed", Some((Workplace, 2)), 0),
    ("My lecturer at Harlow College is being treated for depression", Some((Other, 2)), 0),
];

const CLIENTS: &[Row] = &[
    ("A client told me today about the affair she had with a police officer", Some((Client, 2)), 0),
    ("My client is a nurse and was raped", Some((Client, 2)), 0),
    ("My 34 year old client said she lost her twin", Some((Client, 2)), 0),
    ("A client of mine had a dream about her mother", Some((Client, 1)), 0),
    ("One of my clients was arrested last week", Some((Client, 1)), 0),
    ("I saw a client yesterday who is a pilot", Some((Client, 2)), 0),
    ("A patient told me this morning that he is a pilot", Some((Client, 2)), 0),
    ("One of my clients cried this week", Some((Client, 1)), 0),
    ("My client was late", Some((Client, 1)), 0),
    ("Clients often feel worse before they feel better", None, 0),
    ("If a client tells you they are depressed, listen", None, 0),
    ("If you were my client, a mother of two, we would talk", None, 0),
    ("A client may ask for their notes", None, 0),
    ("The client can end therapy at any time", None, 0),
    ("Person and client are both fine words", None, 0),
    ("My clients often say that autumn is hard", None, 0),
    ("What a patient says is confidential", None, 0),
    ("Client confidentiality has limits", None, 0),
];

const TRAPS: &[Row] = &[
    ("If your sister is depressed, ask her how she is", None, 0),
    ("Your boss may not know about your depression", None, 0),
    ("When a friend is suicidal, stay with them", None, 0),
    ("My sister helped me through my depression", None, 0),
    ("My mum drove me to hospital", None, 0),
    ("My therapist told me I have depression", None, 0),
    ("My therapist said that anxiety is a signal", None, 0),
    ("My therapist specialises in bipolar disorder", None, 0),
    ("My sister works in a hospital", None, 0),
    ("My sister and I talked about therapy", None, 0),
    ("My friend runs a group about debt", None, 0),
    ("My boss gave me time off when I was sectioned", None, 0),
    ("My sister is not depressed", None, 0),
    ("A GP can refer you", None, 0),
    ("The therapist should explain what they charge", None, 0),
    ("The doctor at the end of the line will ask questions", None, 0),
    ("Ask the receptionist about a chaperone", None, 0),
    ("The teacher of a depressed child can help", None, 0),
    ("A manager with depression can be a good manager", None, 0),
    ("People with bipolar disorder can live full lives", None, 0),
    ("Our GP is kind", None, 0),
    ("Some friends drift away when we are ill", None, 0),
    ("Partners of people with depression need support too", None, 0),
    ("Grief has no timetable.", None, 0),
    ("Rest is not a reward that has to be earned.", None, 0),
    ("It is all right to change therapist if it isn't working for you.", None, 0),
    ("心の健康 は 大切 です 🙂", None, 0),
    ("", None, 0),
];

fn judged(text: &str) -> (Option<(Kind, u8)>, u8) {
    let normalised = Normalised::new(text);
    let mut found = Vec::new();
    find(&normalised, &mut found);
    for one in &found {
        assert!(one.start < one.end && one.end <= normalised.folded.len(), "{text}");
    }
    let person = found
        .iter()
        .filter(|one| one.category == Category::ThirdParty)
        .max_by_key(|one| one.severity)
        .map(|one| (one.kind.unwrap(), u8::from(one.severity)));
    let name = found
        .iter()
        .filter(|one| one.kind == Some(Kind::PersonName))
        .map(|one| u8::from(one.severity))
        .max()
        .unwrap_or(0);
    (person, name)
}

#[test]
fn every_row_gets_its_third_party_and_its_name() {
    let rows: Vec<&Row> =
        [OWN_NAMES, NAMED, NEAR, SINGLED_OUT, KNOWN, UNNAMED, CLIENTS, TRAPS].into_iter().flatten().collect();
    assert!(rows.len() >= 120, "{} rows", rows.len());
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(text, person, name)| judged(text) != (*person, *name))
        .map(|(text, person, name)| format!("{text:?}: {:?}, not {:?}", judged(text), (person, name)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn the_writers_own_name_is_told_apart_from_the_names_of_others() {
    for (text, own) in
        [("I'm Charlotte and I write", true), ("My sister Anna bakes bread", false), ("Rest well", false)]
    {
        assert_eq!(find(&Normalised::new(text), &mut Vec::new()), own, "{text}");
    }
}

#[test]
fn a_name_is_found_where_it_stands() {
    let text = Normalised::new("🙂 My sister Anna O'Neill has bipolar disorder");
    let mut found = Vec::new();
    find(&text, &mut found);
    let name = found.iter().find(|one| one.kind == Some(Kind::PersonName)).unwrap();
    assert_eq!(text.span(name.start, name.end), (12, 24));
}

#[test]
fn walks_are_bounded() {
    // Every word a relation and every word private: the dearest text there is.
    let dear = "my sister has depression and my client told me she was my boss Anna ".repeat(300);
    let normalised = Normalised::new(&dear);
    let mut found = Vec::new();
    find(&normalised, &mut found);
    assert!(found.len() > 300);
}
