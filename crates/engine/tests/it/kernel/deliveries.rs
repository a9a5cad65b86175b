//! Carriers repeat themselves and speak out of order: a parcel is what was said of it, whatever the order and the repetition.

use std::cell::Cell;

use anyhow::{Context, Result};
use kept_domain::parcel::Parcel;
use kept_domain::promise::{Promise, SignalKind};
use kept_engine::Engine;
use kept_testkit::Installation;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

use super::{announced, assert_sound, order, ordered, parcel, promise, record};

const MILESTONES: [&str; 9] = [
    "announced",
    "handed_over",
    "in_network",
    "customs",
    "at_local_depot",
    "out_for_delivery",
    "available_for_pickup",
    "returning",
    "delivered",
];
const EXCEPTIONS: [Option<&str>; 6] = [None, None, None, Some("attempt_failed_absent"), Some("address_problem"), Some("damaged")];
const PLACES: [&str; 3] = ["Lyon", "Brest", "Lille"];
const CASES: u32 = 24;

/// What a carrier says once: minutes after 10:00 on 2 November, milestone, exception, place.
type Said = (u32, usize, usize, usize);

/// Scans as they happened, and the order in which they are delivered: each at least once.
#[derive(Clone, Debug)]
struct Journey {
    said: Vec<Said>,
    delivered: Vec<usize>,
    chunk: usize,
}

fn journeys(said: impl Strategy<Value = Vec<Said>>) -> impl Strategy<Value = Journey> {
    let repeats = prop::collection::vec(any::<prop::sample::Index>(), 0..10);
    (said, repeats, 1_usize..6)
        .prop_flat_map(|(said, repeats, chunk)| {
            let count = said.len();
            let again = repeats.iter().map(|index| index.index(count));
            let all: Vec<usize> = (0..count).chain(again).collect();
            (Just(said), Just(all).prop_shuffle(), Just(chunk))
        })
        .prop_map(|(said, delivered, chunk)| Journey { said, delivered, chunk })
}

/// Anything a carrier could say.
fn anything() -> impl Strategy<Value = Vec<Said>> {
    prop::collection::vec((0_u32..3000, 0..MILESTONES.len(), 0..EXCEPTIONS.len(), 0_usize..3), 1..10)
}

/// A journey that ends at the door, or not yet: the last scan alone may deliver.
fn to_the_door() -> impl Strategy<Value = Vec<Said>> {
    let under_way = prop::collection::vec((0_u32..3000, 1_usize..6, 0_usize..5, 0_usize..3), 1..8);
    (under_way, prop::option::of(3000_u32..6000)).prop_map(|(mut said, arrives)| {
        said.extend(arrives.map(|at| (at, MILESTONES.len() - 1, 0, 0)));
        said
    })
}

fn news(tracking: &str, (minutes, milestone, exception, place): Said) -> Value {
    let (milestone, exception) = (MILESTONES[milestone], EXCEPTIONS[exception]);
    let at = format!("2026-11-{:02}T{:02}:{:02}:00+01:00", 2 + (600 + minutes) / 1440, (600 + minutes) / 60 % 24, minutes % 60);
    json!({
        "kind": "parcel.scanned", "tracking_number": tracking, "carrier": "laposte", "code": format!("{milestone}/{}", exception.unwrap_or("ok")),
        "text": "…", "location": PLACES[place], "at": at, "milestone": milestone, "exception": exception
    })
}

/// A parcel without ids and positions.
fn plain_parcel(parcel: &Parcel) -> Value {
    let scans: Vec<_> =
        parcel.scans.iter().map(|scan| json!([scan.at, scan.certain, scan.key, scan.milestone, scan.exception])).collect();
    json!([
        parcel.carrier,
        parcel.tracking_number,
        parcel.first_seen,
        parcel.milestone,
        parcel.exceptions,
        parcel.carrier_estimate,
        scans
    ])
}

