//! Each letter as a typed struct; both forms come from one list of paragraphs, so they cannot drift apart.

use askama::Template;

use super::Letter;
use crate::pages::When;

/// At the end of what goes to therapists.
const TO_THERAPISTS: &str =
    "You get this because you review for the channel. Please don't reply with anything about a client.";

/// At the end of what goes to people who proposed words.
const TO_SUBMITTERS: &str = "Nobody watches this mailbox. If you are in danger now, call 999. To talk to somebody, day or night: Samaritans, 116 123.";

/// At the end of what goes to the channel's own people.
const TO_THE_TEAM: &str = "This mail says no more on purpose. Please don't forward it.";

#[derive(Template)]
#[template(path = "mail/letter.txt", whitespace = "preserve")]
struct TextForm<'a> {
    paragraphs: &'a [String],
    button: Option<(&'a str, &'a str)>,
    closing: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct HtmlForm<'a> {
    subject: &'a str,
    paragraphs: &'a [String],
    button: Option<(&'a str, &'a str)>,
    closing: &'a str,
}

fn letter(subject: String, paragraphs: &[String], button: Option<(&str, &str)>, closing: &str) -> Letter {
    // A line break in a subject could begin a header of its own.
    let subject: String = subject.chars().filter(|c| !c.is_control()).collect();
    // Strings written into a string: neither can fail.
    let text = TextForm { paragraphs, button, closing }.render().unwrap_or_default();
    let html = HtmlForm { subject: &subject, paragraphs, button, closing }.render().unwrap_or_default();
    Letter { subject, text, html }
}

/// Asks a therapist to review; also when drawn later to top up a panel.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The submission's id.
    pub reference: String,
    /// Whether it is guidance: what is approved appears again and again.
    pub is_guidance: bool,
    /// When the review closes.
    pub deadline: When,
    /// The signed link.
    pub link: String,
}

impl Invitation {
    /// Writes it.
    pub fn letter(&self) -> Letter {
        letter(
            format!("A review for you, reference {}", self.reference),
            &[
                format!(
                    "Would you review something for the channel? Its reference is {}.{}",
                    self.reference,
                    if self.is_guidance {
                        " It is guidance of the channel's own: it would appear again and again for a year."
                    } else {
                        ""
                    }
                ),
                format!("Please decide by {} (UK time). It usually takes a few minutes.", self.deadline),
                "If you shouldn't or can't review this one, the page lets you step back without a reason, and somebody else is asked.".to_owned(),
            ],
            Some(("Open the review", &self.link)),
            &format!("The link is yours alone: please don't pass it on. {TO_THERAPISTS}"),
        )
    }
}

/// Reminds a therapist who has not decided yet.
#[derive(Clone, Debug)]
pub struct Reminder {
    /// The submission's id.
    pub reference: String,
    /// When the review closes.
    pub deadline: When,
    /// The signed link.
    pub link: String,
}

impl Reminder {
    /// Writes it.
    pub fn letter(&self) -> Letter {
        letter(
            format!("Still open for you, reference {}", self.reference),
            &[
                format!("The review with reference {} is still open for you.", self.reference),
                format!(
                    "It closes on {} (UK time). No time for it? Stepping back on the page is a help too: somebody else is asked then.",
                    self.deadline
                ),
            ],
            Some(("Open the review", &self.link)),
            &format!("The link is yours alone: please don't pass it on. {TO_THERAPISTS}"),
        )
    }
}

/// Tells a therapist that a ballot in their name was recorded, so that one they did not cast comes to light.
/// It doesn't say what was decided.
#[derive(Clone, Debug)]
pub struct BallotReceipt {
    /// The submission's id.
    pub reference: String,
    /// Until when it can be changed.
    pub until: When,
    /// The signed link.
    pub link: String,
}

impl BallotReceipt {
    /// Writes it.
    pub fn letter(&self) -> Letter {
        letter(
            format!("Your decision is recorded, reference {}", self.reference),
            &[
                format!("Thank you. We recorded your decision on the review with reference {}.", self.reference),
                format!("You can look at it and change it while the review is open, until {} (UK time) at the latest.", self.until),
                "You did not decide anything? Then please open the link and change it, and tell the coordinator.".to_owned(),
            ],
            Some(("See or change it", &self.link)),
            TO_THERAPISTS,
        )
    }
}

