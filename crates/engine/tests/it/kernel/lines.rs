//! Lines of an order after it was placed: added, taken off, cancelled in part, sent in several parcels, sold by partners.

use anyhow::{Context, Result};
use kept_base::PromiseId;
use kept_domain::promise::{ItemState, Promise, PromiseState};
use kept_engine::Engine;
use kept_testkit::Installation;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

use super::{assert_sound, order, promise, record, scanned};

/// An order of so many of each article, at 10 € a piece, as the shop had it at a moment of 2 November.
fn as_of(number: &str, lines: &[(&str, u32)], at: &str) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(sku, quantity)| json!({ "sku": sku, "title": sku, "quantity": quantity, "price": { "minor": 1000 * quantity, "currency": "EUR" } }))
        .collect();
    json!({
        "kind": "order.placed", "source": "shop", "order_number": number, "at": "2026-11-02T09:00:00+01:00", "promised_day": "2026-11-05",
        "customer": { "reference": "C-1", "email": "anne@example.org", "language": "fr", "country": "FR" },
        "lines": lines, "as_of": { "at": format!("2026-11-02T{at}:00+01:00") }
    })
}

fn parcel_of(number: &str, tracking: &str, skus: &[&str]) -> Value {
    json!({ "kind": "parcel.announced", "order_number": number, "carrier": "laposte", "tracking_number": tracking, "skus": skus, "at": "2026-11-02T12:00:00+01:00" })
}

fn delivery(engine: &Engine, number: &str) -> Result<Promise> {
    let delivery = order(engine, number)?.1.delivery.context("a delivery")?;
    promise(engine, delivery)
}

/// What an order comes to, article by article: how many stand, how many were cancelled, and what the standing ones cost.
fn standing(engine: &Engine, number: &str) -> Result<Vec<(String, u32, u32)>> {
    let (_, order) = order(engine, number)?;
    let mut found: Vec<(String, u32, u32)> = order
        .articles()
        .iter()
        .map(|article| (article.sku.to_owned(), article.quantity - article.cancelled, article.cancelled))
        .collect();
    found.sort();
    Ok(found)
}

fn states(promise: &Promise) -> Vec<ItemState> {
    promise.items.iter().map(|item| item.state).collect()
}

fn article(sku: &str, standing: u32, cancelled: u32) -> (String, u32, u32) {
    (sku.to_owned(), standing, cancelled)
}

#[test]
fn what_is_added_to_an_order_is_owed_with_it_and_what_is_taken_off_is_withdrawn() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        installation.advance_to("2026-11-02T13:00:00+01:00")?;
        record(engine, vec![as_of("1", &[("A", 1)], "09:00")])?;
        let more = as_of("1", &[("A", 2), ("B", 1)], "10:00");
        assert!(record(engine, vec![more.clone()])?.facts > 0, "{}", installation.kind());
        assert_eq!(record(engine, vec![more])?.duplicates, 1, "said twice, it is one edit");
        assert_eq!(standing(engine, "1")?, [article("A", 2, 0), article("B", 1, 0)]);
        assert_eq!(delivery(engine, "1")?.items.len(), 3, "each has a part of the promise");

        // What is older than the edit says nothing of what the order has now.
        assert_eq!(record(engine, vec![as_of("1", &[("A", 1)], "09:30")])?.duplicates, 1);
        assert_eq!(standing(engine, "1")?, [article("A", 2, 0), article("B", 1, 0)]);

        // Taken off by the shop: withdrawn, and owed back.
        record(engine, vec![as_of("1", &[("A", 2)], "11:00")])?;
        assert_eq!(standing(engine, "1")?, [article("A", 2, 0)]);
        assert_eq!(states(&delivery(engine, "1")?), [ItemState::Open, ItemState::Open, ItemState::Broken]);
        let refund = order(engine, "1")?.1.refund.context("a refund")?;
        assert_eq!(promise(engine, refund)?.amount.map(|amount| amount.minor), Some(1000));

        // And put on again: a new part.
        record(engine, vec![as_of("1", &[("A", 2), ("B", 1)], "12:00")])?;
        assert_eq!(standing(engine, "1")?, [article("A", 2, 0), article("B", 1, 0)]);
        assert_eq!(delivery(engine, "1")?.items.iter().filter(|item| item.state == ItemState::Open).count(), 3);
        assert_sound(engine, installation.kind())?;
    }
    Ok(())
}

