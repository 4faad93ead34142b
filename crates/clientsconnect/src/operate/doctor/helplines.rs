//! Judging how long ago a person looked up the helplines that pages and posts show.
//!
//! Invariant: from the words that this command was built with, which are those of the functions that it was built beside.

use content::{Helpline, Staleness, stale};
use jiff::civil::Date;

use super::Finding;

/// Whether each helpline was looked up within 30 days, and those that guidance may name within 180.
pub(super) fn checked(helplines: &[Helpline], today: Date) -> Finding {
    const CHECK: &str = "helplines";
    const NEXT: &str =
        "look each up at its `source` in content/helplines.toml, enter the day as `verified_on`, and deploy";
    let names = |staleness: Staleness| {
        let all = helplines.iter().filter(|line| stale(line, today) == staleness);
        all.map(|line| line.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (unfit, due) = (names(Staleness::Unfit), names(Staleness::Alert));
    match (unfit.as_str(), due.as_str()) {
        ("", "") => Finding::ok(CHECK, "all were looked up in the last 30 days"),
        ("", due) => Finding::to_do(CHECK, format!("not looked up for more than 30 days: {due}"), NEXT),
        (unfit, _) => {
            let what = format!(
                "not looked up for more than 180 days: {unfit}. Guidance that names them does not appear"
            );
            Finding::broken(CHECK, what, NEXT)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operate::doctor::Status;
    use jiff::civil::date;

    #[test]
    fn what_nobody_looked_up_is_named_and_after_half_a_year_it_is_broken() {
        let mut lines = content::helplines().to_vec();
        for line in &mut lines {
            line.verified_on = date(2026, 11, 1);
        }
        let at = |lines: &[Helpline]| checked(lines, date(2026, 11, 23));
        assert_eq!(at(&lines).status, Status::Ok);
        lines[1].verified_on = date(2026, 10, 1);
        let due = at(&lines);
        assert_eq!(due.status, Status::ToDo);
        assert!(due.what.ends_with(&lines[1].name), "{}", due.what);
        lines[2].verified_on = date(2026, 1, 1);
        let unfit = at(&lines);
        assert_eq!(unfit.status, Status::Broken);
        assert!(
            unfit.what.contains(&lines[2].name) && !unfit.what.contains(&lines[1].name),
            "{}",
            unfit.what
        );
    }
}
