//! Structured personal data: numbers, addresses and account names, each known by its shape, its check digit or a cue.
//!
//! Invariant: each byte of the text belongs to at most one datum, and the families with the strictest check choose
//! first. Nothing is compiled at start, no datum is looked for further than a fixed distance from where it begins, and
//! what belongs to the public (helplines, organisations) is none.

mod accounts;
mod addresses;
mod checks;
mod cue;
mod dates;
mod emails;
mod identity;
mod links;
mod phone;
mod phone_plan;
mod postcodes;
mod public;
mod scan;
mod spoken;
mod usernames;

use crate::normalise::Normalised;
use crate::rules::Found;
use scan::Scan;

/// Finds every datum and appends it.
pub(crate) fn find(text: &Normalised, found: &mut Vec<Found>) {
    let mut scan = Scan::new(text, found);
    if !scan.ats.is_empty() || !scan.marks.is_empty() {
        emails::find(&mut scan);
    }
    if !scan.dots.is_empty() {
        links::find(&mut scan);
    }
    usernames::find(&mut scan);
    if !scan.groups.is_empty() {
        // What starts with a plus sign, before its digits look like something else.
        phone::find_international(&mut scan);
        // Before sort codes: two letters may begin one number and name the other.
        identity::find(&mut scan);
        accounts::find(&mut scan);
        dates::find(&mut scan);
        phone::find(&mut scan);
        postcodes::find(&mut scan);
        addresses::find(&mut scan);
    }
    addresses::find_houses(&mut scan);
    spoken::find(&mut scan);
}
