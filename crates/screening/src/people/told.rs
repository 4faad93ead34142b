//! People spoken of without or with a name: who they are to the writer, and whether they could be worked out.
//!
//! Invariant: "your" anybody and people in general are nobody: only somebody's own sister, client or neighbour counts,
//! or a role that one person holds at one place.

use std::ops::Range;

use super::scene::Scene;
use super::words::is;
use crate::finding::Kind;
use crate::names::tokens::Case;

/// How many words may stand between "my" and "sister".
const ADJECTIVES: usize = 3;

/// How far behind "my dad" it may stand what he is to the town.
pub(crate) const OFFICE: usize = 14;

/// Somebody spoken of.
pub(crate) struct Mention {
    /// From "my" to the role.
    pub(crate) tokens: Range<usize>,
    pub(crate) kind: Kind,
    /// A role that one person holds: "the only physio", "our vicar".
    pub(crate) unique: bool,
}

/// Where the words of ownership begin: "my" of "my little sister"; `None` if it is nobody's.
pub(crate) fn owner_of(scene: &Scene, role: usize) -> Option<usize> {
    let mut place = role;
    for _ in 0..=ADJECTIVES {
        place = place.checked_sub(1)?;
        if scene.is(place, is::OWNER) {
            return (!scene.word(place).starts_with(b"you")).then_some(place);
        }
        if !scene.is(place, is::ADJECTIVE)
            && scene.word(place) != b"-"
            && scene.tokens[place].case != Case::Digits
        {
            return None;
        }
    }
    None
}

fn kind_of(class: u64) -> Kind {
    if class & is::THERAPIST != 0 {
        Kind::Therapist
    } else if class & is::CLIENT != 0 {
        Kind::Client
    } else if class & is::WORKPLACE != 0 {
        Kind::Workplace
    } else if class & is::RELATIVE != 0 {
        Kind::Relative
    } else {
        Kind::Other
    }
}

/// The person mentioned by the role at `at`, if it is a particular one.
pub(crate) fn mention(scene: &Scene, at: usize) -> Option<Mention> {
    let class = scene.class(at);
    // "worker" alone is no clinician.
    if scene.word(at) == b"worker" && !matches!(scene.before(at, 1), b"key" | b"social" | b"support") {
        return None;
    }
    if matches!(scene.word(at), b"ordinator" | b"coordinator")
        && !matches!(scene.before(at, 1), b"care" | b"-" | b"co")
    {
        return None;
    }
    if let Some(start) = client_start(scene, at) {
        return Some(Mention { tokens: start..at + 1, kind: Kind::Client, unique: false });
    }
    if class & is::CLIENT == 0
        && class & is::RELATION != 0
        && let Some(start) = owner_of(scene, at)
    {
        let unique = class & is::ROLE != 0 && scene.word(start) == b"our"
            || (start + 1..at).any(|place| scene.word(place) == b"only");
        return Some(Mention { tokens: start..at + 1, kind: kind_of(class), unique });
    }
    seen_at_work(scene, at).or_else(|| role_mention(scene, at))
}

/// "A boy I see at ...": whom a clinician meets in their work, at a place with a name.
fn seen_at_work(scene: &Scene, at: usize) -> Option<Mention> {
    let start = at.checked_sub(1)?;
    let from = at + 1 + usize::from(matches!(scene.word(at + 1), b"who" | b"whom" | b"that"));
    let seen = scene.is(at, is::PERSON)
        && matches!(scene.word(start), b"a" | b"one" | b"this")
        && scene.word(from) == b"i"
        && matches!(scene.word(from + 1), b"see" | b"treat" | b"counsel" | b"support" | b"visit")
        && (scene.named_place(at, false) || scene.local_place(at));
    seen.then_some(Mention { tokens: start..at + 1, kind: Kind::Client, unique: true })
}

/// "the only physio", "the head teacher", "the vicar at St Anne's", "that lady from the bakery": somebody whom a place, a
/// day or a deed singles out.
fn role_mention(scene: &Scene, at: usize) -> Option<Mention> {
    let class = scene.class(at);
    if class & (is::ROLE | is::PERSON) == 0 {
        return None;
    }
    let mut start = at;
    let mut unique = false;
    for _ in 0..=ADJECTIVES {
        start = start.checked_sub(1)?;
        match scene.word(start) {
            b"the" | b"our" | b"that" | b"this" => break,
            b"one" | b"a" if scene.before(start, 1) == b"'s" && scene.before(start, 2) == b"there" => break,
            _ if scene.is(start, is::UNIQUE | is::ROLE) || scene.is(start, is::ADJECTIVE) => {
                unique |=
                    scene.is(start, is::UNIQUE) && scene.word(start) != b"new" && scene.word(start) != b"old";
            }
            _ => return None,
        }
    }
    let owned = scene.word(start) == b"our" && class & is::ROLE != 0;
    if !matches!(scene.word(start), b"the" | b"our" | b"that" | b"this" | b"one" | b"a") {
        return None;
    }
    // "the teacher of a depressed child" is anybody; "the teacher who married us in August" is one.
    let next = at + 1 + usize::from(matches!(scene.word(at + 1), b"," | b"("));
    let ever = scene.word(next + 1) == b"ever";
    let singled_out = !ever
        && matches!(
            scene.word(next),
            b"at"
                | b"of"
                | b"in"
                | b"from"
                | b"for"
                | b"on"
                | b"who"
                | b"whom"
                | b"that"
                | b"i"
                | b"we"
                | b"with"
                | b"village"
        )
        && recognisable(scene, at, class & is::ROLE != 0);
    let kind = if class & is::THERAPIST != 0 { Kind::Therapist } else { Kind::Other };
    (unique || singled_out || owned).then_some(Mention { tokens: start..at + 1, kind, unique: true })
}

