//! Somebody else's post on the pages, and what a first post does with it.

use curation::composition::{PlatformName, Share, Target, Uncomposable};
use platforms::{accounts::title, intake::PostAddress};

use crate::pages::{Shared, Sharing, When};

/// A target as the pages show it.
pub(super) fn shared(target: &Target) -> Shared {
    // What is stored was parsed, so the address that people open is one of the platform's.
    let page = PostAddress::try_from(target.post.clone()).map(|address| address.page()).unwrap_or_default();
    Shared {
        platform: known_as(&target.platform),
        handle: target.handle.clone(),
        text: target.text.clone(),
        at: target.posted_at.map(When),
        page,
        attachments: target.attachments,
    }
}

pub(super) fn sharing(share: Option<&Share>) -> Sharing {
    match share {
        None => Sharing::Nothing,
        Some(Share::Quote(_)) => Sharing::Quote,
        Some(Share::Boost(_)) => Sharing::Boost,
    }
}

/// A platform's name as people know it.
pub(super) fn known_as(platform: &PlatformName) -> String {
    match platform.as_str() {
        "local" => "Local timeline",
        "feed" => "Public feed",
        _ => title(platform),
    }
    .to_owned()
}

/// What to do about words that cannot be composed.
pub(super) fn advice(why: &Uncomposable) -> String {
    match why {
        Uncomposable::TooLong(too_long) => {
            format!("Shorten it by about {} characters: it does not fit.", too_long.excess)
        }
        Uncomposable::NotThere(platform) => {
            format!(
                "The channel does not post on {} any more, so nothing can be shared there.",
                known_as(platform)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_leads_to_its_page_and_nowhere_else() {
        let target = |post: &str| Target {
            post: post.to_owned(),
            platform: PlatformName::new("bluesky"),
            author: "did:plc:abcdefghijklmnopqrstuvwx".to_owned(),
            handle: "an.example".to_owned(),
            text: "An example.".to_owned(),
            posted_at: None,
            version: None,
            attachments: 0,
            quotable: true,
            pointer: None,
        };
        let page = |post: &str| shared(&target(post)).page;
        assert_eq!(
            page("at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3mdtheirs2222"),
            "https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx/post/3mdtheirs2222"
        );
        for other in ["javascript:alert(1)", "https://elsewhere.example/1", ""] {
            assert_eq!(page(other), "", "{other}");
        }
    }
}
