//! What an entrance hands to the engine: the outside world's news, before it is a fact.
//!
//! An input names things as the world does (an order number, a tracking number, an address); the engine turns it into facts about
//! subjects. The same shapes are the JSON of `POST /api/facts` and of `kept record`, and the output of `kept parse`.

use kept_base::{Country, Language, Moment, Money};
use serde::{Deserialize, Serialize};

use crate::errand::DeliveryAddress;
use crate::vocabulary::{ExceptionKind, Milestone};

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

/// Who a customer is, as the shop knows them. Everything here but language, country and `consumer` is sealed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerDetails {
    /// The shop's own reference; without it the address decides who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Name as written to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Postal address in lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// City, used in sentences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The language they are written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Country they live in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// IANA time zone, where the shop knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// False for a firm; consumers' law applies to the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumer: Option<bool>,
    /// The account (firm) this contact belongs to, by the shop's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
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

/// A parcel exists for an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelAnnounced {
    /// The order it belongs to.
    pub order_number: String,
    /// The carrier: `laposte`, `chronopost`, `dpd` …
    pub carrier: String,
    /// The carrier's number.
    pub tracking_number: String,
    /// When the label was made.
    #[serde(flatten)]
    pub at: Moment,
    /// Article numbers inside; empty means all that travel in no other parcel.
    #[serde(default)]
    pub skus: Vec<String>,
}

/// A carrier said something about a parcel. The output of every parser and the parcel fact of `kept parse`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelScanned {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// The source's code, as it came.
    pub code: String,
    /// The source's words, as they came.
    #[serde(default)]
    pub text: String,
    /// Where, as it came.
    #[serde(default)]
    pub location: Option<String>,
    /// When: wall clock as given, and what is known of its offset.
    #[serde(flatten)]
    pub at: Moment,
    /// What the code means.
    pub milestone: Milestone,
    /// What is wrong, if it says so.
    #[serde(default)]
    pub exception: Option<ExceptionKind>,
    /// The order it belongs to, where the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// The moment promised, where the source itself carries it (own facts).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Moment>,
}

/// The shop handed a parcel over: the carrier ought to scan it within the day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelManifested {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// When it was handed over.
    #[serde(flatten)]
    pub at: Moment,
}

/// A carrier does not know a parcel's number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelNotFound {
    /// The number.
    pub tracking_number: String,
    /// The carrier that was asked.
    pub carrier: String,
    /// When it said so.
    #[serde(flatten)]
    pub at: Moment,
}

/// A source took back a scan: it did not happen, or not so. It names the scan by what makes it that scan, whether it has come yet
/// or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelScanWithdrawn {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// The scan's code, as it came.
    pub code: String,
    /// The scan's place, as it came.
    #[serde(default)]
    pub location: Option<String>,
    /// The scan's moment.
    #[serde(flatten)]
    pub at: Moment,
    /// Why, in the source's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A carrier or aggregator gave the day it expects to deliver.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParcelEstimated {
    /// The carrier's number.
    pub tracking_number: String,
    /// The carrier.
    pub carrier: String,
    /// When it said so.
    #[serde(flatten)]
    pub at: Moment,
    /// The day it expects.
    pub expected_day: jiff::civil::Date,
}

/// How a customer is named by an entrance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerRef {
    /// Who, where a page of ours knows it; no text from outside names it.
    #[serde(skip)]
    pub id: Option<kept_base::CustomerId>,
    /// The shop's reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Mail address: a claim, good enough to count a contact, never to show anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// An order of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
}

/// A customer got in touch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerContacted {
    /// Who; may be left out where `promise` says it.
    #[serde(default)]
    pub customer: CustomerRef,
    /// The promise it is about, as shown (`prm_…`); else those of the order named, else all still owed to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<kept_base::PromiseId>,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// `mail`, `phone`, `chat`, `page`, `letter`, `shop` …
    pub channel: String,
    /// True when they had to ask how something promised stands; such a contact is a chaser.
    pub asked: bool,
    /// What they wrote or said; sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The person who noted it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<String>,
}

/// A customer says how a delivery really went, or chooses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerAnswered {
    /// The promise it is about, as shown (`prm_…`); or else the open delivery of `order_number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<kept_base::PromiseId>,
    /// The order whose delivery it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// When.
    #[serde(flatten)]
    pub at: Moment,
    /// What they said.
    pub answer: Answer,
    /// Who wrote it down, when it was said to a person on the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<String>,
}

