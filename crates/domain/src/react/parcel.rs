//! News about parcels: announced, handed over, scanned, estimated, not known; and what is found when nothing is said.

use kept_base::{Due, LineId, OrderId, ParcelId, Position, PromiseId, from_millis};

use super::{React, ReactError, Reaction};
use crate::desk::ShelfError;
use crate::finding::Finding;
use crate::input::{
    Giver, ParcelAnnounced, ParcelEstimated, ParcelManifested, ParcelNotFound, ParcelScanWithdrawn, ParcelScanned,
};
use crate::order::{Line, LinesAvailable, Named, Order};
use crate::parcel::{Announced, Estimated, Linked, Manifested, NotFound, Parcel, ScanWithdrawn, Scanned, scan_key};
use crate::promise::{Item, ItemKind, ItemState, Made, SignalKind, WordGiven};
use crate::subject::{KeyKind, NaturalKey, Noun, tracking_key};
use crate::vocabulary::{ExceptionKind, Milestone};
use crate::watch::{self, Coming};

impl React<'_, '_> {
    fn parcel_by_number(&mut self, number: &str) -> Result<Option<ParcelId>, ReactError> {
        let key = tracking_key(number);
        if key.is_empty() {
            return Err(ReactError::Invalid("`tracking_number` is empty".to_owned()));
        }
        Ok(self.desk.find(&NaturalKey { brand: self.desk.brand, kind: KeyKind::Tracking, key })?.map(ParcelId::from))
    }

    pub(super) fn parcel_announced(&mut self, news: &ParcelAnnounced) -> Result<Reaction, ReactError> {
        let known = self.parcel_by_number(&news.tracking_number)?;
        let order = self.order_or_name(&news.order_number, self.instant(&news.at, &self.rules.house.zone))?;
        let lines = self.lines_of(&order, &news.skus, known)?;
        let at = self.instant(&news.at, &order.zone);
        let parcel = match known {
            None => {
                let parcel: ParcelId = self.desk.mint()?;
                self.desk.emit(Announced {
                    parcel,
                    carrier: news.carrier.clone(),
                    tracking_number: news.tracking_number.trim().to_owned(),
                    order: Some(order.id),
                    promise: order.delivery,
                    lines,
                    at,
                })?;
                parcel
            }
            Some(parcel) => match self.desk.parcel(parcel)?.map(|parcel| (parcel.order, parcel.lines.clone())) {
                Some((Some(linked), held))
                    if linked == order.id && (lines.is_empty() || same_articles(&order, &lines, &held)) =>
                {
                    return Ok(Reaction::Duplicate);
                }
                Some((Some(linked), _)) if linked != order.id => {
                    return Err(ReactError::Invalid(format!("parcel {} belongs to another order already", news.tracking_number)));
                }
                _ => {
                    self.desk.emit(Linked { parcel, order: order.id, promise: order.delivery, lines })?;
                    parcel
                }
            },
        };
        self.watch_parcel(parcel)?;
        if let Some(delivery) = order.delivery {
            self.judge(delivery)?;
            self.rearm(delivery)?;
        }
        self.handed_over(order.id, parcel)?;
        Ok(Reaction::Taken)
    }

    /// What follows when a carrier has a parcel: what is inside is not waited for any more, and a partner has handed over.
    fn handed_over(&mut self, order: OrderId, parcel: ParcelId) -> Result<(), ReactError> {
        let Some(order) = self.desk.order(order)? else { return Ok(()) };
        let Some(at) = self.desk.parcel(parcel)?.and_then(Parcel::handed_over_at) else { return Ok(()) };
        if order.waits_for_stock().next().is_some() {
            let parcels = self.desk.parcels(&order.parcels)?;
            let stays = order.not_left(&parcels);
            let left: Vec<LineId> =
                order.waits_for_stock().map(|(line, _)| line.id).filter(|line| !stays.contains(line)).collect();
            if !left.is_empty() {
                self.desk.emit(LinesAvailable { order: order.id, lines: left, at })?;
            }
        }
        self.judge_supplies(order.id)
    }

