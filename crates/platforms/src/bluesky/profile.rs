//! The label that calls the channel's account automated, which Bluesky's apps show on its profile.
//!
//! Invariant: nothing else of the profile is touched, and nothing at all if the label is there or somebody writes the
//! profile at the same moment.

use serde_json::{Value, json};

use super::{Bluesky, CallError, unanswered};
use crate::PlatformError;

/// The collection and the key of the one profile of an account.
pub(super) const PROFILES: &str = "app.bsky.actor.profile";
pub(super) const SELF: &str = "self";
/// What Bluesky's apps take for "this account is automated".
const BOT: &str = "bot";
/// Labels that accounts give themselves, and how many (`com.atproto.label.defs#selfLabels`).
const SELF_LABELS: &str = "com.atproto.label.defs#selfLabels";
const MOST_LABELS: usize = 10;

impl Bluesky {
    /// Makes the account's profile say that it is automated. Says whether it had to be written.
    ///
    /// # Errors
    /// [`PlatformError`]: the profile is as it was, unless an answer was lost.
    pub async fn mark_as_automated(&self) -> Result<bool, PlatformError> {
        let session = self.sign_in().await?;
        let profile = self.record_of(&session.did, PROFILES, SELF).await;
        let profile = profile.map_err(|error| unanswered(&error))?;
        let (before, is_there) = match profile {
            Some(found) => (Some(found.at.cid().to_owned()), found.value),
            None => (None, json!({ "$type": PROFILES })),
        };
        let Some(marked) = marked(is_there)? else { return Ok(false) };
        let body = json!({
            "repo": session.did,
            "collection": PROFILES,
            "rkey": SELF,
            "record": marked,
            // Only if it still is what was read.
            "swapRecord": before,
        });
        match self.procedure(&session, "com.atproto.repo.putRecord", &body).await {
            Ok(_) => Ok(true),
            Err(CallError::Answered(refusal)) if refusal.code == "InvalidSwap" => {
                Err(PlatformError::Unavailable("somebody else is writing the profile"))
            }
            Err(error) => Err(unanswered(&error)),
        }
    }
}

/// The profile with the label; none if it has it.
fn marked(mut profile: Value) -> Result<Option<Value>, PlatformError> {
    const OTHER_LABELS: PlatformError = PlatformError::Refused("the profile's labels are of another kind");
    let labels = &mut profile["labels"];
    if labels.is_null() {
        *labels = json!({ "$type": SELF_LABELS, "values": [] });
    }
    if labels["$type"] != SELF_LABELS {
        return Err(OTHER_LABELS);
    }
    let values = labels["values"].as_array_mut().ok_or(OTHER_LABELS)?;
    if values.iter().any(|label| label["val"] == BOT) {
        return Ok(None);
    }
    if values.len() >= MOST_LABELS {
        return Err(PlatformError::Refused("the profile has no room for another label"));
    }
    values.push(json!({ "val": BOT }));
    Ok(Some(profile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_is_added_and_nothing_else_changes() {
        let profile = |labels: &[&str]| {
            let values = labels.iter().map(|label| json!({ "val": label })).collect::<Vec<_>>();
            json!({
                "$type": PROFILES,
                "displayName": "An example",
                "somethingNew": { "of": [1, 2] },
                "labels": { "$type": SELF_LABELS, "values": values },
            })
        };
        assert_eq!(
            marked(profile(&["!no-unauthenticated"])),
            Ok(Some(profile(&["!no-unauthenticated", BOT])))
        );
        assert_eq!(marked(profile(&[BOT])), Ok(None));
        let mut bare = profile(&[]);
        bare.as_object_mut().map(|bare| bare.remove("labels"));
        assert_eq!(marked(bare), Ok(Some(profile(&[BOT]))));
        let empty =
            json!({ "$type": PROFILES, "labels": { "$type": SELF_LABELS, "values": [{ "val": BOT }] } });
        assert_eq!(marked(json!({ "$type": PROFILES })), Ok(Some(empty)));
        for full_or_other in [
            profile(&["a"; MOST_LABELS]),
            json!({ "labels": { "$type": "something.new", "values": [] } }),
            json!({ "labels": { "$type": SELF_LABELS, "values": "none" } }),
        ] {
            assert!(marked(full_or_other.clone()).is_err(), "{full_or_other}");
        }
    }
}
