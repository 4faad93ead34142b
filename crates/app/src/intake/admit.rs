//! Admission: what waits becomes a submission, in fair order, while the therapists have time for it.
//!
//! Invariants: a post is looked at as it is now before anybody reviews it; nothing that was found in its words is stored
//! or logged; and each post that waits has a defined end.

use std::{collections::BTreeMap, sync::Arc};

use curation::{
    composition::{PlatformRules, Seen, Target, Visible},
    ids::SubmissionId,
    policy::Policy,
    submission::{Kind, Submission},
    time::Now,
    transitions::{InvalidTransition, NewSubmission},
};
use jiff::{SignedDuration, Timestamp};
use platforms::{Platform, PlatformError, accounts::title, intake::PostAddress};
use screening::{Category, Outcome, Report, Route, Severity, screen_safely};
use store::{Admission, Admitted, Ledger, Listing, Post, PostState, Reason, StoreError, Wish};

use super::{Capacity, IntakeSecret, Request, ask, capacity::TIER, forget, key_of, room::room, words};
use crate::{
    Core, StepFailure,
    ports::{Hint, QueueName},
    verdict,
};

/// Posts that came in and are put in line by one run.
const MOST_SORTED: i32 = 500;
/// Lines that are looked at in one round.
const MOST_TURNS: i32 = 100;
/// Rounds of one run: the index of what waits may be behind for a moment, and would be asked again and again.
const MOST_ROUNDS: usize = 50;
/// Posts that one run looks at on their platforms: what a function has time for, and little beside a platform's limits.
const MOST_LOOKS: usize = 25;
/// Turns of one run, whatever comes of them: where a platform is switched off, its posts are put off and not looked at.
const MOST_SERVED: usize = 300;
/// Addresses of the lead's list that one run looks after.
const MOST_LISTED: i32 = 100;
/// Posts of one author that therapists are asked about in [`AUTHOR_WINDOW`]: a channel, and nobody's megaphone.
pub const POSTS_OF_AN_AUTHOR: u64 = 2;
/// The window in which they are counted.
pub const AUTHOR_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Real time until a post is looked at again whose platform did not answer, at least.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(15);
/// A post that could not be looked at waits for a quarter of its age more: one that never can be takes few looks.
const PART_OF_AGE: i32 = 4;
/// So many posts in a row that cannot be looked at are the platform's trouble and not their own.
const SILENT_AFTER: usize = 3;

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Deleted posts that were forgotten.
    pub forgotten: usize,
    /// Posts that were put in line.
    pub sorted: usize,
    /// Posts that became submissions.
    pub admitted: usize,
    /// Posts that were looked at and did not.
    pub others: usize,
}

/// Forgets what is gone, keeps the lead's list, and admits what there is room for, composed by the `rules`. Four queries and
/// a read if nothing is to be done.
///
/// # Errors
/// [`StepFailure::Store`]: the next run goes on.
pub async fn run(
    core: &Core,
    platforms: &[Arc<dyn Platform>],
    rules: &[PlatformRules],
    secret: &IntakeSecret,
) -> Result<Counts, StepFailure> {
    let mut counts = Counts { forgotten: forget::run(core).await?, ..Counts::default() };
    if core.store.keep_list(core.clock.now(), MOST_LISTED).await? {
        hint_list(core).await;
    }
    counts.sorted = sort(core).await?;
    admit(core, platforms, rules, secret, &mut counts).await?;
    if counts != Counts::default() {
        let Counts { forgotten, sorted, admitted, others } = counts;
        tracing::info!(forgotten, sorted, admitted, others, "intake");
    }
    Ok(counts)
}

