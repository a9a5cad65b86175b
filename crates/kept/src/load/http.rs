//! `kept load http`: what an answer that is durable costs beside one that is not, and what HTTP costs beside the writer alone.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use kept_domain::Body;
use kept_domain::input::Input;
use kept_engine::{Engine, RecordOptions};
use kept_sample::load::{LoadEvent, LoadEvents, to_input};
use kept_store::Database;
use serde_json::{Value, json};

use super::server::{Asked, Asking, Server};
use super::{Measured, Spread, cpu_seconds, open, rounded};

/// Connections of the second part, and threads of the writer alone.
const SENDERS: usize = 4;
/// Events a shipment has at least.
const EVENTS: usize = 8;

/// Measures requests.
#[derive(Debug, Args)]
pub struct Http {
    /// Requests at each number of connections; a tenth of them over one connection, and four times as many lines as NDJSON.
    #[arg(long, default_value_t = 10_000)]
    requests: usize,
    /// Connections of the requests with one event each; 1, 64 and 128 unless given.
    #[arg(long)]
    connections: Option<usize>,
    /// Lines of a body in the second part.
    #[arg(long, default_value_t = 1000)]
    batch: usize,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

struct Level {
    connections: usize,
    idle: Asked,
    durable: Asked,
}

/// Measures, and checks that every acknowledged line stands in the ledger.
pub fn run(command: &Http) -> Result<()> {
    if command.requests == 0 || command.batch == 0 || command.connections == Some(0) {
        bail!("requests, lines and connections are counted from 1");
    }
    let folder = tempfile::tempdir()?;
    let sync = sync_times(folder.path())?;
    let levels: Vec<usize> = command.connections.map_or_else(|| vec![1, 64, 128], |connections| vec![connections]);
    let counts: Vec<usize> = levels
        .iter()
        .map(|connections| if *connections == 1 { command.requests.div_ceil(10) } else { command.requests })
        .collect();
    let bodies = (command.requests * 4).div_ceil(command.batch);
    let events = events(counts.iter().sum::<usize>().max(bodies * command.batch))?;
    let first = events.first().context("no events")?.occurred_at;

    let asking = Asking::new()?;
    let (engine, url) = fresh(folder.path(), "single", first)?;
    let measured = singles(&asking, &engine, &events, &levels, &counts)?;
    in_ledger(&url, measured.iter().map(|level| level.durable.sum).sum())?;

    let (engine, url) = fresh(folder.path(), "lines", first)?;
    let lines = ndjson(&asking, &engine, &events, bodies, command.batch)?;
    in_ledger(&url, lines.sum)?;
    let (engine, url) = fresh(folder.path(), "alone", first)?;
    let (alone, batches) = writer_alone(&engine, &events, bodies, command.batch)?;
    in_ledger(&url, alone.events)?;
    if command.json {
        print_json(command, sync, &measured, &lines, &alone, batches)
    } else {
        print(command, sync, &measured, &lines, &alone, batches)
    }
    Ok(())
}

/// So many events of the load; those of one shipment lie apart, as in life.
fn events(wanted: usize) -> Result<Vec<LoadEvent>> {
    let shipments = u32::try_from(wanted / EVENTS + 1).context("too many requests")?;
    let mut events: Vec<LoadEvent> = LoadEvents::new(shipments).collect();
    events.truncate(wanted);
    Ok(events)
}

fn fresh(folder: &Path, name: &str, at: i64) -> Result<(Engine, String)> {
    let url = format!("sqlite:{}", folder.join(format!("{name}.db")).display());
    Ok((open(&url, at)?, url))
}

fn token(engine: &Engine) -> Result<String> {
    let (token, hash) = kept_web::auth::secret::new_token().map_err(|_| anyhow::anyhow!("the machine gives no randomness"))?;
    engine.add_token(hash, "load", &["facts:write".to_owned()])?;
    Ok(token)
}

/// One event a request, at each number of connections, beside the handler that does nothing.
fn singles(asking: &Asking, engine: &Engine, events: &[LoadEvent], levels: &[usize], counts: &[usize]) -> Result<Vec<Level>> {
    let token = token(engine)?;
    let (idle, kept) = (Server::idle()?, Server::kept(engine)?);
    let mut from = 0;
    let mut measured = Vec::new();
    for (connections, count) in levels.iter().zip(counts) {
        let bodies: Vec<Vec<u8>> = events
            .iter()
            .skip(from)
            .take(*count)
            .map(|event| Ok(serde_json::to_vec(&to_input(event))?))
            .collect::<Result<_>>()?;
        from += count;
        let bodies = Arc::new(bodies);
        let ask = |server: &Server| post(asking, server, &token, "application/json", *connections, &bodies);
        let (idle, durable) = (ask(&idle)?, ask(&kept)?);
        if durable.sum != *count as u64 {
            bail!("{} of {count} events were accepted", durable.sum);
        }
        measured.push(Level { connections: *connections, idle, durable });
    }
    Ok(measured)
}

fn ndjson(asking: &Asking, engine: &Engine, events: &[LoadEvent], bodies: usize, batch: usize) -> Result<Asked> {
    let mut made = Vec::with_capacity(bodies);
    for chunk in events.chunks(batch).take(bodies) {
        let mut body = Vec::new();
        for event in chunk {
            serde_json::to_writer(&mut body, &to_input(event))?;
            body.push(b'\n');
        }
        made.push(body);
    }
    let token = token(engine)?;
    let server = Server::kept(engine)?;
    post(asking, &server, &token, "application/x-ndjson", SENDERS, &Arc::new(made))
}

fn post(
    asking: &Asking,
    server: &Server,
    token: &str,
    kind: &'static str,
    connections: usize,
    bodies: &Arc<Vec<Vec<u8>>>,
) -> Result<Asked> {
    let (url, token, held) = (format!("{}/api/facts", server.url), token.to_owned(), Arc::clone(bodies));
    let accepted = |body: &[u8]| -> Result<u64> {
        let answer: Value = serde_json::from_slice(body)?;
        if answer.get("rejected").and_then(Value::as_array).is_some_and(|rejected| !rejected.is_empty()) {
            bail!("an event was rejected: {answer}");
        }
        answer.get("accepted").and_then(Value::as_u64).context("the answer does not say how many were accepted")
    };
    let make = move |client: &reqwest::Client, index: usize| {
        let body = held.get(index).cloned().unwrap_or_default();
        client.post(&url).bearer_auth(&token).header("content-type", kind).body(body)
    };
    asking.ask(connections, bodies.len(), make, accepted)
}

/// The same batches given to the engine in this process, by as many threads as there were connections.
fn writer_alone(engine: &Engine, events: &[LoadEvent], bodies: usize, batch: usize) -> Result<(Measured, Spread)> {
    let batches: Vec<Vec<Input>> = events.chunks(batch).take(bodies).map(|chunk| chunk.iter().map(to_input).collect()).collect();
    let _workers = engine.work()?;
    let next = AtomicUsize::new(0);
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    let results: Vec<Result<(Vec<Duration>, u64)>> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                scope.spawn(|| {
                    let (mut times, mut accepted) = (Vec::new(), 0);
                    while let Some(inputs) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let started = Instant::now();
                        let recorded = engine.record(inputs.clone(), RecordOptions::default())?;
                        times.push(started.elapsed());
                        accepted += u64::from(recorded.accepted);
                    }
                    Ok((times, accepted))
                })
            })
            .collect();
        senders
            .into_iter()
            .map(|sender| sender.join().map_err(|_| anyhow::anyhow!("a sender panicked")).and_then(|result| result))
            .collect()
    });
    let (cpu, wall) = (cpu_seconds()? - cpu, wall.elapsed().as_secs_f64());
    let (mut times, mut events) = (Vec::new(), 0);
    for result in results {
        let (more, accepted) = result?;
        times.extend(more);
        events += accepted;
    }
    Ok((Measured { events, cpu, wall }, Spread::of(times)))
}

