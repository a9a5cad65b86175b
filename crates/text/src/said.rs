//! Dates, times and spans as people say them.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use kept_base::{Due, Language};

use crate::typography::{NO_BREAK, number};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A day in full, without its year: `samedi 28 novembre`, `Saturday 28 November`.
#[must_use]
pub fn day(language: Language, date: Date) -> String {
    format!("{} {} {}", weekday(language, date.weekday()), day_number(language, date.day()), month(language, date.month()))
}

/// A day in short, without its year: `sam. 28 nov.`, `Sat 28 Nov`.
#[must_use]
pub fn day_short(language: Language, date: Date) -> String {
    let (weekday, month) = (weekday_short(language, date.weekday()), month_short(language, date.month()));
    format!("{weekday} {} {month}", day_number(language, date.day()))
}

/// A day in full, with its year when that is not the year of `today`.
#[must_use]
pub fn day_from(language: Language, date: Date, today: Date) -> String {
    with_year(day(language, date), date, today)
}

/// A day in short, with its year when that is not the year of `today`.
#[must_use]
pub fn day_short_from(language: Language, date: Date, today: Date) -> String {
    with_year(day_short(language, date), date, today)
}

/// A time of day: `14:07`, in both languages.
#[must_use]
pub fn time(_language: Language, time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// A moment where somebody lives: `samedi 28 novembre à 14:07`, `Saturday 28 November at 14:07`.
#[must_use]
pub fn moment(language: Language, at: &Zoned) -> String {
    join_time(language, day(language, at.date()), at)
}

/// A moment with its year when that is not the year of `today`.
#[must_use]
pub fn moment_from(language: Language, at: &Zoned, today: Date) -> String {
    join_time(language, day_from(language, at.date(), today), at)
}

/// A moment in short, for lists: `sam. 28 nov., 14:07`; today's is the time alone.
#[must_use]
pub fn moment_short_from(language: Language, at: &Zoned, today: Date) -> String {
    if at.date() == today {
        return time(language, at.time());
    }
    format!("{}, {}", day_short_from(language, at.date(), today), time(language, at.time()))
}

/// When something is due, in the zone of the person it is for: `samedi 28 novembre, fin de journée`, or with its time.
///
/// A due that is the end of a day says that day, whatever the zone.
#[must_use]
pub fn due(language: Language, due: &Due, zone: &TimeZone, today: Date) -> String {
    due_words(language, due, zone, |date| day_from(language, date, today))
}

/// The same in short: `sam. 28 nov., fin de journée`.
#[must_use]
pub fn due_short(language: Language, due: &Due, zone: &TimeZone, today: Date) -> String {
    due_words(language, due, zone, |date| day_short_from(language, date, today))
}

/// The day on which something is due, without a time: for sentences such as "will not arrive … as promised".
#[must_use]
pub fn due_day(language: Language, due: &Due, zone: &TimeZone, today: Date) -> String {
    let date = due.day.unwrap_or_else(|| due.at.to_zoned(zone.clone()).date());
    day_from(language, date, today)
}

/// Where `to` lies, seen from `from`: `dans 53 min`, `il y a 3 jours`, `in 53 min`, `3 days ago`.
#[must_use]
pub fn relative(language: Language, from: Timestamp, to: Timestamp) -> String {
    let seconds = to.as_second().saturating_sub(from.as_second());
    let words = span(language, seconds.saturating_abs());
    match (language, seconds.saturating_abs() < MINUTE, seconds > 0) {
        (Language::French, true, _) => "maintenant".to_owned(),
        (Language::English, true, _) => "now".to_owned(),
        (Language::French, _, true) => format!("dans {words}"),
        (Language::French, _, false) => format!("il y a {words}"),
        (Language::English, _, true) => format!("in {words}"),
        (Language::English, _, false) => format!("{words} ago"),
    }
}

/// By how much something is late, to the minute: `+ 26 h 07`; from 72 hours on, in days: `+ 9 jours`.
#[must_use]
pub fn late_by(language: Language, due: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(due.as_second()).max(0);
    let words = if seconds < HOUR {
        span(language, seconds)
    } else if seconds < 3 * DAY {
        hours_and_minutes(seconds)
    } else {
        span(language, seconds)
    };
    format!("+{NO_BREAK}{words}")
}

/// How long something lasts, in its largest sensible unit, rounded down: `53 min`, `41 h`, `3 jours`.
///
/// Hours are used below 48, days above; less than a minute is said as one minute.
#[must_use]
pub fn span(language: Language, seconds: i64) -> String {
    let seconds = seconds.saturating_abs();
    if seconds < HOUR {
        return format!("{}{NO_BREAK}min", (seconds / MINUTE).max(1));
    }
    if seconds < 2 * DAY {
        return format!("{}{NO_BREAK}h", seconds / HOUR);
    }
    let unit = match language {
        Language::French => "jours",
        Language::English => "days",
    };
    format!("{}{NO_BREAK}{unit}", number(language, seconds / DAY))
}

/// Things said one after the other: `a, b et c`, `a, b and c`; none is the empty text.
#[must_use]
pub fn list(language: Language, things: &[String]) -> String {
    let and = match language {
        Language::French => "et",
        Language::English => "and",
    };
    match things {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

/// The sentence or heading with a capital at its start.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn due_words(language: Language, due: &Due, zone: &TimeZone, say_day: impl Fn(Date) -> String) -> String {
    if let Some(date) = due.day {
        let end = match language {
            Language::French => "fin de journée",
            Language::English => "end of day",
        };
        return format!("{}, {end}", say_day(date));
    }
    let at = due.at.to_zoned(zone.clone());
    format!("{}, {}", say_day(at.date()), time(language, at.time()))
}

fn join_time(language: Language, day: String, at: &Zoned) -> String {
    let word = match language {
        Language::French => "à",
        Language::English => "at",
    };
    format!("{day} {word} {}", time(language, at.time()))
}

fn with_year(said: String, date: Date, today: Date) -> String {
    if date.year() == today.year() { said } else { format!("{said} {}", date.year()) }
}

fn hours_and_minutes(seconds: i64) -> String {
    format!("{}{NO_BREAK}h{NO_BREAK}{:02}", seconds / HOUR, seconds % HOUR / MINUTE)
}

/// French says the first of a month as an ordinal, and only the first.
fn day_number(language: Language, day: i8) -> String {
    match (language, day) {
        (Language::French, 1) => "1ᵉʳ".to_owned(),
        _ => day.to_string(),
    }
}

fn weekday(language: Language, weekday: Weekday) -> &'static str {
    match (language, weekday) {
        (Language::French, Weekday::Monday) => "lundi",
        (Language::French, Weekday::Tuesday) => "mardi",
        (Language::French, Weekday::Wednesday) => "mercredi",
        (Language::French, Weekday::Thursday) => "jeudi",
        (Language::French, Weekday::Friday) => "vendredi",
        (Language::French, Weekday::Saturday) => "samedi",
        (Language::French, Weekday::Sunday) => "dimanche",
        (Language::English, Weekday::Monday) => "Monday",
        (Language::English, Weekday::Tuesday) => "Tuesday",
        (Language::English, Weekday::Wednesday) => "Wednesday",
        (Language::English, Weekday::Thursday) => "Thursday",
        (Language::English, Weekday::Friday) => "Friday",
        (Language::English, Weekday::Saturday) => "Saturday",
        (Language::English, Weekday::Sunday) => "Sunday",
    }
}

fn weekday_short(language: Language, day: Weekday) -> String {
    let start: String = weekday(language, day).chars().take(3).collect();
    match language {
        Language::French => format!("{start}."),
        Language::English => start,
    }
}

fn month(language: Language, month: i8) -> &'static str {
    match language {
        Language::French => match month {
            1 => "janvier",
            2 => "février",
            3 => "mars",
            4 => "avril",
            5 => "mai",
            6 => "juin",
            7 => "juillet",
            8 => "août",
            9 => "septembre",
            10 => "octobre",
            11 => "novembre",
            _ => "décembre",
        },
        Language::English => match month {
            1 => "January",
            2 => "February",
            3 => "March",
            4 => "April",
            5 => "May",
            6 => "June",
            7 => "July",
            8 => "August",
            9 => "September",
            10 => "October",
            11 => "November",
            _ => "December",
        },
    }
}

/// French abbreviations as in the *Lexique* of the Imprimerie nationale: short names stay whole.
fn month_short(language: Language, number: i8) -> String {
    match language {
        Language::French => match number {
            1 => "janv.",
            2 => "févr.",
            3 => "mars",
            4 => "avr.",
            5 => "mai",
            6 => "juin",
            7 => "juil.",
            8 => "août",
            9 => "sept.",
            10 => "oct.",
            11 => "nov.",
            _ => "déc.",
        }
        .to_owned(),
        Language::English => month(language, number).chars().take(3).collect(),
    }
}
