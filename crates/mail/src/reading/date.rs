//! The date of a mail: RFC 5322, and what is written in its place.

use jiff::civil::DateTime;
use jiff::tz::Offset;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Zones by name, in minutes; those that mean one thing in mail.
const ZONES: [(&str, i32); 22] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("bst", 60),
    ("west", 60),
    ("cet", 60),
    ("met", 60),
    ("cest", 120),
    ("mest", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("jst", 540),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("pst", -480),
    ("pdt", -420),
];

/// The date as RFC 3339 with the offset that was written; a date without one is none, since no `Z` is added to a time.
pub fn rfc3339(value: &str) -> Option<String> {
    let mut day = None;
    let mut month = None;
    let mut year = None;
    let mut time = None;
    let mut offset = None;
    let plain = closed_up(&without_comments(value)).replace(',', " ");
    for word in plain.split_whitespace() {
        let small = word.to_ascii_lowercase();
        let word = small.trim_matches(|letter: char| matches!(letter, '"' | ';' | '.'));
        if time.is_none()
            && let Some((found, rest)) = time_in(word)
        {
            time = Some(found);
            offset = offset.or_else(|| offset_in(rest));
        } else if let Some((date, rest)) = day_of_iso(word) {
            (year, month, day) = (Some(date.0), Some(date.1), Some(date.2));
            if let Some((found, zone)) = time_in(rest.trim_start_matches('t')) {
                time = Some(found);
                offset = offset_in(zone);
            }
        } else if let Some(date) = day_with_name(word) {
            (day, month, year) = (Some(date.0), Some(date.1), Some(date.2));
        } else if month.is_none() && month_in(word).is_some() {
            month = month_in(word);
        } else if time.is_some() && offset.is_none() && offset_in(word).is_some() {
            offset = offset_in(word);
        } else if let Ok(number) = word.parse::<i16>() {
            match number {
                1..=31 if day.is_none() => day = i8::try_from(number).ok(),
                _ if year.is_none() => year = Some(full_year(number, word.len())),
                _ => {}
            }
        }
    }
    let (hour, minute, second) = time?;
    let civil = DateTime::new(year?, month?, day?, hour, minute, second.min(59), 0).ok()?;
    // Some write the zone as a comment only.
    let minutes = offset.or_else(|| value.to_ascii_lowercase().split(['(', ')', ' ']).find_map(offset_in))?;
    let signed = Offset::from_seconds(minutes * 60).ok()?;
    civil.to_zoned(signed.to_time_zone()).ok()?;
    // `-0000` says that it is UTC and of no known place; RFC 3339 writes it so too.
    let nowhere = minutes == 0 && plain.contains("-0000");
    let sign = if minutes < 0 || nowhere { '-' } else { '+' };
    let minutes = minutes.abs();
    Some(format!("{}{sign}{:02}:{:02}", civil.strftime("%Y-%m-%dT%H:%M:%S"), minutes / 60, minutes % 60))
}

/// A text without the blanks that RFC 822 allowed around the colons of a time.
fn closed_up(text: &str) -> String {
    text.split(':').map(str::trim).collect::<Vec<_>>().join(":")
}

fn without_comments(value: &str) -> String {
    let mut depth = 0_u32;
    let mut plain = String::new();
    for letter in value.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// `9:05`, `09:05:30.5+0200`: the time and what stands behind it.
fn time_in(word: &str) -> Option<((i8, i8, i8), &str)> {
    let (hour, rest) = digits(word, 2)?;
    let rest = rest.strip_prefix([':', '.'])?;
    let (minute, rest) = digits(rest, 2)?;
    let (second, rest) = match rest.strip_prefix([':', '.']).and_then(|rest| digits(rest, 2)) {
        Some((second, rest)) => (second, rest),
        None => (0, rest),
    };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|letter: char| letter.is_ascii_digit()),
        None => rest,
    };
    (hour < 24 && minute < 60 && second < 62)
        .then_some(((i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, i8::try_from(second).ok()?), rest))
}

