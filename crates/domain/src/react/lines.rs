//! News about the lines of an order: more of them, fewer, not in stock, in stock again.

use kept_base::{LineId, Money, PromiseId, millis};

use super::order::owed_back;
use super::{React, ReactError, Reaction};
use crate::definition::FeePolicy;
use crate::desk::ShelfError;
use crate::input::{
    CancelledBy, LineOrdered, OrderLinesAdded, OrderLinesAvailable, OrderLinesBackordered, OrderLinesCancelled, OrderPlaced,
};
use crate::order::{Article, Line, LineSplit, LinesAdded, LinesAvailable, LinesBackordered, LinesCancelled, Order, Seen};
use crate::promise::{ItemKind, ItemSettled, ItemState, ItemsAdded, SignalKind};
use crate::watch::{self, Coming};

/// How lines are cancelled.
struct Cancelling {
    by: CancelledBy,
    cause: Option<String>,
    at: i64,
    /// The shop took them off the order.
    removed: bool,
}

impl React<'_, '_> {
    /// An order sent again is known. What it has more was added; what it has less was taken off, where the news says that it is all there is:
    /// from anybody else it is an error, since silence would lose the difference.
    pub(super) fn order_again(&mut self, known: &Order, news: &OrderPlaced) -> Result<Reaction, ReactError> {
        let as_of = news.as_of.as_ref().map(|as_of| self.instant(as_of, &known.zone));
        // Webhooks come late and twice: an older state of the order says nothing of what it has now.
        if as_of.zip(known.as_of).is_some_and(|(then, now)| then < now) {
            return Ok(Reaction::Duplicate);
        }
        let articles = known.articles();
        let ordered = |sku: &str| news.lines.iter().filter(|line| line.sku == sku).map(|line| line.quantity).sum::<u32>();
        let missing: Vec<(String, u32)> = articles
            .iter()
            .map(|article| (article.sku.to_owned(), article.quantity.saturating_sub(ordered(article.sku))))
            .filter(|(_, count)| *count > 0)
            .collect();
        if !missing.is_empty() && as_of.is_none() {
            return Err(ReactError::Invalid(format!(
                "order {} is known with more than these lines; send `order.lines_cancelled` for what will not come",
                known.number
            )));
        }
        let at = as_of.unwrap_or(self.desk.clock);
        let added = self.add_lines(known, &news.lines, at)?;
        let mut removed = false;
        for (sku, count) in missing {
            removed |= self.take_off(known, &sku, count, at)?;
        }
        if added || removed {
            return Ok(Reaction::Taken);
        }
        if let Some(as_of) = as_of.filter(|as_of| known.as_of.is_none_or(|known| known < *as_of)) {
            self.desk.emit(Seen { order: known.id, as_of })?;
        }
        Ok(Reaction::Duplicate)
    }

    pub(super) fn lines_added(&mut self, news: &OrderLinesAdded) -> Result<Reaction, ReactError> {
        let order = self.known_order(&news.order_number)?;
        let at = self.instant(&news.at, &order.zone);
        if order.customer.is_none() {
            return Err(ReactError::Invalid(format!("order {} is only named so far; send `order.placed` first", order.number)));
        }
        Ok(if self.add_lines(&order, &news.lines, at)? { Reaction::Taken } else { Reaction::Duplicate })
    }

    /// Adds what these lines have more than the order; false if there is nothing.
    fn add_lines(&mut self, order: &Order, now: &[LineOrdered], at: i64) -> Result<bool, ReactError> {
        let Some(customer) = order.customer else { return Ok(false) };
        let mut lines = Vec::new();
        for ordered in more_than(&order.articles(), now) {
            lines.push(self.line(order.id, customer, &ordered)?);
        }
        if lines.is_empty() {
            return Ok(false);
        }
        self.advance_delivery(order)?;
        let kinds: Vec<ItemKind> = lines.iter().map(|line| ItemKind::Line(line.id)).collect();
        self.desk.emit(LinesAdded { order: order.id, lines, at })?;
        let Some(delivery) = order.delivery else { return Ok(true) };
        if self.desk.promise(delivery)?.is_some_and(|promise| promise.state.is_open()) {
            self.add_items(delivery, kinds)?;
            self.judge(delivery)?;
            self.rearm(delivery)?;
        } else {
            // What was promised is settled; what comes to it is a promise of its own.
            self.promise_added(order.id, kinds, at)?;
        }
        Ok(true)
    }

