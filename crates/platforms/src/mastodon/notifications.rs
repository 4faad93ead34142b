//! What the channel was told on its Mastodon server: `GET /api/v1/notifications`, of mentions alone.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Call, Mastodon};
use crate::intake::{
    Batch, Channel, Mark, MastodonServer, NotRead, Notifications,
    mastodon_notifications::{MOST_PER_PAGE, Mark as ReadUpTo, read},
};

#[async_trait]
impl Notifications for Mastodon {
    async fn next(&self, mark: Option<&Mark>, hashtag: &str, now: Timestamp) -> Result<Batch, NotRead> {
        let mark = match mark {
            Some(Mark::Mastodon(mark)) => mark.clone(),
            _ => ReadUpTo::starting(0),
        };
        let server = MastodonServer::parse(self.account.server.trim())
            .ok_or(NotRead::Unavailable("the server's address cannot be read"))?;
        let access = self
            .accesses
            .current(&self.api)
            .await
            .map_err(|_| NotRead::Unavailable("the access token is not accepted"))?;
        let (limit, min_id) = (MOST_PER_PAGE.to_string(), mark.min_id().to_string());
        let query = [("types[]", "mention"), ("limit", &limit), ("min_id", &min_id)];
        let call = Call { query: &query, ..Call::get(&["api", "v1", "notifications"]) };
        let answer = self.call(&call).await.map_err(|_| {
            NotRead::Unavailable("the notifications cannot be read: the token needs read:notifications")
        })?;
        let page = serde_json::to_vec(&answer).map_err(|_| NotRead::Unavailable("no answer"))?;
        let host = server.origin().split("//").nth(1).unwrap_or_default().to_owned();
        let name = access.name;
        let channel = Channel {
            id: access.account,
            names: vec![format!("{name}@{host}"), name],
            hashtag: hashtag.to_owned(),
        };
        let page = read(&page, &channel, &server)?;
        let goes_on = !page.is_empty();
        let after = mark.after(&page, now).map_err(|_| NotRead::Stuck)?;
        Ok(Batch {
            channel,
            events: page.events,
            unrecognised: page.unrecognised,
            mark: Mark::Mastodon(after),
            goes_on,
        })
    }
}
