//! When to warn: what every rule of a grid would have brought, and the one that costs least.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::forecast::Case;
use crate::grid::{DAY, HOUR};
use crate::snapshot::{NotReady, Snapshot, decay};

/// How long before due an open case is looked at, longest first, in milliseconds. 4 days is the start of the third day before a promised
/// day; 2 days and 6 hours is the last evening on which a warning still gives two days.
pub const NOTICES: [i64; LOOKS] =
    [10 * DAY, 7 * DAY, 5 * DAY, 4 * DAY, 3 * DAY, 2 * DAY + 12 * HOUR, 2 * DAY + 6 * HOUR, DAY + 12 * HOUR, 12 * HOUR];
const LOOKS: usize = 9;
/// Thresholds that are weighed: .05, .10 … .95.
const THRESHOLDS: usize = 19;

/// What a case looked like at one of [`NOTICES`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Glance {
    /// How long before due, milliseconds.
    pub notice: i64,
    /// The chance before calibration.
    pub raw: f64,
    /// The chance.
    pub probability: f64,
}

/// A rule: from `notice` before due on, warn as soon as the chance of being late reaches `threshold`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// How long before due warnings begin, milliseconds.
    pub notice: i64,
    /// The chance from which on one is given.
    pub threshold: f64,
}

/// What mistakes cost, in any unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// A warning of something that then came in time.
    pub needless: f64,
    /// Something late without a warning of at least `notice`; a shorter one halves it.
    pub unannounced: f64,
    /// What a warning has to leave to be of full use, milliseconds.
    pub notice: i64,
}

impl Default for Costs {
    fn default() -> Costs {
        Costs { needless: 1.0, unannounced: 3.0, notice: 2 * DAY }
    }
}

/// What a rule would have brought, weighted towards now.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The rule.
    pub policy: Policy,
    /// Cases.
    pub cases: f64,
    /// Cases that were late.
    pub late: f64,
    /// Warnings of what came in time.
    pub needless: f64,
    /// Warnings of what was late, by [`NOTICES`].
    pub hits: [f64; LOOKS],
}

impl Point {
    /// Warnings that came true.
    pub fn hit(&self) -> f64 {
        self.hits.iter().sum()
    }

    /// Share of warnings that came true; none without warnings.
    pub fn precision(&self) -> Option<f64> {
        share(self.hit(), self.hit() + self.needless)
    }

    /// Share of the late that had been warned of with at least so much notice; none where nothing was late.
    pub fn recall(&self, notice: i64) -> Option<f64> {
        let hits: f64 = self.hits.iter().zip(NOTICES).filter(|(_, given)| *given >= notice).map(|(hits, _)| hits).sum();
        share(hits, self.late)
    }

    /// Warnings for each hundred cases.
    pub fn alarms_per_hundred(&self) -> Option<f64> {
        share(100.0 * (self.hit() + self.needless), self.cases)
    }

    /// Median notice of the warnings that came true, milliseconds.
    pub fn median_notice(&self) -> Option<i64> {
        let half = self.hit() / 2.0;
        let mut seen = 0.0;
        let found = self.hits.iter().zip(NOTICES).find(|(hits, _)| {
            seen += **hits;
            seen >= half && seen > 0.0
        });
        found.map(|(_, notice)| notice)
    }

    /// What the rule would have cost.
    pub fn cost(&self, costs: &Costs) -> f64 {
        let timely: f64 = self.hits.iter().zip(NOTICES).filter(|(_, given)| *given >= costs.notice).map(|(hits, _)| hits).sum();
        costs.needless * self.needless + costs.unannounced * (self.late - timely - (self.hit() - timely) / 2.0)
    }
}

/// One rule's outcomes in one week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tally {
    needless: u32,
    hits: [u32; LOOKS],
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Week {
    cases: u32,
    late: u32,
    /// By `look * THRESHOLDS + threshold`; rules without warnings are left out.
    rules: BTreeMap<u16, Tally>,
}

