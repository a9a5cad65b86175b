//! How promises are judged by their parts, and judged again.

use kept_base::{ItemId, PromiseId, millis};

use super::promise::{BY_HAND, Gathered};
use super::{React, ReactError};
use crate::definition::FeePolicy;
use crate::desk::ShelfError;
use crate::message::WARNINGS;
use crate::order::Order;
use crate::parcel::{Parcel, carrying};
use crate::promise::{Assessed, Item, ItemKind, ItemSettled, ItemState, Promise, PromiseState, Reopened, SignalKind};
use crate::subject::Noun;
use crate::vocabulary::Milestone;
use crate::watch::Coming;

/// Judged by what the carrier says.
const BY_CARRIER: &str = "carrier_claim";

impl React<'_, '_> {
    /// Settles the one part of a promise that has no others, or all parts still open.
    pub(super) fn keep_whole(&mut self, promise: &Promise, at: i64) -> Result<(), ShelfError> {
        let in_time = promise.due.as_ref().is_none_or(|due| at <= millis(due.at));
        let state = if in_time { ItemState::Kept } else { ItemState::KeptLate };
        for item in promise.items.iter().filter(|item| item.state == ItemState::Open) {
            self.desk.emit(ItemSettled { promise: promise.id, item: item.id, state, at, cause: None })?;
        }
        Ok(())
    }

    /// Keeps the promises to answer about the order of a promise, now that the answer was given.
    pub(super) fn keep_replies(&mut self, disputed: PromiseId, by: &str) -> Result<(), ReactError> {
        let Some(promise) = self.desk.promise(disputed)?.cloned() else { return Ok(()) };
        // Only what was disputed about an order was promised an answer: see `not_arrived`.
        let made = match promise.customer.filter(|_| promise.order.is_some()) {
            Some(customer) => self.desk.customer(customer)?.map(|customer| customer.promises).unwrap_or_default(),
            None => Vec::new(),
        };
        for id in made {
            let Some(reply) = self.desk.promise(id)?.cloned() else { continue };
            if reply.kind == "reply" && reply.order == promise.order && reply.state.is_open() {
                self.advance_promise(id, false)?;
                let at = self.desk.clock;
                self.keep_whole(&reply, at)?;
                self.judge_by(id, by)?;
                self.rearm(id)?;
            }
        }
        Ok(())
    }

    /// Judges a promise by its parts, as the carriers claim.
    pub(super) fn judge(&mut self, id: PromiseId) -> Result<(), ReactError> {
        self.judge_by(id, BY_CARRIER)
    }

    pub(super) fn judge_by(&mut self, id: PromiseId, by: &str) -> Result<(), ReactError> {
        let Some(Gathered { promise, order, parcels }) = self.gather(id)? else { return Ok(()) };
        if !promise.state.is_open() {
            return Ok(());
        }
        let mut certain = true;
        // While every parcel is under way nothing can be settled: most scans end here.
        let under_way = !parcels.is_empty() && parcels.iter().all(|parcel| !parcel.milestone.is_final() && !parcel.is_lost());
        let owes_fee = promise.items.iter().any(|item| item.kind == ItemKind::Fee && item.state == ItemState::Open);
        if let Some(order) = order.filter(|_| promise.kind == "delivery" && (owes_fee || !under_way)) {
            let (promise, order) = (promise.clone(), order.clone());
            if !under_way {
                let parcels: Vec<Parcel> = parcels.into_iter().cloned().collect();
                certain = self.settle_delivered(&promise, &order, &parcels)?;
            }
            self.settle_fee(id, &order)?;
        }
        self.settle_supplied(id)?;
        let settled = |promise: &&Promise| promise.items.iter().all(|item| item.state != ItemState::Open);
        let Some(promise) = self.desk.promise(id)?.filter(|promise| !promise.items.is_empty()).filter(settled).cloned() else {
            return Ok(());
        };
        let state = overall(&promise.items, promise.due.as_ref().map(|due| millis(due.at)));
        let first_due = promise.first_due.as_ref().map(|due| millis(due.at));
        let by_first_due = by_first_due(&promise.items, first_due);
        let at = promise.items.iter().filter_map(|item| item.settled_at).max().unwrap_or(self.desk.clock);
        let cause = promise.items.iter().filter(|item| item.state == ItemState::Broken).find_map(|item| item.cause.clone());
        let by_rule = state == PromiseState::Broken || (promise.kind != "delivery" && by != BY_HAND);
        let by = match state {
            _ if by_rule => "rule",
            // Only their own wish releases a promise: no carrier said anything.
            PromiseState::Released if by == BY_CARRIER => "customer",
            _ => by,
        };
        let position = self.desk.emit(Assessed {
            promise: id,
            state,
            by_first_due,
            at,
            certain,
            by: by.to_owned(),
            cause: cause.filter(|_| state == PromiseState::Broken),
        })?;
        self.drop_wishes(id)?;
        let warned = promise.was_told(&WARNINGS);
        if warned && matches!(state, PromiseState::Kept | PromiseState::KeptLate) {
            self.raise(id, None, Coming::seen(SignalKind::DeliveredAfterWarning, position, at, state.word()))?;
        }
        self.desk.watch(Noun::Promise, id, None);
        Ok(())
    }

