//! The binary: configuration, sub-commands, wiring. Nothing here decides anything about promises.
//!
//! Invariant: exit code 0 only on success; errors on standard error with a `hint:`; data on standard output. Deliberately absent: rules,
//! SQL, HTML.

mod askers;
mod connections;
mod connectors;
mod csv;
mod demo;
mod doctor;
mod heads;
mod ledger;
mod load;
mod orders;
mod parse;
mod polling;
mod record;
mod replay;
mod serve;
mod setup;
mod shops;
mod sms;
mod trial;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::setup::{Hint, Place};

/// Facts are many small pieces of memory that live as long as a transaction: the system's allocator took a seventh of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Kept: every promise made to a customer, on one ledger.
#[derive(Debug, Parser)]
#[command(name = "kept", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts Kept.
    Serve(Box<serve::Serve>),
    /// Starts Kept with a sample shop whose carriers, customers and mail keep arriving.
    Demo(demo::Demo),
    /// Reads payloads and prints what they say, one JSON line a file; stores nothing.
    Parse(parse::Parse),
    /// Records news or payloads: the same as `parse`, stored.
    Record(record::Record),
    /// Reads orders from a CSV file by a mapping; `--preview` only shows.
    Orders(orders::Orders),
    /// Writes a table as a CSV file: orders as `orders` reads them, promises, parcels, figures, scorecards.
    Csv(csv::Csv),
    /// Plays the history of orders through the real engine on a virtual clock.
    Replay(replay::Replay),
    /// Tries playbooks, in force or drafted, on the past: who would have been told what and when, against what happened.
    Trial(trial::Trial),
    /// Measures: the load generator and its benchmarks.
    Load(load::Load),
    /// Checks the ledger: chain, facts, sealed contents, signed heads kept outside; or an export, without a database.
    Verify(verify::Verify),
    /// Writes the whole ledger to a file that `verify --export` checks anywhere.
    Export(verify::Export),
    /// Makes the state anew from the ledger.
    Rebuild(Place),
    /// Copies the database to a file while Kept goes on.
    Backup(ledger::Copy),
    /// Puts a backup where the database is to be, and erases again who was erased since.
    Restore(ledger::Restore),
    /// Looks at everything that could be wrong and says what to do.
    Doctor(Box<doctor::Doctor>),
}

fn main() -> ExitCode {
    // The reader of HTML warns of every fault in a stranger's mail.
    let filter = tracing_subscriber::EnvFilter::try_from_env("KEPT_LOG").unwrap_or_else(|_| "warn,html5ever=error".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
    let result = match Arguments::parse().command {
        Command::Serve(command) => serve::run(*command),
        Command::Demo(command) => demo::run(&command),
        Command::Parse(command) => parse::run(&command),
        Command::Record(command) => record::run(&command),
        Command::Orders(command) => orders::run(&command),
        Command::Csv(command) => csv::run(&command),
        Command::Replay(command) => replay::run(&command),
        Command::Trial(command) => trial::run(&command),
        Command::Load(command) => load::run(command),
        Command::Verify(command) => verify::run(&command),
        Command::Export(command) => verify::export(&command),
        Command::Rebuild(place) => ledger::rebuild(&place),
        Command::Backup(command) => ledger::backup(&command),
        Command::Restore(command) => ledger::restore(&command),
        Command::Doctor(command) => doctor::run(&command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            let hint = error.chain().find_map(|cause| cause.downcast_ref::<Hint>()).map(|hint| hint.hint.as_str());
            eprintln!("hint: {}", hint.unwrap_or("`kept doctor` looks at everything that could be wrong"));
            ExitCode::FAILURE
        }
    }
}
