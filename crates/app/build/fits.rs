//! Whether what is written in `content/` fits where it is to appear.
//!
//! Invariant: a guidance post is one post on every platform, with whichever disclaimer goes with it, and so is what points
//! to a post on another platform; and each disclaimer leaves a post room for words of its own.

use curation::composition::{self, Measure, PlatformName, PlatformRules};

/// How much of any post a disclaimer leaves to the words, at least, in what the platform counts.
const LEFT_FOR_WORDS: usize = 140;

/// The rules of the platforms, as a build may know them: `tests/content_fits.rs` compares them with the adapters' own.
pub(crate) fn rules() -> [PlatformRules; 3] {
    let rules = |platform, longest, measure, most_bytes| PlatformRules {
        platform: PlatformName::new(platform),
        longest,
        measure,
        most_bytes,
        most_parts: 1,
        // Guidance shares nobody's post.
        quotes: false,
        content_notes: platform == "mastodon",
    };
    [
        rules("bluesky", 300, Measure::Graphemes, 3_000),
        rules("mastodon", 500, Measure::Mastodon { per_url: 23 }, 10_000),
        rules("x", 280, Measure::Weighted, 5_708),
    ]
}

/// The address of a page that a post points to, as long as most on Bluesky, whose are the longest.
const PAGE: &str = "https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx/post/3mdtheirs2222";

/// Checks each disclaimer, and each guidance post and what points elsewhere with each disclaimer.
///
/// # Errors
/// A message that names the entry and the platform.
pub(crate) fn check(
    disclaimers: &[content::Disclaimer],
    guidance: &[content::Guidance],
    elsewhere: &str,
) -> Result<(), String> {
    for disclaimer in disclaimers {
        for rules in rules() {
            let length = rules.measure.of(&disclaimer.text);
            if length + LEFT_FOR_WORDS > rules.longest {
                return Err(format!(
                    "content/disclaimers.toml, disclaimer \"{}\": leaves too little of a post on {} to the words: shorten it by {}",
                    disclaimer.id,
                    rules.platform,
                    length + LEFT_FOR_WORDS - rules.longest,
                ));
            }
        }
    }
    let pointer = format!("{} {PAGE}", elsewhere.replace("{platform}", "Mastodon"));
    let guidance =
        guidance.iter().map(|one| (format!("content/guidance.toml, guidance \"{}\"", one.id), &one.text));
    let pointer = [("content/wording.toml, elsewhere".to_owned(), &pointer)];
    for (entry, text) in guidance.chain(pointer) {
        for disclaimer in disclaimers {
            let attached = composition::Disclaimer {
                id: disclaimer.id.clone(),
                version: disclaimer.version,
                text: disclaimer.text.clone(),
            };
            composition::compose(text, &attached, None, &rules()).map_err(|error| {
                format!(
                    "{entry}: does not fit in one post with the disclaimer \"{}\": {error}",
                    disclaimer.id
                )
            })?;
        }
    }
    Ok(())
}
