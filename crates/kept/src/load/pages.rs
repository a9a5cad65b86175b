//! `kept load pages`: the pages of a filled database, through real HTTP with a session.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;
use kept_base::Language;
use kept_domain::input::Input;
use kept_engine::views::{MessageFilter, ParcelFilter, PromiseFilter};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_sample::load::{LoadEvent, LoadEvents, to_input};
use kept_store::Durability;
use serde_json::{Value, json};

use super::rounded;
use super::server::{Asked, Asking, Server};
use crate::setup::progress;

/// Requests before anything is counted.
const WARM: usize = 5;
/// The most requests over one connection, and over all; a slow page is asked for less often.
const ALONE: usize = 100;
const TOGETHER: usize = 400;
/// The fewest, and how long asking for one page should take, in milliseconds.
const FEWEST: usize = 20;
const BUDGET: f64 = 3_000.0;
const CONNECTIONS: usize = 16;
/// Who asks for pages.
const EMAIL: &str = "load@localhost";
/// Events recorded at once while filling: time passes in steps of these.
const STEP: usize = 10_000;

/// What lists of promises are asked for.
const PROMISES: [&str; 16] = [
    "",
    "state=still_owed",
    "state=open",
    "state=at_risk",
    "state=late",
    "state=kept",
    "state=kept_late",
    "state=broken",
    "state=released",
    "state=disputed",
    "kind=delivery",
    "kind=refund",
    "due=1",
    "due=7",
    "figure=decided&from=0&before=4000000000000",
    "figure=told_first&from=0&before=4000000000000",
];
/// What lists of parcels are asked for.
const PARCELS: [&str; 12] = [
    "",
    "open=yes",
    "milestone=announced",
    "milestone=in_network",
    "milestone=out_for_delivery",
    "milestone=delivered",
    "milestone=returned",
    "exception=any",
    "exception=stalled_in_network",
    "exception=delivered_disputed",
    "without_order=yes",
    "milestone=in_network&exception=any",
];
/// What figures are asked for.
const FIGURES: [&str; 5] = ["days=30", "days=90", "days=365", "days=1826", "days=1826&kind=delivery"];

/// Measures pages.
#[derive(Debug, Args)]
pub struct Pages {
    /// Orders, each with its customer, promise and parcel.
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// Where the filled database is kept, to be measured again without filling it; a fresh folder unless given.
    #[arg(long)]
    file: Option<std::path::PathBuf>,
    /// The rows of what was recorded are written so many times in all, under other names: they are made many times faster than a ledger,
    /// and lists and figures read nothing else. Done once to a file.
    #[arg(long, default_value_t = 1)]
    times: i64,
    /// Reads the whole past first, as the thread that learns does: scorecards count from it.
    #[arg(long)]
    learned: bool,
    /// Only pages with this in their name.
    #[arg(long)]
    only: Option<String>,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

struct Timed {
    name: String,
    bytes: u64,
    alone: Asked,
    together: Asked,
}

/// Fills a database, signs in, and asks for each page.
pub fn run(command: &Pages) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let file = command.file.clone().unwrap_or_else(|| folder.path().join("pages.db"));
    let there = file.exists();
    let url = format!("sqlite:{}", file.display());
    let first = LoadEvents::new(command.parcels).next().context("no events")?.occurred_at;
    // What is measured reads only: nothing needs to be durable.
    let engine = Engine::open(&url, Durability::Scratch, Settings::default(), Clock::manual(first), packs)?;
    if !there {
        fill(&engine, command.parcels)?;
    }
    let rows = multiply(&engine, command.times)?;
    // Time stands where the past ends.
    let (_, facts, last) = engine.database().read(kept_store::Connection::ledger_size)?;
    engine.clock().set(last.context("an empty ledger")?);
    let started = Instant::now();
    engine.count_figures()?;
    let counted = rounded(started.elapsed().as_secs_f64());
    if command.learned {
        engine.learn()?;
        while engine.score()? > 0 {}
    }

