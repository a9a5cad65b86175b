//! `kept parse`: reads payloads and prints what they say; stores nothing.

mod mail;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use kept_connect::CarrierPacks;
use kept_domain::input::{Input, News};
use kept_engine::ports::{Inbound, Parsed};
use serde_json::{Value, json};

use crate::setup::{Hint, Place, inbounds};

/// Reads payloads.
#[derive(Debug, Args)]
pub struct Parse {
    /// Who they come from: `laposte`, `aftership`; `mail` for letters as they were received.
    #[arg(long)]
    source: String,
    /// Files to read.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Prints one JSON line a file.
pub fn run(command: &Parse) -> Result<()> {
    if command.source == mail::SOURCE {
        for file in &command.files {
            println!("{}", mail::line(file));
        }
        return Ok(());
    }
    let place = Place { data: PathBuf::from("data"), database: None, erasures: None };
    let packs = place.carriers()?;
    let inbound = find(&packs, &command.source)?;
    for file in &command.files {
        println!("{}", line(file, inbound.as_ref()));
    }
    Ok(())
}

/// The partner of a name.
pub fn find(packs: &CarrierPacks, source: &str) -> Result<Arc<dyn Inbound>> {
    let all = inbounds(packs);
    let known: Vec<&str> = all.iter().map(|inbound| inbound.source()).collect();
    let hint = format!("one of: {}, {} (`kept parse` only)", known.join(", "), mail::SOURCE);
    all.iter()
        .find(|inbound| inbound.source() == source)
        .cloned()
        .ok_or_else(|| Hint::error(format!("nobody here reads `{source}`"), hint))
}

fn line(file: &Path, inbound: &dyn Inbound) -> Value {
    let name = file.display().to_string();
    let raw = match std::fs::read(file) {
        Ok(raw) => raw,
        Err(error) => {
            return json!({ "file": name, "facts": [], "unmapped": [], "error": format!("the file cannot be read: {error}") });
        }
    };
    // A parser never panics by contract; if one does, it is an error of this file, not of the run.
    let parsed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| inbound.parse(&raw)));
    match parsed {
        Ok(parsed) => described(&name, &parsed),
        Err(_) => {
            json!({ "file": name, "facts": [], "unmapped": [], "error": "the parser failed on this file; please report it" })
        }
    }
}

fn described(name: &str, parsed: &Parsed) -> Value {
    let scans = parsed.inputs.iter().filter(|input: &&Input| matches!(input.news, News::ParcelScanned(_)));
    let facts: Vec<Value> = scans.map(kept_connect::scan_json).collect();
    let error = parsed.error.as_ref().map(|error| match &error.hint {
        Some(hint) => format!("{error}; hint: {hint}"),
        None => error.to_string(),
    });
    let mut line = json!({ "file": name, "facts": facts, "unmapped": parsed.unmapped, "error": error });
    // Scans that the source takes back: no facts of this payload, and named only where there are some.
    let taken_back = parsed.inputs.iter().filter(|input| matches!(input.news, News::ParcelScanWithdrawn(_)));
    let withdrawn: Vec<Value> = taken_back.map(kept_connect::scan_json).collect();
    if let (false, Some(line)) = (withdrawn.is_empty(), line.as_object_mut()) {
        line.insert("withdrawn".to_owned(), Value::Array(withdrawn));
    }
    line
}
