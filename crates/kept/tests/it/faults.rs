//! G1c: the disk reports errors. After a sync that failed Kept ends at once and acknowledges nothing more; after a write that failed it
//! refuses and goes on.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::books::{Books, holds_and_rebuilds};
use crate::client::{Draw, Load, Manner};
use crate::place::{Place, number_of, turn, until};
use crate::server::Server;

/// Starts with faults, unless `KEPT_FAULTS` says otherwise.
const RUNS: u64 = 6;
/// Runs of one ledger; then another is begun, since each run reads the whole of it.
const OF_ONE: u64 = 50;
/// The exit code after a sync that failed.
const FAILED_SYNC: i32 = 74;

#[test]
fn g01c_disk_errors_on_sqlite() -> Result<()> {
    let _turn = turn();
    let folders = ["/usr/lib/fiu", "/usr/local/lib/fiu"];
    let Some(folder) = folders.into_iter().find(|folder| Path::new(folder).join("fiu_posix_preload.so").exists()) else {
        eprintln!("libfiu is missing (Debian: fiu-utils): errors of the disk are not tried");
        return Ok(());
    };
    let (runs, mut draw) = (number_of("KEPT_FAULTS", RUNS)?, Draw::new(number_of("KEPT_FAULTS_SEED", 41)?));
    let mut all = Seen::default();
    let mut done = 0;
    while done < runs {
        let some = OF_ONE.min(runs - done);
        one_ledger(folder, some, &mut draw, &mut all)?;
        done += some;
    }
    ensure!(all.ended + all.at_start > 0, "no sync failed in {runs} runs: this harness showed nothing");
    eprintln!(
        "faults, sqlite: {runs} runs with errors of syncs or writes; {} ended after a failed sync, {} did not start; {} requests without an answer or \
         refused; {} facts acknowledged, 0 lost, 0 doubled; verify holds",
        all.ended, all.at_start, all.refused, all.facts
    );
    Ok(())
}

/// What became of the runs.
#[derive(Default)]
struct Seen {
    ended: u64,
    at_start: u64,
    refused: u64,
    facts: usize,
}

fn one_ledger(folder: &str, runs: u64, draw: &mut Draw, all: &mut Seen) -> Result<()> {
    let place = Place::sqlite()?;
    let token = place.token(&["facts:write"])?;
    let load = Load::start(&Manner { token, seed: 41, clients: 4, doubled: 0, mark: "E".to_owned() })?;
    for run in 0..runs {
        let syncs = run % 2 == 0;
        let probability = ["0.1", "0.02", "0.005"][usize::try_from(draw.below(3))?];
        // EIO of a sync; EIO or no room of a write.
        let fault = match (syncs, draw.below(2)) {
            (true, _) => format!("enable_random name=posix/io/sync/*,probability={probability},failinfo=5"),
            (false, 0) => format!("enable_random name=posix/io/rw/pwrite,probability={probability},failinfo=5"),
            (false, _) => format!("enable_random name=posix/io/rw/pwrite,probability={probability},failinfo=28"),
        };
        let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("LD_PRELOAD", format!("{folder}/fiu_run_preload.so {folder}/fiu_posix_preload.so")).env("FIU_ENABLE", &fault);
        let before = load.board.tally();
        let Ok(mut server) = Server::of(&mut command, &place) else {
            all.at_start += 1;
            continue;
        };
        load.board.set(&[server.address]);
        // Until it ends by itself, or enough went well, or wrong.
        until("it ended, or went on", Duration::from_secs(60), || {
            let now = load.board.tally();
            let enough = now.requests > before.requests + 25 || now.unanswered > before.unanswered + 60;
            Ok((server.ended()? || enough).then_some(()))
        })?;
        load.board.set(&[]);
        if server.ended()? {
            ensure!(syncs, "the server ended though no sync failed");
            let code = server.code()?;
            ensure!(code == Some(FAILED_SYNC), "after a failed sync it ended with {code:?}");
            all.ended += 1;
        } else {
            server.kill()?;
        }
        all.refused += load.board.tally().unanswered - before.unanswered;
        let compared = Books::read(&place)?.compare(&load.board.tally());
        ensure!(compared.lost.is_empty() && compared.doubled.is_empty(), "run {run}, {fault}: {compared:#?}");
    }
    // Without faults everything that is still owed is taken.
    let server = Server::start(&place)?;
    load.board.set(&[server.address]);
    load.board.after(load.board.tally().requests, Duration::from_secs(60))?;
    let tally = load.finish()?;
    server.stop()?;
    let compared = Books::read(&place)?.compare(&tally);
    ensure!(compared.lost.is_empty() && compared.doubled.is_empty() && compared.unasked == 0, "{compared:#?}");
    all.facts += tally.facts();
    holds_and_rebuilds(&place)?;
    Ok(())
}
