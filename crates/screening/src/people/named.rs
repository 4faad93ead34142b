//! Names that the tagger misses and a cue gives away, and what a name means where it stands.
//!
//! Invariant: a name counts as the writer's own only beside words that say so (an introduction, a signature, a byline).

use std::ops::Range;

use super::scene::Scene;
use super::words::{is, known_to_all};
use crate::names::tokens::Case;

/// Longest name that a cue introduces, in tokens ("Mary Anne O'Neill-Smith" has three).
const LONGEST_NAME: usize = 3;

/// Who bears a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// The writer.
    Writer,
    /// Somebody with a title.
    Titled,
    /// Somebody whom the text cites, or who is known to everybody.
    Public,
    /// Somebody in a story or an example.
    Fiction,
    /// Whoever treats the writer.
    Therapist,
    Somebody,
    /// No person at all.
    Nobody,
}

/// Adds the names that stand behind a cue and were not tagged, keeping the order.
pub(crate) fn add_by_cue(scene: &mut Scene) {
    let mut more: Vec<Range<usize>> = Vec::new();
    for at in 0..scene.tokens.len() {
        let cue = introduces(scene, at) || is_title(scene, at).is_some() || relation_before(scene, at);
        let start = is_title(scene, at).unwrap_or(at + 1);
        if cue
            && let Some(name) = name_at(
                scene,
                start,
                introduces(scene, at) && scene.word(at) != b"'m" && scene.word(at) != b"am",
            )
        {
            more.push(name);
        }
        let alone = stands_as_signature(scene, at);
        if famous_alone(scene, at) {
            more.push(at..at + 1);
        }
        if alone && let Some(name) = name_at(scene, at, false) {
            more.push(name);
        }
        if let Some(name) = before_apposition(scene, at) {
            more.push(name);
        }
        if signs(scene, at)
            && let Some(name) = name_before(scene, at)
        {
            more.push(name);
        }
    }
    for index in 0..scene.names.len() {
        let name = &scene.names[index];
        if let Some(end) = longer(scene, name) {
            scene.names[index].end = end;
        }
    }
    // Of overlapping names the tagged one stays: the sort is stable and the tagged ones stand first.
    let mut all = std::mem::take(&mut scene.names);
    let tagged = all.clone();
    all.extend(more.into_iter().filter(|name| {
        let index = tagged.partition_point(|known| known.end <= name.start);
        tagged.get(index).is_none_or(|known| known.start >= name.end)
    }));
    all.sort_by_key(|name| name.start);
    for name in all {
        if scene.names.last().is_none_or(|last| last.end <= name.start) {
            scene.names.push(name);
        }
    }
}

/// Where a name ends whose second part is an ordinary word with a capital: "Robin Field".
fn longer(scene: &Scene, name: &Range<usize>) -> Option<usize> {
    let token = scene.tokens.get(name.end)?;
    let titled = name.start.checked_sub(1).is_some_and(|at| {
        is_title(scene, at).is_some()
            || (scene.word(at) == b"." && at > 0 && is_title(scene, at - 1).is_some())
    });
    let one = name.len() == 1 || (name.len() == 2 && is_title(scene, name.start) == Some(name.start + 1));
    let first = name.end - 1;
    let goes_on = one
        && token.case == Case::Title
        && !token.first
        && (titled || scene.tokens[first].known.first_name() >= 1)
        && scene.tokens[first].case == Case::Title
        && !scene.is(
            name.end,
            is::NOT_A_PERSON
                | is::TIME
                | is::CREDENTIAL
                | is::PLACE
                | is::THEORY
                | is::FIRST_PERSON
                | is::RELATION
                | is::TITLE,
        );
    goes_on.then_some(name.end + 1)
}

/// "I'm", "I am", "my name is", "I am called", "call me": the token at `at` ends such words.
fn introduces(scene: &Scene, at: usize) -> bool {
    match scene.word(at) {
        b"'m" | b"am" => scene.before(at, 1) == b"i",
        b"im" => true,
        b"is" | b"'s" => {
            matches!(scene.before(at, 1), b"name" | b"names")
                && matches!(scene.before(at, 2), b"my" | b"the" | b"full" | b"real" | b"first")
        }
        b"called" => matches!(scene.before(at, 1), b"'m" | b"am") && scene.before(at, 2) == b"i",
        b"me" => scene.before(at, 1) == b"call",
        _ => false,
    }
}

