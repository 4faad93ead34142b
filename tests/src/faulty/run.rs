//! One run from one seed: an approved item is published, and perhaps taken down, while everything goes wrong; then
//! nothing goes wrong any more, and it must come to an end.
//!
//! What counts as failure: a part that was made twice, ever; a published item of which a part is missing, out of order or
//! known by a wrong name; a retracted item of which anything is up; a human who is asked without being told; an item that
//! never comes to an end.

use std::{collections::BTreeSet, sync::Arc};

use app::vote::NewBallot;
use curation::{
    review::Decision,
    submission::{DeliveryStatus, State, Submission},
    time::london,
};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Context, LambdaEvent};
use platforms::Platform;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    Tally,
    judge::{There, judge},
    lab::{Item, Lab, PLATFORMS},
    tally::Ending,
};
use crate::kill::{Point, Side};

/// How far a process's clock jumps at most.
const LONGEST_JUMP: i64 = 3 * 60 * 60;
/// An erasure is due in months; what publishes is due within a day.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);
/// Nobody reads their mail and looks at three platforms in less.
const HUMAN: SignedDuration = SignedDuration::from_mins(5);
/// Polls within which everything must come to an end once nothing goes wrong any more.
const MOST_POLLS: usize = 150;

/// Who stops the item.
#[derive(Debug, Clone, Copy)]
enum Stop {
    Withdrawal,
    Concern,
    Closure,
}

/// What happens in the middle of a poll.
#[derive(Debug, Clone, Copy)]
enum Interruption {
    Death,
    Stop,
    Jump(SignedDuration),
    /// Another publisher starts, on a machine whose clock is ahead by more than the first one's lease.
    Another,
}

struct Run<'a> {
    lab: &'a mut Lab,
    dice: StdRng,
    item: Item,
    began: Timestamp,
    adapters: Vec<Arc<dyn Platform>>,
    /// Platforms about which a human was asked.
    asked: BTreeSet<usize>,
    /// When a human was asked, and is yet to answer.
    asked_at: Option<Timestamp>,
    answers: bool,
    /// The platform that is switched off all the time.
    gone: Option<usize>,
    stop: Option<Stop>,
    faults: BTreeSet<&'static str>,
    journal: Vec<String>,
    polls: usize,
    deaths: usize,
    calls: usize,
}

impl Lab {
    /// One run.
    ///
    /// # Errors
    /// What is wrong, and everything that happened.
    pub async fn run(&mut self, seed: u64, tally: &mut Tally) -> Result<(), String> {
        let mut dice = StdRng::seed_from_u64(seed);
        // Shorter texts are told sooner, and have fewer moments.
        let which = [0, 1, 1, 2][dice.random_range(0..4)];
        let to_morning = 24 + 9 - i64::from(london(self.clocks.right()).hour());
        self.clocks.set_right();
        self.clocks.pass(SignedDuration::from_hours(to_morning));
        self.clocks.pass(SignedDuration::from_mins(dice.random_range(0..600)));
        let item = self.begin(seed, &mut dice, which).await;
        let began = self.clocks.right();
        if dice.random_range(0..100) < 30 {
            for (peer, rendering) in self.peers.iter().zip(&item.renderings) {
                peer.remember(&rendering.parts, began - SignedDuration::from_hours(25));
            }
        }
        let stops = [Stop::Withdrawal, Stop::Concern, Stop::Closure];
        let stop = (dice.random_range(0..100) < 35).then(|| stops[dice.random_range(0..3)]);
        let adapters = self.adapters();
        let mut run = Run {
            answers: dice.random_range(0..100) < 90,
            gone: (dice.random_range(0..100) < 8).then(|| dice.random_range(0..PLATFORMS.len())),
            stop,
            item,
            began,
            adapters,
            asked: BTreeSet::new(),
            asked_at: None,
            faults: BTreeSet::new(),
            journal: vec![],
            polls: 0,
            deaths: 0,
            calls: 0,
            dice,
            lab: self,
        };
        let ended = run.whole(tally).await;
        ended.map_err(|what| format!("seed {seed}: {what}\n{}", run.journal.join("\n")))
    }
}

