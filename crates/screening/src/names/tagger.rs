//! Which tokens are a person's name: the best sequence of labels under a linear-chain model with whole numbers.
//!
//! Invariant: all arithmetic is on integers, so the same text gets the same labels on every machine; the work is linear
//! in the number of tokens.

use super::features::{features, manner, style};
use super::knowledge::Knowledge;
use super::tokens::Token;

/// Outside, a name's first and further tokens, first and further tokens of another proper name (place, organisation).
/// The others are there because a model that must tell places from people is better at people.
pub(crate) const LABELS: usize = 5;
/// The label of a name's first token.
pub(crate) const BEGINS: u8 = 1;
/// The label of a name's further tokens.
pub(crate) const CONTINUES: u8 = 2;

/// The best labels for the tokens.
pub(crate) fn tag(folded: &[u8], cased: &[u8], tokens: &[Token], knowledge: &Knowledge<'_>) -> Vec<u8> {
    let style = (style(tokens), manner(folded, tokens));
    let mut came_from: Vec<[u8; LABELS]> = Vec::with_capacity(tokens.len());
    let mut best = [0_i32; LABELS];
    for at in 0..tokens.len() {
        let mut scores = [0_i32; LABELS];
        features(folded, cased, tokens, at, style, knowledge, |_, feature| {
            knowledge.add(feature, &mut scores)
        });
        let mut back = [0_u8; LABELS];
        if at > 0 {
            let mut next = [0_i32; LABELS];
            for (to, score) in scores.iter().enumerate() {
                let mut top = i32::MIN;
                for (from, so_far) in best.iter().enumerate() {
                    let sum = so_far + knowledge.transition(from, to);
                    if sum > top {
                        top = sum;
                        back[to] = from as u8;
                    }
                }
                next[to] = top + score;
            }
            // Only differences matter; without this a long text would overflow.
            best = next.map(|score| score - next[0]);
        } else {
            best = scores;
        }
        came_from.push(back);
    }
    let mut labels = vec![0; tokens.len()];
    // Ties go to the lower label, on every machine alike.
    let mut label = (0..LABELS).rev().max_by_key(|label| best[*label]).unwrap_or(0) as u8;
    for at in (0..tokens.len()).rev() {
        labels[at] = label;
        label = came_from[at][usize::from(label)];
    }
    labels
}