/// A promise without ids and positions. Of its signals, those that each scan raises by itself; others say what was noticed when.
fn plain_promise(promise: &Promise) -> Value {
    let items: Vec<_> = promise.items.iter().map(|item| json!([item.state, item.settled_at, item.cause])).collect();
    let words: Vec<_> = promise.words.iter().map(|word| json!([word.by, word.due, word.given_at])).collect();
    let outcome =
        promise.outcome.as_ref().map(|outcome| json!([outcome.state, outcome.by_first_due, outcome.at, outcome.certain]));
    let mut signals: Vec<_> = promise
        .signals
        .iter()
        .filter(|mark| mark.kind == SignalKind::AttemptFailed)
        .map(|mark| (mark.true_at, mark.reason.clone()))
        .collect();
    signals.sort();
    json!([
        promise.kind,
        promise.state,
        promise.due,
        promise.first_due,
        promise.owner,
        promise.made_at,
        items,
        words,
        outcome,
        signals
    ])
}

/// Tells the same journey to one engine as it happened and to the other as it is delivered; gives parcel and promise of both.
fn told(engines: [&Engine; 2], number: u32, journey: &Journey) -> Result<[(Parcel, Promise); 2]> {
    let (order_number, tracking) = (format!("7{number:04}"), format!("6G{number:011}"));
    let as_it_happened: Vec<usize> = (0..journey.said.len()).collect();
    let mut made = Vec::new();
    for (engine, delivered, chunk) in [(engines[0], &as_it_happened, usize::MAX), (engines[1], &journey.delivered, journey.chunk)]
    {
        record(engine, vec![ordered(&order_number), announced(&order_number, &tracking)])?;
        for chunk in delivered.chunks(chunk) {
            let scans = chunk.iter().map(|index| news(&tracking, journey.said[*index])).collect();
            let recorded = record(engine, scans)?;
            anyhow::ensure!(recorded.rejected.is_empty(), "{recorded:?}");
        }
        let (_, order) = order(engine, &order_number)?;
        let found = parcel(engine, *order.parcels.first().context("the parcel")?)?;
        made.push((found, promise(engine, order.delivery.context("the promise")?)?));
    }
    made.try_into().map_err(|_| anyhow::anyhow!("two engines"))
}

/// Runs a property on pairs of installations of each kind, and checks the ledgers afterwards.
fn each_pair(
    said: impl Strategy<Value = Vec<Said>>,
    holds: impl Fn(&str, [(Parcel, Promise); 2]) -> Result<(), TestCaseError>,
) -> Result<()> {
    let strategy = journeys(said);
    for (one, other) in Installation::each()?.into_iter().zip(Installation::each()?) {
        let number = Cell::new(0);
        let mut runner =
            TestRunner::new(Config { cases: CASES, failure_persistence: None, max_shrink_iters: 200, ..Config::default() });
        let result = runner.run(&strategy, |journey| {
            number.set(number.get() + 1);
            let made = told([&one.engine, &other.engine], number.get(), &journey)
                .map_err(|error| TestCaseError::fail(format!("{error:#}")))?;
            holds(one.kind(), made)
        });
        result.map_err(|error| anyhow::anyhow!("{}: {error}", one.kind()))?;
        assert_sound(&one.engine, one.kind())?;
        assert_sound(&other.engine, other.kind())?;
    }
    Ok(())
}

#[test]
fn any_order_and_repetition_of_what_is_said_gives_the_same_parcel() -> Result<()> {
    each_pair(anything(), |kind, [(one, _), (other, _)]| {
        prop_assert_eq!(plain_parcel(&one), plain_parcel(&other), "{}", kind);
        Ok(())
    })
}

#[test]
fn any_order_and_repetition_of_a_journey_gives_the_same_promise() -> Result<()> {
    each_pair(to_the_door(), |kind, [(one, ours), (other, theirs)]| {
        prop_assert_eq!(plain_parcel(&one), plain_parcel(&other), "{}", kind);
        prop_assert_eq!(plain_promise(&ours), plain_promise(&theirs), "{}", kind);
        Ok(())
    })
}
