//! A plain recount of the ledger: facts, sets and one loop; none of the code that keeps the counts.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use kept_base::{OrderId, ParcelId, PromiseId, millis};
use kept_domain::Body;
use kept_domain::promise::{PromiseState, SignalKind};
use kept_domain::vocabulary::{Cause, ExceptionKind, Milestone};
use kept_testkit::Installation;

#[derive(Default)]
struct Parcel {
    carrier: String,
    order: Option<OrderId>,
    scans: BTreeMap<u64, (i64, Milestone, Option<ExceptionKind>)>,
    withdrawn: BTreeSet<u64>,
    contested: BTreeSet<String>,
    disputed: bool,
}

#[derive(Default)]
struct Promise {
    due: Option<i64>,
    late_at: BTreeSet<i64>,
    amended: bool,
    in_dispute: bool,
    /// Judged as, by the first due, by whom.
    outcome: Option<(PromiseState, PromiseState, String)>,
}

/// What was counted of a carrier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) parcels: u64,
    pub(super) handed_over: u64,
    pub(super) kept: (u64, u64),
    pub(super) apart: [u64; 4],
    pub(super) disputed: (u64, u64),
    pub(super) first_attempt: (u64, u64),
    pub(super) contested: u64,
    pub(super) recipient: u64,
    pub(super) arrived: u64,
    pub(super) ship: (u64, u64),
}

/// Counts the parcels whose first due lies in `from..before`, by carrier, as things stand at `now`.
pub(super) fn recount(installation: &Installation, from: i64, before: i64, now: i64) -> Result<BTreeMap<String, Counted>> {
    let mut parcels: BTreeMap<ParcelId, Parcel> = BTreeMap::new();
    let mut promises: BTreeMap<PromiseId, Promise> = BTreeMap::new();
    let mut orders: BTreeMap<OrderId, (Option<PromiseId>, Option<i64>)> = BTreeMap::new();
    let blocks = installation.engine.database().read(|connection| connection.blocks_after(0, i64::MAX))?;
    for block in blocks {
        for fact in block.read()? {
            match fact.body {
                Body::OrderPlaced(body) => {
                    orders.entry(body.order).or_default().1 = body.ship_by.map(|due| millis(due.at));
                }
                Body::PromiseMade(body) if body.kind == "delivery" => {
                    promises.entry(body.promise).or_default();
                    if let Some(order) = body.order {
                        orders.entry(order).or_default().0 = Some(body.promise);
                    }
                }
                Body::WordGiven(body) => {
                    if let Some(promise) = promises.get_mut(&body.promise) {
                        let due = body.due.map(|due| millis(due.at));
                        promise.due = promise.due.into_iter().chain(due).min();
                    }
                }
                Body::ParcelAnnounced(body) => {
                    let known = parcels.entry(body.parcel).or_default();
                    (known.carrier, known.order) = (body.carrier, body.order);
                }
                Body::ParcelLinked(body) => parcels.entry(body.parcel).or_default().order = Some(body.order),
                Body::ParcelScanned(body) => {
                    let scan = (body.at.sort_key_millis(), body.milestone, body.exception);
                    parcels.entry(body.parcel).or_default().scans.insert(body.key, scan);
                }
                Body::ParcelScanWithdrawn(body) => drop(parcels.entry(body.parcel).or_default().withdrawn.insert(body.key)),
                Body::ParcelContested(body) if body.exception == ExceptionKind::DeliveredDisputed => {
                    parcels.entry(body.parcel).or_default().disputed = true;
                }
                Body::ParcelContested(body) => {
                    parcels.entry(body.parcel).or_default().contested.insert(body.exception.word().to_owned());
                }
                Body::SignalRaised(body) if body.signal_kind == SignalKind::Late => {
                    if let Some(promise) = promises.get_mut(&body.promise) {
                        promise.late_at.insert(body.true_at);
                    }
                }
                Body::PromiseAmended(body) => {
                    if let Some(promise) = promises.get_mut(&body.promise) {
                        promise.amended = true;
                    }
                }
                Body::PromiseDisputed(body) => {
                    if let Some(promise) = promises.get_mut(&body.promise) {
                        promise.in_dispute = true;
                    }
                }
                Body::PromiseSettled(body) => {
                    if let Some(promise) = promises.get_mut(&body.promise) {
                        promise.in_dispute = false;
                        promise.outcome = Some((body.state, body.state, body.by));
                    }
                }
                Body::PromiseAssessed(body) => {
                    if let Some(promise) = promises.get_mut(&body.promise) {
                        promise.outcome = Some((body.state, body.by_first_due, body.by));
                    }
                }
                Body::PromiseReopened(body) => {
                    if let Some(promise) = promises.get_mut(&body.promise) {
                        promise.outcome = None;
                    }
                }
                _ => {}
            }
        }
    }
    let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
    for parcel in parcels.values() {
        let Some((Some(promise), ship_by)) = parcel.order.and_then(|order| orders.get(&order)) else { continue };
        let promise = &promises[promise];
        let Some(due) = promise.due.filter(|due| (from + 1..=before).contains(due)) else { continue };
        let card = counted.entry(parcel.carrier.clone()).or_default();
        count(card, parcel, promise, due, *ship_by, now);
    }
    Ok(counted)
}