    let server = Server::kept(&engine)?;
    let cookie = signed_in(&engine)?;
    let asking = Asking::new()?;
    let open = engine.promises(&PromiseFilter { open_only: true, ..PromiseFilter::default() })?.total;
    if !command.json {
        println!(
            "{rows} promises with their rows, {facts} facts; figures were counted from rows in {counted:.1} s, before anybody asked"
        );
        print_head(command, open);
    }
    let wanted = |name: &str| command.only.as_ref().is_none_or(|only| name.contains(only));
    let mut timed = Vec::new();
    for (name, path) in paths(&engine, command.learned)?.into_iter().filter(|(name, _)| wanted(name)) {
        let ask = |connections: usize, count: usize| {
            let (url, cookie) = (format!("{}{path}", server.url), cookie.clone());
            let make = move |client: &reqwest::Client, _: usize| {
                client.get(&url).header("cookie", &cookie).header("accept-language", "fr")
            };
            asking.ask(connections, count, make, |body| Ok(body.len() as u64))
        };
        let warm = ask(1, WARM)?;
        let affordable = (BUDGET / warm.spread.p50.max(0.001)) as usize;
        let alone = ask(1, affordable.clamp(FEWEST, ALONE))?;
        let together = ask(CONNECTIONS, affordable.clamp(FEWEST, TOGETHER))?;
        let page = Timed { name, bytes: alone.sum / alone.requests.max(1), alone, together };
        if !command.json {
            print(&page);
        }
        timed.push(page);
    }
    if command.json {
        print_json(command, open, &timed);
    }
    Ok(())
}

/// Writes the rows of subjects again and again, each time that far away.
const APART: i64 = 1 << 40;

/// Gives how many promises there are now.
fn multiply(engine: &Engine, times: i64) -> Result<i64> {
    let bar = progress("rows written");
    let rows = engine.database().read(|connection| {
        let there = connection.first("select coalesce(max(id), 0) / $1 + 1 from promise", &[APART.into()])?;
        let there = there.map_or(Ok(1), |row| row.int(0))?;
        for time in there..times {
            connection.begin()?;
            for table in ["customer", "purchase", "parcel", "promise", "message"] {
                let names = connection.query("select name from pragma_table_info($1) order by cid", &[table.into()])?;
                let names = names.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
                let moved = |name: &String| match name.as_str() {
                    "id" | "customer" | "purchase" | "promise" => format!("{name} + {}", time * APART),
                    // Looked at in a far future: their states bear the names of those they were made from.
                    "watch_at" => format!("{name} + {APART}"),
                    _ => name.clone(),
                };
                let (into, from) = (names.join(", "), names.iter().map(moved).collect::<Vec<_>>().join(", "));
                connection.batch(&format!("insert into {table} ({into}) select {from} from {table} where id < {APART}"))?;
            }
            connection.commit()?;
        }
        connection.first("select count(*) from promise", &[])?.map_or(Ok(0), |row| row.int(0))
    });
    bar.finish_and_clear();
    Ok(rows?)
}

