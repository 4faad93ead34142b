//! Words and sentences: the text as the phrases of the lexicon and the model read it.
//!
//! Invariant: every token knows the bytes of the normalised text that it stands for, and its form is plain: lower case,
//! without apostrophes, with the tricks undone that hide a word from a machine and not from a reader (letters drawn out,
//! spaced out, run together behind a `#`, or written with digits and signs). A trick is undone only where a word of the
//! lexicon comes out, so an ordinary text is left as it stands.

use std::ops::Range;

use crate::lexicon::{self, WordId};
use crate::normalise::Normalised;
use crate::spelling;

/// The longest run of letters that is taken apart or corrected, in bytes; longer ones are no words of any language here.
const LONGEST_WORD: usize = 64;
/// What an apostrophe parts from its word as a token of its own; the same as in `build/phrase.rs`.
const PARTED: [&[u8]; 6] = [b"s", b"m", b"re", b"ll", b"d", b"ve"];
/// The same where people leave the apostrophe out and no other word is meant.
const PARTED_WITHOUT: [(&str, usize); 12] = [
    ("im", 1),
    ("ive", 1),
    ("hes", 2),
    ("shes", 3),
    ("youre", 3),
    ("youve", 3),
    ("theyre", 4),
    ("theyve", 4),
    ("weve", 2),
    ("whos", 3),
    ("thats", 4),
    ("theres", 5),
];
/// So many single letters in a row are a spaced-out word and no initials.
const SPACED_LETTERS: usize = 3;

/// What sort of thing a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Word,
    /// Digits only.
    Number,
    /// `@name`.
    Handle,
    /// A web address.
    Link,
    /// An e-mail address.
    Mail,
}

/// One word, or what stands in the place of one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Bytes of the normalised text, half-open.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The word of the lexicon that this is.
    pub(crate) id: WordId,
    pub(crate) sort: Sort,
    /// Whether a comma, colon, quotation mark or dash stands before it.
    pub(crate) after_break: bool,
    form: (u32, u32),
}

/// A text cut into tokens and sentences.
pub(crate) struct Text<'a> {
    pub(crate) normalised: &'a Normalised,
    pub(crate) tokens: Vec<Token>,
    /// Ranges of tokens, in order, none empty.
    pub(crate) sentences: Vec<Range<usize>>,
    forms: String,
}

impl<'a> Text<'a> {
    pub(crate) fn new(normalised: &'a Normalised) -> Self {
        let mut text = Self {
            normalised,
            tokens: Vec::with_capacity(normalised.folded.len() / 4),
            sentences: Vec::new(),
            forms: String::with_capacity(normalised.folded.len()),
        };
        text.read_tokens();
        text.join_spaced_letters();
        text.read_sentences();
        text
    }

    /// The plain form of a token.
    pub(crate) fn form(&self, token: usize) -> &str {
        let (from, to) = self.tokens[token].form;
        &self.forms[from as usize..to as usize]
    }

    /// The sentence that holds a token, as a range of tokens.
    pub(crate) fn sentence(&self, token: usize) -> Range<usize> {
        let index = self.sentences.partition_point(|sentence| sentence.end <= token);
        self.sentences.get(index).cloned().unwrap_or(token..token)
    }

    fn push(&mut self, start: usize, end: usize, sort: Sort, form: &str, id: WordId) {
        let from = self.forms.len();
        self.forms.push_str(form);
        let previous = self.tokens.last().map_or(0, |token| token.end);
        let after_break =
            self.normalised.folded[previous..start].iter().any(|byte| b",;:\"()-/".contains(byte));
        let token =
            Token { start, end, id, sort, after_break, form: (offset(from), offset(self.forms.len())) };
        self.tokens.push(token);
    }

