//! The demonstration: one text from the form to the timeline, over HTTP, as its people would take it there.
//!
//! Invariant: it uses the pages and mails that people use and nothing behind them, and it is happy only when the words
//! stand on the timeline.

mod page;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use curation::{time::london, words::Words};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::time::sleep;

use super::run::Local;
use crate::say;
use page::Form;

/// The text that is proposed if none is given.
const TEXT: &str = "You can tell your therapist when something they said did not sit well with you. A good therapist \
                    will want to know, and talking it over is often where the work moves on.";
/// How often mails and the timeline are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// One request. The pages answer in milliseconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Domain days until the invitations: example therapists who had all their invitations of a week are free after seven.
const DAYS_TO_INVITATIONS: u64 = 9;
/// Domain days until the ballots have closed the review: its longest deadline, with a weekend and the night.
const DAYS_TO_CLOSE: u64 = 9;
/// Domain days until the next slot, besides one for each post that was approved before.
const DAYS_TO_SLOT: u64 = 3;
/// Real time that is always allowed: for a machine that is busy with something else.
const SLOW_MACHINE: Duration = Duration::from_secs(60);

/// A line of `/_local/submissions.json`.
#[derive(Deserialize)]
struct Item {
    id: String,
    state: String,
    tier: String,
}

/// A mail of `/_local/mail.json`.
#[derive(Deserialize)]
struct Mail {
    to: String,
    subject: String,
    links: Vec<String>,
}

/// A thread of `/_local/timeline.json`.
#[derive(Deserialize)]
struct Thread {
    submission: String,
    parts: Vec<String>,
}

/// Takes `text`, or an example, to the timeline, and prints each step.
///
/// # Errors
/// In plain English, if it did not get there: why, and what would happen with it in the channel.
pub(crate) async fn walk(local: &Local, text: Option<&str>) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().no_proxy().timeout(ANSWER_WITHIN).build()?;
    let walk = Walk { local, client, address: local.address(), started: Instant::now() };
    let text = text.unwrap_or(TEXT).trim();
    let before = walk.mails(0).await?.len();
    let id = walk.propose(text).await?;
    walk.review(&id, before).await?;
    walk.publication(&id, text).await
}

struct Walk<'a> {
    local: &'a Local,
    client: reqwest::Client,
    address: String,
    started: Instant,
}

