//! Opening hours: when a team, a shop or a carrier is there.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::holidays::{HolidayRegion, is_holiday};
use crate::moment::{first_instant_reaching, zone_named};

/// A stretch of one day, in minutes since midnight on the wall clock; `to` is not included.
///
/// `to` may be 1440, which is 24:00. A slot whose `to` is not after its `from` is empty; what lies
/// beyond 24:00 is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// First minute, 0 to 1439.
    pub from: u16,
    /// The minute at which it ends, up to 1440.
    pub to: u16,
}

impl Slot {
    /// A slot between two minutes since midnight.
    #[must_use]
    pub const fn new(from: u16, to: u16) -> Self {
        Self { from, to }
    }

    /// The whole day.
    pub const ALL_DAY: Slot = Slot { from: 0, to: MINUTES_A_DAY };
}

/// Opening hours by weekday in a zone, with holidays and single days that differ.
///
/// A single day in `open_extra` has exactly the slots given there; else a day in `closed` or a public
/// holiday has none; else the weekday decides. Where clocks change, a slot begins when the wall clock
/// first reaches its `from` and ends when it first reaches its `to`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpeningHours {
    /// IANA name of the zone.
    pub zone: String,
    /// Slots of each weekday, Monday first.
    pub week: [Vec<Slot>; 7],
    /// Whose public holidays are closed.
    #[serde(default)]
    pub holidays: HolidayRegion,
    /// Single days that are closed.
    #[serde(default)]
    pub closed: Vec<Date>,
    /// Single days with hours of their own.
    #[serde(default)]
    pub open_extra: Vec<(Date, Vec<Slot>)>,
}

/// Without an opening for this long, nothing is open: three years, so that a shop that opens on one
/// single weekday holiday is still found.
const LONGEST_CLOSURE_DAYS: u32 = 1_100;

/// Open time is added over at most a hundred years.
const LONGEST_SEARCH_DAYS: u32 = 36_600;

const MINUTES_A_DAY: u16 = 1440;

impl OpeningHours {
    /// Open at every hour of every day.
    #[must_use]
    pub fn always(zone: &str) -> Self {
        Self {
            zone: zone.to_owned(),
            week: std::array::from_fn(|_| vec![Slot::ALL_DAY]),
            holidays: HolidayRegion::None,
            closed: Vec::new(),
            open_extra: Vec::new(),
        }
    }

    /// Whether the zone is in the time zone database; without it, nothing is ever open.
    #[must_use]
    pub fn zone_exists(&self) -> bool {
        zone_named(&self.zone).is_ok()
    }

    /// Whether it is open at an instant.
    #[must_use]
    pub fn is_open_at(&self, at: Timestamp) -> bool {
        let Ok(zone) = zone_named(&self.zone) else {
            return false;
        };
        Days::from(at, &zone).is_some_and(|days| {
            // The day before, the day itself, and the next one, for a clock set back over midnight.
            days.take(3).any(|day| self.stretches(day, &zone).any(|(start, end)| start <= at && at < end))
        })
    }