    fn read_tokens(&mut self) {
        let normalised = self.normalised;
        let bytes = normalised.folded.as_slice();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let word_before = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
            match bytes[at] {
                b'h' | b'w' if !word_before && is_link(rest) => {
                    let end = at + rest.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
                    self.push(at, end, Sort::Link, "", lexicon::LINK);
                    at = end;
                }
                b'@' if !word_before && rest.get(1).is_some_and(|byte| byte.is_ascii_alphanumeric()) => {
                    let end = at + 1 + rest[1..].iter().take_while(|byte| is_handle(**byte)).count();
                    self.push(at, end, Sort::Handle, "", lexicon::HANDLE);
                    at = end;
                }
                b'#' if rest.get(1).is_some_and(u8::is_ascii_alphabetic) => {
                    let end = at + 1 + rest[1..].iter().take_while(|byte| is_word(**byte)).count();
                    self.push_run_together(at + 1, end);
                    at = end;
                }
                byte if byte.is_ascii_alphanumeric() || byte == b'_' => at = self.push_word(at),
                _ => at += 1,
            }
        }
    }

    /// Reads the word that starts at `at` and answers where it ends.
    fn push_word(&mut self, at: usize) -> usize {
        let bytes = self.normalised.folded.as_slice();
        let mut plain = [0_u8; LONGEST_WORD];
        let (mut end, mut length, mut digits, mut signs) = (at, 0, 0, 0);
        while let Some(&byte) = bytes.get(end) {
            let inside = bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric) && end > at;
            let kept = match byte {
                b'0'..=b'9' => {
                    digits += 1;
                    true
                }
                b'a'..=b'z' | b'_' => true,
                b'\'' if inside => {
                    let rest = &bytes[end + 1..];
                    let ending =
                        &rest[..rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count().min(3)];
                    if PARTED.contains(&ending) {
                        break;
                    }
                    end += 1;
                    continue;
                }
                b'@' if inside => match mail_end(bytes, end) {
                    Some(end) => {
                        self.push(at, end, Sort::Mail, "", lexicon::MAIL);
                        return end;
                    }
                    None => true,
                },
                b'$' | b'!' | b'*' | b'|' if inside && !bytes[end - 1].is_ascii_digit() => true,
                _ => false,
            };
            if !kept {
                break;
            }
            if !byte.is_ascii_alphanumeric() {
                signs += 1;
            }
            if length < LONGEST_WORD {
                plain[length] = byte;
                length += 1;
            }
            end += 1;
        }
        if digits == length {
            self.push(at, end, Sort::Number, "", lexicon::NUMBER);
            return end;
        }
        // Unwrap safety: the bytes are those of the ASCII arms above.
        let form = std::str::from_utf8(&plain[..length]).expect("normalised text is ASCII");
        let id = lexicon::word(form);
        if let Some((_, cut)) = PARTED_WITHOUT.iter().find(|(whole, _)| *whole == form) {
            let (word, ending) = form.split_at(*cut);
            self.push(at, at + cut, Sort::Word, word, lexicon::word(word));
            self.push(at + cut, end, Sort::Word, ending, lexicon::word(ending));
        } else if id != lexicon::UNKNOWN {
            self.push(at, end, Sort::Word, form, id);
        } else if let Some(word) = spelling::undo(form) {
            self.push(at, end, Sort::Word, word.form, word.id);
        } else if signs > 0 {
            self.push_pieces(at, end);
        } else if end - at == length
            && let Some(cuts) = spelling::run_together(form)
        {
            let mut from = 0;
            for to in cuts {
                let word = &form[from..to];
                self.push(at + from, at + to, Sort::Word, word, lexicon::word(word));
                from = to;
            }
        } else {
            self.push(at, end, Sort::Word, form, lexicon::UNKNOWN);
        }
        end
    }

    /// A run that holds signs and hides no word of the lexicon: its pieces are the words.
    fn push_pieces(&mut self, start: usize, end: usize) {
        let bytes = self.normalised.folded.as_slice();
        let mut at = start;
        while at < end {
            let length = bytes[at..end].iter().take_while(|byte| is_word(**byte) || **byte == b'\'').count();
            if length == 0 {
                at += 1;
                continue;
            }
            let mut plain = [0_u8; LONGEST_WORD];
            let mut used = 0;
            for &byte in bytes[at..at + length].iter().filter(|byte| **byte != b'\'').take(LONGEST_WORD) {
                plain[used] = byte;
                used += 1;
            }
            // Unwrap safety: `is_word` admits ASCII only.
            let form = std::str::from_utf8(&plain[..used]).expect("normalised text is ASCII");
            let sort = if form.bytes().all(|byte| byte.is_ascii_digit()) { Sort::Number } else { Sort::Word };
            let id = if sort == Sort::Number { lexicon::NUMBER } else { lexicon::word(form) };
            self.push(at, at + length, sort, form, id);
            at += length;
        }
    }

    /// Several words without spaces, as in a hashtag.
    fn push_run_together(&mut self, start: usize, end: usize) {
        let normalised = self.normalised;
        let run = &normalised.folded[start..end.min(start + LONGEST_WORD)];
        let Some(cuts) = std::str::from_utf8(run).ok().and_then(spelling::take_apart) else {
            self.push_pieces(start, end);
            return;
        };
        let mut from = start;
        for cut in cuts {
            let to = start + cut;
            let form = std::str::from_utf8(&normalised.folded[from..to]).unwrap_or_default();
            self.push(from, to, Sort::Word, form, lexicon::word(form));
            from = to;
        }
    }

    /// `k i l l` and `k.i.l.l` become one word, and several words if they are spaced out without a wider gap.
    fn join_spaced_letters(&mut self) {
        let single = |token: &Token| token.sort == Sort::Word && token.form.1 - token.form.0 == 1;
        if !self.tokens.windows(SPACED_LETTERS).any(|window| window.iter().all(single)) {
            return;
        }
        let mut joined = Vec::with_capacity(self.tokens.len());
        let mut at = 0;
        while at < self.tokens.len() {
            let mut end = at;
            while end < self.tokens.len()
                && end - at < LONGEST_WORD
                && single(&self.tokens[end])
                && (end == at || self.follows_at_once(end))
            {
                end += 1;
            }
            let letters: String = (at..end).map(|token| self.form(token)).collect();
            let cuts = if end - at >= SPACED_LETTERS { spelling::take_apart(&letters) } else { None };
            let Some(cuts) = cuts else {
                // The whole run: trying again from each of its letters would take a text of letters apart forever.
                joined.extend_from_slice(&self.tokens[at..end.max(at + 1)]);
                at = end.max(at + 1);
                continue;
            };
            let mut from = 0;
            for to in cuts {
                let word = &letters[from..to];
                let start = self.forms.len();
                self.forms.push_str(word);
                joined.push(Token {
                    end: self.tokens[at + to - 1].end,
                    id: lexicon::word(word),
                    form: (offset(start), offset(self.forms.len())),
                    ..self.tokens[at + from]
                });
                from = to;
            }
            at = end;
        }
        self.tokens = joined;
    }

    /// Whether one sign, and no apostrophe, parts a token from the one before: "I'm a" is no word spaced out.
    fn follows_at_once(&self, token: usize) -> bool {
        let before = self.tokens[token - 1].end;
        self.tokens[token].start == before + 1 && self.normalised.folded[before] != b'\''
    }

    fn read_sentences(&mut self) {
        let mut from = 0;
        for &end in &self.normalised.sentence_ends {
            let to = from + self.tokens[from..].partition_point(|token| token.start < end);
            if to > from {
                self.sentences.push(from..to);
            }
            from = to;
        }
    }
}

