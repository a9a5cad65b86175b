//! What pages and the API read. Blocking: call from a thread that may wait, never from an async task.

use kept_base::{CustomerId, ErrandId, MessageId, OrderId, ParcelId, PromiseId, SubjectId};
use kept_domain::input::CustomerDetails;
use kept_domain::parcel::Parcel;
use kept_domain::promise::PromiseState;
use kept_domain::subject::tracking_key;
use kept_domain::vocabulary::Milestone;
use kept_domain::{KeyKind, NaturalKey, Noun, Subject};
use kept_store::{Connection, Cursor, Listed};

use crate::errands::errand_in;
use crate::gathering::*;
use crate::notices::left_by;
use crate::overview::{BY_DUE, ENDANGERED};
use crate::secrets::Secrets;
use crate::views::*;
use crate::writer::{BRAND, away};
use crate::{Engine, EngineError};

/// Of an unreadable payload, this much is shown.
const EXCERPT: usize = 400;

impl Engine {
    /// Reads rows as they are after everything acknowledged so far. Operational tables and the ledger never lag: they may be read
    /// without this.
    pub(crate) fn reading<T>(&self, read: impl FnOnce(&mut Connection) -> Read<T>) -> Result<T, EngineError> {
        self.shared.writer.settle()?;
        self.shared.database.read(read).map_err(away)
    }

    /// A page of promises.
    ///
    /// # Errors
    /// Database errors.
    pub fn promises(&self, filter: &PromiseFilter) -> Result<Page<PromiseLine>, EngineError> {
        if let Some(page) = self.promises_under(filter)? {
            return Ok(page);
        }
        let list = self.promises_listed(filter)?;
        let (after, limit) = page_of(filter.after.as_deref(), filter.limit);
        self.reading(|connection| {
            let total = list.count_up_to(connection, MOST_COUNTED.cast_signed())?;
            let (rows, next) = rows_of(connection, &list, after, limit, promise_row)?;
            Ok(Page { rows, total, next })
        })
    }

    /// The promises of a filter, wherever a page of them begins.
    pub(crate) fn promises_listed(&self, filter: &PromiseFilter) -> Result<Listed, EngineError> {
        let now = self.now();
        let mut list = if filter.is_by_due() {
            Listed::of(Noun::Promise, BY_DUE, false).only("open = 1")
        } else {
            Listed::of(Noun::Promise, "made_at", true)
        };
        // An equality leads the planner to an index, whatever the order: one condition does, the others are read from that index.
        let mut led = filter.is_by_due() || filter.figure.is_some() || filter.search.is_some() || filter.disputed;
        let mut narrow = |list: Listed, plain: &'static str, beside: &'static str, value: &str| {
            let condition = if std::mem::replace(&mut led, true) { beside } else { plain };
            list.with(condition, value)
        };
        if let Some(state) = filter.state {
            if matches!(state, PromiseState::Late | PromiseState::AtRisk) {
                list = list.only(ENDANGERED);
            }
            list = narrow(list, "state = ?", "coalesce(state, '') = ?", state.word());
        }
        if filter.disputed {
            list = list.only("disputed = 1");
        }
        if let Some(owner) = &filter.owner {
            list = narrow(list, "owner = ?", "coalesce(owner, '') = ?", owner);
        }
        if let Some(kind) = &filter.kind {
            list = narrow(list, "kind = ?", "coalesce(kind, '') = ?", kind);
        }
        if let Some(giver) = &filter.giver {
            list = list.with("giver = ?", giver);
        }
        if let Some(before) = filter.due_before {
            let condition = if filter.is_by_due() { "coalesce(due, 9000000000000000) < ?" } else { "due < ?" };
            list = list.with(condition, before);
        }
        if let Some(from) = filter.first_due_from {
            list = list.with("counts_at >= ?", from + crate::figures::PAST_THE_END);
        }
        if let Some(before) = filter.first_due_before {
            list = list.with("counts_at < ?", before + crate::figures::PAST_THE_END);
        }
        if let Some(figure) = &filter.figure {
            list = crate::figures::under(list, figure, now);
        }
        if let Some(search) = &filter.search {
            let order = match self.find(search)? {
                Some(Found::Order(order)) => Some(order),
                Some(Found::Parcel(parcel)) => self.parcel_state(parcel)?.and_then(|parcel| parcel.order),
                _ => None,
            };
            list = list.with("purchase = ?", order.map_or(-1, OrderId::get));
        }
        Ok(list)
    }