async fn sort(core: &Core) -> Result<usize, StepFailure> {
    let mut sorted = 0;
    for key in core.store.arrived(MOST_SORTED).await? {
        let now = core.clock.now();
        let Some(post) = core.store.post(&key, now).await? else {
            core.store.drop_expired(&key, now).await?;
            continue;
        };
        match core.store.line_up(&post, now).await {
            Ok(()) => sorted += 1,
            // One more asked meanwhile, or it is gone: it is found again if it still stands in no line.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(sorted)
}

/// What one run knows.
struct Run<'a> {
    core: &'a Core,
    platforms: &'a [Arc<dyn Platform>],
    rules: &'a [PlatformRules],
    secret: &'a IntakeSecret,
    policy: Policy,
    capacity: Capacity,
    ledger: Ledger,
    /// How many looks in a row came to nothing, by platform. From [`SILENT_AFTER`] on it is not asked again in this run.
    failures: BTreeMap<String, usize>,
    looks: usize,
    served: usize,
}

async fn admit(
    core: &Core,
    platforms: &[Arc<dyn Platform>],
    rules: &[PlatformRules],
    secret: &IntakeSecret,
    counts: &mut Counts,
) -> Result<(), StepFailure> {
    let mut turns = core.store.turns(core.clock.now(), MOST_TURNS).await?;
    if turns.is_empty() && core.store.ledger().await?.waiting.is_empty() {
        return Ok(());
    }
    let channel = core.store.channel().await?;
    if channel.switches.paused {
        return Ok(());
    }
    let (ledger, capacity) = room(core, &channel.policy).await?;
    let (policy, failures) = (channel.policy, BTreeMap::new());
    let mut run =
        Run { core, platforms, rules, secret, policy, capacity, ledger, failures, looks: 0, served: 0 };
    for _ in 0..MOST_ROUNDS {
        for source in &turns {
            let is_over = run.looks >= MOST_LOOKS || run.served >= MOST_SERVED;
            if is_over || !run.capacity.has_room() {
                return Ok(());
            }
            match run.serve(source).await? {
                Served::Admitted => counts.admitted += 1,
                Served::Settled => counts.others += 1,
                Served::Nothing => {}
            }
        }
        turns = core.store.turns(core.clock.now(), MOST_TURNS).await?;
        if turns.is_empty() {
            break;
        }
    }
    Ok(())
}

/// What became of a turn.
enum Served {
    Admitted,
    Settled,
    Nothing,
}

/// What to do with a post.
enum Decision {
    Admit(Box<Target>),
    Refuse(Reason),
    /// A human should look: its address goes to the lead.
    List,
    Later(Timestamp),
    /// It is known by another address.
    Moved(PostAddress, String),
}

impl Run<'_> {
    /// Serves the first of a line.
    async fn serve(&mut self, source: &str) -> Result<Served, StepFailure> {
        let (core, now) = (self.core, self.core.clock.now());
        self.served += 1;
        let Some((key, at)) = core.store.first_in_line(source).await? else {
            core.store.line_is_empty(source, now).await?;
            return Ok(Served::Nothing);
        };
        if at > now.at {
            core.store.line_waits(source, at, now).await?;
            return Ok(Served::Nothing);
        }
        let served = match core.store.post(&key, now).await? {
            Some(post) if post.state == PostState::Waiting => match self.settle(&post, now).await {
                // It changed meanwhile, and stands where it stood or is gone; or others were admitted, and there is less room.
                Err(StepFailure::Store(StoreError::Conflict)) => {
                    (self.ledger, self.capacity) = room(core, &self.policy).await?;
                    Served::Nothing
                }
                served => served?,
            },
            // The index is behind.
            Some(_) => Served::Nothing,
            None => {
                core.store.drop_expired(&key, now).await?;
                Served::Nothing
            }
        };
        if !matches!(served, Served::Admitted) {
            // Whoever had a turn goes behind the others, whatever came of it.
            core.store.turn_later(source, now.after(SignedDuration::from_millis(1))).await?;
        }
        Ok(served)
    }

    async fn settle(&mut self, post: &Post, now: Now) -> Result<Served, StepFailure> {
        let store = &self.core.store;
        match self.look(post, now).await? {
            Decision::Admit(target) => return self.admit(post, &target, now).await,
            Decision::Later(at) => {
                store.postpone(post, at).await?;
                return Ok(Served::Nothing);
            }
            Decision::Refuse(reason) => store.refuse(post, reason, now).await?,
            Decision::List => {
                if store.refuse_and_list(post, now).await? == Listing::Told {
                    hint_list(self.core).await;
                }
            }
            Decision::Moved(target, author) => {
                let source = post.wish.as_ref().map_or("", |wish| wish.source.as_str());
                let request = Request {
                    event: None,
                    target: &target,
                    author: Some(author),
                    source,
                    by_author: post.by_author,
                    // It was counted when it was asked for.
                    daily_limit: u64::MAX,
                };
                ask(self.core, &request, now).await?;
                store.moved(post, &key_of(&target), now).await?;
            }
        }
        Ok(Served::Settled)
    }

    /// Looks at the post as it is now, and decides. What is found in its words ends here.
    async fn look(&mut self, post: &Post, now: Now) -> Result<Decision, StepFailure> {
        let Some(wish) = &post.wish else { return Ok(Decision::Refuse(Reason::NotTaken)) };
        let name = post.key.platform();
        let platform = self.platforms.iter().find(|platform| platform.name().as_str() == name);
        let is_silent = self.failures.get(name).is_some_and(|failures| *failures >= SILENT_AFTER);
        // The account may be switched on again.
        let Some(platform) = platform.filter(|_| !is_silent) else {
            return Ok(Decision::Later(now.after_real(LOOK_AGAIN)));
        };
        self.looks += 1;
        let seen = platform.look_at(&wish.address).await;
        if let Err(PlatformError::Unavailable(why) | PlatformError::Ambiguous(why)) = seen {
            tracing::warn!(platform = name, why, "a post cannot be looked at now");
            *self.failures.entry(name.to_owned()).or_default() += 1;
            return Ok(Decision::Later(look_again(wish, now)));
        }
        self.failures.remove(name);
        let (target, visible) = match seen {
            Ok(Seen::There(target, visible)) => (target, visible),
            Ok(Seen::Gone) => return Ok(Decision::Refuse(Reason::NotPublic)),
            Err(_) => return Ok(Decision::Refuse(Reason::NotTaken)),
        };
        if visible == Visible::Protected {
            return Ok(Decision::Refuse(Reason::NotPublic));
        }
        if platform.is_own(&target.author).await {
            return Ok(Decision::Refuse(Reason::ByTheChannel));
        }
        if target.post != wish.address {
            return Ok(match PostAddress::try_from(target.post) {
                Ok(address) if address.platform().as_str() == name => Decision::Moved(address, target.author),
                _ => Decision::Refuse(Reason::NotTaken),
            });
        }
        // If another account's post stands there by now, its author has asked for nothing.
        let is_theirs = wish.author.as_ref().is_none_or(|author| *author == target.author);
        let Outcome::Screened(report) = screen_safely(&target.text) else {
            return Ok(Decision::Later(look_again(wish, now)));
        };
        let author_asks = post.by_author && is_theirs;
        Ok(match report.route {
            Route::Hold => Decision::List,
            _ if is_for_a_panel(&report, author_asks) => {
                let pointer = author_asks.then(|| pointer(&target, &wish.address)).flatten();
                Decision::Admit(Box::new(Target { pointer, ..target }))
            }
            _ => Decision::Refuse(Reason::NotTaken),
        })
    }

    async fn admit(&mut self, post: &Post, target: &Target, now: Now) -> Result<Served, StepFailure> {
        let core = self.core;
        let Ok(revision) = core.revision(1, None, Some(target), self.rules, now) else {
            core.store.refuse(post, Reason::NotTaken, now).await?;
            return Ok(Served::Settled);
        };
        let milliseconds = u64::try_from(now.at.as_millisecond()).unwrap_or_default();
        let id = SubmissionId::new(milliseconds, core.randomness.bytes());
        let new = NewSubmission { id, kind: Kind::Repost, role: None, may_contact: false };
        // Our own words, of which there are none: what is theirs was screened in memory.
        let Outcome::Screened(report) = screen_safely(&revision.composition.words) else {
            return Err(StoreError::Conflict.into());
        };
        let mut screened = verdict(&report, revision.salt);
        screened.tier = screened.tier.max(TIER);
        let step = Submission::receive(new, &revision, now)
            .and_then(|received| received.screened(&screened, now))
            .map_err(|invalid: InvalidTransition| StepFailure::from(invalid))?;
        let mut ledger = self.ledger.clone();
        ledger.version += 1;
        ledger.waiting.push(id);
        let standing = if post.by_author { "author" } else { "somebody_else" };
        let platform = target.platform.as_str();
        let words = words::hashes(self.secret, &target.text, &target.post);
        let admission = Admission {
            post,
            step: &step,
            revision: &revision,
            report: Some(&report),
            origin: &serde_json::json!({ "at": now.at, "platform": platform, "asked_by": standing }),
            ledger: &ledger,
            words: &words,
            author: &self.secret.hash("author", &[platform, &target.author]),
            author_limit: POSTS_OF_AN_AUTHOR,
            author_window: AUTHOR_WINDOW,
        };
        match core.store.admit(&admission, now).await? {
            Admitted::Yes => {
                tracing::info!(submission = %id, platform, "admitted");
                self.ledger = ledger;
                self.capacity.promise();
                core.hint_after(&step).await;
                return Ok(Served::Admitted);
            }
            Admitted::AuthorWaits => {
                core.store.postpone(post, end_of_window(now)).await?;
                return Ok(Served::Nothing);
            }
            Admitted::SameWords(place) => {
                let same = words.get(place).map_or("", String::as_str);
                core.store.fold_words(post, same, now).await?;
            }
        }
        Ok(Served::Settled)
    }
}

