//! A backup taken while facts arrive restores on an empty folder (embedded database; PostgreSQL has its own tools).

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use kept_store::{Database, Durability};

use crate::books::{Books, holds_and_rebuilds};
use crate::client::{Load, Manner};
use crate::place::{Place, kept, must_fail, pass, turn, until};
use crate::server::Server;

/// The database is at least so large when the backup begins: several steps of its copy.
const LARGE: u64 = 12 * 1024 * 1024;
/// The longest a backup of that size may take under load.
const LONGEST: Duration = Duration::from_secs(30);

#[test]
fn g12_a_backup_under_load_restores_on_an_empty_folder() -> Result<()> {
    let _turn = turn();
    let place = Place::sqlite()?;
    let token = place.token(&["facts:write"])?;
    filler(&place)?;
    let server = Server::start(&place)?;
    let load = Load::start(&Manner { token, seed: 5, clients: 4, doubled: 0, mark: "B".to_owned() })?;
    load.board.set(&[server.address]);
    load.board.after(20, Duration::from_secs(30))?;

    let (before, file, started) = (load.board.tally(), place.beside("kept.backup"), Instant::now());
    let mut copying = place.command(&["backup"]);
    copying.arg(&file);
    let output = within(copying, LONGEST)?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (took, during) = (started.elapsed(), load.board.tally());
    pass(Duration::from_millis(300));
    let tally = load.finish()?;
    server.stop()?;
    ensure!(tally.requests > during.requests, "nothing was recorded after the backup: it proves nothing about load");

    let empty = Place::sqlite()?;
    restore(&empty, &file)?;
    let compared = Books::read(&empty)?.compare(&before);
    ensure!(compared.lost.is_empty() && compared.doubled.is_empty(), "{compared:#?}");
    let later = Books::read(&place)?.compare(&tally);
    ensure!(later.lost.is_empty() && later.doubled.is_empty(), "the original: {later:#?}");
    holds_and_rebuilds(&empty)?;

    // It serves: the token of the original opens it, and it goes on recording.
    let server = Server::start(&empty)?;
    ensure!(reqwest::blocking::get(server.at("/health"))?.status().is_success(), "the restored installation is not well");
    server.stop()?;
    eprintln!(
        "backup: {} facts acknowledged before it began, all in it once; {} requests were acknowledged while it ran ({} ms, {:.1} MB); verify holds",
        before.facts(),
        during.requests - before.requests,
        took.as_millis(),
        std::fs::metadata(&file)?.len() as f64 / 1e6,
    );

    // What would do harm is refused, and says why.
    let mut twice = place.command(&["backup"]);
    twice.arg(&file);
    let words = must_fail(twice)?;
    ensure!(words.contains("hint:") && words.contains("exist"), "{words}");
    let mut over = empty.command(&["restore"]);
    over.arg(&file);
    let words = must_fail(over)?;
    ensure!(words.contains("hint:") && words.contains("no database"), "{words}");
    Ok(())
}

#[test]
fn g12_a_left_over_write_ahead_log_is_no_empty_folder() -> Result<()> {
    let place = Place::sqlite()?;
    place.token(&["read"])?;
    let file = place.beside("kept.backup");
    let mut copying = place.command(&["backup"]);
    copying.arg(&file);
    ensure!(copying.output()?.status.success(), "no backup");
    // Somebody deleted the database and forgot its log, which would be played into whatever stands there next.
    let other = Place::sqlite()?;
    other.url()?;
    std::fs::write(other.data().join("kept.db-wal"), b"pages of another database")?;
    let mut restoring = other.command(&["restore"]);
    restoring.arg(&file);
    let words = must_fail(restoring)?;
    ensure!(words.contains("kept.db-wal") && words.contains("hint:"), "{words}");
    Ok(())
}

#[test]
fn g12_what_is_no_backup_is_refused() -> Result<()> {
    let place = Place::sqlite()?;
    let file = place.beside("not-a-backup");
    std::fs::write(&file, b"not a database at all, but long enough to be read as one".repeat(40))?;
    let mut restoring = place.command(&["restore"]);
    restoring.arg(&file);
    let words = must_fail(restoring)?;
    ensure!(words.contains("hint:"), "{words}");
    ensure!(!place.data().join("kept.db").exists(), "something was put in place all the same");
    let words = must_fail(place.command(&["verify"]))?;
    ensure!(words.contains("there is no database"), "checking nothing must not look like success: {words}");
    Ok(())
}

/// Restores a backup into a place that is empty.
pub fn restore(place: &Place, file: &std::path::Path) -> Result<String> {
    let mut restoring = kept(&["restore"]);
    restoring.arg(file).arg("--data").arg(place.data());
    let output = restoring.output()?;
    ensure!(output.status.success(), "restore failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Makes the database large with sealed bytes, which is what fills real ones.
fn filler(place: &Place) -> Result<()> {
    let database = Database::open(&place.url()?, Durability::Full)?;
    let engine = place.engine()?;
    let mut number = 0_u32;
    while std::fs::metadata(place.data().join("kept.db"))?.len() < LARGE {
        number += 1;
        let delivery = kept_engine::Delivery {
            source: "filler".to_owned(),
            id: number.to_string(),
            raw: vec![b'x'; 1024 * 1024],
            error: None,
            trouble: None,
            unmapped: Vec::new(),
        };
        engine.record(Vec::new(), kept_engine::RecordOptions { delivery: Some(delivery), ..Default::default() })?;
        database.read(kept_store::Connection::forget_log)?;
    }
    Ok(())
}

fn within(mut command: Command, longest: Duration) -> Result<Output> {
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn()?;
    let ended = until("the command ended", longest, || Ok(child.try_wait()?));
    if ended.is_err() {
        child.kill()?;
        child.wait()?;
        bail!("the backup did not come to an end within {longest:?} while facts were recorded");
    }
    Ok(child.wait_with_output()?)
}
