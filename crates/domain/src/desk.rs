//! The desk: where `react` works. It loads what is asked for, writes each fact, and folds it at once, so that what follows sees it.

use rustc_hash::FxHashMap;

use kept_base::{BrandId, CustomerId, ErrandId, MessageId, Moment, OrderId, ParcelId, Position, PromiseId, SubjectId};

use crate::apply::{self, Effect, Folder};
use crate::customer::Customer;
use crate::errand::Errand;
use crate::fact::{Body, Fact, SealedRef};
use crate::message::Message;
use crate::order::Order;
use crate::parcel::Parcel;
use crate::promise::Promise;
use crate::subject::{KeyKind, NaturalKey, Noun, Subject};

/// What the desk needs of the store; everything it gives is locked for this writer.
pub trait Shelf {
    /// The state of a subject.
    ///
    /// # Errors
    /// When the store cannot say.
    fn load(&mut self, noun: Noun, id: SubjectId) -> Result<Option<Subject>, ShelfError>;
    /// The subject of a name.
    ///
    /// # Errors
    /// When the store cannot say.
    fn find(&mut self, key: &NaturalKey) -> Result<Option<SubjectId>, ShelfError>;
    /// The keyed hash under which a person's reference or address is found again.
    fn person_key(&self, text: &str) -> String;
    /// Remembers a person's key; such names are kept apart from the ledger, so that erasing deletes them.
    ///
    /// # Errors
    /// When the store cannot.
    fn name_person(&mut self, key: NaturalKey, subject: SubjectId) -> Result<(), ShelfError>;
    /// A new id.
    ///
    /// # Errors
    /// When the store cannot.
    fn mint(&mut self) -> Result<i64, ShelfError>;
    /// Seals personal content about these subjects.
    ///
    /// # Errors
    /// When the store cannot.
    fn seal(&mut self, about: &[SubjectId], bytes: &[u8]) -> Result<SealedRef, ShelfError>;
    /// Opens what was sealed; `None` once erased.
    ///
    /// # Errors
    /// When the store cannot say.
    fn open(&mut self, sealed: &SealedRef) -> Result<Option<Vec<u8>>, ShelfError>;
}

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// A subject holds a fact of a later position already: the transaction runs again with new positions.
    #[error("another writer committed a later position first")]
    Overtaken,
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where `react` works.
pub struct Desk<'a> {
    shelf: &'a mut dyn Shelf,
    folder: &'a mut Folder,
    facts: &'a mut Vec<Fact>,
    effects: &'a mut Vec<(Position, i64, Effect)>,
    watches: &'a mut FxHashMap<SubjectId, Watch>,
    names: &'a mut FxHashMap<NaturalKey, SubjectId>,
    persons: &'a mut FxHashMap<NaturalKey, SubjectId>,
    block: i64,
    /// The clock, epoch milliseconds: recorded time live, what happened in a replay.
    pub clock: i64,
    /// Whose facts are written.
    pub brand: BrandId,
    /// The entrance.
    pub source: String,
    happened: Option<Moment>,
    event: Option<String>,
}

/// When to look at a subject again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What it is.
    pub noun: Noun,
    /// When; `None`: never.
    pub at: Option<i64>,
    /// The clock when this was decided.
    pub clock: i64,
}

/// What a transaction gathers while it reacts: facts in order, effects, moments to look again.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Subjects at hand.
    pub folder: Folder,
    /// Facts written, in order.
    pub facts: Vec<Fact>,
    /// Their effects, each with its fact's position and when that was recorded.
    pub effects: Vec<(Position, i64, Effect)>,
    /// When to look at a subject again.
    pub watches: FxHashMap<SubjectId, Watch>,
    /// Names of subjects, given or asked for: a name never changes its subject.
    pub names: FxHashMap<NaturalKey, SubjectId>,
    /// Persons' keys given in this transaction. They are not kept beyond it: an erasure deletes them.
    pub persons: FxHashMap<NaturalKey, SubjectId>,
}

