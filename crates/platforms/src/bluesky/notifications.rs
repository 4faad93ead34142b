//! What the channel was told on Bluesky: `app.bsky.notification.listNotifications`, which a personal data server passes
//! on.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Bluesky, CallError, NotSignedIn, Refusal, is_of_session, unanswered};
use crate::intake::{
    Batch, Channel, Mark, NotRead, Notifications,
    bluesky_notifications::{MOST_PER_PAGE, Mark as ReadUpTo, REASONS, read},
};

#[async_trait]
impl Notifications for Bluesky {
    async fn next(&self, mark: Option<&Mark>, hashtag: &str, now: Timestamp) -> Result<Batch, NotRead> {
        let mark = match mark {
            Some(Mark::Bluesky(mark)) => mark.clone(),
            _ => ReadUpTo::starting(now),
        };
        let session = self.sign_in().await.map_err(|_| NotRead::Unavailable("nobody is signed in"))?;
        let limit = MOST_PER_PAGE.to_string();
        let mut parameters = REASONS.map(|reason| ("reasons", reason)).to_vec();
        parameters.push(("limit", &limit));
        parameters.extend(mark.cursor().map(|cursor| ("cursor", cursor)));
        let name = "app.bsky.notification.listNotifications";
        let mut answer = self.xrpc.query(name, &parameters, Some(&session.access)).await;
        if answer.as_ref().is_err_and(is_of_session) {
            let renewed = self.sessions.renewed(&self.xrpc, &session).await;
            let session = renewed.map_err(|NotSignedIn(why)| NotRead::Unavailable(why))?;
            answer = self.xrpc.query(name, &parameters, Some(&session.access)).await;
        }
        let channel = Channel {
            id: session.did.clone(),
            names: session.handle.clone().into_iter().collect(),
            hashtag: hashtag.to_owned(),
        };
        let page = match answer {
            Ok(answer) => serde_json::to_vec(&answer).map_err(|_| NotRead::Unavailable("no answer"))?,
            // A cursor that the server does not know any more: the walk begins again.
            Err(CallError::Answered(Refusal { status: 400, .. })) if mark.is_walking() => {
                let goes_on = !mark.began_again();
                if !goes_on {
                    tracing::error!("Bluesky refuses every cursor: only the newest notifications are read");
                }
                let mark = Mark::Bluesky(mark.from_the_top());
                return Ok(Batch { channel, events: vec![], unrecognised: 0, mark, goes_on });
            }
            Err(error) => {
                // Says in the log what the server refused.
                let _ = unanswered(&error);
                return Err(NotRead::Unavailable("the notifications cannot be read"));
            }
        };
        let page = read(&page, &channel)?;
        let after = mark.after(&page, now).map_err(|_| NotRead::Stuck)?;
        let goes_on = after.is_walking();
        Ok(Batch {
            channel,
            events: page.events,
            unrecognised: page.unrecognised,
            mark: Mark::Bluesky(after),
            goes_on,
        })
    }
}
