//! That the build measures what is in `content/` as the platforms do, and refuses by name what does not fit.

#![allow(clippy::unwrap_used)]

#[path = "../build/fits.rs"]
mod fits;

use curation::composition::PlatformRules;
use platforms::{bluesky, mastodon, x};
use screening::{Outcome, Route, screen_safely};

#[test]
fn the_build_measures_as_the_adapters_do() {
    let adapters = [bluesky::rules(), mastodon::rules(mastodon::Limits::default()), x::rules()];
    for (ours, theirs) in fits::rules().into_iter().zip(adapters) {
        // The build asks for one post; an adapter takes threads too.
        assert_eq!(ours, PlatformRules { most_parts: 1, quotes: false, ..theirs });
    }
}

#[test]
fn what_does_not_fit_is_refused_by_the_name_of_the_entry_and_of_the_platform() {
    let (disclaimers, guidance) = (content::disclaimers(), content::guidance());
    let elsewhere = &content::wording().elsewhere;
    fits::check(disclaimers, guidance, elsewhere).unwrap();
    let mut long = guidance.to_vec();
    // 90 emoji are 90 characters to Bluesky and 180 to X.
    long[1].text = "🌱".repeat(90);
    let refused = fits::check(disclaimers, &long, elsewhere).unwrap_err();
    assert!(refused.contains(&long[1].id) && refused.contains("for x by"), "{refused}");
    let mut long = disclaimers.to_vec();
    long[2].text = "🌱".repeat(71);
    let refused = fits::check(&long, guidance, elsewhere).unwrap_err();
    assert!(refused.contains(&long[2].id) && refused.contains("on x"), "{refused}");
    let refused =
        fits::check(disclaimers, guidance, &format!("{{platform}} {}", "a".repeat(150))).unwrap_err();
    assert!(refused.contains("elsewhere") && refused.contains("for bluesky by"), "{refused}");
}

#[test]
fn screening_sends_guidance_as_drafted_to_its_reviewers_and_nowhere_else() {
    for one in content::guidance() {
        let Outcome::Screened(report) = screen_safely(&one.text) else {
            panic!("{} is not screened", one.id)
        };
        assert_eq!(report.route, Route::Review, "{}", one.id);
    }
}
