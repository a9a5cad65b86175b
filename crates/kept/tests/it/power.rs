//! G1b: a power cut. Only what was synced is left, and what was acknowledged is in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_store::{Connection, Durability};
use serde_json::json;

use crate::books::{Books, facts};
use crate::client::{Draw, Load, Manner, Tally};
use crate::cluster::Cluster;
use crate::disk::Disk;
use crate::place::{Place, number_of, pass, turn};
use crate::server::Server;

/// Power cuts, unless `KEPT_POWER_CUTS` says otherwise.
const CUTS: u64 = 4;
/// The same on PostgreSQL, whose start on each copy takes a second; `KEPT_POWER_CUTS_POSTGRES`.
const CUTS_POSTGRES: u64 = 1;
/// Cuts of the writer that does not sync.
const CONTROL: u64 = 3;

/// Cuts of one ledger; then another is begun, since each cut reads the whole of it.
const OF_ONE: u64 = 25;

#[test]
fn g01b_power_cuts_on_sqlite() -> Result<()> {
    let _turn = turn();
    let cuts = number_of("KEPT_POWER_CUTS", CUTS)?;
    let Some(facts) = ledger_by_ledger(cuts, 21, cuts_on_sqlite)? else { return Ok(()) };
    // The same with a writer that does not sync must lose, or this machine cannot show what a power cut loses.
    let careless = Place::sqlite()?;
    let disk = Disk::new(&careless.beside(""), &careless.data())?.context("there was a disk a moment ago")?;
    let (lossy, worst) = careless_cuts(&careless, &disk)?;
    ensure!(lossy > 0, "a writer without syncs lost nothing in {CONTROL} cuts: this harness shows nothing here");
    eprintln!(
        "power, sqlite: {cuts} cuts under load, {facts} facts acknowledged before them, 0 lost, 0 doubled, every copy verifies; without syncs {lossy} of \
         {CONTROL} cuts lost, at worst {worst} facts"
    );
    Ok(())
}

#[test]
fn g01b_power_cuts_on_postgres() -> Result<()> {
    let _turn = turn();
    let cuts = number_of("KEPT_POWER_CUTS_POSTGRES", CUTS_POSTGRES)?;
    let Some(facts) = ledger_by_ledger(cuts, 22, cuts_on_postgres)? else { return Ok(()) };
    eprintln!(
        "power, postgres: {cuts} cuts under load, {facts} facts acknowledged before them, 0 lost, 0 doubled, every copy verifies"
    );
    Ok(())
}

/// Cuts one ledger after the other; gives how many facts were acknowledged in all of them.
fn ledger_by_ledger(cuts: u64, seed: u64, cut: impl Fn(u64, u64) -> Result<Option<usize>>) -> Result<Option<usize>> {
    let (mut done, mut facts) = (0, 0);
    while done < cuts {
        let some = OF_ONE.min(cuts - done);
        let Some(acknowledged) = cut(some, seed + done)? else { return Ok(None) };
        (done, facts) = (done + some, facts + acknowledged);
    }
    Ok(Some(facts))
}

/// Cuts one ledger; gives how many facts were acknowledged before the last cut.
fn cuts_on_sqlite(cuts: u64, seed: u64) -> Result<Option<usize>> {
    let place = Place::sqlite()?;
    let Some(disk) = Disk::new(&place.beside(""), &place.data())? else { return Ok(None) };
    let token = place.token(&["facts:write"])?;
    let server = Server::start(&place)?;
    let load = load(&server, token, seed)?;
    let (mut draw, mut last) = (Draw::new(seed), 0);
    for cut in 0..cuts {
        pass(Duration::from_millis(20 + draw.below(330)));
        let (copy, acknowledged) = (Place::sqlite()?, load.board.tally());
        let mounted = disk.cut(&copy.data())?;
        nothing_is_lost(&copy, &acknowledged).with_context(|| format!("cut {cut}, seed {seed}"))?;
        last = acknowledged.facts();
        mounted.end()?;
        std::fs::remove_file(place.beside("outer/cut.img"))?;
    }
    load.finish()?;
    server.kill()?;
    Ok(Some(last))
}

