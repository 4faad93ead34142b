//! Queues in this process, with the manners of SQS: at least once, in batches, with partial failures, back-off and
//! dead letters. The consumers are the functions' own handlers and receive real SQS events.
//!
//! Invariant: a message is removed only when its consumer processed it or when it became a dead letter. The queue is
//! in memory: what a crash loses is a hint, and the sweep finds its submission all the same.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use app::ports::{Clock, Hint, INTAKE_QUEUE, IntakeHint, Queue, QueueError, QueueName};
use async_trait::async_trait;
use aws::batch::Failures;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use futures::future::BoxFuture;
use lambda_runtime::{Context, Error, LambdaEvent};
use tokio::{
    sync::{Notify, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep_until, timeout},
};

use super::dead_letters::{DeadLetter, DeadLetters};

/// The most messages in one event: the most that SQS gives at once.
const BATCH: usize = 10;
/// How many batches of one queue are processed at once.
const CONCURRENCY: usize = 2;
/// How long a message that is being processed is hidden from the other consumer, in real time.
const VISIBILITY: Duration = Duration::from_secs(5);
/// How long one invocation may take before it is ended, as Lambda would: a consumer that hangs must not hold a queue.
const FUNCTION_TIME_OUT: Duration = Duration::from_secs(30);
/// A message that failed is visible again after this times two to the number of earlier failures, in real time.
const BACK_OFF: Duration = Duration::from_millis(200);
/// A message received this often without success becomes a dead letter: `maxReceiveCount` of the deployed queues.
const MOST_RECEIVES: u32 = 5;
/// The most messages waiting in one queue. A hint takes some 200 bytes, so this is 20 MB.
const MOST_WAITING: usize = 100_000;
/// The longest reason kept with a dead letter, in characters.
const LONGEST_REASON: usize = 300;

/// A function's handler.
pub(crate) type Consumer =
    Arc<dyn Fn(LambdaEvent<SqsEvent>) -> BoxFuture<'static, Result<SqsBatchResponse, Error>> + Send + Sync>;

/// Why messages failed, told by the consumers: an SQS batch response names the failed messages but has no place for
/// reasons, which in the cloud are found in the function's log.
#[derive(Clone, Default)]
pub(crate) struct Reasons(Arc<Mutex<HashMap<String, String>>>);

impl Reasons {
    fn take(&self, message_id: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(message_id)
    }
}

impl Failures for Reasons {
    fn failed(&self, message_id: &str, reason: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(message_id.to_owned(), shortened(reason));
    }
}

struct Message {
    body: String,
    visible_at: Instant,
    receives: u32,
    /// Which receive the message is out with; a failure reported for an earlier one is stale.
    receipt: u64,
    last_failure: Option<String>,
}

/// What a worker is to do next.
enum Next {
    Process(Vec<Received>),
    WaitUntil(Option<Instant>),
}

struct Received {
    number: u64,
    receipt: u64,
    body: String,
    receives: u32,
}

/// How the message of one event ended.
enum Outcome {
    Processed,
    Failed(String),
}

/// One queue.
pub(crate) struct LocalQueue {
    name: &'static str,
    messages: Mutex<BTreeMap<u64, Message>>,
    numbers: AtomicU64,
    arrived: Notify,
    dead_letters: Arc<DeadLetters>,
    reasons: Reasons,
    clock: Arc<dyn Clock>,
}

impl LocalQueue {
    /// An empty queue. What it gives up goes to `dead_letters`, with what the consumer told `reasons`.
    pub(crate) fn new(
        name: &'static str,
        dead_letters: Arc<DeadLetters>,
        reasons: Reasons,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        Arc::new(Self {
            name,
            messages: Mutex::default(),
            numbers: AtomicU64::new(1),
            arrived: Notify::new(),
            dead_letters,
            reasons,
            clock,
        })
    }

    fn messages(&self) -> MutexGuard<'_, BTreeMap<u64, Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many messages wait or are being processed.
    #[cfg(test)]
    pub(crate) fn depth(&self) -> usize {
        self.messages().len()
    }

    /// Sends a message with any body.
    ///
    /// # Errors
    /// [`QueueError`] when the queue is full.
    pub(crate) fn send_raw(&self, body: String) -> Result<(), QueueError> {
        let mut messages = self.messages();
        if messages.len() >= MOST_WAITING {
            return Err(QueueError { queue: self.name, reason: "full".to_owned() });
        }
        let message =
            Message { body, visible_at: Instant::now(), receives: 0, receipt: 0, last_failure: None };
        messages.insert(self.next_number(), message);
        drop(messages);
        self.arrived.notify_one();
        Ok(())
    }

    fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts the consumers. They end when `shutdown` turns true (or its sender is gone), after the events in hand.
    pub(crate) fn start(
        self: &Arc<Self>,
        consumer: Consumer,
        shutdown: watch::Receiver<bool>,
    ) -> JoinHandle<()> {
        let queue = Arc::clone(self);
        tokio::spawn(async move {
            let mut workers = JoinSet::new();
            for _ in 0..CONCURRENCY {
                workers.spawn(Arc::clone(&queue).work(Arc::clone(&consumer), shutdown.clone()));
            }
            workers.join_all().await;
        })
    }

    async fn work(self: Arc<Self>, consumer: Consumer, mut shutdown: watch::Receiver<bool>) {
        while !*shutdown.borrow() {
            match self.next() {
                Next::Process(batch) => self.process(batch, &consumer).await,
                Next::WaitUntil(when) => tokio::select! {
                    () = self.arrived.notified() => {}
                    () = until(when) => {}
                    changed = shutdown.changed() => if changed.is_err() { break },
                },
            }
        }
    }

    /// Receives up to a batch, or says when the next message becomes visible.
    fn next(&self) -> Next {
        let now = Instant::now();
        let mut messages = self.messages();
        let (mut batch, mut worn_out) = (Vec::new(), Vec::new());
        let mut earliest: Option<Instant> = None;
        for (number, message) in messages.iter_mut() {
            if message.visible_at > now {
                earliest = Some(earliest.map_or(message.visible_at, |other| other.min(message.visible_at)));
            } else if message.receives >= MOST_RECEIVES {
                worn_out.push(*number);
            } else if batch.len() == BATCH {
                // The other consumer takes the rest.
                self.arrived.notify_one();
                break;
            } else {
                message.receives += 1;
                message.receipt = self.next_number();
                message.visible_at = now + VISIBILITY;
                batch.push(Received {
                    number: *number,
                    receipt: message.receipt,
                    body: message.body.clone(),
                    receives: message.receives,
                });
            }
        }
        for number in worn_out {
            self.give_up(&mut messages, number, now);
        }
        if batch.is_empty() { Next::WaitUntil(earliest) } else { Next::Process(batch) }
    }

    async fn process(&self, batch: Vec<Received>, consumer: &Consumer) {
        let outcomes = self.invoke(&batch, consumer).await;
        let now = Instant::now();
        let mut messages = self.messages();
        for (received, outcome) in batch.iter().zip(outcomes) {
            match outcome {
                Outcome::Processed => {
                    messages.remove(&received.number);
                }
                Outcome::Failed(reason) => {
                    let Some(message) = messages.get_mut(&received.number) else { continue };
                    tracing::warn!(queue = self.name, receives = received.receives, reason, "message failed");
                    message.last_failure = Some(reason);
                    if message.receipt != received.receipt {
                        // The other consumer has it by now, and decides.
                        continue;
                    }
                    message.visible_at = now + BACK_OFF * 2u32.saturating_pow(received.receives - 1);
                    if message.receives >= MOST_RECEIVES {
                        self.give_up(&mut messages, received.number, now);
                    }
                }
            }
        }
    }

