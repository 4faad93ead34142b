//! Names, and other people: who is named, who could be worked out, and what private thing is said of them.
//!
//! Invariant: a third party of severity 2 is a particular person of whom something private is said and who is named or
//! could be worked out; a therapist and a client are private by being one. Whoever is known to all, cited or made up is
//! no third party.

mod named;
mod private;
mod scene;
mod told;
mod words;

use std::ops::Range;

use crate::finding::{Category, Kind, Severity};
use crate::names;
use crate::names::tokens::Case;
use crate::normalise::Normalised;
use crate::rules::Found;
use named::Bearer;
use scene::Scene;
use words::is;

const LEAVE_OUT: Option<&str> = Some("Leave the name out.");
const UNRECOGNISABLE: Option<&str> = Some("Leave out whatever would let somebody recognise them.");

/// Finds names and third parties and appends them. Answers whether the writer names themselves: that makes what they
/// tell of their own health identifiable.
pub(crate) fn find(text: &Normalised, found: &mut Vec<Found>) -> bool {
    let mut scene = Scene::new(text, names::find(text));
    named::add_by_cue(&mut scene);
    let mut judged = vec![false; scene.names.len()];
    // What a relative is to their town is told of them, not of one more person.
    let mut relative: Option<usize> = None;
    for at in 0..scene.tokens.len() {
        if scene.is(at, is::RELATION | is::ROLE | is::PERSON | is::GROUP) || told::is_hour(&scene, at) {
            let told = relative.is_some_and(|earlier| {
                scene.sentence[earlier] == scene.sentence[at]
                    && at - earlier <= told::OFFICE
                    && scene.is(at, is::ROLE)
                    && !scene.is(at, is::RELATIVE)
            });
            if !told && judge_mention(&scene, at, found, &mut judged) {
                relative = Some(at);
            }
        }
    }
    let mut writer = false;
    for (index, name) in scene.names.iter().enumerate() {
        if !judged[index] {
            writer |= judge_name(&scene, name, found);
        }
    }
    writer
}

fn push_name(
    scene: &Scene,
    name: &Range<usize>,
    severity: Severity,
    reason: &'static str,
    found: &mut Vec<Found>,
) {
    let (start, end) = scene.bytes(name);
    found.push(Found {
        category: Category::PersonalData,
        kind: Some(Kind::PersonName),
        severity,
        start,
        end,
        reason,
        suggestion: LEAVE_OUT,
    });
}

fn push_person(
    scene: &Scene,
    tokens: &Range<usize>,
    kind: Kind,
    severity: Severity,
    reason: &'static str,
    found: &mut Vec<Found>,
) {
    let (start, end) = scene.bytes(tokens);
    found.push(Found {
        category: Category::ThirdParty,
        kind: Some(kind),
        severity,
        start,
        end,
        reason,
        suggestion: UNRECOGNISABLE,
    });
}

/// The name that belongs to a mention: right after it, or after "is called" or a comma.
fn name_of(scene: &Scene, mention: &Range<usize>) -> Option<usize> {
    let mut from = mention.end;
    while from < mention.end + 5
        && (scene.tokens.get(from).is_some_and(|token| token.case == Case::Initial)
            && scene.word(from + 1) == b"."
            || matches!(
                scene.word(from),
                b"," | b"is"
                    | b"was"
                    | b"called"
                    | b"named"
                    | b"dr"
                    | b"."
                    | b"mr"
                    | b"mrs"
                    | b"ms"
                    | b"'s"
                    | b"name"
                    | b"("
                    | b"of"
                    | b"mine"
            ))
    {
        from += 1;
    }
    let index = scene.names.partition_point(|name| name.end <= mention.end);
    let name = scene.names.get(index)?;
    // "My therapist is Black", "thank you, J!".
    let called = !matches!(scene.before(name.start, 1), b"is" | b"was" | b"since")
        || scene.tokens[name.start].known.first_name() > 0;
    if !called || (name.len() == 1 && scene.tokens[name.start].case == Case::Initial) {
        return None;
    }
    // The full stop of a title or an initial is no end of a sentence.
    let abbreviated =
        scene.before(name.start, 1) == b"." && !scene.tokens[name.start].joined && from > mention.end + 1;
    (name.start <= from && (abbreviated || scene.sentence[name.start] == scene.sentence[mention.start]))
        .then_some(index)
}

/// A name to which the mention is in apposition: "Tom, my husband, ...".
fn named_before(scene: &Scene, mention: &Range<usize>) -> Option<usize> {
    let comma = mention.start.checked_sub(1).filter(|at| matches!(scene.word(*at), b"," | b"("))?;
    let index = scene.names.partition_point(|name| name.end < comma);
    let name = scene.names.get(index)?;
    let closed = matches!(scene.word(mention.end), b"," | b")" | b"at" | b"in" | b"of" | b"from" | b"who");
    (name.end == comma && closed && scene.sentence[name.start] == scene.sentence[mention.start])
        .then_some(index)
}

