//! The weights file, as `tools/train` writes it (`tools/model/export.py`).
//!
//! Invariant: the big tables are read where they lie in the program; only the small ones are brought into the form that
//! the arithmetic wants, once, at the first text. A file that doesn't fit this code doesn't get past the tests.

use std::sync::LazyLock;

use wide::i16x8;

use crate::buckets::Buckets;

/// The whole file.
static FILE: &[u8] = include_bytes!("../../models/model.bin");
/// What the file begins with; the last character counts the changes of its layout.
const MAGIC: &[u8; 8] = b"CCMODEL4";
/// Vectors of sums that are computed side by side: they and what they are made of fit in sixteen registers.
pub(crate) const VECTORS: usize = 8;
/// Filters that are computed side by side, four in a vector.
pub(crate) const BLOCK: usize = 4 * VECTORS;
/// The most numbers for a word with which the sums of a filter are exact as `f32`: `3 * 340 * 127 * 127` is below 2^24.
const LARGEST: usize = 340;
/// Numbers of 32 bits after the magic.
const HEADER: usize = 8;

/// The numbers of the network. Matrices are row by row.
pub(crate) struct Weights {
    /// Slots of the word table, a power of two.
    slots: usize,
    /// Numbers for each word.
    pub(crate) dims: usize,
    /// Features that the convolution looks for.
    pub(crate) filters: usize,
    /// Cells between features and answers.
    pub(crate) hidden: usize,
    /// Answers.
    pub(crate) heads: usize,
    /// Inputs of the last step for each answer.
    #[cfg(test)]
    pub(crate) inputs: usize,
    keys: &'static [u8],
    rows: &'static [u8],
    vectors: &'static [u8],
    /// Blocks of [`BLOCK`] filters; in a block, for each pair of the numbers of three words [`VECTORS`] vectors with the
    /// weights of four filters each.
    pub(crate) convolution: Vec<i16x8>,
    /// What one unit of a filter's sum is worth.
    pub(crate) scale: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    pub(crate) sentence: Layers,
    pub(crate) text: Layers,
    /// The cluster of each row of the word table.
    clusters: &'static [u8],
    features: Buckets<'static>,
    importance: &'static [u8],
    /// `heads` weights for each feature.
    feature_weights: &'static [u8],
    /// What one unit of a sum of such weights is worth.
    pub(crate) linear_scale: Vec<f32>,
    pub(crate) linear_bias: Vec<f32>,
    /// For each answer its last step: `inputs` weights and what is added.
    pub(crate) last: Vec<f32>,
    /// For each answer and both lengths: see [`Weights::threshold`].
    thresholds: Vec<f32>,
    /// Sentences with the answers that they must get, as JSON lines.
    #[cfg(test)]
    pub(crate) golden: &'static [u8],
}

/// Two layers that make answers of features.
pub(crate) struct Layers {
    /// `2 * filters` rows of `hidden`.
    pub(crate) first: Vec<f32>,
    pub(crate) first_bias: Vec<f32>,
    /// `hidden` rows of `heads`.
    pub(crate) second: Vec<f32>,
    pub(crate) second_bias: Vec<f32>,
}

pub(crate) static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    // Unwrap safety: the file is part of the program, and the tests read it.
    read(FILE).expect("the weights file fits the code it was built with")
});

/// FNV-1a, as `tools/model/export.py` computes it.
pub(crate) fn hash(word: &[u8]) -> u32 {
    word.iter().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

impl Weights {
    /// The row of a word's numbers; row 0 stands for every word that isn't known.
    pub(crate) fn row(&self, word: &[u8]) -> u16 {
        let wanted = hash(word);
        let mut slot = wanted as usize & (self.slots - 1);
        // The table is at most two thirds full, so an empty slot ends the search soon.
        for _ in 0..self.slots {
            let row = u16_at(self.rows, slot);
            if row == 0 {
                return 0;
            }
            if u32_at(self.keys, slot) == wanted {
                return row;
            }
            slot = (slot + 1) & (self.slots - 1);
        }
        0
    }

    /// The numbers of a word.
    pub(crate) fn vector(&self, row: usize) -> &'static [u8] {
        &self.vectors[row * self.dims..(row + 1) * self.dims]
    }

    /// The cluster of a row of the word table.
    pub(crate) fn cluster(&self, row: u16) -> u32 {
        u32::from(u16_at(self.clusters, usize::from(row)))
    }

    /// How important a feature is, and its weights, if it is known.
    pub(crate) fn feature(&self, hash: u32) -> Option<(u8, &'static [u8])> {
        let at = self.features.find(hash)?;
        let row = &self.feature_weights[at * self.heads..(at + 1) * self.heads];
        Some((self.importance[at], row))
    }

    /// From which sum of the last step on an answer is a finding, in a text of so many words.
    pub(crate) fn threshold(&self, head: usize, words: usize) -> f32 {
        self.thresholds[head * LENGTHS + usize::from(words > SHORT)]
    }
}

