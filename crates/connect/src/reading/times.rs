//! Times as sources write them; the rule is that of [`kept_base::Moment`]: nothing gets an offset that nobody gave.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use kept_base::Moment;

/// Reads a time: ISO 8601 with or without offset first, then each of these `strptime` patterns, which have none. A pattern without an hour
/// is one of days and not tried: a day is no moment, and its time may stand in another field.
///
/// `zone` is that of the place of the scan, where it is known: a time without an offset is then *guessed*, else *unknown*.
pub(crate) fn moment(written: &str, patterns: &[&str], zone: Option<&TimeZone>) -> Option<Moment> {
    let written = written.trim();
    if let Ok(moment) = Moment::parse_iso(written) {
        return Some(placed(moment, zone));
    }
    let mut timed = patterns.iter().filter(|pattern| pattern.contains("%H") || pattern.contains("%I"));
    timed.find_map(|pattern| DateTime::strptime(pattern, written).ok()).map(|wall| local(wall, zone))
}

/// The same; a day without a time is told as its first minute, and gets no offset: there is no moment that one could belong to.
pub(crate) fn moment_or_day(written: &str, patterns: &[&str], zone: Option<&TimeZone>) -> Option<Moment> {
    moment(written, patterns, zone).or_else(|| day(written, patterns).map(first_minute))
}

/// A day that is all that is known of a time.
pub(crate) fn first_minute(day: Date) -> Moment {
    Moment::unknown(day.to_datetime(Time::midnight()))
}

/// A wall clock of a place: guessed where its zone is known.
pub(crate) fn local(wall: DateTime, zone: Option<&TimeZone>) -> Moment {
    zone.map_or_else(|| Moment::unknown(wall), |zone| Moment::local(wall, zone))
}

/// Gives a moment without an offset the one of its place.
pub(crate) fn placed(moment: Moment, zone: Option<&TimeZone>) -> Moment {
    if moment.offset_seconds().is_some() { moment } else { local(moment.wall, zone) }
}

/// A local wall clock beside the same moment in UTC: the offset is what lies between, if it can be one.
///
/// An offset is a whole number of quarters of an hour, at most 14 hours; anything else is two times that do not belong together.
pub(crate) fn paired(local: DateTime, utc: DateTime) -> Option<Moment> {
    let seconds = local.duration_since(utc).as_secs();
    let plausible = seconds.unsigned_abs() <= 14 * 3600 && seconds % 900 == 0;
    i32::try_from(seconds).ok().filter(|_| plausible).map(|seconds| Moment::with_known_offset(local, seconds))
}

