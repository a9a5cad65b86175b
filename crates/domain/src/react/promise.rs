//! How promises begin and are watched.

use kept_base::{CalendarKind, CustomerId, Money, OrderId, ParcelId, PromiseId, SignalId, from_millis, millis};

use super::{React, ReactError};
use kept_rules::Facts;

use crate::definition::{FeePolicy, ItemsFrom, OfWords, Said};
use crate::desk::ShelfError;
use crate::input::CancelledBy;
use crate::order::{Line, Order};
use crate::parcel::Parcel;
use crate::promise::{Assessed, Item, ItemKind, ItemState, Made, Promise, PromiseState, SignalKind, SignalRaised, WordGiven};
use crate::subject::Noun;
use crate::watch::{self, Coming};

/// Where nothing is coming, an open promise is looked at so often all the same.
const AT_LEAST_DAILY: i64 = 86_400_000;

/// Who judged, where it was the word of a person of the team.
pub(super) const BY_HAND: &str = "hand";

/// A promise with what it is judged by: its order, and that order's parcels.
pub(super) struct Gathered<'d> {
    pub(super) promise: &'d Promise,
    pub(super) order: Option<&'d Order>,
    pub(super) parcels: Vec<&'d Parcel>,
}

impl React<'_, '_> {
    /// Starts every promise that a fact about an order starts.
    pub(super) fn start_promises(&mut self, starts: &str, order: OrderId, at: i64) -> Result<(), ReactError> {
        let Some(order) = self.desk.order(order)? else { return Ok(()) };
        if let Some(customer) = order.customer {
            self.start_promise(starts, Some(&order), customer, None, at)?;
        }
        Ok(())
    }

    pub(super) fn start_promise(
        &mut self,
        starts: &str,
        order: Option<&Order>,
        customer: CustomerId,
        amount: Option<Money>,
        at: i64,
    ) -> Result<(), ReactError> {
        let kinds: Vec<String> = self
            .rules
            .packs
            .definitions
            .iter()
            .filter(|definition| definition.starts == starts)
            .map(|definition| definition.kind.clone())
            .collect();
        for kind in kinds {
            self.make(&kind, order, customer, amount, at)?;
        }
        Ok(())
    }

    /// The refund owed for an order: one promise, to which a further amount is one more word.
    pub(super) fn start_refund(&mut self, order: &Order, amount: Option<Money>, starts: &str, at: i64) -> Result<(), ReactError> {
        let (Some(customer), Some(amount)) = (order.customer, amount.filter(|amount| amount.minor > 0)) else { return Ok(()) };
        match self.open_refund(order)? {
            None => {
                self.start_promise(starts, Some(order), customer, Some(amount), at)?;
                let Some(refund) = self.desk.order(order.id)?.and_then(|order| order.refund) else { return Ok(()) };
                let Some(made) = self.desk.promise(refund)?.and_then(|promise| promise.facts.first().copied()) else {
                    return Ok(());
                };
                self.raise(refund, None, Coming::seen(SignalKind::RefundOwed, made, at, "owed"))?;
                Ok(())
            }
            Some(refund) => {
                let word = self.desk.mint()?;
                let more = self.desk.emit(WordGiven {
                    promise: refund,
                    word,
                    by: crate::input::Giver::Shop,
                    given_at: at,
                    due: None,
                    sentence: None,
                    source: Some(starts.to_owned()),
                    waiting: false,
                    exceeded: false,
                    adds: Some(amount),
                })?;
                self.raise(refund, None, Coming::seen(SignalKind::RefundOwed, more, at, "owed"))?;
                Ok(())
            }
        }
    }

    /// The refund still owed for an order; what is owed after one was settled is a promise of its own.
    pub(super) fn open_refund(&mut self, order: &Order) -> Result<Option<PromiseId>, ReactError> {
        let Some(refund) = order.refund else { return Ok(None) };
        Ok(self.desk.promise(refund)?.filter(|promise| promise.state.is_open()).map(|promise| promise.id))
    }

