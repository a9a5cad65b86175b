//! What a shop or a carrier tells its customers by itself, as a person said, Kept does not say too; what nobody said is said.

use std::ops::ControlFlow;

use anyhow::{Context, Result};
use kept_domain::message::Mode;
use kept_domain::notice::{Notice, Teller};
use kept_domain::{Body, Fact};
use kept_engine::trial::{TrialAsked, Tried};
use kept_engine::{Engine, EngineError};
use kept_testkit::Installation;
use serde_json::json;

use super::errands::{Counter, chooses, ordered, refund, templates};
use super::{announced, assert_sound, facts, scanned};

/// Why nothing was said by a playbook, one list a decision.
fn reasons(engine: &Engine, playbook: &str) -> Result<Vec<Vec<String>>> {
    let by = |fact: Fact| match fact.body {
        Body::DecisionMade(made) if made.playbook == playbook => Some(made.reasons),
        _ => None,
    };
    Ok(facts(engine)?.into_iter().filter_map(by).collect())
}

/// Chooses to cancel, and the shop says that it paid back.
fn cancelled_and_paid(installation: &Installation, number: &str) -> Result<()> {
    ordered(installation, number)?;
    installation.tell(chooses(number, "cancel", "2026-11-03T10:00:00+01:00"))?;
    installation.tell(json!({
        "kind": "refund.paid", "source": "woocommerce", "event_id": format!("refund-{number}"), "order_number": number,
        "amount": { "minor": 13_890, "currency": "EUR" }, "at": "2026-11-03T11:00:00+01:00"
    }))?;
    assert!(!refund(&installation.engine, number)?.state.is_open(), "it was paid");
    Ok(())
}

#[test]
fn what_the_shop_tells_is_left_to_it_and_nothing_else() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        Counter::open(engine);
        installation.switch_all(Mode::Automatic)?;
        engine.say_notices("woocommerce", Teller::Shop, &[Notice::Refunded], "Inès")?;
        cancelled_and_paid(&installation, "7101")?;
        assert_eq!(templates(&installation), ["Votre commande 7101 est annulée"], "{kind}: the shop tells of the money");
        assert_eq!(reasons(engine, "confirm-refund")?, [["noticed: woocommerce"]], "{kind}");
        // Another shop's word is its own.
        engine.say_notices("shopify", Teller::Shop, &[Notice::Cancelled, Notice::Refunded], "Inès")?;
        // The last word counts: it tells nothing any more.
        engine.say_notices("woocommerce", Teller::Shop, &[], "Inès")?;
        cancelled_and_paid(&installation, "7102")?;
        let letters = templates(&installation);
        assert_eq!(letters.len(), 3, "{kind}: {letters:?}");
        assert_sound(engine, kind)?;
        let lines = engine.tellers(&[("aftership".to_owned(), Teller::Aggregator)])?;
        let names: Vec<_> = lines.iter().map(|line| (line.source.as_str(), line.said.is_some())).collect();
        assert_eq!(names, [("shopify", true), ("woocommerce", true), ("aftership", false)], "{kind}");
    }
    Ok(())
}

#[test]
fn what_the_carrier_tells_is_left_to_it_where_it_brings_every_parcel_of_the_order() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Automatic)?;
        engine.say_notices("laposte", Teller::Carrier, &[Notice::PickupWaiting], "Inès")?;
        for (number, tracking) in [("7201", "6A7201"), ("7202", "6A7202")] {
            ordered(&installation, number)?;
            installation.tell(announced(number, tracking))?;
        }
        let mut other = announced("7202", "XD7202");
        other["carrier"] = json!("dpd");
        installation.tell(other)?;
        for tracking in ["6A7201", "6A7202"] {
            installation.tell(scanned(tracking, "2026-11-03T10:00:00+01:00", "available_for_pickup"))?;
        }
        let told = reasons(engine, "pickup-waiting")?;
        assert_eq!(told.len(), 2, "{kind}");
        assert_eq!(told[0], ["noticed: laposte"], "{kind}: La Poste brings all of it");
        assert!(told[1].is_empty(), "{kind}: DPD says nothing by itself: {:?}", told[1]);
        let carriers: Vec<_> = engine.tellers(&[])?.into_iter().map(|line| line.source).collect();
        assert_eq!(carriers, ["dpd", "laposte"], "{kind}: who has parcels under way may write");
        // A trial on the past says what would be said now: nothing for the one, for the other the letter.
        let asked = TrialAsked {
            what: Tried::InForce(vec!["pickup-waiting".to_owned()]),
            mode: Mode::Automatic,
            from: i64::MIN / 4,
            before: i64::MAX / 4,
        };
        let result = engine.trial(&asked, |_| ControlFlow::Continue(()))?.context("nobody stopped it")?;
        let rows: Vec<_> = result.rows.iter().map(|row| (row.says, row.reasons.clone())).collect();
        assert_eq!(rows.iter().filter(|(says, _)| *says).count(), 1, "{kind}: {rows:?}");
        assert!(rows.contains(&(false, vec!["noticed: laposte".to_owned()])), "{kind}: {rows:?}");
        assert_sound(engine, kind)?;
    }
    Ok(())
}

#[test]
fn what_such_a_source_does_not_tell_is_refused() -> Result<()> {
    let installation = Installation::sqlite()?;
    let engine = &installation.engine;
    let wrong = engine.say_notices("laposte", Teller::Carrier, &[Notice::Refunded], "Inès");
    assert!(matches!(wrong, Err(EngineError::Invalid(words)) if words.contains("refunded")));
    assert!(matches!(engine.say_notices(" ", Teller::Shop, &[], "Inès"), Err(EngineError::Invalid(_))));
    assert!(engine.tellers(&[])?.is_empty());
    Ok(())
}
