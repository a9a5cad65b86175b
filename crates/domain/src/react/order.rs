//! News about orders: placed, cancelled in part, paid back.

use kept_base::{Country, CustomerId, LineId, Money, OrderId, from_millis};

use super::{React, ReactError, Reaction};
use crate::definition::FeePolicy;
use crate::input::{CancelledBy, OrderLinesCancelled, OrderPlaced, RefundPaid};
use crate::order::{Line, LinesCancelled, Order, Placed};
use crate::promise::{ItemKind, ItemSettled, ItemState, SignalKind};
use crate::watch::Coming;

impl React<'_, '_> {
    pub(super) fn order_placed(&mut self, news: &OrderPlaced) -> Result<Reaction, ReactError> {
        let number = news.order_number.trim();
        if number.is_empty() {
            return Err(ReactError::Invalid("`order_number` is empty".to_owned()));
        }
        let known = self.order_by_number(number)?;
        if let Some(known) = known.as_ref().filter(|known| known.customer.is_some()) {
            return same_order(known, news);
        }
        let country = news.destination_country.or(news.customer.country);
        let zone = self.zone_of(country, news);
        let placed_at = self.instant(&news.at, &zone);
        let promised = match (&news.promised_at, news.promised_day) {
            (Some(at), _) => {
                let due = kept_base::Due::at(from_millis(self.instant(at, &zone)).unwrap_or_default());
                self.sane(&due, "promised_at")?;
                Some(due)
            }
            (None, Some(day)) => Some(self.end_of_day(day, &zone, "promised_day")?),
            (None, None) => None,
        };
        if let Some(due) = promised.as_ref().filter(|due| kept_base::millis(due.at) < placed_at) {
            return Err(ReactError::Invalid(format!("order {number} is promised for {}, before it was placed", due.at)));
        }
        let ship_by = news.ship_by.map(|day| self.end_of_day(day, &zone, "ship_by")).transpose()?;
        let customer = self.register(&news.customer, &zone, country)?;
        let order: OrderId = match &known {
            Some(named) => named.id,
            None => self.desk.mint()?,
        };
        let mut lines = Vec::with_capacity(news.lines.len());
        for line in &news.lines {
            let title = match &line.title {
                Some(title) => Some(self.desk.shelf().seal(&[customer.into(), order.into()], title.as_bytes())?),
                None => None,
            };
            let id: LineId = self.desk.mint()?;
            lines.push(Line { id, sku: line.sku.clone(), title, quantity: line.quantity, price: line.price, cancelled: None });
        }
        self.desk.emit(Placed {
            order,
            number: number.to_owned(),
            customer,
            placed_at,
            lines,
            fee: news.delivery_fee,
            promised,
            ship_by,
            country,
            zone,
        })?;
        match known.and_then(|named| named.delivery) {
            Some(delivery) => self.adopt_delivery(delivery, order, customer)?,
            None => self.start_promises("order.placed", order, placed_at)?,
        }
        Ok(Reaction::Taken)
    }

    fn zone_of(&self, country: Option<Country>, news: &OrderPlaced) -> String {
        let postal = news.destination_postal.as_deref();
        let known = news.customer.zone.as_deref().filter(|zone| kept_base::moment::zone_named(zone).is_ok());
        let by_country = || country.and_then(|country| country.default_zone(postal));
        known.or_else(by_country).unwrap_or(&self.rules.house.zone).to_owned()
    }

    pub(super) fn lines_cancelled(&mut self, news: &OrderLinesCancelled) -> Result<Reaction, ReactError> {
        let order = self.known_order(&news.order_number)?;
        let wanted = |line: &&Line| line.cancelled.is_none() && (news.skus.is_empty() || news.skus.contains(&line.sku));
        if let Some(sku) = news.skus.iter().find(|sku| !order.lines.iter().any(|line| line.sku == **sku)) {
            return Err(ReactError::Invalid(format!("order {} has no line `{sku}`", order.number)));
        }
        let lines: Vec<LineId> = order.lines.iter().filter(wanted).map(|line| line.id).collect();
        if lines.is_empty() {
            return Ok(Reaction::Duplicate);
        }
        let at = self.instant(&news.at, &order.zone);
        self.cancel_lines(order, lines, news.by, news.cause.as_deref(), at)?;
        Ok(Reaction::Taken)
    }

