//! What the counts say at one moment: a hazard for each stage, backed up from coarse groups to fine ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::Calibration;
use crate::counts::{Counts, Weighed};
use crate::features::{EXITS, Features, Level, STAGES, Stage};
use crate::grid::{BINS, Grid, OLDEST, SLOTS, bin, slot, week};
use crate::interval::Share;
use crate::model::{Model, Settings};
use crate::policy::Point;

/// What a figure was learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The finest group that had seen enough. Finer ones still lend what little they have.
    pub level: Level,
    /// Exits that this group has seen at the case's stage.
    pub n: u32,
    /// When the first week of those began, epoch milliseconds.
    pub since: i64,
}

/// Why there is no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum NotReady {
    /// Too few outcomes are known.
    TooFew {
        /// How many are.
        n: u32,
        /// How many it takes.
        needed: u32,
    },
    /// It is too uncertain for any day within reach to be named with that share.
    TooFar,
    /// Days quoted with this share were kept less often than declared, by more than chance: quoting on would be dishonest.
    NotKept {
        /// How many of them were kept.
        kept: u64,
        /// How many there were.
        n: u64,
    },
    /// The share asked for lies outside of what can be promised.
    NoSuchShare,
}

/// How fast a stage moves now against how fast it moved over the half-life of the counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// 1: as ever; below: slower. Shrunk towards 1 by what little was seen.
    pub factor: f64,
    /// Exits seen lately, weighted.
    pub seen: f64,
    /// Exits that the longer past would have let expect, weighted alike.
    pub expected: f64,
}

impl Pace {
    const EVEN: Pace = Pace { factor: 1.0, seen: 0.0, expected: 0.0 };

    /// Whether the drift is more than chance would make it: further from expectation than two standard deviations of a Poisson count.
    pub fn has_drifted(&self) -> bool {
        (self.seen - self.expected).abs() > 2.0 * self.expected.max(1.0).sqrt()
    }
}

/// The counts at one moment, ready to be read. Immutable; share it behind an `Arc`.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) settings: Settings,
    pub(crate) now: i64,
    roots: [Option<Root>; STAGES],
    groups: BTreeMap<String, Leaf>,
    pub(crate) calibration: Calibration,
    pub(crate) points: Vec<Point>,
    pub(crate) records: BTreeMap<u8, Share>,
}

/// The hazard of a stage over everything.
#[derive(Clone, Debug)]
struct Root {
    /// Share that leaves in a step, by age.
    hazard: Vec<f64>,
    /// What the place in the week makes of it, around 1.
    season: Vec<f64>,
    pace: Pace,
    led: [f64; EXITS],
    n: u32,
    since: i64,
}

/// What a group adds to the coarser one behind it.
#[derive(Clone, Debug)]
struct Leaf {
    exits: Vec<f32>,
    /// Exposure, for a group with places in the week already multiplied by the season.
    exposed: Vec<f32>,
    /// The group's own season as a factor on the coarser one's; empty where it keeps none.
    season: Vec<f32>,
    /// Recent exits, and what the group's own hazard would have let expect at pace 1; none where it keeps no weeks.
    recent: Option<(f64, f64)>,
    led: [f64; EXITS],
    n: u32,
    since: i64,
}

/// The hazard of one case at one stage.
#[derive(Clone, Debug)]
pub(crate) struct Hazard {
    by_age: Vec<f64>,
    season: Vec<f64>,
    pub(crate) pace: Pace,
    /// Where exits lead, as shares.
    pub(crate) leads: [f64; EXITS],
    pub(crate) basis: Basis,
}

/// No step lets more than this leave: certainty is never learned.
const MOST: f64 = 0.95;

impl Hazard {
    /// The share of those still there at an age, in steps, that leaves within a step.
    pub(crate) fn at(&self, age: i64, step: i64) -> f64 {
        let place = usize::try_from(age).unwrap_or(0).min(self.by_age.len().saturating_sub(1));
        let hazard = self.by_age.get(place).copied().unwrap_or(0.0);
        let season = self.season.get(slot(step)).copied().unwrap_or(1.0);
        (hazard * season).min(MOST)
    }
}

impl Snapshot {
    pub(crate) fn new(model: &Model, now: i64) -> Snapshot {
        let Model { settings, groups, looks, warnings, estimates } = model;
        let week = week(settings.grid.step(now));
        let mut snapshot = Snapshot {
            settings: settings.clone(),
            now,
            roots: [const { None }; STAGES],
            groups: BTreeMap::new(),
            calibration: looks.fit(settings, week),
            points: warnings.weigh(settings.policy_half_life_weeks, settings.horizon_weeks, week),
            records: estimates.records(settings.horizon_weeks, week),
        };
        for (root, stage) in snapshot.roots.iter_mut().zip(Stage::ALL) {
            let key = Features::default().groups(stage).pop().map(|group| group.key);
            *root = key.and_then(|key| groups.get(&key)).and_then(|counts| Root::fit(settings, counts, now));
        }
        for (key, counts) in groups {
            let Some(stage) = key.bytes().next().map(|digit| usize::from(digit.wrapping_sub(b'0'))) else { continue };
            let Some(Some(root)) = snapshot.roots.get(stage) else { continue };
            let level = level_of(key);
            if level == Level::All {
                continue;
            }
            if let Some(leaf) = Leaf::fit(settings, counts, level, root, now) {
                snapshot.groups.insert(key.clone(), leaf);
            }
        }
        snapshot
    }