    /// Judges a promise again after a scan of one of its parcels was withdrawn: the parts that only this parcel's carrier had
    /// settled are owed again, unless what is left of its scans says the same. What a customer or a person settled stands.
    pub(super) fn judge_without(&mut self, id: PromiseId, before: &Parcel) -> Result<(), ReactError> {
        let said = |parcel: &Parcel| (parcel.milestone, parcel.delivered_at(), parcel.is_lost());
        if self.desk.parcel(before.id)?.is_none_or(|parcel| said(parcel) == said(before)) {
            return Ok(());
        }
        let clock = self.desk.clock;
        let Some(Gathered { promise, order, parcels }) = self.gather(id)? else { return Ok(()) };
        let settled_otherwise = promise.outcome.as_ref().is_some_and(|outcome| {
            !matches!(outcome.by.as_str(), "carrier_claim" | "rule") || outcome.cause.as_deref() == Some("never_came")
        });
        if promise.kind != "delivery" || settled_otherwise {
            return Ok(());
        }
        let named = |line| parcels.iter().any(|parcel| parcel.lines.contains(&line));
        // What is paid back for a loss is not owed again.
        let off = |line| order.is_some_and(|order| order.lines.iter().any(|one| one.id == line && one.cancelled.is_some()));
        let carried = |item: &Item| match item.kind {
            ItemKind::Line(line) => !off(line) && (before.lines.contains(&line) || (before.lines.is_empty() && !named(line))),
            ItemKind::Parcel(parcel) => parcel == before.id,
            ItemKind::Whole => true,
            ItemKind::Fee => false,
        };
        let claimed = |item: &Item| match item.state {
            ItemState::Kept | ItemState::KeptLate => true,
            ItemState::Broken => matches!(item.cause.as_deref(), Some("returned" | "lost")),
            _ => false,
        };
        let mut items: Vec<ItemId> =
            promise.items.iter().filter(|item| carried(item) && claimed(item)).map(|item| item.id).collect();
        if items.is_empty() {
            return Ok(());
        }
        // A fee that was given, or not earned, goes with the service; one that is being paid back stays paid back.
        let unpaid = order.is_none_or(|order| order.refund.is_none());
        let follows = |item: &&Item| {
            item.kind == ItemKind::Fee && (item.state == ItemState::Kept || (item.state == ItemState::Broken && unpaid))
        };
        items.extend(promise.items.iter().filter(follows).map(|item| item.id));
        let overdue = promise.due.as_ref().is_some_and(|due| millis(due.at) < clock);
        let state = match promise.state {
            state if state.is_open() => state,
            _ if overdue => PromiseState::Late,
            _ => PromiseState::Open,
        };
        self.desk.emit(Reopened { promise: id, items, state })?;
        self.judge(id)
    }

