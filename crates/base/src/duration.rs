//! ISO 8601 durations in calendar units.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not of the form `P1Y2M3W4DT5H6M7S`.
    #[error("{text:?} is not an ISO 8601 duration such as P30D or PT72H")]
    NotADuration {
        /// What was read.
        text: String,
    },
    /// Fractions are refused: half a month has no length.
    #[error("{text:?} has a fraction; use a smaller unit")]
    Fraction {
        /// What was read.
        text: String,
    },
    /// A number beyond 64 bits.
    #[error("{text:?} is too long a duration")]
    TooLong {
        /// What was read.
        text: String,
    },
    /// Units of both signs at once, which ISO 8601 text cannot say.
    #[error("a duration cannot go forwards and backwards at once")]
    MixedSigns,
}

/// A span in calendar units, whose real length depends on where it starts.
///
/// Serialised as ISO 8601 text, `P1Y2M3W4DT5H6M7S`; a leading `-` counts backwards. Hours, minutes
/// and seconds are kept as seconds; days are not hours, so `P1D` and `PT24H` differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CalendarDuration {
    /// Years.
    pub years: i64,
    /// Months.
    pub months: i64,
    /// Weeks of seven days.
    pub weeks: i64,
    /// Days, of whatever kind the calendar counts.
    pub days: i64,
    /// Hours, minutes and seconds together, in seconds.
    pub seconds: i64,
}

impl CalendarDuration {
    /// A number of days.
    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self { years: 0, months: 0, weeks: 0, days, seconds: 0 }
    }

    /// A number of seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self { years: 0, months: 0, weeks: 0, days: 0, seconds }
    }

    /// Whether any of years, months, weeks and days is there.
    #[must_use]
    pub const fn has_date_part(&self) -> bool {
        self.years != 0 || self.months != 0 || self.weeks != 0 || self.days != 0
    }

    /// Whether hours, minutes or seconds are there.
    #[must_use]
    pub const fn has_time_part(&self) -> bool {
        self.seconds != 0
    }

    /// Whether it counts backwards.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.units().iter().any(|&unit| unit < 0)
    }

    fn is_mixed(&self) -> bool {
        self.is_negative() && self.units().iter().any(|&unit| unit > 0)
    }

    const fn units(&self) -> [i64; 5] {
        [self.years, self.months, self.weeks, self.days, self.seconds]
    }
}

impl fmt::Display for CalendarDuration {
    /// The shortest text; of units of both signs only the magnitudes could be shown, so they are
    /// shown each with its sign, which no parser takes for something else.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.has_date_part() && !self.has_time_part() {
            return f.write_str("PT0S");
        }
        let mixed = self.is_mixed();
        f.write_str(if self.is_negative() && !mixed { "-P" } else { "P" })?;
        let write_unit = |f: &mut fmt::Formatter<'_>, magnitude: u64, unit: char, below: bool| {
            if magnitude == 0 {
                return Ok(());
            }
            write!(f, "{}{magnitude}{unit}", if mixed && below { "-" } else { "" })
        };
        let date = [(self.years, 'Y'), (self.months, 'M'), (self.weeks, 'W'), (self.days, 'D')];
        for (number, unit) in date {
            write_unit(f, number.unsigned_abs(), unit, number < 0)?;
        }
        if self.has_time_part() {
            f.write_str("T")?;
            let seconds = self.seconds.unsigned_abs();
            for (number, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')] {
                write_unit(f, number, unit, self.seconds < 0)?;
            }
        }
        Ok(())
    }
}

impl FromStr for CalendarDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let not_a_duration = || DurationError::NotADuration { text: text.to_owned() };
        let too_long = || DurationError::TooLong { text: text.to_owned() };
        let trimmed = text.trim();
        let (sign, body) = match trimmed.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, trimmed),
        };
        let body = body.strip_prefix('P').ok_or_else(not_a_duration)?;
        if body.contains(['.', ',']) {
            return Err(DurationError::Fraction { text: text.to_owned() });
        }
        let (date, time) = match body.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (body, None),
        };
        if time.is_some_and(str::is_empty) || (date.is_empty() && time.is_none()) {
            return Err(not_a_duration());
        }
        let read = |part: &str, units: &str| match numbers(part, units) {
            Ok(numbers) => Ok(numbers),
            Err(Malformed::Form) => Err(not_a_duration()),
            Err(Malformed::Size) => Err(too_long()),
        };
        let [years, months, weeks, days] = read(date, "YMWD")?;
        let [hours, minutes, seconds, _] = read(time.unwrap_or_default(), "HMS")?;
        let seconds = hours
            .checked_mul(3600)
            .zip(minutes.checked_mul(60))
            .and_then(|(hours, minutes)| hours.checked_add(minutes)?.checked_add(seconds))
            .ok_or_else(too_long)?;
        Ok(Self { years: sign * years, months: sign * months, weeks: sign * weeks, days: sign * days, seconds: sign * seconds })
    }
}

impl Serialize for CalendarDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_mixed() {
            return Err(serde::ser::Error::custom(DurationError::MixedSigns));
        }
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CalendarDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

enum Malformed {
    Form,
    Size,
}

/// Reads `number unit` pairs whose units appear at most once and in the order of `units`.
fn numbers(part: &str, units: &str) -> Result<[i64; 4], Malformed> {
    let mut found = [0_i64; 4];
    let mut rest = part;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, after) = rest.split_at_checked(length).ok_or(Malformed::Form)?;
        let unit = after.chars().next().ok_or(Malformed::Form)?;
        let place = units.find(unit).filter(|&place| place >= next_unit).ok_or(Malformed::Form)?;
        if digits.is_empty() {
            return Err(Malformed::Form);
        }
        let slot = found.get_mut(place).ok_or(Malformed::Form)?;
        *slot = digits.parse().map_err(|_| Malformed::Size)?;
        next_unit = place + 1;
        rest = after.get(unit.len_utf8()..).unwrap_or_default();
    }
    Ok(found)
}
