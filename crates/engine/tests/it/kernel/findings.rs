//! What the watch finds of a parcel that nobody reported: each of it at its moment, once, and nothing light beside what is weighty.

use anyhow::Result;
use kept_base::ParcelId;
use kept_domain::Body;
use kept_engine::Engine;
use kept_engine::views::ParcelFilter;
use kept_testkit::{Installation, at};
use serde_json::{Value, json};

use super::{announced, facts, order, ordered, parcel, record, scanned};

/// Reasons and moments of what was found so far.
fn found(engine: &Engine) -> Result<Vec<(String, i64)>> {
    let found = facts(engine)?.into_iter().filter_map(|fact| match fact.body {
        Body::SignalRaised(signal) if signal.parcel.is_some() => Some((signal.reason, signal.true_at)),
        _ => None,
    });
    Ok(found.collect())
}

/// An order with a parcel of its own, told on the day.
fn shipped(installation: &Installation, number: &str, ship_by: Option<&str>) -> Result<(ParcelId, String)> {
    let tracking = format!("6A{number}00001");
    let mut placed = ordered(number);
    if let (Some(day), Some(fields)) = (ship_by, placed.as_object_mut()) {
        fields.insert("ship_by".to_owned(), json!(day));
    }
    installation.tell(placed)?;
    installation.tell(announced(number, &tracking))?;
    let (_, order) = order(&installation.engine, number)?;
    Ok((order.parcels[0], tracking))
}

fn told(kind: &str, tracking: &str, moment: &str) -> Value {
    json!({ "kind": kind, "tracking_number": tracking, "carrier": "laposte", "at": moment })
}

fn expect(engine: &Engine, what: &str, expected: &[(&str, &str)]) -> Result<()> {
    let expected: Vec<(String, i64)> =
        expected.iter().map(|(reason, moment)| Ok(((*reason).to_owned(), at(moment)?))).collect::<Result<_>>()?;
    assert_eq!(found(engine)?, expected, "{what}");
    Ok(())
}

#[test]
fn a_label_is_missed_a_working_day_after_the_shop_s_own_day() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        // Said for Friday the 6th; Saturday is a working day of carriers, Sunday none.
        shipped(&installation, "20001", Some("2026-11-06"))?;
        installation.advance_to("2026-11-07T23:59:59+01:00")?;
        expect(engine, kind, &[])?;
        installation.advance_to("2026-11-08T00:00:00+01:00")?;
        expect(engine, kind, &[("not_handed_over", "2026-11-08T00:00:00+01:00")])?;
    }
    Ok(())
}

#[test]
fn what_was_handed_over_and_never_scanned_is_missed_after_a_day() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (id, tracking) = shipped(&installation, "20002", None)?;
        installation.tell(told("parcel.manifested", &tracking, "2026-11-03T17:00:00+01:00"))?;
        record(engine, vec![told("parcel.manifested", &tracking, "2026-11-03T18:00:00+01:00")])?;
        installation.advance_to("2026-11-04T17:00:00+01:00")?;
        // The label's own rule is lighter: the shop did its part.
        expect(engine, kind, &[("no_first_scan", "2026-11-04T17:00:00+01:00")])?;
        installation.advance_to("2026-11-06T17:00:00+01:00")?;
        expect(engine, kind, &[("no_first_scan", "2026-11-04T17:00:00+01:00")])?;
        installation.tell(scanned(&tracking, "2026-11-06T18:00:00+01:00", "handed_over"))?;
        assert_eq!(parcel(engine, id)?.open_exceptions().count(), 0, "{kind}");
    }
    Ok(())
}

#[test]
fn a_number_that_the_carrier_does_not_know_is_said_after_a_day() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (id, tracking) = shipped(&installation, "20003", None)?;
        for moment in ["2026-11-02T12:00:00+01:00", "2026-11-02T13:00:00+01:00", "2026-11-03T11:00:00+01:00"] {
            installation.tell(told("parcel.not_found", &tracking, moment))?;
        }
        installation.advance_to("2026-11-03T12:00:00+01:00")?;
        expect(engine, kind, &[("tracking_number_unknown", "2026-11-03T12:00:00+01:00")])?;
        // Known after all; and asked once more too early, that changes nothing.
        installation.tell(scanned(&tracking, "2026-11-03T13:00:00+01:00", "announced"))?;
        installation.tell(told("parcel.not_found", &tracking, "2026-11-03T14:00:00+01:00"))?;
        assert_eq!(parcel(engine, id)?.not_found, None, "{kind}");
    }
    Ok(())
}

#[test]
fn a_day_in_the_van_ends_at_ten_in_the_evening() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (_, tracking) = shipped(&installation, "20004", None)?;
        installation.tell(scanned(&tracking, "2026-11-03T07:30:00+01:00", "out_for_delivery"))?;
        installation.advance_to("2026-11-03T21:59:59+01:00")?;
        expect(engine, kind, &[])?;
        installation.advance_to("2026-11-03T22:00:00+01:00")?;
        let once = ("out_for_delivery_not_closed", "2026-11-03T22:00:00+01:00");
        expect(engine, kind, &[once])?;
        // The next morning it is in the van again, and again nothing is said.
        installation.tell(scanned(&tracking, "2026-11-04T07:30:00+01:00", "out_for_delivery"))?;
        installation.advance_to("2026-11-05T08:00:00+01:00")?;
        expect(engine, kind, &[once, ("out_for_delivery_not_closed", "2026-11-04T22:00:00+01:00")])?;
    }
    Ok(())
}

