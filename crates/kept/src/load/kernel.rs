//! `kept load kernel`: a row a fact against blocks of facts, and how long commits take.
//!
//! The engine records the load as it is built: parse, react, state, and blocks. The facts it wrote are then read back and appended
//! twice more, each way into a database of its own and in transactions of the same size: as blocks through the ledger's own code
//! (chain and compression), and as a row a fact with an index by subject, which is what pages would need to find them. What the
//! engine would cost with rows is the first figure less the blocks plus the rows.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use kept_domain::Fact;
use kept_engine::Engine;
use kept_sample::load::{LoadEvent, LoadEvents};
use kept_store::{Connection, Database, Durability, Ledger, Value};
use serde_json::json;

use super::{Measured, Spread, cpu_seconds, open, record_lines, rounded, thread_seconds};
use crate::setup::progress;

/// Facts in one transaction of either way.
const FACTS: usize = 1000;

/// Measures the kernel.
#[derive(Debug, Args)]
pub struct Kernel {
    /// Shipments; about eleven events each.
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// `postgres://…`, an empty database, to measure there; the embedded one in a fresh folder unless given.
    #[arg(long)]
    database: Option<String>,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

/// What one way of keeping facts took.
#[derive(Default)]
struct Way {
    cpu: f64,
    commits: Vec<Duration>,
    bytes: i64,
}

/// Measures both ways on the facts of one load.
pub fn run(command: &Kernel) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let lines: Vec<Vec<u8>> = LoadEvents::new(command.parcels).map(|event| event.line()).collect();
    let json_bytes: usize = lines.iter().map(Vec::len).sum();
    let first: LoadEvent = serde_json::from_slice(lines.first().context("no events")?)?;
    let engine = open(&url(command, folder.path(), "engine")?, first.occurred_at)?;
    let bar = progress("events recorded");
    let mut commits = Vec::new();
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    record_lines(&engine, &lines, FACTS, |events, took| {
        commits.push(took);
        bar.inc(events);
    })?;
    let recorded = Measured { events: lines.len() as u64, cpu: cpu_seconds()? - cpu, wall: wall.elapsed().as_secs_f64() };
    bar.finish_and_clear();
    drop(lines);
    let (facts, rows, blocks) = both_ways(command, folder.path(), &engine)?;

    let events = recorded.events as f64;
    let each = |seconds: f64| rounded(seconds * 1e6 / events.max(1.0));
    let with_rows = recorded.cpu - blocks.cpu + rows.cpu;
    let (rows_commits, blocks_commits, record_commits) =
        (Spread::of(rows.commits), Spread::of(blocks.commits), Spread::of(commits));
    let kind = engine.database().engine();
    if command.json {
        println!(
            "{}",
            json!({
                "parcels": command.parcels, "events": recorded.events, "facts": facts, "json_bytes": json_bytes, "database": kind,
                "cpu_microseconds_per_event": {
                    "rows_alone": each(rows.cpu), "blocks_alone": each(blocks.cpu),
                    "engine_with_blocks_measured": rounded(recorded.micros()), "engine_with_rows_computed": each(with_rows),
                },
                "bytes": { "rows": rows.bytes, "blocks": blocks.bytes },
                "commit_milliseconds": { "engine": record_commits, "rows_alone": rows_commits, "blocks_alone": blocks_commits },
                "engine_events_per_second": recorded.a_second().round(),
            })
        );
        return Ok(());
    }
    println!("{} parcels, {} events, {facts} facts, {json_bytes} bytes of JSON, {kind}", command.parcels, recorded.events);
    if kind == "postgres" {
        println!("CPU is this process alone; the server's is not in it");
    }
    println!("{:<52} {:>14} {:>14} {:>9} {:>9} {:>9}", "", "CPU µs/event", "bytes", "p50 ms", "p99 ms", "max ms");
    for (name, micros, bytes, spread) in [
        ("rows alone: a row a fact, an index by subject", each(rows.cpu), Some(rows.bytes), Some(rows_commits)),
        ("blocks alone: chain, compression", each(blocks.cpu), Some(blocks.bytes), Some(blocks_commits)),
        ("engine with blocks: parse, react, state (measured)", rounded(recorded.micros()), None, Some(record_commits)),
        ("engine with rows instead (computed)", each(with_rows), None, None),
    ] {
        let bytes = bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
        let [p50, p99, max] = spread.map_or([String::new(), String::new(), String::new()], |spread| {
            [spread.p50, spread.p99, spread.max].map(|time| format!("{time:.2}"))
        });
        println!("{name:<52} {micros:>14.2} {bytes:>14} {p50:>9} {p99:>9} {max:>9}");
    }
    println!("transactions of {FACTS}; the slowest commits are those that wait for a checkpoint");
    Ok(())
}

