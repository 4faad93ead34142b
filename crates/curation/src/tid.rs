//! Record keys: timestamp identifiers (TIDs), as the AT Protocol names the records of a repository.
//!
//! Invariant: a key is decided by its time and its clock alone, and keys sort as their times do. So a key that was stored
//! once names the same record in every repetition, and the posts of a thread are in order wherever they are listed.
//!
//! The rule: <https://atproto.com/specs/tid>. 64 bits, of which the first is zero, 53 are microseconds since 1970 and
//! 10 tell clocks apart; written as 13 digits that sort as the number does.

use std::fmt;

use jiff::Timestamp;

/// The digits, in the order of their values.
const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
/// How many digits there are: 13 of five bits hold 64.
const LENGTH: usize = 13;
/// Bits that tell clocks apart.
const CLOCK_BITS: u32 = 10;
/// The most microseconds that 53 bits hold: enough until the year 2255.
const MOST_MICROSECONDS: u64 = (1 << 53) - 1;

/// A timestamp identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tid(u64);

impl Tid {
    /// The key for `at`, to the microsecond; of `clock` the lowest ten bits count. A time before 1970 counts as 1970.
    #[must_use]
    pub fn new(at: Timestamp, clock: u64) -> Self {
        let microseconds = u64::try_from(at.as_microsecond()).unwrap_or_default().min(MOST_MICROSECONDS);
        Self(microseconds << CLOCK_BITS | clock & ((1 << CLOCK_BITS) - 1))
    }
}

impl fmt::Display for Tid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(LENGTH);
        for place in (0..LENGTH).rev() {
            let digit = usize::try_from(self.0 >> (5 * place) & 31).unwrap_or_default();
            text.push(char::from(DIGITS[digit]));
        }
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn at(microseconds: i64) -> Timestamp {
        Timestamp::from_microsecond(microseconds).unwrap()
    }

    #[test]
    fn keys_are_those_of_the_specification() {
        // One of the specification's examples, the least and the greatest key, and what does not fit.
        for (microseconds, clock, key) in [
            (0, 0, "2222222222222"),
            (1_688_137_381_887_007, 6, "3jzfcijpj2z2a"),
            (9_007_199_254_740_991, 1023, "bzzzzzzzzzzzz"),
            (-1, 0, "2222222222222"),
            (0, 1024, "2222222222222"),
        ] {
            assert_eq!(Tid::new(at(microseconds), clock).to_string(), key);
        }
    }

    proptest! {
        #[test]
        fn keys_sort_as_their_times_do(one in 0i64..9_007_199_254_740_991, other in 0i64..9_007_199_254_740_991, clock in 0u64..2048) {
            let (first, second) = (Tid::new(at(one), clock), Tid::new(at(other), clock));
            prop_assert_eq!(one.cmp(&other), first.cmp(&second));
            prop_assert_eq!(one.cmp(&other), first.to_string().cmp(&second.to_string()));
            prop_assert_eq!(first.to_string().len(), LENGTH);
        }
    }
}