    /// When this was taken, epoch milliseconds.
    pub fn taken_at(&self) -> i64 {
        self.now
    }

    /// The local day that forecasts are cut by.
    pub fn grid(&self) -> Grid {
        self.settings.grid
    }

    /// How fast a stage moves now; for a carrier where the features name one.
    pub fn pace(&self, features: &Features, stage: Stage) -> Option<Pace> {
        self.hazard(features, stage).map(|hazard| hazard.pace)
    }

    /// The hazard of a case at a stage; none where nobody ever left it.
    pub(crate) fn hazard(&self, features: &Features, stage: Stage) -> Option<Hazard> {
        let root = self.roots.get(stage.place())?.as_ref()?;
        let pull = f64::from(self.settings.pull.max(1));
        let pace_pull = f64::from(self.settings.pace_pull.max(1));
        let mut by_bin = root.hazard.clone();
        let mut hazard = Hazard {
            by_age: Vec::new(),
            season: root.season.clone(),
            pace: root.pace,
            leads: root.led,
            basis: Basis { level: Level::All, n: root.n, since: root.since },
        };
        for group in features.groups(stage) {
            let Some(leaf) = self.groups.get(&group.key) else { continue };
            leaf.narrow(&mut by_bin, pull);
            for (season, own) in hazard.season.iter_mut().zip(&leaf.season) {
                *season *= f64::from(*own);
            }
            if let Some((seen, expected)) = leaf.recent {
                let expected = expected * hazard.pace.factor;
                let factor = hazard.pace.factor * (seen + pace_pull) / (expected + pace_pull);
                hazard.pace = Pace { factor, seen, expected };
            }
            let total: f64 = leaf.led.iter().sum();
            for (lead, own) in hazard.leads.iter_mut().zip(leaf.led) {
                *lead = (own + pull * *lead) / (total + pull);
            }
            if leaf.n >= self.settings.enough {
                hazard.basis = Basis { level: group.level, n: leaf.n, since: leaf.since };
            }
        }
        let pace = hazard.pace.factor;
        hazard.by_age = (0..=OLDEST).map(|age| by_bin.get(bin(age)).copied().unwrap_or(0.0) * pace).collect();
        Some(hazard)
    }
}

impl Root {
    fn fit(settings: &Settings, counts: &Counts, now: i64) -> Option<Root> {
        let grain = Settings::grain(Level::All);
        let step = settings.grid.step(now);
        let sums = counts
            .weigh(step, grain, &|key| decay(settings.half_life_weeks, settings.horizon_weeks, week(step), key, grain.weeks));
        let (total, exposed): (f64, f64) = (sums.exits.iter().sum(), sums.exposed.iter().sum());
        if total <= 0.0 || exposed <= 0.0 {
            return None;
        }
        let (hazard, season) = proportions(&sums, total / exposed);
        let recent = recent(settings, counts, now, Level::All, &hazard, &season);
        let pull = f64::from(settings.pace_pull.max(1));
        let pace =
            recent.map_or(Pace::EVEN, |(seen, expected)| Pace { factor: (seen + pull) / (expected + pull), seen, expected });
        let led = sums.led.map(|led| led / sums.led.iter().sum::<f64>().max(f64::MIN_POSITIVE));
        Some(Root { hazard, season, pace, led, n: sums.n, since: begins(settings, sums.since) })
    }
}

impl Leaf {
    fn fit(settings: &Settings, counts: &Counts, level: Level, root: &Root, now: i64) -> Option<Leaf> {
        let grain = Settings::grain(level);
        let step = settings.grid.step(now);
        let sums = counts
            .weigh(step, grain, &|key| decay(settings.half_life_weeks, settings.horizon_weeks, week(step), key, grain.weeks));
        if sums.exposed.iter().sum::<f64>() <= 0.0 {
            return None;
        }
        let mut leaf = Leaf {
            exits: Vec::new(),
            exposed: Vec::new(),
            season: Vec::new(),
            recent: None,
            led: sums.led,
            n: sums.n,
            since: begins(settings, sums.since),
        };
        if !grain.slots {
            leaf.exits = sums.exits.iter().map(|sum| narrow(*sum)).collect();
            leaf.exposed = sums.exposed.iter().map(|sum| narrow(*sum)).collect();
            return Some(leaf);
        }
        for (exits, exposed) in sums.exits.chunks(SLOTS).zip(sums.exposed.chunks(SLOTS)) {
            leaf.exits.push(narrow(exits.iter().sum()));
            leaf.exposed.push(narrow(exposed.iter().zip(&root.season).map(|(exposed, season)| exposed * season).sum()));
        }
        let pull = f64::from(settings.pull.max(1));
        let mut hazard = root.hazard.clone();
        leaf.narrow(&mut hazard, pull);
        let mut season = root.season.clone();
        for (place, season) in season.iter_mut().enumerate() {
            let exits: f64 = sums.exits.iter().skip(place).step_by(SLOTS).sum();
            let exposed = sums.exposed.iter().skip(place).step_by(SLOTS);
            let expected: f64 = exposed.zip(&hazard).map(|(exposed, hazard)| exposed * hazard * *season).sum();
            let own = (exits + 2.0 * pull) / (expected + 2.0 * pull);
            leaf.season.push(narrow(own));
            *season *= own;
        }
        leaf.recent = recent(settings, counts, now, level, &hazard, &season);
        Some(leaf)
    }

