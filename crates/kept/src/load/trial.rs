//! `kept load trial`: a trial over a filled database: time, CPU, memory; that two runs give the same; and the figures of all its promises.

use std::ops::ControlFlow;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use kept_domain::input::{CustomerDetails, Input, News, OrderPlaced};
use kept_domain::message::Mode;
use kept_engine::trial::{TrialAsked, TrialResult, Tried};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_sample::load::{LoadEvent, LoadEvents, to_input};
use kept_store::Durability;
use serde_json::json;

use super::{Spread, cpu_seconds, rounded};
use crate::setup::progress;

/// How long the load is lived on after its last event, so that what never comes is found late and broken.
const AFTERWARDS: i64 = 40 * 86_400_000;

/// Measures a trial.
#[derive(Debug, Args)]
pub struct Trial {
    /// Shipments; about eleven events each, all within some four weeks.
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// Where the filled database is kept, to be measured again without filling it; a fresh folder unless given.
    #[arg(long)]
    file: Option<std::path::PathBuf>,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

/// Fills a database with the load, an order and a customer for each shipment, and tries all playbooks of the packs on it.
pub fn run(command: &Trial) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = command.file.clone().unwrap_or_else(|| folder.path().join("trial.db"));
    let there = file.exists();
    let first = LoadEvents::new(command.parcels).next().context("no events")?;
    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let clock = Clock::manual(first.occurred_at);
    let engine = Engine::open(&format!("sqlite:{}", file.display()), Durability::Full, Settings::default(), clock, packs)?;
    if !there {
        fill(&engine, command.parcels)?;
    }
    let facts = engine.database().read(kept_store::Connection::ledger_size)?.1;
    let names = engine.playbooks()?.into_iter().map(|line| line.name).collect();
    let asked = TrialAsked { what: Tried::InForce(names), mode: Mode::Automatic, from: i64::MIN / 4, before: i64::MAX / 4 };
    let idle = memory("VmRSS")?;
    let one = tried(&engine, &asked)?;
    let peak = memory("VmHWM")?;
    let other = tried(&engine, &asked)?;
    if one.result.digest != other.result.digest {
        bail!("two runs of one question gave two answers");
    }
    let (figures, figured) = figures(&engine)?;
    let counts = &one.result.counts;
    if command.json {
        println!(
            "{}",
            json!({
                "parcels": command.parcels, "facts": facts, "signals": counts.signals, "messages": counts.said, "promises_told": counts.promises,
                "seconds": [rounded(one.wall), rounded(other.wall)], "cpu_seconds": [rounded(one.cpu), rounded(other.cpu)],
                "facts_per_second": (facts as f64 / other.wall).round(), "most_subjects_held": one.result.most_held,
                "resident_before_bytes": idle, "resident_peak_bytes": peak, "digests_equal": true,
                "figures_promises": figures, "figures_milliseconds": figured,
            })
        );
        return Ok(());
    }
    println!(
        "{} parcels, {facts} facts, {} signals, {} messages about {} promises",
        command.parcels, counts.signals, counts.said, counts.promises
    );
    for (name, run) in [("first run", &one), ("second run", &other)] {
        println!("{name}: {:.2} s, {:.2} s of CPU, {:.0} facts a second", run.wall, run.cpu, facts as f64 / run.wall);
    }
    println!("at most {} subjects at hand; resident {} MB before, {} MB at most", one.result.most_held, idle >> 20, peak >> 20);
    println!("both runs gave the same: {}", one.result.digest);
    println!("figures of all {figures} promises: p50 {:.1} ms, slowest {:.1} ms", figured.p50, figured.max);
    Ok(())
}

/// How long the figures of all promises take, asked for ten times.
fn figures(engine: &Engine) -> Result<(u64, Spread)> {
    let mut times = Vec::new();
    let mut due = 0;
    for _ in 0..10 {
        let started = Instant::now();
        due = engine.figures(0, i64::MAX / 4, None)?.due;
        times.push(started.elapsed());
    }
    Ok((due, Spread::of(times)))
}

struct Run {
    result: TrialResult,
    wall: f64,
    cpu: f64,
}

fn tried(engine: &Engine, asked: &TrialAsked) -> Result<Run> {
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    let result = engine.trial(asked, |_| ControlFlow::Continue(()))?.context("nobody stopped it")?;
    Ok(Run { result, wall: wall.elapsed().as_secs_f64(), cpu: cpu_seconds()? - cpu })
}

/// Records the load as it happened, with an order of a customer of its own for each shipment, and lets time notice what it brings.
fn fill(engine: &Engine, parcels: u32) -> Result<()> {
    let bar = progress("events recorded");
    let mut events = LoadEvents::new(parcels).peekable();
    let mut last = 0;
    while events.peek().is_some() {
        let mut inputs = Vec::with_capacity(1100);
        for event in events.by_ref().take(1000) {
            if event.status == "created" {
                inputs.push(order(&event));
            }
            last = event.occurred_at;
            inputs.push(to_input(&event));
        }
        let events = inputs.len() as u64;
        let recorded = engine.record(inputs, RecordOptions { as_it_happened: true, ..RecordOptions::default() })?;
        if let Some((_, why)) = recorded.rejected.first() {
            bail!("an event was rejected: {why}");
        }
        engine.clock().set(last);
        engine.watch()?;
        bar.inc(events);
    }
    engine.clock().set(last + AFTERWARDS);
    engine.watch()?;
    bar.finish_and_clear();
    Ok(())
}

fn order(event: &LoadEvent) -> Input {
    let News::ParcelScanned(scan) = to_input(event).news else {
        return to_input(event);
    };
    Input {
        source: "load".to_owned(),
        event_id: None,
        news: News::OrderPlaced(OrderPlaced {
            order_number: event.order.clone(),
            at: scan.at,
            customer: CustomerDetails {
                reference: Some(format!("C{}", event.shipment)),
                email: Some(format!("c{}@example.org", event.shipment)),
                ..CustomerDetails::default()
            },
            lines: Vec::new(),
            delivery_fee: None,
            promised_day: None,
            promised_at: scan.promised_at,
            ship_by: None,
            destination_country: None,
            destination_postal: None,
            as_of: None,
        }),
    }
}

/// Bytes of memory of this process, from /proc.
pub(super) fn memory(field: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("memory is read from /proc, which only Linux has")?;
    let line = status.lines().find(|line| line.starts_with(field)).unwrap_or_default();
    Ok(line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024)
}
