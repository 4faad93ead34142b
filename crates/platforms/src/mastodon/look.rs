//! Somebody's post as the server shows it to the channel's account
//! (<https://docs.joinmastodon.org/entities/Status/>).
//!
//! Invariant: what comes later by itself, such as the preview of a page, is not part of what reviewers saw.

use curation::composition::{PlatformName, Seen, Target, Visible};
use jiff::Timestamp;
use serde_json::Value;

use super::access::id;
use crate::{
    PlatformError, html,
    intake::{LONGEST_TEXT, PostAddress},
};

/// Reads the answer about the post at `address`.
pub(super) fn seen(post: &Value, address: &PostAddress) -> Result<Seen, PlatformError> {
    const NO_POST: PlatformError = PlatformError::Unavailable("the answer is no post");
    if post["id"].as_str() != Some(address.id()) {
        return Err(NO_POST);
    }
    if !post["reblog"].is_null() {
        return Err(PlatformError::Refused("a boost has no words of its own"));
    }
    let content = post["content"].as_str().ok_or(NO_POST)?;
    // Four bytes a character, and as much again for links.
    if content.len() > 8 * LONGEST_TEXT {
        return Err(PlatformError::Refused("the post is too long to be shown"));
    }
    let quotes = !post["quote"].is_null();
    let words = html::words(content, quotes);
    // The warning in front is the author's as well.
    let text = match post["spoiler_text"].as_str().unwrap_or_default().trim() {
        "" => words,
        warning => format!("{warning}\n\n{words}"),
    };
    if text.chars().count() > LONGEST_TEXT {
        return Err(PlatformError::Refused("the post is too long to be shown"));
    }
    let text_of = |name: &str| post[name].as_str();
    let pictures = post["media_attachments"].as_array().map_or(0, Vec::len);
    let attached = pictures + usize::from(!post["poll"].is_null()) + usize::from(quotes);
    let target = Target {
        post: address.to_string(),
        platform: PlatformName::new("mastodon"),
        author: id(&post["account"]).ok_or(NO_POST)?,
        handle: post["account"]["acct"].as_str().ok_or(NO_POST)?.to_owned(),
        text,
        posted_at: text_of("created_at").and_then(|at| at.parse::<Timestamp>().ok()),
        version: text_of("edited_at").map(str::to_owned),
        attachments: u32::try_from(attached).unwrap_or(u32::MAX),
        quotable: is_quotable(post),
        pointer: None,
    };
    let visible = match text_of("visibility").ok_or(NO_POST)? {
        "public" | "unlisted" => Visible::Public,
        _ => Visible::Protected,
    };
    Ok(Seen::There(target, visible))
}

/// Whether a quote is shown at once. One that its author has to agree to first would be shown without what it quotes
/// (<https://docs.joinmastodon.org/entities/QuoteApproval/>). Servers that say nothing of it decide when they are asked.
fn is_quotable(post: &Value) -> bool {
    let approval = &post["quote_approval"];
    approval.is_null() || approval["current_user"] == "automatic"
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::intake::MastodonServer;

    fn look(change: impl FnOnce(&mut Value)) -> Result<Seen, PlatformError> {
        let mut post = json!({
            "id": "42",
            "created_at": "2026-11-23T12:00:00.000Z",
            "edited_at": null,
            "content": "<p>An example &amp; more.</p>",
            "spoiler_text": "",
            "visibility": "public",
            "reblog": null,
            "card": { "title": "A preview" },
            "media_attachments": [],
            "account": { "id": "8", "acct": "an_example@elsewhere.example" },
            "quote_approval": { "current_user": "automatic" },
        });
        change(&mut post);
        let server = MastodonServer::parse("https://social.example").unwrap();
        seen(&post, &PostAddress::mastodon(&server, "42").unwrap())
    }

    fn target(change: impl FnOnce(&mut Value)) -> Target {
        match look(change).unwrap() {
            Seen::There(target, _) => target,
            Seen::Gone => panic!(),
        }
    }

    #[test]
    fn a_post_is_read_with_its_warning_and_what_comes_with_it() {
        let plain = target(|_| ());
        let expected = Target {
            post: "https://social.example/statuses/42".into(),
            platform: PlatformName::new("mastodon"),
            author: "8".into(),
            handle: "an_example@elsewhere.example".into(),
            text: "An example & more.".into(),
            posted_at: Some("2026-11-23T12:00:00Z".parse().unwrap()),
            version: None,
            attachments: 0,
            quotable: true,
            pointer: None,
        };
        assert_eq!(plain, expected);
        assert_eq!(target(|post| post["spoiler_text"] = json!("Grief")).text, "Grief\n\nAn example & more.");
        let rich = target(|post| {
            post["media_attachments"] = json!([{}, {}]);
            post["poll"] = json!({});
            post["quote"] = json!({ "state": "accepted" });
            post["edited_at"] = json!("2026-11-23T13:00:00.000Z");
        });
        assert_eq!((rich.attachments, rich.version.as_deref()), (4, Some("2026-11-23T13:00:00.000Z")));
    }

    #[test]
    fn an_author_says_who_may_read_and_who_may_quote() {
        for (visibility, visible) in [
            ("public", Visible::Public),
            ("unlisted", Visible::Public),
            ("private", Visible::Protected),
            ("direct", Visible::Protected),
            ("something new", Visible::Protected),
        ] {
            let seen = look(|post| post["visibility"] = json!(visibility)).unwrap();
            assert!(matches!(seen, Seen::There(_, one) if one == visible), "{visibility}");
        }
        for (approval, quotable) in [
            (json!({ "current_user": "automatic" }), true),
            (json!({ "current_user": "manual" }), false),
            (json!({ "current_user": "denied" }), false),
            (json!({ "current_user": "unknown" }), false),
            (json!({}), false),
            (Value::Null, true),
        ] {
            assert_eq!(
                target(|post| post["quote_approval"] = approval.clone()).quotable,
                quotable,
                "{approval}"
            );
        }
    }

    #[test]
    fn what_is_no_post_is_not_shown_and_no_absence() {
        for name in ["content", "visibility", "account"] {
            let seen = look(|post| post[name] = Value::Null);
            assert_eq!(seen, Err(PlatformError::Unavailable("the answer is no post")), "{name}");
        }
        assert!(matches!(look(|post| post["id"] = json!("43")), Err(PlatformError::Unavailable(_))));
        for refused in [
            look(|post| post["reblog"] = json!({ "id": "7" })),
            look(|post| post["content"] = json!("x".repeat(LONGEST_TEXT + 1))),
            look(|post| post["content"] = json!("x".repeat(8 * LONGEST_TEXT + 1))),
        ] {
            assert!(matches!(refused, Err(PlatformError::Refused(_))));
        }
    }
}
