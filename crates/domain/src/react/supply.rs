//! What a partner owes the company for the sake of a customer: the goods of a marketplace's seller, handed over in time.
//!
//! The promise to the customer stays the company's own, whoever sends the goods; the partner's stands beside it, linked, with an outcome of
//! its own, and counts in no figure about customers.

use kept_base::{CalendarKind, LineId, OrderId, millis};

use super::{React, ReactError};
use crate::order::Order;
use crate::parcel::{Parcel, carrying};
use crate::promise::{ItemKind, ItemSettled, ItemState, Made, Upstream};
use crate::watch;

/// What starts such a promise.
const SOLD: &str = "order.sold_by_partner";

impl React<'_, '_> {
    /// For each partner who sells lines of an order, the promise to hand them over.
    pub(super) fn promise_supplies(&mut self, order: OrderId, at: i64) -> Result<(), ReactError> {
        let Some(order) = self.desk.order(order)?.filter(|order| order.lines.iter().any(|line| line.seller.is_some())) else {
            return Ok(());
        };
        let (Some(definition), Some(serves)) =
            (self.rules.packs.definitions.iter().find(|definition| definition.starts == SOLD), order.delivery)
        else {
            return Ok(());
        };
        let mut partners: Vec<&str> = order.lines.iter().filter_map(|line| line.seller.as_deref()).collect();
        partners.sort_unstable();
        partners.dedup();
        for partner in partners {
            let theirs = order.lines.iter().filter(|line| line.seller.as_deref() == Some(partner));
            let items = self.items(theirs.map(|line| ItemKind::Line(line.id)))?;
            let promise = self.desk.mint()?;
            self.desk.emit(Made {
                promise,
                kind: definition.kind.clone(),
                definition: self.rules.packs.version.clone(),
                customer: None,
                order: Some(order.id),
                owner: definition.owner.clone(),
                made_at: at,
                items,
                amount: None,
                review_at: watch::after(at, &definition.review, CalendarKind::CalendarDays, &self.rules.house.zone),
                penalty: None,
                held_since: None,
                upstream: Some(Upstream { serves, partner: partner.to_owned() }),
            })?;
            self.give_words(promise, &definition.kind, Some(&order), at)?;
            self.judge(promise)?;
            self.rearm(promise)?;
        }
        Ok(())
    }

    /// Judges what partners owe for an order, after a parcel of it was handed over or lines will not come.
    pub(super) fn judge_supplies(&mut self, order: OrderId) -> Result<(), ReactError> {
        let supplies = self.desk.order(order)?.map(|order| order.supplies).unwrap_or_default();
        for supply in supplies {
            if self.desk.promise(supply)?.is_some_and(|promise| promise.state.is_open()) {
                self.advance_promise(supply, false)?;
                self.judge(supply)?;
                self.rearm(supply)?;
            }
        }
        Ok(())
    }

    /// Settles lines of a partner whose parcels their carriers have, and those that will not come.
    pub(super) fn settle_supplied(&mut self, id: kept_base::PromiseId) -> Result<(), ReactError> {
        let Some(promise) = self.desk.promise(id)?.filter(|promise| promise.upstream.is_some()).cloned() else { return Ok(()) };
        let Some(order) = (match promise.order {
            Some(order) => self.desk.order(order)?,
            None => None,
        }) else {
            return Ok(());
        };
        let parcels = self.desk.parcels(&order.parcels)?;
        let due = promise.due.as_ref().map(|due| millis(due.at));
        for item in promise.items.iter().filter(|item| item.state == ItemState::Open) {
            let ItemKind::Line(line) = item.kind else { continue };
            let settled = match (handed_over(line, &parcels), cancelled(line, &order)) {
                (Some(at), _) => {
                    Some((if due.is_none_or(|due| at <= due) { ItemState::Kept } else { ItemState::KeptLate }, at, None))
                }
                (None, Some((true, at))) => Some((ItemState::Released, at, None)),
                (None, Some((false, at))) => Some((ItemState::Broken, at, Some("withdrawn".to_owned()))),
                (None, None) => None,
            };
            if let Some((state, at, cause)) = settled {
                self.desk.emit(ItemSettled { promise: id, item: item.id, state, at, cause })?;
            }
        }
        Ok(())
    }
}

/// When the last parcel that carries a line was handed over.
fn handed_over(line: LineId, parcels: &[Parcel]) -> Option<i64> {
    let handed: Option<Vec<i64>> = carrying(line, parcels.iter()).map(Parcel::handed_over_at).collect();
    handed?.into_iter().max()
}

/// Whether a line was cancelled by the customer's own wish, and when.
fn cancelled(line: LineId, order: &Order) -> Option<(bool, i64)> {
    let line = order.lines.iter().find(|other| other.id == line)?;
    line.cancelled.map(|(by, at)| (by == crate::input::CancelledBy::Customer, at))
}