/// Orders with customers, parcels and their scans, up to a moment at which many are under way; time passes with them.
fn fill(engine: &Engine, parcels: u32) -> Result<()> {
    let events = LoadEvents::new(parcels).count() * 3 / 4;
    let mut events = LoadEvents::new(parcels).take(events).peekable();
    let bar = progress("events recorded");
    while events.peek().is_some() {
        let chunk: Vec<LoadEvent> = events.by_ref().take(STEP).collect();
        let mut inputs = Vec::with_capacity(chunk.len());
        for event in &chunk {
            if event.status == "created" {
                inputs.push(order(event)?);
            }
            inputs.push(to_input(event));
        }
        let recorded = engine.record(inputs, RecordOptions { as_it_happened: true, ..RecordOptions::default() })?;
        if let Some((_, why)) = recorded.rejected.first() {
            bail!("an event was rejected: {why}");
        }
        engine.clock().set(chunk.last().map_or(0, |event| event.occurred_at));
        engine.watch()?;
        while engine.decide()? > 0 {}
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    Ok(())
}

fn order(event: &LoadEvent) -> Result<Input> {
    let number = event.shipment;
    let at = |millis: i64| kept_base::from_millis(millis).map(|at| at.to_string());
    Ok(serde_json::from_value(json!({
        "source": "load", "kind": "order.placed", "order_number": event.order, "at": at(event.occurred_at),
        "customer": {
            "reference": format!("C-{number}"), "name": format!("Camille Durand {number}"), "email": format!("camille.{number}@example.org"),
            "city": event.location.city, "language": "fr", "country": "FR"
        },
        "lines": [{ "sku": format!("SKU-{}", number % 97), "title": "Lampe Vesta, laiton", "quantity": 1, "price": { "minor": 12_900, "currency": "EUR" } }],
        "promised_at": { "at": at(event.promised_at) }
    }))?)
}

pub(super) fn signed_in(engine: &Engine) -> Result<String> {
    use kept_web::auth::secret;
    let no_randomness = |_| anyhow::anyhow!("the machine gives no randomness");
    // A file that was measured before has its user.
    let user = match engine.user_by_email(EMAIL)? {
        Some(user) => user.id,
        None => engine.add_user(EMAIL, "Load", "admin", Language::French, "no password", true)?,
    };
    let value = secret::random().map_err(no_randomness)?;
    engine.open_session(secret::hash(value.as_bytes()), user, jiff::Timestamp::now().as_millisecond() + 3_600_000)?;
    Ok(format!("{}={value}", secret::cookie_name(false)))
}

/// Pages by name, each with something on it: those of one thing, and lists by all that they can be asked for.
fn paths(engine: &Engine, learned: bool) -> Result<Vec<(String, String)>> {
    let promises = engine.promises(&PromiseFilter { open_only: true, ..PromiseFilter::default() })?;
    let promise = promises.rows.first().context("no open promise")?;
    let parcels = engine.parcels(&ParcelFilter { open_only: true, ..ParcelFilter::default() })?;
    let parcel = parcels.rows.first().context("no parcel under way")?;
    let customer = promise.person.as_ref().context("an open promise without a customer")?;
    let (carrier, owner) = (&parcel.parcel.carrier, &promise.promise.owner);
    let mut paths = vec![
        ("today".to_owned(), "/".to_owned()),
        ("a promise".to_owned(), format!("/promises/{}", promise.promise.id)),
        ("a parcel".to_owned(), format!("/parcels/{}", parcel.parcel.id)),
        ("messages".to_owned(), "/messages".to_owned()),
        ("messages state=shadow".to_owned(), "/messages?state=shadow".to_owned()),
        ("customers".to_owned(), "/customers".to_owned()),
        ("a customer".to_owned(), format!("/customers/{}", customer.id)),
    ];
    if let Some(line) = engine.messages(&MessageFilter::default())?.rows.first() {
        paths.push(("a message".to_owned(), format!("/messages/{}", line.message.id)));
    }
    for asked in PROMISES {
        paths.push((format!("promises {asked}"), format!("/promises?{asked}")));
    }
    paths.push(("promises owner=".to_owned(), format!("/promises?owner={owner}")));
    for asked in PARCELS {
        paths.push((format!("parcels {asked}"), format!("/parcels?{asked}")));
    }
    paths.push(("parcels carrier=".to_owned(), format!("/parcels?carrier={carrier}")));
    paths.push(("parcels carrier=, under way".to_owned(), format!("/parcels?carrier={carrier}&open=yes")));
    paths.push(("parcels carrier=, announced".to_owned(), format!("/parcels?carrier={carrier}&milestone=announced")));
    for asked in FIGURES {
        paths.push((format!("figures {asked}"), format!("/figures?{asked}")));
    }
    for days in [30, 90, 365].into_iter().filter(|_| learned) {
        paths.push((format!("scorecards days={days}"), format!("/scorecards?days={days}")));
    }
    Ok(paths)
}

fn print_json(command: &Pages, open: u64, timed: &[Timed]) {
    let side = |asked: &Asked| json!({ "milliseconds": asked.spread, "pages_per_second": asked.a_second().round(), "cpu_microseconds_per_page": asked.micros().round() });
    let pages: Vec<Value> =
        timed.iter().map(|page| json!({ "page": page.name, "bytes": page.bytes, "one_connection": side(&page.alone), "together": side(&page.together) })).collect();
    println!(
        "{}",
        json!({ "parcels": command.parcels, "open_promises": open, "connections_together": CONNECTIONS, "pages": pages })
    );
}

fn print_head(command: &Pages, open: u64) {
    println!("{} orders, {open} promises open; client and server are one process and share its cores", command.parcels);
    println!(
        "{:<44} {:>9} | {:>8} {:>8} {:>12} | {:>8} {:>8} {:>9}",
        "page", "bytes", "p50 ms", "p99 ms", "CPU µs each", "p50 ms", "p99 ms", "a second"
    );
    println!("{:<44} {:>9} | {:>30} | {:>27}", "", "", "one connection", format!("{CONNECTIONS} connections"));
}

fn print(page: &Timed) {
    let (alone, together) = (&page.alone, &page.together);
    println!(
        "{:<44} {:>9} | {:>8.2} {:>8.2} {:>12.0} | {:>8.2} {:>8.2} {:>9.0}",
        page.name,
        page.bytes,
        alone.spread.p50,
        alone.spread.p99,
        rounded(alone.micros()),
        together.spread.p50,
        together.spread.p99,
        together.a_second()
    );
}
