//! What the name tagger looks at: for each token the hashes of its features.
//!
//! Invariant: a feature is a number that depends on the tokens alone; the trainer runs this very code, so training and
//! use can't differ. Nothing is allocated for a feature.

use super::knowledge::Knowledge;
use super::tokens::{Case, Token, hash_word};

/// Stands for what lies outside the text.
const EDGE: u32 = 0x5bd1_e995;

/// Mixes a template's number and its values into one well-spread hash.
fn mix(template: u32, a: u32, b: u32) -> u32 {
    let mut hash = template.wrapping_mul(0x9e37_79b1)
        ^ a.wrapping_mul(0x85eb_ca6b)
        ^ b.wrapping_mul(0xc2b2_ae35).rotate_left(13);
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2c1b_3c6d);
    hash ^= hash >> 12;
    hash = hash.wrapping_mul(0x297a_2d39);
    hash ^ hash >> 15
}

/// How the text as a whole is written: 0 mostly lower case, 1 mixed, 2 mostly title case, 3 mostly capitals. Of a text
/// in lower case or in headline case, capitals say little.
pub(crate) fn style(tokens: &[Token]) -> u32 {
    let mut counts = [0_usize; 3];
    for token in tokens {
        match token.case {
            Case::Lower => counts[0] += 1,
            Case::Title | Case::Mixed => counts[1] += 1,
            Case::Upper => counts[2] += 1,
            _ => {}
        }
    }
    let all: usize = counts.iter().sum();
    if counts[2] * 2 > all {
        3
    } else if counts[1] * 2 > all {
        2
    } else if counts[1] + counts[2] == 0 {
        0
    } else {
        1
    }
}

/// How the text is put together, as bits: hashtags apart from their sign, in one piece, full stops at the word, links,
/// "RT". Texts of one origin are alike in it, and so is what is said of accounts in them.
pub(crate) fn manner(folded: &[u8], tokens: &[Token]) -> u32 {
    let mut manner = 0;
    for pair in tokens.windows(2) {
        let (sign, next) = (folded[pair[0].start], &pair[1]);
        manner |= match sign {
            b'#' if next.joined => 2,
            b'#' => 1,
            b'r' if &folded[pair[0].start..pair[0].end] == b"rt" => 16,
            _ if next.joined && matches!(folded[next.start], b'.' | b',' | b'!' | b'?') => 4,
            _ => 0,
        };
        manner |= u32::from(next.case == Case::Link) << 3;
    }
    manner
}

/// What is seen of a token by its neighbours and itself, put into small numbers once.
struct Seen {
    word: u32,
    case: u32,
    /// First name, surname, ordinary word: two bits each.
    lists: u32,
    flags: u32,
    group: u32,
    wide: u32,
    group2: u32,
}

fn seen(tokens: &[Token], at: usize, offset: isize) -> Seen {
    at.checked_add_signed(offset).and_then(|place| tokens.get(place)).map_or(
        Seen { word: EDGE, case: 15, lists: 64, flags: 0, group: 256, wide: 32, group2: 256 },
        |token| Seen {
            word: token.word,
            case: token.case as u32,
            lists: u32::from(token.known.flags & 63),
            flags: u32::from(token.known.flags),
            group: u32::from(token.known.group),
            wide: u32::from(token.known.group >> 3),
            group2: u32::from(token.known.group2),
        },
    )
}

