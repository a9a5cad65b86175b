//! What pages and the API read: domain states, gathered for one look. Shapes only; the queries are in [`crate::reading`].

use std::collections::BTreeMap;

use kept_base::{Country, CustomerId, MessageId, Money, OrderId, ParcelId, Position, PromiseId};
use kept_domain::customer::Customer;
use kept_domain::errand::{Act, Errand, ErrandKind, ErrandState};
use kept_domain::input::CustomerDetails;
use kept_domain::message::{Message, MessageState, Mode};
use kept_domain::order::{Line, Order};
use kept_domain::parcel::Parcel;
use kept_domain::promise::{Promise, PromiseState, SignalKind};
use kept_domain::vocabulary::{ExceptionKind, Milestone};
use serde::Serialize;

use crate::ports::{Letter, Trouble};

/// A customer as shown to the team; `details` is `None` once erased or when nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Id.
    pub id: CustomerId,
    /// Unsealed details.
    pub details: Option<CustomerDetails>,
}

/// Parcels and promises of a list are counted up to here: more are said to be more.
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

/// A promise in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct PromiseLine {
    /// The promise.
    pub promise: Promise,
    /// To whom.
    pub person: Option<Person>,
    /// The order's number.
    pub order_number: Option<String>,
    /// Its parcels.
    pub parcels: Vec<Parcel>,
    /// A message about it that waits for a person's yes.
    pub waiting: Option<MessageId>,
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

/// What the shop of a promise's order can be asked to do, and what its customer may choose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offers {
    /// What the shop can do at all.
    pub kinds: Vec<ErrandKind>,
    /// What the customer may choose now, as their page and messages offer it.
    pub choices: Vec<Choice>,
    /// The country in which another address may be given.
    pub destination: Option<Country>,
}

/// A choice that a customer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its word, as answers have it.
    pub says: &'static str,
    /// Key of the text it is called by, which takes the `amount`.
    pub label: &'static str,
    /// What is paid back, where that follows and is known.
    pub amount: Option<Money>,
}

/// Something to be done in the shop.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrandLine {
    /// The errand.
    pub errand: Errand,
    /// The order's number.
    pub order_number: Option<String>,
    /// For whom.
    pub person: Option<Person>,
    /// Exactly what is asked; `None` once erased.
    pub act: Option<Act>,
    /// The shop can do it when it is released.
    pub offered: bool,
}

/// What a list of errands shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrandFilter {
    /// Only those for this promise.
    pub promise: Option<PromiseId>,
    /// Only in this state.
    pub state: Option<ErrandState>,
    /// Start after this row.
    pub after: Option<String>,
    /// Rows a page; 50 unless said.
    pub limit: Option<u32>,
}

/// The first rows of a list, and how many there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Section<T> {
    /// First rows.
    pub rows: Vec<T>,
    /// All.
    pub total: u64,
}

/// What a list of promises shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromiseFilter {
    /// Only this state.
    pub state: Option<PromiseState>,
    /// Only those still owed.
    pub open_only: bool,
    /// Only disputed ones.
    pub disputed: bool,
    /// Only this kind.
    pub kind: Option<String>,
    /// Only this owner.
    pub owner: Option<String>,
    /// Only those whose word this one gave: `shop`, `agent`, `law` …
    pub giver: Option<String>,
    /// Due before, epoch milliseconds.
    pub due_before: Option<i64>,
    /// First due from (figures), epoch milliseconds.
    pub first_due_from: Option<i64>,
    /// First due before (figures), epoch milliseconds.
    pub first_due_before: Option<i64>,
    /// Only those counted under a figure: `kept`, `late`, `broken`, `amended`, `told_first`, `chased`, `needless`, `disputed`.
    pub figure: Option<String>,
    /// An order number or tracking number, whole.
    pub search: Option<String>,
    /// Start after this row.
    pub after: Option<String>,
    /// Rows a page; 50 unless said.
    pub limit: Option<u32>,
}

impl PromiseFilter {
    /// The list begins with what is due next; one that holds what is over begins with the newest.
    pub fn is_by_due(&self) -> bool {
        self.open_only || self.state.is_some_and(PromiseState::is_open)
    }
}

