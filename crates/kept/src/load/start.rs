//! `kept load start`: from opening a filled database to the first durable record.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use kept_domain::input::{Input, News};
use kept_engine::RecordOptions;
use kept_sample::load::{LoadEvent, LoadEvents, to_input};
use serde_json::json;

use super::{open, record_lines, rounded};
use crate::setup::progress;

/// Measures a start.
#[derive(Debug, Args)]
pub struct Start {
    /// Shipments in the database; about eleven events each.
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

struct Started {
    opened: f64,
    recorded: f64,
    bytes: u64,
}

/// Fills a database, and starts on it twice: as a stopped program leaves it, and as a killed one does.
pub fn run(command: &Start) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("start.db");
    let lines: Vec<Vec<u8>> = LoadEvents::new(command.parcels).map(|event| event.line()).collect();
    let first: LoadEvent = serde_json::from_slice(lines.first().context("no events")?)?;
    let last: LoadEvent = serde_json::from_slice(lines.last().context("no events")?)?;
    let engine = open(&format!("sqlite:{}", file.display()), first.occurred_at)?;
    let bar = progress("events recorded");
    record_lines(&engine, &lines, 1000, |events, _| bar.inc(events))?;
    bar.finish_and_clear();
    let (_, facts, _) = engine.database().read(kept_store::Connection::ledger_size)?;

    // What a killed process leaves: the file, and a log that was not yet written back.
    let killed = folder.path().join("killed.db");
    for end in ["", "-wal"] {
        std::fs::copy(with_end(&file, end), with_end(&killed, end))?;
    }
    let log = std::fs::metadata(with_end(&file, "-wal"))?.len();
    // What a stopped one leaves: the log written back and empty.
    engine.database().read(kept_store::Connection::forget_log)?;
    drop(engine);
    let stopped = start(&file, &last, "1")?;
    let killed = start(&killed, &last, "2")?;
    if command.json {
        let side = |started: &Started| json!({ "open_milliseconds": rounded(started.opened), "first_record_milliseconds": rounded(started.recorded), "file_bytes": started.bytes });
        println!(
            "{}",
            json!({ "parcels": command.parcels, "facts": facts, "log_bytes": log, "stopped": side(&stopped), "killed": side(&killed) })
        );
    } else {
        println!("{} parcels, {facts} facts; the file is in the system's cache", command.parcels);
        println!("{:<44} {:>12} {:>16} {:>14}", "", "open, ms", "first record, ms", "file, bytes");
        for (name, started) in
            [("after a stop".to_owned(), &stopped), (format!("after a kill, with a log of {log} bytes"), &killed)]
        {
            println!("{name:<44} {:>12.1} {:>16.1} {:>14}", started.opened, started.recorded, started.bytes);
        }
    }
    Ok(())
}

fn with_end(file: &Path, end: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Opens, and records one scan of a parcel that nobody knows yet.
fn start(file: &Path, last: &LoadEvent, mark: &str) -> Result<Started> {
    let mut input: Input = to_input(last);
    if let News::ParcelScanned(scan) = &mut input.news {
        scan.tracking_number = format!("6Z0000000000{mark}");
        scan.order_number = Some(format!("ORD-START-{mark}"));
    }
    let began = Instant::now();
    let engine = open(&format!("sqlite:{}", file.display()), last.occurred_at)?;
    let opened = began.elapsed().as_secs_f64() * 1000.0;
    let recorded = engine.record(vec![input], RecordOptions::default())?;
    if recorded.accepted != 1 {
        bail!("the first record was not taken");
    }
    Ok(Started { opened, recorded: began.elapsed().as_secs_f64() * 1000.0, bytes: std::fs::metadata(file)?.len() })
}
