//! What pages and the API read: domain states, gathered for one look. Shapes only; the queries are in [`crate::reading`].

mod customer;
mod figures;
mod message;
mod parcel;
mod promise;

use kept_base::{CustomerId, OrderId, ParcelId, Position, PromiseId};
use kept_domain::input::CustomerDetails;
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use serde::Serialize;

use crate::ports::Trouble;

pub use customer::{CustomerFile, CustomerLine, CustomerPage};
pub use figures::{Figures, Quantiles, Share};
pub use message::{MessageFile, MessageFilter, MessageLine, PlaybookLine, PlaybookRecord};
pub use parcel::{ParcelFile, ParcelFilter, ParcelLine};
pub use promise::{Choice, ErrandFilter, ErrandLine, Offers, OrderFile, PromiseFile, PromiseFilter, PromiseLine};

/// A customer as shown to the team; `details` is `None` once erased or when nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Id.
    pub id: CustomerId,
    /// Unsealed details.
    pub details: Option<CustomerDetails>,
}

/// What is on a list is counted up to here: more is said to be more.
pub const MOST_COUNTED: u64 = 10_000;

/// A page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub rows: Vec<T>,
    /// How many there are in all; of parcels and promises no more than [`MOST_COUNTED`] are counted, and one.
    pub total: u64,
    /// Where the next page starts: give it back as `after`.
    pub next: Option<String>,
}

/// How much needs a person now. Promises and messages are counted up to [`MOST_COUNTED`], and one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pressing {
    /// Late.
    pub late: u64,
    /// Due within the hour.
    pub next_hour: u64,
    /// Due before the day ends.
    pub today: u64,
    /// At risk, due later.
    pub at_risk: u64,
    /// Messages waiting for a yes.
    pub waiting: u64,
    /// Messages held by the guard.
    pub held: u64,
    /// Messages of which nobody knows whether they left.
    pub unknown: u64,
    /// Payloads that could not be read.
    pub quarantine: u64,
    /// Codes and events that nothing maps.
    pub unmapped: u64,
}

/// What needs a person now, in order of which promise breaks next.
#[derive(Clone, Debug, PartialEq)]
pub struct Today {
    /// Late: count and the first rows, oldest due first.
    pub late: Section<PromiseLine>,
    /// Due within the hour.
    pub next_hour: Section<PromiseLine>,
    /// Due before the day ends.
    pub today: Section<PromiseLine>,
    /// At risk, due later.
    pub at_risk: Section<PromiseLine>,
    /// Messages waiting for a yes.
    pub waiting: Section<MessageLine>,
    /// Messages held by the guard.
    pub held: Section<MessageLine>,
    /// Messages of which nobody knows whether they left.
    pub unknown: Section<MessageLine>,
    /// What is to be done in the shop and waits for a person: for their yes, to be done by hand, or because the shop will not.
    pub errands: Section<ErrandLine>,
    /// Places at which many parcels stand still, most first.
    pub standing: Vec<Standstill>,
    /// Disputed outcomes.
    pub disputed: Section<PromiseLine>,
    /// Payloads that could not be read.
    pub quarantine: u64,
    /// Codes and events that nothing maps.
    pub unmapped: u64,
    /// Of the promises now late or at risk whose customers we may write to: how many were told before they asked, of how many.
    pub told_first: (u64, u64),
    /// Open promises in all.
    pub open: u64,
}

/// Many parcels of one carrier that stand still at one place: one matter, to be taken up once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standstill {
    /// The carrier.
    pub carrier: String,
    /// The place in the carrier's words.
    pub place: String,
    /// The place, as a list of parcels takes it.
    pub key: i64,
    /// How many.
    pub parcels: u64,
    /// Since when the first of them was not heard of, epoch milliseconds.
    pub since: i64,
}

/// The first rows of a list, and how many there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Section<T> {
    /// First rows.
    pub rows: Vec<T>,
    /// All.
    pub total: u64,
}

/// A fact as shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactLine {
    /// Where it stands in the ledger.
    pub position: Position,
    /// Kind.
    pub kind: String,
    /// When recorded, epoch milliseconds.
    pub recorded: i64,
    /// When it happened, as given: wall clock with its offset word, where that differs.
    pub happened: Option<kept_base::Moment>,
    /// Source.
    pub source: String,
    /// Plain part.
    pub plain: serde_json::Value,
    /// What somebody said or wrote, sealed beside it: a contact's words, the evidence of a deed; `None` once erased. Never written out.
    #[serde(skip)]
    pub said: Option<String>,
}

/// Something nothing maps, counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnmappedLine {
    /// Source.
    pub source: String,
    /// `code`, `event`, `field`.
    pub what: String,
    /// Code or name.
    pub code: String,
    /// Words, as last seen.
    pub text: String,
    /// How often.
    pub count: u64,
    /// First seen, epoch milliseconds.
    pub first: i64,
    /// Last seen, epoch milliseconds.
    pub last: i64,
    /// Its meaning since a person gave it one.
    pub mapped: Option<(Milestone, Option<ExceptionKind>)>,
}

/// A payload that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineLine {
    /// Where its fact stands.
    pub position: Position,
    /// Source.
    pub source: String,
    /// When, epoch milliseconds.
    pub at: i64,
    /// Bytes.
    pub size: u64,
    /// What was wrong, in the program's words.
    pub error: String,
    /// What kind of trouble it is; `None` where it was kept before kinds were.
    pub trouble: Option<Trouble>,
    /// Its first bytes, for a look; `None` once erased.
    pub excerpt: Option<String>,
}

/// How the installation is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Health {
    /// `sqlite` or `postgres`.
    pub database: String,
    /// Facts in the ledger.
    pub facts: u64,
    /// Blocks in the ledger.
    pub blocks: u64,
    /// Last fact, epoch milliseconds.
    pub last_fact: Option<i64>,
    /// When the chain was last verified, and whether it held.
    pub verified: Option<(i64, bool)>,
    /// Signals waiting for a decision.
    pub signals_pending: u64,
    /// Messages waiting to leave.
    pub outbox_pending: u64,
    /// Promises that stand without owner, due or review, or watch: must be 0.
    pub unwatched: u64,
    /// Sources with when they were last heard and how many deliveries were refused.
    pub sources: Vec<SourceHealth>,
    /// How messages leave: `smtp` or `drawer`.
    pub outbound: String,
    /// The gateway of text messages; `none` where there is none.
    pub sms: String,
    /// Packs in force: name and hash; and what was wrong with the newest, if it was refused.
    pub packs: String,
    /// Why the newest packs were refused, if they were.
    pub packs_error: Option<String>,
}

/// A source's health.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceHealth {
    /// Source.
    pub source: String,
    /// Deliveries read.
    pub deliveries: u64,
    /// Last heard, epoch milliseconds.
    pub last: Option<i64>,
    /// Refused for their signature.
    pub refused: u64,
    /// Could not be read.
    pub unreadable: u64,
}

/// Where a search leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// An order.
    Order(OrderId),
    /// A parcel.
    Parcel(ParcelId),
    /// A promise.
    Promise(PromiseId),
    /// A customer.
    Customer(CustomerId),
}