    /// What the clock has done to an order's delivery is said before the news is.
    fn advance_delivery(&mut self, order: &Order) -> Result<(), ShelfError> {
        if let Some(delivery) = order.delivery {
            self.advance_promise(delivery, false)?;
        }
        Ok(())
    }

    fn add_items(&mut self, promise: PromiseId, kinds: Vec<ItemKind>) -> Result<(), ShelfError> {
        let items = self.items(kinds)?;
        self.desk.emit(ItemsAdded { promise, items })?;
        Ok(())
    }

    /// The shop took so many of an article off the order; false if it had been cancelled before.
    fn take_off(&mut self, known: &Order, sku: &str, count: u32, at: i64) -> Result<bool, ReactError> {
        let Some(order) = self.desk.order(known.id)? else { return Ok(false) };
        self.advance_delivery(&order)?;
        let standing = |line: &Line| line.cancelled.is_none();
        let gone: u32 =
            order.lines.iter().filter(|line| line.sku == sku && !line.removed && !standing(line)).map(|line| line.quantity).sum();
        // What had been cancelled goes first: it was said, and owed back, already.
        let said = self.pieces(&order, sku, count.min(gone), |line| line.cancelled.is_some())?;
        if !said.is_empty() {
            self.desk.emit(LinesCancelled {
                order: order.id,
                lines: said,
                by: CancelledBy::Shop,
                cause: None,
                at,
                removed: true,
            })?;
        }
        let order = self.desk.order(known.id)?.unwrap_or(order);
        let lines = self.pieces(&order, sku, count.saturating_sub(gone), standing)?;
        if lines.is_empty() {
            return Ok(false);
        }
        let how = Cancelling { by: CancelledBy::Shop, cause: Some("removed".to_owned()), at, removed: true };
        self.cancel(&order, lines, how)?;
        Ok(true)
    }

    /// Lines of an article that come to so many pieces, of those that qualify and were not taken off; the last is split where it has more.
    fn pieces(
        &mut self,
        order: &Order,
        sku: &str,
        count: u32,
        qualifies: impl Fn(&Line) -> bool,
    ) -> Result<Vec<LineId>, ReactError> {
        let mut left = count;
        let mut lines = Vec::new();
        for line in order.lines.iter().filter(|line| line.sku == sku && !line.removed && qualifies(line)) {
            if left == 0 {
                break;
            }
            if line.quantity <= left {
                left -= line.quantity;
                lines.push(line.id);
                continue;
            }
            let off = Line {
                id: self.desk.mint()?,
                quantity: left,
                price: line.price.map(|price| part(price, left, line.quantity)),
                ..line.clone()
            };
            lines.push(off.id);
            let item = ItemKind::Line(off.id);
            self.desk.emit(LineSplit { order: order.id, line: line.id, off })?;
            if let Some(delivery) = order.delivery
                && self.desk.promise(delivery)?.is_some_and(|promise| promise.state.is_open())
            {
                self.add_items(delivery, vec![item])?;
            }
            left = 0;
        }
        Ok(lines)
    }

