//! `kept load scorecards`: a year of parcels, counted from nothing, then read.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use kept_domain::input::Input;
use kept_domain::scorecard::Under;
use kept_engine::scorecards::marks_of;
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_sample::load::{LoadEvent, LoadEvents, to_input};
use kept_store::Durability;
use serde_json::json;

use super::pages::signed_in;
use super::server::{Asking, Server};
use super::trial::memory;
use super::{Spread, rounded};
use crate::setup::progress;

/// The load spans four weeks: a year is made of so many.
const MONTHS: u32 = 12;
const MONTH: i64 = 30 * 86_400_000;
const COUNTRIES: [&str; 10] = ["FR", "FR", "FR", "FR", "BE", "DE", "ES", "IT", "GB", "RE"];
/// How often each question is asked.
const TIMES: usize = 40;

/// Measures scorecards.
#[derive(Debug, Args)]
pub struct Scorecards {
    /// Parcels of a year, each with its order and customer.
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

/// Fills a database with a year, counts it, and asks for the scorecards.
pub fn run(command: &Scorecards) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let url = format!("sqlite:{}", folder.path().join("scorecards.db").display());
    let first = LoadEvents::new(1).next().context("no events")?.occurred_at;
    // What is measured reads only: nothing needs to be durable.
    let engine = Engine::open(&url, Durability::Scratch, Settings::default(), Clock::manual(first), packs)?;
    fill(&engine, command.parcels)?;
    engine.flush()?;
    let (_, facts, _) = engine.database().read(kept_store::Connection::ledger_size)?;

    let before = memory("VmRSS")?;
    let started = Instant::now();
    engine.learn()?;
    let (read, learned) = (started.elapsed(), memory("VmRSS")?);
    let started = Instant::now();
    while engine.score()? > 0 {}
    let (counted, after) = (started.elapsed(), memory("VmRSS")?);

    let mut asked: Vec<(String, Spread)> = Vec::new();
    for days in [30, 90, 365] {
        asked.push((format!("scorecards, {days} days"), timed(|| engine.scorecards(days).map(drop))?));
    }
    let cards = engine.scorecards(365)?;
    let (with, without) = marks_of("missed").context("a figure")?;
    let under = Under { carrier: Some("dpd".to_owned()), with, without, ..Under::default() };
    asked.push(("parcels under a figure".to_owned(), timed(|| engine.scorecard_parcels(365, &under, 0).map(drop))?));
    let server = Server::kept(&engine)?;
    let cookie = signed_in(&engine)?;
    let address = format!("{}/scorecards?days=365", server.url);
    let make = move |client: &reqwest::Client, _: usize| client.get(&address).header("cookie", &cookie);
    let page = Asking::new()?.ask(1, TIMES, make, |body| Ok(body.len() as u64))?;
    asked.push(("the page, 365 days, over HTTP".to_owned(), page.spread));

    let (counting, bytes) = (rounded(counted.as_secs_f64()), after.saturating_sub(learned));
    if command.json {
        let asked: serde_json::Map<_, _> = asked.into_iter().map(|(name, spread)| (name, json!(spread))).collect();
        println!(
            "{}",
            json!({
                "parcels": cards.all.parcels, "facts": facts, "ledger_read_seconds": rounded(read.as_secs_f64()), "counted_seconds": counting,
                "resident_before_bytes": before, "resident_read_bytes": learned, "resident_counted_bytes": after, "milliseconds": asked,
            })
        );
        return Ok(());
    }
    println!(
        "{} parcels of a year, {facts} facts, {} carriers, {} countries",
        cards.all.parcels,
        cards.carriers.len(),
        cards.lanes.len()
    );
    println!(
        "reading the ledger (all that learns) {:.1} s; counting {counting:.1} s, {:.0} µs a parcel, {:.0} MB more resident",
        read.as_secs_f64(),
        counting * 1e6 / cards.all.parcels.max(1) as f64,
        bytes as f64 / 1e6
    );
    println!("{:<32} {:>9} {:>9} {:>9}", "", "p50 ms", "p99 ms", "max ms");
    for (name, spread) in asked {
        println!("{name:<32} {:>9.2} {:>9.2} {:>9.2}", spread.p50, spread.p99, spread.max);
    }
    Ok(())
}

fn timed<E: Into<anyhow::Error>>(ask: impl Fn() -> Result<(), E>) -> Result<Spread> {
    let mut times: Vec<Duration> = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let started = Instant::now();
        ask().map_err(Into::into)?;
        times.push(started.elapsed());
    }
    Ok(Spread::of(times))
}

/// A year of orders and parcels, the load of four weeks twelve times over; scans within the network are left out, since nothing here
/// counts them.
fn fill(engine: &Engine, parcels: u32) -> Result<()> {
    let bar = progress("events recorded");
    for month in 0..MONTHS {
        let shift = i64::from(month) * MONTH;
        let mut inputs = Vec::new();
        for mut event in LoadEvents::new(parcels / MONTHS).filter(|event| event.status != "in_transit") {
            event.occurred_at += shift;
            event.promised_at += shift;
            event.order = format!("{month}-{}", event.order);
            event.tracking = format!("{month}{}", event.tracking);
            event.id = format!("{month}{}", event.id);
            let at = event.occurred_at;
            if event.status == "created" {
                inputs.push(order(&event, month)?);
            }
            inputs.push(to_input(&event));
            if inputs.len() >= 1000 {
                bar.inc(inputs.len() as u64);
                record(engine, std::mem::take(&mut inputs), at)?;
            }
        }
        let end = engine.now();
        record(engine, inputs, end)?;
    }
    bar.finish_and_clear();
    Ok(())
}

fn record(engine: &Engine, inputs: Vec<Input>, at: i64) -> Result<()> {
    let recorded = engine.record(inputs, RecordOptions { as_it_happened: true, ..RecordOptions::default() })?;
    if let Some((_, why)) = recorded.rejected.first() {
        bail!("an event was rejected: {why}");
    }
    engine.clock().set(at.max(engine.now()));
    engine.watch()?;
    Ok(())
}

fn order(event: &LoadEvent, month: u32) -> Result<Input> {
    let at = |millis: i64| kept_base::from_millis(millis).map(|at| at.to_string());
    let ship_by = at(event.occurred_at + 86_400_000).unwrap_or_default();
    let country = COUNTRIES.get(event.shipment as usize / 4 % COUNTRIES.len()).copied().unwrap_or("FR");
    Ok(serde_json::from_value(json!({
        "source": "load", "kind": "order.placed", "order_number": event.order, "at": at(event.occurred_at),
        "customer": { "reference": format!("C-{month}-{}", event.shipment), "country": country },
        "lines": [{ "sku": format!("SKU-{}", event.shipment % 97), "quantity": 1 }],
        "promised_at": { "at": at(event.promised_at) }, "ship_by": ship_by.get(..10)
    }))?)
}