    /// Makes a promise of a kind with the words its definition gives.
    pub(super) fn make(
        &mut self,
        kind: &str,
        order: Option<&Order>,
        customer: CustomerId,
        amount: Option<Money>,
        at: i64,
    ) -> Result<Option<PromiseId>, ReactError> {
        let Some(definition) = self.rules.packs.definition(kind) else { return Ok(None) };
        let items = match (definition.items, order) {
            (ItemsFrom::OrderLines, Some(order)) => self.items_of(order, kind)?,
            _ => self.items([ItemKind::Whole])?,
        };
        self.make_of(kind, items, order, customer, amount, at)
    }

    /// The promise to deliver what came to an order whose delivery is settled.
    pub(super) fn promise_added(&mut self, order: OrderId, kinds: Vec<ItemKind>, at: i64) -> Result<(), ReactError> {
        let Some(order) = self.desk.order(order)? else { return Ok(()) };
        let Some(customer) = order.customer else { return Ok(()) };
        let items = self.items(kinds)?;
        // The day that was promised for the rest is no word about this.
        let order = Order { promised: order.promised.filter(|due| millis(due.at) > at), ..order };
        self.make_of("delivery", items, Some(&order), customer, None, at)?;
        Ok(())
    }

    fn make_of(
        &mut self,
        kind: &str,
        items: Vec<Item>,
        order: Option<&Order>,
        customer: CustomerId,
        amount: Option<Money>,
        at: i64,
    ) -> Result<Option<PromiseId>, ReactError> {
        let Some(definition) = self.rules.packs.definition(kind) else { return Ok(None) };
        let penalty = match &definition.penalty {
            Some(penalty) => penalty.terms(&self.word_facts(order, at)?).map_err(ReactError::Invalid)?,
            None => None,
        };
        let review_at = watch::after(at, &definition.review, CalendarKind::CalendarDays, &self.rules.house.zone);
        let promise: PromiseId = self.desk.mint()?;
        self.desk.emit(Made {
            promise,
            kind: kind.to_owned(),
            definition: self.rules.packs.version.clone(),
            customer: Some(customer),
            order: order.map(|order| order.id),
            owner: definition.owner.clone(),
            made_at: at,
            items,
            amount,
            review_at,
            penalty,
            held_since: order.filter(|_| kind == "refund").map(|order| order.placed_at),
            upstream: None,
        })?;
        match order {
            Some(order) => self.give_definition_words(promise, kind, order, at)?,
            None => self.give_words(promise, kind, None, at)?,
        }
        if kind == "delivery"
            && let Some(order) = order
        {
            for parcel in self.desk.parcels(&order.parcels)?.into_iter().filter(|parcel| parcel.promise.is_none()) {
                self.desk.emit(crate::parcel::Linked {
                    parcel: parcel.id,
                    order: order.id,
                    promise: Some(promise),
                    lines: Vec::new(),
                })?;
                self.watch_parcel(parcel.id)?;
            }
            self.judge(promise)?;
        }
        self.rearm(promise)?;
        Ok(Some(promise))
    }

    pub(super) fn give_definition_words(
        &mut self,
        promise: PromiseId,
        kind: &str,
        order: &Order,
        at: i64,
    ) -> Result<(), ReactError> {
        self.give_words(promise, kind, Some(order), at)
    }

    pub(super) fn give_words(
        &mut self,
        promise: PromiseId,
        kind: &str,
        order: Option<&Order>,
        at: i64,
    ) -> Result<(), ReactError> {
        let Some(definition) = self.rules.packs.definition(kind) else { return Ok(()) };
        let zone = order.map_or(self.rules.house.zone.as_str(), |order| order.zone.as_str());
        let promised = order.and_then(|order| order.promised.as_ref());
        let ship_by = order.and_then(|order| order.ship_by.as_ref());
        let facts = self.word_facts(order, at)?;
        let start = from_millis(at).unwrap_or_default();
        for rule in &definition.words {
            let due = rule.due(&facts, Said { promised, ship_by }, start, zone).map_err(ReactError::Invalid)?;
            let Some(due) = due else { continue };
            let word = self.desk.mint()?;
            self.desk.emit(WordGiven {
                promise,
                word,
                by: rule.by,
                given_at: at,
                due: Some(due),
                sentence: None,
                source: rule.source.clone(),
                waiting: false,
                exceeded: false,
                adds: None,
            })?;
        }
        Ok(())
    }

