//! Gathering: states, persons and facts put together for one look, on one connection.

use kept_base::{CustomerId, MessageId, OrderId, ParcelId, Position};
use kept_domain::customer::Customer;
use kept_domain::errand::Errand;
use kept_domain::fact::{Body, Fact};
use kept_domain::message::{Message, MessageState};
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::promise::Promise;
use kept_domain::{Noun, SealedRef, Subject};
use kept_store::{Connection, Cursor, Lines, Listed, StoreError};
use kept_text::sms::Size;

use crate::errands;
use crate::ports::{Channel, Letter};
use crate::views::*;

/// Rows of a page unless said.
const PAGE: u32 = 50;
/// Rows of a section of Today.
const SECTION: i64 = 8;
/// Facts shown on a page of a subject.
const FACTS: usize = 400;

pub(crate) type Read<T> = Result<T, StoreError>;

pub(crate) fn promise_of(subject: Subject) -> Option<Promise> {
    match subject {
        Subject::Promise(promise) => Some(*promise),
        _ => None,
    }
}

pub(crate) fn parcel(connection: &mut Connection, id: ParcelId) -> Read<Option<Parcel>> {
    Ok(match connection.load(Noun::Parcel, id.into(), false)? {
        Some(Subject::Parcel(parcel)) => Some(*parcel),
        _ => None,
    })
}

pub(crate) fn parcel_line(connection: &mut Connection, parcel: Parcel) -> Read<ParcelLine> {
    let order = order_of(connection, parcel.order)?;
    let promise = match parcel.promise {
        Some(promise) => connection.load(Noun::Promise, promise.into(), false)?.and_then(promise_of),
        None => None,
    };
    Ok(ParcelLine { parcel, order_number: order.map(|order| order.number), promise })
}

pub(crate) fn order_of(connection: &mut Connection, id: Option<OrderId>) -> Read<Option<Order>> {
    let Some(id) = id else { return Ok(None) };
    Ok(match connection.load(Noun::Order, id.into(), false)? {
        Some(Subject::Order(order)) => Some(*order),
        _ => None,
    })
}

/// The parcels of an order.
pub(crate) fn parcels_of(connection: &mut Connection, order: Option<&Order>) -> Read<Vec<Parcel>> {
    let mut parcels = Vec::new();
    for id in order.into_iter().flat_map(|order| &order.parcels) {
        parcels.extend(parcel(connection, *id)?);
    }
    Ok(parcels)
}

pub(crate) fn customer_of(connection: &mut Connection, id: CustomerId) -> Read<Option<Customer>> {
    Ok(match connection.load(Noun::Customer, id.into(), false)? {
        Some(Subject::Customer(customer)) => Some(*customer),
        _ => None,
    })
}

pub(crate) fn person_of(connection: &mut Connection, customer: &Customer) -> Read<Person> {
    let bytes = match &customer.details {
        Some(sealed) => connection.open_sealed(sealed.id)?,
        None => None,
    };
    Ok(Person { id: customer.id, details: bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) })
}

pub(crate) fn person(connection: &mut Connection, id: Option<CustomerId>) -> Read<Option<Person>> {
    let Some(id) = id else { return Ok(None) };
    match customer_of(connection, id)? {
        Some(customer) => person_of(connection, &customer).map(Some),
        None => Ok(None),
    }
}

pub(crate) fn text_of(connection: &mut Connection, sealed: Option<&SealedRef>) -> Read<Option<String>> {
    let Some(sealed) = sealed else { return Ok(None) };
    Ok(connection.open_sealed(sealed.id)?.and_then(|bytes| String::from_utf8(bytes).ok()))
}

pub(crate) fn promise_line(connection: &mut Connection, promise: Promise) -> Read<PromiseLine> {
    let order = order_of(connection, promise.order)?;
    let parcels = parcels_of(connection, order.as_ref())?;
    let waiting = connection.waiting_message(promise.id.get())?.map(MessageId::new);
    Ok(PromiseLine {
        person: person(connection, promise.customer)?,
        order_number: order.map(|order| order.number),
        parcels,
        waiting,
        promise,
    })
}

pub(crate) fn promise_section(connection: &mut Connection, list: &Listed) -> Read<Section<PromiseLine>> {
    let total = list.count(connection)?;
    let (subjects, _) = list.page(connection, None, SECTION)?;
    let mut rows = Vec::new();
    for promise in subjects.into_iter().filter_map(promise_of) {
        rows.push(promise_line(connection, promise)?);
    }
    Ok(Section { rows, total })
}

