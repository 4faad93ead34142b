//! The submission: one aggregate that every step loads, changes and writes back whole.
//!
//! Invariant: every state that waits has a due time and a lane that finds it then ([`Submission::due`]).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    audit::{ChainHead, Entry},
    cadence::Pin,
    composition::{Composition, ContentHash, PlatformName, Salt, Share},
    ids::{PersonId, SubmissionId},
    policy::Tier,
    review::Review,
    roster::Duty,
};

/// As whom somebody proposes a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A member of the public.
    Public,
    /// A client of therapy.
    Client,
    /// A therapist.
    Therapist,
}

/// What a submission is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words of the channel's own.
    #[default]
    Text,
    /// Somebody else's post to be shared, with or without words of the channel's own.
    Repost,
    /// Guidance that the channel repeats.
    Guidance,
}

/// One version of the words, as composed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// 1 for the first.
    pub number: u32,
    /// The exact posts.
    pub composition: Composition,
    /// Erased together with the words.
    pub salt: Salt,
    /// When it was made.
    pub at: Timestamp,
}

impl std::fmt::Debug for Revision {
    // Words must not reach a log by way of a debug print.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revision").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Revision {
    /// What ballots are bound to.
    #[must_use]
    pub fn content(&self) -> ContentHash {
        crate::composition::commit(&self.composition, self.salt)
    }
}

/// Why an item is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// A possible danger to somebody: for the lead alone.
    Crisis {
        /// Who has been told so far.
        told: Told,
    },
    /// Screening failed: for a machine to repeat, and a coordinator to know of.
    Technical {
        /// Tries so far.
        attempts: u32,
    },
}

/// Who has been told that a crisis item waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The lead.
    Lead,
    /// The deputy too.
    Deputy,
    /// A coordinator too, who learns that something waits and nothing else.
    Coordinator,
}

/// Where a released item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseTo {
    /// To the panel, at the elevated tier.
    Review,
    /// Back for other words.
    Redaction,
}

/// The lead's release of exactly one content, which the deputy confirms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The content released, and no other.
    pub content: ContentHash,
    /// Where to.
    pub to: ReleaseTo,
    /// The lead.
    pub lead: PersonId,
    /// The deputy, once confirmed.
    pub deputy: Option<PersonId>,
}

/// What becomes of an item once its posts are taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Afterwards {
    /// It stays retracted.
    Retracted,
    /// The lead looks at it: it was taken down for a concern.
    Held,
}

/// Why a human has to look at a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// A platform refused the post.
    Refused,
    /// Whether there is a post is unknown.
    Ambiguous,
    /// The beginning of a thread is there, and its platform has taken no more of it for hours.
    Unfinished,
}

/// The states of the design.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum State {
    /// Waits for screening.
    Received {
        /// Hints so far.
        attempts: u32,
        /// When to hint again.
        due_at: Timestamp,
    },
    /// Waits for the lead and deputy, or for screening to work again.
    Held {
        /// Why.
        hold: Hold,
        /// When somebody else is told, or screening is tried again.
        due_at: Timestamp,
    },
    /// Waits for words without personal detail.
    NeedsRedaction {
        /// When it expires.
        due_at: Timestamp,
    },
    /// Not taken, by screening; waits for an appeal.
    Declined {
        /// When it closes.
        due_at: Timestamp,
    },
    /// Waits for ballots; without a [`Review`], for a panel.
    InReview {
        /// When to hint again that a panel, or more of it, is to be drawn.
        draw_at: Option<Timestamp>,
        /// When the review must next be looked at.
        due_at: Timestamp,
    },
    /// Waits for a new revision.
    Rewording {
        /// When it expires.
        due_at: Timestamp,
    },
    /// Not taken, by the panel; waits for an appeal.
    Rejected {
        /// When it closes.
        due_at: Timestamp,
    },
    /// Waits for a coordinator to widen the panel.
    Stalled {
        /// When it expires.
        due_at: Timestamp,
    },
    /// Waits for the submitter's yes if others changed the words, then for a slot.
    Approved {
        /// The submitter has yet to agree to changed words.
        awaits_submitter: bool,
        /// When it expires without that yes, or from when on it waits for a slot.
        due_at: Timestamp,
    },
    /// Is being posted.
    Publishing {
        /// When the lease ends and another publisher may go on.
        due_at: Timestamp,
    },
    /// Waits for a human.
    NeedsAttention {
        /// Why.
        why: Attention,
        /// When a coordinator is told again.
        due_at: Timestamp,
    },
    /// Is on the channel.
    Published {
        /// Since when.
        at: Timestamp,
    },
    /// Is being taken down.
    Retracting {
        /// What comes after.
        then: Afterwards,
        /// When to try.
        due_at: Timestamp,
    },
    /// Was taken down.
    Retracted {
        /// When it is erased; none once it is.
        due_at: Option<Timestamp>,
    },
    /// Was withdrawn.
    Withdrawn {
        /// When it is erased; none once it is.
        due_at: Option<Timestamp>,
    },
    /// Nobody came back in time.
    Expired {
        /// When it is erased; none once it is.
        due_at: Option<Timestamp>,
    },
    /// Ended by a human, or by time after a decision.
    Closed {
        /// When it is erased; none once it is.
        due_at: Option<Timestamp>,
    },
}

