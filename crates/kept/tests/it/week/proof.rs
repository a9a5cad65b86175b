//! What must hold of a week, computed from what the partners saw and from the ledger.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::Ordering;

use anyhow::{Context, Result, ensure};
use kept_domain::apply::Lane;
use kept_domain::errand::{ErrandKind, ErrandState};
use kept_domain::{Body, Fact};
use serde_json::Value;

use super::house::{POLL, SHOP};
use super::partners::Conduct;
use super::time::{MINUTE, known_by, moment};
use super::{Choice, ORDERS, Week, number, whole_millis};
use crate::place::Place;

/// A round's own length, and the carrier's clock in whole seconds.
const SLACK: i64 = MINUTE;

impl Week {
    /// Every scan that a partner told is there once.
    pub fn told(&self, books: &[Fact]) -> Result<usize> {
        let told = scans(books);
        let twice: Vec<_> = told.iter().filter(|(_, times)| times.len() > 1).take(3).collect();
        ensure!(twice.is_empty(), "told twice: {twice:?}");
        Ok(told.len())
    }

    /// From when a scan could be known until it was: not longer than was promised.
    pub fn nothing_is_known_late(&self, books: &[Fact], laposte: &Conduct, chronopost: &Conduct) -> Result<usize> {
        let (told, interval) = (scans(books), whole_millis(POLL) + SLACK);
        let mut placed = BTreeMap::new();
        for fact in books {
            if let Body::OrderPlaced(body) = &fact.body {
                ensure!(
                    placed.insert(body.number.clone(), (body.placed_at, fact.recorded)).is_none(),
                    "{} was placed twice",
                    body.number
                );
            }
        }
        ensure!(placed.len() as u64 == ORDERS, "{} of {ORDERS} orders are known", placed.len());
        let mut troubles = self.shop_trouble.faults();
        troubles.push(self.down);
        for (number, (placed, known)) in &placed {
            let by = known_by(*placed, whole_millis(SHOP) + SLACK, &troubles);
            ensure!(
                known <= &by,
                "order {number} of {} was known at {}, {} s late",
                said(*placed),
                said(*known),
                (known - by) / 1000
            );
        }
        let mut count = 0;
        for (register, conduct) in [(&self.laposte, laposte), (&self.chronopost, chronopost)] {
            let mut troubles = conduct.faults();
            troubles.push(self.down);
            for (number, scans) in register.all() {
                for (at, code, _) in scans {
                    let known = told.get(&(number.clone(), code.to_owned(), at / 1000)).and_then(|times| times.first().copied());
                    let known = known.with_context(|| format!("{number} {code} of {} was never known", said(at)))?;
                    let by = known_by(at, interval, &troubles);
                    ensure!(
                        known <= by,
                        "{number} {code} of {} was known at {}, {} s late",
                        said(at),
                        said(known),
                        (known - by) / 1000
                    );
                    count += 1;
                }
            }
        }
        Ok(count)
    }

    pub fn every_choice_is_carried_out_once(&self, books: &[Fact]) -> Result<usize> {
        let acts = self.shop.acts();
        let mut amended: HashMap<kept_base::PromiseId, u32> = HashMap::new();
        let (mut numbers, mut deliveries, mut errands) = (HashMap::new(), HashMap::new(), HashMap::new());
        for fact in books {
            match &fact.body {
                Body::OrderPlaced(body) => drop(numbers.insert(body.order, body.number.clone())),
                Body::PromiseMade(body) if body.kind == "delivery" => {
                    let number = body.order.and_then(|order| numbers.get(&order)).cloned().unwrap_or_default();
                    deliveries.insert(number, body.promise);
                }
                Body::PromiseAmended(body) => *amended.entry(body.promise).or_default() += 1,
                Body::ErrandAsked(body) => {
                    errands.insert(
                        body.errand,
                        (numbers.get(&body.order).cloned().unwrap_or_default(), body.errand_kind, body.state),
                    );
                }
                Body::ErrandOutcome(body) => {
                    if let Some((_, _, state)) = errands.get_mut(&body.errand) {
                        *state = body.state;
                    }
                }
                _ => {}
            }
        }
        for (order, choice, clicked) in &self.choices {
            let name = number(*order);
            ensure!(clicked, "the customer of {name} never got to choose");
            let asked: Vec<_> = errands.values().filter(|(number, ..)| *number == name).collect();
            match choice {
                Choice::Cancel => {
                    let done = |kind: ErrandKind| {
                        asked.iter().filter(|(_, other, state)| *other == kind && *state == ErrandState::Done).count()
                    };
                    ensure!(
                        asked.len() == 2 && done(ErrandKind::CancelOrder) == 1 && done(ErrandKind::Refund) == 1,
                        "{name} was cancelled on its customer's wish: {asked:?}"
                    );
                    let cancelled = acts.iter().filter(|act| act.order == name && act.asked["status"] == "cancelled").count();
                    ensure!(cancelled == 1, "the shop was asked {cancelled} times to cancel {name}");
                    let refunds = self.shop.refunds(&name);
                    let total =
                        self.shop.orders().into_iter().find(|known| known["number"] == name).context("the order")?["total"]
                            .clone();
                    ensure!(refunds.len() == 1, "{name}: {} refunds", refunds.len());
                    ensure!(text(&refunds[0]["amount"]) == text(&total), "{name}: {} paid back of {total}", refunds[0]["amount"]);
                }
                Choice::AnotherDay(_) => {
                    let promise = deliveries.get(&name).context("its delivery")?;
                    let times = amended.get(promise).copied().unwrap_or_default();
                    ensure!(times == 1, "the day of {name} was moved {times} times");
                }
            }
        }
        let cancelled: HashSet<String> =
            self.choices.iter().filter(|(_, choice, _)| *choice == Choice::Cancel).map(|(order, ..)| number(*order)).collect();
        ensure!(
            acts.iter().all(|act| cancelled.contains(&act.order) || act.what == "notes"),
            "the shop was asked about somebody who chose nothing"
        );
        ensure!(self.lose.load(Ordering::SeqCst) == 0, "no answer of the shop was lost: the test tries nothing");
        Ok(self.choices.len())
    }

