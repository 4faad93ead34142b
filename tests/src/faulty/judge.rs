//! What must hold at the end of a run.

use curation::{
    composition::Rendering,
    submission::{State, Submission},
};

use super::{peer::Post, tally::Ending};

/// One platform's posts of the run.
pub(super) struct There<'a> {
    pub(super) rendering: &'a Rendering,
    pub(super) posts: &'a [Post],
    /// Something else is left.
    pub(super) is_littered: bool,
    pub(super) was_asked: bool,
    /// Whether it waits for this platform, if it waits for one that is switched off.
    pub(super) waits: Option<bool>,
}

/// How it ended there, or what is wrong.
pub(super) fn judge(submission: &Submission, there: &There<'_>) -> Result<Ending, String> {
    let name = &there.rendering.platform;
    let up = there.posts.iter().filter(|post| post.is_up).collect::<Vec<_>>();
    for part in &there.rendering.parts {
        let made = there.posts.iter().filter(|post| post.text == *part).count();
        if made > 1 {
            return Err(format!("{name}: a part was made {made} times"));
        }
    }
    match &submission.state {
        State::Publishing { .. } if there.waits == Some(true) => match there.posts {
            [] => Ok(Ending::WaitsForPlatform),
            _ => Err(format!("{name}: it is switched off, and there are posts")),
        },
        State::Publishing { .. } if there.waits.is_none() => Err("it stays publishing".to_owned()),
        State::Published { .. } | State::Publishing { .. } => {
            in_order(submission, there, &up)?;
            Ok(if there.was_asked { Ending::OnceAfterAHuman } else { Ending::Once })
        }
        State::NeedsAttention { .. } => Ok(Ending::WaitsForAHuman),
        State::Retracted { .. } | State::Held { .. } | State::Withdrawn { .. } | State::Closed { .. } => {
            if !up.is_empty() || there.is_littered {
                return Err(format!("{name}: {} posts are still up", up.len()));
            }
            Ok(if there.posts.is_empty() { Ending::NeverThere } else { Ending::TakenDown })
        }
        state => Err(format!("it stays {}", state.name())),
    }
}

/// Each part once, in order, each after the one before, and known by the right name.
fn in_order(submission: &Submission, there: &There<'_>, up: &[&Post]) -> Result<(), String> {
    let name = &there.rendering.platform;
    let texts = up.iter().map(|post| &post.text).collect::<Vec<_>>();
    if texts != there.rendering.parts.iter().collect::<Vec<_>>() {
        let count = there.rendering.parts.len();
        return Err(format!(
            "{name}: it is published, and {} of {count} parts are there, or out of order",
            up.len()
        ));
    }
    for (part, post) in up.iter().enumerate() {
        let before = part.checked_sub(1).map(|before| up[before].id.clone());
        let first = (part > 0).then(|| up[0].id.clone());
        if post.follows != before || post.root != first {
            return Err(format!("{name}: part {part} does not follow the one before"));
        }
        let delivery = submission.deliveries.iter().find(|one| one.platform == *name && one.part == part);
        let known = delivery.and_then(|delivery| delivery.post.as_ref());
        if known != Some(&post.id) && known != Some(&post.page) {
            return Err(format!("{name}: part {part} is known by a wrong name"));
        }
    }
    Ok(())
}
