//! What time alone makes due: the moments at which something becomes true, as pure functions of the state and the packs.

use kept_base::{CalendarDuration, CalendarKind, Country, Position, from_millis, millis};

use crate::definition::{Definition, FoundFrom, Packs, ReachRule, calendar};
use crate::finding::Finding;
use crate::foresight::{self, Foreseen, Foresight};
use crate::order::Order;
use crate::parcel::Parcel;
use crate::promise::{Promise, PromiseState, SignalKind};
use crate::vocabulary::Milestone;

/// What the house knows about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// The shop's name.
    pub shop: String,
    /// Its country: what is domestic.
    pub country: Country,
    /// Its zone.
    pub zone: String,
}

/// Something that becomes true at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coming {
    /// What.
    pub kind: SignalKind,
    /// When, epoch milliseconds.
    pub at: i64,
    /// What arms it.
    pub armed_by: Position,
    /// Why, as a word.
    pub reason: &'static str,
    /// The figure behind it in seconds.
    pub threshold: Option<i64>,
    /// What was foreseen, where that is what becomes true.
    pub foreseen: Option<Foreseen>,
}

/// All policy in force: what `react` goes by beside the state and the clock.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'r> {
    /// Definitions and playbooks.
    pub packs: &'r Packs,
    /// The installation.
    pub house: &'r House,
    /// What the past says; none before anything was read from it.
    pub foresight: Option<&'r Foresight>,
}

impl Coming {
    /// Something that was seen rather than computed: no figure stands behind it.
    pub fn seen(kind: SignalKind, armed_by: Position, at: i64, reason: &'static str) -> Coming {
        Coming { kind, at, armed_by, reason, threshold: None, foreseen: None }
    }
}

/// Whether an order stays in the shop's own country; unknown counts as domestic.
pub fn is_domestic(house: &House, order: Option<&Order>) -> bool {
    order.and_then(|order| order.country).is_none_or(|country| country == house.country)
}

/// The next thing that will be found of a parcel. Without its order (`None`) the earliest moment any rule could give: a lower bound,
/// fit for `watch_at`.
pub fn finding(parcel: &Parcel, order: Option<Option<&Order>>, definition: &Definition, rules: &Rules<'_>) -> Option<Coming> {
    if parcel.milestone.is_final() || parcel.milestone == Milestone::Returning {
        return None;
    }
    let found = |finding: Finding| {
        let (since, armed_by) = finding.since(parcel)?;
        if finding.has_fired(parcel, armed_by) || finding.is_outweighed(parcel) {
            return None;
        }
        let at = found_at(finding, since, parcel, order, definition, rules)?;
        let (kind, reason) = (finding.signal(), finding.reason());
        Some(Coming { kind, at, armed_by, reason, threshold: Some((at - since) / 1000), foreseen: None })
    };
    // Of two at one moment the weightier one, which then outweighs the other.
    Finding::ALL.into_iter().rev().filter_map(found).min_by_key(|coming| coming.at)
}

/// When a finding's rule applies: of those that fit the first; without the order, of those that may fit the earliest.
fn found_at(
    finding: Finding,
    since: i64,
    parcel: &Parcel,
    order: Option<Option<&Order>>,
    definition: &Definition,
    rules: &Rules<'_>,
) -> Option<i64> {
    let domestic = order.map(|order| is_domestic(rules.house, order));
    let mut fitting = definition.find.iter().filter(|rule| {
        rule.finding == finding
            && domestic.is_none_or(|domestic| rule.scope.holds(domestic))
            && (rule.at.is_empty() || rule.at.contains(&parcel.milestone))
            && (rule.carriers.is_empty() || rule.carriers.contains(&parcel.carrier))
    });
    match order {
        // What happened in time may not be heard yet.
        Some(order) => {
            let behind = rules.foresight.map_or(0, |foresight| foresight.delays.behind(&parcel.carrier));
            Some(found_from(&fitting.next()?.from, since, parcel, order, rules)? + behind)
        }
        None => fitting.filter_map(|rule| found_no_sooner(&rule.from, since, rules.house)).min(),
    }
}

fn found_from(from: &FoundFrom, since: i64, parcel: &Parcel, order: Option<&Order>, rules: &Rules<'_>) -> Option<i64> {
    let house = rules.house;
    match from {
        FoundFrom::After { span, calendar, learned } => {
            let gap = learned.and_then(|learned| {
                let until = rules.foresight?.gap(parcel, order, since, learned.share)?;
                Some(until.max(since + learned.at_least))
            });
            gap.or_else(|| after(since, span, *calendar, &house.zone))
        }
        FoundFrom::Clock(clock) => clock_of_day(since, *clock, order.map_or(&house.zone, |order| &order.zone)),
        FoundFrom::ShipBy { span, otherwise } => match order.and_then(|order| order.ship_by.as_ref()) {
            // That day's end and the next one's first instant are the same.
            Some(ship_by) => after(millis(ship_by.at).max(since) - 1, span, WORKING_DAYS, &house.zone),
            None => after(since, otherwise, WORKING_DAYS, &house.zone),
        },
    }
}

