//! The subjects of facts, and how the outside world names them.

use kept_base::{BrandId, Due, Position, SubjectId};
use serde::{Deserialize, Serialize};

use crate::customer::Customer;
use crate::errand::Errand;
use crate::input::Giver;
use crate::message::Message;
use crate::order::Order;
use crate::parcel::Parcel;
use crate::promise::Promise;
use crate::vocabulary::ExceptionKind;

/// What a subject is; also which table holds its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// A customer.
    Customer,
    /// An order.
    Order,
    /// A parcel.
    Parcel,
    /// A promise.
    Promise,
    /// A message.
    Message,
    /// An errand.
    Errand,
}

impl Noun {
    /// All nouns.
    pub const ALL: [Noun; 6] = [Noun::Customer, Noun::Order, Noun::Parcel, Noun::Promise, Noun::Message, Noun::Errand];

    /// The table's and the API's word.
    pub fn word(self) -> &'static str {
        match self {
            Noun::Customer => "customer",
            Noun::Order => "order",
            Noun::Parcel => "parcel",
            Noun::Promise => "promise",
            Noun::Message => "message",
            Noun::Errand => "errand",
        }
    }
}

/// The state of one subject.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// A customer.
    Customer(Box<Customer>),
    /// An order.
    Order(Box<Order>),
    /// A parcel.
    Parcel(Box<Parcel>),
    /// A promise.
    Promise(Box<Promise>),
    /// A message.
    Message(Box<Message>),
    /// An errand.
    Errand(Box<Errand>),
}

/// Digests of what the columns of a row hold: while one stays the same, its columns need not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// Whose it is and what it belongs to.
    pub belonging: u64,
    /// How it stands.
    pub standing: u64,
}

fn digest(of: impl std::hash::Hash) -> u64 {
    use std::hash::Hasher;
    let mut hash = rustc_hash::FxHasher::default();
    of.hash(&mut hash);
    hash.finish()
}

impl Subject {
    /// What it is.
    pub fn noun(&self) -> Noun {
        match self {
            Subject::Customer(_) => Noun::Customer,
            Subject::Order(_) => Noun::Order,
            Subject::Parcel(_) => Noun::Parcel,
            Subject::Promise(_) => Noun::Promise,
            Subject::Message(_) => Noun::Message,
            Subject::Errand(_) => Noun::Errand,
        }
    }

    /// Its id.
    pub fn id(&self) -> SubjectId {
        match self {
            Subject::Customer(customer) => customer.id.into(),
            Subject::Order(order) => order.id.into(),
            Subject::Parcel(parcel) => parcel.id.into(),
            Subject::Promise(promise) => promise.id.into(),
            Subject::Message(message) => message.id.into(),
            Subject::Errand(errand) => errand.id.into(),
        }
    }

    /// Whose it is.
    pub fn brand(&self) -> BrandId {
        match self {
            Subject::Customer(customer) => customer.brand,
            Subject::Order(order) => order.brand,
            Subject::Parcel(parcel) => parcel.brand,
            Subject::Promise(promise) => promise.brand,
            Subject::Message(message) => message.brand,
            Subject::Errand(errand) => errand.brand,
        }
    }

    /// Digests of what the columns of its row hold.
    pub fn columns(&self) -> Columns {
        match self {
            Subject::Parcel(parcel) => {
                let over = parcel.milestone.is_final();
                let (delivered, handed_over) = (parcel.delivered_at().filter(|_| over), parcel.handed_over_at().filter(|_| over));
                Columns {
                    belonging: digest((parcel.order, parcel.promise, over, delivered, handed_over)),
                    standing: digest((parcel.milestone.word(), parcel.trouble().map(ExceptionKind::word))),
                }
            }
            Subject::Promise(promise) => {
                let at = |due: &Option<Due>| due.as_ref().map(|due| due.at);
                Columns {
                    // Rows of its parcels hold when it is due.
                    belonging: digest((
                        (at(&promise.due), at(&promise.first_due)),
                        (&promise.owner, promise.customer, promise.giver().map(Giver::word)),
                    )),
                    // Of what else is in its row most changes with each of its facts.
                    standing: 0,
                }
            }
            // The others change seldom: they are always written whole.
            Subject::Customer(_) | Subject::Order(_) | Subject::Message(_) | Subject::Errand(_) => {
                Columns { belonging: 0, standing: 0 }
            }
        }
    }

