//! How long one text takes: a post in several tempers, and longer texts, ordinary and hostile.
//!
//! Run with `cargo bench -p screening --bench screen`. The mark for a post of 280 characters is 250 microseconds on one
//! core. How time grows with length is in `growth.rs`, how long the first text of a process takes in
//! `scripts/measure-screening`.

#![allow(missing_docs)]

mod texts;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A post on X.
const POST: usize = 280;

/// The shapes that are measured as posts.
const TEMPERS: usize = 4;

/// Longer texts: the ordinary one, and one hostile shape of each sort (letters, digits, phrases, marks, names, all).
const LONGER: &[&str] =
    &["neutral", "one letter", "digits", "i want to", "combining marks", "names", "mixed"];

fn screening(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("post of 280");
    for (name, piece) in &texts::SHAPES[..TEMPERS] {
        let text = texts::grown(piece, POST);
        group.bench_function(*name, |bencher| bencher.iter(|| screening::screen(black_box(&text))));
    }
    group.finish();

    let mut group = criterion.benchmark_group("longer");
    group.sample_size(20);
    for (name, piece) in texts::SHAPES.iter().filter(|(name, _)| LONGER.contains(name)) {
        for characters in [1_000, 20_000] {
            let text = texts::grown(piece, characters);
            group.throughput(Throughput::Elements(characters as u64));
            group.bench_with_input(BenchmarkId::new(*name, characters), &text, |bencher, text| {
                bencher.iter(|| screening::screen(black_box(text)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, screening);
criterion_main!(benches);