    pub(super) fn lines_cancelled(&mut self, news: &OrderLinesCancelled) -> Result<Reaction, ReactError> {
        let order = self.known_order(&news.order_number)?;
        known_articles(&order, &news.skus)?;
        let at = self.instant(&news.at, &order.zone);
        self.advance_delivery(&order)?;
        let lines = match (news.quantity, news.skus.as_slice()) {
            (None, skus) => {
                let wanted = |line: &&Line| line.cancelled.is_none() && (skus.is_empty() || skus.contains(&line.sku));
                order.lines.iter().filter(wanted).map(|line| line.id).collect()
            }
            (Some(quantity), [sku]) => {
                let cancelled =
                    order.articles().into_iter().find(|article| article.sku == sku).map_or(0, |article| article.cancelled);
                self.pieces(&order, sku, quantity.saturating_sub(cancelled), |line| line.cancelled.is_none())?
            }
            (Some(_), _) => {
                return Err(ReactError::Invalid(
                    "`quantity` says how many of one article will not come: name one in `skus`".to_owned(),
                ));
            }
        };
        if lines.is_empty() {
            return Ok(Reaction::Duplicate);
        }
        self.cancel(&order, lines, Cancelling { by: news.by, cause: news.cause.clone(), at, removed: false })?;
        Ok(Reaction::Taken)
    }

    /// These lines will not come, though no shop said so yet.
    pub(super) fn cancel_lines(
        &mut self,
        order: &Order,
        lines: Vec<LineId>,
        by: CancelledBy,
        cause: Option<&str>,
        at: i64,
    ) -> Result<(), ReactError> {
        self.advance_delivery(order)?;
        self.cancel(order, lines, Cancelling { by, cause: cause.map(str::to_owned), at, removed: false })
    }

    /// Lines that stood will not come: what that does to the promise, and what is owed back for it.
    fn cancel(&mut self, order: &Order, lines: Vec<LineId>, how: Cancelling) -> Result<(), ReactError> {
        let Cancelling { by, cause, at, removed } = how;
        let position =
            self.desk.emit(LinesCancelled { order: order.id, lines: lines.clone(), by, cause: cause.clone(), at, removed })?;
        if let Some(delivery) = order.delivery {
            let (state, cause) = match by {
                CancelledBy::Shop => (ItemState::Broken, Some(cause.unwrap_or_else(|| "withdrawn".to_owned()))),
                CancelledBy::Customer => (ItemState::Released, None),
            };
            let items: Vec<_> = self.desk.promise(delivery)?.map(|promise| promise.items.clone()).unwrap_or_default();
            for item in items.iter().filter(|item| item.state == ItemState::Open) {
                if matches!(item.kind, ItemKind::Line(line) if lines.contains(&line)) {
                    self.desk.emit(ItemSettled { promise: delivery, item: item.id, state, at, cause: cause.clone() })?;
                }
            }
        }
        self.judge_supplies(order.id)?;
        let Some(order) = self.desk.order(order.id)? else { return Ok(()) };
        self.owe_back(&order, &lines, by, at)?;
        if let Some(delivery) = order.delivery {
            if by == CancelledBy::Shop {
                self.raise(delivery, None, Coming::seen(SignalKind::LinesWithdrawn, position, at, "withdrawn"))?;
            }
            self.judge(delivery)?;
            self.rearm(delivery)?;
        }
        Ok(())
    }

    fn owe_back(&mut self, order: &Order, lines: &[LineId], by: CancelledBy, at: i64) -> Result<(), ReactError> {
        let policy = self.rules.packs.definition("delivery").map_or(FeePolicy::None, |definition| definition.fee);
        self.start_refund(order, owed_back(order, lines, by, policy), "order.lines_cancelled", at)
    }

