//! `kept orders`: orders from a CSV file by a mapping, with a preview.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use kept_connect::orders_csv::{self, Mapping};
use kept_engine::{Clock, RecordOptions};

use crate::setup::{Hint, Place, Shop, progress};

/// Orders recorded in one transaction.
const BATCH: usize = 500;

/// Reads orders.
#[derive(Debug, Args)]
pub struct Orders {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    shop: Shop,
    /// Which column means what (TOML); docs/connectors/orders-csv.md explains it.
    #[arg(long)]
    mapping: PathBuf,
    /// Shows what would be read and stores nothing.
    #[arg(long)]
    preview: bool,
    /// The CSV file.
    file: PathBuf,
}

/// Reads the file, or shows what it would read.
pub fn run(command: &Orders) -> Result<()> {
    let text =
        std::fs::read_to_string(&command.mapping).with_context(|| format!("{} cannot be read", command.mapping.display()))?;
    let mapping = Mapping::from_toml(&command.mapping.display().to_string(), &text)
        .map_err(|error| Hint::error(error.to_string(), "docs/connectors/orders-csv.md lists every key"))?;
    let csv = std::fs::read(&command.file).with_context(|| format!("{} cannot be read", command.file.display()))?;
    let preview = orders_csv::preview(&csv, &mapping, 3);
    if let Some(missing) = preview.missing.first() {
        return Err(Hint::error(
            format!("the column `{}` for `{}` is missing", missing.column, missing.field),
            missing.hint.clone(),
        ));
    }
    if command.preview {
        println!("{} orders, {}, separated by {:?}", preview.orders, preview.encoding, preview.delimiter);
        for (column, field) in &preview.mapped {
            println!("  {column} → {field}");
        }
        if !preview.unread.is_empty() {
            println!("not read: {}", preview.unread.join(", "));
        }
        for input in &preview.sample {
            println!("{}", serde_json::to_string(input)?);
        }
        for error in &preview.errors {
            eprintln!("line {}: {}", error.line, error.message);
        }
        return Ok(());
    }
    let engine = command.place.engine(&command.shop, "http://localhost:8420", Clock::Wall)?;
    let bar = progress("orders read");
    let (mut accepted, mut duplicates, mut wrong) = (0, 0, 0);
    let mut batch = Vec::new();
    let mut rows = orders_csv::read(&csv, &mapping).peekable();
    while let Some(row) = rows.next() {
        match row {
            Ok(order) => batch.push(order.input),
            Err(error) => {
                wrong += 1;
                let hint = error.hint.map(|hint| format!("; hint: {hint}")).unwrap_or_default();
                eprintln!("line {}: {}{hint}", error.line, error.message);
            }
        }
        if batch.len() >= BATCH || rows.peek().is_none() {
            bar.inc(batch.len() as u64);
            let recorded = engine.record(std::mem::take(&mut batch), RecordOptions::default())?;
            accepted += recorded.accepted;
            duplicates += recorded.duplicates;
            for (index, why) in recorded.rejected {
                wrong += 1;
                eprintln!("order {}: {why}", index + 1);
            }
        }
    }
    bar.finish_and_clear();
    println!("{accepted} orders recorded, {duplicates} known already, {wrong} not taken");
    if wrong > 0 {
        return Err(Hint::error(
            format!("{wrong} orders could not be taken; the others are recorded"),
            "correct these lines and read the file again",
        ));
    }
    Ok(())
}
