//! G1a: kill -9 under load. What was acknowledged is there, once; what fell due while down fires, once.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::books::{Books, holds_and_rebuilds, quiet, watched};
use crate::client::{Draw, Load, Manner};
use crate::place::{Place, number_of, pass, turn};
use crate::server::{Server, Starting};

/// Kills, unless `KEPT_CRASH_CYCLES` says otherwise.
const CYCLES: u64 = 50;
/// Every so many kills the ledger is compared, verified and rebuilt.
const LOOK: u64 = 10;
/// Every so many kills the next start is killed as well, before anybody is answered.
const AT_START: u64 = 5;

#[test]
fn g01a_kill9_on_sqlite() -> Result<()> {
    survives(&Place::sqlite()?)
}

#[test]
fn g01a_kill9_on_postgres() -> Result<()> {
    match Place::postgres()? {
        Some(place) => survives(&place),
        None => Ok(()),
    }
}

fn survives(place: &Place) -> Result<()> {
    let _turn = turn();
    let (cycles, seed) = (number_of("KEPT_CRASH_CYCLES", CYCLES)?, number_of("KEPT_CRASH_SEED", 20_261_123)?);
    let mut draw = Draw::new(seed);
    let token = place.token(&["facts:write"])?;
    let load = Load::start(&Manner { token, seed, clients: 4, doubled: 0, mark: "C".to_owned() })?;
    let mut restarts: Vec<Duration> = Vec::new();
    let mut downs: Vec<(i64, i64)> = Vec::new();
    let (mut server, mut at_start, began) = (Server::start(place)?, 0, Instant::now());
    load.board.set(&[server.address]);
    load.board.after(0, Duration::from_secs(30))?;
    for cycle in 1..=cycles {
        pass(Duration::from_millis(20 + draw.below(330)));
        server.kill()?;
        load.board.set(&[]);
        let down = now();
        if cycle % AT_START == 0 {
            let starting = Starting::begin(place)?;
            pass(Duration::from_millis(draw.below(120)));
            starting.kill()?;
            at_start += 1;
        }
        if cycle % LOOK == 0 {
            quiet(place)?;
            let compared = Books::read(place)?.compare(&load.board.tally());
            ensure!(
                compared.lost.is_empty() && compared.doubled.is_empty(),
                "{}, seed {seed}, cycle {cycle}: {compared:#?}",
                place.kind()
            );
            holds_and_rebuilds(place)?;
        }
        let (before, started) = (load.board.tally().requests, Instant::now());
        server = Server::start(place)?;
        load.board.set(&[server.address]);
        restarts.push(load.board.after(before, Duration::from_secs(60))? - started);
        downs.push((down, now()));
    }
    let tally = load.finish()?;
    // What the last orders promised falls due within a second and a half.
    pass(Duration::from_millis(1600));
    watched(place, Duration::from_secs(30))?;
    server.stop()?;
    let books = Books::read(place)?;
    let compared = books.compare(&tally);
    let problem = format!("{}, seed {seed}: {} acknowledged facts, {compared:#?}", place.kind(), tally.facts());
    ensure!(compared.lost.is_empty() && compared.doubled.is_empty() && compared.unasked == 0, "{problem}");
    let wrong: Vec<_> = books.promises.values().filter(|promise| promise.late.len() != 1).take(5).collect();
    ensure!(wrong.is_empty(), "{}, seed {seed}: promises that were not said to be late exactly once: {wrong:#?}", place.kind());
    let early: Vec<_> = books
        .promises
        .values()
        .filter(|promise| promise.due.is_none_or(|due| promise.late.iter().any(|(at, _)| *at < due)))
        .collect();
    ensure!(early.is_empty(), "said to be late before the due: {early:#?}");
    let while_down = books
        .promises
        .values()
        .filter(|promise| downs.iter().any(|(from, to)| promise.due.is_some_and(|due| (*from..*to).contains(&due))))
        .count();
    let rows = holds_and_rebuilds(place)?;
    restarts.sort();
    let at =
        |share: usize| restarts.get((restarts.len().saturating_sub(1)) * share / 100).copied().unwrap_or_default().as_millis();
    eprintln!(
        "crash, {}: {cycles} kills under load and {at_start} while starting, seed {seed}, {:.0} s; {} requests with {} facts acknowledged, {} in the ledger, \
         0 lost, 0 doubled; {} requests got no answer, {} of them were committed and found again by their key; {} promises, each late once, {while_down} \
         due while down; verify holds, rebuild gives the same {rows} rows; restart to first acknowledgement p50 {} ms, p95 {} ms, max {} ms",
        place.kind(),
        began.elapsed().as_secs_f64(),
        tally.requests,
        tally.facts(),
        books.facts,
        tally.unanswered,
        tally.repeated,
        books.promises.len(),
        at(50),
        at(95),
        at(100),
    );
    Ok(())
}

fn now() -> i64 {
    kept_base::millis(jiff::Timestamp::now())
}
