//! G11, G1d: PostgreSQL goes away and comes back, and fails over to a standby, while clients hand in facts.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use kept_store::{Database, Durability};

use crate::books::{Books, Compared, holds_and_rebuilds, quiet};
use crate::client::{Load, Manner, Tally};
use crate::cluster::{Cluster, signal};
use crate::place::{Place, number_of, pass, turn, until};
use crate::server::Server;

/// Times that PostgreSQL is stopped, unless `KEPT_STOPS` says otherwise.
const STOPS: u64 = 2;
/// Fail-overs, unless `KEPT_FAILOVERS` says otherwise.
const FAILOVERS: u64 = 1;
/// How long the primary goes on after the standby hears nothing any more.
const LAG: Duration = Duration::from_millis(400);

#[test]
fn g11_postgres_stopped_and_started_under_load() -> Result<()> {
    let _turn = turn();
    let folder = tempfile::tempdir()?;
    let Some(mut cluster) = Cluster::make(folder.path(), "")? else { return Ok(()) };
    cluster.start()?;
    let place = Place::on(&cluster.url("postgres"))?;
    let token = place.token(&["facts:write"])?;
    let mut server = Server::start(&place)?;
    let load = Load::start(&Manner { token, seed: 61, clients: 4, doubled: 0, mark: "A".to_owned() })?;
    load.board.set(&[server.address]);
    load.board.after(8, Duration::from_secs(30))?;
    let (stops, mut slowest, mut refused) = (number_of("KEPT_STOPS", STOPS)?, Duration::ZERO, 0);
    for _ in 0..stops {
        let before = load.board.tally().unanswered;
        cluster.stop()?;
        until(
            "something is refused",
            Duration::from_secs(60),
            || Ok((load.board.tally().unanswered > before + 4).then_some(())),
        )?;
        ensure!(!server.ended()?, "the server ended with its database");
        cluster.start()?;
        let (back, requests) = (Instant::now(), load.board.tally());
        slowest = slowest.max(load.board.after(requests.requests, Duration::from_secs(60))? - back);
        refused += requests.unanswered - before;
        pass(Duration::from_millis(150));
    }
    let tally = load.finish()?;
    server.stop()?;
    quiet(&place)?;
    let compared = Books::read(&place)?.compare(&tally);
    ensure!(compared.lost.is_empty() && compared.doubled.is_empty() && compared.unasked == 0, "{compared:#?}");
    holds_and_rebuilds(&place)?;
    eprintln!(
        "away, postgres: stopped {stops} times under load, {refused} requests refused with 503, {} facts acknowledged, 0 lost, 0 doubled; taken again at most {} ms \
         after it was back",
        tally.facts(),
        slowest.as_millis()
    );
    Ok(())
}

#[test]
fn g01d_failover_to_a_synchronous_standby() -> Result<()> {
    let _turn = turn();
    let (mut facts, mut repeated, mut slowest) = (0, 0, Duration::ZERO);
    let times = number_of("KEPT_FAILOVERS", FAILOVERS)?;
    for time in 0..times {
        let Some((tally, compared, took)) = fail_over(true, 70 + time)? else { return Ok(()) };
        ensure!(compared.lost.is_empty() && compared.doubled.is_empty(), "fail-over {time}: {compared:#?}");
        facts += tally.facts();
        repeated += tally.repeated;
        slowest = slowest.max(took);
    }
    // An asynchronous standby must lose, or this machine shows nothing.
    let (tally, compared, _) = fail_over(false, 69)?.context("PostgreSQL was there a moment ago")?;
    ensure!(!compared.lost.is_empty(), "an asynchronous standby lost nothing: this harness shows nothing here");
    eprintln!(
        "failover, postgres: {times} to a synchronous standby under load, {facts} facts acknowledged, 0 lost, 0 doubled, {repeated} requests found again by their key; \
         served again at most {} ms after the primary died; asynchronous: {} of {} acknowledged facts lost",
        slowest.as_millis(),
        compared.lost.len(),
        tally.facts()
    );
    Ok(())
}

/// The link to the standby freezes, the primary dies a little later, the standby is promoted.
fn fail_over(synchronous: bool, seed: u64) -> Result<Option<(Tally, Compared, Duration)>> {
    let (first, second) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let names = if synchronous { "synchronous_standby_names = '*'" } else { "" };
    let Some(mut primary) = Cluster::make(first.path(), names)? else { return Ok(None) };
    primary.start()?;
    let mut standby = primary.standby(second.path(), "second")?;
    // As a primary it has no standby itself.
    standby.configure("synchronous_standby_names = ''")?;
    standby.start()?;
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port, standby.port);
    let place = Place::on(&format!("postgres://kept@{hosts}/postgres?target_session_attrs=read-write&connect_timeout=2"))?;
    {
        let database = Database::open(&primary.url("postgres"), Durability::Full)?;
        until("the standby follows", Duration::from_secs(30), || {
            let sql = "select count(*) from pg_stat_replication where state = 'streaming'";
            let count = database.read(|connection| connection.first(sql, &[]))?.map_or(Ok(0), |row| row.int(0))?;
            Ok((count == 1).then_some(()))
        })?;
    }
    let token = place.token(&["facts:write"])?;
    let server = Server::start(&place)?;
    let load = Load::start(&Manner { token, seed, clients: 4, doubled: 0, mark: format!("V{seed}") })?;
    load.board.set(&[server.address]);
    load.board.after(20, Duration::from_secs(60))?;
    let receiver = standby.receiver()?.context("nothing receives at the standby")?;
    signal("STOP", receiver);
    pass(LAG);
    primary.kill()?;
    let died = Instant::now();
    signal("KILL", receiver);
    standby.promote()?;
    let requests = load.board.tally().requests;
    let took = load.board.after(requests + 8, Duration::from_secs(90))? - died;
    let tally = load.finish()?;
    server.stop()?;
    let left = Place::on(&standby.url("postgres"))?;
    let compared = Books::read(&left)?.compare(&tally);
    let found = left.database()?.read(|connection| kept_store::verify(connection, |_| {}))?;
    ensure!(found.problems.is_empty(), "{:#?}", found.problems);
    Ok(Some((tally, compared, took)))
}
