//! `verify` and `export`: the ledger checked in its database, or in a file without one.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use kept_engine::Clock;
use kept_store::{Database, Durability, HeadKey, SealedContents, SignedHeads, Verification};

use crate::setup::{Hint, Place, Shop, progress};

/// Checks a ledger.
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    place: Place,
    /// A file of signed heads kept outside: the ledger must go on from each of them. Shows a tail that was cut off.
    #[arg(long)]
    heads: Option<PathBuf>,
    /// Checks this export instead of a database; needs none.
    #[arg(long)]
    export: Option<PathBuf>,
    /// The public key that must have signed, as `kept verify` printed it.
    #[arg(long)]
    key: Option<String>,
    /// Adds the heads, signed, to this file once everything was checked.
    #[arg(long, conflicts_with = "export")]
    write_heads: Option<PathBuf>,
    /// Also folds the ledger anew and compares every row of state. Stop Kept first; nothing is changed.
    #[arg(long, conflicts_with = "export")]
    state: bool,
}

/// Writes an export.
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    place: Place,
    /// The file; it must not exist yet.
    file: PathBuf,
    /// Leaves out names, addresses, texts and payloads: everything else can still be checked.
    #[arg(long)]
    without_sealed: bool,
}

/// Checks; fails when anything does not hold.
pub fn run(command: &Verify) -> Result<()> {
    let outside = command.outside()?;
    let found = match &command.export {
        Some(file) => command.check_export(file, &outside)?,
        None => command.check_database(&outside)?,
    };
    say(&found);
    if let Some(file) = &command.heads {
        println!("{} of the heads in {} were found in their place", found.outside, file.display());
    }
    if !found.problems.is_empty() {
        for problem in &found.problems {
            eprintln!("broken: {problem}");
        }
        return Err(Hint::error(
            "the ledger does not hold",
            "restore a backup taken before; the first broken place is named above",
        ));
    }
    if let Some(file) = &command.write_heads {
        let database = Database::open(&command.place.url()?, Durability::Full)?;
        crate::heads::append(file, &database)?;
        println!("signed heads were added to {}", file.display());
    }
    println!("The ledger holds.");
    Ok(())
}

impl Verify {
    fn outside(&self) -> Result<Vec<SignedHeads>> {
        let Some(file) = &self.heads else { return Ok(Vec::new()) };
        let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let heads = kept_store::read_heads(&text).map_err(|error| {
            Hint::error(format!("{}: {error}", file.display()), "a file of heads is only added to; take a copy kept elsewhere")
        })?;
        if heads.is_empty() {
            return Err(Hint::error(
                format!("{} holds no heads", file.display()),
                "`kept verify --write-heads FILE` writes some",
            ));
        }
        for signed in &heads {
            self.must_be_ours(&signed.key, &format!("the heads of {}", signed.at))?;
        }
        Ok(heads)
    }

    /// With a key given, nothing signed by another counts.
    fn must_be_ours(&self, key: &str, what: &str) -> Result<()> {
        match &self.key {
            Some(wanted) if !wanted.trim().eq_ignore_ascii_case(key) => Err(Hint::error(
                format!("{what} are signed with another key, {key}"),
                "they are of another installation, or forged",
            )),
            _ => Ok(()),
        }
    }

    fn check_database(&self, outside: &[SignedHeads]) -> Result<Verification> {
        self.place.must_exist()?;
        let database = Database::open(&self.place.url()?, Durability::Full)?;
        let key = database.read(HeadKey::load)?;
        if let Some(key) = &key {
            self.must_be_ours(&key.public(), "the heads of this database")?;
            if let Some(signed) = outside.iter().find(|signed| signed.key != key.public()) {
                return Err(Hint::error(
                    format!(
                        "the heads of {} are signed with {}, not with this installation's key {}",
                        signed.at,
                        signed.key,
                        key.public()
                    ),
                    "they are of another installation; or the key in the database was changed",
                ));
            }
        }
        let bar = progress("facts checked");
        let found =
            database.read(|connection| kept_store::verify_with_heads(connection, outside, |facts| bar.set_position(facts)));
        bar.finish_and_clear();
        let mut found = found?;
        match key {
            None => println!("heads are not signed yet: the key is made at the first start"),
            Some(key) => {
                let signed = key.sign(jiff::Timestamp::now(), found.heads.clone());
                println!("public key {}", signed.key);
                println!("signed {}", signed.to_line()?);
            }
        }
        if self.state {
            let engine = self.place.engine(&Shop::default(), "http://localhost:8420", Clock::Wall)?;
            let bar = progress("facts folded");
            let compared = engine.compare_with_rebuild(|facts| bar.set_position(facts));
            bar.finish_and_clear();
            let compared = compared?;
            println!("{} rows of state compared with those that the ledger gives", compared.rows);
            found.problems.extend(compared.differences.into_iter().map(|row| format!("state: {row}")));
        }
        Ok(found)
    }

    fn check_export(&self, file: &std::path::Path, outside: &[SignedHeads]) -> Result<Verification> {
        let opened = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let bar = progress("facts checked");
        let verified = kept_store::verify_export(&mut BufReader::new(opened), outside, |facts| bar.set_position(facts));
        bar.finish_and_clear();
        let verified = verified?;
        if let Some(key) = &verified.key {
            println!("public key {key}");
            self.must_be_ours(key, "this export and its heads")?;
        }
        if let (Some(key), Some(signed)) = (&verified.key, outside.first())
            && *key != signed.key
        {
            return Err(Hint::error(
                format!("the heads are signed with {}, the export with {key}", signed.key),
                "they are of two installations; or one of them is forged",
            ));
        }
        Ok(verified.found)
    }
}

fn say(found: &Verification) {
    println!("{} blocks, {} facts, {} sealed contents checked, {} erased", found.blocks, found.facts, found.sealed, found.erased);
    if found.withheld > 0 {
        println!("{} sealed contents are not in the export and could not be looked at", found.withheld);
    }
    if found.rows > 0 {
        println!("{} rows of state know of no fact that the ledger does not hold", found.rows);
    }
    if found.unknown > 0 {
        println!("{} facts are of kinds or versions this program does not know; they are kept", found.unknown);
    }
    for head in &found.heads {
        println!("head of stream {}: block {}, {}", head.stream, head.blocks, head.chain);
    }
}

/// Writes the ledger to a new file.
pub fn export(command: &Export) -> Result<()> {
    command.place.must_exist()?;
    let database = Database::open(&command.place.url()?, Durability::Full)?;
    let contents = if command.without_sealed { SealedContents::Withheld } else { SealedContents::Included };
    let file = File::options().write(true).create_new(true).open(&command.file).map_err(|error| {
        Hint::error(format!("{}: {error}", command.file.display()), "name a file that does not exist yet, in a folder that does")
    })?;
    let bar = progress("blocks written");
    let mut out = BufWriter::new(file);
    let written =
        database.read(|connection| kept_store::export(connection, contents, &mut out, |blocks| bar.set_position(blocks)));
    bar.finish_and_clear();
    let written = written.map_err(anyhow::Error::from).and_then(|written| {
        out.flush()?;
        out.get_ref().sync_all()?;
        Ok(written)
    });
    // Half an export would only be mistaken for one.
    let written = written.inspect_err(|_| drop(std::fs::remove_file(&command.file)))?;
    println!(
        "{} blocks and {} sealed contents{} are in {}; `kept verify --export` checks it",
        written.blocks,
        written.sealed,
        if command.without_sealed { " (only that they are there)" } else { "" },
        command.file.display()
    );
    Ok(())
}