/// Every acknowledged line is a scan in the ledger, as another connection reads it from the file.
fn in_ledger(url: &str, acknowledged: u64) -> Result<()> {
    let database = Database::open(url, kept_store::Durability::Full)?;
    let (mut after, mut scans) = (0, 0);
    loop {
        let blocks = database.read(|connection| connection.blocks_after(after, 64))?;
        let Some(last) = blocks.last() else { break };
        after = last.number;
        for block in &blocks {
            scans += block.read()?.iter().filter(|fact| matches!(fact.body, Body::ParcelScanned(_))).count() as u64;
        }
    }
    if scans != acknowledged {
        bail!("{acknowledged} lines were acknowledged, {scans} are in the ledger");
    }
    Ok(())
}

/// The limit of the disk: appending 4 KiB and waiting until it is there.
fn sync_times(folder: &Path) -> Result<Spread> {
    let mut file = std::fs::File::create(folder.join("sync.log"))?;
    let page = [7_u8; 4096];
    let mut times = Vec::new();
    for _ in 0..200 {
        let started = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.push(started.elapsed());
    }
    Ok(Spread::of(times))
}

fn ratio(durable: f64, other: f64) -> f64 {
    rounded(durable / other.max(0.001))
}

fn print_json(command: &Http, sync: Spread, levels: &[Level], lines: &Asked, alone: &Measured, batches: Spread) {
    let side = |asked: &Asked| json!({ "requests": asked.requests, "requests_per_second": asked.a_second().round(), "milliseconds": asked.spread, "cpu_microseconds_per_request": asked.micros().round() });
    let levels: Vec<Value> = levels
        .iter()
        .map(|level| {
            json!({
                "connections": level.connections, "durable": side(&level.durable), "idle_handler": side(&level.idle),
                "ratio_to_idle_handler": ratio(level.durable.a_second(), level.idle.a_second()),
            })
        })
        .collect();
    let http = lines.sum as f64 / lines.wall.max(0.001);
    println!(
        "{}",
        json!({
            "single": levels, "append_and_sync_milliseconds": sync,
            "ndjson": {
                "lines_per_body": command.batch, "connections": SENDERS, "lines": lines.sum, "lines_per_second": http.round(), "milliseconds": lines.spread,
                "cpu_microseconds_per_line": rounded(lines.cpu * 1e6 / lines.sum.max(1) as f64),
            },
            "writer_alone": {
                "threads": SENDERS, "lines": alone.events, "lines_per_second": alone.a_second().round(), "milliseconds": batches,
                "cpu_microseconds_per_line": rounded(alone.micros()),
            },
            "ratio_to_writer_alone": ratio(http, alone.a_second()),
            "acknowledged_lines_in_ledger": true,
        })
    );
}

