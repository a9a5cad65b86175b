//! An errand: something to be done in the shop because a person or the customer's choice says so, and what became of it.
//!
//! A message is what is said, an errand is what is done. It is asked for, perhaps released by a person, tried until the shop has done it or
//! will not, and every step is a fact. What exactly is asked may hold an address, so it is sealed.

use jiff::civil::Date;
use kept_base::{BrandId, Country, CustomerId, DecisionId, ErrandId, Money, OrderId, Position, PromiseId};
use serde::{Deserialize, Serialize};

use crate::fact::SealedRef;
use crate::input::CancelledBy;
use crate::message::Mode;

/// What Kept asks a shop to do. Orders are named by the shop's number, lines by article number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Write a note on the order that only the team sees.
    Note {
        /// The order.
        order_number: String,
        /// What it says.
        text: String,
    },
    /// Cancel the order, or some of its lines. No money moves: that is a [`Act::Refund`].
    Cancellation {
        /// The order.
        order_number: String,
        /// Article numbers; empty means the whole order.
        skus: Vec<String>,
        /// Who wants it. The shop's news of it will say the same: only the customer's own wish releases a promise.
        by: CancelledBy,
        /// Why, in the words of `order.lines_cancelled`: `unavailable` …
        cause: Option<String>,
    },
    /// Pay money back by the way it came.
    Refund {
        /// The order.
        order_number: String,
        /// How much; exactly this, or the errand is refused.
        amount: Money,
        /// The lines it is for; empty where it is for no line.
        skus: Vec<String>,
        /// It pays the delivery fee back, in whole or in part.
        delivery_fee: bool,
        /// Why, for the shop's own record.
        reason: String,
    },
    /// Send the goods again: a new order at no price, to the same person.
    Reshipment {
        /// The order.
        order_number: String,
        /// Which lines; empty means all.
        skus: Vec<String>,
        /// Why, for the shop's own record.
        reason: String,
    },
    /// Deliver elsewhere.
    AddressChange {
        /// The order.
        order_number: String,
        /// The new address, whole.
        address: DeliveryAddress,
    },
    /// Tell whoever delivers on which day the customer wishes it. No interface does: a person does.
    DeliveryDay {
        /// The order.
        order_number: String,
        /// The day they wish.
        day: Date,
    },
}

/// Where to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryAddress {
    /// First name, where it is known apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name, or the whole name.
    pub last_name: String,
    /// Firm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and number.
    pub street: String,
    /// Second line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<String>,
    /// Postal code.
    pub postal: String,
    /// City.
    pub city: String,
    /// State or province, by its code, where the country has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Country.
    pub country: Country,
    /// Phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// What a shop may or may not be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrandKind {
    /// A note on the order.
    Note,
    /// The whole order cancelled.
    CancelOrder,
    /// Lines cancelled.
    CancelLines,
    /// Money paid back.
    Refund,
    /// Goods sent again.
    Reshipment,
    /// Another address.
    AddressChange,
    /// The day of delivery, told to whoever delivers.
    DeliveryDay,
}

impl ErrandKind {
    /// All of them.
    pub const ALL: [ErrandKind; 7] = [
        ErrandKind::Note,
        ErrandKind::CancelOrder,
        ErrandKind::CancelLines,
        ErrandKind::Refund,
        ErrandKind::Reshipment,
        ErrandKind::AddressChange,
        ErrandKind::DeliveryDay,
    ];

    /// The word in packs, rows, signals and keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            ErrandKind::Note => "note",
            ErrandKind::CancelOrder => "cancel_order",
            ErrandKind::CancelLines => "cancel_lines",
            ErrandKind::Refund => "refund",
            ErrandKind::Reshipment => "reshipment",
            ErrandKind::AddressChange => "address_change",
            ErrandKind::DeliveryDay => "delivery_day",
        }
    }
}

impl Act {
    /// What it asks for.
    #[must_use]
    pub fn kind(&self) -> ErrandKind {
        match self {
            Act::Note { .. } => ErrandKind::Note,
            Act::Cancellation { skus, .. } if skus.is_empty() => ErrandKind::CancelOrder,
            Act::Cancellation { .. } => ErrandKind::CancelLines,
            Act::Refund { .. } => ErrandKind::Refund,
            Act::Reshipment { .. } => ErrandKind::Reshipment,
            Act::AddressChange { .. } => ErrandKind::AddressChange,
            Act::DeliveryDay { .. } => ErrandKind::DeliveryDay,
        }
    }

    /// The order it is about.
    #[must_use]
    pub fn order_number(&self) -> &str {
        match self {
            Act::Note { order_number, .. }
            | Act::Cancellation { order_number, .. }
            | Act::Refund { order_number, .. }
            | Act::Reshipment { order_number, .. }
            | Act::AddressChange { order_number, .. }
            | Act::DeliveryDay { order_number, .. } => order_number,
        }
    }
}

/// How an errand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrandState {
    /// Would have been done; its playbook is in shadow.
    Shadow,
    /// Waits for a person: for their yes, or to be done by hand where no interface can do it.
    Waiting,
    /// On its way.
    Queued,
    /// An attempt failed; it will be tried again.
    Retry,
    /// It may or may not be done. The next attempt looks first.
    Unknown,
    /// Done.
    Done,
    /// The shop will not.
    Refused,
    /// A person decided against it.
    Dropped,
}

impl ErrandState {
    /// All states.
    pub const ALL: [ErrandState; 8] = [
        ErrandState::Shadow,
        ErrandState::Waiting,
        ErrandState::Queued,
        ErrandState::Retry,
        ErrandState::Unknown,
        ErrandState::Done,
        ErrandState::Refused,
        ErrandState::Dropped,
    ];