    fn facts(&self) -> &[Position] {
        match self {
            Subject::Customer(customer) => &customer.facts,
            Subject::Order(order) => &order.facts,
            Subject::Parcel(parcel) => &parcel.facts,
            Subject::Promise(promise) => &promise.facts,
            Subject::Message(message) => &message.facts,
            Subject::Errand(errand) => &errand.facts,
        }
    }

    /// Positions of all facts about it, a parcel's scans with them, in no order.
    pub fn positions(&self) -> Vec<Position> {
        match self {
            Subject::Parcel(parcel) => parcel.positions().collect(),
            other => other.facts().to_vec(),
        }
    }

    /// The last fact that touched it.
    pub fn newest(&self) -> Option<Position> {
        let scans = match self {
            Subject::Parcel(parcel) => parcel.scan_positions().max(),
            _ => None,
        };
        self.facts().iter().copied().max().max(scans)
    }

    /// Positions of the facts about it, apart from a parcel's scans.
    pub fn facts_mut(&mut self) -> &mut Vec<Position> {
        match self {
            Subject::Customer(customer) => &mut customer.facts,
            Subject::Order(order) => &mut order.facts,
            Subject::Parcel(parcel) => &mut parcel.facts,
            Subject::Promise(promise) => &mut promise.facts,
            Subject::Message(message) => &mut message.facts,
            Subject::Errand(errand) => &mut errand.facts,
        }
    }

    /// The state as bytes of its row: postcard, a third of the size of JSON and read several times as fast. Rows are rebuilt from the
    /// ledger when their shape changes, so nothing but this program needs to read them; a change of shape raises
    /// [`crate::apply::FOLD_VERSION`].
    ///
    /// # Errors
    /// Only if it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        match self {
            Subject::Customer(customer) => postcard::to_stdvec(customer),
            Subject::Order(order) => postcard::to_stdvec(order),
            Subject::Parcel(parcel) => postcard::to_stdvec(parcel),
            Subject::Promise(promise) => postcard::to_stdvec(promise),
            Subject::Message(message) => postcard::to_stdvec(message),
            Subject::Errand(errand) => postcard::to_stdvec(errand),
        }
    }

    /// The state from bytes of its row.
    ///
    /// # Errors
    /// When the bytes are not the state of such a noun; `kept rebuild` mends that.
    pub fn from_bytes(noun: Noun, bytes: &[u8]) -> Result<Subject, postcard::Error> {
        Ok(match noun {
            Noun::Customer => Subject::Customer(postcard::from_bytes(bytes)?),
            Noun::Order => Subject::Order(postcard::from_bytes(bytes)?),
            Noun::Parcel => Subject::Parcel(postcard::from_bytes(bytes)?),
            Noun::Promise => Subject::Promise(postcard::from_bytes(bytes)?),
            Noun::Message => Subject::Message(postcard::from_bytes(bytes)?),
            Noun::Errand => Subject::Errand(postcard::from_bytes(bytes)?),
        })
    }
}

/// How the world names a subject. Contact addresses appear only as keyed hashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NaturalKey {
    /// Whose.
    pub brand: BrandId,
    /// What kind of name.
    pub kind: KeyKind,
    /// The name.
    pub key: String,
}

/// Kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// An order's number.
    OrderNumber,
    /// A piece of news by its source's own id, for kinds that no subject remembers: it points at the first subject it touched.
    Event,
    /// A parcel's tracking number, upper case, without spaces.
    Tracking,
    /// A message by its gateway's id: `source:id`.
    Dispatch,
    /// A customer: keyed hash of the shop's reference, of the mail address or of a phone number. Kept apart, so that erasing deletes it.
    Person,
}

impl KeyKind {
    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            KeyKind::OrderNumber => "order",
            KeyKind::Event => "event",
            KeyKind::Tracking => "tracking",
            KeyKind::Dispatch => "dispatch",
            KeyKind::Person => "person",
        }
    }
}

/// A tracking number as compared: upper case, without spaces, dots and dashes.
pub fn tracking_key(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}
