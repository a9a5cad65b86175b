//! Spanish public holidays common to all autonomous communities.

use jiff::civil::Date;

use super::{after_easter, existing, fixed};

/// The days of Real Decreto 2001/1983, article 45, that every community keeps.
///
/// Epiphany may be replaced by a community, but none does. Whether a day on a Sunday moves to Monday
/// is each community's choice, so none moves here; regional and local days are not known here.
pub(super) fn national(year: i16) -> Vec<(Date, &'static str)> {
    existing([
        (fixed(year, 1, 1), "new-year"),
        (fixed(year, 1, 6), "epiphany"),
        (after_easter(year, -2), "good-friday"),
        (fixed(year, 5, 1), "labour-day"),
        (fixed(year, 8, 15), "assumption"),
        (fixed(year, 10, 12), "national-day"),
        (fixed(year, 11, 1), "all-saints"),
        (fixed(year, 12, 6), "constitution-day"),
        (fixed(year, 12, 8), "immaculate-conception"),
        (fixed(year, 12, 25), "christmas-day"),
    ])
}
