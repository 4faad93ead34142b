//! Somebody's post as X shows it to the channel's account (`GET /2/tweets/{id}`).
//!
//! Invariant: what is read is the latest version. An edit has an id of its own on X, and the old id goes on showing the
//! old words.

use curation::composition::{PlatformName, Seen, Target, Visible};
use jiff::Timestamp;
use serde_json::Value;

use super::post::is_id;
use crate::{
    html::unescaped,
    intake::{LONGEST_TEXT, PostAddress},
};

/// What is asked of the post, brought along with it, and asked of its author.
pub(super) const FIELDS: [(&str, &str); 3] = [
    ("post.fields", "attachments,created_at,entities,id,note_post,text"),
    ("expansions", "author_id,edit_history_post_ids,referenced_posts"),
    ("user.fields", "id,protected,username"),
];

/// What an answer shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// This, in its latest version.
    Seen(Seen),
    /// An earlier version of the post that has this id now.
    EditedInto(String),
    /// A repost, which has no words of its own.
    Repost,
    /// Beyond what reviewers are shown.
    TooLong,
}

/// The answer is neither a post nor says that there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Reads an answer about the post `asked`.
pub(super) fn shown(answer: &Value, asked: &str) -> Result<Shown, Unreadable> {
    let post = &answer["data"];
    if post.is_null() {
        return if is_hidden(answer) { Ok(Shown::Seen(Seen::Gone)) } else { Err(Unreadable) };
    }
    let id = post["id"].as_str().filter(|id| *id == asked).ok_or(Unreadable)?;
    let latest = versions(post).max_by_key(|id| id.parse::<u64>().unwrap_or_default()).unwrap_or(id);
    if latest != id {
        return Ok(Shown::EditedInto(latest.to_owned()));
    }
    if references(post, "retweeted").next().is_some() {
        return Ok(Shown::Repost);
    }
    // What is longer than usual stands apart, with links of its own.
    let note = &post["note_post"];
    let (text, entities) = match note["text"].as_str() {
        Some(text) => (text, &note["entities"]),
        None => (post["text"].as_str().ok_or(Unreadable)?, &post["entities"]),
    };
    let text = with_targets(&unescaped(text), entities);
    if text.chars().count() > LONGEST_TEXT {
        return Ok(Shown::TooLong);
    }
    let author = post["author_id"].as_str().filter(|id| is_id(id)).ok_or(Unreadable)?;
    let users = answer["includes"]["users"].as_array().ok_or(Unreadable)?;
    let user = users.iter().find(|user| user["id"] == author).ok_or(Unreadable)?;
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    let attachments = &post["attachments"];
    let attached = count(&attachments["media_keys"])
        + count(&attachments["poll_ids"])
        + references(post, "quoted").count();
    let target = Target {
        post: PostAddress::x(id).ok_or(Unreadable)?.to_string(),
        platform: PlatformName::new("x"),
        author: author.to_owned(),
        handle: user["username"].as_str().ok_or(Unreadable)?.to_owned(),
        text,
        posted_at: post["created_at"].as_str().and_then(|at| at.parse::<Timestamp>().ok()),
        version: Some(id.to_owned()),
        attachments: u32::try_from(attached).unwrap_or(u32::MAX),
        quotable: true,
        pointer: None,
    };
    // Not said is not known, and X says it of every user.
    let visible = match user["protected"].as_bool() {
        Some(false) => Visible::Public,
        Some(true) => Visible::Protected,
        None => return Err(Unreadable),
    };
    Ok(Shown::Seen(Seen::There(target, visible)))
}

/// True if X says that there is no such post, or none for this account.
fn is_hidden(answer: &Value) -> bool {
    let kinds = answer["errors"].as_array().into_iter().flatten().filter_map(|error| error["type"].as_str());
    let mut kinds = kinds.filter_map(|kind| kind.rsplit('/').next());
    kinds.any(|kind| matches!(kind, "resource-not-found" | "not-authorized-for-resource"))
}

fn versions(post: &Value) -> impl Iterator<Item = &str> {
    let ids = post["edit_history_post_ids"].as_array().or(post["edit_history_tweet_ids"].as_array());
    ids.into_iter().flatten().filter_map(Value::as_str).filter(|id| is_id(id))
}

fn references<'a>(post: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let references = post["referenced_posts"].as_array().or(post["referenced_tweets"].as_array());
    references.into_iter().flatten().filter(move |reference| reference["type"] == kind)
}

