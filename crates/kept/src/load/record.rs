//! The first benchmark: record and detect, durably, beside the limit of a log in memory.

use std::io::Write;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use kept_domain::Body;
use kept_domain::promise::SignalKind;
use kept_engine::Engine;
use kept_sample::load::{Counts, LoadEvent, LoadEvents, Oracle};
use serde_json::json;

use super::{Measured, cpu_seconds, disk, open, record_lines};
use crate::setup::progress;

/// Records the load.
#[derive(Debug, Args)]
pub struct Record {
    /// Shipments; about eleven events each.
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// Events in one transaction.
    #[arg(long, default_value_t = 1000)]
    batch: usize,
    /// `postgres://…`, an empty database, to measure there; the embedded one in a fresh folder unless given.
    #[arg(long)]
    database: Option<String>,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

/// Records the load beside the limit.
pub fn run(command: &Record) -> Result<()> {
    let lines: Vec<Vec<u8>> = LoadEvents::new(command.parcels).map(|event| event.line()).collect();
    let bytes: usize = lines.iter().map(Vec::len).sum();
    let folder = tempfile::tempdir()?;
    let (log, expected) = memory_log(&lines, folder.path())?;
    let url = command.database.clone().unwrap_or_else(|| format!("sqlite:{}", folder.path().join("load.db").display()));
    let bar = progress("events recorded");
    let (durable, found, engine) = durable(&lines, &url, command.batch, &bar)?;
    bar.finish_and_clear();
    let equal = found == expected;
    let disk = disk(&engine, folder.path());
    if command.json {
        println!(
            "{}",
            json!({
                "parcels": command.parcels, "events": durable.events, "batch": command.batch, "database": engine.database().engine(),
                "durable_events_per_cpu_second": durable.a_cpu_second().round(), "durable_events_per_second": (durable.events as f64 / durable.wall).round(),
                "memory_log_events_per_cpu_second": log.a_cpu_second().round(), "ratio_to_memory_log": durable.a_cpu_second() / log.a_cpu_second(),
                "findings_equal": equal, "findings": found, "expected": expected,
                "json_bytes": bytes, "ledger_bytes": disk.0, "disk_bytes": disk.1,
            })
        );
    } else {
        println!(
            "{} parcels, {} events of {} bytes of JSON, batches of {}, {}",
            command.parcels,
            durable.events,
            bytes,
            command.batch,
            engine.database().engine()
        );
        println!("{:<44} {:>12} {:>14} {:>10}", "", "events", "a CPU-second", "a second");
        for (name, measured) in
            [("durable: ledger, state, rules, duplicates", &durable), ("limit: rules in memory, log synced by 1000", &log)]
        {
            println!(
                "{name:<44} {:>12} {:>14.0} {:>10.0}",
                measured.events,
                measured.a_cpu_second(),
                measured.events as f64 / measured.wall
            );
        }
        println!(
            "ratio {:.3}; ledger {} bytes ({:.2} of the JSON), all on disk {} ({:.2})",
            durable.a_cpu_second() / log.a_cpu_second(),
            disk.0,
            disk.0 as f64 / bytes as f64,
            disk.1,
            disk.1 as f64 / bytes as f64
        );
        println!(
            "findings: silent {}, late {}, failed attempts {}; expected {}, {}, {}",
            found.silent, found.late, found.failed_attempt, expected.silent, expected.late, expected.failed_attempt
        );
    }
    if !equal {
        bail!("the findings are not those expected");
    }
    Ok(())
}

/// The limit: parse, rules in memory, append to a file, sync every thousand lines. No state survives, no duplicate is found.
fn memory_log(lines: &[Vec<u8>], folder: &std::path::Path) -> Result<(Measured, Counts)> {
    let mut file = std::fs::File::create(folder.join("limit.log"))?;
    let mut oracle = Oracle::default();
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    let mut held = Vec::with_capacity(512 * 1024);
    for (index, line) in lines.iter().enumerate() {
        let event: LoadEvent = serde_json::from_slice(line)?;
        oracle.see(&event);
        held.extend_from_slice(line);
        held.push(b'\n');
        if (index + 1) % 1000 == 0 || index + 1 == lines.len() {
            file.write_all(&held)?;
            file.sync_data()?;
            held.clear();
        }
    }
    let breaches = oracle.end();
    let measured = Measured { events: lines.len() as u64, cpu: cpu_seconds()? - cpu, wall: wall.elapsed().as_secs_f64() };
    Ok((measured, Counts::of(&breaches)))
}

/// The real thing: the engine's own record, with every commit on disk, and the watch to the end of time.
fn durable(lines: &[Vec<u8>], url: &str, batch: usize, bar: &ProgressBar) -> Result<(Measured, Counts, Engine)> {
    let first: LoadEvent = serde_json::from_slice(lines.first().context("no events")?)?;
    let engine = open(url, first.occurred_at)?;
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    record_lines(&engine, lines, batch, |events, _| bar.inc(events))?;
    engine.watch_at(i64::MAX / 4)?;
    let measured = Measured { events: lines.len() as u64, cpu: cpu_seconds()? - cpu, wall: wall.elapsed().as_secs_f64() };
    let found = findings(&engine)?;
    Ok((measured, found, engine))
}

/// Signals in the ledger, counted by kind.
fn findings(engine: &Engine) -> Result<Counts> {
    let mut counts = Counts::default();
    let mut after = 0;
    loop {
        let blocks = engine.database().read(|connection| connection.blocks_after(after, 64))?;
        let Some(last) = blocks.last() else { return Ok(counts) };
        after = last.number;
        for fact in blocks.iter().map(kept_store::Block::read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
            if let Body::SignalRaised(signal) = fact.body {
                match signal.signal_kind {
                    SignalKind::Silent => counts.silent += 1,
                    SignalKind::Late => counts.late += 1,
                    SignalKind::AttemptFailed => counts.failed_attempt += 1,
                    _ => {}
                }
            }
        }
    }
}
