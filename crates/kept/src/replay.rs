//! `kept replay`: plays the history of orders through the real engine on a virtual clock: the same record, watch, decide and send as
//! live. Nothing is known before it happened, so what comes out is what would have been told.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kept_base::{Country, Moment, PromiseId, from_millis, millis};
use kept_domain::input::{CustomerDetails, Input, News, OrderPlaced, ParcelAnnounced, ParcelScanned};
use kept_domain::message::Mode;
use kept_domain::vocabulary::Milestone;
use kept_engine::ports::{Letter, Outbound, SendOutcome};
use kept_engine::views::{Found, PromiseFilter};
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_learn::score;
use kept_store::Durability;
use kept_text::MessagePack;
use serde_json::json;

use crate::setup::{Hint, progress};

const PACK: &str = include_str!("../../../packs/replay/promises.toml");
const PLAYBOOKS: &str = include_str!("../../../packs/playbooks/delivery.toml");
const DAY: i64 = 86_400_000;
/// Steps of an order, in their order: an event carries its own.
const PLACED: u8 = 0;
const ANNOUNCED: u8 = 1;
const HANDED_OVER: u8 = 2;
const DELIVERED: u8 = 3;
/// The share of the orders that counts as the past in the table, by purchase.
const PAST_SHARE: f64 = 0.7;

/// Plays a history of orders.
#[derive(Debug, Args)]
pub struct Replay {
    /// Orders to report on (CSV; docs/benchmarks.md names the columns).
    #[arg(long)]
    orders: PathBuf,
    /// Orders of the past, played too but not reported.
    #[arg(long)]
    train: Option<PathBuf>,
    /// One JSON line an order.
    #[arg(long)]
    report: Option<PathBuf>,
    /// The time zone of the file's wall clocks.
    #[arg(long, default_value = "America/Sao_Paulo")]
    zone: String,
    /// The country the orders go to.
    #[arg(long, default_value = "BR")]
    country: String,
}

struct Order {
    id: String,
    reported: bool,
    placed: DateTime,
    promised: Option<DateTime>,
    handed_over: Option<DateTime>,
    delivered: Option<DateTime>,
    /// Its status, where the file has one, is not `delivered`: cancelled after all, or under way.
    closed: bool,
}

/// What became of an order.
struct Outcome {
    id: String,
    placed: DateTime,
    /// Delivered, with hand-over and promise present: what the table counts.
    scored: bool,
    promised: Option<DateTime>,
    delivered: Option<DateTime>,
    warned: Option<DateTime>,
    said: Said,
}

/// What was believed of an order while it was open.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    /// The chance that it comes late, at hand-over; before that, at purchase.
    first: Option<f64>,
    /// Whether that was at hand-over.
    at_hand_over: bool,
    /// At the first moment of the third day before the promised one, if it was open then.
    at_three_days: Option<f64>,
}

impl Outcome {
    /// Delivered on a later day than promised.
    fn late(&self) -> bool {
        self.promised.zip(self.delivered).is_some_and(|(promised, delivered)| delivered.date() > promised.date())
    }
}

/// A mail server that takes everything at once: the moment of telling is the engine's.
struct Taken;

impl Outbound for Taken {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn send(&self, _: &Letter, in_doubt: &mut dyn FnMut() -> Result<(), String>) -> SendOutcome {
        match in_doubt() {
            Ok(()) => SendOutcome::Accepted { reply: "replay".to_owned(), reference: None },
            Err(reason) => SendOutcome::Retry { reason },
        }
    }
}

/// Plays it, writes the report, prints the table.
pub fn run(command: &Replay) -> Result<()> {
    let zone = kept_base::moment::zone_named(&command.zone)
        .map_err(|error| Hint::error(error.to_string(), "an IANA name: America/Sao_Paulo"))?;
    let country: Country =
        command.country.parse().map_err(|_| Hint::error(format!("`{}` is no country", command.country), "two letters: BR"))?;
    let mut orders = read(&command.orders, true)?;
    if let Some(train) = &command.train {
        orders.extend(read(train, false)?);
    }
    let outcomes = play(&orders, &zone, &command.zone, country)?;
    if let Some(path) = &command.report {
        write_report(path, &outcomes)?;
    }
    table(&outcomes);
    Ok(())
}

