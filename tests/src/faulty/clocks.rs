//! Two clocks: that of the platforms, which is always right, and that of the publisher's process, which jumps.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use app::ports::Clock;
use curation::time::Now;
use jiff::{SignedDuration, Timestamp};
use platforms::x::Freshness;

/// Both, in milliseconds.
#[derive(Debug)]
pub(super) struct Clocks {
    right: AtomicI64,
    /// How far the process is ahead.
    ahead: AtomicI64,
    nonces: AtomicU64,
}

impl Clocks {
    pub(super) fn at(start: Timestamp) -> Self {
        Self {
            right: AtomicI64::new(start.as_millisecond()),
            ahead: AtomicI64::default(),
            nonces: AtomicU64::default(),
        }
    }

    /// The platforms' time.
    pub(super) fn right(&self) -> Timestamp {
        Timestamp::from_millisecond(self.right.load(Ordering::SeqCst)).unwrap()
    }

    /// The process's time.
    pub(super) fn told(&self) -> Timestamp {
        let milliseconds = self.right.load(Ordering::SeqCst) + self.ahead.load(Ordering::SeqCst);
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    /// Time passes for everybody.
    pub(super) fn pass(&self, duration: SignedDuration) {
        self.right.fetch_add(i64::try_from(duration.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// The process's clock jumps.
    pub(super) fn jump(&self, by: SignedDuration) {
        self.ahead.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// The process's clock is right again.
    pub(super) fn set_right(&self) {
        self.ahead.store(0, Ordering::SeqCst);
    }
}

impl Clock for Clocks {
    fn now(&self) -> Now {
        Now::real(self.told())
    }
}

impl Freshness for Clocks {
    fn now(&self) -> Timestamp {
        self.told()
    }

    fn nonce(&self) -> [u8; 16] {
        u128::from(self.nonces.fetch_add(1, Ordering::SeqCst)).to_be_bytes()
    }
}
