//! Foresight: what the past says about promises still open. The counts are `learn`'s; here is what a promise looks like to them, and
//! how facts are turned into observations.
//!
//! A [`Foresight`] is a value: taken at a moment, from outcomes known by then, and never changed. `react` asks it when a warning would be
//! given, and writes what it answered into the fact, so that `apply` and a rebuild need none.

mod case;
mod delay;
mod follow;

use std::sync::Arc;

use kept_learn::{Arrival, DAY, Forecast, NotReady, Policy, Snapshot};
use serde::{Deserialize, Serialize};

use crate::order::Order;
use crate::parcel::Parcel;
use crate::promise::Promise;

pub(crate) use case::{band, lane};
pub use delay::Delays;
pub use follow::Follower;

/// The longest before its due that a promise is looked at each day: no rule warns earlier.
pub const LONGEST_NOTICE: i64 = 10 * DAY;
/// A new look at the past is taken this often.
pub const RENEWED: i64 = DAY;

/// What is foreseen, as of one moment.
#[derive(Clone, Debug)]
pub struct Foresight {
    /// The counts as they stood.
    pub snapshot: Arc<Snapshot>,
    /// When to warn; none while too little is known to choose.
    pub policy: Option<Policy>,
    /// Who carries nearly everything, where somebody does: taken for parcels that do not exist yet.
    pub usual_carrier: String,
    /// How long it takes from one scan to the next, as the counts stood.
    pub gaps: Arc<Snapshot>,
    /// How long news takes to get here.
    pub delays: Arc<Delays>,
}

/// A warning that is coming, with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warning {
    /// When the rule gives it, epoch milliseconds.
    pub at: i64,
    /// What was forecast for that moment.
    pub forecast: Forecast,
    /// The rule.
    pub policy: Policy,
}

/// What a signal rested on when it was raised from what was learned: kept in the fact, shown on pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    /// The chance of being late, in thousandths.
    pub permille: u16,
    /// The chance from which on a warning was given, in thousandths.
    pub threshold: u16,
    /// How much had been counted in the group it was learned from.
    pub n: u32,
    /// The first moment counted there, epoch milliseconds.
    pub since: i64,
    /// How fine that group is.
    pub level: kept_learn::Level,
    /// When the counts were read, epoch milliseconds.
    pub taken_at: i64,
}

impl Foresight {
    /// When a warning about an open promise will be given if nothing more is heard; none where the rule gives none before the due.
    ///
    /// # Errors
    /// When too little is known to choose a rule or to forecast.
    pub fn warning(&self, promise: &Promise, order: Option<&Order>, parcels: &[&Parcel]) -> Result<Option<Warning>, NotReady> {
        let policy = self.policy.ok_or(NotReady::TooFew { n: 0, needed: 1 })?;
        let mut earliest: Option<Warning> = None;
        for case in case::cases(promise, order, parcels, &self.usual_carrier) {
            // Nothing could be foreseen before the counts were read, nor before the parcel stood where it stands.
            let from = case.since.max(self.snapshot.taken_at());
            let behind = self.delays.behind(&case.features.carrier);
            let shifted = Policy { notice: policy.notice + behind, ..policy };
            let Some(seen) = self.snapshot.warning(&case, from - behind, &shifted)? else { continue };
            let at = seen + behind;
            if at < case.due && earliest.is_none_or(|earliest| at < earliest.at) {
                earliest = Some(Warning { at, forecast: self.snapshot.late(&case, seen)?, policy });
            }
        }
        Ok(earliest)
    }

    /// The chance that an open promise misses its due, as of a moment: that of the parcel that is worst off.
    ///
    /// # Errors
    /// When too little is known.
    pub fn late(
        &self,
        promise: &Promise,
        order: Option<&Order>,
        parcels: &[&Parcel],
        now: i64,
    ) -> Result<Option<Forecast>, NotReady> {
        let mut worst: Option<Forecast> = None;
        for case in case::cases(promise, order, parcels, &self.usual_carrier) {
            let forecast = self.delays.late(&self.snapshot, &case, now)?;
            if worst.is_none_or(|worst| forecast.probability > worst.probability) {
                worst = Some(forecast);
            }
        }
        Ok(worst)
    }

    /// By when this share of parcels that were last scanned at a moment, at this stage, was scanned again; none while too little is
    /// known.
    pub fn gap(&self, parcel: &Parcel, order: Option<&Order>, since: i64, share: f64) -> Option<i64> {
        let stage = case::stage(parcel.milestone)?;
        let features = case::on_the_way(&parcel.carrier, order);
        let stay = self.gaps.stay(&features, stage, since, share).ok()?;
        Some(stay.until)
    }

    /// The day by which all of an open promise will have arrived, with a chance of `share`.
    ///
    /// # Errors
    /// When too little is known, or the day lies too far ahead to be named.
    pub fn arrival(
        &self,
        promise: &Promise,
        order: Option<&Order>,
        parcels: &[&Parcel],
        now: i64,
        share: f64,
    ) -> Result<Option<Arrival>, NotReady> {
        let mut last: Option<Arrival> = None;
        for case in case::cases(promise, order, parcels, &self.usual_carrier) {
            let arrival = self.delays.arrival(&self.snapshot, &case, now, share)?;
            if last.is_none_or(|last| arrival.by > last.by) {
                last = Some(arrival);
            }
        }
        Ok(last)
    }
}

impl Warning {
    /// What the fact keeps of it.
    pub fn foreseen(&self, taken_at: i64) -> Foreseen {
        Foreseen {
            permille: permille(self.forecast.probability),
            threshold: permille(self.policy.threshold),
            n: self.forecast.basis.n,
            since: self.forecast.basis.since,
            level: self.forecast.basis.level,
            taken_at,
        }
    }
}

/// A chance in thousandths.
pub fn permille(chance: f64) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000")]
    let permille = (chance.clamp(0.0, 1.0) * 1000.0).round() as u16;
    permille
}
