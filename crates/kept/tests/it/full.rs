//! G11: the disk is full. Kept refuses, recovers by itself, and has everything that it acknowledged.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::books::{Books, holds_and_rebuilds};
use crate::client::{Load, Manner};
use crate::disk::{Mount, may_mount};
use crate::place::{Place, number_of, pass, turn, until};
use crate::server::Server;

/// Times that the disk fills up, unless `KEPT_FULL` says otherwise.
const TIMES: u64 = 2;

#[test]
fn g11_a_full_disk_refuses_and_recovers() -> Result<()> {
    let _turn = turn();
    if !may_mount("a full disk")? {
        return Ok(());
    }
    let place = Place::sqlite()?;
    let _mount = Mount::new(&["-t", "tmpfs", "-o", "size=192m", "tmpfs"], &place.data())?;
    let token = place.token(&["facts:write"])?;
    let mut server = Server::start(&place)?;
    let load = Load::start(&Manner { token, seed: 31, clients: 4, doubled: 0, mark: "F".to_owned() })?;
    load.board.set(&[server.address]);
    load.board.after(4, Duration::from_secs(30))?;
    let (times, mut refused, mut slowest) = (number_of("KEPT_FULL", TIMES)?, 0, Duration::ZERO);
    for _ in 0..times {
        let before = load.board.tally().unanswered;
        let filler = place.data().join("filler");
        fill(&filler)?;
        until("something is refused", Duration::from_secs(60), || {
            // The database may have had pages to spare; now they are used up.
            fill(&filler)?;
            Ok((load.board.tally().unanswered > before + 4).then_some(()))
        })?;
        ensure!(!server.ended()?, "the server ended because the disk was full");
        pass(Duration::from_millis(50));
        let full = load.board.tally();
        refused += full.unanswered - before;
        std::fs::remove_file(&filler)?;
        let room = Instant::now();
        slowest = slowest.max(load.board.after(full.requests, Duration::from_secs(60))? - room);
    }
    let tally = load.finish()?;
    server.stop()?;
    let compared = Books::read(&place)?.compare(&tally);
    ensure!(compared.lost.is_empty() && compared.doubled.is_empty() && compared.unasked == 0, "{compared:#?}");
    holds_and_rebuilds(&place)?;
    eprintln!(
        "full, sqlite: the disk filled up {times} times, {refused} requests refused with 503, {} facts acknowledged, 0 lost, 0 doubled; taken again at most \
         {} ms after there was room",
        tally.facts(),
        slowest.as_millis()
    );
    Ok(())
}

/// Writes until nothing more fits.
fn fill(file: &Path) -> Result<()> {
    let mut out = std::fs::File::options().create(true).append(true).open(file)?;
    for size in [1 << 20, 4096, 512] {
        let bytes = vec![b'x'; size];
        while out.write_all(&bytes).is_ok() {}
    }
    Ok(())
}
