//! The arithmetic: from words to the answers for each sentence and for the text.
//!
//! Invariant: the sums over words are of whole numbers, so they are the same on every machine; and the work is the same
//! for every word: linear in the text.

use wide::{i16x8, i32x4};

use super::weights::{BLOCK, Layers, VECTORS, Weights};

/// What the network says, before the last step: three tables with a row of answers for each sentence.
pub(crate) struct Answers {
    /// Of the sentence alone.
    pub(crate) alone: Vec<f32>,
    /// The strongest of any sentence so far.
    pub(crate) strongest: Vec<f32>,
    /// Of the text so far, as a whole.
    pub(crate) whole: Vec<f32>,
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

/// Runs the network over sentences, each given as the rows of its words.
pub(crate) fn run(weights: &Weights, sentences: &[Vec<u16>]) -> Answers {
    let (dims, filters, heads) = (weights.dims, weights.filters, weights.heads);
    let mut whole = Pool::new(filters);
    let mut pool = Pool::new(filters);
    let mut trace = vec![0.0_f32; filters];
    let mut cells = vec![0.0_f32; weights.hidden];
    let mut answers = vec![0.0_f32; heads];
    let mut best = vec![f32::MIN; heads];
    let room = || Vec::with_capacity(sentences.len() * heads);
    let mut said = Answers { alone: room(), strongest: room(), whole: room() };
    let pairs = dims / 2;
    let mut numbers: Vec<i16x8> = Vec::new();
    for sentence in sentences {
        // Nothing stands before the first word and after the last.
        numbers.clear();
        numbers.resize(pairs, i16x8::ZERO);
        for row in sentence {
            numbers.extend(weights.vector(usize::from(*row)).chunks_exact(2).map(four_times));
        }
        numbers.resize(numbers.len() + pairs, i16x8::ZERO);
        pool.clear();
        for three in numbers.windows(3 * pairs).step_by(pairs) {
            convolve(three, weights, &mut trace);
            pool.add(&trace);
        }
        pool.answers(&weights.sentence, heads, &mut cells, &mut answers);
        said.alone.extend_from_slice(&answers);
        for (best, answer) in best.iter_mut().zip(&answers) {
            *best = best.max(*answer);
        }
        said.strongest.extend_from_slice(&best);
        whole.include(&pool);
        whole.answers(&weights.text, heads, &mut cells, &mut answers);
        said.whole.extend_from_slice(&answers);
    }
    said
}

/// A pair of a word's numbers for four filters at once.
fn four_times(pair: &[u8]) -> i16x8 {
    let [first, second] = [pair[0], pair[1]].map(|byte| i16::from(byte.cast_signed()));
    i16x8::new([first, second, first, second, first, second, first, second])
}

/// How strongly three words in a row show each feature.
fn convolve(three: &[i16x8], weights: &Weights, trace: &mut [f32]) {
    let blocks = weights.convolution.chunks_exact(three.len() * VECTORS);
    for (index, (block, trace)) in blocks.zip(trace.chunks_exact_mut(BLOCK)).enumerate() {
        let mut sums = [i32x4::ZERO; VECTORS];
        for (pair, row) in three.iter().zip(block.chunks_exact(VECTORS)) {
            for (sum, weights) in sums.iter_mut().zip(row) {
                *sum += weights.dot(*pair);
            }
        }
        let at = index * BLOCK;
        for (lane, (value, sum)) in
            trace.iter_mut().zip(sums.into_iter().flat_map(i32x4::to_array)).enumerate()
        {
            #[allow(clippy::cast_precision_loss)] // Below 2^24: see `weights::LARGEST`.
            let sum = sum as f32;
            *value = (sum * weights.scale[at + lane] + weights.bias[at + lane]).max(0.0);
        }
    }
}
