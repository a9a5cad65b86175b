//! An order: lines, what was promised, what was paid for delivery.

use kept_base::{BrandId, Country, CustomerId, Due, LineId, Money, OrderId, ParcelId, Position, PromiseId};
use serde::{Deserialize, Serialize};

use crate::fact::SealedRef;
use crate::input::CancelledBy;
use crate::parcel::{Parcel, carrying};

/// The state of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Id.
    pub id: OrderId,
    /// Whose shop.
    pub brand: BrandId,
    /// The shop's number.
    pub number: String,
    /// The source it was placed by, which is where anything is done about it; empty while it was only named.
    pub shop: String,
    /// Who ordered; `None` while only a parcel has named the order.
    pub customer: Option<CustomerId>,
    /// When placed, epoch milliseconds.
    pub placed_at: i64,
    /// Lines.
    pub lines: Vec<Line>,
    /// The moment of the shop's state that they were last taken from, epoch milliseconds; what is older says nothing new.
    pub as_of: Option<i64>,
    /// Paid for delivery.
    pub fee: Option<Money>,
    /// What the shop said.
    pub promised: Option<Due>,
    /// End of the day by which the shop said it would hand over.
    pub ship_by: Option<Due>,
    /// Destination.
    pub country: Option<Country>,
    /// Zone in which the destination's days end.
    pub zone: String,
    /// Parcels, oldest first.
    pub parcels: Vec<ParcelId>,
    /// The promise to deliver it.
    pub delivery: Option<PromiseId>,
    /// The promise to pay back, once there is one.
    pub refund: Option<PromiseId>,
    /// What partners promised the company for it.
    pub supplies: Vec<PromiseId>,
    /// Paid back so far.
    pub refunded: Option<Money>,
    /// Facts about it.
    pub facts: Vec<Position>,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Id.
    pub id: LineId,
    /// Article number.
    pub sku: String,
    /// What it is called; what people buy can be personal, so it is sealed with the order.
    pub title: Option<SealedRef>,
    /// How many.
    pub quantity: u32,
    /// Price of the line.
    pub price: Option<Money>,
    /// Will not come: who said so, and when.
    pub cancelled: Option<(CancelledBy, i64)>,
    /// Taken off the order when the shop edited it: no longer among what the shop counts.
    #[serde(default)]
    pub removed: bool,
    /// Not in stock.
    #[serde(default)]
    pub backorder: Option<Backorder>,
    /// When it was last said to be in stock again, epoch milliseconds: what was said of its stock before is over.
    #[serde(default)]
    pub restocked_at: Option<i64>,
    /// Who sells and sends it, where that is not the shop itself: a partner on its marketplace.
    #[serde(default)]
    pub seller: Option<String>,
}

/// A line that is not in stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backorder {
    /// Since when that is known, epoch milliseconds.
    pub since: i64,
    /// By when the shop expects to have it, epoch milliseconds: the end of a day where it goes.
    pub expected: Option<i64>,
    /// The fact that said so last.
    pub said: Position,
}

/// An article of an order, over all its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Article<'o> {
    /// Article number.
    pub sku: &'o str,
    /// How many, cancelled ones too.
    pub quantity: u32,
    /// How many of them were cancelled.
    pub cancelled: u32,
    /// What all of them cost, where that is known.
    pub price: Option<Money>,
}

/// A customer ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    /// Id.
    pub order: OrderId,
    /// The shop's number.
    pub number: String,
    /// Who.
    pub customer: CustomerId,
    /// Epoch milliseconds.
    pub placed_at: i64,
    /// Lines.
    pub lines: Vec<Line>,
    /// Paid for delivery.
    pub fee: Option<Money>,
    /// What the shop said.
    pub promised: Option<Due>,
    /// Hand-over said.
    pub ship_by: Option<Due>,
    /// Destination.
    pub country: Option<Country>,
    /// Zone of the destination.
    pub zone: String,
    /// The moment of the shop's state that this was, epoch milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
}

