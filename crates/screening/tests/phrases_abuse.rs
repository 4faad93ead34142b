//! Rows of text with the gravest finding of abuse, sexual content or commerce that each must get.
//!
//! Invariant: a row without a finding is as firm as one with: words that are denied, quoted, condemned or meant otherwise
//! reach no severity above 1. Groups and persons are examples.

use screening::Category::{Abuse, Sexual, Spam};
use screening::Kind::{Harassment, Hate, Stigma};
use screening::{Category, Kind, Severity, screen};

type Row = (&'static str, Option<(Category, Option<Kind>, u8)>);

const HATE: Option<(Category, Option<Kind>, u8)> = Some((Abuse, Some(Hate), 3));
const SLUR: Option<(Category, Option<Kind>, u8)> = Some((Abuse, Some(Hate), 2));
const DEATH: Option<(Category, Option<Kind>, u8)> = Some((Abuse, Some(Harassment), 3));
const INSULT: Option<(Category, Option<Kind>, u8)> = Some((Abuse, Some(Harassment), 2));
const STIGMA: Option<(Category, Option<Kind>, u8)> = Some((Abuse, Some(Stigma), 2));
const SEX: Option<(Category, Option<Kind>, u8)> = Some((Sexual, None, 3));
const SPAM: Option<(Category, Option<Kind>, u8)> = Some((Spam, None, 3));

/// The gravest finding of the three categories with a severity of 2 or 3.
fn gravest(text: &str) -> Option<(Category, Option<Kind>, u8)> {
    let report = screen(text);
    let grave = report.findings.iter().filter(|finding| {
        matches!(finding.category, Abuse | Sexual | Spam) && finding.severity > Severity::Note
    });
    let gravest = grave.max_by_key(|finding| finding.severity)?;
    Some((gravest.category, gravest.kind, u8::from(gravest.severity)))
}

fn check(rows: &[Row]) {
    let wrong: Vec<_> = rows
        .iter()
        .map(|(text, expected)| (text, expected, gravest(text)))
        .filter(|(_, expected, got)| **expected != *got)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn hate_of_a_group_is_found_however_it_is_said() {
    check(&[
        ("I loathe every immigrant in this town", HATE),
        ("Muslims are a cancer on this country", HATE),
        ("Most disabled people are just a burden", HATE),
        ("trans people arent human", HATE),
        ("Gay people should not be allowed to teach", HATE),
        ("We were better off before the immigrants came", HATE),
        ("Someone ought to shoot all the Muslims", HATE),
        ("Women deserve a beating", HATE),
        ("Immigrants again. They are vermin.", HATE),
        ("There are black people next door and I can't stand them", HATE),
        ("Why are women so stupid?", HATE),
        ("Does anyone else hate gay people?", HATE),
        ("If you ask me, immigrants are scum", HATE),
        ("I'm not racist but black people are thieves", HATE),
        ("I hate w0men", HATE),
        ("Ihatewomen", HATE),
        ("Immigrants are d i s g u s t i n g", HATE),
        ("Mulsims should be deported", HATE),
        ("He says that women are vermin and I agree", HATE),
        ("Death to all foreigners", HATE),
        ("Being gay is a disease", HATE),
    ]);
}

#[test]
fn hate_denied_quoted_condemned_or_meant_otherwise_is_none() {
    check(&[
        ("I don't hate immigrants", None),
        ("Women are not stupid", None),
        ("No Muslim deserves to die", None),
        ("It is a lie that immigrants are criminals", None),
        ("\"Immigrants are scum\" was on the wall. We painted over it.", None),
        ("My uncle says that gay people are disgusting, and it hurts", None),
        ("Saying that women are vermin is never acceptable", None),
        ("People who say black people are thieves are wrong", None),
        ("Violence against women is disgusting", None),
        ("I hate women's shoe sizes", None),
        ("I'm sick of gay people being blamed", None),
        ("Immigrants deserve our respect", None),
        ("I hate Mondays", None),
        ("Estate agents are scum", None),
        ("The meeting with the Muslim women was lovely. The biscuits were awful.", None),
        ("Immigrants meet racists every day. They are vermin.", None),
        ("As a proud dyke I loved this post", None),
        ("A Maine coon is a cat", None),
        ("The word 'tranny' is a slur", None),
    ]);
}

#[test]
fn attacks_on_a_person_are_harassment() {
    check(&[
        ("kill yourself", DEATH),
        ("go and drink bleach", DEATH),
        ("the world would be better off without you", DEATH),
        ("I hope you choke", DEATH),
        ("nobody would miss you", DEATH),
        ("You are a pathetic little man", INSULT),
        ("What a complete moron", INSULT),
        ("Idiot.", INSULT),
        ("shut your mouth", INSULT),
        ("Never tell anybody to kill themselves", None),
        ("Do you feel that nobody would miss you?", None),
        ("That thought tells you that you are worthless", None),
        ("You'll kill yourself on that ladder", None),
        ("I was such an idiot", None),
        ("You look drop dead gorgeous", None),
        ("Get out you filthy wetback", HATE),
        ("The wetbacks live there", SLUR),
    ]);
}

#[test]
fn stigma_is_found_and_its_denial_is_not() {
    check(&[
        ("Schizophrenics are dangerous", STIGMA),
        ("People with bipolar disorder should be locked up", STIGMA),
        ("Self-harmers just want attention", STIGMA),
        ("Depression is just an excuse", STIGMA),
        ("People with schizophrenia are not dangerous", None),
        ("Most people with schizophrenia are never violent", None),
        ("It's a myth that people with BPD are manipulative", None),
    ]);
}

#[test]
fn what_must_not_appear_is_found_and_education_is_not() {
    check(&[
        ("Send me your nudes", SEX),
        ("horny and bored, who is up for sexting", SEX),
        ("I want to lick you all over", SEX),
        ("Low desire is common after childbirth and can be talked about", None),
        ("Pornography and young people: what a school nurse hears", None),
        ("Erections come and go with stress", None),
        ("Buy followers now, instant delivery", SPAM),
        ("Earn 500 a day from home, no experience needed", SPAM),
        ("Congratulations, you have won a prize, click here to claim", SPAM),
        ("My bitcoin trading signals doubled my money", SPAM),
        ("Debt and worry often come together", None),
        ("Sessions in my practice are half price this month", None),
        ("Never click a link to claim a prize", None),
        ("I quit my job in May and feel lighter", None),
    ]);
}