/// The days on which shops hand over and carriers collect.
const WORKING_DAYS: CalendarKind = CalendarKind::WorkingDaysMonSat;

fn found_no_sooner(from: &FoundFrom, since: i64, house: &House) -> Option<i64> {
    match from {
        FoundFrom::After { learned: Some(learned), .. } => Some(since + learned.at_least),
        FoundFrom::After { span, calendar, learned: None } => after(since, span, *calendar, &house.zone),
        FoundFrom::ShipBy { span, otherwise } => {
            let (promised, otherwise) =
                (after(since - 1, span, WORKING_DAYS, &house.zone), after(since, otherwise, WORKING_DAYS, &house.zone));
            promised.into_iter().chain(otherwise).min()
        }
        // Wherever the parcel goes.
        FoundFrom::Clock(_) => Some(since),
    }
}

/// A time of the day on which a moment lies in a zone; the day after where that time was over.
fn clock_of_day(moment: i64, clock: jiff::civil::Time, zone: &str) -> Option<i64> {
    let zone = kept_base::moment::zone_named(zone).ok()?;
    let local = from_millis(moment)?.to_zoned(zone.clone());
    let day = if local.time() < clock { local.date() } else { local.date().tomorrow().ok()? };
    Some(millis(day.to_datetime(clock).to_zoned(zone).ok()?.timestamp()))
}

/// What time alone will make true of a promise, earliest first.
pub fn coming(
    promise: &Promise,
    order: Option<&Order>,
    parcels: &[&Parcel],
    definition: &Definition,
    rules: &Rules<'_>,
) -> Vec<Coming> {
    let mut coming = Vec::new();
    if !promise.state.is_open() {
        return coming;
    }
    if let Some(due) = &promise.due {
        if !promise.has_fired(SignalKind::Late, promise.armed_by) {
            let due_at = millis(due.at);
            coming.push(Coming {
                kind: SignalKind::Late,
                at: due_at,
                armed_by: promise.armed_by,
                reason: "due_passed",
                threshold: None,
                foreseen: None,
            });
            if !promise.has_fired(SignalKind::AtRisk, promise.armed_by)
                && let Some(risk) = risk(promise, due_at, order, parcels, definition, rules)
            {
                coming.push(risk);
            }
        }
    } else if let Some(review_at) = promise.review_at {
        coming.push(Coming {
            kind: SignalKind::ReviewDue,
            at: review_at,
            armed_by: promise.facts.last().copied().unwrap_or(promise.armed_by),
            reason: "review",
            threshold: None,
            foreseen: None,
        });
    }
    if promise.kind == "delivery"
        && let Some(order) = order
    {
        coming.extend(not_restocked(promise, order));
    }
    if let Some(next_word_at) = promise.next_word_at {
        coming.push(Coming {
            kind: SignalKind::NextWordDue,
            at: next_word_at,
            armed_by: promise.facts.last().copied().unwrap_or(promise.armed_by),
            reason: "word_promised",
            threshold: None,
            foreseen: None,
        });
    }
    coming.sort_by_key(|coming| coming.at);
    coming
}

/// The day on which the shop expected to have it is over: who was not told before is told now.
fn not_restocked(promise: &Promise, order: &Order) -> Option<Coming> {
    let expected = order.waits_for_stock().filter_map(|(_, backorder)| Some((backorder.expected?, backorder.said)));
    let (at, armed_by) = expected.filter(|(_, said)| !promise.has_fired(SignalKind::Backordered, *said)).min()?;
    Some(Coming { kind: SignalKind::Backordered, at, armed_by, reason: "not_restocked", threshold: None, foreseen: None })
}

/// How long goods still need to the door once they are in stock, in seconds.
pub fn needs_from_stock(definition: &Definition, house: &House, order: &Order) -> Option<i64> {
    needs(definition, is_domestic(house, Some(order)), Milestone::Announced)
}

/// How long a parcel at a milestone still needs, by the definition, in seconds.
fn needs(definition: &Definition, domestic: bool, milestone: Milestone) -> Option<i64> {
    let matching = |rule: &&ReachRule| rule.scope.holds(domestic) && rule.at.contains(&milestone);
    definition.reach.iter().find(matching).and_then(|rule| seconds(&rule.needs))
}