/// An offset written alone: `+02:00`, `+0200`, `-04.00` (UPS writes a dot), `-4`, `Z`; seconds east of UTC.
pub(crate) fn offset(written: &str) -> Option<i32> {
    let written = written.trim();
    if matches!(written, "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let (sign, digits) = match (written.strip_prefix('-'), written.strip_prefix('+')) {
        (Some(rest), _) => (-1, rest),
        (_, Some(rest)) => (1, rest),
        _ => (1, written),
    };
    let (hours, minutes) = match digits.split_once([':', '.']) {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Unix time in seconds; beyond the year 5138 it is milliseconds.
pub(crate) fn unix(number: i64) -> Option<Moment> {
    let milliseconds = number.unsigned_abs() > 100_000_000_000;
    let instant = if milliseconds { Timestamp::from_millisecond(number) } else { Timestamp::from_second(number) };
    instant.ok().map(Moment::from_timestamp_utc)
}

/// A time as .NET writes it in JSON: `/Date(1700000000000+0300)/`.
pub(crate) fn in_date_call(written: &str) -> Option<Moment> {
    in_milliseconds(written.strip_prefix("/Date(")?.strip_suffix(")/")?)
}

/// Milliseconds since 1970, and the offset of the clock that hung there (`1700000000000+0300`); without one it is told in UTC.
fn in_milliseconds(written: &str) -> Option<Moment> {
    let written = written.trim();
    // The first character may be the sign of a year before 1970.
    let split = written.char_indices().skip(1).find(|(_, character)| matches!(character, '+' | '-')).map(|(place, _)| place);
    let (number, offset_text) = written.split_at_checked(split.unwrap_or(written.len()))?;
    let instant = Timestamp::from_millisecond(number.parse().ok()?).ok()?;
    if offset_text.is_empty() {
        return Some(Moment::from_timestamp_utc(instant));
    }
    let seconds = offset(offset_text)?;
    let wall = jiff::tz::Offset::from_seconds(seconds).ok()?.to_datetime(instant);
    Some(Moment::with_known_offset(wall, seconds))
}

/// A day: of a date, of a date and time, or of the `strptime` patterns.
pub(crate) fn day(written: &str, patterns: &[&str]) -> Option<Date> {
    crate::reading::answer::day(written)
        .or_else(|| patterns.iter().find_map(|pattern| Date::strptime(pattern, written.trim()).ok()))
}

/// An estimate that can belong to a parcel seen on this day: carriers leave years-old ones in their answers.
pub(crate) fn plausible(expected: Date, seen: Date) -> bool {
    let days = expected.duration_since(seen).as_hours() / 24;
    (-60..=400).contains(&days)
}

/// A date and a time of day that come apart: `2024-05-06` or one of the patterns, and `13:05`, `13:05:59`, `130559` or `1:05 PM`.
///
/// A day without a time is told as its first minute; the caller gives it no offset. A time that is there and cannot be read gives
/// nothing.
pub(crate) fn joined(date: &str, time: Option<&str>, patterns: &[&str]) -> Option<DateTime> {
    let date = date.trim();
    let date = day(date, patterns).or_else(|| Date::strptime("%Y%m%d", date).ok())?;
    Some(date.to_datetime(time.map_or(Some(Time::midnight()), time_of_day)?))
}

/// A time of day as partners write it; digits alone are hours, minutes and perhaps seconds, a lost zero in front restored.
fn time_of_day(written: &str) -> Option<Time> {
    let written = written.trim();
    if !written.is_empty() && written.len() <= 6 && written.bytes().all(|byte| byte.is_ascii_digit()) {
        let read = |width: usize, pattern: &str| Time::strptime(pattern, format!("{written:0>width$}")).ok();
        let short = if written.len() <= 4 { read(4, "%H%M") } else { None };
        // `4530` is no time of day and is a quarter to one with its zeros lost.
        return short.or_else(|| read(6, "%H%M%S"));
    }
    // What may follow (a fraction is kept, an offset is read elsewhere) is not the time of day.
    let bare = written.split(['+', 'Z', 'z']).next().unwrap_or(written).trim();
    bare.parse().ok().or_else(|| {
        ["%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M"].iter().find_map(|pattern| Time::strptime(pattern, bare).ok())
    })
}

/// The offset of a zone's abbreviation as North American carriers print it beside a wall clock; seconds east of UTC.
///
/// Only those that mean one thing there, in English or in French (`HNE`, `HAE` …); `EST` is not taken for `EDT` in summer, because it
/// is what the carrier wrote.
pub(crate) fn american_offset(abbreviation: &str) -> Option<i32> {
    let quarters = match abbreviation.trim().to_ascii_uppercase().as_str() {
        "NST" | "HNT" => -14,
        "NDT" | "HAT" => -10,
        "ADT" | "HAA" => -12,
        "AST" | "HNA" | "EDT" | "HAE" => -16,
        "EST" | "HNE" | "CDT" | "HAC" => -20,
        "CST" | "HNC" | "MDT" | "HAR" => -24,
        "MST" | "HNR" | "PDT" | "HAP" => -28,
        "PST" | "HNP" => -32,
        _ => return None,
    };
    Some(quarters * 900)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_as_they_are_written() {
        for (written, expected) in [
            ("+02:00", Some(7200)),
            ("+0200", Some(7200)),
            ("-04.00", Some(-14_400)),
            ("-4", Some(-14_400)),
            ("05:30", Some(19_800)),
            ("Z", Some(0)),
            ("+99:00", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(offset(written), expected, "{written}");
        }
    }

    #[test]
    fn milliseconds_with_the_clock_beside_them() {
        let text = |written: &str| in_milliseconds(written).map(|moment| moment.at_text());
        for (written, expected) in [
            ("1700000000000+0300", Some("2023-11-15T01:13:20+03:00")),
            ("1700000000000-0500", Some("2023-11-14T17:13:20-05:00")),
            ("1700000000000", Some("2023-11-14T22:13:20+00:00")),
            ("-1000+0000", Some("1969-12-31T23:59:59+00:00")),
            ("1700000000000+9900", None),
            ("99999999999999999", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(text(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn a_pair_gives_an_offset_or_nothing() {
        let local: DateTime = "2024-04-23T09:15:19".parse().expect("a time");
        let pair = |utc: &str| paired(local, utc.parse().expect("a time")).map(|moment| moment.at_text());
        assert_eq!(pair("2024-04-23T13:15:19").as_deref(), Some("2024-04-23T09:15:19-04:00"));
        assert_eq!(pair("2024-04-23T13:15:20"), None);
        assert_eq!(pair("2024-04-25T13:15:19"), None);
    }

    #[test]
    fn twelve_hours_twice_a_day() {
        let patterns = ["%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p"];
        let text = |written: &str| moment(written, &patterns, None).map(|moment| moment.at_text());
        assert_eq!(text("8/17/2021 7:11:26 PM").as_deref(), Some("2021-08-17T19:11:26"));
        assert_eq!(text("8/17/2021 12:35 AM").as_deref(), Some("2021-08-17T00:35:00"));
        assert_eq!(text("31/31/2021 12:35 AM"), None);
        assert_eq!(moment("17.08.2021", &["%d.%m.%Y"], None), None);
    }

    #[test]
    fn a_date_and_a_time_that_come_apart() {
        let text = |date: &str, time: Option<&str>| joined(date, time, &["%d/%m/%Y"]).map(|wall| wall.to_string());
        for (date, time, expected) in [
            ("2024-05-06", Some("13:05"), Some("2024-05-06T13:05:00")),
            ("2024-05-06", Some("83704"), Some("2024-05-06T08:37:04")),
            ("06/05/2024", Some("905"), Some("2024-05-06T09:05:00")),
            ("2024-05-06", Some("4530"), Some("2024-05-06T00:45:30")),
            ("20240506", Some("1:05 PM"), Some("2024-05-06T13:05:00")),
            ("20240506", Some("9:05"), Some("2024-05-06T09:05:00")),
            ("2024-05-06T00:00:00", Some("13:05:59+02:00"), Some("2024-05-06T13:05:59")),
            ("2024-05-06", None, Some("2024-05-06T00:00:00")),
            ("2024-05-06", Some("noon"), None),
            ("2024-05-06", Some("2561"), None),
            ("soon", Some("13:05"), None),
        ] {
            assert_eq!(text(date, time).as_deref(), expected, "{date} {time:?}");
        }
        assert_eq!(
            (american_offset("EDT"), american_offset("NST"), american_offset("ISRAEL")),
            (Some(-14_400), Some(-12_600), None)
        );
    }
}
