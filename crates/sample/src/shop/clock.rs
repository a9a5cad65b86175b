//! Days and hours in Paris, where the shop, its warehouse and its carriers work.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kept_base::moment::first_instant_reaching;
use kept_base::{Calendar, CalendarKind, HolidayRegion, Moment};

const ZONE: &str = "Europe/Paris";

/// The shop's wall clock and working days.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    zone: TimeZone,
    calendar: Calendar,
}

impl Clock {
    pub(crate) fn paris() -> Clock {
        // The zone database is compiled in; without it the demonstration would only look an hour or two off.
        let zone = kept_base::moment::zone_named(ZONE).unwrap_or(TimeZone::UTC);
        let kind = CalendarKind::WorkingDaysMonSat;
        Clock { zone, calendar: Calendar { zone: ZONE.to_owned(), kind, holidays: HolidayRegion::France } }
    }

    /// The day it is at a moment.
    pub(crate) fn day_of(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// Minutes since midnight at a moment.
    pub(crate) fn minute_of(&self, at: Timestamp) -> i64 {
        let wall = self.zone.to_datetime(at);
        i64::from(wall.hour()) * 60 + i64::from(wall.minute())
    }

    /// A day at so many minutes after midnight by the wall clock.
    pub(crate) fn at(&self, day: Date, minute: i64) -> Timestamp {
        let midnight = day.to_datetime(jiff::civil::Time::midnight());
        let wall = midnight.checked_add(SignedDuration::from_mins(minute)).unwrap_or(midnight);
        first_instant_reaching(wall, &self.zone).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The `n`th working day (Monday to Saturday, French holidays out) after a day.
    pub(crate) fn working_days_after(&self, day: Date, n: i64) -> Date {
        self.calendar.add_working_days(day, n).unwrap_or(day)
    }

    /// The day itself if people work, else the next on which they do.
    pub(crate) fn working_day_from(&self, day: Date) -> Date {
        if self.calendar.is_working_day(day) { day } else { self.working_days_after(day, 1) }
    }

    /// The wall clock in Paris, with its offset known.
    pub(crate) fn moment(&self, at: Timestamp) -> Moment {
        Moment::in_zone(at, &self.zone)
    }
}

/// The moment so many minutes later.
pub(crate) fn later(at: Timestamp, minutes: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(at)
}

/// The day so many days later.
pub(crate) fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(day)
}
