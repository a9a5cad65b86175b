//! The chance of being late, now and at every step ahead, and the day by which something arrives.

use serde::{Deserialize, Serialize};

use crate::estimates::hundredths;
use crate::features::{Features, STAGES, Stage};
use crate::grid::{OLDEST, STEPS_A_DAY};
use crate::interval::Share;
use crate::policy::Glance;
use crate::snapshot::{Basis, Hazard, NotReady, Pace, Snapshot};

/// An open case as it is known at some moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// What it is known by.
    pub features: Features,
    /// Where it stands.
    pub stage: Stage,
    /// Since when, epoch milliseconds.
    pub since: i64,
    /// The end of what was promised, epoch milliseconds; for a promised day, the midnight that ends it. Delivered then or later is late.
    pub due: i64,
}

/// The chance of being late.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The chance, calibrated on what became of earlier forecasts.
    pub probability: f64,
    /// The chance before calibration.
    pub raw: f64,
    /// What it was learned from.
    pub basis: Basis,
    /// How fast the case's stage moves these days.
    pub pace: Pace,
}

/// A day by which something is expected to have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// The moment that ends the day, epoch milliseconds.
    pub by: i64,
    /// The share of such estimates that is to be kept, as asked.
    pub share: f64,
    /// The chance, as forecast, that it arrives before `by`; at least the share.
    pub probability: f64,
    /// How often days quoted with this share were kept so far.
    pub kept: Option<Share>,
    /// What it was learned from.
    pub basis: Basis,
}

/// A moment by which most that enter a stage have left it: from then on silence says something.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stay {
    /// The moment, epoch milliseconds; the end of a step.
    pub until: i64,
    /// The share that has left by then, at least the one asked for.
    pub share: f64,
    /// What it was learned from.
    pub basis: Basis,
}

/// Days are quoted up to so many steps ahead.
const REACH: usize = 240;
/// A record may fall short of the declared share by so much before nothing is quoted any more.
const SLACK: f64 = 0.05;
/// A due moment further ahead than this is looked at as if it were this far: nothing is known about it yet.
const FURTHEST: i64 = 120 * STEPS_A_DAY;

impl Snapshot {
    /// The chance that an open case misses its due moment, given that it still stands where it stands at `now`. Constant within a step ([`crate::STEP`]). After the due moment it is 1.
    pub fn late(&self, case: &Case, now: i64) -> Result<Forecast, NotReady> {
        let way = self.way(case)?;
        let (first, end) = (self.settings.grid.step(now), self.end(case.due));
        let raw = if now >= case.due { 1.0 } else { way.path(first.max(end - FURTHEST), end).first().copied().unwrap_or(1.0) };
        Ok(Forecast {
            probability: if now >= case.due {
                1.0
            } else {
                self.calibration.apply(case.due.saturating_sub(self.settings.grid.begins(first)), raw)
            },
            raw,
            basis: way.basis,
            pace: way.pace,
        })
    }

    /// When the chance of being late will first reach a threshold, if nothing more is heard; `from` itself where it already has. The
    /// same as asking [`Snapshot::late`] at every moment from `from` until the due moment; that moment itself at the latest.
    pub fn crossing(&self, case: &Case, from: i64, threshold: f64) -> Result<i64, NotReady> {
        let way = self.way(case)?;
        let grid = self.settings.grid;
        let (first, end) = (grid.step(from), self.end(case.due));
        let start = first.max(end - FURTHEST);
        let path = way.path(start, end);
        for (raw, step) in path.iter().zip(start..) {
            // Steps before the furthest one are as that one.
            let step = if step == start { first } else { step };
            if self.calibration.apply(case.due.saturating_sub(grid.begins(step)), *raw) >= threshold {
                return Ok(grid.begins(step).max(from).min(case.due.max(from)));
            }
        }
        Ok(case.due.max(from))
    }

    /// The chance at some notices before due, as far as the path reaches.
    pub(crate) fn at_notices(&self, case: &Case, notices: impl Iterator<Item = i64>) -> Result<Vec<Glance>, NotReady> {
        let way = self.way(case)?;
        let grid = self.settings.grid;
        let end = self.end(case.due);
        let notices: Vec<i64> = notices.collect();
        let Some(furthest) = notices.iter().max() else { return Ok(Vec::new()) };
        let start = grid.step(case.due.saturating_sub(*furthest));
        let path = way.path(start, end);
        let glance = |notice: i64| {
            let step = grid.step(case.due.saturating_sub(notice));
            let raw = path.get(usize::try_from(step - start).ok()?).copied()?;
            Some(Glance { notice, raw, probability: self.calibration.apply(case.due.saturating_sub(grid.begins(step)), raw) })
        };
        Ok(notices.into_iter().filter_map(glance).collect())
    }