/// The text with X's own short addresses as what they lead to.
fn with_targets(text: &str, entities: &Value) -> String {
    let urls = entities["urls"].as_array().into_iter().flatten();
    let mut urls = urls
        .filter_map(|url| Some((url["url"].as_str()?, url["expanded_url"].as_str()?)))
        .filter(|(short, _)| !short.is_empty())
        .collect::<Vec<_>>();
    // A short address may begin with another one.
    urls.sort_by_key(|(short, _)| std::cmp::Reverse(short.len()));
    urls.dedup();
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match urls.iter().find(|(short, _)| rest.starts_with(short)) {
            Some((short, target)) => {
                whole.push_str(target);
                rest = &rest[short.len()..];
            }
            None => {
                whole.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn answer() -> Value {
        json!({
            "data": {
                "id": "20",
                "text": "An example &amp; a link https://t.co/a",
                "author_id": "12",
                "created_at": "2026-11-23T12:00:00.000Z",
                "edit_history_post_ids": ["19", "20"],
                "entities": { "urls": [{ "url": "https://t.co/a", "expanded_url": "https://example.org/a" }] },
            },
            "includes": { "users": [
                { "id": "11", "username": "other", "protected": true },
                { "id": "12", "username": "an_example", "protected": false },
            ] },
        })
    }

    fn seen(answer: &Value) -> (Target, Visible) {
        match shown(answer, "20").unwrap() {
            Shown::Seen(Seen::There(target, visible)) => (target, visible),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_post_is_read_with_its_author_and_where_its_links_lead() {
        let (target, visible) = seen(&answer());
        assert_eq!(visible, Visible::Public);
        let expected = Target {
            post: "https://x.com/i/status/20".into(),
            platform: PlatformName::new("x"),
            author: "12".into(),
            handle: "an_example".into(),
            text: "An example & a link https://example.org/a".into(),
            posted_at: Some("2026-11-23T12:00:00Z".parse().unwrap()),
            version: Some("20".into()),
            attachments: 0,
            quotable: true,
            pointer: None,
        };
        assert_eq!(target, expected);
        let mut long = answer();
        long["data"]["note_post"] = json!({ "text": "All of the words." });
        assert_eq!(seen(&long).0.text, "All of the words.");
        let mut rich = answer();
        rich["data"]["attachments"] = json!({ "media_keys": ["3_1", "3_2"], "poll_ids": ["1"] });
        rich["data"]["referenced_posts"] =
            json!([{ "type": "quoted", "id": "7" }, { "type": "replied_to", "id": "8" }]);
        assert_eq!(seen(&rich).0.attachments, 4);
    }

    #[test]
    fn what_is_not_for_everybody_or_gone_is_told_apart_from_what_cannot_be_read() {
        let mut protected = answer();
        protected["includes"]["users"][1]["protected"] = json!(true);
        assert_eq!(seen(&protected).1, Visible::Protected);
        let problem =
            |kind: &str| json!({ "errors": [{ "type": format!("https://api.x.com/2/problems/{kind}") }] });
        for kind in ["resource-not-found", "not-authorized-for-resource"] {
            assert_eq!(shown(&problem(kind), "20"), Ok(Shown::Seen(Seen::Gone)));
        }
        for unreadable in [
            problem("internal-error"),
            json!({}),
            Value::Null,
            json!({ "data": [] }),
            json!({ "data": { "id": "21", "text": "Another." } }),
        ] {
            assert_eq!(shown(&unreadable, "20"), Err(Unreadable), "{unreadable}");
        }
        for missing in ["author_id", "text"] {
            let mut partial = answer();
            partial["data"].as_object_mut().unwrap().remove(missing);
            assert_eq!(shown(&partial, "20"), Err(Unreadable), "{missing}");
        }
        let mut unsaid = answer();
        unsaid["includes"]["users"][1].as_object_mut().unwrap().remove("protected");
        assert_eq!(shown(&unsaid, "20"), Err(Unreadable));
    }

    #[test]
    fn an_edited_post_is_its_latest_version_and_a_repost_is_none() {
        let mut edited = answer();
        edited["data"]["edit_history_post_ids"] = json!(["19", "20", "100"]);
        assert_eq!(shown(&edited, "20"), Ok(Shown::EditedInto("100".into())));
        let mut repost = answer();
        repost["data"]["referenced_posts"] = json!([{ "type": "retweeted", "id": "7" }]);
        assert_eq!(shown(&repost, "20"), Ok(Shown::Repost));
        let mut endless = answer();
        endless["data"]["text"] = json!("x".repeat(LONGEST_TEXT + 1));
        assert_eq!(shown(&endless, "20"), Ok(Shown::TooLong));
    }

    #[test]
    fn short_addresses_are_replaced_once_and_whole() {
        let entities = json!({ "urls": [
            { "url": "https://t.co/a", "expanded_url": "https://t.co/ab" },
            { "url": "https://t.co/ab", "expanded_url": "https://example.org" },
        ] });
        let text = "é https://t.co/ab https://t.co/a!";
        assert_eq!(with_targets(text, &entities), "é https://example.org https://t.co/ab!");
    }
}
