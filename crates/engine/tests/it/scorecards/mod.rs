//! Scorecards: each trap with a case of its own; and over a generated year, told in any order, the counts are those of a plain recount.

mod recount;
mod year;

use anyhow::Result;
use kept_base::ParcelId;
use kept_domain::input::Input;
use kept_domain::promise::PromiseState;
use kept_domain::scorecard::{Mark, Under};
use kept_engine::RecordOptions;
use kept_engine::scorecards::{Scorecard, Scorecards, Standing};
use kept_engine::views::Found;
use kept_testkit::{Installation, at};
use serde_json::{Value, json};

/// Records news at the moment it is told, whenever it happened; then everything that follows.
fn tell(installation: &Installation, told: &str, news: Value) -> Result<()> {
    installation.engine.clock().set(at(told)?);
    let mut input: Input = serde_json::from_value(news)?;
    "test".clone_into(&mut input.source);
    let recorded = installation.engine.record(vec![input], RecordOptions::default())?;
    anyhow::ensure!(recorded.rejected.is_empty(), "rejected: {:?}", recorded.rejected);
    installation.settle()
}

fn order(installation: &Installation, number: &str, country: &str, promised: &str, ship_by: Option<&str>) -> Result<()> {
    let placed = "2026-11-02T09:30:00+01:00";
    let news = json!({
        "kind": "order.placed", "order_number": number, "promised_day": promised, "ship_by": ship_by, "at": placed,
        "customer": { "reference": format!("C-{number}"), "email": format!("c{number}@example.org"), "country": country },
        "lines": [{ "sku": "VESTA", "title": "Lampe", "quantity": 1 }]
    });
    tell(installation, placed, news)
}

fn label(installation: &Installation, number: &str, carrier: &str) -> Result<()> {
    let announced = "2026-11-02T11:30:00+01:00";
    let news = json!({ "kind": "parcel.announced", "order_number": number, "carrier": carrier, "tracking_number": format!("6A{number}"), "at": announced });
    tell(installation, announced, news)
}

fn scan(number: &str, carrier: &str, when: &str, milestone: &str, exception: Option<&str>) -> Value {
    json!({
        "kind": "parcel.scanned", "tracking_number": format!("6A{number}"), "carrier": carrier, "code": milestone,
        "milestone": milestone, "exception": exception, "location": "Lyon", "at": when
    })
}

/// A parcel from order to delivery on a day of November, promised for the sixth.
fn delivered(installation: &Installation, number: &str, carrier: &str, country: &str, on: &str) -> Result<()> {
    order(installation, number, country, "2026-11-06", Some("2026-11-03"))?;
    label(installation, number, carrier)?;
    let handed = "2026-11-03T18:00:00+01:00";
    tell(installation, handed, scan(number, carrier, handed, "handed_over", None))?;
    let arrived = format!("{on}T14:00:00+01:00");
    tell(installation, &arrived, scan(number, carrier, &arrived, "delivered", None))
}

fn says(number: &str, when: &str, says: &str) -> Value {
    json!({ "kind": "customer.answered", "order_number": number, "answer": { "says": says }, "at": when })
}

fn cards(installation: &Installation, now: &str) -> Result<Scorecards> {
    installation.advance_to(now)?;
    installation.engine.learn()?;
    Ok(installation.engine.scorecards(30)?)
}

fn carrier<'a>(cards: &'a Scorecards, name: &str) -> &'a Scorecard {
    cards.carriers.iter().find(|card| card.name == name).expect("a carrier with a parcel")
}

fn parcel(installation: &Installation, number: &str) -> Result<ParcelId> {
    match installation.engine.find(&format!("6A{number}"))? {
        Some(Found::Parcel(id)) => Ok(id),
        other => anyhow::bail!("no parcel 6A{number}: {other:?}"),
    }
}

fn claim(card: &Scorecard, cause: &str) -> u64 {
    card.claims.iter().find(|(word, _)| *word == cause).map_or(0, |(_, share)| share.count)
}

const LATER: &str = "2026-11-20T12:00:00+01:00";

#[test]
fn a_contested_attempt_is_nobodys_cause_and_excuses_nobody() -> Result<()> {
    for installation in Installation::each()? {
        order(&installation, "1", "FR", "2026-11-05", None)?;
        label(&installation, "1", "dpd")?;
        for (when, milestone, exception) in [
            ("2026-11-04T18:00:00+01:00", "in_network", None),
            ("2026-11-05T15:00:00+01:00", "out_for_delivery", Some("attempt_failed_absent")),
        ] {
            tell(&installation, when, scan("1", "dpd", when, milestone, exception))?;
        }
        let claimed = cards(&installation, "2026-11-05T16:00:00+01:00")?;
        assert_eq!((claim(carrier(&claimed, "dpd"), "recipient"), carrier(&claimed, "dpd").contested.count), (1, 0));

        tell(&installation, "2026-11-05T19:00:00+01:00", says("1", "2026-11-05T19:00:00+01:00", "attempt_contested"))?;
        let arrived = "2026-11-06T10:00:00+01:00";
        tell(&installation, arrived, scan("1", "dpd", arrived, "delivered", None))?;
        let contested = cards(&installation, LATER)?;
        let dpd = carrier(&contested, "dpd");
        assert_eq!(claim(dpd, "recipient"), 0, "{}: never counted as the recipient's", installation.kind());
        assert_eq!((claim(dpd, "unknown"), dpd.contested.count), (0, 1), "apart from what is only claimed");
        assert_eq!((dpd.first_attempt.count, dpd.first_attempt.of), (0, 1), "it was an attempt, and it failed");
        assert_eq!((dpd.kept.count, dpd.kept.of), (0, 1), "and the promise is not excused");
    }
    Ok(())
}

