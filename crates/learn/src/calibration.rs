//! Calibration: what forecasts were worth, counted at fixed looks, and the correction that follows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::grid::DAY;
use crate::isotonic::isotonic;
use crate::model::Settings;
use crate::snapshot::decay;

/// How far ahead of its due moment a case is looked at. Each has a calibration of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// More than eight and a half days ahead, as at most hand-overs.
    Far,
    /// Five and a half to eight and a half days ahead.
    Week,
    /// Three to five and a half days ahead, as at the start of the third day before the promised one.
    ThreeDays,
    /// Less than three days ahead, as at the last moment at which a warning still gives two days.
    Near,
}

impl Look {
    /// All looks, furthest first.
    pub const ALL: [Look; LOOKS] = [Look::Far, Look::Week, Look::ThreeDays, Look::Near];

    /// The look that a notice (milliseconds until due) belongs to.
    pub fn at(notice: i64) -> Look {
        if notice > 8 * DAY + DAY / 2 {
            Look::Far
        } else if notice > 5 * DAY + DAY / 2 {
            Look::Week
        } else if notice >= 3 * DAY {
            Look::ThreeDays
        } else {
            Look::Near
        }
    }

    fn place(self) -> usize {
        match self {
            Look::Far => 0,
            Look::Week => 1,
            Look::ThreeDays => 2,
            Look::Near => 3,
        }
    }
}

const LOOKS: usize = 4;
/// Bins of the log odds, half a unit wide, from -6 to 6.
const BINS: usize = 24;

/// Forecasts in one bin, and how many of them came true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    n: u32,
    late: u32,
    /// Their log odds added up, in thousandths.
    odds: i64,
}

impl Count {
    fn add(&mut self, more: Count) {
        self.n = self.n.saturating_add(more.n);
        self.late = self.late.saturating_add(more.late);
        self.odds = self.odds.saturating_add(more.odds);
    }
}

/// One bin as weighted: its mean log odds, cases, and those that came true.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    odds: f64,
    n: f64,
    late: f64,
}

/// Outcomes by look, week and forecast.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LookCounts {
    by_look: [BTreeMap<i64, BTreeMap<u8, Count>>; LOOKS],
}

impl LookCounts {
    pub(crate) fn observe(&mut self, look: Look, raw: f64, late: bool, week: i64) {
        let Some(weeks) = self.by_look.get_mut(look.place()) else { return };
        #[expect(clippy::cast_possible_truncation, reason = "from -6000 to 6000")]
        let odds = (log_odds(raw) * 1000.0).round() as i64;
        weeks.entry(week).or_default().entry(bin(raw)).or_default().add(Count { n: 1, late: u32::from(late), odds });
    }

    pub(crate) fn merge(&mut self, other: &LookCounts) {
        for (mine, theirs) in self.by_look.iter_mut().zip(&other.by_look) {
            for (week, bins) in theirs {
                let week = mine.entry(*week).or_default();
                for (bin, count) in bins {
                    week.entry(*bin).or_default().add(*count);
                }
            }
        }
    }

    pub(crate) fn prune(&mut self, first_week: i64) {
        for weeks in &mut self.by_look {
            *weeks = weeks.split_off(&first_week);
        }
    }

    /// The calibration that the outcomes known in a week speak for.
    pub(crate) fn fit(&self, settings: &Settings, week: i64) -> Calibration {
        let mut calibration = Calibration::default();
        for (look, curve) in Look::ALL.into_iter().zip(&mut calibration.curves) {
            let bins = |half_life| self.weigh(look, &|key| decay(half_life, settings.horizon_weeks, week, key, 1));
            *curve = Curve::fit(&bins(settings.calibration_half_life_weeks), f64::from(settings.calibration_pull.max(1)));
            // What is said weeks ahead is answered weeks later: too late to tell today's drift. The pace is there for that.
            if look != Look::Far {
                curve.move_to(&bins(settings.drift_half_life_weeks));
            }
        }
        calibration
    }

    /// What was forecast at a look and how much of it came true, by bin.
    fn weigh(&self, look: Look, weight: &dyn Fn(i64) -> f64) -> [Bin; BINS] {
        let mut sums = [Bin::default(); BINS];
        for (key, bins) in self.by_look.get(look.place()).into_iter().flatten() {
            let weight = weight(*key);
            for (bin, count) in bins {
                let Some(sum) = sums.get_mut(usize::from(*bin)) else { continue };
                sum.n += weight * f64::from(count.n);
                sum.late += weight * f64::from(count.late);
                #[expect(clippy::cast_precision_loss, reason = "a sum of small numbers")]
                let odds = count.odds as f64 / 1000.0;
                sum.odds += weight * odds;
            }
        }
        for sum in &mut sums {
            sum.odds /= sum.n.max(f64::MIN_POSITIVE);
        }
        sums
    }
}

/// The correction of raw chances, one for each look.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Calibration {
    curves: [Curve; LOOKS],
}

impl Default for Calibration {
    fn default() -> Calibration {
        Calibration { curves: [const { Curve { odds: Vec::new(), shift: 0.0 } }; LOOKS] }
    }
}

impl Calibration {
    /// The chance that a raw chance was worth, so long before due.
    pub(crate) fn apply(&self, notice: i64, raw: f64) -> f64 {
        self.curves.get(Look::at(notice).place()).map_or(raw, |curve| curve.apply(raw))
    }
}