    /// Turns the hazard of the coarser group into this one's: first as a whole, then bin by bin, each as far as its own exits carry.
    fn narrow(&self, by_bin: &mut [f64], pull: f64) {
        let (mut exits, mut expected) = (0.0, 0.0);
        for ((own, exposed), hazard) in self.exits.iter().zip(&self.exposed).zip(by_bin.iter()) {
            exits += f64::from(*own);
            expected += f64::from(*exposed) * hazard;
        }
        let whole = (exits + pull) / (expected + pull);
        for ((own, exposed), hazard) in self.exits.iter().zip(&self.exposed).zip(by_bin.iter_mut()) {
            let expected = f64::from(*exposed) * *hazard * whole;
            *hazard *= whole * (f64::from(*own) + pull) / (expected + pull);
        }
    }
}

/// Hazard by age and factor by place in the week, each given the other, from exits and exposure (iterative proportional fitting).
fn proportions(sums: &Weighed, overall: f64) -> (Vec<f64>, Vec<f64>) {
    const ROUNDS: usize = 12;
    /// One exit's worth of the overall hazard in each bin, so that an age nobody has reached is not one that nobody leaves.
    const PRIOR: f64 = 1.0;
    /// Exits that a place in the week needs to be believed half.
    const SEASON_PULL: f64 = 20.0;
    let mut hazard = vec![overall; BINS];
    let mut season = vec![1.0; SLOTS];
    for _ in 0..ROUNDS {
        let rows = sums.exits.chunks(SLOTS).zip(sums.exposed.chunks(SLOTS));
        for (hazard, (exits, exposed)) in hazard.iter_mut().zip(rows) {
            let weight: f64 = exposed.iter().zip(&season).map(|(exposed, season)| exposed * season).sum();
            *hazard = (exits.iter().sum::<f64>() + PRIOR) / (weight + PRIOR / overall);
        }
        for (place, season) in season.iter_mut().enumerate() {
            let exits: f64 = sums.exits.iter().skip(place).step_by(SLOTS).sum();
            let exposed = sums.exposed.iter().skip(place).step_by(SLOTS);
            let expected: f64 = exposed.zip(&hazard).map(|(exposed, hazard)| exposed * hazard).sum();
            *season = (exits + SEASON_PULL) / (expected + SEASON_PULL);
        }
    }
    (hazard, season)
}

/// Exits of late, and what a hazard would have let expect; both weighted towards now.
fn recent(settings: &Settings, counts: &Counts, now: i64, level: Level, hazard: &[f64], season: &[f64]) -> Option<(f64, f64)> {
    let grain = Settings::grain(level);
    if !grain.slots {
        return None;
    }
    let step = settings.grid.step(now);
    let half_life = settings.pace_half_life_weeks;
    let sums = counts.weigh(step, grain, &|key| decay(half_life, half_life.saturating_mul(6), week(step), key, grain.weeks));
    let mut expected = 0.0;
    for (row, hazard) in sums.exposed.chunks(SLOTS).zip(hazard) {
        expected += row.iter().zip(season).map(|(exposed, season)| exposed * season).sum::<f64>() * hazard;
    }
    Some((sums.exits.iter().sum(), expected))
}

/// What a bucket weighs: half after a half-life, nothing beyond the horizon, nothing that lies ahead.
pub(crate) fn decay(half_life: u16, horizon: u16, now: i64, key: i64, weeks: i64) -> f64 {
    if key > now || now - key > i64::from(horizon) {
        return 0.0;
    }
    // A bucket of several weeks is as old as its middle, as far as it has come.
    let last = (key + weeks - 1).min(now);
    let twice_age = u32::try_from((now - key) + (now - last)).unwrap_or(u32::MAX);
    0.5f64.powf(f64::from(twice_age) / 2.0 / f64::from(half_life.max(1)))
}

fn begins(settings: &Settings, week: Option<i64>) -> i64 {
    settings.grid.begins(week.unwrap_or(0).saturating_mul(i64::try_from(SLOTS).unwrap_or(1)))
}

fn level_of(key: &str) -> Level {
    let last = key.rsplit('\u{1f}').next().and_then(|part| part.chars().next());
    match last {
        Some('c') => Level::Carrier,
        Some('s') => Level::Service,
        Some('l') => Level::Lane,
        Some('b') => Level::Band,
        _ => Level::All,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seven digits are more than a count of parcels carries")]
fn narrow(value: f64) -> f32 {
    value as f32
}
