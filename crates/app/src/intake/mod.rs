//! Intake: what people tell the channel on platforms, or by a link, on its way to a panel.
//!
//! Invariants: words that somebody wrote on a platform are screened in memory, and nothing of what was found is stored or
//! logged. Nobody gets an automated answer. What is told twice is one proposal.
//!
//! [`take_event`] writes down who asked for which post. [`admit::run`] does the rest, as far as the volunteers' time goes.

pub mod admit;
mod capacity;
pub mod collect;
pub(crate) mod forget;
mod listed;
pub(crate) mod room;
mod words;

use std::time::Duration;

use curation::time::Now;
use data_encoding::HEXLOWER;
use jiff::SignedDuration;
use platforms::intake::{Channel, Event, Ignored, PostAddress, Standing, Told, Wanted, What, wanted};
use screening::{Outcome, Route, screen_safely};
use store::{Ask, Asked, Listing, PostKey, StoreError, Wish};

use crate::{Core, MOST_RACES, accept::digest};

pub use capacity::Capacity;
pub use listed::open_list;

/// The channel's name on platforms, unless configured otherwise.
pub const CHANNEL_NAME: &str = "ClientsConnect";

/// Posts that one account, or one source of the form, may ask for in a day: far more than somebody who reads with care,
/// far fewer than would keep the others waiting.
pub const DAILY_ASKS: u64 = 20;

/// Posts that are older when the channel is told of them are not proposed: nobody waits for an answer to them any more, and
/// a platform that tells everything once again does not bring a year's posts. Danger has no such age.
pub const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What keys the hashes of who asked, of authors and of words.
#[derive(Clone, Copy)]
pub struct IntakeSecret(pub [u8; 32]);

impl std::fmt::Debug for IntakeSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IntakeSecret(..)")
    }
}

impl IntakeSecret {
    /// A keyed hash of something of this kind.
    fn hash(&self, kind: &str, parts: &[&str]) -> String {
        let mut all = vec![&self.0[..], kind.as_bytes()];
        all.extend(parts.iter().map(|part| part.as_bytes()));
        digest(&all)
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Somebody's wish is written down.
    Proposal,
    /// A post is gone, and will be forgotten.
    Gone,
    /// It was told before.
    Repeated,
    /// Whoever asked has asked for too much today.
    OverLimit,
    /// There is nothing to do.
    Ignored(Ignored),
    /// It would show a post of somebody else, who asked for nothing.
    ShowsAnother,
    /// The post is older than [`OLDEST`].
    TooOld,
    /// It tells nothing that is known here.
    Unknown,
    /// It is not for a panel.
    NotTaken,
}

impl Taken {
    /// A word for the log: what was in a post is no part of it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Gone => "gone",
            Self::Repeated => "repeated",
            Self::OverLimit => "over_limit",
            Self::Ignored(_) | Self::ShowsAnother | Self::TooOld | Self::NotTaken => "ignored",
            Self::Unknown => "unknown",
        }
    }

    /// True if something is to be done about it, beyond what is written and hinted.
    #[must_use]
    pub fn is_to_be_worked_on(self) -> bool {
        matches!(self, Self::Proposal | Self::Gone)
    }
}

/// The key of a post.
#[must_use]
pub fn key_of(post: &PostAddress) -> PostKey {
    PostKey::new(&post.platform(), &digest(&[b"post", post.to_string().as_bytes()]))
}

/// Writes an event down: one transaction.
///
/// # Errors
/// [`StoreError`]: tell it again.
pub async fn take_event(
    core: &Core,
    channel: &Channel,
    secret: &IntakeSecret,
    event: &Event,
) -> Result<Taken, StoreError> {
    let now = core.clock.now();
    let id = digest(&[b"event", event.id.as_str().as_bytes()]);
    match &event.what {
        What::Unknown => Ok(Taken::Unknown),
        What::Deleted(post) => {
            let key = key_of(post);
            let mut race = 0;
            loop {
                match core.store.post_gone(Some(&id), &key, now).await {
                    Err(StoreError::Conflict) if race < MOST_RACES => step_aside(core, &mut race).await,
                    done => return Ok(if done? { Taken::Gone } else { Taken::Repeated }),
                }
            }
        }
        What::Post(told) => take_post(core, channel, secret, told, &id, now).await,
    }
}

