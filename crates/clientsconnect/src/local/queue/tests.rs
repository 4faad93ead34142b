//! The queue's manners. Time is paused: back-offs and time-outs pass at once, in their order.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::AtomicUsize;

use aws::batch::Failures;
use curation::ids::SubmissionId;
use tokio::sync::mpsc;

use super::*;
use crate::local::clock::tests::Hand;

struct Bench {
    queues: LocalQueues,
    dead_letters: Arc<DeadLetters>,
    reasons: Reasons,
    stop: watch::Sender<bool>,
    started: Instant,
    _data: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Hand::clock("2026-11-23T12:00:00Z");
        let dead_letters = Arc::new(DeadLetters::open(data.path()).unwrap());
        let reasons = Reasons::default();
        let queues = LocalQueues::new(&dead_letters, &reasons, &clock);
        let stop = watch::Sender::new(false);
        Self { queues, dead_letters, reasons, stop, started: Instant::now(), _data: data }
    }

    fn queue(&self) -> &Arc<LocalQueue> {
        self.queues.queue(QueueName::Screening)
    }

    /// Consumes with `handle`, and gives each event as `(milliseconds since the start, bodies)`.
    fn consume<F>(
        &self,
        handle: impl Fn(SqsEvent) -> F + Send + Sync + 'static,
    ) -> (JoinHandle<()>, mpsc::UnboundedReceiver<(u128, Vec<String>)>)
    where
        F: Future<Output = Result<SqsBatchResponse, Error>> + Send + 'static,
    {
        let (sender, seen) = mpsc::unbounded_channel();
        let started = self.started;
        let consumer: Consumer = Arc::new(move |event| {
            let bodies = event.payload.records.iter().map(|record| record.body.clone().unwrap()).collect();
            sender.send((started.elapsed().as_millis(), bodies)).unwrap();
            Box::pin(handle(event.payload))
        });
        (self.queue().start(consumer, self.stop.subscribe()), seen)
    }

    /// Waits until every message was processed or given up.
    async fn drained(&self) {
        while self.queue().depth() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn buried(&self) -> Vec<(String, String)> {
        self.dead_letters.read(|letters| {
            letters.iter().map(|letter| (letter.body.clone(), letter.reason.clone())).collect()
        })
    }
}

fn failing(ids: impl IntoIterator<Item = String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    ids.into_iter().for_each(|id| response.add_failure(id));
    response
}

#[tokio::test(start_paused = true)]
async fn a_hint_arrives_at_once_as_a_real_event() {
    let bench = Bench::new();
    let (events, mut seen) = mpsc::unbounded_channel();
    let consumer: Consumer = Arc::new(move |event| {
        events.send(event).unwrap();
        Box::pin(async { Ok(SqsBatchResponse::default()) })
    });
    bench.queue().start(consumer, bench.stop.subscribe());
    let hint = Hint { submission: SubmissionId::new(1, [7; 10]) };
    bench.queues.send(QueueName::Screening, hint).await.unwrap();
    let LambdaEvent { payload, context, .. } = seen.recv().await.unwrap();
    assert_eq!(bench.started.elapsed(), Duration::ZERO);
    let record = &payload.records[0];
    assert_eq!(serde_json::from_str::<Hint>(record.body.as_deref().unwrap()).unwrap(), hint);
    assert_eq!(record.attributes["ApproximateReceiveCount"], "1");
    assert!(record.event_source_arn.as_deref().unwrap().ends_with(":screening"));
    let real: jiff::Timestamp = "2026-11-23T12:00:30Z".parse().unwrap();
    assert_eq!(context.deadline, u64::try_from(real.as_millisecond()).unwrap());
    // It is the JSON that Lambda would send.
    let json = serde_json::to_value(&payload).unwrap();
    assert_eq!(serde_json::from_value::<SqsEvent>(json).unwrap(), payload);
}

