//! Which of the disclaimers goes with a revision.
//!
//! Invariant: the revision alone decides, so that whoever composes it anew gets the same one; and what goes with it sends
//! nobody to a helpline of which nobody knows any more whether it is there.

use content::{Disclaimer, Staleness};
use jiff::civil::Date;

use crate::accept::digest;

/// Hexadecimal digits of the digest that choose: far more than there are disclaimers.
const DIGITS: usize = 15;

/// The disclaimer of the revision with this number, these words and this post of somebody else's, either of which may be
/// empty. A digest of them chooses, so that each of the disclaimers is seen about as often as any other.
pub(crate) fn chosen(number: u32, words: &str, target: &str, today: Date) -> &'static Disclaimer {
    let fit = fit(today);
    fit[place(number, words, target) % fit.len()]
}

/// All that fit, in the order in which they take turns with what appears again and again: the first is the one that
/// [`chosen`] gives.
pub(crate) fn in_turn(number: u32, words: &str, today: Date) -> Vec<&'static Disclaimer> {
    let mut fit = fit(today);
    let first = place(number, words, "") % fit.len();
    fit.rotate_left(first);
    fit
}

/// Those that may go out now: never none.
fn fit(today: Date) -> Vec<&'static Disclaimer> {
    let all = content::disclaimers();
    let is_fit = |one: &&Disclaimer| {
        let mut named = content::helplines().iter().filter(|line| content::names(&one.text, line));
        // 999 does not change, and each of them names it.
        named.all(|line| line.emergency || content::stale(line, today) != Staleness::Unfit)
    };
    let fit = all.iter().filter(is_fit).collect::<Vec<_>>();
    // Should none be fit, the number that is not sure is better than nothing about danger: 999 stands in each.
    if fit.is_empty() { all.iter().collect() } else { fit }
}

fn place(number: u32, words: &str, target: &str) -> usize {
    let digest = digest(&[&number.to_be_bytes(), words.as_bytes(), target.as_bytes()]);
    usize::from_str_radix(&digest[..DIGITS], 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use jiff::civil::date;

    fn ids(today: Date) -> BTreeSet<&'static str> {
        let words = |number: u32| format!("Grief has no timetable, said {number}.");
        (0..200).map(|number| chosen(1, &words(number), "", today).id.as_str()).collect()
    }

    #[test]
    fn the_same_revision_has_the_same_disclaimer_and_others_have_others() {
        let today = date(2026, 11, 23);
        let words = "Grief has no timetable.";
        let first = chosen(1, words, "", today);
        assert_eq!(first, chosen(1, words, "", today));
        assert!((2..50).any(|number| chosen(number, words, "", today) != first), "new rounds, new turns");
        let of = |post: &str| chosen(1, "", post, today);
        assert!((2..50).any(|number| of(&number.to_string()) != of("1")), "also without words of our own");
        assert_eq!(ids(today).len(), content::disclaimers().len());
    }

    #[test]
    fn what_appears_again_has_every_disclaimer_once_and_begins_with_its_own() {
        let today = date(2026, 11, 23);
        for number in 1..20 {
            let all = in_turn(number, "An example.", today);
            assert_eq!(all[0], chosen(number, "An example.", "", today));
            let ids = all.iter().map(|one| one.id.as_str()).collect::<BTreeSet<_>>();
            assert_eq!((ids.len(), all.len()), (content::disclaimers().len(), content::disclaimers().len()));
        }
    }

    #[test]
    fn a_number_that_nobody_has_checked_for_half_a_year_is_in_no_disclaimer() {
        let later = ids(date(2036, 1, 1));
        assert!(!later.is_empty() && later.len() < content::disclaimers().len());
        for one in content::disclaimers().iter().filter(|one| later.contains(one.id.as_str())) {
            assert!(!one.text.contains("116 123"), "{}", one.id);
        }
    }
}