    /// Invokes the consumer as Lambda would, and gives one outcome for each message of the batch, in order.
    async fn invoke(&self, batch: &[Received], consumer: &Consumer) -> Vec<Outcome> {
        let real = self.clock.real_time();
        let ids: Vec<String> = batch.iter().map(|received| self.message_id(received.number)).collect();
        let mut event = SqsEvent::default();
        event.records =
            batch.iter().zip(&ids).map(|(received, id)| self.record(received, id, real)).collect();
        let mut context = Context::default();
        context.request_id = format!("local-{}-{}", self.name, self.next_number());
        let deadline = real.as_millisecond() + i64::try_from(FUNCTION_TIME_OUT.as_millis()).unwrap_or(0);
        context.deadline = u64::try_from(deadline).unwrap_or(0);

        // A task of its own: a panic in a handler is a failed invocation, not the end of the consumer.
        let mut invocation = tokio::spawn(consumer(LambdaEvent::new(event, context)));
        let failed = match timeout(FUNCTION_TIME_OUT, &mut invocation).await {
            Ok(Ok(Ok(response))) => return self.outcomes(&ids, &response),
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(_)) => "the function panicked".to_owned(),
            Err(_) => {
                invocation.abort();
                "the function took too long".to_owned()
            }
        };
        ids.iter()
            .map(|id| Outcome::Failed(self.reasons.take(id).unwrap_or_else(|| shortened(&failed))))
            .collect()
    }

    fn outcomes(&self, ids: &[String], response: &SqsBatchResponse) -> Vec<Outcome> {
        let failures: Vec<&str> =
            response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
        // As AWS documents for partial batch responses: an identifier that is empty or unknown fails the whole batch.
        let nonsense = failures.iter().any(|failure| !ids.iter().any(|id| id == failure));
        ids.iter()
            .map(|id| {
                let told = self.reasons.take(id);
                if nonsense {
                    Outcome::Failed("the response names a message that was not in the batch".to_owned())
                } else if failures.contains(&id.as_str()) {
                    Outcome::Failed(told.unwrap_or_else(|| "reported as failed, without a reason".to_owned()))
                } else {
                    Outcome::Processed
                }
            })
            .collect()
    }

    fn message_id(&self, number: u64) -> String {
        format!("local-{}-{number:012}", self.name)
    }

    fn record(&self, received: &Received, id: &str, real: jiff::Timestamp) -> SqsMessage {
        let mut record = SqsMessage::default();
        record.message_id = Some(id.to_owned());
        record.receipt_handle = Some(received.receipt.to_string());
        record.body = Some(received.body.clone());
        record.attributes = HashMap::from([
            ("ApproximateReceiveCount".to_owned(), received.receives.to_string()),
            ("ApproximateFirstReceiveTimestamp".to_owned(), real.as_millisecond().to_string()),
        ]);
        record.event_source = Some("aws:sqs".to_owned());
        // AWS's own example account: it belongs to nobody.
        record.event_source_arn = Some(format!("arn:aws:sqs:local:123456789012:{}", self.name));
        record.aws_region = Some("local".to_owned());
        record
    }

    fn give_up(&self, messages: &mut BTreeMap<u64, Message>, number: u64, now: Instant) {
        let Some(message) = messages.get_mut(&number) else { return };
        let letter = DeadLetter {
            queue: self.name.to_owned(),
            body: message.body.clone(),
            reason: message.last_failure.clone().unwrap_or_else(|| "never finished in time".to_owned()),
            at: self.clock.real_time(),
        };
        match self.dead_letters.bury(letter) {
            Ok(()) => {
                messages.remove(&number);
            }
            Err(error) => {
                // Never silently: it stays in the queue until it can be buried.
                message.visible_at = now + VISIBILITY;
                tracing::error!(queue = self.name, %error, "a dead letter cannot be kept");
            }
        }
    }
}

async fn until(when: Option<Instant>) {
    match when {
        Some(when) => sleep_until(when).await,
        None => std::future::pending().await,
    }
}

fn shortened(reason: &str) -> String {
    reason.chars().take(LONGEST_REASON).collect()
}

/// The queues between functions, as the use cases send to them; and the one that SES's events come by.
pub(crate) struct LocalQueues {
    screening: Arc<LocalQueue>,
    invitations: Arc<LocalQueue>,
    intake: Arc<LocalQueue>,
    bounces: Arc<LocalQueue>,
}

impl LocalQueues {
    /// Empty queues.
    pub(crate) fn new(dead_letters: &Arc<DeadLetters>, reasons: &Reasons, clock: &Arc<dyn Clock>) -> Self {
        let queue =
            |name| LocalQueue::new(name, Arc::clone(dead_letters), reasons.clone(), Arc::clone(clock));
        Self {
            screening: queue(QueueName::Screening.as_str()),
            invitations: queue(QueueName::Invitations.as_str()),
            intake: queue(INTAKE_QUEUE),
            bounces: queue("bounces"),
        }
    }

    /// The queue of hints that something may wait in intake.
    pub(crate) fn intake(&self) -> &Arc<LocalQueue> {
        &self.intake
    }

    /// The queue of what came back, to which no use case sends.
    pub(crate) fn bounces(&self) -> &Arc<LocalQueue> {
        &self.bounces
    }

    /// One of the queues.
    pub(crate) fn queue(&self, name: QueueName) -> &Arc<LocalQueue> {
        match name {
            QueueName::Screening => &self.screening,
            QueueName::Invitations => &self.invitations,
        }
    }
}

#[async_trait]
impl Queue for LocalQueues {
    async fn send(&self, queue: QueueName, hint: Hint) -> Result<(), QueueError> {
        let body = serde_json::to_string(&hint)
            .map_err(|_| QueueError { queue: queue.as_str(), reason: "not serialisable".to_owned() })?;
        self.queue(queue).send_raw(body)
    }

    async fn wake_intake(&self) -> Result<(), QueueError> {
        let body = serde_json::to_string(&IntakeHint {})
            .map_err(|_| QueueError { queue: INTAKE_QUEUE, reason: "not serialisable".to_owned() })?;
        self.intake.send_raw(body)
    }
}

#[cfg(test)]
mod tests;
