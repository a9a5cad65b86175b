//! Facts about promises, as they stand in the ledger.

use kept_base::{CustomerId, Due, ItemId, Money, OrderId, PromiseId, WordId};
use serde::{Deserialize, Serialize};

use super::{Item, ItemState, PromiseState, Upstream};
use crate::fact::SealedRef;
use crate::input::Giver;
use crate::penalty::Terms;

/// A promise stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// Id.
    pub promise: PromiseId,
    /// Kind.
    pub kind: String,
    /// Version of the definition.
    pub definition: String,
    /// To whom.
    pub customer: Option<CustomerId>,
    /// About which order.
    pub order: Option<OrderId>,
    /// Who answers.
    pub owner: String,
    /// Epoch milliseconds.
    pub made_at: i64,
    /// Parts.
    pub items: Vec<Item>,
    /// Amount.
    pub amount: Option<Money>,
    /// When to look again where no word has a due.
    pub review_at: Option<i64>,
    /// What the law adds while it is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub penalty: Option<Terms>,
    /// Since when the money is held that is to be paid back, epoch milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_since: Option<i64>,
    /// Whose it is, where a partner made it to the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<Upstream>,
}

/// A promise that stood before its customer was known found them, and its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adopted {
    /// Which promise.
    pub promise: PromiseId,
    /// To whom it is made.
    pub customer: CustomerId,
    /// Its parts, now that they are known; empty: as they were.
    pub items: Vec<Item>,
}

/// A word binds a promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WordGiven {
    /// Which promise.
    pub promise: PromiseId,
    /// Id of the word.
    pub word: WordId,
    /// Who.
    pub by: Giver,
    /// When, epoch milliseconds.
    pub given_at: i64,
    /// Due.
    pub due: Option<Due>,
    /// Sentence.
    pub sentence: Option<SealedRef>,
    /// Article or rule.
    pub source: Option<String>,
    /// Waits for a condition.
    pub waiting: bool,
    /// Beyond authority.
    pub exceeded: bool,
    /// The amount it adds, for promises of money.
    pub adds: Option<Money>,
}

/// Parts came to a promise: lines were added to its order, or pieces of one have a fate of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemsAdded {
    /// Which promise.
    pub promise: PromiseId,
    /// The parts.
    pub items: Vec<Item>,
}

/// A part was settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemSettled {
    /// Which promise.
    pub promise: PromiseId,
    /// Which part.
    pub item: ItemId,
    /// How.
    pub state: ItemState,
    /// When, epoch milliseconds.
    pub at: i64,
    /// Why.
    pub cause: Option<String>,
}

/// A promise was judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessed {
    /// Which.
    pub promise: PromiseId,
    /// Kept, kept late, broken or released.
    pub state: PromiseState,
    /// Against the first due.
    pub by_first_due: PromiseState,
    /// Epoch milliseconds.
    pub at: i64,
    /// False: "probably".
    pub certain: bool,
    /// Who judged.
    pub by: String,
    /// Why.
    pub cause: Option<String>,
}

/// What a promise was judged by was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// Which.
    pub promise: PromiseId,
    /// The parts that are owed again.
    pub items: Vec<ItemId>,
    /// What it is until it is judged again: open, or late where its due has passed.
    pub state: PromiseState,
}

/// The customer's own wish moved the due.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amended {
    /// Which.
    pub promise: PromiseId,
    /// The new due.
    pub due: Due,
    /// Who noted it, if not the customer.
    pub noted_by: Option<String>,
}

/// The customer says that it is not so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disputed {
    /// Which.
    pub promise: PromiseId,
    /// Epoch milliseconds.
    pub at: i64,
}

/// A dispute was settled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// Which.
    pub promise: PromiseId,
    /// How it is judged now.
    pub state: PromiseState,
    /// Epoch milliseconds.
    pub at: i64,
    /// Who settled it, and on what evidence.
    pub by: String,
}

/// Somebody else answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// Which.
    pub promise: PromiseId,
    /// Who from now on.
    pub owner: String,
    /// Who said so.
    pub by: String,
}

/// The customer touched it: asked, chose, or wants peace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Which.
    pub promise: PromiseId,
    /// `asked`, `peace`, or what they chose.
    pub how: String,
    /// Epoch milliseconds.
    pub at: i64,
}
