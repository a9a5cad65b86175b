//! Calibration: what forecasts were worth, counted at fixed looks, and the correction that follows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::grid::DAY;
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
}

/// Outcomes by look, week and forecast.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LookCounts {
    by_look: [BTreeMap<i64, BTreeMap<u8, Count>>; LOOKS],
}

impl LookCounts {
    pub(crate) fn observe(&mut self, look: Look, raw: f64, late: bool, week: i64) {
        let Some(weeks) = self.by_look.get_mut(look.place()) else { return };
        let count = weeks.entry(week).or_default().entry(bin(raw)).or_default();
        count.n = count.n.saturating_add(1);
        count.late = count.late.saturating_add(u32::from(late));
    }

    pub(crate) fn merge(&mut self, other: &LookCounts) {
        for (mine, theirs) in self.by_look.iter_mut().zip(&other.by_look) {
            for (week, bins) in theirs {
                let week = mine.entry(*week).or_default();
                for (bin, count) in bins {
                    let sum = week.entry(*bin).or_default();
                    sum.n = sum.n.saturating_add(count.n);
                    sum.late = sum.late.saturating_add(count.late);
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
        for (line, weeks) in calibration.lines.iter_mut().zip(&self.by_look) {
            let sums = |half_life: u16| {
                let mut sums = [(0.0, 0.0); BINS];
                for (key, bins) in weeks {
                    let weight = decay(half_life, settings.horizon_weeks, week, *key, 1);
                    for (bin, count) in bins {
                        if let Some((n, late)) = sums.get_mut(usize::from(*bin)) {
                            *n += weight * f64::from(count.n);
                            *late += weight * f64::from(count.late);
                        }
                    }
                }
                sums
            };
            *line = Line::fit(&sums(settings.calibration_half_life_weeks)).shifted(&sums(settings.drift_half_life_weeks));
        }
        calibration
    }
}

/// The correction of raw chances, one for each look.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Calibration {
    lines: [Line; LOOKS],
}

impl Calibration {
    /// The chance that a raw chance was worth, so long before due.
    pub(crate) fn apply(&self, notice: i64, raw: f64) -> f64 {
        self.lines.get(Look::at(notice).place()).copied().unwrap_or_default().apply(raw)
    }
}

/// A line in log odds: `shift + slope * log odds`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Line {
    shift: f64,
    slope: f64,
}

impl Default for Line {
    fn default() -> Line {
        Line { shift: 0.0, slope: 1.0 }
    }
}

impl Line {
    /// The most probable line given the outcomes, where before any outcome no correction is the most probable one (logistic regression
    /// with normal priors, by Newton's steps).
    fn fit(sums: &[(f64, f64); BINS]) -> Line {
        /// One over the variance of the shift (standard deviation 1) and of the slope (0.3) before anything is known.
        const SHIFT: f64 = 1.0;
        const SLOPE: f64 = 11.0;
        let mut line = Line::default();
        for _ in 0..25 {
            let (mut g0, mut g1) = (-SHIFT * line.shift, -SLOPE * (line.slope - 1.0));
            let (mut h00, mut h01, mut h11) = (SHIFT, 0.0, SLOPE);
            for (x, (n, late)) in middles().zip(sums) {
                let chance = logistic(line.shift + line.slope * x);
                let (error, spread) = (late - n * chance, n * chance * (1.0 - chance));
                g0 += error;
                g1 += error * x;
                h00 += spread;
                h01 += spread * x;
                h11 += spread * x * x;
            }
            let det = h00 * h11 - h01 * h01;
            let (by_shift, by_slope) = ((h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det);
            line.shift += by_shift.clamp(-1.0, 1.0);
            line.slope = (line.slope + by_slope.clamp(-0.5, 0.5)).max(0.05);
            if by_shift.abs() + by_slope.abs() < 1e-9 {
                break;
            }
        }
        line
    }

    /// The same line moved up or down to what came of late.
    fn shifted(self, sums: &[(f64, f64); BINS]) -> Line {
        let prior: f64 = std::env::var("PRIOR").ok().and_then(|t| t.parse().ok()).unwrap_or(11.0);
        let mut more = 0.0;
        for _ in 0..25 {
            let (mut g, mut h) = (-prior * more, prior);
            for (x, (n, late)) in middles().zip(sums) {
                let chance = logistic(self.shift + more + self.slope * x);
                g += late - n * chance;
                h += n * chance * (1.0 - chance);
            }
            more += (g / h).clamp(-1.0, 1.0);
        }
        Line { shift: self.shift + more, slope: self.slope }
    }

    fn apply(self, raw: f64) -> f64 {
        logistic(self.shift + self.slope * log_odds(raw))
    }
}

fn log_odds(chance: f64) -> f64 {
    let chance = if chance.is_nan() { 0.5 } else { chance };
    (chance / (1.0 - chance)).ln().clamp(-6.0, 6.0)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 24")]
fn bin(chance: f64) -> u8 {
    ((log_odds(chance) + 6.0) * 2.0).clamp(0.0, 23.0) as u8
}

fn middles() -> impl Iterator<Item = f64> {
    (0..24u8).map(|bin| f64::from(bin) / 2.0 - 5.75)
}
