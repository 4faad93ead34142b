//! The arithmetic: from words to the answers for each sentence and for the text.
//!
//! Invariant: the sums over words are sums of whole numbers, so they are the same on every machine, and the work is the
//! same for every word: linear in the text.

use super::weights::{Layers, Weights};

/// What the network says of a text, before the last step.
pub(crate) struct Answers {
    /// For each answer that of the sentence in which it is strongest.
    pub(crate) strongest: Vec<f32>,
    /// For each answer that of the text as a whole.
    pub(crate) whole: Vec<f32>,
    /// For each sentence the answer about risk.
    pub(crate) risk: Vec<f32>,
}

/// Of each feature the strongest trace and the sum of all traces, in a stretch of words.
struct Pool {
    features: Vec<f32>,
    words: usize,
}

impl Pool {
    fn new(filters: usize) -> Self {
        Self { features: vec![0.0; 2 * filters], words: 0 }
    }

    fn clear(&mut self) {
        self.features.fill(0.0);
        self.words = 0;
    }

    fn add(&mut self, trace: &[f32]) {
        let (top, sum) = self.features.split_at_mut(trace.len());
        for ((top, sum), value) in top.iter_mut().zip(sum).zip(trace) {
            *top = top.max(*value);
            *sum += *value;
        }
        self.words += 1;
    }

    fn include(&mut self, other: &Self) {
        let filters = self.features.len() / 2;
        for (index, (mine, theirs)) in self.features.iter_mut().zip(&other.features).enumerate() {
            *mine = if index < filters { mine.max(*theirs) } else { *mine + *theirs };
        }
        self.words += other.words;
    }

    /// Two layers over the strongest traces and the means.
    fn answers(&self, layers: &Layers, heads: usize, cells: &mut [f32], answers: &mut [f32]) {
        let filters = self.features.len() / 2;
        #[allow(clippy::cast_precision_loss)] // Counts of words are small.
        let share = 1.0 / self.words.max(1) as f32;
        cells.copy_from_slice(&layers.first_bias);
        for (index, feature) in self.features.iter().enumerate() {
            let value = if index < filters { *feature } else { *feature * share };
            if value != 0.0 {
                let row = &layers.first[index * cells.len()..(index + 1) * cells.len()];
                for (cell, weight) in cells.iter_mut().zip(row) {
                    *cell += value * weight;
                }
            }
        }
        answers.copy_from_slice(&layers.second_bias);
        for (cell, row) in cells.iter().zip(layers.second.chunks_exact(heads)) {
            if *cell > 0.0 {
                for (answer, weight) in answers.iter_mut().zip(row) {
                    *answer += cell * weight;
                }
            }
        }
    }
}

/// Runs the network over sentences, each given as the rows of its words. `risk_head` is the answer kept for each.
pub(crate) fn run(weights: &Weights, sentences: &[Vec<u16>], risk_head: usize) -> Answers {
    let (dims, filters, heads) = (weights.dims, weights.filters, weights.heads);
    let mut whole = Pool::new(filters);
    let mut pool = Pool::new(filters);
    let mut trace = vec![0.0_f32; filters];
    let mut cells = vec![0.0_f32; weights.hidden];
    let mut answers = vec![0.0_f32; heads];
    let mut strongest = vec![f32::MIN; heads];
    let mut risk = Vec::with_capacity(sentences.len());
    let mut numbers: Vec<i16> = Vec::new();
    for sentence in sentences {
        // Nothing stands before the first word and after the last.
        numbers.clear();
        numbers.resize(dims, 0);
        for row in sentence {
            let vector = weights.vector(usize::from(*row));
            numbers.extend(vector.iter().map(|byte| i16::from(byte.cast_signed())));
        }
        numbers.resize(numbers.len() + dims, 0);
        pool.clear();
        for three in numbers.windows(3 * dims).step_by(dims) {
            for (index, value) in trace.iter_mut().enumerate() {
                let filter = &weights.convolution[index * 3 * dims..(index + 1) * 3 * dims];
                #[allow(clippy::cast_precision_loss)] // The sum is below 2^22.
                let sum = dot(three, filter) as f32;
                *value = (sum * weights.scale[index] + weights.bias[index]).max(0.0);
            }
            pool.add(&trace);
        }
        pool.answers(&weights.sentence, heads, &mut cells, &mut answers);
        for (best, answer) in strongest.iter_mut().zip(&answers) {
            *best = best.max(*answer);
        }
        risk.push(answers[risk_head]);
        whole.include(&pool);
    }
    whole.answers(&weights.text, heads, &mut cells, &mut answers);
    Answers { strongest, whole: answers, risk }
}

/// The sum of products; of equal length, a multiple of 8.
fn dot(a: &[i16], b: &[i16]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}
