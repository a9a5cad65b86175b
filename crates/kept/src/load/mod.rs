//! `kept load`: the load generator and its benchmarks. A figure stands beside another of the same run: machines differ, ratios less.

mod findings;
mod http;
mod kernel;
mod pages;
mod plan;
mod record;
mod scorecards;
mod server;
mod start;
mod trial;

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_sample::load::{LoadEvent, LoadEvents, to_input};
use kept_store::Durability;
use kept_text::MessagePack;

const PACK: &str = include_str!("../../../../packs/load/promises.toml");
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
    Record(record::Record),
    /// A row a fact against blocks of facts: CPU and bytes; and how long commits take.
    Kernel(kernel::Kernel),
    /// Requests with a durable answer beside a handler that does nothing; NDJSON beside the writer alone.
    Http(http::Http),
    /// Pages of a filled database, over HTTP, signed in.
    Pages(pages::Pages),
    /// From opening a filled database to the first durable record.
    Start(start::Start),
    /// Playbooks over the past of a filled database.
    Trial(trial::Trial),
    /// Scorecards over a year of parcels: counted from nothing, then read.
    Scorecards(scorecards::Scorecards),
    /// The order in which carriers are asked about a filled database's parcels.
    Plan(plan::PlanLoad),
    /// What the watch finds of parcels with known troubles, from a cold start and after learning.
    Findings(findings::Findings),
    /// Writes the load's events as NDJSON to standard output.
    Events {
        /// Shipments.
        #[arg(long, default_value_t = 2000)]
        parcels: u32,
    },
}

/// Measures what was asked for.
pub fn run(command: Load) -> Result<()> {
    match command.what {
        What::Record(record) => record::run(&record),
        What::Kernel(kernel) => kernel::run(&kernel),
        What::Http(http) => http::run(&http),
        What::Pages(pages) => pages::run(&pages),
        What::Start(start) => start::run(&start),
        What::Trial(trial) => trial::run(&trial),
        What::Scorecards(scorecards) => scorecards::run(&scorecards),
        What::Plan(plan) => plan::run(&plan),
        What::Findings(findings) => findings::run(&findings),
        What::Events { parcels } => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            LoadEvents::new(parcels).write_to(&mut out)?;
            Ok(out.flush()?)
        }
    }
}

/// What a piece of work took.
struct Measured {
    events: u64,
    cpu: f64,
    wall: f64,
}

impl Measured {
    fn a_cpu_second(&self) -> f64 {
        self.events as f64 / self.cpu.max(0.01)
    }

    fn a_second(&self) -> f64 {
        self.events as f64 / self.wall.max(0.001)
    }

    /// Microseconds of CPU an event.
    fn micros(&self) -> f64 {
        self.cpu * 1e6 / (self.events as f64).max(1.0)
    }
}

/// How long things took, to be told as quantiles: milliseconds.
#[derive(Clone, Copy, Debug, serde::Serialize)]
struct Spread {
    p50: f64,
    p99: f64,
    max: f64,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Spread {
        times.sort_unstable();
        let at = |share: usize| {
            let index = (times.len() * share / 100).min(times.len().saturating_sub(1));
            times.get(index).map_or(0.0, |time| rounded(time.as_secs_f64() * 1000.0))
        };
        Spread { p50: at(50), p99: at(99), max: at(100) }
    }
}

/// Three decimals are enough for people, and for what a machine repeats.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// An engine with the load's rules, on a clock that stands at the load's beginning.
fn open(url: &str, at: i64) -> Result<Engine> {
    let messages = MessagePack::embedded().map_err(|error| anyhow::anyhow!("{error}"))?;
    let packs = LoadedPacks::from_texts(&[("load".to_owned(), PACK.to_owned())], &[], messages, PackSource::Embedded)?;
    Ok(Engine::open(url, Durability::Full, Settings::default(), Clock::manual(at), packs)?)
}

/// Parses and records lines in batches, each at the moment it happened; `done` hears of each commit how many events and how long.
fn record_lines(engine: &Engine, lines: &[Vec<u8>], batch: usize, mut done: impl FnMut(u64, Duration)) -> Result<()> {
    for chunk in lines.chunks(batch.max(1)) {
        let mut inputs = Vec::with_capacity(chunk.len());
        let mut last = 0;
        for line in chunk {
            let event: LoadEvent = serde_json::from_slice(line)?;
            last = last.max(event.occurred_at);
            inputs.push(to_input(&event));
        }
        let started = Instant::now();
        let recorded = engine.record(inputs, RecordOptions { as_it_happened: true, ..RecordOptions::default() })?;
        if let Some((_, why)) = recorded.rejected.first() {
            bail!("an event was rejected: {why}");
        }
        engine.clock().set(last);
        done(chunk.len() as u64, started.elapsed());
    }
    Ok(())
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

/// CPU seconds of this thread so far, in nanoseconds' steps, from /proc.
fn thread_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")
        .context("CPU time of a thread is read from /proc, which only Linux has")?;
    let nanoseconds: f64 = stat.split_whitespace().next().unwrap_or_default().parse().context("/proc/thread-self/schedstat")?;
    Ok(nanoseconds / 1e9)
}
