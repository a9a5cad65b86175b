//! What follows from an errand: done in the shop means done on the ledger, and whoever it is for hears what became of it.

use kept_base::{ErrandId, from_millis};

use super::{React, ReactError};
use crate::errand::{Act, Errand, ErrandState, Handled, OutcomeSeen};
use crate::input::OrderLinesCancelled;
use crate::promise::SignalKind;
use crate::watch::Coming;

impl React<'_, '_> {
    /// What became of an attempt in the shop.
    pub(super) fn errand_tried(&mut self, seen: &OutcomeSeen) -> Result<(), ReactError> {
        let position = self.desk.emit(seen.clone())?;
        self.errand_ended(seen.errand, position, seen.at)
    }

    /// A person released or dropped it, or did it by hand.
    pub(super) fn errand_handled(&mut self, handled: &Handled) -> Result<(), ReactError> {
        let position = self.desk.emit(handled.clone())?;
        self.errand_ended(handled.errand, position, handled.at)
    }

    fn errand_ended(&mut self, id: ErrandId, position: kept_base::Position, at: i64) -> Result<(), ReactError> {
        let Some(errand) = self.desk.errand(id)?.cloned() else { return Ok(()) };
        let kind = match errand.state {
            ErrandState::Done => SignalKind::ErrandDone,
            ErrandState::Refused => SignalKind::ErrandRefused,
            _ => return Ok(()),
        };
        if errand.state == ErrandState::Done {
            self.carry_over(&errand, at)?;
        }
        self.raise(errand.promise, None, Coming::seen(kind, position, at, errand.kind.word()))?;
        self.rearm(errand.promise)?;
        Ok(())
    }

    /// What the shop did is so from now on; its own news of it, which comes later, says nothing new. That money went back is left to the
    /// shop's news: it alone knows when and how much.
    fn carry_over(&mut self, errand: &Errand, at: i64) -> Result<(), ReactError> {
        let bytes = self.desk.shelf().open(&errand.content)?.unwrap_or_default();
        let Ok(Act::Cancellation { order_number, skus, by, cause }) = serde_json::from_slice(&bytes) else { return Ok(()) };
        let zone = kept_base::moment::zone_named(&self.rules.house.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let at = kept_base::Moment::in_zone(from_millis(at).unwrap_or_default(), &zone);
        self.lines_cancelled(&OrderLinesCancelled { order_number, at, skus, quantity: None, by, cause })?;
        Ok(())
    }
}
