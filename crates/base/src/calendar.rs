//! Deadlines: a start, a duration and a calendar give a due.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::duration::CalendarDuration;
use crate::holidays::{HolidayRegion, is_holiday};
use crate::moment::{Due, MomentError, end_of_day, first_instant_reaching, zone_named};

/// Why a deadline cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The zone is not in the database, or a day has no end.
    #[error(transparent)]
    Moment(#[from] MomentError),
    /// The result, or the way to it, leaves what can be counted.
    #[error("{duration} from {from} is beyond what can be counted")]
    OutOfRange {
        /// The day counted from.
        from: Date,
        /// What was to be counted.
        duration: CalendarDuration,
    },
}

/// Which days a duration counts. Serialised in kebab case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CalendarKind {
    /// Every day counts.
    #[serde(rename = "calendar-days")]
    CalendarDays,
    /// Hours run without pause, to the second.
    #[serde(rename = "clock-hours")]
    ClockHours,
    /// *Jours ouvrables*: all days but Sundays and public holidays.
    #[serde(rename = "working-days-mon-sat")]
    WorkingDaysMonSat,
    /// *Jours ouvrés*: Monday to Friday but public holidays.
    #[serde(rename = "working-days-mon-fri")]
    WorkingDaysMonFri,
}

impl CalendarKind {
    const fn counts_working_days(self) -> bool {
        matches!(self, CalendarKind::WorkingDaysMonSat | CalendarKind::WorkingDaysMonFri)
    }
}

/// A way of counting days, in a zone, with the public holidays of a region.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA name of the zone whose days are counted.
    pub zone: String,
    /// Which days count.
    pub kind: CalendarKind,
    /// Whose public holidays are not working days.
    pub holidays: HolidayRegion,
}

/// More working days than any rule counts; a loop over days ends here.
const MOST_DAYS: i64 = 40_000;