/// Everything about one promise.
#[derive(Clone, Debug, PartialEq)]
pub struct PromiseFile {
    /// The promise with person, order number and parcels.
    pub line: PromiseLine,
    /// Its order.
    pub order: Option<OrderFile>,
    /// Sentences of its words, in their order; `None` where none was said or it is erased.
    pub sentences: Vec<Option<String>>,
    /// Messages about it, oldest first, with their letters.
    pub messages: Vec<MessageFile>,
    /// What was asked of the shop for it, oldest first.
    pub errands: Vec<ErrandLine>,
    /// What the shop can be asked to do.
    pub offers: Offers,
    /// Other promises of the same order.
    pub related: Vec<Promise>,
    /// Every fact about it, its order and its parcels, newest first.
    pub facts: Vec<FactLine>,
    /// When the watch looks at it next, epoch milliseconds.
    pub watch_at: Option<i64>,
}

/// An order with the titles of its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderFile {
    /// The order.
    pub order: Order,
    /// Titles of its lines, in their order.
    pub titles: Vec<Option<String>>,
    /// Who ordered.
    pub person: Option<Person>,
    /// Its parcels.
    pub parcels: Vec<Parcel>,
    /// Promises about it.
    pub promises: Vec<Promise>,
}

impl OrderFile {
    /// What a line of it is called: by its title, else by its article number.
    pub fn title(&self, line: &Line) -> String {
        let at = self.order.lines.iter().position(|other| other.id == line.id);
        at.and_then(|at| self.titles.get(at).cloned().flatten()).unwrap_or_else(|| line.sku.clone())
    }
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

/// A parcel in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelLine {
    /// The parcel.
    pub parcel: Parcel,
    /// The order's number.
    pub order_number: Option<String>,
    /// The delivery promise.
    pub promise: Option<Promise>,
}

/// What a list of parcels shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParcelFilter {
    /// Only at this milestone.
    pub milestone: Option<Milestone>,
    /// Only with this exception open.
    pub exception: Option<ExceptionKind>,
    /// Only with any exception open.
    pub in_trouble: bool,
    /// Only of this carrier.
    pub carrier: Option<String>,
    /// Only those that stand still at this place.
    pub standing_at: Option<i64>,
    /// Only those still waiting for their order.
    pub without_order: bool,
    /// Only those under way.
    pub open_only: bool,
    /// A tracking or order number.
    pub search: Option<String>,
    /// Start after this row.
    pub after: Option<String>,
    /// Rows a page; 50 unless said.
    pub limit: Option<u32>,
}

/// Everything about one parcel.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelFile {
    /// The parcel.
    pub parcel: Parcel,
    /// Its order.
    pub order: Option<OrderFile>,
    /// Its promise.
    pub promise: Option<PromiseLine>,
    /// Every scan, newest first, as facts with the carrier's raw words.
    pub facts: Vec<FactLine>,
}

/// Everything about one customer.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerFile {
    /// State.
    pub customer: Customer,
    /// Details.
    pub person: Person,
    /// Promises made to them, newest first.
    pub promises: Vec<PromiseLine>,
    /// Orders, newest first.
    pub orders: Vec<Order>,
    /// Messages to them, newest first.
    pub messages: Vec<MessageLine>,
    /// Facts about them, newest first.
    pub facts: Vec<FactLine>,
}

/// A customer in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerLine {
    /// State.
    pub customer: Customer,
    /// Details.
    pub person: Person,
    /// Promises still owed to them.
    pub open: u32,
}

/// A message in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageLine {
    /// The message.
    pub message: Message,
    /// To whom.
    pub person: Option<Person>,
    /// The order's number.
    pub order_number: Option<String>,
    /// Its subject line, unsealed; `None` once erased.
    pub subject: Option<String>,
    /// What it costs as a text message, where it is one; `None` once erased.
    pub sms: Option<kept_text::sms::Size>,
}

/// A message with its letter.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageFile {
    /// Message and person.
    pub line: MessageLine,
    /// As it would go or went; `None` once erased.
    pub letter: Option<Letter>,
}

/// What a list of messages shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageFilter {
    /// Only in this state.
    pub state: Option<MessageState>,
    /// Only of this playbook.
    pub playbook: Option<String>,
    /// Start after this row.
    pub after: Option<String>,
    /// Rows a page; 50 unless said.
    pub limit: Option<u32>,
}