    /// The earliest end of a local day by which a case will have arrived with at least this chance, given that it still stands where it
    /// stands at `now`. The share lies between .5 and .99.
    pub fn arrival(&self, case: &Case, now: i64, share: f64) -> Result<Arrival, NotReady> {
        if !(0.5..=0.99).contains(&share) {
            return Err(NotReady::NoSuchShare);
        }
        let kept = self.kept(share);
        if let Some(record) = kept.filter(|record| record.upper < share - SLACK) {
            return Err(NotReady::NotKept { kept: record.hits, n: record.n });
        }
        let way = self.way(case)?;
        let grid = self.settings.grid;
        let first = grid.step(now);
        let arrived = way.arrived(first, REACH);
        // A day ends before a step that begins one.
        let day = (first..).zip(&arrived).find(|(step, chance)| (step + 1).rem_euclid(STEPS_A_DAY) == 0 && **chance >= share);
        let (last, probability) = day.map(|(step, chance)| (step, *chance)).ok_or(NotReady::TooFar)?;
        Ok(Arrival { by: grid.begins(last + 1), share, probability, kept, basis: way.basis })
    }

    /// By when this share of those who enter a stage at a moment has left it, onwards or to the customer. The share lies between .5 and
    /// .99; silence beyond the .95 one is out of the ordinary.
    pub fn stay(&self, features: &Features, stage: Stage, entered: i64, share: f64) -> Result<Stay, NotReady> {
        if !(0.5..=0.99).contains(&share) {
            return Err(NotReady::NoSuchShare);
        }
        let needed = self.settings.enough;
        let hazard = self.hazard(features, stage);
        let n = hazard.as_ref().map_or(0, |hazard| hazard.basis.n);
        let Some(hazard) = hazard.filter(|_| n >= needed) else { return Err(NotReady::TooFew { n, needed }) };
        let grid = self.settings.grid;
        let mut there = 1.0;
        for (age, step) in (0..OLDEST).zip(grid.step(entered)..) {
            there *= 1.0 - hazard.at(age, step);
            if 1.0 - there >= share {
                return Ok(Stay { until: grid.begins(step + 1), share: 1.0 - there, basis: hazard.basis });
            }
        }
        Err(NotReady::TooFar)
    }

    /// How often days quoted with a share were kept, as far as is known; none where none was.
    pub fn kept(&self, share: f64) -> Option<Share> {
        self.records.get(&hundredths(share)).copied()
    }

    /// The first step that is too late.
    fn end(&self, due: i64) -> i64 {
        self.settings.grid.step(due.saturating_sub(1)).saturating_add(1)
    }

    fn way(&self, case: &Case) -> Result<Way, NotReady> {
        let needed = self.settings.enough;
        let mut hazards = [const { None }; STAGES];
        let mut wanted = vec![case.stage];
        while let Some(stage) = wanted.pop() {
            let Some(slot) = hazards.get_mut(stage.place()).filter(|slot| slot.is_none()) else { continue };
            let hazard = self.hazard(&case.features, stage).filter(|hazard| hazard.basis.n >= needed);
            let Some(hazard) = hazard else {
                let n = self.hazard(&case.features, stage).map_or(0, |hazard| hazard.basis.n);
                return Err(NotReady::TooFew { n, needed });
            };
            wanted
                .extend(Stage::ALL.into_iter().filter(|next| hazard.leads.get(next.place()).is_some_and(|share| *share > RARE)));
            *slot = Some(hazard);
        }
        let own = hazards.get(case.stage.place()).and_then(Option::as_ref);
        let Some((basis, pace)) = own.map(|hazard| (hazard.basis, hazard.pace)) else {
            return Err(NotReady::TooFew { n: 0, needed });
        };
        Ok(Way { hazards, stage: case.stage, entered: self.settings.grid.step(case.since), basis, pace })
    }
}

/// The hazards of all stages that a case can still pass.
struct Way {
    hazards: [Option<Hazard>; STAGES],
    stage: Stage,
    entered: i64,
    basis: Basis,
    pace: Pace,
}

/// A way that fewer take is not asked to be well known; who takes it counts as late.
const RARE: f64 = 0.01;
/// Below this nobody is left to count.
const NOBODY: f64 = 1e-5;

