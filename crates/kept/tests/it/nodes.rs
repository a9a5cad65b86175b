//! G6a: two servers on one PostgreSQL, clients that talk to both about the same parcels: each thing happens once.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::books::{Books, holds_and_rebuilds, quiet, watched};
use crate::client::{Load, Manner};
use crate::place::{Place, pass, turn};
use crate::server::Server;

/// How long each phase lasts.
const PHASE: Duration = Duration::from_secs(5);

#[test]
fn g06a_two_nodes_have_each_effect_once() -> Result<()> {
    let _turn = turn();
    let Some(place) = Place::postgres()? else { return Ok(()) };
    let token = place.token(&["facts:write"])?;
    let (first, second) = (Server::start(&place)?, Server::start(&place)?);

    // The same clients on one node, then on both: what a second node brings on this machine.
    let mut rates = Vec::new();
    let mut tallies = Vec::new();
    for (mark, addresses) in [("P", vec![first.address]), ("Q", vec![first.address, second.address])] {
        let load = Load::start(&Manner { token: token.clone(), seed: 11, clients: 4, doubled: 0, mark: mark.to_owned() })?;
        load.board.set(&addresses);
        load.board.after(0, Duration::from_secs(30))?;
        let (begun, started) = (load.board.tally(), Instant::now());
        pass(PHASE);
        let facts = load.board.tally().facts() - begun.facts();
        rates.push(facts as f64 / started.elapsed().as_secs_f64());
        tallies.push(load.finish()?);
    }

    // Every third request goes to both nodes at once with one key; half-way through one node is killed and its clients turn to the other.
    let load = Load::start(&Manner { token, seed: 12, clients: 4, doubled: 3, mark: "R".to_owned() })?;
    load.board.set(&[first.address, second.address]);
    load.board.after(0, Duration::from_secs(30))?;
    pass(PHASE);
    second.kill()?;
    load.board.set(&[first.address]);
    pass(PHASE / 2);
    let both = load.finish()?;
    pass(Duration::from_millis(1600));
    watched(&place, Duration::from_secs(30))?;
    first.stop()?;
    quiet(&place)?;

    tallies.push(both.clone());
    let books = Books::read(&place)?;
    let mut acknowledged = 0;
    for tally in &tallies {
        let compared = books.compare(tally);
        ensure!(compared.lost.is_empty() && compared.doubled.is_empty(), "{compared:#?}");
        acknowledged += tally.facts();
    }
    ensure!(books.scans.len() + books.orders.len() == acknowledged, "there is more in the ledger than anybody was told");
    let wrong: Vec<_> = books
        .promises
        .values()
        .filter(|promise| promise.late.len() != 1)
        .map(|promise| (&promise.number, &promise.late))
        .take(3)
        .collect();
    ensure!(wrong.is_empty(), "not late exactly once: {wrong:#?}");
    let said = place.must(&["verify"])?;
    let streams = said.lines().filter(|line| line.starts_with("head of stream")).count();
    ensure!(streams >= 2, "only one stream was written: {said}");
    let rows = holds_and_rebuilds(&place)?;
    eprintln!(
        "nodes: {acknowledged} facts acknowledged by two nodes, each once ({} in requests that went to both or were repeated to the survivor of a kill); \
         {} promises, each late once, none unwatched; {streams} streams verified, rebuild gives the same {rows} rows; one node {:.0} facts/s, two nodes \
         {:.0} facts/s: × {:.2} on this machine, clients and PostgreSQL on it as well",
        both.facts(),
        books.promises.len(),
        rates.first().copied().unwrap_or_default(),
        rates.get(1).copied().unwrap_or_default(),
        rates.get(1).copied().unwrap_or_default() / rates.first().copied().unwrap_or(1.0),
    );
    Ok(())
}