impl<'a> Desk<'a> {
    /// A desk over a shelf; facts are numbered in `block` after those already gathered.
    pub fn new(shelf: &'a mut dyn Shelf, gathered: &'a mut Gathered, block: i64, clock: i64, brand: BrandId) -> Desk<'a> {
        Desk {
            shelf,
            folder: &mut gathered.folder,
            facts: &mut gathered.facts,
            effects: &mut gathered.effects,
            watches: &mut gathered.watches,
            names: &mut gathered.names,
            persons: &mut gathered.persons,
            block,
            clock,
            brand,
            source: String::new(),
            happened: None,
            event: None,
        }
    }

    /// The moment the news being taken happened; facts that follow carry it.
    pub fn happened(&mut self, happened: Option<Moment>) {
        self.happened = happened;
    }

    /// The source's id of the news being taken; the next fact carries it.
    pub fn event(&mut self, event: Option<String>) {
        self.event = event;
    }

    /// The store.
    pub fn shelf(&mut self) -> &mut dyn Shelf {
        self.shelf
    }

    /// Facts written so far in this transaction.
    pub fn written(&self) -> usize {
        self.facts.len()
    }

    /// Writes a fact and folds it.
    ///
    /// # Errors
    /// When a subject it touches cannot be loaded.
    pub fn emit(&mut self, body: impl Into<Body>) -> Result<Position, ShelfError> {
        let body = body.into();
        let mut subjects = Vec::with_capacity(3);
        for (noun, id) in apply::touches(&body) {
            self.load(noun, id)?;
            if !subjects.contains(&id) {
                subjects.push(id);
            }
        }
        let index = u32::try_from(self.facts.len()).unwrap_or(Position::MAX_INDEX);
        let position = Position::new(self.block, index);
        let fact = Fact {
            position,
            subjects,
            brand: self.brand,
            happened: self.happened,
            recorded: self.clock,
            source: self.source.clone(),
            event: self.event.take(),
            body,
        };
        for effect in apply::apply(self.folder, &fact) {
            if let Effect::Named(key, subject) = &effect {
                self.names.insert(key.clone(), *subject);
            }
            self.effects.push((position, self.clock, effect));
        }
        self.facts.push(fact);
        Ok(position)
    }

    /// A new id.
    ///
    /// # Errors
    /// When the store cannot.
    pub fn mint<T: From<SubjectId>>(&mut self) -> Result<T, ShelfError> {
        Ok(T::from(SubjectId(self.shelf.mint()?)))
    }

    /// The subject of a name.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn find(&mut self, key: &NaturalKey) -> Result<Option<SubjectId>, ShelfError> {
        let known = if key.kind == KeyKind::Person { &self.persons } else { &self.names };
        if let Some(subject) = known.get(key) {
            return Ok(Some(*subject));
        }
        let found = self.shelf.find(key)?;
        if let Some(subject) = found.filter(|_| key.kind != KeyKind::Person) {
            self.names.insert(key.clone(), subject);
        }
        Ok(found)
    }

    /// Remembers a person's key.
    ///
    /// # Errors
    /// When the store cannot.
    pub fn name_person(&mut self, key: NaturalKey, subject: SubjectId) -> Result<(), ShelfError> {
        self.persons.insert(key.clone(), subject);
        self.shelf.name_person(key, subject)
    }

    /// When to look at a subject again; `None`: nothing more to watch.
    pub fn watch(&mut self, noun: Noun, id: impl Into<SubjectId>, at: Option<i64>) {
        self.watches.insert(id.into(), Watch { noun, at, clock: self.clock });
    }

    /// Puts a subject at hand, if there is one.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn load(&mut self, noun: Noun, id: SubjectId) -> Result<(), ShelfError> {
        if !self.folder.has(id)
            && let Some(subject) = self.shelf.load(noun, id)?
        {
            self.folder.put(subject);
        }
        Ok(())
    }

    /// A customer.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn customer(&mut self, id: CustomerId) -> Result<Option<Customer>, ShelfError> {
        self.load(Noun::Customer, id.into())?;
        Ok(self.folder.customer(id).cloned())
    }

    /// An order.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn order(&mut self, id: OrderId) -> Result<Option<Order>, ShelfError> {
        self.load(Noun::Order, id.into())?;
        Ok(self.folder.order(id).cloned())
    }

    /// A parcel.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn parcel(&mut self, id: ParcelId) -> Result<Option<&Parcel>, ShelfError> {
        self.load(Noun::Parcel, id.into())?;
        Ok(self.folder.parcel(id))
    }

    /// A promise.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn promise(&mut self, id: PromiseId) -> Result<Option<&Promise>, ShelfError> {
        self.load(Noun::Promise, id.into())?;
        Ok(self.folder.promise(id))
    }

    /// A message.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn message(&mut self, id: MessageId) -> Result<Option<&Message>, ShelfError> {
        self.load(Noun::Message, id.into())?;
        Ok(self.folder.message(id))
    }

    /// An errand.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn errand(&mut self, id: ErrandId) -> Result<Option<&Errand>, ShelfError> {
        self.load(Noun::Errand, id.into())?;
        Ok(self.folder.errand(id))
    }

    /// What is at hand, to look at several subjects at once.
    pub fn at_hand(&self) -> &Folder {
        self.folder
    }

    /// The parcels of an order.
    ///
    /// # Errors
    /// When the store cannot say.
    pub fn parcels(&mut self, ids: &[ParcelId]) -> Result<Vec<Parcel>, ShelfError> {
        let mut parcels = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(parcel) = self.parcel(*id)? {
                parcels.push(parcel.clone());
            }
        }
        Ok(parcels)
    }
}
