//! One word over and over.
//!
//! Invariant: a run counts, not a share of the text, so that adding words never hides it.

use crate::finding::Category::Spam;
use crate::finding::Severity;
use crate::normalise::Normalised;
use crate::rules::Found;

/// So many times the same word in a row is nonsense. High enough for "no no no" and for a cry for help to pass with a
/// note; a run never closes an item by itself.
const REPEATS: usize = 8;

/// Finds runs of one repeated word.
pub(crate) fn find(text: &Normalised, found: &mut Vec<Found>) {
    let mut run: Option<(&[u8], usize, usize, usize)> = None;
    let mut at = 0;
    let mut close = |run: Option<(&[u8], usize, usize, usize)>| {
        if let Some((_, start, end, times)) = run
            && times >= REPEATS
        {
            found.push(Found {
                category: Spam,
                kind: None,
                severity: Severity::Caution,
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
