//! `rebuild`, `backup`, `restore`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use kept_engine::{Clock, ErasedAgain};
use kept_store::{Database, Durability, Erasure, ErasureList};

use crate::setup::{Hint, Place, Shop, progress};

/// A file to copy to or from.
#[derive(Debug, Args)]
pub struct Copy {
    #[command(flatten)]
    place: Place,
    /// The backup file.
    file: PathBuf,
}

/// Makes the state anew.
pub fn rebuild(place: &Place) -> Result<()> {
    place.must_exist()?;
    let engine = place.engine(&Shop::default(), "http://localhost:8420", Clock::Wall)?;
    let bar = progress("facts folded");
    let rebuilt = engine.rebuild(|facts| bar.set_position(facts))?;
    bar.finish_and_clear();
    println!("{} facts folded; the state is made anew", rebuilt.facts);
    if rebuilt.unknown > 0 {
        println!("{} facts are of kinds or versions this program does not know; they changed nothing", rebuilt.unknown);
    }
    Ok(())
}

/// Copies the database while Kept goes on.
pub fn backup(command: &Copy) -> Result<()> {
    command.place.must_exist()?;
    let database = Database::open(&command.place.url()?, Durability::Full)?;
    let bar = progress("pages copied");
    let copied = kept_store::backup(&database, &command.file, |done, _| bar.set_position(u64::try_from(done).unwrap_or(0)));
    bar.finish_and_clear();
    copied.map_err(|error| Hint::error(error.to_string(), "name a file that does not exist yet; for PostgreSQL use pg_dump"))?;
    println!("{} holds the whole installation, secrets included: keep it safe", command.file.display());
    Ok(())
}

/// A backup to put back.
#[derive(Debug, Args)]
pub struct Restore {
    #[command(flatten)]
    copy: Copy,
    /// Further lists of erasures, or exports of the ledger, taken after the backup: what they say was erased is erased again.
    #[arg(long)]
    also_erased: Vec<PathBuf>,
}

/// Puts a backup back, erases again whoever was erased after it was taken, and checks it.
pub fn restore(command: &Restore) -> Result<()> {
    let place = &command.copy.place;
    if place.database.as_deref().is_some_and(|url| url.starts_with("postgres")) {
        return Err(Hint::error(
            "PostgreSQL is restored with its own tools",
            "pg_restore, then start Kept with its list of erasures in place: it erases again before it serves",
        ));
    }
    let mut later = Vec::new();
    for file in &command.also_erased {
        later.extend(erasures_in(file)?);
    }
    let target = place.file();
    kept_store::restore(&command.copy.file, &target).map_err(|error| {
        Hint::error(error.to_string(), "the data folder must hold no database; the file must be a backup of Kept")
    })?;
    let engine = place.engine(&Shop::default(), "http://localhost:8420", Clock::Wall)?;
    let mut again = engine.erased_again();
    if !later.is_empty() {
        // They join the list of this place, or a later restore from an older backup would not know of them.
        ErasureList::at(&place.erasures()).append(&later)?;
        let more = engine.erase_again(&later)?;
        let listed = again.unwrap_or_default();
        again = Some(ErasedAgain {
            listed: listed.listed + more.listed,
            again: listed.again + more.again,
            contents: listed.contents + more.contents,
        });
    }
    let bar = progress("facts checked");
    let found = engine.verify(|facts| bar.set_position(facts))?;
    bar.finish_and_clear();
    if !found.problems.is_empty() {
        bail!("the backup was put back, but its ledger does not hold: {}", found.problems.join("; "));
    }
    println!("{} facts are back in {}; the ledger holds", found.facts, target.display());
    match again {
        Some(again) => println!(
            "{} of {} erasures in the list came after the backup and were done again: {} contents deleted",
            again.again, again.listed, again.contents
        ),
        None => println!(
            "There is no list of erasures at {}: whoever was erased after the backup was taken is back. Put the list there, or restore \
             again with --also-erased.",
            place.erasures().display()
        ),
    }
    Ok(())
}

/// Erasures of a list, or of an export of the ledger.
fn erasures_in(file: &Path) -> Result<Vec<Erasure>> {
    let hint = "a list of erasures, or a file that `kept export` wrote";
    let mut first = String::new();
    let mut open = BufReader::new(File::open(file).with_context(|| format!("{} cannot be read", file.display()))?);
    open.read_line(&mut first)?;
    let found = if first.starts_with("{\"kept\":") {
        kept_store::erasures_in_export(&mut open)
    } else {
        ErasureList::at(file).read().map(Option::unwrap_or_default)
    };
    found.map_err(|error| Hint::error(format!("{}: {error}", file.display()), hint))
}
