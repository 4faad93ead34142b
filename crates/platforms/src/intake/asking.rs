//! Whether a post asks the channel to share something.
//!
//! The rule, plainly: one whole sentence of the post is the channel's name and a request, such as "@ClientsConnect please
//! share this" or "Could you repost my thread, @ClientsConnect?", and nothing else but names, hashtags and links; and it
//! speaks to the channel and not about it. A quotation asks for nothing. It is strict on purpose: somebody who is not
//! understood can use the hashtag or the form, while words that are taken for a request put a post before strangers.

use super::own_words::{bare, is_name_of};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// "This": the post that it quotes or answers, or itself if it does neither.
    This,
    /// "My post": itself.
    Mine,
}

/// The longest request in words, names and links not counted.
const MOST_WORDS: usize = 16;

/// What may stand before the verb.
const BEFORE: [&str; 27] = [
    "",
    "please",
    "pls",
    "plz",
    "kindly",
    "can you",
    "could you",
    "would you",
    "will you",
    "can you please",
    "could you please",
    "would you please",
    "will you please",
    "please can you",
    "please could you",
    "please would you",
    "please will you",
    "can you kindly",
    "could you kindly",
    "would you like to",
    "you can",
    "you may",
    "feel free to",
    "please feel free to",
    "i'd like you to",
    "i would like you to",
    "i'm happy for you to",
];
const VERBS: [&str; 10] =
    ["share", "reshare", "repost", "re-post", "post", "retweet", "rt", "boost", "reblog", "propose"];
/// What may stand before the verb's other form.
const BEFORE_ING: [&str; 6] = [
    "would you mind",
    "would you consider",
    "could you consider",
    "please consider",
    "please would you consider",
    "consider",
];
const VERBS_ING: [&str; 6] = ["sharing", "resharing", "reposting", "posting", "retweeting", "boosting"];
const THIS: [&str; 8] =
    ["this", "it", "this one", "this post", "this thread", "this tweet", "this toot", "this please"];
const MINE: [&str; 5] = ["my post", "my thread", "my tweet", "my toot", "mine"];
const AFTER: [&str; 12] = [
    "",
    "please",
    "pls",
    "plz",
    "thanks",
    "thank you",
    "many thanks",
    "for me",
    "with others",
    "with your followers",
    "if you can",
    "if you think it helps",
];
const GREETINGS: [&str; 5] = ["hi", "hello", "hey", "dear", "thanks"];

/// What the words ask the channel for, if they do.
pub(super) fn asked(text: &str, names: &[String]) -> Option<Asked> {
    text.lines().find_map(|line| {
        let mut sentence = Sentence::default();
        for word in line.split_whitespace() {
            if sentence.takes(word, names) {
                if let Some(asked) = sentence.asked() {
                    return Some(asked);
                }
                sentence = Sentence::default();
            }
        }
        sentence.asked()
    })
}

#[derive(Default)]
struct Sentence {
    words: Vec<String>,
    /// How many words stand before the channel's name, for each time that it occurs.
    names_at: Vec<usize>,
    /// The last word that a comma follows, counted from 1.
    pause_at: usize,
    is_quoted: bool,
    is_long: bool,
}

impl Sentence {
    /// Adds a word; true if the sentence ends with it.
    fn takes(&mut self, word: &str, names: &[String]) -> bool {
        self.is_quoted |= word.contains(['"', '“', '”', '„', '«', '»', '>']);
        let is_link = word.contains("://");
        let plain = bare(word);
        if is_name_of(plain, names) {
            self.names_at.push(self.words.len());
        } else if self.words.len() == MOST_WORDS {
            self.is_long = true;
        } else if !plain.is_empty() && !is_link && !plain.starts_with(['@', '#', '＃']) {
            self.words.push(plain.to_lowercase().replace('’', "'"));
            if word.ends_with(',') && self.names_at.is_empty() {
                self.pause_at = self.words.len();
            }
        }
        !is_link && word.trim_end_matches([')', '\'', '’']).ends_with(['.', '!', '?', '…', ':', ';'])
    }

    fn asked(&self) -> Option<Asked> {
        let addresses = !self.names_at.is_empty() && self.names_at.iter().all(|at| self.addresses_at(*at));
        if !addresses || self.is_quoted || self.is_long {
            return None;
        }
        let all = self.words.join(" ");
        let without_greeting = GREETINGS.iter().find_map(|greeting| after(&all, greeting)).unwrap_or(&all);
        request(without_greeting, &BEFORE, &VERBS)
            .or_else(|| request(without_greeting, &BEFORE_ING, &VERBS_ING))
    }

