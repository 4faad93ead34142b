//! The schedules: what EventBridge Scheduler does in the cloud, on the domain's clock.
//!
//! Invariant: a schedule never overlaps itself, and a run that fails, hangs or panics does not stop the next one.

use std::{sync::Arc, time::Duration};

use app::ports::Clock;
use curation::time::Now;
use futures::future::BoxFuture;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};

/// How long one run may take in real time before it is ended, as Lambda would: a schedule must not hang for ever.
const FUNCTION_TIME_OUT: Duration = Duration::from_secs(60);

/// A scheduled function's handler.
pub(crate) type Scheduled =
    Arc<dyn Fn(LambdaEvent<Value>) -> BoxFuture<'static, Result<(), Error>> + Send + Sync>;

/// When a function runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// The function's name.
    pub(crate) function: &'static str,
    /// The domain time between two runs.
    pub(crate) period: Duration,
    /// The least real time between two runs, so that a fast domain clock does not turn into a busy loop.
    pub(crate) at_least: Duration,
}

/// Every domain minute, as `template.yaml` has it.
pub(crate) const PUBLISH_SCHEDULED: Schedule = Schedule {
    function: "publish-scheduled",
    period: Duration::from_secs(60),
    at_least: Duration::from_millis(100),
};

/// Every five domain minutes, as `template.yaml` has it.
pub(crate) const KEEP_DEADLINES: Schedule = Schedule {
    function: "keep-deadlines",
    period: Duration::from_secs(300),
    at_least: Duration::from_millis(250),
};

/// Every five domain minutes, as `template.yaml` has it; and seldom enough for the platforms, however fast the domain's
/// clock runs.
pub(crate) const COLLECT_MENTIONS: Schedule = Schedule {
    function: "collect-mentions",
    period: Duration::from_secs(300),
    at_least: Duration::from_secs(30),
};

/// Every five domain minutes, as `template.yaml` has it.
pub(crate) const ADMIT_PROPOSALS: Schedule = Schedule {
    function: "admit-proposals",
    period: Duration::from_secs(300),
    at_least: Duration::from_millis(250),
};

impl Schedule {
    /// The real time between two runs at a domain speed.
    fn every(&self, speed: u32) -> Duration {
        (self.period / speed.max(1)).max(self.at_least)
    }

    /// Runs `handler` at once and then on schedule until `shutdown` turns true (or its sender is gone), after the run
    /// in hand. Events carry domain time; deadlines of invocations are real.
    pub(crate) fn start(
        self,
        clock: Arc<dyn Clock>,
        handler: Scheduled,
        mut shutdown: watch::Receiver<bool>,
    ) -> JoinHandle<()> {
        tokio::spawn(async move {
            let mut ticks = interval(self.every(clock.now().speed));
            // A late run moves the ones after it: missed runs have nothing to catch up, since each does all that is due.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut run: u64 = 0;
            while !*shutdown.borrow() {
                tokio::select! {
                    _ = ticks.tick() => {
                        run += 1;
                        self.invoke(run, &*clock, &handler).await;
                    }
                    changed = shutdown.changed() => if changed.is_err() { break },
                }
            }
        })
    }

