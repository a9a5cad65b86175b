//! An order: lines, what was promised, what was paid for delivery.

use kept_base::{BrandId, Country, CustomerId, Due, LineId, Money, OrderId, ParcelId, Position, PromiseId};
use serde::{Deserialize, Serialize};

use crate::fact::SealedRef;
use crate::input::CancelledBy;
use crate::parcel::Parcel;

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
            fee: None,
            promised: None,
            ship_by: None,
            country: None,
            zone: fact.zone.clone(),
            parcels: Vec::new(),
            delivery: None,
            refund: None,
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
            fee: fact.fee,
            promised: fact.promised.clone(),
            ship_by: fact.ship_by.clone(),
            country: fact.country,
            zone: fact.zone.clone(),
            parcels: Vec::new(),
            delivery: None,
            refund: None,
            refunded: None,
            facts: Vec::new(),
        }
    }

    /// Of the lines that are still to come, those in parcels of which `which` holds: those a parcel names, else those that no parcel does.
    pub fn lines_in(&self, parcels: &[Parcel], which: impl Fn(&Parcel) -> bool) -> Vec<&Line> {
        let carries = |parcel: &Parcel, line: &Line| {
            let named = || parcels.iter().any(|parcel| parcel.lines.contains(&line.id));
            parcel.lines.contains(&line.id) || (parcel.lines.is_empty() && !named())
        };
        let standing = self.lines.iter().filter(|line| line.cancelled.is_none());
        standing.filter(|line| parcels.iter().any(|parcel| which(parcel) && carries(parcel, line))).collect()
    }

    /// Folds a cancellation; a line cancelled twice keeps its first cancellation.
    pub fn cancel(&mut self, fact: &LinesCancelled) {
        for line in self.lines.iter_mut().filter(|line| fact.lines.contains(&line.id)) {
            line.cancelled.get_or_insert((fact.by, fact.at));
        }
    }

    /// Folds a refund.
    pub fn refund_paid(&mut self, fact: &RefundPaid) {
        let so_far = self.refunded.and_then(|paid| paid.checked_add(fact.amount).ok());
        self.refunded = Some(so_far.unwrap_or(fact.amount));
    }
}