impl Walk<'_> {
    /// Prints a step with the channel's time and the real time since the start.
    fn say(&self, what: &str) {
        let domain = london(self.local.clock().now().at).strftime("%a %-d %b %H:%M").to_string();
        say::line(&format!("{domain:>16} {:>7.2} s  {what}", self.started.elapsed().as_secs_f64()));
    }

    /// How long `days` of the channel's time take at its speed, and what a slow machine needs.
    fn patience(&self, days: u64) -> Duration {
        Duration::from_secs(days * 24 * 3600) / self.local.clock().now().speed.max(1) + SLOW_MACHINE
    }

    async fn json<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self.client.get(format!("{}{path}", self.address)).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    async fn items(&self) -> anyhow::Result<Vec<Item>> {
        self.json("/_local/submissions.json").await
    }

    async fn mails(&self, after: usize) -> anyhow::Result<Vec<Mail>> {
        self.json(&format!("/_local/mail.json?after={after}")).await
    }

    async fn open(&self, url: &str) -> anyhow::Result<String> {
        Ok(self.client.get(url).send().await?.text().await?)
    }

    async fn send(&self, form: &Form) -> anyhow::Result<(bool, String)> {
        let answer =
            self.client.post(format!("{}{}", self.address, form.action)).form(&form.fields).send().await?;
        Ok((answer.status().is_success(), answer.text().await?))
    }

    /// Somebody proposes the words through the form. Gives the submission's id.
    async fn propose(&self, text: &str) -> anyhow::Result<String> {
        let empty = self.open(&format!("{}/", self.address)).await?;
        let mut form =
            page::form(&empty, "text").context("the page has no form for words")?.with("text", text);
        for agreed in ["adult", "consent_publish", "consent_health"] {
            form = form.with(agreed, "true");
        }
        let (accepted, answer) = self.send(&form).await?;
        if !accepted {
            let errors = page::errors(&answer);
            let why = if errors.is_empty() { page::heading(&answer) } else { errors.join(" ") };
            bail!("The words were not accepted: {why}");
        }
        let reference = page::reference(&answer).context("the page after sending has no reference")?;
        ensure!(page::return_code(&answer).is_some(), "the page after sending has no return code");
        let items = self.items().await?;
        let item = items.into_iter().rev().find(|item| item.id.ends_with(&reference));
        let item = item.with_context(|| format!("{reference} was accepted and is not stored"))?;
        self.say(&format!(
            "Somebody proposes words. Reference {reference}, with a return code to come back."
        ));
        Ok(item.id)
    }

    async fn item(&self, id: &str) -> anyhow::Result<Item> {
        let items = self.items().await?;
        items.into_iter().find(|item| item.id == id).context("the submission is gone")
    }

    /// The therapists open the links of their mails, and approve, until the review is over.
    async fn review(&self, id: &str, mut read: usize) -> anyhow::Result<()> {
        let reference = &id[id.len().saturating_sub(6)..];
        let (mut voted, mut was_screened, mut was_told) = (BTreeSet::new(), false, false);
        let mut patience = self.patience(DAYS_TO_INVITATIONS);
        let mut since = Instant::now();
        loop {
            let item = self.item(id).await?;
            match item.state.as_str() {
                "received" => {}
                "in_review" => {
                    if !was_screened {
                        was_screened = true;
                        self.say(&format!("Screening lets it through, for the {} review.", item.tier));
                    }
                }
                "approved" | "publishing" | "published" => {
                    self.say(&format!(
                        "The quorum has approved exactly these words, after {} ballots.",
                        voted.len()
                    ));
                    return Ok(());
                }
                state => bail!(why_not(state)),
            }
            let mails = self.mails(read).await?;
            read += mails.len();
            for mail in mails.iter().filter(|mail| mail.subject.contains(reference)) {
                let link = mail.links.iter().find(|link| link.contains("/review/"));
                let Some(link) = link.filter(|_| !voted.contains(&mail.to)) else { continue };
                if self.approve(link).await? {
                    voted.insert(mail.to.clone());
                    self.say(&format!("{} opens the link in the mail, and approves.", mail.to));
                    (patience, since) = (self.patience(DAYS_TO_CLOSE), Instant::now());
                }
            }
            if voted.is_empty() && !was_told && since.elapsed() > Duration::from_secs(5) {
                was_told = true;
                self.say("Waiting for invitations: each therapist gets at most four in a week of the channel's time.");
            }
            ensure!(
                since.elapsed() < patience,
                "The review did not come to an end in time; {} had voted.",
                voted.len()
            );
            sleep(LOOK_EVERY).await;
        }
    }

    /// One therapist reads, chooses, and confirms. False if the review was over by then.
    async fn approve(&self, link: &str) -> anyhow::Result<bool> {
        let review = self.open(link).await?;
        let Some(form) = page::form(&review, "decision") else { return Ok(false) };
        let (shown, confirmation) = self.send(&form.with("decision", "approve")).await?;
        let form = page::form(&confirmation, "declaration").filter(|_| shown);
        let Some(form) = form else { return Ok(false) };
        let (done, answer) = self.send(&form.with("declaration", "yes")).await?;
        if !done {
            tracing::warn!(page = page::heading(&answer), "a ballot was not taken");
        }
        Ok(done)
    }

    /// The publisher posts it, at its time.
    async fn publication(&self, id: &str, text: &str) -> anyhow::Result<()> {
        let approved = self.items().await?.iter().filter(|item| item.state == "approved").count();
        let patience = self.patience(DAYS_TO_SLOT + approved as u64);
        let since = Instant::now();
        let waits = if approved > 1 { format!(" {} others wait too.", approved - 1) } else { String::new() };
        self.say(&format!("Waiting for the next slot, between 08:00 and 21:00, one post a day.{waits}"));
        let parts = loop {
            let threads = self.json::<Vec<Thread>>("/_local/timeline.json").await?;
            let thread = threads.into_iter().find(|thread| thread.submission == id);
            match self.item(id).await?.state.as_str() {
                "approved" | "publishing" => {}
                "published" => {
                    break thread.context("it is said to be published and not on the timeline")?.parts;
                }
                state => bail!(why_not(state)),
            }
            ensure!(since.elapsed() < patience, "It was approved, and no slot came for it in time.");
            sleep(LOOK_EVERY).await;
        };
        ensure!(letters(&parts.concat()).contains(&letters(text)), "what was published are other words");
        self.say("Published, with the channel's disclaimer:");
        for part in &parts {
            say::line(&format!("\n{}", indented(part)));
        }
        say::line("");
        Ok(())
    }
}

/// What must be the same in a proposal and on the timeline: all but white space, at which a thread is cut, and the many
/// ways to write one letter.
fn letters(text: &str) -> String {
    let words = Words::parse(text);
    let text = words.as_ref().map_or(text, Words::as_str);
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// What a state means for somebody who expected a publication.
fn why_not(state: &str) -> String {
    let why = match state {
        "held" => {
            "Screening holds these words, because somebody may be in danger. In the channel the safeguarding lead reads them, no therapist does, and whoever wrote them saw at once where help is."
        }
        "needs_redaction" => {
            "Screening found something personal in these words. In the channel its writer or a coordinator changes them before any therapist reads them."
        }
        "declined" => {
            "Screening declines these words for the channel. In the channel their writer can ask a coordinator to look again."
        }
        "stalled" => "Too few therapists decided before the deadline.",
        _ => "It ended before it was published.",
    };
    format!("{why} (State: {state}.)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_again_when_it_is_cut_and_composed() {
        let (sent, published) =
            ("e\u{301}te\u{301} and  more\nwords", ["été and", "more wo", "rds\n\nA disclaimer."]);
        assert!(letters(&published.concat()).contains(&letters(sent)));
        assert!(!letters(&published.concat()).contains(&letters("other words")));
    }

    #[test]
    fn the_example_goes_to_the_panel_and_not_to_a_human_first() {
        assert_eq!(screening::screen_safely(TEXT).route(), screening::Route::Review);
        assert!(Words::parse(TEXT).is_ok());
    }
}
