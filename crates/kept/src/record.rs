//! `kept record`: the same as `parse`, stored.

use std::io::Read;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use kept_engine::ports::{Trouble, Unmapped};
use kept_engine::{Clock, Delivery, Engine, RecordOptions, Recorded};

use crate::parse::find;
use crate::setup::{Hint, Place, Shop};

/// Records a file.
#[derive(Debug, Args)]
pub struct Record {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    shop: Shop,
    /// Who it comes from; without it the file holds Kept's own facts (JSON or NDJSON).
    #[arg(long)]
    source: Option<String>,
    /// The file, or `-` for standard input.
    file: String,
}

/// Records it and prints what was taken.
pub fn run(command: &Record) -> Result<()> {
    let raw = read(&command.file)?;
    let engine = command.place.engine(&command.shop, "http://localhost:8420", Clock::Wall)?;
    let recorded = match &command.source {
        Some(source) => {
            let packs = command.place.carriers()?;
            let (parsed, recorded) = engine.receive(find(&packs, source)?.as_ref(), &raw)?;
            if let Some(error) = parsed.error {
                eprintln!("kept in quarantine: {error}");
            }
            recorded
        }
        None => own(&engine, &raw)?,
    };
    println!("{}", serde_json::to_string(&recorded)?);
    if recorded.rejected.is_empty() {
        return Ok(());
    }
    for (index, why) in &recorded.rejected {
        eprintln!("not taken: number {}: {why}", index + 1);
    }
    Err(Hint::error(
        format!("{} could not be taken; the others are recorded", recorded.rejected.len()),
        "correct these and record the file again: what is known is not recorded twice",
    ))
}

fn read(file: &str) -> Result<Vec<u8>> {
    if file == "-" {
        let mut raw = Vec::new();
        std::io::stdin().read_to_end(&mut raw)?;
        return Ok(raw);
    }
    std::fs::read(PathBuf::from(file)).with_context(|| format!("{file} cannot be read"))
}

/// Kept's own facts; bad lines are kept in quarantine, the others recorded.
fn own(engine: &Engine, raw: &[u8]) -> Result<Recorded> {
    let lines = kept_connect::own::parse_lines(raw, None);
    let mut inputs = Vec::new();
    let mut bad = Vec::new();
    let mut unmapped: Vec<Unmapped> = Vec::new();
    for line in &lines {
        match &line.result {
            Ok((input, unread)) => {
                unmapped.extend(unread.iter().map(|field| Unmapped {
                    code: field.to_string(),
                    text: String::new(),
                    what: "field".to_owned(),
                }));
                inputs.push(input.clone());
            }
            Err(_) => bad.push(line.to_string()),
        }
    }
    let delivery = (!bad.is_empty() || !unmapped.is_empty()).then(|| Delivery {
        source: "file".to_owned(),
        id: kept_engine::delivery_hash("file", raw),
        raw: raw.to_vec(),
        error: (!bad.is_empty()).then(|| bad.join("\n")),
        trouble: Some(Trouble::Form),
        unmapped,
    });
    let recorded = engine.record(inputs, RecordOptions { delivery, ..RecordOptions::default() })?;
    for line in &bad {
        eprintln!("not read: {line}");
    }
    if !bad.is_empty() {
        println!("{}", serde_json::to_string(&recorded)?);
        return Err(Hint::error(
            format!("{} lines could not be read; the others are recorded, the file is in quarantine", bad.len()),
            "docs/connectors/own-facts.md shows every field",
        ));
    }
    Ok(recorded)
}