fn count(card: &mut Counted, parcel: &Parcel, promise: &Promise, due: i64, ship_by: Option<i64>, now: i64) {
    let standing = parcel.scans.iter().filter(|(key, _)| !parcel.withdrawn.contains(*key));
    let mut scans: Vec<(i64, Milestone, Option<ExceptionKind>)> = standing.map(|(_, scan)| *scan).collect();
    scans.sort_by_key(|(at, milestone, _)| (*at, milestone.rank()));
    let handed = scans.iter().find(|(_, milestone, _)| (2..=7).contains(&milestone.rank())).map(|(at, ..)| *at);
    let returned = scans.iter().any(|(_, milestone, _)| milestone.rank() > Milestone::Delivered.rank());
    let delivered =
        scans.iter().find(|(_, milestone, _)| *milestone == Milestone::Delivered).map(|(at, ..)| *at).filter(|_| !returned);
    let (state, by_first_due, by) = match &promise.outcome {
        Some((state, by_first_due, by)) => (Some(*state), Some(*by_first_due), by.as_str()),
        None => (None, None, ""),
    };
    let found = !promise.in_dispute && by == "customer" && state != Some(PromiseState::Broken);
    let disputed = parcel.disputed && !found;

    card.parcels += 1;
    card.handed_over += u64::from(handed.is_some());
    card.disputed.0 += u64::from(disputed);
    card.disputed.1 += u64::from(delivered.is_some());
    if let Some(ship_by) = ship_by {
        card.ship.0 += u64::from(handed.is_some_and(|handed| handed <= ship_by));
        card.ship.1 += u64::from(handed.is_some() || ship_by <= now);
    }
    let failed = scans.iter().position(|(.., exception)| exception.is_some_and(ExceptionKind::is_failed_attempt));
    let first_delivered = scans.iter().position(|(_, milestone, _)| *milestone == Milestone::Delivered);
    match (failed, first_delivered) {
        (Some(failed), delivered) if delivered.is_none_or(|delivered| failed < delivered) => card.first_attempt.1 += 1,
        (_, Some(_)) if !disputed => {
            card.first_attempt.0 += 1;
            card.first_attempt.1 += 1;
        }
        _ => {}
    }
    let kinds: BTreeSet<&str> = scans.iter().filter_map(|(.., exception)| exception.map(ExceptionKind::word)).collect();
    card.contested += u64::from(kinds.iter().any(|kind| parcel.contested.contains(*kind)));
    let recipient = |kind: &&&str| {
        ExceptionKind::from_word(kind).is_some_and(|kind| kind.default_cause() == Cause::Recipient)
            && !parcel.contested.contains(**kind)
    };
    card.recipient += u64::from(kinds.iter().any(|kind| recipient(&kind)));

    let Some(handed) = handed else { return };
    if parcel.disputed && promise.in_dispute {
        card.apart[0] += 1;
        return;
    }
    // What never arrived, though it was said to be, has no end.
    let gone = disputed && !matches!(by_first_due, Some(PromiseState::Kept | PromiseState::KeptLate));
    // Where a delivery is all that was told, nobody knows when it began.
    let begun = scans.iter().any(|(_, milestone, _)| (2..7).contains(&milestone.rank()));
    card.arrived += u64::from(delivered.is_some() && begun && !gone);
    if promise.amended && !promise.late_at.contains(&due) {
        card.apart[1] += 1;
    } else if by_first_due == Some(PromiseState::Released) {
        card.apart[2] += 1;
    } else if handed > due {
        card.apart[3] += 1;
    } else {
        let kept = if disputed {
            Some(by_first_due == Some(PromiseState::Kept))
        } else if let Some(delivered) = delivered {
            Some(delivered <= due)
        } else if promise.outcome.is_some() && !matches!(by, "carrier_claim" | "rule") {
            Some(by_first_due == Some(PromiseState::Kept))
        } else {
            (due <= now).then_some(false)
        };
        card.kept.0 += u64::from(kept == Some(true));
        card.kept.1 += u64::from(kept.is_some());
    }
}