/// Where the risk is learned, an open promise is looked at once more with each new reading of the past: not all at one moment, and not
/// before any rule could warn.
pub fn another_look(promise: &Promise, definition: &Definition, rules: &Rules<'_>, clock: i64) -> Option<i64> {
    const HOUR: i64 = 3_600_000;
    definition.warn?;
    let due_at = promise.due.as_ref().map(|due| millis(due.at)).filter(|due| *due > clock)?;
    if promise.has_fired(SignalKind::AtRisk, promise.armed_by) {
        return None;
    }
    let spread = promise.id.get() % 1024 * 3000;
    let renewed = rules.foresight.map_or(clock, |foresight| foresight.snapshot.taken_at()) + foresight::RENEWED + 60_000 + spread;
    let next = if renewed > clock { renewed } else { clock + HOUR };
    Some(next.max(due_at - foresight::LONGEST_NOTICE)).filter(|next| *next < due_at)
}

/// When late becomes broken by the definition.
pub fn broken_at(promise: &Promise, definition: &Definition, house: &House) -> Option<i64> {
    let due = promise.due.as_ref().filter(|_| promise.state == PromiseState::Late)?;
    // A shop that is connected tells of orders whose day is long over: who carried them is only asked from then on.
    let known_since = millis(due.at).max(promise.heard_at);
    after(known_since, &definition.broken_after, CalendarKind::ClockHours, &house.zone)
}

/// When a promise is at risk: by what was learned, where the definition wants it and enough is known; else by the reach of its parcels.
fn risk(
    promise: &Promise,
    due_at: i64,
    order: Option<&Order>,
    parcels: &[&Parcel],
    definition: &Definition,
    rules: &Rules<'_>,
) -> Option<Coming> {
    if let Some(foresight) = rules.foresight.filter(|_| definition.warn.is_some())
        && let Ok(warning) = foresight.warning(promise, order, parcels)
    {
        return warning.map(|warning| Coming {
            kind: SignalKind::AtRisk,
            at: warning.at,
            armed_by: promise.armed_by,
            reason: "foreseen",
            threshold: None,
            foreseen: Some(warning.foreseen(foresight.snapshot.taken_at())),
        });
    }
    reach(promise, due_at, order, parcels, definition, rules.house)
}

/// When a promise can no longer be reached from where its parcels are: the simple honest rule, before anything is learned.
fn reach(
    promise: &Promise,
    due_at: i64,
    order: Option<&Order>,
    parcels: &[&Parcel],
    definition: &Definition,
    house: &House,
) -> Option<Coming> {
    let domestic = is_domestic(house, order);
    let needs = |milestone| needs(definition, domestic, milestone);
    let under_way = parcels.iter().filter(|parcel| !parcel.milestone.is_final() && parcel.promise == Some(promise.id));
    let mut slowest: Option<(i64, Milestone)> = None;
    let mut any = false;
    for parcel in under_way {
        any = true;
        if let Some(need) = needs(parcel.milestone)
            && slowest.is_none_or(|(most, _)| need > most)
        {
            slowest = Some((need, parcel.milestone));
        }
    }
    // What is in no parcel yet has the whole way before it.
    if ((!any && parcels.is_empty()) || promise.lacks_parcel(parcels))
        && let Some(need) = needs(Milestone::Announced)
        && slowest.is_none_or(|(most, _)| need > most)
    {
        slowest = Some((need, Milestone::Announced));
    }
    let (need, milestone) = slowest?;
    let reason = if milestone == Milestone::Announced { "not_handed_over" } else { "unreachable" };
    Some(Coming {
        kind: SignalKind::AtRisk,
        at: due_at - need * 1000,
        armed_by: promise.armed_by,
        reason,
        threshold: Some(need),
        foreseen: None,
    })
}

/// A span in seconds, where a day is 24 hours; `None` for months and years, which have no fixed length.
pub fn seconds(span: &CalendarDuration) -> Option<i64> {
    (span.years == 0 && span.months == 0).then_some(span.weeks * 604_800 + span.days * 86_400 + span.seconds)
}

/// A moment a span later. In clock hours a day is 24 hours; working days end with the day.
pub fn after(from: i64, span: &CalendarDuration, kind: CalendarKind, zone: &str) -> Option<i64> {
    if kind == CalendarKind::ClockHours {
        return seconds(span).map(|seconds| from + seconds * 1000);
    }
    calendar(kind, zone).due_after(from_millis(from)?, span, false).ok().map(|due| millis(due.at))
}