    /// What conditions of words and of penalties can ask.
    fn word_facts(&mut self, order: Option<&Order>, at: i64) -> Result<Facts, ReactError> {
        let customer = match order.and_then(|order| order.customer) {
            Some(customer) => self.desk.customer(customer)?,
            None => None,
        };
        let delivery = match order.and_then(|order| order.delivery) {
            Some(delivery) => self
                .desk
                .promise(delivery)?
                .filter(|delivery| delivery.state != PromiseState::Kept)
                .and_then(|delivery| delivery.due.as_ref())
                .map(|due| millis(due.at)),
            None => None,
        };
        let withdrawn = |line: &Line| line.cancelled.is_some_and(|(by, _)| by == CancelledBy::Shop);
        Ok(OfWords {
            promised: order.is_some_and(|order| order.promised.is_some()),
            ship_by: order.is_some_and(|order| order.ship_by.is_some()),
            country: order.and_then(|order| order.country),
            lines: order.map_or(0, |order| order.lines.len()),
            express: order.is_some_and(|order| order.fee.is_some_and(|fee| fee.minor > 0)),
            consumer: customer.as_ref().is_none_or(|customer| customer.consumer),
            withdrawn: order.is_some_and(|order| order.lines.iter().any(withdrawn)),
            late: delivery.is_some_and(|due| due <= at),
        }
        .facts())
    }

    /// Items of a promise, open.
    pub(super) fn items(&mut self, kinds: impl IntoIterator<Item = ItemKind>) -> Result<Vec<Item>, ShelfError> {
        let open = |kind| Ok(Item { id: self.desk.mint()?, kind, state: ItemState::Open, settled_at: None, cause: None });
        kinds.into_iter().map(open).collect()
    }

    /// The parts of an order's delivery: its lines, and the fee where the definition makes it one.
    pub(super) fn items_of(&mut self, order: &Order, kind: &str) -> Result<Vec<Item>, ReactError> {
        let mut kinds: Vec<ItemKind> = order.lines.iter().map(|line| ItemKind::Line(line.id)).collect();
        if kinds.is_empty() {
            kinds.push(ItemKind::Whole);
        }
        let fee = self.rules.packs.definition(kind).is_some_and(|definition| definition.fee != FeePolicy::None);
        if fee && order.fee.is_some_and(|fee| fee.minor > 0) {
            kinds.push(ItemKind::Fee);
        }
        Ok(self.items(kinds)?)
    }

    /// Raises a signal, once for what armed it.
    pub(super) fn raise(&mut self, promise: PromiseId, parcel: Option<ParcelId>, noticed: Coming) -> Result<(), ShelfError> {
        if self.desk.promise(promise)?.is_none_or(|promise| promise.has_fired(noticed.kind, noticed.armed_by)) {
            return Ok(());
        }
        self.signal(promise, parcel, noticed)
    }

    /// Writes a signal that has not fired yet: of what is found of a parcel the parcel itself knows that.
    pub(super) fn signal(&mut self, promise: PromiseId, parcel: Option<ParcelId>, noticed: Coming) -> Result<(), ShelfError> {
        let Coming { kind, at: true_at, armed_by, reason, threshold, foreseen } = noticed;
        let signal: SignalId = self.desk.mint()?;
        self.desk.emit(SignalRaised {
            signal,
            signal_kind: kind,
            promise,
            parcel,
            armed_by,
            true_at,
            lateness: (self.desk.clock - true_at).max(0) / 1000,
            reason: reason.to_owned(),
            threshold,
            foreseen,
        })?;
        Ok(())
    }