/// A rising curve from raw to calibrated chances, as log odds at the middles of the bins, and a shift of all of it.
#[derive(Clone, Debug, PartialEq)]
struct Curve {
    odds: Vec<f64>,
    shift: f64,
}

impl Curve {
    /// Isotonic regression of the shares that came true, each bin pulled towards no correction by so many imagined cases.
    fn fit(bins: &[Bin; BINS], pull: f64) -> Curve {
        let rows: Vec<(f64, f64)> = bins
            .iter()
            .zip(middles())
            .map(|(bin, middle)| {
                // What the bin says of its mean holds for its middle too, a little further on.
                let meant = logistic(bin.odds) * bin.n;
                let share = logistic(middle);
                (share + (bin.late - meant) / (bin.n + pull), bin.n + pull)
            })
            .collect();
        let odds = isotonic(&rows).into_iter().map(log_odds).collect();
        Curve { odds, shift: 0.0 }
    }

    /// Moves the curve up or down to what came of late: hardly by what chance alone would make of it, nearly all the way by what is more
    /// than chance (the mode under a Cauchy prior, by reweighted Newton's steps from no move).
    fn move_to(&mut self, bins: &[Bin; BINS]) {
        /// Scale of the prior, squared.
        const SCALE: f64 = 0.1 * 0.1;
        for _ in 0..50 {
            let prior = 2.0 / (SCALE + self.shift * self.shift);
            let mut first = -prior * self.shift;
            let mut second = prior;
            for bin in bins.iter().filter(|bin| bin.n > 0.0) {
                let chance = self.apply(logistic(bin.odds));
                first += bin.late - bin.n * chance;
                second += bin.n * chance * (1.0 - chance);
            }
            self.shift = (self.shift + (first / second).clamp(-0.5, 0.5)).clamp(-3.0, 3.0);
        }
    }

    fn apply(&self, raw: f64) -> f64 {
        let odds = log_odds(raw);
        // Between the middles of two bins, in proportion; beyond the outermost, as they are.
        let place = ((odds - FIRST_MIDDLE) * 2.0).clamp(0.0, 22.999);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 22")]
        let bin = place as usize;
        let (low, high) = (self.odds.get(bin).copied().unwrap_or(odds), self.odds.get(bin + 1).copied().unwrap_or(odds));
        logistic(low + (high - low) * place.fract() + self.shift)
    }
}

/// Middle of the first bin.
const FIRST_MIDDLE: f64 = -5.75;

fn middles() -> impl Iterator<Item = f64> {
    (0..24u8).map(|bin| f64::from(bin) / 2.0 + FIRST_MIDDLE)
}

fn log_odds(chance: f64) -> f64 {
    let chance = if chance.is_nan() { 0.5 } else { chance.clamp(0.0, 1.0) };
    (chance / (1.0 - chance)).ln().clamp(-6.0, 6.0)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 24")]
fn bin(chance: f64) -> u8 {
    ((log_odds(chance) + 6.0) * 2.0).clamp(0.0, 23.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: impl Iterator<Item = (f64, bool)>) -> LookCounts {
        let mut counts = LookCounts::default();
        for (raw, late) in rows {
            counts.observe(Look::Week, raw, late, 10);
        }
        counts
    }

    #[test]
    fn before_any_outcome_nothing_is_corrected() {
        let calibration = LookCounts::default().fit(&Settings::default(), 10);
        for raw in [0.01, 0.3, 0.5, 0.97] {
            assert!((calibration.apply(9 * DAY, raw) - raw).abs() < 1e-9);
        }
    }

    #[test]
    fn what_is_feared_too_much_is_feared_less_in_the_same_order() {
        let rows = (0..400).map(|index| (if index % 2 == 0 { 0.8 } else { 0.5 }, index % 8 < 2));
        let calibration = counts(rows).fit(&Settings::default(), 10);
        let (high, low) = (calibration.apply(7 * DAY, 0.8), calibration.apply(7 * DAY, 0.5));
        assert!(high < 0.45 && low < high && low > 0.1, "{high} {low}");
        // Other looks are left alone.
        assert!((calibration.apply(DAY, 0.8) - 0.8).abs() < 1e-9);
    }

    #[test]
    fn outcomes_of_later_weeks_do_not_count() {
        let calibration = counts((0..400).map(|_| (0.8, false))).fit(&Settings::default(), 9);
        assert!((calibration.apply(7 * DAY, 0.8) - 0.8).abs() < 1e-9);
    }

    #[test]
    fn a_bin_far_from_its_share_stays_a_chance() {
        // A thousand cases at the lower end of their bin, none of which came true: the middle's share would fall below 0.
        for (raw, late) in [(0.0001, false), (0.24, false), (0.76, true), (0.9999, true)] {
            let calibration = counts((0..1000).map(|_| (raw, late))).fit(&Settings::default(), 10);
            let found = calibration.apply(7 * DAY, raw);
            assert!((0.0..=1.0).contains(&found) && (found - f64::from(u8::from(late))).abs() < 0.1, "{raw} {found}");
        }
    }

    #[test]
    fn the_extremes_are_finite() {
        let calibration = counts([(0.0, true), (1.0, false), (f64::NAN, true)].into_iter()).fit(&Settings::default(), 10);
        assert!([0.0, 1.0, f64::NAN].into_iter().all(|raw| calibration.apply(7 * DAY, raw).is_finite()));
    }
}
