//! Guidance posts and the topics that posts can have.
//!
//! Invariant: a guidance post tells nobody what to do, has no links, and gives no number but those of the helplines that it
//! names. Whether it fits on every platform is asked where the platforms' measures are: by the build of the crate `app`.

use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation;

use super::{ContentError, Helpline, read, refuse};

/// The longest guidance post, in graphemes: with a disclaimer it is one post everywhere, and people read it at a glance.
pub const MAX_GUIDANCE_GRAPHEMES: usize = 180;

/// What guidance must not say, in small letters: it would tell somebody what to do about their own therapy or family, or
/// promise or deny too much; of suicide it speaks as the Samaritans' media guidelines ask; and links age badly.
pub const BANNED_IN_GUIDANCE: [&str; 19] = [
    "http",
    "www.",
    "assured",
    "guarantee",
    "no liability",
    "not liable",
    "you should",
    "you must",
    "you need to",
    "you have to",
    "you ought",
    "you'd better",
    "you had better",
    "you can't",
    "you cannot",
    "confront",
    "commit suicide",
    "committed suicide",
    "stand up to",
];

/// Ways to say that somebody leaves or stops.
const LEAVING: [&str; 19] = [
    "leave",
    "leaving",
    "quit",
    "quitting",
    "stop",
    "stopping",
    "end",
    "ending",
    "drop",
    "ditch",
    "dump",
    "abandon",
    "divorce",
    "walk out on",
    "walk away from",
    "break up with",
    "cut off",
    "cut ties with",
    "cut contact with",
];

/// What may stand between that and whom or what they leave.
const WHOSE: [&str; 16] = [
    "your", "their", "his", "her", "a", "an", "the", "my", "our", "any", "this", "that", "seeing", "taking",
    "going", "to",
];

/// Whom or what nobody is told to leave or to stop.
const LEFT: [&str; 26] = [
    "therapy",
    "counselling",
    "treatment",
    "medication",
    "medicine",
    "tablets",
    "therapist",
    "therapists",
    "counsellor",
    "counsellors",
    "doctor",
    "gp",
    "partner",
    "partners",
    "husband",
    "wife",
    "boyfriend",
    "girlfriend",
    "spouse",
    "marriage",
    "relationship",
    "family",
    "parents",
    "him",
    "her",
    "them",
];

/// The words with which guidance says what people do: what some find good, others may not.
pub const SOME_PEOPLE: &str = "some people find";

/// What everything to commenters says.
pub const SEEN_BY: &str = "your therapist, family or employer may see this";

/// To whom a guidance post speaks.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum SpeaksTo {
    /// Whoever reads.
    Everybody,
    /// Whoever replies.
    Commenters,
}

/// A guidance post, as drafted.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Guidance {
    /// Short name, unique.
    pub id: String,
    /// Raised with every change of the text.
    pub version: u32,
    /// To whom it speaks.
    pub to: SpeaksTo,
    /// What it is about: the id of a [`Topic`].
    pub topic: Option<String>,
    /// The names of the helplines that it names.
    #[serde(default)]
    pub helplines: Vec<String>,
    /// The words.
    pub text: String,
}

/// What a post can be about.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Short name, unique; stored with items.
    pub id: String,
    /// What people read.
    pub name: String,
}

/// In small letters, with one apostrophe and single spaces.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace('’', "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text tells somebody to leave or to stop what is theirs to decide about, wherever that stands in it.
fn says_to_leave(text: &str) -> bool {
    let text = plain(text);
    let words = text.split(|one: char| !one.is_alphanumeric() && one != '\'').filter(|word| !word.is_empty());
    let words = words.collect::<Vec<_>>();
    (0..words.len()).any(|at| {
        LEAVING.iter().any(|leaving| {
            let leaving = leaving.split(' ').collect::<Vec<_>>();
            let Some(rest) = words[at..].strip_prefix(leaving.as_slice()) else { return false };
            let between = rest.iter().take_while(|word| WHOSE.contains(word) && !LEFT.contains(word)).count();
            // "Leave her" is whole, "leave her partner" too.
            rest.get(between).is_some_and(|word| LEFT.contains(word))
        })
    })
}

/// Whether a text says what nothing of the channel's own says ([`BANNED_IN_GUIDANCE`]), or tells somebody to leave or stop.
pub(super) fn tells_what_to_do(text: &str) -> bool {
    let plain = plain(text);
    BANNED_IN_GUIDANCE.iter().any(|banned| plain.contains(banned)) || says_to_leave(text)
}

/// What every guidance post must keep to, a draft or not. How many platforms' posts it fits is asked elsewhere.
///
/// # Errors
/// The rule that it breaks, in words.
pub fn check_guidance(text: &str, helplines: &[Helpline]) -> Result<(), &'static str> {
    if text.trim() != text || text.is_empty() || text.chars().any(char::is_control) {
        return Err("text must be one line, without spaces around it");
    }
    if text.graphemes(true).count() > MAX_GUIDANCE_GRAPHEMES {
        return Err("longer than 180 characters");
    }
    if tells_what_to_do(text) {
        return Err("has a link, promises or denies too much, or tells somebody what to do");
    }
    let named = helplines.iter().filter(|line| names(text, line)).collect::<Vec<_>>();
    if named.iter().any(|line| line.open.is_none()) {
        return Err("the opening hours of a helpline that it names are uncertain");
    }
    let is_known = |number: &String| {
        named.iter().any(|line| [&line.call, &line.text_to].into_iter().flatten().any(|its| its == number))
    };
    // Shorter ones are hours of the day.
    if numbers(text).iter().any(|number| number.len() > 2 && !is_known(number)) {
        return Err("has a number that is none of its helplines'");
    }
    if !plain(text).contains(SOME_PEOPLE) {
        return Err("says what is good for people without \"some people find\"");
    }
    Ok(())
}

