//! Public holidays by region and year, computed.
//!
//! Invariant: a year's list is the law as it stood or stands for that year, from 2000 on. Days
//! proclaimed once are listed by hand; one that was proclaimed after this file was written is not
//! known here: it goes into the closed days of the opening hours.

mod france;
mod spain;
mod united_kingdom;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Whose public holidays count. Serialised in kebab case, `"france-alsace-moselle"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolidayRegion {
    /// Nobody's.
    #[default]
    None,
    /// The eleven of the French code du travail, L3133-1.
    France,
    /// France with the two more of Bas-Rhin, Haut-Rhin and Moselle (code du travail, L3134-13).
    FranceAlsaceMoselle,
    /// England and Wales.
    EnglandWales,
    /// Scotland, bank holidays; local holidays differ by council.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
    /// Spain, the days common to all communities.
    Spain,
}

impl HolidayRegion {
    /// Every region.
    pub const ALL: [HolidayRegion; 7] = [
        HolidayRegion::None,
        HolidayRegion::France,
        HolidayRegion::FranceAlsaceMoselle,
        HolidayRegion::EnglandWales,
        HolidayRegion::Scotland,
        HolidayRegion::NorthernIreland,
        HolidayRegion::Spain,
    ];
}

/// The holidays of a year in date order, each with the key of its name (`easter-monday`).
///
/// Two holidays on one day are both listed (Ascension on 1 May 2008). A day in lieu has the key of
/// its holiday with `-substitute`.
#[must_use]
pub fn holidays(region: HolidayRegion, year: i16) -> Vec<(Date, &'static str)> {
    let mut days = match region {
        HolidayRegion::None => Vec::new(),
        HolidayRegion::France => france::national(year),
        HolidayRegion::FranceAlsaceMoselle => france::alsace_moselle(year),
        HolidayRegion::EnglandWales => united_kingdom::england_wales(year),
        HolidayRegion::Scotland => united_kingdom::scotland(year),
        HolidayRegion::NorthernIreland => united_kingdom::northern_ireland(year),
        HolidayRegion::Spain => spain::national(year),
    };
    days.sort_unstable();
    days
}

/// Whether a day is a public holiday in a region.
#[must_use]
pub fn is_holiday(region: HolidayRegion, date: Date) -> bool {
    if region == HolidayRegion::None {
        return false;
    }
    holidays(region, date.year()).iter().any(|(day, _)| *day == date)
}

/// Easter Sunday by the Gregorian computus (Meeus, Jones and Butcher).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let golden = y.rem_euclid(19);
    let (century, of_century) = (y.div_euclid(100), y.rem_euclid(100));
    let (leap_centuries, century_rest) = (century / 4, century % 4);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - moon_correction + 15) % 30;
    let weekday = (32 + 2 * century_rest + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    Date::new(year, i8::try_from(days / 31).ok()?, i8::try_from(days % 31 + 1).ok()?).ok()
}

/// The day `days` after Easter Sunday.
fn after_easter(year: i16, days: i32) -> Option<Date> {
    shifted(easter(year)?, days)
}

fn shifted(date: Date, days: i32) -> Option<Date> {
    date.checked_add(jiff::SignedDuration::from_hours(i64::from(days) * 24)).ok()
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Collects the days that exist; a year at the very end of the calendar may lack some.
fn existing<const N: usize>(days: [(Option<Date>, &'static str); N]) -> Vec<(Date, &'static str)> {
    days.into_iter().filter_map(|(date, name)| Some((date?, name))).collect()
}

fn fixed(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}