/// Where a page begins and how many rows it has, as somebody asked.
pub(crate) fn page_of(after: Option<&str>, limit: Option<u32>) -> (Option<Cursor>, i64) {
    (after.and_then(Cursor::parse), i64::from(limit.unwrap_or(PAGE).clamp(1, 500)))
}

/// Messages in a state, the last decided first.
pub(crate) fn messages_in(state: MessageState) -> Listed {
    Listed::of(Noun::Message, "decided_at", true).with("state = ?", state.word())
}

pub(crate) fn message_section(connection: &mut Connection, state: MessageState) -> Read<Section<MessageLine>> {
    let list = messages_in(state);
    let total = list.count(connection)?;
    let (subjects, _) = list.page(connection, None, SECTION)?;
    Ok(Section { rows: message_lines(connection, subjects)?, total })
}

pub(crate) fn errand_lines(connection: &mut Connection, errands: Vec<Errand>) -> Read<Vec<ErrandLine>> {
    let mut lines = Vec::with_capacity(errands.len());
    for errand in errands {
        let bytes = connection.open_sealed(errand.content.id)?;
        lines.push(ErrandLine {
            order_number: order_of(connection, Some(errand.order))?.map(|order| order.number),
            person: person(connection, errand.customer)?,
            act: bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            offered: false,
            errand,
        });
    }
    Ok(lines)
}

/// What waits for a person; of what is only shown, what a customer chose: it is their wish, whatever the switch says. A note about it says
/// nothing more.
pub(crate) fn errand_section(connection: &mut Connection) -> Read<Section<ErrandLine>> {
    let list = Listed::of(Noun::Errand, "asked_at", false)
        .only("(state in ('waiting', 'refused', 'unknown') or (state = 'shadow' and kind not in ('refund', 'note')))");
    let total = list.count(connection)?;
    let (subjects, _) = list.page(connection, None, SECTION)?;
    let errands = subjects.into_iter().filter_map(errands::errand_in).collect();
    Ok(Section { rows: errand_lines(connection, errands)?, total })
}

pub(crate) fn promise_file(connection: &mut Connection, promise: Promise) -> Read<PromiseFile> {
    let watch_at = connection.watch_of(promise.id.into())?;
    let mut sentences = Vec::with_capacity(promise.words.len());
    for word in &promise.words {
        sentences.push(text_of(connection, word.sentence.as_ref())?);
    }
    let order = match order_of(connection, promise.order)? {
        Some(order) => Some(order_file(connection, order)?),
        None => None,
    };
    let list = Listed::of(Noun::Message, "decided_at", false).with("promise = ?", promise.id.get());
    let (subjects, _) = list.page(connection, None, 200)?;
    let mut messages = Vec::new();
    for subject in subjects {
        if let Subject::Message(message) = subject {
            messages.push(message_file(connection, *message)?);
        }
    }
    let mut positions = promise.facts.clone();
    if let Some(file) = order.as_ref().filter(|_| promise.kind == "delivery") {
        positions.extend(file.order.facts.iter().copied());
        file.parcels.iter().for_each(|parcel| positions.extend(parcel.positions()));
    }
    for message in &messages {
        positions.extend(message.line.message.facts.iter().copied());
    }
    let errands = errands::about(connection, promise.id)?;
    errands.iter().for_each(|errand| positions.extend(errand.facts.iter().copied()));
    let facts = facts_at(connection, positions)?;
    let errands = errand_lines(connection, errands)?;
    let related = order.iter().flat_map(|file| &file.promises).filter(|other| other.id != promise.id).cloned().collect();
    let line = promise_line(connection, promise)?;
    Ok(PromiseFile { line, order, sentences, messages, errands, offers: Offers::default(), related, facts, watch_at })
}

pub(crate) fn order_file(connection: &mut Connection, order: Order) -> Read<OrderFile> {
    let mut titles = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        titles.push(text_of(connection, line.title.as_ref())?);
    }
    let parcels = parcels_of(connection, Some(&order))?;
    let list = Listed::of(Noun::Promise, "made_at", false).with("purchase = ?", order.id.get());
    let (subjects, _) = list.page(connection, None, 100)?;
    Ok(OrderFile {
        titles,
        person: person(connection, order.customer)?,
        parcels,
        promises: subjects.into_iter().filter_map(promise_of).collect(),
        order,
    })
}