    pub fn every_webhook_is_stored_once(&self, books: &[Fact]) -> Result<usize> {
        let mut stored: HashMap<(String, String), u32> = HashMap::new();
        for fact in books {
            if let Body::PayloadReceived(body) = &fact.body
                && matches!(body.source.as_str(), "aftership" | "sendcloud")
            {
                ensure!(body.error.is_none(), "{} was not understood: {:?}", body.delivery, body.error);
                *stored.entry((body.source.clone(), body.delivery.clone())).or_default() += 1;
            }
        }
        ensure!(stored.values().all(|times| *times == 1), "a webhook was stored twice");
        let sent: HashSet<&[u8]> =
            self.webhooks.iter().filter(|webhook| webhook.taken.is_some()).map(|webhook| webhook.body.as_slice()).collect();
        ensure!(sent.len() == stored.len(), "{} webhooks were taken, and {} are stored", sent.len(), stored.len());
        ensure!(self.webhooks.iter().all(|webhook| webhook.taken.is_some()), "a partner gave up");
        let told = scans(books);
        for webhook in &self.webhooks {
            for code in &webhook.tells {
                let found = told.iter().find(|((number, other, _), _)| *number == webhook.number && other == code);
                ensure!(found.is_some(), "{} {code} was told by {} and is not known", webhook.number, webhook.source);
            }
        }
        Ok(stored.len())
    }
}

/// Outbox, signals and held letters are gone, and everything open is looked after.
pub fn nothing_is_left(place: &Place) -> Result<()> {
    let database = place.database()?;
    let left = database.read(|connection| {
        let signals = connection.first("select count(*) from signal", &[])?.map_or(Ok(0), |row| row.int(0))?;
        let undone = connection.first("select count(*) from errand where state not in ('done', 'dropped', 'shadow')", &[])?;
        let undone = undone.map_or(Ok(0), |row| row.int(0))?;
        Ok([
            ("letters in the outbox", connection.outbox_pending(Lane::Mail)?),
            ("errands in the outbox", connection.outbox_pending(Lane::Errand)?),
            ("letters held", i64::try_from(connection.held_until(i64::MAX)?.len()).unwrap_or(i64::MAX)),
            ("signals undecided", signals),
            ("errands not done", undone),
            ("promises nobody looks after", connection.unwatched()?),
        ])
    })?;
    ensure!(left.iter().all(|(_, count)| *count == 0), "left over: {left:?}");
    Ok(())
}

/// Every scan in the ledger, by number, code and second: when it was recorded.
fn scans(books: &[Fact]) -> HashMap<(String, String, i64), Vec<i64>> {
    let mut numbers = HashMap::new();
    let mut scans: HashMap<(String, String, i64), Vec<i64>> = HashMap::new();
    for fact in books {
        match &fact.body {
            Body::ParcelAnnounced(body) => drop(numbers.insert(body.parcel, body.tracking_number.clone())),
            Body::ParcelScanned(body) => {
                let number = numbers.get(&body.parcel).cloned().unwrap_or_default();
                scans.entry((number, body.code.clone(), body.at.sort_key_millis() / 1000)).or_default().push(fact.recorded);
            }
            _ => {}
        }
    }
    scans
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn said(at: i64) -> String {
    moment(at).at_text()
}
