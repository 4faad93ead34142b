//! The line on a terminal that says how far a run has come.
//!
//! Invariant: it says numbers only, and whether it can be written changes nothing.

use std::io::Write;
use std::time::Duration;

use super::Tally;

/// How often the line changes: often enough to see that it goes on, seldom enough to read.
const EVERY: Duration = Duration::from_millis(200);

/// As wide as the longest line, so that each covers the one before.
const WIDTH: usize = 48;

/// How far a run has come.
pub(super) struct Progress<'a> {
    to: Option<&'a mut dyn Write>,
    elapsed: Box<dyn Fn() -> Duration>,
    next: Duration,
}

impl<'a> Progress<'a> {
    /// Tells `to`, or nobody; `elapsed` is the time since the run began.
    pub(super) fn new(to: Option<&'a mut dyn Write>, elapsed: Box<dyn Fn() -> Duration>) -> Self {
        Self { to, elapsed, next: EVERY }
    }

    /// Tells, if it is time to.
    pub(super) fn tell(&mut self, tally: Tally) {
        let elapsed = (self.elapsed)();
        if elapsed >= self.next {
            self.next = elapsed + EVERY;
            self.write(&format!("\r{:<WIDTH$}", said(tally, elapsed)));
        }
    }

    /// Tells what the run came to.
    pub(super) fn end(&mut self, tally: Tally) {
        let mut last = format!("\r{:<WIDTH$}\n", said(tally, (self.elapsed)()));
        for (count, what) in [
            (tally.refused, "could not be screened: the answer in its place says why"),
            (tally.failed, "held, because screening failed on it"),
        ] {
            if count > 0 {
                last.push_str(&format!("{} {what}\n", grouped(count)));
            }
        }
        self.write(&last);
    }

    fn write(&mut self, text: &str) {
        if let Some(to) = &mut self.to {
            let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
        }
    }
}

fn said(tally: Tally, elapsed: Duration) -> String {
    let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
    let rate = tally.lines.saturating_mul(1000) / millis;
    let texts = if tally.lines == 1 { "text" } else { "texts" };
    format!("{} {texts}, {} a second", grouped(tally.lines), grouped(rate))
}

/// A number with a comma after each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    fn tally(lines: u64, refused: u64) -> Tally {
        Tally { lines, refused, failed: 0 }
    }

    #[test]
    fn it_tells_now_and_then_and_at_the_end() {
        let now = Rc::new(Cell::new(0));
        let clock = Rc::clone(&now);
        let mut told = Vec::new();
        let mut progress =
            Progress::new(Some(&mut told), Box::new(move || Duration::from_millis(clock.get())));
        for (at, lines) in [(10, 1), (199, 2), (250, 1_000), (300, 1_500), (449, 2_000), (450, 1_234_567)] {
            now.set(at);
            progress.tell(tally(lines, 0));
        }
        now.set(2_000);
        progress.end(tally(1_500_000, 2));
        let told = String::from_utf8(told).unwrap();
        let told: Vec<&str> = told.split(['\r', '\n']).map(str::trim_end).collect();
        assert_eq!(
            told,
            [
                "",
                "1,000 texts, 4,000 a second",
                "1,234,567 texts, 2,743,482 a second",
                "1,500,000 texts, 750,000 a second",
                "2 could not be screened: the answer in its place says why",
                ""
            ]
        );
    }

    #[test]
    fn nobody_is_told_where_there_is_no_terminal() {
        let mut progress = Progress::new(None, Box::new(|| Duration::from_secs(9)));
        progress.tell(tally(1, 1));
        progress.end(tally(1, 1));
        assert_eq!(said(tally(1, 0), Duration::ZERO), "1 text, 1,000 a second");
        assert!(said(tally(u64::MAX, 0), Duration::ZERO).starts_with("18,446,744,073,709,551,615 texts"));
    }
}
