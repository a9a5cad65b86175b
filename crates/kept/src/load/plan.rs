//! `kept load plan`: the order in which carriers are asked, made anew at the beginning of each round, however many parcels are under way.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use jiff::SignedDuration;
use jiff::civil::date;
use kept_base::{Due, Moment, ParcelId, PromiseId, SubjectId, millis};
use kept_domain::input::{CustomerDetails, Input, LineOrdered, News, OrderPlaced, ParcelAnnounced};
use kept_domain::{Extent, Noun, Subject};
use kept_engine::views::Found;
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_store::Durability;
use serde_json::json;

use super::{Spread, rounded, thread_seconds};
use crate::setup::progress;

/// Carriers, and how many of a hundred parcels each has.
const CARRIERS: [(&str, u32); 4] = [("laposte", 55), ("chronopost", 25), ("dhl", 15), ("ups", 5)];
/// Days over which promises are due.
const DAYS: u32 = 14;
/// Numbers read at once, as by the one who asks.
const PAGE: usize = 200;
/// Rows in one transaction.
const BATCH: u32 = 5_000;

/// Measures plans.
#[derive(Debug, Args)]
pub struct PlanLoad {
    /// Parcels under way, each with its order and its promise.
    #[arg(long, default_value_t = 1_000_000)]
    parcels: u32,
    /// `postgres://…` of an empty database; the embedded one in a folder of its own unless given.
    #[arg(long)]
    database: Option<String>,
    /// How often each plan is made.
    #[arg(long, default_value_t = 5)]
    times: u32,
    /// Prints one JSON line instead of a table.
    #[arg(long)]
    json: bool,
}

/// Fills a database with parcels under way, then makes every carrier's plan several times and reads numbers along it.
pub fn run(command: &PlanLoad) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let embedded = format!("sqlite:{}", folder.path().join("plan.db").display());
    let url = command.database.clone().unwrap_or(embedded);
    let start = date(2026, 11, 2).at(8, 0, 0, 0).in_tz("Europe/Paris")?.timestamp();
    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let settings = Settings::default();
    let engine = Engine::open(&url, Durability::Full, settings, Clock::manual(start.as_millisecond()), packs)?;
    fill(&engine, command.parcels)?;
    engine.flush()?;

    let mut whole = Vec::new();
    let mut cpu = Vec::new();
    let mut pages = Vec::new();
    let mut carriers = Vec::new();
    for round in 0..command.times.max(1) {
        let (mut sum, mut cpu_sum) = (Duration::ZERO, 0.0);
        let mut parcels = 0;
        for (carrier, _) in CARRIERS {
            let (begun, cpu_before) = (Instant::now(), thread_seconds()?);
            let plan = engine.plan(carrier)?;
            let took = begun.elapsed();
            cpu_sum += thread_seconds()? - cpu_before;
            sum += took;
            parcels += plan.len();
            ensure!(plan.dues().is_sorted(), "{carrier}: somebody stands before one whose promise is due earlier");
            for from in [0, plan.len() / 2] {
                let begun = Instant::now();
                let numbers = engine.planned_numbers(&plan, from, PAGE)?;
                pages.push(begun.elapsed());
                ensure!(numbers.len() == PAGE.min(plan.len() - from), "{carrier}: numbers are missing");
            }
            if round == 0 {
                carriers.push((carrier, plan.len(), took));
            }
        }
        ensure!(parcels == command.parcels as usize, "{parcels} parcels are planned");
        whole.push(sum);
        cpu.push(Duration::from_secs_f64(cpu_sum));
    }
    let first = whole.first().copied().unwrap_or_default();
    let (whole, cpu, pages) = (Spread::of(whole), Spread::of(cpu), Spread::of(pages));
    let millis = |took: Duration| rounded(took.as_secs_f64() * 1000.0);
    let database = engine.database().engine();
    if command.json {
        let carriers: Vec<_> = carriers
            .iter()
            .map(|(name, parcels, took)| json!({ "carrier": name, "parcels": parcels, "first_ms": millis(*took) }))
            .collect();
        println!(
            "{}",
            json!({ "database": database, "parcels": command.parcels, "first_ms": millis(first), "plans_ms": whole, "plans_cpu_ms": cpu, "page_ms": pages, "carriers": carriers })
        );
        return Ok(());
    }
    println!("{} parcels under way on {database}, {} carriers", command.parcels, CARRIERS.len());
    println!("every carrier's plan, the first time   {:>8.0} ms", millis(first));
    println!("every carrier's plan, {} times          {:>8.0} ms median, {:.0} ms at most", command.times, whole.p50, whole.max);
    println!("  of these on the processor             {:>8.0} ms median, {:.0} ms at most", cpu.p50, cpu.max);
    println!("{PAGE} numbers along a plan              {:>8.1} ms median, {:.1} ms at most", pages.p50, pages.max);
    for (name, parcels, took) in &carriers {
        println!("  {name:12} {parcels:>9} parcels {:>8.0} ms", millis(*took));
    }
    Ok(())
}