    pub(super) fn parcel_estimated(&mut self, news: &ParcelEstimated) -> Result<Reaction, ReactError> {
        let at = self.instant(&news.at, &self.rules.house.zone);
        let parcel = match self.parcel_by_number(&news.tracking_number)? {
            Some(parcel) => parcel,
            None => self.announce_alone(&news.carrier, &news.tracking_number, None, at)?,
        };
        let known = self.desk.parcel(parcel)?.and_then(|parcel| parcel.carrier_estimate);
        if known.is_some_and(|(day, known_at)| day == news.expected_day || known_at > at) {
            return Ok(Reaction::Duplicate);
        }
        self.desk.emit(Estimated { parcel, day: news.expected_day, at })?;
        Ok(Reaction::Taken)
    }

    /// The shop's own word that it handed a parcel over: no carrier's, so it moves no milestone.
    pub(super) fn parcel_manifested(&mut self, news: &ParcelManifested) -> Result<Reaction, ReactError> {
        let at = self.instant(&news.at, &self.rules.house.zone);
        let parcel = match self.parcel_by_number(&news.tracking_number)? {
            Some(parcel) => parcel,
            None => self.announce_alone(&news.carrier, &news.tracking_number, None, at)?,
        };
        if self.desk.parcel(parcel)?.is_some_and(|parcel| parcel.manifested.is_some()) {
            return Ok(Reaction::Duplicate);
        }
        self.advance_parcel(parcel, false)?;
        self.desk.emit(Manifested { parcel, at })?;
        self.watch_parcel(parcel)?;
        Ok(Reaction::Taken)
    }

    /// A carrier does not know a number. Of a number that nobody announced there is nothing to say.
    pub(super) fn parcel_not_found(&mut self, news: &ParcelNotFound) -> Result<Reaction, ReactError> {
        let at = self.instant(&news.at, &self.rules.house.zone);
        let Some(parcel) = self.parcel_by_number(&news.tracking_number)? else { return Ok(Reaction::Duplicate) };
        // The first time counts; and whoever scanned it knows it.
        if self.desk.parcel(parcel)?.is_none_or(|parcel| parcel.not_found.is_some() || !parcel.scans.is_empty()) {
            return Ok(Reaction::Duplicate);
        }
        self.advance_parcel(parcel, false)?;
        self.desk.emit(NotFound { parcel, at })?;
        self.watch_parcel(parcel)?;
        Ok(Reaction::Taken)
    }

    pub(super) fn parcel_scanned(&mut self, news: &ParcelScanned) -> Result<Reaction, ReactError> {
        let at = self.instant(&news.at, &self.rules.house.zone);
        let parcel = match self.parcel_by_number(&news.tracking_number)? {
            Some(parcel) => parcel,
            None => {
                let order = match &news.order_number {
                    Some(number) => Some(self.order_or_name(number, at)?),
                    None => None,
                };
                self.announce_alone(&news.carrier, &news.tracking_number, order.as_ref(), at)?
            }
        };
        let key = scan_key(&news.tracking_number, &news.at, &news.code, news.location.as_deref());
        let (linked, promise, stands) = match self.desk.parcel(parcel)? {
            Some(parcel) if parcel.knows(key) => return Ok(Reaction::Duplicate),
            Some(parcel) => (parcel.order, parcel.promise, !parcel.is_withdrawn(key)),
            None => (None, None, true),
        };
        if let (None, Some(number)) = (linked, &news.order_number) {
            let order = self.order_or_name(number, at)?;
            self.desk.emit(Linked { parcel, order: order.id, promise: order.delivery, lines: Vec::new() })?;
        }
        let promise = match (promise, &news.promised_at, &news.order_number) {
            (None, Some(promised), Some(number)) => Some(self.promise_from_scan(parcel, number, promised, at)?),
            (promise, _, _) => promise.or(self.desk.parcel(parcel)?.and_then(|parcel| parcel.promise)),
        };
        self.advance_parcel(parcel, false)?;
        let (before, had, missing) = match self.desk.parcel(parcel)? {
            Some(parcel) => {
                let missing = Some(parcel).filter(|parcel| parcel.is_missing()).cloned();
                (Some(parcel.milestone), parcel.handed_over_at().is_some(), missing)
            }
            None => (None, false, None),
        };
        // What this scan could settle or show must come after what fell due before it.
        let further = news.milestone.rank() > before.map_or(0, Milestone::rank);
        let matters = stands && (news.exception.is_some() || further || missing.is_some());
        if let (Some(promise), true) = (promise, matters) {
            self.advance_promise(promise, false)?;
        }
        let position = self.desk.emit(Scanned {
            parcel,
            at: news.at,
            key,
            code: news.code.clone(),
            text: news.text.clone(),
            location: news.location.clone(),
            milestone: news.milestone,
            exception: news.exception,
        })?;
        if news.milestone == Milestone::Unknown {
            self.desk.emit(crate::house::UnmappedSeen {
                source: self.desk.source.clone(),
                what: "code".to_owned(),
                code: news.code.clone(),
                text: news.text.clone(),
            })?;
        }
        self.watch_parcel(parcel)?;
        if let (Some(promise), true) = (promise, matters) {
            // The signals come before what is judged by them.
            match missing {
                Some(missing) => self.seen_again(promise, &missing, position, at)?,
                None => self.declared_lost(promise, parcel, news.exception, position, at)?,
            }
            self.after_scan(parcel, promise, position, news, at)?;
        }
        if let Some(order) =
            self.desk.parcel(parcel)?.filter(|parcel| !had && parcel.handed_over_at().is_some()).and_then(|parcel| parcel.order)
        {
            self.handed_over(order, parcel)?;
        }
        Ok(Reaction::Taken)
    }

