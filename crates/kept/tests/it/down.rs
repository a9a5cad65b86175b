//! G2: what falls due while Kept is down fires when it is back, once, and says that it is late.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::books::{Books, Promised, holds_and_rebuilds, quiet, watched};
use crate::client::{Draw, Taken, http};
use crate::place::{Place, pass, turn, until};
use crate::server::{Server, Starting};

/// Promises that fall due while nothing runs.
const PROMISES: usize = 1000;
/// In one request.
const BATCH: usize = 200;
/// How long after the first request they fall due.
const AHEAD: Duration = Duration::from_secs(30);
/// How long it stays down after that.
const DOWN: Duration = Duration::from_millis(2100);
/// Kills during the catch-up.
const KILLS: u64 = 6;

#[test]
fn g02_due_while_down_fires_once_and_late_on_sqlite() -> Result<()> {
    fires_once(&Place::sqlite()?)
}

#[test]
fn g02_due_while_down_fires_once_and_late_on_postgres() -> Result<()> {
    match Place::postgres()? {
        Some(place) => fires_once(&place),
        None => Ok(()),
    }
}

fn fires_once(place: &Place) -> Result<()> {
    let _turn = turn();
    let token = place.token(&["facts:write"])?;
    let server = Server::start(place)?;
    let (client, begun) = (http()?, Timestamp::now());
    let due = begun + SignedDuration::try_from(AHEAD)?;
    let numbers: Vec<String> = (0..PROMISES).map(|number| format!("D{number}")).collect();
    for batch in numbers.chunks(BATCH) {
        let line = |number: &String| {
            let order = json!({
                "kind": "order.placed", "order_number": number, "at": begun.to_string(), "promised_at": due.to_string(),
                "customer": { "reference": number, "email": format!("{number}@example.org"), "country": "FR" }, "lines": [{ "sku": "VESTA" }],
            });
            format!("{order}\n")
        };
        let body: String = batch.iter().map(line).collect();
        let answer = client
            .post(server.at("/api/facts"))
            .bearer_auth(&token)
            .header("content-type", "application/x-ndjson")
            .body(body)
            .send()?;
        let taken: Taken = answer.error_for_status()?.json()?;
        ensure!(taken.accepted as usize == batch.len(), "{taken:?}");
    }
    server.kill()?;
    quiet(place)?;
    let before = Books::read(place)?;
    ensure!(before.promises.len() == PROMISES, "{} promises are recorded", before.promises.len());
    ensure!(
        before.promises.values().all(|promise| promise.late.is_empty()),
        "something was late before the kill: the machine is too slow for this test"
    );
    let killed = Timestamp::now();
    ensure!(killed < due, "recording took longer than the promises last: the machine is too slow for this test");
    pass(Duration::try_from(due.duration_since(killed))? + DOWN);

    // Killed again and again while it catches up.
    let mut draw = Draw::new(7);
    let mut partly = 0;
    for kill in 0..KILLS {
        if kill % 3 == 0 {
            let starting = Starting::begin(place)?;
            pass(Duration::from_millis(40 + draw.below(260)));
            starting.kill()?;
        } else {
            let server = Server::start(place)?;
            // The embedded database catches up within a third of a second, PostgreSQL in several times that.
            pass(Duration::from_millis(if place.kind() == "sqlite" { draw.below(350) } else { 200 + draw.below(1400) }));
            server.kill()?;
        }
        quiet(place)?;
        let books = Books::read(place)?;
        let late = books.promises.values().filter(|promise| !promise.late.is_empty()).count();
        ensure!(
            books.promises.values().all(|promise| promise.late.len() < 2),
            "a promise was late twice after a kill during the catch-up"
        );
        partly += u64::from(late > 0 && late < PROMISES);
    }

    let restarted = Timestamp::now();
    let server = Server::start(place)?;
    watched(place, Duration::from_secs(60))?;
    let caught_up = Timestamp::now().duration_since(restarted);
    until("a signal for each promise", Duration::from_secs(10), || {
        Ok(Books::read(place)?.promises.values().all(|promise| !promise.late.is_empty()).then_some(()))
    })?;
    server.stop()?;
    let books = Books::read(place)?;
    let due = kept_base::millis(due);
    let right = |promise: &&Promised| {
        // The lateness said is that of the fact, in whole seconds; nothing ran before the restart or the first kill after the due.
        matches!(promise.late.as_slice(), [(at, lateness)] if *lateness == (at - due) / 1000 && *lateness >= 1)
    };
    let wrong: Vec<&Promised> = books.promises.values().filter(|promise| !right(promise)).take(3).collect();
    ensure!(wrong.is_empty(), "{}: {wrong:#?}", place.kind());
    let lateness = books.promises.values().filter_map(|promise| promise.late.first()).map(|(_, lateness)| *lateness);
    let (least, most) = (lateness.clone().min().context("none")?, lateness.max().context("none")?);
    holds_and_rebuilds(place)?;
    eprintln!(
        "down, {}: {PROMISES} promises fell due while down; {KILLS} kills during the catch-up, {partly} of them with part of it done; each late once, \
         lateness said {least} to {most} s; the last start caught up within {} ms",
        place.kind(),
        caught_up.as_millis(),
    );
    Ok(())
}