/// Account names and hashtags: does a first name begin or end it, has it digits, underscores, how long is it?
fn account(word: &[u8], cased: &[u8], knowledge: &Knowledge<'_>) -> u32 {
    let letters = word.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    // The longest beginning that is a first name; names of three to nine letters.
    let begins = (3..=letters.min(9)).rev().find_map(|length| {
        let entry = knowledge.word(hash_word(word[..length].iter().copied()));
        (entry.first_name() > 0).then(|| u32::from(entry.first_name()) + 3 * u32::from(length > 3))
    });
    let ends = (3..=letters.min(9)).rev().find_map(|length| {
        let entry = knowledge.word(hash_word(word[letters - length..letters].iter().copied()));
        (entry.first_name() > 0 || entry.surname() > 0).then(|| 1 + u32::from(length > 3))
    });
    let digits = word.iter().any(u8::is_ascii_digit);
    let line = word.contains(&b'_');
    let capitals = cased.iter().filter(|byte| byte.is_ascii_uppercase()).count().min(3) as u32;
    begins.unwrap_or(0)
        | ends.unwrap_or(0) << 3
        | u32::from(digits) << 5
        | u32::from(line) << 6
        | capitals << 7
        | ((word.len() / 4).min(3) as u32) << 9
}

/// The parts of an account name, at most four: a new one begins at a capital after a small letter and behind whatever is
/// no letter. "TimGreene_99" has two.
fn parts(cased: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        while cased.get(from).is_some_and(|byte| !byte.is_ascii_alphabetic()) {
            from += 1;
        }
        let start = from;
        let begins = cased.get(start)?;
        let mut end = start + 1;
        let mut small = begins.is_ascii_lowercase();
        while let Some(byte) = cased.get(end).filter(|byte| byte.is_ascii_alphabetic()) {
            if byte.is_ascii_uppercase() && small {
                break;
            }
            small = byte.is_ascii_lowercase();
            end += 1;
        }
        from = end;
        Some(start..end)
    })
    .take(4)
}

/// What the word list knows of a part of an account name; of one or two letters only how many they are.
fn part_known(word: &[u8], knowledge: &Knowledge<'_>) -> u32 {
    if word.len() < 3 {
        return 1 << 20 | word.len() as u32;
    }
    u32::from(knowledge.word(hash_word(word.iter().copied())).flags & 0x0f3f)
}

/// An account name of one piece cut in two where both halves are known best, a first name and a surname before all: what
/// is known of them. Only its first 24 letters are tried.
fn halves(word: &[u8], knowledge: &Knowledge<'_>) -> u32 {
    let letters = word.iter().take(24).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let worth = |entry: super::knowledge::Entry, name: u16| {
        if entry.flags == 0 { 0 } else { 2 + 3 * u32::from(name) + u32::from(entry.ordinary()) }
    };
    let mut best = (0, 0);
    for cut in 3..letters.saturating_sub(2) {
        let begins = knowledge.word(hash_word(word[..cut].iter().copied()));
        if begins.flags == 0 {
            continue;
        }
        let ends = knowledge.word(hash_word(word[cut..letters].iter().copied()));
        if ends.flags == 0 {
            continue;
        }
        let sum = worth(begins, begins.first_name())
            + worth(ends, ends.surname())
            + (cut.min(letters - cut)) as u32;
        if sum > best.0 {
            best = (sum, 1 << 12 | u32::from(begins.flags & 63) << 6 | u32::from(ends.flags & 63));
        }
    }
    best.1 | u32::from(letters == word.len()) << 13
}