    /// Takes a scan back. One that has not come yet is remembered; what the parcel's promise was judged by is judged again.
    pub(super) fn parcel_scan_withdrawn(&mut self, news: &ParcelScanWithdrawn) -> Result<Reaction, ReactError> {
        let at = self.instant(&news.at, &self.rules.house.zone);
        let parcel = match self.parcel_by_number(&news.tracking_number)? {
            Some(parcel) => parcel,
            None => self.announce_alone(&news.carrier, &news.tracking_number, None, at)?,
        };
        let key = scan_key(&news.tracking_number, &news.at, &news.code, news.location.as_deref());
        let before = match self.desk.parcel(parcel)? {
            Some(parcel) if parcel.is_withdrawn(key) => return Ok(Reaction::Duplicate),
            Some(parcel) => Some(parcel.clone()),
            None => None,
        };
        let promise = before.as_ref().and_then(|parcel| parcel.promise);
        self.advance_parcel(parcel, false)?;
        if let Some(promise) = promise {
            self.advance_promise(promise, false)?;
        }
        let position = self.desk.emit(ScanWithdrawn {
            parcel,
            at: news.at,
            key,
            code: news.code.clone(),
            location: news.location.clone(),
            reason: news.reason.clone(),
        })?;
        self.watch_parcel(parcel)?;
        if let (Some(promise), Some(before)) = (promise, before) {
            let missing = self.desk.parcel(parcel)?.is_some_and(Parcel::is_missing);
            if before.is_missing() && !missing {
                self.seen_again(promise, &before, position, at)?;
            } else {
                self.judge_without(promise, &before)?;
            }
            self.rearm(promise)?;
        }
        Ok(Reaction::Taken)
    }

    /// What a scan shows beyond where the parcel is.
    fn after_scan(
        &mut self,
        parcel: ParcelId,
        promise: PromiseId,
        position: Position,
        news: &ParcelScanned,
        at: i64,
    ) -> Result<(), ReactError> {
        let Some(state) = self.desk.parcel(parcel)? else { return Ok(()) };
        let reached = state.milestone == news.milestone && state.last_scan().is_some_and(|scan| scan.position == position);
        let returned =
            reached && matches!(news.milestone, Milestone::Returning | Milestone::Returned) && !returned_before(state, position);
        let attempts = state.scans.iter().filter(|scan| scan.exception.is_some_and(ExceptionKind::is_failed_attempt)).count();
        if let Some(kind) = news.exception {
            if kind.is_failed_attempt() {
                self.raise(promise, Some(parcel), Coming::seen(SignalKind::AttemptFailed, position, at, kind.word()))?;
            }
            if kind == ExceptionKind::AddressProblem || (kind.is_failed_attempt() && attempts == 2) {
                self.raise(promise, Some(parcel), Coming::seen(SignalKind::AddressProblem, position, at, kind.word()))?;
            }
        }
        if reached && news.milestone == Milestone::AvailableForPickup {
            self.raise(promise, Some(parcel), Coming::seen(SignalKind::PickupWaiting, position, at, "pickup"))?;
        }
        if returned {
            self.raise(promise, Some(parcel), Coming::seen(SignalKind::Returned, position, at, news.milestone.word()))?;
        }
        self.judge(promise)?;
        self.rearm(promise)?;
        Ok(())
    }

