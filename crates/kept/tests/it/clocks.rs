//! G5: the machine's clock jumps, forward and back, and its zone changes: no deadline is skipped, none fires twice, none before its due.

use std::time::Duration;

use anyhow::{Result, ensure};
use jiff::SignedDuration;
use kept_domain::Noun;
use serde_json::json;

use crate::books::{Books, holds_and_rebuilds, quiet};
use crate::client::{Draw, Taken, http};
use crate::fake_time::FakeTime;
use crate::place::{Place, number_of, turn, until};
use crate::server::Server;

/// Jumps, unless `KEPT_CLOCK_JUMPS` says otherwise.
const JUMPS: u64 = 6;
/// Orders before each.
const ORDERS: u64 = 6;
/// How far the clock jumps at a time, in seconds.
const SPANS: [i64; 6] = [1, 60, 3_600, 86_400, 7 * 86_400, 30 * 86_400];
const ZONES: [&str; 4] = ["Asia/Kolkata", "America/St_Johns", "Pacific/Apia", "Europe/Dublin"];
/// Ten years, in seconds.
const TEN_YEARS: i64 = 315_360_000;

#[test]
fn g05_clock_jumps_on_sqlite() -> Result<()> {
    jumps(&Place::sqlite()?)
}

#[test]
fn g05_clock_jumps_on_postgres() -> Result<()> {
    match Place::postgres()? {
        Some(place) => jumps(&place),
        None => Ok(()),
    }
}

fn jumps(place: &Place) -> Result<()> {
    let _turn = turn();
    let Some(mut clock) = FakeTime::new(&place.beside("clock"), "a jump of the clock")? else { return Ok(()) };
    let token = place.token(&["facts:write"])?;
    let start = |clock: &FakeTime, zone: &str| {
        let mut command = place.command(&["serve", "--listen", "127.0.0.1:0"]);
        Server::of(clock.on(&mut command).env("TZ", zone), place)
    };
    let (count, seed) = (number_of("KEPT_CLOCK_JUMPS", JUMPS)?, number_of("KEPT_CLOCK_SEED", 51)?);
    let (mut draw, client) = (Draw::new(seed), http()?);
    let mut server = start(&clock, ZONES[0])?;
    let mut restarts = 0;
    for jump in 0..count {
        let body: String = (0..ORDERS)
            .map(|number| {
                let span = SPANS[usize::try_from(draw.below(SPANS.len() as u64)).unwrap_or(0)];
                let due = clock.now() + SignedDuration::from_secs(1 + i64::try_from(draw.below(span.unsigned_abs())).unwrap_or(0));
                let order = json!({
                    "kind": "order.placed", "order_number": format!("J{jump}-{number}"), "at": clock.now().to_string(), "promised_at": due.to_string(),
                    "customer": { "reference": format!("J{jump}-{number}"), "country": "FR" }, "lines": [{ "sku": "VESTA" }],
                });
                format!("{order}\n")
            })
            .collect();
        let answer = client
            .post(server.at("/api/facts"))
            .bearer_auth(&token)
            .header("content-type", "application/x-ndjson")
            .body(body)
            .send()?;
        let taken: Taken = answer.error_for_status()?.json()?;
        ensure!(u64::from(taken.accepted) == ORDERS, "{taken:?}");
        let span = SPANS[usize::try_from(draw.below(SPANS.len() as u64))?];
        clock.jump(if draw.below(5) < 2 { -span } else { span })?;
        looked_at(place, &clock)?;
        if draw.below(4) == 0 {
            server.kill()?;
            server = start(&clock, ZONES[usize::try_from(draw.below(ZONES.len() as u64))?])?;
            restarts += 1;
            looked_at(place, &clock)?;
        }
    }
    // Ten years at once, back again, and once more.
    for span in [TEN_YEARS, -TEN_YEARS, TEN_YEARS] {
        clock.jump(span)?;
        looked_at(place, &clock)?;
    }
    server.stop()?;
    quiet(place)?;
    let books = Books::read(place)?;
    ensure!(books.promises.len() as u64 == count * ORDERS, "{} promises", books.promises.len());
    let wrong: Vec<_> = books
        .promises
        .values()
        .filter(|promise| !matches!((promise.late.as_slice(), promise.due), ([(at, lateness)], Some(due)) if *at >= due && *lateness >= 0))
        .take(5)
        .collect();
    ensure!(wrong.is_empty(), "{}, seed {seed}: not late exactly once, and after the due: {wrong:#?}", place.kind());
    holds_and_rebuilds(place)?;
    eprintln!(
        "clocks, {}, seed {seed}: {count} jumps of a second to 30 days, {restarts} restarts in other zones, then ten years forward, back and forward; {} promises, \
         each late once and not before its due; verify holds",
        place.kind(),
        books.promises.len()
    );
    Ok(())
}

/// Nothing is due any more by the clock that was set.
fn looked_at(place: &Place, clock: &FakeTime) -> Result<()> {
    let database = place.database()?;
    until("everything due was looked at", Duration::from_secs(120), || {
        let now = kept_base::millis(clock.now());
        let left = database.read(|connection| {
            Ok(connection.due_watches(Noun::Promise, now, 1)?.len() + connection.due_watches(Noun::Parcel, now, 1)?.len())
        })?;
        Ok((left == 0).then_some(()))
    })
}