fn read(path: &Path, reported: bool) -> Result<Vec<Order>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let headers = reader.headers()?.clone();
    let column = |name: &str| {
        headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name).ok_or_else(|| {
            Hint::error(
                format!("{} has no column `{name}`", path.display()),
                format!("columns found: {}", headers.iter().collect::<Vec<_>>().join(", ")),
            )
        })
    };
    let id = column("order_id")?;
    let placed = column("order_purchase_timestamp")?;
    let handed_over = column("order_delivered_carrier_date")?;
    let delivered = column("order_delivered_customer_date")?;
    let promised = column("order_estimated_delivery_date")?;
    let status = column("order_status").ok();
    let mut orders = Vec::new();
    for (index, row) in reader.records().enumerate() {
        let row = row.with_context(|| format!("{}, row {}", path.display(), index + 2))?;
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        let moment = |column: usize| {
            wall(cell(column)).with_context(|| format!("{}, row {}: `{}`", path.display(), index + 2, cell(column)))
        };
        let Some(placed) = moment(placed)? else { continue };
        orders.push(Order {
            id: cell(id).to_owned(),
            reported,
            placed,
            promised: moment(promised)?,
            handed_over: moment(handed_over)?,
            delivered: moment(delivered)?,
            closed: status.is_some_and(|status| cell(status) != "delivered"),
        });
    }
    Ok(orders)
}

/// A wall clock: `month/day/year hour:minute`, or ISO 8601; empty: none.
fn wall(text: &str) -> Result<Option<DateTime>> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.contains('/') {
        return Ok(Some(DateTime::strptime("%m/%d/%Y %H:%M", text).or_else(|_| DateTime::strptime("%m/%d/%Y %H:%M:%S", text))?));
    }
    let read = Moment::parse_iso(text).map(|moment| moment.wall).or_else(|_| text.parse::<DateTime>());
    Ok(Some(read.map_err(|error| anyhow::anyhow!("{error}"))?))
}

fn play(orders: &[Order], zone: &TimeZone, zone_name: &str, country: Country) -> Result<Vec<Outcome>> {
    let folder = tempfile::tempdir()?;
    let owned = |name: &str, text: &str| vec![(name.to_owned(), text.to_owned())];
    let messages = MessagePack::embedded().map_err(|error| anyhow::anyhow!("{error}"))?;
    let packs = LoadedPacks::from_texts(&owned("replay", PACK), &owned("playbooks", PLAYBOOKS), messages, PackSource::Embedded)?;
    let mut events = events(orders, zone, country);
    events.sort_by_key(|(at, order, step, _)| (*at, *order, *step));
    let start = events.first().map_or(0, |(at, ..)| *at);
    let settings =
        Settings { shop: "replay".to_owned(), zone: zone_name.to_owned(), most_a_minute: usize::MAX, ..Settings::default() };
    let url = format!("sqlite:{}", folder.path().join("replay.db").display());
    let engine = Engine::open(&url, Durability::Scratch, settings, Clock::manual(start), packs)?;
    engine.set_outbound(Arc::new(Taken));
    engine.switch_playbook("tell-late", Mode::Automatic, "replay")?;
    for name in ["apologise-late", "next-word", "close-the-loop"] {
        engine.switch_playbook(name, Mode::Off, "replay")?;
    }
    let bar = progress("events played").with_message("events played");
    bar.set_length(events.len() as u64);
    let mut played =
        Played { engine: &engine, orders, zone, promises: vec![None; orders.len()], said: vec![Said::default(); orders.len()] };
    let mut index = 0;
    while let Some((at, ..)) = events.get(index) {
        let at = *at;
        played.pass(at)?;
        engine.clock().set(at);
        let until = events.iter().skip(index).take_while(|(other, ..)| *other == at).count();
        let now: Vec<_> = events.iter().skip(index).take(until).collect();
        let batch: Vec<Input> = now.iter().map(|(.., input)| input.clone()).collect();
        let recorded = engine.record(batch, RecordOptions::default())?;
        if let Some((_, why)) = recorded.rejected.first() {
            tracing::debug!(why, "replay.rejected");
        }
        for (_, order, step, _) in now {
            played.heard(*order, *step)?;
        }
        index += until;
        bar.set_position(index as u64);
    }
    let end = events.last().map_or(0, |(at, ..)| *at) + 60 * DAY;
    played.pass(end)?;
    bar.finish_and_clear();
    let said = played.said;
    outcomes(&engine, orders, &said, zone)
}

