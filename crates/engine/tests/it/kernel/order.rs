//! Lists are in the order of the time they show, whichever writer wrote: ids, drawn in blocks, only break ties.

use anyhow::{Context, Result};
use kept_domain::message::Mode;
use kept_engine::Engine;
use kept_engine::views::{ErrandFilter, MessageFilter, Page, ParcelFilter};
use kept_testkit::{Installation, at};
use serde_json::json;

use super::{announced, ordered, record, scanned, second};

const ORDERS: usize = 6;

/// One order a day, written by turns: each with a parcel, a message and a wish of its customer.
fn by_turns(installation: &Installation, engines: &[Engine]) -> Result<()> {
    for day in 0..ORDERS {
        let engine = engines.get(day % engines.len()).context("an engine")?;
        let (number, tracking) = (format!("77{day}"), format!("6A77{day}"));
        let moment = |hour: usize| format!("2026-11-{:02}T{hour:02}:00:00+01:00", 2 + day);
        let (mut placed, mut label) = (ordered(&number), announced(&number, &tracking));
        (placed["at"], label["at"]) = (json!(moment(9)), json!(moment(10)));
        placed["promised_day"] = json!("2026-11-30");
        let mut attempt = scanned(&tracking, &moment(11), "out_for_delivery");
        attempt["exception"] = json!("attempt_failed_absent");
        let wish =
            json!({ "kind": "customer.answered", "order_number": number, "at": moment(12), "answer": { "says": "cancel" } });
        for (hour, news) in [(9, placed), (10, label), (11, attempt), (12, wish)] {
            installation.engine.clock().set(at(&moment(hour))?);
            let recorded = record(engine, vec![news])?;
            anyhow::ensure!(recorded.rejected.is_empty(), "{:?}", recorded.rejected);
            while engine.decide()? > 0 {}
        }
    }
    Ok(())
}

/// Every row of a list, two to a page, as a moment and an id.
fn turned<T>(mut page: impl FnMut(Option<String>) -> Result<Page<T>>, row: impl Fn(&T) -> (i64, i64)) -> Result<Vec<(i64, i64)>> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let next = page(after)?;
        all.extend(next.rows.iter().map(&row));
        match next.next {
            Some(cursor) => after = Some(cursor),
            None => return Ok(all),
        }
    }
}

#[test]
fn lists_are_in_the_order_of_their_time_whichever_writer_wrote() -> Result<()> {
    for installation in Installation::each()? {
        let (kind, engine) = (installation.kind(), &installation.engine);
        installation.switch_all(Mode::Approve)?;
        let engines = [engine.clone(), second(&installation)?];
        by_turns(&installation, &engines)?;
        let limit = Some(2);
        let parcels = turned(
            |after| Ok(engine.parcels(&ParcelFilter { after, limit, ..ParcelFilter::default() })?),
            |line| (line.parcel.first_seen, line.parcel.id.get()),
        )?;
        let messages = turned(
            |after| Ok(engine.messages(&MessageFilter { after, limit, ..MessageFilter::default() })?),
            |line| (line.message.decided_at, line.message.id.get()),
        )?;
        let errands = turned(
            |after| Ok(engine.errands(&ErrandFilter { after, limit, ..ErrandFilter::default() })?),
            |line| (line.errand.asked_at, line.errand.id.get()),
        )?;
        for (what, rows) in [("parcels", &parcels), ("messages", &messages), ("errands", &errands)] {
            assert!(rows.len() >= ORDERS, "{kind}, {what}: {rows:?}");
            assert!(rows.is_sorted_by(|left, right| left > right), "{kind}, {what}: the newest first, each once: {rows:?}");
        }
        assert!(!parcels.is_sorted_by_key(|(_, id)| -id), "{kind}: two writers draw ids in another order, or this shows nothing");
        let waiting: Vec<i64> = engine.today()?.errands.rows.iter().map(|line| line.errand.asked_at).collect();
        assert!(waiting.is_sorted(), "{kind}: whoever waits longest comes first: {waiting:?}");
    }
    Ok(())
}