/// What every rule of the grid would have brought, by week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WarningCounts {
    weeks: BTreeMap<i64, Week>,
}

impl WarningCounts {
    pub(crate) fn observe(&mut self, glances: &[Glance], late: bool, week: i64) {
        let week = self.weeks.entry(week).or_default();
        week.cases = week.cases.saturating_add(1);
        week.late = week.late.saturating_add(u32::from(late));
        let mut seen: Vec<(usize, f64)> = glances
            .iter()
            .filter_map(|glance| Some((NOTICES.iter().position(|notice| *notice == glance.notice)?, glance.probability)))
            .collect();
        seen.sort_by_key(|(look, _)| *look);
        for (first, _) in NOTICES.iter().enumerate() {
            for (place, threshold) in thresholds().enumerate() {
                let fired = seen.iter().find(|(look, chance)| *look >= first && *chance >= threshold);
                let Some((look, _)) = fired else { break };
                let rule = u16::try_from(first * THRESHOLDS + place).unwrap_or(u16::MAX);
                let tally = week.rules.entry(rule).or_default();
                if !late {
                    tally.needless = tally.needless.saturating_add(1);
                } else if let Some(hits) = tally.hits.get_mut(*look) {
                    *hits = hits.saturating_add(1);
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: &WarningCounts) {
        for (key, theirs) in &other.weeks {
            let mine = self.weeks.entry(*key).or_default();
            mine.cases = mine.cases.saturating_add(theirs.cases);
            mine.late = mine.late.saturating_add(theirs.late);
            for (rule, more) in &theirs.rules {
                let sum = mine.rules.entry(*rule).or_default();
                sum.needless = sum.needless.saturating_add(more.needless);
                for (sum, more) in sum.hits.iter_mut().zip(more.hits) {
                    *sum = sum.saturating_add(more);
                }
            }
        }
    }

    pub(crate) fn prune(&mut self, first_week: i64) {
        self.weeks = self.weeks.split_off(&first_week);
    }

    pub(crate) fn weigh(&self, half_life: u16, horizon: u16, now: i64) -> Vec<Point> {
        let mut points: Vec<Point> = NOTICES
            .iter()
            .flat_map(|notice| thresholds().map(|threshold| Policy { notice: *notice, threshold }))
            .map(|policy| Point { policy, cases: 0.0, late: 0.0, needless: 0.0, hits: [0.0; LOOKS] })
            .collect();
        for (key, week) in &self.weeks {
            let weight = decay(half_life, horizon, now, *key, 1);
            for point in &mut points {
                point.cases += weight * f64::from(week.cases);
                point.late += weight * f64::from(week.late);
            }
            for (rule, tally) in &week.rules {
                let Some(point) = points.get_mut(usize::from(*rule)) else { continue };
                point.needless += weight * f64::from(tally.needless);
                for (sum, hits) in point.hits.iter_mut().zip(tally.hits) {
                    *sum += weight * f64::from(hits);
                }
            }
        }
        points
    }
}

/// Outcomes of late cases that a choice takes.
const ENOUGH_LATE: f64 = 20.0;

impl Snapshot {
    /// What a case will look like at each of the [`NOTICES`] still ahead of `now`, if nothing more is heard. Keep them with the case,
    /// renew them when something is heard or a new snapshot is taken, and hand those whose moment came while the case was open to
    /// [`crate::Model::observe_outcome`].
    pub fn glances(&self, case: &Case, now: i64) -> Result<Vec<Glance>, NotReady> {
        let ahead = NOTICES.iter().filter(|notice| case.due.saturating_sub(**notice) >= now);
        self.at_notices(case, ahead.copied())
    }

    /// What each rule of the grid would have brought on the cases whose outcome is known, weighted towards now.
    pub fn curve(&self) -> &[Point] {
        &self.points
    }

    /// The rule that would have cost least; of equals the one that warns of less and later. Too little history, and there is none.
    pub fn policy(&self, costs: &Costs) -> Result<&Point, NotReady> {
        let late = self.points.first().map_or(0.0, |point| point.late);
        if late < ENOUGH_LATE {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count below 20")]
            return Err(NotReady::TooFew { n: late as u32, needed: ENOUGH_LATE as u32 });
        }
        let mut best: Option<(&Point, f64)> = None;
        for point in &self.points {
            let cost = point.cost(costs);
            if best.is_none_or(|(_, least)| cost <= least) {
                best = Some((point, cost));
            }
        }
        best.map(|(point, _)| point).ok_or(NotReady::TooFew { n: 0, needed: 1 })
    }

    /// When a rule will warn of a case if nothing more is heard, from `from` on; none where it will not before the due moment.
    pub fn warning(&self, case: &Case, from: i64, policy: &Policy) -> Result<Option<i64>, NotReady> {
        let start = from.max(case.due.saturating_sub(policy.notice));
        let at = self.crossing(case, start, policy.threshold)?;
        Ok((at < case.due).then_some(at))
    }
}

fn thresholds() -> impl Iterator<Item = f64> {
    (1..=19u8).map(|step| f64::from(step) / 20.0)
}

fn share(count: f64, of: f64) -> Option<f64> {
    (of > 0.0).then(|| count / of)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cases looked like at 4 days and at 2 days 6 hours, and whether they came late.
    fn counted(cases: &[(f64, Option<f64>, bool)]) -> Vec<Point> {
        let mut counts = WarningCounts::default();
        for (early, later, late) in cases {
            let glance = |notice: i64, probability: f64| Glance { notice, raw: probability, probability };
            let glances: Vec<Glance> = [Some(glance(NOTICES[3], *early)), later.map(|chance| glance(NOTICES[6], chance))]
                .into_iter()
                .flatten()
                .collect();
            counts.observe(&glances, *late, 5);
        }
        counts.weigh(13, 53, 5)
    }

    fn point(points: &[Point], notice: i64, threshold: f64) -> Point {
        let found =
            points.iter().find(|point| point.policy.notice == notice && (point.policy.threshold - threshold).abs() < 1e-9);
        found.unwrap().clone()
    }

    #[test]
    fn a_rule_fires_at_the_first_look_within_its_notice() {
        let points = counted(&[(0.6, Some(0.8), true), (0.6, None, false), (0.1, Some(0.4), true), (0.2, Some(0.2), false)]);
        let early = point(&points, NOTICES[3], 0.5);
        assert_eq!((early.hit(), early.needless, early.late, early.cases), (1.0, 1.0, 2.0, 4.0));
        assert_eq!((early.precision(), early.recall(2 * DAY), early.median_notice()), (Some(0.5), Some(0.5), Some(NOTICES[3])));
        let late = point(&points, NOTICES[6], 0.3);
        assert_eq!((late.hit(), late.needless), (2.0, 0.0));
        assert_eq!((late.recall(2 * DAY), late.recall(3 * DAY)), (Some(1.0), Some(0.0)));
        assert_eq!(late.alarms_per_hundred(), Some(50.0));
        assert_eq!(point(&points, NOTICES[6], 0.9).precision(), None);
    }

    #[test]
    fn costs_count_needless_alarms_and_what_came_unannounced() {
        let points = counted(&[(0.6, Some(0.8), true), (0.6, None, false), (0.1, Some(0.4), true)]);
        let costs = Costs { needless: 1.0, unannounced: 5.0, notice: 2 * DAY };
        assert_eq!(point(&points, NOTICES[3], 0.5).cost(&costs), 6.0);
        assert_eq!(point(&points, NOTICES[6], 0.3).cost(&costs), 0.0);
        // With three days wanted, a warning of two and a bit is worth half.
        assert_eq!(point(&points, NOTICES[6], 0.3).cost(&Costs { notice: 3 * DAY, ..costs }), 5.0);
    }
}
