//! Undoing the tricks and the slips of spelling that hide a word of the lexicon.
//!
//! Invariant: each function tries a bounded number of spellings, and answers only with words of the lexicon; a word that
//! people really use for something else is never "corrected" (`lexicon/words.toml` lists such neighbours).

use crate::lexicon::{self, WordId};

/// A word of the lexicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) form: &'static str,
    pub(crate) id: WordId,
}

fn known(form: &[u8]) -> Option<Word> {
    let id = lexicon::word(std::str::from_utf8(form).ok()?);
    (id != lexicon::UNKNOWN).then(|| Word { form: lexicon::form(id), id })
}

/// The word that an unknown form stands for: drawn out, written with digits and signs, or with one slip.
pub(crate) fn undo(form: &str) -> Option<Word> {
    drawn_out(form.as_bytes()).or_else(|| signs(form.as_bytes())).or_else(|| one_slip(form))
}

/// `diiiie`: runs of three or more of a letter become two, or one; doubled `i`, `u` and `a` become one.
fn drawn_out(form: &[u8]) -> Option<Word> {
    if form.len() < 4 {
        return None;
    }
    for longest in [2_usize, 1] {
        let mut short = Vec::with_capacity(form.len());
        let mut run = 0;
        let mut changed = false;
        for (index, byte) in form.iter().enumerate() {
            run = if index > 0 && form[index - 1] == *byte { run + 1 } else { 1 };
            let length = form[index..].iter().take_while(|next| *next == byte).count() + run - 1;
            let most = if length >= 3 || (length == 2 && longest == 1 && b"iuay".contains(byte)) {
                longest
            } else {
                2
            };
            if run <= most {
                short.push(*byte);
            } else {
                changed = true;
            }
        }
        if changed && let Some(word) = known(&short) {
            return Some(word);
        }
    }
    None
}

/// `k1ll`, `su!c!de`, `d*e`: at least half are letters, and one reading of the signs is a word.
fn signs(form: &[u8]) -> Option<Word> {
    /// A sign has up to two readings, so a word with so many signs has at most 64.
    const MOST_SIGNS: usize = 6;
    let letters = form.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let signs = form.len() - letters;
    if signs == 0 || signs > MOST_SIGNS || letters * 2 < form.len() || form.len() < 3 {
        return None;
    }
    let mut readings: Vec<Vec<u8>> = vec![Vec::with_capacity(form.len())];
    for byte in form {
        let as_letters: &[u8] = match byte {
            b'0' => b"o",
            b'1' | b'|' => b"il",
            b'!' => b"i",
            b'3' => b"e",
            b'4' | b'@' => b"a",
            b'5' | b'$' => b"s",
            b'7' => b"t",
            b'8' => b"b",
            b'9' => b"g",
            b'*' => b"aeiou",
            letter if letter.is_ascii_alphabetic() => std::slice::from_ref(letter),
            _ => return None,
        };
        if readings.len() * as_letters.len() > 125 {
            return None;
        }
        readings = readings
            .iter()
            .flat_map(|reading| {
                as_letters.iter().map(|letter| {
                    let mut longer = reading.clone();
                    longer.push(*letter);
                    longer
                })
            })
            .collect();
    }
    readings.iter().find_map(|reading| known(reading).or_else(|| drawn_out(reading)))
}

/// One letter too many, too few, wrong, or two swapped, in a word that matters (`lexicon/words.toml`).
fn one_slip(form: &str) -> Option<Word> {
    /// Shorter words have too many neighbours.
    const SHORTEST: usize = 5;
    if form.len() + 1 < SHORTEST || form.len() > 14 || lexicon::is_no_slip(form) {
        return None;
    }
    let bytes = form.as_bytes();
    if !bytes.iter().all(u8::is_ascii_lowercase) {
        return None;
    }
    // Two words one slip apart share a spelling with at most one letter left out of each.
    let mut shorter = Vec::with_capacity(bytes.len());
    for skipped in 0..=bytes.len() {
        shorter.clear();
        shorter
            .extend(bytes.iter().enumerate().filter(|(index, _)| *index != skipped).map(|(_, byte)| *byte));
        let Ok(key) = std::str::from_utf8(&shorter) else { continue };
        for &id in lexicon::slips(key) {
            let meant = lexicon::form(id);
            if is_one_slip(bytes, meant.as_bytes()) {
                return Some(Word { form: meant, id });
            }
        }
    }
    None
}