#[test]
fn a_scan_that_is_taken_back_takes_its_counts_with_it() -> Result<()> {
    for installation in Installation::each()? {
        delivered(&installation, "1", "dpd", "FR", "2026-11-05")?;
        let before = cards(&installation, "2026-11-06T09:00:00+01:00")?;
        let dpd = carrier(&before, "dpd");
        assert_eq!((dpd.kept.count, dpd.kept.of, dpd.transit.ended, dpd.first_attempt.count), (1, 1, 1, 1));
        assert_eq!(dpd.transit.median_hours, Some(44));

        let withdrawn = json!({
            "kind": "parcel.scan_withdrawn", "tracking_number": "6A1", "carrier": "dpd", "code": "delivered", "location": "Lyon",
            "at": "2026-11-05T14:00:00+01:00"
        });
        tell(&installation, "2026-11-06T10:00:00+01:00", withdrawn)?;
        let after = cards(&installation, "2026-11-06T12:00:00+01:00")?;
        let dpd = carrier(&after, "dpd");
        assert_eq!((dpd.kept.of, dpd.transit.n, dpd.transit.ended, dpd.first_attempt.of), (0, 1, 0, 0), "under way again");
        let late = cards(&installation, LATER)?;
        assert_eq!((carrier(&late, "dpd").kept.count, carrier(&late, "dpd").kept.of), (0, 1), "and not kept, once it was due");
    }
    Ok(())
}

#[test]
fn a_disputed_delivery_counts_as_neither_until_it_is_settled() -> Result<()> {
    for installation in Installation::each()? {
        for number in ["1", "2"] {
            delivered(&installation, number, "dpd", "FR", "2026-11-05")?;
            let no = "2026-11-12T09:00:00+01:00";
            tell(&installation, no, says(number, no, "not_arrived"))?;
        }
        let standing = cards(&installation, "2026-11-12T12:00:00+01:00")?;
        let dpd = carrier(&standing, "dpd");
        assert_eq!((dpd.kept.of, dpd.apart.in_dispute, dpd.disputed.count, dpd.disputed.of), (0, 2, 2, 2));
        assert_eq!((dpd.first_attempt.of, dpd.transit.ended, dpd.transit.n), (0, 0, 2), "nobody knows that it arrived");

        let file = installation.engine.parcel(parcel(&installation, "1")?)?.expect("the parcel");
        let promise = file.parcel.promise.expect("its promise");
        installation.engine.settle_dispute(promise, PromiseState::Broken, "Paul")?;
        let found = "2026-11-13T09:00:00+01:00";
        tell(&installation, found, says("2", found, "arrived"))?;
        let settled = cards(&installation, LATER)?;
        let dpd = carrier(&settled, "dpd");
        assert_eq!((dpd.kept.count, dpd.kept.of, dpd.apart.in_dispute), (1, 2, 0));
        assert_eq!((dpd.disputed.count, dpd.disputed.of), (1, 2), "what the customer found is no dispute");
        assert_eq!((dpd.transit.ended, dpd.transit.n), (1, 2), "what did not arrive never ends");
    }
    Ok(())
}

#[test]
fn too_few_are_not_ranked_and_one_alone_is_not_compared() -> Result<()> {
    let installation = Installation::sqlite()?;
    delivered(&installation, "1", "dpd", "FR", "2026-11-05")?;
    delivered(&installation, "2", "gls", "FR", "2026-11-09")?;
    delivered(&installation, "3", "bpost", "BE", "2026-11-05")?;
    let cards = cards(&installation, LATER)?;
    for (name, standing) in [("dpd", Standing::TooFew), ("gls", Standing::TooFew), ("bpost", Standing::Alone)] {
        let card = carrier(&cards, name);
        assert_eq!((card.standing, card.rank), (standing, None), "{name}");
    }
    assert_eq!(carrier(&cards, "gls").drift.standing, Standing::TooFew);
    Ok(())
}

