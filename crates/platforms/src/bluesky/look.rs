//! Somebody's post as the configured server shows it: to be shown to reviewers, and to be quoted, reposted or answered.
//!
//! Invariant: the configured server alone is asked, wherever the post's repository is. A server that is part of the
//! network asks its application (an AppView) for what is not its own; one that is not knows its own posts.

use curation::composition::{PlatformName, Seen, Target, Visible};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    Bluesky,
    profile::{PROFILES, SELF},
    record::{POSTS, StrongRef},
    session::Session,
    xrpc::{CallError, Refusal},
};
use crate::intake::{LONGEST_TEXT, PostAddress};

/// The network's name for an account whose handle is not its own.
const NO_HANDLE: &str = "handle.invalid";
/// The protocol's name for an application that does not answer the server.
const UPSTREAM_FAILURE: &str = "UpstreamFailure";
/// The collection in which an author says for each post, under its key, who may quote it.
const QUOTE_GATES: &str = "app.bsky.feed.postgate";
/// The label by which authors ask that nobody sees their posts who is not signed in (`com.atproto.label.defs`).
const FOR_SIGNED_IN: &str = "!no-unauthenticated";

/// Somebody's post that is there.
pub(super) struct Post {
    pub(super) at: StrongRef,
    record: Value,
    handle: String,
    /// False if not everybody may read it.
    is_public: bool,
    quotable: bool,
}

impl Post {
    /// The first post of its thread and the post itself: what a reply to it names.
    pub(super) fn thread(&self) -> (StrongRef, StrongRef) {
        let root = StrongRef::read(&self.record["reply"]["root"]);
        (root.unwrap_or_else(|| self.at.clone()), self.at.clone())
    }

    /// None if it is no record of a post, or longer than any.
    fn seen(self, address: &PostAddress) -> Option<Seen> {
        let text = self.record["text"].as_str().filter(|text| text.chars().count() <= LONGEST_TEXT)?;
        let target = Target {
            post: address.to_string(),
            platform: PlatformName::new("bluesky"),
            author: address.owner()?.to_owned(),
            handle: self.handle,
            text: text.to_owned(),
            posted_at: self.record["createdAt"].as_str().and_then(|at| at.parse::<Timestamp>().ok()),
            version: Some(self.at.cid().to_owned()),
            attachments: attachments(&self.record["embed"]),
            quotable: self.quotable,
            pointer: None,
        };
        Some(Seen::There(target, if self.is_public { Visible::Public } else { Visible::Protected }))
    }
}

impl Bluesky {
    /// Looks at a post for reviewers.
    pub(super) async fn seen(&self, session: &Session, post: &PostAddress) -> Result<Seen, CallError> {
        let Some(settled) = self.settled(session, post).await? else { return Ok(Seen::Gone) };
        match self.somebodys(session, &settled).await? {
            Some(post) => post.seen(&settled).ok_or(CallError::Lost("the answer is no post")),
            None => Ok(Seen::Gone),
        }
    }

    /// Somebody's post, or that there is none.
    pub(super) async fn somebodys(
        &self,
        session: &Session,
        post: &PostAddress,
    ) -> Result<Option<Post>, CallError> {
        let Some(settled) = self.settled(session, post).await? else { return Ok(None) };
        let uri = settled.to_string();
        match self.query(session, "app.bsky.feed.getPosts", &[("uris", &uri)]).await {
            Ok(answer) => as_shown(&answer, &uri),
            // It has no application to ask, or none that answers.
            Err(CallError::Answered(Refusal { status, code }))
                if matches!(status, 400 | 404 | 501) || code == UPSTREAM_FAILURE =>
            {
                self.in_repository(session, &settled).await
            }
            Err(error) => Err(error),
        }
    }