/// Judges the person mentioned at `at`; answers whether it is a relative who could be worked out.
fn judge_mention(scene: &Scene, at: usize, found: &mut Vec<Found>, judged: &mut [bool]) -> bool {
    let Some(mention) = told::mention(scene, at) else { return false };
    let name = name_of(scene, &mention.tokens).or_else(|| named_before(scene, &mention.tokens));
    let whole = name.map_or(mention.tokens.clone(), |index| {
        let name = &scene.names[index];
        mention.tokens.start.min(name.start)..mention.tokens.end.max(name.end)
    });
    let private = private_of(scene, &mention, &whole, name.is_some());
    if let Some(index) = name {
        let full = scene.names[index].len() >= 2;
        let severity = if private || full { Severity::Caution } else { Severity::Note };
        push_name(scene, &scene.names[index], severity, "A person's name.", found);
        judged[index] = true;
        let reason = match mention.kind {
            Kind::Therapist => "A therapist or clinician is named by somebody in their care.",
            Kind::Client => "A therapist's client is named.",
            Kind::Workplace => "A colleague is named.",
            Kind::Relative => "Somebody close to the writer is named.",
            _ => "Somebody whom the writer knows is named.",
        };
        let severity = if private { Severity::Caution } else { Severity::Note };
        push_person(scene, &whole, mention.kind, severity, reason, found);
        return false;
    }
    if mention.kind == Kind::Client {
        let (severity, reason) = if mention.unique || told::client_details(scene, &mention) {
            (Severity::Caution, "A client's story is told in details that they and others could recognise.")
        } else {
            (Severity::Note, "A therapist mentions a client.")
        };
        push_person(scene, &whole, mention.kind, severity, reason, found);
    } else if told::placed_clinician(scene, &mention) {
        let reason = "A therapist or clinician could be worked out from their place.";
        push_person(scene, &whole, mention.kind, Severity::Caution, reason, found);
    } else if private {
        let (severity, reason) = if told::identifiable(scene, &mention) {
            (
                Severity::Caution,
                "Something private is told of a person who could be worked out from their role and place.",
            )
        } else {
            (Severity::Note, "Something private is told of another person, who is not named.")
        };
        push_person(scene, &whole, mention.kind, severity, reason, found);
        return mention.kind == Kind::Relative && severity == Severity::Caution;
    }
    false
}

/// Whether something private is told of the person mentioned. Being a client or somebody's therapist is private itself
/// once there is a name; what an unnamed therapist says about illness is their work.
fn private_of(scene: &Scene, mention: &told::Mention, whole: &Range<usize>, named: bool) -> bool {
    match mention.kind {
        Kind::Therapist if named => true,
        Kind::Client => named,
        Kind::Therapist => scene.told_of(whole.clone(), true).is_some_and(|place| {
            scene.bound(place)
                && !matches!(
                    scene.word(place),
                    b"diagnosed" | b"diagnosis" | b"medication" | b"therapy" | b"counselling" | b"abuse"
                )
        }),
        _ => scene.told_of(whole.clone(), true).is_some(),
    }
}

/// Judges a name that belongs to no mention; answers whether it is the writer's.
fn judge_name(scene: &Scene, name: &Range<usize>, found: &mut Vec<Found>) -> bool {
    match named::bearer(scene, name) {
        Bearer::Nobody => {}
        Bearer::Writer => {
            push_name(scene, name, Severity::Caution, "The writer's own name: posts are unsigned.", found);
            return true;
        }
        Bearer::Public => {
            push_name(scene, name, Severity::Note, "A name, as it seems of somebody known or cited.", found)
        }
        Bearer::Fiction => {
            push_name(scene, name, Severity::Note, "A name, as it seems in a story or an example.", found)
        }
        Bearer::Therapist => {
            push_name(scene, name, Severity::Caution, "A person's name.", found);
            let reason = "A therapist or clinician is named by somebody in their care.";
            push_person(scene, name, Kind::Therapist, Severity::Caution, reason, found);
        }
        bearer => {
            let close = bearer == Bearer::Titled || named::is_near(scene, name);
            let private = scene.told_of(name.clone(), close).is_some_and(|place| scene.bound(place));
            let severity =
                if private || bearer == Bearer::Titled { Severity::Caution } else { Severity::Note };
            push_name(scene, name, severity, "A person's name.", found);
            if private {
                let reason = "Something private is told of a person who is named.";
                push_person(scene, name, Kind::Other, Severity::Caution, reason, found);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests;
