//! News about orders and their lines, and money that went back.

use kept_base::{Country, Moment, Money};
use serde::{Deserialize, Serialize};

use super::CustomerDetails;

/// A customer ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// The shop's number of the order, unique in the shop.
    pub order_number: String,
    /// When it was placed.
    #[serde(flatten)]
    pub at: Moment,
    /// Who ordered.
    pub customer: CustomerDetails,
    /// What was ordered.
    #[serde(default)]
    pub lines: Vec<LineOrdered>,
    /// What was paid for the delivery service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_fee: Option<Money>,
    /// The day by which the shop said it would be delivered, where the customer lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_day: Option<jiff::civil::Date>,
    /// Or the exact moment, with offset, where the shop gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Moment>,
    /// The day by which the shop said it would hand over to the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_by: Option<jiff::civil::Date>,
    /// Where it goes, if not the customer's own country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_country: Option<Country>,
    /// Postal code of the destination.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_postal: Option<String>,
    /// When the order was so, by the shop's own clock: these are then all its lines, and what a known order has more was taken off it. Without
    /// it, an order sent again may have more lines, never fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Moment>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineOrdered {
    /// The shop's article number.
    pub sku: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many.
    #[serde(default = "one")]
    pub quantity: u32,
    /// Price of the whole line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Who sells and sends it, where that is not the shop itself: a partner on its marketplace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller: Option<String>,
}

fn one() -> u32 {
    1
}

/// One or more lines of an order will not come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderLinesCancelled {
    /// The order.
    pub order_number: String,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// Article numbers; empty means the whole order.
    #[serde(default)]
    pub skus: Vec<String>,
    /// Of the one article named: how many of it will not come, all cancellations together. Without it, all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u32>,
    /// Who wanted it: only the customer's own wish releases a promise.
    pub by: CancelledBy,
    /// Why, in the shop's words: `unavailable`, `closed` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// An order was edited: lines came to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderLinesAdded {
    /// The order.
    pub order_number: String,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// What the order now has of each article named: quantity and price of all of it, cancelled pieces too. Said twice, it is one piece of
    /// news.
    pub lines: Vec<LineOrdered>,
}

/// Lines of an order are not in stock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderLinesBackordered {
    /// The order.
    pub order_number: String,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// Article numbers; empty means the whole order.
    #[serde(default)]
    pub skus: Vec<String>,
    /// The day by which the shop expects to have them; without it, nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_day: Option<jiff::civil::Date>,
}

/// Lines of an order are in stock again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderLinesAvailable {
    /// The order.
    pub order_number: String,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// Article numbers; empty means the whole order.
    #[serde(default)]
    pub skus: Vec<String>,
}

/// Who cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledBy {
    /// The shop withdrew.
    Shop,
    /// The customer wished it.
    Customer,
}

impl CancelledBy {
    /// The word in facts and in the API.
    pub fn word(self) -> &'static str {
        match self {
            CancelledBy::Shop => "shop",
            CancelledBy::Customer => "customer",
        }
    }
}

/// Money went back to a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefundPaid {
    /// For which order.
    pub order_number: String,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// How much.
    pub amount: Money,
}