/// A playbook with its switch and its record so far.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaybookLine {
    /// Its name in the packs.
    pub name: String,
    /// What it does, French and English, by language tag.
    pub title: BTreeMap<String, String>,
    /// How it decides, in a sentence.
    pub explanation: BTreeMap<String, String>,
    /// Signals it answers.
    pub on: Vec<SignalKind>,
    /// Whether it writes to customers or to operations.
    pub to_customer: bool,
    /// By what it may speak, the channel that is wished for first; none for one that says nothing.
    pub channels: Vec<kept_domain::message::Channel>,
    /// What it has done in the shop, where it says nothing.
    pub errand: Option<ErrandKind>,
    /// Its switch.
    pub mode: Mode,
    /// What it did or would have done.
    pub record: PlaybookRecord,
}

/// What a playbook did, or in shadow would have done, against what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlaybookRecord {
    /// Messages decided.
    pub decided: u64,
    /// Of them shown only.
    pub shadow: u64,
    /// Waiting for a yes.
    pub waiting: u64,
    /// Held by the guard.
    pub held: u64,
    /// Accepted for delivery.
    pub accepted: u64,
    /// Refused, or unknown.
    pub failed: u64,
    /// About promises that then were kept in time: needless, when it warned.
    pub then_kept: u64,
    /// About promises that then were late or broken.
    pub then_late: u64,
    /// About promises still open.
    pub still_open: u64,
}

/// Figures that nobody can improve by clicking: by first due, amended ones apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Promises whose first due lies in the period (or that ended in it, where they had none).
    pub due: u64,
    /// Kept by first due.
    pub kept: Share,
    /// Kept after it.
    pub kept_late: Share,
    /// Broken, with withdrawals.
    pub broken: Share,
    /// Of the broken ones, those that the company gave up.
    pub withdrawn: Share,
    /// The customer let us off before the first due: neutral.
    pub released: u64,
    /// Past due and still open.
    pub late_open: u64,
    /// Still open and not yet due.
    pub open: u64,
    /// Moved by the customer: neutral.
    pub amended: u64,
    /// Disputed and not settled: counted nowhere else.
    pub disputed: u64,
    /// Of those not kept in time: told before the due and before they asked.
    pub told_first: Share,
    /// Share of promises whose customers' mail we can reach.
    pub coverage: Share,
    /// Promises about which the customer had to ask.
    pub chased: Share,
    /// Contacts in which they had to ask.
    pub chasers: u64,
    /// Warned, then kept in time, of all warned.
    pub needless: Share,
    /// Of those kept, in time or late: on the word of a person of the team.
    pub by_hand: Share,
    /// The same, where that person answered for it, then or before.
    pub own_hand: Share,
    /// By who answers, those with something closed by hand: on a person's word.
    pub by_hand_by_owner: Vec<(String, Share)>,
    /// The same owners: on their own word.
    pub own_hand_by_owner: Vec<(String, Share)>,
    /// Length of promises in hours: median and 90th percentile, with n.
    pub length_hours: Quantiles,
    /// Notice given by warnings before the due, in hours.
    pub lead_hours: Quantiles,
    /// For how long money was held that is to be paid back, from the order until all was paid back or until now, in hours.
    pub held_hours: Quantiles,
    /// The same by carrier: kept by first due.
    pub by_carrier: Vec<(String, Share)>,
    /// By kind of promise.
    pub by_kind: Vec<(String, Share)>,
    /// By who gave the word.
    pub by_giver: Vec<(String, Share)>,
    /// By who answers.
    pub by_owner: Vec<(String, Share)>,
    /// Month by month: its first day and share.
    pub by_month: Vec<(jiff::civil::Date, Share)>,
    /// Kept by first due, week by week: Monday's date and share.
    pub by_week: Vec<(jiff::civil::Date, Share)>,
}

/// A share with its count and Wilson 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// Lower end, 0 to 1; 0 when `of` is 0.
    pub low: f64,
    /// Upper end, 0 to 1; 1 when `of` is 0.
    pub high: f64,
}

/// Median and 90th percentile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// How many values.
    pub n: u64,
    /// Median.
    pub median: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
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

/// What a customer sees behind their link.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomerPage {
    /// State.
    pub customer: Customer,
    /// Name and city only.
    pub person: Person,
    /// Promises made to them, open ones first.
    pub promises: Vec<PromiseFile>,
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
