//! Reliving: a past that was imported is played again on a virtual clock, in the order in which it happened, in an engine that is thrown
//! away; the trial is of that engine's ledger.
//!
//! The ledger itself only knows an imported past as it was learned: all at once, long after. What would have been noticed then, and when,
//! is not in it, and is not written into it afterwards. Here each piece of news is known at the moment it happened: later than live, a
//! carrier that is asked every quarter of an hour tells it a little later.

use std::collections::HashMap;
use std::ops::ControlFlow;

use kept_base::{CustomerId, Due, Moment, OrderId, ParcelId, PromiseId, from_millis};
use kept_domain::fact::Body;
use kept_domain::input::{
    CustomerContacted, CustomerDetails, CustomerRef, Input, LineOrdered, News, OrderLinesAdded, OrderLinesAvailable,
    OrderLinesBackordered, OrderLinesCancelled, OrderPlaced, ParcelAnnounced, ParcelEstimated, ParcelScanned,
};
use kept_domain::vocabulary::Milestone;
use kept_domain::{customer, order};
use kept_store::{Block, Durability};

use super::{Relived, TrialAsked, TrialProgress, TrialResult, Tried};
use crate::views::Found;
use crate::writer::away;
use crate::{Clock, Engine, EngineError, LoadedPacks, RecordOptions, Settings};

/// Blocks read at once.
const BLOCKS: i64 = 64;
const DAY: i64 = 86_400_000;
/// How long before the period the past is played: what is foreseen is learned from it.
const BEFORE: i64 = 180 * DAY;

/// What the ledger knows of the outside world.
#[derive(Default)]
struct Past {
    customers: HashMap<CustomerId, customer::Registered>,
    orders: HashMap<OrderId, Known>,
    parcels: HashMap<ParcelId, (String, String)>,
    deliveries: HashMap<PromiseId, OrderId>,
    /// Which parcel is whose, and since when.
    announced: Vec<(OrderId, ParcelId, i64)>,
    news: Vec<(i64, Option<OrderId>, News)>,
}

/// An order, and what was heard of it.
struct Known {
    number: String,
    zone: String,
    placed_at: i64,
    has_day: bool,
    /// Lines: article, and how many.
    lines: HashMap<kept_base::LineId, (String, u32)>,
    /// How many of an article will not come.
    gone: HashMap<String, u32>,
    /// Somebody said what became of it: a carrier, or the shop that cancelled it.
    heard: bool,
}

impl Known {
    fn skus(&self, lines: &[kept_base::LineId]) -> Vec<String> {
        lines.iter().filter_map(|line| self.lines.get(line)).map(|(sku, _)| sku.clone()).collect()
    }
}

/// A line as it was ordered; what it is called is nobody's business here.
fn ordered(line: &order::Line) -> LineOrdered {
    LineOrdered { sku: line.sku.clone(), title: None, quantity: line.quantity, price: line.price, seller: line.seller.clone() }
}

/// Plays it, and runs the trial.
pub(super) fn run(
    engine: &Engine,
    asked: &TrialAsked,
    names: &[String],
    progress: &mut dyn FnMut(TrialProgress) -> ControlFlow<()>,
) -> Result<Option<TrialResult>, EngineError> {
    let past = read(engine)?;
    let (news, relived) = past.in_order(asked);
    let folder = tempfile::tempdir().map_err(|error| EngineError::Unavailable(error.to_string()))?;
    let scratch = scratch(engine, folder.path(), news.first().map_or(asked.from, |(at, _)| *at))?;
    let of = news.len() as u64;
    let mut news = news.into_iter().peekable();
    let mut played = 0;
    while let Some((at, first)) = news.next() {
        pass(&scratch, at)?;
        scratch.clock().set(at);
        let mut batch = vec![first];
        while let Some((_, next)) = news.next_if(|(next, _)| *next == at) {
            batch.push(next);
        }
        played += batch.len() as u64;
        let recorded = scratch.record(batch, RecordOptions::default())?;
        if let Some((_, why)) = recorded.rejected.first() {
            tracing::debug!(why, "reliving.rejected");
        }
        if progress(TrialProgress { facts: played, of }).is_break() {
            return Ok(None);
        }
    }
    pass(&scratch, engine.now())?;
    scratch.clock().set(engine.now());
    let question = TrialAsked { what: Tried::InForce(names.to_vec()), ..asked.clone() };
    let Some(mut result) = scratch.trial(&question, |_| ControlFlow::Continue(()))? else { return Ok(None) };
    name_live(engine, &scratch, &mut result)?;
    result.relived = Some(relived);
    Ok(Some(result))
}

