//! The national numbering plan: what a telephone number may begin with, and how long it is then.
//!
//! Invariant: from Ofcom's National Telephone Numbering Plan; digits come without the leading nought.

/// What a national number, without its nought, is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    /// A line of a person or a place.
    Line,
    /// Freephone, shared cost and the 03 range: given to organisations.
    Organisation,
    /// Reserved for plays and examples: stands for somebody's, whatever its range.
    Example,
}

/// The sort of a national number in full length, or nothing.
pub(super) fn sort(digits: &[u8]) -> Option<Sort> {
    if !(9..=10).contains(&digits.len()) {
        return None;
    }
    let short = digits.len() == 9;
    // Ofcom, telephone numbers for drama use, in the ranges that otherwise belong to organisations.
    if digits.starts_with(&[8, 0, 8, 1, 5, 7, 0]) || digits.starts_with(&[3, 0, 6, 9, 9, 9, 0]) {
        return Some(Sort::Example);
    }
    match (digits[0], digits[1], short) {
        // Some areas keep numbers with a digit less.
        (1, 1..=9, _)
        | (2, 0 | 3 | 4 | 8 | 9, _)
        | (7, 0..=9, false)
        | (5, 5 | 6, false)
        | (9, 0 | 1 | 8, false) => Some(Sort::Line),
        (3, _, false) | (8, 0 | 4 | 7, _) | (5, 0, true) => Some(Sort::Organisation),
        _ => None,
    }
}

/// The digits after the plus sign, at least and at most, for a country code that begins them (ITU, E.164).
pub(super) fn international_length(digits: &[u8]) -> (usize, usize) {
    const LENGTHS: [(&[u8], usize, usize); 21] = [
        (&[1], 11, 11),
        (&[2, 7], 11, 11),
        (&[3, 1], 11, 11),
        (&[3, 2], 10, 11),
        (&[3, 3], 11, 11),
        (&[3, 4], 11, 11),
        (&[3, 5, 1], 12, 12),
        (&[3, 5, 3], 10, 12),
        (&[3, 5, 4], 10, 10),
        (&[3, 9], 9, 13),
        (&[4, 1], 11, 11),
        (&[4, 5], 10, 10),
        (&[4, 7], 10, 10),
        (&[4, 8], 11, 11),
        (&[6, 1], 11, 11),
        (&[6, 4], 10, 12),
        (&[6, 5], 10, 10),
        (&[8, 6], 12, 13),
        (&[9, 1], 12, 12),
        (&[2, 3, 4], 12, 13),
        (&[9, 2], 12, 12),
    ];
    LENGTHS
        .iter()
        .find(|(code, _, _)| digits.starts_with(code))
        .map_or((9, 15), |(_, least, most)| (*least, *most))
}

#[cfg(test)]
mod tests {
    use super::super::checks::digits;
    use super::*;

    #[test]
    fn the_range_tells_whose_a_number_is() {
        for (number, expected) in [
            ("7700900123", Some(Sort::Line)),
            ("2079460958", Some(Sort::Line)),
            ("1632960123", Some(Sort::Line)),
            ("163296012", Some(Sort::Line)),
            ("9098790123", Some(Sort::Line)),
            ("8081570123", Some(Sort::Example)),
            ("3069990123", Some(Sort::Example)),
            ("8000684141", Some(Sort::Organisation)),
            ("3001233393", Some(Sort::Organisation)),
            ("4001233393", None),
            ("770090012", None),
            ("77009001234", None),
            ("", None),
        ] {
            assert_eq!(sort(&digits(number.as_bytes())), expected, "{number}");
        }
    }
}