/// "Robin, my oldest friend, ...": the comma at `at` stands between a name and who it is.
fn before_apposition(scene: &Scene, at: usize) -> Option<Range<usize>> {
    let owner = at + 1;
    if scene.word(at) != b"," || !matches!(scene.word(owner), b"my" | b"our") || at == 0 {
        return None;
    }
    let relation = (owner + 1..owner + 4).find(|place| scene.is(*place, is::RELATION))?;
    super::told::owner_of(scene, relation).filter(|start| *start == owner)?;
    let lone = at == 1 || matches!(scene.tokens[at - 2].case, Case::Sign | Case::Title);
    let closed = matches!(scene.word(relation + 1), b"," | b"at" | b"from" | b"in");
    (closed && lone && is_name_word(scene, at - 1) && scene.tokens[at - 1].known.ordinary() == 0)
        .then(|| at - 1..at)
}

/// A well-known first name where a signature stands: first and before "here", or on the last line.
fn stands_as_signature(scene: &Scene, at: usize) -> bool {
    if scene.tokens[at].known.first_name() < 2 {
        return false;
    }
    let new_line = at > 0
        && scene.text.folded[scene.tokens[at - 1].end..scene.tokens[at].start].contains(&b'\n')
        && at + 4 > scene.tokens.len();
    new_line || (scene.tokens[at].first && scene.word(at + 1) == b"here")
}

/// A surname that texts about therapy cite and that is no ordinary word, as "Freud".
fn famous_alone(scene: &Scene, at: usize) -> bool {
    scene.is(at, is::FAMOUS) && scene.tokens[at].case == Case::Title && scene.tokens[at].known.ordinary() == 0
}

/// A title that begins with a capital, as one that goes with a name does; gives where the name would begin.
fn is_title(scene: &Scene, at: usize) -> Option<usize> {
    let title = matches!(
        scene.word(at),
        b"dr" | b"mr" | b"mrs" | b"ms" | b"miss" | b"prof" | b"professor" | b"doctor"
    ) && scene.capital(at);
    title.then(|| if scene.word(at + 1) == b"." { at + 2 } else { at + 1 })
}

/// "my sister", "my sister is called", "our son, ": the token at `at` ends such words.
fn relation_before(scene: &Scene, at: usize) -> bool {
    let mut place = at;
    for _ in 0..3 {
        if scene.is(place, is::RELATION) {
            return super::told::owner_of(scene, place).is_some();
        }
        if !matches!(scene.word(place), b"," | b"is" | b"was" | b"called" | b"named") || place == 0 {
            return false;
        }
        place -= 1;
    }
    false
}

/// A name that begins at `start`; `spoken` also takes a well-known first name in lower case.
fn name_at(scene: &Scene, start: usize, spoken: bool) -> Option<Range<usize>> {
    let token = scene.tokens.get(start)?;
    let small =
        spoken && token.case == Case::Lower && token.known.first_name() >= 2 && token.known.ordinary() == 0;
    // After a title every capital begins a name: "Mr Field".
    let titled = (1..=2)
        .any(|steps| start.checked_sub(steps).is_some_and(|place| is_title(scene, place) == Some(start)))
        && token.case == Case::Title
        && !scene.is(start, is::NOT_A_PERSON | is::FIRST_PERSON);
    let first = small || titled || is_name_word(scene, start);
    let beside_im = matches!(scene.before(start, 1), b"'m" | b"am" | b"im");
    if !first || (beside_im && (scene.is(start, is::NOT_AFTER_IM) || token.known.first_name() == 0)) {
        return None;
    }
    let mut end = start + 1;
    while end < start + LONGEST_NAME
        && (is_name_word(scene, end)
            || (small && scene.tokens.get(end).is_some_and(|t| t.known.surname() >= 2)))
    {
        end += 1;
    }
    Some(start..end)
}