/// What a customer can say about a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "snake_case")]
pub enum Answer {
    /// "It arrived."
    Arrived,
    /// "It did not": against a carrier's word that it was delivered.
    NotArrived,
    /// "I was in": against a carrier's word that nobody was.
    AttemptContested,
    /// "I will wait."
    Wait,
    /// "Deliver on another day": amends the promise by the customer's wish.
    AnotherDay {
        /// The day they wish.
        day: jiff::civil::Date,
    },
    /// "Cancel it": the shop is asked, and once it has, a refund becomes due.
    Cancel,
    /// "Send it again": the shop is asked.
    Reship,
    /// "Deliver it elsewhere": the shop is asked, or a person. What was promised stands.
    NewAddress {
        /// Where, whole; sealed.
        address: DeliveryAddress,
    },
    /// "Deliver it to a pick-up point": an address like another, with the point's name where a firm's would stand.
    PickupPoint {
        /// The point's name.
        name: String,
        /// Where it is, and for whom; sealed.
        address: DeliveryAddress,
    },
    /// "Leave me in peace about this."
    Peace,
    /// "Your agent told me …": a word, to be confirmed.
    ToldOtherwise {
        /// In their words; sealed.
        text: String,
    },
}

/// A customer answered STOP to a text message, or START; or said so otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerOptedOut {
    /// Who, where it is not the number that says it.
    #[serde(default, skip_serializing_if = "is_nobody")]
    pub customer: CustomerRef,
    /// The number that said it, with its calling code: everybody who has it is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When; left out where the source does not say: then it is when it was recorded.
    #[serde(flatten)]
    pub at: Option<Moment>,
    /// They take it back.
    #[serde(default)]
    pub lifted: bool,
}

/// A gateway or the network says whether a message arrived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageReceipt {
    /// Which, as shown (`msg_…`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<kept_base::MessageId>,
    /// Or by the gateway's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When; left out where the source does not say: then it is when it was recorded.
    #[serde(flatten)]
    pub at: Option<Moment>,
    /// It reached the phone; else it will not.
    pub delivered: bool,
    /// It did not, and nothing ever will: the number is wrong, or no mobile's.
    #[serde(default)]
    pub unreachable: bool,
    /// The gateway's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

fn is_nobody(reference: &CustomerRef) -> bool {
    *reference == CustomerRef::default()
}

/// Somebody gave their word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordGiven {
    /// What is promised: `refund`, `reply`, `call_back`, `repair` …; a definition of this kind must exist.
    pub promise_kind: String,
    /// To whom.
    pub customer: CustomerRef,
    /// When the word was given.
    #[serde(flatten)]
    pub at: Moment,
    /// Who gave it.
    pub by: Giver,
    /// The sentence as the customer would say it; sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Due day where the customer lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_day: Option<jiff::civil::Date>,
    /// Or due moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Moment>,
    /// Or a span from when it was given (ISO 8601).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<kept_base::CalendarDuration>,
    /// The amount promised, if money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// A condition not yet met, in words, sealed: the word waits and has no due until it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// True when whoever gave it had no right to; it is honoured or made good, never deleted.
    #[serde(default)]
    pub exceeds_authority: bool,
}

/// Who gives a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Giver {
    /// The shop, in its offer or order confirmation.
    Shop,
    /// A person of the team.
    Agent,
    /// Kept itself, in a message it sent.
    System,
    /// A carrier, seller or other partner.
    Partner,
    /// The law.
    Law,
    /// The customer: their own wish.
    Customer,
}

impl Giver {
    /// All of them.
    pub const ALL: [Giver; 6] = [Giver::Shop, Giver::Agent, Giver::System, Giver::Partner, Giver::Law, Giver::Customer];

    /// The word in rows, addresses and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Giver::Shop => "shop",
            Giver::Agent => "agent",
            Giver::System => "system",
            Giver::Partner => "partner",
            Giver::Law => "law",
            Giver::Customer => "customer",
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

/// A person of the team says that what was promised is done: called back, answered, repaired.
///
/// It counts at the moment it is recorded, whatever `at` says: nobody moves a deed before its due by writing it down later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeedNoted {
    /// Which promise, as shown (`prm_…`).
    pub promise: kept_base::PromiseId,
    /// When it was done, by what they say.
    #[serde(flatten)]
    pub at: Moment,
    /// Who says so.
    pub noted_by: String,
    /// By what one can see it; sealed.
    pub evidence: String,
}