    /// Fires what became true of a promise before the clock (or at it, when the watch looks), in order of time.
    pub(super) fn advance_promise(&mut self, id: PromiseId, inclusive: bool) -> Result<(), ShelfError> {
        // Each round fires at most one thing; a promise has a handful of steps, so this ends.
        for _ in 0..16 {
            let (rules, clock) = (self.rules, self.desk.clock);
            let Some(Gathered { promise, order, parcels }) = self.gather(id)? else { return Ok(()) };
            let Some(definition) = rules.packs.definition(&promise.kind) else { break };
            let reached = |at: i64| at < clock || (inclusive && at == clock);
            let broken_at = watch::broken_at(promise, definition, rules.house).filter(|at| reached(*at));
            let next = watch::coming(promise, order, &parcels, definition, rules).into_iter().find(|coming| reached(coming.at));
            let penalty = promise.next_penalty().filter(|step| reached(step.at) && broken_at.is_none_or(|at| step.at <= at));
            match (next, broken_at) {
                (next, _) if let Some(step) = penalty.filter(|step| next.as_ref().is_none_or(|coming| step.at < coming.at)) => {
                    self.desk.emit(step)?;
                }
                (Some(coming), broken_at) if broken_at.is_none_or(|at| coming.at <= at) => {
                    let next_review = (coming.kind == SignalKind::ReviewDue).then(|| {
                        let span = watch::seconds(&definition.review).unwrap_or(AT_LEAST_DAILY / 1000);
                        (clock - coming.at) / 1000 + span.max(3600)
                    });
                    let threshold = next_review.or(coming.threshold);
                    self.raise(id, None, Coming { threshold, ..coming })?;
                }
                (_, Some(at)) => {
                    self.desk.emit(Assessed {
                        promise: id,
                        state: PromiseState::Broken,
                        by_first_due: PromiseState::Broken,
                        at,
                        certain: true,
                        by: "rule".to_owned(),
                        cause: Some("never_came".to_owned()),
                    })?;
                }
                _ => break,
            }
        }
        self.rearm(id)
    }

    /// Puts a promise, its order and that order's parcels at hand, and shows them without a copy.
    pub(super) fn gather(&mut self, id: PromiseId) -> Result<Option<Gathered<'_>>, ShelfError> {
        let travels = |promise: &Promise| promise.kind == "delivery" || promise.upstream.is_some();
        let Some((order, travels)) = self.desk.promise(id)?.map(|promise| (promise.order, travels(promise))) else {
            return Ok(None);
        };
        let mut ids = Vec::new();
        if let Some(order) = order {
            self.desk.load(Noun::Order, order.into())?;
            if let Some(order) = self.desk.at_hand().order(order).filter(|_| travels) {
                ids.clone_from(&order.parcels);
            }
            for parcel in &ids {
                self.desk.load(Noun::Parcel, (*parcel).into())?;
            }
        }
        let at_hand = self.desk.at_hand();
        Ok(at_hand.promise(id).map(|promise| Gathered {
            promise,
            order: order.and_then(|order| at_hand.order(order)),
            parcels: ids
                .iter()
                .filter_map(|parcel| at_hand.parcel(*parcel))
                // What came to an order after it was delivered is another promise, with parcels of its own.
                .filter(|parcel| {
                    at_hand.promise(id).is_some_and(|promise| promise.upstream.is_some())
                        || parcel.promise.is_none_or(|promise| promise == id)
                })
                .collect(),
        }))
    }

    /// Sets when a promise is looked at next: every open one has such a moment.
    pub(super) fn rearm(&mut self, id: PromiseId) -> Result<(), ShelfError> {
        let (rules, clock) = (self.rules, self.desk.clock);
        let Some(Gathered { promise, order, parcels }) = self.gather(id)? else { return Ok(()) };
        if !promise.state.is_open() {
            self.desk.watch(Noun::Promise, id, None);
            return Ok(());
        }
        let definition = rules.packs.definition(&promise.kind);
        let next = definition.and_then(|definition| {
            let coming = watch::coming(promise, order, &parcels, definition, rules);
            let coming = coming.first().map(|coming| coming.at);
            let broken_at = watch::broken_at(promise, definition, rules.house);
            let penalty = promise.next_penalty().map(|step| step.at);
            coming.into_iter().chain(broken_at).chain(penalty).chain(watch::another_look(promise, definition, rules, clock)).min()
        });
        self.desk.watch(Noun::Promise, id, Some(next.unwrap_or(clock + AT_LEAST_DAILY)));
        Ok(())
    }
}