/// An engine like this one, empty, on a clock set by hand.
fn scratch(engine: &Engine, folder: &std::path::Path, start: i64) -> Result<Engine, EngineError> {
    let mut packs = LoadedPacks::load(engine.loaded().source.clone()).map_err(|error| EngineError::Invalid(error.to_string()))?;
    // It is about deliveries: what else a cancellation promises is not looked at.
    packs.packs.definitions.retain(|definition| definition.kind == "delivery");
    let settings = Settings { erasures: None, most_a_minute: usize::MAX, ..engine.settings().clone() };
    let url = format!("sqlite:{}", folder.join("relived.db").display());
    Engine::open(&url, Durability::Scratch, settings, Clock::manual(start), packs)
}

/// Lets time pass: what falls due is noticed at its own moment, and at each midnight the past is read anew. Nothing is decided: the trial
/// does.
fn pass(scratch: &Engine, until: i64) -> Result<(), EngineError> {
    let zone = kept_base::moment::zone_named(&scratch.zone()).unwrap_or(jiff::tz::TimeZone::UTC);
    loop {
        let today = from_millis(scratch.now()).unwrap_or_default().to_zoned(zone.clone()).date();
        let midnight = today.tomorrow().ok().and_then(|day| day.to_zoned(zone.clone()).ok());
        let Some(at) = midnight.map(|midnight| kept_base::millis(midnight.timestamp())).filter(|at| *at < until) else { break };
        notice(scratch, at)?;
        scratch.clock().set(at);
        scratch.learn()?;
    }
    notice(scratch, until)
}

fn notice(scratch: &Engine, until: i64) -> Result<(), EngineError> {
    while let Some(next) = scratch.next_watch()?.filter(|next| *next < until) {
        scratch.clock().set(next);
        if scratch.watch_at(scratch.now())?.looked == 0 {
            break;
        }
    }
    Ok(())
}

/// Rows speak of promises of the engine that is thrown away: they are told by the ones of the same orders here.
fn name_live(engine: &Engine, scratch: &Engine, result: &mut TrialResult) -> Result<(), EngineError> {
    let promises: Vec<PromiseId> = result.rows.iter().map(|row| row.promise).collect();
    let subjects = scratch.promise_subjects(&promises)?;
    let mut live: HashMap<(String, String), Option<PromiseId>> = HashMap::new();
    for (row, subject) in result.rows.iter_mut().zip(subjects) {
        let Some((kind, Some(number))) = subject.map(|subject| (subject.kind, subject.order_number)) else { continue };
        let found = match live.get(&(kind.clone(), number.clone())) {
            Some(found) => *found,
            None => {
                let found = match engine.find(&number)? {
                    Some(Found::Order(order)) => engine.order(order)?.map(|(file, _)| file.order),
                    _ => None,
                };
                let found = found.and_then(|order| order.delivery);
                live.insert((kind, number), found);
                found
            }
        };
        if let Some(found) = found {
            row.promise = found;
        }
    }
    Ok(())
}

fn read(engine: &Engine) -> Result<Past, EngineError> {
    engine.flush()?;
    let mut connection = engine.database().connect().map_err(away)?;
    let last = connection.last_block().map_err(away)?;
    let mut past = Past::default();
    let mut after = 0;
    while after < last {
        let blocks: Vec<Block> = connection.blocks_after(after, BLOCKS).map_err(away)?;
        let Some(end) = blocks.last().map(|block| block.number) else { break };
        after = end;
        for block in blocks {
            for fact in block.read().map_err(away)? {
                past.take(fact.body);
            }
        }
    }
    // A parcel may be heard of before its order is placed.
    for (order, parcel, at) in std::mem::take(&mut past.announced) {
        past.announce(order, parcel, at);
    }
    Ok(past)
}