impl Run<'_> {
    async fn whole(&mut self, tally: &mut Tally) -> Result<(), String> {
        self.storm().await;
        self.calm().await?;
        self.end(tally).await
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    async fn load(&self) -> Submission {
        self.lab.people.store.load(self.item.id).await.unwrap().unwrap()
    }

    /// Everything goes wrong.
    async fn storm(&mut self) {
        let polls = self.dice.random_range(3..=9);
        let dies = [0, 0, 20, 60][self.dice.random_range(0..4)];
        let jumps = self.chance(25);
        let stops_at = self.dice.random_range(0..polls);
        for number in 0..polls {
            if jumps && self.chance(30) {
                let by = self.drawn_jump();
                self.jump(by);
            }
            let mut interruption = None;
            if number == stops_at && self.stop.is_some() {
                match self.chance(70) {
                    true => interruption = Some(Interruption::Stop),
                    false => self.be_stopped().await,
                }
            } else if self.chance(dies) {
                interruption = Some(Interruption::Death);
            } else if jumps && self.chance(20) {
                interruption = Some(Interruption::Jump(self.drawn_jump()));
            } else if self.chance(12) {
                interruption = Some(Interruption::Another);
            }
            let missing = self.chance(4).then(|| self.dice.random_range(0..PLATFORMS.len()));
            self.poll(interruption, missing).await;
            if self.answers && self.chance(50) {
                self.answer().await;
            }
            let state = self.load().await;
            if self.stop.is_none() && matches!(state.state, State::Published { .. }) {
                break;
            }
            self.wait(&state);
        }
        if self.stop.is_some() {
            self.be_stopped().await;
        }
    }

    /// Nothing goes wrong any more.
    async fn calm(&mut self) -> Result<(), String> {
        for peer in &self.lab.peers {
            peer.calm();
        }
        self.lab.clocks.set_right();
        self.journal.push("nothing goes wrong any more".to_owned());
        for _ in 0..MOST_POLLS {
            let submission = self.load().await;
            match submission.state {
                State::Approved { .. } | State::Publishing { .. } | State::Retracting { .. } => {}
                State::NeedsAttention { .. } if self.answers => {}
                _ => return Ok(()),
            }
            if self.waits_for_gone(&submission) {
                return Ok(());
            }
            self.wait(&submission);
            self.answer().await;
            self.adapters = self.lab.adapters();
            self.poll(None, None).await;
        }
        let submission = self.load().await;
        Err(format!("it never comes to an end: {:?} {:?}", submission.state, submission.deliveries))
    }

    /// True if all is posted but what waits for the platform that is gone.
    fn waits_for_gone(&self, submission: &Submission) -> bool {
        let gone = self.gone.map(|gone| PLATFORMS[gone]);
        let is_left = |status: DeliveryStatus| status != DeliveryStatus::Sent;
        let mut left = submission.deliveries.iter().filter(|one| is_left(one.status)).peekable();
        matches!(submission.state, State::Publishing { .. })
            && left.peek().is_some()
            && left.all(|one| Some(one.platform.as_str()) == gone)
    }

    fn drawn_jump(&mut self) -> SignedDuration {
        let most = [120, 20 * 60, LONGEST_JUMP][self.dice.random_range(0..3)];
        SignedDuration::from_secs(self.dice.random_range(-most..=most))
    }

    fn jump(&mut self, by: SignedDuration) {
        self.lab.clocks.jump(by);
        self.faults.insert("the clock jumped");
        self.journal.push(format!("the clock jumps by {by:#}"));
    }

    /// One poll, which may be interrupted.
    async fn poll(&mut self, interruption: Option<Interruption>, missing: Option<usize>) {
        self.polls += 1;
        if self.chance(30) {
            self.adapters = self.lab.adapters();
        }
        let side = if self.chance(50) { Side::Before } else { Side::After };
        let point = interruption.map(|_| Point { number: self.dice.random_range(1..=25), side });
        self.lab.fate.set(point);
        let mut adapters = self.adapters.clone();
        if let Some(missing) = self.gone.or(missing) {
            adapters.remove(missing);
            self.faults.insert(match self.gone {
                Some(_) => "one was switched off all the time",
                None => "one was switched off for a while",
            });
        }
        let (right, told) = (self.lab.clocks.right(), self.lab.clocks.told());
        self.journal.push(format!("{right:.0} poll (told {told:.0}) {interruption:?} at {point:?}"));
        let core = self.lab.core.clone();
        let event = LambdaEvent::new(serde_json::Value::Null, Context::default());
        let mut poll = Some(Box::pin(publish_scheduled::handle(&core, &adapters, event)));
        while let Some(running) = &mut poll {
            let go_on = tokio::select! {
                biased;
                go_on = self.lab.reached.recv() => go_on.unwrap(),
                done = running => {
                    if let Err(error) = done {
                        self.journal.push(format!("  {error}"));
                    }
                    break;
                }
            };
            match interruption {
                Some(Interruption::Stop) => self.be_stopped().await,
                Some(Interruption::Jump(by)) => self.jump(by),
                Some(Interruption::Another) => self.another().await,
                Some(Interruption::Death) | None => {
                    self.journal.push("  the publisher dies".to_owned());
                    self.faults.insert("the publisher died");
                    self.deaths += 1;
                    poll = None;
                    drop(go_on);
                    continue;
                }
            }
            go_on.send(()).unwrap();
        }
        drop(poll);
        self.lab.fate.set(None);
        if matches!(interruption, Some(Interruption::Death)) {
            self.adapters = self.lab.adapters();
        }
        for (name, peer) in PLATFORMS.iter().zip(&self.lab.peers) {
            let journal = peer.journal();
            self.calls += journal.len();
            self.journal.extend(journal.into_iter().map(|line| format!("{line} ({name})")));
        }
        let submission = self.load().await;
        let statuses = submission.deliveries.iter().map(|one| format!("{} {:?}", one.platform, one.status));
        let statuses = statuses.collect::<Vec<_>>().join(", ");
        self.journal.push(format!("  {} [{statuses}]", submission.state.name()));
        match submission.state {
            State::NeedsAttention { .. } => {
                self.asked_at.get_or_insert(self.lab.clocks.right());
                self.asked.extend(asked(&submission).and_then(|index| place(&submission, index)));
            }
            _ => self.asked_at = None,
        }
    }

    /// A second publisher polls while the first one is in the middle of a call.
    async fn another(&mut self) {
        self.journal.push("  another publisher".to_owned());
        self.faults.insert("two publishers at once");
        let ahead = SignedDuration::from_mins(self.dice.random_range(4..30));
        let mut adapters = self.lab.adapters();
        if let Some(gone) = self.gone {
            adapters.remove(gone);
        }
        self.lab.clocks.jump(ahead);
        // It may die in the middle of what it took over.
        let side = if self.chance(50) { Side::Before } else { Side::After };
        let dies_at = Point { number: self.dice.random_range(1..=20), side };
        self.lab.fate.set(Some(dies_at));
        let core = self.lab.core.clone();
        let event = LambdaEvent::new(serde_json::Value::Null, Context::default());
        tokio::select! {
            biased;
            _ = self.lab.reached.recv() => self.journal.push(format!("  the other dies at {dies_at:?}")),
            done = publish_scheduled::handle(&core, &adapters, event) => {
                if let Err(error) = done {
                    self.journal.push(format!("  the other: {error}"));
                }
            }
        }
        self.lab.fate.set(None);
        self.lab.clocks.jump(-ahead);
    }

    /// The item is stopped, once.
    async fn be_stopped(&mut self) {
        let Some(stop) = self.stop.take() else { return };
        self.journal.push(format!("  {stop:?}"));
        self.faults.insert("it was stopped");
        let (people, id) = (&self.lab.people, self.item.id);
        match stop {
            Stop::Withdrawal => drop(app::submitter::withdraw(people, id).await.unwrap()),
            Stop::Closure => drop(app::queue::close(people, id, self.lab.coordinator()).await.unwrap()),
            Stop::Concern => {
                let ballot = NewBallot {
                    decision: Decision::Concern,
                    reason: Some("An example.".to_owned()),
                    suggestion: None,
                    comment: None,
                };
                drop(app::vote::cast(people, self.item.holder, &ballot).await.unwrap());
            }
        }
    }

    /// The coordinator looks at the platform and says what is there.
    async fn answer(&mut self) {
        let Some(asked_at) = self.asked_at else { return };
        if !self.answers || self.lab.clocks.right() < asked_at + HUMAN {
            return;
        }
        let submission = self.load().await;
        // Somebody may have stopped it since.
        let is_asked = matches!(submission.state, State::NeedsAttention { .. });
        let Some(index) = asked(&submission).filter(|_| is_asked) else { return };
        let delivery = &submission.deliveries[index];
        let place = place(&submission, index).unwrap();
        let text = &self.item.renderings[place].parts[delivery.part];
        let (posts, _) = self.lab.peers[place].made_since(self.began);
        let found = posts.into_iter().find(|post| post.is_up && post.text == *text);
        // As it is copied from the page, or as a program shows it.
        let by_page = self.chance(50);
        let found = found.map(|post| if by_page { post.page } else { post.id });
        self.journal.push(format!("a human says of {} {}: {found:?}", delivery.platform, delivery.part));
        let people = &self.lab.people;
        app::queue::attest(people, self.item.id, self.lab.coordinator(), found).await.unwrap();
        self.asked_at = None;
    }

    /// Time passes: mostly until something is due.
    fn wait(&mut self, submission: &Submission) {
        let told = self.lab.clocks.told();
        let minute = SignedDuration::from_mins(1);
        let due = submission.due().map_or(minute, |due| due.at.duration_since(told));
        let mut passes =
            due.clamp(minute, LONGEST_WAIT) + SignedDuration::from_secs(self.dice.random_range(0..60));
        match submission.state {
            State::Approved { .. } => {
                let hour = london(told + passes).hour();
                if !(8..20).contains(&hour) {
                    passes += SignedDuration::from_hours(i64::from((24 + 9 - hour) % 24));
                }
                passes += SignedDuration::from_mins(95);
            }
            State::NeedsAttention { .. } => passes = minute * self.dice.random_range(2..40),
            _ => match self.dice.random_range(0..10) {
                0 | 1 => passes = minute,
                2 => passes += SignedDuration::from_mins(self.dice.random_range(1..480)),
                _ => {}
            },
        }
        self.lab.clocks.pass(passes);
    }

    async fn end(&mut self, tally: &mut Tally) -> Result<(), String> {
        self.lab.clocks.pass(SignedDuration::from_hours(2));
        let submission = self.load().await;
        if matches!(submission.state, State::NeedsAttention { .. })
            && !self.lab.has_told(self.item.id, "needs_attention").await
        {
            return Err("a human is asked, and is not told".to_owned());
        }
        let mut endings: Vec<(usize, BTreeSet<&'static str>, Ending)> = Vec::new();
        let is_calm = self.faults.is_empty() && self.lab.peers.iter().all(|peer| peer.faults().is_empty());
        let waits_for_gone = self.waits_for_gone(&submission);
        for (number, peer) in self.lab.peers.iter().enumerate() {
            let (posts, is_littered) = peer.made_since(self.began);
            let there = There {
                rendering: &self.item.renderings[number],
                posts: &posts,
                is_littered,
                was_asked: self.asked.contains(&number),
                waits: waits_for_gone.then_some(self.gone == Some(number)),
            };
            let faults = peer.faults().union(&self.faults).copied().collect();
            let ending = judge(&submission, &there)?;
            if is_calm && ending != Ending::Once {
                return Err(format!("nothing went wrong, and it is {ending:?}"));
            }
            endings.push((number, faults, ending));
        }
        // What still waits would be posted in a later run.
        self.lab.put_out_of_lane(self.item.id).await;
        for (number, faults, ending) in endings {
            tally.add(number, &faults, ending);
        }
        tally.runs += 1;
        tally.polls += self.polls;
        tally.deaths += self.deaths;
        tally.calls += self.calls;
        Ok(())
    }
}

/// Which delivery a human is asked about: what [`Submission::attest`] takes an answer for.
fn asked(submission: &Submission) -> Option<usize> {
    let rank = |status| match status {
        DeliveryStatus::Ambiguous | DeliveryStatus::Skipped => Some(0),
        DeliveryStatus::Sending | DeliveryStatus::Absent | DeliveryStatus::Deleted => Some(1),
        DeliveryStatus::Pending => Some(2),
        DeliveryStatus::Sent => None,
    };
    let ranked = submission.deliveries.iter().enumerate();
    let ranked = ranked.filter_map(|(index, delivery)| rank(delivery.status).map(|rank| (rank, index)));
    ranked.min().map(|(_, index)| index)
}

/// Of which platform a delivery is.
fn place(submission: &Submission, index: usize) -> Option<usize> {
    let name = submission.deliveries[index].platform.as_str();
    PLATFORMS.iter().position(|platform| *platform == name)
}