/// Where one way keeps its tables: a file of its own, or a schema of its own.
fn url(command: &Kernel, folder: &Path, name: &str) -> Result<String> {
    let Some(base) = &command.database else { return Ok(format!("sqlite:{}", folder.join(format!("{name}.db")).display())) };
    if base.contains('?') {
        bail!("the address must end in the database's name");
    }
    Database::administer(base, &format!("create schema load_{name}"))
        .with_context(|| format!("the schema load_{name} cannot be made; is the database empty?"))?;
    Ok(format!("{base}?options=-csearch_path%3Dload_{name}"))
}

/// Appends every fact of the engine's ledger both ways, turn by turn, so that both meet the same machine.
fn both_ways(command: &Kernel, folder: &Path, engine: &Engine) -> Result<(i64, Way, Way)> {
    let rows_in = Database::open(&url(command, folder, "rows")?, Durability::Full)?;
    let blocks_in = Database::open(&url(command, folder, "blocks")?, Durability::Full)?;
    let (mut rows_at, mut blocks_at) = (rows_in.connect()?, blocks_in.connect()?);
    let bytes = if rows_at.is_postgres() { "bytea" } else { "blob" };
    rows_at.batch(&format!(
        "create table fact_row (position bigint primary key, kind text not null, recorded bigint not null, line {bytes} not null);
         create table fact_subject (subject bigint not null, position bigint not null, primary key (subject, position))"
    ))?;
    let empty = (size(&mut rows_at, &["fact_row", "fact_subject"])?, size(&mut blocks_at, &["block"])?);
    let mut ledger = Ledger::claim(&mut blocks_at)?;
    let (mut rows, mut blocks) = (Way::default(), Way::default());
    let bar = progress("facts appended both ways");
    let (mut after, mut held, mut total) = (0, Vec::new(), 0);
    loop {
        let found = engine.database().read(|connection| connection.blocks_after(after, 16))?;
        let ended = found.is_empty();
        if let Some(last) = found.last() {
            after = last.number;
        }
        for block in found {
            held.extend(block.read()?);
        }
        while held.len() >= FACTS || (ended && !held.is_empty()) {
            let rest = held.split_off(held.len().min(FACTS));
            timed(&mut rows, || append_rows(&mut rows_at, &held, total))?;
            timed(&mut blocks, || append_block(&mut blocks_at, &mut ledger, &held))?;
            total += held.len() as i64;
            bar.inc(held.len() as u64);
            held = rest;
        }
        if ended {
            break;
        }
    }
    bar.finish_and_clear();
    let (there, kept) = (count(&mut rows_at, "select count(*) from fact_row")?, blocks_at.ledger_size()?.1);
    if there != total || kept != total {
        bail!("{total} facts were read, {there} are rows and {kept} are in blocks");
    }
    rows.bytes = size(&mut rows_at, &["fact_row", "fact_subject"])? - empty.0;
    blocks.bytes = size(&mut blocks_at, &["block"])? - empty.1;
    Ok((total, rows, blocks))
}

fn timed(way: &mut Way, append: impl FnOnce() -> Result<()>) -> Result<()> {
    let (cpu, wall) = (thread_seconds()?, Instant::now());
    append()?;
    way.commits.push(wall.elapsed());
    way.cpu += thread_seconds()? - cpu;
    Ok(())
}

fn append_rows(connection: &mut Connection, facts: &[Fact], from: i64) -> Result<()> {
    connection.begin()?;
    for (fact, position) in facts.iter().zip(from..) {
        let position = Value::from(position);
        let row = [position.clone(), Value::from(fact.body.kind()), Value::from(fact.recorded), Value::from(fact.to_line()?)];
        connection.execute("insert into fact_row (position, kind, recorded, line) values ($1, $2, $3, $4)", &row)?;
        for subject in &fact.subjects {
            connection.execute(
                "insert into fact_subject (subject, position) values ($1, $2)",
                &[Value::from(subject.get()), position.clone()],
            )?;
        }
    }
    Ok(connection.commit()?)
}

fn append_block(connection: &mut Connection, ledger: &mut Ledger, facts: &[Fact]) -> Result<()> {
    connection.begin()?;
    let number = ledger.next_block(connection)?;
    let recorded = facts.last().map_or(0, |fact| fact.recorded);
    let head = ledger.append(connection, number, facts, recorded)?;
    connection.commit()?;
    ledger.committed(head);
    Ok(())
}

/// Bytes on disk: of the whole file, the log written back, or of the tables named.
fn size(connection: &mut Connection, tables: &[&str]) -> Result<i64> {
    if connection.is_postgres() {
        let mut bytes = 0;
        for table in tables {
            bytes += count(connection, &format!("select pg_total_relation_size('{table}')"))?;
        }
        return Ok(bytes);
    }
    connection.query("pragma wal_checkpoint(truncate)", &[])?;
    Ok(count(connection, "pragma page_count")? * count(connection, "pragma page_size")?)
}

fn count(connection: &mut Connection, sql: &str) -> Result<i64> {
    Ok(connection.first(sql, &[])?.context("one row")?.int(0)?)
}