    /// The lines of an order that a parcel names by their articles. Where an article stands on several lines, those that still come and are
    /// in no other parcel; where there is none such, all of them.
    fn lines_of(&mut self, order: &Order, skus: &[String], parcel: Option<ParcelId>) -> Result<Vec<LineId>, ReactError> {
        if order.customer.is_none() {
            return Ok(Vec::new());
        }
        let mut lines: Vec<LineId> = Vec::with_capacity(skus.len());
        for sku in skus {
            let all: Vec<&Line> = order.lines.iter().filter(|line| line.sku == *sku).collect();
            match all.as_slice() {
                [] => return Err(ReactError::Invalid(format!("order {} has no line `{sku}`", order.number))),
                [line] => lines.push(line.id),
                several => {
                    let others = self.desk.parcels(&order.parcels)?;
                    let others: Vec<&Parcel> = others.iter().filter(|other| Some(other.id) != parcel).collect();
                    let comes: Vec<LineId> = several.iter().filter(|line| line.cancelled.is_none()).map(|line| line.id).collect();
                    let free: Vec<LineId> =
                        comes.iter().copied().filter(|line| !others.iter().any(|other| other.lines.contains(line))).collect();
                    let all = several.iter().map(|line| line.id).collect();
                    lines
                        .extend([free, comes, all].into_iter().find(|lines: &Vec<LineId>| !lines.is_empty()).unwrap_or_default());
                }
            }
        }
        Ok(lines)
    }

    /// A parcel that nobody announced: it waits for its order.
    fn announce_alone(&mut self, carrier: &str, number: &str, order: Option<&Order>, at: i64) -> Result<ParcelId, ReactError> {
        let parcel: ParcelId = self.desk.mint()?;
        self.desk.emit(Announced {
            parcel,
            carrier: carrier.to_owned(),
            tracking_number: number.trim().to_owned(),
            order: order.map(|order| order.id),
            promise: order.and_then(|order| order.delivery),
            lines: Vec::new(),
            at,
        })?;
        Ok(parcel)
    }

    fn order_or_name(&mut self, number: &str, at: i64) -> Result<Order, ReactError> {
        let number = number.trim();
        if number.is_empty() {
            return Err(ReactError::Invalid("`order_number` is empty".to_owned()));
        }
        if let Some(order) = self.order_by_number(number)? {
            return Ok(order);
        }
        let order: OrderId = self.desk.mint()?;
        let named = Named { order, number: number.to_owned(), zone: self.rules.house.zone.clone(), at };
        self.desk.emit(named.clone())?;
        Ok(self.desk.order(order)?.unwrap_or_else(|| Order::named(self.desk.brand, &named)))
    }

