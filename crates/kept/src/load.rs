//! `kept load`: the load generator and its benchmarks. A figure stands beside another of the same run: machines differ, ratios less.

use std::io::Write;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use kept_domain::promise::SignalKind;
use kept_domain::Body;
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_sample::load::{Counts, LoadEvent, LoadEvents, Oracle, to_input};
use kept_store::Durability;
use kept_text::MessagePack;
use serde_json::json;

use crate::setup::progress;

const PACK: &str = include_str!("../../../packs/load/promises.toml");
/// Ticks of /proc a second; fixed by the Linux interface to programs.
const TICKS: f64 = 100.0;

/// Measures.
#[derive(Debug, Args)]
pub struct Load {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Records the load's events durably, with all rules, beside the limit of a log in memory.
    Record(Record),
    /// Writes the load's events as NDJSON to standard output.
    Events {
        /// Shipments.
        #[arg(long, default_value_t = 2000)]
        parcels: u32,
    },
}

/// Records the load.
#[derive(Debug, Args)]
struct Record {
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

/// Measures what was asked for.
pub fn run(command: Load) -> Result<()> {
    match command.what {
        What::Record(record) => run_record(&record),
        What::Events { parcels } => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            LoadEvents::new(parcels).write_to(&mut out)?;
            Ok(out.flush()?)
        }
    }
}

struct Measured {
    events: u64,
    cpu: f64,
    wall: f64,
}

impl Measured {
    fn a_cpu_second(&self) -> f64 {
        self.events as f64 / self.cpu.max(0.01)
    }
}

fn run_record(command: &Record) -> Result<()> {
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
        println!("{} parcels, {} events of {} bytes of JSON, batches of {}, {}", command.parcels, durable.events, bytes, command.batch, engine.database().engine());
        println!("{:<44} {:>12} {:>14} {:>10}", "", "events", "a CPU-second", "a second");
        for (name, measured) in [("durable: ledger, state, rules, duplicates", &durable), ("limit: rules in memory, log synced by 1000", &log)] {
            println!("{name:<44} {:>12} {:>14.0} {:>10.0}", measured.events, measured.a_cpu_second(), measured.events as f64 / measured.wall);
        }
        println!("ratio {:.3}; ledger {} bytes ({:.2} of the JSON), all on disk {} ({:.2})", durable.a_cpu_second() / log.a_cpu_second(), disk.0, disk.0 as f64 / bytes as f64, disk.1, disk.1 as f64 / bytes as f64);
        println!("findings: silent {}, late {}, failed attempts {}; expected {}, {}, {}", found.silent, found.late, found.failed_attempt, expected.silent, expected.late, expected.failed_attempt);
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
    let messages = MessagePack::embedded().map_err(|error| anyhow::anyhow!("{error}"))?;
    let packs = LoadedPacks::from_texts(&[("load".to_owned(), PACK.to_owned())], &[], messages, PackSource::Embedded)?;
    let first: LoadEvent = serde_json::from_slice(lines.first().context("no events")?)?;
    let engine = Engine::open(url, Durability::Full, Settings::default(), Clock::manual(first.occurred_at), packs)?;
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    for chunk in lines.chunks(batch.max(1)) {
        let mut inputs = Vec::with_capacity(chunk.len());
        let mut last = 0;
        for line in chunk {
            let event: LoadEvent = serde_json::from_slice(line)?;
            last = last.max(event.occurred_at);
            inputs.push(to_input(&event));
        }
        let recorded = engine.record(inputs, RecordOptions { as_it_happened: true, ..RecordOptions::default() })?;
        if let Some((_, why)) = recorded.rejected.first() {
            bail!("an event was rejected: {why}");
        }
        engine.clock().set(last);
        bar.inc(chunk.len() as u64);
    }
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

/// Bytes of the ledger's blocks, and of everything on disk (embedded database only).
fn disk(engine: &Engine, folder: &std::path::Path) -> (i64, u64) {
    let ledger = engine
        .database()
        .read(|connection| connection.first("select cast(coalesce(sum(length(body)), 0) as bigint) from block", &[]))
        .ok()
        .flatten()
        .and_then(|row| row.int(0).ok())
        .unwrap_or(0);
    let all = std::fs::read_dir(folder)
        .map(|entries| {
            let sizes = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("load.db"));
            sizes.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
        })
        .unwrap_or(0);
    (ledger, all)
}

/// CPU seconds of this process so far, user and system, from /proc.
fn cpu_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("CPU time is read from /proc, which only Linux has")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    Ok((ticks(11) + ticks(12)) / TICKS)
}