impl State {
    /// The state's name, the same everywhere.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Held { .. } => "held",
            Self::NeedsRedaction { .. } => "needs_redaction",
            Self::Declined { .. } => "declined",
            Self::InReview { .. } => "in_review",
            Self::Rewording { .. } => "rewording",
            Self::Rejected { .. } => "rejected",
            Self::Stalled { .. } => "stalled",
            Self::Approved { .. } => "approved",
            Self::Publishing { .. } => "publishing",
            Self::NeedsAttention { .. } => "needs_attention",
            Self::Published { .. } => "published",
            Self::Retracting { .. } => "retracting",
            Self::Retracted { .. } => "retracted",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Expired { .. } => "expired",
            Self::Closed { .. } => "closed",
        }
    }
}

/// How far one part is on one platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Not begun.
    Pending,
    /// A call may have been made.
    Sending,
    /// The post exists.
    Sent,
    /// Whether the post exists is unknown.
    Ambiguous,
    /// A call may have been made, and a human has attested since that there is no post. Humans overlook things: where a
    /// platform knows a repetition, the post is made under the key that it has, and no second time.
    Absent,
    /// The post never existed, and is not wanted any more.
    Skipped,
    /// The post is gone.
    Deleted,
}

/// One post of one occurrence on one platform; its intent is fixed before the first call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The platform.
    pub platform: PlatformName,
    /// Which part of the thread, from 0.
    pub part: usize,
    /// The record's key on the platform: a [`Tid`](crate::tid::Tid), made when the item is taken and never again.
    pub key: String,
    /// The post's own time, in real time.
    pub created_at: Timestamp,
    /// What of somebody else's it shares. It stands here as well, since what was shared is taken back also when the
    /// revision may not be read any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shares: Option<Share>,
    /// How far it is.
    pub status: DeliveryStatus,
    /// When the first call for it was about to be made, in real time: from then on there may be a post.
    #[serde(default)]
    pub begun_at: Option<Timestamp>,
    /// Since when it is tried, in real time, if a human's answer began that anew; else since it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried_since: Option<Timestamp>,
    /// A coordinator was told that it waits for its platform.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_told: bool,
    /// How often it was looked for since it was begun, and not found: each time at least a lease after the last.
    #[serde(default)]
    pub looks: u32,
    /// What the post is known by where the platform knows no key and the words are concealed
    /// ([`fingerprint`](crate::composition::fingerprint)). Gone with the post.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// The post, once it exists.
    pub post: Option<String>,
}

/// Who is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// A therapist.
    Person(PersonId),
    /// Everybody with this duty.
    Duty(Duty),
    /// Whoever proposed it, if they left an address.
    Submitter,
}

/// What a mail is about. The mail itself carries a reference, a deadline and a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A seat on a panel.
    Invitation,
    /// A seat on a panel, still without a ballot.
    Reminder,
    /// A ballot was recorded: its owner can change it.
    Receipt,
    /// Somebody asked for a fresh link.
    FreshLink,
    /// Something waits for the lead.
    SafeguardingHold,
    /// Too few therapists are eligible.
    PanelTooSmall,
    /// A review ended without a result.
    Stalled,
    /// Screening does not work.
    TechnicalHold,
    /// A publication needs a human.
    NeedsAttention,
    /// A platform takes no posts, and what was approved waits for it.
    PlatformAway,
    /// A post could not be taken down.
    StillUp,
    /// An approver lost their standing before publication.
    QuorumLost,
    /// A post that was to be shared is not what reviewers saw.
    TargetChanged,
    /// Words need to be changed before anybody reviews them.
    Redaction,
    /// The state changed.
    Status,
    /// A machine declined it, and whoever proposed it asks for a person.
    Appeal,
    /// Mail about it to somebody on the roster, or to somebody who runs the channel, came back.
    Undeliverable,
    /// Helplines have to be looked up again: about the channel, and about no submission.
    HelplineStale,
    /// Guidance was approved nearly a year ago: approved again by then, it leaves no gap.
    GuidanceLapsesSoon,
    /// Guidance was approved a year ago, and does not appear any more until it is approved again.
    GuidanceLapsed,
}

