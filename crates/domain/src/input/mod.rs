//! What an entrance hands to the engine: the outside world's news, before it is a fact.
//!
//! An input names things as the world does (an order number, a tracking number, an address); the engine turns it into facts about
//! subjects. The same shapes are the JSON of `POST /api/facts` and of `kept record`, and the output of `kept parse`.

mod customer;
mod order;
mod parcel;
mod word;

use serde::{Deserialize, Serialize};

pub use customer::{Answer, CustomerAnswered, CustomerContacted, CustomerDetails, CustomerOptedOut, CustomerRef, MessageReceipt};
pub use order::{
    CancelledBy, LineOrdered, OrderLinesAdded, OrderLinesAvailable, OrderLinesBackordered, OrderLinesCancelled, OrderPlaced,
    RefundPaid,
};
pub use parcel::{ParcelAnnounced, ParcelEstimated, ParcelManifested, ParcelNotFound, ParcelScanWithdrawn, ParcelScanned};
pub use word::{DeedNoted, Giver, WordGiven};

/// One piece of news and where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// The entrance: `laposte`, `aftership`, `api`, `csv`, `customer_page`, `agent` …
    #[serde(default)]
    pub source: String,
    /// The source's own id of this piece of news; the same id twice is one piece of news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub news: News,
}

/// The news an entrance can bring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum News {
    /// A customer ordered.
    #[serde(rename = "order.placed")]
    OrderPlaced(OrderPlaced),
    /// One or more lines of an order will not come.
    #[serde(rename = "order.lines_cancelled")]
    OrderLinesCancelled(OrderLinesCancelled),
    /// An order was edited: lines came to it.
    #[serde(rename = "order.lines_added")]
    OrderLinesAdded(OrderLinesAdded),
    /// Lines of an order are not in stock.
    #[serde(rename = "order.lines_backordered")]
    OrderLinesBackordered(OrderLinesBackordered),
    /// Lines of an order are in stock again.
    #[serde(rename = "order.lines_available")]
    OrderLinesAvailable(OrderLinesAvailable),
    /// A parcel exists for an order.
    #[serde(rename = "parcel.announced")]
    ParcelAnnounced(ParcelAnnounced),
    /// A carrier said something about a parcel.
    #[serde(rename = "parcel.scanned")]
    ParcelScanned(ParcelScanned),
    /// The shop handed a parcel over: its manifest says so.
    #[serde(rename = "parcel.manifested")]
    ParcelManifested(ParcelManifested),
    /// A carrier does not know a parcel's number.
    #[serde(rename = "parcel.not_found")]
    ParcelNotFound(ParcelNotFound),
    /// A source took back what it had said about a parcel.
    #[serde(rename = "parcel.scan_withdrawn")]
    ParcelScanWithdrawn(ParcelScanWithdrawn),
    /// A carrier or aggregator gave the day it expects to deliver.
    #[serde(rename = "parcel.estimated")]
    ParcelEstimated(ParcelEstimated),
    /// A customer got in touch, on any channel.
    #[serde(rename = "customer.contacted")]
    CustomerContacted(CustomerContacted),
    /// A customer says how a delivery really went, or chooses.
    #[serde(rename = "customer.answered")]
    CustomerAnswered(CustomerAnswered),
    /// A customer wants no text messages, or wants them again.
    #[serde(rename = "customer.opted_out")]
    CustomerOptedOut(CustomerOptedOut),
    /// A gateway or the network says whether a message arrived.
    #[serde(rename = "message.receipt")]
    MessageReceipt(MessageReceipt),
    /// Somebody gave their word.
    #[serde(rename = "word.given")]
    WordGiven(WordGiven),
    /// Money went back to a customer.
    #[serde(rename = "refund.paid")]
    RefundPaid(RefundPaid),
    /// A person of the team says that what was promised is done.
    #[serde(rename = "deed.noted")]
    DeedNoted(DeedNoted),
}
