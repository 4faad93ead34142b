//! Which helplines a page shows, and in which order.
//!
//! Invariant: the emergency number comes first everywhere but on the page for people under 18, where Childline does.
//! However old an entry is, it is shown: a stale number helps more than none.

use content::{Audience, Helpline};

/// Some helplines under a heading.
#[derive(Clone, Debug)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// At least one.
    pub lines: Vec<&'static Helpline>,
}

fn of(audience: Audience) -> Vec<&'static Helpline> {
    content::helplines().iter().filter(|line| line.audience == audience).collect()
}

/// The helplines that serve anybody: what every support block shows.
pub fn everyone() -> Vec<&'static Helpline> {
    of(Audience::Everyone)
}

/// For somebody who may be under 18: children's and young people's helplines, then those for anybody.
pub fn for_children() -> Vec<&'static Helpline> {
    [of(Audience::Children), of(Audience::YoungPeople), everyone()].concat()
}

/// All helplines, grouped for the help page. Groups without any are left out.
pub fn groups() -> Vec<Group> {
    [
        ("For everybody", Audience::Everyone),
        ("For children", Audience::Children),
        ("For young people", Audience::YoungPeople),
        ("For adults", Audience::Adults),
        ("In your nation", Audience::Nation),
    ]
    .into_iter()
    .map(|(title, audience)| Group { title, lines: of(audience) })
    .filter(|group| !group.lines.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_helpline_is_on_the_help_page_once() {
        let shown: usize = groups().iter().map(|group| group.lines.len()).sum();
        assert_eq!(shown, content::helplines().len());
    }

    #[test]
    fn the_right_number_comes_first() {
        assert!(everyone()[0].emergency);
        assert_eq!(for_children()[0].name, "Childline");
        assert!(for_children().iter().any(|line| line.emergency));
    }
}
