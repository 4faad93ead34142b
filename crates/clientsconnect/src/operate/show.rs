//! `clientsconnect queue show`: one item as one person may see it.
//!
//! Invariants: words, findings and what reviewers wrote are shown exactly when [`app::queue::show`] gives the words to
//! this person; reviewers appear by number, not by name; the record is verified each time it is shown.

use std::{collections::BTreeSet, fmt::Write};

use app::{Core, queue as steps};
use curation::{
    audit::{Actor, Entry, verify},
    composition::{Form, Rendering, Share, Target},
    ids::PersonId,
    review::{Decision, Review},
    roster::Officer,
    submission::{Delivery, Release, Revision, Role, Submission},
};
use jiff::Timestamp;
use screening::Finding;
use serde::Serialize;
use store::BallotRecord;

use super::{
    advice,
    item::{Line, pinned, tier, waiting},
    print::{Shown, clean, quoted, table, when},
};

/// An item. Field names are stable.
#[derive(Serialize)]
struct Item {
    #[serde(flatten)]
    line: Line,
    role: Option<Role>,
    concealed: bool,
    ended: bool,
    release: Option<Release>,
    words: Option<String>,
    /// Somebody else's post that would be shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared: Option<Target>,
    masked: Option<String>,
    contact: Option<String>,
    posts: Vec<Rendering>,
    /// Of guidance: the further forms in which it appears, in turn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    turns: Vec<Form>,
    findings: Option<Vec<Finding>>,
    review: Option<Standing>,
    remarks: Vec<Remark>,
    deliveries: Vec<Delivery>,
    record: Record,
}

/// A review, counted now.
#[derive(Serialize)]
struct Standing {
    opened_at: Timestamp,
    deadline: Timestamp,
    approvals: usize,
    registers: usize,
    rejects: usize,
    rewords: usize,
    /// Seats from which a ballot may still be expected, or has come.
    awaited: usize,
    seats: Vec<SeatLine>,
}

#[derive(Serialize)]
struct SeatLine {
    reviewer: String,
    register: String,
    invited_at: Timestamp,
    decision: Option<Decision>,
    stepped_back: bool,
    silent: bool,
    /// In good standing at this moment: only then the ballot counts.
    counts: bool,
}

/// What a reviewer wrote beside a ballot.
#[derive(Serialize)]
struct Remark {
    reviewer: String,
    decision: Decision,
    at: Timestamp,
    reason: Option<String>,
    suggestion: Option<String>,
    comment: Option<String>,
}

/// The audit record, with the result of its verification.
#[derive(Serialize)]
struct Record {
    holds_together: bool,
    /// The first entry that does not follow from the one before, or is missing.
    broken_at: Option<u64>,
    entries: Vec<Entry>,
}

/// Shows an item: without an officer, where it stands and its record.
///
/// # Errors
/// In plain English, with what to do next.
pub(crate) async fn run(core: &Core, item: Submission, officer: Option<&Officer>) -> anyhow::Result<Shown> {
    let store_error = |error| advice::of_store(&error);
    let officers = core.store.officers().await.map_err(store_error)?;
    let barred = barred(core).await?;
    let (item, shown) = match officer {
        Some(officer) => {
            let detail =
                steps::show(core, item.id, officer).await.map_err(|error| advice::of_officer(&error))?;
            let item = detail.submission;
            // Where the words are not for this person, neither is what was written about them.
            let ballots = detail.revision.as_ref().map(|_| detail.ballots).unwrap_or_default();
            let shown = Item {
                words: detail.revision.as_ref().map(|revision| revision.composition.words.clone()),
                shared: detail.revision.as_ref().and_then(|revision| revision.composition.target.clone()),
                turns: forms(detail.revision.as_ref()),
                posts: detail.revision.map(|revision| revision.composition.renderings).unwrap_or_default(),
                masked: detail.masked,
                contact: detail.contact,
                findings: detail.report.map(|report| report.findings),
                remarks: ballots.into_iter().filter_map(|ballot| remark(&item, ballot)).collect(),
                ..standing(&item, &barred, detail.audit)
            };
            (item, shown)
        }
        None => {
            let audit = core.store.audit(item.id).await.map_err(store_error)?;
            let shown = standing(&item, &barred, audit);
            (item, shown)
        }
    };
    let plain = in_words(&shown, &item, officer, &officers)?;
    let in_order = shown.record.holds_together;
    Ok(Shown { in_order, ..Shown::new(plain, &shown)? })
}

