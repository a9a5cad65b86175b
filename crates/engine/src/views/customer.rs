//! A customer, to the team and on their own page.

use kept_domain::customer::Customer;
use kept_domain::order::Order;

use super::{FactLine, MessageLine, Person, PromiseFile, PromiseLine};

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
