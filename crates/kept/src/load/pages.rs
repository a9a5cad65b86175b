//! `kept load pages`: the pages of a filled database, through real HTTP with a session.

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
/// Requests over one connection, and over all.
const ALONE: usize = 100;
const TOGETHER: usize = 400;
const CONNECTIONS: usize = 16;

/// Measures pages.
#[derive(Debug, Args)]
pub struct Pages {
    /// Orders, each with its customer, promise and parcel.
    #[arg(long, default_value_t = 20_000)]
    parcels: u32,
    /// Where the filled database is kept, to be measured again without filling it; a fresh folder unless given.
    #[arg(long)]
    file: Option<std::path::PathBuf>,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

struct Timed {
    name: &'static str,
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
    let events = LoadEvents::new(command.parcels).count() * 3 / 4;
    let moment = |at: usize| LoadEvents::new(command.parcels).nth(at).map(|event| event.occurred_at).context("no events");
    let now = if there { moment(events.saturating_sub(1))? } else { moment(0)? };
    let engine = Engine::open(&url, Durability::Full, Settings::default(), Clock::manual(now), packs)?;
    if !there {
        fill(&engine, command.parcels, events)?;
    }

    let server = Server::kept(&engine)?;
    let cookie = signed_in(&engine)?;
    let asking = Asking::new()?;
    let mut timed = Vec::new();
    for (name, path) in paths(&engine)? {
        let ask = |connections: usize, count: usize| {
            let (url, cookie) = (format!("{}{path}", server.url), cookie.clone());
            let make = move |client: &reqwest::Client, _: usize| {
                client.get(&url).header("cookie", &cookie).header("accept-language", "fr")
            };
            asking.ask(connections, count, make, |body| Ok(body.len() as u64))
        };
        ask(1, WARM)?;
        let (alone, together) = (ask(1, ALONE)?, ask(CONNECTIONS, TOGETHER)?);
        timed.push(Timed { name, bytes: alone.sum / alone.requests.max(1), alone, together });
    }
    let open = engine.promises(&PromiseFilter { open_only: true, ..PromiseFilter::default() })?.total;
    if command.json {
        print_json(command, open, &timed)
    } else {
        print(command, open, &timed)
    }
    Ok(())
}

/// Orders with customers, parcels and their scans, up to a moment at which many are under way; time passes with them.
fn fill(engine: &Engine, parcels: u32, events: usize) -> Result<()> {
    let mut events = LoadEvents::new(parcels).take(events).peekable();
    let bar = progress("events recorded");
    while events.peek().is_some() {
        let chunk: Vec<LoadEvent> = events.by_ref().take(1000).collect();
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
        engine.decide()?;
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
    let user = engine.add_user("load@localhost", "Load", "admin", Language::French, "no password", true)?;
    let value = secret::random().map_err(no_randomness)?;
    engine.open_session(secret::hash(value.as_bytes()), user, jiff::Timestamp::now().as_millisecond() + 3_600_000)?;
    Ok(format!("{}={value}", secret::cookie_name(false)))
}

/// Pages by name, each with something on it.
fn paths(engine: &Engine) -> Result<Vec<(&'static str, String)>> {
    let promises = engine.promises(&PromiseFilter { open_only: true, ..PromiseFilter::default() })?;
    let promise = promises.rows.first().context("no open promise")?;
    let parcels = engine.parcels(&ParcelFilter { open_only: true, ..ParcelFilter::default() })?;
    let parcel = parcels.rows.first().context("no parcel under way")?;
    let customer = promise.person.as_ref().context("an open promise without a customer")?;
    let mut paths = vec![
        ("today", "/".to_owned()),
        ("promises", "/promises".to_owned()),
        ("a promise", format!("/promises/{}", promise.promise.id)),
        ("parcels", "/parcels".to_owned()),
        ("a parcel", format!("/parcels/{}", parcel.parcel.id)),
        ("messages", "/messages".to_owned()),
        ("customers", "/customers".to_owned()),
        ("a customer", format!("/customers/{}", customer.id)),
        ("figures", "/figures".to_owned()),
    ];
    if let Some(line) = engine.messages(&MessageFilter::default())?.rows.first() {
        paths.push(("a message", format!("/messages/{}", line.message.id)));
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

fn print(command: &Pages, open: u64, timed: &[Timed]) {
    println!("{} orders, {open} promises open; client and server are one process and share its cores", command.parcels);
    println!(
        "{:<14} {:>9} | {:>8} {:>8} {:>12} | {:>8} {:>8} {:>9}",
        "page", "bytes", "p50 ms", "p99 ms", "CPU µs each", "p50 ms", "p99 ms", "a second"
    );
    println!("{:<14} {:>9} | {:>30} | {:>27}", "", "", "one connection", format!("{CONNECTIONS} connections"));
    for page in timed {
        let (alone, together) = (&page.alone, &page.together);
        println!(
            "{:<14} {:>9} | {:>8.2} {:>8.2} {:>12.0} | {:>8.2} {:>8.2} {:>9.0}",
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
}