fn forms(revision: Option<&Revision>) -> Vec<Form> {
    revision.map(|revision| revision.composition.turns.clone()).unwrap_or_default()
}

/// Those whose ballots do not count at this moment.
async fn barred(core: &Core) -> anyhow::Result<BTreeSet<PersonId>> {
    let now = core.clock.now();
    let therapists = core.store.therapists().await.map_err(|error| advice::of_store(&error))?;
    let lapsed = therapists.iter().filter(|therapist| !therapist.in_good_standing(now));
    Ok(lapsed.map(|therapist| therapist.id).collect())
}

fn standing(item: &Submission, barred: &BTreeSet<PersonId>, audit: Vec<Entry>) -> Item {
    Item {
        line: Line::of(item),
        role: item.role,
        concealed: item.is_concealed(),
        ended: item.ended,
        release: item.release.clone(),
        words: None,
        shared: None,
        masked: None,
        contact: None,
        posts: vec![],
        turns: vec![],
        findings: None,
        review: item.review.as_ref().map(|review| counted(item, review, barred)),
        remarks: vec![],
        // Of guidance, every appearance.
        deliveries: item.past.iter().chain(&item.deliveries).cloned().collect(),
        record: record(item, audit),
    }
}

fn counted(item: &Submission, review: &Review, barred: &BTreeSet<PersonId>) -> Standing {
    let tally = review.tally(barred);
    let seats = review.seats.iter().map(|seat| SeatLine {
        reviewer: pseudonym(item, seat.person).unwrap_or_default(),
        register: seat.register.0.clone(),
        invited_at: seat.invited_at,
        decision: seat.ballot.as_ref().map(|ballot| ballot.decision),
        stepped_back: seat.stepped_back,
        silent: seat.silent,
        counts: !barred.contains(&seat.person),
    });
    Standing {
        opened_at: review.opened_at,
        deadline: review.deadline,
        approvals: tally.approvals,
        registers: tally.registers,
        rejects: tally.rejects,
        rewords: tally.rewords,
        awaited: tally.awaited,
        seats: seats.collect(),
    }
}

/// What this command calls somebody on the present panel.
fn pseudonym(item: &Submission, person: PersonId) -> Option<String> {
    let seats = &item.review.as_ref()?.seats;
    let place = seats.iter().position(|seat| seat.person == person)?;
    Some(format!("reviewer {}", place + 1))
}

fn remark(item: &Submission, ballot: BallotRecord) -> Option<Remark> {
    let BallotRecord { person, decision, reason, suggestion, comment, at, .. } = ballot;
    let is_silent = reason.is_none() && suggestion.is_none() && comment.is_none();
    let reviewer = pseudonym(item, person).unwrap_or_else(|| "a reviewer".to_owned());
    (!is_silent).then_some(Remark { reviewer, decision, at, reason, suggestion, comment })
}

/// Verifies the chain and that it reaches the head that the item itself carries: a chain cut short verifies alone.
fn record(item: &Submission, entries: Vec<Entry>) -> Record {
    let head = &item.chain;
    let broken_at = match verify(item.id, &entries) {
        Err(broken) => Some(broken.0),
        Ok(_) => {
            // The record is read after the item, and may have grown meanwhile.
            let last = entries.iter().find(|entry| entry.sequence == head.sequence);
            match last {
                Some(entry) if entry.hash() == head.hash => None,
                Some(entry) => Some(entry.sequence),
                None => Some(entries.len() as u64 + 1),
            }
        }
    };
    Record { holds_together: broken_at.is_none(), broken_at, entries }
}

