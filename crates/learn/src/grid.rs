//! The grid that time is counted on: quarters of a local day, days of the week, weeks.

use serde::{Deserialize, Serialize};

/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;
/// Milliseconds of a day.
pub const DAY: i64 = 24 * HOUR;
/// Milliseconds of one step: a quarter of a day. Every forecast is constant within a step.
pub const STEP: i64 = DAY / STEPS_A_DAY;
/// Steps of a day.
pub(crate) const STEPS_A_DAY: i64 = 4;
/// Places in a week: seven days of four quarters.
pub(crate) const SLOTS: usize = 28;
/// Ages from here on are no longer counted: what is open for longer is lost, not slow.
pub(crate) const OLDEST: i64 = 90 * STEPS_A_DAY;

/// First step of each bin of ages: quarters of the first day, halves of the next two, then days, pairs of days, fives of days.
const EDGES: [i64; BINS] = {
    let mut edges = [0; BINS];
    let mut bin = 0;
    let mut step = 0;
    while bin < BINS {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler; the index is below the length")]
        {
            edges[bin] = step;
        }
        step += if step < 4 {
            1
        } else if step < 12 {
            2
        } else if step < 64 {
            4
        } else if step < 120 {
            8
        } else if step < 240 {
            20
        } else {
            120
        };
        bin += 1;
    }
    edges
};
/// Bins of ages.
pub(crate) const BINS: usize = 35;

/// The bin of an age in steps.
pub(crate) fn bin(age: i64) -> usize {
    EDGES.partition_point(|edge| *edge <= age).saturating_sub(1)
}

/// Year 14,645, either way: beyond every calendar, and far from where numbers overflow.
const FURTHEST: i64 = 400_000_000_000_000;

/// Where the local day stands against the epoch. One fixed offset is enough: summer time moves a scan by an hour within a quarter day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Milliseconds that local time is ahead of UTC; negative west of Greenwich.
    pub ahead: i64,
}

impl Grid {
    /// The step that a moment falls in; moments beyond all calendars count as their last.
    pub fn step(self, at: i64) -> i64 {
        at.clamp(-FURTHEST, FURTHEST).saturating_add(self.ahead).clamp(-FURTHEST, FURTHEST).div_euclid(STEP)
    }

    /// When a step begins.
    pub fn begins(self, step: i64) -> i64 {
        step.saturating_mul(STEP).saturating_sub(self.ahead)
    }
}

/// The place of a step within its week.
pub(crate) fn slot(step: i64) -> usize {
    usize::try_from(step.rem_euclid(i64::try_from(SLOTS).unwrap_or(1))).unwrap_or(0)
}

/// The week of a step, counted from the epoch.
pub(crate) fn week(step: i64) -> i64 {
    step.div_euclid(i64::try_from(SLOTS).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_cover_ninety_days_without_a_gap() {
        assert_eq!(EDGES.first(), Some(&0));
        assert_eq!(EDGES.last(), Some(&240));
        assert!(EDGES.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((bin(0), bin(3), bin(4), bin(5), bin(6)), (0, 3, 4, 4, 5));
        assert_eq!(bin(OLDEST * 4), BINS - 1);
        assert_eq!(bin(-3), 0);
    }

    #[test]
    fn a_local_day_begins_at_its_own_midnight() {
        let grid = Grid { ahead: -3 * HOUR };
        assert_eq!(grid.step(3 * HOUR - 1), -1);
        assert_eq!(grid.step(3 * HOUR), 0);
        assert_eq!(grid.begins(grid.step(3 * HOUR)), 3 * HOUR);
        assert_eq!(grid.step(3 * HOUR + STEP), 1);
    }
}