/// A mail to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// To whom.
    pub to: Recipient,
    /// About what.
    pub about: About,
}

/// Which sweep finds an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The publisher's.
    Publish,
    /// That of the deadlines.
    Work,
}

/// When an item is due, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The sweep.
    pub lane: Lane,
    /// The time.
    pub at: Timestamp,
}

/// The aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// The id.
    pub id: SubmissionId,
    /// Raised by each write; every write is conditional on the one it read.
    pub version: u64,
    /// Where it stands.
    pub state: State,
    /// How carefully it is reviewed. Never falls.
    pub tier: Tier,
    /// The number of the current revision.
    pub revision: u32,
    /// The hash of the current revision's composition.
    pub content: ContentHash,
    /// What it is.
    #[serde(default)]
    pub kind: Kind,
    /// As whom it was proposed.
    pub role: Option<Role>,
    /// When it came in.
    pub received_at: Timestamp,
    /// The submitter agreed to be written to if somebody is worried.
    pub may_contact: bool,
    /// The current words are not the submitter's own.
    pub words_changed: bool,
    /// Therapists who proposed it or wrote any of its words: they never review it.
    pub authors: BTreeSet<PersonId>,
    /// Therapists who stepped back, from any revision: they are not asked again.
    pub stepped_back: BTreeSet<PersonId>,
    /// A panel was drawn at some time: it is kept longer than what nobody reviewed.
    pub was_reviewed: bool,
    /// A post of it was, or may have been, on a platform: it is kept for as long as registers take complaints.
    #[serde(default)]
    pub was_published: bool,
    /// When to look again at what it shares, once it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look_at_target: Option<Timestamp>,
    /// The words may be seen by the lead alone, until lead and deputy release them; an ending releases nothing.
    #[serde(default)]
    pub concealed: bool,
    /// Withdrawn or closed: what is still to be taken down or looked at is, but nothing brings it back.
    #[serde(default)]
    pub ended: bool,
    /// The revision that reviewers read before this one: the only one that its own reviewers may see it compared with.
    #[serde(default)]
    pub compared_with: Option<u32>,
    /// The version of the engine that last screened the current revision; 0 before any did, and for what was stored
    /// before this was written down.
    #[serde(default)]
    pub screened_by: u32,
    /// Whoever proposed it asked for a person after a machine had declined it: once.
    #[serde(default)]
    pub appealed: bool,
    /// Whoever posted what it shares has deleted that: nothing of it is kept.
    #[serde(default)]
    pub target_gone: bool,
    /// The review of the current revision.
    pub review: Option<Review>,
    /// The lead's release.
    pub release: Option<Release>,
    /// What it is about, of the channel's topics: a brake on the topic stops it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// When a coordinator wants it to appear: kept while it is being posted, so that what is given back has it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<Pin>,
    /// When its present words were first approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<Timestamp>,
    /// When a coordinator was told that guidance has to be approved again soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapse_told_at: Option<Timestamp>,
    /// The guidance with the same words that stops when this one appears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<SubmissionId>,
    /// The posts of the current occurrence, or of the last.
    pub deliveries: Vec<Delivery>,
    /// The posts of the occurrences before it, as long as they are to stay: what appears again and again is taken down as
    /// a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Delivery>,
    /// The end of the audit chain.
    pub chain: ChainHead,
}

impl Submission {
    /// As what the index of what is due has it: the state's name, or `guidance` for guidance that waits for its turn.
    #[must_use]
    pub fn found_as(&self) -> &'static str {
        match (&self.state, self.kind) {
            (State::Approved { awaits_submitter: false, .. }, Kind::Guidance) => "guidance",
            (state, _) => state.name(),
        }
    }

    /// Whether a post of it is, or may be, on a platform.
    #[must_use]
    pub fn is_up(&self) -> bool {
        let may_be = |one: &Delivery| {
            !matches!(one.status, DeliveryStatus::Pending | DeliveryStatus::Skipped | DeliveryStatus::Deleted)
        };
        self.past.iter().chain(&self.deliveries).any(may_be)
    }

    /// When the item must next be looked at, and by which sweep. `None` only for what waits for nothing.
    #[must_use]
    pub fn due(&self) -> Option<Due> {
        let (lane, at) = match &self.state {
            State::Approved { awaits_submitter: false, due_at }
            | State::Publishing { due_at }
            | State::Retracting { due_at, .. } => (Lane::Publish, Some(*due_at)),
            State::InReview { draw_at, due_at } => {
                (Lane::Work, Some(draw_at.map_or(*due_at, |draw_at| draw_at.min(*due_at))))
            }
            State::Received { due_at, .. }
            | State::Held { due_at, .. }
            | State::NeedsRedaction { due_at }
            | State::Declined { due_at }
            | State::Rewording { due_at }
            | State::Rejected { due_at }
            | State::Stalled { due_at }
            | State::Approved { awaits_submitter: true, due_at }
            | State::NeedsAttention { due_at, .. } => (Lane::Work, Some(*due_at)),
            State::Retracted { due_at }
            | State::Withdrawn { due_at }
            | State::Expired { due_at }
            | State::Closed { due_at } => (Lane::Work, *due_at),
            State::Published { .. } => (Lane::Publish, self.look_at_target),
        };
        at.map(|at| Due { lane, at })
    }

    /// True while the words may be seen by the lead alone.
    #[must_use]
    pub fn is_concealed(&self) -> bool {
        self.concealed
    }
}

