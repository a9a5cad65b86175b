//! French public holidays: code du travail, L3133-1 and L3134-13.

use jiff::civil::Date;

use super::{after_easter, existing, fixed};

/// The eleven national holidays; none moves when it falls on a Sunday.
pub(super) fn national(year: i16) -> Vec<(Date, &'static str)> {
    existing([
        (fixed(year, 1, 1), "new-year"),
        (after_easter(year, 1), "easter-monday"),
        (fixed(year, 5, 1), "labour-day"),
        (fixed(year, 5, 8), "victory-1945"),
        (after_easter(year, 39), "ascension"),
        (after_easter(year, 50), "whit-monday"),
        (fixed(year, 7, 14), "national-day"),
        (fixed(year, 8, 15), "assumption"),
        (fixed(year, 11, 1), "all-saints"),
        (fixed(year, 11, 11), "armistice-1918"),
        (fixed(year, 12, 25), "christmas-day"),
    ])
}

/// The national ones and two more.
///
/// Good Friday is a holiday in the municipalities with a Protestant church or a mixed one, which are
/// nearly all; the others are not told apart here.
pub(super) fn alsace_moselle(year: i16) -> Vec<(Date, &'static str)> {
    let mut days = national(year);
    days.extend(existing([(after_easter(year, -2), "good-friday"), (fixed(year, 12, 26), "saint-stephen")]));
    days
}