    /// The DID behind a handle, as the server resolves it; none if there is nobody of this name.
    pub(super) async fn resolved(
        &self,
        session: &Session,
        handle: &str,
    ) -> Result<Option<String>, CallError> {
        let name = "com.atproto.identity.resolveHandle";
        match self.query(session, name, &[("handle", handle)]).await {
            Ok(answer) => match answer["did"].as_str() {
                Some(did) => Ok(Some(did.to_owned())),
                None => Err(CallError::Lost("the answer names nobody")),
            },
            Err(CallError::Answered(Refusal { status: 400 | 404, .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn settled(&self, session: &Session, post: &PostAddress) -> Result<Option<PostAddress>, CallError> {
        let owner = post.owner().ok_or(CallError::NotSent("this is no post on Bluesky"))?;
        if post.is_settled() {
            return Ok(Some(post.clone()));
        }
        let did = self.resolved(session, owner).await?;
        Ok(did.and_then(|did| PostAddress::bluesky(&did, post.id())).filter(PostAddress::is_settled))
    }

    async fn in_repository(&self, session: &Session, post: &PostAddress) -> Result<Option<Post>, CallError> {
        let owner = post.owner().unwrap_or_default();
        let Some(found) = self.record_of(owner, POSTS, post.id()).await? else { return Ok(None) };
        let about = self.query(session, "com.atproto.repo.describeRepo", &[("repo", owner)]).await;
        let handle = match about {
            Ok(about) => about["handle"].as_str().unwrap_or(NO_HANDLE).to_owned(),
            Err(CallError::Answered(Refusal { status: 400 | 404, .. })) => return Ok(None),
            Err(error) => return Err(error),
        };
        // What an application would tell of the author's wishes stands in the repository as well.
        let profile = self.record_of(owner, PROFILES, SELF).await?.map(|found| found.value);
        let is_public = profile.is_none_or(|profile| !has_label(&profile["labels"]["values"]));
        let gate = self.record_of(owner, QUOTE_GATES, post.id()).await?.map(|found| found.value);
        let quotable = gate.is_none_or(|gate| gate["embeddingRules"].as_array().is_none_or(Vec::is_empty));
        Ok(Some(Post { at: found.at, record: found.value, handle, is_public, quotable }))
    }
}

/// The post in an answer of the application (`app.bsky.feed.defs#postView`).
fn as_shown(answer: &Value, uri: &str) -> Result<Option<Post>, CallError> {
    const NO_POST: CallError = CallError::Lost("the answer is no post");
    let posts = answer["posts"].as_array().ok_or(NO_POST)?;
    // Of accounts that are gone, or that block the channel, nothing is shown.
    let Some(post) = posts.first() else { return Ok(None) };
    let author = &post["author"];
    let at = StrongRef::read(post).filter(|_| post["uri"] == uri).ok_or(NO_POST)?;
    Ok(Some(Post {
        at,
        record: post["record"].clone(),
        handle: author["handle"].as_str().unwrap_or(NO_HANDLE).to_owned(),
        is_public: !has_label(&author["labels"]) && !has_label(&post["labels"]),
        quotable: post["viewer"]["embeddingDisabled"] != true,
    }))
}

fn has_label(labels: &Value) -> bool {
    let labels = labels.as_array().into_iter().flatten();
    labels.filter(|label| label["neg"] != true).any(|label| label["val"] == FOR_SIGNED_IN)
}

/// What an embed holds: pictures count one by one, and so does the post quoted beside them.
fn attachments(embed: &Value) -> u32 {
    let count = match embed["$type"].as_str() {
        None => 0,
        Some("app.bsky.embed.images") => embed["images"].as_array().map_or(1, Vec::len),
        Some("app.bsky.embed.recordWithMedia") => {
            return attachments(&embed["media"]).saturating_add(1);
        }
        Some(_) => 1,
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_post_holds_beside_its_words_is_counted() {
        let images = json!({ "$type": "app.bsky.embed.images", "images": [{}, {}, {}] });
        for (embed, count) in [
            (Value::Null, 0),
            (images.clone(), 3),
            (json!({ "$type": "app.bsky.embed.external" }), 1),
            (json!({ "$type": "app.bsky.embed.record" }), 1),
            (json!({ "$type": "app.bsky.embed.recordWithMedia", "media": images }), 4),
            (json!({ "$type": "something.new" }), 1),
        ] {
            assert_eq!(attachments(&embed), count, "{embed}");
        }
    }

    #[test]
    fn an_answer_to_a_reply_names_the_first_post_of_its_thread() {
        let reference = |name: &str| json!({ "uri": name, "cid": format!("c-{name}") });
        let post = |record: Value| Post {
            at: StrongRef::read(&reference("theirs")).unwrap(),
            record,
            handle: String::new(),
            is_public: true,
            quotable: true,
        };
        let cids = |post: &Post| (post.thread().0.cid().to_owned(), post.thread().1.cid().to_owned());
        assert_eq!(cids(&post(json!({}))), ("c-theirs".to_owned(), "c-theirs".to_owned()));
        let reply = json!({ "reply": { "root": reference("root"), "parent": reference("parent") } });
        assert_eq!(cids(&post(reply)), ("c-root".to_owned(), "c-theirs".to_owned()));
    }
}