    fn parcel_state(&self, id: ParcelId) -> Result<Option<Parcel>, EngineError> {
        self.reading(|connection| parcel(connection, id))
    }

    /// A promise.
    ///
    /// # Errors
    /// Database errors.
    pub fn promise(&self, id: PromiseId) -> Result<Option<PromiseFile>, EngineError> {
        let found = self.reading(|connection| match connection.load(Noun::Promise, id.into(), false)?.and_then(promise_of) {
            Some(promise) => promise_file(connection, promise).map(Some),
            None => Ok(None),
        })?;
        Ok(found.map(|file| self.with_offers(file)))
    }

    /// An errand.
    ///
    /// # Errors
    /// Database errors.
    pub fn errand(&self, id: ErrandId) -> Result<Option<ErrandLine>, EngineError> {
        let found = self.reading(|connection| match connection.load(Noun::Errand, id.into(), false)?.and_then(errand_in) {
            Some(errand) => Ok(errand_lines(connection, vec![errand])?.pop()),
            None => Ok(None),
        })?;
        Ok(found.map(|line| ErrandLine { offered: self.can_release(&line.errand), ..line }))
    }

    /// A page of errands, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn errands(&self, filter: &ErrandFilter) -> Result<Page<ErrandLine>, EngineError> {
        let mut list = Listed::of(Noun::Errand, "asked_at", true);
        if let Some(promise) = filter.promise {
            list = list.with("promise = ?", promise.get());
        }
        if let Some(state) = filter.state {
            list = list.with("state = ?", state.word());
        }
        let (after, limit) = page_of(filter.after.as_deref(), filter.limit);
        let mut page = self.reading(|connection| {
            let total = list.count(connection)?;
            let (subjects, next) = list.page(connection, after, limit)?;
            let rows = errand_lines(connection, subjects.into_iter().filter_map(errand_in).collect())?;
            Ok(Page { rows, total, next: next.map(Cursor::text) })
        })?;
        page.rows.iter_mut().for_each(|line| line.offered = self.can_release(&line.errand));
        Ok(page)
    }

    /// With what the order's shop can be asked to do, and what the customer may choose.
    fn with_offers(&self, mut file: PromiseFile) -> PromiseFile {
        let order = file.order.as_ref().map(|file| &file.order);
        file.offers = self.offers_of(&file.line.promise, order, &file.line.parcels);
        file.errands.iter_mut().for_each(|line| line.offered = self.can_release(&line.errand));
        file
    }

    /// Whether a person may say that a promise of this kind is done. Where no pack defines it any more, nothing else would.
    pub fn closes_by_hand(&self, kind: &str) -> bool {
        self.loaded().packs.definition(kind).is_none_or(|definition| definition.by_hand)
    }

    /// A page of parcels, those heard of first last.
    ///
    /// # Errors
    /// Database errors.
    pub fn parcels(&self, filter: &ParcelFilter) -> Result<Page<ParcelLine>, EngineError> {
        let list = self.parcels_listed(filter)?;
        let (after, limit) = page_of(filter.after.as_deref(), filter.limit);
        self.reading(|connection| {
            let total = list.count_up_to(connection, MOST_COUNTED.cast_signed())?;
            let (rows, next) = rows_of(connection, &list, after, limit, parcel_row)?;
            Ok(Page { rows, total, next })
        })
    }

    /// The parcels of a filter, wherever a page of them begins.
    pub(crate) fn parcels_listed(&self, filter: &ParcelFilter) -> Result<Listed, EngineError> {
        let mut list = Listed::of(Noun::Parcel, "first_seen", true);
        // What is in trouble are few, and an index holds them: nothing may lead the planner elsewhere.
        let troubled = filter.exception.is_some() || filter.in_trouble || filter.standing_at.is_some();
        if let Some(milestone) = filter.milestone {
            list = match (troubled, milestone.is_final(), milestone) {
                (true, _, _) => list.with("coalesce(milestone, '') = ?", milestone.word()),
                (false, false, _) => list.only("open = 1").with("milestone = ?", milestone.word()),
                (false, true, Milestone::Delivered) => list.with("milestone = ?", milestone.word()),
                (false, true, _) => list.only("open = 0 and milestone <> 'delivered'").with("milestone = ?", milestone.word()),
            };
        }
        if let Some(exception) = filter.exception {
            list = list.only("trouble is not null").with("trouble = ?", exception.word());
        }
        if filter.in_trouble {
            list = list.only("trouble is not null");
        }
        if let Some(place) = filter.standing_at {
            list = list.only(kept_store::STANDING).with("place = ?", place);
        }
        if let Some(carrier) = &filter.carrier {
            let led = troubled || filter.milestone.is_some();
            list = list.with(if led { "coalesce(carrier, '') = ?" } else { "carrier = ?" }, carrier);
        }
        if filter.without_order {
            list = list.only("purchase is null");
        }
        if filter.open_only {
            list = list.only(if troubled { "coalesce(open, 0) = 1" } else { "open = 1" });
        }
        if let Some(search) = &filter.search {
            list = match self.find(search)? {
                Some(Found::Parcel(parcel)) => list.with("id = ?", parcel.get()),
                Some(Found::Order(order)) => list.with("purchase = ?", order.get()),
                _ => list.with("id = ?", -1_i64),
            };
        }
        Ok(list)
    }

    /// Parcels as lists show them, in the order given.
    pub(crate) fn parcel_lines(&self, ids: impl Iterator<Item = ParcelId>) -> Result<Vec<ParcelLine>, EngineError> {
        self.reading(|connection| {
            let mut rows = Vec::new();
            for id in ids {
                if let Some(parcel) = parcel(connection, id)? {
                    rows.push(parcel_line(connection, parcel)?);
                }
            }
            Ok(rows)
        })
    }

    /// A parcel.
    ///
    /// # Errors
    /// Database errors.
    pub fn parcel(&self, id: ParcelId) -> Result<Option<ParcelFile>, EngineError> {
        self.reading(|connection| {
            let Some(parcel) = parcel(connection, id)? else { return Ok(None) };
            let order = match order_of(connection, parcel.order)? {
                Some(order) => Some(order_file(connection, order)?),
                None => None,
            };
            let promise = match parcel.promise {
                Some(promise) => match connection.load(Noun::Promise, promise.into(), false)?.and_then(promise_of) {
                    Some(promise) => Some(promise_line(connection, promise)?),
                    None => None,
                },
                None => None,
            };
            let facts = facts_at(connection, parcel.positions().collect())?;
            Ok(Some(ParcelFile { parcel, order, promise, facts }))
        })
    }

    /// An order, with the facts about it, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn order(&self, id: OrderId) -> Result<Option<(OrderFile, Vec<FactLine>)>, EngineError> {
        self.reading(|connection| {
            let Some(order) = order_of(connection, Some(id))? else { return Ok(None) };
            let file = order_file(connection, order)?;
            let mut positions = file.order.facts.clone();
            file.parcels.iter().for_each(|parcel| positions.extend(parcel.positions()));
            file.promises.iter().for_each(|promise| positions.extend(promise.facts.iter().copied()));
            let facts = facts_at(connection, positions)?;
            Ok(Some((file, facts)))
        })
    }

    /// Customers, newest first; `search` is a whole mail address, the shop's reference, or an order number.
    ///
    /// # Errors
    /// Database errors.
    pub fn customers(
        &self,
        search: Option<&str>,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<CustomerLine>, EngineError> {
        let mut list = Listed::of(Noun::Customer, "since", true);
        if let Some(search) = search.map(str::trim).filter(|search| !search.is_empty()) {
            let found = match self.find(search)? {
                Some(Found::Customer(customer)) => Some(customer),
                Some(Found::Order(order)) => {
                    self.reading(|connection| order_of(connection, Some(order)))?.and_then(|order| order.customer)
                }
                _ => None,
            };
            list = list.with("id = ?", found.map_or(-1, CustomerId::get));
        }
        let (after, limit) = page_of(after, limit);
        self.reading(|connection| {
            let total = list.count(connection)?;
            let (subjects, next) = list.page(connection, after, limit)?;
            let mut rows = Vec::with_capacity(subjects.len());
            for subject in subjects {
                let Subject::Customer(customer) = subject else { continue };
                let person = person_of(connection, &customer)?;
                let open = Listed::of(Noun::Promise, "id", false).with("customer = ?", customer.id.get()).with("open = ?", 1_i64);
                let open = u32::try_from(open.count(connection)?).unwrap_or(u32::MAX);
                rows.push(CustomerLine { customer: *customer, person, open });
            }
            Ok(Page { rows, total, next: next.map(Cursor::text) })
        })
    }

    /// A customer.
    ///
    /// # Errors
    /// Database errors.
    pub fn customer(&self, id: CustomerId) -> Result<Option<CustomerFile>, EngineError> {
        self.reading(|connection| {
            let Some(customer) = customer_of(connection, id)? else { return Ok(None) };
            let person = person_of(connection, &customer)?;
            let mut promises = Vec::new();
            for id in customer.promises.iter().rev() {
                if let Some(promise) = connection.load(Noun::Promise, (*id).into(), false)?.and_then(promise_of) {
                    promises.push(promise_line(connection, promise)?);
                }
            }
            let mut orders = Vec::new();
            for id in customer.orders.iter().rev() {
                orders.extend(order_of(connection, Some(*id))?);
            }
            let list = Listed::of(Noun::Message, "decided_at", true).with("customer = ?", id.get());
            let (subjects, _) = list.page(connection, None, 100)?;
            let messages = message_lines(connection, subjects)?;
            let facts = facts_at(connection, customer.facts.clone())?;
            Ok(Some(CustomerFile { customer, person, promises, orders, messages, facts }))
        })
    }

    /// A page of messages, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn messages(&self, filter: &MessageFilter) -> Result<Page<MessageLine>, EngineError> {
        let mut list = Listed::of(Noun::Message, "decided_at", true);
        if let Some(state) = filter.state {
            list = list.with("state = ?", state.word());
        }
        if let Some(playbook) = &filter.playbook {
            list = list.with("playbook = ?", playbook);
        }
        let (after, limit) = page_of(filter.after.as_deref(), filter.limit);
        self.reading(|connection| {
            let total = list.count(connection)?;
            let (subjects, next) = list.page(connection, after, limit)?;
            Ok(Page { rows: message_lines(connection, subjects)?, total, next: next.map(Cursor::text) })
        })
    }

    /// A message with its letter.
    ///
    /// # Errors
    /// Database errors.
    pub fn message(&self, id: MessageId) -> Result<Option<MessageFile>, EngineError> {
        self.reading(|connection| match connection.load(Noun::Message, id.into(), false)? {
            Some(Subject::Message(message)) => message_file(connection, *message).map(Some),
            _ => Ok(None),
        })
    }

    /// Playbooks with their switches and records.
    ///
    /// # Errors
    /// Database errors.
    pub fn playbooks(&self) -> Result<Vec<PlaybookLine>, EngineError> {
        let loaded = self.loaded();
        self.reading(|connection| {
            let modes = connection.playbook_modes(BRAND)?;
            let mut lines = Vec::new();
            for playbook in &loaded.packs.playbooks {
                let mode = modes.iter().find(|(name, _)| *name == playbook.name).map(|(_, mode)| *mode).unwrap_or_default();
                lines.push(PlaybookLine {
                    name: playbook.name.clone(),
                    title: playbook.title.clone(),
                    explanation: playbook.explanation.clone(),
                    on: playbook.on.clone(),
                    to_customer: playbook
                        .saying()
                        .is_some_and(|saying| saying.audience == kept_domain::playbook::Audience::Customer),
                    channels: playbook.saying().map(|saying| saying.channels.clone()).unwrap_or_default(),
                    leaves: left_by(playbook),
                    errand: playbook.errand(),
                    mode,
                    record: record_of(&connection.playbook_record(&playbook.name)?),
                });
            }
            Ok(lines)
        })
    }

    /// What nothing maps.
    ///
    /// # Errors
    /// Database errors.
    pub fn unmapped(&self) -> Result<Vec<UnmappedLine>, EngineError> {
        self.reading(|connection| {
            let meanings = connection.code_meanings(BRAND)?;
            let rows = connection.unmapped(BRAND)?;
            Ok(rows
                .into_iter()
                .map(|row| {
                    let meaning = meanings.iter().find(|meaning| meaning.source == row.source && meaning.code == row.code);
                    UnmappedLine {
                        mapped: meaning.filter(|_| row.what == "code").map(|meaning| (meaning.milestone, meaning.exception)),
                        source: row.source,
                        what: row.what,
                        code: row.code,
                        text: row.words,
                        count: row.seen.unsigned_abs(),
                        first: row.first_at,
                        last: row.last_at,
                    }
                })
                .collect())
        })
    }

    /// Payloads that could not be read, newest first.
    ///
    /// # Errors
    /// Database errors.
    pub fn quarantine(&self) -> Result<Vec<QuarantineLine>, EngineError> {
        self.reading(|connection| {
            let mut lines = Vec::new();
            let rows = connection.quarantine(BRAND, 200)?;
            let troubles = crate::connections::troubles_at(connection, rows.iter().map(|row| row.position).collect())?;
            for row in rows {
                let bytes = connection.open_sealed(row.sealed)?;
                let excerpt = bytes.map(|bytes| String::from_utf8_lossy(&bytes).chars().take(EXCERPT).collect());
                lines.push(QuarantineLine {
                    position: row.position,
                    source: row.source,
                    at: row.at,
                    size: row.size.unsigned_abs(),
                    trouble: troubles.get(&row.position).copied(),
                    error: row.error,
                    excerpt,
                });
            }
            Ok(lines)
        })
    }

    /// Where an order number, tracking number, id (`prm_…`), reference or mail address leads.
    ///
    /// # Errors
    /// Database errors.
    pub fn find(&self, text: &str) -> Result<Option<Found>, EngineError> {
        let text = text.trim();
        let by_id = self.find_by_id(text)?;
        if by_id.is_some() || text.is_empty() {
            return Ok(by_id);
        }
        let persons = [format!("reference:{text}"), format!("email:{}", text.to_lowercase())]
            .map(|name| self.shared.secrets.person_key(&name));
        self.reading(|connection| {
            let mut look =
                |kind: KeyKind, name: &str| connection.find_key(&NaturalKey { brand: BRAND, kind, key: name.to_owned() });
            if let Some(id) = look(KeyKind::OrderNumber, text)? {
                return Ok(Some(Found::Order(id.into())));
            }
            if let Some(id) = look(KeyKind::Tracking, &tracking_key(text))? {
                return Ok(Some(Found::Parcel(id.into())));
            }
            for person in &persons {
                if let Some(id) = look(KeyKind::Person, person)? {
                    return Ok(Some(Found::Customer(id.into())));
                }
            }
            Ok(None)
        })
    }

    fn find_by_id(&self, text: &str) -> Result<Option<Found>, EngineError> {
        let found = match text.split_once('_').map(|(prefix, _)| prefix.to_ascii_lowercase()).as_deref() {
            Some("prm") => text.parse().ok().map(Found::Promise),
            Some("ord") => text.parse().ok().map(Found::Order),
            Some("par") => text.parse().ok().map(Found::Parcel),
            Some("cus") => text.parse().ok().map(Found::Customer),
            _ => None,
        };
        let Some(found) = found else { return Ok(None) };
        let (noun, id): (Noun, SubjectId) = match found {
            Found::Promise(id) => (Noun::Promise, id.into()),
            Found::Order(id) => (Noun::Order, id.into()),
            Found::Parcel(id) => (Noun::Parcel, id.into()),
            Found::Customer(id) => (Noun::Customer, id.into()),
        };
        Ok(self.reading(|connection| connection.load(noun, id, false))?.map(|_| found))
    }

    /// What a customer sees behind their secret link; `None` for a wrong one. Opening it is not a contact.
    ///
    /// # Errors
    /// Database errors.
    pub fn customer_page(&self, secret: &str) -> Result<Option<CustomerPage>, EngineError> {
        let hash = Secrets::link_hash(secret);
        let page = self.reading(|connection| {
            let Some(id) = connection.link(&hash)?.map(CustomerId::new) else { return Ok(None) };
            let Some(customer) = customer_of(connection, id)?.filter(|customer| !customer.erased) else { return Ok(None) };
            let mut person = person_of(connection, &customer)?;
            if let Some(details) = person.details.take() {
                // A link that is passed on shows no more than it must.
                person.details = Some(CustomerDetails { name: details.name, city: details.city, ..CustomerDetails::default() });
            }
            let mut promises = Vec::new();
            for id in customer.promises.iter().rev().take(50) {
                if let Some(promise) = connection.load(Noun::Promise, (*id).into(), false)?.and_then(promise_of) {
                    promises.push(promise_file(connection, promise)?);
                }
            }
            promises.sort_by_key(|file| !file.line.promise.state.is_open());
            Ok(Some(CustomerPage { customer, person, promises }))
        })?;
        Ok(page.map(|page| CustomerPage {
            promises: page.promises.into_iter().map(|file| self.with_offers(file)).collect(),
            ..page
        }))
    }

    /// Names of owners in use.
    ///
    /// # Errors
    /// Database errors.
    pub fn owners(&self) -> Result<Vec<String>, EngineError> {
        self.reading(Connection::owners)
    }
}