/// An order was named before it was placed: by a parcel, or by a source that brings no orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// Id.
    pub order: OrderId,
    /// The shop's number.
    pub number: String,
    /// Zone assumed until it is placed.
    pub zone: String,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Lines will not come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinesCancelled {
    /// Which order.
    pub order: OrderId,
    /// Which lines.
    pub lines: Vec<LineId>,
    /// By whom.
    pub by: CancelledBy,
    /// Why, as a code.
    pub cause: Option<String>,
    /// Epoch milliseconds.
    pub at: i64,
    /// The shop took them off the order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// The shop's state of an order was seen, with nothing new in it: what is older says nothing of its lines any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Which order.
    pub order: OrderId,
    /// The moment of that state, epoch milliseconds.
    pub as_of: i64,
}

/// An order was edited: lines came to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinesAdded {
    /// Which order.
    pub order: OrderId,
    /// The lines; more of an article that stands on it already is a line of its own.
    pub lines: Vec<Line>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Some pieces of a line have a fate of their own from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineSplit {
    /// Which order.
    pub order: OrderId,
    /// The line they were part of, which keeps the rest.
    pub line: LineId,
    /// Their own.
    pub off: Line,
}

/// Lines are not in stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesBackordered {
    /// Which order.
    pub order: OrderId,
    /// Which lines.
    pub lines: Vec<LineId>,
    /// By when the shop expects to have them, epoch milliseconds.
    pub expected: Option<i64>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Lines are in stock again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesAvailable {
    /// Which order.
    pub order: OrderId,
    /// Which lines.
    pub lines: Vec<LineId>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// Money went back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefundPaid {
    /// For which order.
    pub order: OrderId,
    /// Epoch milliseconds.
    pub at: i64,
    /// How much.
    pub amount: Money,
}

impl Order {
    /// An order of which only the number is known.
    pub fn named(brand: BrandId, fact: &Named) -> Order {
        Order {
            id: fact.order,
            brand,
            number: fact.number.clone(),
            shop: String::new(),
            customer: None,
            placed_at: fact.at,
            lines: Vec::new(),
            as_of: None,
            fee: None,
            promised: None,
            ship_by: None,
            country: None,
            zone: fact.zone.clone(),
            parcels: Vec::new(),
            delivery: None,
            refund: None,
            supplies: Vec::new(),
            refunded: None,
            facts: Vec::new(),
        }
    }

    /// Folds the placing of an order that was only named so far; its parcels and promises stay.
    pub fn place(&mut self, fact: &Placed) {
        let placed = Order::new(self.brand, fact);
        *self = Order {
            parcels: std::mem::take(&mut self.parcels),
            delivery: self.delivery,
            refund: self.refund,
            supplies: std::mem::take(&mut self.supplies),
            refunded: self.refunded,
            facts: std::mem::take(&mut self.facts),
            ..placed
        };
    }

    /// An order as placed.
    pub fn new(brand: BrandId, fact: &Placed) -> Order {
        Order {
            id: fact.order,
            brand,
            number: fact.number.clone(),
            shop: String::new(),
            customer: Some(fact.customer),
            placed_at: fact.placed_at,
            lines: fact.lines.clone(),
            as_of: fact.as_of,
            fee: fact.fee,
            promised: fact.promised.clone(),
            ship_by: fact.ship_by.clone(),
            country: fact.country,
            zone: fact.zone.clone(),
            parcels: Vec::new(),
            delivery: None,
            refund: None,
            supplies: Vec::new(),
            refunded: None,
            facts: Vec::new(),
        }
    }

    /// Of the lines that are still to come, those in parcels of which `which` holds.
    pub fn lines_in(&self, parcels: &[Parcel], which: impl Fn(&Parcel) -> bool) -> Vec<&Line> {
        let standing = self.lines.iter().filter(|line| line.cancelled.is_none());
        standing.filter(|line| carrying(line.id, parcels.iter()).any(&which)).collect()
    }