    /// The word in rows, in the API and in keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            ErrandState::Shadow => "shadow",
            ErrandState::Waiting => "waiting",
            ErrandState::Queued => "queued",
            ErrandState::Retry => "retry",
            ErrandState::Unknown => "unknown",
            ErrandState::Done => "done",
            ErrandState::Refused => "refused",
            ErrandState::Dropped => "dropped",
        }
    }

    /// The state of a word.
    pub fn from_word(word: &str) -> Option<ErrandState> {
        ErrandState::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Nothing more will happen by itself, and nothing more is asked of anybody.
    pub fn is_over(self) -> bool {
        matches!(self, ErrandState::Done | ErrandState::Dropped)
    }

    /// It waits for somebody: nothing is being done about it.
    pub fn waits(self) -> bool {
        matches!(self, ErrandState::Shadow | ErrandState::Waiting | ErrandState::Refused)
    }

    /// It is being tried.
    pub fn is_under_way(self) -> bool {
        matches!(self, ErrandState::Queued | ErrandState::Retry | ErrandState::Unknown)
    }
}

/// The state of an errand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// Id.
    pub id: ErrandId,
    /// Whose.
    pub brand: BrandId,
    /// The shop it is for: the source its order came from.
    pub shop: String,
    /// What is to be done.
    pub kind: ErrandKind,
    /// The order.
    pub order: OrderId,
    /// The promise it serves.
    pub promise: PromiseId,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// How much money moves.
    pub amount: Option<Money>,
    /// Sealed [`Act`] as JSON.
    pub content: SealedRef,
    /// The playbook; empty where a person asked.
    pub playbook: String,
    /// Who asked: `customer`, `playbook`, or a person's name.
    pub by: String,
    /// How it stands.
    pub state: ErrandState,
    /// Why it waits, as a word: `no-way-out`, `left-already`, `label-made`, `under-way`.
    pub reason: Option<String>,
    /// When asked for, epoch milliseconds.
    pub asked_at: i64,
    /// Who released, dropped or did it by hand: a person's name; `customer` where a newer wish of theirs stands in its place, `rule`
    /// where what it was for is over.
    pub handled_by: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// What the shop said last: its id of what was made, or why not.
    pub said: Option<String>,
    /// When it was done, refused or dropped.
    pub settled_at: Option<i64>,
    /// Facts about it.
    pub facts: Vec<Position>,
}

/// An errand was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Id.
    pub errand: ErrandId,
    /// The shop.
    pub shop: String,
    /// What is to be done.
    pub errand_kind: ErrandKind,
    /// The order.
    pub order: OrderId,
    /// The promise it serves.
    pub promise: PromiseId,
    /// The customer.
    pub customer: Option<CustomerId>,
    /// How much money moves.
    pub amount: Option<Money>,
    /// Sealed [`Act`] as JSON.
    pub content: SealedRef,
    /// The decision, where a playbook made it.
    pub decision: Option<DecisionId>,
    /// The playbook; empty where a person asked.
    pub playbook: String,
    /// Its mode.
    pub mode: Mode,
    /// Who asked: `customer`, `playbook`, or a person's name.
    pub by: String,
    /// Where it starts: shadow, waiting or queued.
    pub state: ErrandState,
    /// Why it waits, as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Epoch milliseconds.
    pub at: i64,
}

/// A person released or dropped an errand, or did it by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// Which.
    pub errand: ErrandId,
    /// The promise it serves.
    pub promise: PromiseId,
    /// The state it goes to: queued, dropped, done.
    pub to: ErrandState,
    /// Who.
    pub by: String,
    /// Epoch milliseconds.
    pub at: i64,
    /// Why it was dropped, or by what one sees that it is done.
    pub reason: Option<String>,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeSeen {
    /// Which.
    pub errand: ErrandId,
    /// The promise it serves.
    pub promise: PromiseId,
    /// Number of the attempt, from 1.
    pub attempt: u32,
    /// Done, refused, retry or unknown.
    pub state: ErrandState,
    /// The shop's id of what was made, or why it was not.
    pub said: String,
    /// Epoch milliseconds.
    pub at: i64,
}

impl Errand {
    /// An errand as asked for.
    pub fn new(brand: BrandId, fact: &Asked) -> Errand {
        Errand {
            id: fact.errand,
            brand,
            shop: fact.shop.clone(),
            kind: fact.errand_kind,
            order: fact.order,
            promise: fact.promise,
            customer: fact.customer,
            amount: fact.amount,
            content: fact.content.clone(),
            playbook: fact.playbook.clone(),
            by: fact.by.clone(),
            state: fact.state,
            reason: fact.reason.clone(),
            asked_at: fact.at,
            handled_by: None,
            attempts: 0,
            said: None,
            settled_at: None,
            facts: Vec::new(),
        }
    }

    /// The key under which the shop knows it again: unique for ever, also after a restore, which gives ids anew.
    pub fn key(&self) -> String {
        format!("{}-{}", self.id, self.content.hash.get(..12).unwrap_or(&self.content.hash))
    }

    /// Folds what a person did with it.
    pub fn handle(&mut self, fact: &Handled) {
        self.state = fact.to;
        self.handled_by = Some(fact.by.clone());
        self.said = fact.reason.clone().or(self.said.take());
        self.settled_at = (fact.to != ErrandState::Queued).then_some(fact.at);
    }

    /// Folds what became of an attempt.
    pub fn outcome(&mut self, fact: &OutcomeSeen) {
        self.state = fact.state;
        self.attempts = self.attempts.max(fact.attempt);
        self.said = Some(fact.said.clone());
        self.settled_at = (!fact.state.is_under_way()).then_some(fact.at);
    }
}
