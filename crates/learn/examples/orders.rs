//! Replays histories of orders and prints what forecasts, warnings and quoted days were worth.
//!
//! ```sh
//! cargo run --release -p kept-learn --example orders -- orders.csv --from "1/16/2018 17:02"
//! cargo run --release -p kept-learn --example orders -- --lines lines.csv --from "1/1/2010 0:00"
//! cargo run --release -p kept-learn --example orders -- --world 7
//! ```
//!
//! The CSV has the columns `order_id`, `order_purchase_timestamp`, `order_delivered_carrier_date`, `order_delivered_customer_date` and
//! `order_estimated_delivery_date`: local wall clocks, month/day/year hour:minute. Orders bought before `--from` are played and learned
//! from, and not in the rows called *tested*; months are those of the purchase. All columns of all orders are played together in the
//! order of time, and nothing is known before it happened. `--lines` reads order lines of a supply chain instead, which have days only,
//! and `--world` makes orders up from a seed and compares with an oracle that knows how they were made.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kept_learn::score::{auc, average_precision, calibration_error};
use kept_learn::{Costs, DAY, Features, Glance, HOUR, Policy, Settings};

#[path = "../tests/it/replay.rs"]
mod replay;
#[path = "../tests/it/table.rs"]
mod table;
#[path = "../tests/it/world.rs"]
mod world;

use replay::{Order, Play, Rule, Track, When};
use table::{Look, Warned, kept, share, warned};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut orders = Vec::new();
    let mut from = i64::MIN;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--from" => from = wall(&value()?)?.ok_or("--from wants a moment")?,
            "--lines" => orders.extend(lines(&value()?)?),
            "--world" => return made_up(value()?.parse()?),
            file => orders.extend(read(file)?),
        }
    }
    let rules = rules();
    let kinds: Vec<Rule> = rules.iter().map(|(_, rule)| *rule).collect();
    let play = Play { rules: &kinds, settings: Settings::default(), shares: &[0.5, 0.8, 0.9], until: None };
    let began = std::time::Instant::now();
    let (tracks, model) = play.run(&orders);
    println!("{} orders played in {:.1} s", orders.len(), began.elapsed().as_secs_f64());
    println!("{} groups, {} KB as JSON", model.groups(), serde_json::to_vec(&model)?.len() / 1024);
    let names: Vec<&str> = rules.iter().map(|(name, _)| *name).collect();
    report(&tracks, &names, from);
    Ok(())
}

fn rules() -> Vec<(&'static str, Rule)> {
    let fixed = |days: i64, hours: i64, threshold| Rule::Fixed(Policy { notice: days * DAY + hours * HOUR, threshold });
    let chosen = |unannounced| Rule::Chosen(Costs { unannounced, ..Costs::default() });
    vec![
        ("chosen, 1:3", chosen(3.0)),
        ("chosen, 1:1", chosen(1.0)),
        ("chosen, 3:1", chosen(1.0 / 3.0)),
        ("2 d 6 h, open", fixed(2, 6, 0.0)),
        ("2 d 6 h, .5", fixed(2, 6, 0.5)),
        ("2 d 6 h, .7", fixed(2, 6, 0.7)),
        ("2 d 16 h, open", fixed(2, 16, 0.0)),
        ("from 4 d, .5", fixed(4, 0, 0.5)),
        ("from 10 d, .5", fixed(10, 0, 0.5)),
    ]
}

fn report(tracks: &[Track], names: &[&str], from: i64) {
    let scored: Vec<&Track> = tracks.iter().filter(|track| track.order.scored).collect();
    let tested: Vec<&Track> = scored.iter().copied().filter(|track| track.order.placed >= from).collect();
    let months: BTreeSet<String> = scored.iter().map(|track| month(track.order.placed)).collect();
    let of = |wanted: &String| -> Vec<&Track> {
        scored.iter().copied().filter(|track| month(track.order.placed) == *wanted).collect()
    };
    println!(
        "\n{:<8} {:<16} {:>6} {:>5} {:>7} {:>9} {:>7} {:>6} {:>6} {:>6} {:>7} {:>9}",
        "orders", "rule", "scored", "late", "warned", "precision", "recall", ">=1d", ">=2d", ">=3d", "median", "cost 1:3"
    );
    for (rule, name) in names.iter().enumerate() {
        warning_row("tested", name, &warned(tested.iter().copied(), rule));
    }
    for (rule, name) in names.iter().enumerate().take(2) {
        for wanted in &months {
            warning_row(wanted, name, &warned(of(wanted).into_iter(), rule));
        }
    }
    println!(
        "\n{:<8} {:<10} {:>6} {:>6} {:>6} {:>6} {:>6} {:>8} {:>6} {:>6} {:>6}",
        "orders", "look", "n", "late", "AUC", "AP", "mean", "ECE raw", "ECE", "floor", "Brier"
    );
    forecast_rows("tested", &tested);
    forecast_rows("all", &scored);
    for wanted in &months {
        forecast_rows(wanted, &of(wanted));
    }
    println!("\ndays quoted  share      n   kept  median days ahead");
    for (when, name) in [(When::Purchase, "purchase"), (When::HandOver, "hand-over"), (When::FourDays, "T-3")] {
        for share in [0.5, 0.8, 0.9] {
            let Some((kept, n, days)) = kept(&tested, when, share) else { continue };
            println!("{name:<12} {share:>5.2} {n:>6} {kept:>6.3} {days:>6.1}");
        }
    }
}

