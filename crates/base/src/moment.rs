//! When something happened, as far as is known, and when something is due.
//!
//! The time rule: a source gives a wall clock, sometimes an offset. What it gave is kept; an offset
//! worked out from a place is *guessed* and says so; where nothing tells, there is no instant and the
//! wall clock only orders facts of the same source. Nothing ever gets a silent `Z`.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{self, AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a moment or a due cannot be read or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// Not an ISO 8601 date and time.
    #[error("{text:?} is not a date and time (expected 2020-07-04T01:25:12+02:00)")]
    NotAMoment {
        /// What was read.
        text: String,
    },
    /// Well formed, but no such day, hour or offset.
    #[error("{text:?} has a {part} that does not exist")]
    NoSuch {
        /// What was read.
        text: String,
        /// `day`, `time` or `offset`.
        part: &'static str,
    },
    /// The text and the word about its offset contradict each other.
    #[error("{text:?} cannot have an offset that is {word:?}")]
    OffsetWord {
        /// What was read.
        text: String,
        /// `known`, `guessed`, `unknown`, or what was read instead.
        word: String,
    },
    /// No such zone in the time zone database.
    #[error("{zone:?} is not a time zone of the database")]
    NoSuchZone {
        /// The name asked for.
        zone: String,
    },
    /// The result lies outside the years -9999 to 9999.
    #[error("{day} has no end that can be represented")]
    OutOfRange {
        /// The day asked for.
        day: Date,
    },
}

/// What is known of the distance to UTC, in seconds east of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Offset {
    /// Given by the source.
    Known(i32),
    /// Worked out from a place; may not decide a breach alone near the boundary.
    Guessed(i32),
    /// Not known; there is no instant.
    Unknown,
}

/// A wall clock as given, with what is known of its offset; exact to the millisecond.
///
/// Serialised as `{"at":"2020-07-04T01:25:12+02:00","offset":"known"}`; a guessed offset stays in
/// `at`, an unknown one is absent from it. Equality is of wall clock and offset, not of instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Moment {
    /// The wall clock as given.
    pub wall: DateTime,
    /// What is known of its offset.
    pub offset: Offset,
}

impl Moment {
    /// An instant whose offset the source gave, in seconds east of UTC.
    ///
    /// An offset beyond ±25:59:59 is taken as UTC, so that the instant stays right.
    #[must_use]
    pub fn known(at: Timestamp, offset_seconds: i32) -> Self {
        let offset = tz::Offset::from_seconds(offset_seconds).unwrap_or(tz::Offset::UTC);
        Self { wall: to_milliseconds(offset.to_datetime(at)), offset: Offset::Known(offset.seconds()) }
    }

    /// A wall clock and an offset, both given by the source (a local and a GMT pair, say).
    #[must_use]
    pub fn with_known_offset(wall: DateTime, offset_seconds: i32) -> Self {
        Self { wall: to_milliseconds(wall), offset: Offset::Known(offset_seconds) }
    }

    /// An instant shown in UTC, as from a clock of our own.
    #[must_use]
    pub fn from_timestamp_utc(at: Timestamp) -> Self {
        Self::known(at, 0)
    }

    /// A known instant, shown with the wall clock of a zone.
    #[must_use]
    pub fn in_zone(at: Timestamp, zone: &TimeZone) -> Self {
        Self::known(at, zone.to_offset(at).seconds())
    }

    /// A wall clock whose place is known or supposed: the offset is guessed from the zone.
    ///
    /// A wall clock that does not exist takes the offset before the gap; one that exists twice, the
    /// earlier instant. Both stay guessed, like every other.
    #[must_use]
    pub fn local(wall: DateTime, zone: &TimeZone) -> Self {
        let offset = match zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        Self { wall: to_milliseconds(wall), offset: Offset::Guessed(offset.seconds()) }
    }

    /// A wall clock of which nothing else is known.
    #[must_use]
    pub fn unknown(wall: DateTime) -> Self {
        Self { wall: to_milliseconds(wall), offset: Offset::Unknown }
    }