fn offset(at: usize) -> u32 {
    // Texts are far shorter; a longer one would only lose the ends of its forms.
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_handle(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_link(rest: &[u8]) -> bool {
    rest.starts_with(b"http://") || rest.starts_with(b"https://") || rest.starts_with(b"www.")
}

/// Where an e-mail address ends whose `@` stands at `at`: after a domain with a dot in it.
fn mail_end(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes[at + 1..]
        .iter()
        .take(254)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
        .count();
    let domain = &bytes[at + 1..=at + length];
    let dot = domain.iter().position(|byte| *byte == b'.')?;
    domain.get(dot + 1).filter(|byte| byte.is_ascii_alphabetic())?;
    let trailing = domain.iter().rev().take_while(|byte| b".-".contains(byte)).count();
    Some(at + 1 + length - trailing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let normalised = Normalised::new(text);
        let text = Text::new(&normalised);
        (0..text.tokens.len()).map(|token| text.form(token).to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tricks_of_spelling_are_undone_where_a_word_comes_out() {
        for (text, expected) in [
            ("I don't WANT this", "i dont want this"),
            ("k1ll my$elf", "kill myself"),
            ("k!ll", "kill"),
            ("I want to d*e", "i want to die"),
            ("su1c1de", "suicide"),
            ("I want to diiiiie", "i want to die"),
            ("k i l l m y s e l f", "kill myself"),
            ("k.i.l.l", "kill"),
            ("#killmyself now", "kill myself now"),
            ("Ihatewomen", "i hate women"),
            ("#IWantToDie", "i want to die"),
            ("suicde", "suicide"),
            ("killl myslef", "kill myself"),
            // What only looks like a trick.
            ("3am, 10mg, b4, 2nd", "3am 10mg b4 2nd"),
            ("A B C", "a b c"),
            ("I'm a baker", "i m a baker"),
            ("Wow! Yes!no", "wow yes no"),
            ("sooo good", "so good"),
            ("bzzz", "bzzz"),
            ("whatever", "whatever"),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn addresses_are_tokens_of_their_own_kind() {
        let normalised =
            Normalised::new("Mail sam@mail.example.com, see https://example.com/a?b and ask @sam_x now 12");
        let text = Text::new(&normalised);
        let sorts: Vec<Sort> = text.tokens.iter().map(|token| token.sort).collect();
        use Sort::{Handle, Link, Mail, Number, Word};
        assert_eq!(sorts, [Word, Mail, Word, Link, Word, Word, Handle, Word, Number]);
        assert_eq!(text.tokens[1].end, 25);
    }

    #[test]
    fn sentences_hold_every_token_once() {
        let normalised = Normalised::new("One two. Three! (Four) \"five?\" Six");
        let text = Text::new(&normalised);
        let covered: usize = text.sentences.iter().map(ExactSizeIterator::len).sum();
        assert_eq!(covered, text.tokens.len());
        assert_eq!(text.sentence(0), 0..2);
        assert_eq!(text.sentence(5), 5..6);
    }
}
