//! One word over and over.
//!
//! Invariant: a run counts, not a share of the text, so that adding words never hides it.

use crate::finding::Category::Spam;
use crate::finding::Severity;
use crate::normalise::Normalised;
use crate::rules::Found;

/// So many times the same word in a row is hardly a sentence. High enough for "no no no" to pass.
const REPEATS: usize = 8;

/// So many times is nothing that a reader could use.
const NONSENSE: usize = 16;

/// Words that people repeat when they can't go on: a run of them never closes an item by itself.
const CRIES: [&[u8]; 12] =
    [b"help", b"no", b"please", b"stop", b"why", b"sorry", b"die", b"dead", b"i", b"me", b"hurts", b"alone"];

/// Finds runs of one repeated word.
pub(crate) fn find(text: &Normalised, found: &mut Vec<Found>) {
    let mut run: Option<(&[u8], usize, usize, usize)> = None;
    let mut at = 0;
    let mut close = |run: Option<(&[u8], usize, usize, usize)>| {
        if let Some((word, start, end, times)) = run
            && times >= REPEATS
        {
            let is_nonsense = times >= NONSENSE && !CRIES.contains(&word);
            found.push(Found {
                category: Spam,
                kind: None,
                severity: if is_nonsense { Severity::Stop } else { Severity::Caution },
                start,
                end,
                reason: "One word is repeated many times.",
                suggestion: None,
            });
        }
    };
    for word in text.folded.split(|byte| byte.is_ascii_whitespace()) {
        let (start, end) = (at, at + word.len());
        at = end + 1;
        if word.is_empty() {
            continue;
        }
        run = match run {
            Some((same, first, _, times)) if same == word => Some((same, first, end, times + 1)),
            other => {
                close(other);
                Some((word, start, end, 1))
            }
        };
    }
    close(run);
}