impl Past {
    fn take(&mut self, body: Body) {
        match body {
            Body::CustomerRegistered(body) => {
                self.customers.insert(body.customer, body);
            }
            Body::OrderPlaced(body) => self.placed(body),
            Body::ParcelAnnounced(body) => {
                self.parcels.insert(body.parcel, (body.carrier.clone(), body.tracking_number.clone()));
                self.announced.extend(body.order.map(|order| (order, body.parcel, body.at)));
            }
            Body::ParcelLinked(body) => {
                self.announced.push((body.order, body.parcel, i64::MIN));
            }
            Body::ParcelScanned(body) => {
                let Some((carrier, tracking_number)) = self.parcels.get(&body.parcel).cloned() else { return };
                let at = body.at;
                let news = News::ParcelScanned(ParcelScanned {
                    tracking_number,
                    carrier,
                    code: body.code,
                    text: body.text,
                    location: body.location,
                    at,
                    milestone: body.milestone,
                    exception: body.exception,
                    order_number: None,
                    promised_at: None,
                });
                self.news.push((at.sort_key_millis(), None, news));
            }
            Body::ParcelEstimated(body) => {
                let Some((carrier, tracking_number)) = self.parcels.get(&body.parcel).cloned() else { return };
                let news = ParcelEstimated { tracking_number, carrier, at: moment(body.at), expected_day: body.day };
                self.news.push((body.at, None, News::ParcelEstimated(news)));
            }
            Body::OrderLinesCancelled(body) => {
                let Some(order) = self.orders.get_mut(&body.order) else { return };
                order.heard = true;
                for (sku, count) in body.lines.iter().filter_map(|line| order.lines.get(line).cloned()) {
                    let gone = order.gone.entry(sku.clone()).or_default();
                    *gone += count;
                    let news = OrderLinesCancelled {
                        order_number: order.number.clone(),
                        at: moment(body.at),
                        skus: vec![sku],
                        quantity: Some(*gone),
                        by: body.by,
                        cause: body.cause.clone(),
                    };
                    self.news.push((body.at, Some(body.order), News::OrderLinesCancelled(news)));
                }
            }
            Body::OrderLinesAdded(body) => {
                let Some(order) = self.orders.get_mut(&body.order) else { return };
                order.lines.extend(body.lines.iter().map(|line| (line.id, (line.sku.clone(), line.quantity))));
                let all = |sku: &str| order.lines.values().filter(|(known, _)| known == sku).map(|(_, count)| count).sum();
                let lines = body.lines.iter().map(|line| LineOrdered { quantity: all(&line.sku), ..ordered(line) }).collect();
                let news = OrderLinesAdded { order_number: order.number.clone(), at: moment(body.at), lines };
                self.news.push((body.at, Some(body.order), News::OrderLinesAdded(news)));
            }
            Body::OrderLineSplit(body) => {
                let Some(order) = self.orders.get_mut(&body.order) else { return };
                if let Some((_, count)) = order.lines.get_mut(&body.line) {
                    *count = count.saturating_sub(body.off.quantity);
                }
                order.lines.insert(body.off.id, (body.off.sku, body.off.quantity));
            }
            Body::OrderLinesBackordered(body) => {
                let Some(order) = self.orders.get(&body.order) else { return };
                let zone = kept_base::moment::zone_named(&order.zone).unwrap_or(jiff::tz::TimeZone::UTC);
                // The moment ends the day.
                let expected_day = body.expected.and_then(|by| Some(from_millis(by - 1)?.to_zoned(zone).date()));
                let news = OrderLinesBackordered {
                    order_number: order.number.clone(),
                    at: moment(body.at),
                    skus: order.skus(&body.lines),
                    expected_day,
                };
                self.news.push((body.at, Some(body.order), News::OrderLinesBackordered(news)));
            }
            Body::OrderLinesAvailable(body) => {
                let Some(order) = self.orders.get(&body.order) else { return };
                let news = OrderLinesAvailable {
                    order_number: order.number.clone(),
                    at: moment(body.at),
                    skus: order.skus(&body.lines),
                };
                self.news.push((body.at, Some(body.order), News::OrderLinesAvailable(news)));
            }
            Body::PromiseMade(body) if body.kind == "delivery" => {
                self.deliveries.extend(body.order.map(|order| (body.promise, order)));
            }
            Body::CustomerContacted(body) => {
                let order = body.promises.iter().find_map(|promise| self.deliveries.get(promise)).copied();
                let Some((id, order)) = order.and_then(|id| Some((id, self.orders.get(&id)?))) else { return };
                let customer = CustomerRef { order_number: Some(order.number.clone()), ..CustomerRef::default() };
                let news = CustomerContacted {
                    customer,
                    promise: None,
                    at: moment(body.at),
                    channel: body.channel,
                    asked: body.asked,
                    text: None,
                    noted_by: body.noted_by,
                };
                self.news.push((body.at, Some(id), News::CustomerContacted(news)));
            }
            _ => {}
        }
    }