impl Calendar {
    /// Whether a day is a working day of this calendar.
    ///
    /// Calendar days and clock hours take Monday to Friday without holidays, which is what Regulation
    /// (EEC, Euratom) 1182/71, article 2(2), calls working days.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        let rests = match date.weekday() {
            Weekday::Sunday => true,
            Weekday::Saturday => self.kind != CalendarKind::WorkingDaysMonSat,
            _ => false,
        };
        !rests && !is_holiday(self.holidays, date)
    }

    /// The first working day after `date`.
    pub fn next_working_day(&self, date: Date) -> Result<Date, CalendarError> {
        self.add_working_days(date, 1)
    }

    /// The `n`th working day after `date`, which itself is not counted; before it if `n` is negative.
    ///
    /// Zero gives `date` as it is. Counts up to 40 000 working days.
    pub fn add_working_days(&self, date: Date, n: i64) -> Result<Date, CalendarError> {
        let out_of_range = || CalendarError::OutOfRange { from: date, duration: CalendarDuration::days(n) };
        if n.unsigned_abs() > MOST_DAYS.unsigned_abs() {
            return Err(out_of_range());
        }
        let mut day = date;
        let mut left = n.unsigned_abs();
        while left > 0 {
            day = stepped(day, n).ok_or_else(out_of_range)?;
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// The due that lies `duration` after `start` (before it, if the duration is negative).
    ///
    /// A duration in days, weeks, months or years follows Regulation (EEC, Euratom) 1182/71, article
    /// 3: the day of the event is not counted; months and years end on the same day number, else on
    /// the last day of the month; the due is the end of the last day in the calendar's zone. With
    /// `roll`, a last day that is not a working day of this calendar moves to the next one, unless the
    /// duration counts backwards (article 3(4)). Under the working day kinds only `D` counts working
    /// days; years, months and weeks are of the calendar. Article 3(5), which would give a period of
    /// two days or more at least two working days, is not applied: the earlier due is kept to.
    ///
    /// A time part gives a moment, not a day, and never rolls: article 3(4) excepts periods in hours.
    /// `PT72H` is 72 hours; under the working day kinds only hours of working days count. Under clock
    /// hours a day or week is 24 or 168 hours, while months and years keep the wall clock.
    pub fn due_after(&self, start: Timestamp, duration: &CalendarDuration, roll: bool) -> Result<Due, CalendarError> {
        let zone = zone_named(&self.zone)?;
        let wall = zone.to_datetime(start);
        let out_of_range = || CalendarError::OutOfRange { from: wall.date(), duration: *duration };
        if self.kind == CalendarKind::ClockHours {
            let at = hours_after(start, wall, duration, &zone).ok_or_else(out_of_range)?;
            return Ok(Due::at(at));
        }
        let last_day = self.last_day(wall.date(), duration)?;
        if duration.has_time_part() {
            let from = if duration.has_date_part() {
                first_instant_reaching(last_day.to_datetime(wall.time()), &zone)
            } else {
                Some(start)
            };
            let at = from.and_then(|from| self.seconds_after(from, duration.seconds, &zone));
            return at.map(Due::at).ok_or_else(out_of_range);
        }
        let rolls = roll && !duration.is_negative() && !self.is_working_day(last_day);
        let last_day = if rolls { self.next_working_day(last_day)? } else { last_day };
        Ok(Due::end_of_day(last_day, &self.zone)?)
    }

    fn last_day(&self, from: Date, duration: &CalendarDuration) -> Result<Date, CalendarError> {
        let out_of_range = || CalendarError::OutOfRange { from, duration: *duration };
        let day = months_after(from, duration).ok_or_else(out_of_range)?;
        if self.kind.counts_working_days() {
            let day = days_after(day, duration.weeks, 0).ok_or_else(out_of_range)?;
            self.add_working_days(day, duration.days)
        } else {
            days_after(day, duration.weeks, duration.days).ok_or_else(out_of_range)
        }
    }

    fn seconds_after(&self, from: Timestamp, seconds: i64, zone: &TimeZone) -> Option<Timestamp> {
        if !self.kind.counts_working_days() || seconds < 0 {
            return from.checked_add(SignedDuration::from_secs(seconds)).ok();
        }
        let mut day = zone.to_datetime(from).date();
        let mut at = from;
        let mut left = SignedDuration::from_secs(seconds);
        for _ in 0..MOST_DAYS {
            let end = end_of_day(day, zone)?;
            if self.is_working_day(day) {
                let available = end.duration_since(at).max(SignedDuration::ZERO);
                if left <= available {
                    return at.checked_add(left).ok();
                }
                left -= available;
            }
            at = at.max(end);
            day = day.tomorrow().ok()?;
        }
        None
    }
}

fn hours_after(start: Timestamp, wall: DateTime, duration: &CalendarDuration, zone: &TimeZone) -> Option<Timestamp> {
    let from = if duration.years == 0 && duration.months == 0 {
        start
    } else {
        let day = months_after(wall.date(), duration)?;
        first_instant_reaching(day.to_datetime(wall.time()), zone)?
    };
    let days = duration.weeks.checked_mul(7)?.checked_add(duration.days)?;
    let seconds = days.checked_mul(86_400)?.checked_add(duration.seconds)?;
    from.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// Years and months later, on the same day number or else the last day of the month.
fn months_after(from: Date, duration: &CalendarDuration) -> Option<Date> {
    let months = duration.years.checked_mul(12)?.checked_add(duration.months)?;
    let span = Span::new().try_months(months).ok()?;
    from.checked_add(span).ok()
}

fn days_after(from: Date, weeks: i64, days: i64) -> Option<Date> {
    let days = weeks.checked_mul(7)?.checked_add(days)?;
    let span = Span::new().try_days(days).ok()?;
    from.checked_add(span).ok()
}

fn stepped(day: Date, direction: i64) -> Option<Date> {
    if direction < 0 { day.yesterday().ok() } else { day.tomorrow().ok() }
}
