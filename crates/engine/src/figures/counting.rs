//! The counts behind figures: days are read from rows when they are asked for first, or beforehand by the thread that learns; what facts
//! touch is read again. A figure is what a count of the rows would give now: who asks reads what was recorded since the last look first.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use kept_base::{OrderId, PromiseId};
use kept_domain::apply::touches;
use kept_domain::figures::{Counts, Sums, day_of, start_of};
use kept_domain::{Body, Fact, Noun};
use kept_store::{Connection, StoreError};

use crate::blocks::Reading;
use crate::totals::UNSETTLED;
use crate::writer::away;
use crate::{Engine, EngineError};

/// Read before anybody asks: so many days back, and so many ahead.
const BACK: i64 = 400;
const AHEAD: i64 = 60;
/// Days read in one go, so that nobody who asks for a figure waits for long.
const AT_ONCE: i64 = 7;
/// Promises looked at again in one go.
const LOOKS: usize = 2000;

/// The counts, and what is to be looked at again.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    counts: Counts,
    reading: Option<Reading>,
    /// With the last block that touched them: rows may lie behind the ledger.
    promises: BTreeMap<PromiseId, i64>,
    /// Orders of which a parcel came to a promise.
    orders: BTreeMap<OrderId, i64>,
}

impl Counter {
    /// A block that somebody else has read anyway.
    fn see(&mut self, block: i64, facts: &[Fact]) {
        let Counter { reading, promises, orders, .. } = self;
        if reading.as_mut().is_some_and(|reading| reading.take(block)) {
            note(promises, orders, block, facts);
        }
    }

    /// Looks at what was recorded since, as far as rows are written; at `most` promises.
    fn catch_up(&mut self, connection: &mut Connection, most: usize) -> Result<(), StoreError> {
        let last = connection.last_block()?;
        if self.reading.as_ref().is_some_and(|reading| reading.last() > last) {
            // Another ledger stands there than the one that was read.
            *self = Counter::default();
        }
        let applied = if connection.is_postgres() { i64::MAX } else { connection.applied()? };
        let Counter { counts, reading, promises, orders } = self;
        let reading = match reading {
            Some(reading) => reading,
            // Whatever rows hold by now is read with the days.
            None => reading.insert(begin(connection, last, applied)?),
        };
        reading.unread(connection, |block, facts| note(promises, orders, block, facts))?;
        if !counts.has_days() {
            promises.clear();
            orders.clear();
        }
        for order in ready(orders, applied, usize::MAX) {
            for promise in connection.promises_of_order(order)? {
                promises.entry(promise).or_insert(0);
            }
        }
        for promise in ready(promises, applied, most) {
            counts.put(promise, connection.counted(promise)?.as_ref());
        }
        Ok(())
    }

    /// Reads days that were not read yet, at most so many; whether there were any.
    fn load(&mut self, connection: &mut Connection, first: i64, after: i64, most: i64) -> Result<bool, StoreError> {
        let Some((first, after)) = self.counts.missing(first, after, most) else { return Ok(false) };
        let (from, before) = (start_of(first), start_of(after));
        let (held, counts) = (connection.held_between(from, before)?, &mut self.counts);
        counts.load(first, after);
        let read = connection.counted_between(from, before, |id, counted| counts.put(id, Some(counted)));
        if read.is_err() {
            // Days of which only a part was read are no days.
            *self = Counter::default();
        }
        read?;
        held.into_iter().for_each(|(id, since, until)| self.counts.hold(id, since, until));
        Ok(true)
    }
}

/// Where to read on from: after all that rows hold.
fn begin(connection: &mut Connection, last: i64, applied: i64) -> Result<Reading, StoreError> {
    if !connection.is_postgres() {
        return Ok(Reading::after(applied, UNSETTLED));
    }
    let settled = (last - UNSETTLED).max(0);
    let mut reading = Reading::after(settled, UNSETTLED);
    for block in connection.block_numbers_after(settled, 2 * UNSETTLED)? {
        reading.take(block);
    }
    Ok(reading)
}

fn note(promises: &mut BTreeMap<PromiseId, i64>, orders: &mut BTreeMap<OrderId, i64>, block: i64, facts: &[Fact]) {
    for fact in facts {
        match &fact.body {
            // Most of a ledger, and of no promise.
            Body::ParcelScanned(_) | Body::PayloadReceived(_) => continue,
            // The carrier of a promise is that of its parcels.
            Body::ParcelAnnounced(body) => drop(body.promise.map(|promise| promises.insert(promise, block))),
            Body::ParcelLinked(body) => {
                orders.insert(body.order, block);
                body.promise.map(|promise| promises.insert(promise, block));
            }
            _ => {}
        }
        for (noun, id) in touches(&fact.body) {
            if noun == Noun::Promise {
                promises.insert(PromiseId::new(id.get()), block);
            }
        }
    }
}

/// Takes out what waits and can be read, in order.
fn ready<K: Ord + Copy>(waiting: &mut BTreeMap<K, i64>, applied: i64, most: usize) -> Vec<K> {
    let ready: Vec<K> = waiting.iter().filter(|(_, block)| **block <= applied).take(most).map(|(id, _)| *id).collect();
    for id in &ready {
        waiting.remove(id);
    }
    ready
}

impl Engine {
    pub(crate) fn see_for_figures(&self, block: i64, facts: &[Fact]) {
        self.counter().see(block, facts);
    }

    /// The promises that count in `from..before`, of one kind or all, as they stand now.
    pub(super) fn counted(&self, from: i64, before: i64, kind: Option<&str>) -> Result<Sums, EngineError> {
        let now = self.now();
        self.counting(from, before, |counts| counts.sum(from, before, kind, now))
    }

    /// Shows the counts with all days of a period, as rows stand now.
    pub(super) fn counting<T>(&self, from: i64, before: i64, read: impl FnOnce(&Counts) -> T) -> Result<T, EngineError> {
        self.shared.writer.settle()?;
        let mut counter = self.counter();
        let caught_up = self.shared.database.read(|connection| {
            counter.catch_up(connection, usize::MAX)?;
            while from < before && counter.load(connection, day_of(from), day_of(before - 1) + 1, i64::MAX)? {}
            Ok(())
        });
        caught_up.map_err(away)?;
        Ok(read(&counter.counts))
    }

    /// Counts what figures are usually asked for before anybody asks, some days at a time, and what was recorded since.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn count_figures(&self) -> Result<(), EngineError> {
        let today = day_of(self.now());
        let mut missing = true;
        while missing {
            let mut counter = self.counter();
            let read = self.shared.database.read(|connection| {
                counter.catch_up(connection, LOOKS)?;
                counter.load(connection, today - BACK, today + AHEAD, AT_ONCE)
            });
            missing = read.map_err(away)?;
        }
        Ok(())
    }

    /// Counts anew whatever is asked for next: after rows were made anew.
    pub(crate) fn forget_figures(&self) {
        *self.counter() = Counter::default();
    }

    fn counter(&self) -> MutexGuard<'_, Counter> {
        self.shared.counter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