fn in_words(
    shown: &Item,
    item: &Submission,
    officer: Option<&Officer>,
    officers: &[Officer],
) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let due = item.due().map_or(String::new(), |due| format!(", due {}", when(due.at)));
    writeln!(text, "{}  {}", item.id.reference(), item.id)?;
    writeln!(text, "{}, waits for {}{}{due}", item.state.name(), waiting(item), pinned(item))?;
    let received = when(item.received_at);
    writeln!(text, "Revision {}, {} tier, received {received}", item.revision, tier(item.tier))?;
    if let Some(topic) = &item.topic {
        let name = content::topic(topic).map_or("not in the list any more", |topic| topic.name.as_str());
        writeln!(text, "About {topic}: {name}")?;
    }
    if let Some(release) = &item.release {
        let to = match release.to {
            curation::submission::ReleaseTo::Review => "review",
            curation::submission::ReleaseTo::Redaction => "redaction",
        };
        let by = if release.deputy.is_some() { "lead and deputy" } else { "the lead, not yet confirmed" };
        writeln!(text, "Released to {to} by {by}")?;
    }

    if let Some(target) = &shown.shared {
        target_in_words(&mut text, target)?;
    }
    writeln!(text, "\nWords")?;
    match (&shown.words, &shown.masked, officer) {
        (Some(words), _, _) if words.is_empty() => writeln!(text, "  None of ours: the disclaimer alone.")?,
        (Some(words), _, _) => text.push_str(&quoted(words)),
        (None, Some(masked), _) => {
            writeln!(text, "  (personal details masked)")?;
            text.push_str(&quoted(masked));
        }
        (None, None, None) => writeln!(text, "  Say with --as who looks, to read them.")?,
        (None, None, Some(_)) if shown.concealed => {
            writeln!(text, "  For the safeguarding lead and the deputy only.")?;
        }
        (None, None, Some(_)) => writeln!(text, "  Erased.")?,
    }
    if let Some(contact) = &shown.contact {
        writeln!(text, "\nWhoever wrote it may be written to, if you are worried: {}", clean(contact))?;
    }
    for post in shown.posts.iter().filter(|_| shown.words.is_some()) {
        writeln!(text, "\nAs posted on {}: {}", post.platform, count(post.parts.len(), "post"))?;
        match &post.shares {
            Some(Share::Quote(_)) => writeln!(text, "  (quotes the post above)")?,
            Some(Share::Boost(_)) => writeln!(text, "  (passes the post above on, and answers it)")?,
            None => {}
        }
        if let Some(note) = &post.content_note {
            writeln!(text, "  (hidden behind the note: {})", clean(note))?;
        }
        let parts = post.parts.iter().filter(|part| !part.is_empty());
        text.push_str(&parts.map(|part| quoted(part)).collect::<Vec<_>>().join("  ~\n"));
    }
    if !shown.turns.is_empty() {
        writeln!(text, "\nThe next times it ends, in turn")?;
        for form in &shown.turns {
            text.push_str(&quoted(&form.disclaimer.text));
        }
    }
    if let Some(findings) = &shown.findings {
        writeln!(text, "\nScreening: {}", count(findings.len(), "finding"))?;
        for finding in findings {
            let severity = u8::from(finding.severity);
            // In the words of the pages; a category that they do not know keeps its own name.
            let name = name_of(&finding.category);
            let category = content::category(&name).map_or(name.as_str(), |words| words.name.as_str());
            let (start, end) = (finding.start, finding.end);
            writeln!(
                text,
                "  {category}, severity {severity} of 3, characters {start} to {end}: {}",
                clean(&finding.reason)
            )?;
            if let Some(suggestion) = &finding.suggestion {
                writeln!(text, "    {}", clean(suggestion))?;
            }
        }
    }
    review_in_words(&mut text, shown)?;
    if !shown.deliveries.is_empty() {
        writeln!(text, "\nPosts")?;
        for delivery in &shown.deliveries {
            let post = delivery.post.as_deref().map_or(String::new(), |post| format!(", {}", clean(post)));
            writeln!(
                text,
                "  {} {}: {}{post}",
                delivery.platform,
                delivery.part + 1,
                name_of(&delivery.status)
            )?;
        }
    }
    record_in_words(&mut text, shown, item, officers)?;
    Ok(text)
}

