//! `rebuild`, `backup`, `restore`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use kept_engine::Clock;
use kept_store::{Database, Durability};

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

/// Puts a backup back and checks it. Who was erased after the backup was taken must be erased again by hand: the backup cannot know.
pub fn restore(command: &Copy) -> Result<()> {
    if command.place.database.as_deref().is_some_and(|url| url.starts_with("postgres")) {
        return Err(Hint::error("PostgreSQL is restored with its own tools", "pg_restore, then `kept verify`"));
    }
    let target = command.place.file();
    kept_store::restore(&command.file, &target).map_err(|error| {
        Hint::error(error.to_string(), "the data folder must hold no database; the file must be a backup of Kept")
    })?;
    let engine = command.place.engine(&Shop::default(), "http://localhost:8420", Clock::Wall)?;
    let bar = progress("facts checked");
    let found = engine.verify(|facts| bar.set_position(facts))?;
    bar.finish_and_clear();
    if !found.problems.is_empty() {
        bail!("the backup was put back, but its ledger does not hold: {}", found.problems.join("; "));
    }
    println!("{} facts are back in {}; the ledger holds", found.facts, target.display());
    Ok(())
}