/// A place with a name or one of the neighbourhood; for a role also a day.
fn recognisable(scene: &Scene, at: usize, role: bool) -> bool {
    scene.named_place(at, false) || scene.local_place(at) || (role && scene.dated(at))
}

/// "he's the lollipop man at ...", "who was the mayor of our town", "a well-known chef in ...": what somebody is to the
/// place they live in, within a few words of who they are to the writer.
fn holds_office(scene: &Scene, mention: &Mention) -> bool {
    let near = scene.near(mention.tokens.start);
    let to = (mention.tokens.end + OFFICE).min(near.end);
    (mention.tokens.end..to).any(|place| {
        let runs =
            matches!(scene.word(place), b"ran" | b"runs" | b"owns" | b"owned" | b"manages" | b"managed")
                && matches!(scene.word(place + 1), b"the" | b"our" | b"a")
                && scene.named_place(place, false);
        runs || scene.is(place, is::ROLE)
            && (1..=3).any(|steps| {
                matches!(scene.before(place, steps), b"the" | b"only" | b"well-known" | b"famous" | b"known")
            })
            && matches!(scene.word(place + 1), b"at" | b"of" | b"in" | b"for" | b"on" | b"lady" | b"man")
            && (scene.named_place(place, false) || scene.local_place(place))
    })
}

/// The writer's own clinician, with the place where they are to be found. A town alone gives nobody away.
pub(crate) fn placed_clinician(scene: &Scene, mention: &Mention) -> bool {
    if mention.kind != Kind::Therapist {
        return false;
    }
    let end = mention.tokens.end;
    let own = scene.word(mention.tokens.start) == b"my"
        || (end..end + 3).any(|place| {
            scene.word(place) == b"i" && matches!(scene.word(place + 1), b"see" | b"saw" | b"'ve" | b"had")
        });
    let near = scene.near(mention.tokens.start);
    let proper = |place: usize| {
        near.contains(&place)
            && scene.capital(place)
            && !scene.is(place, is::TIME | is::NOT_A_PERSON | is::FIRST_PERSON)
            && (!scene.in_name(place) || scene.is(place + 1, is::PLACE))
    };
    own && (end..near.end.min(end + OFFICE)).any(|place| {
        let name = place + 1 + usize::from(scene.word(place + 1) == b"the");
        let road = (name..name + 4).any(|place| scene.is(place, is::AREA));
        (matches!(scene.word(place), b"at" | b"from") && proper(name))
            || (scene.word(place) == b"on" && proper(name) && road)
            || (matches!(scene.word(place), b"only") && scene.named_place(place, false))
    })
}