    /// Reads ISO 8601 or RFC 3339: known with `Z`, `±hh:mm`, `±hhmm`, `±hh`, else unknown.
    ///
    /// `T` or a space between date and time, seconds optional, fractions after `.` or `,` (cut to
    /// milliseconds), `24:00` as the next midnight, a leap second as `:59`, and a zone in brackets
    /// after an offset ignored. A date alone is refused: it is not a moment.
    pub fn parse_iso(text: &str) -> Result<Self, MomentError> {
        let mut reader = IsoReader { rest: text.trim(), text };
        let date = reader.date()?;
        reader.separator()?;
        let wall = reader.time(date)?;
        let offset = reader.offset()?;
        Ok(Self { wall, offset: offset.map_or(Offset::Unknown, Offset::Known) })
    }

    /// The instant, if any offset, known or guessed, gives one.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        let offset = tz::Offset::from_seconds(self.offset_seconds()?).ok()?;
        offset.to_timestamp(self.wall).ok()
    }

    /// Seconds east of UTC, known or guessed.
    #[must_use]
    pub const fn offset_seconds(&self) -> Option<i32> {
        match self.offset {
            Offset::Known(seconds) | Offset::Guessed(seconds) => Some(seconds),
            Offset::Unknown => None,
        }
    }

    /// Whether the source gave the offset.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        matches!(self.offset, Offset::Known(_))
    }

    /// Epoch milliseconds of the instant; without one, of the wall clock as if it were UTC.
    #[must_use]
    pub fn sort_key_millis(&self) -> i64 {
        match self.instant() {
            Some(at) => millis(at),
            None => {
                let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
                i64::try_from(self.wall.duration_since(epoch).as_millis()).unwrap_or(i64::MAX)
            }
        }
    }

    /// The wall clock with its offset if there is one: `2020-07-04T01:25:12+02:00`.
    #[must_use]
    pub fn at_text(&self) -> String {
        let mut text = String::with_capacity(32);
        let wall = self.wall;
        if wall.year() < 0 {
            text.push('-');
        }
        digits(&mut text, u32::from(wall.year().unsigned_abs()), 4);
        for (before, part) in
            [('-', wall.month()), ('-', wall.day()), ('T', wall.hour()), (':', wall.minute()), (':', wall.second())]
        {
            text.push(before);
            digits(&mut text, u32::from(part.unsigned_abs()), 2);
        }
        if wall.millisecond() != 0 {
            text.push('.');
            digits(&mut text, u32::from(wall.millisecond().unsigned_abs()), 3);
        }
        if let Some(seconds) = self.offset_seconds() {
            let magnitude = seconds.unsigned_abs();
            text.push(if seconds < 0 { '-' } else { '+' });
            digits(&mut text, magnitude / 3600, 2);
            text.push(':');
            digits(&mut text, magnitude / 60 % 60, 2);
            // Zones had odd seconds before 1972; ISO 8601-2 writes them so.
            if !magnitude.is_multiple_of(60) {
                text.push(':');
                digits(&mut text, magnitude % 60, 2);
            }
        }
        text
    }

    /// `known`, `guessed` or `unknown`.
    #[must_use]
    pub const fn offset_word(&self) -> &'static str {
        match self.offset {
            Offset::Known(_) => "known",
            Offset::Guessed(_) => "guessed",
            Offset::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.at_text())
    }
}

#[derive(Deserialize)]
struct MomentText {
    at: String,
    /// Absent: what `at` itself says.
    #[serde(default)]
    offset: Option<String>,
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut moment = serializer.serialize_struct("Moment", 2)?;
        moment.serialize_field("at", &self.at_text())?;
        moment.serialize_field("offset", self.offset_word())?;
        moment.end()
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let MomentText { at, offset } = MomentText::deserialize(deserializer)?;
        let read = Moment::parse_iso(&at).map_err(serde::de::Error::custom)?;
        let offset = match (offset.as_deref(), read.offset) {
            (None, said) => said,
            (Some("known"), Offset::Known(seconds)) => Offset::Known(seconds),
            (Some("guessed"), Offset::Known(seconds)) => Offset::Guessed(seconds),
            (Some("unknown"), Offset::Unknown) => Offset::Unknown,
            (Some(_), _) => {
                let error = MomentError::OffsetWord { text: at, word: offset.unwrap_or_default() };
                return Err(serde::de::Error::custom(error));
            }
        };
        Ok(Moment { wall: read.wall, offset })
    }
}

