//! A post as X takes it and names it.
//!
//! Invariant: a request says nothing that its intent does not say, so that a second one would say the same.

use curation::composition::{Replies, Share};
use serde_json::{Value, json};

use crate::{Intent, RemotePost};

/// The digits of the longest id (`PostId` in X's API).
const LONGEST_ID: usize = 19;

/// What a new post consists of.
#[derive(Clone, Copy)]
pub(super) struct NewPost<'a> {
    pub(super) text: &'a str,
    /// The id of the post that it follows in its thread.
    pub(super) follows: Option<&'a str>,
    /// The id of the post that it quotes.
    pub(super) quotes: Option<&'a str>,
    pub(super) replies: Replies,
}

impl<'a> NewPost<'a> {
    /// The post of an intent; none if what it is to follow or to quote has no id of X's.
    pub(super) fn of(intent: &'a Intent) -> Option<Self> {
        let follows = match &intent.follows {
            Some(post) => Some(id_of(post)?),
            None => None,
        };
        let quotes = match &intent.shares {
            Some(Share::Quote(post)) => Some(id_in(post)?),
            Some(Share::Boost(_)) | None => None,
        };
        Some(Self { text: &intent.text, follows, quotes, replies: intent.replies })
    }

    /// The body of the request (`CreatePostsRequest` in X's API).
    pub(super) fn body(&self) -> Value {
        let mut body = json!({ "text": self.text });
        if let Some(quoted) = self.quotes {
            body["quote_tweet_id"] = json!(quoted);
        }
        match self.follows {
            // Who may reply is said of a thread's first post and holds for all of it; a reply that says it is refused.
            Some(follows) => body["reply"] = json!({ "in_reply_to_tweet_id": follows }),
            None => body["reply_settings"] = json!(setting(self.replies)),
        }
        body
    }
}

/// X has no value for nobody. Those whom the post mentions come nearest: of a post that mentions nobody, they are none.
fn setting(replies: Replies) -> &'static str {
    match replies {
        Replies::Nobody => "mentionedUsers",
    }
}

/// The post's id, in any of the forms in which a post is named: the id alone, or the address of its page.
pub(super) fn id_of(post: &RemotePost) -> Option<&str> {
    id_in(&post.0)
}

/// The id in such a name.
pub(super) fn id_in(name: &str) -> Option<&str> {
    let name = name.trim();
    let name = match name.split_once("/status/") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => name,
    };
    is_id(name).then_some(name)
}

/// True for an id of a post or of an account.
pub(super) fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_posts_name_holds_its_id() {
        for (name, id) in [
            ("1346889436626259968", Some("1346889436626259968")),
            (" 1346889436626259968 ", Some("1346889436626259968")),
            ("https://x.com/channel/status/1346889436626259968", Some("1346889436626259968")),
            ("https://x.com/channel/status/1346889436626259968/photo/1?s=20#a", Some("1346889436626259968")),
            ("https://twitter.com/i/web/status/20", Some("20")),
            ("12345678901234567890", None),
            ("https://x.com/channel", None),
            ("https://x.com/channel/status/", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(id_of(&RemotePost(name.to_owned())), id, "{name}");
        }
    }

    #[test]
    fn a_first_post_closes_its_thread_and_the_others_follow() {
        let first = NewPost { text: "An example.", follows: None, quotes: None, replies: Replies::Nobody };
        assert_eq!(first.body(), json!({ "text": "An example.", "reply_settings": "mentionedUsers" }));
        let second = NewPost { follows: Some("20"), ..first };
        assert_eq!(
            second.body(),
            json!({ "text": "An example.", "reply": { "in_reply_to_tweet_id": "20" } })
        );
        let quote = NewPost { quotes: Some("21"), ..first };
        assert_eq!(quote.body()["quote_tweet_id"], "21");
    }
}