impl Way {
    /// For each step from `first` on: the chance that whoever still stands at the case's stage then is not delivered before `end`.
    ///
    /// Counted backwards. Who enters a stage at a step either stays beyond the end or leaves at some later step for a stage whose own
    /// chance from there is known already; the case itself differs from them only in that it entered earlier.
    fn path(&self, first: i64, end: i64) -> Vec<f64> {
        let length = usize::try_from(end - first).unwrap_or(0);
        let own = self.stage.place();
        // By stage: the chance from entering at a step; and from leaving at a step, averaged over where exits lead.
        let mut entering = [const { Vec::new() }; STAGES];
        let mut leaving = [const { Vec::new() }; STAGES];
        for (entering, leaving) in entering.iter_mut().zip(&mut leaving) {
            // At the end everything is late; reversed below, so the last step comes first.
            *entering = vec![1.0; length + 1];
            *leaving = vec![1.0; length + 1];
        }
        let returns_to_own = self.hazards.iter().flatten().any(|hazard| hazard.leads.get(own).is_some_and(|share| *share > 0.0));
        let mut path = vec![1.0; length + 1];
        for back in 1..=length {
            let step = end - i64::try_from(back).unwrap_or(0);
            for stage in (0..STAGES).rev() {
                let Some(Some(hazard)) = self.hazards.get(stage) else { continue };
                let chance = onward(hazard, stage, back, &entering);
                set(&mut leaving, stage, back, chance);
                if stage != own || returns_to_own {
                    let chance = stay(hazard, step, back, leaving.get(stage).map_or(&[], Vec::as_slice));
                    set(&mut entering, stage, back, chance);
                }
                if stage == own {
                    let leaves = hazard.at((step - self.entered).min(OLDEST), step);
                    let stays = path.get(back - 1).copied().unwrap_or(1.0);
                    if let Some(place) = path.get_mut(back) {
                        *place = leaves * chance + (1.0 - leaves) * stays;
                    }
                }
            }
        }
        path.reverse();
        path.pop();
        path
    }

    /// For each of `length` steps from `first` on: the chance that the case is delivered by its end. Counted forwards, from where it
    /// stands at `first`.
    fn arrived(&self, first: i64, length: usize) -> Vec<f64> {
        let own = self.stage.place();
        // Shares that enter a stage in a step; and that are delivered in it.
        let mut entering = [const { Vec::new() }; STAGES];
        entering.iter_mut().for_each(|row| *row = vec![0.0; length + 1]);
        let mut delivered = vec![0.0; length];
        for (at, step) in (0..length).zip(first..) {
            for (stage, hazard) in self.hazards.iter().enumerate() {
                let Some(hazard) = hazard else { continue };
                let share = entering.get(stage).and_then(|row| row.get(at)).copied().unwrap_or(0.0);
                // The case itself, which entered earlier, starts with what is new in its stage.
                let starts = [(share, step), (if at == 0 && stage == own { 1.0 } else { 0.0 }, self.entered)];
                for (entering_share, entered) in starts {
                    // Of each share, so much of it: small shares that were let go would add up.
                    let nobody = entering_share * NOBODY;
                    let mut there = entering_share;
                    for (leave, then) in (at..length).zip(step..) {
                        if there <= nobody {
                            break;
                        }
                        let leaves = there * hazard.at(then - entered, then);
                        there -= leaves;
                        spread(hazard, stage, leave, leaves, &mut entering, &mut delivered);
                    }
                }
            }
        }
        let mut sum = 0.0;
        for share in &mut delivered {
            sum += *share;
            *share = sum;
        }
        delivered
    }
}

/// Who leaves a stage in a step goes on within the step, or back in the next one.
fn spread(hazard: &Hazard, stage: usize, at: usize, leaves: f64, entering: &mut [Vec<f64>; STAGES], delivered: &mut [f64]) {
    for (next, share) in hazard.leads.iter().enumerate() {
        let place = match entering.get_mut(next) {
            Some(row) => row.get_mut(if next > stage { at } else { at + 1 }),
            None => delivered.get_mut(at),
        };
        if let Some(place) = place {
            *place += leaves * share;
        }
    }
}

/// The chance of being late for who leaves a stage in a step. Going on takes effect within the step, going back in the next one.
fn onward(hazard: &Hazard, stage: usize, back: usize, entering: &[Vec<f64>; STAGES]) -> f64 {
    let mut late = 0.0;
    for (next, (share, entering)) in hazard.leads.iter().zip(entering).enumerate() {
        let at = if next > stage { back } else { back - 1 };
        late += share * entering.get(at).copied().unwrap_or(1.0);
    }
    late
}

/// The chance of being late for who enters a stage in a step.
fn stay(hazard: &Hazard, step: i64, back: usize, leaving: &[f64]) -> f64 {
    let (mut late, mut there) = (0.0, 1.0);
    for (age, at) in (0..).zip((1..=back).rev()) {
        let leaves = hazard.at(age, step + age);
        late += there * leaves * leaving.get(at).copied().unwrap_or(1.0);
        there *= 1.0 - leaves;
        if there < NOBODY {
            break;
        }
    }
    late + there
}

fn set(table: &mut [Vec<f64>; STAGES], stage: usize, back: usize, chance: f64) {
    if let Some(place) = table.get_mut(stage).and_then(|row| row.get_mut(back)) {
        *place = chance;
    }
}