fn print(command: &Http, sync: Spread, levels: &[Level], lines: &Asked, alone: &Measured, batches: Spread) {
    println!(
        "client and server are one process and share its cores; appending 4 KiB and syncing takes {} ms (p50), {} ms (p99)",
        sync.p50, sync.p99
    );
    println!(
        "{:<46} {:>10} {:>10} {:>9} {:>9} {:>12}",
        "one event a request", "requests", "a second", "p50 ms", "p99 ms", "CPU µs each"
    );
    for level in levels {
        for (name, asked) in [("durable", &level.durable), ("a handler that does nothing", &level.idle)] {
            let name = format!("{:>3} connections, {name}", level.connections);
            println!(
                "{name:<46} {:>10} {:>10.0} {:>9.2} {:>9.2} {:>12.0}",
                asked.requests,
                asked.a_second(),
                asked.spread.p50,
                asked.spread.p99,
                asked.micros()
            );
        }
        println!("    ratio {:.3}", ratio(level.durable.a_second(), level.idle.a_second()));
    }
    let http = lines.sum as f64 / lines.wall.max(0.001);
    println!(
        "{:<46} {:>10} {:>10} {:>9} {:>9} {:>12}",
        format!("{} lines a body", command.batch),
        "lines",
        "a second",
        "p50 ms",
        "p99 ms",
        "CPU µs each"
    );
    let name = format!("NDJSON, {SENDERS} connections");
    println!(
        "{name:<46} {:>10} {http:>10.0} {:>9.2} {:>9.2} {:>12.1}",
        lines.sum,
        lines.spread.p50,
        lines.spread.p99,
        lines.cpu * 1e6 / lines.sum.max(1) as f64
    );
    let name = format!("the writer alone, {SENDERS} threads");
    println!(
        "{name:<46} {:>10} {:>10.0} {:>9.2} {:>9.2} {:>12.1}",
        alone.events,
        alone.a_second(),
        batches.p50,
        batches.p99,
        alone.micros()
    );
    println!("    ratio {:.3}; every acknowledged line is in the ledger", ratio(http, alone.a_second()));
}