pub(crate) fn message_lines(connection: &mut Connection, subjects: Vec<Subject>) -> Read<Vec<MessageLine>> {
    let mut lines = Vec::with_capacity(subjects.len());
    for subject in subjects {
        if let Subject::Message(message) = subject {
            lines.push(message_file(connection, *message)?.line);
        }
    }
    Ok(lines)
}

pub(crate) fn message_file(connection: &mut Connection, message: Message) -> Read<MessageFile> {
    let bytes = match &message.letter {
        Some(sealed) => connection.open_sealed(sealed.id)?,
        None => None,
    };
    let letter: Option<Letter> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let line = MessageLine {
        person: person(connection, message.customer)?,
        order_number: order_of(connection, message.order)?.map(|order| order.number),
        subject: letter.as_ref().map(|letter| letter.subject.clone()),
        sms: letter.as_ref().filter(|letter| letter.channel == Channel::Sms).map(|letter| Size::of(&letter.text)),
        message,
    };
    Ok(MessageFile { line, letter })
}

/// Facts at positions, newest first; each block is uncompressed once, and only the lines asked for are read.
pub(crate) fn facts_at(connection: &mut Connection, mut positions: Vec<Position>) -> Read<Vec<FactLine>> {
    positions.sort_unstable();
    positions.dedup();
    positions.reverse();
    positions.truncate(FACTS);
    let mut lines = Vec::with_capacity(positions.len());
    let mut held: Option<(i64, Option<Lines>)> = None;
    for position in positions {
        if held.as_ref().is_none_or(|(number, _)| *number != position.block()) {
            let block = kept_store::read_block(connection, position.block())?;
            held = Some((position.block(), block.map(|block| block.lines()).transpose()?));
        }
        let Some((_, Some(block))) = &held else { continue };
        if let Some(fact) = block.fact(position.index())? {
            let sealed = match &fact.body {
                Body::CustomerContacted(body) => body.text.as_ref(),
                Body::DeedNoted(body) => Some(&body.evidence),
                _ => None,
            };
            lines.push(FactLine {
                said: text_of(connection, sealed)?,
                position,
                kind: fact.body.kind().to_owned(),
                recorded: fact.recorded,
                happened: fact.happened,
                source: fact.source.clone(),
                plain: serde_json::from_str(&fact.plain_json())?,
            });
        }
    }
    Ok(lines)
}

/// Rows of a list from a place on, and where the next ones begin; what is no row is left out.
pub(crate) fn rows_of<T>(
    connection: &mut Connection,
    list: &Listed,
    after: Option<Cursor>,
    limit: i64,
    row: impl Fn(&mut Connection, Subject) -> Read<Option<T>>,
) -> Read<(Vec<T>, Option<String>)> {
    let (subjects, next) = list.page(connection, after, limit)?;
    let mut rows = Vec::with_capacity(subjects.len());
    for subject in subjects {
        rows.extend(row(connection, subject)?);
    }
    Ok((rows, next.map(Cursor::text)))
}

pub(crate) fn promise_row(connection: &mut Connection, subject: Subject) -> Read<Option<PromiseLine>> {
    promise_of(subject).map(|promise| promise_line(connection, promise)).transpose()
}

pub(crate) fn parcel_row(connection: &mut Connection, subject: Subject) -> Read<Option<ParcelLine>> {
    match subject {
        Subject::Parcel(parcel) => parcel_line(connection, *parcel).map(Some),
        _ => Ok(None),
    }
}

/// The fact at a position.
pub(crate) fn fact_at(connection: &mut Connection, position: Position) -> Read<Option<Fact>> {
    match kept_store::read_block(connection, position.block())? {
        Some(block) => block.lines()?.fact(position.index()),
        None => Ok(None),
    }
}

pub(crate) fn record_of(rows: &[(String, String, i64)]) -> PlaybookRecord {
    let mut record = PlaybookRecord::default();
    for (message, promise, count) in rows {
        let count = count.unsigned_abs();
        record.decided += count;
        match MessageState::from_word(message) {
            Some(MessageState::Shadow) => record.shadow += count,
            Some(MessageState::Waiting) => record.waiting += count,
            Some(MessageState::Held) => record.held += count,
            Some(MessageState::Accepted) => record.accepted += count,
            Some(MessageState::Refused | MessageState::Unknown) => record.failed += count,
            _ => {}
        }
        match promise.as_str() {
            "kept" => record.then_kept += count,
            "open" => record.still_open += count,
            "released" => {}
            _ => record.then_late += count,
        }
    }
    record
}
