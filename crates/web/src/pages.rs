//! The pages, each a typed struct that renders to HTML.
//!
//! Pages know no other crate but `content`: who shows one fills in plain strings and the small enums of this module.
//! Invariants: every value is escaped by [`text::PageText`]; a GET of a page shows nothing chosen, so a form that is
//! submitted as it stands decides nothing (but for [`Unsubscribe`], which ends mail); every page has one heading, a way
//! out, and a way to somebody who can help.

mod choices;
mod difference;
mod feed;
mod forms;
mod marked;
mod outcome;
mod public;
mod review;
mod shared;
mod status;
pub mod support;
pub mod text;
mod unsubscribe;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use askama::Template;

pub use choices::{Decision, Role, Verdict};
pub use difference::{Difference, Piece};
pub use feed::{Entry as FeedEntry, Feed};
pub use forms::{Errors, FieldError};
pub use marked::{Finding, MarkedText, Severity};
pub use outcome::{Closed, ClosedReason, Concern, DeadLink, Done, DoneKind, Problem};
pub use public::{Help, Reading, RefusedMinor, StatusEntry, Submit, ThankYou, ThankYouLink};
pub use review::{Again, Earlier, Entered, Other, OwnBallot, Part, Post, Review, ReviewConfirm};
pub use shared::{Shared, Sharing};
pub use status::{Agree, Appeal, Change, Dated, Status, StatusConfirm, Withdraw};
pub use text::When;
pub use unsubscribe::{Subscriber, Unsubscribe};

/// The longest text that somebody may propose, in characters (the public API).
pub const MAX_TEXT_CHARS: usize = 2_000;

/// Shown if a template ever fails, which only an out-of-memory or a broken `Display` can cause. Somebody in danger
/// must not get an empty page.
const BARE_PAGE: &str = "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>Something went \
wrong</title></head><body><h1>Something went wrong</h1><p>Please try again later.</p><p>In danger now: call 999. To talk \
to somebody, day or night: Samaritans, 116 123.</p></body></html>";

/// A page that can be shown.
pub trait Page {
    /// The whole page as HTML.
    fn html(&self) -> String;
}

impl<T: Template> Page for T {
    fn html(&self) -> String {
        self.render().unwrap_or_else(|_| BARE_PAGE.to_owned())
    }
}
