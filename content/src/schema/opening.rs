//! When a helpline answers, as a machine reads it.
//!
//! Invariant: what cannot be read is refused at build time, so that nobody is sent to a line that is closed by a slip of
//! the pen.

use jiff::civil::DateTime;
use serde::Deserialize;

const DAY: u16 = 24 * 60;
const WEEK: u16 = 7 * DAY;

/// The hours of a week in which somebody answers, on London's clocks.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "Vec<String>")]
pub struct Opening(
    /// From and until, in minutes since Monday's midnight; `until` may lie beyond the week's end.
    Vec<(u16, u16)>,
);

impl Opening {
    /// Whether somebody answers when London's clocks show `at`.
    #[must_use]
    pub fn is_open(&self, at: DateTime) -> bool {
        let day = u16::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
        let time = at.time();
        let minute = |part: i8| u16::try_from(part).unwrap_or_default();
        let now = day * DAY + minute(time.hour()) * 60 + minute(time.minute());
        self.0.iter().any(|(from, until)| (*from..*until).contains(&now) || now + WEEK < *until)
    }
}

impl TryFrom<Vec<String>> for Opening {
    type Error = String;

    fn try_from(spans: Vec<String>) -> Result<Self, String> {
        let mut all = Vec::new();
        for span in &spans {
            all.extend(
                read(span)
                    .ok_or_else(|| format!("open: \"{span}\" is no span such as \"Mon-Thu 18:00-02:00\""))?,
            );
        }
        if all.is_empty() {
            return Err("open: leave it out where the hours are uncertain".to_owned());
        }
        Ok(Self(all))
    }
}

/// One entry: `always`, `daily 17:00-24:00`, `Mon 18:00-02:00`, `Mon-Thu 18:00-02:00`, `Fri 18:00-Mon 06:00`.
fn read(span: &str) -> Option<Vec<(u16, u16)>> {
    let words = span.split(' ').collect::<Vec<_>>();
    let (days, hours) = match *words.as_slice() {
        ["always"] => return Some(vec![(0, WEEK)]),
        ["daily", hours] => ((0..7).collect(), hours),
        [from, through, until] => {
            let (opens, last) = through.split_once('-')?;
            let start = day(from)? * DAY + time(opens)?;
            let end = day(last)? * DAY + time(until)?;
            return Some(vec![(start, if end > start { end } else { end + WEEK })]);
        }
        [days, hours] => match days.split_once('-') {
            None => (vec![day(days)?], hours),
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                ((0..=(last + 7 - first) % 7).map(|further| (first + further) % 7).collect(), hours)
            }
        },
        _ => return None,
    };
    let (opens, closes) = hours.split_once('-')?;
    let (opens, closes) = (time(opens)?, time(closes)?);
    // Until an earlier hour means until that hour of the next day.
    let length = if closes > opens { closes - opens } else { closes + DAY - opens };
    Some(days.into_iter().map(|day| (day * DAY + opens, day * DAY + opens + length)).collect())
}

fn day(name: &str) -> Option<u16> {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    names.iter().position(|known| *known == name).and_then(|place| u16::try_from(place).ok())
}

fn time(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |part: &str| (part.len() == 2).then(|| part.parse::<u16>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::{Weekday, date};

    fn opening(spans: &[&str]) -> Result<Opening, String> {
        Opening::try_from(spans.iter().map(|span| (*span).to_owned()).collect::<Vec<_>>())
    }

    /// 23 November 2026 is a Monday.
    fn is_open(opening: &Opening, weekday: Weekday, hour: i8, minute: i8) -> bool {
        let day = 23 + weekday.to_monday_zero_offset();
        opening.is_open(date(2026, 11, day).at(hour, minute, 0, 0))
    }

    #[test]
    fn a_line_is_open_from_its_first_minute_to_the_one_before_it_closes() {
        use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday};
        let evenings = opening(&["daily 17:00-24:00"]).unwrap();
        let nights = opening(&["Mon-Thu 18:00-02:00", "Fri 18:00-Mon 06:00"]).unwrap();
        let wrapped = opening(&["Sat-Mon 09:00-10:00"]).unwrap();
        for (line, weekday, hour, minute, expected) in [
            (&evenings, Monday, 16, 59, false),
            (&evenings, Monday, 17, 0, true),
            (&evenings, Sunday, 23, 59, true),
            (&evenings, Monday, 0, 0, false),
            (&nights, Monday, 5, 59, true),
            (&nights, Monday, 6, 0, false),
            (&nights, Tuesday, 1, 59, true),
            (&nights, Tuesday, 2, 0, false),
            (&nights, Friday, 1, 30, true),
            (&nights, Friday, 12, 0, false),
            (&nights, Friday, 18, 0, true),
            (&nights, Sunday, 12, 0, true),
            (&wrapped, Sunday, 9, 30, true),
            (&wrapped, Monday, 9, 30, true),
            (&wrapped, Thursday, 9, 30, false),
            (&wrapped, Saturday, 10, 0, false),
        ] {
            assert_eq!(
                is_open(line, weekday, hour, minute),
                expected,
                "{line:?} {weekday:?} {hour}:{minute}"
            );
        }
        let always = opening(&["always"]).unwrap();
        assert!(is_open(&always, Monday, 0, 0) && is_open(&always, Sunday, 23, 59));
    }

    #[test]
    fn what_is_no_span_is_refused_in_its_own_words() {
        for bad in
            ["", "sometimes", "daily", "Mon 18-02", "Mon 25:00-26:00", "Mon 8:00-9:00", "Xyz 08:00-09:00"]
        {
            assert!(opening(&[bad]).unwrap_err().contains(&format!("\"{bad}\"")), "{bad}");
        }
        assert!(opening(&[]).is_err());
    }
}