/// A history under way.
struct Played<'a> {
    engine: &'a Engine,
    orders: &'a [Order],
    zone: &'a TimeZone,
    promises: Vec<Option<PromiseId>>,
    said: Vec<Said>,
}

impl Played<'_> {
    /// Lets time pass. At each midnight the past is read anew, and orders three days before their day are looked at.
    fn pass(&mut self, until: i64) -> Result<()> {
        loop {
            let today = from_millis(self.engine.now()).unwrap_or_default().to_zoned(self.zone.clone()).date();
            let Some(midnight) = today.tomorrow().ok().and_then(|day| day.to_zoned(self.zone.clone()).ok()) else { break };
            let at = millis(midnight.timestamp());
            if at >= until {
                break;
            }
            pass(self.engine, at)?;
            self.engine.clock().set(at);
            self.engine.learn()?;
            let Ok(third) = midnight.date().checked_add(jiff::Span::new().days(3)) else { continue };
            for (index, order) in self.orders.iter().enumerate() {
                let open = order.placed < midnight.datetime()
                    && order.delivered.is_none_or(|delivered| delivered >= midnight.datetime());
                if open && order.promised.is_some_and(|promised| promised.date() == third) {
                    let chance = self.chance(index)?;
                    if let Some(said) = self.said.get_mut(index) {
                        said.at_three_days = chance;
                    }
                }
            }
        }
        pass(self.engine, until)
    }

    /// After something was heard of an order: what is believed of it when it is placed and when it is handed over.
    fn heard(&mut self, index: usize, step: u8) -> Result<()> {
        if !matches!(step, PLACED | HANDED_OVER) {
            return Ok(());
        }
        let chance = self.chance(index)?;
        if let Some(said) = self.said.get_mut(index) {
            said.at_hand_over |= step == HANDED_OVER && chance.is_some();
            said.first = chance.or(said.first);
        }
        Ok(())
    }

    fn chance(&mut self, index: usize) -> Result<Option<f64>> {
        let Some((order, known)) = self.orders.get(index).zip(self.promises.get_mut(index)) else { return Ok(None) };
        if known.is_none()
            && let Some(Found::Order(id)) = self.engine.find(&order.number())?
        {
            *known = self.engine.order(id)?.and_then(|(file, _)| file.order.delivery);
        }
        let file = known.map(|promise| self.engine.promise(promise)).transpose()?.flatten();
        let outlook = file.and_then(|file| self.engine.outlook(&file));
        Ok(outlook.and_then(|outlook| outlook.late.ok()).map(|forecast| forecast.probability))
    }
}

impl Order {
    fn number(&self) -> String {
        format!("{}{}", if self.reported { "" } else { "past-" }, self.id)
    }
}

/// Lets time pass: everything that falls due before `until` is looked at, decided and sent at its own moment.
fn pass(engine: &Engine, until: i64) -> Result<()> {
    while let Some(next) = engine.next_watch()?.filter(|next| *next < until) {
        engine.clock().set(next);
        let looked = engine.watch_at(engine.now())?.looked;
        let decided = engine.decide()?;
        engine.send()?;
        // Held until the morning: it leaves then, not at the next event.
        if let Some(wake) = engine.next_held()?.filter(|wake| *wake < until) {
            pass_before(engine, wake)?;
            engine.clock().set(wake);
            engine.send()?;
        } else if looked == 0 && decided == 0 {
            break;
        }
    }
    while let Some(wake) = engine.next_held()?.filter(|wake| *wake < until) {
        engine.clock().set(wake);
        engine.send()?;
    }
    Ok(())
}

/// What falls due before a held message wakes.
fn pass_before(engine: &Engine, wake: i64) -> Result<()> {
    while let Some(next) = engine.next_watch()?.filter(|next| *next < wake) {
        engine.clock().set(next);
        let looked = engine.watch_at(engine.now())?.looked;
        if engine.decide()? == 0 && looked == 0 {
            break;
        }
    }
    Ok(())
}

