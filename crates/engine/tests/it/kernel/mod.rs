//! The kernel: what must hold of facts, order, state and sending whatever happens at once or half-way.

mod asking;
mod backup;
mod choosing;
mod deliveries;
mod elsewhere;
mod erasing;
mod errands;
mod failing;
mod fencing;
mod findings;
mod firing;
mod hands;
mod lines;
mod loss;
mod notices;
mod order;
mod packs;
mod payloads;
mod rows;
mod sms;
mod writers;

use anyhow::{Context, Result};
use kept_base::{OrderId, ParcelId, PromiseId};
use kept_domain::Fact;
use kept_domain::input::Input;
use kept_domain::order::Order;
use kept_domain::parcel::Parcel;
use kept_domain::promise::Promise;
use kept_engine::views::Found;
use kept_engine::{Engine, LoadedPacks, PackSource, RecordOptions, Recorded, Settings};
use kept_store::{Connection, Durability};
use kept_testkit::Installation;
use serde_json::{Value, json};

/// Another engine on the database of an installation, as a second node would be.
pub(crate) fn second(installation: &Installation) -> Result<Engine> {
    second_with(installation, LoadedPacks::load(PackSource::Embedded)?)
}

fn second_with(installation: &Installation, packs: LoadedPacks) -> Result<Engine> {
    let settings = Settings { writers: 2, ..installation.engine.settings().clone() };
    Ok(Engine::open(&installation.url, Durability::Full, settings, installation.engine.clock().clone(), packs)?)
}

fn input(news: Value) -> Result<Input> {
    let mut input: Input = serde_json::from_value(news).context("not an input")?;
    if input.source.is_empty() {
        "test".clone_into(&mut input.source);
    }
    Ok(input)
}

/// Records news as one batch, by the clock as it stands; nothing else happens.
fn record(engine: &Engine, news: Vec<Value>) -> Result<Recorded> {
    let inputs = news.into_iter().map(input).collect::<Result<Vec<_>>>()?;
    Ok(engine.record(inputs, RecordOptions::default())?)
}

/// An order of one lamp, promised for 5 November.
fn ordered(number: &str) -> Value {
    json!({
        "kind": "order.placed", "order_number": number, "at": "2026-11-02T09:00:00+01:00",
        "customer": { "reference": format!("C-{number}"), "name": "Anne Perret", "email": format!("{number}@example.org"), "city": "Brest", "language": "fr", "country": "FR" },
        "lines": [{ "sku": "VESTA", "title": "Lampe Vesta, laiton", "quantity": 1, "price": { "minor": 12900, "currency": "EUR" } }],
        "promised_day": "2026-11-05"
    })
}

fn announced(number: &str, tracking: &str) -> Value {
    json!({ "kind": "parcel.announced", "order_number": number, "carrier": "laposte", "tracking_number": tracking, "at": "2026-11-02T09:00:00+01:00" })
}

/// A scan by a carrier that names neither order nor promise.
fn scanned(tracking: &str, at: &str, milestone: &str) -> Value {
    json!({
        "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "laposte", "code": milestone, "text": "…",
        "location": "Lyon", "at": at, "milestone": milestone
    })
}

/// A scan whose source carries order and promised moment itself: it makes all three when they are not there.
fn scanned_with_promise(tracking: &str, order: &str, at: &str, promised: &str) -> Value {
    let mut news = scanned(tracking, at, "in_network");
    if let Some(fields) = news.as_object_mut() {
        fields.insert("order_number".to_owned(), json!(order));
        fields.insert("promised_at".to_owned(), json!({ "at": promised }));
    }
    news
}

fn order(engine: &Engine, number: &str) -> Result<(OrderId, Order)> {
    let Some(Found::Order(id)) = engine.find(number)? else { anyhow::bail!("no order {number}") };
    Ok((id, engine.order(id)?.context("the order")?.0.order))
}

fn promise(engine: &Engine, id: PromiseId) -> Result<Promise> {
    Ok(engine.promise(id)?.context("the promise")?.line.promise)
}

fn parcel(engine: &Engine, id: ParcelId) -> Result<Parcel> {
    Ok(engine.parcel(id)?.context("the parcel")?.parcel)
}

/// Every fact, in order of position.
fn facts(engine: &Engine) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for block in engine.database().read(|connection| connection.blocks_after(0, i64::MAX))? {
        facts.extend(block.read()?);
    }
    Ok(facts)
}

/// Every row of every projection.
fn rows(engine: &Engine) -> Result<Vec<String>> {
    Ok(engine.database().read(Connection::dump_projections)?)
}

/// The ledger verifies, facts of each subject stand in order, and a rebuild gives the rows that are there.
fn assert_sound(engine: &Engine, what: &str) -> Result<()> {
    let verified = engine.verify(|_| {})?;
    assert!(verified.problems.is_empty(), "{what}: {:?}", verified.problems);
    let facts = facts(engine)?;
    assert!(facts.windows(2).all(|pair| pair[0].position < pair[1].position), "{what}: positions are in order, each once");
    let before = rows(engine)?;
    let rebuilt = engine.rebuild(|_| {})?;
    assert_eq!(rebuilt.facts, facts.len() as u64, "{what}");
    let after = rows(engine)?;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after, "{what}: a rebuild gives the same rows");
    }
    assert_eq!(before.len(), after.len(), "{what}: a rebuild gives as many rows");
    assert_eq!(engine.health()?.unwatched, 0, "{what}: every open promise has an owner and a moment to look again");
    Ok(())
}

/// Runs an operator's statements on a connection of its own.
fn administer(engine: &Engine, sql: &str) -> Result<()> {
    Ok(engine.database().connect()?.batch(sql)?)
}

/// One number from the database.
fn count(engine: &Engine, sql: &str) -> Result<i64> {
    let row = engine.database().read(|connection| connection.first(sql, &[]))?;
    Ok(row.context("a count")?.int(0)?)
}
