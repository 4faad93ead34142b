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

fn kind_of(class: u32) -> Kind {
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
    // "the only physio", "the head teacher", "the vicar at St Anne's".
    if class & is::ROLE == 0 {
        return None;
    }
    let mut start = at;
    let mut unique = false;
    for _ in 0..=ADJECTIVES {
        start = start.checked_sub(1)?;
        match scene.word(start) {
            b"the" | b"our" => break,
            _ if scene.is(start, is::UNIQUE | is::ROLE) || scene.is(start, is::ADJECTIVE) => {
                unique |=
                    scene.is(start, is::UNIQUE) && scene.word(start) != b"new" && scene.word(start) != b"old";
            }
            _ => return None,
        }
    }
    if !matches!(scene.word(start), b"the" | b"our") {
        return None;
    }
    let holds = matches!(scene.word(at + 1), b"at" | b"of" | b"in" | b"from") && scene.named_place(at, false);
    let kind = if class & is::THERAPIST != 0 { Kind::Therapist } else { Kind::Other };
    (unique || holds || scene.word(start) == b"our").then_some(Mention {
        tokens: start..at + 1,
        kind,
        unique: unique || scene.word(start) == b"our" || holds,
    })
}

/// A therapist's client: "my client", "one of my clients", "a patient of mine", "a client told me". People in general,
/// as in "clients often feel", are none.
fn client_start(scene: &Scene, at: usize) -> Option<usize> {
    let word = scene.word(at);
    let singular = matches!(word, b"client" | b"patient");
    let plural = matches!(word, b"clients" | b"patients");
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
        let one_of = scene.before(at, 1) == b"my"
            && scene.before(at, 2) == b"of"
            && matches!(scene.before(at, 3), b"one" | b"two" | b"some" | b"none");
        return (one_of && scene.before(at, 3) != b"some").then(|| at - 3);
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
    (of_mine || (!general && there && past)).then_some(article)
}

/// Details by which those who know a client would know them.
pub(crate) fn client_details(scene: &Scene, mention: &Mention) -> bool {
    let near = scene.near(mention.tokens.start);
    let to = (near.end + super::scene::REACH).min(scene.tokens.len());
    let here = scene.sentence[mention.tokens.start];
    let mut tells = false;
    let mut detail = false;
    for place in near.start..to {
        if mention.tokens.contains(&place) || scene.sentence[place] > here + 1 {
            continue;
        }
        tells |= scene.is(place, is::TELLS);
        detail |= scene.is(place, is::DETAIL)
            || (scene.is(place, is::PRIVATE)
                && !matches!(
                    scene.word(place),
                    b"therapy" | b"counselling" | b"cries" | b"anxious" | b"anxiety" | b"medication"
                ))
            || scene.tokens[place].case == Case::Digits
                && scene.tokens[place].end - scene.tokens[place].start == 2;
    }
    tells && detail
}

/// Whether those who know somebody like this could work out who it is: a place or workplace with a name, or for a role
/// that one person holds also a date.
pub(crate) fn identifiable(scene: &Scene, mention: &Mention) -> bool {
    let at = mention.tokens.start;
    match mention.kind {
        // The writer of an unsigned post has sisters in Leeds like many; a school or a shop by its name is another matter.
        Kind::Relative => scene.named_place(at, true),
        _ if mention.unique => {
            scene.named_place(at, false)
                || scene.near(at).any(|place| {
                    scene.is(place, is::TIME) && scene.capital(place)
                        || scene.is(place, is::PLACE)
                            && matches!(scene.before(place, 1), b"our" | b"my" | b"this" | b"village")
                        || scene.tokens[place].case == Case::Digits
                            && scene.tokens[place].end - scene.tokens[place].start == 4
                })
        }
        _ => scene.named_place(at, false),
    }
}