fn events(orders: &[Order], zone: &TimeZone, country: Country) -> Vec<(i64, usize, u8, Input)> {
    let mut events = Vec::new();
    for (index, order) in orders.iter().enumerate() {
        let moment = |wall: DateTime| Moment::local(wall, zone);
        let at = |wall: DateTime| moment(wall).instant().map_or(0, millis);
        let news = |step: u8, wall: DateTime, news: News| {
            (at(wall), index, step, Input { source: "replay".to_owned(), event_id: None, news })
        };
        let number = order.number();
        let tracking = format!("R{}", number.replace('-', ""));
        events.push(news(
            PLACED,
            order.placed,
            News::OrderPlaced(OrderPlaced {
                order_number: number.clone(),
                at: moment(order.placed),
                customer: CustomerDetails {
                    reference: Some(number.clone()),
                    email: Some(format!("{number}@replay.example")),
                    country: Some(country),
                    zone: zone.iana_name().map(str::to_owned),
                    ..CustomerDetails::default()
                },
                lines: Vec::new(),
                delivery_fee: None,
                promised_day: order.promised.filter(|promised| promised.date() >= order.placed.date()).map(DateTime::date),
                promised_at: None,
                ship_by: None,
                destination_country: Some(country),
                destination_postal: None,
                as_of: None,
            }),
        ));
        let scan = |wall: DateTime, code: &str, milestone: Milestone| {
            News::ParcelScanned(ParcelScanned {
                tracking_number: tracking.clone(),
                carrier: "replay".to_owned(),
                code: code.to_owned(),
                text: String::new(),
                location: None,
                at: moment(wall),
                milestone,
                exception: None,
                order_number: Some(number.clone()),
                promised_at: None,
            })
        };
        if let Some(handed_over) = order.handed_over.filter(|handed_over| *handed_over >= order.placed) {
            events.push(news(
                ANNOUNCED,
                handed_over,
                News::ParcelAnnounced(ParcelAnnounced {
                    order_number: number.clone(),
                    carrier: "replay".to_owned(),
                    tracking_number: tracking.clone(),
                    at: moment(handed_over),
                    skus: Vec::new(),
                }),
            ));
            events.push(news(HANDED_OVER, handed_over, scan(handed_over, "handed_over", Milestone::HandedOver)));
        }
        if let Some(delivered) = order.delivered.filter(|delivered| *delivered >= order.placed) {
            events.push(news(DELIVERED, delivered, scan(delivered, "delivered", Milestone::Delivered)));
        }
    }
    events
}

/// When each reported order was warned of, read from the promises.
fn outcomes(engine: &Engine, orders: &[Order], said: &[Said], zone: &TimeZone) -> Result<Vec<Outcome>> {
    let mut warned = std::collections::HashMap::new();
    let mut filter = PromiseFilter { kind: Some("delivery".to_owned()), limit: Some(500), ..PromiseFilter::default() };
    loop {
        let page = engine.promises(&filter)?;
        for line in page.rows {
            let told = line.promise.told.iter().find(|told| told.template == "late-warning").map(|told| told.at);
            if let (Some(number), Some(at)) = (line.order_number, told) {
                warned.insert(number, at);
            }
        }
        let Some(next) = page.next else { break };
        filter.after = Some(next);
    }
    let local = |at: i64| from_millis(at).map(|at| at.to_zoned(zone.clone()).datetime());
    Ok(orders
        .iter()
        .zip(said)
        .filter(|(order, _)| order.reported)
        .map(|(order, said)| Outcome {
            said: *said,
            id: order.id.clone(),
            placed: order.placed,
            scored: !order.closed && order.handed_over.is_some() && order.promised.is_some() && order.delivered.is_some(),
            promised: order.promised,
            delivered: order.delivered,
            warned: warned.get(&order.id).copied().and_then(local),
        })
        .collect())
}

fn write_report(path: &Path, outcomes: &[Outcome]) -> Result<()> {
    let mut file =
        std::io::BufWriter::new(std::fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?);
    for outcome in outcomes {
        let text = |wall: Option<DateTime>| wall.map(|wall| wall.to_string());
        let line = json!({
            "order_id": outcome.id, "promised_at": text(outcome.promised), "delivered_at": text(outcome.delivered),
            "warned_at": text(outcome.warned), "probability": outcome.said.first, "probability_t3": outcome.said.at_three_days,
        });
        writeln!(file, "{line}")?;
    }
    Ok(file.flush()?)
}

