//! Bank holidays of the United Kingdom: Banking and Financial Dealings Act 1971, schedule 1, and
//! royal proclamations; as listed by <https://www.gov.uk/bank-holidays>.
//!
//! Christmas Day is listed on its own date even when a weekday is given in lieu: it is a common law
//! holiday and shops stay shut on it. Good Friday is one too and never falls on a weekend.

use jiff::civil::{Date, Weekday};

use super::{after_easter, existing, fixed, is_weekend, shifted};

type Days = Vec<(Date, &'static str)>;

/// England and Wales.
pub(super) fn england_wales(year: i16) -> Days {
    let mut days = in_all_parts(year);
    days.extend(existing([(after_easter(year, 1), "easter-monday"), (last_monday(year, 8), "summer-bank-holiday")]));
    days.extend(in_lieu(fixed(year, 1, 1), "new-year", "new-year-substitute"));
    days
}

/// Scotland: no Easter Monday, 2 January, the first Monday of August, and Saint Andrew.
pub(super) fn scotland(year: i16) -> Days {
    let mut days = in_all_parts(year);
    days.extend(existing([(monday_on_or_after(year, 8, 1), "summer-bank-holiday")]));
    days.extend(in_lieu_pair(
        fixed(year, 1, 1),
        ["new-year", "new-year-substitute"],
        ["second-january", "second-january-substitute"],
    ));
    // St Andrew's Day Bank Holiday (Scotland) Act 2007.
    if year >= 2007 {
        let names = ("saint-andrew", "saint-andrew-substitute");
        days.extend(in_lieu(fixed(year, 11, 30), names.0, names.1));
    }
    days
}

/// Northern Ireland: as England and Wales, with Saint Patrick and the Battle of the Boyne.
pub(super) fn northern_ireland(year: i16) -> Days {
    let mut days = england_wales(year);
    days.extend(in_lieu(fixed(year, 3, 17), "saint-patrick", "saint-patrick-substitute"));
    days.extend(in_lieu(fixed(year, 7, 12), "orangemen", "orangemen-substitute"));
    days
}

fn in_all_parts(year: i16) -> Days {
    let mut days = existing([
        (after_easter(year, -2), "good-friday"),
        (early_may(year), "early-may-bank-holiday"),
        (spring(year), "spring-bank-holiday"),
    ]);
    days.extend(in_lieu_pair(
        fixed(year, 12, 25),
        ["christmas-day", "christmas-day-substitute"],
        ["boxing-day", "boxing-day-substitute"],
    ));
    let christmas = fixed(year, 12, 25).filter(|date| is_weekend(*date));
    days.extend(christmas.map(|date| (date, "christmas-day")));
    for (_, month, day, name) in PROCLAIMED_ONCE.iter().filter(|once| once.0 == year) {
        days.extend(fixed(year, *month, *day).map(|date| (date, *name)));
    }
    days
}

/// Days added for one year by royal proclamation, in all parts of the kingdom.
const PROCLAIMED_ONCE: [(i16, i8, i8, &str); 6] = [
    (2002, 6, 3, "golden-jubilee"),
    (2011, 4, 29, "royal-wedding"),
    (2012, 6, 5, "diamond-jubilee"),
    (2022, 6, 3, "platinum-jubilee"),
    (2022, 9, 19, "state-funeral"),
    (2023, 5, 8, "coronation"),
];

/// The first Monday of May; moved to 8 May 2020, the 75th anniversary of VE Day.
fn early_may(year: i16) -> Option<Date> {
    if year == 2020 { fixed(2020, 5, 8) } else { monday_on_or_after(year, 5, 1) }
}

/// The last Monday of May, moved beside each of the late Queen's jubilees.
fn spring(year: i16) -> Option<Date> {
    match year {
        2002 => fixed(2002, 6, 4),
        2012 => fixed(2012, 6, 4),
        2022 => fixed(2022, 6, 2),
        _ => last_monday(year, 5),
    }
}

/// One day: on a weekend the next Monday is given in lieu.
fn in_lieu(date: Option<Date>, name: &'static str, substitute_name: &'static str) -> Option<(Date, &'static str)> {
    let date = date?;
    match date.weekday() {
        Weekday::Saturday => Some((shifted(date, 2)?, substitute_name)),
        Weekday::Sunday => Some((shifted(date, 1)?, substitute_name)),
        _ => Some((date, name)),
    }
}

/// Two days in a row, each with its name and the name of its day in lieu.
///
/// Each that falls on a weekend is given in lieu on the next weekday that neither has taken.
fn in_lieu_pair(first: Option<Date>, first_names: [&'static str; 2], second_names: [&'static str; 2]) -> Days {
    let [first_name, first_substitute] = first_names;
    let [second_name, second_substitute] = second_names;
    let second = first.and_then(|date| shifted(date, 1));
    let (first_day, second_day) = match first.map(Date::weekday) {
        // Saturday and Sunday: Monday and Tuesday.
        Some(Weekday::Saturday) => (
            (first.and_then(|date| shifted(date, 2)), first_substitute),
            (second.and_then(|date| shifted(date, 2)), second_substitute),
        ),
        // Sunday and Monday: the first moves behind the second, to Tuesday.
        Some(Weekday::Sunday) => ((first.and_then(|date| shifted(date, 2)), first_substitute), (second, second_name)),
        // Friday and Saturday: the second moves to Monday.
        Some(Weekday::Friday) => ((first, first_name), (second.and_then(|date| shifted(date, 2)), second_substitute)),
        _ => ((first, first_name), (second, second_name)),
    };
    existing([first_day, second_day])
}

fn monday_on_or_after(year: i16, month: i8, day: i8) -> Option<Date> {
    let date = fixed(year, month, day)?;
    let to_monday = i32::from((7 - date.weekday().to_monday_zero_offset()) % 7);
    shifted(date, to_monday)
}

fn last_monday(year: i16, month: i8) -> Option<Date> {
    let last = fixed(year, month, 1)?.last_of_month();
    shifted(last, -i32::from(last.weekday().to_monday_zero_offset()))
}