/// Whether `text` gives the helpline's number, however it is spaced, or its name.
#[must_use]
pub fn names(text: &str, helpline: &Helpline) -> bool {
    let numbers = numbers(text);
    let is_given = |number: &String| {
        // Two numbers side by side look like one; the short ones are in many others.
        numbers.iter().any(|given| given == number || (number.len() > 4 && given.contains(number)))
    };
    text.contains(&helpline.name) || helpline.call.iter().chain(&helpline.text_to).any(is_given)
}

/// The numbers in a text, as digits alone. Single spaces between digits belong to a number.
fn numbers(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut current = String::new();
    let mut is_space_before = false;
    for one in text.chars() {
        match one {
            '0'..='9' => {
                current.push(one);
                is_space_before = false;
            }
            ' ' if !current.is_empty() && !is_space_before => is_space_before = true,
            _ => {
                if !current.is_empty() {
                    all.push(std::mem::take(&mut current));
                }
                is_space_before = false;
            }
        }
    }
    if !current.is_empty() {
        all.push(current);
    }
    all
}

fn is_short_name(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|one| one.is_ascii_lowercase() || one == b'-')
}

pub(super) fn topics(text: &str) -> Result<Vec<Topic>, ContentError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        topic: Vec<Topic>,
    }
    const FILE: &str = "topics.toml";
    let all = read::<File>(FILE, text)?.topic;
    for (at, one) in all.iter().enumerate() {
        let rule = |rule| refuse(FILE, format!("topic \"{}\"", one.id), rule);
        if !is_short_name(&one.id) {
            return rule("id is small letters and hyphens");
        }
        if one.name.trim().is_empty() || one.name.chars().any(char::is_control) {
            return rule("needs a name of one line");
        }
        if all[..at].iter().any(|earlier| earlier.id == one.id) {
            return rule("two topics have this id");
        }
    }
    Ok(all)
}

pub(super) fn guidance(
    text: &str,
    topics: &[Topic],
    helplines: &[Helpline],
) -> Result<Vec<Guidance>, ContentError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        guidance: Vec<Guidance>,
    }
    const FILE: &str = "guidance.toml";
    let all = read::<File>(FILE, text)?.guidance;
    for (at, one) in all.iter().enumerate() {
        let rule = |rule| refuse(FILE, format!("guidance \"{}\"", one.id), rule);
        if !is_short_name(&one.id) {
            return rule("id is small letters and hyphens");
        }
        if all[..at].iter().any(|earlier| earlier.id == one.id) {
            return rule("two guidance posts have this id");
        }
        if one.topic.as_ref().is_some_and(|topic| topics.iter().all(|known| known.id != *topic)) {
            return rule("topics.toml has no such topic");
        }
        for name in &one.helplines {
            match helplines.iter().find(|line| line.name == *name) {
                None => return rule("helplines.toml has no such helpline"),
                Some(line) if !names(&one.text, line) => {
                    return rule("lists a helpline whose number or name the text does not give");
                }
                Some(_) => {}
            }
        }
        let is_listed = |line: &Helpline| one.helplines.contains(&line.name);
        if helplines.iter().filter(|line| names(&one.text, line)).any(|line| !is_listed(line)) {
            return rule("names a helpline that is not in its list");
        }
        if let Err(broken) = check_guidance(&one.text, helplines) {
            return rule(broken);
        }
        if one.to == SpeaksTo::Commenters && !plain(&one.text).contains(SEEN_BY) {
            return rule("to commenters it says \"your therapist, family or employer may see this\"");
        }
    }
    if !all.iter().any(|one| one.to == SpeaksTo::Commenters) {
        return refuse(FILE, "the list".to_owned(), "needs something to say to those who reply");
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_leave_or_to_stop_in_whatever_words() {
        for text in [
            "Some people find it best to leave their partner.",
            "Leave a therapist who is late.",
            "You may quit therapy.",
            "Some people find they can walk  out on their family.",
            "Stop taking your medication.",
            "Stop going to therapy.",
            "Leave her.",
            "LEAVE YOUR\u{a0}HUSBAND",
            "Some people find it right to break up with them, ending the marriage.",
        ] {
            assert!(says_to_leave(text), "{text}");
        }
        for text in [
            "Some people find it helps to talk about an ending while there is still time for it.",
            "Endings and breaks in therapy can stir up a lot.",
            "Some people leave a note for their therapist.",
            "Please leave out private details.",
            "At the end of the day, the therapist decides nothing for you.",
            "Some people find it hard to drop in.",
        ] {
            assert!(!says_to_leave(text), "{text}");
        }
    }

    #[test]
    fn a_number_is_known_however_it_is_spaced() {
        assert_eq!(numbers("Call 0800 58 58 58, 17:00 to 24:00."), ["0800585858", "17", "00", "24", "00"]);
        assert_eq!(numbers("999  or 116 123"), ["999", "116123"]);
        assert_eq!(numbers("text to 85258"), ["85258"]);
        assert!(numbers("nobody").is_empty());
    }
}
