//! `kept csv`: a table as a CSV file, as pages and the API give it; orders come out in the words that `kept orders` reads.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use kept_base::Language;
use kept_engine::Clock;
use kept_engine::scorecards::LONGEST;
use kept_engine::views::{ParcelFilter, PromiseFilter};
use kept_web::api::shapes::Sight;
use kept_web::sheet::{self, Dialect};

use crate::setup::{Hint, Place, Shop};

const DAY: i64 = 86_400_000;

/// Writes a table.
#[derive(Debug, Args)]
pub struct Csv {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    shop: Shop,
    /// Which.
    table: Which,
    /// The file; standard output unless given.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Only promises still owed, or parcels under way.
    #[arg(long)]
    open: bool,
    /// Days back, for figures and scorecards.
    #[arg(long, default_value_t = 90)]
    days: i64,
    /// Without names, addresses and titles.
    #[arg(long)]
    plain: bool,
    /// For a spreadsheet that is set up in this language (`fr`, `en`): with the mark of UTF-8, and semicolons in French.
    #[arg(long)]
    spreadsheet: Option<String>,
}

/// A table.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Which {
    /// Orders, a row for each line.
    Orders,
    /// Promises.
    Promises,
    /// Parcels.
    Parcels,
    /// Figures.
    Figures,
    /// Scorecards.
    Scorecards,
}

/// Writes the table.
pub fn run(command: &Csv) -> Result<()> {
    if !(1..=LONGEST).contains(&command.days) {
        return Err(Hint::error(format!("{} days cannot be counted", command.days), format!("from 1 to {LONGEST}")));
    }
    let dialect = match command.spreadsheet.as_deref() {
        None => Dialect::PROGRAM,
        Some(tag) => Dialect::spreadsheet(
            Language::from_tag(tag).ok_or_else(|| Hint::error(format!("`{tag}` is no language spoken here"), "fr or en"))?,
        ),
    };
    command.place.must_exist()?;
    let engine = command.place.engine(&command.shop, "http://localhost:8420", Clock::Wall)?;
    let sight = if command.plain { Sight::Plain } else { Sight::Personal };
    let table = match command.table {
        Which::Orders => sheet::orders(sight),
        Which::Promises => sheet::promises(PromiseFilter { open_only: command.open, ..PromiseFilter::default() }, sight),
        Which::Parcels => sheet::parcels(ParcelFilter { open_only: command.open, ..ParcelFilter::default() }),
        Which::Figures => sheet::figures(engine.now() - command.days * DAY, engine.now(), None),
        Which::Scorecards => {
            // The counts are in memory: the ledger is read for them first.
            engine.flush()?;
            engine.learn()?;
            while engine.score()? > 0 {}
            sheet::scorecards(command.days)
        }
    };
    let rows = match &command.out {
        Some(path) => {
            let mut file = BufWriter::new(File::create(path).with_context(|| format!("{} cannot be made", path.display()))?);
            let rows = table.write(&engine, dialect, &mut file)?;
            file.flush()?;
            rows
        }
        None => table.write(&engine, dialect, &mut BufWriter::new(std::io::stdout().lock()))?,
    };
    eprintln!("{rows} rows");
    Ok(())
}
