//! The linear part: what words, pairs and triples of words say, and the same of their clusters.
//!
//! Invariant: sums of whole numbers, the same on every machine; a bounded number of look-ups for each word.

use super::weights::{Weights, hash};

const STEP: u32 = 0x0100_0193;
/// What stands before the first word of a sentence and after the last.
const EDGE: u32 = 0x811C_9DC5;
/// Short texts have few features; without a floor a single one of them would decide.
const LEAST_NORM: f32 = 6.0;
/// One unit of a feature's importance.
const IDF_STEP: f32 = 1.0 / 20.0;

/// A word by its hash and by that of its cluster.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    form: u32,
    cluster: u32,
}

impl Word {
    const NONE: Self = Self { form: EDGE, cluster: EDGE };

    pub(crate) fn new(weights: &Weights, word: &[u8], row: u16) -> Self {
        Self { form: hash(word), cluster: mix(weights.cluster(row).wrapping_add(0x51ED_270B)) }
    }
}

/// Sums over the features of some words.
#[derive(Clone)]
struct Sum {
    heads: Vec<i32>,
    /// Squares of the importance of each feature that is known.
    squares: u32,
}

impl Sum {
    fn new(heads: usize) -> Self {
        Self { heads: vec![0; heads], squares: 0 }
    }

    fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.heads.iter_mut().zip(&other.heads) {
            *mine += theirs;
        }
        self.squares = self.squares.saturating_add(other.squares);
    }

    fn take(&mut self, weights: &Weights, feature: u32) {
        let Some((importance, row)) = weights.feature(mix(feature)) else { return };
        self.squares = self.squares.saturating_add(u32::from(importance).pow(2));
        for (sum, weight) in self.heads.iter_mut().zip(row) {
            *sum += i32::from(weight.cast_signed());
        }
    }

    #[allow(clippy::cast_precision_loss)] // Both stay far below 2^24 for texts that are accepted; beyond, a little is lost.
    fn answers<'a>(&'a self, weights: &'a Weights) -> impl Iterator<Item = f32> + 'a {
        let norm = ((self.squares as f32).sqrt() * IDF_STEP).max(LEAST_NORM);
        self.heads
            .iter()
            .zip(weights.linear_scale.iter().zip(&weights.linear_bias))
            .map(move |(sum, (scale, bias))| *sum as f32 * scale / norm + bias)
    }
}

/// Two tables with a row of answers for each sentence: the strongest of any two sentences in a row so far, and that of the
/// text so far.
pub(crate) fn run(weights: &Weights, sentences: &[Vec<Word>]) -> (Vec<f32>, Vec<f32>) {
    let mut strongest: Vec<f32> = Vec::with_capacity(sentences.len() * weights.heads);
    let mut of_text: Vec<f32> = Vec::with_capacity(sentences.len() * weights.heads);
    let mut whole = Sum::new(weights.heads);
    let mut before: Option<Sum> = None;
    for (number, sentence) in sentences.iter().enumerate() {
        let sum = features(weights, sentence);
        whole.add(&sum);
        of_text.extend(whole.answers(weights));
        match before.take() {
            // A first sentence counts alone, until a second makes it a pair.
            None => strongest.extend(sum.answers(weights)),
            Some(mut pair) => {
                pair.add(&sum);
                let row = strongest.len() - weights.heads;
                for (head, answer) in pair.answers(weights).enumerate() {
                    let best = if number == 1 { answer } else { answer.max(strongest[row + head]) };
                    strongest.push(best);
                }
            }
        }
        before = Some(sum);
    }
    (strongest, of_text)
}

fn features(weights: &Weights, sentence: &[Word]) -> Sum {
    let mut sum = Sum::new(weights.heads);
    let two = |a: u32, b: u32| a.wrapping_mul(STEP).wrapping_add(b);
    let (mut first, mut second) = (None, Word::NONE);
    for at in 0..=sentence.len() {
        let third = sentence.get(at).copied().unwrap_or(Word::NONE);
        if at < sentence.len() {
            sum.take(weights, third.form ^ 0x1B87_3593);
            sum.take(weights, third.cluster ^ 0x27D4_EB2F);
        }
        sum.take(weights, two(second.form, third.form) ^ 0xCC9E_2D51);
        sum.take(weights, two(second.cluster, third.cluster) ^ 0x1656_67B1);
        sum.take(weights, two(second.form, third.cluster) ^ 0x2545_F491);
        sum.take(weights, two(second.cluster, third.form) ^ 0x5BD1_E995);
        if let Some(Word { form, cluster }) = first {
            sum.take(weights, two(two(form, second.form), third.form) ^ 0x85EB_CA6B);
            sum.take(weights, two(form, third.form) ^ 0xC2B2_AE35);
            sum.take(weights, two(two(cluster, second.cluster), third.cluster) ^ 0x9E37_79B1);
        }
        (first, second) = (Some(second), third);
    }
    sum
}

fn mix(mut hash: u32) -> u32 {
    hash ^= hash >> 15;
    hash = hash.wrapping_mul(0x2C1B_3C6D);
    hash ^= hash >> 12;
    hash = hash.wrapping_mul(0x297A_2D39);
    hash ^ (hash >> 15)
}