fn cuts_on_postgres(cuts: u64, seed: u64) -> Result<Option<usize>> {
    let here = Place::sqlite()?;
    let Some(disk) = Disk::new(&here.beside(""), &here.data())? else { return Ok(None) };
    let Some(mut cluster) = Cluster::make(&here.data(), "")? else { return Ok(None) };
    cluster.start()?;
    let place = Place::on(&cluster.url("postgres"))?;
    let token = place.token(&["facts:write"])?;
    let server = Server::start(&place)?;
    let load = load(&server, token, seed)?;
    let (mut draw, mut last) = (Draw::new(seed), 0);
    for cut in 0..cuts {
        pass(Duration::from_millis(20 + draw.below(330)));
        let (copy, acknowledged) = (Place::sqlite()?, load.board.tally());
        let mounted = disk.cut(&copy.data())?;
        let mut recovered = Cluster::at(&copy.data())?.context("PostgreSQL was there a moment ago")?;
        std::fs::remove_file(copy.data().join("pg/postmaster.pid"))?;
        recovered.start()?;
        let left = Place::on(&recovered.url("postgres"))?;
        nothing_is_lost(&left, &acknowledged).with_context(|| format!("cut {cut}, seed {seed}"))?;
        last = acknowledged.facts();
        drop(left);
        drop(recovered);
        mounted.end()?;
        std::fs::remove_file(here.beside("outer/cut.img"))?;
    }
    load.finish()?;
    server.stop()?;
    drop(cluster);
    Ok(Some(last))
}

fn load(server: &Server, token: String, seed: u64) -> Result<Load> {
    let load = Load::start(&Manner { token, seed, clients: 4, doubled: 0, mark: "P".to_owned() })?;
    load.board.set(&[server.address]);
    load.board.after(8, Duration::from_secs(30))?;
    Ok(load)
}

/// What was acknowledged is there, once, and the ledger verifies.
fn nothing_is_lost(place: &Place, acknowledged: &Tally) -> Result<()> {
    let compared = Books::read(place)?.compare(acknowledged);
    ensure!(compared.lost.is_empty() && compared.doubled.is_empty(), "{compared:#?}");
    let found = place.database()?.read(|connection| kept_store::verify(connection, |_| {}))?;
    ensure!(found.problems.is_empty(), "{:#?}", found.problems);
    Ok(())
}

/// Cuts while an engine writes that does not sync: how many lost something that was said to be there, and how much at worst.
fn careless_cuts(place: &Place, disk: &Disk) -> Result<(u64, u64)> {
    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let engine = Engine::open(&place.url()?, Durability::Scratch, Settings::default(), Clock::Wall, packs)?;
    let (stop, told) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writing = {
        let (stop, told) = (Arc::clone(&stop), Arc::clone(&told));
        std::thread::spawn(move || -> Result<()> {
            let mut number = 0_u64;
            while !stop.load(Ordering::SeqCst) {
                number += 1;
                let news = json!({ "kind": "parcel.scanned", "tracking_number": format!("Z{number}"), "carrier": "laposte", "code": "K", "milestone": "in_network", "at": jiff::Timestamp::now().to_string() });
                let lines = kept_connect::own::parse_lines(format!("{news}\n").as_bytes(), Some("application/x-ndjson"));
                let inputs = lines.into_iter().filter_map(|line| line.result.ok()).map(|(input, _)| input).collect();
                engine.record(inputs, RecordOptions::default())?;
                told.store(engine.database().read(Connection::ledger_size)?.1.try_into()?, Ordering::SeqCst);
            }
            Ok(())
        })
    };
    let (mut lossy, mut worst) = (0, 0);
    for _ in 0..CONTROL {
        pass(Duration::from_millis(300));
        let copy = Place::sqlite()?;
        let acknowledged = told.load(Ordering::SeqCst);
        let mounted = disk.cut(&copy.data())?;
        let there = copy.database().and_then(|database| facts(&database)).map_or(0, |facts| facts.len() as u64);
        let lost = acknowledged.saturating_sub(there);
        lossy += u64::from(lost > 0);
        worst = worst.max(lost);
        mounted.end()?;
        std::fs::remove_file(place.beside("outer/cut.img"))?;
    }
    stop.store(true, Ordering::SeqCst);
    writing.join().map_err(|_| anyhow::anyhow!("the writer died"))??;
    Ok((lossy, worst))
}