/// When something is due: a moment, or the end of a day (24:00) in a zone.
///
/// Ordered by `at`. Serialised as `{"at":1795906800000,"day":"2026-11-28","zone":"Europe/Paris"}`,
/// with `at` in epoch milliseconds; `day` and `zone` are absent for a bare moment (in a format that
/// does not describe itself they stand there as nothing). `at` is written down rather than worked out
/// again, because zone rules change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Due {
    /// The instant from which it is late.
    #[serde(deserialize_with = "epoch_millis")]
    pub at: Timestamp,
    /// The day whose end it is, if it was given as a day.
    #[serde(default)]
    pub day: Option<Date>,
    /// The IANA zone of that day.
    #[serde(default)]
    pub zone: Option<String>,
}

impl Serialize for Due {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let whole = !serializer.is_human_readable();
        let fields = 1 + usize::from(whole || self.day.is_some()) + usize::from(whole || self.zone.is_some());
        let mut due = serializer.serialize_struct("Due", fields)?;
        due.serialize_field("at", &millis(self.at))?;
        if whole || self.day.is_some() {
            due.serialize_field("day", &self.day)?;
        }
        if whole || self.zone.is_some() {
            due.serialize_field("zone", &self.zone)?;
        }
        due.end()
    }
}

impl Due {
    /// Due at a moment, cut to the millisecond.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self { at: from_millis(millis(at)).unwrap_or(at), day: None, zone: None }
    }

    /// Due at the end of a day: the first instant of the next civil day in the zone.
    ///
    /// Where clocks change at midnight that is the first instant whose date there is later: the end
    /// of a gap, and the first of two midnights.
    pub fn end_of_day(day: Date, zone_name: &str) -> Result<Due, MomentError> {
        let zone = zone_named(zone_name)?;
        let at = end_of_day(day, &zone).ok_or(MomentError::OutOfRange { day })?;
        Ok(Self { at, day: Some(day), zone: Some(zone_name.to_owned()) })
    }
}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    /// By `at`; the rest only makes the order agree with equality.
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at).then_with(|| self.day.cmp(&other.day)).then_with(|| self.zone.cmp(&other.zone))
    }
}

/// Epoch milliseconds of an instant, rounded down.
#[must_use]
pub fn millis(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond().div_euclid(1_000_000)).unwrap_or(i64::MAX)
}

/// The instant of epoch milliseconds; `None` outside the years -9999 to 9999.
#[must_use]
pub fn from_millis(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(millis).ok()
}

/// The zone of an IANA name.
pub fn zone_named(name: &str) -> Result<TimeZone, MomentError> {
    TimeZone::get(name).map_err(|_| MomentError::NoSuchZone { zone: name.to_owned() })
}

/// The first instant of the civil day after `day` in a zone.
#[must_use]
pub fn end_of_day(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    first_instant_reaching(day.tomorrow().ok()?.to_datetime(Time::midnight()), zone)
}

/// The first instant at which the wall clock of a zone reads `wall` or has jumped over it.
///
/// Never decreases as `wall` grows, so days and opening slots cut with it neither overlap nor leave
/// a hole, whatever the clocks do.
#[must_use]
pub fn first_instant_reaching(wall: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok(),
        AmbiguousOffset::Gap { before, after } => {
            // With the offset before it, a wall clock inside a gap lies at or after the jump.
            let beyond = before.to_timestamp(wall).ok()?;
            let search_from = beyond.checked_add(SignedDuration::from_secs(1)).ok()?;
            zone.preceding(search_from).find(|transition| transition.offset() == after).map(|transition| transition.timestamp())
        }
    }
}

/// A number with leading zeros. Every fact holds two moments: this is several times quicker than the formatter.
fn digits(text: &mut String, number: u32, width: u32) {
    for place in (0..width).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        text.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

fn epoch_millis<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let number = i64::deserialize(from)?;
    from_millis(number).ok_or_else(|| serde::de::Error::custom(format!("{number} is not a moment in epoch milliseconds")))
}

fn to_milliseconds(wall: DateTime) -> DateTime {
    let nanosecond = i32::from(wall.millisecond()) * 1_000_000;
    wall.with().subsec_nanosecond(nanosecond).build().unwrap_or(wall)
}

struct IsoReader<'t> {
    rest: &'t str,
    text: &'t str,
}