/// Somebody else's post, as reviewers see it.
fn target_in_words(text: &mut String, target: &Target) -> std::fmt::Result {
    if target.post.is_empty() {
        return writeln!(
            text,
            "\nThe post that was shared is forgotten: its author deleted, changed or closed it"
        );
    }
    let at = target.posted_at.map_or(String::new(), |at| format!(", {}", when(at)));
    let handle = clean(&target.handle);
    writeln!(
        text,
        "\nThe post that would be shared: somebody else's words, by @{handle} on {}{at}",
        target.platform
    )?;
    text.push_str(&quoted(&target.text));
    if target.attachments > 0 {
        let what = if target.attachments == 1 { "thing comes" } else { "things come" };
        writeln!(text, "  {} other {what} with it, which only its page shows", target.attachments)?;
    }
    writeln!(text, "  {}", clean(&target.post))
}

fn review_in_words(text: &mut String, shown: &Item) -> std::fmt::Result {
    let Some(review) = &shown.review else { return Ok(()) };
    writeln!(
        text,
        "\nReview: {} from {}, {}, {}; {} seats; ends {}",
        count(review.approvals, "approval"),
        count(review.registers, "register"),
        count(review.rejects, "reject"),
        count(review.rewords, "reword"),
        review.awaited,
        when(review.deadline)
    )?;
    for seat in &review.seats {
        let decision = match seat.decision {
            _ if seat.stepped_back => "stepped back",
            Some(decision) => decision.as_str(),
            None if seat.silent => "silent, another was invited",
            None => "no ballot yet",
        };
        let standing = if seat.counts { "" } else { " (not in good standing: does not count)" };
        writeln!(text, "  {}, {}: {decision}{standing}", seat.reviewer, clean(&seat.register))?;
    }
    for remark in &shown.remarks {
        writeln!(
            text,
            "\n{} wrote, with {}, {}",
            remark.reviewer,
            remark.decision.as_str(),
            when(remark.at)
        )?;
        for written in [&remark.reason, &remark.suggestion, &remark.comment].into_iter().flatten() {
            text.push_str(&quoted(written));
        }
    }
    Ok(())
}

fn record_in_words(
    text: &mut String,
    shown: &Item,
    item: &Submission,
    officers: &[Officer],
) -> std::fmt::Result {
    let record = &shown.record;
    match record.broken_at {
        None => writeln!(text, "\nThe record holds together: {} entries", record.entries.len())?,
        Some(entry) => writeln!(
            text,
            "\nTHE RECORD DOES NOT HOLD TOGETHER, from entry {entry} on: change nothing, keep a copy of the data, and \
             tell the others who run the channel"
        )?,
    }
    let rows = record
        .entries
        .iter()
        .map(|entry| {
            let who = match entry.actor {
                Actor::Submitter => "submitter".to_owned(),
                Actor::System => "system".to_owned(),
                Actor::Person(person) => called(item, officers, person),
            };
            // An action may name people, as the draw of a panel does.
            let words = entry.action.split(' ').map(|word| match word.parse() {
                Ok(person) => called(item, officers, person),
                Err(_) => clean(word),
            });
            let action = words.collect::<Vec<_>>().join(" ");
            [format!("  {}", entry.sequence), when(entry.at), who, entry.state.clone(), action]
        })
        .collect::<Vec<_>>();
    text.push_str(&table(["  #", "WHEN", "WHO", "STATE AFTER", "WHAT"], &rows));
    Ok(())
}

/// What plain text calls anybody in a record: whoever sat on an earlier panel has no number any more.
fn called(item: &Submission, officers: &[Officer], person: PersonId) -> String {
    let officer = || officers.iter().find(|officer| officer.id == person);
    pseudonym(item, person)
        .or_else(|| officer().map(|officer| officer.duty.as_str().to_owned()))
        .unwrap_or_else(|| "a reviewer".to_owned())
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A name as it is on the wire.
fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