/// A new link for somebody on the roster who asked for one.
#[derive(Clone, Debug)]
pub struct FreshLink {
    /// The submission's id.
    pub reference: String,
    /// When the review closes.
    pub deadline: When,
    /// The signed link.
    pub link: String,
}

impl FreshLink {
    /// Writes it.
    pub fn letter(&self) -> Letter {
        letter(
            format!("A fresh link, reference {}", self.reference),
            &[
                format!("Here is a fresh link for the review with reference {}.", self.reference),
                format!("It closes on {} (UK time).", self.deadline),
                "You did not ask for this? Then there is nothing that you need to do.".to_owned(),
            ],
            Some(("Open the review", &self.link)),
            TO_THERAPISTS,
        )
    }
}

/// Who is told that something is held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HoldReader {
    /// The safeguarding lead, at once.
    Lead,
    /// The deputy, when the lead has not looked for 12 hours, or has to confirm.
    Deputy,
    /// The coordinator, after 24 hours: only that something waits.
    Coordinator,
}

/// Tells that something waits for the safeguarding lead. No link: it is reached only from their own console.
#[derive(Clone, Debug)]
pub struct HoldAlert {
    /// Who reads this.
    pub reader: HoldReader,
    /// The submission's id.
    pub reference: String,
    /// Since when it waits.
    pub since: When,
}

impl HoldAlert {
    /// Writes it.
    pub fn letter(&self) -> Letter {
        let ask = match self.reader {
            HoldReader::Lead => {
                "Please look at it as soon as you can, with `clientsconnect queue list`, or `clientsconnect queue addresses` where the reference is LIST. If nobody has by then, your deputy is told after 12 hours."
            }
            HoldReader::Deputy => {
                "Please look at it as soon as you can, with `clientsconnect queue list`, or `clientsconnect queue addresses` where the reference is LIST: in the lead's place, or to confirm what they decided."
            }
            HoldReader::Coordinator => {
                "Neither the lead nor the deputy has looked at it yet. Please reach one of them in person. There is nothing that you could look at yourself."
            }
        };
        letter(
            format!("Something waits, reference {}", self.reference),
            &[
                format!(
                    "Something has been waiting for the safeguarding lead since {} (UK time). Its reference is {}.",
                    self.since, self.reference
                ),
                ask.to_owned(),
            ],
            None,
            TO_THE_TEAM,
        )
    }
}

/// What a coordinator has to look at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AlertKind {
    /// Too few eligible therapists for a panel.
    PanelTooSmall,
    /// A review ended without a result.
    Stalled,
    /// Screening does not work, and an item is held for it.
    TechnicalHold,
    /// A publication may or may not have happened.
    NeedsAttention,
    /// A platform refused a post.
    PostRefused,
    /// Half a thread is on a platform that takes no more.
    Unfinished,
    /// A platform takes no posts.
    PlatformAway,
    /// A post could not be taken down.
    StillUp,
    /// An approver lost their standing before publication.
    QuorumLost,
    /// A post that was to be shared is not what reviewers saw.
    TargetChanged,
    /// Words wait for a change that a coordinator can make too.
    WordsNeeded,
    /// Mail to somebody on the roster, or to somebody who runs the channel, came back.
    Undeliverable,
    /// A machine declined something, and its submitter asks for a person.
    Appeal,
    /// A helpline's entry is due for a check.
    HelplineStale,
    /// Guidance was approved nearly a year ago.
    GuidanceLapsesSoon,
    /// Guidance was approved a year ago.
    GuidanceLapsed,
}

/// Tells a coordinator that something needs them.
#[derive(Clone, Debug)]
pub struct CoordinatorAlert {
    /// What.
    pub kind: AlertKind,
    /// The submission's id, where it is about one.
    pub reference: Option<String>,
}