    /// True if the name behind so many words is that of whom the sentence speaks to: at its beginning, behind a greeting,
    /// or at its end. "Please share @ClientsConnect" and "share this @ClientsConnect post" speak to others, of the channel.
    fn addresses_at(&self, at: usize) -> bool {
        let (before, behind) = self.words.split_at(at);
        if matches!(before, []) || matches!(before, [one] if GREETINGS.contains(&one.as_str())) {
            return true;
        }
        let is_object = match before {
            // "This post" is no verb.
            [.., of, _] if matches!(of.as_str(), "this" | "my") => false,
            [.., last] => VERBS.contains(&last.as_str()) || VERBS_ING.contains(&last.as_str()),
            [] => false,
        };
        (!is_object || self.pause_at == at) && AFTER.contains(&behind.join(" ").as_str())
    }
}

/// The whole text as: something before, a verb, an object, something after.
fn request(text: &str, before: &[&str], verbs: &[&str]) -> Option<Asked> {
    for lead in before {
        let Some(rest) = after(text, lead) else { continue };
        for rest in verbs.iter().filter_map(|verb| after(rest, verb)) {
            let objects = THIS.map(|this| (this, Asked::This)).into_iter();
            let objects = objects.chain(MINE.map(|mine| (mine, Asked::Mine)));
            // A verb alone ("@ClientsConnect post") may be a noun.
            let nothing = (!lead.is_empty()).then_some(("", Asked::This));
            let found = objects
                .chain(nothing)
                .find(|(object, _)| after(rest, object).is_some_and(|tail| AFTER.contains(&tail)));
            if let Some((_, asked)) = found {
                return Some(asked);
            }
        }
    }
    None
}

/// What follows these whole words.
fn after<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    if words.is_empty() {
        return Some(text);
    }
    let rest = text.strip_prefix(words)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Option<Asked> {
        asked(text, &["ClientsConnect".to_owned(), "clientsconnect.example".to_owned()])
    }

    #[test]
    fn a_sentence_that_is_a_request_asks() {
        for text in [
            "@ClientsConnect please share",
            "@clientsconnect please share this",
            "Please share this, @ClientsConnect!",
            "Hi @ClientsConnect, could you please repost this? Thanks",
            "@ClientsConnect RT this please",
            "@ClientsConnect share it",
            "Grounding helps some people. @ClientsConnect please share this thread. It is long.",
            "Grounding helps some people\n\n@ClientsConnect please boost",
            "@ClientsConnect please share: grounding helps some people",
            "please share this @ClientsConnect @other #therapy https://t.co/abc",
            "@clientsconnect.example would you consider sharing this?",
            "@ClientsConnect I’d like you to share this 🙏",
            "@ClientsConnect feel free to share this",
            "please share, @ClientsConnect",
            "Can you share this post @ClientsConnect",
            "Please share this @ClientsConnect thank you",
        ] {
            assert_eq!(of(text), Some(Asked::This), "{text}");
        }
        for text in ["@ClientsConnect please share my post", "Could you repost my thread, @ClientsConnect?"] {
            assert_eq!(of(text), Some(Asked::Mine), "{text}");
        }
    }

    #[test]
    fn anything_else_does_not_ask() {
        for text in [
            "",
            "@ClientsConnect",
            "@ClientsConnect thank you",
            "Thanks @ClientsConnect, I will share this with my therapist",
            "please share this",
            "please share this @other",
            "@ClientsConnect please don't share this",
            "@ClientsConnect please do not share this",
            "@ClientsConnect never share this",
            "@ClientsConnect why would you share this?",
            "@ClientsConnect you share this rubbish",
            "@ClientsConnect share this rubbish",
            "@ClientsConnect post",
            "great @ClientsConnect post",
            "Please RT @ClientsConnect",
            "RT @ClientsConnect: please share this",
            "please share @ClientsConnect!",
            "Would you consider sharing @ClientsConnect?",
            "@friend please share this @ClientsConnect post",
            "@friend can you share this with @ClientsConnect",
            "@ClientsConnect please share @ClientsConnect",
            "@ClientsConnect please share this with nobody",
            "@ClientsConnect would you share this if it were about you?",
            "my friend said \"@ClientsConnect please share this\"",
            "\"@ClientsConnect please share this\"",
            "> @ClientsConnect please share this",
            "@ClientsConnect is here. Please share this with a friend.",
            "@ClientsConnect2 please share this",
            "@ClientsConnect can you help me",
            "@ClientsConnect please share and like and follow and share and like and follow and share and like and more",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer_and_without_the_name_it_is_no(text in "\\PC{0,120}") {
            prop_assume!(!text.to_lowercase().contains("clientsconnect"));
            prop_assert_eq!(of(&text), None);
        }

        #[test]
        fn one_more_word_in_the_sentence_is_not_understood(word in "(not|never|nobody|therapist|sister|hurt)", at in 0usize..4) {
            let mut words = vec!["@ClientsConnect", "please", "share", "this"];
            words.insert(at, &word);
            prop_assert_eq!(of(&words.join(" ")), None);
        }
    }
}
