//! Carriers repeat themselves and speak out of order: a parcel is what was said of it, whatever the order and the repetition.

use std::cell::Cell;

use anyhow::{Context, Result};
use kept_domain::parcel::{Parcel, Scan};
use kept_domain::promise::{Promise, PromiseState, SignalKind};
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

/// Scans as they happened, those of them that are taken back, and the order in which all of it is delivered: each at least once.
/// The number of a withdrawal is that of its scan after all scans.
#[derive(Clone, Debug)]
struct Journey {
    said: Vec<Said>,
    withdrawn: Vec<usize>,
    delivered: Vec<usize>,
    chunk: usize,
}

fn journeys(said: impl Strategy<Value = Vec<Said>>) -> impl Strategy<Value = Journey> {
    let some = || prop::collection::vec(any::<prop::sample::Index>(), 0..10);
    let taken_back = prop::collection::vec(any::<prop::sample::Index>(), 0..3);
    (said, some(), taken_back, 1_usize..6)
        .prop_flat_map(|(said, repeats, taken_back, chunk)| {
            let count = said.len();
            // What a failed attempt or a wrong address raised at once was noticed, and stays so: those are not taken back here.
            let quiet = |index: &usize| EXCEPTIONS[said[*index].2].is_none();
            let withdrawn: Vec<usize> = taken_back.iter().map(|index| index.index(count)).filter(quiet).collect();
            let again = repeats.iter().map(|index| index.index(count));
            let all: Vec<usize> = (0..count).chain(again).chain(withdrawn.iter().map(|index| count + index)).collect();
            (Just(said), Just(withdrawn), Just(all).prop_shuffle(), Just(chunk))
        })
        .prop_map(|(said, withdrawn, delivered, chunk)| Journey { said, withdrawn, delivered, chunk })
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

fn taken_back(tracking: &str, said: Said) -> Value {
    let mut news = news(tracking, said);
    news["kind"] = json!("parcel.scan_withdrawn");
    news
}

/// A parcel without ids and positions.
fn plain_parcel(parcel: &Parcel) -> Value {
    let plain = |scan: &Scan| json!([scan.at, scan.certain, scan.key, scan.milestone, scan.exception]);
    let scans: Vec<_> = parcel.scans.iter().map(plain).collect();
    let withdrawn: Vec<_> = parcel.withdrawn.iter().map(|one| json!([one.key, one.scan.as_ref().map(plain)])).collect();
    json!([
        parcel.carrier,
        parcel.tracking_number,
        parcel.first_seen,
        parcel.milestone,
        parcel.exceptions,
        parcel.carrier_estimate,
        scans,
        withdrawn
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
    let count = journey.said.len();
    let as_it_happened: Vec<usize> = (0..count).chain(journey.withdrawn.iter().map(|index| count + index)).collect();
    let mut made = Vec::new();
    for (engine, delivered, chunk) in [(engines[0], &as_it_happened, usize::MAX), (engines[1], &journey.delivered, journey.chunk)]
    {
        record(engine, vec![ordered(&order_number), announced(&order_number, &tracking)])?;
        for chunk in delivered.chunks(chunk) {
            let told = chunk.iter().map(|index| match index.checked_sub(count) {
                None => news(&tracking, journey.said[*index]),
                Some(scan) => taken_back(&tracking, journey.said[scan]),
            });
            let recorded = record(engine, told.collect())?;
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

/// What a carrier takes back settles nothing: the promise is owed again, until it is delivered indeed.
#[test]
fn a_delivery_that_is_taken_back_is_owed_again() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        let (tracking, delivered) = ("6G99999999999", (3000, MILESTONES.len() - 1, 0, 0));
        let under_way = (100, 2, 0, 1);
        record(
            engine,
            vec![ordered("79999"), announced("79999", tracking), news(tracking, under_way), news(tracking, delivered)],
        )?;
        let (_, order) = order(engine, "79999")?;
        let (delivery, carried) = (order.delivery.context("the promise")?, *order.parcels.first().context("the parcel")?);
        let kept = promise(engine, delivery)?;
        assert!(!kept.state.is_open() && kept.outcome.is_some(), "{}", installation.kind());

        let recorded = record(engine, vec![taken_back(tracking, delivered), taken_back(tracking, delivered)])?;
        assert!(recorded.rejected.is_empty(), "{recorded:?}");
        let (owed, file) = (promise(engine, delivery)?, parcel(engine, carried)?);
        assert!(owed.state.is_open() && owed.outcome.is_none() && owed.items.iter().all(|item| item.settled_at.is_none()));
        assert_eq!((file.delivered_at(), file.milestone.word(), file.scans.len()), (None, "in_network", 1));
        assert_eq!(file.withdrawn.len(), 1);
        assert_eq!(file.scan_positions().count(), 2);

        // Told once more it is the same scan, and still taken back; another one delivers.
        record(engine, vec![news(tracking, delivered)])?;
        assert!(promise(engine, delivery)?.state.is_open());
        record(engine, vec![news(tracking, (3005, MILESTONES.len() - 1, 0, 0))])?;
        assert!(matches!(promise(engine, delivery)?.state, PromiseState::Kept | PromiseState::KeptLate));
        assert_sound(engine, installation.kind())?;
    }
    Ok(())
}