/// What a transition leads to: to be written in one transaction, with the condition that the stored version is the one
/// before [`Submission::version`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The submission afterwards.
    pub submission: Submission,
    /// What the audit record says of it.
    pub entries: Vec<Entry>,
    /// Mail to be sent, at least once.
    pub notices: Vec<Notice>,
}

/// Durations of the states, from the design's table of states.
pub mod waits {
    use super::SignedDuration;

    /// Real time until screening or invitations are hinted again.
    pub const HINT_AGAIN: SignedDuration = SignedDuration::from_mins(2);
    /// Hints for screening before a human is told.
    pub const SCREENING_ATTEMPTS: u32 = 5;
    /// The longest real back-off between two tries.
    pub const LONGEST_BACK_OFF: SignedDuration = SignedDuration::from_hours(1);
    /// Until the deputy is told of a crisis item, and again until a coordinator is.
    pub const ESCALATION: SignedDuration = SignedDuration::from_hours(12);
    /// Until words that need changing expire.
    pub const NEW_WORDS: SignedDuration = SignedDuration::from_hours(14 * 24);
    /// Until a decision can no longer be appealed.
    pub const APPEAL: SignedDuration = SignedDuration::from_hours(21 * 24);
    /// Working days until a stalled item expires.
    pub const STALLED_DAYS: u32 = 5;
    /// Until changed words expire without the submitter's yes.
    pub const SUBMITTERS_YES: SignedDuration = SignedDuration::from_hours(7 * 24);
    /// Between two tries to draw a panel from too few.
    pub const DRAW_AGAIN: SignedDuration = SignedDuration::from_hours(24);
    /// Real time for which a publisher owns an item: longer than its function may run.
    pub const LEASE: SignedDuration = SignedDuration::from_mins(3);
    /// Real time until what was given back waits for a slot again: most of what keeps a platform from taking a post (a
    /// wrong password, an outage) lasts longer than a lease, and each round writes two entries into the record, which is
    /// never shortened. The time between two posts keeps it longer where domain time runs at real speed, and nowhere else.
    pub const TURN_AGAIN: SignedDuration = SignedDuration::from_mins(15);
    /// Real time between two tries to take posts down.
    pub const RETRACT_AGAIN: SignedDuration = SignedDuration::from_mins(15);
    /// Between two alerts about the same publication.
    pub const ATTENTION_AGAIN: SignedDuration = SignedDuration::from_hours(24);
    /// For how long guidance appears after it was approved: then it is asked about again.
    pub const GUIDANCE_APPROVED: SignedDuration = SignedDuration::from_hours(365 * 24);
    /// Until what was published and shares somebody's post is looked at again, at first: platforms tell of nobody's deletions
    /// but the channel's own, and an author who takes a post back should not wait for us for long.
    pub const TARGET_AGAIN: SignedDuration = SignedDuration::from_hours(12);
    /// The longest time between two looks, for what has stood unchanged for months.
    pub const TARGET_AGAIN_AT_MOST: SignedDuration = SignedDuration::from_hours(30 * 24);
    /// From when on the same words may be proposed again, so that a review fits in before the year is over.
    pub const GUIDANCE_AGAIN: SignedDuration = SignedDuration::from_hours(335 * 24);
    /// Until what nobody reviewed is erased.
    pub const ERASE_UNREVIEWED: SignedDuration = SignedDuration::from_hours(30 * 24);
    /// Until what was reviewed and not published is erased.
    pub const ERASE_REVIEWED: SignedDuration = SignedDuration::from_hours(90 * 24);
    /// Until what was published is erased after its retraction: registers take complaints for three years.
    pub const ERASE_PUBLISHED: SignedDuration = SignedDuration::from_hours(1_278 * 24);
}