impl IsoReader<'_> {
    fn date(&mut self) -> Result<Date, MomentError> {
        let year = self.digits(4)?;
        self.take("-")?;
        let month = self.digits(2)?;
        self.take("-")?;
        let day = self.digits(2)?;
        let no_such_day = || MomentError::NoSuch { text: self.text.to_owned(), part: "day" };
        let narrow = |number: i32| i8::try_from(number).map_err(|_| no_such_day());
        let year = i16::try_from(year).map_err(|_| no_such_day())?;
        Date::new(year, narrow(month)?, narrow(day)?).map_err(|_| no_such_day())
    }

    fn separator(&mut self) -> Result<(), MomentError> {
        let rest = self.rest.strip_prefix(['T', 't', ' ']).ok_or_else(|| self.not_a_moment())?;
        self.rest = rest;
        Ok(())
    }

    fn time(&mut self, date: Date) -> Result<DateTime, MomentError> {
        let hour = self.digits(2)?;
        self.take(":")?;
        let minute = self.digits(2)?;
        let mut second = 0;
        let mut millisecond = 0;
        if self.take(":").is_ok() {
            second = self.digits(2)?;
            if let Some(fraction) = self.rest.strip_prefix(['.', ',']) {
                self.rest = fraction;
                millisecond = self.fraction()?;
            }
        }
        let no_such_time = || MomentError::NoSuch { text: self.text.to_owned(), part: "time" };
        if hour == 24 {
            if (minute, second, millisecond) != (0, 0, 0) {
                return Err(no_such_time());
            }
            let next = date.tomorrow().map_err(|_| no_such_time())?;
            return Ok(next.to_datetime(Time::midnight()));
        }
        let narrow = |number: i32| i8::try_from(number).map_err(|_| no_such_time());
        // A leap second is the last second of its minute for everyone but a time laboratory.
        let second = if second == 60 { 59 } else { second };
        let time =
            Time::new(narrow(hour)?, narrow(minute)?, narrow(second)?, millisecond * 1_000_000).map_err(|_| no_such_time())?;
        Ok(date.to_datetime(time))
    }

    /// Any number of digits, of which the first three count.
    fn fraction(&mut self) -> Result<i32, MomentError> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.not_a_moment())?;
        if digits.is_empty() {
            return Err(self.not_a_moment());
        }
        let thousandths: String = digits.chars().chain("00".chars()).take(3).collect();
        self.rest = rest;
        thousandths.parse().map_err(|_| self.not_a_moment())
    }

    fn offset(&mut self) -> Result<Option<i32>, MomentError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
        if let Some(rest) = self.rest.strip_prefix(['Z', 'z']) {
            self.rest = rest;
            self.end()?;
            return Ok(Some(0));
        }
        let sign = if self.take("+").is_ok() {
            1
        } else if self.take("-").is_ok() || self.take("\u{2212}").is_ok() {
            -1
        } else {
            return Err(self.not_a_moment());
        };
        let hours = self.digits(2)?;
        let mut minutes = 0;
        let mut seconds = 0;
        if self.take(":").is_ok() {
            minutes = self.digits(2)?;
            if self.take(":").is_ok() {
                seconds = self.digits(2)?;
            }
        } else if self.rest.starts_with(|character: char| character.is_ascii_digit()) {
            minutes = self.digits(2)?;
        }
        self.end()?;
        if hours > 25 || minutes > 59 || seconds > 59 {
            return Err(MomentError::NoSuch { text: self.text.to_owned(), part: "offset" });
        }
        Ok(Some(sign * (hours * 3600 + minutes * 60 + seconds)))
    }

    /// The end of the text, or a zone in brackets (RFC 9557), which the offset makes redundant.
    fn end(&self) -> Result<(), MomentError> {
        let is_zone = self.rest.starts_with('[') && self.rest.ends_with(']');
        if self.rest.is_empty() || is_zone { Ok(()) } else { Err(self.not_a_moment()) }
    }

    fn digits(&mut self, count: usize) -> Result<i32, MomentError> {
        match self.rest.split_at_checked(count) {
            Some((digits, rest)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.rest = rest;
                digits.parse().map_err(|_| self.not_a_moment())
            }
            _ => Err(self.not_a_moment()),
        }
    }

    fn take(&mut self, expected: &str) -> Result<(), MomentError> {
        self.rest = self.rest.strip_prefix(expected).ok_or_else(|| self.not_a_moment())?;
        Ok(())
    }

    fn not_a_moment(&self) -> MomentError {
        MomentError::NotAMoment { text: self.text.to_owned() }
    }
}