impl CoordinatorAlert {
    /// Writes it.
    pub fn letter(&self) -> Letter {
        let (what, ask) = match self.kind {
            AlertKind::PanelTooSmall => (
                "There are too few eligible therapists for a panel.",
                "Please check the roster: who is due for a register check, away or paused, and whom you could add. The item waits until there are enough.",
            ),
            AlertKind::Stalled => (
                "A review ended without a result.",
                "Please widen the panel within 5 working days, or it expires.",
            ),
            AlertKind::TechnicalHold => (
                "Screening did not work, so an item is held.",
                "It is tried again by itself. Please look into it if this comes again.",
            ),
            AlertKind::NeedsAttention => (
                "A post may or may not have been published.",
                "Please look at the channel, and enter what you see in the queue.",
            ),
            AlertKind::PostRefused => (
                "A platform refused a post: it is not there.",
                "Please look at the item in the queue, which names the platform. If you find out why, for instance in the account's own notices, and that is over, have it tried again; or close the item, which takes it down elsewhere too.",
            ),
            AlertKind::Unfinished => (
                "The beginning of a thread is on a platform, and the rest is not: the platform has taken no posts for hours.",
                "The disclaimer comes last, so it may be missing. Please look at the channel there: if the platform works again, have it go on; or close the item, which takes down what is there.",
            ),
            AlertKind::PlatformAway => (
                "A platform has taken no posts for hours, and what was to appear there waits for it. On the other platforms it is there.",
                "Please see whether the channel's account there works: `clientsconnect doctor --aws` says what it finds. It is tried again every quarter of an hour, and nothing is lost. If the platform is not to be used any more, close what waits for it; that takes it down elsewhere too.",
            ),
            AlertKind::StillUp => (
                "Something that has to be taken down is still on a platform.",
                "It is tried again every quarter of an hour. Please look at the channel, and take it down there by hand if you can.",
            ),
            AlertKind::QuorumLost => (
                "Something was approved, and then an approver's check in their register ran out.",
                "Please check the roster. Others are asked in their place; nothing is published without them.",
            ),
            AlertKind::TargetChanged => (
                "A post that was to be shared is gone, or is not what the therapists saw.",
                "Nothing of it is published. Please look at it in the queue: it can be proposed anew as it is now, or withdrawn.",
            ),
            AlertKind::WordsNeeded => (
                "Words have to be changed before anybody can review them or approve them.",
                "Whoever proposed them is asked first. If they left no address, you can change them in the queue; they are asked before anything is published.",
            ),
            AlertKind::Appeal => (
                "A machine declined something, and whoever sent it asks for a person to look at it.",
                "Please read it in the queue within three weeks: you can give it to the therapists (`queue take-up`) or close it. After that it is closed by itself.",
            ),
            AlertKind::Undeliverable => (
                "Mail to somebody on the roster came back, or they told their mail program that they don't want it.",
                "Please look at the roster: it shows whose mailbox it is. They get no mail until you enter there that it works again. Others are asked in their place.",
            ),
            AlertKind::GuidanceLapsesSoon => (
                "Guidance is eleven months old, and appears for one month more.",
                "Please propose it again (`clientsconnect guidance propose`), as it is or in better words: therapists are asked anew, and if they are done by then, there is no gap.",
            ),
            AlertKind::GuidanceLapsed => (
                "Guidance is a year old, so it does not appear any more.",
                "Please propose it again (`clientsconnect guidance propose`), as it is or in better words: therapists are asked anew. What appeared of it stays.",
            ),
            AlertKind::HelplineStale => (
                "Helplines have not been checked for more than 30 days.",
                "Please look each of them up at its source, number and hours, and have the date entered in content/helplines.toml. `clientsconnect doctor --aws` names them. After 180 days, guidance that names one stops; the help page goes on showing them all. You get this mail once a day until it is done.",
            ),
        };
        let subject = match &self.reference {
            Some(reference) => format!("Needs a look, reference {reference}"),
            None => "Needs a look".to_owned(),
        };
        let mut paragraphs = vec![what.to_owned(), ask.to_owned()];
        if let Some(reference) = &self.reference {
            paragraphs.push(format!("Its reference is {reference}."));
        }
        letter(subject, &paragraphs, None, TO_THE_TEAM)
    }
}

/// Tells somebody who left an address that their submission's state changed; the page behind the link says how.
#[derive(Clone, Debug)]
pub struct SubmitterNotice {
    /// The submission's id.
    pub reference: String,
    /// The signed link to the status page.
    pub status_url: String,
}

impl SubmitterNotice {
    /// Writes it.
    pub fn letter(&self) -> Letter {
        letter(
            format!("About your message, reference {}", self.reference),
            &[
                format!("Something has changed with what you sent us. Its reference is {}.", self.reference),
                "Your page says how things stand, and whether there is something for you to do.".to_owned(),
            ],
            Some(("See how things stand", &self.status_url)),
            &format!(
                "The link is yours alone: whoever has it can see and withdraw what you sent. {TO_SUBMITTERS}"
            ),
        )
    }
}