    /// Folds a cancellation; a line cancelled twice keeps its first cancellation.
    pub fn cancel(&mut self, fact: &LinesCancelled) {
        for line in self.lines.iter_mut().filter(|line| fact.lines.contains(&line.id)) {
            line.cancelled.get_or_insert((fact.by, fact.at));
            line.removed |= fact.removed;
        }
        if fact.removed {
            self.as_of = self.as_of.max(Some(fact.at));
        }
    }

    /// Folds that a state of it was seen.
    pub fn seen(&mut self, fact: &Seen) {
        self.as_of = self.as_of.max(Some(fact.as_of));
    }

    /// Folds lines that came to it.
    pub fn add(&mut self, fact: &LinesAdded) {
        self.lines.extend(fact.lines.iter().cloned());
        self.as_of = self.as_of.max(Some(fact.at));
    }

    /// Folds that pieces of a line go their own way.
    pub fn split(&mut self, fact: &LineSplit) {
        let Some(line) = self.lines.iter_mut().find(|line| line.id == fact.line) else { return };
        line.quantity = line.quantity.saturating_sub(fact.off.quantity);
        if let (Some(price), Some(off)) = (&mut line.price, fact.off.price) {
            price.minor = price.minor.saturating_sub(off.minor);
        }
        self.lines.push(fact.off.clone());
    }

    /// Folds that lines are not in stock; since when stands, however often it is said.
    pub fn backorder(&mut self, fact: &LinesBackordered, position: Position) {
        for line in self.lines.iter_mut().filter(|line| fact.lines.contains(&line.id)) {
            let since = line.backorder.map_or(fact.at, |known| known.since);
            line.backorder = Some(Backorder { since, expected: fact.expected, said: position });
        }
    }

    /// Folds that lines are in stock again.
    pub fn restock(&mut self, fact: &LinesAvailable) {
        for line in self.lines.iter_mut().filter(|line| fact.lines.contains(&line.id)) {
            line.backorder = None;
            line.restocked_at = line.restocked_at.max(Some(fact.at));
        }
    }

    /// The lines that are in no parcel that has left.
    pub fn not_left(&self, parcels: &[Parcel]) -> Vec<LineId> {
        let has_left = |line| carrying(line, parcels.iter()).any(|parcel| parcel.handed_over_at().is_some());
        self.lines.iter().map(|line| line.id).filter(|line| !has_left(*line)).collect()
    }

    /// The lines that are still waited for: not in stock, and not cancelled.
    pub fn waits_for_stock(&self) -> impl Iterator<Item = (&Line, Backorder)> {
        self.lines.iter().filter(|line| line.cancelled.is_none()).filter_map(|line| Some((line, line.backorder?)))
    }

    /// Articles as the order holds them, each with how many, how many of them were cancelled, and what they cost: what was taken off it is
    /// not among them.
    pub fn articles(&self) -> Vec<Article<'_>> {
        let mut articles: Vec<Article<'_>> = Vec::with_capacity(self.lines.len());
        for line in self.lines.iter().filter(|line| !line.removed) {
            let cancelled = if line.cancelled.is_some() { line.quantity } else { 0 };
            match articles.iter_mut().find(|article| article.sku == line.sku) {
                Some(article) => {
                    article.quantity = article.quantity.saturating_add(line.quantity);
                    article.cancelled = article.cancelled.saturating_add(cancelled);
                    article.price = article.price.zip(line.price).and_then(|(one, other)| one.checked_add(other).ok());
                }
                None => articles.push(Article { sku: &line.sku, quantity: line.quantity, cancelled, price: line.price }),
            }
        }
        articles
    }

    /// Folds a refund.
    pub fn refund_paid(&mut self, fact: &RefundPaid) {
        let so_far = self.refunded.and_then(|paid| paid.checked_add(fact.amount).ok());
        self.refunded = Some(so_far.unwrap_or(fact.amount));
    }
}
