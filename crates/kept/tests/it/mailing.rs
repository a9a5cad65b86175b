//! What harnesses with a mail server share: a server that writes to it by itself, orders that fall due, and which letters arrived.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::SignedDuration;
use jiff::civil::time;
use kept_domain::Noun;
use kept_domain::message::Mode;
use kept_sample::peer::SmtpPeer;
use kept_store::Database;
use reqwest::blocking::Client;
use serde_json::json;

use crate::client::Taken;
use crate::fake_time::FakeTime;
use crate::place::{Place, until};
use crate::server::Server;

/// Where the customers live.
pub const ZONE: &str = "Europe/Paris";
/// Longer than any lease, in seconds.
pub const BEYOND_LEASES: i64 = 1_000;

/// Every playbook writes without asking.
pub fn automatic(place: &Place) -> Result<()> {
    let engine = place.engine()?;
    for playbook in engine.playbooks()? {
        engine.switch_playbook(&playbook.name, Mode::Automatic, "test")?;
    }
    Ok(())
}

/// Starts a server whose letters go to a port of this machine.
pub fn start(place: &Place, clock: &FakeTime, port: u16) -> Result<Server> {
    let port = port.to_string();
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
    Server::of(clock.on(&mut command), place)
}

/// Hands in orders that fall due in a moment: of each a customer of its own will be told that it is late.
pub fn orders(client: &Client, server: &Server, token: &str, clock: &FakeTime, mark: &str, count: u64) -> Result<()> {
    let due = clock.now() + SignedDuration::from_millis(700);
    let body: String = (0..count)
        .map(|number| {
            let name = format!("{mark}-{number}");
            let order = json!({
                "kind": "order.placed", "order_number": name, "at": clock.now().to_string(), "promised_at": due.to_string(),
                "customer": { "reference": name, "name": "Anne Perret", "email": format!("{name}@example.org"), "country": "FR", "language": "fr" },
                "lines": [{ "sku": "VESTA" }],
            });
            format!("{order}\n")
        })
        .collect();
    let answer = client
        .post(server.at("/api/facts"))
        .bearer_auth(token)
        .header("content-type", "application/x-ndjson")
        .body(body)
        .send()?;
    let taken: Taken = answer.error_for_status()?.json()?;
    ensure!(u64::from(taken.accepted) == count, "{taken:?}");
    Ok(())
}

/// To the next ten in the morning where the customers live: at night letters are held.
pub fn to_ten(clock: &mut FakeTime) -> Result<()> {
    let now = clock.now().in_tz(ZONE)?;
    let ten = now.tomorrow()?.with().time(time(10, 0, 0, 0)).build()?;
    clock.jump(ten.timestamp().as_second() - now.timestamp().as_second())
}

/// Nothing is due, waits for a decision, or is on its way out, but letters that wait for their next attempt if those `may_wait`.
pub fn at_rest(database: &Database, clock: &FakeTime, may_wait: bool) -> Result<()> {
    let mut left = (0, 0, 0);
    let rest = until("signals decided and letters sent", Duration::from_secs(60), || {
        let now = kept_base::millis(clock.now());
        left = database.read(|connection| {
            let sql = "select count(*) from outbox where state <> 'ready' or next_at <= $1";
            let until = if may_wait { now } else { i64::MAX };
            let outbox = connection.first(sql, &[until.into()])?.map_or(Ok(0), |row| row.int(0))?;
            Ok((connection.due_watches(Noun::Promise, now, 9)?.len(), connection.signals_pending()?, outbox))
        })?;
        Ok((left == (0, 0, 0)).then_some(()))
    });
    rest.with_context(|| format!("due, signals, outbox: {left:?}; {:?}", waiting(database, kept_base::millis(clock.now()))))
}

/// Letters that are still on their way out: state, attempts, and seconds until they are tried, and until their lease ends.
pub fn waiting(database: &Database, now: i64) -> Result<Vec<String>> {
    let sql = "select state, attempt, next_at, lease_until, coalesce(holder, '') from outbox";
    let rows = database.read(|connection| connection.query(sql, &[]))?;
    let line = |row: &kept_store::Row| -> Result<String, kept_store::StoreError> {
        let from_now = |column| Ok::<_, kept_store::StoreError>((row.int(column)? - now) / 1000);
        Ok(format!("{} × {}: next in {} s, lease {} s, {}", row.text(0)?, row.int(1)?, from_now(2)?, from_now(3)?, row.text(4)?))
    };
    Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
}

/// Letters that arrived: by the number that the mail server gave, the name that the letter bears. The server forgets old ones.
pub fn gather(peer: &SmtpPeer, arrived: &mut HashMap<String, String>) -> Result<()> {
    for letter in peer.letters() {
        let text = String::from_utf8_lossy(&letter.bytes).into_owned();
        let name = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).context("a letter without a name")?;
        arrived.insert(letter.queue_id, name.trim().to_owned());
    }
    Ok(())
}