/// True if a panel may read it: nothing in it identifies anybody or tells of others; and what tells of its author's own
/// therapy or health is taken only if that author asked.
fn is_for_a_panel(report: &Report, by_author: bool) -> bool {
    let is_grave = |categories: &[Category], least| {
        let mut findings = report.findings.iter();
        findings.any(|finding| categories.contains(&finding.category) && finding.severity >= least)
    };
    // What a form's text would be declined for.
    !is_grave(&[Category::Spam, Category::Abuse, Category::Sexual], Severity::Stop)
        && !is_grave(&[Category::PersonalData, Category::ThirdParty], Severity::Caution)
        && (by_author || !is_grave(&[Category::Disclosure], Severity::Caution))
}

/// How the channel's other platforms point to a post whose author asked for it; not to one that may not be quoted.
fn pointer(target: &Target, address: &str) -> Option<String> {
    let page = PostAddress::try_from(address.to_owned()).ok()?.page();
    let sentence = content::wording().elsewhere.replace("{platform}", title(&target.platform));
    target.quotable.then(|| format!("{sentence} {page}"))
}

/// When a post that could not be looked at is looked at again.
fn look_again(wish: &Wish, now: Now) -> Timestamp {
    let age = now.at.duration_since(wish.received_at);
    now.after_real(LOOK_AGAIN).max(now.after(age / PART_OF_AGE))
}

/// When the next of an author's posts may come.
fn end_of_window(now: Now) -> Timestamp {
    let seconds = AUTHOR_WINDOW.as_secs();
    let next = (now.at.as_second().div_euclid(seconds) + 1) * seconds;
    Timestamp::from_second(next).unwrap_or(Timestamp::MAX)
}

/// Mail about the lead's list is to be sent.
pub(super) async fn hint_list(core: &Core) {
    let hint = Hint { submission: store::leads_list() };
    if let Err(error) = core.queue.send(QueueName::Invitations, hint).await {
        tracing::warn!(%error, "hint lost");
    }
}