/// Gives the features of the token at `at`, as pairs of a template's number and a hash.
pub(crate) fn features(
    folded: &[u8],
    cased: &[u8],
    tokens: &[Token],
    at: usize,
    (style, manner): (u32, u32),
    knowledge: &Knowledge<'_>,
    mut give: impl FnMut(u32, u32),
) {
    let token = &tokens[at];
    let (far, before, this, after, beyond) = (
        seen(tokens, at, -2),
        seen(tokens, at, -1),
        seen(tokens, at, 0),
        seen(tokens, at, 1),
        seen(tokens, at, 2),
    );
    let word = &folded[token.start..token.end];
    let mut feature = |template: u32, a: u32, b: u32| give(template, mix(template, a, b));
    let shaped = this.lists | this.case << 8;

    feature(0, 0, 0);
    feature(1, this.word, 0);
    feature(2, before.word, 0);
    feature(3, after.word, 0);
    feature(4, far.word, 0);
    feature(5, beyond.word, 0);
    feature(6, before.word, this.word);
    feature(7, this.word, after.word);
    feature(8, far.word, before.word);
    feature(9, after.word, beyond.word);
    feature(10, before.word, this.case);
    feature(11, after.word, this.case);
    feature(12, this.case | before.case << 4 | after.case << 8, style);
    feature(13, token.shape, 0);
    feature(14, this.case, style | u32::from(token.first) << 2);
    feature(15, this.lists, this.case);
    feature(16, before.lists | before.case << 8, shaped);
    feature(17, shaped, after.lists | after.case << 8);
    feature(18, shaped, style | u32::from(token.first) << 2);
    feature(19, this.lists, before.word);
    feature(20, this.lists, after.word);
    feature(21, this.flags >> 6, this.case);
    feature(22, this.flags >> 6 & 15, shaped);
    feature(23, this.group, 0);
    feature(24, this.group, this.case);
    feature(25, before.group, this.case);
    feature(26, after.group, this.case);
    feature(27, before.wide, this.wide);
    feature(28, this.wide, after.wide);
    feature(29, before.group, after.group);
    feature(30, far.group, 0);
    feature(31, beyond.group, 0);
    feature(32, before.wide | this.lists << 8, after.wide);
    feature(33, this.group2, this.case);
    feature(34, before.group2, 0);
    feature(35, after.group2, 0);
    feature(36, before.case | before.lists << 8, after.case | after.lists << 8);
    feature(37, this.flags >> 8 & 127, before.flags >> 8 & 127);
    feature(38, this.flags >> 8 & 127, after.flags >> 8 & 127);
    if token.case == Case::Sign || token.case == Case::Link {
        if folded[token.start] == b'@'
            && let Some(next) = tokens.get(at + 1)
        {
            let about = account(&folded[next.start..next.end], &cased[next.start..next.end], knowledge);
            feature(40, about, 0);
            feature(41, about & 7, before.word);
            feature(42, seen(tokens, at, 2).word, 0);
            feature(60, manner, 0);
            feature(61, manner & 7, u32::from(at == 0) | before.word << 1);
            feature(62, halves(&folded[next.start..next.end], knowledge), 0);
            for (index, part) in parts(&cased[next.start..next.end]).enumerate() {
                feature(63, part_known(&folded[next.start..next.end][part], knowledge), index.min(1) as u32);
            }
        }
        return;
    }
    for length in 2..=4 {
        if word.len() > length {
            feature(43 + length as u32, hash_word(word[..length].iter().copied()), 0);
            feature(47 + length as u32, hash_word(word[word.len() - length..].iter().copied()), 0);
        }
    }
    feature(52, hash_word(word[word.len().saturating_sub(3)..].iter().copied()), this.case);
    let marked = at > 0 && matches!(folded[tokens[at - 1].start], b'@' | b'#');
    if marked {
        let sign = u32::from(folded[tokens[at - 1].start]);
        let about = account(word, &cased[token.start..token.end], knowledge);
        feature(53, about, sign);
        feature(54, about & 31, sign);
        feature(55, about >> 5, sign);
        feature(56, far.word, after.word);
        feature(57, far.case, after.case);
        feature(64, halves(word, knowledge), sign);
        feature(65, manner, sign);
        feature(66, hash_word(word[word.len().saturating_sub(5)..].iter().copied()), sign);
        let mut shape = 0;
        for (index, part) in parts(&cased[token.start..token.end]).enumerate() {
            let known = part_known(&word[part.clone()], knowledge);
            shape = shape << 7 | 64 | (known & 63);
            feature(67, known, index.min(1) as u32);
            feature(68, hash_word(word[part].iter().copied()), sign);
        }
        feature(69, shape, sign);
        for part in word.windows(4).take(16) {
            feature(58, hash_word(part.iter().copied()), sign);
        }
    } else if token.known.flags == 0 {
        for part in word.windows(3).take(12) {
            feature(59, hash_word(part.iter().copied()), 0);
        }
    }
}