    /// Settles the lines whose parcels the carriers claim to have delivered. False when a guessed clock near the due leaves a doubt.
    fn settle_delivered(&mut self, promise: &Promise, order: &Order, parcels: &[Parcel]) -> Result<bool, ReactError> {
        const DOUBT: i64 = 14 * 3_600_000;
        let mut certain = true;
        let due = promise.due.as_ref().map(|due| millis(due.at));
        for item in promise.items.iter().filter(|item| item.state == ItemState::Open) {
            let bringing: Vec<&Parcel> = match item.kind {
                ItemKind::Line(line) => carrying(line, parcels.iter()).collect(),
                ItemKind::Parcel(id) => parcels.iter().filter(|parcel| parcel.id == id).collect(),
                ItemKind::Whole => parcels.iter().collect(),
                ItemKind::Fee => continue,
            };
            let cancelled = matches!(item.kind, ItemKind::Line(line)
                if order.lines.iter().any(|other| other.id == line && other.cancelled.is_some()));
            if bringing.is_empty() || cancelled {
                continue;
            }
            if let Some(lost) = bringing.iter().find(|parcel| parcel.is_lost()) {
                let at = lost.last_scan().map_or(self.desk.clock, |scan| scan.at);
                self.desk.emit(ItemSettled {
                    promise: promise.id,
                    item: item.id,
                    state: ItemState::Broken,
                    at,
                    cause: Some(if lost.milestone == Milestone::Returned { "returned" } else { "lost" }.to_owned()),
                })?;
                continue;
            }
            let delivered: Option<Vec<(i64, bool)>> = bringing
                .iter()
                .map(|parcel| parcel.delivered_at().filter(|_| parcel.milestone == Milestone::Delivered))
                .collect();
            let Some((at, clear)) = delivered.and_then(|delivered| delivered.into_iter().max_by_key(|(at, _)| *at)) else {
                continue;
            };
            let state = if due.is_none_or(|due| at <= due) { ItemState::Kept } else { ItemState::KeptLate };
            certain &= clear || due.is_none_or(|due| (at - due).abs() > DOUBT);
            self.desk.emit(ItemSettled { promise: promise.id, item: item.id, state, at, cause: None })?;
        }
        Ok(certain)
    }

    /// The fee is given when the service was: every line by its due. It is settled last, and what was not given is owed back.
    fn settle_fee(&mut self, id: PromiseId, order: &Order) -> Result<(), ReactError> {
        let Some(promise) = self.desk.promise(id)?.cloned() else { return Ok(()) };
        let Some(fee) = promise.items.iter().find(|item| item.kind == ItemKind::Fee && item.state == ItemState::Open) else {
            return Ok(());
        };
        let others: Vec<&Item> = promise.items.iter().filter(|item| item.kind != ItemKind::Fee).collect();
        if others.iter().any(|item| item.state == ItemState::Open) {
            return Ok(());
        }
        let at = others.iter().filter_map(|item| item.settled_at).max().unwrap_or(self.desk.clock);
        let broken = others.iter().any(|item| item.state == ItemState::Broken);
        let late = others.iter().any(|item| item.state == ItemState::KeptLate);
        let policy = self.rules.packs.definition("delivery").map_or(FeePolicy::None, |definition| definition.fee);
        let (state, cause) = match (broken, late) {
            (true, _) => (ItemState::Broken, Some("service_not_given".to_owned())),
            (false, true) => (ItemState::KeptLate, None),
            (false, false) if others.iter().all(|item| item.state == ItemState::Released) => (ItemState::Released, None),
            (false, false) => (ItemState::Kept, None),
        };
        self.desk.emit(ItemSettled { promise: id, item: fee.id, state, at, cause })?;
        if late && policy == FeePolicy::Whole && !broken {
            self.start_refund(order, order.fee, "order.lines_cancelled", at)?;
        }
        Ok(())
    }
}

/// The outcome by which figures judge. Whoever lets us off after the first due had passed does not undo that it was not kept.
fn by_first_due(items: &[Item], due: Option<i64>) -> PromiseState {
    let let_off_late =
        |item: &Item| item.state == ItemState::Released && item.settled_at.zip(due).is_some_and(|(at, due)| at >= due);
    match overall(items, due) {
        PromiseState::Released | PromiseState::Kept | PromiseState::KeptLate if items.iter().any(let_off_late) => {
            PromiseState::Broken
        }
        state => state,
    }
}

/// The outcome of all parts against a due.
fn overall(items: &[Item], due: Option<i64>) -> PromiseState {
    let late = |item: &Item| match (item.settled_at, due) {
        (Some(at), Some(due)) => at > due,
        _ => item.state == ItemState::KeptLate,
    };
    if items.iter().any(|item| item.state == ItemState::Broken) {
        PromiseState::Broken
    } else if items.iter().all(|item| item.state == ItemState::Released) {
        PromiseState::Released
    } else if items.iter().any(|item| matches!(item.state, ItemState::Kept | ItemState::KeptLate) && late(item)) {
        PromiseState::KeptLate
    } else {
        PromiseState::Kept
    }
}
