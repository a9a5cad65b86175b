//! G3: a whole server is paused (SIGSTOP) while it holds leases; another takes over; the first wakes up and goes on. No letter leaves twice.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use jiff::civil::time;
use kept_domain::message::{MessageState, Mode};
use kept_domain::{Body, Noun};
use kept_sample::peer::SmtpPeer;
use serde_json::json;

use crate::books::{facts, holds_and_rebuilds, quiet};
use crate::client::{Draw, Taken, http};
use crate::cluster::signal;
use crate::fake_time::FakeTime;
use crate::place::{Place, number_of, pass, turn, until};
use crate::server::Server;

/// Pauses, unless `KEPT_PAUSES` says otherwise.
const PAUSES: u64 = 2;
/// Orders that fall due at each.
const ORDERS: u64 = 20;
/// Where the customers live, and the hour after which no pause begins.
const ZONE: &str = "Europe/Paris";
const EVENING: i8 = 18;
/// Longer than any lease, in seconds.
const BEYOND_LEASES: i64 = 1_000;

#[test]
fn g03_a_paused_server_sends_nothing_twice() -> Result<()> {
    let _turn = turn();
    let Some(place) = Place::postgres()? else { return Ok(()) };
    let Some(mut clock) = FakeTime::new(&place.beside("clock"), "a paused server")? else { return Ok(()) };
    to_ten(&mut clock)?;
    let token = place.token(&["facts:write"])?;
    {
        let engine = place.engine()?;
        for playbook in engine.playbooks()? {
            engine.switch_playbook(&playbook.name, Mode::Automatic, "test")?;
        }
    }
    let peer = SmtpPeer::start()?;
    let port = peer.address().port().to_string();
    let start = |clock: &FakeTime| {
        let mut command = place.command(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--smtp-host",
            "127.0.0.1",
            "--smtp-port",
            &port,
            "--smtp-security",
            "none",
            "--from",
            "shop@example.org",
        ]);
        Server::of(clock.on(&mut command), &place)
    };
    let servers = [start(&clock)?, start(&clock)?];
    let (client, mut draw, database) = (http()?, Draw::new(number_of("KEPT_PAUSES_SEED", 81)?), place.database()?);
    let pauses = number_of("KEPT_PAUSES", PAUSES)?;
    let (mut arrived, mut held): (HashMap<String, String>, i64) = (HashMap::new(), 0);
    for pause in 0..pauses {
        if clock.now().in_tz(ZONE)?.hour() >= EVENING {
            to_ten(&mut clock)?;
        }
        let (asleep, awake) = if pause % 2 == 0 { (&servers[0], &servers[1]) } else { (&servers[1], &servers[0]) };
        let due = clock.now() + SignedDuration::from_millis(700);
        let body: String = (0..ORDERS)
            .map(|number| {
                let name = format!("W{pause}-{number}");
                let order = json!({
                    "kind": "order.placed", "order_number": name, "at": clock.now().to_string(), "promised_at": due.to_string(),
                    "customer": { "reference": name, "name": "Anne Perret", "email": format!("{name}@example.org"), "country": "FR", "language": "fr" },
                    "lines": [{ "sku": "VESTA" }],
                });
                format!("{order}\n")
            })
            .collect();
        let answer = client
            .post(awake.at("/api/facts"))
            .bearer_auth(&token)
            .header("content-type", "application/x-ndjson")
            .body(body)
            .send()?;
        let taken: Taken = answer.error_for_status()?.json()?;
        ensure!(u64::from(taken.accepted) == ORDERS, "{taken:?}");
        // Somewhere between noticing, deciding and sending.
        pass(Duration::from_millis(700 + draw.below(900)));
        signal("STOP", asleep.process());
        held += held_by(&database, asleep.process())?;
        clock.jump(BEYOND_LEASES)?;
        at_rest(&database, &clock)?;
        signal("CONT", asleep.process());
        at_rest(&database, &clock)?;
        gather(&peer, &mut arrived)?;
    }
    pass(Duration::from_millis(600));
    at_rest(&database, &clock)?;
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

/// To the next ten in the morning where the customers live: at night letters are held.
fn to_ten(clock: &mut FakeTime) -> Result<()> {
    let now = clock.now().in_tz(ZONE)?;
    let ten = now.tomorrow()?.with().time(time(10, 0, 0, 0)).build()?;
    clock.jump(ten.timestamp().as_second() - now.timestamp().as_second())
}

/// Nothing is due, waits for a decision, or is on its way out.
fn at_rest(database: &kept_store::Database, clock: &FakeTime) -> Result<()> {
    let mut left = (0, 0, 0);
    let rest = until("signals decided and letters sent", Duration::from_secs(60), || {
        let now = kept_base::millis(clock.now());
        left = database.read(|connection| {
            let outbox = connection.first("select count(*) from outbox", &[])?.map_or(Ok(0), |row| row.int(0))?;
            Ok((connection.due_watches(Noun::Promise, now, 9)?.len(), connection.signals_pending()?, outbox))
        })?;
        Ok((left == (0, 0, 0)).then_some(()))
    });
    rest.with_context(|| format!("due, signals, outbox: {left:?}; {:?}", waiting(database, kept_base::millis(clock.now()))))
}

/// Letters that are still on their way out: state, attempts, and seconds until they are tried, and until their lease ends.
fn waiting(database: &kept_store::Database, now: i64) -> Result<Vec<String>> {
    let sql = "select state, attempt, next_at, lease_until, coalesce(holder, '') from outbox";
    let rows = database.read(|connection| connection.query(sql, &[]))?;
    let line = |row: &kept_store::Row| -> Result<String, kept_store::StoreError> {
        let from_now = |column| Ok::<_, kept_store::StoreError>((row.int(column)? - now) / 1000);
        Ok(format!("{} × {}: next in {} s, lease {} s, {}", row.text(0)?, row.int(1)?, from_now(2)?, from_now(3)?, row.text(4)?))
    };
    Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
}

/// Letters that arrived: by the number that the mail server gave, the name that the letter bears. The server forgets old ones.
fn gather(peer: &SmtpPeer, arrived: &mut HashMap<String, String>) -> Result<()> {
    for letter in peer.letters() {
        let text = String::from_utf8_lossy(&letter.bytes).into_owned();
        let name = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).context("a letter without a name")?;
        arrived.insert(letter.queue_id, name.trim().to_owned());
    }
    Ok(())
}

/// Signals and letters that a process has claimed.
fn held_by(database: &kept_store::Database, process: u32) -> Result<i64> {
    let sql = "select (select count(*) from signal where holder like $1) + (select count(*) from outbox where holder like $1)";
    let row = database.read(|connection| connection.first(sql, &[format!("{process}-%").into()]))?.context("no count")?;
    Ok(row.int(0)?)
}