fn is_name_word(scene: &Scene, at: usize) -> bool {
    scene.tokens.get(at).is_some_and(|token| {
        scene.capital(at)
            && matches!(token.case, Case::Title | Case::Mixed | Case::Initial)
            && token.end - token.start > 1
            && (token.known.ordinary() < 2 || token.known.first_name() > 1 || token.known.surname() > 1)
            && !scene.is(at, is::NOT_A_PERSON | is::TIME | is::FIRST_PERSON | is::CREDENTIAL)
    })
}

/// Letters of a register or a profession that follow a name and its comma: the token at `at`.
fn signs(scene: &Scene, at: usize) -> bool {
    scene.is(at, is::CREDENTIAL)
        && scene.tokens[at].case != Case::Lower
        && matches!(scene.before(at, 1), b"," | b"(" | b")")
        || (scene.is(at, is::CREDENTIAL)
            && scene.tokens[at].case == Case::Upper
            && scene.capital(at.saturating_sub(1)))
}

/// The capitalised words right before the sign at `at`, two at least.
fn name_before(scene: &Scene, at: usize) -> Option<Range<usize>> {
    let end = if matches!(scene.before(at, 1), b"," | b"(" | b")") { at.checked_sub(1)? } else { at };
    let mut start = end;
    while start > 0 && end - start < LONGEST_NAME && is_name_word(scene, start - 1) {
        start -= 1;
    }
    (end - start >= 2).then_some(start..end)
}

/// Who bears the name.
pub(crate) fn bearer(scene: &Scene, name: &Range<usize>) -> Bearer {
    let start = name.start;
    let (first_byte, last_byte) = scene.bytes(name);
    let titled = (1..=2)
        .any(|steps| start.checked_sub(steps).is_some_and(|place| is_title(scene, place) == Some(start)))
        || is_title(scene, start).is_some() && name.len() > 1;
    let related = start > 0 && relation_before(scene, start - 1);
    let own = is_own(scene, name);
    let beside_im = start > 0
        && scene.is(start, is::NOT_AFTER_IM)
        && matches!(scene.before(start, 1), b"'m" | b"am" | b"im");
    let quality = scene.is(start, is::NOT_AFTER_IM) && scene.tokens[start].known.first_name() == 0;
    let single_no_person = name.len() == 1 && (beside_im || quality || scene.is(start, is::NOT_A_PERSON));
    // "in Harlow": a place, unless it is a well-known first name.
    let place =
        name.len() == 1 && scene.before(start, 1) == b"in" && scene.tokens[start].known.first_name() < 2;
    // "NAMI": letters that nobody is called by.
    let letters = name.len() == 1
        && scene.tokens[start].case == Case::Upper
        && scene.tokens[start].known.first_name() == 0
        && !scene.shouted;
    let institution = scene.is(name.end, is::PLACE) || scene.is(name.end - 1, is::PLACE) && name.len() > 1;
    if !own && !related && !titled && (single_no_person || place || institution || letters) {
        return Bearer::Nobody;
    }
    let owned = scene.word(name.end) == b"'s";
    // "The Papageno effect", "the Beck inventory".
    if !own && !titled && scene.is(name.end, is::THEORY) {
        return Bearer::Nobody;
    }
    if owned
        && matches!(scene.word(name.end + 1), b"disease" | b"syndrome" | b"palsy" | b"chorea" | b"lymphoma")
    {
        return Bearer::Nobody;
    }
    let known = known_to_all(&scene.text.folded[first_byte..last_byte])
        || (name.len() == 1 && scene.is(start, is::FAMOUS) && scene.capital(start))
        || (owned && scene.is(name.end + 1, is::DISEASE));
    if own && (known || !treats(scene, name)) {
        return Bearer::Writer;
    }
    if known && !related {
        return Bearer::Public;
    }
    // "Mr Example" is a name that happens to be such a word.
    let fiction = scene.near(start).any(|place| {
        scene.is(place, is::FICTION)
            && !scene.in_name(place)
            && (scene.tokens[place].first || !scene.capital(place))
    });
    if !related && fiction {
        return Bearer::Fiction;
    }
    if treats(scene, name) {
        return Bearer::Therapist;
    }
    // Told with their leave, or a sovereign's story.
    let open = scene.sentence_has(start, is::CONSENT)
        || matches!(
            scene.before(start, 1),
            b"king" | b"queen" | b"pope" | b"saint" | b"dame" | b"sir" | b"lord" | b"baroness"
        ) && scene.capital(start.saturating_sub(1))
        || matches!(scene.word(start), b"king" | b"queen" | b"pope" | b"saint") && name.len() > 1;
    if !related && open {
        return Bearer::Public;
    }
    if !related && in_public(scene, name) {
        return Bearer::Public;
    }
    if titled { Bearer::Titled } else { Bearer::Somebody }
}

