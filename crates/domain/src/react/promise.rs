//! How promises begin, are watched and are judged.

use kept_base::{CalendarKind, CustomerId, ItemId, Money, OrderId, ParcelId, PromiseId, SignalId, from_millis, millis};

use super::{React, ReactError};
use kept_rules::Facts;

use crate::definition::{FeePolicy, ItemsFrom, OfWords, Said};
use crate::desk::ShelfError;
use crate::input::CancelledBy;
use crate::message::WARNINGS;
use crate::order::{Line, Order};
use crate::parcel::{Parcel, carrying};
use crate::promise::{
    Assessed, Item, ItemKind, ItemSettled, ItemState, Made, Promise, PromiseState, Reopened, SignalKind, SignalRaised, WordGiven,
};
use crate::subject::Noun;
use crate::vocabulary::Milestone;
use crate::watch::{self, Coming};

/// Where nothing is coming, an open promise is looked at so often all the same.
const AT_LEAST_DAILY: i64 = 86_400_000;

/// Judged by what the carrier says.
const BY_CARRIER: &str = "carrier_claim";
/// Who judged, where it was the word of a person of the team.
pub(super) const BY_HAND: &str = "hand";

/// A promise with what it is judged by: its order, and that order's parcels.
struct Gathered<'d> {
    promise: &'d Promise,
    order: Option<&'d Order>,
    parcels: Vec<&'d Parcel>,
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
    fn gather(&mut self, id: PromiseId) -> Result<Option<Gathered<'_>>, ShelfError> {
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
