//! What appears again and again, with another disclaimer each time.
//!
//! Invariant: every form in which it appears is part of what reviewers approve; which of them is next is decided by how
//! often it has appeared, so that one time and the next never read the same.

use serde::{Deserialize, Serialize};

use super::{Composition, Disclaimer, PlatformRules, Rendering, Uncomposable, compose, fingerprint};
use crate::submission::Delivery;

/// The same words with another disclaimer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The disclaimer that goes with them.
    pub disclaimer: Disclaimer,
    /// As [`Composition::renderings`].
    pub renderings: Vec<Rendering>,
}

/// Composes `words` once with each of the disclaimers, which take turns in this order. Each time it is one post.
///
/// # Errors
/// [`Uncomposable`]: as [`compose`], for the first disclaimer with which it is more than one post.
pub fn compose_in_turn(
    words: &str,
    first: &Disclaimer,
    others: &[Disclaimer],
    platforms: &[PlatformRules],
) -> Result<Composition, Uncomposable> {
    let of_one = platforms.iter().map(|rules| PlatformRules { most_parts: 1, ..rules.clone() });
    let of_one = of_one.collect::<Vec<_>>();
    let mut composition = compose(words, first, None, &of_one)?;
    for disclaimer in others {
        let Composition { disclaimer, renderings, .. } = compose(words, disclaimer, None, &of_one)?;
        composition.turns.push(Form { disclaimer, renderings });
    }
    Ok(composition)
}

impl Composition {
    /// What appears after it has appeared so many times.
    #[must_use]
    pub fn renderings_for(&self, occurrence: usize) -> &[Rendering] {
        self.form(occurrence).map_or(&self.renderings, |form| &form.renderings)
    }

    /// The disclaimer that goes with it then.
    #[must_use]
    pub fn disclaimer_for(&self, occurrence: usize) -> &Disclaimer {
        self.form(occurrence).map_or(&self.disclaimer, |form| &form.disclaimer)
    }

    /// The rendering that a delivery is a part of: among several forms, the one of which the delivery has the mark.
    #[must_use]
    pub fn rendering_of(&self, delivery: &Delivery) -> Option<&Rendering> {
        let is_there = |rendering: &&Rendering| rendering.platform == delivery.platform;
        let is_its = |rendering: &&Rendering| {
            let text = rendering.parts.get(delivery.part);
            text.is_some_and(|text| fingerprint(text, &delivery.key) == delivery.fingerprint)
        };
        let others = self.turns.iter().flat_map(|form| &form.renderings);
        let mut there = self.renderings.iter().chain(others).filter(is_there);
        let first = there.next()?;
        Some(std::iter::once(first).chain(there).find(is_its).unwrap_or(first))
    }

    /// `None` for the first form.
    fn form(&self, occurrence: usize) -> Option<&Form> {
        self.turns.get((occurrence % (self.turns.len() + 1)).checked_sub(1)?)
    }
}
