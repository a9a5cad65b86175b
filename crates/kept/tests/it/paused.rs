//! G3: a whole server is paused (SIGSTOP) while it holds leases; another takes over; the first wakes up and goes on. No letter leaves twice.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kept_domain::Body;
use kept_domain::message::MessageState;
use kept_sample::peer::SmtpPeer;

use crate::books::{facts, holds_and_rebuilds, quiet};
use crate::client::{Draw, http};
use crate::cluster::signal;
use crate::fake_time::FakeTime;
use crate::mailing::{BEYOND_LEASES, ZONE, at_rest, automatic, gather, orders, start, to_ten};
use crate::place::{Place, number_of, pass, turn};

/// Pauses, unless `KEPT_PAUSES` says otherwise.
const PAUSES: u64 = 2;
/// Orders that fall due at each.
const ORDERS: u64 = 20;
/// The hour after which no pause begins.
const EVENING: i8 = 18;

#[test]
fn g03_a_paused_server_sends_nothing_twice() -> Result<()> {
    let _turn = turn();
    let Some(place) = Place::postgres()? else { return Ok(()) };
    let Some(mut clock) = FakeTime::new(&place.beside("clock"), "a paused server")? else { return Ok(()) };
    to_ten(&mut clock)?;
    let token = place.token(&["facts:write"])?;
    automatic(&place)?;
    let peer = SmtpPeer::start()?;
    let port = peer.address().port();
    let servers = [start(&place, &clock, port)?, start(&place, &clock, port)?];
    let (client, mut draw, database) = (http()?, Draw::new(number_of("KEPT_PAUSES_SEED", 81)?), place.database()?);
    let pauses = number_of("KEPT_PAUSES", PAUSES)?;
    let (mut arrived, mut held): (HashMap<String, String>, i64) = (HashMap::new(), 0);
    for pause in 0..pauses {
        if clock.now().in_tz(ZONE)?.hour() >= EVENING {
            to_ten(&mut clock)?;
        }
        let (asleep, awake) = if pause % 2 == 0 { (&servers[0], &servers[1]) } else { (&servers[1], &servers[0]) };
        orders(&client, awake, &token, &clock, &format!("W{pause}"), ORDERS)?;
        // Somewhere between noticing, deciding and sending.
        pass(Duration::from_millis(700 + draw.below(900)));
        signal("STOP", asleep.process());
        held += held_by(&database, asleep.process())?;
        clock.jump(BEYOND_LEASES)?;
        at_rest(&database, &clock, false)?;
        signal("CONT", asleep.process());
        at_rest(&database, &clock, false)?;
        gather(&peer, &mut arrived)?;
    }
    pass(Duration::from_millis(600));
    at_rest(&database, &clock, false)?;
    for server in servers {
        server.stop()?;
    }
    quiet(&place)?;
    gather(&peer, &mut arrived)?;
    let mut letters: HashMap<&String, u64> = HashMap::new();
    arrived.values().for_each(|id| *letters.entry(id).or_default() += 1);
    let twice: Vec<_> = letters.iter().filter(|(_, count)| **count > 1).collect();
    ensure!(twice.is_empty(), "letters that left twice: {twice:?}");
    ensure!(letters.len() as u64 >= pauses * ORDERS / 2, "only {} letters left: nothing was shown", letters.len());
    let (mut decided, mut unknown) = (HashMap::new(), 0);
    for fact in facts(&database)? {
        match &fact.body {
            Body::DecisionMade(body) => *decided.entry((body.signal, body.playbook.clone())).or_insert(0) += 1,
            Body::MessageOutcome(body) if body.state == MessageState::Unknown => unknown += 1,
            _ => {}
        }
    }
    ensure!(decided.values().all(|count| *count == 1), "a signal was decided twice: {decided:?}");
    holds_and_rebuilds(&place)?;
    eprintln!(
        "paused, postgres: {pauses} times a server was stopped in the midst of work, holding {held} signals and letters in all; its leases ran out and the other went on; {} letters, none twice; {} decisions, \
         each once; {unknown} letters shown as unknown",
        letters.len(),
        decided.len()
    );
    Ok(())
}

/// Signals and letters that a process has claimed.
fn held_by(database: &kept_store::Database, process: u32) -> Result<i64> {
    let sql = "select (select count(*) from signal where holder like $1) + (select count(*) from outbox where holder like $1)";
    let row = database.read(|connection| connection.first(sql, &[format!("{process}-%").into()]))?.context("no count")?;
    Ok(row.int(0)?)
}