    /// The first instant from `at` on at which it is open; `at` itself if it is open then.
    ///
    /// `None` if it does not open within three years, or the zone does not exist.
    #[must_use]
    pub fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        let zone = zone_named(&self.zone).ok()?;
        let mut days = Days::from(at, &zone)?;
        for _ in 0..LONGEST_CLOSURE_DAYS {
            let day = days.next()?;
            for (start, end) in self.stretches(day, &zone) {
                if end > at {
                    return Some(start.max(at));
                }
            }
        }
        None
    }

    /// The instant at which `seconds` of open time have passed since `from`.
    ///
    /// Zero gives `from` itself; a result at the end of a slot is that end, not the next opening.
    /// `None` if negative, if it stays closed for three years, or beyond a hundred years.
    #[must_use]
    pub fn add_open_time(&self, from: Timestamp, seconds: i64) -> Option<Timestamp> {
        if seconds <= 0 {
            return if seconds == 0 { Some(from) } else { None };
        }
        let zone = zone_named(&self.zone).ok()?;
        let mut days = Days::from(from, &zone)?;
        let mut left = SignedDuration::from_secs(seconds);
        let mut closed_days = 0;
        for _ in 0..LONGEST_SEARCH_DAYS {
            let day = days.next()?;
            closed_days += 1;
            for (start, end) in self.stretches(day, &zone) {
                let start = start.max(from);
                if end <= start {
                    continue;
                }
                closed_days = 0;
                let available = end.duration_since(start);
                if left <= available {
                    return start.checked_add(left).ok();
                }
                left -= available;
            }
            if closed_days > LONGEST_CLOSURE_DAYS {
                return None;
            }
        }
        None
    }

    /// Whole seconds of open time between two instants; zero if `to` is not after `from`.
    #[must_use]
    pub fn open_seconds_between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let Ok(zone) = zone_named(&self.zone) else {
            return 0;
        };
        let Some(days) = Days::from(from, &zone) else {
            return 0;
        };
        let mut open = SignedDuration::ZERO;
        for day in days {
            for (start, end) in self.stretches(day, &zone) {
                let (start, end) = (start.max(from), end.min(to));
                if end > start {
                    open = open.saturating_add(end.duration_since(start));
                }
            }
            if first_instant_reaching(day.to_datetime(Time::midnight()), &zone).is_none_or(|midnight| midnight >= to) {
                break;
            }
        }
        open.as_secs()
    }

    /// The open stretches of a civil day as instants, in order and apart.
    fn stretches<'h>(&'h self, day: Date, zone: &'h TimeZone) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'h {
        merged(self.slots_of(day)).into_iter().filter_map(move |slot| {
            let start = first_instant_reaching(wall_at(day, slot.from)?, zone)?;
            let end = first_instant_reaching(wall_at(day, slot.to)?, zone)?;
            (end > start).then_some((start, end))
        })
    }

    fn slots_of(&self, day: Date) -> &[Slot] {
        if let Some((_, slots)) = self.open_extra.iter().find(|(date, _)| *date == day) {
            return slots;
        }
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        match self.week.get(weekday) {
            Some(slots) if slots.is_empty() => &[],
            Some(_) if self.closed.contains(&day) || is_holiday(self.holidays, day) => &[],
            Some(slots) => slots,
            None => &[],
        }
    }
}

/// Civil days from the one before an instant's: a clock set back over midnight shows that day again
/// while the slots of the next have begun.
struct Days {
    next: Option<Date>,
}

impl Days {
    fn from(at: Timestamp, zone: &TimeZone) -> Option<Self> {
        let day = zone.to_datetime(at).date();
        Some(Self { next: Some(day.yesterday().unwrap_or(day)) })
    }
}

impl Iterator for Days {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        let day = self.next?;
        self.next = day.tomorrow().ok();
        Some(day)
    }
}

fn wall_at(day: Date, minute: u16) -> Option<DateTime> {
    if minute >= MINUTES_A_DAY {
        return Some(day.tomorrow().ok()?.to_datetime(Time::midnight()));
    }
    let hour = i8::try_from(minute / 60).ok()?;
    let minute = i8::try_from(minute % 60).ok()?;
    Some(day.to_datetime(Time::new(hour, minute, 0, 0).ok()?))
}

/// Sorted and without overlaps, so that no second is counted twice.
fn merged(slots: &[Slot]) -> Vec<Slot> {
    let mut sorted = slots.to_vec();
    sorted.sort_unstable();
    let mut apart: Vec<Slot> = Vec::with_capacity(sorted.len());
    for slot in sorted {
        match apart.last_mut() {
            Some(last) if slot.from <= last.to => last.to = last.to.max(slot.to),
            _ if slot.from < slot.to => apart.push(slot),
            _ => {}
        }
    }
    apart
}