/// One order is recorded as any other; the rows of its promise and its parcel are then written again and again under other names, as
/// recording would leave them. What is measured reads nothing else, and rows are made many times
/// faster than a ledger.
fn fill(engine: &Engine, parcels: u32) -> Result<()> {
    let recorded = engine.record(order()?.to_vec(), RecordOptions::default())?;
    if let Some((_, why)) = recorded.rejected.first() {
        bail!("the order was rejected: {why}");
    }
    let Some(Found::Order(order)) = engine.find("P-0")? else { bail!("the order is not there") };
    let (file, _) = engine.order(order)?.context("the order")?;
    let promise = file.order.delivery.context("its promise")?;
    let parcel = *file.order.parcels.first().context("its parcel")?;
    let bar = progress("parcels written");
    let database = engine.database();
    let load = |noun: Noun, id: SubjectId| -> Result<Subject> {
        database.read(|connection| connection.load(noun, id, false))?.context("a row")
    };
    let (Subject::Promise(mut promise), Subject::Parcel(mut parcel)) =
        (load(Noun::Promise, promise.into())?, load(Noun::Parcel, parcel.into())?)
    else {
        bail!("rows of other nouns");
    };
    let first = promise.id.get().max(parcel.id.get()) + 1;
    let due = promise.due.clone().context("a due")?;
    let mut number = 1;
    while number < parcels {
        let until = parcels.min(number.saturating_add(BATCH));
        database.read(|connection| {
            connection.begin()?;
            for number in number..until {
                let (days, carrier) = place(number);
                let id = first + i64::from(number) * 2;
                promise.id = PromiseId::new(id);
                promise.due = Some(Due { at: due.at + SignedDuration::from_hours(24 * i64::from(days)), ..due.clone() });
                parcel.id = ParcelId::new(id + 1);
                parcel.promise = Some(promise.id);
                carrier.clone_into(&mut parcel.carrier);
                parcel.tracking_number = format!("6A{number:011}");
                // Looked at in ten years: time stands still here.
                let watch = Some(Some(millis(due.at) * 2));
                connection.save(&Subject::Promise(promise.clone()), watch, Extent::Whole)?;
                connection.save(&Subject::Parcel(parcel.clone()), watch, Extent::Whole)?;
            }
            connection.commit()
        })?;
        number = until;
        bar.set_position(u64::from(number));
    }
    bar.finish_and_clear();
    Ok(())
}

/// On which day after the first a parcel is due, and who carries it; neighbours have neither in common.
fn place(number: u32) -> (u32, &'static str) {
    // A walk through all remainders in a mixed order.
    let mixed = number.wrapping_mul(2_654_435_761) >> 7;
    let mut place = mixed / DAYS % 100;
    let carrier = CARRIERS.iter().find(|(_, share)| {
        let found = place < *share;
        place = place.saturating_sub(*share);
        found
    });
    (mixed % DAYS, carrier.map_or("ups", |(name, _)| *name))
}

/// An order with its parcel.
fn order() -> Result<[Input; 2]> {
    let at = Moment::parse_iso("2026-11-02T07:00:00+01:00")?;
    let order_number = "P-0".to_owned();
    let placed = OrderPlaced {
        order_number: order_number.clone(),
        at,
        customer: CustomerDetails {
            reference: Some(order_number.clone()),
            country: "FR".parse().ok(),
            ..CustomerDetails::default()
        },
        lines: vec![LineOrdered { sku: "VESTA".to_owned(), title: None, quantity: 1, price: None, seller: None }],
        delivery_fee: None,
        promised_day: Some(date(2026, 11, 3)),
        promised_at: None,
        ship_by: None,
        destination_country: None,
        destination_postal: None,
        as_of: None,
    };
    let announced = ParcelAnnounced {
        order_number,
        carrier: "laposte".to_owned(),
        tracking_number: "6A00000000000".to_owned(),
        at,
        skus: Vec::new(),
    };
    let input = |news: News| Input { source: "load".to_owned(), event_id: None, news };
    Ok([input(News::OrderPlaced(placed)), input(News::ParcelAnnounced(announced))])
}