#[test]
fn an_order_sent_again_with_less_is_no_edit_unless_the_shop_says_that_it_is_all() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        installation.advance_to("2026-11-02T13:00:00+01:00")?;
        let plain = |lines: &[(&str, u32)]| {
            let mut news = as_of("1", lines, "09:00");
            news.as_object_mut().map(|news| news.remove("as_of"));
            news
        };
        record(engine, vec![plain(&[("A", 1), ("B", 1)])])?;
        let recorded = record(engine, vec![plain(&[("A", 1)])])?;
        assert_eq!(recorded.rejected.len(), 1, "silence would lose the difference");
        assert_eq!(standing(engine, "1")?, [article("A", 1, 0), article("B", 1, 0)]);
        record(engine, vec![plain(&[("A", 1), ("B", 2)])])?;
        assert_eq!(standing(engine, "1")?, [article("A", 1, 0), article("B", 2, 0)]);
    }
    Ok(())
}

#[test]
fn some_pieces_of_a_line_are_cancelled_once_however_often_it_is_said() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        installation.advance_to("2026-11-02T13:00:00+01:00")?;
        record(engine, vec![as_of("1", &[("A", 3)], "09:00")])?;
        let gone = |quantity: u32| json!({ "kind": "order.lines_cancelled", "order_number": "1", "skus": ["A"], "quantity": quantity, "by": "shop", "cause": "unavailable", "at": "2026-11-02T10:00:00+01:00" });
        record(engine, vec![gone(1), gone(1)])?;
        assert_eq!(standing(engine, "1")?, [article("A", 2, 1)]);
        record(engine, vec![gone(2), gone(1)])?;
        assert_eq!(standing(engine, "1")?, [article("A", 1, 2)], "so many in all, whatever comes late");
        let refund = order(engine, "1")?.1.refund.context("a refund")?;
        assert_eq!(promise(engine, refund)?.amount.map(|amount| amount.minor), Some(2000), "no cent is lost in the splitting");
        // The parcel brings what still comes.
        record(engine, vec![parcel_of("1", "P1", &["A"]), scanned("P1", "2026-11-03T09:00:00+01:00", "delivered")])?;
        let delivered = delivery(engine, "1")?;
        assert_eq!(delivered.state, PromiseState::Broken, "one in time does not make up for two that never come");
        assert_eq!(delivered.items.iter().filter(|item| item.state == ItemState::Kept).count(), 1);
        let wrong = json!({ "kind": "order.lines_cancelled", "order_number": "1", "quantity": 1, "by": "shop", "at": "2026-11-02T10:00:00+01:00" });
        assert_eq!(record(engine, vec![wrong])?.rejected.len(), 1, "how many of what?");
        assert_sound(engine, installation.kind())?;
    }
    Ok(())
}

#[test]
fn what_comes_to_an_order_after_its_delivery_is_a_promise_of_its_own() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        record(engine, vec![as_of("1", &[("A", 1)], "09:00"), parcel_of("1", "P1", &[])])?;
        installation.advance_to("2026-11-04T12:00:00+01:00")?;
        record(engine, vec![scanned("P1", "2026-11-04T10:00:00+01:00", "delivered")])?;
        let first = delivery(engine, "1")?;
        assert_eq!(first.state, PromiseState::Kept);
        let added = json!({ "kind": "order.lines_added", "order_number": "1", "at": "2026-11-04T11:00:00+01:00", "lines": [{ "sku": "B", "quantity": 1, "price": { "minor": 1000, "currency": "EUR" } }] });
        record(engine, vec![added.clone(), added])?;
        let second = delivery(engine, "1")?;
        assert_ne!(second.id, first.id);
        assert_eq!((second.state, second.items.len()), (PromiseState::Open, 1));
        assert_eq!(promise(engine, first.id)?.state, PromiseState::Kept, "what was kept stays kept");
        record(engine, vec![parcel_of("1", "P2", &["B"]), scanned("P2", "2026-11-04T11:30:00+01:00", "in_network")])?;
        assert_eq!(promise(engine, second.id)?.state, PromiseState::Open, "the first parcel does not bring it");
        record(engine, vec![scanned("P2", "2026-11-04T11:50:00+01:00", "delivered")])?;
        assert_eq!(promise(engine, second.id)?.state, PromiseState::Kept);
        assert_sound(engine, installation.kind())?;
    }
    Ok(())
}

#[test]
fn more_of_an_article_travels_in_the_parcel_that_comes_after() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        installation.advance_to("2026-11-03T12:00:00+01:00")?;
        record(engine, vec![as_of("1", &[("A", 1), ("B", 1)], "09:00"), parcel_of("1", "P1", &["A"])])?;
        record(
            engine,
            vec![as_of("1", &[("A", 2), ("B", 1)], "10:00"), parcel_of("1", "P1", &["A"]), parcel_of("1", "P2", &["A", "B"])],
        )?;
        record(engine, vec![scanned("P1", "2026-11-03T09:00:00+01:00", "delivered")])?;
        assert_eq!(states(&delivery(engine, "1")?), [ItemState::Kept, ItemState::Open, ItemState::Open]);
        record(engine, vec![scanned("P2", "2026-11-03T10:00:00+01:00", "delivered")])?;
        assert_eq!(delivery(engine, "1")?.state, PromiseState::Kept);
        assert_sound(engine, installation.kind())?;
    }
    Ok(())
}

