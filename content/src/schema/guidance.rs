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
pub const BANNED_IN_GUIDANCE: [&str; 24] = [
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
    "you can't",
    "leave your",
    "leave therapy",
    "leave him",
    "leave her",
    "leave them",
    "stop seeing",
    "stop taking",
    "stop therapy",
    "stop your",
    "confront",
    "commit suicide",
    "committed suicide",
];

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
        let lower = one.text.to_lowercase().replace('’', "'");
        if !is_short_name(&one.id) {
            return rule("id is small letters and hyphens");
        }
        if all[..at].iter().any(|earlier| earlier.id == one.id) {
            return rule("two guidance posts have this id");
        }
        if one.text.trim() != one.text || one.text.is_empty() || one.text.chars().any(char::is_control) {
            return rule("text must be one line, without spaces around it");
        }
        if one.text.graphemes(true).count() > MAX_GUIDANCE_GRAPHEMES {
            return rule("longer than 180 characters");
        }
        if BANNED_IN_GUIDANCE.iter().any(|banned| lower.contains(banned)) {
            return rule("has a link, promises or denies too much, or tells somebody what to do");
        }
        if one.to == SpeaksTo::Commenters && !lower.contains(SEEN_BY) {
            return rule("to commenters it says \"your therapist, family or employer may see this\"");
        }
        if one.topic.as_ref().is_some_and(|topic| topics.iter().all(|known| known.id != *topic)) {
            return rule("topics.toml has no such topic");
        }
        let mut its = Vec::new();
        for name in &one.helplines {
            match helplines.iter().find(|line| line.name == *name) {
                None => return rule("helplines.toml has no such helpline"),
                Some(line) if line.open.is_none() => {
                    return rule("the opening hours of a helpline that it names are uncertain");
                }
                Some(line) if !names(&one.text, line) => {
                    return rule("lists a helpline whose number or name the text does not give");
                }
                Some(line) => its.push(line),
            }
        }
        let is_listed = |line: &&Helpline| its.iter().any(|listed| listed.name == line.name);
        if helplines.iter().filter(|line| names(&one.text, line)).any(|line| !is_listed(&line)) {
            return rule("names a helpline that is not in its list");
        }
        let known = |number: &String| {
            its.iter().any(|line| [&line.call, &line.text_to].into_iter().flatten().any(|its| its == number))
        };
        // Shorter ones are hours of the day.
        if numbers(&one.text).iter().any(|number| number.len() > 2 && !known(number)) {
            return rule("has a number that is none of its helplines'");
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
    fn a_number_is_known_however_it_is_spaced() {
        assert_eq!(numbers("Call 0800 58 58 58, 17:00 to 24:00."), ["0800585858", "17", "00", "24", "00"]);
        assert_eq!(numbers("999  or 116 123"), ["999", "116123"]);
        assert_eq!(numbers("text to 85258"), ["85258"]);
        assert!(numbers("nobody").is_empty());
    }
}