async fn take_post(
    core: &Core,
    channel: &Channel,
    secret: &IntakeSecret,
    told: &Told,
    id: &str,
    now: Now,
) -> Result<Taken, StoreError> {
    let wanted = wanted(told, channel);
    let is_ours = wanted == Wanted::Ignored(Ignored::ByTheChannel);
    let is_for_us = told.mentions_channel || told.has_hashtag;
    if !is_ours && is_for_us && is_dangerous(&told.text) {
        return list(core, told, id, now).await;
    }
    let proposal = match wanted {
        Wanted::Ignored(reason) => return Ok(Taken::Ignored(reason)),
        // Nobody can screen it, and its author asked for nothing.
        Wanted::Proposal(proposal) if proposal.also_shows.is_some() => return Ok(Taken::ShowsAnother),
        Wanted::Proposal(_) if is_old(core, told) => return Ok(Taken::TooOld),
        Wanted::Proposal(proposal) => proposal,
    };
    let source = secret.hash("source", &[proposal.target.platform().as_str(), &proposal.asked_by]);
    let request = Request {
        event: Some(id),
        target: &proposal.target,
        author: proposal.target_author.clone(),
        source: &source,
        by_author: proposal.standing == Standing::Author,
        daily_limit: DAILY_ASKS,
    };
    ask(core, &request, now).await
}

fn is_old(core: &Core, told: &Told) -> bool {
    told.at.is_some_and(|at| core.clock.real_time().duration_since(at) > OLDEST)
}

/// A human looks, and nobody else: its address goes to the lead, and nothing else of it anywhere.
async fn list(core: &Core, told: &Told, id: &str, now: Now) -> Result<Taken, StoreError> {
    let (key, address) = (key_of(&told.post), told.post.to_string());
    let mut race = 0;
    loop {
        match core.store.list_post(id, &key, &address, now).await {
            Err(StoreError::Conflict) if race < MOST_RACES => step_aside(core, &mut race).await,
            Err(error) => return Err(error),
            Ok(Listing::Known) => return Ok(Taken::Repeated),
            Ok(listing) => {
                if listing == Listing::Told {
                    admit::hint_list(core).await;
                }
                return Ok(Taken::NotTaken);
            }
        }
    }
}

/// Danger for which a text of the form would be held for the lead. Nothing of the answer is kept.
fn is_dangerous(words: &str) -> bool {
    match screen_safely(words) {
        Outcome::Screened(report) => report.route == Route::Hold,
        // Whoever might be in danger is looked at by a human.
        Outcome::Failed => true,
    }
}

/// Somebody asks for a post.
struct Request<'a> {
    event: Option<&'a str>,
    target: &'a PostAddress,
    author: Option<String>,
    source: &'a str,
    by_author: bool,
    daily_limit: u64,
}

async fn ask(core: &Core, request: &Request<'_>, now: Now) -> Result<Taken, StoreError> {
    let wish = Wish {
        address: request.target.to_string(),
        author: request.author.clone(),
        source: request.source.to_owned(),
        received_at: now.at,
    };
    let key = key_of(request.target);
    let ask = Ask {
        event: request.event,
        key: &key,
        wish: &wish,
        source: request.source,
        by_author: request.by_author,
        daily_limit: request.daily_limit,
    };
    let mut race = 0;
    loop {
        match core.store.ask(&ask, now).await {
            // Others ask for the same at this moment.
            Err(StoreError::Conflict) if race < MOST_RACES => step_aside(core, &mut race).await,
            asked => {
                return Ok(match asked? {
                    Asked::Taken => Taken::Proposal,
                    Asked::Repeated => Taken::Repeated,
                    Asked::OverLimit => Taken::OverLimit,
                });
            }
        }
    }
}

/// Somebody asks for a post by its link: standing somebody else, whoever they are. `bucket` tells sources apart
/// ([`crate::accept::Source`]); with what they asked for nothing of it is kept, but the name of a line.
///
/// # Errors
/// [`StoreError`]: ask again.
pub async fn ask_by_link(core: &Core, target: &PostAddress, bucket: &str) -> Result<Taken, StoreError> {
    let now = core.clock.now();
    let fresh = HEXLOWER.encode(&core.randomness.bytes::<16>());
    let source = core.store.line_of(&digest(&[b"link", bucket.as_bytes()]), &fresh, now).await?;
    let request = Request {
        event: None,
        target,
        author: None,
        source: &source,
        by_author: false,
        daily_limit: DAILY_ASKS,
    };
    let taken = ask(core, &request, now).await?;
    if taken == Taken::Proposal {
        wake(core).await;
    }
    Ok(taken)
}

/// The longest wait after the first try that met others. It doubles with each, five times.
const FIRST_WAIT: Duration = Duration::from_millis(5);

/// Counts one try more, and waits for a moment of another length for everybody, so that those who ask for one post at
/// once do not meet again.
async fn step_aside(core: &Core, race: &mut usize) {
    let doublings = u32::try_from(*race).unwrap_or(u32::MAX).min(5);
    let [part] = core.randomness.bytes::<1>();
    tokio::time::sleep(FIRST_WAIT * 2_u32.pow(doublings) * u32::from(part) / u32::from(u8::MAX)).await;
    *race += 1;
}

/// Hints that something waits, and does not mind if the hint is lost: the next scheduled run finds it.
pub async fn wake(core: &Core) {
    if let Err(error) = core.queue.wake_intake().await {
        tracing::warn!(%error, "hint lost");
    }
}