    /// These lines will not come: what was paid for them is owed back.
    pub(super) fn cancel_lines(
        &mut self,
        order: Order,
        lines: Vec<LineId>,
        by: CancelledBy,
        cause: Option<&str>,
        at: i64,
    ) -> Result<(), ReactError> {
        if let Some(delivery) = order.delivery {
            self.advance_promise(delivery, false)?;
        }
        let position =
            self.desk.emit(LinesCancelled { order: order.id, lines: lines.clone(), by, cause: cause.map(str::to_owned), at })?;
        if let Some(delivery) = order.delivery {
            let (state, cause) = match by {
                CancelledBy::Shop => (ItemState::Broken, Some(cause.unwrap_or("withdrawn").to_owned())),
                CancelledBy::Customer => (ItemState::Released, None),
            };
            let items: Vec<_> = self.desk.promise(delivery)?.map(|promise| promise.items.clone()).unwrap_or_default();
            for item in items.iter().filter(|item| item.state == ItemState::Open) {
                if matches!(item.kind, ItemKind::Line(line) if lines.contains(&line)) {
                    self.desk.emit(ItemSettled { promise: delivery, item: item.id, state, at, cause: cause.clone() })?;
                }
            }
        }
        let order = self.desk.order(order.id)?.unwrap_or(order);
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

    pub(super) fn refund_paid(&mut self, news: &RefundPaid) -> Result<Reaction, ReactError> {
        let order = self.known_order(&news.order_number)?;
        let at = self.instant(&news.at, &order.zone);
        if let Some(refund) = order.refund {
            self.advance_promise(refund, false)?;
        }
        let position = self.desk.emit(crate::order::RefundPaid { order: order.id, at, amount: news.amount })?;
        let Some(refund) = order.refund else { return Ok(Reaction::Taken) };
        let paid = self.desk.order(order.id)?.and_then(|order| order.refunded);
        let Some(promise) = self.desk.promise(refund)?.cloned() else { return Ok(Reaction::Taken) };
        let owed = self.owed_in_all(&promise)?;
        let enough = match (paid, owed) {
            (Some(paid), Some(owed)) => paid.currency == owed.currency && paid.minor >= owed.minor,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if enough && promise.state.is_open() {
            self.keep_whole(&promise, at)?;
            self.judge(refund)?;
            self.raise(refund, None, Coming::seen(SignalKind::Refunded, position, at, "paid"))?;
        }
        self.rearm(refund)?;
        Ok(Reaction::Taken)
    }
}

impl React<'_, '_> {
    /// What all refunds of an order come to; what was paid is counted by order, not by promise.
    fn owed_in_all(&mut self, refund: &crate::promise::Promise) -> Result<Option<Money>, ReactError> {
        let made = match refund.customer {
            Some(customer) => self.desk.customer(customer)?.map(|customer| customer.promises).unwrap_or_default(),
            None => Vec::new(),
        };
        let mut owed = refund.amount;
        for id in made.into_iter().filter(|id| *id != refund.id) {
            let Some(other) = self.desk.promise(id)?.filter(|other| other.kind == "refund" && other.order == refund.order) else {
                continue;
            };
            owed = sum(owed.into_iter().chain(other.amount));
        }
        Ok(owed)
    }
}

/// An order sent again is known; with other lines it is an error, since silence would lose the difference.
fn same_order(known: &Order, news: &OrderPlaced) -> Result<Reaction, ReactError> {
    let same = known.lines.len() == news.lines.len()
        && known.lines.iter().zip(&news.lines).all(|(line, other)| line.sku == other.sku && line.quantity == other.quantity);
    if same {
        Ok(Reaction::Duplicate)
    } else {
        Err(ReactError::Invalid(format!(
            "order {} is known with other lines; send `order.lines_cancelled` for what will not come",
            known.number
        )))
    }
}

/// What was paid for lines that do not come is owed back, with the share of the fee by the definition. Of an order of which nothing comes
/// but these, the whole fee is: also where the customer withdrew, L221-24 and L216-7 of the code de la consommation say so.
pub fn owed_back(order: &Order, lines: &[LineId], by: CancelledBy, policy: FeePolicy) -> Option<Money> {
    let of_lines = sum(order.lines.iter().filter(|line| lines.contains(&line.id)).filter_map(|line| line.price));
    let nothing_comes = order.lines.iter().all(|line| line.cancelled.is_some() || lines.contains(&line.id));
    let fee = match (by, policy) {
        (CancelledBy::Shop, FeePolicy::Whole) => order.fee,
        (CancelledBy::Customer, FeePolicy::Whole | FeePolicy::Share) if nothing_comes => order.fee,
        (CancelledBy::Shop, FeePolicy::Share) => order.fee.and_then(|fee| share(fee, order, lines)),
        _ => None,
    };
    sum(of_lines.into_iter().chain(fee))
}

/// The fee's share of lines, by value where prices are known, else by count; rounded in the customer's favour.
fn share(fee: Money, order: &Order, lines: &[LineId]) -> Option<Money> {
    let weigh = |line: &Line| i128::from(line.price.map_or(0, |price| price.minor));
    let priced = order.lines.iter().all(|line| line.price.is_some_and(|price| price.minor > 0));
    let weight = |line: &Line| if priced { weigh(line) } else { i128::from(line.quantity) };
    let total: i128 = order.lines.iter().map(weight).sum();
    let part: i128 = order.lines.iter().filter(|line| lines.contains(&line.id)).map(weight).sum();
    if total <= 0 {
        return None;
    }
    let minor = (i128::from(fee.minor) * part + total - 1).div_euclid(total);
    i64::try_from(minor).ok().map(|minor| Money { minor, currency: fee.currency })
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> Option<Money> {
    amounts.into_iter().fold(None, |total: Option<Money>, amount| match total {
        None => Some(amount),
        Some(total) => total.checked_add(amount).ok().or(Some(total)),
    })
}

impl React<'_, '_> {
    /// The delivery promise that a parcel's own word started finds its customer and its lines.
    fn adopt_delivery(&mut self, delivery: kept_base::PromiseId, order: OrderId, customer: CustomerId) -> Result<(), ReactError> {
        let Some(order) = self.desk.order(order)? else { return Ok(()) };
        let items = self.items_of(&order, "delivery")?;
        let open = self.desk.promise(delivery)?.is_some_and(|promise| promise.state.is_open());
        self.desk.emit(crate::promise::Adopted { promise: delivery, customer, items: if open { items } else { Vec::new() } })?;
        self.give_definition_words(delivery, "delivery", &order, order.placed_at)?;
        self.judge(delivery)?;
        self.rearm(delivery)?;
        Ok(())
    }
}