/// Kept and late parcels of a carrier to a country.
fn many(installation: &Installation, series: u32, name: &str, country: &str, kept: u32, late: u32) -> Result<()> {
    for index in 0..kept + late {
        let on = if index < kept { "2026-11-05" } else { "2026-11-09" };
        delivered(installation, &format!("{series}{index:03}"), name, country, on)?;
    }
    Ok(())
}

#[test]
fn a_carrier_with_the_harder_lanes_is_not_punished() -> Result<()> {
    let installation = Installation::sqlite()?;
    // On each lane both keep the same share: a half on the islands, nine of ten at home. One has mostly the islands.
    many(&installation, 1, "hard", "RE", 20, 20)?;
    many(&installation, 2, "easy", "RE", 5, 5)?;
    many(&installation, 3, "hard", "FR", 9, 1)?;
    many(&installation, 4, "easy", "FR", 36, 4)?;
    // And one is worse than both where they are.
    many(&installation, 5, "poor", "FR", 10, 20)?;
    let cards = cards(&installation, LATER)?;
    let [hard, easy, poor] = ["hard", "easy", "poor"].map(|name| carrier(&cards, name));
    assert!(hard.kept.count * easy.kept.of < easy.kept.count * hard.kept.of, "the plain shares punish it");
    assert_eq!((hard.standing, poor.standing), (Standing::NoDifference, Standing::Worse), "{hard:?}");
    let against = poor.against.expect("compared");
    // Of 80 to France 55 were kept: of its 30 that would be 20.6.
    assert_eq!((against.observed, against.comparable), (10, 30));
    assert!((against.expected - 20.625).abs() < 1e-9, "{against:?}");
    assert_eq!((poor.rank, cards.carriers.last().map(|card| card.name.as_str())), (Some(3), Some("poor")));
    assert!(hard.rank < poor.rank && easy.rank < poor.rank);
    Ok(())
}

#[test]
fn the_warehouse_is_held_to_its_own_day_and_to_the_labels_it_printed() -> Result<()> {
    for installation in Installation::each()? {
        delivered(&installation, "1", "dpd", "FR", "2026-11-05")?;
        // Handed over a day after the day it had said, and one when the due had passed: no carrier could have kept that.
        for (number, handed) in [("2", "2026-11-04T18:00:00+01:00"), ("3", "2026-11-08T18:00:00+01:00")] {
            order(&installation, number, "FR", "2026-11-06", Some("2026-11-03"))?;
            label(&installation, number, "dpd")?;
            tell(&installation, handed, scan(number, "dpd", handed, "handed_over", None))?;
        }
        order(&installation, "4", "FR", "2026-11-06", Some("2026-11-03"))?;
        label(&installation, "4", "dpd")?;
        let found = cards(&installation, LATER)?;
        let warehouse = &found.warehouse;
        assert_eq!((warehouse.in_time.count, warehouse.in_time.of), (1, 4), "{}", installation.kind());
        assert_eq!((warehouse.never_handed.count, warehouse.never_handed.of), (1, 4));
        assert_eq!((warehouse.preparing.ended, warehouse.preparing.n), (3, 4), "the one that waits is counted as waiting");
        let dpd = carrier(&found, "dpd");
        assert_eq!((dpd.kept.count, dpd.kept.of, dpd.apart.handed_too_late), (1, 2, 1));

        let under = Under { with: Some(Mark::NeverHanded), ..Under::default() };
        let listed = installation.engine.scorecard_parcels(30, &under, 0)?;
        let ids: Vec<ParcelId> = listed.rows.iter().map(|line| line.parcel.id).collect();
        assert_eq!(ids, [parcel(&installation, "4")?], "a figure opens what it counts");
    }
    Ok(())
}

#[test]
fn silence_counts_and_what_was_only_told_late_does_not() -> Result<()> {
    let installation = Installation::sqlite()?;
    for number in ["1", "2"] {
        order(&installation, number, "FR", "2026-11-12", None)?;
        label(&installation, number, "dpd")?;
        let handed = "2026-11-03T18:00:00+01:00";
        tell(&installation, handed, scan(number, "dpd", handed, "in_network", None))?;
    }
    let silent = cards(&installation, "2026-11-13T12:00:00+01:00")?;
    assert_eq!(carrier(&silent, "dpd").silent.count, 2);
    // It had been scanned all along; the carrier's feed was late.
    for day in 4..=12 {
        let when = format!("2026-11-{day:02}T08:00:00+01:00");
        tell(&installation, "2026-11-13T13:00:00+01:00", scan("2", "dpd", &when, "in_network", None))?;
    }
    let told = cards(&installation, "2026-11-13T14:00:00+01:00")?;
    let under = Under { with: Some(Mark::Silent), ..Under::default() };
    let listed = installation.engine.scorecard_parcels(30, &under, 0)?;
    assert_eq!((carrier(&told, "dpd").silent.count, listed.total), (1, 1), "{:?}", listed.rows);
    assert_eq!(listed.rows[0].parcel.id, parcel(&installation, "1")?);
    Ok(())
}