/// A word of public life beside the name: within six tokens, so that one mention of a book does not cover a page.
fn in_public(scene: &Scene, name: &Range<usize>) -> bool {
    let near = scene.near(name.start);
    let from = name.start.saturating_sub(6).max(near.start);
    let to = (name.end + 6).min(near.end.max(name.end));
    (from..to).any(|place| !name.contains(&place) && scene.is(place, is::PUBLIC))
        // "by Dr ..." names an author, unless something was done by them.
        || (is_cited(scene, name.start) && scene.told_of(name.clone(), true).is_none())
        // A year in brackets after a name cites a work.
        || (matches!(scene.word(name.end), b"(") && scene.tokens.get(name.end + 1).is_some_and(|t| t.case == Case::Digits && t.end - t.start == 4))
}

/// Behind "by", with or without a title.
fn is_cited(scene: &Scene, start: usize) -> bool {
    (1..=3)
        .find(|steps| {
            !matches!(scene.before(start, *steps), b"." | b"dr" | b"prof" | b"professor" | b"doctor")
        })
        .is_some_and(|steps| scene.before(start, steps) == b"by")
}

/// Somebody of the writer's own world: from a place in it, or in a sentence in which the writer is.
pub(crate) fn is_near(scene: &Scene, name: &Range<usize>) -> bool {
    matches!(scene.before(name.start, 1), b"our" | b"my")
        || (matches!(
            scene.word(name.end),
            b"from" | b"at" | b"in" | b"who" | b"on" | b"off" | b"upstairs" | b"downstairs" | b"next"
        ) && !scene.is(name.end + 1, is::PUBLIC))
        || scene.near(name.start).any(|place| scene.is(place, is::FIRST_PERSON))
}

/// "a session with", "in therapy with", "I have been seeing ... for therapy".
fn treats(scene: &Scene, name: &Range<usize>) -> bool {
    let mut start = name.start;
    while start > 0
        && (scene.is(start - 1, is::TITLE) || scene.word(start - 1) == b".")
        && name.start - start < 2
    {
        start -= 1;
    }
    let titled = start < name.start || is_title(scene, start).is_some();
    let near = scene.near(name.start);
    let patient =
        near.clone().any(|place| matches!(scene.word(place), b"i" | b"my" | b"me" | b"we" | b"'ve" | b"im"));
    let care = |place: usize| {
        matches!(
            scene.word(place),
            b"therapy"
                | b"counselling"
                | b"therapist"
                | b"counsellor"
                | b"session"
                | b"sessions"
                | b"emdr"
                | b"cbt"
                | b"psychologist"
                | b"psychotherapy"
                | b"practice"
                | b"clinic"
                | b"surgery"
                | b"anxiety"
                | b"depression"
        )
    };
    let with = scene.before(start, 1) == b"with"
        && patient
        && (2..=3).any(|steps| {
            matches!(
                scene.before(start, steps),
                b"session" | b"sessions" | b"therapy" | b"counselling" | b"appointment"
            )
        });
    let sees = |place: usize| matches!(scene.word(place), b"seeing" | b"see" | b"saw" | b"sees");
    let doctor = titled && matches!(scene.word(start), b"dr" | b"doctor" | b"prof" | b"professor");
    let seeing = start > 0
        && sees(start - 1)
        && patient
        && ((doctor && matches!(scene.before(start, 2), b"i" | b"been" | b"'m")) || near.clone().any(care));
    let called = matches!(scene.before(start, 1), b"called" | b"named")
        && start.checked_sub(2).is_some_and(|place| {
            scene.is(place, is::THERAPIST)
                || (scene.is(place, is::PERSON)
                    && (1..=4).any(|steps| matches!(scene.before(place, steps), b"went")))
        });
    // "Dr ..., whom I see for": in care, in a relative clause.
    let whom = (name.end..name.end + 3).any(|place| {
        matches!(scene.word(place), b"who" | b"whom")
            && matches!(scene.word(place + 1), b"i" | b"we")
            && (place + 2..place + 5).any(sees)
            && (doctor || near.clone().any(care))
    });
    // "..., counsellor in Chester, shouted at me": of somebody else's profession one speaks thus, not of one's own.
    let after = name.end + usize::from(scene.word(name.end) == b",");
    let complained = name.len() >= 2
        && after > name.end
        && (after..after + 3).any(|place| scene.is(place, is::THERAPIST))
        && (after..near.end).any(|place| matches!(scene.word(place), b"me" | b"our"));
    // "... who got me through my breakdown".
    let helped = (name.end..near.end).any(|place| {
        scene.word(place) == b"me"
            && (matches!(scene.word(place + 1), b"through")
                && matches!(scene.before(place, 1), b"got" | b"helped" | b"saw")
                && scene.word(place + 2) == b"my"
                && (place + 3..place + 6).any(|told| scene.is(told, is::PRIVATE)))
    });
    with || seeing || called || whom || complained || helped
}

