//! G9 at the command line: signed heads kept outside, and an export that is checked without a database.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use kept_store::Value;

use crate::books::facts;
use crate::client::{Load, Manner};
use crate::place::{Place, kept, must_fail, turn};
use crate::server::Server;

#[test]
fn g09_heads_kept_outside_show_a_tail_cut_off_on_sqlite() -> Result<()> {
    heads_and_export(&Place::sqlite()?)
}

#[test]
fn g09_heads_kept_outside_show_a_tail_cut_off_on_postgres() -> Result<()> {
    match Place::postgres()? {
        Some(place) => heads_and_export(&place),
        None => Ok(()),
    }
}

fn heads_and_export(place: &Place) -> Result<()> {
    let _turn = turn();
    let token = place.token(&["facts:write"])?;
    let written = place.beside("server.heads");
    let server = Server::start_with(place, &["--heads", path(&written)?])?;
    let load = Load::start(&Manner { token, seed: 9, clients: 2, doubled: 0, mark: "G".to_owned() })?;
    load.board.set(&[server.address]);
    load.board.after(12, std::time::Duration::from_secs(30))?;
    load.finish()?;
    server.stop()?;
    let lines = std::fs::read_to_string(&written)?.lines().count();
    ensure!(lines >= 2, "the server wrote a line at its start and one at its end: {lines}");

    // Everything holds, in the database and in an export that is looked at from elsewhere.
    let mine = place.beside("mine.heads");
    let said = place.must(&["verify", "--write-heads", path(&mine)?, "--heads", path(&written)?, "--state"])?;
    ensure!(said.contains("The ledger holds.") && said.contains("rows of state compared"), "{said}");
    let key = said.lines().find_map(|line| line.strip_prefix("public key ")).context("no key was shown")?.to_owned();
    let (whole, bare) = (place.beside("whole.export"), place.beside("bare.export"));
    place.must(&["export", path(&whole)?])?;
    place.must(&["export", "--without-sealed", path(&bare)?])?;
    let words = must_fail(place.command(&["export", path(&whole)?]))?;
    ensure!(words.contains("does not exist yet"), "an export is not written over: {words}");
    ensure!(text(&whole)?.contains("\"salt\"") && !text(&bare)?.contains("\"salt\""), "what is personal is in one of them only");
    let count = facts(&place.database()?)?.len();
    for file in [&whole, &bare] {
        let said = offline(file, &["--heads", path(&mine)?, "--key", &key])?;
        ensure!(said.contains(&format!("{count} facts")) && said.contains("The ledger holds."), "{said}");
    }
    let other = "00".repeat(32);
    let words = must_fail(place.command(&["verify", "--key", &other]))?;
    ensure!(words.contains("another key"), "{words}");

    // A line of heads that somebody wrote himself counts for nothing.
    let forged = place.beside("forged.heads");
    std::fs::write(&forged, text(&mine)?.replace("\"blocks\":", "\"blocks\":1"))?;
    let words = must_fail(place.command(&["verify", "--heads", path(&forged)?]))?;
    ensure!(words.contains("signature"), "{words}");

    // The tail goes, and everything in the database that knew of it: only the heads outside remember.
    let database = place.database()?;
    let cut =
        "delete from block where sequence = (select max(other.sequence) from block as other where other.stream = block.stream)";
    database.read(|connection| connection.execute(cut, &[] as &[Value]))?;
    let words = must_fail(place.command(&["verify"]))?;
    ensure!(words.contains("which the ledger does not hold"), "the state knows more than the ledger: {words}");
    place.must(&["rebuild"])?;
    let kept_outside = must_fail(place.command(&["verify", "--heads", path(&mine)?]))?;
    ensure!(kept_outside.contains("was cut off") && kept_outside.contains("stream "), "{kept_outside}");
    let words = must_fail(exported(&whole, &["--heads", path(&forged)?]))?;
    ensure!(words.contains("signature"), "{words}");
    eprintln!("proof, {}: {count} facts; {}", place.kind(), kept_outside.lines().next().unwrap_or_default());
    Ok(())
}

/// Checks an export from a folder where there is nothing else.
fn offline(file: &Path, more: &[&str]) -> Result<String> {
    let output = exported(file, more).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn exported(file: &Path, more: &[&str]) -> std::process::Command {
    let mut command = kept(&["verify", "--export"]);
    command.arg(file).args(more).current_dir(std::env::temp_dir());
    command
}

fn path(file: &Path) -> Result<&str> {
    file.to_str().context("a path that is no text")
}

fn text(file: &Path) -> Result<String> {
    Ok(std::fs::read_to_string(file)?)
}
