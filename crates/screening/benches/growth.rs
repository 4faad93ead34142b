//! How the time of screening grows with the length of a text, for every shape that was thought of as hostile.
//!
//! Run with `cargo bench -p screening --bench growth`. It prints, for each shape, the median time for 1,000 and for 20,000
//! characters and their ratio: 20 is linear, and 30 the mark that none may pass. It ends with exit status 1 if one does. A
//! ratio far under 20 only says that a short text has costs of its own.
//!
//! Invariant: what is measured is the processor time of this thread. Time that passes would tell of the other work on the
//! machine, and more of it in a long text, which is interrupted oftener.

mod texts;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use cpu_time::ThreadTime;

const SHORT: usize = 1_000;
const LONG: usize = 20_000;

/// The mark: no text of [`LONG`] characters takes more than so many times one of [`SHORT`].
const MARK: f64 = 30.0;

/// Each length is measured so often, taking turns, and the median counts.
const ROUNDS: usize = 20;

fn main() -> ExitCode {
    // Test runners ask every target for its tests; only `cargo bench` asks for measurements.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    println!("{:<30} {:>12} {:>12} {:>7}", "shape", "1,000", "20,000", "ratio");
    let mut worst = ("", 0.0);
    for (name, piece) in texts::SHAPES {
        let (short, long) = measured(&texts::grown(piece, SHORT), &texts::grown(piece, LONG));
        let ratio = long.as_secs_f64() / short.as_secs_f64().max(f64::EPSILON);
        println!("{name:<30} {:>9} us {:>9} us {ratio:>7.1}", short.as_micros(), long.as_micros());
        if ratio > worst.1 {
            worst = (name, ratio);
        }
    }
    println!("worst: {} ({:.1}; the mark is {MARK})", worst.0, worst.1);
    if worst.1 > MARK { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The medians for a short and a long text.
fn measured(short: &str, long: &str) -> (Duration, Duration) {
    let mut times = [Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS)];
    for text in [short, long] {
        black_box(screening::screen(text));
    }
    for _ in 0..ROUNDS {
        for (times, text) in times.iter_mut().zip([short, long]) {
            let begun = ThreadTime::now();
            black_box(screening::screen(black_box(text)));
            times.push(begun.elapsed());
        }
    }
    let [short, long] = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    });
    (short, long)
}