fn table(outcomes: &[Outcome]) {
    let mut scored: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.scored).collect();
    scored.sort_by_key(|outcome| outcome.placed);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of rows")]
    let split = (scored.len() as f64 * PAST_SHARE) as usize;
    println!(
        "{:<22} {:>7} {:>6} {:>8} {:>10} {:>8} {:>8} {:>8} {:>8} {:>12}",
        "orders", "scored", "late", "warned", "precision", "recall", ">= 1 d", ">= 2 d", ">= 3 d", "median lead"
    );
    let (past, recent) = scored.split_at(split.min(scored.len()));
    for (name, rows) in [("all", scored.as_slice()), ("first 70 % by purchase", past), ("last 30 % by purchase", recent)] {
        println!("{}", row(name, rows));
    }
    println!();
    println!("{:<22} {:>12} {:>7} {:>6} {:>7} {:>7} {:>12}", "forecasts", "look", "n", "late", "AUC", "AP", "calibration");
    for (name, rows) in [("all", scored.as_slice()), ("first 70 % by purchase", past), ("last 30 % by purchase", recent)] {
        println!("{}", forecasts(name, "hand-over", rows, |said| said.first.filter(|_| said.at_hand_over)));
        println!("{}", forecasts(name, "T-3", rows, |said| said.at_three_days));
    }
    println!(
        "Warnings by packs/replay/promises.toml: what was learned from outcomes known by then; before that, its fixed reach."
    );
}

/// What the chances were worth at one look: area under the curve, average precision, expected calibration error in ten bins.
fn forecasts(name: &str, look: &str, rows: &[&Outcome], chance: impl Fn(&Said) -> Option<f64>) -> String {
    let said: Vec<(f64, bool)> = rows.iter().filter_map(|row| Some((chance(&row.said)?, row.late()))).collect();
    let late = said.iter().filter(|(_, late)| *late).count();
    let figure = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    format!(
        "{name:<22} {look:>12} {:>7} {late:>6} {:>7} {:>7} {:>12}",
        said.len(),
        figure(score::auc(&said)),
        figure(score::average_precision(&said)),
        figure(score::calibration_error(&said).map(|error| error.error)),
    )
}

fn row(name: &str, rows: &[&Outcome]) -> String {
    let lead = |outcome: &Outcome| -> Option<f64> {
        let (warned, delivered) = (outcome.warned?, outcome.delivered?);
        let end = outcome.promised?.date().tomorrow().ok()?.to_datetime(jiff::civil::Time::midnight());
        let seconds = warned.until((jiff::Unit::Second, end)).ok()?.get_seconds();
        (warned < delivered && seconds > 0).then_some(seconds as f64 / 86_400.0)
    };
    let all_late = rows.iter().filter(|row| row.late()).count();
    let warned: Vec<(f64, bool)> = rows.iter().filter_map(|row| lead(row).map(|lead| (lead, row.late()))).collect();
    let hits = warned.iter().filter(|(_, late)| *late).count();
    let with = |days: f64| warned.iter().filter(|(lead, late)| *late && *lead >= days).count();
    let share = |count: usize, of: usize| if of == 0 { "-".to_owned() } else { format!("{:.3}", count as f64 / of as f64) };
    let mut leads: Vec<f64> = warned.iter().filter(|(_, late)| *late).map(|(lead, _)| *lead).collect();
    leads.sort_by(f64::total_cmp);
    let median = leads.get(leads.len() / 2).map_or_else(|| "-".to_owned(), |lead| format!("{lead:.2} d"));
    format!(
        "{name:<22} {:>7} {all_late:>6} {:>8} {:>10} {:>8} {:>8} {:>8} {:>8} {median:>12}",
        rows.len(),
        share(warned.len(), rows.len()),
        share(hits, warned.len()),
        share(hits, all_late),
        share(with(1.0), all_late),
        share(with(2.0), all_late),
        share(with(3.0), all_late),
    )
}
