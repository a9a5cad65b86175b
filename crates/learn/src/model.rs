//! The counts: what has been observed, added up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::{Look, LookCounts};
use crate::counts::{Counts, Grain};
use crate::estimates::EstimateCounts;
use crate::features::{Exit, Features, Level, Stage};
use crate::grid::{Grid, OLDEST, week};
use crate::policy::{Glance, WarningCounts};
use crate::snapshot::Snapshot;

/// How a model learns. The defaults were chosen over rolling months of a public order history; see `examples/orders.rs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Where the local day stands.
    pub grid: Grid,
    /// Weeks after which an observation counts half.
    pub half_life_weeks: u16,
    /// Weeks after which an observation counts half in the pace: how fast things move *now* against how they moved lately.
    pub pace_half_life_weeks: u16,
    /// Weeks after which nothing counts and [`Model::prune`] forgets.
    pub horizon_weeks: u16,
    /// Exits that a group needs before a forecast names it as its level; below that in every group, there is no forecast.
    pub enough: u32,
    /// How many exits of its own a group needs to be believed as much as the coarser group behind it.
    pub pull: u16,
    /// The same for the pace.
    pub pace_pull: u16,
    /// Weeks after which an outcome counts half in the calibration.
    pub calibration_half_life_weeks: u16,
    /// Outcomes that a bin of forecasts needs for its correction to be believed half.
    pub calibration_pull: u16,
    /// Weeks after which an outcome counts half in the level of the calibration alone, which follows drift.
    pub drift_half_life_weeks: u16,
    /// Weeks after which an outcome counts half in the choice of a policy.
    pub policy_half_life_weeks: u16,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            grid: Grid::default(),
            half_life_weeks: 26,
            pace_half_life_weeks: 1,
            horizon_weeks: 53,
            enough: 30,
            pull: 3,
            pace_pull: 30,
            calibration_half_life_weeks: 52,
            calibration_pull: 10,
            drift_half_life_weeks: 6,
            policy_half_life_weeks: 13,
        }
    }
}

/// Weeks that fine groups are kept by.
const FINE_WEEKS: i64 = 8;

impl Settings {
    /// Coarse groups are kept by week and place in the week; fine ones by eight weeks and age alone, so that thousands stay small.
    pub(crate) fn grain(level: Level) -> Grain {
        match level {
            Level::All | Level::Carrier => Grain { weeks: 1, slots: true },
            Level::Service | Level::Lane | Level::Band => Grain { weeks: FINE_WEEKS, slots: false },
        }
    }
}

/// What has been observed, as integer counts. It is a value: clone it, serialise it, add two of them. Observations of one moment may
/// come in any order. Who keeps it remembers up to which fact it has been fed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub(crate) settings: Settings,
    pub(crate) groups: BTreeMap<String, Counts>,
    pub(crate) looks: LookCounts,
    pub(crate) warnings: WarningCounts,
    pub(crate) estimates: EstimateCounts,
}

impl Model {
    /// A model that has seen nothing.
    pub fn new(settings: Settings) -> Model {
        Model { settings, ..Model::default() }
    }

    /// How it learns.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A case entered a stage at a moment (epoch milliseconds). Until it leaves it counts as one that has taken at least so long.
    pub fn observe_entry(&mut self, features: &Features, stage: Stage, at: i64) {
        let step = self.settings.grid.step(at);
        for group in features.groups(stage) {
            self.groups.entry(group.key).or_default().enter(step);
        }
    }

    /// A case that had entered a stage at `entered` left it at `left`. Say it with the same features and the same `entered` as the
    /// entry. An exit that seems to come before its entry counts as one at the same moment. An exit to another stage is followed by
    /// [`Model::observe_entry`] there.
    pub fn observe_exit(&mut self, features: &Features, stage: Stage, entered: i64, left: i64, exit: Exit) {
        let (entered, left) = (self.settings.grid.step(entered), self.settings.grid.step(left.max(entered)));
        for group in features.groups(stage) {
            self.groups.entry(group.key).or_default().leave(entered, left, exit.place(), Settings::grain(group.level));
        }
    }

    /// A promise's outcome is known: late or in time. `glances` are what it looked like at those of [`crate::NOTICES`] that came while
    /// it was open, as forecast then; one of another moment, as at the hand-over, counts for the calibration alone. Lateness is known at the due moment already: what is still open then is late.
    pub fn observe_outcome(&mut self, glances: &[Glance], late: bool, known_at: i64) {
        let week = week(self.settings.grid.step(known_at));
        for glance in glances {
            self.looks.observe(Look::at(glance.notice), glance.raw, late, week);
        }
        self.warnings.observe(glances, late, week);
    }

    /// A day that was quoted with a declared share ([`crate::Arrival`]) has passed or been met. It was kept where the case arrived before
    /// its end. That it was missed is known at its end: say it then, and do not wait for the arrival.
    pub fn observe_estimate(&mut self, share: f64, kept: bool, known_at: i64) {
        self.estimates.observe(share, kept, week(self.settings.grid.step(known_at)));
    }

    /// Adds what another model has counted; the settings stay.
    pub fn merge(&mut self, other: &Model) {
        for (key, counts) in &other.groups {
            self.groups.entry(key.clone()).or_default().merge(counts);
        }
        self.looks.merge(&other.looks);
        self.warnings.merge(&other.warnings);
        self.estimates.merge(&other.estimates);
    }

    /// Forgets what no longer counts at a moment, so that the size stays bounded.
    pub fn prune(&mut self, now: i64) {
        let now = self.settings.grid.step(now);
        // A bucket is known by its first week.
        let first_week = week(now) - i64::from(self.settings.horizon_weeks) - FINE_WEEKS;
        self.groups.retain(|_, counts| !counts.prune(first_week, now - OLDEST - 1));
        self.looks.prune(first_week);
        self.warnings.prune(first_week);
        self.estimates.prune(first_week);
    }

    /// What the counts say at a moment, as a value of its own: reading it locks nothing and later observations do not change it.
    pub fn snapshot(&self, now: i64) -> Snapshot {
        Snapshot::new(self, now)
    }

    /// How many groups are kept.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }
}