#[test]
fn what_waits_at_the_counter_is_reminded_of_twice() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (id, tracking) = shipped(&installation, "20005", None)?;
        installation.tell(scanned(&tracking, "2026-11-03T10:00:00+01:00", "available_for_pickup"))?;
        installation.advance_to("2026-11-20T10:00:00+01:00")?;
        expect(
            engine,
            kind,
            &[
                ("pickup", "2026-11-03T10:00:00+01:00"),
                ("pickup_reminder", "2026-11-04T10:00:00+01:00"),
                ("pickup_about_to_expire", "2026-11-16T10:00:00+01:00"),
            ],
        )?;
        installation.tell(scanned(&tracking, "2026-11-20T11:00:00+01:00", "delivered"))?;
        assert_eq!(parcel(engine, id)?.open_exceptions().count(), 0, "{kind}");
    }
    Ok(())
}

#[test]
fn silence_becomes_a_loss_and_customs_are_no_silence() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (_, lost) = shipped(&installation, "20006", None)?;
        installation.tell(scanned(&lost, "2026-11-03T10:00:00+01:00", "in_network"))?;
        let (_, held) = shipped(&installation, "20007", None)?;
        let mut hold = scanned(&held, "2026-11-03T10:00:00+01:00", "customs");
        hold["exception"] = json!("customs_hold");
        installation.tell(hold)?;
        installation.advance_to("2026-11-10T10:00:00+01:00")?;
        // What customs hold is known to be held: only that it must be lost would be news.
        expect(
            engine,
            kind,
            &[
                ("silent", "2026-11-06T10:00:00+01:00"),
                ("presumed_lost", "2026-11-10T10:00:00+01:00"),
                ("presumed_lost", "2026-11-10T10:00:00+01:00"),
            ],
        )?;
        // It turns up: no claim of a loss stands any more.
        installation.tell(scanned(&lost, "2026-11-11T10:00:00+01:00", "at_local_depot"))?;
        let (_, order) = order(engine, "20006")?;
        assert_eq!(parcel(engine, order.parcels[0])?.open_exceptions().count(), 0, "{kind}");
    }
    Ok(())
}

#[test]
fn scans_that_go_on_at_one_place_are_no_progress() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let (_, tracking) = shipped(&installation, "20008", None)?;
        for day in [3, 4, 5] {
            installation.tell(scanned(&tracking, &format!("2026-11-{day:02}T10:00:00+01:00"), "in_network"))?;
        }
        installation.advance_to("2026-11-06T12:00:00+01:00")?;
        expect(engine, kind, &[("stuck_at_hub", "2026-11-06T10:00:00+01:00")])?;
    }
    Ok(())
}

#[test]
fn many_that_stand_still_at_one_place_are_one_matter_until_they_move() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        let mut stalled = Vec::new();
        // Twelve at one hub, however it is written; nine at another, which may be chance.
        for index in 0..21 {
            let (_, tracking) = shipped(&installation, &format!("21{index:03}"), None)?;
            let mut scan = scanned(&tracking, "2026-11-03T10:00:00+01:00", "in_network");
            let place = match index {
                0..6 => "Compans PFC",
                6..12 => "COMPANS  pfc",
                _ => "Gennevilliers",
            };
            scan["location"] = json!(place);
            record(engine, vec![scan])?;
            stalled.push(tracking);
        }
        installation.settle()?;
        assert!(engine.today()?.standing.is_empty(), "{kind}: they are under way");
        installation.advance_to("2026-11-12T10:00:00+01:00")?;
        let standing = engine.today()?.standing;
        assert_eq!(standing.len(), 1, "{kind}: {standing:?}");
        assert_eq!((standing[0].carrier.as_str(), standing[0].parcels), ("laposte", 12), "{kind}");
        assert!(
            standing[0].place.eq_ignore_ascii_case("compans pfc") || standing[0].place == "COMPANS  pfc",
            "{kind}: {standing:?}"
        );
        assert_eq!(standing[0].since, at("2026-11-03T10:00:00+01:00")?, "{kind}");
        let there = ParcelFilter { standing_at: Some(standing[0].key), ..ParcelFilter::default() };
        let listed = engine.parcels(&there)?;
        assert_eq!((listed.total, listed.rows.len()), (12, 12), "{kind}: exactly those");
        // Each promise is still watched by itself, and each customer told.
        let silent = found(engine)?.into_iter().filter(|(reason, _)| reason == "silent").count();
        assert_eq!(silent, 21, "{kind}");
        for tracking in stalled.iter().take(3) {
            record(engine, vec![scanned(tracking, "2026-11-12T10:00:00+01:00", "in_network")])?;
        }
        assert!(engine.today()?.standing.is_empty(), "{kind}: nine are left");
        super::assert_sound(engine, kind)?;
    }
    Ok(())
}
