//! The lead's list as it is opened: what its platform shows no more is not shown here.
//!
//! Invariant: an address is dropped only if its platform says that nothing is there.

use std::sync::Arc;

use curation::composition::Seen;
use platforms::{Platform, intake::PostAddress};
use store::{Listed, StoreError};

use super::{key_of, wake};
use crate::Core;

/// Opens the list for the lead or the deputy, who alone may do this, and looks whether the posts are still there, on those
/// of the `platforms` that do not tell it by themselves. What is gone is forgotten as if its deletion had been told.
///
/// # Errors
/// [`StoreError`].
pub async fn open_list(core: &Core, platforms: &[Arc<dyn Platform>]) -> Result<Vec<Listed>, StoreError> {
    let mut listed = Vec::new();
    for one in core.store.open_list(core.clock.now()).await? {
        if !is_gone(&one.address, platforms).await {
            listed.push(one);
            continue;
        }
        let Ok(address) = PostAddress::try_from(one.address) else { continue };
        core.store.post_gone(None, &key_of(&address), core.clock.now()).await?;
        wake(core).await;
    }
    Ok(listed)
}

async fn is_gone(address: &str, platforms: &[Arc<dyn Platform>]) -> bool {
    let Ok(post) = PostAddress::try_from(address.to_owned()) else { return false };
    let platform = platforms.iter().find(|platform| platform.name() == post.platform());
    match platform {
        Some(platform) => matches!(platform.look_at(address).await, Ok(Seen::Gone)),
        None => false,
    }
}
