//! Foresight: the past is read from the ledger behind a watermark, and what it says is shared as a value. Nothing that records waits for
//! it, and no row is locked.

use std::sync::{Arc, PoisonError};

use kept_domain::Fact;
use kept_domain::foresight::{Follower, Foresight};
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::promise::Promise;
use kept_domain::watch::{House, Rules};
use kept_learn::{Arrival, Costs, Forecast, NotReady};

use crate::blocks::Reading;
use crate::packs::LoadedPacks;
use crate::views::PromiseFile;
use crate::writer::away;
use crate::{Engine, EngineError};

/// Blocks before the watermark that are looked for again.
const OVERLAP: i64 = 256;

/// Reads the past.
#[derive(Debug)]
pub(crate) struct Learner {
    follower: Follower,
    reading: Reading,
}

/// What is in force at a moment: packs, the house, and what is foreseen.
#[derive(Clone, Debug)]
pub(crate) struct InForce {
    pub(crate) loaded: Arc<LoadedPacks>,
    house: Arc<House>,
    foresight: Option<Arc<Foresight>>,
}

impl InForce {
    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules { packs: &self.loaded.packs, house: &self.house, foresight: self.foresight.as_deref() }
    }
}

/// What is believed of an open promise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// The chance that it comes late, with what it was learned from; or why there is none.
    pub late: Result<Forecast, NotReady>,
    /// The day by which half of such promises have arrived.
    pub likely: Option<Arrival>,
    /// The day by which nine of ten have.
    pub nearly_sure: Option<Arrival>,
}

impl Learner {
    pub(crate) fn new(zone: &str, now: i64) -> Learner {
        let zone = kept_base::moment::zone_named(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let at = kept_base::from_millis(now).unwrap_or_default();
        // One offset is enough: the grid counts quarters of a day.
        let ahead = i64::from(zone.to_offset(at).seconds()) * 1000;
        Learner { follower: Follower::new(ahead), reading: Reading::after(0, OVERLAP) }
    }
}

impl Engine {
    /// Reads what was recorded since the last call, lets the past come as far as the clock, and shares what it says now. Gives how many
    /// facts were read.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn learn(&self) -> Result<u64, EngineError> {
        let mut learner = self.shared.learner.lock().unwrap_or_else(PoisonError::into_inner);
        let Learner { follower, reading } = &mut *learner;
        let mut see = |block: i64, facts: &[Fact]| {
            facts.iter().for_each(|fact| follower.see(fact));
            self.see_for_scorecards(facts);
            self.see_for_figures(block, facts);
        };
        let facts = self.shared.database.read(|connection| reading.unread(connection, &mut see)).map_err(away)?;
        follower.advance(self.now());
        let foresight = Arc::new(follower.foresight(self.warning_costs().as_ref()));
        *self.shared.foresight.write().unwrap_or_else(PoisonError::into_inner) = Some(foresight);
        Ok(facts)
    }

    /// What mistakes in warning of a late delivery cost, as the packs in force have it.
    pub(crate) fn warning_costs(&self) -> Option<Costs> {
        self.loaded().packs.definition("delivery").and_then(|definition| definition.warn)
    }

    /// What is foreseen now; none before the past was read.
    pub fn foresight(&self) -> Option<Arc<Foresight>> {
        self.shared.foresight.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn in_force(&self) -> InForce {
        InForce { loaded: self.loaded(), house: Arc::clone(&self.shared.house), foresight: self.foresight() }
    }

    /// What is believed now of a promise; none when it is no open delivery, when a parcel of it will not come by itself (the past of
    /// those that came says nothing of it), or nothing was read yet.
    pub fn outlook(&self, file: &PromiseFile) -> Option<Outlook> {
        if file.line.parcels.iter().any(Parcel::is_awaited_in_vain) {
            return None;
        }
        let order = file.order.as_ref().map(|file| &file.order);
        self.outlook_at(&file.line.promise, order, &file.line.parcels, self.now())
    }

    /// The same of a promise with its order and that order's parcels, as of a moment.
    pub(crate) fn outlook_at(&self, promise: &Promise, order: Option<&Order>, parcels: &[Parcel], now: i64) -> Option<Outlook> {
        let foresight = self.foresight()?;
        if !promise.state.is_open() || promise.kind != "delivery" {
            return None;
        }
        let parcels: Vec<&Parcel> = parcels.iter().collect();
        let late = foresight.late(promise, order, &parcels, now).transpose()?;
        let by = |share: f64| foresight.arrival(promise, order, &parcels, now, share).ok().flatten();
        Some(Outlook { late, likely: by(0.5), nearly_sure: by(0.9) })
    }

    /// What each rule for warning would have brought on the own past, and which is in force.
    pub fn warning_curve(&self) -> Option<WarningCurve> {
        let foresight = self.foresight()?;
        let costs = self.warning_costs()?;
        let chosen = foresight.snapshot.policy(&costs).cloned();
        Some(WarningCurve { points: foresight.snapshot.curve().to_vec(), chosen, costs })
    }
}

/// The curve beside the switch.
#[derive(Clone, Debug)]
pub struct WarningCurve {
    /// Every rule that was weighed.
    pub points: Vec<kept_learn::Point>,
    /// The one that would have cost least; or why none can be chosen.
    pub chosen: Result<kept_learn::Point, NotReady>,
    /// What mistakes cost.
    pub costs: Costs,
}
