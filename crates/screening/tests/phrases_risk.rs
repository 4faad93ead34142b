//! Rows of danger to oneself, to others and from others, with the category, kind and severity that each must get.
//!
//! Invariant: a row with `None` has no finding of these three categories above severity 1, so a rule that fires on a
//! figure of speech, a memory or a lesson fails here. All people are examples.

use screening::Category::{HarmToOthers, Safeguarding, SelfHarmRisk};
use screening::{Category, Kind, Severity, screen};

type Row = (&'static str, Option<(Category, Option<Kind>, Severity)>);

const fn own(severity: Severity) -> Option<(Category, Option<Kind>, Severity)> {
    Some((SelfHarmRisk, Some(Kind::Writer), severity))
}

const fn other(severity: Severity) -> Option<(Category, Option<Kind>, Severity)> {
    Some((SelfHarmRisk, Some(Kind::OtherPerson), severity))
}

const fn harm(severity: Severity) -> Option<(Category, Option<Kind>, Severity)> {
    Some((HarmToOthers, None, severity))
}

const fn abuse(kind: Kind) -> Option<(Category, Option<Kind>, Severity)> {
    Some((Safeguarding, Some(kind), Severity::Caution))
}

use Severity::{Caution, Stop};

const ROWS: &[Row] = &[
    // Intention, plan, means, farewell.
    ("I'm going to end my life this weekend", own(Stop)),
    ("ive picked a day to die and it is close", own(Stop)),
    ("I have a plan and I have the means.", own(Stop)),
    ("I know exactly how I'm going to do it", own(Stop)),
    ("wrote my goodbye letters, they're in the drawer", own(Stop)),
    ("By the time you read this I will be gone.", own(Stop)),
    ("Don't blame yourselves for what I'm about to do", own(Stop)),
    ("I won't be needing money where I'm going", own(Stop)),
    ("What is the most painless way to die", own(Stop)),
    ("how many tablets would it take to die", own(Stop)),
    ("overdosed tonight, nobody knows", own(Stop)),
    ("tried to die last night", own(Stop)),
    ("I've put my meds aside for weeks so that I've got enough", own(Stop)),
    // Thoughts and wishes.
    ("feeling suicidal again", own(Caution)),
    ("dont wanna be alive anymore tbh", own(Caution)),
    ("I've wanted to die every day since June", own(Caution)),
    ("Part of me hopes I don't wake up", own(Caution)),
    ("I wouldn't mind if I got hit by a bus", own(Caution)),
    ("Everybody's life would be easier without me around", own(Caution)),
    ("My kids will be fine without me", own(Caution)),
    ("I won't be a problem for much longer", own(Stop)),
    ("The only thing keeping me alive is my dog", own(Caution)),
    ("I pray to God to take me every night", own(Caution)),
    ("I don't expect to be alive by Christmas", own(Caution)),
    ("lying there wishing I was never born", own(Caution)),
    ("I can't keep myself safe", own(Caution)),
    ("I am scared of what I might do to myself", own(Caution)),
    ("the voices keep telling me to kill myself", own(Caution)),
    ("I told my brother I wanted to die", own(Caution)),
    ("I do not have the courage to kill myself", own(Caution)),
    ("so done with life", own(Caution)),
    // Hurting oneself now.
    ("I cut myself again last night", own(Caution)),
    ("I keep hitting myself until it goes quiet", own(Caution)),
    ("relapsed again today and i hate it", own(Caution)),
    ("the urge to cut is back", own(Caution)),
    // Somebody else.
    ("My flatmate said she no longer wants to live", other(Caution)),
    ("he keeps talking about killing himself", other(Caution)),
    ("A lad on my course told me he wants to die", other(Caution)),
    ("I'm worried my sister is going to hurt herself", other(Caution)),
    ("My nephew has been self-harming", other(Caution)),
    ("my wife left a suicide note and her phone is off", other(Stop)),
    ("My friend has overdosed and won't wake up", other(Stop)),
    ("She says she'll kill herself if I leave", other(Stop)),
    // Harm to others.
    ("lol no but seriously I'm going to stab him tomorrow", harm(Stop)),
    ("lol I'm going to stab him if he eats my chips", None),
    ("I'm going to break his jaw when I see him", harm(Stop)),
    ("I know where you live", harm(Stop)),
    ("ill slit your throat", harm(Stop)),
    ("we will burn your house down", harm(Stop)),
    ("I keep thinking about stabbing my boss", harm(Caution)),
    ("I'm scared I'll hurt my baby", harm(Caution)),
    // Abuse that goes on.
    ("My husband keeps pushing me against the wall", abuse(Kind::Domestic)),
    ("He punched me again last night", abuse(Kind::Domestic)),
    ("my boyfriend won't let me see my friends", abuse(Kind::Domestic)),
    ("mums boyfriend comes into my room at night", abuse(Kind::Child)),
    ("Her stepdad hits my niece", abuse(Kind::Child)),
    ("The toddler had bruises on his back again", abuse(Kind::Child)),
    ("Carers at the home are rough with my nan", abuse(Kind::Adult)),
    ("My son takes his gran's pension", abuse(Kind::Adult)),
    // None: memory, negation, lessons, figures of speech.
    ("When I was at school I wanted to be dead. I'm glad I stayed.", None),
    ("Never once have I wanted to die.", None),
    ("If I were you I'd ask for a refund.", None),
    ("I asked him whether he was suicidal and he said no.", None),
    ("Thoughts of suicide are more common than people think.", None),
    ("I could live with my sister for a year.", None),
    ("I don't want to live in this flat any more.", None),
    ("Goodbye everyone, see you next term!", None),
    ("This is my last post until the holidays.", None),
    ("I want to die lol, my mum saw my haircut", None),
    ("I'd rather die than eat another tinned pear.", None),
    ("Somebody told my sister to kill herself, and here is how we reported it.", None),
    ("I'm going to kill you at chess on Friday", None),
    ("She pushed me to try harder", None),
    ("He kicked me out of the group chat", None),
    ("I would never hurt my children.", None),
    ("We are going to shoot the kids in matching jumpers, natural light only.", None),
    ("I have nothing left to give that job.", None),
    ("My father beat me when I was a child.", None),
];

#[test]
fn danger_is_seen_for_what_it_is() {
    let mut wrong = Vec::new();
    for (text, wanted) in ROWS {
        let report = screen(text);
        let grave = report.findings.iter().filter(|finding| {
            matches!(finding.category, SelfHarmRisk | HarmToOthers | Safeguarding)
                && finding.severity >= Severity::Caution
        });
        let gravest = grave.max_by_key(|finding| finding.severity);
        let got = gravest.map(|finding| (finding.category, finding.kind, finding.severity));
        if got != *wanted {
            wrong.push(format!("{text:?}: {got:?}, not {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
