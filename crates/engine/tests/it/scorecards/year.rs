//! A generated year, told in any order.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use kept_base::millis;
use kept_domain::input::Input;
use kept_domain::promise::PromiseState;
use kept_engine::scorecards::Scorecards;
use kept_engine::{Clock, Engine, LoadedPacks, PackSource, RecordOptions, Settings};
use kept_store::Durability;
use kept_testkit::Installation;
use serde_json::{Value, json};

use super::recount::{Counted, recount};
use crate::trial::history::Random;

const CARRIERS: [&str; 3] = ["laposte", "dpd", "gls"];
const COUNTRIES: [&str; 3] = ["FR", "BE", "RE"];

fn moment(at: DateTime) -> String {
    format!("{}+00:00", at.strftime("%Y-%m-%dT%H:%M:%S"))
}

/// News with the moment at which it is told.
struct Told(DateTime, u64, Value);

/// An order's news: what is late, taken back, contested, disputed, moved, told in the wrong order.
fn lived(number: u32, placed: DateTime, random: &mut Random, news: &mut Vec<Told>) {
    let carrier = CARRIERS[random.below(3) as usize];
    let (order, tracking) = (format!("9{number:05}"), format!("6B{number:011}"));
    let due = placed.date() + (2 + random.below(6) as i64).days();
    let mut add = |told: DateTime, happened: DateTime, random: &mut Random, mut value: Value| {
        if let Some(fields) = value.as_object_mut() {
            fields.insert("at".to_owned(), Value::String(moment(happened)));
        }
        news.push(Told(told, random.below(1 << 30), value));
    };
    let ship_by = (random.below(4) > 0).then(|| (placed.date() + 1.day()).to_string());
    let country = COUNTRIES[random.below(3) as usize];
    // Some orders come after their parcel.
    let order_told = if random.below(6) == 0 { placed + 30.hours() } else { placed };
    add(
        order_told,
        placed,
        random,
        json!({
            "kind": "order.placed", "order_number": order, "promised_day": due.to_string(), "ship_by": ship_by,
            "customer": { "reference": format!("C-{number}"), "email": format!("c{number}@example.org"), "country": country },
            "lines": [{ "sku": "VESTA", "title": "Lampe", "quantity": 1 }]
        }),
    );
    let announced = placed + 2.hours();
    let label = json!({ "kind": "parcel.announced", "order_number": order, "carrier": carrier, "tracking_number": tracking });
    add(announced, announced, random, label);
    let fate = random.below(10);
    if fate == 0 {
        return;
    }
    let scan = |milestone: &str, exception: Option<&str>| {
        json!({
            "kind": "parcel.scanned", "tracking_number": tracking, "carrier": carrier, "code": milestone, "milestone": milestone,
            "exception": exception, "location": "Lyon"
        })
    };
    let end = if fate < 4 { due.at(11, 0, 0, 0) + (1 + random.below(4) as i64).days() } else { due.at(11, 0, 0, 0) - 18.hours() };
    // Some are handed over late, some when the due has passed.
    let handed = placed + (4 + random.below(60) as i64).hours();
    let end = end.max(handed + 8.hours());
    let told_late = |random: &mut Random| (random.below(4) * random.below(50)) as i64;
    let late = told_late(random);
    add(handed + late.hours(), handed, random, scan("handed_over", None));
    if fate == 5 {
        let when = end - 4.hours();
        add(when, when, random, scan("out_for_delivery", Some("attempt_failed_absent")));
        if random.below(2) == 0 {
            let when = end + (random.below(200) as i64).hours();
            let value = json!({ "kind": "customer.answered", "order_number": order, "answer": { "says": "attempt_contested" } });
            add(when, when, random, value);
        }
    }
    if random.below(5) == 0 {
        let when = due.at(9, 0, 0, 0) - 40.hours() + (random.below(90) as i64).hours();
        let day = due + 5.days();
        let value = json!({ "kind": "customer.answered", "order_number": order, "answer": { "says": "another_day", "day": day.to_string() } });
        add(when.max(order_told + 1.hour()), when.max(order_told + 1.hour()), random, value);
    }
    match fate {
        1 => return,
        2 => {
            add(end, end, random, scan("returned", None));
            return;
        }
        _ => {}
    }
    let late = told_late(random);
    add(end + late.hours(), end, random, scan("delivered", None));
    if random.below(5) == 0 {
        let when = end + (late + 1 + random.below(60) as i64 * 24).hours();
        let value = json!({ "kind": "customer.answered", "order_number": order, "answer": { "says": "not_arrived" } });
        add(when, when, random, value);
        if random.below(3) == 0 {
            let when = when + 30.hours();
            let value = json!({ "kind": "customer.answered", "order_number": order, "answer": { "says": "arrived" } });
            add(when, when, random, value);
        }
    } else if random.below(6) == 0 {
        // Taken back, days or months after, sometimes before it is even told.
        let when = end + (random.below(90) as i64 * 24).hours();
        let value = json!({
            "kind": "parcel.scan_withdrawn", "tracking_number": tracking, "carrier": carrier, "code": "delivered", "location": "Lyon"
        });
        add(when, end, random, value);
    }
}