/// What one rule's warnings were worth. Costs are of a hundred orders, where a needless warning costs 1 and what was late without two
/// days' notice costs 3.
fn warning_row(label: &str, rule: &str, found: &Warned) {
    let [one, two, three] = found.with_days.map(|count| shown(share(count, found.late)));
    let missed = found.late - found.with_days.get(1).copied().unwrap_or(0);
    let cost = 100.0 * (found.warned - found.hits + 3 * missed) as f64 / found.orders.max(1) as f64;
    println!(
        "{label:<8} {rule:<16} {:>6} {:>5} {:>7} {:>9} {:>7} {one:>6} {two:>6} {three:>6} {:>7} {cost:>9.2}",
        found.orders,
        found.late,
        shown(share(found.warned, found.orders)),
        shown(found.precision()),
        shown(share(found.hits, found.late)),
        found.median_days.map_or_else(|| "-".to_owned(), |days| format!("{days:.2}")),
    );
}

/// What the forecasts were worth at each look.
fn forecast_rows(label: &str, tracks: &[&Track]) {
    for look in [Look::Purchase, Look::HandOver, Look::Week, Look::ThreeDays, Look::Warning] {
        let found: Vec<(Glance, bool)> = tracks.iter().filter_map(|track| Some((look.of(track)?, track.order.late()))).collect();
        let chances: Vec<(f64, bool)> = found.iter().map(|(glance, late)| (glance.probability, *late)).collect();
        let raw: Vec<(f64, bool)> = found.iter().map(|(glance, late)| (glance.raw, *late)).collect();
        let (Some(error), Some(before)) = (calibration_error(&chances), calibration_error(&raw)) else { continue };
        let late = chances.iter().filter(|(_, late)| *late).count() as f64 / chances.len() as f64;
        println!(
            "{label:<8} {:<10} {:>6} {late:>6.3} {:>6} {:>6} {:>6.3} {:>8.3} {:>6.3} {:>6.3} {:>6.3}",
            look.name(),
            error.n,
            shown(auc(&chances)),
            shown(average_precision(&chances)),
            error.bias + late,
            before.error,
            error.error,
            error.floor,
            error.brier,
        );
    }
}

fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}

fn made_up(seed: u64) -> Result<(), Failure> {
    for (name, found) in world::compare(seed, 52, 20) {
        println!("{name:<10} {found}");
    }
    Ok(())
}

fn read(file: &str) -> Result<Vec<Order>, Failure> {
    let mut reader = csv::Reader::from_path(file)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("{file}: no column {name}"));
    let (placed, handed) = (column("order_purchase_timestamp")?, column("order_delivered_carrier_date")?);
    let (delivered, due) = (column("order_delivered_customer_date")?, column("order_estimated_delivery_date")?);
    let status = column("order_status").ok();
    let mut orders = Vec::new();
    for row in reader.records() {
        let row = row?;
        let moment = |column: usize| wall(row.get(column).unwrap_or_default());
        let (Some(placed), Some(promised)) = (moment(placed)?, moment(due)?) else { continue };
        let due = (promised.div_euclid(DAY) + 1) * DAY;
        let (handed_over, delivered) = (moment(handed)?, moment(delivered)?);
        let arrived = status.is_none_or(|status| row.get(status) == Some("delivered"));
        let scored = arrived && handed_over.is_some() && delivered.is_some();
        let features = Features { band: band(due - placed), ..Features::default() };
        orders.push(Order { placed, handed_over, delivered, due, features, scored });
    }
    Ok(orders)
}

/// Order lines that have a scheduled and a delivered day and nothing between: followed from sixty days before the scheduled one, or from
/// the day of the order where it is later.
fn lines(file: &str) -> Result<Vec<Order>, Failure> {
    let mut reader = csv::Reader::from_path(file)?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name).ok_or(format!("{file}: no column {name}"));
    let (mode, country, via) = (column("Shipment Mode")?, column("Country")?, column("Fulfill Via")?);
    let (ordered, scheduled) = (column("PO Sent to Vendor Date")?, column("Scheduled Delivery Date")?);
    let delivered = column("Delivered to Client Date")?;
    let mut orders = Vec::new();
    for row in reader.records() {
        let row = row?;
        let cell = |column: usize| row.get(column).unwrap_or_default().trim().to_owned();
        let Some(due) = day(&cell(scheduled)).map(|day| day + DAY) else { continue };
        let placed = day(&cell(ordered)).unwrap_or(i64::MIN).max(due - 61 * DAY);
        // A delivery is a day: known when it is over, before anything of the next one.
        let delivered = day(&cell(delivered)).map(|day| day + DAY - HOUR);
        let Some(delivered) = delivered.filter(|delivered| *delivered >= placed) else { continue };
        let features = Features { carrier: cell(via), service: cell(mode), lane: cell(country), ..Features::default() };
        orders.push(Order { placed, handed_over: Some(placed), delivered: Some(delivered), due, features, scored: true });
    }
    Ok(orders)
}

/// Bands of promises in days, upper bounds included.
fn band(length: i64) -> String {
    let bound = [12, 16, 20, 24, 28, 35].into_iter().find(|bound| length <= bound * DAY);
    bound.map_or_else(|| "more".to_owned(), |bound| bound.to_string())
}

/// A wall clock as if it were UTC: the grid then counts local days.
fn wall(text: &str) -> Result<Option<i64>, Failure> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = DateTime::strptime("%m/%d/%Y %H:%M", text.trim())?;
    Ok(Some(read.to_zoned(TimeZone::UTC)?.timestamp().as_millisecond()))
}

/// A day as `2-Jun-06`.
fn day(text: &str) -> Option<i64> {
    let read = Date::strptime("%d-%b-%y", text).ok()?;
    Some(read.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

fn month(at: i64) -> String {
    let read = jiff::Timestamp::from_millisecond(at);
    read.map(|at| at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()).unwrap_or_default()
}