    /// A source that carries the promised moment itself starts the delivery promise, before any order is known.
    fn promise_from_scan(
        &mut self,
        parcel: ParcelId,
        number: &str,
        promised: &kept_base::Moment,
        at: i64,
    ) -> Result<PromiseId, ReactError> {
        let order = self.order_or_name(number, at)?;
        let promise = match order.delivery {
            Some(promise) => promise,
            None => {
                let Some(definition) = self.rules.packs.definition("delivery") else {
                    return Err(ReactError::Invalid("no pack defines `delivery`".to_owned()));
                };
                let promise: PromiseId = self.desk.mint()?;
                let item = Item {
                    id: self.desk.mint()?,
                    kind: ItemKind::Parcel(parcel),
                    state: ItemState::Open,
                    settled_at: None,
                    cause: None,
                };
                self.desk.emit(Made {
                    promise,
                    kind: "delivery".to_owned(),
                    definition: self.rules.packs.version.clone(),
                    customer: order.customer,
                    order: Some(order.id),
                    owner: definition.owner.clone(),
                    made_at: at,
                    items: vec![item],
                    amount: None,
                    review_at: None,
                    penalty: None,
                    held_since: None,
                    upstream: None,
                })?;
                let due = Due::at(from_millis(self.instant(promised, &order.zone)).unwrap_or_default());
                self.sane(&due, "promised_at")?;
                let word = self.desk.mint()?;
                self.desk.emit(WordGiven {
                    promise,
                    word,
                    by: Giver::Shop,
                    given_at: at,
                    due: Some(due),
                    sentence: None,
                    source: None,
                    waiting: false,
                    exceeded: false,
                    adds: None,
                })?;
                promise
            }
        };
        if self.desk.parcel(parcel)?.is_some_and(|parcel| parcel.promise.is_none()) {
            self.desk.emit(Linked { parcel, order: order.id, promise: Some(promise), lines: Vec::new() })?;
        }
        self.rearm(promise)?;
        Ok(promise)
    }

    /// Fires what is found of a parcel if it became true before the clock (or at it, when the watch looks).
    pub(super) fn advance_parcel(&mut self, id: ParcelId, inclusive: bool) -> Result<(), ShelfError> {
        let Some(definition) = self.rules.packs.definition("delivery") else { return Ok(()) };
        let (rules, clock) = (self.rules, self.desk.clock);
        let reached = |at: i64, clock: i64| at < clock || (inclusive && at == clock);
        // A lower bound first, without the order and without a copy: most scans end here.
        let (promise, bound) = match self.desk.parcel(id)? {
            Some(parcel) => (parcel.promise, watch::finding(parcel, None, definition, rules).map(|found| found.at)),
            None => return Ok(()),
        };
        let Some(promise) = promise else { return Ok(()) };
        match bound {
            Some(at) if reached(at, clock) => {}
            at => {
                self.desk.watch(Noun::Parcel, id, at);
                return Ok(());
            }
        }
        // Several things may have become true while nobody looked: each is found in its turn, and what outweighs ends what is lighter.
        for _ in Finding::ALL {
            let Some(parcel) = self.desk.parcel(id)?.cloned() else { return Ok(()) };
            let order = match parcel.order {
                Some(order) => self.desk.order(order)?,
                None => None,
            };
            let Some(found) = watch::finding(&parcel, Some(order.as_ref()), definition, rules) else {
                self.desk.watch(Noun::Parcel, id, None);
                return Ok(());
            };
            let open = self.desk.promise(promise)?.is_some_and(|promise| promise.state.is_open());
            if !reached(found.at, clock) || !open {
                self.desk.watch(Noun::Parcel, id, Some(found.at).filter(|_| open));
                return Ok(());
            }
            self.signal(promise, Some(id), found)?;
        }
        Ok(())
    }

    /// Sets when a parcel is to be looked at: a lower bound, moved only by what changed.
    pub(super) fn watch_parcel(&mut self, id: ParcelId) -> Result<(), ShelfError> {
        let definition = self.rules.packs.definition("delivery");
        let rules = self.rules;
        let at = match (self.desk.parcel(id)?, definition) {
            (Some(parcel), Some(definition)) if parcel.promise.is_some() => {
                watch::finding(parcel, None, definition, rules).map(|found| found.at)
            }
            _ => None,
        };
        self.desk.watch(Noun::Parcel, id, at);
        Ok(())
    }
}

fn returned_before(parcel: &Parcel, position: Position) -> bool {
    parcel
        .scans
        .iter()
        .any(|scan| scan.position != position && matches!(scan.milestone, Milestone::Returning | Milestone::Returned))
}

/// Whether two sets of lines are of the same articles: more of an article that came to the order later is no news of this parcel.
fn same_articles(order: &Order, lines: &[LineId], others: &[LineId]) -> bool {
    let articles = |lines: &[LineId]| {
        let of = order.lines.iter().filter(|line| lines.contains(&line.id));
        of.map(|line| line.sku.clone()).collect::<std::collections::BTreeSet<String>>()
    };
    lines == others || articles(lines) == articles(others)
}