fn sold(number: &str, seller: &str) -> Value {
    let mut news = as_of(number, &[("A", 1), ("B", 1)], "09:00");
    news["lines"][1]["seller"] = json!(seller);
    news["ship_by"] = json!("2026-11-03");
    news
}

fn supply(engine: &Engine, number: &str) -> Result<PromiseId> {
    order(engine, number)?.1.supplies.first().copied().context("a partner's promise")
}

#[test]
fn a_partner_answers_for_its_hand_over_and_in_no_figure_about_customers() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        installation.advance_to("2026-11-02T13:00:00+01:00")?;
        record(engine, vec![sold("1", "Atelier"), sold("2", "Atelier"), sold("3", "Atelier")])?;
        // In time; withdrawn by the shop; let off by the customer.
        record(engine, vec![parcel_of("1", "P1", &["B"]), scanned("P1", "2026-11-02T12:30:00+01:00", "handed_over")])?;
        let gone = |number: &str, by: &str| json!({ "kind": "order.lines_cancelled", "order_number": number, "skus": ["B"], "by": by, "at": "2026-11-02T12:40:00+01:00" });
        record(engine, vec![gone("2", "shop"), gone("3", "customer")])?;
        for (number, state) in [("1", PromiseState::Kept), ("2", PromiseState::Broken), ("3", PromiseState::Released)] {
            let supplied = promise(engine, supply(engine, number)?)?;
            assert_eq!(supplied.state, state, "{} {number}", installation.kind());
            assert_eq!(supplied.upstream.map(|upstream| upstream.partner).as_deref(), Some("Atelier"));
            assert_eq!(supplied.customer, None);
        }
        installation.live_until("2026-12-01T00:00:00+01:00")?;
        let (from, before) = (kept_testkit::at("2026-11-01T00:00:00+01:00")?, kept_testkit::at("2026-12-01T00:00:00+01:00")?);
        let figures = engine.figures(from, before, Some("supply"))?;
        assert_eq!(figures.due, 0, "what a partner promised us is no promise to a customer");
        assert_sound(engine, installation.kind())?;
    }
    Ok(())
}

/// States of an order that a shop went through, and the order in which its webhooks come: late, twice, out of order.
#[test]
fn whatever_order_edits_come_in_the_last_state_of_the_shop_stands() -> Result<()> {
    for installation in Installation::each()? {
        let engine = &installation.engine;
        installation.advance_to("2026-11-02T23:00:00+01:00")?;
        let number = std::cell::Cell::new(0_u32);
        let state = prop::collection::vec((0_usize..3, 1_u32..4), 1..4);
        let history = prop::collection::vec(state, 1..5).prop_flat_map(|states| {
            let count = states.len();
            // The newest comes; of the others some, in any order, before or after it.
            let come = prop::collection::vec(0..count, 0..6).prop_map(move |mut come| {
                come.push(count - 1);
                come
            });
            (Just(states), come.prop_shuffle())
        });
        let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
        let run = runner.run(&history, |(states, come)| {
            let failed = |error: anyhow::Error| TestCaseError::fail(format!("{error:#}"));
            number.set(number.get() + 1);
            let number = number.get().to_string();
            let lines = |state: &Vec<(usize, u32)>| {
                let mut lines: Vec<(&str, u32)> = Vec::new();
                for (sku, quantity) in state {
                    let sku = ["A", "B", "C"][*sku];
                    if lines.iter().all(|(known, _)| *known != sku) {
                        lines.push((sku, *quantity));
                    }
                }
                lines.sort_unstable();
                lines
            };
            for index in come {
                record(engine, vec![as_of(&number, &lines(&states[index]), &format!("{:02}:00", 10 + index))]).map_err(failed)?;
            }
            let last: Vec<_> =
                lines(&states[states.len() - 1]).into_iter().map(|(sku, quantity)| article(sku, quantity, 0)).collect();
            let found: Vec<_> =
                standing(engine, &number).map_err(failed)?.into_iter().filter(|(_, standing, _)| *standing > 0).collect();
            prop_assert_eq!(found, last);
            Ok(())
        });
        run.map_err(|error| anyhow::anyhow!("{}: {error}", installation.kind()))?;
        assert_sound(engine, installation.kind())?;
    }
    Ok(())
}