/// Whether one insertion, deletion, substitution or swap of neighbours leads from one word to the other, the first
/// letter staying: people seldom miss it.
fn is_one_slip(a: &[u8], b: &[u8]) -> bool {
    if a.first() != b.first() {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (&a[same..], &b[same..]);
    match (rest_a, rest_b) {
        ([], [_]) | ([_], []) => true,
        ([_, tail_a @ ..], [_, tail_b @ ..]) => {
            tail_a == tail_b
                || tail_a == rest_b
                || rest_a == tail_b
                || matches!((rest_a, rest_b), ([a0, a1, more_a @ ..], [b0, b1, more_b @ ..]) if a0 == b1 && a1 == b0 && more_a == more_b)
        }
        _ => false,
    }
}

/// Where to cut a word that is several without the spaces between ("hatewomen"), `None` if it is one word. Only where one
/// of the pieces is a word that hate needs: taking every unknown word apart would find words nobody wrote.
pub(crate) fn run_together(form: &str) -> Option<Vec<usize>> {
    const MARKS: [&str; 10] =
        ["women", "muslim", "immigrant", "gays", "blacks", "disabled", "people", "hate", "jews", "refugees"];
    const LENGTHS: std::ops::RangeInclusive<usize> = 6..=24;
    const MOST_PIECES: usize = 4;
    if !LENGTHS.contains(&form.len()) || !MARKS.iter().any(|mark| form.contains(mark)) {
        return None;
    }
    let cuts = take_apart(form)?;
    let mut from = 0;
    let long_enough = cuts.iter().all(|to| {
        let piece = &form[from..*to];
        from = *to;
        piece.len() > 1 || piece == "i"
    });
    ((2..=MOST_PIECES).contains(&cuts.len()) && long_enough).then_some(cuts)
}

/// Where to cut a run of letters so that every piece is a word of the lexicon; `None` if it cannot be done. Of several
/// ways the one with the fewest pieces.
pub(crate) fn take_apart(run: &str) -> Option<Vec<usize>> {
    /// The longest word of the lexicon is shorter.
    const LONGEST: usize = 20;
    let bytes = run.as_bytes();
    // For each end the fewest pieces that lead there, and where the last of them starts.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; bytes.len() + 1];
    best[0] = Some((0, 0));
    for end in 1..=bytes.len() {
        for start in end.saturating_sub(LONGEST)..end {
            let Some((pieces, _)) = best[start] else { continue };
            let piece = &bytes[start..end];
            let alone = piece.len() == 1 && !matches!(piece, b"i" | b"a" | b"u");
            if alone || best[end].is_some_and(|(fewest, _)| fewest <= pieces + 1) || known(piece).is_none() {
                continue;
            }
            best[end] = Some((pieces + 1, start));
        }
    }
    let (pieces, _) = best[bytes.len()]?;
    // Mostly single letters: no words, but initials.
    if pieces * 2 > bytes.len() {
        return None;
    }
    let mut cuts = Vec::with_capacity(pieces);
    let mut end = bytes.len();
    while end > 0 {
        cuts.push(end);
        end = best[end]?.1;
    }
    cuts.reverse();
    Some(cuts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_one_slip() {
        for (a, b, expected) in [
            ("suicde", "suicide", true),
            ("sucide", "suicide", true),
            ("suiicide", "suicide", true),
            ("suicidr", "suicide", true),
            ("sucidie", "suicide", false),
            ("myslef", "myself", true),
            ("himself", "myself", false),
            ("killin", "killing", true),
            ("billing", "killing", false),
        ] {
            assert_eq!(is_one_slip(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }

    #[test]
    fn runs_are_taken_apart_into_words_or_not_at_all() {
        assert_eq!(take_apart("killmyself"), Some(vec![4, 10]));
        assert_eq!(take_apart("iwanttodie"), Some(vec![1, 5, 7, 10]));
        assert_eq!(take_apart("xyzzyq"), None);
        assert_eq!(run_together("hatewomen"), Some(vec![4, 9]));
        assert_eq!(run_together("whatever"), None);
        assert_eq!(run_together("killmyself"), None);
    }
}
