//! Time as a parameter: the wall clock, a fast one for the demo, one set by hand for tests and replays.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where the engine's time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's.
    Wall,
    /// Starts at a moment, hurries to another, and then runs at a multiple of the machine's.
    Fast {
        /// Epoch milliseconds at the start.
        start: i64,
        /// The machine's time at the start.
        since: Instant,
        /// Epoch milliseconds up to which it hurries.
        until: i64,
        /// Milliseconds of the machine's that this takes.
        within: i64,
        /// How much faster it runs from there.
        speed: f64,
    },
    /// Stands still until it is set.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that starts at a moment, reaches `until` within so many milliseconds, and runs faster from there.
    pub fn fast(start: i64, until: i64, within: i64, speed: f64) -> Clock {
        Clock::Fast { start, since: Instant::now(), until, within: within.max(1), speed }
    }

    /// A clock set by hand.
    pub fn manual(start: i64) -> Clock {
        Clock::Manual(Arc::new(AtomicI64::new(start)))
    }

    /// Now, epoch milliseconds.
    pub fn now(&self) -> i64 {
        match self {
            Clock::Wall => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Clock::Fast { start, since, until, within, speed } => {
                let passed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
                if passed < *within {
                    return start + (until - start) / within * passed;
                }
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a demo fit into 64 bits")]
                let beyond = ((passed - within) as f64 * speed) as i64;
                until + beyond
            }
            Clock::Manual(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Sets a manual clock; it never goes back, and other clocks are not set.
    pub fn set(&self, to: i64) {
        if let Clock::Manual(at) = self {
            at.fetch_max(to, Ordering::SeqCst);
        }
    }
}
