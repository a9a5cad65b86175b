//! A promise, its order, and what is to be done for it in the shop.

use kept_base::{Country, MessageId, Money, PromiseId};
use kept_domain::errand::{Act, Errand, ErrandKind, ErrandState};
use kept_domain::order::{Line, Order};
use kept_domain::parcel::Parcel;
use kept_domain::promise::{Promise, PromiseState};

use super::{FactLine, MessageFile, Person};

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