fn counted(cards: &Scorecards) -> BTreeMap<String, Counted> {
    let each = cards.carriers.iter().map(|card| {
        let counted = Counted {
            parcels: card.parcels,
            handed_over: card.handed_over,
            kept: (card.kept.count, card.kept.of),
            apart: [card.apart.in_dispute, card.apart.moved, card.apart.let_off, card.apart.handed_too_late],
            disputed: (card.disputed.count, card.disputed.of),
            first_attempt: (card.first_attempt.count, card.first_attempt.of),
            contested: card.contested.count,
            recipient: card.claims.iter().filter(|(cause, _)| *cause == "recipient").map(|(_, share)| share.count).sum(),
            arrived: card.transit.ended,
            ship: (0, 0),
        };
        (card.name.clone(), counted)
    });
    each.collect()
}

fn compared(installation: &Installation, cards: &Scorecards, what: &str) -> Result<()> {
    let mut plain = recount(installation, cards.from, cards.before, installation.engine.now())?;
    let ship =
        plain.values_mut().map(|card| std::mem::take(&mut card.ship)).fold((0, 0), |all, ship| (all.0 + ship.0, all.1 + ship.1));
    assert_eq!(cards.waiting, 0, "{what}: all was looked at");
    assert_eq!(counted(cards), plain, "{what}");
    assert_eq!((cards.warehouse.in_time.count, cards.warehouse.in_time.of), ship, "{what}: the warehouse");
    Ok(())
}

/// Lives through the year; the counts are read on the way, too, so that everything late meets counts that hold it already.
fn year(installation: &Installation, seed: u64, orders: u32) -> Result<()> {
    let mut random = Random::new(seed);
    let mut news = Vec::new();
    let mut placed = Date::constant(2025, 12, 1).at(8, 15, 0, 0);
    for number in 0..orders {
        lived(number, placed, &mut random, &mut news);
        placed += (365 * 24 * 60 / i64::from(orders)).minutes();
    }
    news.sort_by_key(|Told(told, order, _)| (*told, *order));
    let at = |when: DateTime| when.to_zoned(jiff::tz::TimeZone::UTC).map(|when| millis(when.timestamp()));
    for (index, Told(told, _, value)) in news.into_iter().enumerate() {
        installation.engine.clock().set(at(told)?);
        let mut input: Input = serde_json::from_value(value)?;
        "test".clone_into(&mut input.source);
        // What is refused, as a wish about what is over, is as good as not told.
        installation.engine.record(vec![input], RecordOptions::default())?;
        installation.engine.watch()?;
        if random.below(40) == 0 {
            installation.settle()?;
        }
        if random.below(60) == 0 {
            settle_some(installation, &mut random)?;
        }
        if random.below(25) == 0 {
            installation.engine.learn()?;
            let days = [30, 90, 365][random.below(3) as usize];
            let cards = installation.engine.scorecards(days)?;
            compared(
                installation,
                &cards,
                &format!("{}, seed {seed}, after {index} pieces of news, {days} days", installation.kind()),
            )?;
        }
    }
    installation.engine.learn()?;
    let cards = installation.engine.scorecards(365)?;
    compared(installation, &cards, &format!("{}, seed {seed}, at the end", installation.kind()))?;
    let all = &cards.all;
    for (what, count) in [
        ("kept", all.kept.count),
        ("not kept", all.kept.of - all.kept.count),
        ("contested", all.contested.count),
        ("disputed", all.disputed.count),
        ("moved", all.apart.moved),
        ("handed over too late", all.apart.handed_too_late),
        ("never handed over", cards.warehouse.never_handed.count),
        ("silent", all.silent.count),
    ] {
        assert!(count > 0, "seed {seed}: a year with some {what}");
    }
    // Who reads the ledger only now counts the same, silence and durations included.
    let settings = Settings { zone: "Europe/Paris".to_owned(), ..Settings::default() };
    let packs = LoadedPacks::load(PackSource::Embedded)?;
    let clock = Clock::manual(installation.engine.now());
    installation.engine.flush()?;
    let anew = Engine::open(&installation.url, Durability::Full, settings, clock, packs)?;
    anew.learn()?;
    while anew.score()? > 0 {}
    for days in [30, 90, 365] {
        let (anew, followed) = (anew.scorecards(days)?, installation.engine.scorecards(days)?);
        assert_eq!(anew.carriers, followed.carriers, "seed {seed}, {days} days: carriers");
        assert!(anew == followed, "seed {seed}, {days} days: lanes, classes, the warehouse");
    }
    Ok(())
}

/// A person settles a dispute, one way or another.
fn settle_some(installation: &Installation, random: &mut Random) -> Result<()> {
    let filter = kept_engine::views::PromiseFilter { limit: Some(200), ..Default::default() };
    let disputed = installation.engine.promises(&filter)?.rows.into_iter().find(|line| line.promise.disputed.is_some());
    if let Some(line) = disputed {
        let state = [PromiseState::Kept, PromiseState::KeptLate, PromiseState::Broken][random.below(3) as usize];
        // What came after its due cannot be settled as kept: refused.
        drop(installation.engine.settle_dispute(line.promise.id, state, "Paul"));
    }
    Ok(())
}

#[test]
fn over_a_year_told_in_any_order_the_counts_are_those_of_a_plain_recount() -> Result<()> {
    for seed in 1..=3 {
        // One year on PostgreSQL is enough: what differs there is how rows are read.
        for installation in if seed == 1 { Installation::each()? } else { vec![Installation::sqlite()?] } {
            year(&installation, seed, 240)?;
        }
    }
    Ok(())
}