/// Up to so many digits as a number, and the rest.
fn digits(text: &str, most: usize) -> Option<(u16, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(count)?;
    Some((number.parse().ok()?, rest))
}

/// `+0200`, `-05:30`, `GMT`, `GMT+0200`, in minutes.
fn offset_in(word: &str) -> Option<i32> {
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Some(*minutes);
    }
    let word = word.strip_prefix("gmt").or_else(|| word.strip_prefix("utc")).unwrap_or(word);
    let (sign, rest) = match word.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, word.strip_prefix('-')?),
    };
    let plain: String = rest.chars().filter(|letter| *letter != ':').collect();
    if plain.is_empty() || plain.len() > 4 || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = plain.parse().ok()?;
    let (hours, minutes) = if plain.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// `2026-03-05`, and what stands behind it.
fn day_of_iso(word: &str) -> Option<((i16, i8, i8), &str)> {
    let (year, rest) = digits(word, 4)?;
    let separator = rest.chars().next().filter(|letter| matches!(letter, '-' | '/'))?;
    let (month, rest) = digits(rest.strip_prefix(separator)?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(separator)?, 2)?;
    (year >= 1970).then_some(((i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?), rest))
}

/// `5-mar-2026`.
fn day_with_name(word: &str) -> Option<(i8, i8, i16)> {
    let mut parts = word.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    Some((day.parse().ok()?, month_in(month)?, full_year(year.parse().ok()?, year.len())))
}

fn month_in(word: &str) -> Option<i8> {
    let front = word.get(..3)?;
    let place = MONTHS.iter().position(|month| *month == front)?;
    word.bytes().all(|byte| byte.is_ascii_alphabetic()).then_some(())?;
    i8::try_from(place + 1).ok()
}

/// Years of two and three digits, as RFC 5322 reads them (4.3).
fn full_year(number: i16, length: usize) -> i16 {
    match (length, number) {
        (..=2, 0..=49) => number + 2000,
        (..=3, 0..=999) => number + 1900,
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn dates_keep_their_offset() {
        let all = [
            ("Thu, 5 Mar 2026 09:05:30 +0100 (CET)", Some("2026-03-05T09:05:30+01:00")),
            ("5 Mar 26 9:05 -0330", Some("2026-03-05T09:05:00-03:30")),
            ("Thu, 05 Mar 2026 09:05:30 Z", Some("2026-03-05T09:05:30+00:00")),
            ("Thu Mar  5 09:05:30 EST 2026", Some("2026-03-05T09:05:30-05:00")),
            ("Thu, 05-Mar-2026 09:05:30 GMT+0200", Some("2026-03-05T09:05:30+02:00")),
            ("2026-03-05T09:05:30.250+01:00", Some("2026-03-05T09:05:30+01:00")),
            ("2026-03-05 09:05:30 -0800", Some("2026-03-05T09:05:30-08:00")),
            ("Thu, 5 Mar 2026 23:59:60 +0000", Some("2026-03-05T23:59:59+00:00")),
            ("Thu, 5 Mar 99 23:59:00 GMT", Some("1999-03-05T23:59:00+00:00")),
            ("5 Mar 2026 09:05:30 -0000", Some("2026-03-05T09:05:30-00:00")),
            ("Thu, 5 Mar 2026 09 (nine): 05 : 30 -0600", Some("2026-03-05T09:05:30-06:00")),
            ("Thu, 5 Mar 2026 09:05:30 (GMT)", Some("2026-03-05T09:05:30+00:00")),
            ("Thu, 5 Mar 2026 09:05:30", None),
            ("Thu, 31 Feb 2026 09:05:30 +0000", None),
            ("yesterday", None),
            ("", None),
        ];
        for (value, expected) in all {
            assert_eq!(rfc3339(value).as_deref(), expected, "{value}");
        }
    }
}