#[tokio::test(start_paused = true)]
async fn messages_come_in_batches_of_ten_to_two_consumers_at_once() {
    let bench = Bench::new();
    for number in 0..25 {
        bench.queue().send_raw(number.to_string()).unwrap();
    }
    let busy = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (handle_busy, handle_most) = (Arc::clone(&busy), Arc::clone(&most));
    let (_, mut seen) = bench.consume(move |_| {
        let (busy, most) = (Arc::clone(&handle_busy), Arc::clone(&handle_most));
        async move {
            most.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(100)).await;
            busy.fetch_sub(1, Ordering::SeqCst);
            Ok(SqsBatchResponse::default())
        }
    });
    bench.drained().await;
    let mut sizes = Vec::new();
    while let Ok((_, bodies)) = seen.try_recv() {
        sizes.push(bodies.len());
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert_eq!(most.load(Ordering::SeqCst), CONCURRENCY);
    assert!(bench.buried().is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_the_poisonous_message_is_retried_and_buried_with_its_reason() {
    let bench = Bench::new();
    for body in ["good", "poison", "good too"] {
        bench.queue().send_raw(body.to_owned()).unwrap();
    }
    let reasons = bench.reasons.clone();
    let (_, mut seen) = bench.consume(move |event| {
        let poison = event.records.iter().filter(|record| record.body.as_deref() == Some("poison"));
        let ids: Vec<String> = poison.map(|record| record.message_id.clone().unwrap()).collect();
        ids.iter().for_each(|id| reasons.failed(id, "the body is no hint"));
        async { Ok(failing(ids)) }
    });
    bench.drained().await;
    assert_eq!(seen.recv().await.unwrap(), (0, vec!["good".into(), "poison".into(), "good too".into()]));
    let mut retries = Vec::new();
    while let Ok((at, bodies)) = seen.try_recv() {
        assert_eq!(bodies, ["poison"]);
        retries.push(at);
    }
    assert_eq!(retries.len(), 4);
    for (at, expected) in retries.into_iter().zip([200, 600, 1_400, 3_000]) {
        assert!((expected..expected + 10).contains(&at), "{at} is not {expected}");
    }
    assert_eq!(bench.buried(), [("poison".into(), "the body is no hint".into())]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_an_error_and_a_hang_fail_the_whole_batch() {
    for (what, expected) in
        [("panic", "the function panicked"), ("error", "no table"), ("hang", "the function took too long")]
    {
        let bench = Bench::new();
        bench.queue().send_raw("one".to_owned()).unwrap();
        bench.queue().send_raw("two".to_owned()).unwrap();
        let (_, _seen) = bench.consume(move |_| async move {
            match what {
                "panic" => panic!("expected by this test"),
                "error" => Err("no table".into()),
                _ => std::future::pending().await,
            }
        });
        bench.drained().await;
        assert_eq!(
            bench.buried(),
            [("one".into(), expected.to_owned()), ("two".into(), expected.to_owned())],
            "{what}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_recovers_is_not_buried() {
    let bench = Bench::new();
    bench.queue().send_raw("slow to work".to_owned()).unwrap();
    let (_, mut seen) = bench.consume(|event| async move {
        let record = &event.records[0];
        let count: u32 = record.attributes["ApproximateReceiveCount"].parse().unwrap();
        Ok(failing((count < MOST_RECEIVES).then(|| record.message_id.clone().unwrap())))
    });
    bench.drained().await;
    let mut receives = 0;
    while seen.try_recv().is_ok() {
        receives += 1;
    }
    assert_eq!(receives, MOST_RECEIVES);
    assert!(bench.buried().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_slow_consumer_lets_the_message_be_seen_again_and_its_success_counts() {
    let bench = Bench::new();
    bench.queue().send_raw("slow".to_owned()).unwrap();
    let (_, mut seen) = bench.consume(|_| async {
        tokio::time::sleep(VISIBILITY + Duration::from_secs(1)).await;
        Ok(SqsBatchResponse::default())
    });
    bench.drained().await;
    let first = seen.recv().await.unwrap().0;
    let second = seen.recv().await.unwrap().0;
    assert!(second >= first + VISIBILITY.as_millis());
    assert!(bench.started.elapsed() < 2 * VISIBILITY, "the first success removed it");
    assert!(bench.buried().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_response_that_names_a_stranger_fails_the_whole_batch() {
    let bench = Bench::new();
    bench.queue().send_raw("one".to_owned()).unwrap();
    let (_, _seen) = bench.consume(|_| async { Ok(failing([String::new()])) });
    bench.drained().await;
    assert_eq!(
        bench.buried(),
        [("one".into(), "the response names a message that was not in the batch".into())]
    );
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_finishes_the_event_in_hand_and_takes_no_other() {
    let bench = Bench::new();
    bench.queue().send_raw("in hand".to_owned()).unwrap();
    let (worker, mut seen) = bench.consume(|_| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(SqsBatchResponse::default())
    });
    seen.recv().await.unwrap();
    bench.stop.send(true).unwrap();
    tokio::task::yield_now().await;
    bench.queue().send_raw("left".to_owned()).unwrap();
    worker.await.unwrap();
    assert_eq!(bench.queue().depth(), 1);
    assert!(seen.try_recv().is_err());
}

#[tokio::test]
async fn a_full_queue_says_so() {
    let bench = Bench::new();
    for _ in 0..MOST_WAITING {
        bench.queue().send_raw(String::new()).unwrap();
    }
    let refused = bench.queue().send_raw(String::new()).unwrap_err();
    assert_eq!(refused.to_string(), "the queue screening did not take the hint: full");
}
