//! What follows when a carrier says that a parcel is lost, and when a lost one is seen again.

use kept_base::{ParcelId, Position, PromiseId};

use super::{React, ReactError};
use crate::errand::{Errand, ErrandKind, ErrandState, Handled};
use crate::parcel::{Parcel, carrying};
use crate::promise::{Promise, PromiseState, SignalKind};
use crate::vocabulary::{ExceptionKind, Milestone};
use crate::watch::Coming;

impl React<'_, '_> {
    /// Its carrier says that it will never come: news to whoever still waits for it, or has waited in vain. A parcel that was only taken
    /// for lost is declared lost here too; one that was found or brought back since the carrier said so is not.
    pub(super) fn declared_lost(
        &mut self,
        id: PromiseId,
        parcel: ParcelId,
        exception: Option<ExceptionKind>,
        position: Position,
        at: i64,
    ) -> Result<(), ReactError> {
        let Some(kind) = exception.filter(|kind| kind.is_loss()) else { return Ok(()) };
        let stands = |parcel: &Parcel| parcel.is_lost() && parcel.milestone != Milestone::Returned;
        if !self.desk.parcel(parcel)?.is_some_and(stands) || !self.desk.promise(id)?.is_some_and(waits) {
            return Ok(());
        }
        self.raise(id, Some(parcel), Coming::seen(SignalKind::DeclaredLost, position, at, kind.word()))?;
        Ok(())
    }

    /// A parcel that was missing before this fact: declared lost now, still missing, or not missing any more. Of the last whoever was told
    /// must hear, and what only followed from the loss is taken back: the verdict, and a new parcel that nobody has begun to send. A
    /// new parcel that is under way, and money that goes back, stand: they are what the customer chose.
    pub(super) fn seen_again(&mut self, id: PromiseId, before: &Parcel, position: Position, at: i64) -> Result<(), ReactError> {
        let Some(now) = self.desk.parcel(before.id)?.cloned() else { return Ok(()) };
        if now.is_missing() {
            let last = now.scans.iter().find(|scan| scan.position == position).and_then(|scan| scan.exception);
            return match before.is_lost() {
                true => Ok(()),
                false => self.declared_lost(id, now.id, last, position, at),
            };
        }
        let Some(promise) = self.desk.promise(id)?.cloned() else { return Ok(()) };
        let mut reships = Vec::new();
        for errand in &promise.errands {
            reships.extend(self.desk.errand(*errand)?.filter(|errand| errand.kind == ErrandKind::Reshipment).cloned());
        }
        let sent = reships.iter().any(|errand| errand.state.is_under_way() || errand.state == ErrandState::Done);
        let reason = match now.milestone {
            _ if sent => "reshipped",
            _ if self.is_paid_back(&promise, &now)? => "paid_back",
            Milestone::Returning | Milestone::Returned => Milestone::Returning.word(),
            _ if promise.choice.as_deref() == Some("reship") => "reship_withdrawn",
            _ => "seen_again",
        };
        self.raise(id, Some(now.id), Coming::seen(SignalKind::FoundAgain, position, at, reason))?;
        // What comes back does not arrive either.
        if sent || now.will_not_come() {
            return Ok(());
        }
        self.drop_reshipments(&reships, at)?;
        if before.is_lost() { self.judge_without(id, before) } else { Ok(()) }
    }

    /// Every line that the parcel carries is cancelled: nothing in it is owed.
    fn is_paid_back(&mut self, promise: &Promise, parcel: &Parcel) -> Result<bool, ReactError> {
        let Some(order) = promise.order else { return Ok(false) };
        let Some(order) = self.desk.order(order)? else { return Ok(false) };
        let parcels = self.desk.parcels(&order.parcels)?;
        let inside = |line| carrying(line, parcels.iter()).any(|other| other.id == parcel.id);
        let mut inside = order.lines.iter().filter(|line| inside(line.id)).peekable();
        Ok(inside.peek().is_some() && inside.all(|line| line.cancelled.is_some()))
    }

    fn drop_reshipments(&mut self, reships: &[Errand], at: i64) -> Result<(), ReactError> {
        for errand in reships.iter().filter(|errand| errand.state.waits()) {
            self.desk.emit(Handled {
                errand: errand.id,
                promise: errand.promise,
                to: ErrandState::Dropped,
                by: "rule".to_owned(),
                at,
                reason: None,
            })?;
        }
        Ok(())
    }
}

/// Somebody still waits: it is open, or was given up because nothing ever came.
fn waits(promise: &Promise) -> bool {
    let in_vain = promise.outcome.as_ref().is_some_and(|outcome| outcome.cause.as_deref() == Some("never_came"));
    promise.state.is_open() || (promise.state == PromiseState::Broken && in_vain)
}
