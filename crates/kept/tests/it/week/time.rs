//! A clock that is set by hand, and spans of it.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use kept_base::Moment;
use kept_engine::Clock;

/// Minutes and more, in milliseconds.
pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// The week's clock: Kept's, the partners' and the customers'.
#[derive(Clone)]
pub struct Time {
    pub clock: Clock,
    /// Midnight of the first day, in Paris.
    pub start: i64,
}

impl Time {
    /// Midnight of Monday, 2 November 2026.
    pub fn new() -> Time {
        let start: Zoned = "2026-11-02T00:00:00+01:00[Europe/Paris]".parse().expect("a moment");
        let start = start.timestamp().as_millisecond();
        Time { clock: Clock::manual(start), start }
    }

    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// So many hours and minutes into a day, from 0.
    pub fn at(&self, day: i64, hour: i64, minute: i64) -> i64 {
        self.start + day * DAY + hour * HOUR + minute * MINUTE
    }

    /// The wall clock in Paris.
    pub fn moment(&self) -> Moment {
        moment(self.now())
    }
}

pub fn moment(at: i64) -> Moment {
    let zone = TimeZone::get("Europe/Paris").expect("Paris");
    Moment::in_zone(Timestamp::from_millisecond(at).expect("a moment"), &zone)
}

/// From a moment up to another.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub from: i64,
    pub until: i64,
}

impl Span {
    pub fn holds(&self, at: i64) -> bool {
        (self.from..self.until).contains(&at)
    }
}

/// By when something that could be known from a moment on must be known: an interval later, or an interval after the end of any trouble
/// that falls between.
pub fn known_by(from: i64, interval: i64, troubles: &[Span]) -> i64 {
    let mut by = from + interval;
    let mut troubles = troubles.to_vec();
    troubles.sort_by_key(|span| span.from);
    for trouble in troubles {
        if trouble.from < by && trouble.until > from {
            by = by.max(trouble.until + interval);
        }
    }
    by
}