/// A therapist's client: "my client", "one of my clients", "a patient of mine", "a client told me". People in general,
/// as in "clients often feel", are none.
fn client_start(scene: &Scene, at: usize) -> Option<usize> {
    let word = scene.word(at);
    if let Some(start) = slot_start(scene, at) {
        return Some(start);
    }
    let singular = matches!(word, b"client" | b"patient");
    let plural = scene.is(at, is::GROUP);
    if !singular && !plural {
        return None;
    }
    // "an in-patient", "patient with yourself".
    if scene.before(at, 1) == b"-"
        || matches!(scene.word(at + 1), b"-" | b"centred" | b"confidentiality" | b"notes" | b"base")
    {
        return None;
    }
    if plural {
        let at = at - usize::from(scene.before(at, 1) == b"service");
        let one_of = matches!(scene.before(at, 1), b"my" | b"our")
            && scene.before(at, 2) == b"of"
            && matches!(scene.before(at, 3), b"one" | b"two");
        return one_of.then(|| at - 3);
    }
    // "if you were my client".
    if (1..=5).any(|steps| matches!(scene.before(at, steps), b"if" | b"when" | b"whether" | b"suppose")) {
        return None;
    }
    if let Some(start) = owner_of(scene, at)
        && matches!(scene.word(start), b"my" | b"our")
    {
        return Some(start);
    }
    let of_mine = scene.word(at + 1) == b"of" && scene.word(at + 2) == b"mine";
    let article = (1..=3).find_map(|steps| {
        let place = at.checked_sub(steps)?;
        matches!(scene.word(place), b"a" | b"another" | b"this" | b"one").then_some(place)
    })?;
    let gap_is_plain = (article + 1..at).all(|place| {
        scene.is(place, is::ADJECTIVE | is::UNIQUE)
            || scene.word(place) == b"-"
            || scene.tokens[place].case == Case::Digits
    });
    if !gap_is_plain {
        return None;
    }
    // A particular client is told of in the past, by somebody who was there.
    let near = scene.near(at);
    let general = (at.saturating_sub(4).max(near.start)..(at + 5).min(near.end)).any(|place| {
        matches!(
            scene.word(place),
            b"if"
                | b"when"
                | b"whether"
                | b"may"
                | b"might"
                | b"can"
                | b"should"
                | b"could"
                | b"any"
                | b"every"
                | b"often"
                | b"usually"
        )
    });
    // What a report quotes is nobody's story.
    let reported = (near.start..at).any(|place| {
        matches!(
            scene.word(place),
            b"report" | b"quotes" | b"quoted" | b"inquiry" | b"study" | b"survey" | b"research" | b"article"
        )
    });
    let there = near.clone().any(|place| {
        matches!(
            scene.word(place),
            b"i" | b"me"
                | b"my"
                | b"mine"
                | b"today"
                | b"yesterday"
                | b"morning"
                | b"week"
                | b"recently"
                | b"us"
        )
    });
    let past = (at..near.end).any(|place| {
        matches!(
            scene.word(place),
            b"told"
                | b"said"
                | b"came"
                | b"cried"
                | b"disclosed"
                | b"described"
                | b"shared"
                | b"admitted"
                | b"confessed"
                | b"revealed"
                | b"mentioned"
                | b"brought"
                | b"sobbed"
                | b"asked"
                | b"was"
                | b"had"
                | b"lost"
                | b"left"
                | b"arrived"
        )
    }) || (near.start..at).any(|place| {
        matches!(scene.word(place), b"saw" | b"had" | b"met" | b"supported" | b"helped" | b"treated")
    });
    (of_mine || (!general && !reported && there && past)).then_some(article)
}

/// "4pm", "o'clock".
pub(crate) fn is_hour(scene: &Scene, at: usize) -> bool {
    let word = scene.word(at);
    word == b"o'clock"
        || ((word.ends_with(b"pm") || word.ends_with(b"am")) && word.first().is_some_and(u8::is_ascii_digit))
}

/// "My four o'clock", "my 4pm": a client by their hour; `at` is its last word.
fn slot_start(scene: &Scene, at: usize) -> Option<usize> {
    let somebody = scene.is(at + 1, is::STATE | is::TELLS | is::TIME)
        || matches!(
            scene.word(at + 1),
            b"last"
                | b"today"
                | b"who"
                | b"never"
                | b"cancelled"
                | b"again"
                | b"on"
                | b"this"
                | b","
                | b"keeps"
        );
    if !is_hour(scene, at) || !somebody {
        return None;
    }
    (1..=3).find_map(|steps| {
        let place = at.checked_sub(steps)?;
        (scene.word(place) == b"my").then_some(place)
    })
}

/// Details by which those who know a client would know them: their work, their place, their hour. A story alone, or an
/// age, is that of many.
pub(crate) fn client_details(scene: &Scene, mention: &Mention) -> bool {
    let near = scene.near(mention.tokens.start);
    let to = (near.end + super::scene::REACH).min(scene.tokens.len());
    let here = scene.sentence[mention.tokens.start];
    let mut tells = false;
    let mut detail =
        scene.named_place(mention.tokens.start, false) || scene.local_place(mention.tokens.start);
    let mut age = false;
    let mut private = false;
    for place in near.start..to {
        if scene.sentence[place] > here + 1 {
            break;
        }
        tells |= scene.is(place, is::TELLS | is::STATE | is::PRIVATE);
        // "I am a dentist" and "my supervisor" are the writer's side.
        let writers =
            (1..=4).any(|steps| matches!(scene.before(place, steps), b"i" | b"'m" | b"am" | b"as" | b"like"));
        detail |=
            scene.is(place, is::DETAIL) && !writers && scene.word(place - usize::from(place > 0)) != b"my";
        private |= scene.private_word(place, true);
        age |= scene.tokens[place].case == Case::Digits
            && scene.tokens[place].end - scene.tokens[place].start == 2;
    }
    tells && (detail || (age && private))
}

/// Whether those who know somebody like this could work out who it is: a place or workplace with a name, or for a role
/// that one person holds also a date.
pub(crate) fn identifiable(scene: &Scene, mention: &Mention) -> bool {
    let at = mention.tokens.start;
    match mention.kind {
        // The writer of an unsigned post has sisters in Leeds like many; a school or a shop by its name is another matter.
        Kind::Relative => scene.named_place(at, true) || holds_office(scene, mention),
        _ if mention.unique => {
            recognisable(scene, at, true)
                || scene.near(at).any(|place| {
                    scene.is(place, is::PLACE)
                        && matches!(scene.before(place, 1), b"our" | b"my" | b"this" | b"village")
                })
        }
        _ => scene.named_place(at, false) || holds_office(scene, mention),
    }
}