    fn placed(&mut self, body: order::Placed) {
        let known = self.customers.get(&body.customer);
        let day = |due: &Due| due.day;
        let news = OrderPlaced {
            order_number: body.number.clone(),
            at: moment(body.placed_at),
            // Nobody is named here, and nobody is written to: the address only says that there is one.
            customer: CustomerDetails {
                reference: Some(body.customer.to_string()),
                email: known.filter(|known| known.has_address).map(|_| format!("{}@relived.invalid", body.customer)),
                language: known.map(|known| known.language),
                country: body.country,
                zone: Some(body.zone.clone()),
                consumer: known.map(|known| known.consumer),
                ..CustomerDetails::default()
            },
            lines: body.lines.iter().map(ordered).collect(),
            delivery_fee: body.fee,
            promised_day: body.promised.as_ref().and_then(day),
            promised_at: body.promised.as_ref().filter(|due| due.day.is_none()).map(|due| Moment::from_timestamp_utc(due.at)),
            ship_by: body.ship_by.as_ref().and_then(day),
            destination_country: body.country,
            destination_postal: None,
            as_of: None,
        };
        let known = Known {
            number: body.number,
            zone: body.zone,
            placed_at: body.placed_at,
            has_day: body.promised.is_some(),
            lines: body.lines.iter().map(|line| (line.id, (line.sku.clone(), line.quantity))).collect(),
            gone: HashMap::new(),
            heard: false,
        };
        self.orders.insert(body.order, known);
        self.news.push((body.placed_at, Some(body.order), News::OrderPlaced(news)));
    }

    fn announce(&mut self, order: OrderId, parcel: ParcelId, at: i64) {
        let Some((carrier, tracking_number)) = self.parcels.get(&parcel).cloned() else { return };
        let Some(known) = self.orders.get(&order) else { return };
        let at = at.max(known.placed_at);
        let news =
            ParcelAnnounced { order_number: known.number.clone(), carrier, tracking_number, at: moment(at), skus: Vec::new() };
        self.news.push((at, Some(order), News::ParcelAnnounced(news)));
    }

    /// The news in the order in which it happened, of orders that somebody told the end of, or is telling; and what it is.
    fn in_order(mut self, asked: &TrialAsked) -> (Vec<(i64, Input)>, Relived) {
        let owner: HashMap<String, OrderId> = self
            .news
            .iter()
            .filter_map(|(_, order, news)| match news {
                News::ParcelAnnounced(news) => Some((news.tracking_number.clone(), (*order)?)),
                _ => None,
            })
            .collect();
        for (at, order, news) in &mut self.news {
            let number = match news {
                News::ParcelScanned(news) => &news.tracking_number,
                News::ParcelEstimated(news) => &news.tracking_number,
                _ => continue,
            };
            *order = owner.get(number).copied();
            let Some(known) = order.and_then(|order| self.orders.get_mut(&order)) else { continue };
            if let News::ParcelScanned(scan) = news {
                known.heard |= !matches!(scan.milestone, Milestone::Unknown | Milestone::Announced);
                if let (None, Ok(zone)) = (scan.at.instant(), kept_base::moment::zone_named(&known.zone)) {
                    *at = Moment::local(scan.at.wall, &zone).instant().map_or(*at, kept_base::millis);
                }
            }
            *at = (*at).max(known.placed_at);
        }
        let in_period = |order: &&Known| (asked.from..asked.before).contains(&order.placed_at);
        let placed: Vec<&Known> = self.orders.values().filter(in_period).collect();
        let heard = placed.iter().filter(|order| order.heard);
        let relived = Relived {
            orders: placed.len() as u64,
            heard: heard.clone().count() as u64,
            with_day: heard.filter(|order| order.has_day).count() as u64,
            first: placed.iter().map(|order| order.placed_at).min(),
        };
        let orders = &self.orders;
        let plays = |order: &Option<OrderId>| {
            let known = order.and_then(|order| orders.get(&order));
            known.is_some_and(|known| known.heard && known.placed_at >= asked.from - BEFORE)
        };
        let mut news: Vec<_> = std::mem::take(&mut self.news).into_iter().filter(|(_, order, _)| plays(order)).collect();
        news.sort_by_key(|(at, order, news)| (*at, *order, !matches!(news, News::OrderPlaced(_))));
        let input = |(at, _, news)| (at, Input { source: "relived".to_owned(), event_id: None, news });
        (news.into_iter().map(input).collect(), relived)
    }
}

fn moment(at: i64) -> Moment {
    Moment::from_timestamp_utc(from_millis(at).unwrap_or_default())
}