    async fn invoke(&self, run: u64, clock: &dyn Clock, handler: &Scheduled) {
        let mut context = Context::default();
        context.request_id = format!("local-{}-{run}", self.function);
        let deadline =
            clock.real_time().as_millisecond() + i64::try_from(FUNCTION_TIME_OUT.as_millis()).unwrap_or(0);
        context.deadline = u64::try_from(deadline).unwrap_or(0);
        let event = LambdaEvent::new(self.event(&context.request_id, clock.now()), context);
        // A task of its own: a panic in a handler is a failed run, not the end of the schedule.
        let mut invocation = tokio::spawn(handler(event));
        let failed = match timeout(FUNCTION_TIME_OUT, &mut invocation).await {
            Ok(Ok(Ok(()))) => return,
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(_)) => "the function panicked".to_owned(),
            Err(_) => {
                invocation.abort();
                "the function took too long".to_owned()
            }
        };
        tracing::error!(function = self.function, run, reason = failed, "a scheduled run failed");
    }

    /// The event that EventBridge Scheduler sends when a schedule has no input of its own.
    fn event(&self, id: &str, now: Now) -> Value {
        json!({
            "version": "0",
            "id": id,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            // AWS's own example account: it belongs to nobody.
            "account": "123456789012",
            "time": now.at.to_string(),
            "region": "local",
            "resources": [format!("arn:aws:scheduler:local:123456789012:schedule/default/{}", self.function)],
            "detail": "{}",
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    };

    use jiff::Timestamp;
    use tokio::time::{Instant, sleep};

    use super::*;

    struct Fixed(Now);

    impl Clock for Fixed {
        fn now(&self) -> Now {
            self.0
        }

        fn real_time(&self) -> Timestamp {
            "2026-11-23T12:00:00Z".parse().unwrap()
        }
    }

    fn clock(speed: u32) -> Arc<dyn Clock> {
        Arc::new(Fixed(Now { at: "2026-11-23T09:00:00Z".parse().unwrap(), speed }))
    }

    /// Runs a schedule for `length` and gives when its runs began, in milliseconds.
    async fn runs<F>(
        speed: u32,
        length: Duration,
        handle: impl Fn() -> F + Send + Sync + 'static,
    ) -> Vec<u128>
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (record, started) = (Arc::clone(&seen), Instant::now());
        let handler: Scheduled = Arc::new(move |_| {
            record.lock().unwrap().push(started.elapsed().as_millis());
            Box::pin(handle())
        });
        let stop = watch::Sender::new(false);
        let task = PUBLISH_SCHEDULED.start(clock(speed), handler, stop.subscribe());
        sleep(length).await;
        stop.send(true).unwrap();
        task.await.unwrap();
        seen.lock().unwrap().clone()
    }

    #[test]
    fn a_fast_domain_clock_is_no_busy_loop() {
        for (speed, publish, deadlines) in [(1, 60_000, 300_000), (60, 1_000, 5_000), (3600, 100, 250)] {
            assert_eq!(PUBLISH_SCHEDULED.every(speed), Duration::from_millis(publish));
            assert_eq!(KEEP_DEADLINES.every(speed), Duration::from_millis(deadlines));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn it_runs_at_once_and_then_every_domain_minute() {
        let runs = runs(60, Duration::from_millis(3_500), || async { Ok(()) }).await;
        assert_eq!(runs, [0, 1_000, 2_000, 3_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_run_is_never_overlapped_and_misses_are_not_caught_up() {
        let running = Arc::new(AtomicBool::new(false));
        let runs = runs(60, Duration::from_millis(6_900), move || {
            let running = Arc::clone(&running);
            async move {
                assert!(!running.swap(true, Ordering::SeqCst), "overlap");
                sleep(Duration::from_millis(2_500)).await;
                running.store(false, Ordering::SeqCst);
                Ok(())
            }
        })
        .await;
        assert_eq!(runs.len(), 3, "{runs:?}");
        assert!(runs.is_sorted_by(|a, b| b - a >= 2_500), "{runs:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_panic_an_error_and_a_hang_do_not_stop_the_next_run() {
        let count = Arc::new(Mutex::new(0));
        let runs = runs(60, Duration::from_secs(64), move || {
            *count.lock().unwrap() += 1;
            let run = *count.lock().unwrap();
            async move {
                match run {
                    1 => panic!("expected by this test"),
                    2 => Err("no table".into()),
                    3 => std::future::pending().await,
                    _ => Ok(()),
                }
            }
        })
        .await;
        assert_eq!(runs[..3], [0, 1_000, 2_000]);
        assert!((62_000..62_100).contains(&runs[3]), "{runs:?}");
        assert!(runs.len() >= 4);
    }

    #[tokio::test(start_paused = true)]
    async fn the_event_is_the_schedulers_and_the_deadline_is_real() {
        let (sender, mut events) = tokio::sync::mpsc::unbounded_channel();
        let handler: Scheduled = Arc::new(move |event| {
            sender.send(event).unwrap();
            Box::pin(async { Ok(()) })
        });
        let stop = watch::Sender::new(false);
        KEEP_DEADLINES.start(clock(1), handler, stop.subscribe());
        let event = events.recv().await.unwrap();
        assert_eq!(event.payload["source"], "aws.scheduler");
        assert_eq!(event.payload["time"], "2026-11-23T09:00:00Z");
        let deadline: Timestamp = "2026-11-23T12:01:00Z".parse().unwrap();
        assert_eq!(event.context.deadline, u64::try_from(deadline.as_millisecond()).unwrap());
    }
}