    pub(super) fn lines_backordered(&mut self, news: &OrderLinesBackordered) -> Result<Reaction, ReactError> {
        let order = self.known_order(&news.order_number)?;
        known_articles(&order, &news.skus)?;
        let at = self.instant(&news.at, &order.zone);
        let expected = news.expected_day.map(|day| self.end_of_day(day, &order.zone, "expected_day")).transpose()?;
        let expected = expected.map(|due| millis(due.at));
        let parcels = self.desk.parcels(&order.parcels)?;
        let not_left = order.not_left(&parcels);
        let news_to_us = |line: &&Line| {
            line.cancelled.is_none()
                && (news.skus.is_empty() || news.skus.contains(&line.sku))
                && not_left.contains(&line.id)
                && line.restocked_at.is_none_or(|since| since < at)
                && line.backorder.is_none_or(|known| known.expected != expected)
        };
        let lines: Vec<LineId> = order.lines.iter().filter(news_to_us).map(|line| line.id).collect();
        if lines.is_empty() {
            return Ok(Reaction::Duplicate);
        }
        self.advance_delivery(&order)?;
        let position = self.desk.emit(LinesBackordered { order: order.id, lines, expected, at })?;
        let Some(delivery) = order.delivery else { return Ok(Reaction::Taken) };
        let Some(promise) = self.desk.promise(delivery)?.filter(|promise| promise.state.is_open()).cloned() else {
            return Ok(Reaction::Taken);
        };
        let reason = match (expected, promise.due.as_ref()) {
            (None, _) => Some("no_date"),
            (Some(_), None) => None,
            (Some(expected), Some(due)) => {
                let needs = self
                    .rules
                    .packs
                    .definition("delivery")
                    .and_then(|definition| watch::needs_from_stock(definition, self.rules.house, &order));
                (expected + needs.unwrap_or(0) * 1000 > millis(due.at)).then_some("too_late")
            }
        };
        if let Some(reason) = reason {
            self.raise(delivery, None, Coming::seen(SignalKind::Backordered, position, at, reason))?;
        }
        self.rearm(delivery)?;
        Ok(Reaction::Taken)
    }

    pub(super) fn lines_available(&mut self, news: &OrderLinesAvailable) -> Result<Reaction, ReactError> {
        let order = self.known_order(&news.order_number)?;
        known_articles(&order, &news.skus)?;
        let at = self.instant(&news.at, &order.zone);
        let waited = |line: &&Line| line.backorder.is_some() && (news.skus.is_empty() || news.skus.contains(&line.sku));
        let lines: Vec<LineId> = order.lines.iter().filter(waited).map(|line| line.id).collect();
        if lines.is_empty() {
            return Ok(Reaction::Duplicate);
        }
        self.advance_delivery(&order)?;
        self.desk.emit(LinesAvailable { order: order.id, lines, at })?;
        if let Some(delivery) = order.delivery {
            self.rearm(delivery)?;
        }
        Ok(Reaction::Taken)
    }
}

/// An article that the order never had is a slip of the pen.
fn known_articles(order: &Order, skus: &[String]) -> Result<(), ReactError> {
    match skus.iter().find(|sku| !order.lines.iter().any(|line| line.sku == **sku)) {
        Some(sku) => Err(ReactError::Invalid(format!("order {} has no line `{sku}`", order.number))),
        None => Ok(()),
    }
}

/// What lines have more than articles: of each only the difference, in quantity and in price.
fn more_than(articles: &[Article<'_>], now: &[LineOrdered]) -> Vec<LineOrdered> {
    let mut more: Vec<LineOrdered> = Vec::new();
    for line in now {
        match more.iter_mut().find(|known| known.sku == line.sku) {
            Some(known) => {
                known.quantity = known.quantity.saturating_add(line.quantity);
                known.price = known.price.zip(line.price).and_then(|(one, other)| one.checked_add(other).ok());
            }
            None => more.push(line.clone()),
        }
    }
    for line in &mut more {
        let Some(known) = articles.iter().find(|article| article.sku == line.sku) else { continue };
        line.quantity = line.quantity.saturating_sub(known.quantity);
        line.price = line
            .price
            .zip(known.price)
            .filter(|(now, before)| now.currency == before.currency && now.minor >= before.minor)
            .map(|(now, before)| Money { minor: now.minor - before.minor, currency: now.currency });
    }
    more.retain(|line| line.quantity > 0);
    more
}

/// What so many of a line's pieces cost, rounded in the customer's favour.
fn part(price: Money, count: u32, of: u32) -> Money {
    let of = i128::from(of.max(1));
    let minor = (i128::from(price.minor) * i128::from(count) + of - 1).div_euclid(of);
    Money { minor: i64::try_from(minor).unwrap_or(price.minor), currency: price.currency }
}