/// An introduction, a signature, a byline.
fn is_own(scene: &Scene, name: &Range<usize>) -> bool {
    let (start, end) = (name.start, name.end);
    if start > 0 && introduces(scene, start - 1) {
        return !scene.is(start, is::NOT_AFTER_IM);
    }
    // "Robin here", "Robin, MBACP", "Robin Sample, psychotherapist".
    let greeted = matches!(scene.before(start, 1), b"," | b"!" | b"hello" | b"hi" | b"hey")
        && (1..=2).any(|steps| matches!(scene.before(start, steps), b"hello" | b"hi" | b"hey"));
    if scene.word(end) == b"here" && (scene.tokens[start].first || greeted) {
        return true;
    }
    // "Please credit me, Robin Sample".
    if name.len() >= 2
        && scene.before(start, 1) == b","
        && scene.before(start, 2) == b"me"
        && scene.before(start, 3) == b"credit"
    {
        return true;
    }
    let after = if matches!(scene.word(end), b"," | b"(") { end + 1 } else { end };
    if signs(scene, after) {
        return true;
    }
    let signed_role = name.len() >= 2
        && after > end
        && (after..after + 3).any(|place| {
            matches!(scene.word(place), b"therapist" | b"counsellor" | b"psychotherapist" | b"psychologist")
        })
        && scene.tokens[start].first;
    if signed_role {
        return true;
    }
    // The end of the text: after a closing word, a dash or on a line of its own.
    let at_end = (end..scene.tokens.len()).take(4).all(|place| {
        scene.tokens[place].case == Case::Sign || matches!(scene.word(place), b"x" | b"xx" | b"xxx")
    }) && scene.tokens.len() <= end + 3;
    if at_end && start > 0 {
        let closing = |place: usize| scene.is(place, is::CLOSING);
        let previous = start - 1;
        if closing(previous)
            || (matches!(scene.word(previous), b"," | b":") && previous > 0 && closing(previous - 1))
        {
            return true;
        }
        if matches!(scene.word(previous), b"-" | b"--") && scene.tokens[start].case != Case::Lower {
            // "- Freud" after a quotation is its source.
            let quoted = scene.text.folded[..scene.tokens[previous].start].contains(&b'"');
            return !quoted && !scene.is(start, is::FAMOUS);
        }
        if scene.text.folded[scene.tokens[previous].end..scene.tokens[start].start].contains(&b'\n') {
            return true;
        }
        return scene.word(previous) == b"by"
            && name.len() >= 2
            && (previous == 0 || scene.before(previous, 1) == b"written" || scene.tokens[previous].first);
    }
    start > 0
        && scene.word(start - 1) == b"by"
        && name.len() >= 2
        && (start == 1 || matches!(scene.before(start, 2), b"written" | b"post" | b"posted"))
        && start <= 3
}