/// Texts of at most so many words are short (a post). The same as in `tools/model/train.py`.
pub(crate) const SHORT: usize = 40;
const LENGTHS: usize = 2;

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[2 * at], bytes[2 * at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[4 * at], bytes[4 * at + 1], bytes[4 * at + 2], bytes[4 * at + 3]])
}

/// Takes the sections of the file one after the other.
struct Sections {
    rest: &'static [u8],
}

impl Sections {
    fn bytes(&mut self, length: usize) -> Option<&'static [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    fn floats(&mut self, count: usize) -> Option<Vec<f32>> {
        let bytes = self.bytes(4 * count)?;
        Some((0..count).map(|at| f32::from_bits(u32_at(bytes, at))).collect())
    }

    fn layers(&mut self, inputs: usize, hidden: usize, heads: usize) -> Option<Layers> {
        Some(Layers {
            first: self.floats(inputs * hidden)?,
            first_bias: self.floats(hidden)?,
            second: self.floats(hidden * heads)?,
            second_bias: self.floats(heads)?,
        })
    }
}

fn read(file: &'static [u8]) -> Option<Weights> {
    let mut sections = Sections { rest: file };
    if sections.bytes(MAGIC.len())? != MAGIC {
        return None;
    }
    let header = sections.bytes(4 * HEADER)?;
    let number = |at| u32_at(header, at) as usize;
    let (slots, rows, dims, filters) = (number(0), number(1), number(2), number(3));
    let (hidden, heads, inputs, thresholds) = (number(4), number(5), number(6), number(7));
    if thresholds != heads * LENGTHS
        || !slots.is_power_of_two()
        || rows > slots * 2 / 3
        || filters % BLOCK != 0
        || dims % 2 != 0
        || dims > LARGEST
    {
        return None;
    }
    let features;
    Some(Weights {
        slots,
        dims,
        filters,
        hidden,
        heads,
        #[cfg(test)]
        inputs,
        keys: sections.bytes(4 * slots)?,
        rows: sections.bytes(2 * slots)?,
        vectors: sections.bytes(rows * dims)?,
        convolution: {
            // In the file each filter is a row.
            let bytes = sections.bytes(3 * dims * filters)?;
            let weight =
                |filter: usize, number: usize| i16::from(bytes[filter * 3 * dims + number].cast_signed());
            let vectors = |block: usize| (block * BLOCK..(block + 1) * BLOCK).step_by(4);
            (0..filters / BLOCK)
                .flat_map(|block| {
                    (0..3 * dims)
                        .step_by(2)
                        .flat_map(move |number| vectors(block).map(move |filter| (filter, number)))
                })
                .map(|(filter, number)| {
                    i16x8::new(std::array::from_fn(|lane| weight(filter + lane / 2, number + lane % 2)))
                })
                .collect()
        },
        scale: sections.floats(filters)?,
        bias: sections.floats(filters)?,
        sentence: sections.layers(2 * filters, hidden, heads)?,
        text: sections.layers(2 * filters, hidden, heads)?,
        clusters: sections.bytes(2 * rows)?,
        features: {
            let (buckets, count, rest) = Buckets::read(sections.rest)?;
            (features, sections.rest) = (count, rest);
            buckets
        },
        importance: sections.bytes(features)?,
        feature_weights: sections.bytes(heads * features)?,
        linear_scale: sections.floats(heads)?,
        linear_bias: sections.floats(heads)?,
        last: sections.floats(heads * (inputs + 1))?,
        thresholds: sections.floats(thresholds)?,
        #[cfg(test)]
        golden: sections.rest,
    })
}
